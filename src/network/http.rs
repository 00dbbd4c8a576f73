//! One HTTP question over a connection that is there (RFC 9110, RFC 9112): a request, the whole
//! answer, and the connection ends.
//!
//! The answer comes from a stranger: its head and its body are bounded here, its time by whoever
//! asks.

use std::error::Error as _;
use std::io;

use futures_util::future::{Either, select};
use http_body_util::{BodyExt, Full};
use hyper::body::{Body, Bytes, Incoming};
use hyper::client::conn::http1;
use hyper::header::{self, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use super::words;

/// The longest head of an answer that is read; what servers bound the head of a request by is
/// between 8 and 64 KiB.
const MAX_HEAD: usize = 64 * 1024;
/// How this program names itself (RFC 9110, 10.1.5). Some publishers refuse who has no name.
const USER_AGENT: &str = concat!("photofix/", env!("CARGO_PKG_VERSION"));

/// A question.
#[derive(Clone, Debug)]
pub(super) struct Question<'a> {
    /// The method, target and content.
    pub(super) content: Content<'a>,
    /// The request target: origin-form for a server, absolute-form for a proxy.
    pub(super) target: &'a str,
    /// The value of `Host`.
    pub(super) host: &'a str,
    /// The value of `Proxy-Authorization`, for a proxy that wants one.
    pub(super) proxy_authorization: Option<&'a str>,
    /// The most octets of the answer's content.
    pub(super) max_body: usize,
}

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Content<'a> {
    /// GET.
    None,
    /// POST of an OCSP request (RFC 6960, A.1).
    OcspRequest(&'a [u8]),
}

/// What came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reply {
    /// 200 and its whole content.
    Content(Vec<u8>),
    /// Ask elsewhere: the value of `Location`.
    Redirect(String),
    /// No usable answer, and why.
    Failed(String),
}

/// Puts `question` over `stream`.
pub(super) async fn exchange<S>(stream: S, question: &Question<'_>) -> Reply
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let reply = converse(stream, question, async |response| reply(response, question).await);
    reply.await.unwrap_or_else(Reply::Failed)
}

/// Puts `question` over `stream`, and has `read` make of the answer what it will.
pub(super) async fn converse<S, T>(
    stream: S,
    question: &Question<'_>,
    read: impl AsyncFnOnce(Response<Incoming>) -> Result<T, String>,
) -> Result<T, String>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let request = request(question).ok_or("the URL cannot be sent in a request")?;
    let (mut sender, connection) = http1::Builder::new()
        .max_buf_size(MAX_HEAD)
        // Nothing but a few fields matters; a server that writes others oddly did answer.
        .ignore_invalid_headers_in_responses(true)
        .handshake(TokioIo::new(stream))
        .await
        .map_err(|error| in_words(&error))?;
    let exchange = Box::pin(async {
        let response = sender.send_request(request).await.map_err(|error| in_words(&error))?;
        read(response).await
    });
    // The connection moves the octets while the exchange waits for them. It may well end first,
    // with the last octets on their way to the exchange.
    match select(exchange, Box::pin(connection)).await {
        Either::Left((reply, _)) => reply,
        Either::Right((_, exchange)) => exchange.await,
    }
}

/// The request; none when a stranger's URL does not fit into one.
fn request(question: &Question<'_>) -> Option<Request<Full<Bytes>>> {
    let request = Request::builder()
        .uri(question.target)
        .header(header::HOST, question.host)
        .header(header::USER_AGENT, USER_AGENT)
        // A server may compress what it likes for whoever does not say this (RFC 9110, 12.5.3).
        .header(header::ACCEPT_ENCODING, "identity")
        .header(header::CONNECTION, "close");
    let request = match question.proxy_authorization {
        Some(value) => request.header(header::PROXY_AUTHORIZATION, value),
        None => request,
    };
    match question.content {
        Content::None => {
            request.method(Method::GET).header(header::ACCEPT, "*/*").body(Full::default())
        }
        Content::OcspRequest(der) => request
            .method(Method::POST)
            .header(header::CONTENT_TYPE, "application/ocsp-request")
            .header(header::ACCEPT, "application/ocsp-response")
            .body(Full::new(Bytes::copy_from_slice(der))),
    }
    .ok()
}

async fn reply(response: Response<Incoming>, question: &Question<'_>) -> Result<Reply, String> {
    let status = response.status();
    if is_redirect(status, question.content) {
        return location(&response).map(Reply::Redirect);
    }
    if status != StatusCode::OK {
        // The server's own reason phrase is a stranger's word; this is the registered one.
        let reason = status.canonical_reason().unwrap_or_default();
        return Err(format!("HTTP {} {reason}", status.as_u16()).trim_end().to_owned());
    }
    let mut content = Vec::new();
    let keep = |octets: &[u8]| content.extend_from_slice(octets);
    read(response.into_body(), question.max_body, keep).await?;
    Ok(Reply::Content(content))
}

