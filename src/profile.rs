//! Client profiles as a table: what a client does about the findings of the rules.
//!
//! Adding a client is adding a row to [`PROFILES`]; no profile is named in a condition.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::evidence::Dialogue;
use crate::evidence::HandshakeOutcome;
use crate::rules::{self, Case, Finding, Status};
use crate::x509::revocation::{Outcome, Revocation};

use VerdictKind::{Prompts, Refuses, Trusted, Unknown};

/// What a client would do. The order is the ranking from harmless to worst, by which a name with
/// several servers is judged: a client that may meet any of them meets the worst one some day.
///
/// `Unknown` stands below `Prompts`: a certain prompt is worse news than an open question. It is
/// never `Trusted`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VerdictKind {
    /// It connects and the user sees nothing.
    Trusted,
    /// It could not be determined.
    Unknown,
    /// It asks the user.
    Prompts,
    /// It does not connect, whatever the user wants.
    Refuses,
}

impl VerdictKind {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Unknown => "unknown",
            Self::Prompts => "prompts",
            Self::Refuses => "refuses",
        }
    }
}

impl fmt::Display for VerdictKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What a client does when a rule does not hold. Where a rule holds or does not apply, it does
/// nothing.
#[derive(Clone, Copy, Debug)]
struct Row {
    rule: &'static str,
    broken: VerdictKind,
    undetermined: VerdictKind,
}

const fn row(rule: &'static str, broken: VerdictKind, undetermined: VerdictKind) -> Row {
    Row { rule, broken, undetermined }
}

/// What a client does about each state of revocation.
#[derive(Clone, Copy, Debug)]
struct OnRevocation {
    good: VerdictKind,
    revoked: VerdictKind,
    unknown: VerdictKind,
    not_offered: VerdictKind,
    unreachable: VerdictKind,
    too_late: VerdictKind,
    invalid: VerdictKind,
    withheld: VerdictKind,
    not_asked: VerdictKind,
}

/// What each kind of verdict means to the user of this client.
#[derive(Clone, Copy, Debug)]
struct Words {
    trusted: &'static str,
    unknown: &'static str,
    prompts: &'static str,
    refuses: &'static str,
}

/// One client.
#[derive(Debug)]
pub struct Profile {
    /// Which.
    pub id: ProfileId,
    /// The client and where its behaviour is documented.
    pub says: &'static str,
    /// The rules about identity that count, in the order the client asks them. One that holds is
    /// enough.
    pub identity: &'static [&'static str],
    /// The same of an XMPP server.
    pub identity_of_xmpp: &'static [&'static str],
    /// Whether it, or the system that it runs on, fetches an intermediate that the server did not
    /// send (RFC 5280, 4.2.2.1), in words. It never counts as sent: see the table of verdicts.
    pub on_incomplete_chain: &'static str,
    rows: &'static [Row],
    on_revocation: OnRevocation,
    words: Words,
    words_on_connecting: Words,
}

/// When the client meets the certificate, which is what its user sees.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Occasion {
    /// It fetches a contact's photo.
    #[default]
    Photo,
    /// It connects to a server that it signs in to or works with.
    Connection,
}

/// The public names of the profiles.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "kebab-case")]
pub enum ProfileId {
    /// `jabber`: Jabber 9.6 to 12.5.
    #[default]
    Jabber,
    /// `jabber-12`: Jabber 12.6 and later.
    #[serde(rename = "jabber-12")]
    Jabber12,
    /// `strict`: RFC 9525 and hard-fail revocation.
    Strict,
}

