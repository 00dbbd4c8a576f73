//! A failing disk and an impatient user at any point of a run: the export, the reports and the
//! import file come from threads that wait for one another, and none may wait for ever. `strace`
//! makes a system call fail, or sends the signal, at the call that is named.

#![cfg(target_os = "linux")]
#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test fails by panicking, and counts"
)]

mod common;

use std::collections::BTreeSet;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use common::{Folder, missing, peer};

/// Runs of each kind.
const RUNS: u64 = 200;
/// A run that takes longer hangs.
const PATIENCE: Duration = Duration::from_secs(60);
/// Threads that make runs.
const WORKERS: u64 = 2;
const EXPORT: &str = "users.csv";
/// Files that a run begins with.
const INPUTS: [&str; 3] = [EXPORT, "map.csv", "plan.json"];
/// What a run leaves when all goes well.
const OUTPUTS: [&str; 4] = ["import.csv", "report.jsonl", "changes.diff", "rollback.csv"];

/// The two commands that write an import file.
const COMMANDS: [&[&str]; 2] = [
    &["fix", EXPORT, "-o", "import.csv", "--offline", "--map", "map.csv"],
    &["apply", EXPORT, "-o", "import.csv", "--plan", "plan.json", "--again"],
];
const REPORTS: [&str; 6] =
    ["--report", "report.jsonl", "--report", "changes.diff", "--rollback", "rollback.csv"];

/// A fault as `strace` injects it.
struct Fault {
    name: &'static str,
    calls: &'static str,
    effect: &'static str,
    /// Whether only calls on the export count.
    on_export: bool,
    /// The exit status of a run that it stopped.
    status: i32,
    /// The highest call of a thread that it is tried at.
    last_call: u64,
}

const FAULTS: [Fault; 5] = [
    Fault {
        name: "a read error",
        calls: "read",
        effect: "error=EIO",
        on_export: true,
        status: 1,
        last_call: 12,
    },
    Fault {
        name: "a full disk",
        calls: "write,writev",
        effect: "error=ENOSPC",
        on_export: false,
        status: 1,
        last_call: 14,
    },
    Fault {
        name: "a disk that fails at the end",
        calls: "fsync,fdatasync,rename,renameat,renameat2,linkat",
        effect: "error=EIO",
        on_export: false,
        status: 1,
        last_call: 10,
    },
    Fault {
        name: "Ctrl-C while reading",
        calls: "read",
        effect: "signal=SIGINT",
        on_export: true,
        status: 130,
        last_call: 12,
    },
    // Every thread that gets so far is interrupted, so often enough it is Ctrl-C twice.
    Fault {
        name: "Ctrl-C while writing",
        calls: "write,writev",
        effect: "signal=SIGINT",
        on_export: false,
        status: 130,
        last_call: 14,
    },
];

/// An export of several blocks of every thread, half of whose rows change.
fn export() -> String {
    let mut text = "email,userProfilePhotoURL,businessPhone\r\n".to_owned();
    let long = "x".repeat(400);
    for row in 0..3_000 {
        let host = match row % 4 {
            0 => "203.0.113.7".to_owned(),
            1 => format!("198.51.100.{}", row % 8),
            _ => "c1.webex.com".to_owned(),
        };
        text.push_str(&format!(
            "user{row}@example.com,https://{host}/photos/{row}.jpg?{long},+1 555 {row:07}\r\n"
        ));
    }
    text
}

const MAP: &str = "203.0.113.7,c7.webex.com\n198.51.100.0/24,c8.webexconnect.com\n";

/// A folder as a run finds it.
fn prepared(plan: Option<&[u8]>) -> Folder {
    let folder = Folder::new();
    folder.write(EXPORT, export());
    folder.write("map.csv", MAP);
    match plan {
        Some(plan) => drop(folder.write("plan.json", plan)),
        None => {
            let made =
                folder.run(&["plan", EXPORT, "-o", "plan.json", "--offline", "--map", "map.csv"]);
            assert_eq!(made.status, 0, "{}", made.stderr);
        }
    }
    folder
}

