//! From the evidence about a name to the verdict on it: rules and profile joined.
//!
//! A client that is given a name may connect to any of the name's addresses. So every address is
//! judged on its own, and the name is as good as the worst of them.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use crate::evidence::{Answer, Evidence, Family, Handshake, HandshakeOutcome, Target};
use crate::profile::{Profile, ProfileId, Verdict};
use crate::reference::ReferenceIdentifier;
use crate::rules::Case;
use crate::x509::certificate::{Certificate, CertificateError};
use crate::x509::path::{PathOutcome, validate};
use crate::x509::revocation::Revocation;
use crate::x509::trust::TrustAnchors;

/// What a client would do about one server of a name.
#[derive(Clone, Debug)]
pub struct CertificateVerdict {
    /// The name demanded.
    pub host: ReferenceIdentifier,
    /// The TCP port.
    pub port: u16,
    /// The server's address.
    pub address: IpAddr,
    /// What the client would do, and why.
    pub verdict: Verdict,
    /// The certificates presented, as far as they can be read, the end-entity certificate first.
    pub chain: Arc<[Certificate]>,
    /// What path validation found.
    pub path: PathOutcome,
    /// When the end-entity certificate expires, in seconds since the epoch.
    pub not_after: Option<i64>,
    /// The protocol version agreed.
    pub protocol: Option<String>,
    /// What is known about revocation.
    pub revocation: Revocation,
}

/// What a client would do about a name, whichever of its servers it meets.
#[derive(Clone, Debug)]
pub struct NameVerdict {
    /// The name demanded.
    pub host: ReferenceIdentifier,
    /// The TCP port.
    pub port: u16,
    /// The client.
    pub profile: ProfileId,
    /// The worst of the verdicts below, by the order of [`crate::profile::VerdictKind`]. Where
    /// servers disagree, each reason begins with the addresses it is about.
    pub verdict: Verdict,
    /// One for each address, in order of address.
    pub certificates: Vec<CertificateVerdict>,
}

/// Judges every server of a name that the evidence knows, at a time in seconds since the epoch.
///
/// These are the addresses in the name's forward answers and those a handshake was made with under
/// that name. Without any, the verdict is `unknown` and says why.
pub fn certify(
    reference: &ReferenceIdentifier,
    port: u16,
    evidence: &Evidence,
    anchors: &TrustAnchors,
    at: i64,
    profile: &Profile,
) -> NameVerdict {
    let mut judge = Judge { reference, port, anchors, at, profile, chains: BTreeMap::new() };
    let certificates: Vec<_> = addresses(reference, port, evidence)
        .into_iter()
        .map(|address| {
            let target = Target { name: Some(reference.name().clone()), address, port };
            judge.certificate_at(address, evidence.handshakes.get(&target))
        })
        .collect();
    let verdict = match worst(&certificates) {
        Some(verdict) => verdict,
        None => profile.nothing_to_judge(&why_no_address(reference, evidence)),
    };
    NameVerdict { host: reference.clone(), port, profile: profile.id, verdict, certificates }
}

/// One judgement's fixed parts, and the chains seen so far: the servers of a name mostly present
/// the same one.
struct Judge<'a> {
    reference: &'a ReferenceIdentifier,
    port: u16,
    anchors: &'a TrustAnchors,
    at: i64,
    profile: &'a Profile,
    chains: BTreeMap<&'a [Vec<u8>], Read>,
}

#[derive(Clone)]
struct Read {
    chain: Arc<[Certificate]>,
    unreadable: Option<CertificateError>,
    path: PathOutcome,
}

impl<'a> Judge<'a> {
    fn certificate_at(
        &mut self,
        address: IpAddr,
        handshake: Option<&'a Handshake>,
    ) -> CertificateVerdict {
        let not_asked;
        let presented: &'a [Vec<u8>] = handshake.map_or(&[], |handshake| &handshake.chain);
        let handshake = match handshake {
            Some(handshake) => handshake,
            None => {
                let why = "no handshake was made with this address".to_owned();
                not_asked = Handshake::without_chain(HandshakeOutcome::NotAsked(why));
                &not_asked
            }
        };
        let (anchors, at) = (self.anchors, self.at);
        let read =
            self.chains.entry(presented).or_insert_with(|| read(presented, anchors, at)).clone();
        let revocation = Revocation::NotAsked;
        let verdict = self.profile.judge(&Case {
            reference: self.reference,
            handshake,
            chain: match &read.unreadable {
                Some(error) => Err(error),
                None => Ok(&read.chain),
            },
            path: &read.path,
            revocation: &revocation,
        });
        CertificateVerdict {
            host: self.reference.clone(),
            port: self.port,
            address,
            verdict,
            not_after: read.chain.first().map(|end_entity| end_entity.not_after),
            chain: read.chain,
            path: read.path,
            protocol: handshake.protocol.clone(),
            revocation,
        }
    }
}

