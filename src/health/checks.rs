//! What is looked for in each record, and what was found.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::cells;
use super::glance::Glance;
use super::habits::{self, Country, Habits, Number, Watched};
use super::mojibake::has_mojibake;
use super::seen::{Repeated, Seen};
use super::{Ailment, Complaint, EXAMPLES_KEPT, Example, Findings, mandatory, names, short};
use crate::export::{Dialect, Record};

/// The checks of an export's records.
#[derive(Debug)]
pub(super) struct Checks {
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

impl Checks {
    pub(super) fn new(dialect: &Dialect) -> Self {
        let names = names(dialect);
        let field = |wanted: &[&str]| {
            names.iter().position(|name| wanted.iter().any(|it| it.eq_ignore_ascii_case(name)))
        };
        let watched = habits::watched(&names);
        Self {
            fields: dialect.fields,
            mandatory: mandatory(dialect).iter().filter_map(|name| field(&[name])).collect(),
            email: field(&["email"]),
            photo: dialect.photo_field,
            country: field(&["ISOcountry", "country"]),
            habits: Habits::new(&watched),
            watched,
            emails: Seen::default(),
            found: BTreeMap::new(),
            names,
        }
    }

    /// Looks at a sound record.
    pub(super) fn look(&mut self, record: &Record<'_>, glance: &Glance<'_>) {
        self.mandatory(record, glance);
        self.numbers(record, glance);
        self.email(record, glance);
        self.words(record, glance);
    }

    fn mandatory(&mut self, record: &Record<'_>, glance: &Glance<'_>) {
        for at in 0..self.mandatory.len() {
            let field = self.mandatory[at];
            if glance.may_be_empty(field) && cells::is_empty(&text(record, field)) {
                self.complain(record, field, Ailment::MandatoryEmpty, "");
            }
        }
    }

    fn numbers(&mut self, record: &Record<'_>, glance: &Glance<'_>) {
        for at in 0..self.watched.len() {
            let watched = self.watched[at];
            let Some(text) = glance.plain(watched.field) else {
                self.number_as_text(record, glance, watched);
                continue;
            };
            match Number::of(text, watched.holds) {
                Some(digits @ Number::Digits(_)) => self.number(record, glance, watched, digits),
                _ if cells::may_be_scientific(text) => self.number_as_text(record, glance, watched),
                Some(plus @ Number::Plus) => self.number(record, glance, watched, plus),
                None => {}
            }
        }
    }

    /// Looks at a number that is not plain to see.
    fn number_as_text(&mut self, record: &Record<'_>, glance: &Glance<'_>, watched: Watched) {
        let text = text(record, watched.field);
        if cells::is_scientific(&text) {
            self.complain(record, watched.field, Ailment::Scientific, &text);
        } else if let Some(number) = Number::of(text.trim().as_bytes(), watched.holds) {
            self.number(record, glance, watched, number);
        }
    }

    fn number(
        &mut self,
        record: &Record<'_>,
        glance: &Glance<'_>,
        watched: Watched,
        number: Number<'_>,
    ) {
        let country = match self.country.filter(|_| watched.by_country) {
            None => Some(Country::default()),
            Some(field) => match glance.plain(field) {
                Some(name) => Country::of(name),
                None => Country::of(text(record, field).as_bytes()),
            },
        };
        if let Some(country) = country {
            self.habits.meet(watched, country, number, record);
        }
    }

    fn email(&mut self, record: &Record<'_>, glance: &Glance<'_>) {
        if self.emails.is_cut() {
            return;
        }
        let Some(field) = self.email else { return };
        match glance.plain(field) {
            Some(b"" | b"-") => {}
            Some(email) => self.emails.meet_ascii(email, record.position()),
            None => match text(record, field).trim() {
                "" | "-" => {}
                email => self.emails.meet(email, record.position()),
            },
        }
    }

    fn words(&mut self, record: &Record<'_>, glance: &Glance<'_>) {
        // What a photo cell is, the host kinds tell.
        let photo = self.photo;
        let has_words = glance.may_have_words_beside(photo);
        let has_mojibakes = glance.may_have_mojibake();
        if !has_words && !has_mojibakes {
            return;
        }
        for field in (0..self.fields).filter(|field| *field != photo) {
            let may_be_mojibake = has_mojibakes && glance.may_be_mojibake(field);
            let may_be_word = has_words && glance.may_be_word(field);
            if !may_be_word && !may_be_mojibake {
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

    pub(super) fn finish(mut self) -> Findings {
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
