//! A run that begins before everything that it shall ask about is known: while the export is still
//! being read.
//!
//! It has a thread of its own. What to ask about arrives one by one; what hangs on the whole export,
//! the names that other records offer, comes at the end, and whoever was surveyed without them is
//! surveyed again. Since every question is put once, the evidence is the same as of [`run`] after
//! the last record, only sooner.
//!
//! [`run`]: super::run

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::panic::resume_unwind;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use futures_util::future::try_join;
use futures_util::stream::{self, Stream, StreamExt};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::{SetOnce, oneshot};
use tokio::time::Instant;

use super::deadline::Deadline;
use super::live::Live;
use super::survey::{Extent, Survey};
use super::{Event, NetworkError, NetworkSettings, until_done};
use crate::evidence::{Endpoint, Evidence, Service};
use crate::name::Fqdn;
use crate::reference::Scope;

/// How often whoever waits for the end hears how far the run is. Waking somebody for each thing that is
/// finished costs a quarter of what a question does.
const TELLING: Duration = Duration::from_millis(50);

/// One thing to ask about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// An endpoint that needs a decision.
    Endpoint(Endpoint),
    /// A server whose certificate is wanted anyway.
    Host(Service),
}

/// WebEx names in the records of the export, with the number of records that carry each.
type Corpus = BTreeMap<Fqdn, u64>;

/// A run under way. Dropped before it is finished, it ends at once, and nothing of it is left.
#[derive(Debug)]
pub struct Ahead {
    wanted: Option<UnboundedSender<Wanted>>,
    corpus: Option<oneshot::Sender<Corpus>>,
    /// How many things are finished.
    finished: Arc<AtomicU64>,
    /// Carries nothing, and closes at the end of the run.
    end: Receiver<Infallible>,
    thread: Option<JoinHandle<Result<Evidence, NetworkError>>>,
    told: u64,
}

impl Ahead {
    /// Begins. The corpus of `scope` is not looked at: it is known at the end only.
    ///
    /// # Errors
    /// When the operating system gives no thread. What else stands in the way, [`Self::finish`] says.
    pub fn start(
        scope: Scope,
        settings: NetworkSettings,
        interrupted: &'static AtomicBool,
    ) -> Result<Self, NetworkError> {
        let scope = Scope { corpus: BTreeMap::new(), ..scope };
        let (give_wanted, wanted) = unbounded_channel();
        let (give_corpus, corpus) = oneshot::channel();
        let (running, end) = channel();
        let finished = Arc::new(AtomicU64::new(0));
        let count = finished.clone();
        let run = move || {
            let _running = running;
            until_done(interrupted, ask(&scope, &settings, wanted, corpus, &count))
        };
        let thread = std::thread::Builder::new().name("network".to_owned()).spawn(run);
        Ok(Self {
            wanted: Some(give_wanted),
            corpus: Some(give_corpus),
            finished,
            end,
            thread: Some(thread.map_err(NetworkError::Runtime)?),
            told: 0,
        })
    }

    /// Asks about one more thing. Each is to be told once.
    pub fn ask(&mut self, wanted: Wanted) {
        self.told += 1;
        if let Some(channel) = &self.wanted {
            // The run may have failed already; then `finish` says why.
            let _ = channel.send(wanted);
        }
    }

    /// Waits for the end of the run, of which everything is known now. Its deadline counts from
    /// here: the time that somebody else needed to read the export is not the network's.
    ///
    /// # Errors
    /// As of [`run`](super::run).
    pub fn finish(
        mut self,
        corpus: Corpus,
        on_event: &mut dyn FnMut(Event),
    ) -> Result<Evidence, NetworkError> {
        on_event(Event::Planned(self.told));
        if let Some(channel) = self.corpus.take() {
            // As in `ask`.
            let _ = channel.send(corpus);
        }
        drop(self.wanted.take());
        let mut known = 0;
        loop {
            let is_under_way = self.end.recv_timeout(TELLING) == Err(RecvTimeoutError::Timeout);
            let finished = self.finished.load(Ordering::Relaxed);
            (known..finished).for_each(|_| on_event(Event::Done));
            known = finished;
            if !is_under_way {
                break;
            }
        }
        match self.thread.take().map(JoinHandle::join) {
            Some(Ok(evidence)) => evidence,
            Some(Err(panic)) => resume_unwind(panic),
            None => Err(NetworkError::Interrupted),
        }
    }
}

