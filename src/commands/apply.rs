//! `photofix apply`: does what a plan decided and what was approved of it, and refuses anything
//! else. No network.

use std::path::{Path, PathBuf};

use jiff::Timestamp;

use super::carry;
use super::comparing::Comparing;
use super::export_file::ExportFile;
use super::failure::{Failure, Status};
use super::plan_file::{JournalFile, PlanFile, now, one_standard_input};
use super::planned::Planned;
use super::second_pass::{Destination, look};
use super::shard;
use super::voice::Voice;
use crate::approval::Consent;
use crate::cli::Apply;
use crate::export::Choices;
use crate::journal::{self, Entry, FileDigest, How};
use crate::ledger::Class;
use crate::name::Fqdn;
use crate::report::Report;
use crate::rewrite::{Done, Rewriter, Treatments, Unguarded};
use crate::settings::{self, Layers};

/// A plan that may be applied, and everything that was said about it.
pub(super) struct Application {
    /// The plan.
    pub plan: PlanFile,
    /// What was approved of it, and in which file.
    pub consent: Option<(PathBuf, Consent)>,
    /// The journal beside it.
    pub journal: Option<JournalFile>,
    /// How its export is read.
    pub choices: Choices,
    /// The domains that it allows.
    pub domains: Vec<Fqdn>,
    /// The time of the run.
    now: Timestamp,
    /// In which way it is applied.
    pub how: How,
}

/// Runs it.
///
/// # Errors
/// [`Failure`] with status 4 when the plan is not for this export, the approvals are not for this
/// plan, or the plan may not be applied; then no output is there.
pub(super) fn run(options: &Apply, layers: &Layers, voice: Voice) -> Result<Status, Failure> {
    one_standard_input(&[
        (options.export.as_deref(), "the export"),
        (options.other.as_deref(), "the other export"),
        (Some(&options.plan), "the plan"),
        (options.approvals.as_deref(), "the approvals"),
        (options.joined.as_deref(), "the joined import file"),
    ])?;
    let application = Application::permitted(options, layers)?;
    if let (Some(shard), Some(export)) = (&options.shard, &options.export) {
        return shard::apply(&application, export, settings::shard(shard), options, layers, voice);
    }
    match (application.how, &options.export, &options.other) {
        (How::Apply, Some(export), _) => application.apply(export, options, layers, voice),
        (How::Rebase, _, Some(other)) => carry::rebase(&application, other, options, layers, voice),
        (How::Reverse, _, Some(other)) => {
            carry::reverse(&application, other, options, layers, voice)
        }
        // The command line has seen to it already.
        _ => Err(Failure::usage("no export is given".to_owned(), "give the path of one")),
    }
}

impl Application {
    /// Reads the plan and what belongs to it, and sees that it may be applied. Taking a plan back
    /// needs no permission.
    fn permitted(options: &Apply, layers: &Layers) -> Result<Self, Failure> {
        let permission = settings::permission(&layers.fill(&options.permission)?)?;
        let now = now();
        let how = match (options.rebase, options.reverse) {
            (false, false) => How::Apply,
            (true, _) => How::Rebase,
            (false, true) => How::Reverse,
        };
        let plan = PlanFile::read(&options.plan)?;
        let consent = plan.consent(options.approvals.as_deref())?;
        let journal = plan.journal()?;
        if how != How::Reverse {
            plan.check_approved(consent.is_some(), permission)?;
            plan.check_age(now, permission)?;
            if let (Some(journal), false) = (&journal, options.again) {
                journal.check_not_applied(&plan)?;
            }
        }
        // A piece of the export is not the plan's being applied.
        let journal = journal.filter(|_| options.shard.is_none());
        let (choices, domains) = plan.options()?;
        Ok(Self { plan, consent, journal, choices, domains, now, how })
    }

    /// What the plan does with every endpoint.
    ///
    /// # Errors
    /// [`Failure`] when it holds a decision that cannot be followed.
    pub(super) fn treatments(&self) -> Result<Treatments, Failure> {
        let treatments = self.plan.plan.treatments(self.domains.clone());
        treatments.map_err(|error| self.plan.refuse(&error))
    }

    /// Opens the outputs of the run; `inputs` are files that no output may be, besides the export
    /// that is read and those that every run has.
    ///
    /// # Errors
    /// [`Failure`] names the output and why it cannot be written.
    pub(super) fn open(
        &self,
        export: &ExportFile,
        options: &Apply,
        layers: &Layers,
        inputs: &[(&PathBuf, &str)],
    ) -> Result<Destination, Failure> {
        let import = layers.fill(&options.import)?;
        let reporting = layers.fill(&options.reporting)?;
        let mut inputs = inputs.to_vec();
        inputs.push((&options.plan, "the plan"));
        inputs.extend(options.approvals.iter().map(|file| (file, "the approvals")));
        inputs.extend(options.joined.iter().map(|file| (file, "the joined import file")));
        inputs.extend(layers.file_name().map(|file| (file, "the configuration")));
        // What may come through a pipe is read before any output is opened.
        let joined = options.joined.as_deref().map(Comparing::open).transpose()?;
        let mut destination =
            Destination::open(options.output.as_deref(), &import, &reporting, export, &inputs)?;
        if let Some(joined) = joined {
            destination.compare_with(joined);
        }
        if let Some(journal) = &self.journal {
            destination.open_journal(journal)?;
        }
        Ok(destination)
    }

