//! What WebEx's words in the status column come to.
//!
//! Neither the column's name nor its values are documented, so the words are a guess that what an
//! export taken afterwards shows overrules.

/// How a value of the status column is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reading {
    /// The record was taken.
    Accepted,
    /// It was not, and the value says why.
    Refused,
    /// It was passed over.
    Skipped,
    /// The words say nothing that we know.
    Unknown,
}

/// Words of a refusal.
const REFUSED: [&str; 25] = [
    "cannot",
    "denied",
    "duplicate",
    "error",
    "errors",
    "exceeded",
    "exceeds",
    "fail",
    "failed",
    "failure",
    "fails",
    "forbidden",
    "illegal",
    "incorrect",
    "invalid",
    "malformed",
    "mandatory",
    "missing",
    "not",
    "refused",
    "rejected",
    "required",
    "unable",
    "unsuccessful",
    "wrong",
];
/// Words of a record that was passed over.
const SKIPPED: [&str; 4] = ["ignored", "skipped", "unchanged", "untouched"];
/// Words of a record that was taken.
const ACCEPTED: [&str; 16] = [
    "accepted",
    "added",
    "complete",
    "completed",
    "created",
    "done",
    "imported",
    "modified",
    "ok",
    "processed",
    "saved",
    "succeeded",
    "success",
    "successful",
    "successfully",
    "updated",
];
/// Words after which an `error` is none.
const NONE: [&str; 3] = ["no", "0", "without"];

impl Reading {
    /// Its name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Refused => "refused",
            Self::Skipped => "skipped",
            Self::Unknown => "unknown",
        }
    }

    /// Of the words alone. A refusal outweighs the rest: `not updated` is one.
    pub fn of(value: &str) -> Self {
        let lower = value.to_lowercase();
        let words: Vec<&str> =
            lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let has = |list: &[&str]| {
            words.iter().enumerate().any(|(at, word)| {
                let negated = at > 0 && NONE.contains(&words[at - 1]);
                list.contains(word) && !negated
            })
        };
        match () {
            () if has(&REFUSED) => Self::Refused,
            () if has(&SKIPPED) => Self::Skipped,
            () if has(&ACCEPTED) => Self::Accepted,
            () => Self::Unknown,
        }
    }

    /// Of the words and of what the cells of the records that carry them show: a value that goes
    /// with our new cells at least as often as with the old ones means success, and one that goes
    /// with old ones only does not, unless its words say that it does. Words of a refusal mean success
    /// only where every cell is new.
    pub(super) fn learned(value: &str, shows_new: u64, shows_old: u64) -> Self {
        let by_words = Self::of(value);
        match (shows_new, shows_old) {
            (1.., 0) => Self::Accepted,
            // Words of a refusal stay one where any record that carries them was refused.
            (1.., old) if shows_new >= old && by_words != Self::Refused => Self::Accepted,
            (0, 1..) if by_words == Self::Unknown => Self::Refused,
            _ => by_words,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        for (value, reading) in [
            ("Success", Reading::Accepted),
            ("OK", Reading::Accepted),
            ("User updated successfully.", Reading::Accepted),
            ("completed, no errors", Reading::Accepted),
            ("0 errors; done", Reading::Accepted),
            ("not updated", Reading::Refused),
            ("ERROR: phoneBusinessNumber is mandatory", Reading::Refused),
            ("Completed with 1 error", Reading::Refused),
            ("skipped", Reading::Skipped),
            ("Erfolgreich", Reading::Unknown),
            ("17", Reading::Unknown),
            ("", Reading::Unknown),
            ("broken", Reading::Unknown),
        ] {
            assert_eq!(Reading::of(value), reading, "{value:?}");
        }
    }

    #[test]
    fn what_the_cells_show_overrules_the_words() {
        for (value, shows_new, shows_old, reading) in [
            ("Erfolgreich", 9, 1, Reading::Accepted),
            ("Abgelehnt", 0, 3, Reading::Refused),
            ("Error 0", 5, 0, Reading::Accepted),
            ("Error: photo rejected", 2, 1, Reading::Refused),
            ("Success", 0, 2, Reading::Accepted),
            ("Erfolgreich", 0, 0, Reading::Unknown),
            ("E17", 1, 5, Reading::Unknown),
        ] {
            let found = Reading::learned(value, shows_new, shows_old);
            assert_eq!(found, reading, "{value} {shows_new} {shows_old}");
        }
    }
}
