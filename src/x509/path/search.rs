//! Our own search for a path, for what webpki does not evaluate: names that are equal only as
//! RFC 5280, 7.1 has it, CAs that changed their key, CA certificates that serve, critical extensions
//! that ask nothing of us.
//!
//! Signatures alone decide here which certificates make a path. Whether a path is valid is for
//! [`lint`] to say, at a given time, and for [`unevaluated`], about what webpki would have refused.

use rustls_pki_types::{CertificateDer, UnixTime};
use webpki::EndEntityCert;

use super::{Path, members, path_to};
use crate::x509::certificate::Certificate;
use crate::x509::lint::lint;
use crate::x509::parts::Parts;
use crate::x509::problem::Problem;
use crate::x509::signed::SignatureError;
use crate::x509::trust::TrustAnchors;

/// How many intermediates a path may have (webpki's limit, six, is kept).
const MAX_INTERMEDIATES: usize = 6;
/// How many signatures are verified before a chain is too intricate (webpki's limit).
const MAX_SIGNATURES: usize = 100;
/// How many paths are looked at; among as many a valid one would be found.
const MAX_PATHS: usize = 16;

/// What was found.
#[derive(Debug, Default)]
pub(super) struct Found {
    /// The path with the fewest problems, the first of equals.
    pub(super) path: Option<(Path, Vec<Problem>)>,
    /// A certificate whose signature does not verify with the key of the issuer it names.
    pub(super) forged: Option<String>,
    /// A signature algorithm, or a key, that is not evaluated.
    pub(super) unsupported: Option<String>,
}

/// Looks for the path with the fewest problems at a time.
pub(super) fn search(chain: &[Certificate], anchors: &TrustAnchors, at: i64) -> Found {
    let mut search = Search {
        chain,
        anchors,
        at,
        signatures: MAX_SIGNATURES,
        paths: MAX_PATHS,
        found: Found::default(),
    };
    search.extend(&mut vec![0]);
    search.found
}

struct Search<'a> {
    chain: &'a [Certificate],
    anchors: &'a TrustAnchors,
    at: i64,
    signatures: usize,
    paths: usize,
    found: Found,
}

impl Search<'_> {
    /// Follows every issuer of the last member: the trust anchors first, then what was presented.
    fn extend(&mut self, so_far: &mut Vec<usize>) {
        let last = &self.chain[so_far[so_far.len() - 1]];
        if last.issuer_name.is_empty() {
            return;
        }
        let (chain, anchors) = (self.chain, self.anchors);
        for anchor in anchors.named(&last.issuer_name) {
            let Some(root) = anchors.roots()[anchor].certificate() else { continue };
            if self.is_over() {
                return;
            }
            if self.signed(last, root) {
                self.take(path_to(anchors, anchor, so_far[1..].to_vec()));
            }
        }
        if so_far.len() > MAX_INTERMEDIATES {
            return;
        }
        for (at, issuer) in chain.iter().enumerate() {
            let named = issuer.subject_name == last.issuer_name;
            if !named || self.is_over() || so_far.iter().any(|one| is_same_ca(&chain[*one], issuer))
            {
                continue;
            }
            if self.signed(last, issuer) {
                so_far.push(at);
                self.extend(so_far);
                so_far.pop();
            }
        }
    }

    /// Nothing better can be found, or not with what may be spent.
    fn is_over(&self) -> bool {
        let is_flawless = self.found.path.as_ref().is_some_and(|(_, problems)| problems.is_empty());
        is_flawless || self.signatures == 0 || self.paths == 0
    }

    /// Whether the issuer's key verifies the certificate's signature.
    fn signed(&mut self, certificate: &Certificate, issuer: &Certificate) -> bool {
        let (Ok(parts), Ok(by)) = (Parts::of(certificate), Parts::of(issuer)) else { return false };
        self.signatures -= 1;
        if parts.algorithm != parts.signed.algorithm.whole {
            self.found.forged.get_or_insert_with(|| certificate.label());
            return false;
        }
        match parts.signed.verify(&by.key) {
            Ok(()) => return true,
            Err(SignatureError::Wrong) => {
                self.found.forged.get_or_insert_with(|| certificate.label());
            }
            Err(SignatureError::Weak(algorithm) | SignatureError::Unsupported(algorithm)) => {
                self.found.unsupported.get_or_insert(algorithm);
            }
        }
        false
    }

    /// Keeps a path if it is better than what was found so far.
    fn take(&mut self, path: Path) {
        self.paths -= 1;
        let members = members(&path);
        let anchor = self.anchors.roots()[path.anchor].certificate();
        let mut problems = lint(self.chain, &members, anchor, self.at);
        let below: Vec<&Certificate> = members.iter().map(|at| &self.chain[*at]).collect();
        problems.extend(unevaluated(&below, anchor));
        let known = self.found.path.as_ref().map(|(_, problems)| problems.len());
        if known.is_none_or(|known| problems.len() < known) {
            self.found.path = Some((path, problems));
        }
    }
}

/// Two certificates of one CA: a path needs no more than one of them (RFC 4158, 5.2).
fn is_same_ca(one: &Certificate, other: &Certificate) -> bool {
    let key = |certificate| Parts::of(certificate).map(|parts| parts.key.bits.to_vec()).ok();
    one.der == other.der || (one.subject_name == other.subject_name && key(one) == key(other))
}

/// What webpki refuses and [`lint`] does not look at, about the certificates below a trust anchor.
fn unevaluated(below: &[&Certificate], anchor: Option<&Certificate>) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut doubt = |what: String| problems.push(Problem::CannotEvaluate(what));
    for certificate in below {
        let label = certificate.label();
        if Parts::of(certificate).is_ok_and(|parts| parts.version != 3) {
            doubt(format!("`{label}` is not X.509 version 3 and cannot be evaluated"));
        }
        if let Some(defect) = certificate.defects.first() {
            doubt(format!("`{label}` cannot be evaluated: {defect}"));
        }
        if let Some(id) = certificate.form.repeated() {
            doubt(format!("`{label}` has the extension {id} more than once"));
        }
        if let Some(id) = certificate.form.unknown_critical() {
            doubt(format!("the critical extension {id} of `{label}` cannot be evaluated"));
        }
        if certificate.not_before > certificate.not_after {
            doubt(format!("`{label}` expires before it becomes valid"));
        }
    }
    if below.iter().copied().chain(anchor).any(is_distrusted) {
        problems.push(Problem::Distrusted);
    }
    problems
}

/// Whether webpki knows the key as compromised. It looks at that before anything else.
fn is_distrusted(certificate: &Certificate) -> bool {
    let der = CertificateDer::from(certificate.der.as_slice());
    let Ok(parsed) = EndEntityCert::try_from(&der) else { return false };
    let moment = std::time::Duration::from_secs(u64::try_from(certificate.not_after).unwrap_or(0));
    let verdict = parsed.verify_for_usage(
        webpki::ALL_VERIFICATION_ALGS,
        &[],
        &[],
        UnixTime::since_unix_epoch(moment),
        webpki::KeyUsage::server_auth(),
        None,
        None,
    );
    matches!(verdict, Err(webpki::Error::CertDistrusted))
}
