//! The guard of a rebase: which of the changes that the plan's decisions would make to the fresh
//! export are those that were approved.

use std::collections::BTreeMap;

use super::entry::{Reason, Verdict};
use super::index::Index;
use crate::evidence::Endpoint;
use crate::export::{Dialect, Record};
use crate::rewrite::{CellChange, Guard, Leave};

/// Says why a host is left alone; none when it may be rewritten.
type HostObjection<'g> = dyn Fn(&Endpoint, &str) -> Option<Leave> + 'g;

/// Lets through what was approved of the planned export, and new users of approved hosts.
pub struct Rebasing<'g> {
    /// None where the planned export is not at hand: then the host alone decides.
    index: Option<(&'g Index, &'g Dialect)>,
    hosts: &'g HostObjection<'g>,
    /// What was counted so far.
    pub tally: Tally,
}

/// Records of the fresh export whose host the plan decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Changes carried over.
    pub carried: u64,
    /// Changes of users that the planned export does not have.
    pub newcomers: u64,
    /// Changes that were not approved, by reason word.
    pub objected: BTreeMap<String, u64>,
    /// Changes made, by where the cell pointed.
    pub made: BTreeMap<Endpoint, u64>,
}

impl<'g> Rebasing<'g> {
    /// By an index that has been filled; `hosts` decides for new users.
    pub fn by_user(index: &'g Index, dialect: &'g Dialect, hosts: &'g HostObjection<'g>) -> Self {
        Self { index: Some((index, dialect)), hosts, tally: Tally::default() }
    }

    /// Without the planned export: `hosts` decides for everybody.
    pub fn by_host(hosts: &'g HostObjection<'g>) -> Self {
        Self { index: None, hosts, tally: Tally::default() }
    }

    fn judge(&mut self, record: &Record<'_>, change: &CellChange<'_>) -> Option<Leave> {
        let by_host = (self.hosts)(&change.endpoint, change.host);
        let Some((index, dialect)) = self.index else {
            self.tally.carried += u64::from(by_host.is_none());
            return by_host;
        };
        let Some(entry) = index.key.of(record, dialect).and_then(|key| index.entries.get(&key))
        else {
            return Some(Reason::NoKey.leave(Reason::NoKey.says().to_owned()));
        };
        match entry.rebased() {
            Verdict::Carry => self.tally.carried += 1,
            Verdict::Newcomer if by_host.is_none() => self.tally.newcomers += 1,
            Verdict::Newcomer => return by_host,
            Verdict::Objected(why) => return Some(why.clone()),
            Verdict::Conflict(reason) => return Some(reason.leave(entry.says(reason))),
            // The cell names a WebEx host: it would not be changed.
            Verdict::Already => {
                return Some(Reason::Changed.leave(Reason::Changed.says().to_owned()));
            }
        }
        None
    }
}

impl Guard for Rebasing<'_> {
    fn objection(&mut self, record: &Record<'_>, change: &CellChange<'_>) -> Option<Leave> {
        let objection = self.judge(record, change);
        match &objection {
            None => *self.tally.made.entry(change.endpoint.as_ref().clone()).or_default() += 1,
            Some(why) => *self.tally.objected.entry(why.reason.clone()).or_default() += 1,
        }
        objection
    }
}
