//! What is known of an import file before it is read, and what is told of it afterwards.

use std::collections::HashSet;

use super::sent::{Change, hash_of};
use super::words::Reading;
use crate::export::ExportError;
use crate::key::KeyColumn;

/// A file in which a key may stand twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    /// The import file.
    Import,
    /// The status file.
    Status,
    /// The after export.
    After,
}

/// A key that stands in a file once more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The key.
    pub key: String,
    /// The file.
    pub file: Where,
    /// The data record that repeats it, from 1.
    pub record: u64,
}

/// A value of the status column, and how it is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusValue {
    /// The value.
    pub value: String,
    /// How it is read.
    pub reading: Reading,
    /// Sent changes that carry it.
    pub changes: u64,
    /// Those of them whose cell shows what was sent.
    pub shows_new: u64,
    /// Those of them whose cell shows what was there before.
    pub shows_old: u64,
}

/// A change of the plan that was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotSent<'s> {
    /// The change.
    pub change: &'s Change,
    /// Why.
    pub why: WhyNotSent,
    /// What the import file has, where that is neither the old cell nor the new one.
    pub found: Option<&'s str>,
}

/// Why a change was not sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNotSent {
    /// The import file does not have the user.
    NotInImport,
    /// The import file has the cell as it was.
    AsItWas,
    /// The import file has a third cell.
    AnotherCell,
    /// The cell was as it would become before we came.
    ThereAlready,
    /// The record does not say whose it is.
    NoKey,
}

impl WhyNotSent {
    /// Its name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotInImport => "not-in-import",
            Self::AsItWas => "as-it-was",
            Self::AnotherCell => "another-cell",
            Self::ThereAlready => "there-already",
            Self::NoKey => "no-key",
        }
    }

    /// The same in a sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::NotInImport => "the import file does not have the user",
            Self::AsItWas => "the import file has the cell as it was",
            Self::AnotherCell => {
                "the import file has a cell that is neither the old one nor the planned one"
            }
            Self::ThereAlready => {
                "the cell was as it would become before the import file was made: nothing was \
                 changed"
            }
            Self::NoKey => "the record's key is empty, and the import file has no such record",
        }
    }
}

/// What the plan changes, and what of it the import file can carry.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plans {
    /// Changes in the export that the import file was made from.
    pub changes: Vec<Change>,
    /// Changes in the export that was planned for, of users whose cell the import file's own
    /// export does not let the plan change. They are never sent, and listed all the same.
    pub elsewhere: Vec<Change>,
}

impl Plans {
    /// Of an import file that was made from another export than the one that was planned for:
    /// changes of users that stand in both are those of the export that it was made from.
    pub fn rebased(changes: Vec<Change>, planned: Vec<Change>, key: &KeyColumn) -> Self {
        let here: HashSet<u64> =
            changes.iter().filter_map(|it| Some(hash_of(key, it.key.as_ref()?))).collect();
        let is_elsewhere =
            |it: &Change| it.key.as_ref().is_some_and(|text| !here.contains(&hash_of(key, text)));
        let elsewhere = planned.into_iter().filter(is_elsewhere).collect();
        Self { changes, elsewhere }
    }
}

/// How it is known that the import file is the plan's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Belongs {
    /// The journal knows it by its digest, or we made it.
    Known,
    /// By the changes that are in it: there must be one at least.
    ByItsChanges,
}

/// Why the import file cannot be compared.
#[derive(Debug, thiserror::Error)]
pub enum SentError {
    /// It cannot be read.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// None of the plan's changes is in it.
    #[error(
        "the import file was not made with this plan: none of the {planned} planned changes is in \
         it{}",
        .other.as_ref().map(ToString::to_string).unwrap_or_default()
    )]
    NoChange {
        /// How many there are.
        planned: usize,
        /// The first cell that is neither what the export has nor what the plan makes of it.
        other: Option<OtherCell>,
    },
}

/// A cell of the import file that is neither what the export has nor what the plan makes of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("; {place}\n  planned  {planned}\n  found    {found}")]
pub struct OtherCell {
    /// Record, line and key.
    pub(super) place: String,
    /// What the plan makes of the cell.
    pub(super) planned: String,
    /// What the import file has.
    pub(super) found: String,
}
