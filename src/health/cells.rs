//! What one cell shows by itself.

use super::Ailment;
use crate::export::{Encoding, Field};

/// What a spreadsheet writes where a formula failed; a `+` or a `-` makes one of a cell.
const ERROR_WORDS: [&str; 7] =
    ["#NAME?", "#VALUE!", "#REF!", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!"];
/// Ways to write that there is no value.
const NOT_APPLICABLE: [&str; 4] = ["N/A", "#N/A", "N.A.", "N/A."];

/// Whether a cell that begins here may be one of these words: quick, and never wrong when it says
/// no. What stands behind the cell may come along.
pub(super) fn may_be_word(raw: &[u8], encoding: Encoding) -> bool {
    let (low, width) = match encoding {
        Encoding::Utf8 | Encoding::Latin1 => (0, 1),
        Encoding::Utf16Le => (0, 2),
        Encoding::Utf16Be => (1, 2),
    };
    let at = if raw.get(low) == Some(&b'"') { low + width } else { low };
    match raw.get(at) {
        Some(b'#' | b' ') => true,
        Some(b'N' | b'n') => matches!(raw.get(at + width), Some(b'/' | b'.')),
        _ => false,
    }
}

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
    // Nearly no number has one.
    if !text.bytes().any(|byte| byte.eq_ignore_ascii_case(&b'e')) {
        return false;
    }
    let text = text.trim().trim_start_matches(['+', '-']);
    let Some((mantissa, exponent)) = text.split_once(['E', 'e']) else { return false };
    let (whole, fraction) = mantissa.split_once(['.', ',']).unwrap_or((mantissa, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let Some(exponent) = exponent.strip_prefix(['+', '-']) else { return false };
    whole.len() == 1 && digits(whole) && digits(fraction) && exponent.len() <= 3 && digits(exponent)
}

/// Whether a cell says nothing, or `-`.
pub(super) fn is_empty(cell: &Field<'_>, encoding: Encoding) -> bool {
    /// Longer cells say something; nobody fills a name with blanks.
    const LONGEST: usize = 16;
    let is_blank = |text: &str| matches!(text.trim(), "" | "-");
    let first = cell.raw().first();
    match encoding {
        Encoding::Utf8 | Encoding::Latin1 if first.is_some_and(u8::is_ascii_alphanumeric) => false,
        _ => cell.raw().len() <= LONGEST && is_blank(&cell.text_lossy()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scientific_notation() {
        for (text, is_it) in [
            ("1.41E+11", true),
            ("1,41E+11", true),
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
            ("\"N/A\"", Some(Ailment::NotApplicable)),
            ("Nancy", None),
            ("", None),
        ] {
            for encoding in [Encoding::Utf8, Encoding::Utf16Le, Encoding::Utf16Be, Encoding::Latin1]
            {
                let says = text.trim_matches('"');
                assert_eq!(word(says), ailment, "{text:?}");
                let is_worth_a_look = may_be_word(&encoding.encode(text), encoding);
                assert!(ailment.is_none() || is_worth_a_look, "{encoding} {text:?}");
            }
        }
    }
}
