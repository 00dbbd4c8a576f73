//! The JSON reports: one document (`photofix.report/1`), and one object per line.
//!
//! Both hold everything, unabridged. Characters that people cannot see, and those that would end a
//! script element, are written as `\u` escapes: the same JSON, safe to print and to embed.

use std::io::{self, Seek, SeekFrom, Write};

use serde::Serialize;

use super::escape::{is_deceptive, is_plain};
use super::row_json::{append_change, append_held};
use super::{PlanIdentity, ReadWriteSeek, Renderer, Report, Row};

/// Appends `value` as JSON on one line, without a line break.
pub(super) fn append_compact(value: &impl Serialize, text: &mut Vec<u8>) -> io::Result<()> {
    let start = text.len();
    serde_json::to_writer(&mut *text, value)?;
    escape(text, start);
    Ok(())
}

/// Appends a string as JSON, as [`append_compact`] does, and faster where it can be copied as it is.
#[inline]
pub(super) fn append_string(string: &str, text: &mut Vec<u8>) -> io::Result<()> {
    if !is_plain(string, [b'"', b'\\', b'<']) {
        return append_compact(&string, text);
    }
    text.push(b'"');
    text.extend_from_slice(string.as_bytes());
    text.push(b'"');
    Ok(())
}

/// Appends `value` as indented JSON, without a final line break.
pub(super) fn append_pretty(value: &impl Serialize, text: &mut Vec<u8>) -> io::Result<()> {
    let start = text.len();
    serde_json::to_writer_pretty(&mut *text, value)?;
    escape(text, start);
    Ok(())
}

/// Writes a whole document, indented, with a final line break.
pub(super) fn write_document(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Vec::new();
    append_pretty(value, &mut text)?;
    text.push(b'\n');
    out.write_all(&text)
}

/// Writes a JSON document that somebody else wrote, as ours are written: indented, and safe to print.
///
/// # Errors
/// When it is no JSON, or `out` cannot be written.
pub fn document_to_json(document: &[u8], out: &mut dyn Write) -> io::Result<()> {
    let value: serde_json::Value = serde_json::from_slice(document)?;
    write_document(&value, out)
}

/// Writes one object on a line of its own.
pub(super) fn write_line(value: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    let mut text = Vec::new();
    append_compact(value, &mut text)?;
    text.push(b'\n');
    out.write_all(&text)
}

/// Escapes deceptive characters and `<` in the JSON from `start` on. JSON's own syntax has none of
/// them but line breaks between tokens, so whatever else is met stands in a string (RFC 8259, 7).
fn escape(text: &mut Vec<u8>, start: usize) {
    // Nearly every row is plain ASCII, whose controls are escaped already.
    let plain = |plain, byte: &u8| plain & (*byte < 0x7f) & (*byte != b'<');
    if text[start..].iter().fold(true, plain) {
        return;
    }
    let json = String::from_utf8_lossy(&text[start..]).into_owned();
    text.truncate(start);
    for c in json.chars() {
        if c == '\n' || c != '<' && !is_deceptive(c) {
            text.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            text.extend_from_slice(format!("\\u{unit:04x}").as_bytes());
        }
    }
}

/// One document. Changes stream into it; held rows wait in the spool until the changes have ended.
pub(super) struct Json {
    out: Box<dyn Write>,
    spool: Box<dyn ReadWriteSeek>,
    changes: u64,
    held: u64,
    line: Vec<u8>,
}

impl Json {
    /// A document written to `out`.
    pub(super) fn new(out: Box<dyn Write>, spool: Box<dyn ReadWriteSeek>) -> Self {
        Self { out, spool, changes: 0, held: 0, line: Vec::new() }
    }
}

