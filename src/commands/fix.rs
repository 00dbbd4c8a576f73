//! `photofix fix`: plan and apply in one go.

use super::export_file::ExportFile;
use super::failure::{Failure, Status};
use super::job::{Job, Outcome};
use super::recording_file::Record;
use super::second_pass::Destination;
use super::voice::Voice;
use crate::cli::{Fix, PermissionOptions};
use crate::settings::{self, Approval, Layers};

/// Runs it.
///
/// # Errors
/// [`Failure`] when something could not be done, or may not be done without approval; then no
/// output is there.
pub(super) fn run(options: &Fix, layers: &Layers, voice: Voice) -> Result<Status, Failure> {
    let permission = settings::permission(&layers.fill(&PermissionOptions::default())?)?;
    if permission.approval == Approval::Required {
        return Err(Failure::fix_needs_approval());
    }
    let job = Job::resolve(&options.job, &options.recording, &options.export, layers)?;
    let import = layers.fill(&options.import)?;
    let reporting = layers.fill(&options.reporting)?;
    // What may come through a pipe is read before any output is opened.
    job.names()?;
    let export = ExportFile::open(&options.export)?;
    let mut destination = Destination::open(
        Some(&options.output),
        &import,
        &reporting,
        &export,
        &job.inputs(layers),
    )?;
    let record = Record::open(&job.gathering, &mut destination)?;

    let Outcome { report, treatments, recording, .. } =
        job.carry_out("fix", &export, voice.progress())?;
    if let (Some(record), Some(recording)) = (record, recording) {
        record.write(&recording)?;
    }
    let reader = export.pass(&job.choices, voice.progress(), "writing")?;
    destination.write_as_decided(reader, &export, &report, &treatments)?;
    let summary = voice.summary(&report, &destination.rows).preceded_by(job.replay_sentence());
    let written = destination.commit()?;
    summary.say(&written);
    Ok(Status::of(&report.ledger))
}
