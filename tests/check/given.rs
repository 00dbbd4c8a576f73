//! Certificates from files, as though a host presented them.

use lab::ocsp::CertStatus;
use serde_json::Value;

use crate::authority::{Authority, NAME, common_name, names, self_signed, valid, xmpp_address};
use crate::common::Folder;
use crate::{json, texts, verdict};

/// A folder with a root that is trusted, its intermediate, and certificates of servers below it.
fn world() -> Folder {
    let folder = Folder::new();
    let root = Authority::root("Root");
    let sub = root.intermediate("Sub");
    let other = Authority::root("Other");
    folder.write("root.pem", root.pem());
    folder.write("sub.pem", sub.pem());
    folder.write("other.pem", other.pem());
    let server = sub.server(|_| {});
    folder.write("server.pem", server.pem());
    folder.write("chain.pem", [server.pem(), sub.pem()].concat());
    folder.write("long.pem", [server.pem(), sub.pem(), root.pem()].concat());
    folder.write("mixed.pem", [server.pem(), other.pem(), sub.pem()].concat());
    folder.write("self.pem", self_signed().pem());
    let wrong = sub.server(|params| {
        names(params, &["other.webex.com"]);
        common_name(params, "other.webex.com");
    });
    folder.write("wrong.pem", [wrong.pem(), sub.pem()].concat());
    let by_cn = sub.server(|params| params.subject_alt_names.clear());
    folder.write("cn.pem", [by_cn.pem(), sub.pem()].concat());
    let old = root.intermediate_with("Old", |params| valid(params, 2020, 2027));
    let below_old = old.server(|_| {});
    folder.write("old.pem", [below_old.pem(), old.pem()].concat());
    let xmpp = sub.server(|params| {
        common_name(params, "imp.corp.example");
        names(params, &["imp.corp.example"]);
        xmpp_address(params, "corp.example");
    });
    folder.write("xmpp.pem", [xmpp.pem(), sub.pem()].concat());
    for (file, status) in [
        ("good.ocsp", CertStatus::Good),
        ("revoked.ocsp", CertStatus::Revoked { at: 1_814_313_600, reason: Some(1) }),
        ("unknown.ocsp", CertStatus::Unknown),
    ] {
        folder.write(file, sub.ocsp(&server, status));
    }
    folder.write("empty.crl", sub.crl(&[]));
    folder.write("listed.crl", sub.crl(&[&server.0]));
    folder.write("listed.pem", lab::crl::pem(&sub.crl(&[&server.0])));
    folder.write("root.crl", root.crl(&[]));
    folder.write("no-sub.crl", root.crl(&[&sub.der]));
    folder
}

/// What is expected of one row: status, verdict, deciding rule, revocation, and how the first
/// reason ends.
type Expected = (i32, &'static str, &'static str, &'static str, &'static str);

