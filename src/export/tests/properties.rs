//! What holds for any bytes.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::field::Field;
use super::super::lanes::Instructions;
use super::super::reader::{Limits, MAX_RECORD};
use super::super::{Choices, Delimiter, Encoding, Layout, LineEnding, Reader, RecordKind};
use super::{HandOver, Plain, Trickle, encoded, open, read_all};

const HEADER: &str = "a,userProfilePhotoURL,c";

fn choices() -> impl Strategy<Value = Choices> {
    let encoding = prop_oneof![
        Just(None),
        Just(Some(Encoding::Utf8)),
        Just(Some(Encoding::Utf16Le)),
        Just(Some(Encoding::Utf16Be)),
        Just(Some(Encoding::Latin1)),
    ];
    (encoding, any::<bool>()).prop_map(|(encoding, headerless)| Choices {
        encoding,
        delimiter: headerless.then_some(Delimiter::Comma),
        column: None,
        layout: if headerless { Layout::Headerless } else { Layout::Headered },
    })
}

/// Text made of what the grammar knows and a little that it does not.
fn soup() -> impl Strategy<Value = String> {
    prop_oneof![
        "[,\"\r\na]{0,300}",
        "([,\"\r\na]|,\"|\",|\r\n|\"\"|[a-zé€😀]{1,40}){0,80}",
        "(([a-z]{0,9}|\"([a-z,\r\n]|\"\"){0,70}\")(,|,|,|\r\n|\n)){0,60}",
    ]
}

fn rejoined(bom: &[u8], records: &[Plain]) -> Vec<u8> {
    let mut bytes = bom.to_vec();
    bytes.extend(records.iter().flat_map(|record| &record.raw));
    bytes
}

/// A file's records by the `csv` crate, which leaves blank lines out.
fn by_csv(file: &[u8], delimiter: u8) -> Vec<Vec<Vec<u8>>> {
    let mut reader = csv::ReaderBuilder::new();
    let mut reader =
        reader.has_headers(false).flexible(true).delimiter(delimiter).from_reader(file);
    let owned = |record: csv::ByteRecord| record.iter().map(<[u8]>::to_vec).collect();
    reader.byte_records().map(|record| owned(record.unwrap())).collect()
}

