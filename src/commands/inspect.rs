//! `photofix inspect`: what an export holds. No network.

use std::path::Path;

use super::export_file::ExportFile;
use super::facts;
use super::failure::{Failure, Status};
use super::first_pass::FirstPass;
use super::job::kinds;
use super::print;
use super::voice::Voice;
use crate::census::Census;
use crate::cli::Inspect;
use crate::evidence::OldHost;
use crate::report::inspection::{HostCount, Inspection, Warning};
use crate::settings::{self, Layers};

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

    let first = FirstPass::make(&export, &choices, &domains, voice.progress())?;
    let census = &first.census;
    let inspection = Inspection {
        export: first.facts(&export),
        host_kinds: kinds(census),
        hosts: hosts(census),
        notes: facts::dialect_notes(&first.dialect, census),
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
