//! Tables of evidence and what is decided of it.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::*;
use crate::comparison::{Compared, Outcome};
use crate::evidence::{Absence, Family, HandshakeOutcome, PhotoAnswer, Target};

const POLICY: Policy =
    Policy { untrusted: OnUntrusted::Hold, ambiguity: OnAmbiguity::Hold, reach: Reach::Network };

fn name(text: &str) -> Fqdn {
    Fqdn::parse(text).unwrap()
}

fn address() -> IpAddr {
    "203.0.113.7".parse().unwrap()
}

fn endpoint(scheme: Scheme) -> Endpoint {
    Endpoint { host: OldHost::Address(address()), port: scheme.default_port(), scheme }
}

fn scope() -> Scope {
    Scope { domains: vec![name("webex.com")], ..Scope::default() }
}

/// Evidence in which the address has these PTR names, and names have these forward answers.
fn evidence(pointers: Answer<Vec<&str>>, forward: &[(&str, Answer<Vec<&str>>)]) -> Evidence {
    let owned = |answer: &Answer<Vec<&str>>| match answer {
        Answer::Found(names) => {
            Answer::Found(names.iter().map(|name| (*name).to_owned()).collect())
        }
        Answer::Absent(absence) => Answer::Absent(*absence),
        Answer::CouldNotAsk(why) => Answer::CouldNotAsk(why.clone()),
        Answer::NotAsked(why) => Answer::NotAsked(why.clone()),
    };
    let mut evidence = Evidence::default();
    evidence.pointers.insert(address(), owned(&pointers));
    for (host, answer) in forward {
        let answer = match owned(answer) {
            Answer::Found(found) => {
                Answer::Found(found.iter().map(|text: &String| text.parse().unwrap()).collect())
            }
            Answer::Absent(absence) => Answer::Absent(absence),
            Answer::CouldNotAsk(why) => Answer::CouldNotAsk(why),
            Answer::NotAsked(why) => Answer::NotAsked(why),
        };
        evidence.learn_addresses(name(host), Family::V4, answer);
    }
    evidence
}

fn here() -> Answer<Vec<&'static str>> {
    Answer::Found(vec!["203.0.113.7"])
}

/// Nobody compared photos.
fn no_photos(_: &ReferenceIdentifier) -> Option<Comparison> {
    None
}

/// Photo URLs with these outcomes; a placeholder is one that nobody had before.
fn comparison(outcomes: &[Outcome]) -> Comparison {
    let lost = [Outcome::Different, Outcome::Gone, Outcome::Html, Outcome::Placeholder];
    let url = |(at, outcome): (usize, &Outcome)| Compared {
        target: format!("/{at}"),
        outcome: *outcome,
        is_lost: lost.contains(outcome),
        old: PhotoAnswer::NotAsked(String::new()),
        new: PhotoAnswer::NotAsked(String::new()),
    };
    Comparison { urls: outcomes.iter().enumerate().map(url).collect() }
}

/// `rewrite NAME (reason)`, `hold (reason)` or `unresolved (reason)`.
fn outcome(
    scope: &Scope,
    evidence: &Evidence,
    policy: Policy,
    verdicts: &[(&str, VerdictKind)],
) -> String {
    outcome_with_photos(scope, evidence, policy, verdicts, &[])
}

/// The same, with what is known of the photos of names.
fn outcome_with_photos(
    scope: &Scope,
    evidence: &Evidence,
    policy: Policy,
    verdicts: &[(&str, VerdictKind)],
    photos: &[(&str, &[Outcome])],
) -> String {
    let mut certified = |name: &ReferenceIdentifier, port| {
        assert_eq!(port, 443);
        if policy.reach == Reach::Offline {
            return Certified::NotAsked;
        }
        let found = verdicts.iter().find(|(host, _)| *host == name.name().as_str());
        let kind = found.map_or(VerdictKind::Trusted, |(_, kind)| *kind);
        Certified::Judged(kind, "why".into(), Subject::Certificate)
    };
    let compared = |name: &ReferenceIdentifier| {
        let found = photos.iter().find(|(host, _)| *host == name.name().as_str());
        found.map(|(_, outcomes)| comparison(outcomes))
    };
    let https = endpoint(Scheme::Https);
    let decided = decide(&https, scope, evidence, policy, &mut certified, &compared);
    let reason = decided.decision.reason();
    assert_eq!(reason.hint.is_none(), matches!(decided.decision, Decision::Rewrite(..)));
    match &decided.decision {
        Decision::Rewrite(to, _) => format!("rewrite {} ({})", to.name(), reason.id),
        other => format!("{} ({})", other.as_str(), reason.id),
    }
}

