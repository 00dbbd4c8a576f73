//! Names against constraints of every form. Whole paths: `path::tests`.

use super::*;

fn text(relation: Option<Relation>) -> &'static str {
    match relation {
        Some(Relation::Within) => "within",
        Some(Relation::Overlaps) => "overlaps",
        Some(Relation::Apart) => "apart",
        None => "unknown",
    }
}

#[test]
fn domain_names() {
    for (name, base, expected) in [
        ("c12.webex.com", "webex.com", "within"),
        ("C12.WEBEX.com", "webex.COM", "within"),
        ("c12.webex.com.", "webex.com", "within"),
        ("webex.com", "webex.com", "within"),
        ("anything", "", "within"),
        ("notwebex.com", "webex.com", "apart"),
        ("com", "webex.com", "apart"),
        ("c12.webex.com", ".webex.com", "within"),
        ("webex.com", ".webex.com", "overlaps"),
        ("*.webex.com", "webex.com", "within"),
        ("*.webex.com", "c12.webex.com", "overlaps"),
        ("*.webex.com", "a.c12.webex.com", "apart"),
        ("*.webex.com", "example.com", "apart"),
        ("*.webex.com", "com", "within"),
        ("c12.webex.com", "*.webex.com", "unknown"),
        ("c_12.webex.com", "webex.com", "unknown"),
        ("c12 .webex.com", "webex.com", "unknown"),
        ("", "webex.com", "unknown"),
        ("*", "webex.com", "unknown"),
    ] {
        assert_eq!(text(dns(name, base)), expected, "{name} in {base}");
    }
}

#[test]
fn mailboxes_and_uris() {
    for (name, base, expected) in [
        ("a@example.com", "example.com", Some(true)),
        ("a@EXAMPLE.com", "example.com", Some(true)),
        ("a@mail.example.com", "example.com", Some(false)),
        ("a@mail.example.com", ".example.com", Some(true)),
        ("a@example.com", ".example.com", Some(false)),
        ("a@example.com", "a@example.com", Some(true)),
        ("A@example.com", "a@example.com", Some(false)),
        ("b@example.com", "a@example.com", Some(false)),
        ("example.com", "example.com", None),
        ("\"a b\"@example.com", "example.com", None),
        ("a@example.com", "*.com", None),
    ] {
        assert_eq!(mail(name, base), expected, "{name} in {base}");
    }
    for (name, base, expected) in [
        ("http://c12.webex.com/a", "c12.webex.com", Some(true)),
        ("http://c12.webex.com:80/a", "webex.com", Some(false)),
        ("http://c12.webex.com/a", ".webex.com", Some(true)),
        ("http://webex.com/a", ".webex.com", Some(false)),
        ("http://192.0.2.1/", "webex.com", None),
        ("mailto:a@webex.com", "webex.com", None),
        ("nonsense", "webex.com", None),
    ] {
        assert_eq!(uri(name, base), expected, "{name} in {base}");
    }
}

#[test]
fn addresses() {
    let network = [192, 0, 2, 0, 255, 255, 255, 0];
    for (name, base, expected) in [
        (&[192, 0, 2, 7][..], &network[..], Some(true)),
        (&[192, 0, 3, 7], &network, Some(false)),
        (&[0; 16], &network, Some(false)),
        (&[9, 9, 9, 9], &[0; 8], Some(true)),
        (&[192, 0, 2, 7], &[192, 0, 2, 0, 255, 255, 254, 0], Some(true)),
        (&[192, 0, 2, 7], &[192, 0, 2, 0, 255, 0, 255, 0], None),
        (&[192, 0, 2, 7], &[192, 0, 2, 0, 255, 255, 1, 0], None),
        (&[192, 0, 2, 7], &[192, 0, 2, 0], None),
        (&[192, 0, 2], &network, None),
    ] {
        assert_eq!(address(name, base), expected, "{name:?} in {base:?}");
    }
}
