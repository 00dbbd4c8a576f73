//! Certificate verdicts for a run: one per (name, port), judged once, and shown in the report.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::facts::counted;
use crate::certify::{CertificateVerdict, Demand, NameVerdict, Standard, certify, certify_given};
use crate::decide::{Certified, Subject};
use crate::evidence::{Dialogue, Evidence};
use crate::profile::{PROFILES, Verdict, VerdictKind};
use crate::reference::ReferenceIdentifier;
use crate::report::{
    CertificateReport, ChainMember, FindingReport, IdentityReport, ProfileResponse,
    RevocationReport, TrustAnchorReport, Word,
};
use crate::rules::NOT_REVOKED;
use crate::settings::CertificatePlan;
use crate::x509::certificate::Certificate;
use crate::x509::revocation::{self, Revocation};
use crate::x509::time;
use crate::x509::trust::TrustAnchors;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Judges servers and remembers the verdicts.
pub(super) struct Judge {
    anchors: Arc<TrustAnchors>,
    now: i64,
    plan: CertificatePlan,
    verdicts: BTreeMap<Demand, NameVerdict>,
}

impl Judge {
    /// Judges at `now` (seconds since the epoch).
    pub(super) fn new(anchors: Arc<TrustAnchors>, now: i64, plan: CertificatePlan) -> Self {
        Self { anchors, now, plan, verdicts: BTreeMap::new() }
    }

    fn standard(&self) -> Standard<'_> {
        Standard {
            anchors: &self.anchors,
            at: self.now,
            profile: self.plan.profile,
            warn_days: self.plan.warn_days,
        }
    }

    /// The verdict on a server, over all its addresses.
    pub(super) fn verdict(&mut self, demand: &Demand, evidence: &Evidence) -> &NameVerdict {
        if !self.verdicts.contains_key(demand) {
            let verdict = certify(demand, evidence, self.standard());
            self.verdicts.insert(demand.clone(), verdict);
        }
        &self.verdicts[demand]
    }

    /// The verdict on a chain, as though a server presented it.
    pub(super) fn given(&mut self, demand: &Demand, chain: &[Vec<u8>], evidence: &Evidence) {
        let verdict = certify_given(demand, chain, evidence, self.standard());
        self.verdicts.insert(demand.clone(), verdict);
    }

    /// The verdict on a photo server, as decisions want it.
    pub(super) fn certified(
        &mut self,
        name: &ReferenceIdentifier,
        port: u16,
        evidence: &Evidence,
    ) -> Certified {
        let verdict = self.verdict(&Demand::photo(name.clone(), port), evidence);
        let reason = verdict.verdict.reasons.first().cloned().unwrap_or_default();
        Certified::Judged(verdict.verdict.kind, reason, subject(verdict))
    }

    /// Every verdict given, in order.
    pub(super) fn verdicts(&self) -> impl Iterator<Item = &NameVerdict> {
        self.verdicts.values()
    }

    /// The trust anchors judged by.
    pub(super) fn anchors(&self) -> &TrustAnchors {
        &self.anchors
    }

    /// Every verdict given, for people who want no more.
    pub(super) fn into_reports(self) -> Vec<CertificateReport> {
        self.verdicts.into_values().flat_map(|verdict| reports(&verdict, self.now)).collect()
    }

    /// Every verdict given, with what each rule says and what the profiles make of it.
    pub(super) fn into_full_reports(self) -> Vec<CertificateReport> {
        // Each verdict, with its certificates as they were read, ends where its report begins: of
        // many servers both together are the most memory that a run takes.
        let full = self.verdicts.into_values().flat_map(|verdict| {
            let judged = verdict.certificates.iter().map(|one| findings(&verdict, one));
            let judged = judged.chain(std::iter::repeat(Vec::new()));
            let full = reports(&verdict, self.now).into_iter().zip(judged);
            full.map(|(report, findings)| CertificateReport { findings: Some(findings), ..report })
                .collect::<Vec<_>>()
        });
        full.collect()
    }

    /// What should be said about revocation before anything else: nothing where it was asked.
    pub(super) fn revocation_note(&self) -> Option<String> {
        let all = || self.verdicts.values().flat_map(|verdict| &verdict.certificates);
        let unasked = |certificate: &&CertificateVerdict| {
            !certificate.chain.is_empty() && *certificate.revocation.state() == Revocation::NotAsked
        };
        match all().filter(unasked).count() {
            0 => None,
            some if some == all().count() => Some("revocation was not asked".to_owned()),
            some => {
                let certificates = counted(some as u64, "certificate");
                Some(format!("revocation was not asked about {certificates}"))
            }
        }
    }
}

