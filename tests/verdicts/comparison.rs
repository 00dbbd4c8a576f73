//! Running `check` over a world, and holding what it says against the rows.

use std::collections::BTreeMap;
use std::thread;

use lab::certificate_pem;
use serde_json::Value;

use super::common::Folder;
use super::row::{PROFILES, Row};
use super::world::World;

/// The words with which a profile begins, by verdict; copied from the guides by hand, so that a
/// change of the program's is noticed.
pub(crate) type Words = [(&'static str, &'static str); 4];

/// All disagreements between the rows of a world and what the program says of its servers.
pub(crate) fn disagreements(world: &World, options: &[&str], words: &[Words; 3]) -> Vec<String> {
    let lab = world.start();
    let folder = Folder::new();
    lab.write_config(folder.path()).unwrap();
    folder.write("old-root.pem", certificate_pem(include_bytes!("../fixtures/old-root.der")));
    let hosts = (0..world.rows.len()).map(|at| {
        let (host, port) = world.asked(at);
        format!("{host}:{port}")
    });
    let hosts: Vec<String> = hosts.collect();
    let run = |profile: &'static str| {
        let mut arguments = vec!["check", "--config", "lab.toml", "--format", "json"];
        arguments.extend(["--timeout", "3s", "--retries", "0", "--profile", profile]);
        arguments.extend(["--trust", "lab-ca.pem", "--trust", "old-root.pem"]);
        arguments.extend(options);
        arguments.extend(hosts.iter().map(String::as_str));
        verdicts(&folder, &arguments)
    };
    let found = thread::scope(|scope| {
        PROFILES.map(|profile| scope.spawn(move || run(profile))).map(|run| run.join().unwrap())
    });
    let mut wrong = Vec::new();
    for (at, row) in world.rows.iter().enumerate() {
        for (profile, found) in found.iter().enumerate() {
            if let Err(how) = compare(row, profile, &found[&world.asked(at)], &words[profile]) {
                wrong.push(format!("{} by {}: {how}", row.label, PROFILES[profile]));
            }
        }
    }
    wrong
}

/// What one run says, by host and port.
fn verdicts(folder: &Folder, arguments: &[&str]) -> BTreeMap<(String, u16), Value> {
    let run = folder.run(arguments);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    let certificates = report["certificates"].as_array().unwrap();
    let asked = |it: &Value| {
        let port = u16::try_from(it["port"].as_u64().unwrap()).unwrap();
        (it["host"].as_str().unwrap().to_owned(), port)
    };
    certificates.iter().map(|it| (asked(it), it.clone())).collect()
}

/// Holds a verdict against its row.
fn compare(row: &Row, profile: usize, found: &Value, words: &Words) -> Result<(), String> {
    let text = |value: &Value| value.as_str().unwrap_or("").to_owned();
    let expected = &row.expected;
    let (verdict, rule) = expected.verdicts[profile];
    let seen = (text(&found["verdict"]), text(&found["deciding_rule"]));
    let state = text(&found["revocation"]["state"]);
    if (seen.0.as_str(), seen.1.as_str()) != (verdict, rule) || state != expected.revocation {
        return Err(format!(
            "expected {verdict} ({rule}, {}), found {} ({}, {state}): {} {}",
            expected.revocation, seen.0, seen.1, found["reasons"], found["revocation"]["detail"]
        ));
    }
    let remarks = found["remarks"].as_array().unwrap();
    let is_made = |remark| remarks.iter().any(|it| fits(remark, &text(it)));
    if !expected.remark.is_none_or(is_made) {
        return Err(format!("no remark is `{}`: {remarks:?}", expected.remark.unwrap_or_default()));
    }
    if rule != expected.verdicts[0].1 {
        return Ok(());
    }
    let words = words.iter().find(|(of, _)| *of == verdict).unwrap().1;
    let says = format!("{words}: {}", expected.says.replace("{host}", &row.host()));
    let first = text(&found["reasons"][0]);
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
