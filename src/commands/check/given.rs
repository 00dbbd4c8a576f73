//! Certificates and revocation data that the administrator gives as files.

use std::path::{Path, PathBuf};

use crate::cli::Check;
use crate::commands::failure::Failure;
use crate::commands::trust::certificates_of;
use crate::evidence::{Purpose, RevocationFile};
use crate::x509::certificate::Certificate;
use crate::x509::crl::{self, Crl, CrlError};
use crate::x509::ocsp::{self, OcspError};

/// What was given.
pub(super) struct Given {
    /// The chain to be judged as though it were presented, DER; none when servers are asked.
    pub(super) chain: Option<Vec<Vec<u8>>>,
    /// OCSP responses and CRLs.
    pub(super) files: Vec<RevocationFile>,
}

/// Reads the files.
///
/// # Errors
/// [`Failure`] names the file, and what it is not.
pub(super) fn read(options: &Check) -> Result<Given, Failure> {
    let mut chain = Vec::new();
    for path in &options.chain {
        for (at, der) in certificates_of(path)?.into_iter().enumerate() {
            Certificate::parse(&der).map_err(|error| {
                Failure::usage(
                    format!("`{}` certificate {}: {error}", path.display(), at + 1),
                    "give certificates in PEM form, the end-entity certificate first",
                )
            })?;
            chain.push(der.to_vec());
        }
    }
    let mut files = Vec::new();
    let purposes = [(&options.ocsp, Purpose::Ocsp), (&options.crl, Purpose::Crl)];
    for (path, purpose) in
        purposes.iter().flat_map(|(paths, purpose)| paths.iter().map(|path| (path, *purpose)))
    {
        files.push(revocation_file(path, purpose)?);
    }
    Ok(Given { chain: (!options.chain.is_empty()).then_some(chain), files })
}

fn revocation_file(path: &PathBuf, purpose: Purpose) -> Result<RevocationFile, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file("read", path, &error))?;
    if bytes.is_empty() {
        return Err(Failure::usage(
            format!("`{}` is empty", path.display()),
            "give an OCSP response in DER, or a CRL in DER or PEM",
        ));
    }
    if let Some((defect, hint)) = defect(&bytes, purpose) {
        return Err(Failure::usage(format!("`{}` {defect}", path.display()), hint));
    }
    let name = path.file_name().map_or(path.as_path(), Path::new).display().to_string();
    Ok(RevocationFile { name, purpose, bytes })
}

/// Why a file is not what it was given as, and what to do. One that is, and says nothing that can
/// be believed, is for the verdict.
fn defect(bytes: &[u8], purpose: Purpose) -> Option<(String, &'static str)> {
    if purpose == Purpose::Crl {
        let why = match crl::der(bytes).and_then(|der| Crl::read(&der).map(|_| ())) {
            Err(CrlError::NotPem) => String::new(),
            Err(error @ CrlError::Malformed(_)) => format!(": it {error}"),
            Ok(()) | Err(_) => return None,
        };
        return Some((format!("holds no CRL{why}"), "give a CRL, in DER or PEM"));
    }
    match ocsp::look_at(bytes) {
        Err(error @ OcspError::Malformed(_)) => Some((
            format!("holds no OCSP response: it {error}"),
            "give an OCSP response in DER, as `openssl ocsp -respout FILE` writes it",
        )),
        Ok(()) | Err(_) => None,
    }
}
