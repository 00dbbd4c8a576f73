//! The lab's photo servers, visited by a TLS client that records what it is shown.

#![allow(clippy::unwrap_used, missing_docs, reason = "a failing test may panic")]

mod visitor;

use std::io::{Read, Write};
use std::sync::Arc;
use std::time::{Duration, Instant};

use lab::{Certificate, Hello, Lab, PHOTO, Revocation, StartError, TlsFault};
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection};
use visitor::{PATIENCE, SILENCE, connect, judged, validated, visit};
use webpki::{
    BorrowedCertRevocationList, CertRevocationList, EndEntityCert, ExpirationPolicy,
    RevocationCheckDepth, RevocationOptionsBuilder,
};

#[test]
fn each_kind_of_certificate_is_judged_as_it_is_called() {
    let good = || Certificate::for_names(&["c12.webex.com", "*.webexconnect.com"]);
    for (certificate, name, length, verdict) in [
        (good(), "c12.webex.com", 2, ""),
        (good(), "img1.webexconnect.com", 2, ""),
        (good(), "c13.webex.com", 2, "CertNotValidForName"),
        (good().expired(), "c12.webex.com", 2, "CertExpired"),
        (good().not_yet_valid(), "c12.webex.com", 2, "CertNotValidYet"),
        (good().valid_days(-2, 2), "c12.webex.com", 2, ""),
        (good().self_signed(), "c12.webex.com", 1, "UnknownIssuer"),
        (good().from_untrusted_authority(), "c12.webex.com", 2, "UnknownIssuer"),
        (good().without_intermediate(), "c12.webex.com", 1, "UnknownIssuer"),
        (good().unordered(), "c12.webex.com", 3, ""),
        (good().client_only(), "c12.webex.com", 2, "RequiredEkuNotFound"),
        (good().under_name_constraints(&["webex.com"]), "c12.webex.com", 2, "NameConstraint"),
        (good().under_name_constraints(&["webex.com", "webexconnect.com"]), "c12.webex.com", 2, ""),
        (Certificate::common_name_only("c12.webex.com"), "c12.webex.com", 2, "CertNotValidForName"),
        (Certificate::for_names(&["203.0.113.7"]), "203.0.113.7", 2, ""),
        (Certificate::for_names(&["a.webex.com"]).common_name("b.webex.com"), "a.webex.com", 2, ""),
    ] {
        let words = format!("{certificate:?} for {name}");
        let lab = Lab::builder().photo_server("203.0.113.7", 443, certificate).start().unwrap();
        let (_, chain) = visit(&lab, "203.0.113.7:443", None, PATIENCE).unwrap();
        assert_eq!(chain.len(), length, "{words}");
        let seen = judged(&lab, &chain, name).err().unwrap_or_default();
        assert!(seen.starts_with(verdict), "{words}: {seen}");
        assert_eq!(seen.is_empty(), verdict.is_empty(), "{words}: {seen}");
    }
}

#[test]
fn the_chain_stands_as_declared() {
    let named = |name| Certificate::for_names(&[name]);
    let lab = Lab::builder()
        .photo_server("203.0.113.7", 443, named("a.webex.com"))
        .photo_server("203.0.113.8", 443, named("b.webex.com").unordered())
        .photo_server("203.0.113.9", 443, named("a.webex.com"))
        .start()
        .unwrap();
    let root = CertificateDer::from_pem_slice(lab.ca_pem().as_bytes()).unwrap();
    let chain = |logical| visit(&lab, logical, None, PATIENCE).unwrap().1;
    let (a, b) = (chain("203.0.113.7:443"), chain("203.0.113.8:443"));
    assert_eq!(b[1], root);
    assert_eq!(b[2], a[1], "one intermediate for all");
    assert_ne!(a[0], b[0]);
    assert_eq!(chain("203.0.113.9:443"), a, "the same description is the same certificate");
}

