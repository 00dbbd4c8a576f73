//! What `plan` and `fix` share: count the export, ask the network, judge, decide.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::asking::{ask, ask_for_photos};
use super::certificates::Judge;
use super::early::Early;
use super::entries::{endpoint_report, treatments};
use super::export_file::ExportFile;
use super::facts::{self, kinds};
use super::failure::Failure;
use super::first_pass::FirstPass;
use super::names_file;
use super::photos::Contest;
use super::progress::{Progress, each, interrupted};
use super::recording_file::{Replay, ReplayTrust};
use super::trust::{self, Trust};
use crate::census::{Census, Photos};
use crate::certify::Demand;
use crate::cli::{JobOptions, RecordingOptions};
use crate::decide::{Certified, Decided, Policy, Reach, decide};
use crate::evidence::{Endpoint, Evidence, OldHost, PhotoAnswer, PhotoQuestion, Scheme, Service};
use crate::explain::{Asked, answers};
use crate::export::Choices;
use crate::name::Fqdn;
use crate::network::Agenda;
use crate::recording::{self, Digest, Here, NameFiles, Recording};
use crate::reference::{ReferenceIdentifier, Scope};
use crate::report::explanation::SourceAnswer;
use crate::report::{Report, SCHEMA, Tool};
use crate::rewrite::{Treatments, expected_ledger};
use crate::seal::UNSEALED;
use crate::settings::{
    self, CertificatePlan, Gathering, Layers, NetworkPlan, ScopeSettings, TrustSource, WebexHosts,
};

/// The options of a job, resolved.
#[derive(Debug)]
pub(super) struct Job {
    /// How to read the export.
    pub choices: Choices,
    /// Where a name may come from, and where it must lie.
    pub scope: ScopeSettings,
    names: OnceCell<(Scope, NameFiles)>,
    /// Whom to ask, and how.
    pub network: NetworkPlan,
    certificates: CertificatePlan,
    policy: Policy,
    webex: WebexHosts,
    photos: Photos,
    /// Where the evidence comes from, and whether it is kept.
    pub gathering: Gathering,
    replay: Option<Replay>,
    options: serde_json::Map<String, serde_json::Value>,
}

/// What a job came to: everything but the rows.
#[derive(Debug)]
pub(super) struct Outcome {
    /// The report.
    pub report: Report,
    /// What to do with each endpoint.
    pub treatments: Treatments,
    /// When the evidence was gathered, in seconds since the epoch.
    pub at: i64,
    /// What was learned, where it is to be kept.
    pub recording: Option<Recording>,
}

impl Job {
    /// Resolves the options of a job, and reads the recording that it goes by, if any. `export` is
    /// the path of the export.
    ///
    /// # Errors
    /// [`Failure`] names the option and its value, or the recording and what is wrong with it.
    pub(super) fn resolve(
        options: &JobOptions,
        recording: &RecordingOptions,
        export: &Path,
        layers: &Layers,
    ) -> Result<Self, Failure> {
        let reading = layers.fill(&options.reading)?;
        let scope = layers.fill(&options.scope)?;
        let network = layers.fill(&options.network)?;
        let certificates = layers.fill(&options.certificates)?;
        let policy = layers.fill(&options.policy)?;
        let mut shown = settings::shown(&[&reading, &scope, &network, &certificates, &policy]);
        let network = settings::network(&network)?;
        if let Some(proxy) = &network.proxy {
            // As it shows itself: without user and password.
            shown.insert("proxy".to_owned(), proxy.to_string().into());
        }
        let photos = settings::photos(&policy)?;
        let (policy, webex) = settings::policy(&policy, network.reach)?;
        let gathering = settings::gathering(recording, network.reach)?;
        let replay = Replay::open(&gathering, export, &mut shown)?;
        Ok(Self {
            choices: settings::choices(&reading)?,
            scope: settings::scope(&scope)?,
            names: OnceCell::new(),
            certificates: settings::certificates(&certificates)?,
            policy,
            webex,
            photos,
            gathering,
            replay,
            network,
            options: shown,
        })
    }

