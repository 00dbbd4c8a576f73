//! Small files read whole: up to a size that none of their kind has.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::failure::Failure;
use super::progress::Wait;

/// The most bytes of files of a kind.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cap {
    /// So many.
    pub bytes: u64,
    /// Which files have no more, for messages.
    pub of: &'static str,
}

/// A plan, approvals, a recording or a report that is read back: a report of a million changed
/// records has half of it.
pub(super) const DOCUMENT: Cap = Cap { bytes: 1 << 30, of: "plan, approvals, report or recording" };
/// A map or a list of candidates: a million lines have half of it.
pub(super) const NAMES: Cap = Cap { bytes: 1 << 26, of: "map or list of candidates" };
/// The configuration: every option of it takes a page.
pub(super) const CONFIGURATION: Cap = Cap { bytes: 1 << 20, of: "configuration" };
/// The journal of a plan: 60,000 runs.
pub(super) const JOURNAL: Cap = Cap { bytes: 1 << 26, of: "journal of a plan" };

/// The bytes of a file, which may be a pipe with a name; `-` is no other file than one of that name.
///
/// # Errors
/// [`Failure`] when it cannot be read, or is larger than any of its kind.
pub(super) fn read(path: &Path, cap: Cap) -> Result<Vec<u8>, Failure> {
    let read = open(path, cap)?;
    read.map_err(|error| Failure::file("read", path, &error))
}

/// The same of a file that may not be there; then it gives nothing.
///
/// # Errors
/// As [`read`].
pub(super) fn read_if_there(path: &Path, cap: Cap) -> Result<Vec<u8>, Failure> {
    match open(path, cap)? {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        read => read.map_err(|error| Failure::file("read", path, &error)),
    }
}

/// The bytes of standard input.
///
/// # Errors
/// As [`read`].
pub(super) fn read_standard_input(cap: Cap) -> Result<Vec<u8>, Failure> {
    let name = Path::new("standard input");
    let _wait = Wait::begin();
    let read = whole(io::stdin().lock(), name, cap)?;
    read.map_err(|error| Failure::file("read", name, &error))
}

fn open(path: &Path, cap: Cap) -> Result<io::Result<Vec<u8>>, Failure> {
    // A pipe may keep us waiting: to be opened, or for its bytes.
    let _wait = Wait::begin();
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) => return Ok(Err(error)),
    };
    if file.metadata().is_ok_and(|found| found.len() > cap.bytes) {
        return Err(Failure::too_large(path, cap.bytes, cap.of));
    }
    whole(file, path, cap)
}

/// Everything that a source has, up to the cap.
fn whole(source: impl Read, name: &Path, cap: Cap) -> Result<io::Result<Vec<u8>>, Failure> {
    let mut bytes = Vec::new();
    match source.take(cap.bytes + 1).read_to_end(&mut bytes) {
        Ok(length) if length as u64 > cap.bytes => Err(Failure::too_large(name, cap.bytes, cap.of)),
        Ok(_) => Ok(Ok(bytes)),
        Err(error) => Ok(Err(error)),
    }
}
