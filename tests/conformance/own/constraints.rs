//! Do the CAs of the path permit the names?

use rcgen::{
    CertificateParams, CidrSubnet, DistinguishedName, DnType, GeneralSubtree, NameConstraints,
};

use super::authority::{Authority, NAME, alt_names, common_name, named};
use super::{ASKED, BY_CN, FINE, FROWNED, Kinds, Own};

type Subtrees<'a> = &'a [&'a str];

pub(super) fn cases() -> Vec<Own> {
    let mut cases = dns();
    cases.extend(nested());
    cases.extend(subject());
    cases.extend(other_forms());
    cases
}

fn dns_names(names: Subtrees<'_>) -> Vec<GeneralSubtree> {
    names.iter().map(|name| GeneralSubtree::DnsName((*name).to_owned())).collect()
}

fn constrain(permitted: Vec<GeneralSubtree>, excluded: Vec<GeneralSubtree>) -> NameConstraints {
    NameConstraints { permitted_subtrees: permitted, excluded_subtrees: excluded }
}

fn constrained<'a>(
    permitted: Subtrees<'a>,
    excluded: Subtrees<'a>,
) -> impl Fn(&mut CertificateParams) + 'a {
    move |params| {
        params.name_constraints = Some(constrain(dns_names(permitted), dns_names(excluded)));
    }
}

/// A server with these names below an intermediate with those constraints.
fn below(id: &str, change: &dyn Fn(&mut CertificateParams), names: &[&str], kinds: Kinds) -> Own {
    let root = Authority::root("Root", &|_| {});
    let sub = root.below("Sub", change);
    let server = sub.server(&|params| named(params, names));
    Own::new(&format!("constraints::{id}"), &[&root.der], &[&server, &sub.der], kinds)
}

/// Constraints of one intermediate on dNSNames.
fn dns() -> Vec<Own> {
    let rows: &[(&str, Subtrees<'_>, Subtrees<'_>, &[&str], Kinds)] = &[
        ("permitted", &["webex.com"], &[], &[NAME], FINE),
        ("permitted-itself", &[NAME], &[], &[NAME], FINE),
        ("permitted-letter-case", &["WebEx.com"], &[], &[NAME], FINE),
        ("permitted-among-others", &["example.com", "webex.com"], &[], &[NAME], FINE),
        ("permitted-everything", &[""], &[], &[NAME], FINE),
        ("permitted-with-leading-dot", &[".webex.com"], &[], &[NAME], FROWNED),
        ("permitted-wildcard", &["webex.com"], &[], &["*.webex.com"], FINE),
        ("other-permitted", &["example.com"], &[], &[NAME], ASKED),
        ("lookalike-permitted", &["bex.com"], &[], &[NAME], ASKED),
        ("child-permitted", &["a.c12.webex.com"], &[], &[NAME], ASKED),
        ("wildcard-wider-than-permitted", &[NAME], &[], &["*.webex.com"], ASKED),
        ("second-name-not-permitted", &["webex.com"], &[], &[NAME, "a.example"], ASKED),
        ("excluded", &[], &["webex.com"], &[NAME], ASKED),
        ("excluded-itself", &[], &[NAME], &[NAME], ASKED),
        ("excluded-by-wildcard", &[], &[NAME], &["*.webex.com"], ASKED),
        ("other-excluded", &[], &["example.com"], &[NAME], FINE),
        ("lookalike-excluded", &[], &["bex.com"], &[NAME], FINE),
        ("second-name-excluded", &[], &["example"], &[NAME, "a.example"], ASKED),
        ("permitted-and-excluded", &["webex.com"], &[NAME], &[NAME], ASKED),
        ("permitted-sibling-excluded", &["webex.com"], &["a.webex.com"], &[NAME], FINE),
    ];
    rows.iter()
        .map(|(id, permitted, excluded, names, kinds)| {
            below(id, &constrained(permitted, excluded), names, *kinds)
        })
        .collect()
}

