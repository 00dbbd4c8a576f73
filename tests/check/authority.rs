//! A private CA that issues what a row of a table needs, in PEM.

use lab::crl::{CertificateList, Entry};
use lab::ocsp::{BasicResponse, CertId, CertStatus, Hash, SingleResponse};
use lab::{Signer, certificate_pem};
use rcgen::{
    BasicConstraints, CertificateParams, CrlDistributionPoint, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, OtherNameValue, SanType,
};

/// Seconds since the epoch of [`crate::AT`].
pub(crate) const NOW: i64 = 1_814_400_000;

/// The name that servers have unless a row says otherwise.
pub(crate) const NAME: &str = "c12.webex.com";

/// A CA.
pub(crate) struct Authority {
    pub(crate) der: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

/// A certificate, DER.
pub(crate) struct Issued(pub(crate) Vec<u8>);

impl Issued {
    pub(crate) fn pem(&self) -> String {
        certificate_pem(&self.0)
    }
}

impl Authority {
    pub(crate) fn root(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let params = ca(name, |_| {});
        let der = params.self_signed(&key).unwrap().der().to_vec();
        Self { der, issuer: Issuer::new(params, key) }
    }

    pub(crate) fn intermediate(&self, name: &str) -> Self {
        self.intermediate_with(name, |_| {})
    }

    pub(crate) fn intermediate_with(
        &self,
        name: &str,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Self {
        let key = KeyPair::generate().unwrap();
        let params = ca(name, change);
        let der = params.signed_by(&key, &self.issuer).unwrap().der().to_vec();
        Self { der, issuer: Issuer::new(params, key) }
    }

    /// A server's certificate for [`NAME`], changed.
    pub(crate) fn server(&self, change: impl FnOnce(&mut CertificateParams)) -> Issued {
        let params = server(change);
        let key = KeyPair::generate().unwrap();
        Issued(params.signed_by(&key, &self.issuer).unwrap().der().to_vec())
    }

    pub(crate) fn pem(&self) -> String {
        certificate_pem(&self.der)
    }

    fn signer(&self) -> Signer<'_> {
        Signer { certificate: &self.der, key: self.issuer.key() }
    }

    /// A CRL that lists these certificates.
    pub(crate) fn crl(&self, listed: &[&[u8]]) -> Vec<u8> {
        let mut list = CertificateList::new(NOW);
        for certificate in listed {
            list.entries.push(Entry::about(certificate, NOW - 86_400, Some(1)).unwrap());
        }
        list.sign(&self.signer()).unwrap()
    }

    /// An OCSP response about a certificate.
    pub(crate) fn ocsp(&self, certificate: &Issued, status: CertStatus) -> Vec<u8> {
        let id = CertId::of(Hash::Sha1, &self.der, &certificate.0).unwrap();
        let single = SingleResponse { status, ..SingleResponse::good(id, NOW) };
        BasicResponse::about(single).sign(&self.signer()).unwrap()
    }
}

/// A server's certificate that issued itself.
pub(crate) fn self_signed() -> Issued {
    let key = KeyPair::generate().unwrap();
    Issued(server(|_| {}).self_signed(&key).unwrap().der().to_vec())
}

fn ca(name: &str, change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut params = CertificateParams::default();
    common_name(&mut params, name);
    valid(&mut params, 2027, 2030);
    params.use_authority_key_identifier_extension = true;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params.crl_distribution_points =
        vec![CrlDistributionPoint { uris: vec!["http://crl.example/ca".to_owned()] }];
    change(&mut params);
    params
}

fn server(change: impl FnOnce(&mut CertificateParams)) -> CertificateParams {
    let mut params = CertificateParams::default();
    common_name(&mut params, NAME);
    valid(&mut params, 2027, 2029);
    names(&mut params, &[NAME]);
    params.use_authority_key_identifier_extension = true;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.crl_distribution_points =
        vec![CrlDistributionPoint { uris: vec!["http://crl.example/1".to_owned()] }];
    change(&mut params);
    params
}

/// Valid from the first day of one year to the first day of another.
pub(crate) fn valid(params: &mut CertificateParams, from: i32, until: i32) {
    params.not_before = rcgen::date_time_ymd(from, 1, 1);
    params.not_after = rcgen::date_time_ymd(until, 1, 1);
}

pub(crate) fn common_name(params: &mut CertificateParams, name: &str) {
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
}

/// dNSNames and iPAddresses, in place of those there.
pub(crate) fn names(params: &mut CertificateParams, names: &[&str]) {
    params.subject_alt_names = names
        .iter()
        .map(|name| match name.parse() {
            Ok(address) => SanType::IpAddress(address),
            Err(_) => SanType::DnsName((*name).try_into().unwrap()),
        })
        .collect();
}

/// An xmppAddr (RFC 6120, 13.7.1.4) besides the names there.
pub(crate) fn xmpp_address(params: &mut CertificateParams, domain: &str) {
    let form = vec![1, 3, 6, 1, 5, 5, 7, 8, 5];
    let value = OtherNameValue::Utf8String(domain.to_owned());
    params.subject_alt_names.push(SanType::OtherName((form, value)));
}
