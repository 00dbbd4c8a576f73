//! Classifying the cells of a whole export: the answer for an origin is remembered, because an
//! export has few origins and many rows of each.

use std::collections::HashMap;

use super::cell::{PhotoCell, classify};
use super::host::{PhotoUrl, plain_origin};
use crate::name::Fqdn;

/// How many origins are remembered. The cells of others are classified one by one.
pub const ORIGINS_KEPT: usize = 4096;
/// The length of `https://`; in a cell that begins with `http://`, the host has one byte at least.
const SCHEME: usize = 8;
/// The longest origin that is remembered, in bytes; a domain name has 253 at most.
const MAX_ORIGIN: usize = 300;

/// Says what photo cells hold, as [`classify`] does, and quickly of origins met before.
///
/// An origin here is a cell's text up to the end of its authority, where that is spelled plainly
/// (`https://198.51.100.7:8443`). What stands behind it cannot change what the host is or where it
/// stands, so the origin is all that has to be compared.
#[derive(Clone, Debug)]
pub struct Classifier {
    domains: Vec<Fqdn>,
    known: HashMap<Box<[u8]>, OriginId, foldhash::fast::RandomState>,
    urls: Vec<PhotoUrl>,
}

/// Which of a classifier's origins: they are numbered from 0 in the order in which they were met.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OriginId(usize);

/// What a cell holds, as a [`Classifier`] says it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Classified {
    /// A photo URL of this origin; [`Classifier::url`] has the rest.
    Origin(OriginId),
    /// Anything, a photo URL included.
    Cell(PhotoCell),
}

impl OriginId {
    /// The number.
    pub fn index(self) -> usize {
        self.0
    }
}

impl Classifier {
    /// A classifier that has met nothing; `domains` are those that make a host `webex`.
    pub fn new(domains: &[Fqdn]) -> Self {
        Self { domains: domains.to_vec(), known: HashMap::default(), urls: Vec::new() }
    }

    /// The domains that make a host `webex`.
    pub fn domains(&self) -> &[Fqdn] {
        &self.domains
    }

    /// Says what a photo cell's text holds.
    pub fn classify(&mut self, text: &str) -> Classified {
        let Some(origin) = plain_origin(text).filter(|origin| origin.len() <= MAX_ORIGIN) else {
            return Classified::Cell(classify(text, &self.domains));
        };
        if let Some(id) = self.known.get(origin.as_bytes())
            && text.len() <= super::MAX_CELL
        {
            return Classified::Origin(*id);
        }
        match classify(text, &self.domains) {
            PhotoCell::Url(url) if self.urls.len() < ORIGINS_KEPT => {
                let id = OriginId(self.urls.len());
                self.urls.push(url);
                self.known.insert(origin.as_bytes().into(), id);
                Classified::Origin(id)
            }
            cell => Classified::Cell(cell),
        }
    }

    /// Says of a cell's text, given as bytes, what [`classify`](Self::classify) would say, if it is
    /// ASCII, its origin was met before and a path follows. None means "ask there".
    pub fn known(&self, ascii: &[u8]) -> Option<OriginId> {
        // What stands before the first slash behind the scheme's two is an origin if it is known:
        // nothing else was remembered.
        let start = SCHEME.min(ascii.len());
        let length = start + memchr::memchr(b'/', &ascii[start..])?;
        let id = *self.known.get(&ascii[..length])?;
        (ascii.is_ascii() && ascii.len() <= super::MAX_CELL).then_some(id)
    }

    /// The remembered origins' URLs, in the order in which they were met.
    pub fn urls(&self) -> impl Iterator<Item = &PhotoUrl> {
        self.urls.iter()
    }

    /// What every cell of an origin holds: all of it is the same but what follows the authority.
    ///
    /// # Panics
    /// When another classifier gave `id`.
    pub fn url(&self, id: OriginId) -> &PhotoUrl {
        &self.urls[id.0]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn domains() -> Vec<Fqdn> {
        vec![Fqdn::parse("webex.com").unwrap()]
    }

    fn said(classifier: &mut Classifier, text: &str) -> PhotoCell {
        match classifier.classify(text) {
            Classified::Origin(id) => PhotoCell::Url(classifier.url(id).clone()),
            Classified::Cell(cell) => cell,
        }
    }

    const REST: &str = "([/?#][a-z:@/\\\\?#%\\[\\] \t\r\né]{0,6})?";

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4_000))]

        #[test]
        fn what_is_remembered_is_what_would_be_said_again(
            origin in "https?:[/\\\\]{1,3}([a-z]@)?(\
                [a-cA-C0-9.:x@%_-]{0,8}\
                |(10[.]|0x0a[.]|c1[.])?(1[.]2[.]3|webex[.]com|webex|xn--a|7)[.]?\
                |\\[(::1|::ffff:1[.]2[.]3[.]4|1::g)\\]\
            )(:(80|443|8443|99999|0*80)?)?",
            first in REST,
            second in REST,
        ) {
            let mut classifier = Classifier::new(&domains());
            for rest in [first, second] {
                let text = format!("{origin}{rest}");
                let exact = classify(&text, &domains());
                let known = classifier.known(text.as_bytes()).map(|id| classifier.url(id).clone());
                if let Some(url) = known {
                    prop_assert_eq!(PhotoCell::Url(url), exact.clone(), "{:?}, as bytes", text);
                }
                prop_assert_eq!(said(&mut classifier, &text), exact, "{:?}", text);
            }
        }

        #[test]
        fn any_text_is_classified_alike(text in any::<String>()) {
            let mut classifier = Classifier::new(&domains());
            for text in [format!("https://{text}"), format!("http://{text}"), text] {
                let exact = classify(&text, &domains());
                prop_assert_eq!(said(&mut classifier, &text), exact.clone(), "{:?}", text);
                prop_assert_eq!(said(&mut classifier, &text), exact, "{:?}, again", text);
            }
        }
    }

    #[test]
    fn origins_are_numbered_as_they_are_met() {
        let mut classifier = Classifier::new(&domains());
        for (text, expected) in [
            ("https://c1.webex.com/a", Some(0)),
            ("https://10.1.2.3:8443/a", Some(1)),
            ("https://c1.webex.com/b?c", Some(0)),
            ("http://c1.webex.com/b?c", Some(2)),
            ("https://10.1.2.3:8443", Some(1)),
            ("https://10.1.2.3", Some(3)),
            ("https://u@10.1.2.3/", None),
            ("https://10.1.2.999/", None),
            ("-", None),
        ] {
            let found = match classifier.classify(text) {
                Classified::Origin(id) => Some(id.index()),
                Classified::Cell(_) => None,
            };
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut classifier = Classifier::new(&domains());
        for n in 0..ORIGINS_KEPT + 10 {
            let text = format!("https://h{n}.example.org/");
            let exact = classify(&text, &domains());
            assert_eq!(said(&mut classifier, &text), exact, "{text}");
        }
        assert_eq!(classifier.urls.len(), ORIGINS_KEPT);
        let long = format!("https://h0.example.org/{}", "a".repeat(super::super::MAX_CELL));
        assert_eq!(said(&mut classifier, &long), classify(&long, &domains()));
    }
}
