//! The users of both exports that a plan's changes are about.

use std::collections::HashMap;

use super::entry::{Entry, Found, Place, Planned, Reason, Verdict};
use crate::export::{Dialect, ExportError, Reader, Record, RecordKind, Source};
use crate::key::KeyColumn;
use crate::name::Fqdn;
use crate::photo::Classifier;
use crate::rewrite::{CellChange, Guard, Leave};
use crate::row::{PhotoCellOf, photo_cell};

/// The users that a plan changes, and those whose host it decides, in both exports.
///
/// It is filled pass by pass: [`collecting`](Self::collecting) over the fresh export (not for a
/// reverse), [`indexing`](Self::indexing) over the planned one, then the two counts, which see
/// every record of a user wherever it stands.
#[derive(Clone, Debug)]
pub struct Index {
    pub(super) key: KeyColumn,
    pub(super) entries: HashMap<String, Entry>,
    /// Changes of the plan to records that do not say whose they are.
    nameless: Vec<Planned>,
    /// Records of the fresh export that do not, and whose host the plan decides.
    nameless_found: Vec<Found>,
}

/// A change that is not carried over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conflict {
    /// Why.
    pub reason: Reason,
    /// Why in a sentence; of a user who is there more than once it names the records.
    pub says: String,
    /// The key, as it is compared.
    pub key: Option<String>,
    /// The record in the planned export, where the plan changes it.
    pub planned: Option<Place>,
    /// The record in the fresh export; the first when there are several.
    pub found: Option<Place>,
    /// The cell that there should be: the one that was planned with; for a reverse, the one that the
    /// plan wrote.
    pub old: Option<String>,
    /// The cell that the fresh export has.
    pub cell: Option<String>,
    /// The cell that would be written.
    pub new: Option<String>,
}

/// What becomes of the changes that are not carried over.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// Changes whose cell is as it would become.
    pub already: u64,
    /// Changes that somebody has to look at, in the order of the planned export; then users whose
    /// host the plan decides and whom it did not change, in the order of the fresh one.
    pub conflicts: Vec<Conflict>,
}

impl Index {
    /// An index by a column.
    pub fn new(key: KeyColumn) -> Self {
        Self { key, entries: HashMap::new(), nameless: Vec::new(), nameless_found: Vec::new() }
    }

    /// The column by which users are matched.
    pub fn key(&self) -> &KeyColumn {
        &self.key
    }

    /// A guard for a pass over the fresh export that notes the users whose host the plan decides.
    pub fn collecting<'i>(&'i mut self, dialect: &'i Dialect) -> impl Guard + 'i {
        Collecting { index: self, dialect }
    }

