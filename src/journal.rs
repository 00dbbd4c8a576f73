//! What became of a plan: a line of JSON for each time that it was applied, kept beside it.
//!
//! The journal answers one question, whether a plan was applied already, and remembers what is
//! needed to take it back. It guards against forgetting; it proves nothing.

use std::path::Path;

use serde::{Deserialize, Serialize};

/// The schema of a journal's lines and its version; published under `schema/`.
pub const SCHEMA: &str = "photofix.applied/1";
/// What a journal's file name adds to that of its plan.
pub const SUFFIX: &str = ".applied";

/// One time that a plan was applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// [`SCHEMA`].
    pub schema: String,
    /// When, RFC 3339.
    pub time: String,
    /// How.
    pub command: How,
    /// SHA-256 of the plan's file, hexadecimal.
    pub plan: String,
    /// The export that was read.
    pub export: FileDigest,
    /// The import file that was written, or the manifest of its parts.
    pub output: FileDigest,
    /// The rollback that was written.
    pub rollback: Option<FileDigest>,
    /// SHA-256 of the approvals' file, hexadecimal; none where nobody was asked.
    pub approvals: Option<String>,
    /// Records changed.
    pub changes: u64,
}

/// In which way a plan was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum How {
    /// To the export that it was made for.
    Apply,
    /// To a newer export.
    Rebase,
    /// Taken back from an export made after the import.
    Reverse,
}

impl How {
    /// The word of the journal.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Apply => "apply",
            Self::Rebase => "rebase",
            Self::Reverse => "reverse",
        }
    }
}

/// A file and what it held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileDigest {
    /// Its name, as the administrator gave it.
    pub file: String,
    /// SHA-256 of its bytes, hexadecimal.
    pub sha256: String,
}

/// The lines of a journal.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Journal {
    entries: Vec<Entry>,
}

/// A time that a plan was applied, to the export that was planned for or to a newer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run<'j> {
    /// Its line.
    pub entry: &'j Entry,
    /// The line of the first reverse after it.
    pub taken_back: Option<&'j Entry>,
}

/// A line that is none of a journal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {why}")]
pub struct JournalError {
    /// The line, from 1.
    pub line: usize,
    /// Why.
    pub why: String,
}

impl Journal {
    /// Reads a journal; an empty file has no lines.
    ///
    /// # Errors
    /// [`JournalError`] names the first line that is damaged, or of another version.
    pub fn parse(bytes: &[u8]) -> Result<Self, JournalError> {
        let lines = bytes.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii);
        let entries = lines.enumerate().filter(|(_, line)| !line.is_empty()).map(|(at, line)| {
            let bad = |why: String| JournalError { line: at + 1, why };
            let entry: Entry =
                serde_json::from_slice(line).map_err(|error| bad(error.to_string()))?;
            match entry.schema.as_str() {
                SCHEMA => Ok(entry),
                found => Err(bad(format!("its schema is `{found}`, and not `{SCHEMA}`"))),
            }
        });
        Ok(Self { entries: entries.collect::<Result<_, _>>()? })
    }

    /// Every time that a plan, by its file's digest, was applied.
    pub fn of<'j>(&'j self, plan: &str) -> impl DoubleEndedIterator<Item = &'j Entry> {
        let plan = plan.to_owned();
        self.entries.iter().filter(move |entry| entry.plan == plan)
    }

    /// Every time that a plan was applied, and whether it was taken back since: a reverse ends
    /// whatever stood.
    pub fn runs(&self, plan: &str) -> Vec<Run<'_>> {
        let mut runs: Vec<Run<'_>> = Vec::new();
        for entry in self.of(plan) {
            if entry.command != How::Reverse {
                runs.push(Run { entry, taken_back: None });
                continue;
            }
            for run in &mut runs {
                run.taken_back = run.taken_back.or(Some(entry));
            }
        }
        runs
    }

    /// The last time that a plan was applied and that was not taken back since.
    pub fn standing(&self, plan: &str) -> Option<&Entry> {
        let runs = self.runs(plan);
        runs.iter().rev().find(|run| run.taken_back.is_none()).map(|run| run.entry)
    }
}

impl FileDigest {
    /// A file by its path.
    pub fn of(path: &Path, sha256: String) -> Self {
        Self { file: path.display().to_string(), sha256 }
    }
}

impl Entry {
    /// Its line, line break included.
    ///
    /// # Errors
    /// What the serialiser says.
    pub fn to_line(&self) -> serde_json::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        Ok(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(command: How, plan: &str) -> Entry {
        let named = |file: &str| FileDigest { file: file.to_owned(), sha256: "ab".repeat(32) };
        Entry {
            schema: SCHEMA.to_owned(),
            time: "2026-11-20T09:30:00Z".to_owned(),
            command,
            plan: plan.to_owned(),
            export: named("users.csv"),
            output: named("import.csv"),
            rollback: None,
            approvals: None,
            changes: 3,
        }
    }

    #[test]
    fn what_stands_is_what_was_applied_last_and_not_taken_back() {
        use How::{Apply, Rebase, Reverse};
        for (entries, standing) in [
            (vec![], None),
            (vec![(Apply, "a")], Some(Apply)),
            (vec![(Apply, "b")], None),
            (vec![(Apply, "a"), (Reverse, "a")], None),
            (vec![(Apply, "a"), (Reverse, "b")], Some(Apply)),
            (vec![(Apply, "a"), (Reverse, "a"), (Rebase, "a")], Some(Rebase)),
        ] {
            let lines = entries.iter().map(|(how, plan)| entry(*how, plan).to_line().unwrap());
            let journal = Journal::parse(&lines.collect::<Vec<_>>().concat()).unwrap();
            assert_eq!(journal.standing("a").map(|entry| entry.command), standing, "{entries:?}");
            let runs = journal.runs("a");
            let applied = entries.iter().filter(|(how, plan)| *plan == "a" && *how != Reverse);
            assert_eq!(runs.len(), applied.count(), "{entries:?}");
            let stands = runs.iter().any(|run| run.taken_back.is_none());
            assert_eq!(stands, standing.is_some(), "{entries:?}");
        }
    }

    #[test]
    fn a_damaged_line_is_named() {
        let line = entry(How::Apply, "a").to_line().unwrap();
        let other = String::from_utf8(line.clone()).unwrap().replace("applied/1", "applied/2");
        for (more, piece) in [
            (&line[..20], "line 3: EOF"),
            (b"x", "line 3: expected value"),
            (other.as_bytes(), "line 3: its schema is `photofix.applied/2`"),
        ] {
            let bytes = [&line[..], b"\n", more].concat();
            let error = Journal::parse(&bytes).unwrap_err().to_string();
            assert!(error.starts_with(piece), "{error}");
        }
    }
}
