//! The short way through usual records against the long way through every record.

use std::cell::Cell;
use std::io::Write;

use super::*;
use crate::census::{Census, Photos};
use crate::evidence::{OldHost, Scheme};
use crate::export::{Choices, Chunk, Contents, Layout, Reader};
use crate::reference::{Candidate, Scope};

const ROWS: usize = 300;
/// Origins of the rows: two to be changed, one that is not plain, one that stays, one that is left.
const ORIGINS: [&str; 5] = [
    "https://203.0.113.7",
    "http://[2001:DB8::7]:8080",
    "https://u@203.0.113.7",
    "https://c1.webex.com",
    "https://203.0.113.9",
];

fn export(encoding: Encoding) -> Vec<u8> {
    let mut text = "email,userProfilePhotoURL,notes\r\n".to_owned();
    for at in 0..ROWS {
        let origin = ORIGINS[at % ORIGINS.len()];
        let cell = match at % 23 {
            7 => "-".to_owned(),
            8 => String::new(),
            9 => format!("\"{origin}/{at}.jpg,2\""),
            10 => format!("{origin}/\u{e9}{at}.jpg"),
            11 => format!("{origin}/\"{at}\".jpg"),
            _ => format!("{origin}/{at}.jpg?ip=203.0.113.7"),
        };
        let note = ["", "+0041", "\"a\r\nb\"", "x,y"][at / 7 % 4];
        text.push_str(&format!("u{at}@corp.example.com,{cell},{note}\r\n"));
    }
    match encoding {
        Encoding::Latin1 => text.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect(),
        other => other.encode(&text).into_owned(),
    }
}

fn treatments() -> Treatments {
    let domains = vec![Fqdn::parse("webex.com").unwrap()];
    let scope = Scope { domains: domains.clone(), ..Scope::default() };
    let rewrite = |name: &str| {
        let name = Fqdn::parse(name).unwrap();
        let candidate = Candidate { name, sources: Default::default(), support: None };
        Treatment::Rewrite(scope.admit(&candidate).unwrap())
    };
    let leave = Treatment::Leave(Leave {
        class: Class::Held,
        reason: "no-name".to_owned(),
        explanation: "nobody knows it".to_owned(),
        hint: None,
    });
    let endpoint =
        |host: &str, port, scheme| Endpoint { host: OldHost::from(host.to_owned()), port, scheme };
    let by_endpoint = HashMap::from([
        (endpoint("203.0.113.7", 443, Scheme::Https), rewrite("c7.webex.com")),
        (endpoint("2001:db8::7", 8080, Scheme::Http), rewrite("a-longer-name.of.webex.com")),
        (endpoint("203.0.113.9", 443, Scheme::Https), leave),
    ]);
    Treatments { domains, by_endpoint, unplanned: None }
}

/// Counts the records that somebody had to look at as a whole.
struct Counting<'t>(Rewriter<'t>, u64);

impl Rewrite for Counting<'_> {
    fn rewrite<'r>(&'r mut self, record: &Record<'r>) -> Rewritten<'r> {
        self.1 += 1;
        self.0.rewrite(record)
    }

    fn at_once(&self, field: &[u8]) -> AtOnce<'_> {
        self.0.at_once(field)
    }
}

/// Agrees to every change, and has to see it.
struct Seeing(u64);

impl Guard for Seeing {
    fn objection(&mut self, _: &Record<'_>, _: &CellChange<'_>) -> Option<Leave> {
        self.0 += 1;
        None
    }
}

/// Looks at so many changes.
struct First(Cell<u64>, Vec<u64>);

impl Onlooker for First {
    fn wants_changes(&self) -> bool {
        self.0.get() > 0
    }

    fn met(&mut self, met: Met<'_>) -> std::io::Result<()> {
        if matches!(met.rewritten, Rewritten::Changed(_)) {
            self.0.set(self.0.get().saturating_sub(1));
            self.1.push(met.record.position().record);
        }
        Ok(())
    }
}

fn open(export: &[u8], encoding: Encoding) -> Reader<&[u8]> {
    let choices = Choices {
        encoding: Some(encoding),
        delimiter: None,
        column: None,
        layout: Layout::Headered,
    };
    Reader::open(export, &choices).unwrap()
}

fn run(
    export: &[u8],
    encoding: Encoding,
    guard: &mut dyn Guard,
    onlooker: &mut dyn Onlooker,
) -> (Done, Vec<u8>, u64) {
    let mut import = Vec::new();
    let mut reader = open(export, encoding);
    let treatments = treatments();
    let mut rewriter = Counting(Rewriter::new(&treatments, reader.dialect()), 0);
    let mut outputs =
        Outputs { import: &mut import, contents: Contents::Everything, rollback: None };
    let done = rewrite_export(&mut reader, &mut rewriter, guard, &mut outputs, onlooker).unwrap();
    (done, import, rewriter.1)
}

