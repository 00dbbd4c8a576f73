//! `photofix apply`: does what a plan decided, and refuses anything else. No network.

use std::io::Read;
use std::path::Path;

use super::export_file::ExportFile;
use super::failure::{Failure, Status};
use super::fingerprint::hashed;
use super::progress::Wait;
use super::second_pass::Destination;
use super::voice::Voice;
use crate::cli::{Apply, ReadOptions, ScopeOptions};
use crate::export::{Choices, ExportError, Reader};
use crate::name::Fqdn;
use crate::plan::{Plan, PlanError};
use crate::settings::{self, Layers};

/// Runs it.
///
/// # Errors
/// [`Failure`] with status 4 when the plan is not for this export; then no output is there.
pub(super) fn run(options: &Apply, layers: &Layers, voice: Voice) -> Result<Status, Failure> {
    let import = layers.fill(&options.import)?;
    let reporting = layers.fill(&options.reporting)?;
    let refuse = |error: &PlanError| Failure::plan(&options.plan, error);
    let bytes = read_plan(options)?;
    let mut plan = Plan::parse(&bytes).map_err(|error| refuse(&error))?;
    let (choices, domains) = planned_options(&plan).map_err(|error| refuse(&error))?;
    let treatments = plan.treatments(domains).map_err(|error| refuse(&error))?;

    let export = ExportFile::open(&options.export)?;
    let mut inputs = vec![(&options.plan, "the plan")];
    inputs.extend(layers.file_name().map(|file| (file, "the configuration")));
    let mut destination =
        Destination::open(Some(&options.output), &import, &reporting, &export, &inputs)?;

    plan.report.command = "apply".into();
    plan.report.export.file.clone_from(&export.name);
    let (bytes, fingerprint) = hashed(export.bytes_from_start(voice.progress(), "writing")?);
    let done = match Reader::open(bytes, &choices) {
        Ok(mut reader) => destination.write(&mut reader, &export.name, &plan.report, &treatments),
        Err(error @ ExportError::Read { .. }) => Err(export.failure(&error)),
        // Of another export it is the lesser thing to say, and that is asked below.
        Err(error) => Err(refuse(&PlanError::OtherOptions(error.to_string()))),
    };
    if done.as_ref().is_err_and(|failure| failure.status == Status::Interrupted) {
        return done.map(|_| Status::Interrupted);
    }
    let read_failure = |error| Failure::file("read", Path::new(&export.name), &error);
    match &done {
        Ok(_) => {
            let (bytes, sha256) = fingerprint.finish().map_err(read_failure)?;
            plan.check_export(bytes, &sha256).map_err(|error| refuse(&error))?;
        }
        // The pass stopped early: another export is the likelier reason, and the telling one.
        Err(_) => {
            fingerprint.finish().map_err(read_failure)?;
            let (mut rest, whole) = hashed(export.bytes_from_start(voice.progress(), "checking")?);
            std::io::copy(&mut rest, &mut std::io::sink()).map_err(read_failure)?;
            drop(rest);
            let (bytes, sha256) = whole.finish().map_err(read_failure)?;
            plan.check_export(bytes, &sha256).map_err(|error| refuse(&error))?;
        }
    }
    let done = done?;
    plan.check_changes(&done).map_err(|error| refuse(&error))?;
    export.check_unchanged()?;
    let summary = voice.summary(&plan.report, &destination.rows);
    let written = destination.commit()?;
    summary.say(&written);
    Ok(Status::of(&done.ledger))
}

/// The plan's bytes; `-` is standard input.
fn read_plan(options: &Apply) -> Result<Vec<u8>, Failure> {
    let standard_input = Path::new("-");
    if options.plan != standard_input {
        return std::fs::read(&options.plan)
            .map_err(|error| Failure::file("read", &options.plan, &error));
    }
    if options.export == standard_input {
        return Err(Failure::usage(
            "both the export and the plan would come from standard input".to_owned(),
            "give one of them as a file",
        ));
    }
    let mut bytes = Vec::new();
    let _wait = Wait::begin();
    std::io::stdin()
        .lock()
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::file("read", Path::new("standard input"), &error))?;
    Ok(bytes)
}

/// How the plan's export is read, and the domains it allows: as it was when it was planned.
pub(super) fn planned_options(plan: &Plan) -> Result<(Choices, Vec<Fqdn>), PlanError> {
    let options = serde_json::Value::Object(plan.report.options.clone());
    let bad = |why: String| PlanError::NotAPlan(format!("its options: {why}"));
    let reading: ReadOptions =
        serde_json::from_value(options.clone()).map_err(|error| bad(error.to_string()))?;
    let scope: ScopeOptions =
        serde_json::from_value(options).map_err(|error| bad(error.to_string()))?;
    let choices = settings::choices(&reading).map_err(|error| bad(error.to_string()))?;
    let domains =
        settings::domains(scope.domain.as_ref()).map_err(|error| bad(error.to_string()))?;
    Ok((choices, domains))
}
