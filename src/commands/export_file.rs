//! Opening an export: by path, or spooled from standard input.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::failure::Failure;
use super::named::{Named, named};
use super::progress::{Progress, Wait, Watched, interrupted};
use crate::census::CensusError;
use crate::export::{Choices, Reader};
use crate::rewrite::RewriteError;
use crate::stream::{Fingerprint, ReadAhead, hashed, read_ahead};

/// An export that can be read several times.
#[derive(Debug)]
pub(super) struct ExportFile {
    file: File,
    /// The name for messages: the path, or `standard input`.
    pub name: String,
    /// Its path as given; `-` is standard input.
    pub path: PathBuf,
    /// Whether it was read from a spool and not from a file of its own.
    spooled: bool,
    /// Its length in bytes when it was opened.
    pub bytes: u64,
    modified: Option<SystemTime>,
}

/// A pass over an export.
pub(super) type Pass = Reader<ReadAhead>;

impl ExportFile {
    /// Opens an export; `-` is standard input, spooled to a file without a name.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be opened or is no regular file.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        // A pipe may keep us waiting: to be opened, or for its bytes.
        let _wait = Wait::begin();
        if path == Path::new("-") {
            let spooled = spool(&mut io::stdin().lock());
            let file = spooled
                .map_err(|error| Failure::file("read", Path::new("standard input"), &error))?;
            return Self::from_file(file, "standard input".to_owned(), path, true);
        }
        if path.is_dir() {
            return Err(Failure::failed(
                format!("cannot open `{}`: it is a folder", path.display()),
                "give the path of the export itself",
            ));
        }
        let opened = File::open(path).map_err(|error| Failure::file("open", path, &error))?;
        let kind = opened.metadata().map_err(|error| Failure::file("open", path, &error))?;
        let name = path.display().to_string();
        if kind.is_file() {
            return Self::from_file(opened, name, path, false);
        }
        // A pipe can be read once only, and we read twice.
        let spooled = spool(&mut &opened).map_err(|error| Failure::file("read", path, &error))?;
        Self::from_file(spooled, name, path, true)
    }

    fn from_file(file: File, name: String, path: &Path, spooled: bool) -> Result<Self, Failure> {
        let found = file.metadata();
        let found = found.map_err(|error| Failure::file("read", Path::new(&name), &error))?;
        let (bytes, modified) = (found.len(), found.modified().ok());
        Ok(Self { file, name, path: path.to_owned(), spooled, bytes, modified })
    }

    /// A file of ours that is read as one.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be looked at.
    pub(super) fn made(file: File, name: &str) -> Result<Self, Failure> {
        Self::from_file(file, name.to_owned(), Path::new(name), true)
    }

    /// When it was last written, as the file system says; unknown of what came through a pipe.
    pub(super) fn written_at(&self) -> Option<SystemTime> {
        self.modified.filter(|_| !self.spooled)
    }

    /// The administrator's own file, when it is one.
    pub(super) fn own_file(&self) -> Option<&File> {
        (!self.spooled).then_some(&self.file)
    }

    /// The bytes from the start, read ahead and hashed.
    ///
    /// # Errors
    /// As [`Self::bytes_from_start`].
    pub(super) fn hashed(
        &self,
        progress: Progress,
        label: &'static str,
    ) -> Result<(ReadAhead, Fingerprint), Failure> {
        hashed(self.bytes_from_start(progress, label)?).map_err(|error| self.unread(&error))
    }

    /// The bytes from the start, watched by a progress bar and by Ctrl-C. Whoever read them before must be
    /// gone: both would move the file's one place.
    ///
    /// # Errors
    /// [`Failure`] when the file cannot be rewound.
    pub(super) fn bytes_from_start(
        &self,
        progress: Progress,
        label: &'static str,
    ) -> Result<Watched<File>, Failure> {
        // The same open file, so that a thread of its own may read it.
        let rewound = self.file.try_clone().and_then(|mut file| {
            file.seek(SeekFrom::Start(0))?;
            Ok(file)
        });
        let file = rewound.map_err(|error| self.unread(&error))?;
        Ok(Watched::new(file, progress.bytes(label, self.bytes)))
    }

    /// A pass over the records from the start.
    ///
    /// # Errors
    /// [`Failure`] when the file cannot be read as an export.
    pub(super) fn pass(
        &self,
        choices: &Choices,
        progress: Progress,
        label: &'static str,
    ) -> Result<Pass, Failure> {
        let bytes = read_ahead(self.bytes_from_start(progress, label)?);
        let bytes = bytes.map_err(|error| self.unread(&error))?;
        Reader::open(bytes, choices).map_err(|error| self.failure(&error))
    }

    /// The failure of a file that cannot be read.
    pub(super) fn unread(&self, error: &io::Error) -> Failure {
        Failure::file("read", Path::new(&self.name), error)
    }

    /// That the file did not change while it was read, as far as the file system says.
    ///
    /// # Errors
    /// [`Failure`] when it did.
    pub(super) fn check_unchanged(&self) -> Result<(), Failure> {
        let found = self.file.metadata().map_err(|error| self.unread(&error))?;
        if (found.len(), found.modified().ok()) == (self.bytes, self.modified) {
            return Ok(());
        }
        Err(self.changed())
    }

    /// The failure of an export that changes under us.
    pub(super) fn changed(&self) -> Failure {
        Failure::failed(
            format!("`{}` changed while it was read; no output was written", self.name),
            "let the export be finished first, then run again",
        )
    }

    /// The failure of an export that cannot be read.
    pub(super) fn failure(&self, error: &crate::export::ExportError) -> Failure {
        if interrupted() {
            return Failure::interrupted();
        }
        Failure::export(&self.name, error)
    }

    /// The failure of an export that cannot be counted.
    pub(super) fn census_failure(&self, error: &CensusError) -> Failure {
        match error {
            CensusError::Export(error) => self.failure(error),
            CensusError::TooManyHosts { .. } => Failure::too_many_hosts(&self.name, error),
        }
    }

    /// The failure of a second pass over it.
    pub(super) fn pass_failure(&self, error: &RewriteError) -> Failure {
        if interrupted() {
            return Failure::interrupted();
        }
        Failure::rewrite(&self.name, error)
    }
}

fn spool(source: &mut dyn Read) -> io::Result<File> {
    let name = format!("a copy of it in `{}`", std::env::temp_dir().display());
    let file = tempfile::tempfile().map_err(|error| named(&name, &error))?;
    let mut copy = Named { inner: file, name };
    io::copy(source, &mut copy)?;
    Ok(copy.inner)
}
