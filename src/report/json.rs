//! JSON: one document, or one document per line.

use std::io::{self, BufReader, SeekFrom, Write};

use serde::Serialize;

use super::{Change, Held, Redaction, Renderer, Report, Row, Spool};

/// A change as JSON has it.
#[derive(Serialize)]
struct ChangeRow<'a> {
    record: u64,
    line: u64,
    key: Option<Key<'a>>,
    old: &'a str,
    new: &'a str,
    byte_range: [u64; 2],
}

/// A held, unresolved or unreadable record as JSON has it.
#[derive(Serialize)]
struct HeldRow<'a> {
    record: u64,
    line: u64,
    byte: u64,
    key: Option<Key<'a>>,
    value: Option<&'a str>,
    class: &'static str,
    reason: &'a str,
    explanation: &'a str,
    hint: Option<&'a str>,
}

#[derive(Serialize)]
struct Key<'a> {
    column: &'a str,
    value: &'a str,
}

fn key<'a>(redaction: Redaction, row: &Row<'a>) -> Option<Key<'a>> {
    redaction.row_key(row).map(|(column, value)| Key { column, value })
}

/// Writes one row as an object, behind `before`.
fn write_row(redaction: Redaction, row: &Row<'_>, out: &mut dyn Write) -> io::Result<()> {
    let key = key(redaction, row);
    match row {
        Row::Change(change) => {
            let Change { record, line, old, new, byte_range, .. } = change;
            let (old, new) = (redaction.text(old), redaction.text(new));
            let row = ChangeRow {
                record: *record,
                line: *line,
                key,
                old: &old,
                new: &new,
                byte_range: [byte_range.start, byte_range.end],
            };
            serde_json::to_writer(out, &row)?;
        }
        Row::Held(held) => {
            let Held { record, line, byte, value, class, reason, explanation, hint, .. } = held;
            let value = value.map(|value| redaction.text(value));
            let explanation = redaction.text(explanation);
            let row = HeldRow {
                record: *record,
                line: *line,
                byte: *byte,
                key,
                value: value.as_deref(),
                class: class.as_str(),
                reason,
                explanation: &explanation,
                hint: *hint,
            };
            serde_json::to_writer(out, &row)?;
        }
    }
    Ok(())
}

/// The report with one document: `changes` stream out, `held` wait in the spool.
pub(super) struct Json {
    redaction: Redaction,
    out: Box<dyn Write>,
    spool: Box<dyn Spool>,
    changes: u64,
    held: u64,
}

impl Json {
    pub(super) fn new(redaction: Redaction, out: Box<dyn Write>, spool: Box<dyn Spool>) -> Self {
        Self { redaction, out, spool, changes: 0, held: 0 }
    }
}

fn separator(before: u64) -> &'static [u8] {
    if before == 0 { b"\n    " } else { b",\n    " }
}

impl Renderer for Json {
    fn begin(&mut self, report: &Report) -> io::Result<()> {
        let head = serde_json::to_string_pretty(report)?;
        // The document goes on behind the last member of the report.
        let open = head.strip_suffix("\n}").unwrap_or(&head);
        self.out.write_all(open.as_bytes())?;
        self.out.write_all(b",\n  \"changes\": [")
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        match row {
            Row::Change(_) => {
                self.out.write_all(separator(self.changes))?;
                self.changes += 1;
                write_row(self.redaction, row, &mut self.out)
            }
            Row::Held(_) => {
                self.spool.write_all(separator(self.held))?;
                self.held += 1;
                write_row(self.redaction, row, &mut self.spool)
            }
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        let end = |rows: u64| if rows == 0 { "]" } else { "\n  ]" };
        write!(self.out, "{},\n  \"held\": [", end(self.changes))?;
        self.spool.seek(SeekFrom::Start(0))?;
        io::copy(&mut BufReader::new(&mut self.spool), &mut self.out)?;
        write!(self.out, "{}\n}}\n", end(self.held))?;
        self.out.flush()
    }
}

/// JSON Lines: `report`, then `change` and `held`, then `end`, so that a cut file shows.
pub(super) struct Jsonl {
    redaction: Redaction,
    out: Box<dyn Write>,
    changes: u64,
    held: u64,
    row: Vec<u8>,
}

impl Jsonl {
    pub(super) fn new(redaction: Redaction, out: Box<dyn Write>) -> Self {
        Self { redaction, out, changes: 0, held: 0, row: Vec::new() }
    }

    /// One line: an object with its type first.
    fn line(&mut self, kind: &str, object: &[u8]) -> io::Result<()> {
        write!(self.out, "{{\"type\":\"{kind}\",")?;
        self.out.write_all(object.strip_prefix(b"{").unwrap_or(object))?;
        self.out.write_all(b"\n")
    }
}

impl Renderer for Jsonl {
    fn begin(&mut self, report: &Report) -> io::Result<()> {
        let object = serde_json::to_vec(report)?;
        self.line("report", &object)
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        let mut object = std::mem::take(&mut self.row);
        object.clear();
        write_row(self.redaction, row, &mut object)?;
        let kind = match row {
            Row::Change(_) => {
                self.changes += 1;
                "change"
            }
            Row::Held(_) => {
                self.held += 1;
                "held"
            }
        };
        self.line(kind, &object)?;
        self.row = object;
        Ok(())
    }

    fn finish(&mut self) -> io::Result<()> {
        let end = format!("{{\"changes\":{},\"held\":{}}}", self.changes, self.held);
        self.line("end", end.as_bytes())?;
        self.out.flush()
    }
}
