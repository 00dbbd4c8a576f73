//! What one certificate states.

use std::net::IpAddr;

use der::{Decode, Encode};
use sha2::{Digest as _, Sha256};
use x509_cert::certificate::{CertificateInner, Raw};
use x509_cert::time::Time;

use super::algorithm::{Key, SignatureAlgorithm};
use super::distinguished_name::CanonicalName;
use super::form::Form;
use super::{distinguished_name, extension};

pub use super::extension::NameConstraints;
pub use x509_cert::ext::pkix::KeyUsage;

/// A certificate, read (RFC 5280, 4.1). Nothing here is verified: see [`super::path`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Certificate {
    /// The bytes it was read from.
    pub der: Vec<u8>,
    /// The subject, RFC 4514 text.
    pub subject: String,
    /// The issuer, RFC 4514 text.
    pub issuer: String,
    /// The serial number in lower-case hexadecimal, as encoded.
    pub serial: String,
    /// The first second it is valid, in seconds since the epoch.
    pub not_before: i64,
    /// The last second it is valid, in seconds since the epoch.
    pub not_after: i64,
    /// The dNSNames of the subjectAltName as presented, wildcards included.
    pub dns_names: Vec<String>,
    /// The iPAddresses of the subjectAltName.
    pub ip_names: Vec<IpAddr>,
    /// The xmppAddrs of the subjectAltName: XMPP domains (RFC 6120, 13.7.1.4).
    pub xmpp_addresses: Vec<String>,
    /// The SRVNames of the subjectAltName, such as `_xmpp-client.webex.com` (RFC 4985, 2).
    pub srv_names: Vec<String>,
    /// Whether the subjectAltName is absent or could be read. When not, nobody may conclude that
    /// the certificate names nothing.
    pub alt_names_readable: bool,
    /// The common names of the subject, in order.
    pub common_names: Vec<String>,
    /// The public key.
    pub key: Key,
    /// The algorithm it was signed with.
    pub signature: SignatureAlgorithm,
    /// Whether it is a CA certificate (basicConstraints).
    pub is_ca: bool,
    /// How many intermediates may stand below it (basicConstraints).
    pub path_len: Option<u8>,
    /// The keyUsage, when there is one.
    pub key_usage: Option<KeyUsage>,
    /// The extendedKeyUsage purposes by name, or OID, when there are any.
    pub extended_key_usage: Option<Vec<String>>,
    /// The nameConstraints, when there are any.
    pub name_constraints: Option<NameConstraints>,
    /// Where OCSP responders are (authorityInfoAccess).
    pub ocsp_urls: Vec<String>,
    /// Where the issuer's certificate is (authorityInfoAccess).
    pub ca_issuers_urls: Vec<String>,
    /// Where CRLs are (cRLDistributionPoints).
    pub crl_urls: Vec<String>,
    /// SHA-256 of the certificate, lower-case hexadecimal.
    pub sha256: String,
    /// Whether subject and issuer are the same name (RFC 5280, 3.2: "self-issued").
    pub self_issued: bool,
    /// What could not be read, in words.
    pub defects: Vec<String>,
    /// The subject's DER, by which paths are built.
    pub(crate) subject_der: Vec<u8>,
    /// The issuer's DER.
    pub(crate) issuer_der: Vec<u8>,
    /// The subject, as names are compared.
    pub(crate) subject_name: CanonicalName,
    /// The issuer, as names are compared.
    pub(crate) issuer_name: CanonicalName,
    /// The e-mail addresses in the subject.
    pub(crate) subject_mail: Vec<String>,
    /// What its form is judged by.
    pub(crate) form: Form,
}

/// Why bytes cannot be read as a certificate at all.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// Nothing stands there.
    #[error("the certificate is empty")]
    Empty,
    /// The bytes are not the DER of a certificate.
    #[error("the certificate is not DER as RFC 5280 has it: {0}")]
    Malformed(String),
}

