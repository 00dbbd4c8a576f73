//! Sentences, cells and numbers as markup.

use std::ops::Range;

use maud::{Markup, Render, html};

/// A sentence; what stands between backquotes is code.
pub(super) struct Prose<'a>(pub(super) &'a str);

impl Render for Prose<'_> {
    fn render(&self) -> Markup {
        html! {
            @for (at, piece) in self.0.split('`').enumerate() {
                @if at % 2 == 1 { code { (piece) } } @else { (piece) }
            }
        }
    }
}

/// A cell with its host marked.
pub(super) struct Cell<'a>(pub(super) &'a str, pub(super) &'a Range<usize>);

impl Render for Cell<'_> {
    fn render(&self) -> Markup {
        let Self(text, host) = self;
        let pieces = (text.get(..host.start), text.get((*host).clone()), text.get(host.end..));
        html! {
            code.cell {
                @match pieces {
                    (Some(before), Some(host), Some(after)) if !host.is_empty() => {
                        (before) mark { (host) } (after)
                    }
                    _ => (text)
                }
            }
        }
    }
}

/// A domain name that breaks before a dot where it is too long for its line: within a label it
/// would read as another name. A `wbr` is no character, so that what is copied is the name.
pub(super) struct Name<'a>(pub(super) &'a str);

impl Render for Name<'_> {
    fn render(&self) -> Markup {
        html! {
            @for (at, label) in self.0.split('.').enumerate() {
                @if at > 0 { wbr; "." }
                (label)
            }
        }
    }
}

/// When something ends, or has ended.
pub(super) fn days(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        1 => "in 1 day".to_owned(),
        -1 => "1 day ago".to_owned(),
        2.. => format!("in {days} days"),
        _ => format!("{} days ago", -i128::from(days)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_and_cells_are_escaped_piece_by_piece() {
        for (text, markup) in [
            ("plain", "plain"),
            ("`a.b` by ptr", "<code>a.b</code> by ptr"),
            ("an `<b>`", "an <code>&lt;b&gt;</code>"),
            ("<script>`", "&lt;script&gt;<code></code>"),
        ] {
            assert_eq!(Prose(text).render().into_string(), markup, "{text}");
        }
        for (text, host, markup) in [
            ("http://h/", 7..8, "http://<mark>h</mark>/"),
            ("http://h/", 0..0, "http://h/"),
            ("http://h/", 5..99, "http://h/"),
            ("é<b>", 1..2, "é&lt;b&gt;"),
            ("<h>", 1..2, "&lt;<mark>h</mark>&gt;"),
        ] {
            let found = Cell(text, &host).render().into_string();
            assert_eq!(found, format!("<code class=\"cell\">{markup}</code>"), "{text} {host:?}");
        }
        for (name, markup) in [
            ("c7.webex.com", "c7<wbr>.webex<wbr>.com"),
            ("label", "label"),
            ("", ""),
            ("a.<b>", "a<wbr>.&lt;b&gt;"),
        ] {
            assert_eq!(Name(name).render().into_string(), markup, "{name}");
        }
        for (number, words) in [
            (400, "in 400 days"),
            (1, "in 1 day"),
            (0, "today"),
            (-1, "1 day ago"),
            (-7, "7 days ago"),
        ] {
            assert_eq!(days(number), words);
        }
    }
}
