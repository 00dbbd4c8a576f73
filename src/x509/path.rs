//! Certification path validation at a given time (RFC 5280, 6.1), with every cause of a failure.
//!
//! webpki builds and verifies the path, and our own lint pass looks at what it leaves out. Where
//! they find none that is valid, our own search follows signatures alone, so that "expired" and
//! "untrusted" come out as two findings and every problem says which certificate is meant. It also
//! evaluates what webpki refuses unread.

use rustls_pki_types::{CertificateDer, UnixTime};
use webpki::{EndEntityCert, Error, VerifiedPath};

use super::ancestry;
use super::certificate::Certificate;
use super::form::{self, FormDefect};
use super::lint::lint;
use super::name_constraints;
use super::trust::TrustAnchors;

mod search;

pub use super::problem::{Member, Problem, UnknownIssuer};

/// The sizes of RSA keys that signatures are verified with (webpki's algorithms).
pub(super) const RSA_BITS: std::ops::RangeInclusive<u32> = 2048..=8192;

/// What path validation found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathOutcome {
    /// The path, when signatures lead to a trust anchor; it may have problems nevertheless.
    pub path: Option<Path>,
    /// Everything that is wrong. A path without problems is valid.
    pub problems: Vec<Problem>,
    /// Why the CAs of the path do not permit the Subject CN as a name of the server, for clients that
    /// take it for one.
    pub common_name: Option<String>,
    /// What the issuers of its certificates, the trust anchor's included, should have done
    /// otherwise. It makes no path invalid.
    pub form: Vec<FormDefect>,
    /// The certificates that make up the path, or that are linked by name when there is none:
    /// indexes into the chain as presented, the end-entity certificate first.
    pub members: Vec<usize>,
}

/// A path whose signatures lead to a trust anchor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Path {
    /// The intermediates between, the end-entity certificate's issuer first: indexes into the
    /// chain as presented.
    pub intermediates: Vec<usize>,
    /// The trust anchor's subject.
    pub anchor_subject: String,
    /// Where the trust anchor was loaded from.
    pub anchor_label: String,
    /// When the trust anchor's certificate expires, where it can be read.
    pub anchor_not_after: Option<i64>,
    /// The trust anchor's place in [`TrustAnchors::roots`].
    pub anchor: usize,
}

impl PathOutcome {
    fn new(
        chain: &[Certificate],
        path: Option<Path>,
        problems: Vec<Problem>,
        members: Vec<usize>,
        anchor: Option<&Certificate>,
    ) -> Self {
        let place = |position, index| match position {
            0 => Member::EndEntity,
            _ => Member::Intermediate(index),
        };
        let form = members
            .iter()
            .enumerate()
            .map(|(position, index)| (&chain[*index], place(position, *index)))
            .chain(anchor.map(|anchor| (anchor, Member::Anchor)))
            .flat_map(|(certificate, member)| form::defects(certificate, member))
            .collect();
        let whole: Vec<&Certificate> =
            members.iter().map(|index| &chain[*index]).chain(anchor).collect();
        let common_name = name_constraints::check_common_names(&whole);
        let common_name = common_name.map(|problem| problem.to_string());
        Self { path, problems, common_name, form, members }
    }

    /// A path was found and nothing is wrong with it.
    pub fn is_valid(&self) -> bool {
        self.path.is_some() && self.problems.is_empty()
    }
}

/// Validates the chain that a server presented at a time in seconds since the epoch.
///
/// The first certificate is the server's own, the others may stand in any order and may be
/// superfluous (RFC 8446, 4.4.2). A certificate that is itself among the trust anchors is trusted
/// directly.
pub fn validate(chain: &[Certificate], anchors: &TrustAnchors, at: i64) -> PathOutcome {
    let Some(end_entity) = chain.first() else {
        return PathOutcome {
            path: None,
            problems: vec![Problem::CannotEvaluate("no certificate was presented".to_owned())],
            common_name: None,
            form: Vec::new(),
            members: Vec::new(),
        };
    };
    if let Some(anchor) = anchors.position_of(&end_entity.der) {
        let path = path_to(anchors, anchor, Vec::new());
        return PathOutcome::new(chain, Some(path), lint(chain, &[0], None, at), vec![0], None);
    }
    let refusal = match find_valid(chain, anchors, at) {
        Ok(path) => {
            let members = members(&path);
            let anchor = anchors.roots()[path.anchor].certificate();
            return PathOutcome::new(chain, Some(path), Vec::new(), members, anchor);
        }
        Err(error) => error,
    };
    let found = search::search(chain, anchors, at);
    match found.path {
        Some((path, problems)) => {
            let members = members(&path);
            let anchor = anchors.roots()[path.anchor].certificate();
            PathOutcome::new(chain, Some(path), problems, members, anchor)
        }
        None => pathless(chain, anchors, at, &found, &refusal),
    }
}

