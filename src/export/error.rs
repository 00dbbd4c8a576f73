//! Why an export cannot be read.

use std::fmt::Write as _;
use std::io;

use super::dialect::{Delimiter, PHOTO_COLUMN, shown};
use super::encoding::Encoding;
use super::foreign::Foreign;
use super::not_text::NotText;
use super::sniff::SNIFF_LIMIT;

/// Why an export cannot be read. A record that is odd is no error: see
/// [`Defect`](super::Defect).
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The source failed.
    #[error("cannot read the export beyond byte {byte}")]
    Read {
        /// How many bytes had been read.
        byte: u64,
        /// What the source says.
        #[source]
        source: io::Error,
    },
    /// No record: no bytes at all, or a byte order mark and blank lines at most.
    #[error("the export is empty: {bytes} bytes and no record")]
    Empty {
        /// Its length.
        bytes: u64,
    },
    /// Another kind of file.
    #[error("this is no WebEx Messenger export: it is {0}")]
    Foreign(Foreign),
    /// No text at all.
    #[error("this is {0}; is this the export?")]
    NotText(NotText),
    /// `--encoding` says one thing and the byte order mark another.
    #[error(
        "the file starts with the byte order mark of {mark}, but `--encoding` says {chosen}; leave \
         `--encoding` out"
    )]
    EncodingContradicted {
        /// `--encoding`.
        chosen: Encoding,
        /// The encoding whose mark stands there.
        mark: Encoding,
    },
    /// The first record is no header and no person.
    #[error(
        "the first record does not end within {} bytes; a quote may be open in it, or this is no \
         export",
        SNIFF_LIMIT
    )]
    FirstRecordTooLong,
    /// A quote in the first record is never closed, so that it swallows the file.
    #[error(
        "the first record does not end: the quote that opens its field {field} is never closed; \
         close it, or give `--delimiter` if the fields are split wrongly"
    )]
    FirstRecordUnclosed {
        /// The field that it opens, from 1.
        field: usize,
    },
    /// A header without the photo column.
    #[error("{}", no_column(column, header, nearest.as_deref(), *delimiter, counts, *chosen_encoding))]
    NoColumn {
        /// The column looked for.
        column: String,
        /// The names in the header, as the most frequent delimiter splits it.
        header: Vec<String>,
        /// The name that was most likely meant.
        nearest: Option<String>,
        /// The delimiter that gives these names.
        delimiter: Delimiter,
        /// How often each delimiter that was tried stands between the header's fields.
        counts: Vec<(Delimiter, usize)>,
        /// `--encoding`.
        chosen_encoding: Option<Encoding>,
    },
    /// A header with two photo columns.
    #[error(
        "the header has `{}` twice, as column {first} and as column {second}; rename one of \
         them in the header, or give the name of another column with `--column`",
        shown(column)
    )]
    ColumnTwice {
        /// The column.
        column: String,
        /// Its first position, from 1.
        first: usize,
        /// Its second position, from 1.
        second: usize,
    },
    /// The photo column's name stands in the header, but no delimiter sets it off.
    #[error(
        "`{}` stands in the first record, but no delimiter sets it off (found {}); {}",
        shown(column),
        list(counts),
        match counts.len() {
            1 => "leave `--delimiter` out, or give another",
            _ => "save the file with commas or tabs",
        }
    )]
    NoDelimiter {
        /// The column looked for.
        column: String,
        /// How often each delimiter that was tried stands between the record's fields.
        counts: Vec<(Delimiter, usize)>,
    },
    /// More than one delimiter would do.
    #[error(
        "the delimiter is ambiguous: {} would each give the photo cell (found {}); give \
         `--delimiter`",
        names(candidates),
        list(counts)
    )]
    AmbiguousDelimiter {
        /// The delimiters that would do.
        candidates: Vec<Delimiter>,
        /// How often each delimiter stands between the first record's fields.
        counts: Vec<(Delimiter, usize)>,
    },
    /// No header, but the shape of a directory-integration file.
    #[error(
        "the first record has {fields} fields and is no header: this looks like a \
         directory-integration file without header; give `--headerless`"
    )]
    LooksHeaderless {
        /// The number of fields.
        fields: usize,
    },
    /// `--headerless` was given for a file with a header.
    #[error(
        "`--headerless` was given, but the first record is a header: it has `{}`; leave \
         `--headerless` out",
        shown(name)
    )]
    LooksHeadered {
        /// A column's name that stands there.
        name: String,
    },
    /// A headerless file whose first record has not the fields of a directory-integration file.
    #[error(
        "the first record has {} where a directory-integration file has 24 fields (or 17, in the \
         edition of 2009); give `--delimiter`, or another file",
        fields_by(fields)
    )]
    WrongFieldCount {
        /// The number of fields by each delimiter that was tried.
        fields: Vec<(Delimiter, usize)>,
    },
    /// `--column` and `--headerless` together.
    #[error(
        "`--column` names `{}`, but a headerless export has no names; leave one of `--column` and \
         `--headerless` out",
        shown(column)
    )]
    ColumnNeedsHeader {
        /// The column's name.
        column: String,
    },
}

