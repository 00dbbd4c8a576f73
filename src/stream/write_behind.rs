//! Writing on a thread of its own: the next block is filled while the last is written, and hashed
//! where somebody wants to know what was written.

use std::io::{self, IoSlice, Write};
use std::mem;
use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use sha2::{Digest, Sha256};

use super::{BLOCK, Hash, WAITING, spawn};
use crate::export::Chunk;
use crate::rewrite::ImportSink;
use crate::seal::hex;

/// Pieces of a chunk so long, in bytes, are written from where they stand; shorter ones are copied, which
/// costs less than telling the system of each.
const LONG: usize = 1 << 10;
/// Pieces that a block may have.
const PIECES: usize = 1 << 10;

/// A writer that gathers blocks and leaves the writing of them to a thread.
///
/// What [`Write::write`] takes may fail to be written later: the next call says so, and
/// [`finish`](Self::finish) at the latest. [`Write::flush`] waits until all is written.
#[derive(Debug)]
pub struct WriteBehind {
    /// What bytes may stand in that are written next.
    lent: Option<Chunk>,
    block: Block,
    /// None once everything has been handed on.
    orders: Option<SyncSender<Order>>,
    spent: Receiver<Block>,
    thread: Option<JoinHandle<io::Result<Option<Sha256>>>>,
}

/// What is written at a time: copied bytes, and pieces of a chunk that was lent between them.
#[derive(Debug, Default)]
struct Block {
    /// The chunk, once there is a piece of it.
    chunk: Option<Chunk>,
    copied: Vec<u8>,
    pieces: Vec<Piece>,
}

/// A piece of the chunk, and where what was copied before it ends.
#[derive(Clone, Debug)]
struct Piece {
    copied_to: usize,
    place: Range<usize>,
}

/// What the thread is to do next.
#[derive(Debug)]
enum Order {
    /// Write a block.
    Write(Block),
    /// Flush, and say so.
    Flush(SyncSender<()>),
}

impl Block {
    /// Adds a piece of a chunk behind the others. All of them are pieces of one.
    fn push(&mut self, chunk: &Chunk, place: Range<usize>) {
        self.chunk.get_or_insert_with(|| chunk.clone());
        let copied_to = self.copied.len();
        match self.pieces.last_mut() {
            Some(last) if last.copied_to == copied_to && last.place.end == place.start => {
                last.place.end = place.end;
            }
            _ => self.pieces.push(Piece { copied_to, place }),
        }
    }

    fn is_empty(&self) -> bool {
        self.copied.is_empty() && self.pieces.is_empty()
    }

    /// Everything in order, to be written.
    fn slices(&self) -> Vec<IoSlice<'_>> {
        let chunk = self.chunk.as_deref().unwrap_or_default();
        let mut slices = Vec::with_capacity(2 * self.pieces.len() + 1);
        let mut copied_from = 0;
        for Piece { copied_to, place } in &self.pieces {
            slices.push(IoSlice::new(&self.copied[copied_from..*copied_to]));
            slices.push(IoSlice::new(&chunk[place.clone()]));
            copied_from = *copied_to;
        }
        slices.push(IoSlice::new(&self.copied[copied_from..]));
        slices.retain(|slice| !slice.is_empty());
        slices
    }

    /// Forgets everything, and keeps no more memory than usual blocks need.
    fn clear(&mut self) {
        self.chunk = None;
        self.pieces.clear();
        self.copied.clear();
        self.copied.shrink_to(BLOCK);
    }
}

