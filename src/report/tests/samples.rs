//! Reports to render: a rich one, and one full of what strangers write.

use std::io::{self, Cursor, Write};
use std::sync::{Arc, LazyLock, Mutex};

use super::super::certificates::Verdicts;
use super::super::inspection::{Complaint, Example, HostCount, Inspection, Warning};
use super::super::reconciliation::{
    Changes, Difference, Duplicate, Fate, Missing, NotSent, Reconciliation, Retry, StatusValue,
};
use super::super::requests::{RequestFinding, RequestReport, Requests};
use super::super::verification::{MovedHost, Verification, Violation};
use super::super::*;
use crate::evidence::{OldHost, Scheme};

/// What strangers write: markup, escapes, bidirectional controls, formulas, NUL, line breaks.
pub(super) const HOSTILE: &str =
    "=cmd|' /C calc'!A0</script><b>`x` | \u{1b}[31m\u{202e}\u{2028}\0\r\n\u{9b}[c **y**";

/// An endpoint of `host` with a decision.
pub(in crate::report) fn endpoint(
    host: &str,
    records: u64,
    (decision, reason): (&'static str, &'static str),
    name: Option<&str>,
    candidates: Vec<CandidateReport>,
) -> EndpointReport {
    EndpointReport {
        endpoint: Endpoint {
            host: OldHost::from(host.to_owned()),
            port: 443,
            scheme: Scheme::Https,
        },
        records,
        decision: decision.into(),
        host: name.map(ToOwned::to_owned),
        reason: reason.into(),
        explanation: String::new(),
        hint: None,
        candidates,
        old_certificate: None,
        photos: Vec::new(),
    }
}

pub(in crate::report) fn candidate(
    host: &str,
    sources: &[Source],
    forward: &'static str,
) -> CandidateReport {
    CandidateReport {
        host: host.to_owned(),
        sources: sources.to_vec(),
        forward: forward.into(),
        forward_detail: None,
        verdict: "trusted".into(),
        objection: None,
        support: None,
    }
}

/// Photos of which one was not asked for.
pub(super) fn photos(host: &str, target: &str) -> PhotosReport {
    let mut outcomes: std::collections::BTreeMap<Word, u64> =
        ["same", "different", "gone", "placeholder", "html", "missing", "unreachable"]
            .into_iter()
            .map(|outcome| (outcome.into(), 0))
            .collect();
    outcomes.insert("same".into(), 7);
    outcomes.insert("unreachable".into(), 1);
    let side = PhotoSide {
        status: Some(200),
        media_type: Some("image/jpeg".to_owned()),
        length: Some(7_203),
        sha256: Some("9a".repeat(32)),
        certificate_failure: None,
        why: None,
    };
    let failure = Some("it does not name the address".to_owned());
    let old = PhotoSide { certificate_failure: failure, ..side.clone() };
    let why = Some("no whole answer within 5 s".to_owned());
    let example = |outcome: &'static str, new| PhotoExample {
        target: target.to_owned(),
        outcome: outcome.into(),
        lost: false,
        old: old.clone(),
        new,
    };
    PhotosReport {
        host: host.to_owned(),
        urls: 8,
        outcomes,
        examples: vec![
            example("same", side),
            example("unreachable", PhotoSide { why, ..PhotoSide::default() }),
        ],
    }
}

