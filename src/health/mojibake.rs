//! UTF-8 that was read as Windows-1252 and written again: `ü` becomes `Ã¼`, `’` becomes `â€™`.

use crate::export::Encoding;

/// The characters of Windows-1252 from 0x80 to 0x9F (WHATWG Encoding, index windows-1252).
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];
/// U+FFFD, which stands for a character that was lost, in UTF-8.
const LOST: [u8; 3] = [0xEF, 0xBF, 0xBD];
/// How often `É«` and the like must stand in a cell: they may be meant. `Ã¼` and `â€™` never are.
const DOUBTFUL: usize = 2;

/// The byte that a character was read from.
fn byte(c: char) -> Option<u8> {
    match c {
        '\0'..='\u{7F}' => None,
        '\u{A0}'..='\u{FF}' => u8::try_from(u32::from(c)).ok(),
        '\u{80}'..='\u{9F}' => u8::try_from(u32::from(c)).ok(),
        _ => WINDOWS_1252.iter().zip(0x80..).find(|(it, _)| **it == c).map(|(_, byte)| byte),
    }
}

/// Whether a text has characters that are the bytes of others, or the mark of those that were lost.
pub(super) fn has_mojibake(text: &str) -> bool {
    let mut doubtful = 0;
    // The last lead, and how many characters must still follow it.
    let (mut lead, mut missing) = (0, 0);
    for c in text.chars() {
        match byte(c) {
            Some(first @ (0xC2..=0xDF)) => (lead, missing) = (first, 1),
            Some(first @ (0xE0..=0xEF)) => (lead, missing) = (first, 2),
            Some(first @ (0xF0..=0xF4)) => (lead, missing) = (first, 3),
            Some(0x80..=0xBF) if missing > 0 => {
                missing -= 1;
                match lead {
                    0xC4..=0xDF => doubtful += 1,
                    _ if missing == 0 => return true,
                    _ => {}
                }
            }
            _ if c == char::REPLACEMENT_CHARACTER => return true,
            _ => missing = 0,
        }
    }
    doubtful >= DOUBTFUL
}

/// Whether a record that is not ASCII may have such a text: quick, and never wrong when it says no.
pub(super) fn may_have_mojibake(raw: &[u8], encoding: Encoding) -> bool {
    match encoding {
        // A cell of either is read as UTF-8 where it is valid UTF-8. Each lead is `C3 ..` there;
        // a character that reads as a continuation begins with one of a few bytes, and the quote
        // that closes an escaped field may stand before it. What is not valid UTF-8 comes out as
        // U+FFFD, or in ISO-8859-1 as it stands.
        Encoding::Utf8 | Encoding::Latin1 => {
            let may_follow = |at: usize| {
                let next = at + 2 + usize::from(raw.get(at + 2) == Some(&b'"'));
                matches!(raw.get(next), Some(0xC2 | 0xC5 | 0xC6 | 0xCB | 0xE2))
            };
            memchr::memchr_iter(0xC3, raw).any(may_follow)
                || memchr::memchr_iter(0xEF, raw).any(|at| raw[at..].starts_with(&LOST))
                || std::str::from_utf8(raw).is_err()
        }
        Encoding::Utf16Le => suspect(raw, u16::from_le_bytes),
        Encoding::Utf16Be => suspect(raw, u16::from_be_bytes),
    }
}

/// The same in UTF-16, where a lone surrogate and half a unit are no text.
fn suspect(raw: &[u8], unit: impl Fn([u8; 2]) -> u16) -> bool {
    let (pairs, half) = raw.as_chunks::<2>();
    let mut after_lead = false;
    let mut is_it = |unit: u16| {
        let lost = matches!(unit, 0xD800..=0xDFFF | 0xFFFD);
        let is_it = lost || (after_lead && unit >= 0x80);
        after_lead = matches!(unit, 0xC2..=0xF4) || (after_lead && unit == u16::from(b'"'));
        is_it
    };
    !half.is_empty() || pairs.iter().any(|pair| is_it(unit(*pair)))
}

/// Whether bytes are ASCII in an encoding.
pub(super) fn is_ascii(raw: &[u8], encoding: Encoding) -> bool {
    match encoding {
        Encoding::Utf8 | Encoding::Latin1 => raw.is_ascii(),
        Encoding::Utf16Le | Encoding::Utf16Be => {
            let (pairs, half) = raw.as_chunks::<2>();
            let all = pairs.iter().fold(0, |all, pair| all | u16::from_le_bytes(*pair));
            let all = if encoding == Encoding::Utf16Be { all.swap_bytes() } else { all };
            half.is_empty() && all < 0x80
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `text`, read as Windows-1252 and written again.
    fn spoilt(text: &str) -> String {
        let character = |byte: u8| match byte {
            0x80..=0x9F => WINDOWS_1252[usize::from(byte) - 0x80],
            byte => char::from(byte),
        };
        text.bytes().map(character).collect()
    }

    #[test]
    fn spoilt_names_are_seen_and_names_are_not() {
        for name in [
            "Jürgen",
            "Zoë",
            "François",
            "Łukasz Wójcik",
            "Владимир",
            "王",
            "さくら",
            "أحمد",
            "O’Neill",
            "Núñez",
            "😀",
        ] {
            assert!(has_mojibake(&spoilt(name)), "{name}: {}", spoilt(name));
            assert!(!has_mojibake(name), "{name}");
            for encoding in [Encoding::Utf8, Encoding::Latin1, Encoding::Utf16Le, Encoding::Utf16Be]
            {
                let raw = encoding.encode(&spoilt(name)).into_owned();
                assert!(may_have_mojibake(&raw, encoding), "{encoding} {name}");
            }
        }
        for name in ["CAFÉ»", "SÃO PAULO", "Ångström", "«É»", "naïve – ça", "Straße 7"]
        {
            assert!(!has_mojibake(name), "{name}");
        }
        assert!(has_mojibake("M\u{FFFD}ller"));
    }

    proptest::proptest! {
        #[test]
        fn the_quick_look_misses_nothing(text in "(Ã|Â|¼|â|€|™|É|«|»|ü|a|\u{FFFD}|Ð|’|ž|ƒ|ˆ){0,8}") {
            for encoding in [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be] {
                let raw = encoding.encode(&text);
                proptest::prop_assert!(!has_mojibake(&text) || may_have_mojibake(&raw, encoding));
            }
        }
    }
}
