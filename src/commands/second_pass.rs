//! The second pass as every command makes it: records in, import file, rollback and reports out.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::mem;
use std::path::{Path, PathBuf};

use super::comparing::Comparing;
use super::export_file::{ExportFile, Pass};
use super::failure::Failure;
use super::fingerprint::Hashing;
use super::named::Named;
use super::output::{Existing, OutputFile, Outputs};
use super::parts::{self, Names, Parts};
use super::plan_file::JournalFile;
use super::progress::interrupted;
use super::rows::Rows;
use crate::cli::{ImportOptions, ReportOptions};
use crate::export::{Chunk, Contents, Reader, Source};
use crate::journal::{Entry, FileDigest};
use crate::report::manifest::Manifest;
use crate::report::{Redaction, Report};
use crate::rewrite::{
    self, Done, Guard, ImportSink, Rewrite, RewriteError, Rewriter, Treatments, Unguarded,
    rewrite_export,
};
use crate::settings;
use crate::stream::{Hash, WriteBehind};

/// The journal, among the outputs.
const JOURNAL: &str = "the journal";
/// Parts of an import file that are said one by one.
const PARTS_SAID: usize = 10;

/// Everything that a run writes, opened before the network is asked: what cannot be written is
/// said at once.
pub(super) struct Destination {
    outputs: Outputs,
    import: Import,
    rollback: Option<(PathBuf, Hashing<OutputFile>)>,
    contents: Contents,
    /// Whether the import file begins as the export does; a piece of one may not.
    begins_alike: bool,
    journal: Option<BufWriter<File>>,
    /// The reports.
    pub rows: Rows,
    /// The import file, or the manifest of its parts; known after the pass of a run with a journal.
    output: Option<FileDigest>,
}

/// Where the import file goes.
enum Import {
    /// Nowhere: a preview.
    Nowhere,
    /// Into one file.
    File(PathBuf, Named<File>),
    /// Nowhere: it is there, and is compared with what would be written.
    Joined(Comparing),
    /// Into files of so many records, with a manifest.
    Parts { names: Names, size: u64, manifest: OutputFile },
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
        let redaction = match reporting.redact {
            Some(true) => Redaction::Redact,
            _ => Redaction::Keep,
        };
        let wanted = settings::reports(reporting)?;
        let mut outputs = Outputs::new(Existing::of(reporting.force));
        outputs.protect(&export.path, "the export");
        for (path, what) in inputs {
            outputs.protect(path, what);
        }
        if let Some(file) = export.own_file() {
            outputs.as_private_as(file);
        }
        let import = match (import, settings::batch(options)?) {
            (None, _) => Import::Nowhere,
            (Some(path), None) => {
                Import::File(path.to_owned(), outputs.create_unbuffered(path, "the import file")?)
            }
            (Some(path), Some(size)) => {
                let names = Names::of(path)?;
                let manifest = outputs.create_named(&names.manifest(), "the manifest")?;
                Import::Parts { names, size, manifest }
            }
        };
        let rollback = match &options.rollback {
            Some(path) => {
                let out = outputs.create_named(path, "the rollback")?;
                Some((path.clone(), Hashing::new(out)))
            }
            None => None,
        };
        let rows = Rows::open(&mut outputs, &wanted, redaction)?;
        let contents = settings::contents(options);
        Ok(Self {
            outputs,
            import,
            rollback,
            contents,
            begins_alike: true,
            journal: None,
            rows,
            output: None,
        })
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

    /// Compares an import file that is there with what would be written, and writes none.
    pub(super) fn compare_with(&mut self, joined: Comparing) {
        self.import = Import::Joined(joined);
    }

    /// Leaves byte order mark and header out of the import file: it is a later piece of one.
    pub(super) fn leave_header_out(&mut self) {
        self.begins_alike = false;
    }

    /// Opens the journal, to which a line will be added.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be written.
    pub(super) fn open_journal(&mut self, journal: &JournalFile) -> Result<(), Failure> {
        let out = self.outputs.continue_file(&journal.path, JOURNAL, &journal.bytes)?;
        self.journal = Some(out);
        Ok(())
    }

    /// Leaves the journal as it was: the run changed nothing.
    pub(super) fn leave_journal(&mut self) {
        self.journal = None;
        self.outputs.withdraw(JOURNAL);
    }

    /// Adds a line to the journal, if it is open; `entry` is told what was written: the import
    /// file, and the rollback.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be written, or somebody else wrote to it meanwhile.
    pub(super) fn note(
        &mut self,
        journal: &JournalFile,
        entry: impl FnOnce(FileDigest, Option<FileDigest>) -> Entry,
    ) -> Result<(), Failure> {
        let (Some(out), Some(output)) = (&mut self.journal, self.output.take()) else {
            return Ok(());
        };
        journal.check_unchanged()?;
        let rollback = self.rollback.as_ref().map(|(path, out)| FileDigest::of(path, out.sha256()));
        entry(output, rollback)
            .to_line()
            .map_err(io::Error::from)
            .and_then(|line| out.write_all(&line))
            .and_then(|()| out.flush())
            .map_err(|error| Failure::file("write", &journal.path, &error))
    }

