//! How many instructions the passes over an export take: a figure that does not hang on the
//! machine's mood, held against a budget.
//!
//! ```text
//! cargo run --release -p lab --bin instructions               fails where a pass takes 5 % more
//! cargo run --release -p lab --bin instructions -- --bless    rewrites benches/instructions.toml
//! ```
//!
//! Each case runs under `valgrind --tool=callgrind`, which counts only what happens inside
//! [`counted`]: the export is made before. Without valgrind the check is skipped, or fails where
//! `REQUIRE_PEERS` is set.
//!
//! What the counts hang on besides the code: the compiler, the target, and what the processor offers
//! at run time. The scanner uses AVX2 where the processor has it; without, the check is skipped.
//! valgrind shows a program AVX2 where the machine has it, and neither AVX-512 nor the SHA
//! instructions; so the digest over changes, a part of every rewriting case, weighs more here than it
//! does outside, and most where many rows change. `HashMap` seeds itself anew in each run, which moves
//! a count by less than 0.1 %.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a check prints its result")]

use std::collections::BTreeMap;
use std::error::Error;
use std::hint::black_box;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use lab::exports::{Shape, Size, address, host};
use photofix::census::{Census, Photos};
use photofix::evidence::{Endpoint, OldHost, Scheme};
use photofix::export::{Choices, Contents, Encoding, Reader};
use photofix::health::Health;
use photofix::name::Fqdn;
use photofix::reference::{Candidate, DEFAULT_DOMAINS, Scope};
use photofix::rewrite::{
    Met, Onlooker, Outputs, Rewriter, Treatment, Treatments, Unguarded, rewrite_export,
};

/// Bytes of the exports: some thousands of rows.
const BYTES: u64 = 1 << 20;
/// How far a count may lie above its budget, in percent, and how far below before that is said.
const TOLERANCE: f64 = 5.0;
/// What is told to run itself under valgrind.
const CASE: &str = "--case";

/// What is done with an export.
#[derive(Clone, Copy)]
enum Work {
    /// Read record by record, each photo cell looked at.
    Read,
    /// Counted, as the first pass does.
    Count,
    /// Looked at for damage, as `inspect` does.
    Health,
    /// Rewritten to nowhere, as the second pass does.
    Rewrite,
    /// The same where somebody looks at every change, as a report does.
    RewriteSeen,
}

/// The cases: name, work, rows with an address in a hundred, encoding.
const CASES: [(&str, Work, u64, Encoding); 9] = [
    ("read-utf8", Work::Read, 1, Encoding::Utf8),
    ("read-utf16le", Work::Read, 1, Encoding::Utf16Le),
    ("count-utf8", Work::Count, 1, Encoding::Utf8),
    ("count-utf16le", Work::Count, 1, Encoding::Utf16Le),
    ("health-utf8", Work::Health, 1, Encoding::Utf8),
    ("rewrite-utf8", Work::Rewrite, 1, Encoding::Utf8),
    ("rewrite-utf16le", Work::Rewrite, 1, Encoding::Utf16Le),
    ("rewrite-half-utf8", Work::Rewrite, 50, Encoding::Utf8),
    ("rewrite-half-seen-utf8", Work::RewriteSeen, 50, Encoding::Utf8),
];

type Counts = BTreeMap<String, u64>;

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        [CASE, name] => run(name).map(|()| ExitCode::SUCCESS),
        [] => check(),
        ["--bless"] => bless(),
        _ => Err("use: instructions [--bless]".into()),
    }
}

/// Makes the export of a case, and does its work.
fn run(name: &str) -> Result<(), Box<dyn Error>> {
    let case = CASES.into_iter().find(|(case, ..)| *case == name);
    let (_, work, addresses, encoding) = case.ok_or_else(|| format!("`{name}` is no case"))?;
    let shape = Shape { size: Size::Bytes(BYTES), addresses, encoding, ..Shape::default() };
    let mut export = Vec::new();
    let rows = shape.write(&mut export)?;
    let treatments = treatments(&shape)?;
    let records = counted(work, &export, &treatments)?;
    if records == rows { Ok(()) } else { Err(format!("{records} records of {rows} rows").into()) }
}

/// Every address gets its name.
fn treatments(shape: &Shape) -> Result<Treatments, Box<dyn Error>> {
    let domains: Vec<Fqdn> =
        DEFAULT_DOMAINS.into_iter().map(Fqdn::parse).collect::<Result<_, _>>()?;
    let scope = Scope { domains: domains.clone(), ..Scope::default() };
    let mut treatments = Treatments { domains, ..Treatments::default() };
    for nth in 0..shape.distinct {
        let old = OldHost::Address(address(nth).into());
        let endpoint = Endpoint { scheme: Scheme::Https, host: old, port: 8443 };
        let name = Fqdn::parse(&host(nth))?;
        let candidate = Candidate { name, sources: Default::default(), support: None };
        treatments.by_endpoint.insert(endpoint, Treatment::Rewrite(scope.admit(&candidate)?));
    }
    Ok(treatments)
}

