//! One photo: a GET to one address, over TLS where the scheme says so, the answer hashed and not
//! kept.

use std::cell::Cell;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use hyper::Response;
use hyper::body::Incoming;
use hyper::header;
use rustls::ClientConfig;
use rustls::client::WebPkiServerVerifier;
use rustls::crypto::CryptoProvider;
use rustls_pki_types::ServerName;
use sha2::{Digest, Sha256};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::{Position, Url};

use super::looks::{DECIDING_BYTES, looks};
use super::trust::{AsJudged, NotObeyed, Noted, OTHER_THAN_JUDGED, config};
use crate::evidence::{PhotoAnswer, PhotoContent, PhotoQuestion, PhotoReply, Scheme};
use crate::network::connect::connect;
use crate::network::connect_to::redirected;
use crate::network::http::{Content, Question, converse, is_redirect, location, read};
use crate::network::settings::NetworkSettings;
use crate::network::tls::failure_words;
use crate::network::words;

/// The largest photo, in bytes. Clients show 128 by 128 pixels best (Cisco's guides), which take a
/// few kilobytes; whatever is larger than this, or never ends, was not made to be one.
const MAX_PHOTO: usize = 8 * 1024 * 1024;
/// Redirects that are followed on one server, such as one that adds a slash.
const MAX_REDIRECTS: usize = 3;
/// The longest media type that is kept (RFC 6838, 4.2: 127 characters on each side of the slash).
const MAX_MEDIA_TYPE: usize = 255;

/// Gets photos.
pub(super) struct Getter<'a> {
    pub(super) settings: &'a NetworkSettings,
    pub(super) provider: Arc<CryptoProvider>,
    pub(super) by_the_book: Option<Arc<WebPkiServerVerifier>>,
}

/// Why there is no answer.
pub(super) enum Failure {
    /// No connection with this server at all, so that nothing else can be had of it either.
    NoConnection(String),
    /// Another reason.
    Other(String),
}

/// What one request brought.
enum Reply {
    Photo(PhotoReply),
    Redirect(String),
}

impl Getter<'_> {
    /// Puts one question and follows it where it leads on the same server. `known` is the
    /// certificate that the server of a name presented when it was judged; `is_connected` says as
    /// soon as there is somebody to ask.
    pub(super) async fn get(
        &self,
        question: &PhotoQuestion,
        known: Option<&Vec<u8>>,
        is_connected: &Cell<bool>,
    ) -> Result<PhotoAnswer, Failure> {
        let mut url = url_of(question).map_err(Failure::Other)?;
        for _ in 0..=MAX_REDIRECTS {
            let noted = Noted::default();
            let reply = match question.scheme {
                Scheme::Http => {
                    let stream = self.open(question).await?;
                    is_connected.set(true);
                    request(stream, &url).await
                }
                Scheme::Https => {
                    let stream = self.open_tls(question, known, &noted).await?;
                    is_connected.set(true);
                    request(stream, &url).await
                }
            };
            match reply.map_err(Failure::Other)? {
                Reply::Photo(reply) => {
                    let certificate_failure = noted.words();
                    let reply = PhotoReply { certificate_failure, ..reply };
                    return Ok(PhotoAnswer::Answered(reply));
                }
                Reply::Redirect(location) => url = on_same_server(&url, &location)?,
            }
        }
        Err(Failure::Other(format!("it redirects more than {MAX_REDIRECTS} times")))
    }

    async fn open(&self, question: &PhotoQuestion) -> Result<TcpStream, Failure> {
        let own = SocketAddr::new(question.address, question.port);
        let stated = redirected(&self.settings.connect_to, question.name.as_ref(), own);
        connect(stated.unwrap_or(own), self.settings.proxy.as_ref())
            .await
            .map_err(Failure::NoConnection)
    }

    async fn open_tls(
        &self,
        question: &PhotoQuestion,
        known: Option<&Vec<u8>>,
        noted: &Noted,
    ) -> Result<TlsStream<TcpStream>, Failure> {
        let (name, config) = self.client(question, known, noted)?;
        let stream = self.open(question).await?;
        TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(|error| {
            let why = match words::rustls_error(&error) {
                Some(error) if *error == OTHER_THAN_JUDGED => {
                    "the server presents another certificate than the one that was judged"
                        .to_owned()
                }
                Some(error) => failure_words(error, known),
                None => format!("{} during the handshake", words::of_io(&error)),
            };
            Failure::NoConnection(why)
        })
    }

    fn client(
        &self,
        question: &PhotoQuestion,
        known: Option<&Vec<u8>>,
        noted: &Noted,
    ) -> Result<(ServerName<'static>, ClientConfig), Failure> {
        let provider = self.provider.clone();
        let (name, config) = match &question.name {
            None => {
                let (by_the_book, noted) = (self.by_the_book.clone(), noted.clone());
                let verifier = NotObeyed { provider, by_the_book, noted };
                // An address is not sent as a server name (RFC 6066, 3).
                let name = ServerName::IpAddress(question.address.into());
                (name, config(&self.provider, Arc::new(verifier)))
            }
            Some(name) => {
                let end_entity = known.cloned().ok_or_else(|| {
                    Failure::NoConnection("its certificate was not seen before".to_owned())
                })?;
                let sent = ServerName::try_from(name.as_str().to_owned()).map_err(|_| {
                    Failure::NoConnection(format!("`{name}` cannot be sent as a server name"))
                })?;
                (sent, config(&self.provider, Arc::new(AsJudged { provider, end_entity })))
            }
        };
        Ok((name, config.map_err(|error| Failure::NoConnection(error.to_string()))?))
    }
}

