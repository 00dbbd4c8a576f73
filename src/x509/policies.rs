//! Certificate policies, for a client that demands none (RFC 5280, 6.1.1 to 6.1.5).
//!
//! Such a client starts with anyPolicy and asks for no explicit policy. A path fails for its
//! policies only when a CA of it requires an explicit one (policyConstraints) and no policy is left
//! that holds all the way down. So of RFC 5280's tree the lowest level suffices: which policies are
//! valid there, and what the next certificate may call each of them.

use std::collections::{BTreeMap, BTreeSet};

use der::asn1::ObjectIdentifier;

use super::certificate::Certificate;
use super::extension::oid;
use super::parts::Parts;
use super::problem::Problem;
use super::tlv::{self, Malformed, Walk};

pub(crate) const CERTIFICATE_POLICIES: ObjectIdentifier = oid("2.5.29.32");
pub(crate) const POLICY_MAPPINGS: ObjectIdentifier = oid("2.5.29.33");
pub(crate) const POLICY_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.36");
pub(crate) const INHIBIT_ANY_POLICY: ObjectIdentifier = oid("2.5.29.54");
const ANY_POLICY: ObjectIdentifier = oid("2.5.29.32.0");

/// A policy's OID as encoded.
type Policy<'a> = &'a [u8];

/// Policies, and what certificates below may call each of them.
type Level<'a> = BTreeMap<Policy<'a>, BTreeSet<Policy<'a>>>;

/// What one certificate says of policies.
#[derive(Debug, Default)]
struct Said<'a> {
    policies: Option<Vec<Policy<'a>>>,
    /// What the issuer's policies are called below.
    mappings: Vec<(Policy<'a>, Policy<'a>)>,
    /// After how many certificates a policy is required, mapping ends, and anyPolicy ends.
    require_explicit: Option<usize>,
    inhibit_mapping: Option<usize>,
    inhibit_any: Option<usize>,
}

/// What is wrong with the policies of the certificates below a trust anchor, the end-entity
/// certificate first.
pub(crate) fn check(below: &[&Certificate]) -> Option<Problem> {
    let is_required = |one: &&Certificate| one.form.critical(POLICY_CONSTRAINTS).is_some();
    let is_mapped = |one: &&Certificate| one.form.critical(POLICY_MAPPINGS).is_some();
    if !below.iter().any(|one| is_required(one) || is_mapped(one)) {
        return None;
    }
    match walk(below) {
        Ok(problem) => problem,
        Err(_) => {
            Some(Problem::CannotEvaluate("a policy extension of the path is malformed".to_owned()))
        }
    }
}

/// From the certificate below the trust anchor down to the end-entity certificate.
fn walk(below: &[&Certificate]) -> Result<Option<Problem>, Malformed> {
    let any = ANY_POLICY.as_bytes();
    let mut level: Level<'_> = BTreeMap::from([(any, BTreeSet::from([any]))]);
    // The state variables of RFC 5280, 6.1.2 (d) to (f).
    let never = below.len() + 1;
    let (mut explicit, mut mapping, mut any_allowed) = (never, never, never);
    for (left, certificate) in below.iter().enumerate().rev() {
        let said = read(certificate)?;
        let takes_any = any_allowed > 0 || (left > 0 && certificate.self_issued);
        // 6.1.3 (d), (e)
        level = match &said.policies {
            Some(policies) => descend(&level, policies, takes_any),
            None => Level::new(),
        };
        if explicit == 0 && level.is_empty() {
            return Ok(Some(required(certificate)));
        }
        if left == 0 {
            // 6.1.5 (a), (b), (g)
            let is_required = explicit <= 1 || said.require_explicit == Some(0);
            return Ok((is_required && level.is_empty()).then(|| required(certificate)));
        }
        // 6.1.4 (a), (b)
        if said.mappings.iter().any(|(from, to)| *from == any || *to == any) {
            return Ok(Some(Problem::Policies(format!(
                "`{}` maps anyPolicy, which RFC 5280, 4.2.1.5 forbids",
                certificate.label()
            ))));
        }
        map(&mut level, &said.mappings, mapping > 0);
        // 6.1.4 (h) to (j)
        if !certificate.self_issued {
            for counter in [&mut explicit, &mut mapping, &mut any_allowed] {
                *counter = counter.saturating_sub(1);
            }
        }
        explicit = explicit.min(said.require_explicit.unwrap_or(never));
        mapping = mapping.min(said.inhibit_mapping.unwrap_or(never));
        any_allowed = any_allowed.min(said.inhibit_any.unwrap_or(never));
    }
    Ok(None)
}

