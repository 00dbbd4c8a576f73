//! The kinds of reports, and what every renderer is.

use std::io::{self, Read, Seek, Write};

use super::csv::Csv;
use super::diff::Diff;
use super::html::Html;
use super::json::{Json, Jsonl};
use super::markdown::Markdown;
use super::redaction::Redacted;
use super::{PlanIdentity, Redaction, Report, Row};
use crate::ledger::Class;

/// A kind of report that `--report` writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// `.json`: one document, `photofix.report/1`.
    Json,
    /// `.jsonl`: one JSON object per line.
    Jsonl,
    /// `.csv`: a row per record that changed or needs a person, for spreadsheets.
    Csv,
    /// `.html`: the review page.
    Html,
    /// `.md`: Markdown for people.
    Markdown,
    /// `.diff`: a unified diff.
    Diff,
}

impl Kind {
    /// Every kind, with the ending of its files.
    pub const ALL: [(&'static str, Self); 6] = [
        (".json", Self::Json),
        (".jsonl", Self::Jsonl),
        (".csv", Self::Csv),
        (".html", Self::Html),
        (".md", Self::Markdown),
        (".diff", Self::Diff),
    ];

    /// The kind that a file's name asks for by its ending, whatever the letter case.
    ///
    /// # Errors
    /// [`UnknownKind`] lists the endings there are.
    pub fn of_file_name(name: &str) -> Result<Self, UnknownKind> {
        let lower = name.to_ascii_lowercase();
        Self::ALL
            .into_iter()
            .find(|(ending, _)| lower.ends_with(ending))
            .map(|(_, kind)| kind)
            .ok_or_else(|| UnknownKind(name.to_owned()))
    }
}

/// A file name whose ending asks for no report that can be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` does not end like a report; the endings are .json and .jsonl (for scripts), .csv (for \
     spreadsheets), .html (to review), .md (to read) and .diff"
)]
pub struct UnknownKind(String);

/// A place to keep bytes for a while, such as a spooled temporary file, empty at first.
pub trait ReadWriteSeek: Read + Write + Seek {}

impl<T: Read + Write + Seek> ReadWriteSeek for T {}

/// Writes one report: begins with what is known before the rows, takes every row that it wants in the
/// order of the file, finishes.
///
/// Collects no rows: what has to stand after others is spooled.
pub trait Renderer {
    /// Whether it shows whole records, and so needs a change's `new_raw`.
    fn shows_records(&self) -> bool {
        false
    }

    /// Whether it shows the next row of a class; while it does not, it need not be given one.
    fn wants(&self, _: Class) -> bool {
        true
    }

    /// Writes what stands before the rows.
    ///
    /// # Errors
    /// When the report cannot be written.
    fn begin(&mut self, report: &Report) -> io::Result<()>;

    /// Writes or spools one row.
    ///
    /// # Errors
    /// When the report cannot be written.
    fn row(&mut self, row: &Row<'_>) -> io::Result<()>;

    /// Writes what stands after the rows, and flushes. A report that was not finished is truncated.
    ///
    /// `plan` is the plan that the report belongs to: it promises the rows, so it is known after
    /// them.
    ///
    /// # Errors
    /// When the report cannot be written.
    fn finish(&mut self, plan: Option<&PlanIdentity>) -> io::Result<()>;
}

/// The renderer of a kind, writing to `out`. `spool` is an empty place for rows that have to wait.
pub fn renderer(
    kind: Kind,
    redaction: Redaction,
    out: Box<dyn Write>,
    spool: Box<dyn ReadWriteSeek>,
) -> Box<dyn Renderer> {
    let renderer: Box<dyn Renderer> = match kind {
        Kind::Json => Box::new(Json::new(out, spool)),
        Kind::Jsonl => Box::new(Jsonl::new(out)),
        Kind::Csv => Box::new(Csv::new(out)),
        Kind::Html => Box::new(Html::new(out)),
        Kind::Markdown => Box::new(Markdown::new(out, spool)),
        Kind::Diff => Box::new(Diff::new(out, redaction)),
    };
    match redaction {
        Redaction::Keep => renderer,
        Redaction::Redact => Box::new(Redacted(renderer)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_the_kind() {
        for (name, kind) in [
            ("report.json", Some(Kind::Json)),
            ("report.jsonl", Some(Kind::Jsonl)),
            ("out/REPORT.CSV", Some(Kind::Csv)),
            ("a.b.md", Some(Kind::Markdown)),
            (".diff", Some(Kind::Diff)),
            ("review.html", Some(Kind::Html)),
            ("report.pdf", None),
            ("report", None),
            ("json", None),
            ("report.json.gz", None),
            ("", None),
        ] {
            assert_eq!(Kind::of_file_name(name).ok(), kind, "{name:?}");
        }
        let error = Kind::of_file_name("report.pdf").unwrap_err().to_string();
        for (ending, _) in Kind::ALL {
            assert!(error.contains(ending), "{ending} in {error}");
        }
    }
}