#[test]
fn verdicts_on_files() {
    let folder = world();
    let good = "the certificate names `c12.webex.com`";
    let rows: Vec<(&str, &[&str], Expected)> = vec![
        ("complete", &["--chain", "chain.pem"], (0, "trusted", "dns-id", "not-asked", good)),
        (
            "in two files",
            &["--chain", "server.pem", "--chain", "sub.pem"],
            (0, "trusted", "dns-id", "not-asked", good),
        ),
        ("with the root", &["--chain", "long.pem"], (0, "trusted", "dns-id", "not-asked", good)),
        (
            "without the intermediate",
            &["--chain", "server.pem"],
            (
                3,
                "prompts",
                "trusted-path",
                "not-asked",
                "the issuer of `CN=c12.webex.com`, `CN=Sub`, is neither presented by the server \
                 nor a trust anchor",
            ),
        ),
        (
            "self-signed",
            &["--chain", "self.pem"],
            (3, "prompts", "trusted-path", "not-asked", "is self-signed and not a trust anchor"),
        ),
        (
            "self-signed and trusted",
            &["--chain", "self.pem", "--trust", "self.pem"],
            (0, "trusted", "dns-id", "not-asked", good),
        ),
        (
            "another name",
            &["--chain", "wrong.pem"],
            (
                3,
                "prompts",
                "dns-id",
                "not-asked",
                "Jabber asks at every look-up: the certificate names `other.webex.com`, not \
                 `c12.webex.com`",
            ),
        ),
        (
            "by its CN",
            &["--chain", "cn.pem"],
            (0, "trusted", "cn-id", "not-asked", "its Subject CN is `c12.webex.com`"),
        ),
        (
            "by its CN, for a later Jabber",
            &["--chain", "cn.pem", "--profile", "jabber-12"],
            (
                3,
                "prompts",
                "dns-id",
                "not-asked",
                "its Subject CN `c12.webex.com` alone does not count",
            ),
        ),
        (
            "an expired intermediate",
            &["--chain", "old.pem"],
            (
                3,
                "prompts",
                "valid-now",
                "not-asked",
                "the intermediate `CN=Old` expired on 2027-01-01 00:00:00 UTC",
            ),
        ),
        // Any time.
        (
            "before it is valid",
            &["--chain", "chain.pem", "--at", "2026-12-31T23:59:59Z"],
            (3, "prompts", "valid-now", "not-asked", "is not valid before 2027-01-01 00:00:00 UTC"),
        ),
        (
            "in its first second",
            &["--chain", "chain.pem", "--at", "2027-01-01T00:00:00Z"],
            (0, "trusted", "dns-id", "not-asked", good),
        ),
        (
            "in its last second, elsewhere on Earth",
            &["--chain", "chain.pem", "--at", "2029-01-01T05:30:00+05:30"],
            (0, "trusted", "dns-id", "not-asked", good),
        ),
        (
            "a second later",
            &["--chain", "chain.pem", "--at", "2029-01-01T00:00:01Z", "--profile", "strict"],
            (
                3,
                "refuses",
                "valid-now",
                "not-asked",
                "a strict client refuses: the certificate `CN=c12.webex.com` expired on 2029-01-01 \
                 00:00:00 UTC",
            ),
        ),
        // Revocation.
        (
            "good by OCSP and CRL",
            &[
                "--chain",
                "chain.pem",
                "--ocsp",
                "good.ocsp",
                "--crl",
                "root.crl",
                "--profile",
                "strict",
            ],
            (0, "trusted", "dns-id", "good", good),
        ),
        (
            "revoked by OCSP",
            &["--chain", "chain.pem", "--ocsp", "revoked.ocsp", "--crl", "root.crl"],
            (
                3,
                "refuses",
                "not-revoked",
                "revoked",
                "the certificate `CN=c12.webex.com` was revoked on 2027-06-30 00:00:00 UTC \
                 (keyCompromise), says the file `revoked.ocsp`",
            ),
        ),
        (
            "revoked by a CRL",
            &["--chain", "chain.pem", "--crl", "listed.crl", "--crl", "root.crl"],
            (3, "refuses", "not-revoked", "revoked", "says the file `listed.crl`"),
        ),
        (
            "revoked by a CRL in PEM",
            &["--chain", "chain.pem", "--crl", "listed.pem", "--crl", "root.crl"],
            (3, "refuses", "not-revoked", "revoked", "says the file `listed.pem`"),
        ),
        (
            "a revoked intermediate",
            &["--chain", "chain.pem", "--crl", "empty.crl", "--crl", "no-sub.crl"],
            (
                3,
                "refuses",
                "not-revoked",
                "revoked",
                "the intermediate `CN=Sub` was revoked on 2027-06-30 00:00:00 UTC \
                 (keyCompromise), says the file `no-sub.crl`",
            ),
        ),
        (
            "unknown to the responder",
            &["--chain", "chain.pem", "--ocsp", "unknown.ocsp", "--crl", "root.crl"],
            (
                3,
                "prompts",
                "not-revoked",
                "unknown",
                "the file `unknown.ocsp` does not know the certificate `CN=c12.webex.com`",
            ),
        ),
    ];
    for (what, arguments, (status, kind, rule, revocation, reason)) in rows {
        let found = verdict(&folder, &[&[NAME], arguments].concat(), status);
        let context = format!("{what}: {found:#}");
        assert_eq!(found["verdict"], kind, "{context}");
        assert_eq!(found["deciding_rule"], rule, "{context}");
        assert_eq!(found["revocation"]["state"], revocation, "{context}");
        assert!(texts(&found["reasons"])[0].ends_with(reason), "{context}");
        assert_eq!(found["address"], Value::Null, "no server was asked: {context}");
        assert_eq!(found["tls"], Value::Null, "{context}");
    }
}

