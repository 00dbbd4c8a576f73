//! Certificate revocation lists, and whether to believe one (RFC 5280, 5 and 6.3).
//!
//! A CRL counts for a certificate when the certificate's issuer signed it, when it speaks for the
//! time in question, and when the certificate is one of those it is about. A CRL may be about a
//! part only: CA certificates, some distribution points, some reasons. What that means is worked
//! out in `scope`; what is not evaluated is refused by name, never taken for an empty list:
//!
//! | kind | what happens |
//! | --- | --- |
//! | delta CRL (5.2.4) | "revoked" counts; else refused: it says nothing without its base |
//! | indirect CRL of the issuer itself | read, with the issuer that each entry names (5.3.3) |
//! | indirect CRL of somebody else | refused: whether that one may speak is not known here |
//! | for some reasons only (5.2.5) | "revoked" counts; "good" only together with the others |
//! | signed by another key of the issuer | refused: the signature does not verify |
//!
//! Lists of 200,000 certificates are usual, so entries are walked where they stand.

mod entries;
mod scope;

use std::borrow::Cow;

use der::asn1::ObjectIdentifier;
use rustls_pki_types::CertificateRevocationListDer;
use rustls_pki_types::pem::PemObject;

use super::answer::{self, Dates, NotCurrent, Statement};
use super::certificate::{Certificate, KeyUsage};
use super::distinguished_name::is_same;
use super::form::{FormDefect, Standard};
use super::parts::Parts;
use super::raw_extension::{RawExtension, RawExtensions};
use super::signed::{SignatureError, Signed};
use super::time::utc;
use super::tlv::{self, Malformed, Walk};

use entries::Entries;
use scope::Scope;

pub use scope::Reasons;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

const DELTA_CRL_INDICATOR: ObjectIdentifier = oid("2.5.29.27");
const CRL_NUMBER: ObjectIdentifier = oid("2.5.29.20");
const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = oid("2.5.29.28");
const EXPIRED_CERTS_ON_CRL: ObjectIdentifier = oid("2.5.29.60");
/// Extensions that change nothing here, whether critical or not: authorityKeyIdentifier,
/// issuerAltName, freshestCRL, authorityInfoAccess.
const WITHOUT_EFFECT: [ObjectIdentifier; 4] =
    [oid("2.5.29.35"), oid("2.5.29.18"), oid("2.5.29.46"), oid("1.3.6.1.5.5.7.1.1")];

/// A CRL, read and not verified.
#[derive(Clone, Copy, Debug)]
pub struct Crl<'a> {
    signed: Signed<'a>,
    issuer: &'a [u8],
    this_update: i64,
    next_update: Option<i64>,
    entries: &'a [u8],
    delta: bool,
    scope: Option<Scope<'a>>,
    /// Since when expired certificates stay on the list (X.509, 9.5.2.8).
    keeps_expired_from: Option<i64>,
    /// Whether the cRLNumber is critical; none where there is none.
    number: Option<bool>,
}

/// What a CRL that can be believed says of a certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Good or revoked; a CRL knows no third.
    pub statement: Statement,
    /// For which time.
    pub dates: Dates,
    /// For which reasons. "Good" is nothing before all reasons are covered.
    pub reasons: Reasons,
    /// What its issuer should have done otherwise. No client is known to mind.
    pub form: Vec<FormDefect>,
}