pub(super) fn certificate(host: &str, address: &str, verdict: &'static str) -> CertificateReport {
    CertificateReport {
        host: host.to_owned(),
        port: 443,
        service: "http".into(),
        xmpp_domain: None,
        address: address.parse().ok(),
        profile: "jabber".into(),
        verdict: verdict.into(),
        reasons: vec![
            "Jabber shows the photo without asking: a dNSName matches".to_owned(),
            "revocation was not asked".to_owned(),
        ],
        remarks: Vec::new(),
        deciding_rule: Some("dns-id".into()),
        findings: None,
        identity: IdentityReport {
            matched: true,
            rule: Some("dns-id".into()),
            presented: vec!["*.webex.com".to_owned(), "webex.com".to_owned()],
        },
        chain: vec![
            ChainMember {
                subject: "CN=*.webex.com,O=Example".to_owned(),
                issuer: "CN=Example Issuing CA".to_owned(),
                not_before: "2026-03-01T00:00:00Z".to_owned(),
                not_after: "2027-03-01T00:00:00Z".to_owned(),
                sha256: "ab".repeat(32),
                revocation: None,
            },
            ChainMember {
                subject: "CN=Example Issuing CA".to_owned(),
                issuer: "CN=Example Root CA".to_owned(),
                not_before: "2020-01-01T00:00:00Z".to_owned(),
                not_after: "2030-01-01T00:00:00Z".to_owned(),
                sha256: "cd".repeat(32),
                revocation: None,
            },
        ],
        trust_anchor: Some(TrustAnchorReport {
            subject: "CN=Example Root CA".to_owned(),
            source: "system, mozilla".to_owned(),
            not_after: Some("2035-06-04T11:04:38Z".to_owned()),
        }),
        not_after: Some("2027-03-01T00:00:00Z".to_owned()),
        days_left: Some(97),
        key: Some("RSA 2048".to_owned()),
        signature: Some("sha256WithRSAEncryption".to_owned()),
        revocation: RevocationReport::not_asked(),
        tls: Some("TLS 1.3".to_owned()),
    }
}

/// What somebody approved.
pub(super) fn approval() -> ApprovalFacts {
    ApprovalFacts {
        reviewer: "Jane Doe <jane@corp.example.com>".to_owned(),
        time: "2026-11-20T09:30:00Z".to_owned(),
        sha256: "ef".repeat(32),
        approved: 3,
        refused: 1,
        not_approved: 2,
    }
}

/// What became of a plan on a newer export.
pub(super) fn carry() -> Carry {
    let cell = |host: &str| Some(format!("https://{host}/photos/jane%40corp.example.jpg"));
    let conflict = Conflict {
        reason: "changed-since".into(),
        explanation: "the photo URL is not the one that the plan knew".to_owned(),
        key: Some("jane.doe@corp.example".to_owned()),
        planned: Some(Place { record: 1, line: 2 }),
        found: Some(Place { record: 3, line: 4 }),
        old: cell("203.0.113.7"),
        current: cell("203.0.113.9"),
        new: cell("c12.webex.com"),
    };
    let gone = Conflict {
        reason: "gone".into(),
        explanation: "this export does not have the user any more".to_owned(),
        found: None,
        current: None,
        ..conflict.clone()
    };
    let no_key = Conflict { reason: "no-key".into(), key: None, planned: None, ..conflict.clone() };
    Carry {
        planned: Some(NamedFile { file: "last-week.csv".to_owned(), sha256: "ef".repeat(32) }),
        key: Some("email".to_owned()),
        carried: 3,
        newcomers: 1,
        already: 2,
        conflicts: vec![conflict, gone, no_key],
    }
}

/// The report of a plan that was approved and carried over.
pub(super) fn carried() -> Report {
    Report { command: "rebase".into(), approval: Some(approval()), carry: Some(carry()), ..rich() }
}

