//! Hundreds of hosts, each with its own certificate and the same OCSP responder: every question is
//! put once, and soon.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says how long it took"
)]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use common::Folder;
use lab::{Certificate, Delivery, Lab, Ocsp};
use serde_json::Value;

const HOSTS: usize = 300;

#[test]
fn one_handshake_and_one_ocsp_question_each() {
    let mut world = Lab::builder();
    let mut names = String::new();
    for n in 0..HOSTS {
        let (name, address) = (format!("c{n}.webex.com"), format!("203.0.{}.{}", n / 200, n % 200));
        let certificate = Certificate::for_names(&[&name]).sources(Ocsp::good());
        world = world.host(&name, &[&address]).photo_server(&address, 443, certificate);
        writeln!(names, "{name}").unwrap();
    }
    let lab = world.start().unwrap();
    let folder = Folder::new();
    let config = lab.write_config(folder.path()).unwrap();
    let names = folder.write("names.txt", names);
    let mut command = folder.command(&["check", "-", "--format", "jsonl", "--config"]);
    let command = command.arg(config).stdin(std::fs::File::open(names).unwrap());
    let begun = Instant::now();
    let output = command.output().unwrap();
    let elapsed = begun.elapsed();
    println!("{HOSTS} hosts with OCSP in {elapsed:.3?}");

    let lines = String::from_utf8(output.stdout).unwrap();
    let verdicts: Vec<Value> =
        lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let good = verdicts.iter().filter(|one| one["revocation"]["state"] == "good").count();
    assert_eq!(good, HOSTS, "{}", String::from_utf8_lossy(&output.stderr));
    let handshakes = lab.handshakes();
    assert_eq!((handshakes.len(), handshakes.values().sum::<u64>()), (HOSTS, HOSTS as u64));
    let questions = lab.ocsp_questions();
    assert_eq!((questions.len(), questions.values().sum::<u64>()), (HOSTS, HOSTS as u64));
    // Generous, as other tests run beside it; by itself it takes less than one.
    assert!(elapsed < Duration::from_secs(60), "{elapsed:?}");
}

/// The verdict without what differs from run to run: how long answers took, and when it is.
fn timeless(mut value: Value) -> Value {
    match &mut value {
        Value::Object(fields) => {
            fields.remove("elapsed_ms");
            fields.remove("days_left");
            for field in fields.values_mut() {
                *field = timeless(field.take());
            }
        }
        Value::Array(elements) => {
            for element in elements {
                *element = timeless(element.take());
            }
        }
        Value::String(text) => {
            // `1.003 s`
            let is_time = |word: &str| word.len() == 5 && word.parse::<f64>().is_ok();
            let words = text.split(' ').map(|word| if is_time(word) { "?" } else { word });
            *text = words.collect::<Vec<_>>().join(" ");
        }
        _ => {}
    }
    value
}

#[test]
fn concurrency_shows_in_no_verdict() {
    let deliveries = [
        Delivery::Prompt,
        Delivery::After(Duration::from_millis(100)),
        Delivery::Status(404),
        Delivery::Status(503),
        Delivery::NoAddress,
        Delivery::Refused,
        Delivery::Tarpit,
        Delivery::CutOff,
        Delivery::Dribble,
        Delivery::Endless,
        Delivery::Padded(100_000),
        Delivery::Moved,
        Delivery::Circular,
        Delivery::MovedTo("ldap:///CN=x".to_owned()),
    ];
    let mut world = Lab::builder();
    let mut names = Vec::new();
    let answers = [Ocsp::good(), Ocsp::revoked(Some(1)), Ocsp::unknown()];
    for (n, delivery) in deliveries.iter().enumerate() {
        for (m, answer) in answers.iter().enumerate() {
            let name = format!("c{m}-{n}.webex.com");
            // Two servers with the same certificate: nothing is asked twice.
            let addresses = [1, 2].map(|at| format!("203.0.113.{}", n * 8 + m * 2 + at));
            world = world.host(&name, &addresses.each_ref().map(String::as_str));
            let sources = answer.clone().delivery(delivery.clone());
            let certificate = Certificate::for_names(&[&name]).sources(sources);
            for address in &addresses {
                world = world.photo_server(address, 443, certificate.clone());
            }
            names.push(name);
        }
    }
    let lab = world.start().unwrap();
    let folder = Folder::new();
    let config = lab.write_config(folder.path()).unwrap();
    let mut verdicts = Vec::new();
    for concurrency in ["1", "5", "64"] {
        let options = ["--format", "json", "--revocation-timeout", "1s"];
        let options = [&options[..], &["--concurrency", concurrency, "--config"]].concat();
        let arguments = [&["check"][..], &options, &[config.to_str().unwrap()]].concat();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let run = folder.run(&[&arguments[..], &names].concat());
        assert_eq!(run.stderr, "", "{concurrency}");
        verdicts.push(timeless(serde_json::from_slice(&run.stdout).unwrap()));
    }
    let certificates = verdicts[0]["certificates"].as_array().unwrap();
    let states: BTreeMap<&str, usize> =
        certificates.iter().fold(BTreeMap::new(), |mut all, one| {
            *all.entry(one["revocation"]["state"].as_str().unwrap()).or_default() += 1;
            all
        });
    // Of each kind three names with two servers: three kinds are answered in time, two too late.
    let expected =
        [("good", 6), ("revoked", 6), ("unknown", 6), ("too-late", 12), ("unreachable", 54)];
    assert_eq!(states, expected.into());
    assert_eq!(verdicts[0], verdicts[1]);
    assert_eq!(verdicts[0], verdicts[2]);
    // Once in each of the runs, as far as the question arrives.
    assert!(lab.ocsp_questions().values().all(|times| *times == 3), "{:?}", lab.ocsp_questions());
}
