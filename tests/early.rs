//! The network is asked while the export is still being read, and learns the same as afterwards;
//! a pass that fails takes the network phase with it.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};

use common::{Folder, Run};
use lab::{Certificate, DnsFault, Lab};
use photofix::census::{Bound, Census, CensusError, MAX_HOSTS, Met, Onlooker, Photos};
use photofix::evidence::{Endpoint, Evidence, Scheme, Service};
use photofix::export::{Choices, Reader};
use photofix::name::Fqdn;
use photofix::network::{
    self, Agenda, Ahead, Limits, NetworkError, NetworkSettings, Server, SpecialAddresses, Wanted,
};
use photofix::reference::{HostMap, Scope};
use photofix::x509::trust::TrustAnchors;

static NOBODY: AtomicBool = AtomicBool::new(false);

/// Longer than anything here takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn name(text: &str) -> Fqdn {
    Fqdn::parse(text).unwrap()
}

fn settings(lab: &Lab, timeout: Duration, deadline: Duration) -> NetworkSettings {
    NetworkSettings {
        servers: vec![Server::Plain(lab.dns_address())],
        connect_to: lab.connect_to().iter().map(|line| line.parse().unwrap()).collect(),
        special: SpecialAddresses::Allow,
        limits: Limits { timeout, retries: 0, deadline, revocation: timeout, concurrency: 4 },
        proxy: None,
        http_proxy: None,
        anchors: Arc::new(TrustAnchors::default()),
        dns_trust: Vec::new(),
    }
}

/// More than any reader takes before it gives its first record.
const PADDING: usize = 4 << 20;

/// The rows of an export with these cells, with a long column beside them at the end.
fn rows(cells: &[&str]) -> Vec<u8> {
    let mut text = String::new();
    for cell in cells {
        writeln!(text, "a@x,{cell},").unwrap();
    }
    text.into_bytes()
}

fn padding() -> Vec<u8> {
    let row = format!("b@x,-,{}\n", "x".repeat(1000));
    row.repeat(PADDING / row.len()).into_bytes()
}

/// A reader that gives its end only when somebody was asked in the lab.
struct Patient<'a> {
    first: &'a [u8],
    lab: &'a Lab,
    /// What must have been asked about.
    about: &'a [&'a str],
    end: Option<io::Result<&'a [u8]>>,
}

impl Read for Patient<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.first.is_empty() {
            let Some(end) = self.end.take() else { return Ok(0) };
            let begun = Instant::now();
            while self.about.iter().any(|one| self.lab.dns_questions_about(one) == 0) {
                assert!(
                    begun.elapsed() < PATIENCE,
                    "nothing was asked: {:?}",
                    self.lab.dns_questions()
                );
                std::thread::sleep(Duration::from_millis(5));
            }
            self.first = end?;
        }
        self.first.read(buffer)
    }
}

/// Begins with the first host, and writes down the agenda.
struct Early<'a> {
    scope: &'a Scope,
    settings: &'a NetworkSettings,
    ahead: Option<Ahead>,
    agenda: Agenda,
}

impl Onlooker for Early<'_> {
    fn met(&mut self, met: Met<'_>) {
        let wanted = match met {
            Met::Endpoint(endpoint) => {
                self.agenda.endpoints.push(endpoint.clone());
                Wanted::Endpoint(endpoint.clone())
            }
            Met::WebEx(name, port, Scheme::Https) => {
                let service = Service::tls(name.clone(), port);
                self.agenda.hosts.push(service.clone());
                Wanted::Host(service)
            }
            Met::WebEx(..) => return,
        };
        let start = || Ahead::start(self.scope.clone(), self.settings.clone(), &NOBODY).unwrap();
        self.ahead.get_or_insert_with(start).ask(wanted);
    }
}

fn census(reader: impl Read, scope: &Scope, early: &mut Early<'_>) -> Result<Census, CensusError> {
    let mut reader = Reader::open(reader, &Choices::default()).unwrap();
    Census::take_watched(&mut reader, &scope.domains, Photos::Off, Bound::STRICT, early)
}

