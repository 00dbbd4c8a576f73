//! The encodings an export may have, as code units of one or two bytes.
//!
//! Nothing that is kept is ever transcoded. A record is scanned as code units, a span is a range
//! of bytes, and only a field that somebody asks for becomes text.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

/// How an export's bytes stand for characters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Encoding {
    /// UTF-8 (RFC 3629).
    Utf8,
    /// UTF-16, the low byte of each code unit first (RFC 2781).
    Utf16Le,
    /// UTF-16, the high byte of each code unit first (RFC 2781).
    Utf16Be,
    /// ISO-8859-1, or any other superset of ASCII with one byte per ASCII character. A field is
    /// read as UTF-8 where it is valid UTF-8, and as ISO-8859-1 otherwise.
    Latin1,
}

/// A name that `--encoding` does not take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no encoding of an export; give `utf-8`, `utf-16le`, `utf-16be` or `iso-8859-1`")]
pub struct UnknownEncoding(pub String);

/// A field whose bytes are not text in the export's encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {at} of the field is not valid {}", encoding.as_str())]
pub struct Undecodable {
    /// The encoding in which the field was read.
    pub encoding: Encoding,
    /// The first byte that does not decode, from 0 at the field's first byte, its opening quote
    /// included.
    pub at: usize,
}

