//! The files that are compared, how they are read, and what the plan changed.

use std::path::PathBuf;
use std::time::SystemTime;

use super::super::export_file::ExportFile;
use super::super::failure::Failure;
use super::super::plan_file::PlanFile;
use super::super::planned::Planned;
use super::super::voice::Voice;
use super::import_file::{ImportFile, Spool};
use crate::cli::Reconcile;
use crate::export::{Choices, Contents, Dialect};
use crate::key::KeyColumn;
use crate::reconcile::{Change, status_column};
use crate::rewrite::{
    ImportSink, Outputs, Rewriter, Rewritten, Treatments, Unguarded, rewrite_export,
};

/// The files that are compared, but for the import file.
pub(super) struct Files {
    /// The export that the plan was made for.
    pub export: ExportFile,
    /// Its dialect, which is the import file's too.
    pub dialect: Dialect,
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
        let export = the_export(options, plan)?;
        if let Some(after) = &options.after
            && same_file::is_same_file(after, &export.path).unwrap_or(false)
        {
            return Err(Failure::usage(
                format!("the after export `{}` is the export itself", after.display()),
                "give an export that was taken after the import",
            ));
        }
        let import = ImportFile::find(&options.import, plan, voice.progress())?;
        let other = Choices { encoding: None, delimiter: None, ..planned.clone() };
        let dialect_of = |file: &ExportFile, choices: &Choices| {
            let reader = file.pass(choices, voice.progress(), "reading")?;
            Ok::<_, Failure>(reader.dialect().clone())
        };
        let theirs = |path: &Option<PathBuf>| {
            let Some(path) = path else { return Ok(None) };
            let file = ExportFile::open(path)?;
            let dialect = dialect_of(&file, &other)?;
            Ok::<_, Failure>(Some((file, dialect)))
        };
        let (status, after) = (theirs(&options.status)?, theirs(&options.after)?);
        let dialect = dialect_of(&export, &planned)?;
        let others: Vec<&Dialect> =
            [&status, &after].into_iter().flatten().map(|(_, dialect)| dialect).collect();
        let key = KeyColumn::choose(&dialect, &others);
        let key = key.ok_or_else(|| Failure::no_common_key(&export.name))?;
        let status_column = match &status {
            Some((file, theirs)) => {
                let found = status_column(&dialect, theirs, options.status_column.as_deref());
                Some(found.map_err(|error| Failure::status_column(&file.name, &error))?)
            }
            None => None,
        };
        let files = Self { export, dialect, status, status_column, after, key, planned, other };
        Ok((files, import))
    }

    /// The import file is read as the export was.
    pub(super) fn import_choices(&self) -> Choices {
        Choices {
            encoding: Some(self.dialect.encoding),
            delimiter: Some(self.dialect.delimiter),
            ..self.planned.clone()
        }
    }

    /// What the plan changes in its export and, where nothing says what was imported, the import
    /// file that `apply` would make of all of it.
    ///
    /// # Errors
    /// [`Failure`] when the export is not the one that the plan was made for.
    pub(super) fn changes(
        &self,
        plan: &PlanFile,
        treatments: &Treatments,
        import: Option<ImportFile>,
        voice: Voice,
    ) -> Result<(Vec<Change>, ImportFile), Failure> {
        let mut import = match import {
            Some(import) => Ok(import),
            None => Err(Spool::new()?),
        };
        let field = self.key.field(&self.dialect).unwrap_or_default();
        let mut changes = Vec::new();
        let planned = Planned { plan, export: &self.export, choices: &self.planned };
        planned.pass(voice.progress(), "export", |reader| {
            let mut nowhere = std::io::sink();
            let to: &mut dyn ImportSink = match &mut import {
                Ok(_) => &mut nowhere,
                Err(spool) => spool,
            };
            let mut outputs =
                Outputs { import: to, contents: Contents::Everything, rollback: None };
            let mut rewriter = Rewriter::new(treatments, reader.dialect());
            rewrite_export(reader, &mut rewriter, &mut Unguarded, &mut outputs, &mut |met| {
                if let Rewritten::Changed(change) = met.rewritten {
                    let (old, new) = (&change.old, &change.new);
                    changes.push(Change::new(met.record, &self.key, field, old, new));
                }
                Ok(())
            })
            .map_err(|error| self.export.pass_failure(&error))
        })?;
        Ok((changes, import.or_else(Spool::finish)?))
    }

    /// When the import ended at the latest, and the file that tells: the status file is made at its
    /// end, and the after export later.
    pub(super) fn imported_at(&self) -> Option<(&str, SystemTime)> {
        let (file, _) = self.status.as_ref().or(self.after.as_ref())?;
        Some((&file.name, file.written_at()?))
    }
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
