//! A glance at a certificate: the little that asking further questions takes.
//!
//! Reads the outer structure only and so gets along with certificates that a strict parser
//! refuses. Whether a certificate is in order is judged elsewhere.

use der::asn1::{AnyRef, ObjectIdentifier, UintRef};
use der::{Decode, Reader, SliceReader, Tag, TagNumber, Tagged};

/// `id-ce-subjectAltName` (RFC 5280, 4.2.1.6).
const SUBJECT_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
/// `rsaEncryption` (RFC 8017, A.1).
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// `dNSName [2] IA5String` (RFC 5280, 4.2.1.6).
const DNS_NAME: Tag = Tag::ContextSpecific { number: TagNumber(2), constructed: false };
/// `version [0]` of a `TBSCertificate` (RFC 5280, 4.1).
const VERSION: Tag = Tag::ContextSpecific { number: TagNumber(0), constructed: true };
/// `extensions [3]` of a `TBSCertificate`.
const EXTENSIONS: Tag = Tag::ContextSpecific { number: TagNumber(3), constructed: true };
/// `subjectPublicKeyInfo` comes after serialNumber, signature, issuer, validity and subject.
const PUBLIC_KEY_POSITION: usize = 5;

/// The dNSNames of a certificate, as presented. A certificate or extension that cannot be read has
/// none; other kinds of names beside them, odd ones too, do no harm.
pub(super) fn dns_names(certificate: &[u8]) -> Vec<String> {
    subject_alt_name(certificate)
        .into_iter()
        .flatten()
        .filter(|name| name.tag() == DNS_NAME && name.value().is_ascii())
        .map(|name| String::from_utf8_lossy(name.value()).into_owned())
        .collect()
}

/// How long the RSA key of a certificate is, when it has one (`RSAPublicKey`, RFC 8017, A.1.1).
pub(super) fn rsa_bits(certificate: &[u8]) -> Option<u32> {
    let key = to_be_signed(certificate)?
        .into_iter()
        .filter(|field| field.tag() != VERSION)
        .nth(PUBLIC_KEY_POSITION)?;
    let [algorithm, bits, ..] = elements(key.value())?[..] else { return None };
    if elements(algorithm.value())?.first()?.decode_as::<ObjectIdentifier>().ok()? != RSA_ENCRYPTION
    {
        return None;
    }
    // A BIT STRING begins with the number of its unused bits.
    let (_, rsa_key) = bits.value().split_first()?;
    let rsa_key = AnyRef::from_der(rsa_key).ok()?;
    let modulus = elements(rsa_key.value())?.first()?.decode_as::<UintRef<'_>>().ok()?;
    let first = *modulus.as_bytes().first()?;
    let octets = u32::try_from(modulus.as_bytes().len()).ok()?;
    Some(octets * u8::BITS - first.leading_zeros())
}

/// The elements of the SubjectAltName extension.
fn subject_alt_name(certificate: &[u8]) -> Option<Vec<AnyRef<'_>>> {
    let fields = to_be_signed(certificate)?;
    let extensions = fields.into_iter().find(|field| field.tag() == EXTENSIONS)?;
    let extensions = AnyRef::from_der(extensions.value()).ok()?;
    elements(extensions.value())?.into_iter().find_map(|extension| {
        let parts = elements(extension.value())?;
        let id = parts.first()?.decode_as::<ObjectIdentifier>().ok()?;
        let names = AnyRef::from_der(parts.last()?.value()).ok()?;
        (id == SUBJECT_ALT_NAME).then(|| elements(names.value()))?
    })
}

/// The fields of the `TBSCertificate`.
fn to_be_signed(certificate: &[u8]) -> Option<Vec<AnyRef<'_>>> {
    let certificate = AnyRef::from_der(certificate).ok()?;
    let to_be_signed = *elements(certificate.value())?.first()?;
    elements(to_be_signed.value())
}

/// The elements that stand one after another in `content`.
fn elements(content: &[u8]) -> Option<Vec<AnyRef<'_>>> {
    let mut reader = SliceReader::new(content).ok()?;
    let mut elements = Vec::new();
    while !reader.is_finished() {
        elements.push(AnyRef::decode(&mut reader).ok()?);
    }
    Some(elements)
}
