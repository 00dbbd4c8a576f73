//! Bytes to records and back: the dialect of an export, its records, and a span's splice.
//!
//! An export is read over [`Read`](std::io::Read), once, from front to back, in memory that does
//! not grow with it. Whatever the bytes are, the byte order mark and then every record's
//! [`raw`](Record::raw) bytes are the file again; nothing is decoded, unquoted or rebuilt on the
//! way. This room knows fields; what a photo cell means it does not know.
//!
//! ```
//! use photofix::export::{Choices, Reader, RecordKind};
//!
//! let file = "email,userProfilePhotoURL\r\nann@example.com,\"http://192.0.2.7/ann\"\r\n";
//! let mut reader = Reader::open(file.as_bytes(), &Choices::default())?;
//! let mut copy = reader.bom_bytes().to_vec();
//! while let Some(record) = reader.next_record()? {
//!     let Some(photo) = record.photo().filter(|_| record.kind() == RecordKind::Data) else {
//!         copy.extend(record.raw());
//!         continue;
//!     };
//!     assert_eq!(photo.text().as_deref(), Ok("http://192.0.2.7/ann"));
//!     let host = photo.raw_range(7..16).expect("the host stands in one piece");
//!     copy.extend(record.splice(host, "c1.webex.com"));
//! }
//! assert_eq!(copy, file.replace("192.0.2.7", "c1.webex.com").as_bytes());
//! # Ok::<(), photofix::export::ExportError>(())
//! ```

mod chunk;
mod columns;
mod dialect;
mod encoding;
mod error;
mod field;
mod fields;
mod foreign;
mod lanes;
mod masks;
mod not_text;
mod nth;
mod reader;
mod record;
mod scan;
mod sniff;
mod source;
mod splice;
mod stretch;
mod structure;
#[cfg(test)]
mod tests;

pub use chunk::{Chunk, Home};
pub use dialect::{
    Choices, Delimiter, Dialect, KeyField, Layout, LineEnding, Note, PHOTO_COLUMN, UnknownDelimiter,
};
pub use encoding::{Encoding, Undecodable, UnknownEncoding};
pub use error::ExportError;
pub use field::Field;
pub use foreign::Foreign;
pub use not_text::NotText;
#[cfg(test)]
pub(crate) use reader::Limits;
pub use reader::{MAX_RECORD, Reader, Seen};
pub use record::{Defect, Position, Record, RecordKind};
pub use source::Source;

/// Which records an import file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents {
    /// All of the export's.
    Everything,
    /// The header and the changed ones.
    ChangedOnly,
}
