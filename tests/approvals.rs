//! Approvals bound to their plan: what was approved is done and nothing else, and a plan, an
//! export or approvals of which one byte changed are refused.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{Folder, Run};
use photofix::approval::{Answer, Approvals, HostAnswer, PlanReference, RowAnswer};
use photofix::evidence::{Endpoint, OldHost, Scheme};
use photofix::seal;
use serde_json::Value;

/// Three hosts that the map decides, and one that nobody knows.
const MAP: &str = "203.0.113.7,c7.webex.com\n203.0.113.8,c8.webex.com\n203.0.113.9,c9.webex.com\n";
/// The host of each record.
const HOSTS: [u8; 8] = [7, 7, 7, 8, 8, 9, 10, 7];

fn export() -> String {
    let rows = HOSTS.iter().enumerate().map(|(at, host)| {
        format!("u{}@corp.example.com,https://203.0.113.{host}/{at}.jpg,+41 00{at}\r\n", at + 1)
    });
    let header = "email,userProfilePhotoURL,phoneBusinessNumber\r\n".to_owned();
    header + &rows.collect::<String>()
}

/// The export with the hosts of these records replaced.
fn import(changed: &[usize]) -> String {
    let mut lines: Vec<String> = export().split_inclusive('\n').map(str::to_owned).collect();
    for record in changed {
        let host = HOSTS[record - 1];
        lines[*record] =
            lines[*record].replace(&format!("203.0.113.{host}"), &format!("c{host}.webex.com"));
    }
    lines.concat()
}

/// A folder with the export and its plan.
fn planned() -> Folder {
    let folder = Folder::new();
    folder.write("users.csv", export());
    folder.write("map.csv", MAP);
    let plan = ["plan", "users.csv", "-o", "plan.json", "--offline", "--map", "map.csv"];
    let run = folder.run(&plan);
    assert_eq!(run.status, 3, "{}", run.stderr);
    folder
}

fn endpoint(host: u8) -> Endpoint {
    let host = OldHost::from(format!("203.0.113.{host}"));
    Endpoint { host, port: 443, scheme: Scheme::Https }
}

/// Answers to the folder's plan.
fn answers(folder: &Folder, hosts: &[(u8, Answer)], rows: &[(u64, Answer)]) -> Approvals {
    let plan = PlanReference {
        sha256: seal::sha256(&folder.read("plan.json")),
        export_sha256: seal::sha256(&folder.read("users.csv")),
    };
    let time = "2026-11-20T09:30:00Z".parse().unwrap();
    let mut approvals = Approvals::new(plan, "Jane Doe".to_owned(), time);
    approvals.hosts = hosts
        .iter()
        .map(|(host, decision)| HostAnswer {
            endpoint: endpoint(*host),
            decision: *decision,
            note: Some(format!("about {host}")),
        })
        .collect();
    approvals.rows = rows
        .iter()
        .map(|(record, decision)| RowAnswer { record: *record, decision: *decision, note: None })
        .collect();
    approvals
}

fn write(folder: &Folder, approvals: &Approvals) {
    folder.write("approvals.json", approvals.to_file().unwrap());
}

const APPLY: [&str; 8] = [
    "apply",
    "users.csv",
    "--plan",
    "plan.json",
    "-o",
    "import.csv",
    "--approvals",
    "approvals.json",
];

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// Runs and expects a refusal with status 4 that leaves nothing behind.
#[track_caller]
fn refused(folder: &Folder, arguments: &[&str], pieces: &[&str]) {
    let before = folder.names();
    let run = folder.run(arguments);
    assert_eq!(run.status, 4, "{arguments:?}\n{}", run.stderr);
    for piece in pieces {
        assert!(run.stderr.contains(piece), "no {piece:?} in\n{}", run.stderr);
    }
    assert!(run.stderr.contains("\nhint: "), "{}", run.stderr);
    assert_eq!(folder.names(), before, "{arguments:?} left something");
}

#[track_caller]
fn succeeds(run: &Run) {
    assert_eq!(run.status, 3, "{}", run.stderr);
}

