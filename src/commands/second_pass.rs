//! The second pass as every command makes it: records in, import file, rollback and reports out.

use std::fs::File;
use std::io::{self, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use super::export_file::{ExportFile, Pass};
use super::failure::Failure;
use super::output::{Existing, Outputs};
use super::progress::interrupted;
use super::rows::Rows;
use super::write_behind::WriteBehind;
use crate::cli::{ImportOptions, ReportOptions};
use crate::export::{Contents, Reader};
use crate::report::{Redaction, Report};
use crate::rewrite::{self, Done, RewriteError, Treatments, rewrite_export};
use crate::settings;

/// Everything that a run writes, opened before the network is asked: what cannot be written is
/// said at once.
pub(super) struct Destination {
    outputs: Outputs,
    import: Option<BufWriter<File>>,
    rollback: Option<BufWriter<File>>,
    contents: Contents,
    /// The reports.
    pub rows: Rows,
}

impl Destination {
    /// Opens the outputs of a run.
    ///
    /// `import` is the import file, none for a preview; `inputs` are files that no output may be,
    /// besides the export.
    ///
    /// # Errors
    /// [`Failure`] names the output and why it cannot be written.
    pub(super) fn open(
        import: Option<&Path>,
        options: &ImportOptions,
        reporting: &ReportOptions,
        export: &ExportFile,
        inputs: &[(&PathBuf, &str)],
    ) -> Result<Self, Failure> {
        let existing = match reporting.force {
            Some(true) => Existing::Replace,
            _ => Existing::Refuse,
        };
        let redaction = match reporting.redact {
            Some(true) => Redaction::Redact,
            _ => Redaction::Keep,
        };
        let wanted = settings::reports(reporting)?;
        let mut outputs = Outputs::new(existing);
        outputs.protect(&export.path, "the export");
        for (path, what) in inputs {
            outputs.protect(path, what);
        }
        if let Some(file) = export.own_file() {
            outputs.as_private_as(file);
        }
        let import = import.map(|path| outputs.create(path, "the import file")).transpose()?;
        let rollback = options
            .rollback
            .as_ref()
            .map(|path| outputs.create(path, "the rollback"))
            .transpose()?;
        let rows = Rows::open(&mut outputs, &wanted, redaction)?;
        Ok(Self { outputs, import, rollback, contents: settings::contents(options), rows })
    }

    /// Opens one more output, such as the plan.
    ///
    /// # Errors
    /// [`Failure`] names the output and why it cannot be written.
    pub(super) fn create(
        &mut self,
        path: &Path,
        what: &'static str,
    ) -> Result<BufWriter<File>, Failure> {
        self.outputs.create(path, what)
    }

    /// Makes the second pass.
    ///
    /// # Errors
    /// [`Failure`] when the export cannot be read, an output not written, or Ctrl-C was pressed.
    pub(super) fn write<R: Read>(
        &mut self,
        reader: &mut Reader<R>,
        file_name: &str,
        report: &Report,
        treatments: &Treatments,
    ) -> Result<Done, Failure> {
        let done = self.pass(reader, report, treatments);
        done.map_err(|error| match error {
            _ if interrupted() => Failure::interrupted(),
            error => Failure::rewrite(file_name, &error),
        })
    }

    /// Makes the second pass, and sees that it met what the first pass had counted.
    ///
    /// # Errors
    /// As [`Self::write`]; and when the export changed since the first pass.
    pub(super) fn write_as_decided(
        &mut self,
        mut reader: Pass,
        export: &ExportFile,
        report: &Report,
        treatments: &Treatments,
    ) -> Result<Done, Failure> {
        let done = self.write(&mut reader, &export.name, report, treatments)?;
        export.check_unchanged()?;
        if done.ledger == report.ledger { Ok(done) } else { Err(export.changed()) }
    }

    fn pass<R: Read>(
        &mut self,
        reader: &mut Reader<R>,
        report: &Report,
        treatments: &Treatments,
    ) -> Result<Done, RewriteError> {
        let dialect = reader.dialect().clone();
        let mut nowhere = io::sink();
        let mut import = self.import.take().map(WriteBehind::new);
        let mut outputs = rewrite::Outputs {
            import: match &mut import {
                Some(import) => import,
                None => &mut nowhere,
            },
            contents: self.contents,
            rollback: self.rollback.as_mut().map(|rollback| rollback as &mut dyn Write),
        };
        let rows = &mut self.rows;
        rows.begin(report).map_err(RewriteError::Output)?;
        let done =
            rewrite_export(reader, treatments, &mut outputs, &mut |met| rows.met(&met, &dialect))?;
        if let Some(rollback) = &mut self.rollback {
            rollback.flush().map_err(RewriteError::Output)?;
        }
        if let Some(import) = import {
            import.finish().map_err(RewriteError::Output)?;
        }
        Ok(done)
    }

    /// Ends the reports and puts everything in its place; gives what was written and where.
    ///
    /// # Errors
    /// [`Failure`] when something cannot be put in its place; then nothing new is there.
    pub(super) fn commit(self) -> Result<Vec<(&'static str, PathBuf)>, Failure> {
        if interrupted() {
            return Err(Failure::interrupted());
        }
        let Self { outputs, import, rollback, mut rows, .. } = self;
        rows.finish().map_err(|error| Failure::output(&error))?;
        drop((import, rollback, rows));
        outputs.commit()
    }
}
