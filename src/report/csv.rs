//! The CSV report: a row per record that changed or needs a person, for spreadsheets.
//!
//! UTF-8 with a byte order mark, so that Excel reads it as UTF-8, and CRLF (RFC 4180, 2). Fields
//! that a spreadsheet would run as a formula begin with an apostrophe ([`CsvField`]).

use std::io::{self, Write};

use super::digits::append_number;
use super::escape::CsvField;
use super::{Place, PlanIdentity, Renderer, Report, Row};
use crate::ledger::Class;

/// A table written to `out`.
pub(super) struct Csv {
    out: Box<dyn Write>,
    line: Vec<u8>,
}

impl Csv {
    /// A table written to `out`.
    pub(super) fn new(out: Box<dyn Write>) -> Self {
        Self { out, line: Vec::new() }
    }

    /// Appends fields to the line, each behind a comma.
    fn append(&mut self, fields: &[&str]) -> io::Result<()> {
        fields.iter().try_for_each(|field| {
            self.line.push(b',');
            CsvField(field).append(&mut self.line)
        })
    }
}

impl Renderer for Csv {
    fn begin(&mut self, report: &Report) -> io::Result<()> {
        self.out.write_all("\u{feff}record,line,key,class,reason,old,new,hint\r\n".as_bytes())?;
        // Before the rows: many a conflict has none, because nothing is to be decided there.
        for conflict in report.carry.iter().flat_map(|carry| &carry.conflicts) {
            let number = |number: fn(&Place) -> u64| {
                conflict.found.as_ref().map(|place| number(place).to_string()).unwrap_or_default()
            };
            write!(
                self.out,
                "{},{},{},conflict,{},{},{},{}\r\n",
                number(|place| place.record),
                number(|place| place.line),
                CsvField(conflict.key.as_deref().unwrap_or_default()),
                CsvField(&conflict.reason),
                CsvField(conflict.old.as_deref().unwrap_or_default()),
                CsvField(conflict.new.as_deref().unwrap_or_default()),
                CsvField(&conflict.explanation)
            )?;
        }
        Ok(())
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        let (record, line, key, class) = match row {
            Row::Change(row) => (row.record, row.line, row.key, Class::Rewritten),
            Row::Held(row) => (row.record, row.line, row.key, row.class),
        };
        self.line.clear();
        append_number(record, &mut self.line);
        self.line.push(b',');
        append_number(line, &mut self.line);
        self.append(&[key.map_or("", |(_, value)| value)])?;
        // Our own word needs no quotes.
        self.line.push(b',');
        self.line.extend_from_slice(class.as_str().as_bytes());
        match row {
            Row::Change(row) => {
                // No reason, and no hint.
                self.line.push(b',');
                self.append(&[row.old, row.new])?;
                self.line.push(b',');
            }
            Row::Held(row) => {
                let (value, hint) = (row.value.unwrap_or_default(), row.hint.unwrap_or_default());
                self.append(&[row.reason, value, "", hint])?;
            }
        }
        self.line.extend_from_slice(b"\r\n");
        self.out.write_all(&self.line)
    }

    fn finish(&mut self, _: Option<&PlanIdentity>) -> io::Result<()> {
        self.out.flush()
    }
}