/// A report with every decision and every class.
pub(in crate::report) fn rich() -> Report {
    let mut ledger = Ledger::default();
    for (class, records) in Class::ALL.into_iter().zip([1_212, 3, 2, 1, 1]) {
        ledger.add(class, records);
    }
    let mut rewrite = endpoint(
        "203.0.113.7",
        2,
        ("rewrite", "trusted"),
        Some("c12.webex.com"),
        vec![
            candidate("c12.webex.com", &[Source::Certificate, Source::Ptr], "confirmed"),
            CandidateReport {
                forward_detail: Some("lives at 203.0.113.9".to_owned()),
                verdict: "not-asked".into(),
                objection: Some("`c9.webex.com` lives at 203.0.113.9".to_owned()),
                support: Some("*.webex.com".to_owned()),
                ..candidate("c9.webex.com", &[Source::Corpus], "contradicted")
            },
        ],
    );
    rewrite.explanation =
        "`c12.webex.com` by certificate, ptr, forward-confirmed; its certificate is trusted".into();
    rewrite.old_certificate = Some(OldCertificate {
        handshake: "completed".to_owned(),
        dns_names: vec!["c12.webex.com".to_owned()],
        subject: Some("CN=c12.webex.com".to_owned()),
        not_after: Some("2027-03-01T00:00:00Z".to_owned()),
    });
    rewrite.photos = vec![photos("c12.webex.com", "/photos/jane@corp.example.jpg")];
    let mut flagged = endpoint(
        "2001:db8::7",
        1,
        ("rewrite", "flagged"),
        Some("c6.webex.com"),
        vec![CandidateReport {
            verdict: "prompts".into(),
            ..candidate("c6.webex.com", &[Source::Map], "could-not-ask")
        }],
    );
    flagged.explanation = "`c6.webex.com` by map; FLAGGED: Jabber asks at every look-up".into();
    let mut ambiguous = endpoint(
        "203.0.113.21",
        2,
        ("hold", "ambiguous"),
        None,
        vec![
            candidate("c21.webex.com", &[Source::Ptr], "confirmed"),
            candidate("c22.webex.com", &[Source::Ptr], "confirmed"),
        ],
    );
    ambiguous.explanation = "`c21.webex.com` and `c22.webex.com` are equally good by ptr".into();
    ambiguous.hint = Some(
        "add the right one to the map, such as `203.0.113.21,c21.webex.com`, or let --ambiguous \
         pick choose"
            .into(),
    );
    let mut unresolved =
        endpoint("198.51.100.250", 1, ("unresolved", "no-candidate"), None, Vec::new());
    unresolved.explanation = "nothing names this address: reverse DNS says NXDOMAIN".into();
    unresolved.hint = Some(
        "if you know the name, add `198.51.100.250,NAME.webex.com` to the file of --map".into(),
    );
    let mut options = serde_json::Map::new();
    options.insert("domain".to_owned(), serde_json::json!(["webex.com"]));
    options.insert("offline".to_owned(), serde_json::json!(false));
    Report {
        schema: SCHEMA.into(),
        tool: Tool { name: "photofix".into(), version: "0.0.0".into() },
        command: "fix".into(),
        notes: vec![
            "no resolver answered a single one of 12 questions (asked: 192.0.2.53); name another \
             with --dns"
                .to_owned(),
        ],
        export: ExportFacts {
            file: "users.csv".to_owned(),
            sha256: "0f".repeat(32),
            bytes: 123_456,
            records: 1_219,
            encoding: "UTF-8".into(),
            bom: false,
            delimiter: "comma".into(),
            line_ending: "CRLF".into(),
            header: Some(vec!["email".to_owned(), "userProfilePhotoURL".to_owned()]),
            photo_column: "userProfilePhotoURL".to_owned(),
        },
        options,
        approval: None,
        carry: None,
        ledger,
        host_kinds: ["ip", "webex", "bare", "foreign", "empty", "dash", "not-url", "unreadable"]
            .into_iter()
            .zip([6, 1_200, 0, 2, 5, 4, 1, 1])
            .map(|(kind, records)| KindCount { kind: kind.into(), records })
            .collect(),
        endpoints: vec![unresolved, rewrite, ambiguous, flagged],
        certificates: vec![
            CertificateReport {
                remarks: vec![
                    "the certificate `CN=*.webex.com,O=Example` expires in 20 days, on 2026-12-14 \
                     00:00:00 UTC"
                        .to_owned(),
                    "`CN=Spare,emailAddress=jane@corp.example` is sent and is not part of the \
                     path: take it out"
                        .to_owned(),
                ],
                ..certificate("c12.webex.com", "203.0.113.7", "trusted")
            },
            CertificateReport {
                reasons: vec!["Jabber asks at every look-up: the certificate has expired".into()],
                deciding_rule: Some("valid-now".into()),
                days_left: Some(-3),
                not_after: Some("2026-11-21T00:00:00Z".into()),
                ..certificate("c6.webex.com", "2001:db8::7", "prompts")
            },
        ],
    }
}

