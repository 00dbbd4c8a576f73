//! What became of an import, as people read it.

use std::io::{self, Write};

use super::{Changes, Difference, Fate, Reconciliation, cut};
use crate::report::terminal::{Page, Style, Tone};
use crate::report::words::{counted, grouped, list};

/// Records of each class, and differing cells, that people are shown; the JSON has more.
const SHOWN: usize = 20;

/// Bytes of WebEx's words about a record that people are shown: what is longer is cut, and its length
/// said.
const WORDS_SHOWN: usize = 400;

impl Reconciliation {
    /// Writes it for people.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn render(&self, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page::new(style, out);
        page.notes(&self.notes)?;
        self.outcome(&mut page)?;
        self.files(&mut page)?;
        self.values(&mut page)?;
        for class in ["refused", "ignored", "reverted", "unclear"] {
            self.fates(class, &mut page)?;
        }
        self.left(&mut page)?;
        self.differences(&mut page)?;
        self.absent(&mut page)?;
        self.twice(&mut page)?;
        if let Some(retry) = &self.retry {
            page.heading("Retry file", "")?;
            page.paragraph(
                2,
                Tone::Plain,
                &format!("{}: {}", retry.file, counted(retry.records, "record")),
            )?;
        }
        Ok(())
    }

    fn outcome(&self, page: &mut Page<'_>) -> io::Result<()> {
        let Changes { sent, applied, refused, ignored, reverted, unclear, unfollowed, .. } =
            self.changes;
        let tone = if self.is_settled() { Tone::Good } else { Tone::Caution };
        let first = format!("{} of {} arrived", grouped(applied), counted(sent, "change"));
        let rest: Vec<String> = [
            (refused, "refused"),
            (ignored, "ignored"),
            (reverted, "reverted"),
            (unclear, "unclear"),
            (unfollowed, "not followed"),
        ]
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, class)| format!("{} {class}", grouped(number)))
        .collect();
        let text = match rest.is_empty() {
            true => format!("{first}."),
            false => format!("{first}; {}.", list(&rest)),
        };
        page.paragraph(0, tone, &text)?;
        match (self.collateral_records, self.missing_records.unwrap_or(0)) {
            (None, _) => Ok(()),
            (Some(0), 0) => page.paragraph(0, Tone::Plain, "Nothing else moved."),
            (Some(differ), missing) => {
                let text = format!(
                    "Collateral: {} with other cells than were imported, {} missing.",
                    counted(differ, "record"),
                    grouped(missing)
                );
                page.paragraph(0, Tone::Caution, &text)
            }
        }
    }

    fn files(&self, page: &mut Page<'_>) -> io::Result<()> {
        let mut fact = |label: &str, text: &str| {
            page.labelled((2, 8), (Tone::Quiet, label), Tone::Plain, text)
        };
        fact("plan", &self.plan)?;
        fact("export", &self.export)?;
        if self.made_from != self.export {
            fact("from", &self.made_from)?;
        }
        fact(
            "import",
            self.import.as_deref().unwrap_or("as the plan makes it of the whole export"),
        )?;
        for part in self.parts.iter().take(SHOWN) {
            fact("part", part)?;
        }
        if self.parts.len() > SHOWN {
            let more = grouped((self.parts.len() - SHOWN) as u64);
            fact("part", &format!("and {more} more: see --format json"))?;
        }
        if let (Some(status), Some(column)) = (&self.status, &self.status_column) {
            fact("status", &format!("{status}, column `{column}`"))?;
        }
        if let Some(after) = &self.after {
            fact("after", after)?;
        }
        fact("key", &self.key)
    }

    fn values(&self, page: &mut Page<'_>) -> io::Result<()> {
        if self.status_values.is_empty() {
            return Ok(());
        }
        page.heading("WebEx's words", "as they are read")?;
        for value in self.status_values.iter().take(SHOWN) {
            let seen = match self.after.is_some() {
                true => format!(
                    ", {} show the new cell, {} the old",
                    grouped(value.shows_new),
                    grouped(value.shows_old)
                ),
                false => String::new(),
            };
            let text = format!("{}: {}{seen}", value.reading, counted(value.changes, "change"));
            page.cut(2, Tone::Plain, &cut(&value.value, WORDS_SHOWN))?;
            page.paragraph(4, Tone::Quiet, &text)?;
        }
        more(page, self.status_values.len().saturating_sub(SHOWN))
    }

    fn fates(&self, class: &str, page: &mut Page<'_>) -> io::Result<()> {
        let fates: Vec<&Fate> = self.records.iter().filter(|fate| fate.class == class).collect();
        if fates.is_empty() {
            return Ok(());
        }
        let mut title = class.to_owned();
        title[..1].make_ascii_uppercase();
        page.heading(&title, &counted(fates.len() as u64, "change"))?;
        for fate in fates.iter().take(SHOWN) {
            page.cut(2, Tone::Caution, &place(fate.record, fate.line, fate.key.as_deref()))?;
            page.paragraph(4, Tone::Plain, &format!("{}: {}", fate.reason, fate.explanation))?;
            if let Some(words) = &fate.status {
                let words = cut(words, WORDS_SHOWN);
                page.labelled((4, 7), (Tone::Quiet, "WebEx:"), Tone::Plain, &words)?;
            }
            page.cut(4, Tone::Plain, &format!("sent   {}", fate.new))?;
            if let Some(found) = &fate.found {
                page.cut(4, Tone::Plain, &format!("found  {found}"))?;
            }
        }
        more(page, fates.len().saturating_sub(SHOWN))
    }

    fn left(&self, page: &mut Page<'_>) -> io::Result<()> {
        if self.not_sent.is_empty() {
            return Ok(());
        }
        page.heading("Not sent", &counted(self.changes.not_sent, "change"))?;
        for left in self.not_sent.iter().take(SHOWN) {
            page.cut(2, Tone::Caution, &place(left.record, left.line, left.key.as_deref()))?;
            page.paragraph(4, Tone::Plain, &format!("{}: {}", left.reason, left.explanation))?;
            page.cut(4, Tone::Plain, &format!("planned   {}", left.new))?;
            if let Some(found) = &left.found {
                page.cut(4, Tone::Plain, &format!("imported  {found}"))?;
            }
        }
        more(page, (self.changes.not_sent as usize).saturating_sub(SHOWN))
    }

    fn differences(&self, page: &mut Page<'_>) -> io::Result<()> {
        if self.collateral.is_empty() {
            return Ok(());
        }
        let records = counted(self.collateral_records.unwrap_or(0), "record");
        page.heading("Collateral", &records)?;
        for difference in self.collateral.iter().take(SHOWN) {
            let Difference { record, line, key, column, imported, found } = difference;
            let place = format!("{}: {column}", place(*record, *line, key.as_deref()));
            page.cut(2, Tone::Caution, &place)?;
            page.cut(4, Tone::Plain, &format!("imported  {imported}"))?;
            page.cut(4, Tone::Plain, &format!("found     {found}"))?;
        }
        more(page, self.collateral.len().saturating_sub(SHOWN))
    }

    fn absent(&self, page: &mut Page<'_>) -> io::Result<()> {
        if self.missing.is_empty() {
            return Ok(());
        }
        let records = counted(self.missing_records.unwrap_or(0), "record");
        page.heading("Missing afterwards", &records)?;
        for missing in self.missing.iter().take(SHOWN) {
            let place = place(missing.record, missing.line, missing.key.as_deref());
            page.cut(2, Tone::Caution, &place)?;
        }
        more(page, self.missing.len().saturating_sub(SHOWN))
    }

    fn twice(&self, page: &mut Page<'_>) -> io::Result<()> {
        if self.duplicates.is_empty() {
            return Ok(());
        }
        page.heading("Keys that stand in a file twice", "")?;
        for duplicate in self.duplicates.iter().take(SHOWN) {
            let file = match duplicate.file.as_ref() {
                "import" => "import file",
                "status" => "status file",
                _ => "after export",
            };
            let key = duplicate.key.as_deref().unwrap_or("");
            page.cut(2, Tone::Caution, &format!("{file}, record {} {key}", duplicate.record))?;
        }
        more(page, self.duplicates.len().saturating_sub(SHOWN))
    }
}

fn place(record: u64, line: u64, key: Option<&str>) -> String {
    let key = key.map(|key| format!(", {key}")).unwrap_or_default();
    format!("record {record}, line {line}{key}")
}

fn more(page: &mut Page<'_>, number: usize) -> io::Result<()> {
    match number as u64 {
        0 => Ok(()),
        number => {
            let text = format!("and {} more: see --format json", grouped(number));
            page.paragraph(2, Tone::Quiet, &text)
        }
    }
}