#[test]
fn xmpp_servers_are_named_by_their_domain() {
    let folder = world();
    let xmpp = ["imp.corp.example", "--service", "xmpp", "--chain", "xmpp.pem"];
    for (domain, profile, status, kind, rule, reason) in [
        ("corp.example", "jabber", 0, "trusted", "xmpp-addr", "xmppAddr is `corp.example`"),
        ("corp.example", "strict", 0, "trusted", "xmpp-addr", "xmppAddr is `corp.example`"),
        ("imp.corp.example", "jabber", 0, "trusted", "dns-id", "names `imp.corp.example`"),
        ("other.example", "jabber", 3, "prompts", "dns-id", "not `other.example`"),
    ] {
        let more = ["--xmpp-domain", domain, "--profile", profile];
        let found = verdict(&folder, &[&xmpp[..], &more].concat(), status);
        let context = format!("{domain} {profile}: {found:#}");
        assert_eq!(
            (&found["verdict"], &found["deciding_rule"]),
            (&kind.into(), &rule.into()),
            "{context}"
        );
        assert_eq!((&found["service"], &found["xmpp_domain"]), (&"xmpp".into(), &domain.into()));
        assert_eq!(found["port"], 5222);
        assert!(texts(&found["reasons"])[0].contains(reason), "{context}");
    }
}

#[test]
fn what_is_remarked_on() {
    let folder = world();
    let private = "the path leads to `CN=Root` (root.pem), which is not among Mozilla's roots";
    for (arguments, expected) in [
        (&["--chain", "chain.pem"][..], &[private][..]),
        (&["--chain", "long.pem"], &["the root `CN=Root` is sent needlessly", private]),
        (&["--chain", "mixed.pem"], &["the root `CN=Other` is sent needlessly", private]),
        (
            &["--chain", "chain.pem", "--at", "2028-12-20T00:00:00Z"],
            &["the certificate `CN=c12.webex.com` expires in 12 days, on 2029-01-01", private],
        ),
        (&["--chain", "chain.pem", "--at", "2028-12-20T00:00:00Z", "--warn-days", "5"], &[private]),
        (
            &["--chain", "chain.pem", "--at", "2028-12-20T00:00:00Z", "--warn-days", "400"],
            &[
                "the certificate `CN=c12.webex.com` expires in 12 days",
                "the intermediate `CN=Sub` expires in 377 days",
                "the trust anchor `CN=Root` expires in 377 days",
                private,
            ],
        ),
        (&["--chain", "server.pem"], &[]),
    ] {
        let status = if arguments.contains(&"server.pem") { 3 } else { 0 };
        let found = verdict(&folder, &[&[NAME], arguments].concat(), status);
        let remarks = texts(&found["remarks"]);
        let fits = remarks.len() == expected.len()
            && remarks.iter().zip(expected).all(|(remark, begins)| remark.starts_with(begins));
        assert!(fits, "{arguments:?}: {remarks:#?}");
    }
    let found = verdict(&folder, &[NAME, "--chain", "chain.pem"], 0);
    assert_eq!(found["trust_anchor"]["subject"], "CN=Root");
    assert_eq!(found["trust_anchor"]["source"], "root.pem");
    assert_eq!(found["trust_anchor"]["not_after"], "2030-01-01T00:00:00Z");
    assert_eq!(found["days_left"], 550);
    let found = verdict(&folder, &[NAME, "--chain", "server.pem"], 3);
    assert_eq!(found["trust_anchor"], Value::Null);
}

