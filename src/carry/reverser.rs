//! Takes a plan's changes back: the one other way than a plan's in which a record gets new bytes.

use std::borrow::Cow;

use super::entry::{Planned, Verdict};
use super::index::Index;
use crate::export::{Dialect, Encoding, Record};
use crate::name::Fqdn;
use crate::photo::Classifier;
use crate::rewrite::{CellChange, Rewrite, Rewritten};
use crate::row::{PhotoCellOf, Unreadable, photo_cell};

/// Puts the old host back into the cells that still hold what the plan wrote.
#[derive(Debug)]
pub struct Reverser<'i> {
    index: &'i Index,
    dialect: Dialect,
    photos: Classifier,
}

impl<'i> Reverser<'i> {
    /// For the records of an export of this dialect, by an index that has been filled.
    pub fn new(index: &'i Index, dialect: &Dialect, domains: &[Fqdn]) -> Self {
        Self { index, dialect: dialect.clone(), photos: Classifier::new(domains) }
    }
}

impl Rewrite for Reverser<'_> {
    fn rewrite<'r>(&'r mut self, record: &Record<'r>) -> Rewritten<'r> {
        let cell = match photo_cell(record, &self.dialect, &mut self.photos) {
            PhotoCellOf::Unreadable(why) => return Rewritten::Unreadable(why),
            PhotoCellOf::Missing => Cow::Borrowed(""),
            PhotoCellOf::Cell(text, _) => text,
        };
        let key = self.index.key.of(record, &self.dialect);
        let Some(entry) = key.and_then(|key| self.index.entries.get(&key)) else {
            return Rewritten::Untouched;
        };
        match (entry.reversed(), &entry.planned) {
            (Verdict::Carry, Some(planned)) => put_back(record, cell, planned),
            (Verdict::Conflict(reason), _) => {
                let endpoint = entry.planned.as_ref().map(|planned| planned.endpoint.clone());
                Rewritten::Left {
                    why: Cow::Owned(reason.leave(entry.says(reason))),
                    endpoint,
                    host: 0..0,
                    cell,
                }
            }
            _ => Rewritten::Untouched,
        }
    }
}

fn put_back<'r>(record: &Record<'r>, cell: Cow<'r, str>, planned: &'r Planned) -> Rewritten<'r> {
    let host = &planned.old[planned.old_host.clone()];
    // An old host is an address or a label, in whatever characters the parser takes for it. In an
    // encoding that is only known to hold ASCII, others would not come back as they were.
    let is_safe = host.is_ascii() || record.encoding() != Encoding::Latin1;
    let span = record.photo().and_then(|field| field.raw_range(planned.new_host.clone()));
    match span.filter(|_| is_safe) {
        Some(span) => Rewritten::Changed(CellChange {
            endpoint: Cow::Borrowed(&planned.endpoint),
            span,
            host,
            old: cell,
            old_host: planned.new_host.clone(),
            new_host: planned.old_host.clone(),
        }),
        None => Rewritten::Unreadable(Unreadable {
            hint: "put the old host back with a text editor",
            ..Unreadable::inseparable_host()
        }),
    }
}
