// The approvals: what is ticked, who says so, and the file that holds it.

/// Ticks the boxes as the answers are.
function drawAnswers() {
  if (!answered) return;
  const tally = { approved: 0, refused: 0, open: 0, records: 0 };
  for (const host of planned) {
    const { [APPROVE]: approved, [REFUSE]: refused, all } = answers.standing(host.place);
    const answer = answers.hosts.get(host.place);
    // Where a host is approved but for some rows, the next click takes that back.
    host.box.checked = approved === all || answer === APPROVE && approved > 0;
    host.box.indeterminate = approved > 0 && approved < all;
    host.body.classList.toggle('refused', refused === all);
    host.refuse.setAttribute('aria-pressed', refused === all || answer === REFUSE);
    tally.records += approved;
    if (approved > 0) tally.approved += 1;
    else if (refused === all) tally.refused += 1;
    else tally.open += 1;
  }
  const shown = planned.filter(host => !host.body.hidden);
  const whole = shown.filter(host => host.box.checked && !host.box.indeterminate).length;
  const some = shown.some(host => host.box.checked || host.box.indeterminate);
  const all = byId('tick-all');
  const tickable = notRefused();
  all.checked = tickable.length > 0 && tickable.every(host => host.box.checked);
  all.indeterminate = some && whole < shown.length;
  const alone = answers.rows.size;
  byId('tally').textContent =
    `${grouped(tally.approved)} of ${counted(planned.length, 'host')} approved ` +
    `(${counted(tally.records, 'record')}), ${grouped(tally.refused)} refused, ` +
    `${grouped(tally.open)} not answered` +
    (alone ? `; ${counted(alone, 'record')} answered alone` : '');
}

/// The hosts shown that can be approved and are not refused. What was refused one by one is not
/// undone by a sweep.
const notRefused = () =>
  planned.filter(host => !host.body.hidden && host.refuse.getAttribute('aria-pressed') !== 'true');

/// Answers for a host. Where all its rows were refused alone, that is what is taken back.
function answerHost(host, answer) {
  const { [REFUSE]: refused, all } = answers.standing(host.place);
  if (refused === all) answers.forget(host.place, REFUSE);
  answers.setHosts([host.place], answer);
}

/// Makes a host answerable.
function arm(host) {
  host.refuse = refuseButton(host.called);
  host.box.after(host.refuse);
  host.box.addEventListener('change', () => {
    answerHost(host, host.box.checked ? APPROVE : undefined);
  });
  host.refuse.addEventListener('click', () => {
    const refused = host.refuse.getAttribute('aria-pressed') === 'true';
    answerHost(host, refused ? undefined : REFUSE);
  });
}

/// What keeps the answers from being saved, and where it is mended.
function problem() {
  if (!byId('reviewer').value.trim()) {
    return [byId('reviewer'), 'Say who you are: the approvals name their reviewer.'];
  }
  for (const place of answers.hostNotes.keys()) {
    const { box, called } = hostAt.get(place);
    if (!answers.hosts.has(place)) {
      return [box, `There is a note on ${called} and no answer: approve it or refuse it.`];
    }
  }
  for (const row of answers.rowNotes.keys()) {
    const { box, called } = hostAt.get(rows.endpoint[row]);
    if (!answers.ofRow(row)) {
      const at = listed.numbers.indexOf(row);
      const record = { focus: () => at < 0 ? box.focus() : listed.go(at) };
      return [record, `There is a note on record ${rows.record[row]} of ${called} and no answer: ` +
        'approve it or refuse it.'];
    }
  }
  if (!answers.hosts.size && !answers.rows.size) {
    return [byId('tick-all'), 'Nothing is answered yet.'];
  }
  return null;
}

/// The document, `photofix.approvals/1`. Its last member is the SHA-256 of the whole file with
/// zeros in the digest's place.
function approvalsFile() {
  const endpoints = data('endpoints');
  const records = new Set([...answers.rows.keys(), ...answers.rowNotes.keys()]);
  const inOrder = numbers => [...numbers].sort((a, b) => a - b);
  const zeros = '0'.repeat(64);
  const approvals = {
    schema: 'photofix.approvals/1',
    plan: answered.plan,
    reviewer: byId('reviewer').value.trim(),
    time: new Date().toISOString(),
    hosts: inOrder(answers.hosts.keys()).map(place => ({
      endpoint: endpoints[place],
      decision: answers.hosts.get(place),
      note: answers.hostNotes.get(place) ?? null,
    })),
    rows: inOrder(records).map(row => ({
      record: rows.record[row],
      decision: answers.ofRow(row),
      note: answers.rowNotes.get(row) ?? null,
    })),
    sha256: zeros,
  };
  // By way of bytes, so that half a character of a note becomes a whole one.
  const encoder = new TextEncoder();
  const whole = text => new TextDecoder().decode(encoder.encode(text));
  const text = JSON.stringify(approvals, (_, value) =>
    typeof value === 'string' ? whole(value) : value, 2) + '\n';
  const digest = sha256(encoder.encode(text));
  const at = text.lastIndexOf(zeros);
  return text.slice(0, at) + digest + text.slice(at + zeros.length);
}

function download() {
  const wrong = problem();
  byId('problem').textContent = wrong ? wrong[1] : '';
  byId('reviewer').setAttribute('aria-invalid', wrong?.[0] === byId('reviewer'));
  if (wrong) {
    wrong[0].focus();
    return;
  }
  const file = new Blob([approvalsFile()], { type: 'application/json' });
  const link = element('a', { href: URL.createObjectURL(file), download: 'approvals.json' });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  answers.saved = true;
}

