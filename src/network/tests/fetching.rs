//! Plain HTTP: what answers come to, whom nobody asks, through whom it goes, and when it ends.

use std::time::Instant;

use futures_util::future::join_all;

use super::dns_peer::one;
use super::web_peer::{Reply, WebPeer, ok, ok_octets, to};
use super::*;
use crate::evidence::{Fetch, FetchOutcome, Fetched, Purpose};
use crate::network::survey::Network;

const PUBLIC: &str = "66.163.36.200";

/// The DNS of a small world: responders at public addresses, one of them also or only elsewhere.
fn dns() -> DnsPeer {
    let both = ["mixed.example A 10.0.0.1".to_owned(), format!("mixed.example A {PUBLIC}")];
    let two = ["two.example A 66.163.36.201".to_owned(), format!("two.example A {PUBLIC}")];
    DnsPeer::start([
        one("ocsp.example", "A", PUBLIC),
        one("crl.example", "A", PUBLIC),
        one("inside.example", "A", "10.0.0.1"),
        ("mixed.example A".to_owned(), super::dns_peer::Reply::Records(both.to_vec())),
        ("two.example A".to_owned(), super::dns_peer::Reply::Records(two.to_vec())),
    ])
}

/// Connections to the public address and port 80 lead to `web`, others to where nobody listens.
fn settings_with(dns: &DnsPeer, web: &WebPeer) -> NetworkSettings {
    let mut settings = settings(&[dns], None);
    let line = format!("{PUBLIC}:80:{}:{}", web.address.ip(), web.address.port());
    settings.connect_to.insert(0, line.parse().unwrap());
    settings
}

fn get(url: &str) -> Fetch {
    Fetch { purpose: Purpose::Crl, url: url.to_owned(), body: Vec::new() }
}

fn post(url: &str) -> Fetch {
    Fetch { purpose: Purpose::Ocsp, url: url.to_owned(), body: b"DER".to_vec() }
}

fn ask_all(fetches: &[Fetch], settings: &NetworkSettings) -> Vec<Fetched> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let deadline = Deadline::of(&settings.limits, tokio::time::Instant::now());
        let live = Live::open(settings, &deadline).await.unwrap();
        join_all(fetches.iter().map(|fetch| live.fetch(fetch))).await
    })
}

fn ask(fetch: Fetch, settings: &NetworkSettings) -> Fetched {
    ask_all(&[fetch], settings).remove(0)
}

fn body(text: &str) -> FetchOutcome {
    FetchOutcome::Body(text.as_bytes().to_vec())
}

fn failed(words: &str) -> FetchOutcome {
    FetchOutcome::Failed(words.to_owned())
}

