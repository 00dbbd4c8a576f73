//! The second pass: an export copied to its end, with new bytes for what was decided.

use std::io;

use sha2::{Digest, Sha256};

use super::{AtOnce, CellChange, Leave, Outputs, Replacement, Rewrite, Rewritten};
use crate::export::{ExportError, Reader, Record, RecordKind, Source};
use crate::ledger::{Class, Ledger};
use crate::seal::hex;

/// One record that was changed, held or cannot be read, as the second pass meets it.
#[derive(Debug)]
pub struct Met<'a> {
    /// The record.
    pub record: &'a Record<'a>,
    /// What became of it.
    pub rewritten: &'a Rewritten<'a>,
}

/// Looks on while the second pass is made.
pub trait Onlooker {
    /// Whether it looks at records that are changed. While it does not, not all of them are shown to
    /// it, and most are not even made.
    fn wants_changes(&self) -> bool {
        true
    }

    /// Sees every record that is not untouched, in the order of the export; changed ones only as long
    /// as it wants them.
    ///
    /// # Errors
    /// Whatever it cannot write about them.
    fn met(&mut self, met: Met<'_>) -> io::Result<()>;
}

/// Nobody.
impl Onlooker for () {
    fn wants_changes(&self) -> bool {
        false
    }

    fn met(&mut self, _: Met<'_>) -> io::Result<()> {
        Ok(())
    }
}

/// Somebody who looks at all of them.
impl<F: FnMut(Met<'_>) -> io::Result<()>> Onlooker for F {
    fn met(&mut self, met: Met<'_>) -> io::Result<()> {
        self(met)
    }
}

/// Has the last word on every change that was decided: nobody approved it, say.
pub trait Guard {
    /// Whether it lets every change through and has no need to see any.
    fn agrees_to_all(&self) -> bool {
        false
    }

    /// Why the change is not made; none when it is.
    fn objection(&mut self, record: &Record<'_>, change: &CellChange<'_>) -> Option<Leave>;
}

/// Everything that was decided is done.
#[derive(Clone, Copy, Debug)]
pub struct Unguarded;

impl Guard for Unguarded {
    fn agrees_to_all(&self) -> bool {
        true
    }

    fn objection(&mut self, _: &Record<'_>, _: &CellChange<'_>) -> Option<Leave> {
        None
    }
}

/// A guard, or none: then everything that was decided is done.
impl<G: Guard> Guard for Option<G> {
    fn agrees_to_all(&self) -> bool {
        self.as_ref().is_none_or(Guard::agrees_to_all)
    }

    fn objection(&mut self, record: &Record<'_>, change: &CellChange<'_>) -> Option<Leave> {
        self.as_mut().and_then(|guard| guard.objection(record, change))
    }
}

/// The sums of the second pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Done {
    /// Records by class.
    pub ledger: Ledger,
    /// How many changes were decided, whether or not the guard let them be made.
    pub decided: u64,
    /// SHA-256 over every change that was decided (record, byte range, new host), hexadecimal: two
    /// passes that decide the same changes have the same digest.
    pub digest: String,
}

