//! The response as it stands (RFC 6960, 4.2.1). Nothing is verified here.

use der::asn1::ObjectIdentifier;

use super::request::{CertId, NONCE};
use super::{OcspError, Unsuccessful};
use crate::x509::answer::{
    CERTIFICATE_HOLD, Dates, Statement, generalized_time, reason_code, reason_word,
};
use crate::x509::raw_extension::{RawExtensions, oid_text};
use crate::x509::signed::Signed;
use crate::x509::tlv::{self, Malformed, Walk};

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const BASIC: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.1");
const CRL_REFERENCES: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.3");
const ARCHIVE_CUTOFF: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.6");
const EXTENDED_REVOKE: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1.9");

/// A basic response.
pub(super) struct Response<'a> {
    pub(super) signed: Signed<'a>,
    pub(super) responder: ResponderId<'a>,
    singles: &'a [u8],
    /// The nonce it returns.
    pub(super) nonce: Option<&'a [u8]>,
    /// Whether the responder calls certificates "revoked" that were never issued (4.4.8).
    pub(super) extended_revoke: bool,
    /// The certificates it brings.
    pub(super) certificates: Walk<'a>,
}

/// How a responder is named (4.2.2.3).
#[derive(Clone, Copy, Debug)]
pub(super) enum ResponderId<'a> {
    /// Its subject, with tag and length.
    Name(&'a [u8]),
    /// The SHA-1 of its key.
    KeyHash(&'a [u8]),
}

impl<'a> Response<'a> {
    pub(super) fn read(der: &'a [u8]) -> Result<Self, OcspError> {
        let mut outer = Walk::sequence(der, "OCSPResponse")?;
        match outer.take(tlv::ENUMERATED, "responseStatus")?.value {
            [0] => {}
            [code] => return Err(OcspError::Unsuccessful(unsuccessful(*code))),
            _ => return Err(Malformed("responseStatus").into()),
        }
        let bytes = outer.take(tlv::constructed(0), "responseBytes")?;
        outer.finish("OCSPResponse")?;
        let mut bytes = Walk::sequence(bytes.value, "responseBytes")?;
        let kind = bytes.take(tlv::OID, "responseType")?.value;
        if kind != BASIC.as_bytes() {
            return Err(OcspError::Type(oid_text(kind)));
        }
        let basic = bytes.take(tlv::OCTET_STRING, "response")?.value;
        bytes.finish("responseBytes")?;

        let mut basic = Walk::sequence(basic, "BasicOCSPResponse")?;
        let signed = Signed::read(&mut basic, "tbsResponseData")?;
        let certificates = match basic.take_if(tlv::constructed(0), "certs")? {
            Some(tagged) => Walk::sequence(tagged.value, "certs")?,
            None => Walk::over(&[]),
        };
        basic.finish("BasicOCSPResponse")?;

        let mut fields = Walk::over(signed.content.value);
        if let Some(version) = fields.take_if(tlv::constructed(0), "version")?
            && version.value != [tlv::INTEGER, 1, 0]
        {
            return Err(OcspError::Version);
        }
        let responder = ResponderId::read(&mut fields)?;
        generalized_time(fields.take(tlv::GENERALIZED_TIME, "producedAt")?, "producedAt")?;
        let singles = fields.take(tlv::SEQUENCE, "responses")?.value;
        let extensions = tagged_extensions(&mut fields)?;
        fields.finish("tbsResponseData")?;
        let mut response =
            Self { signed, responder, singles, nonce: None, extended_revoke: false, certificates };
        response.learn(extensions)?;
        Ok(response)
    }

    fn learn(&mut self, mut extensions: RawExtensions<'a>) -> Result<(), OcspError> {
        while let Some(extension) = extensions.next()? {
            if extension.is(&NONCE) {
                // Older responders return the octets bare (RFC 2560).
                let wrapped = Walk::over(extension.value).take(tlv::OCTET_STRING, "nonce");
                self.nonce = Some(wrapped.map_or(extension.value, |nonce| nonce.value));
            } else if extension.is(&EXTENDED_REVOKE) {
                self.extended_revoke = true;
            } else if extension.critical {
                return Err(OcspError::CriticalExtension(extension.name()));
            }
        }
        Ok(())
    }

    /// The statements in it, one certificate each.
    pub(super) fn singles(&self) -> Singles<'a> {
        Singles(Walk::over(self.singles))
    }
}

impl<'a> ResponderId<'a> {
    fn read(fields: &mut Walk<'a>) -> Result<Self, Malformed> {
        const FIELD: &str = "responderID";
        let Some(choice) = fields.next(FIELD)? else { return Err(Malformed(FIELD)) };
        let mut inside = Walk::over(choice.value);
        let id = match choice.tag {
            tag if tag == tlv::constructed(1) => {
                Self::Name(inside.take(tlv::SEQUENCE, FIELD)?.whole)
            }
            tag if tag == tlv::constructed(2) => {
                Self::KeyHash(inside.take(tlv::OCTET_STRING, FIELD)?.value)
            }
            _ => return Err(Malformed(FIELD)),
        };
        inside.finish(FIELD)?;
        Ok(id)
    }
}

/// SingleResponses, one after the other.
pub(super) struct Singles<'a>(Walk<'a>);

/// What is said about one certificate.
pub(super) struct Single<'a> {
    pub(super) certificate: CertId<'a>,
    status: Statement,
    dates: Dates,
    archive_cutoff: Option<i64>,
}

