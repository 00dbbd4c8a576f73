//! The Markdown report: what a reviewer reads and approves.
//!
//! What a stranger wrote stands in code spans ([`MarkdownCode`]): no markup, and no live link. It
//! lists the first [`ROWS_SHOWN`] rows of each sort; the JSONL and CSV reports list all.

use std::io::{self, Seek, SeekFrom, Write};
use std::ops::Range;

use super::escape::{MarkdownCode, MarkdownText};
use super::words::{
    Validity, approval, authority, carried, counted, grouped, leading, list, map_lines, outcome,
    remarks, spoken_for,
};
use super::{
    Change, EndpointReport, Held, PlanIdentity, ReadWriteSeek, Renderer, Report, Row, conflicts,
};
use crate::ledger::{Class, Ledger};

/// Rows of each sort that the report lists.
pub(super) const ROWS_SHOWN: u64 = 1_000;

/// Servers that are named with a remark on their certificates.
const SERVERS_SHOWN: usize = 10;

/// Markdown written to `out`. Held records stream into it; changes wait in the spool.
pub(super) struct Markdown {
    out: Box<dyn Write>,
    spool: Box<dyn ReadWriteSeek>,
    ledger: Ledger,
    changes: u64,
    held: u64,
}

impl Markdown {
    /// Markdown written to `out`.
    pub(super) fn new(out: Box<dyn Write>, spool: Box<dyn ReadWriteSeek>) -> Self {
        Self { out, spool, ledger: Ledger::default(), changes: 0, held: 0 }
    }

    fn change(&mut self, change: &Change<'_>) -> io::Result<()> {
        if self.changes == ROWS_SHOWN {
            return Ok(());
        }
        self.changes += 1;
        if self.changes == 1 {
            table(&mut self.spool, &["Record", "Line", "Key", "Old", "New"], 0..2)?;
        }
        writeln!(
            self.spool,
            "| {} | {} | {} | {} | {} |",
            change.record,
            change.line,
            MarkdownCode(change.key.map_or("", |(_, value)| value)),
            cell(change.old, &change.old_host),
            cell(change.new, &change.new_host)
        )
    }

    fn held(&mut self, held: &Held<'_>) -> io::Result<()> {
        self.held += 1;
        if self.held > ROWS_SHOWN {
            return Ok(());
        }
        if self.held == 1 {
            self.out.write_all(b"\n## Records left as they were\n\n")?;
            let titles = ["Record", "Line", "Byte", "Key", "Class", "Reason", "Value", "Hint"];
            table(&mut self.out, &titles, 0..3)?;
        }
        let value = match held.value {
            Some(value) => MarkdownCode(value).to_string(),
            None => MarkdownText(held.explanation).to_string(),
        };
        writeln!(
            self.out,
            "| {} | {} | {} | {} | {} | {} | {value} | {} |",
            held.record,
            held.line,
            held.byte,
            MarkdownCode(held.key.map_or("", |(_, value)| value)),
            held.class.as_str(),
            MarkdownText(held.reason),
            // Hints about an endpoint stand once, above.
            match held.class {
                Class::Unreadable => MarkdownText(held.hint.unwrap_or_default()).to_string(),
                _ => String::new(),
            }
        )
    }

    fn more(&mut self, all: u64) -> io::Result<()> {
        match all.saturating_sub(ROWS_SHOWN) {
            0 => Ok(()),
            more => {
                writeln!(self.out, "\nand {} more: see the JSONL or CSV report", grouped(more))
            }
        }
    }
}

impl Renderer for Markdown {
    fn wants(&self, class: Class) -> bool {
        // How many changes there are, the ledger knows.
        class != Class::Rewritten || self.changes < ROWS_SHOWN
    }

    fn begin(&mut self, report: &Report) -> io::Result<()> {
        self.ledger = report.ledger;
        let out = &mut self.out;
        writeln!(out, "# {}\n", MarkdownText(&outcome(report)))?;
        for note in &report.notes {
            writeln!(out, "> **Note:** {}\n", MarkdownText(note))?;
        }
        facts(out, report)?;
        if let Some(facts) = &report.approval {
            let sha256 = MarkdownCode(&facts.sha256);
            writeln!(out, "\n{} (approvals SHA-256 {sha256}).", MarkdownText(&approval(facts)))?;
        }
        if let Some(carry) = &report.carry {
            writeln!(out, "\n{}.", MarkdownText(&carried(carry, &report.command)))?;
        }
        records(out, &report.ledger)?;
        hosts(out, report)?;
        certificates(out, report)?;
        unsettled(out, report)?;
        match &report.carry {
            Some(carry) => conflicts::to_markdown(carry, out),
            None => Ok(()),
        }
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        match row {
            Row::Change(change) => self.change(change),
            Row::Held(held) => self.held(held),
        }
    }

    fn finish(&mut self, _: Option<&PlanIdentity>) -> io::Result<()> {
        self.more(self.held)?;
        if self.changes > 0 {
            let all = self.ledger.of(Class::Rewritten);
            let aside = match all > ROWS_SHOWN {
                true => format!(" (the first {} of {})", grouped(ROWS_SHOWN), grouped(all)),
                false => String::new(),
            };
            write!(self.out, "\n## Changes{aside}\n\n")?;
            self.spool.flush()?;
            self.spool.seek(SeekFrom::Start(0))?;
            io::copy(&mut self.spool, &mut self.out)?;
            self.more(all)?;
        }
        self.out.flush()
    }
}

