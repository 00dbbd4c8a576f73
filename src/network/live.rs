//! The network as it is: every question bounded in time, in number, and in whom it bothers.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::future::Future;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::sync::Arc;

use futures_util::future::join;
use tokio::net::TcpStream;
use tokio::sync::{OnceCell, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::connect::connect;
use super::connect_to::redirected;
use super::deadline::{Deadline, FOREVER};
use super::dns::Resolver;
use super::fetch::{Course, Fetcher};
use super::old_tls::{self, Shown};
use super::settings::{NetworkSettings, SpecialAddresses, seconds};
use super::survey::Network;
use super::tls::{Failure, Observer, Sight};
use super::turns::Turns;
use super::{SettingsError, xmpp};
use crate::evidence::{
    Answer, Dialogue, Family, Fetch, FetchOutcome, Fetched, Handshake, HandshakeOutcome, Target,
};
use crate::name::Fqdn;
use crate::reference::is_public;

/// DNS questions under way at once. More than 64 to 100 makes every resolver slower: its socket
/// buffer overflows and answers are waited for that never come.
const MAX_DNS_QUESTIONS: usize = 64;

/// Asks the real network.
pub(super) struct Live<'a> {
    settings: &'a NetworkSettings,
    resolver: Resolver,
    observer: Observer,
    fetcher: Fetcher<'a>,
    deadline: &'a Deadline,
    questions: Semaphore,
    turns: Turns<(IpAddr, u16)>,
    /// The addresses of names that certificates refer to.
    referred: RefCell<HashMap<Fqdn, Rc<OnceCell<Addresses>>>>,
}

/// The addresses of a name, or what becomes of a question that needs them.
type Addresses = Result<Vec<IpAddr>, FetchOutcome>;

impl<'a> Live<'a> {
    /// The run ends at `deadline`.
    pub(super) async fn open(
        settings: &'a NetworkSettings,
        deadline: &'a Deadline,
    ) -> Result<Self, SettingsError> {
        let limits = settings.limits;
        let concurrency = limits.concurrency.clamp(1, Semaphore::MAX_PERMITS);
        // Handshakes and questions over HTTP are connections alike.
        let connections = Arc::new(Semaphore::new(concurrency));
        Ok(Self {
            settings,
            resolver: Resolver::open(settings).await?,
            observer: Observer::new(),
            fetcher: Fetcher::new(settings, Turns::new(connections.clone())),
            deadline,
            questions: Semaphore::new(concurrency.min(MAX_DNS_QUESTIONS)),
            turns: Turns::new(connections),
            referred: RefCell::default(),
        })
    }

    /// Puts a DNS question when its turn comes and gives it up when the run ends.
    async fn question<T>(&self, question: impl Future<Output = Answer<T>>) -> Answer<T> {
        if self.deadline.has_passed() {
            return Answer::NotAsked(self.deadline.words.clone());
        }
        let was_put = Cell::new(false);
        let turn = async {
            let _permit = self.questions.acquire().await;
            was_put.set(true);
            question.await
        };
        match self.deadline.before(turn).await {
            Some(answer) => answer,
            None if was_put.get() => Answer::CouldNotAsk(self.deadline.words.clone()),
            None => Answer::NotAsked(self.deadline.words.clone()),
        }
    }

    /// One handshake, and a second look where the server may be too old for it, within the
    /// timeout and the deadline.
    async fn look(&self, target: &Target) -> Handshake {
        let sight = Sight::default();
        let end = Instant::now() + self.settings.limits.timeout.min(FOREVER);
        let outcome = match self.by(end, self.observe(target, &sight)).await {
            Ok(Ok(())) => HandshakeOutcome::Completed,
            Ok(Err(Failure::Other(outcome))) => outcome,
            Ok(Err(Failure::PerhapsTooOld(why))) => {
                if let Ok(Ok(shown)) = self.by(end, self.look_back(target)).await {
                    let outcome = HandshakeOutcome::TooOld(shown.protocol.to_owned());
                    return Sight::of(shown).into_handshake(outcome);
                }
                HandshakeOutcome::TlsFailed(why)
            }
            Err(words) => HandshakeOutcome::TimedOut(words),
        };
        sight.into_handshake(outcome)
    }

