//! OCSP: what the responder says, how it is wrong, and how it comes.

use lab::{Delivery, Ocsp, OcspFault, ocsp};

use super::row::{Expected, Row, revoked, row, trusted, unproved};

const KEY_COMPROMISE: Option<u8> = Some(1);
const SUPERSEDED: Option<u8> = Some(4);
const CERTIFICATE_HOLD: Option<u8> = Some(6);

pub(crate) fn rows() -> Vec<Row> {
    [said(), unsuccessful(), wrong(), delegates(), delivered()].into_iter().flatten().collect()
}

/// A response came and proves nothing.
fn invalid(why: &str) -> Expected {
    unproved(
        "invalid",
        &format!(
            "the revocation answer about the certificate `CN={{host}}` cannot be relied on: the \
             OCSP response of `http://ocsp.lab.example/issuing…` {why}"
        ),
    )
}

/// No response came.
fn failed(why: &str) -> Expected {
    unproved(
        "unreachable",
        &format!(
            "no revocation answer about the certificate `CN={{host}}` could be had: the OCSP \
             responder `http://…`: {why}"
        ),
    )
}

/// Answers that count.
fn said() -> Vec<Row> {
    vec![
        row("ocsp-good", |it| it.sources(Ocsp::good()), trusted("good")),
        row("ocsp-delegate", |it| it.sources(Ocsp::good().delegated()), trusted("good")),
        row(
            "ocsp-delegate-to-check",
            |it| it.sources(Ocsp::good().delegated_without_no_check()),
            trusted("good"),
        ),
        row(
            "ocsp-no-next",
            |it| it.sources(Ocsp::good().fault(OcspFault::WithoutNextUpdate)),
            trusted("good"),
        ),
        // No nonce is sent, so one that comes back says nothing (RFC 9654, 2.1).
        row(
            "ocsp-nonce",
            |it| it.sources(Ocsp::good().fault(OcspFault::ForeignNonce)),
            trusted("good"),
        ),
        row(
            "ocsp-revoked",
            |it| it.sources(Ocsp::revoked(KEY_COMPROMISE)),
            revoked(
                "the certificate `CN={host}` was revoked on … UTC (keyCompromise), says the OCSP \
                 response of `http://ocsp.lab.example/…`",
            ),
        ),
        row(
            "ocsp-revoked-no-reason",
            |it| it.sources(Ocsp::revoked(None)),
            revoked(
                "the certificate `CN={host}` was revoked on … UTC, says the OCSP response of \
                 `http://ocsp.lab.example/…`",
            ),
        ),
        row(
            "ocsp-revoked-delegate",
            |it| it.sources(Ocsp::revoked(SUPERSEDED).delegated()),
            revoked("the certificate `CN={host}` was revoked on … UTC (superseded), says …"),
        ),
        row(
            "ocsp-on-hold",
            |it| it.sources(Ocsp::revoked(CERTIFICATE_HOLD)),
            revoked("the certificate `CN={host}` was revoked on … UTC (certificateHold), says …"),
        ),
        row(
            "ocsp-unknown",
            |it| it.sources(Ocsp::unknown()),
            unproved(
                "unknown",
                "the OCSP responder `http://ocsp.lab.example/…` does not know the certificate \
                 `CN={host}`",
            ),
        ),
    ]
}

