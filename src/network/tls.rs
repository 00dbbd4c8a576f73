//! Looking at a server's certificate: one TLS handshake, nothing sent over it, nothing judged.
//!
//! The verifier here accepts every certificate. Its task is to look; trust is judged later, from
//! the recorded chain. What is checked here is that the server holds the key of
//! the certificate that it presents, because that can only be seen now.

use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::{
    AlertDescription, CertificateError, ClientConfig, DigitallySignedStruct, PeerIncompatible,
    ProtocolVersion, SignatureScheme,
};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};
use tokio_rustls::TlsConnector;

use super::glance::{dns_names, rsa_bits};
use super::old_tls::Shown;
use super::words;
use crate::evidence::{Handshake, HandshakeOutcome};
use crate::name::Fqdn;

/// The cryptography, stated explicitly: a default of the process could be another one.
pub(super) fn crypto_provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// What a ClientHello begins with, so that no two are alike (RFC 5246, 7.4.1.2).
pub(super) fn random() -> Result<[u8; 32], String> {
    let mut random = [0; 32];
    let filled = crypto_provider().secure_random.fill(&mut random);
    filled.map_err(|_| "this machine has no random numbers".to_owned())?;
    Ok(random)
}

/// Below this many bits the cryptography refuses to verify an RSA signature, as do browsers
/// (CA/Browser Forum Baseline Requirements, 6.1.5).
const MIN_RSA_BITS: u32 = 2048;

/// What a server showed so far, whatever becomes of the handshake.
#[derive(Clone, Debug, Default)]
pub(super) struct Sight(Arc<Mutex<Seen>>);

#[derive(Clone, Debug, Default)]
struct Seen {
    chain: Vec<Vec<u8>>,
    staple: Option<Vec<u8>>,
    protocol: Option<String>,
}

/// Why a handshake did not complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// The reason may be that the server is too old; in words.
    PerhapsTooOld(String),
    /// The reason lies elsewhere.
    Other(HandshakeOutcome),
}

impl Sight {
    /// What a server of old showed.
    pub(super) fn of(shown: Shown) -> Self {
        let Shown { protocol, chain, staple } = shown;
        let protocol = Some(protocol.to_owned());
        Self(Arc::new(Mutex::new(Seen { chain, staple, protocol })))
    }

    /// The handshake as evidence.
    pub(super) fn into_handshake(self, outcome: HandshakeOutcome) -> Handshake {
        let seen = self.seen().clone();
        let dns_names = seen.chain.first().map(|der| dns_names(der)).unwrap_or_default();
        let Seen { chain, staple, protocol } = seen;
        Handshake { outcome, chain, staple, protocol, dns_names }
    }

    fn seen(&self) -> std::sync::MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes TLS handshakes in order to look.
pub(super) struct Observer {
    provider: Arc<CryptoProvider>,
}

impl Observer {
    pub(super) fn new() -> Self {
        Self { provider: crypto_provider() }
    }

    /// One handshake over `stream`, with a server name or none. What it shows is kept in `sight`
    /// as soon as it is seen, so that giving up half-way loses nothing. No application data is sent
    /// or read.
    pub(super) async fn observe<S>(
        &self,
        stream: S,
        server_name: Option<&Fqdn>,
        sight: &Sight,
    ) -> Result<(), Failure>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let config = self
            .config(server_name, sight)
            .map_err(|error| Failure::Other(HandshakeOutcome::TlsFailed(error.to_string())))?;
        let name = match server_name {
            Some(name) => ServerName::try_from(name.as_str().to_owned()).map_err(|_| {
                let why = format!("`{name}` cannot be sent as a server name");
                Failure::Other(HandshakeOutcome::NotAsked(why))
            })?,
            // It is not sent (RFC 6066, 3, knows no addresses), and no certificate is judged here.
            None => ServerName::IpAddress(Ipv4Addr::UNSPECIFIED.into()),
        };
        match TlsConnector::from(Arc::new(config)).connect(name, stream).await {
            Ok(mut stream) => {
                let version = stream.get_ref().1.protocol_version();
                sight.seen().protocol = version.map(protocol_words);
                // Says goodbye (close_notify). Whether the server hears it does not matter.
                let _ = stream.shutdown().await;
                Ok(())
            }
            Err(error) => {
                let seen = sight.seen();
                let tls = words::rustls_error(&error);
                let why = match tls {
                    Some(error) => failure_words(error, seen.chain.first()),
                    None => format!("{} during the handshake", words::of_io(&error)),
                };
                Err(if seen.chain.is_empty() && tls.is_none_or(may_mean_too_old) {
                    Failure::PerhapsTooOld(why)
                } else {
                    Failure::Other(HandshakeOutcome::TlsFailed(why))
                })
            }
        }
    }

    fn config(
        &self,
        server_name: Option<&Fqdn>,
        sight: &Sight,
    ) -> Result<ClientConfig, rustls::Error> {
        let observe_only = ObserveOnly { provider: self.provider.clone(), sight: sight.clone() };
        let mut config = ClientConfig::builder_with_provider(self.provider.clone())
            .with_safe_default_protocol_versions()?
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(observe_only))
            .with_no_client_auth();
        config.enable_sni = server_name.is_some();
        // A resumed session would show no certificate.
        config.resumption = Resumption::disabled();
        Ok(config)
    }
}