#[test]
fn every_reason_has_its_own_word() {
    let nothing = Answer::Absent(Absence::NxDomain);
    let dead = Answer::CouldNotAsk("no answer within 5 s".to_owned());
    for (pointers, forward, expected) in [
        (
            Answer::Found(vec!["c.webex.com"]),
            vec![("c.webex.com", here())],
            "rewrite c.webex.com (trusted)",
        ),
        (
            Answer::Found(vec!["C.WebEx.com."]),
            vec![("c.webex.com", here())],
            "rewrite c.webex.com (trusted)",
        ),
        (
            Answer::Found(vec!["c.webex.com"]),
            vec![("c.webex.com", Answer::Found(vec!["203.0.113.8"]))],
            "unresolved (contradicted)",
        ),
        (
            Answer::Found(vec!["c.webex.com"]),
            vec![("c.webex.com", nothing.clone())],
            "unresolved (absent)",
        ),
        (
            Answer::Found(vec!["c.webex.com"]),
            vec![("c.webex.com", dead.clone())],
            "unresolved (could-not-ask)",
        ),
        (
            Answer::Found(vec!["webex.com.evil.example"]),
            vec![("webex.com.evil.example", here())],
            "unresolved (outside-domains)",
        ),
        (
            Answer::Found(vec!["notwebex.com"]),
            vec![("notwebex.com", here())],
            "unresolved (outside-domains)",
        ),
        (nothing, vec![], "unresolved (no-candidate)"),
        (Answer::Found(vec!["not a name"]), vec![], "unresolved (no-candidate)"),
        (dead, vec![], "unresolved (could-not-ask)"),
        (
            Answer::Found(vec!["a.webex.com", "b.webex.com"]),
            vec![("a.webex.com", here()), ("b.webex.com", here())],
            "hold (ambiguous)",
        ),
        (
            Answer::Found(vec!["a.webex.com", "b.webex.com"]),
            vec![("a.webex.com", here()), ("b.webex.com", Answer::Found(vec!["203.0.113.8"]))],
            "rewrite a.webex.com (trusted)",
        ),
        // A stranger's name beside the right one does not stand in its way.
        (
            Answer::Found(vec!["a.webex.com", "evil.example"]),
            vec![("a.webex.com", here()), ("evil.example", here())],
            "rewrite a.webex.com (trusted)",
        ),
    ] {
        let evidence = evidence(pointers.clone(), &forward);
        assert_eq!(outcome(&scope(), &evidence, POLICY, &[]), expected, "{pointers:?}");
    }
}

#[test]
fn certificates_stand_in_the_way_or_are_flagged() {
    let evidence = evidence(Answer::Found(vec!["c.webex.com"]), &[("c.webex.com", here())]);
    let flag = Policy { untrusted: OnUntrusted::Flag, ..POLICY };
    for (kind, required, flagged) in [
        (VerdictKind::Trusted, "rewrite c.webex.com (trusted)", "rewrite c.webex.com (trusted)"),
        (VerdictKind::Prompts, "hold (certificate-prompts)", "rewrite c.webex.com (flagged)"),
        (VerdictKind::Refuses, "hold (certificate-refuses)", "rewrite c.webex.com (flagged)"),
        (VerdictKind::Unknown, "hold (certificate-unknown)", "rewrite c.webex.com (flagged)"),
    ] {
        let verdicts = [("c.webex.com", kind)];
        assert_eq!(outcome(&scope(), &evidence, POLICY, &verdicts), required, "{kind:?}");
        assert_eq!(outcome(&scope(), &evidence, flag, &verdicts), flagged, "{kind:?}");
    }
}

#[test]
fn the_hint_says_where_to_mend() {
    let evidence = evidence(Answer::Found(vec!["c.webex.com"]), &[("c.webex.com", here())]);
    let (prompts, unknown) = (VerdictKind::Prompts, VerdictKind::Unknown);
    for (kind, subject, words) in [
        (prompts, Subject::Certificate, "have the certificate of `c.webex.com` mended"),
        (unknown, Subject::Certificate, "see that `c.webex.com` can be reached from here"),
        (prompts, Subject::RevocationAnswer, "see that the revocation servers"),
        (unknown, Subject::RevocationAnswer, "see that the revocation servers"),
    ] {
        let certified = Certified::Judged(kind, "why".into(), subject);
        let endpoint = endpoint(Scheme::Https);
        let decided = decide(
            &endpoint,
            &scope(),
            &evidence,
            POLICY,
            &mut |_, _| certified.clone(),
            &no_photos,
        );
        let hint = decided.decision.reason().hint.clone().unwrap();
        assert!(hint.starts_with(words), "{kind:?} {subject:?}: {hint}");
    }
}

