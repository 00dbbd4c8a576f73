//! Explanations to render.

use super::super::explanation::*;
use super::super::*;
use super::samples::{HOSTILE, certificate, photos};
use crate::evidence::{OldHost, Scheme};
use crate::ledger::Class;

fn answer(
    source: Source,
    answer: &'static str,
    names: &[&str],
    detail: Option<&str>,
) -> SourceAnswer {
    SourceAnswer {
        source,
        answer: answer.into(),
        names: names.iter().map(ToString::to_string).collect(),
        detail: detail.map(ToOwned::to_owned),
    }
}

fn finding(
    rule: &'static str,
    status: &'static str,
    detail: &str,
    responses: [Option<&'static str>; 3],
) -> FindingReport {
    let profiles = ["jabber", "jabber-12", "strict"].into_iter().zip(responses);
    FindingReport {
        rule: rule.into(),
        status: status.into(),
        detail: detail.to_owned(),
        presented: None,
        profiles: profiles
            .filter_map(|(profile, response)| {
                Some(ProfileResponse { profile: profile.into(), response: response?.into() })
            })
            .collect(),
    }
}

fn findings() -> Vec<FindingReport> {
    let (all, none, strict) = ([Some("trusted"); 3], [None; 3], [None, None, Some("trusted")]);
    vec![
        finding("tls-version", "holds", "the server speaks TLS 1.3", all),
        finding("handshake", "holds", "the handshake completed (TLS 1.3)", all),
        finding("xmpp-addr", "not-applicable", "the server does not speak XMPP", none),
        finding("dns-id", "holds", "the certificate names `c12.webex.com`", all),
        finding("cn-id", "not-applicable", "the certificate has dNSNames", none),
        finding("trusted-path", "holds", "the path leads to `CN=Example Root CA` (system)", all),
        finding("valid-now", "holds", "the certificate is valid until 2027-03-01", all),
        finding("not-revoked", "holds", "no certificate of the path is revoked", all),
        finding("key-usage", "holds", "every key is used for what is permitted", all),
        finding("key-strength", "holds", "the key is RSA 2048", all),
        finding("well-formed", "holds", "the certificates have the form of RFC 5280", strict),
    ]
}

fn judged(host: &str, address: &str, verdict: &'static str) -> ExplainedCertificate {
    let mut certificate = certificate(host, address, verdict);
    let revocation = RevocationReport {
        state: "good".into(),
        detail: None,
        source: Some("OCSP responder http://ocsp.example/".to_owned()),
        elapsed_ms: Some(31),
        this_update: Some("2026-11-24T00:00:00Z".to_owned()),
        next_update: Some("2026-12-01T00:00:00Z".to_owned()),
    };
    certificate.chain[0].revocation = Some(revocation.clone());
    certificate.revocation = revocation;
    ExplainedCertificate { certificate, findings: Some(findings()) }
}

fn candidate(host: &str, sources: &[Source], forward: &'static str) -> ExplainedCandidate {
    ExplainedCandidate {
        candidate: CandidateReport {
            host: host.to_owned(),
            sources: sources.to_vec(),
            forward: forward.into(),
            forward_detail: None,
            verdict: "trusted".into(),
            objection: None,
            support: None,
        },
        admitted_by: Some("webex.com".to_owned()),
    }
}

/// A record that is rewritten.
pub(super) fn explained() -> Explanation {
    let cell = "https://0xCB.0.113.7/photos/jane.doe.jpg";
    Explanation {
        file: "users.csv".to_owned(),
        kind: "export".into(),
        made: None,
        notes: Vec::new(),
        record: Some(RecordFacts {
            record: 14,
            line: Some(15),
            key: Some(Key {
                column: "email".to_owned(),
                value: "jane.doe@corp.example".to_owned(),
            }),
            cell: Some(cell.to_owned()),
            host_range: Some([8, 20]),
            url: Some("https://203.0.113.7/photos/jane.doe.jpg".to_owned()),
            host_kind: "ip".into(),
            says: "`0xCB.0.113.7` is 203.0.113.7; a certificate names no address, so this is \
                   decided"
                .to_owned(),
        }),
        endpoint: Some(EndpointFacts {
            endpoint: Endpoint {
                host: OldHost::from("203.0.113.7".to_owned()),
                port: 443,
                scheme: Scheme::Https,
            },
            records: 1_234,
            old_certificate: None,
        }),
        evidence: vec![
            answer(Source::Map, "not-given", &[], None),
            answer(Source::Certificate, "offers", &["*.webex.com"], Some("until 2027-03-01")),
            answer(Source::Ptr, "offers", &["c12.webex.com"], None),
            answer(
                Source::Corpus,
                "nothing",
                &[],
                Some("none of 2 in other records leads to the address"),
            ),
            answer(Source::List, "not-given", &[], None),
            answer(Source::Default, "not-given", &[], None),
        ],
        candidates: vec![candidate("c12.webex.com", &[Source::Ptr], "confirmed")],
        certificates: vec![
            judged("c12.webex.com", "203.0.113.7", "trusted"),
            judged("c12.webex.com", "203.0.113.8", "trusted"),
        ],
        photos: Some(vec![photos("c12.webex.com", "/photos/jane.doe.jpg")]),
        decision: Conclusion {
            class: Class::Rewritten,
            host: Some("c12.webex.com".to_owned()),
            new: Some("https://c12.webex.com/photos/jane.doe.jpg".to_owned()),
            new_host_range: Some([8, 21]),
            reason: "trusted".to_owned(),
            explanation: "`c12.webex.com` by ptr, forward-confirmed; its certificate is trusted"
                .to_owned(),
            hint: None,
            map_lines: Vec::new(),
        },
    }
}

/// A record whose host has no name, with servers that are judged differently.
pub(super) fn explained_unresolved() -> Explanation {
    let mut it = explained();
    it.evidence[2] =
        answer(Source::Ptr, "could-not-ask", &[], Some("`192.0.2.53` answered SERVFAIL"));
    let names: Vec<String> = (1..=6).map(|n| format!("n{n}.example.net")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    it.evidence[1] = answer(Source::Certificate, "offers", &names, None);
    it.candidates = (1..=8)
        .map(|n| candidate(&format!("n{n}.example.net"), &[Source::Certificate], "not-asked"))
        .collect();
    for candidate in &mut it.candidates {
        candidate.admitted_by = None;
        candidate.candidate.objection =
            Some(format!("`{}` is outside the allowed domains", candidate.candidate.host));
    }
    let mut bad = judged("c12.webex.com", "203.0.113.8", "prompts");
    bad.certificate.deciding_rule = Some("valid-now".into());
    let minds = [Some("prompts"), Some("prompts"), Some("refuses")];
    if let Some(findings) = &mut bad.findings {
        findings[6] = finding("valid-now", "broken", "the certificate expired yesterday", minds);
        findings[7] = finding(
            "not-revoked",
            "undetermined",
            "no revocation answer could be had",
            [Some("prompts"), Some("trusted"), Some("refuses")],
        );
    }
    bad.certificate.remarks = vec!["the roots are odd".to_owned()];
    it.certificates[1] = bad;
    let hint = "run again when the resolver answers".to_owned();
    it.photos = Some(Vec::new());
    it.decision = Conclusion {
        map_lines: vec!["203.0.113.7,NAME.webex.com".to_owned()],
        ..Conclusion::left(
            Class::Unresolved,
            "could-not-ask",
            "reverse DNS could not be asked: `192.0.2.53` answered SERVFAIL".to_owned(),
            Some(hint),
        )
    };
    it
}

/// What a plan tells of an address: it has no record and no findings.
pub(super) fn told_by_a_plan() -> Explanation {
    let mut it = explained();
    it.file = "plan.json".to_owned();
    it.kind = "plan".into();
    it.made = Some("2026-11-20T09:00:00Z".to_owned());
    it.notes = vec!["the plan was edited since it was written".to_owned()];
    it.record = None;
    it.certificates.truncate(1);
    it.certificates[0].findings = None;
    it.photos = None;
    it.decision.new = None;
    it.decision.new_host_range = None;
    it
}

/// An explanation full of what strangers write.
pub(super) fn explained_hostile() -> Explanation {
    let mut it = explained_unresolved();
    let text = || HOSTILE.to_owned();
    it.file = text();
    it.made = Some("2026-11-20T09:00:00Z".to_owned());
    it.notes = vec![text()];
    if let Some(record) = &mut it.record {
        record.key = Some(Key { column: text(), value: text() });
        record.cell = Some(text());
        record.host_range = Some([1, 4]);
        record.url = Some(text());
        record.says = text();
    }
    for answer in &mut it.evidence {
        answer.names = vec![text(); 9];
        answer.detail = Some(text());
    }
    for candidate in &mut it.candidates {
        candidate.candidate.host = text();
        candidate.candidate.objection = Some(text());
        candidate.candidate.support = Some(text());
        candidate.admitted_by = Some(text());
    }
    for certificate in &mut it.certificates {
        certificate.certificate.host = text();
        certificate.certificate.reasons = vec![text()];
        certificate.certificate.chain[0].subject = text();
        certificate.certificate.revocation.source = Some(text());
        for finding in certificate.findings.iter_mut().flatten() {
            finding.detail = text();
            finding.presented = Some(text());
        }
    }
    let mut hostile = photos(HOSTILE, HOSTILE);
    for side in hostile.examples.iter_mut().flat_map(|it| [&mut it.old, &mut it.new]) {
        side.media_type = Some(text());
        side.why = Some(text());
    }
    it.photos = Some(vec![hostile]);
    it.decision.explanation = text();
    it.decision.hint = Some(text());
    it.decision.new = Some(text());
    it.decision.new_host_range = Some([1, 4]);
    it
}
