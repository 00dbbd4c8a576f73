//! What `photofix inspect` says: what an export holds.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::json::write_document;
use super::layout::{fit, width};
use super::terminal::{Page, Style, Tone};
use super::words::{counted, grouped};
use super::{ExportFacts, KindCount, Tool, Word};
use crate::evidence::Scheme;

/// The schema of `photofix inspect --format json`; published under `schema/`.
pub const SCHEMA: &str = "photofix.inspect/1";

/// Hosts that people are shown; the JSON has all.
const HOSTS_SHOWN: usize = 50;
/// Warnings that people are shown; the JSON has all.
const WARNINGS_SHOWN: usize = 20;
/// Columns of the labels.
const LABEL: usize = 14;

/// What an export holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inspection {
    /// The export.
    pub export: ExportFacts,
    /// Records by host kind, in the order of the contract.
    pub host_kinds: Vec<KindCount>,
    /// The distinct hosts, in order.
    pub hosts: Vec<HostCount>,
    /// What must be read first.
    pub notes: Vec<String>,
    /// The records that cannot be read.
    pub warnings: Vec<Warning>,
    /// Damaged cells that an import would carry into WebEx, by column and kind.
    pub health: Vec<Complaint>,
}

/// A kind of damage in one column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Complaint {
    /// The stable word, such as `lost-plus`.
    pub kind: Word,
    /// The column's name, or `field N` (from 1).
    pub column: String,
    /// How many records have it.
    pub records: u64,
    /// The same in a sentence.
    pub explanation: Word,
    /// What to do.
    pub hint: Word,
    /// The first of the records.
    pub examples: Vec<Example>,
}

/// One record with a damaged cell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Example {
    /// Data record, from 1.
    pub record: u64,
    /// Line on which it starts, from 1.
    pub line: u64,
    /// The cell, cut short.
    pub value: String,
    /// The earlier record that has the same value, where that is the damage.
    pub same_as: Option<u64>,
}

/// A host that photo cells name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HostCount {
    /// The host; an address in its canonical text.
    pub host: String,
    /// The port; none where ports are not told apart.
    pub port: Option<u16>,
    /// The scheme; none where schemes are not told apart.
    pub scheme: Option<Scheme>,
    /// Records that name it.
    pub records: u64,
    /// `ip`, `bare`, `webex`, `foreign`.
    pub kind: Word,
}

/// A record that cannot be read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Warning {
    /// Data record, from 1.
    pub record: u64,
    /// Physical line on which it starts, from 1.
    pub line: u64,
    /// Offset of its first byte, from 0.
    pub byte: u64,
    /// The stable word, such as `unclosed-quote`.
    pub reason: Word,
    /// The same in a sentence.
    pub explanation: String,
    /// What to do.
    pub hint: Option<String>,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: Word,
    tool: Tool,
    #[serde(flatten)]
    inspection: &'a Inspection,
}

