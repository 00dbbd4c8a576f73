//! Servers: one listener for each logical address and port, good or faulty.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::server::{ClientHello, NoServerSessionStorage, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use crate::counts::{Counts, Hello};
use crate::fault::{Strikes, TlsFault};
use crate::http::Site;
use crate::old_tls::OldTls;
use crate::xmpp::Xmpp;

/// The content types of TLS records (RFC 8446, 5.1).
pub(crate) const ALERT: u8 = 21;
pub(crate) const HANDSHAKE: u8 = 22;

/// The level of an alert that ends a connection (RFC 5246, 7.2).
pub(crate) const FATAL: u8 = 2;

/// Bytes of a TLS record's header (RFC 8446, 5.1).
pub(crate) const RECORD_HEADER: usize = 5;

/// Bytes of the longest ClientHello that is read.
const LONGEST_HELLO: usize = 16 * 1024;

/// What listens behind one logical address and port.
pub(crate) struct Server {
    /// The logical `ADDRESS:PORT`, as counters show it.
    pub(crate) shown: String,
    pub(crate) security: Security,
    pub(crate) site: Arc<Site>,
    pub(crate) fault: Option<Strikes<TlsFault>>,
    pub(crate) delay: Duration,
    pub(crate) counts: Arc<Counts>,
}

/// How a server speaks before it speaks HTTP.
pub(crate) enum Security {
    Tls(TlsAcceptor),
    Plain,
    /// TLS that is too old to complete.
    Old(OldTls),
    /// XMPP first.
    StartTls(Xmpp, TlsAcceptor),
}

/// A bound port; `Refusing` holds it without listening, so that nobody else gets it.
pub(crate) enum Port {
    Listening(std::net::TcpListener),
    Refusing(TcpSocket),
}

impl Port {
    pub(crate) fn listen() -> io::Result<Self> {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        listener.set_nonblocking(true)?;
        Ok(Self::Listening(listener))
    }

    pub(crate) fn refuse() -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        socket.bind((Ipv4Addr::LOCALHOST, 0).into())?;
        Ok(Self::Refusing(socket))
    }

    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        match self {
            Self::Listening(listener) => listener.local_addr(),
            Self::Refusing(socket) => socket.local_addr(),
        }
    }
}

/// The certificates of one server: by the name asked for, and one for everything else. Without
/// that one, the server ends a handshake that asks for another name or for none.
#[derive(Debug)]
pub(crate) struct Presented {
    pub(crate) default: Option<Arc<CertifiedKey>>,
    pub(crate) by_name: HashMap<String, Arc<CertifiedKey>>,
}

/// Chooses the certificate, and counts the ClientHello where its server name can be seen.
#[derive(Debug)]
struct CountingResolver {
    presented: Presented,
    shown: String,
    counts: Arc<Counts>,
}

impl ResolvesServerCert for CountingResolver {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        let name = hello.server_name().map(str::to_ascii_lowercase);
        self.counts.hellos.add(Hello::new(&self.shown, name.as_deref()));
        name.and_then(|name| self.presented.by_name.get(&name))
            .or(self.presented.default.as_ref())
            .cloned()
    }
}

/// TLS 1.2 and 1.3 with these certificates; sessions are never resumed, so that every connection
/// shows its certificate.
pub(crate) fn tls(
    presented: Presented,
    shown: &str,
    counts: &Arc<Counts>,
) -> Result<TlsAcceptor, rustls::Error> {
    let resolver = CountingResolver { presented, shown: shown.to_owned(), counts: counts.clone() };
    let mut config = ServerConfig::builder_with_provider(aws_lc_rs::default_provider().into())
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(resolver));
    config.session_storage = Arc::new(NoServerSessionStorage {});
    config.send_tls13_tickets = 0;
    Ok(TlsAcceptor::from(Arc::new(config)))
}

/// A logical address and port in one text, as `--connect-to` and the counters write it.
pub(crate) fn shown(address: IpAddr, port: u16) -> String {
    SocketAddr::new(address, port).to_string()
}

impl Server {
    /// A port for it.
    pub(crate) fn port(&self) -> io::Result<Port> {
        let refuses = self.fault.as_ref().is_some_and(|it| it.fault == TlsFault::Refused);
        if refuses { Port::refuse() } else { Port::listen() }
    }

