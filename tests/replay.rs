//! A run that is recorded, and made again in another folder with the network taken away: every
//! output is the same, byte for byte; and what a recording does not hold is never made up.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::path::Path;
use std::process::{Command, Stdio};

use common::{Folder, Run, free_port, missing, peer, samples};
use lab::{Certificate, Delivery, DnsFault, Lab, Ocsp, TlsFault};
use photofix::recording::Recording;
use serde_json::Value;

/// What a job writes beside its recording.
const OUTPUTS: [&str; 8] =
    ["import.csv", "r.json", "r.jsonl", "r.md", "r.csv", "r.diff", "review.html", "back.csv"];

/// The job, its outputs in the folder where it runs.
const JOB: [&str; 18] = [
    "fix",
    "users.csv",
    "-o",
    "import.csv",
    "--rollback",
    "back.csv",
    "--report",
    "r.json",
    "--report",
    "r.jsonl",
    "--report",
    "r.md",
    "--report",
    "r.csv",
    "--report",
    "r.diff",
    "--report",
    "review.html",
];

/// Runs the job against a lab and keeps a recording.
fn record(folder: &Folder, lab: &Lab, more: &[&str]) -> Run {
    let config = lab.write_config(folder.path()).unwrap();
    let network = ["--config", config.to_str().unwrap(), "--timeout", "1s", "--retries", "0"];
    folder.run(&[&JOB[..], &network, &["--record", "run.json"], more].concat())
}

/// Another folder with a copy of the export, the map if there is one, and the recording.
fn elsewhere(folder: &Folder) -> Folder {
    let other = Folder::new();
    for name in folder.names() {
        if matches!(name.as_str(), "users.csv" | "map.csv" | "run.json") {
            other.write(&name, folder.read(&name));
        }
    }
    other
}

fn replay(folder: &Folder, more: &[&str]) -> Run {
    folder.run(&[&JOB[..], &["--replay", "run.json"], more].concat())
}

#[track_caller]
fn assert_same_outputs(one: &Folder, other: &Folder, names: &[&str]) {
    for name in names {
        let (one, other) = (one.read(name), other.read(name));
        assert!(
            one == other,
            "{name} differs:\n{}\n{}",
            String::from_utf8_lossy(&one),
            String::from_utf8_lossy(&other)
        );
    }
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).unwrap()
}

fn copy_samples(folder: &Folder) {
    for name in ["users.csv", "map.csv"] {
        folder.write(name, std::fs::read(samples().join(name)).unwrap());
    }
}

/// One user with a photo at an address.
fn one_user(folder: &Folder) {
    folder.write("users.csv", "email,userProfilePhotoURL\r\na@b.example,https://203.0.113.7/a\r\n");
}

#[test]
fn a_replay_gives_the_same_bytes_without_a_network() {
    let folder = Folder::new();
    copy_samples(&folder);
    let lab = lab::demo::webex().start().unwrap();
    let more = ["--map", "map.csv", "--check-all", "--photos", "all"];
    let run = record(&folder, &lab, &more);
    assert_eq!(run.status, 3, "{}", run.stderr);
    drop(lab);
    let evidence = &json(&folder.read("run.json"))["evidence"];
    for kind in ["pointers", "addresses", "handshakes", "fetched", "photos"] {
        assert!(!evidence[kind].as_array().unwrap().is_empty(), "{kind}");
    }

    // With the options about names alone; and with a network's settings that lead nowhere.
    let dead = format!("127.0.0.1:{}", free_port());
    for network in [&[][..], &["--dns", &dead, "--timeout", "1h", "--proxy", "http://127.0.0.1:1"]]
    {
        let other = elsewhere(&folder);
        let again = replay(&other, &[&more[..], network].concat());
        assert_eq!(again.status, 3, "{}", again.stderr);
        assert_same_outputs(&folder, &other, &OUTPUTS);
        let told = again.stderr.strip_prefix("nothing was asked: `run.json` answers").unwrap();
        let (_, told) = told.split_once('\n').unwrap();
        let written = "run.json";
        let recorded: Vec<&str> = run.stderr.lines().filter(|l| !l.contains(written)).collect();
        assert_eq!(told.lines().collect::<Vec<_>>(), recorded);
    }
    // Where reports show options, neither the recording nor the replay shows.
    let options = &json(&folder.read("r.json"))["options"];
    assert!(options.get("record").is_none() && options.get("replay").is_none(), "{options}");
}

