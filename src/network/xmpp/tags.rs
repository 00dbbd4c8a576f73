//! Tags out of a stream of XML, octet by octet: names, one attribute, nesting; no text, no
//! entities, no document types. XMPP allows no more than that (RFC 6120, 11.1).

/// A tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// `<name …>`, or `<name …/>` with its end at once.
    Start {
        /// The name without its prefix.
        name: String,
        /// What stands after the name.
        attributes: String,
        /// Whether it ends at once.
        is_empty: bool,
    },
    /// `</name>`.
    End,
}

/// What is no XML that XMPP allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NotXml;

/// Finds tags.
#[derive(Debug, Default)]
pub(super) struct Tags {
    /// What stands between `<` and here, when a tag has begun.
    tag: Option<Vec<u8>>,
    /// The quotation mark that an attribute's value waits for.
    quote: Option<u8>,
}

impl Tags {
    /// Takes one octet; gives the tag that it completes.
    pub(super) fn push(&mut self, octet: u8) -> Result<Option<Tag>, NotXml> {
        let Some(tag) = &mut self.tag else {
            if octet == b'<' {
                self.tag = Some(Vec::new());
            }
            return Ok(None);
        };
        match self.quote {
            Some(quote) if quote == octet => self.quote = None,
            Some(_) => {}
            None if matches!(octet, b'"' | b'\'') => self.quote = Some(octet),
            // Comments, CDATA, document types.
            None if octet == b'!' && tag.is_empty() => return Err(NotXml),
            None if octet == b'<' => return Err(NotXml),
            None if octet == b'>' => {
                let tag = self.tag.take().unwrap_or_default();
                return parse(&String::from_utf8_lossy(&tag));
            }
            None => {}
        }
        tag.push(octet);
        Ok(None)
    }
}

fn parse(tag: &str) -> Result<Option<Tag>, NotXml> {
    if tag.starts_with('?') {
        // The XML declaration.
        return Ok(None);
    }
    if tag.starts_with('/') {
        return Ok(Some(Tag::End));
    }
    let (tag, is_empty) = match tag.strip_suffix('/') {
        Some(tag) => (tag, true),
        None => (tag, false),
    };
    let (name, attributes) = tag.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((tag, ""));
    let name = name.rsplit(':').next().unwrap_or(name);
    if name.is_empty() {
        return Err(NotXml);
    }
    Ok(Some(Tag::Start { name: name.to_owned(), attributes: attributes.to_owned(), is_empty }))
}

/// The value of an attribute without a prefix.
pub(super) fn attribute<'a>(attributes: &'a str, wanted: &str) -> Option<&'a str> {
    let mut rest = attributes;
    loop {
        let (name, after) = rest.split_once('=')?;
        let after = after.trim_start();
        let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (value, after) = after[1..].split_once(quote)?;
        if name.trim() == wanted {
            return Some(value);
        }
        rest = after;
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn tags(text: &str) -> Result<Vec<Tag>, NotXml> {
        let mut tags = Tags::default();
        text.bytes().filter_map(|octet| tags.push(octet).transpose()).collect()
    }

    #[test]
    fn tags_are_found() {
        let start = |name: &str, attributes: &str, is_empty| Tag::Start {
            name: name.to_owned(),
            attributes: attributes.to_owned(),
            is_empty,
        };
        for (text, expected) in [
            ("", Ok(vec![])),
            ("text <a", Ok(vec![])),
            ("<?xml version='1.0'?>\n<a>", Ok(vec![start("a", "", false)])),
            ("<s:a b='1>2' c=\"'\">x</s:a>", {
                Ok(vec![start("a", "b='1>2' c=\"'\"", false), Tag::End])
            }),
            ("<a/><b />", Ok(vec![start("a", "", true), start("b", "", true)])),
            ("<a\nb='/'/>", Ok(vec![start("a", "b='/'", true)])),
            ("<!DOCTYPE a>", Err(NotXml)),
            ("<!-- -->", Err(NotXml)),
            ("<a <b>", Err(NotXml)),
            ("<>", Err(NotXml)),
            ("< />", Err(NotXml)),
        ] {
            assert_eq!(tags(text), expected, "{text}");
        }
    }

    #[test]
    fn attributes_are_found() {
        for (attributes, value) in [
            ("", None),
            ("version='1.0'", Some("1.0")),
            ("from='a' version = \"1.0\" to='b'", Some("1.0")),
            ("x:version='2' a=\"version='3'\" version='1.0'", Some("1.0")),
            ("version=1.0", None),
            ("version='1.0", None),
            ("version", None),
        ] {
            assert_eq!(attribute(attributes, "version"), value, "{attributes}");
        }
    }

    proptest! {
        #[test]
        fn no_octets_make_it_panic(octets: Vec<u8>, text in "[<>/a='\"é :?!]{0,30}") {
            let mut tags = Tags::default();
            for octet in octets.into_iter().chain(text.bytes()) {
                if let Ok(Some(Tag::Start { attributes, .. })) = tags.push(octet) {
                    let _ = attribute(&attributes, "a");
                }
            }
            let _ = attribute(&text, "a");
        }
    }
}
