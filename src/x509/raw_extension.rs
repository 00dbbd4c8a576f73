//! Extensions as they stand in what was signed, one after the other (RFC 5280, 4.1.2.9).

use der::asn1::ObjectIdentifier;

use super::tlv::{self, Malformed, Walk};

/// One extension.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawExtension<'a> {
    id: &'a [u8],
    /// Whether an answer may not be used by somebody who does not know this extension.
    pub(crate) critical: bool,
    /// What the OCTET STRING holds.
    pub(crate) value: &'a [u8],
}

impl RawExtension<'_> {
    /// Whether it is this one.
    #[inline]
    pub(crate) fn is(&self, id: &ObjectIdentifier) -> bool {
        self.id == id.as_bytes()
    }

    /// Its identifier as people write it.
    pub(crate) fn name(&self) -> String {
        oid_text(self.id)
    }
}

/// The extensions in a SEQUENCE of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawExtensions<'a>(Walk<'a>);

impl<'a> RawExtensions<'a> {
    /// Over the value of `Extensions`; over nothing where there are none.
    pub(crate) fn over(value: Option<&'a [u8]>) -> Self {
        Self(Walk::over(value.unwrap_or_default()))
    }

    /// The next one; nothing at the end.
    pub(crate) fn next(&mut self) -> Result<Option<RawExtension<'a>>, Malformed> {
        const FIELD: &str = "extensions";
        let Some(extension) = self.0.next(FIELD)?.map(|it| (it.tag, it.value)) else {
            return Ok(None);
        };
        let (tlv::SEQUENCE, value) = extension else { return Err(Malformed(FIELD)) };
        let mut fields = Walk::over(value);
        let id = fields.take(tlv::OID, FIELD)?.value;
        let critical = match fields.take_if(tlv::BOOLEAN, FIELD)?.map(|it| it.value) {
            // DEFAULT FALSE should not be written out, and some do.
            None | Some([0]) => false,
            Some([_]) => true,
            Some(_) => return Err(Malformed(FIELD)),
        };
        let value = fields.take(tlv::OCTET_STRING, FIELD)?.value;
        fields.finish(FIELD)?;
        Ok(Some(RawExtension { id, critical, value }))
    }
}

/// An object identifier as people write it, from the value it is encoded in.
pub(crate) fn oid_text(value: &[u8]) -> String {
    ObjectIdentifier::from_bytes(value)
        .map_or_else(|_| "an identifier that cannot be read".to_owned(), |id| id.to_string())
}
