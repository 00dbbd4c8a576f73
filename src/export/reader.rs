//! The streaming reader: a block of bytes at a time in, one record at a time out.

use std::io;
use std::ops::Range;

use super::chunk::Chunk;
use super::dialect::{Choices, Dialect, LineEnding};
use super::error::ExportError;
use super::fields::{Fields, line_breaks};
use super::lanes::Instructions;
use super::masks::BLOCK;
use super::record::{Defect, Position, Record, RecordKind};
use super::scan::{BLOCKS, Cut, Endings, Scanner};
use super::sniff::{Extent, SNIFF_LIMIT, sniff};
use super::source::Source;
use super::stretch::{Passing, Stretch};

/// The longest record that is held as a whole, in bytes. Cells of 100 MB are read; a longer
/// record is more likely a quote that nobody closed, and comes out in pieces
/// ([`RecordKind::Overlong`]) so that memory stays bounded.
pub const MAX_RECORD: usize = 256 << 20;

/// How much memory a reader takes, and how it scans.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    /// The buffer, in bytes, while records are short: at least 512, so that half of it holds a
    /// block of any encoding. Beyond 256 KiB nothing was gained.
    pub(crate) buffer: usize,
    /// The longest record that is held as a whole.
    pub(crate) max_record: usize,
    /// With which instructions it is scanned.
    pub(crate) instructions: Instructions,
}

impl Default for Limits {
    fn default() -> Self {
        Self { buffer: 256 << 10, max_record: MAX_RECORD, instructions: Instructions::best() }
    }
}

