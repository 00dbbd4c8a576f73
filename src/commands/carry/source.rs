//! Where the old values come from: the export that was planned for, or a rollback of it.

use std::path::PathBuf;

use super::super::apply::Application;
use super::super::export_file::ExportFile;
use super::super::failure::Failure;
use super::super::fingerprint::digest_of;
use super::super::planned::{Planned, still_there};
use super::super::second_pass::look;
use super::super::voice::Voice;
use crate::carry::Index;
use crate::cli::Apply;
use crate::export::Dialect;
use crate::journal::{Entry, FileDigest, How};
use crate::key::KeyColumn;
use crate::rewrite::{Guard, Rewriter, Treatments, Unguarded};

/// Where the old values come from.
pub(super) enum Source {
    /// The export that was planned for.
    Export(ExportFile),
    /// The rollback of a run, as the journal knows it: its records are those that were changed, as
    /// they were.
    Rollback(ExportFile, FileDigest),
    /// Neither is at hand, and why.
    Nowhere(String),
}

impl Source {
    /// For a rebase: the export that was typed, else the one that the plan names, as long as it is
    /// still the same; else nothing, and then the hosts alone decide.
    ///
    /// # Errors
    /// [`Failure`] when the export cannot be read, or when approvals answer for single records and
    /// nothing says whose those are.
    pub(super) fn of_rebase(
        application: &Application,
        options: &Apply,
        voice: Voice,
    ) -> Result<Self, Failure> {
        if let Some(path) = &options.export {
            // Whether it is the right one is seen while it is read.
            return Ok(Self::Export(ExportFile::open(path)?));
        }
        let facts = &application.plan.plan.report.export;
        let named = FileDigest { file: facts.file.clone(), sha256: facts.sha256.clone() };
        if let Some(file) = still_there(&named, voice.progress())? {
            return Ok(Self::Export(file));
        }
        match &application.consent {
            Some((path, consent)) if consent.answers_rows() => {
                Err(Failure::rows_without_export(path, &named))
            }
            _ => Ok(Self::Nowhere(format!(
                "the export that was planned for, `{}`, is not at hand as it was: each host is \
                 decided as it was planned, whoever has it, and nobody looks whether a user or a \
                 URL changed since",
                facts.file
            ))),
        }
    }

    /// For a reverse: the file that was typed, an export or a rollback; else the rollback that the
    /// journal names, else the export that the plan names, as long as they are still the same.
    ///
    /// # Errors
    /// [`Failure`] when there is none, when it is neither, when a rebase shall be taken back whose
    /// rollback is not at hand, or when the plan was applied with approvals and those are not given.
    pub(super) fn of_reverse(
        application: &Application,
        options: &Apply,
        voice: Voice,
    ) -> Result<Self, Failure> {
        let plan = &application.plan;
        let facts = &plan.plan.report.export;
        let named = FileDigest { file: facts.file.clone(), sha256: facts.sha256.clone() };
        let entries = application.journal.iter().flat_map(|it| it.journal.of(&plan.sha256));
        let applied: Vec<_> = entries.filter(|entry| entry.command != How::Reverse).collect();
        let rollbacks = applied.iter().rev().filter_map(|entry| entry.rollback.as_ref());
        if let Some(path) = &options.export {
            let file = ExportFile::open(path)?;
            let (_, sha256) = digest_of(&file, voice.progress())?;
            let rollback = rollbacks.clone().find(|rollback| rollback.sha256 == sha256);
            return match rollback {
                Some(rollback) => Ok(Self::Rollback(file, rollback.clone())),
                None => Self::planned(application, file, applied.last().copied()),
            };
        }
        // The last run is the one that is taken back.
        if let Some(rollback) = applied.last().and_then(|entry| entry.rollback.as_ref())
            && let Some(file) = still_there(rollback, voice.progress())?
        {
            return Ok(Self::Rollback(file, rollback.clone()));
        }
        if let Some(run) = applied.last().filter(|run| run.command == How::Rebase) {
            // The planned export knows neither the new users nor which cells were right already.
            return Err(Failure::no_rollback_of_rebase(&plan.path, run));
        }
        match still_there(&named, voice.progress())? {
            Some(file) => Self::planned(application, file, applied.last().copied()),
            None => Err(Failure::no_old_values(&plan.path, &named)),
        }
    }

