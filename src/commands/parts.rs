//! An import file in parts: files of so many records, each with the header, and a manifest.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::output::Outputs;
use crate::report::manifest::Part;
use crate::rewrite::ImportSink;
use crate::stream::{Hash, WriteBehind};

/// The most parts that there may be: their numbers have four digits, so that they sort by name.
const MAX_PARTS: usize = 9_999;

/// What the parts are called when they are said.
pub(super) const WHAT: &str = "a part of the import file";

/// How the files of an import file in parts are named: `import.csv` becomes `import-0001.csv`,
/// `import-0002.csv`, … and `import.manifest.json`.
#[derive(Clone, Debug)]
pub(super) struct Names(PathBuf);

impl Names {
    /// From the path of the import file.
    ///
    /// # Errors
    /// [`Failure`] for standard output, which is one stream.
    pub(super) fn of(import: &Path) -> Result<Self, Failure> {
        if import == Path::new("-") {
            return Err(Failure::usage(
                "--batch writes several files, and standard output is one".to_owned(),
                "give -o a path",
            ));
        }
        Ok(Self(import.to_owned()))
    }

    /// The path of a part, from 1.
    fn part(&self, number: usize) -> PathBuf {
        self.with(&format!("-{number:04}"), self.0.extension().map(ToOwned::to_owned))
    }

    /// The path of the manifest.
    pub(super) fn manifest(&self) -> PathBuf {
        self.with(".manifest", Some("json".into()))
    }

    fn with(&self, more: &str, ending: Option<std::ffi::OsString>) -> PathBuf {
        let mut name = self.0.file_stem().unwrap_or_default().to_owned();
        name.push(more);
        if let Some(ending) = ending {
            name.push(".");
            name.push(ending);
        }
        self.0.with_file_name(name)
    }
}

/// Writes the parts, one after the other.
pub(super) struct Parts<'o> {
    outputs: &'o mut Outputs,
    names: Names,
    /// Records of a part.
    size: u64,
    /// What every part begins with.
    preamble: Vec<u8>,
    current: Option<Current>,
    written: Vec<Part>,
}

/// The part that is being written.
struct Current {
    out: WriteBehind,
    file: String,
    records: u64,
    bytes: u64,
}

impl<'o> Parts<'o> {
    /// Parts of `size` records.
    pub(super) fn new(outputs: &'o mut Outputs, names: Names, size: u64) -> Self {
        let (preamble, written) = (Vec::new(), Vec::new());
        Self { outputs, names, size, preamble, current: None, written }
    }

    /// Ends the last part; there is at least one.
    ///
    /// # Errors
    /// When something could not be written.
    pub(super) fn finish(mut self) -> io::Result<Vec<Part>> {
        self.part()?;
        self.close()?;
        Ok(self.written)
    }

    /// The part that is being written; a new one when there is none.
    fn part(&mut self) -> io::Result<&mut Current> {
        let part = match self.current.take() {
            Some(part) => part,
            None => self.open()?,
        };
        Ok(self.current.insert(part))
    }

    fn open(&mut self) -> io::Result<Current> {
        let number = self.written.len() + 1;
        if number > MAX_PARTS {
            return Err(io::Error::other(Failure::usage(
                format!("--batch `{}`: more than {MAX_PARTS} parts are needed", self.size),
                "give more records to a part",
            )));
        }
        let path = self.names.part(number);
        let out = self.outputs.create_unbuffered(&path, WHAT).map_err(io::Error::other)?;
        let mut out = WriteBehind::new(out, Hash::Sha256)?;
        out.write_all(&self.preamble)?;
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Current { out, file, records: 0, bytes: self.preamble.len() as u64 })
    }

    fn close(&mut self) -> io::Result<()> {
        let Some(Current { out, file, records, bytes }) = self.current.take() else {
            return Ok(());
        };
        let sha256 = out.finish()?.unwrap_or_default();
        self.written.push(Part { file, records, bytes, sha256 });
        Ok(())
    }
}

impl ImportSink for Parts<'_> {
    fn preamble(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.preamble.extend_from_slice(bytes);
        match &mut self.current {
            // A blank line stood before the header.
            Some(part) => {
                part.bytes += bytes.len() as u64;
                part.out.write_all(bytes)
            }
            None => Ok(()),
        }
    }

    fn begin_record(&mut self) -> io::Result<()> {
        if self.part()?.records == self.size {
            self.close()?;
        }
        self.part()?.records += 1;
        Ok(())
    }
}

impl Write for Parts<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let part = self.part()?;
        let written = part.out.write(bytes)?;
        part.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.part()?.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_sort_in_the_order_of_the_parts() {
        for (import, first, manifest) in [
            ("import.csv", "import-0001.csv", "import.manifest.json"),
            ("out/a.b.csv", "out/a.b-0001.csv", "out/a.b.manifest.json"),
            ("import", "import-0001", "import.manifest.json"),
        ] {
            let names = Names::of(Path::new(import)).unwrap();
            assert_eq!(names.part(1), Path::new(first));
            assert_eq!(names.manifest(), Path::new(manifest));
        }
        assert!(Names::of(Path::new("-")).is_err());
    }
}
