//! A single field of a record, as [`fields`](super::fields) finds it, and 64 code units at a time as long as
//! no quote is met.

use std::ops::Range;

use super::encoding::Encoding;
use super::fields::Fields;
use super::lanes::{Lanes, Portable};
use super::masks::{BLOCK, whole};

/// Where field `n`, from 0, of a record stands, quotes included; none where it has no such field.
/// `content` is the record without its line break, and nothing but that: line breaks stand only inside
/// its escaped fields.
pub(super) fn nth(
    content: &[u8],
    encoding: Encoding,
    delimiter: u8,
    n: usize,
) -> Option<Range<usize>> {
    let width = encoding.width();
    let (mut start, mut before) = (0, n);
    for at in (0..content.len()).step_by(BLOCK * width) {
        let Some(block) = whole(Portable, &content[at..], encoding) else { break };
        let mut delimiters = Portable.equal(block, delimiter);
        if Portable.equal(block, b'"') != 0 {
            break;
        }
        while delimiters != 0 {
            let end = at + delimiters.trailing_zeros() as usize * width;
            if before == 0 {
                return Some(start..end);
            }
            before -= 1;
            start = end + width;
            delimiters &= delimiters - 1;
        }
    }
    // From a field's beginning the grammar goes on, whatever stood before.
    let rest = Fields::new(&content[start..], encoding, delimiter).nth(before)?;
    Some(start + rest.start..start + rest.end)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ENCODINGS: [Encoding; 4] =
        [Encoding::Utf8, Encoding::Latin1, Encoding::Utf16Le, Encoding::Utf16Be];

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]

        #[test]
        fn a_field_stands_where_the_grammar_says(
            text in "(([a-z]{0,9}|[a-zé写\u{22}\u{2c2c}\"\r\n]{0,4}|\"([a-z,\r\n]|\"\"){0,40}\"x?)[,;]){0,20}",
            half: bool,
        ) {
            for encoding in ENCODINGS {
                let mut bytes = encoding.encode(&text).into_owned();
                if half && encoding.width() == 2 {
                    bytes.push(b'x');
                }
                let mut fields = Fields::new(&bytes, encoding, b',');
                let spans: Vec<_> = fields.by_ref().collect();
                // The last field ends where the line break begins.
                let content = &bytes[..spans.last().map_or(0, |span| span.end)];
                for n in 0..spans.len() + 2 {
                    let found = nth(content, encoding, b',', n);
                    prop_assert_eq!(found, spans.get(n).cloned(), "{} {} {:?}", encoding, n, text);
                }
            }
        }
    }

    #[test]
    fn fields_at_the_edges_of_blocks() {
        for encoding in ENCODINGS {
            for length in BLOCK - 3..BLOCK + 3 {
                for (before, after) in [("", ""), ("\"", "\""), ("\"\"\"", "\""), ("a\"", "")] {
                    let first = format!("{before}{}{after}", "x".repeat(length));
                    let text = format!("{first},y,\"{first}");
                    let bytes = encoding.encode(&text);
                    let spans: Vec<_> = Fields::new(&bytes, encoding, b',').collect();
                    let found: Vec<_> =
                        (0..spans.len()).filter_map(|n| nth(&bytes, encoding, b',', n)).collect();
                    assert_eq!(found, spans, "{encoding} {text}");
                }
            }
        }
    }
}
