//! What a record's code units show at a glance, so that only cells that may be damaged are read as
//! text. Quick, and never wrong when it says that there is nothing.
//!
//! A glance looks at code units as bytes: of UTF-16, what is beyond `U+00FE` is [`OTHER`].

use super::mojibake;
use super::windows::{Window, Windows, equal, within};
use crate::export::{Encoding, Record};

/// The longest record of UTF-16 that is looked at so, in code units.
const LONGEST: usize = 32 << 10;
/// Some unit of UTF-16 beyond `U+00FE`.
const OTHER: u8 = 0xFF;
const QUOTE: u8 = b'"';

/// Looks at the records of an export.
#[derive(Debug)]
pub(super) struct Eyes {
    encoding: Encoding,
    windows: Windows,
    /// Room for the units of a record of UTF-16.
    room: Vec<u8>,
}

/// What was seen of a record.
#[derive(Debug)]
pub(super) struct Glance<'a> {
    record: &'a Record<'a>,
    windows: Windows,
    /// Its units; none of UTF-16 where the record is too long or ends within a unit.
    units: Option<&'a [u8]>,
    /// By how much a place in the record is shifted to be one of theirs.
    shift: u32,
    is_ascii: bool,
    may_have_words: bool,
}

impl Eyes {
    pub(super) fn new(encoding: Encoding) -> Self {
        Self { encoding, windows: Windows::new(), room: Vec::new() }
    }

    pub(super) fn glance<'a>(&'a mut self, record: &'a Record<'a>) -> Glance<'a> {
        let windows = self.windows;
        let (is_ascii, may_have_words, units) = match self.units(record.raw()) {
            Some(units) => {
                let shown = windows.look(units, may_be_in_word);
                (shown.is_ascii, shown.any, Some(units))
            }
            None => (false, true, None),
        };
        let shift = match record.encoding() {
            Encoding::Utf8 | Encoding::Latin1 => 0,
            Encoding::Utf16Le | Encoding::Utf16Be => 1,
        };
        Glance { record, windows, units, shift, is_ascii, may_have_words }
    }

    fn units<'a>(&'a mut self, raw: &'a [u8]) -> Option<&'a [u8]> {
        let is_little = match self.encoding {
            Encoding::Utf8 | Encoding::Latin1 => return Some(raw),
            Encoding::Utf16Le => true,
            Encoding::Utf16Be => false,
        };
        let (pairs, half) = raw.as_chunks();
        if !half.is_empty() || pairs.len() > LONGEST {
            return None;
        }
        if self.room.len() < pairs.len() {
            self.room.resize(pairs.len(), 0);
        }
        let room = &mut self.room[..pairs.len()];
        if is_little {
            self.windows.narrow(pairs, room, u16::from_le_bytes);
        } else {
            self.windows.narrow(pairs, room, u16::from_be_bytes);
        }
        Some(room)
    }
}