#[test]
fn exactly_what_was_approved_is_done() {
    use Answer::{Approve, Refuse};
    type Case = (&'static [(u8, Answer)], &'static [(u64, Answer)], &'static [usize], [u64; 2]);
    // Hosts, rows; records changed; how many of the others were refused, and not mentioned.
    let cases: [Case; 8] = [
        (&[], &[], &[], [0, 7]),
        (&[(7, Approve)], &[], &[1, 2, 3, 8], [0, 3]),
        (&[(7, Approve), (8, Approve), (9, Approve)], &[], &[1, 2, 3, 4, 5, 6, 8], [0, 0]),
        (&[(7, Refuse), (8, Approve)], &[], &[4, 5], [4, 1]),
        (&[(7, Approve)], &[(2, Refuse)], &[1, 3, 8], [1, 3]),
        (&[(7, Refuse)], &[(2, Approve)], &[2], [3, 3]),
        (&[], &[(6, Approve), (1, Refuse)], &[6], [1, 5]),
        (&[(9, Approve), (10, Refuse)], &[(6, Refuse), (7, Refuse)], &[], [1, 6]),
    ];
    for (hosts, rows, changed, [refused, not_approved]) in cases {
        let folder = planned();
        write(&folder, &answers(&folder, hosts, rows));
        let reports = ["--report", "r.json", "--report", "r.md", "--rollback", "back.csv"];
        succeeds(&folder.run(&[&APPLY[..], &reports].concat()));
        let found = String::from_utf8(folder.read("import.csv")).unwrap();
        assert_eq!(found, import(changed), "{hosts:?} {rows:?}");

        let report = json(&folder.read("r.json"));
        let number = |pointer: &str| report.pointer(pointer).and_then(Value::as_u64).unwrap();
        assert_eq!(number("/ledger/records"), 8);
        assert_eq!(number("/ledger/rewritten"), changed.len() as u64);
        assert_eq!(number("/ledger/held"), refused + not_approved, "{hosts:?} {rows:?}");
        assert_eq!(number("/ledger/unresolved"), 1);
        assert_eq!(number("/approval/approved"), changed.len() as u64);
        assert_eq!(number("/approval/refused"), refused, "{hosts:?} {rows:?}");
        assert_eq!(number("/approval/not_approved"), not_approved);
        let held = report["held"].as_array().unwrap();
        let with = |reason: &str| held.iter().filter(|row| row["reason"] == reason).count() as u64;
        assert_eq!((with("refused"), with("not-approved")), (refused, not_approved));
        // A host says `rewrite` when a record of it is rewritten.
        for entry in report["endpoints"].as_array().unwrap() {
            let host = entry["address"].as_str().unwrap().rsplit('.').next().unwrap();
            let some = changed.iter().any(|record| HOSTS[record - 1].to_string() == host);
            assert_eq!(entry["decision"] == "rewrite", some, "{entry}");
            assert_eq!(entry["host"].is_string(), some, "{entry}");
        }
        // The rollback takes back what was done, and only that.
        let back = String::from_utf8(folder.read("back.csv")).unwrap();
        assert_eq!(back.lines().count(), 1 + changed.len());
        let run = folder.run(&["verify", "users.csv", "import.csv"]);
        assert_eq!(run.status, 0, "{}", run.text());
    }
}

#[test]
fn reports_say_who_approved_and_what_is_left() {
    let folder = planned();
    let hosts = [(7, Answer::Approve), (8, Answer::Refuse)];
    write(&folder, &answers(&folder, &hosts, &[(2, Answer::Refuse)]));
    let run = folder.run(&[&APPLY[..], &["--report", "r.md"]].concat());
    succeeds(&run);
    let markdown = String::from_utf8(folder.read("r.md")).unwrap();
    for text in [&run.stderr, &markdown] {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('\\', "");
        for piece in [
            "Jane Doe approved 3 records at 2026-11-20T09:30:00Z, 3 refused, 1 not mentioned",
            "the plan would write `c8.webex.com`, and `Jane Doe` refused it: about 8",
            "the plan would write `c9.webex.com`, and `Jane Doe` did not approve it",
        ] {
            assert!(text.replace('`', "").contains(&piece.replace('`', "")), "{piece} in {text}");
        }
        assert!(!text.contains("203.0.113.8,NAME"), "a map cannot settle it: {text}");
    }
}

#[test]
fn approvals_that_do_not_fit_are_refused() {
    let folder = planned();
    let right = answers(&folder, &[(7, Answer::Approve)], &[]);
    let of = |plan: PlanReference| Approvals { plan, ..right.clone() };
    let (plan, export) = (right.plan.sha256.clone(), right.plan.export_sha256.clone());
    let other = "ab".repeat(32);
    for (approvals, pieces) in [
        (
            of(PlanReference { sha256: other.clone(), export_sha256: export.clone() }),
            vec!["another plan", "expected", plan.as_str(), "found", other.as_str()],
        ),
        (
            of(PlanReference { sha256: plan.clone(), export_sha256: other.clone() }),
            vec!["another export", "expected", export.as_str(), "found", other.as_str()],
        ),
        (answers(&folder, &[(11, Answer::Refuse)], &[]), vec!["https://203.0.113.11:443"]),
        (
            answers(&folder, &[(10, Answer::Approve)], &[]),
            vec!["https://203.0.113.10:443", "does not rewrite", "unresolved: offline"],
        ),
        (
            answers(&folder, &[(7, Answer::Approve), (7, Answer::Refuse)], &[]),
            vec!["answers twice for `https://203.0.113.7:443`"],
        ),
        (
            answers(&folder, &[], &[(1, Answer::Approve), (1, Answer::Approve)]),
            vec!["answers twice for record 1"],
        ),
        (answers(&folder, &[], &[(7, Answer::Approve)]), vec!["record 7", "does not change"]),
        (answers(&folder, &[], &[(9, Answer::Approve)]), vec!["record 9", "does not change"]),
        (answers(&folder, &[], &[(0, Answer::Approve)]), vec!["record 0", "does not change"]),
    ] {
        write(&folder, &approvals);
        refused(&folder, &APPLY, &[&["`approvals.json`"][..], &pieces].concat());
    }
    for (text, piece) in [
        ("", "no approvals file"),
        ("{}", "JSON of another program"),
        ("{\"schema\": \"photofix.approvals/2\"}", "`photofix.approvals/2`"),
        ("{\"schema\": \"photofix.plan/1\"}", "is a plan (`photofix plan -o` wrote it)"),
    ] {
        folder.write("approvals.json", text);
        refused(&folder, &APPLY, &["`approvals.json`", piece]);
    }
}

/// The bits that a byte loses or wins: the lowest, and the one that is a letter's case.
const FLIPS: [u8; 2] = [0x01, 0x20];
/// Folders in which bytes are flipped at the same time.
const FLIPPERS: usize = 4;

#[test]
fn one_flipped_byte_of_plan_approvals_or_export_is_refused() {
    let folder = planned();
    write(&folder, &answers(&folder, &[(7, Answer::Approve)], &[(2, Answer::Refuse)]));
    let files = ["approvals.json", "plan.json", "users.csv"].map(|name| (name, folder.read(name)));
    let flipped: usize = std::thread::scope(|scope| {
        let files = &files;
        let flippers: Vec<_> =
            (0..FLIPPERS).map(|first| scope.spawn(move || flip_every_byte(files, first))).collect();
        flippers.into_iter().map(|flipper| flipper.join().unwrap()).sum()
    });
    assert_eq!(flipped, files.iter().map(|(_, bytes)| bytes.len()).sum::<usize>());
    succeeds(&folder.run(&APPLY));
}

/// Flips one byte in [`FLIPPERS`] of each file, one after the other, and applies.
fn flip_every_byte(files: &[(&str, Vec<u8>)], first: usize) -> usize {
    let folder = Folder::new();
    files.iter().for_each(|(name, bytes)| drop(folder.write(name, bytes)));
    let mut flipped = 0;
    for (name, whole) in files {
        for at in (first..whole.len()).step_by(FLIPPERS) {
            let mut bytes = whole.clone();
            bytes[at] ^= FLIPS[at / FLIPPERS % FLIPS.len()];
            folder.write(name, &bytes);
            let run = folder.run(&APPLY);
            assert_eq!(run.status, 4, "{name}, byte {at}: {}", run.stderr);
            assert!(run.stderr.starts_with("error: cannot "), "{name}, byte {at}: {}", run.stderr);
            flipped += 1;
        }
        folder.write(name, whole);
        assert_eq!(folder.names(), files.iter().map(|(name, _)| *name).collect::<Vec<_>>());
    }
    flipped
}

#[test]
fn a_plan_is_applied_once() {
    let folder = planned();
    let apply = ["apply", "users.csv", "--plan", "plan.json", "-o", "import.csv"];
    succeeds(&folder.run(&apply));
    let journal = String::from_utf8(folder.read("plan.json.applied")).unwrap();
    let entry = json(journal.as_bytes());
    assert_eq!(journal.lines().count(), 1);
    assert_eq!(entry["plan"], seal::sha256(&folder.read("plan.json")));
    assert_eq!(entry["export"]["file"], "users.csv");
    assert_eq!(entry["export"]["sha256"], seal::sha256(&folder.read("users.csv")));
    assert_eq!(entry["output"]["file"], "import.csv");
    assert_eq!(entry["output"]["sha256"], seal::sha256(&folder.read("import.csv")));
    assert_eq!((&entry["changes"], &entry["approvals"]), (&7.into(), &Value::Null));

    let again = ["apply", "users.csv", "--plan", "plan.json", "-o", "import2.csv"];
    let time = entry["time"].as_str().unwrap();
    let pieces = ["`plan.json`", "applied already", "expected", "found", time, "--again"];
    refused(&folder, &again, &pieces);
    refused(&folder, &[&again[..], &["--force"]].concat(), &pieces);
    // A failure is no application.
    let failed = ["apply", "users.csv", "--plan", "plan.json", "-o", "import.csv", "--again"];
    assert_eq!(folder.run(&failed).status, 2);
    assert_eq!(folder.read("plan.json.applied"), journal.as_bytes());

    let rollback = ["--again", "--rollback", "back.csv"];
    succeeds(&folder.run(&[&again[..], &rollback].concat()));
    let lines = String::from_utf8(folder.read("plan.json.applied")).unwrap();
    assert_eq!(lines.lines().count(), 2);
    let last = json(lines.lines().last().unwrap().as_bytes());
    assert_eq!(last["rollback"]["sha256"], seal::sha256(&folder.read("back.csv")));

    // What cannot be read does not pass for "never applied".
    folder.write("plan.json.applied", "{\"schema\": ");
    refused(&folder, &again, &["`plan.json.applied`", "line 1"]);
    // A plan from standard input lies nowhere, and has no journal.
    let mut piped = folder.command(&["apply", "users.csv", "--plan", "-", "-o", "import3.csv"]);
    let plan = std::fs::File::open(folder.join("plan.json")).unwrap();
    let run = Run::from(piped.stdin(plan).output().unwrap());
    succeeds(&run);
    assert!(folder.read("import3.csv") == folder.read("import.csv"));
}

#[test]
fn a_run_that_changed_nothing_is_no_application() {
    use Answer::{Approve, Refuse};
    let folder = planned();
    write(&folder, &answers(&folder, &[(7, Refuse)], &[]));
    let run = folder.run(&APPLY);
    succeeds(&run);
    assert_eq!(String::from_utf8(folder.read("import.csv")).unwrap(), import(&[]));
    assert!(!folder.names().contains(&"plan.json.applied".to_owned()), "{:?}", folder.names());
    let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("`plan.json.applied` does not count the plan as applied"), "{said}");
    // What was approved since can be applied, and then it is applied.
    write(&folder, &answers(&folder, &[(7, Approve)], &[]));
    succeeds(&folder.run(&[&APPLY[..], &["--force"]].concat()));
    let journal = folder.read("plan.json.applied");
    refused(&folder, &[&APPLY[..], &["--force"]].concat(), &["applied already", "--again"]);
    // Insisting with answers that change nothing adds no line, and takes none away.
    write(&folder, &answers(&folder, &[], &[]));
    succeeds(&folder.run(&[&APPLY[..], &["--force", "--again"]].concat()));
    assert_eq!(folder.read("plan.json.applied"), journal);
    // A line of a run that changed nothing does not count either.
    let line = String::from_utf8(journal).unwrap();
    folder.write("plan.json.applied", line.replace("\"changes\":4", "\"changes\":0"));
    write(&folder, &answers(&folder, &[(8, Approve)], &[]));
    succeeds(&folder.run(&[&APPLY[..], &["--force"]].concat()));
    assert_eq!(folder.read("plan.json.applied").split(|byte| *byte == b'\n').count(), 3);
}

