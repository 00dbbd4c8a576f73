//! A file as it would be handed to a CA, and the certification requests in it.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::x509::csr::{CertificationRequest, NotARequest};
use crate::x509::pem::{self, Section};

/// Labels of a certification request (RFC 7468, 7 and its appendix A).
const LABELS: [&str; 2] = ["CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST"];

/// The first octet of every DER that is no text: a SEQUENCE.
const SEQUENCE: u8 = 0x30;

/// How a request is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Packaging {
    /// Base64 between lines of dashes (RFC 7468).
    Pem,
    /// Base64 alone.
    Base64,
    /// Binary.
    Der,
}

/// The content of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// How its requests are written down.
    pub packaging: Packaging,
    /// Whether a private key stands in it as well.
    pub holds_private_key: bool,
    /// The requests; at least one.
    pub requests: Vec<CertificationRequest>,
}

/// Why a file holds no certification request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SubmissionError {
    /// Nothing stands in it.
    #[error("it is empty")]
    Empty,
    /// A text of two octets per character, which no CA reads.
    #[error("it is text in UTF-16, which no CA reads")]
    Utf16,
    /// PEM of something else.
    #[error("it holds `{0}` in PEM form, and no certification request")]
    Other(String),
    /// Neither PEM, Base64 nor DER.
    #[error("it is neither PEM nor DER")]
    Neither,
    /// Base64 that cannot be decoded.
    #[error("the Base64 of its certification request is damaged")]
    Damaged,
    /// Something else in a request's place.
    #[error(transparent)]
    NotARequest(#[from] NotARequest),
}

impl Submission {
    /// Reads a file.
    ///
    /// # Errors
    /// [`SubmissionError`] says what stands in it instead.
    pub fn read(bytes: &[u8]) -> Result<Self, SubmissionError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if bytes.trim_ascii().is_empty() {
            return Err(SubmissionError::Empty);
        }
        if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
            return Err(SubmissionError::Utf16);
        }
        // `0` is a digit of Base64 too, and no DER of this length is all text.
        if bytes[0] == SEQUENCE && !bytes.is_ascii() {
            let requests = vec![CertificationRequest::parse(bytes)?];
            return Ok(Self { packaging: Packaging::Der, holds_private_key: false, requests });
        }
        let text = String::from_utf8_lossy(bytes);
        let sections = pem::sections(&text);
        if sections.is_empty() {
            return Self::read_base64(&text);
        }
        let is_request = |section: &&Section| LABELS.contains(&section.label.as_str());
        let requests = sections
            .iter()
            .filter(is_request)
            .map(|section| {
                let der = section.content.as_ref().ok_or(SubmissionError::Damaged)?;
                Ok(CertificationRequest::parse(der)?)
            })
            .collect::<Result<Vec<_>, SubmissionError>>()?;
        if requests.is_empty() {
            return Err(SubmissionError::Other(sections[0].label.clone()));
        }
        let holds_private_key =
            sections.iter().any(|section| section.label.ends_with("PRIVATE KEY"));
        Ok(Self { packaging: Packaging::Pem, holds_private_key, requests })
    }

    fn read_base64(text: &str) -> Result<Self, SubmissionError> {
        let digits: String = text.split_whitespace().collect();
        let der = BASE64.decode(digits).map_err(|_| SubmissionError::Neither)?;
        let requests = vec![CertificationRequest::parse(&der)?];
        Ok(Self { packaging: Packaging::Base64, holds_private_key: false, requests })
    }
}
