//! What a reviewer should look at first.

use crate::report::words::leading;
use crate::report::{CertificateReport, EndpointReport};

/// Days before notAfter from which a certificate counts as soon to expire: the third of a 90-day
/// lifetime at which Let's Encrypt's integration guide has certificates renewed.
pub(super) const SOON: i64 = 30;

/// Why an endpoint deserves a look; what comes first in this list deserves it most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Doubt {
    /// A name is known, and something stands in the way.
    Held,
    /// No name is known.
    Unresolved,
    /// A name is written that the client would not trust.
    Flagged,
    /// Forward DNS speaks against the name.
    Contradicted,
    /// Forward DNS knows nothing of the name, or could not be asked.
    Unconfirmed,
    /// The name's certificate expires soon.
    Expiring,
    /// Nobody asked about the name's certificate.
    NotAsked,
    /// Plain http: no certificate will ever be presented.
    Plain,
    /// None.
    None,
}

impl Doubt {
    /// About an endpoint; `days_left` is how long the certificates of its name are valid.
    pub(super) fn of(endpoint: &EndpointReport, days_left: Option<i64>) -> Self {
        match endpoint.decision.as_ref() {
            "hold" => return Self::Held,
            "rewrite" => {}
            _ => return Self::Unresolved,
        }
        let Some(candidate) = leading(endpoint) else { return Self::Unconfirmed };
        let verdict = candidate.verdict.as_ref();
        match (verdict, candidate.forward.as_ref()) {
            ("prompts" | "refuses" | "unknown", _) => Self::Flagged,
            (_, "contradicted") => Self::Contradicted,
            (_, "absent" | "could-not-ask") => Self::Unconfirmed,
            _ if days_left.is_some_and(|days| days < SOON) => Self::Expiring,
            ("not-applicable", _) => Self::Plain,
            ("not-asked", _) => Self::NotAsked,
            _ => Self::None,
        }
    }

    /// Its place in the order.
    pub(super) fn rank(self) -> u8 {
        self as u8
    }

    /// The words of the table, none where there is no doubt.
    pub(super) fn words(self) -> Option<&'static str> {
        match self {
            Self::Held => Some("held"),
            Self::Unresolved => Some("unresolved"),
            Self::Flagged => Some("flagged"),
            Self::Contradicted => Some("contradicted"),
            Self::Unconfirmed => Some("not confirmed"),
            Self::Expiring => Some("expires soon"),
            Self::NotAsked => Some("not checked"),
            Self::Plain => Some("plain http"),
            Self::None => None,
        }
    }
}

/// How many days the first of some certificates to expire is still valid.
pub(super) fn days_left(certificates: &[&CertificateReport]) -> Option<i64> {
    certificates.iter().filter_map(|certificate| certificate.days_left).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::CandidateReport;
    use crate::report::tests::samples::{candidate, endpoint};

    #[test]
    fn the_most_doubtful_comes_first() {
        let name = "c1.webex.com";
        for (decision, verdict, forward, days, doubt) in [
            ("hold", "trusted", "confirmed", Some(400), Doubt::Held),
            ("unresolved", "not-asked", "absent", None, Doubt::Unresolved),
            ("guess", "trusted", "confirmed", None, Doubt::Unresolved),
            ("rewrite", "prompts", "confirmed", Some(400), Doubt::Flagged),
            ("rewrite", "unknown", "contradicted", None, Doubt::Flagged),
            ("rewrite", "trusted", "contradicted", Some(1), Doubt::Contradicted),
            ("rewrite", "trusted", "could-not-ask", Some(400), Doubt::Unconfirmed),
            ("rewrite", "trusted", "confirmed", Some(SOON - 1), Doubt::Expiring),
            ("rewrite", "trusted", "confirmed", Some(-1), Doubt::Expiring),
            ("rewrite", "trusted", "confirmed", Some(SOON), Doubt::None),
            ("rewrite", "not-asked", "not-asked", None, Doubt::NotAsked),
            ("rewrite", "trusted", "not-asked", Some(400), Doubt::None),
            ("rewrite", "not-applicable", "confirmed", None, Doubt::Plain),
            ("rewrite", "trusted", "confirmed", None, Doubt::None),
        ] {
            let candidate =
                CandidateReport { verdict: verdict.into(), ..candidate(name, &[], forward) };
            let taken = (decision == "rewrite").then_some(name);
            let found = endpoint("203.0.113.7", 1, (decision, ""), taken, vec![candidate]);
            assert_eq!(Doubt::of(&found, days), doubt, "{decision} {verdict} {forward} {days:?}");
        }
        assert!(Doubt::Held.rank() < Doubt::Expiring.rank());
        assert!(Doubt::Expiring.rank() < Doubt::None.rank());
    }
}
