//! What would complete a path.

use super::*;
use crate::x509::tlv::{self, encode};

/// A SignedData with these certificates and no signature.
fn pkcs7(certificates: &[&[u8]]) -> Vec<u8> {
    let oid = |value: &[u8]| encode(tlv::OID, &[value]);
    let signed_data = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];
    let data = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
    let content = encode(
        tlv::SEQUENCE,
        &[
            &encode(tlv::INTEGER, &[&[1]]),
            &encode(tlv::SET, &[]),
            &encode(tlv::SEQUENCE, &[&oid(&data)]),
            &encode(tlv::constructed(0), certificates),
            &encode(tlv::SET, &[]),
        ],
    );
    let tagged = encode(tlv::constructed(0), &[&content]);
    encode(tlv::SEQUENCE, &[&oid(&signed_data), &tagged])
}

fn pem(label: &str, der: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> =
        text.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n")).into_bytes()
}

#[test]
fn what_was_fetched_completes_the_path_or_not() {
    let root = Authority::root("Root");
    let (upper, stranger) = (root.intermediate("Upper"), Authority::root("Stranger"));
    let lower = upper.intermediate("Lower");
    let namesake = stranger.intermediate("Lower");
    let server = parse(&lower.server(|_| {}));
    let direct = parse(&root.server(|_| {}));
    let (lower, upper) = (lower.der, upper.der);
    let presented = [server.clone(), parse(&upper)];
    let alone = [server.clone()];
    let complete = [server, parse(&lower), parse(&upper)];
    let both: &[&str] = &["CN=Lower", "CN=Upper"];
    let one: &[&str] = &["CN=Lower"];
    for (what, chain, fetched, missing) in [
        ("DER", &presented[..], lower.clone(), Some(one)),
        ("PEM", &presented, pem("CERTIFICATE", &lower), Some(one)),
        ("PKCS#7", &presented, pkcs7(&[&lower]), Some(one)),
        ("PKCS#7, more than needed", &presented, pkcs7(&[&root.der, &upper, &lower]), Some(one)),
        ("PKCS#7 in PEM", &presented, pem("PKCS7", &pkcs7(&[&lower])), Some(one)),
        ("CMS in PEM", &presented, pem("CMS", &pkcs7(&[&lower])), Some(one)),
        ("two are missing, both came", &alone, pkcs7(&[&upper, &lower]), Some(both)),
        ("two are missing, one came", &alone, lower.clone(), None),
        ("another of the same name", &presented, namesake.der.clone(), None),
        ("something else", &presented, upper.clone(), None),
        ("nothing", &presented, Vec::new(), None),
        ("a web page", &presented, b"<html>".to_vec(), None),
        ("an empty PKCS#7", &presented, pkcs7(&[]), None),
        ("a PKCS#7 cut short", &presented, pkcs7(&[&lower])[..200].to_vec(), None),
        ("nothing is missing", &complete, lower.clone(), None),
        ("nothing was ever missing", &[direct], lower.clone(), None),
    ] {
        let found = completed_by(chain, &root.anchors(), &fetched, NOW);
        let expected = missing.map(|missing| Completion {
            missing: missing.iter().map(|subject| (*subject).to_owned()).collect(),
            anchor: "CN=Root".to_owned(),
        });
        assert_eq!(found, expected, "{what}");
    }
    let nobody = TrustAnchors::default();
    assert_eq!(completed_by(&presented, &nobody, &lower, NOW), None, "nobody is trusted");
}
