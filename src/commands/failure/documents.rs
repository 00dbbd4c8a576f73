//! Plans, approvals, recordings and journals, and what is asked of them.

use std::path::Path;

use super::{Failure, Status};
use crate::approval::{ApprovalError, ChoiceError};
use crate::explain::NotFound;
use crate::journal::{Entry, FileDigest, JournalError};
use crate::photo::NoHost;
use crate::plan::PlanError;
use crate::recording::RecordingError;

impl Failure {
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
}
