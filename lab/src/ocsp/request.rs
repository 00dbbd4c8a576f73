//! What a client asks.

use super::{CertId, NONCE};
use crate::asn1::{self, Element, explicit, oid};

/// What a client asks (RFC 6960, 4.1.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The certificates it asks about.
    pub ids: Vec<CertId>,
    /// What shall come back (RFC 9654), without the OCTET STRING around it.
    pub nonce: Option<Vec<u8>>,
}

impl Request {
    /// Reads a request; nothing if it is none, or asks with a hash that the lab does not know.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let (request, _) = Element::read(bytes)?;
        let fields = request.inside()?.first()?.inside()?;
        let list = fields.iter().find(|field| field.tag == asn1::SEQUENCE)?;
        let ids: Option<Vec<_>> =
            list.inside()?.iter().map(|it| CertId::read(*it.inside()?.first()?)).collect();
        let extensions = fields.iter().find(|field| field.tag == explicit(2));
        Some(Self { ids: ids?, nonce: extensions.and_then(|it| nonce(*it)) })
    }
}

/// The nonce among the requestExtensions.
fn nonce(extensions: Element<'_>) -> Option<Vec<u8>> {
    for extension in extensions.inside()?.first()?.inside()? {
        let parts = extension.inside()?;
        if parts.first()?.whole == oid(NONCE) {
            return Some(Element::read(parts.last()?.content)?.0.content.to_vec());
        }
    }
    None
}
