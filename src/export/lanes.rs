//! A block in vector registers: what the processor at hand has, and what every one has.
//!
//! [`Portable`] compiles to SSE2 and NEON, which every x86-64 and ARM64 processor has. AVX2 is
//! looked for once when the program runs; with it the whole loop over a block is compiled a second
//! time, for counting and shifting bits gains there as well.

use std::array;

use wide::u8x16;

use super::masks::{BLOCK, narrow};

/// A way to hold 64 code units, each as a byte, and to compare them all at once.
pub(super) trait Lanes: Copy {
    /// Sixty-four units.
    type Block: Copy;

    /// Units of one byte.
    fn load(self, block: &[u8; BLOCK]) -> Self::Block;

    /// Units of two bytes, the low one first; what is beyond `U+00FF` becomes 0 or 255.
    fn narrow_le(self, block: &[u8; 2 * BLOCK]) -> Self::Block;

    /// The same, the high one first.
    fn narrow_be(self, block: &[u8; 2 * BLOCK]) -> Self::Block;

    /// The units equal to `byte`, as bits.
    fn equal(self, block: Self::Block, byte: u8) -> u64;

    /// Has the processor fetch the bytes around a place, where it can be told to, for a block that is
    /// loaded later.
    fn fetch(self, bytes: &[u8], at: usize);
}

/// Four vectors of 16 bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Portable;

/// Bytes in one vector of [`Portable`].
const LANES: usize = 16;

impl Lanes for Portable {
    type Block = [u8x16; BLOCK / LANES];

    #[inline(always)]
    fn load(self, block: &[u8; BLOCK]) -> Self::Block {
        let (lanes, _) = block.as_chunks::<LANES>();
        array::from_fn(|n| u8x16::new(lanes[n]))
    }

    #[inline(always)]
    fn narrow_le(self, block: &[u8; 2 * BLOCK]) -> Self::Block {
        let (pairs, _) = block.as_chunks::<2>();
        self.load(&array::from_fn(|n| narrow(u16::from_le_bytes(pairs[n]))))
    }

    #[inline(always)]
    fn narrow_be(self, block: &[u8; 2 * BLOCK]) -> Self::Block {
        let (pairs, _) = block.as_chunks::<2>();
        self.load(&array::from_fn(|n| narrow(u16::from_be_bytes(pairs[n]))))
    }

    #[inline(always)]
    fn equal(self, block: Self::Block, byte: u8) -> u64 {
        let wanted = u8x16::splat(byte);
        let bits = |lanes: &u8x16| u64::from(lanes.cmp_eq(wanted).move_mask() as u16);
        block.iter().rev().fold(0, |mask, lanes| mask << LANES | bits(lanes))
    }

    #[inline(always)]
    fn fetch(self, _: &[u8], _: usize) {}
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use std::arch::x86_64::{__m256i, _MM_HINT_T0};

    use pulp::cast;
    use pulp::x86::V3;

    use super::{BLOCK, Lanes};

    /// Bytes in one vector.
    const LANES: usize = 32;

    impl Lanes for V3 {
        type Block = [__m256i; BLOCK / LANES];

        #[inline(always)]
        fn load(self, block: &[u8; BLOCK]) -> Self::Block {
            cast(*block)
        }

        #[inline(always)]
        fn narrow_le(self, block: &[u8; 2 * BLOCK]) -> Self::Block {
            let units: [__m256i; 4] = cast(*block);
            [pack(self, units[0], units[1]), pack(self, units[2], units[3])]
        }

        #[inline(always)]
        fn narrow_be(self, block: &[u8; 2 * BLOCK]) -> Self::Block {
            let units: [__m256i; 4] = cast(*block);
            let [a, b, c, d] = units.map(|units| {
                let high = self.avx2._mm256_slli_epi16::<8>(units);
                self.avx2._mm256_or_si256(high, self.avx2._mm256_srli_epi16::<8>(units))
            });
            [pack(self, a, b), pack(self, c, d)]
        }

