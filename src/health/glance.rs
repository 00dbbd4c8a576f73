//! What a cell's bytes show at a glance, so that only cells that may be damaged are read as text.
//! Quick, and never wrong when it says that there is nothing.
//!
//! A glance looks at code units as bytes: a unit of UTF-16 beyond `U+00FF` is a blank where it is
//! white space and [`OTHER`] where it is not.

use crate::export::{Encoding, Record};

/// The longest cell that is read without making text of it, in code units: nearly all numbers and
/// emails are shorter.
const PLAIN: usize = 64;
/// A unit of UTF-16 that no table knows.
const OTHER: u8 = 0xFF;

/// The white space of Unicode begins with these in UTF-8, or is one of these in ISO-8859-1.
const WHITE_LEADS: &[u8] = &[0xC2, 0xE1, 0xE2, 0xE3];
const WHITE_SECONDS: &[u8] = &[0x80, 0x81, 0x85, 0x9A, 0xA0];
const WHITE: &[u8] = b" \t\n\x0B\x0C\r\x85\xA0";

// How a cell begins, as bits. A cell may be a word when its first two units share one.
/// With a unit that is enough by itself: `#`, white space.
const ALONE: u8 = 1;
/// With the `N` of `N/A` and what follows it, which may be the quote of `"N"/A`.
const LETTER: u8 = 2;
/// With white space that takes several bytes.
const WHITE_LEAD: u8 = 4;
/// With the closing quote of `""N/A`.
const CLOSING: u8 = 8;
/// With something that an empty cell or `-` can begin with, a field's end included.
const BLANK: u8 = 16;

/// The tables for exports of one delimiter and encoding.
#[derive(Debug)]
pub(super) struct Glance {
    encoding: Encoding,
    /// By the first unit, of a field that is not escaped and of one that is.
    first: [[u8; 256]; 2],
    second: [u8; 256],
}

impl Glance {
    pub(super) fn new(encoding: Encoding, delimiter: u8) -> Self {
        let mark = |table: &mut [u8; 256], units: &[u8], bit: u8| {
            units.iter().for_each(|unit| table[usize::from(*unit)] |= bit);
        };
        let mut escaped = [0; 256];
        mark(&mut escaped, b"#", ALONE);
        mark(&mut escaped, WHITE, ALONE | BLANK);
        mark(&mut escaped, b"Nn", LETTER);
        mark(&mut escaped, WHITE_LEADS, WHITE_LEAD | BLANK);
        mark(&mut escaped, b"-", BLANK);
        let mut plain = escaped;
        mark(&mut escaped, b"\"", CLOSING | BLANK);
        // What ends a field. Bytes that are missing read as zero.
        let ends = [delimiter, b'\r', b'\n', 0];
        ends.iter().for_each(|end| plain[usize::from(*end)] = BLANK);

        let mut second = [ALONE | CLOSING; 256];
        mark(&mut second, b"/.\"", LETTER);
        mark(&mut second, WHITE_SECONDS, WHITE_LEAD);
        ends.iter().for_each(|end| second[usize::from(*end)] &= !CLOSING);
        Self { encoding, first: [plain, escaped], second }
    }

    /// Whether a cell of a record may be one of the words that `cells::word` knows, as far as the
    /// reader kept where the cells begin.
    pub(super) fn any_word(&self, record: &Record<'_>) -> bool {
        let (raw, delimiters) = (record.raw(), record.kept_delimiters());
        let any = match self.encoding {
            Encoding::Utf8 | Encoding::Latin1 => {
                let word = |any: u8, at: usize| any | self.begins(head(raw, at));
                delimiters.iter().fold(word(0, 0), |any, at| word(any, at + 1))
            }
            Encoding::Utf16Le => {
                let word = |any: u8, at: usize| {
                    any | self.begins(head_of_pairs(raw, at, u16::from_le_bytes))
                };
                delimiters.iter().fold(word(0, 0), |any, at| word(any, at + 2))
            }
            Encoding::Utf16Be => {
                let word = |any: u8, at: usize| {
                    any | self.begins(head_of_pairs(raw, at, u16::from_be_bytes))
                };
                delimiters.iter().fold(word(0, 0), |any, at| word(any, at + 2))
            }
        };
        any != 0
    }

    /// The same of one cell.
    pub(super) fn may_be_word(&self, cell: &[u8]) -> bool {
        self.begins(self.head(cell)) != 0
    }

    /// Whether a cell may say nothing, or `-`.
    pub(super) fn may_be_empty(&self, cell: &[u8]) -> bool {
        let (is_escaped, unit, _) = beginning(self.head(cell));
        self.first[usize::from(is_escaped)][usize::from(unit)] & BLANK != 0
    }

