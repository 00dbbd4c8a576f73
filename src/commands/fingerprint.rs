//! SHA-256 of a whole file, and of a small one while it is written.

use std::io::{self, Write};

use sha2::{Digest, Sha256};

use super::export_file::ExportFile;
use super::failure::Failure;
use super::progress::{Progress, interrupted};
use crate::seal::hex;

/// Length and SHA-256 (hexadecimal) of an export.
///
/// # Errors
/// [`Failure`] when it cannot be read, or Ctrl-C was pressed.
pub(super) fn digest_of(export: &ExportFile, progress: Progress) -> Result<(u64, String), Failure> {
    let failure = |error| match interrupted() {
        true => Failure::interrupted(),
        false => export.unread(&error),
    };
    let (mut bytes, fingerprint) = export.hashed(progress, "checking")?;
    io::copy(&mut bytes.bytes(), &mut io::sink()).map_err(failure)?;
    drop(bytes);
    fingerprint.finish().map_err(failure)
}

/// A writer that hashes what it writes.
#[derive(Debug)]
pub(super) struct Hashing<W> {
    to: W,
    hasher: Sha256,
}

impl<W> Hashing<W> {
    /// Writes to `to`.
    pub(super) fn new(to: W) -> Self {
        Self { to, hasher: Sha256::new() }
    }

    /// SHA-256 (hexadecimal) of everything written so far.
    pub(super) fn sha256(&self) -> String {
        hex(&self.hasher.clone().finalize())
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.to.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_what_was_written() {
        let mut hashing = Hashing::new(Vec::new());
        hashing.write_all(b"a").unwrap();
        hashing.write_all(b"bc").unwrap();
        assert_eq!(hashing.sha256(), crate::seal::sha256(b"abc"));
        assert_eq!(hashing.to, b"abc");
    }
}
