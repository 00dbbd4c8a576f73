//! The names that a certificate presents, in every form that can be constrained
//! (RFC 5280, 4.2.1.6).

use der::Decode;
use x509_cert::name::Name;

use super::certificate::Certificate;
use super::distinguished_name::CanonicalName;
use super::extension::SUBJECT_ALT_NAME;
use super::parts::Parts;
use super::tlv::{self, Malformed, Tlv, Walk};

/// A GeneralName.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum GeneralName {
    Mail(String),
    Dns(String),
    Directory(CanonicalName),
    Uri(String),
    /// As encoded: an address, or in a constraint an address and a mask.
    Address(Vec<u8>),
    /// One of the forms that are not read, by its tag.
    Other(u8),
}

impl GeneralName {
    /// Reads one.
    pub(crate) fn read(tlv: Tlv<'_>) -> Result<Self, Malformed> {
        const FIELD: &str = "GeneralName";
        let text = || {
            let text = std::str::from_utf8(tlv.value).ok().filter(|text| text.is_ascii());
            text.map(str::to_owned).ok_or(Malformed(FIELD))
        };
        Ok(match tlv.tag {
            MAIL => Self::Mail(text()?),
            DNS => Self::Dns(text()?),
            URI => Self::Uri(text()?),
            ADDRESS => Self::Address(tlv.value.to_vec()),
            DIRECTORY => {
                let name = Name::from_der(tlv.value).map_err(|_| Malformed(FIELD))?;
                Self::Directory(CanonicalName::of(&name))
            }
            other => Self::Other(other),
        })
    }

    /// Whether two names are of one form, so that a constraint on one means the other.
    pub(crate) fn has_form_of(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Other(one), Self::Other(two)) => one == two,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }

    /// The word for its form.
    pub(crate) fn form(&self) -> &'static str {
        match self {
            Self::Mail(_) => "rfc822Name",
            Self::Dns(_) => "dNSName",
            Self::Directory(_) => "directoryName",
            Self::Uri(_) => "uniformResourceIdentifier",
            Self::Address(_) => "iPAddress",
            Self::Other(_) => "otherName",
        }
    }
}

const MAIL: u8 = tlv::primitive(1);
const DNS: u8 = tlv::primitive(2);
const DIRECTORY: u8 = tlv::constructed(4);
const URI: u8 = tlv::primitive(6);
const ADDRESS: u8 = tlv::primitive(7);

/// All names of a certificate that constraints are about: its subjectAltName, its subject, and the
/// e-mail addresses in the subject where the subjectAltName has none.
pub(crate) fn presented(certificate: &Certificate) -> Result<Vec<GeneralName>, Malformed> {
    const FIELD: &str = "subjectAltName";
    let mut names = Vec::new();
    let mut extensions = Parts::of(certificate)?.extensions;
    while let Some(extension) = extensions.next()? {
        if extension.is(&SUBJECT_ALT_NAME) {
            let mut entries = Walk::sequence(extension.value, FIELD)?;
            while let Some(entry) = entries.next(FIELD)? {
                names.push(GeneralName::read(entry)?);
            }
        }
    }
    if !certificate.subject_name.is_empty() {
        names.push(GeneralName::Directory(certificate.subject_name.clone()));
    }
    if !names.iter().any(|name| matches!(name, GeneralName::Mail(_))) {
        names.extend(certificate.subject_mail.iter().cloned().map(GeneralName::Mail));
    }
    Ok(names)
}