impl ExportError {
    /// What to do, where the message does not say it already.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            Self::Foreign(foreign) => Some(foreign.hint()),
            Self::NotText(_) => Some(
                "give the CSV file that the Administration Tool exported; if this is it, the \
                 download was damaged: export the users again",
            ),
            Self::Empty { .. } => Some("export the users again; the download may have failed"),
            Self::NoColumn { column, nearest: None, .. } if column == PHOTO_COLUMN => Some(
                "give the CSV file that the Administration Tool exported; a photo column of another \
                 name is given with `--column`, a file without a header with `--headerless`",
            ),
            _ => None,
        }
    }
}

fn no_column(
    column: &str,
    header: &[String],
    nearest: Option<&str>,
    delimiter: Delimiter,
    counts: &[(Delimiter, usize)],
    chosen_encoding: Option<Encoding>,
) -> String {
    /// More than any edition of the format has.
    const MAX_LISTED: usize = 40;
    let mut text = format!("the header has no column `{}`", shown(column));
    if let Some(nearest) = nearest {
        let nearest = shown(nearest);
        let _ = write!(text, "; did you mean `{nearest}`? If so, give `--column '{nearest}'`");
    }
    let names = header.iter().take(MAX_LISTED).map(|name| format!("`{}`", shown(name)));
    let names = names.collect::<Vec<_>>().join(", ");
    let _ = match header.len() {
        1 => write!(text, "; its only column is {names} (found {})", list(counts)),
        count => write!(text, "; its {count} columns, separated by {delimiter}, are {names}"),
    };
    if header.len() > MAX_LISTED {
        let _ = write!(text, " and {} more", header.len() - MAX_LISTED);
    }
    if header.len() == 1 && counts.len() == 1 {
        text.push_str("; `--delimiter` may be wrong");
    }
    if header.len() == 1 && chosen_encoding.is_some() {
        text.push_str("; `--encoding` may be wrong");
    }
    if column != PHOTO_COLUMN && nearest.is_none() {
        let _ = write!(text, "; give one of them with `--column`");
    }
    text
}

fn list(counts: &[(Delimiter, usize)]) -> String {
    let each = counts.iter().map(|(delimiter, count)| format!("{delimiter} {count} times"));
    each.collect::<Vec<_>>().join(", ")
}

fn fields_by(counts: &[(Delimiter, usize)]) -> String {
    let each = counts.iter().map(|(delimiter, fields)| match fields {
        1 => format!("1 field by {delimiter}"),
        n => format!("{n} fields by {delimiter}"),
    });
    each.collect::<Vec<_>>().join(", ")
}

fn names(delimiters: &[Delimiter]) -> String {
    delimiters.iter().map(|d| d.as_str()).collect::<Vec<_>>().join(" and ")
}
