//! The export's own health: damage that an import would carry into WebEx.
//!
//! An import overwrites a user's whole record, so what a spreadsheet did to a phone number on the
//! way is written back with it. Nothing here is repaired: photofix changes hosts only. Records
//! stream past; what grows is bounded by the constants of this room.

mod cells;
mod habits;
mod mojibake;
mod seen;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::export::{Dialect, Record, RecordKind};
use habits::{Habits, Watched};
use mojibake::{has_mojibake, may_have_mojibake};
pub use seen::EMAILS_COMPARED;
use seen::{Repeated, Seen};

/// How many examples of a kind of damage are kept for each column; all are counted.
pub const EXAMPLES_KEPT: usize = 5;
/// How much of a cell is shown, in characters.
const SHOWN: usize = 60;

/// A kind of damage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ailment {
    /// A number in scientific notation, `1.41E+11`.
    Scientific,
    /// A cell of `#####`, or a spreadsheet's error word such as `#NAME?`.
    Hashes,
    /// A number without the `+` that nearly every other one in its column has.
    LostPlus,
    /// A number without the leading zeros that nearly every other one in its column has.
    LostZeros,
    /// Text that was read in the wrong encoding and written again, `Ã¼`.
    Mojibake,
    /// `N/A` where WebEx wants `-`.
    NotApplicable,
    /// A mandatory cell that is empty or `-`.
    MandatoryEmpty,
    /// An email that another record has.
    DuplicateEmail,
}

impl Ailment {
    /// The stable word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Scientific => "scientific-notation",
            Self::Hashes => "spreadsheet-error",
            Self::LostPlus => "lost-plus",
            Self::LostZeros => "lost-zeros",
            Self::Mojibake => "mojibake",
            Self::NotApplicable => "not-applicable",
            Self::MandatoryEmpty => "mandatory-empty",
            Self::DuplicateEmail => "duplicate-email",
        }
    }

    /// The same in a sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::Scientific => {
                "a spreadsheet wrote a number in scientific notation; its digits are lost"
            }
            Self::Hashes => "a spreadsheet's `####` or error word stands in place of a value",
            Self::LostPlus => "nearly every other number in this column begins with `+`",
            Self::LostZeros => {
                "nearly every other number in this column has more digits, and leading zeros"
            }
            Self::Mojibake => {
                "text was read in the wrong encoding and written again, or its bytes are no text"
            }
            Self::NotApplicable => {
                "`N/A` would be stored as it stands; WebEx's word for an empty cell is `-`"
            }
            Self::MandatoryEmpty => "a mandatory cell is empty; WebEx refuses such a record",
            Self::DuplicateEmail => {
                "an earlier record has this email; an import overwrites one with the other"
            }
        }
    }

    /// What to do.
    pub fn hint(self) -> &'static str {
        match self {
            Self::Scientific | Self::Hashes | Self::LostPlus | Self::LostZeros => {
                "export again and do not open the file in a spreadsheet"
            }
            Self::Mojibake => {
                "export again, or give the file's encoding to the program that wrote it"
            }
            Self::NotApplicable => "put `-` there, with a text editor",
            Self::MandatoryEmpty => {
                "fill the cell in, in the Administration Tool, and export again"
            }
            Self::DuplicateEmail => "leave one of the records in the file",
        }
    }
}

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

    /// Looks at a record of a reader that keeps the places of fields. One with more or fewer fields than it should have is reported as such
    /// elsewhere, and its cells are not where they seem to be.
    pub fn look(&mut self, record: &Record<'_>) {
        let is_sound = record.kind() == RecordKind::Data
            && record.defect().is_none()
            && record.field_count() == self.fields;
        if !is_sound {
            return;
        }
        for at in 0..self.mandatory.len() {
            let field = self.mandatory[at];
            let cell = record.field(field).map(|cell| cells::is_empty(&cell, record.encoding()));
            if cell == Some(true) {
                self.complain(record, field, Ailment::MandatoryEmpty, "");
            }
        }
        self.numbers(record);
        self.email(record);
        self.words(record);
    }

    fn words(&mut self, record: &Record<'_>) {
        let encoding = record.encoding();
        let may_be_mojibake = may_have_mojibake(record.raw(), encoding);
        let raw = record.raw();
        for (field, start) in record.kept_starts().enumerate() {
            if !may_be_mojibake && !cells::may_be_word(&raw[start..], encoding) {
                continue;
            }
            let Some(cell) = record.field(field) else { continue };
            // What a photo cell is, the host kinds tell.
            if field == self.photo {
                continue;
            }
            let text = cell.text_lossy();
            let is_mojibake =
                || (may_be_mojibake && has_mojibake(&text)).then_some(Ailment::Mojibake);
            if let Some(ailment) = cells::word(&text).or_else(is_mojibake) {
                self.complain(record, field, ailment, &text);
            }
        }
    }

    fn numbers(&mut self, record: &Record<'_>) {
        for at in 0..self.watched.len() {
            let watched = self.watched[at];
            let Some(cell) = record.field(watched.field) else { continue };
            if cell.raw().is_empty() {
                continue;
            }
            let text = cell.text_lossy();
            if cells::is_scientific(&text) {
                self.complain(record, watched.field, Ailment::Scientific, &text);
                continue;
            }
            let country = match self.country.filter(|_| watched.by_country) {
                Some(field) => record.field(field).map(|cell| cell.text_lossy()),
                None => None,
            };
            self.habits.meet(watched, country.as_deref().unwrap_or(""), &text, record.position());
        }
    }

    fn email(&mut self, record: &Record<'_>) {
        let Some(field) = self.email else { return };
        let Some(cell) = record.field(field) else { return };
        let text = cell.text_lossy();
        let text = text.trim();
        if text.is_empty() || text == "-" {
            return;
        }
        self.emails.meet(text, record.position());
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
    let rest = (15 - skipped..dialect.fields.max(15)).map(|at| format!("field {at}"));
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
