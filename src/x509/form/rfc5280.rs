//! What RFC 5280, section 4 demands of every certificate, as far as path validation does not.

use der::asn1::ObjectIdentifier;

use super::super::certificate::{Certificate, KeyUsage, NameConstraints};
use super::super::extension::{
    AUTHORITY_INFORMATION_ACCESS, BASIC_CONSTRAINTS, NAME_CONSTRAINTS, SUBJECT_ALT_NAME,
};
use super::super::identity::is_preferred_syntax;
use super::super::policies::{INHIBIT_ANY_POLICY, POLICY_CONSTRAINTS};
use super::super::problem::Member;
use super::{AUTHORITY_KEY_IDENTIFIER, Demand, SUBJECT_KEY_IDENTIFIER, Standard, is_authority};

/// The longest serial number in octets (4.1.2.2).
const MAX_SERIAL: usize = 20;

/// Extensions that must be critical where they stand, with their names.
const CRITICAL: [(ObjectIdentifier, &str); 3] = [
    (NAME_CONSTRAINTS, "nameConstraints"),
    (POLICY_CONSTRAINTS, "policyConstraints"),
    (INHIBIT_ANY_POLICY, "inhibitAnyPolicy"),
];

/// Extensions that must not be critical.
const NOT_CRITICAL: [(ObjectIdentifier, &str); 3] = [
    (AUTHORITY_KEY_IDENTIFIER, "authorityKeyIdentifier"),
    (SUBJECT_KEY_IDENTIFIER, "subjectKeyIdentifier"),
    (AUTHORITY_INFORMATION_ACCESS, "authorityInfoAccess"),
];

const fn demand(
    section: &'static str,
    broken: fn(&Certificate, Member, &str) -> Option<String>,
) -> Demand {
    Demand { standard: Standard::Rfc5280, section, broken }
}

pub(super) const DEMANDS: &[Demand] = &[
    demand("4.2", unreadable),
    demand("4.2", repeated),
    demand("4.1.2.2", serial_number),
    demand("4.1.2.6", empty_subject),
    demand("4.2", must_be_critical),
    demand("4.2", must_not_be_critical),
    demand("4.2", unknown_critical),
    demand("4.2.1.1", no_authority_key_identifier),
    demand("4.2.1.2", no_subject_key_identifier),
    demand("4.2.1.3", key_usage),
    demand("4.2.1.6", alt_names),
    demand("4.2.1.9", basic_constraints),
    demand("4.2.1.10", name_constraints),
];

fn unreadable(certificate: &Certificate, _: Member, label: &str) -> Option<String> {
    let defects = &certificate.defects;
    (!defects.is_empty()).then(|| format!("in {label}, {}", defects.join(", ")))
}

fn repeated(certificate: &Certificate, _: Member, label: &str) -> Option<String> {
    let id = certificate.form.repeated()?;
    Some(format!("{label} has the extension {id} more than once"))
}

/// A positive number of at most 20 octets. As encoded it begins with a zero octet where its first
/// bit would make it negative. That of a trust anchor serves nobody, and public roots have `0`.
fn serial_number(certificate: &Certificate, member: Member, label: &str) -> Option<String> {
    let serial = &certificate.serial;
    if member == Member::Anchor {
        return None;
    }
    let what = if serial.bytes().all(|digit| digit == b'0') {
        "zero"
    } else if serial.bytes().next().is_some_and(|digit| digit >= b'8') {
        "negative"
    } else if serial.len() > 2 * MAX_SERIAL {
        "longer than 20 octets"
    } else {
        return None;
    };
    Some(format!("the serial number of {label} is {what}"))
}

fn empty_subject(certificate: &Certificate, member: Member, label: &str) -> Option<String> {
    (certificate.subject.is_empty() && is_authority(certificate, member))
        .then(|| format!("the CA {label} has an empty subject"))
}

fn must_be_critical(certificate: &Certificate, _: Member, label: &str) -> Option<String> {
    let wrong = CRITICAL.iter().find(|(id, _)| certificate.form.critical(*id) == Some(false));
    wrong.map(|(_, name)| format!("the extension {name} of {label} is not critical"))
}

