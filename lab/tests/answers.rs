//! The lab's OCSP responses and CRLs, read by OpenSSL, which did not make them.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a test speaks and may panic"
)]

mod openssl;

use std::fs;
use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use lab::crl::{self, CertificateList, Entry, Scope};
use lab::ocsp::{
    self, BasicResponse, CertId, CertStatus, Delegate, DelegateShape, Hash, Request, ResponderId,
    ResponseFault, SingleResponse,
};
use lab::{Extension, SignatureFault, Signer, certificate_pem};
use openssl::openssl;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};

/// A CA and a server's certificate below it.
struct World {
    ca: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
    server: Vec<u8>,
    now: i64,
}

impl World {
    fn new(name: &str) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate().unwrap();
        let ca = params.self_signed(&key).unwrap().der().to_vec();
        let issuer = Issuer::new(params, key);
        let server = CertificateParams::new(vec!["c12.webex.com".to_owned()]).unwrap();
        let server = server.signed_by(&KeyPair::generate().unwrap(), &issuer).unwrap();
        Self { ca, issuer, server: server.der().to_vec(), now: i64::try_from(now).unwrap() }
    }

    fn signer(&self) -> Signer<'_> {
        Signer { certificate: &self.ca, key: self.issuer.key() }
    }

    fn id(&self, hash: Hash) -> CertId {
        CertId::of(hash, &self.ca, &self.server).unwrap()
    }

    fn good(&self) -> BasicResponse {
        BasicResponse::about(SingleResponse::good(self.id(Hash::Sha1), self.now))
    }

    /// Writes the certificates as PEM.
    fn write(&self, folder: &Path) {
        for (name, der) in [("ca.pem", &self.ca), ("server.pem", &self.server)] {
            fs::write(folder.join(name), certificate_pem(der)).unwrap();
        }
    }
}

