//! A pass over the export that a plan was made for.

use std::path::Path;

use super::export_file::ExportFile;
use super::failure::{Failure, Status};
use super::fingerprint::digest_of;
use super::plan_file::PlanFile;
use super::progress::Progress;
use crate::export::{Choices, ExportError, Reader};
use crate::journal::FileDigest;
use crate::plan::PlanError;
use crate::rewrite::Done;
use crate::stream::ReadAhead;

/// A plan and the export that it should be for.
#[derive(Clone, Copy)]
pub(super) struct Planned<'p> {
    /// The plan.
    pub plan: &'p PlanFile,
    /// The export.
    pub export: &'p ExportFile,
    /// How to read it.
    pub choices: &'p Choices,
}

impl Planned<'_> {
    /// One pass over the export, which counts only when the export is the one that was planned for
    /// and the changes decided are those that the plan promises.
    pub(super) fn pass(
        &self,
        progress: Progress,
        label: &'static str,
        work: impl FnOnce(&mut Reader<ReadAhead>) -> Result<Done, Failure>,
    ) -> Result<Done, Failure> {
        let Self { plan, export, choices } = self;
        let (bytes, fingerprint) = export.hashed(progress, label)?;
        let done = match Reader::open(bytes, choices) {
            Ok(mut reader) => work(&mut reader),
            Err(error @ ExportError::Read { .. }) => Err(export.failure(&error)),
            // Of another export it is the lesser thing to say, and that is asked below.
            Err(error) => Err(plan.refuse(&PlanError::OtherOptions(error.to_string()))),
        };
        if done.as_ref().is_err_and(|failure| failure.status == Status::Interrupted) {
            return done;
        }
        let (mut bytes, mut sha256) =
            fingerprint.finish().map_err(|error| export.unread(&error))?;
        if done.is_err() {
            // The pass stopped early: another export is the likelier reason, and the telling one.
            (bytes, sha256) = digest_of(export, progress)?;
        }
        plan.plan.check_export(bytes, &sha256).map_err(|error| plan.refuse(&error))?;
        let done = done?;
        plan.plan.check_changes(&done).map_err(|error| plan.refuse(&error))?;
        Ok(done)
    }
}

/// A file by its name, if it is there and still holds what it held.
///
/// # Errors
/// [`Failure`] when it is there and cannot be read.
pub(super) fn still_there(
    named: &FileDigest,
    progress: Progress,
) -> Result<Option<ExportFile>, Failure> {
    let path = Path::new(&named.file);
    // Anything but a file, such as a pipe, would have to be read to be known.
    if !path.is_file() {
        return Ok(None);
    }
    let file = ExportFile::open(path)?;
    let (_, sha256) = digest_of(&file, progress)?;
    Ok((sha256 == named.sha256).then_some(file))
}
