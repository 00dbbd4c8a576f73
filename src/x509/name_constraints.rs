//! Whether the CAs of a path permit the names of what stands below them (RFC 5280, 4.2.1.10 and
//! 6.1.3 (b), (c)).

use std::net::IpAddr;

use super::certificate::Certificate;
use super::extension::NAME_CONSTRAINTS;
use super::general_name::{GeneralName, presented};
use super::identity::is_preferred_syntax;
use super::parts::Parts;
use super::problem::Problem;
use super::tlv::{self, Malformed, Walk};

/// How many names are compared with how many constraints before a path is too intricate to be
/// evaluated (webpki's limit).
const MAX_COMPARISONS: usize = 250_000;

/// What one CA demands.
#[derive(Debug, Default)]
struct Constraints {
    permitted: Vec<GeneralName>,
    excluded: Vec<GeneralName>,
}

/// Why a name is not permitted.
enum Objection {
    /// The CA forbids it.
    Forbidden,
    /// Nobody here can tell.
    NotEvaluated,
}

/// What is wrong with the names of a path: its certificates, the end-entity certificate first, the
/// trust anchor's last.
pub(crate) fn check(path: &[&Certificate]) -> Option<Problem> {
    check_names(path, &|certificate| presented(certificate))
}

/// What is wrong with the common names of the end-entity certificate, when a client takes them for
/// dNSNames. Constraints on those are laid on them then, as OpenSSL does.
pub(crate) fn check_common_names(path: &[&Certificate]) -> Option<Problem> {
    let end_entity = path.first()?;
    check_names(path, &|certificate| {
        let names = match certificate.der == end_entity.der {
            true => certificate.common_names.iter().filter(|name| may_be_host(name)),
            false => return Ok(Vec::new()),
        };
        Ok(names.cloned().map(GeneralName::Dns).collect())
    })
}

/// Whether a client may take a common name for that of a host. Hosts with an underscore exist,
/// although no dNSName may have one.
fn may_be_host(name: &str) -> bool {
    is_preferred_syntax(&name.replace('_', "x"))
}

/// The names of a certificate that constraints are laid on.
type Names<'a> = &'a dyn Fn(&Certificate) -> Result<Vec<GeneralName>, Malformed>;

fn check_names(path: &[&Certificate], names_of: Names<'_>) -> Option<Problem> {
    let mut budget = MAX_COMPARISONS;
    for (position, ca) in path.iter().enumerate().skip(1) {
        if ca.form.critical(NAME_CONSTRAINTS).is_none() {
            continue;
        }
        let not_evaluated = |what: &str| {
            Some(Problem::NameConstraintsNotEvaluated(format!(
                "the name constraints of `{}` {what} cannot be evaluated",
                ca.label()
            )))
        };
        let Ok(constraints) = read(ca) else { return not_evaluated("are malformed and") };
        for (below, certificate) in path[..position].iter().enumerate() {
            // A CA that changes its key issues to itself; that is not constrained.
            if below > 0 && certificate.self_issued {
                continue;
            }
            let Ok(names) = names_of(certificate) else {
                return not_evaluated("on names that cannot be read");
            };
            for name in &names {
                budget = match budget.checked_sub(constraints.len()) {
                    Some(budget) => budget,
                    None => return not_evaluated("on so many names"),
                };
                match constraints.object(name) {
                    None => {}
                    Some(Objection::NotEvaluated) => {
                        return not_evaluated(&format!("on {}", name.form()));
                    }
                    Some(Objection::Forbidden) => return Some(forbidden(ca, certificate, name)),
                }
            }
        }
    }
    None
}

