//! The export's own health: damage that an import would carry into WebEx.
//!
//! An import overwrites a user's whole record, so what a spreadsheet did to a phone number on the
//! way is written back with it. Nothing here is repaired: photofix changes hosts only. Records
//! stream past; what grows is bounded by the constants of this room.

mod ailment;
mod cells;
mod glance;
mod habits;
mod mojibake;
mod seen;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::export::{Dialect, Encoding, Record, RecordKind};
pub use ailment::Ailment;
use glance::{Glance, LETTER_E, Scratch, plain};
use habits::{Country, Habits, Number, Watched};
use mojibake::{has_mojibake, is_ascii, may_have_mojibake};
pub use seen::EMAILS_COMPARED;
use seen::{Repeated, Seen};

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
    encoding: Encoding,
    glance: Glance,
    mandatory: Vec<usize>,
    email: Option<usize>,
    photo: usize,
    watched: Vec<Watched>,
    country: Option<usize>,
    habits: Habits,
    emails: Seen,
    names: Vec<String>,
    found: BTreeMap<(usize, Ailment), Found>,
}

#[derive(Debug, Default)]
struct Found {
    records: u64,
    examples: Vec<Example>,
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
        let names = names(dialect);
        let field = |wanted: &[&str]| {
            names.iter().position(|name| wanted.iter().any(|it| it.eq_ignore_ascii_case(name)))
        };
        Self {
            fields: dialect.fields,
            encoding: dialect.encoding,
            glance: Glance::new(dialect.encoding, dialect.delimiter.as_byte()),
            mandatory: mandatory(dialect).iter().filter_map(|name| field(&[name])).collect(),
            email: field(&["email"]),
            photo: dialect.photo_field,
            watched: habits::watched(&names),
            country: field(&["ISOcountry", "country"]),
            habits: Habits::default(),
            emails: Seen::default(),
            found: BTreeMap::new(),
            names,
        }
    }

    /// Looks at a record of a reader that keeps the places of fields. One with more or fewer fields
    /// than it should have is reported as such elsewhere, and its cells are not where they seem to
    /// be.
    pub fn look(&mut self, record: &Record<'_>) {
        let is_sound = record.kind() == RecordKind::Data
            && record.field_count() == self.fields
            && record.defect().is_none();
        if !is_sound {
            return;
        }
        self.mandatory(record);
        self.numbers(record);
        self.email(record);
        self.words(record);
    }

    fn mandatory(&mut self, record: &Record<'_>) {
        for at in 0..self.mandatory.len() {
            let field = self.mandatory[at];
            let Some(cell) = record.kept_bytes(field) else { continue };
            if self.glance.may_be_empty(cell) && cells::is_empty(&text(record, field)) {
                self.complain(record, field, Ailment::MandatoryEmpty, "");
            }
        }
    }

    fn numbers(&mut self, record: &Record<'_>) {
        for at in 0..self.watched.len() {
            let watched = self.watched[at];
            let Some(cell) = record.kept_bytes(watched.field).filter(|it| !it.is_empty()) else {
                continue;
            };
            match plain(cell, self.encoding, &mut Scratch::default()) {
                Some((text, kind)) if kind & LETTER_E == 0 => {
                    self.number(record, watched, Number::of(text, watched.holds));
                }
                _ => {
                    let text = text(record, watched.field);
                    if cells::is_scientific(&text) {
                        self.complain(record, watched.field, Ailment::Scientific, &text);
                    } else {
                        let number = Number::of(text.trim().as_bytes(), watched.holds);
                        self.number(record, watched, number);
                    }
                }
            }
        }
    }

    fn number(&mut self, record: &Record<'_>, watched: Watched, number: Option<Number<'_>>) {
        let Some(number) = number else { return };
        let country = match self.country.filter(|_| watched.by_country) {
            None => Some(Country::default()),
            Some(field) => {
                let cell = record.kept_bytes(field).unwrap_or_default();
                match plain(cell, self.encoding, &mut Scratch::default()) {
                    Some((name, _)) => Country::of(name),
                    None => Country::of(text(record, field).as_bytes()),
                }
            }
        };
        if let Some(country) = country {
            self.habits.meet(watched, country, number, record.position());
        }
    }

    fn email(&mut self, record: &Record<'_>) {
        if self.emails.is_cut() {
            return;
        }
        let Some(field) = self.email else { return };
        let cell = record.kept_bytes(field).unwrap_or_default();
        match plain(cell, self.encoding, &mut Scratch::default()) {
            Some((b"" | b"-", _)) => {}
            Some((email, _)) => self.emails.meet_ascii(email, record.position()),
            None => match text(record, field).trim() {
                "" | "-" => {}
                email => self.emails.meet(email, record.position()),
            },
        }
    }

    fn words(&mut self, record: &Record<'_>) {
        let raw = record.raw();
        let is_doubtful = !is_ascii(raw, self.encoding) && may_have_mojibake(raw, self.encoding);
        if !is_doubtful && !self.glance.any_word(record) {
            return;
        }
        let photo = self.photo;
        for field in (0..self.fields).filter(|field| *field != photo) {
            // What a photo cell is, the host kinds tell.
            let Some(cell) = record.kept_bytes(field) else { continue };
            let may_be_mojibake = is_doubtful && !is_ascii(cell, self.encoding);
            if !may_be_mojibake && !self.glance.may_be_word(cell) {
                continue;
            }
            let text = text(record, field);
            let is_mojibake =
                || (may_be_mojibake && has_mojibake(&text)).then_some(Ailment::Mojibake);
            if let Some(ailment) = cells::word(&text).or_else(is_mojibake) {
                self.complain(record, field, ailment, &text);
            }
        }
    }

    fn complain(&mut self, record: &Record<'_>, field: usize, ailment: Ailment, text: &str) {
        let found = self.found.entry((field, ailment)).or_default();
        found.records += 1;
        if found.examples.len() < EXAMPLES_KEPT {
            let position = record.position();
            let (record, line, value) = (position.record, position.line, short(text));
            found.examples.push(Example { record, line, value, same_as: None });
        }
    }

    /// What was found.
    pub fn finish(mut self) -> Findings {
        for (field, ailment, records, examples) in self.habits.broken() {
            self.found.insert((field, ailment), Found { records, examples });
        }
        let Repeated { records, examples } = self.emails.repeated();
        if let (Some(field), 1..) = (self.email, records) {
            self.found.insert((field, Ailment::DuplicateEmail), Found { records, examples });
        }
        let complaint = |((field, ailment), found): ((usize, Ailment), Found)| Complaint {
            ailment,
            column: self.names[field].clone(),
            records: found.records,
            examples: found.examples,
        };
        Findings {
            complaints: self.found.into_iter().map(complaint).collect(),
            emails_cut: self.emails.is_cut(),
        }
    }
}

/// What a cell says; nothing where there is none.
fn text<'a>(record: &Record<'a>, field: usize) -> Cow<'a, str> {
    record.field(field).map(|cell| cell.text_lossy()).unwrap_or_default()
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