#[test]
fn openssl_reads_each_response_as_it_is_called() {
    let (world, other) = (World::new("CA"), World::new("Other CA"));
    let shape = DelegateShape::new(world.now);
    let delegate = |shape: DelegateShape, of: &World| Delegate::issue(&shape, &of.issuer).unwrap();
    let proper = delegate(shape, &world);
    let p521 =
        delegate(DelegateShape { algorithm: &rcgen::PKCS_ECDSA_P521_SHA512, ..shape }, &world);
    let ed25519 = delegate(DelegateShape { algorithm: &rcgen::PKCS_ED25519, ..shape }, &world);
    let rsa = delegate(DelegateShape { algorithm: &rcgen::PKCS_RSA_SHA256, ..shape }, &world);
    let foreign = delegate(shape, &other);
    let past =
        DelegateShape { not_before: shape.now_less(400), not_after: shape.now_less(30), ..shape };
    let expired = delegate(past, &world);
    let server = DelegateShape { usages: &[ExtendedKeyUsagePurpose::ServerAuth], ..shape };
    let server = delegate(server, &world);

    let good = world.good();
    let from = |it: &Delegate| {
        let certificates = vec![it.certificate.clone()];
        BasicResponse { certificates, ..good.clone() }.sign(&it.signer()).unwrap()
    };
    let direct = |it: BasicResponse| it.sign(&world.signer()).unwrap();
    let fault = |it| direct(BasicResponse { fault: Some(it), ..good.clone() });
    let status = |status| direct(good.clone().with_single(|it| it.status = status));
    let revoked = |reason| CertStatus::Revoked { at: world.now - 86_400, reason };
    let now = world.now;

    let rows: Vec<(&str, Vec<u8>, &str)> = vec![
        ("good", direct(good.clone()), "server.pem: good"),
        ("revoked", status(revoked(Some(1))), "Reason: keyCompromise"),
        ("revoked without a reason", status(revoked(None)), "server.pem: revoked"),
        ("unknown", status(CertStatus::Unknown), "server.pem: unknown"),
        (
            "by key",
            direct(BasicResponse { responder: ResponderId::ByKey, ..good.clone() }),
            "server.pem: good",
        ),
        (
            "in the name of another",
            direct(BasicResponse {
                responder: ResponderId::NameOf(other.ca.clone()),
                ..good.clone()
            }),
            "Response Verify Failure",
        ),
        ("delegate", from(&proper), "server.pem: good"),
        ("P-521 delegate", from(&p521), "server.pem: good"),
        ("Ed25519 delegate", from(&ed25519), "server.pem: good"),
        ("RSA delegate", from(&rsa), "server.pem: good"),
        ("delegate of another CA", from(&foreign), "Response Verify Failure"),
        ("expired delegate", from(&expired), "Response Verify Failure"),
        ("no OCSPSigning", from(&server), "Response Verify Failure"),
        ("delegate missing", good.sign(&proper.signer()).unwrap(), "Response Verify Failure"),
        (
            "another key under this name",
            good.sign(&Signer { certificate: &world.ca, key: other.issuer.key() }).unwrap(),
            "Response Verify Failure",
        ),
        (
            "flipped",
            fault(ResponseFault::Signature(SignatureFault::BitFlipped)),
            "Response Verify Failure",
        ),
        ("another type", fault(ResponseFault::OtherType), "not basic response"),
        ("no bytes", fault(ResponseFault::NoBytes), "no response data"),
        ("truncated", fault(ResponseFault::Truncated), "Error reading OCSP response"),
        (
            "stale",
            direct(good.clone().with_single(|it| {
                (it.this_update, it.next_update) = (now - 90_000, Some(now - 3600));
            })),
            "status expired",
        ),
        (
            "future",
            direct(good.clone().with_single(|it| {
                (it.this_update, it.next_update) = (now + 3600, Some(now + 90_000));
            })),
            "status not yet valid",
        ),
        (
            "without nextUpdate",
            direct(good.clone().with_single(|it| it.next_update = None)),
            "server.pem: good",
        ),
        (
            "another serial number",
            direct(good.clone().with_single(|it| it.id.serial = vec![1])),
            "No Status found",
        ),
        (
            "several",
            direct(BasicResponse {
                singles: [&other, &world]
                    .map(|it| SingleResponse::good(it.id(Hash::Sha1), now))
                    .to_vec(),
                ..good.clone()
            }),
            "server.pem: good",
        ),
        (
            "a nonce that was not sent",
            direct(BasicResponse {
                extensions: vec![ocsp::nonce(b"0123456789abcdef")],
                ..good.clone()
            }),
            "Nonce Verify error",
        ),
        ("tryLater", ocsp::unsuccessful(ocsp::TRY_LATER), "trylater"),
        ("unauthorized", ocsp::unsuccessful(ocsp::UNAUTHORIZED), "unauthorized"),
    ];
    let folder = tempfile::tempdir().unwrap();
    world.write(folder.path());
    for (what, response, words) in rows {
        fs::write(folder.path().join("response.der"), response).unwrap();
        let arguments = "ocsp -respin response.der -issuer ca.pem -cert server.pem -CAfile ca.pem";
        let Some((_, said)) = openssl(folder.path(), arguments) else { return };
        assert!(said.contains(words), "{what}: {said}");
    }
}

/// A day count before the middle of a shape's validity.
trait NowLess {
    fn now_less(&self, days: i64) -> i64;
}

impl NowLess for DelegateShape {
    fn now_less(&self, days: i64) -> i64 {
        (self.not_before + self.not_after) / 2 - days * 86_400
    }
}

#[test]
fn a_request_of_openssl_is_read() {
    let world = World::new("CA");
    let folder = tempfile::tempdir().unwrap();
    world.write(folder.path());
    for (options, hash, nonce) in [
        ("-no_nonce", Hash::Sha1, false),
        ("-nonce", Hash::Sha1, true),
        ("-sha256", Hash::Sha256, true),
    ] {
        // The hash holds for the certificates after it.
        let arguments =
            format!("ocsp {options} -issuer ca.pem -cert server.pem -reqout request.der");
        let Some((content, said)) = openssl(folder.path(), &arguments) else { return };
        assert!(content, "{said}");
        let request =
            Request::parse(&fs::read(folder.path().join("request.der")).unwrap()).unwrap();
        assert_eq!(request.ids, [world.id(hash)], "{options}");
        assert_eq!(request.nonce.is_some(), nonce, "{options}");
    }
    assert_eq!(Request::parse(b""), None);
    assert_eq!(Request::parse(b"\x30\x82\xff\xff"), None);
}

