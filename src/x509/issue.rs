//! Certificates for tests: small authorities that issue whatever a row of a table needs.

use lab::Signer;
use lab::ocsp::{Delegate, DelegateShape};
use rcgen::{
    BasicConstraints, CertificateParams, CrlDistributionPoint, CustomExtension, DistinguishedName,
    DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SanType,
    SignatureAlgorithm,
};
use rustls_pki_types::CertificateDer;

use super::algorithm::Digest;
use super::tlv::{self, encode};
use super::trust::TrustAnchors;

/// 2027-01-01 00:00:00 UTC: from here on every certificate is valid unless a row says otherwise.
pub(crate) const NOT_BEFORE: i64 = 1_798_761_600;
/// 2029-01-01 00:00:00 UTC.
pub(crate) const NOT_AFTER: i64 = 1_861_920_000;
/// 2027-07-01 00:00:00 UTC, when tests validate.
pub(crate) const NOW: i64 = 1_814_400_000;
/// Where the CRL of every issuer stands unless a row says otherwise.
pub(crate) const CRL: &str = "http://crl.example/crl";
/// The name that servers have unless a row says otherwise.
pub(crate) const NAME: &str = "c12.webex.com";

/// A CA: its certificate, and what it takes to issue below it.
pub(crate) struct Authority {
    pub(crate) der: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    /// A self-signed root.
    pub(crate) fn root(name: &str) -> Self {
        Self::root_with(name, |_| {})
    }

    /// A self-signed root that differs.
    pub(crate) fn root_with(name: &str, change: impl FnOnce(&mut CertificateParams)) -> Self {
        let key = key(&rcgen::PKCS_ECDSA_P256_SHA256);
        let params = ca_params(name, change);
        let der = params.self_signed(&key).unwrap().der().to_vec();
        Self { der, issuer: Issuer::new(params, key) }
    }

    /// An intermediate below this CA.
    pub(crate) fn intermediate(&self, name: &str) -> Self {
        self.intermediate_with(name, |_| {})
    }

    /// An intermediate below this CA that differs.
    pub(crate) fn intermediate_with(
        &self,
        name: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Self {
        let key = key(&rcgen::PKCS_ECDSA_P256_SHA256);
        let params = ca_params(name, change);
        let der = params.signed_by(&key, &self.issuer).unwrap().der().to_vec();
        Self { der, issuer: Issuer::new(params, key) }
    }

    /// The CA of this name with a new key of its own, certified by the old one.
    pub(crate) fn rollover(&self, name: &str, algorithm: &'static SignatureAlgorithm) -> Self {
        let key = key(algorithm);
        let params = ca_params(name, |_| {});
        let der = params.signed_by(&key, &self.issuer).unwrap().der().to_vec();
        Self { der, issuer: Issuer::new(params, key) }
    }

    /// Another certificate for the key of a CA, issued by this one.
    pub(crate) fn cross(&self, other: &Self, name: &str) -> Vec<u8> {
        let params = ca_params(name, |_| {});
        params.signed_by(other.issuer.key(), &self.issuer).unwrap().der().to_vec()
    }

    /// A server's certificate for [`NAME`], changed.
    pub(crate) fn server(&self, change: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
        self.server_with_key(&key(&rcgen::PKCS_ECDSA_P256_SHA256), change)
    }

    /// The same for a key of the test's choice.
    pub(crate) fn server_with_key(
        &self,
        key: &KeyPair,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Vec<u8> {
        server_params(change).signed_by(key, &self.issuer).unwrap().der().to_vec()
    }

    /// Whoever signs in this CA's name.
    pub(crate) fn signer(&self) -> Signer<'_> {
        Signer { certificate: &self.der, key: self.issuer.key() }
    }

    /// A responder that this CA lets answer in its place, changed.
    pub(crate) fn delegate(&self, change: impl FnOnce(&mut DelegateShape)) -> Delegate {
        let mut shape = DelegateShape::new(NOW);
        change(&mut shape);
        Delegate::issue(&shape, &self.issuer).unwrap()
    }

    /// Trust anchors that hold this root alone.
    pub(crate) fn anchors(&self) -> TrustAnchors {
        anchors(&[(&self.der, "test")])
    }
}

/// A self-signed server's certificate for [`NAME`], changed.
pub(crate) fn self_signed(change: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
    server_params(change).self_signed(&key(&rcgen::PKCS_ECDSA_P256_SHA256)).unwrap().der().to_vec()
}

/// Trust anchors from roots and their labels; none may be skipped.
pub(crate) fn anchors(roots: &[(&[u8], &str)]) -> TrustAnchors {
    let (anchors, skipped) = TrustAnchors::new(
        roots
            .iter()
            .map(|(der, label)| (CertificateDer::from(der.to_vec()), (*label).to_owned()))
            .collect(),
    );
    assert_eq!(skipped, Vec::new());
    anchors
}

/// A fresh key.
pub(crate) fn key(algorithm: &'static SignatureAlgorithm) -> KeyPair {
    KeyPair::generate_for(algorithm).unwrap()
}

/// Sets the validity period, in seconds since the epoch.
pub(crate) fn set_validity(params: &mut CertificateParams, not_before: i64, not_after: i64) {
    let at = |seconds: i64| {
        rcgen::date_time_ymd(1970, 1, 1)
            + std::time::Duration::from_secs(u64::try_from(seconds).unwrap())
    };
    params.not_before = at(not_before);
    params.not_after = at(not_after);
}

/// Makes the subject one common name.
pub(crate) fn set_common_name(params: &mut CertificateParams, name: &str) {
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
}

/// subjectAltName entries: dNSNames and iPAddresses.
pub(crate) fn alt_names(names: &[&str]) -> Vec<SanType> {
    names
        .iter()
        .map(|name| match name.parse() {
            Ok(address) => SanType::IpAddress(address),
            Err(_) => SanType::DnsName((*name).try_into().unwrap()),
        })
        .collect()
}

/// An authorityInfoAccess extension of (last arc of the method, URL) pairs.
pub(crate) fn access(descriptions: &[(u8, &str)]) -> CustomExtension {
    let body: Vec<u8> = descriptions
        .iter()
        .flat_map(|(method, url)| {
            let oid = [6, 8, 0x2b, 6, 1, 5, 5, 7, 0x30, *method];
            let location = encode(tlv::primitive(6), &[url.as_bytes()]);
            encode(tlv::SEQUENCE, &[&oid, &location])
        })
        .collect();
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], encode(tlv::SEQUENCE, &[&body]))
}

