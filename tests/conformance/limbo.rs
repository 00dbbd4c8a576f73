//! x509-limbo with BetterTLS: 9,780 cases in one file, which is not part of this project.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::thread;

use crate::case::{Case, Suite, ValidationKind};
use crate::common::{missing, peer};
use crate::disagreements::{Judged, compare};
use crate::judge::judge;

/// The folder that has the file, where it is not beside the project; `none` says that a machine on
/// which everything else is required cannot have it.
const FOLDER: &str = "CONFORMANCE_LIMBO";
/// The file; its cases under other names would be other cases.
const FILE: &str = "limbo-with-bettertls.json.xz";

/// How many cases there are of x509-limbo's own and of BetterTLS.
const CASES: [usize; 2] = [208, 9572];
/// How many of the former ask for what photofix has no question for: a client's certificate, or
/// fewer intermediates than the caller wants.
const NOT_ASKED: usize = 16;

#[test]
fn x509_limbo_and_bettertls() {
    let Some(suite) = suite() else { return };
    let (bettertls, own): (Vec<&Case>, Vec<&Case>) =
        suite.testcases.iter().partition(|case| case.id.starts_with("bettertls::"));
    assert_eq!([own.len(), bettertls.len()], CASES);
    let asked = |case: &&Case| {
        case.validation_kind == ValidationKind::Server && case.max_chain_depth.is_none()
    };
    let own: Vec<&Case> = own.into_iter().filter(asked).collect();
    assert_eq!(CASES[0] - own.len(), NOT_ASKED);
    compare("x509-limbo", &judged(&own));
    compare("BetterTLS", &judged(&bettertls));
}

/// Judges cases, on all processors.
fn judged(cases: &[&Case]) -> Vec<Judged> {
    let threads = thread::available_parallelism().map_or(1, Into::into);
    let judge = |case: &&Case| Judged {
        id: case.id.clone(),
        expected: case.expected_result,
        verdicts: judge(case),
    };
    thread::scope(|scope| {
        let parts = cases.chunks(cases.len().div_ceil(threads));
        let running: Vec<_> = parts
            .map(|part| scope.spawn(move || part.iter().map(judge).collect::<Vec<_>>()))
            .collect();
        running.into_iter().flat_map(|part| part.join().unwrap()).collect()
    })
}

/// The cases, where this machine has them; read once.
pub(crate) fn suite() -> Option<&'static Suite> {
    static SUITE: OnceLock<Option<Suite>> = OnceLock::new();
    SUITE.get_or_init(read).as_ref()
}

fn read() -> Option<Suite> {
    if std::env::var_os(FOLDER).is_some_and(|folder| folder == "none") {
        println!("skipped: `{FILE}` is not to be had on this machine");
        return None;
    }
    let Some(file) = file() else {
        missing(&format!("`{FILE}` (its folder in `{FOLDER}`)"));
        return None;
    };
    let output = Command::new(peer("xz")?).args(["-dc".as_ref(), file.as_os_str()]).output();
    let output = output.unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(serde_json::from_slice(&output.stdout).unwrap())
}

fn file() -> Option<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let beside = ["../shared/x509-limbo", "../../shared/x509-limbo"].map(|path| root.join(path));
    let told = std::env::var_os(FOLDER).map(PathBuf::from);
    told.into_iter().chain(beside).map(|folder| folder.join(FILE)).find(|file| file.is_file())
}
