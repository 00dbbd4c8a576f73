//! What a reviewer approved of a plan: the document that the review page and `photofix approve`
//! write, and what it lets through.
//!
//! An answer is given per host, or per record where one record is to be treated otherwise than its
//! host. What is mentioned nowhere is not approved.

mod choose;
mod consent;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::evidence::Endpoint;
use crate::seal::{self, SealError, UNSEALED};

pub use choose::{ChoiceError, Chosen, choose};
pub use consent::{Consent, Consenting, NOT_APPROVED, REFUSED};

/// The schema of an approvals file and its version; published under `schema/`.
pub const SCHEMA: &str = "photofix.approvals/1";

/// A reviewer's answers to one plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approvals {
    /// [`SCHEMA`].
    pub schema: String,
    /// The plan that they answer.
    pub plan: PlanReference,
    /// Who answers.
    pub reviewer: String,
    /// When, RFC 3339.
    pub time: String,
    /// Answers for whole hosts.
    pub hosts: Vec<HostAnswer>,
    /// Answers for single records; each goes before that of its host.
    pub rows: Vec<RowAnswer>,
    /// The [`seal`] over the whole file.
    pub sha256: String,
}

/// Which plan is answered, and for which export.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlanReference {
    /// SHA-256 of the plan's file, hexadecimal.
    pub sha256: String,
    /// SHA-256 of the export that the plan was made for, hexadecimal.
    pub export_sha256: String,
}

/// The answer for an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HostAnswer {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// The answer.
    pub decision: Answer,
    /// Why.
    pub note: Option<String>,
}

/// The answer for a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowAnswer {
    /// Data record of the export, from 1.
    pub record: u64,
    /// The answer.
    pub decision: Answer,
    /// Why.
    pub note: Option<String>,
}

/// What a reviewer says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// Do it.
    Approve,
    /// Leave it.
    Refuse,
}

impl Answer {
    /// The word of the document.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approve => "approve",
            Self::Refuse => "refuse",
        }
    }
}

/// Why approvals cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalError {
    /// The file holds no approvals.
    #[error("it is no approvals file: {0}")]
    NotApprovals(String),
    /// Approvals of another version of the schema.
    #[error("its schema is `{found}`, and this version reads `{SCHEMA}`")]
    OtherSchema {
        /// What it says.
        found: String,
    },
    /// A byte of it changed since it was written.
    #[error(transparent)]
    Edited(#[from] SealError),
    /// It answers another plan.
    #[error(
        "it approves another plan\n  expected  plan sha256 {expected}\n  found     plan sha256 \
         {found}"
    )]
    OtherPlan {
        /// The plan's digest.
        expected: String,
        /// The digest that is approved.
        found: String,
    },
    /// It answers a plan for another export.
    #[error(
        "it approves a plan for another export\n  expected  export sha256 {expected}\n  found     \
         export sha256 {found}"
    )]
    OtherExport {
        /// The digest of the plan's export.
        expected: String,
        /// The digest that is approved.
        found: String,
    },
    /// Two answers for one thing.
    #[error("it answers twice for {0}")]
    Twice(String),
    /// An answer for an endpoint that the plan does not know.
    #[error("it answers for `{0}`, which the plan does not mention")]
    UnknownHost(Endpoint),
    /// An approval of what is not to be done.
    #[error("it approves `{endpoint}`, which the plan does not rewrite ({decision}: {reason})")]
    NotRewritten {
        /// The endpoint.
        endpoint: Endpoint,
        /// The plan's decision.
        decision: String,
        /// The plan's reason.
        reason: String,
    },
    /// An approval of a record that the plan does not change.
    #[error("it approves record {0}, which the plan does not change")]
    UnknownRow(u64),
}

impl Approvals {
    /// Answers to a plan, without any yet.
    pub fn new(plan: PlanReference, reviewer: String, time: Timestamp) -> Self {
        Self {
            schema: SCHEMA.to_owned(),
            plan,
            reviewer,
            time: time.to_string(),
            hosts: Vec::new(),
            rows: Vec::new(),
            sha256: UNSEALED.to_owned(),
        }
    }