/// Where a redirect leads.
pub(super) fn location(response: &Response<Incoming>) -> Result<String, String> {
    let location = response.headers().get(header::LOCATION).map(HeaderValue::as_bytes);
    match location.map(std::str::from_utf8) {
        Some(Ok(location)) => Ok(location.to_owned()),
        _ => Err(format!("HTTP {} without a Location", response.status().as_u16())),
    }
}

/// RFC 9110, 15.4. A POST stays a POST: as a GET it would ask nothing. 303 says that it must not
/// stay one, so there it ends.
pub(super) fn is_redirect(status: StatusCode, content: Content<'_>) -> bool {
    match status.as_u16() {
        301 | 302 | 307 | 308 => true,
        303 => content == Content::None,
        _ => false,
    }
}

/// Shows the content to `see`, piece by piece, and gives its length; at most `max` octets.
pub(super) async fn read(
    mut body: Incoming,
    max: usize,
    mut see: impl FnMut(&[u8]),
) -> Result<usize, String> {
    // What Content-Length promises, before anything of it is read.
    if body.size_hint().lower() > u64::try_from(max).unwrap_or(u64::MAX) {
        return Err(too_large(max));
    }
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| in_words(&error))?;
        // Trailers are nobody's business.
        let Ok(octets) = frame.into_data() else { continue };
        if octets.len() > max - length {
            return Err(too_large(max));
        }
        length += octets.len();
        see(&octets);
    }
    Ok(length)
}

fn size(octets: usize) -> String {
    const KIB: usize = 1024;
    if octets.is_multiple_of(KIB * KIB) {
        format!("{} MiB", octets / KIB / KIB)
    } else {
        format!("{} KiB", octets.div_ceil(KIB))
    }
}

fn in_words(error: &hyper::Error) -> String {
    let io = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    match io.map(io::Error::kind) {
        _ if error.is_parse() => NOT_HTTP.to_owned(),
        _ if error.is_incomplete_message() => CUT_SHORT.to_owned(),
        Some(io::ErrorKind::UnexpectedEof) => CUT_SHORT.to_owned(),
        Some(io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput) => {
            "the answer breaks off in the middle of HTTP".to_owned()
        }
        Some(_) => io.map(words::of_io).unwrap_or_default(),
        None => "the connection ended before the answer".to_owned(),
    }
}

/// Why an answer of more than so many bytes is not taken.
pub(super) fn too_large(max: usize) -> String {
    format!("the answer is larger than {}", size(max))
}

