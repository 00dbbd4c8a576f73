//! Chains of every shape against the path validator.

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, GeneralSubtree,
    IsCa, KeyUsagePurpose, NameConstraints,
};

use super::*;
use crate::x509::issue::{self, Authority, NAME, NOT_AFTER, NOT_BEFORE, NOW};

fn parse(ders: &[&[u8]]) -> Vec<Certificate> {
    ders.iter().map(|der| Certificate::parse(der).unwrap()).collect()
}

fn outcome(ders: &[&[u8]], anchors: &TrustAnchors) -> PathOutcome {
    validate(&parse(ders), anchors, NOW)
}

fn words(outcome: &PathOutcome) -> Vec<String> {
    outcome.problems.iter().map(ToString::to_string).collect()
}

fn subject(name: &str) -> String {
    format!("CN={name}")
}

#[test]
fn valid_paths_in_any_order() {
    let root = Authority::root("Root");
    let upper = root.intermediate("Upper");
    let lower = upper.intermediate("Lower");
    let stranger = Authority::root("Stranger").intermediate("Strange");
    let (direct, server) = (root.server(|_| {}), lower.server(|_| {}));
    let anchors = root.anchors();
    for (what, chain, intermediates) in [
        ("issued by the root", vec![&direct], vec![]),
        ("in order", vec![&server, &lower.der, &upper.der], vec![1, 2]),
        ("out of order", vec![&server, &upper.der, &lower.der], vec![2, 1]),
        ("with the root", vec![&server, &lower.der, &upper.der, &root.der], vec![1, 2]),
        ("with a stranger", vec![&server, &stranger.der, &lower.der, &upper.der], vec![2, 3]),
        ("twice", vec![&server, &lower.der, &lower.der, &upper.der], vec![1, 3]),
    ] {
        let chain: Vec<&[u8]> = chain.into_iter().map(Vec::as_slice).collect();
        let found = outcome(&chain, &anchors);
        assert!(found.is_valid(), "{what}: {:?}", words(&found));
        let path = found.path.unwrap();
        assert_eq!(path.intermediates, intermediates, "{what}");
        assert_eq!((path.anchor_subject.as_str(), path.anchor_label.as_str()), ("CN=Root", "test"));
        assert_eq!(path.anchor_not_after, Some(NOT_AFTER));
    }
}

#[test]
fn every_key_and_signature_that_tls_knows_is_verified() {
    for algorithm in [
        &rcgen::PKCS_ECDSA_P256_SHA256,
        &rcgen::PKCS_ECDSA_P384_SHA384,
        &rcgen::PKCS_ECDSA_P521_SHA512,
        &rcgen::PKCS_ED25519,
        &rcgen::PKCS_RSA_SHA384,
    ] {
        let root = Authority::root("Root");
        let server = root.server_with_key(&issue::key(algorithm), |_| {});
        assert!(outcome(&[&server], &root.anchors()).is_valid(), "{algorithm:?}");
    }
    assert!(outcome(&[issue::RSA_1024], &issue::anchors(&[(issue::OLD_ROOT, "old")])).is_valid());
}

