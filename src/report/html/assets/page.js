// What the other files share: finding elements, making them, and saying numbers.

const byId = id => document.getElementById(id);

/// A new element. Children that are strings become text, never markup.
function element(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [property, value] of Object.entries(properties)) {
    if (property in made) made[property] = value;
    else made.setAttribute(property, value);
  }
  made.append(...children);
  return made;
}

/// A sentence: what stands between backquotes is code.
function prose(text) {
  return element('span', {}, ...text.split('`').map((piece, at) =>
    at % 2 ? element('code', {}, piece) : piece));
}

const grouped = number => number.toLocaleString('en-US');
const counted = (number, noun) => `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;

/// The data of the element with this id; null where the page has none.
function data(id) {
  const found = byId(id);
  return found && JSON.parse(found.textContent);
}

/// The plan that is answered and when it was made; null where the page belongs to none.
const answered = data('answered');

