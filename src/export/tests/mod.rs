//! The room as a whole: dialects, records, refusals, and what holds for any bytes.

mod dialects;
mod differential;
mod properties;
mod reading;
mod refusals;

use std::io::{self, Read};
use std::ops::Range;

use super::fields::Fields;
use super::{Choices, Chunk, Defect, Encoding, ExportError, Layout, Reader, RecordKind, Source};

/// A record as plain values.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Plain {
    kind: RecordKind,
    raw: Vec<u8>,
    record: u64,
    line: u64,
    byte: u64,
    fields: Vec<String>,
    photo: Option<String>,
    /// Where the photo cell begins in the record.
    photo_start: Option<u64>,
    defect: Option<Defect>,
}

/// Reads everything, and checks what must hold for any file: the bytes come back, positions add
/// up, the photo cell that the reader found is the field that the grammar finds, and the records are
/// those of other readers.
fn read_all<R: Source>(reader: &mut Reader<R>) -> Vec<Plain> {
    let mut all = Vec::new();
    let mut byte = reader.bom_bytes().len() as u64;
    let photo_field = reader.dialect().photo_field;
    let delimiter = reader.dialect().delimiter.as_byte();
    while let Some(record) = reader.next_record().unwrap() {
        assert_eq!(record.position().byte, byte);
        byte += record.raw().len() as u64;
        let fields = (0..record.field_count()).map(|n| record.field(n).unwrap());
        let fields: Vec<String> = fields.map(|field| field.text_lossy().into_owned()).collect();
        assert!(record.field(record.field_count()).is_none());
        for (n, span) in Fields::new(record.raw(), record.encoding(), delimiter)
            .take(record.field_count())
            .enumerate()
        {
            assert!(record.kept_span(n).is_none_or(|kept| kept == span), "{n}");
        }
        if record.defect().is_none() {
            let spans = [record.photo(), record.field(photo_field)].map(|f| f.map(|f| f.span()));
            assert_eq!(spans[0], spans[1], "{:?}", String::from_utf8_lossy(record.raw()));
        }
        all.push(Plain {
            kind: record.kind(),
            raw: record.raw().to_vec(),
            record: record.position().record,
            line: record.position().line,
            byte: record.position().byte,
            fields,
            photo: record.photo().map(|photo| photo.text_lossy().into_owned()),
            photo_start: record.photo().map(|photo| photo.span().start as u64),
            defect: record.defect(),
        });
    }
    assert!(reader.next_record().unwrap().is_none(), "after the end there is nothing");
    differential::same_as_other_readers(&all, reader.dialect());
    all
}

fn open<'a>(bytes: &'a [u8], choices: &Choices) -> Result<Reader<&'a [u8]>, ExportError> {
    Reader::open(bytes, choices)
}

fn headerless() -> Choices {
    Choices { layout: Layout::Headerless, ..Choices::default() }
}

/// The bytes of an export in an encoding, with its byte order mark or without.
fn encoded(text: &str, encoding: Encoding, bom: bool) -> Vec<u8> {
    let mark = if bom { encoding.byte_order_mark() } else { b"" };
    [mark, &encoding.encode(text)].concat()
}

/// A source that gives a few bytes at a time, in turn as many as `steps` say, and is interrupted
/// now and then.
struct Trickle<'a> {
    bytes: &'a [u8],
    steps: &'a [usize],
    turn: usize,
}

impl Read for Trickle<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.turn += 1;
        if self.turn.is_multiple_of(5) {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let step = self.steps[self.turn % self.steps.len()].min(self.bytes.len()).min(into.len());
        let (now, later) = self.bytes.split_at(step);
        into[..step].copy_from_slice(now);
        self.bytes = later;
        Ok(step)
    }
}

/// A source that hands over chunks, and holds on to some, each with as many new bytes as `steps` say in
/// turn and with a little room in front of them; the first, and what does not fit there, has to be read.
struct HandOver<'a> {
    bytes: &'a [u8],
    steps: &'a [usize],
    room: usize,
    turn: usize,
    held: Option<Chunk>,
}

impl HandOver<'_> {
    fn next(&mut self, most: usize) -> &[u8] {
        self.turn += 1;
        let step = self.steps[self.turn % self.steps.len()].min(self.bytes.len()).min(most);
        let (now, later) = self.bytes.split_at(step);
        self.bytes = later;
        now
    }
}

impl Source for HandOver<'_> {
    fn read_into(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let now = self.next(into.len());
        into[..now.len()].copy_from_slice(now);
        Ok(now.len())
    }

    fn exchange(
        &mut self,
        chunk: &mut Chunk,
        kept: Range<usize>,
    ) -> io::Result<Option<Range<usize>>> {
        let free = self.room;
        if kept.len() > free || self.bytes.is_empty() {
            return Ok(None);
        }
        let start = free - kept.len();
        // What stands elsewhere in a chunk means nothing.
        let mut next = vec![b'"'; start];
        next.extend_from_slice(&chunk[kept]);
        next.extend_from_slice(self.next(usize::MAX));
        let place = start..next.len();
        next.extend_from_slice(b"\",\r\n");
        *chunk = Chunk::new(next);
        self.held = self.turn.is_multiple_of(2).then(|| chunk.clone());
        Ok(Some(place))
    }
}
