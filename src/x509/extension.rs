//! Extensions of a certificate, each read on its own, so that one broken extension hides nothing
//! but itself.

use std::net::IpAddr;

use super::tlv::{self, Walk};
use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode, Tag, Tagged};
use x509_cert::ext::Extensions;
use x509_cert::ext::pkix::name::{DistributionPointName, GeneralName};
use x509_cert::ext::pkix::{
    AuthorityInfoAccessSyntax, BasicConstraints, CrlDistributionPoints, KeyUsage,
};

pub(super) const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

pub(super) const SUBJECT_ALT_NAME: ObjectIdentifier = oid("2.5.29.17");
pub(super) const BASIC_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.19");
pub(super) const KEY_USAGE: ObjectIdentifier = oid("2.5.29.15");
pub(super) const EXTENDED_KEY_USAGE: ObjectIdentifier = oid("2.5.29.37");
pub(super) const NAME_CONSTRAINTS: ObjectIdentifier = oid("2.5.29.30");
pub(super) const CRL_DISTRIBUTION_POINTS: ObjectIdentifier = oid("2.5.29.31");
pub(super) const AUTHORITY_INFORMATION_ACCESS: ObjectIdentifier = oid("1.3.6.1.5.5.7.1.1");
const ID_AD_OCSP: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.1");
const ID_AD_CA_ISSUERS: ObjectIdentifier = oid("1.3.6.1.5.5.7.48.2");

/// Tags of GeneralName (RFC 5280, 4.2.1.6) and the words for those that constrain names.
const OTHER_NAME: u32 = 0;
const RFC822_NAME: u32 = 1;
const DNS_NAME: u32 = 2;
const DIRECTORY_NAME: u32 = 4;
const URI: u32 = 6;
const IP_ADDRESS: u32 = 7;

/// id-on-xmppAddr (RFC 6120, 13.7.1.4) and id-on-dnsSRV (RFC 4985, 2), the forms of otherName by
/// which XMPP servers are named.
const XMPP_ADDRESS: ObjectIdentifier = oid("1.3.6.1.5.5.7.8.5");
const SRV_NAME: ObjectIdentifier = oid("1.3.6.1.5.5.7.8.7");

/// The purposes that certificates of servers meet (RFC 5280, 4.2.1.12).
const PURPOSES: [(ObjectIdentifier, &str); 7] = [
    (oid("1.3.6.1.5.5.7.3.1"), SERVER_AUTH),
    (oid("1.3.6.1.5.5.7.3.2"), "clientAuth"),
    (oid("1.3.6.1.5.5.7.3.3"), "codeSigning"),
    (oid("1.3.6.1.5.5.7.3.4"), "emailProtection"),
    (oid("1.3.6.1.5.5.7.3.8"), "timeStamping"),
    (oid("1.3.6.1.5.5.7.3.9"), OCSP_SIGNING),
    (oid("2.5.29.37.0"), "anyExtendedKeyUsage"),
];

/// The purpose that a TLS server needs.
pub(crate) const SERVER_AUTH: &str = "serverAuth";

/// The purpose that a responder needs which answers in an issuer's place.
pub(crate) const OCSP_SIGNING: &str = "OCSPSigning";

/// What the extensions of one certificate say.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) dns_names: Vec<String>,
    pub(crate) ip_names: Vec<IpAddr>,
    pub(crate) xmpp_addresses: Vec<String>,
    pub(crate) srv_names: Vec<String>,
    pub(crate) alt_names_readable: bool,
    pub(crate) is_ca: bool,
    pub(crate) path_len: Option<u8>,
    pub(crate) key_usage: Option<KeyUsage>,
    pub(crate) extended_key_usage: Option<Vec<String>>,
    pub(crate) name_constraints: Option<NameConstraints>,
    pub(crate) ocsp_urls: Vec<String>,
    pub(crate) ca_issuers_urls: Vec<String>,
    pub(crate) crl_urls: Vec<String>,
    pub(crate) defects: Vec<String>,
}

