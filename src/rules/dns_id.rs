//! A dNSName of the certificate matches.

use super::{Case, Finding, Rule, quoted};
use crate::name::Fqdn;
use crate::x509::certificate::Certificate;
use crate::x509::identity::{dns_id_matches, would_match_over_labels};

/// See [`Rule::says`].
pub static DNS_ID: Rule = Rule {
    id: "dns-id",
    source: "RFC 9525, 6.3; Cisco Jabber planning guide, certificate validation: `dnsNames`",
    says: "a dNSName of the certificate matches the reference identifier",
    check: dns_id,
};

fn dns_id(case: &Case<'_>) -> Finding {
    let certificate = match case.end_entity() {
        Ok(certificate) => certificate,
        Err(why) => return DNS_ID.undetermined(why),
    };
    let name = case.reference.name();
    if let Some(presented) = certificate.dns_names.iter().find(|id| dns_id_matches(id, name)) {
        let mut finding = DNS_ID.holds(format!("the certificate names `{presented}`"));
        finding.presented = Some(presented.clone());
        return finding;
    }
    if !certificate.alt_names_readable {
        return DNS_ID.undetermined("the subjectAltName of the certificate cannot be read");
    }
    DNS_ID.broken(mismatch(certificate, name))
}

/// What the certificate names instead, and the near misses that people take for matches.
fn mismatch(certificate: &Certificate, name: &Fqdn) -> String {
    let names = &certificate.dns_names;
    let cn = certificate.common_names.iter().find(|cn| dns_id_matches(cn, name));
    if names.is_empty() {
        return match (cn, certificate.ip_names.is_empty()) {
            (Some(cn), _) => format!(
                "the certificate has no dNSName, and its Subject CN `{cn}` alone does not count"
            ),
            (None, true) => format!("the certificate has no dNSName, so it does not name `{name}`"),
            (None, false) => {
                let addresses: Vec<_> =
                    certificate.ip_names.iter().map(ToString::to_string).collect();
                format!(
                    "the certificate names only addresses ({}), not `{name}`",
                    quoted(&addresses)
                )
            }
        };
    }
    let mut detail = format!("the certificate names {}, not `{name}`", quoted(names));
    if let Some(wildcard) = names.iter().find(|id| would_match_over_labels(id, name)) {
        detail.push_str(&format!("; in `{wildcard}` the `*` stands for one label only"));
    }
    if let Some(cn) = cn {
        detail.push_str(&format!(
            "; its Subject CN `{cn}` does not count, because there are dNSNames"
        ));
    }
    detail
}
