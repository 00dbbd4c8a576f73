//! The entries of a CRL (RFC 5280, 5.1.2.6 and 5.3), walked where they stand.

use der::asn1::ObjectIdentifier;

use super::CrlError;
use crate::x509::answer::{self, REMOVE_FROM_CRL, Statement, reason_code, reason_word};
use crate::x509::distinguished_name::is_same;
use crate::x509::raw_extension::RawExtensions;
use crate::x509::tlv::{self, Malformed, Tlv, Walk};

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const REASON_CODE: ObjectIdentifier = oid("2.5.29.21");
const CERTIFICATE_ISSUER: ObjectIdentifier = oid("2.5.29.29");
/// Extensions of an entry that change nothing here, whether critical or not: invalidityDate and
/// the old holdInstructionCode.
const WITHOUT_EFFECT: [ObjectIdentifier; 2] = [oid("2.5.29.24"), oid("2.5.29.23")];

/// The tag of a GeneralName that is a directoryName (RFC 5280, 4.2.1.6).
pub(super) const DIRECTORY_NAME: u8 = tlv::constructed(4);

const FIELD: &str = "revokedCertificates";

/// The entries.
pub(super) struct Entries<'a> {
    pub(super) list: &'a [u8],
    /// The issuer of the CRL, and so of the certificates unless an entry names another.
    pub(super) issuer: &'a [u8],
    /// Whether entries may name another.
    pub(super) indirect: bool,
}

impl Entries<'_> {
    /// What the list says of the certificate with this serial number and issuer.
    ///
    /// All entries are looked at: a critical extension in any of them makes the list useless for
    /// everybody who does not know it (RFC 5280, 5.3).
    pub(super) fn find(&self, serial: &[u8], issuer: &[u8]) -> Result<Statement, CrlError> {
        let serial = shortest(serial);
        let mut found = Statement::Good;
        let mut is_the_issuer = is_same(self.issuer, issuer);
        let mut list = Walk::over(self.list);
        while let Some(entry) = list.next(FIELD)? {
            if entry.tag != tlv::SEQUENCE {
                return Err(Malformed(FIELD).into());
            }
            let mut fields = Walk::over(entry.value);
            let listed = fields.take(tlv::INTEGER, "userCertificate")?.value;
            let date = fields.next("revocationDate")?.ok_or(Malformed("revocationDate"))?;
            let extensions = fields.take_if(tlv::SEQUENCE, "crlEntryExtensions")?;
            fields.finish(FIELD)?;
            let mut reason = None;
            if let Some(extensions) = extensions {
                let mut extensions = RawExtensions::over(Some(extensions.value));
                while let Some(extension) = extensions.next()? {
                    if extension.is(&REASON_CODE) {
                        reason = Some(extension.value);
                    } else if self.indirect && extension.is(&CERTIFICATE_ISSUER) {
                        // It holds for the following entries too, until another one comes.
                        is_the_issuer = names(extension.value, issuer)?;
                    } else if extension.critical
                        && !WITHOUT_EFFECT.iter().any(|known| extension.is(known))
                    {
                        return Err(CrlError::CriticalEntryExtension(extension.name()));
                    }
                }
            }
            if shortest(listed) == serial && is_the_issuer && found == Statement::Good {
                found = revoked(date, reason)?;
            }
        }
        Ok(found)
    }
}

/// The octets of an INTEGER in their shortest form (X.690, 8.3.2), so that one which is longer than
/// it needs to be is found nevertheless.
fn shortest(mut integer: &[u8]) -> &[u8] {
    while let [0, ..0x80, ..] = integer {
        integer = &integer[1..];
    }
    integer
}

fn revoked(date: Tlv<'_>, reason: Option<&[u8]>) -> Result<Statement, CrlError> {
    let since = answer::time(date, "revocationDate")?;
    let reason = match reason {
        Some(value) => {
            let mut walk = Walk::over(value);
            let code = reason_code(walk.take(tlv::ENUMERATED, "reasonCode")?)?;
            if code == REMOVE_FROM_CRL {
                return Err(CrlError::Removed);
            }
            Some(reason_word(code))
        }
        None => None,
    };
    Ok(Statement::Revoked { since, reason })
}

/// Whether GeneralNames contain this distinguished name.
pub(super) fn names(general_names: &[u8], name: &[u8]) -> Result<bool, Malformed> {
    const FIELD: &str = "certificateIssuer";
    let mut names = Walk::sequence(general_names, FIELD)?;
    let mut found = false;
    while let Some(one) = names.next(FIELD)? {
        found |= one.tag == DIRECTORY_NAME && is_same(one.value, name);
    }
    Ok(found)
}