/// The name constraints a CA lays on what is below it (RFC 5280, 4.2.1.10).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameConstraints {
    /// dNSNames below one of these are permitted; when empty, all are.
    pub permitted_dns: Vec<String>,
    /// dNSNames below one of these are not permitted.
    pub excluded_dns: Vec<String>,
    /// Other forms of names that are constrained, such as `directoryName`.
    pub other_forms: Vec<&'static str>,
}

/// Reads what the extensions say. What cannot be read, or stands twice (RFC 5280, 4.2 forbids
/// that), is left out and becomes a defect.
pub(crate) fn read(extensions: Option<&Extensions>) -> Read {
    let mut read = Read { alt_names_readable: true, ..Read::default() };
    let all = extensions.map(Vec::as_slice).unwrap_or_default();
    let mut defects = Vec::new();
    let mut value = |id: ObjectIdentifier, name: &str| {
        let mut found = all.iter().filter(|extension| extension.extn_id == id);
        let first = found.next()?;
        if found.next().is_some() {
            defects.push(format!("the extension {name} stands more than once"));
            return Some(Err(()));
        }
        Some(Ok(first.extn_value.as_bytes()))
    };
    let alt_names = value(SUBJECT_ALT_NAME, "subjectAltName");
    let basic_constraints = value(BASIC_CONSTRAINTS, "basicConstraints");
    let key_usage = value(KEY_USAGE, "keyUsage");
    let purposes = value(EXTENDED_KEY_USAGE, "extendedKeyUsage");
    let constraints = value(NAME_CONSTRAINTS, "nameConstraints");
    let crls = value(CRL_DISTRIBUTION_POINTS, "cRLDistributionPoints");
    let access = value(AUTHORITY_INFORMATION_ACCESS, "authorityInfoAccess");
    read.defects = defects;

    if let Some(names) = alt_names
        && names.and_then(|der| alt_names_of(der, &mut read).ok_or(())).is_err()
    {
        read.alt_names_readable = false;
        read.broken("subjectAltName");
    }
    if let Some(constraints) =
        read.decoded::<BasicConstraints>(basic_constraints, "basicConstraints")
    {
        read.is_ca = constraints.ca;
        read.path_len = constraints.path_len_constraint;
    }
    read.key_usage = read.decoded(key_usage, "keyUsage");
    read.extended_key_usage = read
        .decoded::<Vec<ObjectIdentifier>>(purposes, "extendedKeyUsage")
        .map(|purposes| purposes.into_iter().map(purpose).collect());
    read.name_constraints = match constraints.map(|der| der.ok().and_then(constraints_of)) {
        Some(None) => {
            read.broken("nameConstraints");
            None
        }
        Some(found) => found,
        None => None,
    };
    if let Some(points) = read.decoded::<CrlDistributionPoints>(crls, "cRLDistributionPoints") {
        read.crl_urls = points
            .0
            .into_iter()
            .filter_map(|point| match point.distribution_point {
                Some(DistributionPointName::FullName(names)) => Some(names),
                _ => None,
            })
            .flatten()
            .filter_map(url)
            .collect();
    }
    if let Some(access) = read.decoded::<AuthorityInfoAccessSyntax>(access, "authorityInfoAccess") {
        for description in access.0 {
            let method = description.access_method;
            match url(description.access_location) {
                Some(url) if method == ID_AD_OCSP => read.ocsp_urls.push(url),
                Some(url) if method == ID_AD_CA_ISSUERS => read.ca_issuers_urls.push(url),
                _ => {}
            }
        }
    }
    read
}

impl Read {
    /// Reads OtherName ::= SEQUENCE { type-id, `[0]` value }; forms that name no XMPP server are
    /// passed over.
    fn other_name(&mut self, value: &[u8]) {
        const FIELD: &str = "otherName";
        let mut fields = Walk::over(value);
        let Ok(form) = fields.take(tlv::OID, FIELD) else { return };
        let (names, name) = match form.value {
            form if form == XMPP_ADDRESS.as_bytes() => (&mut self.xmpp_addresses, "an xmppAddr"),
            form if form == SRV_NAME.as_bytes() => (&mut self.srv_names, "an SRVName"),
            _ => return,
        };
        let text = fields.take(tlv::constructed(0), FIELD).and_then(|wrapped| {
            let text = Walk::over(wrapped.value).next(FIELD)?;
            Ok(text.filter(|text| matches!(text.tag, tlv::UTF8_STRING | tlv::IA5_STRING)))
        });
        match text.ok().flatten().and_then(|text| std::str::from_utf8(text.value).ok()) {
            Some(text) => names.push(text.to_owned()),
            None => self.defects.push(format!("{name} of the certificate is not text")),
        }
    }

