//! Is every key used for what its certificate permits?

use rcgen::ExtendedKeyUsagePurpose::{
    self as Purpose, Any, ClientAuth, CodeSigning, OcspSigning, ServerAuth,
};
use rcgen::KeyUsagePurpose::{
    self as Usage, ContentCommitment, CrlSign, DataEncipherment, DigitalSignature, KeyAgreement,
    KeyCertSign, KeyEncipherment,
};
use rcgen::{BasicConstraints, CertificateParams, IsCa};

use super::authority::{alt_names, extension};
use super::{ASKED, FINE, FROWNED, Kinds, OPEN_OR_REFUSED, Own, World};

const EXTENDED_KEY_USAGE: &[u64] = &[2, 5, 29, 37];
const BASIC_CONSTRAINTS: &[u64] = &[2, 5, 29, 19];
/// id-kp-serverAuth in a sequence.
const SERVER_AUTH: &[u8] = &[0x30, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1];

pub(super) fn cases() -> Vec<Own> {
    let world = World::new();
    let mut cases = purposes(&world);
    cases.extend(usages(&world));
    cases.extend(authorities(&world));
    cases
}

/// extendedKeyUsage of the server and of its CAs.
fn purposes(world: &World) -> Vec<Own> {
    let rows: &[(&str, &[Purpose], Kinds, Kinds)] = &[
        ("none", &[], FROWNED, FINE),
        ("server", &[ServerAuth], FINE, FINE),
        ("client", &[ClientAuth], ASKED, ASKED),
        ("client-and-server", &[ClientAuth, ServerAuth], FINE, FINE),
        ("code-signing", &[CodeSigning], ASKED, ASKED),
        ("ocsp-signing", &[OcspSigning], ASKED, ASKED),
        ("any", &[Any], ASKED, ASKED),
        ("any-and-server", &[Any, ServerAuth], FROWNED, FINE),
    ];
    let mut cases = Vec::new();
    for (id, purposes, of_server, of_ca) in rows {
        let change =
            |params: &mut CertificateParams| params.extended_key_usages = purposes.to_vec();
        cases.push(world.server(&format!("usage::purpose-of-server::{id}"), &change, *of_server));
        cases.push(world.below(&format!("usage::purpose-of-ca::{id}"), &change, *of_ca));
    }
    let raw = |critical: bool, value: &'static [u8]| {
        move |params: &mut CertificateParams| {
            params.extended_key_usages.clear();
            extension(params, EXTENDED_KEY_USAGE, critical, value);
        }
    };
    cases.push(world.server(
        "usage::purpose-of-server::critical",
        &raw(true, SERVER_AUTH),
        FROWNED,
    ));
    cases.push(world.server("usage::purpose-of-server::empty", &raw(false, &[0x30, 0]), ASKED));
    cases.push(world.server(
        "usage::purpose-of-server::unreadable",
        &raw(false, &[0x30, 5, 1]),
        OPEN_OR_REFUSED,
    ));
    cases.push(World::under(
        "usage::purpose-of-root::server",
        &|params| params.extended_key_usages = vec![ServerAuth],
        FROWNED,
    ));
    cases
}

/// keyUsage of the server and of its CAs.
fn usages(world: &World) -> Vec<Own> {
    let rows: &[(&str, &[Usage], Kinds)] = &[
        ("none", &[], FINE),
        ("digital-signature", &[DigitalSignature], FINE),
        ("key-encipherment", &[KeyEncipherment], FINE),
        ("key-agreement", &[KeyAgreement], FINE),
        ("signature-and-encipherment", &[DigitalSignature, KeyEncipherment], FINE),
        ("data-encipherment", &[DataEncipherment], ASKED),
        ("content-commitment", &[ContentCommitment], ASKED),
        ("crl-sign", &[CrlSign], ASKED),
        ("key-cert-sign", &[KeyCertSign], ASKED),
        ("signature-and-key-cert-sign", &[DigitalSignature, KeyCertSign], FROWNED),
    ];
    let mut cases: Vec<Own> = rows
        .iter()
        .map(|(id, usages, kinds)| {
            let change = |params: &mut CertificateParams| params.key_usages = usages.to_vec();
            world.server(&format!("usage::key-of-server::{id}"), &change, *kinds)
        })
        .collect();
    let rows: &[(&str, &[Usage], Kinds, Kinds)] = &[
        ("none", &[], FINE, FINE),
        ("key-cert-sign", &[KeyCertSign], FINE, FINE),
        ("crl-sign", &[CrlSign], ASKED, FROWNED),
        ("digital-signature", &[DigitalSignature], ASKED, FROWNED),
    ];
    for (id, usages, of_ca, of_root) in rows {
        let change = |params: &mut CertificateParams| params.key_usages = usages.to_vec();
        cases.push(world.below(&format!("usage::key-of-ca::{id}"), &change, *of_ca));
        cases.push(World::under(&format!("usage::key-of-root::{id}"), &change, *of_root));
    }
    cases
}

/// Who is a CA.
fn authorities(world: &World) -> Vec<Own> {
    let ca = |params: &mut CertificateParams| {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    };
    let quiet = |params: &mut CertificateParams| params.is_ca = IsCa::NoCa;
    let not_critical = |params: &mut CertificateParams| {
        params.is_ca = IsCa::NoCa;
        extension(params, BASIC_CONSTRAINTS, false, &[0x30, 3, 1, 1, 0xff]);
    };
    vec![
        world.below("usage::ca::says-it-is-none", &|p| p.is_ca = IsCa::ExplicitNoCa, ASKED),
        world.below("usage::ca::says-nothing", &quiet, ASKED),
        world.below("usage::ca::not-critical", &not_critical, FROWNED),
        World::under("usage::root::says-nothing", &quiet, FROWNED),
        World::under("usage::root::not-critical", &not_critical, FROWNED),
        world.server("usage::server::is-a-ca", &ca, FROWNED),
        world.server("usage::server::says-it-is-none", &|p| p.is_ca = IsCa::ExplicitNoCa, FINE),
        world.below("usage::ca::with-a-name-of-its-own", &|p| alt_names(p, &["ca.example"]), FINE),
    ]
}
