//! Which emails were seen before, and where: eight bytes for each.
//!
//! The low bits of a 64-bit hash choose a slot of an open-addressed table; in the slot stand the
//! hash's other bits and the record's number. Two different emails are taken for the same where 43
//! bits agree in neighbouring slots: among as many as are compared, in one of a million exports.

use std::hash::{DefaultHasher, Hash, Hasher};

/// Bits of a record's number.
const RECORD_BITS: u32 = 21;
const RECORD: u64 = (1 << RECORD_BITS) - 1;
/// Slots: 16 MiB, which the system hands out as they are used, and of which seven eighths are.
const SLOTS: usize = 1 << RECORD_BITS;
/// How many records' emails are compared, from the first on.
pub const EMAILS_COMPARED: u64 = (SLOTS / 8 * 7) as u64;

/// The emails that were seen.
#[derive(Debug)]
pub(super) struct Seen {
    /// Zero is a free slot: no record has the number 0.
    slots: Vec<u64>,
    cut: bool,
}

impl Default for Seen {
    fn default() -> Self {
        Self { slots: vec![0; SLOTS], cut: false }
    }
}

impl Seen {
    /// Remembers an email; gives the record that had it before. Letter case does not count.
    pub(super) fn meet(&mut self, email: &str, record: u64) -> Option<u64> {
        if record > EMAILS_COMPARED {
            self.cut = true;
            return None;
        }
        let hash = hash(email);
        let high = hash & !RECORD;
        let mut at = (hash & RECORD) as usize;
        while self.slots[at] != 0 {
            if self.slots[at] & !RECORD == high {
                return Some(self.slots[at] & RECORD);
            }
            at = (at + 1) % SLOTS;
        }
        self.slots[at] = high | record;
        None
    }

    /// Whether there were more records than are compared.
    pub(super) fn is_cut(&self) -> bool {
        self.cut
    }
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
        for record in 1..=5_000 {
            assert_eq!(seen.meet(&format!("user{record}@x.example"), record), None);
        }
        for record in 1..=5_000 {
            let again = format!("USER{record}@X.example");
            assert_eq!(seen.meet(&again, 6_000), Some(record));
        }
        assert!(!seen.is_cut());
        assert_eq!(seen.meet("user1@x.example", EMAILS_COMPARED + 1), None);
        assert!(seen.is_cut());
    }
}