/// Every profile.
pub static PROFILES: [Profile; 3] = [
    Profile {
        id: ProfileId::Jabber,
        says: "Cisco Jabber 9.6 (reference guide for Mac): asks the user about any certificate \
               that it cannot validate",
        identity: &["dns-id", "cn-id"],
        identity_of_xmpp: &["xmpp-addr", "srv-id", "dns-id", "cn-id"],
        on_incomplete_chain: "this client is not known to fetch it",
        rows: &[
            row("tls-version", Unknown, Unknown),
            row("handshake", Refuses, Unknown),
            row("xmpp-addr", Prompts, Unknown),
            row("srv-id", Prompts, Unknown),
            row("dns-id", Prompts, Unknown),
            row("cn-id", Prompts, Unknown),
            row("trusted-path", Prompts, Unknown),
            row("valid-now", Prompts, Unknown),
            row("name-constraints", Prompts, Unknown),
            row("key-usage", Prompts, Unknown),
            row("signature-algorithm", Prompts, Unknown),
            row("key-strength", Prompts, Unknown),
        ],
        on_revocation: OnRevocation {
            good: Trusted,
            revoked: Refuses,
            unknown: Prompts,
            not_offered: Prompts,
            unreachable: Prompts,
            too_late: Prompts,
            invalid: Prompts,
            withheld: Unknown,
            not_asked: Trusted,
        },
        words: Words {
            trusted: "Jabber shows the photo without asking",
            unknown: "what Jabber would do is not known",
            prompts: "Jabber asks at every look-up",
            refuses: "Jabber does not connect",
        },
        words_on_connecting: Words {
            trusted: "Jabber connects without asking",
            unknown: "what Jabber would do is not known",
            prompts: "Jabber asks at every sign-in until the user trusts the certificate",
            refuses: "Jabber does not connect",
        },
    },
    Profile {
        id: ProfileId::Jabber12,
        says: "Cisco Jabber 12.6 and later (planning guide): the operating system validates, and \
               the user is asked about what it does not accept",
        identity: &["dns-id"],
        identity_of_xmpp: &["xmpp-addr", "srv-id", "dns-id"],
        on_incomplete_chain: "Windows, macOS and iOS fetch it themselves where they may connect \
                              to its address, Android does not: some users are asked, others not",
        rows: &[
            row("tls-version", Unknown, Unknown),
            row("handshake", Refuses, Unknown),
            row("xmpp-addr", Prompts, Unknown),
            row("srv-id", Prompts, Unknown),
            row("dns-id", Prompts, Unknown),
            row("trusted-path", Prompts, Unknown),
            row("valid-now", Prompts, Unknown),
            row("name-constraints", Prompts, Unknown),
            row("key-usage", Prompts, Unknown),
            row("signature-algorithm", Prompts, Unknown),
            row("key-strength", Prompts, Unknown),
        ],
        on_revocation: OnRevocation {
            good: Trusted,
            revoked: Refuses,
            unknown: Trusted,
            not_offered: Trusted,
            unreachable: Trusted,
            too_late: Trusted,
            invalid: Trusted,
            withheld: Unknown,
            not_asked: Trusted,
        },
        words: Words {
            trusted: "Jabber 12.6 and later shows the photo without asking",
            unknown: "what Jabber 12.6 and later would do is not known",
            prompts: "Jabber 12.6 and later asks, and shows no photo when the user declines",
            refuses: "Jabber 12.6 and later does not connect",
        },
        words_on_connecting: Words {
            trusted: "Jabber 12.6 and later connects without asking",
            unknown: "what Jabber 12.6 and later would do is not known",
            prompts: "Jabber 12.6 and later asks, and does not connect when the user declines",
            refuses: "Jabber 12.6 and later does not connect",
        },
    },
    Profile {
        id: ProfileId::Strict,
        says: "a client that keeps RFC 9525, RFC 5280 and the Baseline Requirements to the letter \
               and refuses what it cannot prove good",
        identity: &["dns-id"],
        identity_of_xmpp: &["srv-id", "xmpp-addr", "dns-id"],
        on_incomplete_chain: "a strict client does not fetch it (RFC 8446, 4.4.2: the server sends \
                              it)",
        rows: &[
            row("tls-version", Refuses, Unknown),
            row("handshake", Refuses, Unknown),
            row("xmpp-addr", Refuses, Unknown),
            row("srv-id", Refuses, Unknown),
            row("dns-id", Refuses, Unknown),
            row("trusted-path", Refuses, Unknown),
            row("valid-now", Refuses, Unknown),
            row("name-constraints", Refuses, Unknown),
            row("key-usage", Refuses, Unknown),
            row("signature-algorithm", Refuses, Unknown),
            row("key-strength", Refuses, Unknown),
            row("well-formed", Refuses, Unknown),
            row("baseline-requirements", Refuses, Unknown),
        ],
        on_revocation: OnRevocation {
            good: Trusted,
            revoked: Refuses,
            unknown: Refuses,
            not_offered: Refuses,
            unreachable: Refuses,
            too_late: Refuses,
            invalid: Refuses,
            withheld: Unknown,
            not_asked: Trusted,
        },
        words: Words {
            trusted: "a strict client connects",
            unknown: "what a strict client would do is not known",
            prompts: "a strict client asks",
            refuses: "a strict client refuses",
        },
        words_on_connecting: Words {
            trusted: "a strict client connects",
            unknown: "what a strict client would do is not known",
            prompts: "a strict client asks",
            refuses: "a strict client refuses",
        },
    },
];

/// A profile name that nobody knows.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is not a client profile; the profiles are {known}")]
pub struct UnknownProfile {
    /// The name.
    pub name: String,
    /// The profiles there are, in words.
    pub known: String,
}

