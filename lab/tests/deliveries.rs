//! How the lab's publishers deliver, seen byte by byte.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    missing_docs,
    reason = "a test speaks and may panic"
)]

mod visitor;

use std::io::{Read, Write};
use std::time::{Duration, Instant};

use lab::{Certificate, Crl, CrlFault, Delivery, Lab, Ocsp, Sources};
use visitor::{PATIENCE, SILENCE, connect};

/// A lab whose one certificate has its CRL delivered so.
fn publishing(crl: Crl) -> Lab {
    let certificate = Certificate::for_names(&["c12.webex.com"]).sources(crl);
    Lab::builder().photo_server("203.0.113.7", 443, certificate).start().unwrap()
}

/// The answer to a GET, as far as it comes within `patience`, at most `most` bytes of it.
fn get(lab: &Lab, path: &str, patience: Duration, most: usize) -> Vec<u8> {
    let mut stream = connect(lab, "198.51.100.1:80", patience).unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: crl.lab.example\r\n\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let (mut answer, mut part) = (Vec::new(), [0; 4096]);
    while answer.len() < most {
        match stream.read(&mut part) {
            Ok(0) | Err(_) => break,
            Ok(length) => answer.extend(&part[..length]),
        }
    }
    answer
}

/// The CRL that is not the plain one.
const PATH: &str = "/issuing-1-2.crl";

#[test]
fn each_delivery_is_what_it_is_called() {
    let plain = get(&publishing(Crl::empty()), "/issuing-1.crl", PATIENCE, usize::MAX);
    let whole = plain.len();
    for (delivery, starts, length) in [
        (Delivery::Status(500), "HTTP/1.1 500 Internal Server Error\r\n", 1..200),
        (Delivery::Status(404), "HTTP/1.1 404 Not Found\r\n", 1..200),
        (Delivery::CutOff, "HTTP/1.1 200 OK\r\n", 200..whole - 50),
        (Delivery::Dribble, "HTTP/1.1 200 OK\r\n", 80..200),
        (Delivery::Padded(1_000_000), "HTTP/1.1 200 OK\r\n", 1_000_000..1_001_000),
        (Delivery::Endless, "HTTP/1.1 200 OK\r\n", 2_000_000..2_100_000),
        (Delivery::MovedTo("ftp://c/".into()), "HTTP/1.1 307 Temporary Redirect\r\n", 1..300),
    ] {
        let lab = publishing(Crl::empty().delivery(delivery.clone()));
        let patience = if delivery == Delivery::Dribble { SILENCE } else { PATIENCE };
        let answer = get(&lab, PATH, patience, 2_000_000);
        assert!(answer.starts_with(starts.as_bytes()), "{delivery:?}");
        assert!(length.contains(&answer.len()), "{delivery:?}: {}", answer.len());
        assert_eq!(lab.fetches()[&format!("http://crl.lab.example{PATH}")], 1);
    }
}

#[test]
fn redirects_lead_where_they_are_declared_to_lead() {
    for (delivery, location) in [
        (Delivery::Moved, "http://crl.lab.example/moved/issuing-1-2.crl"),
        (Delivery::Circular, "http://crl.lab.example/issuing-1-2.crl"),
        (Delivery::MovedTo("ftp://crl.lab.example/a".into()), "ftp://crl.lab.example/a"),
    ] {
        let lab = publishing(Crl::empty().delivery(delivery.clone()));
        let answer = get(&lab, PATH, PATIENCE, usize::MAX);
        let answer = String::from_utf8_lossy(&answer).into_owned();
        assert!(answer.contains(&format!("\r\nLocation: {location}\r\n")), "{answer}");
        let there = get(&lab, "/moved/issuing-1-2.crl", PATIENCE, usize::MAX);
        assert_eq!(there.starts_with(b"HTTP/1.1 200 OK"), delivery == Delivery::Moved);
    }
}

#[test]
fn what_comes_later_comes_later() {
    let later = Duration::from_millis(150);
    let lab = publishing(Crl::empty().delivery(Delivery::After(later)));
    let started = Instant::now();
    let answer = get(&lab, PATH, PATIENCE, usize::MAX);
    assert!(answer.starts_with(b"HTTP/1.1 200 OK"));
    assert!(started.elapsed() >= later, "timers never fire early");
}

#[test]
fn a_huge_crl_is_huge() {
    let lab = publishing(Crl::listing(None).fault(CrlFault::Huge));
    let length = get(&lab, PATH, PATIENCE, usize::MAX).len();
    assert!((5_000_000..16_000_000).contains(&length), "{length}");
}

#[test]
fn three_hundred_servers_with_responders_start_together() {
    let started = Instant::now();
    let mut builder = Lab::builder();
    for at in 0..60 {
        let address = format!("203.0.113.{at}");
        let named = |n: i32| format!("c{n}.webex.com");
        let names: Vec<_> = (at * 5..at * 5 + 5).map(named).collect();
        let certificates = names.iter().map(|name| {
            let sources = Sources::from(Ocsp::good().delegated());
            (name.as_str(), Certificate::for_names(&[name]).sources(sources))
        });
        let by_name: Vec<_> = certificates.collect();
        builder = builder.photo_server_by_name(&address, 443, None, &by_name);
    }
    let lab = builder.start().unwrap();
    println!("300 certificates with OCSP in {} ms", started.elapsed().as_millis());
    assert_eq!(lab.ocsp_questions().len(), 0);
}
