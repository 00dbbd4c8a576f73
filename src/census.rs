//! The first pass: what an export holds, counted once, so that the network is asked once per
//! endpoint and the ledger is known before a byte is written. Memory grows with the distinct hosts,
//! up to a [`Bound`].

mod bound;
mod onlooker;
mod urls;

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::evidence::{Endpoint, OldHost, Scheme};
use crate::export::{Reader, RecordKind, Source};
use crate::name::Fqdn;
use crate::photo::{Classified, Classifier, HostKind, PhotoCell, PhotoUrl};
use crate::row::{PhotoCellOf, Unreadable, Usual, photo_cell, usual_cell, usual_cell_of};

pub use bound::{Bound, CensusError, Excess, MAX_HOSTS, Sort};
pub use onlooker::{Met, Onlooker};
pub use urls::{MAX_TARGET, MAX_TARGETS, MAX_URLS, PhotoUrls, Photos, SAMPLE};

/// How many unreadable records are kept for display; all of them are counted.
pub const UNREADABLE_KEPT: usize = 100;
/// How many distinct hosts outside the allowed domains are kept by name; all records are counted.
pub const FOREIGN_KEPT: usize = 100_000;

/// What a record's photo cell is, as the contract's host kinds; the last is no cell at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An address in any spelling.
    Ip,
    /// A name inside an allowed domain.
    WebEx,
    /// A single-label name.
    Bare,
    /// A name outside the allowed domains.
    Foreign,
    /// Nothing, or no cell.
    Empty,
    /// `-`, WebEx's word for "store empty".
    Dash,
    /// Something else.
    NotUrl,
    /// The record or the cell cannot be read.
    Unreadable,
}

impl Kind {
    /// Every kind, in the order of the contract.
    pub const ALL: [Self; 8] = [
        Self::Ip,
        Self::WebEx,
        Self::Bare,
        Self::Foreign,
        Self::Empty,
        Self::Dash,
        Self::NotUrl,
        Self::Unreadable,
    ];

    /// The contract's word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ip => "ip",
            Self::WebEx => "webex",
            Self::Bare => "bare",
            Self::Foreign => "foreign",
            Self::Empty => "empty",
            Self::Dash => "dash",
            Self::NotUrl => "not-url",
            Self::Unreadable => "unreadable",
        }
    }

    /// The kind of a cell.
    pub fn of(cell: &PhotoCell) -> Self {
        match cell {
            PhotoCell::Empty => Self::Empty,
            PhotoCell::Dash => Self::Dash,
            PhotoCell::NotUrl(_) => Self::NotUrl,
            PhotoCell::Url(url) => Self::of_host(&url.host),
        }
    }

    fn of_host(host: &HostKind) -> Self {
        match host {
            HostKind::Address(_) => Self::Ip,
            HostKind::WebEx(_) => Self::WebEx,
            HostKind::Bare(_) => Self::Bare,
            HostKind::Foreign(_) => Self::Foreign,
        }
    }
}

/// A record that cannot be read, and where it stands.
#[derive(Clone, Debug)]
pub struct UnreadableRecord {
    /// Data record, from 1.
    pub record: u64,
    /// Line, from 1.
    pub line: u64,
    /// Offset of its first byte, from 0.
    pub byte: u64,
    /// Why.
    pub why: Unreadable,
}

/// What the first pass counted.
#[derive(Clone, Debug, Default)]
pub struct Census {
    /// Data records.
    pub records: u64,
    /// Records by kind, indexed by [`Kind`].
    kinds: [u64; Kind::ALL.len()],
    /// Records by endpoint: addresses and bare hosts.
    pub endpoints: BTreeMap<Endpoint, u64>,
    /// Records by host and port, of hosts inside the allowed domains.
    pub webex: BTreeMap<(Fqdn, u16, Scheme), u64>,
    /// Records by host, of hosts outside the allowed domains.
    pub foreign: BTreeMap<String, u64>,
    /// The first unreadable records.
    pub unreadable: Vec<UnreadableRecord>,
    /// Records with more or fewer fields than expected, and the first one's number and line.
    pub ragged: u64,
    /// The first ragged record's number and line.
    pub first_ragged: Option<(u64, u64)>,
    /// The number and line of the first record whose cell is no URL.
    pub first_not_url: Option<(u64, u64)>,
    /// The photo URLs that are wanted.
    pub photo_urls: PhotoUrls,
    /// Whether there were more hosts of some sort than are kept by name.
    pub hosts_cut: bool,
}

