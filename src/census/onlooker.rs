//! Who looks on while a census is taken.

use crate::evidence::{Endpoint, Scheme};
use crate::export::Record;
use crate::name::Fqdn;

/// What a census meets for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met<'a> {
    /// An endpoint.
    Endpoint(&'a Endpoint),
    /// A host inside the allowed domains, its port and scheme.
    WebEx(&'a Fqdn, u16, Scheme),
}

/// Sees what a census sees, when the census sees it.
pub trait Onlooker {
    /// Whether it looks at records. Whoever does not says so: then most are only counted.
    fn wants_records(&self) -> bool {
        true
    }
    /// Every data record, if it looks at them.
    fn record(&mut self, _: &Record<'_>) {}
    /// Every distinct host that is kept, once.
    fn met(&mut self, _: Met<'_>) {}
}

/// Nobody.
impl Onlooker for () {
    fn wants_records(&self) -> bool {
        false
    }
}

/// Somebody who looks at the records only.
impl<F: FnMut(&Record<'_>)> Onlooker for F {
    fn record(&mut self, record: &Record<'_>) {
        self(record);
    }
}
