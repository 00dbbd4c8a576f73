//! A TLS client that records what it is shown, and a second opinion on it.

#![allow(dead_code, reason = "each test uses a part of it")]

use std::net::{SocketAddr, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use lab::Lab;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, SignatureScheme, StreamOwned};
use webpki::{EndEntityCert, KeyUsage, RevocationOptions, anchor_from_trusted_cert};

/// Long enough for an answer on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Long enough to be sure that nothing comes.
pub(crate) const SILENCE: Duration = Duration::from_millis(200);

/// Accepts every certificate and remembers the chain: the tests judge it afterwards.
#[derive(Debug)]
struct Recorder {
    provider: CryptoProvider,
    chain: Mutex<Vec<CertificateDer<'static>>>,
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let mut chain = vec![end_entity.clone().into_owned()];
        chain.extend(intermediates.iter().map(|it| it.clone().into_owned()));
        *self.chain.lock().unwrap() = chain;
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

/// Where a `--connect-to` client goes for a logical address and port: the first line that fits.
pub(crate) fn destination(lab: &Lab, logical: &str) -> SocketAddr {
    let fitting = |line: String| {
        let to = line.strip_prefix(&format!("{logical}:")).or_else(|| line.strip_prefix("::"));
        to.map(|to| to.parse().unwrap())
    };
    lab.connect_to().into_iter().find_map(fitting).expect("the last line fits everything")
}

/// A connection to where a logical address and port are; reads give up after `patience`.
pub(crate) fn connect(lab: &Lab, logical: &str, patience: Duration) -> std::io::Result<TcpStream> {
    let stream = TcpStream::connect(destination(lab, logical))?;
    stream.set_read_timeout(Some(patience))?;
    Ok(stream)
}

/// A stream after its handshake, and the chain that was presented.
pub(crate) type Visit = (StreamOwned<ClientConnection, TcpStream>, Vec<CertificateDer<'static>>);

/// One handshake, with or without a server name.
pub(crate) fn visit(
    lab: &Lab,
    logical: &str,
    name: Option<&str>,
    patience: Duration,
) -> std::io::Result<Visit> {
    let provider = aws_lc_rs::default_provider();
    let recorder = Arc::new(Recorder { provider: provider.clone(), chain: Mutex::default() });
    let mut config = ClientConfig::builder_with_provider(provider.into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .dangerous()
        .with_custom_certificate_verifier(recorder.clone())
        .with_no_client_auth();
    config.enable_sni = name.is_some();
    let name = ServerName::try_from(name.unwrap_or("no-name.example").to_owned()).unwrap();
    let mut connection = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = connect(lab, logical, patience)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut stream)?;
    }
    let chain = recorder.chain.lock().unwrap().clone();
    Ok((StreamOwned::new(connection, stream), chain))
}

/// What webpki says of the chain that a server presents, at this moment and with the lab's root.
pub(crate) fn validated(
    lab: &Lab,
    chain: &[CertificateDer<'static>],
    revocation: Option<RevocationOptions<'_>>,
) -> Result<(), String> {
    let root = CertificateDer::from_pem_slice(lab.ca_pem().as_bytes()).unwrap();
    let anchors = [anchor_from_trusted_cert(&root).unwrap()];
    let end_entity = EndEntityCert::try_from(&chain[0]).unwrap();
    let path = end_entity.verify_for_usage(
        webpki::ALL_VERIFICATION_ALGS,
        &anchors,
        &chain[1..],
        UnixTime::now(),
        KeyUsage::server_auth(),
        revocation,
        None,
    );
    path.map(|_| ()).map_err(|why| format!("{why:?}"))
}

/// What webpki says of the chain, and of the name in its first certificate.
pub(crate) fn judged(
    lab: &Lab,
    chain: &[CertificateDer<'static>],
    name: &str,
) -> Result<(), String> {
    validated(lab, chain, None)?;
    let name = ServerName::try_from(name.to_owned()).unwrap();
    let end_entity = EndEntityCert::try_from(&chain[0]).unwrap();
    end_entity.verify_is_valid_for_subject_name(&name).map_err(|why| format!("{why:?}"))
}