#[test]
fn people_and_line_readers_see_the_same() {
    let folder = world();
    let arguments = [
        "check",
        "c12.webex.com",
        "c13.webex.com",
        "--chain",
        "chain.pem",
        "--crl",
        "listed.crl",
        "--crl",
        "root.crl",
        "--trust",
        "root.pem",
        "--at",
        crate::AT,
    ];
    let human = folder.run(&arguments);
    assert_eq!(human.status, 3);
    for line in [
        "c12.webex.com:443  refuses  (jabber)",
        "c13.webex.com:443  refuses  (jabber)",
        "  as given  refuses",
        "    anchor      CN=Root (root.pem, until 2030-01-01)",
        "    revocation  CN=c12.webex.com: revoked (file listed.crl; 2027-06-30 to 2027-07-07): on",
        "                CN=Sub: good (file root.crl; 2027-06-30 to 2027-07-07)",
        "    remark      the path leads to `CN=Root` (root.pem), which is not among Mozilla's roots,",
    ] {
        assert!(human.text().lines().any(|it| it.starts_with(line)), "{line}\n{}", human.text());
    }
    let lines = folder.run(&[&arguments[..], &["--format", "jsonl"]].concat());
    let lines: Vec<Value> =
        lines.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let document = json(&folder.run(&[&arguments[..], &["--format", "json"]].concat()), 3);
    let found: Vec<&Value> = lines.iter().filter(|line| line["type"] == "certificate").collect();
    assert_eq!((lines.len(), found.len()), (4, 2));
    for (at, line) in found.iter().enumerate() {
        let mut line = (*line).clone();
        line.as_object_mut().unwrap().remove("type");
        assert_eq!(line, document["certificates"][at]);
    }
    assert_eq!(lines[3], serde_json::json!({"type": "end", "certificates": 2}));
}

#[test]
fn what_was_not_asked_is_said() {
    let folder = world();
    let arguments =
        ["check", NAME, "--chain", "chain.pem", "--trust", "root.pem", "--at", crate::AT];
    let run = folder.run(&arguments);
    assert!(run.text().starts_with("note: revocation was not asked\n"), "{}", run.text());
    let crls = ["--crl", "empty.crl", "--crl", "root.crl"];
    let run = folder.run(&[&arguments[..], &crls].concat());
    assert!(!run.text().contains("not asked"), "{}", run.text());
}

#[test]
fn another_time_does_not_go_with_the_answers_of_now() {
    let lab = lab::Lab::builder()
        .host(NAME, &["203.0.113.1"])
        .photo_server("203.0.113.1", 443, lab::Certificate::for_names(&[NAME]))
        .start()
        .unwrap();
    let folder = Folder::new();
    let config = lab.write_config(folder.path()).unwrap();
    let arguments = ["check", NAME, "--config", config.to_str().unwrap()];
    for (more, expected) in [(&[][..], false), (&["--at", "2026-01-31T12:00:00Z"], true)] {
        let run = folder.run(&[&arguments[..], more].concat());
        let found = run.text().contains("note: --at is another time than now");
        assert_eq!(found, expected, "{more:?}: {}", run.text());
    }
}

#[test]
fn an_xmpp_domain_that_was_not_given_is_spoken_of_where_it_matters() {
    let folder = world();
    let files = ["--chain", "xmpp.pem", "--trust", "root.pem", "--at", crate::AT];
    for (named, expected) in [
        (&["im.corp.example"][..], true),
        (&["im.corp.example", "--xmpp-domain", "other.example"], false),
        (&["imp.corp.example"], false),
    ] {
        let run = folder.run(&[&["check", "--service", "xmpp"], named, &files].concat());
        let found = run.text().contains("note: no --xmpp-domain was given");
        assert_eq!(found, expected, "{named:?}: {}", run.text());
    }
}

#[test]
fn the_configuration_is_heard() {
    let folder = world();
    folder.write("photofix.toml", "trust = 'root.pem'\nwarn-days = 9000\nprofile = 'strict'\n");
    let arguments = ["check", NAME, "--chain", "chain.pem", "--at", crate::AT, "--format", "json"];
    let run = folder.run(&[&arguments[..], &["--config", "photofix.toml"]].concat());
    let document = json(&run, 0);
    let found = &document["certificates"][0];
    assert_eq!(found["profile"], "strict");
    let soon = texts(&found["remarks"]);
    assert!(soon[0].contains("expires in 550 days"), "{soon:?}");
}
