//! One DNS server: how a question gets there and an answer back.

use std::cell::Cell;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use hickory_resolver::net::NetError;
use hickory_resolver::net::h2::HttpsClientStream;
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use hickory_resolver::net::tcp::TcpClientStream;
use hickory_resolver::net::tls::tls_exchange;
use hickory_resolver::net::xfer::{DnsExchange, DnsHandle};
use hickory_resolver::proto::op::{
    DnsRequest, DnsRequestOptions, DnsResponse, Message, Query, ResponseCode,
};
use rustls::ClientConfig;
use rustls_pki_types::ServerName;
use tokio::sync::Mutex;

use super::{datagram, words};

/// Questions that may be under way on one TCP, TLS or HTTPS connection; more than the run ever
/// has, so that the connection is never the bound.
const MAX_ON_ONE_CONNECTION: usize = 128;
/// How long to wait when a connection's queue is full.
const BUSY_PAUSE: Duration = Duration::from_millis(5);

/// A DNS server and, where its transport is a stream, the connection to it.
pub(super) struct Upstream {
    shown: String,
    transport: Transport,
    timeout: Duration,
    /// Owns the tasks that drive the connection.
    provider: TokioRuntimeProvider,
    connection: Mutex<Option<Connection>>,
    generation: Cell<u64>,
    history: Cell<History>,
}

/// How questions travel.
pub(super) enum Transport {
    /// UDP, and TCP when an answer is truncated.
    Plain(SocketAddr),
    /// DNS over TLS; the addresses are tried in order.
    Tls { addresses: Vec<SocketAddr>, name: ServerName<'static>, config: Arc<ClientConfig> },
    /// DNS over HTTPS; the addresses are tried in order.
    Https { addresses: Vec<SocketAddr>, host: Arc<str>, path: Arc<str>, config: Arc<ClientConfig> },
}

#[derive(Clone)]
struct Connection {
    generation: u64,
    exchange: DnsExchange<TokioRuntimeProvider>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum History {
    Unknown,
    OnlySilent,
    HasAnswered,
}

/// Why one attempt brought nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// Lost or broken on the way: asking again may help.
    Passing(String),
    /// The server's own word that it does not answer this: asking it again does not help.
    Final(String),
}

impl Failure {
    pub(super) fn words(&self) -> &str {
        match self {
            Self::Passing(words) | Self::Final(words) => words,
        }
    }
}

impl Upstream {
    pub(super) fn new(shown: String, transport: Transport, timeout: Duration) -> Self {
        Self {
            shown,
            transport,
            timeout,
            provider: TokioRuntimeProvider::default(),
            connection: Mutex::new(None),
            generation: Cell::new(0),
            history: Cell::new(History::Unknown),
        }
    }

    /// The server as reports name it.
    pub(super) fn shown(&self) -> &str {
        &self.shown
    }

    /// Whether it was asked and has never answered. Such a server is asked last, so that a dead
    /// one does not cost every question its timeout. A server that answered once keeps its place:
    /// one lost packet must not decide whose view of the DNS counts.
    pub(super) fn has_only_been_silent(&self) -> bool {
        self.history.get() == History::OnlySilent
    }

    /// Puts one question, once.
    pub(super) async fn ask(&self, query: &Query) -> Result<Message, Failure> {
        // Boxed, as it is large and the futures around it are moved about.
        let sending = Box::pin(self.send(query));
        let result = match tokio::time::timeout(self.timeout, sending).await {
            Ok(result) => result,
            Err(_) => Err(NetError::Timeout),
        };
        match &result {
            Ok(_) => self.history.set(History::HasAnswered),
            Err(_) if self.history.get() == History::Unknown => {
                self.history.set(History::OnlySilent);
            }
            Err(_) => {}
        }
        let response = result.map_err(|error| Failure::Passing(self.in_words(&error)))?;
        let is_another = response.queries.first() != Some(query);
        match response.response_code {
            ResponseCode::NoError | ResponseCode::NXDomain if is_another => {
                Err(Failure::Passing(format!("`{}` answered another question", self.shown)))
            }
            ResponseCode::NoError | ResponseCode::NXDomain => Ok(response),
            code => Err(Failure::Final(format!("`{}` answered {}", self.shown, code_word(code)))),
        }
    }

    /// Asks with EDNS, and without it where the server does not know what that is (RFC 6891, 7).
    async fn send(&self, query: &Query) -> Result<Message, NetError> {
        let mut options = DnsRequestOptions::default();
        let response = self.send_with(query, options).await?;
        if !matches!(response.response_code, ResponseCode::FormErr | ResponseCode::NotImp) {
            return Ok(response);
        }
        options.use_edns = false;
        self.send_with(query, options).await
    }

