//! A table of answers and what they say together.

use super::*;
use crate::evidence::{Answer, Family, OldHost, Scheme};

fn reply(status: u16, looks: Looks, text: &str) -> PhotoAnswer {
    typed(status, if looks == Looks::Markup { "text/html" } else { "image/jpeg" }, looks, text)
}

fn typed(status: u16, media_type: &str, looks: Looks, text: &str) -> PhotoAnswer {
    let content = || PhotoContent { looks, length: text.len() as u64, sha256: text.to_owned() };
    PhotoAnswer::Answered(PhotoReply {
        status,
        media_type: Some(media_type.to_owned()),
        content: (200..=299).contains(&status).then(content),
        certificate_failure: None,
    })
}

fn image(content: &str) -> PhotoAnswer {
    reply(200, Looks::Image, content)
}

fn endpoint(host: &str) -> Endpoint {
    Endpoint { host: OldHost::from(host.to_owned()), port: 443, scheme: Scheme::Https }
}

fn name() -> Fqdn {
    Fqdn::parse("c7.webex.com").unwrap()
}

/// What comes of URLs with these answers, under a name with one address.
fn compared(host: &str, answers: &[(Option<PhotoAnswer>, Option<PhotoAnswer>)]) -> Comparison {
    let mut evidence = Evidence::default();
    let addresses = vec!["203.0.113.9".parse().unwrap()];
    evidence.learn_addresses(name(), Family::V4, Answer::Found(addresses));
    let targets: Vec<String> = (0..answers.len()).map(|n| format!("/{n}.jpg")).collect();
    for ((at, target), (old, new)) in targets.iter().enumerate().zip(answers) {
        let put = [
            (old_question(&endpoint(host), target), old),
            (new_question(&endpoint(host), &name(), (at, target), &evidence), new),
        ];
        for (question, answer) in put {
            if let (Some(question), Some(answer)) = (question, answer) {
                evidence.photos.insert(question, answer.clone());
            }
        }
    }
    compare(&endpoint(host), &name(), &targets, &evidence)
}

#[test]
fn every_pair_of_answers_has_its_outcome() {
    let nothing = || reply(404, Looks::Unknown, "not found");
    let page = || reply(200, Looks::Markup, "<html>");
    let failed = || PhotoAnswer::CouldNotAsk("connection refused".to_owned());
    let untyped = |media_type: &str| typed(200, media_type, Looks::Unknown, "?");
    for (old, new, outcome, is_lost) in [
        (image("a"), image("a"), Outcome::Same, false),
        (untyped("application/octet-stream"), untyped("image/png"), Outcome::Same, false),
        (image("a"), image("b"), Outcome::Different, true),
        (image("a"), untyped("application/json"), Outcome::Different, true),
        (image("a"), nothing(), Outcome::Gone, true),
        (image("a"), reply(403, Looks::Markup, "<html>"), Outcome::Gone, true),
        (image("a"), reply(200, Looks::Image, ""), Outcome::Gone, true),
        (image("a"), reply(204, Looks::Unknown, ""), Outcome::Gone, true),
        (image("a"), page(), Outcome::Html, true),
        (image("a"), untyped("text/html"), Outcome::Html, true),
        // Whoever serves no photo today has none to lose.
        (nothing(), nothing(), Outcome::Missing, false),
        (nothing(), image("a"), Outcome::Missing, false),
        (page(), page(), Outcome::Missing, false),
        // Trouble is no answer.
        (failed(), image("a"), Outcome::Unreachable, false),
        (image("a"), failed(), Outcome::Unreachable, false),
        (failed(), nothing(), Outcome::Unreachable, false),
        (image("a"), reply(503, Looks::Markup, "<html>"), Outcome::Unreachable, false),
        (image("a"), reply(429, Looks::Unknown, "later"), Outcome::Unreachable, false),
        (reply(500, Looks::Unknown, "?"), nothing(), Outcome::Unreachable, false),
    ] {
        let found = compared("203.0.113.7", &[(Some(old.clone()), Some(new.clone()))]);
        let found = (found.urls[0].outcome, found.urls[0].is_lost);
        assert_eq!(found, (outcome, is_lost), "{old:?} {new:?}");
    }
}

#[test]
fn one_image_for_many_users_is_a_placeholder() {
    let pairs = |pairs: &[(&str, &str)]| -> Vec<_> {
        pairs.iter().map(|(old, new)| (Some(image(old)), Some(image(new)))).collect()
    };
    let (same, placeholder) = ((Outcome::Same, false), (Outcome::Placeholder, false));
    let (lost, different) = ((Outcome::Placeholder, true), (Outcome::Different, true));
    for (answers, expected) in [
        (pairs(&[("a", "x"), ("b", "x"), ("c", "x")]), vec![lost; 3]),
        // Where the address serves it too, nobody loses anything, and nothing is proved.
        (pairs(&[("x", "x"), ("x", "x"), ("x", "x"), ("d", "d")]), {
            vec![placeholder, placeholder, placeholder, same]
        }),
        // Two users are not many.
        (pairs(&[("x", "x"), ("x", "x")]), vec![same; 2]),
        (pairs(&[("a", "x"), ("b", "x")]), vec![different; 2]),
        // The address's placeholder may have become photos.
        (pairs(&[("x", "a"), ("x", "b"), ("x", "c")]), vec![different; 3]),
    ] {
        let found: Vec<_> = compared("203.0.113.7", &answers)
            .urls
            .iter()
            .map(|url| (url.outcome, url.is_lost))
            .collect();
        assert_eq!(found, expected, "{answers:?}");
    }
}

#[test]
fn what_was_not_asked_says_why() {
    let not_asked = |why: &str| PhotoAnswer::NotAsked(why.to_owned());
    let bare = compared("ldap-photos", &[(None, Some(image("a")))]);
    assert_eq!(bare.urls[0].old, not_asked("a bare host name has no address to ask"));
    assert_eq!(bare.urls[0].outcome, Outcome::Unreachable);
    let nameless =
        compare(&endpoint("203.0.113.7"), &name(), &["/a".to_owned()], &Evidence::default());
    assert_eq!(nameless.urls[0].new, not_asked("no address of the name is known"));
    assert_eq!(nameless.urls[0].old, not_asked("the question was not put"));
}

#[test]
fn the_addresses_of_a_name_are_asked_in_turn() {
    let mut evidence = Evidence::default();
    let addresses: Vec<std::net::IpAddr> =
        ["203.0.113.8", "203.0.113.9"].map(|one| one.parse().unwrap()).to_vec();
    evidence.learn_addresses(name(), Family::V4, Answer::Found(addresses.clone()));
    for (at, address) in [(0, addresses[0]), (1, addresses[1]), (2, addresses[0])] {
        let question = new_question(&endpoint("203.0.113.7"), &name(), (at, "/"), &evidence);
        assert_eq!(question.unwrap().address, address, "{at}");
    }
}
