//! Files that are no text at all: pictures, programs, what a download left half done.

use std::fmt;

use super::encoding::Encoding;

/// How far a file is looked at: what is no text shows it at once. Even, for UTF-16.
const BEGINNING: usize = 512;

/// The first byte that no text has at its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotText {
    /// Where it stands in the file, from 0.
    pub at: usize,
    /// The byte.
    pub byte: u8,
    encoding: Encoding,
}

impl NotText {
    /// Looks at the beginning of a file, `body`, which stands `start` bytes into it behind byte order
    /// mark and blank lines.
    ///
    /// A control character tells it, or half a character in UTF-16. A byte that is no UTF-8 alone
    /// does not: a list of somebody's own making may be in another encoding.
    pub(super) fn find(encoding: Encoding, body: &[u8], start: usize) -> Option<Self> {
        let beginning = &body[..body.len().min(BEGINNING)];
        let is_wide = encoding.width() > 1;
        let (mut at, mut first, mut telling) = (0, None, false);
        while at < beginning.len() {
            // The last character may be cut, by us or by whoever guessed its encoding wrongly.
            let is_last = at + encoding.width() > beginning.len();
            let cut = is_last || body.len() > BEGINNING && at + 4 > beginning.len();
            match encoding.character(beginning, at) {
                _ if cut => break,
                Some((c, _)) if is_control(c) => telling = true,
                Some((_, width)) => {
                    at += width;
                    continue;
                }
                None => telling |= is_wide,
            }
            first = first.or(Some(at));
            at += encoding.width();
        }
        first.filter(|_| telling).map(|at| Self { at: start + at, byte: beginning[at], encoding })
    }
}

/// Whether no text has a character: a control other than white space and those of old printers and
/// terminals, or one that Unicode promises never to assign.
fn is_control(c: char) -> bool {
    match c {
        '\t' | '\n' | '\u{b}' | '\u{c}' | '\r' | '\u{1b}' => false,
        '\0'..='\u{1f}' => true,
        _ => matches!(u32::from(c) & 0xFFFF, 0xFFFE | 0xFFFF),
    }
}

impl fmt::Display for NotText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { at, byte, encoding } = self;
        write!(
            f,
            "not text: byte 0x{byte:02X} at offset {at} begins no character of {encoding} text"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_and_where_it_shows() {
        let long = [&b"a".repeat(BEGINNING - 1)[..], "é".as_bytes(), b"\0"].concat();
        let wide: Vec<u8> = "a\u{1F600}b".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (encoding, body, found) in [
            (Encoding::Utf8, &b"\xFF\xD8\xFF\xE0\0\x10JFIF"[..], Some((10, 0xFF))),
            (Encoding::Utf8, b"\x7FELF\x02\x01", Some((14, 2))),
            (Encoding::Latin1, b"\xFF\xD8\xFF\xE0\0\x10JFIF", Some((14, 0))),
            (Encoding::Utf8, b"email,\x1b[2J\t\x0c\r\n", None),
            (Encoding::Utf8, b"Pr\xE9nom,Ville\n", None),
            (Encoding::Utf8, "Prénom".as_bytes(), None),
            (Encoding::Utf8, &long, None),
            (Encoding::Utf8, b"", None),
            (Encoding::Utf16Le, &wide, None),
            (Encoding::Utf16Le, b"a\0\x3D\xD8b\0", Some((12, 0x3D))),
            (Encoding::Utf16Be, b"\0a\x01", None),
            (Encoding::Utf16Be, b"\xFF\xFF\0a", Some((10, 0xFF))),
        ] {
            let not_text = NotText::find(encoding, body, 10);
            assert_eq!(not_text.map(|it| (it.at, it.byte)), found, "{encoding} {body:x?}");
        }
    }
}
