//! What an XMPP server says before TLS, and when to say what (RFC 6120, 5.4).

use super::super::words;
use super::tags::{Tag, Tags, attribute};
use crate::name::Fqdn;

/// The most octets that a server may send before TLS. Features take one or two thousand, and
/// every server must take stanzas of ten thousand (RFC 6120, 13.12).
const MAX_OCTETS: usize = 16 * 1024;

/// The request for TLS (RFC 6120, 5.4.2.1).
pub(super) const STARTTLS: &str = "<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

/// The initial stream header of a client (RFC 6120, 4.7). It has no `from`: who the user is must
/// not go in the clear (4.7.1).
pub(super) fn stream_header(domain: &Fqdn) -> String {
    format!(
        "<?xml version='1.0'?><stream:stream to='{domain}' version='1.0' xml:lang='en' \
         xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
    )
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// Hear more.
    Listen,
    /// Send [`STARTTLS`].
    AskForTls,
    /// The server agreed: the next octets of both sides are TLS.
    BeginTls,
}

/// The server's part, as far as it was heard.
#[derive(Debug)]
pub(super) struct Conversation<'a> {
    domain: &'a Fqdn,
    heard: usize,
    tags: Tags,
    /// The names of the elements that are open, the stream first.
    open: Vec<String>,
    offers_tls: bool,
    asked_for_tls: bool,
}

impl<'a> Conversation<'a> {
    pub(super) fn with(domain: &'a Fqdn) -> Self {
        Self {
            domain,
            heard: 0,
            tags: Tags::default(),
            open: Vec::new(),
            offers_tls: false,
            asked_for_tls: false,
        }
    }

    /// Hears one octet. An error says why there will be no TLS.
    pub(super) fn push(&mut self, octet: u8) -> Result<Step, String> {
        /// How an alert and a handshake begin (RFC 8446, 5.1).
        const TLS: [u8; 2] = [21, 22];
        if self.heard == 0 && TLS.contains(&octet) {
            return Err("the port speaks TLS from the start, not XMPP with STARTTLS".to_owned());
        }
        if self.heard == 0 && octet != b'<' && !octet.is_ascii_whitespace() {
            return Err(NOT_XMPP.to_owned());
        }
        if self.heard == MAX_OCTETS {
            return Err(format!(
                "the XMPP server sent {} KiB and no answer about STARTTLS",
                MAX_OCTETS / 1024
            ));
        }
        self.heard += 1;
        match self.tags.push(octet) {
            Err(_) => Err(NOT_XMPP.to_owned()),
            Ok(None) => Ok(Step::Listen),
            Ok(Some(Tag::End)) => match self.open.pop() {
                Some(name) => self.after(&name),
                None => Err(NOT_XMPP.to_owned()),
            },
            Ok(Some(Tag::Start { name, attributes, is_empty })) => {
                self.start(&name, &attributes)?;
                if is_empty {
                    return self.after(&name);
                }
                self.open.push(name);
                Ok(Step::Listen)
            }
        }
    }

