//! Every refusal, word by word.

use super::super::{Choices, Delimiter, Encoding, ExportError, Foreign, Layout};
use super::{encoded, headerless, open};

#[track_caller]
fn refused(bytes: &[u8], choices: &Choices, message: &str) -> ExportError {
    let error = open(bytes, choices).map(|reader| reader.dialect().clone()).unwrap_err();
    assert_eq!(
        error.to_string(),
        message,
        "{:?}",
        String::from_utf8_lossy(&bytes[..bytes.len().min(80)])
    );
    error
}

#[test]
fn a_header_without_the_column() {
    for (header, column, message) in [
        (
            "email,userName",
            None,
            "the header has no column `userProfilePhotoURL`; its 2 columns, separated by comma, \
             are `email`, `userName`",
        ),
        (
            "email\tuserProfilePhotoUrl2",
            None,
            "the header has no column `userProfilePhotoURL`; did you mean `userProfilePhotoUrl2`? \
             If so, give `--column 'userProfilePhotoUrl2'`; its 2 columns, separated by tab, are \
             `email`, `userProfilePhotoUrl2`",
        ),
        (
            "email,userProfilePhotoURL",
            Some("avatar"),
            "the header has no column `avatar`; its 2 columns, separated by comma, are `email`, \
             `userProfilePhotoURL`; give one of them with `--column`",
        ),
        (
            "hello\u{1b}[2J",
            None,
            "the header has no column `userProfilePhotoURL`; its only column is \
             `hello\\u{1b}[2J` (found comma 0 times, tab 0 times, semicolon 0 times)",
        ),
    ] {
        let choices = Choices { column: column.map(str::to_owned), ..Choices::default() };
        let error = refused(format!("{header}\nx,y\n").as_bytes(), &choices, message);
        // What to do is said once: in the message, or else behind it.
        let hint = error.hint().unwrap_or_default();
        assert_ne!(message.contains("--column"), hint.contains("--column"), "{message}; {hint}");
    }
    refused(
        b"email,userName\n",
        &Choices { delimiter: Some(Delimiter::Tab), ..Choices::default() },
        "the header has no column `userProfilePhotoURL`; its only column is `email,userName` \
         (found tab 0 times); `--delimiter` may be wrong",
    );
    let choices = Choices { encoding: Some(Encoding::Utf16Be), ..Choices::default() };
    let error = open(b"email,userName\n", &choices).map(|_| ()).unwrap_err();
    assert!(error.to_string().ends_with("; `--encoding` may be wrong"), "{error}");
    let many: Vec<String> = (1..=45).map(|n| format!("c{n}")).collect();
    let error = open(many.join(";").as_bytes(), &Choices::default()).map(|_| ()).unwrap_err();
    assert!(error.to_string().ends_with("`c39`, `c40` and 5 more"), "{error}");
}

#[test]
fn a_column_twice() {
    refused(
        b"email,userProfilePhotoURL,city, USERPROFILEPHOTOURL\n",
        &Choices::default(),
        "the header has `userProfilePhotoURL` twice, as column 2 and as column 4; rename one of \
         them in the header, or give the name of another column with `--column`",
    );
}

#[test]
fn delimiters_that_do_not_settle_it() {
    refused(
        b"email|userProfilePhotoURL|city\n",
        &Choices::default(),
        "`userProfilePhotoURL` stands in the first record, but no delimiter sets it off (found \
         comma 0 times, tab 0 times, semicolon 0 times); save the file with commas or tabs",
    );
    refused(
        b"email,userProfilePhotoURL,city\n",
        &Choices { delimiter: Some(Delimiter::Tab), ..Choices::default() },
        "`userProfilePhotoURL` stands in the first record, but no delimiter sets it off (found tab \
         0 times); leave `--delimiter` out, or give another",
    );
    refused(
        b"email,\tuserProfilePhotoURL\t,city\n",
        &Choices::default(),
        "the delimiter is ambiguous: comma and tab would each give the photo cell (found comma 2 \
         times, tab 2 times, semicolon 0 times); give `--delimiter`",
    );
    let both = format!("{}{}", ["x"; 24].join(","), ";y".repeat(16));
    refused(
        both.as_bytes(),
        &headerless(),
        "the delimiter is ambiguous: comma and semicolon would each give the photo cell (found \
         comma 23 times, tab 0 times, semicolon 16 times); give `--delimiter`",
    );
}

#[test]
fn layouts_mistaken_for_each_other() {
    for count in [24, 17] {
        let error = format!(
            "the first record has {count} fields and is no header: this looks like a \
             directory-integration file without header; give `--headerless`"
        );
        let mut cells = vec!["x"; count];
        refused(cells.join("\t").as_bytes(), &Choices::default(), &error);
        // One cell that happens to be a column's name does not make a header.
        cells[8] = "city";
        refused(cells.join("\t").as_bytes(), &Choices::default(), &error);
    }
    refused(
        b"userSSOId,displayName,firstName\n",
        &headerless(),
        "`--headerless` was given, but the first record is a header: it has `displayName`; leave \
         `--headerless` out",
    );
    refused(
        b"who;userprofilephotourl\n",
        &headerless(),
        "`--headerless` was given, but the first record is a header: it has `userprofilephotourl`; \
         leave `--headerless` out",
    );
    refused(
        b"a,b\tc,d\n",
        &headerless(),
        "the first record has 3 fields by comma, 2 fields by tab, 1 field by semicolon where a \
         directory-integration file has 24 fields (or 17, in the edition of 2009); give \
         `--delimiter`, or another file",
    );
    refused(
        b"a,b\n",
        &Choices {
            layout: Layout::Headerless,
            column: Some("photo".to_owned()),
            ..Choices::default()
        },
        "`--column` names `photo`, but a headerless export has no names; leave one of `--column` \
         and `--headerless` out",
    );
    let mut cells = ["x"; 24];
    cells[8] = "city";
    assert!(open(cells.join(",").as_bytes(), &headerless()).is_ok());
}

