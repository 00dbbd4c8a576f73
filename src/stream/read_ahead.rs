//! Reading on a thread of its own, ahead of whoever works on the bytes, and hashing them there.

use std::fmt;
use std::io::{self, Read};
use std::mem;
use std::ops::Range;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::{JoinHandle, available_parallelism};

use sha2::{Digest, Sha256};

use super::{BLOCK, Hash, ROOM, ROUND, WAITING, spawn};
use crate::export::{Chunk, Home, Source};
use crate::seal::hex;

/// A source whose bytes are read ahead, and whose blocks are handed over without being copied.
#[derive(Debug)]
pub struct ReadAhead {
    feed: Feed,
}

enum Feed {
    /// From a thread.
    Thread { ring: Option<Ring>, block: Block, thread: Option<JoinHandle<()>> },
    /// From the source itself: with one processor, a thread would only be in the way.
    Source(AsAsked),
}

/// A source that is read when it is asked to.
struct AsAsked {
    source: Box<dyn Read + Send>,
    is_at_end: bool,
    /// Where its buffers go and come from.
    spent: SyncSender<Vec<u8>>,
    empty: Receiver<Vec<u8>>,
}

/// What a reading thread leaves behind: how many bytes there were, and their digest.
type Passed = (u64, Option<Sha256>);

/// Both ends of the ring that this side holds.
struct Ring {
    blocks: Receiver<Next>,
    spent: SyncSender<Vec<u8>>,
    given: Given,
}

/// A block, or that there are no more.
type Next = io::Result<Option<Block>>;

/// What a ring has given last.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Given {
    Block,
    End,
    Error,
}

/// A buffer, and which of its bytes were read and not yet given out.
#[derive(Default)]
struct Block {
    buffer: Vec<u8>,
    unread: Range<usize>,
}

/// The digest in the making.
#[derive(Debug)]
pub struct Fingerprint {
    passed: Receiver<Passed>,
}

impl Fingerprint {
    /// Length and SHA-256 (hexadecimal) of everything that was read: of the whole source when the
    /// reader was read to its end. The reader must be gone: as long as it is there, the thread waits for it.
    ///
    /// # Errors
    /// When the hashing thread died.
    pub fn finish(self) -> io::Result<(u64, String)> {
        let died = |_| io::Error::other("the hashing thread died");
        let (length, hasher) = self.passed.recv().map_err(died)?;
        Ok((length, hasher.map(|hasher| hex(&hasher.finalize())).unwrap_or_default()))
    }
}

/// Reads ahead from `source`. Once the value is dropped, nobody reads the source.
///
/// # Errors
/// When the system has no thread to give.
pub fn read_ahead(source: impl Read + Send + 'static) -> io::Result<ReadAhead> {
    if available_parallelism().is_ok_and(|cores| cores.get() == 1) {
        return Ok(as_asked(source));
    }
    begin(source, Hash::Nothing).map(|(reader, _)| reader)
}

/// The same, and hashes what is read; the second value gives the digest once the first is dropped.
///
/// # Errors
/// As [`read_ahead`].
pub fn hashed(source: impl Read + Send + 'static) -> io::Result<(ReadAhead, Fingerprint)> {
    begin(source, Hash::Sha256)
}

/// Reads `source` when it is asked to, without a thread.
fn as_asked(source: impl Read + Send + 'static) -> ReadAhead {
    let (spent, empty) = sync_channel(ROUND);
    let feed = AsAsked { source: Box::new(source), is_at_end: false, spent, empty };
    ReadAhead { feed: Feed::Source(feed) }
}

fn begin(source: impl Read + Send + 'static, hash: Hash) -> io::Result<(ReadAhead, Fingerprint)> {
    let (give, blocks) = sync_channel::<Next>(WAITING);
    let (spent, empty) = sync_channel::<Vec<u8>>(ROUND);
    let (leave, passed) = sync_channel(1);
    let thread = spawn("reading", move || {
        // Nobody may ask.
        let _ = leave.send(pass_on(source, hash, &give, &empty));
    })?;
    let ring = Some(Ring { blocks, spent, given: Given::Block });
    let feed = Feed::Thread { ring, block: Block::default(), thread: Some(thread) };
    Ok((ReadAhead { feed }, Fingerprint { passed }))
}

