//! The files that are compared, how they are read, and what the plan changed.

use std::path::PathBuf;
use std::time::SystemTime;

use super::super::export_file::ExportFile;
use super::super::failure::Failure;
use super::super::fingerprint::digest_of;
use super::super::plan_file::PlanFile;
use super::super::planned::{Planned, still_there};
use super::super::voice::Voice;
use super::import_file::{ImportFile, Spool};
use crate::cli::Reconcile;
use crate::export::{Choices, Contents, Dialect, ExportError, KeyField, Reader, Source};
use crate::journal::{FileDigest, How};
use crate::key::KeyColumn;
use crate::reconcile::{Change, Plans, status_column};
use crate::rewrite::{
    Done, ImportSink, Met, Outputs, Rewriter, Rewritten, Treatments, Unguarded, rewrite_export,
};

/// The files that are compared, but for the import file.
pub(super) struct Files {
    /// The export that the import file was made from: the one that was planned for, or the newer
    /// one of a rebase.
    pub export: ExportFile,
    /// Its dialect, which is the import file's too.
    pub dialect: Dialect,
    /// Of a rebase, the export that was planned for, where that is at hand.
    pub planned_export: Option<ExportFile>,
    /// What is known of where the import file comes from.
    pub base: Base,
    /// What WebEx said.
    pub status: Option<(ExportFile, Dialect)>,
    /// The column in which it says it, and where that stands.
    pub status_column: Option<(String, usize)>,
    /// What WebEx has now.
    pub after: Option<(ExportFile, Dialect)>,
    /// By what records are matched.
    pub key: KeyColumn,
    /// How the export was read when it was planned.
    planned: Choices,
    /// How files are read that WebEx wrote: their encoding and delimiter are their own.
    pub other: Choices,
    /// How the status file is read, which may have no photo column.
    pub status_choices: Choices,
}

/// How a status file is read: like an export; and where it has no photo column, which it need not
/// have, by a column that tells whose a record is.
fn choices_of_status(
    status: &ExportFile,
    export: &Dialect,
    other: &Choices,
    voice: Voice,
) -> Result<Choices, Failure> {
    let bytes = status.bytes_from_start(voice.progress(), "reading")?;
    let header = match Reader::open(bytes, other) {
        Err(ExportError::NoColumn { header, .. }) => header,
        // What else is wrong with it is said when it is read.
        _ => return Ok(other.clone()),
    };
    let is_there =
        |key: &&KeyField| header.iter().any(|name| name.trim().eq_ignore_ascii_case(&key.column));
    match export.key_fields.iter().find(is_there) {
        Some(key) => Ok(Choices { column: Some(key.column.clone()), ..other.clone() }),
        None => Err(Failure::status_header(&status.name, &header)),
    }
}

/// Which export the import file was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    /// The one that was planned for.
    Planned,
    /// The newer one of a rebase.
    Newer,
    /// The newer one of a rebase, which is not at hand: its rollback is.
    Rollback,
    /// The newer one of a rebase, and neither it nor a rollback is at hand.
    Lost,
}