impl Inspection {
    /// Writes one JSON document ([`SCHEMA`]).
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn to_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let document = Document { schema: SCHEMA.into(), tool: Tool::this(), inspection: self };
        write_document(&document, out)
    }

    /// Writes it for people.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn render(&self, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page::new(style, out);
        page.notes(&self.notes)?;
        self.facts(&mut page)?;
        self.kinds(&mut page)?;
        self.hosts(&mut page)?;
        self.health(&mut page)?;
        self.warnings(&mut page)
    }

    fn facts(&self, page: &mut Page<'_>) -> io::Result<()> {
        let export = &self.export;
        page.cut(0, Tone::Heading, &export.file)?;
        let mut fact = |label: &str, text: &str| {
            page.labelled((2, LABEL), (Tone::Quiet, label), Tone::Plain, text)
        };
        let bom = if export.bom { ", byte order mark" } else { "" };
        fact("records", &grouped(export.records))?;
        fact("encoding", &format!("{}{bom}", export.encoding))?;
        fact("delimiter", &export.delimiter)?;
        fact("line ends", &export.line_ending)?;
        match &export.header {
            Some(header) => fact("header", &counted(header.len() as u64, "column"))?,
            None => fact("header", "none")?,
        }
        fact("photo column", &export.photo_column)?;
        fact("size", &counted(export.bytes, "byte"))?;
        fact("SHA-256", &export.sha256)
    }

    fn kinds(&self, page: &mut Page<'_>) -> io::Result<()> {
        page.heading("Photo URLs by host", "")?;
        let numbers: Vec<String> = self.host_kinds.iter().map(|it| grouped(it.records)).collect();
        let widest = numbers.iter().map(String::len).max().unwrap_or(0);
        for (kind, number) in self.host_kinds.iter().zip(&numbers) {
            let tone = match (kind.records, kind.kind.as_ref()) {
                (0, _) => Tone::Quiet,
                (_, "ip" | "bare" | "unreadable") => Tone::Caution,
                _ => Tone::Plain,
            };
            let meaning = match kind.kind.as_ref() {
                "ip" => "an address: Jabber prompts at every look-up",
                "webex" => "a name in an allowed domain",
                "bare" => "a single-label name: the same prompt as an address",
                "foreign" => "a name outside the allowed domains",
                "empty" => "no photo",
                "dash" => "WebEx stores an empty value",
                "not-url" => "something else",
                "unreadable" => "cannot be read",
                _ => "",
            };
            let text = format!("{:<10}  {number:>widest$}", kind.kind);
            let columns = page.style.columns() - 2;
            // The numbers explain themselves where there is no room for words.
            let meaning = if width(&text) + 2 + width(meaning) <= columns { meaning } else { "" };
            let pieces = [(tone, text.as_str()), (Tone::Plain, "  "), (Tone::Quiet, meaning)];
            page.line(2, if meaning.is_empty() { &pieces[..1] } else { &pieces })?;
        }
        Ok(())
    }

    fn hosts(&self, page: &mut Page<'_>) -> io::Result<()> {
        if self.hosts.is_empty() {
            return Ok(());
        }
        page.heading("Hosts", &format!("{} distinct", grouped(self.hosts.len() as u64)))?;
        let shown = &self.hosts[..self.hosts.len().min(HOSTS_SHOWN)];
        let lines: Vec<(String, String)> =
            shown.iter().map(|host| (spelled(host), grouped(host.records))).collect();
        let numbers = lines.iter().map(|(_, number)| number.len()).max().unwrap_or(0);
        let kinds = shown.iter().map(|host| width(&host.kind)).max().unwrap_or(0);
        let room = page.style.columns().saturating_sub(numbers + kinds + 6);
        let widest = lines.iter().map(|(host, _)| width(host)).max().unwrap_or(0).min(room);
        for ((spelled, number), host) in lines.iter().zip(shown) {
            let spelled = fit(spelled, widest, page.style.ellipsis());
            let gap = " ".repeat(widest - width(&spelled) + 2);
            let number = format!("{number:>numbers$}  ");
            let tone = match host.kind.as_ref() {
                "ip" | "bare" => Tone::Caution,
                _ => Tone::Quiet,
            };
            let pieces = [(Tone::Plain, spelled.as_str()), (Tone::Plain, &gap)];
            page.line(2, &[&pieces[..], &[(Tone::Plain, &number), (tone, &host.kind)]].concat())?;
        }
        more(page, self.hosts.len() - shown.len(), "host")
    }

    fn health(&self, page: &mut Page<'_>) -> io::Result<()> {
        if self.health.is_empty() {
            return Ok(());
        }
        page.heading("Health", "")?;
        page.paragraph(2, Tone::Quiet, "an import would carry this into WebEx")?;
        for complaint in &self.health {
            let Complaint { kind, column, records, explanation, hint, .. } = complaint;
            let what = format!("{column}: {kind}, {}", counted(*records, "record"));
            page.cut(2, Tone::Caution, &what)?;
            page.paragraph(4, Tone::Plain, explanation)?;
            for Example { record, line, value, same_as } in &complaint.examples {
                let same_as = same_as.map(|it| format!(", as record {it}")).unwrap_or_default();
                let text = format!("record {record}, line {line}{same_as}  {value}");
                page.cut(4, Tone::Quiet, text.trim_end())?;
            }
            let rest = complaint.records.saturating_sub(complaint.examples.len() as u64);
            if rest > 0 {
                page.paragraph(4, Tone::Quiet, &format!("and {} more", grouped(rest)))?;
            }
            page.labelled((4, 6), (Tone::Quiet, "next:"), Tone::Plain, hint)?;
        }
        Ok(())
    }

    fn warnings(&self, page: &mut Page<'_>) -> io::Result<()> {
        if self.warnings.is_empty() {
            return Ok(());
        }
        page.heading("Cannot be read", &counted(self.warnings.len() as u64, "record"))?;
        for warning in self.warnings.iter().take(WARNINGS_SHOWN) {
            let place = format!(
                "record {}, line {}, byte {}: {}",
                warning.record, warning.line, warning.byte, warning.reason
            );
            page.cut(2, Tone::Caution, &place)?;
            page.paragraph(4, Tone::Plain, &warning.explanation)?;
            if let Some(hint) = &warning.hint {
                page.labelled((4, 6), (Tone::Quiet, "next:"), Tone::Plain, hint)?;
            }
        }
        more(page, self.warnings.len().saturating_sub(WARNINGS_SHOWN), "record")
    }
}

/// A host with its scheme and port, as far as they are told apart.
fn spelled(host: &HostCount) -> String {
    let literal = host.host.contains(':');
    let name = if literal { format!("[{}]", host.host) } else { host.host.clone() };
    match (host.scheme, host.port) {
        (Some(scheme), Some(port)) => format!("{}://{name}:{port}", scheme.as_str()),
        (Some(scheme), None) => format!("{}://{name}", scheme.as_str()),
        (None, Some(port)) => format!("{name}:{port}"),
        (None, None) => host.host.clone(),
    }
}

fn more(page: &mut Page<'_>, number: usize, noun: &str) -> io::Result<()> {
    match number as u64 {
        0 => Ok(()),
        number => {
            let text = format!("and {} more: see --format json", counted(number, noun));
            page.paragraph(2, Tone::Quiet, &text)
        }
    }
}
