//! The rows of a report: records that were changed, and those that need a person.

use std::ops::Range;

use super::Class;
use crate::evidence::Endpoint;

/// One record that is changed, or that needs a person.
#[derive(Clone, Debug)]
pub enum Row<'a> {
    /// The host was replaced.
    Change(Change<'a>),
    /// Held, unresolved or unreadable.
    Held(Held<'a>),
}

impl Row<'_> {
    /// Which data record it is, from 1.
    pub fn record(&self) -> u64 {
        match self {
            Self::Change(change) => change.record,
            Self::Held(held) => held.record,
        }
    }
}

/// A record whose host was replaced.
#[derive(Clone, Debug)]
pub struct Change<'a> {
    /// Data record, from 1.
    pub record: u64,
    /// Physical line on which the record starts, from 1.
    pub line: u64,
    /// The key column's name and the record's value there.
    pub key: Option<(&'a str, &'a str)>,
    /// Where the photo cell pointed; none when that is not known any more.
    pub endpoint: Option<&'a Endpoint>,
    /// The photo cell's text before.
    pub old: &'a str,
    /// The photo cell's text after.
    pub new: &'a str,
    /// Where the host stands in `old`, in bytes.
    pub old_host: Range<usize>,
    /// Where the host stands in `new`, in bytes.
    pub new_host: Range<usize>,
    /// The bytes of the export that were replaced, from 0.
    pub byte_range: Range<u64>,
    /// The record's bytes before, line break included.
    pub old_raw: &'a [u8],
    /// The record's bytes after, line break included; they may be left out where no renderer
    /// [shows records](super::Renderer::shows_records).
    pub new_raw: &'a [u8],
}

/// A record that is left as it is and needs a person.
#[derive(Clone, Debug)]
pub struct Held<'a> {
    /// Data record, from 1.
    pub record: u64,
    /// Physical line on which the record starts, from 1.
    pub line: u64,
    /// Offset of the record's first byte in the export, from 0.
    pub byte: u64,
    /// The key column's name and the record's value there.
    pub key: Option<(&'a str, &'a str)>,
    /// Where the photo cell points; none when it cannot be read or that is not known any more.
    pub endpoint: Option<&'a Endpoint>,
    /// The photo cell's text; none when it cannot be decoded.
    pub value: Option<&'a str>,
    /// Where the host stands in `value`, in bytes; empty when that is not known.
    pub host: Range<usize>,
    /// Held, unresolved or unreadable.
    pub class: Class,
    /// The stable word, such as `ambiguous` or `unclosed-quote`.
    pub reason: &'a str,
    /// The same in a sentence.
    pub explanation: &'a str,
    /// What would change the answer.
    pub hint: Option<&'a str>,
}
