//! A document that knows its own digest, so that a byte which changed since is noticed.
//!
//! The last member of a sealed JSON document is `"sha256"`. Its value is the SHA-256 of the whole
//! file with 64 zeros in its place, in lower-case hexadecimal:
//!
//! ```text
//! {                                      {
//!   "schema": "…",                         "schema": "…",
//!   …                        SHA-256       …
//!   "sha256": "000…000"     ────────▶      "sha256": "5d41…c592"
//! }                                      }
//! ```
//!
//! The digest is over the bytes as they stand, blanks and line breaks included: whoever writes such
//! a document needs no canonical form, and whoever reads it needs no parser to check it. It is a
//! seal against accident, not a signature: who may write the file can seal it again.

use std::fmt::Write as _;

use serde::Serialize;
use sha2::{Digest, Sha256};

/// What stands in the digest's place until it is known, and while it is worked out.
pub const UNSEALED: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// Why a document's seal does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// It does not end with a digest.
    #[error("it does not end with its own `sha256`: it was cut or edited")]
    Absent,
    /// Its bytes are not those that were sealed.
    #[error(
        "it was edited since it was written\n  expected  sha256 {promised}\n  found     sha256 {found}"
    )]
    Broken {
        /// The digest that it says it has.
        promised: String,
        /// The digest that it has.
        found: String,
    },
}

/// Seals a document whose last member is `"sha256"` with [`UNSEALED`] as its value.
///
/// # Errors
/// [`SealError::Absent`] when it has no such member.
pub fn seal(document: &mut [u8]) -> Result<(), SealError> {
    let at = place(document).ok_or(SealError::Absent)?;
    let digest = digest(document, at);
    document[at..at + UNSEALED.len()].copy_from_slice(digest.as_bytes());
    Ok(())
}

/// A document as a sealed file: indented JSON with a line break at its end.
///
/// # Errors
/// When the document cannot be written as JSON, or its last member is not the unsealed digest.
pub fn to_file(unsealed: &impl Serialize) -> serde_json::Result<Vec<u8>> {
    let mut file = serde_json::to_vec_pretty(unsealed)?;
    file.push(b'\n');
    seal(&mut file).map_err(serde::ser::Error::custom)?;
    Ok(file)
}

/// Whether a document is as it was when it was sealed.
///
/// # Errors
/// [`SealError`] says why not, with both digests.
pub fn check(document: &[u8]) -> Result<(), SealError> {
    let at = place(document).ok_or(SealError::Absent)?;
    let promised = String::from_utf8_lossy(&document[at..at + UNSEALED.len()]).into_owned();
    let found = digest(document, at);
    if promised == found { Ok(()) } else { Err(SealError::Broken { promised, found }) }
}

/// Where the digest stands: 64 lower-case hexadecimal digits in the last member, `"sha256"`.
fn place(document: &[u8]) -> Option<usize> {
    let rest = document.trim_ascii_end().strip_suffix(b"}")?.trim_ascii_end();
    let rest = rest.strip_suffix(b"\"")?;
    let at = rest.len().checked_sub(UNSEALED.len())?;
    let (before, digits) = rest.split_at(at);
    let is_digest = digits.iter().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    let before = before.strip_suffix(b"\"")?.trim_ascii_end().strip_suffix(b":")?;
    let is_member = before.trim_ascii_end().ends_with(b"\"sha256\"");
    (is_digest && is_member).then_some(at)
}

fn digest(document: &[u8], at: usize) -> String {
    let mut hasher = Sha256::new();
    hasher.update(&document[..at]);
    hasher.update(UNSEALED);
    hasher.update(&document[at + UNSEALED.len()..]);
    hex(&hasher.finalize())
}

/// The SHA-256 of `bytes`, in lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sealed(before: &str) -> Vec<u8> {
        let mut document = format!("{{{before}\"sha256\": \"{UNSEALED}\"\n}}\n").into_bytes();
        seal(&mut document).unwrap();
        document
    }

    #[test]
    fn any_byte_that_changes_is_noticed() {
        let document = sealed("\n  \"note\": \"Größe\", \"other\": \"sha256\",\n  ");
        assert_eq!(check(&document), Ok(()));
        for at in 0..document.len() {
            for flip in [0x01, 0x20, 0x80] {
                let mut edited = document.clone();
                edited[at] ^= flip;
                assert!(check(&edited).is_err(), "byte {at} ^ {flip:#x}");
            }
            assert!(check(&document[..at]).is_err(), "cut at {at}");
        }
        assert!(check(&[&document[..], b"\n"].concat()).is_err(), "a line break more");
    }

    #[test]
    fn the_digest_is_what_any_other_program_works_out() {
        // printf '{"a": 1, "sha256": "%064d"}' 0 | sha256sum
        let mut document = format!("{{\"a\": 1, \"sha256\": \"{UNSEALED}\"}}").into_bytes();
        seal(&mut document).unwrap();
        let known = "6816743de920a97d9db1c2628f4644f70b0965ab9563d296cd16daf63776b231";
        assert_eq!(String::from_utf8(document[20..20 + 64].to_vec()).unwrap(), known);
    }

    #[test]
    fn what_has_no_place_for_a_digest() {
        for document in [
            "",
            "}",
            "{}",
            "{\"sha256\": \"00\"}",
            &format!("{{\"sha256\": \"{}\"}}", "A".repeat(64)),
            &format!("{{\"sha512\": \"{UNSEALED}\"}}"),
            &format!("{{\"sha256\": \"{UNSEALED}\", \"more\": 1}}"),
            &format!("{{\"a\": [\"sha256\", \"{UNSEALED}\"]}}"),
        ] {
            assert_eq!(check(document.as_bytes()), Err(SealError::Absent), "{document}");
            assert_eq!(seal(&mut document.as_bytes().to_vec()), Err(SealError::Absent));
        }
    }
}
