//! What each source of names said of an endpoint, and which of its candidates may be demanded.

use serde_json::{Map, Value};

use crate::evidence::{
    Answer, Evidence, Forward, HandshakeOutcome, OldHost, Scheme, Source, Target,
};
use crate::name::Fqdn;
use crate::reference::Scope;
use crate::report::explanation::{ExplainedCandidate, SourceAnswer};
use crate::report::{EndpointReport, OldCertificate};

/// Every source, strongest first.
const SOURCES: [Source; 6] =
    [Source::Map, Source::Certificate, Source::Ptr, Source::Corpus, Source::List, Source::Default];

/// What is at hand of the questions themselves, when they were put just now. A plan and a report
/// keep the candidates, and not the answers that brought none.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What was asked for.
    pub scope: &'a Scope,
    /// What was answered.
    pub evidence: &'a Evidence,
}

/// What each source said. `options` are those of the run, by their long names.
pub fn answers(
    entry: &EndpointReport,
    options: &Map<String, Value>,
    asked: Option<Asked<'_>>,
) -> Vec<SourceAnswer> {
    let sources = match entry.endpoint.host {
        OldHost::Address(_) => &SOURCES[..],
        // Nothing but a map can say which server a single label is.
        OldHost::Bare(_) => &SOURCES[..1],
    };
    let mapped = entry.candidates.iter().any(|it| it.sources.contains(&Source::Map));
    let context = Context { entry, options, asked, mapped };
    sources.iter().map(|source| context.answer(*source)).collect()
}

struct Context<'a> {
    entry: &'a EndpointReport,
    options: &'a Map<String, Value>,
    asked: Option<Asked<'a>>,
    /// Whether the map speaks of the host: then the address is left in peace.
    mapped: bool,
}

impl Context<'_> {
    fn answer(&self, source: Source) -> SourceAnswer {
        let offering = self.entry.candidates.iter().filter(|it| it.sources.contains(&source));
        let offered: Vec<String> = offering.map(|it| it.host.clone()).collect();
        let (answer, names, detail) = match source {
            Source::Map => self.of_file(offered, "map", "no line of the map is about the host"),
            Source::Certificate => self.certificate(),
            Source::Ptr => self.pointers(offered),
            Source::Corpus => self.corpus(offered),
            Source::List => {
                self.of_file(offered, "candidates", "no name of the list leads to the address")
            }
            Source::Default => self.of_file(offered, "default-host", "it is not offered to this host"),
        };
        SourceAnswer { source, answer: answer.into(), names, detail }
    }

    fn is_given(&self, option: &str) -> bool {
        self.options.get(option).is_some_and(|value| !value.is_null())
    }

    fn is_offline(&self) -> bool {
        self.options.get("offline").and_then(Value::as_bool).unwrap_or(false)
    }

    /// Why nobody was asked, when that is known beforehand.
    fn unasked(&self) -> Option<Told> {
        let why = match (self.is_offline(), self.mapped) {
            (true, _) => "offline",
            (false, true) => "the map decides, so the address was left in peace",
            (false, false) => return None,
        };
        Some(("not-asked", Vec::new(), Some(why.to_owned())))
    }

    /// A source that the administrator gives.
    fn of_file(&self, names: Vec<String>, option: &str, nothing: &str) -> Told {
        match (names.is_empty(), self.is_given(option)) {
            (false, _) => ("offers", names, None),
            (true, true) => ("nothing", names, Some(nothing.to_owned())),
            (true, false) => ("not-given", names, None),
        }
    }

    /// The certificate at the address itself.
    fn certificate(&self) -> Told {
        if self.entry.endpoint.scheme == Scheme::Http {
            let why = "plain http presents none".to_owned();
            return ("not-asked", Vec::new(), Some(why));
        }
        match &self.entry.old_certificate {
            Some(old) => certificate_of(old, self.outcome()),
            None => self.unasked().unwrap_or(("not-asked", Vec::new(), None)),
        }
    }

    fn outcome(&self) -> Option<&HandshakeOutcome> {
        let address = self.entry.endpoint.host.address()?;
        let target = Target::nameless(address, self.entry.endpoint.port);
        Some(&self.asked?.evidence.handshakes.get(&target)?.outcome)
    }

    /// Reverse DNS.
    fn pointers(&self, offered: Vec<String>) -> Told {
        let address = self.entry.endpoint.host.address();
        let answer =
            address.zip(self.asked).and_then(|(it, asked)| asked.evidence.pointers.get(&it));
        match answer {
            Some(Answer::Found(names)) => ("offers", names.clone(), None),
            Some(Answer::Absent(absence)) => {
                ("nothing", Vec::new(), Some(absence.as_str().to_owned()))
            }
            Some(Answer::CouldNotAsk(why)) => ("could-not-ask", Vec::new(), Some(why.clone())),
            Some(Answer::NotAsked(why)) => ("not-asked", Vec::new(), Some(why.clone())),
            None if !offered.is_empty() => ("offers", offered, None),
            None => self.unasked().unwrap_or(("nothing", offered, None)),
        }
    }

    /// WebEx names of other records.
    fn corpus(&self, offered: Vec<String>) -> Told {
        if !offered.is_empty() {
            return ("offers", offered, None);
        }
        if self.is_offline() {
            return ("not-asked", offered, Some("offline".to_owned()));
        }
        let detail = match (self.asked, self.entry.endpoint.host.address()) {
            (Some(Asked { scope, evidence }), Some(address)) => {
                let names = || scope.corpus.keys();
                let unanswered = |name: &&Fqdn| {
                    matches!(evidence.forward(name, address), Forward::CouldNotAsk(_))
                };
                let all = names().count();
                match (all, names().filter(unanswered).count()) {
                    (0, _) => "no other record has a WebEx name".to_owned(),
                    (all, 0) => format!("none of {all} in other records leads to the address"),
                    (all, unanswered) => format!(
                        "none of {all} in other records is known to lead to the address; \
                         {unanswered} could not be asked"
                    ),
                }
            }
            _ => "none of other records leads to the address".to_owned(),
        };
        ("nothing", offered, Some(detail))
    }
}

