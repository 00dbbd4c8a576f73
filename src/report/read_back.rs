//! A JSON report read back, to be shown again in another form.

use std::ops::Range;

use serde::Deserialize;

use super::{Change, Held, Report, Row};
use crate::ledger::Class;

/// A JSON report and its rows.
#[derive(Debug, Deserialize)]
pub struct ReadBack {
    /// The report.
    #[serde(flatten)]
    pub report: Report,
    changes: Vec<ChangeRow>,
    held: Vec<HeldRow>,
}

#[derive(Debug, Deserialize)]
struct ChangeRow {
    record: u64,
    line: u64,
    key: Option<Key>,
    old: String,
    new: String,
    byte_range: [u64; 2],
}

#[derive(Debug, Deserialize)]
struct HeldRow {
    record: u64,
    line: u64,
    byte: u64,
    key: Option<Key>,
    value: Option<String>,
    class: Class,
    reason: String,
    explanation: String,
    hint: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Key {
    column: String,
    value: String,
}

impl Key {
    fn pair(&self) -> (&str, &str) {
        (&self.column, &self.value)
    }
}

impl ReadBack {
    /// Its rows: changes, then held ones. The records' bytes are not in a report.
    pub fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let changes = self.changes.iter().map(|row| {
            Row::Change(Change {
                record: row.record,
                line: row.line,
                key: row.key.as_ref().map(Key::pair),
                endpoint: None,
                old: &row.old,
                new: &row.new,
                old_host: host(&row.old),
                new_host: host(&row.new),
                byte_range: row.byte_range[0]..row.byte_range[1],
                old_raw: &[],
                new_raw: &[],
            })
        });
        let held = self.held.iter().map(|row| {
            Row::Held(Held {
                record: row.record,
                line: row.line,
                byte: row.byte,
                key: row.key.as_ref().map(Key::pair),
                endpoint: None,
                value: row.value.as_deref(),
                host: row.value.as_deref().map_or(0..0, host),
                class: row.class,
                reason: &row.reason,
                explanation: &row.explanation,
                hint: row.hint.as_deref(),
            })
        });
        changes.chain(held)
    }
}

/// About where the host stands in a cell, which is enough to mark it: between the slashes and the
/// port or path, without userinfo.
fn host(cell: &str) -> Range<usize> {
    let Some(slashes) = cell.find("//") else { return 0..0 };
    let start = slashes + 2;
    let end = cell[start..].find(['/', '\\', '?', '#']).map_or(cell.len(), |at| start + at);
    let start = cell[start..end].rfind('@').map_or(start, |at| start + at + 1);
    let host = &cell[start..end];
    let length = match host.starts_with('[') {
        true => host.find(']').map_or(host.len(), |at| at + 1),
        false => host.find(':').unwrap_or(host.len()),
    };
    start..start + length
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_host_stands() {
        for (cell, expected) in [
            ("https://203.0.113.7/p.jpg", "203.0.113.7"),
            ("http://u:p@203.0.113.7:8443?x", "203.0.113.7"),
            ("https://[2001:db8::7]:443/p", "[2001:db8::7]"),
            ("https://[2001:db8::7", "[2001:db8::7"),
            ("https://c12.webex.com", "c12.webex.com"),
            ("https:203.0.113.7", ""),
            ("//", ""),
        ] {
            assert_eq!(&cell[host(cell)], expected, "{cell}");
        }
    }
}
