//! `photofix plan`: everything that `fix` does but the import file.

use std::io::Write;

use super::export_file::ExportFile;
use super::failure::{Failure, Status};
use super::job::{Job, Outcome};
use super::recording_file::Record;
use super::second_pass::Destination;
use super::voice::Voice;
use crate::cli::{self, ImportOptions};
use crate::plan::Plan;
use crate::report::PlanIdentity;
use crate::seal;
use crate::settings::Layers;
use crate::x509::time;

/// Runs it.
///
/// # Errors
/// [`Failure`] when something could not be done; then no output is there.
pub(super) fn run(options: &cli::Plan, layers: &Layers, voice: Voice) -> Result<Status, Failure> {
    let job = Job::resolve(&options.job, &options.recording, &options.export, layers)?;
    let reporting = layers.fill(&options.reporting)?;
    // What may come through a pipe is read before any output is opened.
    job.names()?;
    let export = ExportFile::open(&options.export)?;
    let nothing = ImportOptions::default();
    let mut destination =
        Destination::open(None, &nothing, &reporting, &export, &job.inputs(layers))?;
    let mut out = destination.create(&options.output, "the plan")?;
    let record = Record::open(&job.gathering, &mut destination)?;

    let Outcome { report, treatments, at, recording } =
        job.carry_out("plan", &export, voice.progress())?;
    if let (Some(record), Some(recording)) = (record, recording) {
        record.write(&recording)?;
    }
    // The preview makes the same pass that `apply` will make, so that the plan can promise its
    // changes by their digest.
    let reader = export.pass(&job.choices, voice.progress(), "previewing")?;
    let done = destination.write_as_decided(reader, &export, &report, &treatments)?;
    let summary = voice.summary(&report, &destination.rows).preceded_by(job.replay_sentence());
    let status = Status::of(&report.ledger);
    let made = time::rfc3339(at);
    Plan::new(report, made.clone(), &done)
        .to_file()
        .map_err(std::io::Error::from)
        .and_then(|plan| {
            destination.rows.plan = Some(PlanIdentity { sha256: seal::sha256(&plan), made });
            out.write_all(&plan)
        })
        .and_then(|()| out.flush())
        .map_err(|error| Failure::file("write", &options.output, &error))?;
    drop(out);
    let written = destination.commit()?;
    summary.say(&written);
    Ok(status)
}
