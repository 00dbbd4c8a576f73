//! A reviewer's answers, for people: what `photofix show` makes of approvals, and the questions
//! that `photofix approve` asks.

use std::io::{self, Write};

use super::escape::{MarkdownCode, MarkdownText};
use super::terminal::{Page, Style, Tone};
use super::words::{authority, counted};
use super::{EndpointReport, Word};

/// A reviewer's answers.
#[derive(Clone, Debug)]
pub struct Answers {
    /// What must be read first.
    pub notes: Vec<String>,
    /// Who answers.
    pub reviewer: String,
    /// When, RFC 3339.
    pub time: String,
    /// SHA-256 of the plan's file.
    pub plan: String,
    /// SHA-256 of the export.
    pub export: String,
    /// The answers for hosts, then those for records.
    pub lines: Vec<AnswerLine>,
}

/// One answer.
#[derive(Clone, Debug)]
pub struct AnswerLine {
    /// The endpoint or the record.
    pub what: String,
    /// `approve` or `refuse`.
    pub decision: Word,
    /// Why.
    pub note: Option<String>,
}

impl Answers {
    fn heading(&self) -> String {
        let count = |word: &str| self.lines.iter().filter(|line| line.decision == word).count();
        format!(
            "{} approved {} and refused {} at {}",
            self.reviewer,
            count("approve"),
            count("refuse"),
            self.time
        )
    }

    /// Writes them for a terminal.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn render(&self, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page::new(style, out);
        page.notes(&self.notes)?;
        page.paragraph(0, Tone::Heading, &format!("{}.", self.heading()))?;
        page.blank()?;
        page.cut(2, Tone::Quiet, &format!("plan    sha256 {}", self.plan))?;
        page.cut(2, Tone::Quiet, &format!("export  sha256 {}", self.export))?;
        if !self.lines.is_empty() {
            page.heading("Answers", "what is not mentioned is not approved")?;
        }
        for line in &self.lines {
            let tone = if line.decision == "approve" { Tone::Good } else { Tone::Bad };
            let note = line.note.as_deref().map(|note| format!(": {note}")).unwrap_or_default();
            page.labelled(
                (2, 9),
                (tone, &line.decision),
                Tone::Plain,
                &(line.what.clone() + &note),
            )?;
        }
        Ok(())
    }

    /// Writes them as Markdown.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn to_markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "# {}\n", MarkdownText(&self.heading()))?;
        for note in &self.notes {
            writeln!(out, "> **Note:** {}\n", MarkdownText(note))?;
        }
        let (plan, export) = (MarkdownCode(&self.plan), MarkdownCode(&self.export));
        writeln!(out, "Plan SHA-256 {plan}, export SHA-256 {export}.")?;
        if self.lines.is_empty() {
            return Ok(());
        }
        out.write_all(b"\n| Answer | For | Note |\n| --- | --- | --- |\n")?;
        for line in &self.lines {
            writeln!(
                out,
                "| {} | {} | {} |",
                MarkdownText(&line.decision),
                MarkdownCode(&line.what),
                MarkdownText(line.note.as_deref().unwrap_or_default())
            )?;
        }
        Ok(())
    }
}

/// What is asked about a host: `203.0.113.7:443 → c12.webex.com, 35 records?`
pub fn question(entry: &EndpointReport, style: &Style) -> String {
    format!(
        "{} {} {}, {}?",
        authority(&entry.endpoint.host, entry.endpoint.port),
        style.arrow(),
        entry.host.as_deref().unwrap_or_default(),
        counted(entry.records, "record")
    )
}
