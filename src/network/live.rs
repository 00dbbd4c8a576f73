//! The network as it is: every question bounded in time, in number, and in whom it bothers.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use super::SettingsError;
use super::connect::connect;
use super::connect_to::{ConnectTo, destination};
use super::dns::Resolver;
use super::proxy::Proxy;
use super::settings::{NetworkSettings, SpecialAddresses, seconds};
use super::survey::Network;
use super::tls::{Observer, Sight};
use crate::evidence::{Answer, Family, Handshake, HandshakeOutcome, Target};
use crate::name::Fqdn;
use crate::reference::is_public;

/// DNS questions under way at once. More than 64 to 100 makes every resolver slower: its socket
/// buffer overflows and answers are waited for that never come.
const MAX_DNS_QUESTIONS: usize = 64;
/// Connections at once to one address and port: about what a browser opens to one host.
const MAX_CONNECTIONS_TO_ONE: usize = 8;
/// The longest a run may take where the settings name no end: 10 years.
const FOREVER: Duration = Duration::from_secs(10 * 365 * 86_400);

/// Asks the real network.
pub(super) struct Live<'a> {
    resolver: Resolver,
    observer: Observer,
    connect_to: &'a [ConnectTo],
    special: SpecialAddresses,
    proxy: Option<&'a Proxy>,
    timeout: Duration,
    deadline: Deadline,
    questions: Semaphore,
    connections: Semaphore,
    connections_to: RefCell<HashMap<(IpAddr, u16), Rc<Semaphore>>>,
}

/// When the run ends.
struct Deadline {
    at: Instant,
    words: String,
}

impl<'a> Live<'a> {
    pub(super) async fn open(settings: &'a NetworkSettings) -> Result<Self, SettingsError> {
        let limits = settings.limits;
        let deadline = Deadline {
            at: Instant::now() + limits.deadline.min(FOREVER),
            words: format!("the run's deadline of {} passed", seconds(limits.deadline)),
        };
        let concurrency = limits.concurrency.clamp(1, Semaphore::MAX_PERMITS);
        Ok(Self {
            resolver: Resolver::open(settings).await?,
            observer: Observer::new(),
            connect_to: &settings.connect_to,
            special: settings.special,
            proxy: settings.proxy.as_ref(),
            timeout: limits.timeout,
            deadline,
            questions: Semaphore::new(concurrency.min(MAX_DNS_QUESTIONS)),
            connections: Semaphore::new(concurrency),
            connections_to: RefCell::default(),
        })
    }

    /// Puts a DNS question when its turn comes and gives it up when the run ends.
    async fn question<T>(&self, question: impl Future<Output = Answer<T>>) -> Answer<T> {
        if Instant::now() >= self.deadline.at {
            return Answer::NotAsked(self.deadline.words.clone());
        }
        let was_put = Cell::new(false);
        let turn = async {
            let _permit = self.questions.acquire().await;
            was_put.set(true);
            question.await
        };
        match timeout_at(self.deadline.at, turn).await {
            Ok(answer) => answer,
            Err(_) if was_put.get() => Answer::CouldNotAsk(self.deadline.words.clone()),
            Err(_) => Answer::NotAsked(self.deadline.words.clone()),
        }
    }

    /// One connection and one handshake, within the timeout and the deadline.
    async fn look(&self, target: &Target) -> Handshake {
        let sight = Sight::default();
        let timeout_at_latest = Instant::now() + self.timeout.min(FOREVER);
        let (end, words) = if timeout_at_latest < self.deadline.at {
            (timeout_at_latest, format!("no answer within {}", seconds(self.timeout)))
        } else {
            (self.deadline.at, self.deadline.words.clone())
        };
        let attempt = async {
            let address: SocketAddr = destination(self.connect_to, target);
            match connect(address, self.proxy).await {
                Ok(stream) => self.observer.observe(stream, target, &sight).await,
                Err(why) => HandshakeOutcome::NoConnection(why),
            }
        };
        let outcome = timeout_at(end, attempt).await.unwrap_or(HandshakeOutcome::TimedOut(words));
        sight.into_handshake(outcome)
    }

    fn connections_to(&self, target: &Target) -> Rc<Semaphore> {
        let mut all = self.connections_to.borrow_mut();
        let one = || Rc::new(Semaphore::new(MAX_CONNECTIONS_TO_ONE));
        all.entry((target.address, target.port)).or_insert_with(one).clone()
    }
}

impl Network for Live<'_> {
    fn servers(&self) -> Vec<String> {
        self.resolver.servers()
    }

    async fn pointers(&self, address: IpAddr) -> Answer<Vec<String>> {
        self.question(self.resolver.pointers(address)).await
    }

    async fn addresses(&self, name: &Fqdn, family: Family) -> Answer<Vec<IpAddr>> {
        self.question(self.resolver.addresses(name, family)).await
    }

    async fn handshake(&self, target: &Target) -> Handshake {
        let not_asked = |why| Handshake::without_chain(HandshakeOutcome::NotAsked(why));
        if self.special == SpecialAddresses::Refuse && !is_public(target.address) {
            return not_asked(format!(
                "`{}` is not a public address; --allow-private allows it",
                target.address
            ));
        }
        if Instant::now() >= self.deadline.at {
            return not_asked(self.deadline.words.clone());
        }
        // The permit of the one address comes first: whoever waits for a slow server must not
        // keep others from theirs.
        let at_this_address = self.connections_to(target);
        let turn = async { (at_this_address.acquire().await, self.connections.acquire().await) };
        match timeout_at(self.deadline.at, turn).await {
            // Boxed, as it is large and most questions are no handshakes.
            Ok(_permits) => Box::pin(self.look(target)).await,
            Err(_) => not_asked(self.deadline.words.clone()),
        }
    }
}
