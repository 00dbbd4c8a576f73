//! Many blocks at a time to the ends of records: where each ends, how many fields it has, and where
//! its photo cell stands.

use std::ops::Range;

use super::encoding::Encoding;
use super::fields::{CR, LF};
use super::lanes::{Instructions, Lanes, Portable};
use super::masks::{BLOCK, Masks, partial, whole};
use super::structure::{State, Structure};

/// Blocks that are scanned at a time: so many that what was found stays in the fastest cache.
pub(super) const BLOCKS: usize = 64;
/// How far ahead of the blocks that are scanned bytes are fetched, in cache lines of 64 bytes.
const AHEAD: usize = 2 * BLOCKS;

/// Finds the ends of records in the bytes that a reader holds.
#[derive(Debug)]
pub(super) struct Scanner {
    instructions: Instructions,
    encoding: Encoding,
    photo_field: usize,
    /// How many delimiters of a record are kept; none where nobody wants to know.
    splits_kept: usize,
    /// Behind the last unit that was scanned.
    grammar: Grammar,
    /// What was found in the blocks of a scan.
    blocks: Box<[Block; BLOCKS]>,
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

/// How many records and blank lines ended with a line break, and with which.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Endings {
    pub(super) all: u64,
    pub(super) crlf: u64,
    pub(super) cr: u64,
}

/// What separates in a block.
#[derive(Clone, Copy, Debug, Default)]
struct Block {
    /// Delimiters between fields.
    delimiters: u64,
    /// The last units of the line breaks that end records.
    ends: u64,
    /// The last units of the line breaks inside escaped fields.
    inner_breaks: u64,
}

/// What is carried from block to block.
#[derive(Clone, Copy, Debug)]
struct Grammar {
    delimiter: u8,
    state: State,
}

impl Grammar {
    /// Reads a block; gives what is carried to the next one, too. `lf_follows` says whether the unit
    /// after it is a line feed.
    #[inline(always)]
    fn read<L: Lanes>(
        self,
        lanes: L,
        block: L::Block,
        lf_follows: impl FnOnce() -> bool,
    ) -> (Block, Self) {
        let masks = Masks::of(lanes, block, self.delimiter, lf_follows);
        let (structure, state) = Structure::of(masks, self.state);
        let Structure { delimiters, ends, inner_breaks } = structure;
        (Block { delimiters, ends, inner_breaks }, Self { state, ..self })
    }
}