/// No path at all: the cause, and what the certificates linked by name show besides.
fn pathless(
    chain: &[Certificate],
    anchors: &TrustAnchors,
    at: i64,
    found: &search::Found,
    refusal: &Error,
) -> PathOutcome {
    let ancestry = ancestry::follow(chain, anchors);
    let cause = match (ancestry.anchor, &found.unsupported, &found.forged) {
        (None, ..) => ancestry::explain(chain, anchors),
        (_, Some(algorithm), _) => Problem::Unsupported { algorithm: algorithm.clone() },
        (_, _, Some(subject)) => Problem::BadSignature { subject: subject.clone() },
        _ => not_evaluated(refusal),
    };
    let mut problems = vec![cause];
    for problem in lint(chain, &ancestry.members, None, at) {
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }
    PathOutcome::new(chain, None, problems, ancestry.members, None)
}

/// A path that webpki verifies and that has no problem.
fn find_valid(chain: &[Certificate], anchors: &TrustAnchors, at: i64) -> Result<Path, Error> {
    let end_entity = CertificateDer::from(chain[0].der.as_slice());
    let end_entity = EndEntityCert::try_from(&end_entity)?;
    let others: Vec<CertificateDer<'_>> =
        chain[1..].iter().map(|other| CertificateDer::from(other.der.as_slice())).collect();
    let time = std::time::Duration::from_secs(u64::try_from(at).unwrap_or(0));
    // The path in terms of the chain as presented and the store of anchors.
    let located = |found: &VerifiedPath<'_>| {
        let intermediates = found
            .intermediate_certificates()
            .filter_map(|member| {
                let der = member.der();
                others.iter().position(|other| *other == der).map(|at| at + 1)
            })
            .collect();
        path_to(anchors, anchors.position_of_key(found.anchor()), intermediates)
    };
    // Rejecting a candidate makes webpki look for another path, through a cross-certificate or to
    // another root.
    let is_flawless = |candidate: &VerifiedPath<'_>| {
        let path = located(candidate);
        let anchor = anchors.roots()[path.anchor].certificate();
        match lint(chain, &members(&path), anchor, at).is_empty() {
            true => Ok(()),
            false => Err(Error::UnknownIssuer),
        }
    };
    let found = end_entity.verify_for_usage(
        webpki::ALL_VERIFICATION_ALGS,
        anchors.keys(),
        &others,
        UnixTime::since_unix_epoch(time),
        webpki::KeyUsage::server_auth(),
        None,
        Some(&is_flawless),
    )?;
    Ok(located(&found))
}

fn members(path: &Path) -> Vec<usize> {
    std::iter::once(0).chain(path.intermediates.iter().copied()).collect()
}

fn path_to(anchors: &TrustAnchors, anchor: usize, intermediates: Vec<usize>) -> Path {
    let root = &anchors.roots()[anchor];
    Path {
        intermediates,
        anchor_subject: root
            .certificate()
            .map_or_else(|| "a root that cannot be read".to_owned(), Certificate::label),
        anchor_label: root.label().to_owned(),
        anchor_not_after: root.certificate().map(|root| root.not_after),
        anchor,
    }
}

/// What the validator is strict about. Other clients may well accept it, so it is not "invalid".
fn not_evaluated(error: &Error) -> Problem {
    let words = match error {
        Error::UnsupportedCriticalExtension => {
            "a critical extension on the path cannot be evaluated"
        }
        Error::UnsupportedCertVersion => {
            "a certificate on the path is not X.509 version 3 and cannot be evaluated"
        }
        Error::InvalidCertValidity => "a certificate on the path expires before it becomes valid",
        Error::EmptyEkuExtension => "an extendedKeyUsage on the path is empty",
        Error::SignatureAlgorithmMismatch => {
            "a certificate on the path names two different signature algorithms"
        }
        Error::InvalidSerialNumber => "a serial number on the path is longer than RFC 5280 allows",
        Error::MaximumPathDepthExceeded => "the path is longer than can be evaluated",
        Error::MaximumPathBuildCallsExceeded
        | Error::MaximumSignatureChecksExceeded
        | Error::MaximumNameConstraintComparisonsExceeded => {
            "the chain is too intricate to be evaluated"
        }
        other => return Problem::CannotEvaluate(format!("the path cannot be evaluated: {other}")),
    };
    Problem::CannotEvaluate(words.to_owned())
}

#[cfg(test)]
mod tests;