    /// A guard for a pass over the planned export that notes what the plan changes, and what
    /// `inner` objects to.
    pub fn indexing<'i>(
        &'i mut self,
        dialect: &'i Dialect,
        inner: &'i mut dyn Guard,
    ) -> impl Guard + 'i {
        Indexing { index: self, dialect, inner }
    }

    /// Counts the records of every user of the index in the planned export.
    ///
    /// # Errors
    /// Whatever stops the reader.
    pub fn count_planned<R: Source>(&mut self, reader: &mut Reader<R>) -> Result<(), ExportError> {
        self.count(reader, |entry, record| entry.in_planned.note(Place::of(record)))
    }

    /// Counts the records of every user of the index in the fresh export, and notes the first.
    ///
    /// # Errors
    /// Whatever stops the reader.
    pub fn count_fresh<R: Source>(
        &mut self,
        reader: &mut Reader<R>,
        domains: &[Fqdn],
    ) -> Result<(), ExportError> {
        let dialect = reader.dialect().clone();
        let mut photos = Classifier::new(domains);
        self.count(reader, |entry, record| {
            entry.in_fresh.note(Place::of(record));
            entry.found.get_or_insert_with(|| Found {
                place: Place::of(record),
                cell: match photo_cell(record, &dialect, &mut photos) {
                    PhotoCellOf::Missing => Some(String::new()),
                    PhotoCellOf::Cell(text, _) => Some(text.into_owned()),
                    PhotoCellOf::Unreadable(_) => None,
                },
            });
        })
    }

    fn count<R: Source>(
        &mut self,
        reader: &mut Reader<R>,
        mut note: impl FnMut(&mut Entry, &Record<'_>),
    ) -> Result<(), ExportError> {
        let dialect = reader.dialect().clone();
        while let Some(record) = reader.next_record()? {
            if record.kind() != RecordKind::Data {
                continue;
            }
            let Some(key) = self.key.of(&record, &dialect) else { continue };
            if let Some(entry) = self.entries.get_mut(&key) {
                note(entry, &record);
            }
        }
        Ok(())
    }

    /// What a rebase does not carry over.
    pub fn rebased(&self) -> Outcome {
        self.outcome(Entry::rebased)
    }

    /// What a reverse does not take back.
    pub fn reversed(&self) -> Outcome {
        let mut outcome = self.outcome(Entry::reversed);
        for conflict in &mut outcome.conflicts {
            // What there should be is what the plan wrote, and what it would become the old value.
            std::mem::swap(&mut conflict.old, &mut conflict.new);
        }
        outcome
    }

    fn outcome(&self, verdict: fn(&Entry) -> Verdict<'_>) -> Outcome {
        let mut outcome = Outcome::default();
        for (key, entry) in &self.entries {
            match verdict(entry) {
                Verdict::Already => outcome.already += 1,
                Verdict::Conflict(reason) => outcome.conflicts.push(conflict(key, entry, reason)),
                Verdict::Carry | Verdict::Newcomer | Verdict::Objected(_) => {}
            }
        }
        let says = Reason::NoKey.says().to_owned();
        let nameless = Conflict { reason: Reason::NoKey, says, ..Conflict::default() };
        let planned = self.nameless.iter().filter(|planned| planned.objection.is_none());
        outcome.conflicts.extend(planned.map(|planned| nameless.clone().planned_as(planned)));
        outcome.conflicts.extend(self.nameless_found.iter().map(|found| Conflict {
            found: Some(found.place),
            cell: found.cell.clone(),
            ..nameless.clone()
        }));
        // No two of them stand in the same place.
        outcome.conflicts.sort_by_key(|it| (it.planned.is_none(), it.planned, it.found));
        outcome
    }
}

fn conflict(key: &str, entry: &Entry, reason: Reason) -> Conflict {
    let conflict = Conflict {
        reason,
        says: entry.says(reason),
        key: Some(key.to_owned()),
        found: entry.found.as_ref().map(|found| found.place),
        cell: entry.found.as_ref().and_then(|found| found.cell.clone()),
        ..Conflict::default()
    };
    match &entry.planned {
        Some(planned) => conflict.planned_as(planned),
        None => conflict,
    }
}

impl Conflict {
    fn planned_as(self, planned: &Planned) -> Self {
        Self {
            planned: Some(planned.place),
            old: Some(planned.old.clone()),
            new: Some(planned.new.clone()),
            ..self
        }
    }
}

struct Collecting<'i> {
    index: &'i mut Index,
    dialect: &'i Dialect,
}

impl Guard for Collecting<'_> {
    fn objection(&mut self, record: &Record<'_>, change: &CellChange<'_>) -> Option<Leave> {
        match self.index.key.of(record, self.dialect) {
            None => self
                .index
                .nameless_found
                .push(Found { place: Place::of(record), cell: Some(change.old.to_string()) }),
            Some(key) => drop(self.index.entries.entry(key).or_default()),
        }
        None
    }
}

struct Indexing<'i> {
    index: &'i mut Index,
    dialect: &'i Dialect,
    inner: &'i mut dyn Guard,
}

impl Guard for Indexing<'_> {
    fn objection(&mut self, record: &Record<'_>, change: &CellChange<'_>) -> Option<Leave> {
        let objection = self.inner.objection(record, change);
        let planned = Planned::new(record, change, objection.as_ref());
        match self.index.key.of(record, self.dialect) {
            None => self.index.nameless.push(planned),
            Some(key) => {
                let first = &mut self.index.entries.entry(key).or_default().planned;
                // Of several, one that is approved: it is missed when it is not made.
                if first.as_ref().is_none_or(|first| first.objection.is_some()) {
                    *first = Some(planned);
                }
            }
        }
        objection
    }
}
