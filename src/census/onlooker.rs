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
    /// Whether it wants to see records. A census that nobody watches goes faster.
    fn wants_records(&self) -> bool {
        false
    }
    /// Every data record, if it wants to see them.
    fn record(&mut self, _: &Record<'_>) {}
    /// Every distinct host that is kept, once.
    fn met(&mut self, _: Met<'_>) {}
}

/// Nobody.
impl Onlooker for () {}

/// Somebody who looks at the records only.
impl<F: FnMut(&Record<'_>)> Onlooker for F {
    fn wants_records(&self) -> bool {
        true
    }

    fn record(&mut self, record: &Record<'_>) {
        self(record);
    }
}
