//! Where the host of a photo URL stands, and what it is.

use std::net::IpAddr;
use std::ops::Range;

use url::{Host, Position, Url};

use crate::evidence::{Endpoint, OldHost, Scheme};
use crate::name::{Fqdn, NameError};

/// A photo URL: its host understood, the rest only carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhotoUrl {
    /// The scheme.
    pub scheme: Scheme,
    /// The port, when the URL names one that is not the scheme's own.
    pub explicit_port: Option<u16>,
    /// The host.
    pub host: HostKind,
    /// Where the host stands in the cell's text, in bytes; the brackets of an IP-literal included.
    pub host_span: Range<usize>,
}

/// The kinds of host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostKind {
    /// An address in any spelling; an IPv4-mapped one as the IPv4 address it is.
    Address(IpAddr),
    /// A name inside an allowed domain.
    WebEx(Fqdn),
    /// A single-label name, lower case: clients prompt for it as for an address.
    Bare(String),
    /// Any other name, as the parser normalises it.
    Foreign(String),
}

impl PhotoUrl {
    /// The port, the scheme's default when the URL names none.
    pub fn port(&self) -> u16 {
        self.explicit_port.unwrap_or(self.scheme.default_port())
    }

    /// The endpoint, for hosts that can need a decision.
    pub fn endpoint(&self) -> Option<Endpoint> {
        let host = match &self.host {
            HostKind::Address(address) => OldHost::Address(*address),
            HostKind::Bare(label) => OldHost::Bare(label.clone()),
            HostKind::WebEx(_) | HostKind::Foreign(_) => return None,
        };
        Some(Endpoint { host, port: self.port(), scheme: self.scheme })
    }
}

/// Path and query of a photo URL as they stand in a request (RFC 9112, 3.2.1: origin-form); none
/// where the parser refuses the text.
pub fn request_target(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    Some(url[Position::BeforePath..Position::AfterQuery].to_owned())
}

/// A host cannot be replaced without changing something else.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("replacing the host of `{cell}` by `{host}` would change more than the host")]
pub struct HostNotAlone {
    /// The cell.
    pub cell: String,
    /// The new host.
    pub host: Fqdn,
}

/// Checks that a cell with `host` in place of its host is the same URL with only the host another.
///
/// # Errors
/// [`HostNotAlone`] when it is not; then the cell must stay as it is.
pub fn host_is_alone(text: &str, url: &PhotoUrl, host: &Fqdn) -> Result<(), HostNotAlone> {
    if plain_origin(text).is_some_and(|origin| url.host_span.end <= origin.len()) && is_plain(host)
    {
        return Ok(());
    }
    host_is_alone_by_parsing(text, url, host)
}

/// The exact way: both cells through the WHATWG parser.
fn host_is_alone_by_parsing(text: &str, url: &PhotoUrl, host: &Fqdn) -> Result<(), HostNotAlone> {
    let new = replaced(text, &url.host_span, host.as_str());
    match (Url::parse(text), Url::parse(&new)) {
        (Ok(was), Ok(is)) if is.host_str() == Some(host.as_str()) && same_but_host(&was, &is) => {
            Ok(())
        }
        _ => Err(HostNotAlone { cell: text.to_owned(), host: host.clone() }),
    }
}

/// Whether a name can stand in every cell whose authority is spelled plainly, and nothing but the
/// host changes with it: the parser gives it back as it stands, because no label is an A-label,
/// whose punycode it would check, and the last one cannot make it an address.
pub fn is_plain(host: &Fqdn) -> bool {
    let last = host.labels().next_back().unwrap_or_default();
    last.starts_with(|c: char| c.is_ascii_lowercase())
        && host.labels().all(|label| !label.starts_with("xn--"))
}

/// The bytes of a plainly spelled authority.
const IS_PLAIN: [bool; 256] = {
    let mut is_plain = [false; 256];
    let mut at = 0;
    while at < 128 {
        let byte = at as u8;
        is_plain[at] =
            byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b':' | b'[' | b']');
        at += 1;
    }
    is_plain
};

/// A cell's text up to the end of its authority, where that is spelled plainly: a scheme in lower
/// case, two slashes, and only letters, digits, and the signs of names, addresses and ports up to
/// `/`, `?`, `#` or the end.
pub(super) fn plain_origin(text: &str) -> Option<&str> {
    let rest = text.strip_prefix("http")?;
    let rest = rest.strip_prefix('s').unwrap_or(rest).strip_prefix("://")?;
    let length = rest.bytes().position(|b| !IS_PLAIN[usize::from(b)]).unwrap_or(rest.len());
    match rest.as_bytes().get(length) {
        None | Some(b'/' | b'?' | b'#') if length > 0 => {
            Some(&text[..text.len() - rest.len() + length])
        }
        _ => None,
    }
}

/// A cell's text with another host in the place of its own.
pub fn replaced(text: &str, span: &Range<usize>, host: &str) -> String {
    [&text[..span.start], host, &text[span.end..]].concat()
}

fn same_but_host(was: &Url, is: &Url) -> bool {
    was.scheme() == is.scheme()
        && was.username() == is.username()
        && was.password() == is.password()
        && was.port() == is.port()
        && was.path() == is.path()
        && was.query() == is.query()
        && was.fragment() == is.fragment()
}

