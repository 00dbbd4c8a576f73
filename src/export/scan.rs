//! Many blocks at a time to the ends of records: where each ends, how many fields it has, and where
//! its photo cell stands.

use std::ops::Range;

use super::encoding::Encoding;
use super::fields::LF;
use super::lanes::{Instructions, Lanes, Portable};
use super::masks::{BLOCK, Masks, block};
use super::structure::{State, Structure};

/// Blocks that are scanned at a time: so many that what was found stays in the fastest cache.
pub(super) const BLOCKS: usize = 64;

/// Finds the ends of records in the bytes that a reader holds.
#[derive(Debug)]
pub(super) struct Scanner {
    instructions: Instructions,
    encoding: Encoding,
    delimiter: u8,
    photo_field: usize,
    /// How many delimiters of a record are kept; none where nobody wants to know.
    splits_kept: usize,
    /// Behind the last unit that was scanned: the grammar's state, and whether that unit is a
    /// carriage return of the record that is open.
    state: State,
    after_return: bool,
    /// What is known of the record that is open.
    open: Open,
    /// The ends that were found, those before `next` used up.
    cuts: Vec<Cut>,
    next: usize,
    /// Where delimiters stand, each from its record's first byte: of the records in `cuts`, and
    /// behind them of the one that is open.
    splits: Vec<usize>,
    splits_used: usize,
    endings: Endings,
}

/// How many records and blank lines ended in which way.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Endings {
    pub(super) crlf: u64,
    pub(super) lf: u64,
    pub(super) cr: u64,
}

/// What is known of a record that has not ended; offsets count from its first byte.
#[derive(Clone, Copy, Debug, Default)]
struct Open {
    delimiters: usize,
    photo_start: usize,
    /// 0 as long as it is not known.
    photo_end: usize,
    lines: u64,
}

/// Where a record ends, and what was counted on the way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut {
    /// The byte after its line break, in the reader's buffer.
    pub(super) end: usize,
    /// Length of its line break, in bytes.
    pub(super) line_break: usize,
    /// Fields, if it is a record.
    pub(super) fields: usize,
    /// The photo cell, from the record's first byte; only where the record has so many fields.
    pub(super) photo_start: usize,
    pub(super) photo_end: usize,
    /// Line breaks, its own included.
    pub(super) lines: u64,
    /// Delimiters that were kept of it.
    splits: usize,
}

impl Scanner {
    pub(super) fn new(
        instructions: Instructions,
        encoding: Encoding,
        delimiter: u8,
        photo_field: usize,
    ) -> Self {
        Self {
            instructions,
            encoding,
            delimiter,
            photo_field,
            splits_kept: 0,
            state: State::FieldStart,
            after_return: false,
            open: Open::default(),
            cuts: Vec::new(),
            next: 0,
            splits: Vec::new(),
            splits_used: 0,
            endings: Endings::default(),
        }
    }

    /// Keeps the first so many delimiters of every record from now on.
    pub(super) fn keep_splits(&mut self, count: usize) {
        self.splits_kept = count;
    }

    /// How the records ended that were found so far.
    pub(super) fn endings(&self) -> Endings {
        self.endings
    }

    /// Whether an escaped field is open where the scan stands.
    pub(super) fn is_escaped(&self) -> bool {
        self.state == State::Escaped
    }

    /// The next end that was found, without using it up.
    #[inline]
    pub(super) fn peek(&self) -> Option<&Cut> {
        self.cuts.get(self.next)
    }

    /// Uses up the end that was peeked at; gives the place of its record's delimiters.
    #[inline]
    pub(super) fn advance(&mut self) -> Range<usize> {
        let from = self.splits_used;
        if let Some(cut) = self.cuts.get(self.next) {
            self.splits_used += cut.splits;
            self.next += 1;
        }
        from..self.splits_used
    }

    /// Ends the open record at `end`, without a line break, at `content` bytes from its beginning.
    /// Only once the ends that were found are used up.
    pub(super) fn cut_open(&mut self, end: usize, content: usize) -> (Cut, Range<usize>) {
        let cut =
            self.open.cut(end, content, 0, self.photo_field, self.splits.len() - self.splits_used);
        self.open = Open::default();
        self.after_return = false;
        let from = self.splits_used;
        self.splits_used = self.splits.len();
        (cut, from..self.splits_used)
    }

    /// Delimiters of a record, from the place that was given for it.
    pub(super) fn splits(&self, place: Range<usize>) -> &[usize] {
        &self.splits[place]
    }

    /// Scans so many blocks of `bytes` from `from` on, of which the last may be shorter at the end
    /// of the file; `start` is where the open record begins. Only once the ends that were found
    /// are used up.
    pub(super) fn scan(&mut self, bytes: &[u8], start: usize, from: usize, blocks: usize) {
        self.cuts.clear();
        self.next = 0;
        self.splits.drain(..self.splits_used);
        self.splits_used = 0;
        let work = Work { bytes, start, from, blocks };
        match self.instructions {
            Instructions::Portable => self.scan_with(Portable, work),
            #[cfg(target_arch = "x86_64")]
            Instructions::Avx2(simd) => simd.vectorize(Vectorized { scanner: self, simd, work }),
        }
    }