/// The level of a certificate with these policies below a level.
fn descend<'a>(above: &Level<'a>, policies: &[Policy<'a>], takes_any: bool) -> Level<'a> {
    let any = ANY_POLICY.as_bytes();
    let as_it_is = |policy: Policy<'a>| (policy, BTreeSet::from([policy]));
    let is_expected = |policy: &Policy<'a>| above.values().any(|names| names.contains(policy));
    let mut level: Level<'a> = policies
        .iter()
        .copied()
        .filter(|policy| *policy != any)
        .filter(|policy| is_expected(policy) || above.contains_key(any))
        .map(as_it_is)
        .collect();
    if takes_any && policies.contains(&any) {
        for policy in above.values().flatten() {
            level.entry(policy).or_insert_with(|| BTreeSet::from([*policy]));
        }
    }
    level
}

/// Applies a CA's mappings to its level, or where mapping has ended takes the mapped policies away.
fn map<'a>(level: &mut Level<'a>, mappings: &[(Policy<'a>, Policy<'a>)], allowed: bool) {
    let has_any = level.contains_key(ANY_POLICY.as_bytes());
    let mut mapped: Level<'a> = Level::new();
    for (from, to) in mappings {
        mapped.entry(*from).or_default().insert(*to);
    }
    for (from, to) in mapped {
        if !allowed {
            level.remove(from);
        } else if has_any || level.contains_key(from) {
            level.insert(from, to);
        }
    }
}

fn required(certificate: &Certificate) -> Problem {
    Problem::Policies(format!(
        "a CA on the path requires a certificate policy, and none holds down to `{}`",
        certificate.label()
    ))
}

/// Reads the four extensions.
fn read(certificate: &Certificate) -> Result<Said<'_>, Malformed> {
    let mut said = Said::default();
    let mut extensions = Parts::of(certificate)?.extensions;
    while let Some(extension) = extensions.next()? {
        let value = extension.value;
        if extension.is(&CERTIFICATE_POLICIES) {
            const FIELD: &str = "certificatePolicies";
            let mut policies = Vec::new();
            let mut list = Walk::sequence(value, FIELD)?;
            while let Some(information) = list.next(FIELD)? {
                policies.push(Walk::over(information.value).take(tlv::OID, FIELD)?.value);
            }
            said.policies = Some(policies);
        } else if extension.is(&POLICY_MAPPINGS) {
            const FIELD: &str = "policyMappings";
            let mut list = Walk::sequence(value, FIELD)?;
            while let Some(mapping) = list.next(FIELD)? {
                let mut pair = Walk::over(mapping.value);
                let from = pair.take(tlv::OID, FIELD)?.value;
                said.mappings.push((from, pair.take(tlv::OID, FIELD)?.value));
            }
        } else if extension.is(&POLICY_CONSTRAINTS) {
            const FIELD: &str = "policyConstraints";
            let mut fields = Walk::sequence(value, FIELD)?;
            let mut skip = |number: u8| -> Result<Option<usize>, Malformed> {
                let field = fields.take_if(tlv::primitive(number), FIELD)?;
                field.map(|field| count(field.value, FIELD)).transpose()
            };
            said.require_explicit = skip(0)?;
            said.inhibit_mapping = skip(1)?;
        } else if extension.is(&INHIBIT_ANY_POLICY) {
            const FIELD: &str = "inhibitAnyPolicy";
            let certificates = Walk::over(value).take(tlv::INTEGER, FIELD)?;
            said.inhibit_any = Some(count(certificates.value, FIELD)?);
        }
    }
    Ok(said)
}

/// SkipCerts ::= INTEGER (0..MAX). No path is long enough for more than a few.
fn count(integer: &[u8], field: &'static str) -> Result<usize, Malformed> {
    match integer {
        [number @ ..0x80] => Ok(usize::from(*number)),
        [] | [0x80..=0xff, ..] => Err(Malformed(field)),
        _ => Ok(usize::MAX),
    }
}
