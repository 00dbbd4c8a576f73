//! The fast reader and the exact one side by side: random bytes in every dialect.
//!
//! [`Fields`] goes through a file one code unit at a time; what it finds, the reader must find, and
//! in UTF-8 the `csv` crate too. A run of the tests compares a few thousand strings per dialect;
//! `EXPORT_DIFFERENTIAL_CASES` asks for another number; a million takes about a minute per encoding:
//!
//! ```text
//! EXPORT_DIFFERENTIAL_CASES=1000000 cargo test --release --lib differential
//! ```

use std::ops::Range;

use super::super::field::Field;
use super::super::fields::Fields;
use super::super::lanes::Instructions;
use super::super::reader::Limits;
use super::super::{Choices, Delimiter, Dialect, Encoding, Reader, RecordKind};
use super::{Plain, encoded, headerless, open, read_all};

/// Strings per dialect when nobody asks for more.
const CASES: u64 = 3_000;
/// Code units of a string at most: several blocks of the reader.
const LONGEST: u64 = 220;

/// Numbers that look random and are the same at every run (Marsaglia, "Xorshift RNGs").
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }
}

/// Bytes that mean much to the grammar, and others; some strings are nothing but the former.
fn string(random: &mut Random, encoding: Encoding, delimiter: Delimiter) -> Vec<u8> {
    let units = random.below(LONGEST);
    let plain = 1 + random.below(20);
    let mut bytes = Vec::new();
    for _ in 0..units {
        let unit = match random.below(8 + plain) {
            0 | 1 => b'"',
            2 => delimiter.as_byte(),
            3 => b'\r',
            4 => b'\n',
            5 => b",\t;"[random.below(3) as usize],
            6 => {
                // Half code units and code units with the grammar's bytes on the wrong side too.
                bytes.push(random.below(256) as u8);
                continue;
            }
            _ => b'a' + random.below(26) as u8,
        };
        let text = char::from(unit).to_string();
        bytes.extend_from_slice(&encoding.encode(&text));
    }
    bytes
}

/// A record as both readers see it: its bytes, and where its fields stand in them.
type Seen = (Range<usize>, Vec<Range<usize>>, bool);

fn by_units(body: &[u8], encoding: Encoding, delimiter: Delimiter) -> Vec<Seen> {
    let mut records = Vec::new();
    let mut at = 0;
    while at < body.len() {
        let mut fields = Fields::new(&body[at..], encoding, delimiter.as_byte());
        let spans: Vec<Range<usize>> = fields.by_ref().collect();
        let end = fields.end().unwrap();
        let is_blank = end.line_ending != super::super::LineEnding::None
            && spans.len() == 1
            && spans[0].is_empty();
        let spans = if is_blank { Vec::new() } else { spans };
        records.push((at..at + end.at, spans, end.unclosed));
        at += end.at;
    }
    records
}

fn by_blocks(file: &[u8], from: usize, choices: &Choices, instructions: Instructions) -> Vec<Seen> {
    let limits = Limits { buffer: 512, instructions, ..Limits::default() };
    let mut reader = Reader::open_within(file, choices, limits).unwrap();
    reader.keep_fields();
    let photo_field = reader.dialect().photo_field;
    let header = reader.next_record().unwrap().unwrap();
    assert_eq!(header.kind(), RecordKind::Header);
    let mut records = Vec::new();
    while let Some(record) = reader.next_record().unwrap() {
        let begin = record.position().byte as usize - from;
        let fields = (0..record.field_count()).map(|nth| record.field(nth).unwrap().span());
        let fields: Vec<Range<usize>> = fields.collect();
        let is_unclosed = record.defect().is_some();
        if !is_unclosed {
            let photo = record.photo().map(|photo| photo.span());
            assert_eq!(photo, fields.get(photo_field).cloned());
        }
        records.push((begin..begin + record.raw().len(), fields, is_unclosed));
    }
    records
}

/// That the `csv` crate finds the same records and fields in a UTF-8 text.
fn same_as_csv_crate(
    body: &[u8],
    delimiter: Delimiter,
    exact: &[Seen],
    context: impl Fn() -> String,
) {
    let mut reader = csv::ReaderBuilder::new();
    reader.has_headers(false).flexible(true).delimiter(delimiter.as_byte());
    let read = reader.from_reader(body).into_byte_records();
    // What is no text in UTF-8 has no text to compare; that it is a field, it has. The crate takes a
    // closing quote out of the middle of a character, too.
    let texts = |record: csv::ByteRecord| -> Vec<Option<String>> {
        record.iter().map(|f| String::from_utf8(f.to_vec()).ok()).collect()
    };
    let by_csv: Vec<_> = read.map(|record| texts(record.unwrap())).collect();
    let ours: Vec<Vec<Option<String>>> = exact
        .iter()
        .filter(|(_, fields, _)| !fields.is_empty())
        .map(|(record, fields, _)| {
            let raw = &body[record.clone()];
            let text = |span| Field::new(raw, span, Encoding::Utf8).text().ok();
            let owned = |span| text(span).map(std::borrow::Cow::into_owned);
            fields.iter().cloned().map(owned).collect()
        })
        .collect();
    let same = |theirs: &Vec<Option<String>>, ours: &Vec<Option<String>>| {
        theirs.len() == ours.len() && theirs.iter().zip(ours).all(|(t, o)| o.is_none() || t == o)
    };
    let agree = by_csv.len() == ours.len()
        && by_csv.iter().zip(&ours).all(|(theirs, ours)| same(theirs, ours));
    assert!(agree, "{}\n{by_csv:?}\n{ours:?}", context());
}

