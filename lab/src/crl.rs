//! CRLs (RFC 5280, 5), right ones and wrong ones; bytes in, DER out.
//!
//! ```
//! use lab::Signer;
//! use lab::crl::{self, CertificateList, Entry};
//!
//! # fn story(issuer: &[u8], key: &rcgen::KeyPair, server: &[u8], now: i64)
//! # -> Result<(), lab::SignError> {
//! let signer = Signer { certificate: issuer, key };
//! let mut list = CertificateList::new(now);
//! list.entries.push(Entry::about(server, now - 86_400, Some(1))?);
//! let complete: Vec<u8> = list.sign(&signer)?;
//!
//! list.extensions.push(crl::delta(41));
//! let delta: Vec<u8> = list.sign(&signer)?;
//! let text: String = crl::pem(&complete);
//! # Ok(())
//! # }
//! ```

use crate::asn1::{self, explicit, implicit, number, sequence, time, tlv};
use crate::pem::encode;
use crate::signer::{Extension, Parts, SignError, SignatureFault, Signer, extensions};

/// Seconds from thisUpdate to nextUpdate unless a test says otherwise.
const FRESH: i64 = 7 * 86_400;

/// A CRL, not yet signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateList {
    /// A certificate whose subject is the issuer, if that is not the signer.
    pub issuer: Option<Vec<u8>>,
    /// In seconds since the epoch.
    pub this_update: i64,
    /// In seconds since the epoch; RFC 5280 wants one.
    pub next_update: Option<i64>,
    /// The certificates that it lists.
    pub entries: Vec<Entry>,
    /// The crlExtensions but for the authorityKeyIdentifier, which the signer's certificate gives.
    pub extensions: Vec<Extension>,
    /// What is wrong with its signature.
    pub fault: Option<SignatureFault>,
}

impl CertificateList {
    /// A complete CRL without entries, from an hour before `now` until a week later.
    pub fn new(now: i64) -> Self {
        let this_update = now - 3600;
        Self {
            issuer: None,
            this_update,
            next_update: Some(this_update + FRESH),
            entries: Vec::new(),
            extensions: vec![crl_number(42)],
            fault: None,
        }
    }

    /// With so many entries whose serial numbers are six bytes that start with 0x7f, as no
    /// certificate of the lab has them.
    pub fn with_foreign_entries(mut self, many: u32) -> Self {
        let at = self.this_update - 86_400;
        self.entries.extend((0..many).map(|n| {
            let serial = [&[0x7f, 0][..], &n.to_be_bytes()].concat();
            Entry { serial, at, reason: None, certificate_issuer: None }
        }));
        self
    }

    /// The whole CertificateList, signed.
    ///
    /// # Errors
    ///
    /// The signer's certificate is none, or its key does not sign.
    pub fn sign(&self, signer: &Signer<'_>) -> Result<Vec<u8>, SignError> {
        let parts = Parts::of(signer.certificate)?;
        let issuer = match &self.issuer {
            Some(other) => Parts::of(other)?.subject,
            None => parts.subject,
        };
        let entries: Vec<_> = self.entries.iter().map(Entry::to_der).collect::<Result<_, _>>()?;
        let entries = if entries.is_empty() { Vec::new() } else { sequence(&entries) };
        let mut all: Vec<_> = parts.key_identifier.map(authority_key).into_iter().collect();
        all.extend(self.extensions.iter().cloned());
        let more = match extensions(&all) {
            none if none.is_empty() => none,
            some => tlv(explicit(0), &some),
        };
        let to_be_signed = sequence(&[
            number(asn1::INTEGER, 1), // v2
            signer.algorithm()?,
            issuer.to_vec(),
            time(self.this_update),
            self.next_update.map_or_else(Vec::new, time),
            entries,
            more,
        ]);
        signer.sign(&to_be_signed, self.fault, &[])
    }
}

/// One revoked certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its serial number, as its INTEGER has it.
    pub serial: Vec<u8>,
    /// When it was revoked, in seconds since the epoch.
    pub at: i64,
    /// The CRLReason (RFC 5280, 5.3.1), if the entry says one; 8 is removeFromCRL.
    pub reason: Option<u8>,
    /// A certificate whose subject issued the revoked one, in an indirect CRL (RFC 5280, 5.3.3).
    pub certificate_issuer: Option<Vec<u8>>,
}

