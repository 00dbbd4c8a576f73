//! Whether a new name serves the photos that the old address serves.
//!
//! Pure: which questions that takes ([`old_question`], [`new_question`]), and what their answers
//! say together ([`compare`]). An answer that is missing says nothing for or against a name.

use std::collections::HashMap;

use crate::evidence::{
    Endpoint, Evidence, Looks, PhotoAnswer, PhotoContent, PhotoQuestion, PhotoReply,
};
use crate::name::Fqdn;

/// Photo URLs that one image must stand for to be a placeholder: two users may well share a photo,
/// or have two URLs.
pub const PLACEHOLDER_URLS: usize = 3;

/// What became of the photo of one URL, under a new name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// Both serve the same bytes.
    Same,
    /// Both serve content, and not the same.
    Different,
    /// The address serves a photo and the name says that there is none.
    Gone,
    /// The name serves the image that it serves for many users, so that it shows nobody's face.
    Placeholder,
    /// The address serves a photo and the name a page: an error behind status 200.
    Html,
    /// The address serves no photo, so that there is none to compare, and none to lose.
    Missing,
    /// At least one of the two could not be asked.
    Unreachable,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 7] = [
        Self::Same,
        Self::Different,
        Self::Gone,
        Self::Placeholder,
        Self::Html,
        Self::Missing,
        Self::Unreachable,
    ];

    /// The word that reports use.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Different => "different",
            Self::Gone => "gone",
            Self::Placeholder => "placeholder",
            Self::Html => "html",
            Self::Missing => "missing",
            Self::Unreachable => "unreachable",
        }
    }
}

/// One photo URL, under the old host and the new one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// Path and query.
    pub target: String,
    /// What became of the photo.
    pub outcome: Outcome,
    /// Whether a user who sees a photo today would see another, or none.
    pub is_lost: bool,
    /// What the old URL answered.
    pub old: PhotoAnswer,
    /// What the new URL answered.
    pub new: PhotoAnswer,
}

/// The photos of an endpoint under one new name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The photo URLs, in the order of the export.
    pub urls: Vec<Compared>,
}

impl Comparison {
    /// URLs with an outcome.
    pub fn count(&self, outcome: Outcome) -> usize {
        self.urls.iter().filter(|url| url.outcome == outcome).count()
    }

    /// Whether the name serves at least one photo that the address serves.
    pub fn serves_the_same(&self) -> bool {
        self.count(Outcome::Same) > 0
    }

    /// The URLs whose photos would be lost.
    pub fn lost(&self) -> impl Iterator<Item = &Compared> {
        self.urls.iter().filter(|url| url.is_lost)
    }
}

/// The question for a photo at the old address; none for a bare host, which has no address.
pub fn old_question(endpoint: &Endpoint, target: &str) -> Option<PhotoQuestion> {
    Some(PhotoQuestion {
        name: None,
        address: endpoint.host.address()?,
        port: endpoint.port,
        scheme: endpoint.scheme,
        target: target.to_owned(),
    })
}

/// The question for the photo of the URL that is number `at` of its endpoint, under a new name;
/// none when no address of the name is known. The addresses of a name are asked in turn, so that
/// each serves a part of the URLs.
pub fn new_question(
    endpoint: &Endpoint,
    name: &Fqdn,
    (at, target): (usize, &str),
    evidence: &Evidence,
) -> Option<PhotoQuestion> {
    let addresses = evidence.addresses_of(name);
    Some(PhotoQuestion {
        name: Some(name.clone()),
        address: *addresses.get(at.checked_rem(addresses.len())?)?,
        port: endpoint.port,
        scheme: endpoint.scheme,
        target: target.to_owned(),
    })
}

