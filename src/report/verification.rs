//! What `photofix verify` says: whether only hosts moved.

use std::io::{self, Write};
use std::ops::Range;

use serde::Serialize;

use super::json::write_document;
use super::terminal::{Page, Style, Tone};
use super::words::{counted, grouped};
use super::{Tool, Word};

/// The schema of `photofix verify --format json`; published under `schema/`.
pub const SCHEMA: &str = "photofix.verify/1";

/// Moved hosts that people are shown; the JSON has those it was given.
const CHANGES_SHOWN: usize = 20;

/// What comparing an export with its import file showed.
#[derive(Clone, Debug, PartialEq)]
pub struct Verification {
    /// The export's name, as the administrator gave it.
    pub export: String,
    /// The import file's name.
    pub import: String,
    /// Data records of the export.
    pub records: u64,
    /// Records whose host moved.
    pub changed: u64,
    /// Things that moved and should not have, shown or not.
    pub violation_count: u64,
    /// Whether the import file holds changed records only.
    pub only_changed: bool,
    /// The first violations.
    pub violations: Vec<Violation>,
    /// The first hosts that moved.
    pub changes: Vec<MovedHost>,
}

/// Something that moved and should not have.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Violation {
    /// Data record of the import file, from 1; 0 before the first.
    pub record: u64,
    /// Line of the import file, from 1.
    pub line: u64,
    /// Byte of the import file, from 0.
    pub byte: u64,
    /// What moved.
    pub what: String,
    /// What the export has there.
    pub expected: String,
    /// What the import file has there.
    pub found: String,
}

/// A host that moved as it may.
#[derive(Clone, Debug, PartialEq)]
pub struct MovedHost {
    /// Data record of the export, from 1.
    pub record: u64,
    /// Line of the export, from 1.
    pub line: u64,
    /// The photo cell before.
    pub old: String,
    /// The photo cell after.
    pub new: String,
    /// Where the host stands in `old`, in bytes.
    pub old_host: Range<usize>,
    /// Where the host stands in `new`, in bytes.
    pub new_host: Range<usize>,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: Word,
    tool: Tool,
    export: &'a str,
    import: &'a str,
    proven: bool,
    records: u64,
    changed: u64,
    unchanged: u64,
    only_changed: bool,
    violation_count: u64,
    violations: &'a [Violation],
    changes: Vec<ChangeJson<'a>>,
}

#[derive(Serialize)]
struct ChangeJson<'a> {
    record: u64,
    line: u64,
    old: &'a str,
    new: &'a str,
}

impl Verification {
    /// Whether only hosts moved.
    pub fn is_proven(&self) -> bool {
        self.violation_count == 0
    }

    /// Records whose host did not move.
    pub fn unchanged(&self) -> u64 {
        self.records.saturating_sub(self.changed)
    }

    /// Writes one JSON document ([`SCHEMA`]).
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn to_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let changes = self.changes.iter().map(|change| ChangeJson {
            record: change.record,
            line: change.line,
            old: &change.old,
            new: &change.new,
        });
        let document = Document {
            schema: SCHEMA.into(),
            tool: Tool::this(),
            export: &self.export,
            import: &self.import,
            proven: self.is_proven(),
            records: self.records,
            changed: self.changed,
            unchanged: self.unchanged(),
            only_changed: self.only_changed,
            violation_count: self.violation_count,
            violations: &self.violations,
            changes: changes.collect(),
        };
        write_document(&document, out)
    }

    /// Writes it for people.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn render(&self, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page::new(style, out);
        if self.is_proven() {
            page.paragraph(0, Tone::Good, "Proven: only hosts moved.")?;
        } else {
            let moved = match self.violation_count {
                1 => "1 thing moved that should not have".to_owned(),
                number => format!("{} things moved that should not have", grouped(number)),
            };
            page.paragraph(0, Tone::Bad, &format!("Not proven: {moved}."))?;
        }
        let rest = if self.only_changed {
            "the import file holds the changed records only"
        } else {
            "every other byte is the same"
        };
        let rest = if self.is_proven() { rest } else { "do not import this file" };
        let text = format!(
            "{} of {} changed; {rest}.",
            grouped(self.changed),
            counted(self.records, "record")
        );
        page.paragraph(0, Tone::Plain, &text)?;
        page.labelled((2, 8), (Tone::Quiet, "export"), Tone::Plain, &self.export)?;
        page.labelled((2, 8), (Tone::Quiet, "import"), Tone::Plain, &self.import)?;
        self.violations(&mut page)?;
        self.changes(&mut page)
    }

    fn violations(&self, page: &mut Page<'_>) -> io::Result<()> {
        if self.violations.is_empty() {
            return Ok(());
        }
        page.heading("Moved and should not have", "")?;
        for violation in &self.violations {
            let Violation { record, line, byte, what, expected, found } = violation;
            let place = match record {
                0 => format!("line {line}, byte {byte} of the import file: {what}"),
                _ => {
                    format!("record {record}, line {line}, byte {byte} of the import file: {what}")
                }
            };
            page.paragraph(2, Tone::Caution, &place)?;
            page.cut(4, Tone::Plain, &format!("expected  {expected}"))?;
            page.cut(4, Tone::Plain, &format!("found     {found}"))?;
        }
        let rest = self.violation_count.saturating_sub(self.violations.len() as u64);
        more(page, rest, "counted, not shown")
    }

    fn changes(&self, page: &mut Page<'_>) -> io::Result<()> {
        if self.changes.is_empty() {
            return Ok(());
        }
        page.heading("Hosts that moved", "")?;
        let shown = &self.changes[..self.changes.len().min(CHANGES_SHOWN)];
        for change in shown {
            let place = format!("record {}, line {}", change.record, change.line);
            page.cut(2, Tone::Quiet, &place)?;
            page.cell(4, Tone::Bad, "-", &change.old, &change.old_host)?;
            page.cell(4, Tone::Good, "+", &change.new, &change.new_host)?;
        }
        let rest = self.changed.saturating_sub(shown.len() as u64);
        more(page, rest, "--format json shows more")
    }
}

fn more(page: &mut Page<'_>, number: u64, aside: &str) -> io::Result<()> {
    match number {
        0 => Ok(()),
        _ => page.paragraph(2, Tone::Quiet, &format!("and {} more ({aside})", grouped(number))),
    }
}
