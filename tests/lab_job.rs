//! The whole job against real peers on loopback: every line of the samples' world gets its own
//! answer, every question is put once, and nobody but a confirmed name reaches the import file.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use common::{Folder, Run, samples};
use lab::{Certificate, DnsFault, Lab, TlsFault};
use serde_json::Value;

/// Runs `fix` in a folder with the lab's settings; questions that nobody answers end soon.
fn fix(folder: &Folder, lab: &Lab, export: &str, more: &[&str]) -> Run {
    let config = lab.write_config(folder.path()).unwrap();
    let arguments = ["fix", export, "-o", "import.csv", "--force", "--timeout", "1s"];
    let config = ["--retries", "0", "--config", config.to_str().unwrap()];
    folder.run(&[&arguments[..], &config, more].concat())
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

/// An export with these photo cells.
fn export(cells: impl IntoIterator<Item = String>) -> String {
    let mut text = "email,userProfilePhotoURL,phoneBusinessNumber\r\n".to_owned();
    for (at, cell) in cells.into_iter().enumerate() {
        write!(text, "user{at}@corp.example.com,{cell},+49 89 {at:07}\r\n").unwrap();
    }
    text
}

#[test]
fn every_address_of_the_samples_gets_its_own_answer() {
    let folder = Folder::new();
    let lab = lab::demo::webex().start().unwrap();
    let (users, map) = (samples().join("users.csv"), samples().join("map.csv"));
    let more = ["--map", map.to_str().unwrap(), "--report", "report.json"];
    let run = fix(&folder, &lab, users.to_str().unwrap(), &more);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let report = json(&folder.read("report.json"));
    let found: BTreeMap<String, (String, String)> = report["endpoints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|endpoint| {
            let text = |key: &str| endpoint[key].as_str().unwrap_or("").to_owned();
            let what = match text("decision").as_str() {
                "rewrite" => text("host"),
                other => other.to_owned(),
            };
            (text("address"), (what, text("reason")))
        })
        .collect();
    let expected = [
        ("203.0.113.10", "c10.webexconnect.com", "trusted"),
        ("203.0.113.11", "c11.webexconnect.com", "trusted"),
        ("203.0.113.12", "c12.webex.com", "trusted"),
        ("2001:db8::13", "c13.webexcontent.com", "trusted"),
        ("203.0.113.14", "unresolved", "contradicted"),
        ("203.0.113.15", "unresolved", "outside-domains"),
        ("203.0.113.16", "unresolved", "outside-domains"),
        ("203.0.113.17", "unresolved", "absent"),
        ("203.0.113.18", "hold", "certificate-prompts"),
        ("203.0.113.19", "hold", "certificate-prompts"),
        ("203.0.113.20", "hold", "ambiguous"),
        ("203.0.113.21", "unresolved", "could-not-ask"),
        ("203.0.113.22", "unresolved", "could-not-ask"),
        ("203.0.113.23", "hold", "certificate-prompts"),
        ("203.0.113.24", "c24.webex.com", "trusted"),
        ("203.0.113.25", "c25.webexconnect.com", "plain-http"),
        ("203.0.113.26", "c26.webexconnect.com", "trusted"),
        ("203.0.113.27", "img27.webexconnect.com", "trusted"),
        ("203.0.113.28", "hold", "certificate-refuses"),
        ("203.0.113.29", "hold", "certificate-prompts"),
        ("ldap-photos", "c10.webexconnect.com", "trusted"),
    ];
    for (address, what, reason) in expected {
        let found = &found[address];
        assert_eq!((found.0.as_str(), found.1.as_str()), (what, reason), "{address}");
    }
    assert_eq!(found.len(), expected.len());

    // Of a stranger's name nothing reaches the import file, and it is never asked for.
    let import = String::from_utf8_lossy(&folder.read("import.csv")).into_owned();
    for stranger in ["evil.example", "notwebex.com", "ghost.webex.com", "elsewhere.webex.com"] {
        assert!(!import.contains(stranger), "{stranger}");
    }
    for stranger in ["webex.com.evil.example", "notwebex.com"] {
        assert_eq!(lab.dns_questions_about(stranger), 0, "{stranger}");
    }
    // What the map contradicts is shown.
    let endpoints = report["endpoints"].as_array().unwrap();
    let mapped = endpoints.iter().find(|endpoint| endpoint["address"] == "203.0.113.24").unwrap();
    assert_eq!(mapped["candidates"][0]["forward"], "contradicted");
    assert!(mapped["explanation"].as_str().unwrap().contains("203.0.113.124"), "{mapped}");
    // For all certificates together two CRLs are asked for, of their CA and of the root, and the
    // one responder that answers, once each.
    for certificate in report["certificates"].as_array().unwrap() {
        let expected = match certificate["host"].as_str().unwrap() {
            "c18.webex.com" => "invalid", // It expired, and CRLs forget such certificates.
            "c23.webex.com" => "not-asked", // Its issuer is not presented.
            "c28.webex.com" => "revoked",
            "c29.webex.com" => "unreachable",
            _ => "good",
        };
        assert_eq!(certificate["revocation"]["state"], expected, "{certificate}");
    }
    assert_eq!(lab.fetches().values().collect::<Vec<_>>(), [&1, &1, &1], "{:?}", lab.fetches());

    let run = folder.run(&["verify", users.to_str().unwrap(), "import.csv"]);
    assert_eq!(run.status, 0, "{}", run.text());
}

