//! Where a reader's bytes come from.

use std::io::{self, Read};
use std::ops::Range;

use super::chunk::Chunk;

/// A source of bytes: anything that can be read from, or something that hands over whole chunks, so
/// that they need not be copied.
pub trait Source {
    /// Reads into the buffer; gives how many bytes, 0 at the end ([`Read::read`]).
    ///
    /// # Errors
    /// When the source fails.
    fn read_into(&mut self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Gives a chunk in the stead of another, in which the bytes that are `kept` of the first
    /// stand right before the next bytes of the source; says where they stand together. `None`
    /// leaves the chunk as it is: the next bytes have to be [read](Self::read_into).
    ///
    /// # Errors
    /// When the source fails; the chunk is left as it is.
    fn exchange(
        &mut self,
        _chunk: &mut Chunk,
        _kept: Range<usize>,
    ) -> io::Result<Option<Range<usize>>> {
        Ok(None)
    }
}

impl<R: Read> Source for R {
    fn read_into(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.read(buffer)
    }
}
