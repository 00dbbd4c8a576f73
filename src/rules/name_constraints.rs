//! The CAs of the path permit the certificate's names.

use super::{Case, Finding, Rule};
use crate::x509::path::Problem;

/// See [`Rule::says`].
pub static NAME_CONSTRAINTS: Rule = Rule {
    id: "name-constraints",
    source: "RFC 5280, 4.2.1.10 and 6.1.3 (b), (c)",
    says: "the name constraints of the CAs on the path permit the certificate's names",
    check: name_constraints,
};

fn name_constraints(case: &Case<'_>) -> Finding {
    if let Err(why) = case.end_entity() {
        return NAME_CONSTRAINTS.undetermined(why);
    }
    for problem in &case.path.problems {
        match problem {
            Problem::NameConstraints(why) => return NAME_CONSTRAINTS.broken(why),
            Problem::NameConstraintsNotEvaluated(why) => {
                return NAME_CONSTRAINTS.undetermined(why);
            }
            _ => {}
        }
    }
    if case.members().skip(1).any(|ca| ca.name_constraints.is_some()) {
        NAME_CONSTRAINTS.holds("the CAs on the path permit the certificate's names")
    } else {
        NAME_CONSTRAINTS.not_applicable("no intermediate of the path constrains names")
    }
}
