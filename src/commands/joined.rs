//! An import file that was written in parts, read as the one file that it is.

use std::collections::VecDeque;
use std::io::{self, Cursor, Read};
use std::path::{Path, PathBuf};

use super::export_file::ExportFile;
use super::failure::Failure;
use super::progress::Progress;
use crate::export::{Choices, Reader};

/// The bytes of all parts, one after the other. What the first begins with, byte order mark and
/// header, is left out of the others where they begin alike; where one does not, its beginning
/// stays, and stands out.
pub(super) struct Joined {
    current: Box<dyn Read>,
    /// Opened when their turn comes: there may be more than can be open at once.
    waiting: VecDeque<PathBuf>,
    preamble: Vec<u8>,
    progress: Progress,
}

impl Joined {
    /// From the first part and the paths of the others.
    ///
    /// # Errors
    /// [`Failure`] when the first cannot be read.
    pub(super) fn open(
        first: &ExportFile,
        others: &[PathBuf],
        choices: &Choices,
        progress: Progress,
    ) -> Result<Self, Failure> {
        let mut preamble = Vec::new();
        if !others.is_empty() {
            let mut reader = first.pass(choices, progress, "import file")?;
            preamble.extend_from_slice(reader.bom_bytes());
            if reader.dialect().header.is_some() {
                let header = reader.next_record().map_err(|error| first.failure(&error))?;
                preamble.extend(header.iter().flat_map(|header| header.raw()));
            }
        }
        let current = Box::new(first.bytes_from_start(progress, "import file")?);
        Ok(Self { current, waiting: others.to_vec().into(), preamble, progress })
    }

    /// The records of all parts.
    ///
    /// # Errors
    /// [`Failure`] when they cannot be read as an export.
    pub(super) fn records(
        self,
        first: &ExportFile,
        choices: &Choices,
    ) -> Result<Reader<Self>, Failure> {
        Reader::open(self, choices).map_err(|error| first.failure(&error))
    }

    fn next_part(&mut self, path: &Path) -> io::Result<()> {
        let part = ExportFile::open(path).map_err(io::Error::other)?;
        let bytes = part.bytes_from_start(self.progress, "import file");
        let mut bytes = bytes.map_err(io::Error::other)?;
        let mut beginning = Vec::new();
        (&mut bytes).take(self.preamble.len() as u64).read_to_end(&mut beginning)?;
        if beginning == self.preamble {
            beginning.clear();
        }
        self.current = Box::new(Cursor::new(beginning).chain(bytes));
        Ok(())
    }
}

impl Read for Joined {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.current.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            let Some(next) = self.waiting.pop_front() else { return Ok(0) };
            self.next_part(&next)?;
        }
    }
}
