//! Certification requests: what somebody asks a CA to certify (PKCS #10, RFC 2986).

use std::net::IpAddr;

use der::Decode;
use der::asn1::ObjectIdentifier;
use x509_cert::ext::Extensions;
use x509_cert::name::Name;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};

use super::algorithm::{Key, SignatureAlgorithm};
use super::certificate::KeyUsage;
use super::signed::{PublicKey, Signed};
use super::tlv::{self, Malformed, Walk};
use super::{distinguished_name, extension};

pub(crate) use super::extension::SERVER_AUTH;
pub use super::signed::SignatureError;

const fn oid(text: &str) -> ObjectIdentifier {
    ObjectIdentifier::new_unwrap(text)
}

/// extensionRequest (RFC 2985, 5.4.2), and what Microsoft's tools wrote in its place.
const EXTENSION_REQUESTS: [ObjectIdentifier; 2] =
    [oid("1.2.840.113549.1.9.14"), oid("1.3.6.1.4.1.311.2.1.14")];

const SUBJECT_ALT_NAME: ObjectIdentifier = oid("2.5.29.17");

/// Attributes of a subject (RFC 5280, appendix A.1; RFC 2985, 5.2.1).
const ORGANIZATION: ObjectIdentifier = oid("2.5.4.10");
const ORGANIZATIONAL_UNIT: ObjectIdentifier = oid("2.5.4.11");
const COUNTRY: ObjectIdentifier = oid("2.5.4.6");
const EMAIL_ADDRESS: ObjectIdentifier = oid("1.2.840.113549.1.9.1");

/// Forms of a GeneralName but dNSName and iPAddress, by their tags (RFC 5280, 4.2.1.6).
const OTHER_FORMS: [(u8, &str); 7] = [
    (tlv::constructed(0), "otherName"),
    (tlv::primitive(1), "rfc822Name"),
    (tlv::constructed(3), "x400Address"),
    (tlv::constructed(4), "directoryName"),
    (tlv::constructed(5), "ediPartyName"),
    (tlv::primitive(6), "uniformResourceIdentifier"),
    (tlv::primitive(8), "registeredID"),
];

/// A certification request, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificationRequest {
    /// The subject, RFC 4514 text.
    pub subject: String,
    /// The common names of the subject, in order.
    pub common_names: Vec<String>,
    /// Its organizations (O).
    pub organizations: Vec<String>,
    /// Its organizational units (OU).
    pub units: Vec<String>,
    /// Its countries (C).
    pub countries: Vec<String>,
    /// Its e-mail addresses.
    pub email_addresses: Vec<String>,
    /// The public key.
    pub key: Key,
    /// The algorithm of the signature.
    pub signature: SignatureAlgorithm,
    /// Whether the signature verifies with that key: that who asks holds it (RFC 2986, 3).
    pub proof: Result<(), SignatureError>,
    /// The dNSNames asked for.
    pub dns_names: Vec<String>,
    /// The iPAddresses asked for.
    pub ip_names: Vec<IpAddr>,
    /// The other forms of names asked for, such as `otherName`.
    pub other_names: Vec<&'static str>,
    /// Whether the certificate shall be that of a CA.
    pub is_ca: bool,
    /// The keyUsage asked for.
    pub key_usage: Option<KeyUsage>,
    /// The extendedKeyUsage purposes asked for, by name or OID.
    pub extended_key_usage: Option<Vec<String>>,
    /// What could not be read, in words.
    pub defects: Vec<String>,
}

/// Why bytes are no certification request.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is no certification request as RFC 2986 has it: {0}")]
pub struct NotARequest(String);

impl From<Malformed> for NotARequest {
    fn from(malformed: Malformed) -> Self {
        Self(malformed.to_string())
    }
}

