//! What each source of names said of an endpoint, and which of its candidates may be demanded.

use serde_json::{Map, Value};

use crate::evidence::{
    Answer, Evidence, Forward, HandshakeOutcome, OldHost, Scheme, Source, Target,
};
use crate::name::Fqdn;
use crate::reference::Scope;
use crate::report::explanation::{ExplainedCandidate, SourceAnswer};
use crate::report::{EndpointReport, OldCertificate, PhotosReport};

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
            Source::Default => {
                self.of_file(offered, "default-host", "it is not offered to this host")
            }
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

/// The photos of an endpoint under each name that was compared; none where the run with these
/// options compared no photos at all.
pub fn compared(entry: &EndpointReport, options: &Map<String, Value>) -> Option<Vec<PhotosReport>> {
    let word = |name| options.get(name).and_then(Value::as_str);
    let is_offline = options.get("offline").and_then(Value::as_bool).unwrap_or(false);
    let is_wanted = word("photos").is_some_and(|photos| photos != "off") && !is_offline;
    (is_wanted || !entry.photos.is_empty()).then(|| entry.photos.clone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Absence, Endpoint, Family, Handshake};
    use crate::report::CandidateReport;

    fn entry(host: &str, scheme: Scheme, candidates: &[(&str, Source)]) -> EndpointReport {
        EndpointReport {
            endpoint: Endpoint { host: host.to_owned().into(), port: 443, scheme },
            records: 1,
            decision: "unresolved".into(),
            host: None,
            reason: "absent".into(),
            explanation: String::new(),
            hint: None,
            candidates: candidates
                .iter()
                .map(|(host, source)| CandidateReport {
                    host: (*host).to_owned(),
                    sources: vec![*source],
                    forward: "absent".into(),
                    forward_detail: None,
                    verdict: "not-asked".into(),
                    objection: None,
                    support: None,
                })
                .collect(),
            old_certificate: None,
            photos: Vec::new(),
        }
    }

    fn options(pairs: &[(&str, Value)]) -> Map<String, Value> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect()
    }

    /// `source answer names; detail`, a line each.
    fn lines(answers: &[SourceAnswer]) -> Vec<String> {
        let line = |it: &SourceAnswer| {
            let (source, detail) = (it.source.as_str(), it.detail.as_deref().unwrap_or("-"));
            format!("{source} {} [{}] {detail}", it.answer, it.names.join(" "))
        };
        answers.iter().map(line).collect()
    }

    #[test]
    fn a_document_says_what_it_kept() {
        let found = [("c7.webex.com", Source::Ptr), ("c8.webex.com", Source::List)];
        let given = options(&[("candidates", "names.txt".into()), ("map", "map.csv".into())]);
        let entry_of = |scheme| entry("203.0.113.7", scheme, &found);
        assert_eq!(
            lines(&answers(&entry_of(Scheme::Http), &given, None)),
            [
                "map nothing [] no line of the map is about the host",
                "certificate not-asked [] plain http presents none",
                "ptr offers [c7.webex.com] -",
                "corpus nothing [] none of other records leads to the address",
                "list offers [c8.webex.com] -",
                "default not-given [] -",
            ]
        );
        let offline = options(&[("offline", true.into())]);
        let nothing = entry("203.0.113.7", Scheme::Https, &[]);
        assert_eq!(
            lines(&answers(&nothing, &offline, None))[1..4],
            [
                "certificate not-asked [] offline",
                "ptr not-asked [] offline",
                "corpus not-asked [] offline",
            ]
        );
        let mapped = entry("203.0.113.7", Scheme::Https, &[("c7.webex.com", Source::Map)]);
        let left_in_peace = "not-asked [] the map decides, so the address was left in peace";
        assert_eq!(
            lines(&answers(&mapped, &given, None))[..3],
            [
                "map offers [c7.webex.com] -".to_owned(),
                format!("certificate {left_in_peace}"),
                format!("ptr {left_in_peace}"),
            ]
        );
        // A single label is the map's alone.
        let bare = entry("ldap-photos", Scheme::Https, &[]);
        assert_eq!(answers(&bare, &given, None).len(), 1);
    }

    #[test]
    fn what_was_asked_just_now_says_why_there_is_no_name() {
        let entry = entry("203.0.113.7", Scheme::Https, &[]);
        let address = entry.endpoint.host.address().unwrap();
        let name = |text| Fqdn::parse(text).unwrap();
        let corpus = [name("c7.webex.com"), name("c8.webex.com")].map(|name| (name, 1));
        let scope = Scope { corpus: corpus.into_iter().collect(), ..Scope::default() };
        for (pointer, said) in [
            (Answer::Found(vec!["A.B.".to_owned()]), "ptr offers [A.B.] -"),
            (Answer::Absent(Absence::NxDomain), "ptr nothing [] NXDOMAIN"),
            (Answer::CouldNotAsk("SERVFAIL".to_owned()), "ptr could-not-ask [] SERVFAIL"),
            (Answer::NotAsked("private".to_owned()), "ptr not-asked [] private"),
        ] {
            let mut evidence = Evidence::default();
            evidence.pointers.insert(address, pointer);
            let silent = Answer::CouldNotAsk("no answer".to_owned());
            evidence.learn_addresses(name("c8.webex.com"), Family::V4, silent);
            let asked = Asked { scope: &scope, evidence: &evidence };
            let found = lines(&answers(&entry, &Map::new(), Some(asked)));
            assert_eq!(found[2], said);
            assert_eq!(
                found[3],
                "corpus nothing [] none of 2 in other records is known to lead to the address; 1 \
                 could not be asked"
            );
        }
    }

    #[test]
    fn the_certificate_at_the_address_says_what_it_offers() {
        let old = |handshake: &str, names: &[&str], subject: Option<&str>| OldCertificate {
            handshake: handshake.to_owned(),
            dns_names: names.iter().map(ToString::to_string).collect(),
            subject: subject.map(ToOwned::to_owned),
            not_after: subject.map(|_| "2027-03-01T00:00:00Z".to_owned()),
        };
        let not_asked = HandshakeOutcome::NotAsked("private".to_owned());
        for (old, outcome, said) in [
            (
                old("completed", &["c7.webex.com"], Some("CN=c7")),
                None,
                "certificate offers [c7.webex.com] until 2027-03-01",
            ),
            (
                old("completed", &["*.webex.com"], Some("CN=x")),
                None,
                "certificate offers [*.webex.com] a wildcard is no name, and can support one; until \
                 2027-03-01",
            ),
            (
                old("completed", &[], Some("CN=c7.webex.com")),
                None,
                "certificate nothing [] its subject is CN=c7.webex.com; until 2027-03-01",
            ),
            (
                old("connection refused", &[], None),
                None,
                "certificate could-not-ask [] connection refused",
            ),
            (old("private", &[], None), Some(not_asked), "certificate not-asked [] private"),
        ] {
            let mut entry = entry("203.0.113.7", Scheme::Https, &[]);
            entry.old_certificate = Some(old);
            let (scope, mut evidence) = (Scope::default(), Evidence::default());
            if let Some(outcome) = outcome {
                let address = entry.endpoint.host.address().unwrap();
                let handshake = Handshake::without_chain(outcome);
                evidence.handshakes.insert(Target::nameless(address, 443), handshake);
            }
            let asked = Some(Asked { scope: &scope, evidence: &evidence });
            assert_eq!(lines(&answers(&entry, &Map::new(), asked))[1], said);
        }
    }

    #[test]
    fn a_candidate_is_admitted_by_the_domain_that_holds_it() {
        let domains = ["webex.com", "corp.example"].map(|domain| Fqdn::parse(domain).unwrap());
        let names = ["c7.webex.com", "notwebex.com", "p.corp.example", "not a name"];
        let found = names.map(|name| (name, Source::Ptr));
        let entry = entry("203.0.113.7", Scheme::Https, &found);
        let admitted: Vec<Option<String>> =
            candidates(&entry, &domains).into_iter().map(|it| it.admitted_by).collect();
        let expected = [Some("webex.com"), None, Some("corp.example"), None];
        assert_eq!(admitted, expected.map(|domain| domain.map(ToOwned::to_owned)));
    }
}
