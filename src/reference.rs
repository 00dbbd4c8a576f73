//! Which names may be demanded at all: from candidate to reference identifier.
//!
//! A name that DNS or a certificate at the address offers is a *derived* domain
//! (RFC 9525, 6.1): it must not be trusted because it was offered. It makes a [`Candidate`].
//! Only [`Scope::admit`] turns a candidate into a [`ReferenceIdentifier`], because something
//! outside the DNS vouches for it: the WebEx domains that the administrator allows. Rules match
//! only a reference identifier and only one can be written into a record, so no code path can
//! skip the step.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;
use serde::Serialize;

use crate::evidence::{Answer, Endpoint, Evidence, OldHost, Source, Target};
use crate::name::{Fqdn, NameError};

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
            let target = Target { name: None, address, port: endpoint.port };
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

/// The administrator's map: `ADDRESS,HOST`, `CIDR,HOST` or `LABEL,HOST`, one per line.
///
/// | line | meaning |
/// | --- | --- |
/// | `203.0.113.7,c12.webex.com` | this address |
/// | `203.0.113.0/24,photos.webex.com` | this block; the longest prefix wins |
/// | `ldap-photos,c12.webex.com` | this single-label host name |
/// | `# …`, blank, one heading line | passed over |
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct HostMap {
    blocks: BTreeMap<IpNet, Fqdn>,
    labels: BTreeMap<String, Fqdn>,
}

/// Why a map cannot be used. Lines count from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MapError {
    /// A line without a comma, tab or semicolon between two values.
    #[error("line {line}: `{text}` is not `ADDRESS,HOST`")]
    NotTwoValues {
        /// Line.
        line: usize,
        /// The line as it stands.
        text: String,
    },
    /// The first value is no address, block or single-label name.
    #[error("line {line}: `{text}` is not an address")]
    NotAnAddress {
        /// Line.
        line: usize,
        /// The value.
        text: String,
    },
    /// A block with bits set beyond its prefix, which is usually a typing error.
    #[error("line {line}: `{text}` has bits beyond its prefix; the block is `{block}`")]
    HostBits {
        /// Line.
        line: usize,
        /// The value.
        text: String,
        /// What it would be.
        block: IpNet,
    },
    /// The second value is no name.
    #[error("line {line}: {error}")]
    NotAName {
        /// Line.
        line: usize,
        /// Why.
        error: NameError,
    },
    /// Two lines give one address or block two names.
    #[error("line {line}: `{key}` is given `{second}` here and `{first}` on an earlier line")]
    TwoNames {
        /// The later line.
        line: usize,
        /// The address, block or label.
        key: String,
        /// The earlier name.
        first: Fqdn,
        /// The later name.
        second: Fqdn,
    },
    /// The file is not UTF-8 text.
    #[error("line {line} is not UTF-8 text")]
    NotText {
        /// Line.
        line: usize,
    },
}

impl HostMap {
    /// Reads a map from a file's bytes; a UTF-8 BOM is passed over.
    ///
    /// # Errors
    /// [`MapError`] names the first line that cannot be used.
    pub fn parse(bytes: &[u8]) -> Result<Self, MapError> {
        let mut map = Self::default();
        let mut seen_content = false;
        for (line, text) in text_lines(bytes) {
            let text = text.map_err(|()| MapError::NotText { line })?;
            if text.is_empty() || text.starts_with('#') {
                continue;
            }
            let heading_allowed = !std::mem::replace(&mut seen_content, true);
            let not_two = || MapError::NotTwoValues { line, text: text.to_owned() };
            let (key, rest) = text.split_once([',', ';', '\t']).ok_or_else(not_two)?;
            let host = rest.split_once('#').map_or(rest, |(host, _)| host);
            let (key, host) = (unquoted(key), unquoted(host));
            if host.contains([',', ';', '\t']) {
                return Err(not_two());
            }
            let key = match parse_key(key, line) {
                Ok(key) => key,
                Err(_) if heading_allowed && is_heading(key, host) => continue,
                Err(error) => return Err(error),
            };
            if heading_allowed && matches!(key, Key::Label(_)) && is_heading_word(host) {
                continue;
            }
            let name = Fqdn::parse(host).map_err(|error| MapError::NotAName { line, error })?;
            let (shown, earlier) = match key {
                Key::Block(block) => (shown_block(block), map.blocks.insert(block, name.clone())),
                Key::Label(label) => (label.clone(), map.labels.insert(label, name.clone())),
            };
            if let Some(first) = earlier.filter(|first| *first != name) {
                return Err(MapError::TwoNames { line, key: shown, first, second: name });
            }
        }
        Ok(map)
    }

