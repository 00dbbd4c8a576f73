//! One request changed in one way each, and what the rules make of it.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rcgen::{CertificateParams, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};

use super::*;
use crate::x509::csr::SignatureError;
use crate::x509::issue;
use Standing::{Doubtful, Fine, Refused};

/// A request with nothing against it, changed.
fn der(key: &KeyPair, change: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
    let mut params = CertificateParams::default();
    issue::set_common_name(&mut params, "cucm.webex.com");
    params.subject_alt_names = issue::alt_names(&["cucm.webex.com", "cucm2.webex.com"]);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    change(&mut params);
    params.serialize_request(key).unwrap().der().to_vec()
}

fn p256() -> KeyPair {
    issue::key(&rcgen::PKCS_ECDSA_P256_SHA256)
}

fn pem(label: &str, der: &[u8]) -> String {
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", BASE64.encode(der))
}

fn request(change: impl FnOnce(&mut CertificationRequest)) -> CertificationRequest {
    let mut request = CertificationRequest::parse(&der(&p256(), |_| {})).unwrap();
    change(&mut request);
    request
}

fn alone(request: CertificationRequest) -> Submission {
    Submission { packaging: Packaging::Pem, holds_private_key: false, requests: vec![request] }
}

/// What is not fine, and what is said of it.
fn against(submission: &Submission) -> Vec<(&'static str, Standing, String)> {
    check_all(submission, &submission.requests[0])
        .into_iter()
        .filter(|finding| finding.standing != Fine)
        .map(|finding| {
            assert!(finding.hint.is_some(), "{finding:?}");
            (finding.rule, finding.standing, finding.detail)
        })
        .collect()
}

#[test]
fn ids_are_stable_unique_and_cited() {
    let ids: Vec<_> = ALL.iter().map(|rule| rule.id).collect();
    assert_eq!(
        ids,
        [
            "encoding",
            "no-private-key",
            "readable",
            "proof-of-possession",
            "signature-algorithm",
            "key",
            "subject-characters",
            "subject-attributes",
            "subject-alt-name",
            "common-name",
            "not-an-address",
            "name-syntax",
            "public-name",
            "purpose",
            "not-a-ca",
        ]
    );
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    assert!(ALL.iter().all(|rule| !rule.source.is_empty() && !rule.says.is_empty()));
}