/// Compares the photos of an endpoint with those that a name serves.
pub fn compare(
    endpoint: &Endpoint,
    name: &Fqdn,
    targets: &[String],
    evidence: &Evidence,
) -> Comparison {
    let answer = |question: Option<PhotoQuestion>, why: &str| match question {
        None => PhotoAnswer::NotAsked(why.to_owned()),
        Some(question) => evidence
            .photos
            .get(&question)
            .cloned()
            .unwrap_or_else(|| PhotoAnswer::NotAsked("the question was not put".to_owned())),
    };
    let answers: Vec<(PhotoAnswer, PhotoAnswer)> = targets
        .iter()
        .enumerate()
        .map(|(at, target)| {
            let old = old_question(endpoint, target);
            let new = new_question(endpoint, name, (at, target), evidence);
            (
                answer(old, "a bare host name has no address to ask"),
                answer(new, "no address of the name is known"),
            )
        })
        .collect();
    let mut urls_of: HashMap<&str, usize> = HashMap::new();
    for (_, new) in &answers {
        if let PhotoAnswer::Answered(reply) = new
            && let Served::Photo(photo) = served(reply)
        {
            *urls_of.entry(&photo.sha256).or_default() += 1;
        }
    }
    let is_placeholder = |photo: &PhotoContent| {
        urls_of.get(photo.sha256.as_str()).is_some_and(|urls| *urls >= PLACEHOLDER_URLS)
    };
    let outcomes: Vec<(Outcome, bool)> =
        answers.iter().map(|(old, new)| judge(old, new, is_placeholder)).collect();
    let urls = targets
        .iter()
        .zip(answers)
        .zip(outcomes)
        .map(|((target, (old, new)), (outcome, is_lost))| Compared {
            target: target.clone(),
            outcome,
            is_lost,
            old,
            new,
        })
        .collect();
    Comparison { urls }
}

/// What two answers say, and whether a photo would be lost.
fn judge(
    old: &PhotoAnswer,
    new: &PhotoAnswer,
    is_placeholder: impl Fn(&PhotoContent) -> bool,
) -> (Outcome, bool) {
    let (PhotoAnswer::Answered(old), PhotoAnswer::Answered(new)) = (old, new) else {
        return (Outcome::Unreachable, false);
    };
    match (served(old), served(new)) {
        (Served::Trouble, _) | (_, Served::Trouble) => (Outcome::Unreachable, false),
        (Served::Nothing | Served::Page, _) => (Outcome::Missing, false),
        (Served::Photo(_), Served::Nothing) => (Outcome::Gone, true),
        (Served::Photo(_), Served::Page) => (Outcome::Html, true),
        (Served::Photo(old), Served::Photo(new)) => {
            let are_the_same = old.sha256 == new.sha256;
            match is_placeholder(new) {
                true => (Outcome::Placeholder, !are_the_same),
                false if are_the_same => (Outcome::Same, false),
                false => (Outcome::Different, true),
            }
        }
    }
}

/// What an answer comes to.
enum Served<'a> {
    /// A photo, as far as can be seen.
    Photo(&'a PhotoContent),
    /// HTML in place of one.
    Page,
    /// "There is none", in one of the ways in which servers say so.
    Nothing,
    /// The server could not say: it has trouble, or wants to be asked later.
    Trouble,
}

fn served(reply: &PhotoReply) -> Served<'_> {
    let media_type = reply.media_type.as_deref();
    let is_html = matches!(media_type, Some("text/html" | "application/xhtml+xml"));
    match (&reply.content, reply.status) {
        // Success without content is no photo, by status 204 or without (RFC 9110, 15.3.5).
        (Some(content), _) if content.length == 0 => Served::Nothing,
        (Some(content), _) => match content.looks {
            Looks::Markup => Served::Page,
            Looks::Unknown if is_html => Served::Page,
            Looks::Image | Looks::Unknown => Served::Photo(content),
        },
        // Request Timeout, Too Early, Too Many Requests (RFC 9110, RFC 8470, RFC 6585).
        (None, 408 | 425 | 429) => Served::Trouble,
        (None, 400..=499) => Served::Nothing,
        (None, _) => Served::Trouble,
    }
}

#[cfg(test)]
mod tests;