#[test]
fn the_server_name_chooses_the_certificate_and_is_counted() {
    let inside = Certificate::for_names(&["box27.internal"]).self_signed();
    let by_name = [("IMG27.webexconnect.com", Certificate::for_names(&["img27.webexconnect.com"]))];
    let lab = Lab::builder()
        .photo_server_by_name("203.0.113.27", 443, Some(inside), &by_name)
        .photo_server_by_name("2001:db8::27", 443, None, &by_name)
        .photo_server_any(Certificate::for_names(&["any.webex.com"]))
        .start()
        .unwrap();
    for (logical, name, fits) in [
        ("203.0.113.27:443", Some("img27.webexconnect.com"), Some("img27.webexconnect.com")),
        ("203.0.113.27:443", Some("other.webex.com"), Some("box27.internal")),
        ("203.0.113.27:443", None, Some("box27.internal")),
        ("[2001:db8::27]:443", Some("img27.webexconnect.com"), Some("img27.webexconnect.com")),
        ("[2001:db8::27]:443", Some("other.webex.com"), None),
        ("[2001:db8::27]:443", None, None),
        ("203.0.113.99:8443", None, Some("any.webex.com")),
    ] {
        let seen = visit(&lab, logical, name, PATIENCE);
        let seen = seen.ok().map(|(_, chain)| chain[0].clone());
        let matches = seen.as_ref().zip(fits).is_some_and(|(certificate, fits)| {
            let fits = ServerName::try_from(fits).unwrap();
            let certificate = EndEntityCert::try_from(certificate).unwrap();
            certificate.verify_is_valid_for_subject_name(&fits).is_ok()
        });
        assert_eq!(
            (seen.is_some(), matches),
            (fits.is_some(), fits.is_some()),
            "{logical} {name:?}"
        );
    }
    let hellos = lab.handshakes();
    assert_eq!(hellos[&Hello::new("203.0.113.27:443", Some("img27.webexconnect.com"))], 1);
    assert_eq!(hellos[&Hello::new("203.0.113.27:443", None)], 1);
    assert_eq!(hellos[&Hello::new("[2001:db8::27]:443", None)], 1);
    assert_eq!(hellos[&Hello::new("any", None)], 1);
    assert_eq!(hellos.values().sum::<u64>(), 7);
    assert_eq!(lab.connections()["203.0.113.27:443"], 3);
}

#[test]
fn each_fault_shows_as_what_it_is() {
    use std::io::ErrorKind::{
        ConnectionRefused, ConnectionReset, InvalidData, TimedOut, UnexpectedEof, WouldBlock,
    };
    let certificate = Certificate::for_names(&["c12.webex.com"]);
    for (fault, kinds) in [
        (TlsFault::Refused, &[ConnectionRefused][..]),
        (TlsFault::Reset, &[ConnectionReset]),
        (TlsFault::Close, &[UnexpectedEof]),
        (TlsFault::NotTls, &[InvalidData]),
        (TlsFault::Alert(70), &[InvalidData]),
        (TlsFault::Tarpit, &[WouldBlock, TimedOut]),
        (TlsFault::StallAfterHello, &[WouldBlock, TimedOut]),
    ] {
        let lab = Lab::builder()
            .photo_server("203.0.113.7", 443, certificate.clone())
            .tls_fault("203.0.113.7", 443, fault)
            .tls_fault("203.0.113.8", 443, fault)
            .start()
            .unwrap();
        for logical in ["203.0.113.7:443", "203.0.113.8:443"] {
            let patience = if kinds.contains(&WouldBlock) { SILENCE } else { PATIENCE };
            let seen = visit(&lab, logical, None, patience).map(|_| ()).unwrap_err();
            assert!(kinds.contains(&seen.kind()), "{fault:?} at {logical}: {seen:?}");
        }
        assert!(lab.handshakes().values().sum::<u64>() <= 2, "{fault:?}");
    }
}