#[test]
fn another_plan_of_the_same_name_is_another_plan() {
    let folder = planned();
    let apply = ["apply", "users.csv", "--plan", "plan.json", "--force", "-o", "import.csv"];
    succeeds(&folder.run(&apply));
    folder.write("map.csv", "203.0.113.7,c17.webex.com\n");
    let plan = ["plan", "users.csv", "-o", "plan.json", "--offline", "--map", "map.csv"];
    succeeds(&folder.run(&[&plan[..], &["--force"]].concat()));
    succeeds(&folder.run(&apply));
    let lines = String::from_utf8(folder.read("plan.json.applied")).unwrap();
    assert_eq!(lines.lines().count(), 2);
}

#[test]
fn approval_can_be_required() {
    let folder = planned();
    let apply = ["apply", "users.csv", "--plan", "plan.json", "-o", "import.csv"];
    let sha256 = seal::sha256(&folder.read("plan.json"));
    let pieces = ["without approval", "expected", &sha256, "found     none", "--approvals"];
    refused(&folder, &[&apply[..], &["--require-approval"]].concat(), &pieces);
    folder.write("photofix.toml", "require-approval = true\n");
    refused(&folder, &[&apply[..], &["--config", "photofix.toml"]].concat(), &pieces);
    let fix = ["fix", "users.csv", "-o", "import.csv", "--offline", "--map", "map.csv"];
    for arguments in [&apply[..], &fix[..]] {
        let mut command = folder.command(arguments);
        let run = Run::from(command.env("PHOTOFIX_REQUIRE_APPROVAL", "1").output().unwrap());
        assert_eq!(run.status, 4, "{}", run.stderr);
        assert!(run.stderr.contains("without approval"), "{}", run.stderr);
    }
    write(&folder, &answers(&folder, &[(7, Answer::Approve)], &[]));
    succeeds(&folder.run(&[&APPLY[..], &["--require-approval"]].concat()));
}

