// The approvals: what is ticked, who says so, and the file that holds it.

/// Ticks the boxes as the answers are.
function drawAnswers() {
  if (!answered) return;
  const tally = { approved: 0, refused: 0, open: 0, records: 0 };
  for (const host of planned) {
    const { [APPROVE]: approved, [REFUSE]: refused, all } = answers.standing(host.place);
    host.box.checked = approved === all;
    host.box.indeterminate = approved > 0 && approved < all;
    host.body.classList.toggle('refused', refused === all);
    host.refuse.setAttribute('aria-pressed', refused === all);
    tally.records += approved;
    if (approved > 0) tally.approved += 1;
    else if (refused === all) tally.refused += 1;
    else tally.open += 1;
  }
  const shown = planned.filter(host => !host.body.hidden);
  const approved = shown.filter(host => host.box.checked).length;
  const all = byId('tick-all');
  all.checked = approved > 0 && approved === shown.length;
  all.indeterminate = approved > 0 && approved < shown.length;
  byId('tally').textContent =
    `${grouped(tally.approved)} of ${counted(planned.length, 'host')} approved ` +
    `(${counted(tally.records, 'record')}), ${grouped(tally.refused)} refused, ` +
    `${grouped(tally.open)} not answered`;
}

/// Makes a host answerable.
function arm(host) {
  host.refuse = element('button', { type: 'button', className: 'refuse' }, '✕');
  host.refuse.setAttribute('aria-label', `Refuse ${host.called}`);
  host.refuse.title = 'Refuse';
  host.box.after(host.refuse);
  host.box.addEventListener('change', () => {
    answers.setHosts([host.place], host.box.checked ? APPROVE : undefined);
  });
  host.refuse.addEventListener('click', () => {
    const refused = host.refuse.getAttribute('aria-pressed') === 'true';
    answers.setHosts([host.place], refused ? undefined : REFUSE);
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
      return [box, `There is a note on record ${rows.record[row]} of ${called} and no answer.`];
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

