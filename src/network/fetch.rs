//! OCSP responders, CRLs and issuers' certificates over plain HTTP, within the time that a client
//! allows.
//!
//! Whom to ask stands in certificates that nobody trusts yet. So only public addresses are asked,
//! the address that was looked at is the one connected to, every redirect is looked at anew, and
//! answers are bounded. The answers are signed by those whom they are about; `https` would add
//! nothing to that and is not asked.
//!
//! The time that counts is what a client would wait for: connecting, the request, the whole answer,
//! redirects included. Waiting for our own turn, and for the DNS, which clients ask beforehand and
//! remember, does not count: else the number of questions under way would show in the answers.

use std::cell::Cell;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use tokio::time::{Instant, timeout};

use super::connect::{connect_to_any, connect_to_proxy};
use super::connect_to::redirected;
use super::http::{Content, Question, Reply, exchange};
use super::http_url::{Host, HttpUrl};
use super::proxy::Proxy;
use super::settings::{NetworkSettings, SpecialAddresses, seconds};
use super::turns::Turns;
use crate::evidence::{Fetch, FetchOutcome, Fetched, Purpose};
use crate::name::Fqdn;
use crate::reference::is_public;

/// How many redirects are followed. Publishers need one, from an old place to a new one.
const MAX_REDIRECTS: usize = 3;
/// How many addresses of a host are tried; with the delay between two attempts all of them have
/// begun within 2 seconds.
const MAX_ADDRESSES: usize = 8;
/// The largest OCSP response: certificates of the signer included, responses take 0.5 to 4 KiB.
const MAX_OCSP_RESPONSE: usize = 64 * 1024;
/// The largest CRL. An entry takes about 36 octets, so this is room for 450,000 of them; the CRLs
/// of public authorities have a few megabytes at most.
const MAX_CRL: usize = 16 * 1024 * 1024;
/// The largest issuer's certificate, or bag of them (RFC 5280, 4.2.2.1).
const MAX_CA_ISSUERS: usize = 1024 * 1024;
/// All answers of a run together. Only hostile hosts come near it; whose answers are the last ones
/// is then left to chance.
const MAX_KEPT: usize = 512 * 1024 * 1024;

/// Puts questions over plain HTTP.
pub(super) struct Fetcher<'a> {
    settings: &'a NetworkSettings,
    turns: Turns<(Host, u16)>,
    kept: Cell<usize>,
}

/// How a question is getting on, for whoever gives it up.
#[derive(Debug, Default)]
pub(super) struct Course {
    /// Time that counts, up to the last pause.
    spent: Cell<Duration>,
    /// Since when time counts; none in a pause.
    since: Cell<Option<Instant>>,
    was_put: Cell<bool>,
}

impl Course {
    /// Whether anybody was asked.
    pub(super) fn was_put(&self) -> bool {
        self.was_put.get()
    }

    /// What was learned, with the time that it took.
    pub(super) fn fetched(&self, outcome: FetchOutcome) -> Fetched {
        let elapsed_ms = u64::try_from(self.elapsed().as_millis()).unwrap_or(u64::MAX);
        Fetched { outcome, elapsed_ms }
    }

    fn elapsed(&self) -> Duration {
        self.spent.get() + self.since.get().map_or(Duration::ZERO, |since| since.elapsed())
    }

    /// Runs `work` on the clock; none when it is not done before `budget` is spent, to the moment.
    async fn within<T>(&self, budget: Duration, work: impl Future<Output = T>) -> Option<T> {
        self.was_put.set(true);
        self.since.set(Some(Instant::now()));
        let done = timeout(budget.saturating_sub(self.spent.get()), work).await.ok();
        self.spent.set(self.elapsed());
        self.since.set(None);
        done.filter(|_| self.spent.get() < budget)
    }
}

