//! Why a certification path is not valid, one cause each.

use std::fmt;

use super::time::utc;

/// A cause. Several may hold at once: an expired certificate can also be untrusted.
///
/// Shown, a problem is a clause that begins with what is wrong, for an administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No trust anchor is reached.
    UnknownIssuer(UnknownIssuer),
    /// A signature does not verify with the key of the issuer that it names.
    BadSignature {
        /// The certificate's subject.
        subject: String,
    },
    /// A CA on the path may not have as many CAs below it (RFC 5280, 4.2.1.9).
    PathTooLong,
    /// The validator refuses a key by itself.
    Distrusted,
    /// A CA on the path does not permit the names of the certificate (RFC 5280, 4.2.1.10).
    NameConstraints(String),
    /// Name constraints of a form that is not evaluated here; which.
    NameConstraintsNotEvaluated(String),
    /// The policies that a CA on the path requires are not there (RFC 5280, 6.1.5 (g)); in words.
    Policies(String),
    /// The extendedKeyUsage does not permit servers (RFC 5280, 4.2.1.12).
    NotForServers {
        /// Whose.
        subject: String,
        /// What it permits.
        purposes: Vec<String>,
    },
    /// The keyUsage permits nothing that TLS does with a key (RFC 5280, 4.2.1.3).
    NotForTls {
        /// Whose.
        subject: String,
    },
    /// A certificate issued another one, and is no CA (RFC 5280, 4.2.1.9).
    NotCa {
        /// Which.
        subject: String,
    },
    /// A CA whose keyUsage does not permit it to sign certificates (RFC 5280, 4.2.1.3).
    NotASigner {
        /// Which.
        subject: String,
    },
    /// A signature algorithm or key that is not evaluated here.
    Unsupported {
        /// Which.
        algorithm: String,
    },
    /// Something else that is not evaluated here, in words. It may well be valid.
    CannotEvaluate(String),
    /// A certificate of the path has expired.
    Expired {
        /// Which.
        subject: String,
        /// Where it stands.
        member: Member,
        /// The last second it was valid.
        not_after: i64,
    },
    /// A certificate of the path is not valid yet.
    NotYetValid {
        /// Which.
        subject: String,
        /// Where it stands.
        member: Member,
        /// The first second it is valid.
        not_before: i64,
    },
}

/// Where a certificate stands in a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Member {
    /// The server's own.
    EndEntity,
    /// A CA between; its index in the chain as presented.
    Intermediate(usize),
    /// The trust anchor's certificate.
    Anchor,
}

/// How a path ends without reaching a trust anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UnknownIssuer {
    /// The end-entity certificate was issued by itself.
    SelfSigned {
        /// Its subject.
        subject: String,
    },
    /// The chain ends in a root that is not a trust anchor.
    PrivateRoot {
        /// Its subject.
        root: String,
    },
    /// The issuer that the last link names is neither presented nor a trust anchor.
    Missing {
        /// The last link.
        subject: String,
        /// The issuer it names.
        issuer: String,
        /// Where the last link says its issuer can be fetched.
        fetch_from: Option<String>,
    },
}

impl fmt::Display for Member {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::EndEntity => "the certificate",
            Self::Intermediate(_) => "the intermediate",
            Self::Anchor => "the trust anchor",
        })
    }
}

impl fmt::Display for UnknownIssuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SelfSigned { subject } => {
                write!(f, "the certificate `{subject}` is self-signed and not a trust anchor")
            }
            Self::PrivateRoot { root } => {
                write!(f, "the chain ends in `{root}`, which is not a trust anchor")
            }
            Self::Missing { subject, issuer, fetch_from } => {
                write!(
                    f,
                    "the issuer of `{subject}`, `{issuer}`, is neither presented by the server \
                     nor a trust anchor"
                )?;
                match fetch_from {
                    Some(url) => {
                        write!(f, "; the server should send it (it can be had from `{url}`)")
                    }
                    None => Ok(()),
                }
            }
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownIssuer(why) => why.fmt(f),
            Self::BadSignature { subject } => write!(
                f,
                "the signature of `{subject}` does not verify with the key of the issuer it names"
            ),
            Self::PathTooLong => {
                f.write_str("a CA on the path allows fewer CAs below it than there are")
            }
            Self::Distrusted => f.write_str("a key on the path is known to be compromised"),
            Self::NameConstraints(why)
            | Self::NameConstraintsNotEvaluated(why)
            | Self::Policies(why)
            | Self::CannotEvaluate(why) => f.write_str(why),
            Self::NotForServers { subject, purposes } => write!(
                f,
                "the extendedKeyUsage of `{subject}` permits {}, not serverAuth",
                if purposes.is_empty() { "nothing".to_owned() } else { purposes.join(", ") }
            ),
            Self::NotForTls { subject } => write!(
                f,
                "the keyUsage of `{subject}` permits neither digitalSignature nor key exchange"
            ),
            Self::NotCa { subject } => {
                write!(f, "`{subject}` issued a certificate of the path and is no CA")
            }
            Self::NotASigner { subject } => {
                write!(f, "`{subject}` may not sign certificates: its keyUsage lacks keyCertSign")
            }
            Self::Unsupported { algorithm } => {
                write!(f, "`{algorithm}` on the path cannot be evaluated")
            }
            Self::Expired { subject, member, not_after } => {
                write!(f, "{member} `{subject}` expired on {}", utc(*not_after))
            }
            Self::NotYetValid { subject, member, not_before } => {
                write!(f, "{member} `{subject}` is not valid before {}", utc(*not_before))
            }
        }
    }
}
