//! The certificate verdict over nearly two hundred servers, through the real binary: verdict,
//! deciding rule, revocation and wording by each client profile.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

#[path = "verdicts/chains.rs"]
mod chains;
mod common;
#[path = "verdicts/comparison.rs"]
mod comparison;
#[path = "verdicts/crl.rs"]
mod crl;
#[path = "verdicts/ocsp.rs"]
mod ocsp;
#[path = "verdicts/row.rs"]
mod row;
#[path = "verdicts/servers.rs"]
mod servers;
#[path = "verdicts/sources.rs"]
mod sources;
#[path = "verdicts/world.rs"]
mod world;
#[path = "verdicts/xmpp.rs"]
mod xmpp;

use comparison::{Words, disagreements};
use world::World;

/// How the profiles begin about a photo server.
const ON_PHOTOS: [Words; 3] = [
    [
        ("trusted", "Jabber shows the photo without asking"),
        ("prompts", "Jabber asks at every look-up"),
        ("refuses", "Jabber does not connect"),
        ("unknown", "what Jabber would do is not known"),
    ],
    [
        ("trusted", "Jabber 12.6 and later shows the photo without asking"),
        ("prompts", "Jabber 12.6 and later asks, and shows no photo when the user declines"),
        ("refuses", "Jabber 12.6 and later does not connect"),
        ("unknown", "what Jabber 12.6 and later would do is not known"),
    ],
    STRICT,
];

/// How they begin about a server that users sign in to.
const ON_CONNECTING: [Words; 3] = [
    [
        ("trusted", "Jabber connects without asking"),
        ("prompts", "Jabber asks at every sign-in until the user trusts the certificate"),
        ("refuses", "Jabber does not connect"),
        ("unknown", "what Jabber would do is not known"),
    ],
    [
        ("trusted", "Jabber 12.6 and later connects without asking"),
        ("prompts", "Jabber 12.6 and later asks, and does not connect when the user declines"),
        ("refuses", "Jabber 12.6 and later does not connect"),
        ("unknown", "what Jabber 12.6 and later would do is not known"),
    ],
    STRICT,
];

const STRICT: Words = [
    ("trusted", "a strict client connects"),
    ("prompts", "a strict client asks"),
    ("refuses", "a strict client refuses"),
    ("unknown", "what a strict client would do is not known"),
];

#[test]
fn every_photo_server_gets_the_verdict_that_each_client_gives() {
    let rows = [ocsp::rows(), crl::rows(), sources::rows(), chains::rows(), servers::rows()];
    let world = World::new(443, rows.into_iter().flatten().collect());
    let wrong = disagreements(&world, &[], &ON_PHOTOS);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), world.rows.len(), wrong.join("\n"));
}

#[test]
fn every_xmpp_server_gets_the_verdict_that_each_client_gives() {
    let world = World::new(5222, xmpp::rows());
    let options = ["--service", "xmpp", "--xmpp-domain", xmpp::DOMAIN];
    let wrong = disagreements(&world, &options, &ON_CONNECTING);
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), world.rows.len(), wrong.join("\n"));
}
