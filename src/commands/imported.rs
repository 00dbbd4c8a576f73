//! A file that is to be imported, as it was written: in one piece, or in parts with a manifest.

use std::io;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use super::export_file::ExportFile;
use super::failure::Failure;
use super::fingerprint::digest_of;
use super::joined::Joined;
use super::planned::still_there;
use super::progress::Progress;
use crate::export::{Choices, Reader};
use crate::journal::{FileDigest, Run};
use crate::report::manifest;

/// An import file, in one part or several.
pub(super) struct Imported {
    first: ExportFile,
    others: Vec<PathBuf>,
    /// The manifest that lists the parts, where it is at hand.
    manifest: Option<FileDigest>,
    /// SHA-256 of each part; none of a file that we made ourselves.
    digests: Vec<String>,
}

impl Imported {
    /// One that we made ourselves, and that has no name.
    pub(super) fn made(first: ExportFile) -> Self {
        Self { first, others: Vec::new(), manifest: None, digests: Vec::new() }
    }

    /// The files that are given, in their order: an import file, its parts, or their manifest.
    ///
    /// # Errors
    /// [`Failure`] when one cannot be opened, or a part is not what its manifest says.
    pub(super) fn given(paths: &[PathBuf], progress: Progress) -> Result<Option<Self>, Failure> {
        let Some((first, others)) = paths.split_first() else { return Ok(None) };
        let mut manifests = Vec::new();
        for path in paths {
            manifests.extend(parts(path)?.map(|parts| (path, parts)));
        }
        if let (Some((manifest, _)), false) = (manifests.first(), others.is_empty()) {
            return Err(Failure::usage(
                format!(
                    "`{}` is a manifest, which lists all parts, and others are given beside it",
                    manifest.display()
                ),
                "give the manifest alone, or the parts in their order",
            ));
        }
        let file = ExportFile::open(first)?;
        let (_, sha256) = digest_of(&file, progress)?;
        if let Some((_, parts)) = manifests.pop() {
            return Self::listed(FileDigest::of(first, sha256), &parts, progress).map(Some);
        }
        let mut digests = vec![sha256];
        for other in others {
            digests.push(digest_of(&ExportFile::open(other)?, progress)?.1);
        }
        Ok(Some(Self { first: file, others: others.to_vec(), manifest: None, digests }))
    }

    /// What a run wrote, as long as it is still the same; none where it is not there any more.
    ///
    /// # Errors
    /// [`Failure`] when a file cannot be read, or a part is not what the manifest says.
    pub(super) fn written(
        output: &FileDigest,
        progress: Progress,
    ) -> Result<Option<Self>, Failure> {
        let Some(first) = still_there(output, progress)? else { return Ok(None) };
        match parts(&first.path)? {
            Some(parts) => Self::listed(output.clone(), &parts, progress).map(Some),
            None => Ok(Some(Self {
                first,
                others: Vec::new(),
                manifest: None,
                digests: vec![output.sha256.clone()],
            })),
        }
    }

    /// The parts that a manifest lists.
    fn listed(
        manifest: FileDigest,
        parts: &[FileDigest],
        progress: Progress,
    ) -> Result<Self, Failure> {
        let mut files = Vec::new();
        for part in parts {
            let there = still_there(part, progress)?;
            files.push(there.ok_or_else(|| Failure::no_part(&manifest.file, part))?);
        }
        let mut files = files.into_iter();
        let first = files.next().ok_or_else(|| Failure::no_parts(&manifest.file))?;
        Ok(Self {
            first,
            others: files.map(|file| file.path).collect(),
            manifest: Some(manifest),
            digests: parts.iter().map(|part| part.sha256.clone()).collect(),
        })
    }

