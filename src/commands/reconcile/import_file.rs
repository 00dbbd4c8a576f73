//! What was imported: the files that are given, those that the journal knows, or what the plan
//! makes of the whole export.

use std::io::{self, BufWriter, Seek, Write};
use std::path::PathBuf;

use super::super::export_file::ExportFile;
use super::super::failure::Failure;
use super::super::imported::{Imported, Whole};
use super::super::plan_file::PlanFile;
use super::super::progress::Progress;
use crate::journal::{Entry, How};
use crate::rewrite::ImportSink;

/// Where the import file is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KnownFrom {
    /// It was given.
    Given,
    /// The journal beside the plan names it.
    Journal,
    /// Nothing says; it is taken to be what the plan makes of the whole export.
    Plan,
}

/// The import file, and what the journal says of it.
pub(super) struct ImportFile {
    /// The file itself.
    pub file: Imported,
    /// Where it is known from.
    pub from: KnownFrom,
    /// The run that wrote it.
    pub run: Option<Entry>,
    /// Whether it is all that the run wrote.
    pub whole: Whole,
    /// The run that took it back.
    pub taken_back: Option<Entry>,
    /// Runs that stand, this one included.
    pub standing: usize,
    /// Whether the journal has a run that was made from another export than the planned one.
    pub has_rebase: bool,
}

impl ImportFile {
    /// The files that are given, in their order, or else those of the plan's last application that
    /// was not taken back. None where nothing says which they are.
    ///
    /// # Errors
    /// [`Failure`] when they cannot be opened, are not what the journal says, or belong to a
    /// reverse; and when the plan was taken back and nothing is given.
    pub(super) fn find(
        given: &[PathBuf],
        plan: &PlanFile,
        progress: Progress,
    ) -> Result<Option<Self>, Failure> {
        let journal = plan.journal()?.map(|it| it.journal).unwrap_or_default();
        let runs = journal.runs(&plan.sha256);
        let standing = runs.iter().filter(|run| run.taken_back.is_none());
        let has_rebase = runs.iter().any(|run| run.entry.command == How::Rebase);
        let of = |file, from, run: Option<_>, whole| {
            let run: Option<crate::journal::Run<'_>> = run;
            Self {
                file,
                from,
                run: run.map(|run| run.entry.clone()),
                whole,
                taken_back: run.and_then(|run| run.taken_back).cloned(),
                standing: standing.clone().count(),
                has_rebase,
            }
        };
        if let Some(file) = Imported::given(given, progress)? {
            let run = file.run(&runs, progress)?;
            let is_its = |entry: &&Entry| file.sha256() == Some(&*entry.output.sha256);
            let reverse =
                journal.of(&plan.sha256).filter(|it| it.command == How::Reverse).find(is_its);
            if let (None, Some(reverse)) = (&run, reverse) {
                return Err(Failure::import_of_reverse(file.name(), reverse));
            }
            let (run, whole) = run.map_or((None, Whole::All), |(run, whole)| (Some(run), whole));
            return Ok(Some(of(file, KnownFrom::Given, run, whole)));
        }
        let Some(last) = runs.last() else { return Ok(None) };
        let Some(run) = standing.clone().next_back() else {
            return Err(Failure::taken_back(&plan.path, last));
        };
        let output = &run.entry.output;
        let file = Imported::written(output, progress)?;
        let file = file.ok_or_else(|| Failure::no_import(output))?;
        Ok(Some(of(file, KnownFrom::Journal, Some(*run), Whole::All)))
    }

    /// How many changes a run made that wrote all of this.
    pub(super) fn changes_of_run(&self) -> Option<u64> {
        self.run.as_ref().filter(|_| self.whole == Whole::All).map(|run| run.changes)
    }
}

/// A file without a name, into which the import file is made once more.
pub(super) struct Spool(BufWriter<std::fs::File>);

impl Spool {
    /// An empty one.
    ///
    /// # Errors
    /// [`Failure`] when there is no room for it.
    pub(super) fn new() -> Result<Self, Failure> {
        tempfile::tempfile().map(|file| Self(BufWriter::new(file))).map_err(|it| spool_failure(&it))
    }

    /// The import file that was made.
    ///
    /// # Errors
    /// [`Failure`] when it could not be written.
    pub(super) fn finish(self) -> Result<ImportFile, Failure> {
        let mut file = self.0.into_inner().map_err(|error| spool_failure(error.error()))?;
        file.rewind().map_err(|error| spool_failure(&error))?;
        let first = ExportFile::made(file, "the import file that the plan makes")?;
        Ok(ImportFile {
            file: Imported::made(first),
            from: KnownFrom::Plan,
            run: None,
            whole: Whole::All,
            taken_back: None,
            standing: 0,
            has_rebase: false,
        })
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl ImportSink for Spool {}

fn spool_failure(error: &io::Error) -> Failure {
    Failure::file("write", &std::env::temp_dir(), error)
}
