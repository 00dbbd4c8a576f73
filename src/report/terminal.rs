//! What people see in a terminal: the style, the page that every human rendering is written on,
//! and the rows that a summary shows.
//!
//! Text reaches a terminal through `Page` alone, which makes it [`TerminalText`]: whatever a
//! stranger wrote, it is one line without escape sequences.

use std::io::{self, Write};
use std::ops::Range;

use anstyle::AnsiColor;

use super::layout::{fit, fit_around_host, width, wrap};
use super::{Redaction, Row};
use crate::ledger::Class;

pub use super::escape::TerminalText;
pub use super::summary::{render_summary, render_written};

/// The narrowest and the widest page, in columns.
const COLUMNS: (usize, usize) = (40, 200);
/// Changes that a summary shows.
const CHANGES_SHOWN: usize = 5;
/// Unreadable records that a summary shows.
const UNREADABLE_SHOWN: usize = 5;

/// How text is shown.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether ANSI colours are written.
    pub color: bool,
    /// Columns of the terminal; kept between 40 and 200.
    pub width: usize,
    /// Whether characters beyond ASCII may be used for decoration.
    pub unicode: bool,
}

/// How much a summary says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Detail {
    /// The first of many hosts; the reports have all.
    #[default]
    Brief,
    /// Every host.
    Full,
}

impl Style {
    /// Columns to fill.
    pub(super) fn columns(&self) -> usize {
        self.width.clamp(COLUMNS.0, COLUMNS.1)
    }

    /// What stands for text that was left out.
    pub(super) fn ellipsis(&self) -> &'static str {
        if self.unicode { "…" } else { "..." }
    }

    /// What stands between an address and its name.
    pub(super) fn arrow(&self) -> &'static str {
        if self.unicode { "→" } else { "->" }
    }

    /// What marks a host where colours cannot.
    fn marks(&self) -> (&'static str, &'static str) {
        match (self.color, self.unicode) {
            (true, _) => ("", ""),
            (false, true) => ("«", "»"),
            (false, false) => (">", "<"),
        }
    }
}

/// What a piece of text means, which gives its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tone {
    Plain,
    Heading,
    Quiet,
    Good,
    Bad,
    Caution,
}

impl Tone {
    fn style(self) -> anstyle::Style {
        let plain = anstyle::Style::new();
        match self {
            Self::Plain => plain,
            Self::Heading => plain.bold(),
            Self::Quiet => plain.dimmed(),
            Self::Good => plain.fg_color(Some(AnsiColor::Green.into())).bold(),
            Self::Bad => plain.fg_color(Some(AnsiColor::Red.into())).bold(),
            Self::Caution => plain.fg_color(Some(AnsiColor::Yellow.into())).bold(),
        }
    }

    /// The tone of a certificate verdict.
    pub(super) fn of_verdict(verdict: &str) -> Self {
        match verdict {
            "trusted" => Self::Good,
            "refuses" => Self::Bad,
            "not-asked" => Self::Quiet,
            _ => Self::Caution,
        }
    }
}

/// A terminal's page: the only way for text to get to `out`.
pub(super) struct Page<'a> {
    out: &'a mut dyn Write,
    /// Its style.
    pub(super) style: Style,
}

impl<'a> Page<'a> {
    /// A page on `out`.
    pub(super) fn new(style: &Style, out: &'a mut dyn Write) -> Self {
        Self { out, style: *style }
    }

    /// An empty line.
    pub(super) fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A heading, with an empty line before it.
    pub(super) fn heading(&mut self, text: &str, aside: &str) -> io::Result<()> {
        self.blank()?;
        match aside {
            "" => self.line(0, &[(Tone::Heading, text)]),
            _ => self.line(0, &[(Tone::Heading, text), (Tone::Quiet, "  "), (Tone::Quiet, aside)]),
        }
    }

    /// One line of pieces that the caller has made fit.
    pub(super) fn line(&mut self, indent: usize, pieces: &[(Tone, &str)]) -> io::Result<()> {
        write!(self.out, "{:indent$}", "")?;
        for (tone, text) in pieces {
            let style = if self.style.color { tone.style() } else { anstyle::Style::new() };
            write!(self.out, "{style}{}{style:#}", TerminalText(text))?;
        }
        writeln!(self.out)
    }

    /// Text in as many lines as it takes.
    pub(super) fn paragraph(&mut self, indent: usize, tone: Tone, text: &str) -> io::Result<()> {
        let columns = self.style.columns() - indent;
        wrap(text, columns).iter().try_for_each(|line| self.line(indent, &[(tone, line)]))
    }

