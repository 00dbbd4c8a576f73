//! XMPP: STARTTLS, then the same look at the certificate.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, Shutdown, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread;

use super::dns_peer::one;
use super::tls_peer::{self, Manner, TlsPeer};
use super::*;
use crate::evidence::{Dialogue, Handshake, HandshakeOutcome};

const ADDRESS: &str = "66.163.36.181";
const STREAM: &str = "<?xml version='1.0'?><stream:stream xmlns='jabber:client' \
    xmlns:stream='http://etherx.jabber.org/streams' id='1' from='webex.test' version='1.0'>";
const OFFER: &str = "<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>\
    </stream:features>";
const PROCEED: &str = "<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>";

/// A server that says `greeting` to a stream header and `consent` to STARTTLS, and then `serve`s.
/// Also what it heard before that.
fn start(
    greeting: &str,
    consent: &'static str,
    serve: fn(TcpStream),
) -> (SocketAddr, mpsc::Receiver<String>) {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let (heard, hears) = mpsc::channel();
    let greeting = greeting.to_owned();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let header = hear(&mut stream, "xmlns:stream='http://etherx.jabber.org/streams'>");
            let _ = stream.write_all(greeting.as_bytes());
            let request = hear(&mut stream, "/>");
            let _ = heard.send(header + &request);
            let _ = stream.write_all(consent.as_bytes());
            serve(stream);
        }
    });
    (address, hears)
}

fn hear(stream: &mut TcpStream, end: &str) -> String {
    let mut heard = Vec::new();
    let mut octet = [0];
    while !heard.ends_with(end.as_bytes()) && matches!(stream.read(&mut octet), Ok(1)) {
        heard.push(octet[0]);
    }
    String::from_utf8(heard).unwrap()
}

/// The handshake with the XMPP server of the domain `webex.test` on `cup.webex.com`.
fn handshake(server: SocketAddr) -> Handshake {
    let dns = DnsPeer::start([one("cup.webex.com", "A", ADDRESS)]);
    let mut settings = settings(&[&dns], Some(server));
    settings.limits.timeout = Duration::from_secs(5);
    let dialogue = Dialogue::Xmpp { domain: name("webex.test") };
    let service = Service { name: name("cup.webex.com"), port: 5222, dialogue };
    let agenda = Agenda { endpoints: Vec::new(), hosts: vec![service.clone()] };
    let evidence =
        run(&agenda, &Scope::default(), &settings, &AtomicBool::new(false), &mut |_| {}).unwrap();
    evidence.handshakes[&service.at(ip(ADDRESS))].clone()
}

#[test]
fn the_certificate_is_seen_after_starttls() {
    let (server, heard) = start(&(STREAM.to_owned() + OFFER), PROCEED, |stream| {
        tls_peer::serve_tls(stream, &["cup.webex.com", "webex.test"]);
    });
    let handshake = handshake(server);
    assert_eq!(handshake.outcome, HandshakeOutcome::Completed);
    assert_eq!(handshake.dns_names, ["cup.webex.com", "webex.test"]);
    assert_eq!(handshake.protocol.as_deref(), Some("TLS 1.3"));
    assert_eq!(
        heard.recv().unwrap(),
        "<?xml version='1.0'?><stream:stream to='webex.test' version='1.0' xml:lang='en' \
         xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'>\
         <starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>"
    );
}

#[test]
fn the_server_name_is_the_domain() {
    let tls = TlsPeer::start(Manner::Proper, &["webex.test"]);
    // Octets in both directions, from the consent on.
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let behind = tls.address;
    thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        hear(&mut client, "streams'>");
        client.write_all((STREAM.to_owned() + OFFER).as_bytes()).unwrap();
        hear(&mut client, "/>");
        client.write_all(PROCEED.as_bytes()).unwrap();
        let mut server = TcpStream::connect(behind).unwrap();
        let (mut from_client, mut to_server) =
            (client.try_clone().unwrap(), server.try_clone().unwrap());
        thread::spawn(move || std::io::copy(&mut from_client, &mut to_server));
        let _ = std::io::copy(&mut server, &mut client);
    });
    assert_eq!(handshake(address).outcome, HandshakeOutcome::Completed);
    assert_eq!(tls.server_names(), [Some("webex.test".to_owned())]);
}

#[test]
fn why_there_is_no_tls() {
    let failed = |words: &str| HandshakeOutcome::TlsFailed(words.to_owned());
    // Closing with octets unread would reset the connection.
    let close = |mut stream: TcpStream| {
        let _ = stream.shutdown(Shutdown::Write);
        let _ = stream.read_to_end(&mut Vec::new());
    };
    let host_unknown = format!(
        "{STREAM}<stream:error><host-unknown xmlns='urn:ietf:params:xml:ns:xmpp-streams'/>\
         </stream:error></stream:stream>"
    );
    let offer = format!("{STREAM}{OFFER}");
    for (greeting, consent, outcome) in [
        (
            format!("{STREAM}<stream:features><bind/></stream:features>"),
            "",
            failed("the XMPP server offers no STARTTLS"),
        ),
        (
            host_unknown,
            "",
            failed("the XMPP server does not serve the domain `webex.test` (`host-unknown`)"),
        ),
        (
            offer.clone(),
            "<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:stream>",
            failed("the XMPP server refuses STARTTLS (`failure`)"),
        ),
        (
            offer.clone(),
            "<proceed/><message/>",
            failed("the XMPP server speaks on after it agreed to TLS"),
        ),
        (offer.clone(), "", failed("connection closed before STARTTLS")),
        (offer, "<proceed/>\n", failed("connection closed during the handshake")),
        (
            "HTTP/1.1 400 Bad Request\r\n\r\n".to_owned(),
            "",
            failed("not XMPP: the answer is no XML stream"),
        ),
        (
            "\u{15}\u{3}\u{1}\u{0}\u{2}\u{2}\u{32}".to_owned(),
            "",
            failed("the port speaks TLS from the start, not XMPP with STARTTLS"),
        ),
    ] {
        let (server, _heard) = start(&greeting, consent, close);
        let handshake = handshake(server);
        assert_eq!(handshake.outcome, outcome, "{greeting} {consent}");
        assert_eq!(handshake.chain.len(), 0);
    }
}

#[test]
fn a_server_that_says_nothing_is_given_up() {
    let dialogue = Dialogue::Xmpp { domain: name("webex.test") };
    let silent = TlsPeer::start(Manner::Tarpit, &["webex.test"]);
    let dns = DnsPeer::start([one("cup.webex.com", "A", ADDRESS)]);
    let mut settings = settings(&[&dns], Some(silent.address));
    settings.limits.timeout = Duration::from_millis(500);
    let service = Service { name: name("cup.webex.com"), port: 5222, dialogue };
    let agenda = Agenda { endpoints: Vec::new(), hosts: vec![service.clone()] };
    let evidence =
        run(&agenda, &Scope::default(), &settings, &AtomicBool::new(false), &mut |_| {}).unwrap();
    let outcome = &evidence.handshakes[&service.at(ip(ADDRESS))].outcome;
    assert_eq!(*outcome, HandshakeOutcome::TimedOut("no answer within 0.5 s".to_owned()));
}
