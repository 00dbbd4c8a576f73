//! No certificate of the path is revoked.

use super::{Case, Finding, Rule};
use crate::x509::revocation::{MemberStatus, Revocation};
use crate::x509::time::utc;

/// See [`Rule::says`].
pub static NOT_REVOKED: Rule = Rule {
    id: "not-revoked",
    source: "RFC 5280, 6.3; RFC 6960, 2.2",
    says: "revocation answers say that no certificate of the path is revoked",
    check: not_revoked,
};

fn not_revoked(case: &Case<'_>) -> Finding {
    let Some(worst) = case.revocation.worst() else {
        return NOT_REVOKED.undetermined(NOT_ASKED);
    };
    let (which, status) = (which(worst), &worst.status);
    let note = status.note.as_ref();
    let source = status.source.as_ref();
    let says = source.map(|source| format!(", says {}", source.what())).unwrap_or_default();
    match &status.state {
        Revocation::Good => NOT_REVOKED.holds("no certificate of the path is revoked"),
        Revocation::Revoked { since, reason } => {
            let since = since.map(|since| format!(" on {}", utc(since))).unwrap_or_default();
            let reason = reason.as_ref().map(|it| format!(" ({it})")).unwrap_or_default();
            NOT_REVOKED.broken(format!("{which} was revoked{since}{reason}{says}"))
        }
        Revocation::NotOffered => NOT_REVOKED.not_applicable(match note {
            Some(note) => {
                format!("{which} names no OCSP responder and no CRL over HTTP: {note}")
            }
            None => format!("{which} names no OCSP responder and no CRL over HTTP"),
        }),
        // Nobody was asked about any of them, and nobody knows why.
        Revocation::NotAsked if note.is_none() && all_alike(case) => {
            NOT_REVOKED.undetermined(NOT_ASKED)
        }
        Revocation::NotAsked => {
            let why = note.map(|note| format!(": {note}")).unwrap_or_default();
            NOT_REVOKED.undetermined(format!("revocation of {which} was not asked{why}"))
        }
        Revocation::Withheld(why) => {
            NOT_REVOKED.undetermined(format!("revocation of {which} was not asked: {why}"))
        }
        Revocation::Unknown => {
            let who = source.map_or_else(|| "the OCSP responder".to_owned(), |it| it.who());
            NOT_REVOKED.undetermined(format!("{who} does not know {which}"))
        }
        Revocation::Unreachable(why) => NOT_REVOKED
            .undetermined(format!("no revocation answer about {which} could be had: {why}")),
        Revocation::TooLate { elapsed_ms } => {
            let who = source.map(|source| format!(" from {}", source.who())).unwrap_or_default();
            NOT_REVOKED.undetermined(format!(
                "no revocation answer about {which} had come{who} after {}.{:03} s",
                elapsed_ms / 1000,
                elapsed_ms % 1000
            ))
        }
        Revocation::Invalid(why) => NOT_REVOKED.undetermined(format!(
            "the revocation answer about {which} cannot be relied on: {why}"
        )),
    }
}

const NOT_ASKED: &str = "revocation was not asked";

fn which(member: &MemberStatus) -> String {
    let place = if member.member == 0 { "the certificate" } else { "the intermediate" };
    format!("{place} `{}`", member.subject)
}

