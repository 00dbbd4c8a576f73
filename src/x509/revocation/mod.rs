//! What was learned about the revocation of a certificate.
//!
//! [`questions`] says what to ask, [`evaluate`] what the answers prove. Neither asks anything.

mod completion;
mod evaluation;
mod hearing;
mod questions;

use super::form::FormDefect;
use super::time::utc;

pub use completion::{Completion, completed_by};
pub use evaluation::{Answers, evaluate};
pub use questions::questions;

/// The answer to "is this certificate revoked?", by OCSP (RFC 6960, 2.2) or CRL (RFC 5280, 6.3).
///
/// `Unknown` is the responder's own word. A question without a usable answer is `Unreachable`,
/// `TooLate` or `Invalid`, and none of them proves anything.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// Nobody was to be asked: no server is involved, or its issuer is not known. No profile counts
    /// it.
    NotAsked,
    /// The question was to be put and was not, and why: an address not to be bothered, the end of
    /// the run.
    Withheld(String),
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
            Self::NotAsked | Self::Withheld(_) => "not-asked",
            Self::Good => "good",
            Self::Revoked { .. } => "revoked",
            Self::Unknown => "unknown",
            Self::NotOffered => "not-offered",
            Self::Unreachable(_) => "unreachable",
            Self::TooLate { .. } => "too-late",
            Self::Invalid(_) => "invalid",
        }
    }

    /// When and why it was revoked, or why there is no answer, as a clause.
    pub fn detail(&self) -> Option<String> {
        match self {
            Self::NotAsked | Self::Good | Self::Unknown | Self::NotOffered => None,
            Self::Revoked { since, reason } => {
                let since = since.map(|since| format!("on {}", utc(since)));
                let reason = reason.as_ref().map(|reason| format!("({reason})"));
                let words: Vec<String> = [since, reason].into_iter().flatten().collect();
                (!words.is_empty()).then(|| words.join(" "))
            }
            Self::Withheld(why) | Self::Unreachable(why) | Self::Invalid(why) => Some(why.clone()),
            Self::TooLate { elapsed_ms } => {
                Some(format!("no answer within {}.{:03} s", elapsed_ms / 1000, elapsed_ms % 1000))
            }
        }
    }

    /// How much the state weighs beside those of other members of a path: the one with the
    /// heaviest decides.
    pub fn weight(&self) -> u8 {
        match self {
            Self::Good => 0,
            Self::NotAsked => 1,
            Self::NotOffered => 2,
            Self::Withheld(_) => 3,
            Self::Unknown => 4,
            Self::Unreachable(_) => 5,
            Self::TooLate { .. } => 6,
            Self::Invalid(_) => 7,
            Self::Revoked { .. } => 8,
        }
    }
}

/// Who said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// The server, with its certificate (RFC 6066, 8).
    Stapled,
    /// The OCSP responder at a URL.
    Ocsp(String),
    /// The CRL at a URL.
    Crl(String),
    /// A file of the administrator's.
    File(String),
}

impl Source {
    /// Whoever is asked there, in a sentence.
    pub fn who(&self) -> String {
        match self {
            Self::Stapled => "the server".to_owned(),
            Self::Ocsp(url) => format!("the OCSP responder `{url}`"),
            Self::Crl(url) => format!("the CRL of `{url}`"),
            Self::File(name) => format!("the file `{name}`"),
        }
    }

    /// What comes from there, in a sentence.
    pub fn what(&self) -> String {
        match self {
            Self::Stapled => "the stapled OCSP response".to_owned(),
            Self::Ocsp(url) => format!("the OCSP response of `{url}`"),
            Self::Crl(_) | Self::File(_) => self.who(),
        }
    }
}

impl std::fmt::Display for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Stapled => f.write_str("stapled OCSP response"),
            Self::Ocsp(url) => write!(f, "OCSP responder {url}"),
            Self::Crl(url) => write!(f, "CRL {url}"),
            Self::File(name) => write!(f, "file {name}"),
        }
    }
}

/// What was learned about one certificate, and from whom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// The answer.
    pub state: Revocation,
    /// Who gave the answer, or failed to give one.
    pub source: Option<Source>,
    /// How long the answer took, in milliseconds.
    pub elapsed_ms: Option<u64>,
    /// thisUpdate, in seconds since the epoch.
    pub this_update: Option<i64>,
    /// nextUpdate, in seconds since the epoch.
    pub next_update: Option<i64>,
    /// What the other sources said, or why there is none, as a clause.
    pub note: Option<String>,
    /// What the issuer should have done otherwise about the CRL that decided.
    pub form: Vec<FormDefect>,
}

impl Status {
    /// A state without a source.
    pub fn bare(state: Revocation) -> Self {
        Self {
            state,
            source: None,
            elapsed_ms: None,
            this_update: None,
            next_update: None,
            note: None,
            form: Vec::new(),
        }
    }

    /// All there is to say beyond the word for the state, as a clause.
    pub fn detail(&self) -> Option<String> {
        let said: Vec<String> =
            [self.state.detail(), self.note.clone()].into_iter().flatten().collect();
        (!said.is_empty()).then(|| said.join("; "))
    }
}

/// What was learned about one member of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberStatus {
    /// Its index in the chain as presented.
    pub member: usize,
    /// Its subject.
    pub subject: String,
    /// What was learned.
    pub status: Status,
}

/// What was learned about every certificate of a path but its trust anchor, the end-entity
/// certificate first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    /// The members.
    pub members: Vec<MemberStatus>,
}

impl Outcome {
    /// The member that weighs most, by the order of [`Revocation::weight`]; of equals the first.
    pub fn worst(&self) -> Option<&MemberStatus> {
        let weight = |member: &MemberStatus| member.status.state.weight();
        self.members
            .iter()
            .reduce(|worst, one| if weight(one) > weight(worst) { one } else { worst })
    }

    /// What was learned about a certificate, by its index in the chain as presented.
    pub fn of(&self, index: usize) -> Option<&Status> {
        self.members.iter().find(|one| one.member == index).map(|one| &one.status)
    }

    /// The state of [`Self::worst`]; not asked when there is no member.
    pub fn state(&self) -> &Revocation {
        self.worst().map_or(&Revocation::NotAsked, |worst| &worst.status.state)
    }
}

#[cfg(test)]
mod tests;
