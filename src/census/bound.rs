//! How many distinct hosts of an export are kept, and what happens where there are more.

use crate::export::ExportError;

/// How many distinct endpoints, and how many distinct WebEx hosts, are kept of an export. Far more
/// than an organisation has: an export with more has another column's URLs in it, or a host for
/// every user.
///
/// Measured of a whole `fix`: an endpoint takes 3 KB with its DNS evidence, decision and report
/// (300 MB at this bound), and up to 40 KB where the address and its name each showed a certificate
/// that no other endpoint has.
pub const MAX_HOSTS: usize = 100_000;

/// What to do about more distinct hosts than are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// Stop: nothing may be decided that leaves hosts out.
    Refuse,
    /// Count their records and forget their names.
    Count,
}

/// A bound and what happens there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bound {
    /// How many hosts of each sort are kept.
    pub hosts: usize,
    /// What happens beyond.
    pub excess: Excess,
}

impl Bound {
    /// For what is decided: [`MAX_HOSTS`] and no more.
    pub const STRICT: Self = Self { hosts: MAX_HOSTS, excess: Excess::Refuse };
    /// For what is only looked at: everything is counted.
    pub const LENIENT: Self = Self { hosts: MAX_HOSTS, excess: Excess::Count };
}

/// Sorts of hosts that there may be too many of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// Addresses and single-label hosts, by scheme and port.
    Endpoints,
    /// Hosts inside the allowed domains, by scheme and port.
    WebEx,
}

impl Sort {
    fn words(self) -> &'static str {
        match self {
            Self::Endpoints => "addresses and single-label hosts",
            Self::WebEx => "WebEx hosts",
        }
    }
}

/// Why a census cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum CensusError {
    /// The export cannot be read.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// More hosts than can be decided in one run.
    #[error(
        "record {record} (line {line}): the photo cells name more than {limit} different {} (by \
         scheme, host and port); no run takes more",
        sort.words()
    )]
    TooManyHosts {
        /// Of what.
        sort: Sort,
        /// How many there may be.
        limit: usize,
        /// The record with the first that is too many, from 1.
        record: u64,
        /// Its line, from 1.
        line: u64,
    },
}
