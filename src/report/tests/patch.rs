//! The diff report, applied by the tools that apply diffs.

use std::path::Path;
use std::process::Command;

use super::super::*;
use super::samples::*;

const OLD: &[&[u8]] = &[
    b"email,photo\r\n",
    b"a@b.example,https://203.0.113.7/a.jpg\r\n",
    b"\"two\r\nlines\",https://203.0.113.7/b.jpg\r\n",
    b"x,-\r\n",
    b"J\xfcrgen,https://[2001:db8::7]/c.jpg",
];
const NEW: &[&[u8]] = &[
    b"email,photo\r\n",
    b"a@b.example,https://c12.webex.com/a.jpg\r\n",
    b"\"two\r\nlines\",https://c12.webex.com/b.jpg\r\n",
    b"x,-\r\n",
    b"J\xfcrgen,https://c6.webex.com/c.jpg",
];

/// The rows that make [`NEW`] of [`OLD`], with LF for CRLF where wanted.
fn diff(line_ending: &'static str) -> (Vec<u8>, Vec<u8>, Vec<u8>) {
    let ends = |raw: &[u8]| -> Vec<u8> {
        match line_ending {
            "LF" => raw.iter().copied().filter(|byte| *byte != b'\r').collect(),
            _ => raw.to_vec(),
        }
    };
    let (old, new): (Vec<Vec<u8>>, Vec<Vec<u8>>) =
        (OLD.iter().map(|raw| ends(raw)).collect(), NEW.iter().map(|raw| ends(raw)).collect());
    let mut report = rich();
    report.export.encoding = "ISO-8859-1".into();
    report.export.line_ending = line_ending.into();
    let rows: Vec<Row<'_>> = [(1, 2), (2, 3), (4, 6)]
        .into_iter()
        .map(|(record, line)| {
            Row::Change(Change {
                record: record as u64,
                line,
                key: None,
                endpoint: None,
                old: "https://203.0.113.7/",
                new: "https://c12.webex.com/",
                old_host: 8..19,
                new_host: 8..21,
                byte_range: 0..11,
                old_raw: &old[record],
                new_raw: &new[record],
            })
        })
        .collect();
    let diff = rendered(Kind::Diff, Redaction::Keep, &report, &rows);
    (old.concat(), new.concat(), diff)
}

/// Runs a tool in `folder`; none when it is not installed.
#[expect(clippy::print_stderr, reason = "a test that skips a peer says so")]
fn run(folder: &Path, tool: &str, arguments: &[&str]) -> Option<std::process::Output> {
    let output = Command::new(tool).current_dir(folder).args(arguments).output();
    match output {
        Ok(output) => Some(output),
        Err(error) => {
            eprintln!("skipped: `{tool}` cannot be run: {error}");
            None
        }
    }
}

#[test]
fn patch_and_git_make_the_import_file_of_the_export() {
    for line_ending in ["CRLF", "LF"] {
        let (old, new, diff) = diff(line_ending);
        for (tool, arguments) in [
            ("patch", &["--binary", "-p0", "export", "x.diff"][..]),
            ("git", &["apply", "--unidiff-zero", "-p0", "x.diff"]),
        ] {
            let folder = tempfile::tempdir().unwrap();
            for name in ["export", "import"] {
                std::fs::write(folder.path().join(name), &old).unwrap();
            }
            std::fs::write(folder.path().join("x.diff"), &diff).unwrap();
            let Some(output) = run(folder.path(), tool, arguments) else { continue };
            let said = String::from_utf8_lossy(&output.stdout).into_owned()
                + &String::from_utf8_lossy(&output.stderr);
            assert!(output.status.success(), "{tool}, {line_ending}: {said}");
            let name = if tool == "git" { "import" } else { "export" };
            let found = std::fs::read(folder.path().join(name)).unwrap();
            assert!(found == new, "{tool}, {line_ending}: {}", String::from_utf8_lossy(&found));
        }
    }
}

#[test]
fn what_patch_cannot_apply_is_for_reading_and_says_so() {
    let utf16: Vec<u8> =
        "a\thttps://203.0.113.7/\u{1b}\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    for (encoding, line_ending, redaction, raw, line) in [
        (
            "UTF-16LE",
            "CRLF",
            Redaction::Keep,
            utf16.as_slice(),
            "-a<U+0009>https://203.0.113.7/<U+001B>\n",
        ),
        ("UTF-8", "CR", Redaction::Keep, b"\"a\rb\",x\r", "@@ -2,2 +2,2 @@\n-\"a\n-b\",x\n"),
        ("UTF-8", "mixed", Redaction::Keep, b"a,x\r", "-a,x\n"),
        ("UTF-8", "LF", Redaction::Redact, b"jane,x\n", "-https://203.0.113.7/photos/[e-mail]\n"),
    ] {
        let mut report = rich();
        report.export.encoding = encoding.into();
        report.export.line_ending = line_ending.into();
        let Row::Change(change) = rich_rows().swap_remove(0) else { panic!("the first row") };
        let row = Row::Change(Change { old_raw: raw, new_raw: raw, ..change });
        let text = rendered(Kind::Diff, redaction, &report, &[row]);
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains("# this diff is for reading"), "{encoding} {line_ending}: {text}");
        assert!(text.contains(line), "{encoding} {line_ending}: {text}");
    }
}