/// How a server is reached.
enum Route<'a> {
    /// At one of these addresses.
    Direct(Vec<SocketAddr>),
    /// The same, through a tunnel, because the administrator states the address.
    Tunnel(&'a Proxy, Vec<SocketAddr>),
    /// A proxy is asked, and it connects.
    Proxy(&'a Proxy),
}

/// The largest answer that is taken, in bytes.
pub(super) fn max_body(purpose: Purpose) -> usize {
    match purpose {
        Purpose::Ocsp => MAX_OCSP_RESPONSE,
        Purpose::Crl => MAX_CRL,
        Purpose::CaIssuers => MAX_CA_ISSUERS,
    }
}

impl<'a> Fetcher<'a> {
    pub(super) fn new(settings: &'a NetworkSettings, turns: Turns<(Host, u16)>) -> Self {
        Self { settings, turns, kept: Cell::new(0) }
    }

    /// Puts one question and follows it where it leads. `lookup` gives the addresses of a name, or
    /// says why there are none.
    pub(super) async fn fetch(
        &self,
        fetch: &Fetch,
        lookup: impl AsyncFn(&Fqdn) -> Result<Vec<IpAddr>, FetchOutcome>,
        course: &Course,
    ) -> Fetched {
        let outcome = match self.follow(fetch, lookup, course).await {
            Ok(content) => self.keep(content),
            Err(outcome) => outcome,
        };
        let is_late = outcome == FetchOutcome::TooLate;
        let mut fetched = course.fetched(outcome);
        if is_late {
            // A timer is never exact, and verdicts say this time: it is the same on every run.
            let budget = self.settings.limits.revocation.as_millis();
            fetched.elapsed_ms = u64::try_from(budget).unwrap_or(u64::MAX);
        }
        fetched
    }

    async fn follow(
        &self,
        fetch: &Fetch,
        lookup: impl AsyncFn(&Fqdn) -> Result<Vec<IpAddr>, FetchOutcome>,
        course: &Course,
    ) -> Result<Vec<u8>, FetchOutcome> {
        let budget = self.settings.limits.revocation;
        let mut url = HttpUrl::parse(&fetch.url).map_err(FetchOutcome::Failed)?;
        let mut visited: Vec<HttpUrl> = Vec::new();
        loop {
            let in_words = |outcome| after_redirects(outcome, &url, visited.len());
            let route = self.route(&url, &lookup).await.map_err(in_words)?;
            let turn = self.turns.take((url.host().clone(), url.port())).await;
            let is_connected = Cell::new(false);
            let reply = course.within(budget, ask(&route, &url, fetch, &is_connected)).await;
            drop(turn);
            let location = match reply {
                None if is_connected.get() => return Err(FetchOutcome::TooLate),
                None => {
                    let why = format!("no connection within {}", seconds(budget));
                    return Err(in_words(FetchOutcome::Failed(route.says(&why))));
                }
                Some(Reply::Failed(why)) => return Err(in_words(FetchOutcome::Failed(why))),
                Some(Reply::Content(content)) => return Ok(content),
                Some(Reply::Redirect(location)) => location,
            };
            let next = url.join(&location).map_err(|why| {
                FetchOutcome::Failed(format!("it redirects to where nobody goes: {why}"))
            })?;
            visited.push(url);
            if visited.contains(&next) {
                return Err(FetchOutcome::Failed("it redirects in a circle".to_owned()));
            }
            if visited.len() > MAX_REDIRECTS {
                let why = format!("it redirects more than {MAX_REDIRECTS} times");
                return Err(FetchOutcome::Failed(why));
            }
            url = next;
        }
    }

    /// How to reach the server of `url`, if it may be asked.
    async fn route(
        &self,
        url: &HttpUrl,
        lookup: impl AsyncFn(&Fqdn) -> Result<Vec<IpAddr>, FetchOutcome>,
    ) -> Result<Route<'a>, FetchOutcome> {
        let settings = self.settings;
        let of_environment = settings.proxy_of_environment(url.host(), url.port());
        let proxy = settings.proxy.as_ref().or(of_environment);
        let (name, addresses) = match url.host() {
            Host::Address(address) => (None, vec![*address]),
            Host::Name(name) => match (lookup(name).await, proxy) {
                (Ok(addresses), _) => (Some(name), addresses),
                // Behind a proxy it is common that only the proxy can look up the names of the
                // world outside.
                (Err(FetchOutcome::Failed(_)), Some(proxy)) => return Ok(Route::Proxy(proxy)),
                (Err(outcome), _) => return Err(outcome),
            },
        };
        let mut targets: Vec<SocketAddr> = Vec::new();
        let mut are_stated = false;
        for address in self.allowed(&addresses)? {
            let own = SocketAddr::new(address, url.port());
            let stated = redirected(&settings.connect_to, name, own);
            are_stated |= stated.is_some();
            let target = stated.unwrap_or(own);
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
        targets.truncate(MAX_ADDRESSES);
        Ok(match (&settings.proxy, of_environment) {
            (Some(proxy), _) if are_stated => Route::Tunnel(proxy, targets),
            (Some(proxy), _) => Route::Proxy(proxy),
            (None, Some(proxy)) if !are_stated => Route::Proxy(proxy),
            (None, _) => Route::Direct(targets),
        })
    }

    /// The addresses that may be contacted; an error when there are none of them.
    fn allowed(&self, addresses: &[IpAddr]) -> Result<Vec<IpAddr>, FetchOutcome> {
        let may =
            |one: &IpAddr| self.settings.special == SpecialAddresses::Allow || is_public(*one);
        let allowed: Vec<IpAddr> = addresses.iter().copied().filter(may).collect();
        match addresses.first() {
            Some(first) if allowed.is_empty() => Err(FetchOutcome::NotAsked(format!(
                "`{first}` is not a public address; --allow-private allows it"
            ))),
            _ => Ok(allowed),
        }
    }

    /// The content, unless the run holds more than enough already.
    fn keep(&self, content: Vec<u8>) -> FetchOutcome {
        let kept = self.kept.get().saturating_add(content.len());
        if kept > MAX_KEPT {
            return FetchOutcome::Failed(format!(
                "the answers of this run are larger than {} MiB together",
                MAX_KEPT / 1024 / 1024
            ));
        }
        self.kept.set(kept);
        FetchOutcome::Body(content)
    }
}

impl Route<'_> {
    /// What went wrong, and through whom.
    fn says(&self, why: &str) -> String {
        match self {
            Self::Proxy(proxy) | Self::Tunnel(proxy, _) => {
                format!("through the proxy `{proxy}`: {why}")
            }
            Self::Direct(_) => why.to_owned(),
        }
    }
}

