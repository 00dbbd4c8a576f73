//! A plan's changes on another export than the planned one: onto a newer export, back out of it,
//! and in parts.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{Folder, Run};
use photofix::seal;
use serde_json::Value;

const HEADER: &str = "email,userProfilePhotoURL,phoneBusinessNumber\r\n";
const MAP: &str = "203.0.113.7,c7.webex.com\n203.0.113.8,c8.webex.com\n";

/// An export of these users and cells.
fn export(rows: &[(&str, &str)]) -> String {
    let rows = rows.iter().map(|(user, cell)| match *user {
        "" | "-" => format!("{user},{cell},+41 44 000\r\n"),
        user => format!("{user}@corp.example.com,{cell},+41 44 000\r\n"),
    });
    HEADER.to_owned() + &rows.collect::<String>()
}

fn photo(host: &str, name: &str) -> String {
    format!("https://{host}/{name}.jpg")
}

const IP7: &str = "203.0.113.7";
const IP8: &str = "203.0.113.8";
const IP9: &str = "203.0.113.9";

/// The users of last week, of whom the plan changes seven.
fn last_week() -> Vec<(&'static str, String)> {
    vec![
        ("ann", photo(IP7, "ann")),
        ("bob", photo(IP7, "bob")),
        ("cid", photo(IP7, "cid")),
        ("dan", photo(IP8, "dan")),
        ("eve", photo(IP8, "eve")),
        ("fay", photo("c1.webex.com", "fay")),
        ("gus", photo(IP9, "gus")),
        ("hal", photo(IP7, "hal")),
        ("ivy", photo(IP7, "ivy")),
    ]
}

