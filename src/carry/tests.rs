//! The three-way comparison as a table, and the way back in every encoding.

use std::collections::HashMap;

use super::entry::{Entry, Found, Place, Places, Planned, Verdict};
use super::*;
use crate::evidence::{Endpoint, OldHost, Scheme};
use crate::export::{Choices, Contents, Encoding, Layout, Reader};
use crate::key::KeyColumn;
use crate::ledger::Class;
use crate::name::Fqdn;
use crate::reference::{Candidate, Scope};
use crate::rewrite::{
    Leave, Outputs, Rewrite, Rewriter, Treatment, Treatments, Unguarded, rewrite_export,
};

const OLD: &str = "https://203.0.113.7/p.jpg";
const NEW: &str = "https://c7.webex.com/p.jpg";

fn endpoint() -> Endpoint {
    let host = OldHost::from("203.0.113.7".to_owned());
    Endpoint { host, port: 443, scheme: Scheme::Https }
}

fn refusal() -> Leave {
    Leave {
        class: Class::Held,
        reason: "refused".to_owned(),
        explanation: String::new(),
        hint: None,
    }
}

/// A user: records in the planned export, whether one is changed (`+` approved, `-` refused),
/// records in the fresh export, and the cell there.
fn entry(in_planned: u64, planned: &str, in_fresh: u64, cell: Option<&str>) -> Entry {
    let place = Place { record: 1, line: 2 };
    let planned = (planned != ".").then(|| Planned {
        place,
        endpoint: endpoint(),
        old: OLD.to_owned(),
        old_host: 8..19,
        new: NEW.to_owned(),
        new_host: 8..20,
        objection: (planned == "-").then(refusal),
    });
    let found = (in_fresh > 0).then(|| Found { place, cell: cell.map(str::to_owned) });
    let places = |count: u64| {
        let mut places = Places::default();
        (1..=count).for_each(|at| places.note(Place { record: 3 * at, line: 3 * at + 1 }));
        places
    };
    Entry { planned, in_planned: places(in_planned), found, in_fresh: places(in_fresh) }
}

#[test]
fn a_user_who_is_there_more_than_once_is_named_by_all_records() {
    for (in_planned, in_fresh, reason, says) in [
        (1, 2, Reason::Twice, "this export has the user more than once: records 3 and 6"),
        (1, 3, Reason::Twice, "this export has the user more than once: records 3, 6 and 9"),
        (
            1,
            112,
            Reason::Twice,
            "this export has the user more than once: records 3, 6, 9, 12, 15, 18, 21, 24, 27, 30 \
             and 102 more",
        ),
        (
            2,
            1,
            Reason::TwicePlanned,
            "the export that was planned for has the user more than once: records 3 and 6",
        ),
        (1, 0, Reason::Gone, "this export does not have the user any more"),
    ] {
        let entry = entry(in_planned, "+", in_fresh, Some(OLD));
        assert_eq!(entry.rebased(), Verdict::Conflict(reason));
        assert_eq!(entry.says(reason), says);
    }
}

#[test]
fn what_follows_for_a_user() {
    let word = |verdict: Verdict<'_>| match verdict {
        Verdict::Carry => "carry",
        Verdict::Already => "already",
        Verdict::Newcomer => "newcomer",
        Verdict::Objected(_) => "objected",
        Verdict::Conflict(reason) => reason.as_str(),
    };
    let other = Some("https://203.0.113.7/other.jpg");
    for (in_planned, planned, in_fresh, cell, rebased, reversed) in [
        (1, "+", 1, Some(OLD), "carry", "already"),
        (1, "+", 1, Some(NEW), "already", "carry"),
        (1, "+", 1, other, "changed-since", "changed-since"),
        (1, "+", 1, Some(""), "changed-since", "changed-since"),
        (1, "+", 1, None, "unreadable", "unreadable"),
        (1, "+", 0, None, "gone", "gone"),
        (1, "+", 2, Some(OLD), "twice", "twice"),
        (2, "+", 1, Some(OLD), "twice-when-planned", "twice-when-planned"),
        (1, "-", 1, Some(OLD), "objected", "objected"),
        (1, "-", 0, None, "objected", "objected"),
        (0, ".", 1, Some(OLD), "newcomer", "newcomer"),
        (0, ".", 2, Some(OLD), "twice", "newcomer"),
        (1, ".", 1, Some(OLD), "changed-since", "newcomer"),
    ] {
        let entry = entry(in_planned, planned, in_fresh, cell);
        let found = (word(entry.rebased()), word(entry.reversed()));
        assert_eq!(found, (rebased, reversed), "{in_planned} {planned} {in_fresh} {cell:?}");
    }
}

