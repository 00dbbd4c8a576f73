//! Lines that fit: widths as terminals count them, wrapping, and cutting in the middle.
//!
//! Everything here works on [`TerminalText`] made visible, in units that must not be torn apart:
//! a character with its combining marks, or an escape such as `<U+202E>`.

use std::ops::Range;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::escape::{TerminalText, is_deceptive};

/// What can be shown or left out as a whole, and its width in columns.
struct Unit {
    text: String,
    width: usize,
}

fn units(text: &str) -> Vec<Unit> {
    let mut units: Vec<Unit> = Vec::new();
    for c in text.chars() {
        if is_deceptive(c) {
            let text = TerminalText(c.encode_utf8(&mut [0; 4])).to_string();
            units.push(Unit { width: text.len(), text });
            continue;
        }
        match (c.width().unwrap_or(0), units.last_mut()) {
            (0, Some(last)) => last.text.push(c),
            (width, _) => units.push(Unit { text: c.to_string(), width }),
        }
    }
    units
}

/// The width of a text as it is shown, in columns.
pub(super) fn width(text: &str) -> usize {
    units(text).iter().map(|unit| unit.width).sum()
}

/// The text as it is shown, with its middle cut out where it is wider than `columns`.
pub(super) fn fit(text: &str, columns: usize, ellipsis: &str) -> String {
    let units = units(text);
    let whole: usize = units.iter().map(|unit| unit.width).sum();
    if whole <= columns {
        return units.into_iter().map(|unit| unit.text).collect();
    }
    let room = columns.saturating_sub(ellipsis.width());
    let head = take(units.iter(), room.div_ceil(2));
    let used: usize = units[..head].iter().map(|unit| unit.width).sum();
    let tail = take(units[head..].iter().rev(), room - used);
    let (head, tail) = (&units[..head], &units[units.len() - tail..]);
    let shown = |units: &[Unit]| units.iter().map(|unit| unit.text.as_str()).collect::<String>();
    match columns {
        0 => String::new(),
        _ => format!("{}{ellipsis}{}", shown(head), shown(tail)),
    }
}

/// How many units fit into `columns`.
fn take<'a>(units: impl Iterator<Item = &'a Unit>, columns: usize) -> usize {
    let mut used = 0;
    units
        .take_while(|unit| {
            used += unit.width;
            used <= columns
        })
        .count()
}

/// A cell in three parts: what stands before its host, the host, and what stands after.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) before: String,
    pub(super) host: String,
    pub(super) after: String,
}

/// A cell that fits into `columns`. The host is what must be seen: it is cut last.
pub(super) fn fit_around_host(
    cell: &str,
    host: &Range<usize>,
    columns: usize,
    ellipsis: &str,
) -> Parts {
    let parts = (cell.get(..host.start), cell.get(host.clone()), cell.get(host.end..));
    let (Some(before), Some(host), Some(after)) = parts else {
        return Parts {
            before: fit(cell, columns, ellipsis),
            host: String::new(),
            after: String::new(),
        };
    };
    let host = fit(host, columns, ellipsis);
    let left = columns - host.width().min(columns);
    let (wanted_before, wanted_after) = (width(before), width(after));
    // The rest is shared fairly: a part that needs less than half leaves more to the other.
    let room_before = match wanted_before + wanted_after <= left {
        true => wanted_before,
        false => wanted_before.min((left / 2).max(left.saturating_sub(wanted_after))),
    };
    let before = fit(before, room_before, ellipsis);
    let after = fit(after, left - before.width().min(left), ellipsis);
    Parts { before, host, after }
}

/// The text in lines of at most `columns`, broken between words; a longer word is broken anywhere.
/// There is always one line at least.
pub(super) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(1);
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let wide = width(word);
        let fits_here = used == 0 || used + 1 + wide <= columns;
        if used > 0 && fits_here {
            if let Some(line) = lines.last_mut() {
                line.push(' ');
            }
            used += 1;
        } else if used > 0 {
            lines.push(String::new());
            used = 0;
        }
        for unit in units(word) {
            if used > 0 && used + unit.width > columns {
                lines.push(String::new());
                used = 0;
            }
            if let Some(line) = lines.last_mut() {
                line.push_str(&unit.text);
            }
            used += unit.width;
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_too_wide_loses_its_middle() {
        for (text, columns, fitted) in [
            ("short", 10, "short"),
            ("exactly10!", 10, "exactly10!"),
            ("more than ten", 10, "more … ten"),
            ("写真写真写真", 7, "写…写真"),
            ("a\u{202e}bcdefghij", 12, "a…bcdefghij"),
            ("a\u{202e}", 9, "a<U+202E>"),
            ("e\u{301}e\u{301}e\u{301}e\u{301}", 3, "e\u{301}…e\u{301}"),
            ("abc", 1, "…"),
            ("abc", 0, ""),
            ("", 0, ""),
        ] {
            let found = fit(text, columns, "…");
            assert_eq!(found, fitted, "{text:?} in {columns}");
            assert!(found.width() <= columns, "{text:?} in {columns}");
        }
    }

    #[test]
    fn the_host_is_seen_whatever_surrounds_it() {
        let long = "x".repeat(100);
        for (cell, host, columns, shown) in [
            ("https://203.0.113.7/a.jpg", 8..19, 40, "https://|203.0.113.7|/a.jpg"),
            ("https://203.0.113.7/photos/of/jane.jpg", 8..19, 27, "https://|203.0.113.7|/pho…jpg"),
            (&format!("https://{long}@h/a"), 109..110, 20, "https://…xxxxxxx@|h|/a"),
            (&format!("https://{long}/a"), 8..108, 12, "|xxxxxx…xxxxx|"),
            ("broken", 4..90, 40, "broken||"),
        ] {
            let found = fit_around_host(cell, &host, columns, "…");
            let text = format!("{}|{}|{}", found.before, found.host, found.after);
            assert_eq!(text, shown, "{cell}");
        }
    }

    #[test]
    fn lines_break_between_words() {
        for (text, columns, lines) in [
            ("one two three", 7, vec!["one two", "three"]),
            ("one", 7, vec!["one"]),
            ("", 7, vec![""]),
            ("a verylongword b", 6, vec!["a", "verylo", "ngword", "b"]),
            ("x\ny", 80, vec!["x<U+000A>y"]),
            ("写真 写真", 5, vec!["写真", "写真"]),
        ] {
            assert_eq!(wrap(text, columns), lines, "{text:?} in {columns}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_is_wider_than_it_may_be(text in "(?s).{0,40}", columns in 12usize..60) {
            proptest::prop_assert!(width(&fit(&text, columns, "…")) <= columns);
            for line in wrap(&text, columns) {
                proptest::prop_assert!(width(&line) <= columns, "{:?}", line);
            }
        }
    }
}
