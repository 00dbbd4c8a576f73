//! Keys are used for what their certificates permit.

use super::{Case, Finding, Rule};
use crate::x509::path::Problem;

/// See [`Rule::says`].
pub static KEY_USAGE: Rule = Rule {
    id: "key-usage",
    source: "RFC 5280, 4.2.1.3, 4.2.1.9, 4.2.1.12 and 6.1.4 (k), (n)",
    says: "the certificate may serve a TLS server, and every CA of the path may sign certificates",
    check: key_usage,
};

fn key_usage(case: &Case<'_>) -> Finding {
    if let Err(why) = case.end_entity() {
        return KEY_USAGE.undetermined(why);
    }
    let misuses: Vec<String> = case
        .path
        .problems
        .iter()
        .filter(|problem| {
            matches!(
                problem,
                Problem::NotForServers { .. }
                    | Problem::NotForTls { .. }
                    | Problem::NotCa { .. }
                    | Problem::NotASigner { .. }
            )
        })
        .map(ToString::to_string)
        .collect();
    if misuses.is_empty() {
        KEY_USAGE.holds("every key is used for what its certificate permits")
    } else {
        KEY_USAGE.broken(misuses.join("; "))
    }
}