/// Why a CRL says nothing of a certificate; shown, what follows "it".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CrlError {
    /// The bytes are no CRL; which field is wrong.
    #[error("is not DER as RFC 5280, 5.1 has it: {0}")]
    Malformed(String),
    /// Neither DER nor PEM.
    #[error("is neither DER nor PEM")]
    NotPem,
    /// It states one signature algorithm inside and another outside (RFC 5280, 5.1.1.2).
    #[error("names two different signature algorithms")]
    TwoAlgorithms,
    /// A critical extension that is not known here (RFC 5280, 5.2).
    #[error("has the critical extension {0}, which is not known")]
    CriticalExtension(String),
    /// An entry has one (RFC 5280, 5.3).
    #[error("has an entry with the critical extension {0}, which is not known")]
    CriticalEntryExtension(String),
    /// It is of another issuer.
    #[error("is of another issuer than `{0}`")]
    OtherIssuer(String),
    /// It is the indirect CRL of another issuer.
    #[error("is an indirect CRL of another issuer than `{0}`, which cannot be evaluated")]
    Indirect(String),
    /// The issuer may not sign CRLs (RFC 5280, 4.2.1.3).
    #[error("is signed by `{0}`, which may not sign CRLs: its keyUsage lacks cRLSign")]
    NotASigner(String),
    /// The signature does not count.
    #[error(transparent)]
    Signature(SignatureError),
    /// It does not speak for the time in question.
    #[error(transparent)]
    NotCurrent(NotCurrent),
    /// It does not say how long it speaks (RFC 5280, 5.1.2.5).
    #[error("has no nextUpdate, which RFC 5280 demands")]
    NoNextUpdate,
    /// It lists changes to another CRL only, and the certificate is not newly revoked.
    #[error("is a delta CRL, which says nothing without its base")]
    Delta,
    /// It is about other certificates; about which.
    #[error("is about {0} only")]
    OtherCertificates(&'static str),
    /// It is about other distribution points than the certificate names.
    #[error("is about {0} only, which the certificate does not name")]
    OtherPoint(String),
    /// It is about no reason for which the certificate's distribution point would be asked.
    #[error("is about none of the reasons for which the certificate names it")]
    NoReasons,
    /// It takes the certificate off a list, as only a delta CRL may (RFC 5280, 5.3.1).
    #[error("lists the certificate as removed, as only a delta CRL may")]
    Removed,
    /// It is younger than the certificate's notAfter, beyond which nothing needs to be listed
    /// (RFC 5280, 3.3).
    #[error("proves nothing about a certificate that expired on {}, before it was made", utc(*.0))]
    AfterExpiry(i64),
}

impl From<Malformed> for CrlError {
    fn from(error: Malformed) -> Self {
        Self::Malformed(error.to_string())
    }
}

/// The DER of a CRL that is DER or PEM.
///
/// # Errors
/// [`CrlError::NotPem`] when it is neither.
pub fn der(bytes: &[u8]) -> Result<Cow<'_, [u8]>, CrlError> {
    if bytes.first() == Some(&tlv::SEQUENCE) {
        return Ok(Cow::Borrowed(bytes));
    }
    match CertificateRevocationListDer::from_pem_slice(bytes) {
        Ok(der) => Ok(Cow::Owned(der.to_vec())),
        Err(_) => Err(CrlError::NotPem),
    }
}

impl<'a> Crl<'a> {
    /// Reads a CRL but for its entries, which are read when one is looked for.
    ///
    /// # Errors
    /// [`CrlError`] when it is no CRL, or one that cannot be evaluated at all.
    pub fn read(der: &'a [u8]) -> Result<Self, CrlError> {
        let mut outer = Walk::sequence(der, "CertificateList")?;
        let signed = Signed::read(&mut outer, "tbsCertList")?;
        outer.finish("CertificateList")?;
        let mut fields = Walk::over(signed.content.value);
        let version = fields.take_if(tlv::INTEGER, "version")?;
        if version.is_some_and(|version| version.value != [1]) {
            return Err(Malformed("version").into());
        }
        if fields.take(tlv::SEQUENCE, "signature")?.whole != signed.algorithm.whole {
            return Err(CrlError::TwoAlgorithms);
        }
        let issuer = fields.take(tlv::SEQUENCE, "issuer")?.whole;
        let this_update = fields.next("thisUpdate")?.ok_or(Malformed("thisUpdate"))?;
        let this_update = answer::time(this_update, "thisUpdate")?;
        let next_update = match fields.take_if(tlv::UTC_TIME, "nextUpdate")? {
            Some(time) => Some(time),
            None => fields.take_if(tlv::GENERALIZED_TIME, "nextUpdate")?,
        };
        let next_update = next_update.map(|it| answer::time(it, "nextUpdate")).transpose()?;
        let entries = fields.take_if(tlv::SEQUENCE, "revokedCertificates")?;
        let extensions = match fields.take_if(tlv::constructed(0), "crlExtensions")? {
            Some(tagged) if version.is_some() => {
                let mut inside = Walk::over(tagged.value);
                let list = inside.take(tlv::SEQUENCE, "crlExtensions")?;
                inside.finish("crlExtensions")?;
                Some(list.value)
            }
            Some(_) => return Err(Malformed("version").into()),
            None => None,
        };
        fields.finish("tbsCertList")?;
        let mut crl = Self {
            signed,
            issuer,
            this_update,
            next_update,
            entries: entries.map_or(&[], |entries| entries.value),
            delta: false,
            scope: None,
            keeps_expired_from: None,
            number: None,
        };
        let mut extensions = RawExtensions::over(extensions);
        while let Some(extension) = extensions.next()? {
            crl.learn(extension)?;
        }
        Ok(crl)
    }

