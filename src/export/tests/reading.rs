//! Records of exports that are well formed, and of those that are not.

use std::io::{self, Read};

use super::super::{
    Choices, Defect, Encoding, ExportError, LineEnding, MAX_RECORD, Reader, RecordKind, Seen,
    reader::Limits,
};
use super::{encoded, open, read_all};
use RecordKind::{Blank, Data, Header, Overlong};

const HEADER: &str = "email,userProfilePhotoURL,city";

fn photos(rows: &str) -> Vec<(RecordKind, usize, Option<String>)> {
    let file = format!("{HEADER}\n{rows}");
    let records = read_all(&mut open(file.as_bytes(), &Choices::default()).unwrap());
    assert_eq!(records[0].kind, Header);
    let plain = records.into_iter().skip(1);
    plain.map(|record| (record.kind, record.fields.len(), record.photo)).collect()
}

#[test]
fn the_photo_cell_of_odd_records() {
    for (rows, expected) in [
        ("a,p,c\n", &[(Data, 3, Some("p"))][..]),
        ("a,p,c", &[(Data, 3, Some("p"))]),
        ("a,,c\na,-,c\n", &[(Data, 3, Some("")), (Data, 3, Some("-"))]),
        ("a,\"p\"\"q\",c\n", &[(Data, 3, Some("p\"q"))]),
        ("a,\"p,q\r\nr\",c\r\n", &[(Data, 3, Some("p,q\r\nr"))]),
        ("a,\"p\"q,c\n", &[(Data, 3, Some("pq"))]),
        ("a 19\" b,p,c\n", &[(Data, 3, Some("p"))]),
        ("a\n", &[(Data, 1, None)]),
        ("a,p\n", &[(Data, 2, Some("p"))]),
        ("a,p\r\n", &[(Data, 2, Some("p"))]),
        ("a,p,c,d\n", &[(Data, 4, Some("p"))]),
        (
            "\n\r\n\ra,p,c\n",
            &[(Blank, 0, None), (Blank, 0, None), (Blank, 0, None), (Data, 3, Some("p"))],
        ),
        (" \n", &[(Data, 1, None)]),
        ("a,p\0q,c\n", &[(Data, 3, Some("p\0q"))]),
        ("a,p,c\rb,q,d\n", &[(Data, 3, Some("p")), (Data, 3, Some("q"))]),
        ("a,\"p,c\n", &[(Data, 2, None)]),
    ] {
        let expected: Vec<_> =
            expected.iter().map(|(k, n, photo)| (*k, *n, photo.map(str::to_owned))).collect();
        assert_eq!(photos(rows), expected, "{rows:?}");
    }
}

#[test]
fn positions_count_records_lines_and_bytes() {
    let rows = "\r\na,\"p\r\nq\",c\r\n\nb,q,c\r";
    for (encoding, bom, width) in
        [(Encoding::Utf8, false, 1), (Encoding::Utf8, true, 1), (Encoding::Utf16Le, true, 2)]
    {
        let bytes = encoded(&format!("\n{HEADER}{rows}"), encoding, bom);
        let mut reader = open(&bytes, &Choices::default()).unwrap();
        let mark = reader.bom_bytes().len() as u64;
        let records = read_all(&mut reader);
        let found: Vec<_> =
            records.iter().map(|r| (r.kind, r.record, r.line, (r.byte - mark) / width)).collect();
        let expected = [
            (Blank, 0, 1, 0),
            (Header, 0, 2, 1),
            (Data, 1, 3, 33),
            (Blank, 0, 5, 45),
            (Data, 2, 6, 46),
        ];
        assert_eq!(found, expected, "{encoding}");
        assert_eq!(
            reader.seen(),
            Seen { records: 2, blank_lines: 2, ragged: 0, crlf: 2, lf: 2, cr: 1 },
            "{encoding}"
        );
    }
}

