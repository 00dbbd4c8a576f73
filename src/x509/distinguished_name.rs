//! Distinguished names as text, and what is in their common names.

use der::Tag;
use der::Tagged;
use der::asn1::{Any, ObjectIdentifier};
use x509_cert::name::Name;

/// id-at-commonName (RFC 5280, appendix A.1).
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

/// The name in the text form of RFC 4514, most specific part first: `CN=c12.webex.com,O=Webex`.
pub(crate) fn text(name: &Name) -> String {
    name.to_string()
}

/// A form in which names that RFC 5280, 7.1 calls equal have equal text: letter case, runs of
/// white space and the string type do not matter. It serves to explain a failure, never to trust.
pub(crate) fn normalised(name: &str) -> String {
    name.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
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
    use std::str::FromStr;

    #[test]
    fn names_are_shown_most_specific_first_and_compared_loosely() {
        let name = Name::from_str(r"CN=c12.webex.com,O=Webex\, Inc.,C=US").unwrap();
        assert_eq!(text(&name), r"CN=c12.webex.com,O=Webex\, Inc.,C=US");
        assert_eq!(common_names(&name), ["c12.webex.com"]);
        assert_eq!(normalised("CN=Sub  CA,O=Example "), normalised("CN=sub ca,O=EXAMPLE"));
        assert_ne!(normalised("CN=Sub CA"), normalised("CN=Sub CB"));
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
