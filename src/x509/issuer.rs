//! Who issued a certificate: the first of those with the right name whose key verifies it.
//!
//! Revocation is asked before any path is validated, and also where none is valid. So issuers are
//! found by name and key alone; whether anybody trusts them is another question.

use super::certificate::Certificate;
use super::parts::Parts;
use super::signed::SignatureError;
use super::trust::TrustAnchors;

/// Where an issuer was found.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Issuer<'a> {
    /// Among the trust anchors.
    Anchor(&'a Certificate),
    /// In the chain as presented, at this index.
    Presented(usize, &'a Certificate),
}

impl<'a> Issuer<'a> {
    /// Its certificate.
    pub(crate) fn certificate(self) -> &'a Certificate {
        match self {
            Self::Anchor(certificate) | Self::Presented(_, certificate) => certificate,
        }
    }
}

/// The issuer of a certificate of the chain, a trust anchor first.
pub(crate) fn of<'a>(
    certificate: &Certificate,
    chain: &'a [Certificate],
    anchors: &'a TrustAnchors,
) -> Option<Issuer<'a>> {
    let anchors = anchors
        .named(&certificate.issuer_name)
        .filter_map(|at| anchors.roots()[at].certificate())
        .map(Issuer::Anchor);
    let presented =
        chain.iter().enumerate().map(|(at, presented)| Issuer::Presented(at, presented));
    anchors.chain(presented).find(|issuer| issued(issuer.certificate(), certificate))
}

/// Whether one certificate was issued by the other, by name and key. A signature that cannot be
/// evaluated, or proves nothing, speaks neither for nor against it.
fn issued(issuer: &Certificate, certificate: &Certificate) -> bool {
    if issuer.subject_name != certificate.issuer_name {
        return false;
    }
    let (Ok(issuer), Ok(certificate)) = (Parts::of(issuer), Parts::of(certificate)) else {
        return false;
    };
    certificate.signed.verify(&issuer.key) != Err(SignatureError::Wrong)
}

/// Whether a certificate stands at the top: a trust anchor, or one that was issued with its own key
/// whether anybody trusts it or not. Nobody could revoke it but itself.
pub(crate) fn is_root(certificate: &Certificate, anchors: &TrustAnchors) -> bool {
    anchors.position_of(&certificate.der).is_some()
        || (certificate.self_issued && issued(certificate, certificate))
}
