//! Who issued a certificate: those with the right name whose key verifies it.
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

/// How many presented certificates with the name of an issuer are looked at. A CA has few of one
/// name; whoever presents a hundred shall not buy a hundred signature checks for each of them.
const MAX_NAMESAKES: usize = 16;

/// The issuer of a certificate of the chain, a trust anchor first.
pub(crate) fn of<'a>(
    certificate: &Certificate,
    chain: &'a [Certificate],
    anchors: &'a TrustAnchors,
) -> Option<Issuer<'a>> {
    all(certificate, chain, anchors).first().copied()
}

/// Everybody who may have issued a certificate of the chain, trust anchors first: all whose key
/// verifies it, as anybody can present the name and key of another. Where there is none, the first
/// whose signature cannot be evaluated, which speaks neither for nor against it.
pub(crate) fn all<'a>(
    certificate: &Certificate,
    chain: &'a [Certificate],
    anchors: &'a TrustAnchors,
) -> Vec<Issuer<'a>> {
    let anchors = anchors
        .named(&certificate.issuer_name)
        .filter_map(|at| anchors.roots()[at].certificate())
        .map(Issuer::Anchor);
    let presented = chain
        .iter()
        .enumerate()
        .filter(|(_, presented)| presented.subject_name == certificate.issuer_name)
        .take(MAX_NAMESAKES)
        .map(|(at, presented)| Issuer::Presented(at, presented));
    let (mut verified, mut open) = (Vec::new(), None);
    for issuer in anchors.chain(presented) {
        match issued(issuer.certificate(), certificate) {
            Ok(()) => verified.push(issuer),
            Err(SignatureError::Wrong) => {}
            Err(SignatureError::Weak(_) | SignatureError::Unsupported(_)) => {
                open = open.or(Some(issuer));
            }
        }
    }
    if verified.is_empty() { open.into_iter().collect() } else { verified }
}

/// Whether one certificate was issued by the other, by name and key.
fn issued(issuer: &Certificate, certificate: &Certificate) -> Result<(), SignatureError> {
    if issuer.subject_name != certificate.issuer_name {
        return Err(SignatureError::Wrong);
    }
    let (Ok(issuer), Ok(certificate)) = (Parts::of(issuer), Parts::of(certificate)) else {
        return Err(SignatureError::Wrong);
    };
    certificate.signed.verify(&issuer.key)
}

/// Whether a certificate of the chain stands at the top: a trust anchor, or one that was issued
/// with its own key whether anybody trusts it or not. Nobody could revoke it but itself. A CA that
/// changed its key has issued to itself with another one.
pub(crate) fn is_root(
    certificate: &Certificate,
    chain: &[Certificate],
    anchors: &TrustAnchors,
) -> bool {
    if anchors.position_of(&certificate.der).is_some() {
        return true;
    }
    if !certificate.self_issued {
        return false;
    }
    match issued(certificate, certificate) {
        Ok(()) | Err(SignatureError::Weak(_)) => true,
        Err(SignatureError::Wrong) => false,
        Err(SignatureError::Unsupported(_)) => !all(certificate, chain, anchors)
            .iter()
            .any(|issuer| issued(issuer.certificate(), certificate).is_ok()),
    }
}
