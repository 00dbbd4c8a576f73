//! A decision per endpoint, from candidates, verdicts and the administrator's policy.
//!
//! Pure: the same evidence gives the same decision. Whatever is ambiguous is held, with the reason
//! and with what would change the answer.

mod photos;

use std::cmp::Reverse;

use crate::comparison::Comparison;
use crate::evidence::{Answer, Endpoint, Evidence, Forward, OldHost, Scheme, Source};
use crate::name::Fqdn;
use crate::profile::VerdictKind;
use crate::reference::{Candidate, OutsideDomains, ReferenceIdentifier, Scope};

/// What to do about a name whose certificate the client would not trust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnUntrusted {
    /// Hold the endpoint.
    Hold,
    /// Write the name and flag it.
    Flag,
}

/// What to do about two acceptable names of equal rank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OnAmbiguity {
    /// Hold the endpoint.
    Hold,
    /// Take the first by rows in the export, then length, then alphabet.
    Pick,
}

/// Whether the network was asked at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// It was.
    Network,
    /// No packet left: the administrator's word suffices.
    Offline,
}

/// The administrator's policy.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// About certificates.
    pub untrusted: OnUntrusted,
    /// About equal names.
    pub ambiguity: OnAmbiguity,
    /// About the network.
    pub reach: Reach,
}

/// What is known of the certificate of a name on an endpoint's port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Certified {
    /// The client profile's verdict, its most telling reason, and what that hangs on.
    Judged(VerdictKind, String, Subject),
    /// Nobody asked (offline, or the name is not usable anyway).
    NotAsked,
    /// Plain http presents none.
    NotApplicable,
}

/// What a verdict hangs on, and so where an administrator mends it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The certificate, its chain, or the server.
    Certificate,
    /// Whoever should say whether it was revoked.
    RevocationAnswer,
}

impl Certified {
    /// The word that reports use.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Judged(kind, ..) => kind.as_str(),
            Self::NotAsked => "not-asked",
            Self::NotApplicable => "not-applicable",
        }
    }
}

/// A candidate with everything that speaks for and against it.
#[derive(Clone, Debug)]
pub struct Weighed {
    /// The candidate.
    pub candidate: Candidate,
    /// Whether it may be demanded at all.
    pub admitted: Result<ReferenceIdentifier, OutsideDomains>,
    /// What forward DNS says.
    pub forward: Forward,
    /// Its certificate.
    pub certified: Certified,
    /// Its photos; none where nobody compared them.
    pub photos: Option<Comparison>,
}

impl Weighed {
    /// The reference identifier, when the name leads back to the address or is stated.
    fn usable(&self) -> Option<&ReferenceIdentifier> {
        let leads_back = self.forward == Forward::Confirmed || self.candidate.is_stated();
        self.admitted.as_ref().ok().filter(|_| leads_back)
    }

    /// Why the name was not taken, in a sentence; none when nothing speaks against it.
    pub fn objection(&self, policy: Policy) -> Option<String> {
        let name = &self.candidate.name;
        if let Err(outside) = &self.admitted {
            return Some(outside.to_string());
        }
        if self.usable().is_none() {
            return Some(match &self.forward {
                Forward::Contradicted(found) => {
                    let found: Vec<String> = found.iter().map(ToString::to_string).collect();
                    format!("`{name}` lives at {}, not at this address", found.join(", "))
                }
                Forward::Absent(absence) => {
                    format!("`{name}` has no address ({})", absence.as_str())
                }
                Forward::CouldNotAsk(why) | Forward::NotAsked(why) => {
                    format!("the address of `{name}` could not be asked: {why}")
                }
                Forward::Confirmed => return None,
            });
        }
        match &self.certified {
            Certified::Judged(kind, reason, _) if *kind != VerdictKind::Trusted => {
                Some(reason.clone())
            }
            Certified::NotAsked if policy.reach == Reach::Network => {
                Some(format!("the certificate of `{name}` was not asked"))
            }
            _ => None,
        }
    }
}

/// What is done about an endpoint, and why.
#[derive(Clone, Debug)]
pub enum Decision {
    /// Write this name.
    Rewrite(ReferenceIdentifier, Reason),
    /// A usable name is there, and something stands in the way.
    Hold(Reason),
    /// No usable name.
    Unresolved(Reason),
}