#[test]
fn old_plans_expire() {
    let folder = planned();
    let apply = ["apply", "users.csv", "--plan", "plan.json", "-o", "import.csv"];
    // Ten days old, one of which the clock is not sure.
    let made = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(10 * 24);
    let set = |made: &str| {
        let mut plan = json(&folder.read("plan.json"));
        plan["made"] = made.into();
        plan["sha256"] = seal::UNSEALED.into();
        folder.write("plan.json", seal::to_file(&plan).unwrap());
    };
    set(&made.to_string());
    for (max_age, old) in [("9d", true), ("1w", true), ("12h", true), ("0", true), ("11d", false)] {
        let arguments = [&apply[..], &["--max-age", max_age, "--force"]].concat();
        if old {
            let pieces = ["too old", "expected  made at most", "found     made", "--max-age"];
            refused(&folder, &arguments, &pieces);
        } else {
            succeeds(&folder.run(&arguments));
        }
    }
    set("2999-01-01T00:00:00Z");
    refused(&folder, &[&apply[..], &["--max-age", "9d"]].concat(), &["cannot be told", "2999"]);
    set("yesterday");
    refused(&folder, &[&apply[..], &["--max-age", "9d"]].concat(), &["cannot be told"]);
    for wrong in ["soon", "-1d", "3 moons"] {
        let option = format!("--max-age={wrong}");
        let run = folder.run(&[&apply[..], &[&option]].concat());
        assert_eq!(run.status, 2, "{}", run.stderr);
        assert!(run.stderr.contains(&format!("--max-age `{wrong}`")), "{}", run.stderr);
    }
}

