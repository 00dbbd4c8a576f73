//! The fields of one record, one code unit at a time: the grammar, spelled out.
//!
//! RFC 4180, 2, and what the wild adds to it. Where the RFC is silent the meaning is that of the
//! `csv` crate, which is also the second opinion in the tests:
//!
//! | bytes | meaning |
//! | --- | --- |
//! | CRLF, LF or CR outside an escaped field | ends the record |
//! | `"` as the first character of a field | opens an escaped field |
//! | `""` inside an escaped field | one quote |
//! | `"` inside an escaped field, else | closes it; the rest up to the delimiter is literal |
//! | `"` elsewhere | literal |
//!
//! The reader finds the same boundaries 64 code units at a time ([`structure`](super::structure)), and a
//! single field is found so where no quote stands before it ([`nth`](super::nth)). This is the one that sniffs
//! the first record, gives the other single fields, and checks both of these ways.

use std::ops::Range;

use super::dialect::LineEnding;
use super::encoding::Encoding;

pub(super) const QUOTE: u16 = b'"' as u16;
pub(super) const CR: u16 = b'\r' as u16;
pub(super) const LF: u16 = b'\n' as u16;

/// The fields of the record at the head of some bytes, as byte ranges with their quotes.
pub(super) struct Fields<'a> {
    bytes: &'a [u8],
    encoding: Encoding,
    delimiter: u16,
    at: usize,
    end: Option<End>,
}

/// Where and how a record ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct End {
    /// The byte after its line break.
    pub(super) at: usize,
    /// Its line break; [`LineEnding::None`] where the bytes ended first.
    pub(super) line_ending: LineEnding,
    /// Whether its last field is an escaped field that nothing closes.
    pub(super) unclosed: bool,
}

impl<'a> Fields<'a> {
    pub(super) fn new(bytes: &'a [u8], encoding: Encoding, delimiter: u8) -> Self {
        Self { bytes, encoding, delimiter: u16::from(delimiter), at: 0, end: None }
    }

    /// Where the record ended; `None` until every field has been given.
    pub(super) fn end(&self) -> Option<End> {
        self.end
    }

    fn unit(&self, at: usize) -> Option<u16> {
        self.encoding.unit(self.bytes, at)
    }

    fn finish(&mut self, at: usize, line_ending: LineEnding, unclosed: bool) {
        self.end = Some(End { at, line_ending, unclosed });
    }
}

impl Iterator for Fields<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        if self.end.is_some() {
            return None;
        }
        let (start, width) = (self.at, self.encoding.width());
        let mut at = start;
        let mut unclosed = false;
        if self.unit(at) == Some(QUOTE) {
            match closing_quote(self.bytes, start, self.encoding) {
                Some(closing) => at = closing + width,
                None => (at, unclosed) = (self.bytes.len(), true),
            }
        }
        loop {
            match self.unit(at) {
                None => {
                    // A last byte that is half a code unit belongs to the last field.
                    self.finish(self.bytes.len(), LineEnding::None, unclosed);
                    return Some(start..self.bytes.len());
                }
                Some(LF) => self.finish(at + width, LineEnding::Lf, false),
                Some(CR) if self.unit(at + width) == Some(LF) => {
                    self.finish(at + 2 * width, LineEnding::Crlf, false);
                }
                Some(CR) => self.finish(at + width, LineEnding::Cr, false),
                Some(unit) if unit == self.delimiter => self.at = at + width,
                Some(_) => {
                    at += width;
                    continue;
                }
            }
            return Some(start..at);
        }
    }
}

/// Where the quote stands that closes the escaped field opened at byte `open`; `None` where the
/// bytes end first.
pub(super) fn closing_quote(bytes: &[u8], open: usize, encoding: Encoding) -> Option<usize> {
    let width = encoding.width();
    let mut at = open + width;
    loop {
        if encoding.unit(bytes, at)? != QUOTE {
            at += width;
        } else if encoding.unit(bytes, at + width) == Some(QUOTE) {
            at += 2 * width;
        } else {
            return Some(at);
        }
    }
}

/// How many line breaks (CRLF, LF, CR) stand in some bytes, in escaped fields and out.
pub(super) fn line_breaks(bytes: &[u8], encoding: Encoding) -> u64 {
    let width = encoding.width();
    let mut after_cr = false;
    let mut count = 0;
    for at in (0..bytes.len()).step_by(width) {
        let unit = encoding.unit(bytes, at);
        let is_break = unit == Some(CR) || (unit == Some(LF) && !after_cr);
        count += u64::from(is_break);
        after_cr = unit == Some(CR);
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_grammar_by_example() {
        use LineEnding::{Cr, Crlf, Lf, None};
        for (bytes, fields, line_ending, unclosed) in [
            ("a,b\r\nc", &["a", "b"][..], Crlf, false),
            ("a,b\nc", &["a", "b"], Lf, false),
            ("a,b\rc", &["a", "b"], Cr, false),
            ("a,b\r\r\n", &["a", "b"], Cr, false),
            ("a,b", &["a", "b"], None, false),
            ("a,", &["a", ""], None, false),
            ("", &[""], None, false),
            ("\n", &[""], Lf, false),
            ("\"a,b\",c\n", &["\"a,b\"", "c"], Lf, false),
            ("\"a\r\nb\",c\n", &["\"a\r\nb\"", "c"], Lf, false),
            ("\"a\"\"b\",c\n", &["\"a\"\"b\"", "c"], Lf, false),
            ("\"a\"b\"c,d\n", &["\"a\"b\"c", "d"], Lf, false),
            ("\"a\"b\n\",d\n", &["\"a\"b"], Lf, false),
            ("a\"b\",c\n", &["a\"b\"", "c"], Lf, false),
            (" \"a,b\",c\n", &[" \"a", "b\"", "c"], Lf, false),
            ("\"\",\"\"\"\"\n", &["\"\"", "\"\"\"\""], Lf, false),
            ("a,\"b\nc,d\n", &["a", "\"b\nc,d\n"], None, true),
            ("a,\"b\"\"\n", &["a", "\"b\"\"\n"], None, true),
            ("a,\"", &["a", "\""], None, true),
            ("a,\"b\"", &["a", "\"b\""], None, false),
            ("a;b\tc\0d,e\n", &["a;b\tc\0d", "e"], Lf, false),
        ] {
            for encoding in [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be] {
                let raw = encoding.encode(bytes);
                let mut split = Fields::new(&raw, encoding, b',');
                let found: Vec<String> =
                    split.by_ref().map(|span| encoding.decode_lossy(&raw[span])).collect();
                assert_eq!(found, fields, "{encoding} {bytes:?}");
                let end = split.end().unwrap();
                assert_eq!((end.line_ending, end.unclosed), (line_ending, unclosed), "{bytes:?}");
            }
        }
    }

    #[test]
    fn half_a_code_unit_belongs_to_the_last_field() {
        let mut split = Fields::new(b"a\0,\0b\0c", Encoding::Utf16Le, b',');
        assert_eq!(split.by_ref().collect::<Vec<_>>(), [0..2, 4..7]);
        assert_eq!(split.end().map(|end| end.at), Some(7));
    }

    #[test]
    fn line_breaks_are_counted_once() {
        for (text, count) in [("", 0), ("a\r\nb\nc\rd", 3), ("\r\n\r\n", 2), ("\n\r", 2)] {
            for encoding in [Encoding::Utf8, Encoding::Utf16Be] {
                assert_eq!(line_breaks(&encoding.encode(text), encoding), count, "{text:?}");
            }
        }
    }
}
