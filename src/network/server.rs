//! Which DNS server to ask, as the administrator spells it (`--dns`).

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use rustls_pki_types::ServerName;

/// DNS over UDP and TCP (RFC 1035, 4.2).
const DNS_PORT: u16 = 53;
/// DNS over TLS (RFC 7858, 3.1).
const DNS_OVER_TLS_PORT: u16 = 853;
/// DNS over HTTPS (RFC 8484) is HTTPS.
const HTTPS_PORT: u16 = 443;

/// A DNS server.
///
/// | text | meaning |
/// | --- | --- |
/// | `system` | the servers that the operating system is configured with |
/// | `192.0.2.53`, `192.0.2.53:5353`, `2001:db8::53`, `[2001:db8::53]:5353` | UDP, and TCP where an answer is truncated |
/// | `tls://dns.example`, `tls://192.0.2.53:8853` | DNS over TLS |
/// | `https://dns.example/dns-query` | DNS over HTTPS |
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Server {
    /// What the operating system is configured with.
    System,
    /// UDP and TCP.
    Plain(SocketAddr),
    /// DNS over TLS. The certificate must fit the host.
    Tls {
        /// A name or an address, without brackets.
        host: String,
        /// The TCP port.
        port: u16,
    },
    /// DNS over HTTPS. The certificate must fit the host.
    Https {
        /// A name or an address, without brackets.
        host: String,
        /// The TCP port.
        port: u16,
        /// The path, from the first slash on.
        path: String,
    },
}

/// Why a text names no DNS server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ServerError {
    /// None of the forms that [`Server`] lists.
    #[error(
        "`{0}` is not a DNS server; expected `system`, `ADDRESS[:PORT]`, `tls://HOST[:PORT]` or \
         `https://HOST/PATH`"
    )]
    NotAServer(String),
    /// A host that is neither a name nor an address.
    #[error("`{host}` in `{text}` is neither a name nor an address")]
    Host {
        /// The whole text.
        text: String,
        /// The host in it.
        host: String,
    },
    /// A port that is no number from 1 to 65535.
    #[error("`{port}` in `{text}` is not a port")]
    Port {
        /// The whole text.
        text: String,
        /// The port in it.
        port: String,
    },
    /// DNS over HTTPS needs a path.
    #[error("`{0}` has no path; a usual one is `/dns-query`")]
    NoPath(String),
}

impl FromStr for Server {
    type Err = ServerError;

    fn from_str(text: &str) -> Result<Self, ServerError> {
        if text.eq_ignore_ascii_case("system") {
            return Ok(Self::System);
        }
        if let Some(authority) = text.strip_prefix("tls://") {
            let (host, port) = host_and_port(text, authority.trim_end_matches('/'))?;
            return Ok(Self::Tls { host, port: port.unwrap_or(DNS_OVER_TLS_PORT) });
        }
        if let Some(rest) = text.strip_prefix("https://") {
            let slash = rest.find('/').ok_or_else(|| ServerError::NoPath(text.to_owned()))?;
            let (authority, path) = rest.split_at(slash);
            if path.len() < 2 {
                return Err(ServerError::NoPath(text.to_owned()));
            }
            if !path.bytes().all(|b| b.is_ascii_graphic()) {
                return Err(ServerError::NotAServer(text.to_owned()));
            }
            let (host, port) = host_and_port(text, authority)?;
            return Ok(Self::Https {
                host,
                port: port.unwrap_or(HTTPS_PORT),
                path: path.to_owned(),
            });
        }
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self::Plain(SocketAddr::new(address, DNS_PORT)));
        }
        let not_a_server = || ServerError::NotAServer(text.to_owned());
        if text.contains("://") {
            return Err(not_a_server());
        }
        let (host, port) = host_and_port(text, text).map_err(|error| match error {
            ServerError::Host { .. } => not_a_server(),
            error => error,
        })?;
        let address = host.parse().map_err(|_| not_a_server())?;
        Ok(Self::Plain(SocketAddr::new(address, port.unwrap_or(DNS_PORT))))
    }
}

