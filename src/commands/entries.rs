//! What was decided about each endpoint, as the second pass does it and as reports say it.

use super::photos;
use crate::decide::{Decided, Decision, Policy, Reason, Weighed};
use crate::evidence::{Endpoint, Evidence, Forward, Handshake, HandshakeOutcome, Target};
use crate::ledger::Class;
use crate::name::Fqdn;
use crate::reference::Scope;
use crate::report::{CandidateReport, EndpointReport, OldCertificate};
use crate::rewrite::{Leave, Treatment, Treatments};
use crate::x509::certificate::Certificate;
use crate::x509::time;

/// What is done with the records of every endpoint.
pub(super) fn treatments(scope: &Scope, decided: &[Decided]) -> Treatments {
    let leave = |class, reason: &Reason| {
        Treatment::Leave(Leave {
            class,
            reason: reason.id.to_owned(),
            explanation: reason.explanation.clone(),
            hint: reason.hint.clone(),
        })
    };
    let by_endpoint = decided
        .iter()
        .map(|decided| {
            let treatment = match &decided.decision {
                Decision::Rewrite(to, _) => Treatment::Rewrite(to.clone()),
                Decision::Hold(reason) => leave(Class::Held, reason),
                Decision::Unresolved(reason) => leave(Class::Unresolved, reason),
            };
            (decided.endpoint.clone(), treatment)
        })
        .collect();
    Treatments { domains: scope.domains.clone(), by_endpoint, unplanned: None }
}

/// One endpoint, and how many records point to it.
pub(super) fn endpoint_report(
    decided: &Decided,
    records: u64,
    evidence: &Evidence,
    policy: Policy,
) -> EndpointReport {
    let reason = decided.decision.reason();
    let chosen = match &decided.decision {
        Decision::Rewrite(to, _) => Some(to.name()),
        _ => None,
    };
    EndpointReport {
        endpoint: decided.endpoint.clone(),
        records,
        decision: decided.decision.as_str().into(),
        host: chosen.map(ToString::to_string),
        reason: reason.id.into(),
        explanation: reason.explanation.clone(),
        hint: reason.hint.clone(),
        candidates: decided
            .candidates
            .iter()
            .map(|weighed| candidate_report(weighed, chosen, policy))
            .collect(),
        old_certificate: old_certificate(&decided.endpoint, evidence),
        photos: photos::reports(decided),
    }
}

fn candidate_report(weighed: &Weighed, chosen: Option<&Fqdn>, policy: Policy) -> CandidateReport {
    let name = &weighed.candidate.name;
    let forward_detail = match &weighed.forward {
        Forward::Confirmed => None,
        Forward::Contradicted(found) => {
            let found: Vec<String> = found.iter().map(ToString::to_string).collect();
            Some(format!("lives at {}", found.join(", ")))
        }
        Forward::Absent(absence) => Some(absence.as_str().to_owned()),
        Forward::CouldNotAsk(why) | Forward::NotAsked(why) => Some(why.clone()),
    };
    CandidateReport {
        host: name.to_string(),
        sources: weighed.candidate.sources.iter().copied().collect(),
        forward: weighed.forward.as_str().into(),
        forward_detail,
        verdict: weighed.certified.as_str().into(),
        objection: weighed.objection(policy).filter(|_| chosen != Some(name)),
        support: weighed.candidate.support.clone(),
    }
}

fn old_certificate(endpoint: &Endpoint, evidence: &Evidence) -> Option<OldCertificate> {
    let target = Target::nameless(endpoint.host.address()?, endpoint.port);
    let handshake: &Handshake = evidence.handshakes.get(&target)?;
    let certificate = handshake.chain.first().and_then(|der| Certificate::parse(der).ok());
    Some(OldCertificate {
        handshake: match &handshake.outcome {
            HandshakeOutcome::TooOld(protocol) => format!("the server speaks only {protocol}"),
            outcome => outcome.why().unwrap_or("completed").to_owned(),
        },
        dns_names: handshake.dns_names.clone(),
        subject: certificate.as_ref().map(|certificate| certificate.subject.clone()),
        not_after: certificate.map(|certificate| time::rfc3339(certificate.not_after)),
    })
}
