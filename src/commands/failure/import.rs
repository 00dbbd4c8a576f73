//! What became of an import.

use std::path::Path;

use super::{Failure, Status};
use crate::journal::{Entry, FileDigest, Run};
use crate::reconcile::{SentError, StatusColumnError};

impl Failure {
    /// The import file is not the plan's, or cannot be read.
    pub fn import(file: &str, error: &SentError) -> Self {
        match error {
            SentError::Export(error) => Self::export(file, error),
            other => Self::new(
                Status::Stale,
                format!("`{file}`: {other}"),
                Some("give the import file of this plan, or the plan of this import file"),
            ),
        }
    }

    /// The first line of a status file names no column that tells whose a record is.
    pub fn status_header(status: &str, header: &[String]) -> Self {
        Self::failed(
            format!(
                "the status file `{status}` cannot be matched with users: its first line has neither \
                 `email` nor another column that tells whose a record is\n  found     `{}`",
                header.join("`, `")
            ),
            "its first line must be the header, with the key column of the import file: delete a \
             title that stands above it, in a text editor",
        )
    }

    /// The import file that the journal names is not at hand.
    pub fn no_import(output: &FileDigest) -> Self {
        Self::usage(
            format!(
                "the import file that the plan's journal names is not here\n  expected  `{}` \
                 sha256 {}\n  found     no such file, or another",
                output.file, output.sha256
            ),
            "give the file that was imported with --import",
        )
    }

    /// A part that a manifest lists is not at hand.
    pub fn no_part(manifest: &str, part: &FileDigest) -> Self {
        Self::usage(
            format!(
                "a part of the import file that `{manifest}` lists is not here\n  expected  `{}` \
                 sha256 {}\n  found     no such file, or another",
                part.file, part.sha256
            ),
            "put the part beside its manifest as it was written, or give the parts that were \
             imported with --import",
        )
    }

    /// A manifest lists nothing.
    pub fn no_parts(manifest: &str) -> Self {
        Self::usage(
            format!("`{manifest}` is a manifest that lists no parts"),
            "give the manifest as it was written, or the parts with --import",
        )
    }

    /// The import file is one that takes the plan back.
    pub fn import_of_reverse(import: &str, reverse: &Entry) -> Self {
        Self::new(
            Status::Stale,
            format!(
                "`{import}` takes the plan back\n  expected  an import file with changes of the \
                 plan\n  found     the one that `apply --reverse` wrote at {}",
                reverse.time
            ),
            Some("give the import file that `apply` wrote before it, with --import"),
        )
    }

    /// A plan was taken back, and nothing of it stands.
    pub fn taken_back(plan: &Path, last: &Run<'_>) -> Self {
        let back = last.taken_back.unwrap_or(last.entry);
        let message = format!(
            "cannot reconcile with `{}`: it was taken back\n  expected  a run in its journal that \
             was not taken back\n  found     applied at {} (`{}`), taken back at {} (`{}`)",
            plan.display(),
            last.entry.time,
            last.entry.output.file,
            back.time,
            back.output.file
        );
        let hint = "to see what had arrived before, give that import file with --import";
        Self::new(Status::Stale, message, Some(hint))
    }

    /// The export that a run was made from is another one than the journal says.
    pub fn other_base(given: &str, sha256: &str, run: &Entry) -> Self {
        let message = format!(
            "`{given}` is not the export that the import file was made from\n  expected  `{}` \
             sha256 {}\n  found     sha256 {sha256}",
            run.export.file, run.export.sha256
        );
        let hint = "give the export that `apply --rebase` read, or the rollback that it wrote";
        Self::new(Status::Stale, message, Some(hint))
    }

    /// Several files have no column in common that tells whose a record is.
    pub fn no_common_key(export: &str) -> Self {
        Self::failed(
            format!(
                "records cannot be matched with those of `{export}`: neither `email` nor \
                 `userName` nor `employeeID` is in all the files"
            ),
            "give files with one of these columns",
        )
    }

    /// No column of the status file can be taken for the status.
    pub fn status_column(file: &str, error: &StatusColumnError) -> Self {
        let hint = match error {
            StatusColumnError::NoneNew => "give the file that WebEx sent when the import ended",
            _ => "name the column with WebEx's words with --status-column",
        };
        Self::usage(format!("`{file}`: {error}"), hint)
    }
}
