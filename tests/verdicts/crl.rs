//! CRLs: whether they list the certificate, how they are wrong, and how they come.

use lab::{Crl, CrlFault, Delivery};

use super::row::{Expected, Row, revoked, row, trusted, unproved};

const KEY_COMPROMISE: Option<u8> = Some(1);

pub(crate) fn rows() -> Vec<Row> {
    [said(), wrong(), delivered()].into_iter().flatten().collect()
}

/// A CRL came and proves nothing.
fn invalid(why: &str) -> Expected {
    unproved(
        "invalid",
        &format!(
            "the revocation answer about the certificate `CN={{host}}` cannot be relied on: the CRL \
             of `http://crl.lab.example/issuing…` {why}"
        ),
    )
}

/// No CRL came.
fn failed(why: &str) -> Expected {
    unproved(
        "unreachable",
        &format!(
            "no revocation answer about the certificate `CN={{host}}` could be had: the CRL of \
             `http://…`: {why}"
        ),
    )
}

/// CRLs that count.
fn said() -> Vec<Row> {
    vec![
        row("crl-empty", |it| it.sources(Crl::empty()), trusted("good")),
        row("crl-pem", |it| it.sources(Crl::empty().fault(CrlFault::Pem)), trusted("good")),
        row("crl-huge", |it| it.sources(Crl::empty().fault(CrlFault::Huge)), trusted("good")),
        row(
            "crl-user-only",
            |it| it.sources(Crl::empty().fault(CrlFault::UserCertificatesOnly)),
            trusted("good"),
        ),
        row(
            "crl-indirect",
            |it| it.sources(Crl::empty().fault(CrlFault::Indirect)),
            trusted("good"),
        ),
        row(
            "crl-listed",
            |it| it.sources(Crl::listing(KEY_COMPROMISE)),
            revoked(
                "the certificate `CN={host}` was revoked on … UTC (keyCompromise), says the CRL \
                 of `http://crl.lab.example/issuing…`",
            ),
        ),
        row(
            "crl-listed-no-reason",
            |it| it.sources(Crl::listing(None)),
            revoked(
                "the certificate `CN={host}` was revoked on … UTC, says the CRL of \
                 `http://crl.lab.example/issuing…`",
            ),
        ),
        row(
            "crl-listed-pem",
            |it| it.sources(Crl::listing(KEY_COMPROMISE).fault(CrlFault::Pem)),
            revoked(
                "the certificate `CN={host}` was revoked on … UTC (keyCompromise), says the CRL \
                 of `http://crl.lab.example/issuing…`",
            ),
        ),
        row(
            "crl-listed-huge",
            |it| it.sources(Crl::listing(KEY_COMPROMISE).fault(CrlFault::Huge)),
            revoked(
                "the certificate `CN={host}` was revoked on … UTC (keyCompromise), says the CRL \
                 of `http://crl.lab.example/issuing…`",
            ),
        ),
        row(
            "crl-listed-some-reasons",
            |it| it.sources(Crl::listing(KEY_COMPROMISE).fault(CrlFault::SomeReasons)),
            revoked(
                "the certificate `CN={host}` was revoked on … UTC (keyCompromise), says the CRL \
                 of `http://crl.lab.example/issuing…`",
            ),
        ),
    ]
}

/// CRLs that prove nothing.
fn wrong() -> Vec<Row> {
    vec![
        row(
            "crl-stale",
            |it| it.sources(Crl::empty().fault(CrlFault::Stale)),
            invalid("is out of date since … UTC"),
        ),
        row(
            "crl-listed-stale",
            |it| it.sources(Crl::listing(KEY_COMPROMISE).fault(CrlFault::Stale)),
            invalid("is out of date since … UTC"),
        ),
        row(
            "crl-future",
            |it| it.sources(Crl::empty().fault(CrlFault::Future)),
            invalid("is not valid before … UTC"),
        ),
        row(
            "crl-no-next",
            |it| it.sources(Crl::empty().fault(CrlFault::WithoutNextUpdate)),
            invalid("has no nextUpdate, which RFC 5280 demands"),
        ),
        row(
            "crl-bad-signature",
            |it| it.sources(Crl::empty().fault(CrlFault::BadSignature)),
            invalid("has a signature that does not verify"),
        ),
        row(
            "crl-other-key",
            |it| it.sources(Crl::empty().fault(CrlFault::OtherKey)),
            invalid("has a signature that does not verify"),
        ),
        row(
            "crl-other-issuer",
            |it| it.sources(Crl::empty().fault(CrlFault::OtherIssuer)),
            invalid("is of another issuer than `CN=Lab Issuing CA …,O=Photofix Lab`"),
        ),
        row(
            "crl-delta",
            |it| it.sources(Crl::empty().fault(CrlFault::Delta)),
            invalid("is a delta CRL, which says nothing without its base"),
        ),
        row(
            "crl-some-reasons",
            |it| it.sources(Crl::empty().fault(CrlFault::SomeReasons)),
            invalid(
                "is about some reasons only: none that came speaks for affiliationChanged, \
                 superseded, cessationOfOperation, certificateHold, privilegeWithdrawn, \
                 aACompromise",
            ),
        ),
        row(
            "crl-ca-only",
            |it| it.sources(Crl::empty().fault(CrlFault::CaCertificatesOnly)),
            invalid("is about CA certificates only"),
        ),
        row(
            "crl-unknown-critical",
            |it| it.sources(Crl::empty().fault(CrlFault::UnknownCritical)),
            invalid("has the critical extension 1.3.6.1.4.1.32473.1, which is not known"),
        ),
        row(
            "crl-truncated",
            |it| it.sources(Crl::empty().fault(CrlFault::Truncated)),
            invalid(
                "is not DER as RFC 5280, 5.1 has it: `CertificateList` is missing or malformed",
            ),
        ),
        row(
            "crl-web-page",
            |it| it.sources(Crl::empty().fault(CrlFault::Garbage)),
            invalid("is neither DER nor PEM"),
        ),
    ]
}

/// Good CRLs, and how they come or do not come.
fn delivered() -> Vec<Row> {
    vec![
        row(
            "crl-404",
            |it| it.sources(Crl::empty().delivery(Delivery::Status(404))),
            failed("HTTP 404 Not Found"),
        ),
        row(
            "crl-refused",
            |it| it.sources(Crl::empty().delivery(Delivery::Refused)),
            failed("connection refused"),
        ),
        row(
            "crl-no-address",
            |it| it.sources(Crl::empty().delivery(Delivery::NoAddress)),
            failed("no address of `nowhere.lab.example` is known (the DNS says NXDOMAIN)"),
        ),
        row(
            "crl-cut-off",
            |it| it.sources(Crl::empty().delivery(Delivery::CutOff)),
            failed("the connection was closed before the whole answer was there"),
        ),
        row("crl-moved", |it| it.sources(Crl::empty().delivery(Delivery::Moved)), trusted("good")),
        row(
            "crl-circular",
            |it| it.sources(Crl::empty().delivery(Delivery::Circular)),
            failed("it redirects in a circle"),
        ),
        row(
            "crl-too-large",
            |it| it.sources(Crl::empty().delivery(Delivery::Padded(17 << 20))),
            failed("the answer is larger than 16 MiB"),
        ),
    ]
}
