//! What `photofix check --csr` says: whether a public CA would take certification requests.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::json::{write_document, write_line};
use super::layout::{fit, width};
use super::terminal::{Page, Style, Tone};
use super::words::list;
use super::{Tool, Word};

/// The schema of `photofix check --csr FILE --format json`; published under `schema/`.
pub const SCHEMA: &str = "photofix.csr/1";

/// Columns of the labels.
const LABEL: usize = 12;

/// Certification requests, in the order in which they were given.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Requests {
    /// The requests.
    pub requests: Vec<RequestReport>,
}

/// One certification request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestReport {
    /// The file, as the administrator named it.
    pub file: String,
    /// Its place among the requests of the file, from 1.
    pub number: usize,
    /// `fine`, `doubtful` or `refused`: the worst of the findings.
    pub standing: Word,
    /// The subject, RFC 4514.
    pub subject: String,
    /// The dNSNames and addresses asked for.
    pub names: Vec<String>,
    /// The key, such as `RSA 2048`.
    pub key: String,
    /// The signature algorithm.
    pub signature: String,
    /// What every rule says.
    pub findings: Vec<RequestFinding>,
}

/// What one rule says of a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RequestFinding {
    /// The rule's id.
    pub rule: Word,
    /// `fine`, `doubtful` or `refused`.
    pub standing: Word,
    /// Why, in words of an administrator.
    pub detail: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Where the rule comes from.
    pub source: Word,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: Word,
    tool: Tool,
    requests: &'a [RequestReport],
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Csr { schema: Word, tool: Tool },
    Request(&'a RequestReport),
    End { requests: usize },
}

impl Requests {
    /// Writes one JSON document ([`SCHEMA`]).
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn to_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let (schema, tool) = (SCHEMA.into(), Tool::this());
        write_document(&Document { schema, tool, requests: &self.requests }, out)
    }

    /// Writes a JSON object per line: what this is, each request, and an end that shows that nothing
    /// is missing.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn to_jsonl(&self, out: &mut dyn Write) -> io::Result<()> {
        write_line(&Line::Csr { schema: SCHEMA.into(), tool: Tool::this() }, out)?;
        for request in &self.requests {
            write_line(&Line::Request(request), out)?;
        }
        write_line(&Line::End { requests: self.requests.len() }, out)
    }

    /// Writes it for people.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn render(&self, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page::new(style, out);
        for (at, request) in self.requests.iter().enumerate() {
            if at > 0 {
                page.blank()?;
            }
            self.request(&mut page, request)?;
        }
        Ok(())
    }

    fn request(&self, page: &mut Page<'_>, it: &RequestReport) -> io::Result<()> {
        let is_one_of_many = self.requests.iter().any(|one| one.file == it.file && one.number > 1);
        let title = match is_one_of_many {
            true => format!("{}, request {}", it.file, it.number),
            false => it.file.clone(),
        };
        let verdict = in_words(&it.standing);
        let room = page.style.columns().saturating_sub(width(verdict) + 2);
        page.line(
            0,
            &[
                (Tone::Heading, &fit(&title, room, page.style.ellipsis())),
                (Tone::Plain, "  "),
                (tone(&it.standing), verdict),
            ],
        )?;
        let mut fact = |label: &str, text: &str| {
            page.labelled((2, LABEL), (Tone::Quiet, label), Tone::Plain, text)
        };
        fact("subject", if it.subject.is_empty() { "none" } else { &it.subject })?;
        if !it.names.is_empty() {
            fact("names", &list(&it.names))?;
        }
        fact("key", &format!("{}, {}", it.key, it.signature))?;
        for standing in ["refused", "doubtful"] {
            for finding in it.findings.iter().filter(|finding| finding.standing == standing) {
                let text = format!("{} ({})", finding.detail, finding.rule);
                page.labelled((2, LABEL), (tone(standing), standing), Tone::Plain, &text)?;
                if let Some(hint) = &finding.hint {
                    page.labelled((2 + LABEL, 6), (Tone::Quiet, "next:"), Tone::Plain, hint)?;
                }
            }
        }
        let fine = it.findings.iter().filter(|finding| finding.standing == "fine");
        let fine: Vec<&str> = fine.map(|finding| finding.rule.as_ref()).collect();
        if !fine.is_empty() {
            page.labelled((2, LABEL), (tone("fine"), "fine"), Tone::Quiet, &fine.join(", "))?;
        }
        Ok(())
    }
}

fn in_words(standing: &str) -> &'static str {
    match standing {
        "fine" => "a public CA would take it",
        "doubtful" => "some public CAs would refuse it",
        _ => "a public CA would refuse it",
    }
}

fn tone(standing: &str) -> Tone {
    match standing {
        "fine" => Tone::Good,
        "doubtful" => Tone::Caution,
        _ => Tone::Bad,
    }
}
