//! SHA-256 of a file while it is read, on a thread of its own: hashing costs about as much as all
//! the rest of a pass, so the thread that hashes also reads, ahead of the one that works. And of a
//! small file while it is written.

use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use sha2::{Digest, Sha256};

use super::export_file::ExportFile;
use super::failure::Failure;
use super::progress::{Progress, interrupted};
use crate::seal::hex;

/// Bytes in a block.
const BLOCK: usize = 256 * 1024;
/// Blocks that are read ahead: enough that neither thread waits for the other's longer steps.
const AHEAD: usize = 8;

/// A reader whose bytes are read ahead and hashed.
#[derive(Debug)]
pub(super) struct Hashed {
    blocks: Receiver<io::Result<Vec<u8>>>,
    spent: SyncSender<Vec<u8>>,
    block: Vec<u8>,
    /// How much of the block has been given out.
    given: usize,
}

/// The digest in the making.
#[derive(Debug)]
pub(super) struct Fingerprint {
    thread: JoinHandle<(u64, String)>,
}

impl Fingerprint {
    /// Length and SHA-256 (hexadecimal) of everything that was read: of the whole source when the
    /// reader was read to its end. The reader must be gone. Afterwards nobody reads the source.
    ///
    /// # Errors
    /// When the hashing thread died.
    pub(super) fn finish(self) -> io::Result<(u64, String)> {
        self.thread.join().map_err(|_| io::Error::other("the hashing thread died"))
    }
}

/// Reads from `source`; the second value gives the digest once the first is dropped.
pub(super) fn hashed(mut source: impl Read + Send + 'static) -> (Hashed, Fingerprint) {
    let (give, blocks) = sync_channel::<io::Result<Vec<u8>>>(AHEAD);
    let (spent, empty) = sync_channel::<Vec<u8>>(AHEAD + 1);
    let thread = std::thread::spawn(move || {
        let (mut hasher, mut length) = (Sha256::new(), 0);
        loop {
            let mut block = empty.try_recv().unwrap_or_default();
            block.resize(BLOCK, 0);
            let read = match source.read(&mut block) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => {
                    // The reader may be gone; then nobody asks.
                    let _ = give.send(Err(error));
                    break;
                }
            };
            block.truncate(read);
            hasher.update(&block);
            length += read as u64;
            if give.send(Ok(block)).is_err() {
                break;
            }
        }
        (length, hex(&hasher.finalize()))
    });
    (Hashed { blocks, spent, block: Vec::new(), given: 0 }, Fingerprint { thread })
}

impl Read for Hashed {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.block.len() {
            // No more blocks: the source ended, or its error has been given.
            let Ok(next) = self.blocks.recv() else { return Ok(0) };
            let spent = std::mem::replace(&mut self.block, next?);
            self.given = 0;
            // The thread may be done, or have enough blocks: then this one is freed.
            let _ = self.spent.try_send(spent);
        }
        let rest = &self.block[self.given..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }
}

/// Length and SHA-256 (hexadecimal) of an export.
///
/// # Errors
/// [`Failure`] when it cannot be read, or Ctrl-C was pressed.
pub(super) fn digest_of(export: &ExportFile, progress: Progress) -> Result<(u64, String), Failure> {
    let failure = |error| match interrupted() {
        true => Failure::interrupted(),
        false => Failure::file("read", Path::new(&export.name), &error),
    };
    let (mut bytes, fingerprint) = hashed(export.bytes_from_start(progress, "checking")?);
    io::copy(&mut bytes, &mut io::sink()).map_err(failure)?;
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
    fn the_digest_is_that_of_the_bytes() {
        let text = b"abc".repeat(400_000);
        let (mut reader, fingerprint) = hashed(io::Cursor::new(text.clone()));
        let mut copy = Vec::new();
        io::copy(&mut reader, &mut copy).unwrap();
        drop(reader);
        assert!(copy == text);
        let expected = hex(&Sha256::digest(&text));
        assert_eq!(fingerprint.finish().unwrap(), (1_200_000, expected));
    }

    #[test]
    fn the_known_digest_of_abc() {
        let (mut reader, fingerprint) = hashed(b"abc".as_slice());
        io::copy(&mut reader, &mut io::sink()).unwrap();
        drop(reader);
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(fingerprint.finish().unwrap(), (3, known.to_owned()));
    }

    #[test]
    fn a_read_error_comes_through() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("broken"))
            }
        }
        let (mut reader, fingerprint) = hashed(b"abc".as_slice().chain(Broken));
        let error = io::copy(&mut reader, &mut io::sink()).unwrap_err();
        assert_eq!(error.to_string(), "broken");
        drop(reader);
        assert_eq!(fingerprint.finish().unwrap().0, 3);
    }

    #[test]
    fn a_reader_that_leaves_early_stops_the_reading() {
        let (reader, fingerprint) = hashed(io::repeat(b'x'));
        drop(reader);
        fingerprint.finish().unwrap();
    }
}
