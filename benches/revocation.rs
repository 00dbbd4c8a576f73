//! How fast revocation answers are judged: a CRL with 200,000 entries, and OCSP responses.
//!
//! `cargo bench --bench revocation` prints the best of several rounds. For comparison, webpki's own
//! reader looks the same certificate up in the same CRL, without verifying it.

#![expect(clippy::print_stdout, reason = "a benchmark prints its result")]

use std::error::Error;
use std::hint::black_box;
use std::time::{Duration, Instant};

use lab::crl::{CertificateList, Entry};
use lab::ocsp::{BasicResponse, CertId, Hash, SingleResponse};
use lab::{SignError, Signer};
use photofix::x509::certificate::Certificate;
use photofix::x509::crl::Crl;
use photofix::x509::ocsp::Question;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};

const ROUNDS: usize = 21;
const ENTRIES: u32 = 200_000;
/// 2027-07-01 00:00:00 UTC.
const NOW: i64 = 1_814_400_000;

fn main() -> Result<(), Box<dyn Error>> {
    for algorithm in [&rcgen::PKCS_ECDSA_P256_SHA256, &rcgen::PKCS_RSA_SHA256] {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate_for(algorithm)?;
        let ca = params.self_signed(&key)?.der().to_vec();
        let issuer = Issuer::new(params, key);
        let mut server = CertificateParams::default();
        server.serial_number = Some(vec![0x6b; 16].into());
        let server = server.signed_by(&KeyPair::generate()?, &issuer)?.der().to_vec();
        let signer = Signer { certificate: &ca, key: issuer.key() };
        println!("{algorithm:?}");
        lists(&signer, &Certificate::parse(&ca)?, &Certificate::parse(&server)?)?;
        responses(&signer, &Certificate::parse(&ca)?, &Certificate::parse(&server)?)?;
    }
    Ok(())
}

fn lists(signer: &Signer<'_>, ca: &Certificate, server: &Certificate) -> Result<(), SignError> {
    let mut list = CertificateList::new(NOW).with_foreign_entries(ENTRIES);
    for entry in &mut list.entries {
        entry.reason = Some(4);
    }
    list.entries.push(Entry::about(&server.der, NOW - 86_400, Some(1))?);
    let der = list.sign(signer)?;
    let name = format!("CRL, {ENTRIES} entries, {:.1} MB", der.len() as f64 / 1e6);
    report(&format!("{name}: read"), || Crl::read(black_box(&der)).is_ok());
    report(&format!("{name}: read, verified, looked up"), || {
        Crl::read(black_box(&der)).is_ok_and(|crl| crl.about(server, ca, NOW).is_ok())
    });
    report(&format!("{name}: webpki, looked up only"), || {
        let list = webpki::BorrowedCertRevocationList::from_der(black_box(&der));
        let list = list.map(webpki::CertRevocationList::from);
        list.is_ok_and(|list| matches!(list.find_serial(&[0x6b; 16]), Ok(Some(_))))
    });
    Ok(())
}

fn responses(signer: &Signer<'_>, ca: &Certificate, server: &Certificate) -> Result<(), SignError> {
    let id = CertId::of(Hash::Sha1, &ca.der, &server.der)?;
    let der = BasicResponse::about(SingleResponse::good(id, NOW)).sign(signer)?;
    report(&format!("OCSP response, {} bytes: verified", der.len()), || {
        let question = Question::new(server, ca);
        question.is_ok_and(|question| question.read(black_box(&der), NOW).is_ok())
    });
    Ok(())
}

/// Prints the best time of something that must succeed.
fn report(name: &str, mut work: impl FnMut() -> bool) {
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let begin = Instant::now();
        assert!(work(), "{name}");
        best = best.min(begin.elapsed());
    }
    println!("{:10.1} us  {name}", best.as_secs_f64() * 1e6);
}
