//! Photos, asked of real peers.

use std::time::Instant;

use super::peers::proxy;
use super::tls_peer::{Manner, TlsPeer};
use super::web_peer::{Reply, WebPeer};
use super::*;
use crate::evidence::{Handshake, HandshakeOutcome, Looks};

const ADDRESS: &str = "66.163.36.181";

fn question(host: Option<&str>, scheme: Scheme, path: &str) -> PhotoQuestion {
    PhotoQuestion {
        name: host.map(name),
        address: ip(ADDRESS),
        port: scheme.default_port(),
        scheme,
        target: path.to_owned(),
    }
}

fn ask(
    questions: &[PhotoQuestion],
    evidence: &Evidence,
    settings: &NetworkSettings,
) -> BTreeMap<PhotoQuestion, PhotoAnswer> {
    let interrupted = AtomicBool::new(false);
    super::super::photos(questions, evidence, settings, Instant::now(), &interrupted, &mut |_| {})
        .unwrap()
}

fn picture() -> Reply {
    let head = "HTTP/1.1 200 OK\r\nContent-Type: image/gif; x=y\r\nContent-Length: 6\r\n\r\n";
    Reply::Octets([head.as_bytes(), b"GIF89a"].concat())
}

fn could_not_ask(why: &str) -> PhotoAnswer {
    PhotoAnswer::CouldNotAsk(why.to_owned())
}

#[test]
fn photos_go_through_a_proxy_to_the_address_itself() {
    let web = WebPeer::start([("/a?b", picture())]);
    let (address, request) = proxy("HTTP/1.1 200 Go\r\n\r\n", Some(web.address));
    let mut settings = settings(&[], None);
    settings.connect_to.clear();
    settings.proxy = Some(format!("http://me:secret@{address}").parse().unwrap());
    let question = question(None, Scheme::Http, "/a?b");
    let answers = ask(std::slice::from_ref(&question), &Evidence::default(), &settings);
    let PhotoAnswer::Answered(reply) = &answers[&question] else { panic!("{answers:?}") };
    let content = reply.content.as_ref().unwrap();
    assert_eq!((reply.status, reply.media_type.as_deref()), (200, Some("image/gif")));
    assert_eq!((content.looks, content.length), (Looks::Image, 6));
    assert!(content.sha256.starts_with("610f5ae4"), "{}", content.sha256);
    assert!(request.join().unwrap().starts_with("CONNECT 66.163.36.181:80 HTTP/1.1\r\n"));
    // What is meant for the proxy the server does not hear.
    let heard = web.requests().concat();
    assert!(heard.starts_with("GET /a?b HTTP/1.1\r\nhost: 66.163.36.181\r\n"), "{heard}");
    assert!(!heard.to_ascii_lowercase().contains("authorization"), "{heard}");
}

#[test]
fn a_server_is_asked_for_few_photos_at_once() {
    let late = || Reply::Late(Duration::from_millis(30), b"HTTP/1.1 404 x\r\n\r\n".to_vec());
    let web = WebPeer::start([("*", late())]);
    let questions: Vec<PhotoQuestion> =
        (0..64).map(|n| question(None, Scheme::Http, &format!("/{n}"))).collect();
    let answers = ask(&questions, &Evidence::default(), &settings(&[], Some(web.address)));
    assert_eq!(answers.len(), 64);
    assert!(answers.values().all(|it| matches!(it, PhotoAnswer::Answered(it) if it.status == 404)));
    // A peer notices the end of a connection after the next one began.
    assert!((2..32).contains(&web.most_at_once()), "{}", web.most_at_once());
}

#[test]
fn under_a_name_only_the_certificate_counts_that_was_judged() {
    let tls = TlsPeer::start(Manner::Proper, &["c12.webex.com"]);
    let mut settings = settings(&[], Some(tls.address));
    settings.limits.timeout = Duration::from_secs(1);
    let question = question(Some("c12.webex.com"), Scheme::Https, "/a");
    let seen = |chain: Vec<Vec<u8>>| {
        let mut evidence = Evidence::default();
        let handshake = Handshake::without_chain(HandshakeOutcome::Completed);
        let target = target(Some("c12.webex.com"), ADDRESS);
        evidence.handshakes.insert(target, Handshake { chain, ..handshake });
        evidence
    };
    for (evidence, connections, expected) in [
        (Evidence::default(), 0, could_not_ask("its certificate was not seen before")),
        (
            seen(vec![b"another".to_vec()]),
            1,
            could_not_ask("the server presents another certificate than the one that was judged"),
        ),
        // This peer speaks TLS, and no HTTP.
        (seen(vec![tls.certificate.to_vec()]), 2, could_not_ask("no whole answer within 1 s")),
    ] {
        let answers = ask(std::slice::from_ref(&question), &evidence, &settings);
        assert_eq!(answers[&question], expected);
        assert_eq!(tls.server_names().len(), connections, "{expected:?}");
    }
}
