//! Every certificate of the path is within its validity period.

use super::{Case, Finding, Rule};
use crate::x509::path::Problem;
use crate::x509::time::utc;

/// See [`Rule::says`].
pub static VALID_NOW: Rule = Rule {
    id: "valid-now",
    source: "RFC 5280, 4.1.2.5 and 6.1.3 (a) (2); for trust anchors the practice of Windows, \
             macOS and OpenSSL",
    says: "every certificate of the path, its trust anchor's included, is valid at the time",
    check: valid_now,
};

fn valid_now(case: &Case<'_>) -> Finding {
    let certificate = match case.end_entity() {
        Ok(certificate) => certificate,
        Err(why) => return VALID_NOW.undetermined(why),
    };
    let untimely: Vec<String> = case
        .path
        .problems
        .iter()
        .filter(|problem| matches!(problem, Problem::Expired { .. } | Problem::NotYetValid { .. }))
        .map(ToString::to_string)
        .collect();
    if untimely.is_empty() {
        VALID_NOW.holds(format!("the certificate is valid until {}", utc(certificate.not_after)))
    } else {
        VALID_NOW.broken(untimely.join("; "))
    }
}
