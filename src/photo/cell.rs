//! The kinds of photo cell.

use std::fmt;

use url::Url;

use super::host::{HostKind, PhotoUrl, locate, locate_plain};
use crate::name::Fqdn;

/// The longest cell that is looked at, in bytes. No URL that a client fetches is longer.
pub const MAX_CELL: usize = 64 * 1024;

/// What a photo cell holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PhotoCell {
    /// Nothing, or only spaces.
    Empty,
    /// `-`: WebEx's word for "store empty" (Jabber 12.9 cloud guide), never a URL.
    Dash,
    /// Anything else.
    NotUrl(NotUrl),
    /// An http or https URL whose host can be told from the rest.
    Url(PhotoUrl),
}

/// Why a cell is no photo URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotUrl {
    /// The parser refuses it.
    Malformed(url::ParseError),
    /// A scheme other than http and https.
    OtherScheme(String),
    /// Longer than [`MAX_CELL`].
    TooLong(usize),
    /// A URL by the parser, and its host cannot be separated from the rest byte for byte: a tab
    /// or a line break stands inside it, for one.
    Inseparable,
}

impl fmt::Display for NotUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Malformed(error) => write!(f, "no URL: {error}"),
            Self::OtherScheme(scheme) => write!(f, "the scheme is `{scheme}`, not http or https"),
            Self::TooLong(bytes) => write!(f, "{bytes} bytes are too long for a URL"),
            Self::Inseparable => f.write_str("its host cannot be told from the rest"),
        }
    }
}

/// Says what a photo cell's text holds; `domains` are those that make a host `webex`.
///
/// | cell | kind |
/// | --- | --- |
/// | `https://203.0.113.7/p.jpg`, `http://0xCB.0.113.7:8080/`, `https://[2001:db8::7]/p` | `ip` |
/// | `https://c12.webex.com/p.jpg` | `webex` |
/// | `https://ldap-photos/p.jpg` | `bare` |
/// | `https://photos.example.org/p.jpg` | `foreign` |
/// | nothing / `-` | `empty` / `dash` |
/// | `ftp://203.0.113.7/p.jpg`, `C:\photos\p.jpg`, `N/A` | `not-url` |
pub fn classify(text: &str, domains: &[Fqdn]) -> PhotoCell {
    // What the WHATWG parser strips from both ends.
    let trimmed = text.trim_matches(|c: char| c <= ' ');
    match trimmed {
        "" => return PhotoCell::Empty,
        "-" => return PhotoCell::Dash,
        _ if trimmed.len() > MAX_CELL => return PhotoCell::NotUrl(NotUrl::TooLong(trimmed.len())),
        _ => {}
    }
    if let Some(url) = locate_plain(text, domains) {
        return PhotoCell::Url(url);
    }
    parse(text, domains)
}

/// A cell's URL as the WHATWG parser writes it; none where it is none. For people to read: the
/// parser rewrites more than the host.
pub fn parsed(text: &str) -> Option<String> {
    Url::parse(text).ok().map(String::from)
}

/// The exact way: through the WHATWG parser.
fn parse(text: &str, domains: &[Fqdn]) -> PhotoCell {
    let url = match Url::parse(text) {
        Ok(url) => url,
        Err(error) => return PhotoCell::NotUrl(NotUrl::Malformed(error)),
    };
    if !matches!(url.scheme(), "http" | "https") {
        return PhotoCell::NotUrl(NotUrl::OtherScheme(url.scheme().to_owned()));
    }
    match locate(text, &url, domains) {
        Some(url) => PhotoCell::Url(url),
        None => PhotoCell::NotUrl(NotUrl::Inseparable),
    }
}

impl PhotoCell {
    /// The contract's word for the kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Dash => "dash",
            Self::NotUrl(_) => "not-url",
            Self::Url(url) => match url.host {
                HostKind::Address(_) => "ip",
                HostKind::WebEx(_) => "webex",
                HostKind::Bare(_) => "bare",
                HostKind::Foreign(_) => "foreign",
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn domains() -> Vec<Fqdn> {
        vec![Fqdn::parse("webex.com").unwrap()]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn the_short_way_says_what_the_exact_way_says(
            text in "https?://[a-z0-9.x:@%\\\\\\[A_-]{0,12}(webex[.]com|[.]0x1|[.]7)?[./?#:a]{0,3}",
        ) {
            if let Some(url) = locate_plain(&text, &domains()) {
                prop_assert_eq!(PhotoCell::Url(url), parse(&text, &domains()), "{}", text);
            }
        }

        #[test]
        fn any_text_at_all_is_some_kind_and_keeps_its_rest(text in any::<String>()) {
            let cell = classify(&format!("https://{text}"), &domains());
            if let PhotoCell::Url(url) = cell {
                prop_assert!(url.host_span.start >= 8);
            }
            classify(&text, &domains());
        }
    }

    #[test]
    fn a_very_long_cell_is_no_url() {
        let long = format!("https://203.0.113.7/{}", "a".repeat(MAX_CELL));
        assert!(matches!(classify(&long, &domains()), PhotoCell::NotUrl(NotUrl::TooLong(_))));
    }
}
