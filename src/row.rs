//! What a record's photo cell is, read the same way by every pass.

use std::borrow::Cow;

use memchr::memchr;

use crate::export::{Defect, Dialect, Encoding, Record};
use crate::name::Fqdn;
use crate::photo::{self, Classified, Classifier, HostKind, OriginId, PhotoCell};

/// A data record's photo cell.
#[derive(Debug)]
pub enum PhotoCellOf<'a> {
    /// The record is too short to have one.
    Missing,
    /// The cell, its text, and where the cell stands in the record.
    Cell(Cow<'a, str>, Classified),
    /// The record or its cell cannot be read.
    Unreadable(Unreadable),
}

/// Why a record cannot be read. It passes through as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// The stable word: `unclosed-quote`, `overlong`, `undecodable`, `ragged`, `truncated`,
    /// `inseparable-host`.
    pub reason: &'static str,
    /// The same in a sentence.
    pub explanation: String,
    /// What to do.
    pub hint: &'static str,
}

impl Unreadable {
    /// No bytes of the record are the host's and nothing else.
    pub(crate) fn inseparable_host() -> Self {
        Self {
            reason: "inseparable-host",
            explanation: "the host's bytes cannot be told from the rest of the cell".to_owned(),
            hint: "correct the cell in the export with a text editor",
        }
    }
}

/// Reads the photo cell of a data record.
pub fn photo_cell<'a>(
    record: &Record<'a>,
    dialect: &Dialect,
    photos: &mut Classifier,
) -> PhotoCellOf<'a> {
    if let Some(defect) = record.defect() {
        return PhotoCellOf::Unreadable(Unreadable::from(&defect));
    }
    if ends_within_a_unit(record) {
        return PhotoCellOf::Unreadable(Unreadable {
            reason: "truncated",
            explanation: "the file ends in the middle of a UTF-16 code unit".to_owned(),
            hint: "export the users again: the end of this file is missing",
        });
    }
    let Some(field) = record.photo() else {
        return match stray_address(record, dialect, photos.domains()) {
            Some(unreadable) => PhotoCellOf::Unreadable(unreadable),
            None => PhotoCellOf::Missing,
        };
    };
    let text = match field.text() {
        Ok(text) => text,
        Err(undecodable) => {
            return PhotoCellOf::Unreadable(Unreadable {
                reason: "undecodable",
                explanation: format!("the photo cell cannot be read: {undecodable}"),
                hint: "correct the cell in the export with a text editor, or give --encoding",
            });
        }
    };
    // Where literal text stands behind the closing quote, an origin says nothing about the bytes.
    let is_in_one_piece = field.raw_range(0..text.len()).is_some();
    let cell = match photos.known(text.as_bytes()).filter(|_| is_in_one_piece) {
        Some(id) => Classified::Origin(id),
        None if is_in_one_piece => photos.classify(&text),
        None => Classified::Cell(photo::classify(&text, photos.domains())),
    };
    if let Classified::Cell(PhotoCell::Url(url)) = &cell
        && matches!(url.host, HostKind::Address(_) | HostKind::Bare(_))
        && field.raw_range(url.host_span.clone()).is_none()
    {
        return PhotoCellOf::Unreadable(Unreadable::inseparable_host());
    }
    if !matches!(cell, Classified::Origin(_) | Classified::Cell(PhotoCell::Url(_)))
        && let Some(unreadable) = stray_address(record, dialect, photos.domains())
    {
        return PhotoCellOf::Unreadable(unreadable);
    }
    PhotoCellOf::Cell(text, cell)
}

/// What nearly every photo cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Usual {
    /// Nothing.
    Empty,
    /// WebEx's word for an empty cell.
    Dash,
    /// A photo URL.
    Origin {
        /// Its origin, which was met before.
        id: OriginId,
        /// Quotes before its text: one or none.
        quotes: usize,
    },
}

/// Whether a record ends in the middle of a UTF-16 code unit.
fn ends_within_a_unit(record: &Record<'_>) -> bool {
    let is_wide = matches!(record.encoding(), Encoding::Utf16Le | Encoding::Utf16Be);
    is_wide && record.raw().len() % 2 == 1
}

