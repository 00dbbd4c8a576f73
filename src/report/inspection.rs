//! What `inspect` found in an export.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::escape::TerminalText;
use super::terminal::{Style, wrapped};
use super::{ExportFacts, KindCount, Tool, Word};
use crate::evidence::Scheme;

/// The schema and its version; published under `schema/`.
pub const SCHEMA: &str = "photofix.inspect/1";

/// Hosts that are listed for a person; JSON has all.
const HOSTS_SHOWN: usize = 50;

/// What an export holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Inspection {
    /// The export.
    pub export: ExportFacts,
    /// What must be read first.
    pub notes: Vec<String>,
    /// Records by host kind.
    pub host_kinds: Vec<KindCount>,
    /// Distinct hosts.
    pub hosts: Vec<HostCount>,
    /// Records that cannot be read; the first ones.
    pub warnings: Vec<Warning>,
}

/// A host and the records that carry it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct HostCount {
    /// The host, addresses in canonical form.
    pub host: String,
    /// The port; none where it does not matter.
    pub port: Option<u16>,
    /// The scheme; none where it does not matter.
    pub scheme: Option<Scheme>,
    /// Records.
    pub records: u64,
    /// The host kind.
    pub kind: Word,
}

/// A record that cannot be read.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Warning {
    /// Data record, from 1.
    pub record: u64,
    /// Line, from 1.
    pub line: u64,
    /// Offset of its first byte, from 0.
    pub byte: u64,
    /// The stable word.
    pub reason: Word,
    /// The same in a sentence.
    pub explanation: String,
    /// What to do.
    pub hint: Option<String>,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    tool: Tool,
    #[serde(flatten)]
    inspection: &'a Inspection,
}

impl Inspection {
    /// One JSON document.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn to_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let document = Document { schema: SCHEMA, tool: Tool::this(), inspection: self };
        serde_json::to_writer_pretty(&mut *out, &document)?;
        out.write_all(b"\n")
    }

    /// For a person.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn render(&self, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let export = &self.export;
        writeln!(out, "{}", style.heading(&TerminalText(&export.file).to_string()))?;
        for note in &self.notes {
            writeln!(out, "note: {}", wrapped(note, 6, style.columns()))?;
        }
        let bom = if export.bom { " with BOM" } else { "" };
        let fields = export
            .header
            .as_ref()
            .map_or("no header".to_owned(), |header| format!("{} columns", header.len()));
        for (label, text) in [
            ("size", format!("{} bytes, {} records", export.bytes, export.records)),
            (
                "dialect",
                format!(
                    "{}{bom}, {}, line ends {}, {fields}",
                    export.encoding, export.delimiter, export.line_ending
                ),
            ),
            ("photos in", export.photo_column.clone()),
            ("sha256", export.sha256.clone()),
        ] {
            writeln!(out, "  {label:<10} {}", TerminalText(&text))?;
        }
        writeln!(out, "\n{}", style.heading("records by host kind"))?;
        for kind in self.host_kinds.iter().filter(|kind| kind.records > 0) {
            writeln!(out, "  {:<10} {:>10}", kind.kind, kind.records)?;
        }
        if !self.hosts.is_empty() {
            writeln!(out, "\n{}", style.heading("hosts"))?;
        }
        for host in self.hosts.iter().take(HOSTS_SHOWN) {
            let scheme = host.scheme.map_or("", Scheme::as_str);
            let port = host.port.map_or_else(String::new, |port| format!(":{port}"));
            let name = format!("{}{port} {scheme}", host.host);
            writeln!(
                out,
                "  {:<10} {:>10}  {}",
                host.kind,
                host.records,
                TerminalText(name.trim_end())
            )?;
        }
        if self.hosts.len() > HOSTS_SHOWN {
            writeln!(out, "  and {} more: see --format json", self.hosts.len() - HOSTS_SHOWN)?;
        }
        if !self.warnings.is_empty() {
            writeln!(out, "\n{}", style.heading("records that cannot be read"))?;
        }
        for warning in &self.warnings {
            let text = format!(
                "record {}, line {}, byte {}: {}",
                warning.record, warning.line, warning.byte, warning.explanation
            );
            writeln!(out, "  {}", wrapped(&text, 4, style.columns()))?;
        }
        Ok(())
    }
}