/// An endpoint of [`rich`], for as long as rows may want it.
fn known(host: &str) -> &'static Endpoint {
    static ENDPOINTS: LazyLock<Vec<Endpoint>> =
        LazyLock::new(|| rich().endpoints.into_iter().map(|entry| entry.endpoint).collect());
    ENDPOINTS.iter().find(|endpoint| endpoint.host.to_string() == host).unwrap()
}

/// The rows of [`rich`].
pub(in crate::report) fn rich_rows() -> Vec<Row<'static>> {
    let change = |record, key, old: &'static str, new: &'static str, old_host, new_host| {
        let line = record + 1;
        Row::Change(Change {
            record,
            line,
            key,
            endpoint: Some(known("203.0.113.7")),
            old,
            new,
            old_host,
            new_host,
            byte_range: record * 100..record * 100 + 11,
            old_raw: b"jane@corp.example,https://203.0.113.7/a.jpg\r\n",
            new_raw: b"jane@corp.example,https://c12.webex.com/a.jpg\r\n",
        })
    };
    let held =
        |record, (host, value): (&str, Option<&'static str>), class, reason, explanation, hint| {
            Row::Held(Held {
                record,
                line: record + 1,
                byte: record * 100,
                key: Some(("email", "max@corp.example")),
                endpoint: value.map(|_| known(host)),
                value,
                host: value.map_or(0..0, |_| 8..8 + host.len()),
                class,
                reason,
                explanation,
                hint: Some(hint),
            })
        };
    vec![
        change(
            1,
            Some(("email", "jane.doe@corp.example")),
            "https://203.0.113.7/photos/jane%40corp.example.jpg",
            "https://c12.webex.com/photos/jane%40corp.example.jpg",
            8..19,
            8..21,
        ),
        held(
            2,
            ("203.0.113.21", Some("https://203.0.113.21/b.jpg")),
            Class::Held,
            "ambiguous",
            "`c21.webex.com` and `c22.webex.com` are equally good by ptr",
            "add the right one to the map",
        ),
        change(3, None, "https://0xcb.0.0x71.7:443/", "https://c12.webex.com:443/", 8..21, 8..21),
        held(
            4,
            ("198.51.100.250", Some("https://198.51.100.250/c.jpg")),
            Class::Unresolved,
            "no-candidate",
            "nothing names this address: reverse DNS says NXDOMAIN",
            "if you know the name, add it to the file of --map",
        ),
        held(
            5,
            ("", None),
            Class::Unreadable,
            "undecodable",
            "the photo cell cannot be read: byte 0xff at 12 is not UTF-8",
            "correct the cell in the export with a text editor, or give --encoding",
        ),
    ]
}

