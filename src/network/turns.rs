//! Taking turns: so many connections at once in all, and few to any one server.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Connections at once to one server: about what a browser opens to one host.
pub(super) const MAX_CONNECTIONS_TO_ONE: usize = 8;

/// The turns of one kind of question, counted per `K`. Clones of `all` may bound other kinds
/// together with this one.
pub(super) struct Turns<K> {
    all: Arc<Semaphore>,
    each: RefCell<HashMap<K, Arc<Semaphore>>>,
}

/// A turn; it ends when this is dropped.
pub(super) struct Turn {
    _at_one: Option<OwnedSemaphorePermit>,
    _of_all: Option<OwnedSemaphorePermit>,
}

impl<K: Eq + Hash> Turns<K> {
    pub(super) fn new(all: Arc<Semaphore>) -> Self {
        Self { all, each: RefCell::default() }
    }

    /// Waits for a turn at `one`. The permit of the one server comes first: whoever waits for a
    /// slow server must not keep others from theirs.
    pub(super) async fn take(&self, one: K) -> Turn {
        let at_one = self.at(one).acquire_owned().await.ok();
        Turn { _at_one: at_one, _of_all: self.all.clone().acquire_owned().await.ok() }
    }

    fn at(&self, one: K) -> Arc<Semaphore> {
        let new = || Arc::new(Semaphore::new(MAX_CONNECTIONS_TO_ONE));
        self.each.borrow_mut().entry(one).or_insert_with(new).clone()
    }
}
