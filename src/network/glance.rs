//! A glance at a certificate: the little that asking further questions takes.
//!
//! Reads the outer structure only and so gets along with certificates that a strict parser
//! refuses. Whether a certificate is in order is judged elsewhere.

use der::asn1::{AnyRef, ObjectIdentifier, UintRef};
use der::{Decode, Reader, SliceReader, Tag, TagNumber, Tagged};

/// `id-ce-subjectAltName` (RFC 5280, 4.2.1.6).
const SUBJECT_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
/// `rsaEncryption` (RFC 8017, A.1).
const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// `dNSName [2] IA5String` (RFC 5280, 4.2.1.6).
const DNS_NAME: Tag = Tag::ContextSpecific { number: TagNumber(2), constructed: false };
/// `version [0]` of a `TBSCertificate` (RFC 5280, 4.1).
const VERSION: Tag = Tag::ContextSpecific { number: TagNumber(0), constructed: true };
/// `extensions [3]` of a `TBSCertificate`.
const EXTENSIONS: Tag = Tag::ContextSpecific { number: TagNumber(3), constructed: true };
/// `subjectPublicKeyInfo` comes after serialNumber, signature, issuer, validity and subject.
const PUBLIC_KEY_POSITION: usize = 5;

/// The dNSNames of a certificate, as presented. A certificate or extension that cannot be read has
/// none; other kinds of names beside them, odd ones too, do no harm.
pub(super) fn dns_names(certificate: &[u8]) -> Vec<String> {
    subject_alt_name(certificate)
        .into_iter()
        .flatten()
        .filter(|name| name.tag() == DNS_NAME && name.value().is_ascii())
        .map(|name| String::from_utf8_lossy(name.value()).into_owned())
        .collect()
}

/// How long the RSA key of a certificate is, when it has one (`RSAPublicKey`, RFC 8017, A.1.1).
pub(super) fn rsa_bits(certificate: &[u8]) -> Option<u32> {
    let key = to_be_signed(certificate)?
        .into_iter()
        .filter(|field| field.tag() != VERSION)
        .nth(PUBLIC_KEY_POSITION)?;
    let [algorithm, bits, ..] = elements(key.value())?[..] else { return None };
    if elements(algorithm.value())?.first()?.decode_as::<ObjectIdentifier>().ok()? != RSA_ENCRYPTION
    {
        return None;
    }
    // A BIT STRING begins with the number of its unused bits.
    let (_, rsa_key) = bits.value().split_first()?;
    let rsa_key = AnyRef::from_der(rsa_key).ok()?;
    let modulus = elements(rsa_key.value())?.first()?.decode_as::<UintRef<'_>>().ok()?;
    let first = *modulus.as_bytes().first()?;
    let octets = u32::try_from(modulus.as_bytes().len()).ok()?;
    Some(octets * u8::BITS - first.leading_zeros())
}

/// The elements of the SubjectAltName extension.
fn subject_alt_name(certificate: &[u8]) -> Option<Vec<AnyRef<'_>>> {
    let fields = to_be_signed(certificate)?;
    let extensions = fields.into_iter().find(|field| field.tag() == EXTENSIONS)?;
    let extensions = AnyRef::from_der(extensions.value()).ok()?;
    elements(extensions.value())?.into_iter().find_map(|extension| {
        let parts = elements(extension.value())?;
        let id = parts.first()?.decode_as::<ObjectIdentifier>().ok()?;
        let names = AnyRef::from_der(parts.last()?.value()).ok()?;
        (id == SUBJECT_ALT_NAME).then(|| elements(names.value()))?
    })
}

/// The fields of the `TBSCertificate`.
fn to_be_signed(certificate: &[u8]) -> Option<Vec<AnyRef<'_>>> {
    let certificate = AnyRef::from_der(certificate).ok()?;
    let to_be_signed = *elements(certificate.value())?.first()?;
    elements(to_be_signed.value())
}

/// The elements that stand one after another in `content`.
fn elements(content: &[u8]) -> Option<Vec<AnyRef<'_>>> {
    let mut reader = SliceReader::new(content).ok()?;
    let mut elements = Vec::new();
    while !reader.is_finished() {
        elements.push(AnyRef::decode(&mut reader).ok()?);
    }
    Some(elements)
}