/// A report whose every free text is hostile, with its rows.
pub(in crate::report) fn hostile() -> (Report, Vec<Row<'static>>) {
    let mut report = rich();
    let text = || HOSTILE.to_owned();
    report.command = "plan".into();
    report.notes = vec![text()];
    report.export.file = text();
    report.export.header = Some(vec![text()]);
    report.export.photo_column = text();
    report.options.insert("map".to_owned(), text().into());
    report.approval = Some(ApprovalFacts { reviewer: text(), ..approval() });
    let mut carry = carry();
    carry.planned = Some(NamedFile { file: text(), sha256: "ef".repeat(32) });
    carry.key = Some(text());
    for conflict in &mut carry.conflicts {
        let Conflict { key, old, current, new, .. } = conflict;
        [key, old, current, new].into_iter().for_each(|it| *it = Some(text()));
    }
    report.carry = Some(carry);
    for endpoint in &mut report.endpoints {
        endpoint.explanation = text();
        endpoint.hint = Some(text());
        for candidate in &mut endpoint.candidates {
            candidate.forward_detail = Some(text());
            candidate.objection = Some(text());
            candidate.support = Some(text());
        }
        endpoint.old_certificate = Some(OldCertificate {
            handshake: text(),
            dns_names: vec![text()],
            subject: Some(text()),
            not_after: None,
        });
        for example in endpoint.photos.iter_mut().flat_map(|photos| &mut photos.examples) {
            example.target = text();
            example.new.media_type = Some(text());
            example.new.why = Some(text());
        }
    }
    for certificate in &mut report.certificates {
        certificate.reasons = vec![text()];
        certificate.identity.presented = vec![text()];
        certificate.chain[0].subject = text();
        certificate.chain[1].issuer = text();
        certificate.remarks = vec![text()];
        certificate.revocation.state = "unreachable".into();
        certificate.revocation.detail = Some(text());
        certificate.revocation.source = Some(text());
        certificate.revocation.elapsed_ms = Some(5_000);
        certificate.chain[0].revocation = Some(certificate.revocation.clone());
        certificate.trust_anchor =
            Some(TrustAnchorReport { subject: text(), source: text(), not_after: None });
    }
    let rows = rich_rows().into_iter().map(|row| match row {
        Row::Change(change) => Row::Change(Change {
            key: Some((HOSTILE, HOSTILE)),
            old: HOSTILE,
            new: HOSTILE,
            old_host: 1..4,
            new_host: 1..4,
            ..change
        }),
        Row::Held(held) => Row::Held(Held {
            key: Some((HOSTILE, HOSTILE)),
            value: held.value.map(|_| HOSTILE),
            host: 1..4,
            explanation: HOSTILE,
            hint: Some(HOSTILE),
            ..held
        }),
    });
    (report, rows.collect())
}

/// A report of an export without records.
pub(super) fn empty() -> Report {
    let rich = rich();
    Report {
        notes: Vec::new(),
        export: ExportFacts {
            records: 0,
            header: None,
            bom: true,
            encoding: "UTF-16LE".into(),
            delimiter: "tab".into(),
            line_ending: "none".into(),
            photo_column: "field 18".into(),
            ..rich.export
        },
        options: serde_json::Map::new(),
        ledger: Ledger::default(),
        host_kinds: Vec::new(),
        endpoints: Vec::new(),
        certificates: Vec::new(),
        ..rich
    }
}

pub(super) fn verdicts() -> Verdicts {
    let rich = rich();
    let mut certificates = rich.certificates;
    certificates.push(CertificateReport {
        verdict: "unknown".into(),
        reasons: vec!["what Jabber would do is not known: the connection timed out".into()],
        deciding_rule: None,
        identity: IdentityReport::default(),
        chain: Vec::new(),
        trust_anchor: None,
        not_after: None,
        days_left: None,
        key: None,
        signature: None,
        tls: None,
        ..certificate("c6.webex.com", "2001:db8::8", "unknown")
    });
    certificates.push(given_to_xmpp());
    Verdicts { notes: vec!["revocation was not asked".to_owned()], certificates }
}

