//! The network as an earlier run met it: every answer comes from that run's evidence, and nothing
//! is sent.
//!
//! The survey is the same as of the network as it is, so that exactly those answers are used that
//! this run would have asked for, and every one that is not there is known.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use super::Agenda;
use super::fetch::max_body;
use super::glance::dns_names;
use super::http::too_large;
use super::survey::{Extent, Network, Survey};
use crate::evidence::{
    Answer, Evidence, Family, Fetch, FetchOutcome, Fetched, Handshake, HandshakeOutcome,
    PhotoAnswer, PhotoQuestion, Purpose, Target,
};
use crate::name::Fqdn;
use crate::reference::Scope;
use crate::x509::trust::TrustAnchors;

/// What becomes of a question that the earlier run did not put.
const NOT_RECORDED: &str = "the recording holds no answer";

/// A question, as messages name it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Question {
    /// The names of an address.
    Pointers(IpAddr),
    /// The addresses of a name.
    Addresses(Fqdn, Family),
    /// A TLS handshake.
    Handshake(Target),
    /// OCSP, a CRL, or an issuer's certificate.
    Fetch(Fetch),
    /// A photo.
    Photo(PhotoQuestion),
}

impl fmt::Display for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pointers(address) => write!(f, "the name of `{address}` (PTR)"),
            Self::Addresses(name, Family::V4) => write!(f, "the addresses of `{name}` (A)"),
            Self::Addresses(name, Family::V6) => write!(f, "the addresses of `{name}` (AAAA)"),
            Self::Handshake(Target { name: None, address, port, .. }) => {
                write!(f, "the certificate at `{address}`, port {port}")
            }
            Self::Handshake(Target { name: Some(name), address, port, .. }) => {
                write!(f, "the certificate of `{name}` at `{address}`, port {port}")
            }
            Self::Fetch(Fetch { purpose, url, .. }) => match purpose {
                Purpose::Ocsp => write!(f, "the OCSP responder `{url}`"),
                Purpose::Crl => write!(f, "the CRL `{url}`"),
                Purpose::CaIssuers => write!(f, "the issuer's certificate `{url}`"),
            },
            Self::Photo(PhotoQuestion { name: None, address, target, .. }) => {
                write!(f, "the photo `{target}` of `{address}`")
            }
            Self::Photo(PhotoQuestion { name: Some(name), address, target, .. }) => {
                write!(f, "the photo `{target}` of `{name}` at `{address}`")
            }
        }
    }
}

/// Answers everything that decisions about the agenda need from what an earlier run learned, and
/// asks nobody. `anchors` say whom to ask about revocation. What the earlier run did not ask is not
/// asked here either, and is added to `missing`. An answer about revocation that took as long as
/// `patience` was too late then, whatever the recording says.
pub fn replay(
    agenda: &Agenda,
    scope: &Scope,
    anchors: &TrustAnchors,
    earlier: &Evidence,
    patience: Duration,
    missing: &mut BTreeSet<Question>,
) -> Evidence {
    let network = Recorded { earlier, patience, missing: RefCell::default() };
    let survey = Survey::new(&network, scope, Extent::Whole, anchors);
    finish(async {
        for endpoint in &agenda.endpoints {
            survey.endpoint(endpoint).await;
        }
        for service in &agenda.hosts {
            survey.host(service).await;
        }
    });
    let evidence = survey.into_evidence();
    missing.append(&mut network.missing.into_inner());
    evidence
}

/// The same about photos.
pub fn replay_photos(
    questions: &[PhotoQuestion],
    earlier: &Evidence,
    missing: &mut BTreeSet<Question>,
) -> BTreeMap<PhotoQuestion, PhotoAnswer> {
    let mut answer = |question: &PhotoQuestion| {
        earlier.photos.get(question).cloned().unwrap_or_else(|| {
            missing.insert(Question::Photo(question.clone()));
            PhotoAnswer::NotAsked(NOT_RECORDED.to_owned())
        })
    };
    questions.iter().map(|question| (question.clone(), answer(question))).collect()
}

/// Brings a future to its end that waits for nothing but itself.
fn finish(future: impl Future<Output = ()>) {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    // Many futures that are joined take turns, and give way to others in between.
    while future.as_mut().poll(&mut context) == Poll::Pending {}
}

/// The answers of an earlier run, and what was asked for in vain.
struct Recorded<'a> {
    earlier: &'a Evidence,
    patience: Duration,
    missing: RefCell<BTreeSet<Question>>,
}

impl Recorded<'_> {
    fn answer<A: Clone>(
        &self,
        answer: Option<&A>,
        question: impl FnOnce() -> Question,
        not_asked: impl FnOnce(String) -> A,
    ) -> A {
        answer.cloned().unwrap_or_else(|| {
            self.missing.borrow_mut().insert(question());
            not_asked(NOT_RECORDED.to_owned())
        })
    }
}

