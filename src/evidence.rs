//! What the world answered, as plain data.
//!
//! Evidence says what was seen, never whether that is good or bad: rules, profiles and decisions
//! come later and can be worked out again from the same evidence. A question that got no answer
//! is evidence too. Every map is ordered and keyed by the question, so the order in which answers
//! arrived cannot show.

mod forwards;
mod photos;
pub mod written;

use std::collections::BTreeMap;
use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::name::Fqdn;

pub use photos::{Looks, PhotoAnswer, PhotoContent, PhotoQuestion, PhotoReply};

use forwards::Forwards;
use written::{answers, base64_bytes, base64_list, base64_option};

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

/// Where a candidate came from, strongest first; the order is the rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// The administrator's map.
    Map,
    /// A dNSName in the certificate that the address itself presents.
    Certificate,
    /// Reverse DNS.
    Ptr,
    /// Other rows of the same export.
    Corpus,
    /// The administrator's list of candidates.
    List,
    /// The administrator's default host.
    Default,
}

impl Source {
    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Map => "map",
            Self::Certificate => "certificate",
            Self::Ptr => "ptr",
            Self::Corpus => "corpus",
            Self::List => "list",
            Self::Default => "default",
        }
    }

    /// Whether the administrator states it, so that no forward confirmation is required.
    pub fn is_stated(self) -> bool {
        matches!(self, Self::Map | Self::Default)
    }
}

/// What a DNS question brought.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer<T> {
    /// The records of the type asked for, CNAMEs followed, in canonical order.
    Found(T),
    /// The authority says that there is none: no such name, or no such record.
    Absent(Absence),
    /// No usable answer: a timeout, SERVFAIL, REFUSED, a broken message. It proves nothing.
    CouldNotAsk(String),
    /// The question was not put, and why (offline, out of time, an address not to be bothered).
    NotAsked(String),
}

impl<T> Answer<T> {
    /// The records found.
    pub fn found(&self) -> Option<&T> {
        match self {
            Self::Found(records) => Some(records),
            _ => None,
        }
    }
}

/// The two ways in which the DNS says no (RFC 2308, 2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Absence {
    /// NXDOMAIN: the name does not exist.
    NxDomain,
    /// NODATA: the name exists, without a record of this type.
    NoData,
}

impl Absence {
    /// The term of RFC 2308.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NxDomain => "NXDOMAIN",
            Self::NoData => "NODATA",
        }
    }
}

/// An address family, which is a DNS record type when asking forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Family {
    /// IPv4: A records.
    V4,
    /// IPv6: AAAA records.
    V6,
}

impl Family {
    /// The family of an address.
    pub fn of(address: IpAddr) -> Self {
        match address {
            IpAddr::V4(_) => Self::V4,
            IpAddr::V6(_) => Self::V6,
        }
    }
}

/// What forward DNS says of a candidate. Only the first supports it; the last says nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Forward {
    /// The name's addresses contain the address in question (RFC 8601, 3: "iprev").
    Confirmed,
    /// The name lives at these addresses, and the one in question is not among them.
    Contradicted(Vec<IpAddr>),
    /// The name has no address of that family.
    Absent(Absence),
    /// Nobody answered; why.
    CouldNotAsk(String),
    /// Not put, and why.
    NotAsked(String),
}

impl Forward {
    /// The word that reports use.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Contradicted(_) => "contradicted",
            Self::Absent(_) => "absent",
            Self::CouldNotAsk(_) => "could-not-ask",
            Self::NotAsked(_) => "not-asked",
        }
    }
}

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

/// How the resolvers did, so that "no resolver answered" can be said first of all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResolverHealth {
    /// The servers asked, as configured.
    pub servers: Vec<String>,
    /// Distinct questions put.
    pub asked: u64,
    /// Questions that got an answer, "no such name" included.
    pub answered: u64,
}

impl ResolverHealth {
    /// Questions were put and none of them was answered.
    pub fn is_silent(&self) -> bool {
        self.asked > 0 && self.answered == 0
    }
}

/// Everything that was learned about the outside world in one run, by question.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evidence {
    /// PTR records of an address: names as the DNS spells them, sorted.
    #[serde(with = "answers")]
    pub pointers: BTreeMap<IpAddr, Answer<Vec<String>>>,
    /// Addresses of a name, by family, sorted; filled by [`Evidence::learn_addresses`].
    addresses: Forwards,
    /// Handshakes.
    #[serde(with = "answers")]
    pub handshakes: BTreeMap<Target, Handshake>,
    /// Whether servers were asked about revocation; a question without an answer was then left out.
    pub revocation_asked: bool,
    /// OCSP, CRL and issuer answers.
    #[serde(with = "answers")]
    pub fetched: BTreeMap<Fetch, Fetched>,
    /// OCSP responses and CRLs from files.
    pub files: Vec<RevocationFile>,
    /// Photos, asked for only where the administrator wants it.
    #[serde(with = "answers")]
    pub photos: BTreeMap<PhotoQuestion, PhotoAnswer>,
    /// How the resolvers did.
    pub resolver: ResolverHealth,
}

impl Evidence {
    /// Keeps the answer to a forward question.
    pub fn learn_addresses(&mut self, name: Fqdn, family: Family, answer: Answer<Vec<IpAddr>>) {
        self.addresses.learn((name, family), answer);
    }

    /// The answer to a forward question, if it was put.
    pub fn addresses(&self, name: &Fqdn, family: Family) -> Option<&Answer<Vec<IpAddr>>> {
        self.addresses.answer(name, family)
    }

    /// The names whose forward answer contains an address, in order.
    pub fn names_at(&self, address: IpAddr) -> impl Iterator<Item = &Fqdn> {
        self.addresses.names_at(address)
    }

    /// Whether `name` lives at `address`, as far as was asked.
    pub fn forward(&self, name: &Fqdn, address: IpAddr) -> Forward {
        match self.addresses(name, Family::of(address)) {
            Some(Answer::Found(found)) if found.contains(&address) => Forward::Confirmed,
            Some(Answer::Found(found)) => Forward::Contradicted(found.clone()),
            Some(Answer::Absent(absence)) => Forward::Absent(*absence),
            Some(Answer::CouldNotAsk(why)) => Forward::CouldNotAsk(why.clone()),
            Some(Answer::NotAsked(why)) => Forward::NotAsked(why.clone()),
            None => Forward::NotAsked("the question was not put".to_owned()),
        }
    }

    /// Every address known for `name`, IPv4 first.
    pub fn addresses_of(&self, name: &Fqdn) -> Vec<IpAddr> {
        [Family::V4, Family::V6]
            .into_iter()
            .filter_map(|family| self.addresses(name, family))
            .filter_map(Answer::found)
            .flatten()
            .copied()
            .collect()
    }
}
