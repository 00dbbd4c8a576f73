//! Names with several servers, and answers about revocation that lead to where nobody may go.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use common::Folder;
use lab::{Certificate, Delivery, Lab, Ocsp, OldProtocol};
use serde_json::Value;

fn check(folder: &Folder, more: &[&str]) -> Vec<Value> {
    let arguments = [&["check", "--config", "lab.toml", "--format", "json"], more].concat();
    let run = folder.run(&arguments);
    let report: Value = serde_json::from_slice(&run.stdout).unwrap();
    report["certificates"].as_array().unwrap().clone()
}

#[test]
fn each_address_of_a_name_has_a_verdict_of_its_own() {
    let good = Certificate::for_names(&["c12.webex.com"]);
    let addresses = ["203.0.113.1", "203.0.113.2", "203.0.113.3", "2001:db8::4"];
    let lab = Lab::builder()
        .host("c12.webex.com", &addresses)
        .photo_server("203.0.113.1", 443, good.clone().sources(Ocsp::good()))
        .photo_server("203.0.113.2", 443, good.clone().expired())
        .photo_server("203.0.113.3", 443, good.clone().sources(Ocsp::revoked(None)))
        .old_tls_server("2001:db8::4", 443, OldProtocol::Tls10, good)
        .start()
        .unwrap();
    let folder = Folder::new();
    lab.write_config(folder.path()).unwrap();
    let found = check(&folder, &["c12.webex.com"]);
    let expected = [
        ["203.0.113.1", "trusted", "dns-id", "good"],
        ["203.0.113.2", "prompts", "valid-now", "invalid"],
        ["203.0.113.3", "refuses", "not-revoked", "revoked"],
        ["2001:db8::4", "unknown", "tls-version", "good"],
    ];
    let found: Vec<_> = found
        .iter()
        .map(|it| {
            let state = &it["revocation"]["state"];
            [&it["address"], &it["verdict"], &it["deciding_rule"], state]
                .map(|value| value.as_str().unwrap())
        })
        .collect();
    assert_eq!(found, expected);
}

#[test]
fn no_answer_about_revocation_leads_to_an_address_that_is_not_public() {
    // Public addresses of nobody's: all connections end in the lab.
    let named = |name: &str, to: &str| {
        let delivery = Delivery::MovedTo(to.to_owned());
        Certificate::for_names(&[name]).sources(Ocsp::good().delivery(delivery))
    };
    let places = [
        ("a.webex.com", "http://10.0.0.1/", "`10.0.0.1`"),
        ("b.webex.com", "http://127.0.0.1:22/", "`127.0.0.1`"),
        ("c.webex.com", "http://[::1]/", "`::1`"),
        ("d.webex.com", "http://169.254.169.254/latest/", "`169.254.169.254`"),
        ("e.webex.com", "http://inside.example/", "`192.168.7.7`"),
        ("f.webex.com", "http://2130706433/", "`127.0.0.1`"),
        ("g.webex.com", "http://[::ffff:10.0.0.1]/", "`10.0.0.1`"),
    ];
    let by_name: Vec<_> = places.iter().map(|(name, to, _)| (*name, named(name, to))).collect();
    let mut world = Lab::builder()
        .publishers_at(["9.9.9.1", "9.9.9.2", "9.9.9.3"])
        .host("inside.example", &["192.168.7.7"])
        .photo_server_by_name("9.9.9.9", 443, None, &by_name);
    for (name, ..) in places {
        world = world.host(name, &["9.9.9.9"]);
    }
    let lab = world.start().unwrap();
    let folder = Folder::new();
    let config = lab.write_config(folder.path()).unwrap();
    let text = std::fs::read_to_string(&config).unwrap();
    std::fs::write(&config, text.replace("allow-private = true", "allow-private = false")).unwrap();
    let names: Vec<&str> = places.iter().map(|(name, ..)| *name).collect();
    let found = check(&folder, &names);
    assert_eq!(found.len(), places.len());
    for (found, (name, to, address)) in found.iter().zip(places) {
        let detail = found["revocation"]["detail"].as_str().unwrap();
        assert_eq!(found["revocation"]["state"], "unreachable", "{name}: {found}");
        assert!(detail.contains(address), "{name} to {to}: {detail}");
    }
    // Asked is the responder, once about each, and nobody after it.
    assert_eq!(lab.ocsp_questions().values().sum::<u64>(), places.len() as u64);
    let publisher = lab.connections().into_iter().filter(|(server, _)| server == "9.9.9.1:80");
    let of_root = 1;
    assert_eq!(publisher.map(|it| it.1).sum::<u64>(), places.len() as u64 + of_root);
    assert_eq!(lab.connections().get("any"), None);
}
