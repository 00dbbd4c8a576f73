//! Recordings that are read as they were written.

use std::collections::BTreeMap;
use std::net::IpAddr;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::evidence::{
    Absence, Answer, Dialogue, Family, Fetch, FetchOutcome, Fetched, Handshake, HandshakeOutcome,
    Looks, PhotoAnswer, PhotoContent, PhotoQuestion, PhotoReply, Purpose, ResolverHealth,
    RevocationFile, Scheme, Target,
};
use crate::name::Fqdn;

fn words() -> impl Strategy<Value = String> {
    any::<String>()
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    vec(any::<u8>(), 0..40)
}

fn name() -> impl Strategy<Value = Fqdn> {
    "[a-z][a-z0-9]{0,5}\\.(webex\\.com|example)".prop_map(|text| Fqdn::parse(&text).unwrap())
}

fn answer<T: std::fmt::Debug + Clone + 'static>(
    found: impl Strategy<Value = T> + 'static,
) -> impl Strategy<Value = Answer<T>> {
    prop_oneof![
        found.prop_map(Answer::Found),
        prop_oneof![Just(Absence::NxDomain), Just(Absence::NoData)].prop_map(Answer::Absent),
        words().prop_map(Answer::CouldNotAsk),
        words().prop_map(Answer::NotAsked),
    ]
}

fn dialogue() -> impl Strategy<Value = Dialogue> {
    prop_oneof![Just(Dialogue::Tls), name().prop_map(|domain| Dialogue::Xmpp { domain })]
}

fn target() -> impl Strategy<Value = Target> {
    (option::of(name()), any::<IpAddr>(), any::<u16>(), dialogue())
        .prop_map(|(name, address, port, dialogue)| Target { name, address, port, dialogue })
}

fn handshake() -> impl Strategy<Value = Handshake> {
    let outcome = prop_oneof![
        Just(HandshakeOutcome::Completed),
        Just(HandshakeOutcome::Given),
        words().prop_map(HandshakeOutcome::NoConnection),
        words().prop_map(HandshakeOutcome::TimedOut),
        words().prop_map(HandshakeOutcome::TlsFailed),
        words().prop_map(HandshakeOutcome::TooOld),
        words().prop_map(HandshakeOutcome::NotAsked),
    ];
    let seen = (vec(bytes(), 0..3), option::of(bytes()), option::of(words()), vec(words(), 0..3));
    (outcome, seen).prop_map(|(outcome, (chain, staple, protocol, dns_names))| Handshake {
        outcome,
        chain,
        staple,
        protocol,
        dns_names,
    })
}

fn purpose() -> impl Strategy<Value = Purpose> {
    prop_oneof![Just(Purpose::Ocsp), Just(Purpose::Crl), Just(Purpose::CaIssuers)]
}

fn fetched() -> impl Strategy<Value = Fetched> {
    let outcome = prop_oneof![
        bytes().prop_map(FetchOutcome::Body),
        words().prop_map(FetchOutcome::Failed),
        Just(FetchOutcome::TooLate),
        words().prop_map(FetchOutcome::NotAsked),
    ];
    (outcome, any::<u64>()).prop_map(|(outcome, elapsed_ms)| Fetched { outcome, elapsed_ms })
}

fn photo() -> impl Strategy<Value = (PhotoQuestion, PhotoAnswer)> {
    let looks = prop_oneof![Just(Looks::Image), Just(Looks::Markup), Just(Looks::Unknown)];
    let content = (looks, any::<u64>(), words()).prop_map(|(looks, length, sha256)| PhotoContent {
        looks,
        length,
        sha256,
    });
    let parts = (any::<u16>(), option::of(words()), option::of(content), option::of(words()));
    let reply = parts.prop_map(|(status, media_type, content, certificate_failure)| PhotoReply {
        status,
        media_type,
        content,
        certificate_failure,
    });
    let answer = prop_oneof![
        reply.prop_map(PhotoAnswer::Answered),
        words().prop_map(PhotoAnswer::CouldNotAsk),
        words().prop_map(PhotoAnswer::NotAsked),
    ];
    let scheme = prop_oneof![Just(Scheme::Http), Just(Scheme::Https)];
    let question = (option::of(name()), any::<IpAddr>(), any::<u16>(), scheme, words());
    (question, answer).prop_map(|((name, address, port, scheme, target), answer)| {
        (PhotoQuestion { name, address, port, scheme, target }, answer)
    })
}