#[test]
fn one_fault_is_one_finding() {
    type Change = fn(&mut CertificationRequest);
    let cases: [(&str, Change, &str, Standing, &str); 34] = [
        (
            "a changed request",
            |it| it.proof = Err(SignatureError::Wrong),
            "proof-of-possession",
            Refused,
            "the signature does not verify with the key in the request: it was changed after it \
             was made, or signed with another key",
        ),
        (
            "a signature that nobody looks at",
            |it| it.proof = Err(SignatureError::Unsupported("x".to_owned())),
            "proof-of-possession",
            Doubtful,
            "whether the signature is right was not looked at: the request has a signature that \
             cannot be evaluated (`x`)",
        ),
        (
            "SHA-1",
            |it| it.signature.digest = crate::x509::algorithm::Digest::Sha1,
            "signature-algorithm",
            Refused,
            "the request is signed with SHA-1 (`ecdsa-with-SHA256`)",
        ),
        (
            "MD5",
            |it| it.signature.digest = crate::x509::algorithm::Digest::Md5OrOlder,
            "signature-algorithm",
            Refused,
            "the request is signed with MD5 or older (`ecdsa-with-SHA256`)",
        ),
        (
            "an algorithm of the future",
            |it| it.signature.digest = crate::x509::algorithm::Digest::Other,
            "signature-algorithm",
            Doubtful,
            "the request is signed with `ecdsa-with-SHA256`, which few CAs know",
        ),
        (
            "an ampersand",
            |it| it.organizations = vec!["A & B!".to_owned(), "C".to_owned()],
            "subject-characters",
            Refused,
            "the organization `A & B!` has `&`, `!`, which public CAs do not take",
        ),
        (
            "a long country",
            |it| it.countries = vec!["USA".to_owned()],
            "subject-attributes",
            Refused,
            "the country is `USA`, and not two capital letters (ISO 3166)",
        ),
        (
            "a small country",
            |it| it.countries = vec!["us".to_owned()],
            "subject-attributes",
            Refused,
            "the country is `us`, and not two capital letters (ISO 3166)",
        ),
        (
            "a unit",
            |it| it.units = vec!["IT".to_owned()],
            "subject-attributes",
            Doubtful,
            "it has the unit (OU) `IT`, which public CAs have not certified since 2022-09-01",
        ),
        (
            "an e-mail address",
            |it| it.email_addresses = vec!["a@b.example".to_owned()],
            "subject-attributes",
            Doubtful,
            "it has an e-mail address, which has no place in a server's subject",
        ),
        (
            "an xmppAddr",
            |it| it.other_names = vec!["otherName"],
            "subject-alt-name",
            Doubtful,
            "the subjectAltName asks for `otherName` besides dNSNames, and public CAs certify only \
             dNSNames",
        ),
        (
            "another CN",
            |it| it.common_names = vec!["imp.webex.com".to_owned()],
            "common-name",
            Refused,
            "the Subject CN `imp.webex.com` is not among the names of the subjectAltName",
        ),
        (
            "two CNs",
            |it| it.common_names.push("cucm2.webex.com".to_owned()),
            "common-name",
            Refused,
            "there are 2 Subject CNs: `cucm.webex.com`, `cucm2.webex.com`",
        ),
        (
            "an address besides",
            |it| it.ip_names = vec!["8.8.8.8".parse().unwrap()],
            "not-an-address",
            Doubtful,
            "it asks for the address `8.8.8.8`, which many CAs refuse",
        ),
        (
            "a private address besides",
            |it| it.ip_names = vec!["8.8.8.8".parse().unwrap(), "10.0.0.1".parse().unwrap()],
            "not-an-address",
            Refused,
            "it asks for `10.0.0.1`, an address that is not public",
        ),
        (
            "an address as a name",
            |it| it.dns_names.push("203.0.113.7".to_owned()),
            "not-an-address",
            Refused,
            "`203.0.113.7` stands in the place of a name",
        ),
        (
            "an underscore",
            |it| it.dns_names.push("cucm_1.webex.com".to_owned()),
            "name-syntax",
            Refused,
            "a name cannot be certified: `cucm_1.webex.com`: it has an underscore",
        ),
        (
            "a wildcard in the middle",
            |it| it.dns_names.push("cucm.*.webex.com".to_owned()),
            "name-syntax",
            Refused,
            "a name cannot be certified: `cucm.*.webex.com`: its `*` is not the whole leftmost \
             label",
        ),
        (
            "a single label",
            |it| it.dns_names.push("cucm".to_owned()),
            "public-name",
            Refused,
            "nobody can prove control over an internal name: `cucm`: it is a single label",
        ),
        (
            "names in .local",
            |it| it.dns_names.extend((1..=5).map(|n| format!("c{n}.corp.local"))),
            "public-name",
            Refused,
            "nobody can prove control over an internal name: `c1.corp.local`: `.local` is not in \
             the public DNS; `c2.corp.local`: `.local` is not in the public DNS; `c3.corp.local`: \
             `.local` is not in the public DNS; `c4.corp.local`: `.local` is not in the public \
             DNS; and 1 more",
        ),
        (
            "a client",
            |it| it.extended_key_usage = Some(vec!["clientAuth".to_owned()]),
            "purpose",
            Refused,
            "it asks for `clientAuth`, and not for serverAuth",
        ),
        (
            "a server that is a client too",
            |it| it.extended_key_usage.as_mut().unwrap().push("clientAuth".to_owned()),
            "purpose",
            Doubtful,
            "it asks for `clientAuth` besides serverAuth",
        ),
        (
            "a CA",
            |it| it.is_ca = true,
            "not-a-ca",
            Refused,
            "it asks to become a CA (basicConstraints)",
        ),
        (
            "something unreadable",
            |it| it.defects = vec!["the extensions asked for cannot be read".to_owned()],
            "readable",
            Refused,
            "the extensions asked for cannot be read",
        ),
        (
            "RSA 1024",
            |it| set_key(it, "RSA", Some(1024)),
            "key",
            Refused,
            "the key is too short (RSA 1024)",
        ),
        (
            "RSA 2049",
            |it| set_key(it, "RSA", Some(2049)),
            "key",
            Refused,
            "the length of the key (RSA 2049) is not a multiple of 8 bits",
        ),
        (
            "RSA 8192",
            |it| set_key(it, "RSA", Some(8192)),
            "key",
            Doubtful,
            "the key is longer (RSA 8192) than some CAs take",
        ),
        ("no modulus", |it| set_key(it, "RSA", None), "key", Refused, "the key cannot be read"),
        (
            "RSASSA-PSS",
            |it| set_key(it, "RSASSA-PSS", Some(2048)),
            "key",
            Refused,
            "the key is for RSASSA-PSS alone, which public CAs may not certify",
        ),
        (
            "P-521",
            |it| set_key(it, "ECDSA P-521", Some(521)),
            "key",
            Doubtful,
            "the key is on P-521, which many public CAs do not certify: Mozilla's policy leaves \
             it out",
        ),
        (
            "P-224",
            |it| set_key(it, "ECDSA P-224", Some(224)),
            "key",
            Refused,
            "the key is of a kind that public CAs may not certify (ECDSA P-224)",
        ),
        (
            "a curve for coins",
            |it| set_key(it, "ECDSA secp256k1", Some(256)),
            "key",
            Refused,
            "the key is of a kind that public CAs may not certify (ECDSA secp256k1)",
        ),
        (
            "Ed25519",
            |it| set_key(it, "Ed25519", Some(256)),
            "key",
            Refused,
            "the key is of a kind that public CAs may not certify (Ed25519)",
        ),
        (
            "a unit with an at sign",
            |it| it.organizations = vec!["me@webex".to_owned()],
            "subject-characters",
            Refused,
            "the organization `me@webex` has `@`, which public CAs do not take",
        ),
    ];
    for (what, change, rule, standing, detail) in cases {
        let submission = alone(request(change));
        assert_eq!(against(&submission), [(rule, standing, detail.to_owned())], "{what}");
        let findings = check_all(&submission, &submission.requests[0]);
        assert_eq!(overall(&findings), standing, "{what}");
    }
}

