//! Cases of our own, about what an administrator of Jabber meets: made when the test runs, in the
//! same form as x509-limbo's, with the verdict of every client profile.

mod authority;
pub(crate) mod command;
mod constraints;
mod form;
mod identity;
mod keys;
mod paths;
mod policies;
mod revocation;
mod usage;
mod validity;

use std::collections::{BTreeMap, BTreeSet};

use photofix::profile::ProfileId;
use photofix::profile::VerdictKind::{self, Prompts, Refuses, Trusted, Unknown};

use crate::case::{Case, Expected, PeerName, Suite, ValidationKind};
use crate::judge::judge;
use authority::{Authority, Change, Der, NAME, NOW};

/// The fewest cases there shall be.
const AT_LEAST: usize = 150;

/// The verdicts of `jabber`, `jabber-12` and `strict`.
type Kinds = [VerdictKind; 3];

/// Every client is content.
const FINE: Kinds = [Trusted; 3];
/// Both Jabbers ask, a strict client refuses.
const ASKED: Kinds = [Prompts, Prompts, Refuses];
/// Only clients before 12.6, which take a Subject CN, are content.
const BY_CN: Kinds = [Trusted, Prompts, Refuses];
/// The issuer should not have done so, and no Jabber is known to mind.
const FROWNED: Kinds = [Trusted, Trusted, Refuses];
/// What a client would do is not known.
const OPEN: Kinds = [Unknown; 3];
/// The same, but for a strict client, which has another reason to refuse.
const OPEN_OR_REFUSED: Kinds = [Unknown, Unknown, Refuses];

/// A case and what every client makes of it.
pub(crate) struct Own {
    pub(crate) case: Case,
    pub(crate) kinds: Kinds,
}

impl Own {
    /// A server that presents a chain, judged by [`NAME`] at [`NOW`].
    fn new(id: &str, roots: &[&Der], chain: &[&Der], kinds: Kinds) -> Self {
        let pem = |der: &&Der| pem("CERTIFICATE", der);
        let case = Case {
            id: id.to_owned(),
            validation_kind: ValidationKind::Server,
            trusted_certs: roots.iter().map(pem).collect(),
            untrusted_intermediates: chain.iter().skip(1).map(pem).collect(),
            peer_certificate: pem(&chain[0]),
            validation_time: None,
            expected_result: match kinds[2] {
                Trusted => Expected::Success,
                Unknown | Prompts | Refuses => Expected::Failure,
            },
            expected_peer_name: Some(PeerName::Dns(NAME.to_owned())),
            max_chain_depth: None,
            crls: Vec::new(),
        };
        Self { case, kinds }.at(NOW)
    }

    /// The same at another time.
    fn at(mut self, seconds: i64) -> Self {
        let time = jiff::Timestamp::from_second(seconds).unwrap();
        self.case.validation_time = Some(time.to_string());
        self
    }

    /// The same with CRLs.
    fn with_lists(mut self, lists: Vec<Vec<u8>>) -> Self {
        self.case.crls = lists.iter().map(|der| pem("X509 CRL", der)).collect();
        self
    }

    /// The same for another name.
    fn demanding(mut self, name: &str) -> Self {
        self.case.expected_peer_name = Some(PeerName::Dns(name.to_owned()));
        self
    }
}

/// A root and an intermediate as they should be.
struct World {
    root: Authority,
    sub: Authority,
}

impl World {
    fn new() -> Self {
        let root = Authority::root("Root", &|_| {});
        let sub = root.below("Sub", &|_| {});
        Self { root, sub }
    }

    /// A server's certificate, changed, in a chain that is as it should be.
    fn server(&self, id: &str, change: Change<'_>, kinds: Kinds) -> Own {
        Own::new(id, &[&self.root.der], &[&self.sub.server(change), &self.sub.der], kinds)
    }

    /// A server below an intermediate that is changed.
    fn below(&self, id: &str, change: Change<'_>, kinds: Kinds) -> Own {
        let sub = self.root.below("Sub", change);
        Own::new(id, &[&self.root.der], &[&sub.server(&|_| {}), &sub.der], kinds)
    }

    /// A server and an intermediate below a root that is changed.
    fn under(id: &str, change: Change<'_>, kinds: Kinds) -> Own {
        let root = Authority::root("Root", change);
        let sub = root.below("Sub", &|_| {});
        Own::new(id, &[&root.der], &[&sub.server(&|_| {}), &sub.der], kinds)
    }
}

/// PEM (RFC 7468).
fn pem(label: &str, der: &[u8]) -> String {
    use base64::Engine;
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    let lines: Vec<&str> = text.as_bytes().chunks(64).flat_map(std::str::from_utf8).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// All of them.
pub(crate) fn cases() -> Vec<Own> {
    [
        identity::cases(),
        validity::cases(),
        usage::cases(),
        paths::cases(),
        constraints::cases(),
        keys::cases(),
        form::cases(),
        policies::cases(),
        revocation::cases(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The profiles in the order of [`Kinds`].
pub(crate) const PROFILES: [ProfileId; 3] =
    [ProfileId::Jabber, ProfileId::Jabber12, ProfileId::Strict];

#[test]
fn our_own_cases() {
    let cases = cases();
    assert!(cases.len() >= AT_LEAST, "{}", cases.len());
    let ids: BTreeSet<_> = cases.iter().map(|own| own.case.id.as_str()).collect();
    assert_eq!(ids.len(), cases.len(), "an id stands twice");
    // Through the form on disk, as everybody else's cases.
    let suite = Suite { testcases: cases.iter().map(|own| own.case.clone()).collect() };
    let json = serde_json::to_string(&suite).unwrap();
    let suite: Suite = serde_json::from_str(&json).unwrap();
    let mut wrong = Vec::new();
    for (case, own) in suite.testcases.iter().zip(&cases) {
        let expected: BTreeMap<ProfileId, VerdictKind> =
            PROFILES.into_iter().zip(own.kinds).collect();
        for (profile, (kind, reasons)) in judge(case) {
            if kind != expected[&profile] {
                wrong.push(format!(
                    "{}, {profile}: {kind}, not {}: {}",
                    case.id,
                    expected[&profile],
                    reasons.join("; ")
                ));
            }
        }
    }
    println!("own: {} cases for three profiles", cases.len());
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}
