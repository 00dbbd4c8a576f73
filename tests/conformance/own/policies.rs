//! Policies that a CA requires, for clients that require none themselves.

use rcgen::CertificateParams;

use super::authority::{Authority, extension};
use super::{ASKED, FINE, FROWNED, Kinds, Own};

const CERTIFICATE_POLICIES: &[u64] = &[2, 5, 29, 32];
const POLICY_MAPPINGS: &[u64] = &[2, 5, 29, 33];
const POLICY_CONSTRAINTS: &[u64] = &[2, 5, 29, 36];
const INHIBIT_ANY_POLICY: &[u64] = &[2, 5, 29, 54];

/// Policies as certificatePolicies have them.
const ONE: &[u8] = &[0x30, 6, 0x30, 4, 6, 2, 0x2a, 1];
const TWO: &[u8] = &[0x30, 6, 0x30, 4, 6, 2, 0x2a, 2];
const ANY: &[u8] = &[0x30, 8, 0x30, 6, 6, 4, 0x55, 0x1d, 0x20, 0];
/// The first is the second below.
const ONE_IS_TWO: &[u8] = &[0x30, 10, 0x30, 8, 6, 2, 0x2a, 1, 6, 2, 0x2a, 2];
/// requireExplicitPolicy, inhibitPolicyMapping and inhibitAnyPolicy of 0.
const EXPLICIT: &[u8] = &[0x30, 3, 0x80, 1, 0];
const EXPLICIT_UNMAPPED: &[u8] = &[0x30, 6, 0x80, 1, 0, 0x81, 1, 0];
const NO_ANY: &[u8] = &[2, 1, 0];

/// Extensions with their values; constraints are critical, the others need not be.
type Says = &'static [(&'static [u64], &'static [u8])];

fn say(says: Says) -> impl Fn(&mut CertificateParams) {
    move |params| {
        for (id, value) in says {
            let critical = [POLICY_CONSTRAINTS, INHIBIT_ANY_POLICY].contains(id);
            extension(params, id, critical, value);
        }
    }
}

pub(super) fn cases() -> Vec<Own> {
    const PC: &[u64] = POLICY_CONSTRAINTS;
    const CP: &[u64] = CERTIFICATE_POLICIES;
    const PM: &[u64] = POLICY_MAPPINGS;
    const IA: &[u64] = INHIBIT_ANY_POLICY;
    // The upper CA, the lower CA, the server.
    let rows: &[(&str, Says, Says, Says, Kinds)] = &[
        ("stated-and-not-required", &[(CP, ONE)], &[(CP, TWO)], &[], FINE),
        ("required-and-stated", &[(PC, EXPLICIT), (CP, ONE)], &[(CP, ONE)], &[(CP, ONE)], FINE),
        ("required-and-missing", &[(PC, EXPLICIT), (CP, ONE)], &[(CP, ONE)], &[], ASKED),
        ("required-and-another", &[(PC, EXPLICIT), (CP, ONE)], &[(CP, ONE)], &[(CP, TWO)], ASKED),
        ("required-and-broken", &[(PC, EXPLICIT), (CP, ONE)], &[], &[(CP, ONE)], ASKED),
        ("required-below", &[(CP, ONE)], &[(PC, EXPLICIT), (CP, ONE)], &[(CP, ONE)], FINE),
        ("required-by-the-server", &[], &[], &[(PC, EXPLICIT)], ASKED),
        ("any-all-the-way", &[(PC, EXPLICIT), (CP, ANY)], &[(CP, ANY)], &[(CP, ONE)], FINE),
        (
            "any-inhibited",
            &[(PC, EXPLICIT), (CP, ANY), (IA, NO_ANY)],
            &[(CP, ANY)],
            &[(CP, ONE)],
            ASKED,
        ),
        (
            "mapped",
            &[(PC, EXPLICIT), (CP, ONE), (PM, ONE_IS_TWO)],
            &[(CP, TWO)],
            &[(CP, TWO)],
            FINE,
        ),
        (
            "mapping-inhibited",
            &[(PC, EXPLICIT_UNMAPPED), (CP, ONE)],
            &[(CP, ONE), (PM, ONE_IS_TWO)],
            &[(CP, TWO)],
            ASKED,
        ),
    ];
    let mut cases: Vec<Own> = rows
        .iter()
        .map(|(id, upper, lower, server, kinds)| {
            chain(id, &say(upper), &say(lower), &say(server), *kinds)
        })
        .collect();
    let lax = |params: &mut CertificateParams| {
        extension(params, POLICY_CONSTRAINTS, false, EXPLICIT);
        extension(params, CERTIFICATE_POLICIES, false, ONE);
    };
    let one = say(&[(CP, ONE)]);
    cases.push(chain("required-not-critically", &lax, &one, &one, FROWNED));
    cases.push(chain("required-not-critically-and-missing", &lax, &one, &|_| {}, ASKED));
    cases
}

fn chain(
    id: &str,
    upper: &dyn Fn(&mut CertificateParams),
    lower: &dyn Fn(&mut CertificateParams),
    server: &dyn Fn(&mut CertificateParams),
    kinds: Kinds,
) -> Own {
    let root = Authority::root("Root", &|_| {});
    let upper = root.below("Upper", upper);
    let lower = upper.below("Lower", lower);
    let server = lower.server(server);
    let id = format!("policies::{id}");
    Own::new(&id, &[&root.der], &[&server, &lower.der, &upper.der], kinds)
}
