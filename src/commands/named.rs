//! Files that say in their errors which ones they are.

use std::io::{self, IoSlice, Read, Seek, SeekFrom, Write};

/// A file that says in its errors which one it is: of several outputs on several disks, one fills
/// up first.
#[derive(Debug)]
pub(super) struct Named<F> {
    /// The file.
    pub inner: F,
    /// Its name for messages.
    pub name: String,
}

/// An error of a file with its name.
pub(super) fn named(name: &str, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{name}: {error}"))
}

impl<F: Write> Write for Named<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.inner.write(bytes).map_err(|error| named(&self.name, &error))
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.inner.write_vectored(slices).map_err(|error| named(&self.name, &error))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush().map_err(|error| named(&self.name, &error))
    }
}

impl<F: Read> Read for Named<F> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.inner.read(buffer).map_err(|error| named(&self.name, &error))
    }
}

impl<F: Seek> Seek for Named<F> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.inner.seek(to).map_err(|error| named(&self.name, &error))
    }
}
