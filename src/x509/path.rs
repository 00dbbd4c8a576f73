//! Certification path validation at a given time (RFC 5280, 6.1), with every cause of a failure.
//!
//! webpki builds and verifies the path. It says one cause per call and leaves some checks out, so
//! it is asked up to three ways: with everything demanded; then for trust alone, the purposes of
//! keys aside; then for trust alone at another time, so that "expired" and "untrusted" come out as
//! two findings. Our own lint pass walks the path found and says which certificate is meant.

use rustls_pki_types::{CertificateDer, UnixTime};
use webpki::{EndEntityCert, Error, ExtendedKeyUsageValidator, KeyPurposeIdIter, VerifiedPath};

use super::algorithm::{KeyKind, SignatureAlgorithm};
use super::ancestry;
use super::certificate::Certificate;
use super::form::{self, FormDefect};
use super::lint::lint;
use super::trust::TrustAnchors;

pub use super::problem::{Member, Problem, UnknownIssuer};

/// How many other times are tried to separate "expired" from "untrusted". Real chains have at
/// most five certificates; a hostile one shall not buy more signature checks.
const MAX_MOMENTS: usize = 8;

/// The sizes of RSA keys that signatures are verified with (webpki's algorithms).
pub(super) const RSA_BITS: std::ops::RangeInclusive<u32> = 2048..=8192;

/// What path validation found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathOutcome {
    /// The path, when signatures lead to a trust anchor; it may have problems nevertheless.
    pub path: Option<Path>,
    /// Everything that is wrong. A path without problems is valid.
    pub problems: Vec<Problem>,
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
        Self { path, problems, form, members }
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
            form: Vec::new(),
            members: Vec::new(),
        };
    };
    if let Some(anchor) = anchors.position_of(&end_entity.der) {
        let path = path_to(anchors, anchor, Vec::new());
        return PathOutcome::new(chain, Some(path), lint(chain, &[0], None, at), vec![0], None);
    }
    let search = Search {
        chain,
        anchors,
        end_entity: CertificateDer::from(end_entity.der.as_slice()),
        others: chain[1..].iter().map(|other| CertificateDer::from(other.der.as_slice())).collect(),
    };
    let first = match search.run(at, Demand::Everything) {
        Ok(path) => {
            let members = members(&path);
            let anchor = anchors.roots()[path.anchor].certificate();
            return PathOutcome::new(chain, Some(path), Vec::new(), members, anchor);
        }
        Err(error) => error,
    };
    let mut cause = None;
    for moment in std::iter::once(at).chain(moments(chain)) {
        match search.run(moment, Demand::TrustAlone) {
            Ok(path) => return flawed(path, chain, anchors, at, &first),
            Err(error) if is_about_time(&error) => {}
            Err(error) => {
                cause.get_or_insert(error);
            }
        }
    }
    pathless(chain, anchors, at, cause.as_ref())
}

/// A path that leads to an anchor and fails otherwise.
fn flawed(
    path: Path,
    chain: &[Certificate],
    anchors: &TrustAnchors,
    at: i64,
    first: &Error,
) -> PathOutcome {
    let members = members(&path);
    let anchor = anchors.roots()[path.anchor].certificate();
    let mut problems = lint(chain, &members, anchor, at);
    if problems.is_empty() {
        problems.push(not_evaluated(first));
    }
    PathOutcome::new(chain, Some(path), problems, members, anchor)
}

/// No path at all: the cause, and what the certificates linked by name show besides.
fn pathless(
    chain: &[Certificate],
    anchors: &TrustAnchors,
    at: i64,
    cause: Option<&Error>,
) -> PathOutcome {
    let members = ancestry::follow(chain, anchors).members;
    let mut problems = vec![match cause {
        Some(error) => explain(error, chain, anchors),
        None => Problem::CannotEvaluate(
            "at no time were all certificates of the path valid together".to_owned(),
        ),
    }];
    for problem in lint(chain, &members, None, at) {
        if !problems.contains(&problem) {
            problems.push(problem);
        }
    }
    PathOutcome::new(chain, None, problems, members, None)
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

/// Times at which a path might be valid, the latest first. If there is any time at which all
/// members of a path are valid, the latest of their notBefore times is one.
fn moments(chain: &[Certificate]) -> Vec<i64> {
    let end_entity = &chain[0];
    let mut moments: Vec<i64> = chain
        .iter()
        .map(|certificate| certificate.not_before)
        .filter(|moment| (end_entity.not_before..=end_entity.not_after).contains(moment))
        .collect();
    moments.sort_unstable_by(|a, b| b.cmp(a));
    moments.dedup();
    moments.truncate(MAX_MOMENTS);
    moments
}

/// What a path must have.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Demand {
    /// All that a valid path has, our own lint included.
    Everything,
    /// Signatures, CAs, name constraints and validity at that time.
    TrustAlone,
}

