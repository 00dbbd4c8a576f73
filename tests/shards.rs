//! A plan applied piece by piece: what is joined is what one run writes.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::io::Write;
use std::process::Stdio;

use common::{Folder, Run};
use photofix::approval::{Answer, Approvals, RowAnswer};
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

/// A plan of the same export, edited to write other hosts, and sealed again.
fn resealed(plan: &[u8]) -> Vec<u8> {
    let mut plan = String::from_utf8(plan.to_owned()).unwrap();
    plan = plan.replace("c7.webex.com", "c9.webex.com");
    let sealed = plan.rfind("\"sha256\": \"").unwrap() + "\"sha256\": \"".len();
    plan.replace_range(sealed..sealed + 64, photofix::seal::UNSEALED);
    let mut plan = plan.into_bytes();
    photofix::seal::seal(&mut plan).unwrap();
    plan
}

/// The pieces of an export, applied and joined.
fn joined(folder: &Folder, head: &str, pieces: &[String], more: &[&str]) -> Vec<u8> {
    let pieces = pieces.iter().flat_map(|piece| {
        let shard = [&shard("without-header")[..], more].concat();
        let run = piped(folder, &shard, piece.as_bytes());
        assert!([0, 3].contains(&run.status), "{}", run.stderr);
        run.stdout
    });
    head.bytes().chain(pieces).collect()
}

const JOINED: [&str; 6] = ["apply", "users.csv", "--plan", "plan.json", "--joined", "joined.csv"];

#[test]
fn what_was_joined_is_held_against_one_run_and_noted() {
    let (head, rows) = (header(','), records(40, ','));
    let (folder, _, import) = whole(&(head.clone() + &rows.concat()), Encoding::Utf8);
    let head = format!("\u{feff}{head}");
    let pieces: Vec<String> = rows.chunks(7).map(<[String]>::concat).collect();
    let good = joined(&folder, &head, &pieces, &[]);
    assert!(good == import);

    let plan = folder.read("plan.json");
    folder.write("plan.json", resealed(&plan));
    let resealed = joined(&folder, &head, &pieces[..1], &[]);
    folder.write("joined.csv", joined(&folder, &head, &pieces, &[]));
    let run = folder.run(&JOINED);
    assert_eq!(run.status, 4, "the plan was edited: {}", run.stderr);
    assert!(run.stderr.contains("would make other changes than it promises"), "{}", run.stderr);
    folder.write("plan.json", &plan);

    let record = |number: usize| format!("in record {number}, after ");
    let swapped = [pieces[1].clone(), pieces[0].clone()];
    let foreign = rows[0].replace("u0@", "x@");
    let foreign = joined(&folder, &head, &[foreign, rows[1..].concat()], &[]);
    let rest = joined(&folder, "", &pieces[1..], &[]);
    let twice = joined(&folder, &head, &[&pieces[..1], &pieces[..]].concat(), &[]);
    for (bytes, how, place) in [
        ([resealed, rest.clone()].concat(), "it holds other bytes", record(1)),
        ([head.clone().into_bytes(), rest].concat(), "it holds other bytes", record(1)),
        (joined(&folder, &head, &swapped, &[]), "it holds other bytes", record(1)),
        (foreign, "it holds other bytes", record(1)),
        (twice, "it holds other bytes", record(8)),
        (good[..good.len() - 1].to_vec(), "it ends where", record(40)),
        (joined(&folder, &head, &pieces[..5], &[]), "it ends where", record(36)),
        ([&good[..], b"x"].concat(), "it goes on where", record(40)),
        (vec![], "it ends where", "before the first record, after 0 ".to_owned()),
    ] {
        folder.write("joined.csv", bytes);
        let before = folder.names();
        let run = folder.run(&JOINED);
        assert_eq!(run.status, 1, "{}", run.stderr);
        for piece in ["`joined.csv` is not what one run of the plan writes", how, &place] {
            assert!(run.stderr.contains(piece), "no {piece:?} in {}", run.stderr);
        }
        assert_eq!(folder.names(), before);
    }

    // Another export is the telling thing to say.
    folder.write("joined.csv", &good);
    folder.write("other.csv", head.clone() + &rows[1..].concat());
    let other = ["apply", "other.csv", "--plan", "plan.json", "--joined", "joined.csv"];
    let run = folder.run(&other);
    assert_eq!(run.status, 4, "{}", run.stderr);
    assert!(run.stderr.contains("planned for  "), "{}", run.stderr);

    // One run gives the reports and the rollback that the pieces could not.
    let run =
        folder.run(&[&JOINED[..], &["--report", "r.json", "--rollback", "back.csv"]].concat());
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert!(run.stderr.contains("`joined.csv` is byte for byte what"), "{}", run.stderr);
    assert!(folder.read("joined.csv") == good, "what is compared is not written");
    assert!(folder.names().contains(&"r.json".to_owned()));
    let journal = String::from_utf8(folder.read("plan.json.applied")).unwrap();
    let entry: serde_json::Value = serde_json::from_str(&journal).unwrap();
    assert_eq!(entry["command"], "apply");
    assert_eq!(entry["output"]["file"], "joined.csv");
    assert_eq!(entry["output"]["sha256"], photofix::seal::sha256(&good));
    assert_eq!(entry["rollback"]["file"], "back.csv");
    for arguments in [&JOINED[..], &shard("drop-header")] {
        let run = folder.run(arguments);
        assert_eq!(run.status, 4, "{}", run.stderr);
        assert!(run.stderr.contains("it was applied already"), "{}", run.stderr);
    }

    for (more, says) in [
        (&["-o", "x.csv"][..], "--output"),
        (&["--shard", "with-header"], "--shard"),
        (&["--batch", "3"], "--batch"),
        (&["--again", "--force", "--report", "joined.csv"], "same file as the joined import"),
        (&["--again", "--force", "--rollback", "joined.csv"], "same file as the joined import"),
    ] {
        let run = folder.run(&[&JOINED[..], more].concat());
        assert_eq!(run.status, 2, "{more:?}: {}", run.stderr);
        assert!(run.stderr.contains(says), "{more:?}: {}", run.stderr);
    }
    let run = piped(&folder, &["apply", "-", "--plan", "plan.json", "--joined", "-"], b"");
    assert_eq!(run.status, 2, "{}", run.stderr);
}

