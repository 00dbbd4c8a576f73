//! PEM (RFC 7468).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// A certificate as PEM (RFC 7468, 5).
pub fn certificate_pem(certificate: &[u8]) -> String {
    encode("CERTIFICATE", certificate)
}

/// These bytes under this label.
pub(crate) fn encode(label: &str, bytes: &[u8]) -> String {
    let encoded = BASE64.encode(bytes);
    let lines: Vec<_> = encoded.as_bytes().chunks(64).map(String::from_utf8_lossy).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}
