//! From answers about revocation to verdicts: states × client profiles.

use lab::crl::{CertificateList, Entry};
use lab::ocsp::{BasicResponse, CertId, CertStatus, Hash, SingleResponse};

use super::*;
use crate::evidence::{FetchOutcome, Fetched};
use crate::x509::issue::CRL;
use crate::x509::revocation::questions;

const OCSP: &str = "http://ocsp.example";
const SUB: &str = "http://ca.example/sub.cer";
const SUB_CRL: &str = "http://crl.example/sub";

/// A server below an intermediate that names an OCSP responder, below a root that names a CRL.
struct World {
    root: Authority,
    sub: Authority,
    server: Vec<u8>,
}

impl World {
    fn new() -> Self {
        Self::with(|params| {
            params.custom_extensions = vec![issue::access(&[(1, OCSP), (2, SUB)])];
            params.crl_distribution_points = Vec::new();
        })
    }

    fn with(change: impl FnOnce(&mut CertificateParams)) -> Self {
        let root = Authority::root("Root");
        let sub = root.intermediate("Sub");
        Self { server: sub.server(change), sub, root }
    }

    fn ocsp(&self, status: CertStatus) -> Vec<u8> {
        let id = CertId::of(Hash::Sha1, &self.sub.der, &self.server).unwrap();
        BasicResponse::about(SingleResponse { status, ..SingleResponse::good(id, NOW) })
            .sign(&self.sub.signer())
            .unwrap()
    }

    /// A CRL of the root, which lists the intermediate or nobody.
    fn crl(&self, listed: Option<u8>) -> Vec<u8> {
        let mut list = CertificateList::new(NOW);
        list.entries.extend(
            listed.map(|reason| Entry::about(&self.sub.der, NOW - 86_400, Some(reason)).unwrap()),
        );
        list.sign(&self.root.signer()).unwrap()
    }

    fn chain(&self) -> Vec<Vec<u8>> {
        vec![self.server.clone(), self.sub.der.clone()]
    }
}

/// Answers to what is asked about a chain, by URL.
fn answer(
    evidence: &mut Evidence,
    chain: &[Vec<u8>],
    anchors: &TrustAnchors,
    rows: &[(&str, FetchOutcome)],
) {
    let chain: Vec<_> = chain.iter().map(|der| Certificate::parse(der).unwrap()).collect();
    for question in questions(&chain, anchors) {
        if let Some((_, outcome)) = rows.iter().find(|(url, _)| *url == question.url) {
            let answer = Fetched { outcome: outcome.clone(), elapsed_ms: 5_000 };
            evidence.fetched.insert(question, answer);
        }
    }
}

#[test]
fn revocation_by_profile() {
    let world = World::new();
    let body = |status| FetchOutcome::Body(world.ocsp(status));
    let revoked = CertStatus::Revoked { at: NOW - 86_400, reason: Some(1) };
    let good_crl = || FetchOutcome::Body(world.crl(None));
    let good = || body(CertStatus::Good);
    let (none, silent, hard) =
        ([Trusted, Trusted, Trusted], [Prompts, Trusted, Refuses], [Refuses, Refuses, Refuses]);
    for (what, of_server, of_sub, kinds, reason) in [
        ("good", good(), good_crl(), none, ""),
        (
            "revoked",
            body(revoked),
            good_crl(),
            hard,
            "the certificate `CN=c12.webex.com` was revoked on 2027-06-30 00:00:00 UTC \
             (keyCompromise), says the OCSP response of `http://ocsp.example`",
        ),
        (
            "the intermediate is revoked",
            good(),
            FetchOutcome::Body(world.crl(Some(2))),
            hard,
            "the intermediate `CN=Sub` was revoked on 2027-06-30 00:00:00 UTC (cACompromise), \
             says the CRL of `http://crl.example/crl`",
        ),
        (
            "unknown",
            body(CertStatus::Unknown),
            good_crl(),
            silent,
            "the OCSP responder `http://ocsp.example` does not know the certificate \
             `CN=c12.webex.com`",
        ),
        (
            "unreachable",
            FetchOutcome::Failed("connection refused".to_owned()),
            good_crl(),
            silent,
            "no revocation answer about the certificate `CN=c12.webex.com` could be had: the OCSP \
             responder `http://ocsp.example`: connection refused",
        ),
        (
            "too late",
            FetchOutcome::TooLate,
            good_crl(),
            silent,
            "no revocation answer about the certificate `CN=c12.webex.com` had come from the OCSP \
             responder `http://ocsp.example` after 5.000 s",
        ),
        (
            "invalid",
            FetchOutcome::Body(world.crl(None)),
            good_crl(),
            silent,
            "the revocation answer about the certificate `CN=c12.webex.com` cannot be relied on: \
             the OCSP response of `http://ocsp.example` is not DER as RFC 6960 has it: \
             `responseStatus` is missing or malformed",
        ),
        (
            "the intermediate's CRL is unreachable",
            good(),
            FetchOutcome::Failed("HTTP status 404".to_owned()),
            silent,
            "no revocation answer about the intermediate `CN=Sub` could be had: the CRL of \
             `http://crl.example/crl`: HTTP status 404",
        ),
        (
            "not asked",
            FetchOutcome::NotAsked("the address is private".to_owned()),
            good_crl(),
            [Unknown; 3],
            "revocation of the certificate `CN=c12.webex.com` was not asked: the OCSP responder \
             `http://ocsp.example`: the address is private",
        ),
    ] {
        let anchors = world.root.anchors();
        let mut evidence = evidence(NAME, &[("192.0.2.1", completed(world.chain()))]);
        answer(&mut evidence, &world.chain(), &anchors, &[(OCSP, of_server), (CRL, of_sub)]);
        for (profile, kind) in PROFILES.iter().zip(kinds) {
            let found = certify_name(NAME, &evidence, &anchors, profile);
            let row = format!("{what} / {}: {:?}", profile.id, found.verdict.reasons);
            assert_eq!(found.verdict.kind, kind, "{row}");
            let finding = found.verdict.findings.iter().find(|it| it.rule == "not-revoked");
            let said = finding.map(|finding| finding.detail.as_str());
            let expected =
                if what == "good" { "no certificate of the path is revoked" } else { reason };
            assert_eq!(said, Some(expected), "{row}");
            if kind != Trusted {
                assert_eq!(found.verdict.rule, Some("not-revoked"), "{row}");
                assert!(found.verdict.reasons[0].ends_with(reason), "{row}");
            }
        }
    }
}

