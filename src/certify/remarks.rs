//! What an administrator should know of a chain and a client does not mind: none of it decides.

use super::{CertificateVerdict, Standard, guide_roots};
use crate::evidence::{Evidence, FetchOutcome, Purpose};
use crate::x509::algorithm::KeyKind;
use crate::x509::certificate::Certificate;
use crate::x509::path::{PathOutcome, validate};
use crate::x509::revocation;
use crate::x509::time::{date, utc};
use crate::x509::trust::{Root, TrustAnchors};

/// Seconds of a day.
const DAY: i64 = 86_400;

/// How many certificates are spoken of one by one; a server may present hundreds.
const SHOWN: usize = 4;

/// A chain as presented, and the path in it.
#[derive(Clone, Copy)]
pub(super) struct Presented<'a> {
    /// The certificates that can be read.
    pub(super) chain: &'a [Certificate],
    /// How many beyond the first cannot.
    pub(super) unreadable: usize,
    /// What path validation found.
    pub(super) path: &'a PathOutcome,
}

/// The remarks, those to act on first.
pub(super) fn remarks(
    presented: Presented<'_>,
    evidence: &Evidence,
    standard: Standard<'_>,
) -> Vec<String> {
    let mut remarks: Vec<String> = completion(presented, evidence, standard).into_iter().collect();
    remarks.extend(soon_expired(presented, standard));
    remarks.extend(order(presented));
    remarks.extend(needless(presented, standard));
    if presented.unreadable > 0 {
        let (some, are) = counted(presented.unreadable, "certificate");
        remarks.push(format!("{some} of the chain {are} passed over: no DER as RFC 5280 has it"));
    }
    remarks.extend(rare_keys(presented));
    remarks.extend(guide_roots::remarks(presented.chain.iter().chain(anchor(presented, standard))));
    remarks.extend(vantage(presented, standard));
    remarks
}

/// With what a path that leads nowhere would be complete, when the issuer's certificate was asked
/// for. It is said and never used: what a server does not present, a client may not have.
fn completion(
    presented: Presented<'_>,
    evidence: &Evidence,
    Standard { anchors, at, profile, .. }: Standard<'_>,
) -> Option<String> {
    if presented.path.path.is_some() {
        return None;
    }
    let questions = revocation::questions(presented.chain, anchors);
    questions.iter().filter(|question| question.purpose == Purpose::CaIssuers).find_map(
        |question| {
            let FetchOutcome::Body(body) = &evidence.fetched.get(question)?.outcome else {
                return None;
            };
            let completion = revocation::completed_by(presented.chain, anchors, body, at)?;
            Some(format!(
                "{completion}, which the server should send (it came from `{}`); {}",
                question.url, profile.on_incomplete_chain
            ))
        },
    )
}

/// What expires within the days to warn of. What has expired already is a reason, not a remark.
fn soon_expired(presented: Presented<'_>, standard: Standard<'_>) -> Vec<String> {
    let members = presented.path.members.iter().enumerate().filter_map(|(position, member)| {
        let what = if position == 0 { "certificate" } else { "intermediate" };
        Some((what, presented.chain.get(*member)?))
    });
    let anchor = anchor(presented, standard).map(|anchor| ("trust anchor", anchor));
    let mut found: Vec<(&str, &Certificate)> = Vec::new();
    for (what, one) in members.chain(anchor) {
        let left = one.not_after - standard.at;
        let is_soon = left >= 0 && left / DAY < i64::from(standard.warn_days);
        // A certificate that is trusted by itself is its own anchor.
        if is_soon && !found.iter().any(|(_, other)| other.sha256 == one.sha256) {
            found.push((what, one));
        }
    }
    found
        .into_iter()
        .map(|(what, one)| {
            let when = match (one.not_after - standard.at) / DAY {
                0 => "within a day".to_owned(),
                1 => "in 1 day".to_owned(),
                days => format!("in {days} days"),
            };
            format!("the {what} `{}` expires {when}, on {}", one.label(), utc(one.not_after))
        })
        .collect()
}

/// Each certificate should certify the one before it (RFC 8446, 4.4.2; RFC 5246, 7.4.2 demands it).
fn order(presented: Presented<'_>) -> Option<String> {
    let members = &presented.path.members;
    let pair = members.windows(2).find(|pair| pair[0] > pair[1])?;
    let label = |at: usize| presented.chain.get(at).map(Certificate::label).unwrap_or_default();
    Some(format!(
        "the chain is out of order: `{}` should come after `{}`, which it certifies; some clients do \
         not sort it themselves",
        label(pair[1]),
        label(pair[0])
    ))
}

