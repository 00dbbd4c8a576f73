//! `photofix check`: certificate verdicts alone.

mod given;
mod hosts;
mod requests;
mod saving;

use std::collections::BTreeSet;
use std::path::Path;

use super::asking::ask;
use super::certificates::Judge;
use super::failure::{Failure, Status};
use super::output::Existing;
use super::print;
use super::trust::{self, Trust};
use super::voice::Voice;
use crate::certify::{Demand, NameVerdict};
use crate::cli::Check;
use crate::decide::Reach;
use crate::evidence::Evidence;
use crate::network::Agenda;
use crate::profile::VerdictKind;
use crate::reference::Scope;
use crate::report::CertificateReport;
use crate::report::certificates::Verdicts;
use crate::role::{Role, Speech};
use crate::settings::{self, CertificatePlan, Layers, NetworkPlan, TrustSource};
use hosts::Manner;
use saving::Saving;

/// Runs it.
///
/// # Errors
/// [`Failure`] when a host or a file cannot be read, or the network not be asked at all.
pub(super) fn run(options: &Check, layers: &Layers, voice: Voice) -> Result<Status, Failure> {
    if !options.csr.is_empty() {
        return requests::run(options, voice);
    }
    let network = settings::network(&layers.fill(&options.network)?)?;
    let certificates = settings::certificates(&layers.fill(&options.certificates)?)?;
    let now = match &options.at {
        Some(text) => settings::instant(text)?,
        None => jiff::Timestamp::now().as_second(),
    };
    let manner = manner(options)?;
    let domain = options.xmpp_domain.as_deref().map(settings::xmpp_domain).transpose()?;
    let demands = hosts::demands(&options.hosts, manner, domain.as_ref())?;
    let given = given::read(options)?;
    let existing = match layers.fill(&options.overwriting)?.force {
        Some(true) => Existing::Replace,
        _ => Existing::Refuse,
    };
    let saving = Saving::open(
        options.save_chain.as_deref(),
        options.save_roots.as_deref(),
        existing,
        &inputs(options, &certificates, layers),
    )?;

    let trust = trust::load(&certificates.trust)?;
    let mut notes = trust.notes.clone();
    let mut judge = Judge::new(trust.anchors.clone(), now, certificates.clone());
    match &given.chain {
        Some(chain) => {
            let mut evidence = Evidence::default();
            evidence.files = given.files;
            demands.iter().for_each(|demand| judge.given(demand, chain, &evidence));
        }
        None => {
            let timeout = certificates.revocation_timeout;
            let mut evidence = connect(&demands, &network, timeout, &trust, voice)?;
            evidence.files = given.files;
            if evidence.resolver.is_silent() {
                let silent = "no resolver answered a single question; name another with --dns";
                notes.insert(0, silent.to_owned());
            }
            if options.at.is_some() {
                notes.push(
                    "--at is another time than now, and the servers' revocation answers are of now: \
                     they may say nothing of that time"
                        .to_owned(),
                );
            }
            for demand in &demands {
                judge.verdict(demand, &evidence);
            }
        }
    }
    notes.extend(saving.write(&judge)?);
    notes.extend(judge.revocation_note());
    let mut status = Status::Done;
    if let Manner::Role(role) = manner {
        notes.extend(ports_without_tls(role));
        if !judge.verdicts().all(|verdict| is_fine(role, verdict, &judge)) {
            status = Status::Left;
        }
    } else if judge.verdicts().any(|it| it.verdict.kind != VerdictKind::Trusted) {
        status = Status::Left;
    }
    let mut reports = judge.into_reports();
    if options.xmpp_domain.is_none() && reports.iter().any(may_serve_another_domain) {
        notes.push(
            "no --xmpp-domain was given, so each XMPP server was taken to serve the domain of its \
             own name; what counts is the domain that users sign in to, after the `@`"
                .to_owned(),
        );
    }
    if let Manner::Role(role) = manner {
        reports.iter_mut().for_each(|report| say_what_for(report, role));
    }
    show(&Verdicts { notes, certificates: reports }, &options.format, voice)?;
    Ok(status)
}