/// Every way to a name: PTR, a certificate, another record's name, the list, the map, the default
/// host; both families; with a plain scheme; nothing at all.
fn world() -> Lab {
    let mut world = Lab::builder()
        .delay(Duration::from_millis(3))
        .ptr("203.0.113.1", &["c1.webex.com"])
        .ptr("203.0.113.2", &["webex.com.evil.example"])
        .ptr("2001:db8::1", &["c1.webex.com"])
        .host("c1.webex.com", &["203.0.113.1", "2001:db8::1"])
        .host("late.webex.com", &["203.0.113.3", "203.0.113.4"])
        .host("plain.webex.com", &["203.0.113.3"])
        .host("list.webex.com", &["203.0.113.5", "2001:db8::2"])
        .host("shown.webex.com", &["203.0.113.6"])
        .host("default.webex.com", &["203.0.113.99"])
        .dns_fault("203.0.113.7", DnsFault::ServFail);
    for n in 1..7 {
        let certificate = Certificate::for_names(&["*.webex.com", "shown.webex.com"]);
        world = world.photo_server(&format!("203.0.113.{n}"), 443, certificate);
    }
    world.start().unwrap()
}

fn scope(default_host: Option<&str>) -> Scope {
    Scope {
        domains: vec![name("webex.com")],
        map: HostMap::parse(b"203.0.113.6,list.webex.com\nldap,c1.webex.com\n").unwrap(),
        list: BTreeSet::from([name("list.webex.com"), name("gone.webex.com")]),
        default_host: default_host.map(name),
        ..Scope::default()
    }
}

const FIRST: &[&str] = &[
    "https://203.0.113.1/a",
    "https://203.0.113.2/a",
    "https://203.0.113.3/a",
    "https://203.0.113.6/a",
    "http://203.0.113.3:8080/a",
    "http://ldap/a",
];
const LAST: &[&str] = &[
    "https://203.0.113.1/b",
    "https://late.webex.com/b",
    "http://plain.webex.com/b",
    "https://203.0.113.4/b",
    "https://203.0.113.5/b",
    "https://203.0.113.7/b",
    "https://[2001:db8::1]/b",
    "https://[2001:db8::2]/b",
];

/// What was learned, but for how long it took.
fn timeless(mut evidence: Evidence) -> Evidence {
    for fetched in evidence.fetched.values_mut() {
        fetched.elapsed_ms = 0;
    }
    evidence
}

#[test]
fn what_is_asked_early_is_what_would_be_asked_late() {
    const HEADER: &[u8] = b"email,userProfilePhotoURL,note\n";
    let scopes = [scope(None), scope(Some("default.webex.com"))];
    // With all names in the first part, with names that come last, and with no name at all.
    let whole = [FIRST, LAST].concat();
    let nameless: Vec<&str> =
        LAST.iter().copied().filter(|cell| !cell.contains("webex.com")).collect();
    for (first, last) in [(FIRST, LAST), (&whole, &FIRST[..1]), (FIRST, &nameless)] {
        for scope in &scopes {
            let lab = world();
            let limit = Duration::from_secs(120);
            let settings = settings(&lab, limit, limit);
            let start = [HEADER, &rows(first), &padding()].concat();
            let (end, about) = (rows(last), ["203.0.113.1", "203.0.113.3", "list.webex.com"]);
            let reader = Patient { first: &start, lab: &lab, about: &about, end: Some(Ok(&end)) };
            let agenda = Agenda::default();
            let mut early = Early { scope, settings: &settings, ahead: None, agenda };
            let census = census(reader, scope, &mut early).unwrap();
            let Early { ahead, agenda, .. } = early;
            let mut events = Vec::new();
            let on_event = &mut |event| events.push(event);
            let evidence = ahead.unwrap().finish(census.corpus(), on_event).unwrap();
            let count = (agenda.endpoints.len() + agenda.hosts.len()) as u64;
            assert_eq!(events[0], network::Event::Planned(count));
            assert_eq!(events[1..].len() as u64, count, "each is finished once: {events:?}");

            let doubled: Vec<u64> = lab.dns_questions().values().map(|count| count * 2).collect();
            let hellos: u64 = lab.handshakes().values().sum();
            let scope = Scope { corpus: census.corpus(), ..scope.clone() };
            let late = network::run(&agenda, &scope, &settings, &NOBODY, &mut |_| {}).unwrap();
            assert_eq!(timeless(evidence), timeless(late));
            // The same questions, each as often as before.
            assert_eq!(lab.dns_questions().into_values().collect::<Vec<_>>(), doubled);
            assert_eq!(lab.handshakes().values().sum::<u64>(), hellos * 2);
        }
    }
}

