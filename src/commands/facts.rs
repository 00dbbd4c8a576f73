//! What an export is, as reports say it.

use crate::census::{Census, Kind};
use crate::evidence::OldHost;
use crate::export::{Dialect, LineEnding};
use crate::report::{ExportFacts, KindCount};

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

/// What stays as it is and yet deserves a word: hosts that prompt as an address does, names that
/// are not WebEx's, cells that are no URLs. `mapped` are the bare hosts that the map decides.
pub(super) fn untouched_notes(census: &Census, mapped: &dyn Fn(&OldHost) -> bool) -> Vec<String> {
    let mut notes = Vec::new();
    let bare: Vec<(String, u64)> = census
        .endpoints
        .iter()
        .filter(|(endpoint, _)| matches!(endpoint.host, OldHost::Bare(_)))
        .filter(|(endpoint, _)| !mapped(&endpoint.host))
        .map(|(endpoint, records)| (endpoint.host.to_string(), *records))
        .collect();
    if !bare.is_empty() {
        notes.push(format!(
            "{} a host by a single label, for which clients prompt as for an address ({}); only \
             the map can decide them: `LABEL,HOST`",
            records_name(bare.iter().map(|(_, records)| records).sum()),
            first_few(bare.iter().map(|(host, _)| host.as_str()))
        ));
    }
    if !census.foreign.is_empty() {
        notes.push(format!(
            "{} a host outside the allowed domains ({}); they stay as they are",
            records_name(census.of(Kind::Foreign)),
            first_few(census.foreign.keys().map(String::as_str))
        ));
    }
    if let Some((record, line)) = census.first_not_url {
        notes.push(format!(
            "{} no http(s) URL in the photo cell; they stay as they are; the first is record \
             {record} (line {line})",
            match census.of(Kind::NotUrl) {
                1 => "1 record has".to_owned(),
                records => format!("{records} records have"),
            }
        ));
    }
    notes
}

fn records_name(records: u64) -> String {
    match records {
        1 => "1 record names".to_owned(),
        _ => format!("{records} records name"),
    }
}

/// Up to five names, and how many more there are.
fn first_few<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    const SHOWN: usize = 5;
    let more = names.len().saturating_sub(SHOWN);
    let mut shown: Vec<String> = names.take(SHOWN).map(|name| format!("`{name}`")).collect();
    if more > 0 {
        shown.push(format!("and {more} more"));
    }
    shown.join(", ")
}

/// `1 record`, `2 records`.
pub(super) fn counted(number: u64, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{number} {noun}s"),
    }
}

/// Records by host kind, in the order of the contract.
pub(super) fn kinds(census: &Census) -> Vec<KindCount> {
    Kind::ALL
        .iter()
        .map(|kind| KindCount { kind: kind.as_str().into(), records: census.of(*kind) })
        .collect()
}
