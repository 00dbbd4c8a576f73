//! An import file that was joined from pieces, compared with what one run would write, while that
//! run goes on and writes nothing.

use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::export_file::ExportFile;
use super::failure::Failure;
use super::progress::Progress;
use crate::journal::FileDigest;
use crate::rewrite::ImportSink;
use crate::stream::{Fingerprint, ReadAhead};

/// Takes what would be written, and fails where the file holds something else.
pub(super) struct Comparing {
    path: PathBuf,
    /// The path for messages.
    name: String,
    bytes: ReadAhead,
    fingerprint: Fingerprint,
    /// What was read of the file last.
    found: Vec<u8>,
    /// Bytes that were the same.
    same: u64,
    /// Data records that were begun.
    records: u64,
}

impl Comparing {
    /// Opens the file; `-` is standard input.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be read.
    pub(super) fn open(path: &Path) -> Result<Self, Failure> {
        let file = ExportFile::open(path)?;
        let (bytes, fingerprint) = file.hashed(Progress::hidden(), "joined")?;
        let (found, same, records) = (Vec::new(), 0, 0);
        let (path, name) = (path.to_owned(), file.name);
        Ok(Self { path, name, bytes, fingerprint, found, same, records })
    }

    /// That the file ends here; gives it with its digest.
    ///
    /// # Errors
    /// When it goes on, or cannot be read.
    pub(super) fn finish(mut self) -> io::Result<FileDigest> {
        if self.bytes.bytes().read(&mut [0])? > 0 {
            return Err(self.differs("it goes on where one run ends"));
        }
        drop(self.bytes);
        Ok(FileDigest::of(&self.path, self.fingerprint.finish()?.1))
    }

    fn differs(&self, how: &str) -> io::Error {
        let place = match self.records {
            0 => "before the first record".to_owned(),
            record => format!("in record {record}"),
        };
        io::Error::other(Failure::not_joined(&self.name, how, &place, self.same))
    }
}

impl Write for Comparing {
    fn write(&mut self, expected: &[u8]) -> io::Result<usize> {
        let mut found = std::mem::take(&mut self.found);
        found.clear();
        self.bytes.bytes().take(expected.len() as u64).read_to_end(&mut found)?;
        let same = expected.iter().zip(&found).take_while(|(wanted, is)| wanted == is).count();
        self.same += same as u64;
        if same < expected.len() {
            return Err(self.differs(match same == found.len() {
                true => "it ends where one run goes on",
                false => "it holds other bytes than one run writes",
            }));
        }
        self.found = found;
        Ok(expected.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl ImportSink for Comparing {
    fn begin_record(&mut self) -> io::Result<()> {
        self.records += 1;
        Ok(())
    }
}
