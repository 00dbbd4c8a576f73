//! The world that the shipped samples and the demonstration live in.
//!
//! What each address is, and what stands in a client's way to a name for it. Addresses are of the
//! documentation ranges (RFC 5737, RFC 3849); nothing is ever sent to them.
//!
//! | address | port | PTR | certificate at the address | forward | meaning |
//! | --- | --- | --- | --- | --- | --- |
//! | 203.0.113.10 | 443 | c10.webexconnect.com | c10.webexconnect.com | .10 | plain good |
//! | 203.0.113.11 | 443 | NXDOMAIN | c11.webexconnect.com | .11 | named by its certificate |
//! | 203.0.113.12 | 8443 | c12.webex.com | *.webex.com | .12 and 2001:db8::12, both served | wildcard, odd port, two families |
//! | 2001:db8::13 | 443 | c13.webexcontent.com | c13.webexcontent.com | 2001:db8::13 | IPv6 |
//! | 203.0.113.14 | 443 | elsewhere.webex.com | other.example.net | 203.0.113.200, which refuses | PTR contradicted |
//! | 203.0.113.15 | 443 | webex.com.evil.example | webex.com.evil.example | .15 | look-alike |
//! | 203.0.113.16 | 443 | notwebex.com | notwebex.com, self-signed | .16 | look-alike |
//! | 203.0.113.17 | 443 | ghost.webex.com | refuses connections | NXDOMAIN | PTR without forward answer |
//! | 203.0.113.18 | 443 | c18.webex.com | c18.webex.com, expired | .18 | held: expired |
//! | 203.0.113.19 | 443 | c19.webex.com | other.webex.com (which is 203.0.113.201) | .19 | held: wrong name |
//! | 203.0.113.20 | 443 | a20.webex.com, b20.webex.com | both | both .20 | ambiguous |
//! | 203.0.113.21 | 443 | SERVFAIL | tarpit | – | could not ask |
//! | 203.0.113.22 | 443 | no answer | resets connections | – | could not ask |
//! | 203.0.113.23 | 443 | c23.webex.com | c23.webex.com, intermediate not sent | .23 | held: incomplete chain |
//! | 203.0.113.24 | 443 | NXDOMAIN | printer, self-signed | – | the samples' map says c24.webex.com, which is 203.0.113.124 with a good certificate: stated, and contradicted |
//! | 203.0.113.25 | 80 | c25.webexconnect.com | none, plain HTTP | .25 | `http` URL |
//! | 203.0.113.26 | 443 | truncated over UDP; c26.webexconnect.com by CNAME (RFC 2317) | c26.webexconnect.com | .26 by CNAME | TCP, aliases |
//! | 203.0.113.27 | 443 | NXDOMAIN | box27.internal, self-signed; img27.webexconnect.com when asked for it | img27.webexconnect.com is .27 | named by other rows of the export |
//! | 203.0.113.28 | 443 | c28.webex.com | c28.webex.com, revoked says its OCSP responder | .28 | held: revoked |
//! | 203.0.113.29 | 443 | c29.webex.com | c29.webex.com, whose OCSP responder refuses connections | .29 | held: revocation not known |
//! | 203.0.113.30 | 443 | NXDOMAIN | img1.webexconnect.com | img1.webexconnect.com is .30 | an FQDN that needs nothing |
//! | ldap-photos | 443 | – | – | – | single label; the samples' map says c10.webexconnect.com |
//!
//! Certificates are good but for what the table says; their CRLs, that of their issuer and the OCSP
//! responder are in the same world.

use crate::builder::Builder;
use crate::certificate::Certificate;
use crate::fault::{DnsFault, TlsFault};
use crate::running::Lab;
use crate::sources::{Delivery, Ocsp};

/// The CRLReason of a key that somebody else may have (RFC 5280, 5.3.1).
const KEY_COMPROMISE: Option<u8> = Some(1);

