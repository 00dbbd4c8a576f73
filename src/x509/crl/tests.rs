//! CRLs of every kind, made by the lab, against the verification here.

use lab::crl::{self as list, CertificateList, Entry};
use lab::{Extension, SignatureFault};
use rcgen::{CertificateParams, CustomExtension, KeyUsagePurpose};

use super::*;
use crate::x509::issue::{self, Authority, NOT_AFTER, NOW};
use crate::x509::tlv::encode;

const DAY: i64 = 24 * 60 * 60;
const ONE: &str = "http://crl.example/1.crl";
const TWO: &str = "http://crl.example/2.crl";

fn parse(der: &[u8]) -> Certificate {
    Certificate::parse(der).unwrap()
}

/// A root, a server of it that names [`ONE`], and what the root may say of it.
struct World {
    root: Authority,
    root_read: Certificate,
    server: Certificate,
}

impl World {
    fn new() -> Self {
        let root = Authority::root("Root");
        let server = parse(&root.server(|params| {
            params.serial_number = Some(vec![0x6b, 1].into());
            params.crl_distribution_points = issue::points(&[ONE]);
        }));
        Self { root_read: parse(&root.der), root, server }
    }

    fn signed(&self, list: &CertificateList) -> Vec<u8> {
        list.sign(&self.root.signer()).unwrap()
    }

    fn about(&self, crl: &[u8]) -> Result<Answer, CrlError> {
        Crl::read(crl)?.about(&self.server, &self.root_read, NOW)
    }

    fn entry(&self, reason: Option<u8>) -> Entry {
        Entry::about(&self.server.der, NOW - DAY, reason).unwrap()
    }
}

fn text(found: &Result<Answer, CrlError>) -> String {
    match found {
        Ok(answer) => format!("{:?}", answer.statement),
        Err(error) => format!("it {error}"),
    }
}

/// A complete CRL, changed.
fn changed(change: impl FnOnce(&mut CertificateList)) -> CertificateList {
    let mut list = CertificateList::new(NOW);
    change(&mut list);
    list
}

fn scoped(scope: list::Scope) -> CertificateList {
    changed(|it| it.extensions.push(scope.extension()))
}

#[test]
fn a_certificate_is_on_the_list_or_not() {
    let world = World::new();
    let revoked = |reason: Option<&str>| Statement::Revoked {
        since: NOW - DAY,
        reason: reason.map(str::to_owned),
    };
    let foreign = |after: bool, entry: Option<Entry>| {
        let mut list = CertificateList::new(NOW).with_foreign_entries(500);
        let at = if after { list.entries.len() } else { 0 };
        list.entries.splice(at..at, entry);
        list
    };
    let padded = Entry { serial: vec![0, 0, 0x6b, 1], ..world.entry(None) };
    for (what, list, expected) in [
        ("empty", CertificateList::new(NOW), Statement::Good),
        ("others only", foreign(true, None), Statement::Good),
        ("the first", foreign(false, Some(world.entry(Some(1)))), revoked(Some("keyCompromise"))),
        ("the last", foreign(true, Some(world.entry(None))), revoked(None)),
        ("zeros in front", foreign(true, Some(padded)), revoked(None)),
        ("on hold", foreign(true, Some(world.entry(Some(6)))), revoked(Some("certificateHold"))),
        (
            "an unknown reason",
            foreign(true, Some(world.entry(Some(77)))),
            revoked(Some("reason 77")),
        ),
        (
            "in a delta",
            changed(|it| {
                it.extensions.push(list::delta(41));
                it.entries.push(world.entry(Some(1)));
            }),
            revoked(Some("keyCompromise")),
        ),
        ("just out of date", changed(|it| it.next_update = Some(NOW - 300)), Statement::Good),
        ("just begun", changed(|it| it.this_update = NOW + 300), Statement::Good),
        (
            "with a delta elsewhere",
            changed(|it| it.extensions.push(list::freshest(TWO))),
            Statement::Good,
        ),
    ] {
        let crl = world.signed(&list);
        let answer = world.about(&crl).unwrap();
        assert_eq!(answer.statement, expected, "{what}");
        assert_eq!(answer.reasons, Reasons::ALL, "{what}");
        assert_eq!(answer.dates.this_update, list.this_update, "{what}");
        assert_eq!(answer.dates.next_update, list.next_update, "{what}");
        let pem = list::pem(&crl);
        let again = world.about(&der(pem.as_bytes()).unwrap()).unwrap();
        assert_eq!(again.statement, expected, "{what}, PEM");
    }
}