/// A table's head. `numbers` are the columns that hold numbers.
pub(super) fn table(out: &mut dyn Write, titles: &[&str], numbers: Range<usize>) -> io::Result<()> {
    writeln!(out, "| {} |", titles.join(" | "))?;
    let rules = (0..titles.len()).map(|at| if numbers.contains(&at) { "---:" } else { "---" });
    writeln!(out, "| {} |", rules.collect::<Vec<_>>().join(" | "))
}

fn facts(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let export = &report.export;
    let bom = if export.bom { " with a byte order mark" } else { "" };
    writeln!(
        out,
        "Export {}: {}, {}, {}{bom}, {}-separated, line ends {}, photo column {}, SHA-256 {}. \
         Made by {} {} (`{}`).",
        MarkdownCode(&export.file),
        counted(export.records, "record"),
        counted(export.bytes, "byte"),
        MarkdownText(&export.encoding),
        MarkdownText(&export.delimiter),
        MarkdownText(&export.line_ending),
        MarkdownCode(&export.photo_column),
        MarkdownCode(&export.sha256),
        MarkdownText(&report.tool.name),
        MarkdownText(&report.tool.version),
        // A command is one of ours; a plan could say anything.
        report.command.chars().filter(char::is_ascii_lowercase).collect::<String>()
    )
}

fn records(out: &mut dyn Write, ledger: &Ledger) -> io::Result<()> {
    out.write_all(b"\n## Records\n\n| | Records |\n| --- | ---: |\n")?;
    for class in Class::ALL {
        writeln!(out, "| {} | {} |", class.as_str(), grouped(ledger.of(class)))?;
    }
    writeln!(out, "| **in all** | **{}** |", grouped(ledger.records()))
}

fn hosts(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    if report.endpoints.is_empty() {
        return Ok(());
    }
    out.write_all(b"\n## Hosts\n\n")?;
    table(
        out,
        &["Address", "Port", "Records", "Decision", "Name", "Evidence", "Certificate"],
        1..3,
    )?;
    let validity = Validity::of(report);
    for endpoint in &report.endpoints {
        let leading = leading(endpoint);
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} |",
            MarkdownCode(&endpoint.endpoint.host.to_string()),
            endpoint.endpoint.port,
            grouped(endpoint.records),
            MarkdownText(&decision(endpoint)),
            MarkdownCode(leading.map_or("", |candidate| &candidate.host)),
            MarkdownText(&leading.map(|it| spoken_for(endpoint, it)).unwrap_or_default()),
            MarkdownText(&leading.map(|it| validity.words(endpoint, it)).unwrap_or_default())
        )?;
    }
    Ok(())
}

/// What is remarkable about certificates, and does not decide.
fn certificates(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let remarks = remarks(&report.certificates);
    if !remarks.is_empty() {
        out.write_all(b"\n## Certificates\n\n")?;
    }
    for (remark, servers) in remarks {
        let mut named: Vec<String> =
            servers.iter().take(SERVERS_SHOWN).map(|it| MarkdownCode(it).to_string()).collect();
        if servers.len() > named.len() {
            named.push(counted((servers.len() - named.len()) as u64, "other server"));
        }
        writeln!(out, "- {}: {}", list(&named), MarkdownText(remark))?;
    }
    Ok(())
}

/// `rewrite`, or the decision with its reason where a person should look.
fn decision(endpoint: &EndpointReport) -> String {
    match (endpoint.decision.as_ref(), endpoint.reason.as_ref()) {
        ("rewrite", reason) if reason != "flagged" => "rewrite".to_owned(),
        (decision, reason) => format!("{decision}: {reason}"),
    }
}

fn unsettled(out: &mut dyn Write, report: &Report) -> io::Result<()> {
    let mut unsettled = report.endpoints.iter().filter(|it| it.decision != "rewrite").peekable();
    if unsettled.peek().is_some() {
        out.write_all(b"\n## What is left to do\n\n")?;
    }
    for endpoint in unsettled {
        writeln!(
            out,
            "- {} ({}), {}: {}",
            MarkdownCode(&authority(&endpoint.endpoint.host, endpoint.endpoint.port)),
            counted(endpoint.records, "record"),
            MarkdownText(&decision(endpoint)),
            MarkdownText(&endpoint.explanation)
        )?;
        if let Some(hint) = &endpoint.hint {
            writeln!(out, "  - Next: {}", MarkdownText(hint))?;
        }
        let lines: Vec<String> =
            map_lines(endpoint).iter().map(|line| MarkdownCode(line).to_string()).collect();
        if !lines.is_empty() {
            writeln!(out, "  - Map: {}", lines.join(" or "))?;
        }
    }
    Ok(())
}

/// A cell with its host in bold.
fn cell(cell: &str, host: &Range<usize>) -> String {
    match (cell.get(..host.start), cell.get(host.clone()), cell.get(host.end..)) {
        (Some(before), Some(host), Some(after)) if !host.is_empty() => {
            format!("{}**{}**{}", MarkdownCode(before), MarkdownCode(host), MarkdownCode(after))
        }
        _ => MarkdownCode(cell).to_string(),
    }
}
