//! Keys, one of each kind for all end-entity certificates.

use std::collections::HashMap;
use std::sync::Arc;

use rcgen::{KeyPair, RsaKeySize};
use rustls::crypto::aws_lc_rs::sign::any_supported_type;
use rustls::pki_types::PrivateKeyDer;
use rustls::sign::SigningKey;

use crate::builder::StartError;
use crate::certificate::Key;

/// Keys as they were first needed.
#[derive(Debug, Default)]
pub(super) struct Keys(HashMap<Key, Arc<Pair>>);

/// One key, for issuing and for handshakes.
#[derive(Debug)]
pub(super) struct Pair {
    pub(super) key: KeyPair,
    pub(super) signing_key: Arc<dyn SigningKey>,
}

impl Keys {
    pub(super) fn of(&mut self, kind: Key) -> Result<Arc<Pair>, StartError> {
        if let Some(pair) = self.0.get(&kind) {
            return Ok(pair.clone());
        }
        let key = new(kind)?;
        let private = PrivateKeyDer::try_from(key.serialize_der())
            .map_err(|why| StartError::Tls(rustls::Error::General(why.to_owned())))?;
        let pair = Arc::new(Pair { signing_key: any_supported_type(&private)?, key });
        self.0.insert(kind, pair.clone());
        Ok(pair)
    }
}

/// A new key of this kind.
pub(super) fn new(kind: Key) -> Result<KeyPair, rcgen::Error> {
    match kind {
        Key::P256 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256),
        Key::P384 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384),
        Key::P521 => KeyPair::generate_for(&rcgen::PKCS_ECDSA_P521_SHA512),
        Key::Ed25519 => KeyPair::generate_for(&rcgen::PKCS_ED25519),
        Key::Rsa2048 => KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_2048),
        Key::Rsa3072 => KeyPair::generate_rsa_for(&rcgen::PKCS_RSA_SHA256, RsaKeySize::_3072),
    }
}
