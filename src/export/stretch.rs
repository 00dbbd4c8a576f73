//! Records that are passed over together, without being made.

use super::chunk::Chunk;

/// Records that were passed over, one behind the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stretch<'a> {
    /// Their bytes, line breaks included.
    pub(crate) raw: &'a [u8],
    /// How many they are.
    pub(crate) records: u64,
    /// What the bytes stand in.
    pub(crate) chunk: &'a Chunk,
}

/// A data record of the usual number of fields, which may be passed over with those before it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passing<'a> {
    pub(super) so_far: &'a [u8],
    pub(super) cell_start: usize,
    pub(super) record: u64,
    pub(super) stretch_byte: u64,
    pub(super) chunk: &'a Chunk,
}

impl<'a> Passing<'a> {
    /// The bytes of the photo cell, quotes included.
    pub(crate) fn cell(&self) -> &'a [u8] {
        &self.so_far[self.cell_start..]
    }

    /// Where the photo cell begins in the stretch.
    pub(crate) fn cell_start(&self) -> usize {
        self.cell_start
    }

    /// The stretch up to the end of this photo cell.
    pub(crate) fn so_far(&self) -> &'a [u8] {
        self.so_far
    }

    /// Which data record it is, from 1.
    pub(crate) fn record(&self) -> u64 {
        self.record
    }

    /// The offset of the stretch's first byte in the export, from 0.
    pub(crate) fn stretch_byte(&self) -> u64 {
        self.stretch_byte
    }

    /// What the bytes stand in.
    pub(crate) fn chunk(&self) -> &'a Chunk {
        self.chunk
    }
}
