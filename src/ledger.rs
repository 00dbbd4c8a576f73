//! One verdict for every row, and sums that add up.

use serde::{Deserialize, Serialize};

/// What became of one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// Its photo cell names no address (nor a mapped bare host): nothing to decide.
    Untouched,
    /// Its host was replaced.
    Rewritten,
    /// A name is known, and a certificate, an ambiguity or a guard stands in the way.
    Held,
    /// No name is known.
    Unresolved,
    /// The record or its photo cell cannot be read; it passes through as it is.
    Unreadable,
}

impl Class {
    /// Every class, in the order of the ledger.
    pub const ALL: [Self; 5] =
        [Self::Untouched, Self::Rewritten, Self::Held, Self::Unresolved, Self::Unreadable];

    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Untouched => "untouched",
            Self::Rewritten => "rewritten",
            Self::Held => "held",
            Self::Unresolved => "unresolved",
            Self::Unreadable => "unreadable",
        }
    }
}

/// Counts of records by class. The sum is the number of records, by construction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Sums", into = "Sums")]
pub struct Ledger {
    counts: [u64; 5],
}

/// The ledger as it stands in reports and plans.
#[derive(Clone, Copy, Serialize, Deserialize)]
struct Sums {
    records: u64,
    untouched: u64,
    rewritten: u64,
    held: u64,
    unresolved: u64,
    unreadable: u64,
}

impl Ledger {
    /// Counts one record.
    pub fn count(&mut self, class: Class) {
        self.add(class, 1);
    }

    /// Counts `records` records.
    pub fn add(&mut self, class: Class, records: u64) {
        self.counts[class as usize] += records;
    }

    /// The records of a class.
    pub fn of(&self, class: Class) -> u64 {
        self.counts[class as usize]
    }

    /// All records.
    pub fn records(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// Whether something is left that the administrator has to look at.
    pub fn leaves_work(&self) -> bool {
        [Class::Held, Class::Unresolved, Class::Unreadable].iter().any(|class| self.of(*class) > 0)
    }
}

impl From<Sums> for Ledger {
    fn from(sums: Sums) -> Self {
        Self {
            counts: [sums.untouched, sums.rewritten, sums.held, sums.unresolved, sums.unreadable],
        }
    }
}

impl From<Ledger> for Sums {
    fn from(ledger: Ledger) -> Self {
        let [untouched, rewritten, held, unresolved, unreadable] = ledger.counts;
        Self { records: ledger.records(), untouched, rewritten, held, unresolved, unreadable }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_is_the_number_of_records() {
        let mut ledger = Ledger::default();
        for (class, records) in Class::ALL.into_iter().zip(1..) {
            ledger.add(class, records);
        }
        assert_eq!(ledger.records(), 15);
        let json = serde_json::to_string(&ledger).unwrap();
        assert_eq!(
            json,
            r#"{"records":15,"untouched":1,"rewritten":2,"held":3,"unresolved":4,"unreadable":5}"#
        );
        assert_eq!(serde_json::from_str::<Ledger>(&json).unwrap(), ledger);
        assert!(ledger.leaves_work());
        assert!(!Ledger::default().leaves_work());
    }
}
