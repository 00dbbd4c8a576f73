//! Certificates × client profiles: one row per certificate, a verdict per profile.

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, GeneralSubtree,
    IsCa, KeyUsagePurpose, NameConstraints,
};

use super::*;
use crate::x509::issue::NOT_AFTER;

/// What a table of certificates says of one of them: the kinds in the order of [`PROFILES`], the
/// rule that decides for all of them, and how the first reason ends.
struct Row {
    what: &'static str,
    handshake: Handshake,
    kinds: [VerdictKind; 3],
    rules: [&'static str; 3],
    reason: &'static str,
}

/// Asked by both Jabbers, refused by a strict client.
const ASKED: [VerdictKind; 3] = [Prompts, Prompts, Refuses];

fn check(rows: Vec<Row>, anchors: &TrustAnchors) {
    for row in rows {
        for (at, profile) in PROFILES.iter().enumerate() {
            let found = certified(NAME, row.handshake.clone(), anchors, profile);
            let context = format!("{} / {}: {:?}", row.what, profile.id, found.verdict.reasons);
            assert_eq!(found.verdict.kind, row.kinds[at], "{context}");
            assert_eq!(found.verdict.rule, Some(row.rules[at]), "{context}");
            if row.kinds[at] == row.kinds[0] || row.kinds == ASKED {
                assert!(found.verdict.reasons[0].ends_with(row.reason), "{context}");
            }
        }
    }
}

fn row(
    what: &'static str,
    chain: Vec<Vec<u8>>,
    kinds: [VerdictKind; 3],
    rule: &'static str,
    reason: &'static str,
) -> Row {
    Row { what, handshake: completed(chain), kinds, rules: [rule; 3], reason }
}

fn future(params: &mut CertificateParams) {
    issue::set_validity(params, NOW + 1, NOT_AFTER);
}

#[test]
fn identities_by_profile() {
    let root = Authority::root_with("Root", |p| issue::set_validity(p, 0, NOT_AFTER));
    let by = |change: &dyn Fn(&mut CertificateParams)| vec![root.server(change)];
    let trusted = [Trusted; 3];
    let only_jabber_9 = [Trusted, Prompts, Refuses];
    let mut rows = vec![
        row("exact name", by(&|_| {}), trusted, "dns-id", "the certificate names `c12.webex.com`"),
        row("letter case", by(&called(&["C12.WebEx.COM"])), trusted, "dns-id", "`C12.WebEx.COM`"),
        row(
            "trailing dot",
            by(&called(&["c12.webex.com."])),
            trusted,
            "dns-id",
            "`c12.webex.com.`",
        ),
        row("wildcard", by(&called(&["*.webex.com"])), trusted, "dns-id", "names `*.webex.com`"),
        row(
            "second of many",
            by(&called(&["a.webex.com", "c12.webex.com"])),
            trusted,
            "dns-id",
            "names `c12.webex.com`",
        ),
        row(
            "wrong name",
            by(&named(&["other.webex.com"])),
            ASKED,
            "dns-id",
            ": the certificate names `other.webex.com`, not `c12.webex.com`; its Subject CN \
             `c12.webex.com` does not count, because there are dNSNames",
        ),
        row(
            "wildcard over two labels",
            by(&|params| {
                named(&["*.com", "*.example.com"])(params);
                issue::set_common_name(params, "x");
            }),
            ASKED,
            "dns-id",
            "names `*.com`, `*.example.com`, not `c12.webex.com`",
        ),
        row(
            "partial wildcard",
            by(&|params| {
                named(&["c*.webex.com"])(params);
                issue::set_common_name(params, "x");
            }),
            ASKED,
            "dns-id",
            "names `c*.webex.com`, not `c12.webex.com`",
        ),
        row(
            "wildcard with the name below",
            by(&|params| {
                named(&["*.c12.webex.com"])(params);
                issue::set_common_name(params, "x");
            }),
            ASKED,
            "dns-id",
            "names `*.c12.webex.com`, not `c12.webex.com`",
        ),
    ];
    for (what, chain, rules, reason) in [
        (
            "CN only",
            by(&cn_only(NAME)),
            ["cn-id", "dns-id", "dns-id"],
            "its Subject CN is `c12.webex.com`",
        ),
        (
            "wildcard CN only",
            by(&cn_only("*.webex.com")),
            ["cn-id", "dns-id", "dns-id"],
            "its Subject CN is `*.webex.com`",
        ),
    ] {
        let handshake = completed(chain);
        rows.push(Row { what, handshake, kinds: only_jabber_9, rules, reason });
    }
    for (what, chain, _) in [
        ("another CN only", by(&cn_only("other.webex.com")), ""),
        (
            "no identifier at all",
            by(&|params| {
                params.subject_alt_names = Vec::new();
                params.distinguished_name = rcgen::DistinguishedName::new();
            }),
            "",
        ),
        (
            "addresses only",
            by(&|params| {
                named(&["192.0.2.1"])(params);
                issue::set_common_name(params, "appliance");
            }),
            "",
        ),
    ] {
        let handshake = completed(chain);
        let rules = ["cn-id", "dns-id", "dns-id"];
        rows.push(Row { what, handshake, kinds: ASKED, rules, reason: "" });
    }
    // A subjectAltName that nobody can read may name anything: no CN fallback, no verdict.
    let broken = by(&|params| {
        params.subject_alt_names = Vec::new();
        params.custom_extensions =
            vec![CustomExtension::from_oid_content(&[2, 5, 29, 17], vec![0x30, 5, 1])];
    });
    let reason = "the subjectAltName of the certificate cannot be read";
    rows.push(Row {
        what: "unreadable names",
        handshake: completed(broken),
        kinds: [Unknown, Unknown, Refuses],
        rules: ["dns-id", "dns-id", "well-formed"],
        reason,
    });
    check(rows, &root.anchors());
}

#[test]
fn paths_by_profile() {
    let root = Authority::root_with("Root", |p| issue::set_validity(p, 0, NOT_AFTER));
    let upper = root.intermediate("Upper");
    let lower = upper.intermediate("Lower");
    let server = lower.server(|_| {});
    let expired = root.intermediate_with("Sub", past);
    let early = root.intermediate_with("Sub", future);
    let private = Authority::root("Private");
    let namesake = Authority::root("Root");
    let trusted = [Trusted; 3];
    let rows = vec![
        row(
            "two intermediates",
            vec![server.clone(), lower.der.clone(), upper.der.clone()],
            trusted,
            "dns-id",
            "the certificate names `c12.webex.com`",
        ),
        row(
            "unordered, with the root",
            vec![server.clone(), root.der.clone(), upper.der.clone(), lower.der.clone()],
            trusted,
            "dns-id",
            "the certificate names `c12.webex.com`",
        ),
        row(
            "missing intermediate",
            vec![server.clone(), lower.der.clone()],
            ASKED,
            "trusted-path",
            "the issuer of `CN=Lower`, `CN=Upper`, is neither presented by the server nor a trust \
             anchor",
        ),
        row(
            "an intermediate that is no certificate",
            vec![server.clone(), b"rubbish".to_vec(), lower.der.clone()],
            ASKED,
            "trusted-path",
            "is neither presented by the server nor a trust anchor",
        ),
        row(
            "end-entity certificate alone",
            vec![server],
            ASKED,
            "trusted-path",
            "`CN=Lower`, is neither presented by the server nor a trust anchor",
        ),
        row(
            "self-signed",
            vec![issue::self_signed(|_| {})],
            ASKED,
            "trusted-path",
            "the certificate `CN=c12.webex.com` is self-signed and not a trust anchor",
        ),
        row(
            "self-signed CA",
            vec![issue::self_signed(|p| p.is_ca = IsCa::Ca(BasicConstraints::Unconstrained))],
            ASKED,
            "trusted-path",
            "the certificate `CN=c12.webex.com` is self-signed and not a trust anchor",
        ),
        row(
            "private root",
            vec![private.server(|_| {}), private.der.clone()],
            ASKED,
            "trusted-path",
            "the chain ends in `CN=Private`, which is not a trust anchor",
        ),
        row(
            "forged",
            vec![namesake.server(|_| {})],
            ASKED,
            "trusted-path",
            "does not verify with the key of the issuer it names",
        ),
        row(
            "expired",
            vec![root.server(past)],
            ASKED,
            "valid-now",
            "the certificate `CN=c12.webex.com` expired on 2027-06-30 23:59:59 UTC",
        ),
        row(
            "not yet valid",
            vec![root.server(future)],
            ASKED,
            "valid-now",
            "the certificate `CN=c12.webex.com` is not valid before 2027-07-01 00:00:01 UTC",
        ),
        row(
            "expired intermediate",
            vec![expired.server(|_| {}), expired.der.clone()],
            ASKED,
            "valid-now",
            "the intermediate `CN=Sub` expired on 2027-06-30 23:59:59 UTC",
        ),
        row(
            "intermediate not yet valid",
            vec![early.server(|_| {}), early.der.clone()],
            ASKED,
            "valid-now",
            "the intermediate `CN=Sub` is not valid before 2027-07-01 00:00:01 UTC",
        ),
        row(
            "expired and self-signed: the stranger is the worse news",
            vec![issue::self_signed(past)],
            ASKED,
            "trusted-path",
            "is self-signed and not a trust anchor",
        ),
        row(
            "wrong name, expired and self-signed",
            vec![issue::self_signed(|params| {
                past(params);
                cn_only("x")(params);
                named(&["other.webex.com"])(params);
            })],
            ASKED,
            "dns-id",
            "the certificate names `other.webex.com`, not `c12.webex.com`",
        ),
    ];
    check(rows, &root.anchors());
}

#[test]
fn restrictions_by_profile() {
    let root = Authority::root("Root");
    let constrained = |permitted: &[&str], excluded: &[&str]| {
        let subtrees = |names: &[&str]| {
            names.iter().map(|name| GeneralSubtree::DnsName((*name).to_owned())).collect()
        };
        let sub = root.intermediate_with("Sub", |p| {
            p.name_constraints = Some(NameConstraints {
                permitted_subtrees: subtrees(permitted),
                excluded_subtrees: subtrees(excluded),
            });
        });
        vec![sub.server(|_| {}), sub.der.clone()]
    };
    let mut people = rcgen::DistinguishedName::new();
    people.push(rcgen::DnType::OrganizationName, "People");
    let by_people = root.intermediate_with("Sub", |p| {
        p.name_constraints = Some(NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DirectoryName(people)],
            excluded_subtrees: Vec::new(),
        });
    });
    let no_sign =
        root.intermediate_with("Sub", |p| p.key_usages = vec![KeyUsagePurpose::DigitalSignature]);
    let rows = vec![
        row("permitted", constrained(&["webex.com"], &[]), [Trusted; 3], "dns-id", ""),
        row(
            "not permitted",
            constrained(&["example.com"], &[]),
            ASKED,
            "name-constraints",
            "its name constraints permit only `example.com`",
        ),
        row(
            "excluded",
            constrained(&[], &["webex.com"]),
            ASKED,
            "name-constraints",
            "its name constraints exclude `webex.com`",
        ),
        row(
            "constraints on people",
            vec![by_people.server(|_| {}), by_people.der.clone()],
            ASKED,
            "name-constraints",
            "its name constraints on directoryName do not permit it",
        ),
        row(
            "for clients only",
            vec![root.server(|p| {
                p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
            })],
            ASKED,
            "key-usage",
            "permits clientAuth, not serverAuth",
        ),
        row(
            "for clients and servers",
            vec![root.server(|p| {
                p.extended_key_usages =
                    vec![ExtendedKeyUsagePurpose::ClientAuth, ExtendedKeyUsagePurpose::ServerAuth];
            })],
            [Trusted; 3],
            "dns-id",
            "",
        ),
        Row {
            what: "CA as server",
            handshake: completed(vec![
                root.server(|p| p.is_ca = IsCa::Ca(BasicConstraints::Unconstrained)),
            ]),
            kinds: [Trusted, Trusted, Refuses],
            rules: ["dns-id", "dns-id", "baseline-requirements"],
            reason: "the certificate names `c12.webex.com`",
        },
        row(
            "keyCertSign missing",
            vec![no_sign.server(|_| {}), no_sign.der.clone()],
            ASKED,
            "key-usage",
            "its keyUsage lacks keyCertSign",
        ),
        row(
            "unknown critical extension",
            vec![root.server(|p| {
                let mut extension = CustomExtension::from_oid_content(&[1, 2, 3, 4], vec![5, 0]);
                extension.set_criticality(true);
                p.custom_extensions = vec![extension];
            })],
            [Unknown; 3],
            "trusted-path",
            "the critical extension 1.2.3.4 of `CN=c12.webex.com` cannot be evaluated",
        ),
    ];
    check(rows, &root.anchors());
}