/// Holds a document against a published schema.
fn assert_valid(schema: &str, document: &Value) {
    let path = samples().with_file_name("schema").join(format!("{schema}.schema.json"));
    let schema = json(&std::fs::read(path).unwrap());
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{}", errors.join("\n"));
}

#[test]
fn real_documents_are_what_the_published_schemas_say() {
    let folder = Folder::new();
    let lab = lab::demo::webex().start().unwrap();
    let (users, map) = (samples().join("users.csv"), samples().join("map.csv"));
    let (users, map) = (users.to_str().unwrap(), map.to_str().unwrap());
    let more = ["--map", map, "--check-all", "--report", "r.json", "--report", "r.jsonl"];
    assert_eq!(fix(&folder, &lab, users, &more).status, 3);
    let report = json(&folder.read("r.json"));
    assert_valid("report-1", &report);
    let lines = String::from_utf8(folder.read("r.jsonl")).unwrap();
    for line in lines.lines() {
        assert_valid("report-jsonl-1", &json(line.as_bytes()));
    }
    // The rows are all there, and each says what the export has at its byte range.
    let export = std::fs::read(users).unwrap();
    let changes = report["changes"].as_array().unwrap();
    assert_eq!(changes.len() as u64, report["ledger"]["rewritten"].as_u64().unwrap());
    for change in changes {
        let at = |end: usize| usize::try_from(change["byte_range"][end].as_u64().unwrap()).unwrap();
        let old = std::str::from_utf8(&export[at(0)..at(1)]).unwrap();
        assert!(change["old"].as_str().unwrap().contains(old), "{change}");
    }
    // `--check-all` asked the WebEx names that were there already.
    let certificates = report["certificates"].to_string();
    assert!(certificates.contains("img1.webexconnect.com"), "{certificates}");

    let config = lab.write_config(folder.path()).unwrap();
    let config = config.to_str().unwrap();
    let plan = ["plan", users, "-o", "plan.json", "--map", map, "--config", config];
    let run = folder.run(&[&plan[..], &["--timeout", "1s", "--retries", "0"]].concat());
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert_valid("plan-1", &json(&folder.read("plan.json")));
    let run = folder.run(&["inspect", users, "--format", "json"]);
    assert_valid("inspect-1", &json(&run.stdout));
    let run = folder.run(&["verify", users, "import.csv", "--format", "json"]);
    assert_valid("verify-1", &json(&run.stdout));
    let check = ["check", "c10.webexconnect.com", "c18.webex.com", "--config", config];
    let run = folder.run(&[&check[..], &["--format", "json"]].concat());
    assert_valid("check-1", &json(&run.stdout));
    let run = folder.run(&[&check[..], &["--format", "jsonl"]].concat());
    for line in run.text().lines() {
        assert_valid("check-jsonl-1", &json(line.as_bytes()));
    }

    // The plan applied gives what `fix` gave.
    let apply = ["apply", users, "--plan", "plan.json", "-o", "applied.csv"];
    let run = folder.run(&apply);
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert!(folder.read("applied.csv") == folder.read("import.csv"));
}

