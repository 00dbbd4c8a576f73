//! What the certificate shall be good for.

use super::{Case, Found, Rule, quoted};
use crate::x509::csr::SERVER_AUTH;

/// See [`Rule::says`].
pub(super) static PURPOSE: Rule = Rule {
    id: "purpose",
    source: "CA/Browser Forum Baseline Requirements, 7.1.2.7.10; Webex help, public CA certificate \
             changes: no more clientAuth",
    says: "the extendedKeyUsage asked for, if any, is serverAuth",
    check: purpose,
};

/// See [`Rule::says`].
pub(super) static NOT_A_CA: Rule = Rule {
    id: "not-a-ca",
    source: "CA/Browser Forum Baseline Requirements, 7.1.2.7.8 and 7.1.2.7.11",
    says: "the certificate shall not be that of a CA",
    check: not_a_ca,
};

fn purpose(case: &Case<'_>) -> Found {
    let Some(purposes) = &case.request.extended_key_usage else {
        return Found::fine("no extendedKeyUsage is asked for: the CA sets serverAuth itself");
    };
    if !purposes.iter().any(|purpose| purpose == SERVER_AUTH) {
        return Found::refused(
            format!("it asks for {}, and not for serverAuth", quoted(purposes)),
            "make the request anew for a server, or without extendedKeyUsage",
        );
    }
    let others: Vec<&String> = purposes.iter().filter(|purpose| *purpose != SERVER_AUTH).collect();
    if others.is_empty() {
        return Found::fine("the extendedKeyUsage asked for is serverAuth");
    }
    Found::doubtful(
        format!("it asks for {} besides serverAuth", quoted(&others)),
        "public CAs leave the others out, or refuse: see that the server does without them",
    )
}

fn not_a_ca(case: &Case<'_>) -> Found {
    let hint = "make the request anew for a server";
    if case.request.is_ca {
        return Found::refused("it asks to become a CA (basicConstraints)", hint);
    }
    if case.request.key_usage.is_some_and(|usage| usage.key_cert_sign() || usage.crl_sign()) {
        return Found::doubtful(
            "it asks for keyCertSign or cRLSign, which only CAs may have",
            "most CAs set the keyUsage themselves: look at what comes back",
        );
    }
    Found::fine("it asks for the certificate of a server, not of a CA")
}
