//! Certificate verdicts alone, as `check` shows them.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::escape::TerminalText;
use super::terminal::{Style, wrapped};
use super::{CertificateReport, Tool};

/// The schema and its version; published under `schema/`.
pub const SCHEMA: &str = "photofix.check/1";

/// The verdicts of one run of `check`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Verdicts {
    /// What must be read first.
    pub notes: Vec<String>,
    /// One per name, port and address.
    pub certificates: Vec<CertificateReport>,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: &'static str,
    tool: Tool,
    notes: &'a [String],
    certificates: &'a [CertificateReport],
}

impl Verdicts {
    /// One JSON document.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn to_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let document = Document {
            schema: SCHEMA,
            tool: Tool::this(),
            notes: &self.notes,
            certificates: &self.certificates,
        };
        serde_json::to_writer_pretty(&mut *out, &document)?;
        out.write_all(b"\n")
    }

    /// One JSON document per verdict.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn to_jsonl(&self, out: &mut dyn Write) -> io::Result<()> {
        for certificate in &self.certificates {
            serde_json::to_writer(&mut *out, certificate)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }

    /// For a person.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn render(&self, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        for note in &self.notes {
            writeln!(out, "note: {}", wrapped(note, 6, style.columns()))?;
        }
        for certificate in &self.certificates {
            writeln!(out)?;
            one(certificate, style, out)?;
        }
        Ok(())
    }
}

fn one(certificate: &CertificateReport, style: &Style, out: &mut dyn Write) -> io::Result<()> {
    let at = certificate.address.map_or_else(String::new, |address| format!(" at {address}"));
    let name = format!("{}:{}{at}", certificate.host, certificate.port);
    writeln!(
        out,
        "{}  {} ({})",
        style.heading(&TerminalText(&name).to_string()),
        style.verdict(&certificate.verdict),
        certificate.profile
    )?;
    let mut line = |label: &str, text: &str| {
        writeln!(out, "  {label:<10} {}", wrapped(text, 13, style.columns()))
    };
    for reason in &certificate.reasons {
        line("why", reason)?;
    }
    if !certificate.identity.presented.is_empty() {
        let matched = match certificate.identity.rule {
            Some(ref rule) if certificate.identity.matched => format!("matched by {rule}"),
            _ => "not matched".to_owned(),
        };
        line("identity", &format!("{matched}: {}", certificate.identity.presented.join(", ")))?;
    }
    if let (Some(not_after), Some(days)) = (&certificate.not_after, certificate.days_left) {
        line("expires", &format!("{not_after} ({days} days)"))?;
    }
    if let (Some(key), Some(signature)) = (&certificate.key, &certificate.signature) {
        line("key", &format!("{key}, signed with {signature}"))?;
    }
    if let Some(tls) = &certificate.tls {
        line("protocol", tls)?;
    }
    for (at, member) in certificate.chain.iter().enumerate() {
        let label = if at == 0 { "chain" } else { "" };
        line(label, &format!("{} ← {}", member.subject, member.issuer))?;
    }
    line("revocation", &certificate.revocation.state)
}
