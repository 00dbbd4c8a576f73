//! Certificate rules: small, named and cited.
//!
//! A rule says whether one thing holds for one certificate and one reference identifier. It sees
//! evidence, trust anchors and the time; it does not know the other rules, nor what any client
//! makes of its finding: that is [`crate::profile`].

mod baseline_requirements;
mod cn_id;
mod dns_id;
mod handshake;
mod key_strength;
mod key_usage;
mod name_constraints;
mod not_revoked;
mod signature_algorithm;
mod srv_id;
mod tls_version;
mod trusted_path;
mod valid_now;
mod well_formed;
mod xmpp_addr;

pub use baseline_requirements::BASELINE_REQUIREMENTS;
pub use cn_id::CN_ID;
pub use dns_id::DNS_ID;
pub use handshake::HANDSHAKE;
pub use key_strength::KEY_STRENGTH;
pub use key_usage::KEY_USAGE;
pub use name_constraints::NAME_CONSTRAINTS;
pub use not_revoked::NOT_REVOKED;
pub use signature_algorithm::SIGNATURE_ALGORITHM;
pub use srv_id::SRV_ID;
pub use tls_version::TLS_VERSION;
pub use trusted_path::TRUSTED_PATH;
pub use valid_now::VALID_NOW;
pub use well_formed::WELL_FORMED;
pub use xmpp_addr::XMPP_ADDR;

use crate::evidence::{Dialogue, Handshake};
use crate::reference::ReferenceIdentifier;
use crate::x509::certificate::{Certificate, CertificateError};
use crate::x509::form::FormDefect;
use crate::x509::path::PathOutcome;
use crate::x509::revocation::Outcome;

/// Every rule, the most telling first: where two break and weigh the same, an administrator is
/// helped most by the earlier one.
pub static ALL: [&Rule; 15] = [
    &TLS_VERSION,
    &HANDSHAKE,
    &XMPP_ADDR,
    &SRV_ID,
    &DNS_ID,
    &CN_ID,
    &TRUSTED_PATH,
    &VALID_NOW,
    &NOT_REVOKED,
    &NAME_CONSTRAINTS,
    &KEY_USAGE,
    &SIGNATURE_ALGORITHM,
    &KEY_STRENGTH,
    &WELL_FORMED,
    &BASELINE_REQUIREMENTS,
];

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// Its public name: reports and profiles use it, so it does not change.
    pub id: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// What it states.
    pub says: &'static str,
    /// Whether that holds.
    pub check: fn(&Case<'_>) -> Finding,
}

/// What is judged: one certificate chain, as one server presented it, against one name.
#[derive(Clone, Copy, Debug)]
pub struct Case<'a> {
    /// The name demanded.
    pub reference: &'a ReferenceIdentifier,
    /// How TLS began; for XMPP the name demanded is the XMPP domain.
    pub dialogue: &'a Dialogue,
    /// The handshake in which the chain was seen.
    pub handshake: &'a Handshake,
    /// The certificates presented, the end-entity certificate first; or why that one cannot be
    /// read. Empty when none was presented.
    pub chain: Result<&'a [Certificate], &'a CertificateError>,
    /// What path validation found, against the trust anchors and at the time of the judgement.
    pub path: &'a PathOutcome,
    /// What is known about revocation.
    pub revocation: &'a Outcome,
}

/// Whether a rule holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// It does.
    Holds,
    /// It does not.
    Broken,
    /// It says nothing about such a certificate.
    NotApplicable,
    /// Nobody can tell from what was seen.
    Undetermined,
}

impl Status {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::Broken => "broken",
            Self::NotApplicable => "not-applicable",
            Self::Undetermined => "undetermined",
        }
    }
}

/// What one rule says of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's id.
    pub rule: &'static str,
    /// Whether it holds.
    pub status: Status,
    /// Why, for an administrator: one clause without a final period.
    pub detail: String,
    /// The presented identifier that decided, for the rules about identity.
    pub presented: Option<String>,
}

impl Rule {
    fn finding(&self, status: Status, detail: impl Into<String>) -> Finding {
        Finding { rule: self.id, status, detail: detail.into(), presented: None }
    }

    fn holds(&self, detail: impl Into<String>) -> Finding {
        self.finding(Status::Holds, detail)
    }

    fn broken(&self, detail: impl Into<String>) -> Finding {
        self.finding(Status::Broken, detail)
    }

    fn not_applicable(&self, detail: impl Into<String>) -> Finding {
        self.finding(Status::NotApplicable, detail)
    }

    fn undetermined(&self, detail: impl Into<String>) -> Finding {
        self.finding(Status::Undetermined, detail)
    }
}

impl<'a> Case<'a> {
    /// The end-entity certificate, or why there is none to look at.
    fn end_entity(&self) -> Result<&'a Certificate, String> {
        match self.chain {
            Ok(chain) => chain.first().ok_or_else(|| "no certificate was seen".to_owned()),
            Err(error) => Err(error.to_string()),
        }
    }

    /// The certificates that make up the path, or that are linked by name when there is none.
    fn members(&self) -> impl Iterator<Item = &'a Certificate> {
        let chain = self.chain.unwrap_or_default();
        self.path.members.iter().filter_map(|at| chain.get(*at))
    }
}

