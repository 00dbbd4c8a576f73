//! Finding an export's dialect in its first bytes, or saying why they are no export's.

use super::columns::{self, LAYOUTS, Positions};
use super::dialect::{Choices, Delimiter, Dialect, Layout, Note, PHOTO_COLUMN};
use super::encoding::Encoding;
use super::error::ExportError;
use super::field::Field;
use super::fields::{CR, End, Fields, LF};
use super::foreign::Foreign;
use super::not_text::NotText;

/// The first record has to end within so many bytes. A header takes half a kilobyte; a file
/// whose first record is longer than this is no export, and need not be held in memory to say so.
pub(super) const SNIFF_LIMIT: usize = 1 << 20;

/// How much of a file its head is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Extent {
    /// The file goes on and more of it can be had.
    More,
    /// The file goes on, and [`SNIFF_LIMIT`] is reached.
    Limit,
    /// All of it.
    Whole,
}

/// Finds the dialect; `None` when the first record does not end in a head of [`Extent::More`].
pub(super) fn sniff(
    head: &[u8],
    extent: Extent,
    choices: &Choices,
) -> Result<Option<Dialect>, ExportError> {
    if let Some(foreign) = Foreign::by_signature(head) {
        return Err(ExportError::Foreign(foreign));
    }
    if let (Layout::Headerless, Some(column)) = (choices.layout, &choices.column) {
        return Err(ExportError::ColumnNeedsHeader { column: column.clone() });
    }
    let mut form = Form::find(head, choices)?;
    let body = &head[if form.bom { form.encoding.byte_order_mark().len() } else { 0 }..];
    let blank = blank_lines(body, form.encoding);
    if blank == body.len() {
        return match extent {
            Extent::More => Ok(None),
            Extent::Limit => Err(ExportError::FirstRecordTooLong),
            Extent::Whole => Err(ExportError::Empty { bytes: head.len() as u64 }),
        };
    }
    let body = &body[blank..];
    let tried = match choices.delimiter {
        Some(_) => choices.delimiter.as_slice(),
        None => &Delimiter::ALL[..],
    };
    let mut readings: Vec<Reading> =
        tried.iter().map(|delimiter| Reading::of(body, form.encoding, *delimiter)).collect();
    if extent != Extent::Whole {
        let is_complete = |reading: &Reading| reading.is_complete(body.len());
        if extent == Extent::More && !readings.iter().all(is_complete) {
            return Ok(None);
        }
        readings.retain(is_complete);
    }
    form.start = head.len() - body.len();
    if readings.is_empty() {
        let not_text = NotText::find(form.encoding, body, form.start);
        return Err(not_text.map_or(ExportError::FirstRecordTooLong, ExportError::NotText));
    }
    match choices.layout {
        Layout::Headered => headered(&form, body, readings, choices),
        Layout::Headerless => headerless(&form, body, readings),
    }
    .map(Some)
}

/// What the first bytes alone tell.
struct Form {
    encoding: Encoding,
    bom: bool,
    /// Where the first record stands in the file, in bytes.
    start: usize,
    notes: Vec<Note>,
}

impl Form {
    fn find(head: &[u8], choices: &Choices) -> Result<Self, ExportError> {
        let marked = [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be]
            .into_iter()
            .find(|encoding| head.starts_with(encoding.byte_order_mark()));
        let mut notes = Vec::new();
        let encoding = match (choices.encoding, marked) {
            (Some(chosen), Some(mark)) if chosen != mark => {
                return Err(ExportError::EncodingContradicted { chosen, mark });
            }
            (_, Some(mark)) => mark,
            (Some(chosen), None) => chosen,
            (None, None) => match unmarked_utf16(head) {
                Some(encoding) => {
                    notes.push(Note::Unmarked(encoding));
                    encoding
                }
                None if choices.layout == Layout::Headerless => Encoding::Latin1,
                None => Encoding::Utf8,
            },
        };
        if marked == Some(Encoding::Utf8) && choices.layout == Layout::Headerless {
            notes.push(Note::MarkInHeaderless);
        }
        Ok(Self { encoding, bom: marked.is_some(), start: 0, notes })
    }
}

