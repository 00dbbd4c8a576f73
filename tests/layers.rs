//! ARCHITECTURE.md's table of who may know whom, held against the code.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Each room and the rooms that it may use. `commands` joins them all.
const MAY_USE: &[(&str, &[&str])] = &[
    ("name", &[]),
    ("export", &[]),
    ("evidence", &["name"]),
    ("photo", &["name", "evidence"]),
    ("role", &[]),
    ("x509", &["name", "evidence"]),
    ("reference", &["evidence", "name"]),
    ("network", &["evidence", "x509", "reference", "name"]),
    ("rules", &["evidence", "x509", "reference", "name"]),
    ("profile", &["rules", "x509", "evidence"]),
    ("certify", &["profile", "rules", "x509", "evidence", "reference", "name"]),
    ("comparison", &["evidence", "name"]),
    ("decide", &["profile", "reference", "comparison", "evidence", "name"]),
    ("request", &["x509", "reference"]),
    ("row", &["export", "photo", "name"]),
    ("census", &["row", "export", "photo", "evidence", "name"]),
    ("health", &["export"]),
    ("key", &["export"]),
    ("ledger", &[]),
    (
        "rewrite",
        &["row", "census", "ledger", "export", "photo", "reference", "evidence", "name", "seal"],
    ),
    ("proof", &["export", "photo", "name"]),
    ("stream", &["export", "rewrite", "seal"]),
    ("reconcile", &["key", "rewrite", "export"]),
    ("report", &["ledger", "evidence"]),
    (
        "explain",
        &["row", "census", "export", "photo", "reference", "report", "ledger", "evidence", "name"],
    ),
    ("seal", &[]),
    ("recording", &["evidence", "report", "seal"]),
    ("plan", &["rewrite", "report", "ledger", "reference", "evidence", "name", "seal"]),
    ("approval", &["plan", "rewrite", "report", "ledger", "export", "photo", "evidence", "seal"]),
    ("journal", &[]),
    ("carry", &["key", "rewrite", "row", "ledger", "export", "photo", "evidence", "name"]),
    ("cli", &[]),
    (
        "settings",
        &[
            "census",
            "cli",
            "decide",
            "export",
            "name",
            "network",
            "profile",
            "reference",
            "report",
            "role",
        ],
    ),
];

/// What stays at the edge, and the rooms that are the edge.
const EDGE: &[(&str, &[&str])] = &[
    ("tokio", &["network"]),
    ("TcpStream", &["network"]),
    ("UdpSocket", &["network"]),
    ("std::fs", &["commands"]),
    ("std::env::", &["commands", "main"]),
    ("SystemTime::now", &["commands"]),
    ("Timestamp::now", &["commands"]),
    ("println!", &[]),
    ("async fn", &["network"]),
    (".dangerous()", &["network"]),
];

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
}

/// The code of every room, without its unit tests and comments.
fn rooms() -> BTreeMap<String, Vec<(PathBuf, String)>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    let mut rooms: BTreeMap<String, Vec<(PathBuf, String)>> = BTreeMap::new();
    for file in files {
        let inside = file.strip_prefix(&root).unwrap();
        if inside.components().any(|part| part.as_os_str().to_string_lossy().contains("tests"))
            || file.file_stem().is_some_and(|stem| stem == "tests")
        {
            continue;
        }
        let first = inside.components().next().unwrap().as_os_str().to_string_lossy();
        let room = first.trim_end_matches(".rs").to_owned();
        let text = fs::read_to_string(&file).unwrap();
        let code = text.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
        let code: Vec<&str> =
            code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        rooms.entry(room).or_default().push((file.clone(), code.join("\n")));
    }
    rooms
}

#[test]
fn a_room_uses_only_the_rooms_that_it_may() {
    let allowed: BTreeMap<&str, BTreeSet<&str>> =
        MAY_USE.iter().map(|(room, uses)| (*room, uses.iter().copied().collect())).collect();
    let rooms = rooms();
    for room in rooms.keys().filter(|room| !["lib", "main", "commands"].contains(&room.as_str())) {
        assert!(allowed.contains_key(room.as_str()), "`{room}` is not in the table");
    }
    let mut wrong = Vec::new();
    for (room, uses) in &allowed {
        let files = rooms.get(*room).unwrap_or_else(|| panic!("`{room}` is in the table only"));
        for (file, code) in files {
            for piece in code.split("crate::").skip(1) {
                let used: String =
                    piece.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
                if used != *room && !used.is_empty() && !uses.contains(used.as_str()) {
                    wrong.push(format!("{}: `{room}` uses `{used}`", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_world_stays_at_the_edge() {
    let mut wrong = Vec::new();
    for (room, files) in rooms() {
        for (file, code) in files {
            for (word, edge) in EDGE {
                if code.contains(word) && !edge.contains(&room.as_str()) {
                    wrong.push(format!("{}: `{word}` in `{room}`", file.display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