impl ProfileId {
    /// The public name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Jabber => "jabber",
            Self::Jabber12 => "jabber-12",
            Self::Strict => "strict",
        }
    }

    /// The profile.
    pub fn profile(self) -> &'static Profile {
        match self {
            Self::Jabber => &PROFILES[0],
            Self::Jabber12 => &PROFILES[1],
            Self::Strict => &PROFILES[2],
        }
    }
}

impl fmt::Display for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for ProfileId {
    type Err = UnknownProfile;

    fn from_str(name: &str) -> Result<Self, UnknownProfile> {
        PROFILES.iter().map(|profile| profile.id).find(|id| id.as_str() == name).ok_or_else(|| {
            let known: Vec<_> = PROFILES.iter().map(|known| format!("`{}`", known.id)).collect();
            UnknownProfile { name: name.to_owned(), known: known.join(", ") }
        })
    }
}

/// What a client would do, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What it would do.
    pub kind: VerdictKind,
    /// Why, in words of an administrator, the most telling first; never empty.
    pub reasons: Vec<String>,
    /// The rule that decided: for a trusted certificate the one by which it is identified. None
    /// when nothing was seen to which a rule applies.
    pub rule: Option<&'static str>,
    /// How the certificate is identified.
    pub identity: Identity,
    /// What every rule says.
    pub findings: Vec<Finding>,
}

/// How a certificate is identified.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Identity {
    /// Whether a presented identifier matches the reference identifier.
    pub matched: bool,
    /// The rule that decided, such as `dns-id`; none when no certificate was seen.
    pub rule: Option<&'static str>,
    /// The presented identifiers: the one that matched, or all that did not.
    pub presented: Vec<String>,
}

impl Profile {
    /// What the client does about one finding.
    pub fn response(&self, finding: &Finding, revocation: &Outcome) -> VerdictKind {
        if finding.rule == rules::NOT_REVOKED.id {
            let members = revocation.members.iter().map(|one| &one.status.state);
            return members.map(|state| self.on_revocation(state)).max().unwrap_or(Trusted);
        }
        let row = self.rows.iter().find(|row| row.rule == finding.rule);
        match (row, finding.status) {
            (None, _) | (_, Status::Holds | Status::NotApplicable) => Trusted,
            (Some(row), Status::Broken) => row.broken,
            (Some(row), Status::Undetermined) => row.undetermined,
        }
    }

    /// What the client does about one of a case's findings. None where it does not count: the
    /// client has no such rule, the rule does not apply, or another one decides about identity.
    pub fn weighs(
        &self,
        finding: &Finding,
        findings: &[Finding],
        dialogue: &Dialogue,
        revocation: &Outcome,
    ) -> Option<VerdictKind> {
        let counts = match finding.rule {
            rule if rule == rules::NOT_REVOKED.id => true,
            rule if is_about_identity(rule) => {
                self.identifying(findings, dialogue).is_some_and(|deciding| deciding.rule == rule)
            }
            rule => {
                finding.status != Status::NotApplicable
                    && self.rows.iter().any(|row| row.rule == rule)
            }
        };
        counts.then(|| self.response(finding, revocation))
    }

    /// What is broken and this client is not known to mind. Of the rules about identity one that
    /// holds is enough, so the others are left out.
    pub fn unminded<'a>(&'a self, findings: &'a [Finding]) -> impl Iterator<Item = &'a Finding> {
        let has_row = |finding: &Finding| self.rows.iter().any(|row| row.rule == finding.rule);
        findings.iter().filter(move |finding| {
            finding.status == Status::Broken
                && !has_row(finding)
                && !is_about_identity(finding.rule)
                && finding.rule != rules::NOT_REVOKED.id
        })
    }

    fn on_revocation(&self, revocation: &Revocation) -> VerdictKind {
        let on = self.on_revocation;
        match revocation {
            Revocation::Withheld(_) => on.withheld,
            Revocation::NotAsked => on.not_asked,
            Revocation::Good => on.good,
            Revocation::Revoked { .. } => on.revoked,
            Revocation::Unknown => on.unknown,
            Revocation::NotOffered => on.not_offered,
            Revocation::Unreachable(_) => on.unreachable,
            Revocation::TooLate { .. } => on.too_late,
            Revocation::Invalid(_) => on.invalid,
        }
    }

