//! Servers that speak nothing that a modern client speaks, as far as the handshake is in the clear
//! (RFC 2246, 4346 and 5246, 7.3): ServerHello, Certificate, CertificateStatus, ServerHelloDone.
//! There is no cryptography here: a client that goes on from there is left.

use std::io;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::counts::Hello;
use crate::server::{ALERT, FATAL, HANDSHAKE, RECORD_HEADER, read_hello};

/// The alerts of a server that finds nothing in common with its client (RFC 5246, 7.2).
const HANDSHAKE_FAILURE: u8 = 40;
const PROTOCOL_VERSION: u8 = 70;

/// The message types (RFC 5246, 7.4; RFC 6066, 8).
const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
const SERVER_HELLO_DONE: u8 = 14;
const CERTIFICATE_STATUS: u8 = 22;

/// The extensions that count here (RFC 6066, 3 and 8; RFC 8446, 4.2.1).
const SERVER_NAME: u16 = 0;
const STATUS_REQUEST: u16 = 5;
const SUPPORTED_VERSIONS: u16 = 43;

/// Suites with RSA key exchange, the preferred first: AES-128, AES-256 and 3DES, with SHA-1.
const SUITES: [u16; 3] = [0x002f, 0x0035, 0x000a];

/// Bytes of the longest record (RFC 5246, 6.2.1).
const LONGEST_RECORD: usize = 1 << 14;

/// What such a server speaks at best.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OldProtocol {
    /// TLS 1.0.
    Tls10,
    /// TLS 1.1.
    Tls11,
    /// TLS 1.2 with RSA key exchange only.
    Tls12Rsa,
}

impl OldProtocol {
    const fn version(self) -> u16 {
        match self {
            Self::Tls10 => 0x0301,
            Self::Tls11 => 0x0302,
            Self::Tls12Rsa => 0x0303,
        }
    }
}

/// What one such server presents.
pub(crate) struct OldTls {
    pub(crate) protocol: OldProtocol,
    /// The certificates in the order presented, DER.
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) staple: Option<Vec<u8>>,
}

impl OldTls {
    /// Answers a ClientHello, of which `on_hello` is told.
    pub(crate) async fn converse(
        &self,
        mut stream: TcpStream,
        shown: &str,
        on_hello: impl FnOnce(Hello),
    ) -> io::Result<()> {
        let record = read_hello(&mut stream).await?;
        let Some(hello) = ClientHello::parse(&record) else { return Ok(()) };
        on_hello(Hello::new(shown, hello.server_name.as_deref()));
        match self.answer(&hello) {
            Ok(answer) => {
                stream.write_all(&answer).await?;
                stream.read_buf(&mut Vec::new()).await?;
                stream.shutdown().await
            }
            Err(description) => {
                stream.write_all(&[ALERT, 3, 1, 0, 2, FATAL, description]).await?;
                stream.shutdown().await
            }
        }
    }

    /// The records of the answer, or the description of an alert.
    fn answer(&self, hello: &ClientHello) -> Result<Vec<u8>, u8> {
        let version = self.protocol.version();
        if !hello.offers(version) {
            return Err(PROTOCOL_VERSION);
        }
        let suite = SUITES.into_iter().find(|suite| hello.suites.contains(suite));
        let suite = suite.ok_or(HANDSHAKE_FAILURE)?;
        let staple = self.staple.as_ref().filter(|_| hello.wants_status);

        let mut server_hello = version.to_be_bytes().to_vec();
        server_hello.extend([0x5a; 32]); // the random
        server_hello.push(0); // no session
        server_hello.extend(suite.to_be_bytes());
        server_hello.push(0); // no compression
        if staple.is_some() {
            let mut extension = STATUS_REQUEST.to_be_bytes().to_vec();
            extension.extend([0, 0]);
            server_hello.extend([0, 4]);
            server_hello.extend(extension);
        }
        let certificates: Vec<u8> = self.chain.iter().flat_map(|it| long_vector(it)).collect();

        let mut answer = self.records(SERVER_HELLO, &server_hello);
        answer.extend(self.records(CERTIFICATE, &long_vector(&certificates)));
        if let Some(staple) = staple {
            const OCSP: u8 = 1;
            let status = [&[OCSP][..], &long_vector(staple)].concat();
            answer.extend(self.records(CERTIFICATE_STATUS, &status));
        }
        answer.extend(self.records(SERVER_HELLO_DONE, &[]));
        Ok(answer)
    }

    /// One message in as many records as it needs.
    fn records(&self, message: u8, body: &[u8]) -> Vec<u8> {
        let message = [&[message][..], &long_vector(body)].concat();
        let mut records = Vec::new();
        for part in message.chunks(LONGEST_RECORD) {
            records.push(HANDSHAKE);
            records.extend(self.protocol.version().to_be_bytes());
            records.extend((part.len() as u16).to_be_bytes());
            records.extend(part);
        }
        records
    }
}

/// Bytes behind their length in three bytes.
fn long_vector(bytes: &[u8]) -> Vec<u8> {
    let [_, length @ ..] = (bytes.len() as u32).to_be_bytes();
    [&length[..], bytes].concat()
}

/// What counts of a ClientHello (RFC 5246, 7.4.1.2).
#[derive(Debug, Default)]
struct ClientHello {
    version: u16,
    suites: Vec<u16>,
    server_name: Option<String>,
    wants_status: bool,
    supported_versions: Option<Vec<u16>>,
}

impl ClientHello {
    fn parse(record: &[u8]) -> Option<Self> {
        const MESSAGE_HEADER: usize = 4;
        let mut rest = record.get(RECORD_HEADER + MESSAGE_HEADER..)?;
        let mut hello = Self { version: number(take(&mut rest, 2)?), ..Self::default() };
        take(&mut rest, 32)?; // the random
        vector(&mut rest, 1)?; // the session
        hello.suites = vector(&mut rest, 2)?.chunks_exact(2).map(number).collect();
        vector(&mut rest, 1)?; // compression methods
        let mut extensions = if rest.is_empty() { rest } else { vector(&mut rest, 2)? };
        while !extensions.is_empty() {
            let kind = number(take(&mut extensions, 2)?);
            let content = vector(&mut extensions, 2)?;
            match kind {
                // One list with one entry: its type, and the name behind its length.
                SERVER_NAME => {
                    let name = content.get(5..)?;
                    hello.server_name = Some(String::from_utf8_lossy(name).to_ascii_lowercase());
                }
                STATUS_REQUEST => hello.wants_status = true,
                SUPPORTED_VERSIONS => {
                    let versions = content.get(1..)?.chunks_exact(2).map(number);
                    hello.supported_versions = Some(versions.collect());
                }
                _ => {}
            }
        }
        Some(hello)
    }

    /// Whether the client would speak this version (RFC 8446, 4.2.1).
    fn offers(&self, version: u16) -> bool {
        match &self.supported_versions {
            Some(versions) => versions.contains(&version),
            None => self.version >= version,
        }
    }
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

/// Bytes behind their length in so many bytes.
fn vector<'a>(rest: &mut &'a [u8], of_length: usize) -> Option<&'a [u8]> {
    let length = take(rest, of_length)?;
    let length = length.iter().fold(0, |sum, byte| sum * 256 + usize::from(*byte));
    take(rest, length)
}

fn number(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |sum, byte| (sum << 8) | u16::from(*byte))
}
