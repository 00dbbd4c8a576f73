//! Markdown, for a person who opens the report from a mail.

use std::io::{self, BufReader, SeekFrom, Write};

use super::escape::{MarkdownCode, MarkdownText};
use super::terminal::headline;
use super::{EndpointReport, Redaction, Renderer, Report, Row, Spool};
use crate::ledger::{Class, Ledger};

/// Rows of each list that are shown; all of them stand in the JSONL and CSV reports.
const SHOWN: u64 = 1_000;

pub(super) struct Markdown {
    redaction: Redaction,
    out: Box<dyn Write>,
    spool: Box<dyn Spool>,
    ledger: Ledger,
    changes: u64,
    held: u64,
}

impl Markdown {
    pub(super) fn new(redaction: Redaction, out: Box<dyn Write>, spool: Box<dyn Spool>) -> Self {
        Self { redaction, out, spool, ledger: Ledger::default(), changes: 0, held: 0 }
    }

    fn cut(&mut self, shown: u64, all: u64) -> io::Result<()> {
        if all > shown {
            writeln!(self.out, "\nand {} more: see the JSONL or CSV report", all - shown)?;
        }
        Ok(())
    }
}

impl Renderer for Markdown {
    fn begin(&mut self, report: &Report) -> io::Result<()> {
        self.ledger = report.ledger;
        let out = &mut self.out;
        writeln!(out, "# {}\n\n{}\n", MarkdownText(&report.export.file), headline(report))?;
        for note in &report.notes {
            writeln!(out, "> **Note:** {}\n", MarkdownText(note))?;
        }
        write!(out, "## Ledger\n\n| class | records |\n|---|---:|\n")?;
        for class in Class::ALL {
            writeln!(out, "| {} | {} |", class.as_str(), report.ledger.of(class))?;
        }
        writeln!(out, "| **all** | **{}** |", report.ledger.records())?;
        write!(
            out,
            "\n## Hosts\n\n| host today | port | records | decision | new host | evidence | \
             certificate |\n|---|---:|---:|---|---|---|---|\n"
        )?;
        for endpoint in &report.endpoints {
            host_line(out, endpoint)?;
        }
        needs_a_person(out, report)?;
        let export = &report.export;
        writeln!(
            out,
            "\n## Export\n\n{} bytes, SHA-256 {}; {}{}, {}, line ends {}; photo column {}",
            export.bytes,
            MarkdownCode(&export.sha256),
            export.encoding,
            if export.bom { " with BOM" } else { "" },
            export.delimiter,
            export.line_ending,
            MarkdownCode(&export.photo_column),
        )?;
        write!(
            out,
            "\n## Changes\n\n| record | line | key | before | after |\n|---:|---:|---|---|---|\n"
        )
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        let key = self.redaction.row_key(row).map_or("", |(_, value)| value);
        match row {
            Row::Change(change) => {
                self.changes += 1;
                if self.changes > SHOWN {
                    return Ok(());
                }
                let (old, old_host) = self.redaction.cell(change.old, &change.old_host);
                let (new, new_host) = self.redaction.cell(change.new, &change.new_host);
                writeln!(
                    self.out,
                    "| {} | {} | {} | {} | {} |",
                    change.record,
                    change.line,
                    MarkdownText(key),
                    marked(&old, &old_host),
                    marked(&new, &new_host)
                )
            }
            Row::Held(held) => {
                self.held += 1;
                if self.held > SHOWN {
                    return Ok(());
                }
                let value = self.redaction.text(held.value.unwrap_or("(cannot be read)"));
                writeln!(
                    self.spool,
                    "| {} | {} | {} | {} | {} | {} |",
                    held.record,
                    held.line,
                    MarkdownText(key),
                    MarkdownCode(&value),
                    held.class.as_str(),
                    MarkdownText(held.reason)
                )
            }
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        self.cut(SHOWN, self.changes)?;
        write!(
            self.out,
            "\n## Rows left as they are\n\n| record | line | key | photo cell | class | reason |\n\
             |---:|---:|---|---|---|---|\n"
        )?;
        self.spool.seek(SeekFrom::Start(0))?;
        io::copy(&mut BufReader::new(&mut self.spool), &mut self.out)?;
        self.cut(SHOWN, self.held)?;
        self.out.flush()
    }
}

fn host_line(out: &mut dyn Write, endpoint: &EndpointReport) -> io::Result<()> {
    let chosen = endpoint.host.as_deref();
    let candidate = endpoint.candidates.iter().find(|c| Some(c.host.as_str()) == chosen);
    let candidate = candidate.or(endpoint.candidates.first());
    let evidence = candidate.map_or_else(String::new, |candidate| {
        let sources: Vec<&str> = candidate.sources.iter().map(|source| source.as_str()).collect();
        format!("{}; forward {}", sources.join(", "), candidate.forward)
    });
    writeln!(
        out,
        "| {} | {} | {} | {} ({}) | {} | {} | {} |",
        MarkdownCode(&endpoint.endpoint.host.to_string()),
        endpoint.endpoint.port,
        endpoint.records,
        endpoint.decision,
        endpoint.reason,
        chosen.map_or_else(String::new, |host| MarkdownCode(host).to_string()),
        MarkdownText(&evidence),
        candidate.map_or("", |candidate| candidate.verdict.as_ref()),
    )
}

fn needs_a_person(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let left: Vec<&EndpointReport> =
        report.endpoints.iter().filter(|endpoint| endpoint.decision != "rewrite").collect();
    if left.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n## What needs you\n")?;
    for endpoint in left {
        writeln!(
            out,
            "- {} ({} records, {}): {}",
            MarkdownCode(&endpoint.endpoint.to_string()),
            endpoint.records,
            endpoint.reason,
            MarkdownText(&endpoint.explanation)
        )?;
        if let Some(hint) = &endpoint.hint {
            writeln!(out, "  - {}", MarkdownText(hint))?;
        }
    }
    Ok(())
}

/// A cell with its host in bold.
fn marked(cell: &str, host: &std::ops::Range<usize>) -> String {
    format!(
        "{}**{}**{}",
        MarkdownCode(&cell[..host.start]),
        MarkdownCode(&cell[host.clone()]),
        MarkdownCode(&cell[host.end..])
    )
}
