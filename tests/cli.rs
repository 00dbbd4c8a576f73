//! The command line: exit statuses, and every message that a failure ends with. A message names
//! the file, the place and the value, and says what to do; and no output is left.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::process::Stdio;

use common::Folder;

const HEADER: &str = "employeeID,displayName,email,userProfilePhotoURL,activeConnect\r\n";

fn export(urls: &[&str]) -> String {
    let rows = urls
        .iter()
        .enumerate()
        .map(|(at, url)| format!("{at:06},\"Doe, Jane\",jane{at}@corp.example.com,{url},Yes\r\n"));
    HEADER.chars().chain(rows.collect::<String>().chars()).collect()
}

/// Runs and expects a failure: its status, its whole message, and nothing new in the folder.
fn fails(folder: &Folder, arguments: &[&str], status: i32, pieces: &[&str]) {
    let before = folder.names();
    let run = folder.run(arguments);
    assert_eq!(run.status, status, "{arguments:?}\n{}", run.stderr);
    for piece in pieces {
        assert!(run.stderr.contains(piece), "{arguments:?}: no {piece:?} in\n{}", run.stderr);
    }
    assert_eq!(folder.names(), before, "{arguments:?} left something");
    assert!(run.stdout.is_empty(), "{arguments:?}: {}", run.text());
}