        #[inline(always)]
        fn equal(self, block: Self::Block, byte: u8) -> u64 {
            let wanted = self.avx._mm256_set1_epi8(byte as i8);
            let bits = |lanes: __m256i| {
                let equal = self.avx2._mm256_cmpeq_epi8(lanes, wanted);
                u64::from(self.avx2._mm256_movemask_epi8(equal) as u32)
            };
            bits(block[0]) | bits(block[1]) << LANES
        }

        #[inline(always)]
        fn fetch(self, bytes: &[u8], at: usize) {
            if let Some(byte) = bytes.get(at) {
                self.sse._mm_prefetch::<_MM_HINT_T0>(std::ptr::from_ref(byte).cast());
            }
        }
    }

    /// Thirty-two units of 16 bits as bytes. They count as signed here: 255 stands for those from
    /// `U+0100` on, 0 for those from `U+8000` on.
    #[inline(always)]
    fn pack(simd: V3, first: __m256i, second: __m256i) -> __m256i {
        // Each half of the result has eight of `first` and then eight of `second`.
        const IN_ORDER: i32 = 0b11_01_10_00;
        let packed = simd.avx2._mm256_packus_epi16(first, second);
        simd.avx2._mm256_permute4x64_epi64::<IN_ORDER>(packed)
    }
}

/// Which instructions blocks are scanned with.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Instructions {
    /// What every processor of the kind has.
    Portable,
    /// AVX2 and what comes with it (x86-64-v3).
    #[cfg(target_arch = "x86_64")]
    Avx2(pulp::x86::V3),
}

impl Instructions {
    /// The best that this processor has.
    pub(super) fn best() -> Self {
        #[cfg(target_arch = "x86_64")]
        if let Some(simd) = pulp::x86::V3::try_new() {
            return Self::Avx2(simd);
        }
        Self::Portable
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::Encoding;
    use super::super::masks::Masks;
    use super::super::masks::tests::block;
    use super::*;

    impl Instructions {
        /// All that this processor has.
        pub(in super::super) fn all() -> impl Iterator<Item = Self> {
            let best = Self::best();
            let others = matches!(best, Self::Portable).then_some(Self::Portable);
            [best].into_iter().chain(if others.is_some() { None } else { Some(Self::Portable) })
        }

        pub(in super::super) fn masks(self, bytes: &[u8], encoding: Encoding, comma: u8) -> Masks {
            match self {
                Self::Portable => {
                    Masks::of(Portable, block(Portable, bytes, encoding), comma, || false)
                }
                #[cfg(target_arch = "x86_64")]
                Self::Avx2(simd) => Masks::of(simd, block(simd, bytes, encoding), comma, || false),
            }
        }
    }

    proptest! {
        #[test]
        fn every_bit_is_its_unit(
            bytes in proptest::collection::vec(
                prop_oneof![3 => prop::sample::select(&b"\",\r\n\0"[..]), 1 => any::<u8>()],
                0..=130,
            ),
        ) {
            for encoding in [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be] {
                let unit = |at: usize| encoding.unit(&bytes, at * encoding.width());
                let equal = |wanted: u8| (0..BLOCK)
                    .filter(|n| unit(*n) == Some(u16::from(wanted)))
                    .fold(0_u64, |mask, n| mask | 1 << n);
                for instructions in Instructions::all() {
                    let masks = instructions.masks(&bytes, encoding, b',');
                    let context = || format!("{instructions:?} {encoding}");
                    prop_assert_eq!(masks.quotes, equal(b'"'), "{}", context());
                    prop_assert_eq!(masks.delimiters, equal(b','), "{}", context());
                    let breaks = equal(b'\n') | (equal(b'\r') & !(equal(b'\n') >> 1));
                    prop_assert_eq!(masks.breaks, breaks, "{}", context());
                }
            }
        }
    }
}