#[test]
fn no_anchor_is_reached_for_a_stated_reason() {
    let root = Authority::root("Root");
    let intermediate = root.intermediate("Sub");
    let server = intermediate.server(|_| {});
    let fetchable =
        intermediate.server(|p| p.custom_extensions = vec![issue::access(&[(2, "http://ca/1")])]);
    let own = issue::self_signed(|_| {});
    let own_ca = issue::self_signed(|p| p.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    let other = Authority::root("Other").anchors();
    let missing = |fetch_from: Option<&str>| UnknownIssuer::Missing {
        subject: subject(NAME),
        issuer: subject("Sub"),
        fetch_from: fetch_from.map(str::to_owned),
    };
    for (what, chain, anchors, expected) in [
        ("self-signed", vec![&own], &other, UnknownIssuer::SelfSigned { subject: subject(NAME) }),
        ("own CA", vec![&own_ca], &other, UnknownIssuer::SelfSigned { subject: subject(NAME) }),
        ("no intermediate", vec![&server], &root.anchors(), missing(None)),
        ("fetchable", vec![&fetchable], &root.anchors(), missing(Some("http://ca/1"))),
        ("the root instead", vec![&server, &root.der], &root.anchors(), missing(None)),
        (
            "private root",
            vec![&server, &intermediate.der, &root.der],
            &other,
            UnknownIssuer::PrivateRoot { root: subject("Root") },
        ),
        (
            "private root not sent",
            vec![&server, &intermediate.der],
            &other,
            UnknownIssuer::Missing {
                subject: subject("Sub"),
                issuer: subject("Root"),
                fetch_from: None,
            },
        ),
        (
            "nothing trusted",
            vec![&server, &intermediate.der, &root.der],
            &TrustAnchors::default(),
            UnknownIssuer::PrivateRoot { root: subject("Root") },
        ),
    ] {
        let chain: Vec<&[u8]> = chain.into_iter().map(Vec::as_slice).collect();
        let found = outcome(&chain, anchors);
        assert_eq!(found.path, None, "{what}");
        assert_eq!(found.problems, [Problem::UnknownIssuer(expected)], "{what}");
    }
}

#[test]
fn expired_and_untrusted_are_two_findings() {
    let past = |params: &mut CertificateParams| issue::set_validity(params, 1_000, NOW - 1);
    let future = |params: &mut CertificateParams| issue::set_validity(params, NOW + 1, NOT_AFTER);
    let expired = |name: &str, member| Problem::Expired {
        subject: subject(name),
        member,
        not_after: NOW - 1,
    };
    let early = |name: &str, member| Problem::NotYetValid {
        subject: subject(name),
        member,
        not_before: NOW + 1,
    };
    let root = Authority::root_with("Root", |p| issue::set_validity(p, 0, NOT_AFTER));
    let sub = root.intermediate("Sub");
    let old_sub = root.intermediate_with("Sub", past);
    let new_sub = root.intermediate_with("Sub", future);
    let old_root = Authority::root_with("Old Root", past);
    let (anchors, other) = (root.anchors(), Authority::root("Other").anchors());
    let untrusted = Problem::UnknownIssuer(UnknownIssuer::PrivateRoot { root: subject("Root") });
    let end = Member::EndEntity;
    for (what, chain, anchors, trusted, expected) in [
        ("expired", vec![root.server(past)], &anchors, true, vec![expired(NAME, end)]),
        ("early", vec![root.server(future)], &anchors, true, vec![early(NAME, end)]),
        (
            "expired intermediate",
            vec![old_sub.server(|_| {}), old_sub.der.clone()],
            &anchors,
            true,
            vec![expired("Sub", Member::Intermediate(1))],
        ),
        (
            "early intermediate",
            vec![new_sub.server(|_| {}), new_sub.der.clone()],
            &anchors,
            true,
            vec![early("Sub", Member::Intermediate(1))],
        ),
        (
            "both expired",
            vec![old_sub.server(past), old_sub.der.clone()],
            &anchors,
            true,
            vec![expired(NAME, end), expired("Sub", Member::Intermediate(1))],
        ),
        (
            "expired and untrusted",
            vec![sub.server(past), sub.der.clone(), root.der.clone()],
            &other,
            false,
            vec![untrusted.clone(), expired(NAME, end)],
        ),
        (
            "expired and self-signed",
            vec![issue::self_signed(past)],
            &other,
            false,
            vec![
                Problem::UnknownIssuer(UnknownIssuer::SelfSigned { subject: subject(NAME) }),
                expired(NAME, end),
            ],
        ),
        (
            "expired trust anchor",
            vec![old_root.server(|_| {})],
            &old_root.anchors(),
            true,
            vec![expired("Old Root", Member::Anchor)],
        ),
        (
            "never valid together",
            vec![
                Authority::server(&old_sub, |p| issue::set_validity(p, NOW - 10, NOT_AFTER)),
                old_sub.der.clone(),
            ],
            &anchors,
            true,
            vec![expired("Sub", Member::Intermediate(1))],
        ),
    ] {
        let chain: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
        let found = outcome(&chain, anchors);
        assert_eq!(found.problems, expected, "{what}");
        assert_eq!(found.path.is_some(), trusted, "{what}");
        assert!(!found.is_valid(), "{what}");
    }
}

#[test]
fn the_edges_of_validity_are_valid() {
    let root = Authority::root_with("Root", |p| issue::set_validity(p, 0, NOT_AFTER + 10));
    let chain = parse(&[&root.server(|_| {})]);
    for (at, valid) in [
        (NOT_BEFORE - 1, false),
        (NOT_BEFORE, true),
        (NOT_AFTER, true),
        (NOT_AFTER + 1, false),
        (-1, false),
        (i64::MAX, false),
    ] {
        assert_eq!(validate(&chain, &root.anchors(), at).is_valid(), valid, "{at}");
    }
}

#[test]
fn certificates_that_never_were_valid_together_are_not_called_untrusted() {
    let root = Authority::root_with("Root", |p| issue::set_validity(p, 0, NOT_AFTER));
    let sub = root.intermediate_with("Sub", |p| issue::set_validity(p, 1_000, 2_000));
    let server = sub.server(|p| issue::set_validity(p, 3_000, 4_000));
    let found = outcome(&[&server, &sub.der], &root.anchors());
    assert!(found.path.is_some());
    assert_eq!(
        words(&found),
        [
            "the certificate `CN=c12.webex.com` expired on 1970-01-01 01:06:40 UTC",
            "the intermediate `CN=Sub` expired on 1970-01-01 00:33:20 UTC",
        ]
    );
}

#[test]
fn a_better_path_is_preferred() {
    // Two CA certificates of one key: the path must not stop at the one that is flawed.
    let (old, new) = (
        Authority::root_with("Old", |p| issue::set_validity(p, 0, NOW - 1)),
        Authority::root("New"),
    );
    let key = issue::key(&rcgen::PKCS_ECDSA_P256_SHA256);
    let ca = |params: &mut CertificateParams| {
        issue::set_common_name(params, "Cross");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.subject_alt_names = Vec::new();
        params.extended_key_usages = Vec::new();
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    };
    let (by_old, by_new) = (old.server_with_key(&key, ca), new.server_with_key(&key, ca));
    let mut params = CertificateParams::default();
    ca(&mut params);
    let issuer = rcgen::Issuer::new(params, key);
    let mut server = CertificateParams::default();
    issue::set_validity(&mut server, NOT_BEFORE, NOT_AFTER);
    server.subject_alt_names = issue::alt_names(&[NAME]);
    let server_key = issue::key(&rcgen::PKCS_ECDSA_P256_SHA256);
    let server = server.signed_by(&server_key, &issuer).unwrap().der().to_vec();
    let anchors = issue::anchors(&[(&old.der, "old"), (&new.der, "new")]);
    let found = outcome(&[&server, &by_old, &by_new], &anchors);
    assert!(found.is_valid(), "{:?}", words(&found));
    let path = found.path.unwrap();
    assert_eq!((path.anchor_label.as_str(), path.intermediates), ("new", vec![2]));
}

#[test]
fn a_certificate_among_the_anchors_is_trusted_directly() {
    let own = issue::self_signed(|p| p.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    let found = outcome(&[&own], &issue::anchors(&[(&own, "company.pem")]));
    assert!(found.is_valid(), "{:?}", words(&found));
    assert_eq!(found.path.unwrap().anchor_label, "company.pem");
    let expired = issue::self_signed(|p| issue::set_validity(p, 0, NOW - 1));
    let found = outcome(&[&expired], &issue::anchors(&[(&expired, "company.pem")]));
    assert_eq!(found.problems.len(), 1, "{:?}", words(&found));
}

#[test]
fn what_keys_may_be_used_for() {
    let root = Authority::root("Root");
    let anchors = root.anchors();
    let no_sign =
        root.intermediate_with("Sub", |p| p.key_usages = vec![KeyUsagePurpose::DigitalSignature]);
    let no_ca = root.intermediate_with("Sub", |p| p.is_ca = IsCa::ExplicitNoCa);
    let clients = root.intermediate_with("Sub", |p| {
        p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    });
    let shallow =
        root.intermediate_with("Shallow", |p| p.is_ca = IsCa::Ca(BasicConstraints::Constrained(0)));
    let deeper = shallow.intermediate("Deeper");
    for (what, chain, expected) in [
        (
            "clients only",
            vec![root.server(|p| {
                p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            })],
            "the extendedKeyUsage of `CN=c12.webex.com` permits clientAuth, not serverAuth",
        ),
        (
            "the CA's purposes",
            vec![clients.server(|_| {}), clients.der.clone()],
            "the extendedKeyUsage of `CN=Sub` permits clientAuth, not serverAuth",
        ),
        (
            "keyUsage of a CA on a server",
            vec![root.server(|p| p.key_usages = vec![KeyUsagePurpose::KeyCertSign])],
            "the keyUsage of `CN=c12.webex.com` permits neither digitalSignature nor key exchange",
        ),
        (
            "keyCertSign missing",
            vec![no_sign.server(|_| {}), no_sign.der.clone()],
            "`CN=Sub` may not sign certificates: its keyUsage lacks keyCertSign",
        ),
        (
            "no CA",
            vec![no_ca.server(|_| {}), no_ca.der.clone()],
            "`CN=Sub` issued a certificate of the path and is no CA",
        ),
        (
            "too deep",
            vec![deeper.server(|_| {}), deeper.der.clone(), shallow.der.clone()],
            "a CA on the path allows fewer CAs below it than there are",
        ),
    ] {
        let chain: Vec<&[u8]> = chain.iter().map(Vec::as_slice).collect();
        assert_eq!(words(&outcome(&chain, &anchors)), [expected], "{what}");
    }
    for usage in [KeyUsagePurpose::KeyEncipherment, KeyUsagePurpose::KeyAgreement] {
        let server = root.server(|p| p.key_usages = vec![usage]);
        assert!(outcome(&[&server], &anchors).is_valid(), "{usage:?}");
    }
    let plain = root.server(|p| {
        p.key_usages = Vec::new();
        p.extended_key_usages = Vec::new();
    });
    assert!(outcome(&[&plain], &anchors).is_valid(), "no usage stated: all permitted");
}

#[test]
fn name_constraints_are_told_from_those_not_evaluated() {
    let constrained = |permitted: Vec<GeneralSubtree>, excluded: Vec<GeneralSubtree>| {
        let root = Authority::root("Root");
        let sub = root.intermediate_with("Sub", |p| {
            p.name_constraints = Some(NameConstraints {
                permitted_subtrees: permitted,
                excluded_subtrees: excluded,
            });
        });
        outcome(&[&sub.server(|_| {}), &sub.der], &root.anchors())
    };
    let dns = |name: &str| GeneralSubtree::DnsName(name.to_owned());
    let directory = |organisation: &str| {
        let mut name = rcgen::DistinguishedName::new();
        name.push(rcgen::DnType::OrganizationName, organisation);
        GeneralSubtree::DirectoryName(name)
    };
    assert!(constrained(vec![dns("webex.com")], vec![]).is_valid());
    assert!(constrained(vec![dns("example.com"), dns("webex.com")], vec![dns("x.com")]).is_valid());
    for (permitted, excluded, expected) in [
        (
            vec![dns("example.com")],
            vec![],
            "`CN=Sub` may not issue for `c12.webex.com`: its name constraints permit only \
             `example.com`",
        ),
        (
            vec![],
            vec![dns("webex.com")],
            "`CN=Sub` may not issue for `c12.webex.com`: its name constraints exclude `webex.com`",
        ),
        (
            vec![directory("People")],
            vec![],
            "`CN=Sub` may not issue for `CN=c12.webex.com`: its name constraints on directoryName \
             do not permit it",
        ),
        (
            vec![],
            vec![GeneralSubtree::DnsName("*.webex.com".to_owned())],
            "the name constraints of `CN=Sub` on dNSName cannot be evaluated",
        ),
        (
            vec![directory("People"), dns("example.com")],
            vec![],
            "`CN=Sub` may not issue for `c12.webex.com`: its name constraints permit only \
             `example.com`",
        ),
    ] {
        assert_eq!(words(&constrained(permitted, excluded)), [expected]);
    }
}

#[test]
fn signatures_that_do_not_verify_and_those_not_evaluated() {
    let root = Authority::root("Root");
    let namesake = Authority::root("Root");
    let forged = namesake.server(|_| {});
    assert_eq!(
        outcome(&[&forged], &root.anchors()).problems,
        [Problem::BadSignature { subject: subject(NAME) }]
    );
    let old = issue::anchors(&[(issue::OLD_ROOT, "old")]);
    for (der, algorithm) in
        [(issue::SHA1, "sha1WithRSAEncryption"), (issue::MD5, "md5WithRSAEncryption")]
    {
        assert_eq!(
            outcome(&[der], &old).problems,
            [Problem::Unsupported { algorithm: algorithm.to_owned() }]
        );
    }
}

#[test]
fn critical_extensions() {
    let root = Authority::root("Root");
    let with = |id: &[u64], value: Vec<u8>| {
        root.server(|p| {
            let mut extension = CustomExtension::from_oid_content(id, value);
            extension.set_criticality(true);
            p.custom_extensions = vec![extension];
        })
    };
    for (server, expected) in [
        (
            with(&[1, 2, 3, 4], vec![5, 0]),
            "the critical extension 1.2.3.4 of `CN=c12.webex.com` cannot be evaluated",
        ),
        (
            // requireExplicitPolicy of 0.
            with(&[2, 5, 29, 36], vec![0x30, 3, 0x80, 1, 0]),
            "a CA on the path requires a certificate policy, and none holds down to \
             `CN=c12.webex.com`",
        ),
    ] {
        assert_eq!(words(&outcome(&[&server], &root.anchors())), [expected]);
    }
    assert_eq!(words(&validate(&[], &root.anchors(), NOW)), ["no certificate was presented"]);
}

#[test]
fn what_webpki_refuses_unread_is_evaluated() {
    let root = Authority::root("Root");
    let ca_as_server = root.server(|p| p.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    let critical_policies = root.server(|p| {
        let policies = vec![0x30, 6, 0x30, 4, 6, 2, 0x2a, 3];
        let mut extension = CustomExtension::from_oid_content(&[2, 5, 29, 32], policies);
        extension.set_criticality(true);
        p.custom_extensions = vec![extension];
    });
    for (what, server) in [("a CA serves", ca_as_server), ("policies", critical_policies)] {
        let found = outcome(&[&server], &root.anchors());
        assert!(found.is_valid(), "{what}: {:?}", words(&found));
    }
    // The issuer in other letter case: equal by RFC 5280, 7.1, unequal in bytes. A namesake with
    // another key is a forger for all that.
    let key = issue::key(&rcgen::PKCS_ECDSA_P256_SHA256);
    let ca = |name: &str| {
        let mut params = CertificateParams::default();
        issue::set_common_name(&mut params, name);
        issue::set_validity(&mut params, NOT_BEFORE, NOT_AFTER);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params
    };
    let quiet = ca("Quiet  Root").self_signed(&key).unwrap().der().to_vec();
    let mut server = CertificateParams::new([NAME.to_owned()]).unwrap();
    issue::set_validity(&mut server, NOT_BEFORE, NOT_AFTER);
    let server_key = issue::key(&rcgen::PKCS_ECDSA_P256_SHA256);
    let loud = ca("QUIET ROOT");
    let by = |key: &rcgen::KeyPair| {
        let issuer = rcgen::Issuer::from_params(&loud, key);
        server.signed_by(&server_key, &issuer).unwrap().der().to_vec()
    };
    let anchors = issue::anchors(&[(&quiet, "quiet")]);
    let found = outcome(&[&by(&key)], &anchors);
    assert!(found.is_valid(), "{:?}", words(&found));
    let forged = outcome(&[&by(&server_key)], &anchors);
    assert!(matches!(forged.problems[..], [Problem::BadSignature { .. }]), "{:?}", words(&forged));
}

#[test]
fn a_renewed_root_counts_by_the_certificate_that_expires_last() {
    let key = issue::key(&rcgen::PKCS_ECDSA_P256_SHA256);
    let root = |not_after| {
        let mut params = CertificateParams::default();
        issue::set_common_name(&mut params, "Renewed");
        issue::set_validity(&mut params, 0, not_after);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let der = params.self_signed(&key).unwrap().der().to_vec();
        (params, der)
    };
    let ((params, old), (_, new)) = (root(NOW - 1), root(NOT_AFTER));
    let issuer = rcgen::Issuer::from_params(&params, &key);
    let mut server = CertificateParams::new([NAME.to_owned()]).unwrap();
    issue::set_validity(&mut server, NOT_BEFORE, NOT_AFTER);
    let server_key = issue::key(&rcgen::PKCS_ECDSA_P256_SHA256);
    let server = server.signed_by(&server_key, &issuer).unwrap().der().to_vec();
    for (roots, label) in [
        (vec![(&old[..], "old"), (&new[..], "new")], "new"),
        (vec![(&new[..], "new"), (&old[..], "old")], "new"),
    ] {
        let found = outcome(&[&server], &issue::anchors(&roots));
        assert!(found.is_valid(), "{:?}", words(&found));
        assert_eq!(found.path.unwrap().anchor_label, label);
    }
    assert!(!outcome(&[&server], &issue::anchors(&[(&old, "old")])).is_valid());
}

#[test]
fn no_bent_byte_is_ever_valid() {
    let root = Authority::root("Root");
    let sub = root.intermediate("Sub");
    let chain = [sub.server(|_| {}), sub.der.clone()];
    let anchors = root.anchors();
    for bent in 0..chain.len() {
        for at in 0..chain[bent].len() {
            let mut ders = chain.clone();
            ders[bent][at] ^= 1;
            let parsed: Vec<_> = ders.iter().flat_map(|der| Certificate::parse(der)).collect();
            if parsed.len() == chain.len() {
                let found = validate(&parsed, &anchors, NOW);
                assert!(!found.is_valid(), "certificate {bent}, octet {at}");
                assert!(!found.problems.is_empty(), "certificate {bent}, octet {at}");
            }
        }
    }
}

#[test]
fn a_common_name_with_an_underscore_is_constrained_too() {
    let root = Authority::root("Root");
    let company = root.intermediate_with("Company", |params| {
        let permitted = vec![rcgen::GeneralSubtree::DnsName("corp.example".to_owned())];
        params.name_constraints = Some(rcgen::NameConstraints {
            permitted_subtrees: permitted,
            excluded_subtrees: Vec::new(),
        });
    });
    for name in ["c12.webex.com", "c_12.webex.com", "*.zone_1.webex.com"] {
        let server = company.server(|params| {
            issue::set_common_name(params, name);
            params.subject_alt_names = Vec::new();
        });
        let found = outcome(&[&server, &company.der], &root.anchors());
        assert!(found.common_name.is_some(), "{name}");
    }
}