#[test]
fn records_that_nobody_looks_at_come_out_the_same() {
    for encoding in [Encoding::Utf8, Encoding::Latin1, Encoding::Utf16Le, Encoding::Utf16Be] {
        let bytes = export(encoding);
        let mut seen = Vec::new();
        let mut everybody = |met: Met<'_>| {
            if matches!(met.rewritten, Rewritten::Changed(_)) {
                seen.push(met.record.position().record);
            }
            Ok(())
        };
        let (done, import, _) = run(&bytes, encoding, &mut Seeing(0), &mut everybody);
        assert!(done.decided > 100, "{encoding}: {done:?}");
        assert_eq!(seen.len() as u64, done.decided);

        let (quick, quick_import, looked_at) = run(&bytes, encoding, &mut Unguarded, &mut ());
        assert_eq!(quick, done, "{encoding}");
        assert!(quick_import == import, "{encoding}");
        // Those of three origins that have to be asked for, and cells that are not usual.
        assert!(looked_at < ROWS as u64 * 6 / 10, "{encoding}: {looked_at} of {ROWS}");

        let mut first = First(Cell::new(5), Vec::new());
        let (few, few_import, _) = run(&bytes, encoding, &mut Unguarded, &mut first);
        assert_eq!((few, few_import == import), (done.clone(), true), "{encoding}");
        assert_eq!(first.1[..5], seen[..5], "{encoding}: the first are seen, and in order");

        let mut guard = Seeing(0);
        let (guarded, guarded_import, _) = run(&bytes, encoding, &mut guard, &mut ());
        assert_eq!((guarded, guard.0), (done.clone(), done.decided), "{encoding}");
        assert!(guarded_import == import, "{encoding}");
    }
}

/// An import file that has to know where each record begins: every record is asked for.
struct OneByOne(Vec<u8>);

impl Write for OneByOne {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl ImportSink for OneByOne {}

/// Every change as it is shown, and the import file.
fn shown(
    export: &[u8],
    encoding: Encoding,
    import: &mut dyn ImportSink,
    guard: &mut dyn Guard,
) -> (Vec<String>, u64) {
    let mut changes = Vec::new();
    let treatments = treatments();
    let mut reader = open(export, encoding);
    let mut rewriter = Counting(Rewriter::new(&treatments, reader.dialect()), 0);
    let mut outputs = Outputs { import, contents: Contents::Everything, rollback: None };
    let mut new_text = "what stood there before".to_owned();
    rewrite_export(&mut reader, &mut rewriter, guard, &mut outputs, &mut |met: Met<'_>| {
        if let Rewritten::Changed(change) = met.rewritten {
            change.new_text_into(&mut new_text);
            assert_eq!(new_text, change.new_text());
            assert_eq!(&new_text[change.new_host.clone()], change.host);
        }
        changes.push(format!("{} {:?}", met.record.position(), met.rewritten));
        Ok(())
    })
    .unwrap();
    (changes, rewriter.1)
}

#[test]
fn changes_that_are_known_from_their_cells_are_shown_as_the_others_are() {
    for encoding in [Encoding::Utf8, Encoding::Latin1, Encoding::Utf16Le, Encoding::Utf16Be] {
        let bytes = export(encoding);
        let (mut quick, mut slow) = (Vec::new(), OneByOne(Vec::new()));
        let (known, looked_at) = shown(&bytes, encoding, &mut quick, &mut Unguarded);
        let (expected, all) = shown(&bytes, encoding, &mut slow, &mut Unguarded);
        assert_eq!(known, expected, "{encoding}");
        assert!(quick == slow.0, "{encoding}");
        assert!(looked_at < ROWS as u64 * 6 / 10 && all == ROWS as u64, "{encoding}: {looked_at}");
        let (guarded, _) = shown(&bytes, encoding, &mut Vec::new(), &mut Seeing(0));
        assert_eq!(guarded, expected, "{encoding}");
    }
}

/// Has room for so many bytes.
struct Room(usize, Vec<u8>);