/// Writes all of the slices, one behind the other.
fn write_all_vectored(to: &mut impl Write, mut slices: &mut [IoSlice<'_>]) -> io::Result<()> {
    while !slices.is_empty() {
        match to.write_vectored(slices) {
            Ok(0) => return Err(io::Error::new(io::ErrorKind::WriteZero, "no byte was taken")),
            Ok(written) => IoSlice::advance_slices(&mut slices, written),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

impl WriteBehind {
    /// Writes to `to`, which is flushed at the end.
    ///
    /// # Errors
    /// When the system has no thread to give.
    pub fn new(mut to: impl Write + Send + 'static, hash: Hash) -> io::Result<Self> {
        let mut hasher = (hash == Hash::Sha256).then(Sha256::new);
        let (orders, incoming) = sync_channel::<Order>(WAITING);
        let (give_back, spent) = sync_channel::<Block>(WAITING + 1);
        let thread = spawn("writing", move || {
            for order in incoming {
                match order {
                    Order::Write(mut block) => {
                        write_all_vectored(&mut to, &mut block.slices())?;
                        if let Some(hasher) = &mut hasher {
                            block.slices().iter().for_each(|slice| hasher.update(&**slice));
                        }
                        block.clear();
                        // Whoever fills the blocks may be gone, or have enough: then it is freed.
                        let _ = give_back.try_send(block);
                    }
                    Order::Flush(flushed) => {
                        to.flush()?;
                        // Whoever waited may be gone.
                        let _ = flushed.send(());
                    }
                }
            }
            to.flush()?;
            Ok(hasher)
        })?;
        let block = Block::default();
        Ok(Self { lent: None, block, orders: Some(orders), spent, thread: Some(thread) })
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
        let empty = self.spent.try_recv().unwrap_or_default();
        let full = mem::replace(&mut self.block, empty);
        self.order(Order::Write(full))
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
        let lent = self.lent.as_ref().filter(|_| bytes.len() >= LONG);
        let place = lent.and_then(|chunk| chunk.place_of(bytes));
        let is_full = match place {
            Some(_) => self.block.pieces.len() == PIECES,
            None => self.block.copied.len() + bytes.len() > BLOCK,
        };
        if is_full {
            self.hand_on()?;
        }
        match (&self.lent, place) {
            (Some(chunk), Some(place)) => self.block.push(chunk, place),
            // What is longer than a block makes a longer block, once.
            _ => self.block.copied.extend_from_slice(bytes),
        }
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
    fn lend(&mut self, chunk: &Chunk) -> io::Result<()> {
        if self.lent.as_ref().is_some_and(|lent| lent.is(chunk)) {
            return Ok(());
        }
        if self.block.chunk.is_some() {
            self.hand_on()?;
        }
        // Others were made for long records: a few of them would be all the memory there is.
        self.lent = chunk.goes_round().then(|| chunk.clone());
        Ok(())
    }

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
    use crate::export::Home;

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
    fn what_stands_in_a_chunk_that_was_lent_arrives_like_everything_else() {
        let chunks: Vec<Chunk> =
            (0..5_u8).map(|n| going_round((0..2000).map(|at| at as u8 ^ n).collect())).collect();
        // Pieces of the chunk that is lent, of one that is not, and copied bytes, long and short.
        for long in [LONG - 1, LONG, LONG + 50] {
            for count in [1, 3, 2 * PIECES] {
                let written = Shared::default();
                let mut writer = WriteBehind::new(written.clone(), Hash::Sha256).unwrap();
                let mut expected = Vec::new();
                for n in 0..count {
                    let (lent, other) = (&chunks[n / 7 % 5], &chunks[n / 11 % 5]);
                    writer.lend(lent).unwrap();
                    let from = n % 200;
                    for bytes in [&lent[from..][..long], b"", &other[n % 100..][..n % 3], b"copied"]
                    {
                        writer.write_all(bytes).unwrap();
                        expected.extend_from_slice(bytes);
                    }
                    writer.write_all(&lent[from + long..][..9]).unwrap();
                    expected.extend_from_slice(&lent[from + long..][..9]);
                }
                let digest = writer.finish().unwrap();
                assert!(*written.0.lock().unwrap() == expected, "{long} {count}");
                assert_eq!(digest, Some(crate::seal::sha256(&expected)));
            }
        }
    }

    #[test]
    fn many_long_pieces_are_written_one_behind_the_other() {
        /// Takes a few bytes at a time, and is interrupted in between.
        struct Little(Shared, usize);
        impl Write for Little {
            fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
                self.1 += 1;
                if self.1.is_multiple_of(3) {
                    return Err(io::ErrorKind::Interrupted.into());
                }
                self.0.write(&bytes[..bytes.len().min(1000)])
            }

            fn flush(&mut self) -> io::Result<()> {
                Ok(())
            }
        }
        let chunk = going_round((0..5 * LONG).map(|n| (n / 7) as u8).collect());
        let written = Shared::default();
        let mut writer = WriteBehind::new(Little(written.clone(), 0), Hash::Sha256).unwrap();
        writer.lend(&chunk).unwrap();
        let mut expected = Vec::new();
        for place in [0..2 * LONG, 3 * LONG..5 * LONG, 5..3 * LONG] {
            for bytes in [&chunk[place], b"c1.webex.com"] {
                writer.write_all(bytes).unwrap();
                expected.extend_from_slice(bytes);
            }
        }
        assert_eq!(writer.finish().unwrap(), Some(crate::seal::sha256(&expected)));
        assert!(*written.0.lock().unwrap() == expected);
    }

    /// A chunk whose buffer went home to nobody in the end.
    fn going_round(bytes: Vec<u8>) -> Chunk {
        let home = Home { to: sync_channel(0).0, length: bytes.len() };
        Chunk::at_home(bytes, home)
    }

    #[test]
    fn a_chunk_is_let_go_once_it_is_written_or_not_wanted() {
        let mut writer = WriteBehind::new(io::sink(), Hash::Nothing).unwrap();
        let (to, home) = sync_channel(1);
        // A piece of some chunks is written, of others nothing, or what is not worth it.
        for (n, written) in [LONG, 0, 2 * LONG, LONG - 1, LONG].into_iter().enumerate() {
            let bytes = vec![n as u8; 2 * LONG];
            let chunk = Chunk::at_home(bytes, Home { to: to.clone(), length: 2 * LONG });
            writer.lend(&chunk).unwrap();
            writer.write_all(&chunk[..written]).unwrap();
            drop(chunk);
            writer.lend(&Chunk::new(Vec::new())).unwrap();
            assert_eq!(home.recv().unwrap()[0], n as u8, "{written}");
        }
        // One that does not go round is not held on to.
        for chunk in [
            Chunk::new(vec![b'x'; 2 * LONG]),
            Chunk::at_home(vec![b'x'; 2 * LONG], Home { to: to.clone(), length: LONG }),
        ] {
            writer.lend(&chunk).unwrap();
            writer.write_all(&chunk).unwrap();
            assert!(writer.lent.is_none() && writer.block.chunk.is_none());
        }
        writer.finish().unwrap();
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
