//! UTF-8 that was read as Windows-1252 and written again: `ü` becomes `Ã¼`, `’` becomes `â€™`.

use crate::export::Encoding;

/// The characters of Windows-1252 from 0x80 to 0x9F (WHATWG Encoding, index windows-1252).
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];
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

/// Whether a record may have such a text: quick, and never wrong when it says no.
pub(super) fn may_have_mojibake(raw: &[u8], encoding: Encoding) -> bool {
    match encoding {
        // A cell of either is read as UTF-8 where it is valid UTF-8. What is not comes out as
        // U+FFFD, or in ISO-8859-1 as it stands.
        Encoding::Utf8 | Encoding::Latin1 => is_suspect(raw),
        Encoding::Utf16Le => is_suspect_utf16(raw, u16::from_le_bytes),
        Encoding::Utf16Be => is_suspect_utf16(raw, u16::from_be_bytes),
    }
}

/// Goes from one character beyond ASCII to the next. Every lead is `C3 ..` in UTF-8; a character
/// that reads as a continuation begins with one of a few bytes, and the quote that closes an escaped
/// field may stand before it.
fn is_suspect(raw: &[u8]) -> bool {
    let mut rest = raw;
    while let Some(at) = first_high(rest) {
        rest = &rest[at..];
        let length = match rest {
            [0xC3, 0x80..=0xBF, after @ ..] => {
                let after = after.strip_prefix(b"\"").unwrap_or(after);
                if matches!(after, [0xC2 | 0xC5 | 0xC6 | 0xCB | 0xE2, ..]) {
                    return true;
                }
                2
            }
            [0xC2..=0xDF, 0x80..=0xBF, ..] => 2,
            [0xEF, 0xBF, 0xBD, ..] => return true,
            [0xE0, 0xA0..=0xBF, 0x80..=0xBF, ..]
            | [0xED, 0x80..=0x9F, 0x80..=0xBF, ..]
            | [0xE1..=0xEC | 0xEE | 0xEF, 0x80..=0xBF, 0x80..=0xBF, ..] => 3,
            [0xF0, 0x90..=0xBF, 0x80..=0xBF, 0x80..=0xBF, ..]
            | [0xF4, 0x80..=0x8F, 0x80..=0xBF, 0x80..=0xBF, ..]
            | [0xF1..=0xF3, 0x80..=0xBF, 0x80..=0xBF, 0x80..=0xBF, ..] => 4,
            _ => return true,
        };
        rest = &rest[length..];
    }
    false
}

/// Where the first byte stands that is not ASCII.
fn first_high(bytes: &[u8]) -> Option<usize> {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let (words, rest) = bytes.as_chunks::<8>();
    let high = |word: &[u8; 8]| u64::from_le_bytes(*word) & HIGH;
    if let Some(at) = words.iter().position(|word| high(word) != 0) {
        return Some(8 * at + high(&words[at]).trailing_zeros() as usize / 8);
    }
    rest.iter().position(|byte| !byte.is_ascii()).map(|at| 8 * words.len() + at)
}

/// The same in UTF-16, where a lone surrogate and half a unit are no text.
fn is_suspect_utf16(raw: &[u8], unit: impl Fn([u8; 2]) -> u16) -> bool {
    const MANY: usize = 16;
    let (pairs, half) = raw.as_chunks::<2>();
    let mut after_lead = false;
    let mut is_it = |unit: u16| {
        let lost = matches!(unit, 0xD800..=0xDFFF | 0xFFFD);
        let is_it = lost || (after_lead && unit >= 0x80);
        after_lead = matches!(unit, 0xC2..=0xF4) || (after_lead && unit == u16::from(b'"'));
        is_it
    };
    let mut any = |pairs: &[[u8; 2]]| {
        // A quote and nothing else can stand between a lead and what follows it.
        let all = pairs.iter().fold(0, |all, pair| all | unit(*pair));
        match (all < 0x80, pairs) {
            (true, [_, .., last]) => is_it(unit(*last)),
            _ => pairs.iter().any(|pair| is_it(unit(*pair))),
        }
    };
    !half.is_empty() || pairs.chunks(MANY).any(&mut any)
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