impl Decision {
    /// The word that reports use.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Rewrite(..) => "rewrite",
            Self::Hold(_) => "hold",
            Self::Unresolved(_) => "unresolved",
        }
    }

    /// Why.
    pub fn reason(&self) -> &Reason {
        match self {
            Self::Rewrite(_, reason) | Self::Hold(reason) | Self::Unresolved(reason) => reason,
        }
    }
}

/// Why a decision is what it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The stable word of reports and scripts.
    pub id: &'static str,
    /// The same in a sentence.
    pub explanation: String,
    /// What would change the answer; none where nothing needs to.
    pub hint: Option<String>,
}

/// An endpoint with its candidates and its decision.
#[derive(Clone, Debug)]
pub struct Decided {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// Its candidates, strongest first.
    pub candidates: Vec<Weighed>,
    /// The decision.
    pub decision: Decision,
}

impl Decided {
    /// The names among which the decision chooses, so that it matters what they serve: those of
    /// the best rank to which nothing else is an objection.
    pub fn finalists(&self, policy: Policy) -> impl Iterator<Item = &ReferenceIdentifier> {
        finalists(considered(&self.candidates), policy).into_iter().filter_map(Weighed::usable)
    }
}

/// Decides one endpoint.
///
/// `certified` gives what is known of the certificate of a usable name on the endpoint's port; it
/// is asked only for names that are admitted and confirmed or stated, on https. `compared` gives
/// what is known of the photos of a usable name.
pub fn decide(
    endpoint: &Endpoint,
    scope: &Scope,
    evidence: &Evidence,
    policy: Policy,
    certified: &mut dyn FnMut(&ReferenceIdentifier, u16) -> Certified,
    compared: &dyn Fn(&ReferenceIdentifier) -> Option<Comparison>,
) -> Decided {
    let candidates: Vec<Weighed> = scope
        .candidates(endpoint, evidence)
        .into_iter()
        .map(|candidate| weigh(candidate, endpoint, scope, evidence, certified, compared))
        .collect();
    let decision = choose(endpoint, &candidates, scope, evidence, policy);
    Decided { endpoint: endpoint.clone(), candidates, decision }
}

fn weigh(
    candidate: Candidate,
    endpoint: &Endpoint,
    scope: &Scope,
    evidence: &Evidence,
    certified: &mut dyn FnMut(&ReferenceIdentifier, u16) -> Certified,
    compared: &dyn Fn(&ReferenceIdentifier) -> Option<Comparison>,
) -> Weighed {
    let admitted = scope.admit(&candidate);
    let forward = match (&admitted, endpoint.host.address()) {
        (Err(_), _) => Forward::NotAsked("the name is outside the allowed domains".to_owned()),
        (Ok(_), Some(address)) => evidence.forward(&candidate.name, address),
        (Ok(_), None) => Forward::NotAsked("a bare host name has no address to confirm".to_owned()),
    };
    let mut weighed =
        Weighed { candidate, admitted, forward, certified: Certified::NotAsked, photos: None };
    if let Some(name) = weighed.usable() {
        let photos = compared(name);
        let certified = match endpoint.scheme {
            Scheme::Http => Certified::NotApplicable,
            Scheme::Https => certified(name, endpoint.port),
        };
        weighed = Weighed { certified, photos, ..weighed };
    }
    weighed
}

fn choose(
    endpoint: &Endpoint,
    candidates: &[Weighed],
    scope: &Scope,
    evidence: &Evidence,
    policy: Policy,
) -> Decision {
    let considered = considered(candidates);
    let Some(strongest) = considered.iter().find(|c| c.usable().is_some()) else {
        return Decision::Unresolved(why_unresolved(endpoint, considered, evidence, policy));
    };
    let finalists = finalists(considered, policy);
    if finalists.is_empty() {
        return Decision::Hold(why_not_trusted(strongest, policy));
    }
    let mut equals = match photos::preferred(finalists, policy) {
        Ok(equals) => equals,
        Err(reason) => return Decision::Hold(reason),
    };
    if equals.len() > 1 && policy.ambiguity == OnAmbiguity::Hold {
        return Decision::Hold(ambiguous(endpoint, &equals));
    }
    equals.sort_by_key(|c| {
        let name = &c.candidate.name;
        let rows = scope.corpus.get(name).copied().unwrap_or(0);
        (Reverse(rows), name.as_str().len(), name.clone())
    });
    match equals.first().and_then(|c| c.usable().map(|name| (*c, name.clone()))) {
        Some((chosen, name)) => Decision::Rewrite(name, why_rewritten(chosen, policy)),
        // `equals` holds one finalist at least, and every finalist is usable.
        None => Decision::Hold(why_not_trusted(strongest, policy)),
    }
}

