//! Certificate verdicts for a run: one per (name, port), judged once, and shown in the report.

use std::collections::BTreeMap;

use crate::certify::{CertificateVerdict, NameVerdict, certify};
use crate::decide::Certified;
use crate::evidence::Evidence;
use crate::profile::{Profile, Verdict};
use crate::reference::ReferenceIdentifier;
use crate::report::{CertificateReport, ChainMember, IdentityReport, RevocationReport};
use crate::x509::certificate::Certificate;
use crate::x509::time;
use crate::x509::trust::TrustAnchors;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Judges names and remembers the verdicts.
pub(super) struct Judge {
    anchors: TrustAnchors,
    now: i64,
    profile: &'static Profile,
    verdicts: BTreeMap<(ReferenceIdentifier, u16), NameVerdict>,
}

impl Judge {
    /// Judges at `now` (seconds since the epoch) by one profile.
    pub(super) fn new(anchors: TrustAnchors, now: i64, profile: &'static Profile) -> Self {
        Self { anchors, now, profile, verdicts: BTreeMap::new() }
    }

    /// The verdict on a name's certificate on one port, over all its addresses.
    pub(super) fn verdict(
        &mut self,
        name: &ReferenceIdentifier,
        port: u16,
        evidence: &Evidence,
    ) -> &NameVerdict {
        self.verdicts
            .entry((name.clone(), port))
            .or_insert_with(|| certify(name, port, evidence, &self.anchors, self.now, self.profile))
    }

    /// The same as decisions want it.
    pub(super) fn certified(
        &mut self,
        name: &ReferenceIdentifier,
        port: u16,
        evidence: &Evidence,
    ) -> Certified {
        let verdict = self.verdict(name, port, evidence);
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
        host: name.host.name().to_string(),
        port: name.port,
        address: None,
        profile: name.profile.as_str().into(),
        verdict: name.verdict.kind.as_str().into(),
        reasons: name.verdict.reasons.clone(),
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
        deciding_rule: certificate.verdict.rule.map(Into::into),
        identity: identity(&certificate.verdict),
        chain: certificate.chain.iter().map(member).collect(),
        not_after: certificate.not_after.map(time::utc),
        days_left: certificate.not_after.map(|not_after| (not_after - now).div_euclid(DAY)),
        key: end_entity.map(|end_entity| end_entity.key.to_string()),
        signature: end_entity.map(|end_entity| end_entity.signature.name.clone()),
        revocation: RevocationReport {
            state: certificate.revocation.as_str().into(),
            ..RevocationReport::not_asked()
        },
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

fn member(certificate: &Certificate) -> ChainMember {
    ChainMember {
        subject: certificate.subject.clone(),
        issuer: certificate.issuer.clone(),
        not_before: time::utc(certificate.not_before),
        not_after: time::utc(certificate.not_after),
        sha256: certificate.sha256.clone(),
    }
}
