//! What an issuer should not have done, and no Jabber is known to mind.

use rcgen::{CertificateParams, DistinguishedName};

use super::authority::{NAME, extension};
use super::{FINE, FROWNED, Kinds, OPEN, Own, World};

const AUTHORITY_KEY_IDENTIFIER: &[u64] = &[2, 5, 29, 35];
const SUBJECT_KEY_IDENTIFIER: &[u64] = &[2, 5, 29, 14];
const NAME_CONSTRAINTS: &[u64] = &[2, 5, 29, 30];
const POLICY_CONSTRAINTS: &[u64] = &[2, 5, 29, 36];
const AUTHORITY_INFORMATION_ACCESS: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 1, 1];
/// An OID that nobody knows.
const UNKNOWN: &[u64] = &[1, 2, 3, 4];

pub(super) fn cases() -> Vec<Own> {
    let world = World::new();
    let mut cases = serial_numbers(&world);
    cases.extend(extensions(&world));
    cases.extend(subjects(&world));
    cases
}

fn serial_numbers(world: &World) -> Vec<Own> {
    let rows: &[(&str, &[u8], Kinds, Kinds)] = &[
        ("one", &[1], FINE, FINE),
        ("twenty-octets", &[0x7f; 20], FINE, FINE),
        ("zero", &[0], FROWNED, FINE),
        ("twenty-one-octets", &[0x7f; 21], FROWNED, FINE),
    ];
    let mut cases = Vec::new();
    for (id, octets, of_server, of_root) in rows {
        let change = |params: &mut CertificateParams| {
            params.serial_number = Some(octets.to_vec().into());
        };
        cases.push(world.server(&format!("form::serial-of-server::{id}"), &change, *of_server));
        cases.push(world.below(&format!("form::serial-of-ca::{id}"), &change, *of_server));
        cases.push(World::under(&format!("form::serial-of-root::{id}"), &change, *of_root));
    }
    cases
}

fn extensions(world: &World) -> Vec<Own> {
    let with = |id: &'static [u64], critical: bool, value: &'static [u8]| {
        move |params: &mut CertificateParams| extension(params, id, critical, value)
    };
    let no_key_identifier = |params: &mut CertificateParams| {
        params.use_authority_key_identifier_extension = false;
    };
    let critical_authority_key = |params: &mut CertificateParams| {
        params.use_authority_key_identifier_extension = false;
        extension(params, AUTHORITY_KEY_IDENTIFIER, true, &[0x30, 3, 0x80, 1, 7]);
    };
    // permittedSubtrees of the dNSName `com`.
    let permitted: &[u8] = &[0x30, 9, 0xa0, 7, 0x30, 5, 0x82, 3, b'c', b'o', b'm'];
    vec![
        world.server("form::aki::missing-from-server", &no_key_identifier, FROWNED),
        world.below("form::aki::missing-from-ca", &no_key_identifier, FROWNED),
        World::under("form::aki::missing-from-root", &no_key_identifier, FINE),
        world.server("form::aki::critical", &critical_authority_key, FROWNED),
        world.server(
            "form::ski::critical",
            &with(SUBJECT_KEY_IDENTIFIER, true, &[4, 1, 7]),
            FROWNED,
        ),
        world.server(
            "form::aia::unreadable",
            &with(AUTHORITY_INFORMATION_ACCESS, false, &[0x30, 5, 1]),
            FROWNED,
        ),
        world.below(
            "form::name-constraints::not-critical",
            &with(NAME_CONSTRAINTS, false, permitted),
            FROWNED,
        ),
        world.server(
            "form::name-constraints::on-a-server",
            &with(NAME_CONSTRAINTS, true, permitted),
            FROWNED,
        ),
        world.below(
            "form::policy-constraints::not-critical",
            &with(POLICY_CONSTRAINTS, false, &[0x30, 3, 0x80, 1, 5]),
            FROWNED,
        ),
        world.server("form::unknown::harmless", &with(UNKNOWN, false, &[5, 0]), FINE),
        world.below("form::unknown::harmless-on-ca", &with(UNKNOWN, false, &[5, 0]), FINE),
        world.server(
            "form::unknown::twice",
            &|params| {
                extension(params, UNKNOWN, false, &[5, 0]);
                extension(params, UNKNOWN, false, &[5, 0]);
            },
            FROWNED,
        ),
        world.server("form::unknown::critical", &with(UNKNOWN, true, &[5, 0]), OPEN),
        world.below("form::unknown::critical-on-ca", &with(UNKNOWN, true, &[5, 0]), OPEN),
        World::under("form::unknown::critical-on-root", &with(UNKNOWN, true, &[5, 0]), FROWNED),
    ]
}

fn subjects(world: &World) -> Vec<Own> {
    let empty = |params: &mut CertificateParams| {
        params.distinguished_name = DistinguishedName::new();
    };
    let name = [&[0x30, 15, 0x82, 13][..], NAME.as_bytes()].concat();
    let not_critical = |params: &mut CertificateParams| {
        params.distinguished_name = DistinguishedName::new();
        params.subject_alt_names.clear();
        extension(params, &[2, 5, 29, 17], false, &name);
    };
    let critical = |params: &mut CertificateParams| {
        params.subject_alt_names.clear();
        extension(params, &[2, 5, 29, 17], true, &name);
    };
    vec![
        world.server("form::subject::empty", &empty, FINE),
        world.server("form::subject::empty-and-san-not-critical", &not_critical, FROWNED),
        world.server("form::subject::there-and-san-critical", &critical, FROWNED),
        world.below("form::subject::empty-of-ca", &empty, FROWNED),
    ]
}