#[test]
fn serial_numbers_are_told_apart_by_their_sign() {
    let root = Authority::root("Root");
    let server = parse(&root.server(|params| params.serial_number = Some(vec![0, 0xff].into())));
    let issuer = parse(&root.der);
    for (listed, revoked) in [
        (&[0, 0xff][..], true),
        (&[0, 0, 0xff], true),
        (&[0xff], false),
        (&[0xff, 0xff], false),
        (&[0], false),
        (&[], false),
    ] {
        let mut list = CertificateList::new(NOW);
        let mut entry = Entry::about(&server.der, NOW - DAY, None).unwrap();
        entry.serial = listed.to_vec();
        list.entries.push(entry);
        let crl = list.sign(&root.signer()).unwrap();
        let answer = Crl::read(&crl).unwrap().about(&server, &issuer, NOW).unwrap();
        assert_eq!(matches!(answer.statement, Statement::Revoked { .. }), revoked, "{listed:?}");
    }
}

#[test]
fn every_fault_has_its_name() {
    let world = World::new();
    let stranger = Authority::root("Stranger");
    let namesake = Authority::root("Root");
    let cut = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut crl = world.signed(&CertificateList::new(NOW));
        change(&mut crl);
        crl
    };
    let two_algorithms = {
        let p384 = issue::key(&rcgen::PKCS_ECDSA_P384_SHA384);
        let signer = lab::Signer { certificate: &world.root.der, key: &p384 };
        // The identifiers differ in their last octet; the one outside stands last.
        let mut crl = CertificateList::new(NOW).sign(&signer).unwrap();
        let p384_id = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3];
        let at = (0..crl.len()).rfind(|at| crl[*at..].starts_with(&p384_id)).unwrap();
        crl[at + 9] = 2;
        crl
    };
    for (what, crl, expected) in [
        ("nothing", vec![], "it is not DER as RFC 5280, 5.1 has it: `CertificateList` is missing"),
        (
            "truncated",
            cut(&|crl| crl.truncate(crl.len() - 1)),
            "`CertificateList` is missing or malformed",
        ),
        ("trailing", cut(&|crl| crl.push(0)), "`CertificateList` is missing or malformed"),
        ("a certificate", world.root.der.clone(), "is missing or malformed"),
        (
            "bit flipped",
            world.signed(&changed(|it| it.fault = Some(SignatureFault::BitFlipped))),
            "it has a signature that does not verify",
        ),
        ("two algorithms", two_algorithms, "it names two different signature algorithms"),
        (
            "another issuer",
            CertificateList::new(NOW).sign(&stranger.signer()).unwrap(),
            "it is of another issuer than `CN=Root`",
        ),
        (
            "an issuer of the same name",
            CertificateList::new(NOW).sign(&namesake.signer()).unwrap(),
            "it has a signature that does not verify",
        ),
        (
            "out of date",
            world.signed(&changed(|it| it.next_update = Some(NOW - 301))),
            "it is out of date since 2027-06-30 23:54:59 UTC",
        ),
        (
            "not yet",
            world.signed(&changed(|it| it.this_update = NOW + 301)),
            "it is not valid before 2027-07-01 00:05:01 UTC",
        ),
        (
            "open",
            world.signed(&changed(|it| it.next_update = None)),
            "it has no nextUpdate, which RFC 5280 demands",
        ),
        (
            "delta",
            world.signed(&changed(|it| it.extensions.push(list::delta(41)))),
            "it is a delta CRL, which says nothing without its base",
        ),
        (
            "delta that takes it off the list",
            world.signed(&changed(|it| {
                it.extensions.push(list::delta(41));
                it.entries.push(world.entry(Some(8)));
            })),
            "it is a delta CRL, which says nothing without its base",
        ),
        (
            "critical extension",
            world.signed(&changed(|it| it.extensions.push(Extension::unknown_critical()))),
            "it has the critical extension 1.3.6.1.4.1.32473.1, which is not known",
        ),
        (
            "critical entry extension",
            world.signed(&changed(|it| {
                it.entries.push(world.entry(None));
                let mut other = world.entry(None);
                other.serial = vec![5];
                other.certificate_issuer = Some(stranger.der.clone());
                it.entries.push(other);
            })),
            "it has an entry with the critical extension 2.5.29.29, which is not known",
        ),
        (
            "removed",
            world.signed(&changed(|it| it.entries.push(world.entry(Some(8))))),
            "it lists the certificate as removed, as only a delta CRL may",
        ),
    ] {
        let found = text(&world.about(&crl));
        assert!(found.contains(expected), "{what}: {found}");
    }
    for bytes in [&b""[..], b"<html>", b"-----BEGIN X509 CRL-----\n!!!\n"] {
        assert_eq!(der(bytes).map(|_| ()), Err(CrlError::NotPem));
    }
}

