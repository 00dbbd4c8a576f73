//! From the evidence about a name to the verdict on it: rules and profile joined.
//!
//! A client that is given a name may connect to any of the name's addresses. So every address is
//! judged on its own, and the name is as good as the worst of them.

mod guide_roots;
mod remarks;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use crate::evidence::{Answer, Evidence, Family, Handshake, HandshakeOutcome, Service, Target};
use crate::name::Fqdn;
use crate::profile::{Occasion, Profile, ProfileId, Verdict};
use crate::reference::ReferenceIdentifier;
use crate::rules::Case;
use crate::x509::certificate::{Certificate, CertificateError};
use crate::x509::path::{PathOutcome, validate};
use crate::x509::revocation::{self, Answers, Outcome};
use crate::x509::trust::TrustAnchors;

/// A server and the name that its certificate shall have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Demand {
    /// The name demanded: the server's own, or the XMPP domain.
    pub reference: ReferenceIdentifier,
    /// The server.
    pub service: Service,
    /// When the client meets the certificate.
    pub occasion: Occasion,
}

impl Demand {
    /// A photo server by its own name.
    pub fn photo(reference: ReferenceIdentifier, port: u16) -> Self {
        let service = Service::tls(reference.name().clone(), port);
        Self { reference, service, occasion: Occasion::Photo }
    }
}

/// By what certificates are judged.
#[derive(Clone, Copy, Debug)]
pub struct Standard<'a> {
    /// The trust anchors.
    pub anchors: &'a TrustAnchors,
    /// The time, in seconds since the epoch.
    pub at: i64,
    /// The client.
    pub profile: &'a Profile,
    /// How many days before it expires a certificate is remarked on.
    pub warn_days: u32,
}

/// What a client would do about one server of a name.
#[derive(Clone, Debug)]
pub struct CertificateVerdict {
    /// The server's address; none when the chain was given and no server asked.
    pub address: Option<IpAddr>,
    /// What the client would do, and why.
    pub verdict: Verdict,
    /// The certificates presented, as far as they can be read, the end-entity certificate first.
    pub chain: Arc<[Certificate]>,
    /// What path validation found.
    pub path: PathOutcome,
    /// When the end-entity certificate expires, in seconds since the epoch.
    pub not_after: Option<i64>,
    /// Whether nobody listens there.
    pub is_closed: bool,
    /// The protocol version agreed.
    pub protocol: Option<String>,
    /// What is known about revocation.
    pub revocation: Outcome,
    /// What an administrator should know and the client does not mind, one clause each.
    pub remarks: Vec<String>,
}

/// What a client would do about a name, whichever of its servers it meets.
#[derive(Clone, Debug)]
pub struct NameVerdict {
    /// What was demanded.
    pub demand: Demand,
    /// The client.
    pub profile: ProfileId,
    /// The worst of the verdicts below, by the order of [`crate::profile::VerdictKind`]. Where
    /// servers disagree, each reason begins with the addresses it is about.
    pub verdict: Verdict,
    /// One for each address, in order of address.
    pub certificates: Vec<CertificateVerdict>,
}

impl NameVerdict {
    /// Whether nobody listens, at any address.
    pub fn is_closed(&self) -> bool {
        !self.certificates.is_empty() && self.certificates.iter().all(|one| one.is_closed)
    }
}

/// Judges every address of a server that the evidence knows.
///
/// These are the addresses in the forward answers of the server's name and those a handshake was
/// made with under that name. Without any, the verdict is `unknown` and says why.
pub fn certify(demand: &Demand, evidence: &Evidence, standard: Standard<'_>) -> NameVerdict {
    let mut judge = Judge { demand, evidence, standard, chains: BTreeMap::new() };
    let servers = addresses(&demand.service, evidence);
    let mut certificates: Vec<_> =
        servers.into_iter().map(|one| judge.certificate_at(one)).collect();
    remarks::compare_addresses(&mut certificates);
    let verdict = match worst(&certificates) {
        Some(verdict) => verdict,
        None => {
            let why = why_no_address(&demand.service.name, evidence);
            standard.profile.nothing_to_judge(&why, demand.occasion)
        }
    };
    let profile = standard.profile.id;
    NameVerdict { demand: demand.clone(), profile, verdict, certificates }
}

/// Judges a chain as though the server presented it, the end-entity certificate first.
pub fn certify_given(
    demand: &Demand,
    chain: &[Vec<u8>],
    evidence: &Evidence,
    standard: Standard<'_>,
) -> NameVerdict {
    let handshake =
        Handshake { chain: chain.to_vec(), ..Handshake::without_chain(HandshakeOutcome::Given) };
    let mut judge = Judge { demand, evidence, standard, chains: BTreeMap::new() };
    let certificate = judge.certificate(None, &handshake);
    NameVerdict {
        demand: demand.clone(),
        profile: standard.profile.id,
        verdict: certificate.verdict.clone(),
        certificates: vec![certificate],
    }
}

