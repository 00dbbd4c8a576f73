//! No key of the path is too short.

use super::{Case, Finding, Rule, Status};
use crate::x509::algorithm::{Key, KeyKind};

/// See [`Rule::says`].
pub static KEY_STRENGTH: Rule = Rule {
    id: "key-strength",
    source: "NIST SP 800-57 part 1, table 2 (112 bits); CA/Browser Forum Baseline Requirements, \
             6.1.5",
    says: "keys of the path are RSA of 2048 bits or more, curves of P-256 or more, or EdDSA",
    check: key_strength,
};

/// The smallest RSA modulus and the smallest field of a curve, in bits.
const RSA_BITS: u32 = 2048;
const EC_BITS: u32 = 256;

fn key_strength(case: &Case<'_>) -> Finding {
    let end_entity = match case.end_entity() {
        Ok(certificate) => certificate,
        Err(why) => return KEY_STRENGTH.undetermined(why),
    };
    let mut unknown = None;
    for member in case.members() {
        match strength(&member.key) {
            Status::Broken => {
                return KEY_STRENGTH.broken(format!(
                    "the key of `{}` is too weak ({})",
                    member.label(),
                    member.key
                ));
            }
            Status::Undetermined => unknown = unknown.or(Some(member)),
            Status::Holds | Status::NotApplicable => {}
        }
    }
    match unknown {
        Some(member) => KEY_STRENGTH.undetermined(format!(
            "the strength of the key of `{}` is not known ({})",
            member.label(),
            member.key
        )),
        None => KEY_STRENGTH.holds(format!("the key is {}", end_entity.key)),
    }
}

fn strength(key: &Key) -> Status {
    let at_least = |least: u32| match key.bits {
        Some(bits) if bits >= least => Status::Holds,
        Some(_) => Status::Broken,
        None => Status::Undetermined,
    };
    match key.kind {
        KeyKind::Rsa => at_least(RSA_BITS),
        KeyKind::Ec => at_least(EC_BITS),
        KeyKind::EdDsa | KeyKind::MlDsa => Status::Holds,
        KeyKind::Dsa => Status::Broken,
        KeyKind::Other => Status::Undetermined,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_strong_from_112_bits_of_security_on() {
        use KeyKind::{Dsa, Ec, EdDsa, MlDsa, Other, Rsa};
        for (kind, bits, expected) in [
            (Rsa, Some(1024), Status::Broken),
            (Rsa, Some(2047), Status::Broken),
            (Rsa, Some(2048), Status::Holds),
            (Rsa, Some(4096), Status::Holds),
            (Rsa, None, Status::Undetermined),
            (Ec, Some(192), Status::Broken),
            (Ec, Some(224), Status::Broken),
            (Ec, Some(256), Status::Holds),
            (Ec, Some(521), Status::Holds),
            (Ec, None, Status::Undetermined),
            (EdDsa, Some(256), Status::Holds),
            (MlDsa, None, Status::Holds),
            (Dsa, None, Status::Broken),
            (Other, None, Status::Undetermined),
        ] {
            let key = Key { kind, algorithm: "x".to_owned(), bits };
            assert_eq!(strength(&key), expected, "{kind:?} {bits:?}");
        }
    }
}
