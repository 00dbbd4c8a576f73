//! Damaged exports of every dialect: the quick looks and the twin say the same.

use proptest::prelude::*;

use super::{findings_of, twin};
use crate::export::{Choices, Delimiter, Encoding, Layout};

const HEADER: [&str; 13] = [
    "employeeID",
    "displayName",
    "firstName",
    "lastName",
    "email",
    "userName",
    "jobTitle",
    "zipCode",
    "ISOcountry",
    "phoneBusinessNumber",
    "fax",
    "userProfilePhotoURL",
    "center",
];

/// What a healthy cell holds, what a spreadsheet makes of one, and what only looks like it.
const CELLS: &[&str] = &[
    "",
    "-",
    " ",
    "  ",
    "\t",
    "\u{A0}",
    "\u{3000}",
    "\u{2003}-",
    " - ",
    "\u{85}",
    "7",
    "000007",
    "123456",
    "012345",
    "+14085551234",
    "+1 408 555",
    "14085551234",
    "0711555123",
    "711555123",
    "5123",
    " 000123",
    "000123 ",
    "+",
    "+\u{A0}1",
    "8001",
    "01210",
    "1210",
    "1234567890123456789012345",
    "0000000000000000000000000000000000000000000000000000000000000000001",
    "1.41E+11",
    "1,41E+11",
    " 1.41E+11",
    "+4.9e+11",
    "4E+07",
    "1E2",
    "EC2A 4NE",
    "e",
    "#",
    "##",
    "###",
    "#####",
    " #####",
    "\t###",
    "\u{A0}###\u{A0}",
    "#NAME?",
    "#N/A",
    "#DIV/0!",
    "Suite #4",
    "N/A",
    "n/a",
    "N/A.",
    "N.A.",
    "n.a.",
    " N/A",
    "\u{A0}N/A",
    "\u{2003}n/a ",
    "\nN/A",
    "No",
    "Nancy",
    "N",
    "N/",
    "see N/A",
    "N\"/A\"",
    "N.A",
    "N.a.b",
    "n/abc",
    "cdn/avatar/N.A.",
    "a\u{2028}N.A.\u{2028}",
    "\u{2028}#N/A\u{3000}",
    "\u{1680}-\u{205F}",
    "Apt #B",
    "Apt #",
    "#7",
    "##7",
    "+1.408.555",
    "+-1.4E+11",
    "+1",
    "+",
    "--",
    "1,5",
    "123456\u{A0}",
    "123456 ",
    "12\u{1}",
    "Müñoz",
    "MÜ\"",
    "Ü\"\"é",
    "Ö€",
    "\"N/A",
    "N\"/A",
    "Zoë",
    "ZoÃ«",
    "MÃ¼ller",
    "O’Neill",
    "Oâ€™Neill",
    "CAFÉ»",
    "É«É«",
    "CAFÉ\"»",
    "Ã\"¼",
    "Ã¼",
    "Ã",
    "¼",
    "Владимир",
    "Ð’Ð»",
    "王",
    "😀",
    "ðŸ˜€",
    "\u{FFFD}",
    "M\u{FFFD}ller",
    "é",
    "ƒ",
    "â€",
    "a@x.example",
    "A@X.example",
    "b@x.example",
    "Zoë@x.example",
    "ZOË@x.example",
    " a@x.example",
    "ΑΣ@x.example",
    "ας@x.example",
    "K@x.example",
    "k@x.example",
    "averylongaddressthatisinfactlongerthansixtyfourcharactersoftext@x.example",
    "Averylongaddressthatisinfactlongerthansixtyfourcharactersoftext@x.example",
    "US",
    "CH",
    "us",
    "U S",
    " US",
    "Ländle",
    "a country with a long name",
    "1",
];

#[derive(Clone, Copy, Debug)]
enum Quotes {
    Needed,
    All,
    /// `"a"b`: what stands behind the closing quote is part of the field; it closes after so many
    /// characters, and once more around.
    Odd(usize),
}

fn field(text: &str, delimiter: char, quotes: Quotes) -> String {
    let escaped = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let needs = text.contains([delimiter, '\r', '\n']) || text.starts_with('"');
    match quotes {
        Quotes::Needed if !needs => text.to_owned(),
        Quotes::Odd(behind) if !text.is_empty() && !text.contains([delimiter, '\r', '\n', '"']) => {
            let at = behind % text.chars().count();
            let at = text.char_indices().nth(at).map_or(0, |(at, _)| at);
            format!("{}{}", escaped(&text[..at]), &text[at..])
        }
        _ => escaped(text),
    }
}

