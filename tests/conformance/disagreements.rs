//! The table of cases that we judge otherwise than the suite they come from.

use std::collections::{BTreeMap, BTreeSet};

use photofix::profile::{ProfileId, VerdictKind};
use serde::Deserialize;

use crate::case::Expected;
use crate::judge::{Verdict, Verdicts};

/// `disagreements.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    disagreement: Vec<Group>,
}

/// Cases that differ for one reason.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    suite: String,
    /// Which profiles differ.
    profiles: Vec<ProfileId>,
    /// What the suite expects.
    expected: Expected,
    /// What these profiles say instead.
    verdict: VerdictKind,
    /// Why that is as it should be.
    reason: String,
    /// Case ids; `name{1,3-5}` stands for `name1`, `name3`, `name4`, `name5`.
    cases: Vec<String>,
}

type Key = (String, ProfileId);

/// What a suite says of its cases and what we say.
#[derive(Debug)]
pub(crate) struct Judged {
    pub(crate) id: String,
    pub(crate) expected: Expected,
    pub(crate) verdicts: Verdicts,
}

/// Holds the judgements of a suite against the table, and prints the sums.
pub(crate) fn compare(suite: &str, judged: &[Judged]) {
    let known = read(suite);
    let mut found: BTreeMap<Key, (Expected, &Verdict)> = BTreeMap::new();
    for case in judged {
        for (profile, verdict) in &case.verdicts {
            let accepted = verdict.0 == VerdictKind::Trusted;
            if accepted != (case.expected == Expected::Success) {
                found.insert((case.id.clone(), *profile), (case.expected, verdict));
            }
        }
    }
    for profile in [ProfileId::Strict, ProfileId::Jabber, ProfileId::Jabber12] {
        let differ = |expected| {
            let of_profile = found.iter().filter(|((_, one), _)| *one == profile);
            of_profile.filter(|(_, (it, _))| *it == expected).count()
        };
        println!(
            "{suite}, {profile}: {} cases, {} accepted against the suite, {} not accepted",
            judged.len(),
            differ(Expected::Failure),
            differ(Expected::Success),
        );
    }
    let mut changes = Vec::new();
    for ((id, profile), (expected, (kind, reasons))) in &found {
        if known.get(&(id.clone(), *profile)) != Some(&(*expected, *kind)) {
            let why = reasons.join("; ");
            changes.push(format!("new: {id}, {profile}: {expected:?}, {kind}: {why}"));
        }
    }
    let gone = known.keys().filter(|key| !found.contains_key(*key));
    changes.extend(gone.map(|(id, profile)| format!("gone: {id}, {profile}")));
    assert!(changes.is_empty(), "{} changes\n{}", changes.len(), changes.join("\n"));
}

/// The suite's part of the table.
fn read(suite: &str) -> BTreeMap<Key, (Expected, VerdictKind)> {
    let table: Table = toml::from_str(include_str!("disagreements.toml")).unwrap();
    let mut known = BTreeMap::new();
    for group in table.disagreement.iter().filter(|group| group.suite == suite) {
        assert!(!group.reason.is_empty());
        for (id, profile) in keys(group) {
            let twice = known.insert((id.clone(), profile), (group.expected, group.verdict));
            assert!(twice.is_none(), "`{id}` stands twice");
        }
    }
    known
}

fn keys(group: &Group) -> impl Iterator<Item = Key> + '_ {
    let cases = group.cases.iter().flat_map(|case| expanded(case));
    cases.flat_map(|id| group.profiles.iter().map(move |profile| (id.clone(), *profile)))
}

/// `tc{1,3-5}` as its four ids.
fn expanded(case: &str) -> Vec<String> {
    let Some((stem, numbers)) = case.strip_suffix('}').and_then(|it| it.split_once('{')) else {
        return vec![case.to_owned()];
    };
    let ranges = numbers.split(',').map(|range| range.split_once('-').unwrap_or((range, range)));
    ranges
        .flat_map(|(first, last)| first.parse::<u32>().unwrap()..=last.parse().unwrap())
        .map(|number| format!("{stem}{number}"))
        .collect()
}

#[test]
fn a_strict_client_accepts_nothing_that_a_suite_refuses() {
    let table: Table = toml::from_str(include_str!("disagreements.toml")).unwrap();
    for group in &table.disagreement {
        let differs =
            (group.expected == Expected::Success) != (group.verdict == VerdictKind::Trusted);
        assert!(differs, "{group:?} is no disagreement");
        assert!(
            group.expected == Expected::Success || !group.profiles.contains(&ProfileId::Strict),
            "{group:?}"
        );
    }
    let suites: BTreeSet<_> = table.disagreement.iter().map(|group| group.suite.as_str()).collect();
    assert!(suites.is_subset(&BTreeSet::from(["x509-limbo", "BetterTLS", "PKITS"])), "{suites:?}");
    assert_eq!(expanded("tc{1,3-5}"), ["tc1", "tc3", "tc4", "tc5"]);
}