/// A world of 500 addresses, each with a name of its own.
fn five_hundred() -> lab::Builder {
    let mut world =
        Lab::builder().photo_server_any(Certificate::for_names(&["*.webexconnect.com"]));
    for n in 0..500 {
        let (address, name) = (address(n), format!("h{n}.webexconnect.com"));
        world = world.ptr(&address, &[&name]).host(&name, &[&address]);
    }
    world
}

fn address(n: usize) -> String {
    format!("198.18.{}.{}", n / 250, n % 250 + 1)
}

/// A report without the milliseconds that answers took.
fn timeless(report: &str) -> String {
    const FIELD: &str = "\"elapsed_ms\":";
    let mut parts = report.split(FIELD);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| text + FIELD + part.trim_start_matches(char::is_numeric))
}

#[test]
fn each_distinct_question_is_put_once_at_any_concurrency() {
    let folder = Folder::new();
    let cells = (0..10_000).map(|row| format!("https://{}/photos/{row}.jpg", address(row % 500)));
    folder.write("users.csv", export(cells));
    let lab = five_hundred().start().unwrap();
    let mut runs = Vec::new();
    for (concurrency, times) in [("1", 1), ("64", 2)] {
        let options = ["--concurrency", concurrency, "--report", "report.jsonl"];
        let run = fix(&folder, &lab, "users.csv", &options);
        assert_eq!(run.status, 0, "{}", run.stderr);
        let questions = lab.dns_questions();
        let pointers = questions.keys().filter(|(_, record_type)| record_type == "PTR").count();
        assert_eq!(pointers, 500);
        let again: Vec<_> = questions.iter().filter(|(_, put)| **put != times).collect();
        assert!(again.is_empty(), "not put once in each run: {again:?}");
        let handshakes = lab.handshakes();
        let named = handshakes.iter().filter(|(hello, _)| hello.server_name.is_some());
        assert!(named.clone().all(|(_, made)| *made == times));
        assert_eq!(named.count(), 500);
        // Of the report only the option itself may differ, and how long answers took.
        let report = String::from_utf8(folder.read("report.jsonl")).unwrap();
        let option = format!("\"concurrency\":{concurrency}");
        assert!(report.contains(&option));
        let report = timeless(&report.replace(&option, "\"concurrency\":N"));
        runs.push((folder.read("import.csv"), report));
    }
    assert!(runs[0].0 == runs[1].0, "the import files differ");
    assert!(runs[0].1 == runs[1].1, "the reports differ");
}

#[test]
fn what_cannot_be_asked_is_said_first_and_never_good() {
    let folder = Folder::new();
    folder.write("users.csv", export(["https://203.0.113.7/a.jpg".to_owned()]));
    for fault in [DnsFault::Silent, DnsFault::ServFail, DnsFault::Refused, DnsFault::Garbage] {
        let lab = Lab::builder().dns_fault("*", fault).start().unwrap();
        let run = fix(&folder, &lab, "users.csv", &["--report", "report.json"]);
        assert_eq!(run.status, 3, "{}", run.stderr);
        assert!(run.stderr.starts_with("note: no resolver answered"), "{fault:?}: {}", run.stderr);
        let report = json(&folder.read("report.json"));
        assert_eq!(report["endpoints"][0]["reason"], "could-not-ask", "{fault:?}");
        assert!(report["notes"][0].as_str().unwrap().starts_with("no resolver answered"));
        assert!(folder.read("import.csv") == folder.read("users.csv"));
    }
}

