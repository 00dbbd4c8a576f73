//! Bytes as they were read, in the hands of all who work on them.

use std::fmt;
use std::ops::{Deref, Range};
use std::sync::Arc;
use std::sync::mpsc::SyncSender;

/// Bytes that a reader cuts into records, and that a writer may hold on to instead of copying them:
/// nobody can change them while more than one has them.
#[derive(Clone, Debug)]
pub struct Chunk(Arc<Owned>);

/// The bytes, and where the buffer goes when nobody wants them any more.
#[derive(Clone)]
struct Owned {
    bytes: Vec<u8>,
    home: Option<Home>,
}

/// Where buffers come from that go round.
#[derive(Clone, Debug)]
pub struct Home {
    /// Takes them back, as long as there is room and somebody is there.
    pub to: SyncSender<Vec<u8>>,
    /// How long they are, in bytes; others are freed.
    pub length: usize,
}

impl Chunk {
    /// Bytes that are freed in the end.
    pub fn new(bytes: Vec<u8>) -> Self {
        Self(Arc::new(Owned { bytes, home: None }))
    }

    /// Bytes of a buffer that goes home in the end.
    pub fn at_home(bytes: Vec<u8>, home: Home) -> Self {
        Self(Arc::new(Owned { bytes, home: Some(home) }))
    }

    /// Whether it is a buffer that goes round: nobody made it longer for a long record.
    pub fn goes_round(&self) -> bool {
        self.0.home.as_ref().is_some_and(|home| home.length == self.len())
    }

    /// Moves the bytes that are kept to the front, and gives all of the `length` bytes that it has from
    /// now on, no fewer than are kept: to be filled behind those. Where somebody else has the chunk, too,
    /// theirs stays as it was, and this one becomes another.
    pub(super) fn keep(&mut self, kept: Range<usize>, length: usize) -> &mut [u8] {
        match Arc::get_mut(&mut self.0).filter(|owned| owned.bytes.len() <= length) {
            Some(Owned { bytes, .. }) => {
                bytes.copy_within(kept, 0);
                bytes.resize(length, 0);
            }
            None => {
                let mut bytes = vec![0; length];
                bytes[..kept.len()].copy_from_slice(&self[kept]);
                *self = Self::new(bytes);
            }
        }
        &mut Arc::make_mut(&mut self.0).bytes
    }

    /// Whether both are one chunk, and do not only hold the same bytes.
    pub fn is(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Where `part` stands in the chunk; none where it is no part of its memory, whatever its bytes.
    pub fn place_of(&self, part: &[u8]) -> Option<Range<usize>> {
        let start = part.as_ptr().addr().checked_sub(self.as_ptr().addr())?;
        let end = start.checked_add(part.len())?;
        (end <= self.len()).then_some(start..end)
    }
}

impl Deref for Chunk {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0.bytes
    }
}

impl fmt::Debug for Owned {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.bytes.len())
    }
}

impl Drop for Owned {
    fn drop(&mut self) {
        if let Some(home) = self.home.take().filter(|home| home.length == self.bytes.len()) {
            // Whoever fills the buffers may be gone, or have enough of them: then this one is freed.
            let _ = home.to.try_send(std::mem::take(&mut self.bytes));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::sync_channel;

    use super::*;

    #[test]
    fn a_part_is_told_by_its_memory() {
        let chunk = Chunk::new(b"abcabc".to_vec());
        for place in [0..6, 0..0, 6..6, 1..3, 3..6] {
            assert_eq!(chunk.place_of(&chunk[place.clone()]), Some(place));
        }
        assert_eq!(chunk.place_of(b"abc"), None);
        let other = Chunk::new(b"abcabc".to_vec());
        assert_eq!(chunk.place_of(&other[1..3]), None);
        assert!(!chunk.is(&other));
        let held = chunk.clone();
        assert!(chunk.is(&held));
        assert_eq!(chunk.place_of(&held[2..4]), Some(2..4));
    }

    #[test]
    fn what_is_kept_stands_in_front_and_nobody_else_sees_it() {
        for length in [2, 4, 6, 9] {
            for is_held in [false, true] {
                let mut chunk = Chunk::new(b"abcdef".to_vec());
                let held = is_held.then(|| chunk.clone());
                let bytes = chunk.keep(3..5, length);
                bytes[2..].fill(b'x');
                assert!(*chunk == *[b"de", &b"xxxxxxx"[..length - 2]].concat(), "{length}");
                assert!(held.is_none_or(|held| *held == *b"abcdef"), "{length}");
            }
        }
    }

    #[test]
    fn buffers_go_home_when_nobody_has_them() {
        let (to, home) = sync_channel(1);
        let chunk = |length| Chunk::at_home(vec![b'x'; length], Home { to: to.clone(), length: 4 });
        let first = chunk(4);
        assert!(first.goes_round() && !chunk(5).goes_round());
        assert!(!Chunk::new(vec![b'x'; 4]).goes_round());
        let held = first.clone();
        drop(first);
        assert!(home.try_recv().is_err(), "somebody has it");
        drop(held);
        assert_eq!(home.try_recv().unwrap(), b"xxxx");
        drop(chunk(5));
        assert!(home.try_recv().is_err(), "a buffer that grew is freed");
        drop((chunk(4), chunk(4)));
        assert!(home.try_recv().is_ok() && home.try_recv().is_err(), "one has room");
        drop(home);
        drop(chunk(4));
    }
}
