//! The file of a recording: read to be replayed, written to be kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::{Map, Value, json};

use super::failure::Failure;
use super::kind::Kind;
use super::plan_file::{one_standard_input, read};
use super::second_pass::Destination;
use super::trust::Trust;
use crate::cli::CertificateOptions;
use crate::evidence::{Evidence, PhotoAnswer, PhotoQuestion};
use crate::network::{self, Agenda, Question};
use crate::recording::{Here, Recording, RecordingError};
use crate::reference::Scope;
use crate::settings::{self, Gathering};
use crate::x509::time;

/// A recording that takes the place of the network.
#[derive(Debug)]
pub(super) struct Replay {
    path: PathBuf,
    /// What was recorded.
    pub recording: Recording,
    /// What this run is judged by.
    pub trust: ReplayTrust,
    /// How long the recorded run waited for an answer about revocation.
    patience: Duration,
    /// Options that are not followed, as notes.
    notes: Vec<String>,
}

/// Whose trust anchors count in a replay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReplayTrust {
    /// Those of the recording: this machine may trust others.
    Recorded,
    /// Others, which --trust names.
    Given,
}

impl Replay {
    /// Reads the recording, where one is to be replayed. Of the options shown, those about asking
    /// become the recorded ones: that is how the answers were obtained.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be read, or is not as it was written.
    pub(super) fn open(
        gathering: &Gathering,
        export: &Path,
        shown: &mut Map<String, Value>,
    ) -> Result<Option<Self>, Failure> {
        let Gathering::Replay(path) = gathering else { return Ok(None) };
        one_standard_input(&[(Some(export), "the export"), (Some(path), "the recording")])?;
        let bytes = read(path)?;
        let mut recording = Recording::parse(&bytes).map_err(|error| {
            let error = match error {
                RecordingError::NotARecording(why) => {
                    RecordingError::NotARecording(Kind::or(&bytes, why))
                }
                other => other,
            };
            Failure::recording(path, &error)
        })?;
        if recording.options.get("allow-private") != Some(&Value::Bool(true)) {
            network::without_special(&mut recording.evidence);
        }
        let timeout = recording.options.get("revocation-timeout").and_then(Value::as_str);
        let asked = CertificateOptions {
            revocation_timeout: timeout.map(str::to_owned),
            ..CertificateOptions::default()
        };
        let patience = settings::certificates(&asked)?.revocation_timeout;
        let (trust, notes) = adopt(&recording.options, shown);
        Ok(Some(Self { path: path.clone(), recording, trust, patience, notes }))
    }

    /// The answers to the questions of this run; those that are not there are added to `missing`.
    pub(super) fn answer(
        &self,
        agenda: &Agenda,
        scope: &Scope,
        trust: &Trust,
        missing: &mut BTreeSet<Question>,
    ) -> Evidence {
        if agenda.is_empty() {
            return Evidence::default();
        }
        let earlier = &self.recording.evidence;
        network::replay(agenda, scope, &trust.anchors, earlier, self.patience, missing)
    }

    /// The same about photos.
    pub(super) fn photos(
        &self,
        questions: &[PhotoQuestion],
        missing: &mut BTreeSet<Question>,
    ) -> BTreeMap<PhotoQuestion, PhotoAnswer> {
        network::replay_photos(questions, &self.recording.evidence, missing)
    }

    /// What a reader must know of a replay that is not the recorded run again, the gravest first.
    pub(super) fn notes(&self, missing: &BTreeSet<Question>, here: &Here<'_>) -> Vec<String> {
        let unanswered = missing.first().map(|first| {
            let asked = match missing.len() {
                1 => "1 question".to_owned(),
                more => format!("{more} questions"),
            };
            format!(
                "the recording holds no answer to {asked} of this run: {first}{}; what hangs on \
                 them counts as not asked, and a new recording with these options has them",
                if missing.len() > 1 { " is the first" } else { "" },
            )
        });
        unanswered
            .into_iter()
            .chain(self.recording.differences(here))
            .chain(self.notes.iter().cloned())
            .collect()
    }

    /// What is said to whoever replays, and stands in no report.
    pub(super) fn sentence(&self) -> String {
        let at = time::rfc3339(self.recording.judged_at);
        format!("nothing was asked: `{}` answers, judged at its time, {at}", self.path.display())
    }
}

