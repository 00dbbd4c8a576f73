//! Do signatures lead to a trust anchor, whatever the server sends along?

use rcgen::{BasicConstraints, CertificateParams, IsCa};

use super::authority::{Authority, Der, NAME, NOT_BEFORE, NOW, self_signed, valid};
use super::{ASKED, FINE, FROWNED, Kinds, OPEN, Own, World};

/// The most intermediates that are followed (webpki's limit).
const DEEPEST: usize = 6;

pub(super) fn cases() -> Vec<Own> {
    let mut cases = orders();
    cases.extend(lengths());
    cases.extend(anchors());
    cases.extend(crossings());
    cases.extend(forgeries());
    cases
}

fn path(id: &str, roots: &[&Der], chain: &[&Der], kinds: Kinds) -> Own {
    Own::new(&format!("path::{id}"), roots, chain, kinds)
}

/// What is sent, in which order.
fn orders() -> Vec<Own> {
    let root = Authority::root("Root", &|_| {});
    let upper = root.below("Upper", &|_| {});
    let lower = upper.below("Lower", &|_| {});
    let stranger = Authority::root("Stranger", &|_| {});
    let strange = stranger.below("Strange", &|_| {});
    let server = lower.server(&|_| {});
    let direct = root.server(&|_| {});
    let (s, l, u, r) = (&server, &lower.der, &upper.der, &root.der);
    let rows: &[(&str, &[&Der], Kinds)] = &[
        ("issued-by-the-root", &[&direct], FINE),
        ("in-order", &[s, l, u], FINE),
        ("with-the-root", &[s, l, u, r], FINE),
        ("swapped", &[s, u, l], FINE),
        ("root-first", &[s, r, u, l], FINE),
        ("twice", &[s, l, l, u, u], FINE),
        ("server-twice", &[s, s, l, u], FINE),
        ("with-strangers", &[s, &strange.der, l, &stranger.der, u], FINE),
        ("lower-missing", &[s, u], ASKED),
        ("upper-missing", &[s, l], ASKED),
        ("upper-missing-root-sent", &[s, l, r], ASKED),
        ("server-alone", &[s], ASKED),
        ("server-and-root", &[s, r], ASKED),
        ("server-and-strangers", &[s, &strange.der, &stranger.der], ASKED),
        ("intermediate-first", &[l, s, u], ASKED),
    ];
    rows.iter()
        .map(|(id, chain, kinds)| path(&format!("order::{id}"), &[r], chain, *kinds))
        .collect()
}

/// pathLenConstraint, and how deep a path may be.
fn lengths() -> Vec<Own> {
    let limited = |limit: Option<u8>| {
        move |params: &mut CertificateParams| {
            params.is_ca = IsCa::Ca(match limit {
                Some(limit) => BasicConstraints::Constrained(limit),
                None => BasicConstraints::Unconstrained,
            });
        }
    };
    let mut cases = Vec::new();
    for (id, limits, kinds) in [
        ("root-0-below-it-the-server", &[Some(0)][..], FINE),
        ("root-0-below-it-a-ca", &[Some(0), None], ASKED),
        ("root-1-below-it-a-ca", &[Some(1), None], FINE),
        ("intermediate-0", &[None, Some(0)], FINE),
        ("intermediate-0-below-it-a-ca", &[None, Some(0), None], ASKED),
        ("intermediate-1-below-it-a-ca", &[None, Some(1), None], FINE),
        ("intermediate-1-below-it-two", &[None, Some(1), None, None], ASKED),
        ("growing-back", &[None, Some(0), Some(5)], ASKED),
        ("shrinking", &[Some(2), Some(1), Some(0)], FINE),
    ] {
        let mut authorities = vec![Authority::root("Root", &limited(limits[0]))];
        for (at, limit) in limits.iter().enumerate().skip(1) {
            authorities.push(authorities[at - 1].below(&format!("Sub {at}"), &limited(*limit)));
        }
        cases.push(descending(&format!("length::{id}"), &authorities, kinds));
    }
    for (id, depth, kinds) in [("deepest", DEEPEST, FINE), ("too-deep", DEEPEST + 1, OPEN)] {
        let mut authorities = vec![Authority::root("Root", &|_| {})];
        for at in 1..=depth {
            authorities.push(authorities[at - 1].below(&format!("Sub {at}"), &|_| {}));
        }
        cases.push(descending(&format!("length::{id}"), &authorities, kinds));
    }
    cases
}

/// A server below the last of several CAs, the root first.
fn descending(id: &str, authorities: &[Authority], kinds: Kinds) -> Own {
    let server = authorities[authorities.len() - 1].server(&|_| {});
    let intermediates = authorities[1..].iter().rev().map(|ca| &ca.der);
    let chain: Vec<&Der> = std::iter::once(&server).chain(intermediates).collect();
    path(id, &[&authorities[0].der], &chain, kinds)
}