#[test]
fn an_alert_says_why_and_a_stall_has_said_hello() {
    let lab = Lab::builder()
        .tls_fault("203.0.113.7", 443, TlsFault::Alert(70))
        .tls_fault("203.0.113.8", 443, TlsFault::StallAfterHello)
        .start()
        .unwrap();
    let said = visit(&lab, "203.0.113.7:443", None, PATIENCE).map(|_| ()).unwrap_err();
    assert!(said.to_string().contains("ProtocolVersion"), "{said}");

    // A whole ClientHello by hand, since the client above would hide how far the server came.
    let config = ClientConfig::builder_with_provider(aws_lc_rs::default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(rustls::RootCertStore::empty())
        .with_no_client_auth();
    let name = ServerName::try_from("c12.webex.com").unwrap();
    let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
    let mut stream = connect(&lab, "203.0.113.8:443", PATIENCE).unwrap();
    while client.wants_write() {
        client.write_tls(&mut stream).unwrap();
    }
    let mut header = [0; 5];
    stream.read_exact(&mut header).unwrap();
    assert_eq!(header[0], 22, "a handshake record");
    let mut record = vec![0; u16::from_be_bytes([header[3], header[4]]).into()];
    stream.read_exact(&mut record).unwrap();
    assert_eq!(record[0], 2, "a ServerHello");
    stream.set_read_timeout(Some(SILENCE)).unwrap();
    assert!(stream.read_exact(&mut header).is_err(), "and nothing more");
    assert_eq!(lab.handshakes()[&Hello::new("203.0.113.8:443", Some("c12.webex.com"))], 1);
}

#[test]
fn a_fault_of_the_first_connections_ends() {
    let lab = Lab::builder()
        .photo_server("203.0.113.7", 443, Certificate::for_names(&["c12.webex.com"]))
        .tls_fault_first(2, "203.0.113.7", 443, TlsFault::Reset)
        .start()
        .unwrap();
    let works = [(); 3].map(|()| visit(&lab, "203.0.113.7:443", None, PATIENCE).is_ok());
    assert_eq!(works, [false, false, true]);
    assert_eq!(lab.connections()["203.0.113.7:443"], 3);
}

#[test]
fn a_photo_is_there_after_the_handshake() {
    let lab = Lab::builder()
        .photo_server("203.0.113.7", 443, Certificate::for_names(&["c12.webex.com"]))
        .http_server("203.0.113.7", 80)
        .start()
        .unwrap();
    for (request, status, body) in [
        ("GET /photos/1.png?x=1 HTTP/1.1\r\nHost: c12.webex.com\r\n\r\n", "200 OK", PHOTO),
        ("GET /missing/1.png HTTP/1.1\r\n\r\n", "404 Not Found", &b"not found\n"[..]),
        ("POST / HTTP/1.1\r\n\r\n", "404 Not Found", &b"not found\n"[..]),
    ] {
        let ask = |mut stream: Box<dyn ReadWrite>| {
            stream.write_all(request.as_bytes()).unwrap();
            let mut answer = Vec::new();
            stream.read_to_end(&mut answer).unwrap();
            answer
        };
        let (secure, _) = visit(&lab, "203.0.113.7:443", None, PATIENCE).unwrap();
        let plain = connect(&lab, "203.0.113.7:80", PATIENCE).unwrap();
        let answer = ask(Box::new(secure));
        assert_eq!(ask(Box::new(plain)), answer, "{request}");
        let length = format!("Content-Length: {}\r\n", body.len());
        let head = String::from_utf8_lossy(&answer[..answer.len() - body.len()]).into_owned();
        assert!(head.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{head}");
        assert!(head.contains(&length) && head.contains("Connection: close\r\n"), "{head}");
        assert!(answer.ends_with(body), "{request}");
    }
    let asked = lab.requests();
    let key = |server: &str| (server.to_owned(), "GET /photos/1.png?x=1".to_owned());
    assert_eq!(asked[&key("203.0.113.7:443")], 1);
    assert_eq!(asked[&key("203.0.113.7:80")], 1);
}

trait ReadWrite: Read + Write {}
impl<T: Read + Write> ReadWrite for T {}

#[test]
fn crls_say_what_the_certificate_was_declared_to_be() {
    for (revocation, verdict) in [
        (Revocation::Good, ""),
        (Revocation::Revoked, "CertRevoked"),
        (Revocation::Stale, "CrlExpired"),
        (Revocation::NotOffered, "no distribution point"),
        (Revocation::Unreachable, "ConnectionRefused"),
        (Revocation::Stalled, "WouldBlock"),
    ] {
        let other = Certificate::for_names(&["b.webex.com"]).revocation(Revocation::Revoked);
        let mine = Certificate::for_names(&["a.webex.com"]).revocation(revocation);
        let lab = Lab::builder()
            .photo_server("203.0.113.7", 443, mine)
            .photo_server("203.0.113.8", 443, other)
            .start()
            .unwrap();
        let (_, chain) = visit(&lab, "203.0.113.7:443", None, PATIENCE).unwrap();
        let seen = (|| -> Result<(), String> {
            let uri = distribution_point(&chain[0]).ok_or("no distribution point")?;
            let crl = fetch(&lab, &uri).map_err(|why| match why.kind() {
                std::io::ErrorKind::TimedOut => "WouldBlock".to_owned(),
                kind => format!("{kind:?}"),
            })?;
            let crl = BorrowedCertRevocationList::from_der(&crl).unwrap();
            let crl = CertRevocationList::Borrowed(crl);
            let crls = [&crl];
            let options = RevocationOptionsBuilder::new(&crls)
                .unwrap()
                .with_depth(RevocationCheckDepth::EndEntity)
                .with_expiration_policy(ExpirationPolicy::Enforce)
                .build();
            validated(&lab, &chain, Some(options))
        })();
        let seen = seen.err().unwrap_or_default();
        assert!(seen.starts_with(verdict), "{revocation:?}: {seen}");
        assert_eq!(seen.is_empty(), verdict.is_empty(), "{revocation:?}: {seen}");
    }
}

/// The first `http:` URI in a certificate, which in the lab's is its CRL.
fn distribution_point(certificate: &CertificateDer<'_>) -> Option<String> {
    let at = certificate.windows(7).position(|it| it == b"http://")?;
    // An IA5String's length stands in the byte before it, being short.
    let length = usize::from(certificate[at - 1]);
    Some(String::from_utf8_lossy(&certificate[at..at + length]).into_owned())
}

/// A GET for the URI, after the DNS of the lab was asked for its host.
fn fetch(lab: &Lab, uri: &str) -> std::io::Result<Vec<u8>> {
    let (host, path) = uri.strip_prefix("http://").unwrap().split_once('/').unwrap();
    let address = match host {
        "crl.lab.example" => "198.51.100.1:80",
        "unreachable.lab.example" => "198.51.100.2:80",
        "stalled.lab.example" => "198.51.100.3:80",
        other => panic!("{other}"),
    };
    let patience = if host.starts_with("stalled") { SILENCE } else { PATIENCE };
    let mut stream = connect(lab, address, patience)?;
    stream.write_all(format!("GET /{path} HTTP/1.1\r\nHost: {host}\r\n\r\n").as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    let body = answer.windows(4).position(|it| it == b"\r\n\r\n").unwrap() + 4;
    assert!(answer.starts_with(b"HTTP/1.1 200 OK"), "{uri}");
    Ok(answer[body..].to_vec())
}

#[test]
fn a_delay_holds_back_answers_and_a_slow_server_more() {
    let delay = Duration::from_millis(60);
    let lab = Lab::builder()
        .delay(delay)
        .photo_server("203.0.113.7", 443, Certificate::for_names(&["c12.webex.com"]))
        .tls_fault("203.0.113.7", 443, TlsFault::Slow(delay))
        .start()
        .unwrap();
    let started = Instant::now();
    visit(&lab, "203.0.113.7:443", None, PATIENCE).unwrap();
    assert!(started.elapsed() >= 2 * delay, "timers never fire early");
}

#[test]
fn what_cannot_be_declared_is_said_at_the_start() {
    let certificate = || Certificate::for_names(&["c12.webex.com"]);
    for (builder, words) in [
        (Lab::builder().ptr("203.0.113", &["a.webex.com"]), "`203.0.113` is not an address"),
        (Lab::builder().host("a.webex.com", &["here"]), "`here` is not an address"),
        (Lab::builder().alias("a..b", "c"), "`a..b` is not a domain name"),
        (
            Lab::builder().dns_fault_of_type("a.webex.com", "B", lab::DnsFault::Silent),
            "`B` is not a record type",
        ),
        (
            Lab::builder().tls_fault_first(1, "2001:db8::7", 443, TlsFault::Refused),
            "`[2001:db8::7]:443` can refuse connections always or never, not the first times",
        ),
        (
            Lab::builder().photo_server("203.0.113.7", 443, Certificate::for_names(&["é"])),
            "cannot make a certificate",
        ),
        (
            Lab::builder().photo_server("x", 1, certificate()).http_server("y", 2),
            "`x` is not an address",
        ),
    ] {
        let wrong: StartError = builder.start().unwrap_err();
        assert_eq!(wrong.to_string(), words);
    }
}
