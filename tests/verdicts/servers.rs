//! Servers that have no TLS of today, or nothing at all.

use lab::{Certificate, DnsFault, Key, Ocsp, OldProtocol, TlsFault};

use super::row::{Expected, Row, Server, alike, failing};

pub(crate) fn rows() -> Vec<Row> {
    [old(), fixtures(), faults()].into_iter().flatten().collect()
}

/// Good certificates in TLS that is too old.
fn old() -> Vec<Row> {
    let rsa: fn(Certificate) -> Certificate = |it| it.key(Key::Rsa2048);
    let expected = |says: &str| Expected {
        verdicts: [
            ("unknown", "tls-version"),
            ("unknown", "tls-version"),
            ("refuses", "tls-version"),
        ],
        revocation: "good",
        says: says.to_owned(),
        remark: None,
    };
    let row = |label, protocol, change, says: &str| Row {
        label,
        server: Server::Old(protocol, change),
        expected: expected(says),
    };
    vec![
        row(
            "tls10",
            OldProtocol::Tls10,
            rsa,
            "the server speaks only TLS 1.0, which clients of today refuse",
        ),
        row(
            "tls11",
            OldProtocol::Tls11,
            rsa,
            "the server speaks only TLS 1.1, which clients of today refuse",
        ),
        row(
            "tls12-rsa",
            OldProtocol::Tls12Rsa,
            rsa,
            "the server speaks only TLS 1.2 with RSA key exchange, which clients of today refuse",
        ),
        row(
            "tls10-stapled",
            OldProtocol::Tls10,
            |it| it.key(Key::Rsa2048).sources(lab::Sources::none()).staple(Ocsp::good()),
            "the server speaks only TLS 1.0, which clients of today refuse",
        ),
    ]
}

/// Certificates that no server of today has.
fn fixtures() -> Vec<Row> {
    let row = |label, der: &'static [u8], rule, says: &str| Row {
        label,
        server: Server::Fixture(der),
        expected: Expected {
            verdicts: [("prompts", rule), ("prompts", rule), ("refuses", "tls-version")],
            revocation: "not-offered",
            says: says.to_owned(),
            remark: None,
        },
    };
    vec![
        row(
            "sha1",
            include_bytes!("../fixtures/sha1.der"),
            "signature-algorithm",
            "`CN={host}` is signed with `sha1WithRSAEncryption`, which is no longer safe",
        ),
        row(
            "md5",
            include_bytes!("../fixtures/md5.der"),
            "signature-algorithm",
            "`CN={host}` is signed with `md5WithRSAEncryption`, which is no longer safe",
        ),
        row(
            "rsa1024",
            include_bytes!("../fixtures/rsa1024.der"),
            "key-strength",
            "the key of `CN={host}` is too weak (RSA 1024)",
        ),
        row(
            "p192",
            include_bytes!("../fixtures/p192.der"),
            "key-strength",
            "the key of `CN={host}` is too weak (ECDSA P-192)",
        ),
    ]
}

/// Servers that show no certificate.
fn faults() -> Vec<Row> {
    let faulty = |label, fault, verdict, says: &str| Row {
        label,
        server: Server::Faulty(fault),
        expected: failing(verdict, says),
    };
    let lost = |label, fault, says: &str| Row {
        label,
        server: Server::Lost(fault),
        expected: alike(("unknown", ""), says),
    };
    vec![
        faulty(
            "refused",
            TlsFault::Refused,
            "unknown",
            "there is no connection: connection refused",
        ),
        faulty(
            "tarpit",
            TlsFault::Tarpit,
            "unknown",
            "the server did not answer in time: no answer within …",
        ),
        faulty(
            "reset",
            TlsFault::Reset,
            "refuses",
            "the TLS handshake fails: connection reset during the handshake",
        ),
        faulty(
            "closed",
            TlsFault::Close,
            "refuses",
            "the TLS handshake fails: connection closed during the handshake",
        ),
        faulty(
            "not-tls",
            TlsFault::NotTls,
            "refuses",
            "the TLS handshake fails: not TLS: the answer is no TLS message",
        ),
        faulty(
            "stalled",
            TlsFault::StallAfterHello,
            "unknown",
            "the server did not answer in time: no answer within …",
        ),
        faulty(
            "alert",
            TlsFault::Alert(80),
            "refuses",
            "the TLS handshake fails: the server ended with the alert InternalError",
        ),
        lost(
            "no-such-name",
            DnsFault::NxDomain,
            "no address of `{host}` is known (the DNS says NXDOMAIN)",
        ),
        lost(
            "no-record",
            DnsFault::NoData,
            "no address of `{host}` is known (the DNS says NODATA)",
        ),
        lost(
            "servfail",
            DnsFault::ServFail,
            "no address of `{host}` is known (the DNS could not be asked: `…` answered SERVFAIL)",
        ),
    ]
}
