//! `photofix apply --shard`: a plan applied to a piece of its export, for runs that are spread over
//! many processes or machines. The pieces' import files, joined, are that of the whole run.
//!
//! What the plan knows of the whole export (its digest, its changes) cannot be checked against a
//! piece, nor is a piece the plan's being applied: `apply --joined` checks both of what was joined,
//! and notes it. Approvals name the digest of their plan, so that with them every piece follows the
//! plan that was reviewed. A piece that was cut inside a record is refused.

use std::io::{Cursor, Read};
use std::path::Path;

use super::apply::Application;
use super::carry::not_planned;
use super::export_file::ExportFile;
use super::failure::{Failure, Status};
use super::plan_file::PlanFile;
use super::second_pass::look;
use super::voice::Voice;
use crate::cli::Apply;
use crate::export::{Choices, Defect, Delimiter, Dialect, Encoding, ExportError, Reader, Record};
use crate::plan::PlanError;
use crate::report::ExportFacts;
use crate::rewrite::{AtOnce, Rewrite, Rewriter, Rewritten, Treatment};
use crate::settings::{Layers, Shard};

/// Applies the plan to a piece of its export.
///
/// # Errors
/// [`Failure`] when the piece is none of the plan's export as far as that can be seen, was cut
/// inside a record, or a file cannot be read or written.
pub(super) fn apply(
    application: &Application,
    path: &Path,
    shard: Shard,
    options: &Apply,
    layers: &Layers,
    voice: Voice,
) -> Result<Status, Failure> {
    let consent = application.consent.as_ref();
    if let Some((path, _)) = consent.filter(|(_, consent)| consent.answers_rows()) {
        return Err(Failure::rows_in_a_piece(path));
    }
    let mut treatments = application.treatments()?;
    treatments.unplanned = Some(Treatment::Leave(not_planned()));
    let export = ExportFile::open(path)?;
    let piece = Piece::new(application, &export, shard)?;
    let mut destination = application.open(&export, options, layers, &[])?;
    if shard != Shard::WithHeader {
        destination.leave_header_out();
    }

    let mut reader = piece.read("checking", voice)?;
    let mut rewriter = Watching::new(Rewriter::new(&treatments, reader.dialect()));
    let mut consenting = consent.map(|(_, consent)| consent.guard());
    let seen = look(&mut reader, &export, &mut rewriter, &mut consenting)?;
    if let Some(defect) = rewriter.open_quote {
        return Err(piece.cut_inside(&defect));
    }

    let mut report = application.plan.plan.report.clone();
    report.command = application.how.as_str().into();
    report.export.file.clone_from(&export.name);
    report.ledger = seen.ledger;
    if let Some(consenting) = &consenting {
        consenting.tell(&mut report, seen.ledger);
    }
    report.notes.insert(
        0,
        format!(
            "`{}` is a piece of the export that was planned for: its records are counted from the \
             piece's first, and the rest of this report is about the whole export",
            export.name
        ),
    );
    let mut reader = piece.read("writing", voice)?;
    let mut rewriter = Rewriter::new(&treatments, reader.dialect());
    let mut consenting = consent.map(|(_, consent)| consent.guard());
    let done = destination.write(&mut reader, &export, &report, &mut rewriter, &mut consenting)?;
    if done != seen {
        return Err(export.changed());
    }
    export.check_unchanged()?;
    application.commit(destination, &report, voice)?;
    Ok(Status::of(&seen.ledger))
}

/// A piece of an export, and how it is read.
struct Piece<'a> {
    plan: &'a PlanFile,
    export: &'a ExportFile,
    choices: Choices,
    /// The header of the whole, to be read before a piece that has none.
    header: Vec<u8>,
    /// The columns of the whole.
    columns: Option<&'a [String]>,
}

impl<'a> Piece<'a> {
    fn new(
        application: &'a Application,
        export: &'a ExportFile,
        shard: Shard,
    ) -> Result<Self, Failure> {
        let facts = &application.plan.plan.report.export;
        let columns = facts.header.as_deref();
        if columns.is_none() && shard != Shard::WithoutHeader {
            return Err(Failure::usage(
                "the export that was planned for has no header".to_owned(),
                "give --shard without-header",
            ));
        }
        let mut choices = application.choices.clone();
        let unknown = || PlanError::NotAPlan("its export has an unknown form".to_owned());
        let (encoding, delimiter) =
            form(facts).ok_or_else(|| application.plan.refuse(&unknown()))?;
        choices.encoding = Some(encoding);
        choices.delimiter = Some(delimiter);
        let header = match (columns, shard) {
            (Some(columns), Shard::WithoutHeader) => header_of(columns, encoding, delimiter),
            _ => Vec::new(),
        };
        Ok(Self { plan: &application.plan, export, choices, header, columns })
    }

    fn read(
        &self,
        label: &'static str,
        voice: Voice,
    ) -> Result<Reader<impl Read + use<>>, Failure> {
        let bytes = self.export.bytes_from_start(voice.progress(), label)?;
        let source = Cursor::new(self.header.clone()).chain(bytes);
        let reader = match Reader::open(source, &self.choices) {
            Ok(reader) => reader,
            Err(error @ ExportError::Read { .. }) => return Err(self.export.failure(&error)),
            Err(error) => return Err(self.other(error.to_string())),
        };
        self.check(reader.dialect())?;
        Ok(reader)
    }

    /// Whether the piece has the columns of the whole.
    fn check(&self, dialect: &Dialect) -> Result<(), Failure> {
        let (expected, found) = (self.columns, dialect.header.as_deref());
        if expected == found {
            return Ok(());
        }
        let listed = |columns: Option<&[String]>| columns.unwrap_or_default().join(", ");
        Err(self.other(format!(
            "its header is another one\n  expected  {}\n  found     {}",
            listed(expected),
            listed(found)
        )))
    }

    fn other(&self, why: String) -> Failure {
        self.plan.refuse(&PlanError::OtherPiece(why))
    }

    fn cut_inside(&self, defect: &Defect) -> Failure {
        Failure::failed(
            format!(
                "`{}` was not cut between two records: {defect}; no output was written",
                self.export.name
            ),
            "cut the export where a record ends: a line break in quotes ends none",
        )
    }
}

/// Encoding and delimiter as a plan names them.
fn form(facts: &ExportFacts) -> Option<(Encoding, Delimiter)> {
    Some((facts.encoding.parse().ok()?, facts.delimiter.parse().ok()?))
}

/// A header record of these columns (RFC 4180, 2).
fn header_of(columns: &[String], encoding: Encoding, delimiter: Delimiter) -> Vec<u8> {
    let quoted: Vec<String> =
        columns.iter().map(|name| format!("\"{}\"", name.replace('"', "\"\""))).collect();
    let text = quoted.join(&char::from(delimiter.as_byte()).to_string());
    encoding.encode(&format!("{text}\r\n")).into_owned()
}

/// Looks out for a quote that is open at the end.
struct Watching<'t> {
    rewriter: Rewriter<'t>,
    open_quote: Option<Defect>,
}

impl<'t> Watching<'t> {
    fn new(rewriter: Rewriter<'t>) -> Self {
        Self { rewriter, open_quote: None }
    }
}

impl Rewrite for Watching<'_> {
    fn rewrite<'r>(&'r mut self, record: &Record<'r>) -> Rewritten<'r> {
        if let Some(defect @ Defect::UnclosedQuote { .. }) = record.defect() {
            self.open_quote = Some(defect);
        }
        self.rewriter.rewrite(record)
    }

    fn at_once(&self, field: &[u8]) -> AtOnce<'_> {
        self.rewriter.at_once(field)
    }
}
