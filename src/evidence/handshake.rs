//! Servers, and what their TLS handshakes showed.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::written::{base64_list, base64_option};
use crate::name::Fqdn;

/// How TLS begins on a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dialogue {
    /// With the first byte, as under `https`.
    #[default]
    Tls,
    /// After STARTTLS in an XMPP stream (RFC 6120, 5).
    Xmpp {
        /// The XMPP domain that the stream is opened to, and that the certificate shall name.
        domain: Fqdn,
    },
}

/// A server by its name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Service {
    /// The name whose addresses are connected to.
    pub name: Fqdn,
    /// The TCP port.
    pub port: u16,
    /// How TLS begins.
    pub dialogue: Dialogue,
}

impl Service {
    /// A server that speaks TLS from the first byte.
    pub fn tls(name: Fqdn, port: u16) -> Self {
        Self { name, port, dialogue: Dialogue::Tls }
    }

    /// The same server at one of its addresses.
    pub fn at(&self, address: IpAddr) -> Target {
        Target {
            name: Some(self.name.clone()),
            address,
            port: self.port,
            dialogue: self.dialogue.clone(),
        }
    }
}

/// Whom a TLS handshake is made with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Target {
    /// The name whose server this is; none when the certificate at an old address is asked.
    pub name: Option<Fqdn>,
    /// The address connected to.
    pub address: IpAddr,
    /// The TCP port.
    pub port: u16,
    /// How TLS begins.
    pub dialogue: Dialogue,
}

impl Target {
    /// An address itself, without any name.
    pub fn nameless(address: IpAddr, port: u16) -> Self {
        Self { name: None, address, port, dialogue: Dialogue::Tls }
    }
}

/// What one TLS handshake showed. The chain is kept whatever the outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handshake {
    /// How it ended.
    pub outcome: HandshakeOutcome,
    /// The certificates in the order presented, DER.
    #[serde(with = "base64_list")]
    pub chain: Vec<Vec<u8>>,
    /// The stapled OCSP response, DER (RFC 6066, 8).
    #[serde(with = "base64_option")]
    pub staple: Option<Vec<u8>>,
    /// Protocol version agreed, such as `TLS 1.3`.
    pub protocol: Option<String>,
    /// The dNSNames of the end-entity certificate as presented, wildcards included.
    pub dns_names: Vec<String>,
}

impl Handshake {
    /// The length of its chain in bytes.
    pub fn chain_length(&self) -> usize {
        self.chain.iter().map(Vec::len).sum()
    }

    /// A handshake that was not made, or showed nothing.
    pub fn without_chain(outcome: HandshakeOutcome) -> Self {
        Self { outcome, chain: Vec::new(), staple: None, protocol: None, dns_names: Vec::new() }
    }
}

/// How a handshake ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HandshakeOutcome {
    /// Completed: the server proved that it holds the key of the certificate it presented.
    Completed,
    /// No TCP connection: refused, unreachable, reset.
    NoConnection(String),
    /// The deadline passed first.
    TimedOut(String),
    /// TCP was there, TLS failed: not TLS, an alert, a broken signature.
    TlsFailed(String),
    /// The server offers only a protocol that is too old, such as `TLS 1.0`. The chain was read
    /// from its handshake, which is in the clear up to there; that it holds the key is not proved.
    TooOld(String),
    /// Not made, and why.
    NotAsked(String),
    /// Not made, because the administrator gave the chain that a server would present.
    Given,
}

impl HandshakeOutcome {
    /// The reason it did not complete, in words.
    pub fn why(&self) -> Option<&str> {
        match self {
            Self::Completed | Self::Given => None,
            Self::NoConnection(why)
            | Self::TimedOut(why)
            | Self::TlsFailed(why)
            | Self::TooOld(why)
            | Self::NotAsked(why) => Some(why),
        }
    }
}