/// What the thread does: reads, hashes and gives, until the source ends or fails, or nobody takes any more.
fn pass_on(
    mut source: impl Read,
    hash: Hash,
    give: &SyncSender<Next>,
    empty: &Receiver<Vec<u8>>,
) -> Passed {
    let mut hasher = (hash == Hash::Sha256).then(Sha256::new);
    let mut length = 0;
    loop {
        let mut buffer = empty_buffer(empty);
        let next = match source.read(&mut buffer[ROOM..]) {
            Ok(0) => Ok(None),
            Ok(read) => {
                let unread = ROOM..ROOM + read;
                if let Some(hasher) = &mut hasher {
                    hasher.update(&buffer[unread.clone()]);
                }
                length += read as u64;
                Ok(Some(Block { buffer, unread }))
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
        let is_last = !matches!(next, Ok(Some(_)));
        if give.send(next).is_err() || is_last {
            return (length, hasher);
        }
    }
}

/// A buffer that came home, or a new one.
fn empty_buffer(empty: &Receiver<Vec<u8>>) -> Vec<u8> {
    empty.try_recv().unwrap_or_else(|_| vec![0; ROOM + BLOCK])
}

/// Makes a chunk of the next block, with what is kept of another in front.
fn follow(
    chunk: &mut Chunk,
    kept: Range<usize>,
    block: Block,
    to: &SyncSender<Vec<u8>>,
) -> Range<usize> {
    let Block { mut buffer, unread } = block;
    let place = unread.start - kept.len()..unread.end;
    buffer[place.start..unread.start].copy_from_slice(&chunk[kept]);
    *chunk = Chunk::at_home(buffer, Home { to: to.clone(), length: ROOM + BLOCK });
    place
}

impl AsAsked {
    fn read_into(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = if self.is_at_end { 0 } else { self.source.read(into)? };
        // Whoever has room for no byte is given none, and that is no end.
        self.is_at_end |= read == 0 && !into.is_empty();
        Ok(read)
    }

    /// The next block; none at the end.
    fn next(&mut self) -> Next {
        let mut buffer = empty_buffer(&self.empty);
        loop {
            match self.read_into(&mut buffer[ROOM..]) {
                Ok(0) => return Ok(None),
                Ok(read) => return Ok(Some(Block { buffer, unread: ROOM..ROOM + read })),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }
}

impl Ring {
    /// The next block; none at the end. An error is given once with its cause, and then again and again,
    /// so that nobody takes it for an end.
    fn next(&mut self) -> Next {
        match self.given {
            Given::End => return Ok(None),
            Given::Error => return Err(io::Error::other("reading failed before")),
            Given::Block => {}
        }
        let died = |_| Err(io::Error::other("the reading thread died"));
        let next = self.blocks.recv().unwrap_or_else(died);
        self.given = match next {
            Ok(Some(_)) => Given::Block,
            Ok(None) => Given::End,
            Err(_) => Given::Error,
        };
        next
    }

    /// Gives a buffer back, if it is one of these; the thread may be done, or have enough of them.
    fn give_back(&self, buffer: Vec<u8>) {
        if buffer.len() == ROOM + BLOCK {
            let _ = self.spent.try_send(buffer);
        }
    }
}

impl ReadAhead {
    /// The bytes, for whoever wants to read and not to exchange.
    pub fn bytes(&mut self) -> Bytes<'_> {
        Bytes(self)
    }
}

impl Source for ReadAhead {
    fn read_into(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let (ring, block) = match &mut self.feed {
            Feed::Source(source) => return source.read_into(into),
            Feed::Thread { ring: None, .. } => return Ok(0),
            Feed::Thread { ring: Some(ring), block, .. } => (ring, block),
        };
        if block.unread.is_empty() {
            let Some(next) = ring.next()? else { return Ok(0) };
            ring.give_back(mem::replace(block, next).buffer);
        }
        let rest = &block.buffer[block.unread.clone()];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        block.unread.start += count;
        Ok(count)
    }

    fn exchange(
        &mut self,
        chunk: &mut Chunk,
        kept: Range<usize>,
    ) -> io::Result<Option<Range<usize>>> {
        if kept.len() > ROOM {
            return Ok(None);
        }
        let (next, spent) = match &mut self.feed {
            Feed::Source(source) => (source.next()?, &source.spent),
            Feed::Thread { ring: None, .. } => return Ok(None),
            Feed::Thread { ring: Some(ring), block, .. } => {
                // What is left of a block that was read from has as much room in front of it.
                let rest = (!block.unread.is_empty()).then(|| mem::take(block));
                (if rest.is_some() { rest } else { ring.next()? }, &ring.spent)
            }
        };
        Ok(next.map(|next| follow(chunk, kept, next, spent)))
    }
}

impl Drop for ReadAhead {
    fn drop(&mut self) {
        if let Feed::Thread { ring, thread, .. } = &mut self.feed {
            // Without its other end, the thread stops.
            *ring = None;
            if let Some(thread) = thread.take() {
                let _ = thread.join();
            }
        }
    }
}

impl fmt::Debug for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Thread { .. } => "Thread",
            Self::Source(_) => "Source",
        })
    }
}