/// Reads NameConstraints ::= SEQUENCE { `[0]` permitted, `[1]` excluded }.
fn read(ca: &Certificate) -> Result<Constraints, Malformed> {
    const FIELD: &str = "nameConstraints";
    let mut constraints = Constraints::default();
    let mut extensions = Parts::of(ca)?.extensions;
    while let Some(extension) = extensions.next()? {
        if !extension.is(&NAME_CONSTRAINTS) {
            continue;
        }
        let mut fields = Walk::sequence(extension.value, FIELD)?;
        let permitted = fields.take_if(tlv::constructed(0), FIELD)?;
        let excluded = fields.take_if(tlv::constructed(1), FIELD)?;
        fields.finish(FIELD)?;
        for (subtrees, bases) in
            [(permitted, &mut constraints.permitted), (excluded, &mut constraints.excluded)]
        {
            let mut subtrees = Walk::over(subtrees.map_or(&[], |tagged| tagged.value));
            while let Some(subtree) = subtrees.next(FIELD)? {
                let mut fields = Walk::over(subtree.value);
                bases.push(GeneralName::read(fields.next(FIELD)?.ok_or(Malformed(FIELD))?)?);
                // The distances minimum and maximum are never used (RFC 5280, 4.2.1.10).
                fields.finish(FIELD)?;
            }
        }
    }
    Ok(constraints)
}

impl Constraints {
    fn len(&self) -> usize {
        self.permitted.len() + self.excluded.len()
    }

    /// What speaks against a name.
    fn object(&self, name: &GeneralName) -> Option<Objection> {
        let of_form = |bases: &'_ [GeneralName]| -> Vec<Option<Relation>> {
            let bases = bases.iter().filter(|base| base.has_form_of(name));
            bases.map(|base| relation(name, base)).collect()
        };
        let (permitted, excluded) = (of_form(&self.permitted), of_form(&self.excluded));
        if permitted.iter().chain(&excluded).any(Option::is_none) {
            return Some(Objection::NotEvaluated);
        }
        let is = |relation: Relation| move |one: &Option<Relation>| *one == Some(relation);
        let is_excluded = !excluded.iter().all(is(Relation::Apart));
        let is_permitted = permitted.is_empty() || permitted.iter().any(is(Relation::Within));
        (is_excluded || !is_permitted).then_some(Objection::Forbidden)
    }
}

/// How a name and a subtree lie to each other.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Relation {
    Within,
    /// A wildcard stands for a name within, and for others.
    Overlaps,
    Apart,
}

/// None where nobody can tell.
fn relation(name: &GeneralName, base: &GeneralName) -> Option<Relation> {
    let within = |within: bool| if within { Relation::Within } else { Relation::Apart };
    Some(match (name, base) {
        (GeneralName::Dns(name), GeneralName::Dns(base)) => return dns(name, base),
        (GeneralName::Directory(name), GeneralName::Directory(base)) => {
            within(name.is_within(base))
        }
        (GeneralName::Mail(name), GeneralName::Mail(base)) => within(mail(name, base)?),
        (GeneralName::Uri(name), GeneralName::Uri(base)) => within(uri(name, base)?),
        (GeneralName::Address(name), GeneralName::Address(base)) => within(address(name, base)?),
        _ => return None,
    })
}

/// A dNSName lies in a subtree when it is the base or below it, and a wildcard where the names do
/// that it stands for. A leading dot, which is no domain name's, leaves the base itself out as
/// OpenSSL and NSS have it; an excluded base is never left out.
fn dns(name: &str, base: &str) -> Option<Relation> {
    let lower = |text: &str| text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
    let (name, base) = (lower(name), lower(base));
    let bare = base.strip_prefix('.').unwrap_or(&base);
    if !is_preferred_syntax(&name) || !(bare.is_empty() || is_domain(bare)) {
        return None;
    }
    let parent = name.strip_prefix("*.");
    let stem = parent.unwrap_or(&name);
    let overlaps =
        parent.is_some_and(|parent| bare.split_once('.').is_some_and(|(_, above)| above == parent));
    Some(if bare.is_empty() || ends_in(stem, bare) {
        match base.starts_with('.') && name == bare {
            true => Relation::Overlaps,
            false => Relation::Within,
        }
    } else if overlaps {
        Relation::Overlaps
    } else {
        Relation::Apart
    })
}