/// Makes the options about asking those of the recording. Trust anchors are the recorded ones too,
/// unless others are named.
fn adopt(
    recorded: &Map<String, Value>,
    shown: &mut Map<String, Value>,
) -> (ReplayTrust, Vec<String>) {
    const TIMEOUT: &str = "revocation-timeout";
    let mut options: BTreeMap<String, Value> = std::mem::take(shown).into_iter().collect();
    let mut notes = Vec::new();
    if let Some(given) = options.get(TIMEOUT).filter(|given| recorded.get(TIMEOUT) != Some(*given))
    {
        notes.push(format!(
            "--{TIMEOUT} {given} is not followed: the recording was asked with its own"
        ));
    }
    let system = json!(["system"]);
    let then = recorded.get("trust").unwrap_or(&system);
    let trust = match options.get("trust") {
        // Files and Mozilla's roots are the same everywhere, or it matters that they are not.
        Some(given) if given != then || !of_this_system(given) => ReplayTrust::Given,
        _ => ReplayTrust::Recorded,
    };
    let mut names = settings::about_asking();
    if trust == ReplayTrust::Recorded {
        names.insert("trust".to_owned());
    }
    for name in names {
        match recorded.get(&name) {
            Some(value) => options.insert(name, value.clone()),
            None => options.remove(&name),
        };
    }
    *shown = options.into_iter().collect();
    (trust, notes)
}

/// Whether trust anchors are those of a computer, and others on another.
fn of_this_system(trust: &Value) -> bool {
    trust.as_array().is_some_and(|sources| sources.iter().any(|source| source == "system"))
}

/// A recording that will be written.
#[derive(Debug)]
pub(super) struct Record {
    path: PathBuf,
    out: BufWriter<File>,
}

impl Record {
    /// Opens it among the other outputs, where one is wanted.
    ///
    /// # Errors
    /// [`Failure`] names the output and why it cannot be written.
    pub(super) fn open(
        gathering: &Gathering,
        destination: &mut Destination,
    ) -> Result<Option<Self>, Failure> {
        let Gathering::Record(path) = gathering else { return Ok(None) };
        let out = destination.create(path, "the recording")?;
        Ok(Some(Self { path: path.clone(), out }))
    }

    /// Writes it.
    ///
    /// # Errors
    /// [`Failure`] when it cannot be written.
    pub(super) fn write(mut self, recording: &Recording) -> Result<(), Failure> {
        let file = recording.to_file().map_err(std::io::Error::from);
        file.and_then(|file| self.out.write_all(&file))
            .and_then(|()| self.out.flush())
            .map_err(|error| Failure::file("write", &self.path, &error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn options_about_asking_are_those_of_the_recording() {
        let object = |value: Value| value.as_object().cloned().unwrap_or_default();
        let recorded = object(json!({"dns": ["192.0.2.1"], "domain": ["a.example"], "retries": 0}));
        let mozilla = json!(["mozilla"]);
        let then = object(json!({ "trust": mozilla }));
        let named = adopt(&then, &mut object(json!({ "trust": mozilla }))).0;
        assert_eq!(named, ReplayTrust::Given);
        assert_eq!(adopt(&then, &mut object(json!({}))).0, ReplayTrust::Recorded);
        for (given, shown, trust, notes) in [
            (json!({}), json!({"dns": ["192.0.2.1"], "retries": 0}), ReplayTrust::Recorded, 0),
            (
                json!({"dns": ["system"], "timeout": "1s", "domain": ["b.example"], "warn-days": 9}),
                json!({"dns": ["192.0.2.1"], "domain": ["b.example"], "retries": 0, "warn-days": 9}),
                ReplayTrust::Recorded,
                0,
            ),
            (
                json!({"trust": ["system"], "revocation-timeout": "1s"}),
                json!({"dns": ["192.0.2.1"], "retries": 0}),
                ReplayTrust::Recorded,
                1,
            ),
            (
                json!({"trust": ["ca.pem"]}),
                json!({"dns": ["192.0.2.1"], "retries": 0, "trust": ["ca.pem"]}),
                ReplayTrust::Given,
                0,
            ),
        ] {
            let mut options = object(given);
            let found = adopt(&recorded, &mut options);
            assert_eq!((found.0, found.1.len()), (trust, notes));
            assert_eq!(Value::Object(options.clone()), shown);
            assert!(options.keys().is_sorted());
        }
    }
}
