//! A plan's file, the journal beside it, and whether the plan may be applied.

use std::path::{Path, PathBuf};

use jiff::{Timestamp, Unit};

use super::bounded;
use super::failure::Failure;
use super::kind::Kind;
use crate::approval::{ApprovalError, Consent};
use crate::cli::{ReadOptions, ScopeOptions};
use crate::export::Choices;
use crate::journal::{self, Journal};
use crate::name::Fqdn;
use crate::plan::{Plan, PlanError};
use crate::seal;
use crate::settings::{self, Approval, Permission};

/// A plan as it was read.
#[derive(Debug)]
pub(super) struct PlanFile {
    /// Its path as given; `-` is standard input.
    pub path: PathBuf,
    /// What it says.
    pub plan: Plan,
    /// SHA-256 of the file, hexadecimal.
    pub sha256: String,
}

/// The journal beside a plan.
#[derive(Debug)]
pub(super) struct JournalFile {
    /// Its path.
    pub path: PathBuf,
    /// What it held when it was read; nothing when it was not there.
    pub bytes: Vec<u8>,
    /// Its lines.
    pub journal: Journal,
}

impl PlanFile {
    /// Reads a plan that is to be followed; `-` is standard input.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be read, or is not as it was written.
    pub(super) fn read(path: &Path) -> Result<Self, Failure> {
        let bytes = read(path)?;
        let plan = Plan::parse(&bytes).map_err(|error| {
            let error = match error {
                PlanError::NotAPlan(why) => PlanError::NotAPlan(Kind::or(&bytes, why)),
                other => other,
            };
            Failure::plan(path, &error)
        })?;
        Ok(Self { path: path.to_owned(), plan, sha256: seal::sha256(&bytes) })
    }

    /// The failure that a plan's error is.
    pub(super) fn refuse(&self, error: &PlanError) -> Failure {
        Failure::plan(&self.path, error)
    }

    /// The approvals of this plan and their path, when there are any.
    ///
    /// # Errors
    /// [`Failure`] with status 4 when they are not for this plan.
    pub(super) fn consent(
        &self,
        approvals: Option<&Path>,
    ) -> Result<Option<(PathBuf, Consent)>, Failure> {
        let Some(path) = approvals else { return Ok(None) };
        let bytes = read(path)?;
        match Consent::read(&bytes, &self.plan, &self.sha256) {
            Ok(consent) => Ok(Some((path.to_owned(), consent))),
            Err(ApprovalError::NotApprovals(why)) => {
                let error = ApprovalError::NotApprovals(Kind::or(&bytes, why));
                Err(Failure::approvals(path, &error))
            }
            Err(error) => Err(Failure::approvals(path, &error)),
        }
    }

    /// Whether the plan may be applied with approvals or without.
    ///
    /// # Errors
    /// [`Failure`] with status 4 when there must be approvals, and there are none.
    pub(super) fn check_approved(
        &self,
        approved: bool,
        permission: Permission,
    ) -> Result<(), Failure> {
        match permission.approval {
            Approval::Required if !approved => Err(Failure::unapproved(&self.path, &self.sha256)),
            _ => Ok(()),
        }
    }

    /// Whether the plan is young enough.
    ///
    /// # Errors
    /// [`Failure`] with status 4 when it is not.
    pub(super) fn check_age(&self, now: Timestamp, permission: Permission) -> Result<(), Failure> {
        let Some(max) = permission.max_age else { return Ok(()) };
        self.plan.check_age(now, max).map_err(|error| self.refuse(&error))
    }

    /// The journal beside the plan; none for a plan from standard input, which lies nowhere.
    ///
    /// # Errors
    /// [`Failure`] when there is one and it cannot be read.
    pub(super) fn journal(&self) -> Result<Option<JournalFile>, Failure> {
        if self.path == Path::new("-") {
            return Ok(None);
        }
        JournalFile::beside(&self.path).map(Some)
    }

    /// How the plan's export is read, and the domains it allows: as it was when it was planned.
    ///
    /// # Errors
    /// [`Failure`] when its options are none of ours.
    pub(super) fn options(&self) -> Result<(Choices, Vec<Fqdn>), Failure> {
        let options = serde_json::Value::Object(self.plan.report.options.clone());
        let bad = |why: String| self.refuse(&PlanError::NotAPlan(format!("its options: {why}")));
        let reading: ReadOptions =
            serde_json::from_value(options.clone()).map_err(|error| bad(error.to_string()))?;
        let scope: ScopeOptions =
            serde_json::from_value(options).map_err(|error| bad(error.to_string()))?;
        let choices = settings::choices(&reading).map_err(|error| bad(error.to_string()))?;
        let domains =
            settings::domains(scope.domain.as_ref()).map_err(|error| bad(error.to_string()))?;
        Ok((choices, domains))
    }
}

impl JournalFile {
    /// Reads the journal beside a plan; one that is not there is empty.
    ///
    /// # Errors
    /// [`Failure`] when there is one and it cannot be read.
    pub(super) fn beside(plan: &Path) -> Result<Self, Failure> {
        let mut name = plan.file_name().unwrap_or_default().to_owned();
        name.push(journal::SUFFIX);
        let path = plan.with_file_name(name);
        let bytes = bounded::read_if_there(&path, bounded::JOURNAL)?;
        let journal = Journal::parse(&bytes).map_err(|error| Failure::journal(&path, &error))?;
        Ok(Self { path, bytes, journal })
    }

    /// That a plan was not applied before. A run that changed nothing, because nothing was approved
    /// of it, does not count.
    ///
    /// # Errors
    /// [`Failure`] with status 4 says when it was.
    pub(super) fn check_not_applied(&self, plan: &PlanFile) -> Result<(), Failure> {
        let runs = self.journal.runs(&plan.sha256);
        let mut standing = runs.iter().filter(|run| run.taken_back.is_none()).map(|run| run.entry);
        match standing.rfind(|entry| entry.changes > 0) {
            Some(entry) => Err(Failure::applied_already(&plan.path, &self.path, entry)),
            None => Ok(()),
        }
    }

    /// That nobody else wrote into the journal since it was read.
    ///
    /// # Errors
    /// [`Failure`] when somebody did: the plan is being applied twice at the same time.
    pub(super) fn check_unchanged(&self) -> Result<(), Failure> {
        let now = bounded::read_if_there(&self.path, bounded::JOURNAL)?;
        if now == self.bytes { Ok(()) } else { Err(Failure::applied_meanwhile(&self.path)) }
    }
}

/// That at most one of several inputs is standard input.
///
/// # Errors
/// [`Failure`] names two that are.
pub(super) fn one_standard_input(inputs: &[(Option<&Path>, &str)]) -> Result<(), Failure> {
    let mut piped = inputs.iter().filter(|(path, _)| *path == Some(Path::new("-")));
    match (piped.next(), piped.next()) {
        (Some((_, first)), Some((_, second))) => Err(Failure::one_standard_input(first, second)),
        _ => Ok(()),
    }
}

/// The time, as journals and approvals have it: nobody needs to know it by the nanosecond.
pub(super) fn now() -> Timestamp {
    let now = Timestamp::now();
    now.round(Unit::Second).unwrap_or(now)
}

/// The bytes of a document of ours; `-` is standard input.
///
/// # Errors
/// [`Failure`] when it cannot be read, or is larger than [`bounded::DOCUMENT`].
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    if path == Path::new("-") {
        return bounded::read_standard_input(bounded::DOCUMENT);
    }
    bounded::read(path, bounded::DOCUMENT)
}