#[test]
fn approve_answers_a_plan() {
    for (options, hosts, changed) in [
        (&["--all"][..], "approve 7, approve 8, approve 9", &[1, 2, 3, 4, 5, 6, 8][..]),
        (&["--host", "203.0.113.8"], "approve 8", &[4, 5]),
        (
            &["--host", "203.0.113.8:443", "--host", "203.0.113.9"],
            "approve 8, approve 9",
            &[4, 5, 6],
        ),
        (&["--all", "--except", "203.0.113.7"], "refuse 7, approve 8, approve 9", &[4, 5, 6]),
    ] {
        let folder = planned();
        let approve = ["approve", "plan.json", "--reviewer", "Jane Doe", "--note", "checked"];
        let run = folder.run(&[&approve[..], options].concat());
        assert_eq!(run.status, 0, "{}", run.stderr);
        let approvals = Approvals::parse(&folder.read("approvals.json")).unwrap();
        assert_eq!(approvals.reviewer, "Jane Doe");
        let said: Vec<String> = approvals
            .hosts
            .iter()
            .map(|host| {
                assert_eq!(host.note.as_deref(), Some("checked"));
                let address = host.endpoint.host.to_string();
                format!("{} {}", host.decision.as_str(), address.rsplit('.').next().unwrap())
            })
            .collect();
        assert_eq!(said.join(", "), hosts, "{options:?}");
        succeeds(&folder.run(&APPLY));
        assert_eq!(String::from_utf8(folder.read("import.csv")).unwrap(), import(changed));
    }
}

