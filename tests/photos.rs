//! `--photos` against real photo servers: every outcome, what it does to the decision, and that
//! nobody is asked for a photo unless that was wanted.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fmt::Write as _;
use std::time::Duration;

use common::{Folder, Run};
use lab::{Builder, Certificate, Lab, Photo, TlsFault};
use serde_json::Value;

const OLD: &str = "203.0.113.7";
const NEW: &str = "c7.webex.com";

/// An address with one name, and both hosts served by one server.
fn world() -> Builder {
    Lab::builder().ptr(OLD, &[NEW]).host(NEW, &[OLD]).photo_server(
        OLD,
        443,
        Certificate::for_names(&[NEW]),
    )
}

fn fix(folder: &Folder, lab: &Lab, more: &[&str]) -> Run {
    let config = lab.write_config(folder.path()).unwrap();
    let fix = ["fix", "users.csv", "-o", "import.csv", "--force", "--report", "report.json"];
    let config = ["--retries", "0", "--config", config.to_str().unwrap()];
    folder.run(&[&fix[..], &config, more].concat())
}

/// An export of so many users whose photos are at `origin`.
fn write_export(folder: &Folder, origin: &str, users: usize) {
    let mut text = "email,userProfilePhotoURL\r\n".to_owned();
    for at in 0..users {
        write!(text, "user{at}@corp.example,{origin}/photos/u{at}.png\r\n").unwrap();
    }
    folder.write("users.csv", text);
}

fn report(folder: &Folder) -> Value {
    serde_json::from_slice(&folder.read("report.json")).unwrap()
}

/// The outcomes that at least one photo URL has: `same 4, gone 1`.
fn outcomes(photos: &Value) -> String {
    let outcomes = photos["outcomes"].as_object().unwrap();
    let found: Vec<String> = outcomes
        .iter()
        .filter(|(_, urls)| **urls != 0)
        .map(|(outcome, urls)| format!("{outcome} {urls}"))
        .collect();
    found.join(", ")
}

fn photo_requests(lab: &Lab) -> u64 {
    let requests = lab.requests();
    requests.iter().filter(|((_, line), _)| line.contains("/photos/")).map(|(_, n)| n).sum()
}