impl ExtendedKeyUsageValidator for Demand {
    fn validate(&self, purposes: KeyPurposeIdIter<'_, '_>) -> Result<(), Error> {
        match self {
            Self::Everything => webpki::KeyUsage::server_auth().validate(purposes),
            Self::TrustAlone => Ok(()),
        }
    }
}

/// Whether a path that webpki found will do.
type Acceptance<'a> = dyn Fn(&VerifiedPath<'_>) -> Result<(), Error> + 'a;

struct Search<'a> {
    chain: &'a [Certificate],
    anchors: &'a TrustAnchors,
    end_entity: CertificateDer<'a>,
    others: Vec<CertificateDer<'a>>,
}

impl Search<'_> {
    fn run(&self, at: i64, demand: Demand) -> Result<Path, Error> {
        let end_entity = EndEntityCert::try_from(&self.end_entity)?;
        let time = std::time::Duration::from_secs(u64::try_from(at).unwrap_or(0));
        // Rejecting a candidate makes webpki look for another path, through a cross-certificate
        // or to another root.
        let is_flawless = |candidate: &VerifiedPath<'_>| {
            let path = self.located(candidate);
            let anchor = self.anchors.roots()[path.anchor].certificate();
            if lint(self.chain, &members(&path), anchor, at).is_empty() {
                Ok(())
            } else {
                Err(Error::UnknownIssuer)
            }
        };
        let accept: Option<&Acceptance<'_>> = match demand {
            Demand::Everything => Some(&is_flawless),
            Demand::TrustAlone => None,
        };
        let found = end_entity.verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            self.anchors.keys(),
            &self.others,
            UnixTime::since_unix_epoch(time),
            demand,
            None,
            accept,
        )?;
        Ok(self.located(&found))
    }

    /// The path in terms of the chain as presented and the store of anchors.
    fn located(&self, found: &VerifiedPath<'_>) -> Path {
        let intermediates = found
            .intermediate_certificates()
            .filter_map(|member| {
                let der = member.der();
                self.others.iter().position(|other| *other == der).map(|at| at + 1)
            })
            .collect();
        path_to(self.anchors, self.anchors.position_of_key(found.anchor()), intermediates)
    }
}

fn is_about_time(error: &Error) -> bool {
    matches!(error, Error::CertExpired { .. } | Error::CertNotValidYet { .. })
}

/// webpki's cause in our terms.
fn explain(error: &Error, chain: &[Certificate], anchors: &TrustAnchors) -> Problem {
    let end_entity = &chain[0];
    match error {
        Error::UnknownIssuer => ancestry::explain(chain, anchors),
        Error::CaUsedAsEndEntity if end_entity.self_issued => ancestry::explain(chain, anchors),
        Error::CaUsedAsEndEntity => Problem::CaAsEndEntity { subject: end_entity.label() },
        Error::EndEntityUsedAsCa => {
            let members = ancestry::follow(chain, anchors).members;
            match members.iter().skip(1).find(|at| !chain[**at].is_ca) {
                Some(at) => Problem::NotCa { subject: chain[*at].label() },
                None => not_evaluated(error),
            }
        }
        Error::InvalidSignatureForPublicKey => match unusual_key(chain, anchors) {
            Some(algorithm) => Problem::Unsupported { algorithm },
            None => Problem::BadSignature { subject: end_entity.label() },
        },
        Error::PathLenConstraintViolated => Problem::PathTooLong,
        Error::CertDistrusted => Problem::Distrusted,
        Error::NameConstraintViolation => name_constraints(chain, anchors),
        Error::UnsupportedSignatureAlgorithmContext(context) => {
            Problem::Unsupported { algorithm: algorithm(&context.signature_algorithm_id) }
        }
        Error::UnsupportedSignatureAlgorithmForPublicKeyContext(context) => {
            let signature = algorithm(&context.signature_algorithm_id);
            Problem::Unsupported { algorithm: format!("{signature} with an unusual key") }
        }
        other => not_evaluated(other),
    }
}

