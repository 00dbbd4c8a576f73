//! Domain names as this tool compares them, and the reverse names of addresses.
//!
//! A name is parsed once, into a type that cannot be wrong: lower-case A-labels without the
//! trailing dot (RFC 5890, 2.3.2.1). Nobody downstream asks again whether letter case or a final
//! dot matters, and "is inside a domain" is a question about labels, never about strings.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

/// The longest a domain name may be in its text form without the trailing dot (RFC 1035, 2.3.4).
const MAX_NAME: usize = 253;
/// The longest a label may be (RFC 1035, 2.3.4).
const MAX_LABEL: usize = 63;

/// A fully qualified domain name of at least two labels: lower-case A-labels, no trailing dot.
///
/// | text | parsed |
/// | --- | --- |
/// | `C12.WebEx.com.` | `c12.webex.com` |
/// | `bücher.example` | `xn--bcher-kva.example` |
/// | `ldap-photos` | refused: a single label is no FQDN |
/// | `192.0.2.1`, `a..b`, `-a.example` | refused |
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Fqdn(String);

/// Why a text is not an [`Fqdn`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Nothing stands there.
    #[error("the name is empty")]
    Empty,
    /// The text is an IPv4 or IPv6 address, or ends like an IPv4 address.
    #[error("`{0}` is an address, not a name")]
    Address(String),
    /// One label only: resolvers and certificates cannot tell which one is meant.
    #[error("`{0}` is a single label, not a fully qualified name")]
    SingleLabel(String),
    /// A label begins like an A-label and is none: no URL can hold the name.
    #[error("`{0}` has an `xn--` label that is no A-label (RFC 5890, 2.3.2.1)")]
    ALabel(String),
    /// Not a domain name by RFC 1123, 2.1 (letters, digits, hyphens) or too long.
    #[error("`{0}` is not a domain name")]
    Malformed(String),
}

impl Fqdn {
    /// Reads a name as an administrator, a certificate or the DNS spells it.
    ///
    /// # Errors
    /// [`NameError`] names the text and why it is no fully qualified name.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        if text.is_empty() || text == "." {
            return Err(NameError::Empty);
        }
        if text.parse::<IpAddr>().is_ok() {
            return Err(NameError::Address(text.to_owned()));
        }
        let ascii = if text.is_ascii() {
            text.to_ascii_lowercase()
        } else {
            idna::domain_to_ascii(text).map_err(|_| NameError::Malformed(text.to_owned()))?
        };
        let name = ascii.strip_suffix('.').unwrap_or(&ascii);
        if name.len() > MAX_NAME || !name.split('.').all(is_label) {
            return Err(NameError::Malformed(text.to_owned()));
        }
        let last = name.rsplit('.').next().unwrap_or(name);
        // Of other names nothing is to be feared: a URL holds them as they stand.
        if name.contains("xn--") || last.starts_with(|c: char| c.is_ascii_digit()) {
            match url::Host::parse(name) {
                Ok(url::Host::Domain(same)) if same == name => {}
                _ if is_number(last) => return Err(NameError::Address(text.to_owned())),
                _ => return Err(NameError::ALabel(text.to_owned())),
            }
        }
        if !name.contains('.') {
            return Err(NameError::SingleLabel(text.to_owned()));
        }
        Ok(Self(name.to_owned()))
    }

    /// The name in lower-case A-labels, without the trailing dot.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The labels, leftmost first.
    pub fn labels(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('.')
    }

    /// Whether this name is `domain` or lies below it, label by label.
    ///
    /// | name | domain | inside |
    /// | --- | --- | --- |
    /// | `c12.webex.com` | `webex.com` | yes |
    /// | `webex.com` | `webex.com` | yes |
    /// | `notwebex.com` | `webex.com` | no |
    /// | `webex.com.evil.example` | `webex.com` | no |
    pub fn is_inside(&self, domain: &Fqdn) -> bool {
        match self.0.strip_suffix(domain.as_str()) {
            Some(rest) => rest.is_empty() || rest.ends_with('.'),
            None => false,
        }
    }

    /// The name as a DNS message wants it: absolute, so that no search list applies.
    pub fn absolute(&self) -> String {
        format!("{}.", self.0)
    }
}