fn set_key(request: &mut CertificationRequest, algorithm: &str, bits: Option<u32>) {
    use crate::x509::algorithm::KeyKind;
    request.key.kind = match algorithm {
        "RSA" | "RSASSA-PSS" => KeyKind::Rsa,
        "Ed25519" => KeyKind::EdDsa,
        _ => KeyKind::Ec,
    };
    request.key.algorithm = algorithm.to_owned();
    request.key.bits = bits;
}

#[test]
fn what_is_fine() {
    type Change = fn(&mut CertificationRequest);
    let cases: [(&str, Change); 9] = [
        ("the plain one", |_| {}),
        ("no CN", |it| it.common_names.clear()),
        ("letter case", |it| it.common_names = vec!["CUCM.WebEx.com".to_owned()]),
        ("a wildcard", |it| it.dns_names.push("*.webex.com".to_owned())),
        ("no purpose", |it| it.extended_key_usage = None),
        ("a country", |it| it.countries = vec!["DE".to_owned()]),
        ("an organization", |it| it.organizations = vec!["Größe und Söhne".to_owned()]),
        ("RSA 2048", |it| set_key(it, "RSA", Some(2048))),
        ("RSA 4096", |it| set_key(it, "RSA", Some(4096))),
    ];
    for (what, change) in cases {
        assert_eq!(against(&alone(request(change))), [], "{what}");
    }
}

#[test]
fn several_faults_are_all_said() {
    let nameless = alone(request(|it| it.dns_names.clear()));
    assert_eq!(
        against(&nameless),
        [
            (
                "subject-alt-name",
                Refused,
                "there is no subjectAltName, and clients of today look at nothing else".to_owned()
            ),
            (
                "common-name",
                Doubtful,
                "the Subject CN `cucm.webex.com` stands in no subjectAltName".to_owned()
            ),
        ]
    );
    let address = alone(request(|it| {
        it.common_names = vec!["10.0.0.1".to_owned()];
        it.dns_names.clear();
        it.ip_names = vec!["10.0.0.1".parse().unwrap()];
    }));
    assert_eq!(
        against(&address),
        [
            ("subject-alt-name", Refused, "the subjectAltName has no dNSName".to_owned()),
            ("not-an-address", Refused, "`10.0.0.1` stands in the place of a name".to_owned()),
        ]
    );
}

#[test]
fn requests_are_read_as_they_were_made() {
    let read = |key: &KeyPair| CertificationRequest::parse(&der(key, |_| {})).unwrap();
    for (key, text) in [
        (issue::key(&rcgen::PKCS_RSA_SHA256), "RSA 2048"),
        (issue::key(&rcgen::PKCS_ECDSA_P384_SHA384), "ECDSA P-384"),
        (issue::key(&rcgen::PKCS_ECDSA_P521_SHA512), "ECDSA P-521"),
        (issue::key(&rcgen::PKCS_ED25519), "Ed25519"),
    ] {
        let request = read(&key);
        assert_eq!((request.key.to_string().as_str(), request.proof), (text, Ok(())));
    }
    let request = CertificationRequest::parse(&der(&p256(), |params| {
        params.distinguished_name.push(rcgen::DnType::OrganizationName, "A & B");
        params.distinguished_name.push(rcgen::DnType::OrganizationalUnitName, "IT");
        params.distinguished_name.push(rcgen::DnType::CountryName, "DE");
        params.subject_alt_names =
            issue::alt_names(&["cucm.webex.com", "192.0.2.1", "*.webex.com"]);
        params.subject_alt_names.push(rcgen::SanType::OtherName((
            vec![1, 3, 6, 1, 5, 5, 7, 8, 5],
            rcgen::OtherNameValue::Utf8String("webex.com".to_owned()),
        )));
    }))
    .unwrap();
    assert_eq!(request.subject, "C=DE,OU=IT,O=A & B,CN=cucm.webex.com");
    assert_eq!(request.common_names, ["cucm.webex.com"]);
    assert_eq!(
        (&request.organizations[..], &request.units[..]),
        (&["A & B".to_owned()][..], &["IT".to_owned()][..])
    );
    assert_eq!(request.countries, ["DE"]);
    assert_eq!(request.dns_names, ["cucm.webex.com", "*.webex.com"]);
    assert_eq!(request.ip_names, ["192.0.2.1".parse::<std::net::IpAddr>().unwrap()]);
    assert_eq!(request.other_names, ["otherName"]);
    assert_eq!(request.extended_key_usage, Some(vec!["serverAuth".to_owned()]));
    assert!(request.key_usage.unwrap().digital_signature() && !request.is_ca);
    assert_eq!(request.defects, Vec::<String>::new());
    // Without any extension.
    let bare = CertificationRequest::parse(&der(&p256(), |params| {
        params.subject_alt_names.clear();
        params.key_usages.clear();
        params.extended_key_usages.clear();
    }))
    .unwrap();
    assert_eq!((bare.dns_names.len(), bare.extended_key_usage), (0, None));
}