#[test]
fn stronger_sources_win_and_a_bad_certificate_makes_room_for_the_next() {
    let mut evidence = evidence(
        Answer::Found(vec!["ptr.webex.com"]),
        &[("ptr.webex.com", here()), ("cert.webex.com", here()), ("row.webex.com", here())],
    );
    let mut handshake = crate::evidence::Handshake::without_chain(HandshakeOutcome::Completed);
    handshake.dns_names = vec!["cert.webex.com".to_owned(), "*.webex.com".to_owned()];
    let target = Target::nameless(address(), 443);
    evidence.handshakes.insert(target, handshake);
    let scope = Scope { corpus: BTreeMap::from([(name("row.webex.com"), 5)]), ..scope() };
    let bad = |host| (host, VerdictKind::Prompts);
    for (verdicts, expected) in [
        (vec![], "rewrite cert.webex.com (trusted)"),
        (vec![bad("cert.webex.com")], "rewrite ptr.webex.com (trusted)"),
        (vec![bad("cert.webex.com"), bad("ptr.webex.com")], "rewrite row.webex.com (trusted)"),
    ] {
        assert_eq!(outcome(&scope, &evidence, POLICY, &verdicts), expected, "{verdicts:?}");
    }
}

#[test]
fn the_administrators_word_needs_no_confirmation_and_keeps_to_the_domains() {
    let away = Answer::Found(vec!["203.0.113.8"]);
    let evidence = evidence(
        Answer::Found(vec!["ptr.webex.com"]),
        &[("ptr.webex.com", here()), ("map.webex.com", away.clone()), ("any.webex.com", away)],
    );
    let mapped = |line: &str| Scope {
        map: crate::reference::HostMap::parse(line.as_bytes()).unwrap(),
        ..scope()
    };
    let offline = Policy { reach: Reach::Offline, ..POLICY };
    let good = mapped("203.0.113.0/24,map.webex.com");
    let bad = [("map.webex.com", VerdictKind::Prompts)];
    assert_eq!(outcome(&good, &evidence, POLICY, &[]), "rewrite map.webex.com (trusted)");
    // The map speaks about this address: nothing weaker replaces what it says.
    assert_eq!(outcome(&good, &evidence, POLICY, &bad), "hold (certificate-prompts)");
    let evil = mapped("203.0.113.7,map.evil.example");
    assert_eq!(outcome(&evil, &evidence, POLICY, &[]), "unresolved (outside-domains)");
    assert_eq!(outcome(&evil, &Evidence::default(), offline, &[]), "unresolved (outside-domains)");
    let nothing = Evidence::default();
    assert_eq!(outcome(&good, &nothing, offline, &[]), "rewrite map.webex.com (stated-offline)");
    assert_eq!(outcome(&scope(), &nothing, offline, &[]), "unresolved (offline)");

    let default = Scope { default_host: Some(name("any.webex.com")), ..scope() };
    assert_eq!(outcome(&default, &evidence, POLICY, &[]), "rewrite ptr.webex.com (trusted)");
    let bad = [("ptr.webex.com", VerdictKind::Refuses)];
    assert_eq!(outcome(&default, &evidence, POLICY, &bad), "rewrite any.webex.com (trusted)");
    assert_eq!(outcome(&default, &nothing, offline, &[]), "rewrite any.webex.com (stated-offline)");
}

#[test]
fn picking_goes_by_rows_then_length_then_alphabet() {
    let names = ["zz.webex.com", "b.webex.com", "a.webex.com"];
    let forward = names.map(|name| (name, here()));
    let evidence = evidence(Answer::Found(names.to_vec()), &forward);
    let pick = Policy { ambiguity: OnAmbiguity::Pick, ..POLICY };
    let plain = scope();
    // A corpus name is a PTR name too here: its rank is the PTR's.
    let rows = Scope { corpus: BTreeMap::from([(name("zz.webex.com"), 2)]), ..scope() };
    assert_eq!(outcome(&plain, &evidence, POLICY, &[]), "hold (ambiguous)");
    assert_eq!(outcome(&plain, &evidence, pick, &[]), "rewrite a.webex.com (trusted)");
    assert_eq!(outcome(&rows, &evidence, pick, &[]), "rewrite zz.webex.com (trusted)");
}

