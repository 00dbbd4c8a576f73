// What the reviewer answers: for a host, and for a row where it is not treated as its host.

const APPROVE = 'approve';
const REFUSE = 'refuse';

const answers = {
  hosts: new Map(),
  rows: new Map(),
  hostNotes: new Map(),
  rowNotes: new Map(),
  /// How many rows of a host have an answer of their own, by answer.
  own: new Map(),
  saved: true,
  listeners: [],

  ofRow(row) {
    return this.rows.get(row) ?? this.hosts.get(rows.endpoint[row]);
  },

  /// How many rows of a host are approved, refused and there at all.
  standing(place) {
    const own = this.own.get(place) ?? { [APPROVE]: 0, [REFUSE]: 0 };
    const all = rowsOf.get(place)?.length ?? 0;
    const counts = { [APPROVE]: own[APPROVE], [REFUSE]: own[REFUSE], all };
    const answer = this.hosts.get(place);
    if (answer) counts[answer] += all - own[APPROVE] - own[REFUSE];
    return counts;
  },

  /// Answers for a host and all its rows; without an answer it is as if nobody had been asked.
  setHosts(places, answer) {
    for (const place of places) {
      if (answer) this.hosts.set(place, answer);
      else this.hosts.delete(place);
      if (this.own.delete(place)) rowsOf.get(place).forEach(row => this.rows.delete(row));
    }
    this.changed();
  },

  /// Approves a row, or takes that back.
  setRow(row, approved) {
    const place = rows.endpoint[row];
    const own = this.own.get(place) ?? { [APPROVE]: 0, [REFUSE]: 0 };
    this.own.set(place, own);
    const before = this.rows.get(row);
    if (before) own[before] -= 1;
    this.rows.delete(row);
    if ((this.hosts.get(place) === APPROVE) !== approved) {
      const answer = approved ? APPROVE : REFUSE;
      this.rows.set(row, answer);
      own[answer] += 1;
    }
    this.changed();
  },

  setNote(notes, key, text) {
    if (text.trim()) notes.set(key, text.trim());
    else notes.delete(key);
    this.changed();
  },

  changed() {
    this.saved = false;
    this.listeners.forEach(listener => listener());
  },
};

