//! What a file is that was given in another's place, as far as its bytes show it.

use std::fmt;

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::export::{Choices, ExportError, Foreign, NotText, Reader};

/// What a file is that is none of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// An export, or an import file.
    Export,
    /// Nothing at all.
    Empty,
    /// No text.
    NotText(NotText),
    /// JSON without a schema of ours.
    Json,
    /// Another file that administrators have.
    Foreign(Foreign),
}

impl Kind {
    /// What some bytes are; none where they are text of no known kind.
    pub(super) fn of(bytes: &[u8]) -> Option<Self> {
        // An export may stand in JSON too, and no export begins so.
        if bytes.trim_ascii_start().starts_with(b"{") {
            return is_json_of_others(bytes).then_some(Self::Json);
        }
        match Reader::open(bytes, &Choices::default()) {
            Ok(_) => Some(Self::Export),
            Err(ExportError::Empty { .. }) => Some(Self::Empty),
            Err(ExportError::NotText(not_text)) => Some(Self::NotText(not_text)),
            // A bracket begins a line with an IPv6 address too.
            Err(ExportError::Foreign(Foreign::Json)) => {
                is_json_of_others(bytes).then_some(Self::Json)
            }
            Err(ExportError::Foreign(foreign)) => Some(Self::Foreign(foreign)),
            Err(_) => None,
        }
    }

    /// Why a document of ours cannot be read from some bytes: what they are, or `why`.
    pub(super) fn or(bytes: &[u8], why: String) -> String {
        Self::of(bytes).map_or(why, |kind| format!("it is {kind}"))
    }
}

fn is_json_of_others(bytes: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(bytes).is_ok()
        && serde_json::from_slice::<Head>(bytes).is_err()
}

/// What every document of ours has.
#[derive(Deserialize)]
struct Head {
    schema: String,
}

/// A document of ours in words, by its bytes or by those of its first line; none where they are none.
pub(super) fn of_document(bytes: &[u8]) -> Option<String> {
    let first = serde_json::Deserializer::from_slice(bytes).into_iter::<Head>().next()?;
    of_schema(&first.ok()?.schema)
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Export => f.write_str("a list of users with photo URLs, as an export is"),
            Self::Empty => f.write_str("empty"),
            Self::NotText(not_text) => not_text.fmt(f),
            Self::Json => f.write_str("JSON of another program: it names no schema of photofix"),
            Self::Foreign(foreign) => foreign.fmt(f),
        }
    }
}

/// Our documents: how their schemas begin, what they are, and what writes them.
pub(super) const KINDS: [(&str, &str, &str); 5] = [
    ("photofix.plan/", "a plan", "`photofix plan -o` wrote it"),
    ("photofix.report/", "a JSON report", "`--report` wrote it"),
    ("photofix.approvals/", "approvals", "`photofix approve` or the review page wrote it"),
    ("photofix.recording/", "a recording", "`--record` wrote it"),
    ("photofix.applied/", "the journal of a plan", "`photofix apply` wrote it"),
];

/// A document of ours in words, by the schema that it names.
pub(super) fn of_schema(schema: &str) -> Option<String> {
    let (_, kind, origin) = KINDS.iter().find(|(prefix, ..)| schema.starts_with(prefix))?;
    Some(format!("{kind} ({origin})"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_known_by_what_they_hold() {
        for (bytes, kind) in [
            (&b"email,userProfilePhotoURL\na@x,-\n"[..], "a list of users with photo URLs"),
            (b"", "empty"),
            (b"\n\n", "empty"),
            (b"\xFF\xD8\xFF\xE0\0\x10JFIF", "not text: byte 0xFF at offset 0"),
            (b"PK\x03\x04xl/", "an Excel workbook"),
            (b"<html>", "a web page"),
            (b"{\"users\": []}", "JSON of another program"),
            (b"[1]", "JSON of another program"),
            (
                b"{\"header\": [\"email\",\"userProfilePhotoURL\",\"city\"]}",
                "JSON of another program",
            ),
            (b"{\"header\": [\"email\",\"userProfilePhotoURL\",\"city\"", ""),
            (b"[2001:db8::7],c7.webex.com\n", ""),
            (b"{\"schema\": ", ""),
            (b"{\"schema\": \"photofix.plan/1\"}", ""),
            (b"203.0.113.7,c7.webex.com\n", ""),
            (b"\xff\xfe2\x000\x00", ""),
        ] {
            let found = Kind::of(bytes).map(|kind| kind.to_string()).unwrap_or_default();
            assert!(found.starts_with(kind) && found.is_empty() == kind.is_empty(), "{found}");
        }
    }
}
