//! An export's record: its cell is read, and the network asked about its one endpoint.

use std::collections::BTreeSet;

use super::super::certificates::Judge;
use super::super::export_file::ExportFile;
use super::super::failure::Failure;
use super::super::first_pass::FirstPass;
use super::super::job::{Job, Settled, needs_decision, treatments};
use super::super::progress::Progress;
use super::conclusion;
use crate::evidence::Endpoint;
use crate::explain::{Asked, Question, answers, candidates};
use crate::name::Fqdn;
use crate::reference::Scope;
use crate::report::EndpointReport;
use crate::report::explanation::{EndpointFacts, ExplainedCertificate, Explanation, SourceAnswer};
use crate::rewrite::Treatments;

/// Explains it.
///
/// # Errors
/// [`Failure`] when a file cannot be used, when there is no such record or host, when the network
/// cannot be asked at all, or Ctrl-C was pressed.
pub(super) fn explain(
    export: &ExportFile,
    question: Question,
    job: &Job,
    progress: Progress,
) -> Result<Explanation, Failure> {
    let mut scope = job.load_scope()?;
    let domains = &job.scope.domains;
    let (first, search) = FirstPass::search(export, &job.choices, domains, question, progress)?;
    let found =
        search.finish(&first.census).map_err(|error| Failure::not_found(&export.name, &error))?;
    // Names of all the other records are evidence too.
    scope.corpus = first.census.corpus();

    let endpoint = found.photo.endpoint().filter(|it| needs_decision(it, &scope));
    let about = match &endpoint {
        Some(endpoint) => {
            let records = first.census.endpoints.get(endpoint).copied().unwrap_or(0);
            About::ask(endpoint, records, job, &scope, progress)?
        }
        None => About::nothing(domains),
    };
    let decision = conclusion::of_record(
        export,
        &job.choices,
        &found,
        &about.treatments,
        about.entry.as_ref(),
        progress,
    )?;
    Ok(Explanation {
        file: export.name.clone(),
        kind: "export".into(),
        made: None,
        notes: about.notes,
        record: Some(found.facts(domains)),
        endpoint: about.entry.as_ref().map(EndpointFacts::of),
        evidence: about.evidence,
        candidates: about.entry.map(|it| candidates(&it, domains)).unwrap_or_default(),
        certificates: about.certificates,
        decision,
    })
}

/// What was learned about the one endpoint.
struct About {
    notes: Vec<String>,
    entry: Option<EndpointReport>,
    evidence: Vec<SourceAnswer>,
    certificates: Vec<ExplainedCertificate>,
    treatments: Treatments,
}

impl About {
    /// Where nothing is decided, nothing is asked.
    fn nothing(domains: &[Fqdn]) -> Self {
        Self {
            notes: Vec::new(),
            entry: None,
            evidence: Vec::new(),
            certificates: Vec::new(),
            treatments: Treatments { domains: domains.to_vec(), ..Treatments::default() },
        }
    }

    fn ask(
        endpoint: &Endpoint,
        records: u64,
        job: &Job,
        scope: &Scope,
        progress: Progress,
    ) -> Result<Self, Failure> {
        let mut notes = Vec::new();
        let (one, no_hosts) = (std::slice::from_ref(endpoint), BTreeSet::new());
        let Settled { evidence, decided, judge, .. } =
            job.settle(one, no_hosts, scope, &mut notes, progress)?;
        let entry = decided.first().map(|it| job.endpoint_report(it, records, &evidence));
        let asked = Asked { scope, evidence: &evidence };
        Ok(Self {
            notes,
            evidence: entry
                .as_ref()
                .map(|entry| answers(entry, &job.options, Some(asked)))
                .unwrap_or_default(),
            entry,
            certificates: judge.map(Judge::into_explanations).unwrap_or_default(),
            treatments: treatments(scope, &decided),
        })
    }
}