    fn head(&self, cell: &[u8]) -> [u8; 3] {
        match self.encoding {
            Encoding::Utf8 | Encoding::Latin1 => head(cell, 0),
            Encoding::Utf16Le => head_of_pairs(cell, 0, u16::from_le_bytes),
            Encoding::Utf16Be => head_of_pairs(cell, 0, u16::from_be_bytes),
        }
    }

    #[inline]
    fn begins(&self, head: [u8; 3]) -> u8 {
        let (is_escaped, unit, next) = beginning(head);
        self.first[usize::from(is_escaped)][usize::from(unit)] & self.second[usize::from(next)]
    }
}

/// Whether a field that begins so is escaped, and the first two units of what it says.
#[inline]
fn beginning([quote, first, second]: [u8; 3]) -> (bool, u8, u8) {
    match quote {
        b'"' => (true, first, second),
        _ => (false, quote, first),
    }
}

/// The first three units from a byte on, and zeros where there are fewer.
#[inline]
fn head(raw: &[u8], at: usize) -> [u8; 3] {
    let rest = raw.get(at..).unwrap_or_default();
    match rest.first_chunk() {
        Some(head) => *head,
        None => std::array::from_fn(|nth| rest.get(nth).copied().unwrap_or(0)),
    }
}

/// The same in UTF-16.
#[inline]
fn head_of_pairs(raw: &[u8], at: usize, unit: impl Fn([u8; 2]) -> u16) -> [u8; 3] {
    let (pairs, _) = raw.get(at..).unwrap_or_default().as_chunks::<2>();
    std::array::from_fn(|nth| pairs.get(nth).map_or(0, |pair| narrowed(unit(*pair))))
}

#[inline]
fn narrowed(unit: u16) -> u8 {
    match u8::try_from(unit) {
        Ok(unit) => unit,
        Err(_) if char::from_u32(unit.into()).is_some_and(char::is_whitespace) => b' ',
        Err(_) => OTHER,
    }
}

/// Room for the units of a cell.
#[derive(Debug)]
pub(super) struct Scratch([u8; PLAIN]);

impl Default for Scratch {
    fn default() -> Self {
        Self([0; PLAIN])
    }
}

/// What the units of a plain cell are, as bits.
pub(super) const DIGIT: u8 = 0;
/// A unit that makes a cell no row of digits.
pub(super) const NO_DIGIT: u8 = 1;
/// An `e`, which a number in scientific notation has.
pub(super) const LETTER_E: u8 = 2;
/// A unit that makes the text something else than these bytes: then the cell is not plain.
const ODD: u8 = 4;

const UNITS: [u8; 256] = {
    let mut units = [NO_DIGIT; 256];
    let mut unit = 0;
    while unit < 256 {
        match unit as u8 {
            b'0'..=b'9' => units[unit] = DIGIT,
            b'e' | b'E' => units[unit] = NO_DIGIT | LETTER_E,
            // Controls, quotes, and all that is not ASCII.
            0..b' ' | b'"' | 0x7F.. => units[unit] = ODD,
            _ => {}
        }
        unit += 1;
    }
    units
};

/// What a cell says, where that is plain to see: printable ASCII that does not begin or end with a
/// blank, in quotes or not; and what its units are.
#[inline]
pub(super) fn plain<'a>(
    raw: &'a [u8],
    encoding: Encoding,
    scratch: &'a mut Scratch,
) -> Option<(&'a [u8], u8)> {
    let units = match encoding {
        Encoding::Utf8 | Encoding::Latin1 => raw,
        Encoding::Utf16Le => scratch.narrow(raw, u16::from_le_bytes)?,
        Encoding::Utf16Be => scratch.narrow(raw, u16::from_be_bytes)?,
    };
    let inner = match units {
        [b'"', inner @ .., b'"'] => inner,
        units => units,
    };
    let kind = inner.iter().fold(0, |kind, unit| kind | UNITS[usize::from(*unit)]);
    let is_trim = inner.first() != Some(&b' ') && inner.last() != Some(&b' ');
    (kind & ODD == 0 && is_trim).then_some((inner, kind))
}

impl Scratch {
    #[inline]
    fn narrow(&mut self, raw: &[u8], unit: impl Fn([u8; 2]) -> u16) -> Option<&[u8]> {
        let (pairs, half) = raw.as_chunks::<2>();
        let units = self.0.get_mut(..pairs.len()).filter(|_| half.is_empty())?;
        for (narrow, pair) in units.iter_mut().zip(pairs) {
            *narrow = unit(*pair).min(u16::from(OTHER)) as u8;
        }
        Some(units)
    }
}