    /// The file: sealed, so that no byte of it can change unseen.
    ///
    /// # Errors
    /// What the serialiser says.
    pub fn to_file(&self) -> serde_json::Result<Vec<u8>> {
        seal::to_file(&Self { sha256: UNSEALED.to_owned(), ..self.clone() })
    }

    /// Reads approvals, to be followed.
    ///
    /// # Errors
    /// [`ApprovalError`] when the file holds none, or changed since it was written.
    pub fn parse(bytes: &[u8]) -> Result<Self, ApprovalError> {
        let approvals = Self::parse_to_show(bytes)?;
        seal::check(bytes)?;
        Ok(approvals)
    }

    /// Reads approvals, to be shown: even a file that was edited.
    ///
    /// # Errors
    /// [`ApprovalError::NotApprovals`] or [`ApprovalError::OtherSchema`].
    pub fn parse_to_show(bytes: &[u8]) -> Result<Self, ApprovalError> {
        #[derive(Deserialize)]
        struct Head {
            schema: String,
        }
        let no = |why: String| ApprovalError::NotApprovals(why);
        let head: Head = serde_json::from_slice(bytes).map_err(|error| no(error.to_string()))?;
        if head.schema != SCHEMA {
            return Err(ApprovalError::OtherSchema { found: head.schema });
        }
        let approvals: Self =
            serde_json::from_slice(bytes).map_err(|error| no(error.to_string()))?;
        if approvals.reviewer.trim().is_empty() {
            return Err(no("nobody is named as its reviewer".to_owned()));
        }
        if approvals.time.parse::<Timestamp>().is_err() {
            return Err(no(format!("its time `{}` is not RFC 3339", approvals.time)));
        }
        Ok(approvals)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn approvals() -> Approvals {
        let plan = PlanReference { sha256: "ab".repeat(32), export_sha256: "cd".repeat(32) };
        Approvals::new(plan, "Jane Doe".to_owned(), "2026-11-20T09:30:00Z".parse().unwrap())
    }

    #[test]
    fn what_is_written_is_read_back() {
        let mut written = approvals();
        written.hosts.push(HostAnswer {
            endpoint: serde_json::from_str(
                r#"{"address": "2001:db8::7", "port": 8443, "scheme": "https"}"#,
            )
            .unwrap(),
            decision: Answer::Refuse,
            note: Some("ask Ann first".to_owned()),
        });
        written.rows.push(RowAnswer { record: 7, decision: Answer::Approve, note: None });
        let read = Approvals::parse(&written.to_file().unwrap()).unwrap();
        assert_eq!(Approvals { sha256: UNSEALED.to_owned(), ..read.clone() }, written);
        assert_ne!(read.sha256, UNSEALED);
    }

    #[test]
    fn what_is_no_approvals_file() {
        let file = String::from_utf8(approvals().to_file().unwrap()).unwrap();
        for (from, to, piece) in [
            ("approvals/1", "approvals/2", "`photofix.approvals/2`"),
            ("\"schema\"", "\"scheme\"", "missing field `schema`"),
            ("\"rows\": []", "\"rows\": [], \"more\": 1", "unknown field `more`"),
            ("Jane Doe", "  ", "nobody is named"),
            ("Jane Doe", "Jane Dox", "edited since it was written"),
            ("2026-11-20T", "20 Nov ", "`20 Nov 09:30:00Z` is not RFC 3339"),
            ("\"hosts\": []", "\"hosts\": [{\"decision\": \"maybe\"}]", "`maybe`"),
        ] {
            assert!(file.contains(from), "{from} in {file}");
            let error = Approvals::parse(file.replace(from, to).as_bytes()).unwrap_err();
            assert!(error.to_string().contains(piece), "{piece}: {error}");
        }
    }
}
