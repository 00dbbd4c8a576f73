//! One escaping type per output, so that forgetting to escape does not compile.
//!
//! Everything shown may come from a stranger: a PTR name, a certificate's subject, a cell. What
//! a reader cannot see or would misread (controls, bidirectional overrides, zero-width characters)
//! is shown by its code point, such as `<U+202E>`, wherever people read. JSON escapes the same
//! characters as `\u202e`, which loses nothing.

use std::fmt::{self, Write};
use std::io;

use wide::u8x16;

/// The longest field of the CSV report, in characters: what a cell of Excel holds (Microsoft,
/// "Excel specifications and limits").
pub const LONGEST_SPREADSHEET_CELL: usize = 32_767;
/// The longest value in the data of the review page, in characters: more than a screen shows.
pub const LONGEST_PAGE_VALUE: usize = 1_000;
/// The longest value in the Markdown report, in characters; the other reports hold all of it.
pub const LONGEST_MARKDOWN_VALUE: usize = 400;

/// Whether a character cannot be seen, or changes how others are seen.
///
/// Controls (Unicode `Cc`), line and paragraph separators, bidirectional controls (UAX #9),
/// zero-width and other default-ignorable characters that have no business in a URL or a name.
pub fn is_deceptive(c: char) -> bool {
    // Nearly all characters are these.
    if matches!(c, ' '..='~') {
        return false;
    }
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Writes a character as people can see it.
fn write_visible(f: &mut impl Write, c: char) -> fmt::Result {
    if is_deceptive(c) { write!(f, "<U+{:04X}>", u32::from(c)) } else { f.write_char(c) }
}

/// Writes a text as it stands, but for the characters that are deceptive: `show` writes those.
fn write_showing<W: Write>(
    f: &mut W,
    text: &str,
    show: impl Fn(&mut W, char) -> fmt::Result,
) -> fmt::Result {
    let mut rest = text;
    while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_deceptive(*c)) {
        f.write_str(&rest[..at])?;
        show(f, c)?;
        rest = &rest[at + c.len_utf8()..];
    }
    f.write_str(rest)
}

/// Text for a terminal: no escape sequence, no line break, nothing that reorders the line.
#[derive(Clone, Copy, Debug)]
pub struct TerminalText<'a>(pub &'a str);

impl fmt::Display for TerminalText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_showing(f, self.0, write_visible)
    }
}

/// Text in the data of the review page: visible all over, and cut at [`LONGEST_PAGE_VALUE`]. It is
/// still text: its page shows it as such, never as markup.
#[derive(Clone, Copy, Debug)]
pub struct PageText<'a>(pub &'a str);

impl PageText<'_> {
    /// Whether it is certainly shown as it stands.
    pub fn is_itself(&self) -> bool {
        self.0.len() <= LONGEST_PAGE_VALUE && is_plain(self.0, [])
    }
}

impl fmt::Display for PageText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_itself() {
            return f.write_str(self.0);
        }
        let mut left = self.0.chars();
        left.by_ref().take(LONGEST_PAGE_VALUE).try_for_each(|c| write_visible(f, c))?;
        match left.count() {
            0 => Ok(()),
            more => write!(f, "… ({more} more)"),
        }
    }
}

/// Markup of the review page, escaped already, in which characters that nobody can see stand by
/// their code points. Markup itself has none of them.
#[derive(Clone, Copy, Debug)]
pub struct VisibleMarkup<'a>(pub &'a str);

impl fmt::Display for VisibleMarkup<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_showing(f, self.0, |f, c| write!(f, "&lt;U+{:04X}&gt;", u32::from(c)))
    }
}

/// Whether a text has nothing but ASCII that can be seen, as nearly all texts do, and of that none of
/// these.
#[inline]
pub(super) fn is_plain<const N: usize>(text: &str, but: [u8; N]) -> bool {
    let (pieces, _) = text.as_bytes().as_chunks();
    let Some(end) = text.as_bytes().last_chunk() else {
        return text.bytes().all(|byte| matches!(byte, b' '..=b'~') && !but.contains(&byte));
    };
    let (first, last) = (u8x16::splat(b' '), u8x16::splat(b'~'));
    let plain = |lanes: &[u8; LANES]| {
        let bytes = u8x16::new(*lanes);
        let seen = bytes.max(first).min(last).cmp_eq(bytes);
        but.iter().fold(seen, |seen, byte| seen & !bytes.cmp_eq(u8x16::splat(*byte)))
    };
    // No way leads out in between: nearly always all of it has to be looked at, some twice.
    pieces.iter().fold(plain(end), |all, piece| all & plain(piece)).all()
}

