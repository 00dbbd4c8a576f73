//! Whether a chain would be complete with the issuer's certificate that was fetched.
//!
//! A server that presents too little is wrong however helpful its authority is (RFC 8446, 4.4.2),
//! and what was fetched is never used to call it right. It serves to say what is missing.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use crate::x509::certificate::Certificate;
use crate::x509::path::validate;
use crate::x509::tlv::{self, Walk};
use crate::x509::trust::TrustAnchors;

/// id-signedData, 1.2.840.113549.1.7.2, as it is encoded (RFC 5652, 5.1).
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];

/// How many certificates of one file are looked at.
const MAX_CERTIFICATES: usize = 16;

/// With what a path would lead to a trust anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Completion {
    /// The subjects of the certificates that the server does not present, the lowest first.
    pub missing: Vec<String>,
    /// The trust anchor's subject.
    pub anchor: String,
}

impl fmt::Display for Completion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let missing: Vec<String> = self.missing.iter().map(|one| format!("`{one}`")).collect();
        let missing = missing.join(", ");
        write!(f, "the path to `{}` would be complete with {missing}", self.anchor)
    }
}

/// What would complete the path, if certificates that were fetched do: one in DER (RFC 5280,
/// 4.2.2.1), several in PKCS#7 ("certs-only"), or either in PEM.
///
/// A path that leads to an anchor without them, or not with them either, gives nothing.
pub fn completed_by(
    chain: &[Certificate],
    anchors: &TrustAnchors,
    fetched: &[u8],
    at: i64,
) -> Option<Completion> {
    if validate(chain, anchors, at).path.is_some() {
        return None;
    }
    let more = certificates(fetched);
    let longer: Vec<Certificate> = chain.iter().cloned().chain(more).collect();
    let path = validate(&longer, anchors, at).path?;
    let missing = path.intermediates.iter().filter(|index| **index >= chain.len());
    Some(Completion {
        missing: missing.map(|index| longer[*index].label()).collect(),
        anchor: path.anchor_subject,
    })
}

/// The certificates in a file; none where it is something else.
fn certificates(bytes: &[u8]) -> Vec<Certificate> {
    let mut ders: Vec<Vec<u8>> = if bytes.first() == Some(&tlv::SEQUENCE) {
        in_pkcs7(bytes).unwrap_or_else(|| vec![bytes.to_vec()])
    } else {
        CertificateDer::pem_slice_iter(bytes).flatten().map(|der| der.to_vec()).collect()
    };
    if ders.is_empty() {
        ders = pkcs7_of_pem(bytes).and_then(|der| in_pkcs7(&der)).unwrap_or_default();
    }
    ders.truncate(MAX_CERTIFICATES);
    ders.iter().filter_map(|der| Certificate::parse(der).ok()).collect()
}

/// The certificates in a SignedData (RFC 5652, 5.1), which need not sign anything.
fn in_pkcs7(der: &[u8]) -> Option<Vec<Vec<u8>>> {
    const FIELD: &str = "SignedData";
    let mut info = Walk::sequence(der, FIELD).ok()?;
    if info.take(tlv::OID, FIELD).ok()?.value != SIGNED_DATA {
        return None;
    }
    let content = info.take(tlv::constructed(0), FIELD).ok()?;
    let mut fields = Walk::sequence(content.value, FIELD).ok()?;
    fields.take(tlv::INTEGER, FIELD).ok()?;
    fields.take(tlv::SET, FIELD).ok()?;
    fields.take(tlv::SEQUENCE, FIELD).ok()?;
    let mut list = Walk::over(fields.take(tlv::constructed(0), FIELD).ok()?.value);
    let mut found = Vec::new();
    while let Ok(Some(certificate)) = list.next(FIELD) {
        found.push(certificate.whole.to_vec());
    }
    Some(found)
}

/// The DER of a PEM section `PKCS7` or `CMS` (RFC 7468, 8 and 9).
fn pkcs7_of_pem(pem: &[u8]) -> Option<Vec<u8>> {
    let text = std::str::from_utf8(pem).ok()?;
    let body = ["PKCS7", "CMS"].iter().find_map(|label| {
        let (_, body) = text.split_once(&format!("-----BEGIN {label}-----"))?;
        Some(body.split_once("-----END")?.0)
    })?;
    let body: String = body.split_whitespace().collect();
    BASE64.decode(body).ok()
}
