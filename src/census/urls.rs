//! Which photo URLs of an export are kept, to be fetched and compared.

use std::collections::{BTreeMap, HashSet};

use crate::evidence::Endpoint;
use crate::photo::{PhotoUrl, request_target};

/// Distinct photo URLs of one endpoint that make a sample: enough to tell a placeholder from a
/// photo, few enough to bother nobody.
pub const SAMPLE: usize = 8;
/// Distinct photo URLs of one run: the users of large organisations, and with all answers between
/// 100 and 200 MB of memory.
pub const MAX_URLS: usize = 100_000;
/// The longest path and query that is kept, in bytes: what every HTTP server should support
/// (RFC 9110, 4.1).
pub const MAX_TARGET: usize = 8000;
/// All paths and queries of one run together, in bytes.
pub const MAX_TARGETS: usize = 64 * 1024 * 1024;

/// Which photo URLs are fetched (`--photos`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Photos {
    /// None.
    #[default]
    Off,
    /// The first [`SAMPLE`] distinct ones of each endpoint.
    Sample,
    /// Every distinct one.
    All,
}

/// The photo URLs that were kept, by endpoint, in the order of the export.
///
/// What is kept depends on the export alone, and is bounded for any export.
#[derive(Clone, Debug, Default)]
pub struct PhotoUrls {
    wanted: Photos,
    targets: BTreeMap<Endpoint, Targets>,
    kept: usize,
    bytes: usize,
    left_out: u64,
}

#[derive(Clone, Debug, Default)]
struct Targets {
    in_order: Vec<String>,
    known: HashSet<String>,
}

impl PhotoUrls {
    pub(super) fn new(wanted: Photos) -> Self {
        Self { wanted, ..Self::default() }
    }

    /// Keeps a cell's URL, when it is wanted, new, and there is room.
    pub(super) fn offer(&mut self, url: &PhotoUrl, text: &str) {
        if self.wanted == Photos::Off {
            return;
        }
        let Some(endpoint) = url.endpoint() else { return };
        let known = self.targets.entry(endpoint).or_default();
        if self.wanted == Photos::Sample && known.in_order.len() == SAMPLE {
            return;
        }
        let Some(target) = request_target(text) else { return };
        if known.known.contains(&target) {
            return;
        }
        let bytes = self.bytes + target.len();
        if target.len() > MAX_TARGET || self.kept == MAX_URLS || bytes > MAX_TARGETS {
            self.left_out += 1;
            return;
        }
        (self.kept, self.bytes) = (self.kept + 1, bytes);
        known.known.insert(target.clone());
        known.in_order.push(target);
    }

    /// Path and query of an endpoint's photo URLs, in the order of the export.
    pub fn of(&self, endpoint: &Endpoint) -> &[String] {
        self.targets.get(endpoint).map_or(&[], |targets| &targets.in_order)
    }

    /// Records whose URL was wanted and not kept, because it or all of them together are too many
    /// or too long.
    pub fn left_out(&self) -> u64 {
        self.left_out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photo::{PhotoCell, classify};

    fn kept(wanted: Photos, cells: impl IntoIterator<Item = String>) -> PhotoUrls {
        let mut urls = PhotoUrls::new(wanted);
        for cell in cells {
            let PhotoCell::Url(url) = classify(&cell, &[]) else { panic!("{cell}") };
            urls.offer(&url, &cell);
        }
        urls
    }

    fn endpoint(text: &str) -> Endpoint {
        let PhotoCell::Url(url) = classify(text, &[]) else { panic!("{text}") };
        url.endpoint().unwrap()
    }

    #[test]
    fn the_first_distinct_urls_are_kept_as_a_client_asks_for_them() {
        let cells = [
            "https://203.0.113.7/b",
            "https://0xcb007107:443/a?x=1#y",
            "https://203.0.113.7/a?x=1",
            "https://203.0.113.7/./b",
            "https://203.0.113.7",
            "http://203.0.113.7/other",
            "https://me:secret@203.0.113.7/c d",
        ];
        for (wanted, expected) in
            [(Photos::Off, &[][..]), (Photos::All, &["/b", "/a?x=1", "/", "/c%20d"])]
        {
            let urls = kept(wanted, cells.map(str::to_owned));
            assert_eq!(urls.of(&endpoint("https://203.0.113.7")), expected, "{wanted:?}");
            assert_eq!(urls.left_out(), 0);
        }
    }

    #[test]
    fn a_sample_ends_and_so_does_everything() {
        let many = |number| (0..number).map(|n| format!("https://203.0.113.7/{n}"));
        let here = endpoint("https://203.0.113.7");
        let sample = kept(Photos::Sample, many(50));
        assert_eq!((sample.of(&here).len(), sample.left_out()), (SAMPLE, 0));
        let all = kept(Photos::All, many(MAX_URLS + 3));
        assert_eq!((all.of(&here).len(), all.left_out()), (MAX_URLS, 3));
        let long = ["a".repeat(MAX_TARGET), "b".repeat(9)];
        let long = kept(Photos::All, long.map(|path| format!("https://203.0.113.7/{path}")));
        assert_eq!((long.of(&here).len(), long.left_out()), (1, 1));
    }
}