/// What callgrind counts. Gives the number of records.
#[inline(never)]
fn counted(work: Work, export: &[u8], treatments: &Treatments) -> Result<u64, Box<dyn Error>> {
    let mut reader = Reader::open(export, &Choices::default())?;
    match work {
        Work::Read => {
            while let Some(record) = reader.next_record()? {
                black_box(record.photo().map(|photo| photo.raw().first().copied()));
            }
        }
        Work::Count => {
            black_box(Census::take(&mut reader, &treatments.domains, Photos::Off)?);
        }
        Work::Health => {
            let mut health = Health::new(reader.dialect());
            reader.keep_fields();
            while let Some(record) = reader.next_record()? {
                health.look(&record);
            }
            black_box(health.finish());
        }
        Work::Rewrite => {
            rewrite(&mut reader, treatments, &mut ())?;
        }
        Work::RewriteSeen => {
            let mut look = |met: Met<'_>| {
                black_box(met.rewritten.class());
                Ok(())
            };
            rewrite(&mut reader, treatments, &mut look)?;
        }
    }
    Ok(reader.seen().records)
}

fn rewrite(
    reader: &mut Reader<&[u8]>,
    treatments: &Treatments,
    onlooker: &mut dyn Onlooker,
) -> Result<(), Box<dyn Error>> {
    let mut rewriter = Rewriter::new(treatments, reader.dialect());
    let import = &mut io::sink();
    let mut outputs = Outputs { import, contents: Contents::Everything, rollback: None };
    let done = rewrite_export(reader, &mut rewriter, &mut Unguarded, &mut outputs, onlooker)?;
    if done.decided == 0 { Err("nothing was rewritten".into()) } else { Ok(()) }
}

/// Whether the scanner takes the way that the budget was written for.
fn scans_with_avx2() -> bool {
    #[cfg(target_arch = "x86_64")]
    let has_avx2 = std::arch::is_x86_feature_detected!("avx2");
    #[cfg(not(target_arch = "x86_64"))]
    let has_avx2 = false;
    has_avx2
}

/// Counts every case under valgrind; none where that is not installed.
fn count() -> Result<Option<Counts>, Box<dyn Error>> {
    let program = std::env::current_exe()?;
    let mut counts = Counts::new();
    for (name, ..) in CASES {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            // The function alone, whatever its mangled name is.
            .arg("--toggle-collect=*instructions*counted*")
            .arg(&program)
            .args([CASE, name])
            .output();
        let output = match output {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other?,
        };
        let said = String::from_utf8_lossy(&output.stderr);
        let collected = said.lines().find_map(|line| line.split_once("Collected :"));
        let count = collected.and_then(|(_, count)| count.trim().parse().ok());
        match count.filter(|count| output.status.success() && *count > 0) {
            Some(count) => counts.insert(name.to_owned(), count),
            None => return Err(format!("`{name}` was not counted:\n{said}").into()),
        };
    }
    Ok(Some(counts))
}

fn check() -> Result<ExitCode, Box<dyn Error>> {
    if !scans_with_avx2() {
        println!("skipped: the budget is for AVX2, which this processor does not have");
        return Ok(ExitCode::SUCCESS);
    }
    let file = budget_file()?;
    let budget = std::fs::read_to_string(&file)
        .map_err(|error| format!("cannot read `{}`: {error}", file.display()))?;
    let budget: Counts =
        toml::from_str(&budget).map_err(|error| format!("`{}`: {error}", file.display()))?;
    let Some(counts) = count()? else {
        if std::env::var_os("REQUIRE_PEERS").is_some() {
            return Err("valgrind is not installed".into());
        }
        println!("skipped: valgrind is not installed");
        return Ok(ExitCode::SUCCESS);
    };
    let (mut over, mut under) = (false, false);
    for (name, count) in &counts {
        let Some(allowed) = budget.get(name) else {
            println!("{name:18} {count:>11}  no budget");
            over = true;
            continue;
        };
        let change = 100.0 * (*count as f64 / *allowed as f64 - 1.0);
        let verdict = if change > TOLERANCE { "too many" } else { "" };
        over |= change > TOLERANCE;
        under |= change < -TOLERANCE;
        let per_byte = *count as f64 / BYTES as f64;
        println!("{name:18} {count:>11}  {change:+6.1} %  {per_byte:6.2} per byte  {verdict}");
    }
    for name in budget.keys().filter(|name| !counts.contains_key(*name)) {
        println!("{name:18} has a budget and is no case");
        over = true;
    }
    if under {
        println!("note: much less than the budget; keep the gain with --bless");
    }
    if over {
        eprintln!(
            "error: more than {TOLERANCE} % above the budget of `{}`, or another list of cases\n\
             hint: find what became slower; where it is worth it, or where only the compiler changed: \
             cargo run --release -p lab --bin instructions -- --bless",
            file.display()
        );
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn bless() -> Result<ExitCode, Box<dyn Error>> {
    let counts = count()?.ok_or("valgrind is not installed")?;
    let mut text = format!(
        "# Instructions that each case of `lab/src/bin/instructions.rs` took when this was written, on \
         an\n# export of {BYTES} bytes. Written by `cargo run --release -p lab --bin instructions -- \
         --bless`.\n"
    );
    for (name, count) in &counts {
        text += &format!("{name} = {count}\n");
    }
    std::fs::write(budget_file()?, &text)?;
    print!("{text}");
    Ok(ExitCode::SUCCESS)
}

fn budget_file() -> io::Result<PathBuf> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
    Ok(project.join("benches").join("instructions.toml"))
}
