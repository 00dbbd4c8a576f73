//! The Online Certificate Status Protocol: the question, and whether to believe the answer
//! (RFC 6960; the profile of RFC 5019 for the question).
//!
//! A response counts when its signature, over the bytes as they were received, is by the issuer of
//! the certificate or by a delegate that this issuer named (4.2.2.2), when it is about this
//! certificate, and when it speaks for the time in question. Everything else is an [`OcspError`].
//!
//! A delegate's certificate may say that it need not be checked for revocation (`ocsp-nocheck`,
//! 4.2.2.2.1). If it does not, nothing is asked about it either, as in OpenSSL: the answer would
//! come from the same authority, and the question would need a question of its own. But whoever
//! has a CRL of that authority at hand can look the [`Delegate`] up.

mod request;
mod responder;
mod response;

use super::answer::{Dates, NotCurrent, Statement};
use super::certificate::Certificate;
use super::parts::Parts;
use super::signed::SignatureError;
use super::time::utc;
use super::tlv::Malformed;

use response::{Response, Single};

pub use responder::{Delegate, DelegateError};

/// How long a response without nextUpdate speaks, in seconds: ten days, the longest that CAs may
/// let any response speak (CA/Browser Forum Baseline Requirements, 4.9.10).
pub const LONGEST_WITHOUT_NEXT_UPDATE: i64 = 10 * 24 * 60 * 60;

/// The question whether a certificate is revoked, to whoever answers for its issuer.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    certificate: Parts<'a>,
    not_after: i64,
    issuer: &'a Certificate,
    issuer_parts: Parts<'a>,
    nonce: Option<&'a [u8]>,
}

/// What a response that can be believed says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What it states.
    pub statement: Statement,
    /// For which time.
    pub dates: Dates,
    /// Who signed it in the issuer's place, if somebody did.
    pub delegate: Option<Delegate>,
}

/// The ways in which a responder refuses to answer (RFC 6960, 4.2.1). Nothing is signed then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsuccessful {
    /// Code 1.
    #[error("`malformedRequest`: the responder does not understand the question")]
    MalformedRequest,
    /// Code 2.
    #[error("`internalError`: the responder has a fault")]
    InternalError,
    /// Code 3.
    #[error("`tryLater`: the responder cannot answer for the time being")]
    TryLater,
    /// Code 5.
    #[error("`sigRequired`: the responder answers signed questions only")]
    SigRequired,
    /// Code 6.
    #[error("`unauthorized`: the responder has no answer about this certificate for us")]
    Unauthorized,
    /// Another code, which the standard does not know.
    #[error("the responseStatus {0}, which is not known")]
    Other(u8),
}

/// Why a response says nothing; shown, what follows "it".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OcspError {
    /// The bytes are no OCSP response; which field is wrong.
    #[error("is not DER as RFC 6960 has it: {0}")]
    Malformed(String),
    /// The responder refuses to answer.
    #[error("says {0}")]
    Unsuccessful(Unsuccessful),
    /// A response of another type than id-pkix-ocsp-basic.
    #[error("is of the type {0}, not id-pkix-ocsp-basic")]
    Type(String),
    /// A version other than 1.
    #[error("has a version that is not known")]
    Version,
    /// A critical extension that is not known here (RFC 6960, 4.4).
    #[error("has the critical extension {0}, which is not known")]
    CriticalExtension(String),
    /// No single response in it is about the certificate.
    #[error("is about another certificate")]
    OtherCertificate,
    /// The responder that it names is neither the issuer nor among the certificates it brings.
    #[error("is signed neither by `{issuer}` nor by a delegate whose certificate it brings")]
    UnknownResponder {
        /// The issuer of the certificate in question.
        issuer: String,
    },
    /// The responder may not answer for the issuer.
    #[error("is signed by `{responder}`, which may not answer for `{issuer}`: {why}")]
    Delegate {
        /// The responder.
        responder: String,
        /// The issuer of the certificate in question.
        issuer: String,
        /// Why not.
        why: DelegateError,
    },
    /// Its signature does not count.
    #[error(transparent)]
    Signature(SignatureError),
    /// It answers another question (RFC 6960, 4.4.1).
    #[error("answers another question: its nonce is not the one sent")]
    Nonce,
    /// It does not speak for the time in question.
    #[error(transparent)]
    NotCurrent(NotCurrent),
    /// It is younger than the certificate's notAfter, beyond which a responder need not remember
    /// (RFC 6960, 2.2 and 4.4.4).
    #[error("proves nothing about a certificate that expired on {}, before it was made", utc(*.0))]
    AfterExpiry(i64),
}

