//! No certificate of the path is signed with a broken hash.

use super::{Case, Finding, Rule};
use crate::x509::algorithm::Digest;

/// See [`Rule::says`].
pub static SIGNATURE_ALGORITHM: Rule = Rule {
    id: "signature-algorithm",
    source: "RFC 6194, 3; RFC 6151, 2; RFC 9155, 2",
    says: "no certificate of the path is signed with SHA-1 or MD5",
    check: signature_algorithm,
};

/// The trust anchor's own signature proves nothing and is not asked.
fn signature_algorithm(case: &Case<'_>) -> Finding {
    let end_entity = match case.end_entity() {
        Ok(certificate) => certificate,
        Err(why) => return SIGNATURE_ALGORITHM.undetermined(why),
    };
    // A self-issued member beyond the first is a presented root: its signature is its own.
    let signed = case.members().enumerate().filter(|(at, member)| *at == 0 || !member.self_issued);
    let mut unknown = None;
    for (_, member) in signed {
        let name = &member.signature.name;
        match member.signature.digest {
            Digest::Strong => {}
            Digest::Other => unknown = unknown.or(Some((member, name))),
            Digest::Sha1 | Digest::Md5OrOlder => {
                return SIGNATURE_ALGORITHM.broken(format!(
                    "`{}` is signed with `{name}`, which is no longer safe",
                    member.label()
                ));
            }
        }
    }
    match unknown {
        Some((member, name)) => SIGNATURE_ALGORITHM.undetermined(format!(
            "`{}` is signed with `{name}`, which this tool does not know",
            member.label()
        )),
        None => SIGNATURE_ALGORITHM
            .holds(format!("the certificate is signed with `{}`", end_entity.signature.name)),
    }
}
