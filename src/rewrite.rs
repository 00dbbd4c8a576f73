//! The one function that gives a record its new bytes, and the second pass that is made of it.
//!
//! Preview, apply, rollback and reports all go through [`Rewriter`], so what was shown is what is
//! done. `proof` shares none of this code.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};
use std::ops::Range;

use sha2::{Digest, Sha256};

use crate::census::Kind;
use crate::evidence::Endpoint;
use crate::export::{Contents, Dialect, Encoding, ExportError, Reader, Record, RecordKind, Source};
use crate::ledger::{Class, Ledger};
use crate::name::Fqdn;
use crate::photo::{self, Classified, Classifier, PhotoCell, PhotoUrl};
use crate::reference::ReferenceIdentifier;
use crate::row::{PhotoCellOf, Unreadable, Usual, photo_cell, usual_cell};
use crate::seal::hex;

/// What is done with the records of an endpoint.
#[derive(Clone, Debug)]
pub enum Treatment {
    /// Their host becomes this name.
    Rewrite(ReferenceIdentifier),
    /// They stay as they are and a person is told.
    Leave(Leave),
}

/// Why a record stays as it is, for a person to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leave {
    /// Held or unresolved.
    pub class: Class,
    /// The stable word.
    pub reason: String,
    /// The same in a sentence.
    pub explanation: String,
    /// What would change the answer.
    pub hint: Option<String>,
}

/// What to do with every endpoint of an export.
#[derive(Clone, Debug, Default)]
pub struct Treatments {
    /// The domains that make a host `webex`.
    pub domains: Vec<Fqdn>,
    /// By endpoint. One that is not here stays untouched, but for what follows.
    pub by_endpoint: HashMap<Endpoint, Treatment>,
    /// What is done about addresses that are not there: in the export that was planned for, there
    /// are none.
    pub unplanned: Option<Treatment>,
}

/// What became of one record.
#[derive(Debug)]
pub enum Rewritten<'r> {
    /// Copied as it is; nothing to say.
    Untouched,
    /// Copied as it is; a person is told.
    Left {
        /// Why.
        why: Cow<'r, Leave>,
        /// Where the cell points, as far as that is known.
        endpoint: Option<Endpoint>,
        /// The host's place in `cell`; empty when that is not known.
        host: Range<usize>,
        /// The photo cell's text.
        cell: Cow<'r, str>,
    },
    /// Copied as it is, because it cannot be read.
    Unreadable(Unreadable),
    /// The host is replaced.
    Changed(CellChange<'r>),
}

/// A host replaced inside one record.
#[derive(Debug)]
pub struct CellChange<'r> {
    /// Where the cell pointed.
    pub endpoint: Endpoint,
    /// The bytes of the record that `host` replaces.
    pub span: Range<usize>,
    /// The new host, ASCII.
    pub host: &'r str,
    /// The cell's text before.
    pub old: Cow<'r, str>,
    /// The host's place in `old`.
    pub old_host: Range<usize>,
    /// The host's place in the new text.
    pub new_host: Range<usize>,
}

impl CellChange<'_> {
    /// The cell's text after.
    pub fn new_text(&self) -> String {
        photo::replaced(&self.old, &self.old_host, self.host)
    }
}

impl Rewritten<'_> {
    /// The same record, left as it is after all.
    fn left(self, why: Leave) -> Self {
        match self {
            Self::Changed(change) => Self::Left {
                why: Cow::Owned(why),
                endpoint: Some(change.endpoint),
                host: change.old_host,
                cell: change.old,
            },
            other => other,
        }
    }

    /// The record's class in the ledger.
    pub fn class(&self) -> Class {
        match self {
            Self::Untouched => Class::Untouched,
            Self::Left { why, .. } => why.class,
            Self::Unreadable(_) => Class::Unreadable,
            Self::Changed(_) => Class::Rewritten,
        }
    }
}