fn evidence() -> impl Strategy<Value = Evidence> {
    let family = prop_oneof![Just(Family::V4), Just(Family::V6)];
    let fetch =
        (purpose(), words(), bytes()).prop_map(|(purpose, url, body)| Fetch { purpose, url, body });
    let file = (words(), purpose(), bytes()).prop_map(|(name, purpose, bytes)| RevocationFile {
        name,
        purpose,
        bytes,
    });
    let resolver = (vec(words(), 0..3), any::<u64>(), any::<u64>())
        .prop_map(|(servers, asked, answered)| ResolverHealth { servers, asked, answered });
    (
        btree_map(any::<IpAddr>(), answer(vec(words(), 0..3)), 0..4),
        btree_map((name(), family), answer(vec(any::<IpAddr>(), 0..3)), 0..4),
        btree_map(target(), handshake(), 0..4),
        any::<bool>(),
        btree_map(fetch, fetched(), 0..4),
        vec(file, 0..2),
        vec(photo(), 0..4),
        resolver,
    )
        .prop_map(
            |(
                pointers,
                addresses,
                handshakes,
                revocation_asked,
                fetched,
                files,
                photos,
                resolver,
            )| {
                let mut evidence = Evidence::default();
                evidence.pointers = pointers;
                evidence.handshakes = handshakes;
                evidence.revocation_asked = revocation_asked;
                evidence.fetched = fetched;
                evidence.files = files;
                evidence.photos = photos.into_iter().collect();
                evidence.resolver = resolver;
                for ((name, family), answer) in addresses {
                    evidence.learn_addresses(name, family, answer);
                }
                evidence
            },
        )
}

fn recording(evidence: Evidence) -> Recording {
    Recording {
        schema: SCHEMA.to_owned(),
        tool: Tool::this(),
        asked_from: 1_795_000_000,
        judged_at: 1_795_000_012,
        export: Digest::of(b"email,userProfilePhotoURL\n"),
        names: NameFiles { map: Some(Digest::of(b"")), candidates: None },
        options: json!({"dns": ["system"]}).as_object().unwrap().clone(),
        trust: RecordedTrust {
            anchors: vec![RecordedAnchor { label: "mozilla".to_owned(), certificate: vec![48, 0] }],
            notes: vec!["\u{202e}<script>".to_owned()],
        },
        evidence,
        sha256: UNSEALED.to_owned(),
    }
}

