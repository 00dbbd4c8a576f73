//! OCSP responses and CRLs that we did not write: OpenSSL answers our own requests, and publishes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::path::PathBuf;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use common::{Folder, peer};
use photofix::x509::answer::Statement;
use photofix::x509::certificate::Certificate;
use photofix::x509::crl::{self, Crl};
use photofix::x509::ocsp::Question;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, SignatureAlgorithm,
};

/// Serial numbers of the certificates, and what the authority's register says of them.
const GOOD: u8 = 0x11;
const REVOKED: u8 = 0x12;
const HELD: u8 = 0x13;
const UNREGISTERED: u8 = 0x14;

/// `openssl ca`'s register: state, notAfter, revocation and reason, serial, file, subject.
const REGISTER: &str = "V\t391231235959Z\t\t11\tunknown\t/CN=a\n\
    R\t391231235959Z\t260102030405Z,keyCompromise\t12\tunknown\t/CN=b\n\
    R\t391231235959Z\t260102030405Z,certificateHold\t13\tunknown\t/CN=c\n";

/// 2026-01-02 03:04:05 UTC.
const SINCE: i64 = 1_767_323_045;

const CONFIG: &str = "[ca]\ndefault_ca = ours\n[ours]\ndatabase = register\n\
    crlnumber = crlnumber\ndefault_md = sha256\ncrl_extensions = more\n\
    [more]\nauthorityKeyIdentifier = keyid\nissuingDistributionPoint = critical, @point\n\
    [point]\nonlyuser = TRUE\n";

/// An authority whose files OpenSSL has, in a folder.
struct World {
    openssl: PathBuf,
    folder: Folder,
    issuer: Issuer<'static, KeyPair>,
    issuer_read: Certificate,
    at: i64,
}

impl World {
    fn new(openssl: PathBuf, algorithm: &'static SignatureAlgorithm) -> Self {
        let mut params = named("Peer CA");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let key = KeyPair::generate_for(algorithm).unwrap();
        let certificate = params.self_signed(&key).unwrap();
        let folder = Folder::new();
        folder.write("ca.pem", certificate.pem());
        folder.write("ca.key", key.serialize_pem());
        folder.write("register", REGISTER);
        folder.write("register.attr", "unique_subject = no\n");
        folder.write("crlnumber", "01\n");
        folder.write("ca.conf", CONFIG);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        Self {
            openssl,
            folder,
            issuer_read: Certificate::parse(certificate.der()).unwrap(),
            issuer: Issuer::new(params, key),
            at: i64::try_from(now).unwrap(),
        }
    }

    fn server(&self, serial: u8) -> Certificate {
        let mut params = named("c12.webex.com");
        params.serial_number = Some(vec![serial].into());
        let key = KeyPair::generate().unwrap();
        Certificate::parse(params.signed_by(&key, &self.issuer).unwrap().der()).unwrap()
    }

    /// A responder of the authority's, as files of this name.
    fn responder(&self, name: &str, purpose: ExtendedKeyUsagePurpose) {
        let mut params = named(name);
        params.extended_key_usages = vec![purpose];
        let key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        self.folder.write(&format!("{name}.pem"), certificate.pem());
        self.folder.write(&format!("{name}.key"), key.serialize_pem());
    }

    fn run(&self, arguments: &str) {
        let run = Command::new(&self.openssl)
            .args(arguments.split_whitespace())
            .current_dir(self.folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stderr);
        assert!(run.status.success(), "openssl {arguments}: {said}");
    }

    /// What OpenSSL answers to our request.
    fn answer(&self, server: &Certificate, arguments: &str) -> Vec<u8> {
        let question = Question::new(server, &self.issuer_read).unwrap();
        self.folder.write("request", question.to_request());
        self.run(&format!(
            "ocsp -index register -CA ca.pem -reqin request -respout response {arguments}"
        ));
        self.folder.read("response")
    }

    fn read(&self, server: &Certificate, response: &[u8]) -> String {
        let question = Question::new(server, &self.issuer_read).unwrap();
        match question.read(response, self.at) {
            Ok(answer) => said(&answer.statement),
            Err(error) => error.to_string(),
        }
    }
}