impl Glance<'_> {
    /// The units of a cell, quotes included; `None` where they are not known.
    #[inline]
    fn cell(&self, field: usize) -> Option<&[u8]> {
        let span = self.record.kept_span(field)?;
        self.units?.get(span.start >> self.shift..span.end >> self.shift)
    }

    /// What a cell says, where that is plain to see: ASCII that does not begin or end with a blank, in
    /// quotes or not.
    #[inline(always)]
    pub(super) fn plain(&self, field: usize) -> Option<&[u8]> {
        let cell = self.cell(field)?;
        let ([first, ..], [.., last]) = (cell, cell) else { return Some(cell) };
        if *first == QUOTE {
            return self.plain_in_quotes(cell);
        }
        let is_trim = *first > b' ' && *last > b' ';
        (is_trim && (self.is_ascii || is_ascii(cell))).then_some(cell)
    }

    #[inline(never)]
    fn plain_in_quotes<'c>(&self, cell: &'c [u8]) -> Option<&'c [u8]> {
        let [QUOTE, said @ .., QUOTE] = cell else { return None };
        let is_trim = match said {
            [] => true,
            [first, ..] => *first > b' ' && said.last().is_some_and(|last| *last > b' '),
        };
        let is_plain = is_trim && (self.is_ascii || said.is_ascii()) && !has_quote(said);
        is_plain.then_some(said)
    }

    /// Whether a cell may say nothing, or `-`.
    #[inline]
    pub(super) fn may_be_empty(&self, field: usize) -> bool {
        match self.cell(field) {
            // Nearly all: letters and digits among others.
            Some([b'.'..=b'~', ..]) => false,
            cell => cell.is_none_or(may_be_empty),
        }
    }

    /// Whether a cell of the record may be one of the words that `cells::word` knows, one field left
    /// out: paths of photo URLs look like words.
    pub(super) fn may_have_words_beside(&self, field: usize) -> bool {
        self.may_have_words
            && match (self.units, self.record.kept_span(field)) {
                (Some(units), Some(span)) => {
                    let (before, after) = (span.start >> self.shift, span.end >> self.shift);
                    [units.get(..before), units.get(after..)]
                        .into_iter()
                        .flatten()
                        .any(|units| self.windows.look(units, may_be_in_word).any)
                }
                _ => true,
            }
    }

    /// Whether this cell may be, in a record that may have one.
    pub(super) fn may_be_word(&self, field: usize) -> bool {
        let Some(cell) = self.cell(field) else { return true };
        match opened(cell) {
            [b'#', ..] => true,
            [first, ..] if may_be_blank(*first) => true,
            // What follows may be the quote of `"N"/A`, or stand behind the quotes of `""N/A`.
            [b'N' | b'n', b'/' | b'.' | QUOTE, ..] | [QUOTE, _, ..] => true,
            _ => false,
        }
    }

    /// Whether a cell of the record may have been read in the wrong encoding.
    pub(super) fn may_have_mojibake(&self) -> bool {
        !self.is_ascii
            && self.units.is_none_or(|units| {
                mojibake::may_have(self.record.raw(), units, self.record.encoding(), self.windows)
            })
    }

    /// Whether this cell may have been, in a record of which one may have been.
    pub(super) fn may_be_mojibake(&self, field: usize) -> bool {
        !self.cell(field).is_some_and(<[u8]>::is_ascii)
    }
}

/// Whether some units have a quote among them: eight at a time, the last of them twice.
fn has_quote(units: &[u8]) -> bool {
    const EACH: u64 = u64::MAX / 0xFF;
    // A byte that is zero borrows.
    let has = |word: &[u8; 8]| {
        let others = u64::from_le_bytes(*word) ^ (EACH * QUOTE as u64);
        others.wrapping_sub(EACH) & !others & (EACH << 7) != 0
    };
    match units.last_chunk() {
        Some(last) => units.as_chunks().0.iter().any(has) || has(last),
        None => units.contains(&QUOTE),
    }
}

/// Out of line, as most records are ASCII.
#[inline(never)]
fn is_ascii(cell: &[u8]) -> bool {
    cell.is_ascii()
}

/// Whether a cell of these units may say nothing, or `-`.
fn may_be_empty(cell: &[u8]) -> bool {
    match opened(cell) {
        [] | [b'-' | QUOTE, ..] => true,
        [first, ..] => may_be_blank(*first),
    }
}

/// Whether white space may begin with this unit: that of ASCII, and that of Unicode, how it begins in
/// UTF-8 or what it is in ISO-8859-1.
fn may_be_blank(first: u8) -> bool {
    matches!(first, 0..=b' ' | 0x85 | 0xA0 | 0xC2 | 0xE1..=0xE3 | OTHER)
}

/// A cell without the quote that opens it.
fn opened(cell: &[u8]) -> &[u8] {
    cell.strip_prefix(&[QUOTE]).unwrap_or(cell)
}

/// Whether one of the words that `cells::word` knows may begin or end around here: `#` before
/// something else than a digit, or `N/A` or `N.A`, in which the quote of `"N"/A` may stand.
#[inline(always)]
fn may_be_in_word([first, second, third, _]: Window) -> u8 {
    const SMALL: u8 = 0x20;
    let hash = equal(first, b'#') & !within(second, b'0', b'9');
    let n = equal(first | SMALL, b'n') | equal(first, QUOTE);
    let a = equal(third | SMALL, b'a') | equal(third, QUOTE);
    hash | (n & within(second, b'.', b'/') & a)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_is_found_at_any_place() {
        for length in 0..40 {
            for other in [b'!', b'#', 0, 0x7F, 0xA2, 0xFF] {
                let mut units = vec![other; length];
                assert!(!has_quote(&units), "{units:x?}");
                for at in 0..length {
                    units[at] = QUOTE;
                    assert!(has_quote(&units), "{units:x?}");
                    units[at] = other;
                }
            }
        }
    }
}