impl Census {
    /// Counts an export to its end.
    ///
    /// # Errors
    /// Whatever stops the reader, and more hosts than [`Bound::STRICT`] allows.
    pub fn take<R: Source>(
        reader: &mut Reader<R>,
        domains: &[Fqdn],
        photos: Photos,
    ) -> Result<Self, CensusError> {
        Self::take_watched(reader, domains, photos, Bound::STRICT, &mut ())
    }

    /// The same with another bound, and before somebody's eyes.
    ///
    /// # Errors
    /// Whatever stops the reader, and what `bound` refuses.
    pub fn take_watched<R: Source>(
        reader: &mut Reader<R>,
        domains: &[Fqdn],
        wanted: Photos,
        bound: Bound,
        onlooker: &mut (impl Onlooker + ?Sized),
    ) -> Result<Self, CensusError> {
        let mut census = Self { photo_urls: PhotoUrls::new(wanted), ..Self::default() };
        let dialect = reader.dialect().clone();
        let mut photos = Classifier::new(domains);
        // Records by remembered origin, beyond the first of each.
        let mut more: Vec<u64> = Vec::new();
        // Most records only add one to a count: they are not even made, where nobody wants them.
        let counts_only = wanted == Photos::Off && !onlooker.wants_records();
        loop {
            if counts_only {
                let stretch = reader.pass_over(|passing| {
                    let usual = usual_cell(passing.cell(), dialect.encoding, &photos);
                    usual.is_some_and(|usual| census.count_usual(usual, &mut more))
                })?;
                census.records += stretch.records;
            }
            let Some(record) = reader.next_record()? else { break };
            match record.kind() {
                RecordKind::Data | RecordKind::Overlong { first: true } => {}
                RecordKind::Header | RecordKind::Blank | RecordKind::Overlong { first: false } => {
                    continue;
                }
            }
            census.records += 1;
            onlooker.record(&record);
            let position = record.position();
            let too_many = |sort| CensusError::TooManyHosts {
                sort,
                limit: bound.hosts,
                record: position.record,
                line: position.line,
            };
            if record.defect().is_none() && record.field_count() != dialect.fields {
                census.ragged += 1;
                census.first_ragged.get_or_insert((position.record, position.line));
            }
            if wanted == Photos::Off
                && !counts_only
                && let Some(usual) = usual_cell_of(&record, &dialect, &photos)
                && census.count_usual(usual, &mut more)
            {
                continue;
            }
            match photo_cell(&record, &dialect, &mut photos) {
                PhotoCellOf::Missing => census.count(Kind::Empty),
                PhotoCellOf::Cell(text, Classified::Cell(cell)) => {
                    if let PhotoCell::Url(url) = &cell {
                        census.photo_urls.offer(url, &text);
                        census.count_new(url, bound, onlooker).map_err(too_many)?;
                        continue;
                    }
                    if let PhotoCell::NotUrl(_) = &cell {
                        census.first_not_url.get_or_insert((position.record, position.line));
                    }
                    census.count(Kind::of(&cell));
                }
                PhotoCellOf::Cell(text, Classified::Origin(id)) => {
                    census.photo_urls.offer(photos.url(id), &text);
                    match more.get_mut(id.index()) {
                        Some(more) => *more += 1,
                        None => {
                            more.push(0);
                            census.count_new(photos.url(id), bound, onlooker).map_err(too_many)?;
                        }
                    }
                }
                PhotoCellOf::Unreadable(why) => {
                    census.count(Kind::Unreadable);
                    if census.unreadable.len() < UNREADABLE_KEPT {
                        census.unreadable.push(UnreadableRecord {
                            record: position.record,
                            line: position.line,
                            byte: position.byte,
                            why,
                        });
                    }
                }
            }
        }
        for (url, more) in photos.urls().zip(more) {
            census.count_again(url, more);
        }
        Ok(census)
    }

