//! The certificate verdict over more than a hundred servers, through the real binary: verdict,
//! deciding rule, revocation and wording by each client profile.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "verdicts/chains.rs"]
mod chains;
mod common;
#[path = "verdicts/crl.rs"]
mod crl;
#[path = "verdicts/ocsp.rs"]
mod ocsp;
#[path = "verdicts/row.rs"]
mod row;
#[path = "verdicts/servers.rs"]
mod servers;
#[path = "verdicts/sources.rs"]
mod sources;

use std::collections::BTreeMap;
use std::thread;

use common::Folder;
use lab::{Certificate, Lab, OldProtocol, certificate_pem};
use row::{PROFILES, Row, Server};
use serde_json::Value;

/// The server of all rows that only present something, by server name.
const SHARED: &str = "203.0.113.1";

/// The host that the fixtures name.
const FIXTURE_HOST: &str = "c12.webex.com";

impl Row {
    fn host(&self) -> String {
        match self.server {
            Server::Fixture(_) => FIXTURE_HOST.to_owned(),
            _ => format!("{}.webex.com", self.label),
        }
    }

    /// `HOST:PORT`; the fixtures share a name and differ in port.
    fn asked(&self, at: usize) -> (String, u16) {
        let port = if matches!(self.server, Server::Fixture(_)) { 8000 + at as u16 } else { 443 };
        (self.host(), port)
    }
}

fn rows() -> Vec<Row> {
    [ocsp::rows(), crl::rows(), sources::rows(), chains::rows(), servers::rows()]
        .into_iter()
        .flatten()
        .collect()
}

/// One world for all rows. Rows that need a listener of their own have one.
fn world(rows: &[Row]) -> Lab {
    let mut builder = Lab::builder();
    let mut presented: Vec<(String, Certificate)> = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        let (host, port) = row.asked(at);
        let own = format!("203.0.113.{}", 2 + at);
        let certificate = Certificate::for_names(&[&host]);
        builder = match &row.server {
            Server::Presenting(change) => {
                presented.push((host.clone(), change(certificate)));
                builder.host(&host, &[SHARED])
            }
            Server::Old(protocol, change) => builder.host(&host, &[&own]).old_tls_server(
                &own,
                port,
                *protocol,
                change(certificate),
            ),
            Server::Fixture(der) => builder.host(&host, &[SHARED]).old_tls_chain(
                SHARED,
                port,
                OldProtocol::Tls12Rsa,
                &[der],
            ),
            Server::Faulty(fault) => builder.host(&host, &[&own]).tls_fault(&own, port, *fault),
            Server::Lost(fault) => builder.dns_fault(&host, *fault),
        };
    }
    let by_name: Vec<(&str, Certificate)> =
        presented.iter().map(|(name, it)| (name.as_str(), it.clone())).collect();
    builder.photo_server_by_name(SHARED, 443, None, &by_name).start().unwrap()
}

/// What `check` says of all rows by one profile, by host and port.
fn checked(folder: &Folder, hosts: &[&str], profile: &str) -> BTreeMap<(String, u16), Value> {
    let arguments = ["check", "--config", "lab.toml", "--format", "json", "--timeout", "1s"];
    let trust = ["--trust", "lab-ca.pem", "--trust", "old-root.pem", "--retries", "0"];
    let arguments = [&arguments[..], &trust, &["--profile", profile], hosts].concat();
    let run = folder.run(&arguments);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let certificates = report["certificates"].as_array().unwrap();
    certificates
        .iter()
        .map(|it| {
            let port = u16::try_from(it["port"].as_u64().unwrap()).unwrap();
            ((it["host"].as_str().unwrap().to_owned(), port), it.clone())
        })
        .collect()
}

#[test]
fn every_server_gets_the_verdict_that_each_client_gives() {
    let rows = rows();
    assert!(rows.len() >= 60, "{}", rows.len());
    let lab = world(&rows);
    let folder = Folder::new();
    lab.write_config(folder.path()).unwrap();
    folder.write("old-root.pem", certificate_pem(include_bytes!("fixtures/old-root.der")));
    let hosts: Vec<String> = rows
        .iter()
        .enumerate()
        .map(|(at, row)| {
            let (host, port) = row.asked(at);
            format!("{host}:{port}")
        })
        .collect();
    let hosts: Vec<&str> = hosts.iter().map(String::as_str).collect();
    let by_profile = thread::scope(|scope| {
        let runs = PROFILES.map(|(profile, _)| scope.spawn(|| checked(&folder, &hosts, profile)));
        runs.map(|run| run.join().unwrap())
    });

    let mut wrong = Vec::new();
    for (at, row) in rows.iter().enumerate() {
        for (profile, found) in by_profile.iter().enumerate() {
            let found = &found[&row.asked(at)];
            if let Err(how) = compare(row, profile, found) {
                wrong.push(format!("{} by {}: {how}", row.label, PROFILES[profile].0));
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), 3 * rows.len(), wrong.join("\n"));
}

/// Holds a verdict against its row.
fn compare(row: &Row, profile: usize, found: &Value) -> Result<(), String> {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let expected = &row.expected;
    let (verdict, rule) = expected.verdicts[profile];
    let seen = (text(&found["verdict"]), text(&found["deciding_rule"]));
    let state = text(&found["revocation"]["state"]);
    let reasons = &found["reasons"];
    if (seen.0.as_str(), seen.1.as_str()) != (verdict, rule) || state != expected.revocation {
        return Err(format!(
            "expected {verdict} ({rule}, {}), found {} ({}, {state}): {reasons} {}",
            expected.revocation, seen.0, seen.1, found["revocation"]["detail"]
        ));
    }
    if rule != expected.verdicts[0].1 {
        return Ok(());
    }
    let words = PROFILES[profile].1.iter().find(|(of, _)| *of == verdict).unwrap().1;
    let says = format!("{words}: {}", expected.says.replace("{host}", &row.host()));
    let first = text(&reasons[0]);
    if fits(&says, &first) {
        Ok(())
    } else {
        Err(format!("\n  said:    {first}\n  not:     {says}"))
    }
}

/// Whether a text is the pattern, in which `…` stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
    let Some((start, pattern)) = pattern.split_once('…') else { return pattern == text };
    let Some(rest) = text.strip_prefix(start) else { return false };
    match pattern.split_once('…') {
        None => rest.ends_with(pattern),
        Some((next, _)) => rest.find(next).is_some_and(|at| fits(pattern, &rest[at..])),
    }
}