fn is_domain(name: &str) -> bool {
    is_preferred_syntax(name) && !name.starts_with("*.")
}

/// Whether a name is `base` or below it, label by label.
fn ends_in(name: &str, base: &str) -> bool {
    name.strip_suffix(base).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

/// A mailbox, all mailboxes at a host, or with a leading dot at the hosts below a domain.
fn mail(name: &str, base: &str) -> Option<bool> {
    let (local, host) = name.rsplit_once('@')?;
    let host = host.to_ascii_lowercase();
    if local.is_empty() || local.starts_with('"') || !is_domain(&host) {
        return None;
    }
    match base.rsplit_once('@') {
        Some((mailbox, at)) => Some(mailbox == local && at.eq_ignore_ascii_case(&host)),
        None => host_within(&host, base),
    }
}

/// The host of a URI, or with a leading dot the hosts below a domain. A URI without a domain name
/// cannot be held against a constraint, and is refused.
fn uri(name: &str, base: &str) -> Option<bool> {
    match url::Url::parse(name).ok()?.host() {
        Some(url::Host::Domain(host)) => host_within(&host.to_ascii_lowercase(), base),
        _ => None,
    }
}

fn host_within(host: &str, base: &str) -> Option<bool> {
    let base = base.to_ascii_lowercase();
    match base.strip_prefix('.') {
        Some(domain) if is_domain(domain) => Some(host != domain && ends_in(host, domain)),
        None if is_domain(&base) => Some(host == base),
        _ => None,
    }
}

/// An address in a network of its own family, given as address and mask. The mask must be
/// contiguous (RFC 4632, 5.1).
fn address(name: &[u8], base: &[u8]) -> Option<bool> {
    if ![8, 32].contains(&base.len()) || ![4, 16].contains(&name.len()) {
        return None;
    }
    let (network, mask) = base.split_at(base.len() / 2);
    let ones = |octets: &[u8]| octets.iter().map(|octet| octet.count_ones()).sum::<u32>();
    let leading = mask.iter().position(|octet| *octet != 0xff).map_or(ones(mask), |at| {
        u32::try_from(at).unwrap_or_default() * 8 + mask[at].leading_ones()
    });
    if leading != ones(mask) {
        return None;
    }
    let masked = |octets: &[u8]| -> Vec<u8> {
        octets.iter().zip(mask).map(|(octet, mask)| octet & mask).collect()
    };
    Some(name.len() == mask.len() && masked(name) == masked(network))
}

/// Which CA forbids which name.
fn forbidden(ca: &Certificate, certificate: &Certificate, name: &GeneralName) -> Problem {
    let shown = match name {
        GeneralName::Mail(text) | GeneralName::Dns(text) | GeneralName::Uri(text) => text.clone(),
        GeneralName::Directory(_) => certificate.label(),
        GeneralName::Address(octets) => match &octets[..] {
            [a, b, c, d] => IpAddr::from([*a, *b, *c, *d]).to_string(),
            octets => <[u8; 16]>::try_from(octets)
                .map_or_else(|_| "an address".to_owned(), |it| IpAddr::from(it).to_string()),
        },
        GeneralName::Other(_) => "another name".to_owned(),
    };
    let mut why = format!("`{}` may not issue for `{shown}`", ca.label());
    if let (GeneralName::Dns(name), Some(constraints)) = (name, &ca.name_constraints) {
        let is_excluded = |base: &String| dns(name, base) != Some(Relation::Apart);
        let (what, bases) = if constraints.excluded_dns.iter().any(is_excluded) {
            ("exclude", &constraints.excluded_dns)
        } else {
            ("permit only", &constraints.permitted_dns)
        };
        why.push_str(&format!(": its name constraints {what} `{}`", bases.join("`, `")));
    } else {
        why.push_str(&format!(": its name constraints on {} do not permit it", name.form()));
    }
    Problem::NameConstraints(why)
}

#[cfg(test)]
mod tests;