/// Accepts every certificate and records it; verifies the signatures of the handshake.
#[derive(Debug)]
struct ObserveOnly {
    provider: Arc<CryptoProvider>,
    sight: Sight,
}

impl ServerCertVerifier for ObserveOnly {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let mut seen = self.sight.seen();
        seen.chain =
            std::iter::once(end_entity).chain(intermediates).map(|der| der.to_vec()).collect();
        seen.staple = (!ocsp_response.is_empty()).then(|| ocsp_response.to_vec());
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

fn protocol_words(version: ProtocolVersion) -> String {
    match version {
        ProtocolVersion::TLSv1_2 => "TLS 1.2".to_owned(),
        ProtocolVersion::TLSv1_3 => "TLS 1.3".to_owned(),
        other => format!("{other:?}"),
    }
}

/// How servers end a handshake when nothing that they speak is offered. Some end the connection
/// without a word, which is no [`rustls::Error`].
fn may_mean_too_old(error: &rustls::Error) -> bool {
    matches!(
        error,
        rustls::Error::AlertReceived(
            AlertDescription::ProtocolVersion
                | AlertDescription::HandshakeFailure
                | AlertDescription::InsufficientSecurity
        ) | rustls::Error::PeerIncompatible(_)
            | rustls::Error::PeerMisbehaved(_)
    )
}

/// Why TLS failed, for an administrator.
pub(super) fn failure_words(error: &rustls::Error, end_entity: Option<&Vec<u8>>) -> String {
    const TOO_OLD: &str = "the server speaks only a TLS version before 1.2";
    match error {
        rustls::Error::InvalidMessage(_) => "not TLS: the answer is no TLS message".to_owned(),
        rustls::Error::AlertReceived(AlertDescription::ProtocolVersion)
        | rustls::Error::PeerIncompatible(
            PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig
            | PeerIncompatible::ServerDoesNotSupportTls12Or13,
        ) => TOO_OLD.to_owned(),
        rustls::Error::AlertReceived(AlertDescription::HandshakeFailure) => {
            "the server accepts none of the cipher suites of TLS 1.2 and 1.3 with forward secrecy"
                .to_owned()
        }
        rustls::Error::AlertReceived(AlertDescription::UnrecognisedName) => {
            "the server does not know the server name that was sent".to_owned()
        }
        rustls::Error::AlertReceived(AlertDescription::CertificateRequired) => {
            "the server demands a client certificate".to_owned()
        }
        rustls::Error::AlertReceived(alert) => format!("the server ended with the alert {alert:?}"),
        rustls::Error::NoCertificatesPresented => "the server presents no certificate".to_owned(),
        rustls::Error::InvalidCertificate(CertificateError::BadEncoding) => {
            "the server's certificate cannot be read".to_owned()
        }
        rustls::Error::InvalidCertificate(_) => match end_entity.and_then(|der| rsa_bits(der)) {
            Some(bits) if bits < MIN_RSA_BITS => format!(
                "the RSA key of the server's certificate is too short: {bits} bits, at least \
                 {MIN_RSA_BITS} are needed"
            ),
            _ => "the server's signature does not fit its certificate".to_owned(),
        },
        rustls::Error::PeerMisbehaved(_) | rustls::Error::InappropriateHandshakeMessage { .. } => {
            format!("the server breaks the TLS protocol: {error}")
        }
        error => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::glance::tests::rsa_1024;
    use super::*;

    #[test]
    fn failures_in_words() {
        let short_key = rsa_1024();
        let alert = rustls::Error::AlertReceived;
        let certificate = rustls::Error::InvalidCertificate;
        let old = PeerIncompatible::ServerDoesNotSupportTls12Or13;
        for (error, end_entity, words) in [
            (
                alert(AlertDescription::ProtocolVersion),
                None,
                "the server speaks only a TLS version before 1.2",
            ),
            (old.into(), None, "the server speaks only a TLS version before 1.2"),
            (
                alert(AlertDescription::HandshakeFailure),
                None,
                "the server accepts none of the cipher suites of TLS 1.2 and 1.3 with forward \
                 secrecy",
            ),
            (
                alert(AlertDescription::UnrecognisedName),
                None,
                "the server does not know the server name that was sent",
            ),
            (
                alert(AlertDescription::CertificateRequired),
                None,
                "the server demands a client certificate",
            ),
            (
                alert(AlertDescription::InternalError),
                None,
                "the server ended with the alert InternalError",
            ),
            (
                certificate(CertificateError::BadSignature),
                Some(&short_key),
                "the RSA key of the server's certificate is too short: 1024 bits, at least 2048 \
                 are needed",
            ),
            (
                certificate(CertificateError::BadSignature),
                None,
                "the server's signature does not fit its certificate",
            ),
            (
                certificate(CertificateError::BadEncoding),
                None,
                "the server's certificate cannot be read",
            ),
            (rustls::Error::NoCertificatesPresented, None, "the server presents no certificate"),
        ] {
            assert_eq!(failure_words(&error, end_entity), words, "{error:?}");
        }
    }
}
