//! A server set-up and what each client profile makes of it.

use lab::{Certificate, DnsFault, OldProtocol, TlsFault};

/// One row of the table.
pub(crate) struct Row {
    /// The first label of its host, distinct.
    pub(crate) label: &'static str,
    pub(crate) server: Server,
    pub(crate) expected: Expected,
}

/// What is behind the host.
pub(crate) enum Server {
    /// TLS with a certificate for the host, changed so.
    Presenting(fn(Certificate) -> Certificate),
    /// The same with TLS that is too old.
    Old(OldProtocol, fn(Certificate) -> Certificate),
    /// A certificate of `tests/fixtures`, in TLS that is too old; it names `c12.webex.com`.
    Fixture(&'static [u8]),
    /// Nothing but a fault.
    Faulty(TlsFault),
    /// No address.
    Lost(DnsFault),
}

/// What `check` shall say.
pub(crate) struct Expected {
    /// Verdict and deciding rule by `jabber`, `jabber-12` and `strict`.
    pub(crate) verdicts: [Verdict; 3],
    /// The state of revocation.
    pub(crate) revocation: &'static str,
    /// The first reason behind the profile's own words, wherever the deciding rule is the first
    /// one below; `…` stands for any text, `{host}` for the host.
    pub(crate) says: String,
}

/// A verdict and the rule that decided.
pub(crate) type Verdict = (&'static str, &'static str);

/// The words with which each profile begins, by verdict; copied from the guides by hand, so that a
/// change of the program's is noticed.
pub(crate) const PROFILES: [(&str, [(&str, &str); 4]); 3] = [
    (
        "jabber",
        [
            ("trusted", "Jabber shows the photo without asking"),
            ("prompts", "Jabber asks at every look-up"),
            ("refuses", "Jabber does not connect"),
            ("unknown", "what Jabber would do is not known"),
        ],
    ),
    (
        "jabber-12",
        [
            ("trusted", "Jabber 12.6 and later shows the photo without asking"),
            ("prompts", "Jabber 12.6 and later asks, and shows no photo when the user declines"),
            ("refuses", "Jabber 12.6 and later does not connect"),
            ("unknown", "what Jabber 12.6 and later would do is not known"),
        ],
    ),
    (
        "strict",
        [
            ("trusted", "a strict client connects"),
            ("prompts", "a strict client asks"),
            ("refuses", "a strict client refuses"),
            ("unknown", "what a strict client would do is not known"),
        ],
    ),
];

/// All three trust it, by a dNSName.
pub(crate) fn trusted(revocation: &'static str) -> Expected {
    const TRUSTED: Verdict = ("trusted", "dns-id");
    let says = "the certificate names `{host}`".to_owned();
    Expected { verdicts: [TRUSTED, TRUSTED, TRUSTED], revocation, says }
}

/// It is revoked, and nobody connects.
pub(crate) fn revoked(says: &str) -> Expected {
    const REFUSES: Verdict = ("refuses", "not-revoked");
    Expected { verdicts: [REFUSES, REFUSES, REFUSES], revocation: "revoked", says: says.to_owned() }
}

/// Whether it is revoked is not proved: Jabber asks, the operating system does not mind, a strict
/// client refuses.
pub(crate) fn unproved(revocation: &'static str, says: &str) -> Expected {
    let verdicts = [("prompts", "not-revoked"), ("trusted", "dns-id"), ("refuses", "not-revoked")];
    Expected { verdicts, revocation, says: says.to_owned() }
}

/// This rule is broken: users are asked, and a strict client refuses.
pub(crate) fn broken(rule: &'static str, revocation: &'static str, says: &str) -> Expected {
    Expected {
        verdicts: [("prompts", rule), ("prompts", rule), ("refuses", rule)],
        revocation,
        says: says.to_owned(),
    }
}

/// All three give this verdict by this rule; revocation was not asked.
pub(crate) fn alike(verdict: Verdict, says: &str) -> Expected {
    Expected {
        verdicts: [verdict, verdict, verdict],
        revocation: "not-asked",
        says: says.to_owned(),
    }
}

/// A row whose server presents a certificate for its host, changed so.
pub(crate) fn row(
    label: &'static str,
    change: fn(Certificate) -> Certificate,
    expected: Expected,
) -> Row {
    Row { label, server: Server::Presenting(change), expected }
}