/// The map is the administrator's word about this very address: where it speaks, nothing else is
/// weighed against it.
fn considered(candidates: &[Weighed]) -> &[Weighed] {
    match candidates.iter().position(|c| c.candidate.sources.contains(&Source::Map)) {
        Some(at) => &candidates[at..=at],
        None => candidates,
    }
}

/// The names that may be written, of the best rank that any of them has.
fn finalists(considered: &[Weighed], policy: Policy) -> Vec<&Weighed> {
    let mut acceptable = considered
        .iter()
        .filter(|c| c.usable().is_some())
        .filter(|c| policy.untrusted == OnUntrusted::Flag || c.objection(policy).is_none())
        .peekable();
    let rank = acceptable.peek().map(|best| best.candidate.rank());
    acceptable.filter(|c| Some(c.candidate.rank()) == rank).collect()
}

fn why_rewritten(chosen: &Weighed, policy: Policy) -> Reason {
    let sources: Vec<&str> = chosen.candidate.sources.iter().map(|s| s.as_str()).collect();
    let mut explanation = format!("`{}` by {}", chosen.candidate.name, sources.join(", "));
    match &chosen.forward {
        Forward::Confirmed => explanation.push_str(", forward-confirmed"),
        Forward::Contradicted(found) => {
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            explanation.push_str(&format!(
                "; forward DNS contradicts: the name lives at {}",
                found.join(", ")
            ));
        }
        Forward::Absent(absence) => {
            explanation.push_str(&format!("; forward DNS has no address ({})", absence.as_str()));
        }
        Forward::CouldNotAsk(why) => {
            explanation.push_str(&format!("; forward DNS could not be asked: {why}"));
        }
        Forward::NotAsked(_) => {}
    }
    if let Some(words) = chosen.photos.as_ref().and_then(photos::praise) {
        explanation.push_str(&format!("; {words}"));
    }
    let id = match &chosen.certified {
        Certified::Judged(VerdictKind::Trusted, ..) => {
            explanation.push_str("; its certificate is trusted");
            "trusted"
        }
        Certified::Judged(_, reason, _) => {
            explanation.push_str(&format!("; FLAGGED: {reason}"));
            "flagged"
        }
        Certified::NotApplicable => {
            explanation.push_str("; plain http presents no certificate");
            "plain-http"
        }
        Certified::NotAsked if policy.reach == Reach::Offline => {
            explanation.push_str("; its certificate was not asked (offline)");
            "stated-offline"
        }
        Certified::NotAsked => {
            explanation.push_str("; FLAGGED: its certificate was not asked");
            "flagged"
        }
    };
    Reason { id, explanation, hint: None }
}

fn why_not_trusted(strongest: &Weighed, policy: Policy) -> Reason {
    let name = &strongest.candidate.name;
    let id = match &strongest.certified {
        Certified::Judged(VerdictKind::Prompts, ..) => "certificate-prompts",
        Certified::Judged(VerdictKind::Refuses, ..) => "certificate-refuses",
        _ => "certificate-unknown",
    };
    let hint = match &strongest.certified {
        Certified::Judged(_, _, Subject::RevocationAnswer) => format!(
            "see that the revocation servers that the certificate of `{name}` names answer in time \
             and run again, map the address to another name, or write it all the same with \
             --certificate warn"
        ),
        Certified::Judged(VerdictKind::Prompts | VerdictKind::Refuses, ..) => format!(
            "have the certificate of `{name}` mended, map the address to another name, or write it \
             all the same with --certificate warn"
        ),
        _ => format!(
            "see that `{name}` can be reached from here and run again, or write it unchecked with \
             --certificate warn"
        ),
    };
    let explanation = strongest
        .objection(policy)
        .unwrap_or_else(|| format!("the certificate of `{name}` is not trusted"));
    Reason { id, explanation, hint: Some(hint) }
}