impl Certificate {
    /// Reads a certificate. Odd serial numbers and broken extensions do not matter; the latter
    /// become [`Certificate::defects`].
    ///
    /// # Errors
    /// [`CertificateError`] when the certificate itself is no DER, or lacks a field.
    pub fn parse(der: &[u8]) -> Result<Self, CertificateError> {
        if der.is_empty() {
            return Err(CertificateError::Empty);
        }
        let malformed = |error: der::Error| CertificateError::Malformed(error.to_string());
        let parsed = CertificateInner::<Raw>::from_der(der).map_err(malformed)?;
        let tbs = parsed.tbs_certificate();
        let read = extension::read(tbs.extensions());
        let subject_der = tbs.subject().to_der().map_err(malformed)?;
        let issuer_der = tbs.issuer().to_der().map_err(malformed)?;
        Ok(Self {
            der: der.to_vec(),
            subject: distinguished_name::text(tbs.subject()),
            issuer: distinguished_name::text(tbs.issuer()),
            serial: hex(tbs.serial_number().as_bytes()),
            not_before: seconds(tbs.validity().not_before),
            not_after: seconds(tbs.validity().not_after),
            dns_names: read.dns_names,
            ip_names: read.ip_names,
            xmpp_addresses: read.xmpp_addresses,
            srv_names: read.srv_names,
            alt_names_readable: read.alt_names_readable,
            common_names: distinguished_name::common_names(tbs.subject()),
            key: Key::of(tbs.subject_public_key_info()),
            signature: SignatureAlgorithm::of(parsed.signature_algorithm()),
            is_ca: read.is_ca,
            path_len: read.path_len,
            key_usage: read.key_usage,
            extended_key_usage: read.extended_key_usage,
            name_constraints: read.name_constraints,
            ocsp_urls: read.ocsp_urls,
            ca_issuers_urls: read.ca_issuers_urls,
            crl_urls: read.crl_urls,
            sha256: hex(&Sha256::digest(der)),
            self_issued: CanonicalName::of(tbs.subject()) == CanonicalName::of(tbs.issuer()),
            defects: read.defects,
            subject_der,
            issuer_der,
            subject_name: CanonicalName::of(tbs.subject()),
            issuer_name: CanonicalName::of(tbs.issuer()),
            subject_mail: distinguished_name::email_addresses(tbs.subject()),
            form: Form::read(tbs.extensions()),
        })
    }

    /// How a person finds the certificate: its subject, or what it names when it has none.
    pub fn label(&self) -> String {
        match (self.subject.is_empty(), self.dns_names.first()) {
            (false, _) => self.subject.clone(),
            (true, Some(name)) => name.clone(),
            (true, None) => format!("serial {}", self.serial),
        }
    }
}