    /// Judges a case: findings to verdict.
    pub fn judge(&self, case: &Case<'_>, occasion: Occasion) -> Verdict {
        let findings = rules::check_all(case);
        let identifying = self.identifying(&findings, case.dialogue);
        let identity = identify(identifying, case);
        let mut weighed: Vec<(VerdictKind, &Finding)> = findings
            .iter()
            .filter_map(|finding| {
                Some((self.weighs(finding, &findings, case.dialogue, case.revocation)?, finding))
            })
            .filter(|(response, _)| *response != Trusted)
            .collect();
        // What is broken tells more than what nobody knows. Stable: beyond that the findings stay in
        // the order of telling.
        weighed.sort_by_key(|(response, finding)| {
            (std::cmp::Reverse(*response), finding.status != Status::Broken)
        });
        let mut reasons = Vec::new();
        for (_, finding) in &weighed {
            if !reasons.contains(&finding.detail) {
                reasons.push(finding.detail.clone());
            }
        }
        let (kind, rule) = match weighed.first() {
            Some((kind, finding)) => (*kind, Some(finding.rule)),
            None => {
                reasons.extend(identifying.map(|finding| finding.detail.clone()));
                (Trusted, identifying.map(|finding| finding.rule))
            }
        };
        if let Some(first) = reasons.first_mut() {
            *first = format!("{}: {first}", self.words(kind, occasion));
        }
        if matches!(case.handshake.outcome, HandshakeOutcome::TooOld(_)) {
            // Nothing may be concluded from the certificate, and yet an administrator should know.
            let alone = weighed.iter().find(|(_, finding)| !is_about_connection(finding.rule));
            let alone = alone.map_or(Trusted, |(response, _)| *response);
            reasons
                .push(format!("judged by its certificate alone: {}", self.words(alone, occasion)));
        }
        if *case.revocation.state() == Revocation::NotAsked && identity.rule.is_some() {
            let not_asked = findings.iter().find(|finding| finding.rule == rules::NOT_REVOKED.id);
            reasons.extend(not_asked.map(|finding| finding.detail.clone()));
        }
        Verdict { kind, reasons, rule, identity, findings }
    }

    /// A verdict when there is nothing to judge, and why.
    pub fn nothing_to_judge(&self, why: &str, occasion: Occasion) -> Verdict {
        Verdict {
            kind: Unknown,
            reasons: vec![format!("{}: {why}", self.words(Unknown, occasion))],
            rule: None,
            identity: Identity::default(),
            findings: Vec::new(),
        }
    }

    /// The finding that decides about identity: the first in the client's order that holds, else
    /// the last that applies.
    fn identifying<'a>(&self, findings: &'a [Finding], dialogue: &Dialogue) -> Option<&'a Finding> {
        let order = match dialogue {
            Dialogue::Tls => self.identity,
            Dialogue::Xmpp { .. } => self.identity_of_xmpp,
        };
        let asked = || order.iter().filter_map(|rule| findings.iter().find(|it| it.rule == *rule));
        asked()
            .find(|finding| finding.status == Status::Holds)
            .or_else(|| asked().rfind(|it| it.status != Status::NotApplicable))
    }

    fn words(&self, kind: VerdictKind, occasion: Occasion) -> &'static str {
        let words = match occasion {
            Occasion::Photo => &self.words,
            Occasion::Connection => &self.words_on_connecting,
        };
        match kind {
            Trusted => words.trusted,
            Unknown => words.unknown,
            Prompts => words.prompts,
            Refuses => words.refuses,
        }
    }
}

fn is_about_identity(rule: &str) -> bool {
    let identity = [&rules::XMPP_ADDR, &rules::SRV_ID, &rules::DNS_ID, &rules::CN_ID];
    identity.iter().any(|one| one.id == rule)
}

fn is_about_connection(rule: &str) -> bool {
    rule == rules::TLS_VERSION.id || rule == rules::HANDSHAKE.id
}

fn identify(deciding: Option<&Finding>, case: &Case<'_>) -> Identity {
    let certificate = case.chain.ok().and_then(|chain| chain.first());
    let (Some(finding), Some(certificate)) = (deciding, certificate) else {
        return Identity::default();
    };
    let all = || {
        let of_rule = if finding.rule == rules::CN_ID.id {
            &certificate.common_names
        } else {
            &certificate.dns_names
        };
        let of_xmpp = certificate.xmpp_addresses.iter().chain(&certificate.srv_names);
        let is_xmpp = matches!(case.dialogue, Dialogue::Xmpp { .. });
        of_xmpp.filter(|_| is_xmpp).chain(of_rule).cloned().collect()
    };
    Identity {
        matched: finding.status == Status::Holds,
        rule: Some(finding.rule),
        presented: finding.presented.clone().map_or_else(all, |one| vec![one]),
    }
}

#[cfg(test)]
mod tests;