    /// Counts a usual cell; `more` has the records by remembered origin. Gives whether it did: not where
    /// the origin's host was not counted yet.
    fn count_usual(&mut self, usual: Usual, more: &mut [u64]) -> bool {
        match usual {
            Usual::Empty => self.count(Kind::Empty),
            Usual::Dash => self.count(Kind::Dash),
            Usual::Origin { id, .. } => match more.get_mut(id.index()) {
                Some(more) => *more += 1,
                None => return false,
            },
        }
        true
    }

    fn count(&mut self, kind: Kind) {
        self.kinds[kind as usize] += 1;
    }

    /// Counts a record whose host may be new.
    fn count_new(
        &mut self,
        url: &PhotoUrl,
        bound: Bound,
        onlooker: &mut (impl Onlooker + ?Sized),
    ) -> Result<(), Sort> {
        let excess = match &url.host {
            HostKind::Address(_) | HostKind::Bare(_) => {
                let met = |endpoint: &Endpoint| onlooker.met(Met::Endpoint(endpoint));
                let is_kept = url
                    .endpoint()
                    .is_none_or(|it| count_one(&mut self.endpoints, it, bound.hosts, met));
                (!is_kept).then_some(Sort::Endpoints)
            }
            HostKind::WebEx(name) => {
                let key = (name.clone(), url.port(), url.scheme);
                let met = |(name, port, scheme): &(Fqdn, u16, Scheme)| {
                    onlooker.met(Met::WebEx(name, *port, *scheme));
                };
                (!count_one(&mut self.webex, key, bound.hosts, met)).then_some(Sort::WebEx)
            }
            HostKind::Foreign(name) => {
                let name = name.clone();
                self.hosts_cut |= !count_one(&mut self.foreign, name, FOREIGN_KEPT, |_| {});
                None
            }
        };
        if let Some(sort) = excess {
            match bound.excess {
                Excess::Refuse => return Err(sort),
                Excess::Count => self.hosts_cut = true,
            }
        }
        self.count(Kind::of_host(&url.host));
        Ok(())
    }

    /// Counts records whose host was met before, and is kept if there was room.
    fn count_again(&mut self, url: &PhotoUrl, records: u64) {
        self.kinds[Kind::of_host(&url.host) as usize] += records;
        let kept = match &url.host {
            HostKind::Address(_) | HostKind::Bare(_) => {
                url.endpoint().and_then(|endpoint| self.endpoints.get_mut(&endpoint))
            }
            HostKind::WebEx(name) => self.webex.get_mut(&(name.clone(), url.port(), url.scheme)),
            HostKind::Foreign(name) => self.foreign.get_mut(name),
        };
        if let Some(kept) = kept {
            *kept += records;
        }
    }

    /// Records of a kind.
    pub fn of(&self, kind: Kind) -> u64 {
        self.kinds[kind as usize]
    }

    /// WebEx names and the records that carry each: the corpus of candidates.
    pub fn corpus(&self) -> BTreeMap<Fqdn, u64> {
        let mut corpus = BTreeMap::new();
        for ((name, ..), records) in &self.webex {
            *corpus.entry(name.clone()).or_default() += records;
        }
        corpus
    }

    /// Endpoints that an address names: those that are always decided.
    pub fn addresses(&self) -> impl Iterator<Item = &Endpoint> {
        self.endpoints.keys().filter(|endpoint| matches!(endpoint.host, OldHost::Address(_)))
    }
}

/// Counts a record of a key, if that is known or there is room for it; says whether.
fn count_one<K: Ord>(
    counts: &mut BTreeMap<K, u64>,
    key: K,
    limit: usize,
    met: impl FnOnce(&K),
) -> bool {
    let is_full = counts.len() >= limit;
    match counts.entry(key) {
        Entry::Occupied(mut known) => *known.get_mut() += 1,
        Entry::Vacant(_) if is_full => return false,
        Entry::Vacant(new) => {
            met(new.key());
            new.insert(1);
        }
    }
    true
}

#[cfg(test)]
mod tests;