#[test]
fn line_endings_are_counted() {
    for (rows, first, all) in [
        ("\r\na,p,c\r\n", LineEnding::Crlf, LineEnding::Crlf),
        ("\na,p,c\n\n", LineEnding::Lf, LineEnding::Lf),
        ("\ra,p,c\r", LineEnding::Cr, LineEnding::Cr),
        ("\r\na,p,c\n", LineEnding::Crlf, LineEnding::Mixed),
        ("\na,p\r,c", LineEnding::Lf, LineEnding::Mixed),
        ("\na,\"p\r\n\",c", LineEnding::Lf, LineEnding::Lf),
        ("", LineEnding::None, LineEnding::None),
    ] {
        let file = format!("{HEADER}{rows}");
        let mut reader = open(file.as_bytes(), &Choices::default()).unwrap();
        read_all(&mut reader);
        let found = (reader.dialect().line_ending, reader.seen().line_ending());
        assert_eq!(found, (first, all), "{rows:?}");
    }
}

#[test]
fn ragged_records_are_counted_and_header_alone_is_fine() {
    let file = format!("{HEADER}\na\na,b,c\na,b,c,d\n\n");
    let mut reader = open(file.as_bytes(), &Choices::default()).unwrap();
    read_all(&mut reader);
    assert_eq!((reader.seen().records, reader.seen().ragged), (3, 2));
    let mut reader = open(HEADER.as_bytes(), &Choices::default()).unwrap();
    assert_eq!(read_all(&mut reader).len(), 1);
    assert_eq!(reader.seen().records, 0);
}

#[test]
fn keys_of_records() {
    let header = "employeeID,Email,userName,userProfilePhotoURL";
    for (row, key) in [
        ("7,ann@example.com,ann,p", Some(("Email", "ann@example.com"))),
        ("7,\"ann@\"\"x\"\"\",ann,p", Some(("Email", "ann@\"x\""))),
        ("7,,ann,p", Some(("userName", "ann"))),
        ("7, ,-,p", Some(("employeeID", "7"))),
        ("7", Some(("employeeID", "7"))),
        (",,,p", None),
    ] {
        let file = format!("{header}\n{row}\n");
        let mut reader = open(file.as_bytes(), &Choices::default()).unwrap();
        let dialect = reader.dialect().clone();
        reader.next_record().unwrap();
        let record = reader.next_record().unwrap().unwrap();
        let found = record.key(&dialect);
        let found = found.as_ref().map(|(column, text)| (*column, text.as_ref()));
        assert_eq!(found, key, "{row}");
    }
}

#[test]
fn a_quote_that_is_never_closed() {
    let file = format!("{HEADER}\na,p,c\nb,q,\"c\nd,e,f\ng,\"\"h,i\n");
    for (encoding, width) in [(Encoding::Utf8, 1), (Encoding::Utf16Le, 2)] {
        let bytes = encoded(&file, encoding, false);
        let records = read_all(&mut open(&bytes, &Choices::default()).unwrap());
        let last = records.last().unwrap();
        assert_eq!((records.len(), last.record, last.line), (3, 2, 3), "{encoding}");
        assert_eq!(last.photo, None, "no cell of it can be trusted");
        let byte = file.find("\"c").unwrap() as u64 * width;
        let expected = Defect::UnclosedQuote { line: 3, byte, lines_swallowed: 3 };
        assert_eq!(last.defect, Some(expected), "{encoding}");
    }
}

#[test]
fn a_record_beyond_the_limit_comes_in_pieces() {
    let long = "x".repeat(1 << 20);
    let limit = 1 << 19;
    let limits = Limits { max_record: limit, ..Limits::default() };
    for (cell, open_quote) in [(long.clone(), None), (format!("\"{long}\n\""), Some(31 + 6))] {
        let file = format!("{HEADER}\na,p,c\nb,q,{cell}\nd,r,s\n").replace("\nb", "\n b");
        let mut reader = Reader::open_within(file.as_bytes(), &Choices::default(), limits).unwrap();
        let records = read_all(&mut reader);
        let bytes: Vec<u8> = records.iter().flat_map(|record| record.raw.clone()).collect();
        assert!(bytes == file.as_bytes());
        let kinds: Vec<_> = records.iter().map(|record| (record.kind, record.record)).collect();
        assert_eq!(
            kinds[..4],
            [(Header, 0), (Data, 1), (Overlong { first: true }, 2), (Overlong { first: false }, 2)]
        );
        assert_eq!(kinds.last(), Some(&(Data, 3)), "what follows is read as ever");
        assert_eq!(records.last().unwrap().photo.as_deref(), Some("r"));
        let quote = open_quote.map(|_| (3, file.find("\"x").unwrap() as u64));
        assert_eq!(records[2].defect, Some(Defect::Overlong { limit, quote }));
        let others = records[3..].iter().filter(|record| record.defect.is_some()).count();
        assert_eq!(others, 0, "only the first piece stands for the record");
        assert!(records[2].photo.is_none() && records[3].photo.is_none());
        let lines = if open_quote.is_some() { 5 } else { 4 };
        assert_eq!(records.last().unwrap().line, lines);
        assert_eq!(reader.seen().records, 3);
        assert!(reader.chunk_length() <= 2 * limit, "memory stays bounded");
    }
}

