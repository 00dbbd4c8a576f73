//! Questions over plain HTTP about certificates, and what they brought.

use serde::{Deserialize, Serialize};

use super::written::base64_bytes;

/// What is asked over plain HTTP about a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Purpose {
    /// An OCSP responder (RFC 6960, A).
    Ocsp,
    /// A CRL (RFC 5280, 4.2.1.13).
    Crl,
    /// The certificate of an issuer (RFC 5280, 4.2.2.1).
    CaIssuers,
}

/// One question over plain HTTP: a POST for OCSP, a GET otherwise.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Fetch {
    /// What for.
    pub purpose: Purpose,
    /// The URL as the certificate has it.
    pub url: String,
    /// The OCSPRequest, DER; empty for a GET.
    #[serde(with = "base64_bytes")]
    pub body: Vec<u8>,
}

/// What a question over HTTP brought, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fetched {
    /// What.
    pub outcome: FetchOutcome,
    /// Milliseconds from the question, once its turn had come, to the last byte of the answer.
    pub elapsed_ms: u64,
}

/// An OCSP response or a CRL that the administrator gives as a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RevocationFile {
    /// The file's name.
    pub name: String,
    /// [`Purpose::Ocsp`] or [`Purpose::Crl`].
    pub purpose: Purpose,
    /// Its content.
    #[serde(with = "base64_bytes")]
    pub bytes: Vec<u8>,
}

/// How a question over HTTP ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FetchOutcome {
    /// With the whole body of a successful answer.
    Body(#[serde(with = "base64_bytes")] Vec<u8>),
    /// Without one, and why: no address, refused, an HTTP status, too large, too many redirects.
    Failed(String),
    /// The time that a client allows passed first.
    TooLate,
    /// Not put, and why.
    NotAsked(String),
}
