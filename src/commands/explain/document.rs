//! A plan or a report: everything is told as it was decided then. No network.

use serde::Deserialize;
use serde_json::Value;

use super::super::export_file::ExportFile;
use super::super::failure::Failure;
use super::super::first_pass::FirstPass;
use super::super::planned::still_there;
use super::super::voice::Voice;
use super::{conclusion, read};
use crate::cli::{ReadOptions, ScopeOptions};
use crate::explain::{
    ExplainedRow, Found, NotFound, Question, answers, candidates, compared, not_among, of_row,
    only, unlisted,
};
use crate::export::Choices;
use crate::journal::FileDigest;
use crate::name::Fqdn;
use crate::photo::Sought;
use crate::plan::{self, Plan};
use crate::report::explanation::{
    Conclusion, EndpointFacts, ExplainedCertificate, Explanation, RecordFacts,
};
use crate::report::read_back::ReadBack;
use crate::report::{self, EndpointReport, Report};
use crate::seal;
use crate::settings;

/// Explains it.
///
/// # Errors
/// [`Failure`] when the document is none that holds decisions, or when it has no such record or
/// host.
pub(super) fn explain(
    file: &ExportFile,
    question: &Question,
    voice: Voice,
) -> Result<Explanation, Failure> {
    #[derive(Deserialize)]
    struct Head {
        schema: String,
    }
    let bytes = read(file, u64::MAX, voice)?;
    let unknown = |why: String| Failure::not_to_explain(&file.path, &why);
    let head: Head = serde_json::from_slice(&bytes).map_err(|error| unknown(error.to_string()))?;
    match head.schema.as_str() {
        plan::SCHEMA => {
            let plan = Plan::parse_to_show(&bytes).map_err(|error| unknown(error.to_string()))?;
            let mut explanation = of_plan(file, &plan, question, voice)?;
            explanation.notes.splice(
                0..0,
                seal::check(&bytes).err().map(|_| {
                    "the plan was edited since it was written: `photofix apply` will refuse it"
                        .to_owned()
                }),
            );
            Ok(explanation)
        }
        report::SCHEMA => {
            let read: ReadBack =
                serde_json::from_slice(&bytes).map_err(|error| unknown(error.to_string()))?;
            of_report(file, &read, question)
        }
        other => Err(unknown(format!("its schema is `{other}`"))),
    }
}

/// A plan, which has the hosts; its export, where that is still the same, has the records.
fn of_plan(
    file: &ExportFile,
    plan: &Plan,
    question: &Question,
    voice: Voice,
) -> Result<Explanation, Failure> {
    let unknown = |why: String| Failure::not_to_explain(&file.path, &why);
    let report = &plan.report;
    let (choices, domains) = options(report).map_err(unknown)?;
    let told =
        Told { file, kind: "plan", made: Some(plan.made.clone()), report, domains: &domains };
    match question {
        Question::Host(sought) => {
            let entry = told.entry_of(sought)?;
            Ok(told.explanation(None, Some(entry), Conclusion::of_endpoint(entry)))
        }
        Question::Record(_) => {
            let named = FileDigest {
                file: report.export.file.clone(),
                sha256: report.export.sha256.clone(),
            };
            let export = still_there(&named, voice.progress())?
                .ok_or_else(|| Failure::record_without_export(&file.path, &named))?;
            let question = question.clone();
            let (first, search) =
                FirstPass::search(&export, &choices, &domains, question, voice.progress())?;
            let found: Found = search
                .finish(&first.census)
                .map_err(|error| Failure::not_found(&export.name, &error))?;
            let treatments =
                plan.treatments(domains.clone()).map_err(|error| unknown(error.to_string()))?;
            let endpoint = found.photo.endpoint();
            let entry = report.endpoints.iter().find(|it| Some(&it.endpoint) == endpoint.as_ref());
            let decision = conclusion::of_record(
                &export,
                &choices,
                &found,
                &treatments,
                entry,
                voice.progress(),
            )?;
            Ok(told.explanation(Some(found.facts(&domains)), entry, decision))
        }
    }
}