/// The URL of a question: its host in the form that a client sends.
fn url_of(question: &PhotoQuestion) -> Result<Url, String> {
    let host = match (&question.name, question.address) {
        (Some(name), _) => name.to_string(),
        (None, IpAddr::V4(v4)) => v4.to_string(),
        (None, IpAddr::V6(v6)) => format!("[{v6}]"),
    };
    let PhotoQuestion { scheme, port, target, .. } = question;
    Url::parse(&format!("{}://{host}:{port}{target}", scheme.as_str()))
        .map_err(|_| "the URL cannot be sent in a request".to_owned())
}

/// Where a redirect leads, if that is on the same server. To others nobody was asked to go, and
/// what they serve is not what this server serves.
fn on_same_server(from: &Url, location: &str) -> Result<Url, Failure> {
    let shown = words::of_stranger(location);
    let to = from
        .join(location)
        .map_err(|_| Failure::Other(format!("it redirects to `{shown}`, which is no URL")))?;
    if to.origin() == from.origin() {
        Ok(to)
    } else {
        let why = format!("it redirects to `{shown}`, another server, and nobody went there");
        Err(Failure::Other(why))
    }
}

async fn request<S: AsyncRead + AsyncWrite + Unpin>(stream: S, url: &Url) -> Result<Reply, String> {
    let question = Question {
        content: Content::None,
        target: &url[Position::BeforePath..Position::AfterQuery],
        host: &url[Position::BeforeHost..Position::AfterPort],
        proxy_authorization: None,
        max_body: MAX_PHOTO,
    };
    converse(stream, &question, async |response| look(response, &question).await).await
}

async fn look(response: Response<Incoming>, question: &Question<'_>) -> Result<Reply, String> {
    let status = response.status();
    if is_redirect(status, question.content) {
        return location(&response).map(Reply::Redirect);
    }
    let media_type = response.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let media_type = media_type.map(essence).filter(|it| !it.is_empty());
    let content = match status.is_success() {
        true => Some(hashed(response.into_body(), question.max_body).await?),
        false => None,
    };
    let status = status.as_u16();
    Ok(Reply::Photo(PhotoReply { status, media_type, content, certificate_failure: None }))
}

async fn hashed(body: Incoming, max: usize) -> Result<PhotoContent, String> {
    let (mut hash, mut first) = (Sha256::new(), Vec::new());
    let length = read(body, max, |octets| {
        hash.update(octets);
        let wanted = DECIDING_BYTES.saturating_sub(first.len()).min(octets.len());
        first.extend_from_slice(&octets[..wanted]);
    });
    Ok(PhotoContent {
        length: u64::try_from(length.await?).unwrap_or(u64::MAX),
        looks: looks(&first),
        sha256: hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect(),
    })
}

/// A media type without its parameters (WHATWG MIME Sniffing, 4.1: "essence").
fn essence(text: &str) -> String {
    let essence = text.split(';').next().unwrap_or_default().trim();
    essence.chars().take(MAX_MEDIA_TYPE).collect::<String>().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(name: Option<&str>, address: &str, scheme: Scheme, port: u16) -> PhotoQuestion {
        PhotoQuestion {
            name: name.map(|name| crate::name::Fqdn::parse(name).unwrap()),
            address: address.parse().unwrap(),
            port,
            scheme,
            target: "/a?b=c".to_owned(),
        }
    }

    #[test]
    fn urls_are_what_a_client_asks_for() {
        for (question, expected) in [
            (question(None, "203.0.113.7", Scheme::Https, 443), "https://203.0.113.7/a?b=c"),
            (question(None, "2001:db8::7", Scheme::Http, 8080), "http://[2001:db8::7]:8080/a?b=c"),
            (
                question(Some("c7.webex.com"), "203.0.113.7", Scheme::Https, 8443),
                "https://c7.webex.com:8443/a?b=c",
            ),
        ] {
            assert_eq!(url_of(&question).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn redirects_stay_on_their_server() {
        let from = Url::parse("https://203.0.113.7/a/b?c").unwrap();
        for (location, to) in [
            ("/d", Some("https://203.0.113.7/d")),
            ("d", Some("https://203.0.113.7/a/d")),
            ("https://203.0.113.7:443/d", Some("https://203.0.113.7/d")),
            ("http://203.0.113.7/d", None),
            ("https://203.0.113.7:8443/d", None),
            ("//cdn.example/d", None),
            ("https://c7.webex.com/d", None),
            ("file:///etc/passwd", None),
            ("https://", None),
        ] {
            let found = on_same_server(&from, location).ok().map(|url| url.to_string());
            assert_eq!(found.as_deref(), to, "{location}");
        }
    }

    #[test]
    fn media_types_lose_their_parameters() {
        for (text, expected) in
            [("Image/JPEG", "image/jpeg"), ("text/html; charset=utf-8", "text/html"), (" ; x", "")]
        {
            assert_eq!(essence(text), expected);
        }
    }
}
