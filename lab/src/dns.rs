//! The DNS server's sockets: one port, UDP and TCP.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UdpSocket};
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::responder::{Responder, Transport};

/// Ports tried until one is free for UDP and TCP alike.
const PORTS_TRIED: usize = 64;

/// Bytes of the longest question taken over UDP.
const LONGEST_DATAGRAM: usize = 4096;

/// A bound DNS server that does not answer yet.
#[derive(Debug)]
pub(crate) struct DnsSockets {
    udp: std::net::UdpSocket,
    tcp: std::net::TcpListener,
}

impl DnsSockets {
    /// Binds one free port of 127.0.0.1 for both transports.
    pub(crate) fn bind() -> io::Result<Self> {
        let mut tried = 0;
        loop {
            tried += 1;
            let tcp = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
            match std::net::UdpSocket::bind(tcp.local_addr()?) {
                Ok(udp) => {
                    tcp.set_nonblocking(true)?;
                    udp.set_nonblocking(true)?;
                    return Ok(Self { udp, tcp });
                }
                Err(_) if tried < PORTS_TRIED => {}
                Err(why) => return Err(why),
            }
        }
    }

    pub(crate) fn address(&self) -> io::Result<SocketAddr> {
        self.udp.local_addr()
    }

    /// Answers until dropped.
    pub(crate) async fn serve(self, responder: Arc<Responder>) -> io::Result<()> {
        let udp = Arc::new(UdpSocket::from_std(self.udp)?);
        let tcp = TcpListener::from_std(self.tcp)?;
        tokio::join!(serve_udp(udp, responder.clone()), serve_tcp(tcp, responder));
        Ok(())
    }
}

async fn serve_udp(socket: Arc<UdpSocket>, responder: Arc<Responder>) {
    let mut buffer = [0; LONGEST_DATAGRAM];
    loop {
        let Ok((length, from)) = socket.recv_from(&mut buffer).await else {
            // Windows reports here that a client of an earlier answer has gone.
            tokio::task::yield_now().await;
            continue;
        };
        let Some(reply) = responder.reply(&buffer[..length], Transport::Udp) else { continue };
        if reply.after.is_zero() {
            // A client that has gone misses its answer, as on any network.
            let _ = socket.send_to(&reply.bytes, from).await;
        } else {
            let socket = socket.clone();
            tokio::spawn(async move {
                sleep(reply.after).await;
                let _ = socket.send_to(&reply.bytes, from).await;
            });
        }
    }
}

async fn serve_tcp(listener: TcpListener, responder: Arc<Responder>) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(converse(stream, responder.clone()));
            }
            Err(_) => sleep(Duration::from_millis(10)).await,
        }
    }
}

/// Answers all questions of one connection, each when it is ready (RFC 7766, 7): a slow answer
/// does not hold back the next.
async fn converse(stream: TcpStream, responder: Arc<Responder>) {
    // Small answers must not wait for the acknowledgement of the answer before.
    let _ = stream.set_nodelay(true);
    let (mut questions, mut answers) = stream.into_split();
    let (ready, mut to_send) = mpsc::unbounded_channel::<Vec<u8>>();
    tokio::spawn(async move {
        while let Some(bytes) = to_send.recv().await {
            if answers.write_all(&bytes).await.is_err() {
                return;
            }
        }
    });
    while let Ok(length) = questions.read_u16().await {
        let mut question = vec![0; usize::from(length)];
        if questions.read_exact(&mut question).await.is_err() {
            return;
        }
        let Some(reply) = responder.reply(&question, Transport::Tcp) else { continue };
        let Ok(length) = u16::try_from(reply.bytes.len()) else { continue };
        let framed = [&length.to_be_bytes()[..], &reply.bytes].concat();
        let ready = ready.clone();
        if reply.after.is_zero() {
            let _ = ready.send(framed);
        } else {
            tokio::spawn(async move {
                sleep(reply.after).await;
                let _ = ready.send(framed);
            });
        }
    }
}
