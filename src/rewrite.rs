//! The one function that gives a record its new bytes, and the second pass that is made of it.
//!
//! Preview, apply, rollback and reports all go through [`Rewriter`], so what was shown is what is
//! done. `proof` shares none of this code.

mod outputs;
mod pass;

use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use crate::census::Kind;
use crate::evidence::Endpoint;
use crate::export::{Dialect, Encoding, Record};
use crate::ledger::{Class, Ledger};
use crate::name::Fqdn;
use crate::photo::{self, Classified, Classifier, PhotoCell, PhotoUrl};
use crate::reference::ReferenceIdentifier;
use crate::row::{PhotoCellOf, Unreadable, Usual, photo_cell, usual_cell};
pub use outputs::{ImportSink, Outputs};
pub use pass::{Done, Guard, Met, Onlooker, RewriteError, Unguarded, rewrite_export};

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
    pub endpoint: Cow<'r, Endpoint>,
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

    /// The same in the place of what `text` held.
    pub fn new_text_into(&self, text: &mut String) {
        text.clear();
        text.push_str(&self.old[..self.old_host.start]);
        text.push_str(self.host);
        text.push_str(&self.old[self.old_host.end..]);
    }
}

impl Rewritten<'_> {
    /// The same record, left as it is after all.
    fn left(self, why: Leave) -> Self {
        match self {
            Self::Changed(change) => Self::Left {
                why: Cow::Owned(why),
                endpoint: Some(change.endpoint.into_owned()),
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

    /// What becomes of a data record of the usual number of fields, without a defect, where its photo
    /// cell has these bytes, quotes included: as [`rewrite`](Self::rewrite) would say.
    fn at_once(&self, _field: &[u8]) -> AtOnce<'_> {
        AtOnce::Ask
    }
}

/// What becomes of a record, told by its photo cell's bytes alone.
#[derive(Clone, Copy, Debug)]
pub enum AtOnce<'r> {
    /// It is copied as it is, and there is nothing to say.
    Untouched,
    /// The host is replaced.
    Changed {
        /// By what.
        replacement: &'r Replacement<'r>,
        /// Bytes of the photo cell before its text: the quote, where there is one.
        before_text: usize,
    },
    /// That cannot be told without the record.
    Ask,
}

/// What every usual cell of an origin gets in the place of its host.
#[derive(Clone, Debug)]
pub struct Replacement<'r> {
    /// Where the cells of the origin point.
    pub endpoint: Endpoint,
    /// Where the old host stands in a cell's text as UTF-8, for reports.
    pub old_host: Range<usize>,
    /// Where the old host stands in the bytes of the export, from where the text of the photo cell begins.
    pub host: Range<usize>,
    /// The new host, ASCII.
    pub name: &'r str,
    /// The same in the encoding of the export.
    pub bytes: Cow<'r, [u8]>,
}

impl Replacement<'_> {
    /// The change of a record whose photo cell is known to be usual and of this origin, with so many
    /// bytes before its text, as [`Rewrite::rewrite`] would give it. None means "ask there".
    fn change_of<'s>(&'s self, record: &Record<'s>, before_text: usize) -> Option<CellChange<'s>> {
        let field = record.photo()?;
        let start = field.span().start + before_text;
        let host = &self.old_host;
        Some(CellChange {
            endpoint: Cow::Borrowed(&self.endpoint),
            span: start + self.host.start..start + self.host.end,
            host: self.name,
            old: field.text().ok()?,
            old_host: host.clone(),
            new_host: host.start..host.start + self.name.len(),
        })
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
    fn at_once(&self, field: &[u8]) -> AtOnce<'_> {
        let encoding = self.dialect.encoding;
        let (id, before_text) = match usual_cell(field, encoding, &self.photos) {
            Some(Usual::Empty | Usual::Dash) => return AtOnce::Untouched,
            Some(Usual::Origin { id, quotes }) => (id, quotes * encoding.width()),
            None => return AtOnce::Ask,
        };
        match self.by_origin.get(id.index()) {
            Some(None) => AtOnce::Untouched,
            Some(Some(Decided { usual: Some(replacement), .. })) => {
                AtOnce::Changed { replacement, before_text }
            }
            Some(Some(_)) | None => AtOnce::Ask,
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
                    let decided = self.treatments.of(url);
                    let encoding = self.dialect.encoding;
                    self.by_origin.push(decided.map(|it| Decided::of_origin(it, url, encoding)));
                }
                match &self.by_origin[id.index()] {
                    Some(decided) => {
                        treated(record, text, url, decided.treatment, decided.usual.is_some())
                    }
                    None => Rewritten::Untouched,
                }
            }
            PhotoCellOf::Cell(text, Classified::Cell(PhotoCell::Url(url))) => {
                match self.treatments.of(&url) {
                    Some(treatment) => treated(record, text, &url, treatment, false),
                    None => Rewritten::Untouched,
                }
            }
            PhotoCellOf::Cell(..) => Rewritten::Untouched,
        }
    }
}

/// What is done with the cells of an origin.
#[derive(Clone, Debug)]
struct Decided<'t> {
    treatment: &'t Treatment,
    /// What the usual cells get, where it is known that nothing but the host changes with the host
    /// in any cell of the origin.
    usual: Option<Replacement<'t>>,
}

impl<'t> Decided<'t> {
    /// Of an origin that a [`Classifier`] remembers, with what it remembers of it.
    fn of_origin(treatment: &'t Treatment, url: &PhotoUrl, encoding: Encoding) -> Self {
        let usual = match (treatment, url.endpoint()) {
            (Treatment::Rewrite(to), Some(endpoint)) if photo::is_plain(to.name()) => {
                let (name, width) = (to.name().as_str(), encoding.width());
                let old_host = url.host_span.clone();
                // Up to the path a usual cell is ASCII: each byte of the text is a code unit.
                let host = old_host.start * width..old_host.end * width;
                Some(Replacement { endpoint, old_host, host, name, bytes: encoding.encode(name) })
            }
            _ => None,
        };
        Self { treatment, usual }
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
    treatment: &'r Treatment,
    is_host_alone: bool,
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
            endpoint: Cow::Owned(endpoint),
            span,
            host: to.as_str(),
            old_host: url.host_span.clone(),
            new_host: url.host_span.start..url.host_span.start + to.as_str().len(),
            old: text,
        }),
        (None, _) => Rewritten::Unreadable(Unreadable::inseparable_host()),
        (_, Err(error)) => Rewritten::Unreadable(Unreadable {
            explanation: error.to_string(),
            ..Unreadable::inseparable_host()
        }),
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

#[cfg(test)]
mod tests;
