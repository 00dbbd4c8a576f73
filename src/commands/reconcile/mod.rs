//! `photofix reconcile`: what became of every change after the import. No network.

mod files;
mod import_file;
mod telling;

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use super::failure::{Failure, Status};
use super::output::{Existing, Outputs};
use super::plan_file::PlanFile;
use super::print;
use super::voice::Voice;
use crate::cli::{Reconcile, ReportOptions};
use crate::reconcile::{
    Belongs, Collateral, Plans, Sent, Shared, itemise, retry_from_after, retry_from_import,
};
use crate::report::Redaction;
use crate::report::reconciliation::Retry;
use crate::rewrite::Treatments;
use crate::settings::Layers;
use files::{Base, Files};
use import_file::{ImportFile, KnownFrom};

/// Runs it.
///
/// # Errors
/// [`Failure`] with status 4 when a file does not belong to the plan; nothing is written then.
pub(super) fn run(options: &Reconcile, layers: &Layers, voice: Voice) -> Result<Status, Failure> {
    check_usage(options)?;
    let reporting =
        ReportOptions { redact: options.redact, force: options.force, ..ReportOptions::default() };
    let reporting = layers.fill(&reporting)?;
    reconcile(options, &reporting, layers, voice).map_err(reworded)
}

/// The failure of a plan, which is not to be applied here.
fn reworded(mut failure: Failure) -> Failure {
    if let Some(rest) = failure.message.strip_prefix("cannot apply ") {
        failure.message = format!("cannot reconcile with {rest}");
    }
    failure
}

fn check_usage(options: &Reconcile) -> Result<(), Failure> {
    if options.status.is_none() && options.after.is_none() {
        return Err(Failure::usage(
            "there is nothing to compare the import with".to_owned(),
            "give the status file with --status, an export taken afterwards with --after, or both",
        ));
    }
    let others =
        [&options.status, &options.after, &options.original, &options.rebased_from, &options.retry];
    let mut all = others.into_iter().flatten().chain(&options.import).chain([&options.plan]);
    if all.any(|path| path.as_path() == Path::new("-")) {
        return Err(Failure::usage(
            "`reconcile` compares files with one another: none of them can be `-`".to_owned(),
            "give the path of each",
        ));
    }
    Ok(())
}

fn reconcile(
    options: &Reconcile,
    reporting: &ReportOptions,
    layers: &Layers,
    voice: Voice,
) -> Result<Status, Failure> {
    let plan = PlanFile::read(&options.plan)?;
    let (choices, domains) = plan.options()?;
    let treatments = plan.plan.treatments(domains).map_err(|error| plan.refuse(&error))?;
    let (files, import) = Files::open(options, &plan, choices, voice)?;
    let mut retry = RetryFile::open(options, reporting, layers, &files, import.as_ref())?;

    let (plans, import) = files.changes(&plan, &treatments, import, voice)?;
    let (sent, collateral) = compare(&files, &import, plans, voice)?;
    let mut found = telling::reconciliation(options, &plan, &files, &import, &sent, collateral);
    let missing = found.records.iter().filter(|fate| fate.retry).count() as u64;
    if let Some(retry) = &mut retry
        && missing > 0
    {
        retry.write(&files, &import, &sent, &treatments, missing, voice)?;
        found.retry = Some(Retry { file: retry.name(), records: missing });
    }
    if reporting.redact == Some(true) {
        found.redact(Redaction::Redact);
    }
    let mut data = Vec::new();
    let rendered = match options.format.as_str() {
        "json" => found.to_json(&mut data),
        _ => found.render(&voice.data_style(), &mut data),
    };
    rendered.map_err(|error| Failure::file("write", Path::new("standard output"), &error))?;
    if let Some(retry) = retry.filter(|_| missing > 0) {
        drop(retry.out);
        retry.outputs.commit()?;
    }
    print(&data)?;
    // Of an import file whose own export is lost, nobody knows that everything arrived.
    let is_known = files.base != Base::Lost;
    Ok(if is_known && found.is_settled() { Status::Done } else { Status::Left })
}

