//! `photofix reconcile` and the health of `inspect`, through the binary.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::time::{Duration, SystemTime};

use common::{Folder, Run};
use serde_json::{Value, json};

const HEADER: &str = "displayName,email,phoneBusinessNumber,userProfilePhotoURL";

fn user(name: &str, host: &str, phone: &str) -> String {
    format!("\"Doe, {name}\",{name}@corp.example.com,{phone},https://{host}/{name}.jpg")
}

fn file(header: &str, rows: &[String]) -> String {
    let lines = std::iter::once(header.to_owned()).chain(rows.iter().cloned());
    lines.map(|line| line + "\r\n").collect()
}

const OLD: &str = "203.0.113.7";
const NEW: &str = "c12.webex.com";

/// A folder with an export, its plan and its import file.
fn planned() -> Folder {
    let folder = Folder::new();
    folder.write("map.csv", "203.0.113.7,c12.webex.com\n");
    let users = ["ann", "bob", "cid", "dot"].map(|name| user(name, OLD, "+1"));
    folder.write("users.csv", file(HEADER, &[&users[..], &[user("eve", NEW, "+1")]].concat()));
    let plan = ["plan", "users.csv", "-o", "plan.json", "--offline", "--map", "map.csv"];
    assert_eq!(folder.run(&plan).status, 0);
    let apply = ["apply", "users.csv", "--plan", "plan.json", "-o", "import.csv"];
    assert_eq!(folder.run(&apply).status, 0);
    folder
}

fn status(rows: &[(&str, &str)]) -> String {
    let rows: Vec<String> =
        rows.iter().map(|(name, words)| user(name, NEW, "+1") + "," + words).collect();
    file(&format!("{HEADER},Import Status"), &rows)
}

fn found(run: &Run) -> Value {
    let found: Value = serde_json::from_slice(&run.stdout).unwrap();
    let path =
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("schema/reconcile-1.schema.json");
    let schema: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(validator.is_valid(&found), "{found:#}");
    found
}

#[test]
fn everything_arrived() {
    let folder = planned();
    folder.write("after.csv", folder.read("import.csv"));
    let run = folder.run(&[
        "reconcile",
        "--plan",
        "plan.json",
        "--export",
        "after.csv",
        "--retry",
        "r.csv",
    ]);
    assert_eq!(run.status, 0, "{}{}", run.text(), run.stderr);
    assert!(run.text().contains("4 of 4 changes arrived."), "{}", run.text());
    assert!(run.text().contains("Nothing else moved."), "{}", run.text());
    assert!(!folder.join("r.csv").exists(), "there is nothing to retry");
    folder.write("status.csv", status(&["ann", "bob", "cid", "dot"].map(|name| (name, "OK"))));
    let run = folder.run(&["reconcile", "--plan", "plan.json", "--status", "status.csv"]);
    assert_eq!(run.status, 0, "{}{}", run.text(), run.stderr);
    assert!(run.text().contains("without --after"), "how sure it is: {}", run.text());
}

#[test]
fn each_class_and_the_retry_file() {
    let folder = planned();
    let words = [("ann", "OK"), ("bob", "Error: phone"), ("dot", "OK")];
    folder.write("status.csv", status(&words));
    let after = [
        user("eve", NEW, "1E+10"),
        user("ann", NEW, "+1"),
        user("bob", OLD, "+2"),
        user("cid", OLD, "+1"),
        user("dot", OLD, "+1"),
    ];
    folder.write("after.csv", file(HEADER, &after));
    let arguments = [
        "reconcile",
        "users.csv",
        "--plan",
        "plan.json",
        "--import",
        "import.csv",
        "--status",
        "status.csv",
        "--after",
        "after.csv",
        "--retry",
        "retry.csv",
        "--format",
        "json",
    ];
    let run = folder.run(&arguments);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let found = found(&run);
    let classes: Vec<&str> = found["records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["class"].as_str().unwrap())
        .collect();
    assert_eq!(classes, ["applied", "refused", "ignored", "reverted"]);
    assert_eq!(found["records"][1]["status"], "Error: phone");
    assert_eq!(
        (&found["key"], &found["status_column"]),
        (&json!("email"), &json!("Import Status"))
    );
    let columns: Vec<(&str, &str)> = found["collateral"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["key"].as_str().unwrap(), it["column"].as_str().unwrap()))
        .collect();
    let phone = "phoneBusinessNumber";
    assert_eq!(columns, [("bob@corp.example.com", phone), ("eve@corp.example.com", phone)]);
    assert_eq!(found["retry"], json!({"file": "retry.csv", "records": 3}));
    // From the after export: what changed in the meantime is not taken back.
    let retry = [user("bob", NEW, "+2"), user("cid", NEW, "+1"), user("dot", NEW, "+1")];
    assert_eq!(String::from_utf8(folder.read("retry.csv")).unwrap(), file(HEADER, &retry));

    let again = folder.run(&arguments);
    assert_eq!(again.status, 2, "{}", again.stderr);
    assert!(again.stderr.contains("the retry file `retry.csv` exists already"), "{}", again.stderr);
    let run = folder.run(&[&arguments[..12], &["--force", "--redact"]].concat());
    assert_eq!(run.status, 3);
    assert!(!run.text().contains("@corp"), "{}", run.text());
}