/// What is known of a record that has not ended; offsets count from its first byte.
#[derive(Clone, Copy, Debug, Default)]
struct Open {
    delimiters: usize,
    /// Meaning something only where so many delimiters were met.
    photo_start: usize,
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
            photo_field,
            splits_kept: 0,
            grammar: Grammar { delimiter, state: State::FIELD_START },
            blocks: Box::new([Block::default(); BLOCKS]),
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
        self.grammar.state.is_escaped()
    }

    /// The next end that was found, without using it up.
    #[inline]
    pub(super) fn peek(&self) -> Option<&Cut> {
        self.cuts.get(self.next)
    }

    /// The ends that were found and not used up.
    #[inline]
    pub(super) fn found(&self) -> &[Cut] {
        self.cuts.get(self.next..).unwrap_or_default()
    }

    /// Uses up so many of them.
    #[inline]
    pub(super) fn use_up(&mut self, count: usize) {
        let used = self.cuts.iter().skip(self.next).take(count);
        self.splits_used += used.map(|cut| cut.splits).sum::<usize>();
        self.next += count;
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
        self.cuts.reserve(BLOCKS);
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
            // Rare: one loop for both is enough, which keeps none where none is wanted.
            (Encoding::Utf16Be, _) => self.scan_units::<L, true>(lanes, Encoding::Utf16Be, work),
        }
    }

    #[inline(always)]
    fn scan_units<L: Lanes, const KEEPS: bool>(
        &mut self,
        lanes: L,
        encoding: Encoding,
        work: Work<'_>,
    ) {
        self.read_blocks(lanes, encoding, work);
        self.cut_records::<KEEPS>(encoding, work);
    }

    /// The first half of a scan: blocks to what separates in them. The bytes are fetched of the scan that
    /// comes [next but one](AHEAD): another processor may have read them.
    #[inline(always)]
    fn read_blocks<L: Lanes>(&mut self, lanes: L, encoding: Encoding, work: Work<'_>) {
        let length = BLOCK * encoding.width();
        let mut grammar = self.grammar;
        let mut rest = &work.bytes[work.from..];
        for found in &mut self.blocks[..work.blocks] {
            if let Some(block) = whole(lanes, rest, encoding) {
                lanes.fetch(rest, AHEAD * BLOCK);
                if encoding.width() > 1 {
                    lanes.fetch(rest, (AHEAD + 1) * BLOCK);
                }
                let lf_follows = || encoding.is_unit(rest, length, LF);
                (*found, grammar) = grammar.read(lanes, block, lf_follows);
                rest = &rest[length..];
            } else {
                let block = lanes.load(&partial(rest, encoding));
                (*found, grammar) = grammar.read(lanes, block, || false);
                rest = &[];
            }
        }
        self.grammar = grammar;
    }

    /// The second half: what separates to the ends of records.
    #[inline(always)]
    fn cut_records<const KEEPS: bool>(&mut self, encoding: Encoding, work: Work<'_>) {
        let width = encoding.width();
        let photo_field = self.photo_field;
        let (mut open, mut start, mut at) = (self.open, work.start, work.from);
        let mut endings = self.endings;
        // Behind these the delimiters of the open record are kept.
        let mut kept = 0;
        for nth in 0..work.blocks {
            let Block { mut delimiters, mut ends, mut inner_breaks } = self.blocks[nth];
            while ends != 0 {
                let end = ends & ends.wrapping_neg();
                ends ^= end;
                let before = end - 1;
                open.note(delimiters & before, at, width, start, photo_field);
                if KEEPS {
                    self.keep(delimiters & before, at, width, start, kept);
                }
                open.lines += 1;
                if inner_breaks != 0 {
                    open.lines += u64::from((inner_breaks & before).count_ones());
                    inner_breaks &= !before;
                }
                let past = at + (end.trailing_zeros() as usize + 1) * width;
                let ending = Ending::of(encoding, &work.bytes[start..past]);
                endings.count(ending);
                let line_break = ending.length(width);
                let content = past - start - line_break;
                let splits = if KEEPS { self.splits.len() - kept } else { 0 };
                self.cuts.push(open.cut(past, content, line_break, photo_field, splits));
                open = Open::default();
                start = past;
                delimiters &= !before;
                kept = self.splits.len();
            }
            open.note(delimiters, at, width, start, photo_field);
            if KEEPS {
                self.keep(delimiters, at, width, start, kept);
            }
            open.lines += u64::from(inner_breaks.count_ones());
            at += BLOCK * width;
        }
        self.open = open;
        self.endings = endings;
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

/// A line break at the end of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    Crlf,
    Lf,
    Cr,
}

impl Ending {
    /// The line break that a record ends with. A carriage return in front of its line feed belongs to
    /// it: it would have ended a record before, were it not in an escaped field, and there a quote
    /// comes before the end.
    #[inline(always)]
    fn of(encoding: Encoding, record: &[u8]) -> Self {
        let is = |unit: u16, back: usize| {
            let at = record.len().checked_sub(back * encoding.width());
            at.is_some_and(|at| encoding.is_unit(record, at, unit))
        };
        match (is(LF, 1), is(CR, 2)) {
            (true, true) => Self::Crlf,
            (true, false) => Self::Lf,
            (false, _) => Self::Cr,
        }
    }

    /// In bytes.
    #[inline(always)]
    fn length(self, width: usize) -> usize {
        width << u32::from(self == Self::Crlf)
    }
}

impl Endings {
    #[inline(always)]
    fn count(&mut self, ending: Ending) {
        self.all += 1;
        self.crlf += u64::from(ending == Ending::Crlf);
        self.cr += u64::from(ending == Ending::Cr);
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
