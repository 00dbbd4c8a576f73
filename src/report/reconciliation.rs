//! What `photofix reconcile` says: what became of every change that was imported.

mod human;

use std::borrow::Cow;
use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::json::write_document;
use super::words::counted;
use super::{Redaction, Tool, Word};

/// The schema of `photofix reconcile --format json`; published under `schema/`.
pub const SCHEMA: &str = "photofix.reconcile/1";

/// Bytes of WebEx's words about a record that the JSON keeps: what is longer is cut, and its length said.
const WORDS_KEPT: usize = 64 << 10;

/// What became of an import.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Reconciliation {
    /// The plan.
    pub plan: String,
    /// The export that the plan was made for.
    pub export: String,
    /// The export that the import file was made from, and in which records are counted: the same,
    /// or of a rebase the newer one, or else its rollback.
    pub made_from: String,
    /// The import file, or the manifest of its parts, or the first of them where there is none; none
    /// where it is what the plan makes of the whole export.
    pub import: Option<String>,
    /// The import file's parts; nothing where it is one file.
    pub parts: Vec<String>,
    /// The status file.
    pub status: Option<String>,
    /// The export taken afterwards.
    pub after: Option<String>,
    /// The column by which records are matched.
    pub key: String,
    /// The column that was taken for WebEx's status.
    pub status_column: Option<String>,
    /// What must be read first.
    pub notes: Vec<String>,
    /// Until when Jabber may show the old photos (RFC 3339), by the time of a file.
    pub photos_settle_at: Option<String>,
    /// How many changes there are of each class.
    pub changes: Changes,
    /// Records with cells that differ from what was imported, besides the changed photo cells;
    /// none where there is no after export.
    pub collateral_records: Option<u64>,
    /// Imported records that the after export does not have.
    pub missing_records: Option<u64>,
    /// The values of the status column, and how they are read.
    pub status_values: Vec<StatusValue>,
    /// Every change that was sent.
    pub records: Vec<Fate>,
    /// The first changes that were not sent.
    pub not_sent: Vec<NotSent>,
    /// The first cells that differ.
    pub collateral: Vec<Difference>,
    /// The first records that are missing.
    pub missing: Vec<Missing>,
    /// The first keys that stand in a file twice.
    pub duplicates: Vec<Duplicate>,
    /// The retry file, where one was written.
    pub retry: Option<Retry>,
}

/// Changes by class.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Changes {
    /// Changes that were sent: the sum of the classes.
    pub sent: u64,
    /// It arrived.
    pub applied: u64,
    /// WebEx refused it.
    pub refused: u64,
    /// Nothing was done.
    pub ignored: u64,
    /// It was taken, and the cell shows something else now.
    pub reverted: u64,
    /// What there is does not tell.
    pub unclear: u64,
    /// Changes of the plan that the import file does not carry.
    pub not_sent: u64,
    /// Changes, at the least, that were made, by the journal, and that nothing at hand tells from
    /// what was there before.
    pub unfollowed: u64,
}

/// A change of the plan that the import file does not carry.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct NotSent {
    /// Data record of the export, from 1: of the one that the import file was made from, or, where
    /// the plan changes nothing of the user there, of the one that was planned for.
    pub record: u64,
    /// Line of it, from 1.
    pub line: u64,
    /// The record's key.
    pub key: Option<String>,
    /// The stable word.
    pub reason: Word,
    /// The same in a sentence.
    pub explanation: Word,
    /// The photo cell before.
    pub old: String,
    /// The photo cell that the plan makes of it.
    pub new: String,
    /// What the import file has, where that is neither.
    pub found: Option<String>,
}

/// A value of the status column.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StatusValue {
    /// The value; of a very long one the JSON has the beginning.
    #[serde(serialize_with = "kept")]
    pub value: String,
    /// `accepted`, `refused`, `skipped`, `unknown`.
    pub reading: Word,
    /// Sent changes that carry it.
    pub changes: u64,
    /// Those of them whose cell shows what was sent.
    pub shows_new: u64,
    /// Those of them whose cell shows what was there before.
    pub shows_old: u64,
}

