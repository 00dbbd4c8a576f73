//! What the Baseline Requirements demand of certificates for public servers, beyond RFC 5280.

use std::net::Ipv6Addr;

use super::super::algorithm::KeyKind;
use super::super::certificate::Certificate;
use super::super::extension::{EXTENDED_KEY_USAGE, SERVER_AUTH, SUBJECT_ALT_NAME};
use super::super::identity::is_registry_suffix_wildcard;
use super::super::problem::Member;
use super::{Demand, Standard};

/// The purpose that permits every other.
const ANY_PURPOSE: &str = "anyExtendedKeyUsage";

const fn demand(
    section: &'static str,
    broken: fn(&Certificate, Member, &str) -> Option<String>,
) -> Demand {
    Demand { standard: Standard::BaselineRequirements, section, broken }
}

pub(super) const DEMANDS: &[Demand] = &[
    demand("3.2.2.6", wildcard_over_a_suffix),
    demand("6.1.5", odd_modulus),
    demand("7.1.2.1.2", purposes_of_a_root),
    demand("7.1.2.1.3", authority_key_of_a_root),
    demand("7.1.2.7.10", purposes_of_a_server),
    demand("7.1.2.7.6", critical_purposes),
    demand("7.1.2.7.8", serves_as_a_ca),
    demand("7.1.2.7.12", alt_names),
    demand("7.1.4.3", common_name),
];

fn wildcard_over_a_suffix(certificate: &Certificate, _: Member, label: &str) -> Option<String> {
    let name = certificate.dns_names.iter().find(|name| is_registry_suffix_wildcard(name))?;
    Some(format!("the wildcard `{name}` of {label} stands for every owner of a domain"))
}

fn odd_modulus(certificate: &Certificate, _: Member, label: &str) -> Option<String> {
    let key = &certificate.key;
    let bits = key.bits.filter(|bits| key.kind == KeyKind::Rsa && bits % 8 != 0)?;
    Some(format!("the RSA key of {label} has {bits} bits, which is no multiple of 8"))
}

fn purposes_of_a_root(certificate: &Certificate, member: Member, label: &str) -> Option<String> {
    (member == Member::Anchor && certificate.extended_key_usage.is_some())
        .then(|| format!("the trust anchor {label} has an extendedKeyUsage"))
}

fn authority_key_of_a_root(
    certificate: &Certificate,
    member: Member,
    label: &str,
) -> Option<String> {
    let form = &certificate.form;
    let key = form.authority_key.as_ref().filter(|_| member == Member::Anchor)?;
    let of = format!("the authorityKeyIdentifier of the trust anchor {label}");
    if key.names_certificate {
        Some(format!("{of} names a certificate"))
    } else if !certificate.self_issued {
        None
    } else if key.identifier.is_none() {
        Some(format!("{of} identifies no key"))
    } else {
        (key.identifier != form.subject_key).then(|| format!("{of} identifies another key"))
    }
}

fn purposes_of_a_server(certificate: &Certificate, member: Member, label: &str) -> Option<String> {
    if member != Member::EndEntity {
        return None;
    }
    match &certificate.extended_key_usage {
        None => Some(format!("{label} has no extendedKeyUsage")),
        Some(purposes) if purposes.iter().any(|one| one == ANY_PURPOSE) => {
            Some(format!("the extendedKeyUsage of {label} permits {ANY_PURPOSE}"))
        }
        Some(purposes) if !purposes.iter().any(|one| one == SERVER_AUTH) => {
            Some(format!("the extendedKeyUsage of {label} lacks {SERVER_AUTH}"))
        }
        Some(_) => None,
    }
}

fn critical_purposes(certificate: &Certificate, _: Member, label: &str) -> Option<String> {
    (certificate.form.critical(EXTENDED_KEY_USAGE) == Some(true))
        .then(|| format!("the extendedKeyUsage of {label} is critical"))
}

fn serves_as_a_ca(certificate: &Certificate, member: Member, label: &str) -> Option<String> {
    (member == Member::EndEntity && certificate.is_ca)
        .then(|| format!("the server presents the CA certificate {label} as its own"))
}

fn alt_names(certificate: &Certificate, member: Member, label: &str) -> Option<String> {
    if member != Member::EndEntity {
        return None;
    }
    match certificate.form.critical(SUBJECT_ALT_NAME) {
        None => Some(format!("{label} has no subjectAltName")),
        Some(true) if !certificate.subject.is_empty() => {
            Some(format!("the subjectAltName of {label} is critical, though it has a subject"))
        }
        Some(_) => None,
    }
}

/// At most one Subject CN that reads as a host, and that a copy of a subjectAltName, character for
/// character. A CN that names no host, such as `photo server`, misleads nobody and is let pass.
fn common_name(certificate: &Certificate, member: Member, label: &str) -> Option<String> {
    if member != Member::EndEntity || !certificate.alt_names_readable {
        return None;
    }
    let mut hosts = certificate.common_names.iter().filter(|name| reads_as_host(name));
    let name = hosts.next()?;
    if hosts.next().is_some() {
        return Some(format!("{label} has several Subject CNs that name hosts"));
    }
    let is_a_copy = certificate.dns_names.contains(name)
        || certificate.ip_names.iter().any(|address| address.to_string() == *name);
    (!is_a_copy).then(|| format!("the Subject CN of {label} is no copy of a subjectAltName"))
}

/// Whether a text is a domain name of several labels or an address, in any spelling that a URL
/// parser takes.
fn reads_as_host(name: &str) -> bool {
    let name = name.strip_prefix("*.").unwrap_or(name);
    name.parse::<Ipv6Addr>().is_ok()
        || match url::Host::parse(name) {
            Ok(url::Host::Domain(name)) => name.contains('.'),
            Ok(url::Host::Ipv4(_) | url::Host::Ipv6(_)) => true,
            Err(_) => false,
        }
}
