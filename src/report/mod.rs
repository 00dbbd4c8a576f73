//! One report, many renderers.
//!
//! A [`Report`] is plain data, known before the rows are written; the rows stream past after it
//! ([`Row`]). A [`Renderer`] takes both and a `Write`: it collects no rows and looks nothing up.
//! Everything shown may come from a stranger (a PTR name, a certificate field, a cell), so every
//! output has an escaping type of its own.

pub mod answers;
pub mod certificates;
mod conflicts;
mod csv;
mod diff;
mod digits;
pub mod escape;
pub mod explanation;
mod html;
pub mod inspection;
mod json;
mod judged;
mod kind;
mod layout;
pub mod manifest;
mod markdown;
pub mod read_back;
pub mod reconciliation;
mod redaction;
pub mod requests;
mod row;
mod row_json;
mod summary;
pub mod terminal;
pub mod verification;
mod words;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::evidence::{Endpoint, Source};
use crate::ledger::{Class, Ledger};

pub use json::document_to_json;
pub use judged::{
    CertificateReport, ChainMember, FindingReport, IdentityReport, ProfileResponse,
    RevocationReport, TrustAnchorReport,
};
pub use kind::{Kind, ReadWriteSeek, Renderer, UnknownKind, renderer};
pub use redaction::Redaction;
pub use row::{Change, Held, Row};

/// A stable word of the schema: always one of ours, whether made here or read from a plan.
pub type Word = Cow<'static, str>;

/// The report's schema and its version; published under `schema/`.
pub const SCHEMA: &str = "photofix.report/1";

/// What a run learned and did, without its rows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: Word,
    /// Who wrote it.
    pub tool: Tool,
    /// The command: `fix`, `plan`, `apply`; `rebase` or `reverse` for `apply` to another export.
    pub command: Word,
    /// What must be read first: no resolver answered, nothing was asked.
    pub notes: Vec<String>,
    /// The export.
    pub export: ExportFacts,
    /// The options that shaped the decisions, by their long names.
    pub options: serde_json::Map<String, serde_json::Value>,
    /// What a reviewer approved; none where nobody was asked.
    pub approval: Option<ApprovalFacts>,
    /// What became of a plan's changes on another export than the planned one.
    pub carry: Option<Carry>,
    /// Records by class.
    pub ledger: Ledger,
    /// Records by host kind, in the order of the contract.
    pub host_kinds: Vec<KindCount>,
    /// The endpoints, in order.
    pub endpoints: Vec<EndpointReport>,
    /// Certificate verdicts, one per (name, port, address).
    pub certificates: Vec<CertificateReport>,
}

/// The program that wrote a report or a plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tool {
    /// `photofix`.
    pub name: Word,
    /// Its version.
    pub version: Word,
}

impl Tool {
    /// This program.
    pub fn this() -> Self {
        Self { name: "photofix".into(), version: env!("CARGO_PKG_VERSION").into() }
    }
}

/// What the export is, never what it holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportFacts {
    /// The file's name as the administrator gave it.
    pub file: String,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// Data records.
    pub records: u64,
    /// `UTF-8`, `UTF-16LE`, `UTF-16BE`, `ISO-8859-1`.
    pub encoding: Word,
    /// Whether a byte order mark stands first.
    pub bom: bool,
    /// `comma`, `tab`, `semicolon`.
    pub delimiter: Word,
    /// `CRLF`, `LF`, `CR`, `mixed`, `none`.
    pub line_ending: Word,
    /// The header's names; none for a headerless file.
    pub header: Option<Vec<String>>,
    /// The photo column's name, or `field N` (from 1).
    pub photo_column: String,
}

/// The plan that belongs to a report, as approvals name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanIdentity {
    /// SHA-256 of the plan's file, hexadecimal.
    pub sha256: String,
    /// When its evidence was gathered, RFC 3339.
    pub made: String,
}

/// Who approved what of a plan, in records that the plan would change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ApprovalFacts {
    /// Who.
    pub reviewer: String,
    /// When, RFC 3339.
    pub time: String,
    /// SHA-256 of the approvals' file, hexadecimal.
    pub sha256: String,
    /// Records approved, and changed.
    pub approved: u64,
    /// Records refused.
    pub refused: u64,
    /// Records that nobody mentioned.
    pub not_approved: u64,
}

/// A plan's changes, carried over to another export than the planned one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Carry {
    /// Where the old values come from: the export that was planned for, or a rollback. None where
    /// neither was at hand, and the hosts alone decided.
    pub planned: Option<NamedFile>,
    /// The column that users were matched by.
    pub key: Option<String>,
    /// Changes carried over.
    pub carried: u64,
    /// Changes of users that are new.
    pub newcomers: u64,
    /// Changes that were there already.
    pub already: u64,
    /// Changes that were not made, all of them.
    pub conflicts: Vec<Conflict>,
}

