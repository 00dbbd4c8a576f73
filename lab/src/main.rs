//! The demonstration: the main job on the shipped samples, inside the lab, with no network.
//!
//! It does what an administrator would do at the keyboard, through the same command line, and
//! leaves everything under `target/demo/`.

use std::error::Error;
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The samples beside the first one: name, options, what each is.
const OTHERS: [(&str, &[&str], &str); 3] = [
    ("users-bom.csv", &[], "UTF-8 with BOM, every field quoted"),
    ("users-unicode.txt", &[], "UTF-16LE, tabs"),
    ("userFile_2026-11-20_1.csv", &["--headerless"], "directory file, ISO-8859-1, no header"),
];
/// Done, and rows are held: what the samples are made to give.
const LEFT: u8 = 3;

fn main() -> ExitCode {
    match demonstrate() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn demonstrate() -> Result<(), Box<dyn Error>> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
    std::env::set_current_dir(&project)?;
    let demo = PathBuf::from("target").join("demo");
    fs::create_dir_all(&demo)?;

    let lab = lab::demo::webex().start()?;
    let config = lab.write_config(&demo)?;
    let common = |command: &str, export: &str, output: &Path| {
        let export = Path::new("samples").join(export);
        let mut arguments = words(&["photofix", command]);
        arguments.extend([export.into(), "-o".into(), output.into(), "--config".into()]);
        arguments.extend([config.clone().into(), "--map".into(), "samples/map.csv".into()]);
        arguments.extend(words(&["--timeout", "1s", "--retries", "0", "--force"]));
        arguments
    };

    let import = demo.join("import.csv");
    let mut arguments = common("fix", "users.csv", &import);
    arguments.extend(["--rollback".into(), demo.join("rollback.csv").into()]);
    for report in ["report.md", "report.json", "report.jsonl", "report.csv", "report.diff"] {
        arguments.extend(["--report".into(), demo.join(report).into()]);
    }
    say("$ photofix fix samples/users.csv -o target/demo/import.csv --map samples/map.csv …\n")?;
    expect(LEFT, photofix::commands::run(arguments), "fix")?;

    say("\n$ photofix verify samples/users.csv target/demo/import.csv\n")?;
    let mut verify = words(&["photofix", "verify", "samples/users.csv"]);
    verify.push(import.into());
    expect(0, photofix::commands::run(verify), "verify")?;

    let (plan, page) = (demo.join("plan.json"), demo.join("review.html"));
    say(&format!(
        "\n$ photofix plan samples/users.csv -o {} --report {} …\n",
        plan.display(),
        page.display()
    ))?;
    let mut arguments = common("plan", "users.csv", &plan);
    arguments.extend(["--report".into(), page.into(), "--quiet".into()]);
    expect(LEFT, photofix::commands::run(arguments), "plan")?;

    say("\nThe other samples:\n")?;
    for (sample, options, what) in OTHERS {
        let import = demo.join(sample);
        let mut arguments = common("fix", sample, &import);
        arguments.extend(words(options));
        arguments.push("--quiet".into());
        expect(LEFT, photofix::commands::run(arguments), sample)?;
        say(&format!("  {}  ({what})\n", import.display()))?;
    }
    say("\nOpen target/demo/review.html in a browser next; samples/README.md says what each row \
         shows.\n")?;
    Ok(())
}

fn words(words: &[&str]) -> Vec<OsString> {
    words.iter().map(OsString::from).collect()
}

fn expect(expected: u8, found: u8, what: &str) -> Result<(), String> {
    if found == expected {
        return Ok(());
    }
    Err(format!("`{what}` ended with status {found}, and {expected} was expected"))
}

fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}
