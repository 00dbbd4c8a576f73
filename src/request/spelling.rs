//! How a name must be spelled to be certified by a public CA.

use crate::x509::identity::is_registry_suffix_wildcard;

/// The longest a name and a label may be (RFC 1035, 2.3.4).
const MAX_NAME: usize = 253;
const MAX_LABEL: usize = 63;

/// Top-level names that are nobody's in the public DNS: reserved for special use (RFC 6761, 6762,
/// 9476; by ICANN `internal`, `home`, `corp` and `mail`), or common in private networks (RFC 6762,
/// appendix G).
const NOT_PUBLIC: [&str; 13] = [
    "local",
    "localhost",
    "test",
    "example",
    "invalid",
    "alt",
    "internal",
    "intranet",
    "private",
    "corp",
    "home",
    "lan",
    "mail",
];

/// What is wrong with the spelling of a dNSName or a CN that stands for one; nothing where it is a
/// host name (RFC 1123, 2.1) or has one whole `*` as its leftmost label.
pub(super) fn fault(name: &str) -> Option<&'static str> {
    if name.is_empty() {
        return Some("it is empty");
    }
    let host = match name.strip_prefix("*.") {
        Some(rest) if rest.contains('*') => return Some("it has more than one `*`"),
        Some(rest) if !rest.contains('.') || is_registry_suffix_wildcard(name) => {
            return Some("its `*` would stand for everybody below a public suffix");
        }
        Some(rest) => rest,
        None if name.contains('*') => {
            return Some("its `*` is not the whole leftmost label");
        }
        None => name,
    };
    if !host.is_ascii() {
        return Some("it is not in A-labels (`xn--…`)");
    }
    for (sign, what) in [
        ("/", "it is a URL, not a name"),
        (":", "it has a port, or is an address"),
        ("@", "it is an e-mail address"),
        (" ", "it has a space"),
        ("_", "it has an underscore"),
    ] {
        if host.contains(sign) {
            return Some(what);
        }
    }
    if host.ends_with('.') {
        return Some("it ends with a dot");
    }
    if name.len() > MAX_NAME {
        return Some("it is longer than 253 characters");
    }
    host.split('.').find_map(label_fault)
}

fn label_fault(label: &str) -> Option<&'static str> {
    if label.is_empty() {
        Some("it has an empty label")
    } else if label.len() > MAX_LABEL {
        Some("it has a label of more than 63 characters")
    } else if label.starts_with('-') || label.ends_with('-') {
        Some("a label of it begins or ends with a hyphen")
    } else if !label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        Some("it has characters that no host name has")
    } else {
        None
    }
}

/// Why nobody can prove to a public CA that a name is theirs; nothing where somebody may.
pub(super) fn not_public(name: &str) -> Option<String> {
    let name = name.to_ascii_lowercase();
    let name = name.trim_start_matches("*.").trim_end_matches('.');
    match name.rsplit_once('.') {
        None => Some("it is a single label".to_owned()),
        Some((_, top)) if NOT_PUBLIC.contains(&top) => {
            Some(format!("`.{top}` is not in the public DNS"))
        }
        Some((_, top)) if !psl::suffix(name.as_bytes()).is_some_and(|it| it.is_known()) => {
            Some(format!("`.{top}` is on no list of public domains"))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        let long = format!("{}.com", "a".repeat(64));
        let longer = format!("{}com", "abcdefg.".repeat(32));
        for (name, fault_) in [
            ("cucm.corp.webex.com", None),
            ("CUCM1.webex.com", None),
            ("xn--bcher-kva.com", None),
            ("*.webex.com", None),
            ("cucm", None),
            ("", Some("it is empty")),
            ("*", Some("its `*` is not the whole leftmost label")),
            ("*.com", Some("its `*` would stand for everybody below a public suffix")),
            ("*.Co.UK", Some("its `*` would stand for everybody below a public suffix")),
            ("*.webex.co.uk", None),
            ("*.github.io", None),
            ("*.*.com", Some("it has more than one `*`")),
            ("c*.webex.com", Some("its `*` is not the whole leftmost label")),
            ("cucm.*.com", Some("its `*` is not the whole leftmost label")),
            ("b\u{fc}cher.com", Some("it is not in A-labels (`xn--…`)")),
            ("https://webex.com/", Some("it is a URL, not a name")),
            ("webex.com:8443", Some("it has a port, or is an address")),
            ("2001:db8::1", Some("it has a port, or is an address")),
            ("admin@webex.com", Some("it is an e-mail address")),
            ("Webex Photos", Some("it has a space")),
            ("cucm_1.webex.com", Some("it has an underscore")),
            ("webex.com.", Some("it ends with a dot")),
            ("a..webex.com", Some("it has an empty label")),
            ("-a.webex.com", Some("a label of it begins or ends with a hyphen")),
            ("a.webex-.com", Some("a label of it begins or ends with a hyphen")),
            ("a,b.webex.com", Some("it has characters that no host name has")),
            ("a\0.webex.com", Some("it has characters that no host name has")),
            (&long, Some("it has a label of more than 63 characters")),
            (&longer, Some("it is longer than 253 characters")),
        ] {
            assert_eq!(fault(name), fault_, "{name:?}");
        }
    }

    #[test]
    fn names_that_are_nobodys() {
        for (name, why) in [
            ("cucm.webex.com", None),
            ("*.webex.com", None),
            ("local.webex.com", None),
            ("cucm.webex.co.uk", None),
            ("cucm", Some("it is a single label")),
            ("cucm.mycompany", Some("`.mycompany` is on no list of public domains")),
            ("cucm.LOCAL", Some("`.local` is not in the public DNS")),
            ("*.corp.internal", Some("`.internal` is not in the public DNS")),
        ] {
            assert_eq!(not_public(name).as_deref(), why, "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_may_be_asked_for(name in ".*") {
            fault(&name);
            not_public(&name);
        }
    }
}