impl Entry {
    /// That of this certificate.
    ///
    /// # Errors
    ///
    /// It is no certificate.
    pub fn about(certificate: &[u8], at: i64, reason: Option<u8>) -> Result<Self, SignError> {
        let serial = Parts::of(certificate)?.serial.to_vec();
        Ok(Self { serial, at, reason, certificate_issuer: None })
    }

    fn to_der(&self) -> Result<Vec<u8>, SignError> {
        let mut all = Vec::new();
        if let Some(reason) = self.reason {
            let value = number(asn1::ENUMERATED, reason.into());
            all.push(Extension { oid: vec![2, 5, 29, 21], critical: false, value });
        }
        if let Some(issuer) = &self.certificate_issuer {
            let value = sequence(&[tlv(explicit(4), Parts::of(issuer)?.subject)]);
            all.push(Extension { oid: vec![2, 5, 29, 29], critical: true, value });
        }
        Ok(sequence(&[tlv(asn1::INTEGER, &self.serial), time(self.at), extensions(&all)]))
    }
}

/// The CRL number (RFC 5280, 5.2.3).
pub fn crl_number(value: u64) -> Extension {
    Extension { oid: vec![2, 5, 29, 20], critical: false, value: number(asn1::INTEGER, value) }
}

/// What makes a CRL a delta to the complete one with this number (RFC 5280, 5.2.4).
pub fn delta(base: u64) -> Extension {
    Extension { oid: vec![2, 5, 29, 27], critical: true, value: number(asn1::INTEGER, base) }
}

/// The issuingDistributionPoint: what a CRL covers (RFC 5280, 5.2.5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// The URI of its distribution point, if it names one.
    pub uri: Option<String>,
    /// onlyContainsUserCerts.
    pub only_user: bool,
    /// onlyContainsCACerts.
    pub only_ca: bool,
    /// onlySomeReasons: the first byte of the ReasonFlags, such as 0x60 for keyCompromise and
    /// cACompromise.
    pub only_reasons: Option<u8>,
    /// indirectCRL.
    pub indirect: bool,
    /// onlyContainsAttributeCerts.
    pub only_attribute: bool,
}

impl Scope {
    /// The extension.
    pub fn extension(&self) -> Extension {
        let flag = |set: bool, at: u8| if set { tlv(implicit(at), &[0xff]) } else { Vec::new() };
        let point = self.uri.as_ref().map_or_else(Vec::new, |uri| {
            let full_name = tlv(explicit(0), &tlv(implicit(6), uri.as_bytes()));
            tlv(explicit(0), &full_name)
        });
        let reasons = self.only_reasons.map_or_else(Vec::new, |flags| {
            // DER drops the trailing zeros of named bits.
            tlv(implicit(3), &[flags.trailing_zeros().min(7) as u8, flags])
        });
        let value = sequence(&[
            point,
            flag(self.only_user, 1),
            flag(self.only_ca, 2),
            reasons,
            flag(self.indirect, 4),
            flag(self.only_attribute, 5),
        ]);
        Extension { oid: vec![2, 5, 29, 28], critical: true, value }
    }
}

/// Where the delta to this CRL stands (RFC 5280, 5.2.6).
pub fn freshest(uri: &str) -> Extension {
    let full_name = tlv(explicit(0), &tlv(implicit(6), uri.as_bytes()));
    let value = sequence(&[sequence(&[tlv(explicit(0), &full_name)])]);
    Extension { oid: vec![2, 5, 29, 46], critical: false, value }
}

fn authority_key(identifier: &[u8]) -> Extension {
    let value = sequence(&[tlv(implicit(0), identifier)]);
    Extension { oid: vec![2, 5, 29, 35], critical: false, value }
}

/// A CRL as PEM (RFC 7468, 6), which some publishers serve.
pub fn pem(crl: &[u8]) -> String {
    encode("X509 CRL", crl)
}