/// Gives data records their new bytes, as a span and what stands there instead.
pub trait Rewrite {
    /// What becomes of a data record.
    fn rewrite<'r>(&'r mut self, record: &Record<'r>) -> Rewritten<'r>;

    /// Whether a data record of the usual number of fields, without a defect, is certainly left
    /// untouched where its photo cell has these bytes, quotes included. No means "ask
    /// [`rewrite`](Self::rewrite)".
    fn leaves(&mut self, _field: &[u8], _encoding: Encoding) -> bool {
        false
    }
}

/// Replaces the hosts of the endpoints that were decided.
#[derive(Debug)]
pub struct Rewriter<'t> {
    treatments: &'t Treatments,
    dialect: Dialect,
    photos: Classifier,
    /// What is done with the origins that `photos` remembers.
    by_origin: Vec<Option<Decided<'t>>>,
}

impl<'t> Rewriter<'t> {
    /// For the records of an export of this dialect.
    pub fn new(treatments: &'t Treatments, dialect: &Dialect) -> Self {
        let photos = Classifier::new(&treatments.domains);
        Self { treatments, dialect: dialect.clone(), photos, by_origin: Vec::new() }
    }
}

impl Rewrite for Rewriter<'_> {
    fn leaves(&mut self, field: &[u8], encoding: Encoding) -> bool {
        match usual_cell(field, encoding, &self.photos) {
            Some(Usual::Empty | Usual::Dash) => true,
            Some(Usual::Origin(id)) => self.by_origin.get(id.index()).is_some_and(Option::is_none),
            None => false,
        }
    }

    fn rewrite<'r>(&'r mut self, record: &Record<'r>) -> Rewritten<'r> {
        match photo_cell(record, &self.dialect, &mut self.photos) {
            PhotoCellOf::Missing => Rewritten::Untouched,
            PhotoCellOf::Unreadable(why) => Rewritten::Unreadable(why),
            PhotoCellOf::Cell(text, Classified::Origin(id)) => {
                let url = self.photos.url(id);
                if id.index() == self.by_origin.len() {
                    // The classifier numbers its origins in the order in which they are met.
                    self.by_origin.push(self.treatments.of(url).map(Decided::of_plain_origin));
                }
                match self.by_origin[id.index()] {
                    Some(decided) => treated(record, text, url, decided),
                    None => Rewritten::Untouched,
                }
            }
            PhotoCellOf::Cell(text, Classified::Cell(PhotoCell::Url(url))) => {
                match self.treatments.of(&url) {
                    Some(treatment) => {
                        let decided = Decided { treatment, is_host_alone: false };
                        treated(record, text, &url, decided)
                    }
                    None => Rewritten::Untouched,
                }
            }
            PhotoCellOf::Cell(..) => Rewritten::Untouched,
        }
    }
}

/// What is done with the cells of an origin.
#[derive(Clone, Copy, Debug)]
struct Decided<'t> {
    treatment: &'t Treatment,
    /// Whether it is known that nothing but the host changes with the host, in every such cell.
    is_host_alone: bool,
}

impl<'t> Decided<'t> {
    /// Of an origin that a [`Classifier`] remembers.
    fn of_plain_origin(treatment: &'t Treatment) -> Self {
        let is_host_alone = match treatment {
            Treatment::Rewrite(to) => photo::is_plain(to.name()),
            Treatment::Leave(_) => false,
        };
        Self { treatment, is_host_alone }
    }
}

impl Treatments {
    fn of(&self, url: &PhotoUrl) -> Option<&Treatment> {
        let endpoint = url.endpoint()?;
        let is_address = endpoint.host.address().is_some();
        let unplanned = self.unplanned.as_ref().filter(|_| is_address);
        self.by_endpoint.get(&endpoint).or(unplanned)
    }
}

