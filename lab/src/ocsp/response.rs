//! What a responder answers.

use super::{CertId, Hash, NONCE};
use crate::asn1::{self, explicit, generalized_time, implicit, number, oid, sequence, tlv};
use crate::signer::{Extension, Parts, SignError, SignatureFault, Signer, extensions};

/// id-pkix-ocsp-basic (RFC 6960, 4.2.1).
const BASIC: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 48, 1, 1];
/// A response type that no client knows, of the arc for documents and examples (RFC 5612).
const OTHER: &[u64] = &[1, 3, 6, 1, 4, 1, 32473, 2];

/// Seconds from thisUpdate to nextUpdate unless a test says otherwise.
const FRESH: i64 = 86_400;

/// The responder's word about one certificate (RFC 6960, 2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CertStatus {
    /// Not revoked.
    Good,
    /// Revoked.
    Revoked {
        /// When, in seconds since the epoch.
        at: i64,
        /// The CRLReason (RFC 5280, 5.3.1), if it says one.
        reason: Option<u8>,
    },
    /// The responder does not know the certificate.
    Unknown,
}

/// What a response says about one certificate (RFC 6960, 4.2.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SingleResponse {
    /// The certificate.
    pub id: CertId,
    /// The word about it.
    pub status: CertStatus,
    /// In seconds since the epoch.
    pub this_update: i64,
    /// In seconds since the epoch, if it says one.
    pub next_update: Option<i64>,
    /// singleExtensions.
    pub extensions: Vec<Extension>,
}

impl SingleResponse {
    /// Good, from an hour before `now` until a day later.
    pub fn good(id: CertId, now: i64) -> Self {
        let this_update = now - 3600;
        Self {
            id,
            status: CertStatus::Good,
            this_update,
            next_update: Some(this_update + FRESH),
            extensions: Vec::new(),
        }
    }

    fn to_der(&self) -> Vec<u8> {
        let status = match self.status {
            CertStatus::Good => tlv(implicit(0), &[]),
            CertStatus::Revoked { at, reason } => {
                let reason = reason.map_or_else(Vec::new, |it| {
                    tlv(explicit(0), &number(asn1::ENUMERATED, it.into()))
                });
                tlv(explicit(1), &[generalized_time(at), reason].concat())
            }
            CertStatus::Unknown => tlv(implicit(2), &[]),
        };
        let next =
            self.next_update.map_or_else(Vec::new, |it| tlv(explicit(0), &generalized_time(it)));
        let more = match extensions(&self.extensions) {
            none if none.is_empty() => none,
            some => tlv(explicit(1), &some),
        };
        sequence(&[self.id.to_der(), status, generalized_time(self.this_update), next, more])
    }
}

/// How a response names who made it (RFC 6960, 4.2.1).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum ResponderId {
    /// By the subject of the signer's certificate.
    #[default]
    ByName,
    /// By the SHA-1 of the signer's public key.
    ByKey,
    /// By the subject of this certificate, whoever signs.
    NameOf(Vec<u8>),
    /// By the SHA-1 of the public key of this certificate, whoever signs.
    KeyOf(Vec<u8>),
}

/// How a response is wrong as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResponseFault {
    /// Its signature.
    Signature(SignatureFault),
    /// It is of another type than id-pkix-ocsp-basic.
    OtherType,
    /// The status is `successful`, and no response comes with it.
    NoBytes,
    /// The last bytes are missing.
    Truncated,
    /// Something stands behind it.
    Trailing,
}

/// A response of the basic type (RFC 6960, 4.2.1), not yet signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BasicResponse {
    /// The version less one, as DER has it; v1 is 0 and is not written.
    pub version: u8,
    /// Who made it.
    pub responder: ResponderId,
    /// In seconds since the epoch.
    pub produced_at: i64,
    /// What it says.
    pub singles: Vec<SingleResponse>,
    /// responseExtensions.
    pub extensions: Vec<Extension>,
    /// The certificates that come with it, DER: a delegate's, usually.
    pub certificates: Vec<Vec<u8>>,
    /// What is wrong with it.
    pub fault: Option<ResponseFault>,
}

impl BasicResponse {
    /// A response that says this alone, produced at its thisUpdate.
    pub fn about(single: SingleResponse) -> Self {
        Self {
            version: 0,
            responder: ResponderId::ByName,
            produced_at: single.this_update,
            singles: vec![single],
            extensions: Vec::new(),
            certificates: Vec::new(),
            fault: None,
        }
    }

    /// With everything that it says changed so.
    pub fn with_single(mut self, change: impl Fn(&mut SingleResponse)) -> Self {
        self.singles.iter_mut().for_each(change);
        self
    }

    /// The whole OCSPResponse, signed.
    ///
    /// # Errors
    ///
    /// The signer's certificate is none, or its key does not sign.
    pub fn sign(&self, signer: &Signer<'_>) -> Result<Vec<u8>, SignError> {
        let fault = match self.fault {
            Some(ResponseFault::Signature(fault)) => Some(fault),
            _ => None,
        };
        let data = self.response_data(signer)?;
        let basic = signer.sign(&data, fault, &self.certificates)?;
        let kind = if self.fault == Some(ResponseFault::OtherType) { OTHER } else { BASIC };
        let bytes = sequence(&[oid(kind), tlv(asn1::OCTET_STRING, &basic)]);
        let successful = number(asn1::ENUMERATED, 0);
        let mut whole = match self.fault {
            Some(ResponseFault::NoBytes) => sequence(&[successful]),
            _ => sequence(&[successful, tlv(explicit(0), &bytes)]),
        };
        match self.fault {
            Some(ResponseFault::Truncated) => whole.truncate(whole.len() - 7),
            Some(ResponseFault::Trailing) => whole.extend(b"more"),
            _ => {}
        }
        Ok(whole)
    }

    fn response_data(&self, signer: &Signer<'_>) -> Result<Vec<u8>, SignError> {
        let version = match self.version {
            0 => Vec::new(),
            other => tlv(explicit(0), &number(asn1::INTEGER, other.into())),
        };
        let by_name = |certificate| -> Result<Vec<u8>, SignError> {
            Ok(tlv(explicit(1), Parts::of(certificate)?.subject))
        };
        let by_key = |certificate| -> Result<Vec<u8>, SignError> {
            let hash = Hash::Sha1.of(Parts::of(certificate)?.key);
            Ok(tlv(explicit(2), &tlv(asn1::OCTET_STRING, &hash)))
        };
        let responder = match &self.responder {
            ResponderId::ByName => by_name(signer.certificate)?,
            ResponderId::ByKey => by_key(signer.certificate)?,
            ResponderId::NameOf(certificate) => by_name(certificate)?,
            ResponderId::KeyOf(certificate) => by_key(certificate)?,
        };
        let singles: Vec<_> = self.singles.iter().map(SingleResponse::to_der).collect();
        let more = match extensions(&self.extensions) {
            none if none.is_empty() => none,
            some => tlv(explicit(1), &some),
        };
        let produced = generalized_time(self.produced_at);
        Ok(sequence(&[version, responder, produced, sequence(&singles), more]))
    }
}

/// The nonce extension (RFC 9654, 2.1).
pub fn nonce(nonce: &[u8]) -> Extension {
    let value = tlv(asn1::OCTET_STRING, nonce);
    Extension { oid: NONCE.to_vec(), critical: false, value }
}

/// A response that is only a status, such as [`TRY_LATER`](super::TRY_LATER).
pub fn unsuccessful(status: u8) -> Vec<u8> {
    sequence(&[number(asn1::ENUMERATED, status.into())])
}
