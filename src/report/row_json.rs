//! A row as JSON, the same in the JSON and the JSONL report.

use serde::Serialize;

use super::{Change, Held};
use crate::ledger::Class;

/// A change as JSON.
#[derive(Serialize)]
pub(super) struct ChangeJson<'a> {
    record: u64,
    line: u64,
    key: Option<KeyJson<'a>>,
    old: &'a str,
    new: &'a str,
    byte_range: [u64; 2],
}

/// A held row as JSON.
#[derive(Serialize)]
pub(super) struct HeldJson<'a> {
    record: u64,
    line: u64,
    byte: u64,
    key: Option<KeyJson<'a>>,
    value: Option<&'a str>,
    class: Class,
    reason: &'a str,
    explanation: &'a str,
    hint: Option<&'a str>,
}

/// What identifies the record to its administrator.
#[derive(Serialize)]
struct KeyJson<'a> {
    column: &'a str,
    value: &'a str,
}

impl<'a> KeyJson<'a> {
    fn of(key: Option<(&'a str, &'a str)>) -> Option<Self> {
        key.map(|(column, value)| Self { column, value })
    }
}

impl<'a> From<&Change<'a>> for ChangeJson<'a> {
    fn from(change: &Change<'a>) -> Self {
        Self {
            record: change.record,
            line: change.line,
            key: KeyJson::of(change.key),
            old: change.old,
            new: change.new,
            byte_range: [change.byte_range.start, change.byte_range.end],
        }
    }
}

impl<'a> From<&Held<'a>> for HeldJson<'a> {
    fn from(held: &Held<'a>) -> Self {
        Self {
            record: held.record,
            line: held.line,
            byte: held.byte,
            key: KeyJson::of(held.key),
            value: held.value,
            class: held.class,
            reason: held.reason,
            explanation: held.explanation,
            hint: held.hint,
        }
    }
}