/// One request, over a connection of its own as a client that starts would make it.
async fn ask(route: &Route<'_>, url: &HttpUrl, fetch: &Fetch, is_connected: &Cell<bool>) -> Reply {
    let stream = match route {
        Route::Direct(addresses) => connect_to_any(addresses, None).await,
        Route::Tunnel(proxy, addresses) => connect_to_any(addresses, Some(proxy)).await,
        Route::Proxy(proxy) => connect_to_proxy(proxy).await,
    };
    let stream = match stream {
        Ok(stream) => stream,
        Err(why) => return Reply::Failed(why),
    };
    is_connected.set(true);
    let absolute_form = url.absolute_form();
    let (target, proxy_authorization) = match route {
        Route::Proxy(proxy) => (absolute_form.as_str(), proxy.authorization()),
        Route::Direct(_) | Route::Tunnel(..) => (url.origin_form(), None),
    };
    let content = match fetch.purpose {
        Purpose::Ocsp => Content::OcspRequest(&fetch.body),
        Purpose::Crl | Purpose::CaIssuers => Content::None,
    };
    let max_body = max_body(fetch.purpose);
    let question =
        Question { content, target, host: url.authority(), proxy_authorization, max_body };
    match exchange(stream, &question).await {
        Reply::Failed(why) => Reply::Failed(route.says(&why)),
        reply => reply,
    }
}

/// An outcome that says where the redirects had led. Once somebody was asked, the question was put.
fn after_redirects(outcome: FetchOutcome, url: &HttpUrl, redirects: usize) -> FetchOutcome {
    match outcome {
        FetchOutcome::Failed(why) | FetchOutcome::NotAsked(why) if redirects > 0 => {
            let place = super::words::of_stranger(&url.absolute_form());
            FetchOutcome::Failed(format!("it redirects to `{place}`: {why}"))
        }
        outcome => outcome,
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncWriteExt;

    use super::*;

    fn block_on_paused<T>(future: impl Future<Output = T>) -> T {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build();
        runtime.unwrap().block_on(future)
    }

    #[test]
    fn only_time_on_the_clock_counts_and_all_of_it() {
        let budget = Duration::from_secs(5);
        for (first, second, is_done, elapsed_ms) in [
            (0, 4_900, true, 4_900),
            (0, 5_000, false, 5_000),
            (0, 5_100, false, 5_000),
            (2_500, 2_499, true, 4_999),
            (2_500, 2_500, false, 5_000),
        ] {
            block_on_paused(async {
                let pause = || tokio::time::sleep(Duration::from_secs(60));
                let work = |millis| tokio::time::sleep(Duration::from_millis(millis));
                let course = Course::default();
                assert!(!course.was_put());
                course.within(budget, work(first)).await;
                pause().await;
                let done = course.within(budget, work(second)).await;
                pause().await;
                assert_eq!(done.is_some(), is_done, "{first} {second}");
                let fetched = course.fetched(FetchOutcome::TooLate);
                assert_eq!(fetched.elapsed_ms, elapsed_ms, "{first} {second}");
                assert!(course.was_put());
            });
        }
    }

    #[test]
    fn an_answer_counts_when_its_last_octet_is_in_time() {
        for (last_octet_ms, is_in_time) in [(4_900, true), (5_000, false), (5_100, false)] {
            block_on_paused(async {
                let (client, mut server) = tokio::io::duplex(1024);
                let serve = async {
                    let head = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nCR";
                    server.write_all(head).await.unwrap();
                    tokio::time::sleep(Duration::from_millis(last_octet_ms)).await;
                    let _ = server.write_all(b"L").await;
                };
                let question = Question {
                    content: Content::None,
                    target: "/",
                    host: "crl.example",
                    proxy_authorization: None,
                    max_body: MAX_CRL,
                };
                let course = Course::default();
                let asking = course.within(Duration::from_secs(5), exchange(client, &question));
                let (reply, ()) = tokio::join!(asking, serve);
                let expected = is_in_time.then(|| Reply::Content(b"CRL".to_vec()));
                assert_eq!(reply, expected, "{last_octet_ms}");
            });
        }
    }
}
