//! What one cell shows by itself.

use super::Ailment;

/// What a spreadsheet writes where a formula failed; a `+` or a `-` makes one of a cell.
const ERROR_WORDS: [&str; 7] =
    ["#NAME?", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!"];
/// Ways to write that there is no value.
const NOT_APPLICABLE: [&str; 4] = ["N/A", "#N/A", "N.A.", "N/A."];

/// Which of these words a cell is.
pub(super) fn word(text: &str) -> Option<Ailment> {
    match text.trim() {
        text if is_hashes(text) => Some(Ailment::Hashes),
        text if is_not_applicable(text) => Some(Ailment::NotApplicable),
        _ => None,
    }
}

/// Whether a cell is nothing but hashes, which is how a column that is too narrow looks, or a
/// spreadsheet's error word.
fn is_hashes(text: &str) -> bool {
    const FEWEST: usize = 3;
    (text.len() >= FEWEST && text.bytes().all(|byte| byte == b'#')) || ERROR_WORDS.contains(&text)
}

fn is_not_applicable(text: &str) -> bool {
    NOT_APPLICABLE.iter().any(|word| word.eq_ignore_ascii_case(text))
}

/// Whether a cell is a number in scientific notation: `1.41E+11`, `1,41E+11`, `4E+07`.
pub(super) fn is_scientific(text: &str) -> bool {
    let text = text.trim().trim_start_matches(['+', '-']);
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(exponent) = exponent.strip_prefix(['+', '-']) else { return false };
    whole.len() == 1 && digits(whole) && digits(fraction) && exponent.len() <= 3 && digits(exponent)
}

/// Whether a cell of ASCII without blanks around it may be one: quick, and never wrong when it says no.
pub(super) fn may_be_scientific(text: &[u8]) -> bool {
    let unsigned = match text {
        [b'+' | b'-', rest @ ..] => rest,
        text => text,
    };
    matches!(unsigned, [b'0'..=b'9', b'.' | b',' | b'E' | b'e', ..] | [b'+' | b'-', ..])
}

/// Whether a cell says nothing, or `-`.
pub(super) fn is_empty(text: &str) -> bool {
    matches!(text.trim(), "" | "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scientific_notation() {
        for (text, is_it) in [
            ("1.41E+11", true),
            ("1,41E+11", true),
            ("+-1.4E+11", true),
            ("+4.9e+11", true),
            ("4E+07", true),
            ("1.5E-03", true),
            ("14085551234", false),
            ("12E4", false),
            ("EC2A 4NE", false),
            ("1E2", false),
            ("1.E+11", false),
            ("E+11", false),
            ("1.41E+", false),
            ("", false),
        ] {
            assert_eq!(is_scientific(text), is_it, "{text:?}");
            assert!(!is_it || may_be_scientific(text.as_bytes()), "{text:?}");
        }
    }

    #[test]
    fn suspicious_cells() {
        for (text, ailment) in [
            ("#####", Some(Ailment::Hashes)),
            ("#NAME?", Some(Ailment::Hashes)),
            ("##", None),
            ("Suite #4", None),
            ("N/A", Some(Ailment::NotApplicable)),
            ("n/a", Some(Ailment::NotApplicable)),
            ("#N/A", Some(Ailment::NotApplicable)),
            ("n.a.", Some(Ailment::NotApplicable)),
            ("see N/A", None),
            (" #####", Some(Ailment::Hashes)),
            ("Nancy", None),
            ("", None),
        ] {
            assert_eq!(word(text), ailment, "{text:?}");
        }
    }
}
