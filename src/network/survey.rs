//! What is asked about an endpoint, in which order, and each question only once.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::hash::Hash;
use std::net::IpAddr;
use std::rc::Rc;

use futures_util::future::{join, join_all};
use tokio::sync::OnceCell;

use crate::evidence::{
    Answer, Endpoint, Evidence, Family, Fetch, Fetched, Forward, Handshake, ResolverHealth, Scheme,
    Service, Target,
};
use crate::name::Fqdn;
use crate::reference::{Candidate, Scope};
use crate::x509::certificate::Certificate;
use crate::x509::revocation;
use crate::x509::trust::TrustAnchors;

/// At how many of a name's addresses its certificate is looked at. A name behind a content
/// network may have dozens; the client itself tries few.
const MAX_ADDRESSES: usize = 16;

/// Whom the questions go to.
pub(super) trait Network {
    /// The DNS servers, as reports name them.
    fn servers(&self) -> Vec<String>;
    /// PTR.
    async fn pointers(&self, address: IpAddr) -> Answer<Vec<String>>;
    /// A or AAAA.
    async fn addresses(&self, name: &Fqdn, family: Family) -> Answer<Vec<IpAddr>>;
    /// One TLS handshake.
    async fn handshake(&self, target: &Target) -> Handshake;
    /// A question over HTTP.
    async fn fetch(&self, fetch: &Fetch) -> Fetched;
}

/// The surveys of one run. They share their evidence: a name that fifty addresses offer is asked
/// once.
pub(super) struct Survey<'a, N> {
    network: &'a N,
    view: Cell<View<'a>>,
    anchors: &'a TrustAnchors,
    evidence: RefCell<Evidence>,
    pointers: Once<IpAddr>,
    addresses: Once<(Fqdn, Family)>,
    handshakes: Once<Target>,
    chains: Once<Vec<Vec<u8>>>,
    fetches: Once<Fetch>,
    known_names: Once<(Family, Extent)>,
    asked: Cell<u64>,
    answered: Cell<u64>,
}

/// The scope as far as it is known.
#[derive(Clone, Copy)]
struct View<'a> {
    scope: &'a Scope,
    extent: Extent,
}

/// How much of the scope is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Extent {
    /// All but the names that the export itself offers: it is still being read.
    WithoutCorpus,
    /// All.
    Whole,
}

/// Questions that were put or are being put. Whoever wants an answer that is under way waits for
/// it.
type Once<Q> = RefCell<HashMap<Q, Rc<OnceCell<()>>>>;

impl<'a, N: Network> Survey<'a, N> {
    pub(super) fn new(
        network: &'a N,
        scope: &'a Scope,
        extent: Extent,
        anchors: &'a TrustAnchors,
    ) -> Self {
        Self {
            network,
            view: Cell::new(View { scope, extent }),
            anchors,
            evidence: RefCell::default(),
            pointers: Once::default(),
            addresses: Once::default(),
            handshakes: Once::default(),
            chains: Once::default(),
            fetches: Once::default(),
            known_names: Once::default(),
            asked: Cell::new(0),
            answered: Cell::new(0),
        }
    }

    /// From now on the scope is known as a whole.
    pub(super) fn widen(&self, scope: &'a Scope) {
        self.view.set(View { scope, extent: Extent::Whole });
    }

    /// Everything that a decision about `endpoint` may need, as far as the scope is known when this
    /// begins, and how far that is. What a part of the scope makes us ask, all of it makes us ask
    /// too, so that asking again with all of it adds what is missing and nothing else.
    pub(super) async fn endpoint(&self, endpoint: &Endpoint) -> Extent {
        let view = self.view.get();
        join(self.own_names(endpoint, view.scope), self.known_names(endpoint, view)).await;

        let candidates = self.admitted(endpoint, view.scope);
        if let Some(address) = endpoint.host.address() {
            let family = Family::of(address);
            join_all(candidates.iter().map(|one| self.learn_addresses(&one.name, family))).await;
        }

        if endpoint.scheme == Scheme::Https {
            let standing = candidates.iter().filter(|one| self.stands(one, endpoint));
            let services = standing.map(|one| Service::tls(one.name.clone(), endpoint.port));
            join_all(services.map(async |service| self.host(&service).await)).await;
        }
        view.extent
    }

    /// The certificate of a server at each of its addresses, and whether it is revoked.
    pub(super) async fn host(&self, service: &Service) {
        let name = &service.name;
        let v4 = self.learn_addresses(name, Family::V4);
        join(v4, self.learn_addresses(name, Family::V6)).await;
        let addresses = self.evidence.borrow().addresses_of(name);
        let targets = addresses.into_iter().take(MAX_ADDRESSES).map(|address| service.at(address));
        join_all(targets.map(async |target| {
            self.learn_handshake(target.clone()).await;
            self.learn_revocation(&target).await;
        }))
        .await;
    }

