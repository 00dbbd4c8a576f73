//! The dialect of an export: what has to be known of its form before its records can be read.

use std::fmt;
use std::str::FromStr;

use super::encoding::Encoding;

/// The column that holds the photo cells, in every edition of Cisco's format.
pub const PHOTO_COLUMN: &str = "userProfilePhotoURL";

/// What separates two fields. WebEx documents the comma and the tab; spreadsheets of some
/// countries save a semicolon.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Delimiter {
    /// `,`
    Comma,
    /// The horizontal tab.
    Tab,
    /// `;`
    Semicolon,
}

/// A name that `--delimiter` does not take.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no delimiter of an export; give `comma`, `tab` or `semicolon`")]
pub struct UnknownDelimiter(pub String);

impl Delimiter {
    /// Every delimiter an export may have.
    pub const ALL: [Self; 3] = [Self::Comma, Self::Tab, Self::Semicolon];

    /// Its name, as `--delimiter` takes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Comma => "comma",
            Self::Tab => "tab",
            Self::Semicolon => "semicolon",
        }
    }

    /// The character.
    pub fn as_byte(self) -> u8 {
        match self {
            Self::Comma => b',',
            Self::Tab => b'\t',
            Self::Semicolon => b';',
        }
    }
}

impl fmt::Display for Delimiter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Delimiter {
    type Err = UnknownDelimiter;
    fn from_str(text: &str) -> Result<Self, UnknownDelimiter> {
        match text.to_ascii_lowercase().as_str() {
            "comma" | "," => Ok(Self::Comma),
            "tab" | "\t" | "\\t" => Ok(Self::Tab),
            "semicolon" | ";" => Ok(Self::Semicolon),
            _ => Err(UnknownDelimiter(text.to_owned())),
        }
    }
}

/// How records end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum LineEnding {
    /// Carriage return and line feed (RFC 4180, 2).
    Crlf,
    /// Line feed.
    Lf,
    /// Carriage return.
    Cr,
    /// More than one of them.
    Mixed,
    /// None: the only record ends with the file.
    None,
}

impl LineEnding {
    /// Its name in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Crlf => "CRLF",
            Self::Lf => "LF",
            Self::Cr => "CR",
            Self::Mixed => "mixed",
            Self::None => "none",
        }
    }
}

impl fmt::Display for LineEnding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Whether the first record names the columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layout {
    /// The Administration Tool's export: a header record, columns in any order.
    #[default]
    Headered,
    /// The directory-integration file: no header, fields by position.
    Headerless,
}

/// What the administrator says about the export; what is absent is found in the file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Choices {
    /// `--encoding`.
    pub encoding: Option<Encoding>,
    /// `--delimiter`.
    pub delimiter: Option<Delimiter>,
    /// `--column`: the photo column's name where it is not [`PHOTO_COLUMN`].
    pub column: Option<String>,
    /// `--headerless`.
    pub layout: Layout,
}

/// What has to be known of an export's form to read its records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// How its bytes stand for characters.
    pub encoding: Encoding,
    /// Whether it starts with the byte order mark of its encoding.
    pub bom: bool,
    /// What separates two fields.
    pub delimiter: Delimiter,
    /// How its first record ends. [`Reader::seen`](super::Reader::seen) knows the others, once
    /// they have been read.
    pub line_ending: LineEnding,
    /// The columns' names, in order, as they stand; `None` for a headerless export.
    pub header: Option<Vec<String>>,
    /// Where the photo cell stands in a record, counted from 0.
    pub photo_field: usize,
    /// How many fields a record should have.
    pub fields: usize,
    /// The columns whose cells name a record's person, the first choice first.
    pub key_fields: Vec<KeyField>,
    /// What the administrator should hear about the export's form.
    pub notes: Vec<Note>,
}

/// A column whose cell tells which person a record is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyField {
    /// The column's name as it stands in the header, or Cisco's name in a headerless export.
    pub column: String,
    /// Where it stands in a record, counted from 0.
    pub field: usize,
}

/// Something odd about an export's form that does not hinder reading it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The columns are those of an export, and one more stands at the end.
    StatusColumn {
        /// Its name.
        column: String,
    },
    /// A headerless export starts with the UTF-8 byte order mark.
    MarkInHeaderless,
    /// UTF-16 without byte order mark, found by where the zero bytes stand.
    Unmarked(Encoding),
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::StatusColumn { column } => write!(
                f,
                "this looks like an import status file: it has the columns of an export and, last, \
                 `{}`; fix a fresh export rather than this one",
                shown(column)
            ),
            Self::MarkInHeaderless => f.write_str(
                "the file starts with a UTF-8 byte order mark; directory integration expects \
                 ISO-8859-1 and would read the mark as part of the first `userSSOId`",
            ),
            Self::Unmarked(encoding) => write!(
                f,
                "the file is read as {encoding} because of where its zero bytes stand; it has no \
                 byte order mark"
            ),
        }
    }
}

/// A stranger's text as part of a message: short, and without characters that act on a terminal.
pub(super) fn shown(text: &str) -> String {
    /// Longer than any column name of an export; what is longer is no name.
    const MAX_SHOWN: usize = 48;
    let acts = |c: char| {
        c.is_control()
            || matches!(c, '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}')
            || matches!(c, '\u{2060}'..='\u{206F}' | '\u{FEFF}')
    };
    let mut out = String::new();
    for (at, c) in text.chars().enumerate() {
        if at == MAX_SHOWN {
            out.push('…');
            break;
        }
        if acts(c) {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_delimiters() {
        for (text, delimiter) in [
            ("comma", Delimiter::Comma),
            (",", Delimiter::Comma),
            ("Tab", Delimiter::Tab),
            ("\t", Delimiter::Tab),
            ("\\t", Delimiter::Tab),
            ("semicolon", Delimiter::Semicolon),
            (";", Delimiter::Semicolon),
        ] {
            assert_eq!(text.parse(), Ok(delimiter), "{text:?}");
        }
        assert_eq!(
            "|".parse::<Delimiter>().unwrap_err().to_string(),
            "`|` is no delimiter of an export; give `comma`, `tab` or `semicolon`"
        );
    }

    #[test]
    fn a_strangers_text_stays_short_and_does_nothing() {
        for (text, expected) in [
            ("email", "email".to_owned()),
            ("a\u{1b}[31mb\r\n", "a\\u{1b}[31mb\\r\\n".to_owned()),
            ("a\u{202e}b", "a\\u{202e}b".to_owned()),
            (&"x".repeat(50), format!("{}…", "x".repeat(48))),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn notes_say_what_to_do() {
        for (note, expected) in [
            (
                Note::StatusColumn { column: "Status\u{7}".to_owned() },
                "this looks like an import status file: it has the columns of an export and, last, \
                 `Status\\u{7}`; fix a fresh export rather than this one",
            ),
            (
                Note::MarkInHeaderless,
                "the file starts with a UTF-8 byte order mark; directory integration expects \
                 ISO-8859-1 and would read the mark as part of the first `userSSOId`",
            ),
            (
                Note::Unmarked(Encoding::Utf16Le),
                "the file is read as UTF-16LE because of where its zero bytes stand; it has no \
                 byte order mark",
            ),
        ] {
            assert_eq!(note.to_string(), expected);
        }
    }
}