#[test]
fn old_cryptography_by_profile() {
    let rows = vec![
        row(
            "SHA-1",
            vec![issue::SHA1.to_vec()],
            ASKED,
            "signature-algorithm",
            "`CN=c12.webex.com` is signed with `sha1WithRSAEncryption`, which is no longer safe",
        ),
        row(
            "MD5",
            vec![issue::MD5.to_vec()],
            ASKED,
            "signature-algorithm",
            "`CN=c12.webex.com` is signed with `md5WithRSAEncryption`, which is no longer safe",
        ),
        row(
            "RSA 1024",
            vec![issue::RSA_1024.to_vec()],
            ASKED,
            "key-strength",
            "the key of `CN=c12.webex.com` is too weak (RSA 1024)",
        ),
        row(
            "P-192",
            vec![issue::P192.to_vec()],
            ASKED,
            "key-strength",
            "the key of `CN=c12.webex.com` is too weak (ECDSA P-192)",
        ),
        Row {
            what: "RSA 1024 stops the handshake",
            handshake: handshake(
                HandshakeOutcome::TlsFailed("bad signature".to_owned()),
                vec![issue::RSA_1024.to_vec()],
            ),
            kinds: [Refuses; 3],
            rules: ["handshake"; 3],
            reason: "the TLS handshake fails: bad signature; the likely cause is the short key \
                     (RSA 1024)",
        },
    ];
    check(rows, &issue::anchors(&[(issue::OLD_ROOT, "old")]));
}

