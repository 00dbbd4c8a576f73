//! Decisions tied to one export: the plan, and whether it is stale.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::evidence::Endpoint;
use crate::ledger::Class;
use crate::name::Fqdn;
use crate::reference::{Candidate, Scope};
use crate::report::{ExportFacts, Report};
use crate::rewrite::{Done, Leave, Treatment, Treatments};
use crate::seal::{self, SealError, UNSEALED};

/// The plan's schema and its version; published under `schema/`.
pub const SCHEMA: &str = "photofix.plan/1";

/// How far a plan's time may lie ahead of the clock before its age means nothing: clocks that are
/// not kept right differ by minutes.
const CLOCK_SKEW: SignedDuration = SignedDuration::from_mins(10);

/// What `plan` decided, for `apply` to do exactly that.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Plan {
    /// [`SCHEMA`].
    pub schema: String,
    /// When the evidence was gathered, which is what grows old (RFC 3339). It is part of the
    /// evidence: the same evidence gives the same plan, whenever it is judged.
    pub made: String,
    /// The export, the options, the ledger, the decisions and the verdicts.
    pub report: Report,
    /// What applying it will change.
    pub changes: Changes,
    /// The [`seal`] over the whole file.
    pub sha256: String,
}

/// The changes of a plan, without their rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// How many records change.
    pub count: u64,
    /// SHA-256 over every change, hexadecimal.
    pub sha256: String,
}

/// Why a plan cannot be used. All but the first two mean that it does not belong to what it meets.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The file is no plan.
    #[error("it is not a photofix plan: {0}")]
    NotAPlan(String),
    /// A plan of another version of the schema.
    #[error("its schema is `{found}`, and this version reads `{SCHEMA}`")]
    OtherSchema {
        /// What it says.
        found: String,
    },
    /// A byte of it changed since it was written.
    #[error(transparent)]
    Edited(#[from] SealError),
    /// It was made longer ago than is allowed.
    #[error(
        "it is too old\n  expected  made at most {max:#} ago\n  found     made {age:#} ago, at {made}"
    )]
    Expired {
        /// The greatest age allowed.
        max: SignedDuration,
        /// Its age.
        age: SignedDuration,
        /// Its time.
        made: String,
    },
    /// Its age cannot be told.
    #[error("its age cannot be told\n  expected  a time before {now}\n  found     `{made}`")]
    Ageless {
        /// The clock's time.
        now: Timestamp,
        /// What it says.
        made: String,
    },
    /// The export is not the one that the plan was made for.
    #[error(
        "the export is not the one that the plan was made for\n  \
         planned for  {planned_bytes} bytes  sha256 {planned_sha256}\n  \
         found        {found_bytes} bytes  sha256 {found_sha256}"
    )]
    OtherExport {
        /// Length that was planned for.
        planned_bytes: u64,
        /// Digest that was planned for.
        planned_sha256: String,
        /// Length found.
        found_bytes: u64,
        /// Digest found.
        found_sha256: String,
    },
    /// Applying it would not change what it says it changes: it was edited, or made by a version
    /// that reads exports differently.
    #[error(
        "applying the plan would make other changes than it promises\n  \
         planned  {planned} changes  sha256 {planned_sha256}\n  \
         found    {found} changes  sha256 {found_sha256}"
    )]
    OtherChanges {
        /// Changes promised.
        planned: u64,
        /// Their digest.
        planned_sha256: String,
        /// Changes found.
        found: u64,
        /// Their digest.
        found_sha256: String,
    },
    /// The export is the right one, and cannot be read as the plan says it is to be.
    #[error("its options do not fit the export that it was made for: {0}")]
    OtherOptions(String),
    /// A piece of an export is none of the one that the plan was made for.
    #[error("the piece is none of the export that it was made for: {0}")]
    OtherPiece(String),
    /// A decision that no plan of ours holds.
    #[error("its decision for `{endpoint}` cannot be followed: {why}")]
    BadDecision {
        /// The endpoint.
        endpoint: String,
        /// Why.
        why: String,
    },
}

impl Plan {
    /// A plan from what was decided on evidence gathered at `made` (RFC 3339), and from what a
    /// preview of it changed.
    pub fn new(report: Report, made: String, done: &Done) -> Self {
        let changes = Changes { count: done.decided, sha256: done.digest.clone() };
        let sha256 = UNSEALED.to_owned();
        Self { schema: SCHEMA.to_owned(), made, report, changes, sha256 }
    }

    /// The file: sealed, so that no byte of it can change unseen.
    ///
    /// # Errors
    /// What the serialiser says.
    pub fn to_file(&self) -> serde_json::Result<Vec<u8>> {
        seal::to_file(&Self { sha256: UNSEALED.to_owned(), ..self.clone() })
    }

