//! The subject beside its name: organization, unit, country, e-mail address.

use super::{Case, Found, Rule, quoted};

/// See [`Rule::says`].
pub(super) static SUBJECT_CHARACTERS: Rule = Rule {
    id: "subject-characters",
    source: "Cisco Jabber for Mac 9.6 and Jabber 10.5 guides: public CAs take no `@`, `&`, `!`",
    says: "organization and unit have none of the characters `@`, `&` and `!`",
    check: subject_characters,
};

/// See [`Rule::says`].
pub(super) static SUBJECT_ATTRIBUTES: Rule = Rule {
    id: "subject-attributes",
    source: "CA/Browser Forum Baseline Requirements, 7.1.2.7 and ballot SC47; RFC 5280, A.1",
    says: "the country is two letters, and there is neither a unit nor an e-mail address",
    check: subject_attributes,
};

/// Characters that public CAs take neither in an organization nor in its unit.
const FORBIDDEN: [char; 3] = ['@', '&', '!'];

fn subject_characters(case: &Case<'_>) -> Found {
    let of = |values: &[String], attribute: &str| -> Vec<String> {
        values
            .iter()
            .filter_map(|value| {
                let found: Vec<String> = FORBIDDEN
                    .iter()
                    .filter(|character| value.contains(**character))
                    .map(|character| format!("`{character}`"))
                    .collect();
                (!found.is_empty())
                    .then(|| format!("{attribute} `{value}` has {}", found.join(", ")))
            })
            .collect()
    };
    let mut faults = of(&case.request.organizations, "the organization");
    faults.extend(of(&case.request.units, "the unit"));
    if faults.is_empty() {
        return Found::fine("organization and unit have none of `@`, `&` and `!`");
    }
    Found::refused(
        format!("{}, which public CAs do not take", faults.join("; ")),
        "make the request anew and spell it out, such as `and` for `&`",
    )
}

fn subject_attributes(case: &Case<'_>) -> Found {
    let is_country = |country: &&String| {
        country.len() == 2 && country.bytes().all(|letter| letter.is_ascii_uppercase())
    };
    if let Some(country) = case.request.countries.iter().find(|country| !is_country(country)) {
        return Found::refused(
            format!("the country is `{country}`, and not two capital letters (ISO 3166)"),
            "make the request anew with a country such as `US`, or none",
        );
    }
    let mut oddities = Vec::new();
    if !case.request.units.is_empty() {
        oddities.push(format!(
            "it has the unit (OU) {}, which public CAs have not certified since 2022-09-01",
            quoted(&case.request.units)
        ));
    }
    if !case.request.email_addresses.is_empty() {
        oddities
            .push("it has an e-mail address, which has no place in a server's subject".to_owned());
    }
    if oddities.is_empty() {
        return Found::fine("the subject has nothing that public CAs would leave out");
    }
    Found::doubtful(
        oddities.join("; "),
        "most CAs leave it out and go on, some refuse: leave it out where the server lets you",
    )
}
