//! What clients asked of a lab, counted.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use hickory_proto::rr::{Name, RecordType};

/// One kind of handshake: which server received a ClientHello, and for which name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hello {
    /// The logical `ADDRESS:PORT`, IPv6 in brackets, or `any`.
    pub server: String,
    /// The server name of the ClientHello (RFC 6066, 3), if it had one.
    pub server_name: Option<String>,
}

impl Hello {
    /// A handshake with the server at `server` for `server_name`.
    pub fn new(server: &str, server_name: Option<&str>) -> Self {
        Self { server: server.to_owned(), server_name: server_name.map(str::to_owned) }
    }
}

/// All counters of one lab.
#[derive(Debug, Default)]
pub(crate) struct Counts {
    pub(crate) questions: Tally<(Name, RecordType)>,
    pub(crate) connections: Tally<String>,
    pub(crate) hellos: Tally<Hello>,
    pub(crate) requests: Tally<(String, String)>,
    /// By URL.
    pub(crate) fetches: Tally<String>,
    /// By the label of the certificate asked about.
    pub(crate) ocsp: Tally<String>,
}

/// How often each thing was seen.
#[derive(Debug)]
pub(crate) struct Tally<K>(Mutex<std::collections::HashMap<K, u64>>);

impl<K> Default for Tally<K> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Eq + Hash> Tally<K> {
    pub(crate) fn add(&self, key: K) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(key).or_default() += 1;
    }

    /// The counts in order, each key shown as `show` says; keys shown alike are one.
    pub(crate) fn shown<S: Ord>(&self, show: impl Fn(&K) -> S) -> BTreeMap<S, u64> {
        let mut shown = BTreeMap::new();
        for (key, count) in self.0.lock().unwrap_or_else(PoisonError::into_inner).iter() {
            *shown.entry(show(key)).or_default() += count;
        }
        shown
    }
}