/// Names of equal rank that a sentence names; it counts the others.
const NAMES_NAMED: usize = 8;

fn ambiguous(endpoint: &Endpoint, equals: &[&Weighed]) -> Reason {
    let mut names: Vec<String> =
        equals.iter().take(NAMES_NAMED).map(|c| format!("`{}`", c.candidate.name)).collect();
    if equals.len() > NAMES_NAMED {
        names.push(format!("{} more", equals.len() - NAMES_NAMED));
    }
    let source = equals.first().map_or("", |c| c.candidate.rank().as_str());
    let first = equals.first().map(|c| c.candidate.name.clone());
    Reason {
        id: "ambiguous",
        explanation: format!("{} are equally good by {source}", names.join(" and ")),
        hint: Some(format!(
            "add the right one to the map, such as `{}`, or let --ambiguous pick choose",
            map_line(&endpoint.host, first.as_ref())
        )),
    }
}

fn why_unresolved(
    endpoint: &Endpoint,
    considered: &[Weighed],
    evidence: &Evidence,
    policy: Policy,
) -> Reason {
    let host = &endpoint.host;
    let map_hint =
        format!("if you know the name, add `{}` to the file of --map", map_line(host, None));
    let reason =
        |id, explanation: String, hint: String| Reason { id, explanation, hint: Some(hint) };
    let sentence = |c: &Weighed| c.objection(policy).unwrap_or_default();
    let admitted = || considered.iter().filter(|c| c.admitted.is_ok());

    if policy.reach == Reach::Offline && considered.is_empty() {
        return reason(
            "offline",
            "no name is stated for this address, and nothing was asked".to_owned(),
            format!("run without --offline, or {map_hint}"),
        );
    }
    // An unanswered question first: asking again may change everything that follows.
    let unasked =
        admitted().find(|c| matches!(c.forward, Forward::CouldNotAsk(_) | Forward::NotAsked(_)));
    if let Some(candidate) = unasked {
        return reason("could-not-ask", sentence(candidate), ask_again(&map_hint));
    }
    if let Some(candidate) = admitted().find(|c| matches!(c.forward, Forward::Contradicted(_))) {
        return reason("contradicted", sentence(candidate), map_hint);
    }
    if let Some(candidate) = admitted().find(|c| matches!(c.forward, Forward::Absent(_))) {
        return reason("absent", sentence(candidate), map_hint);
    }
    if let Some(candidate) = considered.first() {
        let hint = if candidate.candidate.is_stated() {
            format!("allow its domain with --domain, or correct the name given for `{host}`")
        } else {
            map_hint
        };
        return reason("outside-domains", sentence(candidate), hint);
    }
    let pointer = host.address().and_then(|address| evidence.pointers.get(&address));
    match pointer {
        Some(Answer::CouldNotAsk(why)) => reason(
            "could-not-ask",
            format!("reverse DNS could not be asked: {why}"),
            ask_again(&map_hint),
        ),
        Some(Answer::NotAsked(why)) => reason(
            "could-not-ask",
            format!("reverse DNS was not asked: {why}"),
            ask_again(&map_hint),
        ),
        Some(Answer::Absent(absence)) => reason(
            "no-candidate",
            format!("nothing names this address: reverse DNS says {}", absence.as_str()),
            map_hint,
        ),
        Some(Answer::Found(_)) => reason(
            "no-candidate",
            "reverse DNS gives no name that could be one of a WebEx server".to_owned(),
            map_hint,
        ),
        None => reason("no-candidate", "nothing names this host".to_owned(), map_hint),
    }
}

fn ask_again(map_hint: &str) -> String {
    format!("run again when the resolver answers, or ask another with --dns; {map_hint}")
}

/// A line ready to be copied into the map.
pub fn map_line(host: &OldHost, name: Option<&Fqdn>) -> String {
    match name {
        Some(name) => format!("{host},{name}"),
        None => format!("{host},NAME.webex.com"),
    }
}

#[cfg(test)]
mod tests;