/// Responders that have no answer (RFC 6960, 4.2.1).
fn unsuccessful() -> Vec<Row> {
    vec![
        row(
            "ocsp-malformed-request",
            |it| it.sources(Ocsp::unsuccessful(ocsp::MALFORMED_REQUEST)),
            invalid("says `malformedRequest`: the responder does not understand the question"),
        ),
        row(
            "ocsp-internal-error",
            |it| it.sources(Ocsp::unsuccessful(ocsp::INTERNAL_ERROR)),
            invalid("says `internalError`: the responder has a fault"),
        ),
        row(
            "ocsp-try-later",
            |it| it.sources(Ocsp::unsuccessful(ocsp::TRY_LATER)),
            invalid("says `tryLater`: the responder cannot answer for the time being"),
        ),
        row(
            "ocsp-sig-required",
            |it| it.sources(Ocsp::unsuccessful(ocsp::SIG_REQUIRED)),
            invalid("says `sigRequired`: the responder answers signed questions only"),
        ),
        row(
            "ocsp-unauthorized",
            |it| it.sources(Ocsp::unsuccessful(ocsp::UNAUTHORIZED)),
            invalid("says `unauthorized`: the responder has no answer about this certificate …"),
        ),
        row(
            "ocsp-status-4",
            |it| it.sources(Ocsp::unsuccessful(4)),
            invalid("says the responseStatus 4, which is not known"),
        ),
    ]
}

/// Responses that prove nothing.
fn wrong() -> Vec<Row> {
    vec![
        row(
            "ocsp-stale",
            |it| it.sources(Ocsp::good().fault(OcspFault::Stale)),
            invalid("is out of date since … UTC"),
        ),
        row(
            "ocsp-future",
            |it| it.sources(Ocsp::good().fault(OcspFault::Future)),
            invalid("is not valid before … UTC"),
        ),
        row(
            "ocsp-old-no-next",
            |it| it.sources(Ocsp::good().fault(OcspFault::OldWithoutNextUpdate)),
            invalid("is from … UTC and names no nextUpdate"),
        ),
        row(
            "ocsp-bad-signature",
            |it| it.sources(Ocsp::good().fault(OcspFault::BadSignature)),
            invalid("has a signature that does not verify"),
        ),
        row(
            "ocsp-revoked-bad-signature",
            |it| it.sources(Ocsp::revoked(KEY_COMPROMISE).fault(OcspFault::BadSignature)),
            invalid("has a signature that does not verify"),
        ),
        row(
            "ocsp-other-key",
            |it| it.sources(Ocsp::good().fault(OcspFault::OtherKey)),
            invalid("has a signature that does not verify"),
        ),
        row(
            "ocsp-sha1",
            |it| it.sources(Ocsp::good().fault(OcspFault::SaidToBeSha1)),
            invalid("has a weak signature (`ecdsa-with-SHA1`)"),
        ),
        row(
            "ocsp-other-serial",
            |it| it.sources(Ocsp::good().fault(OcspFault::OtherSerial)),
            invalid("is about another certificate"),
        ),
        row(
            "ocsp-other-issuer",
            |it| it.sources(Ocsp::good().fault(OcspFault::OtherIssuer)),
            invalid("is about another certificate"),
        ),
        row(
            "ocsp-version-2",
            |it| it.sources(Ocsp::good().fault(OcspFault::OtherVersion)),
            invalid("has a version that is not known"),
        ),
        row(
            "ocsp-other-type",
            |it| it.sources(Ocsp::good().fault(OcspFault::OtherType)),
            invalid("is of the type 1.3.6.1.4.1.32473.2, not id-pkix-ocsp-basic"),
        ),
        row(
            "ocsp-no-bytes",
            |it| it.sources(Ocsp::good().fault(OcspFault::NoBytes)),
            invalid("is not DER as RFC 6960 has it: `responseBytes` is missing or malformed"),
        ),
        row(
            "ocsp-truncated",
            |it| it.sources(Ocsp::good().fault(OcspFault::Truncated)),
            invalid("is not DER as RFC 6960 has it: `OCSPResponse` is missing or malformed"),
        ),
        row(
            "ocsp-web-page",
            |it| it.sources(Ocsp::good().fault(OcspFault::Garbage)),
            invalid("is not DER as RFC 6960 has it: `OCSPResponse` is missing or malformed"),
        ),
    ]
}

