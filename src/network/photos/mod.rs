//! Photos: what old and new photo URLs serve, asked only where the administrator wants it.
//!
//! A client of its own, the only one that sends a photo server an HTTP request. Every server is
//! asked first for one photo alone: where it cannot be connected to, the others are not asked for.
//! Then few at a time, each within the timeout, all within the deadline of the run.

mod get;
mod looks;
mod trust;

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

use futures_util::stream::{self, StreamExt};
use tokio::sync::Semaphore;
use tokio::time::timeout as within;

use super::deadline::Deadline;
use super::settings::{NetworkSettings, SpecialAddresses, seconds};
use super::tls::crypto_provider;
use super::turns::{MAX_CONNECTIONS_TO_ONE, Turns};
use crate::evidence::{Evidence, PhotoAnswer, PhotoQuestion, Scheme, Service};
use crate::name::Fqdn;
use crate::reference::is_public;
use get::{Failure, Getter};

/// The questions of a run that have the server in common.
type Server<'a> = (Option<&'a Fqdn>, IpAddr, u16, Scheme);

/// Asks photo servers.
struct Photos<'a> {
    evidence: &'a Evidence,
    settings: &'a NetworkSettings,
    getter: Getter<'a>,
    deadline: &'a Deadline,
    turns: Turns<(IpAddr, u16)>,
    answers: RefCell<BTreeMap<PhotoQuestion, PhotoAnswer>>,
}

/// Puts the questions, each once; `on_done` hears of every server that is finished. The servers of
/// names are those whose handshakes are in `evidence`.
pub(super) async fn ask(
    questions: &[PhotoQuestion],
    evidence: &Evidence,
    settings: &NetworkSettings,
    deadline: &Deadline,
    mut on_done: impl FnMut(),
) -> BTreeMap<PhotoQuestion, PhotoAnswer> {
    let provider = crypto_provider();
    let by_the_book = trust::by_the_book(&provider, &settings.dns_trust);
    let concurrency = settings.limits.concurrency.clamp(1, Semaphore::MAX_PERMITS);
    let photos = Photos {
        evidence,
        settings,
        getter: Getter { settings, provider, by_the_book },
        deadline,
        turns: Turns::new(Arc::new(Semaphore::new(concurrency))),
        answers: RefCell::default(),
    };
    let servers = by_server(questions);
    let work = servers.into_values().map(|questions| photos.server(questions));
    let mut under_way = stream::iter(work).buffer_unordered(concurrency);
    while under_way.next().await.is_some() {
        on_done();
    }
    drop(under_way);
    photos.answers.into_inner()
}

/// How many servers these questions go to.
pub(super) fn servers(questions: &[PhotoQuestion]) -> usize {
    by_server(questions).len()
}

fn by_server(questions: &[PhotoQuestion]) -> BTreeMap<Server<'_>, Vec<&PhotoQuestion>> {
    let mut servers: BTreeMap<Server<'_>, Vec<&PhotoQuestion>> = BTreeMap::new();
    for question in questions {
        let server = (question.name.as_ref(), question.address, question.port, question.scheme);
        servers.entry(server).or_default().push(question);
    }
    servers
}

impl Photos<'_> {
    /// All questions to one server.
    async fn server(&self, questions: Vec<&PhotoQuestion>) {
        let Some((first, rest)) = questions.split_first() else { return };
        if let Some(why) = self.question(first).await {
            let mut answers = self.answers.borrow_mut();
            for question in rest {
                answers.insert((*question).clone(), PhotoAnswer::NotAsked(why.clone()));
            }
            return;
        }
        stream::iter(rest.iter().map(|question| self.question(question)))
            .buffer_unordered(MAX_CONNECTIONS_TO_ONE)
            .for_each(async |_| {})
            .await;
    }

    /// One question; gives the reason when its server cannot be asked at all.
    async fn question(&self, question: &PhotoQuestion) -> Option<String> {
        let (answer, hopeless) = match self.put(question).await {
            Ok(PhotoAnswer::NotAsked(why)) => (PhotoAnswer::NotAsked(why.clone()), Some(why)),
            Ok(answer) => (answer, None),
            Err(Failure::NoConnection(why)) => {
                let hopeless = format!("no connection before: {why}");
                (PhotoAnswer::CouldNotAsk(why), Some(hopeless))
            }
            Err(Failure::Other(why)) => (PhotoAnswer::CouldNotAsk(why), None),
        };
        self.answers.borrow_mut().insert(question.clone(), answer);
        hopeless
    }

    async fn put(&self, question: &PhotoQuestion) -> Result<PhotoAnswer, Failure> {
        let address = question.address;
        if self.settings.special == SpecialAddresses::Refuse && !is_public(address) {
            return Ok(PhotoAnswer::NotAsked(format!(
                "`{address}` is not a public address; --allow-private allows it"
            )));
        }
        let not_asked = || Ok(PhotoAnswer::NotAsked(self.deadline.words.clone()));
        if self.deadline.has_passed() {
            return not_asked();
        }
        let turn = self.turns.take((address, question.port));
        let Some(_turn) = self.deadline.before(turn).await else {
            return not_asked();
        };
        let known = question.name.as_ref().and_then(|name| {
            let target = Service::tls(name.clone(), question.port).at(address);
            self.evidence.handshakes.get(&target)?.chain.first()
        });
        let timeout = self.settings.limits.timeout;
        let is_connected = Cell::new(false);
        let get = Box::pin(self.getter.get(question, known, &is_connected));
        let Some(got) = self.deadline.before(within(timeout, get)).await else {
            return Err(Failure::Other(self.deadline.words.clone()));
        };
        match got {
            Ok(answer) => answer,
            Err(_) if is_connected.get() => {
                Err(Failure::Other(format!("no whole answer within {}", seconds(timeout))))
            }
            Err(_) => {
                Err(Failure::NoConnection(format!("no connection within {}", seconds(timeout))))
            }
        }
    }
}