    fn learn(&mut self, extension: RawExtension<'a>) -> Result<(), CrlError> {
        if extension.is(&DELTA_CRL_INDICATOR) {
            self.delta = true;
        } else if extension.is(&CRL_NUMBER) {
            self.number = Some(extension.critical);
        } else if extension.is(&ISSUING_DISTRIBUTION_POINT) {
            if self.scope.is_some() {
                return Err(Malformed("issuingDistributionPoint").into());
            }
            self.scope = Some(Scope::read(extension.value)?);
        } else if extension.is(&EXPIRED_CERTS_ON_CRL) {
            let since =
                Walk::over(extension.value).take(tlv::GENERALIZED_TIME, "expiredCertsOnCRL")?;
            self.keeps_expired_from = Some(answer::generalized_time(since, "expiredCertsOnCRL")?);
        } else if extension.critical && !WITHOUT_EFFECT.iter().any(|known| extension.is(known)) {
            return Err(CrlError::CriticalExtension(extension.name()));
        }
        Ok(())
    }

    /// Whether to believe the CRL about a certificate at a time in seconds since the epoch, and
    /// what it says. Whether the issuer really issued the certificate is for path validation.
    ///
    /// # Errors
    /// [`CrlError`], when it says nothing.
    pub fn about(
        &self,
        certificate: &Certificate,
        issuer: &Certificate,
        at: i64,
    ) -> Result<Answer, CrlError> {
        let (parts, issuer_parts) = (Parts::of(certificate)?, Parts::of(issuer)?);
        if !is_same(self.issuer, issuer_parts.subject) {
            return Err(match scope::is_indirect(self.scope.as_ref(), &parts, self.issuer)? {
                true => CrlError::Indirect(issuer.label()),
                false => CrlError::OtherIssuer(issuer.label()),
            });
        }
        if !is_same(parts.issuer, issuer_parts.subject) {
            return Err(CrlError::OtherIssuer(certificate.issuer.clone()));
        }
        if !issuer.key_usage.as_ref().is_none_or(KeyUsage::crl_sign) {
            return Err(CrlError::NotASigner(issuer.label()));
        }
        self.signed.verify(&issuer_parts.key).map_err(CrlError::Signature)?;
        let dates = self.dates(at)?;
        let reasons = scope::covered(self.scope.as_ref(), certificate, &parts, self.issuer)?;
        let indirect = self.scope.is_some_and(|scope| scope.indirect);
        let entries = Entries { list: self.entries, issuer: self.issuer, indirect };
        let statement = match entries.find(parts.serial, parts.issuer) {
            Ok(Statement::Good) | Err(CrlError::Removed) if self.delta => Err(CrlError::Delta),
            found => found,
        }?;
        let forgotten = at > certificate.not_after
            && self.this_update > certificate.not_after
            && self.keeps_expired_from.is_none_or(|since| since > certificate.not_after);
        match statement {
            Statement::Good if forgotten => Err(CrlError::AfterExpiry(certificate.not_after)),
            statement => Ok(Answer { statement, dates, reasons, form: self.form(&issuer.label()) }),
        }
    }

    /// Every CRL has a number, which is not critical (RFC 5280, 5.2.3).
    fn form(&self, issuer: &str) -> Vec<FormDefect> {
        let what = match self.number {
            None => format!("the CRL of `{issuer}` has no cRLNumber"),
            Some(true) => format!("the cRLNumber of the CRL of `{issuer}` is critical"),
            Some(false) => return Vec::new(),
        };
        vec![FormDefect { standard: Standard::Rfc5280, section: "5.2.3", what }]
    }

    fn dates(&self, at: i64) -> Result<Dates, CrlError> {
        if self.next_update.is_none() {
            return Err(CrlError::NoNextUpdate);
        }
        let dates = Dates { this_update: self.this_update, next_update: self.next_update };
        dates.check(at, 0).map_err(CrlError::NotCurrent)?;
        Ok(dates)
    }
}

#[cfg(test)]
mod tests;