#[test]
fn servers_that_misbehave_hold_the_row_with_the_reason() {
    let folder = Folder::new();
    for (fault, words) in [
        (TlsFault::Refused, "refused"),
        (TlsFault::Reset, "reset"),
        (TlsFault::Close, "closed"),
        (TlsFault::Tarpit, "within 1 s"),
        (TlsFault::NotTls, "TLS"),
        (TlsFault::StallAfterHello, "within 1 s"),
    ] {
        let lab = Lab::builder()
            .ptr("203.0.113.7", &["c7.webex.com"])
            .host("c7.webex.com", &["203.0.113.7"])
            .tls_fault("203.0.113.7", 443, fault)
            .start()
            .unwrap();
        folder.write("users.csv", export(["https://203.0.113.7/a.jpg".to_owned()]));
        let run = fix(&folder, &lab, "users.csv", &["--report", "report.json"]);
        assert_eq!(run.status, 3, "{fault:?} {}", run.stderr);
        let report = json(&folder.read("report.json"));
        let endpoint = &report["endpoints"][0];
        assert_eq!(endpoint["decision"], "hold", "{fault:?}: {endpoint}");
        let why = endpoint["explanation"].as_str().unwrap();
        assert!(why.contains(words), "{fault:?}: {why}");
        // The administrator may write it all the same; then it is flagged.
        let run = fix(&folder, &lab, "users.csv", &["--certificate", "warn", "--report", "r.json"]);
        assert_eq!(run.status, 0, "{fault:?} {}", run.stderr);
        let report = json(&folder.read("r.json"));
        assert_eq!(report["endpoints"][0]["reason"], "flagged", "{fault:?}");
    }
}

