//! `photofix check` through the real binary: certificates from files at any time, files to hand on,
//! the servers of a role, and certification requests.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "check/authority.rs"]
mod authority;
mod common;
#[path = "check/failures.rs"]
mod failures;
#[path = "check/given.rs"]
mod given;
#[path = "check/requests.rs"]
mod requests;
#[path = "check/roles.rs"]
mod roles;
#[path = "check/saving.rs"]
mod saving;

use common::{Folder, Run};
use serde_json::Value;

/// When everything is valid unless a test says otherwise.
const AT: &str = "2027-07-01T00:00:00Z";

/// The JSON that a run printed; its status must be this one.
#[track_caller]
fn json(run: &Run, status: i32) -> Value {
    assert_eq!(run.status, status, "{}{}", run.text(), run.stderr);
    serde_json::from_slice(&run.stdout).unwrap_or_else(|error| panic!("{error}: {}", run.text()))
}

/// The one verdict of a run that reads certificates from files and trusts `root.pem`.
#[track_caller]
fn verdict(folder: &Folder, arguments: &[&str], status: i32) -> Value {
    let fixed = ["check", "--offline", "--format", "json", "--trust", "root.pem"];
    let mut all = [&fixed[..], arguments].concat();
    if !arguments.contains(&"--at") {
        all.extend(["--at", AT]);
    }
    let document = json(&folder.run(&all), status);
    let certificates = document["certificates"].as_array().unwrap();
    assert_eq!(certificates.len(), 1, "{document:#}");
    certificates[0].clone()
}

/// The strings of a JSON array.
fn texts(array: &Value) -> Vec<String> {
    let array = array.as_array().unwrap_or_else(|| panic!("{array}"));
    array.iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}
