//! Is every certificate of the path valid at the time?

use super::authority::{Authority, NOT_AFTER, NOT_BEFORE, NOW, self_signed, valid};
use super::{ASKED, FINE, Kinds, Own, World};

/// 2050-01-01 00:00:00 UTC, the first instant that needs a GeneralizedTime (RFC 5280, 4.1.2.5).
const YEAR_2050: i64 = 2_524_608_000;
/// 9999-12-31 23:59:59 UTC: "no well-defined expiration date" (RFC 5280, 4.1.2.5).
const NEVER: i64 = 253_402_300_799;
/// A quarter of an hour into 1970.
const LONG_AGO: i64 = 1_000;

pub(super) fn cases() -> Vec<Own> {
    let mut cases = edges();
    cases.extend(together());
    cases
}

/// One certificate's period at its first and last seconds, the others being valid for longer.
fn edges() -> Vec<Own> {
    let seconds = [
        ("a-second-early", NOT_BEFORE - 1, ASKED),
        ("first-second", NOT_BEFORE, FINE),
        ("last-second", NOT_AFTER, FINE),
        ("a-second-late", NOT_AFTER + 1, ASKED),
    ];
    let mut cases = Vec::new();
    for whose in ["server", "intermediate", "root"] {
        let period = |one: &str| {
            let long = one != whose;
            move |params: &mut rcgen::CertificateParams| {
                if long {
                    valid(params, NOT_BEFORE - 10, NOT_AFTER + 10);
                }
            }
        };
        let root = Authority::root("Root", &period("root"));
        let sub = root.below("Sub", &period("intermediate"));
        let server = sub.server(&period("server"));
        for (id, at, kinds) in seconds {
            let id = format!("validity::{whose}::{id}");
            cases.push(Own::new(&id, &[&root.der], &[&server, &sub.der], kinds).at(at));
        }
    }
    cases
}

/// Several periods, and how long they may be.
fn together() -> Vec<Own> {
    let world = World::new();
    let root = Authority::root("Root", &|params| valid(params, 0, NEVER));
    let period =
        |from: i64, to: i64| move |params: &mut rcgen::CertificateParams| valid(params, from, to);
    let chain = |id: &str, sub: (i64, i64), server: (i64, i64), kinds: Kinds| {
        let sub = root.below("Sub", &period(sub.0, sub.1));
        let server = sub.server(&period(server.0, server.1));
        Own::new(&format!("validity::{id}"), &[&root.der], &[&server, &sub.der], kinds)
    };
    let (past, whole, future) =
        ((LONG_AGO, NOW - 1), (NOT_BEFORE, NOT_AFTER), (NOW + 1, NOT_AFTER));
    let old = root.below("Sub", &period(past.0, past.1));
    let renewed = old.again(&root, &period(whole.0, whole.1));
    let server = old.server(&|_| {});
    let old_root = Authority::root("Old Root", &period(past.0, past.1));
    let new_root = old_root.renewed(&period(whole.0, whole.1));
    let by_old_root = old_root.server(&|_| {});
    let stranger = Authority::root("Stranger", &|_| {});
    vec![
        chain("server-expired-intermediate-early", future, past, ASKED),
        chain("both-expired", past, past, ASKED),
        chain("never-valid-together", (LONG_AGO, 2_000), (3_000, 4_000), ASKED),
        chain("until-2050", whole, (NOT_BEFORE, YEAR_2050 - 1), FINE),
        chain("beyond-2050", (0, NEVER), (NOT_BEFORE, YEAR_2050), FINE),
        chain("for-ever", (0, NEVER), (0, NEVER), FINE),
        chain("judged-in-2049", (0, NEVER), (0, NEVER), FINE).at(YEAR_2050 - 1),
        chain("judged-in-2050", (0, NEVER), (0, NEVER), FINE).at(YEAR_2050),
        chain("one-second-long", whole, (NOW, NOW), FINE),
        chain("backwards", whole, (NOW + 1, NOW - 1), ASKED),
        Own::new(
            "validity::intermediate-expired-and-renewed",
            &[&root.der],
            &[&server, &old.der, &renewed.der],
            FINE,
        ),
        Own::new(
            "validity::intermediate-renewed-but-not-presented",
            &[&root.der],
            &[&server, &old.der],
            ASKED,
        ),
        Own::new("validity::root-expired", &[&old_root.der], &[&by_old_root], ASKED),
        Own::new(
            "validity::root-expired-and-renewed",
            &[&old_root.der, &new_root.der],
            &[&by_old_root],
            FINE,
        ),
        Own::new(
            "validity::expired-and-untrusted",
            &[&stranger.der],
            &[&world.sub.server(&period(past.0, past.1)), &world.sub.der],
            ASKED,
        ),
        Own::new(
            "validity::expired-and-self-signed",
            &[&stranger.der],
            &[&self_signed(&period(past.0, past.1))],
            ASKED,
        ),
    ]
}
