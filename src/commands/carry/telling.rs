//! What a run over another export than the planned one says in its report.

use super::super::apply::Application;
use super::super::facts;
use super::super::facts::kinds;
use super::Work;
use super::source::Source;
use crate::approval::{NOT_APPROVED, REFUSED};
use crate::carry::{self, Index, Outcome, Tally};
use crate::evidence::{Endpoint, OldHost};
use crate::ledger::Class;
use crate::report::{Carry, Conflict, EndpointReport, NamedFile, Place, Report, Tool};
use crate::rewrite::{Done, Leave};

/// Says why a host is left alone; none when it may be rewritten.
type HostObjection<'g> = dyn Fn(&Endpoint, &str) -> Option<Leave> + 'g;

/// Why an address is left alone that the plan does not know.
pub(in crate::commands) fn not_planned() -> Leave {
    Leave {
        class: Class::Unresolved,
        reason: "not-planned".to_owned(),
        explanation: "the plan does not know this address: it was not in the export that was \
                      planned for"
            .to_owned(),
        hint: Some("make a plan for this export".to_owned()),
    }
}

impl Work<'_> {
    /// The report of a rebase.
    pub(super) fn rebased(
        &self,
        index: Option<&Index>,
        seen: &Done,
        tally: &Tally,
        outcome: &Outcome,
        hosts: &HostObjection<'_>,
    ) -> Report {
        let plan = &self.application.plan.plan.report;
        let made = tally.carried + tally.newcomers;
        let records = |reason: &str| tally.objected.get(reason).copied().unwrap_or(0);
        let facts = self
            .application
            .consent
            .as_ref()
            .map(|(_, consent)| consent.facts(made, records(REFUSED), records(NOT_APPROVED)));
        let mut report = self.report(index, seen);
        report.notes.extend(plan.notes.iter().map(|note| format!("when it was planned: {note}")));
        report.endpoints = self.endpoints(tally, hosts);
        report.certificates.clone_from(&plan.certificates);
        report.approval = facts;
        report.carry = Some(self.carry(index, outcome, tally.carried, tally.newcomers));
        report
    }

    /// The report of a reverse.
    pub(super) fn reversed(&self, index: &Index, seen: &Done, outcome: &Outcome) -> Report {
        let mut report = self.report(Some(index), seen);
        report.notes.extend(self.other_runs());
        let carried = seen.ledger.of(Class::Rewritten);
        report.carry = Some(self.carry(Some(index), outcome, carried, 0));
        report
    }

    /// That a plan was applied more than once, of which a reverse takes back one time.
    fn other_runs(&self) -> Option<String> {
        let Application { plan, journal, .. } = self.application;
        let runs = journal.as_ref()?.journal.runs(&plan.sha256);
        let standing: Vec<_> = runs.iter().filter(|run| run.taken_back.is_none()).collect();
        let (last, before) = standing.split_last()?;
        let first = before.first()?;
        Some(format!(
            "the plan was applied {} times and not taken back: what is taken back is the last time, at \
             {} (`{}`); what only the others changed stays, the first of them at {} (`{}`): its \
             rollback as EXPORT takes that back",
            standing.len(),
            last.entry.time,
            last.entry.output.file,
            first.entry.time,
            first.entry.output.file
        ))
    }

    /// What both have in common: the other export, and how it was read.
    fn report(&self, index: Option<&Index>, seen: &Done) -> Report {
        let plan = &self.application.plan.plan.report;
        let mut notes = self.notes(index);
        notes.extend(facts::dialect_notes(&self.first.dialect, &self.first.census));
        Report {
            schema: plan.schema.clone(),
            tool: Tool::this(),
            command: self.application.how.as_str().into(),
            notes,
            export: self.first.facts(&self.export),
            options: plan.options.clone(),
            approval: None,
            carry: None,
            ledger: seen.ledger,
            host_kinds: kinds(&self.first.census),
            endpoints: Vec::new(),
            certificates: Vec::new(),
        }
    }

    /// How users were matched, or that they were not.
    fn notes(&self, index: Option<&Index>) -> Vec<String> {
        let mut notes = Vec::new();
        if let Source::Nowhere(why) = &self.source {
            notes.push(why.clone());
        }
        if let (Some(index), Some(file)) = (index, self.source.file()) {
            let key = index.key();
            notes.push(format!(
                "users are matched with `{}` by `{}`, {}",
                file.name,
                key.name,
                if key.folds_case { "whatever the letter case" } else { "letter by letter" }
            ));
        }
        notes
    }

    /// The endpoints of the other export, as the plan decided them.
    fn endpoints(&self, tally: &Tally, hosts: &HostObjection<'_>) -> Vec<EndpointReport> {
        let plan = &self.application.plan.plan.report;
        let census = self.first.census.endpoints.iter();
        census
            .filter_map(|(endpoint, records)| {
                let planned = plan.endpoints.iter().find(|entry| entry.endpoint == *endpoint);
                let mut entry = match (planned, &endpoint.host) {
                    (Some(entry), _) => EndpointReport { records: *records, ..entry.clone() },
                    (None, OldHost::Address(_)) => unplanned(endpoint, *records),
                    // Only the map decides a bare host, and it did not.
                    (None, OldHost::Bare(_)) => return None,
                };
                if entry.decision == "rewrite" && !tally.made.contains_key(endpoint) {
                    let name = entry.host.clone().unwrap_or_default();
                    let why = hosts(endpoint, &name).unwrap_or_else(all_in_conflict);
                    entry.hold(why.reason.into(), why.explanation, why.hint);
                }
                Some(entry)
            })
            .collect()
    }

    fn carry(
        &self,
        index: Option<&Index>,
        outcome: &Outcome,
        carried: u64,
        newcomers: u64,
    ) -> Carry {
        let planned = &self.application.plan.plan.report.export;
        Carry {
            planned: match &self.source {
                Source::Export(file) => Some((file.name.clone(), planned.sha256.clone())),
                Source::Rollback(file, known) => Some((file.name.clone(), known.sha256.clone())),
                Source::Nowhere(_) => None,
            }
            .map(|(file, sha256)| NamedFile { file, sha256 }),
            key: index.map(|index| index.key().name.clone()),
            carried,
            newcomers,
            already: outcome.already,
            conflicts: outcome.conflicts.iter().map(conflict).collect(),
        }
    }
}

fn conflict(conflict: &carry::Conflict) -> Conflict {
    let place = |place: carry::Place| Place { record: place.record, line: place.line };
    Conflict {
        reason: conflict.reason.as_str().into(),
        explanation: conflict.says.clone(),
        key: conflict.key.clone(),
        planned: conflict.planned.map(place),
        found: conflict.found.map(place),
        old: conflict.old.clone(),
        current: conflict.cell.clone(),
        new: conflict.new.clone(),
    }
}

fn unplanned(endpoint: &Endpoint, records: u64) -> EndpointReport {
    let Leave { class, reason, explanation, hint } = not_planned();
    EndpointReport {
        endpoint: endpoint.clone(),
        records,
        decision: class.as_str().into(),
        host: None,
        reason: reason.into(),
        explanation,
        hint,
        candidates: Vec::new(),
        old_certificate: None,
        photos: Vec::new(),
    }
}

/// Why a host is left alone although it may be rewritten.
fn all_in_conflict() -> Leave {
    Leave {
        class: Class::Held,
        reason: "conflict".to_owned(),
        explanation: "every record of it met something else than the plan knew".to_owned(),
        hint: Some("look at its records, and make a plan for this export".to_owned()),
    }
}
