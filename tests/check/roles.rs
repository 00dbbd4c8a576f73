//! The servers of a role: every port at which Jabber talks to them.

use lab::{Certificate, Lab};
use serde_json::Value;

use crate::common::Folder;
use crate::{json, texts};

const HOST: &str = "imp.corp.example";

fn port(document: &Value, port: u16) -> Value {
    let all = document["certificates"].as_array().unwrap();
    let found = all.iter().find(|one| one["port"] == port);
    found.unwrap_or_else(|| panic!("{port}: {document:#}")).clone()
}

#[test]
fn every_port_of_a_server_is_checked() {
    let named = || Certificate::for_names(&[HOST]);
    let lab = Lab::builder()
        .host(HOST, &["203.0.113.1"])
        .photo_server("203.0.113.1", 8443, named())
        .photo_server("203.0.113.1", 7336, Certificate::for_names(&["other.corp.example"]))
        .xmpp_server("203.0.113.1", 5222, "corp.example", named().xmpp_address("corp.example"))
        .start()
        .unwrap();
    let folder = Folder::new();
    let config = lab.write_config(folder.path()).unwrap();
    let config = config.to_str().unwrap();
    let arguments = ["check", HOST, "--role", "imp", "--xmpp-domain", "corp.example"];
    let arguments = [&arguments[..], &["--config", config, "--format", "json"]].concat();
    let document = json(&folder.run(&arguments), 3);
    assert_eq!(document["certificates"].as_array().map(Vec::len), Some(3));
    for (number, service, verdict, rule, what) in [
        (8443, "http", "trusted", "dns-id", "SOAP"),
        (5222, "xmpp", "trusted", "xmpp-addr", "XMPP"),
        (7336, "http", "prompts", "dns-id", "file transfer"),
    ] {
        let found = port(&document, number);
        let seen = (&found["service"], &found["verdict"], &found["deciding_rule"]);
        assert_eq!(seen, (&service.into(), &verdict.into(), &rule.into()), "{found:#}");
        let use_of_port = &texts(&found["remarks"])[0];
        assert!(use_of_port.starts_with(&format!("Jabber uses this port for {what}")), "{found:#}");
    }
    assert!(texts(&port(&document, 8443)["reasons"])[0].starts_with("Jabber connects"));

    // One port alone.
    let alone = "imp.corp.example:8443";
    let document = json(
        &folder.run(&["check", alone, "--role", "imp", "--config", config, "--format", "json"]),
        0,
    );
    assert_eq!(document["certificates"].as_array().map(Vec::len), Some(1));
}

#[test]
fn a_closed_port_is_no_trouble_where_another_takes_its_place() {
    let host = "unity.corp.example";
    let lab = Lab::builder()
        .host(host, &["203.0.113.1"])
        .photo_server("203.0.113.1", 8443, Certificate::for_names(&[host]))
        .photo_server("203.0.113.1", 7443, Certificate::for_names(&[host]))
        .start()
        .unwrap();
    let folder = Folder::new();
    let config = lab.write_config(folder.path()).unwrap();
    let arguments = [
        "check",
        host,
        "--role",
        "unity",
        "--config",
        config.to_str().unwrap(),
        "--format",
        "json",
    ];
    let document = json(&folder.run(&arguments), 0);
    let closed = port(&document, 443);
    assert_eq!(closed["verdict"], "unknown");
    assert!(texts(&closed["reasons"])[0].contains("there is no connection"), "{closed:#}");
    assert!(texts(&closed["remarks"])[0].contains("where it is closed, it uses 8443"));
    assert_eq!(port(&document, 8443)["verdict"], "trusted");
    let plain = "port 7080 of a server of the role `unity`, message waiting (HTTP), speaks no TLS: \
                 nobody presents a certificate there";
    assert!(texts(&document["notes"]).contains(&plain.to_owned()), "{document:#}");
}

#[test]
fn a_closed_port_is_no_trouble_where_it_is_not_in_use_everywhere() {
    let host = "cucm.corp.example";
    for (open, status) in [
        (&[8443, 6972][..], 0),
        (&[8443, 6972, 5061], 0),
        // Nothing takes the place of the configuration files, nor of UDS.
        (&[8443, 5061], 3),
        (&[6972, 5091], 3),
    ] {
        let mut lab = Lab::builder().host(host, &["203.0.113.1"]);
        for number in open {
            lab = lab.photo_server("203.0.113.1", *number, Certificate::for_names(&[host]));
        }
        let lab = lab.start().unwrap();
        let folder = Folder::new();
        let config = lab.write_config(folder.path()).unwrap();
        let arguments = ["check", host, "--role", "cucm", "--format", "json", "--config"];
        let arguments = [&arguments[..], &[config.to_str().unwrap()]].concat();
        let document = json(&folder.run(&arguments), status);
        let oauth = port(&document, 5091);
        let remark = &texts(&oauth["remarks"])[0];
        assert!(remark.contains("SIP with OAuth, where SIP OAuth mode is on"), "{oauth:#}");
        assert_eq!(oauth["verdict"] == "trusted", open.contains(&5091), "{oauth:#}");
    }
}
