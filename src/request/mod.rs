//! Whether a public CA would take a certification request, as a list of small cited rules.
//!
//! The measure is what the CA/Browser Forum's Baseline Requirements (version 2.0 and later) bind
//! every public CA to, and what Cisco's guides tell of the CAs that Jabber's servers are certified
//! by. A CA may demand more, and proves control over the names in its own way: nobody is asked
//! here.

mod key;
mod names;
mod packaging;
mod purposes;
mod spelling;
mod subject;
mod submission;

pub use submission::{Packaging, Submission, SubmissionError};

use crate::x509::csr::CertificationRequest;

/// Every rule, in the order in which an administrator meets their subjects.
pub static ALL: [&Rule; 15] = [
    &packaging::ENCODING,
    &packaging::NO_PRIVATE_KEY,
    &packaging::READABLE,
    &key::PROOF_OF_POSSESSION,
    &key::SIGNATURE_ALGORITHM,
    &key::KEY,
    &subject::SUBJECT_CHARACTERS,
    &subject::SUBJECT_ATTRIBUTES,
    &names::SUBJECT_ALT_NAME,
    &names::COMMON_NAME,
    &names::NOT_AN_ADDRESS,
    &names::NAME_SYNTAX,
    &names::PUBLIC_NAME,
    &purposes::PURPOSE,
    &purposes::NOT_A_CA,
];

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Its public name.
    pub id: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// What it states.
    pub says: &'static str,
    check: fn(&Case<'_>) -> Found,
}

/// What is judged: one request, and the file it came in.
#[derive(Clone, Copy, Debug)]
struct Case<'a> {
    submission: &'a Submission,
    request: &'a CertificationRequest,
}

/// How a request stands with a rule. The order is from harmless to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nothing against it.
    Fine,
    /// Some CAs refuse it, or change it.
    Doubtful,
    /// No public CA may take it.
    Refused,
}

impl Standing {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Doubtful => "doubtful",
            Self::Refused => "refused",
        }
    }
}

/// What one rule says of one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub rule: &'static str,
    /// Where the rule comes from.
    pub source: &'static str,
    /// How the request stands.
    pub standing: Standing,
    /// Why, for an administrator: one clause without a final period.
    pub detail: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// A finding before it has its rule's name.
#[derive(Debug)]
struct Found {
    standing: Standing,
    detail: String,
    hint: Option<String>,
}

impl Found {
    fn fine(detail: impl Into<String>) -> Self {
        Self { standing: Standing::Fine, detail: detail.into(), hint: None }
    }

    fn doubtful(detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { standing: Standing::Doubtful, detail: detail.into(), hint: Some(hint.into()) }
    }

    fn refused(detail: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { standing: Standing::Refused, detail: detail.into(), hint: Some(hint.into()) }
    }
}

/// The findings of every rule about one request of a file, in the order of [`ALL`].
pub fn check_all(submission: &Submission, request: &CertificationRequest) -> Vec<Finding> {
    let case = Case { submission, request };
    ALL.iter()
        .map(|rule| {
            let Found { standing, detail, hint } = (rule.check)(&case);
            Finding { rule: rule.id, source: rule.source, standing, detail, hint }
        })
        .collect()
}

/// How a request stands in all: as its worst finding.
pub fn overall(findings: &[Finding]) -> Standing {
    findings.iter().map(|finding| finding.standing).max().unwrap_or(Standing::Fine)
}

/// Words in backquotes, joined; at most a few, because a request may name a thousand.
fn quoted<T: std::fmt::Display>(names: &[T]) -> String {
    const SHOWN: usize = 4;
    let mut text =
        names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}

#[cfg(test)]
mod tests;
