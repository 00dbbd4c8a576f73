//! OCSP (RFC 6960): requests read, responses made, right ones and wrong ones.
//!
//! Bytes in, DER out. What an answer says stands in plain fields; a wrong one is a right one with
//! a field changed:
//!
//! ```
//! use lab::Signer;
//! use lab::ocsp::{BasicResponse, CertId, CertStatus, Hash, SingleResponse};
//!
//! # fn story(issuer: &[u8], key: &rcgen::KeyPair, server: &[u8], now: i64)
//! # -> Result<(), lab::SignError> {
//! let signer = Signer { certificate: issuer, key };
//! let id = CertId::of(Hash::Sha1, issuer, server)?;
//! let good = BasicResponse::about(SingleResponse::good(id, now));
//! let stale = good.clone().with_single(|it| it.next_update = Some(now - 60));
//! let revoked = good.clone().with_single(|it| {
//!     it.status = CertStatus::Revoked { at: now - 3600, reason: Some(1) };
//! });
//! for response in [good, stale, revoked] {
//!     let der: Vec<u8> = response.sign(&signer)?;
//! }
//! # Ok(())
//! # }
//! ```

mod delegate;
mod request;
mod response;

use aws_lc_rs::digest;

use crate::asn1::{self, Element, oid, sequence, tlv};
use crate::signer::{Parts, SignError};

pub use delegate::{Delegate, DelegateShape};
pub use request::Request;
pub use response::{
    BasicResponse, CertStatus, ResponderId, ResponseFault, SingleResponse, nonce, unsuccessful,
};

/// The unsuccessful response statuses (RFC 6960, 4.2.1); 4 is not used.
pub const MALFORMED_REQUEST: u8 = 1;
/// The responder is in an inconsistent state.
pub const INTERNAL_ERROR: u8 = 2;
/// The responder cannot answer for now.
pub const TRY_LATER: u8 = 3;
/// The request had to be signed.
pub const SIG_REQUIRED: u8 = 5;
/// The responder may not answer this client or about this certificate.
pub const UNAUTHORIZED: u8 = 6;

/// id-pkix-ocsp-nonce (RFC 9654, 2.1).
const NONCE: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 48, 1, 2];

/// The hash that a CertID names issuers by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Hash {
    /// What every responder knows (RFC 5019, 2.1.1).
    #[default]
    Sha1,
    /// What RFC 9654 recommends.
    Sha256,
}

impl Hash {
    const fn arcs(self) -> &'static [u64] {
        match self {
            Self::Sha1 => &[1, 3, 14, 3, 2, 26],
            Self::Sha256 => &[2, 16, 840, 1, 101, 3, 4, 2, 1],
        }
    }

    /// The hash of these bytes.
    pub(crate) fn of(self, bytes: &[u8]) -> Vec<u8> {
        let algorithm = match self {
            Self::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
            Self::Sha256 => &digest::SHA256,
        };
        digest::digest(algorithm, bytes).as_ref().to_vec()
    }
}

/// Which certificate is meant (RFC 6960, 4.1.1).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct CertId {
    /// Of the next two.
    pub hash: Hash,
    /// Of the issuer's subject.
    pub issuer_name_hash: Vec<u8>,
    /// Of the issuer's public key.
    pub issuer_key_hash: Vec<u8>,
    /// The certificate's serial number, as its INTEGER has it.
    pub serial: Vec<u8>,
}

impl CertId {
    /// That of a certificate and its issuer.
    ///
    /// # Errors
    ///
    /// One of them is no certificate.
    pub fn of(hash: Hash, issuer: &[u8], certificate: &[u8]) -> Result<Self, SignError> {
        let issuer = Parts::of(issuer)?;
        Ok(Self {
            hash,
            issuer_name_hash: hash.of(issuer.subject),
            issuer_key_hash: hash.of(issuer.key),
            serial: Parts::of(certificate)?.serial.to_vec(),
        })
    }

    fn to_der(&self) -> Vec<u8> {
        sequence(&[
            sequence(&[&oid(self.hash.arcs())[..], &[5, 0]]),
            tlv(asn1::OCTET_STRING, &self.issuer_name_hash),
            tlv(asn1::OCTET_STRING, &self.issuer_key_hash),
            tlv(asn1::INTEGER, &self.serial),
        ])
    }

    fn read(element: Element<'_>) -> Option<Self> {
        let [algorithm, name, key, serial] = element.inside()?[..] else { return None };
        let algorithm = algorithm.inside()?.first()?.whole;
        let hash = [Hash::Sha1, Hash::Sha256].into_iter().find(|it| oid(it.arcs()) == algorithm)?;
        Some(Self {
            hash,
            issuer_name_hash: name.content.to_vec(),
            issuer_key_hash: key.content.to_vec(),
            serial: serial.content.to_vec(),
        })
    }
}
