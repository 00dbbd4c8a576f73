//! Which columns two files share, and which one only the status file has.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::export::{Dialect, Record};

/// The columns that the import file and the after export share, the photo column apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    /// Name, field of the import file, field of the after export; in the import file's order.
    pub(super) columns: Vec<(String, usize, usize)>,
    /// The photo column, likewise.
    pub(super) photo: (String, usize, usize),
    /// Names of the columns that are in one of the two files only; they cannot be compared.
    pub alone: Vec<String>,
}

/// Which of two files' fields is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Import,
    After,
}

impl Shared {
    /// Of two files. Columns are matched by name without letter case; headerless ones by place.
    pub fn of(import: &Dialect, after: &Dialect) -> Self {
        let (ours, theirs) = (names(import), names(after));
        let mut free: Vec<bool> = vec![true; theirs.len()];
        let mut shared = Self {
            photo: (ours[import.photo_field].clone(), import.photo_field, after.photo_field),
            ..Self::default()
        };
        free[after.photo_field] = false;
        for (field, name) in ours.iter().enumerate().filter(|(at, _)| *at != import.photo_field) {
            let is_it = |at: &usize| free[*at] && theirs[*at].eq_ignore_ascii_case(name);
            match (0..theirs.len()).find(is_it) {
                Some(at) => {
                    free[at] = false;
                    shared.columns.push((name.clone(), field, at));
                }
                None => shared.alone.push(name.clone()),
            }
        }
        let theirs_alone = theirs.into_iter().zip(free).filter(|(_, free)| *free);
        shared.alone.extend(theirs_alone.map(|(name, _)| name));
        shared
    }

    /// The columns of one side that must be as they were imported: for a record whose photo was
    /// changed all but the photo column, which is judged by itself; else all.
    fn fields(&self, side: Side, with_photo: bool) -> impl Iterator<Item = usize> + '_ {
        let photo = with_photo.then_some(&self.photo);
        let pick = move |(_, import, after): &(String, usize, usize)| match side {
            Side::Import => *import,
            Side::After => *after,
        };
        self.columns.iter().chain(photo).map(pick)
    }

    /// What these columns hold, as a number.
    pub(super) fn fingerprint(&self, record: &Record<'_>, side: Side, with_photo: bool) -> u64 {
        let mut hasher = DefaultHasher::new();
        for field in self.fields(side, with_photo) {
            cell(record, field).hash(&mut hasher);
        }
        hasher.finish()
    }

    /// What these columns hold, as text.
    pub(super) fn cells(&self, record: &Record<'_>, side: Side, with_photo: bool) -> Vec<String> {
        self.fields(side, with_photo).map(|field| cell(record, field)).collect()
    }

    /// The name of the n-th of them.
    pub(super) fn name(&self, n: usize) -> &str {
        &self.columns.get(n).unwrap_or(&self.photo).0
    }
}

/// A cell as WebEx keeps it: `-` is its word for an empty one.
fn cell(record: &Record<'_>, field: usize) -> String {
    let text = record.field(field).map(|field| field.text_lossy().into_owned());
    text.filter(|text| text != "-").unwrap_or_default()
}

/// Why no column can be taken for the status.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatusColumnError {
    /// There is no column that the import file has not.
    #[error("it has no column that the import file has not, so it is no status file of it")]
    NoneNew,
    /// There are several.
    #[error("several of its columns are not in the import file: `{}`", .0.join("`, `"))]
    SeveralNew(Vec<String>),
    /// The one that was named is not there.
    #[error("it has no column `{0}`")]
    NotThere(String),
}

/// The column in which WebEx says what it did with a record: the one that the import file has not,
/// whatever its name. `wanted` chooses where there are several.
///
/// # Errors
/// [`StatusColumnError`] names what was found instead.
pub fn status_column(
    import: &Dialect,
    status: &Dialect,
    wanted: Option<&str>,
) -> Result<(String, usize), StatusColumnError> {
    let (ours, theirs) = (names(import), names(status));
    if let Some(wanted) = wanted {
        let at = theirs.iter().position(|name| name.eq_ignore_ascii_case(wanted.trim()));
        let at = at.ok_or_else(|| StatusColumnError::NotThere(wanted.to_owned()))?;
        return Ok((theirs[at].clone(), at));
    }
    let is_new = |name: &String| !ours.iter().any(|our| our.eq_ignore_ascii_case(name));
    let mut new: Vec<usize> = (0..theirs.len()).filter(|at| is_new(&theirs[*at])).collect();
    if new.iter().any(|at| !theirs[*at].is_empty()) {
        // What stands behind the last delimiter of a header is no column.
        new.retain(|at| !theirs[*at].is_empty());
    }
    match new[..] {
        [at] => Ok((theirs[at].clone(), at)),
        [] => Err(StatusColumnError::NoneNew),
        _ => {
            let names = new.into_iter().map(|at| theirs[at].clone()).collect();
            Err(StatusColumnError::SeveralNew(names))
        }
    }
}

fn names(dialect: &Dialect) -> Vec<String> {
    match &dialect.header {
        Some(header) => header
            .iter()
            .map(|name| {
                name.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}').to_owned()
            })
            .collect(),
        None => (1..=dialect.fields).map(|field| format!("field {field}")).collect(),
    }
}