/// Understands the host of a parsed http(s) URL and finds it in the text; none when the text
/// between the authority's delimiters is not the host that the parser saw.
pub(super) fn locate(text: &str, url: &Url, domains: &[Fqdn]) -> Option<PhotoUrl> {
    let scheme = if url.scheme() == "https" { Scheme::Https } else { Scheme::Http };
    let host_span = scan(text)?;
    let alone = Url::parse(&format!("http://{}/", &text[host_span.clone()])).ok()?;
    if alone.host() != url.host() || alone.port().is_some() || !alone.username().is_empty() {
        return None;
    }
    let host = match url.host()? {
        Host::Ipv4(v4) => HostKind::Address(IpAddr::V4(v4)),
        Host::Ipv6(v6) => HostKind::Address(IpAddr::V6(v6).to_canonical()),
        Host::Domain(name) => named(name, domains),
    };
    Some(PhotoUrl { scheme, explicit_port: url.port(), host, host_span })
}

/// The same for the cells that nearly all rows have, without the parser: lower-case scheme, a host
/// of lower-case letters, digits, hyphens and dots whose last label begins with a letter (so that
/// it is no address in any spelling) and none of whose labels is an A-label, and no port.
///
/// None means "ask the parser", never "no".
pub(super) fn locate_plain(text: &str, domains: &[Fqdn]) -> Option<PhotoUrl> {
    let (scheme, start) = if text.starts_with("https://") {
        (Scheme::Https, "https://".len())
    } else if text.starts_with("http://") {
        (Scheme::Http, "http://".len())
    } else {
        return None;
    };
    let rest = &text[start..];
    let plain = |b: &u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.');
    let length = rest.bytes().position(|b| !plain(&b)).unwrap_or(rest.len());
    if !matches!(rest.as_bytes().get(length), None | Some(b'/' | b'?' | b'#')) {
        return None;
    }
    let host = &rest[..length];
    let last = host.rsplit('.').next()?;
    if !last.starts_with(|c: char| c.is_ascii_lowercase()) || host.contains("xn--") {
        return None;
    }
    let host_span = start..start + length;
    Some(PhotoUrl { scheme, explicit_port: None, host: named(host, domains), host_span })
}

fn named(name: &str, domains: &[Fqdn]) -> HostKind {
    match Fqdn::parse(name) {
        Ok(fqdn) if domains.iter().any(|domain| fqdn.is_inside(domain)) => HostKind::WebEx(fqdn),
        Err(NameError::SingleLabel(_)) => {
            let label = name.strip_suffix('.').unwrap_or(name);
            HostKind::Bare(label.to_ascii_lowercase())
        }
        _ => HostKind::Foreign(name.to_owned()),
    }
}

/// Finds the host between the delimiters of the authority, as the WHATWG URL standard's basic
/// parser walks a special URL: scheme, any number of `/` and `\`, userinfo up to the last `@`,
/// host, `:` outside brackets and port.
///
/// The parser ignores tabs and line breaks wherever they stand. Up to the end of the authority
/// they make the host inseparable here; behind it they do no harm.
fn scan(text: &str) -> Option<Range<usize>> {
    let start = text.len() - text.trim_start_matches(|c: char| c <= ' ').len();
    let end = text.trim_end_matches(|c: char| c <= ' ').len();
    let colon = start + text.get(start..end)?.find(':')?;
    let slashes = text[colon + 1..end].bytes().take_while(|b| matches!(b, b'/' | b'\\')).count();
    let from = colon + 1 + slashes;
    let to = text[from..end].find(['/', '\\', '?', '#']).map_or(end, |at| from + at);
    if text[start..to].contains(['\t', '\n', '\r']) {
        return None;
    }
    let from = text[from..to].rfind('@').map_or(from, |at| from + at + 1);
    let host_and_port = &text[from..to];
    let length = match host_and_port.strip_prefix('[') {
        Some(inside) => inside.find(']')? + 2,
        None => host_and_port.find(':').unwrap_or(host_and_port.len()),
    };
    Some(from..from + length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{PhotoCell, classify};
    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn a_plain_replacement_is_what_the_exact_way_gives(
            old in "10[.]1[.]2[.]3|0x7f[.]1|\\[::1\\]|\\[::ffff:9[.]8[.]7[.]6\\]|photos|A7",
            port in "(:(80|443|8443|00080)?)?",
            rest in "([/?#][a-z:@/\\\\?#%\\[\\] .\t\r\né]{0,12})?",
            new in "[a-z0-9_]{1,3}([.]([a-z0-9_]{1,4}|xn--[a-z]{1,4})){0,2}[.](webex[.]com|a1|1a|x)",
        ) {
            for scheme in ["http", "https"] {
                let text = format!("{scheme}://{old}{port}{rest}");
                let (PhotoCell::Url(url), Ok(new)) = (classify(&text, &[]), Fqdn::parse(&new))
                else {
                    continue;
                };
                let (short, exact) =
                    (host_is_alone(&text, &url, &new), host_is_alone_by_parsing(&text, &url, &new));
                prop_assert_eq!(short, exact, "{:?} {}", text, new);
            }
        }
    }

    #[test]
    fn where_a_plain_origin_ends() {
        for (text, expected) in [
            ("https://c1.webex.com/p", Some("https://c1.webex.com")),
            ("http://[::1]:80?q", Some("http://[::1]:80")),
            ("http://10.1.2.3", Some("http://10.1.2.3")),
            ("http:///10.1.2.3", None),
            ("http://u@10.1.2.3/", None),
            ("http://10.1.2.3\\p", None),
            ("http://10.1.2.3 ", None),
            ("http://10.1.2.3\t/", None),
            ("HTTP://10.1.2.3/", None),
            (" http://10.1.2.3/", None),
            ("httpss://10.1.2.3/", None),
            ("http://b\u{fc}cher.example/", None),
        ] {
            assert_eq!(plain_origin(text), expected, "{text:?}");
        }
    }
}