impl Encoding {
    /// The name in the IANA registry of character sets.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Utf8 => "UTF-8",
            Self::Utf16Le => "UTF-16LE",
            Self::Utf16Be => "UTF-16BE",
            Self::Latin1 => "ISO-8859-1",
        }
    }

    /// `text` in this encoding. The export's own encodings all hold ASCII, which is what is
    /// spliced; in ISO-8859-1 anything else goes in as UTF-8, which [`Encoding::Latin1`] reads.
    pub fn encode(self, text: &str) -> Cow<'_, [u8]> {
        match self {
            Self::Utf8 | Self::Latin1 => Cow::Borrowed(text.as_bytes()),
            Self::Utf16Le => Cow::Owned(text.encode_utf16().flat_map(u16::to_le_bytes).collect()),
            Self::Utf16Be => Cow::Owned(text.encode_utf16().flat_map(u16::to_be_bytes).collect()),
        }
    }

    /// The byte order mark (Unicode, 23.8) of this encoding; empty where there is none.
    pub fn byte_order_mark(self) -> &'static [u8] {
        match self {
            Self::Utf8 => b"\xEF\xBB\xBF",
            Self::Utf16Le => b"\xFF\xFE",
            Self::Utf16Be => b"\xFE\xFF",
            Self::Latin1 => b"",
        }
    }

    /// Bytes per code unit.
    pub(crate) fn width(self) -> usize {
        match self {
            Self::Utf8 | Self::Latin1 => 1,
            Self::Utf16Le | Self::Utf16Be => 2,
        }
    }

    /// The code unit that starts at byte `at`; `None` where the bytes end before it does.
    #[inline]
    pub(super) fn unit(self, bytes: &[u8], at: usize) -> Option<u16> {
        let first = *bytes.get(at)?;
        match self {
            Self::Utf8 | Self::Latin1 => Some(u16::from(first)),
            Self::Utf16Le => Some(u16::from_le_bytes([first, *bytes.get(at + 1)?])),
            Self::Utf16Be => Some(u16::from_be_bytes([first, *bytes.get(at + 1)?])),
        }
    }

    /// Whether the code unit that starts at byte `at` is this one.
    #[inline(always)]
    pub(super) fn is_unit(self, bytes: &[u8], at: usize, unit: u16) -> bool {
        self.unit(bytes, at) == Some(unit)
    }

    /// The text of whole bytes without quotes to undo, wrong ones replaced (U+FFFD).
    pub(super) fn decode_lossy(self, bytes: &[u8]) -> String {
        match self {
            Self::Utf8 => String::from_utf8_lossy(bytes).into_owned(),
            Self::Latin1 => match std::str::from_utf8(bytes) {
                Ok(text) => text.to_owned(),
                Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
            },
            Self::Utf16Le | Self::Utf16Be => {
                let units = (0..bytes.len()).step_by(2).map(|at| self.unit(bytes, at));
                char::decode_utf16(units.map(|unit| unit.unwrap_or(0xFFFD)))
                    .map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER))
                    .collect()
            }
        }
    }

    /// Which of the four decodes `bytes`: ISO-8859-1 gives way to UTF-8 where that is valid.
    pub(super) fn of_field(self, bytes: &[u8]) -> Self {
        match self {
            Self::Latin1 if std::str::from_utf8(bytes).is_ok() => Self::Utf8,
            other => other,
        }
    }

    /// The character at byte `at` and how many bytes it takes; `None` where none starts there.
    pub(super) fn character(self, bytes: &[u8], at: usize) -> Option<(char, usize)> {
        match self {
            Self::Latin1 => bytes.get(at).map(|byte| (char::from(*byte), 1)),
            Self::Utf8 => {
                let rest = bytes.get(at..)?;
                let head = &rest[..rest.len().min(4)];
                let valid = match std::str::from_utf8(head) {
                    Ok(text) => text,
                    // The window may cut the next character; what stands before it is valid.
                    Err(error) => std::str::from_utf8(&head[..error.valid_up_to()]).ok()?,
                };
                valid.chars().next().map(|c| (c, c.len_utf8()))
            }
            Self::Utf16Le | Self::Utf16Be => {
                let first = self.unit(bytes, at)?;
                // A lone surrogate is an error of its own, whatever follows it.
                let second = self.unit(bytes, at + 2);
                let mut decoded = char::decode_utf16([first].into_iter().chain(second));
                let c = decoded.next()?.ok()?;
                Some((c, 2 * c.len_utf16()))
            }
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Encoding {
    type Err = UnknownEncoding;
    fn from_str(text: &str) -> Result<Self, UnknownEncoding> {
        match text.trim().to_ascii_lowercase().as_str() {
            "utf-8" | "utf8" => Ok(Self::Utf8),
            "utf-16le" | "utf16le" => Ok(Self::Utf16Le),
            "utf-16be" | "utf16be" => Ok(Self::Utf16Be),
            "iso-8859-1" | "latin1" => Ok(Self::Latin1),
            _ => Err(UnknownEncoding(text.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_encodings() {
        for (text, encoding) in [
            ("utf-8", Encoding::Utf8),
            ("UTF8", Encoding::Utf8),
            ("utf-16le", Encoding::Utf16Le),
            ("UTF16LE", Encoding::Utf16Le),
            ("utf-16be", Encoding::Utf16Be),
            ("utf16be", Encoding::Utf16Be),
            ("ISO-8859-1", Encoding::Latin1),
            ("latin1", Encoding::Latin1),
        ] {
            assert_eq!(text.parse(), Ok(encoding), "{text}");
            assert_eq!(encoding.to_string().parse(), Ok(encoding), "{text}");
        }
        assert_eq!(
            "utf-16".parse::<Encoding>().unwrap_err().to_string(),
            "`utf-16` is no encoding of an export; give `utf-8`, `utf-16le`, `utf-16be` or \
             `iso-8859-1`"
        );
    }

    #[test]
    fn characters_one_at_a_time() {
        for (encoding, bytes, expected) in [
            (Encoding::Utf8, &b"a\xC3\xA9"[..], Some(('a', 1))),
            (Encoding::Utf8, b"\xC3\xA9b", Some(('é', 2))),
            (Encoding::Utf8, b"\xF0\x9F\x98\x80\xFF", Some(('😀', 4))),
            (Encoding::Utf8, b"\xC3", None),
            (Encoding::Utf8, b"\xFFa", None),
            (Encoding::Utf8, b"", None),
            (Encoding::Latin1, b"\xE9\xFF", Some(('é', 1))),
            (Encoding::Utf16Le, b"a\0b\0", Some(('a', 2))),
            (Encoding::Utf16Le, b"\x3D\xD8\x00\xDE", Some(('😀', 4))),
            (Encoding::Utf16Be, b"\xD8\x3D\xDE\x00", Some(('😀', 4))),
            (Encoding::Utf16Le, b"\x3D\xD8a\0", None),
            (Encoding::Utf16Le, b"a\0\x3D\xD8", Some(('a', 2))),
            (Encoding::Utf16Le, b"a", None),
        ] {
            assert_eq!(encoding.character(bytes, 0), expected, "{encoding} {bytes:x?}");
        }
    }

    #[test]
    fn whole_bytes_decode_with_replacements() {
        for (encoding, bytes, expected) in [
            (Encoding::Utf8, &b"M\xFCller"[..], "M\u{FFFD}ller"),
            (Encoding::Latin1, b"M\xFCller", "Müller"),
            (Encoding::Latin1, b"M\xC3\xBCller", "Müller"),
            (Encoding::Utf16Le, b"M\0\xFC\0", "Mü"),
            (Encoding::Utf16Be, b"\0M\0\xFC", "Mü"),
            (Encoding::Utf16Be, b"\0M\xD8\0", "M\u{FFFD}"),
            (Encoding::Utf16Le, b"M\0x", "M\u{FFFD}"),
        ] {
            assert_eq!(encoding.decode_lossy(bytes), expected, "{encoding} {bytes:x?}");
        }
    }

    #[test]
    fn ascii_in_every_encoding() {
        for (encoding, bytes) in [
            (Encoding::Utf8, &b"c1"[..]),
            (Encoding::Latin1, b"c1"),
            (Encoding::Utf16Le, b"c\x001\0"),
            (Encoding::Utf16Be, b"\0c\x001"),
        ] {
            assert_eq!(&*encoding.encode("c1"), bytes, "{encoding}");
        }
    }
}