impl From<Malformed> for OcspError {
    fn from(error: Malformed) -> Self {
        Self::Malformed(error.to_string())
    }
}

/// Whether this is an OCSP response at all, without asking what it is about or who signed it.
///
/// # Errors
/// [`OcspError`], when it says nothing about any certificate.
pub fn look_at(response: &[u8]) -> Result<(), OcspError> {
    Response::read(response).map(|_| ())
}

impl<'a> Question<'a> {
    /// The question about a certificate, without a nonce: responders that answer in advance would
    /// not return it (RFC 5019, 4). Whether the issuer really issued it is for path validation.
    ///
    /// # Errors
    /// [`OcspError::Malformed`] when one of them has a key or name of a form that cannot be hashed.
    pub fn new(certificate: &'a Certificate, issuer: &'a Certificate) -> Result<Self, OcspError> {
        Ok(Self {
            certificate: Parts::of(certificate)?,
            not_after: certificate.not_after,
            issuer,
            issuer_parts: Parts::of(issuer)?,
            nonce: None,
        })
    }

    /// The same with a nonce, which a response may leave out but not change (RFC 8954, 2.1).
    pub fn with_nonce(self, nonce: &'a [u8]) -> Self {
        Self { nonce: Some(nonce), ..self }
    }

    /// Whether to believe a response at a time in seconds since the epoch, and what it says.
    ///
    /// # Errors
    /// [`OcspError`], when it says nothing.
    pub fn read(&self, response: &[u8], at: i64) -> Result<Answer, OcspError> {
        let response = Response::read(response)?;
        let singles = self.about_certificate(&response)?;
        let delegate = responder::authorised(&response, self.issuer, &self.issuer_parts, at)?;
        if let (Some(sent), Some(returned)) = (self.nonce, response.nonce)
            && sent != returned
        {
            return Err(OcspError::Nonce);
        }
        // A responder may say several things about one certificate. Of those that speak for the
        // time, the worst counts.
        let mut worst: Option<(Statement, Dates)> = None;
        let mut failed = OcspError::OtherCertificate;
        for single in singles {
            match single.statement(self.not_after, at, response.extended_revoke) {
                Ok(one) if worst.as_ref().is_none_or(|worst| rank(&one.0) > rank(&worst.0)) => {
                    worst = Some(one);
                }
                Ok(_) => {}
                Err(error) => failed = error,
            }
        }
        let (statement, dates) = worst.ok_or(failed)?;
        Ok(Answer { statement, dates, delegate })
    }

    fn about_certificate<'r>(&self, response: &Response<'r>) -> Result<Vec<Single<'r>>, OcspError> {
        let mut about = Vec::new();
        let mut singles = response.singles();
        while let Some(single) = singles.next()? {
            if request::is_about(&single.certificate, &self.certificate, &self.issuer_parts) {
                about.push(single);
            }
        }
        if about.is_empty() { Err(OcspError::OtherCertificate) } else { Ok(about) }
    }
}

fn rank(statement: &Statement) -> u8 {
    match statement {
        Statement::Good => 0,
        Statement::Unknown => 1,
        Statement::Revoked { .. } => 2,
    }
}

#[cfg(test)]
mod tests;
