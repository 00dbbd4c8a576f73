//! A case, in the JSON form of x509-limbo (C2SP), as far as it is used here.

use serde::{Deserialize, Serialize};

/// A file of cases.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Suite {
    pub(crate) testcases: Vec<Case>,
}

/// A certificate that a peer presents, and whether it shall be accepted.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Case {
    pub(crate) id: String,
    pub(crate) validation_kind: ValidationKind,
    /// PEM, as all certificates and CRLs.
    pub(crate) trusted_certs: Vec<String>,
    pub(crate) untrusted_intermediates: Vec<String>,
    pub(crate) peer_certificate: String,
    /// RFC 3339; none is any time at which the certificates were made to be valid.
    pub(crate) validation_time: Option<String>,
    pub(crate) expected_result: Expected,
    pub(crate) expected_peer_name: Option<PeerName>,
    /// How many intermediates the caller allows.
    pub(crate) max_chain_depth: Option<u32>,
    pub(crate) crls: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum ValidationKind {
    Client,
    Server,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Expected {
    Success,
    Failure,
}

/// Whom the peer shall prove to be.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", content = "value")]
pub(crate) enum PeerName {
    #[serde(rename = "DNS")]
    Dns(String),
    #[serde(rename = "IP")]
    Ip(std::net::IpAddr),
}
