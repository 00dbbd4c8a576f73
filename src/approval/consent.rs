//! Approvals held against their plan, and the guard that lets through what was approved.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{Answer, ApprovalError, Approvals};
use crate::evidence::Endpoint;
use crate::export::Record;
use crate::ledger::{Class, Ledger};
use crate::plan::Plan;
use crate::report::{ApprovalFacts, Report};
use crate::rewrite::{CellChange, Guard, Leave};
use crate::seal;

/// The reason word of what a reviewer refused.
pub const REFUSED: &str = "refused";
/// The reason word of what no reviewer mentioned.
pub const NOT_APPROVED: &str = "not-approved";

/// A reviewer's answers to a plan that they fit.
#[derive(Clone, Debug)]
pub struct Consent {
    reviewer: String,
    time: String,
    /// SHA-256 of the approvals' file.
    sha256: String,
    hosts: HashMap<Endpoint, (Answer, Option<String>)>,
    rows: HashMap<u64, (Answer, Option<String>)>,
}

impl Consent {
    /// Reads an approvals file as the answers to a plan, whose file has the digest `plan_sha256`.
    ///
    /// # Errors
    /// [`ApprovalError`] says why they are none.
    pub fn read(file: &[u8], plan: &Plan, plan_sha256: &str) -> Result<Self, ApprovalError> {
        let approvals = Approvals::parse(file)?;
        let found = &approvals.plan;
        if found.sha256 != plan_sha256 {
            return Err(ApprovalError::OtherPlan {
                expected: plan_sha256.to_owned(),
                found: found.sha256.clone(),
            });
        }
        if found.export_sha256 != plan.report.export.sha256 {
            return Err(ApprovalError::OtherExport {
                expected: plan.report.export.sha256.clone(),
                found: found.export_sha256.clone(),
            });
        }
        let mut consent = Self {
            reviewer: approvals.reviewer,
            time: approvals.time,
            sha256: seal::sha256(file),
            hosts: HashMap::new(),
            rows: HashMap::new(),
        };
        let planned: HashMap<_, _> =
            plan.report.endpoints.iter().map(|entry| (&entry.endpoint, entry)).collect();
        for answer in approvals.hosts {
            let endpoint = answer.endpoint;
            let Some(entry) = planned.get(&endpoint) else {
                return Err(ApprovalError::UnknownHost(endpoint));
            };
            if answer.decision == Answer::Approve && entry.decision != "rewrite" {
                return Err(ApprovalError::NotRewritten {
                    endpoint,
                    decision: entry.decision.to_string(),
                    reason: entry.reason.to_string(),
                });
            }
            let name = format!("`{endpoint}`");
            if consent.hosts.insert(endpoint, (answer.decision, answer.note)).is_some() {
                return Err(ApprovalError::Twice(name));
            }
        }
        for answer in approvals.rows {
            if consent.rows.insert(answer.record, (answer.decision, answer.note)).is_some() {
                return Err(ApprovalError::Twice(format!("record {}", answer.record)));
            }
        }
        Ok(consent)
    }

    /// SHA-256 of the approvals' file, hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// Whether single records were answered for.
    pub fn answers_rows(&self) -> bool {
        !self.rows.is_empty()
    }