    /// An element begins.
    fn start(&mut self, name: &str, attributes: &str) -> Result<(), String> {
        let open: Vec<&str> = self.open.iter().map(String::as_str).collect();
        match (&open[..], name) {
            ([], "stream") => {
                // Without a version of at least 1.0 no features will come (RFC 6120, 4.7.5).
                let version = attribute(attributes, "version").unwrap_or("0.9");
                if version.starts_with("0.") {
                    return Err(format!(
                        "the XMPP server speaks version {}, which has no STARTTLS",
                        words::of_stranger(version)
                    ));
                }
                Ok(())
            }
            ([], _) => Err(NOT_XMPP.to_owned()),
            (["stream"], "failure") => {
                Err("the XMPP server refuses STARTTLS (`failure`)".to_owned())
            }
            (["stream", "error"], "text") => Ok(()),
            // RFC 6120, 4.9.3.6.
            (["stream", "error"], "host-unknown") => Err(format!(
                "the XMPP server does not serve the domain `{}` (`host-unknown`)",
                self.domain
            )),
            (["stream", "error"], condition) => Err(format!(
                "the XMPP server ends the stream with the error `{}`",
                words::of_stranger(condition)
            )),
            (["stream", "features"], "starttls") => {
                self.offers_tls = true;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// An element has ended.
    fn after(&mut self, name: &str) -> Result<Step, String> {
        let is_child = self.open.len() == 1;
        match name {
            _ if self.open.is_empty() => {
                Err("the XMPP server ends the stream before STARTTLS".to_owned())
            }
            "error" if is_child => Err("the XMPP server ends the stream with an error".to_owned()),
            "features" if is_child && !self.offers_tls => {
                Err("the XMPP server offers no STARTTLS".to_owned())
            }
            "features" if is_child && !self.asked_for_tls => {
                self.asked_for_tls = true;
                Ok(Step::AskForTls)
            }
            "proceed" if is_child && self.asked_for_tls => Ok(Step::BeginTls),
            _ => Ok(Step::Listen),
        }
    }
}

const NOT_XMPP: &str = "not XMPP: the answer is no XML stream";

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STREAM: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
        xmlns:stream='http://etherx.jabber.org/streams' id='1' from='webex.test' version='1.0'>";
    const OFFER: &str = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'>\
        <required/></starttls><mechanisms><mechanism>PLAIN</mechanism></mechanisms>\
        </stream:features>";
    const PROCEED: &str = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

    fn domain() -> Fqdn {
        Fqdn::parse("webex.test").unwrap()
    }

    /// The steps other than listening.
    fn steps(heard: &str) -> Result<Vec<Step>, String> {
        let domain = domain();
        let mut conversation = Conversation::with(&domain);
        let steps: Result<Vec<Step>, String> =
            heard.bytes().map(|octet| conversation.push(octet)).collect();
        Ok(steps?.into_iter().filter(|step| *step != Step::Listen).collect())
    }

    #[test]
    fn the_header_names_the_domain() {
        assert_eq!(
            stream_header(&domain()),
            "<?xml version='1.0'?><stream:stream to='webex.test' version='1.0' xml:lang='en' \
             xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>"
        );
    }

    #[test]
    fn servers_that_offer_tls() {
        let asked = || vec![Step::AskForTls];
        let begun = || vec![Step::AskForTls, Step::BeginTls];
        for (heard, expected) in [
            (String::new(), vec![]),
            (STREAM.to_owned(), vec![]),
            (format!("{STREAM}{OFFER}"), asked()),
            (format!("{STREAM}{OFFER}{PROCEED}"), begun()),
            (format!("{STREAM}\n {OFFER} <proceed></proceed>"), begun()),
            (format!("{STREAM}<features><x:starttls/></features><tls:proceed />"), begun()),
            // Nobody asked yet.
            (format!("{STREAM}{PROCEED}"), vec![]),
            (format!("{STREAM}{OFFER}<iq><proceed/></iq>"), asked()),
        ] {
            assert_eq!(steps(&heard), Ok(expected), "{heard}");
        }
    }

    #[test]
    fn servers_that_do_not() {
        let error = |inside: &str| format!("{STREAM}<stream:error>{inside}</stream:error>");
        for (heard, words) in [
            (
                format!("{STREAM}<stream:features><bind/></stream:features>"),
                "the XMPP server offers no STARTTLS",
            ),
            (format!("{STREAM}<stream:features/>"), "the XMPP server offers no STARTTLS"),
            (
                // Not a feature of the stream.
                format!("{STREAM}<features><x><starttls/></x></features>"),
                "the XMPP server offers no STARTTLS",
            ),
            (
                format!("{STREAM}{OFFER}<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"),
                "the XMPP server refuses STARTTLS (`failure`)",
            ),
            (
                error("<host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>"),
                "the XMPP server does not serve the domain `webex.test` (`host-unknown`)",
            ),
            (
                error("<text>no</text><policy-violation\u{7f}/>"),
                "the XMPP server ends the stream with the error `policy-violation?`",
            ),
            (error(""), "the XMPP server ends the stream with an error"),
            (
                format!("{STREAM}</stream:stream>"),
                "the XMPP server ends the stream before STARTTLS",
            ),
            (
                STREAM.replace(" version='1.0'>", ">"),
                "the XMPP server speaks version 0.9, which has no STARTTLS",
            ),
            (
                "\u{16}\u{3}".to_owned(),
                "the port speaks TLS from the start, not XMPP with STARTTLS",
            ),
            (
                "\u{15}\u{3}".to_owned(),
                "the port speaks TLS from the start, not XMPP with STARTTLS",
            ),
            ("220 mail.example ESMTP".to_owned(), NOT_XMPP),
            ("<html>".to_owned(), NOT_XMPP),
            ("<!DOCTYPE html>".to_owned(), NOT_XMPP),
            ("</stream>".to_owned(), NOT_XMPP),
            (
                format!("{STREAM}{}", " ".repeat(MAX_OCTETS)),
                "the XMPP server sent 16 KiB and no answer about STARTTLS",
            ),
        ] {
            assert_eq!(steps(&heard), Err(words.to_owned()), "{heard:.300}");
        }
    }

    proptest! {
        #[test]
        fn no_answer_makes_it_panic(
            start in prop::sample::select(vec!["", STREAM]),
            pieces in prop::collection::vec(
                prop::sample::select(vec![
                    "<", ">", "/", "'", "features", "stream:", "starttls", "error", "proceed", " ",
                    "text", "é", OFFER, PROCEED,
                ]),
                0..30,
            ),
        ) {
            let _ = steps(&(start.to_owned() + &pieces.concat()));
        }
    }
}