/// Answer, names, detail.
type Told = (&'static str, Vec<String>, Option<String>);

fn certificate_of(old: &OldCertificate, outcome: Option<&HandshakeOutcome>) -> Told {
    let mut details = Vec::new();
    if old.handshake != "completed" {
        details.push(old.handshake.clone());
    }
    if let (Some(subject), true) = (&old.subject, old.dns_names.is_empty()) {
        details.push(format!("its subject is {subject}"));
    }
    if !old.dns_names.is_empty() && old.dns_names.iter().all(|name| name.starts_with("*.")) {
        details.push("a wildcard is no name, and can support one".to_owned());
    }
    if let Some(not_after) = &old.not_after {
        let date = not_after.split_once('T').map_or(not_after.as_str(), |(date, _)| date);
        details.push(format!("until {date}"));
    }
    let detail = (!details.is_empty()).then(|| details.join("; "));
    let answer = match outcome {
        _ if !old.dns_names.is_empty() => "offers",
        Some(HandshakeOutcome::NotAsked(_)) => "not-asked",
        _ if old.subject.is_some() => "nothing",
        _ => "could-not-ask",
    };
    (answer, old.dns_names.clone(), detail)
}

/// The candidates of an endpoint, each with the allowed domain that admits it.
pub fn candidates(entry: &EndpointReport, domains: &[Fqdn]) -> Vec<ExplainedCandidate> {
    let admitted_by = |host: &str| {
        let name = Fqdn::parse(host).ok()?;
        domains.iter().find(|domain| name.is_inside(domain)).map(ToString::to_string)
    };
    let explained = entry.candidates.iter().map(|candidate| ExplainedCandidate {
        candidate: candidate.clone(),
        admitted_by: admitted_by(&candidate.host),
    });
    explained.collect()
}