/// Bytes that [`is_plain`] looks at together.
const LANES: usize = 16;

/// A field of the CSV report, quoted by RFC 4180 where it needs to be, that no spreadsheet takes
/// for a formula.
///
/// A field that begins with `=`, `+`, `-`, `@` (or their full-width forms), a tab or a line break
/// gets a leading apostrophe (OWASP, "CSV Injection"). So does such a character behind a
/// semicolon, a tab or a line break inside a field: a spreadsheet that splits at semicolons, as in
/// much of Europe, would see a field beginning there. Controls but tab and line breaks are made
/// visible. For the exact text there are the JSON reports.
#[derive(Clone, Copy, Debug)]
pub struct CsvField<'a>(pub &'a str);

impl CsvField<'_> {
    /// Whether it can stand as it is: most do, and then need no second look at every character.
    fn is_plain(&self) -> bool {
        let text = self.0.as_bytes();
        text.len() < LONGEST_SPREADSHEET_CELL
            && text.first().is_none_or(u8::is_ascii_alphanumeric)
            && text.last() != Some(&b' ')
            && is_plain(self.0, [b'"', b',', b';'])
    }

    /// Appends what [`Display`](fmt::Display) shows.
    ///
    /// # Errors
    /// None but those of formatting, which has no reason to fail.
    pub fn append(&self, line: &mut Vec<u8>) -> io::Result<()> {
        if self.is_plain() {
            line.extend_from_slice(self.0.as_bytes());
            return Ok(());
        }
        io::Write::write_fmt(line, format_args!("{self}"))
    }

    /// Writes it character by character.
    fn write_guarded(&self, f: &mut impl Write) -> fmt::Result {
        let quoted = self.0.contains([',', '"', '\r', '\n', ';', '\t'])
            || self.0.starts_with(' ')
            || self.0.ends_with(' ');
        if quoted {
            f.write_char('"')?;
        }
        let mut field_may_begin = true;
        for (at, c) in self.0.chars().enumerate() {
            if at == LONGEST_SPREADSHEET_CELL - 1 {
                f.write_char('…')?;
                break;
            }
            let begins_formula = matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠');
            if field_may_begin && (begins_formula || at == 0 && matches!(c, '\t' | '\r' | '\n')) {
                f.write_char('\'')?;
            }
            field_may_begin = match c {
                ';' | '\t' | '\r' | '\n' => true,
                ' ' | '"' | '\'' => field_may_begin,
                _ => false,
            };
            match c {
                '"' => f.write_str("\"\"")?,
                '\t' | '\r' | '\n' => f.write_char(c)?,
                _ => write_visible(f, c)?,
            }
        }
        if quoted { f.write_char('"') } else { Ok(()) }
    }
}

impl fmt::Display for CsvField<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_plain() { f.write_str(self.0) } else { self.write_guarded(f) }
    }
}

/// A value in Markdown as a code span: no markup, no link, one line, at most
/// [`LONGEST_MARKDOWN_VALUE`] characters.
///
/// A `|` would end a table's cell even inside a code span, so it is shown by its code point.
#[derive(Clone, Copy, Debug)]
pub struct MarkdownCode<'a>(pub &'a str);

impl fmt::Display for MarkdownCode<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return Ok(());
        }
        let longest_run = self.0.split(|c| c != '`').map(str::len).max().unwrap_or(0);
        let fence = "`".repeat(longest_run.min(LONGEST_MARKDOWN_VALUE) + 1);
        f.write_str(&fence)?;
        // A backtick beside the fence would join it, and a space on both sides is stripped
        // (CommonMark 0.31, 6.1): one more of them is what stays.
        let padded = self.0.starts_with(['`', ' ']) || self.0.ends_with(['`', ' ']);
        let pad = if padded { " " } else { "" };
        f.write_str(pad)?;
        let mut left = self.0.chars();
        for c in left.by_ref().take(LONGEST_MARKDOWN_VALUE) {
            match c {
                '|' => write!(f, "<U+{:04X}>", u32::from(c))?,
                _ => write_visible(f, c)?,
            }
        }
        match left.count() {
            0 => write!(f, "{pad}{fence}"),
            more => write!(f, "… ({more} more){pad}{fence}"),
        }
    }
}

