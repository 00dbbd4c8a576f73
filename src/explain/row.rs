//! A row of a report, explained: what its cell holds, and what became of it.

use super::cell::{Photo, record_facts};
use crate::evidence::Endpoint;
use crate::export::Position;
use crate::ledger::Class;
use crate::name::Fqdn;
use crate::photo::classify;
use crate::report::explanation::{Conclusion, RecordFacts};
use crate::report::{Change, EndpointReport, Held, Row};
use crate::row::Unreadable;

/// A row of a report, explained.
#[derive(Clone, Debug)]
pub struct ExplainedRow {
    /// The record.
    pub record: RecordFacts,
    /// Where it points to.
    pub endpoint: Option<Endpoint>,
    /// What became of it.
    pub decision: Conclusion,
}

/// Explains a row; `entry` is the endpoint's entry in the same report, when there is one.
pub fn of_row(row: &Row<'_>, domains: &[Fqdn], entry: Option<&EndpointReport>) -> ExplainedRow {
    match row {
        Row::Change(change) => of_change(change, domains, entry),
        Row::Held(held) => of_held(held, domains, entry),
    }
}

fn of_change(
    change: &Change<'_>,
    domains: &[Fqdn],
    entry: Option<&EndpointReport>,
) -> ExplainedRow {
    let photo = Photo::Cell(change.old.to_owned(), classify(change.old, domains));
    let position = Position { record: change.record, line: change.line, byte: 0 };
    let decision = match entry.filter(|entry| entry.decision == "rewrite") {
        Some(entry) => Conclusion::of_endpoint(entry),
        // Changes that are taken back are not decided by an endpoint.
        None => Conclusion::left(
            Class::Rewritten,
            "changed",
            "the report lists the record among the changes".to_owned(),
            None,
        ),
    };
    ExplainedRow {
        record: record_facts(position, change.key, &photo, domains),
        endpoint: photo.endpoint(),
        decision: decision.with_new(change.new, &change.new_host),
    }
}

fn of_held(held: &Held<'_>, domains: &[Fqdn], entry: Option<&EndpointReport>) -> ExplainedRow {
    let photo = match held.value {
        Some(value) => Photo::Cell(value.to_owned(), classify(value, domains)),
        None => Photo::Unreadable(Unreadable {
            reason: "unreadable",
            explanation: held.explanation.to_owned(),
            hint: "",
        }),
    };
    let position = Position { record: held.record, line: held.line, byte: held.byte };
    let decision = match entry.filter(|entry| entry.reason == held.reason) {
        Some(entry) => Conclusion::of_endpoint(entry),
        // What holds this record and not its endpoint: a reviewer, a conflict.
        None => Conclusion::left(
            held.class,
            held.reason,
            held.explanation.to_owned(),
            held.hint.map(ToOwned::to_owned),
        ),
    };
    ExplainedRow {
        record: record_facts(position, held.key, &photo, domains),
        endpoint: photo.endpoint(),
        decision,
    }
}

/// A record that a report does not list, because nothing became of it.
pub fn unlisted(record: u64) -> (RecordFacts, Conclusion) {
    let facts = RecordFacts {
        record,
        line: None,
        key: None,
        cell: None,
        host_range: None,
        url: None,
        host_kind: "unlisted".into(),
        says:
            "a report lists the records that were changed or need a person, and this is neither; \
               the export has its cell"
                .to_owned(),
    };
    let decision = Conclusion::untouched("unlisted", "the record stays as it is".to_owned());
    (facts, decision)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{OldHost, Scheme};

    fn held(reason: &'static str, value: Option<&'static str>) -> Row<'static> {
        Row::Held(Held {
            record: 4,
            line: 5,
            byte: 90,
            key: Some(("email", "a@x")),
            value,
            host: 0..0,
            endpoint: None,
            class: Class::Unresolved,
            reason,
            explanation: "why",
            hint: Some("do this"),
        })
    }

    #[test]
    fn what_holds_a_row_is_said_before_what_holds_its_endpoint() {
        let host = OldHost::from("203.0.113.7".to_owned());
        let entry = EndpointReport {
            endpoint: Endpoint { host, port: 443, scheme: Scheme::Https },
            records: 1,
            decision: "unresolved".into(),
            host: None,
            reason: "absent".into(),
            explanation: "the name has no address".to_owned(),
            hint: None,
            candidates: Vec::new(),
            old_certificate: None,
            photos: Vec::new(),
        };
        let cell = Some("https://203.0.113.7/a");
        for (row, reason, maps) in [
            (held("absent", cell), "absent", &["203.0.113.7,NAME.webex.com"][..]),
            (held("refused", cell), "refused", &[]),
            (held("undecodable", None), "undecodable", &[]),
        ] {
            let explained = of_row(&row, &[], Some(&entry));
            assert_eq!(explained.decision.reason, reason);
            assert_eq!(explained.decision.map_lines, maps, "{reason}");
            let is_url = explained.endpoint.is_some();
            assert_eq!(is_url, reason != "undecodable");
        }
    }
}
