//! How to ask: whom, through what, and for how long.

use std::sync::Arc;
use std::time::Duration;

use rustls_pki_types::CertificateDer;

use super::connect_to::ConnectTo;
use super::http_url::Host;
use super::no_proxy::NoProxy;
use super::proxy::Proxy;
use super::server::Server;
use crate::x509::trust::TrustAnchors;

/// Everything the administrator decides about the network.
#[derive(Clone, Debug)]
pub struct NetworkSettings {
    /// The DNS servers, in the order in which they are asked: the next one only when the one
    /// before it gave no usable answer. Empty means [`Server::System`].
    pub servers: Vec<Server>,
    /// Where to connect instead of to the target; the first line that matches decides.
    pub connect_to: Vec<ConnectTo>,
    /// Whether addresses that are not public may be connected to.
    pub special: SpecialAddresses,
    /// The bounds of the run.
    pub limits: Limits,
    /// The proxy for every connection but those to DNS servers.
    pub proxy: Option<Proxy>,
    /// Where that names none, the environment's proxy for questions over plain HTTP, and whom to
    /// ask without it. What `connect_to` states comes before it.
    pub http_proxy: Option<(Proxy, NoProxy)>,
    /// The trust anchors, by which it is known whom to ask about revocation.
    pub anchors: Arc<TrustAnchors>,
    /// The trust anchors for DNS servers that are asked over TLS or HTTPS.
    pub dns_trust: Vec<CertificateDer<'static>>,
}

impl NetworkSettings {
    /// The environment's proxy, where it shall be used for this host.
    pub(super) fn proxy_of_environment(&self, host: &Host, port: u16) -> Option<&Proxy> {
        // Nobody else can reach this machine's own addresses, whatever the environment says.
        let is_here = matches!(host, Host::Address(address) if address.is_loopback());
        let (proxy, except) = self.http_proxy.as_ref()?;
        (!is_here && !except.covers(host, port)).then_some(proxy)
    }
}

/// What to do about addresses that are not public (RFC 6890; see [`crate::reference::is_public`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpecialAddresses {
    /// Never connect to one, whoever names it. A destination that the administrator states by
    /// [`ConnectTo`] is not subject to this; the target's own address is.
    Refuse,
    /// Treat them like any other (`--allow-private`).
    Allow,
}

/// What the run may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// How long one attempt may take: one DNS question to one server, or one connection together
    /// with its TLS handshake, a second look at a server that is too old included.
    pub timeout: Duration,
    /// How often a DNS question that no server answered is put again to all of them. A question
    /// takes at most `timeout` × servers × (`retries` + 1). Handshakes are tried once, because TCP
    /// repeats its own packets.
    pub retries: u32,
    /// How long the whole run may take, counted from when everything to ask about is known: the time
    /// in which an export is still being read is not the network's.
    pub deadline: Duration,
    /// How long all revocation questions about one certificate may take. They are put together, so
    /// this is the time of each of them; an answer at exactly this time is too late.
    pub revocation: Duration,
    /// How many connections, and how many surveys, may be under way at once; at least 1.
    pub concurrency: usize,
}

/// A duration in words, the same on every run: `5 s`, `1.5 s`.
pub(super) fn seconds(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_in_words() {
        for (millis, words) in
            [(5_000, "5 s"), (1_500, "1.5 s"), (20, "0.02 s"), (600_000, "600 s")]
        {
            assert_eq!(seconds(Duration::from_millis(millis)), words);
        }
    }
}
