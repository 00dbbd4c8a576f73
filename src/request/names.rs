//! The names that the certificate shall have.

use std::net::IpAddr;

use super::spelling::{fault, not_public};
use super::{Case, Found, Rule, quoted};
use crate::reference::is_public;

/// See [`Rule::says`].
pub(super) static SUBJECT_ALT_NAME: Rule = Rule {
    id: "subject-alt-name",
    source: "CA/Browser Forum Baseline Requirements, 7.1.2.7.12; RFC 9525, 6.3",
    says: "a subjectAltName names the server, by dNSNames alone",
    check: subject_alt_name,
};

/// See [`Rule::says`].
pub(super) static COMMON_NAME: Rule = Rule {
    id: "common-name",
    source: "CA/Browser Forum Baseline Requirements, 7.1.4.3",
    says: "the Subject CN, if any, is one of the names of the subjectAltName",
    check: common_name,
};

/// See [`Rule::says`].
pub(super) static NOT_AN_ADDRESS: Rule = Rule {
    id: "not-an-address",
    source: "CA/Browser Forum Baseline Requirements, 4.2.2; Cisco Jabber guides: identity by FQDN",
    says: "the server is named by FQDNs, not by addresses",
    check: not_an_address,
};

/// See [`Rule::says`].
pub(super) static NAME_SYNTAX: Rule = Rule {
    id: "name-syntax",
    source: "CA/Browser Forum Baseline Requirements, 7.1.2.7.12 and 3.2.2.6; RFC 1123, 2.1",
    says: "every name is a host name, or has one whole `*` as its leftmost label",
    check: name_syntax,
};

/// See [`Rule::says`].
pub(super) static PUBLIC_NAME: Rule = Rule {
    id: "public-name",
    source: "CA/Browser Forum Baseline Requirements, 4.2.2; RFC 6762, appendix G",
    says: "every name is in the public DNS, so that control over it can be proved",
    check: public_name,
};

fn subject_alt_name(case: &Case<'_>) -> Found {
    let request = case.request;
    if request.dns_names.is_empty() {
        return Found::refused(
            if request.ip_names.is_empty() && request.other_names.is_empty() {
                "there is no subjectAltName, and clients of today look at nothing else"
            } else {
                "the subjectAltName has no dNSName"
            },
            "make the request anew with every name of the server as a dNSName in subjectAltName",
        );
    }
    if !request.other_names.is_empty() {
        return Found::doubtful(
            format!(
                "the subjectAltName asks for {} besides dNSNames, and public CAs certify only \
                 dNSNames",
                quoted(&request.other_names)
            ),
            "most CAs leave it out, some refuse: take a CA of your own where the server needs it",
        );
    }
    Found::fine(format!("the subjectAltName names {}", quoted(&request.dns_names)))
}

fn common_name(case: &Case<'_>) -> Found {
    let request = case.request;
    let hint = "make the request anew with a CN that is one of its dNSNames";
    match request.common_names.as_slice() {
        [] => Found::fine("there is no Subject CN, and none is needed"),
        [name] if is_among(name, &request.dns_names, &request.ip_names) => {
            Found::fine(format!("the Subject CN `{name}` is one of the names"))
        }
        [name] if request.dns_names.is_empty() => Found::doubtful(
            format!("the Subject CN `{name}` stands in no subjectAltName"),
            "some CAs put it there themselves; make the request anew with it as a dNSName",
        ),
        [name] => Found::refused(
            format!("the Subject CN `{name}` is not among the names of the subjectAltName"),
            hint,
        ),
        several => Found::refused(
            format!("there are {} Subject CNs: {}", several.len(), quoted(several)),
            "make the request anew with one",
        ),
    }
}

fn is_among(name: &str, dns_names: &[String], addresses: &[IpAddr]) -> bool {
    dns_names.iter().any(|one| one.eq_ignore_ascii_case(name))
        || name.parse::<IpAddr>().is_ok_and(|address| addresses.contains(&address))
}

fn not_an_address(case: &Case<'_>) -> Found {
    let request = case.request;
    let hint = "make the request anew with the server's FQDN: Jabber matches no address";
    let texts = request.common_names.iter().chain(&request.dns_names);
    let written: Vec<&String> = texts.filter(|name| name.parse::<IpAddr>().is_ok()).collect();
    if !written.is_empty() {
        return Found::refused(format!("{} stands in the place of a name", quoted(&written)), hint);
    }
    let special: Vec<_> = request.ip_names.iter().filter(|address| !is_public(**address)).collect();
    if !special.is_empty() {
        return Found::refused(
            format!("it asks for {}, an address that is not public", quoted(&special)),
            hint,
        );
    }
    if !request.ip_names.is_empty() {
        return Found::doubtful(
            format!("it asks for the address {}, which many CAs refuse", quoted(&request.ip_names)),
            "leave it out: Jabber matches no address",
        );
    }
    Found::fine("the server is not named by an address")
}

/// Every name asked for that is no address, once.
fn all_names<'a>(case: &Case<'a>) -> Vec<&'a String> {
    let mut names: Vec<&String> = Vec::new();
    for name in case.request.dns_names.iter().chain(&case.request.common_names) {
        if name.parse::<IpAddr>().is_err() && !names.contains(&name) {
            names.push(name);
        }
    }
    names
}

fn name_syntax(case: &Case<'_>) -> Found {
    let faults: Vec<String> = all_names(case)
        .into_iter()
        .filter_map(|name| Some(format!("`{name}`: {}", fault(name)?)))
        .collect();
    if faults.is_empty() {
        return Found::fine("every name is spelled as a host name is");
    }
    Found::refused(
        format!("a name cannot be certified: {}", few(&faults)),
        "make the request anew with the names as the DNS has them",
    )
}

fn public_name(case: &Case<'_>) -> Found {
    let internal: Vec<String> = all_names(case)
        .into_iter()
        .filter(|name| fault(name).is_none())
        .filter_map(|name| Some(format!("`{name}`: {}", not_public(name)?)))
        .collect();
    if internal.is_empty() {
        return Found::fine("no name is internal");
    }
    Found::refused(
        format!("nobody can prove control over an internal name: {}", few(&internal)),
        "give the server a name in a domain of yours, or take a CA of your own",
    )
}

/// The first few clauses.
fn few(clauses: &[String]) -> String {
    const SHOWN: usize = 4;
    let mut text = clauses[..clauses.len().min(SHOWN)].join("; ");
    if clauses.len() > SHOWN {
        text.push_str(&format!("; and {} more", clauses.len() - SHOWN));
    }
    text
}
