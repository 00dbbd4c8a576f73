//! By which column the records of all files are matched, and a record's key in it.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::export::{Dialect, KeyField, Record};

/// The column by which records are matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyColumn {
    /// Its name, as it stands in the export.
    pub name: String,
    /// Whether letter case tells two keys apart: in an `employeeID` it may, in an address and a
    /// user name, which is one, it does not.
    folds_case: bool,
}

impl KeyColumn {
    /// The first of the export's key columns (`email`, else `userName`, else `employeeID`) that
    /// all the other files have too.
    pub fn choose(export: &Dialect, others: &[&Dialect]) -> Option<Self> {
        let everywhere = |key: &&KeyField| others.iter().all(|other| find(other, key).is_some());
        let key = export.key_fields.iter().find(everywhere)?;
        let folds_case = ["email", "username"].contains(&key.column.to_ascii_lowercase().as_str());
        Some(Self { name: key.column.clone(), folds_case })
    }

    /// Where it stands in the records of a file.
    pub fn field(&self, dialect: &Dialect) -> Option<usize> {
        let wanted = |key: &&KeyField| key.column.eq_ignore_ascii_case(&self.name);
        dialect.key_fields.iter().find(wanted).map(|key| key.field)
    }

    /// A record's key as it stands; `None` where the cell is empty, or `-`.
    pub(super) fn text(&self, record: &Record<'_>, field: usize) -> Option<String> {
        if record.defect().is_some() {
            return None;
        }
        let cell = record.field(field)?;
        let text = cell.text_lossy();
        let text = text.trim();
        (!text.is_empty() && text != "-").then(|| text.to_owned())
    }

    /// The key as a number.
    pub(super) fn hash(&self, text: &str) -> u64 {
        // The same in every run: `RandomState` is not.
        let mut hasher = DefaultHasher::new();
        match self.folds_case {
            true => text.to_lowercase().hash(&mut hasher),
            false => text.hash(&mut hasher),
        }
        hasher.finish()
    }
}

fn find<'d>(dialect: &'d Dialect, wanted: &KeyField) -> Option<&'d KeyField> {
    dialect.key_fields.iter().find(|key| key.column.eq_ignore_ascii_case(&wanted.column))
}