#[test]
fn a_status_file_needs_no_more_than_a_key_and_its_words() {
    let folder = planned();
    let rows = ["ann,OK", "bob,Error: phone", "cid,OK", "dot,OK"];
    let rows = rows.map(|row| row.replace(',', "@corp.example.com,"));
    folder.write("status.csv", file("Email,Import Status", &rows));
    let reconcile =
        ["reconcile", "--plan", "plan.json", "--status", "status.csv", "--format", "json"];
    let run = folder.run(&reconcile);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let (records, _) = told(&found(&run));
    let said = |name: &str, class: &str| format!("{name} {class} status-words");
    let expected = [
        said("ann", "applied"),
        said("bob", "refused"),
        said("cid", "applied"),
        said("dot", "applied"),
    ];
    assert_eq!(records, expected);

    // A title above the header.
    folder.write("status.csv", file("Import of 28 November,\r\nEmail,Import Status", &rows));
    let run = folder.run(&reconcile);
    assert_eq!(run.status, 1, "{}", run.text());
    for piece in ["`status.csv`", "Import of 28 November", "`email`", "first line"] {
        assert!(run.stderr.contains(piece), "no {piece:?} in\n{}", run.stderr);
    }
}

#[test]
fn words_of_megabytes_are_cut_and_their_length_is_said() {
    let folder = planned();
    let long = "nonsense ".repeat(300_000);
    folder.write("status.csv", status(&[("ann", &long), ("bob", "OK")]));
    folder.write("after.csv", folder.read("users.csv"));
    let told =
        ["reconcile", "--plan", "plan.json", "--after", "after.csv", "--status", "status.csv"];
    let run = folder.run(&told);
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert!(run.stdout.len() < 20_000, "{} bytes", run.stdout.len());
    let text = run.text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains("nonsense nons… (2,699,999 bytes in all)"), "{text}");
    let run = folder.run(&[&told[..], &["--format", "json"]].concat());
    let found = found(&run);
    let words = found["records"][0]["status"].as_str().unwrap();
    assert!(words.starts_with(&long[..65_536]), "{} bytes", words.len());
    assert!(words.ends_with("… (2,699,999 bytes in all)"), "{}", &words[65_500..]);
    assert_eq!(found["status_values"][0]["value"], words);
}

#[test]
fn what_was_imported_is_what_the_journal_says() {
    let folder = planned();
    folder.write("after.csv", folder.read("import.csv"));
    let arguments = ["reconcile", "--plan", "plan.json", "--after", "after.csv"];
    let run = folder.run(&arguments);
    assert!(run.text().contains("to be `import.csv`, which the plan's journal names"));

    let moved = folder.join("sent.csv");
    std::fs::rename(folder.join("import.csv"), &moved).unwrap();
    let run = folder.run(&arguments);
    assert_eq!(run.status, 2);
    for piece in ["expected  `import.csv` sha256", "no such file, or another", "--import"] {
        assert!(run.stderr.contains(piece), "no {piece:?} in\n{}", run.stderr);
    }
    let run = folder.run(&[&arguments[..], &["--import", "sent.csv"]].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);

    std::fs::remove_file(folder.join("plan.json.applied")).unwrap();
    let run = folder.run(&arguments);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.text().contains("nothing says what was imported"), "{}", run.text());
}

