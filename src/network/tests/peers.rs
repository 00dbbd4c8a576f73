//! TLS: what a handshake shows and how it fails; the ends of a run.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Instant;

use super::dns_peer::{Reply, one};
use super::tls_peer::{Manner, STAPLE, TlsPeer};
use super::*;
use crate::evidence::{Answer, HandshakeOutcome};

const ADDRESS: &str = "66.163.36.181";
const REVERSE: &str = "181.36.163.66.in-addr.arpa";

fn dns() -> DnsPeer {
    DnsPeer::start([one("c12.webex.com", "A", ADDRESS), one(REVERSE, "PTR", "c12.webex.com")])
}

#[test]
fn the_old_certificate_is_seen_without_a_server_name_and_the_new_one_with_it() {
    let (dns, tls) = (dns(), TlsPeer::start(Manner::Proper, &["c13.webex.com", "*.webex.com"]));
    let settings = settings(&[&dns], Some(tls.address));
    let evidence = survey(&[https(ADDRESS)], &webex(), &settings);

    assert_eq!(evidence.handshakes.len(), 2, "c13 does not live at the address");
    for target in [target(None, ADDRESS), target(Some("c12.webex.com"), ADDRESS)] {
        let handshake = &evidence.handshakes[&target];
        assert_eq!(handshake.outcome, HandshakeOutcome::Completed);
        assert_eq!(handshake.chain, [tls.certificate.to_vec()]);
        assert_eq!(handshake.protocol.as_deref(), Some("TLS 1.3"));
        assert_eq!(handshake.dns_names, ["c13.webex.com", "*.webex.com"]);
        assert_eq!(handshake.staple, None);
    }
    assert_eq!(tls.server_names(), [None, Some("c12.webex.com".to_owned())]);
    let asked: Vec<String> = dns.asked().into_keys().collect();
    assert_eq!(
        asked,
        [
            "181.36.163.66.in-addr.arpa PTR udp",
            "c12.webex.com A udp",
            "c12.webex.com AAAA udp",
            "c13.webex.com A udp",
        ],
        "the other family only of a name that may be chosen"
    );
}

#[test]
fn a_stapled_response_and_an_older_version_are_kept() {
    let (dns, tls) = (dns(), TlsPeer::start(Manner::OlderWithStaple, &["c12.webex.com"]));
    let evidence = look("c12.webex.com", &settings(&[&dns], Some(tls.address)));
    let handshake = &evidence.handshakes[&target(Some("c12.webex.com"), ADDRESS)];
    assert_eq!(handshake.outcome, HandshakeOutcome::Completed);
    assert_eq!(handshake.protocol.as_deref(), Some("TLS 1.2"));
    assert_eq!(handshake.staple.as_deref(), Some(STAPLE));
}

#[test]
fn how_handshakes_fail() {
    let late = || HandshakeOutcome::TimedOut("no answer within 2 s".to_owned());
    let failed = |words: &str| HandshakeOutcome::TlsFailed(words.to_owned());
    for (manner, outcome) in [
        (Manner::Tarpit, late()),
        (Manner::StallsAfterCertificate, late()),
        (Manner::Reset, failed("connection reset during the handshake")),
        (Manner::Close, failed("connection closed during the handshake")),
        (Manner::NotTls, failed("not TLS: the answer is no TLS message")),
        (Manner::TooOld, failed("the server speaks only a TLS version before 1.2")),
    ] {
        let (dns, tls) = (dns(), TlsPeer::start(manner, &["c12.webex.com"]));
        let mut settings = settings(&[&dns], Some(tls.address));
        settings.limits.timeout = Duration::from_secs(2);
        let evidence = look("c12.webex.com", &settings);
        let handshake = &evidence.handshakes[&target(Some("c12.webex.com"), ADDRESS)];
        assert_eq!(handshake.outcome, outcome, "{manner:?}");
        let seen = if manner == Manner::StallsAfterCertificate { 1 } else { 0 };
        assert_eq!((handshake.chain.len(), handshake.dns_names.len()), (seen, seen), "{manner:?}");
    }
    let dns = dns();
    let evidence = look("c12.webex.com", &settings(&[&dns], None));
    let handshake = &evidence.handshakes[&target(Some("c12.webex.com"), ADDRESS)];
    let refused = HandshakeOutcome::NoConnection("connection refused".to_owned());
    assert_eq!(handshake.outcome, refused);
}

