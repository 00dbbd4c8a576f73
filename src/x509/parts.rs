//! The parts of a certificate as they stand in its bytes (RFC 5280, 4.1): hashes and comparisons
//! are over these, not over what a reader would write in their place.

use super::certificate::Certificate;
use super::raw_extension::RawExtensions;
use super::signed::{PublicKey, Signed};
use super::tlv::{self, Malformed, Walk};

const EXTENSIONS: &str = "extensions";

/// The parts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parts<'a> {
    /// The certificate as something signed.
    pub(crate) signed: Signed<'a>,
    /// The value of the serial number.
    pub(crate) serial: &'a [u8],
    /// The issuer's name, with tag and length.
    pub(crate) issuer: &'a [u8],
    /// The subject's name, with tag and length.
    pub(crate) subject: &'a [u8],
    /// The subject's key.
    pub(crate) key: PublicKey<'a>,
    /// The extensions, one after the other.
    pub(crate) extensions: RawExtensions<'a>,
}

impl<'a> Parts<'a> {
    /// Finds the parts.
    pub(crate) fn of(certificate: &'a Certificate) -> Result<Self, Malformed> {
        let mut outer = Walk::sequence(&certificate.der, "Certificate")?;
        let signed = Signed::read(&mut outer, "tbsCertificate")?;
        outer.finish("Certificate")?;
        let mut fields = Walk::over(signed.content.value);
        fields.take_if(tlv::constructed(0), "version")?;
        let serial = fields.take(tlv::INTEGER, "serialNumber")?.value;
        fields.take(tlv::SEQUENCE, "signature")?;
        let issuer = fields.take(tlv::SEQUENCE, "issuer")?.whole;
        fields.take(tlv::SEQUENCE, "validity")?;
        let subject = fields.take(tlv::SEQUENCE, "subject")?.whole;
        let key = PublicKey::read(fields.take(tlv::SEQUENCE, "subjectPublicKeyInfo")?)?;
        fields.take_if(tlv::primitive(1), "issuerUniqueID")?;
        fields.take_if(tlv::primitive(2), "subjectUniqueID")?;
        let extensions = match fields.take_if(tlv::constructed(3), EXTENSIONS)? {
            Some(tagged) => Some(Walk::over(tagged.value).take(tlv::SEQUENCE, EXTENSIONS)?.value),
            None => None,
        };
        let extensions = RawExtensions::over(extensions);
        Ok(Self { signed, serial, issuer, subject, key, extensions })
    }
}