/// One judgement's fixed parts, and the chains seen so far: the servers of a name mostly present
/// the same one.
struct Judge<'a> {
    demand: &'a Demand,
    evidence: &'a Evidence,
    standard: Standard<'a>,
    chains: BTreeMap<Presented<'a>, Read>,
}

/// The certificates and the OCSP response of a handshake.
type Presented<'a> = (&'a [Vec<u8>], Option<&'a [u8]>);

#[derive(Clone)]
struct Read {
    chain: Arc<[Certificate]>,
    unreadable: Option<CertificateError>,
    path: PathOutcome,
    revocation: Outcome,
    remarks: Vec<String>,
}

impl<'a> Judge<'a> {
    fn certificate_at(&mut self, address: IpAddr) -> CertificateVerdict {
        match self.evidence.handshakes.get(&self.demand.service.at(address)) {
            Some(handshake) => self.certificate(Some(address), handshake),
            None => {
                let why = "no handshake was made with this address".to_owned();
                let none = Handshake::without_chain(HandshakeOutcome::NotAsked(why));
                self.certificate_of(
                    Some(address),
                    &none,
                    read((&[], None), self.evidence, self.standard),
                )
            }
        }
    }

    fn certificate(
        &mut self,
        address: Option<IpAddr>,
        handshake: &'a Handshake,
    ) -> CertificateVerdict {
        let (evidence, standard) = (self.evidence, self.standard);
        let presented: Presented<'a> = (&handshake.chain, handshake.staple.as_deref());
        let read = self
            .chains
            .entry(presented)
            .or_insert_with(|| read(presented, evidence, standard))
            .clone();
        self.certificate_of(address, handshake, read)
    }

    fn certificate_of(
        &self,
        address: Option<IpAddr>,
        handshake: &Handshake,
        read: Read,
    ) -> CertificateVerdict {
        let case = Case {
            reference: &self.demand.reference,
            dialogue: &self.demand.service.dialogue,
            handshake,
            chain: match &read.unreadable {
                Some(error) => Err(error),
                None => Ok(&read.chain),
            },
            path: &read.path,
            revocation: &read.revocation,
        };
        let verdict = self.standard.profile.judge(&case, self.demand.occasion);
        let mut remarks = read.remarks;
        let unminded = self.standard.profile.unminded(&verdict.findings);
        remarks.extend(unminded.map(|finding| finding.detail.clone()));
        CertificateVerdict {
            address,
            verdict,
            not_after: read.chain.first().map(|end_entity| end_entity.not_after),
            chain: read.chain,
            path: read.path,
            is_closed: matches!(handshake.outcome, HandshakeOutcome::NoConnection(_)),
            protocol: handshake.protocol.clone(),
            revocation: read.revocation,
            remarks,
        }
    }
}

/// Reads a chain, validates it and puts together what is known of its revocation. An unreadable
/// certificate beyond the first is left out: the path may do without it, and if not, its issuer is
/// missing.
fn read((presented, staple): Presented<'_>, evidence: &Evidence, standard: Standard<'_>) -> Read {
    let Standard { anchors, at, .. } = standard;
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
    let answers = Answers {
        staple,
        were_asked: evidence.revocation_asked,
        fetched: &evidence.fetched,
        files: &evidence.files,
    };
    let revocation = revocation::evaluate(&chain, &path, anchors, answers, at);
    let unreadable_others = match &unreadable {
        Some(_) => 0,
        None => presented.len() - chain.len(),
    };
    let seen = remarks::Presented { chain: &chain, unreadable: unreadable_others, path: &path };
    let remarks = remarks::remarks(seen, evidence, standard);
    Read { chain: chain.into(), unreadable, path, revocation, remarks }
}

fn addresses(service: &Service, evidence: &Evidence) -> BTreeSet<IpAddr> {
    let name = &service.name;
    // The first of all targets with this name; those follow each other.
    let first = Target { name: Some(name.clone()), ..Target::nameless([0; 4].into(), u16::MIN) };
    let asked = evidence
        .handshakes
        .range(first..)
        .map(|(target, _)| target)
        .take_while(|target| target.name.as_ref() == Some(name))
        .filter(|target| target.port == service.port && target.dialogue == service.dialogue)
        .map(|target| target.address);
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
                    Some((_, addresses)) => addresses.extend(one.address),
                    None => by_reason.push((reason, one.address.into_iter().collect())),
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

fn why_no_address(name: &Fqdn, evidence: &Evidence) -> String {
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
