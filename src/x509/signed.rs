//! What certificates, CRLs and OCSP responses have in common: something signed, the algorithm, the
//! signature (RFC 5280, 4.1.1 and 5.1.1; RFC 6960, 4.2.1).

use der::Decode;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use super::algorithm::{Digest, Key, KeyKind, SignatureAlgorithm};
use super::path::RSA_BITS;
use super::tlv::{self, Malformed, Tlv, Walk};

/// The three parts, as they stand in the bytes received.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Signed<'a> {
    /// What is signed, with its tag and length.
    pub(crate) content: Tlv<'a>,
    /// The AlgorithmIdentifier.
    pub(crate) algorithm: Tlv<'a>,
    signature: &'a [u8],
}

/// A public key, as it stands in a certificate.
#[derive(Clone, Copy, Debug)]
pub(crate) struct PublicKey<'a> {
    /// The SubjectPublicKeyInfo.
    info: &'a [u8],
    /// The AlgorithmIdentifier within.
    algorithm: Tlv<'a>,
    /// The key within, without the octet that counts unused bits: what key hashes are over
    /// (RFC 6960, 4.1.1).
    pub(crate) bits: &'a [u8],
}

/// Why a signature does not count; shown, what follows "it".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// It proves nothing: such signatures can be forged.
    #[error("has a weak signature (`{0}`)")]
    Weak(String),
    /// It is of a kind that is not evaluated here. It may well be right.
    #[error("has a signature that cannot be evaluated (`{0}`)")]
    Unsupported(String),
    /// It does not verify with that key.
    #[error("has a signature that does not verify")]
    Wrong,
}

impl<'a> Signed<'a> {
    /// Reads the three parts; more may follow.
    pub(crate) fn read(walk: &mut Walk<'a>, content: &'static str) -> Result<Self, Malformed> {
        Ok(Self {
            content: walk.take(tlv::SEQUENCE, content)?,
            algorithm: walk.take(tlv::SEQUENCE, "signatureAlgorithm")?,
            signature: whole_octets(walk.take(tlv::BIT_STRING, "signature")?, "signature")?,
        })
    }

    /// Verifies the signature with webpki's algorithms.
    pub(crate) fn verify(&self, key: &PublicKey<'_>) -> Result<(), SignatureError> {
        let named = match AlgorithmIdentifierOwned::from_der(self.algorithm.whole) {
            Ok(identifier) => SignatureAlgorithm::of(&identifier),
            Err(_) => return Err(SignatureError::Unsupported("an unknown algorithm".to_owned())),
        };
        if matches!(named.digest, Digest::Sha1 | Digest::Md5OrOlder) {
            return Err(SignatureError::Weak(named.name));
        }
        if let Some(unusual) = key.unusual() {
            return Err(SignatureError::Unsupported(format!("{} by a key {unusual}", named.name)));
        }
        let mut suitable = webpki::ALL_VERIFICATION_ALGS
            .iter()
            .filter(|known| known.signature_alg_id().as_ref() == self.algorithm.value)
            .filter(|known| known.public_key_alg_id().as_ref() == key.algorithm.value)
            .peekable();
        if suitable.peek().is_none() {
            return Err(SignatureError::Unsupported(named.name));
        }
        suitable
            .any(|known| {
                known.verify_signature(key.bits, self.content.whole, self.signature).is_ok()
            })
            .then_some(())
            .ok_or(SignatureError::Wrong)
    }
}

impl<'a> PublicKey<'a> {
    /// Reads a SubjectPublicKeyInfo (RFC 5280, 4.1.2.7).
    pub(crate) fn read(info: Tlv<'a>) -> Result<Self, Malformed> {
        let mut fields = Walk::over(info.value);
        let algorithm = fields.take(tlv::SEQUENCE, "algorithm")?;
        let bits = fields.take(tlv::BIT_STRING, "subjectPublicKey")?;
        fields.finish("subjectPublicKeyInfo")?;
        let bits = whole_octets(bits, "subjectPublicKey")?;
        Ok(Self { info: info.whole, algorithm, bits })
    }

    /// The key in words, when signatures by such a key "do not verify" whatever they are.
    fn unusual(&self) -> Option<Key> {
        let key = Key::of(&SubjectPublicKeyInfoOwned::from_der(self.info).ok()?);
        let verified = key.bits.is_some_and(|bits| RSA_BITS.contains(&bits));
        (key.kind == KeyKind::Rsa && !verified).then_some(key)
    }
}

/// The octets of a BIT STRING that has no unused bits.
fn whole_octets<'a>(bits: Tlv<'a>, field: &'static str) -> Result<&'a [u8], Malformed> {
    match bits.value.split_first() {
        Some((0, octets)) => Ok(octets),
        _ => Err(Malformed(field)),
    }
}
