//! What stands between an end-entity certificate and the root, as a plain description.

use crate::certificate::Key;
use crate::sources::{Crl, Sources};

/// A description of an intermediate certificate under the lab's root, one for all certificates
/// that name the same; the methods change one thing each.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Intermediate {
    pub(crate) permitted: Vec<String>,
    /// Days from the start of the lab to notBefore and notAfter.
    pub(crate) days: (i64, i64),
    pub(crate) key: Key,
    pub(crate) sources: Sources,
    pub(crate) standing: Standing,
}

/// Under which roots an intermediate stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Standing {
    /// The lab's root, which is trusted; a second certificate, for
    /// [`Link::CrossCertificate`](crate::Link::CrossCertificate), is from a root that is not.
    Trusted,
    /// The root that is not trusted.
    Stranger,
}

impl Default for Intermediate {
    /// A good one, which the root's CRL does not list.
    fn default() -> Self {
        Self {
            permitted: Vec::new(),
            days: (-900, 1800),
            key: Key::P256,
            sources: Crl::empty().into(),
            standing: Standing::Trusted,
        }
    }
}

impl Intermediate {
    /// One that may issue for names inside these domains only (RFC 5280, 4.2.1.10).
    pub fn permitted(mut self, domains: &[&str]) -> Self {
        self.permitted = domains.iter().map(|domain| (*domain).to_owned()).collect();
        self
    }

    /// Valid between these days, counted from the start of the lab.
    pub fn valid_days(mut self, not_before: i64, not_after: i64) -> Self {
        self.days = (not_before, not_after);
        self
    }

    /// Past its notAfter by 35 days.
    pub fn expired(self) -> Self {
        self.valid_days(-900, -35)
    }

    /// With a key of this kind.
    pub fn key(mut self, key: Key) -> Self {
        self.key = key;
        self
    }

    /// With these places where its revocation is told, in the words of its issuer, the root.
    pub fn sources(mut self, sources: impl Into<Sources>) -> Self {
        self.sources = sources.into();
        self
    }

    /// Under a root that [`Lab::ca_pem`](crate::Lab::ca_pem) does not contain.
    pub(crate) fn of_a_stranger() -> Self {
        Self { standing: Standing::Stranger, sources: Sources::none(), ..Self::default() }
    }
}
