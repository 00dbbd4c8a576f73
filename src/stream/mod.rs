//! Bytes on their way in and out, each on a thread of its own: read ahead of whoever works on them,
//! written behind, and hashed in passing where somebody wants to know what they were.
//!
//! Blocks go round in a ring between two threads, so that memory is bounded and nothing is allocated
//! on the way. An error of one side ends the other: a read error comes in its turn, a write error
//! with the next write, and whoever leaves early stops the reading.

mod read_ahead;
mod write_behind;

pub use read_ahead::{Bytes, Fingerprint, ReadAhead, hashed, read_ahead};
pub use write_behind::WriteBehind;

/// Bytes in a block.
const BLOCK: usize = 256 << 10;
/// Blocks that may wait for the other thread; with twice as many, nothing was faster.
const WAITING: usize = 4;

/// Whether what passes is hashed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hash {
    /// It is.
    Sha256,
    /// Nobody asks.
    Nothing,
}
