//! Reports without e-mail addresses.

use std::borrow::Cow;
use std::ops::Range;

use super::{Change, Held, Row};

/// What stands where an e-mail address stood.
const MASK: &str = "[e-mail]";

/// Whether reports may hold e-mail addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Redaction {
    /// They may.
    Keep,
    /// Keys are left out, and whatever looks like an e-mail address is masked.
    Redact,
}

impl Redaction {
    /// Text as reports may show it.
    pub fn text(self, text: &str) -> Cow<'_, str> {
        match self {
            Self::Keep => Cow::Borrowed(text),
            Self::Redact => mask(text),
        }
    }

    /// A record's key as reports may show it.
    pub fn key<'a>(self, key: Option<(&'a str, &'a str)>) -> Option<(&'a str, &'a str)> {
        key.filter(|_| self == Self::Keep)
    }

    /// A cell with its host, both as reports may show them.
    pub fn cell<'a>(self, cell: &'a str, host: &Range<usize>) -> (Cow<'a, str>, Range<usize>) {
        if self == Self::Keep {
            return (Cow::Borrowed(cell), host.clone());
        }
        let (before, inside) = (mask(&cell[..host.start]), &cell[host.clone()]);
        let after = mask(&cell[host.end..]);
        let span = before.len()..before.len() + inside.len();
        (Cow::Owned([before.as_ref(), inside, after.as_ref()].concat()), span)
    }

    /// What a row shows of its record's key and class, for renderers that list rows.
    pub fn row_key<'a>(self, row: &Row<'a>) -> Option<(&'a str, &'a str)> {
        match row {
            Row::Change(Change { key, .. }) | Row::Held(Held { key, .. }) => self.key(*key),
        }
    }
}

/// Masks every e-mail address, `@` percent-encoded or not.
fn mask(text: &str) -> Cow<'_, str> {
    let mut masked = String::new();
    let mut done = 0;
    let mut from = 0;
    while let Some((at, length)) = next_at(&text[from..]).map(|(at, length)| (from + at, length)) {
        let part = |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | '+' | '%' | '\'');
        let before = text[done..at].trim_end_matches(part);
        let local = done + before.len();
        let after = &text[at + length..];
        let domain = after
            .find(|c: char| !(c.is_alphanumeric() || matches!(c, '.' | '-')))
            .unwrap_or(after.len());
        from = at + length + domain;
        if local < at && domain > 0 {
            masked.push_str(&text[done..local]);
            masked.push_str(MASK);
            done = from;
        }
    }
    if done == 0 {
        return Cow::Borrowed(text);
    }
    masked.push_str(&text[done..]);
    Cow::Owned(masked)
}

/// The next `@`, plain, full-width or percent-encoded, and its length.
fn next_at(text: &str) -> Option<(usize, usize)> {
    ["@", "%40", "＠"]
        .into_iter()
        .filter_map(|sign| text.find(sign).map(|at| (at, sign.len())))
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn e_mail_addresses_are_masked_wherever_they_stand() {
        for (text, masked) in [
            ("nothing here", "nothing here"),
            ("jane@corp.example.com", "[e-mail]"),
            ("https://h/p?u=jane.doe+x@corp.example.com&v=1", "https://h/p?u=[e-mail]&v=1"),
            ("/p/jane%40corp.example.com.jpg", "/p/[e-mail]"),
            ("a@b.example, c@d.example", "[e-mail], [e-mail]"),
            ("é@ü.example ok", "[e-mail] ok"),
            ("漢 x@y.example", "漢 [e-mail]"),
            ("@alone", "@alone"),
            ("x@", "x@"),
            ("", ""),
        ] {
            assert_eq!(Redaction::Redact.text(text), masked, "{text}");
            assert_eq!(Redaction::Keep.text(text), text);
        }
    }

    #[test]
    fn a_host_is_still_found_in_its_masked_cell() {
        let cell = "https://203.0.113.7/jane@corp.example.com.jpg";
        let (shown, host) = Redaction::Redact.cell(cell, &(8..19));
        assert_eq!((shown.as_ref(), &shown[host]), ("https://203.0.113.7/[e-mail]", "203.0.113.7"));
    }
}
