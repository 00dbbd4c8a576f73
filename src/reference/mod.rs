//! Which names may be demanded at all: from candidate to reference identifier.
//!
//! A name that DNS or a certificate at the address offers is a *derived* domain
//! (RFC 9525, 6.1): it must not be trusted because it was offered. It makes a [`Candidate`].
//! Only [`Scope::admit`] turns a candidate into a [`ReferenceIdentifier`], because something
//! outside the DNS vouches for it: the WebEx domains that the administrator allows. Rules match
//! only a reference identifier and only one can be written into a record, so no code path can
//! skip the step.

mod map;
mod special;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::evidence::{Answer, Endpoint, Evidence, Source, Target};
use crate::name::Fqdn;

pub use map::{HostMap, MapError, parse_name_list};
pub use special::is_public;

/// The domains that Messenger photos live in, by default (`--domain` replaces them).
pub const DEFAULT_DOMAINS: [&str; 3] = ["webex.com", "webexconnect.com", "webexcontent.com"];

/// A name that something offers for an address, with all its sources.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The name.
    pub name: Fqdn,
    /// Who offers it; the first is the strongest.
    pub sources: BTreeSet<Source>,
    /// A wildcard in the certificate at the address that covers the name. It supports the
    /// candidate and does not change its rank: a wildcard names nobody.
    pub support: Option<String>,
}

impl Candidate {
    /// The strongest source.
    pub fn rank(&self) -> Source {
        self.sources.first().copied().unwrap_or(Source::Default)
    }

    /// Whether the administrator states the name, so that it needs no forward confirmation.
    pub fn is_stated(&self) -> bool {
        self.sources.iter().any(|source| source.is_stated())
    }
}

/// A name that may be demanded of a server's certificate and written into a record.
///
/// There are two ways to one: [`Scope::admit`], and [`ReferenceIdentifier::asked_for`] for a name
/// that the administrator typed.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ReferenceIdentifier(Fqdn);

impl ReferenceIdentifier {
    /// The name on whose certificate the administrator asked for a verdict (RFC 9525, 6.1:
    /// direct input of the user). Nothing is rewritten to it.
    pub fn asked_for(name: Fqdn) -> Self {
        Self(name)
    }

    /// The name.
    pub fn name(&self) -> &Fqdn {
        &self.0
    }
}

/// Why a candidate may not be demanded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is outside the allowed domains ({})", domains.join(", "))]
pub struct OutsideDomains {
    /// The candidate.
    pub name: Fqdn,
    /// The domains allowed.
    pub domains: Vec<String>,
}

/// What the administrator allows and states, and what the export itself offers.
#[derive(Clone, Debug, Default)]
pub struct Scope {
    /// Domains a reference identifier must lie in.
    pub domains: Vec<Fqdn>,
    /// The map.
    pub map: HostMap,
    /// Names from the candidate list.
    pub list: BTreeSet<Fqdn>,
    /// The default host.
    pub default_host: Option<Fqdn>,
    /// WebEx names in other rows of the export, with the number of rows that carry each.
    pub corpus: BTreeMap<Fqdn, u64>,
}

impl Scope {
    /// Whether a name lies in an allowed domain, label by label.
    pub fn allows(&self, name: &Fqdn) -> bool {
        self.domains.iter().any(|domain| name.is_inside(domain))
    }

    /// The one way from a candidate to a reference identifier.
    ///
    /// # Errors
    /// [`OutsideDomains`] when no allowed domain holds the name, whoever offers it.
    pub fn admit(&self, candidate: &Candidate) -> Result<ReferenceIdentifier, OutsideDomains> {
        if self.allows(&candidate.name) {
            Ok(ReferenceIdentifier(candidate.name.clone()))
        } else {
            Err(OutsideDomains {
                name: candidate.name.clone(),
                domains: self.domains.iter().map(ToString::to_string).collect(),
            })
        }
    }