fn text(rows: &[(&'static str, String)]) -> String {
    export(&rows.iter().map(|(user, cell)| (*user, cell.as_str())).collect::<Vec<_>>())
}

/// A folder with last week's export and its plan.
fn planned() -> Folder {
    let folder = Folder::new();
    folder.write("users.csv", text(&last_week()));
    folder.write("map.csv", MAP);
    let plan = ["plan", "users.csv", "-o", "plan.json", "--offline", "--map", "map.csv"];
    assert_eq!(folder.run(&plan).status, 3);
    folder
}

const REBASE: [&str; 11] = [
    "apply",
    "--plan",
    "plan.json",
    "--export",
    "fresh.csv",
    "--rebase",
    "-o",
    "import.csv",
    "--report",
    "r.json",
    "--force",
];
const REVERSE: [&str; 11] = [
    "apply",
    "--plan",
    "plan.json",
    "--export",
    "after.csv",
    "--reverse",
    "-o",
    "back.csv",
    "--report",
    "back.json",
    "--force",
];

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// `reason key planned>found` of every conflict.
fn conflicts(report: &Value) -> Vec<String> {
    let place = |value: &Value| value["record"].as_u64().map_or("-".into(), |it| it.to_string());
    let conflicts = report["carry"]["conflicts"].as_array().unwrap().iter();
    conflicts
        .map(|conflict| {
            let key = conflict["key"].as_str().unwrap_or("-");
            let key = key.split('@').next().unwrap();
            let (planned, found) = (place(&conflict["planned"]), place(&conflict["found"]));
            format!("{} {key} {planned}>{found}", conflict["reason"].as_str().unwrap())
        })
        .collect()
}

#[track_caller]
fn ends(run: &Run, status: i32) {
    assert_eq!(run.status, status, "{}", run.stderr);
}

#[test]
fn approved_changes_are_carried_to_a_newer_export_and_the_rest_is_left() {
    let folder = planned();
    let fresh = vec![
        ("new", photo(IP8, "new")),
        ("ann", photo(IP7, "ann")),
        ("Bob", photo(IP7, "bob")), // another letter case is the same user
        ("cid", photo(IP7, "cid-2")), // a new photo on the old host
        ("dan", photo("c8.webex.com", "dan")), // somebody did it by hand
        ("fay", photo(IP7, "fay")), // was a name, is an address now
        ("gus", photo(IP9, "gus")), // unresolved in the plan
        ("hal", photo(IP7, "hal")),
        ("hal", photo(IP7, "hal")),                  // twice
        ("ivy", photo("photos.example.org", "ivy")), // moved elsewhere
        ("", photo(IP7, "nobody")),                  // nobody's
        ("kim", photo("198.51.100.1", "kim")),       // an address that nobody planned
    ];
    folder.write("fresh.csv", text(&fresh));
    let run = folder.run(&REBASE);
    ends(&run, 3);
    let mut expected = fresh.clone();
    expected[0].1 = photo("c8.webex.com", "new");
    expected[1].1 = photo("c7.webex.com", "ann");
    expected[2].1 = photo("c7.webex.com", "bob");
    assert_eq!(String::from_utf8(folder.read("import.csv")).unwrap(), text(&expected));

    let report = json(&folder.read("r.json"));
    assert_eq!(report["command"], "rebase");
    assert_eq!(
        conflicts(&report),
        [
            "changed-since cid 3>4",
            "gone eve 5>-",
            "twice hal 8>8",
            "changed-since ivy 9>10",
            "changed-since fay ->6",
            "no-key - ->11",
        ]
    );
    let carry = &report["carry"];
    assert_eq!(carry["key"], "email");
    assert_eq!(carry["planned"]["file"], "users.csv");
    assert_eq!(carry["planned"]["sha256"], seal::sha256(&folder.read("users.csv")));
    let numbers = ["carried", "newcomers", "already"].map(|key| carry[key].as_u64().unwrap());
    assert_eq!(numbers, [2, 1, 1]);
    let changed = &carry["conflicts"][0];
    assert_eq!(changed["old"], photo(IP7, "cid"));
    assert_eq!(changed["current"], photo(IP7, "cid-2"));
    assert_eq!(changed["new"], photo("c7.webex.com", "cid"));
    // The ledger adds up, and says of each record that needs somebody why.
    let ledger = &report["ledger"];
    assert_eq!(ledger["records"], 12);
    assert_eq!((&ledger["rewritten"], &ledger["held"]), (&3.into(), &5.into()));
    assert_eq!((&ledger["unresolved"], &ledger["untouched"]), (&2.into(), &2.into()));
    let held = report["held"].as_array().unwrap().iter();
    let held: Vec<(u64, &str)> = held
        .map(|row| (row["record"].as_u64().unwrap(), row["reason"].as_str().unwrap()))
        .collect();
    assert_eq!(
        held,
        [
            (4, "changed-since"),
            (6, "changed-since"),
            (7, "offline"),
            (8, "twice"),
            (9, "twice"),
            (11, "no-key"),
            (12, "not-planned"),
        ]
    );
    for piece in ["`users.csv` by `email`", "6 conflicts", "2 of the plan", "eve@corp.example.com"]
    {
        let words = run.stderr.replace("\n      ", " ");
        assert!(words.contains(piece) || piece == "2 of the plan", "{piece} in {words}");
    }
    let run = folder.run(&["verify", "fresh.csv", "import.csv"]);
    ends(&run, 0);
    // It was applied, and onto which export.
    let journal = String::from_utf8(folder.read("plan.json.applied")).unwrap();
    let entry = json(journal.as_bytes());
    assert_eq!(entry["command"], "rebase");
    assert_eq!(entry["export"]["sha256"], seal::sha256(&folder.read("fresh.csv")));
    let run = folder.run(&REBASE);
    ends(&run, 4);
    assert!(run.stderr.contains("applied already"), "{}", run.stderr);
}

#[test]
fn only_the_approved_is_carried() {
    let folder = planned();
    let approve = ["approve", "plan.json", "--reviewer", "Jane", "--host", IP7, "--except", IP8];
    ends(&folder.run(&approve), 0);
    let mut fresh = last_week();
    fresh.extend([("new", photo(IP7, "new")), ("nov", photo(IP8, "nov"))]);
    folder.write("fresh.csv", text(&fresh));
    let with =
        |more: &[&'static str]| [&REBASE[..], &["--approvals", "approvals.json"], more].concat();
    ends(&folder.run(&with(&[])), 3);
    let mut expected = fresh.clone();
    for (user, cell) in &mut expected {
        if cell.contains(IP7) {
            *cell = photo("c7.webex.com", user);
        }
    }
    assert_eq!(String::from_utf8(folder.read("import.csv")).unwrap(), text(&expected));
    let report = json(&folder.read("r.json"));
    assert_eq!(conflicts(&report), [""; 0]);
    assert_eq!(report["approval"]["approved"], 6);
    assert_eq!(report["approval"]["refused"], 3);

    // A record is answered for: it is that user, wherever they stand now.
    let mut approvals = json(&folder.read("approvals.json"));
    approvals["rows"] = serde_json::json!([
        {"record": 2, "decision": "refuse"},
        {"record": 4, "decision": "approve"},
    ]);
    approvals["sha256"] = seal::UNSEALED.into();
    folder.write("approvals.json", seal::to_file(&approvals).unwrap());
    fresh.reverse();
    folder.write("fresh.csv", text(&fresh));
    ends(&folder.run(&with(&["--again"])), 3);
    let mut expected = fresh.clone();
    for (user, cell) in &mut expected {
        match *user {
            "bob" => {}
            "dan" => *cell = photo("c8.webex.com", "dan"),
            user if cell.contains(IP7) => *cell = photo("c7.webex.com", user),
            _ => {}
        }
    }
    assert_eq!(String::from_utf8(folder.read("import.csv")).unwrap(), text(&expected));
    // Without the export nobody knows whose the records are.
    folder.write("users.csv", "another");
    let run = folder.run(&with(&["--again"]));
    ends(&run, 4);
    assert!(run.stderr.contains("single records"), "{}", run.stderr);
}

#[test]
fn without_the_planned_export_the_hosts_decide_and_that_is_said() {
    let folder = planned();
    let fresh =
        vec![("cid", photo(IP7, "cid-2")), ("new", photo(IP8, "new")), ("gus", photo(IP9, "x"))];
    folder.write("fresh.csv", text(&fresh));
    let planned = folder.read("users.csv");
    // Overwritten by the newer export, as it happens.
    folder.write("users.csv", text(&fresh));
    let run = folder.run(&REBASE);
    ends(&run, 3);
    assert!(run.stderr.contains("`users.csv`, is not at hand"), "{}", run.stderr);
    let mut expected = fresh.clone();
    expected[0].1 = photo("c7.webex.com", "cid-2");
    expected[1].1 = photo("c8.webex.com", "new");
    assert_eq!(String::from_utf8(folder.read("import.csv")).unwrap(), text(&expected));
    assert_eq!(json(&folder.read("r.json"))["carry"]["planned"], Value::Null);
    // Typed, it must be the one.
    let typed = [&REBASE[..], &["users.csv", "--again"]].concat();
    let run = folder.run(&typed);
    ends(&run, 4);
    assert!(run.stderr.contains("planned for") && run.stderr.contains("found"), "{}", run.stderr);
    folder.write("users.csv", planned);
    ends(&folder.run(&typed), 3);
    assert_eq!(conflicts(&json(&folder.read("r.json"))).len(), 7);
}

#[test]
fn a_reverse_takes_back_what_still_holds_our_value() {
    let folder = planned();
    let apply = ["apply", "users.csv", "--plan", "plan.json", "-o", "import.csv", "--rollback"];
    ends(&folder.run(&[&apply[..], &["rollback.csv"]].concat()), 3);
    let mut after = last_week();
    for (user, cell) in &mut after {
        match *user {
            "ann" | "bob" | "cid" | "hal" | "ivy" => *cell = photo("c7.webex.com", user),
            "dan" | "eve" => *cell = photo("c8.webex.com", user),
            _ => {}
        }
    }
    after[1].1 = photo(IP7, "bob"); // never arrived, or is back already
    after[2].1 = photo("c7.webex.com", "cid-2"); // a new photo since
    after.remove(3); // dan is gone
    after.push(("fay", photo("c7.webex.com", "fay"))); // not ours, and twice: nothing of ours
    after.push(("eve", photo("c8.webex.com", "eve"))); // twice
    after.push(("new", photo("c7.webex.com", "new"))); // not ours
    folder.write("after.csv", text(&after));
    let run = folder.run(&REVERSE);
    ends(&run, 3);
    let mut expected = after.clone();
    for (user, cell) in &mut expected {
        if ["ann", "hal", "ivy"].contains(user) {
            *cell = photo(IP7, user);
        }
    }
    assert_eq!(String::from_utf8(folder.read("back.csv")).unwrap(), text(&expected));
    let report = json(&folder.read("back.json"));
    assert_eq!(report["command"], "reverse");
    let expected_conflicts = ["changed-since cid", "gone dan", "twice eve"];
    let found = conflicts(&report);
    assert_eq!(found.len(), 3, "{found:?}");
    for (found, expected) in found.iter().zip(expected_conflicts) {
        assert!(found.starts_with(expected), "{found}");
    }
    let changed = &report["carry"]["conflicts"][0];
    let cells = ["old", "current", "new"].map(|cell| changed[cell].as_str().unwrap().to_owned());
    let expected = [("c7.webex.com", "cid"), ("c7.webex.com", "cid-2"), (IP7, "cid")];
    assert_eq!(cells, expected.map(|(host, user)| photo(host, user)), "{changed}");
    let ledger = &report["ledger"];
    assert_eq!((&ledger["rewritten"], &ledger["held"]), (&3.into(), &3.into()));
    assert_eq!(ledger["records"], after.len());
    assert_eq!(report["carry"]["planned"]["file"], "rollback.csv");
    let words = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(words.contains("the old host back in place of the WebEx name"), "{words}");
    assert!(
        words.contains("3 changes of the plan taken back, 1 back already, 3 conflicts"),
        "{words}"
    );
    // What was put back differs in hosts alone: the same proof, the other way round.
    let run = folder.run(&["verify", "back.csv", "after.csv"]);
    ends(&run, 0);
    // Taken back, it may be applied again.
    ends(&folder.run(&[&apply[..], &["rollback.csv", "--force"]].concat()), 3);

    // The export itself does as well as its rollback; anything else is refused by name.
    let first = folder.read("back.csv");
    ends(&folder.run(&[&REVERSE[..], &["users.csv"]].concat()), 3);
    assert!(folder.read("back.csv") == first);
    let run = folder.run(&[&REVERSE[..], &["after.csv"]].concat());
    ends(&run, 4);
    folder.write("users.csv", "gone");
    std::fs::remove_file(folder.join("rollback.csv")).unwrap();
    let run = folder.run(&REVERSE);
    ends(&run, 4);
    for piece in
        ["nothing says what the photo URLs were", "expected  `users.csv` sha256", "rollback"]
    {
        assert!(run.stderr.contains(piece), "{piece}: {}", run.stderr);
    }
}

#[test]
fn what_was_applied_with_approvals_is_taken_back_with_them() {
    let folder = planned();
    ends(&folder.run(&["approve", "plan.json", "--reviewer", "Jane", "--host", IP7]), 0);
    let apply = ["apply", "users.csv", "--plan", "plan.json", "-o", "import.csv"];
    ends(&folder.run(&[&apply[..], &["--approvals", "approvals.json"]].concat()), 3);
    // Somebody set the same name by hand for a user whose host was not approved.
    let import = String::from_utf8(folder.read("import.csv")).unwrap();
    let after = import.replace(&photo(IP8, "dan"), &photo("c8.webex.com", "dan"));
    folder.write("after.csv", &after);
    let run = folder.run(&REVERSE);
    ends(&run, 4);
    let sha256 = seal::sha256(&folder.read("approvals.json"));
    for piece in ["as far as it was approved", "expected  approvals", &sha256, "found     none"] {
        assert!(run.stderr.contains(piece), "{piece}: {}", run.stderr);
    }
    ends(&folder.run(&[&REVERSE[..], &["--approvals", "approvals.json"]].concat()), 0);
    let back = String::from_utf8(folder.read("back.csv")).unwrap();
    assert_eq!(back, text(&last_week()).replace(&photo(IP8, "dan"), &photo("c8.webex.com", "dan")));
}

#[test]
fn a_rebase_is_taken_back_with_its_rollback_only() {
    let folder = planned();
    let mut fresh = last_week();
    fresh[0].1 = photo("c7.webex.com", "ann"); // somebody did it by hand
    fresh.push(("new", photo(IP7, "new")));
    folder.write("fresh.csv", text(&fresh));
    ends(&folder.run(&[&REBASE[..], &["--again", "--rollback", "rollback.csv"]].concat()), 3);
    folder.write("after.csv", folder.read("import.csv"));
    let rollback = folder.read("rollback.csv");
    std::fs::remove_file(folder.join("rollback.csv")).unwrap();
    let run = folder.run(&REVERSE);
    ends(&run, 4);
    for piece in ["it was carried to `fresh.csv`", "expected  `rollback.csv` sha256", "new users"] {
        assert!(run.stderr.contains(piece), "{piece}: {}", run.stderr);
    }
    folder.write("rollback.csv", rollback);
    ends(&folder.run(&REVERSE), 0);
    assert_eq!(String::from_utf8(folder.read("back.csv")).unwrap(), text(&fresh));
}

#[test]
fn of_a_plan_that_was_applied_twice_the_last_run_is_taken_back_and_that_is_said() {
    let folder = planned();
    let apply = ["apply", "users.csv", "--plan", "plan.json", "-o", "import.csv", "--rollback"];
    ends(&folder.run(&[&apply[..], &["old.csv"]].concat()), 3);
    let fresh = [("new", photo(IP7, "new"))];
    folder.write("fresh.csv", text(&fresh));
    let rebase =
        ["apply", "--plan", "plan.json", "--export", "fresh.csv", "--rebase", "--again", "-o"];
    ends(&folder.run(&[&rebase[..], &["sent.csv", "--rollback", "late.csv"]].concat()), 3);
    let both = [("ann", photo("c7.webex.com", "ann")), ("new", photo("c7.webex.com", "new"))];
    folder.write("after.csv", text(&both));
    let back = |folder: &Folder, user: &str| {
        let mut expected = both.clone();
        expected.iter_mut().filter(|it| it.0 == user).for_each(|it| it.1 = photo(IP7, user));
        assert_eq!(String::from_utf8(folder.read("back.csv")).unwrap(), text(&expected));
        json(&folder.read("back.json"))["notes"].to_string()
    };
    folder.run(&[&REVERSE[..], &["old.csv"]].concat());
    back(&folder, "ann");
    std::fs::remove_file(folder.join("plan.json.applied")).unwrap();
    ends(&folder.run(&[&apply[..], &["old.csv", "--force"]].concat()), 3);
    let more = ["sent.csv", "--rollback", "late.csv", "--force"];
    ends(&folder.run(&[&rebase[..], &more].concat()), 3);
    ends(&folder.run(&REVERSE), 0);
    let notes = back(&folder, "new");
    for piece in ["applied 2 times", "the last time", "`sent.csv`", "`import.csv`"] {
        assert!(notes.contains(piece), "{piece}: {notes}");
    }
}

#[test]
fn users_without_a_common_column_cannot_be_matched() {
    let folder = planned();
    for (header, matched) in [
        ("userProfilePhotoURL,email\r\n", true),
        ("userProfilePhotoURL,EMAIL\r\n", true),
        ("userProfilePhotoURL,userName\r\n", false),
        ("userProfilePhotoURL,fax\r\n", false),
    ] {
        let row = format!("{},ann@corp.example.com\r\n", photo(IP7, "ann"));
        folder.write("fresh.csv", format!("{header}{row}"));
        let run = folder.run(&[&REBASE[..], &["--again"]].concat());
        if matched {
            ends(&run, 3);
            let import = String::from_utf8(folder.read("import.csv")).unwrap();
            assert_eq!(import, format!("{header}{}", row.replace(IP7, "c7.webex.com")));
        } else {
            ends(&run, 1);
            assert!(run.stderr.contains("neither `email` nor"), "{}", run.stderr);
        }
    }
}

#[test]
fn what_is_typed_for_another_export() {
    let folder = planned();
    folder.write("fresh.csv", text(&last_week()));
    let apply = ["apply", "--plan", "plan.json", "-o", "import.csv"];
    for (more, piece) in [
        (&[][..], "EXPORT"),
        (&["users.csv", "--export", "fresh.csv"], "--rebase"),
        (&["--rebase"], "--export"),
        (&["--reverse"], "--export"),
        (&["--export", "fresh.csv", "--rebase", "--reverse"], "cannot be used with"),
        (&["--export", "-", "-", "--rebase"], "standard input"),
    ] {
        let run = folder.run(&[&apply[..], more].concat());
        ends(&run, 2);
        assert!(run.stderr.contains(piece), "{piece}: {}", run.stderr);
    }
    for input in ["users.csv", "fresh.csv", "plan.json"] {
        let rebase =
            ["apply", "--plan", "plan.json", "--export", "fresh.csv", "--rebase", "--force", "-o"];
        let run = folder.run(&[&rebase[..], &[input]].concat());
        ends(&run, 2);
        assert!(run.stderr.contains("the same file as"), "{input}: {}", run.stderr);
    }
    let run = folder.run(&["help", "apply"]);
    ends(&run, 0);
    assert!(run.text().contains("--export fresh.csv --rebase"), "{}", run.text());
}

#[test]
fn parts_hold_the_import_file_and_the_manifest_says_which() {
    let folder = planned();
    let apply = ["apply", "users.csv", "--plan", "plan.json", "--force", "--again"];
    for (options, size, expected) in [
        (&[][..], "4", &[4, 4, 1][..]),
        (&[], "9", &[9]),
        (&[], "100", &[9]),
        (&["--only-changed"], "3", &[3, 3, 1]),
        (&["--only-changed"], "1", &[1; 7]),
    ] {
        let whole = [&apply[..], &["-o", "whole.csv"], options].concat();
        ends(&folder.run(&whole), 3);
        let parts = [&apply[..], &["-o", "import.csv", "--batch", size], options].concat();
        ends(&folder.run(&parts), 3);
        let manifest = json(&folder.read("import.manifest.json"));
        let parts = manifest["parts"].as_array().unwrap();
        let records: Vec<u64> = parts.iter().map(|it| it["records"].as_u64().unwrap()).collect();
        assert_eq!(records, expected, "{options:?} {size}");
        let mut bodies = String::new();
        for part in parts {
            let bytes = folder.read(part["file"].as_str().unwrap());
            assert_eq!(part["sha256"], seal::sha256(&bytes));
            assert_eq!(part["bytes"], bytes.len());
            let text = String::from_utf8(bytes).unwrap();
            bodies.push_str(text.strip_prefix(HEADER).expect("each begins with the header"));
        }
        assert_eq!(
            HEADER.to_owned() + &bodies,
            String::from_utf8(folder.read("whole.csv")).unwrap()
        );
        assert_eq!(manifest["only_changed"], !options.is_empty());
        // The parts are proven as the whole is, in their order and complete.
        let names: Vec<&str> = parts.iter().map(|part| part["file"].as_str().unwrap()).collect();
        let verify = |names: &[&str]| {
            folder.run(&[&["verify", "users.csv"], names, options].concat()).status
        };
        assert_eq!(verify(&names), 0, "{options:?} {size}");
        if names.len() > 1 {
            let backwards: Vec<&str> = names.iter().rev().copied().collect();
            assert_eq!(verify(&backwards), 1);
            if options.is_empty() {
                assert_eq!(verify(&names[..1]), 1);
            }
        }
        assert_eq!(manifest["export"]["sha256"], seal::sha256(&folder.read("users.csv")));
    }
    // The journal knows the manifest, and `fix` writes parts too.
    let journal = String::from_utf8(folder.read("plan.json.applied")).unwrap();
    let entry = json(journal.lines().last().unwrap().as_bytes());
    assert_eq!(entry["output"]["file"], "import.manifest.json");
    assert_eq!(entry["output"]["sha256"], seal::sha256(&folder.read("import.manifest.json")));
    let fix = ["fix", "users.csv", "--offline", "--map", "map.csv", "-o", "fixed.csv"];
    ends(&folder.run(&[&fix[..], &["--batch", "5"]].concat()), 3);
    assert_eq!(json(&folder.read("fixed.manifest.json"))["parts"].as_array().unwrap().len(), 2);

    // All or nothing.
    let names = folder.names();
    folder.write("again-0002.csv", "mine");
    let again = ["fix", "users.csv", "--offline", "--map", "map.csv", "-o", "again.csv", "--batch"];
    let run = folder.run(&[&again[..], &["5"]].concat());
    ends(&run, 2);
    assert!(run.stderr.contains("`again-0002.csv` exists already"), "{}", run.stderr);
    for (output, size, piece) in [
        ("-", "5", "standard output is one"),
        ("again.csv", "0", "at least 1"),
        ("again.csv", "many", "many"),
    ] {
        let fix = ["fix", "users.csv", "--offline", "-o", output, "--batch", size];
        let run = folder.run(&fix);
        ends(&run, 2);
        assert!(run.stderr.contains(piece), "{piece}: {}", run.stderr);
    }
    std::fs::remove_file(folder.join("again-0002.csv")).unwrap();
    assert_eq!(folder.names(), names);
}

#[test]
fn a_byte_order_mark_begins_every_part_and_a_rebase_can_be_split() {
    let folder = planned();
    let fresh = format!("\u{feff}{}", text(&last_week()));
    folder.write("fresh.csv", &fresh);
    let more = ["--batch", "3", "--only-changed", "--rollback", "undo.csv"];
    ends(&folder.run(&[&REBASE[..], &more].concat()), 3);
    let manifest = json(&folder.read("import.manifest.json"));
    assert_eq!((&manifest["records"], manifest["parts"].as_array().unwrap().len()), (&7.into(), 3));
    let mut undone = String::new();
    for part in manifest["parts"].as_array().unwrap() {
        let text = String::from_utf8(folder.read(part["file"].as_str().unwrap())).unwrap();
        undone.push_str(text.strip_prefix(&format!("\u{feff}{HEADER}")).unwrap());
    }
    let back = String::from_utf8(folder.read("undo.csv")).unwrap();
    let undone = undone.replace("c7.webex.com", IP7).replace("c8.webex.com", IP8);
    assert_eq!(back, format!("\u{feff}{HEADER}{undone}"));
}
