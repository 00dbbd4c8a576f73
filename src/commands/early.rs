//! The network phase of a job, begun while the first pass still reads.
//!
//! It begins with the first endpoint or host that has to be asked about, so that nothing is loaded
//! or started that is not used, and no packet leaves before the export was read as one. What stands
//! in its way is kept and said after the pass: an export that cannot be used comes first.

use std::collections::BTreeMap;

use super::asking::network_settings;
use super::failure::Failure;
use super::job::Job;
use super::progress::{INTERRUPTED, Progress};
use super::trust::Trust;
use crate::census::{Met, Onlooker};
use crate::evidence::Evidence;
use crate::name::Fqdn;
use crate::network::{Ahead, Event, Wanted};
use crate::reference::Scope;

/// The phase, begun or not.
pub(super) struct Early<'a> {
    job: &'a Job,
    /// What the administrator states; the corpus is not known yet.
    scope: &'a Scope,
    state: State,
}

/// What became of it so far.
enum State {
    /// Nothing is asked before the whole export is known.
    Waits,
    /// Nothing to ask about was met.
    Ready,
    /// It is under way.
    Asking(Box<Asking>),
    /// It could not begin.
    Failed(Failure),
}

/// A phase that is under way.
pub(super) struct Asking {
    ahead: Ahead,
    /// The trust anchors it goes by.
    pub trust: Trust,
    /// When the first question may have gone out, in seconds since the epoch.
    pub asked_from: i64,
}

impl<'a> Early<'a> {
    /// One that begins with the first thing to ask about.
    pub(super) fn ready(job: &'a Job, scope: &'a Scope) -> Self {
        Self { job, scope, state: State::Ready }
    }

    /// One that does not.
    pub(super) fn waiting(job: &'a Job, scope: &'a Scope) -> Self {
        Self { job, scope, state: State::Waits }
    }

    /// What is under way after the pass.
    ///
    /// # Errors
    /// [`Failure`] when it could not begin.
    pub(super) fn under_way(self) -> Result<Option<Asking>, Failure> {
        match self.state {
            State::Waits | State::Ready => Ok(None),
            State::Asking(asking) => Ok(Some(*asking)),
            State::Failed(failure) => Err(failure),
        }
    }

    fn wanted(&self, met: Met<'_>) -> Option<Wanted> {
        match met {
            Met::Endpoint(endpoint) => self
                .job
                .is_decided(endpoint, self.scope)
                .then(|| Wanted::Endpoint(endpoint.clone())),
            Met::WebEx(name, port, scheme) => {
                self.job.to_check(name, port, scheme).map(Wanted::Host)
            }
        }
    }

    fn begin(&self) -> Result<Asking, Failure> {
        let asked_from = super::job::now();
        let trust = self.job.trust()?;
        let settings = network_settings(&self.job.network, self.job.revocation_timeout(), &trust)?;
        let ahead = Ahead::start(self.scope.clone(), settings, &INTERRUPTED)
            .map_err(|error| Failure::network(&error))?;
        Ok(Asking { ahead, trust, asked_from })
    }
}

impl Onlooker for Early<'_> {
    fn wants_records(&self) -> bool {
        false
    }

    fn met(&mut self, met: Met<'_>) {
        if matches!(self.state, State::Waits | State::Failed(_)) {
            return;
        }
        let Some(wanted) = self.wanted(met) else { return };
        if matches!(self.state, State::Ready) {
            self.state = match self.begin() {
                Ok(asking) => State::Asking(Box::new(asking)),
                Err(failure) => State::Failed(failure),
            };
        }
        if let State::Asking(asking) = &mut self.state {
            asking.ahead.ask(wanted);
        }
    }
}

impl Asking {
    /// Waits for its end, with a progress bar: during the pass there was the pass's. Gives the trust
    /// anchors it went by.
    ///
    /// # Errors
    /// [`Failure`] when nothing could be asked at all, or Ctrl-C was pressed.
    pub(super) fn finish(
        self,
        corpus: BTreeMap<Fqdn, u64>,
        progress: Progress,
    ) -> Result<(Evidence, Trust), Failure> {
        let bar = progress.endpoints("asking");
        let evidence = self.ahead.finish(corpus, &mut |event| match event {
            Event::Planned(hosts) => bar.set_length(hosts),
            Event::Done => bar.inc(1),
        });
        bar.finish_and_clear();
        let evidence = evidence.map_err(|error| Failure::network(&error))?;
        Ok((evidence, self.trust))
    }
}
