//! Public keys and signature algorithms: the names people use, and the classes rules ask for.

use std::fmt;

use der::asn1::{AnyRef, ObjectIdentifier, UintRef};
use der::{Decode, Tag, Tagged};
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const RSA: ObjectIdentifier = oid("1.2.840.113549.1.1.1");
const RSA_PSS: ObjectIdentifier = oid("1.2.840.113549.1.1.10");
const EC: ObjectIdentifier = oid("1.2.840.10045.2.1");

/// The families of public keys that rules tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyKind {
    /// RSA, for either padding (RFC 8017).
    Rsa,
    /// An elliptic-curve key for ECDSA (RFC 5480).
    Ec,
    /// Ed25519 or Ed448 (RFC 8410).
    EdDsa,
    /// ML-DSA (RFC 9881).
    MlDsa,
    /// DSA, which no TLS version in use accepts.
    Dsa,
    /// A key that this tool does not know.
    Other,
}

/// The public key of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its family.
    pub kind: KeyKind,
    /// The algorithm as people name it: `RSA`, `ECDSA P-256`, `Ed25519`, or an OID.
    pub algorithm: String,
    /// The size that its strength is measured by: the modulus of RSA, the field of a curve.
    pub bits: Option<u32>,
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind, self.bits) {
            (KeyKind::Rsa, Some(bits)) => write!(f, "{} {bits}", self.algorithm),
            _ => f.write_str(&self.algorithm),
        }
    }
}

/// Named curves, with the size of their field in bits (SEC 2; RFC 5639).
const CURVES: [(ObjectIdentifier, &str, u32); 9] = [
    (oid("1.2.840.10045.3.1.7"), "P-256", 256),
    (oid("1.3.132.0.34"), "P-384", 384),
    (oid("1.3.132.0.35"), "P-521", 521),
    (oid("1.2.840.10045.3.1.1"), "P-192", 192),
    (oid("1.3.132.0.33"), "P-224", 224),
    (oid("1.3.132.0.10"), "secp256k1", 256),
    (oid("1.3.36.3.3.2.8.1.1.7"), "brainpoolP256r1", 256),
    (oid("1.3.36.3.3.2.8.1.1.11"), "brainpoolP384r1", 384),
    (oid("1.3.36.3.3.2.8.1.1.13"), "brainpoolP512r1", 512),
];

/// Keys whose algorithm identifier says everything.
const PLAIN_KEYS: [(ObjectIdentifier, KeyKind, &str, Option<u32>); 6] = [
    (oid("1.3.101.112"), KeyKind::EdDsa, "Ed25519", Some(256)),
    (oid("1.3.101.113"), KeyKind::EdDsa, "Ed448", Some(456)),
    (oid("2.16.840.1.101.3.4.3.17"), KeyKind::MlDsa, "ML-DSA-44", None),
    (oid("2.16.840.1.101.3.4.3.18"), KeyKind::MlDsa, "ML-DSA-65", None),
    (oid("2.16.840.1.101.3.4.3.19"), KeyKind::MlDsa, "ML-DSA-87", None),
    (oid("1.2.840.10040.4.1"), KeyKind::Dsa, "DSA", None),
];

impl Key {
    /// Reads a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7).
    pub(crate) fn of(spki: &SubjectPublicKeyInfoOwned) -> Self {
        let algorithm = spki.algorithm.oid;
        if algorithm == RSA || algorithm == RSA_PSS {
            let name = if algorithm == RSA { "RSA" } else { "RSASSA-PSS" };
            let bits = modulus_bits(spki.subject_public_key.raw_bytes());
            return Self { kind: KeyKind::Rsa, algorithm: name.to_owned(), bits };
        }
        if algorithm == EC {
            let curve = spki
                .algorithm
                .parameters
                .as_ref()
                .and_then(|parameters| parameters.decode_as::<ObjectIdentifier>().ok());
            let known = curve.and_then(|curve| CURVES.iter().find(|(oid, ..)| *oid == curve));
            let name = match (known, curve) {
                (Some((_, name, _)), _) => format!("ECDSA {name}"),
                (None, Some(curve)) => format!("ECDSA on the curve {curve}"),
                (None, None) => "ECDSA on an unnamed curve".to_owned(),
            };
            return Self {
                kind: KeyKind::Ec,
                algorithm: name,
                bits: known.map(|(_, _, bits)| *bits),
            };
        }
        match PLAIN_KEYS.iter().find(|(oid, ..)| *oid == algorithm) {
            Some((_, kind, name, bits)) => {
                Self { kind: *kind, algorithm: (*name).to_owned(), bits: *bits }
            }
            None => Self { kind: KeyKind::Other, algorithm: algorithm.to_string(), bits: None },
        }
    }
}

