//! Every code unit of a record together with the three behind it, many at a time.
//!
//! The loops are plain ones that compile to vectors, as long as a truth is a byte of all ones or of none
//! and no `bool`. Where the processor has AVX2, which is looked for once, they are compiled a second time
//! for it, as the scanner is.

use std::array;

/// Units that are looked at at once: one vector of AVX2, two of SSE2 or NEON.
const LANES: usize = 32;
/// Units of a window behind its first.
const BEHIND: usize = 3;

/// A unit and the three behind it; zeros stand behind the last.
pub(super) type Window = [u8; 1 + BEHIND];

/// All ones where two units are equal, else 0.
#[inline(always)]
pub(super) fn equal(one: u8, other: u8) -> u8 {
    if one == other { u8::MAX } else { 0 }
}

/// All ones where a unit lies between these two, themselves included; else 0.
#[inline(always)]
pub(super) fn within(unit: u8, first: u8, last: u8) -> u8 {
    if unit.wrapping_sub(first) <= last.wrapping_sub(first) { u8::MAX } else { 0 }
}

/// What the windows of some units showed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Shown {
    /// Whether all units are below 0x80.
    pub(super) is_ascii: bool,
    /// Whether one of the windows was what was looked for.
    pub(super) any: bool,
}

/// Looks through windows with the best instructions that the processor has.
#[derive(Clone, Copy, Debug)]
pub(super) struct Windows {
    #[cfg(target_arch = "x86_64")]
    simd: Option<pulp::x86::V3>,
}

impl Windows {
    pub(super) fn new() -> Self {
        Self {
            #[cfg(target_arch = "x86_64")]
            simd: pulp::x86::V3::try_new(),
        }
    }

    /// Whether one of the windows of these units is what is looked for: where `is_it` is not 0. It must
    /// be 0 of four zeros.
    pub(super) fn look(self, units: &[u8], is_it: impl Fn(Window) -> u8) -> Shown {
        self.run(Look { units, is_it })
    }

    /// Units of UTF-16 as bytes, each as `unit` reads it; what is beyond `U+00FE` becomes 0xFF. `bytes`
    /// has as much room as there are pairs.
    pub(super) fn narrow(self, pairs: &[[u8; 2]], bytes: &mut [u8], unit: impl Fn([u8; 2]) -> u16) {
        self.run(Narrow { pairs, bytes, unit });
    }

    #[inline(always)]
    fn run<W: pulp::NullaryFnOnce>(self, work: W) -> W::Output {
        #[cfg(target_arch = "x86_64")]
        if let Some(simd) = self.simd {
            return simd.vectorize(work);
        }
        work.call()
    }
}

struct Look<'u, F> {
    units: &'u [u8],
    is_it: F,
}

impl<F: Fn(Window) -> u8> pulp::NullaryFnOnce for Look<'_, F> {
    type Output = Shown;

    #[inline(always)]
    fn call(self) -> Shown {
        let mut all = [0; LANES];
        let mut any = [0; LANES];
        let mut look = |units: &[u8; LANES + BEHIND]| {
            let [firsts, seconds, thirds, fourths] = array::from_fn(|n| shifted(units, n));
            for n in 0..LANES {
                all[n] |= firsts[n];
                any[n] |= (self.is_it)([firsts[n], seconds[n], thirds[n], fourths[n]]);
            }
        };
        let mut rest = self.units;
        while let Some(block) = rest.first_chunk() {
            look(block);
            rest = &rest[LANES..];
        }
        // Windows that begin in the last block and a little more reach beyond the end.
        let mut end = [0; 2 * LANES + BEHIND];
        end[..rest.len()].copy_from_slice(rest);
        for start in [0, LANES] {
            if let Some(block) = end[start..].first_chunk()
                && start < rest.len()
            {
                look(block);
            }
        }
        Shown {
            is_ascii: all.iter().fold(0, |all, unit| all | unit).is_ascii(),
            any: any.iter().fold(0, |any, it| any | it) != 0,
        }
    }
}

/// So many units from the one at `at` on.
#[inline(always)]
fn shifted(units: &[u8; LANES + BEHIND], at: usize) -> [u8; LANES] {
    units[at..].first_chunk().copied().unwrap_or([0; LANES])
}

struct Narrow<'p, F> {
    pairs: &'p [[u8; 2]],
    bytes: &'p mut [u8],
    unit: F,
}

impl<F: Fn([u8; 2]) -> u16> pulp::NullaryFnOnce for Narrow<'_, F> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for (byte, pair) in self.bytes.iter_mut().zip(self.pairs) {
            *byte = (self.unit)(*pair).min(0xFF) as u8;
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// With every set of instructions that this processor has.
    fn all() -> Vec<Windows> {
        let best = Windows::new();
        #[cfg(target_arch = "x86_64")]
        return vec![best, Windows { simd: None }];
        #[cfg(not(target_arch = "x86_64"))]
        vec![best]
    }

    proptest! {
        #[test]
        fn no_window_is_left_out(
            units in proptest::collection::vec(prop_oneof![9 => Just(b'x'), 1 => any::<u8>()], 0..140),
            word in any::<prop::sample::Index>(),
        ) {
            // Nothing but the word, somewhere.
            let at = word.index(units.len() + 1);
            let mut spelled = vec![b'x'; units.len()];
            spelled.splice(at..at, *b"abcd");
            let is_word = |[a, b, c, d]: Window| {
                equal(a, b'a') & equal(b, b'b') & equal(c, b'c') & equal(d, b'd')
            };
            let is_last =
                |[a, b, c, d]: Window| equal(a, b'd') & equal(b, 0) & equal(c, 0) & equal(d, 0);
            let is_pair = |[a, b, _, _]: Window| within(a, b'a', b'c') & !within(b, b'b', b'c');
            for windows in all() {
                for units in [&units, &spelled] {
                    let is_ascii = units.is_ascii();
                    let any = |is_it: &dyn Fn(Window) -> u8| {
                        let unit = |at: usize| units.get(at).copied().unwrap_or(0);
                        let mut all = (0..units.len())
                            .map(|at| [unit(at), unit(at + 1), unit(at + 2), unit(at + 3)]);
                        Shown { is_ascii, any: all.any(|window| is_it(window) != 0) }
                    };
                    prop_assert_eq!(windows.look(units, is_word), any(&is_word), "{:?}", windows);
                    prop_assert_eq!(windows.look(units, is_last), any(&is_last), "{:?}", windows);
                    prop_assert_eq!(windows.look(units, is_pair), any(&is_pair), "{:?}", windows);
                }
            }
        }

        #[test]
        fn units_beyond_a_byte_are_none_of_ascii(units in proptest::collection::vec(any::<u16>(), 0..140)) {
            let narrow = |unit: &u16| u8::try_from(*unit).unwrap_or(0xFF);
            let expected: Vec<u8> = units.iter().map(narrow).collect();
            let (little, big): (Vec<_>, Vec<_>) =
                units.iter().map(|unit| (unit.to_le_bytes(), unit.to_be_bytes())).unzip();
            for windows in all() {
                let mut bytes = vec![0; units.len()];
                windows.narrow(&little, &mut bytes, u16::from_le_bytes);
                prop_assert_eq!(&bytes, &expected);
                windows.narrow(&big, &mut bytes, u16::from_be_bytes);
                prop_assert_eq!(&bytes, &expected);
            }
        }
    }
}
