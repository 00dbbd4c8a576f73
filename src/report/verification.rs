//! What `verify` proved.

use std::io::{self, Write};
use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::Tool;
use super::escape::TerminalText;
use super::terminal::Style;

/// The schema and its version; published under `schema/`.
pub const SCHEMA: &str = "photofix.verify/1";

/// Changes that are listed for a person; JSON has more.
const CHANGES_SHOWN: usize = 200;

/// The comparison of an export with an import file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Verification {
    /// The export's name.
    pub export: String,
    /// The import file's name.
    pub import: String,
    /// Records of the export.
    pub records: u64,
    /// Records whose host moved.
    pub changed: u64,
    /// Things that moved and should not have.
    pub violation_count: u64,
    /// Whether the import file holds the changed records only.
    pub only_changed: bool,
    /// The first of what should not have moved.
    pub violations: Vec<Violation>,
    /// The first of the hosts that moved.
    pub changes: Vec<MovedHost>,
}

/// Something that moved and should not have.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Violation {
    /// Data record of the import file, from 1; 0 before the first.
    pub record: u64,
    /// Line of the import file, from 1.
    pub line: u64,
    /// Byte of the import file, from 0.
    pub byte: u64,
    /// What moved.
    pub what: String,
    /// What the export has.
    pub expected: String,
    /// What the import file has.
    pub found: String,
}

/// A host that moved as it may.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct MovedHost {
    /// Data record of the export, from 1.
    pub record: u64,
    /// Line of the export, from 1.
    pub line: u64,
    /// The photo cell before.
    pub old: String,
    /// The photo cell after.
    pub new: String,
    /// The host before, in bytes of `old`.
    pub old_host: Range<usize>,
    /// The host after, in bytes of `new`.
    pub new_host: Range<usize>,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    tool: Tool,
    proven: bool,
    #[serde(flatten)]
    verification: &'a Verification,
}

impl Verification {
    /// Whether only hosts moved.
    pub fn is_proven(&self) -> bool {
        self.violation_count == 0
    }

    /// One JSON document.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn to_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let document = Document {
            schema: SCHEMA,
            tool: Tool::this(),
            proven: self.is_proven(),
            verification: self,
        };
        serde_json::to_writer_pretty(&mut *out, &document)?;
        out.write_all(b"\n")
    }

    /// For a person.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn render(&self, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        for change in self.changes.iter().take(CHANGES_SHOWN) {
            let text = format!(
                "record {}, line {}: {} -> {}",
                change.record,
                change.line,
                &change.old[change.old_host.clone()],
                &change.new[change.new_host.clone()]
            );
            writeln!(out, "{}", TerminalText(&text))?;
        }
        let more = self.changed - self.changes.len().min(CHANGES_SHOWN) as u64;
        if more > 0 {
            writeln!(out, "and {more} more")?;
        }
        for violation in &self.violations {
            writeln!(
                out,
                "record {}, line {}, byte {}: {} moved\n  export       {}\n  import file  {}",
                violation.record,
                violation.line,
                violation.byte,
                TerminalText(&violation.what),
                TerminalText(&violation.expected),
                TerminalText(&violation.found)
            )?;
        }
        let verdict = if self.is_proven() {
            format!(
                "proven: {} records, {} hosts moved, and nothing else",
                self.records, self.changed
            )
        } else {
            format!(
                "NOT proven: {} things moved that are no hosts ({} records, {} hosts moved)",
                self.violation_count, self.records, self.changed
            )
        };
        writeln!(out, "{}", style.heading(&verdict))
    }
}