#[test]
fn what_answers_come_to() {
    let large = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", (16 << 20) + 1);
    let web = WebPeer::start([
        ("/", ok("OCSP")),
        ("/a.crl", ok("CRL")),
        ("/empty", ok("")),
        ("/short", Reply::Octets(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nCRL".to_vec())),
        ("/nothing", Reply::Octets(Vec::new())),
        ("/large", Reply::Octets(large.into_bytes())),
        ("/endless", Reply::Endless(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![7; 4096])),
        ("/endless-head", Reply::Endless(b"HTTP/1.1 200 OK\r\n".to_vec(), b"X: y\r\n".to_vec())),
        ("/moved", to("/a.crl")),
        ("/moved-away", to("http://crl.example/moved")),
        ("/1", to("/2")),
        ("/2", to("/3")),
        ("/3", to("/4")),
        ("/4", to("/5")),
        ("/circle", to("//crl.example/circle")),
        ("/self", to("")),
        ("/to-https", to("https://ocsp.example/")),
        ("/to-ldap", to("ldap:///CN=x")),
        ("/to-inside", to("http://inside.example/secret")),
        ("/to-metadata", to("http://169.254.169.254/latest")),
        ("/to-nobody", to("http://nobody.example/")),
        ("/to-missing", to("/missing")),
    ]);
    let dns = dns();
    let settings = settings_with(&dns, &web);
    let cut_short = "the connection was closed before the whole answer was there";
    for (fetch, outcome) in [
        (post("http://ocsp.example"), body("OCSP")),
        (get("http://crl.example/a.crl"), body("CRL")),
        (get("http://66.163.36.200/a.crl"), body("CRL")),
        (get("http://mixed.example/a.crl"), body("CRL")),
        (get("http://me:secret@crl.example/a.crl#x"), body("CRL")),
        (get("http://crl.example/empty"), body("")),
        (get("http://crl.example/moved"), body("CRL")),
        (get("http://crl.example/moved-away"), body("CRL")),
        (
            get("http://crl.example/2"),
            failed("it redirects to `http://crl.example/5`: HTTP 404 Not Found"),
        ),
        (get("http://crl.example/1"), failed("it redirects more than 3 times")),
        (get("http://ocsp.example/circle"), failed("it redirects in a circle")),
        (get("http://crl.example/self"), failed("it redirects in a circle")),
        (get("http://crl.example/missing"), failed("HTTP 404 Not Found")),
        (get("http://crl.example/short"), failed(cut_short)),
        (get("http://crl.example/nothing"), failed(cut_short)),
        (get("http://crl.example/large"), failed("the answer is larger than 16 MiB")),
        (post("http://ocsp.example/endless"), failed("the answer is larger than 64 KiB")),
        (
            get("http://crl.example/endless-head"),
            failed("the answer is not HTTP, or its head is too large"),
        ),
        (get("http://crl.example:81/"), failed("connection refused")),
        (
            get("http://nobody.example/"),
            failed("no address of `nobody.example` is known (the DNS says NXDOMAIN)"),
        ),
        (
            get("http://crl.example/to-nobody"),
            failed(
                "it redirects to `http://nobody.example/`: no address of `nobody.example` is \
                 known (the DNS says NXDOMAIN)",
            ),
        ),
        (
            get("http://crl.example/to-missing"),
            failed("it redirects to `http://crl.example/missing`: HTTP 404 Not Found"),
        ),
        (
            get("http://crl.example/to-inside"),
            failed(
                "it redirects to `http://inside.example/secret`: `10.0.0.1` is not a public \
                 address; --allow-private allows it",
            ),
        ),
        (
            get("http://crl.example/to-metadata"),
            failed(
                "it redirects to `http://169.254.169.254/latest`: `169.254.169.254` is not a \
                 public address; --allow-private allows it",
            ),
        ),
        (
            get("http://crl.example/to-https"),
            failed(
                "it redirects to where nobody goes: `https://ocsp.example/` is not asked: the \
                 certificate of an https server would have to be checked first (RFC 5280, 8)",
            ),
        ),
        (
            get("http://crl.example/to-ldap"),
            failed("it redirects to where nobody goes: `ldap:///CN=x` is not an http URL"),
        ),
        (get("ldap:///CN=x"), failed("`ldap:///CN=x` is not an http URL")),
        (
            get("http://inside.example/"),
            FetchOutcome::NotAsked(
                "`10.0.0.1` is not a public address; --allow-private allows it".to_owned(),
            ),
        ),
        (
            get("http://[::ffff:127.0.0.1]/"),
            FetchOutcome::NotAsked(
                "`127.0.0.1` is not a public address; --allow-private allows it".to_owned(),
            ),
        ),
    ] {
        let url = fetch.url.clone();
        assert_eq!(ask(fetch, &settings).outcome, outcome, "{url}");
    }
    let requests = web.requests();
    assert!(requests.iter().all(|request| !request.contains("secret")), "{requests:?}");
    assert!(requests[0].starts_with("POST / HTTP/1.1\r\nhost: ocsp.example\r\n"), "{requests:?}");
    assert!(requests[0].ends_with("\r\n\r\nDER"), "{requests:?}");
    assert!(requests[2].contains("\r\nhost: 66.163.36.200\r\n"), "{requests:?}");
}

#[test]
fn special_addresses_are_asked_when_allowed() {
    let web = WebPeer::start([("/", ok("OCSP"))]);
    let dns = dns();
    let mut settings = settings(&[&dns], Some(web.address));
    settings.special = SpecialAddresses::Allow;
    assert_eq!(ask(post("http://inside.example"), &settings).outcome, body("OCSP"));
    settings.connect_to.clear();
    let url = format!("http://{}/", web.address);
    assert_eq!(ask(post(&url), &settings).outcome, body("OCSP"));
}

#[test]
fn every_address_is_tried() {
    let web = WebPeer::start([("/", ok("OCSP"))]);
    let dns = dns();
    // The first address of the two leads to where nobody listens.
    let settings = settings_with(&dns, &web);
    assert_eq!(ask(post("http://two.example/"), &settings).outcome, body("OCSP"));
    assert_eq!(
        ask(post("http://two.example:81/"), &settings).outcome,
        failed("connection refused")
    );
}

#[test]
fn answers_that_come_too_late() {
    let pause = Duration::from_millis;
    let web = WebPeer::start([
        ("/silent", Reply::Silence),
        ("/dripping", Reply::Dripping(pause(20), ok_octets(&"x".repeat(1000)))),
        ("/late", Reply::Late(pause(30_000), ok_octets("CRL"))),
        ("/early", Reply::Late(pause(300), ok_octets("CRL"))),
        (
            "/slow-1",
            Reply::Late(pause(900), b"HTTP/1.1 302 x\r\nLocation: /slow-2\r\n\r\n".to_vec()),
        ),
        (
            "/slow-2",
            Reply::Late(pause(900), b"HTTP/1.1 302 x\r\nLocation: /slow-3\r\n\r\n".to_vec()),
        ),
        ("/slow-3", Reply::Late(pause(900), ok_octets("CRL"))),
    ]);
    let dns = dns();
    let mut settings = settings_with(&dns, &web);
    settings.limits.revocation = Duration::from_secs(2);
    let paths = ["silent", "dripping", "late", "slow-1"];
    let fetches: Vec<Fetch> =
        paths.iter().map(|path| get(&format!("http://crl.example/{path}"))).collect();
    let begun = Instant::now();
    for (path, fetched) in paths.iter().zip(ask_all(&fetches, &settings)) {
        assert_eq!(fetched.outcome, FetchOutcome::TooLate, "{path}");
        assert!((2_000..20_000).contains(&fetched.elapsed_ms), "{path}: {}", fetched.elapsed_ms);
    }
    assert!(begun.elapsed() < Duration::from_secs(20));

    settings.limits.revocation = Duration::from_secs(20);
    let early = ask(get("http://crl.example/early"), &settings);
    assert_eq!(early.outcome, body("CRL"));
    assert!((300..20_000).contains(&early.elapsed_ms), "{}", early.elapsed_ms);
}

#[test]
fn the_end_of_the_run_ends_questions() {
    let web = WebPeer::start([("*", Reply::Silence)]);
    let dns = dns();
    let mut settings = settings_with(&dns, &web);
    settings.limits.revocation = Duration::from_secs(300);
    settings.limits.deadline = Duration::from_millis(500);
    settings.limits.concurrency = 1;
    let fetches = [get("http://crl.example/1"), get("http://crl.example/2")];
    let outcomes: Vec<FetchOutcome> =
        ask_all(&fetches, &settings).into_iter().map(|fetched| fetched.outcome).collect();
    let words = "the run's deadline of 0.5 s passed";
    assert_eq!(outcomes, [failed(words), FetchOutcome::NotAsked(words.to_owned())]);
}

#[test]
fn one_responder_gets_few_connections_at_once_and_our_queue_costs_it_nothing() {
    let pause = Duration::from_millis(500);
    let web = WebPeer::start([("*", Reply::Late(pause, ok_octets("OCSP")))]);
    let dns = dns();
    let mut settings = settings_with(&dns, &web);
    settings.limits.concurrency = 64;
    // All together take longer, eight at a time; each of them does not.
    settings.limits.revocation = Duration::from_secs(3);
    let fetches: Vec<Fetch> = (0..64).map(|n| post(&format!("http://ocsp.example/{n}"))).collect();
    let fetched = ask_all(&fetches, &settings);
    assert!(fetched.iter().all(|one| one.outcome == body("OCSP")), "{fetched:?}");
    // A peer notices the end of a connection after the next one began.
    assert!((2..32).contains(&web.most_at_once()), "{}", web.most_at_once());
    assert_eq!(dns.asked()["ocsp.example A udp"], 1);
}

#[test]
fn questions_go_through_a_proxy() {
    let proxy = WebPeer::start([
        ("http://ocsp.example/", ok("by proxy")),
        ("http://unknown.example:81/a?b", ok("by proxy")),
        ("http://crl.example/moved", to("http://ocsp.example/")),
        ("http://crl.example/secret", Reply::Octets(b"HTTP/1.1 407 x\r\n\r\n".to_vec())),
    ]);
    let dns = dns();
    let mut settings = settings(&[&dns], None);
    settings.connect_to.clear();
    settings.proxy = Some(format!("http://me:secret@{}", proxy.address).parse().unwrap());
    let through = |words: &str| format!("through the proxy `http://{}`: {words}", proxy.address);
    for (fetch, outcome) in [
        (post("http://ocsp.example"), body("by proxy")),
        // Only the proxy knows this name.
        (get("http://unknown.example:81/a?b"), body("by proxy")),
        (get("http://crl.example/moved"), body("by proxy")),
        (
            get("http://crl.example/secret"),
            failed(&through("HTTP 407 Proxy Authentication Required")),
        ),
        (
            get("http://inside.example/"),
            FetchOutcome::NotAsked(
                "`10.0.0.1` is not a public address; --allow-private allows it".to_owned(),
            ),
        ),
        (
            get("http://10.0.0.1/"),
            FetchOutcome::NotAsked(
                "`10.0.0.1` is not a public address; --allow-private allows it".to_owned(),
            ),
        ),
    ] {
        let url = fetch.url.clone();
        assert_eq!(ask(fetch, &settings).outcome, outcome, "{url}");
    }
    let requests = proxy.requests();
    assert!(
        requests[0].starts_with("POST http://ocsp.example/ HTTP/1.1\r\nhost: ocsp.example\r\n"),
        "{requests:?}"
    );
    let credentials = "\r\nproxy-authorization: Basic bWU6c2VjcmV0\r\n";
    assert!(requests.iter().all(|request| request.contains(credentials)), "{requests:?}");
    assert_eq!(requests.len(), 5);

    // What --connect-to states is reached through a tunnel.
    settings.connect_to = vec![format!("::{}:{}", PUBLIC, 8080).parse().unwrap()];
    let outcome = ask(post("http://ocsp.example"), &settings).outcome;
    assert_eq!(outcome, failed(&through("it answered `404 Not Found`")));
    assert!(proxy.requests()[5].starts_with("CONNECT 66.163.36.200:8080 HTTP/1.1\r\n"));

    let gone: SocketAddr = "127.0.0.1:1".parse().unwrap();
    settings.connect_to.clear();
    settings.proxy = Some(format!("http://{gone}").parse().unwrap());
    let outcome = ask(post("http://ocsp.example"), &settings).outcome;
    assert_eq!(outcome, failed("the proxy `http://127.0.0.1:1`: connection refused"));
}

#[test]
fn the_proxy_of_the_environment_comes_after_what_the_administrator_states() {
    let proxy = WebPeer::start([("*", ok("by proxy"))]);
    let web = WebPeer::start([("*", ok("straight"))]);
    let dns = dns();
    let mut settings = settings(&[&dns], None);
    settings.special = SpecialAddresses::Allow;
    let of_environment = format!("http://{}", proxy.address).parse().unwrap();
    settings.http_proxy = Some((of_environment, NoProxy::parse("crl.example")));
    let line = format!(":80:{}:{}", web.address.ip(), web.address.port());
    let here = format!("http://{}/", web.address);
    for (connect_to, url, expected) in [
        (None, "http://ocsp.example/", "by proxy"),
        (None, here.as_str(), "straight"),
        (Some(&line), "http://crl.example/", "straight"),
        (Some(&line), "http://ocsp.example/", "straight"),
        (Some(&line), "http://ocsp.example:81/", "by proxy"),
    ] {
        settings.connect_to = connect_to.iter().map(|line| line.parse().unwrap()).collect();
        assert_eq!(ask(get(url), &settings).outcome, body(expected), "{connect_to:?} {url}");
    }
}