/// What a verdict hangs on: a revocation answer, when only that is missing at every server that
/// is not trusted.
fn subject(verdict: &NameVerdict) -> Subject {
    let mut untrusted = verdict
        .certificates
        .iter()
        .filter(|certificate| certificate.verdict.kind != VerdictKind::Trusted)
        .peekable();
    let is_unanswered = |certificate: &CertificateVerdict| {
        certificate.verdict.rule == Some(NOT_REVOKED.id)
            && matches!(
                certificate.revocation.state(),
                Revocation::Withheld(_)
                    | Revocation::Unknown
                    | Revocation::Unreachable(_)
                    | Revocation::TooLate { .. }
                    | Revocation::Invalid(_)
            )
    };
    if untrusted.peek().is_some() && untrusted.all(is_unanswered) {
        Subject::RevocationAnswer
    } else {
        Subject::Certificate
    }
}

/// One report per address; one without an address where none is known.
fn reports(name: &NameVerdict, now: i64) -> Vec<CertificateReport> {
    if name.certificates.is_empty() {
        return vec![without_address(name)];
    }
    name.certificates.iter().map(|certificate| report(name, certificate, now)).collect()
}

fn findings(name: &NameVerdict, certificate: &CertificateVerdict) -> Vec<FindingReport> {
    let all = &certificate.verdict.findings;
    let dialogue = &name.demand.service.dialogue;
    let responses = |finding| {
        let responses = PROFILES.iter().filter_map(|profile| {
            let response = profile.weighs(finding, all, dialogue, &certificate.revocation)?;
            Some(ProfileResponse {
                profile: profile.id.as_str().into(),
                response: response.as_str().into(),
            })
        });
        responses.collect()
    };
    all.iter()
        .map(|finding| FindingReport {
            rule: finding.rule.into(),
            status: finding.status.as_str().into(),
            detail: finding.detail.clone(),
            presented: finding.presented.clone(),
            profiles: responses(finding),
        })
        .collect()
}

fn without_address(name: &NameVerdict) -> CertificateReport {
    let server = &name.demand.service;
    CertificateReport {
        host: server.name.to_string(),
        port: server.port,
        service: service(&server.dialogue),
        xmpp_domain: match &server.dialogue {
            Dialogue::Tls => None,
            Dialogue::Xmpp { domain } => Some(domain.to_string()),
        },
        address: None,
        profile: name.profile.as_str().into(),
        verdict: name.verdict.kind.as_str().into(),
        reasons: name.verdict.reasons.clone(),
        remarks: Vec::new(),
        deciding_rule: name.verdict.rule.map(Into::into),
        findings: None,
        identity: identity(&name.verdict),
        chain: Vec::new(),
        trust_anchor: None,
        not_after: None,
        days_left: None,
        key: None,
        signature: None,
        revocation: RevocationReport::not_asked(),
        tls: None,
    }
}

fn report(name: &NameVerdict, certificate: &CertificateVerdict, now: i64) -> CertificateReport {
    let end_entity = certificate.chain.first();
    CertificateReport {
        address: certificate.address,
        verdict: certificate.verdict.kind.as_str().into(),
        reasons: certificate.verdict.reasons.clone(),
        remarks: certificate.remarks.clone(),
        deciding_rule: certificate.verdict.rule.map(Into::into),
        identity: identity(&certificate.verdict),
        chain: certificate
            .chain
            .iter()
            .enumerate()
            .map(|(at, one)| member(one, certificate.revocation.of(at)))
            .collect(),
        trust_anchor: certificate.path.path.as_ref().map(|path| TrustAnchorReport {
            subject: path.anchor_subject.clone(),
            source: path.anchor_label.clone(),
            not_after: path.anchor_not_after.map(time::rfc3339),
        }),
        not_after: certificate.not_after.map(time::rfc3339),
        days_left: certificate.not_after.map(|not_after| (not_after - now).div_euclid(DAY)),
        key: end_entity.map(|end_entity| end_entity.key.to_string()),
        signature: end_entity.map(|end_entity| end_entity.signature.name.clone()),
        revocation: certificate
            .revocation
            .worst()
            .map_or_else(RevocationReport::not_asked, |worst| revocation(&worst.status)),
        tls: certificate.protocol.clone(),
        ..without_address(name)
    }
}

fn identity(verdict: &Verdict) -> IdentityReport {
    IdentityReport {
        matched: verdict.identity.matched,
        rule: verdict.identity.rule.map(Into::into),
        presented: verdict.identity.presented.clone(),
    }
}

fn service(dialogue: &Dialogue) -> Word {
    match dialogue {
        Dialogue::Tls => "http".into(),
        Dialogue::Xmpp { .. } => "xmpp".into(),
    }
}

fn revocation(status: &revocation::Status) -> RevocationReport {
    RevocationReport {
        state: status.state.as_str().into(),
        detail: status.detail(),
        source: status.source.as_ref().map(ToString::to_string),
        elapsed_ms: status.elapsed_ms,
        this_update: status.this_update.map(time::rfc3339),
        next_update: status.next_update.map(time::rfc3339),
    }
}

fn member(certificate: &Certificate, status: Option<&revocation::Status>) -> ChainMember {
    ChainMember {
        subject: certificate.subject.clone(),
        issuer: certificate.issuer.clone(),
        not_before: time::rfc3339(certificate.not_before),
        not_after: time::rfc3339(certificate.not_after),
        sha256: certificate.sha256.clone(),
        revocation: status.map(revocation),
    }
}
