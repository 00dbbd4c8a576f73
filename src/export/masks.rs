//! Sixty-four code units at a time to bit masks, bit *n* for unit *n*.

use wide::u8x16;

use super::encoding::Encoding;

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
    #[inline]
    pub(super) fn of(block: &[u8; BLOCK], delimiter: u8, lf_follows: bool) -> Self {
        let lanes = Lanes::of(block);
        let line_feeds = lanes.equal(b'\n');
        let before_line_feed = (line_feeds >> 1) | (u64::from(lf_follows) << (BLOCK - 1));
        Self {
            quotes: lanes.equal(b'"'),
            delimiters: lanes.equal(delimiter),
            breaks: line_feeds | (lanes.equal(b'\r') & !before_line_feed),
        }
    }
}

/// Sixty-four units as bytes. A UTF-16 unit beyond `U+00FF` becomes 255, which the grammar does
/// not know, so that one scanner serves both widths and no unit is mistaken for its low byte.
///
/// Fewer than 64 units, at the end of a file, are filled up with letters, which the grammar does
/// not know either.
#[inline]
pub(super) fn block(bytes: &[u8], encoding: Encoding) -> [u8; BLOCK] {
    match encoding {
        Encoding::Utf8 | Encoding::Latin1 => match bytes.first_chunk::<BLOCK>() {
            Some(block) => *block,
            None => partial(bytes.iter().copied()),
        },
        Encoding::Utf16Le => narrow(bytes, u16::from_le_bytes),
        Encoding::Utf16Be => narrow(bytes, u16::from_be_bytes),
    }
}

#[inline]
fn narrow(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> [u8; BLOCK] {
    let narrowed = |pair: &[u8; 2]| unit(*pair).min(0xFF) as u8;
    match bytes.first_chunk::<{ 2 * BLOCK }>() {
        Some(whole) => {
            let (pairs, _) = whole.as_chunks::<2>();
            std::array::from_fn(|n| narrowed(&pairs[n]))
        }
        None => partial(bytes.as_chunks::<2>().0.iter().map(narrowed)),
    }
}

fn partial(units: impl Iterator<Item = u8>) -> [u8; BLOCK] {
    let mut block = [b'x'; BLOCK];
    for (place, unit) in block.iter_mut().zip(units) {
        *place = unit;
    }
    block
}

/// A block in vector registers.
struct Lanes([u8x16; BLOCK / LANES]);

/// Bytes in one vector: what SSE2 and NEON have, which every x86-64 and ARM64 processor has.
const LANES: usize = 16;

impl Lanes {
    #[inline]
    fn of(block: &[u8; BLOCK]) -> Self {
        let (lanes, _) = block.as_chunks::<LANES>();
        Self(std::array::from_fn(|n| u8x16::new(lanes[n])))
    }

    /// The bytes equal to `byte`, as bits.
    #[inline]
    fn equal(&self, byte: u8) -> u64 {
        let wanted = u8x16::splat(byte);
        let bits = |lanes: &u8x16| u64::from(lanes.cmp_eq(wanted).move_mask() as u16);
        self.0.iter().rev().fold(0, |mask, lanes| mask << LANES | bits(lanes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_bit_is_its_byte(bytes in proptest::array::uniform32(any::<[u8; 2]>()), byte: u8) {
            let block: [u8; BLOCK] = std::array::from_fn(|n| bytes[n / 2][n % 2] & 0x3F);
            let byte = byte & 0x3F;
            let mask = Lanes::of(&block).equal(byte);
            for (n, unit) in block.iter().enumerate() {
                prop_assert_eq!(mask >> n & 1 == 1, *unit == byte, "unit {}", n);
            }
        }
    }

    #[test]
    fn a_line_break_is_its_last_unit() {
        let mut units = [b'x'; BLOCK];
        units[..9].copy_from_slice(b"\r\nx\rx\n\r\r\n");
        units[63] = b'\r';
        for (lf_follows, last) in [(false, 1 << 63), (true, 0)] {
            let masks = Masks::of(&units, b',', lf_follows);
            assert_eq!(masks.breaks, 0b1_0110_1010 | last, "{lf_follows}");
        }
    }

    #[test]
    fn wide_units_are_not_mistaken_for_their_low_byte() {
        let text = "a\u{2c}\u{122}\u{122c}\u{220a}\u{ff}\u{d22}";
        for encoding in [Encoding::Utf16Le, Encoding::Utf16Be] {
            let bytes = encoding.encode(text);
            let mut expected = [b'x'; BLOCK];
            expected[..7].copy_from_slice(&[b'a', b',', 255, 255, 255, 255, 255]);
            assert_eq!(block(&bytes, encoding), expected, "a part, {encoding}");
            let whole = encoding.encode(&text.repeat(10)).into_owned();
            let found = block(&whole, encoding);
            assert_eq!(found[..7], expected[..7], "a whole block, {encoding}");
            assert_eq!(found[56..63], expected[..7], "a whole block, {encoding}");
        }
    }
}
