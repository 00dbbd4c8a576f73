//! Numbers against the habit of their column: a spreadsheet that takes `+14085551234` or `01210`
//! for a number writes `14085551234` and `1210`.
//!
//! What is usual is known at the end only, so the first cells of every shape are kept as examples.

use std::collections::BTreeMap;

use super::{Ailment, EXAMPLES_KEPT, Example};
use crate::export::{Position, Record};

/// A habit is one when so many of a hundred cells have it, of so many cells at least.
const USUAL: (u64, u64) = (90, 20);
/// The longest number that is counted by its length (E.164 allows 15 digits).
const LONGEST: usize = 24;
/// The shortest number that is one in a telephone column: shorter ones are extensions.
const SHORTEST_PHONE: usize = 7;
/// How many countries' postal codes have habits of their own.
const COUNTRIES_KEPT: usize = 300;

/// What a column of numbers holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holds {
    /// Telephone numbers.
    Phones,
    /// Numbers of a fixed length: an `employeeID`, postal codes.
    Codes,
}

/// A column of numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct Watched {
    /// Which of the watched columns it is.
    at: usize,
    pub(super) field: usize,
    pub(super) holds: Holds,
    /// Whether each country has its own habit.
    pub(super) by_country: bool,
}

/// The columns of numbers, by Cisco's names in all editions.
pub(super) fn watched(names: &[String]) -> Vec<Watched> {
    let column = |(field, name): (usize, &String)| {
        let (holds, by_country) = match name.to_ascii_lowercase().as_str() {
            "phonebusinessnumber" | "phoneoffice" | "phonemobilenumber" | "phonecell" | "fax" => {
                (Holds::Phones, false)
            }
            "zipcode" | "zip" => (Holds::Codes, true),
            "employeeid" | "userssoid" => (Holds::Codes, false),
            _ => return None,
        };
        Some((field, holds, by_country))
    };
    let columns = names.iter().enumerate().filter_map(column).enumerate();
    columns
        .map(|(at, (field, holds, by_country))| Watched { at, field, holds, by_country })
        .collect()
}

/// What a cell of a watched column counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Number<'a> {
    /// A telephone number that begins with `+`.
    Plus,
    /// Bare digits.
    Digits(&'a [u8]),
}

impl<'a> Number<'a> {
    /// What a text counts as in a column that holds these. No blank stands around it.
    pub(super) fn of(text: &'a [u8], holds: Holds) -> Option<Self> {
        if holds == Holds::Phones && text.first() == Some(&b'+') {
            return Some(Self::Plus);
        }
        let is_bare = (1..=LONGEST).contains(&text.len()) && text.iter().all(u8::is_ascii_digit);
        is_bare.then_some(Self::Digits(text))
    }
}

/// A country as a number, which is quickly compared: country codes and calling codes are short.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Country(u128);

impl Country {
    /// `None` where it is longer than any.
    pub(super) fn of(name: &[u8]) -> Option<Self> {
        if let [first, second] = name {
            return Some(Self(u128::from(u16::from_le_bytes([*first, *second]))));
        }
        let mut bytes = [0; size_of::<u128>()];
        bytes.get_mut(..name.len())?.copy_from_slice(name);
        Some(Self(u128::from_le_bytes(bytes)))
    }

    /// A few bits that differ between most countries: below [`HINTS`].
    fn bits(self) -> usize {
        const BITS: u32 = HINTS.trailing_zeros();
        // Odd, and no two letters: digits of the golden ratio.
        let mixed = (self.0 as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> (u64::BITS - BITS)) as usize
    }
}

/// The numbers of each column, by shape.
#[derive(Debug)]
pub(super) struct Habits {
    columns: Vec<Column>,
}

/// Places of the small table that leads from a few bits of a country's name to where it was met last.
const HINTS: usize = 64;

/// A watched column's shapes by country, in the order in which they were met.
#[derive(Debug)]
struct Column {
    field: usize,
    countries: Vec<Country>,
    shapes: Vec<Shapes>,
    /// Where the last country with these bits stands.
    hints: [u16; HINTS],
}

#[derive(Debug)]
struct Shapes {
    holds: Holds,
    /// Numbers that begin with `+`.
    plus: u64,
    /// Bare digits by their number, and those of them that begin with `0`.
    digits: [Cells; LONGEST + 1],
    zeros: [u64; LONGEST + 1],
}

#[derive(Debug, Default)]
struct Cells {
    records: u64,
    /// The first that do not begin with `0`.
    examples: Vec<Example>,
}

impl Habits {
    /// Of these columns, in their order.
    pub(super) fn new(watched: &[Watched]) -> Self {
        Self { columns: watched.iter().map(Column::new).collect() }
    }