/// The world of the table above, ready to be started or added to.
pub fn webex() -> Builder {
    let named = |names: &[&str]| Certificate::for_names(names);
    Lab::builder()
        // .10: plain good
        .ptr("203.0.113.10", &["c10.webexconnect.com"])
        .host("c10.webexconnect.com", &["203.0.113.10"])
        .photo_server("203.0.113.10", 443, named(&["c10.webexconnect.com"]))
        // .11: named by its certificate
        .host("c11.webexconnect.com", &["203.0.113.11"])
        .photo_server("203.0.113.11", 443, named(&["c11.webexconnect.com"]))
        // .12: wildcard, odd port, two families
        .ptr("203.0.113.12", &["c12.webex.com"])
        .host("c12.webex.com", &["203.0.113.12", "2001:db8::12"])
        .photo_server("203.0.113.12", 8443, named(&["*.webex.com"]))
        .photo_server("2001:db8::12", 8443, named(&["*.webex.com"]))
        // IPv6
        .ptr("2001:db8::13", &["c13.webexcontent.com"])
        .host("c13.webexcontent.com", &["2001:db8::13"])
        .photo_server("2001:db8::13", 443, named(&["c13.webexcontent.com"]))
        // .14: PTR contradicted
        .ptr("203.0.113.14", &["elsewhere.webex.com"])
        .host("elsewhere.webex.com", &["203.0.113.200"])
        .photo_server("203.0.113.14", 443, named(&["other.example.net"]))
        // .15: look-alike
        .ptr("203.0.113.15", &["webex.com.evil.example"])
        .host("webex.com.evil.example", &["203.0.113.15"])
        .photo_server("203.0.113.15", 443, named(&["webex.com.evil.example"]))
        // .16: look-alike, self-signed
        .ptr("203.0.113.16", &["notwebex.com"])
        .host("notwebex.com", &["203.0.113.16"])
        .photo_server("203.0.113.16", 443, named(&["notwebex.com"]).self_signed())
        // .17: PTR without forward answer
        .ptr("203.0.113.17", &["ghost.webex.com"])
        .tls_fault("203.0.113.17", 443, TlsFault::Refused)
        // .18: expired
        .ptr("203.0.113.18", &["c18.webex.com"])
        .host("c18.webex.com", &["203.0.113.18"])
        .photo_server("203.0.113.18", 443, named(&["c18.webex.com"]).expired())
        // .19: wrong name
        .ptr("203.0.113.19", &["c19.webex.com"])
        .host("c19.webex.com", &["203.0.113.19"])
        .host("other.webex.com", &["203.0.113.201"])
        .photo_server("203.0.113.19", 443, named(&["other.webex.com"]))
        // .20: ambiguous
        .ptr("203.0.113.20", &["a20.webex.com", "b20.webex.com"])
        .host("a20.webex.com", &["203.0.113.20"])
        .host("b20.webex.com", &["203.0.113.20"])
        .photo_server("203.0.113.20", 443, named(&["a20.webex.com", "b20.webex.com"]))
        // .21: could not ask
        .dns_fault("203.0.113.21", DnsFault::ServFail)
        .tls_fault("203.0.113.21", 443, TlsFault::Tarpit)
        // .22: could not ask, otherwise
        .dns_fault("203.0.113.22", DnsFault::Silent)
        .tls_fault("203.0.113.22", 443, TlsFault::Reset)
        // .23: incomplete chain
        .ptr("203.0.113.23", &["c23.webex.com"])
        .host("c23.webex.com", &["203.0.113.23"])
        .photo_server("203.0.113.23", 443, named(&["c23.webex.com"]).without_intermediate())
        // .24: stated by the map, and contradicted
        .photo_server("203.0.113.24", 443, named(&["printer"]).self_signed())
        .host("c24.webex.com", &["203.0.113.124"])
        .photo_server("203.0.113.124", 443, named(&["c24.webex.com"]))
        // .25: plain HTTP
        .ptr("203.0.113.25", &["c25.webexconnect.com"])
        .host("c25.webexconnect.com", &["203.0.113.25"])
        .http_server("203.0.113.25", 80)
        // .26: TCP and aliases
        .dns_fault("203.0.113.26", DnsFault::Truncated)
        .ptr_cname("203.0.113.26", "26.0-63.113.0.203.in-addr.arpa", &["c26.webexconnect.com"])
        .alias("c26.webexconnect.com", "c26.edge.webexconnect.com")
        .host("c26.edge.webexconnect.com", &["203.0.113.26"])
        .photo_server("203.0.113.26", 443, named(&["c26.webexconnect.com"]))
        // .27: named by other rows, chosen by server name
        .host("img27.webexconnect.com", &["203.0.113.27"])
        .photo_server_by_name(
            "203.0.113.27",
            443,
            Some(named(&["box27.internal"]).self_signed()),
            &[("img27.webexconnect.com", named(&["img27.webexconnect.com"]))],
        )
        // .28: revoked, since the key was lost
        .ptr("203.0.113.28", &["c28.webex.com"])
        .host("c28.webex.com", &["203.0.113.28"])
        .photo_server(
            "203.0.113.28",
            443,
            named(&["c28.webex.com"]).sources(Ocsp::revoked(KEY_COMPROMISE).delegated()),
        )
        // .29: nobody says whether it is revoked
        .ptr("203.0.113.29", &["c29.webex.com"])
        .host("c29.webex.com", &["203.0.113.29"])
        .photo_server(
            "203.0.113.29",
            443,
            named(&["c29.webex.com"]).sources(Ocsp::good().delivery(Delivery::Refused)),
        )
        // .30: an FQDN that needs nothing
        .host("img1.webexconnect.com", &["203.0.113.30"])
        .photo_server("203.0.113.30", 443, named(&["img1.webexconnect.com"]))
}
