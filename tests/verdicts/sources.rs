//! Several sources at once, staples, none at all, and those of the intermediate.

use lab::{Crl, CrlFault, Delivery, Intermediate, Ocsp, OcspFault, Sources};

use super::row::{Row, revoked, row, trusted, unproved};

const KEY_COMPROMISE: Option<u8> = Some(1);
const CA_COMPROMISE: Option<u8> = Some(2);

pub(crate) fn rows() -> Vec<Row> {
    [several(), staples(), none(), intermediates()].into_iter().flatten().collect()
}

/// The first valid answer decides, and a `revoked` wins over all.
fn several() -> Vec<Row> {
    vec![
        row(
            "refused-then-good",
            |it| {
                let refused = Ocsp::good().delivery(Delivery::Refused);
                it.sources(Sources::from(refused).ocsp(Ocsp::good()))
            },
            trusted("good"),
        ),
        row(
            "good-and-revoked",
            |it| it.sources(Sources::from(Ocsp::good()).ocsp(Ocsp::revoked(KEY_COMPROMISE))),
            revoked(
                "the certificate `CN={host}` was revoked on … UTC (keyCompromise), says the OCSP \
                 response of `http://ocsp.lab.example/issuing…`",
            ),
        ),
        row(
            "ocsp-unknown-crl-good",
            |it| it.sources(Sources::from(Ocsp::unknown()).crl(Crl::empty())),
            trusted("good"),
        ),
        row(
            "ocsp-refused-crl-good",
            |it| {
                let refused = Ocsp::good().delivery(Delivery::Refused);
                it.sources(Sources::from(refused).crl(Crl::empty()))
            },
            trusted("good"),
        ),
        row(
            "ocsp-good-crl-listed",
            |it| it.sources(Sources::from(Ocsp::good()).crl(Crl::listing(KEY_COMPROMISE))),
            revoked(
                "the certificate `CN={host}` was revoked on … UTC (keyCompromise), says the CRL \
                 of `http://crl.lab.example/issuing…`",
            ),
        ),
        row(
            "ocsp-forged-crl-listed",
            |it| {
                let forged = Ocsp::good().fault(OcspFault::BadSignature);
                it.sources(Sources::from(forged).crl(Crl::listing(KEY_COMPROMISE)))
            },
            revoked(
                "the certificate `CN={host}` was revoked on … UTC (keyCompromise), says the CRL \
                 of `http://crl.lab.example/issuing…`",
            ),
        ),
        row(
            "ocsp-revoked-forged-crl-good",
            |it| {
                let forged = Ocsp::revoked(KEY_COMPROMISE).fault(OcspFault::OtherKey);
                it.sources(Sources::from(forged).crl(Crl::empty()))
            },
            trusted("good"),
        ),
        row(
            "ocsp-refused-crl-stale",
            |it| {
                let refused = Ocsp::good().delivery(Delivery::Refused);
                it.sources(Sources::from(refused).crl(Crl::empty().fault(CrlFault::Stale)))
            },
            unproved(
                "invalid",
                "the revocation answer about the certificate `CN={host}` cannot be relied on: the \
                 CRL of `http://crl.lab.example/issuing…` is out of date since … UTC",
            ),
        ),
        row(
            "ldap-and-http",
            |it| it.sources(Sources::from(Crl::empty()).crl_at(LDAP)),
            trusted("good"),
        ),
    ]
}

/// What AD CS writes first.
const LDAP: &str = "ldap:///CN=Lab?certificateRevocationList?base";

/// The server's own word (RFC 6066, 8).
fn staples() -> Vec<Row> {
    vec![
        row("staple-good", |it| it.sources(Sources::none()).staple(Ocsp::good()), trusted("good")),
        row(
            "staple-delegate",
            |it| it.sources(Sources::none()).staple(Ocsp::good().delegated()),
            trusted("good"),
        ),
        row(
            "staple-revoked",
            |it| it.staple(Ocsp::revoked(KEY_COMPROMISE)),
            revoked(
                "the certificate `CN={host}` was revoked on … UTC (keyCompromise), says the \
                 stapled OCSP response",
            ),
        ),
        row(
            "staple-good-crl-listed",
            |it| it.sources(Crl::listing(KEY_COMPROMISE)).staple(Ocsp::good()),
            revoked(
                "the certificate `CN={host}` was revoked on … UTC (keyCompromise), says the CRL \
                 of `http://crl.lab.example/issuing…`",
            ),
        ),
        row(
            "staple-good-ocsp-refused",
            |it| it.sources(Ocsp::good().delivery(Delivery::Refused)).staple(Ocsp::good()),
            trusted("good"),
        ),
        row(
            "staple-stale",
            |it| it.sources(Sources::none()).staple(Ocsp::good().fault(OcspFault::Stale)),
            unproved(
                "invalid",
                "the revocation answer about the certificate `CN={host}` cannot be relied on: the \
                 stapled OCSP response is out of date since … UTC",
            ),
        ),
        row(
            "staple-stale-crl-good",
            |it| it.staple(Ocsp::good().fault(OcspFault::Stale)),
            trusted("good"),
        ),
        row(
            "staple-broken",
            |it| it.sources(Sources::none()).staple(Ocsp::good().fault(OcspFault::Garbage)),
            unproved(
                "invalid",
                "the revocation answer about the certificate `CN={host}` cannot be relied on: the \
                 stapled OCSP response is not DER as RFC 6960 has it: `OCSPResponse` is missing \
                 or malformed",
            ),
        ),
        row(
            "staple-forged",
            |it| it.sources(Sources::none()).staple(Ocsp::good().fault(OcspFault::OtherKey)),
            unproved(
                "invalid",
                "the revocation answer about the certificate `CN={host}` cannot be relied on: the \
                 stapled OCSP response has a signature that does not verify",
            ),
        ),
        row(
            "staple-other-serial",
            |it| it.sources(Sources::none()).staple(Ocsp::good().fault(OcspFault::OtherSerial)),
            unproved(
                "invalid",
                "the revocation answer about the certificate `CN={host}` cannot be relied on: the \
                 stapled OCSP response is about another certificate",
            ),
        ),
    ]
}