#[test]
fn openssl_reads_each_crl_as_it_is_called() {
    let (world, other) = (World::new("CA"), World::new("Other CA"));
    let now = world.now;
    let empty = CertificateList::new(now);
    let listing = CertificateList {
        entries: vec![Entry::about(&world.server, now - 86_400, Some(1)).unwrap()],
        ..empty.clone()
    };
    let scoped = |scope: Scope| {
        let extensions = vec![scope.extension()];
        CertificateList { extensions, ..listing.clone() }
    };
    let sign = |it: &CertificateList| it.sign(&world.signer()).unwrap();
    let dated = |from, to| CertificateList {
        this_update: now + from,
        next_update: Some(now + to),
        ..empty.clone()
    };
    let critical =
        CertificateList { extensions: vec![Extension::unknown_critical()], ..empty.clone() };
    let broken = CertificateList { fault: Some(SignatureFault::BitFlipped), ..empty.clone() };
    let rows: Vec<(&str, Vec<u8>, &str)> = vec![
        ("empty", sign(&empty), "server.pem: OK"),
        ("listed", sign(&listing), "certificate revoked"),
        ("huge", sign(&empty.clone().with_foreign_entries(200_000)), "server.pem: OK"),
        (
            "without nextUpdate",
            sign(&CertificateList { next_update: None, ..empty.clone() }),
            "server.pem: OK",
        ),
        ("expired", sign(&dated(-90_000, -3600)), "CRL has expired"),
        ("future", sign(&dated(3600, 90_000)), "CRL is not yet valid"),
        ("flipped", sign(&broken), "CRL signature failure"),
        ("of another CA", empty.sign(&other.signer()).unwrap(), "unable to get certificate CRL"),
        (
            "in the name of another CA",
            sign(&CertificateList { issuer: Some(other.ca.clone()), ..empty.clone() }),
            "unable to get certificate CRL",
        ),
        (
            "under this name with another key",
            empty.sign(&Signer { certificate: &world.ca, key: other.issuer.key() }).unwrap(),
            "CRL signature failure",
        ),
        ("unknown critical extension", sign(&critical), "unhandled critical CRL extension"),
        (
            "user certificates only",
            sign(&scoped(Scope { only_user: true, ..Scope::default() })),
            "certificate revoked",
        ),
        (
            "CA certificates only",
            sign(&scoped(Scope { only_ca: true, ..Scope::default() })),
            "different CRL scope",
        ),
        (
            "some reasons",
            sign(&CertificateList {
                entries: Vec::new(),
                ..scoped(Scope { only_reasons: Some(0x60), ..Scope::default() })
            }),
            "unable to get certificate CRL",
        ),
    ];
    let folder = tempfile::tempdir().unwrap();
    world.write(folder.path());
    for (what, list, words) in rows {
        fs::write(folder.path().join("list.pem"), crl::pem(&list)).unwrap();
        let arguments = "verify -crl_check -CAfile ca.pem -CRLfile list.pem server.pem";
        let Some((_, said)) = openssl(folder.path(), arguments) else { return };
        assert!(said.contains(words), "{what}: {said}");
    }

    // What verification does not show is shown by the text.
    let indirect = CertificateList {
        entries: vec![Entry {
            certificate_issuer: Some(other.ca.clone()),
            ..Entry::about(&other.server, now - 86_400, None).unwrap()
        }],
        extensions: vec![
            Scope {
                indirect: true,
                uri: Some("http://crl.lab.example/i".into()),
                ..Scope::default()
            }
            .extension(),
            crl::delta(41),
            crl::freshest("http://crl.lab.example/delta"),
        ],
        ..empty
    };
    fs::write(folder.path().join("list.pem"), crl::pem(&sign(&indirect))).unwrap();
    let Some((_, said)) = openssl(folder.path(), "crl -in list.pem -noout -text") else { return };
    for words in [
        "Indirect CRL",
        "URI:http://crl.lab.example/i",
        "Delta CRL Indicator: critical",
        "Certificate Issuer: critical",
        "X509v3 Freshest CRL",
        "X509v3 Authority Key Identifier",
    ] {
        assert!(said.contains(words), "{words}: {said}");
    }
}