#[test]
fn pieces_do_what_was_approved() {
    let (head, rows) = (header(','), records(40, ','));
    let (folder, ..) = whole(&(head.clone() + &rows.concat()), Encoding::Utf8);
    let head = format!("\u{feff}{head}");
    let run = folder.run(&["approve", "plan.json", "--host", "203.0.113.7", "--reviewer", "Jane"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let approved = ["--approvals", "approvals.json", "--require-approval"];
    let one = ["apply", "users.csv", "--plan", "plan.json", "-o", "one.csv", "--force"];
    let run = folder.run(&[&one[..], &approved].concat());
    assert_eq!(run.status, 3, "{}", run.stderr);
    fs::remove_file(folder.join("plan.json.applied")).unwrap();

    // Pieces of one record: of some hosts a piece has none, and says nothing false about them.
    let joined = joined(&folder, &head, &rows, &approved);
    assert!(joined == folder.read("one.csv"));
    folder.write("piece.csv", &rows[2]);
    let piece = ["apply", "piece.csv", "--shard", "without-header", "--plan", "plan.json"];
    let piece = [&piece[..], &["-o", "p.csv", "--report", "p.json"], &approved].concat();
    assert_eq!(folder.run(&piece).status, 0);
    let report: serde_json::Value = serde_json::from_slice(&folder.read("p.json")).unwrap();
    let decisions: Vec<_> = report["endpoints"].as_array().unwrap().iter().collect();
    for (address, decision) in [("203.0.113.7", "rewrite"), ("198.51.100.9", "hold")] {
        let found = decisions.iter().find(|entry| entry["address"] == address).unwrap();
        assert_eq!(found["decision"], decision, "{found}");
    }

    folder.write("joined.csv", &joined);
    assert_eq!(folder.run(&JOINED).status, 1, "without the approvals there is more to do");
    let run = folder.run(&[&JOINED[..], &approved].concat());
    assert_eq!(run.status, 3, "{}", run.stderr);
    fs::remove_file(folder.join("plan.json.applied")).unwrap();

    // A plan that was sealed anew is not the one that was approved.
    let plan = folder.read("plan.json");
    folder.write("plan.json", resealed(&plan));
    let run = piped(&folder, &[&shard("without-header")[..], &approved].concat(), b"");
    assert_eq!(run.status, 4, "{}", run.stderr);
    assert!(run.stderr.contains(&photofix::seal::sha256(&plan)), "{}", run.stderr);
    folder.write("plan.json", &plan);

    let file = folder.read("approvals.json");
    let mut approvals = Approvals::parse(&file).unwrap();
    approvals.rows.push(RowAnswer { record: 3, decision: Answer::Refuse, note: None });
    folder.write("approvals.json", approvals.to_file().unwrap());
    let run = piped(&folder, &[&shard("without-header")[..], &approved].concat(), b"");
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert!(run.stderr.contains("answer for single records"), "{}", run.stderr);
}