/// `HOST`, `HOST:PORT`, `[V6]` or `[V6]:PORT`.
fn host_and_port(text: &str, authority: &str) -> Result<(String, Option<u16>), ServerError> {
    let (host, port) = match authority.strip_prefix('[').map(|rest| rest.split_once(']')) {
        Some(Some((host, ""))) => (host, None),
        Some(Some((host, port))) => match port.strip_prefix(':') {
            Some(port) => (host, Some(port)),
            None => return Err(ServerError::Port { text: text.to_owned(), port: port.to_owned() }),
        },
        Some(None) => (authority, None),
        None => match authority.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority, None),
        },
    };
    let bad_host = || ServerError::Host { text: text.to_owned(), host: host.to_owned() };
    ServerName::try_from(host).map_err(|_| bad_host())?;
    if authority.starts_with('[') != host.contains(':') {
        return Err(bad_host());
    }
    let port =
        match port {
            None => None,
            Some(port) => Some(port.parse().ok().filter(|port| *port != 0).ok_or_else(|| {
                ServerError::Port { text: text.to_owned(), port: port.to_owned() }
            })?),
        };
    Ok((host.to_owned(), port))
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::System => f.write_str("system"),
            Self::Plain(address) if address.port() == DNS_PORT => address.ip().fmt(f),
            Self::Plain(address) => address.fmt(f),
            Self::Tls { host, port } => {
                write!(f, "tls://{}", Authority { host, port: *port, usual: DNS_OVER_TLS_PORT })
            }
            Self::Https { host, port, path } => {
                write!(f, "https://{}{path}", Authority { host, port: *port, usual: HTTPS_PORT })
            }
        }
    }
}

/// Host and port as they stand in a URL: brackets around IPv6, no usual port.
struct Authority<'a> {
    host: &'a str,
    port: u16,
    usual: u16,
}

impl fmt::Display for Authority<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]", self.host)?;
        } else {
            f.write_str(self.host)?;
        }
        if self.port == self.usual { Ok(()) } else { write!(f, ":{}", self.port) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_are_read_and_shown() {
        for (text, shown) in [
            ("system", Ok("system")),
            ("System", Ok("system")),
            ("192.0.2.53", Ok("192.0.2.53")),
            ("192.0.2.53:53", Ok("192.0.2.53")),
            ("192.0.2.53:5353", Ok("192.0.2.53:5353")),
            ("2001:db8::53", Ok("2001:db8::53")),
            ("[2001:db8::53]", Ok("2001:db8::53")),
            ("[2001:db8::53]:5353", Ok("[2001:db8::53]:5353")),
            ("tls://dns.example", Ok("tls://dns.example")),
            ("tls://dns.example/", Ok("tls://dns.example")),
            ("tls://dns.example:8853", Ok("tls://dns.example:8853")),
            ("tls://[2001:db8::53]:853", Ok("tls://[2001:db8::53]")),
            ("tls://192.0.2.53", Ok("tls://192.0.2.53")),
            ("https://dns.example/dns-query", Ok("https://dns.example/dns-query")),
            ("https://dns.example:8443/q", Ok("https://dns.example:8443/q")),
            (
                "https://dns.example",
                Err("`https://dns.example` has no path; a usual one is `/dns-query`"),
            ),
            (
                "https://dns.example/",
                Err("`https://dns.example/` has no path; a usual one is `/dns-query`"),
            ),
            ("192.0.2.53:0", Err("`0` in `192.0.2.53:0` is not a port")),
            ("192.0.2.53:66000", Err("`66000` in `192.0.2.53:66000` is not a port")),
            ("[2001:db8::53]53", Err("`53` in `[2001:db8::53]53` is not a port")),
            ("tls://dns.example:x", Err("`x` in `tls://dns.example:x` is not a port")),
            ("tls://", Err("`` in `tls://` is neither a name nor an address")),
            ("tls://a b", Err("`a b` in `tls://a b` is neither a name nor an address")),
            (
                "tls://2001:db8::53",
                Err("`2001` in `tls://2001:db8::53` is neither a name nor an address"),
            ),
            (
                "tls://[dns.example]",
                Err("`dns.example` in `tls://[dns.example]` is neither a name nor an address"),
            ),
        ] {
            let found = text.parse::<Server>().map(|server| server.to_string());
            let found = found.as_ref().map(String::as_str).map_err(ToString::to_string);
            assert_eq!(found, shown.map_err(ToOwned::to_owned), "{text}");
        }
        for text in ["", "dns.example", "dns.example:53", "udp://192.0.2.53", "192.0.2.300"] {
            let error = text.parse::<Server>().unwrap_err().to_string();
            assert!(error.starts_with(&format!("`{text}` is not a DNS server;")), "{error}");
        }
    }
}