/// Reads a chain and validates it. An unreadable certificate beyond the first is left out: the
/// path may do without it, and if not, its issuer is missing.
fn read(presented: &[Vec<u8>], anchors: &TrustAnchors, at: i64) -> Read {
    let mut ders = presented.iter();
    let mut chain = Vec::with_capacity(presented.len());
    let mut unreadable = None;
    match ders.next().map(|der| Certificate::parse(der)) {
        Some(Ok(end_entity)) => {
            chain.push(end_entity);
            chain.extend(ders.filter_map(|der| Certificate::parse(der).ok()));
        }
        Some(Err(error)) => unreadable = Some(error),
        None => {}
    }
    let path = validate(&chain, anchors, at);
    Read { chain: chain.into(), unreadable, path }
}

fn addresses(reference: &ReferenceIdentifier, port: u16, evidence: &Evidence) -> BTreeSet<IpAddr> {
    let name = reference.name();
    let target = |address: IpAddr, port| Target { name: Some(name.clone()), address, port };
    let first = target(Ipv4Addr::UNSPECIFIED.into(), u16::MIN);
    let last = target(Ipv6Addr::from_bits(u128::MAX).into(), u16::MAX);
    let asked = evidence
        .handshakes
        .range(first..=last)
        .filter(|(target, _)| target.port == port)
        .map(|(target, _)| target.address);
    evidence.addresses_of(name).into_iter().chain(asked).collect()
}

/// The worst verdict. Servers that say the same speak together.
fn worst(certificates: &[CertificateVerdict]) -> Option<Verdict> {
    // The first of the worst: `max_by_key` would take the last.
    let worst = certificates
        .iter()
        .reduce(|worst, one| if one.verdict.kind > worst.verdict.kind { one } else { worst })?;
    let mut verdict = worst.verdict.clone();
    let agree = certificates.iter().all(|one| one.verdict.reasons == verdict.reasons);
    if !agree {
        let mut by_reason: Vec<(&str, Vec<IpAddr>)> = Vec::new();
        let mut in_rank: Vec<&CertificateVerdict> = certificates.iter().collect();
        in_rank.sort_by_key(|one| std::cmp::Reverse(one.verdict.kind));
        for one in in_rank {
            for reason in &one.verdict.reasons {
                match by_reason.iter_mut().find(|(known, _)| known == reason) {
                    Some((_, addresses)) => addresses.push(one.address),
                    None => by_reason.push((reason, vec![one.address])),
                }
            }
        }
        verdict.reasons = by_reason
            .into_iter()
            .map(|(reason, addresses)| {
                if addresses.len() == certificates.len() {
                    reason.to_owned()
                } else {
                    format!("{}: {reason}", at_addresses(&addresses))
                }
            })
            .collect();
    }
    Some(verdict)
}

fn at_addresses(addresses: &[IpAddr]) -> String {
    let quoted: Vec<_> = addresses.iter().map(|address| format!("`{address}`")).collect();
    format!("at {}", quoted.join(", "))
}

fn why_no_address(reference: &ReferenceIdentifier, evidence: &Evidence) -> String {
    let name = reference.name();
    let mut answers = Vec::new();
    for family in [Family::V4, Family::V6] {
        let said = match evidence.addresses(name, family) {
            Some(Answer::CouldNotAsk(why)) => format!("the DNS could not be asked: {why}"),
            Some(Answer::NotAsked(why)) => format!("the DNS was not asked: {why}"),
            Some(Answer::Absent(absence)) => format!("the DNS says {}", absence.as_str()),
            Some(Answer::Found(_)) | None => continue,
        };
        if !answers.contains(&said) {
            answers.push(said);
        }
    }
    if answers.is_empty() {
        answers.push("the DNS was not asked".to_owned());
    }
    format!("no address of `{name}` is known ({})", answers.join("; "))
}

#[cfg(test)]
mod tests;
