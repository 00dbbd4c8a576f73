//! Connecting elsewhere than to the target (`--connect-to`), with curl's meaning.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::str::FromStr;

use crate::name::Fqdn;

/// `HOST:PORT:ADDR:PORT`: instead of HOST:PORT, connect to ADDR:PORT.
///
/// An empty HOST or PORT on the left matches any; an empty ADDR or PORT on the right keeps the
/// target's. HOST is compared with the target's server name and with its address. Server name and
/// certificate stay those of the target. IPv6 addresses stand in brackets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectTo {
    host: Option<Host>,
    port: Option<u16>,
    to_address: Option<IpAddr>,
    to_port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Host {
    Name(Fqdn),
    Address(IpAddr),
}

/// Why a text is not `HOST:PORT:ADDR:PORT`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConnectToError {
    /// Not four parts.
    #[error("`{0}` is not `HOST:PORT:ADDR:PORT`")]
    NotFourParts(String),
    /// HOST is neither a fully qualified name nor an address.
    #[error("`{0}` is neither a name nor an address")]
    Host(String),
    /// ADDR is neither an address nor `localhost`.
    #[error("`{0}` is not an address or `localhost`")]
    Address(String),
    /// A port that is no number from 1 to 65535.
    #[error("`{0}` is not a port")]
    Port(String),
}

impl ConnectTo {
    /// Where to connect for the server of `name` at `target`, when this line matches it.
    pub fn redirect(&self, name: Option<&Fqdn>, target: SocketAddr) -> Option<SocketAddr> {
        let host_matches = match &self.host {
            None => true,
            Some(Host::Name(wanted)) => name == Some(wanted),
            Some(Host::Address(wanted)) => target.ip() == *wanted,
        };
        let port_matches = self.port.is_none_or(|port| port == target.port());
        (host_matches && port_matches).then(|| {
            SocketAddr::new(
                self.to_address.unwrap_or(target.ip()),
                self.to_port.unwrap_or(target.port()),
            )
        })
    }
}

/// Where the lines lead the server of `name` at `target`: the first that matches decides.
pub(super) fn redirected(
    lines: &[ConnectTo],
    name: Option<&Fqdn>,
    target: SocketAddr,
) -> Option<SocketAddr> {
    lines.iter().find_map(|line| line.redirect(name, target))
}

impl FromStr for ConnectTo {
    type Err = ConnectToError;

    fn from_str(text: &str) -> Result<Self, ConnectToError> {
        let parts = parts(text).ok_or_else(|| ConnectToError::NotFourParts(text.to_owned()))?;
        let [host, port, to_address, to_port] = parts;
        Ok(Self {
            host: optional(host, parse_host)?,
            port: optional(port, parse_port)?,
            to_address: optional(to_address, parse_address)?,
            to_port: optional(to_port, parse_port)?,
        })
    }
}

/// The four parts; a colon inside brackets separates nothing.
fn parts(text: &str) -> Option<[&str; 4]> {
    let mut inside = false;
    let mut parts = text.split(|c| {
        match c {
            '[' => inside = true,
            ']' => inside = false,
            _ => {}
        }
        c == ':' && !inside
    });
    let four = [parts.next()?, parts.next()?, parts.next()?, parts.next()?];
    parts.next().is_none().then_some(four)
}

fn optional<T>(
    part: &str,
    parse: impl Fn(&str) -> Result<T, ConnectToError>,
) -> Result<Option<T>, ConnectToError> {
    if part.is_empty() { Ok(None) } else { parse(part).map(Some) }
}

fn parse_host(text: &str) -> Result<Host, ConnectToError> {
    match parse_ip(text) {
        Some(address) => Ok(Host::Address(address)),
        None => {
            Fqdn::parse(text).map(Host::Name).map_err(|_| ConnectToError::Host(text.to_owned()))
        }
    }
}

fn parse_address(text: &str) -> Result<IpAddr, ConnectToError> {
    if text.eq_ignore_ascii_case("localhost") {
        return Ok(IpAddr::V4(Ipv4Addr::LOCALHOST));
    }
    parse_ip(text).ok_or_else(|| ConnectToError::Address(text.to_owned()))
}

/// An IPv4 address, or an IPv6 address in brackets. A mapped one is the IPv4 address it holds, as
/// everywhere.
fn parse_ip(text: &str) -> Option<IpAddr> {
    match text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        Some(v6) => v6.parse().ok().map(|v6| IpAddr::V6(v6).to_canonical()),
        None => text.parse().ok().map(IpAddr::V4),
    }
}