    /// What was learned.
    pub(super) fn into_evidence(self) -> Evidence {
        let mut evidence = self.evidence.into_inner();
        evidence.revocation_asked = true;
        evidence.resolver = ResolverHealth {
            servers: self.network.servers(),
            asked: self.asked.get(),
            answered: self.answered.get(),
        };
        evidence
    }

    /// What the address says of itself. Where the administrator's map decides, nobody needs to
    /// know, and the address is left in peace.
    async fn own_names(&self, endpoint: &Endpoint, scope: &Scope) {
        let Some(address) = endpoint.host.address() else { return };
        if scope.map.find(&endpoint.host).is_some() {
            return;
        }
        let certificate = async {
            if endpoint.scheme == Scheme::Https {
                self.learn_handshake(Target::nameless(address, endpoint.port)).await;
            }
        };
        join(self.learn_pointers(address), certificate).await;
    }

    /// The addresses of the names that the export and the list offer, in the family of the
    /// endpoint. They become candidates of whichever address they live at, so all of them must be
    /// known before any candidates are.
    async fn known_names(&self, endpoint: &Endpoint, View { scope, extent }: View<'_>) {
        let Some(family) = endpoint.host.address().map(Family::of) else { return };
        once(&self.known_names, (family, extent), async || {
            let names: BTreeSet<&Fqdn> = scope.corpus.keys().chain(&scope.list).collect();
            let allowed = names.into_iter().filter(|name| scope.allows(name));
            join_all(allowed.map(|name| self.learn_addresses(name, family))).await;
        })
        .await;
    }

    /// The candidates so far that lie in an allowed domain. No other name is ever asked for.
    fn admitted(&self, endpoint: &Endpoint, scope: &Scope) -> Vec<Candidate> {
        let mut candidates = scope.candidates(endpoint, &self.evidence.borrow());
        candidates.retain(|candidate| scope.admit(candidate).is_ok());
        candidates
    }

    /// Whether a candidate may be chosen, so that its certificate matters.
    fn stands(&self, candidate: &Candidate, endpoint: &Endpoint) -> bool {
        let is_confirmed = |address| {
            self.evidence.borrow().forward(&candidate.name, address) == Forward::Confirmed
        };
        candidate.is_stated() || endpoint.host.address().is_some_and(is_confirmed)
    }

    async fn learn_pointers(&self, address: IpAddr) {
        once(&self.pointers, address, async || {
            let answer = self.network.pointers(address).await;
            self.count(&answer);
            self.evidence.borrow_mut().pointers.insert(address, answer);
        })
        .await;
    }

    async fn learn_addresses(&self, name: &Fqdn, family: Family) {
        once(&self.addresses, (name.clone(), family), async || {
            let answer = self.network.addresses(name, family).await;
            self.count(&answer);
            self.evidence.borrow_mut().learn_addresses(name.clone(), family, answer);
        })
        .await;
    }

    async fn learn_handshake(&self, target: Target) {
        once(&self.handshakes, target.clone(), async || {
            let handshake = self.network.handshake(&target).await;
            self.evidence.borrow_mut().handshakes.insert(target.clone(), handshake);
        })
        .await;
    }

    /// Asks all at once about the chain that a server presented, as a client does; whoever
    /// presents the same chain needs no other answers.
    async fn learn_revocation(&self, target: &Target) {
        let chain = match self.evidence.borrow().handshakes.get(target) {
            Some(handshake) => handshake.chain.clone(),
            None => return,
        };
        once(&self.chains, chain.clone(), async || {
            let mut read = chain.iter().map(|der| Certificate::parse(der));
            // What nobody can read nobody revokes. One that cannot be read further up is nobody's
            // issuer.
            let Some(Ok(end_entity)) = read.next() else { return };
            let chain: Vec<_> = std::iter::once(end_entity).chain(read.flatten()).collect();
            let questions = revocation::questions(&chain, self.anchors);
            join_all(questions.into_iter().map(|one| self.learn_answer(one))).await;
        })
        .await;
    }

    async fn learn_answer(&self, fetch: Fetch) {
        once(&self.fetches, fetch.clone(), async || {
            let fetched = self.network.fetch(&fetch).await;
            self.evidence.borrow_mut().fetched.insert(fetch.clone(), fetched);
        })
        .await;
    }

    fn count<T>(&self, answer: &Answer<T>) {
        let (asked, answered) = match answer {
            Answer::Found(_) | Answer::Absent(_) => (1, 1),
            Answer::CouldNotAsk(_) => (1, 0),
            Answer::NotAsked(_) => (0, 0),
        };
        self.asked.set(self.asked.get() + asked);
        self.answered.set(self.answered.get() + answered);
    }
}

/// Puts a question unless it was put; returns when its answer is there.
async fn once<Q: Eq + Hash>(questions: &Once<Q>, question: Q, put: impl AsyncFnOnce()) {
    let cell = questions.borrow_mut().entry(question).or_default().clone();
    cell.get_or_init(|| put()).await;
}