#[test]
fn plain_http_needs_the_name_and_no_certificate() {
    let evidence = evidence(Answer::Found(vec!["c.webex.com"]), &[("c.webex.com", here())]);
    let mut asked = |_: &ReferenceIdentifier, _| panic!("there is no certificate to ask about");
    let endpoint = endpoint(Scheme::Http);
    let decided = decide(&endpoint, &scope(), &evidence, POLICY, &mut asked, &no_photos);
    assert_eq!(decided.decision.reason().id, "plain-http");
}

#[test]
fn many_names_of_equal_rank_are_counted() {
    let names: Vec<String> = (0..10).map(|at| format!("c{at}.webex.com")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let forward: Vec<_> = names.iter().map(|name| (*name, here())).collect();
    let evidence = evidence(Answer::Found(names.clone()), &forward);
    let mut trusted = |_: &ReferenceIdentifier, _| {
        Certified::Judged(VerdictKind::Trusted, "why".into(), Subject::Certificate)
    };
    let endpoint = endpoint(Scheme::Https);
    let decided = decide(&endpoint, &scope(), &evidence, POLICY, &mut trusted, &no_photos);
    let reason = decided.decision.reason();
    assert_eq!(reason.id, "ambiguous", "{reason:?}");
    assert!(reason.explanation.starts_with("`c0.webex.com` and `c1.webex.com` and"), "{reason:?}");
    let end = "`c7.webex.com` and 2 more are equally good by ptr";
    assert!(reason.explanation.ends_with(end), "{reason:?}");
}

#[test]
fn what_is_said_names_names_and_addresses() {
    let evidence = evidence(
        Answer::Found(vec!["c.webex.com"]),
        &[("c.webex.com", Answer::Found(vec!["203.0.113.8", "203.0.113.9"]))],
    );
    let mut asked = |_: &ReferenceIdentifier, _| {
        panic!("the certificate of a name that lives elsewhere is nobody's business")
    };
    let endpoint = endpoint(Scheme::Https);
    let decided = decide(&endpoint, &scope(), &evidence, POLICY, &mut asked, &no_photos);
    let reason = decided.decision.reason();
    assert_eq!(
        reason.explanation,
        "`c.webex.com` lives at 203.0.113.8, 203.0.113.9, not at this address"
    );
    let hint = reason.hint.as_deref().unwrap();
    assert!(hint.contains("`203.0.113.7,NAME.webex.com`"), "{hint}");
}

#[test]
fn photos_hold_break_ties_and_otherwise_keep_quiet() {
    use Outcome::{Different, Gone, Html, Missing, Placeholder, Same, Unreachable};
    let (a, b) = ("a.webex.com", "b.webex.com");
    let one = evidence(Answer::Found(vec![a]), &[(a, here())]);
    let two = evidence(Answer::Found(vec![a, b]), &[(a, here()), (b, here())]);
    let pick = Policy { ambiguity: OnAmbiguity::Pick, ..POLICY };
    let to_a = "rewrite a.webex.com (trusted)";
    let to_b = "rewrite b.webex.com (trusted)";
    for (evidence, of_a, of_b, held, picked) in [
        (&one, &[Same, Same][..], &[][..], to_a, to_a),
        (&one, &[Unreachable], &[], to_a, to_a),
        (&one, &[Missing], &[], to_a, to_a),
        (&one, &[Same, Different], &[], "hold (photo-different)", "hold (photo-different)"),
        (&one, &[Same, Placeholder], &[], "hold (photo-different)", "hold (photo-different)"),
        (&one, &[Same, Gone, Different], &[], "hold (photo-gone)", "hold (photo-gone)"),
        (&one, &[Html], &[], "hold (photo-gone)", "hold (photo-gone)"),
        (&two, &[Same], &[Same], "hold (ambiguous)", to_a),
        (&two, &[Unreachable], &[Missing], "hold (ambiguous)", to_a),
        (&two, &[Same], &[Unreachable], to_a, to_a),
        (&two, &[Unreachable], &[Same, Missing], to_b, to_b),
        (&two, &[Different], &[Same], to_b, to_b),
        (&two, &[Different], &[Unreachable], "hold (ambiguous)", to_b),
        (&two, &[Same, Different], &[Gone], "hold (photo-different)", "hold (photo-different)"),
    ] {
        let photos = [(a, of_a), (b, of_b)];
        for (policy, expected) in [(POLICY, held), (pick, picked)] {
            let found = outcome_with_photos(&scope(), evidence, policy, &[], &photos);
            assert_eq!(found, expected, "{of_a:?} {of_b:?} {:?}", policy.ambiguity);
        }
    }
}