    /// Every candidate for an endpoint that the evidence so far offers, strongest first.
    ///
    /// Names from the export and from the list are offered to an address only once their forward
    /// answer contains it: otherwise each of them would be a candidate everywhere.
    pub fn candidates(&self, endpoint: &Endpoint, evidence: &Evidence) -> Vec<Candidate> {
        let mut sources: BTreeMap<Fqdn, BTreeSet<Source>> = BTreeMap::new();
        let mut offer = |name: Fqdn, source| {
            sources.entry(name).or_default().insert(source);
        };
        if let Some(name) = self.map.find(&endpoint.host) {
            offer(name.clone(), Source::Map);
        }
        let mut wildcards = Vec::new();
        if let Some(address) = endpoint.host.address() {
            let target = Target::nameless(address, endpoint.port);
            if let Some(handshake) = evidence.handshakes.get(&target) {
                for presented in &handshake.dns_names {
                    match Fqdn::parse(presented) {
                        Ok(name) => offer(name, Source::Certificate),
                        Err(_) if presented.starts_with("*.") => wildcards.push(presented.clone()),
                        Err(_) => {}
                    }
                }
            }
            if let Some(Answer::Found(names)) = evidence.pointers.get(&address) {
                for name in names.iter().filter_map(|name| Fqdn::parse(name).ok()) {
                    offer(name, Source::Ptr);
                }
            }
            for name in evidence.names_at(address) {
                if self.corpus.contains_key(name) {
                    offer(name.clone(), Source::Corpus);
                }
                if self.list.contains(name) {
                    offer(name.clone(), Source::List);
                }
            }
            if let Some(name) = &self.default_host {
                offer(name.clone(), Source::Default);
            }
        }
        let mut candidates: Vec<Candidate> = sources
            .into_iter()
            .map(|(name, sources)| {
                let support =
                    wildcards.iter().find(|wildcard| wildcard_covers(wildcard, &name)).cloned();
                Candidate { name, sources, support }
            })
            .collect();
        candidates.sort_by_key(Candidate::rank); // Stable: names stay in order within a rank.
        candidates
    }
}

/// Whether a presented wildcard stands for `name`: one whole leftmost label (RFC 9525, 6.3).
fn wildcard_covers(wildcard: &str, name: &Fqdn) -> bool {
    let Some(suffix) = wildcard.strip_prefix("*.") else {
        return false;
    };
    match (Fqdn::parse(suffix), name.as_str().split_once('.')) {
        (Ok(suffix), Some((_, rest))) => suffix.as_str() == rest,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use super::*;
    use crate::evidence::{Family, OldHost, Scheme};

    fn name(text: &str) -> Fqdn {
        Fqdn::parse(text).unwrap()
    }

    #[test]
    fn only_names_in_an_allowed_domain_are_admitted() {
        let scope = Scope { domains: vec![name("webex.com")], ..Scope::default() };
        for (text, admitted) in
            [("c12.webex.com", true), ("notwebex.com", false), ("webex.com.evil.example", false)]
        {
            let candidate = Candidate {
                name: name(text),
                sources: BTreeSet::from([Source::Map]),
                support: None,
            };
            assert_eq!(scope.admit(&candidate).is_ok(), admitted, "{text}");
        }
    }

    #[test]
    fn candidates_come_strongest_first_with_all_their_sources() {
        let address: IpAddr = "203.0.113.7".parse().unwrap();
        let endpoint =
            Endpoint { host: OldHost::Address(address), port: 443, scheme: Scheme::Https };
        let mut evidence = Evidence::default();
        evidence
            .pointers
            .insert(address, Answer::Found(vec!["c12.webex.com".into(), "not a name".into()]));
        let mut handshake =
            crate::evidence::Handshake::without_chain(crate::evidence::HandshakeOutcome::Completed);
        handshake.dns_names = vec!["*.webex.com".into(), "c13.webex.com".into()];
        let target = Target::nameless(address, 443);
        evidence.handshakes.insert(target, handshake);
        for lives_there in ["c12.webex.com", "c14.webex.com"] {
            evidence.learn_addresses(name(lives_there), Family::V4, Answer::Found(vec![address]));
        }
        let scope = Scope {
            corpus: BTreeMap::from([(name("c12.webex.com"), 3), (name("far.webex.com"), 9)]),
            list: BTreeSet::from([name("c14.webex.com")]),
            default_host: Some(name("photos.webex.com")),
            ..Scope::default()
        };
        let found: Vec<String> = scope
            .candidates(&endpoint, &evidence)
            .iter()
            .map(|c| format!("{} {:?} {:?}", c.name, c.sources, c.support))
            .collect();
        assert_eq!(
            found,
            [
                r#"c13.webex.com {Certificate} Some("*.webex.com")"#,
                r#"c12.webex.com {Ptr, Corpus} Some("*.webex.com")"#,
                r#"c14.webex.com {List} Some("*.webex.com")"#,
                r#"photos.webex.com {Default} Some("*.webex.com")"#,
            ]
        );
    }
}
