//! One field of a record: its bytes, its text, and the way back from the text to the bytes.

use std::borrow::Cow;
use std::ops::Range;

use super::encoding::{Encoding, Undecodable};
use super::fields::{QUOTE, closing_quote};

/// A field as it stands in its record, the quotes of an escaped field included.
#[derive(Clone, Debug)]
pub struct Field<'a> {
    record: &'a [u8],
    span: Range<usize>,
    encoding: Encoding,
}

impl<'a> Field<'a> {
    pub(super) fn new(record: &'a [u8], span: Range<usize>, encoding: Encoding) -> Self {
        Self { record, span, encoding }
    }

    /// Its bytes, quotes included.
    pub fn raw(&self) -> &'a [u8] {
        &self.record[self.span.clone()]
    }

    /// Where these bytes stand in the record's.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// What the field says: quotes removed, doubled quotes undone.
    ///
    /// # Errors
    /// [`Undecodable`] names the first byte that is no text in the export's encoding. In
    /// ISO-8859-1 there is none.
    pub fn text(&self) -> Result<Cow<'a, str>, Undecodable> {
        let encoding = self.encoding.of_field(self.raw());
        if encoding == Encoding::Utf8
            && let Some(plain) = self.plain()
        {
            let undecodable = |e: std::str::Utf8Error| Undecodable {
                encoding,
                at: plain.start + e.valid_up_to(),
            };
            return std::str::from_utf8(&self.raw()[plain.clone()])
                .map(Cow::Borrowed)
                .map_err(undecodable);
        }
        let mut text = String::with_capacity(self.span.len());
        if let Some(plain) = self.plain_utf16(encoding) {
            let units = self.raw()[plain].as_chunks::<2>().0;
            let is_ascii = units.iter().all(|unit| is_ascii(*unit, encoding));
            if is_ascii {
                text.extend(units.iter().map(|unit| char::from(unit[0] | unit[1])));
                return Ok(Cow::Owned(text));
            }
        }
        for character in self.characters() {
            text.push(character?.character);
        }
        Ok(Cow::Owned(text))
    }

    /// The text with whatever does not decode replaced (U+FFFD): for people to read.
    pub fn text_lossy(&self) -> Cow<'a, str> {
        self.text().unwrap_or_else(|_| Cow::Owned(self.encoding.decode_lossy(self.raw())))
    }

    /// The bytes of the record for a range of bytes of [`text`](Self::text): what to splice to
    /// replace this part of the text and no more.
    ///
    /// `None` where the range does not begin and end between two characters of the text, or where
    /// it spans the quote that closes an escaped field with literal text after it (`"ab"cd`):
    /// those bytes cannot be replaced in one piece.
    pub fn raw_range(&self, text_range: Range<usize>) -> Option<Range<usize>> {
        if let Some(range) = self.raw_range_of_ascii(&text_range) {
            return Some(range);
        }
        if let Ok(Cow::Borrowed(text)) = self.text() {
            // One stretch of the bytes is the text.
            let begin = self.span.start + self.content_start();
            let fits = text.get(text_range.clone()).is_some();
            return fits.then(|| begin + text_range.start..begin + text_range.end);
        }
        self.raw_range_by_character(text_range)
    }

    /// The same where the range is not empty and the text up to its end is ASCII without a quote, as it
    /// is up to the host of nearly every photo URL: there each byte of the text is a code unit.
    fn raw_range_of_ascii(&self, text_range: &Range<usize>) -> Option<Range<usize>> {
        let (width, begin) = (self.encoding.width(), self.content_start());
        let end = text_range.end.checked_mul(width)?.checked_add(begin)?;
        let inner = self.raw().get(begin..end)?;
        let is_plain = |unit: u16| unit < 0x80 && unit != QUOTE;
        let all_plain = match self.encoding {
            Encoding::Utf8 | Encoding::Latin1 => inner.iter().all(|unit| is_plain((*unit).into())),
            Encoding::Utf16Le => {
                inner.as_chunks().0.iter().all(|unit| is_plain(u16::from_le_bytes(*unit)))
            }
            Encoding::Utf16Be => {
                inner.as_chunks().0.iter().all(|unit| is_plain(u16::from_be_bytes(*unit)))
            }
        };
        let begin = self.span.start + begin;
        let place = |at: usize| begin + at * width;
        (text_range.start < text_range.end && all_plain)
            .then(|| place(text_range.start)..place(text_range.end))
    }

    fn raw_range_by_character(&self, text_range: Range<usize>) -> Option<Range<usize>> {
        let mut offset = 0;
        let mut start = None;
        let mut after = self.content_start();
        for character in self.characters() {
            let Character { character, at, width, literal } = character.ok()?;
            if offset == text_range.start {
                start = Some((at, literal));
            }
            if text_range.is_empty() && offset >= text_range.start {
                break;
            }
            offset += character.len_utf8();
            after = at + width;
            if !text_range.is_empty() && offset >= text_range.end {
                let (first, from_literal) = start?;
                let whole = offset == text_range.end && from_literal == literal;
                return whole.then(|| self.span.start + first..self.span.start + after);
            }
        }
        // An empty range stands before a character or after the last; others do not fit.
        let at = match start {
            Some((at, _)) => at,
            None if offset == text_range.start => after,
            None => return None,
        };
        (text_range.start == text_range.end).then(|| self.span.start + at..self.span.start + at)
    }

    fn is_escaped(&self) -> bool {
        self.encoding.unit(self.raw(), 0) == Some(QUOTE)
    }

    fn content_start(&self) -> usize {
        if self.is_escaped() { self.encoding.width() } else { 0 }
    }

    /// The field's text as one stretch of its bytes, where no quote stands in between.
    fn plain(&self) -> Option<Range<usize>> {
        let raw = self.raw();
        if !self.is_escaped() {
            return Some(0..raw.len());
        }
        let width = self.encoding.width();
        if let ([b'"', inner @ .., b'"'], 1) = (raw, width)
            && memchr::memchr(b'"', inner).is_none()
        {
            // As nearly every escaped field is.
            return Some(1..raw.len() - 1);
        }
        let closing = closing_quote(raw, 0, self.encoding).unwrap_or(raw.len());
        let inner = width..closing;
        let doubled = memchr::memchr(b'"', &raw[inner.clone()]).is_some();
        (!doubled && closing + width >= raw.len()).then_some(inner)
    }

    /// The same in UTF-16, in whole code units.
    fn plain_utf16(&self, encoding: Encoding) -> Option<Range<usize>> {
        let is_utf16 = matches!(encoding, Encoding::Utf16Le | Encoding::Utf16Be);
        self.plain().filter(|plain| is_utf16 && plain.len().is_multiple_of(2))
    }

    fn characters(&self) -> Characters<'a> {
        let raw = self.raw();
        let closing = self.is_escaped().then(|| closing_quote(raw, 0, self.encoding)).flatten();
        let encoding = self.encoding.of_field(raw);
        Characters { raw, encoding, closing, escaped: self.is_escaped(), at: self.content_start() }
    }
}

