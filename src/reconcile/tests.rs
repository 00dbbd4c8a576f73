//! A simulated import, in every dialect: each change in its class, and a retry file that holds
//! exactly what is missing.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;
use crate::evidence::{Endpoint, OldHost, Scheme};
use crate::export::{Choices, Contents, Encoding, Reader, RecordKind};
use crate::key::KeyColumn;
use crate::name::Fqdn;
use crate::reference::{Candidate, Scope};
use crate::rewrite::{
    Met, Outputs, Rewriter, Rewritten, Treatment, Treatments, Unguarded, rewrite_export,
};

/// What WebEx does with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Fate {
    /// The record has nothing to change.
    Untouched,
    UntouchedWithPhone,
    Accepted,
    AcceptedWithPhone,
    Refused,
    Ignored,
    Reverted,
    GivenAnother,
    Dropped,
    Doubled,
}

const FATES: [Fate; 10] = [
    Fate::Untouched,
    Fate::UntouchedWithPhone,
    Fate::Accepted,
    Fate::AcceptedWithPhone,
    Fate::Refused,
    Fate::Ignored,
    Fate::Reverted,
    Fate::GivenAnother,
    Fate::Dropped,
    Fate::Doubled,
];

impl Fate {
    fn is_sent(self) -> bool {
        !matches!(self, Self::Untouched | Self::UntouchedWithPhone)
    }

    /// The class and the reason, with status file and after export.
    fn expected(self) -> (Class, &'static str) {
        match self {
            Self::Refused => (Class::Refused, "status-words"),
            Self::Ignored => (Class::Ignored, "not-in-status"),
            Self::Reverted => (Class::Reverted, "back-to-old"),
            Self::GivenAnother => (Class::Reverted, "another-value"),
            Self::Dropped => (Class::Ignored, "not-in-after"),
            Self::Doubled => (Class::Unclear, "twice-in-after"),
            _ => (Class::Applied, "shows-new"),
        }
    }

    fn status(self) -> Option<&'static str> {
        match self {
            Self::Refused => Some("Error: \"jobTitle\", mandatory"),
            Self::Ignored => None,
            _ => Some("Success"),
        }
    }
}

#[derive(Clone, Copy, Debug)]
struct Shape {
    encoding: Encoding,
    bom: bool,
    delimiter: char,
    line_ending: &'static str,
    quotes: bool,
}

impl Shape {
    fn file(self, rows: &[Vec<String>]) -> Vec<u8> {
        let cell = |cell: &String| {
            let plain = !cell.contains(['"', '\r', '\n']) && !cell.contains(self.delimiter);
            match plain && !self.quotes {
                true => cell.clone(),
                false => format!("\"{}\"", cell.replace('"', "\"\"")),
            }
        };
        let line = |row: &Vec<String>| {
            let cells: Vec<String> = row.iter().map(cell).collect();
            cells.join(&self.delimiter.to_string()) + self.line_ending
        };
        let text: String = rows.iter().map(line).collect();
        let mark = if self.bom { self.encoding.byte_order_mark() } else { b"" };
        [mark, &self.encoding.encode(&text)].concat()
    }
}

fn shape() -> impl Strategy<Value = Shape> {
    let encodings = vec![
        (Encoding::Utf8, false),
        (Encoding::Utf8, true),
        (Encoding::Utf16Le, true),
        (Encoding::Utf16Be, true),
    ];
    let parts = (
        prop::sample::select(encodings),
        prop::sample::select(vec![',', '\t', ';']),
        prop::sample::select(vec!["\r\n", "\n", "\r"]),
        any::<bool>(),
    );
    parts.prop_map(|((encoding, bom), delimiter, line_ending, quotes)| Shape {
        encoding,
        bom,
        delimiter,
        line_ending,
        quotes,
    })
}

fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

const HEADER: [&str; 5] =
    ["displayName", "email", "phoneBusinessNumber", "userProfilePhotoURL", "jobTitle"];

fn user(at: usize, host: &str, phone: &str) -> Vec<String> {
    let (name, email) = (format!("Doe, Zoë {at}"), format!("user{at}@corp.example.com"));
    row(&[&name, &email, phone, &format!("https://{host}/p/{at}.jpg"), "-"])
}

