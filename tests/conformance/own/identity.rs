//! Does the certificate name the server?

use rcgen::{CertificateParams, DnType, DnValue, SanType};

use super::authority::{NAME, alt_names, common_name, common_name_as, extension, named};
use super::{ASKED, BY_CN, FINE, FROWNED, Kinds, OPEN_OR_REFUSED, Own, World};

const SUBJECT_ALT_NAME: &[u64] = &[2, 5, 29, 17];

pub(super) fn cases() -> Vec<Own> {
    let world = World::new();
    let mut cases = presented(&world);
    cases.extend(demanded(&world));
    cases.extend(subject(&world));
    cases.extend(odd(&world));
    cases
}

/// dNSNames against [`NAME`].
fn presented(world: &World) -> Vec<Own> {
    let many: Vec<String> = (1..=100).map(|at| format!("c{at}.webex.com")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    let rows: &[(&str, &[&str], Kinds)] = &[
        ("exact", &[NAME], FINE),
        ("letter-case", &["C12.WebEx.COM"], FINE),
        ("trailing-dot", &["c12.webex.com."], FINE),
        ("second", &["a.webex.com", NAME], FINE),
        ("one-of-a-hundred", &many, FINE),
        ("beside-an-address", &[NAME, "192.0.2.1"], FINE),
        ("wildcard", &["*.webex.com"], FINE),
        ("wildcard-letter-case", &["*.WEBEX.com"], FINE),
        ("wildcard-trailing-dot", &["*.webex.com."], FINE),
        ("other", &["other.webex.com"], ASKED),
        ("parent", &["webex.com"], ASKED),
        ("child", &["a.c12.webex.com"], ASKED),
        ("longer-label", &["xc12.webex.com"], ASKED),
        ("other-domain", &["c12.webex.org"], ASKED),
        ("name-as-prefix", &["c12.webex.com.evil.example"], ASKED),
        ("name-as-suffix", &["evilc12.webex.com"], ASKED),
        ("wildcard-below", &["*.c12.webex.com"], ASKED),
        ("wildcard-of-a-lookalike", &["*.ebex.com"], ASKED),
        ("wildcard-prefix", &["c*.webex.com"], ASKED),
        ("wildcard-suffix", &["*2.webex.com"], ASKED),
        ("wildcard-inside", &["c*2.webex.com"], ASKED),
        ("wildcard-second-label", &["c12.*.com"], ASKED),
        ("wildcard-last-label", &["c12.webex.*"], ASKED),
        ("wildcard-twice", &["*.*.com"], ASKED),
        ("wildcard-two-asterisks", &["**.webex.com"], ASKED),
        ("wildcard-of-a-top-level-domain", &["*.com"], ASKED),
        ("wildcard-alone", &["*"], ASKED),
        ("wildcard-and-dot", &["*."], ASKED),
        ("leading-dot", &[".webex.com"], ASKED),
        ("white-space", &[" c12.webex.com"], ASKED),
        ("url", &["https://c12.webex.com"], ASKED),
        ("port", &["c12.webex.com:443"], ASKED),
        ("null-octet", &["c12.webex.com\0.evil.example"], ASKED),
        ("line-feed", &["c12.webex.com\n"], ASKED),
        ("empty", &[""], ASKED),
    ];
    rows.iter()
        .map(|(id, names, kinds)| {
            let change = |params: &mut CertificateParams| named(params, names);
            world.server(&format!("identity::dns::{id}"), &change, *kinds)
        })
        .collect()
}

/// Other names than [`NAME`] against what is presented.
fn demanded(world: &World) -> Vec<Own> {
    let rows: &[(&str, &[&str], &str, Kinds)] = &[
        ("wildcard-at-its-parent", &["*.webex.com"], "webex.com", ASKED),
        ("wildcard-over-two-labels", &["*.webex.com"], "a.c12.webex.com", ASKED),
        ("wildcard-beside-its-parent", &["*.webex.com", "webex.com"], "webex.com", FINE),
        ("letter-case-demanded", &[NAME], "C12.WEBEX.COM", FINE),
        ("international", &["xn--bcher-kva.webex.com"], "xn--bcher-kva.webex.com", FINE),
        ("international-by-u-label", &["xn--bcher-kva.webex.com"], "b\u{fc}cher.webex.com", FINE),
        ("international-by-wildcard", &["*.webex.com"], "xn--bcher-kva.webex.com", FINE),
        ("international-wildcard", &["xn--*.webex.com"], "xn--bcher-kva.webex.com", ASKED),
        ("registry-wildcard", &["*.co.uk"], "example.co.uk", FROWNED),
        ("private-suffix-wildcard", &["*.s3.amazonaws.com"], "a.s3.amazonaws.com", FROWNED),
        (
            "private-suffix-by-name",
            &["a.s3.amazonaws.com", "*.s3.amazonaws.com"],
            "a.s3.amazonaws.com",
            FINE,
        ),
        ("underscore", &["a_b.webex.com"], "a_b.webex.com", FROWNED),
        ("underscore-by-wildcard", &["*.webex.com"], "a_b.webex.com", FINE),
    ];
    rows.iter()
        .map(|(id, names, demanded, kinds)| {
            let change = |params: &mut CertificateParams| named(params, names);
            world.server(&format!("identity::dns::{id}"), &change, *kinds).demanding(demanded)
        })
        .collect()
}

/// The Subject CN, which counts for old clients where there is no dNSName.
fn subject(world: &World) -> Vec<Own> {
    let rows: &[(&str, &[&str], &str, Kinds)] = &[
        ("alone", &[], NAME, BY_CN),
        ("letter-case", &[], "C12.WEBEX.com", BY_CN),
        ("trailing-dot", &[], "c12.webex.com.", BY_CN),
        ("wildcard", &[], "*.webex.com", BY_CN),
        ("other", &[], "other.webex.com", ASKED),
        ("wildcard-prefix", &[], "c*.webex.com", ASKED),
        ("wildcard-of-a-top-level-domain", &[], "*.com", ASKED),
        ("null-octet", &[], "c12.webex.com\0.evil.example", ASKED),
        ("white-space", &[], " c12.webex.com", ASKED),
        ("beside-an-address", &["192.0.2.1"], NAME, BY_CN),
        ("beside-another-name", &["other.webex.com"], NAME, ASKED),
        ("of-nobody-beside-the-name", &[NAME], "photo server", FINE),
        ("of-another-beside-the-name", &[NAME], "other.webex.com", FROWNED),
        ("letter-case-beside-the-name", &[NAME], "C12.webex.com", FROWNED),
        ("an-address-beside-the-name", &[NAME], "192.0.2.1", FROWNED),
    ];
    let mut cases: Vec<Own> = rows
        .iter()
        .map(|(id, names, subject, kinds)| {
            let change = |params: &mut CertificateParams| {
                alt_names(params, names);
                common_name(params, subject);
            };
            world.server(&format!("identity::cn::{id}"), &change, *kinds)
        })
        .collect();
    let typed = |id: &str, value: &DnValue, kinds: Kinds| {
        let change = |params: &mut CertificateParams| {
            params.subject_alt_names.clear();
            common_name_as(params, value.clone());
        };
        world.server(&format!("identity::cn::{id}"), &change, kinds)
    };
    cases.push(typed("printable", &DnValue::PrintableString(NAME.try_into().unwrap()), BY_CN));
    cases.push(typed("teletex", &DnValue::TeletexString(NAME.try_into().unwrap()), BY_CN));
    cases.push(typed("bmp", &DnValue::BmpString(NAME.try_into().unwrap()), BY_CN));
    let second = |params: &mut CertificateParams| {
        params.subject_alt_names.clear();
        common_name(params, "other.webex.com");
        params.distinguished_name.push(DnType::CustomDnType(vec![2, 5, 4, 3]), NAME);
    };
    cases.push(world.server("identity::cn::second", &second, BY_CN));
    let none = |params: &mut CertificateParams| {
        params.subject_alt_names.clear();
        params.distinguished_name = rcgen::DistinguishedName::new();
    };
    cases.push(world.server("identity::cn::nothing-at-all", &none, ASKED));
    cases
}

/// A subjectAltName of other kinds, and one that nobody can read.
fn odd(world: &World) -> Vec<Own> {
    let only = |id: &str, name: SanType, kinds: Kinds| {
        let change = |params: &mut CertificateParams| {
            params.subject_alt_names = vec![name.clone()];
        };
        world.server(&format!("identity::san::{id}"), &change, kinds)
    };
    let raw = |id: &str, names: &[u8], kinds: Kinds| {
        let change = |params: &mut CertificateParams| {
            params.subject_alt_names.clear();
            extension(params, SUBJECT_ALT_NAME, false, names);
        };
        world.server(&format!("identity::san::{id}"), &change, kinds)
    };
    let with_tag = |tag: u8, text: &str| {
        let length = |bytes: &[u8]| u8::try_from(bytes.len()).unwrap();
        let name = [&[tag, length(text.as_bytes())], text.as_bytes()].concat();
        [&[0x30, length(&name)], &name[..]].concat()
    };
    vec![
        only("uri-alone", SanType::URI("https://c12.webex.com/".try_into().unwrap()), BY_CN),
        only("mail-alone", SanType::Rfc822Name("a@webex.com".try_into().unwrap()), BY_CN),
        raw("utf8", &with_tag(0x82, "b\u{fc}cher.webex.com"), OPEN_OR_REFUSED),
        raw("unreadable", &[0x30, 5, 1], OPEN_OR_REFUSED),
        raw("empty", &[0x30, 0], BY_CN),
        world.server(
            "identity::san::twice",
            &|params| extension(params, SUBJECT_ALT_NAME, false, &with_tag(0x82, NAME)),
            OPEN_OR_REFUSED,
        ),
    ]
}
