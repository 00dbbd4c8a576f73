//! A CA at work: what it has issued, and what it has promised to say about it.

use std::collections::HashMap;
use std::sync::Arc;

use rcgen::{CertificateParams, CertifiedIssuer, CrlDistributionPoint, KeyPair};
use rustls::pki_types::CertificateDer;

use super::Root;
use super::params::{AD_CA_ISSUERS, AD_OCSP, authority_access};
use crate::asn1::{self, number};
use crate::builder::StartError;
use crate::crl::Entry;
use crate::ocsp::Delegate;
use crate::publications::{Page, Publications, address_of};
use crate::sources::{
    CaIssuers, CrlKind, DelegateKind, Delivery, Listed, Ocsp, OcspSigner, Sources,
};

/// The media types of a CRL and of a certificate (RFC 2585, 4).
const CRL: &str = "application/pkix-crl";
const CERTIFICATE: &str = "application/pkix-cert";

/// A root or an intermediate.
pub(crate) struct Issuing {
    /// How the paths of what it publishes begin.
    slug: String,
    pub(super) certified: CertifiedIssuer<'static, KeyPair>,
    /// Another certificate for its name and key; a root has itself.
    pub(super) cross: CertificateDer<'static>,
    /// Another CA, whose words count for nothing here.
    pub(super) stranger: Arc<Root>,
    pub(super) now: i64,
    /// What is said where about which serial number, with a label for counting.
    pub(super) told: HashMap<(usize, Vec<u8>), (String, Ocsp)>,
    crls: Vec<(CrlKind, Vec<Entry>)>,
    ca_issuers: Vec<(CaIssuers, Delivery)>,
    pub(super) delegates: HashMap<DelegateKind, Delegate>,
}

impl Issuing {
    pub(super) fn new(
        slug: &str,
        certified: CertifiedIssuer<'static, KeyPair>,
        cross: Option<CertificateDer<'static>>,
        stranger: Arc<Root>,
        now: i64,
    ) -> Self {
        Self {
            slug: slug.to_owned(),
            cross: cross.unwrap_or_else(|| certified.der().clone()),
            certified,
            stranger,
            now,
            told: HashMap::new(),
            // The plain CRL is there whether a certificate names it or not.
            crls: vec![(CrlKind::default(), Vec::new())],
            ca_issuers: Vec::new(),
            delegates: HashMap::new(),
        }
    }

    /// Promises to say of a certificate what its description wants, and writes into it where.
    pub(super) fn register(
        &mut self,
        label: &str,
        serial: u64,
        sources: &Sources,
        params: &mut CertificateParams,
    ) -> Result<(), StartError> {
        // As the INTEGER in the certificate has it, behind tag and length.
        let bytes = number(asn1::INTEGER, serial)[2..].to_vec();
        let mut access = Vec::new();
        for (place, ocsp) in sources.ocsp.iter().enumerate() {
            if let OcspSigner::Delegate(kind) = ocsp.signer {
                self.delegate(kind)?;
            }
            let uri = address_of(&ocsp.delivery, "ocsp", &self.responder_path(place));
            access.push((AD_OCSP, uri));
            self.told.insert((place, bytes.clone()), (label.to_owned(), ocsp.clone()));
        }
        access.extend(sources.ocsp_uris.iter().map(|uri| (AD_OCSP, uri.clone())));
        if let Some(wanted) = &sources.ca_issuers {
            let at = position_or_push(&mut self.ca_issuers, wanted);
            let path = self.page_path(at, "crt");
            access.push((AD_CA_ISSUERS, address_of(&wanted.1, "ca", &path)));
        }
        if !access.is_empty() {
            params.custom_extensions.push(authority_access(&access));
        }

        let point = |uri: String| CrlDistributionPoint { uris: vec![uri] };
        params.crl_distribution_points = sources.crl_uris.iter().cloned().map(point).collect();
        for crl in &sources.crls {
            let at = self.crls.iter().position(|(kind, _)| *kind == crl.kind);
            let at = at.unwrap_or_else(|| {
                self.crls.push((crl.kind.clone(), Vec::new()));
                self.crls.len() - 1
            });
            if let Some(Listed(reason)) = crl.listed {
                let (serial, since) = (bytes.clone(), self.revoked_at());
                let entry = Entry { serial, at: since, reason, certificate_issuer: None };
                self.crls[at].1.push(entry);
            }
            let uri = address_of(&crl.kind.delivery, "crl", &self.page_path(at, "crl"));
            params.crl_distribution_points.push(point(uri));
        }
        Ok(())
    }

    /// Puts everything that was promised where it was promised.
    pub(super) fn publish(self, published: &mut Publications) -> Result<(), StartError> {
        for (at, (kind, entries)) in self.crls.iter().enumerate() {
            let (body, delivery) = (self.crl(kind.fault, entries)?, kind.delivery.clone());
            published.pages.insert(self.page_path(at, "crl"), Page { body, kind: CRL, delivery });
        }
        for (at, (what, delivery)) in self.ca_issuers.iter().enumerate() {
            let body = match what {
                CaIssuers::Issuer => self.certified.der().to_vec(),
                CaIssuers::Other => self.stranger.der().to_vec(),
                CaIssuers::Garbage => super::answers::PAGE.to_vec(),
            };
            let page = Page { body, kind: CERTIFICATE, delivery: delivery.clone() };
            published.pages.insert(self.page_path(at, "crt"), page);
        }
        let places = self.told.keys().map(|(place, _)| place + 1).max().unwrap_or(0);
        let paths: Vec<_> = (0..places).map(|it| (self.responder_path(it), it)).collect();
        let responder = Arc::new(self);
        for (path, place) in paths {
            published.responders.insert(path, (responder.clone(), place));
        }
        Ok(())
    }

    /// When what is revoked was revoked.
    pub(super) fn revoked_at(&self) -> i64 {
        const TWO_DAYS: i64 = 2 * 86_400;
        self.now - TWO_DAYS
    }

    fn responder_path(&self, place: usize) -> String {
        if place == 0 { format!("/{}", self.slug) } else { format!("/{}/{}", self.slug, place + 1) }
    }

    fn page_path(&self, at: usize, ending: &str) -> String {
        if at == 0 {
            format!("/{}.{ending}", self.slug)
        } else {
            format!("/{}-{}.{ending}", self.slug, at + 1)
        }
    }
}

fn position_or_push<T: Clone + PartialEq>(all: &mut Vec<T>, wanted: &T) -> usize {
    all.iter().position(|it| it == wanted).unwrap_or_else(|| {
        all.push(wanted.clone());
        all.len() - 1
    })
}