/// Whether a last label makes a host an IPv4 address: decimal, or hexadecimal (WHATWG URL, "ends in a
/// number").
fn is_number(label: &str) -> bool {
    let is_hexadecimal = |digits: &str| digits.bytes().all(|b| b.is_ascii_hexdigit());
    label.bytes().all(|b| b.is_ascii_digit())
        || label.strip_prefix("0x").is_some_and(is_hexadecimal)
}

/// A label of letters, digits, hyphens, and underscores (which hosts must not use, but the DNS
/// and some certificates carry).
fn is_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= MAX_LABEL
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
}

impl fmt::Display for Fqdn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::str::FromStr for Fqdn {
    type Err = NameError;
    fn from_str(text: &str) -> Result<Self, NameError> {
        Self::parse(text)
    }
}

impl TryFrom<String> for Fqdn {
    type Error = NameError;
    fn try_from(text: String) -> Result<Self, NameError> {
        Self::parse(&text)
    }
}

impl From<Fqdn> for String {
    fn from(name: Fqdn) -> Self {
        name.0
    }
}

/// The name under which the DNS keeps an address's PTR records, absolute
/// (RFC 1035, 3.5 for `in-addr.arpa`; RFC 3596, 2.5 for `ip6.arpa`).
pub fn reverse_name(address: IpAddr) -> String {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, d] = v4.octets();
            format!("{d}.{c}.{b}.{a}.in-addr.arpa.")
        }
        IpAddr::V6(v6) => {
            let nibbles: String = v6
                .octets()
                .iter()
                .rev()
                .map(|byte| format!("{:x}.{:x}.", byte & 0xf, byte >> 4))
                .collect();
            format!("{nibbles}ip6.arpa.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_once_and_compared_as_a_labels() {
        for (text, parsed) in [
            ("c12.webex.com", Some("c12.webex.com")),
            ("C12.WebEx.COM.", Some("c12.webex.com")),
            ("bücher.example", Some("xn--bcher-kva.example")),
            ("_xmpp-client._tcp.cisco.com", Some("_xmpp-client._tcp.cisco.com")),
            ("3photos.example.com", Some("3photos.example.com")),
            ("webex.com..", None),
            ("a..b", None),
            ("", None),
            (".", None),
            ("ldap-photos", None),
            ("192.0.2.1", None),
            ("192.0.2.1.", None),
            ("a.1", None),
            ("a.0x1", None),
            ("a.0x", None),
            ("a.0xg", Some("a.0xg")),
            ("a.1com", Some("a.1com")),
            ("xn--bcher-kva.webex.com", Some("xn--bcher-kva.webex.com")),
            ("XN--BCHER-KVA.webex.com", Some("xn--bcher-kva.webex.com")),
            ("xn--a.webex.com", None),
            ("xn--.webex.com", None),
            ("webex.xn--a", None),
            ("::1", None),
            ("-a.example", None),
            ("a b.example", None),
            ("a/b.example", None),
            ("*.webex.com", None),
            ("evil\u{202e}.webex.com", None),
        ] {
            let found = Fqdn::parse(text).ok();
            assert_eq!(found.as_ref().map(Fqdn::as_str), parsed, "{text:?}");
        }
        let long = format!("{}.com", "a".repeat(64));
        assert!(Fqdn::parse(&long).is_err(), "a label of 64 octets");
        let long = format!("{}com", "abcdefg.".repeat(32));
        assert!(Fqdn::parse(&long).is_err(), "a name of 259 octets");
    }

    #[test]
    fn inside_is_a_question_about_labels() {
        for (name, domain, inside) in [
            ("c12.webex.com", "webex.com", true),
            ("a.b.webex.com", "webex.com", true),
            ("webex.com", "webex.com", true),
            ("notwebex.com", "webex.com", false),
            ("webex.com.evil.example", "webex.com", false),
            ("com.webex", "webex.com", false),
            ("x.com", "webex.com", false),
        ] {
            let (name, domain) = (Fqdn::parse(name).unwrap(), Fqdn::parse(domain).unwrap());
            assert_eq!(name.is_inside(&domain), inside, "{name} in {domain}");
        }
    }

    #[test]
    fn reverse_names() {
        for (address, name) in [
            ("66.163.36.181", "181.36.163.66.in-addr.arpa."),
            (
                "2001:db8::1",
                "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.",
            ),
        ] {
            assert_eq!(reverse_name(address.parse().unwrap()), name);
        }
    }
}
