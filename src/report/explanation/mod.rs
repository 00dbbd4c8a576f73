//! What `photofix explain` says: the whole reasoning about one record or one endpoint.

mod human;

use std::io::{self, Write};
use std::ops::Range;

use serde::Serialize;

use super::json::write_document;
use super::words::map_lines;
use super::{
    CandidateReport, CertificateReport, EndpointReport, FindingReport, OldCertificate,
    PhotosReport, Tool, Word,
};
use crate::evidence::{Endpoint, Source};
use crate::ledger::Class;

/// The schema of `photofix explain --format json`; published under `schema/`.
pub const SCHEMA: &str = "photofix.explanation/1";

/// The reasoning about one record, about one endpoint, or about both.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The file that was asked about, as the administrator gave it.
    pub file: String,
    /// What it is: `export`, `plan` or `report`.
    pub kind: Word,
    /// When the evidence was gathered (RFC 3339), where the file is not of now and says so.
    pub made: Option<String>,
    /// What must be read first.
    pub notes: Vec<String>,
    /// The record; none where a plan is asked about an address.
    pub record: Option<RecordFacts>,
    /// Where the record points to, when that is decided.
    pub endpoint: Option<EndpointFacts>,
    /// What each source of names answered, strongest first; empty where there is no endpoint.
    pub evidence: Vec<SourceAnswer>,
    /// Every candidate, strongest first.
    pub candidates: Vec<ExplainedCandidate>,
    /// Certificate verdicts on the candidates, one per (name, port, address).
    pub certificates: Vec<ExplainedCertificate>,
    /// The photos under each name that was compared, strongest first; none where the run compared no
    /// photos.
    pub photos: Option<Vec<PhotosReport>>,
    /// What follows.
    pub decision: Conclusion,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: Word,
    tool: Tool,
    #[serde(flatten)]
    explanation: &'a Explanation,
}

/// One record and its photo cell.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RecordFacts {
    /// Data record, from 1.
    pub record: u64,
    /// Physical line on which it starts, from 1; none where a report does not list the record.
    pub line: Option<u64>,
    /// The key column and the record's value there.
    pub key: Option<Key>,
    /// The photo cell's text; none when there is none, or none that can be read.
    pub cell: Option<String>,
    /// Where the host stands in `cell`, in bytes.
    pub host_range: Option<[usize; 2]>,
    /// The cell as the WHATWG URL parser writes it, when it is a URL.
    pub url: Option<String>,
    /// The contract's host kind; `unreadable`, and `unlisted` where a report does not list it.
    pub host_kind: Word,
    /// What that is, and whether it makes an endpoint that is decided.
    pub says: String,
}

/// Whose record it is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Key {
    /// The column.
    pub column: String,
    /// The record's value there.
    pub value: String,
}

/// An endpoint that was decided.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EndpointFacts {
    /// Address, port, scheme.
    #[serde(flatten)]
    pub endpoint: Endpoint,
    /// Records that point there.
    pub records: u64,
    /// What the old address itself presented.
    pub old_certificate: Option<OldCertificate>,
}

/// What one source of names says about an endpoint.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SourceAnswer {
    /// The source.
    pub source: Source,
    /// `offers`, `nothing`, `could-not-ask`, `not-asked`, `not-given`.
    pub answer: Word,
    /// The names that it offers, as the source spells them.
    pub names: Vec<String>,
    /// More about it, or why there is no name.
    pub detail: Option<String>,
}

/// A candidate, and whether it may be demanded.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExplainedCandidate {
    /// The candidate.
    #[serde(flatten)]
    pub candidate: CandidateReport,
    /// The allowed domain in which it lies; none for one that is not admitted.
    pub admitted_by: Option<String>,
}

/// A certificate verdict, and every finding behind it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExplainedCertificate {
    /// The verdict.
    #[serde(flatten)]
    pub certificate: CertificateReport,
    /// What every rule says, the most telling first; none where the file does not keep it.
    pub findings: Option<Vec<FindingReport>>,
}

/// What is done with the record or the endpoint, and why.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Conclusion {
    /// The class in the ledger.
    pub class: Class,
    /// The name that is written.
    pub host: Option<String>,
    /// The photo cell's text with it.
    pub new: Option<String>,
    /// Where the new host stands in `new`, in bytes.
    pub new_host_range: Option<[usize; 2]>,
    /// The stable word.
    pub reason: String,
    /// The same in a sentence.
    pub explanation: String,
    /// What would change the answer.
    pub hint: Option<String>,
    /// Lines of a map that would settle it, ready to be copied.
    pub map_lines: Vec<String>,
}

impl Explanation {
    /// Writes one JSON document ([`SCHEMA`]).
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn to_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let document = Document { schema: SCHEMA.into(), tool: Tool::this(), explanation: self };
        write_document(&document, out)
    }
}

impl ExplainedCertificate {
    /// Of a report's verdict, with the findings that it keeps.
    pub fn of(report: &CertificateReport) -> Self {
        let mut certificate = report.clone();
        let findings = certificate.findings.take();
        Self { certificate, findings }
    }
}

impl EndpointFacts {
    /// Of a report's entry.
    pub fn of(entry: &EndpointReport) -> Self {
        Self {
            endpoint: entry.endpoint.clone(),
            records: entry.records,
            old_certificate: entry.old_certificate.clone(),
        }
    }
}

impl Conclusion {
    /// What was decided for an endpoint and all its records.
    pub fn of_endpoint(entry: &EndpointReport) -> Self {
        let class = match entry.decision.as_ref() {
            "rewrite" => Class::Rewritten,
            "hold" => Class::Held,
            _ => Class::Unresolved,
        };
        let is_open = class == Class::Unresolved || entry.reason == "ambiguous";
        Self {
            class,
            host: entry.host.clone(),
            new: None,
            new_host_range: None,
            reason: entry.reason.to_string(),
            explanation: entry.explanation.clone(),
            hint: entry.hint.clone(),
            map_lines: if is_open { map_lines(entry) } else { Vec::new() },
        }
    }

    /// What is not decided, because nothing needs to be.
    pub fn untouched(reason: &str, explanation: String) -> Self {
        Self::left(Class::Untouched, reason, explanation, None)
    }

    /// What stays as it is.
    pub fn left(class: Class, reason: &str, explanation: String, hint: Option<String>) -> Self {
        Self {
            class,
            host: None,
            new: None,
            new_host_range: None,
            reason: reason.to_owned(),
            explanation,
            hint,
            map_lines: Vec::new(),
        }
    }

    /// The same decision about one record, whose photo cell becomes `new`.
    pub fn with_new(mut self, new: &str, host: &Range<usize>) -> Self {
        self.new = Some(new.to_owned());
        self.new_host_range = Some([host.start, host.end]);
        self
    }
}
