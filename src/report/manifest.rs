//! The manifest of an import file in parts: which files there are, and what is in them.

use std::io::{self, Write};

use serde::Serialize;

use super::json::write_document;
use super::{ExportFacts, Tool, Word};

/// The schema of a manifest; published under `schema/`.
pub const SCHEMA: &str = "photofix.parts/1";

/// An import file in parts.
#[derive(Clone, Debug, Serialize)]
pub struct Manifest {
    schema: Word,
    tool: Tool,
    /// The export that the parts were made from.
    export: Source,
    /// Whether the parts hold changed records only.
    only_changed: bool,
    /// Data records of all parts.
    records: u64,
    /// The parts, in the order of the export.
    parts: Vec<Part>,
}

/// Where the records come from.
#[derive(Clone, Debug, Serialize)]
struct Source {
    file: String,
    sha256: String,
}

/// One part.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Part {
    /// Its file's name, beside the manifest.
    pub file: String,
    /// Data records.
    pub records: u64,
    /// Length in bytes.
    pub bytes: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// The manifest of parts made from an export.
    pub fn new(export: &ExportFacts, only_changed: bool, parts: Vec<Part>) -> Self {
        Self {
            schema: SCHEMA.into(),
            tool: Tool::this(),
            export: Source { file: export.file.clone(), sha256: export.sha256.clone() },
            only_changed,
            records: parts.iter().map(|part| part.records).sum(),
            parts,
        }
    }

    /// Writes one JSON document ([`SCHEMA`]).
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn to_json(&self, out: &mut dyn Write) -> io::Result<()> {
        write_document(self, out)
    }
}