#[test]
fn an_import_in_parts_and_of_what_was_approved() {
    let folder = planned();
    folder.write("after.csv", folder.read("import.csv"));
    let apply = [
        "apply",
        "users.csv",
        "--plan",
        "plan.json",
        "-o",
        "some.csv",
        "--again",
        "--batch",
        "2",
        "--only-changed",
    ];
    assert_eq!(folder.run(&apply).status, 0);
    let reconcile = ["reconcile", "--plan", "plan.json", "--after", "after.csv"];
    let parts = ["--import", "some-0001.csv", "some-0002.csv"];
    for more in [&[][..], &parts] {
        let run = folder.run(&[&reconcile[..], more].concat());
        assert_eq!(run.status, 0, "{}{}", run.text(), run.stderr);
        assert!(run.text().contains("4 of 4 changes arrived."), "{}", run.text());
    }
    // One part only: the others' changes were not sent, and are not looked for.
    let run = folder.run(&[&reconcile[..], &parts[..2]].concat());
    assert_eq!(run.status, 0, "{}{}", run.text(), run.stderr);
    assert!(run.text().contains("2 of 2 changes arrived."), "{}", run.text());
    assert!(run.text().contains("2 of the plan's changes are not in the import file"));
}

#[test]
fn the_24_hours_of_jabber() {
    let folder = planned();
    let path = folder.write("after.csv", folder.read("import.csv"));
    let arguments = ["reconcile", "--plan", "plan.json", "--after", "after.csv"];
    assert!(folder.run(&arguments).text().contains("Jabber may show the old photos until"));
    let long_ago = SystemTime::now() - Duration::from_secs(25 * 3600);
    std::fs::File::options().write(true).open(path).unwrap().set_modified(long_ago).unwrap();
    let run = folder.run(&arguments);
    assert!(!run.text().contains("Jabber may show"), "{}", run.text());
}

#[test]
fn files_that_do_not_belong_together() {
    let folder = planned();
    folder.write("after.csv", folder.read("import.csv"));
    folder.write("status.csv", status(&[("ann", "OK")]));
    folder.write("two.csv", status(&[("ann", "OK,3")]).replace("Import Status", "Words,Line"));
    let other = String::from_utf8(folder.read("users.csv")).unwrap().replace("ann", "amy");
    folder.write("other.csv", &other);
    folder.write("third.csv", other.replace("amy", "ann").replace(OLD, "c9.webex.com"));
    let reconcile = |more: &[&'static str]| {
        [&["reconcile", "--plan", "plan.json", "--retry", "retry.csv"][..], more].concat()
    };
    let before = folder.names();
    for (arguments, expected, pieces) in [
        (reconcile(&[]), 2, &["nothing to compare", "--status", "--after"][..]),
        (reconcile(&["--after", "-"]), 2, &["none of them can be `-`"]),
        (reconcile(&["--after", "users.csv"]), 2, &["`users.csv` is the export itself"]),
        (reconcile(&["--status", "after.csv"]), 2, &["`after.csv`", "no column that the import"]),
        (reconcile(&["--status", "two.csv"]), 2, &["`Words`, `Line`", "--status-column"]),
        (reconcile(&["--status", "two.csv", "--status-column", "x"]), 2, &["has no column `x`"]),
        (reconcile(&["other.csv", "--after", "after.csv"]), 4, &["not the one", "planned for"]),
        (
            reconcile(&["--import", "third.csv", "--after", "after.csv"]),
            4,
            &["`third.csv`", "not made with this plan", "record 1 (line 2)", "c9.webex.com"],
        ),
        (reconcile(&["--import", "users.csv", "--after", "after.csv"]), 4, &["none of the 4"]),
        (reconcile(&["--after", "nowhere.csv"]), 1, &["nowhere.csv"]),
    ] {
        let run = folder.run(&arguments);
        assert_eq!(run.status, expected, "{arguments:?}\n{}", run.stderr);
        for piece in pieces {
            assert!(run.stderr.contains(piece), "{arguments:?}: no {piece:?} in\n{}", run.stderr);
        }
        assert_eq!(folder.names(), before, "{arguments:?} left something");
    }
    std::fs::remove_file(folder.join("users.csv")).unwrap();
    let run = folder.run(&reconcile(&["--after", "after.csv"]));
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("`users.csv`, is not here"), "{}", run.stderr);
}

