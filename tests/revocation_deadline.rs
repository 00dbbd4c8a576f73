//! Answers about revocation that come at the last moment, too late, bit by bit or never: what
//! counts is five seconds in all, and the run ends.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeMap;
use std::thread;
use std::time::{Duration, Instant};

use common::Folder;
use lab::{Certificate, Crl, Delivery, Intermediate, Lab, Ocsp, Sources};
use serde_json::Value;

/// The time that Jabber gives an answer, which is the default.
const BUDGET_MS: u64 = 5000;

/// How long the run may take: every server is asked at the same time, and each can take the time
/// for a handshake and the time for revocation.
const DEADLINE: Duration = Duration::from_secs(20);

/// What each profile says of a state: `jabber`, `jabber-12`, `strict`.
const GOOD: [&str; 3] = ["trusted", "trusted", "trusted"];
const UNPROVED: [&str; 3] = ["prompts", "trusted", "refuses"];
const PROFILES: [&str; 3] = ["jabber", "jabber-12", "strict"];

fn after(milliseconds: u64) -> Delivery {
    Delivery::After(Duration::from_millis(milliseconds))
}

/// A host's label, its certificate, and the state of revocation where everything comes when it is
/// meant to come.
fn set_ups() -> Vec<(&'static str, Certificate, &'static str)> {
    let with = |sources: Sources| Certificate::for_names(&["any"]).sources(sources);
    let ocsp = |delivery| with(Ocsp::good().delivery(delivery).into());
    let crl = |delivery| with(Crl::empty().delivery(delivery).into());
    vec![
        ("ocsp-at-4900", ocsp(after(4900)), "good"),
        ("ocsp-at-5100", ocsp(after(5100)), "too-late"),
        ("ocsp-by-bytes", ocsp(Delivery::Dribble), "too-late"),
        ("ocsp-never", ocsp(Delivery::Tarpit), "too-late"),
        ("ocsp-endless", ocsp(Delivery::Endless), "unreachable"),
        ("ocsp-circular", ocsp(Delivery::Circular), "unreachable"),
        ("crl-at-4900", crl(after(4900)), "good"),
        ("crl-at-5100", crl(after(5100)), "too-late"),
        ("crl-by-bytes", crl(Delivery::Dribble), "too-late"),
        ("crl-endless", crl(Delivery::Endless), "unreachable"),
        ("crl-circular", crl(Delivery::Circular), "unreachable"),
        (
            "ocsp-late-crl-good",
            with(Sources::from(Ocsp::good().delivery(after(5100))).crl(Crl::empty())),
            "good",
        ),
        (
            "ocsp-late-crl-listed",
            with(Sources::from(Ocsp::good().delivery(after(5100))).crl(Crl::listing(None))),
            "revoked",
        ),
        (
            "issuer-late",
            Certificate::for_names(&["any"])
                .under(Intermediate::default().sources(Ocsp::good().delivery(after(5100)))),
            "too-late",
        ),
        ("stapled", ocsp(after(5100)).staple(Ocsp::good()), "good"),
    ]
}

/// What `check` says of hosts, by host.
fn checked(folder: &Folder, hosts: &[&str], options: &[&str]) -> BTreeMap<String, Value> {
    let arguments = ["check", "--config", "lab.toml", "--format", "json"];
    let run = folder.run(&[&arguments[..], options, hosts].concat());
    assert_eq!(run.stderr, "");
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let certificates = report["certificates"].as_array().unwrap();
    let host = |it: &Value| it["host"].as_str().unwrap().to_owned();
    certificates.iter().map(|it| (host(it), it.clone())).collect()
}

/// A world in which each host presents its certificate.
fn world(hosts: &[&str], certificates: impl Iterator<Item = Certificate>) -> Lab {
    let by_name: Vec<(&str, Certificate)> =
        hosts.iter().zip(certificates).map(|(name, it)| (*name, it.names(&[name]))).collect();
    let world = Lab::builder().photo_server_by_name("203.0.113.1", 443, None, &by_name);
    let at_one = |world: lab::Builder, name: &&str| world.host(name, &["203.0.113.1"]);
    hosts.iter().fold(world, at_one).start().unwrap()
}

#[test]
fn what_comes_within_five_seconds_counts_and_the_run_ends() {
    let set_ups = set_ups();
    let names: Vec<String> =
        set_ups.iter().map(|(label, ..)| format!("{label}.webex.com")).collect();
    let hosts: Vec<&str> = names.iter().map(String::as_str).collect();
    let certificates = set_ups.iter().map(|(_, certificate, _)| certificate.clone());
    let lab = world(&hosts, certificates);
    let folder = Folder::new();
    lab.write_config(folder.path()).unwrap();

    let begun = Instant::now();
    let found = thread::scope(|scope| {
        let runs = PROFILES.map(|profile| {
            let options = ["--deadline", "20s", "--profile", profile];
            let (folder, hosts) = (&folder, &hosts);
            scope.spawn(move || checked(folder, hosts, &options))
        });
        runs.map(|run| run.join().unwrap())
    });
    assert!(begun.elapsed() < DEADLINE, "{:?}", begun.elapsed());

    for (name, (label, _, meant)) in names.iter().zip(&set_ups) {
        for (at, found) in found.iter().enumerate() {
            let revocation = &found[name]["revocation"];
            let state = revocation["state"].as_str().unwrap();
            let elapsed = revocation["elapsed_ms"].as_u64();
            let what = format!("{label} by {}: {}", PROFILES[at], found[name]);
            // A machine that is very busy can be late with an answer that was meant to come in
            // time; then the client was late as well. Nothing can come early.
            let late = *meant == "good" && elapsed.is_some_and(|elapsed| elapsed >= BUDGET_MS);
            let expected = if late { "too-late" } else { meant };
            assert_eq!(state, expected, "{what}");
            if state == "too-late" {
                assert!(elapsed.is_some_and(|elapsed| elapsed >= BUDGET_MS), "{what}");
                let reason = found[name]["reasons"][0].as_str().unwrap();
                let says = if *label == "issuer-late" { "the intermediate" } else { "after 5.0" };
                assert!(at == 1 || reason.contains(says), "{what}");
            }
            let verdicts = match expected {
                "good" => GOOD,
                "revoked" => ["refuses"; 3],
                _ => UNPROVED,
            };
            assert_eq!(found[name]["verdict"], verdicts[at], "{what}");
        }
    }
}

#[test]
fn no_responder_makes_a_run_longer_than_it_may_be() {
    let with = |delivery: Delivery| {
        let sources = Sources::from(Ocsp::good().delivery(delivery.clone()));
        Certificate::for_names(&["any"]).sources(sources.crl(Crl::empty().delivery(delivery)))
    };
    let deliveries = [Delivery::Dribble, Delivery::Tarpit, Delivery::Endless, Delivery::Circular];
    let hosts = ["by-bytes", "never", "endless", "circular"].map(|it| format!("{it}.webex.com"));
    let hosts = hosts.each_ref().map(String::as_str);
    let lab = world(&hosts, deliveries.into_iter().map(with));
    let folder = Folder::new();
    lab.write_config(folder.path()).unwrap();

    let begun = Instant::now();
    let options = ["--revocation-timeout", "1h", "--deadline", "2s", "--profile", "strict"];
    let found = checked(&folder, &hosts, &options);
    assert!(begun.elapsed() < DEADLINE, "{:?}", begun.elapsed());
    for (host, found) in found {
        assert_eq!(found["revocation"]["state"], "unreachable", "{host}: {found}");
        assert_eq!(found["verdict"], "refuses", "{host}: {found}");
    }
}
