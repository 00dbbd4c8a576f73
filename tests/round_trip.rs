//! What goes in comes out: properties over generated exports, and the shipped samples.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::HashMap;
use std::fs;
use std::io::{self, Write};
use std::ops::Range;

use common::{Folder, peer, python, samples};
use photofix::evidence::{Endpoint, OldHost, Scheme};
use photofix::export::{Choices, Contents, Encoding, Layout, Reader};
use photofix::name::Fqdn;
use photofix::proof::{self, Finding};
use photofix::reference::{Candidate, Scope};
use photofix::rewrite::{
    ImportSink, Met, Outputs, Rewriter, Rewritten, Treatment, Treatments, Unguarded, rewrite_export,
};
use proptest::prelude::*;

/// The hosts of generated cells: every kind, several spellings of one address.
const HOSTS: [&str; 10] = [
    "203.0.113.7",
    "0xcb.0.0x71.7",
    "3405803783",
    "[2001:DB8::7]",
    "203.0.113.8",
    "c1.webex.com",
    "photos.example.org",
    "ldap-photos",
    "２０３.0.113.7",
    "user:pw@203.0.113.7",
];

#[derive(Clone, Debug)]
struct Shape {
    encoding: Encoding,
    bom: bool,
    delimiter: char,
    line_ending: &'static str,
    quote_all: bool,
    final_line_ending: bool,
}

fn shape() -> impl Strategy<Value = Shape> {
    (
        prop::sample::select(vec![
            (Encoding::Utf8, false),
            (Encoding::Utf8, true),
            (Encoding::Utf16Le, true),
            (Encoding::Utf16Le, false),
            (Encoding::Utf16Be, true),
        ]),
        prop::sample::select(vec![',', '\t', ';']),
        prop::sample::select(vec!["\r\n", "\n", "\r"]),
        any::<bool>(),
        any::<bool>(),
    )
        .prop_map(|((encoding, bom), delimiter, line_ending, quote_all, final_line_ending)| {
            Shape { encoding, bom, delimiter, line_ending, quote_all, final_line_ending }
        })
}

/// A photo cell and a neighbour: the neighbour holds whatever hurts a careless program.
fn row() -> impl Strategy<Value = (String, String)> {
    let cell = prop_oneof![
        4 => (0..HOSTS.len(), "(:8443)?", "/[a-z0-9~.,;\"%]{0,8}", any::<bool>()).prop_map(
            |(host, port, path, again)| {
                let query = if again { "?ip=203.0.113.7" } else { "" };
                format!("https://{}{port}{path}{query}", HOSTS[host])
            }
        ),
        1 => Just(String::new()),
        1 => Just("-".to_owned()),
        1 => "[a-z \"]{0,6}",
    ];
    let neighbour = prop_oneof![
        "[a-zé漢ø ,;\t\"']{0,10}",
        Just("+0041 44 000 00 07".to_owned()),
        Just("line\r\nbreak".to_owned()),
        Just("see https://203.0.113.7/help".to_owned()),
        Just("000123".to_owned()),
    ];
    (cell, neighbour)
}

fn build(shape: &Shape, rows: &[(String, String)]) -> Vec<u8> {
    let quoted = |text: &str| {
        let needs = text.contains([shape.delimiter, '"', '\r', '\n']);
        if shape.quote_all || needs {
            format!("\"{}\"", text.replace('"', "\"\""))
        } else {
            text.to_owned()
        }
    };
    let line = |cells: [&str; 3]| cells.map(quoted).join(&shape.delimiter.to_string());
    let mut lines = vec![line(["email", "userProfilePhotoURL", "address1"])];
    for (at, (cell, neighbour)) in rows.iter().enumerate() {
        lines.push(line([&format!("u{at}@corp.example.com"), cell, neighbour]));
    }
    let mut text = lines.join(shape.line_ending);
    if shape.final_line_ending {
        text.push_str(shape.line_ending);
    }
    let text = if shape.bom { format!("\u{feff}{text}") } else { text };
    match shape.encoding {
        Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        _ => text.into_bytes(),
    }
}

fn choices() -> Choices {
    Choices { encoding: None, delimiter: None, column: None, layout: Layout::Headered }
}

