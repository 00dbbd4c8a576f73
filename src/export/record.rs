//! One record of an export: its bytes as they stand, and what was found in them.

use std::borrow::Cow;
use std::fmt;
use std::ops::Range;

use super::chunk::Chunk;
use super::dialect::Dialect;
use super::encoding::Encoding;
use super::field::Field;
use super::nth::nth;

/// Where a record stands in its file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Position {
    /// Which of the data records it is, from 1. A header and a blank line are none and have 0.
    pub record: u64,
    /// The line on which it starts, from 1, counting the line breaks in escaped fields too.
    pub line: u64,
    /// Its first byte, from 0 at the beginning of the file, the byte order mark included.
    pub byte: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.record {
            0 => write!(f, "line {}", self.line),
            record => write!(f, "record {record} (line {})", self.line),
        }
    }
}

/// What a stretch of an export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecordKind {
    /// The header.
    Header,
    /// A user's record.
    Data,
    /// A line break alone, which is no record.
    Blank,
    /// A piece of a record that is longer than [`MAX_RECORD`](super::MAX_RECORD). The first piece
    /// stands for the record; the others only carry its bytes.
    Overlong {
        /// Whether it is the first piece.
        first: bool,
    },
}

/// Why no cell of a record can be trusted. Its bytes are kept all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Defect {
    /// A quote is open when the file ends, so that the record swallowed what follows it.
    #[error(
        "the quote opened on line {line} (byte {byte}) is never closed; {lines_swallowed} more \
         lines up to the end of the file are inside it"
    )]
    UnclosedQuote {
        /// The line of the opening quote, from 1.
        line: u64,
        /// The opening quote's byte in the file, from 0.
        byte: u64,
        /// How many lines begin after the opening quote.
        lines_swallowed: u64,
    },
    /// The record is longer than can be held.
    #[error(
        "the record is longer than {limit} bytes; {}",
        open_quote(*quote)
    )]
    Overlong {
        /// The limit, in bytes.
        limit: usize,
        /// Line and byte of the quote that is open where the limit is reached, if one is.
        quote: Option<(u64, u64)>,
    },
}

fn open_quote(quote: Option<(u64, u64)>) -> String {
    match quote {
        Some((line, byte)) => {
            format!("the quote opened on line {line} (byte {byte}) may never be closed")
        }
        None => "no quote is open in it".to_owned(),
    }
}

/// One record as it stands in the export, its line break included.
#[derive(Clone, Debug)]
pub struct Record<'a> {
    pub(super) raw: &'a [u8],
    /// What the bytes stand in.
    pub(super) chunk: &'a Chunk,
    pub(super) kind: RecordKind,
    pub(super) position: Position,
    pub(super) defect: Option<Defect>,
    pub(super) fields: usize,
    pub(super) photo: Option<Range<usize>>,
    /// Its length without its line break.
    pub(super) content: usize,
    /// Where its first delimiters stand; empty where nobody wanted to know.
    pub(super) splits: &'a [usize],
    pub(super) encoding: Encoding,
    pub(super) delimiter: u8,
}

impl<'a> Record<'a> {
    /// Its bytes with its line break. All records' bytes after the byte order mark are the file.
    pub fn raw(&self) -> &'a [u8] {
        self.raw
    }

    /// What its bytes stand in.
    pub(crate) fn chunk(&self) -> &'a Chunk {
        self.chunk
    }

    /// What it is.
    pub fn kind(&self) -> RecordKind {
        self.kind
    }

    /// Where it stands.
    pub fn position(&self) -> Position {
        self.position
    }

    /// Why none of its cells can be trusted.
    pub fn defect(&self) -> Option<Defect> {
        self.defect
    }

    /// The encoding in which its bytes are text.
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// How many fields it has; 0 for a blank line and for a piece of an overlong record.
    pub fn field_count(&self) -> usize {
        self.fields
    }

    /// Its field `n`, from 0.
    pub fn field(&self, n: usize) -> Option<Field<'a>> {
        if n >= self.fields {
            return None;
        }
        let span = match self.kept_span(n) {
            Some(span) => span,
            None => nth(&self.raw[..self.content], self.encoding, self.delimiter, n)?,
        };
        Some(Field::new(self.raw, span, self.encoding))
    }

    /// Where its field `n` stands in its bytes, quotes included, where the reader kept the delimiters
    /// around it.
    #[inline]
    pub(crate) fn kept_span(&self, n: usize) -> Option<Range<usize>> {
        let start = match n.checked_sub(1) {
            None => 0,
            Some(before) => self.splits.get(before)? + self.encoding.width(),
        };
        match self.splits.get(n) {
            Some(end) => Some(start..*end),
            // The last field ends with the record, also one that its quote leaves open.
            None if n + 1 == self.fields => Some(start..self.content),
            None => None,
        }
    }

    /// The photo cell. `None` where the record is too short to have one, and where a defect makes
    /// every cell doubtful.
    pub fn photo(&self) -> Option<Field<'a>> {
        let span = self.photo.clone()?;
        Some(Field::new(self.raw, span, self.encoding))
    }

    /// Who the record is about, for reports: a column's name and the cell's text, from the first
    /// of the dialect's key columns that is not empty.
    pub fn key<'d>(&self, dialect: &'d Dialect) -> Option<(&'d str, Cow<'a, str>)> {
        dialect.key_fields.iter().find_map(|key| {
            let text = match self.field(key.field)?.text_lossy() {
                Cow::Borrowed(text) => Cow::Borrowed(text.trim()),
                Cow::Owned(text) => Cow::Owned(text.trim().to_owned()),
            };
            // `-` is WebEx's word for an empty cell.
            let says_who = !text.is_empty() && text != "-";
            says_who.then_some((key.column.as_str(), text))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_and_defects_in_words() {
        let position = Position { record: 2, line: 5, byte: 77 };
        assert_eq!(position.to_string(), "record 2 (line 5)");
        assert_eq!(Position { record: 0, ..position }.to_string(), "line 5");
        for (defect, message) in [
            (
                Defect::UnclosedQuote { line: 5, byte: 80, lines_swallowed: 3 },
                "the quote opened on line 5 (byte 80) is never closed; 3 more lines up to the end \
                 of the file are inside it",
            ),
            (
                Defect::Overlong { limit: 64, quote: Some((5, 80)) },
                "the record is longer than 64 bytes; the quote opened on line 5 (byte 80) may \
                 never be closed",
            ),
            (
                Defect::Overlong { limit: 64, quote: None },
                "the record is longer than 64 bytes; no quote is open in it",
            ),
        ] {
            assert_eq!(defect.to_string(), message);
        }
    }
}