#[test]
fn a_plan_that_is_replayed_is_the_same_file() {
    let folder = Folder::new();
    copy_samples(&folder);
    let lab = lab::demo::webex().start().unwrap();
    let config = lab.write_config(folder.path()).unwrap();
    let plan = ["plan", "users.csv", "-o", "plan.json", "--map", "map.csv"];
    let network = ["--config", config.to_str().unwrap(), "--timeout", "1s", "--retries", "0"];
    let run = folder.run(&[&plan[..], &network, &["--record", "run.json"]].concat());
    assert_eq!(run.status, 3, "{}", run.stderr);
    drop(lab);
    let other = elsewhere(&folder);
    let again = other.run(&[&plan[..], &["--replay", "run.json"]].concat());
    assert_eq!(again.status, 3, "{}", again.stderr);
    assert_same_outputs(&folder, &other, &["plan.json"]);
    let (plan, recording) = (json(&other.read("plan.json")), json(&other.read("run.json")));
    assert_eq!(plan["made"], recording["judged_at"]);

    // On standard input, and its plan applied.
    let mut command = other.command(&["plan", "users.csv", "-o", "-", "--map", "map.csv"]);
    let stdin = std::fs::File::open(other.join("run.json")).unwrap();
    let piped: Run =
        command.args(["--replay", "-"]).stdin(Stdio::from(stdin)).output().unwrap().into();
    assert!(piped.stdout == other.read("plan.json"), "{}", piped.stderr);
    let run = other.run(&["apply", "users.csv", "--plan", "plan.json", "-o", "import.csv"]);
    assert_eq!(run.status, 3, "{}", run.stderr);
}

#[test]
fn faults_are_replayed_as_they_were() {
    let named = Certificate::for_names(&["c7.webex.com"]);
    let other_name = Certificate::for_names(&["c8.webex.com"]);
    let world = || {
        Lab::builder().ptr("203.0.113.7", &["c7.webex.com"]).host("c7.webex.com", &["203.0.113.7"])
    };
    let served = |certificate: Certificate| world().photo_server("203.0.113.7", 443, certificate);
    let tls = |fault| world().tls_fault("203.0.113.7", 443, fault);
    let silent = Lab::builder().dns_fault("*", DnsFault::Silent);
    for (what, lab, words) in [
        ("no resolver", silent, "no resolver answered"),
        ("servfail", world().dns_fault("c7.webex.com", DnsFault::ServFail), "could not be asked"),
        ("tarpit", tls(TlsFault::Tarpit), "within 1 s"),
        ("refused", tls(TlsFault::Refused), "refused"),
        ("other name", served(other_name), "c8.webex.com"),
        ("revoked", served(named.clone().sources(Ocsp::revoked(None).delegated())), "revoked"),
        ("stapled", served(named.clone().staple(Ocsp::revoked(None))), "stapled"),
        (
            "no responder",
            served(named.clone().sources(Ocsp::good().delivery(Delivery::Refused))),
            "unreachable",
        ),
        ("expired", served(named.clone().expired()), "expired"),
    ] {
        let folder = Folder::new();
        one_user(&folder);
        let lab = lab.start().unwrap();
        let run = record(&folder, &lab, &[]);
        assert_eq!(run.status, 3, "{what}: {}", run.stderr);
        drop(lab);
        let report = String::from_utf8(folder.read("r.json")).unwrap();
        assert!(report.contains(words), "{what}: {report}");
        let other = elsewhere(&folder);
        assert_eq!(replay(&other, &[]).status, 3, "{what}");
        assert_same_outputs(&folder, &other, &OUTPUTS);
    }
}

#[test]
fn no_packet_leaves() {
    if peer("unshare").is_none() {
        return;
    }
    let alone = |command: &mut Command| -> Option<Run> {
        let mut inside = Command::new("unshare");
        inside.args(["-rn", "--"]).arg(command.get_program()).args(command.get_args());
        inside.current_dir(command.get_current_dir().unwrap_or(Path::new(".")));
        let run: Run = inside.output().ok()?.into();
        (!run.stderr.starts_with("unshare:")).then_some(run)
    };
    let folder = Folder::new();
    copy_samples(&folder);
    let lab = lab::demo::webex().start().unwrap();
    assert_eq!(record(&folder, &lab, &["--map", "map.csv"]).status, 3);
    // The lab is still there: only the process that replays has no network, not even loopback.
    let other = elsewhere(&folder);
    let config = folder.join("lab.toml");
    let network = ["--map", "map.csv", "--config", config.to_str().unwrap()];
    let (asked, shaken) = (lab.dns_total(), lab.handshakes());
    let job = [&JOB[..], &["--replay", "run.json"], &network].concat();
    let Some(run) = alone(&mut other.command(&job)) else {
        return missing("a network namespace");
    };
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert_same_outputs(&folder, &other, &OUTPUTS);
    assert_eq!((lab.dns_total(), lab.handshakes()), (asked, shaken));
}

