//! A server set-up and what each client profile makes of it.

use lab::{Certificate, DnsFault, OldProtocol, TlsFault, XmppFault};

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
    /// XMPP with STARTTLS, of this domain.
    Xmpp { domain: &'static str, fault: Option<XmppFault>, change: fn(Certificate) -> Certificate },
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
    /// One of the remarks, in the same way.
    pub(crate) remark: Option<&'static str>,
}

/// A verdict and the rule that decided.
pub(crate) type Verdict = (&'static str, &'static str);

/// The clients, in the order of [`Expected::verdicts`].
pub(crate) const PROFILES: [&str; 3] = ["jabber", "jabber-12", "strict"];

/// All three trust it, by a dNSName.
pub(crate) fn trusted(revocation: &'static str) -> Expected {
    const TRUSTED: Verdict = ("trusted", "dns-id");
    let says = "the certificate names `{host}`".to_owned();
    Expected { verdicts: [TRUSTED, TRUSTED, TRUSTED], revocation, says, remark: None }
}

/// It is revoked, and nobody connects.
pub(crate) fn revoked(says: &str) -> Expected {
    const REFUSES: Verdict = ("refuses", "not-revoked");
    Expected {
        verdicts: [REFUSES, REFUSES, REFUSES],
        revocation: "revoked",
        says: says.to_owned(),
        remark: None,
    }
}

/// Whether it is revoked is not proved: Jabber asks, the operating system does not mind, a strict
/// client refuses.
pub(crate) fn unproved(revocation: &'static str, says: &str) -> Expected {
    let verdicts = [("prompts", "not-revoked"), ("trusted", "dns-id"), ("refuses", "not-revoked")];
    Expected { verdicts, revocation, says: says.to_owned(), remark: None }
}

/// This rule is broken: users are asked, and a strict client refuses.
pub(crate) fn broken(rule: &'static str, revocation: &'static str, says: &str) -> Expected {
    Expected {
        verdicts: [("prompts", rule), ("prompts", rule), ("refuses", rule)],
        revocation,
        says: says.to_owned(),
        remark: None,
    }
}

/// All three give this verdict by this rule; revocation was not asked.
pub(crate) fn alike(verdict: Verdict, says: &str) -> Expected {
    Expected {
        verdicts: [verdict, verdict, verdict],
        revocation: "not-asked",
        says: says.to_owned(),
        remark: None,
    }
}

/// There is no certificate to be had, and all three give this verdict.
pub(crate) fn failing(verdict: &'static str, says: &str) -> Expected {
    alike((verdict, "handshake"), says)
}

/// A row whose server presents a certificate for its host, changed so.
pub(crate) fn row(
    label: &'static str,
    change: fn(Certificate) -> Certificate,
    expected: Expected,
) -> Row {
    Row { label, server: Server::Presenting(change), expected }
}
