//! What the world answered, as plain data.
//!
//! Evidence says what was seen, never whether that is good or bad: rules, profiles and decisions
//! come later and can be worked out again from the same evidence. A question that got no answer
//! is evidence too. Every map is ordered and keyed by the question, so the order in which answers
//! arrived cannot show.

mod endpoint;
mod fetch;
mod forwards;
mod handshake;
mod photos;
pub mod written;

use std::collections::BTreeMap;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::name::Fqdn;

pub use endpoint::{Endpoint, OldHost, Scheme};
pub use fetch::{Fetch, FetchOutcome, Fetched, Purpose, RevocationFile};
pub use handshake::{Dialogue, Handshake, HandshakeOutcome, Service, Target};
pub use photos::{Looks, PhotoAnswer, PhotoContent, PhotoQuestion, PhotoReply};

use forwards::Forwards;
use written::answers;

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
