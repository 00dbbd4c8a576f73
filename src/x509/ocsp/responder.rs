//! Who may answer for an issuer (RFC 6960, 4.2.2.2): the issuer itself, or whom it named by a
//! certificate for that purpose.

use der::asn1::ObjectIdentifier;
use rustls_pki_types::{CertificateDer, UnixTime};
use sha1::{Digest, Sha1};
use webpki::{EndEntityCert, KeyUsage};

use super::OcspError;
use super::response::{ResponderId, Response};
use crate::x509::certificate::Certificate;
use crate::x509::extension::OCSP_SIGNING;
use crate::x509::parts::Parts;
use crate::x509::signed::SignatureError;
use crate::x509::time::utc;

/// id-kp-OCSPSigning, 1.3.6.1.5.5.7.3.9, as it is encoded.
const ID_KP_OCSP_SIGNING: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 3, 9];

/// id-pkix-ocsp-nocheck (4.2.2.2.1).
const NO_CHECK: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.48.1.5");

/// How many of the certificates that a response brings are looked at. One is enough for every
/// responder; a hostile one shall not buy more signature checks.
const MAX_CERTIFICATES: usize = 8;

/// Who signed a response in the issuer's place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegate {
    /// The delegate's certificate.
    pub certificate: Certificate,
    /// Whether the issuer says that the delegate need not be checked for revocation.
    pub no_check: bool,
}

/// Why somebody may not answer for the issuer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DelegateError {
    /// Another authority issued its certificate.
    #[error("its certificate was issued by `{0}`")]
    OtherIssuer(String),
    /// The issuer did not name it for this purpose.
    #[error("its extendedKeyUsage lacks OCSPSigning")]
    NotForOcsp,
    /// Its key is not for signatures.
    #[error("its keyUsage permits no signatures")]
    NotForSignatures,
    /// It expired.
    #[error("its certificate expired on {}", utc(*.0))]
    Expired(i64),
    /// It is not valid yet.
    #[error("its certificate is not valid before {}", utc(*.0))]
    NotYetValid(i64),
    /// The issuer's signature under its certificate does not count.
    #[error("its certificate {0}")]
    Signature(SignatureError),
    /// Something else is wrong with its certificate.
    #[error("its certificate cannot be evaluated: {0}")]
    NotEvaluated(String),
}

impl ResponderId<'_> {
    fn names(&self, responder: &Parts<'_>) -> bool {
        match self {
            Self::Name(name) => *name == responder.subject,
            Self::KeyHash(hash) => *hash == Sha1::digest(responder.key.bits).as_slice(),
        }
    }
}

/// Who signed a response, if that was somebody who may: nobody else than the issuer, or a
/// delegate.
pub(super) fn authorised(
    response: &Response<'_>,
    issuer: &Certificate,
    issuer_parts: &Parts<'_>,
    at: i64,
) -> Result<Option<Delegate>, OcspError> {
    let mut failed = None;
    if response.responder.names(issuer_parts) {
        match response.signed.verify(&issuer_parts.key) {
            Ok(()) => return Ok(None),
            Err(error) => failed = Some(OcspError::Signature(error)),
        }
    }
    // A delegate may have the issuer's name, so the search goes on.
    let mut certificates = response.certificates;
    for _ in 0..MAX_CERTIFICATES {
        let Some(one) = certificates.next("certs")? else { break };
        let Ok(certificate) = Certificate::parse(one.whole) else { continue };
        match candidate(response, &certificate, issuer, issuer_parts, at) {
            Some(Ok(no_check)) => return Ok(Some(Delegate { certificate, no_check })),
            Some(Err(error)) => failed = failed.or(Some(error)),
            None => {}
        }
    }
    Err(failed.unwrap_or_else(|| OcspError::UnknownResponder { issuer: issuer.label() }))
}

/// Whether the response names this certificate as the responder's, and then whether the responder
/// signed it and may, and need not be checked for revocation.
fn candidate(
    response: &Response<'_>,
    certificate: &Certificate,
    issuer: &Certificate,
    issuer_parts: &Parts<'_>,
    at: i64,
) -> Option<Result<bool, OcspError>> {
    let parts = Parts::of(certificate).ok().filter(|parts| response.responder.names(parts))?;
    if let Err(why) = may_answer(certificate, &parts, issuer, issuer_parts, at) {
        let (responder, issuer) = (certificate.label(), issuer.label());
        return Some(Err(OcspError::Delegate { responder, issuer, why }));
    }
    if let Err(error) = response.signed.verify(&parts.key) {
        return Some(Err(OcspError::Signature(error)));
    }
    let mut extensions = parts.extensions;
    let no_check = std::iter::from_fn(|| extensions.next().ok().flatten())
        .any(|extension| extension.is(&NO_CHECK));
    Some(Ok(no_check))
}

/// Whether the issuer itself issued the certificate for this purpose, and it is valid.
fn may_answer(
    certificate: &Certificate,
    parts: &Parts<'_>,
    issuer: &Certificate,
    issuer_parts: &Parts<'_>,
    at: i64,
) -> Result<(), DelegateError> {
    if parts.issuer != issuer_parts.subject {
        return Err(DelegateError::OtherIssuer(certificate.issuer.clone()));
    }
    let purposes = certificate.extended_key_usage.as_deref().unwrap_or_default();
    if !purposes.iter().any(|purpose| purpose == OCSP_SIGNING) {
        return Err(DelegateError::NotForOcsp);
    }
    let signs = |usage: &crate::x509::certificate::KeyUsage| {
        usage.digital_signature() || usage.non_repudiation()
    };
    if !certificate.key_usage.as_ref().is_none_or(signs) {
        return Err(DelegateError::NotForSignatures);
    }
    if at > certificate.not_after {
        return Err(DelegateError::Expired(certificate.not_after));
    }
    if at < certificate.not_before {
        return Err(DelegateError::NotYetValid(certificate.not_before));
    }
    parts.signed.verify(&issuer_parts.key).map_err(DelegateError::Signature)?;
    validate(certificate, issuer, at)
        .map_err(|error| DelegateError::NotEvaluated(error.to_string()))
}

/// The rest of path validation, with the issuer as the only trust anchor and no certificate
/// between.
fn validate(certificate: &Certificate, issuer: &Certificate, at: i64) -> Result<(), webpki::Error> {
    let issuer = CertificateDer::from(issuer.der.as_slice());
    let anchor = webpki::anchor_from_trusted_cert(&issuer)?;
    let der = CertificateDer::from(certificate.der.as_slice());
    let time = std::time::Duration::from_secs(u64::try_from(at).unwrap_or(0));
    EndEntityCert::try_from(&der)?
        .verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            &[anchor],
            &[],
            UnixTime::since_unix_epoch(time),
            KeyUsage::required(ID_KP_OCSP_SIGNING),
            None,
            None,
        )
        .map(|_| ())
}