#[test]
fn inspect_tells_of_damage_and_of_age() {
    let folder = Folder::new();
    let rows = [user("ann", NEW, "1.41E+11"), user("bob", NEW, "+1"), user("ann", NEW, "N/A")];
    let path = folder.write("users.csv", file(HEADER, &rows));
    let long_ago = SystemTime::now() - Duration::from_secs(73 * 3600);
    std::fs::File::options().write(true).open(path).unwrap().set_modified(long_ago).unwrap();
    let run = folder.run(&["inspect", "users.csv"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    for piece in [
        "phoneBusinessNumber: scientific-notation, 1 record",
        "record 1, line 2  1.41E+11",
        "email: duplicate-email, 1 record",
        "record 3, line 4, as record 1  ann@corp.example.com",
        "phoneBusinessNumber: not-applicable, 1 record",
        "`users.csv` is 3 days old",
    ] {
        assert!(run.text().contains(piece), "no {piece:?} in\n{}", run.text());
    }
    folder.write("fresh.csv", file(HEADER, &rows[1..2]));
    let run = folder.run(&["inspect", "fresh.csv"]);
    assert!(!run.text().contains("old by the time") && !run.text().contains("Health"));
}

const REBASE: [&str; 8] =
    ["apply", "--plan", "plan.json", "--export", "fresh.csv", "--rebase", "-o", "sent.csv"];

/// The plan of [`planned`], carried to an export with every kind of conflict and two new users.
fn rebased(more: &[&str]) -> Folder {
    let folder = planned();
    std::fs::remove_file(folder.join("plan.json.applied")).unwrap();
    let fresh = [
        user("new", OLD, "+1"),                                 // a new user
        user("ann", OLD, "+1"),                                 // as it was planned
        user("bob", "photos.example.org", "+1"),                // moved elsewhere
        user("cid", OLD, "+1").replace("cid.jpg", "cid-2.jpg"), // a new photo on the old host
        user("nov", OLD, "+1"),                                 // another new user
        user("dot", NEW, "+1"),                                 // somebody did it by hand
        user("twin", OLD, "+1"),                                // a new user, there twice
        user("twin", OLD, "+2"),
        user("eve", NEW, "+1"),
    ];
    folder.write("fresh.csv", file(HEADER, &fresh));
    let run = folder.run(&[&REBASE[..], more].concat());
    assert_eq!(run.status, 3, "{}", run.stderr);
    folder
}

/// `name class reason` of every change that was sent, and `name why` of every one that was not.
fn told(found: &Value) -> (Vec<String>, Vec<String>) {
    let of = |list: &str, words: &[&str]| {
        let all = found[list].as_array().unwrap().iter();
        all.map(|it| {
            let name = it["key"].as_str().unwrap().split('@').next().unwrap();
            let words = words.iter().map(|word| it[*word].as_str().unwrap());
            std::iter::once(name).chain(words).collect::<Vec<_>>().join(" ")
        })
        .collect()
    };
    (of("records", &["class", "reason"]), of("not_sent", &["reason"]))
}

#[test]
fn conflicts_of_a_rebase_were_not_sent_and_its_new_users_were() {
    let folder = rebased(&["--rollback", "rollback.csv"]);
    // WebEx refuses one of the new users, and reverts nobody.
    let words = ["ann", "new", "nov"].map(|name| match name {
        "nov" => (name, "Error: photo host not allowed"),
        name => (name, "OK"),
    });
    folder.write("status.csv", status(&words));
    let import = String::from_utf8(folder.read("sent.csv")).unwrap();
    let refused = user("nov", OLD, "+1");
    folder.write("after.csv", import.replace(&user("nov", NEW, "+1"), &refused));
    let reconcile = ["reconcile", "--plan", "plan.json", "--status", "status.csv", "--after"];
    let json = ["after.csv", "--retry", "retry.csv", "--force", "--format", "json"];
    let sent = ["new applied shows-new", "ann applied shows-new", "nov refused status-words"];
    let left = [
        "cid as-it-was",
        "twin as-it-was",
        "twin as-it-was",
        "bob another-cell",
        "dot there-already",
    ];
    let moved = || {
        std::fs::rename(folder.join("sent.csv"), folder.join("moved.csv")).unwrap();
        std::fs::rename(folder.join("fresh.csv"), folder.join("lately.csv")).unwrap();
    };
    for (more, base) in [
        (&[][..], "fresh.csv"),
        (&["--import", "moved.csv"], "rollback.csv"),
        (&["--import", "moved.csv", "--rebased-from", "lately.csv"], "lately.csv"),
    ] {
        if base == "rollback.csv" {
            moved();
        }
        let run = folder.run(&[&reconcile[..], &json, more].concat());
        assert_eq!(run.status, 3, "{more:?}: {}", run.stderr);
        let found = found(&run);
        let (records, not_sent) = told(&found);
        assert_eq!(records, sent, "{more:?}");
        match base {
            // What the rollback does not hold was not changed, whoever it is.
            "rollback.csv" => {
                assert_eq!(not_sent, ["bob another-cell", "cid another-cell", "dot there-already"]);
            }
            _ => assert_eq!(not_sent, left, "{more:?}"),
        }
        assert_eq!(found["made_from"], base);
        assert_eq!(found["export"], "users.csv");
        assert_eq!(found["records"][2]["status"], "Error: photo host not allowed");
        assert_eq!(found["collateral"], json!([]), "{more:?}");
        // The retry file brings the new user what was decided for the host.
        let retry = file(HEADER, &[user("nov", NEW, "+1")]);
        assert_eq!(String::from_utf8(folder.read("retry.csv")).unwrap(), retry, "{more:?}");
    }
    let from = ["after.csv", "--import", "moved.csv", "--rebased-from", "lately.csv"];
    let text = folder.run(&[&reconcile[..], &from].concat()).text();
    for piece in ["Not sent", "bob@corp.example.com", "another-cell", "photos.example.org/bob"] {
        assert!(text.contains(piece), "no {piece:?} in\n{text}");
    }
    // Another export than the one that was rebased onto.
    let other = ["after.csv", "--import", "moved.csv", "--rebased-from", "users.csv"];
    let run = folder.run(&[&reconcile[..], &other].concat());
    assert_eq!(run.status, 4);
    assert!(run.stderr.contains("is not the export that the import file was made from"));
}

#[test]
fn without_the_newer_export_and_its_rollback_the_rest_is_counted() {
    let folder = rebased(&[]);
    folder.write("after.csv", folder.read("sent.csv"));
    let fresh = folder.read("fresh.csv");
    std::fs::remove_file(folder.join("fresh.csv")).unwrap();
    let reconcile = ["reconcile", "--plan", "plan.json", "--after", "after.csv"];
    let run = folder.run(&[&reconcile[..], &["--format", "json"]].concat());
    // Sent were three: ann's and those of two new users. Without the export, what somebody did by
    // hand counts as sent, so that one at least is missing, and status 3 says so.
    assert_eq!(run.status, 3, "{}", run.stderr);
    let found = found(&run);
    let numbers = ["sent", "applied", "not_sent", "unfollowed"];
    let numbers = numbers.map(|key| found["changes"][key].as_u64().unwrap());
    assert_eq!(numbers, [2, 2, 2, 1]);
    let notes = found["notes"].to_string();
    assert!(notes.contains("`fresh.csv`") && notes.contains("--rebased-from"), "{notes}");

    folder.write("late.csv", fresh);
    let run = folder.run(&[&reconcile[..], &["--rebased-from", "late.csv"]].concat());
    assert_eq!(run.status, 0, "{}{}", run.text(), run.stderr);
    assert!(run.text().contains("3 of 3 changes arrived."), "{}", run.text());
}

#[test]
fn an_import_file_that_nobody_knows_may_have_third_cells_but_not_alone() {
    let folder = planned();
    std::fs::remove_file(folder.join("plan.json.applied")).unwrap();
    let import = String::from_utf8(folder.read("import.csv")).unwrap();
    let import = import.replace(&user("bob", NEW, "+1"), &user("bob", "c9.webex.com", "+1"));
    folder.write("import.csv", &import);
    folder.write("after.csv", &import);
    let reconcile = ["reconcile", "--plan", "plan.json", "--import", "import.csv", "--after"];
    let run = folder.run(&[&reconcile[..], &["after.csv", "--format", "json"]].concat());
    assert_eq!(run.status, 0, "{}", run.stderr);
    let (records, not_sent) = told(&found(&run));
    assert_eq!((records.len(), &not_sent[..]), (3, &["bob another-cell".to_owned()][..]));
}

#[test]
fn a_plan_that_was_taken_back_is_not_taken_for_sent() {
    let folder = planned();
    folder.write("after.csv", folder.read("import.csv"));
    let reverse = ["apply", "--plan", "plan.json", "--export", "after.csv", "--reverse", "-o"];
    assert_eq!(folder.run(&[&reverse[..], &["back.csv"]].concat()).status, 0);
    folder.write("later.csv", folder.read("back.csv"));
    let reconcile = ["reconcile", "--plan", "plan.json", "--after", "later.csv"];
    let run = folder.run(&reconcile);
    assert_eq!(run.status, 4, "{}", run.text());
    for piece in ["it was taken back", "`import.csv`", "`back.csv`", "--import"] {
        assert!(run.stderr.contains(piece), "no {piece:?} in\n{}", run.stderr);
    }
    let run = folder.run(&[&reconcile[..], &["--import", "import.csv"]].concat());
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert!(run.text().contains("the plan was taken back, at"), "{}", run.text());
    let run = folder.run(&[&reconcile[..], &["--import", "back.csv"]].concat());
    assert_eq!(run.status, 4, "{}", run.text());
    assert!(run.stderr.contains("`back.csv` takes the plan back"), "{}", run.stderr);
    // Applied again, it stands.
    let apply = ["apply", "users.csv", "--plan", "plan.json", "-o", "again.csv"];
    assert_eq!(folder.run(&apply).status, 0);
    let run = folder.run(&["reconcile", "--plan", "plan.json", "--after", "after.csv"]);
    assert_eq!(run.status, 0, "{}{}", run.text(), run.stderr);
}

#[test]
fn the_manifest_stands_for_its_parts_and_all_are_named() {
    let folder = planned();
    folder.write("after.csv", folder.read("import.csv"));
    let apply = ["apply", "users.csv", "--plan", "plan.json", "-o", "some.csv", "--again"];
    assert_eq!(folder.run(&[&apply[..], &["--batch", "3"]].concat()).status, 0);
    let reconcile = ["reconcile", "--plan", "plan.json", "--after", "after.csv"];
    let manifest = ["--import", "some.manifest.json"];
    let parts = ["--import", "some-0001.csv", "--import", "some-0002.csv"];
    for (more, name) in [
        (&[][..], "some.manifest.json"),
        (&manifest[..], "some.manifest.json"),
        (&parts[..], "some-0001.csv"),
    ] {
        let run = folder.run(&[&reconcile[..], more, &["--format", "json"]].concat());
        assert_eq!(run.status, 0, "{more:?}: {}", run.stderr);
        let found = found(&run);
        assert_eq!(found["parts"], json!(["some-0001.csv", "some-0002.csv"]), "{more:?}");
        assert_eq!((&found["import"], &found["changes"]["sent"]), (&json!(name), &json!(4)));
        let text = folder.run(&[&reconcile[..], more].concat()).text();
        assert!(text.contains("some-0001.csv") && text.contains("some-0002.csv"), "{text}");
    }
    let both = [&reconcile[..], &manifest, &parts[2..]].concat();
    let run = folder.run(&both);
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("is a manifest, which lists all parts"), "{}", run.stderr);
    folder.write("some-0002.csv", "another");
    let run = folder.run(&[&reconcile[..], &manifest].concat());
    assert_eq!(run.status, 2);
    assert!(run.stderr.contains("expected  `some-0002.csv` sha256"), "{}", run.stderr);
}
