//! Responders that a CA has delegated its answers to (RFC 6960, 4.2.2.2).

use std::time::Duration;

use rcgen::{
    CertificateParams, CustomExtension, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, SerialNumber, SignatureAlgorithm, date_time_ymd,
};

use crate::signer::{SignError, Signer};

/// id-pkix-ocsp-nocheck (RFC 6960, 4.2.2.2.1).
const NO_CHECK: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 48, 1, 5];

/// What a delegate's certificate shall be. It starts from what a CA would issue; a wrong one has a
/// field changed.
#[derive(Clone, Copy, Debug)]
pub struct DelegateShape {
    /// The Subject CN.
    pub name: &'static str,
    /// Seconds since the epoch.
    pub not_before: i64,
    /// Seconds since the epoch.
    pub not_after: i64,
    /// The extended key usages; without OCSPSigning it is no delegate.
    pub usages: &'static [ExtendedKeyUsagePurpose],
    /// Whether it carries id-pkix-ocsp-nocheck.
    pub no_check: bool,
    /// The kind of key.
    pub algorithm: &'static SignatureAlgorithm,
}

impl DelegateShape {
    /// A proper delegate, valid for a month around `now`.
    pub fn new(now: i64) -> Self {
        const HALF_A_MONTH: i64 = 15 * 86_400;
        Self {
            name: "Lab OCSP Responder",
            not_before: now - HALF_A_MONTH,
            not_after: now + HALF_A_MONTH,
            usages: &[ExtendedKeyUsagePurpose::OcspSigning],
            no_check: true,
            algorithm: &rcgen::PKCS_ECDSA_P256_SHA256,
        }
    }
}

/// A delegate: its certificate and its key.
#[derive(Debug)]
pub struct Delegate {
    /// The certificate, DER.
    pub certificate: Vec<u8>,
    /// Its key.
    pub key: KeyPair,
}

impl Delegate {
    /// One that this CA has issued. Whether that CA is the one that answers are about is the
    /// caller's choice.
    ///
    /// # Errors
    ///
    /// No key of that kind can be made, or the certificate cannot.
    pub fn issue(shape: &DelegateShape, issuer: &Issuer<'_, KeyPair>) -> Result<Self, SignError> {
        let mut params = CertificateParams::default();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, shape.name);
        let at = |seconds: i64| {
            let shift = Duration::from_secs(seconds.unsigned_abs());
            let epoch = date_time_ymd(1970, 1, 1);
            if seconds < 0 { epoch - shift } else { epoch + shift }
        };
        params.not_before = at(shape.not_before);
        params.not_after = at(shape.not_after);
        params.serial_number = Some(SerialNumber::from(9));
        params.is_ca = IsCa::ExplicitNoCa;
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages = shape.usages.to_vec();
        params.use_authority_key_identifier_extension = true;
        if shape.no_check {
            const NULL: [u8; 2] = [5, 0];
            let no_check = CustomExtension::from_oid_content(NO_CHECK, NULL.to_vec());
            params.custom_extensions = vec![no_check];
        }
        let key = KeyPair::generate_for(shape.algorithm)?;
        let certificate = params.signed_by(&key, issuer)?.der().to_vec();
        Ok(Self { certificate, key })
    }

    /// The delegate as the signer of a response.
    pub fn signer(&self) -> Signer<'_> {
        Signer { certificate: &self.certificate, key: &self.key }
    }
}
