//! Certificate verdicts for a run: one per (name, port), judged once, and shown in the report.

use std::collections::BTreeMap;

use crate::certify::{NameVerdict, certify};
use crate::decide::Certified;
use crate::evidence::Evidence;
use crate::profile::Profile;
use crate::reference::ReferenceIdentifier;
use crate::report::{ChainMember, CertificateReport, IdentityReport, RevocationReport};
use crate::x509::time;
use crate::x509::trust::TrustAnchors;

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Judges names and remembers the verdicts.
pub struct Judge {
    anchors: TrustAnchors,
    now: i64,
    profile: &'static Profile,
    verdicts: BTreeMap<(ReferenceIdentifier, u16), NameVerdict>,
}

impl Judge {
    /// Judges at `now` (seconds since the epoch) by one profile.
    pub fn new(anchors: TrustAnchors, now: i64, profile: &'static Profile) -> Self {
        Self { anchors, now, profile, verdicts: BTreeMap::new() }
    }

    /// The verdict on a name's certificate on one port, over all its addresses.
    pub fn verdict(
        &mut self,
        name: &ReferenceIdentifier,
        port: u16,
        evidence: &Evidence,
    ) -> &NameVerdict {
        self.verdicts.entry((name.clone(), port)).or_insert_with(|| {
            certify(name, port, evidence, &self.anchors, self.now, self.profile)
        })
    }

    /// The same as decisions want it.
    pub fn certified(
        &mut self,
        name: &ReferenceIdentifier,
        port: u16,
        evidence: &Evidence,
    ) -> Certified {
        let verdict = self.verdict(name, port, evidence);
        let reason = verdict.reasons.first().cloned().unwrap_or_default();
        Certified::Judged(verdict.kind, reason)
    }

    /// Every verdict given, for the report.
    pub fn into_reports(self) -> Vec<CertificateReport> {
        let (now, profile) = (self.now, self.profile);
        self.verdicts
            .into_iter()
            .flat_map(|((name, port), verdict)| reports(&name, port, &verdict, now, profile))
            .collect()
    }
}