/// A reconciliation with one of everything; what strangers wrote is hostile.
pub(super) fn reconciled() -> Reconciliation {
    let hostile = || HOSTILE.to_owned();
    let key = || Some("jane@corp.example.com".to_owned());
    Reconciliation {
        plan: "plan.json".to_owned(),
        export: "users.csv".to_owned(),
        made_from: "fresh.csv".to_owned(),
        import: Some("import.manifest.json".to_owned()),
        parts: vec!["import-0001.csv".to_owned(), hostile()],
        status: Some("status.csv".to_owned()),
        after: Some("after.csv".to_owned()),
        key: "email".to_owned(),
        status_column: Some(hostile()),
        notes: vec!["a note".to_owned()],
        photos_settle_at: Some("2026-11-25T12:00:00Z".to_owned()),
        changes: Changes { sent: 2, applied: 1, refused: 1, not_sent: 1, ..Changes::default() },
        collateral_records: Some(1),
        missing_records: Some(1),
        status_values: vec![StatusValue {
            value: hostile(),
            reading: "refused".into(),
            changes: 1,
            shows_new: 0,
            shows_old: 1,
        }],
        records: vec![Fate {
            record: 1,
            line: 2,
            key: key(),
            class: "refused".into(),
            reason: "status-words".into(),
            explanation: "by the words of the status file".into(),
            certainty: "seen".into(),
            status: Some(format!("no such user jane@corp.example.com {HOSTILE}")),
            old: "https://203.0.113.7/jane@corp.example.com".to_owned(),
            new: "https://c1.webex.com/jane@corp.example.com".to_owned(),
            found: Some(hostile()),
            retry: true,
        }],
        not_sent: vec![NotSent {
            record: 3,
            line: 4,
            key: key(),
            reason: "another-cell".into(),
            explanation: "the import file has a third cell".into(),
            old: "https://203.0.113.7/jane@corp.example.com".to_owned(),
            new: "https://c1.webex.com/jane@corp.example.com".to_owned(),
            found: Some(hostile()),
        }],
        collateral: vec![Difference {
            record: 1,
            line: 2,
            key: key(),
            column: "jobTitle".to_owned(),
            imported: "ask jane@corp.example.com".to_owned(),
            found: hostile(),
        }],
        missing: vec![Missing { record: 1, line: 2, key: key() }],
        duplicates: vec![Duplicate { file: "after".into(), record: 9, key: key() }],
        retry: Some(Retry { file: "retry.csv".to_owned(), records: 1 }),
    }
}

/// A chain as it was given, for an XMPP server, with answers about its revocation.
fn given_to_xmpp() -> CertificateReport {
    let plain = certificate("im.corp.example", "", "refuses");
    let mut chain = plain.chain.clone();
    let good = RevocationReport {
        state: "good".into(),
        detail: None,
        source: Some("OCSP responder http://ocsp.example".to_owned()),
        elapsed_ms: Some(12),
        this_update: Some("2026-11-24T00:00:00Z".to_owned()),
        next_update: Some("2026-12-01T00:00:00Z".to_owned()),
    };
    let revoked = RevocationReport {
        state: "revoked".into(),
        detail: Some("on 2026-11-01 00:00:00 UTC (keyCompromise)".to_owned()),
        source: Some("file sub.crl".to_owned()),
        elapsed_ms: None,
        next_update: None,
        ..good.clone()
    };
    chain[0].revocation = Some(good);
    chain[1].revocation = Some(revoked.clone());
    CertificateReport {
        port: 5222,
        service: "xmpp".into(),
        xmpp_domain: Some("corp.example".to_owned()),
        reasons: vec!["Jabber does not connect: the intermediate was revoked".to_owned()],
        deciding_rule: Some("not-revoked".into()),
        identity: IdentityReport {
            matched: true,
            rule: Some("srv-id".into()),
            presented: vec!["_xmpp-client.corp.example".to_owned()],
        },
        chain,
        trust_anchor: None,
        revocation: revoked,
        tls: None,
        ..plain
    }
}

/// Two certification requests: one with faults, one without.
pub(super) fn requests() -> Requests {
    let finding = |rule: &'static str, standing: &'static str, detail: &str, hint: Option<&str>| {
        RequestFinding {
            rule: rule.into(),
            standing: standing.into(),
            detail: detail.to_owned(),
            hint: hint.map(ToOwned::to_owned),
            source: "RFC 2986, 3".into(),
        }
    };
    let fine = RequestReport {
        file: "cucm.csr".to_owned(),
        number: 1,
        standing: "fine".into(),
        subject: "CN=cucm.corp.example,O=Example".to_owned(),
        names: vec!["cucm.corp.example".to_owned(), "cucm2.corp.example".to_owned()],
        key: "RSA 2048".to_owned(),
        signature: "sha256WithRSAEncryption".to_owned(),
        findings: vec![
            finding("encoding", "fine", "the file is one request in PEM form", None),
            finding("key", "fine", "the key is RSA 2048", None),
        ],
    };
    let refused = RequestReport {
        file: "both.csr".to_owned(),
        number: 2,
        standing: "refused".into(),
        subject: String::new(),
        names: Vec::new(),
        findings: vec![
            finding(
                "subject-attributes",
                "doubtful",
                "it has the unit (OU) `IT`, which public CAs have not certified since 2022-09-01",
                Some("leave it out where the server lets you"),
            ),
            finding(
                "subject-alt-name",
                "refused",
                "there is no subjectAltName, and clients of today look at nothing else",
                Some("make the request anew with every name of the server as a dNSName"),
            ),
        ],
        ..fine.clone()
    };
    let doubtful = RequestReport { number: 1, standing: "doubtful".into(), ..refused.clone() };
    Requests { requests: vec![fine, doubtful, refused] }
}

