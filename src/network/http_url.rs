//! Where a question over HTTP goes: an `http` URL, taken apart.
//!
//! Such URLs stand in certificates that nobody trusts yet, so they are a stranger's words.

use std::net::IpAddr;

use url::{Position, Url};

use super::words;
use crate::name::Fqdn;

/// The longest URL that is asked: what every HTTP server should support (RFC 9110, 4.1).
const MAX_URL: usize = 8000;

/// An `http` URL with a host that can be asked for. User and password in it are never sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HttpUrl {
    url: Url,
    host: Host,
}

/// The host of a URL.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Host {
    /// A name, which the DNS knows or does not.
    Name(Fqdn),
    /// An address; an IPv4-mapped IPv6 address stands here as the IPv4 address it is.
    Address(IpAddr),
}

impl HttpUrl {
    /// Reads a URL.
    ///
    /// | text | |
    /// | --- | --- |
    /// | `http://ocsp.example/`, `http://192.0.2.1:8080/x.crl` | asked |
    /// | `https://ocsp.example/` | refused: before its answer could be used, its certificate would have to be checked, and so on (RFC 5280, 8, warns of such circles) |
    /// | `ldap:///CN=x`, `ocsp.example` | refused |
    /// | `http://ca01/x.crl` | refused: without a search list nobody knows which one is meant |
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        Self::of(text, Url::parse(text))
    }

    /// Where a `Location` leads from here (RFC 9110, 10.2.2).
    pub(super) fn join(&self, location: &str) -> Result<Self, String> {
        Self::of(location, self.url.join(location))
    }

    fn of(text: &str, parsed: Result<Url, url::ParseError>) -> Result<Self, String> {
        if text.len() > MAX_URL {
            return Err(format!("the URL is longer than {MAX_URL} octets"));
        }
        let shown = words::of_stranger(text);
        let url = parsed.map_err(|_| format!("`{shown}` is not a URL"))?;
        match url.scheme() {
            "http" => {}
            "https" => {
                return Err(format!(
                    "`{shown}` is not asked: the certificate of an https server would have to be \
                     checked first (RFC 5280, 8)"
                ));
            }
            _ => return Err(format!("`{shown}` is not an http URL")),
        }
        let host = match url.host() {
            Some(url::Host::Domain(name)) => Host::Name(
                Fqdn::parse(name).map_err(|error| words::of_stranger(&error.to_string()))?,
            ),
            Some(url::Host::Ipv4(v4)) => Host::Address(v4.into()),
            Some(url::Host::Ipv6(v6)) => Host::Address(IpAddr::V6(v6).to_canonical()),
            None => return Err(format!("`{shown}` has no host")),
        };
        Ok(Self { url, host })
    }

    /// The host.
    pub(super) fn host(&self) -> &Host {
        &self.host
    }

    /// The port, 80 when the URL names none.
    pub(super) fn port(&self) -> u16 {
        self.url.port_or_known_default().unwrap_or(80)
    }

    /// The value of `Host`: host, and port when it is not 80 (RFC 9110, 7.2).
    pub(super) fn authority(&self) -> &str {
        &self.url[Position::BeforeHost..Position::AfterPort]
    }

    /// What a server is asked for (RFC 9112, 3.2.1).
    pub(super) fn origin_form(&self) -> &str {
        &self.url[Position::BeforePath..Position::AfterQuery]
    }

    /// What a proxy is asked for (RFC 9112, 3.2.2).
    pub(super) fn absolute_form(&self) -> String {
        format!("http://{}{}", self.authority(), self.origin_form())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_read() {
        for (text, authority, origin_form) in [
            ("http://ocsp.example", "ocsp.example", "/"),
            ("HTTP://OCSP.Example:80/", "ocsp.example", "/"),
            ("http://ocsp.example:8080/a?b#c", "ocsp.example:8080", "/a?b"),
            ("http://me:secret@crl.example/x y.crl", "crl.example", "/x%20y.crl"),
            ("http://192.0.2.1/", "192.0.2.1", "/"),
            ("http://3221225985/", "192.0.2.1", "/"),
            ("http://[2001:db8::1]:81/", "[2001:db8::1]:81", "/"),
        ] {
            let url = HttpUrl::parse(text).unwrap();
            assert_eq!((url.authority(), url.origin_form()), (authority, origin_form), "{text}");
            assert_eq!(url.absolute_form(), format!("http://{authority}{origin_form}"), "{text}");
        }
        let mapped = HttpUrl::parse("http://[::ffff:10.0.0.1]/").unwrap();
        assert_eq!(*mapped.host(), Host::Address("10.0.0.1".parse().unwrap()));
        assert_eq!(mapped.port(), 80);
    }

    #[test]
    fn what_is_not_asked_says_why() {
        for (text, why) in [
            (
                "https://ocsp.example/",
                "`https://ocsp.example/` is not asked: the certificate of an https server would \
                 have to be checked first (RFC 5280, 8)",
            ),
            ("ldap:///CN=x\u{7}", "`ldap:///CN=x?` is not an http URL"),
            ("file:///etc/passwd", "`file:///etc/passwd` is not an http URL"),
            ("ocsp.example", "`ocsp.example` is not a URL"),
            ("http://ca01/x.crl", "`ca01` is a single label, not a fully qualified name"),
            ("http://", "`http://` is not a URL"),
            ("", "`` is not a URL"),
        ] {
            assert_eq!(HttpUrl::parse(text).unwrap_err(), why, "{text}");
        }
        let long = format!("http://ocsp.example/{}", "x".repeat(8000));
        assert_eq!(HttpUrl::parse(&long).unwrap_err(), "the URL is longer than 8000 octets");
    }

    #[test]
    fn locations_lead_on() {
        let from = HttpUrl::parse("http://ocsp.example:81/a/b?c").unwrap();
        for (location, to) in [
            ("d", Ok("http://ocsp.example:81/a/d")),
            ("/d", Ok("http://ocsp.example:81/d")),
            ("//crl.example/d", Ok("http://crl.example/d")),
            ("http://crl.example/d", Ok("http://crl.example/d")),
            ("ftp://crl.example/d", Err("`ftp://crl.example/d` is not an http URL")),
        ] {
            let found = from.join(location).map(|url| url.absolute_form());
            assert_eq!(found.as_deref().map_err(String::as_str), to, "{location}");
        }
    }
}
