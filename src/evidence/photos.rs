//! What photo URLs gave when they were asked for.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::Scheme;
use crate::name::Fqdn;

/// A GET of one photo from one server.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PhotoQuestion {
    /// The host of a new URL; none for an old one, which names its server by address.
    pub name: Option<Fqdn>,
    /// The address connected to.
    pub address: IpAddr,
    /// The TCP port.
    pub port: u16,
    /// The scheme.
    pub scheme: Scheme,
    /// Path and query, as they stand in a request (RFC 9112, 3.2.1).
    pub target: String,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PhotoAnswer {
    /// A whole answer, of whatever status.
    Answered(PhotoReply),
    /// No whole answer, and why: no connection, too late, too large, a redirect that leads away.
    CouldNotAsk(String),
    /// Not put, and why.
    NotAsked(String),
}

/// An answer of a photo server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhotoReply {
    /// The status, after redirects.
    pub status: u16,
    /// The media type that the server states, in lower case and without parameters.
    pub media_type: Option<String>,
    /// What was served; none unless the status says success, as nothing else is a photo.
    pub content: Option<PhotoContent>,
    /// Why the server's certificate would not do for this URL; none where it would, or where none
    /// is presented.
    pub certificate_failure: Option<String>,
}

/// Content, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhotoContent {
    /// What the first bytes are.
    pub looks: Looks,
    /// Its length in bytes.
    pub length: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

/// What content is by its first bytes, whatever media type is stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Looks {
    /// An image.
    Image,
    /// HTML, or something else in angle brackets that is no image.
    Markup,
    /// Nothing that we know.
    Unknown,
}
