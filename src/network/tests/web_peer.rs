//! An HTTP server on loopback that answers by path, or misbehaves; also as a proxy.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What the server does with a request.
#[derive(Clone, Debug)]
pub(super) enum Reply {
    /// These octets, and the connection ends.
    Octets(Vec<u8>),
    /// These octets after a pause.
    Late(Duration, Vec<u8>),
    /// These octets, each after a pause.
    Dripping(Duration, Vec<u8>),
    /// These octets, and then the same piece again and again.
    Endless(Vec<u8>, Vec<u8>),
    /// Nothing, while the connection stays.
    Silence,
}

pub(super) struct WebPeer {
    pub(super) address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    most_at_once: Arc<AtomicUsize>,
}

impl WebPeer {
    /// Serves `target -> reply`; what is not there is 404, and `*` stands for every target.
    pub(super) fn start<'a>(site: impl IntoIterator<Item = (&'a str, Reply)>) -> Self {
        let site: BTreeMap<String, Reply> =
            site.into_iter().map(|(target, reply)| (target.to_owned(), reply)).collect();
        let site = Arc::new(site);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let peer = Self {
            address: listener.local_addr().unwrap(),
            requests: Arc::default(),
            most_at_once: Arc::default(),
        };
        let (requests, most) = (peer.requests.clone(), peer.most_at_once.clone());
        let now = Arc::new(AtomicUsize::new(0));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (site, requests) = (site.clone(), requests.clone());
                let (most, now) = (most.clone(), now.clone());
                thread::spawn(move || {
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    serve(stream, &site, &requests);
                    now.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        peer
    }

    /// The requests, head and content, in the order of their arrival.
    pub(super) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }

    /// The most connections that were open at once.
    pub(super) fn most_at_once(&self) -> usize {
        self.most_at_once.load(Ordering::SeqCst)
    }
}

fn serve(mut stream: TcpStream, site: &BTreeMap<String, Reply>, requests: &Mutex<Vec<String>>) {
    let Some(request) = read_request(&mut stream) else { return };
    let target = request.split(' ').nth(1).unwrap_or_default().to_owned();
    requests.lock().unwrap().push(request);
    let missing = Reply::Octets(b"HTTP/1.1 404 Not Found\r\n\r\n".to_vec());
    let reply = site.get(&target).or_else(|| site.get("*")).unwrap_or(&missing);
    // The client may leave at any time.
    let _ = match reply {
        Reply::Octets(octets) => stream.write_all(octets),
        Reply::Late(pause, octets) => {
            thread::sleep(*pause);
            stream.write_all(octets)
        }
        Reply::Dripping(pause, octets) => octets.iter().try_for_each(|octet| {
            thread::sleep(*pause);
            stream.write_all(&[*octet])
        }),
        Reply::Endless(octets, piece) => {
            let mut sent = stream.write_all(octets);
            while sent.is_ok() {
                sent = stream.write_all(piece);
            }
            sent
        }
        Reply::Silence => stream.read_to_end(&mut Vec::new()).map(drop),
    };
}

/// A head and as much content as it says.
fn read_request(stream: &mut TcpStream) -> Option<String> {
    let mut request = Vec::new();
    let mut octet = [0];
    while !request.ends_with(b"\r\n\r\n") {
        stream.read_exact(&mut octet).ok()?;
        request.push(octet[0]);
    }
    let head = String::from_utf8_lossy(&request).to_ascii_lowercase();
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
    let mut content = vec![0; length.unwrap_or(0)];
    stream.read_exact(&mut content).ok()?;
    Some(format!("{}{}", String::from_utf8_lossy(&request), String::from_utf8_lossy(&content)))
}

/// 200 with this content.
pub(super) fn ok(content: &str) -> Reply {
    Reply::Octets(ok_octets(content))
}

pub(super) fn ok_octets(content: &str) -> Vec<u8> {
    let length = content.len();
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{content}").into_bytes()
}

/// A redirect.
pub(super) fn to(location: &str) -> Reply {
    Reply::Octets(format!("HTTP/1.1 302 Found\r\nLocation: {location}\r\n\r\n").into_bytes())
}
