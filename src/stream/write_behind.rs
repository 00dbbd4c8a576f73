//! Writing on a thread of its own: the next block is filled while the last is written, and hashed
//! where somebody wants to know what was written.

use std::io::{self, Write};
use std::mem;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use sha2::{Digest, Sha256};

use super::{BLOCK, Hash, ROOM, WAITING, spawn};
use crate::rewrite::ImportSink;
use crate::seal::hex;

/// Bytes that a block has room for: a buffer of unchanged records comes in one piece.
const USUAL: usize = ROOM + BLOCK;

/// A writer that gathers blocks and leaves the writing of them to a thread.
///
/// What [`Write::write`] takes may fail to be written later: the next call says so, and
/// [`finish`](Self::finish) at the latest. [`Write::flush`] waits until all is written.
#[derive(Debug)]
pub struct WriteBehind {
    block: Vec<u8>,
    /// None once everything has been handed on.
    orders: Option<SyncSender<Order>>,
    spent: Receiver<Vec<u8>>,
    thread: Option<JoinHandle<io::Result<Option<Sha256>>>>,
}

/// What the thread is to do next.
#[derive(Debug)]
enum Order {
    /// Write a block.
    Write(Vec<u8>),
    /// Flush, and say so.
    Flush(SyncSender<()>),
}

impl WriteBehind {
    /// Writes to `to`, which is flushed at the end.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn new(mut to: impl Write + Send + 'static, hash: Hash) -> io::Result<Self> {
        let mut hasher = (hash == Hash::Sha256).then(Sha256::new);
        let (orders, incoming) = sync_channel::<Order>(WAITING);
        let (give_back, spent) = sync_channel::<Vec<u8>>(WAITING + 1);
        let thread = spawn("writing", move || {
            for order in incoming {
                let mut block = match order {
                    Order::Write(block) => block,
                    Order::Flush(flushed) => {
                        to.flush()?;
                        // Whoever waited may be gone.
                        let _ = flushed.send(());
                        continue;
                    }
                };
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
        })?;
        let block = Vec::with_capacity(USUAL);
        Ok(Self { block, orders: Some(orders), spent, thread: Some(thread) })
    }

    /// Waits until everything is written; gives its SHA-256, hexadecimal, where it was hashed.
    ///
    /// # Errors
    /// When something could not be written.
    pub fn finish(mut self) -> io::Result<Option<String>> {
        self.hand_on()?;
        Ok(self.end()?.map(|hasher| hex(&hasher.finalize())))
    }

    /// Gives the thread what has been gathered.
    fn hand_on(&mut self) -> io::Result<()> {
        if self.block.is_empty() {
            return Ok(());
        }
        let empty = self.spent.try_recv().unwrap_or_else(|_| Vec::with_capacity(USUAL));
        let full = mem::replace(&mut self.block, empty);
        self.order(Order::Write(full))?;
        // The memory of a long record is given back.
        self.block.shrink_to(USUAL);
        Ok(())
    }

    fn order(&mut self, order: Order) -> io::Result<()> {
        match &self.orders {
            Some(orders) if orders.send(order).is_ok() => Ok(()),
            // The thread ends early only for an error.
            _ => self.end().map(|_| ()),
        }
    }

    fn end(&mut self) -> io::Result<Option<Sha256>> {
        self.orders = None;
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
            self.hand_on()?;
        }
        // A record longer than a block makes a longer block, once.
        self.block.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hand_on()?;
        let (flushed, wait) = sync_channel(1);
        self.order(Order::Flush(flushed))?;
        match wait.recv() {
            Ok(()) => Ok(()),
            // The thread ended before it came to that.
            Err(_) => self.end().map(|_| ()),
        }
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
            let mut writer = WriteBehind::new(written.clone(), Hash::Sha256).unwrap();
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
    fn a_flush_waits_for_what_was_written() {
        let written = Shared::default();
        let mut writer =
            WriteBehind::new(io::BufWriter::new(written.clone()), Hash::Nothing).unwrap();
        for round in 1..=3 {
            writer.write_all(&[b'x'; 10]).unwrap();
            writer.flush().unwrap();
            assert_eq!(written.0.lock().unwrap().len(), 10 * round);
        }
        assert_eq!(writer.finish().unwrap(), None);
    }

    #[test]
    fn a_flush_says_what_could_not_be_written() {
        for room in [0, 10, BLOCK] {
            for buffer in [1, 2 * BLOCK] {
                let full = io::BufWriter::with_capacity(buffer, Full(room));
                let mut writer = WriteBehind::new(full, Hash::Nothing).unwrap();
                let written = (0..3).try_for_each(|_| writer.write_all(&[b'x'; BLOCK / 2]));
                let error = written.and_then(|()| writer.flush()).unwrap_err();
                assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{room} {buffer}");
                assert!(writer.flush().is_err(), "{room} {buffer}");
                assert!(writer.finish().is_err(), "{room} {buffer}");
            }
        }
    }

    #[test]
    fn a_full_disk_is_said() {
        for room in [0, 10, BLOCK, 3 * BLOCK] {
            let mut writer = WriteBehind::new(Full(room), Hash::Nothing).unwrap();
            let written = (0..20).try_for_each(|_| writer.write_all(&[b'x'; BLOCK / 2]));
            let error = written.and_then(|()| writer.finish()).unwrap_err();
            assert_eq!(error.kind(), io::ErrorKind::StorageFull, "{room}");
        }
    }
}