/// A report, which lists the records that were changed or need a person.
fn of_report(
    file: &ExportFile,
    read: &ReadBack,
    question: &Question,
) -> Result<Explanation, Failure> {
    let report = &read.report;
    let (_, domains) = options(report).map_err(|why| Failure::not_to_explain(&file.path, &why))?;
    let told = Told { file, kind: "report", made: None, report, domains: &domains };
    match question {
        Question::Host(sought) => {
            let entry = told.entry_of(sought)?;
            let mut rows = read.rows().map(|row| of_row(&row, &domains, Some(entry)));
            let first = rows.find(|row| row.endpoint.as_ref() == Some(&entry.endpoint));
            Ok(match first {
                Some(row) => told.explanation(Some(row.record), Some(entry), row.decision),
                None => told.explanation(None, Some(entry), Conclusion::of_endpoint(entry)),
            })
        }
        Question::Record(wanted) => {
            let records = report.export.records;
            if *wanted == 0 || *wanted > records {
                let error = NotFound::Record { wanted: *wanted, records, swallowed: None };
                return Err(Failure::not_found(&file.name, &error));
            }
            let Some(row) = read.rows().find(|row| row.record() == *wanted) else {
                let (record, decision) = unlisted(*wanted);
                return Ok(told.explanation(Some(record), None, decision));
            };
            let endpoint = of_row(&row, &domains, None).endpoint;
            let entry = report.endpoints.iter().find(|it| Some(&it.endpoint) == endpoint.as_ref());
            let ExplainedRow { record, decision, .. } = of_row(&row, &domains, entry);
            Ok(told.explanation(Some(record), entry, decision))
        }
    }
}

/// A document whose reasoning is told.
struct Told<'a> {
    file: &'a ExportFile,
    kind: &'static str,
    made: Option<String>,
    report: &'a Report,
    domains: &'a [Fqdn],
}

impl Told<'_> {
    fn entry_of(&self, sought: &Sought) -> Result<&EndpointReport, Failure> {
        let endpoints = || self.report.endpoints.iter().map(|entry| &entry.endpoint);
        let not_found = |error| Failure::not_found(&self.file.name, &error);
        let meant = only(sought, endpoints()).map_err(not_found)?;
        let entry = self.report.endpoints.iter().find(|entry| Some(&entry.endpoint) == meant);
        entry.ok_or_else(|| not_found(not_among(sought, endpoints())))
    }

    fn explanation(
        &self,
        record: Option<RecordFacts>,
        entry: Option<&EndpointReport>,
        decision: Conclusion,
    ) -> Explanation {
        let explained = entry.map(|entry| candidates(entry, self.domains)).unwrap_or_default();
        let port = entry.map(|entry| entry.endpoint.port);
        let certificates: Vec<ExplainedCertificate> = self
            .report
            .certificates
            .iter()
            .filter(|it| {
                let is_candidate = explained.iter().any(|one| one.candidate.host == it.host);
                Some(it.port) == port && is_candidate
            })
            .map(ExplainedCertificate::of)
            .collect();
        Explanation {
            file: self.file.name.clone(),
            kind: self.kind.into(),
            made: self.made.clone(),
            notes: self.lacks_findings(&certificates).into_iter().collect(),
            record,
            endpoint: entry.map(EndpointFacts::of),
            evidence: entry
                .map(|entry| answers(entry, &self.report.options, None))
                .unwrap_or_default(),
            certificates,
            photos: entry.and_then(|entry| compared(entry, &self.report.options)),
            candidates: explained,
            decision,
        }
    }

    /// That the document does not say what each rule found, and where that can be had.
    fn lacks_findings(&self, certificates: &[ExplainedCertificate]) -> Option<String> {
        certificates.iter().any(|it| it.findings.is_none()).then(|| {
            format!(
                "the {} keeps no findings, for photofix {} wrote it; to see what each rule says, \
                 ask the same of its export, `{}`",
                self.kind, self.report.tool.version, self.report.export.file
            )
        })
    }
}

/// How the document's export was read, and the domains that were allowed.
fn options(report: &Report) -> Result<(Choices, Vec<Fqdn>), String> {
    fn group<T: for<'de> Deserialize<'de>>(report: &Report) -> Result<T, String> {
        let options = Value::Object(report.options.clone());
        serde_json::from_value(options).map_err(|error| format!("its options: {error}"))
    }
    let (reading, scope): (ReadOptions, ScopeOptions) = (group(report)?, group(report)?);
    let choices = settings::choices(&reading).map_err(|error| error.to_string())?;
    let domains = settings::domains(scope.domain.as_ref()).map_err(|error| error.to_string())?;
    Ok((choices, domains))
}
