//! The streaming reader: a block of bytes at a time in, one record at a time out.

use std::io::{self, Read};
use std::ops::Range;

use super::dialect::{Choices, Dialect, LineEnding};
use super::error::ExportError;
use super::fields::{CR, Fields, LF, line_breaks};
use super::masks::{BLOCK, Masks, block};
use super::record::{Defect, Position, Record, RecordKind};
use super::sniff::{Extent, SNIFF_LIMIT, sniff};
use super::structure::{State, Structure};

/// The longest record that is held as a whole, in bytes. Cells of 100 MB are read; a longer
/// record is more likely a quote that nobody closed, and comes out in pieces
/// ([`RecordKind::Overlong`]) so that memory stays bounded.
pub const MAX_RECORD: usize = 256 << 20;

/// How much memory a reader takes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The buffer, in bytes, while records are short: at least 512, so that half of it holds a
    /// block of any encoding. Beyond 256 KiB nothing was gained.
    pub(crate) buffer: usize,
    /// The longest record that is held as a whole.
    pub(crate) max_record: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { buffer: 256 << 10, max_record: MAX_RECORD }
    }
}

/// Reads an export's records from a source of bytes, in order, each as it stands.
///
/// The reader's buffer holds one record; a record borrows from it until the next is asked for.
#[derive(Debug)]
pub struct Reader<R> {
    source: R,
    dialect: Dialect,
    limits: Limits,
    /// Bytes of the source from `buffer_at` on; the first `filled` are valid.
    buffer: Vec<u8>,
    buffer_at: u64,
    filled: usize,
    at_end: bool,
    /// Where in the buffer the next record begins.
    start: usize,
    /// Up to where in the buffer structure is known, and the grammar's state there.
    scanned: usize,
    state: State,
    /// What is left of the last block's structure, and where in the buffer that block begins.
    structure: Structure,
    block_at: usize,
    /// What that structure told of the record at `start`.
    cursor: Cursor,
    /// Whether the record at `start` is the rest of an overlong one.
    in_overlong: bool,
    header_passed: bool,
    line: u64,
    seen: Seen,
    /// Where the delimiters of the record at `start` stand, from its first byte: as many as a
    /// record should have, and only where somebody wants them.
    splits: Vec<usize>,
    keeps_splits: bool,
}

/// What a reader has counted so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Data records.
    pub records: u64,
    /// Blank lines.
    pub blank_lines: u64,
    /// Data records with more or fewer fields than the header, or than the first record.
    pub ragged: u64,
    /// Records and blank lines that end with CRLF.
    pub crlf: u64,
    /// … with LF.
    pub lf: u64,
    /// … with CR.
    pub cr: u64,
}

impl Seen {
    /// How the records ended.
    pub fn line_ending(&self) -> LineEnding {
        match (self.crlf, self.lf, self.cr) {
            (0, 0, 0) => LineEnding::None,
            (_, 0, 0) => LineEnding::Crlf,
            (0, _, 0) => LineEnding::Lf,
            (0, 0, _) => LineEnding::Cr,
            _ => LineEnding::Mixed,
        }
    }
}

impl<R: Read> Reader<R> {
    /// Reads as much as it takes to find the dialect, where `choices` leave it open.
    ///
    /// # Errors
    /// [`ExportError`] says why this is no export that can be read, and what to do.
    pub fn open(source: R, choices: &Choices) -> Result<Self, ExportError> {
        Self::open_within(source, choices, Limits::default())
    }

    pub(crate) fn open_within(
        mut source: R,
        choices: &Choices,
        limits: Limits,
    ) -> Result<Self, ExportError> {
        let mut buffer = vec![0; limits.buffer];
        let mut filled = 0;
        let (dialect, at_end) = loop {
            let at_end = !fill(&mut source, &mut buffer, &mut filled, 0)?;
            let extent = match (at_end, filled >= SNIFF_LIMIT) {
                (true, _) => Extent::Whole,
                (false, true) => Extent::Limit,
                (false, false) => Extent::More,
            };
            if let Some(dialect) = sniff(&buffer[..filled], extent, choices)? {
                break (dialect, at_end);
            }
            buffer.resize(2 * buffer.len(), 0);
        };
        let start = if dialect.bom { dialect.encoding.byte_order_mark().len() } else { 0 };
        Ok(Self {
            source,
            header_passed: dialect.header.is_none(),
            dialect,
            limits,
            buffer,
            buffer_at: 0,
            filled,
            at_end,
            start,
            scanned: start,
            state: State::FieldStart,
            structure: Structure::default(),
            block_at: start,
            cursor: Cursor::default(),
            in_overlong: false,
            line: 1,
            seen: Seen::default(),
            splits: Vec::new(),
            keeps_splits: false,
        })
    }

