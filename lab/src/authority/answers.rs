//! What a CA answers: the descriptions of [`crate::sources`], made into bytes.

use super::Issuing;
use crate::crl::{self, CertificateList, Entry, Scope};
use crate::ocsp::{
    self, BasicResponse, CertId, CertStatus, Delegate, DelegateShape, Hash, Request, ResponseFault,
    SingleResponse,
};
use crate::signer::{Extension, SignError, SignatureFault, Signer};
use crate::sources::{CrlFault, DelegateKind, Ocsp, OcspFault, OcspSigner, Says};

/// What a captive portal answers to everything.
pub(super) const PAGE: &[u8] = b"<!DOCTYPE html><title>Welcome</title><p>Please log in.\n";

const DAY: i64 = 86_400;

/// Entries of a CRL that is called huge, which is 7 MB of it.
const HUGE: u32 = 200_000;

impl Issuing {
    /// The answer to an OCSPRequest at one of this CA's responders, and whom it is about.
    pub(crate) fn answer(&self, request: &[u8], place: usize) -> (Vec<u8>, Vec<(String, Ocsp)>) {
        let Some(request) = Request::parse(request).filter(|it| !it.ids.is_empty()) else {
            return (ocsp::unsuccessful(ocsp::MALFORMED_REQUEST), Vec::new());
        };
        let stranger = || ("a stranger".to_owned(), Ocsp::unknown());
        let told = |id: &CertId| {
            let own = CertId::of(id.hash, self.certified.der(), self.certified.der()).ok()?;
            let ours = (&id.issuer_name_hash, &id.issuer_key_hash)
                == (&own.issuer_name_hash, &own.issuer_key_hash);
            self.told.get(&(place, id.serial.clone())).filter(|_| ours).cloned()
        };
        let about: Vec<_> =
            request.ids.iter().map(|id| told(id).unwrap_or_else(stranger)).collect();
        let asked: Vec<_> = request.ids.into_iter().zip(about.iter().map(|(_, it)| it)).collect();
        let answer = self
            .response(&asked, request.nonce.as_deref())
            .unwrap_or_else(|_| ocsp::unsuccessful(ocsp::INTERNAL_ERROR));
        (answer, about)
    }

    /// The response to staple about a certificate.
    pub(super) fn staple(&mut self, certificate: &[u8], says: &Ocsp) -> Result<Vec<u8>, SignError> {
        if let OcspSigner::Delegate(kind) = says.signer {
            self.delegate(kind)?;
        }
        let id = CertId::of(Hash::Sha1, self.certified.der(), certificate)?;
        self.response(&[(id, says)], None)
    }

    /// Makes a delegate of this kind, unless there is one.
    pub(super) fn delegate(&mut self, kind: DelegateKind) -> Result<(), SignError> {
        if self.delegates.contains_key(&kind) {
            return Ok(());
        }
        let mut shape = DelegateShape::new(self.now);
        let mut issuer = &*self.certified;
        match kind {
            DelegateKind::Proper | DelegateKind::Missing => {}
            DelegateKind::ToBeChecked => shape.no_check = false,
            DelegateKind::WithoutUsage => {
                shape.usages = &[rcgen::ExtendedKeyUsagePurpose::ServerAuth];
            }
            DelegateKind::OfAnotherCa => issuer = &self.stranger,
            DelegateKind::Expired => {
                (shape.not_before, shape.not_after) = (self.now - 60 * DAY, self.now - 30 * DAY);
            }
        }
        self.delegates.insert(kind, Delegate::issue(&shape, issuer)?);
        Ok(())
    }

    /// The response about these certificates; the first says how it is made.
    fn response(
        &self,
        asked: &[(CertId, &Ocsp)],
        nonce: Option<&[u8]>,
    ) -> Result<Vec<u8>, SignError> {
        let Some((_, first)) = asked.first() else {
            return Ok(ocsp::unsuccessful(ocsp::MALFORMED_REQUEST));
        };
        if let Says::Unsuccessful(status) = first.says {
            return Ok(ocsp::unsuccessful(status));
        }
        if first.fault == Some(OcspFault::Garbage) {
            return Ok(PAGE.to_vec());
        }
        let singles = asked.iter().map(|(id, says)| self.single(id, says));
        let mut singles = singles.collect::<Result<Vec<_>, _>>()?;
        let mut response = BasicResponse::about(singles.remove(0));
        response.singles.extend(singles);
        response.version = u8::from(first.fault == Some(OcspFault::OtherVersion));
        response.extensions = match (first.fault, nonce) {
            (Some(OcspFault::ForeignNonce), _) => vec![ocsp::nonce(b"nobody sent this")],
            (_, Some(nonce)) => vec![ocsp::nonce(nonce)],
            _ => Vec::new(),
        };
        response.fault = match first.fault {
            Some(OcspFault::BadSignature) => {
                Some(ResponseFault::Signature(SignatureFault::BitFlipped))
            }
            Some(OcspFault::SaidToBeSha1) => {
                Some(ResponseFault::Signature(SignatureFault::SaidToBeSha1))
            }
            Some(OcspFault::OtherType) => Some(ResponseFault::OtherType),
            Some(OcspFault::NoBytes) => Some(ResponseFault::NoBytes),
            Some(OcspFault::Truncated) => Some(ResponseFault::Truncated),
            _ => None,
        };
        let itself = self.signer(first.fault == Some(OcspFault::OtherKey));
        let delegate = match first.signer {
            OcspSigner::Itself => None,
            OcspSigner::Delegate(kind) => self.delegates.get(&kind).map(|it| (kind, it)),
        };
        if let Some((kind, delegate)) = delegate {
            if kind != DelegateKind::Missing {
                response.certificates = vec![delegate.certificate.clone()];
            }
            return response.sign(&delegate.signer());
        }
        response.sign(&itself)
    }

