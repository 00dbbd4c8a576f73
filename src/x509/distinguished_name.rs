//! Distinguished names as text, and what is in their common names.

use std::collections::BTreeSet;

use der::Decode;
use der::Tag;
use der::Tagged;
use der::asn1::{Any, ObjectIdentifier};
use x509_cert::name::Name;

/// id-at-commonName (RFC 5280, appendix A.1).
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
/// emailAddress (RFC 5280, appendix A.1).
const EMAIL_ADDRESS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.1");

/// The name in the text form of RFC 4514, most specific part first: `CN=c12.webex.com,O=Webex`.
pub(crate) fn text(name: &Name) -> String {
    name.to_string()
}

/// A name in a form in which names that RFC 5280, 7.1 calls equal are equal: letter case, white
/// space at the ends and the length of white space within do not matter, nor whether a text is a
/// PrintableString, a UTF8String or an IA5String. Other values are compared octet by octet.
///
/// The normalisation NFKC of RFC 4518, 2.3 is left out: names that differ only in that stay
/// different.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct CanonicalName(Vec<BTreeSet<(ObjectIdentifier, CanonicalValue)>>);

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum CanonicalValue {
    Text(String),
    Other(Tag, Vec<u8>),
}

impl CanonicalName {
    pub(crate) fn of(name: &Name) -> Self {
        let relative = name.iter_rdn().map(|rdn| {
            rdn.iter()
                .map(|attribute| (attribute.oid, CanonicalValue::of(&attribute.value)))
                .collect()
        });
        Self(relative.collect())
    }

    /// Whether it is the name of nobody.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether it is `base` or stands below it (RFC 5280, 4.2.1.10).
    pub(crate) fn is_within(&self, base: &Self) -> bool {
        self.0.starts_with(&base.0)
    }
}

impl CanonicalValue {
    fn of(value: &Any) -> Self {
        let text = match value.tag() {
            Tag::Utf8String | Tag::PrintableString | Tag::Ia5String => directory_string(value),
            _ => None,
        };
        match text {
            Some(text) => {
                Self::Text(text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase())
            }
            None => Self::Other(value.tag(), value.value().to_vec()),
        }
    }
}

/// Whether two names as encoded are one (RFC 5280, 7.1).
pub(crate) fn is_same(one: &[u8], other: &[u8]) -> bool {
    let canonical = |der: &[u8]| Name::from_der(der).ok().map(|name| CanonicalName::of(&name));
    one == other || canonical(one).is_some_and(|one| Some(one) == canonical(other))
}

/// The e-mail addresses, which older certificates have in their subject (RFC 5280, 4.1.2.6).
pub(crate) fn email_addresses(name: &Name) -> Vec<String> {
    name.iter()
        .filter(|attribute| attribute.oid == EMAIL_ADDRESS)
        .filter_map(|attribute| directory_string(&attribute.value))
        .collect()
}

/// The common names in the order they stand in, as far as they are text.
pub(crate) fn common_names(name: &Name) -> Vec<String> {
    texts(name, COMMON_NAME)
}

/// The values of one type of attribute in the order they stand in, as far as they are text.
pub(crate) fn texts(name: &Name, attribute: ObjectIdentifier) -> Vec<String> {
    name.iter()
        .filter(|found| found.oid == attribute)
        .filter_map(|attribute| directory_string(&attribute.value))
        .collect()
}

/// The text of a DirectoryString or IA5String (RFC 5280, 4.1.2.4).
fn directory_string(value: &Any) -> Option<String> {
    let bytes = value.value();
    match value.tag() {
        Tag::Utf8String | Tag::PrintableString | Tag::Ia5String => {
            String::from_utf8(bytes.to_vec()).ok()
        }
        // T.61 as everybody reads it: ISO 8859-1.
        Tag::TeletexString => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
        Tag::BmpString => {
            let units: Vec<u16> = bytes
                .chunks(2)
                .map(|pair| <[u8; 2]>::try_from(pair).map(u16::from_be_bytes))
                .collect::<Result<_, _>>()
                .ok()?;
            String::from_utf16(&units).ok()
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use der::Encode;
    use std::str::FromStr;
    use x509_cert::attr::AttributeTypeAndValue;
    use x509_cert::name::{RdnSequence, RelativeDistinguishedName};

    #[test]
    fn names_are_shown_most_specific_first() {
        let name = Name::from_str(r"CN=c12.webex.com,O=Webex\, Inc.,C=US").unwrap();
        assert_eq!(text(&name), r"CN=c12.webex.com,O=Webex\, Inc.,C=US");
        assert_eq!(common_names(&name), ["c12.webex.com"]);
    }

    #[test]
    fn names_are_equal_as_rfc_5280_has_it() {
        let name = |values: &[(&str, Tag, &[u8])]| {
            let mut rdns = Vec::new();
            for (oid, tag, value) in values {
                let attribute = AttributeTypeAndValue {
                    oid: ObjectIdentifier::new_unwrap(oid),
                    value: Any::new(*tag, *value).unwrap(),
                };
                rdns.push(RelativeDistinguishedName::try_from(vec![attribute]).unwrap());
            }
            let der = RdnSequence::from(rdns).to_der().unwrap();
            CanonicalName::of(&Name::from_der(&der).unwrap())
        };
        let (cn, o) = ("2.5.4.3", "2.5.4.10");
        let printable = |text: &'static [u8]| name(&[(cn, Tag::PrintableString, text)]);
        let plain = printable(b"Sub CA");
        for (other, equal) in [
            (printable(b"sub ca"), true),
            (printable(b"  SUB   CA "), true),
            (name(&[(cn, Tag::Utf8String, b"Sub CA")]), true),
            (name(&[(cn, Tag::TeletexString, b"Sub CA")]), false),
            (name(&[(o, Tag::PrintableString, b"Sub CA")]), false),
            (printable(b"SubCA"), false),
            (printable(b"Sub CB"), false),
            (name(&[]), false),
        ] {
            assert_eq!(plain == other, equal, "{other:?}");
        }
        let organisation: (&str, Tag, &[u8]) = (o, Tag::Utf8String, b"Webex");
        let below = name(&[organisation, (cn, Tag::Utf8String, b"c12")]);
        assert!(below.is_within(&name(&[organisation])) && below.is_within(&name(&[])));
        assert!(!name(&[organisation]).is_within(&below));
        assert!(!below.is_within(&name(&[(cn, Tag::Utf8String, b"c12")])));
    }

    #[test]
    fn every_string_type_of_a_common_name_is_read() {
        for (tag, bytes, text) in [
            (Tag::Utf8String, "b\u{fc}cher".as_bytes(), Some("b\u{fc}cher")),
            (Tag::PrintableString, b"plain".as_slice(), Some("plain")),
            (Tag::Ia5String, b"plain", Some("plain")),
            (Tag::TeletexString, b"b\xfccher", Some("b\u{fc}cher")),
            (Tag::BmpString, b"\0a\0b", Some("ab")),
            (Tag::BmpString, b"\0a\0", None),
            (Tag::Utf8String, b"\xff", None),
            (Tag::Integer, b"\x01", None),
        ] {
            let found = directory_string(&Any::new(tag, bytes).unwrap());
            assert_eq!(found.as_deref(), text, "{tag:?} {bytes:?}");
        }
    }
}
