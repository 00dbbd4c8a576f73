//! A TLS server on loopback that shows one certificate, or misbehaves.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use rcgen::{CertifiedKey, KeyPair, generate_simple_self_signed};
use rustls::server::{Acceptor, ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey as SigningKey;
use rustls::{CipherSuite, ServerConfig, ServerConnection, StreamOwned};
use rustls_pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};

use super::super::tls::crypto_provider;
use super::dns_peer::{Reply, serve_stream};

/// What the server does with a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// A TLS handshake.
    Proper,
    /// A TLS 1.2 handshake with a stapled OCSP response.
    OlderWithStaple,
    /// A TLS handshake that stops before the server's Finished.
    StallsAfterCertificate,
    /// Accepts and stays silent.
    Tarpit,
    /// Resets the connection when the client speaks.
    Reset,
    /// Closes the connection without a word.
    Close,
    /// Speaks another protocol.
    NotTls,
    /// Ends with the alert `protocol_version`, as servers of TLS 1.0 do.
    TooOld,
    /// The same where nothing of old is offered; else what a server of TLS 1.0 shows.
    Old,
    /// Ends without a word where nothing of old is offered; else the same.
    OldAndSilent,
}

/// What `openssl s_server -tls1` of OpenSSL 3.0 answered, with a certificate and a staple.
pub(super) const TLS_1_0: &[u8] = include_bytes!("../../../tests/fixtures/tls10-flight.bin");

pub(super) struct TlsPeer {
    pub(super) address: SocketAddr,
    pub(super) certificate: CertificateDer<'static>,
    seen: Arc<Mutex<Vec<Option<String>>>>,
    most_at_once: Arc<AtomicUsize>,
}

impl TlsPeer {
    pub(super) fn start(manner: Manner, names: &[&str]) -> Self {
        let (config, certificate, seen) = server_config(names, manner);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let most_at_once = Arc::new(AtomicUsize::new(0));
        let (most, now) = (most_at_once.clone(), Arc::new(AtomicUsize::new(0)));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (config, most, now) = (config.clone(), most.clone(), now.clone());
                thread::spawn(move || {
                    most.fetch_max(now.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                    meet(stream, manner, config);
                    now.fetch_sub(1, Ordering::SeqCst);
                });
            }
        });
        Self { address, certificate, seen, most_at_once }
    }

    /// The server names that clients sent, in the order of their arrival.
    pub(super) fn server_names(&self) -> Vec<Option<String>> {
        self.seen.lock().unwrap().clone()
    }

    /// The most connections that were open at once.
    pub(super) fn most_at_once(&self) -> usize {
        self.most_at_once.load(Ordering::SeqCst)
    }

    /// A DNS server over TLS, and the certificate to trust.
    pub(super) fn start_dns(
        zone: BTreeMap<String, Reply>,
    ) -> (SocketAddr, CertificateDer<'static>) {
        let (config, certificate, _) = server_config(&["127.0.0.1"], Manner::Proper);
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap();
        let zone = Arc::new(zone);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let connection = ServerConnection::new(config.clone()).unwrap();
                let zone = zone.clone();
                thread::spawn(move || {
                    let mut stream = StreamOwned::new(connection, stream);
                    serve_stream(&mut stream, &zone, &Mutex::default(), "tls")
                });
            }
        });
        (address, certificate)
    }
}