/// A photo cell, given as the bytes of its field, in a record of the usual number of fields:
/// quickly what [`photo_cell`] would say, where it is usual. None means "ask there".
pub(crate) fn usual_cell(field: &[u8], encoding: Encoding, photos: &Classifier) -> Option<Usual> {
    match encoding {
        Encoding::Utf8 | Encoding::Latin1 => usual_ascii(field, photos),
        Encoding::Utf16Le => usual_utf16(field, u16::from_le_bytes, photos),
        Encoding::Utf16Be => usual_utf16(field, u16::from_be_bytes, photos),
    }
}

/// The same of a record that was made.
pub(crate) fn usual_cell_of(
    record: &Record<'_>,
    dialect: &Dialect,
    photos: &Classifier,
) -> Option<Usual> {
    let is_sound = record.defect().is_none()
        && record.field_count() == dialect.fields
        && !ends_within_a_unit(record);
    let field = record.photo().filter(|_| is_sound)?;
    usual_cell(field.raw(), record.encoding(), photos)
}

fn usual_utf16(field: &[u8], unit: impl Fn([u8; 2]) -> u16, photos: &Classifier) -> Option<Usual> {
    let mut ascii = [0; USUAL_UNITS];
    let (pairs, odd) = field.as_chunks::<2>();
    let ascii = ascii.get_mut(..pairs.len()).filter(|_| odd.is_empty())?;
    let mut all = 0;
    for (byte, pair) in ascii.iter_mut().zip(pairs) {
        let unit = unit(*pair);
        all |= unit;
        *byte = unit as u8;
    }
    if all < 0x80 { usual_ascii(ascii, photos) } else { None }
}

#[inline]
fn usual_ascii(field: &[u8], photos: &Classifier) -> Option<Usual> {
    const QUOTE: u8 = b'"';
    let (text, quotes) = match field {
        [QUOTE, text @ .., QUOTE] if memchr(QUOTE, text).is_none() => (text, 1),
        // A quote at the beginning is no part of an origin.
        text => (text, 0),
    };
    match text {
        [] => Some(Usual::Empty),
        [b'-'] => Some(Usual::Dash),
        _ => photos.known(text).map(|id| Usual::Origin { id, quotes }),
    }
}

/// The longest field of UTF-16 that [`usual_cell`] looks at, in code units.
const USUAL_UNITS: usize = 256;

/// In a record with more or fewer fields than the header, an unquoted delimiter may have moved the
/// photo URL into another field: then the record must not be passed over in silence.
fn stray_address(record: &Record<'_>, dialect: &Dialect, domains: &[Fqdn]) -> Option<Unreadable> {
    let fields = record.field_count();
    if fields == dialect.fields {
        return None;
    }
    let at = (0..fields).filter(|at| *at != dialect.photo_field).find(|at| {
        let text = record.field(*at).and_then(|field| field.text().ok());
        text.is_some_and(|text| match photo::classify(&text, domains) {
            PhotoCell::Url(url) => matches!(url.host, HostKind::Address(_)),
            _ => false,
        })
    })?;
    Some(Unreadable {
        reason: "ragged",
        explanation: format!(
            "the record has {fields} fields where {} are expected, and an address stands in field \
             {} instead of field {}",
            dialect.fields,
            at + 1,
            dialect.photo_field + 1
        ),
        hint: "quote the field that holds a delimiter, in the export with a text editor",
    })
}

impl From<&Defect> for Unreadable {
    fn from(defect: &Defect) -> Self {
        match defect {
            Defect::UnclosedQuote { .. } => Self {
                reason: "unclosed-quote",
                explanation: defect.to_string(),
                hint: "close the quote in the export with a text editor: the records behind it \
                       were not looked at",
            },
            Defect::Overlong { .. } => Self {
                reason: "overlong",
                explanation: defect.to_string(),
                hint: "look for a quote that is never closed, with a text editor",
            },
        }
    }
}