#[test]
fn one_bad_address_of_several_holds_the_name() {
    let folder = Folder::new();
    let good = Certificate::for_names(&["c7.webex.com"]);
    let lab = Lab::builder()
        .ptr("203.0.113.7", &["c7.webex.com"])
        .host("c7.webex.com", &["203.0.113.7", "203.0.113.8", "2001:db8::7"])
        .photo_server("203.0.113.7", 443, good.clone())
        .photo_server("203.0.113.8", 443, good.clone().expired())
        .photo_server("2001:db8::7", 443, good)
        .start()
        .unwrap();
    folder.write("users.csv", export(["https://203.0.113.7/a.jpg".to_owned()]));
    let run = fix(&folder, &lab, "users.csv", &["--report", "report.json"]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let report = json(&folder.read("report.json"));
    let why = report["endpoints"][0]["explanation"].as_str().unwrap();
    assert!(why.contains("203.0.113.8") && why.contains("expired"), "{why}");
    assert_eq!(report["certificates"].as_array().unwrap().len(), 3);
}

#[test]
fn addresses_that_are_not_public_are_left_alone_unless_allowed() {
    let folder = Folder::new();
    let lab = Lab::builder()
        .ptr("10.1.2.3", &["c7.webex.com"])
        .host("c7.webex.com", &["10.1.2.3"])
        .photo_server("10.1.2.3", 443, Certificate::for_names(&["c7.webex.com"]))
        .start()
        .unwrap();
    folder.write("users.csv", export(["https://10.1.2.3/a.jpg".to_owned()]));
    let run = fix(&folder, &lab, "users.csv", &["--allow-private=false"]);
    assert_eq!(run.status, 3);
    assert!(run.stderr.contains("--allow-private"), "{}", run.stderr);
    assert!(lab.handshakes().is_empty());
    let run = fix(&folder, &lab, "users.csv", &[]);
    assert_eq!(run.status, 0, "{}", run.stderr);
}

#[test]
fn names_come_from_the_list_and_the_default_too() {
    let folder = Folder::new();
    let certificate = Certificate::for_names(&["*.webex.com"]);
    let lab = Lab::builder()
        .host("listed.webex.com", &["203.0.113.7"])
        .host("photos.webex.com", &["203.0.113.99"])
        .photo_server("203.0.113.7", 443, certificate.clone())
        .photo_server("203.0.113.99", 443, certificate)
        .start()
        .unwrap();
    folder.write("names.txt", "# tried everywhere\nlisted.webex.com\nnowhere.webex.com\n");
    let cells = ["https://203.0.113.7/a.jpg", "https://203.0.113.8/b.jpg"].map(str::to_owned);
    folder.write("users.csv", export(cells));
    let run = fix(&folder, &lab, "users.csv", &["--candidates", "names.txt"]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let import = String::from_utf8(folder.read("import.csv")).unwrap();
    assert!(import.contains("https://listed.webex.com/a.jpg"), "{import}");
    assert!(import.contains("https://203.0.113.8/b.jpg"), "{import}");
    let more = ["--candidates", "names.txt", "--default-host", "photos.webex.com"];
    let run = fix(&folder, &lab, "users.csv", &more);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let import = String::from_utf8(folder.read("import.csv")).unwrap();
    assert!(import.contains("https://listed.webex.com/a.jpg"), "{import}");
    assert!(import.contains("https://photos.webex.com/b.jpg"), "{import}");
}

#[test]
fn a_run_ends_at_its_deadline() {
    let folder = Folder::new();
    let lab = Lab::builder().dns_fault("*", DnsFault::Silent).start().unwrap();
    folder.write("users.csv", export((0..50).map(|n| format!("http://{}/a.jpg", address(n)))));
    let options = ["--deadline", "1s", "--timeout", "1h", "--concurrency", "1"];
    let run = fix(&folder, &lab, "users.csv", &options);
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert!(run.stderr.contains("deadline"), "{}", run.stderr);
}

#[test]
fn check_judges_names_by_profile() {
    let folder = Folder::new();
    let lab = Lab::builder()
        .host("good.webex.com", &["203.0.113.7"])
        .host("old.webex.com", &["203.0.113.8"])
        .host("cn.webex.com", &["203.0.113.9"])
        .photo_server("203.0.113.7", 443, Certificate::for_names(&["good.webex.com"]))
        .photo_server("203.0.113.8", 8443, Certificate::for_names(&["old.webex.com"]).expired())
        .photo_server("203.0.113.9", 443, Certificate::common_name_only("cn.webex.com"))
        .start()
        .unwrap();
    let config = lab.write_config(folder.path()).unwrap();
    let config = config.to_str().unwrap();
    for (host, profile, verdict, status) in [
        ("good.webex.com", "jabber", "trusted", 0),
        ("https://good.webex.com/a.jpg", "strict", "trusted", 0),
        ("old.webex.com:8443", "jabber", "prompts", 3),
        ("old.webex.com:8443", "strict", "refuses", 3),
        ("cn.webex.com", "jabber", "trusted", 0),
        ("cn.webex.com", "jabber-12", "prompts", 3),
        ("nowhere.webex.com", "jabber", "unknown", 3),
    ] {
        let check = ["check", host, "--config", config, "--profile", profile];
        let run = folder.run(&[&check[..], &["--format", "json"]].concat());
        assert_eq!(run.status, status, "{host} {profile}: {}{}", run.text(), run.stderr);
        let report = json(&run.stdout);
        assert_eq!(report["certificates"][0]["verdict"], verdict, "{host} {profile}: {report}");
        let run = folder.run(&check);
        assert!(run.text().contains(verdict), "{}", run.text());
    }
    folder.write("hosts.txt", "# two\ngood.webex.com\n\nold.webex.com:8443\n");
    let input = std::fs::File::open(folder.join("hosts.txt")).unwrap();
    let arguments = ["check", "-", "--config", config, "--format", "jsonl"];
    let output = folder.command(&arguments).stdin(input).output().unwrap();
    let lines = String::from_utf8(output.stdout).unwrap();
    assert_eq!(lines.matches("\"type\":\"certificate\"").count(), 2, "{lines}");
    assert!(lines.ends_with("{\"type\":\"end\",\"certificates\":2}\n"), "{lines}");
}