/// Whether a code unit of UTF-16 is an ASCII character.
fn is_ascii(unit: [u8; 2], encoding: Encoding) -> bool {
    let unit = match encoding {
        Encoding::Utf16Be => u16::from_be_bytes(unit),
        _ => u16::from_le_bytes(unit),
    };
    unit < 0x80
}

/// The characters of a field's text with the bytes that stand for each.
struct Characters<'a> {
    raw: &'a [u8],
    encoding: Encoding,
    closing: Option<usize>,
    escaped: bool,
    at: usize,
}

struct Character {
    character: char,
    /// Its first byte in the field.
    at: usize,
    /// Its length in bytes, twice that of a quote for a doubled one.
    width: usize,
    /// Whether it stands outside the quotes.
    literal: bool,
}

impl Iterator for Characters<'_> {
    type Item = Result<Character, Undecodable>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.closing == Some(self.at) {
            self.at += self.encoding.width();
        }
        if self.at >= self.raw.len() {
            return None;
        }
        let at = self.at;
        let literal = !self.escaped || self.closing.is_some_and(|closing| at > closing);
        let Some((character, bytes)) = self.encoding.character(self.raw, at) else {
            self.at = self.raw.len();
            return Some(Err(Undecodable { encoding: self.encoding, at }));
        };
        let width = if character == '"' && !literal { 2 * bytes } else { bytes };
        self.at += width;
        Some(Ok(Character { character, at, width, literal }))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn the_short_ways_and_the_long_way_agree(
            raw in "\"?([ab\"]|é|∀|😀|,){0,6}[\"∀]?",
            cut in 0..3usize,
            begin in 0..12usize,
            length in 0..6usize,
        ) {
            for encoding in [Encoding::Utf8, Encoding::Latin1, Encoding::Utf16Le, Encoding::Utf16Be]
            {
                let bytes = encoding.encode(&raw);
                // Cut, it may end within a character or a code unit.
                let bytes = &bytes[..bytes.len().saturating_sub(cut)];
                let field = field(bytes, encoding);
                let text: Result<String, _> =
                    field.characters().map(|character| character.map(|c| c.character)).collect();
                prop_assert_eq!(field.text().map(Cow::into_owned), text, "{} {:?}", encoding, raw);
                let range = begin..begin + length;
                let by_character = field.raw_range_by_character(range.clone());
                prop_assert_eq!(field.raw_range(range), by_character, "{} {:?}", encoding, raw);
            }
        }
    }

    fn field(raw: &[u8], encoding: Encoding) -> Field<'_> {
        Field::new(raw, 0..raw.len(), encoding)
    }

    #[test]
    fn what_a_field_says() {
        for (raw, text) in [
            ("", ""),
            ("a", "a"),
            ("\"a\"", "a"),
            ("\"\"", ""),
            ("\"a\"\"b\"", "a\"b"),
            ("\"\"\"\"", "\""),
            ("\"a\"b\"c", "ab\"c"),
            ("a\"b\"", "a\"b\""),
            ("\"a\r\nb,c\"", "a\r\nb,c"),
            ("\"é😀\"\"\"", "é😀\""),
            ("\"open", "open"),
            ("\"open\"\"", "open\""),
        ] {
            for encoding in [Encoding::Utf8, Encoding::Latin1, Encoding::Utf16Le, Encoding::Utf16Be]
            {
                let bytes = encoding.encode(raw);
                let field = field(&bytes, encoding);
                assert_eq!(field.text().as_deref(), Ok(text), "{encoding} {raw:?}");
                assert_eq!(field.text_lossy(), text, "{encoding} {raw:?}");
            }
        }
    }

    #[test]
    fn bytes_that_are_no_text() {
        for (raw, encoding, at) in [
            (&b"ab\xFFc"[..], Encoding::Utf8, 2),
            (b"\"ab\xFFc\"", Encoding::Utf8, 3),
            (b"\"a\"\"\xC3\"", Encoding::Utf8, 4),
            (b"a\0\x00\xD8", Encoding::Utf16Le, 2),
            (b"\"\0a\0\x00\xDC\"\0", Encoding::Utf16Le, 4),
            (b"\0a\0", Encoding::Utf16Be, 2),
        ] {
            let field = field(raw, encoding);
            assert_eq!(field.text(), Err(Undecodable { encoding, at }), "{encoding} {raw:x?}");
            assert_eq!(field.raw_range(0..raw.len()), None, "{encoding} {raw:x?}");
            assert!(field.text_lossy().contains('\u{FFFD}'), "{encoding} {raw:x?}");
        }
        assert_eq!(
            field(b"ab\xFF", Encoding::Utf8).text().unwrap_err().to_string(),
            "byte 2 of the field is not valid UTF-8"
        );
        assert_eq!(field(b"M\xFC", Encoding::Latin1).text().as_deref(), Ok("Mü"));
        assert_eq!(field(b"\"M\xFC\"\"\"", Encoding::Latin1).text().as_deref(), Ok("Mü\""));
    }

    #[test]
    fn from_text_back_to_bytes() {
        // The record's bytes, the field's span, a range of its text, and the record's bytes there.
        for (record, span, range, expected) in [
            ("x,http://h/p,y", 2..12, 7..8, Some("h")),
            ("x,http://h/p,y", 2..12, 0..10, Some("http://h/p")),
            ("x,http://h/p,y", 2..12, 0..11, None),
            ("x,http://h/p,y", 2..12, 10..10, Some("")),
            ("x,http://h/p,y", 2..12, 11..11, None),
            ("x,\"a\"\"b\",y", 2..8, 0..1, Some("a")),
            ("x,\"a\"\"b\",y", 2..8, 1..2, Some("\"\"")),
            ("x,\"a\"\"b\",y", 2..8, 2..3, Some("b")),
            ("x,\"a\"\"b\",y", 2..8, 0..3, Some("a\"\"b")),
            ("x,\"a\"b,y", 2..6, 0..1, Some("a")),
            ("x,\"a\"b,y", 2..6, 1..2, Some("b")),
            ("x,\"a\"b,y", 2..6, 0..2, None),
            ("é,", 0..2, 0..2, Some("é")),
            ("é,", 0..2, 0..1, None),
            ("é,", 0..2, 1..2, None),
            (",", 0..0, 0..0, Some("")),
            (",", 0..0, 0..1, None),
        ] {
            let field = Field::new(record.as_bytes(), span.clone(), Encoding::Utf8);
            let found = field.raw_range(range.clone()).map(|found| &record[found]);
            assert_eq!(found, expected, "{record:?} {range:?}");
            // The same in UTF-16, where every byte offset is another one.
            let wide = Encoding::Utf16Le.encode(record);
            let units = |at: usize| record[..at].encode_utf16().count() * 2;
            let wide_span = units(span.start)..units(span.end);
            let field = Field::new(&wide, wide_span, Encoding::Utf16Le);
            let found = field
                .raw_range(range.clone())
                .map(|found| Encoding::Utf16Le.decode_lossy(&wide[found]));
            assert_eq!(found.as_deref(), expected, "UTF-16LE {record:?} {range:?}");
        }
        let field = Field::new(b"M\xFCx", 0..3, Encoding::Latin1);
        assert_eq!(field.raw_range(3..4), Some(2..3), "two bytes of text for one of the field");
    }
}