#[test]
fn every_outcome_has_its_word_and_its_decision() {
    let folder = Folder::new();
    write_export(&folder, &format!("https://{OLD}"), 4);
    let slow = Photo::Late(Duration::from_secs(30));
    // What the old host and the new one serve; the outcomes; the decision's reason; words that the
    // report has somewhere about it.
    for (old, new, expected, reason, words) in [
        (Photo::Own, Photo::Own, "same 4", "trusted", "it serves the same photo for 4 of 4"),
        (
            Photo::Own,
            Photo::Other,
            "different 4",
            "photo-different",
            "for 4 there is another photo",
        ),
        (Photo::Own, Photo::Status(404), "gone 4", "photo-gone", "for 4 there is no photo"),
        (Photo::Own, Photo::Status(403), "gone 4", "photo-gone", "for 4 there is no photo"),
        (Photo::Own, Photo::Nothing, "gone 4", "photo-gone", "for 4 there is no photo"),
        (Photo::Own, Photo::Page, "html 4", "photo-gone", "a page in place of a photo"),
        (Photo::Own, Photo::PageAsImage, "html 4", "photo-gone", "a page in place of a photo"),
        (Photo::Own, Photo::Placeholder, "placeholder 4", "photo-different", "a placeholder"),
        (Photo::Placeholder, Photo::Placeholder, "placeholder 4", "trusted", "\"lost\": false"),
        (Photo::Status(404), Photo::Own, "missing 4", "trusted", "\"status\": 404"),
        (Photo::Page, Photo::Page, "missing 4", "trusted", "\"text/html\""),
        (Photo::Own, Photo::Status(503), "unreachable 4", "trusted", "\"status\": 503"),
        (Photo::Own, Photo::Endless, "unreachable 4", "trusted", "is larger than 8 MiB"),
        (Photo::CutOff, Photo::Own, "unreachable 4", "trusted", "closed before the whole answer"),
        (Photo::Own, slow, "unreachable 4", "trusted", "no whole answer within 2 s"),
        (
            Photo::Own,
            Photo::Redirect("https://cdn.example/x.png".to_owned()),
            "unreachable 4",
            "trusted",
            "it redirects to `https://cdn.example/x.png`, another server, and nobody went there",
        ),
        (
            Photo::Own,
            Photo::Redirect("/elsewhere/x.png".to_owned()),
            "placeholder 4",
            "photo-different",
            "a placeholder",
        ),
        (
            Photo::Own,
            Photo::Redirect("/photos/u0.png".to_owned()),
            "unreachable 4",
            "trusted",
            "it redirects more than 3 times",
        ),
    ] {
        let lab = world()
            .photo(OLD, 443, OLD, "/photos/", old.clone())
            .photo(OLD, 443, NEW, "/photos/", new.clone())
            .start()
            .unwrap();
        let run = fix(&folder, &lab, &["--photos", "sample", "--timeout", "2s"]);
        let case = format!("{old:?} {new:?}");
        let held = reason.starts_with("photo-");
        assert_eq!(run.status, if held { 3 } else { 0 }, "{case}: {}", run.stderr);
        let text = String::from_utf8(folder.read("report.json")).unwrap();
        let endpoint = &report(&folder)["endpoints"][0];
        assert_eq!(outcomes(&endpoint["photos"][0]), expected, "{case}: {endpoint:#}");
        assert_eq!(endpoint["reason"], reason, "{case}: {endpoint:#}");
        assert!(text.contains(words), "{case}: {text}");
        assert_eq!(endpoint["hint"].is_string(), held, "{case}");
        assert_eq!(folder.read("import.csv") == folder.read("users.csv"), held, "{case}");
        // It is said in one line, too.
        let (word, number) = expected.split_once(' ').unwrap();
        let said = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(said.contains(&format!("photos: {number} {word}")), "{case}: {}", run.stderr);
    }
}

#[test]
fn no_photo_is_loaded_unless_that_was_wanted() {
    let folder = Folder::new();
    write_export(&folder, &format!("https://{OLD}"), 20);
    for (more, requests) in [
        (&[][..], 0),
        (&["--photos", "off"], 0),
        (&["--photos", "sample", "--offline"], 0),
        (&["--photos", "sample"], 2 * 8),
        (&["--photos", "all"], 2 * 20),
    ] {
        let lab = world().photo(OLD, 443, "*", "/photos/", Photo::Own).start().unwrap();
        let run = fix(&folder, &lab, more);
        assert!([0, 3].contains(&run.status), "{more:?}: {}", run.stderr);
        assert_eq!(photo_requests(&lab), requests, "{more:?}");
        let compared = report(&folder)["endpoints"][0]["photos"].as_array().unwrap().len();
        assert_eq!(compared, usize::from(requests > 0), "{more:?}");
        // Nor does anything ask a photo server for anything else.
        let to_photo_servers =
            lab.requests().into_iter().filter(|((server, _), _)| server.starts_with(OLD));
        assert_eq!(to_photo_servers.map(|(_, n)| n).sum::<u64>(), requests, "{more:?}");
    }
}

