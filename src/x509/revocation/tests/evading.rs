//! Chains that are presented so that nobody asks about what was revoked.

use super::*;

/// A certificate with the name and key of a CA that nobody issued to it.
fn likeness(of: &Authority) -> Certificate {
    parse(&Authority::root("Nobody").cross(of, "Sub"))
}

/// What is known when exactly what is asked about a chain gets these answers.
fn known(chain: &[Certificate], anchors: &TrustAnchors, answers: &[(&str, Vec<u8>)]) -> Outcome {
    let mut fetched = BTreeMap::new();
    for question in questions(chain, anchors) {
        if let Some((_, body)) = answers.iter().find(|(url, _)| *url == question.url) {
            let outcome = FetchOutcome::Body(body.clone());
            fetched.insert(question, Fetched { outcome, elapsed_ms: 1 });
        }
    }
    let path = validate(chain, anchors, NOW);
    assert!(path.is_valid(), "{:?}", path.problems);
    let answers = Answers { staple: None, were_asked: true, fetched: &fetched, files: &[] };
    evaluate(chain, &path, anchors, answers, NOW)
}

#[test]
fn a_likeness_of_the_issuer_does_not_hide_that_it_was_revoked() {
    let world = World::new();
    let (server, sub) = (world.server().clone(), parse(&world.sub.der));
    let revoked = list(&world.root, |list| {
        list.entries.push(Entry::about(&world.sub.der, NOW - DAY, Some(1)).unwrap());
    });
    let good = world.ocsp(|_| {});
    let nobody_revoked = list(&world.sub, |_| {});
    let answers = [(OCSP, good), (SERVER_CRL, nobody_revoked), (CRL, revoked)];
    for (what, chain) in [
        ("alone", vec![server.clone(), sub.clone()]),
        ("behind it", vec![server.clone(), sub.clone(), likeness(&world.sub)]),
        ("before it", vec![server.clone(), likeness(&world.sub), sub.clone()]),
    ] {
        let outcome = known(&chain, &world.anchors, &answers);
        assert_eq!(outcome.state().as_str(), "revoked", "{what}: {outcome:?}");
    }
}

#[test]
fn a_ca_that_changed_the_kind_of_its_key_is_no_root() {
    let old = Authority::root("Root");
    let new = old.rollover("Root", &rcgen::PKCS_ED25519);
    let server = new.server(|params| params.crl_distribution_points = Vec::new());
    let chain = vec![parse(&server), parse(&new.der)];
    let revoked = list(&old, |list| {
        list.entries.push(Entry::about(&new.der, NOW - DAY, Some(1)).unwrap());
    });
    let outcome = known(&chain, &old.anchors(), &[(CRL, revoked)]);
    assert_eq!(outcome.state().as_str(), "revoked", "{outcome:?}");
}

#[test]
fn what_was_crowded_out_is_no_good_news() {
    let world = World::new();
    // As many likenesses as are followed, before the issuer itself.
    let mut chain = vec![world.server().clone()];
    chain.extend((0..20).map(|_| likeness(&world.sub)));
    chain.push(parse(&world.sub.der));
    let answers = [(OCSP, world.ocsp(|_| {}))];
    let outcome = known(&chain, &world.anchors, &answers);
    let state = outcome.state();
    assert!(matches!(state, Revocation::Withheld(_)), "{state:?}");
}

/// 160 CAs, each to be found behind those that issued nothing to it, would cost 12,000 signatures.
#[test]
fn no_more_than_a_few_are_followed() {
    let mut chain = Vec::new();
    let mut authority = Authority::root("A");
    for at in 0..160 {
        chain.insert(0, parse(&authority.der));
        authority = authority.intermediate(if at % 2 == 0 { "B" } else { "A" });
    }
    let nobody = TrustAnchors::default();
    let path = validate(&chain, &nobody, NOW);
    assert_eq!(path.members.len(), 160);
    let fetched = BTreeMap::new();
    let answers = Answers { staple: None, were_asked: true, fetched: &fetched, files: &[] };
    let outcome = evaluate(&chain, &path, &nobody, answers, NOW);
    assert!(outcome.members.len() <= 16, "{}", outcome.members.len());
}
