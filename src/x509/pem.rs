//! PEM text: sections between lines of dashes (RFC 7468).
//!
//! Read leniently, because the text has often been through a mail or an editor: what stands
//! between sections is passed over, and so are spaces around lines.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

/// One section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// Its label, such as `CERTIFICATE`.
    pub label: String,
    /// What the Base64 says; none where it is damaged, or the section never ends.
    pub content: Option<Vec<u8>>,
}

/// The sections in the order they stand in.
pub fn sections(text: &str) -> Vec<Section> {
    let mut sections = Vec::new();
    let mut lines = text.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let Some(label) = boundary(line, "BEGIN") else { continue };
        let mut body = String::new();
        let mut ended = false;
        for line in lines.by_ref() {
            if boundary(line, "END") == Some(label) {
                ended = true;
                break;
            }
            body.push_str(line);
        }
        let content = if ended { BASE64.decode(&body).ok() } else { None };
        sections.push(Section { label: label.to_owned(), content });
    }
    sections
}

/// The label in a line such as `-----BEGIN CERTIFICATE-----`.
fn boundary<'a>(line: &'a str, word: &str) -> Option<&'a str> {
    line.strip_prefix("-----")?
        .strip_suffix("-----")?
        .strip_prefix(word)?
        .strip_prefix(' ')
        .map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_and_what_is_between_them() {
        let section = |label: &str, content: Option<&[u8]>| Section {
            label: label.to_owned(),
            content: content.map(<[u8]>::to_vec),
        };
        for (text, expected) in [
            ("", vec![]),
            ("aGFsbG8=", vec![]),
            (
                "subject=CN = x\n-----BEGIN CERTIFICATE-----\naGFs\nbG8=\n-----END CERTIFICATE-----\n",
                vec![section("CERTIFICATE", Some(b"hallo"))],
            ),
            // Line ends of three kinds, spaces, two sections.
            (
                " -----BEGIN A-----\r\n aGFsbG8= \r\n-----END A----- \n-----BEGIN B B-----\n-----END B B-----",
                vec![section("A", Some(b"hallo")), section("B B", Some(b""))],
            ),
            // Damaged: not Base64, no padding, another end, no end.
            ("-----BEGIN A-----\na*\n-----END A-----", vec![section("A", None)]),
            ("-----BEGIN A-----\naGFsbG8\n-----END A-----", vec![section("A", None)]),
            ("-----BEGIN A-----\naGFsbG8=\n-----END B-----", vec![section("A", None)]),
            ("-----BEGIN A-----\naGFsbG8=", vec![section("A", None)]),
            ("----BEGIN A----\naGFsbG8=\n----END A----", vec![]),
        ] {
            assert_eq!(sections(text), expected, "{text:?}");
        }
    }
}
