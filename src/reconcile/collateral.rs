//! Collateral: what differs from what was imported besides the photo cells that were changed.

use std::collections::HashMap;

use super::columns::Side;
use super::sent::Sent;
use crate::export::{ExportError, Reader, Source};

/// How many records that differ, and how many that are gone, are described; all are counted.
pub const COLLATERAL_KEPT: usize = 10_000;

/// A cell that differs from what was imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    /// Data record of the import file, from 1.
    pub record: u64,
    /// Line of the import file, from 1.
    pub line: u64,
    /// The record's key.
    pub key: String,
    /// The column, as the import file names it.
    pub column: String,
    /// What was imported.
    pub imported: String,
    /// What the after export shows.
    pub found: String,
}

/// A record that was imported and that the after export does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Data record of the import file, from 1.
    pub record: u64,
    /// Line of the import file, from 1.
    pub line: u64,
    /// The record's key.
    pub key: String,
}

/// Everything that differs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Collateral {
    /// Records with cells that differ.
    pub records: u64,
    /// The cells, in the order of the import file, of the first records.
    pub differences: Vec<Difference>,
    /// Records that the after export does not have.
    pub missing_records: u64,
    /// The first of them.
    pub missing: Vec<Missing>,
}

/// A record of the import file that differs.
struct Sending {
    record: u64,
    line: u64,
    key: String,
    cells: Vec<String>,
}

/// Goes through both files once more and names what [`Sent::look`] saw to differ.
///
/// # Errors
/// [`ExportError`] when a file cannot be read.
pub fn itemise<I: Source, A: Source>(
    sent: &Sent,
    import: &mut Reader<I>,
    after: &mut Reader<A>,
) -> Result<Collateral, ExportError> {
    let mut found = Collateral::default();
    let fields = (sent.key.field(import.dialect()), sent.key.field(after.dialect()));
    let (Some(shared), (Some(ours), Some(theirs))) = (sent.shared(), fields) else {
        return Ok(found);
    };
    let mut sendings: HashMap<u64, Sending> = HashMap::new();
    import.keep_fields();
    while let Some(record) = import.next_record()? {
        let Some((key, hash, entry)) = sent.entry(&record, ours) else { continue };
        let position = record.position();
        let (record_number, line) = (position.record, position.line);
        if !entry.met {
            found.missing_records += 1;
            if found.missing.len() < COLLATERAL_KEPT {
                found.missing.push(Missing { record: record_number, line, key });
            }
        } else if entry.differs {
            found.records += 1;
            if sendings.len() < COLLATERAL_KEPT {
                let cells = shared.cells(&record, Side::Import, entry.change.is_none());
                sendings.insert(hash, Sending { record: record_number, line, key, cells });
            }
        }
    }
    if sendings.is_empty() {
        return Ok(found);
    }
    after.keep_fields();
    while let Some(record) = after.next_record()? {
        let Some((_, hash, entry)) = sent.entry(&record, theirs) else { continue };
        let Some(sending) = sendings.remove(&hash) else { continue };
        let shown = shared.cells(&record, Side::After, entry.change.is_none());
        let pairs = sending.cells.into_iter().zip(shown).enumerate();
        for (n, (imported, shown)) in pairs.filter(|(_, (imported, shown))| imported != shown) {
            found.differences.push(Difference {
                record: sending.record,
                line: sending.line,
                key: sending.key.clone(),
                column: shared.name(n).to_owned(),
                imported,
                found: shown,
            });
        }
    }
    found.differences.sort_by_key(|difference| difference.record);
    Ok(found)
}