/// The same by this reader.
fn by_reader(records: &[Plain]) -> Vec<Vec<Vec<u8>>> {
    let fields = |r: &Plain| r.fields.iter().map(|field| field.clone().into_bytes()).collect();
    records.iter().filter(|r| r.kind != RecordKind::Blank).map(fields).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn any_bytes_come_back(tail in vec(any::<u8>(), 0..600), choices in choices(), bom: bool) {
        let encoding = choices.encoding.unwrap_or(Encoding::Utf8);
        let head = match choices.layout {
            Layout::Headered => format!("{HEADER}\n"),
            Layout::Headerless => format!("{}\n", ["x"; 17].join(",")),
        };
        let mut file = encoded(&head, encoding, bom);
        file.extend(tail);
        let mut reader = open(&file, &choices).unwrap();
        let bom = reader.bom_bytes();
        let records = read_all(&mut reader);
        prop_assert_eq!(rejoined(bom, &records), &file[..]);
        let mut keeping = open(&file, &choices).unwrap();
        keeping.keep_fields();
        prop_assert_eq!(read_all(&mut keeping), records);
    }

    #[test]
    fn any_soup_comes_back_and_reads_as_the_csv_crate_reads_it(soup in soup()) {
        let file = format!("{HEADER}\n{soup}");
        let mut reader = open(file.as_bytes(), &Choices::default()).unwrap();
        let records = read_all(&mut reader);
        prop_assert_eq!(rejoined(b"", &records), file.as_bytes());
        prop_assert_eq!(by_reader(&records), by_csv(file.as_bytes(), b','));
    }

    #[test]
    fn a_source_that_trickles_into_a_small_buffer_gives_the_same(
        soup in soup(),
        times in 1..30usize,
        steps in vec(1..8usize, 1..5),
        buffer in 512..1500usize,
        wide: bool,
    ) {
        let encoding = if wide { Encoding::Utf16Le } else { Encoding::Utf8 };
        let bytes = encoded(&format!("{HEADER}\n{}", soup.repeat(times)), encoding, true);
        let mut reader = open(&bytes, &Choices::default()).unwrap();
        let whole = read_all(&mut reader);
        let instructions = Instructions::Portable;
        let limits = Limits { buffer, instructions, ..Limits::default() };
        let trickle = Trickle { bytes: &bytes, steps: &steps, turn: 0 };
        let mut little = Reader::open_within(trickle, &Choices::default(), limits).unwrap();
        // It does without the processor's best, and keeps the fields' places too: neither must make
        // a difference.
        little.keep_fields();
        prop_assert_eq!(read_all(&mut little), whole);
        prop_assert_eq!(little.seen(), reader.seen());
    }

    #[test]
    fn a_source_that_hands_over_its_buffers_gives_the_same(
        soup in soup(),
        times in 1..30usize,
        steps in vec(1..700usize, 1..5),
        room in 0..400usize,
        max_record in prop_oneof![Just(MAX_RECORD), 1..2000usize],
        wide: bool,
    ) {
        let encoding = if wide { Encoding::Utf16Le } else { Encoding::Utf8 };
        let bytes = encoded(&format!("{HEADER}\n{}", soup.repeat(times)), encoding, true);
        let limits = Limits { buffer: 512, max_record, ..Limits::default() };
        let mut reader = Reader::open_within(&bytes[..], &Choices::default(), limits).unwrap();
        let whole = read_all(&mut reader);
        let source = || HandOver { bytes: &bytes, steps: &steps, room, turn: 0, held: None };
        let mut handed = Reader::open_within(source(), &Choices::default(), limits).unwrap();
        let found = read_all(&mut handed);
        if max_record == MAX_RECORD {
            prop_assert_eq!(found, whole);
            prop_assert_eq!(handed.seen(), reader.seen());
        } else {
            // Where the pieces of a long record end hangs on the buffers.
            prop_assert_eq!(rejoined(handed.bom_bytes(), &found), &bytes[..]);
        }
        let mut passing = Reader::open_within(source(), &Choices::default(), limits).unwrap();
        let mut passed = passing.bom_bytes().to_vec();
        loop {
            passed.extend_from_slice(passing.pass_over(|_| true).unwrap().raw);
            let Some(record) = passing.next_record().unwrap() else { break };
            passed.extend_from_slice(record.raw());
        }
        prop_assert_eq!(passed, bytes);
    }

    #[test]
    fn what_is_passed_over_is_what_would_have_been_read(
        soup in soup(),
        times in 1..30usize,
        buffer in 512..1500usize,
        encoding in prop::sample::select(vec![Encoding::Utf8, Encoding::Utf16Be]),
        odd: bool,
    ) {
        let bytes = encoded(&format!("{HEADER}\n{}", soup.repeat(times)), encoding, true);
        let mut reader = open(&bytes, &Choices::default()).unwrap();
        let whole = read_all(&mut reader);
        let limits = Limits { buffer, ..Limits::default() };
        let mut jumping = Reader::open_within(&bytes[..], &Choices::default(), limits).unwrap();
        let fields = jumping.dialect().fields;
        let mut expected = whole.iter();
        loop {
            let mut cells: Vec<(u64, u64, String)> = Vec::new();
            let mut last: Vec<u8> = Vec::new();
            let stretch = jumping.pass_over(|passing| {
                let cell = passing.cell();
                let sum = cell.iter().fold(0, |sum, byte| sum ^ byte);
                let passes = (sum % 2 == 1) == odd;
                let text = Field::new(cell, 0..cell.len(), encoding).text_lossy().into_owned();
                if passes {
                    let byte = passing.stretch_byte() + passing.cell_start() as u64;
                    cells.push((passing.record(), byte, text));
                    last = passing.so_far().to_vec();
                }
                passes
            });
            let stretch = stretch.unwrap();
            prop_assert_eq!(stretch.records, cells.len() as u64);
            prop_assert!(stretch.raw.starts_with(&last));
            let mut raw = Vec::new();
            for (record, byte, cell) in cells {
                let plain = expected.next().unwrap();
                prop_assert_eq!(record, plain.record);
                prop_assert_eq!(byte, plain.byte + plain.photo_start.unwrap());
                prop_assert_eq!(plain.kind, RecordKind::Data);
                prop_assert_eq!(plain.fields.len(), fields);
                prop_assert_eq!(plain.photo.as_deref(), Some(&*cell));
                prop_assert_eq!(plain.defect, None);
                raw.extend_from_slice(&plain.raw);
            }
            prop_assert_eq!(stretch.raw, &raw[..]);
            let Some(record) = jumping.next_record().unwrap() else { break };
            let plain = expected.next().unwrap();
            let position = record.position();
            prop_assert_eq!(record.raw(), &plain.raw[..]);
            prop_assert_eq!((record.kind(), record.defect()), (plain.kind, plain.defect));
            let place = (position.record, position.line, position.byte);
            prop_assert_eq!(place, (plain.record, plain.line, plain.byte));
        }
        prop_assert!(expected.next().is_none());
        prop_assert_eq!(jumping.seen(), reader.seen());
    }

    #[test]
    fn utf_16_reads_as_utf_8_does(soup in soup(), bom: bool, tab: bool) {
        let mut file = format!("{HEADER}\n{soup}");
        if tab {
            file = file.replace(',', "\t");
        }
        let narrow = read_all(&mut open(file.as_bytes(), &Choices::default()).unwrap());
        for encoding in [Encoding::Utf16Le, Encoding::Utf16Be] {
            let bytes = encoded(&file, encoding, bom);
            let choices = Choices { encoding: Some(encoding), ..Choices::default() };
            let mut reader = open(&bytes, &choices).unwrap();
            let wide = read_all(&mut reader);
            let mark = reader.bom_bytes();
            prop_assert_eq!(rejoined(mark, &wide), bytes);
            prop_assert_eq!(wide.len(), narrow.len());
            for (wide, narrow) in wide.iter().zip(&narrow) {
                prop_assert_eq!(&wide.fields, &narrow.fields);
                prop_assert_eq!(&wide.photo, &narrow.photo);
                prop_assert_eq!(wide.kind, narrow.kind);
                prop_assert_eq!((wide.record, wide.line), (narrow.record, narrow.line));
                prop_assert_eq!(wide.defect.is_some(), narrow.defect.is_some());
            }
        }
    }

    #[test]
    fn clean_files_say_what_was_written(
        rows in vec(vec("[a-z ,;\"\r\né]{0,80}", 3), 0..20),
        tab: bool,
        lf: bool,
        always: bool,
    ) {
        let mut writer = csv::WriterBuilder::new();
        let delimiter = if tab { b'\t' } else { b',' };
        let terminator = if lf { csv::Terminator::Any(b'\n') } else { csv::Terminator::CRLF };
        let style = if always { csv::QuoteStyle::Always } else { csv::QuoteStyle::Necessary };
        writer.delimiter(delimiter).terminator(terminator).quote_style(style);
        let mut writer = writer.from_writer(vec![]);
        writer.write_record(HEADER.split(',')).unwrap();
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let file = writer.into_inner().unwrap();
        let mut reader = open(&file, &Choices::default()).unwrap();
        let records = read_all(&mut reader);
        let expected_ending = if lf { LineEnding::Lf } else { LineEnding::Crlf };
        prop_assert_eq!(reader.seen().line_ending(), expected_ending);
        prop_assert_eq!(reader.seen().ragged, 0);
        let found: Vec<_> = records[1..].iter().map(|record| &record.fields).collect();
        prop_assert_eq!(found, rows.iter().collect::<Vec<_>>());
        for (record, row) in records[1..].iter().zip(&rows) {
            prop_assert_eq!(record.photo.as_deref(), Some(row[1].as_str()));
        }
    }

    #[test]
    fn pieces_of_long_records_come_back_too(
        soup in soup(), max_record in 1..2000usize, buffer in 512..1500usize,
    ) {
        let file = format!("{HEADER}\n{}", soup.repeat(20));
        let limits = Limits { max_record, buffer, ..Limits::default() };
        let mut reader =
            Reader::open_within(file.as_bytes(), &Choices::default(), limits).unwrap();
        let records = read_all(&mut reader);
        prop_assert_eq!(rejoined(b"", &records), file.as_bytes());
    }

    #[test]
    fn any_part_of_a_text_can_be_replaced_and_nothing_else_moves(
        text in "[a-z,\"\r\né😀]{0,30}", from in 0..40usize, to in 0..40usize,
    ) {
        let cell = format!("\"{}\"", text.replace('"', "\"\""));
        for encoding in [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be] {
            let file = encoded(&format!("{HEADER}\nx,{cell},y\n"), encoding, true);
            let mut reader = open(&file, &Choices::default()).unwrap();
            reader.next_record().unwrap();
            let record = reader.next_record().unwrap().unwrap();
            let photo = record.photo().unwrap();
            prop_assert_eq!(photo.text_lossy(), text.as_str());
            let is_range = from <= to && text.is_char_boundary(from) && text.is_char_boundary(to);
            let found = photo.raw_range(from..to);
            prop_assert_eq!(found.is_some(), is_range && to <= text.len());
            let Some(at) = found else { continue };
            let expected = format!("{}host{}", &text[..from], &text[to..]);
            let spliced = record.splice(at, "host");
            let mut again = encoded(&format!("{HEADER}\n"), encoding, true);
            again.extend(spliced);
            let records = read_all(&mut open(&again, &Choices::default()).unwrap());
            prop_assert_eq!(&records[1].fields, &["x".to_owned(), expected, "y".to_owned()]);
        }
    }
}