#[test]
fn addresses_that_are_not_public_are_not_connected_to() {
    let dns = DnsPeer::start([one("c12.webex.com", "A", "10.0.0.1")]);
    let tls = TlsPeer::start(Manner::Proper, &["c12.webex.com"]);
    let mut settings = settings(&[&dns], Some(tls.address));
    let agenda = Agenda {
        endpoints: vec![https("10.0.0.1"), https("192.168.1.1")],
        hosts: vec![Service::tls(name("c12.webex.com"), 443)],
    };
    let ask = |settings: &NetworkSettings| {
        run(&agenda, &webex(), settings, &AtomicBool::new(false), &mut |_| {}).unwrap()
    };
    let evidence = ask(&settings);
    assert_eq!(evidence.handshakes.len(), 3);
    for (target, handshake) in &evidence.handshakes {
        let address = target.address;
        assert_eq!(
            handshake.outcome,
            HandshakeOutcome::NotAsked(format!(
                "`{address}` is not a public address; --allow-private allows it"
            ))
        );
    }
    assert_eq!(tls.server_names(), []);

    settings.special = SpecialAddresses::Allow;
    for handshake in ask(&settings).handshakes.values() {
        assert_eq!(handshake.outcome, HandshakeOutcome::Completed);
    }
    assert_eq!(tls.server_names().len(), 3);
}

#[test]
fn concurrency_does_not_show_in_the_evidence() {
    let addresses: Vec<String> = (0..60).map(|n| format!("66.163.36.{n}")).collect();
    let zone: BTreeMap<String, Reply> = (0..60)
        .flat_map(|n| {
            let host = format!("c{}.webex.com", n % 7);
            let all = addresses.iter().skip(n % 7).step_by(7);
            let all = all.map(|address| format!("{host} A {address}")).collect();
            let reverse = format!("{n}.36.163.66.in-addr.arpa");
            [one(&reverse, "PTR", &host), (format!("{host} A"), Reply::Records(all))]
        })
        .collect();
    let dns = DnsPeer::start(zone);
    let tls = TlsPeer::start(Manner::Proper, &["c1.webex.com", "c2.webex.com"]);
    let scope = Scope { corpus: [(name("c3.webex.com"), 2)].into(), ..webex() };
    let mut endpoints: Vec<Endpoint> = addresses.iter().map(|address| https(address)).collect();
    endpoints.extend(addresses.iter().map(|address| http(address)));
    let mut settings = settings(&[&dns], Some(tls.address));
    let mut at = |concurrency| {
        settings.limits.concurrency = concurrency;
        survey(&endpoints, &scope, &settings)
    };
    let one_by_one = at(1);
    endpoints_are_all_there(&one_by_one);
    assert_eq!(at(64), one_by_one);
}

fn endpoints_are_all_there(evidence: &Evidence) {
    assert_eq!(evidence.pointers.len(), 60);
    assert_eq!(evidence.handshakes.len(), 120, "each address without a name, and with its own");
    let completed =
        |handshake: &crate::evidence::Handshake| handshake.outcome == HandshakeOutcome::Completed;
    assert!(evidence.handshakes.values().all(completed));
}

#[test]
fn one_address_and_port_gets_few_connections_at_once() {
    let hosts: Vec<Fqdn> = (0..40).map(|n| name(&format!("c{n}.webex.com"))).collect();
    let dns = DnsPeer::start(hosts.iter().map(|host| one(host.as_str(), "A", ADDRESS)));
    let tls = TlsPeer::start(Manner::Tarpit, &["c1.webex.com"]);
    let mut settings = settings(&[&dns], Some(tls.address));
    settings.limits.concurrency = 64;
    settings.limits.timeout = Duration::from_millis(300);
    let hosts = hosts.into_iter().map(|host| Service::tls(host, 443)).collect();
    let agenda = Agenda { endpoints: Vec::new(), hosts };
    let evidence = run(&agenda, &webex(), &settings, &AtomicBool::new(false), &mut |_| {}).unwrap();
    assert_eq!(evidence.handshakes.len(), 40);
    // A peer notices the end of a connection after the next one began.
    assert!((2..32).contains(&tls.most_at_once()), "{}", tls.most_at_once());
}

