//! Whether a presented identifier matches a reference identifier.

use crate::name::Fqdn;

/// The fewest labels a wildcard may stand above. `*.com` would speak for every company; no public
/// CA may issue it (CA/Browser Forum Baseline Requirements, 3.2.2.6) and OpenSSL refuses it.
const LABELS_UNDER_WILDCARD: usize = 2;

/// The longest label of a domain name (RFC 1035, 2.3.4).
const MAX_LABEL: usize = 63;

/// Whether a DNS-ID as presented matches a reference identifier (RFC 9525, 6.3).
///
/// Letter case and one trailing dot do not matter. A wildcard is a whole leftmost label and
/// stands for exactly one label. International names match in A-labels only: a certificate that
/// presents U-labels is malformed (RFC 5280, 7.2).
///
/// | presented | reference | matches |
/// | --- | --- | --- |
/// | `C12.WebEx.com` | `c12.webex.com` | yes |
/// | `*.webex.com` | `c12.webex.com` | yes |
/// | `*.webex.com` | `webex.com`, `a.c12.webex.com` | no |
/// | `c*.webex.com`, `c12.*.com` | `c12.webex.com` | no |
pub fn dns_id_matches(presented: &str, reference: &Fqdn) -> bool {
    let presented = presented.strip_suffix('.').unwrap_or(presented);
    match presented.strip_prefix("*.") {
        Some(parent) => match reference.as_str().split_once('.') {
            Some((_, rest)) => covers_enough(parent) && parent.eq_ignore_ascii_case(rest),
            None => false,
        },
        None => presented.eq_ignore_ascii_case(reference.as_str()),
    }
}

/// Whether an xmppAddr as presented names an XMPP domain (RFC 6120, 13.7.1.4). It is a JID of a
/// domain alone and has no wildcards; U-labels are compared as A-labels.
pub fn xmpp_address_matches(presented: &str, domain: &Fqdn) -> bool {
    Fqdn::parse(presented).is_ok_and(|presented| presented == *domain)
}

/// Whether an SRV-ID as presented names the XMPP service for clients of a domain (RFC 4985, 2;
/// RFC 9525, 6.3 and 6.5): the service label, then the domain as a DNS-ID.
///
/// | presented | domain | matches |
/// | --- | --- | --- |
/// | `_xmpp-client.webex.com` | `webex.com` | yes |
/// | `_xmpp-server.webex.com`, `webex.com` | `webex.com` | no |
pub fn srv_id_matches(presented: &str, domain: &Fqdn) -> bool {
    presented.split_once('.').is_some_and(|(service, name)| {
        service.eq_ignore_ascii_case("_xmpp-client") && dns_id_matches(name, domain)
    })
}

/// Whether a wildcard would match if it stood for several labels, which it does not; some
/// administrators expect it to, so a mismatch says so.
pub fn would_match_over_labels(presented: &str, reference: &Fqdn) -> bool {
    let presented = presented.strip_suffix('.').unwrap_or(presented);
    presented
        .strip_prefix("*.")
        .filter(|parent| covers_enough(parent))
        .and_then(|parent| Fqdn::parse(parent).ok())
        .is_some_and(|parent| {
            reference.is_inside(&parent) && reference.labels().count() > parent.labels().count() + 1
        })
}

/// Whether a wildcard stands directly under a suffix at which a registry gives names to anybody
/// (the Public Suffix List's section of registries), so that it speaks for every owner of a domain.
///
/// | presented | registry | private |
/// | --- | --- | --- |
/// | `*.co.uk` | yes | no |
/// | `*.s3.amazonaws.com` | no | yes |
/// | `*.webex.com`, `c12.co.uk` | no | no |
pub(crate) fn is_registry_suffix_wildcard(presented: &str) -> bool {
    wildcard_section(presented) == Some(psl::Type::Icann)
}

/// The same for a suffix under which a company gives names to its customers. Such a wildcard is
/// the company's own and may be issued (Baseline Requirements, 3.2.2.6).
pub(crate) fn is_private_suffix_wildcard(presented: &str) -> bool {
    wildcard_section(presented) == Some(psl::Type::Private)
}

fn wildcard_section(presented: &str) -> Option<psl::Type> {
    let parent = presented.strip_prefix("*.")?.to_ascii_lowercase();
    let parent = parent.strip_suffix('.').unwrap_or(&parent);
    psl::suffix(parent.as_bytes()).filter(|suffix| suffix.as_bytes() == parent.as_bytes())?.typ()
}

/// Labels of letters, digits and hyphens, as RFC 1034, 3.5 and RFC 1123, 2.1 have it. A wildcard's
/// asterisk may stand for the first (RFC 9525, 6.3); one trailing dot does no harm.
pub(crate) fn is_preferred_syntax(name: &str) -> bool {
    let name = name.strip_prefix("*.").unwrap_or(name);
    let name = name.strip_suffix('.').unwrap_or(name);
    name.split('.').all(|label| {
        (1..=MAX_LABEL).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    })
}

