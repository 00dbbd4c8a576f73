//! What can be wrong with a server, and how often.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

/// How a DNS question fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DnsFault {
    /// No such name, whatever the zone says.
    NxDomain,
    /// The name exists, and has no record of any type (NODATA).
    NoData,
    /// SERVFAIL.
    ServFail,
    /// REFUSED.
    Refused,
    /// No answer over UDP or TCP.
    Silent,
    /// A truncated answer (TC) over UDP, the whole answer over TCP.
    Truncated,
    /// A truncated answer over UDP, and nothing over TCP.
    TruncatedThenSilent,
    /// The right answer under another message ID: a client must not take it.
    WrongId,
    /// An answer to a question that was not asked: a client must not take it.
    WrongQuestion,
    /// A lame delegation: not authoritative, no answer, a referral to the root.
    Lame,
    /// Bytes that are no DNS message behind their ID.
    Garbage,
    /// The right answer, so much later than the lab's delay.
    Slow(Duration),
}

/// How a server fails, on the way to TLS or inside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TlsFault {
    /// The port refuses connections.
    Refused,
    /// Accepts the connection and never says a byte.
    Tarpit,
    /// Resets the connection when the ClientHello has arrived.
    Reset,
    /// Closes the connection in order when the ClientHello has arrived.
    Close,
    /// Answers in plain HTTP.
    NotTls,
    /// Answers with a ServerHello and then nothing.
    StallAfterHello,
    /// Answers with this fatal alert (RFC 8446, 6), such as 70 for protocol_version.
    Alert(u8),
    /// Completes the handshake, and so much later than the lab's delay.
    Slow(Duration),
}

/// A fault and how often it still strikes.
#[derive(Debug)]
pub(crate) struct Strikes<F> {
    pub(crate) fault: F,
    left: Option<AtomicU32>,
}

impl<F: Copy> Strikes<F> {
    /// Every time, or the first `times` times.
    pub(crate) fn new(fault: F, times: Option<u32>) -> Self {
        Self { fault, left: times.map(AtomicU32::new) }
    }

    /// The fault, if it strikes once more now.
    pub(crate) fn strike(&self) -> Option<F> {
        let Some(left) = &self.left else { return Some(self.fault) };
        let counted =
            left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        counted.is_ok().then_some(self.fault)
    }
}
