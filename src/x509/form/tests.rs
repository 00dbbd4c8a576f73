//! Certificates with every defect of form, in words.

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType,
    ExtendedKeyUsagePurpose, GeneralSubtree, IsCa, KeyUsagePurpose, NameConstraints,
};

use super::*;
use crate::x509::issue::{self, Authority};
use crate::x509::trust::TrustAnchors;

type Change = &'static dyn Fn(&mut CertificateParams);

fn words(der: &[u8], member: Member) -> Vec<String> {
    defects(&Certificate::parse(der).unwrap(), member).iter().map(ToString::to_string).collect()
}

fn add(params: &mut CertificateParams, id: &[u64], critical: bool, value: &[u8]) {
    let mut extension = CustomExtension::from_oid_content(id, value.to_vec());
    extension.set_criticality(critical);
    params.custom_extensions.push(extension);
}

#[test]
fn what_is_wrong_with_a_servers_certificate() {
    let rows: [(Change, &[&str]); 18] = [
        (&|_| {}, &[]),
        (
            &|p| p.serial_number = Some(vec![0].into()),
            &["the serial number of `CN=c12.webex.com` is zero (RFC 5280, 4.1.2.2)"],
        ),
        (
            &|p| p.serial_number = Some(vec![1; 21].into()),
            &[
                "the serial number of `CN=c12.webex.com` is longer than 20 octets (RFC 5280, 4.1.2.2)",
            ],
        ),
        (
            &|p| p.use_authority_key_identifier_extension = false,
            &["`CN=c12.webex.com` does not say by which key it was signed (RFC 5280, 4.2.1.1)"],
        ),
        (
            &|p| add(p, &[2, 5, 29, 14], true, &[4, 1, 7]),
            &[
                "the extension subjectKeyIdentifier of `CN=c12.webex.com` is critical (RFC 5280, 4.2)",
            ],
        ),
        (
            &|p| add(p, &[2, 5, 29, 36], false, &[0x30, 3, 0x80, 1, 5]),
            &["the extension policyConstraints of `CN=c12.webex.com` is not critical (RFC 5280, \
               4.2)"],
        ),
        (
            &|p| add(p, &[1, 3, 6, 1, 5, 5, 7, 1, 1], false, &[0x30, 5, 1]),
            &[
                "in `CN=c12.webex.com`, the extension authorityInfoAccess cannot be read (RFC 5280, \
               4.2)",
            ],
        ),
        (
            &|p| p.key_usages.push(KeyUsagePurpose::KeyCertSign),
            &["the keyUsage of `CN=c12.webex.com` permits keyCertSign, though it is no CA (RFC \
               5280, 4.2.1.3)"],
        ),
        (
            &|p| p.subject_alt_names = issue::alt_names(&["c12.webex.com", "a_b.webex.com"]),
            &["the dNSName `a_b.webex.com` of `CN=c12.webex.com` is no domain name (RFC 5280, \
               4.2.1.6)"],
        ),
        (
            &|p| {
                p.name_constraints = Some(NameConstraints {
                    permitted_subtrees: vec![GeneralSubtree::DnsName("webex.com".to_owned())],
                    excluded_subtrees: Vec::new(),
                });
            },
            &["`CN=c12.webex.com` constrains names, though it is no CA (RFC 5280, 4.2.1.10)"],
        ),
        (
            &|p| {
                p.distinguished_name = DistinguishedName::new();
                p.subject_alt_names.clear();
            },
            // Its label is its serial number, which differs each time.
            &[],
        ),
        (
            &|p| p.extended_key_usages.clear(),
            &["`CN=c12.webex.com` has no extendedKeyUsage (Baseline Requirements, 7.1.2.7.10)"],
        ),
        (
            &|p| p.extended_key_usages.push(ExtendedKeyUsagePurpose::Any),
            &["the extendedKeyUsage of `CN=c12.webex.com` permits anyExtendedKeyUsage (Baseline \
               Requirements, 7.1.2.7.10)"],
        ),
        (
            &|p| p.is_ca = IsCa::Ca(BasicConstraints::Unconstrained),
            &["the server presents the CA certificate `CN=c12.webex.com` as its own (Baseline \
               Requirements, 7.1.2.7.8)"],
        ),
        (
            &|p| p.subject_alt_names = issue::alt_names(&["c12.webex.com", "*.co.uk"]),
            &["the wildcard `*.co.uk` of `CN=c12.webex.com` stands for every owner of a domain \
               (Baseline Requirements, 3.2.2.6)"],
        ),
        (
            &|p| p.subject_alt_names = issue::alt_names(&["C12.webex.com"]),
            &["the Subject CN of `CN=c12.webex.com` is no copy of a subjectAltName (Baseline \
               Requirements, 7.1.4.3)"],
        ),
        (
            &|p| {
                let again = DnType::CustomDnType(vec![2, 5, 4, 3]);
                p.distinguished_name.push(again, "a.webex.com");
            },
            &[
                "`CN=a.webex.com,CN=c12.webex.com` has several Subject CNs that name hosts (Baseline \
               Requirements, 7.1.4.3)",
            ],
        ),
        (&|p| issue::set_common_name(p, "photo server"), &[]),
    ];
    let root = Authority::root("Root");
    for (change, expected) in rows {
        let found = words(&root.server(change), Member::EndEntity);
        if expected.is_empty() && !found.is_empty() {
            assert!(found[0].contains("has neither a subject nor a subjectAltName"), "{found:?}");
            continue;
        }
        assert_eq!(found, expected);
    }
}

