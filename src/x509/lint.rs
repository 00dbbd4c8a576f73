//! What path building leaves unchecked, or reports without saying which certificate is meant.

use super::certificate::{Certificate, KeyUsage};
use super::extension::SERVER_AUTH;
use super::problem::{Member, Problem};
use super::{name_constraints, policies};

/// Checks the members of a path at a time; `members` are indexes into the chain as presented, the
/// end-entity certificate first.
///
/// * every member: its validity period, an extendedKeyUsage that permits servers (RFC 5280,
///   4.2.1.12; on CAs as all clients take it)
/// * the end-entity certificate: a keyUsage that TLS can use
/// * intermediates: they are CAs, and their keyUsage has keyCertSign (RFC 5280, 6.1.4 (k), (n))
/// * every CA, the trust anchor included: no more CAs below it than it allows (RFC 5280, 4.2.1.9)
///   and no names that it does not permit (RFC 5280, 4.2.1.10). RFC 5280, 6.1 takes neither from
///   trust anchors; Windows, macOS and OpenSSL do
/// * the policies of all below the trust anchor, where a CA requires some
/// * the trust anchor's certificate: not expired. RFC 5280, 6.1 does not ask for that; Windows,
///   macOS and OpenSSL do
pub(crate) fn lint(
    chain: &[Certificate],
    members: &[usize],
    anchor: Option<&Certificate>,
    at: i64,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (position, index) in members.iter().enumerate() {
        let certificate = &chain[*index];
        let subject = certificate.label();
        let member = if position == 0 { Member::EndEntity } else { Member::Intermediate(*index) };
        problems.extend(validity(certificate, member, at));
        if let Some(purposes) = &certificate.extended_key_usage
            && !purposes.iter().any(|purpose| purpose == SERVER_AUTH)
        {
            let purposes = purposes.clone();
            problems.push(Problem::NotForServers { subject: subject.clone(), purposes });
        }
        let usage = certificate.key_usage.as_ref();
        if position == 0 {
            if !usage.is_none_or(permits_tls) {
                problems.push(Problem::NotForTls { subject });
            }
        } else if !certificate.is_ca {
            problems.push(Problem::NotCa { subject });
        } else if !usage.is_none_or(KeyUsage::key_cert_sign) {
            problems.push(Problem::NotASigner { subject });
        }
    }
    problems.extend(anchor.and_then(|anchor| validity(anchor, Member::Anchor, at)));
    let path: Vec<&Certificate> =
        members.iter().map(|index| &chain[*index]).chain(anchor).collect();
    if is_too_long(&path) {
        problems.push(Problem::PathTooLong);
    }
    problems.extend(name_constraints::check(&path));
    problems.extend(policies::check(&path[..members.len()]));
    problems
}

/// Whether a CA allows fewer CAs below it than there are. Those that issue to themselves, when they
/// change their key, do not count.
fn is_too_long(path: &[&Certificate]) -> bool {
    path.iter().enumerate().skip(1).any(|(position, ca)| {
        let below = path[1..position].iter().filter(|below| !below.self_issued).count();
        ca.path_len.is_some_and(|limit| below > usize::from(limit))
    })
}

fn validity(certificate: &Certificate, member: Member, at: i64) -> Option<Problem> {
    let subject = certificate.label();
    if at > certificate.not_after {
        Some(Problem::Expired { subject, member, not_after: certificate.not_after })
    } else if at < certificate.not_before {
        Some(Problem::NotYetValid { subject, member, not_before: certificate.not_before })
    } else {
        None
    }
}

/// Signing the handshake, or one of the two ways of agreeing on a key before TLS 1.3.
fn permits_tls(usage: &KeyUsage) -> bool {
    usage.digital_signature() || usage.key_encipherment() || usage.key_agreement()
}
