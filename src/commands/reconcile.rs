//! `photofix reconcile`: what became of every change after the import. No network.

use std::io::{self, Seek, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use super::apply::planned_options;
use super::export_file::ExportFile;
use super::failure::{Failure, Status};
use super::fingerprint::hashed;
use super::output::{Existing, Outputs};
use super::print;
use super::voice::Voice;
use crate::cli::{Reconcile, ReportOptions};
use crate::export::{Choices, Contents, Dialect, Reader};
use crate::plan::{Plan, PlanError};
use crate::reconcile::{
    Change, Class, Collateral, KeyColumn, Sent, Shared, Where, itemise, retry_from_after,
    retry_from_import, status_column,
};
use crate::report::Redaction;
use crate::report::reconciliation::{self, Reconciliation};
use crate::rewrite::{self, Rewritten, Treatments, rewrite_export};
use crate::settings::Layers;

/// How long Jabber may go on showing a photo that was replaced (Jabber for Mac 9.6 guide, and
/// every later one: its contact cache expires after a day).
const PHOTO_CACHE: Duration = Duration::from_secs(24 * 60 * 60);

/// Runs it.
///
/// # Errors
/// [`Failure`] with status 4 when a file does not belong to the plan; nothing is written then.
pub(super) fn run(options: &Reconcile, layers: &Layers, voice: Voice) -> Result<Status, Failure> {
    check_usage(options)?;
    let (redact, force) = (options.redact, options.force);
    let reporting = layers.fill(&ReportOptions { redact, force, ..ReportOptions::default() })?;
    let refuse = |error: &PlanError| {
        let mut failure = Failure::plan(&options.plan, error);
        failure.message = format!("cannot reconcile with `{}`: {error}", options.plan.display());
        failure
    };
    let plan = std::fs::read(&options.plan)
        .map_err(|error| Failure::file("read", &options.plan, &error))?;
    let plan = Plan::parse(&plan).map_err(|error| refuse(&error))?;
    let (choices, domains) = planned_options(&plan).map_err(|error| refuse(&error))?;
    let treatments = plan.treatments(domains).map_err(|error| refuse(&error))?;
    let files = Files::open(options, &plan, &choices, voice)?;
    let mut outputs = retry_output(options, &reporting, layers, &files)?;

    let (changes, spooled) = files.changes(options, &plan, &treatments, &refuse, voice)?;
    let import = match files.import.as_ref().or(spooled.as_ref()) {
        Some(import) => import,
        None => &files.export,
    };
    let import_choices = files.import_choices();
    let pass =
        |file: &ExportFile, choices: &Choices, label| file.pass(choices, voice.progress(), label);
    let shared = files.after.as_ref().map(|(_, after)| Shared::of(&files.dialect, after));
    let alone = shared.as_ref().map(|shared| shared.alone.clone()).unwrap_or_default();
    let mut reader = pass(import, &import_choices, "import file")?;
    let mut sent = Sent::read(&mut reader, files.key.clone(), changes, shared)
        .map_err(|error| Failure::import(&import.name, &error))?;
    if let (Some((status, _)), Some((_, column))) = (&files.status, &files.status_column) {
        let mut reader = pass(status, &files.other, "status file")?;
        sent.hear(&mut reader, *column).map_err(|error| status.failure(&error))?;
    }
    let mut collateral = Collateral::default();
    if let Some((after, _)) = &files.after {
        let mut reader = pass(after, &files.other, "after export")?;
        sent.look(&mut reader).map_err(|error| after.failure(&error))?;
        let mut reader = pass(import, &import_choices, "comparing")?;
        let mut after_reader = pass(after, &files.other, "comparing")?;
        collateral = itemise(&sent, &mut reader, &mut after_reader)
            .map_err(|error| after.failure(&error))?;
    }

    let mut found = reconciliation(options, &files, &sent, collateral, &alone);
    let missing = found.records.iter().filter(|fate| fate.retry).count() as u64;
    if let (Some(path), Some((_, out))) = (&options.retry, &mut outputs) {
        let written = match &files.after {
            Some((after, _)) => {
                let mut reader = pass(after, &files.other, "retry file")?;
                retry_from_after(&sent, &mut reader, &treatments, out)
            }
            None => {
                let mut reader = pass(import, &import_choices, "retry file")?;
                retry_from_import(&sent, &mut reader, out)
            }
        };
        let written = written.map_err(|error| Failure::rewrite(&import.name, &error))?;
        if written != missing {
            return Err(import.changed());
        }
        out.flush().map_err(|error| Failure::file("write", path, &error))?;
        let file = path.display().to_string();
        found.retry = (missing > 0).then_some(reconciliation::Retry { file, records: missing });
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
    if let Some((outputs, out)) = outputs
        && missing > 0
    {
        drop(out);
        outputs.commit()?;
    }
    print(&data)?;
    Ok(if found.is_settled() { Status::Done } else { Status::Left })
}

fn check_usage(options: &Reconcile) -> Result<(), Failure> {
    if options.status.is_none() && options.after.is_none() {
        return Err(Failure::usage(
            "there is nothing to compare the import with".to_owned(),
            "give the status file with --status, an export taken afterwards with --after, or both",
        ));
    }
    let others = [&options.import, &options.status, &options.after, &options.original];
    let given = others.into_iter().flatten().chain([&options.plan]);
    if given.filter(|path| path.as_path() == Path::new("-")).count() > 0 {
        return Err(Failure::usage(
            "`reconcile` compares files with one another and reads none from standard input"
                .to_owned(),
            "give each as a file",
        ));
    }
    Ok(())
}

/// The files that are compared, and how they are read.
struct Files {
    export: ExportFile,
    import: Option<ExportFile>,
    status: Option<(ExportFile, Dialect)>,
    after: Option<(ExportFile, Dialect)>,
    /// The import file's dialect, which is the export's.
    dialect: Dialect,
    key: KeyColumn,
    status_column: Option<(String, usize)>,
    /// How the export was read when it was planned.
    planned: Choices,
    /// How files are read that WebEx wrote: their encoding and delimiter are their own.
    other: Choices,
}

impl Files {
    fn open(
        options: &Reconcile,
        plan: &Plan,
        planned: &Choices,
        voice: Voice,
    ) -> Result<Self, Failure> {
        let named = PathBuf::from(&plan.report.export.file);
        let export = match &options.original {
            Some(path) => ExportFile::open(path)?,
            None if named.is_file() => ExportFile::open(&named)?,
            None => {
                return Err(Failure::usage(
                    format!("the export that the plan names, `{}`, is not here", named.display()),
                    "give the export that the plan was made for: photofix reconcile EXPORT --plan …",
                ));
            }
        };
        if let Some(after) = &options.after
            && same_file::is_same_file(after, &export.path).unwrap_or(false)
        {
            return Err(Failure::usage(
                format!("the after export `{}` is the export itself", after.display()),
                "give an export that was taken after the import",
            ));
        }
        let other = Choices { encoding: None, delimiter: None, ..planned.clone() };
        let dialect = |file: &ExportFile, choices: &Choices| {
            Ok::<_, Failure>(file.pass(choices, voice.progress(), "reading")?.dialect().clone())
        };
        let theirs = |path: &Option<PathBuf>| {
            let Some(path) = path else { return Ok(None) };
            let file = ExportFile::open(path)?;
            let dialect = dialect(&file, &other)?;
            Ok::<_, Failure>(Some((file, dialect)))
        };
        let (status, after) = (theirs(&options.status)?, theirs(&options.after)?);
        let import = options.import.as_deref().map(ExportFile::open).transpose()?;
        let dialect = dialect(&export, planned)?;
        let others: Vec<&Dialect> = [&status, &after].into_iter().flatten().map(|f| &f.1).collect();
        let key = KeyColumn::choose(&dialect, &others).ok_or_else(|| {
            Failure::failed(
                "no column of `email`, `userName` and `employeeID` is in all the files".to_owned(),
                "give files with one of them: by it a record is found again",
            )
        })?;
        let status_column = match &status {
            Some((file, theirs)) => {
                let wanted = options.status_column.as_deref();
                let found = status_column(&dialect, theirs, wanted);
                Some(found.map_err(|error| Failure::status_column(&file.name, &error))?)
            }
            None => None,
        };
        let planned = planned.clone();
        Ok(Self { export, import, status, after, dialect, key, status_column, planned, other })
    }

    /// The import file is read as the export was.
    fn import_choices(&self) -> Choices {
        Choices {
            encoding: Some(self.dialect.encoding),
            delimiter: Some(self.dialect.delimiter),
            ..self.planned.clone()
        }
    }

    /// What the plan changes in its export and, where no import file is given, the import file
    /// that `apply` would write.
    fn changes(
        &self,
        options: &Reconcile,
        plan: &Plan,
        treatments: &Treatments,
        refuse: &dyn Fn(&PlanError) -> Failure,
        voice: Voice,
    ) -> Result<(Vec<Change>, Option<ExportFile>), Failure> {
        let spool_failure = |error| Failure::file("write", &std::env::temp_dir(), &error);
        let spool = match options.import {
            Some(_) => None,
            None => Some(tempfile::tempfile().map_err(spool_failure)?),
        };
        let (bytes, fingerprint) =
            hashed(self.export.bytes_from_start(voice.progress(), "export")?);
        let field = self.key.field(&self.dialect).unwrap_or_default();
        let mut changes = Vec::new();
        let mut reader =
            Reader::open(bytes, &self.planned).map_err(|error| self.export.failure(&error))?;
        let mut import: Box<dyn Write> = match &spool {
            Some(spool) => Box::new(io::BufWriter::new(spool)),
            None => Box::new(io::sink()),
        };
        let mut outputs = rewrite::Outputs {
            import: &mut import,
            contents: Contents::Everything,
            rollback: None,
        };
        let done = rewrite_export(&mut reader, treatments, &mut outputs, &mut |met| {
            if let Rewritten::Changed(change) = met.rewritten {
                let (old, new) = (&change.old, &change.new);
                changes.push(Change::new(met.record, &self.key, field, old, new));
            }
            Ok(())
        })
        .map_err(|error| Failure::rewrite(&self.export.name, &error))?;
        import.flush().map_err(spool_failure)?;
        drop((import, reader));
        let (bytes, sha256) = fingerprint
            .finish()
            .map_err(|error| Failure::file("read", Path::new(&self.export.name), &error))?;
        plan.check_export(bytes, &sha256).map_err(|error| refuse(&error))?;
        plan.check_changes(&done).map_err(|error| refuse(&error))?;
        let spooled = spool.map(|mut spool| {
            spool.rewind().map_err(spool_failure)?;
            ExportFile::made(spool, "the import file that the plan makes")
        });
        Ok((changes, spooled.transpose()?))
    }
}

/// The retry file, opened before the work so that what cannot be written is said at once.
fn retry_output(
    options: &Reconcile,
    reporting: &ReportOptions,
    layers: &Layers,
    files: &Files,
) -> Result<Option<(Outputs, io::BufWriter<std::fs::File>)>, Failure> {
    let Some(path) = &options.retry else { return Ok(None) };
    if path == Path::new("-") {
        return Err(Failure::usage(
            "the retry file cannot go to standard output, where the report goes".to_owned(),
            "give it a path",
        ));
    }
    let mut outputs = Outputs::new(if reporting.force == Some(true) {
        Existing::Replace
    } else {
        Existing::Refuse
    });
    outputs.protect(&options.plan, "the plan");
    outputs.protect(&files.export.path, "the export");
    for (path, what) in [
        (options.import.as_ref(), "the import file"),
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
    Ok(Some((outputs, out)))
}

/// What was found, as reports say it.
fn reconciliation(
    options: &Reconcile,
    files: &Files,
    sent: &Sent,
    collateral: Collateral,
    alone: &[String],
) -> Reconciliation {
    let mut changes = reconciliation::Changes { not_sent: sent.not_sent(), ..Default::default() };
    let mut records = Vec::new();
    for (change, outcome, status, found) in sent.outcomes() {
        changes.sent += 1;
        *match outcome.class {
            Class::Applied => &mut changes.applied,
            Class::Refused => &mut changes.refused,
            Class::Ignored => &mut changes.ignored,
            Class::Reverted => &mut changes.reverted,
            Class::Unclear => &mut changes.unclear,
        } += 1;
        records.push(reconciliation::Fate {
            record: change.record,
            line: change.line,
            key: change.key.clone(),
            class: outcome.class.as_str().into(),
            reason: outcome.reason.into(),
            explanation: outcome.explanation().into(),
            certainty: outcome.certainty.as_str().into(),
            status: status.map(ToOwned::to_owned),
            old: change.old.clone(),
            new: change.new.clone(),
            found: found.map(ToOwned::to_owned),
            retry: outcome.is_missing(),
        });
    }
    let has_after = files.after.is_some();
    let settle =
        files.imported_at().and_then(|(file, at)| Some((file, at.checked_add(PHOTO_CACHE)?)));
    let mut notes = notes(files, sent, alone);
    if let Some((file, until)) = settle
        && let (true, Some(time)) = (until > SystemTime::now(), rfc3339(until))
    {
        notes.push(format!(
            "Jabber may show the old photos until {time}: 24 hours after the import, by the time \
             of `{file}`"
        ));
    }
    let name = |file: &ExportFile| file.name.clone();
    let status_values = sent.status_values().into_iter().map(|value| {
        let reading = value.reading.as_str().into();
        let (value, changes, shows_new, shows_old) =
            (value.value, value.changes, value.shows_new, value.shows_old);
        reconciliation::StatusValue { value, reading, changes, shows_new, shows_old }
    });
    let differences = collateral.differences.into_iter().map(|found| {
        let (record, line, key) = (found.record, found.line, Some(found.key));
        let (column, imported, found) = (found.column, found.imported, found.found);
        reconciliation::Difference { record, line, key, column, imported, found }
    });
    let missing = collateral.missing.into_iter().map(|missing| reconciliation::Missing {
        record: missing.record,
        line: missing.line,
        key: Some(missing.key),
    });
    let duplicates = sent.duplicates.iter().map(|duplicate| reconciliation::Duplicate {
        file: match duplicate.file {
            Where::Import => "import".into(),
            Where::Status => "status".into(),
            Where::After => "after".into(),
        },
        record: duplicate.record,
        key: Some(duplicate.key.clone()),
    });
    Reconciliation {
        plan: options.plan.display().to_string(),
        export: name(&files.export),
        import: files.import.as_ref().map(name),
        status: files.status.as_ref().map(|(file, _)| name(file)),
        after: files.after.as_ref().map(|(file, _)| name(file)),
        key: files.key.name.clone(),
        status_column: files.status_column.as_ref().map(|(column, _)| column.clone()),
        notes,
        photos_settle_at: settle.and_then(|(_, until)| rfc3339(until)),
        changes,
        collateral_records: has_after.then_some(collateral.records),
        missing_records: has_after.then_some(collateral.missing_records),
        status_values: status_values.collect(),
        records,
        collateral: differences.collect(),
        missing: missing.collect(),
        duplicates: duplicates.collect(),
        retry: None,
    }
}

impl Files {
    /// When the import ended at the latest, and the file that tells: the status file is made at its
    /// end, and the after export later.
    fn imported_at(&self) -> Option<(&str, SystemTime)> {
        let (file, _) = self.status.as_ref().or(self.after.as_ref())?;
        Some((&file.name, file.written_at()?))
    }
}

/// What must be known to read the rest.
fn notes(files: &Files, sent: &Sent, alone: &[String]) -> Vec<String> {
    let mut notes = Vec::new();
    if files.after.is_none() {
        notes.push(
            "without --after, classes rest on WebEx's words alone, which are not documented, and \
             what else moved cannot be seen"
                .to_owned(),
        );
    }
    if files.status.is_none() {
        notes.push(
            "without --status, a change that was refused, and one that was taken and reverted, \
             look ignored"
                .to_owned(),
        );
    }
    if files.import.is_none() {
        notes.push(
            "without --import, every change of the plan, and every other record of the export, is \
             taken to have been imported"
                .to_owned(),
        );
    }
    if sent.not_sent() > 0 {
        notes.push(format!(
            "{} of the plan's changes are not in the import file and are not looked for",
            sent.not_sent()
        ));
    }
    if !alone.is_empty() {
        notes.push(format!(
            "columns that only one of import file and after export has cannot be compared: `{}`",
            alone.join("`, `")
        ));
    }
    notes
}

fn rfc3339(time: SystemTime) -> Option<String> {
    let time = jiff::Timestamp::try_from(time).ok()?;
    let whole = jiff::Timestamp::from_second(time.as_second()).ok()?;
    Some(whole.to_string())
}
