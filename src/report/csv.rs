//! CSV: one row per record that was changed or needs a person, safe for spreadsheets.

use std::io::{self, Write};

use super::escape::CsvField;
use super::{Redaction, Renderer, Report, Row};
use crate::ledger::Class;

/// UTF-8's byte order mark: without it Excel takes the file for the system's code page.
const BOM: &str = "\u{feff}";

pub(super) struct Csv {
    redaction: Redaction,
    out: Box<dyn Write>,
}

impl Csv {
    pub(super) fn new(redaction: Redaction, out: Box<dyn Write>) -> Self {
        Self { redaction, out }
    }
}

impl Renderer for Csv {
    fn begin(&mut self, _: &Report) -> io::Result<()> {
        write!(self.out, "{BOM}record,line,key,class,reason,old,new,hint\r\n")
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        let key = self.redaction.row_key(row).map_or("", |(_, value)| value);
        let (record, line, class, reason, old, new, hint) = match row {
            Row::Change(change) => (
                change.record,
                change.line,
                Class::Rewritten,
                "",
                self.redaction.text(change.old),
                self.redaction.text(change.new),
                "",
            ),
            Row::Held(held) => (
                held.record,
                held.line,
                held.class,
                held.reason,
                self.redaction.text(held.value.unwrap_or("")),
                "".into(),
                held.hint.unwrap_or(""),
            ),
        };
        write!(
            self.out,
            "{record},{line},{},{},{},{},{},{}\r\n",
            CsvField(key),
            class.as_str(),
            reason,
            CsvField(&old),
            CsvField(&new),
            CsvField(hint)
        )
    }

    fn finish(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}
