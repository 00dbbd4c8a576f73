//! What was imported: the files that are given, those that the journal knows, or what the plan
//! makes of the whole export.

use std::io::{self, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::super::export_file::ExportFile;
use super::super::failure::Failure;
use super::super::fingerprint::digest_of;
use super::super::joined::Joined;
use super::super::plan_file::PlanFile;
use super::super::progress::Progress;
use crate::export::{Choices, Reader};
use crate::journal::FileDigest;
use crate::report::manifest;
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

/// The import file, in one part or several.
pub(super) struct ImportFile {
    first: ExportFile,
    others: Vec<PathBuf>,
    /// Where it is known from.
    pub from: KnownFrom,
}

impl ImportFile {
    /// The files that are given, in their order, or else those of the plan's last application.
    /// None where nothing says which they are.
    ///
    /// # Errors
    /// [`Failure`] when they cannot be opened, or are not what the journal says.
    pub(super) fn find(
        given: &[PathBuf],
        plan: &PlanFile,
        progress: Progress,
    ) -> Result<Option<Self>, Failure> {
        if let Some((first, others)) = given.split_first() {
            let (first, others) = (ExportFile::open(first)?, others.to_vec());
            return Ok(Some(Self { first, others, from: KnownFrom::Given }));
        }
        let journal = plan.journal()?;
        let entry = journal.as_ref().and_then(|it| it.journal.standing(&plan.sha256));
        let Some(entry) = entry else { return Ok(None) };
        let output = as_written(Path::new(&entry.output.file), &entry.output.sha256, progress)?;
        let mut parts = parts(&entry.output, progress)?.into_iter();
        let (first, from) =
            (parts.next().map_or(Ok(output), |it| ExportFile::open(&it))?, KnownFrom::Journal);
        Ok(Some(Self { first, others: parts.collect(), from }))
    }

    /// Its name, or that of its first part.
    pub(super) fn name(&self) -> &str {
        &self.first.name
    }

    /// Its files, where it has some of its own.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        let first = self.first.own_file().map(|_| self.first.path.as_path());
        first.into_iter().chain(self.others.iter().map(PathBuf::as_path))
    }

    /// The records of all parts, from the start.
    ///
    /// # Errors
    /// [`Failure`] when they cannot be read as an export.
    pub(super) fn pass(
        &self,
        choices: &Choices,
        progress: Progress,
    ) -> Result<Reader<Joined>, Failure> {
        let joined = Joined::open(&self.first, &self.others, choices, progress)?;
        joined.records(&self.first, choices)
    }
}

/// A file that the journal names, as long as it is still the same.
fn as_written(path: &Path, sha256: &str, progress: Progress) -> Result<ExportFile, Failure> {
    if path.is_file() {
        let file = ExportFile::open(path)?;
        let (_, found) = digest_of(&file, progress)?;
        if found == sha256 {
            return Ok(file);
        }
    }
    Err(Failure::usage(
        format!(
            "the import file that the plan's journal names is not here\n  expected  `{}` sha256 \
             {sha256}\n  found     no such file, or another",
            path.display()
        ),
        "give the file that was imported with --import",
    ))
}

/// The parts that a manifest lists; none where the file is no manifest.
fn parts(output: &FileDigest, progress: Progress) -> Result<Vec<PathBuf>, Failure> {
    #[derive(Deserialize)]
    struct Manifest {
        schema: String,
        parts: Vec<Part>,
    }
    #[derive(Deserialize)]
    struct Part {
        file: String,
        sha256: String,
    }
    /// A manifest of as many parts as there may be is shorter; what is longer is an import file.
    const LONGEST: u64 = 16 << 20;
    let path = Path::new(&output.file);
    let failure = |error: io::Error| Failure::file("read", path, &error);
    if std::fs::metadata(path).map_err(failure)?.len() > LONGEST {
        return Ok(Vec::new());
    }
    let bytes = std::fs::read(path).map_err(failure)?;
    let Ok(manifest) = serde_json::from_slice::<Manifest>(&bytes) else { return Ok(Vec::new()) };
    if manifest.schema != manifest::SCHEMA {
        return Ok(Vec::new());
    }
    let beside = |part: &Part| {
        let path = path.with_file_name(&part.file);
        as_written(&path, &part.sha256, progress).map(|_| path)
    };
    manifest.parts.iter().map(beside).collect()
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
        Ok(ImportFile { first, others: Vec::new(), from: KnownFrom::Plan })
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
