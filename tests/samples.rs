//! The shipped samples are what their README and their script say.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::process::Command;

use common::{Folder, python, samples};

#[test]
fn the_script_writes_the_samples() {
    let Some(python) = python() else { return };
    let folder = Folder::new();
    let script = samples().join("make.py");
    let status = Command::new(python).arg(script).arg(folder.path()).status().unwrap();
    assert!(status.success());
    let names = folder.names();
    assert_eq!(names.len(), 5);
    for name in names {
        let shipped = std::fs::read(samples().join(&name)).unwrap();
        assert!(folder.read(&name) == shipped, "{name} is not what the script writes");
    }
}