/// What is read ahead, as bytes.
#[derive(Debug)]
pub struct Bytes<'a>(&'a mut ReadAhead);

impl Read for Bytes<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read_into(buffer)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use super::*;
    use crate::seal::sha256;

    /// Reads by exchange, each time keeping so many of the last bytes, until there are no more.
    fn exchanged(reader: &mut ReadAhead, keep: usize) -> io::Result<Vec<u8>> {
        let (mut all, mut chunk, mut kept) = (Vec::new(), nothing(), 0..0);
        // Somebody holds on to what was read before.
        let mut held = VecDeque::new();
        loop {
            let before = chunk[kept.clone()].to_vec();
            let place = match reader.exchange(&mut chunk, kept.clone())? {
                Some(place) => place,
                None => {
                    let mut bytes = before.clone();
                    bytes.resize(kept.len() + 1000, 0);
                    let read = reader.read_into(&mut bytes[kept.len()..])?;
                    if read == 0 {
                        assert!(
                            held.iter().all(|(chunk, bytes): &(Chunk, Vec<u8>)| **chunk == **bytes)
                        );
                        return Ok(all);
                    }
                    chunk = Chunk::new(bytes);
                    0..kept.len() + read
                }
            };
            assert!(chunk[place.clone()].starts_with(&before), "what was kept stands in front");
            all.extend_from_slice(&chunk[place.start + before.len()..place.end]);
            held.push_back((chunk.clone(), chunk.to_vec()));
            if held.len() > 3 {
                held.pop_front();
            }
            kept = place.end.saturating_sub(keep).max(place.start)..place.end;
        }
    }

    fn nothing() -> Chunk {
        Chunk::new(Vec::new())
    }

    fn text(length: usize) -> Vec<u8> {
        (0..length).map(|n| (n * 7 + n / 251) as u8).collect()
    }

    #[test]
    fn what_is_exchanged_and_read_is_the_source() {
        for length in [0, 1, 1000, BLOCK, BLOCK + 1, 5 * BLOCK + 77] {
            for keep in [0, 1, 300, ROOM, ROOM + 1] {
                let text = text(length);
                let (mut reader, fingerprint) = hashed(io::Cursor::new(text.clone())).unwrap();
                assert!(exchanged(&mut reader, keep).unwrap() == text, "{length} {keep}");
                drop(reader);
                assert_eq!(fingerprint.finish().unwrap(), (length as u64, sha256(&text)));
                let mut reader = as_asked(io::Cursor::new(text.clone()));
                assert!(
                    exchanged(&mut reader, keep).unwrap() == text,
                    "{length} {keep}, one processor"
                );
                let mut reader = read_ahead(io::Cursor::new(text.clone())).unwrap();
                assert!(exchanged(&mut reader, keep).unwrap() == text, "{length} {keep}");
            }
        }
    }

    #[test]
    fn exchanging_and_reading_may_take_turns() {
        let text = text(4 * BLOCK);
        let (mut reader, _fingerprint) = hashed(io::Cursor::new(text.clone())).unwrap();
        let (mut all, mut buffer, mut chunk) = (Vec::new(), [0; 1000], nothing());
        loop {
            let read = reader.read_into(&mut buffer).unwrap();
            all.extend_from_slice(&buffer[..read]);
            let exchanged = reader.exchange(&mut chunk, 0..0).unwrap();
            all.extend(exchanged.iter().flat_map(|place| &chunk[place.clone()]));
            if read == 0 && exchanged.is_none() {
                break;
            }
        }
        assert!(all == text);
    }

    #[test]
    fn the_known_digest_of_abc() {
        let (mut reader, fingerprint) = hashed(b"abc".as_slice()).unwrap();
        io::copy(&mut reader.bytes(), &mut io::sink()).unwrap();
        drop(reader);
        let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(fingerprint.finish().unwrap(), (3, known.to_owned()));
    }

    #[test]
    fn a_read_error_comes_in_its_turn() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("broken"))
            }
        }
        let (mut reader, fingerprint) = hashed(b"abc".as_slice().chain(Broken)).unwrap();
        let mut read = [0; 8];
        assert_eq!(reader.read_into(&mut read).unwrap(), 3);
        assert_eq!(reader.read_into(&mut read).unwrap_err().to_string(), "broken");
        // It is no end, however often somebody asks.
        assert!(reader.read_into(&mut read).is_err());
        assert!(reader.exchange(&mut nothing(), 0..0).is_err());
        drop(reader);
        assert_eq!(fingerprint.finish().unwrap().0, 3);
        let mut reader = read_ahead(b"abc".as_slice().chain(Broken)).unwrap();
        assert_eq!(exchanged(&mut reader, 1).unwrap_err().to_string(), "broken");
    }

    #[test]
    fn a_thread_that_dies_is_no_end() {
        struct Dies;
        impl Read for Dies {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                panic!("as a test wants it")
            }
        }
        let (mut reader, fingerprint) = hashed(b"abc".as_slice().chain(Dies)).unwrap();
        let error = exchanged(&mut reader, 0).unwrap_err();
        assert_eq!(error.to_string(), "the reading thread died");
        drop(reader);
        assert_eq!(fingerprint.finish().unwrap_err().to_string(), "the hashing thread died");
    }

    #[test]
    fn behind_a_long_record_buffers_are_handed_over_again() {
        let text = text(6 * BLOCK);
        let (mut reader, _fingerprint) = hashed(io::Cursor::new(text.clone())).unwrap();
        let mut chunk = nothing();
        let place = reader.exchange(&mut chunk, 0..0).unwrap().unwrap();
        assert!(
            reader.exchange(&mut chunk, place.start..place.start + ROOM + 1).unwrap().is_none()
        );
        let mut read = vec![0; 1000];
        assert_eq!(reader.read_into(&mut read).unwrap(), 1000);
        let mut chunk = Chunk::new(read);
        let rest = reader.exchange(&mut chunk, 900..1000).unwrap().unwrap();
        assert!(chunk[rest] == text[BLOCK + 900..2 * BLOCK]);
        let next = reader.exchange(&mut chunk, 0..0).unwrap().unwrap();
        assert!(chunk[next] == text[2 * BLOCK..3 * BLOCK]);
    }

    #[test]
    fn a_reader_that_leaves_early_stops_the_reading() {
        let (reader, fingerprint) = hashed(io::repeat(b'x')).unwrap();
        drop(reader);
        fingerprint.finish().unwrap();
        let mut reader = read_ahead(io::repeat(b'x')).unwrap();
        assert!(reader.read_into(&mut [0; 8]).unwrap() > 0);
        drop(reader);
    }

    #[test]
    fn once_it_is_dropped_nobody_reads() {
        use std::sync::Arc;
        let shared = Arc::new(());
        struct Counted {
            _alive: Arc<()>,
        }
        impl Read for Counted {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                buffer.fill(b'x');
                Ok(buffer.len())
            }
        }
        for _ in 0..20 {
            drop(read_ahead(Counted { _alive: shared.clone() }).unwrap());
            drop(hashed(Counted { _alive: shared.clone() }).unwrap());
            assert_eq!(Arc::strong_count(&shared), 1, "the source is gone");
        }
    }
}