    /// A label, and text beside it in as many lines as it takes, each beginning at column
    /// `indent + hang`.
    pub(super) fn labelled(
        &mut self,
        (indent, hang): (usize, usize),
        (label_tone, label): (Tone, &str),
        tone: Tone,
        text: &str,
    ) -> io::Result<()> {
        let columns = self.style.columns() - indent - hang;
        let gap = " ".repeat(hang.saturating_sub(width(label)));
        for (at, line) in wrap(text, columns).iter().enumerate() {
            match at {
                0 => {
                    self.line(indent, &[(label_tone, label), (Tone::Plain, &gap), (tone, line)])?
                }
                _ => self.line(indent + hang, &[(tone, line)])?,
            }
        }
        Ok(())
    }

    /// Text in one line, its middle cut out where it is too wide: for what is copied or compared.
    pub(super) fn cut(&mut self, indent: usize, tone: Tone, text: &str) -> io::Result<()> {
        let line = fit(text, self.style.columns() - indent, self.style.ellipsis());
        self.line(indent, &[(tone, &line)])
    }

    /// A cell with its host marked, behind a sign.
    pub(super) fn cell(
        &mut self,
        indent: usize,
        tone: Tone,
        sign: &str,
        cell: &str,
        host: &Range<usize>,
    ) -> io::Result<()> {
        let (open, close) = self.style.marks();
        let marked = width(sign) + 1 + width(open) + width(close);
        let columns = self.style.columns() - indent - marked;
        let parts = fit_around_host(cell, host, columns, self.style.ellipsis());
        self.line(
            indent,
            &[
                (tone, sign),
                (Tone::Plain, " "),
                (Tone::Plain, &parts.before),
                (tone, open),
                (tone, &parts.host),
                (tone, close),
                (Tone::Plain, &parts.after),
            ],
        )
    }

    /// What must be read first.
    pub(super) fn notes(&mut self, notes: &[String]) -> io::Result<()> {
        for note in notes {
            self.labelled((0, 6), (Tone::Caution, "note:"), Tone::Plain, note)?;
        }
        if notes.is_empty() { Ok(()) } else { self.blank() }
    }
}

/// The rows that a summary shows: the first few changes, and the first few unreadable records.
/// Held and unresolved records are shown by their endpoints.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    redaction: Redaction,
    pub(super) changes: Vec<SampledChange>,
    pub(super) unreadable: Vec<SampledRecord>,
}

/// A change of the sample.
#[derive(Clone, Debug)]
pub(super) struct SampledChange {
    pub(super) place: String,
    pub(super) old: String,
    pub(super) new: String,
    pub(super) old_host: Range<usize>,
    pub(super) new_host: Range<usize>,
}

/// An unreadable record of the sample.
#[derive(Clone, Debug)]
pub(super) struct SampledRecord {
    pub(super) place: String,
    pub(super) reason: String,
    pub(super) explanation: String,
    pub(super) hint: Option<String>,
}

impl Sample {
    /// An empty sample; what it keeps, and the summary made with it, is redacted as asked.
    pub fn new(redaction: Redaction) -> Self {
        Self { redaction, ..Self::default() }
    }

    /// How the sample is redacted.
    pub(super) fn redaction(&self) -> Redaction {
        self.redaction
    }

    /// Whether the next row of a class is one of the first.
    pub fn wants(&self, class: Class) -> bool {
        match class {
            Class::Rewritten => self.changes.len() < CHANGES_SHOWN,
            Class::Unreadable => self.unreadable.len() < UNREADABLE_SHOWN,
            Class::Untouched | Class::Held | Class::Unresolved => false,
        }
    }

    /// Keeps the row if it is one of the first.
    pub fn keep(&mut self, row: &Row<'_>) {
        let class = match row {
            Row::Change(_) => Class::Rewritten,
            Row::Held(held) => held.class,
        };
        if self.wants(class) {
            let redaction = self.redaction;
            redaction.row(row, |row| self.push(row));
        }
    }

    fn push(&mut self, row: &Row<'_>) {
        match row {
            Row::Change(change) => self.changes.push(SampledChange {
                place: place(change.record, change.line, change.key),
                old: change.old.to_owned(),
                new: change.new.to_owned(),
                old_host: change.old_host.clone(),
                new_host: change.new_host.clone(),
            }),
            Row::Held(held) => self.unreadable.push(SampledRecord {
                place: format!("{}, byte {}", place(held.record, held.line, held.key), held.byte),
                reason: held.reason.to_owned(),
                explanation: held.explanation.to_owned(),
                hint: held.hint.map(ToOwned::to_owned),
            }),
        }
    }
}

/// Where a record stands, for people.
fn place(record: u64, line: u64, key: Option<(&str, &str)>) -> String {
    match key {
        Some((column, value)) => format!("record {record}, line {line}, {column} {value}"),
        None => format!("record {record}, line {line}"),
    }
}
