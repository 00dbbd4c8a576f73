//! TCP connections, directly or through a proxy.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use futures_util::stream::{FuturesUnordered, StreamExt};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::proxy::Proxy;
use super::words;

/// The longest head of a proxy's answer that is read; the usual bound of HTTP servers.
const MAX_PROXY_HEAD: usize = 16 * 1024;
/// How long one address of several is waited for before the next is tried beside it (RFC 8305, 5:
/// "Connection Attempt Delay").
const ATTEMPT_DELAY: Duration = Duration::from_millis(250);

/// A connection to `address`, or the reason in words why there is none.
pub(super) async fn connect(
    address: SocketAddr,
    proxy: Option<&Proxy>,
) -> Result<TcpStream, String> {
    let Some(proxy) = proxy else {
        return TcpStream::connect(address).await.map_err(|error| words::of_io(&error));
    };
    let through = |what: &str| format!("through the proxy `{proxy}`: {what}");
    let mut stream = connect_to_proxy(proxy).await?;
    match open_tunnel(&mut stream, proxy, address).await {
        Ok(Status::Open) => Ok(stream),
        Ok(Status::Refused(status)) => Err(through(&format!("it answered `{status}`"))),
        Ok(Status::NotHttp) => Err(through("its answer is not HTTP")),
        Err(error) => Err(through(&words::of_io(&error))),
    }
}

/// A connection to the proxy itself.
pub(super) async fn connect_to_proxy(proxy: &Proxy) -> Result<TcpStream, String> {
    TcpStream::connect(proxy.address())
        .await
        .map_err(|error| format!("the proxy `{proxy}`: {}", words::of_io(&error)))
}

/// A connection to whichever of the addresses takes it first; they are tried in their order, the
/// next one as soon as the one before failed or is slow. Or why none of them does.
pub(super) async fn connect_to_any(
    addresses: &[SocketAddr],
    proxy: Option<&Proxy>,
) -> Result<TcpStream, String> {
    let mut attempts = FuturesUnordered::new();
    let mut failures: Vec<Option<String>> = vec![None; addresses.len()];
    let mut next = 0;
    loop {
        if let Some(address) = addresses.get(next) {
            let at = next;
            attempts.push(async move { (at, connect(*address, proxy).await) });
            next += 1;
        } else if attempts.is_empty() {
            return Err(why_none(addresses, &failures));
        }
        tokio::select! {
            Some((at, attempt)) = attempts.next() => match attempt {
                Ok(stream) => return Ok(stream),
                Err(why) => failures[at] = Some(why),
            },
            () = tokio::time::sleep(ATTEMPT_DELAY), if next < addresses.len() => {}
        }
    }
}

/// Every address with its reason; one reason alone when it is the same for all.
fn why_none(addresses: &[SocketAddr], failures: &[Option<String>]) -> String {
    let failed: Vec<(&SocketAddr, &String)> = addresses
        .iter()
        .zip(failures)
        .filter_map(|(one, why)| Some((one, why.as_ref()?)))
        .collect();
    let words = failed.first().map_or("it has no address", |(_, why)| why.as_str());
    if failed.iter().all(|(_, why)| *why == words) {
        return words.to_owned();
    }
    let each: Vec<String> =
        failed.iter().map(|(one, why)| format!("`{}`: {why}", one.ip())).collect();
    each.join("; ")
}

/// What the proxy answered.
enum Status {
    Open,
    Refused(String),
    NotHttp,
}

/// RFC 9110, 9.3.6: any 2xx status opens the tunnel; the server's bytes begin after the head.
async fn open_tunnel(
    stream: &mut TcpStream,
    proxy: &Proxy,
    address: SocketAddr,
) -> io::Result<Status> {
    stream.write_all(proxy.connect_request(&address.to_string()).as_bytes()).await?;
    let mut head = Vec::new();
    // Byte by byte, so that nothing of what follows the head is taken from the stream.
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() == MAX_PROXY_HEAD {
            return Ok(Status::NotHttp);
        }
        head.push(stream.read_u8().await?);
    }
    let line = head.split(|byte| *byte == b'\r').next().unwrap_or_default();
    let line = String::from_utf8_lossy(line);
    Ok(match line.split_once(' ') {
        Some((version, status)) if version.starts_with("HTTP/1.") => {
            if status.starts_with('2') {
                Status::Open
            } else {
                Status::Refused(words::of_stranger(status))
            }
        }
        _ => Status::NotHttp,
    })
}