#[test]
fn handshakes_by_profile() {
    let root = Authority::root("Root");
    let chain = || vec![root.server(|_| {})];
    let why = || "because".to_owned();
    let seen = |what, outcome, chain, kinds, reason| Row {
        what,
        handshake: handshake(outcome, chain),
        kinds,
        rules: ["handshake"; 3],
        reason,
    };
    let rows = vec![
        seen(
            "no connection",
            HandshakeOutcome::NoConnection(why()),
            vec![],
            [Unknown; 3],
            "is not known: there is no connection: because",
        ),
        seen(
            "time-out",
            HandshakeOutcome::TimedOut(why()),
            vec![],
            [Unknown; 3],
            "is not known: the server did not answer in time: because",
        ),
        seen(
            "time-out with a chain",
            HandshakeOutcome::TimedOut(why()),
            chain(),
            [Unknown; 3],
            "is not known: the server did not answer in time: because",
        ),
        seen(
            "offline",
            HandshakeOutcome::NotAsked("offline".to_owned()),
            vec![],
            [Unknown; 3],
            "is not known: the server was not asked: offline",
        ),
        seen(
            "an alert",
            HandshakeOutcome::TlsFailed(why()),
            vec![],
            [Refuses; 3],
            "the TLS handshake fails: because",
        ),
        seen(
            "the key is not proved",
            HandshakeOutcome::TlsFailed(why()),
            chain(),
            [Refuses; 3],
            "the TLS handshake fails: because",
        ),
        Row {
            what: "TLS of old",
            handshake: handshake(HandshakeOutcome::TooOld("TLS 1.0".to_owned()), chain()),
            kinds: [Unknown, Unknown, Refuses],
            rules: ["tls-version"; 3],
            reason: "is not known: the server speaks only TLS 1.0, which clients of today refuse",
        },
        Row {
            what: "TLS of old, and a certificate that nobody takes",
            handshake: handshake(
                HandshakeOutcome::TooOld("TLS 1.1".to_owned()),
                vec![root.server(past)],
            ),
            kinds: ASKED,
            rules: ["valid-now", "valid-now", "tls-version"],
            reason: "",
        },
        Row {
            what: "completed, unreadable certificate",
            handshake: completed(vec![b"rubbish".to_vec()]),
            kinds: [Unknown; 3],
            rules: ["dns-id", "dns-id", "dns-id"],
            reason: "",
        },
    ];
    // For an unreadable certificate the last rule about identity decides.
    let mut rows = rows;
    if let Some(last) = rows.last_mut() {
        last.rules[0] = "cn-id";
    }
    check(rows, &root.anchors());
}

#[test]
fn a_certificate_of_old_tls_is_judged_on_the_side() {
    let root = Authority::root("Root");
    let of = |certificate, profile: ProfileId| {
        let outcome = HandshakeOutcome::TooOld("TLS 1.0".to_owned());
        let handshake = handshake(outcome, vec![certificate]);
        certified(NAME, handshake, &root.anchors(), profile.profile()).verdict.reasons
    };
    let good = root.server(|_| {});
    assert_eq!(
        of(good.clone(), ProfileId::Jabber)[..3],
        [
            "what Jabber would do is not known: the server speaks only TLS 1.0, which clients of \
             today refuse",
            "the certificate was read from a handshake of TLS 1.0 in which nothing proves that \
             the server holds the key",
            "judged by its certificate alone: Jabber shows the photo without asking",
        ]
    );
    assert_eq!(
        of(good, ProfileId::Strict)[2],
        "judged by its certificate alone: a strict client connects"
    );
    let reasons = of(root.server(past), ProfileId::Strict);
    assert!(
        reasons.contains(&"judged by its certificate alone: a strict client refuses".to_owned()),
        "{reasons:?}"
    );
}
