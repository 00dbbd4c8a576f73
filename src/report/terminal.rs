//! The summary for a terminal: what must be known first, what was done to which host, what needs a
//! person and what would settle it, and the sums.

use std::io::{self, Write};
use std::ops::Range;

use anstyle::{AnsiColor, Style as Paint};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::escape::{TerminalText, visible};
use super::{EndpointReport, Report, Row};
use crate::ledger::Class;

/// Changed rows that the summary shows.
const CHANGES_SHOWN: usize = 5;
/// Unreadable rows that the summary shows.
const UNREADABLE_SHOWN: usize = 5;
/// Hosts that the summary lists; all of them stand in every report.
const HOSTS_SHOWN: usize = 40;
/// The narrowest and the widest text that is laid out.
const WIDTHS: std::ops::RangeInclusive<usize> = 40..=160;

const BOLD: Paint = Paint::new().bold();
const DIM: Paint = Paint::new().dimmed();
const GOOD: Paint = AnsiColor::Green.on_default();
const BAD: Paint = AnsiColor::Red.on_default();
const WARN: Paint = AnsiColor::Yellow.on_default();

/// How text may look.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether colours are used.
    pub color: bool,
    /// Columns.
    pub width: usize,
}

impl Style {
    /// Text in a colour, where colours are used.
    pub fn paint(&self, paint: Paint, text: &str) -> String {
        if self.color { format!("{paint}{text}{paint:#}") } else { text.to_owned() }
    }

    /// The colour of a certificate verdict's word.
    pub fn verdict(&self, word: &str) -> String {
        let paint = match word {
            "trusted" => GOOD,
            "prompts" | "refuses" => BAD,
            _ => WARN,
        };
        self.paint(paint, word)
    }

    /// A heading.
    pub fn heading(&self, text: &str) -> String {
        self.paint(BOLD, text)
    }

    /// Columns within reason.
    pub fn columns(&self) -> usize {
        self.width.clamp(*WIDTHS.start(), *WIDTHS.end())
    }
}

/// The rows that the summary shows; the rest only pass by.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    changes: Vec<SampleChange>,
    unreadable: Vec<(u64, u64, String)>,
}

#[derive(Clone, Debug)]
struct SampleChange {
    record: u64,
    line: u64,
    old: String,
    new: String,
    old_host: Range<usize>,
    new_host: Range<usize>,
}

impl Sample {
    /// Keeps a row if the summary shows it.
    pub fn keep(&mut self, row: &Row<'_>) {
        match row {
            Row::Change(change) if self.changes.len() < CHANGES_SHOWN => {
                self.changes.push(SampleChange {
                    record: change.record,
                    line: change.line,
                    old: change.old.to_owned(),
                    new: change.new.to_owned(),
                    old_host: change.old_host.clone(),
                    new_host: change.new_host.clone(),
                });
            }
            Row::Held(held)
                if held.class == Class::Unreadable && self.unreadable.len() < UNREADABLE_SHOWN =>
            {
                self.unreadable.push((held.record, held.line, held.explanation.to_owned()));
            }
            Row::Change(_) | Row::Held(_) => {}
        }
    }
}

/// What happened, in one sentence.
pub fn headline(report: &Report) -> String {
    let ledger = &report.ledger;
    let verb = if report.command == "plan" { "will be" } else { "were" };
    let number = |class| ledger.of(class);
    let mut sentence =
        format!("{} of {} records {verb} rewritten", number(Class::Rewritten), ledger.records());
    let left: Vec<String> = [Class::Held, Class::Unresolved, Class::Unreadable]
        .into_iter()
        .filter(|class| number(*class) > 0)
        .map(|class| format!("{} {}", number(class), class.as_str()))
        .collect();
    if left.is_empty() {
        sentence.push_str("; no IP host is left");
    } else {
        sentence.push_str(&format!("; left as they are: {}", left.join(", ")));
    }
    sentence
}

/// Renders the summary of a run.
///
/// # Errors
/// When `out` cannot be written.
pub fn render_summary(
    report: &Report,
    sample: &Sample,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    for note in &report.notes {
        let prefix = style.paint(WARN, "note:");
        writeln!(out, "{prefix} {}", wrapped(note, 6, style.columns()))?;
    }
    writeln!(out, "{}", style.heading(&headline(report)))?;
    hosts(report, style, out)?;
    changes(sample, style, out)?;
    unreadable(sample, style, out)?;
    needs_a_person(report, style, out)?;
    ledger(report, style, out)
}

