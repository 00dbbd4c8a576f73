//! `photofix check`: certificate verdicts alone.

use std::collections::BTreeSet;
use std::io::{self, BufRead};
use std::path::Path;

use super::certificates::Judge;
use super::failure::{Failure, Status};
use super::job::ask;
use super::print;
use super::trust;
use super::voice::Voice;
use crate::cli::Check;
use crate::decide::Reach;
use crate::evidence::Service;
use crate::name::{Fqdn, NameError};
use crate::network::Agenda;
use crate::photo::{HostKind, PhotoCell, classify};
use crate::profile::VerdictKind;
use crate::reference::{ReferenceIdentifier, Scope};
use crate::report::certificates::Verdicts;
use crate::settings::{self, Layers};

/// Runs it.
///
/// # Errors
/// [`Failure`] when a host cannot be read or the network not be asked at all.
pub(super) fn run(options: &Check, layers: &Layers, voice: Voice) -> Result<Status, Failure> {
    let network = settings::network(&layers.fill(&options.network)?)?;
    let certificates = settings::certificates(&layers.fill(&options.certificates)?)?;
    if network.reach == Reach::Offline {
        return Err(Failure::usage(
            "`check` asks the network, and --offline forbids it".to_owned(),
            "leave --offline out",
        ));
    }
    let hosts = hosts(&options.hosts)?;
    let trust = trust::load(&certificates.trust)?;
    let agenda = Agenda { endpoints: Vec::new(), hosts: hosts.iter().cloned().collect() };
    let evidence = ask(
        &agenda,
        &Scope::default(),
        &network,
        certificates.revocation_timeout,
        &trust,
        voice.progress(),
    )?;
    let now = jiff::Timestamp::now().as_second();
    let mut judge = Judge::new(trust.anchors, now, certificates.profile);
    let mut all_trusted = true;
    for service in hosts {
        let name = ReferenceIdentifier::asked_for(service.name.clone());
        let verdict = judge.verdict(&service, &name, &evidence);
        all_trusted &= verdict.verdict.kind == VerdictKind::Trusted;
    }
    let mut notes = trust.notes;
    if evidence.resolver.is_silent() {
        notes.insert(0, "no resolver answered a single question; name another with --dns".into());
    }
    let verdicts = Verdicts { notes, certificates: judge.into_reports() };
    let mut data = Vec::new();
    let rendered = match options.format.as_str() {
        "json" => verdicts.to_json(&mut data),
        "jsonl" => verdicts.to_jsonl(&mut data),
        _ => verdicts.render(&voice.data_style(), &mut data),
    };
    rendered.map_err(|error| Failure::file("write", Path::new("standard output"), &error))?;
    print(&data)?;
    Ok(if all_trusted { Status::Done } else { Status::Left })
}

fn hosts(arguments: &[String]) -> Result<BTreeSet<Service>, Failure> {
    let mut hosts = BTreeSet::new();
    for argument in arguments {
        if argument != "-" {
            hosts.insert(host(argument)?);
            continue;
        }
        for line in io::stdin().lock().lines() {
            let line =
                line.map_err(|error| Failure::file("read", Path::new("standard input"), &error))?;
            let text = line.split_once('#').map_or(line.as_str(), |(text, _)| text).trim();
            if !text.is_empty() {
                hosts.insert(host(text)?);
            }
        }
    }
    if hosts.is_empty() {
        return Err(Failure::usage(
            "standard input names no host".to_owned(),
            "give one `HOST[:PORT]` or URL per line",
        ));
    }
    Ok(hosts)
}

/// A server from `HOST`, `HOST:PORT` or a URL.
fn host(text: &str) -> Result<Service, Failure> {
    let url = if text.contains("://") { text.to_owned() } else { format!("https://{text}/") };
    let unusable = |why: &str, hint: &str| Failure::usage(format!("`{text}`: {why}"), hint);
    let PhotoCell::Url(url) = classify(&url, &[]) else {
        return Err(unusable(
            "it is neither a host nor an http(s) URL",
            "write `HOST[:PORT]` or a URL",
        ));
    };
    if url.scheme == crate::evidence::Scheme::Http {
        return Err(unusable(
            "plain http presents no certificate",
            "give an https URL, or the host and its port",
        ));
    }
    let port = url.port();
    match url.host {
        HostKind::WebEx(name) => Ok(Service::tls(name, port)),
        HostKind::Foreign(name) => match Fqdn::parse(&name.to_string()) {
            Ok(name) => Ok(Service::tls(name, port)),
            Err(error) => Err(unusable(&error.to_string(), "give a fully qualified name")),
        },
        HostKind::Bare(label) => {
            let error = NameError::SingleLabel(label);
            Err(unusable(&error.to_string(), "give a fully qualified name"))
        }
        HostKind::Address(_) => Err(unusable(
            "no client matches a certificate with an address: Jabber would prompt whatever it says",
            "give the name whose certificate you want judged",
        )),
    }
}
