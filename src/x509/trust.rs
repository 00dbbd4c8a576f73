//! Which certificates are trust anchors.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::OnceLock;

use rustls_pki_types::{CertificateDer, TrustAnchor};

use super::certificate::Certificate;
use super::distinguished_name::CanonicalName;

/// The label of the roots that Mozilla trusts for servers.
const MOZILLA: &str = "mozilla";

/// Root certificates, each with the places it was loaded from.
///
/// Path building needs a name and a key only; the certificates are read when a report asks for
/// one, so that a store of 140 roots costs little.
#[derive(Debug, Default)]
pub struct TrustAnchors {
    /// What path building needs, in the order of `roots`.
    keys: Vec<TrustAnchor<'static>>,
    roots: Vec<Root>,
}

/// One root certificate.
#[derive(Debug)]
pub struct Root {
    der: CertificateDer<'static>,
    label: String,
    certificate: OnceLock<Option<Certificate>>,
}

/// A certificate that cannot be a trust anchor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a certificate from {label} cannot be a trust anchor: {reason}")]
pub struct Skipped {
    /// Where it was loaded from.
    pub label: String,
    /// Why.
    pub reason: String,
}

impl Root {
    /// Where it was loaded from, such as `mozilla`, `system` or a file name; several places are
    /// joined by commas.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The certificate, when it can be read in full.
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.get_or_init(|| Certificate::parse(&self.der).ok()).as_ref()
    }

    /// The certificate's DER.
    pub fn der(&self) -> &[u8] {
        &self.der
    }
}

impl TrustAnchors {
    /// Takes root certificates with the places they were loaded from, in order of preference.
    /// A root from two places is kept once, with both labels.
    ///
    /// Also returned: what cannot be a trust anchor, and why. A store with one bad root is no
    /// reason to trust none.
    pub fn new(roots: Vec<(CertificateDer<'static>, String)>) -> (Self, Vec<Skipped>) {
        let mut anchors = Self::default();
        let mut skipped = Vec::new();
        let mut known: HashMap<CertificateDer<'static>, usize> = HashMap::new();
        for (der, label) in roots {
            if let Some(at) = known.get(&der) {
                let root = &mut anchors.roots[*at];
                if !root.label.split(", ").any(|one| one == label) {
                    root.label = format!("{}, {label}", root.label);
                }
                continue;
            }
            let key = match webpki::anchor_from_trusted_cert(&der) {
                Ok(key) => key.to_owned(),
                Err(error) => {
                    skipped.push(Skipped { label, reason: error.to_string() });
                    continue;
                }
            };
            known.insert(der.clone(), anchors.roots.len());
            anchors.keys.push(key);
            anchors.roots.push(Root { der, label, certificate: OnceLock::new() });
        }
        (anchors, skipped)
    }

    /// The roots that Mozilla trusts for servers, as compiled in.
    pub fn mozilla() -> Self {
        let roots = webpki_root_certs::TLS_SERVER_ROOT_CERTS
            .iter()
            .map(|der| (der.clone(), MOZILLA.to_owned()))
            .collect();
        Self::new(roots).0
    }

    /// The same, made once for everybody who only compares with them.
    pub fn mozilla_shared() -> &'static Self {
        static MOZILLAS: OnceLock<TrustAnchors> = OnceLock::new();
        MOZILLAS.get_or_init(Self::mozilla)
    }

    /// Whether one of these has the name and the key of a root.
    pub fn has_same_key(&self, root: &Root) -> bool {
        webpki::anchor_from_trusted_cert(&root.der).is_ok_and(|key| {
            self.keys.iter().any(|known| {
                known.subject == key.subject
                    && known.subject_public_key_info == key.subject_public_key_info
            })
        })
    }

    /// The roots, in order of preference.
    pub fn roots(&self) -> &[Root] {
        &self.roots
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.roots.len()
    }

    /// Whether nothing is trusted.
    pub fn is_empty(&self) -> bool {
        self.roots.is_empty()
    }