    /// Counts a cell.
    #[inline]
    pub(super) fn meet(
        &mut self,
        watched: Watched,
        country: Country,
        number: Number<'_>,
        record: &Record<'_>,
    ) {
        let column = &mut self.columns[watched.at];
        let Some(shapes) = column.shapes(country, watched.holds) else { return };
        let Number::Digits(digits) = number else {
            shapes.plus += 1;
            return;
        };
        let cells = &mut shapes.digits[digits.len()];
        cells.records += 1;
        if digits.first() == Some(&b'0') {
            shapes.zeros[digits.len()] += 1;
        } else if cells.examples.len() < EXAMPLES_KEPT {
            cells.keep(digits, record.position());
        }
    }

    /// The numbers that break their column's habit: field, kind, how many records, the first.
    pub(super) fn broken(self) -> Vec<(usize, Ailment, u64, Vec<Example>)> {
        let mut broken: BTreeMap<(usize, Ailment), (u64, Vec<Example>)> = BTreeMap::new();
        let of_column =
            |column: Column| column.shapes.into_iter().map(move |shapes| (column.field, shapes));
        for (field, shapes) in self.columns.into_iter().flat_map(of_column) {
            let Some((ailment, records, examples)) = shapes.broken() else { continue };
            let all = broken.entry((field, ailment)).or_default();
            all.0 += records;
            all.1.extend(examples);
        }
        let first = |((field, ailment), (records, mut examples)): ((_, _), (_, Vec<Example>))| {
            examples.sort_by_key(|example| example.record);
            examples.truncate(EXAMPLES_KEPT);
            (field, ailment, records, examples)
        };
        broken.into_iter().map(first).collect()
    }
}

impl Column {
    fn new(watched: &Watched) -> Self {
        let (countries, shapes) = (Vec::new(), Vec::new());
        Self { field: watched.field, countries, shapes, hints: [0; HINTS] }
    }

    /// A country's, if there is room for it.
    fn shapes(&mut self, country: Country, holds: Holds) -> Option<&mut Shapes> {
        let mut at = usize::from(self.hints[country.bits()]);
        if self.countries.get(at) != Some(&country) {
            at = self.place(country, holds)?;
            self.hints[country.bits()] = u16::try_from(at).unwrap_or(0);
        }
        self.shapes.get_mut(at)
    }

    #[cold]
    fn place(&mut self, country: Country, holds: Holds) -> Option<usize> {
        if let Some(at) = self.countries.iter().position(|it| *it == country) {
            return Some(at);
        }
        let is_full = self.countries.len() >= COUNTRIES_KEPT;
        (!is_full).then(|| {
            self.countries.push(country);
            self.shapes.push(Shapes::new(holds));
            self.countries.len() - 1
        })
    }
}

impl Cells {
    #[cold]
    fn keep(&mut self, digits: &[u8], at: Position) {
        let value = digits.iter().map(|digit| char::from(*digit)).collect();
        let (record, line) = (at.record, at.line);
        self.examples.push(Example { record, line, value, same_as: None });
    }
}

impl Shapes {
    fn new(holds: Holds) -> Self {
        let digits = std::array::from_fn(|_| Cells::default());
        Self { holds, plus: 0, digits, zeros: [0; LONGEST + 1] }
    }

    fn broken(self) -> Option<(Ailment, u64, Vec<Example>)> {
        let (ailment, lengths) = match self.holds {
            Holds::Phones => (self.lost_from_phones()?, SHORTEST_PHONE..=LONGEST),
            Holds::Codes => (Ailment::LostZeros, 0..=self.usual_length()?.checked_sub(1)?),
        };
        let mut records = 0;
        let mut examples = Vec::new();
        for (cells, zeros) in
            self.digits.into_iter().zip(self.zeros).take(lengths.end() + 1).skip(*lengths.start())
        {
            records += cells.records - zeros;
            examples.extend(cells.examples);
        }
        (records > 0).then_some((ailment, records, examples))
    }

    /// What bare digits of a telephone column have lost.
    fn lost_from_phones(&self) -> Option<Ailment> {
        let bare: u64 = self.digits[SHORTEST_PHONE..].iter().map(|cells| cells.records).sum();
        let zeros: u64 = self.zeros[SHORTEST_PHONE..].iter().sum();
        match () {
            () if is_usual(self.plus, self.plus + bare) => Some(Ailment::LostPlus),
            () if is_usual(zeros, bare) => Some(Ailment::LostZeros),
            () => None,
        }
    }

    /// The length that nearly all numbers have, where some of them begin with `0`.
    fn usual_length(&self) -> Option<usize> {
        let all = self.digits.iter().map(|cells| cells.records).sum();
        let is_it =
            |length: &usize| is_usual(self.digits[*length].records, all) && self.zeros[*length] > 0;
        (1..=LONGEST).find(is_it)
    }
}

fn is_usual(some: u64, all: u64) -> bool {
    all >= USUAL.1 && some * 100 >= all * USUAL.0
}
