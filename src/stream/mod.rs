//! Bytes on their way in and out, on threads of their own: read ahead of whoever works on them (unless there
//! is one processor only), written behind, and hashed in passing where somebody wants to know what they were.
//!
//! Blocks go round between the threads, a chunk of an export from the one that reads to the one that
//! writes, so that memory is bounded and next to nothing is allocated or copied on the way. An error of
//! one side ends the other: a read error comes in its turn, a write error with the next write, and
//! whoever leaves early stops the reading.

use std::io;
use std::thread::{Builder, JoinHandle};

mod read_ahead;
mod write_behind;

pub use read_ahead::{Bytes, Fingerprint, ReadAhead, hashed, read_ahead};
pub use write_behind::WriteBehind;

/// Bytes in a block.
const BLOCK: usize = 256 << 10;
/// Room in front of what was read, for the piece of a record that the block before ends with: longer
/// than nearly all records are.
const ROOM: usize = 32 << 10;
/// Blocks that may wait for the other thread; with twice as many, nothing was faster.
const WAITING: usize = 4;
/// Blocks that may wait to be read into again: as many as can be on their way, from the thread that
/// reads to the one that writes.
const ROUND: usize = 2 * WAITING + 4;

/// Starts a thread.
fn spawn<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> T + Send + 'static,
) -> io::Result<JoinHandle<T>> {
    let started = Builder::new().name(name.to_owned()).spawn(work);
    started.map_err(|error| {
        io::Error::new(error.kind(), format!("the system has no thread for {name}: {error}"))
    })
}

/// Whether what passes is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// It is.
    Sha256,
    /// Nobody asks.
    Nothing,
}
