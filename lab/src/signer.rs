//! Who signs what is neither a certificate nor a handshake: OCSP responses and CRLs.

use rcgen::{KeyPair, SigningKey};

use crate::asn1::{self, Element, bit_string, explicit, oid, sequence, tlv};

/// Why a signed answer cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SignError {
    /// What was given as a certificate is none.
    #[error("these bytes are not a certificate")]
    NotACertificate,
    /// The key is of a kind that the lab does not sign with, or does not sign.
    #[error("cannot sign")]
    Key(#[from] rcgen::Error),
}

/// A certificate and a key. They need not belong together: a foreign key under a CA's name is one
/// of the answers that a client must refuse.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'a> {
    /// The certificate, DER.
    pub certificate: &'a [u8],
    /// The key that signs.
    pub key: &'a KeyPair,
}

/// How a signature is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SignatureFault {
    /// One bit of it is turned.
    BitFlipped,
    /// It is said to be made with SHA-1 (RFC 3279, 2.2.3), which nobody accepts any more.
    SaidToBeSha1,
}

impl Signer<'_> {
    /// The SEQUENCE of what is signed, the algorithm, the signature and, where an OCSP response
    /// carries some, certificates (RFC 6960, 4.2.1; RFC 5280, 5.1.1).
    pub(crate) fn sign(
        &self,
        to_be_signed: &[u8],
        fault: Option<SignatureFault>,
        certificates: &[Vec<u8>],
    ) -> Result<Vec<u8>, SignError> {
        let mut signature = self.key.sign(to_be_signed)?;
        let mut algorithm = self.algorithm()?;
        match fault {
            Some(SignatureFault::BitFlipped) => {
                if let Some(last) = signature.last_mut() {
                    *last ^= 1;
                }
            }
            Some(SignatureFault::SaidToBeSha1) => {
                algorithm = sequence(&[oid(&[1, 2, 840, 10045, 4, 1])]);
            }
            None => {}
        }
        let mut parts = vec![to_be_signed.to_vec(), algorithm, bit_string(&signature)];
        if !certificates.is_empty() {
            parts.push(tlv(explicit(0), &sequence(certificates)));
        }
        Ok(sequence(&parts))
    }

    /// The AlgorithmIdentifier of the key's signatures (RFC 3279, 4055, 5758, 8410).
    pub(crate) fn algorithm(&self) -> Result<Vec<u8>, SignError> {
        const NULL: &[u8] = &[5, 0];
        let known: [(_, &[u64], &[u8]); 8] = [
            (&rcgen::PKCS_ECDSA_P256_SHA256, &[1, 2, 840, 10045, 4, 3, 2], &[]),
            (&rcgen::PKCS_ECDSA_P384_SHA384, &[1, 2, 840, 10045, 4, 3, 3], &[]),
            (&rcgen::PKCS_ECDSA_P521_SHA512, &[1, 2, 840, 10045, 4, 3, 4], &[]),
            (&rcgen::PKCS_ECDSA_P521_SHA256, &[1, 2, 840, 10045, 4, 3, 2], &[]),
            (&rcgen::PKCS_RSA_SHA256, &[1, 2, 840, 113549, 1, 1, 11], NULL),
            (&rcgen::PKCS_RSA_SHA384, &[1, 2, 840, 113549, 1, 1, 12], NULL),
            (&rcgen::PKCS_RSA_SHA512, &[1, 2, 840, 113549, 1, 1, 13], NULL),
            (&rcgen::PKCS_ED25519, &[1, 3, 101, 112], &[]),
        ];
        let used = self.key.algorithm();
        let (_, arcs, parameters) = known
            .into_iter()
            .find(|(algorithm, ..)| *algorithm == used)
            .ok_or(rcgen::Error::UnsupportedSignatureAlgorithm)?;
        Ok(sequence(&[&oid(arcs)[..], parameters]))
    }
}

/// The parts of a certificate that answers about it name, each as it stands there.
pub(crate) struct Parts<'a> {
    /// The content of the INTEGER.
    pub(crate) serial: &'a [u8],
    /// The Name, DER.
    pub(crate) subject: &'a [u8],
    /// The bytes of the subjectPublicKey, without the count of unused bits.
    pub(crate) key: &'a [u8],
    /// The content of the subjectKeyIdentifier, if there is one.
    pub(crate) key_identifier: Option<&'a [u8]>,
}

impl<'a> Parts<'a> {
    pub(crate) fn of(certificate: &'a [u8]) -> Result<Self, SignError> {
        Self::read(certificate).ok_or(SignError::NotACertificate)
    }

    fn read(certificate: &'a [u8]) -> Option<Self> {
        let (certificate, _) = Element::read(certificate)?;
        let fields = certificate.inside()?.first()?.inside()?;
        // The version is the one field that may be absent (RFC 5280, 4.1).
        let at = usize::from(fields.first()?.tag == explicit(0));
        let key = fields.get(at + 5)?.inside()?;
        let extensions = fields.iter().find(|field| field.tag == explicit(3));
        Some(Self {
            serial: fields.get(at)?.content,
            subject: fields.get(at + 4)?.whole,
            key: key.get(1)?.content.get(1..)?,
            key_identifier: extensions.and_then(|it| key_identifier(*it)),
        })
    }
}

fn key_identifier(extensions: Element<'_>) -> Option<&[u8]> {
    let wanted = oid(&[2, 5, 29, 14]);
    for extension in extensions.inside()?.first()?.inside()? {
        let parts = extension.inside()?;
        if parts.first()?.whole == wanted {
            return Some(Element::read(parts.last()?.content)?.0.content);
        }
    }
    None
}

/// An extension of an answer, with its value's DER (RFC 5280, 4.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// The arcs of its identifier.
    pub oid: Vec<u64>,
    /// Whether a client that does not know it must refuse the whole.
    pub critical: bool,
    /// What stands in its OCTET STRING.
    pub value: Vec<u8>,
}

impl Extension {
    /// One that nobody knows, and that a client must therefore not pass over.
    pub fn unknown_critical() -> Self {
        // Of the arc that documents and examples use (RFC 5612).
        let oid = vec![1, 3, 6, 1, 4, 1, 32473, 1];
        Self { oid, critical: true, value: vec![5, 0] }
    }

    pub(crate) fn to_der(&self) -> Vec<u8> {
        let critical: &[u8] = if self.critical { &[asn1::BOOLEAN, 1, 0xff] } else { &[] };
        let value = tlv(asn1::OCTET_STRING, &self.value);
        sequence(&[&oid(&self.oid)[..], critical, &value])
    }
}

/// The SEQUENCE of these extensions, or nothing where there is none.
pub(crate) fn extensions(all: &[Extension]) -> Vec<u8> {
    if all.is_empty() {
        return Vec::new();
    }
    sequence(&all.iter().map(Extension::to_der).collect::<Vec<_>>())
}
