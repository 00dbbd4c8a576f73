//! The certificate is not revoked.

use super::{Case, Finding, Rule};
use crate::x509::revocation::Revocation;
use crate::x509::time::utc;

/// See [`Rule::says`].
pub static NOT_REVOKED: Rule = Rule {
    id: "not-revoked",
    source: "RFC 5280, 6.3; RFC 6960, 2.2",
    says: "a revocation answer says that the certificate is not revoked",
    check: not_revoked,
};

fn not_revoked(case: &Case<'_>) -> Finding {
    match case.revocation.state() {
        Revocation::Good => NOT_REVOKED.holds("the certificate is not revoked"),
        Revocation::Revoked { since, reason } => {
            let since = since.map(|since| format!(" on {}", utc(since))).unwrap_or_default();
            let reason = reason.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
            NOT_REVOKED.broken(format!("the certificate was revoked{since}{reason}"))
        }
        Revocation::NotOffered => NOT_REVOKED
            .not_applicable("the certificate names no OCSP responder and no CRL over HTTP"),
        Revocation::NotAsked => NOT_REVOKED.undetermined("revocation was not asked"),
        Revocation::Unknown => {
            NOT_REVOKED.undetermined("the OCSP responder does not know the certificate")
        }
        Revocation::Unreachable(why) => {
            NOT_REVOKED.undetermined(format!("no revocation answer could be had: {why}"))
        }
        Revocation::TooLate { elapsed_ms } => NOT_REVOKED.undetermined(format!(
            "the revocation answer took {}.{:03} s, too late to count",
            elapsed_ms / 1000,
            elapsed_ms % 1000
        )),
        Revocation::Invalid(why) => {
            NOT_REVOKED.undetermined(format!("the revocation answer cannot be relied on: {why}"))
        }
    }
}
