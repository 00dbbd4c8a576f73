//! What was learned about the revocation of a certificate.

/// The answer to "is this certificate revoked?", by OCSP (RFC 6960, 2.2) or CRL (RFC 5280, 6.3).
///
/// `Unknown` is the responder's own word. A question without a usable answer is `Unreachable`,
/// `TooLate` or `Invalid`, and none of them proves anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// The question was not put. No profile counts it.
    NotAsked,
    /// A fresh, correctly signed answer says that it is not revoked.
    Good,
    /// A fresh, correctly signed answer says that it is.
    Revoked {
        /// When, in seconds since the epoch, where the answer says so.
        since: Option<i64>,
        /// The reason code in words (RFC 5280, 5.3.1), where the answer has one.
        reason: Option<String>,
    },
    /// The responder does not know the certificate.
    Unknown,
    /// The certificate names neither an OCSP responder nor a CRL distribution point over HTTP.
    NotOffered,
    /// Nobody answered, and why.
    Unreachable(String),
    /// An answer came when the client no longer waits for it.
    TooLate {
        /// How long it took, in milliseconds.
        elapsed_ms: u64,
    },
    /// An answer came and cannot be relied on: not fresh, badly signed, or for another
    /// certificate; which of them.
    Invalid(String),
}

impl Revocation {
    /// The word that reports use.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NotAsked => "not-asked",
            Self::Good => "good",
            Self::Revoked { .. } => "revoked",
            Self::Unknown => "unknown",
            Self::NotOffered => "not-offered",
            Self::Unreachable(_) => "unreachable",
            Self::TooLate { .. } => "too-late",
            Self::Invalid(_) => "invalid",
        }
    }
}