fn must_not_be_critical(certificate: &Certificate, _: Member, label: &str) -> Option<String> {
    let wrong = NOT_CRITICAL.iter().find(|(id, _)| certificate.form.critical(*id) == Some(true));
    wrong.map(|(_, name)| format!("the extension {name} of {label} is critical"))
}

/// Below the trust anchor, path validation refuses what it does not know.
fn unknown_critical(certificate: &Certificate, member: Member, label: &str) -> Option<String> {
    let unknown = || certificate.form.unknown_critical();
    let id = (member == Member::Anchor).then(unknown)??;
    Some(format!("{label} has the unknown critical extension {id}"))
}

/// Only a self-signed certificate may leave it out.
fn no_authority_key_identifier(
    certificate: &Certificate,
    _: Member,
    label: &str,
) -> Option<String> {
    let identified =
        certificate.form.authority_key.as_ref().is_some_and(|key| key.identifier.is_some());
    (!identified && !certificate.self_issued)
        .then(|| format!("{label} does not say by which key it was signed"))
}

fn no_subject_key_identifier(
    certificate: &Certificate,
    member: Member,
    label: &str,
) -> Option<String> {
    (certificate.form.subject_key.is_none() && is_authority(certificate, member))
        .then(|| format!("the CA {label} has no subjectKeyIdentifier"))
}

fn key_usage(certificate: &Certificate, member: Member, label: &str) -> Option<String> {
    let usage = certificate.key_usage.as_ref()?;
    if usage.0.is_empty() {
        Some(format!("the keyUsage of {label} permits nothing"))
    } else if usage.key_cert_sign() && !certificate.is_ca {
        Some(format!("the keyUsage of {label} permits keyCertSign, though it is no CA"))
    } else if member == Member::Anchor && !KeyUsage::key_cert_sign(usage) {
        Some(format!("the keyUsage of the trust anchor {label} lacks keyCertSign"))
    } else {
        None
    }
}

fn alt_names(certificate: &Certificate, member: Member, label: &str) -> Option<String> {
    let form = &certificate.form;
    if form.names_nothing {
        return Some(format!("the subjectAltName of {label} is empty"));
    }
    if let Some(name) = certificate.dns_names.iter().find(|name| !is_preferred_syntax(name)) {
        return Some(format!("the dNSName `{name}` of {label} is no domain name"));
    }
    let nameless = certificate.subject.is_empty() && !is_authority(certificate, member);
    match form.critical(SUBJECT_ALT_NAME) {
        Some(false) if nameless => {
            Some(format!("{label} has an empty subject, and its subjectAltName is not critical"))
        }
        None if nameless => Some(format!("{label} has neither a subject nor a subjectAltName")),
        _ => None,
    }
}

fn basic_constraints(certificate: &Certificate, member: Member, label: &str) -> Option<String> {
    let critical = certificate.form.critical(BASIC_CONSTRAINTS);
    match member {
        Member::Anchor if critical.is_none() => {
            Some(format!("the trust anchor {label} has no basicConstraints"))
        }
        Member::Anchor if !certificate.is_ca => {
            Some(format!("the basicConstraints of the trust anchor {label} say that it is no CA"))
        }
        _ if certificate.is_ca && critical == Some(false) => {
            Some(format!("the basicConstraints of the CA {label} are not critical"))
        }
        _ if certificate.path_len.is_some() && !certificate.is_ca => {
            Some(format!("{label} limits the path below it, though it is no CA"))
        }
        _ => None,
    }
}

fn name_constraints(certificate: &Certificate, _: Member, label: &str) -> Option<String> {
    let constraints = certificate.name_constraints.as_ref()?;
    if !certificate.is_ca {
        return Some(format!("{label} constrains names, though it is no CA"));
    }
    if *constraints == NameConstraints::default() {
        return Some(format!("the nameConstraints of {label} constrain nothing"));
    }
    let mut bases = constraints.permitted_dns.iter().chain(&constraints.excluded_dns);
    // The empty name is above all others.
    let odd = bases.find(|base| !base.is_empty() && !is_preferred_syntax(base))?;
    Some(format!("the nameConstraints of {label} have `{odd}`, which is no domain name"))
}
