//! Looking at a server that is too old for TLS as it is spoken today.
//!
//! Before TLS 1.3 the certificate and the stapled response travel in the clear (RFC 5246, 7.4.2;
//! RFC 6066, 8). So one ClientHello is enough to see them, without any cryptography, whatever
//! version and key exchange the server insists on. It proves nothing about who holds the key.
//!
//! | module | says |
//! | --- | --- |
//! | [`hello`] | what is offered: every version before 1.3, and only cipher suites of old |
//! | [`flight`] | what the server's first messages show |

mod flight;
mod hello;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use self::flight::Flight;
use super::tls::random;
use super::words;
use crate::name::Fqdn;

pub(super) use self::flight::Shown;

/// Octets that are taken from a connection at a time.
const CHUNK: usize = 4096;

/// Asks for a handshake over `stream` and stops as soon as certificate and staple are seen.
pub(super) async fn look<S>(mut stream: S, server_name: Option<&Fqdn>) -> Result<Shown, String>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let in_words = |error| format!("{} during the handshake", words::of_io(&error));
    let hello = hello::client_hello(server_name.map(Fqdn::as_str), &random()?);
    stream.write_all(&hello).await.map_err(in_words)?;
    let mut flight = Flight::default();
    let mut chunk = vec![0; CHUNK];
    loop {
        let length = stream.read(&mut chunk).await.map_err(in_words)?;
        if length == 0 {
            return Err("connection closed during the handshake".to_owned());
        }
        if let Some(shown) = flight.push(&chunk[..length])? {
            // Whether the server hears the goodbye does not matter.
            let _ = stream.write_all(&hello::GOODBYE).await;
            let _ = stream.shutdown().await;
            return Ok(shown);
        }
    }
}