    async fn send_with(
        &self,
        query: &Query,
        options: DnsRequestOptions,
    ) -> Result<Message, NetError> {
        let request = DnsRequest::from_query(query.clone(), options);
        if let Transport::Plain(server) = &self.transport {
            // It is not repeated here: whoever asks counts attempts.
            let response = datagram::exchange(*server, &request).await?;
            if !response.truncation {
                return Ok(response);
            }
        }
        let response = Box::pin(self.send_by_stream(request)).await?.into_message();
        if response.truncation { Err(NetError::Truncated) } else { Ok(response) }
    }

    /// Over the connection that is there, or a new one. A connection that the server closed
    /// between two questions is no failure of the server: the question goes over a new one.
    async fn send_by_stream(&self, request: DnsRequest) -> Result<DnsResponse, NetError> {
        loop {
            let (connection, is_new) = self.connection().await?;
            let answer = connection.exchange.send(request.clone()).next().await;
            match answer.unwrap_or(Err(NetError::NoConnections)) {
                Err(NetError::Busy) => tokio::time::sleep(BUSY_PAUSE).await,
                Err(error) => {
                    let mut kept = self.connection.lock().await;
                    if kept.as_ref().is_some_and(|kept| kept.generation == connection.generation) {
                        *kept = None;
                    }
                    if is_new || matches!(error, NetError::Timeout) {
                        return Err(error);
                    }
                }
                answer => return answer,
            }
        }
    }

    async fn connection(&self) -> Result<(Connection, bool), NetError> {
        let mut kept = self.connection.lock().await;
        if let Some(connection) = &*kept {
            return Ok((connection.clone(), false));
        }
        let exchange = self.connect().await?;
        let generation = self.generation.get() + 1;
        self.generation.set(generation);
        let connection = Connection { generation, exchange };
        *kept = Some(connection.clone());
        Ok((connection, true))
    }

    async fn connect(&self) -> Result<DnsExchange<TokioRuntimeProvider>, NetError> {
        let provider = || self.provider.clone();
        let (timeout, max) = (self.timeout, Some(MAX_ON_ONE_CONNECTION));
        let mut last = NetError::NoConnections;
        match &self.transport {
            Transport::Plain(server) => {
                return TcpClientStream::exchange(*server, None, timeout, max, provider()).await;
            }
            Transport::Tls { addresses, name, config } => {
                for address in addresses {
                    let config = (**config).clone();
                    match tls_exchange(*address, name.clone(), config, timeout, max, provider())
                        .await
                    {
                        Ok(exchange) => return Ok(exchange),
                        Err(error) => last = error,
                    }
                }
            }
            Transport::Https { addresses, host, path, config } => {
                for address in addresses {
                    let builder = HttpsClientStream::builder(config.clone(), provider());
                    match builder.exchange(*address, host.clone(), path.clone()).await {
                        Ok(exchange) => return Ok(exchange),
                        Err(error) => last = error,
                    }
                }
            }
        }
        Err(last)
    }

    fn in_words(&self, error: &NetError) -> String {
        let server = &self.shown;
        match error {
            NetError::Timeout => {
                format!(
                    "`{server}` gave no answer within {}",
                    super::settings::seconds(self.timeout)
                )
            }
            NetError::Io(error) => match words::rustls_error(error) {
                Some(rustls::Error::InvalidCertificate(why)) => {
                    format!("`{server}` has no certificate to trust: {why}")
                }
                _ => format!("`{server}` could not be asked: {}", words::of_io(error)),
            },
            NetError::Truncated => format!("`{server}` truncates its answer over TCP too"),
            NetError::Proto(_) => format!("`{server}` answered no DNS message"),
            NetError::NoConnections => format!("`{server}` closed the connection"),
            error => {
                let why = words::of_stranger(&error.to_string());
                format!("`{server}` could not be asked: {why}")
            }
        }
    }
}

/// The mnemonic of a response code (RFC 1035, 4.1.1; RFC 6895, 2.3).
fn code_word(code: ResponseCode) -> String {
    match code {
        ResponseCode::ServFail => "SERVFAIL".to_owned(),
        ResponseCode::Refused => "REFUSED".to_owned(),
        ResponseCode::FormErr => "FORMERR".to_owned(),
        ResponseCode::NotImp => "NOTIMP".to_owned(),
        ResponseCode::NotAuth => "NOTAUTH".to_owned(),
        code => format!("with response code {}", u16::from(code)),
    }
}

/// Whether a server name is an address, which needs no look-up.
pub(super) fn as_address(host: &str, port: u16) -> Option<SocketAddr> {
    host.parse::<IpAddr>().ok().map(|address| SocketAddr::new(address, port))
}
