//! Photos in a job: which questions the names that may be written give rise to, and how reports
//! show the answers.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::counted;
use crate::census::{MAX_TARGET, MAX_URLS, PhotoUrls, SAMPLE};
use crate::comparison::{Compared, Comparison, Outcome, compare, new_question, old_question};
use crate::decide::{Decided, Policy};
use crate::evidence::{Endpoint, Evidence, PhotoAnswer, PhotoQuestion};
use crate::name::Fqdn;
use crate::report::{PhotoExample, PhotoSide, PhotosReport};

/// Photo URLs of each outcome that a report shows.
const EXAMPLES_SHOWN: usize = 3;

/// Equally good names of an endpoint that are compared by all its photo URLs; more of them are told
/// apart by a sample.
const NAMES_COMPARED_BY_ALL: usize = 2;

/// The names whose photos are compared with those of an endpoint, and the photo URLs to do it by.
#[derive(Debug, Default)]
pub(super) struct Contest {
    names: BTreeMap<Endpoint, BTreeSet<Fqdn>>,
    urls: PhotoUrls,
}

impl Contest {
    /// Among the names that decisions would choose from, as far as is known without photos.
    pub(super) fn among(decided: &[Decided], policy: Policy, urls: PhotoUrls) -> Self {
        let of = |it: &Decided| it.finalists(policy).map(|name| name.name().clone()).collect();
        let names = decided.iter().map(|it| (it.endpoint.clone(), of(it))).collect();
        Self { names, urls }
    }

    /// What has to be asked, each question once. Where an old photo cannot be asked for, the new
    /// one is not either: there is nothing to compare it with.
    pub(super) fn questions(&self, evidence: &Evidence) -> Vec<PhotoQuestion> {
        let mut questions = BTreeSet::new();
        for (endpoint, names) in &self.names {
            for (at, target) in self.targets(endpoint, names).iter().enumerate() {
                let Some(old) = old_question(endpoint, target) else { continue };
                let news: Vec<PhotoQuestion> = names
                    .iter()
                    .filter_map(|name| new_question(endpoint, name, (at, target), evidence))
                    .collect();
                if !news.is_empty() {
                    questions.insert(old);
                    questions.extend(news);
                }
            }
        }
        questions.into_iter().collect()
    }

    /// What the answers say of a name; none when its photos are not compared.
    pub(super) fn compared(
        &self,
        endpoint: &Endpoint,
        name: &Fqdn,
        evidence: &Evidence,
    ) -> Option<Comparison> {
        let names = self.names.get(endpoint).filter(|names| names.contains(name))?;
        let targets = self.targets(endpoint, names);
        (!targets.is_empty()).then(|| compare(endpoint, name, targets, evidence))
    }

    /// The photo URLs by which these names of an endpoint are compared.
    fn targets(&self, endpoint: &Endpoint, names: &BTreeSet<Fqdn>) -> &[String] {
        let all = self.urls.of(endpoint);
        if names.len() > NAMES_COMPARED_BY_ALL { &all[..all.len().min(SAMPLE)] } else { all }
    }

    /// That not every photo was compared.
    pub(super) fn note(&self) -> Option<String> {
        let left_out = self.urls.left_out();
        (left_out > 0).then(|| {
            format!(
                "the photos of {} were not compared: a run takes at most {MAX_URLS} distinct photo \
                 URLs, and none longer than {MAX_TARGET} bytes; --photos sample takes {SAMPLE} of \
                 each host",
                counted(left_out, "record")
            )
        })
    }
}

/// The photos of an endpoint under each name that was compared, strongest first.
pub(super) fn reports(decided: &Decided) -> Vec<PhotosReport> {
    let compared = decided.candidates.iter().filter_map(|it| Some((it, it.photos.as_ref()?)));
    compared
        .map(|(weighed, photos)| PhotosReport {
            host: weighed.candidate.name.to_string(),
            urls: photos.urls.len() as u64,
            outcomes: Outcome::ALL
                .iter()
                .map(|outcome| (outcome.as_str().into(), photos.count(*outcome) as u64))
                .collect(),
            examples: examples(photos),
        })
        .collect()
}

/// The first URLs of each outcome, in the order of the outcomes.
fn examples(photos: &Comparison) -> Vec<PhotoExample> {
    let of = |outcome| photos.urls.iter().filter(move |url| url.outcome == outcome);
    let first = Outcome::ALL.iter().flat_map(|outcome| of(*outcome).take(EXAMPLES_SHOWN));
    first.map(example).collect()
}

fn example(url: &Compared) -> PhotoExample {
    PhotoExample {
        target: url.target.clone(),
        outcome: url.outcome.as_str().into(),
        lost: url.is_lost,
        old: side(&url.old),
        new: side(&url.new),
    }
}

fn side(answer: &PhotoAnswer) -> PhotoSide {
    match answer {
        PhotoAnswer::Answered(reply) => PhotoSide {
            status: Some(reply.status),
            media_type: reply.media_type.clone(),
            length: reply.content.as_ref().map(|content| content.length),
            sha256: reply.content.as_ref().map(|content| content.sha256.clone()),
            certificate_failure: reply.certificate_failure.clone(),
            why: None,
        },
        PhotoAnswer::CouldNotAsk(why) | PhotoAnswer::NotAsked(why) => {
            PhotoSide { why: Some(why.clone()), ..PhotoSide::default() }
        }
    }
}
