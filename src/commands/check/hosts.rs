//! Which servers to check, from what was typed and from standard input.

use std::collections::BTreeSet;
use std::io::{self, BufRead};
use std::path::Path;

use crate::certify::Demand;
use crate::commands::failure::Failure;
use crate::commands::progress::Wait;
use crate::evidence::{Dialogue, Scheme, Service};
use crate::name::{Fqdn, NameError};
use crate::photo::{HostKind, PhotoCell, classify};
use crate::profile::Occasion;
use crate::reference::ReferenceIdentifier;
use crate::role::{Role, Speech};

/// The port for XMPP clients (RFC 6120, 14.7).
const XMPP_PORT: u16 = 5222;

/// How the servers are spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// TLS at once, as photo servers do it.
    Http,
    /// XMPP.
    Xmpp,
    /// All that Jabber does with such a server.
    Role(Role),
}

/// The demands on every server named by the arguments, of which `-` is standard input.
///
/// # Errors
/// [`Failure`] names the argument or line that is no host.
pub(super) fn demands(
    arguments: &[String],
    manner: Manner,
    xmpp_domain: Option<&Fqdn>,
) -> Result<BTreeSet<Demand>, Failure> {
    let mut demands = BTreeSet::new();
    let mut add = |text: &str| {
        demands.extend(demands_on(&host(text)?, manner, xmpp_domain)?);
        Ok::<(), Failure>(())
    };
    for argument in arguments {
        if argument != "-" {
            add(argument)?;
            continue;
        }
        let _wait = Wait::begin();
        for line in io::stdin().lock().lines() {
            let line =
                line.map_err(|error| Failure::file("read", Path::new("standard input"), &error))?;
            let text = line.split_once('#').map_or(line.as_str(), |(text, _)| text).trim();
            if !text.is_empty() {
                add(text)?;
            }
        }
    }
    if demands.is_empty() {
        return Err(Failure::usage(
            "standard input names no host".to_owned(),
            "give one `HOST[:PORT]` or URL per line",
        ));
    }
    Ok(demands)
}

/// A host as it was typed.
struct Host<'a> {
    text: &'a str,
    name: Fqdn,
    /// The port, where one was typed.
    port: Option<u16>,
}

fn demands_on(
    host: &Host<'_>,
    manner: Manner,
    xmpp_domain: Option<&Fqdn>,
) -> Result<Vec<Demand>, Failure> {
    let tls = |port, occasion| Demand {
        reference: ReferenceIdentifier::asked_for(host.name.clone()),
        service: Service::tls(host.name.clone(), port),
        occasion,
    };
    let xmpp = |port| {
        let domain = xmpp_domain.unwrap_or(&host.name).clone();
        Demand {
            reference: ReferenceIdentifier::asked_for(domain.clone()),
            service: Service { name: host.name.clone(), port, dialogue: Dialogue::Xmpp { domain } },
            occasion: Occasion::Connection,
        }
    };
    Ok(match manner {
        Manner::Http => {
            vec![tls(host.port.unwrap_or(Scheme::Https.default_port()), Occasion::Photo)]
        }
        Manner::Xmpp => vec![xmpp(host.port.unwrap_or(XMPP_PORT))],
        Manner::Role(role) => {
            let all = role.ports().iter();
            let wanted = all.filter(|port| host.port.is_none_or(|only| only == port.number));
            let demands: Vec<Demand> = wanted
                .filter_map(|port| match port.speech {
                    Speech::Tls => Some(tls(port.number, Occasion::Connection)),
                    Speech::Xmpp => Some(xmpp(port.number)),
                    Speech::Plain => None,
                })
                .collect();
            if demands.is_empty() {
                return Err(Failure::usage(
                    format!(
                        "`{}`: Jabber uses no TLS at that port of a server of the role `{role}`",
                        host.text
                    ),
                    "leave the port out, and every port of the role is checked",
                ));
            }
            demands
        }
    })
}