/// Reads an export's records from a source of bytes, in order, each as it stands.
///
/// The reader's chunk holds one record at least; a record borrows from it until the next is asked for.
#[derive(Debug)]
pub struct Reader<R> {
    source: R,
    dialect: Dialect,
    limits: Limits,
    /// Bytes of the source from `chunk_at` on; those from `start` to `filled` are valid.
    chunk: Chunk,
    /// Where the chunk begins in the source; before its beginning it is counted down from zero.
    chunk_at: u64,
    filled: usize,
    at_end: bool,
    /// Where in the chunk the next record begins.
    start: usize,
    /// Up to where in the chunk the scanner has looked.
    scanned: usize,
    scanner: Scanner,
    /// Whether the record at `start` is the rest of an overlong one.
    in_overlong: bool,
    header_passed: bool,
    line: u64,
    seen: Seen,
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

impl<R: Source> Reader<R> {
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
        let delimiter = dialect.delimiter.as_byte();
        let scanner =
            Scanner::new(limits.instructions, dialect.encoding, delimiter, dialect.photo_field);
        Ok(Self {
            source,
            header_passed: dialect.header.is_none(),
            dialect,
            limits,
            chunk: Chunk::new(buffer),
            chunk_at: 0,
            filled,
            at_end,
            start,
            scanned: start,
            scanner,
            in_overlong: false,
            line: 1,
            seen: Seen::default(),
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

    /// What has been counted so far; after the last record, all of it. Line breaks are counted some
    /// records ahead.
    pub fn seen(&self) -> Seen {
        let Endings { all, crlf, cr } = self.scanner.endings();
        Seen { crlf, lf: all - crlf - cr, cr, ..self.seen }
    }

    /// Makes [`Record::field`] find a field at once instead of going through those before it: for
    /// passes that look at many fields of every record, to be said before the first is read.
    pub fn keep_fields(&mut self) {
        self.scanner.keep_splits(self.dialect.fields);
    }

    /// The next record, blank line or piece of an overlong record; `None` after the last.
    ///
    /// # Errors
    /// [`ExportError::Read`] when the source fails. Odd records are no error.
    pub fn next_record(&mut self) -> Result<Option<Record<'_>>, ExportError> {
        let Some((cut, splits)) = self.find_end()? else {
            return Ok(None);
        };
        let is_open = cut.line_break == 0;
        let (is_piece, ends_open) =
            (is_open && !self.is_last(cut.end), is_open && self.scanner.is_escaped());
        let from = std::mem::replace(&mut self.start, cut.end);
        let raw = &self.chunk[from..cut.end];
        let byte = self.chunk_at.wrapping_add(from as u64);
        let content = raw.len() - cut.line_break;
        let is_first = !std::mem::replace(&mut self.in_overlong, is_piece);
        let overlong = is_piece || !is_first;
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
        let has_photo = has_fields && cut.fields > self.dialect.photo_field;
        let mut found = Record {
            raw,
            chunk: &self.chunk,
            kind,
            position,
            defect: None,
            fields: if has_fields { cut.fields } else { 0 },
            photo: has_photo.then_some(cut.photo_start..cut.photo_end),
            content,
            splits: if has_fields { self.scanner.splits(splits) } else { &[] },
            encoding: self.dialect.encoding,
            delimiter: self.dialect.delimiter.as_byte(),
        };
        let is_unclosed = ends_open && !overlong;
        if is_unclosed || (overlong && is_first) {
            found.defect = Some(defect(&found, ends_open, overlong, self.limits.max_record));
            found.photo = None;
        }
        Ok(Some(found))
    }

    /// Passes over data records of the usual number of fields as long as `passes` says so. Each is
    /// asked about once and in order, and every [`Passing`] of a call begins where the stretch does, in the
    /// same chunk.
    ///
    /// It stops before any other record, and where it has to read on; the record after it, about which
    /// nobody was asked or which was not to be passed, comes from [`next_record`](Self::next_record).
    ///
    /// # Errors
    /// As [`next_record`](Self::next_record).
    pub(crate) fn pass_over(
        &mut self,
        mut passes: impl FnMut(Passing<'_>) -> bool,
    ) -> Result<Stretch<'_>, ExportError> {
        let (mut passed, mut records) = (0, 0);
        if self.header_passed && !self.in_overlong {
            loop {
                let (more, has_stopped) = self.pass_over_known(&mut passes, &mut passed);
                records += more;
                // Reading on would move what was passed.
                let must_end =
                    has_stopped || self.piece_is_due() || (passed > 0 && self.is_short());
                if must_end || !self.scan_on()? {
                    break;
                }
            }
        }
        let raw = &self.chunk[self.start - passed..self.start];
        Ok(Stretch { raw, records, chunk: &self.chunk })
    }

    /// The same among the records whose ends are known; gives their number, and whether one of them
    /// is not passed over.
    #[inline]
    fn pass_over_known(
        &mut self,
        passes: &mut impl FnMut(Passing<'_>) -> bool,
        passed: &mut usize,
    ) -> (u64, bool) {
        let (mut records, mut start, mut lines) = (0, self.start, 0);
        let stretch = self.start - *passed;
        let stretch_byte = self.chunk_at.wrapping_add(stretch as u64);
        let before = self.seen.records;
        let fields = self.dialect.fields;
        let mut has_stopped = false;
        for cut in self.scanner.found() {
            let is_blank = cut.end - start == cut.line_break;
            let is_passed = cut.fields == fields
                && !is_blank
                && self.chunk.get(stretch..start + cut.photo_end).is_some_and(|so_far| {
                    let cell_start = start + cut.photo_start - stretch;
                    let record = before + records as u64 + 1;
                    passes(Passing { so_far, cell_start, record, stretch_byte, chunk: &self.chunk })
                });
            if !is_passed {
                has_stopped = true;
                break;
            }
            start = cut.end;
            lines += cut.lines;
            records += 1;
        }
        self.scanner.use_up(records);
        *passed += start - self.start;
        self.start = start;
        self.line += lines;
        self.seen.records += records as u64;
        (records as u64, has_stopped)
    }

    #[cfg(test)]
    pub(super) fn chunk_length(&self) -> usize {
        self.chunk.len()
    }

    /// Finds where the record at `start` ends, reading on as needed; and the place of the
    /// delimiters that the scanner kept of it.
    #[inline]
    fn find_end(&mut self) -> Result<Option<(Cut, Range<usize>)>, ExportError> {
        loop {
            if let Some(cut) = self.scanner.peek().copied() {
                return Ok(Some((cut, self.scanner.advance())));
            }
            if self.piece_is_due() {
                return Ok(Some(self.cut_open(self.scanned)));
            }
            if !self.scan_on()? {
                // The end of the file ends the last record, half a code unit included.
                let is_left = self.start < self.filled;
                self.scanned = self.filled;
                return Ok(if is_left { Some(self.cut_open(self.filled)) } else { None });
            }
        }
    }

    /// The open record up to `end`, where it has no line break.
    fn cut_open(&mut self, end: usize) -> (Cut, Range<usize>) {
        self.scanner.cut_open(end, end - self.start)
    }

    fn is_last(&self, end: usize) -> bool {
        self.at_end && end == self.filled
    }

    /// Whether the bytes scanned so far have to leave as a piece of a record, because the record
    /// is longer than may be held, or was already.
    fn piece_is_due(&self) -> bool {
        self.scanned - self.start > self.held_at_most() && !self.is_last(self.scanned)
    }

    /// How many bytes of a record may be held.
    fn held_at_most(&self) -> usize {
        if self.in_overlong { self.limits.buffer / 2 } else { self.limits.max_record }
    }

    /// Scans the next blocks; `false` at the end of the file. Only once the ends that the scanner
    /// found are used up.
    fn scan_on(&mut self) -> Result<bool, ExportError> {
        let width = self.dialect.encoding.width();
        let block = BLOCK * width;
        if self.is_short() {
            self.read_more(block + width)?;
        }
        let rest = self.filled - self.scanned;
        if rest < width {
            return Ok(false);
        }
        // Half a unit at the end of the file is never scanned.
        let whole = if self.at_end { rest - rest % width } else { (rest - width) / block * block };
        // Where a piece may become due, that is seen as soon as it is.
        let until_due = self.held_at_most().saturating_sub(self.scanned - self.start) / block + 1;
        let blocks = whole.div_ceil(block).min(BLOCKS).min(until_due);
        self.scanner.scan(&self.chunk[..self.filled], self.start, self.scanned, blocks);
        self.scanned += whole.min(blocks * block);
        Ok(true)
    }

    /// Whether less than a block is left to scan and the file goes on. The unit after a block tells
    /// whether a CR at its end is the first half of a CRLF.
    fn is_short(&self) -> bool {
        let wanted = (BLOCK + 1) * self.dialect.encoding.width();
        self.filled - self.scanned < wanted && !self.at_end
    }

    /// Makes at least `wanted` bytes stand after `scanned`, unless the file ends before. Called
    /// with no structure left over, so that only `start` and `scanned` have to move along.
    fn read_more(&mut self, wanted: usize) -> Result<(), ExportError> {
        while !self.at_end && self.filled - self.scanned < wanted {
            let kept = self.start..self.filled;
            let exchanged = self.source.exchange(&mut self.chunk, kept).map_err(|source| {
                let byte = self.chunk_at.wrapping_add(self.filled as u64);
                ExportError::Read { byte, source }
            })?;
            match exchanged {
                Some(place) => self.move_to(place),
                None => self.fill_up()?,
            }
        }
        Ok(())
    }

    /// What stood from `start` on stands in this place now, and more behind it.
    fn move_to(&mut self, place: Range<usize>) {
        let start = self.chunk_at.wrapping_add(self.start as u64);
        self.chunk_at = start.wrapping_sub(place.start as u64);
        self.scanned = self.scanned - self.start + place.start;
        (self.start, self.filled) = (place.start, place.end);
    }

    /// Fills the chunk, which grows with a long record and shrinks behind it.
    fn fill_up(&mut self) -> Result<(), ExportError> {
        let kept = self.start..self.filled;
        let length = self.length_for(kept.len());
        self.move_to(0..kept.len());
        let bytes = self.chunk.keep(kept, length);
        let goes_on = fill(&mut self.source, bytes, &mut self.filled, self.chunk_at)?;
        self.at_end = !goes_on;
        Ok(())
    }

    /// How long a chunk has to be that begins with so many bytes of a record.
    fn length_for(&self, kept: usize) -> usize {
        let Limits { buffer: usual, max_record, .. } = self.limits;
        let now = self.chunk.len();
        if kept <= usual / 2 {
            usual
        } else if 2 * kept > now {
            (2 * now).min(max_record + usual).max(kept + usual)
        } else {
            now
        }
    }
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
    source: &mut impl Source,
    buffer: &mut [u8],
    filled: &mut usize,
    buffer_at: u64,
) -> Result<bool, ExportError> {
    while *filled < buffer.len() {
        match source.read_into(&mut buffer[*filled..]) {
            Ok(0) => return Ok(false),
            Ok(count) => *filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(source) => {
                let byte = buffer_at.wrapping_add(*filled as u64);
                return Err(ExportError::Read { byte, source });
            }
        }
    }
    Ok(true)
}
