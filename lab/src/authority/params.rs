//! What stands in the lab's certificates.

use std::net::IpAddr;
use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, KeyUsagePurpose, NameConstraints, SerialNumber,
    date_time_ymd,
};

use crate::asn1::{explicit, implicit, oid, sequence, tlv};
use crate::certificate::{Certificate, OtherName, Usage};
use crate::intermediate::Intermediate;

/// The longest Subject CN (`ub-common-name`, RFC 5280, A.1).
const LONGEST_COMMON_NAME: usize = 64;

/// id-ad-ocsp and id-ad-caIssuers (RFC 5280, 4.2.2.1).
pub(super) const AD_OCSP: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 48, 1];
pub(super) const AD_CA_ISSUERS: &[u64] = &[1, 3, 6, 1, 5, 5, 7, 48, 2];

const SECONDS_A_DAY: u64 = 86_400;

pub(super) fn root(name: &str, serial: u64, now: i64) -> CertificateParams {
    let mut params = certificate_authority(name, serial);
    set_validity(&mut params, now, (-1000, 3650));
    params
}

pub(super) fn intermediate(
    name: &str,
    serial: u64,
    wanted: &Intermediate,
    now: i64,
) -> CertificateParams {
    let mut params = certificate_authority(name, serial);
    set_validity(&mut params, now, wanted.days);
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.use_authority_key_identifier_extension = true;
    if !wanted.permitted.is_empty() {
        let permitted = wanted.permitted.iter().cloned();
        params.name_constraints = Some(NameConstraints {
            permitted_subtrees: permitted.map(GeneralSubtree::DnsName).collect(),
            excluded_subtrees: Vec::new(),
        });
    }
    params
}

pub(super) fn end_entity(
    wanted: &Certificate,
    serial: u64,
    now: i64,
) -> Result<CertificateParams, rcgen::Error> {
    let mut params = if wanted.other_names.is_empty() {
        CertificateParams::new(wanted.names.clone())?
    } else {
        let mut params = CertificateParams::default();
        params.custom_extensions.push(subject_alt_name(wanted));
        params
    };
    params.distinguished_name = DistinguishedName::new();
    // A name longer than a CN may be stands in the subjectAltName alone, as public CAs do it.
    if let Some(name) = wanted.common_name.as_ref().filter(|it| it.len() <= LONGEST_COMMON_NAME) {
        params.distinguished_name.push(DnType::CommonName, name);
    }
    set_validity(&mut params, now, wanted.days);
    params.serial_number = Some(SerialNumber::from(serial));
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![match wanted.usage {
        Usage::Server => ExtendedKeyUsagePurpose::ServerAuth,
        Usage::Client => ExtendedKeyUsagePurpose::ClientAuth,
    }];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

/// An authorityInfoAccess of these methods and URIs (RFC 5280, 4.2.2.1).
pub(super) fn authority_access(descriptions: &[(&[u64], String)]) -> CustomExtension {
    let descriptions: Vec<_> = descriptions
        .iter()
        .map(|(method, uri)| sequence(&[oid(method), tlv(implicit(6), uri.as_bytes())]))
        .collect();
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 1], sequence(&descriptions))
}

/// What all certificates of authorities have in common.
fn certificate_authority(name: &str, serial: u64) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Photofix Lab");
    params.distinguished_name.push(DnType::CommonName, name);
    params.serial_number = Some(SerialNumber::from(serial));
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

/// A subjectAltName with otherNames, which rcgen writes as UTF8String only.
fn subject_alt_name(wanted: &Certificate) -> CustomExtension {
    const UTF8_STRING: u8 = 0x0c;
    const IA5_STRING: u8 = 0x16;
    let other_name = |arcs: &[u64], tag, text: &str| {
        let value = tlv(explicit(0), &tlv(tag, text.as_bytes()));
        tlv(explicit(0), &[oid(arcs), value].concat())
    };
    let other_names = wanted.other_names.iter().map(|name| match name {
        OtherName::XmppAddress(domain) => {
            other_name(&[1, 3, 6, 1, 5, 5, 7, 8, 5], UTF8_STRING, domain)
        }
        OtherName::Service(name) => other_name(&[1, 3, 6, 1, 5, 5, 7, 8, 7], IA5_STRING, name),
    });
    let names = wanted.names.iter().map(|name| match name.parse() {
        Ok(IpAddr::V4(v4)) => tlv(implicit(7), &v4.octets()),
        Ok(IpAddr::V6(v6)) => tlv(implicit(7), &v6.octets()),
        Err(_) => tlv(implicit(2), name.as_bytes()),
    });
    let all: Vec<_> = other_names.chain(names).collect();
    CustomExtension::from_oid_content(&[2, 5, 29, 17], sequence(&all))
}

/// Valid between these days, counted from `now`, in seconds since the epoch.
fn set_validity(params: &mut CertificateParams, now: i64, (from, to): (i64, i64)) {
    let at = |days: i64| {
        let now = Duration::from_secs(now.unsigned_abs());
        let shift = Duration::from_secs(days.unsigned_abs() * SECONDS_A_DAY);
        let since = if days < 0 { now.saturating_sub(shift) } else { now + shift };
        date_time_ymd(1970, 1, 1) + since
    };
    params.not_before = at(from);
    params.not_after = at(to);
}
