//! The table of profiles, and the choice of reasons. Certificates × profiles: `certify::tests`.

use super::*;
use crate::evidence::{Dialogue, Handshake, HandshakeOutcome};
use crate::name::Fqdn;
use crate::reference::ReferenceIdentifier;
use crate::x509::certificate::Certificate;
use crate::x509::issue::{Authority, NAME, NOW};
use crate::x509::path::validate;
use crate::x509::revocation::{self, MemberStatus};

/// A verdict on a flawless certificate with one state of revocation.
fn verdict_with(profile: &Profile, revocation: &Revocation) -> Verdict {
    let root = Authority::root("Root");
    let chain = [Certificate::parse(&root.server(|_| {})).unwrap()];
    let case = Case {
        reference: &ReferenceIdentifier::asked_for(Fqdn::parse(NAME).unwrap()),
        dialogue: &Dialogue::Tls,
        handshake: &Handshake::without_chain(HandshakeOutcome::Completed),
        chain: Ok(&chain),
        path: &validate(&chain, &root.anchors(), NOW),
        revocation: &Outcome {
            members: vec![MemberStatus {
                member: 0,
                subject: chain[0].label(),
                status: revocation::Status::bare(revocation.clone()),
            }],
        },
    };
    profile.judge(&case, Occasion::Photo)
}

#[test]
fn revocation_by_profile() {
    let revoked = Revocation::Revoked { since: Some(0), reason: Some("keyCompromise".to_owned()) };
    let withheld = Revocation::Withheld("`10.0.0.1` is not a public address".to_owned());
    let late = Revocation::TooLate { elapsed_ms: 5_000 };
    let unreachable = Revocation::Unreachable("connection refused".to_owned());
    let invalid = Revocation::Invalid("the answer is three days old".to_owned());
    // In the order of PROFILES: jabber, jabber-12, strict.
    for (revocation, expected, reason) in [
        (&Revocation::NotAsked, [Trusted, Trusted, Trusted], ""),
        (&Revocation::Good, [Trusted, Trusted, Trusted], ""),
        (
            &withheld,
            [Unknown, Unknown, Unknown],
            "revocation of the certificate `CN=c12.webex.com` was not asked: `10.0.0.1` is not a \
             public address",
        ),
        (
            &revoked,
            [Refuses, Refuses, Refuses],
            "the certificate `CN=c12.webex.com` was revoked on 1970-01-01 00:00:00 UTC \
             (keyCompromise)",
        ),
        (
            &Revocation::Unknown,
            [Prompts, Trusted, Refuses],
            "the OCSP responder does not know the certificate `CN=c12.webex.com`",
        ),
        (
            &Revocation::NotOffered,
            [Prompts, Trusted, Refuses],
            "the certificate `CN=c12.webex.com` names no OCSP responder and no CRL over HTTP",
        ),
        (
            &unreachable,
            [Prompts, Trusted, Refuses],
            "no revocation answer about the certificate `CN=c12.webex.com` could be had: \
             connection refused",
        ),
        (
            &late,
            [Prompts, Trusted, Refuses],
            "no revocation answer about the certificate `CN=c12.webex.com` had come after 5.000 s",
        ),
        (
            &invalid,
            [Prompts, Trusted, Refuses],
            "the revocation answer about the certificate `CN=c12.webex.com` cannot be relied on: \
             the answer is three days old",
        ),
    ] {
        for (profile, expected) in PROFILES.iter().zip(expected) {
            let verdict = verdict_with(profile, revocation);
            let row = format!("{} {}", profile.id, revocation.as_str());
            assert_eq!(verdict.kind, expected, "{row}");
            if expected == Trusted {
                assert_eq!(verdict.rule, Some("dns-id"), "{row}");
            } else {
                assert_eq!(verdict.rule, Some("not-revoked"), "{row}");
                assert!(verdict.reasons[0].ends_with(&format!(": {reason}")), "{row}");
            }
            assert_eq!(
                verdict.reasons.iter().any(|reason| reason == "revocation was not asked"),
                *revocation == Revocation::NotAsked,
                "{row}"
            );
        }
    }
}

/// Rules about the form of certificates, which no Jabber client is known to mind.
const OF_FORM: [&str; 2] = ["well-formed", "baseline-requirements"];

#[test]
fn every_profile_has_a_row_for_every_rule_it_asks() {
    for profile in &PROFILES {
        for rule in rules::ALL {
            let asked = if is_about_identity(rule.id) {
                profile.identity.contains(&rule.id) || profile.identity_of_xmpp.contains(&rule.id)
            } else if OF_FORM.contains(&rule.id) {
                profile.id == ProfileId::Strict
            } else {
                rule.id != rules::NOT_REVOKED.id
            };
            let rows = profile.rows.iter().filter(|row| row.rule == rule.id).count();
            assert_eq!(rows, usize::from(asked), "{} {}", profile.id, rule.id);
        }
        assert!(profile.rows.iter().all(|row| row.broken != Trusted), "{}", profile.id);
        assert!(profile.rows.iter().all(|row| row.undetermined != Trusted), "{}", profile.id);
    }
}

#[test]
fn profiles_are_named() {
    for (name, id) in [
        ("jabber", ProfileId::Jabber),
        ("jabber-12", ProfileId::Jabber12),
        ("strict", ProfileId::Strict),
    ] {
        assert_eq!(name.parse(), Ok(id));
        assert_eq!(id.to_string(), name);
        assert_eq!(id.profile().id, id);
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{name}\""));
    }
    assert_eq!(ProfileId::default().as_str(), "jabber");
    for name in ["", "Jabber", "jabber12", "webex"] {
        let error = name.parse::<ProfileId>().unwrap_err().to_string();
        assert_eq!(
            error,
            format!(
                "`{name}` is not a client profile; the profiles are `jabber`, `jabber-12`, `strict`"
            )
        );
    }
}

#[test]
fn kinds_are_ranked_from_harmless_to_worst() {
    assert!(Trusted < Unknown && Unknown < Prompts && Prompts < Refuses);
    for (kind, word) in
        [(Trusted, "trusted"), (Unknown, "unknown"), (Prompts, "prompts"), (Refuses, "refuses")]
    {
        assert_eq!(kind.to_string(), word);
    }
}

#[test]
fn nothing_to_judge_is_unknown() {
    let verdict =
        ProfileId::Jabber.profile().nothing_to_judge("no address is known", Occasion::Photo);
    assert_eq!(verdict.kind, Unknown);
    assert_eq!(verdict.reasons, ["what Jabber would do is not known: no address is known"]);
    assert_eq!(verdict.rule, None);
}