/// UTF-16 is plain from its zero bytes: one in every ASCII character, always on the same side.
/// Some characters beyond ASCII have a zero on the other side (U+0100, U+4E00), but they are few.
fn unmarked_utf16(head: &[u8]) -> Option<Encoding> {
    const LOOKED_AT: usize = 512;
    let (pairs, _) = head[..head.len().min(LOOKED_AT)].as_chunks::<2>();
    let zeros = |side: usize| pairs.iter().filter(|pair| pair[side] == 0).count();
    let (first, second) = (zeros(0), zeros(1));
    let is_plain = |zeros: usize, others: usize| 2 * zeros > pairs.len() && 8 * others <= zeros;
    if is_plain(second, first) {
        Some(Encoding::Utf16Le)
    } else if is_plain(first, second) {
        Some(Encoding::Utf16Be)
    } else {
        None
    }
}

/// How many bytes of line breaks stand before the first record.
fn blank_lines(body: &[u8], encoding: Encoding) -> usize {
    let mut at = 0;
    while let Some(CR | LF) = encoding.unit(body, at) {
        at += encoding.width();
    }
    at
}

/// The first record as one delimiter splits it.
struct Reading {
    delimiter: Delimiter,
    fields: Vec<String>,
    end: End,
}

impl Reading {
    fn of(body: &[u8], encoding: Encoding, delimiter: Delimiter) -> Self {
        let mut split = Fields::new(body, encoding, delimiter.as_byte());
        let text = |span| Field::new(body, span, encoding).text_lossy().into_owned();
        let fields: Vec<String> = split.by_ref().map(text).collect();
        let at_end =
            End { at: body.len(), line_ending: super::dialect::LineEnding::None, unclosed: false };
        Self { delimiter, fields, end: split.end().unwrap_or(at_end) }
    }

    /// Whether more bytes could not change it: the record ends, and not in a CR whose LF may
    /// follow.
    fn is_complete(&self, length: usize) -> bool {
        const WIDEST_UNIT: usize = 2;
        self.end.at + WIDEST_UNIT <= length
    }

    /// Fields that are the names of an export's columns. One cell may say `city` or `TC` by
    /// chance, two do not.
    fn known_names(&self) -> impl Iterator<Item = &String> {
        self.fields.iter().filter(|name| columns::is_known(name))
    }

    fn positions(&self, column: &str) -> Vec<usize> {
        let is_column = |at: &usize| columns::same(&self.fields[*at], column);
        (0..self.fields.len()).filter(is_column).collect()
    }
}

/// The layout of a directory-integration file whose record has as many fields.
fn layout_of(reading: &Reading) -> Option<&'static Positions> {
    LAYOUTS.iter().find(|layout| layout.fields == reading.fields.len())
}

fn headered(
    form: &Form,
    body: &[u8],
    readings: Vec<Reading>,
    choices: &Choices,
) -> Result<Dialect, ExportError> {
    let column = choices.column.as_deref().unwrap_or(PHOTO_COLUMN);
    let counts = counts(&readings, 1);
    let fits = |reading: &Reading| !reading.end.unclosed && !reading.positions(column).is_empty();
    let (mut fitting, others): (Vec<_>, Vec<_>) = readings.into_iter().partition(fits);
    if fitting.len() > 1 && fitting.iter().all(|reading| reading.fields.len() == 1) {
        // The photo column is the only one: no delimiter stands anywhere, and any will do.
        fitting.truncate(1);
    }
    if fitting.len() > 1 {
        let candidates = fitting.iter().map(|reading| reading.delimiter).collect();
        return Err(ExportError::AmbiguousDelimiter { candidates, counts });
    }
    let Some(reading) = fitting.pop() else {
        return Err(why_not_headered(form, body, others, column, counts, choices.encoding));
    };
    let positions = reading.positions(column);
    if let [first, second, ..] = positions[..] {
        let column = column.to_owned();
        return Err(ExportError::ColumnTwice { column, first: first + 1, second: second + 1 });
    }
    let mut notes = form.notes.clone();
    notes.extend(status_column(&reading.fields, column));
    Ok(Dialect {
        encoding: form.encoding,
        bom: form.bom,
        delimiter: reading.delimiter,
        line_ending: reading.end.line_ending,
        photo_field: positions[0],
        fields: reading.fields.len(),
        key_fields: columns::key_fields(&reading.fields),
        header: Some(reading.fields),
        notes,
    })
}

