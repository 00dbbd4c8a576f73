//! The diff report: the export before, the import file after, as a unified diff.
//!
//! One hunk per changed record, without context. Where lines are what `patch` takes for lines
//! (8-bit encodings, LF or CRLF throughout), the records' bytes stand in it as they are, and
//! `patch --binary EXPORT FILE.diff` makes the import file. Elsewhere, and with `--redact`, the
//! diff is for reading only and says so first.

use std::io::{self, Write};

use super::digits::append_number;
use super::escape::TerminalText;
use super::{Change, ExportFacts, PlanIdentity, Redaction, Renderer, Report, Row};

/// How a record's change is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// The record's lines, byte for byte.
    Patch,
    /// The record's lines as UTF-8 text, from this encoding.
    Reading(Encoding),
    /// The photo cell alone.
    Cell,
}

/// Encodings as far as showing text needs them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Encoding {
    Utf8,
    Latin1,
    Utf16Le,
    Utf16Be,
}

impl Form {
    fn of(export: &ExportFacts, redaction: Redaction) -> Self {
        let encoding = match export.encoding.as_ref() {
            "UTF-16LE" => Encoding::Utf16Le,
            "UTF-16BE" => Encoding::Utf16Be,
            "ISO-8859-1" => Encoding::Latin1,
            _ => Encoding::Utf8,
        };
        let has_lines = matches!(export.line_ending.as_ref(), "LF" | "CRLF" | "none");
        match (redaction, encoding) {
            (Redaction::Redact, _) => Self::Cell,
            (_, Encoding::Utf8 | Encoding::Latin1) if has_lines => Self::Patch,
            (_, encoding) => Self::Reading(encoding),
        }
    }

    fn says(self) -> &'static str {
        match self {
            Self::Patch => "`patch --binary` makes the import file of the export with it",
            Self::Reading(Encoding::Utf16Le | Encoding::Utf16Be) => {
                "this diff is for reading: UTF-16 is shown as UTF-8, and `patch` cannot apply it"
            }
            Self::Reading(_) => {
                "this diff is for reading: not every line ends with a line feed, and `patch` cannot \
                 apply it"
            }
            Self::Cell => {
                "this diff is for reading: it is redacted and shows the photo cells only, and \
                 `patch` cannot apply it"
            }
        }
    }
}

/// A diff written to `out`.
pub(super) struct Diff {
    out: Box<dyn Write>,
    redaction: Redaction,
    form: Form,
    /// Lines that the hunks so far have added, less those they removed.
    offset: i64,
    /// The head of a hunk in the making.
    head: Vec<u8>,
}

impl Diff {
    /// A diff written to `out`.
    pub(super) fn new(out: Box<dyn Write>, redaction: Redaction) -> Self {
        Self { out, redaction, form: Form::Cell, offset: 0, head: Vec::new() }
    }

    fn hunk(&mut self, line: u64, old: &[u8], new: &[u8]) -> io::Result<()> {
        let (removed, added) = (count(old), count(new));
        let new_line = line.saturating_add_signed(self.offset);
        self.offset += added as i64 - removed as i64;
        let head = &mut self.head;
        head.clear();
        head.extend_from_slice(b"@@ -");
        append_range(line, removed, head);
        head.extend_from_slice(b" +");
        append_range(new_line, added, head);
        head.extend_from_slice(b" @@\n");
        self.out.write_all(head)?;
        self.lines(b"-", old, removed)?;
        self.lines(b"+", new, added)
    }

    /// Writes so many lines, each behind its sign.
    fn lines(&mut self, sign: &[u8], mut lines: &[u8], count: u64) -> io::Result<()> {
        if count == 1 && lines.ends_with(b"\n") {
            self.out.write_all(sign)?;
            return self.out.write_all(lines);
        }
        while !lines.is_empty() {
            let end = memchr::memchr(b'\n', lines);
            let (line, rest) = lines.split_at(end.map_or(lines.len(), |at| at + 1));
            self.out.write_all(sign)?;
            self.out.write_all(line)?;
            if end.is_none() {
                self.out.write_all(b"\n\\ No newline at end of file\n")?;
            }
            lines = rest;
        }
        Ok(())
    }

    fn change(&mut self, change: &Change<'_>) -> io::Result<()> {
        match self.form {
            Form::Patch => self.hunk(change.line, change.old_raw, change.new_raw),
            Form::Reading(encoding) => {
                let old = text_lines(change.old_raw, encoding);
                let new = text_lines(change.new_raw, encoding);
                self.hunk(change.line, old.as_bytes(), new.as_bytes())
            }
            Form::Cell => {
                let (old, new) = (shown(change.old), shown(change.new));
                self.hunk(change.line, old.as_bytes(), new.as_bytes())
            }
        }
    }
}

impl Renderer for Diff {
    fn shows_records(&self) -> bool {
        true
    }

    fn begin(&mut self, report: &Report) -> io::Result<()> {
        self.form = Form::of(&report.export, self.redaction);
        // `patch` skips what stands before the first `---`.
        write!(
            self.out,
            "# {} {} of {}\n# {}\n--- export\n+++ import\n",
            report.tool.name,
            TerminalText(&report.command),
            TerminalText(&report.export.file),
            self.form.says()
        )
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        match row {
            Row::Change(change) => self.change(change),
            Row::Held(_) => Ok(()),
        }
    }

    fn finish(&mut self, _: Option<&PlanIdentity>) -> io::Result<()> {
        self.out.flush()
    }
}

/// Lines, the last of which may lack its line feed.
fn count(lines: &[u8]) -> u64 {
    match memchr::memchr(b'\n', lines) {
        // Nearly always it is one.
        Some(end) if end + 1 == lines.len() => 1,
        None => u64::from(!lines.is_empty()),
        Some(_) => {
            let ended = memchr::memchr_iter(b'\n', lines).count() as u64;
            ended + u64::from(!lines.ends_with(b"\n"))
        }
    }
}

/// Where a hunk begins, and its lines unless it is one, as `diff` says it.
fn append_range(line: u64, lines: u64, head: &mut Vec<u8>) {
    append_number(line, head);
    if lines != 1 {
        head.push(b',');
        append_number(lines, head);
    }
}

/// A record's lines as UTF-8 text that is safe to show, whatever ends them.
fn text_lines(raw: &[u8], encoding: Encoding) -> String {
    let text = decode(raw, encoding);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.split_inclusive('\n').map(|line| shown(line.trim_end_matches('\n'))).collect()
}

/// A line of text that is safe to show.
fn shown(line: &str) -> String {
    format!("{}\n", TerminalText(line))
}

/// Text for reading; what cannot be decoded becomes U+FFFD.
fn decode(raw: &[u8], encoding: Encoding) -> String {
    let units = |unit: fn([u8; 2]) -> u16| {
        let units = raw.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
        char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
    };
    match encoding {
        Encoding::Utf8 => String::from_utf8_lossy(raw).into_owned(),
        Encoding::Latin1 => raw.iter().map(|byte| char::from(*byte)).collect(),
        Encoding::Utf16Le => units(u16::from_le_bytes),
        Encoding::Utf16Be => units(u16::from_be_bytes),
    }
}