#[test]
fn signatures_that_prove_nothing_are_named() {
    let world = World::new();
    let key = issue::key(&rcgen::PKCS_RSA_SHA256);
    let signer = lab::Signer { certificate: &world.root.der, key: &key };
    let sha256 = [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11];
    for (algorithm, expected) in [
        (5, "it has a weak signature (`sha1WithRSAEncryption`)"),
        (4, "it has a weak signature (`md5WithRSAEncryption`)"),
        (14, "it has a signature that cannot be evaluated (`sha224WithRSAEncryption`)"),
        (11, "it has a signature that cannot be evaluated (`sha256WithRSAEncryption`)"),
    ] {
        // The algorithm is named twice: inside and outside.
        let mut crl = CertificateList::new(NOW).sign(&signer).unwrap();
        for at in 0..crl.len() - sha256.len() {
            if crl[at..].starts_with(&sha256) {
                crl[at + sha256.len() - 1] = algorithm;
            }
        }
        assert_eq!(text(&world.about(&crl)), expected);
    }
}

#[test]
fn an_issuer_that_may_not_sign_crls_is_named() {
    let without = |params: &mut CertificateParams| {
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    };
    for (what, authority, expected) in [
        (
            "without cRLSign",
            Authority::root_with("Root", without),
            "it is signed by `CN=Root`, which may not sign CRLs: its keyUsage lacks cRLSign",
        ),
        (
            "without keyUsage",
            Authority::root_with("Root", |params| params.key_usages = Vec::new()),
            "Good",
        ),
    ] {
        let crl = CertificateList::new(NOW).sign(&authority.signer()).unwrap();
        let server = parse(&authority.server(|_| {}));
        let found = Crl::read(&crl).unwrap().about(&server, &parse(&authority.der), NOW);
        assert_eq!(text(&found), expected, "{what}");
    }
}

#[test]
fn a_crl_is_about_those_it_says() {
    let world = World::new();
    let sub = parse(&world.root.intermediate("Sub").der);
    let scope = list::Scope::default;
    let other_point = "it is about the distribution point `http://crl.example/2.crl` only, which the certificate \
         does not name";
    for (what, list, server, ca) in [
        ("everybody", scope(), "Good", "Good"),
        (
            "end-entity certificates",
            list::Scope { only_user: true, ..scope() },
            "Good",
            "it is about end-entity certificates only",
        ),
        (
            "CA certificates",
            list::Scope { only_ca: true, ..scope() },
            "it is about CA certificates only",
            "Good",
        ),
        (
            "attribute certificates",
            list::Scope { only_attribute: true, ..scope() },
            "it is about attribute certificates only",
            "it is about attribute certificates only",
        ),
        (
            "two at once",
            list::Scope { only_user: true, only_ca: true, ..scope() },
            "it is not DER as RFC 5280, 5.1 has it: `issuingDistributionPoint` is missing or \
             malformed",
            "it is not DER as RFC 5280, 5.1 has it: `issuingDistributionPoint` is missing or \
             malformed",
        ),
        (
            "the point it names",
            list::Scope { uri: Some(ONE.to_owned()), ..scope() },
            "Good",
            "it is about the distribution point `http://crl.example/1.crl` only, which the \
             certificate does not name",
        ),
        (
            "another point",
            list::Scope { uri: Some(TWO.to_owned()), ..scope() },
            other_point,
            other_point,
        ),
    ] {
        let crl = world.signed(&scoped(list));
        assert_eq!(text(&world.about(&crl)), server, "{what}");
        let found = Crl::read(&crl).unwrap().about(&sub, &world.root_read, NOW);
        assert_eq!(text(&found), ca, "{what}, CA");
    }
}

