//! A certification path leads to a trust anchor.

use super::{Case, Finding, Rule};
use crate::x509::path::Problem;

/// See [`Rule::says`].
pub static TRUSTED_PATH: Rule = Rule {
    id: "trusted-path",
    source: "RFC 5280, 6.1; Cisco Jabber planning guide: \"the certificate issuer is trusted\"",
    says: "signatures lead from the certificate to a trust anchor",
    check: trusted_path,
};

fn trusted_path(case: &Case<'_>) -> Finding {
    if let Err(why) = case.end_entity() {
        return TRUSTED_PATH.undetermined(why);
    }
    let problems = &case.path.problems;
    if let Some(problem) = problems.iter().find(|problem| breaks_trust(problem)) {
        return TRUSTED_PATH.broken(problem.to_string());
    }
    let open = problems.iter().find(|problem| leaves_trust_open(problem));
    match (&case.path.path, open.or(problems.first())) {
        (Some(path), _) if open.is_none() => TRUSTED_PATH.holds(format!(
            "the path leads to the trust anchor `{}` ({})",
            path.anchor_subject, path.anchor_label
        )),
        (_, Some(problem)) => TRUSTED_PATH.undetermined(format!(
            "whether a trust anchor is reached was not determined: {problem}"
        )),
        (_, None) => TRUSTED_PATH.undetermined("no path was looked for"),
    }
}

fn leaves_trust_open(problem: &Problem) -> bool {
    matches!(problem, Problem::CannotEvaluate(_) | Problem::Unsupported { .. })
}

fn breaks_trust(problem: &Problem) -> bool {
    matches!(
        problem,
        Problem::UnknownIssuer(_)
            | Problem::BadSignature { .. }
            | Problem::PathTooLong
            | Problem::Policies(_)
            | Problem::Distrusted
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::x509::path::UnknownIssuer;

    #[test]
    fn what_cannot_be_evaluated_does_not_count_as_untrusted() {
        for (problem, breaks) in [
            (Problem::UnknownIssuer(UnknownIssuer::PrivateRoot { root: "CN=Root".into() }), true),
            (Problem::BadSignature { subject: "CN=x".into() }, true),
            (Problem::PathTooLong, true),
            (Problem::Policies("none".into()), true),
            (Problem::Distrusted, true),
            (Problem::CannotEvaluate("odd".into()), false),
            (Problem::Unsupported { algorithm: "DSA".into() }, false),
            (Problem::NameConstraints("no".into()), false),
            (Problem::NotCa { subject: "CN=x".into() }, false),
        ] {
            assert_eq!(breaks_trust(&problem), breaks, "{problem:?}");
        }
    }
}
