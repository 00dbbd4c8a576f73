//! What went wrong in words, what to do about it, and the exit status: here and nowhere else.

use std::fmt;
use std::io;
use std::path::Path;

use super::kind::KINDS;
use crate::approval::{ApprovalError, ChoiceError};
use crate::census::CensusError;
use crate::explain::NotFound;
use crate::export::ExportError;
use crate::journal::{Entry, FileDigest, JournalError, Run};
use crate::ledger::Ledger;
use crate::network::NetworkError;
use crate::photo::NoHost;
use crate::plan::PlanError;
use crate::reconcile::{SentError, StatusColumnError};
use crate::recording::RecordingError;
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

    /// The plan cannot be used.
    pub fn plan(path: &Path, error: &PlanError) -> Self {
        const WROTE: &str = "give the file that `photofix plan -o` wrote";
        if let PlanError::OtherSchema { found } = error
            && let Some(failure) = Self::other_kind(path, found, "a plan", WROTE)
        {
            return failure;
        }
        let hint = match error {
            PlanError::NotAPlan(_) => WROTE,
            PlanError::OtherSchema { .. } => "make the plan again with this version",
            PlanError::OtherExport { .. } => {
                "make the plan again, or give the export that it was made for"
            }
            PlanError::OtherPiece(_) => {
                "give a piece of that export; one that has no header is applied with `--shard \
                 without-header`"
            }
            PlanError::Expired { .. } => "make the plan again, or allow its age with --max-age",
            PlanError::Ageless { .. } => "see that the clock is right, and make the plan again",
            PlanError::Edited(_)
            | PlanError::OtherChanges { .. }
            | PlanError::OtherOptions(_)
            | PlanError::BadDecision { .. } => {
                "make the plan again; a plan is not edited by hand, what it should do differently \
                 goes into the map"
            }
        };
        let message = format!("cannot apply `{}`: {error}", path.display());
        Self::new(Status::Stale, message, Some(hint))
    }

    /// The approvals cannot be used.
    pub fn approvals(path: &Path, error: &ApprovalError) -> Self {
        const WROTE: &str = "give the file that `photofix approve` or the review page wrote";
        if let ApprovalError::OtherSchema { found } = error
            && let Some(failure) = Self::other_kind(path, found, "approvals", WROTE)
        {
            return failure;
        }
        let hint = match error {
            ApprovalError::OtherPlan { .. } | ApprovalError::OtherExport { .. } => {
                "give the plan that was reviewed, byte for byte, or have this one approved"
            }
            ApprovalError::OtherSchema { .. } => "have the plan approved anew with this version",
            _ => {
                "have the plan approved anew, on the review page or with `photofix approve`; \
                 approvals are not edited by hand"
            }
        };
        let message = format!("cannot use the approvals `{}`: {error}", path.display());
        Self::new(Status::Stale, message, Some(hint))
    }

    /// The recording cannot be used.
    pub fn recording(path: &Path, error: &RecordingError) -> Self {
        const WROTE: &str = "give the file that `--record` wrote";
        if let RecordingError::OtherSchema { found } = error
            && let Some(failure) = Self::other_kind(path, found, "a recording", WROTE)
        {
            return failure;
        }
        let hint = match error {
            RecordingError::NotARecording(_) => WROTE,
            RecordingError::OtherSchema { .. } => {
                "record again with this version, or replay with the one that recorded"
            }
            RecordingError::Edited(_) => {
                "give the file as `--record` wrote it; a recording is not edited by hand"
            }
        };
        let message = format!("cannot replay `{}`: {error}", path.display());
        Self::new(Status::Stale, message, Some(hint))
    }

    /// A file that cannot be shown.
    pub fn not_to_show(path: &Path, why: &str) -> Self {
        Self::failed(
            format!(
                "cannot show `{}`: it is no plan, report or approvals file: {why}",
                path.display()
            ),
            "give a file of `photofix plan -o`, of `--report FILE.json` or of `photofix approve`",
        )
    }

    /// A document that holds no decisions.
    pub fn not_to_explain(path: &Path, why: &str) -> Self {
        Self::failed(
            format!(
                "cannot explain `{}`: it is no export, plan or JSON report: {why}",
                path.display()
            ),
            "give an export, or a file of `photofix plan -o` or of `--report FILE.json`",
        )
    }

    /// What was typed can be no address.
    pub fn no_host(error: &NoHost) -> Self {
        let hint = match error {
            NoHost::NotAHost(_) => "give an address in any spelling, such as 203.0.113.7:8443",
            NoHost::Name(_) => "`photofix check` gives the verdict on a name's certificate",
        };
        Self::usage(format!("--address: {error}"), hint)
    }

    /// There is nothing to explain in a file.
    pub fn not_found(file: &str, error: &NotFound) -> Self {
        let hint = match error {
            NotFound::Record { swallowed: Some(_), .. } => {
                "close the quote in the export with a text editor: the records behind it were not \
                 looked at"
            }
            NotFound::Record { .. } => {
                "records are counted from 1, without the header and blank lines"
            }
            NotFound::Host { .. } => "`photofix inspect` lists the hosts of an export",
            NotFound::Several { .. } => "name one of them as it stands here",
        };
        Self::usage(format!("`{file}`: {error}"), hint)
    }

    /// A plan keeps no records, and its export is not at hand.
    pub fn record_without_export(plan: &Path, named: &FileDigest) -> Self {
        let message = format!(
            "cannot tell what the record holds: `{}` is a plan, which keeps no records\n  expected  \
             the export that it was made for, `{}` sha256 {}\n  found     no such file, or another",
            plan.display(),
            named.file,
            named.sha256
        );
        let hint = "give the export itself, or ask for a host with --address";
        Self::new(Status::Stale, message, Some(hint))
    }

    /// What was typed to be approved means no hosts of the plan.
    pub fn choice(plan: &Path, error: &ChoiceError) -> Self {
        Self::usage(
            format!("`{}`: {error}", plan.display()),
            "see the plan's hosts with `photofix show`",
        )
    }

    /// The reviewer left before the end.
    pub fn nothing_approved() -> Self {
        Self::new(Status::Failed, "nothing was approved, and nothing written".to_owned(), None)
    }

    /// A plan would be applied without approvals, and must not be.
    pub fn unapproved(plan: &Path, sha256: &str) -> Self {
        let message = format!(
            "cannot apply `{}` without approval\n  expected  approvals of plan sha256 {sha256}\n  \
             found     none, and --require-approval is set",
            plan.display()
        );
        let hint = "have it approved, on the review page or with `photofix approve`, and give \
                    --approvals";
        Self::new(Status::Stale, message, Some(hint))
    }

    /// `fix` would decide and apply in one go, and must not.
    pub fn fix_needs_approval() -> Self {
        let message = "`fix` applies what it decides without approval\n  expected  approvals\n  \
                       found     none, and --require-approval is set"
            .to_owned();
        let hint = "use `photofix plan`, have the plan approved, and `photofix apply --approvals`";
        Self::new(Status::Stale, message, Some(hint))
    }

    /// A plan was applied already.
    pub fn applied_already(plan: &Path, journal: &Path, entry: &Entry) -> Self {
        let Entry { time, export, output, .. } = entry;
        let message = format!(
            "cannot apply `{}`: it was applied already\n  expected  nothing about it in `{}`\n  \
             found     applied at {time} to `{}`, which gave `{}`\n            sha256 {}",
            plan.display(),
            journal.display(),
            export.file,
            output.file,
            output.sha256
        );
        let hint = "make a plan from a fresh export, or insist with --again";
        Self::new(Status::Stale, message, Some(hint))
    }

    /// Somebody else applies a plan of the same journal.
    pub fn applied_meanwhile(journal: &Path) -> Self {
        Self::new(
            Status::Stale,
            format!("`{}` changed while the plan was applied", journal.display()),
            Some("somebody else applies it at the same time: see what the journal says now"),
        )
    }

    /// The journal beside a plan cannot be read.
    pub fn journal(path: &Path, error: &JournalError) -> Self {
        Self::new(
            Status::Stale,
            format!("cannot tell from `{}` whether the plan was applied: {error}", path.display()),
            Some("mend the line, or move the journal away when the plan was not applied"),
        )
    }

    /// Approvals answer for single records, and nothing says whose those are.
    pub fn rows_without_export(approvals: &Path, export: &FileDigest) -> Self {
        let message = format!(
            "cannot use the approvals `{}`: they answer for single records, and only the export \
             that was planned for says whose those are\n  expected  `{}` sha256 {}\n  found     \
             no such file, or another",
            approvals.display(),
            export.file,
            export.sha256
        );
        Self::new(Status::Stale, message, Some("give that export as EXPORT"))
    }

    /// Nothing says what the photo URLs were before the plan was applied.
    pub fn no_old_values(plan: &Path, export: &FileDigest) -> Self {
        let message = format!(
            "cannot take `{}` back: nothing says what the photo URLs were\n  expected  `{}` sha256 \
             {}, or the rollback of the run\n  found     no such file, or another",
            plan.display(),
            export.file,
            export.sha256
        );
        let hint = "give as EXPORT the export that was planned for, or the rollback";
        Self::new(Status::Stale, message, Some(hint))
    }

    /// A rebase shall be taken back, and its rollback is not at hand.
    pub fn no_rollback_of_rebase(plan: &Path, run: &Entry) -> Self {
        let rollback = match &run.rollback {
            Some(rollback) => format!("`{}` sha256 {}", rollback.file, rollback.sha256),
            None => "the rollback of that run, which wrote none".to_owned(),
        };
        let message = format!(
            "cannot take `{}` back: at {} it was carried to `{}`, and only a rollback says which \
             cells that changed\n  expected  {rollback}\n  found     no such file, or another",
            plan.display(),
            run.time,
            run.export.file
        );
        let hint = "give its rollback as EXPORT; or the export that was planned for, to take back the \
                    cells of that export alone: new users then stay, and a cell that somebody else \
                    had set to the same name goes back";
        Self::new(Status::Stale, message, Some(hint))
    }

    /// A plan was applied with approvals, and shall be taken back with others or none.
    pub fn other_approvals(plan: &Path, needed: &str, given: Option<&str>) -> Self {
        let message = format!(
            "cannot take `{}` back: it was applied as far as it was approved\n  expected  \
             approvals sha256 {needed}\n  found     {}",
            plan.display(),
            given.map_or("none".to_owned(), |given| format!("approvals sha256 {given}"))
        );
        let hint = "give the approvals that it was applied with, or its rollback as EXPORT";
        Self::new(Status::Stale, message, Some(hint))
    }

    /// Two exports have no column in common that tells whose a record is.
    pub fn no_key(export: &str) -> Self {
        Self::failed(
            format!(
                "users cannot be matched with `{export}`: neither `email` nor `userName` nor \
                 `employeeID` is in both exports"
            ),
            "export the users again, with one of these columns",
        )
    }

    /// Approvals answer for single records, and a piece does not know which ones it holds.
    pub fn rows_in_a_piece(approvals: &Path) -> Self {
        Self::usage(
            format!(
                "--shard `{}`: the approvals answer for single records, and a piece does not tell \
                 which records of the export it holds",
                approvals.display()
            ),
            "have whole hosts approved, or apply the plan to the whole export in one run",
        )
    }

    /// An import file that was joined from pieces is not what one run writes.
    pub fn not_joined(file: &str, how: &str, place: &str, same: u64) -> Self {
        Self::failed(
            format!(
                "`{file}` is not what one run of the plan writes: {how}, {place}, after {same} \
                 bytes that are the same"
            ),
            "see that all pieces are there, in their order and with one header, and that each was \
             made with this plan and the same options",
        )
    }

    /// Several inputs would be read from standard input.
    pub fn one_standard_input(first: &str, second: &str) -> Self {
        Self::usage(
            format!("both {first} and {second} would come from standard input"),
            "give one of them as a file",
        )
    }

    /// The import file is not the plan's, or cannot be read.
    pub fn import(file: &str, error: &SentError) -> Self {
        match error {
            SentError::Export(error) => Self::export(file, error),
            other => Self::new(
                Status::Stale,
                format!("`{file}`: {other}"),
                Some("give the import file of this plan, or the plan of this import file"),
            ),
        }
    }

    /// The first line of a status file names no column that tells whose a record is.
    pub fn status_header(status: &str, header: &[String]) -> Self {
        Self::failed(
            format!(
                "the status file `{status}` cannot be matched with users: its first line has neither \
                 `email` nor another column that tells whose a record is\n  found     `{}`",
                header.join("`, `")
            ),
            "its first line must be the header, with the key column of the import file: delete a \
             title that stands above it, in a text editor",
        )
    }

    /// The import file that the journal names is not at hand.
    pub fn no_import(output: &FileDigest) -> Self {
        Self::usage(
            format!(
                "the import file that the plan's journal names is not here\n  expected  `{}` \
                 sha256 {}\n  found     no such file, or another",
                output.file, output.sha256
            ),
            "give the file that was imported with --import",
        )
    }

    /// A part that a manifest lists is not at hand.
    pub fn no_part(manifest: &str, part: &FileDigest) -> Self {
        Self::usage(
            format!(
                "a part of the import file that `{manifest}` lists is not here\n  expected  `{}` \
                 sha256 {}\n  found     no such file, or another",
                part.file, part.sha256
            ),
            "put the part beside its manifest as it was written, or give the parts that were \
             imported with --import",
        )
    }

    /// A manifest lists nothing.
    pub fn no_parts(manifest: &str) -> Self {
        Self::usage(
            format!("`{manifest}` is a manifest that lists no parts"),
            "give the manifest as it was written, or the parts with --import",
        )
    }

    /// The import file is one that takes the plan back.
    pub fn import_of_reverse(import: &str, reverse: &Entry) -> Self {
        Self::new(
            Status::Stale,
            format!(
                "`{import}` takes the plan back\n  expected  an import file with changes of the \
                 plan\n  found     the one that `apply --reverse` wrote at {}",
                reverse.time
            ),
            Some("give the import file that `apply` wrote before it, with --import"),
        )
    }

    /// A plan was taken back, and nothing of it stands.
    pub fn taken_back(plan: &Path, last: &Run<'_>) -> Self {
        let back = last.taken_back.unwrap_or(last.entry);
        let message = format!(
            "cannot reconcile with `{}`: it was taken back\n  expected  a run in its journal that \
             was not taken back\n  found     applied at {} (`{}`), taken back at {} (`{}`)",
            plan.display(),
            last.entry.time,
            last.entry.output.file,
            back.time,
            back.output.file
        );
        let hint = "to see what had arrived before, give that import file with --import";
        Self::new(Status::Stale, message, Some(hint))
    }

    /// The export that a run was made from is another one than the journal says.
    pub fn other_base(given: &str, sha256: &str, run: &Entry) -> Self {
        let message = format!(
            "`{given}` is not the export that the import file was made from\n  expected  `{}` \
             sha256 {}\n  found     sha256 {sha256}",
            run.export.file, run.export.sha256
        );
        let hint = "give the export that `apply --rebase` read, or the rollback that it wrote";
        Self::new(Status::Stale, message, Some(hint))
    }

    /// Several files have no column in common that tells whose a record is.
    pub fn no_common_key(export: &str) -> Self {
        Self::failed(
            format!(
                "records cannot be matched with those of `{export}`: neither `email` nor \
                 `userName` nor `employeeID` is in all the files"
            ),
            "give files with one of these columns",
        )
    }

    /// No column of the status file can be taken for the status.
    pub fn status_column(file: &str, error: &StatusColumnError) -> Self {
        let hint = match error {
            StatusColumnError::NoneNew => "give the file that WebEx sent when the import ended",
            _ => "name the column with WebEx's words with --status-column",
        };
        Self::usage(format!("`{file}`: {error}"), hint)
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