fn treated<'r>(
    record: &Record<'r>,
    text: Cow<'r, str>,
    url: &PhotoUrl,
    Decided { treatment, is_host_alone }: Decided<'r>,
) -> Rewritten<'r> {
    let Some(endpoint) = url.endpoint() else { return Rewritten::Untouched };
    let to = match treatment {
        Treatment::Leave(why) => {
            return Rewritten::Left {
                why: Cow::Borrowed(why),
                endpoint: Some(endpoint),
                host: url.host_span.clone(),
                cell: text,
            };
        }
        Treatment::Rewrite(to) => to.name(),
    };
    let field = record.photo();
    let span = field.and_then(|field| field.raw_range(url.host_span.clone()));
    let checked = if is_host_alone { Ok(()) } else { photo::host_is_alone(&text, url, to) };
    match (span, checked) {
        (Some(span), Ok(())) => Rewritten::Changed(CellChange {
            endpoint,
            span,
            host: to.as_str(),
            old_host: url.host_span.clone(),
            new_host: url.host_span.start..url.host_span.start + to.as_str().len(),
            old: text,
        }),
        (None, _) => Rewritten::Unreadable(Unreadable {
            reason: "inseparable-host",
            explanation: "the host's bytes cannot be told from the rest of the cell".to_owned(),
            hint: "correct the cell in the export with a text editor",
        }),
        (_, Err(error)) => Rewritten::Unreadable(Unreadable {
            reason: "inseparable-host",
            explanation: error.to_string(),
            hint: "correct the cell in the export with a text editor",
        }),
    }
}

/// Where an import file goes: into one file, or into several that each begin alike.
pub trait ImportSink: Write {
    /// What every file begins with: the byte order mark, the header.
    ///
    /// # Errors
    /// When it cannot be written.
    fn preamble(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    /// A data record begins.
    ///
    /// # Errors
    /// When a new file cannot be begun.
    fn begin_record(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// Whether it takes many records at a time, because it has no need to know where each begins.
    fn takes_stretches(&self) -> bool {
        false
    }
}

impl ImportSink for Vec<u8> {
    fn takes_stretches(&self) -> bool {
        true
    }
}

impl ImportSink for io::Sink {
    fn takes_stretches(&self) -> bool {
        true
    }
}

/// Where the second pass writes.
pub struct Outputs<'w> {
    /// The import file.
    pub import: &'w mut dyn ImportSink,
    /// What it holds.
    pub contents: Contents,
    /// The changed records as they were, with the header.
    pub rollback: Option<&'w mut dyn Write>,
}

/// One record that was changed, held or cannot be read, as the second pass meets it.
#[derive(Debug)]
pub struct Met<'a> {
    /// The record.
    pub record: &'a Record<'a>,
    /// What became of it.
    pub rewritten: &'a Rewritten<'a>,
}

/// Has the last word on every change that was decided: nobody approved it, say.
pub trait Guard {
    /// Why the change is not made; none when it is.
    fn objection(&mut self, record: &Record<'_>, change: &CellChange<'_>) -> Option<Leave>;
}

/// Everything that was decided is done.
#[derive(Clone, Copy, Debug)]
pub struct Unguarded;

impl Guard for Unguarded {
    fn objection(&mut self, _: &Record<'_>, _: &CellChange<'_>) -> Option<Leave> {
        None
    }
}

