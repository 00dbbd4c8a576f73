//! What a photo URL points at.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// The two schemes a photo URL may have (RFC 9110, 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Scheme {
    /// `http`: no certificate is ever presented.
    Http,
    /// `https`.
    Https,
}

impl Scheme {
    /// The port a URL of this scheme means when it names none.
    pub fn default_port(self) -> u16 {
        match self {
            Self::Http => 80,
            Self::Https => 443,
        }
    }

    /// The scheme in lower case, without the colon.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// The host that a photo URL names today and that Jabber cannot match with a certificate.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", from = "String")]
pub enum OldHost {
    /// An address; an IPv4-mapped IPv6 address stands here as the IPv4 address it is.
    Address(IpAddr),
    /// A single-label name in lower case, decided only by the administrator's map.
    Bare(String),
}

impl OldHost {
    /// The address, when it is one.
    pub fn address(&self) -> Option<IpAddr> {
        match self {
            Self::Address(address) => Some(*address),
            Self::Bare(_) => None,
        }
    }
}

impl fmt::Display for OldHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Bare(label) => f.write_str(label),
        }
    }
}

impl From<OldHost> for String {
    fn from(host: OldHost) -> Self {
        host.to_string()
    }
}

impl From<String> for OldHost {
    fn from(text: String) -> Self {
        match text.parse() {
            Ok(address) => Self::Address(address),
            Err(_) => Self::Bare(text),
        }
    }
}

/// One place that photo URLs point to: what is surveyed and decided once, however many rows
/// share it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Endpoint {
    /// The host as the URLs name it today.
    #[serde(rename = "address")]
    pub host: OldHost,
    /// The port, the scheme's default when the URL names none.
    pub port: u16,
    /// The scheme.
    pub scheme: Scheme,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            OldHost::Address(IpAddr::V6(v6)) => {
                write!(f, "{}://[{v6}]:{}", self.scheme.as_str(), self.port)
            }
            host => write!(f, "{}://{host}:{}", self.scheme.as_str(), self.port),
        }
    }
}