impl Renderer for Json {
    fn begin(&mut self, report: &Report) -> io::Result<()> {
        let mut text = Vec::new();
        append_pretty(report, &mut text)?;
        // The report's object stays open for its rows.
        let open = text.strip_suffix(b"\n}").unwrap_or(&text);
        self.out.write_all(open)?;
        self.out.write_all(b",\n  \"changes\": [")
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        let (json, count): (&mut dyn Write, &mut u64) = match row {
            Row::Change(_) => (&mut self.out, &mut self.changes),
            Row::Held(_) => (&mut self.spool, &mut self.held),
        };
        self.line.clear();
        self.line.extend_from_slice(if *count == 0 { b"\n    {" } else { b",\n    {" });
        match row {
            Row::Change(change) => append_change(change, &mut self.line)?,
            Row::Held(held) => append_held(held, &mut self.line)?,
        }
        self.line.push(b'}');
        *count += 1;
        json.write_all(&self.line)
    }

    fn finish(&mut self, _: Option<&PlanIdentity>) -> io::Result<()> {
        let end = |count: u64| if count == 0 { "]" } else { "\n  ]" };
        write!(self.out, "{},\n  \"held\": [", end(self.changes))?;
        self.spool.flush()?;
        self.spool.seek(SeekFrom::Start(0))?;
        io::copy(&mut self.spool, &mut self.out)?;
        write!(self.out, "{}\n}}\n", end(self.held))?;
        self.out.flush()
    }
}

/// The first line of the JSONL report, and its last; `type` stands first, as in those of the rows.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Report(&'a Report),
    End { changes: u64, held: u64 },
}

/// One object per line: the report, every row, and an end that shows that nothing is missing.
pub(super) struct Jsonl {
    out: Box<dyn Write>,
    changes: u64,
    held: u64,
    line: Vec<u8>,
}

impl Jsonl {
    /// Lines written to `out`.
    pub(super) fn new(out: Box<dyn Write>) -> Self {
        Self { out, changes: 0, held: 0, line: Vec::new() }
    }

    fn write(&mut self, line: &Line<'_>) -> io::Result<()> {
        self.line.clear();
        append_compact(line, &mut self.line)?;
        self.line.push(b'\n');
        self.out.write_all(&self.line)
    }
}

impl Renderer for Jsonl {
    fn begin(&mut self, report: &Report) -> io::Result<()> {
        self.write(&Line::Report(report))
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        self.line.clear();
        match row {
            Row::Change(change) => {
                self.changes += 1;
                self.line.extend_from_slice(br#"{"type":"change","#);
                append_change(change, &mut self.line)?;
            }
            Row::Held(held) => {
                self.held += 1;
                self.line.extend_from_slice(br#"{"type":"held","#);
                append_held(held, &mut self.line)?;
            }
        }
        self.line.extend_from_slice(b"}\n");
        self.out.write_all(&self.line)
    }

    fn finish(&mut self, _: Option<&PlanIdentity>) -> io::Result<()> {
        let (changes, held) = (self.changes, self.held);
        self.write(&Line::End { changes, held })?;
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_safe_to_print_and_to_embed() {
        for (text, json) in [
            ("plain Größe", r#""plain Größe""#),
            ("\u{1b}[31m\0", r#""\u001b[31m\u0000""#),
            ("\u{9b}\u{7f}", r#""\u009b\u007f""#),
            ("</script>", r#""\u003c/script>""#),
            ("a\u{2028}b\u{202e}", r#""a\u2028b\u202e""#),
            ("\u{e0041}", r#""\udb40\udc41""#),
            ("line\nbreak\t\"", r#""line\nbreak\t\"""#),
        ] {
            let mut found = Vec::new();
            append_compact(&text, &mut found).unwrap();
            assert_eq!(String::from_utf8(found.clone()).unwrap(), json);
            assert_eq!(serde_json::from_slice::<String>(&found).unwrap(), text);
        }
    }

    proptest::proptest! {
        #[test]
        fn escaping_loses_nothing(text: String) {
            let mut found = Vec::new();
            append_pretty(&serde_json::json!({ "a": [&text], format!("key {text}"): 1 }), &mut found).unwrap();
            let value: serde_json::Value = serde_json::from_slice(&found).unwrap();
            proptest::prop_assert_eq!(value["a"][0].as_str(), Some(text.as_str()));
        }
    }
}
