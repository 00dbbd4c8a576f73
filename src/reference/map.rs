//! The administrator's files of names: the map, and the list of candidates.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ipnet::IpNet;

use crate::evidence::OldHost;
use crate::name::{Fqdn, NameError};

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
            // As most often: no map, or one of bare hosts alone.
            OldHost::Address(_) if self.blocks.is_empty() => None,
            OldHost::Address(address) => {
                // One look-up per prefix length, however many lines the map has.
                let longest = IpNet::from(*address).max_prefix_len();
                (0..=longest).rev().find_map(|length| {
                    let block = IpNet::new(*address, length).ok()?.trunc();
                    self.blocks.get(&block)
                })
            }
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
        return Ok(Key::Block(unmapped(block)));
    }
    match Fqdn::parse(text) {
        Err(NameError::SingleLabel(_)) => Ok(Key::Label(text.to_ascii_lowercase())),
        _ => Err(MapError::NotAnAddress { line, text: text.to_owned() }),
    }
}

/// A block of IPv4-mapped addresses (RFC 4291, 2.5.5.2) as the IPv4 block that it is: hosts are
/// looked up so.
fn unmapped(block: IpNet) -> IpNet {
    const MAPPED: u8 = 96;
    let IpNet::V6(v6) = block else { return block };
    let v4 = v6.addr().to_ipv4_mapped().zip(v6.prefix_len().checked_sub(MAPPED));
    v4.and_then(|(address, length)| IpNet::new(address.into(), length).ok()).unwrap_or(block)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_wins_and_headings_and_comments_are_passed_over() {
        let map = HostMap::parse(
            b"\xEF\xBB\xBFip,fqdn\r\n# a comment\r\n\r\n203.0.113.0/24,photos.webex.com\r\n\
              203.0.113.7 , C12.WebEx.com. # seen in the portal\r\n\"2001:db8::/32\",\"v6.webex.com\"\r\n\
              ldap-photos,c9.webex.com\n::ffff:198.51.100.1;c8.webex.com\n\
              ::ffff:192.0.2.0/120,c7.webex.com\n",
        )
        .unwrap();
        assert_eq!(map.len(), 6);
        for (host, expected) in [
            ("203.0.113.7", Some("c12.webex.com")),
            ("203.0.113.8", Some("photos.webex.com")),
            ("2001:db8::9", Some("v6.webex.com")),
            ("198.51.100.1", Some("c8.webex.com")),
            ("192.0.2.1", Some("c7.webex.com")),
            ("192.0.3.1", None),
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
}