/// A guard, or none: then everything that was decided is done.
impl<G: Guard> Guard for Option<G> {
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
/// `on_met` sees every record that is not untouched, in the order of the export.
///
/// # Errors
/// [`RewriteError`] when the export cannot be read or an output not written; what was written
/// until then is not whole.
pub fn rewrite_export<R: Source>(
    reader: &mut Reader<R>,
    rewriter: &mut dyn Rewrite,
    guard: &mut dyn Guard,
    outputs: &mut Outputs<'_>,
    on_met: &mut dyn FnMut(Met<'_>) -> io::Result<()>,
) -> Result<Done, RewriteError> {
    let mut ledger = Ledger::default();
    let mut decided = 0;
    let mut digest = Sha256::new();
    let (mut line, mut digits) = (String::new(), itoa::Buffer::new());
    outputs.both(reader.bom_bytes()).map_err(RewriteError::Output)?;
    let encoding = reader.dialect().encoding;
    loop {
        if outputs.import.takes_stretches() {
            let stretch = reader.pass_over(|field| rewriter.leaves(field, encoding))?;
            ledger.add(Class::Untouched, stretch.records);
            outputs.unchanged(stretch.raw).map_err(RewriteError::Output)?;
        }
        let Some(record) = reader.next_record()? else { break };
        match record.kind() {
            RecordKind::Header => outputs.both(record.raw()).map_err(RewriteError::Output)?,
            RecordKind::Blank | RecordKind::Overlong { first: false } => {
                outputs.unchanged(record.raw()).map_err(RewriteError::Output)?;
            }
            RecordKind::Data | RecordKind::Overlong { first: true } => {
                let mut rewritten = rewriter.rewrite(&record);
                if let Rewritten::Changed(change) = &rewritten {
                    let position = record.position();
                    let start = position.byte + change.span.start as u64;
                    let end = position.byte + change.span.end as u64;
                    decided += 1;
                    line.clear();
                    for number in [position.record, start, end] {
                        line.push_str(digits.format(number));
                        line.push('\t');
                    }
                    line.push_str(change.host);
                    line.push('\n');
                    digest.update(&line);
                    if let Some(why) = guard.objection(&record, change) {
                        rewritten = rewritten.left(why);
                    }
                }
                ledger.count(rewritten.class());
                match &rewritten {
                    Rewritten::Changed(change) => outputs.changed(&record, change),
                    _ => outputs.unchanged_record(record.raw()),
                }
                .map_err(RewriteError::Output)?;
                if rewritten.class() != Class::Untouched {
                    on_met(Met { record: &record, rewritten: &rewritten })
                        .map_err(RewriteError::Output)?;
                }
            }
        }
    }
    Ok(Done { ledger, decided, digest: hex(&digest.finalize()) })
}

impl Outputs<'_> {
    /// What the import file and the rollback both begin with.
    fn both(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.import.preamble(bytes)?;
        match &mut self.rollback {
            Some(rollback) => rollback.write_all(bytes),
            None => Ok(()),
        }
    }

    fn unchanged_record(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.contents {
            Contents::Everything => {
                self.import.begin_record()?;
                self.import.write_all(bytes)
            }
            Contents::ChangedOnly => Ok(()),
        }
    }

    fn unchanged(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.contents {
            Contents::Everything => self.import.write_all(bytes),
            Contents::ChangedOnly => Ok(()),
        }
    }

    fn changed(&mut self, record: &Record<'_>, change: &CellChange<'_>) -> io::Result<()> {
        self.import.begin_record()?;
        record.write_spliced(change.span.clone(), change.host, &mut self.import)?;
        match &mut self.rollback {
            Some(rollback) => rollback.write_all(record.raw()),
            None => Ok(()),
        }
    }
}

/// The ledger that the treatments will give, from the counts of the first pass.
pub fn expected_ledger(census: &crate::census::Census, treatments: &Treatments) -> Ledger {
    let mut ledger = Ledger::default();
    let mut decided = 0;
    for (endpoint, records) in &census.endpoints {
        let class = match treatments.by_endpoint.get(endpoint) {
            Some(Treatment::Rewrite(_)) => Class::Rewritten,
            Some(Treatment::Leave(why)) => why.class,
            None => continue,
        };
        decided += records;
        ledger.add(class, *records);
    }
    let unreadable = census.of(Kind::Unreadable);
    ledger.add(Class::Unreadable, unreadable);
    ledger.add(Class::Untouched, census.records - decided - unreadable);
    ledger
}