/// The findings of every rule, in the order of [`ALL`].
pub fn check_all(case: &Case<'_>) -> Vec<Finding> {
    ALL.iter().map(|rule| (rule.check)(case)).collect()
}

/// Words in backquotes, joined; at most a few, because a certificate may name a thousand.
fn quoted(names: &[String]) -> String {
    const SHOWN: usize = 4;
    let mut text =
        names.iter().take(SHOWN).map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    if names.len() > SHOWN {
        text.push_str(&format!(" and {} more", names.len() - SHOWN));
    }
    text
}

/// Defects of form as one clause; at most a few. None when there is none.
fn joined<'a>(defects: impl Iterator<Item = &'a FormDefect>) -> Option<String> {
    const SHOWN: usize = 3;
    let all: Vec<String> = defects.map(ToString::to_string).collect();
    let mut text = all.iter().take(SHOWN).cloned().collect::<Vec<_>>().join("; ");
    if all.len() > SHOWN {
        text.push_str(&format!("; and {} more", all.len() - SHOWN));
    }
    (!all.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::evidence::HandshakeOutcome;
    use crate::name::Fqdn;
    use crate::x509::issue::{Authority, NAME, NOW};
    use crate::x509::path::{Member, Problem, UnknownIssuer, validate};
    use crate::x509::revocation::{self, MemberStatus, Revocation};

    #[test]
    fn ids_are_stable_unique_and_cited() {
        let ids: Vec<_> = ALL.iter().map(|rule| rule.id).collect();
        assert_eq!(
            ids,
            [
                "tls-version",
                "handshake",
                "xmpp-addr",
                "srv-id",
                "dns-id",
                "cn-id",
                "trusted-path",
                "valid-now",
                "not-revoked",
                "name-constraints",
                "key-usage",
                "signature-algorithm",
                "key-strength",
                "well-formed",
                "baseline-requirements",
            ]
        );
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
        for rule in ALL {
            assert!(!rule.source.is_empty() && !rule.says.is_empty(), "{}", rule.id);
        }
    }

    #[test]
    fn no_problem_of_a_path_goes_without_a_finding() {
        let (x, not_after) = ("CN=x".to_owned(), 0);
        let root = Authority::root("Root");
        let chain = [Certificate::parse(&root.server(|_| {})).unwrap()];
        let valid = validate(&chain, &root.anchors(), NOW);
        let reference = ReferenceIdentifier::asked_for(Fqdn::parse(NAME).unwrap());
        let handshake = Handshake::without_chain(HandshakeOutcome::Completed);
        let good = Outcome {
            members: vec![MemberStatus {
                member: 0,
                subject: chain[0].label(),
                status: revocation::Status::bare(Revocation::Good),
            }],
        };
        let unsound = |path: &PathOutcome| {
            let findings = check_all(&Case {
                reference: &reference,
                handshake: &handshake,
                chain: Ok(&chain),
                path,
                dialogue: &Dialogue::Tls,
                revocation: &good,
            });
            findings
                .iter()
                .find(|it| matches!(it.status, Status::Broken | Status::Undetermined))
                .map(|finding| finding.rule)
        };
        assert_eq!(unsound(&valid), None);
        let missing = UnknownIssuer::PrivateRoot { root: x.clone() };
        for (problem, rule) in [
            (Problem::UnknownIssuer(missing), "trusted-path"),
            (Problem::BadSignature { subject: x.clone() }, "trusted-path"),
            (Problem::PathTooLong, "trusted-path"),
            (Problem::Policies(x.clone()), "trusted-path"),
            (Problem::Distrusted, "trusted-path"),
            (Problem::Unsupported { algorithm: x.clone() }, "trusted-path"),
            (Problem::CannotEvaluate(x.clone()), "trusted-path"),
            (Problem::NameConstraints(x.clone()), "name-constraints"),
            (Problem::NameConstraintsNotEvaluated(x.clone()), "name-constraints"),
            (Problem::NotForServers { subject: x.clone(), purposes: vec![] }, "key-usage"),
            (Problem::NotForTls { subject: x.clone() }, "key-usage"),
            (Problem::NotCa { subject: x.clone() }, "key-usage"),
            (Problem::NotASigner { subject: x.clone() }, "key-usage"),
            (
                Problem::Expired { subject: x.clone(), member: Member::Anchor, not_after },
                "valid-now",
            ),
            (
                Problem::NotYetValid { subject: x, member: Member::EndEntity, not_before: 0 },
                "valid-now",
            ),
        ] {
            let flawed = PathOutcome { problems: vec![problem.clone()], ..valid.clone() };
            assert_eq!(unsound(&flawed), Some(rule), "{problem:?}");
            let pathless = PathOutcome { path: None, ..flawed };
            assert!(unsound(&pathless).is_some(), "{problem:?}");
        }
    }

    #[test]
    fn long_lists_of_names_are_cut() {
        let names: Vec<String> = (1..=6).map(|n| format!("c{n}.webex.com")).collect();
        assert_eq!(quoted(&names[..1]), "`c1.webex.com`");
        assert!(quoted(&names).ends_with("`c4.webex.com` and 2 more"));
    }
}
