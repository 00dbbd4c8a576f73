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
    /// The version, 1 to 3; 0 where it is none of them.
    pub(crate) version: u8,
    /// The AlgorithmIdentifier within what is signed, which must repeat the one beside it
    /// (4.1.1.2).
    pub(crate) algorithm: &'a [u8],
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
        let version = match fields.take_if(tlv::constructed(0), "version")? {
            None => 1,
            Some(tagged) => match tagged.value {
                [tlv::INTEGER, 1, number @ 0..3] => number + 1,
                _ => 0,
            },
        };
        let serial = fields.take(tlv::INTEGER, "serialNumber")?.value;
        let algorithm = fields.take(tlv::SEQUENCE, "signature")?.whole;
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
        Ok(Self { signed, version, algorithm, serial, issuer, subject, key, extensions })
    }
}