fn hosts(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if report.endpoints.is_empty() {
        return Ok(());
    }
    let rows: Vec<[String; 5]> = report.endpoints.iter().take(HOSTS_SHOWN).map(host_row).collect();
    let header = ["host today", "port", "records", "new host", "why"];
    let room = style.columns();
    let mut widths = header.map(UnicodeWidthStr::width);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    widths[0] = widths[0].min(room * 3 / 10);
    widths[3] = widths[3].min(room * 4 / 10);
    let used: usize = widths[..4].iter().sum::<usize>() + 2 * 4;
    widths[4] = room.saturating_sub(used).max(8);
    writeln!(out)?;
    line(&header.map(ToOwned::to_owned), &widths, out, |_, text| style.paint(DIM, text))?;
    for (row, endpoint) in rows.iter().zip(&report.endpoints) {
        let paint = match endpoint.decision.as_ref() {
            "rewrite" if endpoint.reason == "flagged" => WARN,
            "rewrite" => GOOD,
            "hold" => WARN,
            _ => BAD,
        };
        line(row, &widths, out, |column, text| match column {
            3 | 4 => style.paint(paint, text),
            _ => text.to_owned(),
        })?;
    }
    if report.endpoints.len() > HOSTS_SHOWN {
        writeln!(out, "and {} more: see a report", report.endpoints.len() - HOSTS_SHOWN)?;
    }
    Ok(())
}

fn host_row(endpoint: &EndpointReport) -> [String; 5] {
    let new = endpoint.host.as_deref().unwrap_or("–");
    let chosen = endpoint.candidates.iter().find(|c| Some(&c.host) == endpoint.host.as_ref());
    let why = match chosen {
        Some(candidate) => {
            let sources: Vec<&str> =
                candidate.sources.iter().map(|source| source.as_str()).collect();
            format!("{} by {}", endpoint.reason, sources.join(", "))
        }
        None => format!("{}: {}", endpoint.decision, endpoint.reason),
    };
    [
        visible(&endpoint.endpoint.host.to_string()).into_owned(),
        endpoint.endpoint.port.to_string(),
        endpoint.records.to_string(),
        visible(new).into_owned(),
        why,
    ]
}

fn line(
    row: &[String; 5],
    widths: &[usize; 5],
    out: &mut dyn Write,
    paint: impl Fn(usize, &str) -> String,
) -> io::Result<()> {
    let mut text = String::new();
    for (column, (cell, width)) in row.iter().zip(widths).enumerate() {
        let cell = shortened(cell, *width);
        let space = " ".repeat(width - cell.width());
        let number = column == 1 || column == 2;
        let painted = paint(column, &cell);
        text.push_str(&if number { space + &painted } else { painted + &space });
        text.push_str("  ");
    }
    writeln!(out, "{}", text.trim_end())
}

fn changes(sample: &Sample, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if sample.changes.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    for change in &sample.changes {
        let place = format!("record {}, line {}", change.record, change.line);
        writeln!(out, "{}", style.paint(DIM, &place))?;
        cell(("-", BAD), &change.old, &change.old_host, style, out)?;
        cell(("+", GOOD), &change.new, &change.new_host, style, out)?;
    }
    Ok(())
}

/// A cell with its host marked: in colour, or underlined by carets.
fn cell(
    (sign, paint): (&str, Paint),
    text: &str,
    host: &Range<usize>,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let before = visible(&text[..host.start]);
    let inside = visible(&text[host.clone()]);
    let room = style.columns().saturating_sub(2 + before.width() + inside.width());
    let after = cut_end(&visible(&text[host.end..]), room);
    if style.color {
        let marked = style.paint(paint.bold(), &inside);
        return writeln!(out, "{} {before}{marked}{after}", style.paint(paint, sign));
    }
    writeln!(out, "{sign} {before}{inside}{after}")?;
    writeln!(out, "  {}{}", " ".repeat(before.width()), "^".repeat(inside.width()))
}

fn unreadable(sample: &Sample, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    if sample.unreadable.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", style.heading("unreadable, passed through as they are"))?;
    for (record, line, why) in &sample.unreadable {
        let text = format!("record {record}, line {line}: {why}");
        writeln!(out, "  {}", wrapped(&text, 4, style.columns()))?;
    }
    Ok(())
}

