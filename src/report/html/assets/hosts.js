// The table of hosts: opening one, sorting, copying map lines, ticking.

const hosts = [...document.querySelectorAll('tbody.host')].map(readHost);
const hostAt = new Map(hosts.map(host => [host.place, host]));

function readHost(body) {
  const { place, rank, records, days, decision } = body.dataset;
  const open = body.querySelector('.open');
  const box = body.querySelector('.tick input');
  const sort = {
    place: Number(place),
    name: body.querySelector('.name code')?.textContent ?? '\uffff',
    records: -Number(records),
    evidence: body.querySelector('.evidence').textContent,
    rank: Number(rank),
    days: days === undefined ? Infinity : Number(days),
  };
  const host = {
    body, open, box, sort, decision, place: Number(place), doubtful: 'doubtful' in body.dataset,
    called: open.textContent.trim(), text: body.textContent.toLowerCase(), list: null, matches: null,
  };
  open.addEventListener('click', () => toggle(host));
  return host;
}

function toggle(host) {
  const opened = host.body.classList.toggle('opened');
  host.open.setAttribute('aria-expanded', opened);
  if (opened && !host.list) fill(host);
  if (opened) showRows(host);
}

/// Adds what the script alone can show below a host: its answer and its records.
function fill(host) {
  const cell = host.body.querySelector('.detail td');
  if (answered && host.decision === 'rewrite') {
    cell.prepend(noteField(answers.hostNotes, host.place, host.called));
  }
  host.list = new RecordList(`Records of ${host.called}`);
  host.counted = element('h3');
  cell.append(element('div', { className: 'of-host' }, host.counted, host.list.whole));
}

/// Shows the rows of a host that match; all of them where the host itself is what matches.
function showRows(host) {
  const all = rowsOf.get(host.place) ?? [];
  const matching = host.matches ? all.filter(row => host.matches[row]) : all;
  const shown = matching.length ? matching : all;
  host.counted.textContent = shown.length === all.length
    ? counted(all.length, 'record')
    : `${grouped(shown.length)} of ${counted(all.length, 'record')}`;
  host.list.show(shown);
}

function showHosts(shown, matches) {
  for (const host of hosts) {
    host.body.hidden = !shown.has(host);
    host.matches = matches;
    if (host.list && host.body.classList.contains('opened')) showRows(host);
  }
  const none = byId('no-hosts');
  if (none) none.hidden = shown.size > 0 || hosts.length === 0;
}

function sortHosts(button) {
  const head = button.closest('th');
  const key = button.dataset.sort;
  const descending = head.getAttribute('aria-sort') === 'ascending';
  document.querySelectorAll('th[aria-sort]').forEach(th => th.removeAttribute('aria-sort'));
  head.setAttribute('aria-sort', descending ? 'descending' : 'ascending');
  const compare = (a, b) => {
    const [x, y] = [a.sort[key], b.sort[key]];
    return x < y ? -1 : x > y ? 1 : 0;
  };
  hosts.sort((a, b) => (descending ? compare(b, a) : compare(a, b)) || a.place - b.place);
  head.closest('table').append(...hosts.map(host => host.body));
}

document.querySelectorAll('.sort').forEach(button => {
  button.addEventListener('click', () => sortHosts(button));
});

document.querySelectorAll('button.copy').forEach(button => {
  button.addEventListener('click', () => copy(button));
});

/// Copies the code beside a button. A page from a disk may not have the clipboard; then the code
/// is at least selected.
async function copy(button) {
  const code = button.parentElement.querySelector('code');
  getSelection().selectAllChildren(code);
  let copied = false;
  try {
    await navigator.clipboard.writeText(code.textContent);
    copied = true;
  } catch {
    copied = document.execCommand('copy');
  }
  button.textContent = copied ? 'Copied' : 'Selected';
  setTimeout(() => { button.textContent = 'Copy'; }, 2000);
}

/// The hosts that the plan would rewrite.
const planned = hosts.filter(host => host.decision === 'rewrite');