/// Goes through the import file, the status file and the after export.
fn compare(
    files: &Files,
    import: &ImportFile,
    plans: Plans,
    voice: Voice,
) -> Result<(Sent, Collateral), Failure> {
    let as_export = files.import_choices();
    let progress = voice.progress();
    let shared = files.after.as_ref().map(|(_, after)| Shared::of(&files.dialect, after));
    let belongs = match (import.from, &import.run) {
        (KnownFrom::Given, None) => Belongs::ByItsChanges,
        _ => Belongs::Known,
    };
    let mut reader = import.file.pass(&as_export, progress)?;
    let mut sent = Sent::read(&mut reader, files.key.clone(), plans, belongs, shared)
        .map_err(|error| Failure::import(&import.file.all_names(), &error))?;
    drop(reader);
    if let (Some((status, _)), Some((_, column))) = (&files.status, &files.status_column) {
        let mut reader = status.pass(&files.status_choices, progress, "status file")?;
        sent.hear(&mut reader, *column).map_err(|error| status.failure(&error))?;
    }
    let Some((after, _)) = &files.after else { return Ok((sent, Collateral::default())) };
    let mut reader = after.pass(&files.other, progress, "after export")?;
    sent.look(&mut reader).map_err(|error| after.failure(&error))?;
    drop(reader);
    let mut sent_again = import.file.pass(&as_export, progress)?;
    let mut seen_again = after.pass(&files.other, progress, "comparing")?;
    let collateral =
        itemise(&sent, &mut sent_again, &mut seen_again).map_err(|error| after.failure(&error))?;
    Ok((sent, collateral))
}

/// The retry file in the making.
struct RetryFile<'o> {
    path: &'o Path,
    outputs: Outputs,
    out: BufWriter<File>,
}

impl<'o> RetryFile<'o> {
    /// Opens it before the work, so that what cannot be written is said at once.
    fn open(
        options: &'o Reconcile,
        reporting: &ReportOptions,
        layers: &Layers,
        files: &Files,
        import: Option<&ImportFile>,
    ) -> Result<Option<Self>, Failure> {
        let Some(path) = &options.retry else { return Ok(None) };
        let mut outputs = Outputs::new(Existing::of(reporting.force));
        outputs.protect(&options.plan, "the plan");
        outputs.protect(&files.export.path, "the export");
        if let Some(planned) = &files.planned_export {
            outputs.protect(&planned.path, "the export that was planned for");
        }
        for path in import.iter().flat_map(|import| import.file.paths()) {
            outputs.protect(path, "the import file");
        }
        for (path, what) in [
            (options.status.as_ref(), "the status file"),
            (options.after.as_ref(), "the after export"),
            (layers.file_name(), "the configuration"),
        ] {
            if let Some(path) = path {
                outputs.protect(path, what);
            }
        }
        if let Some(file) = files.export.own_file() {
            outputs.as_private_as(file);
        }
        let out = outputs.create(path, "the retry file")?;
        Ok(Some(Self { path, outputs, out }))
    }

    fn name(&self) -> String {
        self.path.display().to_string()
    }

    /// Writes the records that are missing, of which there are so many.
    fn write(
        &mut self,
        files: &Files,
        import: &ImportFile,
        sent: &Sent,
        treatments: &Treatments,
        missing: u64,
        voice: Voice,
    ) -> Result<(), Failure> {
        let (written, source) = match &files.after {
            Some((after, _)) => {
                let mut reader = after.pass(&files.other, voice.progress(), "retry file")?;
                let written = retry_from_after(sent, &mut reader, treatments, &mut self.out);
                (written.map_err(|error| after.pass_failure(&error))?, after)
            }
            None => {
                let mut reader = import.file.pass(&files.import_choices(), voice.progress())?;
                let written = retry_from_import(sent, &mut reader, &mut self.out);
                (written.map_err(|error| files.export.pass_failure(&error))?, &files.export)
            }
        };
        if written != missing {
            return Err(source.changed());
        }
        self.out.flush().map_err(|error| Failure::file("write", self.path, &error))
    }
}