    /// Makes the second pass.
    ///
    /// # Errors
    /// [`Failure`] when the export cannot be read, an output not written, or Ctrl-C was pressed.
    pub(super) fn write<R: Source>(
        &mut self,
        reader: &mut Reader<R>,
        export: &ExportFile,
        report: &Report,
        rewriter: &mut dyn Rewrite,
        guard: &mut dyn Guard,
    ) -> Result<Done, Failure> {
        let done = self.pass(reader, report, rewriter, guard);
        done.map_err(|error| export.pass_failure(&error))
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
        let mut rewriter = Rewriter::new(treatments, reader.dialect());
        let done = self.write(&mut reader, export, report, &mut rewriter, &mut Unguarded)?;
        export.check_unchanged()?;
        if done.ledger == report.ledger { Ok(done) } else { Err(export.changed()) }
    }

    fn pass<R: Source>(
        &mut self,
        reader: &mut Reader<R>,
        report: &Report,
        rewriter: &mut dyn Rewrite,
        guard: &mut dyn Guard,
    ) -> Result<Done, RewriteError> {
        let dialect = reader.dialect().clone();
        let Self { outputs, import, rollback, contents, begins_alike, journal, rows, output } =
            self;
        let hash = if journal.is_some() { Hash::Sha256 } else { Hash::Nothing };
        let mut sink = match mem::replace(import, Import::Nowhere) {
            Import::Nowhere => Sink::Nowhere(io::sink()),
            Import::File(path, out) => {
                let out = WriteBehind::new(out, hash).map_err(RewriteError::Output)?;
                Sink::File(path, out)
            }
            Import::Joined(comparing) => Sink::Joined(Box::new(comparing)),
            Import::Parts { names, size, manifest } => {
                let path = names.manifest();
                let parts = Box::new(Parts::new(outputs, names, size));
                Sink::Parts(parts, path, Hashing::new(manifest))
            }
        };
        let mut later = LaterPiece(sink.import());
        let mut writers = rewrite::Outputs {
            import: if *begins_alike { later.0 } else { &mut later },
            contents: *contents,
            rollback: rollback.as_mut().map(|(_, out)| out as &mut dyn Write),
        };
        rows.begin(report).map_err(RewriteError::Output)?;
        let done =
            rewrite_export(reader, rewriter, guard, &mut writers, &mut rows.looking(&dialect))?;
        if let Some((_, rollback)) = rollback {
            rollback.flush().map_err(RewriteError::Output)?;
        }
        *output = sink.finish(report, *contents).map_err(RewriteError::Output)?;
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
        let Self { outputs, import, rollback, journal, mut rows, .. } = self;
        rows.finish().map_err(|error| Failure::output(&error))?;
        drop((import, rollback, journal, rows));
        let mut written = outputs.commit()?;
        if written.iter().filter(|(what, _)| *what == parts::WHAT).count() > PARTS_SAID {
            // The manifest, which is said as well, lists them.
            written.retain(|(what, _)| *what != parts::WHAT);
        }
        Ok(written)
    }
}

/// Where the import file is written while a pass goes on.
enum Sink<'o> {
    Nowhere(io::Sink),
    File(PathBuf, WriteBehind),
    Joined(Box<Comparing>),
    Parts(Box<Parts<'o>>, PathBuf, Hashing<OutputFile>),
}

impl Sink<'_> {
    fn import(&mut self) -> &mut dyn ImportSink {
        match self {
            Self::Nowhere(nowhere) => nowhere,
            Self::File(_, out) => out,
            Self::Joined(comparing) => comparing.as_mut(),
            Self::Parts(parts, ..) => parts.as_mut(),
        }
    }

    /// Ends it; gives what was written and its digest, where that is known.
    fn finish(self, report: &Report, contents: Contents) -> io::Result<Option<FileDigest>> {
        match self {
            Self::Nowhere(_) => Ok(None),
            Self::File(path, out) => Ok(out.finish()?.map(|sha256| FileDigest::of(&path, sha256))),
            Self::Joined(comparing) => comparing.finish().map(Some),
            Self::Parts(parts, path, mut manifest) => {
                let only_changed = contents == Contents::ChangedOnly;
                let parts = parts.finish()?;
                Manifest::new(&report.export, only_changed, parts).to_json(&mut manifest)?;
                manifest.flush()?;
                Ok(Some(FileDigest::of(&path, manifest.sha256())))
            }
        }
    }
}

/// An import file without what an import file begins with.
struct LaterPiece<'w>(&'w mut dyn ImportSink);

impl Write for LaterPiece<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

impl ImportSink for LaterPiece<'_> {
    fn preamble(&mut self, _: &[u8]) -> io::Result<()> {
        Ok(())
    }

    fn begin_record(&mut self) -> io::Result<()> {
        self.0.begin_record()
    }

    fn lend(&mut self, chunk: &Chunk) -> io::Result<()> {
        self.0.lend(chunk)
    }

    fn takes_stretches(&self) -> bool {
        self.0.takes_stretches()
    }
}

/// A pass that writes nothing.
///
/// # Errors
/// [`Failure`] when the export cannot be read, or Ctrl-C was pressed.
pub(super) fn look<R: Source>(
    reader: &mut Reader<R>,
    export: &ExportFile,
    rewriter: &mut dyn Rewrite,
    guard: &mut dyn Guard,
) -> Result<Done, Failure> {
    let mut nowhere = rewrite::Outputs {
        import: &mut io::sink(),
        contents: Contents::Everything,
        rollback: None,
    };
    rewrite_export(reader, rewriter, guard, &mut nowhere, &mut ())
        .map_err(|error| export.pass_failure(&error))
}