/// A folder with an export of one user and the recording of its run; the lab is gone.
fn one_user_recorded() -> Folder {
    let folder = Folder::new();
    one_user(&folder);
    let lab = Lab::builder()
        .ptr("203.0.113.7", &["c7.webex.com"])
        .host("c7.webex.com", &["203.0.113.7"])
        .photo_server("203.0.113.7", 443, Certificate::for_names(&["c7.webex.com"]))
        .start()
        .unwrap();
    assert_eq!(record(&folder, &lab, &[]).status, 0);
    drop(lab);
    folder
}

#[test]
fn what_is_not_in_the_recording_counts_as_not_asked() {
    let folder = one_user_recorded();

    // Another export, with one more address.
    let other = elsewhere(&folder);
    let more = "c@d.example,https://203.0.113.9/c\r\n";
    let grown = [&other.read("users.csv")[..], more.as_bytes()].concat();
    other.write("users.csv", grown);
    let run = replay(&other, &[]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let report = json(&other.read("r.json"));
    let notes: Vec<&str> =
        report["notes"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    assert!(
        notes[0].starts_with(
            "the recording holds no answer to 2 questions of this run: the name of `203.0.113.9` \
             (PTR) is the first"
        ),
        "{notes:?}"
    );
    let recorded = json(&other.read("run.json"));
    let digest = recorded["export"]["sha256"].as_str().unwrap();
    assert!(notes[1].starts_with("recorded for another export"), "{notes:?}");
    assert!(notes[1].contains(digest), "{notes:?}");
    let reasons: Vec<(&str, &str)> = report["endpoints"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["decision"].as_str().unwrap(), one["reason"].as_str().unwrap()))
        .collect();
    assert_eq!(reasons, [("rewrite", "trusted"), ("unresolved", "could-not-ask")], "{report:#}");

    // Another map, whose host was never asked about; other options.
    let other = elsewhere(&folder);
    other.write("map.csv", "203.0.113.7,c8.webex.com\n");
    let run = replay(&other, &["--map", "map.csv", "--profile", "strict"]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let report = json(&other.read("r.json"));
    assert_eq!(report["endpoints"][0]["decision"], "hold", "{report:#}");
    let notes = report["notes"].to_string();
    for piece in [
        "the recording holds no answer to 2 questions of this run: the addresses of `c8.webex.com` (A)",
        "recorded with another --map: none; read: sha256",
        "recorded with other options: --profile",
    ] {
        assert!(notes.contains(piece), "{notes}");
    }

    // Other trust anchors: of them the server's chain knows none.
    let other = elsewhere(&folder);
    let run = replay(&other, &["--trust", "mozilla", "--revocation-timeout", "2s"]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let report = json(&other.read("r.json"));
    assert_eq!(report["endpoints"][0]["decision"], "hold", "{report:#}");
    let notes = report["notes"].to_string();
    assert!(notes.contains("recorded with other options: --trust"), "{notes}");
    assert!(notes.contains("--revocation-timeout") && notes.contains("is not followed"), "{notes}");
}

#[test]
fn photos_that_were_not_recorded_say_nothing_and_are_said_to_be_missing() {
    let folder = one_user_recorded();
    for photos in ["sample", "all"] {
        let other = elsewhere(&folder);
        let run = replay(&other, &["--photos", photos]);
        let report = json(&other.read("r.json"));
        let notes = report["notes"].to_string();
        for piece in [
            "the recording holds no answer to 2 questions of this run: the photo `/a` of",
            "recorded with other options: --photos",
        ] {
            assert!(notes.contains(piece), "{photos}: {notes}");
        }
        let endpoint = &report["endpoints"][0];
        // As in a run that could not ask: what is not known of a photo decides nothing.
        assert_eq!((run.status, &endpoint["decision"]), (0, &"rewrite".into()), "{endpoint:#}");
        let photos = &endpoint["photos"][0];
        assert_eq!((&photos["urls"], &photos["outcomes"]["unreachable"]), (&1.into(), &1.into()));
        for side in ["old", "new"] {
            let why = &photos["examples"][0][side]["why"];
            assert_eq!(why, "the recording holds no answer", "{endpoint:#}");
        }
    }
}

#[test]
fn a_recording_without_allow_private_has_no_answers_of_private_addresses() {
    let folder = Folder::new();
    one_user(&folder);
    // The documentation's addresses are not public either (RFC 6890).
    let lab = Lab::builder()
        .ptr("203.0.113.7", &["c7.webex.com"])
        .host("c7.webex.com", &["203.0.113.7"])
        .photo_server("203.0.113.7", 443, Certificate::for_names(&["c7.webex.com"]))
        .start()
        .unwrap();
    let live = record(&folder, &lab, &["--allow-private=false"]);
    assert_eq!(live.status, 3, "{}", live.stderr);
    let live = json(&folder.read("r.json"));
    let again = ["--force", "--photos", "sample"];
    assert_eq!(record(&folder, &lab, &again).status, 0);
    drop(lab);
    // Somebody writes down that it was the run without --allow-private that got these answers.
    let mut recording = Recording::parse(&folder.read("run.json")).unwrap();
    assert_eq!(
        recording.options.insert("allow-private".to_owned(), false.into()),
        Some(true.into())
    );
    let other = elsewhere(&folder);
    other.write("run.json", recording.to_file().unwrap());
    let run = replay(&other, &["--photos", "sample"]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let report = json(&other.read("r.json"));
    for key in ["decision", "reason", "explanation"] {
        assert_eq!(report["endpoints"][0][key], live["endpoints"][0][key], "{report:#}");
    }
    let text = report.to_string();
    assert!(text.contains("is not a public address; --allow-private allows it"), "{report:#}");
}

#[test]
fn a_recording_that_is_not_as_it_was_written_is_refused() {
    let folder = Folder::new();
    one_user(&folder);
    let lab = Lab::builder().ptr("203.0.113.7", &["c7.webex.com"]).start().unwrap();
    assert_eq!(record(&folder, &lab, &[]).status, 3);
    drop(lab);
    let recording = folder.read("run.json");
    let text = String::from_utf8(recording.clone()).unwrap();
    let newer = text.replace("photofix.recording/1", "photofix.recording/2");
    let other = elsewhere(&folder);
    let before = other.names();
    let middle = recording.len() / 2;
    let mut flipped = recording.clone();
    flipped[middle] ^= 1;
    for (bytes, words) in [
        (flipped, "cannot replay `run.json`: "),
        (recording[..middle].to_vec(), "cannot replay `run.json`: "),
        (text.replace("c7.webex.com", "c8.webex.com").into_bytes(), "it was edited since it was"),
        (newer.into_bytes(), "its schema is `photofix.recording/2`"),
        (b"email,userProfilePhotoURL\n".to_vec(), "it is no recording"),
        (
            folder.read("r.json"),
            "is a JSON report (`--report` wrote it), and a recording is wanted",
        ),
    ] {
        other.write("run.json", bytes);
        let run = replay(&other, &[]);
        assert_eq!(run.status, 4, "{words}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{words}: {}", run.stderr);
        assert_eq!(other.names(), before, "nothing is written");
    }
    // Every byte, without a process for each.
    for at in 0..recording.len() {
        let mut flipped = recording.clone();
        flipped[at] ^= 0x04;
        assert!(Recording::parse(&flipped).is_err(), "byte {at}");
    }
    assert_eq!(Recording::parse(&recording).unwrap().to_file().unwrap(), recording);
}

#[test]
fn recordings_are_inputs_and_outputs_like_others() {
    let folder = Folder::new();
    one_user(&folder);
    let lab = Lab::builder().ptr("203.0.113.7", &["c7.webex.com"]).start().unwrap();
    assert_eq!(record(&folder, &lab, &[]).status, 3);
    drop(lab);
    let before = folder.names();
    let fix = ["fix", "users.csv", "-o"];
    for (arguments, status, words) in [
        (&["x.csv", "--record", "a.json", "--replay", "run.json"][..], 2, "exclude each other"),
        (&["x.csv", "--record", "a.json", "--offline"], 2, "there is nothing to keep"),
        (&["x.csv", "--replay", "run.json", "--offline"], 2, "lets no packet leave either"),
        (&["x.csv", "--replay", "absent.json"], 1, "cannot read `absent.json`"),
        (&["run.json", "--force", "--replay", "run.json"], 2, "the recording"),
        (&["x.csv", "--record", "run.json"], 2, "exists"),
        (&["x.csv", "--record", "users.csv", "--force"], 2, "the export"),
        (&["x.csv", "--record", "x.csv"], 2, "x.csv"),
    ] {
        let run = folder.run(&[&fix[..], arguments].concat());
        assert_eq!(run.status, status, "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(words), "{arguments:?}: {}", run.stderr);
        assert_eq!(folder.names(), before, "{arguments:?}");
    }
    let run = folder.run(&["fix", "-", "-o", "x.csv", "--replay", "-"]);
    assert!(run.status == 2 && run.stderr.contains("standard input"), "{}", run.stderr);
}