impl<'a> Singles<'a> {
    pub(super) fn next(&mut self) -> Result<Option<Single<'a>>, OcspError> {
        const FIELD: &str = "responses";
        let Some(single) = self.0.next(FIELD)? else { return Ok(None) };
        if single.tag != tlv::SEQUENCE {
            return Err(Malformed(FIELD).into());
        }
        let mut fields = Walk::over(single.value);
        let certificate = CertId::read(fields.take(tlv::SEQUENCE, "certID")?.value)?;
        let status = status(&mut fields)?;
        let this_update =
            generalized_time(fields.take(tlv::GENERALIZED_TIME, "thisUpdate")?, "thisUpdate")?;
        let next_update = match fields.take_if(tlv::constructed(0), "nextUpdate")? {
            Some(tagged) => {
                let mut inside = Walk::over(tagged.value);
                let time = inside.take(tlv::GENERALIZED_TIME, "nextUpdate")?;
                inside.finish("nextUpdate")?;
                Some(generalized_time(time, "nextUpdate")?)
            }
            None => None,
        };
        let mut extensions = tagged_extensions(&mut fields)?;
        fields.finish(FIELD)?;
        let mut archive_cutoff = None;
        while let Some(extension) = extensions.next()? {
            if extension.is(&ARCHIVE_CUTOFF) {
                let time =
                    Walk::over(extension.value).take(tlv::GENERALIZED_TIME, "archiveCutoff")?;
                archive_cutoff = Some(generalized_time(time, "archiveCutoff")?);
            } else if extension.critical && !extension.is(&CRL_REFERENCES) {
                return Err(OcspError::CriticalExtension(extension.name()));
            }
        }
        let dates = Dates { this_update, next_update };
        Ok(Some(Single { certificate, status, dates, archive_cutoff }))
    }
}

impl Single<'_> {
    /// What it states about a certificate that expires at `not_after`, if it speaks for the time.
    ///
    /// A responder need not remember certificates beyond their notAfter. So "good" from then on
    /// proves nothing, unless it says how far back it remembers (4.4.4), and the "revoked" that
    /// stands for "never issued" (2.2) is no more than "unknown".
    pub(super) fn statement(
        self,
        not_after: i64,
        at: i64,
        extended_revoke: bool,
    ) -> Result<(Statement, Dates), OcspError> {
        self.dates.check(at, super::LONGEST_WITHOUT_NEXT_UPDATE).map_err(OcspError::NotCurrent)?;
        let forgotten = at > not_after
            && self.dates.this_update > not_after
            && self.archive_cutoff.is_none_or(|cutoff| cutoff > not_after);
        match &self.status {
            Statement::Good if forgotten => Err(OcspError::AfterExpiry(not_after)),
            Statement::Revoked { since: 0, reason }
                if forgotten
                    && extended_revoke
                    && *reason == Some(reason_word(CERTIFICATE_HOLD)) =>
            {
                Ok((Statement::Unknown, self.dates))
            }
            _ => Ok((self.status, self.dates)),
        }
    }
}

/// CertStatus (4.2.1).
fn status(fields: &mut Walk<'_>) -> Result<Statement, Malformed> {
    const FIELD: &str = "certStatus";
    let Some(choice) = fields.next(FIELD)? else { return Err(Malformed(FIELD)) };
    match choice.tag {
        tag if tag == tlv::primitive(0) && choice.value.is_empty() => Ok(Statement::Good),
        tag if tag == tlv::primitive(2) && choice.value.is_empty() => Ok(Statement::Unknown),
        tag if tag == tlv::constructed(1) => {
            let mut inside = Walk::over(choice.value);
            let since = inside.take(tlv::GENERALIZED_TIME, "revocationTime")?;
            let since = generalized_time(since, "revocationTime")?;
            let reason = match inside.take_if(tlv::constructed(0), "revocationReason")? {
                Some(tagged) => {
                    let mut code = Walk::over(tagged.value);
                    let reason = code.take(tlv::ENUMERATED, "revocationReason")?;
                    code.finish("revocationReason")?;
                    Some(reason_word(reason_code(reason)?))
                }
                None => None,
            };
            inside.finish(FIELD)?;
            Ok(Statement::Revoked { since, reason })
        }
        _ => Err(Malformed(FIELD)),
    }
}

/// `[1]` EXPLICIT Extensions, which a response and each statement in it may end with.
fn tagged_extensions<'a>(fields: &mut Walk<'a>) -> Result<RawExtensions<'a>, Malformed> {
    const FIELD: &str = "extensions";
    let value = match fields.take_if(tlv::constructed(1), FIELD)? {
        Some(tagged) => {
            let mut inside = Walk::over(tagged.value);
            let list = inside.take(tlv::SEQUENCE, FIELD)?;
            inside.finish(FIELD)?;
            Some(list.value)
        }
        None => None,
    };
    Ok(RawExtensions::over(value))
}

fn unsuccessful(code: u8) -> Unsuccessful {
    match code {
        1 => Unsuccessful::MalformedRequest,
        2 => Unsuccessful::InternalError,
        3 => Unsuccessful::TryLater,
        5 => Unsuccessful::SigRequired,
        6 => Unsuccessful::Unauthorized,
        other => Unsuccessful::Other(other),
    }
}