/// The length of the modulus of an RSAPublicKey (RFC 8017, A.1.1).
fn modulus_bits(key: &[u8]) -> Option<u32> {
    let modulus = AnyRef::from_der(key)
        .ok()?
        .sequence(|reader| {
            let modulus = UintRef::decode(reader)?;
            UintRef::decode(reader)?;
            Ok::<_, der::Error>(modulus)
        })
        .ok()?;
    let bytes = modulus.as_bytes();
    let leading = bytes.first()?.leading_zeros();
    u32::try_from(bytes.len()).ok()?.checked_mul(8)?.checked_sub(leading)
}

/// The hash under a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Digest {
    /// MD2, MD4 or MD5: collisions are cheap.
    Md5OrOlder,
    /// SHA-1: chosen-prefix collisions have been shown.
    Sha1,
    /// SHA-2, SHA-3, or a scheme with its own such as Ed25519.
    Strong,
    /// Not known to this tool.
    Other,
}

/// The algorithm a certificate was signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureAlgorithm {
    /// The name of the standard, such as `sha256WithRSAEncryption`, or an OID.
    pub name: String,
    /// The hash under it.
    pub digest: Digest,
}

const SIGNATURES: [(ObjectIdentifier, &str, Digest); 20] = [
    (oid("1.2.840.113549.1.1.11"), "sha256WithRSAEncryption", Digest::Strong),
    (oid("1.2.840.113549.1.1.12"), "sha384WithRSAEncryption", Digest::Strong),
    (oid("1.2.840.113549.1.1.13"), "sha512WithRSAEncryption", Digest::Strong),
    (oid("1.2.840.113549.1.1.14"), "sha224WithRSAEncryption", Digest::Strong),
    (oid("1.2.840.113549.1.1.5"), "sha1WithRSAEncryption", Digest::Sha1),
    (oid("1.2.840.113549.1.1.4"), "md5WithRSAEncryption", Digest::Md5OrOlder),
    (oid("1.2.840.113549.1.1.2"), "md2WithRSAEncryption", Digest::Md5OrOlder),
    (oid("1.3.14.3.2.29"), "sha1WithRSASignature", Digest::Sha1),
    (oid("1.2.840.10045.4.3.2"), "ecdsa-with-SHA256", Digest::Strong),
    (oid("1.2.840.10045.4.3.3"), "ecdsa-with-SHA384", Digest::Strong),
    (oid("1.2.840.10045.4.3.4"), "ecdsa-with-SHA512", Digest::Strong),
    (oid("1.2.840.10045.4.3.1"), "ecdsa-with-SHA224", Digest::Strong),
    (oid("1.2.840.10045.4.1"), "ecdsa-with-SHA1", Digest::Sha1),
    (oid("1.2.840.10040.4.3"), "dsa-with-SHA1", Digest::Sha1),
    (oid("2.16.840.1.101.3.4.3.2"), "dsa-with-SHA256", Digest::Strong),
    (oid("1.3.101.112"), "Ed25519", Digest::Strong),
    (oid("1.3.101.113"), "Ed448", Digest::Strong),
    (oid("2.16.840.1.101.3.4.3.17"), "ML-DSA-44", Digest::Strong),
    (oid("2.16.840.1.101.3.4.3.18"), "ML-DSA-65", Digest::Strong),
    (oid("2.16.840.1.101.3.4.3.19"), "ML-DSA-87", Digest::Strong),
];

/// Hashes as RSASSA-PSS parameters name them.
const HASHES: [(ObjectIdentifier, &str, Digest); 5] = [
    (oid("2.16.840.1.101.3.4.2.1"), "SHA-256", Digest::Strong),
    (oid("2.16.840.1.101.3.4.2.2"), "SHA-384", Digest::Strong),
    (oid("2.16.840.1.101.3.4.2.3"), "SHA-512", Digest::Strong),
    (oid("2.16.840.1.101.3.4.2.4"), "SHA-224", Digest::Strong),
    (oid("1.3.14.3.2.26"), "SHA-1", Digest::Sha1),
];

