//! What to ask about a chain, before any of it is validated.

use crate::evidence::{Fetch, Purpose};
use crate::x509::certificate::Certificate;
use crate::x509::issuer::{self, Issuer};
use crate::x509::ocsp::Question;
use crate::x509::trust::TrustAnchors;

/// How many questions one chain may cause. A server certificate and three intermediates with two
/// OCSP responders and two CRLs each stay below; whoever presents more pays with silence.
const MAX_QUESTIONS: usize = 16;

/// How many of the URLs of one kind in one certificate are asked. AD CS lists two or three, of
/// which one is HTTP.
const MAX_URLS: usize = 4;

/// How many certificates of a chain are followed to their issuers.
pub(super) const MAX_FOLLOWED: usize = 16;

/// Everything that is asked over HTTP about a chain as presented: OCSP and CRL of each member whose
/// issuer is known, and the issuer's certificate where it is missing.
///
/// Members are followed from the end-entity certificate, by name and key, up to a trust anchor:
/// to all that may be the issuer, because only path validation tells which of them it is. No trust
/// anchor is asked about, and no other root either: nobody could answer but itself
/// (RFC 5280, 6.1).
pub fn questions(chain: &[Certificate], anchors: &TrustAnchors) -> Vec<Fetch> {
    let mut questions: Vec<Fetch> = Vec::new();
    let mut followed: Vec<usize> = (0..chain.len()).take(1).collect();
    let mut next = 0;
    while let Some(at) = followed.get(next).copied() {
        next += 1;
        let certificate = &chain[at];
        if issuer::is_root(certificate, chain, anchors) {
            continue;
        }
        let issuers = issuer::all(certificate, chain, anchors);
        let of_member = match issuers.first() {
            Some(issuer) => about(certificate, issuer.certificate()),
            None => issuer_certificates(certificate),
        };
        for question in of_member {
            if questions.len() < MAX_QUESTIONS && !questions.contains(&question) {
                questions.push(question);
            }
        }
        if matches!(issuers.first(), Some(Issuer::Anchor(_))) {
            continue;
        }
        for issuer in issuers {
            if let Issuer::Presented(at, _) = issuer
                && followed.len() < MAX_FOLLOWED
                && !followed.contains(&at)
            {
                followed.push(at);
            }
        }
    }
    questions
}

/// The questions whether a certificate is revoked.
pub(super) fn about(certificate: &Certificate, issuer: &Certificate) -> Vec<Fetch> {
    let ocsp = Question::new(certificate, issuer).map(|question| question.to_request()).ok();
    let responders = ocsp.into_iter().flat_map(|body| {
        let ask = move |url: String| Fetch { purpose: Purpose::Ocsp, url, body: body.clone() };
        over_http(&certificate.ocsp_urls).map(ask)
    });
    let lists = over_http(&certificate.crl_urls).map(|url| get(Purpose::Crl, url));
    responders.chain(lists).collect()
}

/// The questions for the issuer's certificate.
fn issuer_certificates(certificate: &Certificate) -> Vec<Fetch> {
    let urls = over_http(&certificate.ca_issuers_urls);
    urls.map(|url| get(Purpose::CaIssuers, url)).collect()
}

fn get(purpose: Purpose, url: String) -> Fetch {
    Fetch { purpose, url, body: Vec::new() }
}

/// The URLs that can be asked. Plain HTTP is right, because answers are signed; `https` is asked
/// where a certificate has it, after the others.
pub(super) fn over_http(urls: &[String]) -> impl Iterator<Item = String> {
    let with = |scheme: &'static str| urls.iter().filter(move |url| has_scheme(url, scheme));
    with("http").chain(with("https")).take(MAX_URLS).cloned()
}

/// Whether a URL has this scheme, letter case aside (RFC 3986, 3.1).
pub(super) fn has_scheme(url: &str, scheme: &str) -> bool {
    url.split_once(':').is_some_and(|(found, _)| found.eq_ignore_ascii_case(scheme))
}
