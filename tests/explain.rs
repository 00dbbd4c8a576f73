//! `photofix explain` against real peers on loopback, and from the documents of the same run.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{Folder, Run, samples};
use lab::Lab;
use serde_json::Value;

/// Asks about the samples' export with the lab's settings; questions that nobody answers end soon.
fn explain(folder: &Folder, lab: &Lab, more: &[&str]) -> Run {
    let users = samples().join("users.csv");
    let map = samples().join("map.csv");
    let config = lab.write_config(folder.path()).unwrap();
    let arguments = ["explain", users.to_str().unwrap(), "--map", map.to_str().unwrap()];
    let config = ["--config", config.to_str().unwrap(), "--timeout", "1s", "--retries", "0"];
    folder.run(&[&arguments[..], &config, more].concat())
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

#[test]
fn look() {
    let folder = Folder::new();
    let lab = lab::demo::webex().start().unwrap();
    for address in [
        "203.0.113.10",
        "203.0.113.14",
        "203.0.113.15",
        "203.0.113.18",
        "203.0.113.20",
        "203.0.113.21",
        "203.0.113.24",
        "http://203.0.113.25",
        "ldap-photos",
        "203.0.113.28",
        "203.0.113.29",
    ] {
        let run = explain(&folder, &lab, &["--address", address]);
        println!("=== {} {}\n{}{}", address, run.status, run.text(), run.stderr);
    }
    for record in ["1", "22", "45", "46", "50", "51", "64", "65", "69", "72", "99"] {
        let run = explain(&folder, &lab, &["--record", record]);
        println!("=== {} {}\n{}{}", record, run.status, run.text(), run.stderr);
    }
}
