// The rows, from the columns in which the page holds them. A row's number is its place here.

const CLASSES = { r: 'rewritten', h: 'held', u: 'unresolved', x: 'unreadable' };
const TEXTS = ['key', 'after'];
const WORDS = ['column', 'before', 'host', 'new', 'reason', 'explanation', 'hint'];

const rows = readRows();

/// The numbers of each endpoint's rows.
const rowsOf = new Map();
rows.endpoint.forEach((place, row) => {
  if (!rowsOf.has(place)) rowsOf.set(place, []);
  rowsOf.get(place).push(row);
});

function readRows() {
  const rows = { record: [], line: [], endpoint: [], class: [] };
  for (const column of [...TEXTS, ...WORDS]) rows[column] = [];
  const words = [];
  let record = 0;
  let line = 0;
  for (const held of document.querySelectorAll('script.rows')) {
    const chunk = JSON.parse(held.textContent);
    held.remove();
    for (const word of chunk.words) words.push(word);
    chunk.record.forEach((more, at) => {
      record += more;
      line += chunk.line[at];
      rows.record.push(record);
      rows.line.push(line);
      rows.endpoint.push(chunk.endpoint[at]);
      rows.class.push(CLASSES[chunk.class[at]]);
    });
    for (const column of TEXTS) for (const text of chunk[column]) rows[column].push(text);
    for (const column of WORDS) {
      for (const word of chunk[column]) {
        rows[column].push(typeof word === 'number' ? words[word] : word);
      }
    }
  }
  rows.count = rows.record.length;
  return rows;
}

/// What a search looks through, in lower case; made when the first search asks for it.
const searched = [];
function textOf(row) {
  searched[row] ??= [
    rows.record[row], rows.key[row], rows.before[row] + rows.host[row] + rows.after[row],
    rows.new[row], rows.class[row], rows.reason[row],
  ].join('\n').toLowerCase();
  return searched[row];
}