impl CertificationRequest {
    /// Reads a request. What cannot be read in its attributes becomes [`Self::defects`].
    ///
    /// # Errors
    /// [`NotARequest`] when it is no DER, or lacks a field.
    pub fn parse(der: &[u8]) -> Result<Self, NotARequest> {
        const INFO: &str = "certificationRequestInfo";
        let mut outer = Walk::sequence(der, "CertificationRequest")?;
        let signed = Signed::read(&mut outer, INFO)?;
        outer.finish("CertificationRequest")?;
        let mut fields = Walk::over(signed.content.value);
        fields.take(tlv::INTEGER, "version")?;
        let name = fields.take(tlv::SEQUENCE, "subject")?;
        let spki = fields.take(tlv::SEQUENCE, "subjectPKInfo")?;
        let attributes = fields.take_if(tlv::constructed(0), "attributes")?;
        fields.finish(INFO)?;

        let name = Name::from_der(name.whole).map_err(|_| Malformed("subject"))?;
        let key = SubjectPublicKeyInfoOwned::from_der(spki.whole)
            .map_err(|_| Malformed("subjectPKInfo"))?;
        let algorithm = AlgorithmIdentifierOwned::from_der(signed.algorithm.whole)
            .map_err(|_| Malformed("signatureAlgorithm"))?;
        let mut defects = Vec::new();
        let extensions = match attributes {
            Some(attributes) => extensions(attributes.value, &mut defects),
            None => None,
        };
        let read = extension::read(extensions.as_ref());
        defects.extend(read.defects);
        let texts = |of| distinguished_name::texts(&name, of);
        Ok(Self {
            subject: distinguished_name::text(&name),
            common_names: distinguished_name::common_names(&name),
            organizations: texts(ORGANIZATION),
            units: texts(ORGANIZATIONAL_UNIT),
            countries: texts(COUNTRY),
            email_addresses: texts(EMAIL_ADDRESS),
            key: Key::of(&key),
            signature: SignatureAlgorithm::of(&algorithm),
            proof: signed.verify(&PublicKey::read(spki)?),
            dns_names: read.dns_names,
            ip_names: read.ip_names,
            other_names: extensions.as_ref().map(other_names).unwrap_or_default(),
            is_ca: read.is_ca,
            key_usage: read.key_usage,
            extended_key_usage: read.extended_key_usage,
            defects,
        })
    }
}

/// The extensions asked for, in the one attribute that holds them.
fn extensions(attributes: &[u8], defects: &mut Vec<String>) -> Option<Extensions> {
    const FIELD: &str = "attributes";
    let mut found = None;
    let mut walk = Walk::over(attributes);
    loop {
        let attribute = match walk.next(FIELD) {
            Ok(Some(attribute)) => attribute,
            Ok(None) => return found,
            Err(malformed) => {
                defects.push(malformed.to_string());
                return found;
            }
        };
        let mut fields = Walk::over(attribute.value);
        let Ok(id) = fields.take(tlv::OID, FIELD) else {
            defects.push(Malformed(FIELD).to_string());
            continue;
        };
        if !EXTENSION_REQUESTS.iter().any(|known| known.as_bytes() == id.value) {
            continue;
        }
        if found.is_some() {
            defects.push("the extensions are asked for more than once".to_owned());
            continue;
        }
        let value = fields
            .take(tlv::SET, FIELD)
            .and_then(|values| Walk::over(values.value).take(tlv::SEQUENCE, FIELD))
            .ok()
            .and_then(|value| Extensions::from_der(value.whole).ok());
        if value.is_none() {
            defects.push("the extensions asked for cannot be read".to_owned());
        }
        found = value;
    }
}

/// The forms of the names in subjectAltName that are neither dNSName nor iPAddress.
fn other_names(extensions: &Extensions) -> Vec<&'static str> {
    let mut forms = Vec::new();
    for alt_name in extensions.iter().filter(|it| it.extn_id == SUBJECT_ALT_NAME) {
        let Ok(mut names) = Walk::sequence(alt_name.extn_value.as_bytes(), "subjectAltName") else {
            continue;
        };
        while let Ok(Some(name)) = names.next("subjectAltName") {
            let known = OTHER_FORMS.iter().find(|(tag, _)| *tag == name.tag);
            if let Some((_, form)) = known
                && !forms.contains(form)
            {
                forms.push(*form);
            }
        }
    }
    forms
}