    fn broken(&mut self, name: &str) {
        self.defects.push(format!("the extension {name} cannot be read"));
    }

    fn decoded<'a, T: Decode<'a>>(
        &mut self,
        value: Option<Result<&'a [u8], ()>>,
        name: &str,
    ) -> Option<T> {
        let decoded = value?.ok().and_then(|der| T::from_der(der).ok());
        if decoded.is_none() {
            self.broken(name);
        }
        decoded
    }
}

/// Reads the subjectAltName entry by entry; entries of other forms are passed over.
fn alt_names_of(der: &[u8], read: &mut Read) -> Option<()> {
    for entry in Vec::<AnyRef<'_>>::from_der(der).ok()? {
        match context_tag(entry.tag()) {
            Some(DNS_NAME) => match std::str::from_utf8(entry.value()) {
                Ok(name) if name.is_ascii() => read.dns_names.push(name.to_owned()),
                _ => {
                    // It is a name all the same, and takes the place of the Subject CN.
                    read.alt_names_readable = false;
                    read.defects.push("a dNSName is not ASCII text".to_owned());
                }
            },
            Some(IP_ADDRESS) => match ip_address(entry.value()) {
                Some(address) => read.ip_names.push(address),
                None => read.defects.push("an iPAddress has neither 4 nor 16 octets".to_owned()),
            },
            Some(OTHER_NAME) => read.other_name(entry.value()),
            _ => {}
        }
    }
    Some(())
}

fn ip_address(octets: &[u8]) -> Option<IpAddr> {
    match octets.len() {
        4 => <[u8; 4]>::try_from(octets).ok().map(IpAddr::from),
        16 => <[u8; 16]>::try_from(octets).ok().map(IpAddr::from),
        _ => None,
    }
}

/// Reads NameConstraints ::= SEQUENCE { `[0]` permitted, `[1]` excluded }.
fn constraints_of(der: &[u8]) -> Option<NameConstraints> {
    let mut constraints = NameConstraints::default();
    for subtrees in Vec::<AnyRef<'_>>::from_der(der).ok()? {
        let permitted = match context_tag(subtrees.tag()) {
            Some(0) => true,
            Some(1) => false,
            _ => return None,
        };
        let list = AnyRef::new(Tag::Sequence, subtrees.value()).ok()?;
        for subtree in list.decode_as::<Vec<AnyRef<'_>>>().ok()? {
            let base = *subtree.decode_as::<Vec<AnyRef<'_>>>().ok()?.first()?;
            let form = match context_tag(base.tag()) {
                Some(DNS_NAME) => {
                    let name = std::str::from_utf8(base.value()).ok()?.to_owned();
                    if permitted {
                        constraints.permitted_dns.push(name);
                    } else {
                        constraints.excluded_dns.push(name);
                    }
                    continue;
                }
                Some(RFC822_NAME) => "rfc822Name",
                Some(DIRECTORY_NAME) => "directoryName",
                Some(URI) => "uniformResourceIdentifier",
                Some(IP_ADDRESS) => "iPAddress",
                _ => "otherName",
            };
            if !constraints.other_forms.contains(&form) {
                constraints.other_forms.push(form);
            }
        }
    }
    Some(constraints)
}

fn context_tag(tag: Tag) -> Option<u32> {
    tag.is_context_specific().then(|| tag.number().value())
}

fn purpose(oid: ObjectIdentifier) -> String {
    match PURPOSES.iter().find(|(known, _)| *known == oid) {
        Some((_, name)) => (*name).to_owned(),
        None => oid.to_string(),
    }
}

fn url(name: GeneralName) -> Option<String> {
    match name {
        GeneralName::UniformResourceIdentifier(url) => Some(url.to_string()),
        _ => None,
    }
}