#[test]
fn a_reader_that_fails_ends_what_is_under_way() {
    // Nobody answers, and nobody would give up for an hour.
    let lab = Lab::builder().dns_fault("*", DnsFault::Silent).start().unwrap();
    let hour = Duration::from_secs(3600);
    let (scope, settings) = (scope(None), settings(&lab, hour, hour));
    let start = [b"email,userProfilePhotoURL,note\n", &rows(FIRST)[..], &padding()].concat();
    let broken = Some(Err(io::Error::other("the disk is gone")));
    let reader = Patient { first: &start, lab: &lab, about: &["203.0.113.1"], end: broken };
    let agenda = Agenda::default();
    let mut early = Early { scope: &scope, settings: &settings, ahead: None, agenda };
    let error = census(reader, &scope, &mut early).unwrap_err();
    assert!(error.to_string().contains("cannot read the export beyond byte"), "{error}");
    let begun = Instant::now();
    drop(early);
    assert!(begun.elapsed() < PATIENCE);
}

#[test]
fn time_counts_from_the_end_of_the_export() {
    // Whatever was asked meanwhile is given up a second after the end, and not before.
    let lab = Lab::builder()
        .dns_fault("203.0.113.1", DnsFault::Silent)
        .ptr("203.0.113.2", &["c2.webex.com"])
        .start()
        .unwrap();
    let hour = Duration::from_secs(3600);
    let settings = settings(&lab, hour, Duration::from_secs(1));
    let mut ahead = Ahead::start(scope(None), settings, &NOBODY).unwrap();
    let endpoint = |address: &str| Endpoint {
        host: address.to_owned().into(),
        port: 80,
        scheme: Scheme::Http,
    };
    ahead.ask(Wanted::Endpoint(endpoint("203.0.113.1")));
    std::thread::sleep(Duration::from_millis(1500));
    ahead.ask(Wanted::Endpoint(endpoint("203.0.113.2")));
    while lab.dns_questions_about("c2.webex.com") == 0 {
        std::thread::sleep(Duration::from_millis(5));
    }
    let begun = Instant::now();
    let evidence = ahead.finish(Default::default(), &mut |_| {}).unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(900));
    let answer = format!("{:?}", evidence.pointers[&"203.0.113.1".parse().unwrap()]);
    assert!(answer.contains("deadline of 1 s"), "{answer}");
    let answer = &evidence.pointers[&"203.0.113.2".parse().unwrap()];
    assert_eq!(answer.found().unwrap(), &["c2.webex.com"]);
}

#[test]
fn what_stands_in_the_way_is_said_at_the_end() {
    let lab = Lab::builder().start().unwrap();
    let mut settings = settings(&lab, PATIENCE, PATIENCE);
    settings.servers = vec!["tls://127.0.0.1".parse().unwrap()];
    let mut ahead = Ahead::start(scope(None), settings, &NOBODY).unwrap();
    ahead.ask(Wanted::Host(Service::tls(name("c1.webex.com"), 443)));
    let error = ahead.finish(Default::default(), &mut |_| {}).unwrap_err();
    assert!(matches!(error, NetworkError::Settings(_)), "{error}");
}

fn fix(folder: &Folder, lab: &Lab, more: &[&str]) -> Run {
    let config = lab.write_config(folder.path()).unwrap();
    let fix = ["fix", "users.csv", "-o", "import.csv", "--report", "report.json", "--config"];
    folder.run(&[&fix[..], &[config.to_str().unwrap()], more].concat())
}

