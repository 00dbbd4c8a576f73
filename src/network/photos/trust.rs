//! Two ways to meet a photo server's certificate: not to obey it, and to know it already.
//!
//! An old URL names its server by an address, so no certificate can do for it; what is wrong is
//! noted, and the photo is fetched all the same, as the user's "continue" would. Under a new name
//! only the certificate counts that was seen and judged before: whoever presents another one is
//! not asked.

use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{Resumption, WebPkiServerVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};

/// Why a certificate would not do, as far as it was seen.
#[derive(Clone, Debug, Default)]
pub(super) struct Noted(Arc<Mutex<Option<String>>>);

impl Noted {
    /// What was noted.
    pub(super) fn words(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn note(&self, words: &str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(words.to_owned());
    }
}

/// What a client by the book would make of a certificate; none where nothing is trusted at all.
pub(super) fn by_the_book(
    provider: &Arc<CryptoProvider>,
    roots: &[CertificateDer<'static>],
) -> Option<Arc<WebPkiServerVerifier>> {
    let mut store = RootCertStore::empty();
    store.add_parsable_certificates(roots.iter().cloned());
    WebPkiServerVerifier::builder_with_provider(Arc::new(store), provider.clone()).build().ok()
}

/// Accepts every certificate and notes what is wrong with it; for old URLs only.
#[derive(Debug)]
pub(super) struct NotObeyed {
    pub(super) provider: Arc<CryptoProvider>,
    pub(super) by_the_book: Option<Arc<WebPkiServerVerifier>>,
    pub(super) noted: Noted,
}

impl ServerCertVerifier for NotObeyed {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let checked = self.by_the_book.as_ref().map(|verifier| {
            verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        });
        match checked {
            Some(Ok(_)) => {}
            Some(Err(error)) => self.noted.note(failure_words(&error)),
            None => self.noted.note("nothing is trusted here"),
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// How [`AsJudged`] refuses.
pub(super) const OTHER_THAN_JUDGED: rustls::Error =
    rustls::Error::InvalidCertificate(CertificateError::ApplicationVerificationFailure);

/// Accepts one certificate: the one that the same server presented when it was judged.
#[derive(Debug)]
pub(super) struct AsJudged {
    pub(super) provider: Arc<CryptoProvider>,
    /// DER.
    pub(super) end_entity: Vec<u8>,
}

impl ServerCertVerifier for AsJudged {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if end_entity.as_ref() == self.end_entity {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(OTHER_THAN_JUDGED)
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signature, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// A client that goes by `verifier`; a session is never resumed, as it would show no certificate.
pub(super) fn config(
    provider: &Arc<CryptoProvider>,
    verifier: Arc<dyn ServerCertVerifier>,
) -> Result<ClientConfig, rustls::Error> {
    let mut config = ClientConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// What is wrong with a certificate, without the times and serial numbers of the error's own words.
fn failure_words(error: &rustls::Error) -> &'static str {
    let rustls::Error::InvalidCertificate(error) = error else { return "it cannot be checked" };
    match error {
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "it does not name the address"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => "it has expired",
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "it is not valid yet"
        }
        CertificateError::UnknownIssuer => "it leads to no trust anchor",
        CertificateError::BadEncoding => "it cannot be read",
        _ => "a client would not take it",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_in_words() {
        for (error, words) in [
            (CertificateError::NotValidForName, "it does not name the address"),
            (CertificateError::Expired, "it has expired"),
            (CertificateError::UnknownIssuer, "it leads to no trust anchor"),
            (CertificateError::Revoked, "a client would not take it"),
        ] {
            assert_eq!(failure_words(&rustls::Error::InvalidCertificate(error)), words);
        }
    }
}