    /// What comes of `work` before `end`, the end of a timeout, and before the deadline; or which
    /// of them came first.
    async fn by<T>(&self, end: Instant, work: impl Future<Output = T>) -> Result<T, String> {
        match self.deadline.before(timeout_at(end, work)).await {
            Some(Ok(done)) => Ok(done),
            Some(Err(_)) => {
                Err(format!("no answer within {}", seconds(self.settings.limits.timeout)))
            }
            None => Err(self.deadline.words.clone()),
        }
    }

    /// One connection and one handshake.
    async fn observe(&self, target: &Target, sight: &Sight) -> Result<(), Failure> {
        let stream = self.open_tls(target).await.map_err(Failure::Other)?;
        self.observer.observe(stream, server_name(target), sight).await
    }

    /// One connection and a glance at what a server of old shows in the clear.
    async fn look_back(&self, target: &Target) -> Result<Shown, String> {
        let stream = self.open_tls(target).await.map_err(|_| String::new())?;
        old_tls::look(stream, server_name(target)).await
    }

    /// A connection on which the next octets are TLS.
    async fn open_tls(&self, target: &Target) -> Result<TcpStream, HandshakeOutcome> {
        let own = SocketAddr::new(target.address, target.port);
        let stated = redirected(&self.settings.connect_to, target.name.as_ref(), own);
        let mut stream = connect(stated.unwrap_or(own), self.settings.proxy.as_ref())
            .await
            .map_err(HandshakeOutcome::NoConnection)?;
        if let Dialogue::Xmpp { domain } = &target.dialogue {
            xmpp::start_tls(&mut stream, domain).await.map_err(HandshakeOutcome::TlsFailed)?;
        }
        Ok(stream)
    }

    /// The addresses of a name that a certificate refers to; asked once in a run.
    async fn addresses_of(&self, name: &Fqdn) -> Addresses {
        let known = self.referred.borrow_mut().entry(name.clone()).or_default().clone();
        let ask = async || {
            let v4 = self.addresses(name, Family::V4);
            let (v4, v6) = join(v4, self.addresses(name, Family::V6)).await;
            all_of(name, &[v4, v6])
        };
        known.get_or_init(ask).await.clone()
    }
}

/// The name that is sent in the handshake (RFC 6066, 3): the server's, or the XMPP domain, as a
/// client of that domain does whichever host serves it.
fn server_name(target: &Target) -> Option<&Fqdn> {
    match &target.dialogue {
        Dialogue::Tls => target.name.as_ref(),
        Dialogue::Xmpp { domain } => Some(domain),
    }
}

/// The addresses in both answers, or why there is none.
fn all_of(name: &Fqdn, answers: &[Answer<Vec<IpAddr>>]) -> Addresses {
    let all: Vec<IpAddr> = answers.iter().filter_map(Answer::found).flatten().copied().collect();
    if !all.is_empty() {
        return Ok(all);
    }
    let none = |why: &str| format!("no address of `{name}` is known ({why})");
    // What could not be asked says more than what is absent.
    let mut absence = "the DNS names none".to_owned();
    for answer in answers {
        match answer {
            Answer::NotAsked(why) => return Err(FetchOutcome::NotAsked(why.clone())),
            Answer::CouldNotAsk(why) => return Err(FetchOutcome::Failed(none(why))),
            Answer::Absent(it) => absence = format!("the DNS says {}", it.as_str()),
            Answer::Found(_) => {}
        }
    }
    Err(FetchOutcome::Failed(none(&absence)))
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
        if self.settings.special == SpecialAddresses::Refuse && !is_public(target.address) {
            return not_asked(format!(
                "`{}` is not a public address; --allow-private allows it",
                target.address
            ));
        }
        if self.deadline.has_passed() {
            return not_asked(self.deadline.words.clone());
        }
        match self.deadline.before(self.turns.take((target.address, target.port))).await {
            // Boxed, as it is large and most questions are no handshakes.
            Some(_turn) => Box::pin(self.look(target)).await,
            None => not_asked(self.deadline.words.clone()),
        }
    }

    async fn fetch(&self, fetch: &Fetch) -> Fetched {
        let course = Course::default();
        let lookup = async |name: &Fqdn| self.addresses_of(name).await;
        let fetching = Box::pin(self.fetcher.fetch(fetch, lookup, &course));
        tokio::select! {
            // The end comes first: a turn that only comes when others end is none any more.
            biased;
            () = self.deadline.passed() => {
                let words = self.deadline.words.clone();
                course.fetched(if course.was_put() {
                    FetchOutcome::Failed(words)
                } else {
                    FetchOutcome::NotAsked(words)
                })
            }
            fetched = fetching => fetched,
        }
    }
}