fn all_alike(case: &Case<'_>) -> bool {
    case.revocation.members.iter().all(|one| one.status.state == Revocation::NotAsked)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Dialogue, Handshake, HandshakeOutcome};
    use crate::name::Fqdn;
    use crate::reference::ReferenceIdentifier;
    use crate::rules::Status as Found;
    use crate::x509::issue::{Authority, NAME, NOW};
    use crate::x509::path::validate;
    use crate::x509::revocation::{Outcome, Source, Status};

    const CRL: &str = "http://crl.example/1";
    const OCSP: &str = "http://ocsp.example";

    /// The finding about a path whose members have these states.
    fn finding(members: Vec<(usize, Status)>) -> Finding {
        let subject = |member: usize| ["CN=c12.webex.com", "CN=Sub"][member].to_owned();
        let members = members
            .into_iter()
            .map(|(member, status)| MemberStatus { member, subject: subject(member), status })
            .collect();
        not_revoked(&Case {
            reference: &ReferenceIdentifier::asked_for(Fqdn::parse(NAME).unwrap()),
            dialogue: &Dialogue::Tls,
            handshake: &Handshake::without_chain(HandshakeOutcome::Completed),
            chain: Ok(&[]),
            path: &validate(&[], &Authority::root("Root").anchors(), NOW),
            revocation: &Outcome { members },
        })
    }

    fn status(state: Revocation, source: Option<Source>, note: Option<&str>) -> Status {
        Status { source, note: note.map(str::to_owned), ..Status::bare(state) }
    }

    #[test]
    fn the_worst_member_is_named_and_so_is_the_source() {
        let good = || status(Revocation::Good, Some(Source::Stapled), None);
        let crl = || Some(Source::Crl(CRL.to_owned()));
        let ocsp = || Some(Source::Ocsp(OCSP.to_owned()));
        let revoked =
            || Revocation::Revoked { since: Some(0), reason: Some("keyCompromise".to_owned()) };
        for (members, expected, detail) in [
            (vec![], Found::Undetermined, "revocation was not asked"),
            (vec![(0, good()), (1, good())], Found::Holds, "no certificate of the path is revoked"),
            (
                vec![(0, good()), (1, status(revoked(), crl(), None))],
                Found::Broken,
                "the intermediate `CN=Sub` was revoked on 1970-01-01 00:00:00 UTC \
                 (keyCompromise), says the CRL of `http://crl.example/1`",
            ),
            (
                vec![(0, status(revoked(), Some(Source::Stapled), None)), (1, good())],
                Found::Broken,
                "the certificate `CN=c12.webex.com` was revoked on 1970-01-01 00:00:00 UTC \
                 (keyCompromise), says the stapled OCSP response",
            ),
            (
                vec![(
                    0,
                    status(
                        Revocation::Revoked { since: None, reason: None },
                        Some(Source::File("a.crl".to_owned())),
                        None,
                    ),
                )],
                Found::Broken,
                "the certificate `CN=c12.webex.com` was revoked, says the file `a.crl`",
            ),
            (
                vec![(0, status(Revocation::NotOffered, None, None))],
                Found::NotApplicable,
                "the certificate `CN=c12.webex.com` names no OCSP responder and no CRL over HTTP",
            ),
            (
                vec![(
                    0,
                    status(
                        Revocation::NotOffered,
                        None,
                        Some("it names a source over LDAP only, `ldap:///CN=x`"),
                    ),
                )],
                Found::NotApplicable,
                "the certificate `CN=c12.webex.com` names no OCSP responder and no CRL over HTTP: \
                 it names a source over LDAP only, `ldap:///CN=x`",
            ),
            (
                vec![(0, status(Revocation::NotAsked, None, None))],
                Found::Undetermined,
                "revocation was not asked",
            ),
            (
                vec![(0, good()), (1, status(Revocation::NotAsked, None, None))],
                Found::Undetermined,
                "revocation of the intermediate `CN=Sub` was not asked",
            ),
            (
                vec![(
                    0,
                    status(Revocation::Withheld("it is a private address".to_owned()), None, None),
                )],
                Found::Undetermined,
                "revocation of the certificate `CN=c12.webex.com` was not asked: it is a private \
                 address",
            ),
            (
                vec![(0, status(Revocation::Unknown, ocsp(), None))],
                Found::Undetermined,
                "the OCSP responder `http://ocsp.example` does not know the certificate \
                 `CN=c12.webex.com`",
            ),
            (
                vec![(0, status(Revocation::Unreachable("refused".to_owned()), ocsp(), None))],
                Found::Undetermined,
                "no revocation answer about the certificate `CN=c12.webex.com` could be had: \
                 refused",
            ),
            (
                vec![
                    (0, good()),
                    (1, status(Revocation::TooLate { elapsed_ms: 5_000 }, crl(), None)),
                ],
                Found::Undetermined,
                "no revocation answer about the intermediate `CN=Sub` had come from the CRL of \
                 `http://crl.example/1` after 5.000 s",
            ),
            (
                vec![(0, status(Revocation::Invalid("it is old".to_owned()), crl(), None))],
                Found::Undetermined,
                "the revocation answer about the certificate `CN=c12.webex.com` cannot be relied \
                 on: it is old",
            ),
        ] {
            let found = finding(members);
            assert_eq!((found.status, found.detail.as_str()), (expected, detail));
        }
    }
}
