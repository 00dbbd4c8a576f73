//! Sixty-four code units at a time to bit masks, bit *n* for unit *n*.

use super::encoding::Encoding;
use super::lanes::Lanes;

/// Code units in a block.
pub(super) const BLOCK: usize = 64;

/// Which units of a block are quotes, delimiters and the last unit of a line break.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Masks {
    pub(super) quotes: u64,
    pub(super) delimiters: u64,
    pub(super) breaks: u64,
}

impl Masks {
    /// Looks at one block; `lf_follows` says whether the unit after it is a line feed, which
    /// makes a carriage return at its end the first half of a CRLF.
    #[inline(always)]
    pub(super) fn of<L: Lanes>(
        lanes: L,
        block: L::Block,
        delimiter: u8,
        lf_follows: impl FnOnce() -> bool,
    ) -> Self {
        let line_feeds = lanes.equal(block, b'\n');
        let returns = lanes.equal(block, b'\r');
        let mut breaks = line_feeds;
        // No line feed stands behind these in the block.
        let alone = returns & !(line_feeds >> 1);
        if alone != 0 {
            breaks |= alone & !(u64::from(lf_follows()) << (BLOCK - 1));
        }
        Self { quotes: lanes.equal(block, b'"'), delimiters: lanes.equal(block, delimiter), breaks }
    }
}

/// The first sixty-four units of `bytes`, as the grammar sees them. A UTF-16 unit beyond `U+00FF`
/// becomes some byte that the grammar does not know, so that one scanner serves both widths and no
/// unit is mistaken for its low byte.
///
/// None where there are fewer.
#[inline(always)]
pub(super) fn whole<L: Lanes>(lanes: L, bytes: &[u8], encoding: Encoding) -> Option<L::Block> {
    Some(match encoding {
        Encoding::Utf8 | Encoding::Latin1 => lanes.load(bytes.first_chunk()?),
        Encoding::Utf16Le => lanes.narrow_le(bytes.first_chunk()?),
        Encoding::Utf16Be => lanes.narrow_be(bytes.first_chunk()?),
    })
}

/// The same of fewer units, at the end of a file: filled up with letters, which the grammar does
/// not know either.
#[cold]
pub(super) fn partial(bytes: &[u8], encoding: Encoding) -> [u8; BLOCK] {
    let pairs = bytes.as_chunks::<2>().0.iter().copied();
    match encoding {
        Encoding::Utf8 | Encoding::Latin1 => filled_up(bytes.iter().copied()),
        Encoding::Utf16Le => filled_up(pairs.map(u16::from_le_bytes).map(narrow)),
        Encoding::Utf16Be => filled_up(pairs.map(u16::from_be_bytes).map(narrow)),
    }
}

fn filled_up(units: impl Iterator<Item = u8>) -> [u8; BLOCK] {
    let mut block = [b'x'; BLOCK];
    for (place, unit) in block.iter_mut().zip(units) {
        *place = unit;
    }
    block
}

/// A UTF-16 unit as a byte.
#[inline(always)]
pub(super) fn narrow(unit: u16) -> u8 {
    unit.min(0xFF) as u8
}

#[cfg(test)]
pub(super) mod tests {
    use super::super::lanes::{Instructions, Portable};
    use super::*;

    /// The masks of at most 64 ASCII characters between commas.
    pub(in super::super) fn masks_of(text: &str) -> Masks {
        let units = partial(text.as_bytes(), Encoding::Utf8);
        Masks::of(Portable, Portable.load(&units), b',', || false)
    }

    /// The first sixty-four units of any number.
    pub(in super::super) fn block<L: Lanes>(
        lanes: L,
        bytes: &[u8],
        encoding: Encoding,
    ) -> L::Block {
        let whole = whole(lanes, bytes, encoding);
        whole.unwrap_or_else(|| lanes.load(&partial(bytes, encoding)))
    }

    #[test]
    fn a_line_break_is_its_last_unit() {
        let mut units = [b'x'; BLOCK];
        units[..9].copy_from_slice(b"\r\nx\rx\n\r\r\n");
        units[63] = b'\r';
        for (lf_follows, last) in [(false, 1 << 63), (true, 0)] {
            let masks = Masks::of(Portable, Portable.load(&units), b',', || lf_follows);
            assert_eq!(masks.breaks, 0b1_0110_1010 | last, "{lf_follows}");
        }
    }

    #[test]
    fn wide_units_are_not_mistaken_for_their_low_byte() {
        for instructions in Instructions::all() {
            for encoding in [Encoding::Utf16Le, Encoding::Utf16Be] {
                for high in 1..=u8::MAX {
                    // Every other unit is a comma, the rest have the grammar's bytes low.
                    let low = [b'"', b',', b'\r', b'\n'][usize::from(high) % 4];
                    let wide = u16::from_be_bytes([high, low]);
                    for count in [7, BLOCK, BLOCK + 9] {
                        let units = (0..count).map(|n| if n % 2 == 0 { 0x2C } else { wide });
                        let bytes: Vec<u8> = units
                            .flat_map(|unit| match encoding {
                                Encoding::Utf16Be => unit.to_be_bytes(),
                                _ => unit.to_le_bytes(),
                            })
                            .collect();
                        let masks = instructions.masks(&bytes, encoding, b',');
                        let commas = 0x5555_5555_5555_5555 & (u64::MAX >> (64 - count.min(BLOCK)));
                        let expected = Masks { quotes: 0, delimiters: commas, breaks: 0 };
                        assert_eq!(masks, expected, "{instructions:?} {encoding} {wide:x} {count}");
                    }
                }
            }
        }
    }
}