impl Write for Room {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let taken = bytes.len().min(self.0 - self.1.len());
        self.1.extend_from_slice(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl ImportSink for Room {
    fn takes_stretches(&self) -> bool {
        true
    }
}

#[test]
fn an_output_that_is_full_ends_the_pass_wherever_that_happens() {
    let bytes = export(Encoding::Utf8);
    let (_, import, _) = run(&bytes, Encoding::Utf8, &mut Unguarded, &mut ());
    let treatments = treatments();
    for room in (0..=import.len()).step_by(7).chain([import.len() - 1, import.len()]) {
        let mut reader = open(&bytes, Encoding::Utf8);
        let mut rewriter = Rewriter::new(&treatments, reader.dialect());
        let mut sink = Room(room, Vec::new());
        let mut outputs =
            Outputs { import: &mut sink, contents: Contents::Everything, rollback: None };
        let result =
            rewrite_export(&mut reader, &mut rewriter, &mut Unguarded, &mut outputs, &mut ());
        let is_full = matches!(result, Err(RewriteError::Output(_)));
        assert_eq!(is_full, room < import.len(), "room for {room}: {result:?}");
        assert!(import.starts_with(&sink.1), "room for {room}");
    }
}

#[test]
fn the_second_pass_meets_what_the_first_has_counted() {
    // A quote that closes before the end: text stands behind it.
    let odd = [
        "\"https://203.0.1\"13.7/a.jpg",
        "\"https://203.0.113.7\"/a.jpg",
        "\"https://203.0.113.7/a\".jpg",
        "\"\"https://203.0.113.7/a.jpg",
        "\"http://ldap-\"photos/a.jpg",
        "\"https://c1.web\"ex.com/a.jpg",
        "\"https://203.0.113\".9/a.jpg",
        "\"https://203.0.113.7/\"\"a.jpg\"",
    ];
    for encoding in [Encoding::Utf8, Encoding::Latin1, Encoding::Utf16Le, Encoding::Utf16Be] {
        // Before their origins are met otherwise, and after.
        for order in 0..2 {
            let rows = export(Encoding::Utf8);
            let rows = String::from_utf8(rows).unwrap().replace('\u{e9}', "e");
            let (header, rest) = rows.split_once('\n').unwrap();
            let odd: String =
                odd.iter().map(|cell| format!("odd@corp.example.com,{cell},\r\n")).collect();
            let parts = if order == 0 { [&odd, rest] } else { [rest, &odd] };
            let bytes = encoding.encode(&format!("{header}\n{}", parts.concat())).into_owned();
            let treatments = treatments();
            let census =
                Census::take(&mut open(&bytes, encoding), &treatments.domains, Photos::Off)
                    .unwrap();
            let expected = expected_ledger(&census, &treatments);

            let reasons: Vec<_> = census.unreadable.iter().map(|it| it.why.reason).collect();
            assert_eq!(reasons, ["inseparable-host"; 3], "{encoding} {order}");
            let (quick, import, _) = run(&bytes, encoding, &mut Unguarded, &mut ());
            let (slow, seen_import, _) =
                run(&bytes, encoding, &mut Unguarded, &mut |_: Met<'_>| Ok(()));
            assert_eq!(quick, slow, "{encoding} {order}");
            assert!(import == seen_import, "{encoding} {order}");
            assert_eq!(quick.ledger, expected, "{encoding} {order}");
        }
    }
}

/// Knows which of what it is given stands in the chunk that it was lent.
#[derive(Default)]
struct Borrower {
    lent: Option<Chunk>,
    in_place: usize,
    elsewhere: Vec<u8>,
}

impl Write for Borrower {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        match self.lent.as_ref().and_then(|chunk| chunk.place_of(bytes)) {
            Some(_) => self.in_place += bytes.len(),
            None => self.elsewhere.extend_from_slice(bytes),
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl ImportSink for Borrower {
    fn lend(&mut self, chunk: &Chunk) -> std::io::Result<()> {
        self.lent = Some(chunk.clone());
        Ok(())
    }

    fn takes_stretches(&self) -> bool {
        true
    }
}

#[test]
fn everything_but_new_hosts_stands_in_what_was_lent() {
    let bytes = export(Encoding::Utf8);
    let treatments = treatments();
    for is_seen in [false, true] {
        let mut reader = open(&bytes, Encoding::Utf8);
        let mut rewriter = Rewriter::new(&treatments, reader.dialect());
        let mut import = Borrower::default();
        let mut outputs =
            Outputs { import: &mut import, contents: Contents::Everything, rollback: None };
        let mut seen = |_: Met<'_>| Ok(());
        let onlooker: &mut dyn Onlooker = if is_seen { &mut seen } else { &mut () };
        let done =
            rewrite_export(&mut reader, &mut rewriter, &mut Unguarded, &mut outputs, onlooker)
                .unwrap();
        // One name is no part of the other.
        let hosts = String::from_utf8(import.elsewhere).unwrap();
        let count = ["c7.webex.com", "a-longer-name.of.webex.com"].map(|host| {
            let count = hosts.matches(host).count();
            (count, count * host.len())
        });
        assert_eq!(count.iter().map(|(count, _)| *count as u64).sum::<u64>(), done.decided);
        assert_eq!(count.iter().map(|(_, length)| length).sum::<usize>(), hosts.len(), "{hosts}");
        assert!(import.in_place > bytes.len() / 2, "{is_seen}");
    }
}