impl Files {
    /// Opens them, and the import file where something says which it is.
    ///
    /// # Errors
    /// [`Failure`] names the file that cannot be opened or does not fit.
    pub(super) fn open(
        options: &Reconcile,
        plan: &PlanFile,
        planned: Choices,
        voice: Voice,
    ) -> Result<(Self, Option<ImportFile>), Failure> {
        let import = ImportFile::find(&options.import, plan, voice.progress())?;
        let (base, newer) = the_base(options, import.as_ref(), voice)?;
        let (export, planned_export) = match newer {
            Some(newer) => (newer, planned_export(options, plan, voice)?),
            None => (the_export(options, plan)?, None),
        };
        if let Some(after) = &options.after {
            for read in std::iter::once(&export).chain(&planned_export) {
                if same_file::is_same_file(after, &read.path).unwrap_or(false) {
                    return Err(Failure::usage(
                        format!("the after export `{}` is the export itself", after.display()),
                        "give an export that was taken after the import",
                    ));
                }
            }
        }
        let other = Choices { encoding: None, delimiter: None, ..planned.clone() };
        let dialect_of = |file: &ExportFile, choices: &Choices| {
            let reader = file.pass(choices, voice.progress(), "reading")?;
            Ok::<_, Failure>(reader.dialect().clone())
        };
        let theirs = |path: &PathBuf| {
            let file = ExportFile::open(path)?;
            let dialect = dialect_of(&file, &other)?;
            Ok::<_, Failure>((file, dialect))
        };
        let after = options.after.as_ref().map(theirs).transpose()?;
        let dialect = dialect_of(&export, &planned)?;
        let mut status_choices = other.clone();
        let status = match &options.status {
            Some(path) => {
                let file = ExportFile::open(path)?;
                status_choices = choices_of_status(&file, &dialect, &other, voice)?;
                let theirs = dialect_of(&file, &status_choices)?;
                Some((file, theirs))
            }
            None => None,
        };
        let before = match &planned_export {
            Some(file) => Some(dialect_of(file, &planned)?),
            None => None,
        };
        let others: Vec<&Dialect> = [&status, &after]
            .into_iter()
            .flatten()
            .map(|(_, dialect)| dialect)
            .chain(&before)
            .collect();
        let key = KeyColumn::choose(&dialect, &others);
        let key = key.ok_or_else(|| Failure::no_common_key(&export.name))?;
        let status_column = match &status {
            Some((file, theirs)) => {
                let found = status_column(&dialect, theirs, options.status_column.as_deref());
                Some(found.map_err(|error| Failure::status_column(&file.name, &error))?)
            }
            None => None,
        };
        let files = Self {
            export,
            dialect,
            planned_export,
            base,
            status,
            status_column,
            after,
            key,
            planned,
            other,
            status_choices,
        };
        Ok((files, import))
    }

    /// The name of the export that was planned for.
    pub(super) fn planned_name(&self, plan: &PlanFile) -> String {
        match (self.base, &self.planned_export) {
            (Base::Planned | Base::Lost, _) => self.export.name.clone(),
            (_, Some(planned)) => planned.name.clone(),
            (_, None) => plan.plan.report.export.file.clone(),
        }
    }

    /// The import file is read as the export was.
    pub(super) fn import_choices(&self) -> Choices {
        Choices {
            encoding: Some(self.dialect.encoding),
            delimiter: Some(self.dialect.delimiter),
            ..self.planned.clone()
        }
    }

    /// What the plan changes in the export that the import file was made from and, where nothing
    /// says what was imported, the import file that `apply` would make of all of it.
    ///
    /// # Errors
    /// [`Failure`] when the export is not the one that the plan was made for.
    pub(super) fn changes(
        &self,
        plan: &PlanFile,
        treatments: &Treatments,
        import: Option<ImportFile>,
        voice: Voice,
    ) -> Result<(Plans, ImportFile), Failure> {
        if matches!(self.base, Base::Newer | Base::Rollback) {
            let label = "newer export";
            let mut reader = self.export.pass(&self.planned, voice.progress(), label)?;
            let mut changes = Vec::new();
            let mut nowhere = std::io::sink();
            self.collect(&mut reader, treatments, &self.export, &mut nowhere, &mut changes)?;
            self.export.check_unchanged()?;
            let mut planned = Vec::new();
            if let Some(export) = &self.planned_export {
                planned = self.planned_changes(plan, treatments, export, &mut nowhere, voice)?;
            }
            let plans = Plans::rebased(changes, planned, &self.key);
            // There is one, or it would not be known to be a rebase's.
            let import = import.map_or_else(|| Spool::new()?.finish(), Ok)?;
            return Ok((plans, import));
        }
        let mut import = match import {
            Some(import) => Ok(import),
            None => Err(Spool::new()?),
        };
        let mut nowhere = std::io::sink();
        let to: &mut dyn ImportSink = match &mut import {
            Ok(_) => &mut nowhere,
            Err(spool) => spool,
        };
        let changes = self.planned_changes(plan, treatments, &self.export, to, voice)?;
        Ok((Plans { changes, elsewhere: Vec::new() }, import.or_else(Spool::finish)?))
    }

