//! The diff report: the export before, the import file after, as a unified diff.
//!
//! One hunk per changed record, without context. Where lines are what `patch` takes for lines
//! (8-bit encodings, LF or CRLF throughout), the records' bytes stand in it as they are, and
//! `patch --binary EXPORT FILE.diff` makes the import file. Elsewhere, and with `--redact`, the
//! diff is for reading only and says so first.

use std::io::{self, Write};

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
}

impl Diff {
    /// A diff written to `out`.
    pub(super) fn new(out: Box<dyn Write>, redaction: Redaction) -> Self {
        Self { out, redaction, form: Form::Cell, offset: 0 }
    }

    fn hunk(&mut self, line: u64, old: &[Vec<u8>], new: &[Vec<u8>]) -> io::Result<()> {
        let (removed, added) = (old.len() as i64, new.len() as i64);
        let new_line = line.saturating_add_signed(self.offset);
        self.offset += added - removed;
        writeln!(self.out, "@@ -{line}{} +{new_line}{} @@", count(removed), count(added))?;
        for (sign, lines) in [(b"-", old), (b"+", new)] {
            for line in lines {
                self.out.write_all(sign)?;
                self.out.write_all(line)?;
                if line.last() != Some(&b'\n') {
                    self.out.write_all(b"\n\\ No newline at end of file\n")?;
                }
            }
        }
        Ok(())
    }

    fn change(&mut self, change: &Change<'_>) -> io::Result<()> {
        let (old, new) = match self.form {
            Form::Patch => (lines(change.old_raw), lines(change.new_raw)),
            Form::Reading(encoding) => {
                (text_lines(change.old_raw, encoding), text_lines(change.new_raw, encoding))
            }
            Form::Cell => (vec![shown(change.old)], vec![shown(change.new)]),
        };
        self.hunk(change.line, &old, &new)
    }
}

impl Renderer for Diff {
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

/// `,n` in a hunk's header, left out for one line as `diff` does.
fn count(lines: i64) -> String {
    if lines == 1 { String::new() } else { format!(",{lines}") }
}

/// A record's lines, each with its line feed.
fn lines(raw: &[u8]) -> Vec<Vec<u8>> {
    raw.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect()
}

/// A record's lines as UTF-8 text that is safe to show, whatever ends them.
fn text_lines(raw: &[u8], encoding: Encoding) -> Vec<Vec<u8>> {
    let text = decode(raw, encoding);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.split_inclusive('\n').map(|line| shown(line.trim_end_matches('\n'))).collect()
}

/// A line of text that is safe to show.
fn shown(line: &str) -> Vec<u8> {
    format!("{}\n", TerminalText(line)).into_bytes()
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
