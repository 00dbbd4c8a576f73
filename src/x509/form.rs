//! Whether certificates have the form that their issuers were bound to give them.
//!
//! Path validation (RFC 5280, 6.1) asks for little of that: a certificate may be valid although its
//! issuer was not allowed to make it so. No signature is looked at here and nobody is distrusted;
//! what a client makes of such a defect is its profile's business.
//!
//! `rfc5280` has what the standard demands of every certificate, `baseline` what the
//! CA/Browser Forum demands of those of public servers.

mod baseline;
mod rfc5280;

use std::fmt;

use der::Decode;
use der::asn1::ObjectIdentifier;
use x509_cert::ext::Extensions;
use x509_cert::ext::pkix::{AuthorityKeyIdentifier, SubjectKeyIdentifier};

use super::certificate::Certificate;
use super::extension::{
    AUTHORITY_INFORMATION_ACCESS, BASIC_CONSTRAINTS, CRL_DISTRIBUTION_POINTS, EXTENDED_KEY_USAGE,
    KEY_USAGE, NAME_CONSTRAINTS, SUBJECT_ALT_NAME, oid,
};
use super::policies;
use super::problem::Member;

const AUTHORITY_KEY_IDENTIFIER: ObjectIdentifier = oid("2.5.29.35");
const SUBJECT_KEY_IDENTIFIER: ObjectIdentifier = oid("2.5.29.14");

/// Extensions that may be critical without anybody wondering what they say: those of RFC 5280,
/// section 4.2 that are looked at somewhere here, or ask nothing of a client.
const KNOWN: [ObjectIdentifier; 13] = [
    AUTHORITY_KEY_IDENTIFIER,
    SUBJECT_KEY_IDENTIFIER,
    KEY_USAGE,
    policies::CERTIFICATE_POLICIES,
    policies::POLICY_MAPPINGS,
    SUBJECT_ALT_NAME,
    BASIC_CONSTRAINTS,
    NAME_CONSTRAINTS,
    policies::POLICY_CONSTRAINTS,
    EXTENDED_KEY_USAGE,
    CRL_DISTRIBUTION_POINTS,
    policies::INHIBIT_ANY_POLICY,
    AUTHORITY_INFORMATION_ACCESS,
];

/// Who forbids it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standard {
    /// RFC 5280, section 4.
    Rfc5280,
    /// The CA/Browser Forum's Baseline Requirements for TLS Server Certificates, which bind
    /// public CAs and what stands below them.
    BaselineRequirements,
}

impl fmt::Display for Standard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Rfc5280 => "RFC 5280",
            Self::BaselineRequirements => "Baseline Requirements",
        })
    }
}

/// One thing about a certificate that its issuer should not have done.
///
/// Shown, it is a clause: "the serial number of `CN=x` is zero (RFC 5280, 4.1.2.2)".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormDefect {
    /// Who forbids it.
    pub standard: Standard,
    /// In which section.
    pub section: &'static str,
    /// What it is, the certificate named.
    pub what: String,
}

impl fmt::Display for FormDefect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, {})", self.what, self.standard, self.section)
    }
}

/// One demand on the form of a certificate.
struct Demand {
    standard: Standard,
    section: &'static str,
    /// What is wrong with a certificate at a place in a path, as a clause; the argument is how the
    /// certificate is called.
    broken: fn(&Certificate, Member, &str) -> Option<String>,
}

/// What is wrong with the form of a certificate that stands somewhere in a path.
pub(crate) fn defects(certificate: &Certificate, member: Member) -> Vec<FormDefect> {
    let label = format!("`{}`", certificate.label());
    let found = rfc5280::DEMANDS.iter().chain(baseline::DEMANDS).filter_map(|demand| {
        (demand.broken)(certificate, member, &label).map(|what| FormDefect {
            standard: demand.standard,
            section: demand.section,
            what,
        })
    });
    found.collect()
}

/// What nothing but the form of a certificate is judged by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Form {
    /// Its extensions, in order, and whether each is critical.
    extensions: Vec<(ObjectIdentifier, bool)>,
    authority_key: Option<AuthorityKey>,
    subject_key: Option<Vec<u8>>,
    /// The subjectAltName is a sequence of nothing.
    names_nothing: bool,
}

/// An authorityKeyIdentifier (RFC 5280, 4.2.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
struct AuthorityKey {
    identifier: Option<Vec<u8>>,
    /// Whether it also names the issuer's certificate, by issuer and serial number.
    names_certificate: bool,
}

impl Form {
    /// Reads what it needs from the extensions.
    pub(crate) fn read(extensions: Option<&Extensions>) -> Self {
        let all = extensions.map(Vec::as_slice).unwrap_or_default();
        let value = |id: ObjectIdentifier| {
            all.iter().find(|extension| extension.extn_id == id).map(|it| it.extn_value.as_bytes())
        };
        let authority_key = value(AUTHORITY_KEY_IDENTIFIER)
            .and_then(|der| AuthorityKeyIdentifier::from_der(der).ok())
            .map(|key| AuthorityKey {
                identifier: key.key_identifier.map(|it| it.as_bytes().to_vec()),
                names_certificate: key.authority_cert_issuer.is_some()
                    || key.authority_cert_serial_number.is_some(),
            });
        let subject_key = value(SUBJECT_KEY_IDENTIFIER)
            .and_then(|der| SubjectKeyIdentifier::from_der(der).ok())
            .map(|key| key.0.as_bytes().to_vec());
        Self {
            extensions: all.iter().map(|it| (it.extn_id, it.critical)).collect(),
            authority_key,
            subject_key,
            names_nothing: value(SUBJECT_ALT_NAME) == Some(&[0x30, 0]),
        }
    }

    /// Whether an extension is critical; none when it is absent.
    pub(crate) fn critical(&self, id: ObjectIdentifier) -> Option<bool> {
        self.extensions.iter().find(|(one, _)| *one == id).map(|(_, critical)| *critical)
    }

    /// An extension that stands more than once, so that nobody can say which counts.
    pub(crate) fn repeated(&self) -> Option<ObjectIdentifier> {
        let ids = || self.extensions.iter().map(|(id, _)| *id);
        ids().enumerate().find(|(at, id)| ids().take(*at).any(|one| one == *id)).map(|(_, id)| id)
    }

    /// A critical extension that nobody here knows.
    pub(crate) fn unknown_critical(&self) -> Option<ObjectIdentifier> {
        let unknown = |(id, critical): &&(ObjectIdentifier, bool)| *critical && !KNOWN.contains(id);
        self.extensions.iter().find(unknown).map(|(id, _)| *id)
    }
}

/// Whether a certificate at a place is a CA's: every member of a path but the first, and the first
/// when it says so.
fn is_authority(certificate: &Certificate, member: Member) -> bool {
    member != Member::EndEntity || certificate.is_ca
}

#[cfg(test)]
mod tests;
