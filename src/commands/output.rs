//! Outputs that are whole or absent.
//!
//! Every output is written to a temporary file in its own folder, synced, and renamed at the end,
//! all of them together and the import file last. What fails before leaves nothing behind.

use std::fs::{self, File};
use std::io::{self, BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use same_file::Handle;
use tempfile::TempPath;

use super::failure::Failure;
use super::named::Named;
use super::paths::{followed, spelled_out};

/// Bytes gathered before a write.
const BUFFER: usize = 256 * 1024;

/// Permission bits that a new file may have at most; the umask takes from them.
const DEFAULT_MODE: u32 = 0o666;

/// The temporary files that were made, whether or not they are in their places by now.
static MADE: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// Takes away the temporary files of a run that ends at once, out of order.
pub(super) fn remove_temporary_files() {
    let made = MADE.lock().unwrap_or_else(PoisonError::into_inner);
    for path in made.iter() {
        // What was put in its place has this name no more.
        let _ = fs::remove_file(path);
    }
}

/// Whether outputs that exist may be overwritten.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Existing {
    /// They are refused.
    Refuse,
    /// They are replaced.
    Replace,
}

impl Existing {
    /// What `--force` says.
    pub(super) fn of(force: Option<bool>) -> Self {
        if force == Some(true) { Self::Replace } else { Self::Refuse }
    }
}

/// The outputs of one run.
#[derive(Debug)]
pub(super) struct Outputs {
    existing: Existing,
    /// The permission bits of new files on Unix: those of the export, which is as private.
    mode: u32,
    /// Files that no output may be, with what they are to the administrator.
    inputs: Vec<(Handle, String)>,
    pending: Vec<Pending>,
}

#[derive(Debug)]
struct Pending {
    target: Target,
    what: &'static str,
    /// A file with what was there of one that is continued, to be put back when the run fails at
    /// the last step: a rename needs no room on a disk that is full.
    before: Option<TempPath>,
}

#[derive(Debug)]
enum Target {
    File {
        temporary: TempPath,
        path: PathBuf,
        /// The path in the one spelling that its folder and its name allow.
        spelled: PathBuf,
        existing: Existing,
    },
    /// Spooled first, so that a pipe too gets all or nothing.
    StandardOutput(File),
}

/// An output that is being written.
pub(super) type OutputFile = Named<BufWriter<File>>;

impl Outputs {
    /// No outputs yet.
    pub(super) fn new(existing: Existing) -> Self {
        Self { existing, mode: DEFAULT_MODE, inputs: Vec::new(), pending: Vec::new() }
    }

    /// Names a file that must never be overwritten, by whatever path or link; `-` is whatever
    /// standard input is.
    pub(super) fn protect(&mut self, path: &Path, what: &str) {
        let handle = match path.to_str() {
            Some("-") => Handle::stdin(),
            // Nothing else can be an output, and to open a pipe is to wait for its writer.
            _ if !path.is_file() => return,
            _ => Handle::from_path(path),
        };
        if let Ok(handle) = handle {
            self.inputs.push((handle, what.to_owned()));
        }
    }

