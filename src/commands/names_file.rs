//! The administrator's files of names: the map, and the list of candidates.

use std::path::Path;

use super::bounded;
use super::failure::Failure;
use super::kind::{self, Kind};
use crate::recording::{Digest, NameFiles};
use crate::reference::{HostMap, Scope, parse_name_list};
use crate::settings::ScopeSettings;

/// Where a name may come from, the corpus aside, and the digests of the files that say it.
///
/// # Errors
/// [`Failure`] names the file, the line, and what is wrong with it.
pub(super) fn load(settings: &ScopeSettings) -> Result<(Scope, NameFiles), Failure> {
    let mut scope = Scope {
        domains: settings.domains.clone(),
        default_host: settings.default_host.clone(),
        ..Scope::default()
    };
    let mut files = NameFiles::default();
    if let Some(path) = &settings.map {
        let map = bounded::read(path, bounded::NAMES)?;
        files.map = Some(Digest::of(&map));
        scope.map = HostMap::parse(&map)
            .map_err(|error| other_kind(path, &map, "map").unwrap_or(Failure::map(path, &error)))?;
    }
    if let Some(path) = &settings.candidates {
        let candidates = bounded::read(path, bounded::NAMES)?;
        files.candidates = Some(Digest::of(&candidates));
        scope.list = parse_name_list(&candidates).map_err(|(line, error)| {
            let why = error.map_or("it is not UTF-8 text".to_owned(), |error| error.to_string());
            other_kind(path, &candidates, "list of candidates")
                .unwrap_or(Failure::candidates(path, line, &why))
        })?;
    }
    Ok((scope, files))
}

/// That a file is something else altogether, where its bytes show it.
fn other_kind(path: &Path, bytes: &[u8], wanted: &str) -> Option<Failure> {
    let ours = kind::of_document(bytes);
    let kind = ours.or_else(|| Kind::of(bytes).map(|kind| kind.to_string()))?;
    Some(Failure::not_names(path, wanted, &kind))
}
