//! Which emails were seen before, and where: eight bytes for each.
//!
//! The low bits of a 64-bit hash choose a slot of an open-addressed table; in the slot stand the
//! hash's other bits and the record's number. Two different emails are taken for the same where 43
//! bits agree in neighbouring slots: among as many as are compared, in one of a million exports.
//! A slot is nearly always far away in memory, so a few emails wait for one another and are looked
//! up together.

use std::hash::{DefaultHasher, Hash, Hasher};

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
    texts: String,
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
            texts: String::new(),
            waiting: Vec::with_capacity(BATCH),
            repeated: Repeated::default(),
            cut: false,
        }
    }
}

impl Seen {
    /// Remembers an email. Letter case does not count.
    pub(super) fn meet(&mut self, email: &str, at: Position) {
        if at.record > EMAILS_COMPARED {
            self.cut = true;
            return;
        }
        self.texts.push_str(email);
        self.waiting.push((hash(email), at, self.texts.len()));
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
                    let value = short(&self.texts[email]);
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

fn hash(email: &str) -> u64 {
    // The same in every run: `RandomState` is not.
    let mut hasher = DefaultHasher::new();
    match email.bytes().any(|byte| byte.is_ascii_uppercase() || byte >= 0x80) {
        true => email.to_lowercase().hash(&mut hasher),
        false => email.hash(&mut hasher),
    }
    hasher.finish()
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
