//! Writing on a thread of its own: the next block is filled while the last is written, and hashed
//! where somebody wants to know what was written.

use std::io::{self, Write};
use std::mem;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use sha2::{Digest, Sha256};

use super::{BLOCK, Hash, WAITING};
use crate::rewrite::ImportSink;
use crate::seal::hex;

/// A writer that gathers blocks and leaves the writing of them to a thread.
///
/// What [`Write::write`] takes may fail to be written later: the next call says so, and
/// [`finish`](Self::finish) at the latest. [`Write::flush`] hands on what has been gathered.
#[derive(Debug)]
pub struct WriteBehind {
    block: Vec<u8>,
    /// None once everything has been handed on.
    full: Option<SyncSender<Vec<u8>>>,
    spent: Receiver<Vec<u8>>,
    thread: Option<JoinHandle<io::Result<Option<Sha256>>>>,
}

impl WriteBehind {
    /// Writes to `to`, which is flushed at the end.
    pub fn new(mut to: impl Write + Send + 'static, hash: Hash) -> Self {
        let mut hasher = (hash == Hash::Sha256).then(Sha256::new);
        let (full, incoming) = sync_channel::<Vec<u8>>(WAITING);
        let (give_back, spent) = sync_channel::<Vec<u8>>(WAITING + 1);
        let thread = std::thread::spawn(move || {
            for mut block in incoming {
                to.write_all(&block)?;
                if let Some(hasher) = &mut hasher {
                    hasher.update(&block);
                }
                block.clear();
                // Whoever fills the blocks may be gone, or have enough: then this one is freed.
                let _ = give_back.try_send(block);
            }
            to.flush()?;
            Ok(hasher)
        });
        Self { block: Vec::with_capacity(BLOCK), full: Some(full), spent, thread: Some(thread) }
    }

    /// Waits until everything is written; gives its SHA-256, hexadecimal, where it was hashed.
    ///
    /// # Errors
    /// When something could not be written.
    pub fn finish(mut self) -> io::Result<Option<String>> {
        self.flush()?;
        Ok(self.end()?.map(|hasher| hex(&hasher.finalize())))
    }

    fn end(&mut self) -> io::Result<Option<Sha256>> {
        self.full = None;
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(result)) => result,
            Some(Err(_)) => Err(io::Error::other("the writing thread died")),
            None => Err(io::Error::other("the writing thread ended before")),
        }
    }
}

impl Write for WriteBehind {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.block.len() + bytes.len() > BLOCK {
            self.flush()?;
        }
        // A record longer than a block makes a longer block, once.
        self.block.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        let empty = self.spent.try_recv().unwrap_or_else(|_| Vec::with_capacity(BLOCK));
        let full = mem::replace(&mut self.block, empty);
        if self.full.as_ref().is_none_or(|thread| thread.send(full).is_err()) {
            // The thread ends early only for an error.
            self.end()?;
        }
        // The memory of a long record is given back.
        self.block.shrink_to(BLOCK);
        Ok(())
    }
}

impl ImportSink for WriteBehind {
    fn takes_stretches(&self) -> bool {
        true
    }
}

impl Drop for WriteBehind {
    /// What was not finished is given up, and nobody writes any more.
    fn drop(&mut self) {
        if self.thread.is_some() {
            // Whoever gives it up knows of a worse error.
            let _ = self.end();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);

    impl Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// Takes so many bytes and then is full.
    struct Full(usize);

    impl Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let taken = bytes.len().min(self.0);
            self.0 -= taken;
            if taken == 0 { Err(io::ErrorKind::StorageFull.into()) } else { Ok(taken) }
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn everything_arrives_in_order() {
        for lengths in [vec![], vec![0], vec![3, 0, 5], vec![1000; 2000], vec![7, 3 * BLOCK, 9]] {
            let written = Shared::default();
            let mut writer = WriteBehind::new(written.clone(), Hash::Sha256);
            let mut expected = Vec::new();
            for (n, length) in lengths.iter().enumerate() {
                let bytes = vec![n as u8; *length];
                writer.write_all(&bytes).unwrap();
                expected.extend(bytes);
            }
            let digest = writer.finish().unwrap();
            assert!(*written.0.lock().unwrap() == expected, "{} pieces", lengths.len());
            assert_eq!(digest, Some(crate::seal::sha256(&expected)));
        }
    }

    #[test]
    fn a_full_disk_is_said() {
        for room in [0, 10, BLOCK, 3 * BLOCK] {
            let mut writer = WriteBehind::new(Full(room), Hash::Nothing);
            let written = (0..20).try_for_each(|_| writer.write_all(&[b'x'; BLOCK / 2]));
            let error = written.and_then(|()| writer.finish()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{room}");
        }
    }
}
