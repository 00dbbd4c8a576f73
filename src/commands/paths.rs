//! Where a path leads, and how it is spelled.

use std::fs;
use std::path::{Path, PathBuf};

use super::failure::Failure;

/// Where a path leads when it is a link, and itself otherwise.
///
/// # Errors
/// [`Failure`] for a link that leads nowhere.
pub(super) fn followed(path: &Path, what: &str) -> Result<PathBuf, Failure> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_symlink() => fs::canonicalize(path).map_err(|_| {
            Failure::usage(
                format!("{what} `{}` is a link that leads nowhere", path.display()),
                "remove the link, or give another path",
            )
        }),
        _ => Ok(path.to_owned()),
    }
}

/// A path in the one spelling that its folder and its name allow.
pub(super) fn spelled_out(path: &Path) -> PathBuf {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = fs::canonicalize(folder.unwrap_or(Path::new("."))).unwrap_or_default();
    match path.file_name() {
        Some(name) => folder.join(name),
        None => path.to_owned(),
    }
}