fn treatments(decided: bool) -> Treatments {
    let domains = vec![Fqdn::parse("webex.com").unwrap()];
    let scope = Scope { domains: domains.clone(), ..Scope::default() };
    let mut by_endpoint = HashMap::new();
    if decided {
        for (host, port, name) in [
            ("203.0.113.7", 443, "c7.webex.com"),
            ("203.0.113.7", 8443, "c7.webex.com"),
            ("2001:db8::7", 443, "a-much-longer-name-than-the-address.webex.com"),
            ("ldap-photos", 443, "c9.webex.com"),
        ] {
            let candidate = Candidate {
                name: Fqdn::parse(name).unwrap(),
                sources: Default::default(),
                support: None,
            };
            let endpoint =
                Endpoint { host: OldHost::from(host.to_owned()), port, scheme: Scheme::Https };
            by_endpoint.insert(endpoint, Treatment::Rewrite(scope.admit(&candidate).unwrap()));
        }
    }
    Treatments { domains, by_endpoint, ..Treatments::default() }
}

struct Fixed {
    import: Vec<u8>,
    rollback: Vec<u8>,
    /// Numbers of the changed records.
    changed: Vec<u64>,
    /// Where the new hosts stand in the import file.
    hosts: Vec<Range<usize>>,
}

/// An import file that has to know where each record begins.
#[derive(Default)]
struct OneByOne {
    bytes: Vec<u8>,
    records: u64,
}

impl Write for OneByOne {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl ImportSink for OneByOne {
    fn begin_record(&mut self) -> io::Result<()> {
        self.records += 1;
        Ok(())
    }
}

fn fix(export: &[u8], decided: bool, contents: Contents) -> Fixed {
    let mut fixed =
        Fixed { import: Vec::new(), rollback: Vec::new(), changed: Vec::new(), hosts: Vec::new() };
    let mut reader = Reader::open(export, &choices()).unwrap();
    let mut outputs =
        Outputs { import: &mut fixed.import, contents, rollback: Some(&mut fixed.rollback) };
    let (changed, hosts) = (&mut fixed.changed, &mut fixed.hosts);
    let width = match reader.dialect().encoding {
        Encoding::Utf16Le | Encoding::Utf16Be => 2,
        _ => 1,
    };
    let mut shift = 0;
    let treatments = treatments(decided);
    let mut rewriter = Rewriter::new(&treatments, reader.dialect());
    let done = rewrite_export(
        &mut reader,
        &mut rewriter,
        &mut Unguarded,
        &mut outputs,
        &mut |met: Met<'_>| {
            if let Rewritten::Changed(change) = met.rewritten {
                let position = met.record.position();
                changed.push(position.record);
                let start = usize::try_from(position.byte).unwrap() + change.span.start;
                let length = change.host.len() * width;
                let start = start.checked_add_signed(shift).unwrap();
                hosts.push(start..start + length);
                shift +=
                    isize::try_from(length).unwrap() - isize::try_from(change.span.len()).unwrap();
            }
            Ok(())
        },
    )
    .unwrap();
    // Where nobody looks, usual records are never made, and come out the same.
    let mut unseen = Vec::new();
    let mut reader = Reader::open(export, &choices()).unwrap();
    let mut rewriter = Rewriter::new(&treatments, reader.dialect());
    let mut outputs = Outputs { import: &mut unseen, contents, rollback: None };
    let again = rewrite_export(&mut reader, &mut rewriter, &mut Unguarded, &mut outputs, &mut ());
    assert_eq!(again.unwrap(), done);
    assert_eq!(unseen, fixed.import);
    // Told of every record, a sink gets the same bytes.
    let mut one_by_one = OneByOne::default();
    let mut reader = Reader::open(export, &choices()).unwrap();
    let mut rewriter = Rewriter::new(&treatments, reader.dialect());
    let mut outputs = Outputs { import: &mut one_by_one, contents, rollback: None };
    let again = rewrite_export(&mut reader, &mut rewriter, &mut Unguarded, &mut outputs, &mut ());
    assert_eq!(again.unwrap(), done);
    assert_eq!(one_by_one.bytes, fixed.import);
    if contents == Contents::Everything {
        assert_eq!(one_by_one.records, reader.seen().records);
    }
    fixed
}

