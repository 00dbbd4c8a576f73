//! The export's own health: damage that an import would carry into WebEx.
//!
//! An import overwrites a user's whole record, so what a spreadsheet did to a phone number on the
//! way is written back with it. Nothing here is repaired: photofix changes hosts only. Records
//! stream past; what grows is bounded by the constants of this room.

mod ailment;
mod cells;
mod checks;
mod glance;
mod habits;
mod mojibake;
mod seen;
mod windows;

#[cfg(test)]
mod tests;

use crate::export::{Dialect, Record, RecordKind};
pub use ailment::Ailment;
use checks::Checks;
use glance::Eyes;
pub use seen::EMAILS_COMPARED;

/// How many examples of a kind of damage are kept for each column; all are counted.
pub const EXAMPLES_KEPT: usize = 5;
/// How much of a cell is shown, in characters.
const SHOWN: usize = 60;

/// One record with a damaged cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Data record, from 1.
    pub record: u64,
    /// Line, from 1.
    pub line: u64,
    /// The cell, cut short.
    pub value: String,
    /// The record that has the same email.
    pub same_as: Option<u64>,
}

/// A kind of damage in one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// The kind.
    pub ailment: Ailment,
    /// The column's name, or `field N` (from 1).
    pub column: String,
    /// How many records have it.
    pub records: u64,
    /// The first of them.
    pub examples: Vec<Example>,
}

/// Looks at records as they stream past.
#[derive(Debug)]
pub struct Health {
    fields: usize,
    eyes: Eyes,
    checks: Checks,
}

/// What was found in an export.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Findings {
    /// By column in the order of the export, then by kind.
    pub complaints: Vec<Complaint>,
    /// Whether there were more records than emails are compared of ([`EMAILS_COMPARED`]).
    pub emails_cut: bool,
}

impl Health {
    /// For the records of an export of this dialect.
    pub fn new(dialect: &Dialect) -> Self {
        Self {
            fields: dialect.fields,
            eyes: Eyes::new(dialect.encoding),
            checks: Checks::new(dialect),
        }
    }

    /// Looks at a record; quickly where its reader keeps the places of fields. One with more or fewer
    /// fields than it should have is reported as such elsewhere, and its cells are not where they seem
    /// to be.
    pub fn look(&mut self, record: &Record<'_>) {
        let is_sound = record.kind() == RecordKind::Data
            && record.field_count() == self.fields
            && record.defect().is_none();
        if is_sound {
            self.checks.look(record, &self.eyes.glance(record));
        }
    }

    /// What was found.
    pub fn finish(self) -> Findings {
        self.checks.finish()
    }
}

/// The columns that WebEx wants filled (Jabber 12.9 cloud guide, "Create Users"; Messenger help
/// page 17447 for the directory file).
fn mandatory(dialect: &Dialect) -> &'static [&'static str] {
    match dialect.header {
        Some(_) => &["firstName", "lastName", "email", "userName"],
        None => &["userSSOId", "firstName", "lastName", "email"],
    }
}

/// The columns' names. A directory-integration file has none; both of its layouts begin alike, and
/// the names of later fields depend on the layout (Messenger help page 17447; the 2009 guide).
fn names(dialect: &Dialect) -> Vec<String> {
    const BOTH: [&str; 8] =
        ["userSSOId", "displayName", "firstName", "lastName", "email", "jobTitle", "address1", ""];
    const TODAY: [&str; 7] =
        ["address2", "city", "state", "zip", "country", "phoneOffice", "phoneCell"];
    let trimmed = |name: &String| {
        name.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}').to_owned()
    };
    if let Some(header) = &dialect.header {
        return header.iter().map(trimmed).collect();
    }
    let skipped = if dialect.fields == 24 { 0 } else { 1 };
    let known = BOTH[..7].iter().chain(&TODAY[skipped..]).map(|name| (*name).to_owned());
    let rest = (15 - skipped..=dialect.fields).map(|at| format!("field {at}"));
    let mut names: Vec<String> = known.chain(rest).collect();
    names.truncate(dialect.fields);
    names
}

fn short(text: &str) -> String {
    match text.char_indices().nth(SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
