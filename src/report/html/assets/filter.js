// Which hosts and records are shown.

const PATIENCE = 120; // Milliseconds after a key before a search begins.

function filter() {
  const words = byId('search').value.toLowerCase().split(/\s+/).filter(Boolean);
  const show = byId('show').value;
  const answer = byId('answer').value;
  const ofClass = { rewritten: 'rewrite', held: 'hold', unresolved: 'unresolved' };
  const found = text => words.every(word => text.includes(word));

  const rowMatches = row =>
    (show === 'all' || show === 'doubtful' && doubtful(row) || rows.class[row] === show)
    && (answer === 'any' || rows.class[row] === 'rewritten' && (answers.ofRow(row) ?? 'none') === answer)
    && (!words.length || found(textOf(row)));

  const numbers = [];
  const withRows = new Set();
  const matches = new Uint8Array(rows.count);
  for (let row = 0; row < rows.count; row += 1) {
    if (rowMatches(row)) {
      numbers.push(row);
      matches[row] = 1;
      withRows.add(rows.endpoint[row]);
    }
  }
  const shown = new Set(hosts.filter(host =>
    (show === 'all' || show === 'doubtful' && host.doubtful || host.decision === ofClass[show])
    && (answer === 'any' || withRows.has(host.place))
    && (withRows.has(host.place) || found(host.text))));
  const narrowed = words.length || show !== 'all' || answer !== 'any';
  showHosts(shown, narrowed ? matches : null);
  showRecords(numbers);
  byId('shown').textContent = narrowed
    ? `${counted(shown.size, 'host')} and ${counted(numbers.length, 'record')} match`
    : '';
  drawAnswers();
}

/// A row of no host cannot be read, which is doubt enough.
const doubtful = row => hostAt.get(rows.endpoint[row])?.doubtful ?? true;

let waiting = 0;
function filterSoon() {
  clearTimeout(waiting);
  waiting = setTimeout(filter, PATIENCE);
}

byId('filters').addEventListener('input', filterSoon);
byId('filters').addEventListener('reset', filterSoon);
byId('filters').addEventListener('submit', event => event.preventDefault());