    /// Serves every connection until dropped.
    pub(crate) async fn serve(self: Arc<Self>, listener: TcpListener) {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    self.counts.connections.add(self.shown.clone());
                    let server = self.clone();
                    tokio::spawn(async move {
                        // What a client makes of the connection is the client's to report.
                        let _ = server.converse(stream).await;
                    });
                }
                // Too many open files, or a client that has gone already.
                Err(_) => sleep(Duration::from_millis(10)).await,
            }
        }
    }

    async fn converse(&self, stream: TcpStream) -> io::Result<()> {
        // Handshakes are small messages in turns.
        stream.set_nodelay(true)?;
        sleep(self.delay).await;
        match self.fault.as_ref().and_then(Strikes::strike) {
            None => {}
            Some(TlsFault::Slow(more)) => sleep(more).await,
            Some(fault) => return self.fail(fault, stream).await,
        }
        match &self.security {
            Security::Tls(acceptor) => {
                let stream = acceptor.accept(stream).await?;
                self.site.converse(stream, &self.shown, &self.counts).await
            }
            Security::Plain => self.site.converse(stream, &self.shown, &self.counts).await,
            Security::Old(old) => {
                old.converse(stream, &self.shown, |hello| self.counts.hellos.add(hello)).await
            }
            Security::StartTls(xmpp, acceptor) => {
                let on_element = |said| self.counts.requests.add((self.shown.clone(), said));
                let Some(stream) = xmpp.until_tls(stream, on_element).await? else { return Ok(()) };
                let mut stream = acceptor.accept(stream).await?;
                // What the client says next is between the two of them; until it leaves.
                tokio::io::copy(&mut stream, &mut tokio::io::sink()).await?;
                stream.shutdown().await
            }
        }
    }

    async fn fail(&self, fault: TlsFault, mut stream: TcpStream) -> io::Result<()> {
        match fault {
            TlsFault::Tarpit => wait_for_end(stream).await,
            TlsFault::Reset => {
                read_hello(&mut stream).await?;
                stream.set_zero_linger()
            }
            TlsFault::Close => {
                read_hello(&mut stream).await?;
                stream.shutdown().await
            }
            TlsFault::NotTls => {
                read_hello(&mut stream).await?;
                stream.write_all(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n").await?;
                stream.shutdown().await
            }
            TlsFault::StallAfterHello => {
                let hello = read_hello(&mut stream).await?;
                stream.write_all(&self.server_hello(&hello)).await?;
                wait_for_end(stream).await
            }
            TlsFault::Alert(description) => {
                read_hello(&mut stream).await?;
                stream.write_all(&[ALERT, 3, 3, 0, 2, FATAL, description]).await?;
                stream.shutdown().await
            }
            // Neither comes here: one port does not listen, the other fault only waits.
            TlsFault::Refused | TlsFault::Slow(_) => Ok(()),
        }
    }

    /// The first record that this server would answer with.
    fn server_hello(&self, client_hello: &[u8]) -> Vec<u8> {
        let Security::Tls(acceptor) = &self.security else { return Vec::new() };
        let answer = || -> Result<Vec<u8>, Box<dyn std::error::Error>> {
            let mut connection = rustls::ServerConnection::new(acceptor.config().clone())?;
            connection.read_tls(&mut &client_hello[..])?;
            connection.process_new_packets()?;
            let mut answer = Vec::new();
            while connection.wants_write() {
                connection.write_tls(&mut answer)?;
            }
            Ok(answer)
        };
        let mut answer = answer().unwrap_or_default();
        if let Some(length) = record_length(&answer) {
            answer.truncate(length);
        }
        answer
    }
}

/// Reads one TLS record, the ClientHello, as far as the client sends it; of anything else what
/// arrives first.
pub(crate) async fn read_hello(stream: &mut TcpStream) -> io::Result<Vec<u8>> {
    let mut hello = Vec::new();
    while hello.first().is_none_or(|content_type| *content_type == HANDSHAKE)
        && record_length(&hello).is_none_or(|length| hello.len() < length)
    {
        if hello.len() > LONGEST_HELLO || stream.read_buf(&mut hello).await? == 0 {
            break;
        }
    }
    Ok(hello)
}

/// The length of the TLS record at the start of these bytes, its header included.
fn record_length(bytes: &[u8]) -> Option<usize> {
    let header = bytes.get(..RECORD_HEADER)?;
    Some(RECORD_HEADER + usize::from(u16::from_be_bytes([header[3], header[4]])))
}

/// Says nothing for as long as the client stays.
pub(crate) async fn wait_for_end(mut stream: TcpStream) -> io::Result<()> {
    let mut ignored = [0; 1024];
    while stream.read(&mut ignored).await? > 0 {}
    Ok(())
}
