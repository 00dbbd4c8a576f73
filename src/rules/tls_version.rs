//! The server speaks TLS as it is spoken today.

use super::{Case, Finding, Rule};
use crate::evidence::HandshakeOutcome;

/// See [`Rule::says`].
pub static TLS_VERSION: Rule = Rule {
    id: "tls-version",
    source: "RFC 8996; RFC 9325, 3.1.1 and 4.1",
    says: "the server offers TLS 1.2 or 1.3 with forward secrecy and authenticated encryption",
    check: tls_version,
};

fn tls_version(case: &Case<'_>) -> Finding {
    match &case.handshake.outcome {
        HandshakeOutcome::Completed => TLS_VERSION.holds(match &case.handshake.protocol {
            Some(protocol) => format!("the server speaks {protocol}"),
            None => "the server speaks TLS 1.2 or 1.3".to_owned(),
        }),
        HandshakeOutcome::TooOld(protocol) => TLS_VERSION
            .broken(format!("the server speaks only {protocol}, which clients of today refuse")),
        HandshakeOutcome::NoConnection(_)
        | HandshakeOutcome::TimedOut(_)
        | HandshakeOutcome::TlsFailed(_)
        | HandshakeOutcome::NotAsked(_)
        | HandshakeOutcome::Given => {
            TLS_VERSION.not_applicable("there is no handshake to tell the version by")
        }
    }
}
