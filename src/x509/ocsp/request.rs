//! The request, and the CertID by which request and response say which certificate is meant
//! (RFC 6960, 4.1.1).

use der::asn1::ObjectIdentifier;
use sha1::Sha1;
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::Question;
use crate::x509::parts::Parts;
use crate::x509::tlv::{self, Malformed, Walk, encode};

const SHA1: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.14.3.2.26");
const SHA256: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
const SHA384: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.2");
const SHA512: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.3");

/// id-pkix-ocsp-nonce (RFC 6960, 4.4.1).
pub(super) const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.2");

/// Which certificate is meant: hashes of its issuer's name and key, and its serial number.
#[derive(Clone, Copy, Debug)]
pub(super) struct CertId<'a> {
    algorithm: &'a [u8],
    name_hash: &'a [u8],
    key_hash: &'a [u8],
    serial: &'a [u8],
}

impl<'a> CertId<'a> {
    pub(super) fn read(value: &'a [u8]) -> Result<Self, Malformed> {
        let mut fields = Walk::over(value);
        let mut algorithm = Walk::over(fields.take(tlv::SEQUENCE, "hashAlgorithm")?.value);
        let found = Self {
            algorithm: algorithm.take(tlv::OID, "hashAlgorithm")?.value,
            name_hash: fields.take(tlv::OCTET_STRING, "issuerNameHash")?.value,
            key_hash: fields.take(tlv::OCTET_STRING, "issuerKeyHash")?.value,
            serial: fields.take(tlv::INTEGER, "serialNumber")?.value,
        };
        fields.finish("certID")?;
        Ok(found)
    }
}

/// Whether that certificate is meant. A responder may identify it by another hash than the one
/// asked with (RFC 6960, 4.1.1 leaves the choice open); what it means is worked out again.
pub(super) fn is_about(id: &CertId<'_>, certificate: &Parts<'_>, issuer: &Parts<'_>) -> bool {
    let hash: fn(&[u8]) -> Vec<u8> = match id.algorithm {
        named if named == SHA1.as_bytes() => |bytes| Sha1::digest(bytes).to_vec(),
        named if named == SHA256.as_bytes() => |bytes| Sha256::digest(bytes).to_vec(),
        named if named == SHA384.as_bytes() => |bytes| Sha384::digest(bytes).to_vec(),
        named if named == SHA512.as_bytes() => |bytes| Sha512::digest(bytes).to_vec(),
        _ => return false,
    };
    id.serial == certificate.serial
        && id.name_hash == hash(certificate.issuer)
        && id.key_hash == hash(issuer.key.bits)
}

impl Question<'_> {
    /// The OCSPRequest to be sent. Its hash is SHA-1, the one that every responder knows
    /// (RFC 5019, 2.1.1); it identifies and protects nothing.
    pub fn to_request(&self) -> Vec<u8> {
        let algorithm = encode(
            tlv::SEQUENCE,
            &[&encode(tlv::OID, &[SHA1.as_bytes()]), &encode(tlv::NULL, &[])],
        );
        let certificate = encode(
            tlv::SEQUENCE,
            &[
                &algorithm,
                &encode(tlv::OCTET_STRING, &[&Sha1::digest(self.certificate.issuer)]),
                &encode(tlv::OCTET_STRING, &[&Sha1::digest(self.issuer_parts.key.bits)]),
                &encode(tlv::INTEGER, &[self.certificate.serial]),
            ],
        );
        let list = encode(tlv::SEQUENCE, &[&encode(tlv::SEQUENCE, &[&certificate])]);
        let extensions = self.nonce.map(nonce_extension).unwrap_or_default();
        encode(tlv::SEQUENCE, &[&encode(tlv::SEQUENCE, &[&list, &extensions])])
    }
}

/// requestExtensions with the nonce alone.
fn nonce_extension(nonce: &[u8]) -> Vec<u8> {
    let value = encode(tlv::OCTET_STRING, &[&encode(tlv::OCTET_STRING, &[nonce])]);
    let extension = encode(tlv::SEQUENCE, &[&encode(tlv::OID, &[NONCE.as_bytes()]), &value]);
    encode(tlv::constructed(2), &[&encode(tlv::SEQUENCE, &[&extension])])
}