    /// Reads a plan, to be followed.
    ///
    /// # Errors
    /// [`PlanError::NotAPlan`], [`PlanError::OtherSchema`] or [`PlanError::Edited`].
    pub fn parse(bytes: &[u8]) -> Result<Self, PlanError> {
        let plan = Self::parse_to_show(bytes)?;
        seal::check(bytes)?;
        Ok(plan)
    }

    /// Reads a plan, to be shown: even one that was edited.
    ///
    /// # Errors
    /// [`PlanError::NotAPlan`] or [`PlanError::OtherSchema`].
    pub fn parse_to_show(bytes: &[u8]) -> Result<Self, PlanError> {
        #[derive(Deserialize)]
        struct Head {
            schema: String,
        }
        let not_a_plan = |error: serde_json::Error| PlanError::NotAPlan(error.to_string());
        let head: Head = serde_json::from_slice(bytes).map_err(not_a_plan)?;
        if head.schema != SCHEMA {
            return Err(PlanError::OtherSchema { found: head.schema });
        }
        serde_json::from_slice(bytes).map_err(not_a_plan)
    }

    /// Whether an export is the one that was planned for.
    ///
    /// # Errors
    /// [`PlanError::OtherExport`] names both.
    pub fn check_export(&self, bytes: u64, sha256: &str) -> Result<(), PlanError> {
        let ExportFacts { bytes: planned_bytes, sha256: planned_sha256, .. } = &self.report.export;
        if (bytes, sha256) == (*planned_bytes, planned_sha256) {
            return Ok(());
        }
        Err(PlanError::OtherExport {
            planned_bytes: *planned_bytes,
            planned_sha256: planned_sha256.clone(),
            found_bytes: bytes,
            found_sha256: sha256.to_owned(),
        })
    }

    /// Whether a plan is young enough.
    ///
    /// # Errors
    /// [`PlanError::Expired`] or [`PlanError::Ageless`].
    pub fn check_age(&self, now: Timestamp, max: Duration) -> Result<(), PlanError> {
        let made = self.made.clone();
        let age = made.parse::<Timestamp>().ok().map(|time| now.duration_since(time));
        let Some(age) = age.filter(|age| *age >= -CLOCK_SKEW) else {
            return Err(PlanError::Ageless { now, made });
        };
        let max = SignedDuration::try_from(max).unwrap_or(SignedDuration::MAX);
        if age <= max { Ok(()) } else { Err(PlanError::Expired { max, age, made }) }
    }

    /// Whether a pass decided exactly the changes promised.
    ///
    /// # Errors
    /// [`PlanError::OtherChanges`] names both.
    pub fn check_changes(&self, done: &Done) -> Result<(), PlanError> {
        let found = done.decided;
        if (found, &done.digest) == (self.changes.count, &self.changes.sha256) {
            return Ok(());
        }
        Err(PlanError::OtherChanges {
            planned: self.changes.count,
            planned_sha256: self.changes.sha256.clone(),
            found,
            found_sha256: done.digest.clone(),
        })
    }

    /// What to do with every endpoint. A name in a plan is a candidate like any other: it must be
    /// admitted again, so that an edited plan cannot carry a name past the domain policy.
    ///
    /// # Errors
    /// [`PlanError::BadDecision`] names the endpoint.
    pub fn treatments(&self, domains: Vec<Fqdn>) -> Result<Treatments, PlanError> {
        let scope = Scope { domains: domains.clone(), ..Scope::default() };
        let mut treatments = Treatments { domains, ..Treatments::default() };
        for entry in &self.report.endpoints {
            let bad =
                |why: String| PlanError::BadDecision { endpoint: entry.endpoint.to_string(), why };
            let leave = |class| {
                Treatment::Leave(Leave {
                    class,
                    reason: entry.reason.to_string(),
                    explanation: entry.explanation.clone(),
                    hint: entry.hint.clone(),
                })
            };
            let treatment = match entry.decision.as_ref() {
                "rewrite" => {
                    let host = entry.host.as_deref().unwrap_or_default();
                    let name = Fqdn::parse(host).map_err(|error| bad(error.to_string()))?;
                    let candidate = Candidate { name, sources: Default::default(), support: None };
                    let admitted = scope.admit(&candidate);
                    Treatment::Rewrite(admitted.map_err(|error| bad(error.to_string()))?)
                }
                "hold" => leave(Class::Held),
                "unresolved" => leave(Class::Unresolved),
                other => return Err(bad(format!("`{other}` is no decision"))),
            };
            let endpoint: Endpoint = entry.endpoint.clone();
            treatments.by_endpoint.insert(endpoint, treatment);
        }
        Ok(treatments)
    }
}