/// Why a first record is not the header that was expected. There is at least one reading.
fn why_not_headered(
    form: &Form,
    body: &[u8],
    readings: Vec<Reading>,
    column: &str,
    counts: Vec<(Delimiter, usize)>,
    chosen_encoding: Option<Encoding>,
) -> ExportError {
    if let Some(refused) = refused(form, body, &readings) {
        return refused;
    }
    let is_header = readings.iter().any(|reading| reading.known_names().nth(1).is_some());
    let is_shaped = |r: &&Reading| !r.end.unclosed && layout_of(r).is_some();
    if let (false, Some(reading)) = (is_header, readings.iter().find(is_shaped)) {
        return ExportError::LooksHeaderless { fields: reading.fields.len() };
    }
    // The first of those with the most fields.
    let best = readings.into_iter().rev().max_by_key(|reading| reading.fields.len());
    let Some(Reading { delimiter, fields: header, end }) = best else {
        return ExportError::FirstRecordTooLong;
    };
    if end.unclosed {
        return ExportError::FirstRecordUnclosed { field: header.len() };
    }
    let column = column.to_owned();
    if let [only] = &header[..]
        && only.to_ascii_lowercase().contains(&column.trim().to_ascii_lowercase())
        && only.contains(|c: char| !c.is_alphanumeric())
    {
        return ExportError::NoDelimiter { column, counts };
    }
    let nearest = columns::nearest(&column, &header).map(str::to_owned);
    ExportError::NoColumn { column, header, nearest, delimiter, counts, chosen_encoding }
}

/// What speaks against a first record in either layout.
fn refused(form: &Form, body: &[u8], readings: &[Reading]) -> Option<ExportError> {
    /// A declaration or a first tag stands well within this; even, for UTF-16.
    const BEGINNING: usize = 512;
    let beginning = form.encoding.decode_lossy(&body[..body.len().min(BEGINNING)]);
    let foreign = Foreign::by_beginning(&beginning)
        .or_else(|| readings.iter().find_map(|reading| Foreign::by_header(&reading.fields)));
    if let Some(foreign) = foreign {
        return Some(ExportError::Foreign(foreign));
    }
    if let Some(not_text) = NotText::find(form.encoding, body, form.start) {
        return Some(ExportError::NotText(not_text));
    }
    let unclosed = readings.iter().all(|reading| reading.end.unclosed);
    let longest = readings.iter().map(|reading| reading.fields.len()).max();
    longest.filter(|_| unclosed).map(|field| ExportError::FirstRecordUnclosed { field })
}

/// An import's status file repeats the whole input and adds one column.
fn status_column(header: &[String], photo: &str) -> Option<Note> {
    let (last, others) = header.split_last()?;
    let is_export = |name: &String| columns::is_known(name) || columns::same(name, photo);
    let is_extra = !is_export(last) && !last.trim().is_empty() && others.iter().all(is_export);
    // A list of somebody's own making is no export, with or without one more column.
    let is_whole = columns::MANDATORY
        .iter()
        .all(|wanted| others.iter().any(|name| columns::same(name, wanted)));
    (is_extra && is_whole).then(|| Note::StatusColumn { column: last.clone() })
}

fn headerless(form: &Form, body: &[u8], readings: Vec<Reading>) -> Result<Dialect, ExportError> {
    for reading in &readings {
        let photo = reading.fields.iter().find(|name| columns::same(name, PHOTO_COLUMN));
        if let Some(name) = photo.or(reading.known_names().nth(1)) {
            return Err(ExportError::LooksHeadered { name: name.clone() });
        }
    }
    let closed = readings.iter().filter(|reading| !reading.end.unclosed);
    let fitting: Vec<_> = closed.filter_map(|r| layout_of(r).map(|l| (r, l))).collect();
    match fitting[..] {
        [(reading, layout)] => Ok(Dialect {
            encoding: form.encoding,
            bom: form.bom,
            delimiter: reading.delimiter,
            line_ending: reading.end.line_ending,
            header: None,
            photo_field: layout.photo,
            fields: layout.fields,
            key_fields: columns::headerless_key_fields(),
            notes: form.notes.clone(),
        }),
        [] => Err(refused(form, body, &readings)
            .unwrap_or_else(|| ExportError::WrongFieldCount { fields: counts(&readings, 0) })),
        _ => Err(ExportError::AmbiguousDelimiter {
            candidates: fitting.iter().map(|(reading, _)| reading.delimiter).collect(),
            counts: counts(&readings, 1),
        }),
    }
}

/// The number of fields by each delimiter less `less`: one more than the delimiters between them.
fn counts(readings: &[Reading], less: usize) -> Vec<(Delimiter, usize)> {
    readings.iter().map(|reading| (reading.delimiter, reading.fields.len() - less)).collect()
}
