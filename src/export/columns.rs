//! The columns that the editions of Cisco's format name, and which one an export's header means.

use super::dialect::KeyField;

/// Columns of an export or a directory-integration file, in every spelling of Cisco's editions
/// (WebEx Messenger help pages 17447, 17471 and 17472; Jabber 12.9 cloud guide, "Create Users").
const KNOWN: [&str; 37] = [
    "employeeID",
    "userSSOId",
    "displayName",
    "firstName",
    "lastName",
    "email",
    "userName",
    "jobTitle",
    "address1",
    "address2",
    "city",
    "state",
    "zipCode",
    "zip",
    "ISOcountry",
    "country",
    "phoneBusinessISOCountry",
    "phoneBusinessNumber",
    "phoneOffice",
    "phoneMobileISOCountry",
    "phoneMobileNumber",
    "phoneCell",
    "fax",
    "policyGroupName",
    "homeGroupSSOId",
    "homeGroupName",
    "userProfilePhotoURL",
    "activeConnect",
    "center",
    "storageAllocated",
    "CUCMClusterName",
    "businessUnit",
    "IMLoggingEnable",
    "endpointName",
    "autoUpgradeSiteName",
    "autoUpgrade",
    "TC",
];

/// A layout of the directory-integration file: how many fields, and which holds the photo cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Positions {
    /// Fields of a record.
    pub(super) fields: usize,
    /// The photo cell's field, counted from 0.
    pub(super) photo: usize,
}

/// The two layouts of `userFile_yyyy-mm-dd_n.csv`: today's, and that of 2009, which ends with the
/// photo cell (Messenger help page 17447; the 2009 guide's "Directory Integration Import").
pub(super) const LAYOUTS: [Positions; 2] =
    [Positions { fields: 24, photo: 17 }, Positions { fields: 17, photo: 16 }];

/// Whether two column names mean the same column: letter case, surrounding space and a stray byte
/// order mark do not count.
pub(super) fn same(one: &str, other: &str) -> bool {
    bare(one).eq_ignore_ascii_case(bare(other))
}

fn bare(name: &str) -> &str {
    name.trim_matches(|c: char| c.is_whitespace() || c == '\u{FEFF}')
}

/// Whether an edition of the format names this column.
pub(super) fn is_known(name: &str) -> bool {
    KNOWN.iter().any(|known| same(known, name))
}

/// The columns of a header by whose cells a person is known, the first choice first.
pub(super) fn key_fields(header: &[String]) -> Vec<KeyField> {
    ["email", "userName", "employeeID", "userSSOId"]
        .iter()
        .filter_map(|key| header.iter().position(|name| same(name, key)))
        .map(|field| KeyField { column: bare(&header[field]).to_owned(), field })
        .collect()
}

/// The columns that every export has (Jabber 12.9 cloud guide, "Create Users").
pub(super) const MANDATORY: [&str; 4] = ["firstName", "lastName", "email", "userName"];

/// The same for a directory-integration file, where both layouts begin alike.
pub(super) fn headerless_key_fields() -> Vec<KeyField> {
    [("email", 4), ("userSSOId", 0)]
        .map(|(column, field)| KeyField { column: column.to_owned(), field })
        .into()
}

/// The name in a header that the wanted one was most likely meant to be: at most a third of its
/// letters away, or beginning with it, or about photos.
pub(super) fn nearest<'a>(wanted: &str, header: &'a [String]) -> Option<&'a str> {
    let lower = bare(wanted).to_lowercase();
    let rank = |name: &&str| {
        let name = name.to_lowercase();
        let away = distance(&lower, &name);
        let is_near = 3 * away <= lower.chars().count()
            || (!lower.is_empty() && name.starts_with(&lower))
            || (lower.contains("photo") && name.contains("photo"));
        (!is_near, away)
    };
    let names = header.iter().map(|name| bare(name)).filter(|name| !name.is_empty());
    names.min_by_key(rank).filter(|name| !rank(name).0)
}

/// The edit distance of Levenshtein in characters. Names longer than any column's are not worth
/// the time: they are as far away as they are long.
fn distance(one: &str, other: &str) -> usize {
    const MAX_NAME: usize = 128;
    match other.chars().count() {
        length if length > MAX_NAME => length,
        _ => strsim::levenshtein(one, other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(names: &str) -> Vec<String> {
        names.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn names_are_compared_without_case_and_space() {
        for (one, other, are_same) in [
            ("userProfilePhotoURL", " USERPROFILEPHOTOURL\t", true),
            ("email", "\u{FEFF}Email", true),
            ("email", "e-mail", false),
        ] {
            assert_eq!(same(one, other), are_same, "{one:?} {other:?}");
        }
        assert!(is_known("IMloggingEnable") && is_known("EndPointName") && is_known("userSSOID"));
        assert!(!is_known("Status") && !is_known(""));
    }

    #[test]
    fn the_nearest_name() {
        for (names, expected) in [
            ("email,userProfilePhotoUR", Some("userProfilePhotoUR")),
            ("email,userProfilePhotoUrl2", Some("userProfilePhotoUrl2")),
            ("email, userPhoto ,userProfile", Some("userPhoto")),
            (
                "email,userProfilePhotoURL (optional, at most 255 letters)",
                Some("userProfilePhotoURL (optional"),
            ),
            ("email,userName", None),
            ("", None),
        ] {
            assert_eq!(nearest("userProfilePhotoURL", &header(names)), expected, "{names}");
        }
        for (one, other, away) in [("", "abc", 3), ("kitten", "sitting", 3), ("a", "a", 0)] {
            assert_eq!(distance(one, other), away, "{one} {other}");
        }
    }

    #[test]
    fn keys_in_order_of_preference() {
        for (names, expected) in [
            ("employeeID,userName,Email", &[("Email", 2), ("userName", 1), ("employeeID", 0)][..]),
            ("userSSOID,x", &[("userSSOID", 0)]),
            ("x", &[]),
        ] {
            let keys = key_fields(&header(names));
            let found: Vec<_> = keys.iter().map(|key| (key.column.as_str(), key.field)).collect();
            assert_eq!(found, expected, "{names}");
        }
    }
}
