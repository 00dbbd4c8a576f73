//! The same said without haste: every cell of an export is text, and everything is remembered. What
//! the quick looks of this room must come to.

use std::collections::{BTreeMap, HashMap};

use crate::export::{Choices, Reader, RecordKind};
use crate::health::{
    Ailment, Complaint, EMAILS_COMPARED, EXAMPLES_KEPT, Example, Findings, cells, mandatory, names,
    short,
};

/// A record: its number, its line, its cells.
type Row = (u64, u64, Vec<String>);

/// What is found in an export.
pub(super) fn findings(bytes: &[u8], choices: &Choices) -> Findings {
    let mut reader = Reader::open(bytes, choices).unwrap();
    let dialect = reader.dialect().clone();
    let mut rows: Vec<Row> = Vec::new();
    while let Some(record) = reader.next_record().unwrap() {
        let is_sound = record.kind() == RecordKind::Data
            && record.defect().is_none()
            && record.field_count() == dialect.fields;
        if is_sound {
            let fields = (0..dialect.fields).map(|n| record.field(n).unwrap());
            let cells = fields.map(|field| field.text_lossy().into_owned()).collect();
            rows.push((record.position().record, record.position().line, cells));
        }
    }
    let names = names(&dialect);
    let column = |wanted: &str| names.iter().position(|name| name.eq_ignore_ascii_case(wanted));
    let mut found: BTreeMap<(usize, Ailment), Vec<Example>> = BTreeMap::new();
    let mut complain = |row: &Row, field: usize, ailment: Ailment, text: &str, same_as| {
        let example = Example { record: row.0, line: row.1, value: short(text), same_as };
        found.entry((field, ailment)).or_default().push(example);
    };

    for row in &rows {
        for (field, text) in row.2.iter().enumerate().filter(|(at, _)| *at != dialect.photo_field) {
            match cells::word(text) {
                Some(ailment) => complain(row, field, ailment, text, None),
                None if is_mojibake(text) => complain(row, field, Ailment::Mojibake, text, None),
                None => {}
            }
        }
        for field in mandatory(&dialect).iter().filter_map(|name| column(name)) {
            if ["", "-"].contains(&row.2[field].trim()) {
                complain(row, field, Ailment::MandatoryEmpty, "", None);
            }
        }
    }

    let mut first: HashMap<String, u64> = HashMap::new();
    let mut emails_cut = false;
    if let Some(field) = column("email") {
        for row in &rows {
            let email = row.2[field].trim();
            if ["", "-"].contains(&email) {
                continue;
            }
            if row.0 > EMAILS_COMPARED {
                emails_cut = true;
            } else if let Some(first) = first.get(&email.to_lowercase()) {
                complain(row, field, Ailment::DuplicateEmail, email, Some(*first));
            } else {
                first.insert(email.to_lowercase(), row.0);
            }
        }
    }

    let country = names.iter().position(|name| {
        name.eq_ignore_ascii_case("ISOcountry") || name.eq_ignore_ascii_case("country")
    });
    for (field, name) in names.iter().enumerate() {
        let (is_phone, by_country) = match name.to_ascii_lowercase().as_str() {
            "phonebusinessnumber" | "phoneoffice" | "phonemobilenumber" | "phonecell" | "fax" => {
                (true, false)
            }
            "zipcode" | "zip" => (false, true),
            "employeeid" | "userssoid" => (false, false),
            _ => continue,
        };
        // In the order of the export, the numbers of each country.
        let mut groups: HashMap<&str, Vec<(&Row, &str)>> = HashMap::new();
        for row in &rows {
            if cells::is_scientific(&row.2[field]) {
                complain(row, field, Ailment::Scientific, &row.2[field], None);
                continue;
            }
            let group = country.filter(|_| by_country).map_or("", |country| &row.2[country]);
            if group.len() <= 16 {
                groups.entry(group).or_default().push((row, row.2[field].trim()));
            }
        }
        for numbers in groups.into_values() {
            for (row, number, ailment) in broken(is_phone, &numbers) {
                complain(row, field, ailment, number, None);
            }
        }
    }

    let complaint = |((field, ailment), mut examples): ((usize, Ailment), Vec<Example>)| {
        let records = examples.len() as u64;
        examples.sort_by_key(|example| example.record);
        examples.truncate(EXAMPLES_KEPT);
        Complaint { ailment, column: names[field].clone(), records, examples }
    };
    Findings { complaints: found.into_iter().map(complaint).collect(), emails_cut }
}

/// The numbers that break their habit.
fn broken<'a>(is_phone: bool, numbers: &[(&'a Row, &'a str)]) -> Vec<(&'a Row, &'a str, Ailment)> {
    let is_usual = |some: usize, all: usize| all >= 20 && some * 100 >= all * 90;
    let is_digits = |text: &str| {
        (1..=24).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
    };
    let digits: Vec<(&Row, &str)> =
        numbers.iter().copied().filter(|(_, text)| is_digits(text)).collect();
    let without_zero = |keep: &dyn Fn(&str) -> bool, ailment| {
        let broken = digits.iter().filter(|(_, text)| !text.starts_with('0') && keep(text));
        broken.map(|(row, text)| (*row, *text, ailment)).collect()
    };
    if is_phone {
        let plus = numbers.iter().filter(|(_, text)| text.starts_with('+')).count();
        let long: Vec<&str> =
            digits.iter().map(|(_, text)| *text).filter(|text| text.len() >= 7).collect();
        let zeros = long.iter().filter(|text| text.starts_with('0')).count();
        return match () {
            () if is_usual(plus, plus + long.len()) => {
                without_zero(&|text| text.len() >= 7, Ailment::LostPlus)
            }
            () if is_usual(zeros, long.len()) => {
                without_zero(&|text| text.len() >= 7, Ailment::LostZeros)
            }
            () => Vec::new(),
        };
    }
    let usual = (1..=24).find(|length| {
        let of_length = || digits.iter().filter(|(_, text)| text.len() == *length);
        is_usual(of_length().count(), digits.len())
            && of_length().any(|(_, text)| text.starts_with('0'))
    });
    match usual {
        Some(usual) => without_zero(&|text| text.len() < usual, Ailment::LostZeros),
        None => Vec::new(),
    }
}

/// Whether some characters of a text, each read as the byte that it was in Windows-1252, are the
/// bytes of one character of UTF-8.
fn is_mojibake(text: &str) -> bool {
    const HIGH: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    let byte = |c: char| match u32::from(c) {
        0..0x80 => None,
        0x80..0x100 => Some(u32::from(c) as u8),
        _ => HIGH.chars().zip(0x80..).find(|(high, _)| *high == c).map(|(_, byte)| byte),
    };
    let bytes: Vec<Option<u8>> = text.chars().map(byte).collect();
    let follow = |at: usize, count: usize| {
        let rest = bytes.get(at + 1..=at + count);
        rest.is_some_and(|rest| rest.iter().all(|byte| matches!(byte, Some(0x80..=0xBF))))
    };
    let starts = |leads: std::ops::RangeInclusive<u8>, count: usize| {
        let is_one = |at: usize| bytes[at].is_some_and(|byte| leads.contains(&byte));
        (0..bytes.len()).filter(|at| is_one(*at) && follow(*at, count)).count()
    };
    let certain = starts(0xC2..=0xC3, 1) + starts(0xE0..=0xEF, 2) + starts(0xF0..=0xF4, 3);
    certain > 0 || starts(0xC4..=0xDF, 1) >= 2 || text.contains('\u{FFFD}')
}