/// What is presented and is no part of the path.
fn needless(presented: Presented<'_>, standard: Standard<'_>) -> Vec<String> {
    let Presented { chain, path, .. } = presented;
    let mut remarks = Vec::new();
    let mut needless = 0;
    for (at, one) in chain.iter().enumerate().filter(|(at, _)| !path.members.contains(at)) {
        let is_twice = chain.iter().enumerate().any(|(other, same)| {
            same.sha256 == one.sha256 && (other < at || path.members.contains(&other))
        });
        // Where no path was found, nobody can tell what the others are good for.
        if !is_twice && path.path.is_none() {
            continue;
        }
        needless += 1;
        if needless > SHOWN {
            continue;
        }
        let label = one.label();
        remarks.push(if is_twice {
            format!("`{label}` is sent twice")
        } else if one.not_after < standard.at {
            format!(
                "`{label}` is sent, is not needed and expired on {}: older clients stumble over \
                 it, so take it out",
                date(one.not_after)
            )
        } else if one.self_issued {
            format!(
                "the root `{label}` is sent needlessly: whoever trusts it has it, and nobody else \
                 will because of that"
            )
        } else if is_another_way(one, presented, standard) {
            format!(
                "another certificate of `{label}` is sent, issued by `{}`: it helps clients that \
                 trust only that issuer",
                one.issuer
            )
        } else {
            format!("`{label}` is sent and is not part of the path: take it out")
        });
    }
    if needless > SHOWN {
        let (more, are) = counted(needless - SHOWN, "more certificate");
        remarks.push(format!("{more} {are} sent that the path does not need"));
    }
    remarks
}

/// Whether a certificate is about a CA of the path, issued by somebody else.
fn is_another_way(one: &Certificate, presented: Presented<'_>, standard: Standard<'_>) -> bool {
    let members = presented.path.members.iter().filter_map(|at| presented.chain.get(*at));
    members.skip(1).chain(anchor(presented, standard)).any(|ca| ca.subject == one.subject)
}

/// Keys that are strong, and that many clients cannot verify with.
fn rare_keys(presented: Presented<'_>) -> Option<String> {
    let mut members = presented.path.members.iter().filter_map(|at| presented.chain.get(*at));
    let rare = members.find(|one| matches!(one.key.kind, KeyKind::EdDsa | KeyKind::MlDsa))?;
    Some(format!(
        "the key of `{}` is {}, which public CAs do not certify and many clients cannot verify",
        rare.label(),
        rare.key
    ))
}

/// Whose verdict it is, where it depends on a root that not everybody has.
fn vantage(presented: Presented<'_>, standard: Standard<'_>) -> Option<String> {
    if !presented.path.is_valid() {
        return None;
    }
    let path = presented.path.path.as_ref()?;
    let root = standard.anchors.roots().get(path.anchor)?;
    let mozilla = TrustAnchors::mozilla_shared();
    if mozilla.has_same_key(root) || validate(presented.chain, mozilla, standard.at).is_valid() {
        return None;
    }
    Some(format!(
        "the path leads to `{}` ({}), which is not among Mozilla's roots, as that of a private CA \
         or of a proxy that inspects TLS: the verdict is this computer's, and the users' only where \
         their computers trust that root and meet the same certificate",
        path.anchor_subject, path.anchor_label
    ))
}

/// The trust anchor's certificate.
fn anchor<'a>(presented: Presented<'_>, standard: Standard<'a>) -> Option<&'a Certificate> {
    let path = presented.path.path.as_ref()?;
    standard.anchors.roots().get(path.anchor).and_then(Root::certificate)
}

/// Says at each address where others present another certificate: a change that is under way, or
/// one that was forgotten.
pub(super) fn compare_addresses(certificates: &mut [CertificateVerdict]) {
    let shown: Vec<Option<(String, String)>> = certificates
        .iter()
        .map(|one| {
            let (address, end_entity) = (one.address?, one.chain.first()?);
            let until = date(end_entity.not_after);
            let text = format!("`{address}` (`{}`, until {until})", end_entity.label());
            Some((end_entity.sha256.clone(), text))
        })
        .collect();
    for (one, this) in certificates.iter_mut().zip(&shown) {
        let Some((this, _)) = this else { continue };
        let others = shown.iter().flatten().filter(|(other, _)| other != this);
        let others: Vec<&str> = others.map(|(_, text)| text.as_str()).collect();
        if others.is_empty() {
            continue;
        }
        let more = match others.len().saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let others = others[..others.len().min(SHOWN)].join(", ");
        one.remarks.push(format!("another certificate is presented at {others}{more}"));
    }
}

/// `1 certificate`, `is`; `2 certificates`, `are`.
fn counted(number: usize, noun: &str) -> (String, &'static str) {
    match number {
        1 => (format!("1 {noun}"), "is"),
        _ => (format!("{number} {noun}s"), "are"),
    }
}