#[test]
fn empty_files() {
    for (bytes, length) in
        [(&b""[..], 0), (b"\xEF\xBB\xBF", 3), (b"\r\n\n\r", 4), (b"\xFF\xFE\r\0\n\0", 6)]
    {
        let message = format!("the export is empty: {length} bytes and no record");
        let error = refused(bytes, &Choices::default(), &message);
        assert_eq!(error.hint(), Some("export the users again; the download may have failed"));
        refused(bytes, &headerless(), &message);
    }
}

#[test]
fn first_records_that_do_not_end() {
    let long = "x".repeat((1 << 20) + 1);
    let message = "the first record does not end within 1048576 bytes; a quote may be open in it, \
                   or this is no export";
    for choices in [Choices::default(), headerless()] {
        refused(long.as_bytes(), &choices, message);
        refused("\n".repeat((1 << 20) + 1).as_bytes(), &choices, message);
        let only = Choices { delimiter: Some(Delimiter::Comma), ..choices };
        refused(
            b"email,\"userProfilePhotoURL\nx,y\n",
            &only,
            "the first record does not end: the quote that opens its field 2 is never closed; \
             close it, or give `--delimiter` if the fields are split wrongly",
        );
    }
    // By another delimiter the quote stands inside a field and opens nothing.
    refused(
        b"employeeID,\"email,userProfilePhotoURL\n1,a,b\n",
        &Choices::default(),
        "the first record does not end: the quote that opens its field 2 is never closed; close \
         it, or give `--delimiter` if the fields are split wrongly",
    );
    refused(
        b"email,userProfilePhotoURL,\"oops\nx,y\n",
        &Choices { delimiter: Some(Delimiter::Comma), ..Choices::default() },
        "the first record does not end: the quote that opens its field 3 is never closed; close \
         it, or give `--delimiter` if the fields are split wrongly",
    );
}

#[test]
fn an_encoding_that_the_mark_contradicts() {
    for (mark, chosen) in [
        (Encoding::Utf16Le, Encoding::Utf8),
        (Encoding::Utf16Be, Encoding::Utf16Le),
        (Encoding::Utf8, Encoding::Latin1),
    ] {
        let bytes = encoded("email,userProfilePhotoURL\n", mark, true);
        let message = format!(
            "the file starts with the byte order mark of {mark}, but `--encoding` says {chosen}; \
             leave `--encoding` out"
        );
        refused(&bytes, &Choices { encoding: Some(chosen), ..Choices::default() }, &message);
        let choices = Choices { encoding: Some(mark), ..Choices::default() };
        assert!(open(&bytes, &choices).is_ok(), "{mark}");
    }
}

#[test]
fn foreign_files_by_what_they_are() {
    let wide = |text: &str| encoded(text, Encoding::Utf16Le, true);
    for (bytes, foreign, message) in [
        (
            b"PK\x03\x04\x14\0xl/workbook.xml".to_vec(),
            Foreign::Xlsx,
            "an Excel workbook (`.xlsx`) or another zipped spreadsheet",
        ),
        (
            b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0".to_vec(),
            Foreign::Xls,
            "an Excel workbook in the old format (`.xls`)",
        ),
        (b"PK\x03\x04users.csv".to_vec(), Foreign::Zip, "a ZIP archive"),
        (b"\x1F\x8B\x08\0".to_vec(), Foreign::Gzip, "compressed with gzip"),
        (b"%PDF-1.4\n".to_vec(), Foreign::Pdf, "a PDF document"),
        (b"\xFF\xFE\0\0e\0\0\0".to_vec(), Foreign::Utf32, "UTF-32 text"),
        (b"<!DOCTYPE html>\n".to_vec(), Foreign::Html, "a web page"),
        (b"\n<?xml version=\"1.0\"?>\n".to_vec(), Foreign::Xml, "an XML document"),
        (b"{\"email\": 1}\n".to_vec(), Foreign::Json, "JSON text"),
        (
            wide("UserID\tActive\tFirstName\tTC1\n"),
            Foreign::MeetingsUsers,
            "the users CSV of Webex Meetings Site Administration",
        ),
        (
            b"First Name,Last Name,Display Name,User ID/Email (Required)\n".to_vec(),
            Foreign::ControlHubUsers,
            "the users CSV of Control Hub",
        ),
        (
            b"Username,User Status,Total Storage Used(MB)\n".to_vec(),
            Foreign::ConnectReport,
            "a Connect User Report",
        ),
    ] {
        let message = format!("this is no WebEx Messenger export: it is {message}");
        for choices in [Choices::default(), headerless()] {
            let error = refused(&bytes, &choices, &message);
            assert_eq!(error.hint(), Some(foreign.hint()));
        }
    }
}