/// Raw records of a file, the header and blank lines included, with their record numbers.
fn records(bytes: &[u8]) -> Vec<(u64, Vec<u8>)> {
    let mut reader = Reader::open(bytes, &choices()).unwrap();
    let mut found = vec![(0, reader.bom_bytes().to_vec())];
    while let Some(record) = reader.next_record().unwrap() {
        let number = match record.kind() {
            photofix::export::RecordKind::Data => record.position().record,
            _ => 0,
        };
        found.push((number, record.raw().to_vec()));
    }
    found
}

/// The import file with the rollback's records in the place of the changed ones.
fn undo(fixed: &Fixed) -> Vec<u8> {
    let mut old = records(&fixed.rollback).into_iter().filter(|(number, _)| *number > 0);
    records(&fixed.import)
        .into_iter()
        .flat_map(|(number, raw)| {
            if number > 0 && fixed.changed.contains(&number) {
                old.next().expect("the rollback has every changed record").1
            } else {
                raw
            }
        })
        .collect()
}

/// How `verify` reads the import file: as the export was read.
fn as_export(export: &[u8]) -> Choices {
    let old = Reader::open(export, &choices()).unwrap();
    Choices {
        encoding: Some(old.dialect().encoding),
        delimiter: Some(old.dialect().delimiter),
        ..choices()
    }
}

fn proves(export: &[u8], import: &[u8], contents: Contents) -> (u64, Vec<String>) {
    let domains = [Fqdn::parse("webex.com").unwrap()];
    let mut old = Reader::open(export, &choices()).unwrap();
    let mut new = Reader::open(import, &as_export(export)).unwrap();
    let mut violations = Vec::new();
    let counted = proof::prove(&mut old, &mut new, contents, &domains, &mut |finding| {
        if let Finding::Violation(violation) = finding {
            violations.push(format!("{violation:?}"));
        }
    })
    .unwrap();
    (counted.changed, violations)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn without_a_decision_the_import_file_is_the_export(
        shape in shape(),
        rows in prop::collection::vec(row(), 1..12),
    ) {
        let export = build(&shape, &rows);
        let fixed = fix(&export, false, Contents::Everything);
        prop_assert_eq!(fixed.import, export);
        prop_assert!(fixed.changed.is_empty());
    }

    #[test]
    fn undo_gives_the_export_back_and_the_proof_holds(
        shape in shape(),
        rows in prop::collection::vec(row(), 1..12),
    ) {
        let export = build(&shape, &rows);
        let fixed = fix(&export, true, Contents::Everything);
        prop_assert_eq!(&undo(&fixed), &export);
        let (changed, violations) = proves(&export, &fixed.import, Contents::Everything);
        prop_assert_eq!(violations, Vec::<String>::new());
        prop_assert_eq!(changed, fixed.changed.len() as u64);

        let only = fix(&export, true, Contents::ChangedOnly);
        let (changed, violations) = proves(&export, &only.import, Contents::ChangedOnly);
        prop_assert_eq!(violations, Vec::<String>::new());
        prop_assert_eq!(changed, fixed.changed.len() as u64);
        prop_assert_eq!(only.rollback, fixed.rollback);
    }

    #[test]
    fn the_proof_sees_any_other_byte_that_moves(
        shape in shape(),
        rows in prop::collection::vec(row(), 1..8),
        at in any::<prop::sample::Index>(),
        flip in 1u8..=255,
    ) {
        let export = build(&shape, &rows);
        let fixed = fix(&export, true, Contents::Everything);
        let mut import = fixed.import.clone();
        let at = at.index(import.len());
        import[at] ^= flip;
        // The bytes of a host that moved may move again: to another allowed name.
        prop_assume!(!fixed.hosts.iter().any(|host| host.contains(&at)));
        let as_export = as_export(&export);
        // A file that can no longer be read is refused all the louder.
        if Reader::open(import.as_slice(), &as_export).is_ok() {
            let (_, violations) = proves(&export, &import, Contents::Everything);
            prop_assert!(!violations.is_empty(), "byte {} flipped unseen", at);
        }
    }
}

/// The samples, with the options that each needs.
fn shipped() -> Vec<(&'static str, Vec<&'static str>)> {
    vec![
        ("users.csv", vec![]),
        ("users-bom.csv", vec![]),
        ("users-unicode.txt", vec![]),
        ("userFile_2026-11-20_1.csv", vec!["--headerless"]),
    ]
}