    /// A guard for one pass over the plan's export.
    pub fn guard(&self) -> Consenting<'_> {
        let approved = self.rows.iter().filter(|(_, (answer, _))| *answer == Answer::Approve);
        Consenting {
            consent: self,
            tallies: BTreeMap::new(),
            unmet: approved.map(|(record, _)| *record).collect(),
        }
    }

    /// Who answered, and what it came to in records.
    pub fn facts(&self, approved: u64, refused: u64, not_approved: u64) -> ApprovalFacts {
        ApprovalFacts {
            reviewer: self.reviewer.clone(),
            time: self.time.clone(),
            sha256: self.sha256.clone(),
            approved,
            refused,
            not_approved,
        }
    }

    /// Why a host's records stay as they are, as far as no record has an answer of its own.
    pub fn objection_to_host(&self, endpoint: &Endpoint, name: &str) -> Option<Leave> {
        self.objection(self.hosts.get(endpoint), name)
    }

    fn objection(&self, answer: Option<&(Answer, Option<String>)>, name: &str) -> Option<Leave> {
        let reviewer = &self.reviewer;
        let (reason, what) = match answer {
            Some((Answer::Approve, _)) => return None,
            Some((Answer::Refuse, Some(note))) => {
                (REFUSED, format!("`{reviewer}` refused it: {note}"))
            }
            Some((Answer::Refuse, None)) => (REFUSED, format!("`{reviewer}` refused it")),
            None => (NOT_APPROVED, format!("`{reviewer}` did not approve it")),
        };
        Some(Leave {
            class: Class::Held,
            reason: reason.to_owned(),
            explanation: format!("the plan would write `{name}`, and {what}"),
            hint: Some("have it approved, on the review page or with `photofix approve`".into()),
        })
    }
}

/// Lets through what was approved, and counts.
#[derive(Debug)]
pub struct Consenting<'c> {
    consent: &'c Consent,
    tallies: BTreeMap<Endpoint, Tally>,
    /// Approved records that were not met yet.
    unmet: BTreeSet<u64>,
}

/// Records of an endpoint that the plan would change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    approved: u64,
    refused: u64,
    not_approved: u64,
}

impl Guard for Consenting<'_> {
    fn objection(&mut self, record: &Record<'_>, change: &CellChange<'_>) -> Option<Leave> {
        let number = record.position().record;
        let own = self.consent.rows.get(&number);
        self.unmet.remove(&number);
        let answer = own.or_else(|| self.consent.hosts.get(change.endpoint.as_ref()));
        let objection = self.consent.objection(answer, change.host);
        let tally = self.tallies.entry(change.endpoint.as_ref().clone()).or_default();
        match &objection {
            None => tally.approved += 1,
            Some(why) if why.reason == REFUSED => tally.refused += 1,
            Some(_) => tally.not_approved += 1,
        }
        objection
    }
}

impl Consenting<'_> {
    /// After the whole pass: whether every record that is approved was there to be changed.
    ///
    /// # Errors
    /// [`ApprovalError::UnknownRow`] names the first that was not.
    pub fn check_rows(&self) -> Result<(), ApprovalError> {
        match self.unmet.first() {
            Some(record) => Err(ApprovalError::UnknownRow(*record)),
            None => Ok(()),
        }
    }

    /// Says in a report what was approved, and what therefore happens to each host.
    pub fn tell(&self, report: &mut Report, ledger: Ledger) {
        let mut all = Tally::default();
        for entry in &mut report.endpoints {
            let tally = self.tallies.get(&entry.endpoint).copied().unwrap_or_default();
            all.approved += tally.approved;
            all.refused += tally.refused;
            all.not_approved += tally.not_approved;
            if entry.decision != "rewrite" || tally.approved > 0 {
                continue;
            }
            let name = entry.host.clone().unwrap_or_default();
            let own = self.consent.objection_to_host(&entry.endpoint, &name);
            // Every record of a host was refused alone, whatever was said of the host.
            let all_alone = tally.refused > 0 && tally.not_approved == 0;
            let own = own.filter(|why| why.reason == REFUSED || !all_alone);
            // A host of which nothing was met, because a piece of the export has no record of it,
            // stays approved.
            let refusal = (tally.refused > 0).then_some((Answer::Refuse, None));
            let each = refusal.and_then(|it| self.consent.objection(Some(&it), &name));
            let Some(why) = own.or(each) else { continue };
            entry.hold(why.reason.into(), why.explanation, why.hint);
        }
        report.ledger = ledger;
        let Tally { approved, refused, not_approved } = all;
        report.approval = Some(self.consent.facts(approved, refused, not_approved));
    }
}
