//! Which keys and signatures are good enough.

use rcgen::{KeyPair, RsaKeySize, SignatureAlgorithm};

use super::authority::{Authority, key, p256};
use super::{ASKED, FINE, Kinds, Own, World};

/// Certificates that no current library issues, with the root of all of them.
const OLD_ROOT: &[u8] = include_bytes!("../../fixtures/old-root.der");
const OLD: [(&str, &[u8], Kinds); 4] = [
    ("sha-1", include_bytes!("../../fixtures/sha1.der"), ASKED),
    ("md5", include_bytes!("../../fixtures/md5.der"), ASKED),
    ("rsa-1024", include_bytes!("../../fixtures/rsa1024.der"), ASKED),
    ("p-192", include_bytes!("../../fixtures/p192.der"), ASKED),
];

pub(super) fn cases() -> Vec<Own> {
    let world = World::new();
    let rsa = |size| KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, size).unwrap();
    let of = |algorithm: &'static SignatureAlgorithm| key(algorithm);
    let mut cases = Vec::new();
    for (id, make) in [
        ("p-256", &p256 as &dyn Fn() -> KeyPair),
        ("p-384", &|| of(&rcgen::PKCS_ECDSA_P384_SHA384)),
        ("p-521", &|| of(&rcgen::PKCS_ECDSA_P521_SHA512)),
        ("ed25519", &|| of(&rcgen::PKCS_ED25519)),
        ("rsa-2048", &|| rsa(RsaKeySize::_2048)),
        ("rsa-3072", &|| rsa(RsaKeySize::_3072)),
    ] {
        let server = world.sub.server_with(&make(), &|_| {});
        let chain = [&server, &world.sub.der];
        cases.push(Own::new(&format!("keys::server::{id}"), &[&world.root.der], &chain, FINE));
        let sub = world.root.below_with("Sub", make(), &|_| {});
        let chain = [&sub.server(&|_| {}), &sub.der];
        cases.push(Own::new(&format!("keys::ca::{id}"), &[&world.root.der], &chain, FINE));
    }
    for (id, algorithm) in
        [("sha-384", &rcgen::PKCS_RSA_SHA384), ("sha-512", &rcgen::PKCS_RSA_SHA512)]
    {
        let key = KeyPair::generate_rsa_for(algorithm, RsaKeySize::_2048).unwrap();
        let root = Authority::root_with("Root", key, &|_| {});
        let server = root.server(&|_| {});
        cases.push(Own::new(&format!("keys::rsa-signature::{id}"), &[&root.der], &[&server], FINE));
    }
    let root = OLD_ROOT.to_vec();
    cases.extend(OLD.map(|(id, der, kinds)| {
        Own::new(&format!("keys::old::{id}"), &[&root], &[&der.to_vec()], kinds)
    }));
    cases
}