/// Why the second pass stopped.
#[derive(Debug, thiserror::Error)]
pub enum RewriteError {
    /// The export could not be read.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// An output could not be written.
    #[error("an output could not be written: {0}")]
    Output(#[source] io::Error),
}

/// The second pass: copies an export to its end, with the new bytes that `rewriter` gives and
/// `guard` lets through.
///
/// # Errors
/// [`RewriteError`] when the export cannot be read or an output not written; what was written
/// until then is not whole.
pub fn rewrite_export<R: Source>(
    reader: &mut Reader<R>,
    rewriter: &mut dyn Rewrite,
    guard: &mut dyn Guard,
    outputs: &mut Outputs<'_>,
    onlooker: &mut dyn Onlooker,
) -> Result<Done, RewriteError> {
    let mut sums = Sums::default();
    outputs.both(reader.bom_bytes()).map_err(RewriteError::Output)?;
    loop {
        let known = if outputs.import.takes_stretches() {
            let may_change = guard.agrees_to_all()
                && !onlooker.wants_changes()
                && outputs.takes_changes_in_stretches();
            rewrite_stretch(reader, rewriter, may_change, outputs, &mut sums)?
        } else {
            None
        };
        let Some(record) = reader.next_record()? else { break };
        outputs.import.lend(record.chunk()).map_err(RewriteError::Output)?;
        match record.kind() {
            RecordKind::Header => outputs.both(record.raw()).map_err(RewriteError::Output)?,
            RecordKind::Blank | RecordKind::Overlong { first: false } => {
                outputs.unchanged(record.raw()).map_err(RewriteError::Output)?;
            }
            RecordKind::Data | RecordKind::Overlong { first: true } => {
                let known = known.and_then(|(it, before_text)| it.change_of(&record, before_text));
                let mut rewritten = match known {
                    Some(change) => Rewritten::Changed(change),
                    None => rewriter.rewrite(&record),
                };
                if let Rewritten::Changed(change) = &rewritten {
                    let position = record.position();
                    let start = position.byte + change.span.start as u64;
                    let end = position.byte + change.span.end as u64;
                    sums.decide(position.record, start, end, change.host);
                    if let Some(why) = guard.objection(&record, change) {
                        rewritten = rewritten.left(why);
                    }
                }
                sums.ledger.count(rewritten.class());
                match &rewritten {
                    Rewritten::Changed(change) => outputs.changed(&record, change),
                    _ => outputs.unchanged_record(record.raw()),
                }
                .map_err(RewriteError::Output)?;
                if rewritten.class() != Class::Untouched {
                    onlooker
                        .met(Met { record: &record, rewritten: &rewritten })
                        .map_err(RewriteError::Output)?;
                }
            }
        }
    }
    Ok(sums.done())
}

/// Copies the records of which `rewriter` says by their photo cells alone what becomes of them, up to
/// the first of another kind; and those that are changed only if they may be.
///
/// Where a change that may not be made here ends the stretch, it is that of the next record: gives what
/// is written there, and the bytes of the photo cell before its text.
fn rewrite_stretch<'r, R: Source>(
    reader: &mut Reader<R>,
    rewriter: &'r dyn Rewrite,
    may_change: bool,
    outputs: &mut Outputs<'_>,
    sums: &mut Sums,
) -> Result<Option<(&'r Replacement<'r>, usize)>, RewriteError> {
    // Bytes of the stretch that are written, or replaced by what is.
    let mut written = 0;
    let mut changed = 0;
    let mut output = Ok(());
    let mut next = None;
    let stretch = reader.pass_over(|passing| match rewriter.at_once(passing.cell()) {
        AtOnce::Untouched => true,
        AtOnce::Changed { replacement, before_text } if may_change => {
            let text = passing.cell_start() + before_text;
            let (start, end) = (text + replacement.host.start, text + replacement.host.end);
            sums.decide(
                passing.record(),
                passing.stretch_byte() + start as u64,
                passing.stretch_byte() + end as u64,
                replacement.name,
            );
            let before = &passing.so_far()[written..start];
            let is_lent = changed > 0;
            let lent = if is_lent { Ok(()) } else { outputs.import.lend(passing.chunk()) };
            output = lent
                .and_then(|()| outputs.import.write_all(before))
                .and_then(|()| outputs.import.write_all(&replacement.bytes));
            written = end;
            changed += 1;
            output.is_ok()
        }
        AtOnce::Changed { replacement, before_text } => {
            next = Some((replacement, before_text));
            false
        }
        AtOnce::Ask => false,
    })?;
    output.map_err(RewriteError::Output)?;
    if stretch.records == 0 {
        return Ok(next);
    }
    sums.ledger.add(Class::Rewritten, changed);
    sums.ledger.add(Class::Untouched, stretch.records - changed);
    (outputs.import.lend(stretch.chunk))
        .and_then(|()| outputs.unchanged(&stretch.raw[written..]))
        .map_err(RewriteError::Output)?;
    Ok(next)
}

/// What the second pass counts as it goes.
#[derive(Default)]
struct Sums {
    ledger: Ledger,
    decided: u64,
    digest: Sha256,
    /// Lines that were not yet hashed.
    lines: Vec<u8>,
}

/// Bytes of lines that are hashed at once.
const LINES: usize = 8 << 10;

impl Sums {
    /// Takes note of a change that was decided: the bytes of the export from `start` to `end` are to
    /// become this host.
    fn decide(&mut self, record: u64, start: u64, end: u64, host: &str) {
        self.decided += 1;
        let mut digits = itoa::Buffer::new();
        for number in [record, start, end] {
            self.lines.extend_from_slice(digits.format(number).as_bytes());
            self.lines.push(b'\t');
        }
        self.lines.extend_from_slice(host.as_bytes());
        self.lines.push(b'\n');
        if self.lines.len() >= LINES {
            self.digest.update(&self.lines);
            self.lines.clear();
        }
    }

    fn done(mut self) -> Done {
        self.digest.update(&self.lines);
        let digest = hex(&self.digest.finalize());
        Done { ledger: self.ledger, decided: self.decided, digest }
    }
}