#[test]
fn one_photo_that_is_lost_holds_the_host_with_an_example() {
    let folder = Folder::new();
    write_export(&folder, &format!("https://{OLD}"), 5);
    let lab = world()
        .photo(OLD, 443, NEW, "/photos/u3.png", Photo::Status(410))
        .photo(OLD, 443, "*", "/photos/", Photo::Own)
        .start()
        .unwrap();
    let run = fix(&folder, &lab, &["--photos", "sample", "--report", "report.md"]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let endpoint = report(&folder)["endpoints"][0].clone();
    assert_eq!(
        endpoint["explanation"],
        "`c7.webex.com` does not serve what the address serves: of 5 photo URLs, for 1 there is no \
         photo, such as `/photos/u3.png`"
    );
    // The certificate of the address cannot do: it is said, and not obeyed.
    let example = &endpoint["photos"][0]["examples"][0];
    assert_eq!(example["outcome"], "same");
    assert_eq!(example["old"]["certificate_failure"], "it does not name the address");
    assert!(example["new"]["certificate_failure"].is_null());
    assert_eq!(example["old"]["sha256"], example["new"]["sha256"]);
    let markdown = String::from_utf8(folder.read("report.md")).unwrap();
    assert!(markdown.contains("photos: 4 same, 1 gone"), "{markdown}");
}

#[test]
fn a_tie_is_broken_by_the_name_that_serves_the_same_photo() {
    let folder = Folder::new();
    let (a, b) = ("a.webex.com", "b.webex.com");
    write_export(&folder, &format!("https://{OLD}"), 4);
    let certificate = || Certificate::for_names(&["*.webex.com"]);
    for (of_a, of_b, options, expected) in [
        (Photo::Own, Photo::Status(404), &[][..], "a.webex.com"),
        (Photo::Other, Photo::Own, &[], "b.webex.com"),
        (Photo::Status(503), Photo::Own, &[], "b.webex.com"),
        (Photo::Own, Photo::Own, &[], "ambiguous"),
        (Photo::Own, Photo::Own, &["--ambiguous", "pick"], "a.webex.com"),
        (Photo::Other, Photo::Own, &["--ambiguous", "pick"], "b.webex.com"),
        // That one loses photos does not prove the other.
        (Photo::Other, Photo::Status(503), &[], "ambiguous"),
        (Photo::Other, Photo::Status(503), &["--ambiguous", "pick"], "b.webex.com"),
        (Photo::Other, Photo::Status(404), &[], "photo-different"),
        (Photo::Other, Photo::Status(404), &["--ambiguous", "pick"], "photo-different"),
    ] {
        let lab = Lab::builder()
            .ptr(OLD, &[a, b])
            .host(a, &[OLD])
            .host(b, &[OLD])
            .photo_server(OLD, 443, certificate())
            .photo(OLD, 443, OLD, "/photos/", Photo::Own)
            .photo(OLD, 443, a, "/photos/", of_a.clone())
            .photo(OLD, 443, b, "/photos/", of_b.clone())
            .start()
            .unwrap();
        let run = fix(&folder, &lab, &[&["--photos", "sample"], options].concat());
        let endpoint = report(&folder)["endpoints"][0].clone();
        let case = format!("{of_a:?} {of_b:?} {options:?}");
        let found = endpoint["host"].as_str().or(endpoint["reason"].as_str()).unwrap();
        assert_eq!(found, expected, "{case}: {endpoint:#}");
        assert_eq!(endpoint["photos"].as_array().unwrap().len(), 2, "{case}");
        assert_eq!(
            run.status,
            if expected == found && endpoint["host"].is_string() { 0 } else { 3 }
        );
    }
}

#[test]
fn only_names_that_could_be_written_are_asked() {
    let folder = Folder::new();
    write_export(&folder, &format!("https://{OLD}"), 3);
    // A stranger's name, a name that lives elsewhere, one without a certificate that would do, and
    // one of a lesser rank.
    let certificate = Certificate::for_names(&["good.webex.com"]);
    let lab = Lab::builder()
        .ptr(OLD, &["evil.example", "elsewhere.webex.com", "old.webex.com", "good.webex.com"])
        .host("evil.example", &[OLD])
        .host("elsewhere.webex.com", &["203.0.113.8"])
        .host("old.webex.com", &[OLD])
        .host("good.webex.com", &[OLD])
        .host("listed.webex.com", &[OLD])
        .photo_server(OLD, 443, certificate)
        .photo_server("203.0.113.8", 443, Certificate::for_names(&["elsewhere.webex.com"]))
        .photo(OLD, 443, "*", "/photos/", Photo::Own)
        .start()
        .unwrap();
    folder.write("names.txt", "listed.webex.com\n");
    let run = fix(&folder, &lab, &["--photos", "all", "--candidates", "names.txt"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let endpoint = report(&folder)["endpoints"][0].clone();
    let compared = endpoint["photos"].as_array().unwrap();
    assert_eq!(compared.len(), 1, "{compared:?}");
    assert_eq!(compared[0]["host"], "good.webex.com");
    assert_eq!(photo_requests(&lab), 2 * 3);
}

#[test]
fn plain_http_ports_and_several_addresses_of_a_name() {
    let folder = Folder::new();
    write_export(&folder, &format!("http://{OLD}:8080"), 4);
    let lab = Lab::builder()
        .ptr(OLD, &[NEW])
        .host(NEW, &[OLD, "203.0.113.8"])
        .http_server(OLD, 8080)
        .http_server("203.0.113.8", 8080)
        .photo(OLD, 8080, "*", "/photos/", Photo::Own)
        .photo("203.0.113.8", 8080, "*", "/photos/", Photo::Own)
        .start()
        .unwrap();
    let run = fix(&folder, &lab, &["--photos", "all"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let endpoint = report(&folder)["endpoints"][0].clone();
    assert_eq!(outcomes(&endpoint["photos"][0]), "same 4", "{endpoint:#}");
    let at_the_other =
        lab.requests().into_iter().filter(|((server, _), _)| server.starts_with("203.0.113.8"));
    assert_eq!(at_the_other.map(|(_, n)| n).sum::<u64>(), 2);
}

#[test]
fn a_server_that_is_down_is_asked_once_and_addresses_that_are_not_public_never() {
    let folder = Folder::new();
    write_export(&folder, &format!("https://{OLD}"), 8);
    // The old address is dead; the map knows the name, which lives elsewhere.
    let lab = Lab::builder()
        .host(NEW, &["203.0.113.8"])
        .tls_fault(OLD, 443, TlsFault::Reset)
        .photo_server("203.0.113.8", 443, Certificate::for_names(&[NEW]))
        .start()
        .unwrap();
    folder.write("map.csv", format!("{OLD},{NEW}\n"));
    let run = fix(&folder, &lab, &["--photos", "all", "--map", "map.csv"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let endpoint = report(&folder)["endpoints"][0].clone();
    assert_eq!(outcomes(&endpoint["photos"][0]), "unreachable 8", "{endpoint:#}");
    assert_eq!(lab.connections()[&format!("{OLD}:443")], 1);
    let why = |at: usize| endpoint["photos"][0]["examples"][at]["old"]["why"].clone();
    assert_eq!(why(0), "connection reset during the handshake");
    assert_eq!(why(1), "no connection before: connection reset during the handshake");

    write_export(&folder, "https://10.1.2.3", 8);
    let lab = Lab::builder()
        .host(NEW, &["203.0.113.8"])
        .photo_server("10.1.2.3", 443, Certificate::for_names(&[NEW]))
        .photo_server("203.0.113.8", 443, Certificate::for_names(&[NEW]))
        .start()
        .unwrap();
    folder.write("map.csv", format!("10.1.2.3,{NEW}\n"));
    let more = ["--photos", "all", "--map", "map.csv", "--allow-private=false"];
    let run = fix(&folder, &lab, &more);
    assert!(!lab.connections().contains_key("10.1.2.3:443"), "{}", run.stderr);
    assert!(!lab.requests().iter().any(|((server, _), _)| server.starts_with("10.1.2.3")));
}

#[test]
fn a_server_that_says_nothing_is_not_waited_for_again() {
    let folder = Folder::new();
    write_export(&folder, "https://[2001:db8::7]:8443", 30);
    let lab = Lab::builder()
        .host(NEW, &["203.0.113.8"])
        .tls_fault("2001:db8::7", 8443, TlsFault::Tarpit)
        .photo_server("203.0.113.8", 8443, Certificate::for_names(&[NEW]))
        .start()
        .unwrap();
    folder.write("map.csv", format!("2001:db8::7,{NEW}\n"));
    let run = fix(&folder, &lab, &["--photos", "all", "--map", "map.csv", "--timeout", "1s"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    assert_eq!(lab.connections()["[2001:db8::7]:8443"], 1);
    let endpoint = report(&folder)["endpoints"][0].clone();
    assert_eq!(outcomes(&endpoint["photos"][0]), "unreachable 30", "{endpoint:#}");
    let why = &endpoint["photos"][0]["examples"][1]["old"]["why"];
    assert_eq!(*why, "no connection before: no connection within 1 s");
}

#[test]
fn a_plan_says_what_it_compared_and_holds_what_is_lost() {
    let folder = Folder::new();
    write_export(&folder, &format!("https://{OLD}"), 4);
    // The certificate has expired: with `warn` the name may be written, and so its photos matter.
    let lab = Lab::builder()
        .ptr(OLD, &[NEW])
        .host(NEW, &[OLD])
        .photo_server(OLD, 443, Certificate::for_names(&[NEW]).expired())
        .photo(OLD, 443, NEW, "/photos/u1.png", Photo::Other)
        .photo(OLD, 443, "*", "/photos/", Photo::Own)
        .start()
        .unwrap();
    let config = lab.write_config(folder.path()).unwrap();
    let plan = ["plan", "users.csv", "-o", "plan.json", "--config", config.to_str().unwrap()];
    let photos = ["--photos", "sample", "--force"];
    let run = folder.run(&[&plan[..], &photos].concat());
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert_eq!(photo_requests(&lab), 0, "a name that is held anyway is left in peace");

    let run = folder.run(&[&plan[..], &photos, &["--certificate", "warn"]].concat());
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert!(run.stderr.contains("held, photo-different: 4 records"), "{}", run.stderr);
    let run = folder.run(&["show", "plan.json"]);
    let shown = run.text().split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(shown.contains("photos: 3 same, 1 different"), "{shown}");
    assert!(shown.contains("run again without --photos"), "{shown}");
    let run = folder.run(&["apply", "users.csv", "--plan", "plan.json", "-o", "import.csv"]);
    assert_eq!(run.status, 3, "{}", run.stderr);
    assert!(folder.read("import.csv") == folder.read("users.csv"));
}

#[test]
fn the_run_ends_at_its_deadline_whatever_photos_take() {
    let folder = Folder::new();
    write_export(&folder, &format!("https://{OLD}"), 40);
    let late = Photo::Late(Duration::from_secs(600));
    let lab = world().photo(OLD, 443, OLD, "/photos/", late).start().unwrap();
    let run = fix(&folder, &lab, &["--photos", "all", "--deadline", "3s", "--timeout", "1h"]);
    assert_eq!(run.status, 0, "{}", run.stderr);
    let text = String::from_utf8(folder.read("report.json")).unwrap();
    assert!(text.contains("the run's deadline of 3 s passed"), "{text}");
    assert_eq!(outcomes(&report(&folder)["endpoints"][0]["photos"][0]), "unreachable 40");
}

#[test]
fn the_same_report_at_any_concurrency_and_nobody_named_when_redacted() {
    let folder = Folder::new();
    write_export(&folder, &format!("https://{OLD}/jane%40corp.example"), 30);
    let lab = world()
        .photo(OLD, 443, NEW, "/jane%40corp.example/photos/u7.png", Photo::Other)
        .photo(OLD, 443, "*", "/", Photo::Own)
        .start()
        .unwrap();
    let mut runs = Vec::new();
    for concurrency in ["1", "3", "64"] {
        let more = ["--photos", "all", "--concurrency", concurrency];
        assert_eq!(fix(&folder, &lab, &more).status, 3);
        runs.push((report(&folder)["endpoints"].clone(), folder.read("import.csv")));
    }
    assert!(runs.windows(2).all(|pair| {
        pair[0].0[0]["photos"] == pair[1].0[0]["photos"] && pair[0].1 == pair[1].1
    }));
    assert!(runs[0].0[0]["explanation"].as_str().unwrap().contains("%40corp.example"));
    let run = fix(&folder, &lab, &["--photos", "all", "--redact"]);
    let text = String::from_utf8(folder.read("report.json")).unwrap();
    assert!(!text.contains("jane") && !run.stderr.contains("jane"), "{text}");
}
