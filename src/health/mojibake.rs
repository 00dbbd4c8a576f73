//! UTF-8 that was read as Windows-1252 and written again: `ü` becomes `Ã¼`, `’` becomes `â€™`.

use super::windows::{Window, Windows, equal, within};
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

/// Whether a record may have such a text, given its bytes and its code units as bytes: quick, and never
/// wrong when it says no.
pub(super) fn may_have(raw: &[u8], units: &[u8], encoding: Encoding, windows: Windows) -> bool {
    match encoding {
        // A cell of either is read as UTF-8 where it is valid UTF-8. What is not comes out as
        // U+FFFD, or in ISO-8859-1 as it stands.
        Encoding::Utf8 | Encoding::Latin1 => {
            let is_odd = matches!(raw, [0x80..=0xBF, ..]) || windows.look(raw, is_odd_utf8).any;
            is_odd && (windows.look(raw, is_suspect_utf8).any || std::str::from_utf8(raw).is_err())
        }
        Encoding::Utf16Le => {
            windows.look(units, is_suspect_utf16).any || has_lost(raw, u16::from_le_bytes)
        }
        Encoding::Utf16Be => {
            windows.look(units, is_suspect_utf16).any || has_lost(raw, u16::from_be_bytes)
        }
    }
}

/// Whether what begins here is something else than ASCII or a usual character of two or three bytes, or
/// may be a lead before a continuation. Where nothing is odd, the bytes are UTF-8 and
/// [`is_suspect_utf8`] finds nothing: cheaper than to ask for both.
#[inline(always)]
fn is_odd_utf8([first, second, third, fourth]: Window) -> u8 {
    let follows = |byte: u8| within(byte, 0x80, 0xBF);
    let is_ascii = !follows(second) & within(first, 0, 0x7F);
    let is_pair = within(first, 0xC2, 0xDF) & follows(second) & !follows(third);
    // Without those of which not every second byte is right, and U+FFFD's.
    let is_triple = within(first, 0xE1, 0xEE)
        & !equal(first, 0xED)
        & follows(second)
        & follows(third)
        & !follows(fourth);
    let is_usual = is_ascii | is_pair | is_triple | follows(first);
    let is_lead = equal(first, 0xC3) & (third | (equal(third, b'"') & fourth)) & 0x80;
    !is_usual | is_lead
}

/// Whether a lead and a continuation begin here, or U+FFFD. Every lead is `C3 ..` in UTF-8; a
/// character that reads as a continuation begins with one of a few bytes, and the quote that closes an
/// escaped field may stand before it.
#[inline(always)]
fn is_suspect_utf8([first, second, third, fourth]: Window) -> u8 {
    let continues = |byte: u8| {
        equal(byte, 0xC2) | within(byte, 0xC5, 0xC6) | equal(byte, 0xCB) | equal(byte, 0xE2)
    };
    let quoted = equal(third, b'"') & continues(fourth);
    let spoilt = equal(first, 0xC3) & (continues(third) | quoted);
    spoilt | (equal(first, 0xEF) & equal(second, 0xBF) & equal(third, 0xBD))
}

/// Whether a lead and a continuation may begin here. Quotes and nothing else can stand between them.
#[inline(always)]
fn is_suspect_utf16([first, second, third, _]: Window) -> u8 {
    const BEYOND_ASCII: u8 = 0x80;
    let quoted = equal(second, b'"') & (third & BEYOND_ASCII | equal(third, b'"'));
    within(first, 0xC2, 0xF4) & (second & BEYOND_ASCII | quoted)
}

/// Whether UTF-16 has a surrogate, which may be a lone one, or U+FFFD.
fn has_lost(raw: &[u8], unit: impl Fn([u8; 2]) -> u16) -> bool {
    let is_it = |unit: u16| (unit & 0xF800 == 0xD800) | (unit == 0xFFFD);
    raw.as_chunks().0.iter().fold(false, |any, pair| any | is_it(unit(*pair)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::Strategy as _;

    use super::*;

    /// `text`, read as Windows-1252 and written again.
    fn spoilt(text: &str) -> String {
        let character = |byte: u8| match byte {
            0x80..=0x9F => WINDOWS_1252[usize::from(byte) - 0x80],
            byte => char::from(byte),
        };
        text.bytes().map(character).collect()
    }

    fn may_have_mojibake(text: &str, encoding: Encoding) -> bool {
        let raw = encoding.encode(text);
        let units: Vec<u8> = match encoding {
            Encoding::Utf8 | Encoding::Latin1 => raw.to_vec(),
            _ => text.encode_utf16().map(|unit| u8::try_from(unit).unwrap_or(0xFF)).collect(),
        };
        may_have(&raw, &units, encoding, Windows::new())
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
                assert!(may_have_mojibake(&spoilt(name), encoding), "{encoding} {name}");
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
        fn what_is_not_utf8_is_never_passed(
            pieces in proptest::collection::vec(
                proptest::prop_oneof![
                    6 => proptest::prelude::any::<char>().prop_map(|c| c.to_string().into_bytes()),
                    3 => "[a-zéüŁ王한ไ😀ÃÂ¼]{1,3}".prop_map(String::into_bytes),
                    1 => proptest::collection::vec(proptest::prelude::any::<u8>(), 1..4),
                ],
                0..40,
            ),
        ) {
            let raw = pieces.concat();
            for encoding in [Encoding::Utf8, Encoding::Latin1] {
                if !may_have(&raw, &raw, encoding, Windows::new()) {
                    let text = std::str::from_utf8(&raw);
                    proptest::prop_assert!(text.is_ok_and(|text| !has_mojibake(text)), "{:x?}", raw);
                }
            }
        }

        #[test]
        fn the_quick_look_misses_nothing(text in "(Ã|Â|¼|â|€|™|É|«|»|ü|a|\u{FFFD}|Ð|’|ž|ƒ|ˆ){0,8}") {
            for encoding in [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be] {
                proptest::prop_assert!(!has_mojibake(&text) || may_have_mojibake(&text, encoding));
            }
        }
    }
}
