//! The sentences that several renderers share.

use std::collections::BTreeMap;

use super::{
    ApprovalFacts, CandidateReport, Carry, CertificateReport, EndpointReport, PhotosReport, Report,
};
use crate::evidence::{OldHost, Source};
use crate::ledger::Class;

/// The classes that leave work.
const LEFT: [Class; 3] = [Class::Held, Class::Unresolved, Class::Unreadable];

/// A number as people read it: `1,234,567`.
pub(super) fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 record`, `1,234 records`.
pub(super) fn counted(number: u64, noun: &str) -> String {
    match number {
        1 => format!("1 {noun}"),
        _ => format!("{} {noun}s", grouped(number)),
    }
}

/// What a run came to, in one sentence.
pub(super) fn outcome(report: &Report) -> String {
    let records = report.ledger.records();
    let rewritten = report.ledger.of(Class::Rewritten);
    let planned = report.command == "plan";
    let back = report.command == "reverse";
    let mut text = match (rewritten, records) {
        (0, 0) => return "The export has no records: there is nothing to change.".to_owned(),
        (0, _) if planned => "No host would be replaced".to_owned(),
        (0, _) => "No host was replaced".to_owned(),
        (_, _) => {
            let verb = match (rewritten, planned) {
                (1, true) => "would get",
                (1, false) => "gets",
                (_, true) => "would get",
                (_, false) => "get",
            };
            let of = if records == 1 { "record" } else { "records" };
            let (rewritten, records) = (grouped(rewritten), grouped(records));
            let what = match back {
                true => "the old host back in place of the WebEx name",
                false => "a WebEx name in place of an address",
            };
            format!("{rewritten} of {records} {of} {verb} {what}")
        }
    };
    let left: Vec<String> = LEFT
        .iter()
        .filter(|class| report.ledger.of(**class) > 0)
        .map(|class| format!("{} {}", grouped(report.ledger.of(*class)), class.as_str()))
        .collect();
    if left.is_empty() {
        text.push_str("; nothing is left to do.");
    } else {
        let all: u64 = LEFT.iter().map(|class| report.ledger.of(*class)).sum();
        let verb = if all == 1 { "stays as it was" } else { "stay as they were" };
        text.push_str(&format!("; {} {verb}.", list(&left)));
    }
    text
}

/// What was approved, in one sentence.
pub(super) fn approval(facts: &ApprovalFacts) -> String {
    let ApprovalFacts { reviewer, time, approved, refused, not_approved, .. } = facts;
    let left = [(*refused, "refused"), (*not_approved, "not mentioned")];
    let left = left.iter().filter(|(records, _)| *records > 0);
    let left: String =
        left.map(|(records, what)| format!(", {} {what}", grouped(*records))).collect();
    format!("{reviewer} approved {} at {time}{left}", counted(*approved, "record"))
}

/// What became of a plan's changes on another export, in one sentence.
pub(super) fn carried(carry: &Carry, command: &str) -> String {
    let Carry { carried, newcomers, already, conflicts, .. } = carry;
    let (made, there) = match command {
        "reverse" => ("taken back", "back"),
        _ => ("made", "there"),
    };
    let mut text = format!("{} of the plan {made}", counted(carried + newcomers, "change"));
    if *newcomers > 0 {
        text.push_str(&format!(", {} for new users", grouped(*newcomers)));
    }
    if *already > 0 {
        text.push_str(&format!(", {} {there} already", grouped(*already)));
    }
    match conflicts.len() as u64 {
        0 => text.push_str(", no conflict"),
        number => text.push_str(&format!(", {}", counted(number, "conflict"))),
    }
    text
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn list(pieces: &[String]) -> String {
    match pieces {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// The candidate whose name is written; else the strongest that leads back to the host, that was
/// asked about, or that is there at all.
pub(super) fn leading(endpoint: &EndpointReport) -> Option<&CandidateReport> {
    let chosen = endpoint
        .candidates
        .iter()
        .find(|candidate| endpoint.host.as_ref() == Some(&candidate.host));
    let with = |forward: &[&str]| {
        endpoint.candidates.iter().find(|candidate| forward.contains(&candidate.forward.as_ref()))
    };
    chosen
        .or_else(|| with(&["confirmed"]))
        .or_else(|| with(&["contradicted", "absent", "could-not-ask"]))
        .or(endpoint.candidates.first())
}

/// Who speaks for a candidate: `certificate, ptr; forward-confirmed`.
pub(super) fn evidence(candidate: &CandidateReport) -> String {
    let sources: Vec<&str> =
        candidate.sources.iter().map(|source: &Source| source.as_str()).collect();
    let forward = match candidate.forward.as_ref() {
        "confirmed" => "forward-confirmed".to_owned(),
        "contradicted" => "forward contradicted".to_owned(),
        "absent" => "forward absent".to_owned(),
        "could-not-ask" => "forward could not be asked".to_owned(),
        "not-asked" => "forward not asked".to_owned(),
        other => format!("forward {other}"),
    };
    match sources.as_slice() {
        [] => forward,
        sources => format!("{}; {forward}", sources.join(", ")),
    }
}

/// What became of the photos under a name: `photos: 7 same, 1 gone`; none where none were compared.
pub(super) fn photos(endpoint: &EndpointReport, host: &str) -> Option<String> {
    let photos = endpoint.photos.iter().find(|photos| photos.host == host)?;
    Some(format!("photos: {}", outcomes(photos)))
}

/// How many photo URLs had each outcome, the most first: `7 same, 1 gone`.
pub(super) fn outcomes(photos: &PhotosReport) -> String {
    let mut outcomes: Vec<_> = photos.outcomes.iter().filter(|(_, urls)| **urls > 0).collect();
    outcomes.sort_by_key(|(_, urls)| std::cmp::Reverse(**urls));
    let words: Vec<String> =
        outcomes.iter().map(|(outcome, urls)| format!("{} {outcome}", grouped(**urls))).collect();
    words.join(", ")
}

/// Who and what speaks for a candidate, its photos included.
pub(super) fn spoken_for(endpoint: &EndpointReport, candidate: &CandidateReport) -> String {
    let evidence = evidence(candidate);
    match photos(endpoint, &candidate.host) {
        Some(photos) => format!("{evidence}; {photos}"),
        None => evidence,
    }
}

/// Until when the certificates of a report are valid, by name and port; the first to end counts.
pub(super) struct Validity<'a>(BTreeMap<(&'a str, u16), &'a str>);

impl<'a> Validity<'a> {
    /// Of a report's certificates.
    pub(super) fn of(report: &'a Report) -> Self {
        let mut ends = BTreeMap::new();
        for certificate in &report.certificates {
            if let Some(end) = certificate.not_after.as_deref() {
                let key = (certificate.host.as_str(), certificate.port);
                // RFC 3339 times in UTC sort as text.
                ends.entry(key).and_modify(|first| *first = end.min(*first)).or_insert(end);
            }
        }
        Self(ends)
    }

    /// What is known of a candidate's certificate on an endpoint's port, in a few words.
    pub(super) fn words(&self, endpoint: &EndpointReport, candidate: &CandidateReport) -> String {
        let text = match candidate.verdict.as_ref() {
            "trusted" => "certificate trusted",
            "prompts" => "certificate prompts",
            "refuses" => "certificate refused",
            "unknown" => "certificate not known",
            "not-asked" => "certificate not asked",
            "not-applicable" => "plain http, no certificate",
            other => return format!("certificate {other}"),
        };
        match self.0.get(&(candidate.host.as_str(), endpoint.endpoint.port)) {
            Some(end) if candidate.verdict == "trusted" => format!("{text} until {}", date(end)),
            _ => text.to_owned(),
        }
    }
}

/// The date of an RFC 3339 time, which is what people look for.
pub(super) fn date(time: &str) -> &str {
    time.split_once(['T', ' ']).map_or(time, |(date, _)| date)
}

/// An endpoint's address and port, as a URL spells them.
pub(super) fn authority(host: &OldHost, port: u16) -> String {
    match host {
        OldHost::Address(std::net::IpAddr::V6(v6)) => format!("[{v6}]:{port}"),
        host => format!("{host}:{port}"),
    }
}

/// Reasons that a map has no answer to: a person has to agree, or a plan to be made.
const NO_MAP_SETTLES: [&str; 4] = ["refused", "not-approved", "conflict", "not-planned"];

/// The names that compete for an endpoint.
pub(super) fn competing(endpoint: &EndpointReport) -> impl Iterator<Item = &CandidateReport> {
    let is_open = endpoint.reason == "ambiguous";
    endpoint.candidates.iter().filter(move |it| is_open && it.objection.is_none())
}

/// The lines of a map that would settle an endpoint, ready to be copied: one per name where names
/// compete, else one with a placeholder; none where a map settles nothing.
pub(super) fn map_lines(endpoint: &EndpointReport) -> Vec<String> {
    if NO_MAP_SETTLES.contains(&endpoint.reason.as_ref()) {
        return Vec::new();
    }
    let host = &endpoint.endpoint.host;
    let competing: Vec<String> =
        competing(endpoint).map(|candidate| format!("{host},{}", candidate.host)).collect();
    if competing.is_empty() { vec![format!("{host},NAME.webex.com")] } else { competing }
}

/// The remarks on a report's certificates, each once, with the servers it is made of; in the order
/// in which they are met.
pub(super) fn remarks(certificates: &[CertificateReport]) -> Vec<(&str, Vec<String>)> {
    let mut remarks: Vec<(&str, Vec<String>)> = Vec::new();
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    for certificate in certificates {
        let server = format!("{}:{}", certificate.host, certificate.port);
        for remark in &certificate.remarks {
            let at = *known.entry(remark).or_insert_with(|| {
                remarks.push((remark, Vec::new()));
                remarks.len() - 1
            });
            if remarks[at].1.last() != Some(&server) {
                remarks[at].1.push(server.clone());
            }
        }
    }
    remarks
}

/// Whether the addresses of one name were judged differently.
pub(super) fn disagree(certificates: &[&CertificateReport]) -> bool {
    certificates.windows(2).any(|pair| pair[0].verdict != pair[1].verdict)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_lists() {
        for (number, text) in [
            (0, "0 records"),
            (1, "1 record"),
            (999, "999 records"),
            (1000, "1,000 records"),
            (1_234_567, "1,234,567 records"),
        ] {
            assert_eq!(counted(number, "record"), text);
        }
        let by_server = |host: &str, remarks: &[&str]| CertificateReport {
            remarks: remarks.iter().map(ToString::to_string).collect(),
            ..super::super::tests::certificate(host)
        };
        let certificates =
            [by_server("a", &["x"]), by_server("a", &["x", "y"]), by_server("b", &["x"])];
        let of = |servers: &[&str]| servers.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(remarks(&certificates), [("x", of(&["a:443", "b:443"])), ("y", of(&["a:443"]))]);
        for (pieces, text) in [
            (&[][..], ""),
            (&["a"], "a"),
            (&["a", "b"], "a and b"),
            (&["a", "b", "c"], "a, b and c"),
        ] {
            let pieces: Vec<String> = pieces.iter().map(ToString::to_string).collect();
            assert_eq!(list(&pieces), text);
        }
    }
}