fn meet(mut stream: TcpStream, manner: Manner, config: Arc<ServerConfig>) {
    let mut buffer = [0; 4096];
    match manner {
        Manner::Proper | Manner::OlderWithStaple => {
            let mut connection = ServerConnection::new(config).unwrap();
            let _ = connection.complete_io(&mut stream);
            // Nothing but the goodbye may come.
            let mut plaintext = Vec::new();
            let _ = rustls::Stream::new(&mut connection, &mut stream).read_to_end(&mut plaintext);
            assert!(plaintext.is_empty(), "application data from a client that only looks");
        }
        Manner::StallsAfterCertificate => {
            let mut config = ServerConfig::clone(&config);
            // So small that the Finished message stands in records of its own.
            config.max_fragment_size = Some(40);
            let mut connection = ServerConnection::new(Arc::new(config)).unwrap();
            while connection.is_handshaking() && !connection.wants_write() {
                connection.read_tls(&mut stream).unwrap();
                connection.process_new_packets().unwrap();
            }
            let mut flight = Vec::new();
            while connection.wants_write() {
                connection.write_tls(&mut flight).unwrap();
            }
            // One octet less, and the Finished message never arrives.
            flight.pop();
            stream.write_all(&flight).unwrap();
            while matches!(stream.read(&mut buffer), Ok(1..)) {}
        }
        Manner::Tarpit => while matches!(stream.read(&mut buffer), Ok(1..)) {},
        Manner::Reset => {
            // Closing with octets unread resets the connection.
            let _ = stream.peek(&mut buffer);
        }
        Manner::Close => {
            let _ = stream.read(&mut buffer);
        }
        Manner::NotTls => {
            let _ = stream.write_all(b"220 mail.example ESMTP\r\n");
            while matches!(stream.read(&mut buffer), Ok(1..)) {}
        }
        Manner::TooOld => {
            let _ = stream.read(&mut buffer);
            let _ = stream.write_all(&[0x15, 3, 1, 0, 2, 2, 70]);
            thread::sleep(Duration::from_millis(50));
        }
        Manner::Old | Manner::OldAndSilent => {
            let is_known = offers_rsa_key_exchange(&mut stream);
            let alert: &[u8] = if manner == Manner::Old { &[0x15, 3, 1, 0, 2, 2, 70] } else { &[] };
            let _ = stream.write_all(if is_known { TLS_1_0 } else { alert });
            let _ = stream.shutdown(Shutdown::Write);
            while matches!(stream.read(&mut buffer), Ok(1..)) {}
        }
    }
}

fn offers_rsa_key_exchange(stream: &mut TcpStream) -> bool {
    let mut acceptor = Acceptor::default();
    loop {
        acceptor.read_tls(stream).unwrap();
        if let Some(accepted) = acceptor.accept().unwrap() {
            let of_old = CipherSuite::TLS_RSA_WITH_AES_128_CBC_SHA;
            return accepted.client_hello().cipher_suites().contains(&of_old);
        }
    }
}

/// Serves one connection that has come to where TLS begins.
pub(super) fn serve_tls(stream: TcpStream, names: &[&str]) {
    let (config, ..) = server_config(names, Manner::Proper);
    meet(stream, Manner::Proper, config);
}

type Seen = Arc<Mutex<Vec<Option<String>>>>;

/// What stands for an OCSP response: nobody in this room reads it.
pub(super) const STAPLE: &[u8] = b"an OCSP response";

fn server_config(
    names: &[&str],
    manner: Manner,
) -> (Arc<ServerConfig>, CertificateDer<'static>, Seen) {
    let names: Vec<String> = names.iter().map(ToString::to_string).collect();
    let CertifiedKey::<KeyPair> { cert, signing_key } = generate_simple_self_signed(names).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(signing_key.serialize_der()));
    let key = crypto_provider().key_provider.load_private_key(key).unwrap();
    let mut key = SigningKey::new(vec![cert.der().clone()], key);
    let versions = if manner == Manner::OlderWithStaple {
        key.ocsp = Some(STAPLE.to_vec());
        &[&rustls::version::TLS12][..]
    } else {
        rustls::DEFAULT_VERSIONS
    };
    let seen = Seen::default();
    let resolver = Recorder { key: Arc::new(key), seen: seen.clone() };
    let config = ServerConfig::builder_with_provider(crypto_provider())
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(resolver));
    (Arc::new(config), cert.der().clone(), seen)
}

#[derive(Debug)]
struct Recorder {
    key: Arc<SigningKey>,
    seen: Seen,
}

impl ResolvesServerCert for Recorder {
    fn resolve(&self, hello: ClientHello<'_>) -> Option<Arc<SigningKey>> {
        self.seen.lock().unwrap().push(hello.server_name().map(str::to_owned));
        Some(self.key.clone())
    }
}