#[test]
fn a_sample_without_a_decision_stays_as_it_is() {
    for (sample, options) in shipped() {
        let folder = Folder::new();
        let export = samples().join(sample);
        let export = export.to_str().unwrap();
        let arguments = [&["fix", export, "-o", "out", "--offline"][..], &options].concat();
        let run = folder.run(&arguments);
        assert_eq!(run.status, 3, "{sample}: its addresses are unresolved\n{}", run.stderr);
        assert!(folder.read("out") == fs::read(export).unwrap(), "{sample}");
    }
}

#[test]
fn fix_is_plan_and_apply_and_the_rollback_takes_it_back() {
    let map = samples().join("map.csv");
    let map = map.to_str().unwrap();
    for (sample, options) in shipped() {
        let folder = Folder::new();
        let export = samples().join(sample);
        let export = export.to_str().unwrap();
        let job = [&[export, "--offline", "--map", map][..], &options].concat();
        let fix = [&["fix", "-o", "fix", "--rollback", "back", "--report", "fix.jsonl"], &job[..]];
        assert_eq!(folder.run(&fix.concat()).status, 3, "{sample}");
        let plan = [&["plan", "-o", "plan.json", "--report", "plan.jsonl"], &job[..]].concat();
        assert_eq!(folder.run(&plan).status, 3, "{sample}");
        let apply = ["apply", export, "--plan", "plan.json", "-o", "apply", "--rollback", "back2"];
        let run = folder.run(&[&apply[..], &["--report", "apply.jsonl"]].concat());
        assert_eq!(run.status, 3, "{sample}: {}", run.stderr);
        assert!(folder.read("fix") == folder.read("apply"), "{sample}");
        assert!(folder.read("back") == folder.read("back2"), "{sample}");
        // The rows of the three reports are the same; only the command differs.
        let rows = |name: &str| {
            let text = String::from_utf8(folder.read(name)).unwrap();
            text.lines().skip(1).map(ToOwned::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(rows("fix.jsonl"), rows("plan.jsonl"), "{sample}");
        assert_eq!(rows("fix.jsonl"), rows("apply.jsonl"), "{sample}");

        let verify = [&["verify", export, "fix"][..], &options].concat();
        let run = folder.run(&verify);
        assert_eq!(run.status, 0, "{sample}: {}", run.text());

        let only = [&["fix", "-o", "only", "--only-changed"], &job[..]].concat();
        assert_eq!(folder.run(&only).status, 3, "{sample}");
        let verify = [&["verify", export, "only", "--only-changed"][..], &options].concat();
        let run = folder.run(&verify);
        assert_eq!(run.status, 0, "{sample}: {}", run.text());

        // What verify says, somebody else says too.
        if let Some(python) = python() {
            let check = |import: &str| {
                let script = samples().with_file_name("tests").join("independent_check.py");
                let mut command = std::process::Command::new(&python);
                command.arg(script).arg(export).arg(folder.join(import)).args(&options);
                let output = command.output().unwrap();
                let said = String::from_utf8_lossy(&output.stdout).into_owned();
                let error = String::from_utf8_lossy(&output.stderr).into_owned();
                (output.status.success(), format!("{sample}: {said}{error}"))
            };
            let (same, said) = check("fix");
            assert!(same && said.contains("changed hosts"), "{said}");
            // And it would have seen it: a `+` or a zero lost, as a spreadsheet loses them.
            let mut damaged = folder.read("fix");
            let at = damaged.iter().rposition(|byte| *byte == b'0').unwrap();
            damaged.remove(at);
            folder.write("damaged", &damaged);
            let (same, said) = check("damaged");
            assert!(!same, "{said}");
        }
    }
}

#[test]
fn the_diff_report_makes_the_import_file_of_the_export() {
    let Some(patch) = peer("patch") else { return };
    let folder = Folder::new();
    let map = samples().join("map.csv");
    folder.write("users.csv", fs::read(samples().join("users.csv")).unwrap());
    let fix = ["fix", "users.csv", "-o", "out.csv", "--offline", "--report", "users.diff", "--map"];
    assert_eq!(folder.run(&[&fix[..], &[map.to_str().unwrap()]].concat()).status, 3);
    let output = std::process::Command::new(patch)
        .current_dir(folder.path())
        .args(["--binary", "-o", "patched.csv", "users.csv", "users.diff"])
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    assert!(folder.read("patched.csv") == folder.read("out.csv"));
}