    /// The name for a host: of all blocks that hold an address, the one with the longest prefix.
    pub fn find(&self, host: &OldHost) -> Option<&Fqdn> {
        match host {
            OldHost::Address(address) => self
                .blocks
                .iter()
                .filter(|(block, _)| block.contains(address))
                .max_by_key(|(block, _)| block.prefix_len())
                .map(|(_, name)| name),
            OldHost::Bare(label) => self.labels.get(label),
        }
    }

    /// How many lines say something.
    pub fn len(&self) -> usize {
        self.blocks.len() + self.labels.len()
    }

    /// Whether no line says anything.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every name the map gives.
    pub fn names(&self) -> impl Iterator<Item = &Fqdn> {
        self.blocks.values().chain(self.labels.values())
    }
}

enum Key {
    Block(IpNet),
    Label(String),
}

fn parse_key(text: &str, line: usize) -> Result<Key, MapError> {
    let bare = text.trim_start_matches('[').trim_end_matches(']');
    if let Ok(address) = bare.parse::<IpAddr>() {
        return Ok(Key::Block(IpNet::from(address.to_canonical())));
    }
    if let Ok(block) = text.parse::<IpNet>() {
        if block.addr() != block.network() {
            return Err(MapError::HostBits { line, text: text.to_owned(), block: block.trunc() });
        }
        return Ok(Key::Block(block));
    }
    match Fqdn::parse(text) {
        Err(NameError::SingleLabel(_)) => Ok(Key::Label(text.to_ascii_lowercase())),
        _ => Err(MapError::NotAnAddress { line, text: text.to_owned() }),
    }
}

/// An address for a block of one, the block otherwise.
fn shown_block(block: IpNet) -> String {
    if block.prefix_len() == block.max_prefix_len() {
        block.addr().to_string()
    } else {
        block.to_string()
    }
}

/// A heading names columns: it holds no address and no name with a dot.
fn is_heading(key: &str, host: &str) -> bool {
    !key.contains(['.', ':', '/']) && is_heading_word(host)
}

fn is_heading_word(host: &str) -> bool {
    matches!(
        host.to_ascii_lowercase().as_str(),
        "host" | "hostname" | "host name" | "name" | "fqdn" | "dns name" | "server"
    )
}

/// Reads a list of names, one per line: `#` comments and blank lines are passed over.
///
/// # Errors
/// The line, from 1, and why it is no name (or `None` when it is not UTF-8).
pub fn parse_name_list(bytes: &[u8]) -> Result<BTreeSet<Fqdn>, (usize, Option<NameError>)> {
    let mut names = BTreeSet::new();
    for (line, text) in text_lines(bytes) {
        let text = text.map_err(|()| (line, None))?;
        let text = unquoted(text.split_once('#').map_or(text, |(name, _)| name));
        if !text.is_empty() {
            names.insert(Fqdn::parse(text).map_err(|error| (line, Some(error)))?);
        }
    }
    Ok(names)
}

/// A file's lines, counted from 1, trimmed, without the BOM.
fn text_lines(bytes: &[u8]) -> impl Iterator<Item = (usize, Result<&str, ()>)> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    bytes.split(|b| *b == b'\n').enumerate().map(|(at, line)| {
        let text = std::str::from_utf8(line).map(str::trim).map_err(|_| ());
        (at + 1, text)
    })
}

/// A value without surrounding space and quotes, as a spreadsheet may save it.
fn unquoted(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('"').and_then(|inner| inner.strip_suffix('"')).unwrap_or(text)
}