/// Healthy rows with this damage: record, field, which of [`CELLS`].
fn export(
    rows: usize,
    damage: &[(usize, usize, usize)],
    delimiter: char,
    quotes: Quotes,
) -> String {
    let line = |cells: &[String]| {
        let cells: Vec<String> = cells.iter().map(|cell| field(cell, delimiter, quotes)).collect();
        cells.join(&delimiter.to_string()) + "\r\n"
    };
    let mut text = line(&HEADER.map(str::to_owned));
    for at in 0..rows {
        let mut cells = HEADER.map(|_| String::from("x"));
        cells[0] = format!("{at:06}");
        cells[4] = format!("user{at}@corp.example.com");
        cells[7] = format!("0{}", 1000 + at);
        cells[8] = (if at % 3 == 0 { "CH" } else { "US" }).to_owned();
        cells[9] = format!("+1408555{at:04}");
        cells[11] = "https://203.0.113.7/a.jpg".to_owned();
        for (_, field, value) in damage.iter().filter(|(row, ..)| *row == at) {
            cells[*field] = CELLS[*value].to_owned();
        }
        text += &line(&cells);
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn of_damaged_exports(
        rows in 1..70usize,
        damage in proptest::collection::vec((0..70usize, 0..13usize, 0..CELLS.len()), 0..60),
        tab in any::<bool>(),
        quotes in prop_oneof![Just(Quotes::Needed), Just(Quotes::All), (0..12usize).prop_map(Quotes::Odd)],
        wrong in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..3),
        cut in 0..3usize,
    ) {
        let (delimiter, byte) =
            if tab { ('\t', Delimiter::Tab) } else { (',', Delimiter::Comma) };
        let text = export(rows, &damage, delimiter, quotes);
        for encoding in [Encoding::Utf8, Encoding::Latin1, Encoding::Utf16Le, Encoding::Utf16Be] {
            let mut bytes = encoding.encode(&text).into_owned();
            let choices = Choices {
                encoding: Some(encoding),
                delimiter: Some(byte),
                ..Choices::default()
            };
            prop_assert_eq!(findings_of(&bytes, &choices), twin::findings(&bytes, &choices), "{}", encoding);
            // And with bytes that are no text, behind the header.
            let header = bytes.len() - encoding.encode(&text[text.find('\n').unwrap()..]).len();
            for (at, byte) in &wrong {
                let at = header + at.index(bytes.len() - header);
                bytes[at] = *byte;
            }
            bytes.truncate(bytes.len() - cut);
            prop_assert_eq!(findings_of(&bytes, &choices), twin::findings(&bytes, &choices), "{}", encoding);
        }
    }

    /// The shortest records, and records that are longer than what is looked at as a whole.
    #[test]
    fn of_few_columns(
        rows in proptest::collection::vec((0..CELLS.len(), 0..CELLS.len(), any::<bool>()), 1..40),
        ends in any::<bool>(),
    ) {
        let pad = "long ".repeat(if rows.len() % 8 == 0 { 8_000 } else { 0 });
        let mut text = "email,userProfilePhotoURL,fax\r\n".to_owned();
        for (email, fax, is_padded) in &rows {
            let fields = [CELLS[*email], if *is_padded { &pad } else { "" }, CELLS[*fax]];
            text += &(fields.map(|cell| field(cell, ',', Quotes::Needed)).join(",") + "\r\n");
        }
        let text = if ends { text.trim_end_matches("\r\n") } else { &text };
        for encoding in [Encoding::Utf8, Encoding::Latin1, Encoding::Utf16Le, Encoding::Utf16Be] {
            let choices = Choices {
                encoding: Some(encoding),
                delimiter: Some(Delimiter::Comma),
                ..Choices::default()
            };
            let bytes = encoding.encode(text);
            prop_assert_eq!(findings_of(&bytes, &choices), twin::findings(&bytes, &choices), "{}", encoding);
        }
    }

    #[test]
    fn of_directory_files(
        rows in proptest::collection::vec(
            proptest::collection::vec(0..CELLS.len(), 24), 1..40),
        is_old in any::<bool>(),
    ) {
        let line = |row: &Vec<usize>| {
            let fields = if is_old { 17 } else { 24 };
            let cells: Vec<String> = row[..fields]
                .iter()
                .map(|at| field(CELLS[*at], '\t', Quotes::Needed))
                .collect();
            cells.join("\t") + "\n"
        };
        let text: String = rows.iter().map(line).collect();
        let choices = Choices {
            layout: Layout::Headerless,
            encoding: Some(Encoding::Utf8),
            delimiter: Some(Delimiter::Tab),
            ..Choices::default()
        };
        prop_assert_eq!(findings_of(text.as_bytes(), &choices), twin::findings(text.as_bytes(), &choices));
    }
}