fn parse_port(text: &str) -> Result<u16, ConnectToError> {
    text.parse().ok().filter(|port| *port != 0).ok_or_else(|| ConnectToError::Port(text.to_owned()))
}

impl fmt::Display for ConnectTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let address = |address: &IpAddr| match address {
            IpAddr::V4(v4) => v4.to_string(),
            IpAddr::V6(v6) => format!("[{v6}]"),
        };
        let host = match &self.host {
            None => String::new(),
            Some(Host::Name(name)) => name.to_string(),
            Some(Host::Address(ip)) => address(ip),
        };
        let port = |port: Option<u16>| port.map(|port| port.to_string()).unwrap_or_default();
        let to_address = self.to_address.as_ref().map(address).unwrap_or_default();
        write!(f, "{host}:{}:{to_address}:{}", port(self.port), port(self.to_port))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_read_and_shown() {
        for (text, shown) in [
            ("c12.webex.com:443:127.0.0.1:8443", Ok("c12.webex.com:443:127.0.0.1:8443")),
            ("C12.WebEx.com.:443:localhost:8443", Ok("c12.webex.com:443:127.0.0.1:8443")),
            (":::", Ok(":::")),
            ("::127.0.0.1:", Ok("::127.0.0.1:")),
            ("[2001:db8::1]:443:[::1]:8443", Ok("[2001:db8::1]:443:[::1]:8443")),
            ("[::ffff:203.0.113.7]:443::8443", Ok("203.0.113.7:443::8443")),
            (
                "c12.webex.com:443:127.0.0.1",
                Err("`c12.webex.com:443:127.0.0.1` is not `HOST:PORT:ADDR:PORT`"),
            ),
            (
                "2001:db8::1:443:127.0.0.1:1",
                Err("`2001:db8::1:443:127.0.0.1:1` is not `HOST:PORT:ADDR:PORT`"),
            ),
            ("", Err("`` is not `HOST:PORT:ADDR:PORT`")),
            ("webex:443::", Err("`webex` is neither a name nor an address")),
            ("[webex.com]:443::", Err("`[webex.com]` is neither a name nor an address")),
            (":443:webex.com:", Err("`webex.com` is not an address or `localhost`")),
            (":0::", Err("`0` is not a port")),
            (":::99999", Err("`99999` is not a port")),
        ] {
            let found = text.parse::<ConnectTo>().map(|line| line.to_string());
            let found = found.as_ref().map(String::as_str).map_err(ToString::to_string);
            assert_eq!(found, shown.map_err(ToOwned::to_owned), "{text}");
        }
    }

    #[test]
    fn the_first_line_that_matches_decides() {
        let c12 = Fqdn::parse("c12.webex.com").unwrap();
        let v4: SocketAddr = "203.0.113.7:443".parse().unwrap();
        let v6: SocketAddr = "[2001:db8::7]:443".parse().unwrap();
        let (named, unnamed, v6) = ((Some(&c12), v4), (None, v4), (None, v6));
        for (lines, (name, target), expected) in [
            (&[][..], named, None),
            (&["c12.webex.com:443:127.0.0.1:8443"], named, Some("127.0.0.1:8443")),
            (&["c12.webex.com:443:127.0.0.1:8443"], unnamed, None),
            (&["c12.webex.com:444:127.0.0.1:8443"], named, None),
            (&["203.0.113.7:443:127.0.0.1:8443"], unnamed, Some("127.0.0.1:8443")),
            (&["203.0.113.7:443:127.0.0.1:8443"], named, Some("127.0.0.1:8443")),
            (&["203.0.113.8:443:127.0.0.1:8443", "::127.0.0.2:"], named, Some("127.0.0.2:443")),
            (&["::127.0.0.1:", "::127.0.0.2:"], named, Some("127.0.0.1:443")),
            (&[":::8443"], unnamed, Some("203.0.113.7:8443")),
            (&["[2001:db8::7]::[::1]:"], v6, Some("[::1]:443")),
        ] {
            let parsed: Vec<ConnectTo> = lines.iter().map(|line| line.parse().unwrap()).collect();
            let found = redirected(&parsed, name, target).map(|to| to.to_string());
            assert_eq!(found.as_deref(), expected, "{lines:?} {name:?} {target}");
        }
    }
}
