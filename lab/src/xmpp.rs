//! Servers that speak XMPP up to STARTTLS (RFC 6120, 5), and those that fail on the way there.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::yield_now;

use crate::server::wait_for_end;

/// Bytes of the longest stream header or element that is read.
const LONGEST_ELEMENT: usize = 16 * 1024;

const XMPP_TLS: &str = "urn:ietf:params:xml:ns:xmpp-tls";

/// How an XMPP server fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum XmppFault {
    /// Its stream features have no STARTTLS.
    NoStartTls,
    /// It answers STARTTLS with a failure (RFC 6120, 5.4.2.2).
    Failure,
    /// It answers the stream header in HTTP.
    NotXmpp,
    /// It closes its stream and the connection when the stream header has arrived.
    Close,
    /// It answers the stream header with its own and then nothing.
    StallAfterHeader,
    /// Its stream features never end.
    EndlessFeatures,
    /// It says to proceed, and then nothing.
    StallAfterProceed,
    /// Nothing is wrong, but that each byte comes alone.
    Piecemeal,
}

/// What one such server is.
pub(crate) struct Xmpp {
    /// The XMPP domain that it serves; streams to others end with host-unknown.
    pub(crate) domain: String,
    pub(crate) fault: Option<XmppFault>,
}

impl Xmpp {
    /// Speaks XMPP until TLS shall begin, or to the end. `on_element` is told what the client said.
    pub(crate) async fn until_tls(
        &self,
        mut stream: TcpStream,
        mut on_element: impl FnMut(String),
    ) -> io::Result<Option<TcpStream>> {
        let Some(header) = read_element(&mut stream, "<stream:stream").await? else {
            return Ok(None);
        };
        let to = attribute(&header, "to").unwrap_or_default();
        on_element(format!("stream to {to}"));
        match self.fault {
            Some(XmppFault::NotXmpp) => {
                stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").await?;
                return stream.shutdown().await.map(|()| None);
            }
            Some(XmppFault::Close) => {
                stream.write_all(self.header().as_bytes()).await?;
                stream.write_all(b"</stream:stream>").await?;
                return stream.shutdown().await.map(|()| None);
            }
            _ => {}
        }
        self.say(&mut stream, &self.header()).await?;
        if to != self.domain {
            let error = "<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>\
                         </stream:error></stream:stream>";
            self.say(&mut stream, error).await?;
            return stream.shutdown().await.map(|()| None);
        }
        match self.fault {
            Some(XmppFault::StallAfterHeader) => return wait_for_end(stream).await.map(|()| None),
            Some(XmppFault::EndlessFeatures) => {
                stream.write_all(b"<stream:features>").await?;
                loop {
                    stream.write_all(b"<mechanism>PLAIN</mechanism>").await?;
                }
            }
            Some(XmppFault::NoStartTls) => {
                let features = "<stream:features><mechanisms \
                     xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>PLAIN</mechanism>\
                     </mechanisms></stream:features>";
                self.say(&mut stream, features).await?;
                return wait_for_end(stream).await.map(|()| None);
            }
            _ => {}
        }
        let features = format!(
            "<stream:features><starttls xmlns='{XMPP_TLS}'><required/></starttls>\
             </stream:features>"
        );
        self.say(&mut stream, &features).await?;
        if read_element(&mut stream, "<starttls").await?.is_none() {
            return Ok(None);
        }
        on_element("starttls".to_owned());
        match self.fault {
            Some(XmppFault::Failure) => {
                let failure = format!("<failure xmlns='{XMPP_TLS}'/></stream:stream>");
                self.say(&mut stream, &failure).await?;
                stream.shutdown().await.map(|()| None)
            }
            fault => {
                self.say(&mut stream, &format!("<proceed xmlns='{XMPP_TLS}'/>")).await?;
                if fault == Some(XmppFault::StallAfterProceed) {
                    return wait_for_end(stream).await.map(|()| None);
                }
                Ok(Some(stream))
            }
        }
    }

    /// The stream header of the answer (RFC 6120, 4.7).
    fn header(&self) -> String {
        format!(
            "<?xml version='1.0'?><stream:stream from='{}' id='lab-1' version='1.0' \
             xml:lang='en' xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>",
            self.domain
        )
    }

    async fn say(&self, stream: &mut TcpStream, text: &str) -> io::Result<()> {
        if self.fault != Some(XmppFault::Piecemeal) {
            return stream.write_all(text.as_bytes()).await;
        }
        for byte in text.as_bytes() {
            stream.write_all(&[*byte]).await?;
            yield_now().await;
        }
        Ok(())
    }
}

/// The start tag that begins so, with what came before it; nothing when the client leaves first.
async fn read_element(stream: &mut TcpStream, start: &str) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes);
        if let Some(at) = text.find(start)
            && text[at..].contains('>')
        {
            return Ok(Some(text.into_owned()));
        }
        if bytes.len() > LONGEST_ELEMENT || stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
}

/// An attribute's value in a start tag, in either kind of quotes.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let at = tag.find(&format!(" {name}="))? + name.len() + 2;
    let quote = tag[at..].chars().next()?;
    let value = &tag[at + quote.len_utf8()..];
    Some(value[..value.find(quote)?].to_ascii_lowercase())
}