const OLD: &str = "203.0.113.7";
const NEW: &str = "c1.webex.com";

fn treatments() -> Treatments {
    let domains = vec![Fqdn::parse("webex.com").unwrap()];
    let scope = Scope { domains: domains.clone(), ..Scope::default() };
    let name = Fqdn::parse(NEW).unwrap();
    let candidate = Candidate { name, sources: Default::default(), support: None };
    let endpoint =
        Endpoint { host: OldHost::from(OLD.to_owned()), port: 443, scheme: Scheme::Https };
    let rewrite = Treatment::Rewrite(scope.admit(&candidate).unwrap());
    Treatments { domains, by_endpoint: [(endpoint, rewrite)].into(), unplanned: None }
}

fn open(bytes: &[u8]) -> Reader<&[u8]> {
    Reader::open(bytes, &Choices::default()).unwrap()
}

/// The files of a simulated import.
struct Simulation {
    import: Vec<u8>,
    status: Vec<u8>,
    after: Vec<u8>,
    key: KeyColumn,
    changes: Vec<Change>,
}

fn simulate(fates: &[Fate], shape: Shape, after_shape: Shape, contents: Contents) -> Simulation {
    let mut export = vec![row(&HEADER)];
    let mut status = vec![[row(&HEADER), row(&["Import Result"])].concat()];
    let mut after = Vec::new();
    for (at, fate) in fates.iter().enumerate() {
        let old = if fate.is_sent() { OLD } else { NEW };
        export.push(user(at, old, "+14085551234"));
        if let Some(words) = fate.status() {
            status.push([user(at, NEW, "+14085551234"), row(&[words])].concat());
        }
        let now = match fate {
            Fate::Refused | Fate::Ignored | Fate::Reverted => user(at, OLD, "+14085551234"),
            Fate::GivenAnother => user(at, "c2.webex.com", "+14085551234"),
            Fate::UntouchedWithPhone | Fate::AcceptedWithPhone => user(at, NEW, "1.40856E+10"),
            _ => user(at, NEW, "+14085551234"),
        };
        if *fate != Fate::Dropped {
            after.push(now.clone());
        }
        if *fate == Fate::Doubled {
            after.push(now);
        }
    }
    // WebEx promises no order, and writes an empty cell where `-` was imported.
    after.reverse();
    for cells in &mut after {
        cells[4].clear();
    }
    after.insert(0, row(&HEADER));

    let (export, status) = (shape.file(&export), shape.file(&status));
    let (treatments, after) = (treatments(), after_shape.file(&after));
    let mut reader = open(&export);
    let dialects = [open(&status).dialect().clone(), open(&after).dialect().clone()];
    let key = KeyColumn::choose(reader.dialect(), &[&dialects[0], &dialects[1]]).unwrap();
    let field = key.field(reader.dialect()).unwrap();
    let (mut import, mut changes) = (Vec::new(), Vec::new());
    let mut outputs = Outputs { import: &mut import, contents, rollback: None };
    let mut rewriter = Rewriter::new(&treatments, reader.dialect());
    rewrite_export(&mut reader, &mut rewriter, &mut Unguarded, &mut outputs, &mut |met: Met<
        '_,
    >| {
        if let Rewritten::Changed(change) = met.rewritten {
            changes.push(Change::new(met.record, &key, field, &change.old, &change.new_text()));
        }
        Ok(())
    })
    .unwrap();
    Simulation { import, status, after, key, changes }
}

impl Simulation {
    fn plans(&self) -> Plans {
        Plans { changes: self.changes.clone(), elsewhere: Vec::new() }
    }

    fn reconciled(&self, with_status: bool, with_after: bool) -> Sent {
        let mut import = open(&self.import);
        let mut after = open(&self.after);
        let shared = with_after.then(|| Shared::of(import.dialect(), after.dialect()));
        let (column, at) =
            status_column(import.dialect(), open(&self.status).dialect(), None).unwrap();
        assert_eq!(column, "Import Result");
        let mut sent =
            Sent::read(&mut import, self.key.clone(), self.plans(), Belongs::ByItsChanges, shared)
                .unwrap();
        if with_status {
            sent.hear(&mut open(&self.status), at).unwrap();
        }
        if with_after {
            sent.look(&mut after).unwrap();
        }
        sent
    }
}