    /// The run that wrote it, and whether this is all that it wrote.
    ///
    /// # Errors
    /// [`Failure`] when a manifest cannot be read.
    pub(super) fn run<'j>(
        &self,
        runs: &[Run<'j>],
        progress: Progress,
    ) -> Result<Option<(Run<'j>, Whole)>, Failure> {
        let is_own = |run: &&Run<'_>| self.sha256() == Some(&*run.entry.output.sha256);
        if let Some(run) = runs.iter().rev().find(is_own) {
            return Ok(Some((*run, Whole::All)));
        }
        for run in runs.iter().rev() {
            let Some(manifest) = still_there(&run.entry.output, progress)? else { continue };
            let Some(parts) = parts(&manifest.path)? else { continue };
            let is_part = |sha256: &String| parts.iter().any(|part| part.sha256 == *sha256);
            if !self.digests.is_empty() && self.digests.iter().all(is_part) {
                let has = |part: &FileDigest| self.digests.contains(&part.sha256);
                let whole = if parts.iter().all(has) { Whole::All } else { Whole::Part };
                return Ok(Some((*run, whole)));
            }
        }
        Ok(None)
    }

    /// SHA-256 of what the journal of a run would name; none of parts without a manifest.
    pub(super) fn sha256(&self) -> Option<&str> {
        match (&self.manifest, &self.digests[..]) {
            (Some(manifest), _) => Some(&manifest.sha256),
            (None, [one]) => Some(one),
            _ => None,
        }
    }

    /// Its name: that of the manifest, where it is known by that, else that of its first part.
    pub(super) fn name(&self) -> &str {
        self.manifest.as_ref().map_or(&self.first.name, |manifest| &manifest.file)
    }

    /// The names of its parts; nothing where it is one file.
    pub(super) fn parts(&self) -> Vec<String> {
        if self.others.is_empty() && self.manifest.is_none() {
            return Vec::new();
        }
        let others = self.others.iter().map(|path| path.display().to_string());
        std::iter::once(self.first.name.clone()).chain(others).collect()
    }

    /// What it is called in a message: by all of its names, up to a few.
    pub(super) fn all_names(&self) -> String {
        /// Parts that are named.
        const NAMED: usize = 10;
        let names = self.parts();
        match names.len() {
            0 => self.first.name.clone(),
            number if number > NAMED => {
                format!("{} and {} more", names[..NAMED].join(", "), number - NAMED)
            }
            _ => names.join(", "),
        }
    }

    /// Its files, where it has some of its own.
    pub(super) fn paths(&self) -> impl Iterator<Item = &Path> {
        let first = self.first.own_file().map(|_| self.first.path.as_path());
        let manifest = self.manifest.as_ref().map(|manifest| Path::new(&manifest.file));
        first.into_iter().chain(self.others.iter().map(PathBuf::as_path)).chain(manifest)
    }

    /// The records of all parts, from the start.
    ///
    /// # Errors
    /// [`Failure`] when they cannot be read as an export.
    pub(super) fn pass(
        &self,
        choices: &Choices,
        progress: Progress,
    ) -> Result<Reader<Joined>, Failure> {
        let joined = Joined::open(&self.first, &self.others, choices, progress)?;
        joined.records(&self.first, choices)
    }
}

/// Whether all that a run wrote is at hand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whole {
    /// All of it.
    All,
    /// Some of its parts.
    Part,
}

/// The parts that a manifest lists, beside it; none where the file is no manifest.
fn parts(path: &Path) -> Result<Option<Vec<FileDigest>>, Failure> {
    #[derive(Deserialize)]
    struct Manifest {
        schema: String,
        parts: Vec<Part>,
    }
    #[derive(Deserialize)]
    struct Part {
        file: String,
        sha256: String,
    }
    /// A manifest of as many parts as there may be is shorter; what is longer is an import file.
    const LONGEST: u64 = 16 << 20;
    let failure = |error: io::Error| Failure::file("read", path, &error);
    // What comes through a pipe cannot be read twice, and a manifest does not.
    let found = std::fs::metadata(path).map_err(failure)?;
    if !found.is_file() || found.len() > LONGEST {
        return Ok(None);
    }
    let bytes = std::fs::read(path).map_err(failure)?;
    let Ok(manifest) = serde_json::from_slice::<Manifest>(&bytes) else { return Ok(None) };
    if manifest.schema != manifest::SCHEMA {
        return Ok(None);
    }
    let beside = |part: Part| FileDigest::of(&path.with_file_name(&part.file), part.sha256);
    Ok(Some(manifest.parts.into_iter().map(beside).collect()))
}