fn seconds(time: Time) -> i64 {
    i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::algorithm::{Digest, KeyKind};
    use crate::x509::issue::{self, Authority};
    use rcgen::{CustomExtension, IsCa, KeyUsagePurpose};

    #[test]
    fn a_certificate_is_read_in_full() {
        let ca = Authority::root("Root");
        let certificate = ca.server(|params| {
            params.subject_alt_names =
                issue::alt_names(&["*.webex.com", "c12.webex.com", "192.0.2.1"]);
            issue::set_common_name(params, "c12.webex.com");
            params.serial_number = Some(vec![0x0a, 0xff].into());
            params.crl_distribution_points =
                vec![rcgen::CrlDistributionPoint { uris: vec!["http://crl.example/1".to_owned()] }];
            params.custom_extensions =
                vec![issue::access(&[(1, "http://ocsp.example"), (2, "http://ca.example/ca.der")])];
        });
        let read = Certificate::parse(&certificate).unwrap();
        assert_eq!(read.subject, "CN=c12.webex.com");
        assert_eq!(read.issuer, "CN=Root");
        assert_eq!(read.serial, "0aff");
        assert_eq!(read.not_before, issue::NOT_BEFORE);
        assert_eq!(read.not_after, issue::NOT_AFTER);
        assert_eq!(read.dns_names, ["*.webex.com", "c12.webex.com"]);
        assert_eq!(read.ip_names, ["192.0.2.1".parse::<IpAddr>().unwrap()]);
        assert_eq!(read.common_names, ["c12.webex.com"]);
        assert_eq!(read.key.to_string(), "ECDSA P-256");
        assert_eq!(read.signature.name, "ecdsa-with-SHA256");
        assert_eq!(read.extended_key_usage.as_deref(), Some(&["serverAuth".to_owned()][..]));
        assert_eq!(read.ocsp_urls, ["http://ocsp.example"]);
        assert_eq!(read.ca_issuers_urls, ["http://ca.example/ca.der"]);
        assert_eq!(read.crl_urls, ["http://crl.example/1"]);
        assert_eq!(read.sha256.len(), 64);
        assert!(!read.is_ca && !read.self_issued && read.alt_names_readable);
        assert_eq!(read.defects, Vec::<String>::new());
        let root = Certificate::parse(&ca.der).unwrap();
        assert!(root.is_ca && root.self_issued);
        assert!(root.key_usage.unwrap().key_cert_sign());
    }

    #[test]
    fn keys_are_named_and_measured() {
        for (key, text, kind, bits) in [
            (issue::key(&rcgen::PKCS_ECDSA_P256_SHA256), "ECDSA P-256", KeyKind::Ec, 256),
            (issue::key(&rcgen::PKCS_ECDSA_P384_SHA384), "ECDSA P-384", KeyKind::Ec, 384),
            (issue::key(&rcgen::PKCS_ECDSA_P521_SHA512), "ECDSA P-521", KeyKind::Ec, 521),
            (issue::key(&rcgen::PKCS_ED25519), "Ed25519", KeyKind::EdDsa, 256),
            (issue::key(&rcgen::PKCS_RSA_SHA256), "RSA 2048", KeyKind::Rsa, 2048),
        ] {
            let ca = Authority::root("Root");
            let read = Certificate::parse(&ca.server_with_key(&key, |_| {})).unwrap();
            assert_eq!(
                (read.key.to_string().as_str(), read.key.kind, read.key.bits),
                (text, kind, Some(bits))
            );
        }
    }

    #[test]
    fn old_certificates_are_read() {
        for (file, der, key, bits, signature, digest) in issue::old_fixtures() {
            let read = Certificate::parse(der).unwrap();
            assert_eq!((read.key.to_string().as_str(), read.key.bits), (key, bits), "{file}");
            assert_eq!(
                (read.signature.name.as_str(), read.signature.digest),
                (signature, digest),
                "{file}"
            );
            assert_ne!(read.signature.digest, Digest::Other, "{file}");
        }
    }

    #[test]
    fn one_broken_extension_hides_only_itself() {
        for (id, defect) in [
            (&[2, 5, 29, 17][..], "the extension subjectAltName cannot be read"),
            (&[2, 5, 29, 15], "the extension keyUsage cannot be read"),
            (&[2, 5, 29, 37], "the extension extendedKeyUsage cannot be read"),
            (&[2, 5, 29, 19], "the extension basicConstraints cannot be read"),
            (&[2, 5, 29, 30], "the extension nameConstraints cannot be read"),
            (&[2, 5, 29, 31], "the extension cRLDistributionPoints cannot be read"),
            (&[1, 3, 6, 1, 5, 5, 7, 1, 1], "the extension authorityInfoAccess cannot be read"),
        ] {
            let read = Certificate::parse(&Authority::root("Root").server(|params| {
                params.subject_alt_names = Vec::new();
                params.extended_key_usages = Vec::new();
                params.key_usages = Vec::new();
                params.is_ca = IsCa::NoCa;
                params.crl_distribution_points = Vec::new();
                params.custom_extensions =
                    vec![CustomExtension::from_oid_content(id, vec![0x30, 0x05, 0x01])];
            }))
            .unwrap();
            assert_eq!(read.defects, [defect]);
            assert_eq!(read.alt_names_readable, !defect.contains("subjectAltName"));
            assert_eq!(read.key.to_string(), "ECDSA P-256", "the rest is there");
        }
        let twice = Certificate::parse(&Authority::root("Root").server(|params| {
            params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
            params.custom_extensions =
                vec![CustomExtension::from_oid_content(&[2, 5, 29, 15], vec![3, 2, 7, 0x80])];
        }))
        .unwrap();
        assert_eq!(twice.key_usage, None);
        assert_eq!(twice.defects[0], "the extension keyUsage stands more than once");
    }

    #[test]
    fn odd_names_become_defects_and_the_others_stay() {
        // dNSName with a byte beyond ASCII; iPAddress of five octets; a good dNSName.
        let names =
            [&[0x30, 0x17, 0x82, 1, 0xfc, 0x87, 5, 1, 2, 3, 4, 5, 0x82, 11][..], b"a.webex.com"]
                .concat();
        let read = Certificate::parse(&Authority::root("Root").server(|params| {
            params.subject_alt_names = Vec::new();
            params.custom_extensions =
                vec![CustomExtension::from_oid_content(&[2, 5, 29, 17], names.clone())];
        }))
        .unwrap();
        assert_eq!(read.dns_names, ["a.webex.com"]);
        assert_eq!(
            read.defects,
            ["a dNSName is not ASCII text", "an iPAddress has neither 4 nor 16 octets"]
        );
    }

    #[test]
    fn what_is_no_certificate_is_refused_without_a_panic() {
        assert_eq!(Certificate::parse(&[]), Err(CertificateError::Empty));
        let good = Authority::root("Root").server(|_| {});
        for end in 1..good.len() {
            assert!(Certificate::parse(&good[..end]).is_err(), "{end} octets");
        }
        for at in 0..good.len() {
            let mut bent = good.clone();
            bent[at] ^= 0x41;
            drop(Certificate::parse(&bent));
        }
    }
}