impl SignatureAlgorithm {
    /// Reads an AlgorithmIdentifier (RFC 5280, 4.1.1.2).
    pub(crate) fn of(identifier: &AlgorithmIdentifierOwned) -> Self {
        if identifier.oid == RSA_PSS {
            let parameters = identifier.parameters.as_ref().map(AnyRef::from);
            return match parameters.and_then(pss_hash) {
                Some((_, name, digest)) => {
                    Self { name: format!("RSASSA-PSS with {name}"), digest: *digest }
                }
                None => Self {
                    name: "RSASSA-PSS with an unknown hash".to_owned(),
                    digest: Digest::Other,
                },
            };
        }
        Self::of_oid(identifier.oid)
    }

    /// The algorithm that an OID alone names.
    pub(crate) fn of_oid(algorithm: ObjectIdentifier) -> Self {
        match SIGNATURES.iter().find(|(oid, ..)| *oid == algorithm) {
            Some((_, name, digest)) => Self { name: (*name).to_owned(), digest: *digest },
            None => Self { name: algorithm.to_string(), digest: Digest::Other },
        }
    }
}

/// The hash in RSASSA-PSS-params: `[0]` an AlgorithmIdentifier, by default SHA-1 (RFC 4055, 3.1).
fn pss_hash(parameters: AnyRef<'_>) -> Option<&'static (ObjectIdentifier, &'static str, Digest)> {
    let fields = Vec::<AnyRef<'_>>::from_der(&der::Encode::to_der(&parameters).ok()?).ok().map(
        |fields| {
            fields
                .iter()
                .find(|field| is_tagged_zero(field.tag()))
                .map(|field| AnyRef::from_der(field.value()).ok().and_then(first_oid))
        },
    )?;
    let hash = match fields {
        None => oid("1.3.14.3.2.26"),
        Some(hash) => hash?,
    };
    HASHES.iter().find(|(oid, ..)| *oid == hash)
}

fn is_tagged_zero(tag: Tag) -> bool {
    tag.is_context_specific() && tag.number().value() == 0
}

/// The OID of an AlgorithmIdentifier.
fn first_oid(identifier: AnyRef<'_>) -> Option<ObjectIdentifier> {
    identifier
        .sequence(|reader| {
            let oid = ObjectIdentifier::decode(reader)?;
            Option::<AnyRef<'_>>::decode(reader)?;
            Ok::<_, der::Error>(oid)
        })
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::asn1::Any;

    #[test]
    fn signature_algorithms_and_the_hash_under_them() {
        // RSASSA-PSS parameters by hand: absent hash, SHA-256, SHA-1, an unknown OID.
        let sha256 = [
            0x30, 0x0f, 0xa0, 0x0d, 0x30, 0x0b, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03,
            0x04, 0x02, 0x01,
        ];
        let sha1 = [0x30, 0x0b, 0xa0, 0x09, 0x30, 0x07, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a];
        let other = [0x30, 0x08, 0xa0, 0x06, 0x30, 0x04, 0x06, 0x02, 0x2b, 0x0e];
        for (oid, parameters, name, digest) in [
            ("1.2.840.113549.1.1.11", None, "sha256WithRSAEncryption", Digest::Strong),
            ("1.2.840.113549.1.1.5", None, "sha1WithRSAEncryption", Digest::Sha1),
            ("1.2.840.113549.1.1.4", None, "md5WithRSAEncryption", Digest::Md5OrOlder),
            ("1.3.101.112", None, "Ed25519", Digest::Strong),
            ("1.2.3.4", None, "1.2.3.4", Digest::Other),
            ("1.2.840.113549.1.1.10", Some(&sha256[..]), "RSASSA-PSS with SHA-256", Digest::Strong),
            ("1.2.840.113549.1.1.10", Some(&sha1[..]), "RSASSA-PSS with SHA-1", Digest::Sha1),
            ("1.2.840.113549.1.1.10", Some(&[0x30, 0][..]), "RSASSA-PSS with SHA-1", Digest::Sha1),
            (
                "1.2.840.113549.1.1.10",
                Some(&other[..]),
                "RSASSA-PSS with an unknown hash",
                Digest::Other,
            ),
            ("1.2.840.113549.1.1.10", None, "RSASSA-PSS with an unknown hash", Digest::Other),
        ] {
            let identifier = AlgorithmIdentifierOwned {
                oid: ObjectIdentifier::new_unwrap(oid),
                parameters: parameters.map(|der| Any::from_der(der).unwrap()),
            };
            let found = SignatureAlgorithm::of(&identifier);
            assert_eq!((found.name.as_str(), found.digest), (name, digest), "{oid}");
        }
    }
}