    /// The dialect that was found or chosen.
    pub fn dialect(&self) -> &Dialect {
        &self.dialect
    }

    /// The byte order mark with which the file starts; empty where it has none.
    pub fn bom_bytes(&self) -> &'static [u8] {
        if self.dialect.bom { self.dialect.encoding.byte_order_mark() } else { b"" }
    }

    /// What has been counted so far; after the last record, all of it.
    pub fn seen(&self) -> &Seen {
        &self.seen
    }

    /// Makes [`Record::field`] find a field at once instead of going through those before it: for
    /// passes that look at many fields of every record.
    pub fn keep_fields(&mut self) {
        self.keeps_splits = true;
    }

    /// The next record, blank line or piece of an overlong record; `None` after the last.
    ///
    /// # Errors
    /// [`ExportError::Read`] when the source fails. Odd records are no error.
    pub fn next_record(&mut self) -> Result<Option<Record<'_>>, ExportError> {
        let Some(cut) = self.find_end()? else {
            return Ok(None);
        };
        let from = std::mem::replace(&mut self.start, cut.end);
        let raw = &self.buffer[from..cut.end];
        let byte = self.buffer_at + from as u64;
        let content = raw.len() - cut.line_break;
        let is_first = !std::mem::replace(&mut self.in_overlong, cut.is_piece);
        let overlong = cut.is_piece || !is_first;
        let kind = if overlong {
            RecordKind::Overlong { first: is_first }
        } else if content == 0 {
            RecordKind::Blank
        } else if self.header_passed {
            RecordKind::Data
        } else {
            RecordKind::Header
        };
        let is_counted = is_first && kind != RecordKind::Blank && self.header_passed;
        self.header_passed |= kind != RecordKind::Blank;
        self.seen.records += u64::from(is_counted);
        self.seen.blank_lines += u64::from(kind == RecordKind::Blank);
        let is_ragged = kind == RecordKind::Data && cut.fields != self.dialect.fields;
        self.seen.ragged += u64::from(is_ragged);
        let record = match kind {
            RecordKind::Header | RecordKind::Blank => 0,
            RecordKind::Data | RecordKind::Overlong { .. } => self.seen.records,
        };
        let position = Position { record, line: self.line, byte };
        self.line += cut.lines;
        let has_fields = !overlong && kind != RecordKind::Blank;
        let mut found = Record {
            raw,
            kind,
            position,
            defect: None,
            fields: if has_fields { cut.fields } else { 0 },
            photo: cut.photo.filter(|_| has_fields),
            content,
            splits: if has_fields { &self.splits } else { &[] },
            encoding: self.dialect.encoding,
            delimiter: self.dialect.delimiter.as_byte(),
        };
        let is_unclosed = cut.ends_open && !overlong;
        if is_unclosed || (overlong && is_first) {
            found.defect = Some(defect(&found, cut.ends_open, overlong, self.limits.max_record));
            found.photo = None;
        }
        Ok(Some(found))
    }

    #[cfg(test)]
    pub(super) fn buffer_length(&self) -> usize {
        self.buffer.len()
    }

    /// Finds where the record at `start` ends, reading on as needed.
    fn find_end(&mut self) -> Result<Option<Cut>, ExportError> {
        self.splits.clear();
        loop {
            if let Some((end, line_break)) = self.end_in_block() {
                return Ok(Some(self.cut(end, line_break)));
            }
            if self.piece_is_due() {
                return Ok(Some(self.cut(self.scanned, 0)));
            }
            if !self.next_block()? {
                // The end of the file ends the last record, half a code unit included.
                let is_left = self.start < self.filled;
                self.scanned = self.filled;
                return Ok(if is_left { Some(self.cut(self.filled, 0)) } else { None });
            }
        }
    }

    /// Looks for the record's end in what is left of the block, noting fields on the way: the
    /// byte after its line break, and the length of that.
    #[inline]
    fn end_in_block(&mut self) -> Option<(usize, usize)> {
        let (structure, cursor) = (&mut self.structure, &mut self.cursor);
        let end = structure.ends & structure.ends.wrapping_neg();
        // The bits before the record's end: all, when it is not in this block.
        let before = end.wrapping_sub(1);
        let delimiters = structure.delimiters & before;
        let photo = self.dialect.photo_field;
        let width = self.dialect.encoding.width();
        let known = cursor.delimiters;
        let count = delimiters.count_ones() as usize;
        if known <= photo && photo <= known + count {
            let at = |nth: usize| self.block_at + nth_bit(delimiters, nth) * width - self.start;
            if photo > known {
                cursor.photo_start = at(photo - known - 1) + width;
            }
            if photo < known + count {
                cursor.photo_end = Some(at(photo - known));
            }
        }
        cursor.delimiters += count;
        if self.keeps_splits {
            let room = self.dialect.fields.saturating_sub(self.splits.len());
            let mut rest = delimiters;
            self.splits.extend((0..count.min(room)).map(|_| {
                let at = self.block_at + rest.trailing_zeros() as usize * width;
                rest &= rest - 1;
                at - self.start
            }));
        }
        if structure.inner_breaks != 0 {
            cursor.lines += u64::from((structure.inner_breaks & before).count_ones());
        }
        if end == 0 {
            *structure = Structure::default();
            return None;
        }
        cursor.lines += 1;
        let past = !(before | end);
        structure.delimiters &= past;
        structure.ends &= past;
        structure.inner_breaks &= past;
        let last = self.block_at + end.trailing_zeros() as usize * width;
        Some((last + width, self.count_line_break(last)))
    }

    /// The length of the line break whose last unit stands at `last`, which is counted.
    #[inline]
    fn count_line_break(&mut self, last: usize) -> usize {
        let encoding = self.dialect.encoding;
        let width = encoding.width();
        if encoding.unit(&self.buffer, last) == Some(CR) {
            self.seen.cr += 1;
            return width;
        }
        let follows_cr = last > self.start && encoding.unit(&self.buffer, last - width) == Some(CR);
        if follows_cr {
            self.seen.crlf += 1;
            2 * width
        } else {
            self.seen.lf += 1;
            width
        }
    }

    /// The record up to `end`, of which the last `line_break` bytes are its line break.
    fn cut(&mut self, end: usize, line_break: usize) -> Cut {
        let cursor = std::mem::take(&mut self.cursor);
        let content = end - self.start - line_break;
        let has_photo = cursor.delimiters >= self.dialect.photo_field;
        Cut {
            end,
            line_break,
            fields: cursor.delimiters + 1,
            photo: has_photo.then(|| cursor.photo_start..cursor.photo_end.unwrap_or(content)),
            lines: cursor.lines,
            is_piece: line_break == 0 && !self.is_last(end),
            ends_open: line_break == 0 && self.state == State::Escaped,
        }
    }

    fn is_last(&self, end: usize) -> bool {
        self.at_end && end == self.filled
    }

    /// Whether the bytes scanned so far have to leave as a piece of a record, because the record
    /// is longer than may be held, or was already.
    fn piece_is_due(&self) -> bool {
        let held = self.scanned - self.start;
        let limit = if self.in_overlong { self.limits.buffer / 2 } else { self.limits.max_record };
        held > limit && !self.is_last(self.scanned)
    }

    /// Finds the structure of the next block; `false` at the end of the file.
    fn next_block(&mut self) -> Result<bool, ExportError> {
        let encoding = self.dialect.encoding;
        let width = encoding.width();
        let bytes = BLOCK * width;
        // The unit after the block tells whether a CR at its end is the first half of a CRLF.
        if self.filled - self.scanned < bytes + width && !self.at_end {
            self.read_more(bytes + width)?;
        }
        let rest = &self.buffer[self.scanned..self.filled];
        if rest.len() < width {
            return Ok(false);
        }
        let lf_follows = encoding.unit(rest, bytes) == Some(LF);
        let masks = Masks::of(&block(rest, encoding), self.dialect.delimiter.as_byte(), lf_follows);
        self.structure = Structure::of(masks, &mut self.state);
        self.block_at = self.scanned;
        // Half a unit at the end of the file is never scanned.
        self.scanned += bytes.min(rest.len() - rest.len() % width);
        Ok(true)
    }

    /// Makes at least `wanted` bytes stand after `scanned`, unless the file ends before. Called
    /// with no structure left over, so that only `start` and `scanned` have to move along.
    fn read_more(&mut self, wanted: usize) -> Result<(), ExportError> {
        let kept = self.filled - self.start;
        self.buffer.copy_within(self.start..self.filled, 0);
        self.buffer_at += self.start as u64;
        self.scanned -= self.start;
        (self.start, self.filled) = (0, kept);
        let Limits { buffer: usual, max_record } = self.limits;
        if kept <= usual / 2 && self.buffer.len() > usual {
            // A long record has passed.
            self.buffer.truncate(usual);
            self.buffer.shrink_to_fit();
        } else if 2 * kept > self.buffer.len() {
            let length = (2 * self.buffer.len()).min(max_record + usual).max(kept + usual);
            self.buffer.resize(length, 0);
        }
        while !self.at_end && self.filled - self.scanned < wanted {
            let goes_on =
                fill(&mut self.source, &mut self.buffer, &mut self.filled, self.buffer_at)?;
            self.at_end = !goes_on;
        }
        Ok(())
    }
}