#[test]
fn approve_refuses_what_is_no_choice() {
    let folder = planned();
    let approve = ["approve", "plan.json", "--reviewer", "Jane Doe"];
    for (options, piece) in [
        (&[][..], "nothing says what to approve"),
        (&["--host", "203.0.113.70"], "no host `203.0.113.70`"),
        (&["--host", "203.0.113.7:80"], "no host `203.0.113.7:80`"),
        (&["--host", "203.0.113.10"], "does not rewrite `203.0.113.10` (unresolved"),
        (&["--all", "--except", "203.0.113.70"], "no host `203.0.113.70`"),
        (&["--host", "203.0.113.7:x"], "`203.0.113.7:x` is no `ADDRESS[:PORT]`"),
        (&["--all", "-o", "plan.json", "--force"], "the same file as the plan"),
        (&["--all", "-o", "map.csv"], "exists already"),
        (&["--all", "--host", "203.0.113.7"], "cannot be used with"),
    ] {
        let before = folder.names();
        let run = folder.run(&[&approve[..], options].concat());
        assert_eq!(run.status, 2, "{options:?}: {}", run.stderr);
        assert!(run.stderr.contains(piece), "{piece}: {}", run.stderr);
        assert_eq!(folder.names(), before);
    }
    // Nobody's name.
    let mut command = folder.command(&["approve", "plan.json", "--all"]);
    for name in ["USER", "LOGNAME", "USERNAME"] {
        command.env_remove(name);
    }
    let run = Run::from(command.output().unwrap());
    assert_eq!(run.status, 2, "{}", run.stderr);
    assert!(run.stderr.contains("--reviewer"), "{}", run.stderr);

    let plan = String::from_utf8(folder.read("plan.json")).unwrap();
    folder.write("plan.json", plan.replace("c7.webex.com", "c6.webex.com"));
    refused(&folder, &[&approve[..], &["--all"]].concat(), &["`plan.json`", "edited"]);
}

