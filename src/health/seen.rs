//! Which emails were seen before, and where: eight bytes for each.
//!
//! The low bits of a 64-bit hash choose a slot of an open-addressed table; in the slot stand the
//! hash's other bits and the record's number. Two different emails are taken for the same where 43
//! bits agree in neighbouring slots: among as many as are compared, in one of a million exports.
//! A slot is nearly always far away in memory, so a few emails wait for one another and are looked
//! up together.

use super::{EXAMPLES_KEPT, Example, short};
use crate::export::Position;

/// Bits of a record's number.
const RECORD_BITS: u32 = 21;
const RECORD: u64 = (1 << RECORD_BITS) - 1;
/// Slots: 16 MiB, which the system hands out as they are used, and of which seven eighths are.
const SLOTS: usize = 1 << RECORD_BITS;
/// How many records' emails are compared, from the first on.
pub const EMAILS_COMPARED: u64 = (SLOTS / 8 * 7) as u64;

/// How many emails are looked up together.
const BATCH: usize = 64;

/// The emails that were seen.
#[derive(Debug)]
pub(super) struct Seen {
    /// Zero is a free slot: no record has the number 0.
    slots: Vec<u64>,
    /// Emails that are to be looked up, one behind the other, and where each ends.
    texts: Vec<u8>,
    waiting: Vec<(u64, Position, usize)>,
    repeated: Repeated,
    cut: bool,
}

/// The records whose email an earlier one has.
#[derive(Debug, Default)]
pub(super) struct Repeated {
    /// How many there are.
    pub(super) records: u64,
    /// The first of them.
    pub(super) examples: Vec<Example>,
}

impl Default for Seen {
    fn default() -> Self {
        Self {
            slots: vec![0; SLOTS],
            texts: Vec::new(),
            waiting: Vec::with_capacity(BATCH),
            repeated: Repeated::default(),
            cut: false,
        }
    }
}

impl Seen {
    /// Remembers an email. Letter case does not count.
    pub(super) fn meet(&mut self, email: &str, at: Position) {
        match email.is_ascii() {
            true => self.meet_hashed(email.as_bytes(), hash(email.as_bytes()), at),
            false => {
                self.meet_hashed(email.as_bytes(), hash(email.to_lowercase().as_bytes()), at);
            }
        }
    }

    /// The same of one that is ASCII.
    pub(super) fn meet_ascii(&mut self, email: &[u8], at: Position) {
        self.meet_hashed(email, hash(email), at);
    }

    fn meet_hashed(&mut self, email: &[u8], hash: u64, at: Position) {
        if at.record > EMAILS_COMPARED {
            self.cut = true;
            return;
        }
        self.texts.extend_from_slice(email);
        self.waiting.push((hash, at, self.texts.len()));
        if self.waiting.len() == BATCH {
            self.look_up();
        }
    }

    fn look_up(&mut self) {
        // Without waiting for one slot before asking for the next.
        let touched = self.waiting.iter().fold(0, |all, (hash, ..)| all ^ self.slots[slot(*hash)]);
        std::hint::black_box(touched);
        let mut start = 0;
        for (hash, at, end) in self.waiting.drain(..) {
            let email = std::mem::replace(&mut start, end)..end;
            if let Some(first) = enter(&mut self.slots, hash, at.record) {
                self.repeated.records += 1;
                if self.repeated.examples.len() < EXAMPLES_KEPT {
                    let value = short(&String::from_utf8_lossy(&self.texts[email]));
                    let (record, line) = (at.record, at.line);
                    let same_as = Some(first);
                    self.repeated.examples.push(Example { record, line, value, same_as });
                }
            }
        }
        self.texts.clear();
    }

    /// What was repeated.
    pub(super) fn repeated(&mut self) -> Repeated {
        self.look_up();
        std::mem::take(&mut self.repeated)
    }

    /// Whether there were more records than are compared.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }
}

fn slot(hash: u64) -> usize {
    (hash & RECORD) as usize
}

/// Enters a record; gives the one that was there with the same hash.
fn enter(slots: &mut [u64], hash: u64, record: u64) -> Option<u64> {
    let high = hash & !RECORD;
    let mut at = slot(hash);
    while slots[at] != 0 {
        if slots[at] & !RECORD == high {
            return Some(slots[at] & RECORD);
        }
        at = (at + 1) % SLOTS;
    }
    slots[at] = high | record;
    None
}

/// A hash that is the same in every run and for both cases of ASCII letters: sixteen bytes are
/// multiplied at a time, and both halves of the product are kept (Yi, "wyhash").
fn hash(email: &[u8]) -> u64 {
    // Odd, and no two bytes of ASCII: digits of pi.
    const SEEDS: [u64; 2] = [0xa409_3822_299f_31d1, 0x9216_d5d9_8979_fb1b];
    let multiplied = |a: u64, b: u64| {
        let product = u128::from(a) * u128::from(b);
        product as u64 ^ (product >> 64) as u64
    };
    let word = |bytes: &[u8; 8]| lower_case(u64::from_le_bytes(*bytes));
    let mix = |hash: u64, pair: &[u8; 16]| {
        let (words, _) = pair.as_chunks::<8>();
        multiplied(hash ^ word(&words[0]), SEEDS[1] ^ word(&words[1]))
    };
    let (pairs, rest) = email.as_chunks();
    let mixed = pairs.iter().fold(SEEDS[0], mix);
    let mixed = match email.last_chunk() {
        // Some bytes are mixed in twice, or all.
        Some(last) => mix(mixed, last),
        None => {
            let mut last = [0; 16];
            last[..rest.len()].copy_from_slice(rest);
            mix(mixed, &last)
        }
    };
    multiplied(mixed ^ email.len() as u64, SEEDS[1])
}

/// Eight bytes with the capital letters of ASCII made small.
fn lower_case(bytes: u64) -> u64 {
    const EACH: u64 = 0x0101_0101_0101_0101;
    let low = bytes & (0x7F * EACH);
    let from_a = low + (0x80 - u64::from(b'A')) * EACH;
    let past_z = low + (0x7F - u64::from(b'Z')) * EACH;
    let capital = (from_a & !past_z) & !bytes & (0x80 * EACH);
    bytes | capital >> 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_record_is_remembered() {
        let mut seen = Seen::default();
        let at = |record| Position { record, line: record + 1, byte: 0 };
        for record in 1..=5_000 {
            seen.meet(&format!("user{record}@x.example"), at(record));
        }
        assert_eq!(seen.repeated().records, 0);
        for record in 1..=5_000 {
            seen.meet(&format!("USER{record}@X.example"), at(5_000 + record));
        }
        let repeated = seen.repeated();
        assert_eq!(repeated.records, 5_000);
        for (record, example) in (1..).zip(repeated.examples) {
            assert_eq!((example.record, example.same_as), (5_000 + record, Some(record)));
            assert_eq!(example.value, format!("USER{record}@X.example"));
        }
        assert!(!seen.is_cut());
        seen.meet("user1@x.example", at(EMAILS_COMPARED + 1));
        assert_eq!(seen.repeated().records, 0);
        assert!(seen.is_cut());
    }
}
