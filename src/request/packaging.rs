//! The file: what a CA's form takes, and what must never go into it.

use super::{Case, Found, Packaging, Rule};

/// See [`Rule::says`].
pub(super) static ENCODING: Rule = Rule {
    id: "encoding",
    source: "RFC 7468, 7; Cisco Jabber 10.5 guide, certificate validation: public CAs take Base64",
    says: "the file is one request in PEM form",
    check: encoding,
};

/// See [`Rule::says`].
pub(super) static NO_PRIVATE_KEY: Rule = Rule {
    id: "no-private-key",
    source: "CA/Browser Forum Baseline Requirements, 6.1.2 and 4.9.1.1",
    says: "the file holds no private key",
    check: no_private_key,
};

/// See [`Rule::says`].
pub(super) static READABLE: Rule = Rule {
    id: "readable",
    source: "RFC 2986, 4; RFC 2985, 5.4.2; RFC 5280, 4.2",
    says: "everything that is asked for can be read",
    check: readable,
};

fn encoding(case: &Case<'_>) -> Found {
    match (case.submission.packaging, case.submission.requests.len()) {
        (Packaging::Pem, 1) => Found::fine("the file is one request in PEM form"),
        (Packaging::Pem, several) => Found::refused(
            format!("the file holds {several} requests, and a CA takes one at a time"),
            "put each into a file of its own",
        ),
        (Packaging::Base64, _) => Found::doubtful(
            "the file is Base64 without the lines of dashes that most CAs expect around it",
            "put `-----BEGIN CERTIFICATE REQUEST-----` before it and `-----END CERTIFICATE \
             REQUEST-----` after it",
        ),
        (Packaging::Der, _) => Found::refused(
            "the file is DER, which is binary, and public CAs take Base64",
            "convert it: `openssl req -inform der -in FILE -out FILE.pem`",
        ),
    }
}

fn no_private_key(case: &Case<'_>) -> Found {
    if case.submission.holds_private_key {
        return Found::refused(
            "the file holds a private key: whoever is sent it can pose as the server",
            "send the request alone; where the file was sent already, make a new key",
        );
    }
    Found::fine("the file holds no private key")
}

fn readable(case: &Case<'_>) -> Found {
    match case.request.defects.as_slice() {
        [] => Found::fine("everything that is asked for can be read"),
        defects => Found::refused(defects.join("; "), "make the request anew"),
    }
}