fn covers_enough(parent: &str) -> bool {
    parent.split('.').count() >= LABELS_UNDER_WILDCARD
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn xmpp_servers_are_named_in_two_more_ways() {
        let domain = Fqdn::parse("webex.com").unwrap();
        for (presented, matches) in [
            ("webex.com", true),
            ("WebEx.com", true),
            ("*.com", false),
            ("im.webex.com", false),
            ("user@webex.com", false),
            ("webex.com/resource", false),
            ("", false),
        ] {
            assert_eq!(xmpp_address_matches(presented, &domain), matches, "{presented}");
        }
        let umlaut = Fqdn::parse("xn--mller-kva.example").unwrap();
        assert!(xmpp_address_matches("m\u{fc}ller.example", &umlaut));
        for (presented, matches) in [
            ("_xmpp-client.webex.com", true),
            ("_XMPP-Client.WebEx.com", true),
            ("_xmpp-server.webex.com", false),
            ("_xmpp-client.im.webex.com", false),
            ("_xmpp-client", false),
            ("_xmpp-client.", false),
            ("webex.com", false),
        ] {
            assert_eq!(srv_id_matches(presented, &domain), matches, "{presented}");
        }
    }

    #[test]
    fn a_wildcard_stands_for_one_leftmost_label() {
        for (presented, reference, matches) in [
            ("c12.webex.com", "c12.webex.com", true),
            ("C12.WEBEX.COM", "c12.webex.com", true),
            ("c12.webex.com.", "c12.webex.com", true),
            ("c12.webex.com", "C12.WebEx.com.", true),
            ("webex.com", "webex.com", true),
            ("other.webex.com", "c12.webex.com", false),
            ("webex.com", "c12.webex.com", false),
            ("c12.webex.com", "webex.com", false),
            ("c12.webex.com.evil.example", "c12.webex.com", false),
            ("c12.webex.co", "c12.webex.com", false),
            ("c12webex.com", "c12.webex.com", false),
            (".c12.webex.com", "c12.webex.com", false),
            ("c12..webex.com", "c12.webex.com", false),
            ("c12.webex.com..", "c12.webex.com", false),
            ("", "c12.webex.com", false),
            (".", "c12.webex.com", false),
            (" c12.webex.com", "c12.webex.com", false),
            ("c12.webex.com\0.evil.example", "c12.webex.com", false),
            ("c12.webex.com\n", "c12.webex.com", false),
            // The wildcard.
            ("*.webex.com", "c12.webex.com", true),
            ("*.WebEx.com", "c12.webex.com", true),
            ("*.webex.com.", "c12.webex.com", true),
            ("*.c12.webex.com", "a.c12.webex.com", true),
            ("*.webex.com", "webex.com", false),
            ("*.webex.com", "a.c12.webex.com", false),
            ("*.webex.com", "c12.notwebex.com", false),
            ("*.ebex.com", "c12.webex.com", false),
            ("*", "c12.webex.com", false),
            ("*.", "c12.webex.com", false),
            ("*.com", "webex.com", false),
            ("*.com", "c12.webex.com", false),
            ("*.*.com", "c12.webex.com", false),
            ("*.*", "webex.com", false),
            ("**.webex.com", "c12.webex.com", false),
            ("c*.webex.com", "c12.webex.com", false),
            ("*2.webex.com", "c12.webex.com", false),
            ("c*2.webex.com", "c12.webex.com", false),
            ("c12.*.com", "c12.webex.com", false),
            ("c12.webex.*", "c12.webex.com", false),
            ("xn--*.webex.com", "xn--bcher-kva.webex.com", false),
            (".webex.com", "c12.webex.com", false),
            // International names.
            ("xn--bcher-kva.example", "b\u{fc}cher.example", true),
            ("XN--BCHER-KVA.example", "b\u{fc}cher.example", true),
            ("b\u{fc}cher.example", "b\u{fc}cher.example", false),
            ("*.webex.com", "b\u{fc}cher.webex.com", true),
            // Other forms that sometimes stand in a dNSName.
            ("192.0.2.1", "c12.webex.com", false),
            ("https://c12.webex.com", "c12.webex.com", false),
            ("c12.webex.com:443", "c12.webex.com", false),
        ] {
            let name = Fqdn::parse(reference).unwrap();
            assert_eq!(dns_id_matches(presented, &name), matches, "{presented:?} vs {reference}");
        }
    }

    #[test]
    fn a_wildcard_that_people_expect_to_span_labels_is_recognised() {
        for (presented, reference, would) in [
            ("*.webex.com", "a.c12.webex.com", true),
            ("*.webex.com.", "a.b.c12.webex.com", true),
            ("*.webex.com", "c12.webex.com", false),
            ("*.webex.com", "webex.com", false),
            ("*.com", "c12.webex.com", false),
            ("*.*", "c12.webex.com", false),
            ("c12.webex.com", "a.c12.webex.com", false),
        ] {
            let name = Fqdn::parse(reference).unwrap();
            assert_eq!(
                would_match_over_labels(presented, &name),
                would,
                "{presented} vs {reference}"
            );
        }
    }

    proptest::proptest! {
        #[test]
        fn only_the_one_label_below_matches(labels in proptest::collection::vec("[a-z][a-z0-9]{0,8}", 3..6)) {
            let name = Fqdn::parse(&labels.join(".")).unwrap();
            let wildcard = format!("*.{}", labels[1..].join("."));
            proptest::prop_assert!(dns_id_matches(&wildcard, &name));
            proptest::prop_assert!(dns_id_matches(&labels.join("."), &name));
            let deeper = Fqdn::parse(&format!("x.{name}")).unwrap();
            proptest::prop_assert!(!dns_id_matches(&wildcard, &deeper));
            proptest::prop_assert!(would_match_over_labels(&wildcard, &deeper));
        }

        #[test]
        fn any_text_may_be_presented(presented in ".*") {
            let name = Fqdn::parse("c12.webex.com").unwrap();
            dns_id_matches(&presented, &name);
            would_match_over_labels(&presented, &name);
        }
    }
}