    /// The administrator's files, which no output may be.
    pub(super) fn inputs<'a>(&'a self, layers: &'a Layers) -> Vec<(&'a PathBuf, &'static str)> {
        let trust = self.certificates.trust.iter().filter_map(|source| match source {
            TrustSource::File(path) => Some((path, "a file of trust anchors")),
            TrustSource::System | TrustSource::Mozilla => None,
        });
        let map = self.scope.map.iter().map(|path| (path, "the map"));
        let candidates = self.scope.candidates.iter().map(|path| (path, "the candidates"));
        let configuration = layers.file_name().map(|path| (path, "the configuration"));
        let recording = match &self.gathering {
            Gathering::Replay(path) => Some((path, "the recording")),
            Gathering::Ask | Gathering::Record(_) => None,
        };
        trust.chain(map).chain(candidates).chain(configuration).chain(recording).collect()
    }

    /// The scope without the corpus, and the digests of the files of names. They are read at the
    /// first call and once only: a pipe with a name gives its bytes once.
    ///
    /// # Errors
    /// [`Failure`] names the file and what is wrong with it.
    pub(super) fn names(&self) -> Result<&(Scope, NameFiles), Failure> {
        if let Some(names) = self.names.get() {
            return Ok(names);
        }
        let read = names_file::load(&self.scope)?;
        Ok(self.names.get_or_init(|| read))
    }

    /// What is said to whoever replays a recording.
    pub(super) fn replay_sentence(&self) -> Option<String> {
        self.replay.as_ref().map(Replay::sentence)
    }

    /// Counts, asks, judges and decides. Who is to be asked is asked while the export is still
    /// being counted.
    ///
    /// # Errors
    /// [`Failure`] when a file cannot be used, the network cannot be asked at all, or Ctrl-C was
    /// pressed. A question without an answer is no failure.
    pub(super) fn carry_out(
        &self,
        command: &'static str,
        export: &ExportFile,
        progress: Progress,
    ) -> Result<Outcome, Failure> {
        self.examine(command, export, None, progress).map(|(outcome, _)| outcome)
    }

    /// The same, or of one endpoint only; then with what each source of names answered about it, and
    /// without notes about the rest of the export.
    ///
    /// # Errors
    /// As [`Self::carry_out`].
    pub(super) fn examine(
        &self,
        command: &'static str,
        export: &ExportFile,
        only: Option<&Endpoint>,
        progress: Progress,
    ) -> Result<(Outcome, Vec<SourceAnswer>), Failure> {
        let (mut scope, names) = self.names()?.clone();
        let domains = &self.scope.domains;
        // Of one endpoint it is not known before the end whether the export has it.
        let mut early = match (self.policy.reach, &self.replay, only) {
            (Reach::Network, None, None) => Early::ready(self, &scope),
            _ => Early::waiting(self, &scope),
        };
        let mut first =
            FirstPass::make(export, &self.choices, domains, self.photos, &mut early, progress)?;
        let under_way = early.under_way()?;
        scope.corpus = first.census.corpus();
        let endpoints: Vec<Endpoint> = first
            .census
            .endpoints
            .keys()
            .filter(|endpoint| self.is_decided(endpoint, &scope))
            .filter(|endpoint| only.is_none_or(|only| only == *endpoint))
            .cloned()
            .collect();
        let hosts = match only {
            Some(_) => BTreeSet::new(),
            None => self.hosts_to_check(&first.census),
        };
        let facts = first.facts(export);
        let digest = Digest { bytes: facts.bytes, sha256: facts.sha256.clone() };

        let mut notes = facts::dialect_notes(&first.dialect, &first.census);
        let mapped = |host: &OldHost| scope.map.find(host).is_some();
        notes.extend(facts::untouched_notes(&first.census, &mapped));
        if only.is_some() {
            notes.clear();
        }
        let begun = Instant::now();
        let mut asked_from = now();
        let mut missing = BTreeSet::new();
        let (mut evidence, trust) = match (self.policy.reach, under_way) {
            (Reach::Offline, _) => {
                notes.push(
                    "offline: nothing was asked; certificates are not checked and photos not \
                     compared, and only the map and the default host decide"
                        .to_owned(),
                );
                (Evidence::default(), None)
            }
            (Reach::Network, Some(asking)) => {
                asked_from = asking.asked_from;
                let (evidence, trust) = asking.finish(scope.corpus.clone(), progress)?;
                notes.extend(trust.notes.iter().cloned());
                (evidence, Some(trust))
            }
            (Reach::Network, None) => {
                let trust = self.trust()?;
                notes.extend(trust.notes.iter().cloned());
                let agenda =
                    Agenda { endpoints: endpoints.clone(), hosts: hosts.iter().cloned().collect() };
                let evidence = match &self.replay {
                    None => self.ask(&agenda, &scope, &trust, progress)?,
                    Some(replay) => replay.answer(&agenda, &scope, &trust, &mut missing),
                };
                (evidence, Some(trust))
            }
        };
        // After the last answer: no answer may be younger than the time at which it is judged.
        // Photos are not judged by any time.
        let at = self.replay.as_ref().map_or_else(now, |replay| replay.recording.judged_at);
        let judge_of =
            |trust: &Trust| Judge::new(trust.anchors.clone(), at, self.certificates.clone());
        let mut judge = trust.as_ref().map(judge_of);
        let is_kept = matches!(self.gathering, Gathering::Record(_));
        let trust_kept = trust.as_ref().filter(|_| is_kept).map(Trust::recorded);

        let nothing = Contest::default();
        let mut decided = self.decide(&endpoints, &scope, &evidence, &mut judge, &nothing)?;
        if let Some(trust) = trust.filter(|_| self.photos != Photos::Off) {
            // Only now it is known which names may be written, and so whose photos matter.
            let urls = std::mem::take(&mut first.census.photo_urls);
            let contest = Contest::among(&decided, self.policy, urls);
            let questions = contest.questions(&evidence);
            evidence.photos = match &self.replay {
                None => self.ask_for_photos(&questions, &evidence, &trust, begun, progress)?,
                Some(replay) => replay.photos(&questions, &mut missing),
            };
            decided = self.decide(&endpoints, &scope, &evidence, &mut judge, &contest)?;
            notes.extend(contest.note());
        }
        if let Some(judge) = &mut judge {
            each(hosts, interrupted, |service| {
                // Only for the report: nothing is rewritten to these names.
                let name = ReferenceIdentifier::asked_for(service.name.clone());
                judge.verdict(&Demand::photo(name, service.port), &evidence);
            })?;
            notes.extend(judge.revocation_note());
        }
        if let Some(replay) = &self.replay {
            let here = Here { export: &digest, names: &names, options: &self.options };
            notes.splice(0..0, replay.notes(&missing, &here));
        }
        if evidence.resolver.is_silent() {
            notes.insert(
                0,
                format!(
                    "no resolver answered a single one of {} questions (asked: {}); name another \
                     with --dns",
                    evidence.resolver.asked,
                    evidence.resolver.servers.join(", ")
                ),
            );
        }
        let treatments = treatments(&scope, &decided);
        let report = Report {
            schema: SCHEMA.into(),
            tool: Tool::this(),
            command: command.into(),
            notes,
            export: facts,
            options: self.options.clone(),
            approval: None,
            carry: None,
            ledger: expected_ledger(&first.census, &treatments),
            host_kinds: kinds(&first.census),
            endpoints: decided
                .iter()
                .map(|decided| {
                    let records = first.census.endpoints.get(&decided.endpoint).copied();
                    endpoint_report(decided, records.unwrap_or(0), &evidence, self.policy)
                })
                .collect(),
            certificates: judge.map(Judge::into_full_reports).unwrap_or_default(),
        };
        let asked = Asked { scope: &scope, evidence: &evidence };
        let entry = report.endpoints.first().filter(|_| only.is_some());
        let answers = entry.map(|entry| answers(entry, &self.options, Some(asked)));
        let recording = trust_kept.map(|trust| Recording {
            schema: recording::SCHEMA.to_owned(),
            tool: Tool::this(),
            asked_from,
            judged_at: at,
            export: digest,
            names,
            options: self.options.clone(),
            trust,
            evidence,
            sha256: UNSEALED.to_owned(),
        });
        Ok((Outcome { report, treatments, at, recording }, answers.unwrap_or_default()))
    }

    fn decide(
        &self,
        endpoints: &[Endpoint],
        scope: &Scope,
        evidence: &Evidence,
        judge: &mut Option<Judge>,
        contest: &Contest,
    ) -> Result<Vec<Decided>, Failure> {
        let mut certified = |name: &ReferenceIdentifier, port| match judge {
            Some(judge) => judge.certified(name, port, evidence),
            None => Certified::NotAsked,
        };
        let decide = |endpoint: &Endpoint| {
            let compared =
                |name: &ReferenceIdentifier| contest.compared(endpoint, name.name(), evidence);
            decide(endpoint, scope, evidence, self.policy, &mut certified, &compared)
        };
        // Long chains take their time: Ctrl-C need not wait for the rest.
        each(endpoints, interrupted, decide)
    }

    /// The trust anchors: of a replay the recorded ones, unless others are named.
    pub(super) fn trust(&self) -> Result<Trust, Failure> {
        match &self.replay {
            Some(replay) if replay.trust == ReplayTrust::Recorded => {
                Ok(Trust::of_recording(&replay.recording.trust))
            }
            _ => trust::load(&self.certificates.trust),
        }
    }

    fn hosts_to_check(&self, census: &Census) -> BTreeSet<Service> {
        let hosts = census.webex.keys();
        hosts.filter_map(|(name, port, scheme)| self.to_check(name, *port, *scheme)).collect()
    }

    /// The server of a WebEx host, where its certificate is to be checked.
    pub(super) fn to_check(&self, name: &Fqdn, port: u16, scheme: Scheme) -> Option<Service> {
        match (self.webex, self.policy.reach, scheme) {
            (WebexHosts::Check, Reach::Network, Scheme::Https) => {
                Some(Service::tls(name.clone(), port))
            }
            _ => None,
        }
    }

    /// Whether an endpoint gets a decision: an address, or a bare host that the map knows.
    pub(super) fn is_decided(&self, endpoint: &Endpoint, scope: &Scope) -> bool {
        match endpoint.host {
            OldHost::Address(_) => true,
            OldHost::Bare(_) => scope.map.find(&endpoint.host).is_some(),
        }
    }

    /// Time for the revocation questions about one certificate.
    pub(super) fn revocation_timeout(&self) -> Duration {
        self.certificates.revocation_timeout
    }

    fn ask(
        &self,
        agenda: &Agenda,
        scope: &Scope,
        trust: &Trust,
        progress: Progress,
    ) -> Result<Evidence, Failure> {
        if agenda.is_empty() {
            return Ok(Evidence::default());
        }
        ask(agenda, scope, &self.network, self.revocation_timeout(), trust, progress)
    }

    fn ask_for_photos(
        &self,
        questions: &[PhotoQuestion],
        evidence: &Evidence,
        trust: &Trust,
        begun: Instant,
        progress: Progress,
    ) -> Result<BTreeMap<PhotoQuestion, PhotoAnswer>, Failure> {
        if questions.is_empty() {
            return Ok(BTreeMap::new());
        }
        let revocation = self.revocation_timeout();
        ask_for_photos(questions, evidence, &self.network, revocation, trust, begun, progress)
    }
}

/// The clock, in seconds since the epoch.
pub(super) fn now() -> i64 {
    jiff::Timestamp::now().as_second()
}
