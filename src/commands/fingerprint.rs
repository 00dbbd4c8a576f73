//! SHA-256 of a file while it is read, on a thread of its own: hashing costs about as much as all
//! the rest of a pass.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use sha2::{Digest, Sha256};

use crate::rewrite::hex;

/// Blocks that may wait for the hasher.
const WAITING: usize = 8;

/// A reader whose bytes are hashed as they pass.
#[derive(Debug)]
pub(super) struct Hashed<R> {
    inner: R,
    blocks: SyncSender<Vec<u8>>,
    spent: Receiver<Vec<u8>>,
}

/// The digest in the making.
#[derive(Debug)]
pub(super) struct Fingerprint {
    thread: JoinHandle<(u64, String)>,
}

impl Fingerprint {
    /// Length and SHA-256 (hexadecimal) of everything that passed. The reader must be gone.
    ///
    /// # Errors
    /// When the hashing thread died.
    pub(super) fn finish(self) -> io::Result<(u64, String)> {
        self.thread.join().map_err(|_| io::Error::other("the hashing thread died"))
    }
}

/// Reads from `inner`; the second value gives the digest once the first is dropped.
pub(super) fn hashed<R: Read>(inner: R) -> (Hashed<R>, Fingerprint) {
    let (blocks, incoming) = sync_channel::<Vec<u8>>(WAITING);
    let (give_back, spent) = sync_channel::<Vec<u8>>(WAITING);
    let thread = std::thread::spawn(move || {
        let (mut hasher, mut length) = (Sha256::new(), 0);
        for block in incoming {
            hasher.update(&block);
            length += block.len() as u64;
            // The reader may be gone, or have enough blocks: then this one is freed.
            let _ = give_back.try_send(block);
        }
        (length, hex(&hasher.finalize()))
    });
    (Hashed { inner, blocks, spent }, Fingerprint { thread })
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        let mut block = self.spent.try_recv().unwrap_or_default();
        block.clear();
        block.extend_from_slice(&buffer[..read]);
        self.blocks.send(block).map_err(|_| io::Error::other("the hashing thread died"))?;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_that_of_the_bytes() {
        let text = b"abc".repeat(200_000);
        let (mut reader, fingerprint) = hashed(text.as_slice());
        io::copy(&mut reader, &mut io::sink()).unwrap();
        drop(reader);
        let expected = hex(&Sha256::digest(&text));
        assert_eq!(fingerprint.finish().unwrap(), (600_000, expected));
    }

    #[test]
    fn the_known_digest_of_abc() {
        let (mut reader, fingerprint) = hashed(b"abc".as_slice());
        io::copy(&mut reader, &mut io::sink()).unwrap();
        drop(reader);
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(fingerprint.finish().unwrap(), (3, known.to_owned()));
    }
}
