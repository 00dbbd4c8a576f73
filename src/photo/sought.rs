//! The host that somebody asks about or answers for, in any spelling that a photo cell may have.

use std::net::IpAddr;
use std::str::FromStr;

use super::{HostKind, PhotoCell, PhotoUrl, classify};
use crate::evidence::{Endpoint, OldHost, Scheme};

/// A host as somebody types it: `ADDRESS`, `ADDRESS:PORT`, or a URL.
///
/// | typed | means |
/// | --- | --- |
/// | `203.0.113.7`, `0xCB.0.113.7`, `3405803783` | the address, on every port |
/// | `203.0.113.7:8443`, `[2001:db8::7]:443` | the address on that port |
/// | `2001:db8::7`, `[2001:db8::7]` | the address, on every port |
/// | `https://203.0.113.7/a.jpg` | that endpoint |
/// | `ldap-photos`, `ldap-photos:80` | the bare host |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sought {
    /// As it was typed.
    pub typed: String,
    scheme: Option<Scheme>,
    /// The host that a URL parser reads.
    pub host: OldHost,
    port: Option<u16>,
}

/// Why what was typed can be no endpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoHost {
    /// It is no host.
    #[error("`{0}` is no `ADDRESS[:PORT]`")]
    NotAHost(String),
    /// It is a host that needs no decision.
    #[error("`{0}` is a name, and names with a dot are not decided")]
    Name(String),
}

impl FromStr for Sought {
    type Err = NoHost;

    fn from_str(typed: &str) -> Result<Self, NoHost> {
        // As it is pasted: with blanks around it, and with the quotes that our messages have.
        let typed = typed.trim().trim_matches('`');
        // The only spelling that no URL has: IPv6 without brackets.
        if let Ok(IpAddr::V6(v6)) = typed.parse() {
            let host = OldHost::Address(v6.to_canonical());
            return Ok(Self { typed: typed.to_owned(), scheme: None, host, port: None });
        }
        let not_a_host = || NoHost::NotAHost(typed.to_owned());
        let read = |text: &str| match classify(text, &[]) {
            PhotoCell::Url(url) => Ok(url),
            _ => Err(not_a_host()),
        };
        let (url, scheme, port) = if typed.contains("://") {
            let url = read(typed)?;
            (url.clone(), Some(url.scheme), Some(url.port()))
        } else {
            if typed.contains(['/', '\\', '?', '#', '@']) {
                return Err(not_a_host());
            }
            // A parser passes over the port that is the scheme's own, so it is asked twice.
            let (https, http) =
                (read(&format!("https://{typed}"))?, read(&format!("http://{typed}"))?);
            let port = https.explicit_port.or(http.explicit_port);
            (https, None, port)
        };
        let PhotoUrl { host, .. } = url;
        let host = match host {
            HostKind::Address(address) => OldHost::Address(address),
            HostKind::Bare(label) => OldHost::Bare(label),
            HostKind::WebEx(name) => return Err(NoHost::Name(name.to_string())),
            HostKind::Foreign(name) => return Err(NoHost::Name(name)),
        };
        Ok(Self { typed: typed.to_owned(), scheme, host, port })
    }
}

impl Sought {
    /// Whether an endpoint is meant.
    pub fn means(&self, endpoint: &Endpoint) -> bool {
        self.host == endpoint.host
            && self.port.is_none_or(|port| port == endpoint.port)
            && self.scheme.is_none_or(|scheme| scheme == endpoint.scheme)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_means_the_same_address() {
        let endpoint = |host: &str, port, scheme| Endpoint {
            host: OldHost::from(host.to_owned()),
            port,
            scheme,
        };
        let https = endpoint("203.0.113.7", 443, Scheme::Https);
        let http = endpoint("203.0.113.7", 80, Scheme::Http);
        let other_port = endpoint("203.0.113.7", 8443, Scheme::Https);
        let v6 = endpoint("2001:db8::7", 443, Scheme::Https);
        let bare = endpoint("ldap-photos", 80, Scheme::Http);
        let all = [&https, &http, &other_port, &v6, &bare];
        for (typed, meant) in [
            ("203.0.113.7", &[&https, &http, &other_port][..]),
            ("0xCB.0.113.7", &[&https, &http, &other_port]),
            ("3405803783", &[&https, &http, &other_port]),
            ("0313.0.0161.7", &[&https, &http, &other_port]),
            ("２０３.0.113.7", &[&https, &http, &other_port]),
            ("%32%30%33.0.113.7", &[&https, &http, &other_port]),
            ("203.0.113.7.", &[&https, &http, &other_port]),
            ("::ffff:203.0.113.7", &[&https, &http, &other_port]),
            ("[::ffff:203.0.113.7]:443", &[&https]),
            ("203.0.113.7:443", &[&https]),
            ("\t`https://203.0.113.7:443` ", &[&https]),
            ("203.0.113.7:80", &[&http]),
            ("203.0.113.7:8443", &[&other_port]),
            ("203.0.113.7:8444", &[]),
            ("https://203.0.113.7", &[&https]),
            ("http://203.0.113.7/a.jpg", &[&http]),
            ("HTTPS://203.0.113.7:8443", &[&other_port]),
            ("2001:db8::7", &[&v6]),
            ("[2001:0db8::7]", &[&v6]),
            ("LDAP-photos", &[&bare]),
            ("ldap-photos:80", &[&bare]),
            ("ldap-photos:443", &[]),
        ] {
            let sought: Sought = typed.parse().unwrap();
            let found: Vec<_> = all.into_iter().filter(|it| sought.means(it)).collect();
            assert_eq!(found, meant, "{typed}");
        }
    }

    #[test]
    fn what_is_no_endpoint_is_refused() {
        for (typed, message) in [
            ("", "`` is no `ADDRESS[:PORT]`"),
            ("203.0.113.7/a.jpg", "`203.0.113.7/a.jpg` is no `ADDRESS[:PORT]`"),
            ("203.0.113.999", "`203.0.113.999` is no `ADDRESS[:PORT]`"),
            ("203.0.113.7:99999", "`203.0.113.7:99999` is no `ADDRESS[:PORT]`"),
            ("ftp://203.0.113.7", "`ftp://203.0.113.7` is no `ADDRESS[:PORT]`"),
            ("u@203.0.113.7", "`u@203.0.113.7` is no `ADDRESS[:PORT]`"),
            ("c7.webex.com", "`c7.webex.com` is a name, and names with a dot are not decided"),
        ] {
            assert_eq!(typed.parse::<Sought>().unwrap_err().to_string(), message, "{typed}");
        }
    }
}