/// A sentence in Markdown. What stands between backquotes, and every word that could become a
/// link or a mention, is a code span; the rest is escaped.
#[derive(Clone, Copy, Debug)]
pub struct MarkdownText<'a>(pub &'a str);

impl fmt::Display for MarkdownText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, piece) in self.0.split('`').enumerate() {
            if at % 2 == 1 {
                write!(f, "{}", MarkdownCode(piece))?;
                continue;
            }
            for word in piece.split_inclusive(|c: char| c.is_whitespace()) {
                let bare = word.trim_end();
                let lower = bare.to_ascii_lowercase();
                if bare.contains('@') || lower.contains("://") || lower.contains("www.") {
                    write!(f, "{}", MarkdownCode(bare))?;
                } else {
                    bare.chars().try_for_each(|c| write_markdown(f, c))?;
                }
                word[bare.len()..].chars().try_for_each(|c| write_markdown(f, c))?;
            }
        }
        Ok(())
    }
}

fn write_markdown(f: &mut fmt::Formatter<'_>, c: char) -> fmt::Result {
    match c {
        '<' => f.write_str("&lt;"),
        '>' => f.write_str("&gt;"),
        '&' => f.write_str("&amp;"),
        // A visible code point must not become a tag either.
        c if is_deceptive(c) => write!(f, "&lt;U+{:04X}&gt;", u32::from(c)),
        '\\' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' | '$' => write!(f, "\\{c}"),
        c => f.write_char(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asserts a table of texts and what an escaping type makes of them.
    macro_rules! assert_escapes {
        ($escape:expr, $rows:expr) => {
            for (text, escaped) in $rows {
                assert_eq!($escape(text).to_string(), escaped, "{text:?}");
            }
        };
    }

    #[test]
    fn terminals_see_no_controls() {
        assert_escapes!(
            TerminalText,
            [
                ("plain Größe 写真", "plain Größe 写真"),
                ("\u{1b}[31mred\u{1b}]0;title\u{7}", "<U+001B>[31mred<U+001B>]0;title<U+0007>"),
                ("a\r\nb\tc", "a<U+000D><U+000A>b<U+0009>c"),
                ("nul\0", "nul<U+0000>"),
                ("\u{9b}31m", "<U+009B>31m"),
                ("gpj.\u{202e}exe", "gpj.<U+202E>exe"),
                ("a\u{2066}b\u{2069}\u{61c}", "a<U+2066>b<U+2069><U+061C>"),
                ("web\u{200b}ex\u{feff}\u{ad}", "web<U+200B>ex<U+FEFF><U+00AD>"),
                ("a\u{2028}b", "a<U+2028>b"),
                ("tag\u{e0041}", "tag<U+E0041>"),
                ("</script>`|", "</script>`|"),
            ]
        );
    }

    #[test]
    fn a_page_shows_what_cannot_be_seen() {
        assert_escapes!(
            PageText,
            [
                ("plain Größe 写真", "plain Größe 写真"),
                ("a\u{202e}b\0\n\u{2028}", "a<U+202E>b<U+0000><U+000A><U+2028>"),
                ("</script><b>&", "</script><b>&"),
                ("", ""),
            ]
        );
        let long = "z".repeat(LONGEST_PAGE_VALUE + 7);
        assert!(PageText(&long).to_string().ends_with("z… (7 more)"));
        assert_escapes!(
            VisibleMarkup,
            [
                ("<b>x</b>", "<b>x</b>"),
                ("<b>\u{202e}é\r\n</b>", "<b>&lt;U+202E&gt;é&lt;U+000D&gt;&lt;U+000A&gt;</b>"),
                ("<a title=\"\u{7}\">", "<a title=\"&lt;U+0007&gt;\">"),
            ]
        );
    }

    #[test]
    fn no_field_is_a_formula() {
        assert_escapes!(
            CsvField,
            [
                ("plain", "plain"),
                ("", ""),
                ("=1+1", "'=1+1"),
                ("+49", "'+49"),
                ("-", "'-"),
                ("@SUM(A1)", "'@SUM(A1)"),
                ("\t=1", "\"'\t'=1\""),
                ("\r=1", "\"'\r'=1\""),
                ("\n=1", "\"'\n'=1\""),
                ("＝1", "'＝1"),
                ("＋1", "'＋1"),
                ("－1", "'－1"),
                ("＠a", "'＠a"),
                ("  =1", "\"  '=1\""),
                ("a;=1", "\"a;'=1\""),
                ("a;\"=1", "\"a;\"\"'=1\""),
                ("a=1;b", "\"a=1;b\""),
                ("say \"hi\", you", "\"say \"\"hi\"\", you\""),
                ("two\nlines", "\"two\nlines\""),
                ("nul\0esc\u{1b}", "nul<U+0000>esc<U+001B>"),
                ("\u{202e}=1", "<U+202E>=1"),
                ("</script>", "</script>"),
            ]
        );
        let long = "x".repeat(LONGEST_SPREADSHEET_CELL + 5);
        let cut = CsvField(&long).to_string();
        assert_eq!(cut.chars().count(), LONGEST_SPREADSHEET_CELL);
        assert!(cut.ends_with("x…"));
    }

    proptest::proptest! {
        #[test]
        fn a_plain_text_has_plain_characters_only(text in "([ -~]{0,70}|[ -~]{0,40}.[ -~]{0,40}|.{0,20})") {
            let plain = |but: &[char]| text.chars().all(|c| matches!(c, ' '..='~') && !but.contains(&c));
            proptest::prop_assert_eq!(is_plain(&text, []), plain(&[]));
            proptest::prop_assert_eq!(is_plain(&text, [b'x', b'"']), plain(&['x', '"']));
        }

        #[test]
        fn a_plain_field_needs_no_second_look(
            text in "([a-z0-9][ -~]{0,20}|[-a=+@ \"',;\t\r\n<\u{7f}é\u{202e}＝]{0,6}|.{0,12})",
        ) {
            let mut guarded = String::new();
            CsvField(&text).write_guarded(&mut guarded).unwrap();
            let mut appended = Vec::new();
            CsvField(&text).append(&mut appended).unwrap();
            proptest::prop_assert_eq!(String::from_utf8(appended).unwrap(), guarded);
        }
    }

    #[test]
    fn markdown_values_are_code_and_stay_in_their_cell() {
        assert_escapes!(
            MarkdownCode,
            [
                ("https://203.0.113.7/a.jpg", "`https://203.0.113.7/a.jpg`"),
                ("", ""),
                ("a|b", "`a<U+007C>b`"),
                ("a`b", "``a`b``"),
                ("`", "`` ` ``"),
                ("```", "```` ``` ````"),
                (" a ", "`  a  `"),
                ("<b>**x**</b>", "`<b>**x**</b>`"),
                ("a\nb\u{2028}", "`a<U+000A>b<U+2028>`"),
                ("\u{202e}x", "`<U+202E>x`"),
                ("\0\u{1b}[1m", "`<U+0000><U+001B>[1m`"),
            ]
        );
        let long = "y".repeat(LONGEST_MARKDOWN_VALUE + 7);
        let cut = MarkdownCode(&long).to_string();
        assert!(cut.ends_with("y… (7 more)`"), "{cut}");
    }

    #[test]
    fn markdown_sentences_carry_no_markup() {
        assert_escapes!(
            MarkdownText,
            [
                ("plain text, 2 rows", "plain text, 2 rows"),
                ("`c12.webex.com` by ptr", "`c12.webex.com` by ptr"),
                ("an `unclosed code", "an `unclosed code`"),
                ("<script>x</script>", "&lt;script&gt;x&lt;/script&gt;"),
                ("a **bold** _it_ [x](y)", "a \\*\\*bold\\*\\* \\_it\\_ \\[x\\](y)"),
                ("see https://evil.example now", "see `https://evil.example` now"),
                ("www.evil.example", "`www.evil.example`"),
                ("ask jane@corp.example", "ask `jane@corp.example`"),
                ("a|b", "a\\|b"),
                ("line\nbreak", "line&lt;U+000A&gt;break"),
                ("\u{202e}", "&lt;U+202E&gt;"),
            ]
        );
    }
}
