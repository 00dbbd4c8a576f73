//! A plan applied piece by piece: what is joined is what one run writes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::io::Write;
use std::process::Stdio;

use common::{Folder, Run};
use photofix::export::Encoding;

const MAP: &str = "203.0.113.7,c7.webex.com\n198.51.100.0/24,c8.webexconnect.com\n";

/// Records of which some hold a line break, a quote or a host that is held.
fn records(count: usize, delimiter: char) -> Vec<String> {
    let record = |row: usize| {
        let host = ["203.0.113.7", "198.51.100.9", "c1.webex.com", "192.0.2.1"][row % 4];
        let note = if row.is_multiple_of(5) { "\"a\nb\"\"c\"" } else { "plain" };
        [&format!("u{row}@example.com"), note, &format!("https://{host}/{row}.jpg"), "+1 555"]
            .join(&delimiter.to_string())
            + "\r\n"
    };
    (0..count).map(record).collect()
}

fn header(delimiter: char) -> String {
    ["email", "\"no\"\"te\"", "userProfilePhotoURL", "phone"].join(&delimiter.to_string()) + "\r\n"
}

fn piped(folder: &Folder, arguments: &[&str], input: &[u8]) -> Run {
    let mut child = folder
        .command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap().into()
}

fn shard(header: &str) -> [&str; 8] {
    ["apply", "-", "--plan", "plan.json", "-o", "-", "--shard", header]
}

/// A folder with an export in an encoding, its plan, and what one run makes of it.
fn whole(text: &str, encoding: Encoding) -> (Folder, Vec<u8>, Vec<u8>) {
    let folder = Folder::new();
    let mark = encoding.byte_order_mark();
    let export = [mark, &encoding.encode(text)].concat();
    folder.write("users.csv", &export);
    folder.write("map.csv", MAP);
    let planned =
        folder.run(&["plan", "users.csv", "-o", "plan.json", "--offline", "--map", "map.csv"]);
    assert_eq!(planned.status, 3, "{}", planned.stderr);
    let applied = folder.run(&["apply", "users.csv", "--plan", "plan.json", "-o", "import.csv"]);
    assert_eq!(applied.status, 3, "{}", applied.stderr);
    let import = folder.read("import.csv");
    fs::remove_file(folder.join("plan.json.applied")).unwrap();
    (folder, export, import)
}

#[test]
fn joined_pieces_are_the_whole() {
    for (encoding, delimiter) in [
        (Encoding::Utf8, ','),
        (Encoding::Utf8, ';'),
        (Encoding::Utf16Le, '\t'),
        (Encoding::Utf16Be, '\t'),
    ] {
        let (head, rows) = (header(delimiter), records(40, delimiter));
        let (folder, export, import) = whole(&(head.clone() + &rows.concat()), encoding);
        let mark = encoding.byte_order_mark();
        let encoded = |text: &str| encoding.encode(text).into_owned();
        for size in [1, 7, 39, 40] {
            let pieces: Vec<String> = rows.chunks(size).map(<[String]>::concat).collect();

            // Cut as it stands: only the first piece has the header.
            let mut joined = Vec::new();
            for (nth, piece) in pieces.iter().enumerate() {
                let (how, bytes) = match nth {
                    0 => ("with-header", [mark, &encoded(&(head.clone() + piece))].concat()),
                    _ => ("without-header", encoded(piece)),
                };
                let run = piped(&folder, &shard(how), &bytes);
                assert!([0, 3].contains(&run.status), "{encoding} {size} {nth}: {}", run.stderr);
                joined.extend(run.stdout);
            }
            assert!(joined == import, "{encoding} by {size}");

            // Every piece with the header, as GNU parallel gives it by `--header :`.
            let mut joined = [mark, &encoded(&head)].concat();
            for piece in &pieces {
                let bytes = [mark, &encoded(&(head.clone() + piece))].concat();
                joined.extend(piped(&folder, &shard("drop-header"), &bytes).stdout);
            }
            assert!(joined == import, "{encoding} by {size}, every piece with the header");
        }
        folder.write("joined.csv", &import);
        assert_eq!(folder.run(&["verify", "users.csv", "joined.csv"]).status, 0);
        assert!(folder.read("users.csv") == export);
        assert!(!folder.names().contains(&"plan.json.applied".to_owned()), "a journal was written");
    }
}

#[test]
fn a_directory_file_has_no_header_in_any_piece() {
    let folder = Folder::new();
    let rows: Vec<String> = (0..9)
        .map(|row| {
            let mut cells = vec!["x".to_owned(); 17];
            cells[16] = format!("https://203.0.113.7/{row}.jpg");
            cells.join(",") + "\n"
        })
        .collect();
    folder.write("users.csv", rows.concat());
    folder.write("map.csv", MAP);
    let plan = ["plan", "users.csv", "-o", "plan.json", "--offline", "--map", "map.csv"];
    let planned = folder.run(&[&plan[..], &["--headerless"]].concat());
    assert_eq!(planned.status, 0, "{}", planned.stderr);
    let joined: Vec<u8> = rows
        .chunks(2)
        .flat_map(|piece| {
            let run = piped(&folder, &shard("without-header"), piece.concat().as_bytes());
            assert_eq!(run.status, 0, "{}", run.stderr);
            run.stdout
        })
        .collect();
    let run = piped(&folder, &shard("with-header"), rows[0].as_bytes());
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert!(run.stderr.contains("has no header"), "{}", run.stderr);
    let applied = folder.run(&["apply", "users.csv", "--plan", "plan.json", "-o", "import.csv"]);
    assert_eq!(applied.status, 0, "{}", applied.stderr);
    assert_eq!(joined, folder.read("import.csv"));
}

#[test]
fn what_is_no_piece_is_refused() {
    let (head, rows) = (header(','), records(10, ','));
    let (folder, ..) = whole(&(head.clone() + &rows.concat()), Encoding::Utf8);
    let inside = format!("{head}{}", rows[5].split_inclusive('\n').next().unwrap());
    let other = format!("{}{}", head.replace("phone", "mobile"), rows[0]);
    let unknown = "x@example.com,,https://192.0.2.200/1.jpg,1\r\n";
    for (how, piece, status, says) in [
        ("with-header", inside.as_str(), 1, "was not cut between two records"),
        ("with-header", &other, 4, "its header is another one"),
        ("drop-header", &rows[0], 4, "the piece is none of the export"),
        ("with-header", "", 4, "the piece is none of the export"),
        ("without-header", unknown, 3, "1 unresolved stays as it was"),
        ("without-header", "", 0, ""),
    ] {
        let run = piped(&folder, &shard(how), piece.as_bytes());
        assert_eq!(run.status, status, "{how} {piece:?}: {}", run.stderr);
        assert!(run.stderr.contains(says), "{how} {piece:?}: {}", run.stderr);
        assert_eq!(run.stdout.is_empty(), status != 3, "{how} {piece:?}");
    }
    for more in [&["--rebase", "--export", "x.csv"][..], &["--batch", "3"], &["--rollback", "r"]] {
        let run = folder.run(&[&shard("with-header")[..], more].concat());
        assert_eq!(run.status, 2, "{more:?}: {}", run.stderr);
    }
}
