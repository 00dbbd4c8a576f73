//! CAs that issue whatever a case needs.

use std::net::IpAddr;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, DnValue,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SanType, SignatureAlgorithm,
};

/// 2027-01-01 00:00:00 UTC: from here on certificates are valid unless a case says otherwise.
pub(super) const NOT_BEFORE: i64 = 1_798_761_600;
/// 2029-01-01 00:00:00 UTC.
pub(super) const NOT_AFTER: i64 = 1_861_920_000;
/// 2027-07-01 00:00:00 UTC, when a case is judged unless it says otherwise.
pub(super) const NOW: i64 = 1_814_400_000;
/// The name that a server has and that is demanded, unless a case says otherwise.
pub(super) const NAME: &str = "c12.webex.com";

/// A certificate, DER.
pub(super) type Der = Vec<u8>;

/// What a case changes about a certificate that is as it should be.
pub(super) type Change<'a> = &'a dyn Fn(&mut CertificateParams);

/// A CA: its certificate, and what it takes to issue below it.
pub(super) struct Authority {
    pub(super) der: Der,
    params: CertificateParams,
    key: KeyPair,
}

impl Authority {
    /// A self-signed root.
    pub(super) fn root(name: &str, change: Change<'_>) -> Self {
        Self::root_with(name, p256(), change)
    }

    /// The same with a key of the case's choice.
    pub(super) fn root_with(name: &str, key: KeyPair, change: Change<'_>) -> Self {
        let params = ca(name, change);
        let der = params.self_signed(&key).unwrap().der().to_vec();
        Self { der, params, key }
    }

    /// An intermediate below this CA.
    pub(super) fn below(&self, name: &str, change: Change<'_>) -> Self {
        self.below_with(name, p256(), change)
    }

    /// The same with a key of the case's choice.
    pub(super) fn below_with(&self, name: &str, key: KeyPair, change: Change<'_>) -> Self {
        let params = ca(name, change);
        let der = params.signed_by(&key, &self.issuer()).unwrap().der().to_vec();
        Self { der, params, key }
    }

    /// The same CA with another certificate, issued by `issuer`.
    pub(super) fn again(&self, issuer: &Self, change: Change<'_>) -> Self {
        let key = KeyPair::from_pem(&self.key.serialize_pem()).unwrap();
        let mut params = self.params.clone();
        change(&mut params);
        let der = params.signed_by(&key, &issuer.issuer()).unwrap().der().to_vec();
        Self { der, params, key }
    }

    /// The same root with another certificate of its own.
    pub(super) fn renewed(&self, change: Change<'_>) -> Self {
        self.again(self, change)
    }

    /// A server's certificate for [`NAME`], changed.
    pub(super) fn server(&self, change: Change<'_>) -> Der {
        self.server_with(&p256(), change)
    }

    /// The same for a key of the case's choice.
    pub(super) fn server_with(&self, key: &KeyPair, change: Change<'_>) -> Der {
        server(change).signed_by(key, &self.issuer()).unwrap().der().to_vec()
    }

    pub(super) fn issuer(&self) -> Issuer<'_, &KeyPair> {
        Issuer::from_params(&self.params, &self.key)
    }
}

/// A self-signed server's certificate for [`NAME`], changed.
pub(super) fn self_signed(change: Change<'_>) -> Der {
    server(change).self_signed(&p256()).unwrap().der().to_vec()
}

/// A fresh key on P-256.
pub(super) fn p256() -> KeyPair {
    key(&rcgen::PKCS_ECDSA_P256_SHA256)
}

/// A fresh key.
pub(super) fn key(algorithm: &'static SignatureAlgorithm) -> KeyPair {
    KeyPair::generate_for(algorithm).unwrap()
}

/// Sets the validity period, in seconds since the epoch.
pub(super) fn valid(params: &mut CertificateParams, from: i64, to: i64) {
    let at = |seconds: i64| {
        rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(u64::try_from(seconds).unwrap())
    };
    params.not_before = at(from);
    params.not_after = at(to);
}

/// Makes the subject one common name.
pub(super) fn common_name(params: &mut CertificateParams, name: &str) {
    common_name_as(params, DnValue::Utf8String(name.to_owned()));
}

/// The same in a string type of the case's choice.
pub(super) fn common_name_as(params: &mut CertificateParams, name: DnValue) {
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
}

/// Names the server by dNSNames and iPAddresses, and by a Subject CN that copies the first.
pub(super) fn named(params: &mut CertificateParams, names: &[&str]) {
    alt_names(params, names);
    common_name(params, names[0]);
}

/// Sets the dNSNames and iPAddresses alone.
pub(super) fn alt_names(params: &mut CertificateParams, names: &[&str]) {
    let name = |name: &&str| match name.parse::<IpAddr>() {
        Ok(address) => SanType::IpAddress(address),
        Err(_) => SanType::DnsName((*name).try_into().unwrap()),
    };
    params.subject_alt_names = names.iter().map(name).collect();
}

/// Adds an extension by OID and value.
pub(super) fn extension(params: &mut CertificateParams, id: &[u64], critical: bool, value: &[u8]) {
    let mut extension = CustomExtension::from_oid_content(id, value.to_vec());
    extension.set_criticality(critical);
    params.custom_extensions.push(extension);
}

fn ca(name: &str, change: Change<'_>) -> CertificateParams {
    let mut params = CertificateParams::default();
    common_name(&mut params, name);
    valid(&mut params, NOT_BEFORE, NOT_AFTER);
    params.use_authority_key_identifier_extension = true;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    change(&mut params);
    params
}

fn server(change: Change<'_>) -> CertificateParams {
    let mut params = CertificateParams::default();
    named(&mut params, &[NAME]);
    valid(&mut params, NOT_BEFORE, NOT_AFTER);
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    change(&mut params);
    params
}