#[test]
fn the_statuses_of_a_run_that_ends_well() {
    let folder = Folder::new();
    folder.write("map.csv", "203.0.113.7,c12.webex.com\n");
    folder.write("all.csv", export(&["https://203.0.113.7/a.jpg", "-", ""]));
    folder.write("some.csv", export(&["https://203.0.113.7/a.jpg", "https://203.0.113.8/b.jpg"]));
    let run = folder.run(&["fix", "all.csv", "-o", "out.csv", "--offline", "--map", "map.csv"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let expected = export(&["https://c12.webex.com/a.jpg", "-", ""]);
    assert_eq!(String::from_utf8(folder.read("out.csv")).unwrap(), expected);
    assert!(run.stdout.is_empty(), "standard output is data only");

    let run = folder.run(&["fix", "some.csv", "-o", "-", "--offline", "--map", "map.csv"]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let expected = export(&["https://c12.webex.com/a.jpg", "https://203.0.113.8/b.jpg"]);
    assert_eq!(run.text(), expected);

    let run = folder.run(&["verify", "all.csv", "out.csv"]);
    assert_eq!(run.status, 0, "{}{}", run.text(), run.stderr);
    let damaged = export(&["https://c12.webex.com/a.jpg", "-", ""]).replace("Jane", "Jan");
    folder.write("damaged.csv", damaged);
    let run = folder.run(&["verify", "all.csv", "damaged.csv"]);
    assert_eq!(run.status, 1, "{}{}", run.text(), run.stderr);
    assert!(run.text().contains("displayName"), "{}", run.text());
}

#[test]
fn a_host_that_no_bytes_stand_for_is_left_and_the_others_are_changed() {
    let folder = Folder::new();
    folder.write("map.csv", "203.0.113.7,c12.webex.com\n");
    // A quote closes within the address.
    let odd = "\"https://203.0.1\"13.7/a.jpg";
    folder.write("users.csv", export(&[odd, "https://203.0.113.7/b.jpg", odd]));
    let arguments = ["users.csv", "--offline", "--map", "map.csv"];
    for report in [&[][..], &["--report", "report.jsonl"]] {
        let run =
            folder.run(&[&["fix"], &arguments[..], &["-o", "out.csv", "--force"], report].concat());
        assert_eq!(run.status, 3, "{}", run.stderr);
        assert!(run.stderr.contains("record 1, line 2"), "{}", run.stderr);
        assert!(run.stderr.contains("inseparable-host"), "{}", run.stderr);
        let expected = export(&[odd, "https://c12.webex.com/b.jpg", odd]);
        assert_eq!(String::from_utf8(folder.read("out.csv")).unwrap(), expected);
    }
    let run = folder.run(&[&["plan"], &arguments[..], &["-o", "plan.json"]].concat());
    assert_eq!(run.status, 3, "{}", run.stderr);
    let run = folder.run(&["apply", "users.csv", "--plan", "plan.json", "-o", "applied.csv"]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert_eq!(folder.read("applied.csv"), folder.read("out.csv"));

    folder.write("odd-map.csv", "203.0.113.7,xn--a.webex.com\n");
    let arguments = ["fix", "users.csv", "-o", "other.csv", "--offline", "--map", "odd-map.csv"];
    fails(&folder, &arguments, 2, &["`odd-map.csv` line 1", "`xn--a.webex.com`", "no A-label"]);
}

#[test]
fn an_import_file_that_was_not_read_to_its_end_is_not_noted() {
    let folder = Folder::new();
    folder.write("map.csv", "203.0.113.7,c12.webex.com\n");
    // More than a pipe holds.
    folder.write("users.csv", export(&vec!["https://203.0.113.7/a.jpg"; 20_000]));
    let plan = ["plan", "users.csv", "-o", "plan.json", "--offline", "--map", "map.csv"];
    assert_eq!(folder.run(&plan).status, 0);
    let apply = ["apply", "users.csv", "--plan", "plan.json", "-o", "-"];
    let before = folder.names();
    let mut child =
        folder.command(&apply).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{message}");
    assert!(message.contains("standard output was closed before all of it was read"), "{message}");
    assert_eq!(folder.names(), before);

    let run = folder.run(&apply);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert!(folder.names().contains(&"plan.json.applied".to_owned()));
}

#[test]
fn quiet_says_nothing_and_the_summary_says_what_was_written() {
    let folder = Folder::new();
    folder.write("map.csv", "203.0.113.7,c12.webex.com\n");
    folder.write("users.csv", export(&["https://203.0.113.7/a.jpg"]));
    let arguments = ["fix", "users.csv", "-o", "out.csv", "--offline", "--map", "map.csv"];
    let run = folder.run(&arguments);
    assert!(run.stderr.contains("out.csv"), "{}", run.stderr);
    assert!(run.stderr.contains("offline"), "what was not asked is said: {}", run.stderr);
    let run = folder.run(&[&arguments[..], &["--force", "-q"]].concat());
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));
}

#[test]
fn usage() {
    let folder = Folder::new();
    folder.write("users.csv", export(&["https://203.0.113.7/a.jpg"]));
    folder.write("old.csv", "mine");
    let fix = |more: &[&'static str]| {
        let mut all = vec!["fix", "users.csv", "--offline"];
        if !more.contains(&"-o") {
            all.extend(["-o", "out.csv"]);
        }
        all.extend(more);
        all
    };
    for (arguments, pieces) in [
        (vec!["fix", "users.csv"], vec!["--output"]),
        (vec!["frobnicate"], vec!["frobnicate"]),
        (fix(&["--domain", "webex"]), vec!["--domain `webex`", "single label"]),
        (fix(&["--delimiter", "pipe"]), vec!["--delimiter `pipe`"]),
        (fix(&["--encoding", "ebcdic"]), vec!["--encoding `ebcdic`"]),
        (fix(&["--timeout", "soon"]), vec!["--timeout `soon`", "`5s`"]),
        (fix(&["--timeout", "0"]), vec!["--timeout `0`", "above zero"]),
        (fix(&["--default-host", "x.example"]), vec!["--default-host `x.example`", "outside"]),
        (fix(&["--concurrency", "0"]), vec!["--concurrency `0`", "at least 1"]),
        (fix(&["--dns", "nowhere"]), vec!["--dns `nowhere`"]),
        (fix(&["--connect-to", "a:b"]), vec!["--connect-to `a:b`"]),
        (fix(&["--profile", "jabber-99"]), vec!["--profile `jabber-99`", "jabber-12", "strict"]),
        (fix(&["--certificate", "maybe"]), vec!["--certificate `maybe`", "`require` or `warn`"]),
        (fix(&["--photos", "some"]), vec!["--photos `some`", "`off` or `sample` or `all`"]),
        (fix(&["--ambiguous", "guess"]), vec!["--ambiguous `guess`", "`hold` or `pick`"]),
        (fix(&["--default-host", "10.0.0.1"]), vec!["--default-host `10.0.0.1`", "an address"]),
        (fix(&["--report", "report.docx"]), vec!["--report `report.docx`", ".json"]),
        (fix(&["--color", "loud"]), vec!["--color `loud`"]),
        (fix(&["--headerless", "--column", "photo"]), vec!["--headerless", "--column"]),
        (fix(&["-o", "users.csv"]), vec!["`users.csv`", "the same file as the export"]),
        (fix(&["-o", "users.csv", "--force"]), vec!["`users.csv`", "the same file as the export"]),
        (fix(&["-o", "./users.csv", "--force"]), vec!["the same file as the export"]),
        (fix(&["-o", "old.csv"]), vec!["`old.csv` exists already", "--force"]),
        (fix(&["--report", "old.csv"]), vec!["a report `old.csv` exists already", "--force"]),
        (fix(&["--report", "out.csv"]), vec!["both the import file and a report", "out.csv"]),
        (fix(&["-o", "-", "--rollback", "-"]), vec!["standard output"]),
        (vec!["check", "203.0.113.7"], vec!["`203.0.113.7`", "no client matches"]),
        (vec!["check", "webex"], vec!["`webex`", "single label"]),
        (vec!["check", "ftp://c12.webex.com/"], vec!["`ftp://c12.webex.com/`"]),
        (vec!["check", "http://c12.webex.com/"], vec!["plain http"]),
        (vec!["check", "c12.webex.com", "--offline"], vec!["--offline"]),
        (vec!["check", "-"], vec!["standard input names no host"]),
    ] {
        fails(&folder, &arguments, 2, &pieces);
    }
    assert_eq!(folder.read("old.csv"), b"mine");
}

#[test]
fn maps_and_lists_that_cannot_be_used() {
    let folder = Folder::new();
    folder.write("users.csv", export(&["https://203.0.113.7/a.jpg"]));
    for (text, pieces) in [
        ("203.0.113.7,c12.webex.com\n66.163.36.300,x.webex.com\n", ["line 2", "`66.163.36.300`"]),
        ("203.0.113.7;c12.webex.com;x\n", ["line 1", "`ADDRESS,HOST`"]),
        ("203.0.113.7,a.webex.com\n203.0.113.7,b.webex.com\n", ["line 2", "`a.webex.com`"]),
        ("203.0.113.7,webex\n", ["line 1", "`webex`"]),
        ("66.163.36.300,x.webex.com\n", ["line 1", "`66.163.36.300`"]),
    ] {
        folder.write("map.csv", text);
        let arguments = ["fix", "users.csv", "-o", "out.csv", "--offline", "--map", "map.csv"];
        fails(&folder, &arguments, 2, &[&["`map.csv`", "hint: "][..], &pieces].concat());
    }
    // As PowerShell's `>` writes it.
    folder.write("map.csv", b"\xff\xfe2\x000\x00");
    let arguments = ["fix", "users.csv", "-o", "out.csv", "--offline", "--map", "map.csv"];
    fails(&folder, &arguments, 2, &["`map.csv` line 1", "save it as UTF-8"]);
    folder.write("names.txt", "c12.webex.com\nnot a name\n");
    let arguments = ["fix", "users.csv", "-o", "out.csv", "--offline", "--candidates", "names.txt"];
    fails(&folder, &arguments, 2, &["`names.txt` line 2", "`not a name`", "hint: "]);
    let arguments = ["fix", "users.csv", "-o", "out.csv", "--offline", "--map", "no.csv"];
    fails(&folder, &arguments, 1, &["cannot read `no.csv`", "hint: "]);
}

#[test]
fn exports_that_cannot_be_read() {
    let folder = Folder::new();
    let zip = b"PK\x03\x04\x14\0\x06\0[Content_Types].xml xl/workbook.xml".to_vec();
    let utf16 = |text: &str| {
        let units = text.encode_utf16().flat_map(u16::to_le_bytes);
        [0xFF, 0xFE].into_iter().chain(units).collect::<Vec<u8>>()
    };
    for (name, bytes, pieces) in [
        ("empty.csv", Vec::new(), vec!["empty"]),
        ("book.xlsx", zip, vec!["Excel"]),
        ("users.csv.gz", b"\x1f\x8b\x08\0\0\0\0\0".to_vec(), vec!["gzip"]),
        ("guide.pdf", b"%PDF-1.7\n%\xe2\xe3".to_vec(), vec!["PDF"]),
        (
            "meetings.csv",
            utf16(
                "UserID\tActive\tFirstName\tLastName\tEmail\tTC1\r\n1\tY\tA\tB\ta@b.example\t\r\n",
            ),
            vec!["Meetings"],
        ),
        (
            "exported_users.csv",
            b"First Name,Last Name,Display Name,User ID/Email (Required),User Status\r\n".to_vec(),
            vec!["Control Hub"],
        ),
        (
            "connect.csv",
            b"Username,User Status,Total Storage Used(MB)\r\n".to_vec(),
            vec!["Connect"],
        ),
        (
            "nearly.csv",
            b"email,userProfilePhotoURI,city\r\n".to_vec(),
            vec!["userProfilePhotoURL", "--column 'userProfilePhotoURI'"],
        ),
        (
            "twice.csv",
            b"email,userProfilePhotoURL,userprofilephotourl \r\n".to_vec(),
            vec!["userProfilePhotoURL", "2", "3"],
        ),
    ] {
        folder.write(name, bytes);
        let quoted = format!("`{name}`");
        let pieces = [&[quoted.as_str()][..], &pieces].concat();
        fails(&folder, &["fix", name, "-o", "out.csv", "--offline"], 1, &pieces);
        let run = folder.run(&["inspect", name]);
        assert_eq!(run.status, 1, "{name}: {}", run.text());
    }
    fails(&folder, &["fix", "no.csv", "-o", "out.csv"], 1, &["cannot open `no.csv`", "hint: "]);
    fails(&folder, &["fix", ".", "-o", "out.csv"], 1, &["`.`", "folder", "hint: "]);
    folder.write("users.csv", export(&[]));
    let arguments = ["fix", "users.csv", "-o", "nowhere/out.csv", "--offline"];
    fails(&folder, &arguments, 1, &["nowhere", "hint: "]);
}

#[test]
fn records_that_cannot_be_read_are_counted_said_and_kept() {
    let folder = Folder::new();
    folder.write("map.csv", "203.0.113.7,c12.webex.com\n");
    let mut bytes = export(&["https://203.0.113.7/a.jpg"]).into_bytes();
    bytes.extend(b"000001,X,x@corp.example.com,https://203.0.113.7/\xff.jpg,Yes\r\n");
    bytes.extend(b"000002,X,y@corp.example.com,https://203.0.113.7/b.jpg,Yes\r\n");
    bytes.extend(b"000003,\"never closed,z@corp.example.com,https://203.0.113.7/c.jpg,Yes\r\n");
    bytes.extend(b"000004,X,w@corp.example.com,https://203.0.113.7/d.jpg,Yes\r\n");
    folder.write("users.csv", &bytes);
    let arguments = [
        "fix",
        "users.csv",
        "-o",
        "out.csv",
        "--offline",
        "--map",
        "map.csv",
        "--report",
        "r.jsonl",
    ];
    let run = folder.run(&arguments);
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert!(run.stderr.contains("record 4 (line 5, byte "), "said loudly: {}", run.stderr);
    let report = String::from_utf8(folder.read("r.jsonl")).unwrap();
    let held: Vec<serde_json::Value> = report
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
        .filter(|line| line["type"] == "held")
        .collect();
    let found: Vec<(u64, u64, &str)> = held
        .iter()
        .map(|row| {
            let number = |key: &str| row[key].as_u64().unwrap();
            (number("record"), number("line"), row["reason"].as_str().unwrap())
        })
        .collect();
    assert_eq!(found, [(2, 3, "undecodable"), (4, 5, "unclosed-quote")]);
    assert!(held.iter().all(|row| row["byte"].as_u64().is_some()));
    // Everything behind the unclosed quote is there, as it was.
    let out = folder.read("out.csv");
    let tail = bytes.windows(7).position(|window| window == b"000003,").unwrap();
    assert!(out.ends_with(&bytes[tail..]));
}

#[test]
fn stale_plans_are_refused_by_name() {
    let folder = Folder::new();
    folder.write("map.csv", "203.0.113.7,c12.webex.com\n");
    folder.write("users.csv", export(&["https://203.0.113.7/a.jpg"]));
    let arguments = ["plan", "users.csv", "-o", "plan.json", "--offline", "--map", "map.csv"];
    assert_eq!(folder.run(&arguments).status, 0);
    let apply = ["apply", "users.csv", "--plan", "plan.json", "-o", "out.csv"];

    folder.write("users.csv", export(&["https://203.0.113.7/b.jpg"]));
    fails(&folder, &apply, 4, &["`plan.json`", "planned for", "found", "sha256", "hint: "]);
    folder.write("users.csv", export(&["https://203.0.113.7/a.jpg", "-"]));
    fails(&folder, &apply, 4, &["planned for", "hint: "]);
    folder.write("users.csv", "PK\x03\x04");
    fails(&folder, &apply, 4, &["planned for", "hint: "]);

    folder.write("users.csv", export(&["https://203.0.113.7/a.jpg"]));
    let plan = String::from_utf8(folder.read("plan.json")).unwrap();
    for (from, to, pieces) in [
        ("c12.webex.com", "c13.webex.com", ["planned", "sha256"]),
        (
            "\"host\": \"c12.webex.com\"",
            "\"host\": \"evil.example\"",
            ["`evil.example`", "outside"],
        ),
        ("photofix.plan/1", "photofix.plan/9", ["photofix.plan/9", "photofix.plan/1"]),
        (
            "\"options\": {",
            "\"options\": {\"headerless\": true,",
            ["its options do not fit", "`--headerless` was given"],
        ),
        ("\"decision\": \"rewrite\"", "\"decision\": \"guess\"", ["`guess`", "decision"]),
        ("\"schema\"", "\"scheme\"", ["not a photofix plan", "schema"]),
    ] {
        assert!(plan.contains(from), "{from} in {plan}");
        let edited = plan.replace(from, to);
        folder.write("plan.json", &edited);
        fails(&folder, &apply, 4, &["`plan.json`", "hint: "]);
        // Who edits a plan may seal it again: then it is what it says that is refused.
        let mut sealed = edited.into_bytes();
        let at = sealed.len() - 64 - "\"\n}\n".len();
        sealed[at..at + 64].copy_from_slice(photofix::seal::UNSEALED.as_bytes());
        photofix::seal::seal(&mut sealed).unwrap();
        folder.write("plan.json", sealed);
        fails(&folder, &apply, 4, &[&pieces[..], &["`plan.json`", "hint: "]].concat());
    }
    folder.write("plan.json", &plan);
    let run = folder.run(&apply);
    assert_eq!(run.status, 0, "{}", run.stderr);
}

#[test]
fn a_status_file_is_recognised_and_said() {
    let folder = Folder::new();
    let text = "employeeID,firstName,lastName,email,userName,userProfilePhotoURL,Status\r\n\
                1,A,B,a@corp.example.com,a,https://203.0.113.7/a.jpg,Success\r\n";
    folder.write("import_status.csv", text);
    for arguments in [
        &["inspect", "import_status.csv"][..],
        &["fix", "import_status.csv", "-o", "out.csv", "--offline"],
    ] {
        let run = folder.run(arguments);
        let said = format!("{}{}", run.text(), run.stderr);
        assert!(said.contains("status file") && said.contains("`Status`"), "{said}");
    }
}

#[test]
fn a_proxys_password_is_in_no_report() {
    let folder = Folder::new();
    folder.write("users.csv", export(&["https://203.0.113.7/a.jpg"]));
    let proxy = "http://jane:s3cret@127.0.0.1:3128";
    let arguments = ["plan", "users.csv", "-o", "plan.json", "--offline", "--proxy", proxy];
    let run = folder.run(&[&arguments[..], &["--report", "r.json", "--report", "r.md"]].concat());
    assert_eq!(run.status, 3, "{}", run.stderr);
    for name in ["plan.json", "r.json", "r.md"] {
        let text = String::from_utf8(folder.read(name)).unwrap();
        assert!(!text.contains("s3cret"), "{name}: {text}");
    }
    assert!(!run.stderr.contains("s3cret"));
}

#[test]
fn a_proxys_password_is_in_no_error() {
    let folder = Folder::new();
    for (proxy, shown) in [
        ("https://jane:s3cret@proxy.example:3128", "…@proxy.example:3128"),
        ("http://jane:s3cret@proxy.example:3128/path", "…@proxy.example:3128/path"),
        ("jane:s3cret@proxy.example:3128", "…@proxy.example:3128"),
        ("http://jane:s3cr@t%@proxy.example", "…@proxy.example"),
        ("socks5://proxy.example", "socks5://proxy.example"),
    ] {
        let run = folder.run(&["check", "c12.webex.com", "--proxy", proxy]);
        assert_eq!(run.status, 2, "{}", run.stderr);
        assert!(run.stderr.contains(&format!("--proxy `{shown}`")), "{}", run.stderr);
        assert!(!run.stderr.contains("s3cr"), "{}", run.stderr);
    }
}

/// Waits for a run that must end by itself.
#[cfg(unix)]
fn ends(mut child: std::process::Child) -> Option<i32> {
    for _ in 0..300 {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    child.kill().unwrap();
    panic!("the run does not end");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_run_that_waits_for_its_input() {
    use std::io::Read;
    let folder = Folder::new();
    folder.write("users.csv", export(&["https://203.0.113.7/a.jpg"]));
    for arguments in [
        &["inspect", "-"][..],
        &["fix", "-", "-o", "out.csv", "--offline"],
        &["apply", "users.csv", "--plan", "-", "-o", "out.csv"],
    ] {
        let mut child = folder
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // Nothing is ever written to it, and a run that reads shows no sign of it. Until its
        // handler is there, the signal ends it without a status.
        std::thread::sleep(std::time::Duration::from_millis(500));
        let (input, mut stderr) = (child.stdin.take(), child.stderr.take().unwrap());
        let process = child.id().to_string();
        assert!(
            std::process::Command::new("kill").args(["-INT", &process]).status().unwrap().success()
        );
        assert_eq!(ends(child), Some(130), "{arguments:?}");
        let mut said = String::new();
        stderr.read_to_string(&mut said).unwrap();
        assert_eq!(said, "error: interrupted; no output was written\n", "{arguments:?}");
        assert_eq!(folder.names(), ["users.csv"], "{arguments:?}");
        drop(input);
    }
}

#[cfg(unix)]
#[test]
fn a_named_pipe_is_an_export_and_no_output() {
    let folder = Folder::new();
    let text = export(&["https://203.0.113.7/a.jpg"]);
    folder.write("users.csv", &text);
    folder.write("map.csv", "203.0.113.7,c12.webex.com\n");
    let pipe = folder.join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let job = ["--offline", "--map", "map.csv", "-q"];
    let run = |arguments: &[&str]| {
        let arguments = [arguments, &job].concat();
        folder.command(&arguments).stderr(Stdio::piped()).spawn().unwrap()
    };
    let child = run(&["fix", "users.csv", "-o", "pipe", "--force"]);
    assert_eq!(ends(child), Some(2));
    let child = run(&["fix", "pipe", "-o", "out.csv"]);
    std::fs::write(&pipe, &text).unwrap();
    assert_eq!(ends(child), Some(0));
    let expected = text.replace("203.0.113.7", "c12.webex.com");
    assert_eq!(String::from_utf8(folder.read("out.csv")).unwrap(), expected);
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_is_named_and_no_output_is_left() {
    let folder = Folder::new();
    folder.write("map.csv", "203.0.113.7,c12.webex.com\n");
    let cells: Vec<String> = (0..20_000).map(|n| format!("https://203.0.113.7/{n}.jpg")).collect();
    folder.write("users.csv", export(&cells.iter().map(String::as_str).collect::<Vec<_>>()));
    let before = folder.names();
    for (output, piece) in
        [(&["-o", "out.csv"][..], "out.csv`: "), (&["-o", "-"], "standard output, kept in `")]
    {
        // A limit on the size of files is the full disk that needs no root; its signal is off.
        let script = format!(
            "trap '' XFSZ; ulimit -f 64; exec {} fix users.csv --offline --map map.csv {} >taken",
            env!("CARGO_BIN_EXE_photofix"),
            output.join(" ")
        );
        let run = std::process::Command::new("sh")
            .args(["-c", &script])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stderr).into_owned();
        assert_eq!(run.status.code(), Some(1), "{said}");
        assert!(said.contains("cannot write an output: ") && said.contains(piece), "{said}");
        assert!(said.contains("hint: "), "{said}");
        assert!(folder.read("taken").is_empty());
        std::fs::remove_file(folder.join("taken")).unwrap();
        assert_eq!(folder.names(), before);
    }
}

#[test]
fn an_import_file_of_another_form_is_a_finding() {
    let folder = Folder::new();
    let text = export(&["https://203.0.113.7/a.jpg"]);
    folder.write("users.csv", &text);
    // As a spreadsheet saves it: "Unicode Text", and CSV where the comma is the decimal sign.
    let unicode = text.replace(',', "\t").encode_utf16().flat_map(u16::to_le_bytes).collect();
    folder.write("unicode.txt", [vec![0xFF, 0xFE], unicode].concat());
    folder.write("semicolon.csv", text.replace(',', ";"));
    for (import, pieces) in [
        ("unicode.txt", &["the encoding", "UTF-8", "UTF-16LE", "the byte order mark"][..]),
        ("semicolon.csv", &["the delimiter", "comma", "semicolon"]),
    ] {
        let run = folder.run(&["verify", "users.csv", import]);
        assert_eq!(run.status, 1, "{import}: {}", run.stderr);
        let said = run.text();
        assert!(said.starts_with("Not proven"), "{import}: {said}{}", run.stderr);
        for piece in pieces {
            assert!(said.contains(piece), "{import}: no {piece:?} in {said}");
        }
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_leaves_nothing_behind() {
    let folder = Folder::new();
    folder.write("users.csv", export(&["https://203.0.113.7/a.jpg"]));
    // A resolver that never answers: the run would wait for it.
    let silent = std::net::UdpSocket::bind(("127.0.0.1", 0)).unwrap();
    let server = silent.local_addr().unwrap().to_string();
    for signal in ["-INT", "-TERM"] {
        let arguments = ["fix", "users.csv", "-o", "out.csv", "--dns", &server, "--timeout", "1h"];
        let mut child = folder.command(&arguments).stderr(Stdio::piped()).spawn().unwrap();
        // It asks when its handlers and its temporary files are there.
        silent.recv_from(&mut [0; 512]).unwrap();
        let process = child.id().to_string();
        let sent = std::process::Command::new("kill").args([signal, &process]).status().unwrap();
        assert!(sent.success());
        let status = child.wait().unwrap();
        assert_eq!(status.code(), Some(130), "{signal}");
        assert_eq!(folder.names(), ["users.csv"], "{signal}");
    }
}

#[test]
fn the_layers_of_options() {
    let folder = Folder::new();
    folder.write("map.csv", "203.0.113.7,c12.webex.com\n");
    folder.write("users.csv", export(&["https://203.0.113.7/a.jpg"]));
    let fix = ["fix", "users.csv", "-o", "-"];

    folder.write("photofix.toml", "offline = true\nmap = 'map.csv'\nquiet = true\n");
    let run = folder.run(&[&fix[..], &["--config", "photofix.toml"]].concat());
    assert_eq!((run.status, run.stderr.as_str()), (0, ""));

    folder.write("photofix.toml", "offline = true\nmap = 'other.csv'\ndomain = 'example.com'\n");
    let run = folder
        .command(&[&fix[..], &["--config", "photofix.toml"]].concat())
        .env("PHOTOFIX_MAP", "map.csv")
        .env("PHOTOFIX_DOMAIN", "webex.com,example.com")
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));

    let run = folder
        .command(&[&fix[..], &["--map", "map.csv", "--domain", "webex.com"]].concat())
        .env("PHOTOFIX_MAP", "other.csv")
        .env("PHOTOFIX_OFFLINE", "yes")
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));

    // Both commands read the one option from the one file.
    folder.write("two.csv", export(&["https://203.0.113.7/a.jpg", "-"]));
    folder.write("photofix.toml", "offline = true\nmap = 'map.csv'\nonly-changed = true\n");
    let run = folder.run(&["fix", "two.csv", "-o", "only.csv", "--config", "photofix.toml"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let run = folder.run(&["verify", "two.csv", "only.csv", "--config", "photofix.toml"]);
    assert_eq!(run.status, 0, "{}{}", run.text(), run.stderr);
    let verify = ["verify", "two.csv", "only.csv", "--only-changed=false"];
    let run = folder.run(&[&verify[..], &["--config", "photofix.toml"]].concat());
    assert_eq!(run.status, 1, "{}{}", run.text(), run.stderr);

    for (name, value, pieces) in [
        ("PHOTOFIX_CONCURRENCY", "-1", ["`PHOTOFIX_CONCURRENCY`", "`-1` is not a whole number"]),
        ("PHOTOFIX_RETRIES", "99999999999", ["`PHOTOFIX_RETRIES`", "is not a whole number"]),
        ("PHOTOFIX_OFFLINE", "perhaps", ["`PHOTOFIX_OFFLINE`", "neither `true` nor `false`"]),
        ("PHOTOFIX_AGAIN", "1", ["PHOTOFIX_AGAIN: --again", "said on the command line only"]),
        ("PHOTOFIX_SHARD", "with-header", ["PHOTOFIX_SHARD: --shard", "on the command line only"]),
    ] {
        let run = folder.command(&fix).env(name, value).output().unwrap();
        let stderr = String::from_utf8_lossy(&run.stderr).into_owned();
        assert_eq!(run.status.code(), Some(2), "{stderr}");
        assert!(pieces.iter().all(|piece| stderr.contains(piece)), "{stderr}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        let value = std::ffi::OsStr::from_bytes(b"webex.com,caf\xe9.example");
        let run = folder.command(&fix).env("PHOTOFIX_DOMAIN", value).output().unwrap();
        let stderr = String::from_utf8_lossy(&run.stderr).into_owned();
        assert_eq!(run.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains("PHOTOFIX_DOMAIN: its value is not Unicode"), "{stderr}");
    }
    folder.write("photofix.toml", b"\xff\xfeo\0");
    let arguments = [&fix[..], &["--config", "photofix.toml"]].concat();
    fails(&folder, &arguments, 2, &["`photofix.toml`", "save it as UTF-8"]);

    for (text, piece) in [
        ("offlin = true\n", "`offlin` is no option; the nearest is `offline`"),
        ("offline = 'perhaps'\n", "`offline = \"perhaps\"`: expected `true` or `false`"),
        ("domain = 7\n", "`domain = 7`: expected a list of texts"),
        ("offline = \n", "photofix.toml"),
        ("warn-days = 'soon'\n", "`warn-days = \"soon\"`: expected a whole number"),
        ("chain = 'a.pem'\n", "`photofix.toml`: --chain is said on the command line only"),
    ] {
        folder.write("photofix.toml", text);
        let arguments = [&fix[..], &["--config", "photofix.toml"]].concat();
        fails(&folder, &arguments, 2, &[piece, "hint: "]);
    }
    let run = folder.command(&fix).env("PHOTOFIX_DOMIAN", "x.example").output().unwrap();
    assert_eq!(run.status.code(), Some(2));
    let stderr = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(stderr.contains("`domian` is no option; the nearest is `domain`"), "{stderr}");
}

#[test]
fn standard_input_and_closed_pipes() {
    let folder = Folder::new();
    folder.write("map.csv", "203.0.113.7,c12.webex.com\n");
    let text = export(&["https://203.0.113.7/a.jpg"]);
    folder.write("users.csv", &text);
    let from_stdin = || std::fs::File::open(folder.join("users.csv")).unwrap();
    let run = folder
        .command(&["fix", "-", "-o", "-", "--offline", "--map", "map.csv"])
        .stdin(from_stdin())
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(0));
    assert_eq!(
        String::from_utf8(run.stdout).unwrap(),
        text.replace("203.0.113.7", "c12.webex.com")
    );

    let mut child = folder
        .command(&["inspect", "users.csv"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(output.stderr.is_empty(), "a closed pipe is a quiet end");
}

#[test]
fn an_export_from_standard_input_is_an_export_all_the_same() {
    let folder = Folder::new();
    let text = export(&["https://203.0.113.7/a.jpg"]);
    folder.write("users.csv", &text);
    folder.write("map.csv", "203.0.113.7,c12.webex.com\n");
    let users = |write: bool| {
        let options = std::fs::OpenOptions::new().read(true).append(write).clone();
        options.open(folder.join("users.csv")).unwrap()
    };
    let job = ["--offline", "--map", "map.csv", "--force"];
    // Led in by the shell, and named as the output.
    let run = folder
        .command(&[&["fix", "-", "-o", "users.csv"][..], &job].concat())
        .stdin(users(false))
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(2), "{}", String::from_utf8_lossy(&run.stderr));
    assert!(String::from_utf8_lossy(&run.stderr).contains("the same file as the export"));
    // `>> users.csv`
    let run = folder
        .command(&[&["fix", "users.csv", "-o", "-"][..], &job].concat())
        .stdout(users(true))
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(2), "{}", String::from_utf8_lossy(&run.stderr));
    assert_eq!(String::from_utf8(folder.read("users.csv")).unwrap(), text);
    // Nor is any other input an output.
    folder.write("photofix.toml", "offline = true\nmap = 'map.csv'\n");
    for input in ["photofix.toml", "map.csv"] {
        let fix = ["fix", "users.csv", "-o", input, "--config", "photofix.toml", "--force"];
        fails(&folder, &fix, 2, &["the same file as", "never overwritten"]);
    }
    // One standard input is not two files.
    fails(&folder, &["verify", "-", "-"], 2, &["standard input", "hint: "]);
    fails(&folder, &["apply", "-", "--plan", "-", "-o", "x.csv"], 2, &["standard input"]);
}

#[test]
fn what_stays_and_still_prompts_is_said() {
    let folder = Folder::new();
    let cells = ["https://intranet/a.jpg", "203.0.113.7/b.jpg", "https://photos.example.org/c.jpg"];
    folder.write("users.csv", export(&cells));
    let run = folder.run(&["fix", "users.csv", "-o", "out.csv", "--offline", "--report", "r.md"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let words = run.stderr.replace("\n      ", " ");
    for piece in ["`intranet`", "single label", "`photos.example.org`", "record 2 (line 3)"] {
        assert!(words.contains(piece), "{piece}: {words}");
    }
    assert!(String::from_utf8(folder.read("r.md")).unwrap().contains("intranet"));
}

#[test]
fn completions_and_the_manual_name_every_command() {
    let folder = Folder::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let run = folder.run(&["completions", shell]);
        assert_eq!(run.status, 0);
        assert!(run.text().contains("only-changed"), "{shell}");
    }
    let run = folder.run(&["man"]);
    let page = run.text();
    assert!(page.starts_with(".ie") || page.contains(".TH"), "{}", &page[..200]);
    for command in ["INSPECT", "FIX", "PLAN", "APPLY", "APPROVE", "SHOW", "VERIFY", "CHECK"] {
        assert!(page.contains(&format!("PHOTOFIX {command}")), "{command}");
    }
    assert!(page.contains("Exit status"), "the exit statuses");
}
