//! The server proved that it holds the key.

use super::{Case, Finding, Rule};
use crate::evidence::HandshakeOutcome;
use crate::x509::algorithm::{Key, KeyKind};

/// See [`Rule::says`].
pub static HANDSHAKE: Rule = Rule {
    id: "handshake",
    source: "RFC 8446, 4.4.3; RFC 5246, 7.4.3",
    says: "a TLS handshake completes, by which the server proves that it holds the key",
    check: handshake,
};

/// The smallest RSA key that TLS libraries verify a handshake with today.
const RSA_BITS_IN_TLS: u32 = 2048;

fn handshake(case: &Case<'_>) -> Finding {
    match &case.handshake.outcome {
        HandshakeOutcome::Completed => HANDSHAKE.holds(match &case.handshake.protocol {
            Some(protocol) => format!("the handshake completed ({protocol})"),
            None => "the handshake completed".to_owned(),
        }),
        HandshakeOutcome::TlsFailed(why) => {
            let mut detail = format!("the TLS handshake fails: {why}");
            // The alert or error that a short key causes does not speak of keys.
            if let Some(key) = case.end_entity().ok().map(|it| &it.key).filter(|key| is_short(key))
            {
                detail.push_str(&format!("; the likely cause is the short key ({key})"));
            }
            HANDSHAKE.broken(detail)
        }
        HandshakeOutcome::TooOld(protocol) => HANDSHAKE.undetermined(format!(
            "the certificate was read from a handshake of {protocol} in which nothing proves that \
             the server holds the key"
        )),
        HandshakeOutcome::NoConnection(why) => {
            HANDSHAKE.undetermined(format!("there is no connection: {why}"))
        }
        HandshakeOutcome::TimedOut(why) => {
            HANDSHAKE.undetermined(format!("the server did not answer in time: {why}"))
        }
        HandshakeOutcome::Given => {
            HANDSHAKE.not_applicable("the chain was given, and no server was asked")
        }
        HandshakeOutcome::NotAsked(why) => {
            HANDSHAKE.undetermined(format!("the server was not asked: {why}"))
        }
    }
}

fn is_short(key: &Key) -> bool {
    key.kind == KeyKind::Rsa && key.bits.is_some_and(|bits| bits < RSA_BITS_IN_TLS)
}
