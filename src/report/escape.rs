//! One escaping type per output: text from strangers reaches an output through one of these.

use std::borrow::Cow;
use std::fmt::{self, Write as _};

/// Characters that change what a reader sees without being seen: controls, line and paragraph
/// separators, bidirectional controls (Unicode UAX 9), zero-width characters and the soft hyphen.
pub fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00ad}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{3164}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}')
}

/// Text with everything unseen made visible, as `<U+202E>`.
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unseen) {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_unseen(c) {
            // Writing to a String cannot fail.
            let _ = write!(shown, "<U+{:04X}>", u32::from(c));
        } else {
            shown.push(c);
        }
    }
    Cow::Owned(shown)
}

/// Text for a terminal: no escape sequence, no line break, nothing that reorders.
#[derive(Clone, Copy, Debug)]
pub struct TerminalText<'a>(pub &'a str);

impl fmt::Display for TerminalText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&visible(self.0))
    }
}

/// A field of a CSV report (RFC 4180): always escaped, and never a formula to a spreadsheet.
///
/// A field that begins with `=`, `+`, `-`, `@`, a tab or a carriage return, or their full-width
/// twins, gets an apostrophe before it: spreadsheets take the rest as text then.
#[derive(Clone, Copy, Debug)]
pub struct CsvField<'a>(pub &'a str);

impl fmt::Display for CsvField<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        let begins = ['=', '+', '-', '@', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
        if self.0.trim_start_matches(' ').starts_with(begins) {
            f.write_char('\'')?;
        }
        for c in self.0.chars() {
            match c {
                '"' => f.write_str("\"\"")?,
                c if is_unseen(c) => write!(f, "<U+{:04X}>", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        f.write_char('"')
    }
}

/// Text in Markdown, outside code.
#[derive(Clone, Copy, Debug)]
pub struct MarkdownText<'a>(pub &'a str);

impl fmt::Display for MarkdownText<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in visible(self.0).chars() {
            match c {
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '&' => f.write_str("&amp;")?,
                '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '!'
                | '|' | '~' => {
                    f.write_char('\\')?;
                    f.write_char(c)?;
                }
                // A bare URL becomes a link in most renderers; this one does not.
                ':' => f.write_str("&#58;")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// Text as code in Markdown, which makes no link of a URL; usable in a table cell.
#[derive(Clone, Copy, Debug)]
pub struct MarkdownCode<'a>(pub &'a str);

impl fmt::Display for MarkdownCode<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // HTML code and entities: in a code span a pipe would still end a table cell, and the
        // number of backticks would depend on the text.
        f.write_str("<code>")?;
        for c in visible(self.0).chars() {
            match c {
                'a'..='z'
                | 'A'..='Z'
                | '0'..='9'
                | '.'
                | '/'
                | '-'
                | '?'
                | '='
                | ','
                | ' '
                | '%' => {
                    f.write_char(c)?;
                }
                ':' => f.write_str("&#58;")?,
                c if c.is_ascii() => write!(f, "&#{};", u32::from(c))?,
                c => f.write_char(c)?,
            }
        }
        f.write_str("</code>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_text_stays_inert() {
        for (text, terminal, csv, markdown, code) in [
            ("plain", "plain", "\"plain\"", "plain", "<code>plain</code>"),
            (
                "\u{1b}[31mred",
                "<U+001B>[31mred",
                "\"<U+001B>[31mred\"",
                "&lt;U\\+001B&gt;\\[31mred",
                "<code>&#60;U&#43;001B&#62;&#91;31mred</code>",
            ),
            (
                "a\u{202e}b\u{2028}c\0",
                "a<U+202E>b<U+2028>c<U+0000>",
                "\"a<U+202E>b<U+2028>c<U+0000>\"",
                "a&lt;U\\+202E&gt;b&lt;U\\+2028&gt;c&lt;U\\+0000&gt;",
                "<code>a&#60;U&#43;202E&#62;b&#60;U&#43;2028&#62;c&#60;U&#43;0000&#62;</code>",
            ),
            (
                "=HYPERLINK(\"x\")",
                "=HYPERLINK(\"x\")",
                "\"'=HYPERLINK(\"\"x\"\")\"",
                "=HYPERLINK\\(\"x\"\\)",
                "<code>=HYPERLINK&#40;&#34;x&#34;&#41;</code>",
            ),
            ("  @x", "  @x", "\"'  @x\"", "  @x", "<code>  &#64;x</code>"),
            ("＝1+1", "＝1+1", "\"'＝1+1\"", "＝1\\+1", "<code>＝1&#43;1</code>"),
            ("+41", "+41", "\"'+41\"", "\\+41", "<code>&#43;41</code>"),
            (
                "</script>|`",
                "</script>|`",
                "\"</script>|`\"",
                "&lt;/script&gt;\\|\\`",
                "<code>&#60;/script&#62;&#124;&#96;</code>",
            ),
            (
                "https://x/",
                "https://x/",
                "\"https://x/\"",
                "https&#58;//x/",
                "<code>https&#58;//x/</code>",
            ),
        ] {
            assert_eq!(TerminalText(text).to_string(), terminal);
            assert_eq!(CsvField(text).to_string(), csv);
            assert_eq!(MarkdownText(text).to_string(), markdown);
            assert_eq!(MarkdownCode(text).to_string(), code);
        }
    }
}