fn needs_a_person(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let left: Vec<&EndpointReport> =
        report.endpoints.iter().filter(|endpoint| endpoint.decision != "rewrite").collect();
    if left.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n{}", style.heading("what needs you"))?;
    for endpoint in left.iter().take(HOSTS_SHOWN) {
        let host = endpoint.endpoint.host.to_string();
        let what = format!("{host} ({})", endpoint.reason);
        writeln!(out, "  {}", style.paint(WARN, &TerminalText(&what).to_string()))?;
        writeln!(out, "    {}", wrapped(&endpoint.explanation, 4, style.columns()))?;
        if let Some(hint) = &endpoint.hint {
            writeln!(out, "    {}", wrapped(&format!("next: {hint}"), 4, style.columns()))?;
        }
    }
    if left.len() > HOSTS_SHOWN {
        writeln!(out, "  and {} more: see a report", left.len() - HOSTS_SHOWN)?;
    }
    Ok(())
}

fn ledger(report: &Report, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let sums: Vec<String> = Class::ALL
        .into_iter()
        .map(|class| format!("{} {}", report.ledger.of(class), class.as_str()))
        .collect();
    let text = format!("{} records = {}", report.ledger.records(), sums.join(" + "));
    writeln!(out, "\n{}", wrapped(&text, 0, style.columns()))
}

/// Renders what was written and where.
///
/// # Errors
/// When `out` cannot be written.
pub fn render_written(
    written: &[(&str, String)],
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    for (what, path) in written {
        writeln!(out, "{} {}", style.paint(DIM, &format!("{what}:")), TerminalText(path))?;
    }
    Ok(())
}

/// Text made inert and broken at spaces; the lines after the first are indented.
pub fn wrapped(text: &str, indent: usize, columns: usize) -> String {
    let mut lines = String::new();
    let mut used = indent;
    for word in visible(text).split(' ') {
        let width = word.width();
        if used > indent && used + 1 + width > columns {
            lines.push('\n');
            lines.push_str(&" ".repeat(indent));
            used = indent;
        } else if used > indent {
            lines.push(' ');
            used += 1;
        }
        lines.push_str(word);
        used += width;
    }
    lines
}

/// Text cut in its middle to at most `columns`.
fn shortened(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    let tail_room = (columns.saturating_sub(1)) / 2;
    let head = take(text.chars(), columns.saturating_sub(1 + tail_room));
    let tail: String = take(text.chars().rev(), tail_room).chars().rev().collect();
    format!("{head}…{tail}")
}

/// Text cut at its end to at most `columns`.
fn cut_end(text: &str, columns: usize) -> String {
    if text.width() <= columns {
        return text.to_owned();
    }
    format!("{}…", take(text.chars(), columns.saturating_sub(1)))
}

fn take(characters: impl Iterator<Item = char>, columns: usize) -> String {
    let mut used = 0;
    characters
        .take_while(|c| {
            used += c.width().unwrap_or(0);
            used <= columns
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_cut_by_columns_not_by_characters() {
        for (text, columns, short) in [
            ("c12.webex.com", 20, "c12.webex.com"),
            ("c12.webex.com", 9, "c12.….com"),
            ("漢字漢字漢字", 7, "漢…字"),
            ("abc", 1, "…"),
        ] {
            let cut = shortened(text, columns);
            assert_eq!(cut, short);
            assert!(cut.width() <= columns);
        }
        assert_eq!(cut_end("/photos/jane.jpg", 8), "/photos…");
    }

    #[test]
    fn lines_break_at_spaces_and_hostile_text_stays_inert() {
        assert_eq!(wrapped("one two three", 2, 9), "one two\n  three");
        assert_eq!(wrapped("a\u{1b}[2Jb", 0, 80), "a<U+001B>[2Jb");
    }

    #[test]
    fn without_colour_the_host_is_underlined() {
        let style = Style { color: false, width: 80 };
        let mut out = Vec::new();
        let text = "https://203.0.113.7/jane.jpg";
        cell(("-", BAD), text, &(8..19), &style, &mut out).unwrap();
        let shown = String::from_utf8(out).unwrap();
        assert_eq!(shown, "- https://203.0.113.7/jane.jpg\n          ^^^^^^^^^^^\n");
    }
}