    fn single(&self, id: &CertId, says: &Ocsp) -> Result<SingleResponse, SignError> {
        let mut single = SingleResponse::good(id.clone(), self.now);
        single.status = match says.says {
            Says::Revoked(reason) => CertStatus::Revoked { at: self.revoked_at(), reason },
            Says::Unknown => CertStatus::Unknown,
            Says::Good | Says::Unsuccessful(_) => CertStatus::Good,
        };
        match says.fault {
            Some(OcspFault::Stale) => {
                single.this_update = self.now - 60 * DAY;
                single.next_update = Some(self.now - 30 * DAY);
            }
            Some(OcspFault::Future) => {
                single.this_update = self.now + DAY;
                single.next_update = Some(self.now + 2 * DAY);
            }
            Some(OcspFault::WithoutNextUpdate) => single.next_update = None,
            Some(OcspFault::OldWithoutNextUpdate) => {
                single.this_update = self.now - 30 * DAY;
                single.next_update = None;
            }
            Some(OcspFault::OtherSerial) => single.id.serial = vec![0x55, 0x55],
            Some(OcspFault::OtherIssuer) => {
                let (hash, stranger) = (single.id.hash, self.stranger.der());
                let serial = single.id.serial;
                single.id = CertId { serial, ..CertId::of(hash, stranger, stranger)? };
            }
            _ => {}
        }
        Ok(single)
    }

    /// This CA, or another key under its name.
    fn signer(&self, other_key: bool) -> Signer<'_> {
        let key = if other_key { self.stranger.key() } else { self.certified.key() };
        Signer { certificate: self.certified.der(), key }
    }

    /// A CRL with these entries.
    pub(super) fn crl(
        &self,
        fault: Option<CrlFault>,
        entries: &[Entry],
    ) -> Result<Vec<u8>, SignError> {
        let mut list = CertificateList::new(self.now);
        if fault == Some(CrlFault::Huge) {
            list = list.with_foreign_entries(HUGE);
        }
        list.entries.extend(entries.iter().cloned());
        let mut signer = self.signer(false);
        let scope = match fault {
            Some(CrlFault::Stale) => {
                list.this_update = self.now - 60 * DAY;
                list.next_update = Some(self.now - 30 * DAY);
                None
            }
            Some(CrlFault::Future) => {
                list.this_update = self.now + DAY;
                list.next_update = Some(self.now + 8 * DAY);
                None
            }
            Some(CrlFault::WithoutNextUpdate) => {
                list.next_update = None;
                None
            }
            Some(CrlFault::BadSignature) => {
                list.fault = Some(SignatureFault::BitFlipped);
                None
            }
            Some(CrlFault::OtherKey) => {
                signer = self.signer(true);
                None
            }
            Some(CrlFault::OtherIssuer) => {
                signer = Signer { certificate: self.stranger.der(), key: self.stranger.key() };
                None
            }
            Some(CrlFault::Delta) => Some(crl::delta(41)),
            Some(CrlFault::UnknownCritical) => Some(Extension::unknown_critical()),
            Some(CrlFault::Indirect) => {
                Some(Scope { indirect: true, ..Scope::default() }.extension())
            }
            Some(CrlFault::SomeReasons) => {
                Some(Scope { only_reasons: Some(0x60), ..Scope::default() }.extension())
            }
            Some(CrlFault::UserCertificatesOnly) => {
                Some(Scope { only_user: true, ..Scope::default() }.extension())
            }
            Some(CrlFault::CaCertificatesOnly) => {
                Some(Scope { only_ca: true, ..Scope::default() }.extension())
            }
            Some(CrlFault::Garbage) => return Ok(PAGE.to_vec()),
            Some(CrlFault::Pem | CrlFault::Huge | CrlFault::Truncated) | None => None,
        };
        list.extensions.extend(scope);
        let mut bytes = list.sign(&signer)?;
        match fault {
            Some(CrlFault::Pem) => bytes = crl::pem(&bytes).into_bytes(),
            Some(CrlFault::Truncated) => bytes.truncate(bytes.len() - 7),
            _ => {}
        }
        Ok(bytes)
    }
}
