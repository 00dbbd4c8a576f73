#![allow(clippy::unwrap_used, unused)]
use std::collections::BTreeMap;
use photofix::evidence::*;
use photofix::name::Fqdn;
use photofix::profile::*;
use photofix::reference::ReferenceIdentifier;
use photofix::rules::*;
use photofix::x509::certificate::Certificate;
use photofix::x509::path::validate;
use photofix::x509::revocation::Revocation;
use photofix::x509::trust::TrustAnchors;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::CertificateDer;

#[derive(serde::Deserialize)]
struct Suite { testcases: Vec<Case_> }
#[derive(serde::Deserialize)]
struct Peer { kind: String, value: String }
#[derive(serde::Deserialize)]
struct Case_ { id: String, validation_kind: String, trusted_certs: Vec<String>, untrusted_intermediates: Vec<String>, peer_certificate: String, validation_time: Option<String>, expected_result: String, expected_peer_name: Option<Peer>, crls: Vec<String>, max_chain_depth: Option<u8>, extended_key_usage: Vec<String> }

fn ders(pem: &str) -> Vec<u8> { CertificateDer::from_pem_slice(pem.as_bytes()).unwrap().to_vec() }

#[test]
fn probe() {
    let t0 = std::time::Instant::now();
    let text = std::fs::read("/tmp/w/limbo-scratch/limbo.json").unwrap();
    let suite: Suite = serde_json::from_slice(&text).unwrap();
    eprintln!("json {:?}", t0.elapsed());
    let mut n: BTreeMap<String, usize> = BTreeMap::new();
    let only = std::env::var("ONLY").ok();
    for c in &suite.testcases {
        if let Some(o) = &only { if !c.id.contains(o.as_str()) { continue } }
        if c.validation_kind != "SERVER" { continue }
        let roots = c.trusted_certs.iter().map(|p| (CertificateDer::from(ders(p)), "limbo".to_owned())).collect();
        let (anchors, skipped) = TrustAnchors::new(roots);
        let at = c.validation_time.as_deref().map_or(1_795_500_000, |t| t.parse::<jiff::Timestamp>().unwrap().as_second());
        let all: Vec<Vec<u8>> = std::iter::once(&c.peer_certificate).chain(&c.untrusted_intermediates).map(|p| ders(p)).collect();
        let mut chain = Vec::new();
        let mut unreadable = None;
        for (i, d) in all.iter().enumerate() { match Certificate::parse(d) { Ok(c) => chain.push(c), Err(e) => if i == 0 { unreadable = Some(e); break } } }
        let path = validate(&chain, &anchors, at);
        let name = match &c.expected_peer_name { Some(p) if p.kind == "DNS" => Fqdn::parse(&p.value).ok(), _ => None };
        let reference = ReferenceIdentifier::asked_for(name.clone().unwrap_or(Fqdn::parse("placeholder.invalid").unwrap()));
        let handshake = Handshake::without_chain(HandshakeOutcome::Completed);
        let case = Case { reference: &reference, handshake: &handshake, chain: match &unreadable { Some(e) => Err(e), None => Ok(&chain) }, path: &path, revocation: &Default::default(), dialogue: &Dialogue::Tls };
        let mut kinds = vec![];
        for id in [ProfileId::Jabber, ProfileId::Jabber12, ProfileId::Strict] {
            let v = id.profile().judge(&case);
            let mut k = if name.is_some() { v.kind } else {
                let bad = v.findings.iter().filter(|f| !["dns-id", "cn-id", "not-revoked"].contains(&f.rule)).map(|f| match f.status { Status::Broken => VerdictKind::Refuses, Status::Undetermined => VerdictKind::Unknown, _ => VerdictKind::Trusted }).max().unwrap();
                let ip = match &c.expected_peer_name { Some(p) if p.kind == "IP" => chain.first().is_some_and(|c| c.ip_names.contains(&p.value.parse().unwrap())), Some(_) => false, None => true };
                if ip || chain.first().is_some_and(|x| c.expected_peer_name.as_ref().is_some_and(|p| p.kind == "DNS" && !p.value.contains('.') && x.dns_names.contains(&p.value))) { bad } else { VerdictKind::Refuses }
            };
            kinds.push((k, v.reasons));
        }
        let want = c.expected_result == "SUCCESS";
        let suite = if c.id.starts_with("better") { &c.id[..20] } else { "core" };
        let words: Vec<String> = kinds.iter().map(|(k, _)| k.to_string()).collect();
        let key = format!("{suite} want {} jabber {} j12 {} strict {}", c.expected_result, words[0], words[1], words[2]);
        *n.entry(key).or_default() += 1;
        if (kinds[2].0 == VerdictKind::Trusted) != want || only.is_some() {
            eprintln!("{} {} want {} got {:?}; reasons {:?} problems {:?} skipped {:?} crls {}", if want {"STRICT"} else {"LAX"}, c.id, c.expected_result, words, kinds[2].1, path.problems, skipped, c.crls.len());
        }
    }
    eprintln!("{n:#?} {:?}", t0.elapsed());
}
