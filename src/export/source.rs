//! Where a reader's bytes come from.

use std::io::{self, Read};
use std::ops::Range;

/// A source of bytes: anything that can be read from, or something that hands over whole buffers, so
/// that they need not be copied.
pub trait Source {
    /// Reads into the buffer; gives how many bytes, 0 at the end ([`Read::read`]).
    ///
    /// # Errors
    /// When the source fails.
    fn read_into(&mut self, buffer: &mut [u8]) -> io::Result<usize>;

    /// Takes a buffer and gives another in its stead, in which the bytes that are `kept` of the first
    /// stand right before the next bytes of the source; says where they stand together. `None`
    /// leaves the buffer as it is: then the source can only be [read from](Self::read_into) now.
    ///
    /// # Errors
    /// When the source fails; the buffer is left as it is.
    fn exchange(
        &mut self,
        _buffer: &mut Vec<u8>,
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