/// What is known of the record that is being looked at; offsets count from its first byte.
#[derive(Debug, Default)]
struct Cursor {
    delimiters: usize,
    photo_start: usize,
    photo_end: Option<usize>,
    lines: u64,
}

/// Where a record ends in the buffer, and what was counted on the way.
#[derive(Debug)]
struct Cut {
    end: usize,
    /// Length of its line break, in bytes.
    line_break: usize,
    fields: usize,
    photo: Option<Range<usize>>,
    lines: u64,
    /// Whether the record goes on after it.
    is_piece: bool,
    /// Whether an escaped field is open there.
    ends_open: bool,
}

/// Where the `nth` of the set bits is, from 0. There are more than `nth`.
#[inline]
fn nth_bit(mut bits: u64, nth: usize) -> usize {
    for _ in 0..nth {
        bits &= bits - 1;
    }
    bits.trailing_zeros() as usize
}

/// What makes the cells of a record doubtful. Its last field is the one that is open, if one is.
fn defect(record: &Record<'_>, ends_open: bool, overlong: bool, limit: usize) -> Defect {
    let last = || Fields::new(record.raw, record.encoding, record.delimiter).last();
    let open = if ends_open { last() } else { None };
    let place = open.map(|field| {
        let (before, inside) = record.raw.split_at(field.start);
        let line = record.position.line + line_breaks(before, record.encoding);
        (line, record.position.byte + field.start as u64, line_breaks(inside, record.encoding))
    });
    match place {
        Some((line, byte, lines_swallowed)) if !overlong => {
            Defect::UnclosedQuote { line, byte, lines_swallowed }
        }
        place => Defect::Overlong { limit, quote: place.map(|(line, byte, _)| (line, byte)) },
    }
}

/// Fills the buffer from `filled` on; `false` when the source ends.
fn fill(
    source: &mut impl Read,
    buffer: &mut [u8],
    filled: &mut usize,
    buffer_at: u64,
) -> Result<bool, ExportError> {
    while *filled < buffer.len() {
        match source.read(&mut buffer[*filled..]) {
            Ok(0) => return Ok(false),
            Ok(count) => *filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(source) => {
                return Err(ExportError::Read { byte: buffer_at + *filled as u64, source });
            }
        }
    }
    Ok(true)
}