    /// The export that was planned for, as a reverse needs it: what was changed of it is known by
    /// the approvals alone.
    fn planned(
        application: &Application,
        file: ExportFile,
        applied: Option<&Entry>,
    ) -> Result<Self, Failure> {
        let given = application.consent.as_ref().map(|(_, consent)| consent.sha256());
        match applied.and_then(|entry| entry.approvals.as_deref()) {
            Some(needed) if given != Some(needed) => {
                Err(Failure::other_approvals(&application.plan.path, needed, given))
            }
            _ => Ok(Self::Export(file)),
        }
    }

    /// Whether there is one.
    pub(super) fn is_at_hand(&self) -> bool {
        !matches!(self, Self::Nowhere(_))
    }

    /// Its path.
    pub(super) fn path(&self) -> Option<&PathBuf> {
        self.file().map(|file| &file.path)
    }

    /// What it is to the administrator.
    pub(super) fn what(&self) -> &'static str {
        match self {
            Self::Rollback(..) => "the rollback",
            _ => "the export that was planned for",
        }
    }

    pub(super) fn file(&self) -> Option<&ExportFile> {
        match self {
            Self::Export(file) | Self::Rollback(file, _) => Some(file),
            Self::Nowhere(_) => None,
        }
    }

    /// The column by which its users are those of the other export.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be read, or has none in common with the other.
    pub(super) fn key(
        &self,
        application: &Application,
        other: &Dialect,
        voice: Voice,
    ) -> Result<KeyColumn, Failure> {
        let Some(file) = self.file() else { return Err(Failure::no_key("the export")) };
        let reader = file.pass(&application.choices, voice.progress(), "reading")?;
        KeyColumn::choose(reader.dialect(), &[other]).ok_or_else(|| Failure::no_key(&file.name))
    }

    /// Fills the index with what the plan changes in it, and counts its users.
    ///
    /// # Errors
    /// [`Failure`] when it is not the export that was planned for, or cannot be read.
    pub(super) fn index(
        &self,
        application: &Application,
        treatments: &Treatments,
        index: &mut Index,
        voice: Voice,
    ) -> Result<(), Failure> {
        let Some(file) = self.file() else { return Ok(()) };
        let progress = voice.progress();
        let mut consenting = application.consent.as_ref().map(|(_, consent)| consent.guard());
        let approved: &mut dyn Guard = match (self, &mut consenting) {
            // A rollback holds what was done.
            (Self::Export(_), Some(consenting)) => consenting,
            _ => &mut Unguarded,
        };
        match self {
            Self::Nowhere(_) => {}
            Self::Export(file) => {
                let planned = Planned {
                    plan: &application.plan,
                    export: file,
                    choices: &application.choices,
                };
                planned.pass(progress, "indexing", |reader| {
                    let dialect = reader.dialect().clone();
                    let mut rewriter = Rewriter::new(treatments, &dialect);
                    look(reader, file, &mut rewriter, &mut index.indexing(&dialect, approved))
                })?;
            }
            Self::Rollback(file, _) => {
                let mut reader = file.pass(&application.choices, progress, "indexing")?;
                let dialect = reader.dialect().clone();
                let mut rewriter = Rewriter::new(treatments, &dialect);
                look(&mut reader, file, &mut rewriter, &mut index.indexing(&dialect, approved))?;
            }
        }
        if let (Self::Export(_), Some(consenting), Some((path, _))) =
            (self, &consenting, &application.consent)
        {
            consenting.check_rows().map_err(|error| Failure::approvals(path, &error))?;
        }
        let mut reader = file.pass(&application.choices, progress, "indexing")?;
        index.count_planned(&mut reader).map_err(|error| file.failure(&error))?;
        file.check_unchanged()
    }
}
