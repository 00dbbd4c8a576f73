//! Documents held against the published schemas, and the schemas against wrong documents.

use std::collections::BTreeMap;
use std::path::Path;

use jsonschema::Validator;
use serde_json::{Value, json};

use super::super::terminal::Style;
use super::super::*;
use super::explanations::*;
use super::samples::*;

const SCHEMAS: [&str; 15] = [
    "report-1",
    "report-jsonl-1",
    "check-1",
    "check-jsonl-1",
    "csr-1",
    "csr-jsonl-1",
    "explanation-1",
    "inspect-1",
    "plan-1",
    "reconcile-1",
    "recording-1",
    "verify-1",
    "approvals-1",
    "applied-1",
    "parts-1",
];

fn schema(name: &str) -> Value {
    let file = format!("schema/{name}.schema.json");
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn validator(name: &str) -> Validator {
    jsonschema::validator_for(&schema(name)).unwrap()
}

#[track_caller]
fn assert_valid(validator: &Validator, document: &Value) {
    let errors: Vec<String> = validator
        .iter_errors(document)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{}\nin {document:#}", errors.join("\n"));
}

/// The reports to validate, with their rows: every shape, and every word of the ledger.
fn reports() -> Vec<(Report, Vec<Row<'static>>)> {
    let mut bare = rich();
    bare.endpoints[0].endpoint.host = "ldap-photos".to_owned().into();
    bare.endpoints[0].endpoint.scheme = crate::evidence::Scheme::Http;
    bare.endpoints[1].candidates[0].verdict = "not-applicable".into();
    bare.certificates = verdicts().certificates;
    bare.approval = Some(approval());
    bare.carry = Some(carry());
    vec![(rich(), rich_rows()), hostile(), (empty(), Vec::new()), (bare, rich_rows())]
}

fn lines(text: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(text).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn every_report_is_what_its_schema_says() {
    let (document, line) = (validator("report-1"), validator("report-jsonl-1"));
    for (report, rows) in reports() {
        for redaction in [Redaction::Keep, Redaction::Redact] {
            let json = rendered(Kind::Json, redaction, &report, &rows);
            assert_valid(&document, &serde_json::from_slice(&json).unwrap());
            let found = lines(&rendered(Kind::Jsonl, redaction, &report, &rows));
            assert_eq!(found.len(), rows.len() + 2);
            found.iter().for_each(|found| assert_valid(&line, found));
        }
    }
}

#[test]
fn what_the_other_commands_print_is_what_their_schemas_say() {
    let (hostile, _) = hostile();
    let mut all = verdicts();
    all.certificates.extend(hostile.certificates);
    let mut text = Vec::new();
    all.to_json(&mut text).unwrap();
    assert_valid(&validator("check-1"), &serde_json::from_slice(&text).unwrap());
    text.clear();
    all.to_jsonl(&mut text).unwrap();
    let line = validator("check-jsonl-1");
    lines(&text).iter().for_each(|found| assert_valid(&line, found));

    text.clear();
    requests().to_json(&mut text).unwrap();
    assert_valid(&validator("csr-1"), &serde_json::from_slice(&text).unwrap());
    text.clear();
    requests().to_jsonl(&mut text).unwrap();
    let line = validator("csr-jsonl-1");
    assert_eq!(lines(&text).len(), requests().requests.len() + 2);
    lines(&text).iter().for_each(|found| assert_valid(&line, found));

    let mut inspections = vec![inspection(), inspection()];
    inspections[1].export = empty().export;
    inspections[1].warnings[0].explanation = HOSTILE.to_owned();
    for inspection in inspections {
        text.clear();
        inspection.to_json(&mut text).unwrap();
        assert_valid(&validator("inspect-1"), &serde_json::from_slice(&text).unwrap());
    }
    for verification in [verification(Vec::new()), verification(vec![violation()])] {
        text.clear();
        verification.to_json(&mut text).unwrap();
        let document: Value = serde_json::from_slice(&text).unwrap();
        assert_valid(&validator("verify-1"), &document);
        assert_eq!(document["proven"], verification.is_proven());
    }
}

#[test]
fn what_explain_prints_is_what_its_schema_says() {
    let schema = validator("explanation-1");
    for explanation in [explained(), explained_unresolved(), told_by_a_plan(), explained_hostile()]
    {
        let mut text = Vec::new();
        explanation.to_json(&mut text).unwrap();
        let document: Value = serde_json::from_slice(&text).unwrap();
        assert_valid(&schema, &document);
        for (pointer, wrong) in [
            ("/kind", json!("approvals")),
            ("/decision/class", json!("rewrite")),
            ("/decision/map_lines", json!(null)),
            ("/evidence", json!([{"source": "hearsay"}])),
        ] {
            let mut document_with = document.clone();
            *document_with.pointer_mut(pointer).unwrap() = wrong;
            assert!(!schema.is_valid(&document_with), "{pointer}");
        }
    }
}

#[test]
fn what_reconcile_prints_is_what_its_schema_says_and_redaction_hides_who() {
    for redaction in [Redaction::Keep, Redaction::Redact] {
        let mut found = reconciled();
        found.redact(redaction);
        let (mut json, mut text) = (Vec::new(), Vec::new());
        found.to_json(&mut json).unwrap();
        found.render(&Style { color: false, width: 80, unicode: true }, &mut text).unwrap();
        assert_valid(&validator("reconcile-1"), &serde_json::from_slice(&json).unwrap());
        for shown in [json, text] {
            let shown = String::from_utf8(shown).unwrap();
            assert_eq!(shown.contains("jane@corp"), redaction == Redaction::Keep, "{shown}");
            assert!(!shown.contains('\u{1b}') && !shown.contains('\u{202e}'), "{shown}");
        }
    }
}

#[test]
fn plans_approvals_journals_and_manifests_are_what_their_schemas_say() {
    use crate::approval::{Answer, Approvals, HostAnswer, PlanReference, RowAnswer};
    use crate::journal::{Entry, FileDigest, How};
    use crate::plan::Plan;
    use crate::rewrite::Done;
    let made = "2026-11-20T09:30:00Z";
    let sha256 = || "ab".repeat(32);
    let done = Done { ledger: Ledger::default(), decided: 3, digest: sha256() };
    for (report, _) in reports() {
        let plan = Plan::new(report, made.to_owned(), &done).to_file().unwrap();
        assert_valid(&validator("plan-1"), &serde_json::from_slice(&plan).unwrap());
        Plan::parse(&plan).unwrap();
    }

    let plan = PlanReference { sha256: sha256(), export_sha256: sha256() };
    let mut approvals = Approvals::new(plan, HOSTILE.to_owned(), made.parse().unwrap());
    for (decision, note) in [(Answer::Approve, None), (Answer::Refuse, Some(HOSTILE.to_owned()))] {
        let endpoint = rich().endpoints[0].endpoint.clone();
        approvals.hosts.push(HostAnswer { endpoint, decision, note: note.clone() });
        approvals.rows.push(RowAnswer { record: 1, decision, note });
    }
    let file = approvals.to_file().unwrap();
    assert_valid(&validator("approvals-1"), &serde_json::from_slice(&file).unwrap());
    Approvals::parse(&file).unwrap();

    let named = || FileDigest { file: HOSTILE.to_owned(), sha256: sha256() };
    for (command, more) in [(How::Apply, false), (How::Rebase, true), (How::Reverse, true)] {
        let entry = Entry {
            schema: crate::journal::SCHEMA.to_owned(),
            time: made.to_owned(),
            command,
            plan: sha256(),
            export: named(),
            output: named(),
            rollback: more.then(named),
            approvals: more.then(sha256),
            changes: 7,
        };
        let line = entry.to_line().unwrap();
        assert_valid(&validator("applied-1"), &serde_json::from_slice(&line).unwrap());
    }

    let part = manifest::Part { file: HOSTILE.to_owned(), records: 3, bytes: 99, sha256: sha256() };
    let mut text = Vec::new();
    manifest::Manifest::new(&rich().export, true, vec![part]).to_json(&mut text).unwrap();
    assert_valid(&validator("parts-1"), &serde_json::from_slice(&text).unwrap());
}

#[test]
fn wrong_documents_are_refused() {
    let json = rendered(Kind::Json, Redaction::Keep, &rich(), &rich_rows());
    let right: Value = serde_json::from_slice(&json).unwrap();
    let document = validator("report-1");
    assert_valid(&document, &right);
    for (pointer, wrong) in [
        ("/schema", json!("photofix.report/2")),
        ("/command", json!("inspect")),
        ("/export/sha256", json!("0f")),
        ("/export/encoding", json!("utf8")),
        ("/ledger/held", json!(-1)),
        ("/endpoints/0/decision", json!("guess")),
        ("/endpoints/0/port", json!(70_000)),
        ("/endpoints/0/hint", json!(7)),
        ("/endpoints/1/candidates/0/forward", json!("probably")),
        ("/endpoints/1/candidates/0/sources/0", json!("hearsay")),
        ("/certificates/0/verdict", json!("fine")),
        ("/certificates/0/revocation/state", json!("ok")),
        ("/certificates/0/not_after", json!("2027-03-01 00:00:00 UTC")),
        ("/changes/0/byte_range", json!([1])),
        ("/changes/0/record", json!(0)),
        ("/held/0/class", json!("rewritten")),
        ("/held/0/reason", json!("Not a word")),
        ("/held/0/key", json!("jane")),
    ] {
        let mut document_with = right.clone();
        *document_with.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = wrong;
        assert!(!document.is_valid(&document_with), "{pointer}");
    }
    let mut more = right.clone();
    more["surprise"] = json!(1);
    assert!(!document.is_valid(&more), "an unknown key");
    let mut less = right.clone();
    less.as_object_mut().unwrap().shift_remove("held");
    assert!(!document.is_valid(&less), "a missing key");
    let line = validator("report-jsonl-1");
    assert!(!line.is_valid(&right), "a document is no line");
    assert!(!line.is_valid(&json!({"type": "end", "changes": 1})));
}

/// Walks a schema: every object is closed but the options, and everything is described.
fn walk(name: &str, at: &str, schema: &Value) {
    match schema {
        Value::Object(keys) => {
            if keys.get("type") == Some(&json!("object")) && !at.ends_with("/options") {
                assert_eq!(keys.get("additionalProperties"), Some(&json!(false)), "{name}{at}");
                assert!(keys.contains_key("description"), "{name}{at}");
            }
            for (key, value) in keys {
                walk(name, &format!("{at}/{key}"), value);
            }
        }
        Value::Array(values) => values.iter().for_each(|value| walk(name, at, value)),
        _ => {}
    }
}

#[test]
fn schemas_are_strict_described_and_agree() {
    let mut definitions: BTreeMap<String, Value> = BTreeMap::new();
    for name in SCHEMAS {
        let schema = schema(name);
        assert!(jsonschema::draft202012::meta::is_valid(&schema), "{name}");
        walk(name, "", &schema);
        for (key, definition) in schema["$defs"].as_object().unwrap() {
            let first = definitions.entry(key.clone()).or_insert_with(|| definition.clone());
            assert_eq!(first, definition, "{name} defines {key} otherwise");
        }
    }
    assert_eq!(schema("report-1")["properties"]["schema"]["const"], SCHEMA);
    assert_eq!(schema("check-1")["properties"]["schema"]["const"], certificates::SCHEMA);
    assert_eq!(schema("csr-1")["properties"]["schema"]["const"], requests::SCHEMA);
    assert_eq!(schema("inspect-1")["properties"]["schema"]["const"], inspection::SCHEMA);
    assert_eq!(schema("explanation-1")["properties"]["schema"]["const"], explanation::SCHEMA);
    assert_eq!(schema("verify-1")["properties"]["schema"]["const"], verification::SCHEMA);
    assert_eq!(schema("reconcile-1")["properties"]["schema"]["const"], reconciliation::SCHEMA);
    assert_eq!(schema("recording-1")["properties"]["schema"]["const"], crate::recording::SCHEMA);
    assert_eq!(schema("plan-1")["properties"]["schema"]["const"], crate::plan::SCHEMA);
    assert_eq!(schema("approvals-1")["properties"]["schema"]["const"], crate::approval::SCHEMA);
    assert_eq!(schema("applied-1")["properties"]["schema"]["const"], crate::journal::SCHEMA);
    assert_eq!(schema("parts-1")["properties"]["schema"]["const"], manifest::SCHEMA);
}

#[test]
fn a_report_is_read_back_as_it_was_written() {
    for (report, _) in reports() {
        let text = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&text).unwrap(), report);
    }
}

#[test]
fn a_report_that_is_shown_again_says_the_same() {
    let (report, rows) = (rich(), rich_rows());
    let json = rendered(Kind::Json, Redaction::Keep, &report, &rows);
    let read: read_back::ReadBack = serde_json::from_slice(&json).unwrap();
    assert_eq!(read.report, report);
    let again: Vec<Row<'_>> = read.rows().collect();
    for kind in [Kind::Markdown, Kind::Json] {
        let expected = rendered(kind, Redaction::Keep, &report, &rows);
        let found = rendered(kind, Redaction::Keep, &read.report, &again);
        assert!(found == expected, "{kind:?}");
    }
    let mut found = Vec::new();
    document_to_json(&json, &mut found).unwrap();
    let read: Value = serde_json::from_slice(&found).unwrap();
    assert_eq!(read, serde_json::from_slice::<Value>(&json).unwrap());
}
