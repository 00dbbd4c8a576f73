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

impl<F> Named<F> {
    /// What a call took, where it was to take something.
    fn taken(&self, taken: io::Result<usize>) -> io::Result<usize> {
        match taken {
            // Whoever calls again and again would say so, and not where.
            Ok(0) => {
                let error = io::Error::new(io::ErrorKind::WriteZero, "no byte was taken");
                Err(named(&self.name, &error))
            }
            taken => taken.map_err(|error| named(&self.name, &error)),
        }
    }
}

impl<F: Write> Write for Named<F> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.is_empty() {
            return Ok(0);
        }
        let taken = self.inner.write(bytes);
        self.taken(taken)
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        if slices.iter().all(|slice| slice.is_empty()) {
            return Ok(0);
        }
        let taken = self.inner.write_vectored(slices);
        self.taken(taken)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_takes_no_byte_is_named() {
        let mut room = [0; 3];
        let mut file = Named { inner: &mut room[..], name: "`import.csv`".to_owned() };
        assert_eq!(file.write(b"").unwrap(), 0);
        assert_eq!(file.write_vectored(&[IoSlice::new(b""), IoSlice::new(b"a")]).unwrap(), 1);
        assert_eq!(file.write(b"bcd").unwrap(), 2);
        for result in [file.write(b"e"), file.write_vectored(&[IoSlice::new(b"e")])] {
            let error = result.unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::WriteZero);
            assert_eq!(error.to_string(), "`import.csv`: no byte was taken");
        }
        assert_eq!(file.write_vectored(&[]).unwrap(), 0);
    }
}
