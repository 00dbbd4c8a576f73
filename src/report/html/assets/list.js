// A list of rows as long as it may be: only those in sight are in the document. It is a grid
// (WAI-ARIA 1.2): the Tab key stops there once, arrows go from row to row, Space ticks, Delete
// refuses, and Enter goes to the note. Below it stands all about the row that was chosen.

const SPARE = 8; // Rows drawn above and below those in sight.
const REFUSING = ['Delete', 'Backspace']; // Keyboards that have one of them only call it either.
const TALLEST = 8_000_000; // Pixels; browsers end at 17 to 33 million.

class RecordList {
  constructor(label) {
    this.numbers = [];
    this.drawn = new Map();
    this.active = 0;
    this.rows = element('div', { className: 'rows', role: 'rowgroup' });
    this.grid = element('div', { className: 'list', role: 'grid' }, heading(), this.rows);
    this.grid.setAttribute('aria-label', label);
    this.panel = element('div', { className: 'panel' });
    this.panel.hidden = true;
    this.whole = element('div', { className: 'record-list' }, this.grid, this.panel);
    this.grid.addEventListener('scroll', () => this.draw(), { passive: true });
    this.grid.addEventListener('keydown', event => this.key(event));
    this.rows.addEventListener('focusin', event => this.chosen(event.target));
    this.rows.addEventListener('change', event => this.ticked(event.target));
    this.rows.addEventListener('click', event => this.pressed(event.target));
    new ResizeObserver(() => this.draw()).observe(this.grid);
    answers.listeners.push(() => this.drawn.forEach(drawAnswer));
  }

  /// Shows these rows, from the first.
  show(numbers) {
    this.numbers = numbers;
    this.active = 0;
    this.told = null; // The row that the panel tells of.
    this.drawn.clear();
    this.rows.replaceChildren();
    this.panel.hidden = true;
    this.grid.scrollTop = 0;
    this.grid.setAttribute('aria-rowcount', numbers.length + 1);
    this.whole.hidden = numbers.length === 0;
    this.draw();
  }

  /// The height of a row in pixels, as the style has it.
  get height() {
    return parseFloat(getComputedStyle(this.rows).getPropertyValue('--row')) *
      parseFloat(getComputedStyle(document.documentElement).fontSize);
  }

  /// Where the view stands: its height, how far it has been scrolled in pixels of the whole list,
  /// and how many of these are a pixel of the scroll bar.
  view() {
    const height = this.height;
    const whole = this.numbers.length * height;
    const seen = this.grid.clientHeight;
    const scale = whole > TALLEST ? (whole - seen) / (TALLEST - seen) : 1;
    return { height, whole, seen, scale, offset: this.grid.scrollTop * scale };
  }

  draw() {
    const { height, whole, seen, offset } = this.view();
    if (seen === 0) return;
    this.rows.style.height = `${Math.min(whole, TALLEST)}px`;
    const first = Math.max(0, Math.floor(offset / height) - SPARE);
    const end = Math.min(this.numbers.length, Math.ceil((offset + seen) / height) + SPARE);
    for (const [at, row] of this.drawn) {
      const needed = at >= first && at < end || row.contains(document.activeElement);
      if (!needed) {
        row.remove();
        this.drawn.delete(at);
      }
    }
    let next = [...this.rows.children].find(row => row.at >= first) ?? null;
    for (let at = first; at < end; at += 1) {
      const known = this.drawn.get(at);
      if (known) {
        next = known.nextSibling;
        continue;
      }
      const row = drawRow(this.numbers[at], at);
      this.drawn.set(at, row);
      this.rows.insertBefore(row, next);
    }
    for (const [at, row] of this.drawn) {
      row.style.transform = `translateY(${at * height - offset + this.grid.scrollTop}px)`;
      row.tabIndex = at === this.active ? 0 : -1;
    }
    if (!this.drawn.has(this.active) && this.drawn.has(first)) this.drawn.get(first).tabIndex = 0;
  }

  /// Scrolls a row into view and goes there.
  go(at) {
    this.active = Math.max(0, Math.min(at, this.numbers.length - 1));
    const { height, seen, scale, offset } = this.view();
    const head = this.grid.firstChild.offsetHeight;
    const top = this.active * height;
    if (top < offset) this.grid.scrollTop = top / scale;
    else if (top + height + head > offset + seen) {
      this.grid.scrollTop = (top + height + head - seen) / scale;
    }
    this.draw();
    this.drawn.get(this.active)?.focus({ preventScroll: true });
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const { height, seen } = this.view();
    const page = Math.max(1, Math.floor(seen / height) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page };
    const row = this.drawn.get(this.active);
    if (event.key in steps) this.go(this.active + steps[event.key]);
    else if (event.key === 'Home') this.go(0);
    else if (event.key === 'End') this.go(this.numbers.length - 1);
    else if (event.key === ' ' && event.target === row) row.querySelector('input')?.click();
    else if (REFUSING.includes(event.key)) row.querySelector('.refuse')?.click();
    else if (event.key === 'Enter' && event.target === row) this.panel.querySelector('input')?.focus();
    else return;
    event.preventDefault();
  }

