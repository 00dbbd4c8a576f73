//! `photofix apply`: does what a plan decided and what was approved of it, and refuses anything
//! else. No network.

use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::export_file::ExportFile;
use super::failure::{Failure, Status};
use super::fingerprint::{Hashed, hashed};
use super::plan_file::{PlanFile, one_standard_input};
use super::second_pass::Destination;
use super::voice::Voice;
use crate::approval::Consent;
use crate::cli::Apply;
use crate::export::{Choices, Contents, ExportError, Reader};
use crate::journal::{self, Entry, FileDigest, How};
use crate::ledger::Class;
use crate::plan::PlanError;
use crate::report::Report;
use crate::rewrite::{Done, Outputs, Treatments, Unguarded, rewrite_export};
use crate::settings::{self, Layers};

/// Runs it.
///
/// # Errors
/// [`Failure`] with status 4 when the plan is not for this export, the approvals are not for this
/// plan, or the plan may not be applied; then no output is there.
pub(super) fn run(options: &Apply, layers: &Layers, voice: Voice) -> Result<Status, Failure> {
    let import = layers.fill(&options.import)?;
    let reporting = layers.fill(&options.reporting)?;
    let permission = settings::permission(&layers.fill(&options.permission)?)?;
    one_standard_input(&[
        (Some(&options.export), "the export"),
        (Some(&options.plan), "the plan"),
        (options.approvals.as_deref(), "the approvals"),
    ])?;
    let now = Timestamp::now();
    let plan = PlanFile::read(&options.plan)?;
    let consent = plan.consent(options.approvals.as_deref(), permission)?;
    plan.check_age(now, permission)?;
    let journal = plan.journal()?;
    if let (Some(journal), false) = (&journal, options.again) {
        journal.check_not_applied(&plan)?;
    }
    let (choices, domains) = plan.options()?;
    let treatments = plan.plan.treatments(domains).map_err(|error| plan.refuse(&error))?;

    let export = ExportFile::open(&options.export)?;
    let mut inputs = vec![(&options.plan, "the plan")];
    inputs.extend(options.approvals.iter().map(|file| (file, "the approvals")));
    inputs.extend(layers.file_name().map(|file| (file, "the configuration")));
    let mut destination =
        Destination::open(Some(&options.output), &import, &reporting, &export, &inputs)?;
    if let Some(journal) = &journal {
        destination.open_journal(journal)?;
    }

    let mut report = plan.plan.report.clone();
    report.command = "apply".into();
    report.export.file.clone_from(&export.name);
    let job = Job { plan: &plan, export: &export, choices, treatments, voice };
    let done = match &consent {
        None => job.apply_whole(&mut destination, &report)?,
        Some(consent) => job.apply_approved(consent, &mut destination, &mut report)?,
    };
    export.check_unchanged()?;
    if let Some(journal) = &journal {
        destination.note(journal, |output, rollback| Entry {
            schema: journal::SCHEMA.to_owned(),
            time: now.to_string(),
            command: How::Apply,
            plan: plan.sha256.clone(),
            export: FileDigest::of(Path::new(&export.name), report.export.sha256.clone()),
            output,
            rollback,
            approvals: consent.as_ref().map(|(_, consent)| consent.sha256().to_owned()),
            changes: done.ledger.of(Class::Rewritten),
        })?;
    }
    let summary = voice.summary(&report, &destination.rows);
    let written = destination.commit()?;
    summary.say(&written);
    Ok(Status::of(&done.ledger))
}

/// A plan and the export that it should be for.
struct Job<'j> {
    plan: &'j PlanFile,
    export: &'j ExportFile,
    choices: Choices,
    treatments: Treatments,
    voice: Voice,
}

impl Job<'_> {
    /// Does everything that was decided, in one pass.
    fn apply_whole(&self, destination: &mut Destination, report: &Report) -> Result<Done, Failure> {
        self.pass("writing", |reader| {
            destination.write(reader, self.export, report, &self.treatments, &mut Unguarded)
        })
    }

    /// Does what was approved. A pass that writes nothing comes first: what is approved record by
    /// record is known only then, and a report says it before its rows.
    fn apply_approved(
        &self,
        (path, consent): &(PathBuf, Consent),
        destination: &mut Destination,
        report: &mut Report,
    ) -> Result<Done, Failure> {
        let mut guard = consent.guard();
        let seen = self.pass("checking", |reader| {
            let mut nowhere = Outputs {
                import: &mut io::sink(),
                contents: Contents::ChangedOnly,
                rollback: None,
            };
            let done =
                rewrite_export(reader, &self.treatments, &mut guard, &mut nowhere, &mut |_| Ok(()));
            done.map_err(|error| self.export.pass_failure(&error))
        })?;
        guard.check_rows().map_err(|error| Failure::approvals(path, &error))?;
        guard.tell(report, seen.ledger);
        let mut reader = self.export.pass(&self.choices, self.voice.progress(), "writing")?;
        let mut guard = consent.guard();
        let done =
            destination.write(&mut reader, self.export, report, &self.treatments, &mut guard)?;
        if done == seen { Ok(done) } else { Err(self.export.changed()) }
    }

    /// One pass over the export, which counts only when the export is the one that was planned for
    /// and the changes decided are those that the plan promises.
    fn pass(
        &self,
        label: &'static str,
        work: impl FnOnce(&mut Reader<Hashed>) -> Result<Done, Failure>,
    ) -> Result<Done, Failure> {
        let Self { plan, export, .. } = self;
        let progress = self.voice.progress();
        let (bytes, fingerprint) = hashed(export.bytes_from_start(progress, label)?);
        let done = match Reader::open(bytes, &self.choices) {
            Ok(mut reader) => work(&mut reader),
            Err(error @ ExportError::Read { .. }) => Err(export.failure(&error)),
            // Of another export it is the lesser thing to say, and that is asked below.
            Err(error) => Err(plan.refuse(&PlanError::OtherOptions(error.to_string()))),
        };
        if done.as_ref().is_err_and(|failure| failure.status == Status::Interrupted) {
            return done;
        }
        let read_failure = |error| Failure::file("read", Path::new(&export.name), &error);
        let (mut bytes, mut sha256) = fingerprint.finish().map_err(read_failure)?;
        if done.is_err() {
            // The pass stopped early: another export is the likelier reason, and the telling one.
            let (mut rest, whole) = hashed(export.bytes_from_start(progress, "checking")?);
            io::copy(&mut rest, &mut io::sink()).map_err(read_failure)?;
            drop(rest);
            (bytes, sha256) = whole.finish().map_err(read_failure)?;
        }
        plan.plan.check_export(bytes, &sha256).map_err(|error| plan.refuse(&error))?;
        let done = done?;
        plan.plan.check_changes(&done).map_err(|error| plan.refuse(&error))?;
        Ok(done)
    }
}
