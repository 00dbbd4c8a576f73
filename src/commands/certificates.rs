//! Certificate verdicts for a run: one per (name, port), judged once, and shown in the report.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::certify::{CertificateVerdict, NameVerdict, certify};
use crate::decide::Certified;
use crate::evidence::{Dialogue, Evidence, Service};
use crate::profile::{Profile, Verdict};
use crate::reference::ReferenceIdentifier;
use crate::report::{CertificateReport, ChainMember, IdentityReport, RevocationReport, Word};
use crate::x509::certificate::Certificate;
use crate::x509::revocation;
use crate::x509::time;
use crate::x509::trust::TrustAnchors;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Judges names and remembers the verdicts.
pub(super) struct Judge {
    anchors: Arc<TrustAnchors>,
    now: i64,
    profile: &'static Profile,
    verdicts: BTreeMap<(ReferenceIdentifier, Service), NameVerdict>,
}

impl Judge {
    /// Judges at `now` (seconds since the epoch) by one profile.
    pub(super) fn new(anchors: Arc<TrustAnchors>, now: i64, profile: &'static Profile) -> Self {
        Self { anchors, now, profile, verdicts: BTreeMap::new() }
    }

    /// The verdict on a server's certificate, by the name it shall have, over all its addresses.
    pub(super) fn verdict(
        &mut self,
        service: &Service,
        name: &ReferenceIdentifier,
        evidence: &Evidence,
    ) -> &NameVerdict {
        self.verdicts.entry((name.clone(), service.clone())).or_insert_with(|| {
            certify(service, name, evidence, &self.anchors, self.now, self.profile)
        })
    }

    /// The verdict on a photo server, as decisions want it.
    pub(super) fn certified(
        &mut self,
        name: &ReferenceIdentifier,
        port: u16,
        evidence: &Evidence,
    ) -> Certified {
        let service = Service::tls(name.name().clone(), port);
        let verdict = self.verdict(&service, name, evidence);
        let reason = verdict.verdict.reasons.first().cloned().unwrap_or_default();
        Certified::Judged(verdict.verdict.kind, reason)
    }

    /// Every verdict given, for the report.
    pub(super) fn into_reports(self) -> Vec<CertificateReport> {
        self.verdicts.values().flat_map(|verdict| reports(verdict, self.now)).collect()
    }
}

/// One report per address; one without an address where none is known.
fn reports(name: &NameVerdict, now: i64) -> Vec<CertificateReport> {
    if name.certificates.is_empty() {
        return vec![without_address(name)];
    }
    name.certificates.iter().map(|certificate| report(name, certificate, now)).collect()
}

fn without_address(name: &NameVerdict) -> CertificateReport {
    CertificateReport {
        host: name.service.name.to_string(),
        port: name.service.port,
        service: service(&name.service.dialogue),
        xmpp_domain: match &name.service.dialogue {
            Dialogue::Tls => None,
            Dialogue::Xmpp { domain } => Some(domain.to_string()),
        },
        address: None,
        profile: name.profile.as_str().into(),
        verdict: name.verdict.kind.as_str().into(),
        reasons: name.verdict.reasons.clone(),
        remarks: Vec::new(),
        deciding_rule: name.verdict.rule.map(Into::into),
        identity: identity(&name.verdict),
        chain: Vec::new(),
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
        address: Some(certificate.address),
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