#[test]
fn the_deadline_ends_the_run_with_what_is_known() {
    let dns = DnsPeer::start([
        one("c12.webex.com", "A", ADDRESS),
        ("c12.webex.com AAAA".to_owned(), Reply::NoData),
        (format!("{REVERSE} PTR"), Reply::Silence),
    ]);
    let tls = TlsPeer::start(Manner::Tarpit, &["c12.webex.com"]);
    let mut settings = settings(&[&dns], Some(tls.address));
    settings.limits.timeout = Duration::from_secs(300);
    settings.limits.deadline = Duration::from_secs(1);
    settings.limits.concurrency = 2;
    let mut endpoints = vec![https(ADDRESS)];
    endpoints.extend((0..2000).map(|n| http(&format!("66.163.{}.{}", 40 + n / 250, n % 250))));
    let agenda = Agenda { endpoints, hosts: vec![Service::tls(name("c12.webex.com"), 443)] };
    let begun = Instant::now();
    let evidence = run(&agenda, &webex(), &settings, &AtomicBool::new(false), &mut |_| {}).unwrap();
    // Generous: it must not be the 300 s of a question.
    assert!(begun.elapsed() < Duration::from_secs(60));
    let words = "the run's deadline of 1 s passed".to_owned();
    assert_eq!(evidence.pointers[&ip(ADDRESS)], Answer::CouldNotAsk(words.clone()));
    let handshake = &evidence.handshakes[&target(None, ADDRESS)];
    assert_eq!(handshake.outcome, HandshakeOutcome::TimedOut(words.clone()));
    let last = evidence.pointers.last_key_value().unwrap().1;
    let no_answer =
        [Answer::NotAsked(words.clone()), Answer::Absent(crate::evidence::Absence::NxDomain)];
    assert!(no_answer.contains(last), "{last:?}");
    assert_eq!(evidence.pointers.len(), 2001, "every question is accounted for");
}

#[test]
fn an_interruption_ends_the_run() {
    let dns = DnsPeer::start([("*".to_owned(), Reply::Silence)]);
    let interrupted = Arc::new(AtomicBool::new(false));
    let flag = interrupted.clone();
    thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        flag.store(true, Ordering::Relaxed);
    });
    let agenda = Agenda { endpoints: vec![http(ADDRESS)], hosts: Vec::new() };
    let result = run(&agenda, &webex(), &settings(&[&dns], None), &interrupted, &mut |_| {});
    assert!(matches!(result, Err(NetworkError::Interrupted)));
}

/// A proxy that answers every request for a tunnel with `head`, then connects to `to`.
pub(super) fn proxy(
    head: &'static str,
    to: Option<SocketAddr>,
) -> (SocketAddr, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let request = thread::spawn(move || {
        let (mut client, _) = listener.accept().unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            client.read_exact(&mut byte).unwrap();
            request.push(byte[0]);
        }
        client.write_all(head.as_bytes()).unwrap();
        if let Some(to) = to {
            let mut server = std::net::TcpStream::connect(to).unwrap();
            let (mut from_client, mut to_server) =
                (client.try_clone().unwrap(), server.try_clone().unwrap());
            thread::spawn(move || {
                let _ = std::io::copy(&mut from_client, &mut to_server);
                let _ = to_server.shutdown(std::net::Shutdown::Write);
            });
            let _ = std::io::copy(&mut server, &mut client);
        }
        String::from_utf8(request).unwrap()
    });
    (address, request)
}

#[test]
fn connections_go_through_a_proxy() {
    let tls = TlsPeer::start(Manner::Proper, &["c12.webex.com"]);
    for (head, expected) in [
        ("HTTP/1.1 200 Connection established\r\nVia: x\r\n\r\n", None),
        ("HTTP/1.0 204 Fine\r\n\r\n", None),
        ("HTTP/1.1 403 Forbidden\u{7}\r\n\r\n", Some("it answered `403 Forbidden?`")),
        ("SSH-2.0-x\r\n\r\n", Some("its answer is not HTTP")),
    ] {
        let dns = dns();
        let (address, request) = proxy(head, expected.is_none().then_some(tls.address));
        let mut settings = settings(&[&dns], None);
        settings.connect_to.clear();
        settings.proxy = Some(format!("http://me:secret@{address}").parse().unwrap());
        let evidence = look("c12.webex.com", &settings);
        let outcome = &evidence.handshakes[&target(Some("c12.webex.com"), ADDRESS)].outcome;
        let expected = match expected {
            None => HandshakeOutcome::Completed,
            Some(words) => HandshakeOutcome::NoConnection(format!(
                "through the proxy `http://{address}`: {words}"
            )),
        };
        assert_eq!(*outcome, expected, "{head:?}");
        let request = request.join().unwrap();
        assert!(request.starts_with("CONNECT 66.163.36.181:443 HTTP/1.1\r\n"), "{request}");
        assert!(request.contains("\r\nProxy-Authorization: Basic bWU6c2VjcmV0\r\n"), "{request}");
    }
}