    /// What path building needs, index for index with [`Self::roots`].
    pub(crate) fn keys(&self) -> &[TrustAnchor<'static>] {
        &self.keys
    }

    /// The root whose certificate this is.
    pub(crate) fn position_of(&self, der: &[u8]) -> Option<usize> {
        self.roots.iter().position(|root| root.der.as_ref() == der)
    }

    /// The roots with a subject, as names are compared.
    pub(crate) fn named<'a>(&'a self, name: &'a CanonicalName) -> impl Iterator<Item = usize> {
        let subject = |at: usize| self.roots[at].certificate().map(|root| &root.subject_name);
        (0..self.roots.len()).filter(move |at| subject(*at) == Some(name))
    }

    /// The root with a name and key. Where a root was renewed with its key, that is the one that
    /// expires last; among equals, the first.
    pub(crate) fn position_of_key(&self, key: &TrustAnchor<'_>) -> usize {
        let not_after = |at: usize| self.roots[at].certificate().map(|root| root.not_after);
        (0..self.keys.len())
            .filter(|at| self.keys[*at] == *key)
            .max_by_key(|at| (not_after(*at), Reverse(*at)))
            .unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::issue::{self, Authority};

    #[test]
    fn mozilla_roots_can_all_be_read() {
        let anchors = TrustAnchors::mozilla();
        assert!(anchors.len() > 100);
        for root in anchors.roots() {
            let certificate = root.certificate().expect("every root is readable");
            assert_eq!(root.label(), "mozilla");
            assert!(certificate.is_ca && !certificate.subject.is_empty());
            assert_eq!(certificate.defects, Vec::<String>::new(), "{}", certificate.subject);
            let found = anchors.named(&certificate.subject_name).next();
            assert!(found.is_some(), "{}", certificate.subject);
        }
        let isrg = "CN=ISRG Root X1,O=Internet Security Research Group,C=US";
        let mut subjects = anchors.roots().iter().filter_map(Root::certificate);
        assert!(subjects.any(|root| root.subject == isrg), "RFC 4514 text");
    }

    #[test]
    fn roots_are_the_same_by_name_and_key() {
        let private = Authority::root("Private").anchors();
        let mozilla = TrustAnchors::mozilla_shared();
        assert!(mozilla.roots().iter().all(|root| mozilla.has_same_key(root)));
        assert!(!mozilla.has_same_key(&private.roots()[0]));
        // The same name with another key.
        let name = "Amazon Root CA 1";
        let impostor = Authority::root_with(name, |params| {
            for (attribute, value) in
                [(rcgen::DnType::OrganizationName, "Amazon"), (rcgen::DnType::CountryName, "US")]
            {
                params.distinguished_name.push(attribute, value);
            }
        });
        assert!(!mozilla.has_same_key(&impostor.anchors().roots()[0]));
    }

    #[test]
    fn a_root_from_two_places_is_one_root_and_rubbish_is_skipped() {
        let (one, two) = (Authority::root("One"), Authority::root("Two"));
        let der = |bytes: &[u8]| CertificateDer::from(bytes.to_vec());
        let (anchors, skipped) = TrustAnchors::new(vec![
            (der(&one.der), "system".to_owned()),
            (der(b"rubbish"), "company.pem".to_owned()),
            (der(&two.der), "mozilla".to_owned()),
            (der(&one.der), "mozilla".to_owned()),
            (der(&one.der), "mozilla".to_owned()),
        ]);
        let labels: Vec<_> = anchors.roots().iter().map(Root::label).collect();
        assert_eq!(labels, ["system, mozilla", "mozilla"]);
        assert_eq!(skipped.len(), 1);
        assert!(
            skipped[0]
                .to_string()
                .starts_with("a certificate from company.pem cannot be a trust anchor: ")
        );
        assert_eq!(anchors.position_of(&two.der), Some(1));
        assert_eq!(anchors.position_of(&issue::self_signed(|_| {})), None);
        assert!(TrustAnchors::default().is_empty());
    }
}
