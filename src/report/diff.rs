//! A unified diff from the export to the import file, one hunk per changed record.
//!
//! For encodings that are ASCII where ASCII is meant, the hunks hold the records' own bytes, and
//! `patch` makes the import file of the export with them. A diff of UTF-16, of CR line ends or
//! without e-mail addresses is for reading only, and says so.

use std::io::{self, Write};

use super::escape::visible;
use super::{Change, Redaction, Renderer, Report, Row};

pub(super) struct Diff {
    redaction: Redaction,
    out: Box<dyn Write>,
    applicable: bool,
}

impl Diff {
    pub(super) fn new(redaction: Redaction, out: Box<dyn Write>) -> Self {
        Self { redaction, out, applicable: false }
    }

    fn cells(&mut self, change: &Change<'_>) -> io::Result<()> {
        let (old, new) = (self.redaction.text(change.old), self.redaction.text(change.new));
        let line = change.line;
        write!(
            self.out,
            "@@ -{line} +{line} @@ record {}\n-{}\n+{}\n",
            change.record,
            visible(&old),
            visible(&new)
        )
    }

    fn records(&mut self, change: &Change<'_>) -> io::Result<()> {
        let lines = lines_of(change.old_raw).count();
        let line = change.line;
        writeln!(self.out, "@@ -{line},{lines} +{line},{lines} @@ record {}", change.record)?;
        for (sign, raw) in [(b"-", change.old_raw), (b"+", change.new_raw)] {
            for line in lines_of(raw) {
                self.out.write_all(sign)?;
                self.out.write_all(line)?;
                if !line.ends_with(b"\n") {
                    self.out.write_all(b"\n\\ No newline at end of file\n")?;
                }
            }
        }
        Ok(())
    }
}

/// A record's lines as `patch` counts them: by LF alone.
fn lines_of(raw: &[u8]) -> impl Iterator<Item = &[u8]> {
    raw.split_inclusive(|byte| *byte == b'\n')
}

impl Renderer for Diff {
    fn begin(&mut self, report: &Report) -> io::Result<()> {
        let export = &report.export;
        // `patch` knows LF only; our line numbers count a lone CR as a line break too.
        let lf_only = matches!(export.line_ending.as_ref(), "CRLF" | "LF" | "none");
        self.applicable =
            self.redaction == Redaction::Keep && !export.encoding.starts_with("UTF-16") && lf_only;
        if !self.applicable {
            writeln!(self.out, "# photo cells only, for reading: `patch` cannot apply this one")?;
        }
        let name = visible(&export.file).into_owned();
        write!(self.out, "--- {name}\n+++ {name}\n")
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        match row {
            Row::Change(change) if self.applicable => self.records(change),
            Row::Change(change) => self.cells(change),
            Row::Held(_) => Ok(()),
        }
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