/// A cRLDistributionPoints extension from the content of its points.
fn points(points: &[Vec<u8>]) -> CustomExtension {
    let points: Vec<Vec<u8>> = points.iter().map(|it| encode(tlv::SEQUENCE, &[it])).collect();
    let pieces: Vec<&[u8]> = points.iter().map(Vec::as_slice).collect();
    CustomExtension::from_oid_content(&[2, 5, 29, 31], encode(tlv::SEQUENCE, &pieces))
}

fn full_name(general_name: &[u8]) -> Vec<u8> {
    encode(tlv::constructed(0), &[&encode(tlv::constructed(0), &[general_name])])
}

fn url(url: &str) -> Vec<u8> {
    encode(tlv::primitive(6), &[url.as_bytes()])
}

fn directory(name: &[u8]) -> Vec<u8> {
    encode(tlv::constructed(4), &[name])
}

/// A relative name `CN=…`, as a DistributionPointName.
fn relative(name: &str) -> Vec<u8> {
    encode(tlv::constructed(0), &[&encode(tlv::constructed(1), &[&common_name(name)])])
}

fn common_name(name: &str) -> Vec<u8> {
    let text = encode(0x0c, &[name.as_bytes()]);
    encode(tlv::SEQUENCE, &[&encode(tlv::OID, &[&[0x55, 4, 3]]), &text])
}

fn idp(content: &[&[u8]]) -> Extension {
    let value = encode(tlv::SEQUENCE, content);
    Extension { oid: vec![2, 5, 29, 28], critical: true, value }
}

#[test]
fn points_are_matched_by_any_name_in_any_form() {
    let world = World::new();
    let root_name = Parts::of(&world.root_read).unwrap().subject.to_vec();
    let below = {
        let base = &root_name[2..];
        encode(tlv::SEQUENCE, &[base, &encode(tlv::SET, &[&common_name("Part 1")])])
    };
    let of_issuer = |name: &[u8]| encode(tlv::constructed(2), &[&directory(name)]);
    let not_named = "which the certificate does not name";
    for (what, certificate, crl, expected) in [
        ("none named, URL", vec![], full_name(&url(ONE)), not_named),
        ("none named, the issuer's name", vec![], full_name(&directory(&root_name)), "Good"),
        (
            "the second of two",
            vec![full_name(&url(TWO)), full_name(&url(ONE))],
            full_name(&url(ONE)),
            "Good",
        ),
        (
            "one of two names",
            vec![full_name(&[url(TWO), url(ONE)].concat())],
            full_name(&url(ONE)),
            "Good",
        ),
        ("relative and relative", vec![relative("Part 1")], relative("Part 1"), "Good"),
        ("relative and full", vec![relative("Part 1")], full_name(&directory(&below)), "Good"),
        ("full and relative", vec![full_name(&directory(&below))], relative("Part 1"), "Good"),
        (
            "another relative name",
            vec![relative("Part 2")],
            relative("Part 1"),
            "it is about a distribution point without a URL only, which the certificate does not \
             name",
        ),
        (
            "its point is of another CRL issuer",
            vec![[full_name(&url(ONE)), of_issuer(&below)].concat()],
            full_name(&url(ONE)),
            not_named,
        ),
        (
            "its point is of the issuer, in an indirect CRL that is none",
            vec![[full_name(&url(ONE)), of_issuer(&root_name)].concat()],
            full_name(&url(ONE)),
            not_named,
        ),
        (
            "its point is of the issuer, in an indirect CRL",
            vec![[full_name(&url(ONE)), of_issuer(&root_name)].concat()],
            [full_name(&url(ONE)), vec![0x84, 1, 0xff]].concat(),
            "Good",
        ),
        (
            "only the CRL issuer is named",
            vec![of_issuer(&root_name)],
            [full_name(&directory(&root_name)), vec![0x84, 1, 0xff]].concat(),
            "Good",
        ),
        (
            "a point that is no name",
            vec![encode(tlv::constructed(0), &[&encode(tlv::NULL, &[])])],
            full_name(&url(ONE)),
            "`distributionPoint` is missing or malformed",
        ),
    ] {
        let server = parse(&world.root.server(|params| {
            params.crl_distribution_points = Vec::new();
            if !certificate.is_empty() {
                params.crl_distribution_points = Vec::new();
                params.custom_extensions = vec![points(&certificate)];
            }
        }));
        let crl = world.signed(&changed(|it| it.extensions.push(idp(&[&crl]))));
        let found = text(&Crl::read(&crl).unwrap().about(&server, &world.root_read, NOW));
        assert!(found.contains(expected), "{what}: {found}");
    }
}