#[test]
fn a_bit_that_was_changed_is_noticed() {
    let good = der(&p256(), |_| {});
    let name = good.windows(4).position(|it| it == b"cucm").unwrap();
    let mut bent = good.clone();
    bent[name] = b'C';
    assert_eq!(CertificationRequest::parse(&bent).unwrap().proof, Err(SignatureError::Wrong));
    for end in 0..good.len() {
        assert!(CertificationRequest::parse(&good[..end]).is_err(), "{end} octets");
    }
    for at in 0..good.len() {
        let mut bent = good.clone();
        bent[at] ^= 0x41;
        if let Ok(request) = CertificationRequest::parse(&bent) {
            check_all(&alone(request.clone()), &request);
        }
    }
}

#[test]
fn files() {
    let good = der(&p256(), |_| {});
    let text = pem("CERTIFICATE REQUEST", &good);
    let key = "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n";
    let with_key = format!("{key}{text}");
    let old = pem("NEW CERTIFICATE REQUEST", &good);
    let chatty = format!("Certificate Request:\r\n    Data:\r\n{}", text.replace('\n', "\r\n"));
    let marked = format!("\u{feff}{text}");
    let twice = text.repeat(2);
    let bare = BASE64.encode(&good);
    for (what, bytes, packaging, expected) in [
        ("PEM", text.as_bytes(), Packaging::Pem, None),
        ("the older label", old.as_bytes(), Packaging::Pem, None),
        ("text before it", chatty.as_bytes(), Packaging::Pem, None),
        ("a byte order mark", marked.as_bytes(), Packaging::Pem, None),
        ("a private key", with_key.as_bytes(), Packaging::Pem, Some(("no-private-key", Refused))),
        ("two", twice.as_bytes(), Packaging::Pem, Some(("encoding", Refused))),
        ("Base64 alone", bare.as_bytes(), Packaging::Base64, Some(("encoding", Doubtful))),
        ("DER", &good, Packaging::Der, Some(("encoding", Refused))),
    ] {
        let submission = Submission::read(bytes).unwrap();
        assert_eq!(submission.packaging, packaging, "{what}");
        let found = against(&submission);
        let found: Vec<_> = found.iter().map(|(rule, standing, _)| (*rule, *standing)).collect();
        assert_eq!(found, Vec::from_iter(expected), "{what}");
    }
    let other = pem("CERTIFICATE", &good);
    let damaged = text.replace("MI", "M*");
    let rubbish = pem("CERTIFICATE REQUEST", b"rubbish");
    let utf16: Vec<u8> =
        [0xff, 0xfe].into_iter().chain(text.bytes().flat_map(|b| [b, 0])).collect();
    let rubbish_error = "it is no certification request as RFC 2986 has it: \
                         `CertificationRequest` is missing or malformed";
    for (bytes, error) in [
        (&b""[..], "it is empty"),
        (b" \r\n", "it is empty"),
        (b"hello", "it is neither PEM nor DER"),
        (b"0123456789ab", rubbish_error),
        (b"\x30\x82\xff", rubbish_error),
        (other.as_bytes(), "it holds `CERTIFICATE` in PEM form, and no certification request"),
        (key.as_bytes(), "it holds `EC PRIVATE KEY` in PEM form, and no certification request"),
        (damaged.as_bytes(), "the Base64 of its certification request is damaged"),
        (rubbish.as_bytes(), rubbish_error),
        (&utf16, "it is text in UTF-16, which no CA reads"),
    ] {
        let found = Submission::read(bytes).unwrap_err().to_string();
        assert_eq!(found, error, "{:?}", String::from_utf8_lossy(bytes));
    }
}

proptest::proptest! {
    #[test]
    fn any_bytes_may_be_handed_in(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
        drop(Submission::read(&bytes));
    }
}