/// The photo cells of a file by user, and its header; a user must stand in it once.
fn photos(bytes: &[u8]) -> BTreeMap<String, String> {
    let mut reader = open(bytes);
    let mut all = BTreeMap::new();
    while let Some(record) = reader.next_record().unwrap() {
        let text = |n| record.field(n).unwrap().text().unwrap().into_owned();
        if record.kind() == RecordKind::Header {
            assert_eq!((0..5).map(text).collect::<Vec<_>>(), HEADER);
        } else {
            assert!(all.insert(text(1), text(3)).is_none());
        }
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn each_change_is_in_its_class_and_the_retry_file_holds_what_is_missing(
        fates in prop::collection::vec(prop::sample::select(&FATES[..]), 1..40),
        shape in shape(),
        after_shape in shape(),
        changed_only: bool,
    ) {
        let contents =
            if changed_only { Contents::ChangedOnly } else { Contents::Everything };
        let simulation = simulate(&fates, shape, after_shape, contents);
        let sent = simulation.reconciled(true, true);
        let outcomes: Vec<_> = sent.outcomes().collect();
        let at = |change: &Change| change.record as usize - 1;
        prop_assert_eq!(outcomes.len(), fates.iter().filter(|fate| fate.is_sent()).count());
        for (change, outcome, words, _) in &outcomes {
            let fate = fates[at(change)];
            prop_assert_eq!((outcome.class, outcome.reason), fate.expected(), "{:?}", fate);
            prop_assert_eq!(*words, fate.status());
        }

        let missing: BTreeSet<String> = outcomes
            .iter()
            .filter(|(change, ..)| {
                matches!(fates[at(change)], Fate::Refused | Fate::Ignored | Fate::Reverted)
            })
            .map(|(change, ..)| change.key.clone().unwrap())
            .collect();
        let mut retry = Vec::new();
        let mut after = open(&simulation.after);
        let count = retry_from_after(&sent, &mut after, &treatments(), &mut retry).unwrap();
        prop_assert_eq!(count, missing.len() as u64);
        let retried = photos(&retry);
        prop_assert_eq!(retried.keys().cloned().collect::<BTreeSet<_>>(), missing);
        for (change, ..) in &outcomes {
            if let Some(cell) = retried.get(change.key.as_ref().unwrap()) {
                prop_assert_eq!(cell, &change.new);
            }
        }
        let (retry, after) = (open(&retry), open(&simulation.after));
        prop_assert_eq!(retry.dialect(), after.dialect());

        let mut import = open(&simulation.import);
        let collateral = itemise(&sent, &mut import, &mut open(&simulation.after)).unwrap();
        let is_in_import = |fate: &&Fate| !changed_only || fate.is_sent();
        let damaged = fates.iter().filter(is_in_import).filter(|fate| {
            matches!(fate, Fate::UntouchedWithPhone | Fate::AcceptedWithPhone)
        });
        prop_assert_eq!(collateral.records as usize, damaged.count());
        prop_assert_eq!(collateral.records as usize, collateral.differences.len());
        for found in &collateral.differences {
            prop_assert_eq!(&found.column, "phoneBusinessNumber");
            prop_assert_eq!((&found.imported[..], &found.found[..]), ("+14085551234", "1.40856E+10"));
        }
        let dropped = fates.iter().filter(|fate| **fate == Fate::Dropped).count();
        prop_assert_eq!(collateral.missing_records as usize, dropped);
    }

    #[test]
    fn by_the_words_alone(
        fates in prop::collection::vec(prop::sample::select(&FATES[2..]), 1..20),
        shape in shape(),
    ) {
        let simulation = simulate(&fates, shape, shape, Contents::Everything);
        let sent = simulation.reconciled(true, false);
        let mut expected = BTreeSet::new();
        for (change, outcome, ..) in sent.outcomes() {
            let class = match fates[change.record as usize - 1] {
                Fate::Refused => Class::Refused,
                Fate::Ignored => Class::Ignored,
                _ => Class::Applied,
            };
            prop_assert_eq!((outcome.class, outcome.certainty), (class, Certainty::Said));
            if class != Class::Applied {
                expected.insert(change.key.clone().unwrap());
            }
        }
        let mut retry = Vec::new();
        retry_from_import(&sent, &mut open(&simulation.import), &mut retry).unwrap();
        prop_assert_eq!(photos(&retry).into_keys().collect::<BTreeSet<_>>(), expected);
    }
}

#[test]
fn without_status_an_old_cell_is_ignored() {
    let fates = [Fate::Accepted, Fate::Refused, Fate::Ignored, Fate::Reverted];
    let shape = Shape {
        encoding: Encoding::Utf8,
        bom: false,
        delimiter: ',',
        line_ending: "\r\n",
        quotes: false,
    };
    let sent = simulate(&fates, shape, shape, Contents::ChangedOnly).reconciled(false, true);
    let found: Vec<_> = sent.outcomes().map(|(_, outcome, ..)| outcome.class).collect();
    assert_eq!(found, [Class::Applied, Class::Ignored, Class::Ignored, Class::Ignored]);
}

#[test]
fn an_import_file_of_another_plan_is_refused() {
    let shape = Shape {
        encoding: Encoding::Utf8,
        bom: false,
        delimiter: ',',
        line_ending: "\n",
        quotes: false,
    };
    let simulation = simulate(&[Fate::Accepted], shape, shape, Contents::Everything);
    for (host, message) in [
        (OLD, "none of the 1 planned changes is in it"),
        ("c9.webex.com", "record 1 (line 2) of it, email `user0@corp.example.com`"),
    ] {
        let import = shape.file(&[row(&HEADER), user(0, host, "")]);
        let sent = Sent::read(
            &mut open(&import),
            simulation.key.clone(),
            simulation.plans(),
            Belongs::ByItsChanges,
            None,
        );
        assert!(sent.unwrap_err().to_string().contains(message), "{host}");
    }
}

#[test]
fn two_users_with_one_key_are_named_and_left_alone() {
    let shape = Shape {
        encoding: Encoding::Utf8,
        bom: false,
        delimiter: ',',
        line_ending: "\n",
        quotes: false,
    };
    let mut simulation =
        simulate(&[Fate::Accepted, Fate::Accepted], shape, shape, Contents::Everything);
    let twin = |bytes: &[u8]| String::from_utf8_lossy(bytes).replace("user1@", "USER0@");
    simulation.import = twin(&simulation.import).into_bytes();
    simulation.changes[1].key = Some("USER0@corp.example.com".to_owned());
    let sent = simulation.reconciled(true, true);
    let found: Vec<_> = sent.outcomes().map(|(_, outcome, ..)| outcome.reason).collect();
    assert_eq!(found, ["twice-in-import", "twice-in-import"]);
    assert_eq!(sent.duplicates[0].record, 2);
    assert_eq!(sent.duplicates[0].file, Where::Import);
}

#[test]
fn the_status_column_is_the_one_that_the_import_file_has_not() {
    let header = |names: &str| open(format!("{names}\n").as_bytes()).dialect().clone();
    let import = header("email,userProfilePhotoURL");
    for (names, wanted, expected) in [
        ("email,userProfilePhotoURL,Result", None, Ok(("Result".to_owned(), 2))),
        ("Result,EMAIL,userProfilePhotoURL", None, Ok(("Result".to_owned(), 0))),
        ("email,userProfilePhotoURL,Result,", None, Ok(("Result".to_owned(), 2))),
        ("email,userProfilePhotoURL,", None, Ok((String::new(), 2))),
        ("email,userProfilePhotoURL", None, Err(StatusColumnError::NoneNew)),
        (
            "email,userProfilePhotoURL,Result,Line",
            None,
            Err(StatusColumnError::SeveralNew(vec!["Result".to_owned(), "Line".to_owned()])),
        ),
        ("email,userProfilePhotoURL,Result,Line", Some("result"), Ok(("Result".to_owned(), 2))),
        (
            "email,userProfilePhotoURL,Result",
            Some("Status"),
            Err(StatusColumnError::NotThere("Status".to_owned())),
        ),
    ] {
        assert_eq!(status_column(&import, &header(names), wanted), expected, "{names}");
    }
}
