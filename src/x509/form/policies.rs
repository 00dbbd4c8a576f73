//! Policies, as far as they matter to a client that demands none.
//!
//! A client that starts with anyPolicy and without an explicit policy (RFC 5280, 6.1.1 (c), (e))
//! never fails a path for its policies, unless a CA of the path requires an explicit one. Such a CA
//! is not evaluated here; every other policy extension asks nothing of such a client, but that
//! anyPolicy is not mapped (RFC 5280, 6.1.4 (a)).

use der::asn1::ObjectIdentifier;

use crate::x509::certificate::Certificate;
use crate::x509::extension::oid;
use crate::x509::parts::Parts;
use crate::x509::tlv::{self, Malformed, Walk};

pub(super) const CERTIFICATE_POLICIES: ObjectIdentifier = oid("2.5.29.32");
pub(super) const POLICY_MAPPINGS: ObjectIdentifier = oid("2.5.29.33");
pub(super) const POLICY_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.36");
pub(super) const INHIBIT_ANY_POLICY: ObjectIdentifier = oid("2.5.29.54");
const ANY_POLICY: ObjectIdentifier = oid("2.5.29.32.0");

/// Which policy extension of a certificate has a say that is not evaluated.
pub(crate) fn unevaluated(certificate: &Certificate) -> Option<&'static str> {
    match demands(certificate) {
        Ok(demand) => demand,
        Err(_) => Some("a malformed policy extension"),
    }
}

fn demands(certificate: &Certificate) -> Result<Option<&'static str>, Malformed> {
    let mut extensions = Parts::of(certificate)?.extensions;
    while let Some(extension) = extensions.next()? {
        if extension.is(&POLICY_CONSTRAINTS) {
            // PolicyConstraints ::= SEQUENCE { [0] requireExplicitPolicy, [1] … }.
            let mut fields = Walk::sequence(extension.value, "policyConstraints")?;
            if fields.take_if(tlv::primitive(0), "requireExplicitPolicy")?.is_some() {
                return Ok(Some("the requireExplicitPolicy"));
            }
        } else if extension.is(&POLICY_MAPPINGS) {
            let mut mappings = Walk::sequence(extension.value, "policyMappings")?;
            while let Some(mapping) = mappings.next("policyMappings")? {
                let mut policies = Walk::over(mapping.value);
                while let Some(policy) = policies.next("policyMappings")? {
                    if policy.value == ANY_POLICY.as_bytes() {
                        return Ok(Some("a mapping of anyPolicy"));
                    }
                }
            }
        }
    }
    Ok(None)
}