/// Constraints of several CAs.
fn nested() -> Vec<Own> {
    let chain = |id: &str, root: Subtrees<'_>, sub: Subtrees<'_>, kinds: Kinds| {
        let of = |permitted: Subtrees<'_>, params: &mut CertificateParams| {
            if !permitted.is_empty() {
                constrained(permitted, &[])(params);
            }
        };
        let root = Authority::root("Root", &|params| of(root, params));
        let sub = root.below("Sub", &|params| of(sub, params));
        let server = sub.server(&|_| {});
        let id = format!("constraints::nested::{id}");
        Own::new(&id, &[&root.der], &[&server, &sub.der], kinds)
    };
    vec![
        chain("root-permits", &["webex.com"], &[], FINE),
        chain("root-does-not-permit", &["example.com"], &[], ASKED),
        chain("narrowed", &["com"], &["webex.com"], FINE),
        chain("narrowed-away", &["com"], &["example.com"], ASKED),
        chain("widened", &["example.com"], &["com"], ASKED),
        chain("disjoint", &["webex.com"], &["example.com"], ASKED),
    ]
}

/// A Subject CN that old clients take for a name is constrained like one, as OpenSSL does.
fn subject() -> Vec<Own> {
    let rows: &[(&str, Subtrees<'_>, Subtrees<'_>, Kinds)] = &[
        ("permitted", &["webex.com"], &[], BY_CN),
        ("not-permitted", &["example.com"], &[], ASKED),
        ("excluded", &[], &["webex.com"], ASKED),
        ("other-excluded", &[], &["example.com"], BY_CN),
    ];
    rows.iter()
        .map(|(id, permitted, excluded, kinds)| {
            let root = Authority::root("Root", &|_| {});
            let sub = root.below("Sub", &constrained(permitted, excluded));
            let server = sub.server(&|params| {
                params.subject_alt_names.clear();
                common_name(params, NAME);
            });
            let id = format!("constraints::cn::{id}");
            Own::new(&id, &[&root.der], &[&server, &sub.der], *kinds)
        })
        .collect()
}

/// Constraints on other names than those of servers.
fn other_forms() -> Vec<Own> {
    let directory = |organisation: &str| {
        let mut name = DistinguishedName::new();
        name.push(DnType::OrganizationName, organisation);
        GeneralSubtree::DirectoryName(name)
    };
    let mail = || GeneralSubtree::Rfc822Name("example.com".to_owned());
    let network = || GeneralSubtree::IpAddress(CidrSubnet::V4([192, 0, 2, 0], [255, 255, 255, 0]));
    let with = |permitted: Vec<GeneralSubtree>, excluded: Vec<GeneralSubtree>| {
        move |params: &mut CertificateParams| {
            params.name_constraints = Some(constrain(permitted.clone(), excluded.clone()));
        }
    };
    let organised =
        |id: &str, change: &dyn Fn(&mut CertificateParams), name: &str, kinds: Kinds| {
            let root = Authority::root("Root", &|_| {});
            let sub = root.below("Sub", change);
            let server = sub.server(&|params| {
                params.distinguished_name = DistinguishedName::new();
                params.distinguished_name.push(DnType::OrganizationName, name);
                params.distinguished_name.push(DnType::CommonName, NAME);
                alt_names(params, &[NAME]);
            });
            Own::new(&format!("constraints::{id}"), &[&root.der], &[&server, &sub.der], kinds)
        };
    vec![
        organised("directory::permitted", &with(vec![directory("Webex")], vec![]), "Webex", FINE),
        organised("directory::letter-case", &with(vec![directory("WEBEX")], vec![]), "Webex", FINE),
        organised("directory::other", &with(vec![directory("Webex")], vec![]), "Evil", ASKED),
        organised("directory::excluded", &with(vec![], vec![directory("Webex")]), "webex", ASKED),
        organised("directory::other-excluded", &with(vec![], vec![directory("X")]), "Webex", FINE),
        below("mail::permitted-elsewhere", &with(vec![mail()], vec![]), &[NAME], FINE),
        below("mail::excluded", &with(vec![], vec![mail()]), &[NAME], FINE),
        below("address::permitted", &with(vec![network()], vec![]), &[NAME, "192.0.2.7"], FINE),
        below("address::other", &with(vec![network()], vec![]), &[NAME, "198.51.100.7"], ASKED),
        below("address::excluded", &with(vec![], vec![network()]), &[NAME, "192.0.2.7"], ASKED),
        below("address::none-presented", &with(vec![network()], vec![]), &[NAME], FINE),
    ]
}
