//! An SRVName of the certificate is that of the XMPP service for clients.

use super::{Case, Finding, Rule, quoted};
use crate::evidence::Dialogue;
use crate::x509::identity::srv_id_matches;

/// See [`Rule::says`].
pub static SRV_ID: Rule = Rule {
    id: "srv-id",
    source: "RFC 4985, 2; RFC 9525, 6.5; Cisco Jabber planning guide, certificate validation: \
             `srvName`",
    says: "an SRVName of the certificate is `_xmpp-client.` and the XMPP domain",
    check: srv_id,
};

fn srv_id(case: &Case<'_>) -> Finding {
    if *case.dialogue == Dialogue::Tls {
        return SRV_ID.not_applicable("the server does not speak XMPP");
    }
    let certificate = match case.end_entity() {
        Ok(certificate) => certificate,
        Err(why) => return SRV_ID.undetermined(why),
    };
    let (domain, names) = (case.reference.name(), &certificate.srv_names);
    if let Some(presented) = names.iter().find(|name| srv_id_matches(name, domain)) {
        let mut finding = SRV_ID.holds(format!("the certificate's SRVName is `{presented}`"));
        finding.presented = Some(presented.clone());
        return finding;
    }
    if names.is_empty() {
        return SRV_ID.not_applicable("the certificate has no SRVName");
    }
    SRV_ID.broken(format!(
        "the certificate's SRVName is {}, not `_xmpp-client.{domain}`",
        quoted(names)
    ))
}
