//! The certificates of the path are what a public CA may issue for a server.

use super::{Case, Finding, Rule, joined};
use crate::x509::form::Standard;
use crate::x509::identity::{dns_id_matches, is_private_suffix_wildcard};

/// See [`Rule::says`].
pub static BASELINE_REQUIREMENTS: Rule = Rule {
    id: "baseline-requirements",
    source: "CA/Browser Forum, Baseline Requirements for TLS Server Certificates, 3.2.2.6, 6.1.5, \
             7.1; the Public Suffix List",
    says: "a public CA may issue the certificates of the path, the trust anchor's included",
    check: baseline_requirements,
};

fn baseline_requirements(case: &Case<'_>) -> Finding {
    let end_entity = match case.end_entity() {
        Ok(certificate) => certificate,
        Err(why) => return BASELINE_REQUIREMENTS.undetermined(why),
    };
    let defects =
        case.path.form.iter().filter(|defect| defect.standard == Standard::BaselineRequirements);
    if let Some(defects) = joined(defects) {
        return BASELINE_REQUIREMENTS.broken(defects);
    }
    let name = case.reference.name();
    let (shared, own): (Vec<&String>, Vec<&String>) = end_entity
        .dns_names
        .iter()
        .filter(|presented| dns_id_matches(presented, name))
        .partition(|presented| is_private_suffix_wildcard(presented));
    match (shared.first(), own.is_empty()) {
        (Some(wildcard), true) => BASELINE_REQUIREMENTS.broken(format!(
            "`{name}` is named by `{wildcard}` alone, which stands for the names of many owners \
             (Public Suffix List)"
        )),
        _ => BASELINE_REQUIREMENTS.holds("a public CA may issue such certificates"),
    }
}
