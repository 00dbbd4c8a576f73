//! The same verdicts from the real command, `photofix check --chain … --at …`.

use photofix::profile::{ProfileId, VerdictKind};
use serde_json::Value;

use crate::case::{Case, PeerName};
use crate::common::Folder;
use crate::judge::judge;
use crate::{limbo, own};

/// The fewest of our own cases that go through it.
const AT_LEAST: usize = 25;

/// Cases of x509-limbo that do.
const OF_LIMBO: [&str; 12] = [
    "cve::cve-2024-0567",
    "pathological::multiple-chains-expired-intermediate",
    "rfc5280::eku::ee-wrong-eku",
    "rfc5280::nc::permitted-dns-match",
    "rfc5280::nc::excluded-dns-match",
    "rfc5280::root-and-intermediate-swapped",
    "rfc5280::chain-untrusted-root",
    "rfc5280::unknown-critical-extension-ee",
    "rfc5280::validity::notafter-exact",
    "rfc5280::validity::expired-leaf",
    "webpki::cryptographydotio-chain",
    "webpki::cryptographydotio-chain-missing-intermediate",
];

#[test]
fn our_own_cases_through_the_command() {
    let cases = own::command::cases();
    assert!(cases.len() >= AT_LEAST, "{}", cases.len());
    for own in cases {
        for (profile, kind) in own::PROFILES.into_iter().zip(own.kinds) {
            assert_eq!(checked(&own.case, profile), kind.as_str(), "{}, {profile}", own.case.id);
        }
    }
}

/// For the profile that does not mind that these cases have nothing to say about revocation.
#[test]
fn cases_of_x509_limbo_through_the_command() {
    let Some(suite) = limbo::suite() else { return };
    for id in OF_LIMBO {
        let case = suite.testcases.iter().find(|case| case.id == id).unwrap();
        let (kind, reasons) = judge(case).remove(&ProfileId::Jabber12).unwrap();
        let word = checked(case, ProfileId::Jabber12);
        assert_eq!(word, VerdictKind::as_str(kind), "{id}: {reasons:?}");
    }
}

/// The verdict that the command prints about a case.
fn checked(case: &Case, profile: ProfileId) -> String {
    let folder = Folder::new();
    let Some(PeerName::Dns(name)) = &case.expected_peer_name else { panic!("{}", case.id) };
    let mut arguments = vec!["check", name, "--format", "json", "--profile", profile.as_str()];
    let chain = std::iter::once(&case.peer_certificate).chain(&case.untrusted_intermediates);
    folder.write("chain.pem", chain.cloned().collect::<String>());
    folder.write("roots.pem", case.trusted_certs.concat());
    arguments.extend(["--chain", "chain.pem", "--trust", "roots.pem"]);
    let time = case.validation_time.as_deref().unwrap_or("2026-11-01T00:00:00Z");
    arguments.extend(["--at", time]);
    let lists: Vec<String> = (0..case.crls.len()).map(|at| format!("{at}.crl")).collect();
    for (list, name) in case.crls.iter().zip(&lists) {
        folder.write(name, list);
        arguments.extend(["--crl", name]);
    }
    let run = folder.run(&arguments);
    let report: Value = serde_json::from_slice(&run.stdout)
        .unwrap_or_else(|error| panic!("{}: {error}: {}", case.id, run.stderr));
    let verdict = report["certificates"][0]["verdict"].as_str().unwrap().to_owned();
    assert_eq!(run.status, if verdict == "trusted" { 0 } else { 3 }, "{}", case.id);
    verdict
}
