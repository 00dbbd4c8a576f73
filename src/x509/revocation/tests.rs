//! Chains and answers of every kind: what is asked, what it proves, what would complete a path.

use std::collections::BTreeMap;

use lab::Extension;
use lab::crl::{CertificateList, Entry, Scope};
use lab::ocsp::{self as responder, BasicResponse, CertId, CertStatus, Hash, SingleResponse};

use super::*;
use crate::evidence::{Fetch, FetchOutcome, Fetched, Purpose, RevocationFile};
use crate::x509::certificate::Certificate;
use crate::x509::issue::{self, Authority, CRL, NOW};
use crate::x509::path::validate;
use crate::x509::trust::TrustAnchors;

mod completing;
mod evading;
mod proving;
mod questioning;

const DAY: i64 = 24 * 60 * 60;
const OCSP: &str = "http://ocsp.example";
const SERVER_CRL: &str = "http://crl.example/sub";
const SERVER_CRL_2: &str = "http://crl.example/sub-2";
const CA: &str = "http://ca.example/sub.cer";

fn parse(der: &[u8]) -> Certificate {
    Certificate::parse(der).unwrap()
}

/// A server, its issuer and a root. The server names an OCSP responder and a CRL, its issuer a
/// CRL.
struct World {
    root: Authority,
    sub: Authority,
    chain: Vec<Certificate>,
    anchors: TrustAnchors,
}

impl World {
    fn new() -> Self {
        Self::naming(&[OCSP], &[SERVER_CRL])
    }

    /// With a server that names these responders and CRLs.
    fn naming(responders: &[&str], crls: &[&str]) -> Self {
        let root = Authority::root("Root");
        let sub = root.intermediate("Sub");
        let server = sub.server(|params| {
            params.serial_number = Some(vec![0x6b, 1].into());
            let mut access: Vec<(u8, &str)> = responders.iter().map(|url| (1, *url)).collect();
            access.push((2, CA));
            params.custom_extensions = vec![issue::access(&access)];
            params.crl_distribution_points = issue::points(crls);
        });
        let chain = vec![parse(&server), parse(&sub.der)];
        Self { anchors: root.anchors(), root, sub, chain }
    }

    fn server(&self) -> &Certificate {
        &self.chain[0]
    }

    /// An OCSP response about the server, changed.
    fn ocsp(&self, change: impl Fn(&mut SingleResponse)) -> Vec<u8> {
        self.response(change).sign(&self.sub.signer()).unwrap()
    }

    fn response(&self, change: impl Fn(&mut SingleResponse)) -> BasicResponse {
        let id = CertId::of(Hash::Sha1, &self.sub.der, &self.server().der).unwrap();
        BasicResponse::about(SingleResponse::good(id, NOW)).with_single(change)
    }

    fn good(&self) -> FetchOutcome {
        FetchOutcome::Body(self.ocsp(|_| {}))
    }

    fn revoked(&self) -> FetchOutcome {
        FetchOutcome::Body(self.ocsp(revoked))
    }

    fn unknown(&self) -> FetchOutcome {
        FetchOutcome::Body(self.ocsp(|single| single.status = CertStatus::Unknown))
    }

    fn stale(&self) -> FetchOutcome {
        FetchOutcome::Body(self.ocsp(|single| single.next_update = Some(NOW - DAY / 24)))
    }

    /// A CRL of the server's issuer, changed.
    fn crl(&self, change: impl Fn(&mut CertificateList)) -> FetchOutcome {
        FetchOutcome::Body(list(&self.sub, change))
    }

    fn crl_with_server(&self) -> FetchOutcome {
        self.crl(|list| list.entries.push(self.entry()))
    }

    fn entry(&self) -> Entry {
        Entry::about(&self.server().der, NOW - DAY, Some(1)).unwrap()
    }

    /// What is known after these answers, by URL and with the milliseconds they took. A CRL of
    /// the root that lists nobody comes besides, unless a row has another.
    fn outcome(&self, rows: &[(&str, FetchOutcome, u64)]) -> Outcome {
        self.evaluated(None, rows, &[])
    }

    fn evaluated(
        &self,
        staple: Option<&[u8]>,
        rows: &[(&str, FetchOutcome, u64)],
        files: &[RevocationFile],
    ) -> Outcome {
        let mut fetched: BTreeMap<Fetch, Fetched> = BTreeMap::new();
        for question in questions(&self.chain, &self.anchors) {
            let row = rows.iter().find(|(url, ..)| *url == question.url);
            let (outcome, elapsed_ms) = match row {
                Some((_, outcome, elapsed_ms)) => (outcome.clone(), *elapsed_ms),
                None if question.url == CRL => (FetchOutcome::Body(list(&self.root, |_| {})), 1),
                None => continue,
            };
            fetched.insert(question, Fetched { outcome, elapsed_ms });
        }
        let path = validate(&self.chain, &self.anchors, NOW);
        let answers = Answers { staple, were_asked: false, fetched: &fetched, files };
        evaluate(&self.chain, &path, &self.anchors, answers, NOW)
    }

    /// The same of the server alone.
    fn status(&self, rows: &[(&str, FetchOutcome, u64)]) -> Status {
        self.outcome(rows).of(0).unwrap().clone()
    }
}

fn revoked(single: &mut SingleResponse) {
    single.status = CertStatus::Revoked { at: NOW - 2 * DAY, reason: Some(4) };
}

fn list(authority: &Authority, change: impl Fn(&mut CertificateList)) -> Vec<u8> {
    let mut list = CertificateList::new(NOW);
    change(&mut list);
    list.sign(&authority.signer()).unwrap()
}

fn file(purpose: Purpose, outcome: FetchOutcome) -> RevocationFile {
    let FetchOutcome::Body(bytes) = outcome else { unreachable!("a file has content") };
    RevocationFile { name: "given".to_owned(), purpose, bytes }
}

fn failed() -> FetchOutcome {
    FetchOutcome::Failed("connection refused".to_owned())
}