fn named(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

fn said(statement: &Statement) -> String {
    match statement {
        Statement::Good => "good".to_owned(),
        Statement::Unknown => "unknown".to_owned(),
        Statement::Revoked { since, reason } => {
            assert_eq!(*since, SINCE);
            format!("revoked {}", reason.as_deref().unwrap_or_default())
        }
    }
}

#[test]
fn openssl_answers_our_requests_and_we_read_its_answers() {
    let Some(openssl) = peer("openssl") else { return };
    let by_ca = "-rsigner ca.pem -rkey ca.key";
    for algorithm in [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_RSA_SHA256] {
        let world = World::new(openssl.clone(), algorithm);
        world.responder("delegate", ExtendedKeyUsagePurpose::OcspSigning);
        world.responder("impostor", ExtendedKeyUsagePurpose::ServerAuth);
        let delegate = "-rsigner delegate.pem -rkey delegate.key";
        let impostor = "-rsigner impostor.pem -rkey impostor.key";
        for (serial, arguments, expected) in [
            (GOOD, format!("{by_ca} -ndays 1"), "good"),
            (REVOKED, format!("{by_ca} -ndays 1"), "revoked keyCompromise"),
            (HELD, format!("{by_ca} -nmin 5"), "revoked certificateHold"),
            (UNREGISTERED, format!("{by_ca} -ndays 1"), "unknown"),
            (GOOD, by_ca.to_owned(), "good"),
            (GOOD, format!("{by_ca} -resp_key_id -rmd sha512"), "good"),
            (GOOD, format!("{by_ca} -resp_no_certs"), "good"),
            (GOOD, format!("{delegate} -ndays 1"), "good"),
            (REVOKED, format!("{delegate} -resp_key_id"), "revoked keyCompromise"),
            (
                GOOD,
                format!("{delegate} -resp_no_certs"),
                "is signed neither by `CN=Peer CA` nor by a delegate whose certificate it brings",
            ),
            (
                GOOD,
                format!("{impostor} -ndays 1"),
                "is signed by `CN=impostor`, which may not answer for `CN=Peer CA`: its \
                 extendedKeyUsage lacks OCSPSigning",
            ),
        ] {
            let server = world.server(serial);
            let response = world.answer(&server, &arguments);
            assert_eq!(world.read(&server, &response), expected, "{serial:x} {arguments}");
        }
        // A signature with SHA-1, and an answer to somebody else's question.
        let server = world.server(GOOD);
        let weak = world.answer(&server, &format!("{by_ca} -rmd sha1"));
        let found = world.read(&server, &weak);
        assert!(found.starts_with("has a weak signature (`"), "{found}");
        let good = world.answer(&server, by_ca);
        assert_eq!(world.read(&world.server(REVOKED), &good), "is about another certificate");
    }
}

#[test]
fn crls_of_openssl_are_read() {
    let Some(openssl) = peer("openssl") else { return };
    for algorithm in [&rcgen::PKCS_ECDSA_P384_SHA384, &rcgen::PKCS_RSA_SHA256] {
        let world = World::new(openssl.clone(), algorithm);
        let publish = "ca -config ca.conf -gencrl -keyfile ca.key -cert ca.pem -out crl.pem";
        world.run(&format!("{publish} -crldays 7"));
        world.run("crl -in crl.pem -outform DER -out crl.der");
        for file in ["crl.pem", "crl.der"] {
            let bytes = world.folder.read(file);
            let der = crl::der(&bytes).unwrap();
            let crl = Crl::read(&der).unwrap();
            for (serial, expected) in [
                (GOOD, "good"),
                (REVOKED, "revoked keyCompromise"),
                (HELD, "revoked certificateHold"),
                (UNREGISTERED, "good"),
            ] {
                let server = world.server(serial);
                let answer = crl.about(&server, &world.issuer_read, world.at).unwrap();
                assert_eq!(said(&answer.statement), expected, "{file}, {serial:x}");
                let late = world.at + 8 * 86_400;
                let error = crl.about(&server, &world.issuer_read, late).unwrap_err();
                assert!(error.to_string().starts_with("is out of date since "), "{error}");
            }
        }
        world.run(&format!("{publish} -crldays 7 -md sha1"));
        let bytes = world.folder.read("crl.pem");
        let der = crl::der(&bytes).unwrap();
        let found =
            Crl::read(&der).unwrap().about(&world.server(GOOD), &world.issuer_read, world.at);
        let error = found.unwrap_err().to_string();
        assert!(error.starts_with("has a weak signature (`"), "{error}");
    }
}
