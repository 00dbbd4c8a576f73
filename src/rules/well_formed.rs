//! The certificates of the path, and the CRLs about them, have the form that RFC 5280 demands.

use super::{Case, Finding, Rule, joined};
use crate::x509::form::Standard;

/// See [`Rule::says`].
pub static WELL_FORMED: Rule = Rule {
    id: "well-formed",
    source: "RFC 5280, 4 and 5",
    says: "the certificates of the path, the trust anchor's included, and the CRLs that decide are \
           what a conforming CA issues",
    check: well_formed,
};

fn well_formed(case: &Case<'_>) -> Finding {
    if let Err(why) = case.end_entity() {
        return WELL_FORMED.undetermined(why);
    }
    let of_path = case.path.form.iter().filter(|defect| defect.standard == Standard::Rfc5280);
    let of_crls = case.revocation.members.iter().flat_map(|member| &member.status.form);
    match joined(of_path.chain(of_crls)) {
        Some(defects) => WELL_FORMED.broken(defects),
        None => WELL_FORMED.holds("the certificates of the path have the form of RFC 5280"),
    }
}
