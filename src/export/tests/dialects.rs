//! Dialects that are found, and choices that are kept to.

use super::super::{Choices, Delimiter, Encoding, LineEnding, Note};
use super::{encoded, headerless, open, read_all};

#[test]
fn encoding_and_delimiter_are_found() {
    let text = "email,userProfilePhotoURL,city\r\nann@example.com,http://192.0.2.1/a,Łódź\r\n";
    for encoding in [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be] {
        for bom in [false, true] {
            for delimiter in Delimiter::ALL {
                let text = text.replace(',', &char::from(delimiter.as_byte()).to_string());
                let bytes = encoded(&text, encoding, bom);
                let mut reader = open(&bytes, &Choices::default()).unwrap();
                let dialect = reader.dialect().clone();
                let row = format!("{encoding} {bom} {delimiter}");
                assert_eq!(
                    (dialect.encoding, dialect.bom, dialect.delimiter),
                    (encoding, bom, delimiter),
                    "{row}"
                );
                assert_eq!((dialect.photo_field, dialect.fields), (1, 3), "{row}");
                assert_eq!(dialect.line_ending, LineEnding::Crlf, "{row}");
                let header = dialect.header.unwrap();
                assert_eq!(header, ["email", "userProfilePhotoURL", "city"], "{row}");
                let notes = match (encoding, bom) {
                    (Encoding::Utf16Le | Encoding::Utf16Be, false) => {
                        vec![Note::Unmarked(encoding)]
                    }
                    _ => vec![],
                };
                assert_eq!(dialect.notes, notes, "{row}");
                let records = read_all(&mut reader);
                assert_eq!(records[1].photo.as_deref(), Some("http://192.0.2.1/a"), "{row}");
                assert_eq!(records[1].fields[2], "Łódź", "{row}");
            }
        }
    }
}

#[test]
fn the_photo_column_is_found_in_any_spelling_and_place() {
    for (header, column, field) in [
        ("userProfilePhotoURL,email", None, 0),
        ("email,USERPROFILEPHOTOURL", None, 1),
        ("email, userProfilePhotoUrl ,city", None, 1),
        ("\"email\",\"userProfilePhotoURL\"", None, 1),
        ("\"e,\r\nmail\",userProfilePhotoURL", None, 1),
        ("a;b\tc,userProfilePhotoURL", None, 1),
        ("\n\r\nemail,userProfilePhotoURL", None, 1),
        ("email,photo,userProfilePhotoURL", Some(" PHOTO"), 1),
    ] {
        let choices = Choices { column: column.map(str::to_owned), ..Choices::default() };
        let file = format!("{header}\nx\n");
        let reader = open(file.as_bytes(), &choices).unwrap();
        assert_eq!(reader.dialect().photo_field, field, "{header:?}");
    }
}

#[test]
fn choices_settle_what_the_file_leaves_open() {
    let file = "email,\tuserProfilePhotoURL\t,city\n";
    for delimiter in [Delimiter::Comma, Delimiter::Tab] {
        let choices = Choices { delimiter: Some(delimiter), ..Choices::default() };
        let reader = open(file.as_bytes(), &choices).unwrap();
        assert_eq!(reader.dialect().delimiter, delimiter);
    }
    let choices = Choices { encoding: Some(Encoding::Latin1), ..Choices::default() };
    let file = b"email,userProfilePhotoURL\nx,http://h/\xE9\n";
    let records = read_all(&mut open(file, &choices).unwrap());
    assert_eq!(records[1].photo.as_deref(), Some("http://h/é"));
}

#[test]
fn directory_integration_files() {
    for (fields, photo) in [(24, 17), (17, 16)] {
        for delimiter in [Delimiter::Comma, Delimiter::Tab] {
            let names: Vec<String> = (0..fields).map(|n| format!("f{n}")).collect();
            let row = names.join(&char::from(delimiter.as_byte()).to_string());
            let mut bytes = format!("{row}\r\n").into_bytes();
            bytes.extend(row.replace("f1", "M\u{fc}ller").chars().map(|c| c as u8));
            let mut reader = open(&bytes, &headerless()).unwrap();
            let dialect = reader.dialect().clone();
            assert_eq!((dialect.encoding, dialect.bom), (Encoding::Latin1, false));
            assert_eq!((dialect.delimiter, dialect.header.as_ref()), (delimiter, None));
            assert_eq!((dialect.photo_field, dialect.fields), (photo, fields));
            assert_eq!(dialect.notes, []);
            let first = reader.next_record().unwrap().unwrap();
            assert_eq!(first.key(&dialect), Some(("email", "f4".into())));
            let records = read_all(&mut open(&bytes, &headerless()).unwrap());
            assert_eq!(records[0].photo, Some(format!("f{photo}")));
            assert_eq!((records[0].record, records[1].record), (1, 2));
            assert_eq!(records[1].fields[1], "Müller");
        }
    }
    let marked = encoded(&["x"; 24].join(","), Encoding::Utf8, true);
    let reader = open(&marked, &headerless()).unwrap();
    assert_eq!(reader.dialect().encoding, Encoding::Utf8);
    assert_eq!(reader.dialect().notes, [Note::MarkInHeaderless]);
}

#[test]
fn an_import_status_file_is_noted() {
    let status = |column: &str| vec![Note::StatusColumn { column: column.to_owned() }];
    for (header, notes) in [
        ("userProfilePhotoURL,Status", status("Status")),
        ("userProfilePhotoURL,Import Result", status("Import Result")),
        ("userProfilePhotoURL,activeConnect", vec![]),
        ("userProfilePhotoURL,", vec![]),
        ("shoeSize,userProfilePhotoURL,Status", vec![]),
        ("Status,userProfilePhotoURL", vec![]),
    ] {
        let header = format!("firstName,lastName,email,userName,{header}");
        let reader = open(header.as_bytes(), &Choices::default()).unwrap();
        assert_eq!(reader.dialect().notes, notes, "{header}");
    }
    // A list of somebody's own making has no status.
    let own = "email,userProfilePhotoURL,Status";
    assert_eq!(open(own.as_bytes(), &Choices::default()).unwrap().dialect().notes, []);
}

#[test]
fn zero_bytes_in_utf_8_do_not_make_utf_16() {
    let file = b"email,userProfilePhotoURL\n\0\0\0\0,p\n";
    let records = read_all(&mut open(file, &Choices::default()).unwrap());
    assert_eq!(records[1].fields, ["\0\0\0\0", "p"]);
}
