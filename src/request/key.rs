//! The key, and the signature that proves that whoever asks holds it.

use super::{Case, Found, Rule};
use crate::x509::algorithm::{Digest, KeyKind};
use crate::x509::csr::SignatureError;

/// See [`Rule::says`].
pub(super) static PROOF_OF_POSSESSION: Rule = Rule {
    id: "proof-of-possession",
    source: "RFC 2986, 3",
    says: "the request is signed with the key that it holds",
    check: proof_of_possession,
};

/// See [`Rule::says`].
pub(super) static SIGNATURE_ALGORITHM: Rule = Rule {
    id: "signature-algorithm",
    source: "CA/Browser Forum Baseline Requirements, 7.1.3.2; RFC 6194",
    says: "the request is signed with SHA-256 or better",
    check: signature_algorithm,
};

/// See [`Rule::says`].
pub(super) static KEY: Rule = Rule {
    id: "key",
    source: "CA/Browser Forum Baseline Requirements, 6.1.5 and 7.1.3.1; Mozilla Root Store Policy, \
             5.1",
    says: "the key is RSA of 2048 to 4096 bits, or on the curve P-256 or P-384",
    check: key,
};

/// The sizes of RSA keys that every CA takes. Above, each sets its own limit.
const RSA_BITS: std::ops::RangeInclusive<u32> = 2048..=4096;

/// What to do about a key.
const ANOTHER_KEY: &str =
    "make the request anew with an RSA key of 2048 to 4096 bits, or one on P-256 or P-384";

fn proof_of_possession(case: &Case<'_>) -> Found {
    match &case.request.proof {
        Ok(()) => Found::fine("the request is signed with the key that it holds"),
        Err(SignatureError::Wrong) => Found::refused(
            "the signature does not verify with the key in the request: it was changed after it \
             was made, or signed with another key",
            "make the request anew; it cannot be mended by hand",
        ),
        // The other rules say what is wrong with the algorithm or the key.
        Err(error @ (SignatureError::Weak(_) | SignatureError::Unsupported(_))) => Found::doubtful(
            format!("whether the signature is right was not looked at: the request {error}"),
            "make the request anew with SHA-256 and a key that CAs take",
        ),
    }
}

fn signature_algorithm(case: &Case<'_>) -> Found {
    let signature = &case.request.signature;
    let hint = "make the request anew with SHA-256";
    match signature.digest {
        Digest::Strong => Found::fine(format!("the request is signed with {}", signature.name)),
        Digest::Sha1 => {
            Found::refused(format!("the request is signed with SHA-1 (`{}`)", signature.name), hint)
        }
        Digest::Md5OrOlder => Found::refused(
            format!("the request is signed with MD5 or older (`{}`)", signature.name),
            hint,
        ),
        Digest::Other => Found::doubtful(
            format!("the request is signed with `{}`, which few CAs know", signature.name),
            hint,
        ),
    }
}

fn key(case: &Case<'_>) -> Found {
    let key = &case.request.key;
    match (key.kind, key.bits) {
        (KeyKind::Rsa, _) if key.algorithm != "RSA" => Found::refused(
            format!("the key is for {} alone, which public CAs may not certify", key.algorithm),
            ANOTHER_KEY,
        ),
        (KeyKind::Rsa, Some(bits)) if bits < *RSA_BITS.start() => {
            Found::refused(format!("the key is too short ({key})"), ANOTHER_KEY)
        }
        (KeyKind::Rsa, Some(bits)) if bits % 8 != 0 => Found::refused(
            format!("the length of the key ({key}) is not a multiple of 8 bits"),
            ANOTHER_KEY,
        ),
        (KeyKind::Rsa, Some(bits)) if bits > *RSA_BITS.end() => Found::doubtful(
            format!("the key is longer ({key}) than some CAs take"),
            "ask the CA, or make the request anew with 4096 bits or fewer",
        ),
        (KeyKind::Rsa, Some(_)) => Found::fine(format!("the key is {key}")),
        (KeyKind::Ec, _) => match key.algorithm.as_str() {
            "ECDSA P-256" | "ECDSA P-384" => Found::fine(format!("the key is {key}")),
            "ECDSA P-521" => Found::doubtful(
                "the key is on P-521, which many public CAs do not certify: Mozilla's policy \
                 leaves it out",
                "make the request anew with P-384",
            ),
            _ => Found::refused(
                format!("the key is of a kind that public CAs may not certify ({key})"),
                ANOTHER_KEY,
            ),
        },
        (KeyKind::EdDsa | KeyKind::MlDsa | KeyKind::Dsa | KeyKind::Other, _) => Found::refused(
            format!("the key is of a kind that public CAs may not certify ({key})"),
            ANOTHER_KEY,
        ),
        (KeyKind::Rsa, None) => Found::refused("the key cannot be read", ANOTHER_KEY),
    }
}
