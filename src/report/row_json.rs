//! A row as JSON, the same in the JSON and the JSONL report.
//!
//! The members are written by hand, because there may be as many rows as users: most texts are
//! looked at once and copied as they are. The tests hold them against what serde makes of the same.

use std::io;

use super::digits::append_number;
use super::json::append_string;
use super::{Change, Held};

/// Appends the members of a change, without the braces around them.
///
/// # Errors
/// None but those of serialization, which has no reason to fail.
pub(super) fn append_change(change: &Change<'_>, text: &mut Vec<u8>) -> io::Result<()> {
    append_place(change.record, change.line, text);
    append_key(change.key, text)?;
    text.extend_from_slice(b",\"old\":");
    append_string(change.old, text)?;
    text.extend_from_slice(b",\"new\":");
    append_string(change.new, text)?;
    text.extend_from_slice(b",\"byte_range\":[");
    append_number(change.byte_range.start, text);
    text.push(b',');
    append_number(change.byte_range.end, text);
    text.push(b']');
    Ok(())
}

/// Appends the members of a held row, without the braces around them.
///
/// # Errors
/// None but those of serialization, which has no reason to fail.
pub(super) fn append_held(held: &Held<'_>, text: &mut Vec<u8>) -> io::Result<()> {
    append_place(held.record, held.line, text);
    text.extend_from_slice(b",\"byte\":");
    append_number(held.byte, text);
    append_key(held.key, text)?;
    text.extend_from_slice(b",\"value\":");
    append_optional(held.value, text)?;
    text.extend_from_slice(b",\"class\":");
    append_string(held.class.as_str(), text)?;
    text.extend_from_slice(b",\"reason\":");
    append_string(held.reason, text)?;
    text.extend_from_slice(b",\"explanation\":");
    append_string(held.explanation, text)?;
    text.extend_from_slice(b",\"hint\":");
    append_optional(held.hint, text)
}

fn append_place(record: u64, line: u64, text: &mut Vec<u8>) {
    text.extend_from_slice(b"\"record\":");
    append_number(record, text);
    text.extend_from_slice(b",\"line\":");
    append_number(line, text);
}

/// What identifies the record to its administrator.
fn append_key(key: Option<(&str, &str)>, text: &mut Vec<u8>) -> io::Result<()> {
    let Some((column, value)) = key else {
        text.extend_from_slice(b",\"key\":null");
        return Ok(());
    };
    text.extend_from_slice(b",\"key\":{\"column\":");
    append_string(column, text)?;
    text.extend_from_slice(b",\"value\":");
    append_string(value, text)?;
    text.push(b'}');
    Ok(())
}

fn append_optional(value: Option<&str>, text: &mut Vec<u8>) -> io::Result<()> {
    match value {
        Some(value) => append_string(value, text),
        None => {
            text.extend_from_slice(b"null");
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Serialize;

    use super::*;
    use crate::ledger::Class;
    use crate::report::json::append_compact;

    #[derive(Serialize)]
    struct KeyTwin<'a> {
        column: &'a str,
        value: &'a str,
    }

    #[derive(Serialize)]
    struct ChangeTwin<'a> {
        record: u64,
        line: u64,
        key: Option<KeyTwin<'a>>,
        old: &'a str,
        new: &'a str,
        byte_range: [u64; 2],
    }

    #[derive(Serialize)]
    struct HeldTwin<'a> {
        record: u64,
        line: u64,
        byte: u64,
        key: Option<KeyTwin<'a>>,
        value: Option<&'a str>,
        class: Class,
        reason: &'a str,
        explanation: &'a str,
        hint: Option<&'a str>,
    }

    /// Text with whatever JSON, terminals and browsers mind.
    fn text() -> impl Strategy<Value = String> {
        "([ -~]{0,40}|[a-z\"\\\\<\u{0}-\u{1f}\u{7f}-\u{9f}é\u{202e}\u{2028}\u{e0041}😀]{0,8}|.{0,20})"
    }

    /// What `members` appends, braces around it.
    fn object(members: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
        let mut text = b"{".to_vec();
        members(&mut text).unwrap();
        text.push(b'}');
        String::from_utf8(text).unwrap()
    }

    fn twin(value: &impl Serialize) -> String {
        let mut text = Vec::new();
        append_compact(value, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    proptest! {
        #[test]
        fn a_change_is_what_serde_makes_of_it(
            [record, line, start, end]: [u64; 4],
            key in proptest::option::of((text(), text())),
            (old, new) in (text(), text()),
        ) {
            let change = Change {
                record,
                line,
                key: key.as_ref().map(|(column, value)| (column.as_str(), value.as_str())),
                endpoint: None,
                old: &old,
                new: &new,
                old_host: 0..0,
                new_host: 0..0,
                byte_range: start..end,
                old_raw: b"",
                new_raw: b"",
            };
            let expected = twin(&ChangeTwin {
                record,
                line,
                key: change.key.map(|(column, value)| KeyTwin { column, value }),
                old: &old,
                new: &new,
                byte_range: [start, end],
            });
            prop_assert_eq!(object(|text| append_change(&change, text)), expected);
        }

        #[test]
        fn a_held_row_is_what_serde_makes_of_it(
            [record, line, byte]: [u64; 3],
            key in proptest::option::of((text(), text())),
            value in proptest::option::of(text()),
            class in proptest::sample::select(&Class::ALL[..]),
            (reason, explanation) in (text(), text()),
            hint in proptest::option::of(text()),
        ) {
            let held = Held {
                record,
                line,
                byte,
                key: key.as_ref().map(|(column, value)| (column.as_str(), value.as_str())),
                endpoint: None,
                value: value.as_deref(),
                host: 0..0,
                class,
                reason: &reason,
                explanation: &explanation,
                hint: hint.as_deref(),
            };
            let expected = twin(&HeldTwin {
                record,
                line,
                byte,
                key: held.key.map(|(column, value)| KeyTwin { column, value }),
                value: held.value,
                class,
                reason: &reason,
                explanation: &explanation,
                hint: held.hint,
            });
            prop_assert_eq!(object(|text| append_held(&held, text)), expected);
        }
    }
}