    /// Notes the run in the journal, puts its outputs in their places, and says so.
    ///
    /// # Errors
    /// [`Failure`] when an output cannot be put in its place; then nothing new is there.
    pub(super) fn commit(
        &self,
        destination: Destination,
        report: &Report,
        voice: Voice,
    ) -> Result<(), Failure> {
        self.commit_saying(None, destination, report, voice)
    }

    /// [`Self::commit`], with a sentence before the rest of what is said.
    fn commit_saying(
        &self,
        sentence: Option<String>,
        mut destination: Destination,
        report: &Report,
        voice: Voice,
    ) -> Result<(), Failure> {
        // A reverse is noted whatever it found: nobody needs to take the plan back again.
        let does_nothing = self.how != How::Reverse && report.ledger.of(Class::Rewritten) == 0;
        let mut sentence = sentence;
        if let (Some(journal), true) = (&self.journal, does_nothing) {
            destination.leave_journal();
            let unnoted = format!(
                "No record changed, so `{}` does not count the plan as applied.",
                journal.path.display()
            );
            sentence = Some(sentence.map_or(unnoted.clone(), |said| format!("{said} {unnoted}")));
        } else if let Some(journal) = &self.journal {
            destination.note(journal, |output, rollback| Entry {
                schema: journal::SCHEMA.to_owned(),
                time: self.now.to_string(),
                command: self.how,
                plan: self.plan.sha256.clone(),
                export: FileDigest {
                    file: report.export.file.clone(),
                    sha256: report.export.sha256.clone(),
                },
                output,
                rollback,
                approvals: self.consent.as_ref().map(|(_, consent)| consent.sha256().to_owned()),
                changes: report.ledger.of(Class::Rewritten),
            })?;
        }
        let summary = voice.summary(report, &destination.rows).preceded_by(sentence);
        let written = destination.commit()?;
        summary.say(&written);
        Ok(())
    }

    fn apply(
        &self,
        export: &Path,
        options: &Apply,
        layers: &Layers,
        voice: Voice,
    ) -> Result<Status, Failure> {
        let treatments = self.treatments()?;
        let export = ExportFile::open(export)?;
        let mut destination = self.open(&export, options, layers, &[])?;
        let mut report = self.plan.plan.report.clone();
        report.command = self.how.as_str().into();
        report.export.file.clone_from(&export.name);
        let planned = Planned { plan: &self.plan, export: &export, choices: &self.choices };
        let done = match &self.consent {
            None => apply_whole(planned, &treatments, &mut destination, &report, voice)?,
            Some(consent) => {
                apply_approved(planned, &treatments, consent, &mut destination, &mut report, voice)?
            }
        };
        export.check_unchanged()?;
        let sentence = options.joined.as_deref().map(joined_sentence);
        self.commit_saying(sentence, destination, &report, voice)?;
        Ok(Status::of(&done.ledger))
    }
}

fn joined_sentence(joined: &Path) -> String {
    format!("`{}` is byte for byte what one run of the plan writes.", joined.display())
}

/// Does everything that was decided, in one pass.
fn apply_whole(
    planned: Planned<'_>,
    treatments: &Treatments,
    destination: &mut Destination,
    report: &Report,
    voice: Voice,
) -> Result<Done, Failure> {
    planned.pass(voice.progress(), "writing", |reader| {
        let mut rewriter = Rewriter::new(treatments, reader.dialect());
        destination.write(reader, planned.export, report, &mut rewriter, &mut Unguarded)
    })
}

/// Does what was approved. A pass that writes nothing comes first: what is approved record by
/// record is known only then, and a report says it before its rows.
fn apply_approved(
    planned: Planned<'_>,
    treatments: &Treatments,
    (path, consent): &(PathBuf, Consent),
    destination: &mut Destination,
    report: &mut Report,
    voice: Voice,
) -> Result<Done, Failure> {
    let export = planned.export;
    let mut guard = consent.guard();
    let seen = planned.pass(voice.progress(), "checking", |reader| {
        let mut rewriter = Rewriter::new(treatments, reader.dialect());
        look(reader, export, &mut rewriter, &mut guard)
    })?;
    guard.check_rows().map_err(|error| Failure::approvals(path, &error))?;
    guard.tell(report, seen.ledger);
    let mut reader = export.pass(planned.choices, voice.progress(), "writing")?;
    let mut rewriter = Rewriter::new(treatments, reader.dialect());
    let done =
        destination.write(&mut reader, export, report, &mut rewriter, &mut consent.guard())?;
    if done == seen { Ok(done) } else { Err(export.changed()) }
}
