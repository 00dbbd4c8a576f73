//! `photofix apply --rebase` and `--reverse`: a plan's changes on another export than the one it
//! was made for.

mod source;
mod telling;

use std::path::Path;

use super::apply::Application;
use super::export_file::ExportFile;
use super::failure::{Failure, Status};
use super::first_pass::FirstPass;
use super::second_pass::{Destination, look};
use super::voice::Voice;
use crate::carry::{Index, Rebasing, Reverser};
use crate::census::Photos;
use crate::cli::Apply;
use crate::evidence::Endpoint;
use crate::report::Report;
use crate::rewrite::{Done, Guard, Rewrite, Rewriter, Treatment, Unguarded};
use crate::settings::Layers;
use source::Source;
pub(in crate::commands) use telling::not_planned;

/// Carries the changes over to a newer export.
///
/// # Errors
/// [`Failure`] when a file cannot be read or written, or plan, approvals and export do not fit.
pub(super) fn rebase(
    application: &Application,
    other: &Path,
    options: &Apply,
    layers: &Layers,
    voice: Voice,
) -> Result<Status, Failure> {
    let source = Source::of_rebase(application, options, voice)?;
    let (work, destination) = Work::begin(application, source, other, options, layers, voice)?;
    let planned = application.treatments()?;
    let mut treatments = planned.clone();
    treatments.unplanned = Some(Treatment::Leave(not_planned()));
    let dialect = &work.first.dialect;

    let index = if work.source.is_at_hand() {
        let mut index = Index::new(work.source.key(application, dialect, voice)?);
        let mut rewriter = Rewriter::new(&treatments, dialect);
        work.look("matching", &mut rewriter, &mut index.collecting(dialect))?;
        work.source.index(application, &planned, &mut index, voice)?;
        work.count(&mut index)?;
        Some(index)
    } else {
        None
    };
    let hosts = |endpoint: &Endpoint, name: &str| {
        let (_, consent) = application.consent.as_ref()?;
        consent.objection_to_host(endpoint, name)
    };
    let guard = || match &index {
        Some(index) => Rebasing::by_user(index, dialect, &hosts),
        None => Rebasing::by_host(&hosts),
    };
    let mut seeing = guard();
    let seen = work.look("checking", &mut Rewriter::new(&treatments, dialect), &mut seeing)?;
    let outcome = index.as_ref().map(Index::rebased).unwrap_or_default();
    let report = work.rebased(index.as_ref(), &seen, &seeing.tally, &outcome, &hosts);
    let mut rewriter = Rewriter::new(&treatments, dialect);
    work.finish(destination, &report, &mut rewriter, &mut guard(), &seen)
}

/// Takes the changes back from an export that was made after the import.
///
/// # Errors
/// [`Failure`] when a file cannot be read or written, or plan, approvals and export do not fit.
pub(super) fn reverse(
    application: &Application,
    other: &Path,
    options: &Apply,
    layers: &Layers,
    voice: Voice,
) -> Result<Status, Failure> {
    let source = Source::of_reverse(application, options, voice)?;
    let (work, destination) = Work::begin(application, source, other, options, layers, voice)?;
    let dialect = &work.first.dialect;
    let mut index = Index::new(work.source.key(application, dialect, voice)?);
    work.source.index(application, &application.treatments()?, &mut index, voice)?;
    work.count(&mut index)?;

    let rewriter = || Reverser::new(&index, dialect, &application.domains);
    let seen = work.look("checking", &mut rewriter(), &mut Unguarded)?;
    let outcome = index.reversed();
    let report = work.reversed(&index, &seen, &outcome);
    work.finish(destination, &report, &mut rewriter(), &mut Unguarded, &seen)
}

/// A run over another export than the one that was planned for.
struct Work<'w> {
    application: &'w Application,
    /// Where the old values come from.
    source: Source,
    /// The other export.
    export: ExportFile,
    first: FirstPass,
    voice: Voice,
}

impl<'w> Work<'w> {
    /// Opens everything and counts the other export.
    fn begin(
        application: &'w Application,
        source: Source,
        other: &Path,
        options: &Apply,
        layers: &Layers,
        voice: Voice,
    ) -> Result<(Self, Destination), Failure> {
        let export = ExportFile::open(other)?;
        let inputs: Vec<_> = source.path().map(|path| (path, source.what())).into_iter().collect();
        let destination = application.open(&export, options, layers, &inputs)?;
        let (choices, domains) = (&application.choices, &application.domains);
        let (photos, progress) = (Photos::Off, voice.progress());
        let first = FirstPass::make(&export, choices, domains, photos, &mut (), progress)?;
        Ok((Self { application, source, export, first, voice }, destination))
    }

    /// A pass over the other export that writes nothing.
    fn look(
        &self,
        label: &'static str,
        rewriter: &mut dyn Rewrite,
        guard: &mut dyn Guard,
    ) -> Result<Done, Failure> {
        let progress = self.voice.progress();
        let mut reader = self.export.pass(&self.application.choices, progress, label)?;
        look(&mut reader, &self.export, rewriter, guard)
    }

    /// Counts the users of an index in the other export.
    fn count(&self, index: &mut Index) -> Result<(), Failure> {
        let progress = self.voice.progress();
        let mut reader = self.export.pass(&self.application.choices, progress, "matching")?;
        let counted = index.count_fresh(&mut reader, &self.application.domains);
        counted.map_err(|error| self.export.failure(&error))
    }

    /// Writes what was seen, and puts it in its place.
    fn finish(
        &self,
        mut destination: Destination,
        report: &Report,
        rewriter: &mut dyn Rewrite,
        guard: &mut dyn Guard,
        seen: &Done,
    ) -> Result<Status, Failure> {
        let Self { application, export, voice, .. } = self;
        let mut reader = export.pass(&application.choices, voice.progress(), "writing")?;
        let done = destination.write(&mut reader, export, report, rewriter, guard)?;
        export.check_unchanged()?;
        if done != *seen {
            return Err(export.changed());
        }
        application.commit(destination, report, *voice)?;
        let conflicts = report.carry.as_ref().is_some_and(|carry| !carry.conflicts.is_empty());
        Ok(if conflicts { Status::Left } else { Status::of(&done.ledger) })
    }
}
