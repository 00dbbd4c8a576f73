//! Chains, validity, keys and names: revocation is good unless a row is about more.

use lab::{CaIssuers, Certificate, Crl, Delivery, Intermediate, Key, Link, Ocsp, Sources};

use super::row::{Expected, Row, broken, revoked, row, trusted};

const KEY_COMPROMISE: Option<u8> = Some(1);

pub(crate) fn rows() -> Vec<Row> {
    [paths(), incomplete(), times(), keys(), names()].into_iter().flatten().collect()
}

fn paths() -> Vec<Row> {
    use Link::{CrossCertificate, EndEntity, Root, Unrelated};
    vec![
        row("in-order", |it| it, trusted("good")),
        row("unordered", Certificate::unordered, trusted("good")),
        row(
            "with-root",
            |it| it.presenting(&[EndEntity, Link::Intermediate, Root]),
            trusted("good"),
        ),
        row(
            "superfluous",
            |it| it.presenting(&[EndEntity, Unrelated, Link::Intermediate, Unrelated]),
            trusted("good"),
        ),
        row(
            "twice",
            |it| it.presenting(&[EndEntity, EndEntity, Link::Intermediate, Link::Intermediate]),
            trusted("good"),
        ),
        row(
            "cross-first",
            |it| it.presenting(&[EndEntity, CrossCertificate, Link::Intermediate]),
            trusted("good"),
        ),
        row(
            "cross-last",
            |it| it.presenting(&[EndEntity, Link::Intermediate, CrossCertificate]),
            trusted("good"),
        ),
        row(
            "cross-only",
            |it| it.presenting(&[EndEntity, CrossCertificate]),
            broken(
                "trusted-path",
                "not-offered",
                "the issuer of `CN=Lab Issuing CA …,O=Photofix Lab`, `CN=Stranger Root \
                 CA,O=Photofix Lab`, is neither presented by the server nor a trust anchor",
            ),
        ),
        row(
            "self-signed",
            Certificate::self_signed,
            broken(
                "trusted-path",
                "not-asked",
                "the certificate `CN={host}` is self-signed and not a trust anchor",
            ),
        ),
        row(
            "stranger",
            Certificate::from_untrusted_authority,
            broken(
                "trusted-path",
                "not-offered",
                "the issuer of `CN=Lab Issuing CA …,O=Photofix Lab`, `CN=Stranger Root \
                 CA,O=Photofix Lab`, is neither presented by the server nor a trust anchor",
            ),
        ),
        row("constraints-kept", |it| it.under_name_constraints(&["webex.com"]), trusted("good")),
        row(
            "constraints-broken",
            |it| it.under_name_constraints(&["webexconnect.com"]),
            broken(
                "name-constraints",
                "good",
                "`CN=Lab Issuing CA …,O=Photofix Lab` may not issue for `{host}`: its name \
                 constraints permit only `webexconnect.com`",
            ),
        ),
        row(
            "client-only",
            Certificate::client_only,
            broken(
                "key-usage",
                "good",
                "the extendedKeyUsage of `CN={host}` permits clientAuth, not serverAuth",
            ),
        ),
    ]
}

/// The intermediate is not sent.
fn incomplete() -> Vec<Row> {
    vec![
        row(
            "incomplete",
            Certificate::without_intermediate,
            broken(
                "trusted-path",
                "not-asked",
                "the issuer of `CN={host}`, `CN=Lab Issuing CA …,O=Photofix Lab`, is neither \
                 presented by the server nor a trust anchor",
            ),
        ),
        row(
            "incomplete-no-sources",
            |it| it.sources(Sources::none()).without_intermediate(),
            broken(
                "trusted-path",
                "not-offered",
                "the issuer of `CN={host}`, `CN=Lab Issuing CA …,O=Photofix Lab`, is neither \
                 presented by the server nor a trust anchor",
            ),
        ),
        row(
            "incomplete-ca-issuers",
            |it| {
                let issuer = Sources::from(Ocsp::good());
                it.sources(issuer.ca_issuers(CaIssuers::Issuer, Delivery::Prompt))
                    .without_intermediate()
            },
            Expected {
                remark: Some(
                    "the path to `CN=Lab Root CA,O=Photofix Lab` would be complete with `CN=Lab \
                     Issuing CA …,O=Photofix Lab`, which the server should send (it came from \
                     `http://ca.lab.example/…`); …",
                ),
                ..broken(
                    "trusted-path",
                    "not-asked",
                    "the issuer of `CN={host}`, `CN=Lab Issuing CA …,O=Photofix Lab`, is neither \
                 presented by the server nor a trust anchor; the server should send it (it can be \
                 had from `http://ca.lab.example/issuing…`)",
                )
            },
        ),
        row(
            "incomplete-ca-issuers-other",
            |it| {
                it.sources(Sources::none().ca_issuers(CaIssuers::Other, Delivery::Prompt))
                    .without_intermediate()
            },
            broken(
                "trusted-path",
                "not-offered",
                "the issuer of `CN={host}`, `CN=Lab Issuing CA …,O=Photofix Lab`, is neither \
                 presented by the server nor a trust anchor; the server should send it (it can be \
                 had from `http://ca.lab.example/issuing…`)",
            ),
        ),
        row(
            "incomplete-ca-issuers-page",
            |it| {
                it.sources(Sources::none().ca_issuers(CaIssuers::Garbage, Delivery::Prompt))
                    .without_intermediate()
            },
            broken(
                "trusted-path",
                "not-offered",
                "the issuer of `CN={host}`, `CN=Lab Issuing CA …,O=Photofix Lab`, is neither \
                 presented by the server nor a trust anchor; the server should send it (it can be \
                 had from `http://ca.lab.example/issuing…`)",
            ),
        ),
        row(
            "incomplete-ca-issuers-404",
            |it| {
                it.sources(Sources::none().ca_issuers(CaIssuers::Issuer, Delivery::Status(404)))
                    .without_intermediate()
            },
            broken(
                "trusted-path",
                "not-offered",
                "the issuer of `CN={host}`, `CN=Lab Issuing CA …,O=Photofix Lab`, is neither \
                 presented by the server nor a trust anchor; the server should send it (it can be \
                 had from `http://ca.lab.example/issuing…`)",
            ),
        ),
    ]
}

