//! Whole exports, and what is said of them.

mod alike;
mod twin;

use super::*;
use crate::export::{Choices, Delimiter, Encoding, Layout, Reader};

const HEADER: &str = "employeeID,displayName,firstName,lastName,email,userName,zipCode,ISOcountry,\
                      phoneBusinessNumber,fax,userProfilePhotoURL\n";

fn findings(text: &str, encoding: Encoding, choices: &Choices) -> Findings {
    let choices = Choices { encoding: Some(encoding), ..choices.clone() };
    findings_of(&encoding.encode(text), &choices)
}

fn findings_of(bytes: &[u8], choices: &Choices) -> Findings {
    let mut reader = Reader::open(bytes, choices).unwrap();
    let mut health = Health::new(reader.dialect());
    reader.keep_fields();
    while let Some(record) = reader.next_record().unwrap() {
        health.look(&record);
    }
    health.finish()
}

/// What is said: column, kind, records, and the records of the examples.
fn said(text: &str) -> Vec<(String, &'static str, u64, Vec<u64>)> {
    let found = findings(text, Encoding::Utf8, &Choices::default());
    for encoding in [Encoding::Utf16Le, Encoding::Utf16Be] {
        assert_eq!(findings(text, encoding, &Choices::default()), found, "{encoding}");
    }
    let plain = |complaint: Complaint| {
        let examples = complaint.examples.iter().map(|example| example.record).collect();
        (complaint.column, complaint.ailment.as_str(), complaint.records, examples)
    };
    found.complaints.into_iter().map(plain).collect()
}

/// A healthy record.
fn cells(at: usize) -> [String; 11] {
    [
        format!("{at:06}"),
        format!("Zoë Müller {at}"),
        "Zoë".to_owned(),
        "Müller".to_owned(),
        format!("user{at}@corp.example.com"),
        format!("user{at}@corp.example.com"),
        format!("0{:04}", at % 9000 + 1000),
        "US".to_owned(),
        format!("+1408555{at:04}"),
        "-".to_owned(),
        "https://203.0.113.7/a%20N/A#1.41E+11.jpg".to_owned(),
    ]
}

fn export(records: usize, damage: &[(usize, usize, &str)]) -> String {
    let mut text = HEADER.to_owned();
    for at in 1..=records {
        let mut cells = cells(at);
        for (_, field, value) in damage.iter().filter(|(record, ..)| *record == at) {
            cells[*field] = (*value).to_owned();
        }
        text += &(cells.join(",") + "\n");
    }
    text
}

#[test]
fn a_healthy_export_has_nothing() {
    assert_eq!(said(&export(60, &[])), []);
    assert_eq!(said(HEADER), []);
}

#[test]
fn each_kind_is_named_with_its_column_and_records() {
    for (damage, column, kind, records) in [
        (&[(7, 8, "1.41E+11")][..], "phoneBusinessNumber", "scientific-notation", &[7][..]),
        (&[(7, 9, "\"1,41E+11\"")], "fax", "scientific-notation", &[7]),
        (&[(3, 0, "1.2E+05")], "employeeID", "scientific-notation", &[3]),
        (&[(2, 8, "#####"), (9, 8, "#NAME?")], "phoneBusinessNumber", "spreadsheet-error", &[2, 9]),
        (&[(4, 8, "14085550000")], "phoneBusinessNumber", "lost-plus", &[4]),
        (&[(5, 0, "5"), (6, 0, "6")], "employeeID", "lost-zeros", &[5, 6]),
        (&[(5, 6, "1210")], "zipCode", "lost-zeros", &[5]),
        (&[(8, 1, "ZoÃ« MÃ¼ller")], "displayName", "mojibake", &[8]),
        (&[(8, 9, "N/A")], "fax", "not-applicable", &[8]),
        (&[(8, 2, "")], "firstName", "mandatory-empty", &[8]),
        (&[(8, 5, "-")], "userName", "mandatory-empty", &[8]),
        (&[(8, 3, "\" \"")], "lastName", "mandatory-empty", &[8]),
        (&[(8, 4, "User2@corp.example.com")], "email", "duplicate-email", &[8]),
    ] {
        let expected = (column.to_owned(), kind, records.len() as u64, records.to_vec());
        assert_eq!(said(&export(60, damage)), [expected], "{damage:?}");
    }
}

#[test]
fn a_habit_needs_many_and_other_countries_have_their_own() {
    assert_eq!(said(&export(8, &[(4, 8, "14085550000"), (5, 0, "5")])), []);
    // Swiss postal codes have four digits.
    let swiss: Vec<(usize, usize, &str)> =
        (1..=20).flat_map(|at| [(at, 6, "8001"), (at, 7, "CH")]).collect();
    assert_eq!(said(&export(60, &swiss)), []);
    // National numbers: the zero in front is the habit.
    let mut national: Vec<(usize, usize, &str)> =
        (1..=60).map(|at| (at, 8, "0711555123")).collect();
    national[9].2 = "711555123";
    let expected = ("phoneBusinessNumber".to_owned(), "lost-zeros", 1, vec![10]);
    assert_eq!(said(&export(60, &national)), [expected]);
    // An extension is no number that lost its `+`.
    assert_eq!(said(&export(60, &[(4, 8, "5123")])), []);
}

#[test]
fn all_are_counted_and_a_few_are_shown() {
    let damage: Vec<(usize, usize, &str)> = (11..=40).map(|at| (at, 9, "N/A")).collect();
    let expected = ("fax".to_owned(), "not-applicable", 30, vec![11, 12, 13, 14, 15]);
    assert_eq!(said(&export(60, &damage)), [expected]);
    let long = "#".repeat(500);
    let found = findings(&export(3, &[(2, 9, &long)]), Encoding::Utf8, &Choices::default());
    let example = &found.complaints[0].examples[0];
    assert_eq!(example.value.chars().count(), SHOWN + 1);
}

#[test]
fn the_first_of_two_is_named() {
    let text = export(5, &[(4, 4, "user2@corp.example.com")]);
    let found = findings(&text, Encoding::Utf8, &Choices::default());
    assert_eq!(found.complaints[0].examples[0].same_as, Some(2));
}

#[test]
fn a_directory_file_has_the_names_of_its_layout() {
    for (fields, zip, phone) in [(24, 10, 12), (17, 9, 11)] {
        let mut row = vec![String::from("x"); fields];
        (row[0], row[3], row[zip]) = (String::from("000001"), String::new(), String::from("N/A"));
        row[phone] = "1.41E+11".to_owned();
        row[4] = "jane@corp.example.com".to_owned();
        let text = row.join("\t") + "\n";
        let choices = Choices {
            layout: Layout::Headerless,
            delimiter: Some(Delimiter::Tab),
            ..Choices::default()
        };
        let found = findings(&text, Encoding::Latin1, &choices);
        let columns: Vec<&str> = found.complaints.iter().map(|it| it.column.as_str()).collect();
        assert_eq!(columns, ["lastName", "zip", "phoneOffice"], "{fields}");
    }
}

#[test]
fn a_ragged_record_is_not_looked_at() {
    let text = export(3, &[(2, 2, "a,b,,,#####")]);
    assert_eq!(said(&text), []);
}