#[test]
fn some_reasons_are_not_all() {
    let world = World::new();
    let some = |flags: u8, entry: Option<Entry>| {
        let scope = list::Scope { only_reasons: Some(flags), ..list::Scope::default() };
        let mut list = scoped(scope);
        list.entries.extend(entry);
        world.signed(&list)
    };
    let answer = world.about(&some(0x60, None)).unwrap();
    assert_eq!(answer.statement, Statement::Good);
    assert_eq!(answer.reasons.missing().len(), 6);
    let answer = world.about(&some(0x60, Some(world.entry(Some(1))))).unwrap();
    assert!(matches!(answer.statement, Statement::Revoked { .. }));

    // The certificate names one point for keyCompromise, and one for all others.
    let with_reasons = |name: &str, flags: &[u8]| {
        [full_name(&url(name)), encode(tlv::primitive(1), &[flags])].concat()
    };
    let server = parse(&world.root.server(|params| {
        params.crl_distribution_points = Vec::new();
        params.custom_extensions = vec![points(&[
            with_reasons(ONE, &[0x06, 0x40]),
            with_reasons(TWO, &[0x07, 0x3f, 0x80]),
        ])];
    }));
    let ask = |name: &str, reasons: Option<&[u8]>| {
        let reasons = reasons.map(|it| encode(tlv::primitive(3), &[it])).unwrap_or_default();
        let scope = idp(&[&full_name(&url(name)), &reasons]);
        let crl = world.signed(&changed(|it| it.extensions.push(scope)));
        Crl::read(&crl).unwrap().about(&server, &world.root_read, NOW)
    };
    let one = ask(ONE, None).unwrap().reasons;
    let two = ask(TWO, None).unwrap().reasons;
    assert_eq!((one.missing().len(), two.missing()), (7, vec!["keyCompromise".to_owned()]));
    let cacompromise = ask(TWO, Some(&[0x05, 0x20])).unwrap().reasons;
    assert_eq!(one.and(cacompromise).missing(), two_less(&["keyCompromise", "cACompromise"]));
    assert_eq!(
        text(&ask(TWO, Some(&[0x06, 0x40]))),
        "it is about none of the reasons for which the certificate names it"
    );
    assert_eq!(one.and(two), Reasons::ALL);
}

/// All reasons but these.
fn two_less(these: &[&str]) -> Vec<String> {
    Reasons::NONE.missing().into_iter().filter(|word| !these.contains(&word.as_str())).collect()
}

