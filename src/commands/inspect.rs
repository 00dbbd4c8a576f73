//! `photofix inspect`: what an export holds. No network.

use std::path::Path;
use std::time::{Duration, SystemTime};

use super::export_file::ExportFile;
use super::facts;
use super::facts::kinds;
use super::failure::{Failure, Status};
use super::first_pass::FirstPass;
use super::print;
use super::voice::Voice;
use crate::census::{Census, MAX_HOSTS};
use crate::cli::Inspect;
use crate::evidence::OldHost;
use crate::health::{self, EMAILS_COMPARED, Findings};
use crate::report::inspection::{Complaint, Example, HostCount, Inspection, Warning};
use crate::settings::{self, Layers};

/// How old an export may be before it is remarked on: phone numbers may change every day, and
/// Cisco's guide asks for an export right before the import.
const FRESH: Duration = Duration::from_secs(24 * 60 * 60);

/// Runs it.
///
/// # Errors
/// [`Failure`] when the export cannot be read.
pub(super) fn run(options: &Inspect, layers: &Layers, voice: Voice) -> Result<Status, Failure> {
    let reading = layers.fill(&options.reading)?;
    let scope = layers
        .fill(&crate::cli::ScopeOptions { domain: options.domain.clone(), ..Default::default() })?;
    let choices = settings::choices(&reading)?;
    let domains = settings::domains(scope.domain.as_ref())?;
    let export = ExportFile::open(&options.export)?;

    let (first, findings) = FirstPass::examine(&export, &choices, &domains, voice.progress())?;
    let census = &first.census;
    let mut notes = facts::dialect_notes(&first.dialect, census);
    notes.extend(stale(&export));
    if findings.emails_cut {
        notes.push(format!(
            "only the emails of the first {EMAILS_COMPARED} records are compared with one another"
        ));
    }
    if census.hosts_cut {
        notes.push(format!(
            "only the first {MAX_HOSTS} different hosts of a kind are listed; the records of all of \
             them are counted. `plan` and `fix` refuse more addresses or WebEx hosts: see that this \
             is the photo column"
        ));
    }
    let inspection = Inspection {
        export: first.facts(&export),
        host_kinds: kinds(census),
        hosts: hosts(census),
        notes,
        health: complaints(findings),
        warnings: census
            .unreadable
            .iter()
            .map(|record| Warning {
                record: record.record,
                line: record.line,
                byte: record.byte,
                reason: record.why.reason.into(),
                explanation: record.why.explanation.clone(),
                hint: Some(record.why.hint.to_owned()),
            })
            .collect(),
    };
    let mut data = Vec::new();
    let rendered = match options.format.as_str() {
        "json" => inspection.to_json(&mut data),
        _ => inspection.render(&voice.data_style(), &mut data),
    };
    rendered.map_err(|error| Failure::file("write", Path::new("standard output"), &error))?;
    print(&data)
}

/// An export that was not written today: an import of it takes back what changed since.
fn stale(export: &ExportFile) -> Option<String> {
    let age = SystemTime::now().duration_since(export.written_at()?).ok()?;
    let hours = age.as_secs() / 3600;
    let age_in_words = match hours {
        0..48 => format!("{hours} hours"),
        _ => format!("{} days", hours / 24),
    };
    (age > FRESH).then(|| {
        format!(
            "`{}` is {age_in_words} old by the time of the file; an import overwrites whole records \
             and takes back what changed since: take a fresh export",
            export.name
        )
    })
}

fn complaints(findings: Findings) -> Vec<Complaint> {
    let complaint = |found: health::Complaint| Complaint {
        kind: found.ailment.as_str().into(),
        column: found.column,
        records: found.records,
        explanation: found.ailment.explanation().into(),
        hint: found.ailment.hint().into(),
        examples: found.examples.into_iter().map(example).collect(),
    };
    findings.complaints.into_iter().map(complaint).collect()
}

fn example(found: health::Example) -> Example {
    let health::Example { record, line, value, same_as } = found;
    Example { record, line, value, same_as }
}

fn hosts(census: &Census) -> Vec<HostCount> {
    let endpoints = census.endpoints.iter().map(|(endpoint, records)| HostCount {
        host: endpoint.host.to_string(),
        port: Some(endpoint.port),
        scheme: Some(endpoint.scheme),
        records: *records,
        kind: match endpoint.host {
            OldHost::Address(_) => "ip".into(),
            OldHost::Bare(_) => "bare".into(),
        },
    });
    let webex = census.webex.iter().map(|((name, port, scheme), records)| HostCount {
        host: name.to_string(),
        port: Some(*port),
        scheme: Some(*scheme),
        records: *records,
        kind: "webex".into(),
    });
    let foreign = census.foreign.iter().map(|(name, records)| HostCount {
        host: name.clone(),
        port: None,
        scheme: None,
        records: *records,
        kind: "foreign".into(),
    });
    endpoints.chain(webex).chain(foreign).collect()
}