/// cRLDistributionPoints of these URLs, one each.
pub(crate) fn points(urls: &[&str]) -> Vec<CrlDistributionPoint> {
    urls.iter().map(|url| CrlDistributionPoint { uris: vec![(*url).to_owned()] }).collect()
}

fn ca_params(name: &str, change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut params = CertificateParams::default();
    set_common_name(&mut params, name);
    set_validity(&mut params, NOT_BEFORE, NOT_AFTER);
    params.use_authority_key_identifier_extension = true;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.crl_distribution_points = points(&[CRL]);
    change(&mut params);
    params
}

fn server_params(change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut params = CertificateParams::default();
    set_common_name(&mut params, NAME);
    set_validity(&mut params, NOT_BEFORE, NOT_AFTER);
    params.use_authority_key_identifier_extension = true;
    params.subject_alt_names = alt_names(&[NAME]);
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.crl_distribution_points = points(&[CRL]);
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    change(&mut params);
    params
}

/// A fixture's file name, its DER, and the key, its bits, signature algorithm and hash it has.
type OldFixture = (&'static str, &'static [u8], &'static str, Option<u32>, &'static str, Digest);

/// Certificates that no current library issues; `tests/fixtures/README.md` says how they were made.
pub(crate) fn old_fixtures() -> [OldFixture; 5] {
    [
        (
            "old-root.der",
            OLD_ROOT,
            "RSA 2048",
            Some(2048),
            "sha256WithRSAEncryption",
            Digest::Strong,
        ),
        ("sha1.der", SHA1, "RSA 2048", Some(2048), "sha1WithRSAEncryption", Digest::Sha1),
        ("md5.der", MD5, "RSA 2048", Some(2048), "md5WithRSAEncryption", Digest::Md5OrOlder),
        (
            "rsa1024.der",
            RSA_1024,
            "RSA 1024",
            Some(1024),
            "sha256WithRSAEncryption",
            Digest::Strong,
        ),
        ("p192.der", P192, "ECDSA P-192", Some(192), "sha256WithRSAEncryption", Digest::Strong),
    ]
}

/// The root that issued the other fixtures; RSA 2048, SHA-256.
pub(crate) const OLD_ROOT: &[u8] = include_bytes!("../../tests/fixtures/old-root.der");
/// For [`NAME`], signed with SHA-1.
pub(crate) const SHA1: &[u8] = include_bytes!("../../tests/fixtures/sha1.der");
/// For [`NAME`], signed with MD5.
pub(crate) const MD5: &[u8] = include_bytes!("../../tests/fixtures/md5.der");
/// For [`NAME`], with an RSA key of 1024 bits.
pub(crate) const RSA_1024: &[u8] = include_bytes!("../../tests/fixtures/rsa1024.der");
/// For [`NAME`], with a key on P-192.
pub(crate) const P192: &[u8] = include_bytes!("../../tests/fixtures/p192.der");
