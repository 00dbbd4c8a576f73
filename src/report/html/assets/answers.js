// What the reviewer answers: for a host, and for a row alone, whatever is said of its host.

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

  /// Answers for hosts; without an answer it is as if nobody had been asked. A row that was refused
  /// alone stays refused, and one that was approved alone is treated as its host again.
  setHosts(places, answer) {
    for (const place of places) {
      if (answer) this.hosts.set(place, answer);
      else this.hosts.delete(place);
      this.forget(place, APPROVE);
    }
    this.changed();
  },

  /// Takes back such an answer where rows of a host have it alone.
  forget(place, answer) {
    const own = this.own.get(place);
    if (!own?.[answer]) return;
    for (const row of rowsOf.get(place)) {
      if (this.rows.get(row) === answer) this.rows.delete(row);
    }
    own[answer] = 0;
  },

  /// Answers for a row alone; without an answer it is treated as its host.
  setRow(row, answer) {
    const place = rows.endpoint[row];
    const own = this.own.get(place) ?? { [APPROVE]: 0, [REFUSE]: 0 };
    this.own.set(place, own);
    const before = this.rows.get(row);
    if (before) own[before] -= 1;
    if (answer) {
      this.rows.set(row, answer);
      own[answer] += 1;
    } else {
      this.rows.delete(row);
    }
    this.changed();
  },

  /// Ticks a row's box, or clears it: the row is treated as its host where that comes to the same.
  tickRow(row, ticked) {
    const isApproved = this.hosts.get(rows.endpoint[row]) === APPROVE;
    if (ticked) this.setRow(row, isApproved ? undefined : APPROVE);
    else this.setRow(row, isApproved ? REFUSE : undefined);
  },

  /// Refuses a row, or takes that back.
  refuseRow(row) {
    if (this.rows.get(row) === REFUSE) this.setRow(row, undefined);
    else this.setRow(row, REFUSE);
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