/// A file and what it holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NamedFile {
    /// Its name, as the administrator gave it.
    pub file: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
}

/// A change that was not carried over, because it met something else than was planned with.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Conflict {
    /// The stable word, such as `changed-since` or `gone`.
    pub reason: Word,
    /// The same in a sentence.
    pub explanation: String,
    /// The user, as the key column has them; letter case may be folded.
    pub key: Option<String>,
    /// The record in the export that was planned for.
    pub planned: Option<Place>,
    /// The record in this export; the first of several.
    pub found: Option<Place>,
    /// The photo cell that there should be: the one that was planned with; of a reverse, the one that
    /// the plan wrote.
    pub old: Option<String>,
    /// The photo cell in this export.
    pub current: Option<String>,
    /// The photo cell that the plan writes.
    pub new: Option<String>,
}

/// Where a record stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Place {
    /// Data record, from 1.
    pub record: u64,
    /// Line, from 1.
    pub line: u64,
}

/// Records of one host kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct KindCount {
    /// `ip`, `webex`, `bare`, `foreign`, `empty`, `dash`, `not-url`, `unreadable`.
    pub kind: Word,
    /// Records.
    pub records: u64,
}

/// One endpoint, what was learned of it, and what is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndpointReport {
    /// Address, port, scheme.
    #[serde(flatten)]
    pub endpoint: Endpoint,
    /// Records that point there.
    pub records: u64,
    /// `rewrite`, `hold` or `unresolved`.
    pub decision: Word,
    /// The name written, when the decision is `rewrite`.
    pub host: Option<String>,
    /// The decision's stable word, such as `confirmed`, `ambiguous`, `contradicted`.
    pub reason: Word,
    /// The same in a sentence.
    pub explanation: String,
    /// What would change the answer.
    pub hint: Option<String>,
    /// Every candidate, strongest first.
    pub candidates: Vec<CandidateReport>,
    /// What the old address itself presented.
    pub old_certificate: Option<OldCertificate>,
    /// The photos under each name that was compared, strongest first; none unless that was wanted.
    #[serde(default)]
    pub photos: Vec<PhotosReport>,
}

impl EndpointReport {
    /// Turns the decision to rewrite into one to hold.
    pub fn hold(&mut self, reason: Word, explanation: String, hint: Option<String>) {
        self.decision = "hold".into();
        self.host = None;
        self.reason = reason;
        self.explanation = explanation;
        self.hint = hint;
    }
}

/// One candidate for an endpoint.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CandidateReport {
    /// The name.
    pub host: String,
    /// Who offers it, strongest first.
    pub sources: Vec<Source>,
    /// `confirmed`, `contradicted`, `absent`, `could-not-ask`, `not-asked`.
    pub forward: Word,
    /// The addresses that contradict, or why nobody could be asked.
    pub forward_detail: Option<String>,
    /// `trusted`, `prompts`, `refuses`, `unknown`; `not-asked`; `not-applicable` over plain http.
    pub verdict: Word,
    /// Why it was not taken; none for the name taken.
    pub objection: Option<String>,
    /// A wildcard at the address that supports the name.
    pub support: Option<String>,
}

/// What the certificate at an old address says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OldCertificate {
    /// `completed`, or why not.
    pub handshake: String,
    /// Its dNSNames as presented.
    pub dns_names: Vec<String>,
    /// Its subject.
    pub subject: Option<String>,
    /// notAfter, RFC 3339.
    pub not_after: Option<String>,
}

/// What became of an endpoint's photos under a new name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PhotosReport {
    /// The name.
    pub host: String,
    /// Distinct photo URLs that were compared.
    pub urls: u64,
    /// Photo URLs by outcome: `same`, `different`, `gone`, `placeholder`, `html`, `missing`,
    /// `unreachable`.
    pub outcomes: BTreeMap<Word, u64>,
    /// The first photo URLs of each outcome.
    pub examples: Vec<PhotoExample>,
}

/// One photo URL, under the old host and the new one.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PhotoExample {
    /// Path and query.
    pub target: String,
    /// The outcome.
    pub outcome: Word,
    /// Whether a user who sees a photo today would see another, or none.
    pub lost: bool,
    /// Under the old host.
    pub old: PhotoSide,
    /// Under the new host.
    pub new: PhotoSide,
}

/// What one photo URL answered.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PhotoSide {
    /// The HTTP status; none without an answer.
    pub status: Option<u16>,
    /// The media type that the server states.
    pub media_type: Option<String>,
    /// Bytes of content; none unless the status says success.
    pub length: Option<u64>,
    /// SHA-256 of the content, hexadecimal.
    pub sha256: Option<String>,
    /// Why the old server's certificate would not do for this URL; it was not obeyed.
    pub certificate_failure: Option<String>,
    /// Why there is no answer.
    pub why: Option<String>,
}
