//! `photofix explain` against real peers on loopback, and from the documents of the same run.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::{Folder, Run, samples};
use lab::Lab;
use serde_json::Value;

/// A screen: the columns of output that is no terminal's, and lines.
const SCREEN: (usize, usize) = (100, 50);

/// The samples' export and map, and the lab's settings; questions that nobody answers end soon.
fn with_samples(folder: &Folder, lab: &Lab, command: &[&str], more: &[&str]) -> Run {
    let map = samples().join("map.csv");
    let config = lab.write_config(folder.path()).unwrap();
    let options = ["--map", map.to_str().unwrap(), "--config", config.to_str().unwrap()];
    folder.run(&[command, &options, &["--timeout", "1s", "--retries", "0"], more].concat())
}

fn users() -> String {
    samples().join("users.csv").to_str().unwrap().to_owned()
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

fn explained(folder: &Folder, lab: &Lab, question: &[&str]) -> (i32, Value) {
    let more = [question, &["--format", "json"]].concat();
    let run = with_samples(folder, lab, &["explain", &users()], &more);
    assert!(run.stderr.is_empty(), "{question:?}: {}", run.stderr);
    let document = json(&run.stdout);
    assert_valid(&document);
    (run.status, document)
}

fn assert_valid(document: &Value) {
    let path = samples().with_file_name("schema").join("explanation-1.schema.json");
    let validator = jsonschema::validator_for(&json(&std::fs::read(path).unwrap())).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn every_record_and_every_host_says_why() {
    let folder = Folder::new();
    let lab = lab::demo::webex().start().unwrap();
    for (question, status, kind, class, reason) in [
        (["--record", "1"], 0, "ip", "rewritten", "trusted"),
        (["--record", "22"], 0, "ip", "rewritten", "trusted"),
        (["--record", "45"], 0, "empty", "untouched", "empty"),
        (["--record", "46"], 0, "dash", "untouched", "dash"),
        (["--record", "50"], 0, "not-url", "untouched", "not-url"),
        (["--record", "51"], 0, "not-url", "untouched", "not-url"),
        (["--record", "69"], 3, "unreadable", "unreadable", "undecodable"),
        (["--address", "203.0.113.10"], 0, "ip", "rewritten", "trusted"),
        (["--address", "0xCB.0.0161.10"], 0, "ip", "rewritten", "trusted"),
        (["--address", "3405803786:443"], 0, "ip", "rewritten", "trusted"),
        (["--address", "[2001:db8:0::13]"], 0, "ip", "rewritten", "trusted"),
        (["--address", "203.0.113.14"], 3, "ip", "unresolved", "contradicted"),
        (["--address", "203.0.113.15"], 3, "ip", "unresolved", "outside-domains"),
        (["--address", "203.0.113.17"], 3, "ip", "unresolved", "absent"),
        (["--address", "203.0.113.18"], 3, "ip", "held", "certificate-prompts"),
        (["--address", "203.0.113.20"], 3, "ip", "held", "ambiguous"),
        (["--address", "203.0.113.21"], 3, "ip", "unresolved", "could-not-ask"),
        (["--address", "203.0.113.24"], 0, "ip", "rewritten", "trusted"),
        (["--address", "http://203.0.113.25/"], 0, "ip", "rewritten", "plain-http"),
        (["--address", "203.0.113.28"], 3, "ip", "held", "certificate-refuses"),
        (["--address", "LDAP-photos"], 0, "bare", "rewritten", "trusted"),
    ] {
        let (found, document) = explained(&folder, &lab, &question);
        let decision = &document["decision"];
        let said = (&document["record"]["host_kind"], &decision["class"], &decision["reason"]);
        assert_eq!(said, (&kind.into(), &class.into(), &reason.into()), "{question:?}");
        assert_eq!(found, status, "{question:?}");
        // What is decided is told with its evidence; what is not is not asked about.
        let is_decided = class != "untouched" && class != "unreadable";
        assert_eq!(document["endpoint"].is_object(), is_decided, "{question:?}");
        assert_eq!(!document["evidence"].as_array().unwrap().is_empty(), is_decided);
        // The host is where it is said to be.
        if let Some(cell) = document["record"]["cell"].as_str() {
            let range = &document["record"]["host_range"];
            let at = |n: usize| usize::try_from(range[n].as_u64().unwrap()).unwrap();
            let host = range.is_array().then(|| &cell[at(0)..at(1)]);
            assert_eq!(host.is_some(), kind == "ip" || kind == "bare", "{question:?}");
        }
        let has_map_lines = !decision["map_lines"].as_array().unwrap().is_empty();
        assert_eq!(has_map_lines, class == "unresolved" || reason == "ambiguous", "{question:?}");
    }
}

#[test]
fn every_source_candidate_and_finding_is_there() {
    let folder = Folder::new();
    let lab = lab::demo::webex().start().unwrap();
    let (_, document) = explained(&folder, &lab, &["--address", "203.0.113.14"]);
    let said: Vec<(&str, &str)> = document["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["source"].as_str().unwrap(), it["answer"].as_str().unwrap()))
        .collect();
    let expected = [
        ("map", "nothing"),
        ("certificate", "offers"),
        ("ptr", "offers"),
        ("corpus", "nothing"),
        ("list", "not-given"),
        ("default", "not-given"),
    ];
    assert_eq!(said, expected);
    let candidates: Vec<(&str, &str, Option<&str>)> = document["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| {
            let forward = it["forward"].as_str().unwrap();
            (it["host"].as_str().unwrap(), forward, it["admitted_by"].as_str())
        })
        .collect();
    let expected = [
        ("other.example.net", "not-asked", None),
        ("elsewhere.webex.com", "contradicted", Some("webex.com")),
    ];
    assert_eq!(candidates, expected);
    assert_eq!(document["decision"]["map_lines"][0], "203.0.113.14,NAME.webex.com");
    // Nobody else was asked about: neither other addresses nor strangers' names.
    let questions = lab.dns_questions();
    let pointers: Vec<_> = questions.keys().filter(|(_, kind)| kind == "PTR").collect();
    assert_eq!(pointers.len(), 1, "{pointers:?}");
    assert_eq!(lab.dns_questions_about("other.example.net"), 0);

    let (_, document) = explained(&folder, &lab, &["--address", "203.0.113.18"]);
    let certificate = &document["certificates"][0];
    let findings = certificate["findings"].as_array().unwrap();
    assert_eq!(findings.len(), 15, "one for each rule");
    let broken: Vec<_> = findings.iter().filter(|it| it["status"] == "broken").collect();
    assert_eq!(broken.len(), 1, "{broken:?}");
    assert_eq!(broken[0]["rule"], "valid-now");
    let minds: Vec<(&str, &str)> = broken[0]["profiles"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["profile"].as_str().unwrap(), it["response"].as_str().unwrap()))
        .collect();
    assert_eq!(minds, [("jabber", "prompts"), ("jabber-12", "prompts"), ("strict", "refuses")]);
    let form = findings.iter().find(|it| it["rule"] == "well-formed").unwrap();
    assert_eq!(form["profiles"].as_array().unwrap().len(), 1, "it counts for strict alone");
}

/// What a document says of a question, for people and for scripts.
fn told(folder: &Folder, file: &str, question: [&str; 2]) -> (Run, Value) {
    let arguments = [&["explain", file][..], &question].concat();
    let document = folder.run(&[&arguments[..], &["--format", "json"]].concat());
    let run = folder.run(&arguments);
    assert!(run.stderr.is_empty() && document.status == run.status, "{}", run.stderr);
    let document = json(&document.stdout);
    assert_valid(&document);
    (run, document)
}

#[track_caller]
fn assert_fits(text: &str) {
    let (columns, lines) = SCREEN;
    assert!(text.lines().count() <= lines, "more than a screen:\n{text}");
    assert!(text.lines().all(|line| line.chars().count() <= columns), "too wide:\n{text}");
}

#[test]
fn a_plan_and_a_report_tell_the_same_without_a_packet() {
    let folder = Folder::new();
    let lab = lab::demo::webex().start().unwrap();
    let users = users();
    let plan = with_samples(&folder, &lab, &["plan", &users, "-o", "plan.json"], &[]);
    assert_eq!(plan.status, 3, "{}", plan.stderr);
    let fix = ["fix", &users, "-o", "import.csv", "--report", "report.json"];
    assert_eq!(with_samples(&folder, &lab, &fix, &[]).status, 3);
    let questions = lab.dns_questions();
    let asked = [
        ("1", "203.0.113.10"),
        ("5", "203.0.113.14"),
        ("9", "203.0.113.18"),
        ("15", "203.0.113.24"),
    ];
    let documents = asked.map(|(record, address)| {
        [
            told(&folder, "report.json", ["--record", record]),
            told(&folder, "report.json", ["--address", address]),
            told(&folder, "plan.json", ["--record", record]),
            told(&folder, "plan.json", ["--address", address]),
        ]
    });
    assert_eq!(lab.dns_questions(), questions);
    for ((record, _), documents) in asked.into_iter().zip(documents) {
        let question = ["--record", record];
        let (status, now) = explained(&folder, &lab, &question);
        assert_fits(&with_samples(&folder, &lab, &["explain", &users], &question).text());
        for (run, document) in documents {
            assert_eq!(run.status, status, "{}", run.stderr);
            assert_fits(&run.text());
            let hosts = |document: &Value| -> Vec<Value> {
                let candidates = document["candidates"].as_array().unwrap();
                candidates.iter().map(|it| it["host"].clone()).collect()
            };
            assert_eq!(hosts(&document), hosts(&now), "{document}");
            // Every finding, and whatever else was seen, but for how long answers took.
            let findings = |document: &Value| -> Vec<Value> {
                let certificates = document["certificates"].as_array().unwrap();
                certificates.iter().map(|it| it["findings"].clone()).collect()
            };
            assert_eq!(findings(&document), findings(&now), "{document}");
            for pointer in ["/endpoint/address", "/decision/class", "/decision/reason"] {
                assert_eq!(document.pointer(pointer), now.pointer(pointer), "{document}");
            }
            // Only a plan that is asked about an address has no record.
            if document["record"].is_object() {
                assert_eq!(document["record"], now["record"]);
                assert_eq!(document["decision"], now["decision"]);
            }
        }
    }

    // A record that a report does not list is untouched, and the plan's export has its cell.
    let (run, document) = told(&folder, "report.json", ["--record", "46"]);
    assert_eq!((run.status, &document["record"]["host_kind"]), (0, &"unlisted".into()));
    let (run, document) = told(&folder, "plan.json", ["--record", "46"]);
    assert_eq!((run.status, &document["record"]["host_kind"]), (0, &"dash".into()));
    // An option that says nothing about a plan is not passed over in silence.
    let run = folder.run(&["explain", "plan.json", "--record", "46", "--profile", "strict"]);
    assert!(run.text().contains("--profile does not count"), "{}", run.text());
    // Standard input is as good as a file.
    let input = std::fs::File::open(folder.join("plan.json")).unwrap();
    let arguments = ["explain", "-", "--address", "203.0.113.10"];
    let run: Run = folder.command(&arguments).stdin(input).output().unwrap().into();
    assert_eq!(run.status, 0, "{}", run.stderr);
    // A plan that was edited is told, and said to be.
    let edited = String::from_utf8(folder.read("plan.json")).unwrap();
    folder.write("edited.json", edited.replacen("c10.webexconnect.com", "c99.webexconnect.com", 1));
    let run = folder.run(&["explain", "edited.json", "--address", "203.0.113.10"]);
    assert!(run.text().contains("edited since it was written"), "{}", run.text());
}

#[test]
fn photos_are_told_from_an_export_a_plan_and_a_report() {
    let folder = Folder::new();
    let lab = lab::demo::webex().start().unwrap();
    let users = users();
    let plan = ["plan", &users, "-o", "plan.json", "--report", "report.json"];
    assert_eq!(with_samples(&folder, &lab, &plan, &["--photos", "sample"]).status, 3);
    let question = ["--address", "203.0.113.10"];
    let now = [&question[..], &["--photos", "sample"]].concat();
    let (_, export) = explained(&folder, &lab, &now);
    let photos = export["photos"].as_array().unwrap();
    assert_eq!(photos[0]["host"], "c10.webexconnect.com", "{export:#}");
    assert!(photos[0]["urls"].as_u64().unwrap() > 0);
    let shown = with_samples(&folder, &lab, &["explain", &users], &now);
    assert_fits(&shown.text());
    let line = "c10.webexconnect.com: of ";
    assert!(shown.text().contains(line), "{}", shown.text());
    for file in ["plan.json", "report.json"] {
        let (run, document) = told(&folder, file, question);
        assert_eq!(document["photos"], export["photos"], "{file}");
        assert!(run.text().contains(line), "{}", run.text());
        assert_fits(&run.text());
    }
    // Where none were compared, that is said, and how they would be.
    let (_, export) = explained(&folder, &lab, &question);
    assert!(export["photos"].is_null());
    let shown = with_samples(&folder, &lab, &["explain", &users], &question).text();
    assert!(shown.contains("compared    none: --photos sample compares them"), "{shown}");
}

#[test]
fn a_report_without_findings_says_so() {
    let folder = Folder::new();
    let lab = lab::demo::webex().start().unwrap();
    let fix = ["fix", &users(), "-o", "import.csv", "--report", "report.json"];
    assert_eq!(with_samples(&folder, &lab, &fix, &[]).status, 3);
    let mut report = json(&folder.read("report.json"));
    for certificate in report["certificates"].as_array_mut().unwrap() {
        assert!(certificate.as_object_mut().unwrap().remove("findings").is_some());
    }
    folder.write("older.json", report.to_string());
    let (run, document) = told(&folder, "older.json", ["--address", "203.0.113.10"]);
    assert!(document["certificates"][0]["findings"].is_null());
    let note = document["notes"][0].as_str().unwrap();
    assert!(note.starts_with("the report keeps no findings, for photofix "), "{note}");
    assert!(note.contains("users.csv`"), "{note}");
    assert!(run.text().contains("the report keeps no findings"), "{}", run.text());
}

#[test]
fn offline_nobody_is_asked() {
    let folder = Folder::new();
    let lab = lab::demo::webex().start().unwrap();
    for (address, status, reason) in
        [("203.0.113.10", 3, "unresolved  offline: "), ("203.0.113.24", 0, "stated-offline")]
    {
        let run = with_samples(
            &folder,
            &lab,
            &["explain", &users()],
            &["--address", address, "--offline"],
        );
        assert_eq!(run.status, status, "{}", run.stderr);
        assert!(run.text().contains(reason), "{}", run.text());
        assert!(run.text().contains("not asked: offline"), "{}", run.text());
    }
    assert!(lab.dns_questions().is_empty());
}

#[test]
fn what_cannot_be_explained_says_what_is_there() {
    let folder = Folder::new();
    let cells = "email,userProfilePhotoURL\n\
        a@x,https://203.0.113.7/a\n\
        b@x,https://203.0.113.7:8443/b\n\
        c@x,203.0.113.9/c.jpg\n\
        d@x,https://ldap/d\n";
    folder.write("users.csv", cells);
    folder.write("open.csv", format!("{cells}e@x,\"https://203.0.113.7/e\nf@x,-\n"));
    folder.write("approvals.json", r#"{"schema": "photofix.approvals/1"}"#);
    let plan = ["plan", "users.csv", "-o", "plan.json", "--offline"];
    assert_eq!(folder.run(&plan).status, 3);
    for (file, question, status, words) in [
        ("users.csv", &["--record", "5"][..], 2, "there is no record 5: there are 4 records"),
        ("users.csv", &["--record", "0"], 2, "records are counted from 1"),
        ("open.csv", &["--record", "6"], 2, "in record 5 the quote opened on line 6"),
        ("users.csv", &["--address", "203.0.113.7"], 2, "means 2 endpoints"),
        ("users.csv", &["--address", "203.0.113.8"], 2, "they point to 2 other hosts"),
        (
            "users.csv",
            &["--address", "203.0.113.9"],
            2,
            "record 3 has it in a photo cell that is no",
        ),
        (
            "users.csv",
            &["--address", "203.0.113.7:80"],
            2,
            "they point to `https://203.0.113.7:443`",
        ),
        ("users.csv", &["--address", "c7.webex.com"], 2, "`photofix check` gives the verdict"),
        ("users.csv", &["--address", "203.0.113.999"], 2, "is no `ADDRESS[:PORT]`"),
        ("users.csv", &[], 2, "--record <N>|--address"),
        ("users.csv", &["--record", "1", "--address", "203.0.113.7"], 2, "cannot be used with"),
        ("plan.json", &["--address", "203.0.113.8"], 2, "they point to 1 other host"),
        ("plan.json", &["--record", "5"], 2, "there is no record 5: there are 4 records"),
        ("approvals.json", &["--record", "1"], 1, "its schema is `photofix.approvals/1`"),
        ("nothing.csv", &["--record", "1"], 1, "cannot open `nothing.csv`"),
    ] {
        let run = folder.run(&[&["explain", file, "--offline"], question].concat());
        assert_eq!(run.status, status, "{file} {question:?}: {}{}", run.text(), run.stderr);
        assert!(run.stderr.contains(words), "{file} {question:?}: {}", run.stderr);
        assert!(run.stdout.is_empty(), "{file} {question:?}: {}", run.text());
    }
    // What cannot be read is explained too: that is the answer.
    let run = folder.run(&["explain", "open.csv", "--record", "5", "--offline"]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert!(run.text().contains("unclosed-quote: the quote opened on line 6"), "{}", run.text());
    // A bare host that no map knows needs nothing but a line of the map.
    let run = folder.run(&["explain", "users.csv", "--address", "ldap", "--offline"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(run.text().contains("ldap,NAME.webex.com"), "{}", run.text());
    // The plan's export must be the one that was planned for.
    folder.write("users.csv", cells.replace("d@x", "e@x"));
    let run = folder.run(&["explain", "plan.json", "--record", "1"]);
    assert_eq!(run.status, 4, "{}", run.stderr);
    assert!(run.stderr.contains("a plan, which keeps no records"), "{}", run.stderr);
}
