//! `photofix show`: a plan, a report or approvals, for people. No network, and no judgement: what
//! is stale or edited is shown too, and said to be.

use std::io::{self, Write};
use std::path::Path;

use serde::Deserialize;

use super::failure::{Failure, Status};
use super::kind;
use super::plan_file::{JournalFile, read};
use super::print;
use super::voice::Voice;
use crate::approval::{self, Approvals};
use crate::cli::Show;
use crate::plan::{self, Plan};
use crate::report::answers::{AnswerLine, Answers};
use crate::report::read_back::ReadBack;
use crate::report::terminal::{Detail, Sample, render_summary};
use crate::report::{self, Kind, Redaction, Report, Row, document_to_json, renderer};
use crate::seal;

/// Runs it.
///
/// # Errors
/// [`Failure`] when the file is none that can be shown.
pub(super) fn run(options: &Show, voice: Voice) -> Result<Status, Failure> {
    #[derive(Deserialize)]
    struct Head {
        schema: String,
    }
    let bytes = read(&options.file)?;
    let unknown = |why: String| Failure::not_to_show(&options.file, &why);
    let head: Head = serde_json::from_slice(&bytes).map_err(|error| {
        unknown(kind::Kind::or(&bytes, format!("it is no JSON document: {error}")))
    })?;
    let format = options.format.as_str();
    let shown = match head.schema.as_str() {
        plan::SCHEMA => {
            let plan = Plan::parse_to_show(&bytes).map_err(|error| unknown(error.to_string()))?;
            let mut report = plan.report;
            report.notes.splice(0..0, seal_note(&bytes));
            report.notes.insert(0, format!("this plan was made at {}", plan.made));
            report.notes.extend(applied_notes(&options.file, &seal::sha256(&bytes))?);
            show_report(&report, &[], format, &bytes, voice)
        }
        report::SCHEMA => {
            let read: ReadBack =
                serde_json::from_slice(&bytes).map_err(|error| unknown(error.to_string()))?;
            let rows: Vec<Row<'_>> = read.rows().collect();
            show_report(&read.report, &rows, format, &bytes, voice)
        }
        approval::SCHEMA => {
            let approvals =
                Approvals::parse_to_show(&bytes).map_err(|error| unknown(error.to_string()))?;
            show_approvals(&approvals, format, &bytes, voice)
        }
        other => {
            let kind = kind::of_schema(other).map(|kind| format!("it is {kind}: "));
            return Err(unknown(format!("{}its schema is `{other}`", kind.unwrap_or_default())));
        }
    };
    print(&shown.map_err(|error| Failure::file("write", Path::new("standard output"), &error))?)
}

fn show_report(
    report: &Report,
    rows: &[Row<'_>],
    format: &str,
    bytes: &[u8],
    voice: Voice,
) -> io::Result<Vec<u8>> {
    let mut out = Vec::new();
    match format {
        "json" => document_to_json(bytes, &mut out)?,
        "md" => {
            let shared = Shared::default();
            let spool = Box::new(io::Cursor::new(Vec::new()));
            let mut renderer =
                renderer(Kind::Markdown, Redaction::Keep, Box::new(shared.clone()), spool);
            renderer.begin(report)?;
            rows.iter().try_for_each(|row| renderer.row(row))?;
            renderer.finish(None)?;
            out = shared.0.take();
        }
        _ => {
            let mut sample = Sample::default();
            rows.iter().for_each(|row| sample.keep(row));
            render_summary(report, &sample, Detail::Full, &voice.data_style(), &mut out)?;
        }
    }
    Ok(out)
}

fn show_approvals(
    approvals: &Approvals,
    format: &str,
    bytes: &[u8],
    voice: Voice,
) -> io::Result<Vec<u8>> {
    let hosts = approvals.hosts.iter().map(|answer| AnswerLine {
        what: answer.endpoint.to_string(),
        decision: answer.decision.as_str().into(),
        note: answer.note.clone(),
    });
    let rows = approvals.rows.iter().map(|answer| AnswerLine {
        what: format!("record {}", answer.record),
        decision: answer.decision.as_str().into(),
        note: answer.note.clone(),
    });
    let answers = Answers {
        notes: seal_note(bytes).into_iter().collect(),
        reviewer: approvals.reviewer.clone(),
        time: approvals.time.clone(),
        plan: approvals.plan.sha256.clone(),
        export: approvals.plan.export_sha256.clone(),
        lines: hosts.chain(rows).collect(),
    };
    let mut out = Vec::new();
    match format {
        "json" => document_to_json(bytes, &mut out)?,
        "md" => answers.to_markdown(&mut out)?,
        _ => answers.render(&voice.data_style(), &mut out)?,
    }
    Ok(out)
}

/// That a sealed file was edited since.
fn seal_note(bytes: &[u8]) -> Option<String> {
    let error = seal::check(bytes).err()?.to_string();
    let first = error.lines().next().unwrap_or_default();
    Some(format!("{first}: `photofix apply` will refuse it"))
}

/// When a plan was applied.
fn applied_notes(plan: &Path, sha256: &str) -> Result<Vec<String>, Failure> {
    if plan == Path::new("-") {
        return Ok(Vec::new());
    }
    let journal = JournalFile::beside(plan)?.journal;
    let notes = journal.of(sha256).map(|entry| {
        format!(
            "it was applied ({}) at {} to `{}`, which gave `{}`",
            entry.command.as_str(),
            entry.time,
            entry.export.file,
            entry.output.file
        )
    });
    Ok(notes.collect())
}

/// Bytes that a renderer writes and that are asked for afterwards.
#[derive(Clone, Default)]
struct Shared(std::rc::Rc<std::cell::RefCell<Vec<u8>>>);

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