#[test]
fn too_many_hosts_are_refused_with_the_record_and_nobody_is_waited_for() {
    let lab = Lab::builder().dns_fault("*", DnsFault::Silent).start().unwrap();
    let folder = Folder::new();
    for (kind, words) in [("ip", "addresses and single-label hosts"), ("webex", "WebEx hosts")] {
        // The first record has an address, and what is asked about it is never answered.
        let mut export = "email,userProfilePhotoURL\na@x,http://203.0.113.1/a\n".to_owned();
        let room = if kind == "ip" { MAX_HOSTS - 1 } else { MAX_HOSTS };
        for n in 0..=room {
            match kind {
                "ip" => {
                    let (a, b, c) = (n / 62_500, n / 250 % 250, n % 250);
                    writeln!(export, "a@x,http://198.{}.{b}.{c}/a", 18 + a).unwrap();
                }
                _ => writeln!(export, "a@x,http://h{n}.webex.com/a").unwrap(),
            }
        }
        folder.write("users.csv", &export);
        let before = folder.names();
        let run = fix(&folder, &lab, &["--timeout", "1h", "--deadline", "1h"]);
        assert_eq!(run.status, 1, "{}", run.stderr);
        let record = room + 2;
        for words in [
            format!("`users.csv`: record {record} (line {}): ", record + 1),
            format!("more than {MAX_HOSTS} different {words}"),
            "photofix inspect".to_owned(),
            "split the export".to_owned(),
        ] {
            assert!(run.stderr.contains(&words), "{words}: {}", run.stderr);
        }
        let mut after = folder.names();
        after.retain(|name| !name.starts_with("lab"));
        assert_eq!(
            after,
            before.into_iter().filter(|it| !it.starts_with("lab")).collect::<Vec<_>>()
        );
        // It was asked about while the export was read, long before its last record.
        assert!(lab.dns_questions_about("203.0.113.1") > 0);
        // Nothing of it is decided by looking, so that looking goes on.
        let run = folder.run(&["inspect", "users.csv"]);
        assert_eq!(run.status, 0, "{}", run.stderr);
        assert!(run.text().contains(&format!("only the first {MAX_HOSTS} different hosts")));
    }
}

/// Ctrl-C reaches the pass and the network alike; the first of them may be over.
#[cfg(unix)]
#[test]
fn an_interruption_ends_both() {
    let lab = Lab::builder().dns_fault("*", DnsFault::Silent).start().unwrap();
    let folder = Folder::new();
    let export = [b"email,userProfilePhotoURL,note\n", &rows(FIRST)[..], &padding()].concat();
    folder.write("users.csv", export);
    let config = lab.write_config(folder.path()).unwrap();
    let fix = ["fix", "users.csv", "-o", "import.csv", "--timeout", "1h", "--deadline", "1h"];
    let mut command = folder.command(&[&fix[..], &["--config"]].concat());
    let child = command.arg(config).stderr(std::process::Stdio::piped()).spawn().unwrap();
    let begun = Instant::now();
    while lab.dns_total() == 0 {
        assert!(begun.elapsed() < PATIENCE, "nothing was asked");
        std::thread::sleep(Duration::from_millis(5));
    }
    let process = child.id().to_string();
    assert!(
        std::process::Command::new("kill").args(["-INT", &process]).status().unwrap().success()
    );
    let run = Run::from(child.wait_with_output().unwrap());
    assert_eq!(run.status, 130, "{}", run.stderr);
    assert!(run.stderr.contains("interrupted"), "{}", run.stderr);
    assert!(folder.names().iter().all(|name| !name.starts_with("import")), "{:?}", folder.names());
}

#[test]
fn nobody_is_asked_before_an_export_is_known_to_be_one() {
    let lab = Lab::builder().start().unwrap();
    let folder = Folder::new();
    for export in ["email,photo\na@x,https://203.0.113.1/a\n", "", "\u{feff}\n\n"] {
        folder.write("users.csv", export);
        let run = fix(&folder, &lab, &[]);
        assert_eq!(run.status, 1, "{}", run.stderr);
    }
    folder.write("users.csv", "email,userProfilePhotoURL\na@x,https://203.0.113.1/a\n");
    assert_eq!(fix(&folder, &lab, &["--offline"]).status, 3);
    assert_eq!(lab.dns_total(), 0);
}