/// Whether an address is reachable by everybody: not private, loopback, link-local,
/// documentation, or otherwise special (RFC 6890 and the IANA registries it founded).
///
/// Addresses that are not public are never contacted without `--allow-private`.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            let special = matches!(
                (a, b, c),
                (0 | 10 | 127, _, _)
                    | (100, 64..=127, _) // shared address space, RFC 6598
                    | (169, 254, _)
                    | (172, 16..=31, _)
                    | (192, 0, 0 | 2) // protocol assignments; documentation
                    | (192, 88, 99) // 6to4 relay anycast
                    | (192, 168, _)
                    | (198, 18 | 19, _) // benchmarking
                    | (198, 51, 100)
                    | (203, 0, 113)
                    | (224.., _, _) // multicast, reserved, broadcast
            );
            !special
        }
        IpAddr::V6(v6) => {
            if let Some(v4) = v6.to_ipv4_mapped() {
                return is_public(IpAddr::V4(v4));
            }
            let [a, b, ..] = v6.segments();
            let is_global_unicast = a & 0xe000 == 0x2000;
            let special = match a {
                // Protocol assignments, Teredo, ORCHID; documentation.
                0x2001 => b < 0x0200 || b == 0x0db8,
                // 6to4: the embedded IPv4 address may be anything.
                0x2002 => true,
                // Documentation, RFC 9637.
                0x3fff => b < 0x1000,
                _ => false,
            };
            is_global_unicast && !special
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Family, Scheme};

    fn name(text: &str) -> Fqdn {
        Fqdn::parse(text).unwrap()
    }

    #[test]
    fn the_longest_prefix_wins_and_headings_and_comments_are_passed_over() {
        let map = HostMap::parse(
            b"\xEF\xBB\xBFip,fqdn\r\n# a comment\r\n\r\n203.0.113.0/24,photos.webex.com\r\n\
              203.0.113.7 , C12.WebEx.com. # seen in the portal\r\n\"2001:db8::/32\",\"v6.webex.com\"\r\n\
              ldap-photos,c9.webex.com\n::ffff:198.51.100.1;c8.webex.com\n",
        )
        .unwrap();
        assert_eq!(map.len(), 5);
        for (host, expected) in [
            ("203.0.113.7", Some("c12.webex.com")),
            ("203.0.113.8", Some("photos.webex.com")),
            ("2001:db8::9", Some("v6.webex.com")),
            ("198.51.100.1", Some("c8.webex.com")),
            ("192.0.2.1", None),
            ("ldap-photos", Some("c9.webex.com")),
            ("other", None),
        ] {
            let found = map.find(&OldHost::from(host.to_owned()));
            assert_eq!(found.map(Fqdn::as_str), expected, "{host}");
        }
    }

    #[test]
    fn a_bad_line_is_an_error_with_its_number() {
        for (text, message) in [
            ("203.0.113.7", "line 1: `203.0.113.7` is not `ADDRESS,HOST`"),
            ("a,host\n66.163.36.300,c.webex.com", "line 2: `66.163.36.300` is not an address"),
            ("1.2.3.4,webex", "line 1: `webex` is a single label, not a fully qualified name"),
            (
                "1.2.3.4,a.webex.com\n\n1.2.3.4/32,b.webex.com",
                "line 3: `1.2.3.4` is given `b.webex.com` here and `a.webex.com` on an earlier line",
            ),
            (
                "1.2.3.4/24,a.webex.com",
                "line 1: `1.2.3.4/24` has bits beyond its prefix; the block is `1.2.3.0/24`",
            ),
            (
                "1.2.3.4,a.webex.com,b.webex.com",
                "line 1: `1.2.3.4,a.webex.com,b.webex.com` is not `ADDRESS,HOST`",
            ),
            ("1.2.3.4,a.webex.com\n\u{00ff}", "line 2: `\u{00ff}` is not `ADDRESS,HOST`"),
        ] {
            assert_eq!(HostMap::parse(text.as_bytes()).unwrap_err().to_string(), message);
        }
        assert_eq!(
            HostMap::parse(b"1.2.3.4,a.webex.com\n\xff").unwrap_err().to_string(),
            "line 2 is not UTF-8 text"
        );
        assert!(HostMap::parse(b"1.2.3.4,a.webex.com\n1.2.3.4,A.webex.com.\n").is_ok());
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
        let target = Target { name: None, address, port: 443 };
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

    #[test]
    fn special_addresses_are_not_public() {
        for (address, public) in [
            ("66.163.36.181", true),
            ("8.8.8.8", true),
            ("192.0.2.1", false),
            ("192.0.99.1", true),
            ("192.88.99.1", false),
            ("192.88.2.1", true),
            ("10.0.0.1", false),
            ("127.0.0.1", false),
            ("100.64.0.1", false),
            ("100.128.0.1", true),
            ("169.254.169.254", false),
            ("172.31.0.1", false),
            ("172.32.0.1", true),
            ("203.0.113.9", false),
            ("255.255.255.255", false),
            ("224.0.0.1", false),
            ("2402:2500::1", true),
            ("2001:db8::1", false),
            ("::1", false),
            ("fe80::1", false),
            ("fc00::1", false),
            ("::ffff:10.0.0.1", false),
            ("::ffff:8.8.8.8", true),
            ("64:ff9b::a00:1", false),
            ("2002:a00:1::1", false),
        ] {
            assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
        }
    }
}