/// That the records of a whole file are those of the exact reader, and of the `csv` crate where it
/// reads the encoding. Every file that a test of this room reads goes through here.
pub(super) fn same_as_other_readers(records: &[Plain], dialect: &Dialect) {
    if records.iter().any(|record| matches!(record.kind, RecordKind::Overlong { .. })) {
        // Pieces of a record are the fast reader's alone.
        return;
    }
    let Dialect { encoding, delimiter, .. } = *dialect;
    let body: Vec<u8> = records.iter().flat_map(|record| record.raw.iter().copied()).collect();
    let context = || format!("{encoding} {delimiter}: {:?}", String::from_utf8_lossy(&body));
    let exact = by_units(&body, encoding, delimiter);
    let by_units = exact.iter().map(|(record, fields, is_unclosed)| {
        let raw = &body[record.clone()];
        let text = |span: &Range<usize>| Field::new(raw, span.clone(), encoding).text_lossy();
        let texts: Vec<String> = fields.iter().map(|span| text(span).into_owned()).collect();
        (raw, texts, *is_unclosed)
    });
    let ours = records.iter().map(|r| (&r.raw[..], r.fields.clone(), r.defect.is_some()));
    assert!(by_units.eq(ours), "{}", context());
    if encoding == Encoding::Utf8 {
        same_as_csv_crate(&body, delimiter, &exact, context);
    }
}

fn cases() -> u64 {
    match std::env::var("EXPORT_DIFFERENTIAL_CASES") {
        Ok(number) => number.parse().unwrap(),
        Err(_) => CASES,
    }
}

fn compare(encoding: Encoding) {
    for delimiter in Delimiter::ALL {
        let mark = encoding != Encoding::Latin1;
        let columns = ["a", "userProfilePhotoURL", "c"];
        let header = columns.join(&char::from(delimiter.as_byte()).to_string());
        let header = encoded(&format!("{header}\r\n"), encoding, mark);
        let choices =
            Choices { encoding: Some(encoding), delimiter: Some(delimiter), ..Choices::default() };
        let mut random = Random(0x5DEE_CE66_D1CE_4E5B ^ u64::from(delimiter.as_byte()));
        for case in 0..cases() {
            let body = string(&mut random, encoding, delimiter);
            let file = [&header[..], &body].concat();
            let context = || format!("{encoding} {delimiter} {case}: {body:?}");
            let exact = by_units(&body, encoding, delimiter);
            for instructions in Instructions::all() {
                let fast = by_blocks(&file, header.len(), &choices, instructions);
                assert!(exact == fast, "{instructions:?} {}\n{exact:?}\n{fast:?}", context());
            }
            if encoding == Encoding::Utf8 {
                same_as_csv_crate(&body, delimiter, &exact, context);
            }
        }
    }
}

#[test]
fn random_bytes_in_utf_8() {
    compare(Encoding::Utf8);
}

#[test]
fn random_bytes_in_an_ascii_superset() {
    compare(Encoding::Latin1);
}

#[test]
fn random_bytes_in_utf_16_le() {
    compare(Encoding::Utf16Le);
}

#[test]
fn random_bytes_in_utf_16_be() {
    compare(Encoding::Utf16Be);
}

/// The shipped samples, and photo cells of every spelling in every quoting.
#[test]
fn samples_and_odd_cells() {
    let samples: [(&[u8], Choices); 4] = [
        (include_bytes!("../../../samples/users.csv"), Choices::default()),
        (include_bytes!("../../../samples/users-bom.csv"), Choices::default()),
        (include_bytes!("../../../samples/users-unicode.txt"), Choices::default()),
        (include_bytes!("../../../samples/userFile_2026-11-20_1.csv"), headerless()),
    ];
    for (sample, choices) in samples {
        assert!(read_all(&mut open(sample, &choices).unwrap()).len() >= 10);
    }
    let cells = include_str!("../../../tests/cells.tsv").replace("\\r", "\r").replace("\\n", "\n");
    for (before, after) in [("", ""), ("\"", "\""), ("x\"", "\""), ("\"", "\"y"), ("\"", "")] {
        for encoding in [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be] {
            for line_end in ["\n", "\r\n", "\r"] {
                let row = |cell| format!("a,{before}{cell}{after},c{line_end}");
                let rows: String = cells.split('\t').map(row).collect();
                let text = format!("email,userProfilePhotoURL,city{line_end}{rows}");
                let file = encoded(&text, encoding, true);
                assert!(read_all(&mut open(&file, &Choices::default()).unwrap()).len() > 1);
            }
        }
    }
}