    /// What the plan changes in the export that it was made for.
    fn planned_changes(
        &self,
        plan: &PlanFile,
        treatments: &Treatments,
        export: &ExportFile,
        to: &mut dyn ImportSink,
        voice: Voice,
    ) -> Result<Vec<Change>, Failure> {
        let mut changes = Vec::new();
        let planned = Planned { plan, export, choices: &self.planned };
        planned.pass(voice.progress(), "export", |reader| {
            self.collect(reader, treatments, export, to, &mut changes)
        })?;
        Ok(changes)
    }

    /// What the plan changes in an export.
    fn collect<R: Source>(
        &self,
        reader: &mut Reader<R>,
        treatments: &Treatments,
        export: &ExportFile,
        to: &mut dyn ImportSink,
        changes: &mut Vec<Change>,
    ) -> Result<Done, Failure> {
        let field = self.key.field(reader.dialect()).unwrap_or_default();
        let mut outputs = Outputs { import: to, contents: Contents::Everything, rollback: None };
        let mut rewriter = Rewriter::new(treatments, reader.dialect());
        rewrite_export(reader, &mut rewriter, &mut Unguarded, &mut outputs, &mut |met: Met<'_>| {
            if let Rewritten::Changed(change) = met.rewritten {
                let (old, new) = (&change.old, change.new_text());
                changes.push(Change::new(met.record, &self.key, field, old, &new));
            }
            Ok(())
        })
        .map_err(|error| export.pass_failure(&error))
    }

    /// When the import ended at the latest, and the file that tells: the status file is made at its
    /// end, and the after export later.
    pub(super) fn imported_at(&self) -> Option<(&str, SystemTime)> {
        let (file, _) = self.status.as_ref().or(self.after.as_ref())?;
        Some((&file.name, file.written_at()?))
    }
}

/// Which export the import file was made from, and the newer one of a rebase.
fn the_base(
    options: &Reconcile,
    import: Option<&ImportFile>,
    voice: Voice,
) -> Result<(Base, Option<ExportFile>), Failure> {
    let run = import.and_then(|import| import.run.as_ref());
    let rebase = run.filter(|run| run.command == How::Rebase);
    if let Some(path) = &options.rebased_from {
        let file = ExportFile::open(path)?;
        let (_, sha256) = digest_of(&file, voice.progress())?;
        return match run {
            None if import.is_none() => Err(Failure::usage(
                "--rebased-from is given, and nothing says which import file was made from it"
                    .to_owned(),
                "give that import file with --import",
            )),
            Some(run) if run.rollback.as_ref().is_some_and(|it| it.sha256 == sha256) => {
                Ok((Base::Rollback, Some(file)))
            }
            Some(run) if run.export.sha256 != sha256 => {
                Err(Failure::other_base(&file.name, &sha256, run))
            }
            _ => Ok((Base::Newer, Some(file))),
        };
    }
    let Some(run) = rebase else { return Ok((Base::Planned, None)) };
    if let Some(file) = still_there(&run.export, voice.progress())? {
        return Ok((Base::Newer, Some(file)));
    }
    if let Some(rollback) = &run.rollback
        && let Some(file) = still_there(rollback, voice.progress())?
    {
        return Ok((Base::Rollback, Some(file)));
    }
    Ok((Base::Lost, None))
}

/// Beside the newer export of a rebase: the one that was planned for, where it is at hand. Without
/// it the changes are known all the same, but not which users of it they do not reach.
fn planned_export(
    options: &Reconcile,
    plan: &PlanFile,
    voice: Voice,
) -> Result<Option<ExportFile>, Failure> {
    if let Some(path) = &options.original {
        return ExportFile::open(path).map(Some);
    }
    let facts = &plan.plan.report.export;
    let named = FileDigest { file: facts.file.clone(), sha256: facts.sha256.clone() };
    still_there(&named, voice.progress())
}

/// The export that is given, or the one that the plan names.
fn the_export(options: &Reconcile, plan: &PlanFile) -> Result<ExportFile, Failure> {
    let named = PathBuf::from(&plan.plan.report.export.file);
    match &options.original {
        Some(path) => ExportFile::open(path),
        None if named.is_file() => ExportFile::open(&named),
        None => Err(Failure::usage(
            format!("the export that the plan names, `{}`, is not here", named.display()),
            "give the export that the plan was made for: photofix reconcile EXPORT --plan …",
        )),
    }
}