    /// Makes new files as private as a file is.
    pub(super) fn as_private_as(&mut self, file: &File) {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            if let Ok(found) = file.metadata() {
                self.mode = found.permissions().mode() & DEFAULT_MODE;
            }
        }
        #[cfg(not(unix))]
        let _ = file;
    }

    /// Opens an output; `-` is standard output.
    ///
    /// # Errors
    /// [`Failure`] when the path is an input, exists, is asked for twice, or cannot be written to.
    pub(super) fn create(
        &mut self,
        path: &Path,
        what: &'static str,
    ) -> Result<BufWriter<File>, Failure> {
        Ok(BufWriter::with_capacity(BUFFER, self.open(path, what)?))
    }

    fn open(&mut self, path: &Path, what: &'static str) -> Result<File, Failure> {
        let (target, file) = if path == Path::new("-") {
            self.standard_output(what)?
        } else {
            self.file(path, what, self.existing)?
        };
        self.pending.push(Pending { target, what, before: None });
        Ok(file)
    }

    /// Opens an output that begins with what a file of ours holds, and takes its place whether or
    /// not others may be overwritten.
    ///
    /// # Errors
    /// [`Failure`] when the path is an input, is asked for twice, or cannot be written to.
    pub(super) fn continue_file(
        &mut self,
        path: &Path,
        what: &'static str,
        before: &[u8],
    ) -> Result<BufWriter<File>, Failure> {
        let (target, mut file) = self.file(path, what, Existing::Replace)?;
        let (mut kept, place) = self.temporary(path)?;
        file.write_all(before)
            .and_then(|()| kept.write_all(before))
            .and_then(|()| kept.sync_all())
            .map_err(|error| Failure::file("write", path, &error))?;
        self.pending.push(Pending { target, what, before: Some(place) });
        Ok(BufWriter::with_capacity(BUFFER, file))
    }

    /// [`Self::create`], for an output that is written among others: its errors say which one it is.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub(super) fn create_named(
        &mut self,
        path: &Path,
        what: &'static str,
    ) -> Result<OutputFile, Failure> {
        let Named { inner, name } = self.create_unbuffered(path, what)?;
        Ok(Named { inner: BufWriter::with_capacity(BUFFER, inner), name })
    }

    /// [`Self::create_named`], for whoever writes whole blocks.
    ///
    /// # Errors
    /// As [`Self::create`].
    pub(super) fn create_unbuffered(
        &mut self,
        path: &Path,
        what: &'static str,
    ) -> Result<Named<File>, Failure> {
        let inner = self.open(path, what)?;
        let name = if path == Path::new("-") {
            format!("standard output, kept in `{}`", std::env::temp_dir().display())
        } else {
            format!("`{}`", path.display())
        };
        Ok(Named { inner, name })
    }

    fn standard_output(&self, what: &str) -> Result<(Target, File), Failure> {
        let taken = |p: &&Pending| matches!(p.target, Target::StandardOutput(_));
        if let Some(other) = self.pending.iter().find(taken) {
            return Err(Failure::usage(
                format!("both {} and {what} would go to standard output", other.what),
                "give one of them a file",
            ));
        }
        if let Ok(out) = Handle::stdout() {
            self.refuse_input(&out, what, "on standard output")?;
        }
        let spool = tempfile::tempfile().and_then(|spool| Ok((spool.try_clone()?, spool)));
        let (file, spool) =
            spool.map_err(|error| Failure::file("write", &std::env::temp_dir(), &error))?;
        Ok((Target::StandardOutput(spool), file))
    }

    fn file(&self, path: &Path, what: &str, existing: Existing) -> Result<(Target, File), Failure> {
        // A link is followed: what it leads to is what would be written.
        let followed = followed(path, what)?;
        let path = followed.as_path();
        let found = fs::metadata(path);
        if found.as_ref().is_ok_and(|found| !found.is_file()) {
            return Err(Failure::usage(
                format!("{what} `{}` is not a regular file", path.display()),
                "give the path of a file, or `-` for standard output",
            ));
        }
        if let Ok(handle) = Handle::from_path(path) {
            self.refuse_input(&handle, what, &format!("`{}`", path.display()))?;
        }
        self.check_twice(path, what)?;
        if found.is_ok() && existing == Existing::Refuse {
            return Err(Failure::usage(
                format!("{what} `{}` exists already", path.display()),
                "give another path, or overwrite it with --force",
            ));
        }
        let (file, temporary) = self.temporary(path)?;
        let (path, spelled) = (path.to_owned(), spelled_out(path));
        Ok((Target::File { temporary, path, spelled, existing }, file))
    }

    /// A new file in the folder of `path`, as private as outputs are.
    fn temporary(&self, path: &Path) -> Result<(File, TempPath), Failure> {
        let folder = match path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".photofix-").suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            builder.permissions(fs::Permissions::from_mode(self.mode));
        }
        let temporary = builder.tempfile_in(folder).map_err(|error| {
            // Its own words would name the temporary file, which nobody asked for.
            let error = io::Error::from(error.kind());
            Failure::file("write", path, &error)
        })?;
        // The file is its writer's: with many outputs, those that are done hold none open.
        let (file, temporary) = temporary.into_parts();
        MADE.lock().unwrap_or_else(PoisonError::into_inner).push(temporary.to_path_buf());
        Ok((file, temporary))
    }

    fn refuse_input(&self, found: &Handle, what: &str, place: &str) -> Result<(), Failure> {
        match self.inputs.iter().find(|(input, _)| input == found) {
            Some((_, input)) => Err(Failure::usage(
                format!("{what} {place} is the same file as {input}"),
                "give another path: an input is never overwritten, not even with --force",
            )),
            None => Ok(()),
        }
    }

    fn check_twice(&self, path: &Path, what: &str) -> Result<(), Failure> {
        let wanted = spelled_out(path);
        let same = |p: &&Pending| match &p.target {
            Target::File { spelled, .. } => *spelled == wanted,
            Target::StandardOutput(_) => false,
        };
        match self.pending.iter().find(same) {
            Some(other) => Err(Failure::usage(
                format!("both {} and {what} would be written to `{}`", other.what, path.display()),
                "give each its own path",
            )),
            None => Ok(()),
        }
    }

    /// Gives up an output that was opened: there is nothing to write.
    pub(super) fn withdraw(&mut self, what: &str) {
        self.pending.retain(|pending| pending.what != what);
    }

    /// Puts every output in its place, the first one opened last: where the import file is,
    /// everything that belongs to it is too. Writers must be flushed before.
    ///
    /// Gives the paths written, in the order of opening.
    ///
    /// # Errors
    /// [`Failure`] when one cannot be put in its place; those put before it are taken away again,
    /// unless they replaced a file; a file that was continued is as it was.
    pub(super) fn commit(self) -> Result<Vec<(&'static str, PathBuf)>, Failure> {
        for pending in &self.pending {
            if let Target::File { temporary, path, .. } = &pending.target {
                // The export, and so its outputs, may be read-only; only Windows minds.
                let synced = File::options().read(true).write(cfg!(windows)).open(temporary);
                synced
                    .and_then(|file| file.sync_all())
                    .map_err(|error| Failure::file("write", path, &error))?;
            }
        }
        let mut placed: Vec<(&'static str, PathBuf)> = Vec::new();
        let mut created: Vec<PathBuf> = Vec::new();
        let mut continued: Vec<(PathBuf, TempPath)> = Vec::new();
        // What a file goes on to tell of has to be so.
        let is_noted = self.pending.iter().any(|pending| pending.before.is_some());
        for pending in self.pending.into_iter().rev() {
            let result = match pending.target {
                Target::StandardOutput(spool) => to_standard_output(spool, is_noted),
                Target::File { temporary, path, existing, .. } => {
                    let existed = fs::symlink_metadata(&path).is_ok();
                    let result = place(temporary, &path, existing);
                    if result.is_ok() {
                        placed.push((pending.what, path.clone()));
                        match pending.before {
                            _ if !existed => created.push(path),
                            Some(before) => continued.push((path, before)),
                            None => {}
                        }
                    }
                    result
                }
            };
            if let Err(failure) = result {
                for path in created {
                    // What could not be taken away is at least whole.
                    let _ = fs::remove_file(path);
                }
                for (path, before) in continued {
                    // Where not even that succeeds, the journal says more than was done.
                    let _ = place(before, &path, Existing::Replace);
                }
                return Err(failure);
            }
        }
        placed.reverse();
        Ok(placed)
    }
}