/// Certificates that nobody can ask about.
fn none() -> Vec<Row> {
    vec![
        row(
            "no-sources",
            |it| it.sources(Sources::none()),
            unproved(
                "not-offered",
                "the certificate `CN={host}` names no OCSP responder and no CRL over HTTP",
            ),
        ),
        row(
            "ldap-only",
            |it| it.sources(Sources::none().crl_at(LDAP)),
            unproved(
                "not-offered",
                "the certificate `CN={host}` names no OCSP responder and no CRL over HTTP: it \
                 names a source over LDAP only, `ldap:///CN=Lab?certificateRevocationList?base`",
            ),
        ),
        row(
            "ftp-only",
            |it| it.sources(Sources::none().crl_at("ftp://crl.lab.example/a.crl")),
            unproved(
                "not-offered",
                "the certificate `CN={host}` names no OCSP responder and no CRL over HTTP: it \
                 names a source over a protocol other than HTTP only, \
                 `ftp://crl.lab.example/a.crl`",
            ),
        ),
        row(
            "no-host-in-url",
            |it| it.sources(Sources::none().ocsp_at("http:///")),
            unproved(
                "unreachable",
                "no revocation answer about the certificate `CN={host}` could be had: the OCSP \
                 responder `http:///`: `http:///` is not a URL",
            ),
        ),
    ]
}

/// The intermediate is asked about as well.
fn intermediates() -> Vec<Row> {
    vec![
        row(
            "issuer-ocsp-good",
            |it| it.under(Intermediate::default().sources(Ocsp::good())),
            trusted("good"),
        ),
        row(
            "issuer-crl-listed",
            |it| it.under(Intermediate::default().sources(Crl::listing(CA_COMPROMISE))),
            revoked(
                "the intermediate `CN=Lab Issuing CA …,O=Photofix Lab` was revoked on … UTC \
                 (cACompromise), says the CRL of `http://crl.lab.example/root…`",
            ),
        ),
        row(
            "issuer-ocsp-revoked",
            |it| it.under(Intermediate::default().sources(Ocsp::revoked(CA_COMPROMISE))),
            revoked(
                "the intermediate `CN=Lab Issuing CA …,O=Photofix Lab` was revoked on … UTC \
                 (cACompromise), says the OCSP response of `http://ocsp.lab.example/root…`",
            ),
        ),
        row(
            "issuer-unknown",
            |it| it.under(Intermediate::default().sources(Ocsp::unknown())),
            unproved(
                "unknown",
                "the OCSP responder `http://ocsp.lab.example/root…` does not know the \
                 intermediate `CN=Lab Issuing CA …,O=Photofix Lab`",
            ),
        ),
        row(
            "issuer-refused",
            |it| {
                let refused = Crl::empty().delivery(Delivery::Refused);
                it.under(Intermediate::default().sources(refused))
            },
            unproved(
                "unreachable",
                "no revocation answer about the intermediate `CN=Lab Issuing CA …,O=Photofix Lab` \
                 could be had: the CRL of `http://unreachable.lab.example/root…`: connection \
                 refused",
            ),
        ),
        row(
            "issuer-crl-user-only",
            |it| {
                let other = Crl::empty().fault(CrlFault::UserCertificatesOnly);
                it.under(Intermediate::default().sources(other))
            },
            unproved(
                "invalid",
                "the revocation answer about the intermediate `CN=Lab Issuing CA …,O=Photofix \
                 Lab` cannot be relied on: the CRL of `http://crl.lab.example/root…` is about \
                 end-entity certificates only",
            ),
        ),
        row(
            "issuer-crl-ca-only",
            |it| {
                let fitting = Crl::empty().fault(CrlFault::CaCertificatesOnly);
                it.under(Intermediate::default().sources(fitting))
            },
            trusted("good"),
        ),
        row(
            "issuer-no-sources",
            |it| it.under(Intermediate::default().sources(Sources::none())),
            unproved(
                "not-offered",
                "the intermediate `CN=Lab Issuing CA …,O=Photofix Lab` names no OCSP responder \
                 and no CRL over HTTP",
            ),
        ),
        row(
            "both-revoked",
            |it| {
                it.sources(Crl::listing(KEY_COMPROMISE))
                    .under(Intermediate::default().sources(Crl::listing(CA_COMPROMISE)))
            },
            revoked(
                "the certificate `CN={host}` was revoked on … UTC (keyCompromise), says the CRL \
                 of `http://crl.lab.example/issuing…`",
            ),
        ),
    ]
}