#[test]
fn a_certificate_that_names_nobody_to_ask() {
    let (root, profile) = (Authority::root("Root"), ProfileId::Jabber.profile());
    for (urls, reason) in [
        (
            &[][..],
            "Jabber asks at every look-up: the certificate `CN=c12.webex.com` names no OCSP \
             responder and no CRL over HTTP",
        ),
        (
            &["ldap:///CN=Sub"],
            "Jabber asks at every look-up: the certificate `CN=c12.webex.com` names no OCSP \
             responder and no CRL over HTTP: it names a source over LDAP only, `ldap:///CN=Sub`",
        ),
    ] {
        let server = root.server(|params| params.crl_distribution_points = issue::points(urls));
        let found = certified(NAME, completed(vec![server]), &root.anchors(), profile);
        assert_eq!(found.verdict.kind, Prompts);
        assert_eq!(found.verdict.reasons, [reason]);
        assert_eq!(found.certificates[0].revocation.state(), &Revocation::NotOffered);
    }
}

#[test]
fn each_server_answers_for_itself_with_its_staple() {
    let world = World::with(|params| params.crl_distribution_points = issue::points(&[SUB_CRL]));
    let stapled = |status| {
        let staple = Some(world.ocsp(status));
        Handshake { staple, ..completed(world.chain()) }
    };
    let revoked = CertStatus::Revoked { at: NOW - 86_400, reason: None };
    let servers = [
        ("192.0.2.1", stapled(CertStatus::Good)),
        ("192.0.2.2", stapled(revoked)),
        ("192.0.2.3", completed(world.chain())),
    ];
    let anchors = world.root.anchors();
    let mut evidence = evidence(NAME, &servers);
    let good = FetchOutcome::Body(world.crl(None));
    answer(&mut evidence, &world.chain(), &anchors, &[(CRL, good)]);
    let found = certify_name(NAME, &evidence, &anchors, ProfileId::Jabber12.profile());
    let states: Vec<_> =
        found.certificates.iter().map(|one| one.revocation.state().as_str()).collect();
    assert_eq!(states, ["good", "revoked", "not-asked"]);
    assert_eq!(found.verdict.kind, Refuses);
    assert_eq!(
        found.verdict.reasons[0],
        "at `192.0.2.2`: Jabber 12.6 and later does not connect: the certificate \
         `CN=c12.webex.com` was revoked on 2027-06-30 00:00:00 UTC, says the stapled OCSP response"
    );
}

#[test]
fn what_is_broken_is_told_before_what_nobody_knows() {
    let world = World::with(|params| {
        params.key_usages = vec![rcgen::KeyUsagePurpose::KeyCertSign];
        params.crl_distribution_points = Vec::new();
    });
    let profile = ProfileId::Jabber.profile();
    let found = certified(NAME, completed(world.chain()), &world.root.anchors(), profile);
    assert_eq!(found.verdict.rule, Some("key-usage"));
    assert_eq!(found.verdict.reasons.len(), 2);
}

#[test]
fn a_missing_issuer_is_named_and_not_used() {
    let world = World::new();
    let alone = vec![world.server.clone()];
    let anchors = world.root.anchors();
    let stranger = Authority::root("Root").intermediate("Sub");
    let complete = "the path to `CN=Root` would be complete with `CN=Sub`, which the server should \
                    send (it came from `http://ca.example/sub.cer`); ";
    for (fetched, is_complete) in [
        (Some(FetchOutcome::Body(world.sub.der.clone())), true),
        (Some(FetchOutcome::Body(stranger.der)), false),
        (Some(FetchOutcome::Failed("HTTP status 404".to_owned())), false),
        (None, false),
    ] {
        let mut evidence = evidence(NAME, &[("192.0.2.1", completed(alone.clone()))]);
        let rows: Vec<_> = fetched.into_iter().map(|outcome| (SUB, outcome)).collect();
        answer(&mut evidence, &alone, &anchors, &rows);
        for profile in &PROFILES {
            let found = certify_name(NAME, &evidence, &anchors, profile);
            assert_eq!(found.verdict.rule, Some("trusted-path"));
            let one = &found.certificates[0];
            let remark = format!("{complete}{}", profile.on_incomplete_chain);
            assert_eq!(one.remarks, if is_complete { vec![remark] } else { Vec::new() });
            assert_eq!(one.revocation.state(), &Revocation::NotAsked);
            assert_eq!(
                one.revocation.worst().unwrap().status.note.as_deref(),
                Some("its issuer `CN=Sub` is not known")
            );
        }
    }
}
