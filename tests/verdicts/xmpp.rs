//! XMPP servers of one domain: what their certificates say of it, and how they begin TLS.

use lab::{Certificate, Crl, Ocsp, Sources, TlsFault, XmppFault};

use super::row::{Expected, Row, Server, broken, failing, revoked, trusted, unproved};

/// The domain that all of them are asked about.
pub(crate) const DOMAIN: &str = "corp.example.com";

pub(crate) fn rows() -> Vec<Row> {
    [names(), revocation(), dialogues()].into_iter().flatten().collect()
}

fn row(label: &'static str, change: fn(Certificate) -> Certificate, expected: Expected) -> Row {
    Row { label, server: Server::Xmpp { domain: DOMAIN, fault: None, change }, expected }
}

/// Trusted by a name of this kind.
fn named(rule: &'static str, says: &str) -> Expected {
    let verdicts = [("trusted", rule); 3];
    Expected { verdicts, revocation: "good", says: says.to_owned(), remark: None }
}

fn names() -> Vec<Row> {
    vec![
        row(
            "xmpp-addr",
            |it| it.xmpp_address(DOMAIN),
            named(
                "xmpp-addr",
                "the certificate's \
             xmppAddr is `corp.example.com`",
            ),
        ),
        row(
            "xmpp-addr-case",
            |it| it.xmpp_address("CORP.example.com"),
            named(
                "xmpp-addr",
                "the \
             certificate's xmppAddr is `CORP.example.com`",
            ),
        ),
        row(
            "srv-name",
            |it| it.service_name("_xmpp-client.corp.example.com"),
            named("srv-id", "the certificate's SRVName is `_xmpp-client.corp.example.com`"),
        ),
        row(
            "both",
            |it| it.xmpp_address(DOMAIN).service_name("_xmpp-client.corp.example.com"),
            Expected {
                verdicts: [
                    ("trusted", "xmpp-addr"),
                    ("trusted", "xmpp-addr"),
                    ("trusted", "srv-id"),
                ],
                ..named("xmpp-addr", "the certificate's xmppAddr is `corp.example.com`")
            },
        ),
        row(
            "dns-name",
            |it| it.names(&[DOMAIN]),
            named(
                "dns-id",
                "the certificate names \
             `corp.example.com`",
            ),
        ),
        row(
            "dns-name-other-addr",
            |it| it.names(&[DOMAIN]).xmpp_address("other.example.com"),
            named("dns-id", "the certificate names `corp.example.com`"),
        ),
        row(
            "cn",
            |_| Certificate::common_name_only(DOMAIN),
            Expected {
                verdicts: [("trusted", "cn-id"), ("prompts", "dns-id"), ("refuses", "dns-id")],
                ..named(
                    "cn-id",
                    "the certificate has no dNSName, and its Subject CN is \
                     `corp.example.com`",
                )
            },
        ),
        row(
            "host-only",
            |it| it,
            broken(
                "dns-id",
                "good",
                "the certificate names `{host}`, not \
             `corp.example.com`",
            ),
        ),
        row(
            "other-addr",
            |it| it.xmpp_address("other.example.com"),
            broken("dns-id", "good", "the certificate names `{host}`, not `corp.example.com`"),
        ),
        row(
            "server-srv",
            |it| it.service_name("_xmpp-server.corp.example.com"),
            broken("dns-id", "good", "the certificate names `{host}`, not `corp.example.com`"),
        ),
    ]
}

fn revocation() -> Vec<Row> {
    vec![
        row(
            "listed",
            |it| it.xmpp_address(DOMAIN).sources(Crl::listing(Some(1))),
            revoked(
                "the \
             certificate `CN={host}` was revoked on … UTC (keyCompromise), says the CRL of \
             `http://crl.lab.example/issuing…`",
            ),
        ),
        row(
            "stapled-revoked",
            |it| it.names(&[DOMAIN]).staple(Ocsp::revoked(None)),
            revoked(
                "the certificate `CN=corp.example.com` was revoked on … UTC, says the stapled \
                 OCSP response",
            ),
        ),
        row(
            "no-sources",
            |it| it.names(&[DOMAIN]).sources(Sources::none()),
            unproved(
                "not-offered",
                "the certificate `CN=corp.example.com` names no OCSP responder and \
                 no CRL over HTTP",
            ),
        ),
    ]
}

fn dialogues() -> Vec<Row> {
    let good: fn(Certificate) -> Certificate = |it| it.names(&[DOMAIN]);
    let faulty = |label, fault, verdict, says: &str| Row {
        label,
        server: Server::Xmpp { domain: DOMAIN, fault: Some(fault), change: good },
        expected: failing(verdict, says),
    };
    let none = |label, fault, verdict, says: &str| Row {
        label,
        server: Server::Faulty(fault),
        expected: failing(verdict, says),
    };
    vec![
        Row {
            label: "piecemeal",
            server: Server::Xmpp {
                domain: DOMAIN,
                fault: Some(XmppFault::Piecemeal),
                change: good,
            },
            expected: Expected {
                says: "the certificate names `corp.example.com`".to_owned(),
                ..trusted("good")
            },
        },
        Row {
            label: "other-domain",
            server: Server::Xmpp { domain: "other.example.com", fault: None, change: good },
            expected: failing(
                "refuses",
                "the TLS handshake fails: the XMPP server does not serve the domain \
                 `corp.example.com` (`host-unknown`)",
            ),
        },
        faulty(
            "no-starttls",
            XmppFault::NoStartTls,
            "refuses",
            "the TLS handshake fails: the XMPP \
             server offers no STARTTLS",
        ),
        faulty(
            "failure",
            XmppFault::Failure,
            "refuses",
            "the TLS handshake fails: the XMPP server \
             refuses STARTTLS (`failure`)",
        ),
        faulty(
            "not-xmpp",
            XmppFault::NotXmpp,
            "refuses",
            "the TLS handshake fails: not XMPP: the \
             answer is no XML stream",
        ),
        faulty(
            "closed",
            XmppFault::Close,
            "refuses",
            "the TLS handshake fails: the XMPP server ends \
             the stream before STARTTLS",
        ),
        faulty(
            "stalls",
            XmppFault::StallAfterHeader,
            "unknown",
            "the server did not answer in time: \
             no answer within …",
        ),
        faulty(
            "endless",
            XmppFault::EndlessFeatures,
            "refuses",
            "the TLS handshake fails: the XMPP \
             server sent 16 KiB and no answer about STARTTLS",
        ),
        faulty(
            "stalls-late",
            XmppFault::StallAfterProceed,
            "unknown",
            "the server did not answer in \
             time: no answer within …",
        ),
        none("refused", TlsFault::Refused, "unknown", "there is no connection: connection refused"),
        none(
            "tarpit",
            TlsFault::Tarpit,
            "unknown",
            "the server did not answer in time: no answer \
             within …",
        ),
    ]
}
