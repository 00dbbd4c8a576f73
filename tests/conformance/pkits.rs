//! NIST's Public Key Interoperability Test Suite: certification paths with their CRLs.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::case::Expected;
use crate::common::missing;
use crate::disagreements::{Judged, compare};
use crate::judge::{Presented, Question, verdicts};

/// The folder that has `vectors.json`, `certs` and `crls`.
const FOLDER: &str = "CONFORMANCE_PKITS";

/// When the paths are judged: 2020-01-01 00:00:00 UTC. They are made for 2010 to 2030.
const AT: i64 = 1_577_836_800;
/// How many cases there are.
const CASES: usize = 249;
/// How many of them demand policies beforehand, which no TLS client does.
const NOT_ASKED: usize = 35;

/// A case of `vectors.json`.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Vector {
    name: String,
    /// The trust anchor's certificate first.
    cert_path: Vec<String>,
    #[serde(rename = "CRLPath")]
    crl_path: Vec<String>,
    should_validate: bool,
    /// What a relying party may demand of policies beforehand. TLS clients demand nothing.
    initial_policy_set: Vec<String>,
    initial_policy_mapping_inhibit: bool,
    initial_explicit_policy: bool,
    initial_any_policy_inhibit: bool,
}

impl Vector {
    fn demands_policies(&self) -> bool {
        self.initial_policy_set != ["anyPolicy"]
            || self.initial_policy_mapping_inhibit
            || self.initial_explicit_policy
            || self.initial_any_policy_inhibit
    }
}

#[test]
fn pkits() {
    let folder = std::env::var_os(FOLDER).map(PathBuf::from);
    let Some(folder) = folder.filter(|folder| folder.join("vectors.json").is_file()) else {
        missing(&format!("PKITS (the folder of its `vectors.json` in `{FOLDER}`)"));
        return;
    };
    let vectors: Vec<Vector> =
        serde_json::from_slice(&fs::read(folder.join("vectors.json")).unwrap()).unwrap();
    assert_eq!(vectors.len(), CASES);
    let asked = vectors.iter().filter(|vector| !vector.demands_policies());
    let judged: Vec<_> = asked.map(|vector| judged(vector, &folder)).collect();
    assert_eq!(CASES - judged.len(), NOT_ASKED);
    compare("PKITS", &judged);
}

fn judged(vector: &Vector, folder: &Path) -> Judged {
    let read = |kind: &str, names: &[String]| -> Vec<Vec<u8>> {
        names.iter().map(|name| fs::read(folder.join(kind).join(name)).unwrap()).collect()
    };
    let mut chain = read("certs", &vector.cert_path);
    let root = chain.remove(0);
    chain.reverse();
    let presented =
        Presented { roots: vec![root], chain, crls: read("crls", &vector.crl_path), at: AT };
    Judged {
        id: vector.name.clone(),
        expected: if vector.should_validate { Expected::Success } else { Expected::Failure },
        verdicts: verdicts(&presented, Question::Path),
    }
}