/// Delegates that may not answer (RFC 6960, 4.2.2.2).
fn delegates() -> Vec<Row> {
    vec![
        row(
            "ocsp-delegate-missing",
            |it| it.sources(Ocsp::good().fault(OcspFault::DelegateMissing)),
            invalid(
                "is signed neither by `CN=Lab Issuing CA …,O=Photofix Lab` nor by a delegate \
                 whose certificate it brings",
            ),
        ),
        row(
            "ocsp-delegate-no-usage",
            |it| it.sources(Ocsp::good().fault(OcspFault::DelegateWithoutUsage)),
            invalid(
                "is signed by `CN=Lab OCSP Responder`, which may not answer for `CN=Lab Issuing \
                 CA …,O=Photofix Lab`: its extendedKeyUsage lacks OCSPSigning",
            ),
        ),
        row(
            "ocsp-delegate-of-other",
            |it| it.sources(Ocsp::good().fault(OcspFault::DelegateOfAnotherCa)),
            invalid(
                "is signed by `CN=Lab OCSP Responder`, which may not answer for `CN=Lab Issuing \
                 CA …,O=Photofix Lab`: its certificate was issued by `CN=Stranger Root \
                 CA,O=Photofix Lab`",
            ),
        ),
        row(
            "ocsp-delegate-expired",
            |it| it.sources(Ocsp::good().fault(OcspFault::DelegateExpired)),
            invalid(
                "is signed by `CN=Lab OCSP Responder`, which may not answer for `CN=Lab Issuing \
                 CA …,O=Photofix Lab`: its certificate expired on … UTC",
            ),
        ),
    ]
}

/// Good answers, and how they come or do not come.
fn delivered() -> Vec<Row> {
    vec![
        row(
            "ocsp-404",
            |it| it.sources(Ocsp::good().delivery(Delivery::Status(404))),
            failed("HTTP 404 Not Found"),
        ),
        row(
            "ocsp-500",
            |it| it.sources(Ocsp::good().delivery(Delivery::Status(500))),
            failed("HTTP 500 Internal Server Error"),
        ),
        row(
            "ocsp-refused",
            |it| it.sources(Ocsp::good().delivery(Delivery::Refused)),
            failed("connection refused"),
        ),
        row(
            "ocsp-no-address",
            |it| it.sources(Ocsp::good().delivery(Delivery::NoAddress)),
            failed("no address of `nowhere.lab.example` is known (the DNS says NXDOMAIN)"),
        ),
        row(
            "ocsp-cut-off",
            |it| it.sources(Ocsp::good().delivery(Delivery::CutOff)),
            failed("the connection was closed before the whole answer was there"),
        ),
        row("ocsp-moved", |it| it.sources(Ocsp::good().delivery(Delivery::Moved)), trusted("good")),
        row(
            "ocsp-circular",
            |it| it.sources(Ocsp::good().delivery(Delivery::Circular)),
            failed("it redirects in a circle"),
        ),
        row(
            "ocsp-to-ftp",
            |it| {
                let to = Delivery::MovedTo("ftp://ocsp.lab.example/".to_owned());
                it.sources(Ocsp::good().delivery(to))
            },
            failed(
                "it redirects to where nobody goes: `ftp://ocsp.lab.example/` is not an http URL",
            ),
        ),
        row(
            "ocsp-to-https",
            |it| {
                let to = Delivery::MovedTo("https://ocsp.lab.example/".to_owned());
                it.sources(Ocsp::good().delivery(to))
            },
            failed(
                "it redirects to where nobody goes: `https://ocsp.lab.example/` is not asked: the \
                 certificate of an https server would have to be checked first (RFC 5280, 8)",
            ),
        ),
        row(
            "ocsp-too-large",
            |it| it.sources(Ocsp::good().delivery(Delivery::Padded(1_000_000))),
            failed("the answer is larger than 64 KiB"),
        ),
        row(
            "ocsp-endless",
            |it| it.sources(Ocsp::good().delivery(Delivery::Endless)),
            failed("the answer is larger than 64 KiB"),
        ),
    ]
}
