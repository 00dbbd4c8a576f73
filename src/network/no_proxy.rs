//! The hosts that are asked without the environment's proxy (`no_proxy`).

use std::net::IpAddr;

use ipnet::IpNet;

use super::http_url::Host;

/// What `no_proxy` lists. Nobody standardised it; this is what curl and Go have in common.
///
/// | part | meaning |
/// | --- | --- |
/// | `*` | every host |
/// | `corp.example`, `.corp.example`, `*.corp.example` | that domain and every name below it |
/// | `192.0.2.1`, `[2001:db8::1]`, `10.0.0.0/8` | an address; addresses. They are compared with URLs that hold one, never with what a name resolves to |
/// | `corp.example:8080` | the same on one port only |
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NoProxy(Vec<Part>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Part {
    host: Pattern,
    port: Option<u16>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Pattern {
    Every,
    /// In lower case, without dots around it.
    Domain(String),
    Address(IpAddr),
    Net(IpNet),
}

impl NoProxy {
    /// Reads a list with commas or spaces. What means nothing matches nothing: whoever sets the
    /// variable sets it for many programs.
    pub fn parse(text: &str) -> Self {
        let parts = text.split(|c: char| c == ',' || c.is_ascii_whitespace());
        Self(parts.filter(|part| !part.is_empty()).map(Part::parse).collect())
    }

    /// Whether a host is asked without the proxy.
    pub(super) fn covers(&self, host: &Host, port: u16) -> bool {
        self.0
            .iter()
            .any(|part| part.port.is_none_or(|wanted| wanted == port) && part.host.covers(host))
    }
}

impl Part {
    fn parse(text: &str) -> Self {
        // `2001:db8::1` ends like a port and has none.
        if let Ok(address) = text.parse::<IpAddr>() {
            return Self { host: Pattern::Address(address.to_canonical()), port: None };
        }
        let (host, port) = match text.rsplit_once(':') {
            Some((host, port)) => match port.parse() {
                Ok(port) => (host, Some(port)),
                Err(_) => (text, None),
            },
            None => (text, None),
        };
        Self { host: Pattern::parse(host), port }
    }
}

impl Pattern {
    fn parse(text: &str) -> Self {
        if text == "*" {
            return Self::Every;
        }
        if let Ok(net) = text.parse() {
            return Self::Net(net);
        }
        let bare = text.trim_start_matches('[').trim_end_matches(']');
        if let Ok(address) = bare.parse::<IpAddr>() {
            return Self::Address(address.to_canonical());
        }
        let domain = text.strip_prefix('*').unwrap_or(text).trim_matches('.');
        Self::Domain(domain.to_ascii_lowercase())
    }

    fn covers(&self, host: &Host) -> bool {
        match (self, host) {
            (Self::Every, _) => true,
            (Self::Domain(domain), Host::Name(name)) => {
                let rest = name.as_str().strip_suffix(domain.as_str());
                !domain.is_empty()
                    && rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
            }
            (Self::Address(wanted), Host::Address(address)) => wanted == address,
            (Self::Net(net), Host::Address(address)) => net.contains(address),
            (Self::Domain(_), Host::Address(_)) | (_, Host::Name(_)) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::http_url::HttpUrl;
    use super::*;

    #[test]
    fn which_hosts_are_asked_without_the_proxy() {
        for (list, url, covered) in [
            ("", "http://ocsp.example/", false),
            ("*", "http://ocsp.example/", true),
            ("*", "http://192.0.2.1/", true),
            ("corp.example", "http://corp.example/", true),
            ("corp.example", "http://ca.corp.example/", true),
            (".corp.example", "http://ca.corp.example/", true),
            ("*.Corp.example.", "http://ca.corp.example/", true),
            ("corp.example", "http://notcorp.example/", false),
            ("corp", "http://ca.corp.example/", false),
            ("other.example, corp.example", "http://ca.corp.example/", true),
            ("other.example corp.example", "http://ca.corp.example/", true),
            ("corp.example:8080", "http://ca.corp.example:8080/", true),
            ("corp.example:8080", "http://ca.corp.example/", false),
            ("192.0.2.1", "http://192.0.2.1/", true),
            ("192.0.2.1:80", "http://192.0.2.1/", true),
            ("192.0.2.1", "http://192.0.2.10/", false),
            ("10.0.0.0/8", "http://10.1.2.3/", true),
            ("10.0.0.0/8", "http://11.1.2.3/", false),
            ("::ffff:10.0.0.1", "http://10.0.0.1/", true),
            ("2001:db8::1", "http://[2001:db8::1]/", true),
            ("[2001:db8::1]:80", "http://[2001:db8::1]/", true),
            ("2001:db8::/32", "http://[2001:db8::1]/", true),
            (".,*.,:80,[,/", "http://ocsp.example/", false),
        ] {
            let url = HttpUrl::parse(url).unwrap();
            let found = NoProxy::parse(list).covers(url.host(), url.port());
            assert_eq!(found, covered, "{list} {}", url.absolute_form());
        }
    }
}
