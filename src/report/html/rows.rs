//! The rows of the page: compact data for the script, and markup for readers without it.
//!
//! The data comes in chunks of columns. Numbers that grow are written as their growth, and texts
//! that come again and again (the scheme, the host, a reason) as numbers of *words* that the chunk
//! or one before it defines. 200,000 rows are about 15 MB.

use std::borrow::Borrow;
use std::collections::HashMap;

use maud::{Markup, PreEscaped, html};
use serde::Serialize;

use super::prose::{Cell, Prose};
use crate::ledger::Class;
use crate::report::escape::PageText;
use crate::report::words::{counted, grouped};
use crate::report::{Report, Row};

/// Rows in a chunk: what is held in memory.
const CHUNK: usize = 1_000;
/// Words that are numbered; whatever comes later is written out each time.
const WORDS: usize = 10_000;

/// Text that is visible all over, as [`PageText`] makes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize)]
struct Shown(String);

/// A text that needs nothing done to it is found among others without being copied.
impl Borrow<str> for Shown {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl Shown {
    fn of(text: &str) -> Self {
        let shown = PageText(text);
        Self(if shown.is_itself() { text.to_owned() } else { shown.to_string() })
    }
}

/// A text that comes again and again.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
enum Word {
    Number(usize),
    Text(Shown),
}

/// Rows that wait to be written, and the words of those that were.
#[derive(Debug, Default)]
pub(super) struct Rows {
    chunk: Chunk,
    numbers: HashMap<Shown, usize, foldhash::fast::RandomState>,
    last: (u64, u64),
}

/// Rows by column. The script's `data.js` reads them back.
#[derive(Debug, Default, Serialize)]
pub(super) struct Chunk {
    /// Words that get the next numbers.
    words: Vec<Shown>,
    /// Data record, as the difference to the row before.
    record: Vec<u64>,
    /// Physical line, likewise.
    line: Vec<u64>,
    /// Place of the endpoint in the report; -1 for none.
    endpoint: Vec<i64>,
    /// A letter per row ([`letter`]).
    class: String,
    /// The key column's name, and the record's value there.
    column: Vec<Word>,
    key: Vec<Shown>,
    /// The photo cell in three pieces, and what becomes of the second.
    before: Vec<Word>,
    host: Vec<Word>,
    after: Vec<Shown>,
    new: Vec<Word>,
    /// Why the row is left as it is, and what would change that.
    reason: Vec<Word>,
    explanation: Vec<Word>,
    hint: Vec<Word>,
}

impl Rows {
    /// Adds a row, whose endpoint stands at `place` in the report.
    pub(super) fn push(&mut self, row: &Row<'_>, place: Option<usize>) {
        let (record, line, key, class) = match row {
            Row::Change(row) => (row.record, row.line, row.key, Class::Rewritten),
            Row::Held(row) => (row.record, row.line, row.key, row.class),
        };
        let (column, key) = key.unwrap_or_default();
        let (cell, host, new, [reason, explanation, hint]) = match row {
            Row::Change(row) => {
                let new = row.new.get(row.new_host.clone()).unwrap_or(row.new);
                (row.old, &row.old_host, new, [""; 3])
            }
            Row::Held(row) => {
                let why = [row.reason, row.explanation, row.hint.unwrap_or_default()];
                (row.value.unwrap_or_default(), &row.host, "", why)
            }
        };
        let pieces = (cell.get(..host.start), cell.get(host.clone()), cell.get(host.end..));
        let (before, host, after) = match pieces {
            (Some(before), Some(host), Some(after)) => (before, host, after),
            _ => ("", "", cell),
        };
        let [column, before, host, new, reason, explanation, hint] =
            [column, before, host, new, reason, explanation, hint].map(|text| self.word(text));
        let chunk = &mut self.chunk;
        chunk.record.push(record.saturating_sub(self.last.0));
        chunk.line.push(line.saturating_sub(self.last.1));
        self.last = (record, line);
        chunk.endpoint.push(place.and_then(|place| i64::try_from(place).ok()).unwrap_or(-1));
        chunk.class.push(letter(class));
        chunk.column.push(column);
        chunk.key.push(Shown::of(key));
        chunk.before.push(before);
        chunk.host.push(host);
        chunk.after.push(Shown::of(after));
        chunk.new.push(new);
        chunk.reason.push(reason);
        chunk.explanation.push(explanation);
        chunk.hint.push(hint);
    }

    /// Whether the rows that wait should be written.
    pub(super) fn is_full(&self) -> bool {
        self.chunk.record.len() >= CHUNK
    }

    /// The rows that wait, if there are any.
    pub(super) fn take(&mut self) -> Option<Chunk> {
        let chunk = std::mem::take(&mut self.chunk);
        (!chunk.record.is_empty()).then_some(chunk)
    }

