//! What a run learned and what it was judged by, kept so that the run can be made again without a
//! network.
//!
//! A recording holds everything that is neither in the export nor in the options: the evidence, the
//! trust anchors, the time. It says as well what else the run read, by digest, so that whoever
//! replays it with other files learns that they are others.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use crate::evidence::Evidence;
use crate::evidence::written::base64_bytes;
use crate::report::Tool;
use crate::seal::{self, SealError, UNSEALED};

/// The recording's schema and its version; published under `schema/`.
pub const SCHEMA: &str = "photofix.recording/1";
/// The longest chain of a handshake, in bytes: no flight of a server that is read is longer.
const MAX_CHAIN: usize = 256 * 1024;

/// A run's evidence, and what else it was judged by.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recording {
    /// [`SCHEMA`].
    pub schema: String,
    /// Who recorded.
    pub tool: Tool,
    /// When the first question was put.
    #[serde(with = "rfc3339")]
    pub asked_from: i64,
    /// When the last answer was there, those about photos apart, which no time matters to: the time
    /// at which everything is judged.
    #[serde(with = "rfc3339")]
    pub judged_at: i64,
    /// The export that was read.
    pub export: Digest,
    /// The administrator's files of names.
    pub names: NameFiles,
    /// The options, as reports show them.
    pub options: Map<String, Value>,
    /// What certificates were judged by.
    pub trust: RecordedTrust,
    /// Every answer.
    pub evidence: Evidence,
    /// The [`seal`] over the whole file.
    pub sha256: String,
}

/// A file by what it held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Digest {
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256 of it, hexadecimal.
    pub sha256: String,
}

impl Digest {
    /// The digest of a file that was read whole.
    pub fn of(bytes: &[u8]) -> Self {
        Self { bytes: bytes.len() as u64, sha256: seal::sha256(bytes) }
    }
}

/// The administrator's files of names, where there were any.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NameFiles {
    /// The map.
    pub map: Option<Digest>,
    /// The candidates.
    pub candidates: Option<Digest>,
}

/// Trust anchors, and what was to be said about where they came from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedTrust {
    /// The trust anchors, in order of preference.
    pub anchors: Vec<RecordedAnchor>,
    /// The notes.
    pub notes: Vec<String>,
}

/// A trust anchor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordedAnchor {
    /// Where it was loaded from.
    pub label: String,
    /// The certificate, DER.
    #[serde(with = "base64_bytes")]
    pub certificate: Vec<u8>,
}

/// Why a recording cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum RecordingError {
    /// The file is no recording.
    #[error("it is no recording: {0}")]
    NotARecording(String),
    /// A recording of another version of the schema.
    #[error("its schema is `{found}`, and this version reads `{SCHEMA}`")]
    OtherSchema {
        /// What it says.
        found: String,
    },
    /// A byte of it changed since it was written.
    #[error(transparent)]
    Edited(#[from] SealError),
}

impl Recording {
    /// The file: sealed, so that no byte of it can change unseen.
    ///
    /// # Errors
    /// What the serialiser says.
    pub fn to_file(&self) -> serde_json::Result<Vec<u8>> {
        seal::to_file(&Self { sha256: UNSEALED.to_owned(), ..self.clone() })
    }

    /// Reads a recording.
    ///
    /// # Errors
    /// [`RecordingError`] says why it cannot be used.
    pub fn parse(bytes: &[u8]) -> Result<Self, RecordingError> {
        #[derive(Deserialize)]
        struct Head {
            schema: String,
        }
        let not_a_recording =
            |error: serde_json::Error| RecordingError::NotARecording(error.to_string());
        let head: Head = serde_json::from_slice(bytes).map_err(not_a_recording)?;
        if head.schema != SCHEMA {
            return Err(RecordingError::OtherSchema { found: head.schema });
        }
        // A byte that changed is the likelier reason for whatever cannot be read.
        seal::check(bytes)?;
        let recording: Self = serde_json::from_slice(bytes).map_err(not_a_recording)?;
        let longest = recording.evidence.handshakes.values().map(|it| it.chain_length()).max();
        match longest {
            Some(length) if length > MAX_CHAIN => Err(RecordingError::NotARecording(format!(
                "a chain of {length} bytes is longer than any that a server can present"
            ))),
            _ => Ok(recording),
        }
    }

    /// What is not as it was in the recorded run, a sentence for each thing; nothing in a run of the
    /// same export, the same files and the same options. `here` is what this run has.
    pub fn differences(&self, here: &Here<'_>) -> Vec<String> {
        let mut said = Vec::new();
        let Digest { bytes, sha256 } = here.export;
        if self.export != *here.export {
            said.push(format!(
                "recorded for another export: {} bytes, sha256 {}; read is one of {bytes} bytes, \
                 sha256 {sha256}",
                self.export.bytes, self.export.sha256
            ));
        }
        let (then, now) = (&self.names, here.names);
        said.extend(other_file("map", then.map.as_ref(), now.map.as_ref()));
        said.extend(other_file("candidates", then.candidates.as_ref(), now.candidates.as_ref()));
        let other_options: Vec<String> =
            self.other_options(here.options).map(|name| format!("--{name}")).collect();
        if !other_options.is_empty() {
            said.push(format!("recorded with other options: {}", other_options.join(", ")));
        }
        let tool = Tool::this();
        if self.tool != tool {
            said.push(format!(
                "recorded by {} {}, judged by {} {}",
                self.tool.name, self.tool.version, tool.name, tool.version
            ));
        }
        said
    }

    /// The options that are not as they were. Files of names are compared by what they hold.
    fn other_options<'a>(
        &'a self,
        options: &'a Map<String, Value>,
    ) -> impl Iterator<Item = &'a String> {
        let names: BTreeSet<&String> = self.options.keys().chain(options.keys()).collect();
        names
            .into_iter()
            .filter(|name| !matches!(name.as_str(), "map" | "candidates"))
            .filter(|name| self.options.get(*name) != options.get(*name))
    }
}

/// What a run that replays a recording has.
#[derive(Clone, Copy, Debug)]
pub struct Here<'a> {
    /// Its export.
    pub export: &'a Digest,
    /// Its files of names.
    pub names: &'a NameFiles,
    /// Its options.
    pub options: &'a Map<String, Value>,
}

fn other_file(what: &str, then: Option<&Digest>, now: Option<&Digest>) -> Option<String> {
    let shown = |digest: Option<&Digest>| {
        digest.map_or("none".to_owned(), |digest| format!("sha256 {}", digest.sha256))
    };
    let is_other = then != now;
    is_other
        .then(|| format!("recorded with another --{what}: {}; read: {}", shown(then), shown(now)))
}

/// Seconds since the epoch, as RFC 3339.
mod rfc3339 {
    use super::*;

    pub(super) fn serialize<S: Serializer>(seconds: &i64, to: S) -> Result<S::Ok, S::Error> {
        let time = Timestamp::from_second(*seconds).map_err(serde::ser::Error::custom)?;
        to.collect_str(&time)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
        let text = String::deserialize(from)?;
        let time = text.parse::<Timestamp>();
        time.map(Timestamp::as_second).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests;
