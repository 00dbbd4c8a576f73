//! Where the second pass writes.

use std::io::{self, Write};

use super::CellChange;
use crate::export::{Chunk, Contents, Record};

/// Where an import file goes: into one file, or into several that each begin alike.
pub trait ImportSink: Write {
    /// What every file begins with: the byte order mark, the header.
    ///
    /// # Errors
    /// When it cannot be written.
    fn preamble(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    /// A data record begins.
    ///
    /// # Errors
    /// When a new file cannot be begun.
    fn begin_record(&mut self) -> io::Result<()> {
        Ok(())
    }

    /// What is written from now on may stand in this chunk: then a sink that holds on to the chunk
    /// needs no copy of it.
    ///
    /// # Errors
    /// When what was written before cannot be handed on.
    fn lend(&mut self, _chunk: &Chunk) -> io::Result<()> {
        Ok(())
    }

    /// Whether it takes many records at a time, because it has no need to know where each begins.
    fn takes_stretches(&self) -> bool {
        false
    }
}

impl ImportSink for Vec<u8> {
    fn takes_stretches(&self) -> bool {
        true
    }
}

impl ImportSink for io::Sink {
    fn takes_stretches(&self) -> bool {
        true
    }
}

/// Where the second pass writes.
pub struct Outputs<'w> {
    /// The import file.
    pub import: &'w mut dyn ImportSink,
    /// What it holds.
    pub contents: Contents,
    /// The changed records as they were, with the header.
    pub rollback: Option<&'w mut dyn Write>,
}

impl Outputs<'_> {
    /// What the import file and the rollback both begin with.
    pub(super) fn both(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.import.preamble(bytes)?;
        match &mut self.rollback {
            Some(rollback) => rollback.write_all(bytes),
            None => Ok(()),
        }
    }

    /// Whether changed records may be written as part of a stretch: nobody has to know which they are.
    pub(super) fn takes_changes_in_stretches(&self) -> bool {
        self.import.takes_stretches()
            && self.contents == Contents::Everything
            && self.rollback.is_none()
    }

    pub(super) fn unchanged_record(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.contents {
            Contents::Everything => {
                self.import.begin_record()?;
                self.import.write_all(bytes)
            }
            Contents::ChangedOnly => Ok(()),
        }
    }

    pub(super) fn unchanged(&mut self, bytes: &[u8]) -> io::Result<()> {
        match self.contents {
            Contents::Everything => self.import.write_all(bytes),
            Contents::ChangedOnly => Ok(()),
        }
    }

    pub(super) fn changed(
        &mut self,
        record: &Record<'_>,
        change: &CellChange<'_>,
    ) -> io::Result<()> {
        self.import.begin_record()?;
        record.write_spliced(change.span.clone(), change.host, &mut self.import)?;
        match &mut self.rollback {
            Some(rollback) => rollback.write_all(record.raw()),
            None => Ok(()),
        }
    }
}
