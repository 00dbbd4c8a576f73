//! What went wrong in words, what to do about it, and the exit status: here and nowhere else.

mod documents;
mod import;

use std::fmt;
use std::io;
use std::path::Path;

use super::kind::KINDS;
use crate::census::CensusError;
use crate::export::ExportError;
use crate::ledger::Ledger;
use crate::network::NetworkError;
use crate::reference::MapError;
use crate::rewrite::RewriteError;
use crate::settings::SettingsError;

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Status {
    /// Done, and no IP host is left.
    Done = 0,
    /// It could not be done; no output was written. `verify`: something else moved.
    Failed = 1,
    /// The command line, the configuration or a file of the administrator's is wrong.
    Usage = 2,
    /// Done, and rows are held, unresolved or unreadable.
    Left = 3,
    /// A stale or mismatched plan or approvals.
    Stale = 4,
    /// Ctrl-C.
    Interrupted = 130,
}

impl Status {
    /// The status of a run that came to its end.
    pub fn of(ledger: &Ledger) -> Self {
        if ledger.leaves_work() { Self::Left } else { Self::Done }
    }
}

/// Why a command could not be carried out.
#[derive(Clone, Debug)]
pub struct Failure {
    /// What could not be done, with the file, the place and the value.
    pub message: String,
    /// What to do next.
    pub hint: Option<String>,
    /// The exit status.
    pub status: Status,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error: {}", self.message)?;
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

/// So that it can travel through a writer, whose errors are [`io::Error`]s.
impl std::error::Error for Failure {}

impl Failure {
    fn new(status: Status, message: String, hint: Option<&str>) -> Self {
        Self { message, hint: hint.map(ToOwned::to_owned), status }
    }

    /// The work could not be done.
    pub fn failed(message: String, hint: &str) -> Self {
        Self::new(Status::Failed, message, Some(hint))
    }

    /// The command line asks for something that cannot be.
    pub fn usage(message: String, hint: &str) -> Self {
        Self::new(Status::Usage, message, Some(hint))
    }

    /// The same failure, as one of the command line.
    pub fn as_usage(mut self) -> Self {
        self.status = Status::Usage;
        self
    }

    /// Ctrl-C was pressed.
    pub fn interrupted() -> Self {
        Self::new(Status::Interrupted, "interrupted; no output was written".to_owned(), None)
    }

    /// A file could not be opened, read or written.
    pub fn file(doing: &str, path: &Path, error: &io::Error) -> Self {
        let hint = match error.kind() {
            io::ErrorKind::NotFound => "see that the path is right",
            io::ErrorKind::PermissionDenied => "see that you may, and that no program holds it",
            io::ErrorKind::InvalidData => "save it as UTF-8 text",
            io::ErrorKind::StorageFull => "make room on the disk",
            _ => "see that the file and its disk are in order",
        };
        Self::failed(format!("cannot {doing} `{}`: {error}", path.display()), hint)
    }

    /// The export could not be read as one.
    pub fn export(file: &str, error: &ExportError) -> Self {
        Self::new(Status::Failed, format!("`{file}`: {error}"), error.hint())
    }

    /// The export names more hosts than a run takes.
    pub fn too_many_hosts(file: &str, error: &CensusError) -> Self {
        Self::failed(
            format!("`{file}`: {error}"),
            "see with `photofix inspect` what the photo cells hold, and give another column with \
             --column if it is the wrong one; else split the export into files of fewer records, \
             each with the header, and run each alone",
        )
    }

    /// The second pass stopped.
    pub fn rewrite(file: &str, error: &RewriteError) -> Self {
        match error {
            RewriteError::Export(error) => Self::export(file, error),
            RewriteError::Output(error) => Self::output(error),
        }
    }

    /// An output could not be written.
    pub fn output(error: &io::Error) -> Self {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Self>()) {
            Some(failure) => failure.clone(),
            None => Self::failed(
                format!("cannot write an output: {error}"),
                "see that the disk has room; nothing was left behind",
            ),
        }
    }

    /// The network could not be asked at all.
    pub fn network(error: &NetworkError) -> Self {
        match error {
            NetworkError::Interrupted => Self::interrupted(),
            other => Self::failed(
                other.to_string(),
                "name a DNS server with --dns, or use --offline with a --map",
            ),
        }
    }

    /// The map cannot be used.
    pub fn map(path: &Path, error: &MapError) -> Self {
        let hint = match error {
            MapError::NotText { .. } => "save it as UTF-8 text",
            _ => "write `ADDRESS,HOST` or `CIDR,HOST`, one per line",
        };
        Self::usage(format!("`{}` {error}", path.display()), hint)
    }

    /// The list of candidates cannot be used.
    pub fn candidates(path: &Path, line: usize, why: &str) -> Self {
        Self::usage(
            format!("`{}` line {line}: {why}", path.display()),
            "write one fully qualified name per line",
        )
    }

    /// The map or the list of candidates is another file altogether.
    pub fn not_names(path: &Path, wanted: &str, found: &str) -> Self {
        let hint = match wanted {
            "map" => "give a text file with `ADDRESS,HOST` or `CIDR,HOST`, one per line",
            _ => "give a text file with one fully qualified name per line",
        };
        Self::usage(format!("`{}` is no {wanted}: it is {found}", path.display()), hint)
    }

    /// A document of ours that is of another kind than was wanted.
    fn other_kind(path: &Path, schema: &str, wanted: &str, hint: &str) -> Option<Self> {
        let (_, found, origin) = KINDS.iter().find(|(prefix, ..)| schema.starts_with(prefix))?;
        if *found == wanted {
            return None;
        }
        let path = path.display();
        let message = format!("`{path}` is {found} ({origin}), and {wanted} is wanted here");
        Some(Self::new(Status::Stale, message.replace("approvals is", "approvals are"), Some(hint)))
    }

    /// A file is larger than any of its kind.
    pub fn too_large(path: &Path, max: u64, of: &str) -> Self {
        Self::failed(
            format!(
                "cannot read `{}`: it has more than {max} bytes, and no {of} has so many",
                path.display()
            ),
            "see that it is the file that you meant",
        )
    }

    /// Several inputs would be read from standard input.
    pub fn one_standard_input(first: &str, second: &str) -> Self {
        Self::usage(
            format!("both {first} and {second} would come from standard input"),
            "give one of them as a file",
        )
    }

    /// The options cannot be used.
    pub fn settings(error: &SettingsError) -> Self {
        Self::usage(error.to_string(), "`photofix help COMMAND` says what each option takes")
    }
}

impl From<SettingsError> for Failure {
    fn from(error: SettingsError) -> Self {
        Self::settings(&error)
    }
}