/// The administrator's files, which no output may be.
fn inputs<'a>(
    options: &'a Check,
    certificates: &'a CertificatePlan,
    layers: &'a Layers,
) -> Vec<(&'a Path, &'static str)> {
    let trust = certificates.trust.iter().filter_map(|source| match source {
        TrustSource::File(path) => Some((path, "a file of trust anchors")),
        TrustSource::System | TrustSource::Mozilla => None,
    });
    let given = [
        (&options.chain, "a file of --chain"),
        (&options.ocsp, "a file of --ocsp"),
        (&options.crl, "a file of --crl"),
    ];
    let given = given.into_iter().flat_map(|(paths, what)| paths.iter().map(move |it| (it, what)));
    let configuration = layers.file_name().map(|path| (path, "the configuration"));
    let all = trust.chain(given).chain(configuration);
    all.map(|(path, what)| (path.as_path(), what)).collect()
}

fn manner(options: &Check) -> Result<Manner, Failure> {
    let manner = match &options.role {
        Some(role) => Manner::Role(settings::role(role)?),
        None if options.service == "xmpp" => Manner::Xmpp,
        None => Manner::Http,
    };
    if options.xmpp_domain.is_some() && manner == Manner::Http {
        return Err(Failure::usage(
            "--xmpp-domain means nothing for a server that does not speak XMPP".to_owned(),
            "add --service xmpp or a --role, or leave --xmpp-domain out",
        ));
    }
    Ok(manner)
}

fn connect(
    demands: &BTreeSet<Demand>,
    network: &NetworkPlan,
    revocation_timeout: std::time::Duration,
    trust: &Trust,
    voice: Voice,
) -> Result<Evidence, Failure> {
    if network.reach == Reach::Offline {
        return Err(Failure::usage(
            "`check` asks the network, and --offline forbids it".to_owned(),
            "leave --offline out, or give the certificates by --chain",
        ));
    }
    let hosts = demands.iter().map(|demand| demand.service.clone()).collect();
    let agenda = Agenda { endpoints: Vec::new(), hosts };
    ask(&agenda, &Scope::default(), network, revocation_timeout, trust, voice.progress())
}

fn show(verdicts: &Verdicts, format: &str, voice: Voice) -> Result<(), Failure> {
    let mut data = Vec::new();
    let rendered = match format {
        "json" => verdicts.to_json(&mut data),
        "jsonl" => verdicts.to_jsonl(&mut data),
        _ => verdicts.render(&voice.data_style(), &mut data),
    };
    rendered.map_err(|error| Failure::file("write", Path::new("standard output"), &error))?;
    print(&data).map(|_| ())
}

/// Whether a client has no trouble at a port: it trusts the certificate, or the port is closed and
/// not in use everywhere, or closed and the one that Jabber uses instead is not.
fn is_fine(role: Role, verdict: &NameVerdict, judge: &Judge) -> bool {
    let server = &verdict.demand.service;
    let port = role.ports().iter().find(|port| port.number == server.port);
    let stands_in = |other: &NameVerdict| {
        let service = &other.demand.service;
        service.name == server.name
            && port.and_then(|port| port.otherwise) == Some(service.port)
            && other.verdict.kind == VerdictKind::Trusted
    };
    let may_be_closed =
        || port.is_some_and(|port| port.only.is_some()) || judge.verdicts().any(stands_in);
    verdict.verdict.kind == VerdictKind::Trusted || (verdict.is_closed() && may_be_closed())
}

/// The ports of a role at which nobody presents a certificate.
fn ports_without_tls(role: Role) -> Vec<String> {
    let plain = role.ports().iter().filter(|port| port.speech == Speech::Plain);
    plain
        .map(|port| {
            format!(
                "port {} of a server of the role `{role}`, {}, speaks no TLS: nobody presents a \
                 certificate there",
                port.number, port.what
            )
        })
        .collect()
}

/// Whether an XMPP server said, or its certificate does, that its own name is not its domain.
fn may_serve_another_domain(report: &CertificateReport) -> bool {
    let has_answered = !report.chain.is_empty() || report.verdict == VerdictKind::Refuses.as_str();
    report.xmpp_domain.is_some() && !report.identity.matched && has_answered
}

/// Puts first what Jabber uses a port for.
fn say_what_for(report: &mut CertificateReport, role: Role) {
    let Some(port) = role.ports().iter().find(|port| port.number == report.port) else { return };
    let otherwise = match (port.otherwise, port.only) {
        (Some(otherwise), _) => format!("; where it is closed, it uses {otherwise}"),
        (None, Some(only)) => format!(", {only}: elsewhere it is closed, which is no fault"),
        (None, None) => String::new(),
    };
    report.remarks.insert(0, format!("Jabber uses this port for {}{otherwise}", port.what));
}