#[test]
fn what_is_wrong_with_a_root() {
    let rows: [(Change, &str); 9] = [
        (&|p| p.serial_number = Some(vec![0].into()), ""),
        (
            &|p| add(p, &[1, 2, 3], true, &[5, 0]),
            "`CN=Root` has the unknown critical extension 1.2.3 (RFC 5280, 4.2)",
        ),
        (
            &|p| p.key_usages = vec![KeyUsagePurpose::CrlSign],
            "the keyUsage of the trust anchor `CN=Root` lacks keyCertSign (RFC 5280, 4.2.1.3)",
        ),
        (
            &|p| {
                p.is_ca = IsCa::NoCa;
                p.key_usages.clear();
            },
            "the CA `CN=Root` has no subjectKeyIdentifier (RFC 5280, 4.2.1.2)",
        ),
        (
            &|p| {
                p.is_ca = IsCa::ExplicitNoCa;
                p.key_usages.clear();
            },
            "the basicConstraints of the trust anchor `CN=Root` say that it is no CA (RFC 5280, \
             4.2.1.9)",
        ),
        (
            &|p| p.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth],
            "the trust anchor `CN=Root` has an extendedKeyUsage (Baseline Requirements, 7.1.2.1.2)",
        ),
        (
            &|p| {
                p.use_authority_key_identifier_extension = false;
                add(p, &[2, 5, 29, 35], false, &[0x30, 3, 0x80, 1, 7]);
            },
            "the authorityKeyIdentifier of the trust anchor `CN=Root` identifies another key \
             (Baseline Requirements, 7.1.2.1.3)",
        ),
        (
            &|p| {
                p.use_authority_key_identifier_extension = false;
                add(p, &[2, 5, 29, 35], false, &[0x30, 0]);
            },
            "the authorityKeyIdentifier of the trust anchor `CN=Root` identifies no key (Baseline \
             Requirements, 7.1.2.1.3)",
        ),
        (
            &|p| {
                p.use_authority_key_identifier_extension = false;
                add(p, &[2, 5, 29, 35], false, &[0x30, 3, 0x82, 1, 7]);
            },
            "the authorityKeyIdentifier of the trust anchor `CN=Root` names a certificate \
             (Baseline Requirements, 7.1.2.1.3)",
        ),
    ];
    for (change, expected) in rows {
        let found = words(&Authority::root_with("Root", change).der, Member::Anchor);
        assert_eq!(found.first().map_or("", String::as_str), expected);
    }
}

/// What is asked of trust anchors is what public roots give, but for one of 2012.
#[test]
fn public_roots() {
    let anchors = TrustAnchors::mozilla();
    let certificates = anchors.roots().iter().filter_map(|root| root.certificate());
    let found: Vec<FormDefect> =
        certificates.flat_map(|root| defects(root, Member::Anchor)).collect();
    let of_twca = |defect: &FormDefect| {
        defect.section == "4.2.1.2" && defect.what.contains("CN=TWCA Global Root CA,")
    };
    assert!(found.iter().all(of_twca), "{found:?}");
}
