//! The only sockets and the only async: asks, politely and bounded, and keeps every answer.
//!
//! [`run`] is an ordinary function. Inside it one thread surveys many endpoints at once; each
//! distinct question is put once, and the [`Evidence`] is ordered by question, so that neither the
//! number of things under way nor the order of answers shows in the result. What the answers mean
//! for an export is decided elsewhere. [`Ahead`] is the same of a run that begins before the last record
//! is read. [`replay`] gives the answers of an earlier run instead, and asks
//! nobody.

mod ahead;
mod connect;
mod connect_to;
mod datagram;
mod deadline;
mod dns;
mod fetch;
mod glance;
mod http;
mod http_url;
mod live;
mod no_proxy;
mod old_tls;
mod photos;
mod proxy;
mod recorded;
mod server;
mod settings;
mod special;
mod survey;
mod tls;
mod turns;
mod upstream;
mod words;
mod xmpp;

use std::collections::BTreeMap;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures_util::future::Either;
use futures_util::stream::{self, StreamExt};

use crate::evidence::{Endpoint, Evidence, PhotoAnswer, PhotoQuestion, Service};
use crate::reference::Scope;

pub use ahead::{Ahead, Wanted};
pub use connect_to::{ConnectTo, ConnectToError};
pub use no_proxy::NoProxy;
pub use proxy::{Proxy, ProxyError};
pub use recorded::{Question, replay, replay_photos};
pub use server::{Server, ServerError};
pub use settings::{Limits, NetworkSettings, SpecialAddresses};
pub use special::without_special;

use deadline::Deadline;
use live::Live;
use survey::{Extent, Survey};

/// How soon an interruption is noticed.
const INTERRUPT_CHECK: Duration = Duration::from_millis(50);

/// What to ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agenda {
    /// The endpoints that need a decision.
    pub endpoints: Vec<Endpoint>,
    /// Servers whose certificates are wanted anyway. They need not lie in an allowed domain: the
    /// administrator asks for them.
    pub hosts: Vec<Service>,
}

impl Agenda {
    /// Whether there is nothing to ask.
    pub fn is_empty(&self) -> bool {
        self.endpoints.is_empty() && self.hosts.is_empty()
    }
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// How many endpoints and hosts, or servers of photos, there are in all; comes first, once.
    Planned(u64),
    /// One of them is finished.
    Done,
}

/// Why there is no evidence at all.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// The user ended the run.
    #[error("interrupted")]
    Interrupted,
    /// The settings cannot be used on this machine.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The operating system refuses what asynchronous work needs.
    #[error("cannot start network work: {0}")]
    Runtime(#[source] io::Error),
}

/// Why settings cannot be used on this machine.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The operating system names no DNS server.
    #[error("cannot read the system's DNS settings: {0}; name a server by `--dns ADDRESS`")]
    SystemServers(String),
    /// The host of a DNS server has no address.
    #[error("cannot find the DNS server `{server}`: {why}; give its address instead of its name")]
    ServerHost {
        /// The server as the settings spell it.
        server: String,
        /// Why.
        why: String,
    },
    /// A DNS server over TLS or HTTPS, and nothing to judge its certificate by.
    #[error("there is no trust anchor for the DNS server `{0}`")]
    NoTrustAnchor(String),
    /// TLS cannot be set up.
    #[error("cannot set up TLS for DNS: {0}")]
    Tls(#[source] rustls::Error),
}

/// Asks everything that decisions about the agenda need.
///
/// Returns when all is answered or given up; at the latest shortly after the deadline of the
/// settings, with the evidence so far. A question without an answer is part of the evidence.
/// `interrupted` is looked at all the time.
///
/// # Errors
/// [`NetworkError`] when nothing could be asked at all, or the user interrupted.
pub fn run(
    agenda: &Agenda,
    scope: &Scope,
    settings: &NetworkSettings,
    interrupted: &AtomicBool,
    on_event: &mut dyn FnMut(Event),
) -> Result<Evidence, NetworkError> {
    until_done(interrupted, async { Ok(ask(agenda, scope, settings, on_event).await?) })
}

/// Asks for photos; the only requests that a photo server ever gets. They belong to the run that
/// began at `begun`, and end with it. `evidence` is what [`run`] learned: under a name only the
/// certificates are taken that were seen then.
///
/// # Errors
/// [`NetworkError`] when nothing could be asked at all, or the user interrupted.
pub fn photos(
    questions: &[PhotoQuestion],
    evidence: &Evidence,
    settings: &NetworkSettings,
    begun: Instant,
    interrupted: &AtomicBool,
    on_event: &mut dyn FnMut(Event),
) -> Result<BTreeMap<PhotoQuestion, PhotoAnswer>, NetworkError> {
    let deadline = Deadline::of(&settings.limits, begun.into());
    let planned = photos::servers(questions);
    on_event(Event::Planned(u64::try_from(planned).unwrap_or(u64::MAX)));
    until_done(interrupted, async {
        let on_done = || on_event(Event::Done);
        Ok(photos::ask(questions, evidence, settings, &deadline, on_done).await)
    })
}

/// Does asynchronous work on this thread, unless the user interrupts.
fn until_done<T>(
    interrupted: &AtomicBool,
    work: impl Future<Output = Result<T, NetworkError>>,
) -> Result<T, NetworkError> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(NetworkError::Runtime)?;
    let result = runtime.block_on(async {
        tokio::select! {
            biased;
            () = until_set(interrupted) => Err(NetworkError::Interrupted),
            done = work => done,
        }
    });
    // A look-up of the operating system may still be under way; nobody waits for it.
    runtime.shutdown_background();
    result
}

async fn ask(
    agenda: &Agenda,
    scope: &Scope,
    settings: &NetworkSettings,
    on_event: &mut dyn FnMut(Event),
) -> Result<Evidence, SettingsError> {
    let planned = agenda.endpoints.len() + agenda.hosts.len();
    on_event(Event::Planned(u64::try_from(planned).unwrap_or(u64::MAX)));
    let deadline = Deadline::of(&settings.limits, Instant::now().into());
    let network = Live::open(settings, &deadline).await?;
    let survey = Survey::new(&network, scope, Extent::Whole, &settings.anchors);
    let endpoint = async |one| {
        survey.endpoint(one).await;
    };
    let endpoints = agenda.endpoints.iter().map(|one| Either::Left(endpoint(one)));
    let hosts = agenda.hosts.iter().map(|service| Either::Right(survey.host(service)));
    let mut under_way =
        stream::iter(endpoints.chain(hosts)).buffer_unordered(settings.limits.concurrency.max(1));
    while under_way.next().await.is_some() {
        on_event(Event::Done);
    }
    drop(under_way);
    Ok(survey.into_evidence())
}

async fn until_set(interrupted: &AtomicBool) {
    while !interrupted.load(Ordering::Relaxed) {
        tokio::time::sleep(INTERRUPT_CHECK).await;
    }
}

#[cfg(test)]
mod tests;
