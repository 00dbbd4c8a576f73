//! What an export is, as reports say it.

use crate::census::Census;
use crate::export::{Dialect, LineEnding};
use crate::report::ExportFacts;

/// The facts about an export.
pub(super) fn export(
    file: &str,
    bytes: u64,
    sha256: String,
    records: u64,
    dialect: &Dialect,
    line_ending: LineEnding,
) -> ExportFacts {
    let photo_column =
        dialect.header.as_ref().and_then(|header| header.get(dialect.photo_field)).map_or_else(
            || format!("field {}", dialect.photo_field + 1),
            |name| name.trim().to_owned(),
        );
    ExportFacts {
        file: file.to_owned(),
        sha256,
        bytes,
        records,
        encoding: dialect.encoding.as_str().into(),
        bom: dialect.bom,
        delimiter: dialect.delimiter.as_str().into(),
        line_ending: line_ending.as_str().into(),
        header: dialect.header.clone(),
        photo_column,
    }
}

/// What the administrator should know of an export before anything else.
pub(super) fn dialect_notes(dialect: &Dialect, census: &Census) -> Vec<String> {
    let mut notes: Vec<String> = dialect.notes.iter().map(ToString::to_string).collect();
    for record in &census.unreadable {
        // The ones that hide others are said first and one by one.
        if matches!(record.why.reason, "unclosed-quote" | "overlong") {
            notes.insert(
                0,
                format!(
                    "record {} (line {}, byte {}): {}; {}",
                    record.record,
                    record.line,
                    record.byte,
                    record.why.explanation,
                    record.why.hint
                ),
            );
        }
    }
    if let Some((record, line)) = census.first_ragged {
        notes.push(format!(
            "{} with more or fewer fields than the {} expected; the first is record {record} (line \
             {line})",
            counted(census.ragged, "record"),
            dialect.fields
        ));
    }
    notes
}

/// `1 record`, `2 records`.
pub(super) fn counted(number: u64, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}
