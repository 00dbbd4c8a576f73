//! Files given in another's place, too large, or through a pipe: what is said of them, by name.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs::File;

use common::Folder;

const EXPORT: &str =
    "email,userProfilePhotoURL\r\njane@corp.example.com,https://203.0.113.7/a.jpg\r\n";

/// The beginning of a picture, of a program, and bytes that somebody threw dice for.
const JPEG: &[u8] = b"\xFF\xD8\xFF\xE0\0\x10JFIF\0\x01\x01\0\0H\0H\0\0\xFF\xDB\0C\0";
const PROGRAM: &[u8] = b"\x7FELF\x02\x01\x01\0\0\0\0\0\0\0\0\0\x03\0>\0";
const DICE: &[u8] = b"\x9e\x13,\xf0\n\xa1\x07\x88\"\xd5,\x02\xc4\n\x99\xe1\x1f";
/// UTF-16 by its mark, and then half a character.
const HALF: &[u8] = b"\xFF\xFEe\0m\0\x3D\xD8,\0\n\0";
/// A picture as large as the first record may be.
fn large_picture() -> Vec<u8> {
    [JPEG, &vec![0xA5; 2 << 20]].concat()
}

/// Runs and expects a failure that names the file and leaves nothing.
#[track_caller]
fn fails(folder: &Folder, arguments: &[&str], status: i32, pieces: &[&str]) {
    let before = folder.names();
    let run = folder.run(arguments);
    assert_eq!(run.status, status, "{arguments:?}\n{}", run.stderr);
    for piece in pieces {
        assert!(run.stderr.contains(piece), "{arguments:?}: no {piece:?} in\n{}", run.stderr);
    }
    assert!(run.stderr.contains("hint: "), "{}", run.stderr);
    assert_eq!(folder.names(), before, "{arguments:?} left something");
}

#[test]
fn what_is_no_text_is_no_export() {
    let folder = Folder::new();
    for (bytes, piece) in [
        (JPEG.to_vec(), "this is not text: byte 0xFF at offset 0 begins no character of UTF-8"),
        (large_picture(), "this is not text: byte 0xFF at offset 0 begins"),
        (PROGRAM.to_vec(), "this is not text: byte 0x02 at offset 4"),
        (DICE.to_vec(), "this is not text: byte 0x9E at offset 0"),
        (HALF.to_vec(), "this is not text: byte 0x3D at offset 6 begins no character of UTF-16LE"),
    ] {
        folder.write("photo.csv", bytes);
        let pieces = ["`photo.csv`", piece, "is this the export?"];
        fails(&folder, &["inspect", "photo.csv"], 1, &pieces);
        fails(&folder, &["fix", "photo.csv", "-o", "out.csv", "--offline"], 1, &pieces);
        fails(&folder, &["inspect", "photo.csv", "--headerless"], 1, &["`photo.csv`", "not text"]);
    }
}

#[test]
fn a_map_a_document_or_candidates_that_are_something_else() {
    let folder = Folder::new();
    folder.write("users.csv", EXPORT);
    folder.write("photo.jpg", JPEG);
    folder.write("half.txt", HALF);
    folder.write("other.json", "{\"users\": [1, 2]}");
    folder.write("page.html", "<!doctype html><title>Sign in</title>");
    folder.write("empty.json", "");
    folder.write("notes.txt", "call Jane\n");
    folder.write("recording.json", "{\"schema\": \"photofix.recording/1\"}");
    let fix = ["fix", "users.csv", "-o", "out.csv", "--offline"];
    let is_neither = |file: &str, said: &str| {
        let named = format!("`{file}`");
        let map = [&fix[..], &["--map", file]].concat();
        fails(&folder, &map, 2, &[&named, "is no map: it is ", said]);
        let list = [&fix[..], &["--candidates", file]].concat();
        fails(&folder, &list, 2, &[&named, "is no list of candidates: it is ", said]);
    };
    for (file, said) in [
        ("users.csv", "a list of users with photo URLs, as an export is"),
        ("photo.jpg", "not text: byte 0xFF at offset 0"),
        ("half.txt", "not text: byte 0x3D at offset 6"),
        ("other.json", "JSON of another program"),
        ("page.html", "a web page"),
    ] {
        let named = format!("`{file}`");
        is_neither(file, said);
        fails(&folder, &["show", file], 1, &[&named, "it is no plan, report", said]);
        let apply = ["apply", "users.csv", "-o", "out.csv", "--plan", file];
        fails(&folder, &apply, 4, &[&named, "it is not a photofix plan", said]);
        fails(
            &folder,
            &["plan", "users.csv", "-o", "p.json", "--replay", file],
            4,
            &[&named, said],
        );
    }
    folder.write("lines.json", "{\"schema\": \"photofix.applied/1\"}\n{}\n");
    for (file, said) in [
        ("recording.json", "a recording (`--record` wrote it)"),
        ("lines.json", "the journal of a plan (`photofix apply` wrote it)"),
    ] {
        is_neither(file, said);
    }
    for (file, said) in [
        ("empty.json", "it is empty"),
        ("notes.txt", "it is no JSON document"),
        ("recording.json", "it is a recording (`--record` wrote it)"),
    ] {
        fails(&folder, &["show", file], 1, &[&format!("`{file}`"), said]);
    }
}