fn place(temporary: TempPath, path: &Path, existing: Existing) -> Result<(), Failure> {
    let placed = match existing {
        Existing::Refuse => temporary.persist_noclobber(path),
        Existing::Replace => temporary.persist(path),
    };
    placed.map_err(|error| Failure::file("write", path, &error.error))?;
    sync_folder(path);
    Ok(())
}

/// Makes the rename last through a power failure, where the system can.
fn sync_folder(path: &Path) {
    #[cfg(unix)]
    {
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Ok(folder) = File::open(folder.unwrap_or(Path::new("."))) {
            // The file is in place either way; some file systems refuse to sync a folder.
            let _ = folder.sync_all();
        }
    }
    #[cfg(not(unix))]
    let _ = path;
}

/// Copies a spool to standard output; to its end, where `all` of it has to be taken.
fn to_standard_output(mut spool: File, all: bool) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    let copied = spool
        .seek(SeekFrom::Start(0))
        .and_then(|_| io::copy(&mut spool, &mut out))
        .and_then(|_| out.flush());
    match copied {
        // Whoever reads has seen enough.
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe && !all => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Err(Failure::failed(
            "standard output was closed before all of it was read; nothing is noted in the journal"
                .to_owned(),
            "read it to its end, or name a file with -o",
        )),
        Err(error) => Err(Failure::file("write", Path::new("standard output"), &error)),
        Ok(()) => Ok(()),
    }
}

#[cfg(test)]
mod tests;