/// What is trusted.
fn anchors() -> Vec<Own> {
    let World { root, sub } = World::new();
    let other = Authority::root("Other", &|_| {});
    let namesake = Authority::root("Root", &|_| {});
    let server = sub.server(&|_| {});
    let own = self_signed(&|_| {});
    let own_ca = self_signed(&|p| p.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    let expired = self_signed(&|p| valid(p, NOT_BEFORE, NOW - 1));
    let chain: &[&Der] = &[&server, &sub.der];
    let whole: &[&Der] = &[&server, &sub.der, &root.der];
    vec![
        path("anchor::private-root", &[&other.der], whole, ASKED),
        path("anchor::private-root-not-sent", &[&other.der], chain, ASKED),
        path("anchor::nothing-trusted", &[], whole, ASKED),
        path("anchor::one-of-two", &[&other.der, &root.der], chain, FINE),
        path("anchor::the-intermediate", &[&sub.der], chain, FINE),
        path("anchor::the-intermediate-not-sent", &[&sub.der], &[&server], FINE),
        path("anchor::the-server", &[&server], chain, FINE),
        path("anchor::namesake-of-the-root", &[&namesake.der], chain, ASKED),
        path("anchor::namesake-beside-the-root", &[&namesake.der, &root.der], chain, FINE),
        path("self-signed::stranger", &[&other.der], &[&own], ASKED),
        path("self-signed::trusted", &[&own], &[&own], FINE),
        path("self-signed::trusted-and-expired", &[&expired], &[&expired], ASKED),
        path("self-signed::another-of-the-same-name", &[&own], &[&self_signed(&|_| {})], ASKED),
        path("self-signed::ca", &[&other.der], &[&own_ca], ASKED),
        path("self-signed::ca-trusted", &[&own_ca], &[&own_ca], FROWNED),
    ]
}

/// CAs with several certificates.
fn crossings() -> Vec<Own> {
    let (old, new) = (Authority::root("Old", &|_| {}), Authority::root("New", &|_| {}));
    let sub = old.below("Sub", &|_| {});
    let cross = sub.again(&new, &|_| {});
    let stale = sub.again(&new, &|params| valid(params, NOT_BEFORE, NOW - 1));
    let (server, by_old, by_new) = (sub.server(&|_| {}), &sub.der, &cross.der);
    // A new root that an old one vouches for, as public CAs introduce theirs.
    let bridge = new.again(&old, &|_| {});
    let below_new = new.below("Sub of New", &|_| {});
    let modern = below_new.server(&|_| {});
    // Two CAs of one name and different keys.
    let first = old.below("Twin", &|_| {});
    let second = old.below("Twin", &|_| {});
    let twins = second.server(&|_| {});
    // Two CAs that vouch for each other and for nobody else.
    let island = Authority::root("Island", &|_| {});
    let there = island.below("There", &|_| {});
    let back = island.again(&there, &|_| {});
    let stranded = there.server(&|_| {});
    vec![
        path("cross::old-root-trusted", &[&old.der], &[&server, by_old, by_new], FINE),
        path("cross::new-root-trusted", &[&new.der], &[&server, by_old, by_new], FINE),
        path("cross::both-trusted", &[&old.der, &new.der], &[&server, by_old, by_new], FINE),
        path("cross::only-the-other-sent", &[&new.der], &[&server, by_old], ASKED),
        path("cross::one-expired", &[&old.der, &new.der], &[&server, &stale.der, by_old], FINE),
        path("cross::the-trusted-one-expired", &[&new.der], &[&server, &stale.der, by_old], ASKED),
        path("cross::bridge", &[&old.der], &[&modern, &below_new.der, &bridge.der], FINE),
        path(
            "cross::bridge-not-needed",
            &[&new.der],
            &[&modern, &below_new.der, &bridge.der],
            FINE,
        ),
        path("cross::bridge-missing", &[&old.der], &[&modern, &below_new.der, &new.der], ASKED),
        path("cross::twin-first", &[&old.der], &[&twins, &first.der, &second.der], FINE),
        path("cross::twin-last", &[&old.der], &[&twins, &second.der, &first.der], FINE),
        path("cross::ring", &[&old.der], &[&stranded, &there.der, &back.der], ASKED),
    ]
}

/// Signatures that prove nothing.
fn forgeries() -> Vec<Own> {
    let World { root, sub } = World::new();
    let namesake = root.below("Sub", &|_| {});
    let forged_sub = Authority::root("Root", &|_| {}).below("Sub", &|_| {});
    let server = sub.server(&|_| {});
    let bent = |der: &Der| {
        let mut bent = der.clone();
        let last = bent.len() - 1;
        bent[last] ^= 1;
        bent
    };
    let renamed = {
        let mut der = server.clone();
        let at = der.windows(NAME.len()).position(|it| it == NAME.as_bytes()).unwrap();
        der[at] = b'd';
        der
    };
    let forged = forged_sub.server(&|_| {});
    vec![
        path("forged::server", &[&root.der], &[&namesake.server(&|_| {}), &sub.der], ASKED),
        path("forged::intermediate", &[&root.der], &[&forged, &forged_sub.der], ASKED),
        path("forged::signature-bent", &[&root.der], &[&bent(&server), &sub.der], ASKED),
        path("forged::intermediate-bent", &[&root.der], &[&server, &bent(&sub.der)], ASKED),
        path("forged::subject-changed", &[&root.der], &[&renamed, &sub.der], ASKED),
        path("forged::other-certificate", &[&root.der], &[&server, &root.der], ASKED),
    ]
}