#[test]
fn show_renders_plans_reports_and_approvals_stale_ones_too() {
    let folder = planned();
    write(&folder, &answers(&folder, &[(7, Answer::Approve)], &[(2, Answer::Refuse)]));
    succeeds(&folder.run(&[&APPLY[..], &["--report", "report.json"]].concat()));
    folder.write("users.csv", "gone");
    for (name, pieces) in [
        ("plan.json", &["7 of 8 records would get", "c7.webex.com", "it was applied (apply)"][..]),
        ("report.json", &["3 of 8 records get", "203.0.113.7", "Jane Doe approved 3 records"]),
        ("approvals.json", &["Jane Doe approved 1 and refused 1", "203.0.113.7:443", "record 2"]),
    ] {
        for format in ["human", "md"] {
            let run = folder.run(&["show", name, "--format", format]);
            assert_eq!(run.status, 0, "{}", run.stderr);
            let text = run.text().replace(['\\', '`'], "").replace("\n      ", " ");
            for piece in pieces {
                assert!(text.contains(piece), "{name} as {format}: no {piece} in {text}");
            }
        }
        let run = folder.run(&["show", name, "--format", "json"]);
        assert_eq!(json(&run.stdout), json(&folder.read(name)), "{name}");
    }
    // An edited plan is shown, and said to be edited.
    let plan = String::from_utf8(folder.read("plan.json")).unwrap();
    folder.write("edited.json", plan.replace("c7.webex.com", "c6.webex.com"));
    let run = folder.run(&["show", "edited.json"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.text().contains("edited since it was written"), "{}", run.text());
    for (name, text) in [("no.json", "{}"), ("map.json", "203.0.113.7,c7.webex.com")] {
        folder.write(name, text);
        let run = folder.run(&["show", name]);
        assert_eq!(run.status, 1, "{}", run.stderr);
        assert!(run.stderr.contains(name) && run.stderr.contains("hint: "), "{}", run.stderr);
    }
}

#[test]
fn a_file_of_another_kind_is_called_by_its_name() {
    let folder = planned();
    write(&folder, &answers(&folder, &[(7, Answer::Approve)], &[]));
    let apply = ["apply", "users.csv", "--plan", "plan.json", "-o", "i.csv", "--report", "r.json"];
    succeeds(&folder.run(&apply));
    let plan = |file| ["apply", "users.csv", "--again", "-o", "x.csv", "--plan", file];
    let with = |file| [&plan("plan.json")[..], &["--approvals", file]].concat();
    let replay = ["plan", "users.csv", "-o", "new.json", "--replay"];
    for (arguments, pieces) in [
        (plan("r.json").to_vec(), ["`r.json` is a JSON report", "a plan is wanted", "plan -o`"]),
        (
            plan("approvals.json").to_vec(),
            ["`approvals.json` is approvals", "a plan is wanted", "plan -o`"],
        ),
        (
            vec!["approve", "approvals.json", "-o", "x.json", "--all"],
            ["`approvals.json` is approvals", "a plan is wanted", "plan -o`"],
        ),
        (
            vec!["approve", "r.json", "-o", "x.json", "--all"],
            ["`r.json` is a JSON report", "a plan is wanted", "plan -o`"],
        ),
        (
            with("plan.json"),
            ["`plan.json` is a plan", "approvals are wanted", "`photofix approve`"],
        ),
        (
            [&replay[..], &["plan.json"]].concat(),
            ["`plan.json` is a plan", "a recording is wanted", "`--record` wrote"],
        ),
    ] {
        refused(&folder, &arguments, &pieces);
    }
    let large = std::fs::File::create(folder.join("large.json")).unwrap();
    large.set_len((1 << 30) + 1).unwrap();
    for arguments in [plan("large.json").to_vec(), with("large.json"), vec!["show", "large.json"]] {
        let run = folder.run(&arguments);
        assert_eq!(run.status, 1, "{}", run.stderr);
        assert!(run.stderr.contains("`large.json`: it has more than 1073741824"), "{}", run.stderr);
    }
}
