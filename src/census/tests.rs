use std::fmt::Write as _;

use proptest::prelude::*;

use super::*;
use crate::export::{Choices, Encoding};
use crate::photo::ORIGINS_KEPT;

fn export(cells: &[&str]) -> String {
    let mut text = "email,userProfilePhotoURL\n".to_owned();
    for cell in cells {
        writeln!(text, "a@x,{cell}").unwrap();
    }
    text
}

fn take(export: &str, bound: Bound, onlooker: &mut dyn Onlooker) -> Result<Census, CensusError> {
    let domains = [Fqdn::parse("webex.com").unwrap()];
    let mut reader = Reader::open(export.as_bytes(), &Choices::default()).unwrap();
    Census::take_watched(&mut reader, &domains, Photos::Off, bound, onlooker)
}

/// Writes down what it sees.
#[derive(Default)]
struct Diary(Vec<String>);

impl Onlooker for Diary {
    fn record(&mut self, record: &crate::export::Record<'_>) {
        self.0.push(record.position().record.to_string());
    }

    fn met(&mut self, met: Met<'_>) {
        self.0.push(match met {
            Met::Endpoint(endpoint) => endpoint.to_string(),
            Met::WebEx(name, port, scheme) => format!("{} {name} {port}", scheme.as_str()),
        });
    }
}

#[test]
fn hosts_are_told_when_they_are_met_and_once() {
    let export = export(&[
        "https://203.0.113.7/a",
        "https://0xCB.0.113.7/b",
        "https://c1.webex.com/c",
        "-",
        "https://u@203.0.113.7/d",
        "https://photos.example.org/e",
        "http://203.0.113.7/f",
        "https://u@c1.webex.com/g",
        "http://ldap/h",
    ]);
    let mut diary = Diary::default();
    let census = take(&export, Bound::STRICT, &mut diary).unwrap();
    let expected = [
        "1",
        "https://203.0.113.7:443",
        "2",
        "3",
        "https c1.webex.com 443",
        "4",
        "5",
        "6",
        "7",
        "http://203.0.113.7:80",
        "8",
        "9",
        "http://ldap:80",
    ];
    assert_eq!(diary.0, expected);
    assert_eq!(census.endpoints.values().copied().collect::<Vec<_>>(), [1, 3, 1]);
    assert_eq!(census.webex.values().copied().collect::<Vec<_>>(), [2]);
    assert_eq!((census.of(Kind::Ip), census.of(Kind::WebEx), census.of(Kind::Bare)), (4, 2, 1));
}

#[test]
fn more_hosts_than_are_kept_are_refused_or_only_counted() {
    let (a, b, c) = ("https://203.0.113.1/", "https://203.0.113.2/", "http://203.0.113.2/");
    let (u, v, w) = ("https://c1.webex.com/", "https://c2.webex.com/", "https://c3.webex.com/");
    let foreign = ["https://a.example/", "https://b.example/", "https://c.example/"];
    for (cells, refused, kept) in [
        (&[a, b, a, b, "-"][..], None, (2, 0)),
        (&[a, u, a, b, v], None, (2, 2)),
        (&[a, b, a, c, a], Some((Sort::Endpoints, 4)), (2, 0)),
        (&[a, b, "http://ldap/", a], Some((Sort::Endpoints, 3)), (2, 0)),
        (&[u, v, a, w, w], Some((Sort::WebEx, 4)), (1, 2)),
        (&foreign, None, (0, 0)),
    ] {
        let export = export(cells);
        let strict = Bound { hosts: 2, excess: Excess::Refuse };
        let found = match take(&export, strict, &mut ()) {
            Ok(_) => None,
            Err(CensusError::TooManyHosts { sort, limit: 2, record, line }) => {
                assert_eq!(line, record + 1);
                Some((sort, record))
            }
            Err(other) => panic!("{other}"),
        };
        assert_eq!(found, refused, "{cells:?}");
        let lenient = Bound { hosts: 2, excess: Excess::Count };
        let census = take(&export, lenient, &mut ()).unwrap();
        assert_eq!((census.endpoints.len(), census.webex.len()), kept, "{cells:?}");
        assert_eq!(census.records as usize, cells.len());
        let all: u64 = Kind::ALL.iter().map(|kind| census.of(*kind)).sum();
        assert_eq!(all, census.records, "every record is counted");
        assert_eq!(census.hosts_cut, refused.is_some(), "{cells:?}");
    }
}

#[test]
fn hosts_beyond_the_remembered_origins_are_counted_alike() {
    let mut text = export(&[]);
    let many = ORIGINS_KEPT + 50;
    for _ in 0..3 {
        for n in 0..many {
            writeln!(text, "a@x,https://10.0.{}.{}/p", n / 250, n % 250).unwrap();
        }
    }
    let mut diary = Diary::default();
    let census = take(&text, Bound::STRICT, &mut diary).unwrap();
    assert_eq!(census.endpoints.len(), many);
    assert!(census.endpoints.values().all(|records| *records == 3));
    assert_eq!(diary.0.iter().filter(|line| line.starts_with("https")).count(), many);
    let bound = Bound { hosts: ORIGINS_KEPT + 5, excess: Excess::Count };
    let census = take(&text, bound, &mut ()).unwrap();
    assert_eq!(census.endpoints.len(), ORIGINS_KEPT + 5);
    assert_eq!(census.of(Kind::Ip) as usize, 3 * many);
}

proptest! {
    #[test]
    fn records_that_are_only_counted_count_as_those_that_are_looked_at(
        picks in proptest::collection::vec((0..CELLS.len(), 0..4_u8), 0..200),
        encoding in prop::sample::select(vec![Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be]),
    ) {
        let mut text = "\u{FEFF}email,userProfilePhotoURL,center\r\n".to_owned();
        for (cell, shape) in picks {
            let cell = CELLS[cell];
            let line = match shape {
                0 => format!("a@x,\"{}\",", cell.replace('"', "\"\"")),
                1 => format!("a@x,{cell}"),
                _ => format!("a@x,{cell},c"),
            };
            text += &line;
            text += "\r\n";
        }
        let bytes = encoding.encode(&text);
        let domains = [Fqdn::parse("webex.com").unwrap()];
        let census = |photos: Photos, onlooker: &mut dyn Onlooker| {
            let mut reader = Reader::open(&bytes[..], &Choices::default()).unwrap();
            let bound = Bound::STRICT;
            let mut census =
                Census::take_watched(&mut reader, &domains, photos, bound, onlooker).unwrap();
            census.photo_urls = PhotoUrls::default();
            (format!("{census:?}"), reader.seen())
        };
        // Whoever wants the photos has every cell read as text.
        let as_text = census(Photos::All, &mut ());
        prop_assert_eq!(&census(Photos::Off, &mut ()), &as_text);
        prop_assert_eq!(&census(Photos::Off, &mut Diary::default()), &as_text);
    }
}

const CELLS: [&str; 18] = [
    "",
    "-",
    " ",
    "--",
    "https://203.0.113.7/a",
    "https://203.0.113.7:8443/a",
    "https://203.0.113.7",
    "HTTPS://203.0.113.7/a",
    "http://c1.webex.com/a",
    "https://c1.webex.com/Müller",
    "https://c1.webex.com?a",
    "https://c1.webex.com@203.0.113.8/a",
    "https://c1.webex.com/a\"b",
    "\"",
    "http:///a",
    "https://ldap/a",
    "https://photos.example.org/a",
    "none",
];
