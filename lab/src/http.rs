//! The little of HTTP that the lab's servers speak (RFC 9112): one request, one answer, and the
//! connection ends.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::time::sleep;

use crate::counts::Counts;
use crate::photos::Album;
use crate::publications::Publications;
use crate::sources::Delivery;

/// The photo that every photo server has, unless another is declared: a grey PNG of one pixel.
pub const PHOTO: &[u8] = b"\
    \x89PNG\x0d\x0a\x1a\x0a\
    \x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\
    \x00\x00\x00\x0aIDATx\xdach\x00\x00\x00\x82\x00\x81\xdaE\x08;\
    \x00\x00\x00\x00IEND\xaeB`\x82";

/// Bytes of the longest request that is read.
const LONGEST_REQUEST: usize = 64 * 1024;

/// What one that never ends writes at a time.
const NOTHING: [u8; 16 * 1024] = [0; 16 * 1024];

/// What a site has.
pub(crate) enum Site {
    /// Photos.
    Photos(Album),
    /// CRLs, certificates and OCSP responders.
    Published(Publications),
}

/// A request as far as the lab understands it.
#[derive(Debug, Default)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) target: String,
    /// The Host field.
    pub(crate) host: String,
    pub(crate) body: Vec<u8>,
}

/// A reply, and how it comes.
#[derive(Debug)]
pub(crate) struct Reply {
    status: u16,
    media_type: &'static str,
    location: Option<String>,
    body: Vec<u8>,
    pub(crate) delivery: Delivery,
}

impl Site {
    /// Answers one request, counted as one to the server that is `shown` so. A client that says
    /// nothing and leaves was here for the certificate.
    pub(crate) async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        mut stream: S,
        shown: &str,
        counts: &Counts,
    ) -> io::Result<()> {
        let Some(request) = Request::read(&mut stream).await? else { return Ok(()) };
        let line = format!("{} {}", request.method, request.target);
        counts.requests.add((shown.to_owned(), line));
        let reply = match self {
            Self::Photos(album) => album.reply(&request),
            Self::Published(published) => {
                counts.fetches.add(format!("http://{}{}", request.host, request.target));
                published.reply(&request, counts)
            }
        };
        reply.deliver(&mut stream).await?;
        stream.shutdown().await
    }
}

impl Request {
    /// A whole request, or nothing when the client leaves before its end.
    async fn read<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Option<Self>> {
        let mut bytes = Vec::new();
        loop {
            if let Some(request) = Self::parse(&bytes) {
                return Ok(Some(request));
            }
            if bytes.len() > LONGEST_REQUEST || stream.read_buf(&mut bytes).await? == 0 {
                return Ok(None);
            }
        }
    }

    /// The request that these bytes are, once they are all there.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|it| it == b"\r\n\r\n")? + 4;
        let head = String::from_utf8_lossy(&bytes[..end]);
        let mut lines = head.lines();
        let line = lines.next().unwrap_or_default();
        let line = line.rsplit_once(' ').map_or(line, |(request, _version)| request);
        let (method, target) = line.split_once(' ').unwrap_or((line, ""));
        let mut request =
            Self { method: method.to_owned(), target: target.to_owned(), ..Self::default() };
        let mut length = 0;
        for (name, value) in lines.filter_map(|line| line.split_once(':')) {
            match name.to_ascii_lowercase().as_str() {
                "host" => request.host = value.trim().to_ascii_lowercase(),
                "content-length" => length = value.trim().parse().unwrap_or(0),
                _ => {}
            }
        }
        request.body = bytes.get(end..end.checked_add(length)?)?.to_vec();
        Some(request)
    }
}

impl Reply {
    pub(crate) fn found(media_type: &'static str, body: Vec<u8>) -> Self {
        Self { status: 200, media_type, location: None, body, delivery: Delivery::Prompt }
    }

    pub(crate) fn not_found() -> Self {
        Self::status(404)
    }

    pub(crate) fn status(status: u16) -> Self {
        let body = format!("{}\n", reason(status).to_ascii_lowercase()).into_bytes();
        Self { status, ..Self::found("text/plain", body) }
    }

    pub(crate) fn redirect(status: u16, location: String) -> Self {
        Self { location: Some(location), ..Self::status(status) }
    }

    /// The same, coming so.
    pub(crate) fn coming(self, delivery: Delivery) -> Self {
        Self { delivery, ..self }
    }

    /// Writes it in the way that it comes. What is delivered from another host, or replaced by
    /// another reply, comes at once.
    async fn deliver<S: AsyncWrite + Unpin>(self, stream: &mut S) -> io::Result<()> {
        let length = self.body.len() as u64;
        match self.delivery {
            Delivery::Dribble => {
                stream.write_all(&self.head(Some(length))).await?;
                for byte in &self.body {
                    stream.write_all(&[*byte]).await?;
                    stream.flush().await?;
                    sleep(Duration::from_secs(1)).await;
                }
                Ok(())
            }
            Delivery::Endless => {
                stream.write_all(&self.head(None)).await?;
                stream.write_all(&self.body).await?;
                loop {
                    stream.write_all(&NOTHING).await?;
                }
            }
            Delivery::Padded(more) => {
                stream.write_all(&self.head(Some(length + more))).await?;
                stream.write_all(&self.body).await?;
                tokio::io::copy(&mut tokio::io::repeat(0).take(more), stream).await?;
                Ok(())
            }
            Delivery::CutOff => {
                stream.write_all(&self.head(Some(length))).await?;
                stream.write_all(&self.body[..self.body.len() / 2]).await
            }
            _ => {
                if let Delivery::After(more) = self.delivery {
                    sleep(more).await;
                }
                stream.write_all(&self.head(Some(length))).await?;
                stream.write_all(&self.body).await
            }
        }
    }

    fn head(&self, length: Option<u64>) -> Vec<u8> {
        let location = self.location.as_ref().map(|it| format!("Location: {it}\r\n"));
        let length = length.map(|it| format!("Content-Length: {it}\r\n"));
        format!(
            "HTTP/1.1 {} {}\r\nContent-Type: {}\r\n{}{}Connection: close\r\n\r\n",
            self.status,
            reason(self.status),
            self.media_type,
            location.unwrap_or_default(),
            length.unwrap_or_default(),
        )
        .into_bytes()
    }
}

/// The usual phrases of the statuses that the lab gives (RFC 9110, 15).
fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        302 => "Found",
        307 => "Temporary Redirect",
        403 => "Forbidden",
        404 => "Not Found",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        503 => "Service Unavailable",
        _ => "Status",
    }
}