const NOT_HTTP: &str = "the answer is not HTTP, or its head is too large";
const CUT_SHORT: &str = "the connection was closed before the whole answer was there";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};

    use super::*;

    const QUESTION: Question<'_> = Question {
        content: Content::None,
        target: "/a?b",
        host: "ocsp.example:81",
        proxy_authorization: None,
        max_body: 2048,
    };

    fn block_on<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    /// What comes of `answer`, after which the server closes the connection; and the request.
    fn ask(question: &Question<'_>, answer: &[u8]) -> (Reply, String) {
        block_on(async {
            let (client, mut server) = duplex(64);
            let serve = async {
                let request = read_request(&mut server).await;
                let _ = server.write_all(answer).await;
                drop(server);
                request
            };
            tokio::join!(exchange(client, question), serve)
        })
    }

    /// A head, and what a small POST has after it.
    async fn read_request(server: &mut DuplexStream) -> String {
        let mut request = Vec::new();
        while !request.windows(4).any(|four| four == b"\r\n\r\n") {
            assert_ne!(server.read_buf(&mut request).await.unwrap(), 0);
        }
        let pause = Duration::from_millis(50);
        while let Ok(Ok(1..)) = tokio::time::timeout(pause, server.read_buf(&mut request)).await {}
        String::from_utf8(request).unwrap()
    }

    fn failed(words: &str) -> Reply {
        Reply::Failed(words.to_owned())
    }

    #[test]
    fn requests_are_what_the_standards_want() {
        let ok = b"HTTP/1.1 200 OK\r\n\r\n";
        let agent = format!("user-agent: photofix/{}", env!("CARGO_PKG_VERSION"));
        let (_, get) = ask(&QUESTION, ok);
        assert_eq!(
            get,
            format!(
                "GET /a?b HTTP/1.1\r\nhost: ocsp.example:81\r\n{agent}\r\n\
                 accept-encoding: identity\r\nconnection: close\r\naccept: */*\r\n\r\n"
            )
        );
        let post = Question {
            content: Content::OcspRequest(b"DER"),
            target: "http://ocsp.example:81/",
            proxy_authorization: Some("Basic eDp5"),
            ..QUESTION
        };
        let (_, post) = ask(&post, ok);
        assert_eq!(
            post,
            format!(
                "POST http://ocsp.example:81/ HTTP/1.1\r\nhost: ocsp.example:81\r\n{agent}\r\n\
                 accept-encoding: identity\r\nconnection: close\r\n\
                 proxy-authorization: Basic eDp5\r\ncontent-type: application/ocsp-request\r\n\
                 accept: application/ocsp-response\r\ncontent-length: 3\r\n\r\nDER"
            )
        );
    }

    #[test]
    fn what_answers_come_to() {
        let content = |text: &str| Reply::Content(text.as_bytes().to_vec());
        let redirect = |text: &str| Reply::Redirect(text.to_owned());
        for (answer, expected) in [
            ("200 OK\r\nContent-Length: 3\r\n\r\nCRL", content("CRL")),
            ("200 OK\r\n\r\nuntil the end", content("until the end")),
            ("200 OK\r\nContent-Length: 0\r\n\r\n", content("")),
            ("200 OK\r\nContent-Length: 3\r\n\r\nCRL and more", content("CRL")),
            (
                "200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;x=y\r\nCR\r\n1\r\nL\r\n0\r\nX: y\r\n\r\n",
                content("CRL"),
            ),
            ("200 OK\r\nbad header: x\r\nno colon\r\nContent-Length: 3\r\n\r\nCRL", content("CRL")),
            ("100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nCRL", content("CRL")),
            ("302 Found\r\nLocation: /b\r\n\r\n", redirect("/b")),
            ("303 See Other\r\nLocation: /b\r\n\r\n", redirect("/b")),
            (
                "308 Permanent Redirect\r\nLocation: http://b.example/\r\n\r\n",
                redirect("http://b.example/"),
            ),
            ("301 Moved\r\n\r\n", failed("HTTP 301 without a Location")),
            ("304 Not Modified\r\n\r\n", failed("HTTP 304 Not Modified")),
            ("404 <b>gone\u{e9}\r\n\r\n", failed("HTTP 404 Not Found")),
            ("404 gone\r\nContent-Length: 4\r\n\r\ngone", failed("HTTP 404 Not Found")),
            ("299 x\r\n\r\n", failed("HTTP 299")),
            ("200 OK\r\nContent-Length: 4\r\n\r\nCRL", failed(CUT_SHORT)),
            ("200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nCRL", failed(CUT_SHORT)),
            ("200 OK\r\nContent-Le", failed(CUT_SHORT)),
            (
                "200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\nCRL",
                failed("the answer breaks off in the middle of HTTP"),
            ),
            ("200 OK\r\nContent-Length: x\r\n\r\nCRL", failed(NOT_HTTP)),
            (
                "200 OK\r\nContent-Length: 18446744073709551613\r\n\r\nCRL",
                failed("the answer is larger than 2 KiB"),
            ),
            (
                "200 OK\r\nContent-Length: 2049\r\n\r\nCRL",
                failed("the answer is larger than 2 KiB"),
            ),
            ("999999 x\r\n\r\n", failed(NOT_HTTP)),
        ] {
            let (reply, _) = ask(&QUESTION, format!("HTTP/1.1 {answer}").as_bytes());
            assert_eq!(reply, expected, "{answer:?}");
        }
    }

    #[test]
    fn what_is_no_answer() {
        let long = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "x".repeat(100_000));
        let body = format!("HTTP/1.1 200 OK\r\n\r\n{}", "x".repeat(2049));
        for (answer, words) in [
            (&b""[..], CUT_SHORT),
            (b"SSH-2.0-x\r\n", NOT_HTTP),
            (b"\x16\x03\x01\x00\x02xx", NOT_HTTP),
            (long.as_bytes(), NOT_HTTP),
            (body.as_bytes(), "the answer is larger than 2 KiB"),
        ] {
            assert_eq!(ask(&QUESTION, answer).0, failed(words), "{answer:?}");
        }
        let odd = Question { target: "/`\u{7f}", ..QUESTION };
        let (client, _server) = duplex(64);
        let reply = block_on(exchange(client, &odd));
        assert_eq!(reply, failed("the URL cannot be sent in a request"));
    }

    #[test]
    fn a_post_is_not_turned_into_a_get() {
        let post = Question { content: Content::OcspRequest(b"DER"), ..QUESTION };
        for (status, reply) in [
            ("301 x", Reply::Redirect("/b".to_owned())),
            ("307 x", Reply::Redirect("/b".to_owned())),
            ("303 x", failed("HTTP 303 See Other")),
        ] {
            let answer = format!("HTTP/1.1 {status}\r\nLocation: /b\r\n\r\n");
            assert_eq!(ask(&post, answer.as_bytes()).0, reply, "{status}");
        }
    }
}
