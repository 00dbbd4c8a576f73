//! An export's record: its cell is read, and the network asked about its one endpoint.

use super::super::export_file::ExportFile;
use super::super::failure::Failure;
use super::super::first_pass::FirstPass;
use super::super::job::Job;
use super::super::progress::Progress;
use super::conclusion;
use crate::explain::{Question, candidates, compared};
use crate::report::explanation::{EndpointFacts, ExplainedCertificate, Explanation};

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
    let domains = &job.scope.domains;
    let (first, search) = FirstPass::search(export, &job.choices, domains, question, progress)?;
    let found =
        search.finish(&first.census).map_err(|error| Failure::not_found(&export.name, &error))?;
    let endpoint = found.photo.endpoint();
    let about = match &endpoint {
        // The names of all other records are evidence too, so the whole export is counted.
        Some(endpoint) => Some(job.examine("explain", export, Some(endpoint), progress)?),
        None => None,
    };
    let (outcome, answers) = about.unzip();
    let (report, treatments) = outcome.map(|outcome| (outcome.report, outcome.treatments)).unzip();
    let treatments = treatments.unwrap_or_default();
    // None where nothing is decided: a bare host that no map knows.
    let entry = report.as_ref().and_then(|report| report.endpoints.first());
    let decision =
        conclusion::of_record(export, &job.choices, &found, &treatments, entry, progress)?;
    Ok(Explanation {
        file: export.name.clone(),
        kind: "export".into(),
        made: None,
        notes: entry.and(report.as_ref()).map(|it| it.notes.clone()).unwrap_or_default(),
        record: Some(found.facts(domains)),
        endpoint: entry.map(EndpointFacts::of),
        evidence: answers.unwrap_or_default(),
        candidates: entry.map(|entry| candidates(entry, domains)).unwrap_or_default(),
        certificates: report
            .iter()
            .flat_map(|report| report.certificates.iter().map(ExplainedCertificate::of))
            .collect(),
        photos: entry.zip(report.as_ref()).and_then(|(entry, it)| compared(entry, &it.options)),
        decision,
    })
}