impl Network for Recorded<'_> {
    fn servers(&self) -> Vec<String> {
        self.earlier.resolver.servers.clone()
    }

    async fn pointers(&self, address: IpAddr) -> Answer<Vec<String>> {
        let known = self.earlier.pointers.get(&address);
        self.answer(known, || Question::Pointers(address), Answer::NotAsked)
    }

    async fn addresses(&self, name: &Fqdn, family: Family) -> Answer<Vec<IpAddr>> {
        let known = self.earlier.addresses(name, family);
        self.answer(known, || Question::Addresses(name.clone(), family), Answer::NotAsked)
    }

    async fn handshake(&self, target: &Target) -> Handshake {
        let known = self.earlier.handshakes.get(target);
        // Chains from files are for `check`; no server ever presents one.
        let known = known.filter(|it| it.outcome != HandshakeOutcome::Given);
        let mut handshake = self.answer(
            known,
            || Question::Handshake(target.clone()),
            |why| Handshake::without_chain(HandshakeOutcome::NotAsked(why)),
        );
        // What a certificate names is what it says, not what a recording says of it.
        let first = handshake.chain.first();
        handshake.dns_names = first.map(|der| dns_names(der)).unwrap_or_default();
        handshake
    }

    async fn fetch(&self, fetch: &Fetch) -> Fetched {
        let known = self.earlier.fetched.get(fetch);
        let mut fetched = self.answer(
            known,
            || Question::Fetch(fetch.clone()),
            |why| Fetched { outcome: FetchOutcome::NotAsked(why), elapsed_ms: 0 },
        );
        let is_late = Duration::from_millis(fetched.elapsed_ms) >= self.patience;
        if is_late && matches!(fetched.outcome, FetchOutcome::Body(_)) {
            fetched.outcome = FetchOutcome::TooLate;
        }
        let max = max_body(fetch.purpose);
        if matches!(&fetched.outcome, FetchOutcome::Body(body) if body.len() > max) {
            fetched.outcome = FetchOutcome::Failed(too_large(max));
        }
        fetched
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_sizes_are_those_of_what_was_recorded() {
        let target = Target::nameless("203.0.113.7".parse().unwrap(), 443);
        let claimed = Handshake {
            chain: vec![vec![0x30, 0x00]],
            dns_names: vec!["c7.webex.com".to_owned()],
            ..Handshake::without_chain(HandshakeOutcome::Completed)
        };
        let mut earlier = Evidence::default();
        earlier.handshakes.insert(target.clone(), claimed);
        let fetch = |purpose| Fetch { purpose, url: "http://ca.example/".to_owned(), body: vec![] };
        let sizes = [(Purpose::Ocsp, 0), (Purpose::Crl, 1), (Purpose::CaIssuers, 1)];
        for (purpose, more) in sizes {
            let outcome = FetchOutcome::Body(vec![0; max_body(purpose) + more]);
            earlier.fetched.insert(fetch(purpose), Fetched { outcome, elapsed_ms: 0 });
        }
        let patience = Duration::from_secs(5);
        let network = Recorded { earlier: &earlier, patience, missing: RefCell::default() };
        finish(async {
            assert_eq!(network.handshake(&target).await.dns_names, [""; 0]);
            for (purpose, more) in sizes {
                let outcome = network.fetch(&fetch(purpose)).await.outcome;
                assert_eq!(matches!(outcome, FetchOutcome::Body(_)), more == 0, "{purpose:?}");
            }
        });
    }

    #[test]
    fn a_recording_cannot_claim_what_no_run_would_have_seen() {
        let target = Target::nameless("203.0.113.7".parse().unwrap(), 443);
        let crl = Fetch {
            purpose: Purpose::Crl,
            url: "http://crl.example/a.crl".to_owned(),
            body: Vec::new(),
        };
        for (elapsed_ms, outcome, expected) in [
            (4_999, HandshakeOutcome::Completed, (true, true)),
            (5_000, HandshakeOutcome::Completed, (false, true)),
            (0, HandshakeOutcome::Given, (true, false)),
        ] {
            let body = FetchOutcome::Body(b"crl".to_vec());
            let given = matches!(outcome, HandshakeOutcome::Given);
            let mut earlier = Evidence::default();
            earlier.handshakes.insert(target.clone(), Handshake::without_chain(outcome));
            earlier.fetched.insert(crl.clone(), Fetched { outcome: body.clone(), elapsed_ms });
            let patience = Duration::from_secs(5);
            let network = Recorded { earlier: &earlier, patience, missing: RefCell::default() };
            finish(async {
                let fetched = network.fetch(&crl).await;
                let handshake = network.handshake(&target).await;
                assert_eq!(fetched.elapsed_ms, elapsed_ms);
                let seen = (fetched.outcome == body, handshake.outcome.why().is_none());
                assert_eq!(seen, expected);
            });
            assert_eq!(network.missing.into_inner().len(), usize::from(given));
        }
    }
}
