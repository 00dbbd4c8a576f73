//! A record's bytes with other text in place of a span, in the record's encoding.

use std::io::{self, Write};
use std::ops::Range;

use super::record::Record;

impl Record<'_> {
    /// This record's bytes with `ascii` where `at` was; every other byte as it stands.
    ///
    /// `at` is a range of [`raw`](Self::raw), as [`Field::raw_range`](super::Field::raw_range)
    /// gives it. Every encoding of an export can hold ASCII.
    ///
    /// # Panics
    /// Where `at` does not lie in the record.
    pub fn splice(&self, at: Range<usize>, ascii: &str) -> Vec<u8> {
        let new = self.encoding.encode(ascii);
        [&self.raw[..at.start], &new, &self.raw[at.end..]].concat()
    }

    /// Writes what [`splice`](Self::splice) gives, without holding it.
    ///
    /// # Errors
    /// What `to` says.
    ///
    /// # Panics
    /// Where `at` does not lie in the record.
    pub fn write_spliced(
        &self,
        at: Range<usize>,
        ascii: &str,
        to: &mut impl Write,
    ) -> io::Result<()> {
        to.write_all(&self.raw[..at.start])?;
        to.write_all(&self.encoding.encode(ascii))?;
        to.write_all(&self.raw[at.end..])
    }
}