impl Drop for Ahead {
    fn drop(&mut self) {
        // The run sees that nobody will tell it the rest.
        drop(self.corpus.take());
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed; nobody wants the evidence any more.
            let _ = thread.join();
        }
    }
}

async fn ask(
    scope: &Scope,
    settings: &NetworkSettings,
    wanted: UnboundedReceiver<Wanted>,
    corpus: oneshot::Receiver<Corpus>,
    finished: &AtomicU64,
) -> Result<Evidence, NetworkError> {
    let deadline = Deadline::not_counting(&settings.limits);
    let whole: SetOnce<Scope> = SetOnce::new();
    let know_the_rest = async {
        // Gone without a word: the export cannot be used, and nobody wants the answers.
        let corpus = corpus.await.map_err(|_| NetworkError::Interrupted)?;
        deadline.count_from(Instant::now());
        // The only one who sets it.
        let _ = whole.set(Scope { corpus, ..scope.clone() });
        Ok(())
    };
    let survey = async {
        let network = Live::open(settings, &deadline).await?;
        let survey = Survey::new(&network, scope, Extent::WithoutCorpus, &settings.anchors);
        let looks = Looks { survey, whole: &whole, again: RefCell::default(), finished };
        looks.take(wanted, settings.limits.concurrency.max(1)).await;
        Ok(looks.survey.into_evidence())
    };
    try_join(know_the_rest, survey).await.map(|((), evidence)| evidence)
}

/// The surveys of a run, some of them in two looks.
struct Looks<'a> {
    survey: Survey<'a, Live<'a>>,
    /// The whole scope, as soon as it is known.
    whole: &'a SetOnce<Scope>,
    /// Endpoints that were surveyed without the corpus.
    again: RefCell<Vec<Endpoint>>,
    finished: &'a AtomicU64,
}

impl Looks<'_> {
    /// Everything that arrives, so many at a time, and then again what was too early.
    async fn take(&self, mut wanted: UnboundedReceiver<Wanted>, concurrency: usize) {
        let arriving = stream::poll_fn(|context| wanted.poll_recv(context));
        let again = stream::once(self.too_early()).flatten();
        arriving
            .chain(again)
            .map(|wanted| self.look(wanted))
            .buffer_unordered(concurrency)
            .for_each(async |()| {})
            .await;
    }

    async fn look(&self, wanted: Wanted) {
        match wanted {
            Wanted::Host(service) => self.survey.host(&service).await,
            Wanted::Endpoint(endpoint) => loop {
                self.widen();
                match self.survey.endpoint(&endpoint).await {
                    Extent::Whole => break,
                    // It became known meanwhile.
                    Extent::WithoutCorpus if self.whole.get().is_some() => {}
                    Extent::WithoutCorpus => return self.again.borrow_mut().push(endpoint),
                }
            },
        }
        self.done();
    }

    /// What must be looked at again, once the whole scope is known.
    async fn too_early(&self) -> impl Stream<Item = Wanted> + use<> {
        let scope = self.whole.wait().await;
        let mut again = self.again.take();
        if scope.corpus.is_empty() {
            // Nothing was missing.
            again.drain(..).for_each(|_| self.done());
        }
        stream::iter(again).map(Wanted::Endpoint)
    }

    fn done(&self) {
        self.finished.fetch_add(1, Ordering::Relaxed);
    }
}

impl<'a> Looks<'a> {
    fn widen(&self) {
        let whole: &'a SetOnce<Scope> = self.whole;
        if let Some(scope) = whole.get() {
            self.survey.widen(scope);
        }
    }
}