fn arguments(command: &[&'static str]) -> Vec<&'static str> {
    [command, &REPORTS].concat()
}

/// What a run under a fault came to.
struct Ended {
    status: ExitStatus,
    said: String,
}

fn run_under(strace: &Path, fault: &Fault, call: u64, folder: &Folder, command: usize) -> Ended {
    let run = folder.command(&arguments(COMMANDS[command]));
    let mut traced = Command::new(strace);
    traced.current_dir(folder.path()).args(["-f", "-q", "-o", "/dev/null"]);
    if fault.on_export {
        traced.arg("-P").arg(folder.join(EXPORT));
    }
    traced.arg("-e").arg(format!("trace={}", fault.calls));
    traced.arg("-e").arg(format!("inject={}:{}:when={call}", fault.calls, fault.effect));
    traced.arg(run.get_program()).args(run.get_args());
    let talk = fs::File::create(folder.join("talk")).unwrap();
    let mut child = traced.stdin(Stdio::null()).stdout(Stdio::null()).stderr(talk).spawn().unwrap();
    let begin = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if begin.elapsed() > PATIENCE {
            let _ = child.kill();
            panic!("{} at call {call} of `{}`: it hangs", fault.name, COMMANDS[command][0]);
        }
        thread::sleep(Duration::from_millis(2));
    };
    let said = String::from_utf8_lossy(&folder.read("talk")).into_owned();
    fs::remove_file(folder.join("talk")).unwrap();
    Ended { status, said }
}

/// Names in the folder beyond the inputs.
fn made(folder: &Folder) -> BTreeSet<String> {
    folder.names().into_iter().filter(|name| !INPUTS.contains(&name.as_str())).collect()
}

/// What a run writes when nothing fails.
struct Good {
    plan: Vec<u8>,
    outputs: Vec<(&'static str, Vec<u8>)>,
}

/// Whether the fault stopped the run; then nothing may be there. Else everything must be.
fn stopped(fault: &Fault, call: u64, folder: &Folder, ended: &Ended, good: &Good) -> bool {
    let context = format!("{} at call {call}: {:?}\n{}", fault.name, ended.status, ended.said);
    assert_eq!(ended.status.signal(), None, "{context}");
    assert!(folder.read(EXPORT) == export().into_bytes(), "{context}: the export changed");
    let made = made(folder);
    if ended.status.code() == Some(0) {
        let expected: BTreeSet<String> =
            good.outputs.iter().map(|(name, _)| (*name).to_owned()).collect();
        let without_journal: BTreeSet<String> =
            made.into_iter().filter(|name| name != "plan.json.applied").collect();
        assert_eq!(without_journal, expected, "{context}");
        for (name, bytes) in &good.outputs {
            assert!(folder.read(name) == *bytes, "{context}: {name} differs");
        }
        return false;
    }
    assert_eq!(ended.status.code(), Some(fault.status), "{context}");
    // A failure between two renames may leave what was put in its place before: whole.
    for name in &made {
        let whole = good.outputs.iter().find(|(output, _)| output == name);
        let is_whole = whole.is_some_and(|(_, bytes)| folder.read(name) == *bytes);
        assert!(is_whole || name == "plan.json.applied", "{context}: left behind: {name}");
        assert!(name != "import.csv", "{context}: the import file is there");
    }
    assert!(!ended.said.trim().is_empty(), "{context}: nothing was said");
    true
}

/// Random points, the same at every run of the test.
fn points(seed: u64) -> impl FnMut(u64) -> u64 {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    move |below| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    }
}

#[test]
fn a_fault_at_any_point_ends_the_run_and_leaves_nothing() {
    let Some(strace) = peer("strace") else { return };
    if !works(&strace) {
        return missing("the right to trace a process (ptrace)");
    }
    let folder = prepared(None);
    let plan = folder.read("plan.json");
    let done = folder.run(&arguments(COMMANDS[0]));
    assert_eq!(done.status, 0, "{}", done.stderr);
    let outputs = OUTPUTS.map(|name| (name, folder.read(name)));
    // What `fix` reports is another command's report.
    let good = Good { plan, outputs: outputs.to_vec() };
    let applied = prepared(Some(&good.plan));
    let done = applied.run(&arguments(COMMANDS[1]));
    assert_eq!(done.status, 0, "{}", done.stderr);
    let of_apply = OUTPUTS.map(|name| (name, applied.read(name)));
    let goods = [good, Good { plan: folder.read("plan.json"), outputs: of_apply.to_vec() }];

    for fault in &FAULTS {
        let hits: u64 = thread::scope(|scope| {
            let workers: Vec<_> = (0..WORKERS)
                .map(|worker| {
                    let (strace, goods) = (&strace, &goods);
                    scope.spawn(move || {
                        let mut point = points(worker + 1);
                        let mut hits = 0;
                        for run in 0..RUNS / WORKERS {
                            let command = usize::try_from(run % 2).unwrap();
                            let call = 1 + point(fault.last_call);
                            let folder = prepared(Some(&goods[command].plan));
                            let ended = run_under(strace, fault, call, &folder, command);
                            let good = &goods[command];
                            hits += u64::from(stopped(fault, call, &folder, &ended, good));
                        }
                        hits
                    })
                })
                .collect();
            workers.into_iter().map(|worker| worker.join().unwrap()).sum()
        });
        println!("{}: {hits} of {RUNS} runs were stopped by it", fault.name);
        assert!(hits > RUNS / 4, "{}: only {hits} of {RUNS} runs met it", fault.name);
    }
}

#[test]
fn a_journal_outlives_a_run_that_fails_at_the_end_on_a_full_disk() {
    let Some(strace) = peer("strace") else { return };
    if !works(&strace) {
        return missing("the right to trace a process (ptrace)");
    }
    let folder = prepared(None);
    let first = folder.run(&["apply", EXPORT, "-o", "first.csv", "--plan", "plan.json"]);
    assert_eq!(first.status, 0, "{}", first.stderr);
    let journal = folder.read("plan.json.applied");
    assert!(!journal.is_empty());
    let before = folder.names();

    // The import file comes last and cannot be put in its place; nor can the journal be written to.
    let run = folder.command(COMMANDS[1]);
    let mut traced = Command::new(strace);
    traced.current_dir(folder.path()).args(["-f", "-q", "-o", "trace.txt"]);
    for path in ["plan.json.applied", "import.csv"] {
        traced.arg("-P").arg(folder.join(path)).arg("-P").arg(path);
    }
    traced.args(["-e", "trace=rename,renameat,renameat2,linkat,write"]);
    traced.args(["-e", "inject=renameat2,linkat:error=EIO", "-e", "inject=write:error=ENOSPC"]);
    let ended = traced.arg(run.get_program()).args(run.get_args()).output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    let trace = String::from_utf8_lossy(&folder.read("trace.txt")).into_owned();
    assert_eq!(ended.status.code(), Some(1), "{said}\n{trace}");
    assert!(said.contains("cannot write `import.csv`"), "{said}");
    assert!(trace.contains("plan.json.applied"), "the journal was put in its place:\n{trace}");
    assert!(folder.read("plan.json.applied") == journal, "{trace}");
    fs::remove_file(folder.join("trace.txt")).unwrap();
    assert_eq!(folder.names(), before);
}

/// Whether a process may be traced here.
fn works(strace: &PathBuf) -> bool {
    let mut command = Command::new(strace);
    command.args(["-q", "-o", "/dev/null", "true"]).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}
