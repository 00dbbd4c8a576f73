//! The network, with a progress bar.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::failure::Failure;
use super::progress::{INTERRUPTED, Progress};
use super::trust::Trust;
use super::web_proxy;
use crate::evidence::{Evidence, PhotoAnswer, PhotoQuestion};
use crate::network::{self, Agenda, Event, Limits, NetworkSettings};
use crate::reference::Scope;
use crate::settings::NetworkPlan;

/// Asks what decisions about an agenda need.
///
/// # Errors
/// [`Failure`] when it cannot be asked at all, or Ctrl-C was pressed.
pub(super) fn ask(
    agenda: &Agenda,
    scope: &Scope,
    plan: &NetworkPlan,
    revocation: Duration,
    trust: &Trust,
    progress: Progress,
) -> Result<Evidence, Failure> {
    let settings = network_settings(plan, revocation, trust)?;
    let bar = progress.endpoints("asking");
    let evidence = network::run(agenda, scope, &settings, &INTERRUPTED, &mut |event| match event {
        Event::Planned(hosts) => bar.set_length(hosts),
        Event::Done => bar.inc(1),
    });
    bar.finish_and_clear();
    evidence.map_err(|error| Failure::network(&error))
}

/// Asks for photos; `begun` is when the run began, from which its deadline counts.
///
/// # Errors
/// As [`ask`].
pub(super) fn ask_for_photos(
    questions: &[PhotoQuestion],
    evidence: &Evidence,
    plan: &NetworkPlan,
    revocation: Duration,
    trust: &Trust,
    begun: Instant,
    progress: Progress,
) -> Result<BTreeMap<PhotoQuestion, PhotoAnswer>, Failure> {
    let settings = network_settings(plan, revocation, trust)?;
    let bar = progress.endpoints("comparing photos");
    let mut on_event = |event| match event {
        Event::Planned(servers) => bar.set_length(servers),
        Event::Done => bar.inc(1),
    };
    let answers =
        network::photos(questions, evidence, &settings, begun, &INTERRUPTED, &mut on_event);
    bar.finish_and_clear();
    answers.map_err(|error| Failure::network(&error))
}

/// How a job asks.
///
/// # Errors
/// [`Failure`] when the environment names a proxy that is none.
pub(super) fn network_settings(
    plan: &NetworkPlan,
    revocation: Duration,
    trust: &Trust,
) -> Result<NetworkSettings, Failure> {
    Ok(NetworkSettings {
        servers: plan.servers.clone(),
        connect_to: plan.connect_to.clone(),
        special: plan.special,
        limits: Limits { revocation, ..plan.limits },
        proxy: plan.proxy.clone(),
        http_proxy: match plan.proxy {
            Some(_) => None,
            None => web_proxy::of_environment()?,
        },
        anchors: trust.anchors.clone(),
        dns_trust: trust.roots.clone(),
    })
}
