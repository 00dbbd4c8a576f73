//! What the photos of names have to say in a decision.

use super::{OnAmbiguity, Policy, Reason, Weighed};
use crate::comparison::{Comparison, Outcome};

/// The longest path that an explanation repeats, in characters; reports have all of it.
const PATH_SHOWN: usize = 80;

/// The finalists that are left when it is known what they serve: of several, those that serve a
/// photo that the address serves.
///
/// # Errors
/// The reason to hold the endpoint, when each of them would lose a photo.
pub(super) fn preferred(finalists: Vec<&Weighed>, policy: Policy) -> Result<Vec<&Weighed>, Reason> {
    let loses = |it: &&Weighed| it.photos.as_ref().is_some_and(|it| it.lost().next().is_some());
    let (lost, standing): (Vec<&Weighed>, Vec<&Weighed>) =
        finalists.iter().copied().partition(loses);
    if standing.is_empty()
        && let Some((first, photos)) = lost.first().and_then(|it| Some((it, it.photos.as_ref()?)))
    {
        return Err(why_lost(first, photos));
    }
    let proved = |it: &&Weighed| it.photos.as_ref().is_some_and(Comparison::serves_the_same);
    let serving: Vec<&Weighed> = standing.iter().copied().filter(proved).collect();
    Ok(match policy.ambiguity {
        _ if !serving.is_empty() => serving,
        OnAmbiguity::Pick => standing,
        // That one name loses photos does not prove another.
        OnAmbiguity::Hold => finalists,
    })
}

/// What speaks for a name, in words; none where no photo proves anything.
pub(super) fn praise(photos: &Comparison) -> Option<String> {
    let same = photos.count(Outcome::Same);
    let urls = photos.urls.len();
    (same > 0).then(|| format!("it serves the same photo for {same} of {}", counted(urls)))
}

fn why_lost(weighed: &Weighed, photos: &Comparison) -> Reason {
    let name = &weighed.candidate.name;
    let number = |outcome| photos.lost().filter(|url| url.outcome == outcome).count();
    let kinds: Vec<String> = [
        (Outcome::Gone, "there is no photo"),
        (Outcome::Html, "there is a page in place of a photo"),
        (Outcome::Placeholder, "there is a placeholder in place of the photo"),
        (Outcome::Different, "there is another photo"),
    ]
    .into_iter()
    .filter(|(outcome, _)| number(*outcome) > 0)
    .map(|(outcome, words)| format!("for {} {words}", number(outcome)))
    .collect();
    let example = match photos.lost().next().filter(|url| url.target.chars().count() <= PATH_SHOWN)
    {
        Some(url) => format!(", such as `{}`", url.target),
        None => String::new(),
    };
    let is_gone = number(Outcome::Gone) + number(Outcome::Html) > 0;
    Reason {
        id: if is_gone { "photo-gone" } else { "photo-different" },
        explanation: format!(
            "`{name}` does not serve what the address serves: of {}, {}{example}",
            counted(photos.urls.len()),
            kinds.join(", ")
        ),
        hint: Some(format!(
            "open such a photo under both hosts; if the address's photos are to be given up, run \
             again without --photos, else map the address to the name that serves them instead of \
             `{name}`"
        )),
    }
}

fn counted(urls: usize) -> String {
    match urls {
        1 => "1 photo URL".to_owned(),
        _ => format!("{urls} photo URLs"),
    }
}