/// A host and perhaps a port, from `HOST`, `HOST:PORT` or a URL.
fn host(text: &str) -> Result<Host<'_>, Failure> {
    let url = if text.contains("://") { text.to_owned() } else { format!("https://{text}/") };
    let unusable = |why: &str, hint: &str| Failure::usage(format!("`{text}`: {why}"), hint);
    // What the URL parser does not tell: a default port from none, a bad port from other faults.
    let authority = url.split("://").nth(1).and_then(|rest| rest.split(['/', '?', '#']).next());
    let port = authority.and_then(typed_port);
    if port.is_some_and(|port| !port.parse::<u16>().is_ok_and(|port| port > 0)) {
        return Err(unusable("there is no such port", "give a port from 1 to 65535"));
    }
    if url.len() > text.len() && authority.is_some_and(|it| it.contains('@')) {
        return Err(unusable(
            "it names a user, not a server",
            "give the name of the server, without what stands before the `@`",
        ));
    }
    let PhotoCell::Url(found) = classify(&url, &[]) else {
        return Err(unusable(
            "it is neither a host nor an http(s) URL",
            "write `HOST[:PORT]` or a URL",
        ));
    };
    if found.scheme == Scheme::Http {
        return Err(unusable(
            "plain http presents no certificate",
            "give an https URL, or the host and its port",
        ));
    }
    let port = port.map(|_| found.port());
    let name = match found.host {
        HostKind::WebEx(name) => name,
        HostKind::Foreign(name) => Fqdn::parse(&name.to_string())
            .map_err(|error| unusable(&error.to_string(), "give a fully qualified name"))?,
        HostKind::Bare(label) => {
            let error = NameError::SingleLabel(label);
            return Err(unusable(&error.to_string(), "give a fully qualified name"));
        }
        HostKind::Address(_) => {
            return Err(unusable(
                "no client matches a certificate with an address: Jabber would prompt whatever it \
                 says",
                "give the name whose certificate you want judged",
            ));
        }
    };
    Ok(Host { text, name, port })
}

/// The digits after the host; an IPv6 address without brackets has none.
fn typed_port(authority: &str) -> Option<&str> {
    let (host, port) = authority.rsplit_once(':')?;
    let host = host.rsplit_once('@').map_or(host, |(_, host)| host);
    let is_port = !port.is_empty() && port.bytes().all(|it| it.is_ascii_digit());
    (is_port && (host.ends_with(']') || !host.contains(':'))).then_some(port)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_by_manner() {
        let domain = Fqdn::parse("corp.example").unwrap();
        for (text, manner, domain, expected) in [
            ("c12.webex.com", Manner::Http, None, &["c12.webex.com:443 c12.webex.com"][..]),
            ("c12.webex.com:8443", Manner::Http, None, &["c12.webex.com:8443 c12.webex.com"]),
            (
                "https://C12.WebEx.com/a.jpg",
                Manner::Http,
                None,
                &["c12.webex.com:443 c12.webex.com"],
            ),
            (
                "im.corp.example",
                Manner::Xmpp,
                Some(&domain),
                &["im.corp.example:5222 corp.example"],
            ),
            ("im.corp.example:443", Manner::Xmpp, None, &["im.corp.example:443 im.corp.example"]),
            (
                "im.corp.example",
                Manner::Role(Role::Imp),
                Some(&domain),
                &[
                    "im.corp.example:5222 corp.example",
                    "im.corp.example:7336 im.corp.example",
                    "im.corp.example:8443 im.corp.example",
                ],
            ),
            (
                "im.corp.example:8443",
                Manner::Role(Role::Imp),
                None,
                &["im.corp.example:8443 im.corp.example"],
            ),
        ] {
            let found = demands(&[text.to_owned()], manner, domain).unwrap();
            let mut shown: Vec<String> = found
                .iter()
                .map(|it| {
                    format!("{}:{} {}", it.service.name, it.service.port, it.reference.name())
                })
                .collect();
            shown.sort();
            assert_eq!(shown, expected, "{text} {manner:?}");
        }
    }

    #[test]
    fn what_is_no_server() {
        for (text, manner, words) in [
            ("http://c12.webex.com/", Manner::Http, "plain http presents no certificate"),
            ("203.0.113.7", Manner::Http, "no client matches a certificate with an address"),
            ("printer", Manner::Http, "printer"),
            ("c12.webex.com:0", Manner::Http, "no such port"),
            ("c12.webex.com:65536", Manner::Xmpp, "no such port"),
            ("https://c12.webex.com:70000/a.jpg", Manner::Http, "no such port"),
            ("c12.webex.com:00", Manner::Role(Role::Cucm), "no such port"),
            ("2001:db8::0", Manner::Http, "neither a host nor an http(s) URL"),
            ("juliet@corp.example", Manner::Xmpp, "it names a user, not a server"),
            ("ftp://x.example/", Manner::Http, "neither a host nor an http(s) URL"),
            ("cucm.corp.example:6970", Manner::Role(Role::Cucm), "no TLS at that port"),
            ("cucm.corp.example:22", Manner::Role(Role::Cucm), "no TLS at that port"),
        ] {
            let failure = demands(&[text.to_owned()], manner, None).unwrap_err();
            assert!(failure.message.contains(words), "{text}: {failure}");
        }
    }
}
