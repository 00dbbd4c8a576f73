//! A common name of the certificate matches, where there is no dNSName.

use super::{Case, Finding, Rule, quoted};
use crate::x509::identity::dns_id_matches;

/// See [`Rule::says`].
pub static CN_ID: Rule = Rule {
    id: "cn-id",
    source: "RFC 6125, 6.4.4; Cisco Jabber for Mac 9.6 installation guide: `Subject CN`",
    says: "the certificate has no dNSName, and a Subject CN matches the reference identifier",
    check: cn_id,
};

fn cn_id(case: &Case<'_>) -> Finding {
    let certificate = match case.end_entity() {
        Ok(certificate) => certificate,
        Err(why) => return CN_ID.undetermined(why),
    };
    if !certificate.alt_names_readable {
        return CN_ID.not_applicable("the subjectAltName of the certificate cannot be read");
    }
    if !certificate.dns_names.is_empty() {
        return CN_ID
            .not_applicable("the certificate has dNSNames, so its Subject CN is not asked");
    }
    let (name, names) = (case.reference.name(), &certificate.common_names);
    if let Some(presented) = names.iter().find(|cn| dns_id_matches(cn, name)) {
        if let Some(why) = &case.path.common_name {
            return CN_ID.broken(format!(
                "the certificate has no dNSName, and its Subject CN `{presented}` does not count: \
                 {why}"
            ));
        }
        let mut finding = CN_ID
            .holds(format!("the certificate has no dNSName, and its Subject CN is `{presented}`"));
        finding.presented = Some(presented.clone());
        return finding;
    }
    CN_ID.broken(if names.is_empty() {
        format!(
            "the certificate has neither a dNSName nor a Subject CN, so it does not name `{name}`"
        )
    } else {
        format!(
            "the certificate has no dNSName, and its Subject CN is {}, not `{name}`",
            quoted(names)
        )
    })
}
