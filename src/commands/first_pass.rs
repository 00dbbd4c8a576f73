//! The first pass over an export, which counts it and takes its fingerprint.

use std::path::Path;

use super::export_file::ExportFile;
use super::facts;
use super::failure::Failure;
use super::fingerprint::hashed;
use super::progress::Progress;
use crate::census::Census;
use crate::export::{Choices, Dialect, LineEnding, Reader};
use crate::name::Fqdn;
use crate::report::ExportFacts;

/// What the first pass learned.
#[derive(Debug)]
pub(super) struct FirstPass {
    /// What the export holds.
    pub census: Census,
    /// How it is written.
    pub dialect: Dialect,
    line_ending: LineEnding,
    bytes: u64,
    sha256: String,
}

impl FirstPass {
    /// Makes it.
    ///
    /// # Errors
    /// [`Failure`] when the export cannot be read as one, or Ctrl-C was pressed.
    pub(super) fn make(
        export: &ExportFile,
        choices: &Choices,
        domains: &[Fqdn],
        progress: Progress,
    ) -> Result<Self, Failure> {
        let (bytes, fingerprint) = hashed(export.bytes_from_start(progress, "reading")?);
        let mut reader = Reader::open(bytes, choices).map_err(|error| export.failure(&error))?;
        let census = Census::take(&mut reader, domains).map_err(|error| export.failure(&error))?;
        let dialect = reader.dialect().clone();
        let line_ending = reader.seen().line_ending();
        drop(reader);
        let (bytes, sha256) = fingerprint
            .finish()
            .map_err(|error| Failure::file("read", Path::new(&export.name), &error))?;
        Ok(Self { census, dialect, line_ending, bytes, sha256 })
    }

    /// The facts about the export, as reports say them.
    pub(super) fn facts(&self, export: &ExportFile) -> ExportFacts {
        facts::export(
            &export.name,
            self.bytes,
            self.sha256.clone(),
            self.census.records,
            &self.dialect,
            self.line_ending,
        )
    }
}
