//! Loading trust anchors from where the administrator says.

use std::path::Path;
use std::sync::Arc;

use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject;

use super::failure::Failure;
use crate::recording::{RecordedAnchor, RecordedTrust};
use crate::settings::TrustSource;
use crate::x509::trust::{Root, Skipped, TrustAnchors};

/// Trust anchors, their certificates, and what the administrator should know about them.
pub(super) struct Trust {
    /// For judging.
    pub anchors: Arc<TrustAnchors>,
    /// The same as certificates, for the DNS servers reached over TLS.
    pub roots: Vec<CertificateDer<'static>>,
    /// What to say.
    pub notes: Vec<String>,
}

impl Trust {
    /// As a recording keeps it.
    pub(super) fn recorded(&self) -> RecordedTrust {
        let anchor = |root: &Root| RecordedAnchor {
            label: root.label().to_owned(),
            certificate: root.der().to_vec(),
        };
        let anchors = self.anchors.roots().iter().map(anchor).collect();
        RecordedTrust { anchors, notes: self.notes.clone() }
    }

    /// As a recording kept it.
    pub(super) fn of_recording(recorded: &RecordedTrust) -> Self {
        let roots = recorded
            .anchors
            .iter()
            .map(|anchor| (CertificateDer::from(anchor.certificate.clone()), anchor.label.clone()));
        let (anchors, skipped) = TrustAnchors::new(roots.collect());
        let passed_over = skipped.iter().map(passed_over);
        let notes = recorded.notes.iter().cloned().chain(passed_over).collect();
        Self { anchors: Arc::new(anchors), roots: Vec::new(), notes }
    }
}

/// Loads trust anchors from all sources.
///
/// # Errors
/// [`Failure`] when a file cannot be read or holds no certificate, or nothing at all is trusted.
pub(super) fn load(sources: &[TrustSource]) -> Result<Trust, Failure> {
    let mut labelled: Vec<(CertificateDer<'static>, String)> = Vec::new();
    let mut notes = Vec::new();
    for source in sources {
        match source {
            TrustSource::Mozilla => labelled.extend(
                webpki_root_certs::TLS_SERVER_ROOT_CERTS
                    .iter()
                    .map(|root| (root.clone(), "mozilla".to_owned())),
            ),
            TrustSource::System => {
                let loaded = rustls_native_certs::load_native_certs();
                for variable in ["SSL_CERT_FILE", "SSL_CERT_DIR"] {
                    if let Some(value) = std::env::var_os(variable) {
                        notes.push(format!(
                            "{variable}={} replaces the system's trust store",
                            value.to_string_lossy()
                        ));
                    }
                }
                if loaded.certs.is_empty() {
                    let why: Vec<String> = loaded.errors.iter().map(ToString::to_string).collect();
                    notes.push(format!(
                        "the system's trust store is empty{}{}: nothing is trusted by it; \
                         --trust mozilla or --trust FILE gives another",
                        if why.is_empty() { "" } else { ": " },
                        why.join("; ")
                    ));
                }
                labelled.extend(loaded.certs.into_iter().map(|root| (root, "system".to_owned())));
            }
            TrustSource::File(path) => labelled.extend(from_file(path)?),
        }
    }
    let roots = labelled.iter().map(|(root, _)| root.clone()).collect();
    let (anchors, skipped) = TrustAnchors::new(labelled);
    notes.extend(skipped.iter().map(passed_over));
    Ok(Trust { anchors: Arc::new(anchors), roots, notes })
}

fn passed_over(root: &Skipped) -> String {
    format!("a trust anchor of {} is passed over: {}", root.label, root.reason)
}

fn from_file(path: &Path) -> Result<Vec<(CertificateDer<'static>, String)>, Failure> {
    let label = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    Ok(certificates_of(path)?.into_iter().map(|root| (root, label.clone())).collect())
}

/// The certificates of a PEM file.
///
/// # Errors
/// [`Failure`] when it cannot be read, is no PEM, or holds no certificate.
pub(super) fn certificates_of(path: &Path) -> Result<Vec<CertificateDer<'static>>, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file("read", path, &error))?;
    let mut certificates = Vec::new();
    for certificate in CertificateDer::pem_slice_iter(&bytes) {
        certificates.push(certificate.map_err(|error| {
            Failure::usage(
                format!("`{}` is not a PEM file of certificates: {error}", path.display()),
                "give a file of `-----BEGIN CERTIFICATE-----` blocks",
            )
        })?);
    }
    if certificates.is_empty() {
        return Err(Failure::usage(
            format!("`{}` holds no certificate in PEM form", path.display()),
            "give a file of `-----BEGIN CERTIFICATE-----` blocks; convert DER with `openssl x509 \
             -inform der`",
        ));
    }
    Ok(certificates)
}
