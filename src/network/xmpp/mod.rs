//! XMPP up to the point where TLS begins: a stream header, the server's features, STARTTLS
//! (RFC 6120, 4.2, 4.3.2 and 5.4).
//!
//! The stream header names the domain, and so does the server name in the handshake that follows
//! (RFC 6066, 3): what a client of the domain would send, whichever host serves it.
//!
//! | module | says |
//! | --- | --- |
//! | [`conversation`] | what the server's octets mean, and when to say what |
//! | [`tags`] | the little of XML that it takes |

mod conversation;
mod tags;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

use self::conversation::{Conversation, STARTTLS, Step, stream_header};
use super::words;
use crate::name::Fqdn;

/// Leads `stream` to where the TLS handshake begins; or says why it does not begin.
pub(super) async fn start_tls<S>(stream: &mut S, domain: &Fqdn) -> Result<(), String>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let in_words = |error| format!("{} before STARTTLS", words::of_io(&error));
    stream.write_all(stream_header(domain).as_bytes()).await.map_err(in_words)?;
    let mut conversation = Conversation::with(domain);
    let mut chunk = [0; 1024];
    loop {
        let length = stream.read(&mut chunk).await.map_err(in_words)?;
        if length == 0 {
            return Err("connection closed before STARTTLS".to_owned());
        }
        let mut arrived = chunk[..length].iter();
        while let Some(octet) = arrived.next() {
            match conversation.push(*octet)? {
                Step::Listen => {}
                Step::AskForTls => {
                    stream.write_all(STARTTLS.as_bytes()).await.map_err(in_words)?;
                }
                // Whatever came in the clear must not pass for something that came under TLS.
                Step::BeginTls if arrived.any(|octet| !octet.is_ascii_whitespace()) => {
                    return Err("the XMPP server speaks on after it agreed to TLS".to_owned());
                }
                Step::BeginTls => return Ok(()),
            }
        }
    }
}
