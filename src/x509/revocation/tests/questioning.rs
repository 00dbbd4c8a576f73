//! What is asked.

use super::*;

fn asked(chain: &[Certificate], anchors: &TrustAnchors) -> Vec<(Purpose, String)> {
    questions(chain, anchors).into_iter().map(|fetch| (fetch.purpose, fetch.url)).collect()
}

fn about_server(crl: &str) -> Vec<(Purpose, String)> {
    vec![(Purpose::Ocsp, OCSP.to_owned()), (Purpose::Crl, crl.to_owned())]
}

#[test]
fn every_member_below_the_anchor_is_asked_about_once() {
    let world = World::new();
    let (server, sub) = (world.chain[0].clone(), world.chain[1].clone());
    let root = parse(&world.root.der);
    let namesake = parse(&Authority::root("Root").intermediate("Sub").der);
    let nobody = TrustAnchors::default();
    let all = [about_server(SERVER_CRL), vec![(Purpose::Crl, CRL.to_owned())]].concat();
    let missing = vec![(Purpose::CaIssuers, CA.to_owned())];
    for (what, chain, anchors, expected) in [
        ("nothing", vec![], &world.anchors, vec![]),
        ("in order", vec![server.clone(), sub.clone()], &world.anchors, all.clone()),
        (
            "out of order, with the root and twice",
            vec![server.clone(), root.clone(), sub.clone(), sub.clone()],
            &world.anchors,
            all.clone(),
        ),
        (
            "behind one of the same name",
            vec![server.clone(), namesake.clone(), sub.clone()],
            &world.anchors,
            all.clone(),
        ),
        (
            "a root that nobody trusts",
            vec![server.clone(), sub.clone(), root.clone()],
            &nobody,
            all.clone(),
        ),
        ("no root", vec![server.clone(), sub.clone()], &nobody, about_server(SERVER_CRL)),
        ("no intermediate", vec![server.clone()], &world.anchors, missing.clone()),
        ("the wrong one", vec![server.clone(), namesake], &world.anchors, missing),
        ("the anchor itself", vec![root.clone()], &world.anchors, vec![]),
        ("another root", vec![root], &nobody, vec![]),
    ] {
        assert_eq!(asked(&chain, anchors), expected, "{what}");
    }
    let trusted = issue::anchors(&[(&world.sub.der, "test")]);
    assert_eq!(asked(&[server, sub], &trusted), about_server(SERVER_CRL), "the issuer is trusted");
}

#[test]
fn the_issuer_is_the_one_whose_key_verifies() {
    let world = World::new();
    let namesakes: Vec<Authority> = (0..3).map(|_| Authority::root("Root")).collect();
    let roots: Vec<(&[u8], &str)> =
        namesakes.iter().chain([&world.root]).map(|root| (root.der.as_slice(), "test")).collect();
    let anchors = issue::anchors(&roots);
    let direct = [parse(&world.root.server(|params| {
        params.custom_extensions = vec![issue::access(&[(1, OCSP)])];
    }))];
    let asked = &questions(&direct, &anchors)[0];
    let expected = CertId::of(Hash::Sha1, &world.root.der, &direct[0].der).unwrap();
    assert_eq!(responder::Request::parse(&asked.body).unwrap().ids, [expected]);
}

#[test]
fn only_http_is_asked_and_plain_http_first() {
    let world = World::naming(
        &["ldap://ldap.example/o", "HTTPS://ocsp.example/s", "HTTP://ocsp.example/"],
        &["ldap:///CN=Sub", "file:///etc/crl", "https://crl.example/s", "http://crl.example/p"],
    );
    assert_eq!(
        asked(&world.chain[..], &world.anchors)[..4],
        [
            (Purpose::Ocsp, "HTTP://ocsp.example/".to_owned()),
            (Purpose::Ocsp, "HTTPS://ocsp.example/s".to_owned()),
            (Purpose::Crl, "http://crl.example/p".to_owned()),
            (Purpose::Crl, "https://crl.example/s".to_owned()),
        ]
    );
}

#[test]
fn a_question_is_what_the_protocol_wants() {
    let world = World::new();
    let questions = questions(&world.chain, &world.anchors);
    let id = CertId::of(Hash::Sha1, &world.sub.der, &world.server().der).unwrap();
    let request = responder::Request::parse(&questions[0].body).unwrap();
    assert_eq!((request.ids, request.nonce), (vec![id], None));
    assert!(questions[1..].iter().all(|question| question.body.is_empty()));
}

#[test]
fn a_hostile_chain_causes_few_questions() {
    let urls: Vec<String> = (0..50).map(|n| format!("http://ocsp.example/{n}")).collect();
    let urls: Vec<&str> = urls.iter().map(String::as_str).collect();
    let many = World::naming(&urls, &urls);
    assert_eq!(questions(&many.chain, &many.anchors).len(), 4 + 4 + 1);

    let mut authority = Authority::root("Root 0");
    let anchors = authority.anchors();
    let mut chain = Vec::new();
    for n in 1..=30 {
        authority = authority.intermediate_with(&format!("Sub {n}"), |params| {
            params.crl_distribution_points = issue::points(&[&format!("http://crl.example/{n}")]);
        });
        chain.push(parse(&authority.der));
    }
    chain.push(parse(&authority.server(|_| {})));
    chain.reverse();
    assert_eq!(questions(&chain, &anchors).len(), 16);
}
