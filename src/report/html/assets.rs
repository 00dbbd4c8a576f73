//! The page's style and scripts, and the policy under which they alone may run.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

/// The style.
pub(super) const STYLE: &str = include_str!("assets/style.css");

/// Runs before anything is shown: what only scripts can use appears with them.
pub(super) const EARLY: &str = include_str!("assets/early.js");

/// Runs when everything is there. One script, so that its files share their names.
pub(super) const SCRIPT: &str = concat!(
    "'use strict';\n",
    include_str!("assets/page.js"),
    include_str!("assets/data.js"),
    include_str!("assets/list.js"),
    include_str!("assets/answers.js"),
    include_str!("assets/records.js"),
    include_str!("assets/hosts.js"),
    include_str!("assets/filter.js"),
    include_str!("assets/sha256.js"),
    include_str!("assets/approvals.js"),
    include_str!("assets/start.js"),
);

/// The page's Content-Security-Policy (W3C CSP Level 3): these scripts and this style by their
/// digests, and nothing else: no image, no font, no frame, no form, no connection.
pub(super) fn policy() -> String {
    format!(
        "default-src 'none'; script-src {} {}; style-src {}; base-uri 'none'; form-action 'none'",
        source(EARLY),
        source(SCRIPT),
        source(STYLE)
    )
}

/// A hash-source.
fn source(asset: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(asset)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_asset_can_end_its_element_and_no_reader_changes_its_digest() {
        for asset in [STYLE, EARLY, SCRIPT] {
            let lower = asset.to_ascii_lowercase();
            for end in ["</script", "</style", "<!--", "<script"] {
                assert!(!lower.contains(end), "{end}");
            }
            // A parser turns line breaks into LF, and NUL into U+FFFD, before it takes the digest
            // (HTML, 13.2.3.5).
            assert!(!asset.contains(['\r', '\0']), "see .gitattributes");
        }
    }

    #[test]
    fn the_policy_allows_what_the_page_holds_and_nothing_else() {
        let policy = policy();
        assert!(policy.starts_with("default-src 'none'; "), "{policy}");
        assert_eq!(policy.matches("'sha256-").count(), 3);
        for word in ["unsafe", "http", "data:", "blob:", "*"] {
            assert!(!policy.contains(word), "{word} in {policy}");
        }
        // printf '' | openssl dgst -sha256 -binary | base64
        assert_eq!(source(""), "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
    }

    #[test]
    fn no_script_makes_markup_or_asks_for_anything() {
        for word in [
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "Function(",
            "fetch(",
            "XMLHttpRequest",
            "import(",
            "WebSocket",
            "sendBeacon",
            "location",
            ".src",
            "localStorage",
            "setAttribute('style",
            "setAttribute('on",
            "alert(",
            "confirm(",
        ] {
            assert!(!SCRIPT.contains(word) && !EARLY.contains(word), "{word}");
        }
    }
}
