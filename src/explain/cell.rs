//! What a photo cell is, in words: its host kind, and whether it makes an endpoint.

use crate::evidence::Endpoint;
use crate::export::Position;
use crate::name::Fqdn;
use crate::photo::{HostKind, PhotoCell, PhotoUrl, parsed};
use crate::report::explanation::{Key, RecordFacts};
use crate::row::Unreadable;

/// A record's photo cell, kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Photo {
    /// The record is too short to have one.
    Missing,
    /// Its text, and what that holds.
    Cell(String, PhotoCell),
    /// The record or its cell cannot be read.
    Unreadable(Unreadable),
}

impl Photo {
    /// Where it points to, when that can need a decision.
    pub fn endpoint(&self) -> Option<Endpoint> {
        match self {
            Self::Cell(_, PhotoCell::Url(url)) => url.endpoint(),
            _ => None,
        }
    }

    /// The word for its host kind.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Missing => "empty",
            Self::Cell(_, cell) => cell.kind(),
            Self::Unreadable(_) => "unreadable",
        }
    }

    /// What that is, and whether it makes an endpoint.
    pub fn says(&self, domains: &[Fqdn]) -> String {
        match self {
            Self::Missing => "the record is too short to have a photo cell".to_owned(),
            Self::Cell(text, cell) => says(text, cell, domains),
            Self::Unreadable(_) => "what it holds cannot be told, so nothing is decided".to_owned(),
        }
    }
}

fn says(text: &str, cell: &PhotoCell, domains: &[Fqdn]) -> String {
    match cell {
        PhotoCell::Empty => "the cell is empty, so nothing is fetched".to_owned(),
        PhotoCell::Dash => "`-` is WebEx's word for \"store empty\", not a URL".to_owned(),
        PhotoCell::NotUrl(why) => format!("{why}; it is left alone"),
        PhotoCell::Url(url) => says_of_url(text, url, domains),
    }
}

fn says_of_url(text: &str, url: &PhotoUrl, domains: &[Fqdn]) -> String {
    match &url.host {
        HostKind::Address(address) => {
            let spelled = text.get(url.host_span.clone()).unwrap_or_default();
            let plain = spelled.trim_start_matches('[').trim_end_matches(']');
            let spelling = match plain == address.to_string() {
                true => String::new(),
                false => format!("`{spelled}` is {address}; "),
            };
            format!("{spelling}a certificate names no address, so this is decided")
        }
        HostKind::Bare(label) => format!(
            "a client prompts for `{label}` as for an address; only a map can say which name it is"
        ),
        HostKind::WebEx(name) => match domains.iter().find(|domain| name.is_inside(domain)) {
            Some(domain) => format!("a name inside `{domain}`: there is nothing to decide"),
            None => "a name inside an allowed domain: there is nothing to decide".to_owned(),
        },
        HostKind::Foreign(name) => {
            let domains: Vec<String> = domains.iter().map(|domain| format!("`{domain}`")).collect();
            format!(
                "`{name}` is a name outside the allowed domains ({}): it is left alone",
                domains.join(", ")
            )
        }
    }
}

/// What an explanation says of a record.
pub(super) fn record_facts(
    position: Position,
    key: Option<(&str, &str)>,
    photo: &Photo,
    domains: &[Fqdn],
) -> RecordFacts {
    let (cell, url) = match photo {
        Photo::Cell(text, PhotoCell::Url(url)) => (Some(text), Some(url)),
        Photo::Cell(text, _) => (Some(text), None),
        Photo::Missing | Photo::Unreadable(_) => (None, None),
    };
    RecordFacts {
        record: position.record,
        line: Some(position.line),
        key: key.map(|(column, value)| Key { column: column.to_owned(), value: value.to_owned() }),
        host_range: url.map(|url| [url.host_span.start, url.host_span.end]),
        url: cell.filter(|_| url.is_some()).and_then(|text| parsed(text)),
        cell: cell.cloned(),
        host_kind: photo.kind().into(),
        says: photo.says(domains),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photo::classify;

    #[test]
    fn every_kind_says_why_it_is_decided_or_not() {
        let domains = [Fqdn::parse("webex.com").unwrap()];
        for (text, kind, words) in [
            ("https://203.0.113.7/a", "ip", "a certificate names no address, so this is decided"),
            (
                "https://[2001:DB8::7]/a",
                "ip",
                "`[2001:DB8::7]` is 2001:db8::7; a certificate names no address, so this is decided",
            ),
            (
                "http://0xCB.0.113.7/",
                "ip",
                "`0xCB.0.113.7` is 203.0.113.7; a certificate names no address, so this is decided",
            ),
            ("https://[2001:db8::7]/", "ip", "a certificate names no address, so this is decided"),
            (
                "https://LDAP/a",
                "bare",
                "a client prompts for `ldap` as for an address; only a map can say which name it is",
            ),
            (
                "https://c7.webex.com/a",
                "webex",
                "a name inside `webex.com`: there is nothing to decide",
            ),
            (
                "https://a.example.org/a",
                "foreign",
                "`a.example.org` is a name outside the allowed domains (`webex.com`): it is left \
                 alone",
            ),
            ("  ", "empty", "the cell is empty, so nothing is fetched"),
            ("-", "dash", "`-` is WebEx's word for \"store empty\", not a URL"),
            (
                "ftp://203.0.113.7/a",
                "not-url",
                "the scheme is `ftp`, not http or https; it is left alone",
            ),
        ] {
            let photo = Photo::Cell(text.to_owned(), classify(text, &domains));
            assert_eq!((photo.kind(), photo.says(&domains).as_str()), (kind, words), "{text}");
        }
    }

    #[test]
    fn the_host_is_where_the_facts_say() {
        let text = "HTTPS://u@0xCB.0.113.7:443/a b";
        let photo = Photo::Cell(text.to_owned(), classify(text, &[]));
        let position = Position { record: 3, line: 7, byte: 90 };
        let facts = record_facts(position, Some(("email", "a@b")), &photo, &[]);
        let [from, to] = facts.host_range.unwrap();
        assert_eq!(&text[from..to], "0xCB.0.113.7");
        assert_eq!(facts.url.as_deref(), Some("https://u@203.0.113.7/a%20b"));
        assert_eq!((facts.record, facts.line), (3, Some(7)));
        let facts = record_facts(position, None, &Photo::Missing, &[]);
        assert_eq!((facts.cell, facts.url, facts.host_range), (None, None, None));
    }
}