fn choices(encoding: Encoding) -> Choices {
    Choices { encoding: Some(encoding), delimiter: None, column: None, layout: Layout::Headered }
}

/// An export of one user with this cell, in quotes or not.
fn export(cell: &str, quoted: bool, encoding: Encoding) -> Vec<u8> {
    let mark = if quoted { "\"" } else { "" };
    let text = format!("userProfilePhotoURL,email\r\n{mark}{cell}{mark},ann@corp.example.com\r\n");
    match encoding {
        Encoding::Latin1 => text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect(),
        other => other.encode(&text).into_owned(),
    }
}

fn written(bytes: &[u8], encoding: Encoding, rewriter: &mut dyn Rewrite) -> Vec<u8> {
    let mut reader = Reader::open(bytes, &choices(encoding)).unwrap();
    let mut import = Vec::new();
    let mut outputs =
        Outputs { import: &mut import, contents: Contents::Everything, rollback: None };
    rewrite_export(&mut reader, rewriter, &mut Unguarded, &mut outputs, &mut ()).unwrap();
    import
}

#[test]
fn an_old_host_goes_back_as_it_was_in_whatever_encoding() {
    use Encoding::{Latin1, Utf8, Utf16Be, Utf16Le};
    let domains = vec![Fqdn::parse("webex.com").unwrap()];
    let scope = Scope { domains: domains.clone(), ..Scope::default() };
    let name = Fqdn::parse("c7.webex.com").unwrap();
    let candidate = Candidate { name, sources: Default::default(), support: None };
    let to = Treatment::Rewrite(scope.admit(&candidate).unwrap());
    let by_endpoint = HashMap::from([(endpoint(), to)]);
    let treatments = Treatments { domains: domains.clone(), by_endpoint, unplanned: None };
    let mut compared = 0;
    for host in ["203.0.113.7", "0xcb.0.0x71.7", "２０３.0.113.7", "\u{b2}03.0.113.7"] {
        let cell = format!("https://user:p%40w@{host}/a.jpg?ip=203.0.113.7");
        for (before, after) in
            [(Utf8, Utf8), (Utf8, Utf16Le), (Utf16Be, Utf8), (Latin1, Latin1), (Utf8, Latin1)]
        {
            let holds = |encoding| encoding != Latin1 || cell.chars().all(|c| c < '\u{100}');
            if !holds(before) || !holds(after) {
                continue;
            }
            let planned = export(&cell, false, before);
            let mut reader = Reader::open(planned.as_slice(), &choices(before)).unwrap();
            let dialect = reader.dialect().clone();
            let key = KeyColumn::choose(&dialect, &[&dialect]).unwrap();
            let mut index = Index::new(key);
            let mut nowhere =
                Outputs { import: &mut Vec::new(), contents: Contents::Everything, rollback: None };
            let mut rewriter = Rewriter::new(&treatments, &dialect);
            let mut unguarded = Unguarded;
            let mut indexing = index.indexing(&dialect, &mut unguarded);
            rewrite_export(&mut reader, &mut rewriter, &mut indexing, &mut nowhere, &mut ())
                .unwrap();
            drop(indexing);
            let again = || Reader::open(planned.as_slice(), &choices(before)).unwrap();
            index.count_planned(&mut again()).unwrap();

            for quoted in [false, true] {
                let old = export(&cell, quoted, after);
                let new = export(&cell.replacen(host, "c7.webex.com", 1), quoted, after);
                let mut reader = Reader::open(new.as_slice(), &choices(after)).unwrap();
                let mut index = index.clone();
                let dialect = reader.dialect().clone();
                index.count_fresh(&mut reader, &domains).unwrap();
                let back = written(&new, after, &mut Reverser::new(&index, &dialect, &domains));
                // An encoding that is only known to hold ASCII keeps what it has.
                let expected = if after == Latin1 && !host.is_ascii() { &new } else { &old };
                let place = format!("{host} {before} {after} {quoted}");
                assert!(back == *expected, "{place}: {}", String::from_utf8_lossy(&back));
                compared += 1;
            }
        }
    }
    assert!(compared > 20, "{compared}");
}
