//! The comparisons, a row each.

use std::error::Error;
use std::path::{Path, PathBuf};

use photofix::export::Encoding;

use crate::Setting;
use crate::export::{self, Shape};
use crate::measure::{Task, is_installed, paired};

/// Rows of the small export for start-up, in bytes: about ten.
const SMALL: u64 = 1;

/// The files of a comparison.
struct Files {
    export: PathBuf,
    plan: PathBuf,
    import: PathBuf,
    copy: PathBuf,
}

/// Makes the files, runs everything, prints the table.
///
/// # Errors
/// When a file cannot be made or a command fails.
pub(crate) fn compare(setting: &Setting) -> Result<(), Box<dyn Error>> {
    let map = setting.folder.join("map.csv");
    export::write_map(&map)?;
    println!("{} bytes per export, {} rounds, medians\n", setting.bytes, setting.rounds);
    println!("| work | beside | ratio | photofix | other | peak memory |");
    println!("| --- | --- | --- | --- | --- | --- |");
    for (name, addresses, encoding) in [
        ("UTF-8, 1 % addresses", 1, Encoding::Utf8),
        ("UTF-8, 50 % addresses", 50, Encoding::Utf8),
        ("UTF-16LE, 1 % addresses", 1, Encoding::Utf16Le),
    ] {
        let shape = Shape { bytes: setting.bytes, addresses, encoding };
        let files = prepare(setting, &map, shape)?;
        passes(setting, name, &files)?;
        if encoding == Encoding::Utf8 {
            peers(setting, name, &files)?;
        }
        if (addresses, encoding) == (50, Encoding::Utf8) {
            reports(setting, &files)?;
        }
        for file in [&files.export, &files.plan, &files.import, &files.copy] {
            let _ = std::fs::remove_file(file);
        }
    }
    start(setting, &map)
}

fn prepare(setting: &Setting, map: &Path, shape: Shape) -> Result<Files, Box<dyn Error>> {
    let at = |name: &str| setting.folder.join(name);
    let files = Files {
        export: at("users.csv"),
        plan: at("plan.json"),
        import: at("import.csv"),
        copy: at("copy.csv"),
    };
    let rows = export::write(&files.export, shape)?;
    eprintln!("{rows} rows of {} at {} %", shape.encoding.as_str(), shape.addresses);
    photofix(
        setting,
        &["plan", text(&files.export), "-o", text(&files.plan), "--offline", "--map"],
    )
    .arguments(&[text(map)])
    .writes(&[&files.plan])
    .run()?;
    Ok(files)
}

fn photofix(setting: &Setting, arguments: &[&str]) -> Task {
    Task::new(setting.photofix.display().to_string(), arguments)
}

impl Task {
    fn arguments(mut self, more: &[&str]) -> Self {
        self.arguments.extend(more.iter().map(ToString::to_string));
        self
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
}

fn apply(setting: &Setting, files: &Files) -> Task {
    let Files { export, plan, import, .. } = files;
    photofix(setting, &["apply", text(export), "--plan", text(plan), "-o", text(import), "-q"])
        .arguments(&["--again"])
        .writes(&[import])
}

fn inspect(setting: &Setting, files: &Files) -> Task {
    photofix(setting, &["inspect", text(&files.export)])
}

/// The passes over the export beside copying it and counting its lines.
fn passes(setting: &Setting, name: &str, files: &Files) -> Result<(), Box<dyn Error>> {
    let cat = Task::new("cat", &[text(&files.export)]).into_file(&files.copy);
    let wc = Task::new("wc", &["-l", text(&files.export)]);
    let apply = apply(setting, files);
    let inspect = inspect(setting, files);
    row(setting, &format!("`apply`, {name}"), &apply, &cat)?;
    row(setting, &format!("`inspect`, {name}"), &inspect, &wc)?;
    if is_installed("taskset") {
        let one = |task: &Task| task.clone().on_one_core();
        row(setting, &format!("`apply` on one core, {name}"), &one(&apply), &one(&cat))?;
        row(setting, &format!("`inspect` on one core, {name}"), &one(&inspect), &one(&wc))?;
    }
    Ok(())
}

/// The programs that somebody would take instead; none of them keeps to the photo cell.
fn peers(setting: &Setting, name: &str, files: &Files) -> Result<(), Box<dyn Error>> {
    let pattern = r"^(https?://)10\.0\.[0-9.]+";
    let (export, column) = (text(&files.export), "userProfilePhotoURL");
    let perl = r"s{(https?://)10\.0\.[0-9.]+}{$1photo.webex.com}";
    let sed = r"s#\(https\?://\)10\.0\.[0-9.]*#\1photo.webex.com#";
    let ours = apply(setting, files);
    let peers: [(&str, Vec<&str>); 6] = [
        ("perl", vec!["-pe", perl, export]),
        ("sed", vec![sed, export]),
        ("xsv", vec!["search", "-s", column, pattern, export]),
        ("xan", vec!["replace", "-s", column, pattern, "photo.webex.com", export]),
        ("qsv", vec!["replace", "-s", column, pattern, "photo.webex.com", export]),
        ("mlr", vec!["--csv", "sub", "-f", column, pattern, "photo.webex.com", export]),
    ];
    for (program, arguments) in peers {
        if !is_installed(program) {
            eprintln!("left out, not installed: {program}");
            continue;
        }
        let theirs = Task::new(program, &arguments).into_file(&files.copy);
        row(setting, &format!("`apply`, {name}"), &ours, &theirs)?;
    }
    Ok(())
}

/// What reports cost, beside the same run without them.
fn reports(setting: &Setting, files: &Files) -> Result<(), Box<dyn Error>> {
    let without = apply(setting, files);
    for kind in ["jsonl", "csv", "md", "diff"] {
        let report = setting.folder.join(format!("report.{kind}"));
        let with = apply(setting, files)
            .arguments(&["--report", text(&report)])
            .writes(&[&files.import, &report]);
        row(setting, &format!("`apply` with a .{kind} report of every change"), &with, &without)?;
        let _ = std::fs::remove_file(&report);
    }
    Ok(())
}

/// Start-up, in absolute times.
fn start(setting: &Setting, map: &Path) -> Result<(), Box<dyn Error>> {
    let (export, import) = (setting.folder.join("small.csv"), setting.folder.join("small-out.csv"));
    export::write(&export, Shape { bytes: SMALL, addresses: 30, encoding: Encoding::Utf8 })?;
    let nothing = Task::new("true", &[]);
    let fix = photofix(setting, &["fix", text(&export), "-o", text(&import), "--offline", "--map"])
        .arguments(&[text(map), "-q"])
        .writes(&[&import]);
    row(setting, "start: `--version`", &photofix(setting, &["--version"]), &nothing)?;
    row(setting, "start: `inspect`", &photofix(setting, &["inspect", text(&export)]), &nothing)?;
    row(setting, "start: `fix --offline`", &fix, &nothing)
}

fn row(setting: &Setting, work: &str, ours: &Task, theirs: &Task) -> Result<(), Box<dyn Error>> {
    let pair = paired(ours, theirs, setting.rounds)?;
    let peak = match ours.peak() {
        Some(kib) => format!("{:.1} MiB", kib as f64 / 1024.0),
        None => "–".to_owned(),
    };
    let beside = theirs.shown(&setting.folder);
    println!(
        "| {work} | `{}` | {:.2} | {:.3} s | {:.3} s | {peak} |",
        beside.replace('|', "\\|"),
        pair.ratio,
        pair.ours.as_secs_f64(),
        pair.theirs.as_secs_f64()
    );
    Ok(())
}
