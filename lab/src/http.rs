//! The little of HTTP that photo servers and CRL publishers speak (RFC 9112): one request, one
//! answer, and the connection ends.

use std::collections::HashMap;
use std::io;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The photo that every photo server has: a grey PNG of one pixel.
pub const PHOTO: &[u8] = b"\
    \x89PNG\x0d\x0a\x1a\x0a\
    \x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU\
    \x00\x00\x00\x0aIDATx\xdach\x00\x00\x00\x82\x00\x81\xdaE\x08;\
    \x00\x00\x00\x00IEND\xaeB`\x82";

/// Bytes of the longest request head that is read.
const LONGEST_HEAD: usize = 16 * 1024;

/// What a site has.
#[derive(Debug)]
pub(crate) enum Site {
    /// A photo under every path, but for those under `/missing/`.
    Photos,
    /// CRLs by their paths.
    Crls(HashMap<String, Vec<u8>>),
}

impl Site {
    /// Answers one request and tells `on_request` its method and target. A client that says
    /// nothing and leaves was here for the certificate.
    pub(crate) async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        mut stream: S,
        on_request: impl FnOnce(&str),
    ) -> io::Result<()> {
        let Some(head) = read_head(&mut stream).await? else { return Ok(()) };
        let line = head.lines().next().unwrap_or_default();
        let request = line.rsplit_once(' ').map_or(line, |(request, _version)| request);
        on_request(request);
        stream.write_all(&self.answer(request)).await?;
        stream.shutdown().await
    }

    fn answer(&self, request: &str) -> Vec<u8> {
        let found = request.strip_prefix("GET ").and_then(|target| self.find(target));
        let (status, media_type, content) = match found {
            Some((media_type, content)) => ("200 OK", media_type, content),
            None => ("404 Not Found", "text/plain", &b"not found\n"[..]),
        };
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            content.len()
        );
        [head.as_bytes(), content].concat()
    }

    fn find(&self, target: &str) -> Option<(&'static str, &[u8])> {
        match self {
            Self::Photos => (!target.starts_with("/missing/")).then_some(("image/png", PHOTO)),
            Self::Crls(crls) => {
                crls.get(target).map(|crl| ("application/pkix-crl", crl.as_slice()))
            }
        }
    }
}

/// The head of a request, or nothing when the client leaves before its end.
async fn read_head<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<Option<String>> {
    let mut head = Vec::new();
    while !head.windows(4).any(|it| it == b"\r\n\r\n") {
        if head.len() > LONGEST_HEAD || stream.read_buf(&mut head).await? == 0 {
            return Ok(None);
        }
    }
    Ok(Some(String::from_utf8_lossy(&head).into_owned()))
}