    /// One loop for each width and byte order.
    #[inline(always)]
    fn scan_with<L: Lanes>(&mut self, lanes: L, work: Work<'_>) {
        match (self.encoding, self.splits_kept > 0) {
            (Encoding::Utf8 | Encoding::Latin1, false) => {
                self.scan_units::<L, false>(lanes, Encoding::Utf8, work);
            }
            (Encoding::Utf8 | Encoding::Latin1, true) => {
                self.scan_units::<L, true>(lanes, Encoding::Utf8, work);
            }
            (Encoding::Utf16Le, false) => {
                self.scan_units::<L, false>(lanes, Encoding::Utf16Le, work);
            }
            (Encoding::Utf16Le, true) => {
                self.scan_units::<L, true>(lanes, Encoding::Utf16Le, work);
            }
            (Encoding::Utf16Be, _) => self.scan_units::<L, true>(lanes, Encoding::Utf16Be, work),
        }
    }

    #[inline(always)]
    fn scan_units<L: Lanes, const KEEPS: bool>(
        &mut self,
        lanes: L,
        encoding: Encoding,
        Work { bytes, start, from, blocks }: Work<'_>,
    ) {
        let width = encoding.width();
        let length = BLOCK * width;
        let (delimiter, photo_field) = (self.delimiter, self.photo_field);
        let (mut state, mut open, mut start) = (self.state, self.open, start);
        let mut after_return = self.after_return;
        // Behind these the delimiters of the open record are kept.
        let mut kept = 0;
        for nth in 0..blocks {
            let at = from + nth * length;
            let rest = &bytes[at..];
            let lf_follows = encoding.unit(rest, length) == Some(LF);
            let masks = Masks::of(lanes, block(lanes, rest, encoding), delimiter, lf_follows);
            let structure = Structure::of(masks, &mut state);
            let Structure { mut delimiters, mut inner_breaks, ends } = structure;
            let behind_return = masks.returns << 1 | u64::from(after_return);
            after_return = masks.returns >> (BLOCK - 1) == 1;
            if ends != 0 {
                let by_return = u64::from((ends & masks.returns).count_ones());
                // A carriage return that ends a record has no line feed behind it.
                let by_both = u64::from((ends & behind_return & !masks.returns).count_ones());
                self.endings.cr += by_return;
                self.endings.crlf += by_both;
                self.endings.lf += u64::from(ends.count_ones()) - by_return - by_both;
            }
            let mut rest_of_ends = ends;
            while rest_of_ends != 0 {
                let end = rest_of_ends & rest_of_ends.wrapping_neg();
                rest_of_ends ^= end;
                let before = end - 1;
                let here = delimiters & before;
                open.note(here, at, width, start, photo_field);
                if KEEPS {
                    self.keep(here, at, width, start, kept);
                }
                if inner_breaks != 0 {
                    open.lines += u64::from((inner_breaks & before).count_ones());
                    inner_breaks &= !before;
                }
                let last = at + end.trailing_zeros() as usize * width;
                let is_crlf = end & behind_return & !masks.returns != 0;
                let line_break = width << u32::from(is_crlf);
                open.lines += 1;
                let content = last + width - start - line_break;
                let splits = if KEEPS { self.splits.len() - kept } else { 0 };
                self.cuts.push(open.cut(last + width, content, line_break, photo_field, splits));
                open = Open::default();
                start = last + width;
                delimiters &= !before;
                kept = self.splits.len();
            }
            open.note(delimiters, at, width, start, photo_field);
            if KEEPS {
                self.keep(delimiters, at, width, start, kept);
            }
            open.lines += u64::from(inner_breaks.count_ones());
        }
        (self.state, self.open, self.after_return) = (state, open, after_return);
    }

    /// Keeps where delimiters stand of the record that begins at `start`, as far as there is room;
    /// those before it end at `kept`.
    #[inline(always)]
    fn keep(&mut self, mut delimiters: u64, at: usize, width: usize, start: usize, kept: usize) {
        let room = self.splits_kept.saturating_sub(self.splits.len() - kept);
        let count = (delimiters.count_ones() as usize).min(room);
        self.splits.extend((0..count).map(|_| {
            let place = at + delimiters.trailing_zeros() as usize * width;
            delimiters &= delimiters - 1;
            place - start
        }));
    }
}

impl Open {
    /// Takes note of delimiters of the block at `at`.
    #[inline(always)]
    fn note(&mut self, delimiters: u64, at: usize, width: usize, start: usize, photo_field: usize) {
        let known = self.delimiters;
        let count = delimiters.count_ones() as usize;
        self.delimiters += count;
        if known <= photo_field && photo_field <= self.delimiters {
            let mut rest = delimiters;
            let place = |bits: u64| at + bits.trailing_zeros() as usize * width - start;
            if photo_field > known {
                for _ in known + 1..photo_field {
                    rest &= rest - 1;
                }
                self.photo_start = place(rest) + width;
                rest &= rest - 1;
            }
            if photo_field < self.delimiters {
                self.photo_end = place(rest);
            }
        }
    }

    #[inline(always)]
    fn cut(
        &self,
        end: usize,
        content: usize,
        line_break: usize,
        photo_field: usize,
        splits: usize,
    ) -> Cut {
        Cut {
            end,
            line_break,
            fields: self.delimiters + 1,
            photo_start: self.photo_start,
            photo_end: if self.delimiters > photo_field { self.photo_end } else { content },
            lines: self.lines,
            splits,
        }
    }
}

/// What is scanned.
#[derive(Clone, Copy)]
struct Work<'b> {
    bytes: &'b [u8],
    start: usize,
    from: usize,
    blocks: usize,
}

/// The scan as something to be compiled with the instructions of `simd`.
#[cfg(target_arch = "x86_64")]
struct Vectorized<'s, 'b> {
    scanner: &'s mut Scanner,
    simd: pulp::x86::V3,
    work: Work<'b>,
}

#[cfg(target_arch = "x86_64")]
impl pulp::NullaryFnOnce for Vectorized<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        self.scanner.scan_with(self.simd, self.work);
    }
}