/// The name of an algorithm whose identifier's content is given (an OID, then parameters).
fn algorithm(identifier: &[u8]) -> String {
    let sequence = der::asn1::AnyRef::new(der::Tag::Sequence, identifier);
    sequence
        .and_then(|sequence| sequence.decode_as::<x509_cert::spki::AlgorithmIdentifierOwned>())
        .map_or_else(|_| "an unknown algorithm".to_owned(), |id| SignatureAlgorithm::of(&id).name)
}

/// A CA key that signatures are not verified with here, so that a signature which "does not
/// verify" may still be good.
fn unusual_key(chain: &[Certificate], anchors: &TrustAnchors) -> Option<String> {
    let ancestry = ancestry::follow(chain, anchors);
    let anchor = ancestry.anchor.and_then(|anchor| anchors.roots()[anchor].certificate());
    let cas = ancestry.members.iter().skip(1).map(|at| &chain[*at]).chain(anchor);
    cas.map(|ca| &ca.key)
        .find(|key| key.kind == KeyKind::Rsa && !key.bits.is_some_and(|b| RSA_BITS.contains(&b)))
        .map(|key| format!("{key} key of a CA"))
}

/// Which CA forbids which name, or which constraints are of a form that webpki refuses unread.
fn name_constraints(chain: &[Certificate], anchors: &TrustAnchors) -> Problem {
    let ancestry = ancestry::follow(chain, anchors);
    let anchor = ancestry.anchor.and_then(|anchor| anchors.roots()[anchor].certificate());
    let names = &chain[0].dns_names;
    let mut forms = Vec::new();
    for ca in ancestry.members.iter().skip(1).map(|at| &chain[*at]).chain(anchor) {
        let Some(constraints) = &ca.name_constraints else { continue };
        let below = |name: &str, bases: &[String]| bases.iter().any(|base| is_below(name, base));
        for name in names {
            if below(name, &constraints.excluded_dns) {
                return Problem::NameConstraints(format!(
                    "`{}` may not issue for `{name}`: its name constraints exclude `{}`",
                    ca.label(),
                    constraints.excluded_dns.join("`, `")
                ));
            }
            if !constraints.permitted_dns.is_empty() && !below(name, &constraints.permitted_dns) {
                return Problem::NameConstraints(format!(
                    "`{}` may not issue for `{name}`: its name constraints permit only `{}`",
                    ca.label(),
                    constraints.permitted_dns.join("`, `")
                ));
            }
        }
        forms.extend(constraints.other_forms.iter().map(|form| (ca.label(), *form)));
    }
    // Constraints on addresses are evaluated, so they alone leave no doubt.
    match forms.iter().find(|(_, form)| *form != "iPAddress") {
        Some((ca, form)) => Problem::NameConstraintsNotEvaluated(format!(
            "the name constraints of `{ca}` on {form} cannot be evaluated"
        )),
        None => Problem::NameConstraints(
            "the name constraints of a CA on the path do not permit the certificate's names"
                .to_owned(),
        ),
    }
}

/// Whether a dNSName lies in a subtree: the base and everything below it (RFC 5280, 4.2.1.10). A
/// wildcard lies where the names it stands for do.
fn is_below(name: &str, base: &str) -> bool {
    let (name, base) = (name.to_ascii_lowercase(), base.to_ascii_lowercase());
    let base = base.strip_prefix('.').unwrap_or(&base);
    match name.strip_suffix(base) {
        Some(rest) => rest.is_empty() || rest.ends_with('.') || base.is_empty(),
        None => false,
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
