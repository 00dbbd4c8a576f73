//! A decision per endpoint, from candidates, verdicts and the administrator's policy.
//!
//! Pure: the same evidence gives the same decision. Whatever is ambiguous is held, with the reason
//! and with what would change the answer.

use std::cmp::Reverse;

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
    /// The client profile's verdict, and its most telling reason.
    Judged(VerdictKind, String),
    /// Nobody asked (offline, or the name is not usable anyway).
    NotAsked,
    /// Plain http presents none.
    NotApplicable,
}

impl Certified {
    /// The word that reports use.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Judged(kind, _) => kind.as_str(),
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
            Certified::Judged(kind, reason) if *kind != VerdictKind::Trusted => {
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

/// Decides one endpoint.
///
/// `certified` gives what is known of the certificate of a usable name on the endpoint's port; it
/// is asked only for names that are admitted and confirmed or stated, on https.
pub fn decide(
    endpoint: &Endpoint,
    scope: &Scope,
    evidence: &Evidence,
    policy: Policy,
    certified: &mut dyn FnMut(&ReferenceIdentifier, u16) -> Certified,
) -> Decided {
    let candidates: Vec<Weighed> = scope
        .candidates(endpoint, evidence)
        .into_iter()
        .map(|candidate| weigh(candidate, endpoint, scope, evidence, certified))
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
) -> Weighed {
    let admitted = scope.admit(&candidate);
    let forward = match (&admitted, endpoint.host.address()) {
        (Err(_), _) => Forward::NotAsked("the name is outside the allowed domains".to_owned()),
        (Ok(_), Some(address)) => evidence.forward(&candidate.name, address),
        (Ok(_), None) => Forward::NotAsked("a bare host name has no address to confirm".to_owned()),
    };
    let mut weighed = Weighed { candidate, admitted, forward, certified: Certified::NotAsked };
    if let Some(name) = weighed.usable() {
        weighed.certified = match endpoint.scheme {
            Scheme::Http => Certified::NotApplicable,
            Scheme::Https => certified(name, endpoint.port),
        };
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
    // The map is the administrator's word about this very address: where it speaks, nothing else
    // is weighed against it.
    let mapped = candidates.iter().position(|c| c.candidate.sources.contains(&Source::Map));
    let considered = match mapped {
        Some(at) => &candidates[at..=at],
        None => candidates,
    };
    let usable: Vec<&Weighed> = considered.iter().filter(|c| c.usable().is_some()).collect();
    let Some(strongest) = usable.first() else {
        return Decision::Unresolved(why_unresolved(endpoint, considered, evidence, policy));
    };
    let acceptable: Vec<&Weighed> = usable
        .iter()
        .copied()
        .filter(|c| policy.untrusted == OnUntrusted::Flag || c.objection(policy).is_none())
        .collect();
    let Some(best) = acceptable.first() else {
        return Decision::Hold(why_not_trusted(strongest, policy));
    };
    let rank = best.candidate.rank();
    let mut equals: Vec<&Weighed> =
        acceptable.into_iter().filter(|c| c.candidate.rank() == rank).collect();
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
        // `equals` holds `best` at least, and everything in it is usable.
        None => Decision::Hold(why_not_trusted(strongest, policy)),
    }
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
    let id = match &chosen.certified {
        Certified::Judged(VerdictKind::Trusted, _) => {
            explanation.push_str("; its certificate is trusted");
            "trusted"
        }
        Certified::Judged(_, reason) => {
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
    let (id, again) = match &strongest.certified {
        Certified::Judged(VerdictKind::Prompts, _) => ("certificate-prompts", false),
        Certified::Judged(VerdictKind::Refuses, _) => ("certificate-refuses", false),
        _ => ("certificate-unknown", true),
    };
    let hint = if again {
        format!(
            "see that `{name}` can be reached from here and run again, or write it unchecked with \
             --certificate warn"
        )
    } else {
        format!(
            "have the certificate of `{name}` mended, map the address to another name, or write it \
             all the same with --certificate warn"
        )
    };
    let explanation = strongest
        .objection(policy)
        .unwrap_or_else(|| format!("the certificate of `{name}` is not trusted"));
    Reason { id, explanation, hint: Some(hint) }
}

fn ambiguous(endpoint: &Endpoint, equals: &[&Weighed]) -> Reason {
    let names: Vec<String> = equals.iter().map(|c| format!("`{}`", c.candidate.name)).collect();
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
mod tests {
    use std::collections::BTreeMap;
    use std::net::IpAddr;

    use super::*;
    use crate::evidence::{Absence, Family, HandshakeOutcome, Target};

    const POLICY: Policy = Policy {
        untrusted: OnUntrusted::Hold,
        ambiguity: OnAmbiguity::Hold,
        reach: Reach::Network,
    };

    fn name(text: &str) -> Fqdn {
        Fqdn::parse(text).unwrap()
    }

    fn address() -> IpAddr {
        "203.0.113.7".parse().unwrap()
    }

    fn endpoint(scheme: Scheme) -> Endpoint {
        Endpoint { host: OldHost::Address(address()), port: scheme.default_port(), scheme }
    }

    fn scope() -> Scope {
        Scope { domains: vec![name("webex.com")], ..Scope::default() }
    }

    /// Evidence in which the address has these PTR names, and names have these forward answers.
    fn evidence(pointers: Answer<Vec<&str>>, forward: &[(&str, Answer<Vec<&str>>)]) -> Evidence {
        let owned = |answer: &Answer<Vec<&str>>| match answer {
            Answer::Found(names) => {
                Answer::Found(names.iter().map(|name| (*name).to_owned()).collect())
            }
            Answer::Absent(absence) => Answer::Absent(*absence),
            Answer::CouldNotAsk(why) => Answer::CouldNotAsk(why.clone()),
            Answer::NotAsked(why) => Answer::NotAsked(why.clone()),
        };
        let mut evidence = Evidence::default();
        evidence.pointers.insert(address(), owned(&pointers));
        for (host, answer) in forward {
            let answer = match owned(answer) {
                Answer::Found(found) => {
                    Answer::Found(found.iter().map(|text: &String| text.parse().unwrap()).collect())
                }
                Answer::Absent(absence) => Answer::Absent(absence),
                Answer::CouldNotAsk(why) => Answer::CouldNotAsk(why),
                Answer::NotAsked(why) => Answer::NotAsked(why),
            };
            evidence.learn_addresses(name(host), Family::V4, answer);
        }
        evidence
    }

    fn here() -> Answer<Vec<&'static str>> {
        Answer::Found(vec!["203.0.113.7"])
    }

    /// `rewrite NAME (reason)`, `hold (reason)` or `unresolved (reason)`.
    fn outcome(
        scope: &Scope,
        evidence: &Evidence,
        policy: Policy,
        verdicts: &[(&str, VerdictKind)],
    ) -> String {
        let decided =
            decide(&endpoint(Scheme::Https), scope, evidence, policy, &mut |name, port| {
                assert_eq!(port, 443);
                if policy.reach == Reach::Offline {
                    return Certified::NotAsked;
                }
                let found = verdicts.iter().find(|(host, _)| *host == name.name().as_str());
                Certified::Judged(
                    found.map_or(VerdictKind::Trusted, |(_, kind)| *kind),
                    "why".into(),
                )
            });
        let reason = decided.decision.reason();
        assert_eq!(reason.hint.is_none(), matches!(decided.decision, Decision::Rewrite(..)));
        match &decided.decision {
            Decision::Rewrite(to, _) => format!("rewrite {} ({})", to.name(), reason.id),
            other => format!("{} ({})", other.as_str(), reason.id),
        }
    }

    #[test]
    fn every_reason_has_its_own_word() {
        let nothing = Answer::Absent(Absence::NxDomain);
        let dead = Answer::CouldNotAsk("no answer within 5 s".to_owned());
        for (pointers, forward, expected) in [
            (
                Answer::Found(vec!["c.webex.com"]),
                vec![("c.webex.com", here())],
                "rewrite c.webex.com (trusted)",
            ),
            (
                Answer::Found(vec!["C.WebEx.com."]),
                vec![("c.webex.com", here())],
                "rewrite c.webex.com (trusted)",
            ),
            (
                Answer::Found(vec!["c.webex.com"]),
                vec![("c.webex.com", Answer::Found(vec!["203.0.113.8"]))],
                "unresolved (contradicted)",
            ),
            (
                Answer::Found(vec!["c.webex.com"]),
                vec![("c.webex.com", nothing.clone())],
                "unresolved (absent)",
            ),
            (
                Answer::Found(vec!["c.webex.com"]),
                vec![("c.webex.com", dead.clone())],
                "unresolved (could-not-ask)",
            ),
            (
                Answer::Found(vec!["webex.com.evil.example"]),
                vec![("webex.com.evil.example", here())],
                "unresolved (outside-domains)",
            ),
            (
                Answer::Found(vec!["notwebex.com"]),
                vec![("notwebex.com", here())],
                "unresolved (outside-domains)",
            ),
            (nothing, vec![], "unresolved (no-candidate)"),
            (Answer::Found(vec!["not a name"]), vec![], "unresolved (no-candidate)"),
            (dead, vec![], "unresolved (could-not-ask)"),
            (
                Answer::Found(vec!["a.webex.com", "b.webex.com"]),
                vec![("a.webex.com", here()), ("b.webex.com", here())],
                "hold (ambiguous)",
            ),
            (
                Answer::Found(vec!["a.webex.com", "b.webex.com"]),
                vec![("a.webex.com", here()), ("b.webex.com", Answer::Found(vec!["203.0.113.8"]))],
                "rewrite a.webex.com (trusted)",
            ),
            // A stranger's name beside the right one does not stand in its way.
            (
                Answer::Found(vec!["a.webex.com", "evil.example"]),
                vec![("a.webex.com", here()), ("evil.example", here())],
                "rewrite a.webex.com (trusted)",
            ),
        ] {
            let evidence = evidence(pointers.clone(), &forward);
            assert_eq!(outcome(&scope(), &evidence, POLICY, &[]), expected, "{pointers:?}");
        }
    }

    #[test]
    fn certificates_stand_in_the_way_or_are_flagged() {
        let evidence = evidence(Answer::Found(vec!["c.webex.com"]), &[("c.webex.com", here())]);
        let flag = Policy { untrusted: OnUntrusted::Flag, ..POLICY };
        for (kind, required, flagged) in [
            (
                VerdictKind::Trusted,
                "rewrite c.webex.com (trusted)",
                "rewrite c.webex.com (trusted)",
            ),
            (VerdictKind::Prompts, "hold (certificate-prompts)", "rewrite c.webex.com (flagged)"),
            (VerdictKind::Refuses, "hold (certificate-refuses)", "rewrite c.webex.com (flagged)"),
            (VerdictKind::Unknown, "hold (certificate-unknown)", "rewrite c.webex.com (flagged)"),
        ] {
            let verdicts = [("c.webex.com", kind)];
            assert_eq!(outcome(&scope(), &evidence, POLICY, &verdicts), required, "{kind:?}");
            assert_eq!(outcome(&scope(), &evidence, flag, &verdicts), flagged, "{kind:?}");
        }
    }

    #[test]
    fn stronger_sources_win_and_a_bad_certificate_makes_room_for_the_next() {
        let mut evidence = evidence(
            Answer::Found(vec!["ptr.webex.com"]),
            &[("ptr.webex.com", here()), ("cert.webex.com", here()), ("row.webex.com", here())],
        );
        let mut handshake = crate::evidence::Handshake::without_chain(HandshakeOutcome::Completed);
        handshake.dns_names = vec!["cert.webex.com".to_owned(), "*.webex.com".to_owned()];
        let target = Target { name: None, address: address(), port: 443 };
        evidence.handshakes.insert(target, handshake);
        let scope = Scope { corpus: BTreeMap::from([(name("row.webex.com"), 5)]), ..scope() };
        let bad = |host| (host, VerdictKind::Prompts);
        for (verdicts, expected) in [
            (vec![], "rewrite cert.webex.com (trusted)"),
            (vec![bad("cert.webex.com")], "rewrite ptr.webex.com (trusted)"),
            (vec![bad("cert.webex.com"), bad("ptr.webex.com")], "rewrite row.webex.com (trusted)"),
        ] {
            assert_eq!(outcome(&scope, &evidence, POLICY, &verdicts), expected, "{verdicts:?}");
        }
    }

    #[test]
    fn the_administrators_word_needs_no_confirmation_and_keeps_to_the_domains() {
        let away = Answer::Found(vec!["203.0.113.8"]);
        let evidence = evidence(
            Answer::Found(vec!["ptr.webex.com"]),
            &[("ptr.webex.com", here()), ("map.webex.com", away.clone()), ("any.webex.com", away)],
        );
        let mapped = |line: &str| Scope {
            map: crate::reference::HostMap::parse(line.as_bytes()).unwrap(),
            ..scope()
        };
        let offline = Policy { reach: Reach::Offline, ..POLICY };
        let good = mapped("203.0.113.0/24,map.webex.com");
        let bad = [("map.webex.com", VerdictKind::Prompts)];
        assert_eq!(outcome(&good, &evidence, POLICY, &[]), "rewrite map.webex.com (trusted)");
        // The map speaks about this address: nothing weaker replaces what it says.
        assert_eq!(outcome(&good, &evidence, POLICY, &bad), "hold (certificate-prompts)");
        let evil = mapped("203.0.113.7,map.evil.example");
        assert_eq!(outcome(&evil, &evidence, POLICY, &[]), "unresolved (outside-domains)");
        assert_eq!(
            outcome(&evil, &Evidence::default(), offline, &[]),
            "unresolved (outside-domains)"
        );
        let nothing = Evidence::default();
        assert_eq!(
            outcome(&good, &nothing, offline, &[]),
            "rewrite map.webex.com (stated-offline)"
        );
        assert_eq!(outcome(&scope(), &nothing, offline, &[]), "unresolved (offline)");

        let default = Scope { default_host: Some(name("any.webex.com")), ..scope() };
        assert_eq!(outcome(&default, &evidence, POLICY, &[]), "rewrite ptr.webex.com (trusted)");
        let bad = [("ptr.webex.com", VerdictKind::Refuses)];
        assert_eq!(outcome(&default, &evidence, POLICY, &bad), "rewrite any.webex.com (trusted)");
        assert_eq!(
            outcome(&default, &nothing, offline, &[]),
            "rewrite any.webex.com (stated-offline)"
        );
    }

    #[test]
    fn picking_goes_by_rows_then_length_then_alphabet() {
        let names = ["zz.webex.com", "b.webex.com", "a.webex.com"];
        let forward = names.map(|name| (name, here()));
        let evidence = evidence(Answer::Found(names.to_vec()), &forward);
        let pick = Policy { ambiguity: OnAmbiguity::Pick, ..POLICY };
        let plain = scope();
        // A corpus name is a PTR name too here: its rank is the PTR's.
        let rows = Scope { corpus: BTreeMap::from([(name("zz.webex.com"), 2)]), ..scope() };
        assert_eq!(outcome(&plain, &evidence, POLICY, &[]), "hold (ambiguous)");
        assert_eq!(outcome(&plain, &evidence, pick, &[]), "rewrite a.webex.com (trusted)");
        assert_eq!(outcome(&rows, &evidence, pick, &[]), "rewrite zz.webex.com (trusted)");
    }

    #[test]
    fn plain_http_needs_the_name_and_no_certificate() {
        let evidence = evidence(Answer::Found(vec!["c.webex.com"]), &[("c.webex.com", here())]);
        let decided = decide(&endpoint(Scheme::Http), &scope(), &evidence, POLICY, &mut |_, _| {
            panic!("there is no certificate to ask about")
        });
        assert_eq!(decided.decision.reason().id, "plain-http");
    }

    #[test]
    fn what_is_said_names_names_and_addresses() {
        let evidence = evidence(
            Answer::Found(vec!["c.webex.com"]),
            &[("c.webex.com", Answer::Found(vec!["203.0.113.8", "203.0.113.9"]))],
        );
        let decided = decide(&endpoint(Scheme::Https), &scope(), &evidence, POLICY, &mut |_, _| {
            panic!("the certificate of a name that lives elsewhere is nobody's business")
        });
        let reason = decided.decision.reason();
        assert_eq!(
            reason.explanation,
            "`c.webex.com` lives at 203.0.113.8, 203.0.113.9, not at this address"
        );
        let hint = reason.hint.as_deref().unwrap();
        assert!(hint.contains("`203.0.113.7,NAME.webex.com`"), "{hint}");
    }
}