fn schema() -> jsonschema::Validator {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(format!("schema/{}.schema.json", SCHEMA.replace("photofix.", "").replace('/', "-")));
    jsonschema::validator_for(&serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
        .unwrap()
}

proptest! {
    #[test]
    fn any_evidence_is_read_as_it_was_written(evidence in evidence()) {
        let written = recording(evidence);
        let file = written.to_file().unwrap();
        prop_assert_eq!(&file, &written.to_file().unwrap());
        let read = Recording::parse(&file).unwrap();
        // The seal apart, and with the names by address, which are not written.
        prop_assert_eq!(&Recording { sha256: UNSEALED.to_owned(), ..read.clone() }, &written);
        prop_assert_eq!(&read.to_file().unwrap(), &file);
        let schema = schema();
        let document = serde_json::from_slice(&file).unwrap();
        let errors: Vec<String> = schema.iter_errors(&document)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        prop_assert_eq!(errors, Vec::<String>::new());
    }
}

/// A recording with something in its place, sealed anew: what somebody else may have written.
fn resealed(pointer: &str, value: Value) -> Vec<u8> {
    let mut document = serde_json::to_value(recording(Evidence::default())).unwrap();
    let (parent, last) = pointer.rsplit_once('/').unwrap();
    let parent = document.pointer_mut(parent).unwrap().as_object_mut().unwrap();
    parent.insert(last.to_owned(), value);
    if parent.contains_key("sha256") && !parent.contains_key("bytes") {
        let seal = parent.shift_remove("sha256").unwrap();
        parent.insert("sha256".to_owned(), seal);
    }
    seal::to_file(&document).unwrap()
}

#[test]
fn recordings_that_nobody_wrote_are_refused_with_the_reason() {
    let pointer = json!({"question": "192.0.2.1", "answer": {"found": []}});
    let target = json!({"name": null, "address": "192.0.2.1", "port": 443, "dialogue": "tls"});
    let handshake = json!({
        "outcome": "completed", "chain": ["not base64!"], "staple": null, "protocol": null,
        "dns_names": []
    });
    let mut endless = handshake.clone();
    // The length of base64 is a third more than that of its bytes.
    endless["chain"] = json!([vec!["A".repeat(4); MAX_CHAIN / 3 + 1].concat()]);
    for (pointer, value, words) in [
        ("/evidence/handshakes", json!([{"question": target, "answer": endless}]), "a chain of"),
        ("/evidence/pointers", json!([pointer, pointer]), "two answers to the same question"),
        ("/evidence/handshakes", json!([{"question": target, "answer": handshake}]), "no base64"),
        ("/evidence/gossip", json!([]), "unknown field `gossip`"),
        ("/surprise", json!(1), "unknown field `surprise`"),
        ("/judged_at", json!("yesterday"), "failed to parse"),
        ("/evidence/resolver", json!(7), "ResolverHealth"),
        ("/schema", json!("photofix.recording/2"), "this version reads `photofix.recording/1`"),
    ] {
        let error = Recording::parse(&resealed(pointer, value)).unwrap_err().to_string();
        assert!(error.contains(words), "{pointer}: {error}");
    }
    assert!(Recording::parse(&resealed("/judged_at", json!("2026-11-24T00:00:00Z"))).is_ok());
}

#[test]
fn what_is_otherwise_than_recorded_is_said() {
    let then = recording(Evidence::default());
    let export = then.export.clone();
    let here = |names, options| then.differences(&Here { export: &export, names, options });
    assert_eq!(here(&then.names, &then.options), Vec::<String>::new());
    let options = json!({"dns": ["system"], "domain": ["a.example"], "map": "other.csv"});
    let said = here(&NameFiles::default(), options.as_object().unwrap());
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[0].starts_with("recorded with another --map: sha256 e3b0c442"), "{said:?}");
    assert_eq!(said[1], "recorded with other options: --domain");
    let other = Digest::of(b"");
    let said =
        then.differences(&Here { export: &other, names: &then.names, options: &then.options });
    assert!(said[0].starts_with("recorded for another export: 26 bytes, sha256 "), "{said:?}");
    let older = Recording {
        tool: serde_json::from_value(json!({"name": "photofix", "version": "0.0.1"})).unwrap(),
        ..then.clone()
    };
    let said =
        older.differences(&Here { export: &export, names: &then.names, options: &then.options });
    assert!(said[0].starts_with("recorded by photofix 0.0.1, judged by photofix "), "{said:?}");
}

#[test]
fn answers_are_in_the_order_of_their_questions() {
    let mut evidence = Evidence::default();
    for address in ["2001:db8::1", "192.0.2.10", "192.0.2.9"] {
        let answer = Answer::Absent(Absence::NxDomain);
        evidence.pointers.insert(address.parse().unwrap(), answer);
    }
    let file = recording(evidence).to_file().unwrap();
    let document: Value = serde_json::from_slice(&file).unwrap();
    let questions: BTreeMap<usize, &str> = document["evidence"]["pointers"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(|entry| entry["question"].as_str())
        .enumerate()
        .collect();
    let expected = ["192.0.2.9", "192.0.2.10", "2001:db8::1"];
    assert_eq!(questions.into_values().collect::<Vec<_>>(), expected);
}