#[test]
fn what_is_too_large_for_its_kind_is_not_read() {
    let folder = Folder::new();
    folder.write("users.csv", EXPORT);
    folder.write("map.csv", "203.0.113.7,c7.webex.com\n");
    let plan = ["plan", "users.csv", "-o", "plan.json", "--offline", "--map", "map.csv"];
    assert_eq!(folder.run(&plan).status, 0);
    let large = |name: &str, bytes: u64| {
        File::create(folder.join(name)).unwrap().set_len(bytes + 1).unwrap();
    };
    let fix = ["fix", "users.csv", "-o", "out.csv", "--offline"];
    large("large.csv", 1 << 26);
    let pieces = ["`large.csv`: it has more than 67108864 bytes", "no map or list of candidates"];
    fails(&folder, &[&fix[..], &["--map", "large.csv"]].concat(), 1, &pieces);
    fails(&folder, &[&fix[..], &["--candidates", "large.csv"]].concat(), 1, &pieces);
    large("large.toml", 1 << 20);
    let pieces = ["`large.toml`: it has more than 1048576 bytes", "no configuration has so many"];
    fails(&folder, &[&fix[..], &["--config", "large.toml"]].concat(), 2, &pieces);
    large("plan.json.applied", 1 << 26);
    let pieces = ["`plan.json.applied`: it has more than 67108864", "no journal of a plan has"];
    let apply = ["apply", "users.csv", "--plan", "plan.json", "-o", "out.csv"];
    fails(&folder, &apply, 1, &pieces);
    fails(&folder, &["show", "plan.json"], 1, &pieces);
}

/// A pipe with a name gives its bytes once, and before any output is opened.
#[cfg(unix)]
#[test]
fn a_map_may_come_through_a_pipe_with_a_name() {
    use std::io::Write;
    let folder = Folder::new();
    folder.write("users.csv", EXPORT);
    let Some(mkfifo) = common::peer("mkfifo") else { return };
    let made = std::process::Command::new(mkfifo).arg(folder.join("pipe")).status().unwrap();
    assert!(made.success());
    let fix = ["fix", "users.csv", "-o", "out.csv", "--offline", "--map", "pipe"];
    let mut running = folder.command(&fix);
    let child = running.stderr(std::process::Stdio::piped()).spawn().unwrap();
    // The run waits for the pipe, which opens when it does: by then there is no output yet.
    let mut pipe = File::options().write(true).open(folder.join("pipe")).unwrap();
    assert_eq!(folder.names(), ["pipe", "users.csv"]);
    pipe.write_all(b"203.0.113.7,c7.webex.com\n").unwrap();
    assert_eq!(folder.names(), ["pipe", "users.csv"], "the pipe is still open");
    drop(pipe);
    let run = common::Run::from(child.wait_with_output().unwrap());
    assert_eq!(run.status, 0, "{}", run.stderr);
    let out = String::from_utf8(folder.read("out.csv")).unwrap();
    assert_eq!(out, EXPORT.replace("203.0.113.7", "c7.webex.com"));
}
