//! Servers that are too old for TLS of today, by recorded octets and by OpenSSL.

use std::fs;
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;

use super::dns_peer::one;
use super::tls_peer::{Manner, TLS_1_0, TlsPeer};
use super::*;
use crate::evidence::{Handshake, HandshakeOutcome};

const ADDRESS: &str = "66.163.36.181";
/// How often, at 50 ms, a server is looked for before the test gives up.
const PATIENCE: u32 = 200;

fn handshakes_with(server: SocketAddr) -> [Handshake; 2] {
    let dns = DnsPeer::start([one("old.webex.com", "A", ADDRESS)]);
    let settings = settings(&[&dns], Some(server));
    let agenda = Agenda {
        endpoints: vec![https(ADDRESS)],
        hosts: vec![Service::tls(name("old.webex.com"), 443)],
    };
    let evidence = run(&agenda, &webex(), &settings, &AtomicBool::new(false), &mut |_| {}).unwrap();
    [None, Some("old.webex.com")].map(|name| evidence.handshakes[&target(name, ADDRESS)].clone())
}

#[test]
fn what_a_server_of_old_shows_is_seen() {
    for manner in [Manner::Old, Manner::OldAndSilent] {
        let server = TlsPeer::start(manner, &["unused.webex.com"]);
        for handshake in handshakes_with(server.address) {
            let outcome = HandshakeOutcome::TooOld("TLS 1.0".to_owned());
            assert_eq!(handshake.outcome, outcome, "{manner:?}");
            assert_eq!(handshake.protocol.as_deref(), Some("TLS 1.0"));
            assert_eq!(handshake.dns_names, ["old.webex.com"]);
            assert_eq!(handshake.chain.len(), 1);
            let staple = handshake.staple.unwrap();
            assert!(TLS_1_0.windows(staple.len()).any(|octets| octets == staple));
        }
    }
}

/// `openssl s_server`, which ends with the test.
struct OpenSsl {
    address: SocketAddr,
    server: Child,
}

impl OpenSsl {
    /// With these options, a key of this kind and a certificate; none where there is no OpenSSL.
    fn start(folder: &tempfile::TempDir, key: &str, options: &[&str]) -> Option<Self> {
        let path = |name: &str| folder.path().join(name).display().to_string();
        let (pem, key_file) = (path("server.pem"), path("server.key"));
        let made = Command::new("openssl")
            .args(["req", "-x509", "-nodes", "-newkey", key, "-subj", "/CN=old.webex.com"])
            .args(["-addext", "subjectAltName=DNS:old.webex.com", "-days", "30"])
            .args(["-out", &pem, "-keyout", &key_file])
            .stderr(Stdio::null())
            .status();
        if !made.is_ok_and(|status| status.success()) {
            assert!(std::env::var_os("REQUIRE_PEERS").is_none(), "openssl is required");
            return None;
        }
        let port =
            TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let server = Command::new("openssl")
            .args(["s_server", "-quiet", "-accept", &address.to_string()])
            .args(["-cert", &pem, "-key", &key_file])
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(fs::File::create(path("server.log")).unwrap())
            .spawn();
        let running = Self { address, server: server.unwrap() };
        for _ in 0..PATIENCE {
            if TcpStream::connect(address).is_ok() {
                return Some(running);
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("openssl does not listen: {}", fs::read_to_string(path("server.log")).unwrap());
    }
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

#[test]
fn openssl_as_a_server_of_old() {
    const ALL: &str = "ALL:@SECLEVEL=0";
    for (key, options, protocol) in [
        ("rsa:2048", &["-tls1", "-cipher", ALL][..], "TLS 1.0"),
        ("rsa:2048", &["-tls1_1", "-cipher", ALL], "TLS 1.1"),
        ("rsa:1024", &["-tls1", "-cipher", ALL], "TLS 1.0"),
        ("rsa:2048", &["-tls1_2", "-cipher", "kRSA:@SECLEVEL=0"], "TLS 1.2 with RSA key exchange"),
        ("rsa:2048", &["-tls1_2", "-cipher", "DHE:@SECLEVEL=0"], "TLS 1.2 with DHE key exchange"),
        (
            "rsa:2048",
            &["-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA:@SECLEVEL=0"],
            "TLS 1.2 without authenticated encryption",
        ),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let Some(openssl) = OpenSsl::start(&folder, key, options) else { return };
        for handshake in handshakes_with(openssl.address) {
            let outcome = HandshakeOutcome::TooOld(protocol.to_owned());
            assert_eq!(handshake.outcome, outcome, "{key} {options:?}");
            assert_eq!(handshake.dns_names, ["old.webex.com"], "{key} {options:?}");
            assert_eq!(handshake.staple, None);
        }
    }
}