  chosen(target) {
    const row = target.closest('[role=row]');
    this.active = row.at;
    this.drawn.forEach((one, at) => { one.tabIndex = at === this.active ? 0 : -1; });
    if (this.told === row.number) return;
    this.told = row.number;
    this.panel.replaceChildren(...about(row.number));
    this.panel.hidden = false;
  }

  ticked(box) {
    answers.tickRow(box.closest('[role=row]').number, box.checked);
  }

  pressed(target) {
    if (target.matches('.refuse')) answers.refuseRow(target.closest('[role=row]').number);
  }
}

function heading() {
  const cells = ['', 'Record', 'Key', 'Photo cell, and what becomes of it'];
  const made = cells.map(title => element('span', { role: 'columnheader' }, title));
  ['tick', 'number'].forEach((className, at) => { made[at].className = className; });
  made[0].setAttribute('aria-label', 'Approve or refuse');
  return element('div', { className: 'head', role: 'rowgroup' },
    element('div', { role: 'row' }, ...made));
}

function drawRow(number, at) {
  const cell = (className, ...children) =>
    element('span', { className, role: 'gridcell' }, ...children);
  const row = element('div', { className: `row ${rows.class[number]}`, role: 'row' },
    cell('tick', ...answering(number)),
    cell('number', grouped(rows.record[number])),
    cell('key', rows.key[number] || '–'),
    cell('cells', oldCell(number), fate(number)));
  row.at = at;
  row.number = number;
  row.setAttribute('aria-rowindex', at + 2);
  drawAnswer(row);
  return row;
}

/// What a row is answered with.
function answering(number) {
  const called = `record ${rows.record[number]}`;
  const box = element('input', { type: 'checkbox', tabIndex: -1, autocomplete: 'off' });
  box.disabled = rows.class[number] !== 'rewritten';
  if (box.disabled) {
    box.setAttribute('aria-label', `${called} stays as it is: nothing to approve`);
    return [box];
  }
  box.setAttribute('aria-label', `Approve ${called}`);
  box.setAttribute('aria-keyshortcuts', 'Space');
  const refuse = refuseButton(called);
  refuse.tabIndex = -1;
  refuse.title = 'Refuse (Delete)';
  refuse.setAttribute('aria-keyshortcuts', REFUSING.join(' '));
  return [box, refuse];
}

function refuseButton(called) {
  const button = element('button', { type: 'button', className: 'refuse', title: 'Refuse' }, '✕');
  button.setAttribute('aria-label', `Refuse ${called}`);
  return button;
}

function drawAnswer(row) {
  if (rows.class[row.number] !== 'rewritten') return;
  const answer = answers.ofRow(row.number);
  row.querySelector('input').checked = answer === APPROVE;
  row.querySelector('.refuse').setAttribute('aria-pressed', answer === REFUSE);
  row.classList.toggle('refused', answer === REFUSE);
}

const cellOf = (number, host) => element('code', { className: 'cell' },
  rows.before[number], element('mark', {}, host), rows.after[number]);

const oldCell = number => cellOf(number, rows.host[number]);

const fate = number => rows.class[number] === 'rewritten'
  ? cellOf(number, rows.new[number])
  : element('span', { className: 'fate' }, `${rows.class[number]}: ${rows.reason[number]}`);

/// Everything about a row, in full.
function about(number) {
  const lines = element('dl', { className: 'facts' });
  const line = (title, content) => content &&
    lines.append(element('dt', {}, title), element('dd', {}, content));
  line('Record', `${grouped(rows.record[number])}, on line ${grouped(rows.line[number])}`);
  line(rows.column[number] || 'Key', rows.key[number]);
  if (rows.endpoint[number] >= 0) line('Photo cell', oldCell(number));
  if (rows.class[number] === 'rewritten') line('Becomes', fate(number));
  else {
    line('Stays as it is', `${rows.class[number]}: ${rows.reason[number]}`);
    line('Why', prose(rows.explanation[number]));
    line('Next', rows.hint[number] && prose(rows.hint[number]));
  }
  if (!answered || rows.class[number] !== 'rewritten') return [lines];
  return [lines, noteField(answers.rowNotes, number, `record ${rows.record[number]}`)];
}

/// Where a note is written that goes with an answer.
function noteField(notes, key, what) {
  const input = element('input', {
    type: 'text', maxLength: 500, autocomplete: 'off', value: notes.get(key) ?? '',
  });
  input.addEventListener('change', () => answers.setNote(notes, key, input.value));
  return element('label', { className: 'note' }, `Note on ${what} `, input);
}

