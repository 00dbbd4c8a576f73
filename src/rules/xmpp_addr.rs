//! An xmppAddr of the certificate is the XMPP domain.

use super::{Case, Finding, Rule, quoted};
use crate::evidence::Dialogue;
use crate::x509::identity::xmpp_address_matches;

/// See [`Rule::says`].
pub static XMPP_ADDR: Rule = Rule {
    id: "xmpp-addr",
    source: "RFC 6120, 13.7.1.4; Cisco Jabber planning guide, certificate validation: `xmppAddr`",
    says: "an xmppAddr of the certificate is the XMPP domain",
    check: xmpp_addr,
};

fn xmpp_addr(case: &Case<'_>) -> Finding {
    if *case.dialogue == Dialogue::Tls {
        return XMPP_ADDR.not_applicable("the server does not speak XMPP");
    }
    let certificate = match case.end_entity() {
        Ok(certificate) => certificate,
        Err(why) => return XMPP_ADDR.undetermined(why),
    };
    let (domain, names) = (case.reference.name(), &certificate.xmpp_addresses);
    if let Some(presented) = names.iter().find(|name| xmpp_address_matches(name, domain)) {
        let mut finding = XMPP_ADDR.holds(format!("the certificate's xmppAddr is `{presented}`"));
        finding.presented = Some(presented.clone());
        return finding;
    }
    if names.is_empty() {
        return XMPP_ADDR.not_applicable("the certificate has no xmppAddr");
    }
    XMPP_ADDR.broken(format!("the certificate's xmppAddr is {}, not `{domain}`", quoted(names)))
}