    fn word(&mut self, text: &str) -> Word {
        // Words come again and again, and mean themselves where they are numbered as they stand.
        if PageText(text).is_itself()
            && let Some(number) = self.numbers.get(text)
        {
            return Word::Number(*number);
        }
        let text = Shown::of(text);
        let next = self.numbers.len();
        match self.numbers.get(&text) {
            Some(number) => Word::Number(*number),
            None if next < WORDS => {
                self.chunk.words.push(text.clone());
                self.numbers.insert(text, next);
                Word::Number(next)
            }
            None => Word::Text(text),
        }
    }
}

/// The letter of a class.
fn letter(class: Class) -> char {
    match class {
        Class::Rewritten => 'r',
        Class::Held => 'h',
        Class::Unresolved => 'u',
        Class::Unreadable => 'x',
        Class::Untouched => '-',
    }
}

/// The heading of the rows, and the table of those that stand as markup; it stays open.
pub(super) fn opening(report: &Report) -> Markup {
    let all = report.ledger.records() - report.ledger.of(Class::Untouched);
    html! {
        (PreEscaped("<section id=\"records\" aria-labelledby=\"records-title\">"))
        h2 #records-title { "Records" }
        p.quiet {
            (counted(all, "record")) " that would change or that need a person, in the order of the export; "
            "the other " (grouped(report.ledger.of(Class::Untouched))) " are untouched."
        }
        (PreEscaped("<div class=\"listed\"><table><thead>"))
        tr {
            th scope="col" { "Record" }
            th scope="col" { "Key" }
            th scope="col" { "Photo cell" }
            th scope="col" { "Becomes" }
        }
        (PreEscaped("</thead><tbody>"))
    }
}

/// A row of that table.
pub(super) fn markup(row: &Row<'_>) -> Markup {
    match row {
        Row::Change(row) => html! {
            tr {
                td.number { (row.record) }
                td { (row.key.map_or("", |(_, value)| value)) }
                td { (Cell(row.old, &row.old_host)) }
                td { (Cell(row.new, &row.new_host)) }
            }
        },
        Row::Held(row) => html! {
            tr {
                td.number { (row.record) }
                td { (row.key.map_or("", |(_, value)| value)) }
                td { @if let Some(value) = row.value { (Cell(value, &row.host)) } }
                td {
                    (row.class.as_str()) ": " (row.reason)
                    @if row.endpoint.is_none() { br; (Prose(row.explanation)) }
                }
            }
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::samples::{hostile, rich_rows};

    fn json(rows: &mut Rows) -> serde_json::Value {
        serde_json::to_value(rows.take()).unwrap()
    }

    #[test]
    fn columns_hold_every_row() {
        let mut rows = Rows::default();
        for row in rich_rows() {
            rows.push(&row, Some(1));
        }
        let chunk = json(&mut rows);
        assert_eq!(chunk["record"], serde_json::json!([1, 1, 1, 1, 1]));
        assert_eq!(chunk["line"], serde_json::json!([2, 1, 1, 1, 1]));
        assert_eq!(chunk["class"], "rhrux");
        let word = |column: &str, row: usize| {
            let number = chunk[column][row].as_u64().unwrap();
            chunk["words"][number as usize].as_str().unwrap().to_owned()
        };
        let cell =
            |row| word("before", row) + &word("host", row) + chunk["after"][row].as_str().unwrap();
        assert_eq!(cell(0), "https://203.0.113.7/photos/jane%40corp.example.jpg");
        assert_eq!(
            (word("host", 0), word("new", 0)),
            ("203.0.113.7".into(), "c12.webex.com".into())
        );
        assert_eq!(
            (word("host", 2), word("new", 2)),
            ("0xcb.0.0x71.7".into(), "c12.webex.com".into())
        );
        assert_eq!((word("reason", 1).as_str(), word("new", 1).as_str()), ("ambiguous", ""));
        assert!(word("explanation", 4).contains("0xff"));
        assert_eq!(json(&mut rows), serde_json::Value::Null);
        // The next chunk goes on where this one ended.
        rows.push(&rich_rows()[0], None);
        let next = json(&mut rows);
        assert_eq!(next["words"], serde_json::json!([]));
        assert_eq!((&next["host"][0], &next["endpoint"][0]), (&chunk["host"][0], &(-1).into()));
    }

    #[test]
    fn words_are_numbered_up_to_a_limit() {
        let mut rows = Rows::default();
        for number in 0..WORDS + 2 {
            rows.word(&number.to_string());
        }
        assert!(matches!(rows.word("0"), Word::Number(0)));
        assert!(matches!(rows.word("new"), Word::Text(_)));
        assert_eq!(rows.chunk.words.len(), WORDS);
    }

    #[test]
    fn nothing_in_a_chunk_is_invisible() {
        let mut rows = Rows::default();
        for row in hostile().1 {
            rows.push(&row, None);
        }
        let text = json(&mut rows).to_string();
        assert!(text.contains("<U+202E>") && text.contains("<U+0000>"), "{text}");
        assert!(!text.chars().any(crate::report::escape::is_deceptive));
    }
}
