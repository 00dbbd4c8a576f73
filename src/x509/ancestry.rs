//! Following issuers by name, to say how far a path gets when none is valid.
//!
//! Names prove nothing: this walk explains a failure and never grants trust.

use super::certificate::Certificate;
use super::problem::{Problem, UnknownIssuer};
use super::trust::TrustAnchors;

/// How far issuers can be followed by name from the end-entity certificate.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Ancestry {
    /// Indexes into the chain as presented, the end-entity certificate first.
    pub(crate) members: Vec<usize>,
    /// The trust anchor that the last member names as its issuer, if there is one.
    pub(crate) anchor: Option<usize>,
}

/// Follows issuers from the first certificate; the others may stand in any order.
pub(crate) fn follow(chain: &[Certificate], anchors: &TrustAnchors) -> Ancestry {
    let mut members = Vec::new();
    let mut next = (!chain.is_empty()).then_some(0);
    while let Some(at) = next {
        members.push(at);
        let issuer = &chain[at].issuer_name;
        if let Some(anchor) = anchors.named(issuer).next() {
            return Ancestry { members, anchor: Some(anchor) };
        }
        next = if chain[at].self_issued {
            None
        } else {
            (0..chain.len())
                .find(|other| !members.contains(other) && chain[*other].subject_name == *issuer)
        };
    }
    Ancestry { members, anchor: None }
}

/// Why no trust anchor is reached.
pub(crate) fn explain(chain: &[Certificate], anchors: &TrustAnchors) -> Problem {
    let ancestry = follow(chain, anchors);
    let Some(last) = ancestry.members.last().map(|at| &chain[*at]) else {
        return Problem::CannotEvaluate("no certificate was presented".to_owned());
    };
    if last.self_issued {
        return Problem::UnknownIssuer(if ancestry.members.len() == 1 {
            UnknownIssuer::SelfSigned { subject: last.label() }
        } else {
            UnknownIssuer::PrivateRoot { root: last.label() }
        });
    }
    Problem::UnknownIssuer(UnknownIssuer::Missing {
        subject: last.label(),
        issuer: last.issuer.clone(),
        fetch_from: last.ca_issuers_urls.first().cloned(),
    })
}