/// What became of one change.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Fate {
    /// Data record of the export, from 1.
    pub record: u64,
    /// Line of the export, from 1.
    pub line: u64,
    /// The record's key.
    pub key: Option<String>,
    /// `applied`, `refused`, `ignored`, `reverted`, `unclear`.
    pub class: Word,
    /// The stable word.
    pub reason: Word,
    /// The same in a sentence.
    pub explanation: Word,
    /// `seen` in the after export, `said` by the status file, `none`.
    pub certainty: Word,
    /// WebEx's words; of very many the JSON has the beginning.
    #[serde(serialize_with = "kept_of_some")]
    pub status: Option<String>,
    /// The photo cell before.
    pub old: String,
    /// The photo cell that was sent.
    pub new: String,
    /// What the after export shows, where it is neither.
    pub found: Option<String>,
    /// Whether it belongs in a retry file.
    pub retry: bool,
}

/// A cell that differs from what was imported.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Difference {
    /// Data record of the import file, from 1.
    pub record: u64,
    /// Line of the import file, from 1.
    pub line: u64,
    /// The record's key.
    pub key: Option<String>,
    /// The column.
    pub column: String,
    /// What was imported.
    pub imported: String,
    /// What the after export shows.
    pub found: String,
}

/// An imported record that the after export does not have.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Missing {
    /// Data record of the import file, from 1.
    pub record: u64,
    /// Line of the import file, from 1.
    pub line: u64,
    /// The record's key.
    pub key: Option<String>,
}

/// A key that stands in a file once more.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Duplicate {
    /// `import`, `status`, `after`.
    pub file: Word,
    /// The data record that repeats it, from 1.
    pub record: u64,
    /// The key.
    pub key: Option<String>,
}

/// The retry file.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Retry {
    /// Its path.
    pub file: String,
    /// Its records.
    pub records: u64,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: Word,
    tool: Tool,
    #[serde(flatten)]
    reconciliation: &'a Reconciliation,
}

impl Reconciliation {
    /// Whether everything that was sent arrived, and nothing else moved.
    pub fn is_settled(&self) -> bool {
        self.changes.applied == self.changes.sent
            && self.changes.unfollowed == 0
            && self.collateral_records.unwrap_or(0) == 0
            && self.missing_records.unwrap_or(0) == 0
    }

    /// As it may be shown: without keys, and without e-mail addresses in cells.
    pub fn redact(&mut self, redaction: Redaction) {
        if redaction == Redaction::Keep {
            return;
        }
        let mask = |text: &mut String| *text = redaction.text(text);
        for fate in &mut self.records {
            fate.key = None;
            [&mut fate.old, &mut fate.new].into_iter().for_each(mask);
            fate.status.iter_mut().chain(&mut fate.found).for_each(mask);
        }
        for left in &mut self.not_sent {
            left.key = None;
            [&mut left.old, &mut left.new].into_iter().chain(&mut left.found).for_each(mask);
        }
        for difference in &mut self.collateral {
            difference.key = None;
            [&mut difference.imported, &mut difference.found].into_iter().for_each(mask);
        }
        self.missing.iter_mut().for_each(|missing| missing.key = None);
        self.duplicates.iter_mut().for_each(|duplicate| duplicate.key = None);
        self.status_values.iter_mut().for_each(|value| mask(&mut value.value));
    }

    /// Writes one JSON document ([`SCHEMA`]).
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn to_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let document = Document { schema: SCHEMA.into(), tool: Tool::this(), reconciliation: self };
        write_document(&document, out)
    }
}

/// A text of at most `most` bytes, else its beginning and its length.
fn cut(text: &str, most: usize) -> Cow<'_, str> {
    if text.len() <= most {
        return Cow::Borrowed(text);
    }
    let end = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    Cow::Owned(format!("{}… ({} in all)", &text[..end], counted(text.len() as u64, "byte")))
}

fn kept<S: Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&cut(text, WORDS_KEPT))
}

#[expect(clippy::ref_option, reason = "serde gives the field as it is")]
fn kept_of_some<S: Serializer>(text: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    match text {
        Some(text) => serializer.serialize_some(&cut(text, WORDS_KEPT)),
        None => serializer.serialize_none(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_words_are_cut_between_characters() {
        for (text, most, expected) in [
            ("", 0, "".to_owned()),
            ("refused", 7, "refused".to_owned()),
            ("refused", 6, "refuse… (7 bytes in all)".to_owned()),
            ("é", 1, "… (2 bytes in all)".to_owned()),
            (&"x".repeat(1200), 2, "xx… (1,200 bytes in all)".to_owned()),
        ] {
            assert_eq!(cut(text, most), expected);
        }
    }
}
