//! The first pass over an export, which counts it and takes its fingerprint.

use super::export_file::ExportFile;
use super::facts;
use super::failure::Failure;
use super::progress::Progress;
use crate::census::{Bound, Census, CensusError, Onlooker, Photos};
use crate::explain::{Question, Search};
use crate::export::{Choices, Dialect, LineEnding, Reader, Record};
use crate::health::{Findings, Health};
use crate::name::Fqdn;
use crate::report::ExportFacts;
use crate::stream::ReadAhead;

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
    /// Makes it; `onlooker` sees what it meets.
    ///
    /// # Errors
    /// [`Failure`] when the export cannot be read as one, or Ctrl-C was pressed.
    pub(super) fn make(
        export: &ExportFile,
        choices: &Choices,
        domains: &[Fqdn],
        photos: Photos,
        onlooker: &mut dyn Onlooker,
        progress: Progress,
    ) -> Result<Self, Failure> {
        let count = |reader: &mut Reader<_>| {
            let bound = Bound::STRICT;
            Ok((Census::take_watched(reader, domains, photos, bound, onlooker)?, ()))
        };
        Self::counted(export, choices, progress, count).map(|(first, ())| first)
    }

    /// Makes it, and looks on the way for the record that somebody asks about.
    ///
    /// # Errors
    /// As [`Self::make`].
    pub(super) fn search(
        export: &ExportFile,
        choices: &Choices,
        domains: &[Fqdn],
        question: Question,
        progress: Progress,
    ) -> Result<(Self, Search), Failure> {
        Self::counted(export, choices, progress, |reader| {
            let mut search = Search::new(question, reader.dialect(), domains);
            let mut look = |record: &Record<'_>| search.look(record);
            let bound = Bound::STRICT;
            let census = Census::take_watched(reader, domains, Photos::Off, bound, &mut look)?;
            Ok((census, search))
        })
    }

    /// Makes it, and looks at the export's health on the way.
    ///
    /// # Errors
    /// As [`Self::make`].
    pub(super) fn examine(
        export: &ExportFile,
        choices: &Choices,
        domains: &[Fqdn],
        progress: Progress,
    ) -> Result<(Self, Findings), Failure> {
        Self::counted(export, choices, progress, |reader| {
            let mut health = Health::new(reader.dialect());
            reader.keep_fields();
            let mut look = |record: &Record<'_>| health.look(record);
            let bound = Bound::LENIENT;
            let census = Census::take_watched(reader, domains, Photos::Off, bound, &mut look)?;
            Ok((census, health.finish()))
        })
    }

    fn counted<T>(
        export: &ExportFile,
        choices: &Choices,
        progress: Progress,
        count: impl FnOnce(&mut Reader<ReadAhead>) -> Result<(Census, T), CensusError>,
    ) -> Result<(Self, T), Failure> {
        let (bytes, fingerprint) = export.hashed(progress, "reading")?;
        let mut reader = Reader::open(bytes, choices).map_err(|error| export.failure(&error))?;
        let (census, more) = count(&mut reader).map_err(|error| export.census_failure(&error))?;
        let dialect = reader.dialect().clone();
        let line_ending = reader.seen().line_ending();
        drop(reader);
        let (bytes, sha256) = fingerprint.finish().map_err(|error| export.unread(&error))?;
        Ok((Self { census, dialect, line_ending, bytes, sha256 }, more))
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