fn times() -> Vec<Row> {
    vec![
        row("near-expiry", |it| it.valid_days(-300, 10), trusted("good")),
        row(
            "expired",
            Certificate::expired,
            broken("valid-now", "invalid", "the certificate `CN={host}` expired on … UTC"),
        ),
        row(
            "expired-and-listed",
            |it| it.expired().sources(Crl::listing(KEY_COMPROMISE)),
            broken("valid-now", "invalid", "the certificate `CN={host}` expired on … UTC"),
        ),
        row(
            "not-yet-valid",
            Certificate::not_yet_valid,
            broken("valid-now", "good", "the certificate `CN={host}` is not valid before … UTC"),
        ),
        row(
            "issuer-expired",
            |it| it.under(Intermediate::default().expired()),
            broken(
                "valid-now",
                "invalid",
                "the intermediate `CN=Lab Issuing CA …,O=Photofix Lab` expired on … UTC",
            ),
        ),
        row(
            "issuer-not-yet-valid",
            |it| it.under(Intermediate::default().valid_days(30, 400)),
            broken(
                "valid-now",
                "good",
                "the intermediate `CN=Lab Issuing CA …,O=Photofix Lab` is not valid before … UTC",
            ),
        ),
    ]
}

fn keys() -> Vec<Row> {
    vec![
        row("p384", |it| it.key(Key::P384), trusted("good")),
        row("p521", |it| it.key(Key::P521), trusted("good")),
        row("ed25519", |it| it.key(Key::Ed25519), trusted("good")),
        row("rsa2048", |it| it.key(Key::Rsa2048), trusted("good")),
        row("rsa3072", |it| it.key(Key::Rsa3072), trusted("good")),
        row(
            "issuer-rsa2048",
            |it| {
                it.sources(Ocsp::good().delegated())
                    .under(Intermediate::default().key(Key::Rsa2048).sources(Ocsp::good()))
            },
            trusted("good"),
        ),
        row(
            "issuer-p521",
            |it| {
                it.sources(Ocsp::good())
                    .under(Intermediate::default().key(Key::P521).sources(Ocsp::good()))
            },
            trusted("good"),
        ),
        row(
            "issuer-ed25519",
            |it| {
                it.sources(Crl::empty())
                    .under(Intermediate::default().key(Key::Ed25519).sources(Ocsp::good()))
            },
            trusted("good"),
        ),
    ]
}

fn names() -> Vec<Row> {
    fn other(_: Certificate) -> Certificate {
        Certificate::for_names(&["other.webex.com"])
    }
    vec![
        row(
            "other-name",
            other,
            broken("dns-id", "good", "the certificate names `other.webex.com`, not `{host}`"),
        ),
        row(
            "wildcard",
            |_| Certificate::for_names(&["*.webex.com"]),
            Expected { says: "the certificate names `*.webex.com`".to_owned(), ..trusted("good") },
        ),
        row(
            "wildcard-two-labels",
            |_| Certificate::for_names(&["*.com"]),
            broken("dns-id", "good", "the certificate names `*.com`, not `{host}`"),
        ),
        row(
            "address-only",
            |_| Certificate::for_names(&["203.0.113.1"]),
            Expected {
                verdicts: [("prompts", "cn-id"), ("prompts", "dns-id"), ("refuses", "dns-id")],
                ..broken(
                    "cn-id",
                    "good",
                    "the certificate has no dNSName, and its Subject CN is \
                     `203.0.113.1`, not `{host}`",
                )
            },
        ),
        row(
            "cn-only",
            |_| Certificate::common_name_only("cn-only.webex.com"),
            Expected {
                verdicts: [("trusted", "cn-id"), ("prompts", "dns-id"), ("refuses", "dns-id")],
                revocation: "good",
                says: "the certificate has no dNSName, and its Subject CN is `{host}`".to_owned(),
                remark: None,
            },
        ),
        row(
            "cn-beside-names",
            |_| {
                Certificate::for_names(&["other.webex.com"])
                    .common_name("cn-beside-names.webex.com")
            },
            broken(
                "dns-id",
                "good",
                "the certificate names `other.webex.com`, not `{host}`; its Subject CN `{host}` \
                 does not count, because there are dNSNames",
            ),
        ),
        row(
            "cn-wildcard",
            |_| Certificate::common_name_only("*.webex.com"),
            Expected {
                verdicts: [("trusted", "cn-id"), ("prompts", "dns-id"), ("refuses", "dns-id")],
                revocation: "good",
                says: "the certificate has no dNSName, and its Subject CN is `*.webex.com`"
                    .to_owned(),
                remark: None,
            },
        ),
        row(
            "other-name-and-revoked",
            |_| Certificate::for_names(&["other2.webex.com"]).sources(Crl::listing(KEY_COMPROMISE)),
            Expected {
                verdicts: [
                    ("refuses", "not-revoked"),
                    ("refuses", "not-revoked"),
                    ("refuses", "dns-id"),
                ],
                ..revoked(
                    "the certificate `CN=other2.webex.com` was revoked on … UTC (keyCompromise), \
                     says …",
                )
            },
        ),
    ]
}