#[test]
fn in_an_indirect_crl_entries_have_their_own_issuers() {
    let world = World::new();
    let stranger = Authority::root("Stranger");
    let indirect = |entries: Vec<Entry>| {
        let mut list = scoped(list::Scope { indirect: true, ..list::Scope::default() });
        list.entries = entries;
        world.signed(&list)
    };
    let entry = |serial: &[u8], issuer: Option<&Authority>| Entry {
        serial: serial.to_vec(),
        certificate_issuer: issuer.map(|issuer| issuer.der.clone()),
        ..world.entry(None)
    };
    let ours = &[0x6b, 1][..];
    for (what, entries, revoked) in [
        ("ours from the start", vec![entry(ours, None)], true),
        ("the stranger's", vec![entry(ours, Some(&stranger))], false),
        ("still the stranger's", vec![entry(&[5], Some(&stranger)), entry(ours, None)], false),
        (
            "ours again",
            vec![entry(&[5], Some(&stranger)), entry(&[6], Some(&world.root)), entry(ours, None)],
            true,
        ),
    ] {
        let answer = world.about(&indirect(entries)).unwrap();
        assert_eq!(matches!(answer.statement, Statement::Revoked { .. }), revoked, "{what}");
    }

    // Somebody else's list is refused, whether it says that it is indirect or the certificate does.
    let theirs = scoped(list::Scope { indirect: true, ..list::Scope::default() });
    let refused =
        "it is an indirect CRL of another issuer than `CN=Root`, which cannot be evaluated";
    assert_eq!(text(&world.about(&theirs.sign(&stranger.signer()).unwrap())), refused);
    let name = Parts::of(&parse(&stranger.der)).unwrap().subject.to_vec();
    let server = parse(&world.root.server(|params| {
        params.crl_distribution_points = Vec::new();
        let issuer = encode(tlv::constructed(2), &[&directory(&name)]);
        params.crl_distribution_points = Vec::new();
        params.custom_extensions = vec![points(&[[full_name(&url(ONE)), issuer].concat()])];
    }));
    let theirs = CertificateList::new(NOW).sign(&stranger.signer()).unwrap();
    let found = Crl::read(&theirs).unwrap().about(&server, &world.root_read, NOW);
    assert_eq!(text(&found), refused);
}

#[test]
fn nothing_is_proved_about_a_certificate_that_had_expired() {
    let world = World::new();
    let later = NOT_AFTER + 30 * DAY;
    let keeps = |since: &str| Extension {
        oid: vec![2, 5, 29, 60],
        critical: false,
        value: encode(tlv::GENERALIZED_TIME, &[since.as_bytes()]),
    };
    let list = |this_update: i64, extensions: Vec<Extension>| {
        changed(|it| {
            (it.this_update, it.next_update) = (this_update, Some(later + DAY));
            it.extensions.extend(extensions);
        })
    };
    let mut revoked = list(later, vec![]);
    revoked.entries.push(world.entry(None));
    let nothing = "it proves nothing about a certificate that expired on 2029-01-01 00:00:00 UTC, \
                   before it was made";
    for (what, list, expected) in [
        ("made since", list(later, vec![]), nothing),
        ("made until then", list(NOT_AFTER, vec![]), "Good"),
        ("keeps the expired", list(later, vec![keeps("20290101000000Z")]), "Good"),
        ("keeps later ones", list(later, vec![keeps("20290101000001Z")]), nothing),
        ("listed nevertheless", revoked, "Revoked"),
    ] {
        let crl = world.signed(&list);
        let found = Crl::read(&crl).unwrap().about(&world.server, &world.root_read, later);
        assert!(text(&found).starts_with(expected), "{what}: {}", text(&found));
    }
}

#[test]
fn a_crl_with_one_turned_bit_says_nothing() {
    let world = World::new();
    let mut list = scoped(list::Scope { uri: Some(ONE.to_owned()), ..list::Scope::default() });
    list = list.with_foreign_entries(3);
    let absent = world.signed(&list);
    list.entries.push(world.entry(Some(1)));
    for crl in [absent, world.signed(&list)] {
        assert!(world.about(&crl).is_ok());
        for at in 0..crl.len() {
            for bit in 0..8 {
                let mut bent = crl.clone();
                bent[at] ^= 1 << bit;
                let found = world.about(&bent);
                assert!(found.is_err(), "octet {at}, bit {bit}: {}", text(&found));
            }
        }
        for end in 0..crl.len() {
            assert!(world.about(&crl[..end]).is_err(), "{end} octets");
        }
    }
}

thread_local! {
    static WORLD: World = World::new();
}

proptest::proptest! {
    #[test]
    fn any_bytes_may_come(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..300)) {
        WORLD.with(|world| assert!(world.about(&bytes).is_err()));
        drop(der(&bytes));
    }

    /// The signature stands before the entries; these are hostile even though they are signed.
    #[test]
    fn any_entries_may_be_signed(list in proptest::collection::vec(proptest::num::u8::ANY, 0..100)) {
        for indirect in [true, false] {
            let entries = Entries { list: &list, issuer: b"issuer", indirect };
            drop(entries.find(b"serial", b"issuer"));
        }
        let _ = Scope::read(&list);
    }
}