#[test]
fn a_cell_of_many_megabytes() {
    const LENGTH: usize = 100 << 20;
    const { assert!(LENGTH < MAX_RECORD) };
    let head = format!("{HEADER}\na,http://192.0.2.1/p,\"");
    let source =
        head.as_bytes().chain(io::repeat(b'x').take(LENGTH as u64)).chain(&b"\"\nb,q,c"[..]);
    let mut reader = Reader::open(source, &Choices::default()).unwrap();
    reader.next_record().unwrap();
    let record = reader.next_record().unwrap().unwrap();
    assert_eq!((record.field_count(), record.defect()), (3, None));
    assert_eq!(record.raw().len(), LENGTH + 24);
    assert_eq!(record.photo().unwrap().text().as_deref(), Ok("http://192.0.2.1/p"));
    let record = reader.next_record().unwrap().unwrap();
    assert_eq!(record.raw(), b"b,q,c");
    assert!(reader.next_record().unwrap().is_none());
}

#[test]
fn a_source_that_fails_is_an_error_with_its_cause() {
    #[derive(Debug)]
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("the disk is gone"))
        }
    }
    let check = |error: ExportError, message: &str| {
        assert_eq!(error.to_string(), message);
        let source = std::error::Error::source(&error).map(ToString::to_string);
        assert_eq!(source.as_deref(), Some("the disk is gone"));
    };
    let error = Reader::open(HEADER.as_bytes().chain(Failing), &Choices::default()).unwrap_err();
    check(error, "cannot read the export beyond byte 30");
    let rows = format!("{HEADER}\n{}", "a,p,c\n".repeat(100_000));
    let mut reader = Reader::open(rows.as_bytes().chain(Failing), &Choices::default()).unwrap();
    let error = loop {
        match reader.next_record() {
            Ok(record) => assert!(record.is_some(), "the failure must not look like an end"),
            Err(error) => break error,
        }
    };
    check(error, "cannot read the export beyond byte 600031");
}

#[test]
fn the_photo_cell_may_not_be_text() {
    let file = [HEADER.as_bytes(), b"\nM\xFCller,http://h/\xFF,c\nb,q,M\xFCnchen\n"].concat();
    let mut reader = open(&file, &Choices::default()).unwrap();
    reader.next_record().unwrap();
    let record = reader.next_record().unwrap().unwrap();
    let error = record.photo().unwrap().text().unwrap_err();
    assert_eq!((error.encoding, error.at), (Encoding::Utf8, 9));
    let record = reader.next_record().unwrap().unwrap();
    assert_eq!(record.photo().unwrap().text().as_deref(), Ok("q"), "other cells do not matter");
}

#[test]
fn a_splice_moves_nothing_else() {
    let file = format!("{HEADER}\r\nä,\"http://192.0.2.7/\"\"p\",c\r\n");
    for encoding in [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be] {
        let bytes = encoded(&file, encoding, true);
        let mut reader = open(&bytes, &Choices::default()).unwrap();
        reader.next_record().unwrap();
        let record = reader.next_record().unwrap().unwrap();
        let at = record.photo().unwrap().raw_range(7..16).unwrap();
        let new = record.splice(at.clone(), "c1.webex.com");
        assert_eq!(
            encoding.decode_lossy(&new),
            "ä,\"http://c1.webex.com/\"\"p\",c\r\n",
            "{encoding}"
        );
        let mut written = Vec::new();
        record.write_spliced(at, "c1.webex.com", &mut written).unwrap();
        assert_eq!(written, new, "{encoding}");
    }
}
