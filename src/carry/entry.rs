//! What is known of one user in both exports, and what follows from it.

use std::ops::Range;

use crate::evidence::Endpoint;
use crate::export::Record;
use crate::ledger::Class;
use crate::rewrite::{CellChange, Leave};

/// Where a record stands in its export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Data record, from 1.
    pub record: u64,
    /// Line, from 1.
    pub line: u64,
}

impl Place {
    pub(super) fn of(record: &Record<'_>) -> Self {
        let position = record.position();
        Self { record: position.record, line: position.line }
    }
}

/// Where the records of one user stand: all are counted, the first [`PLACES_KEPT`] are kept.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Places {
    pub(super) count: u64,
    first: Option<Place>,
    /// Hardly any user has some.
    others: Vec<Place>,
}

/// Records of one user that a conflict names; it counts the others.
const PLACES_KEPT: usize = 10;

impl Places {
    pub(super) fn note(&mut self, place: Place) {
        self.count += 1;
        if self.first.is_none() {
            self.first = Some(place);
        } else if self.others.len() + 1 < PLACES_KEPT {
            self.others.push(place);
        }
    }

    pub(super) fn kept(&self) -> impl Iterator<Item = &Place> {
        self.first.iter().chain(&self.others)
    }
}

/// A change that the plan makes to the planned export.
#[derive(Clone, Debug)]
pub(super) struct Planned {
    pub(super) place: Place,
    pub(super) endpoint: Endpoint,
    pub(super) old: String,
    pub(super) old_host: Range<usize>,
    pub(super) new: String,
    pub(super) new_host: Range<usize>,
    /// Why it was not to be made.
    pub(super) objection: Option<Leave>,
}

impl Planned {
    pub(super) fn new(record: &Record<'_>, change: &CellChange<'_>, why: Option<&Leave>) -> Self {
        Self {
            place: Place::of(record),
            endpoint: change.endpoint.as_ref().clone(),
            old: change.old.to_string(),
            old_host: change.old_host.clone(),
            new: change.new_text(),
            new_host: change.new_host.clone(),
            objection: why.cloned(),
        }
    }
}

/// A user's photo cell in the fresh export.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub(super) place: Place,
    /// Its text; none when it cannot be read.
    pub(super) cell: Option<String>,
}

/// What is known of one user.
#[derive(Clone, Debug, Default)]
pub(super) struct Entry {
    /// The first change that the plan makes to a record of theirs, and that was approved.
    pub(super) planned: Option<Planned>,
    /// Their records in the planned export.
    pub(super) in_planned: Places,
    /// Their first record in the fresh export.
    pub(super) found: Option<Found>,
    /// Their records in the fresh export.
    pub(super) in_fresh: Places,
}

/// What follows for a user.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict<'e> {
    /// The cell is the one that was planned with: the change is carried over.
    Carry,
    /// The cell is as it would become.
    Already,
    /// The planned export does not have the user: their host decides.
    Newcomer,
    /// The change was not to be made.
    Objected(&'e Leave),
    /// Somebody has to look.
    Conflict(Reason),
}

/// Why a change is not carried over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reason {
    /// The photo URL is another one.
    #[default]
    Changed,
    /// The user is gone.
    Gone,
    /// The fresh export has the user more than once.
    Twice,
    /// The planned export has the user more than once.
    TwicePlanned,
    /// The record does not say whose it is.
    NoKey,
    /// The record or its photo cell cannot be read.
    Unreadable,
}

impl Reason {
    /// The stable word of reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed-since",
            Self::Gone => "gone",
            Self::Twice => "twice",
            Self::TwicePlanned => "twice-when-planned",
            Self::NoKey => "no-key",
            Self::Unreadable => "unreadable",
        }
    }

    /// The same in a sentence.
    pub fn says(self) -> &'static str {
        match self {
            Self::Changed => "the photo URL is not the one that the plan knew",
            Self::Gone => "this export does not have the user any more",
            Self::Twice => "this export has the user more than once",
            Self::TwicePlanned => "the export that was planned for has the user more than once",
            Self::NoKey => "the record does not say whose it is",
            Self::Unreadable => "the record or its photo cell cannot be read",
        }
    }

    /// Why a record is left as it is; `says` says it of this user.
    pub(super) fn leave(self, says: String) -> Leave {
        Leave {
            class: Class::Held,
            reason: self.as_str().to_owned(),
            explanation: says,
            hint: Some("look at the user, and make a plan for this export".to_owned()),
        }
    }
}

impl Entry {
    /// Whether and how the plan's change is carried over to a newer export.
    pub(super) fn rebased(&self) -> Verdict<'_> {
        match &self.planned {
            Some(Planned { objection: Some(why), .. }) => Verdict::Objected(why),
            _ if self.in_fresh.count > 1 => Verdict::Conflict(Reason::Twice),
            _ if self.in_planned.count > 1 => Verdict::Conflict(Reason::TwicePlanned),
            None if self.in_planned.count == 0 => Verdict::Newcomer,
            // The plan leaves this user alone, and the cell was another one.
            None => Verdict::Conflict(Reason::Changed),
            Some(planned) => self.compared(&planned.old, &planned.new),
        }
    }

    /// Whether the plan's change can be taken back.
    pub(super) fn reversed(&self) -> Verdict<'_> {
        match &self.planned {
            Some(Planned { objection: Some(why), .. }) => Verdict::Objected(why),
            None => Verdict::Newcomer,
            _ if self.in_fresh.count > 1 => Verdict::Conflict(Reason::Twice),
            _ if self.in_planned.count > 1 => Verdict::Conflict(Reason::TwicePlanned),
            Some(planned) => self.compared(&planned.new, &planned.old),
        }
    }

    /// Why the plan's change does not reach this user, in a sentence that names their records.
    pub(super) fn says(&self, reason: Reason) -> String {
        let places = match reason {
            Reason::Twice => &self.in_fresh,
            Reason::TwicePlanned => &self.in_planned,
            _ => return reason.says().to_owned(),
        };
        let mut named: Vec<String> = places.kept().map(|it| it.record.to_string()).collect();
        let more = places.count - named.len() as u64;
        let last = if more > 0 { Some(format!("{more} more")) } else { named.pop() };
        let last = last.unwrap_or_default();
        format!("{}: records {} and {last}", reason.says(), named.join(", "))
    }

    /// The third way of the comparison: the cell there is, between the one that there should be
    /// and the one that it would become.
    fn compared(&self, from: &str, to: &str) -> Verdict<'_> {
        match &self.found {
            None => Verdict::Conflict(Reason::Gone),
            Some(Found { cell: None, .. }) => Verdict::Conflict(Reason::Unreadable),
            Some(Found { cell: Some(cell), .. }) if cell == from => Verdict::Carry,
            Some(Found { cell: Some(cell), .. }) if cell == to => Verdict::Already,
            Some(_) => Verdict::Conflict(Reason::Changed),
        }
    }
}
