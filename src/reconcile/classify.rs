//! What became of one change: a table of what was heard and what is seen.

use super::words::Reading;

/// What became of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Class {
    /// It arrived.
    Applied,
    /// WebEx refused it, and says why.
    Refused,
    /// Nothing was done, and nothing says why.
    Ignored,
    /// It was taken, and the cell shows something else now.
    Reverted,
    /// What there is does not tell.
    Unclear,
}

impl Class {
    /// Every class, in the order of reports.
    pub const ALL: [Self; 5] =
        [Self::Applied, Self::Refused, Self::Ignored, Self::Reverted, Self::Unclear];

    /// Its name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Refused => "refused",
            Self::Ignored => "ignored",
            Self::Reverted => "reverted",
            Self::Unclear => "unclear",
        }
    }
}

/// What a class rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// The after export shows it.
    Seen,
    /// The status file says so, in words that we can only read.
    Said,
    /// Neither.
    None,
}

impl Certainty {
    /// Its name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Seen => "seen",
            Self::Said => "said",
            Self::None => "none",
        }
    }
}

/// What the status file has for a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// There is no status file.
    NoFile,
    /// It does not list the record.
    NotListed,
    /// It lists the record and has no word for it.
    Silent,
    /// Words that come to this.
    Said(Reading),
}

/// What the after export shows of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looked {
    /// There is no after export.
    NoFile,
    /// It has no such record.
    Gone,
    /// The cell that was sent.
    New,
    /// The cell as it was before.
    Old,
    /// A third.
    Other,
}

/// Why a change cannot be followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// Its record has an empty key.
    NoKey,
    /// Several records of the import file have its key.
    TwiceInImport,
    /// Several records of the after export have its key.
    TwiceInAfter,
    /// The status file has different words for its key.
    TwiceInStatus,
}

impl Problem {
    fn as_str(self) -> &'static str {
        match self {
            Self::NoKey => "no-key",
            Self::TwiceInImport => "twice-in-import",
            Self::TwiceInAfter => "twice-in-after",
            Self::TwiceInStatus => "twice-in-status",
        }
    }
}

/// Whether a change is sent again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Again {
    Retry,
    Leave,
}

/// What became of a change, and why we think so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The class.
    pub class: Class,
    /// The stable word.
    pub reason: &'static str,
    /// What it rests on.
    pub certainty: Certainty,
    again: Again,
}

impl Outcome {
    /// Whether the change did not arrive and can safely be sent again. A user who is gone would be
    /// created anew, and a cell that somebody gave a third value is theirs: those are left alone.
    pub fn is_missing(&self) -> bool {
        self.again == Again::Retry
    }

    /// The reason in a sentence.
    pub fn explanation(&self) -> &'static str {
        match self.reason {
            "shows-new" => "the after export shows the cell that was sent",
            "back-to-old" => "the import took it, and the after export shows the old cell again",
            "old-value" => "the after export shows the old cell, and no words say why",
            "another-value" => {
                "the after export shows a third value: somebody changed the cell; it is left alone"
            }
            "not-in-after" => {
                "the after export has no such user; an import would create one, so it is left alone"
            }
            "not-in-status" => "the status file does not list the record",
            "status-words" => "by the words of the status file",
            "no-words" => "the status file has no word for the record; give --after to see",
            "unknown-words" => "the words of the status file are not known; give --after to see",
            "no-key" => "the record's key is empty, so it cannot be found again",
            "twice-in-import" => "several records have this key",
            "twice-in-after" => "several records of the after export have this key",
            "twice-in-status" => "the status file has different words for this key",
            _ => "there is neither a status file nor an after export",
        }
    }
}

/// Decides.
pub fn classify(problem: Option<Problem>, heard: Heard, looked: Looked) -> Outcome {
    use Again::{Leave, Retry};
    use Certainty::{None as Nothing, Said, Seen};
    use Class::{Applied, Ignored, Refused, Reverted, Unclear};
    let outcome = |class, reason, certainty, again| Outcome { class, reason, certainty, again };
    if let Some(problem) = problem {
        return outcome(Unclear, problem.as_str(), Nothing, Leave);
    }
    match (looked, heard) {
        (Looked::New, _) => outcome(Applied, "shows-new", Seen, Leave),
        (Looked::Old, Heard::Said(Reading::Accepted)) => {
            outcome(Reverted, "back-to-old", Seen, Retry)
        }
        (Looked::Old, Heard::Said(Reading::Refused | Reading::Unknown)) => {
            outcome(Refused, "status-words", Seen, Retry)
        }
        (Looked::Old, Heard::NotListed) => outcome(Ignored, "not-in-status", Seen, Retry),
        (Looked::Old, _) => outcome(Ignored, "old-value", Seen, Retry),
        (Looked::Other, Heard::Said(Reading::Refused)) => {
            outcome(Refused, "another-value", Seen, Leave)
        }
        (Looked::Other, _) => outcome(Reverted, "another-value", Seen, Leave),
        (Looked::Gone, Heard::Said(Reading::Refused)) => {
            outcome(Refused, "not-in-after", Seen, Leave)
        }
        (Looked::Gone, _) => outcome(Ignored, "not-in-after", Seen, Leave),
        (Looked::NoFile, Heard::Said(Reading::Accepted)) => {
            outcome(Applied, "status-words", Said, Leave)
        }
        (Looked::NoFile, Heard::Said(Reading::Refused)) => {
            outcome(Refused, "status-words", Said, Retry)
        }
        (Looked::NoFile, Heard::Said(Reading::Skipped)) => {
            outcome(Ignored, "status-words", Said, Retry)
        }
        (Looked::NoFile, Heard::NotListed) => outcome(Ignored, "not-in-status", Said, Retry),
        (Looked::NoFile, Heard::Said(Reading::Unknown)) => {
            outcome(Unclear, "unknown-words", Nothing, Leave)
        }
        (Looked::NoFile, Heard::Silent) => outcome(Unclear, "no-words", Nothing, Leave),
        (Looked::NoFile, Heard::NoFile) => outcome(Unclear, "nothing-to-go-by", Nothing, Leave),
    }
}