#[cfg(test)]
pub(super) mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use proptest::prelude::*;

    use super::*;

    /// Self-signed, RSA of 1024 bits, with names of five kinds; made with OpenSSL.
    const RSA_1024: &str = "\
        MIICYzCCAcygAwIBAgIUGmA975G9NfJHa1eQpf9jmx6uw00wDQYJKoZIhvcNAQELBQAwGDEWMBQGA1UEAwwNb2xk\
        LndlYmV4LmNvbTAgFw0yNjExMjQwMzUyNTBaGA8yMTI2MTAzMTAzNTI1MFowGDEWMBQGA1UEAwwNb2xkLndlYmV4\
        LmNvbTCBnzANBgkqhkiG9w0BAQEFAAOBjQAwgYkCgYEAssxawVl5zOGZxGivsKm1PjBuEVm4/X55McDnpOBLfh6v\
        +wq2ukVCzAJi0pUtnxa2Cbe6s48fcBwBhnttYrMJdZR+kLKuEYxZNmJ419NLdveXjgdgiICKeCxjZTUtShAcGero\
        dU862VeDSzSJjAa39JMAFOHpoDImcIuVJDxdbacCAwEAAaOBpzCBpDAdBgNVHQ4EFgQUNBwe93SP9Z5TPzdXrpiz\
        0rLdSaswHwYDVR0jBBgwFoAUNBwe93SP9Z5TPzdXrpiz0rLdSaswDwYDVR0TAQH/BAUwAwEB/zBRBgNVHREESjBI\
        gg1vbGQud2ViZXguY29tgQthQHdlYmV4LmNvbYcEwAACAYILKi53ZWJleC5jb22gFwYIKwYBBQUHCAWgCwwJd2Vi\
        ZXguY29tMA0GCSqGSIb3DQEBCwUAA4GBAE0hL5eoJVbXNhRO34z8Gs0Q2G2pQj/5NpIO3SSgUvxO3nGVAD58d6Kp\
        DrNPNEfDn5Ey0Y5wiIjOiZGX/4HW5+Ok27Nteiypu+EqcClLp6U6PtnS4j7iJwBOqsZMEQg9ZwlwAHyGrL6uyLjU\
        1dX5gn5gSVuI76hDv+aTz4sP3BoJ\
        ";

    pub(in super::super) fn rsa_1024() -> Vec<u8> {
        STANDARD.decode(RSA_1024).unwrap()
    }

    #[test]
    fn the_names_and_the_key_of_a_certificate() {
        let certificate = rsa_1024();
        assert_eq!(dns_names(&certificate), ["old.webex.com", "*.webex.com"]);
        assert_eq!(rsa_bits(&certificate), Some(1024));
        let elliptic = rcgen::generate_simple_self_signed(["c12.webex.com".to_owned()]).unwrap();
        assert_eq!(dns_names(elliptic.cert.der()), ["c12.webex.com"]);
        assert_eq!(rsa_bits(elliptic.cert.der()), None);
        let nameless = rcgen::generate_simple_self_signed([]).unwrap();
        assert!(dns_names(nameless.cert.der()).is_empty());
    }

    #[test]
    fn a_serial_number_that_strict_parsers_refuse_does_no_harm() {
        let mut certificate = rsa_1024();
        // The serial number becomes negative (RFC 5280, 4.1.2.2 forbids it).
        let at = certificate.windows(2).position(|octets| octets == [0x02, 0x14]).unwrap();
        certificate[at + 2] = 0xFF;
        assert_eq!(dns_names(&certificate).len(), 2);
    }

    #[test]
    fn a_broken_certificate_has_no_names() {
        let certificate = rsa_1024();
        for length in 0..certificate.len() {
            assert!(dns_names(&certificate[..length]).is_empty(), "{length} octets");
            assert_eq!(rsa_bits(&certificate[..length]), None, "{length} octets");
        }
    }

    proptest! {
        #[test]
        fn no_octets_make_it_panic(at in 0..615_usize, octet: u8, any: Vec<u8>) {
            let mut certificate = rsa_1024();
            certificate[at] = octet;
            for octets in [&certificate, &any] {
                let _ = (dns_names(octets), rsa_bits(octets));
            }
        }
    }
}