pub(super) fn inspection() -> Inspection {
    let rich = rich();
    let host = |host: &str, port, scheme, records, kind: &'static str| HostCount {
        host: host.to_owned(),
        port,
        scheme,
        records,
        kind: kind.into(),
    };
    Inspection {
        export: rich.export,
        host_kinds: rich.host_kinds,
        hosts: vec![
            host("203.0.113.7", Some(443), Some(Scheme::Https), 1_204, "ip"),
            host("2001:db8::7", Some(80), Some(Scheme::Http), 3, "ip"),
            host("ldap-photos", Some(8443), Some(Scheme::Https), 1, "bare"),
            host("c12.webex.com", Some(443), Some(Scheme::Https), 9, "webex"),
            host("photos.example.org", None, None, 2, "foreign"),
        ],
        notes: vec!["3 records with more or fewer fields than the 28 expected".to_owned()],
        warnings: vec![Warning {
            record: 4,
            line: 5,
            byte: 377,
            reason: "unclosed-quote".into(),
            explanation: "the quote opened on line 5 (byte 384) is never closed".to_owned(),
            hint: Some("close the quote in the export with a text editor".to_owned()),
        }],
        health: vec![Complaint {
            kind: "duplicate-email".into(),
            column: "email".to_owned(),
            records: 2,
            explanation: "an earlier record has this email".into(),
            hint: "leave one of the records in the file".into(),
            examples: vec![Example {
                record: 3,
                line: 4,
                value: "jane@corp.example.com".to_owned(),
                same_as: Some(1),
            }],
        }],
    }
}

pub(super) fn verification(violations: Vec<Violation>) -> Verification {
    Verification {
        export: "users.csv".to_owned(),
        import: "import.csv".to_owned(),
        records: 1_219,
        changed: 3,
        violation_count: violations.len() as u64,
        only_changed: false,
        violations,
        changes: vec![MovedHost {
            record: 1,
            line: 2,
            old: "https://203.0.113.7/photos/a.jpg".to_owned(),
            new: "https://c12.webex.com/photos/a.jpg".to_owned(),
            old_host: 8..19,
            new_host: 8..21,
        }],
    }
}

pub(super) fn violation() -> Violation {
    Violation {
        record: 7,
        line: 9,
        byte: 1_024,
        what: "the field `displayName`".to_owned(),
        expected: "Jane".to_owned(),
        found: "Jan".to_owned(),
    }
}

/// A place to write that can be read afterwards.
#[derive(Clone, Default)]
pub(super) struct Kept(Arc<Mutex<Vec<u8>>>);

impl Kept {
    pub(super) fn bytes(&self) -> Vec<u8> {
        self.0.lock().unwrap().clone()
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The plan that the reports belong to.
pub(super) fn plan() -> PlanIdentity {
    PlanIdentity { sha256: "ab".repeat(32), made: "2026-11-20T09:30:00Z".to_owned() }
}

/// A whole report of one kind.
pub(super) fn rendered(
    kind: Kind,
    redaction: Redaction,
    report: &Report,
    rows: &[Row<'_>],
) -> Vec<u8> {
    let kept = Kept::default();
    let spool = Box::new(Cursor::new(Vec::new()));
    let mut renderer = renderer(kind, redaction, Box::new(kept.clone()), spool);
    renderer.begin(report).unwrap();
    rows.iter().try_for_each(|row| renderer.row(row)).unwrap();
    renderer.finish(Some(&plan())).unwrap();
    kept.bytes()
}
