//! The lab: DNS, TLS, OCSP and CRL servers on loopback, for tests and the demonstration.
//!
//! A test declares a world (which address has which PTR records, which name has which addresses,
//! what certificate is presented where, what is broken) and starts it with one call. Everything
//! runs in this process on 127.0.0.1, needs no privileges and no internet, and ends when the
//! [`Lab`] is dropped. Declared addresses are *logical*: `lab.connect_to()` gives the
//! `--connect-to` lines that lead a client from each of them to its listener. The last line leads
//! everything else to a port that refuses, so that no packet ever leaves the machine.
//!
//! ```
//! use lab::{Certificate, DnsFault, Lab, TlsFault};
//!
//! let lab = Lab::builder()
//!     .ptr("203.0.113.7", &["c12.webex.com"])
//!     .host("c12.webex.com", &["203.0.113.7", "2001:db8::7"])
//!     .alias("www.webex.com", "c12.webex.com")
//!     .photo_server("203.0.113.7", 443, Certificate::for_names(&["c12.webex.com"]))
//!     .photo_server("203.0.113.8", 443, Certificate::for_names(&["*.webex.com"]).expired())
//!     .dns_fault("203.0.113.9", DnsFault::ServFail)
//!     .tls_fault("203.0.113.9", 443, TlsFault::Tarpit)
//!     .start()?;
//!
//! let directory = tempfile::tempdir()?;
//! let config = lab.write_config(directory.path())?; // for `photofix --config FILE`
//! # assert!(config.is_file());
//! // … run the program …
//! assert_eq!(lab.dns_total(), 0, "nothing was asked yet");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Certificates name OCSP responders, CRLs and places of their issuers' certificates that the lab
//! runs too, at `ocsp`, `crl` and `ca.lab.example`; [`Sources`] says what is told there, how it is
//! wrong and how it comes. What was asked is counted: [`Lab::ocsp_questions`], [`Lab::fetches`].
//! The builders of responses and CRLs serve tests by themselves: [`ocsp`], [`crl`].
//!
//! ```
//! use lab::{Certificate, CrlFault, Crl, Intermediate, Lab, Ocsp, OldProtocol};
//!
//! let named = |name: &str| Certificate::for_names(&[name]);
//! let lab = Lab::builder()
//!     .photo_server("203.0.113.1", 443, named("a.webex.com").sources(Ocsp::good().delegated()))
//!     .photo_server("203.0.113.2", 443, named("b.webex.com").sources(Ocsp::revoked(Some(1))))
//!     .photo_server("203.0.113.3", 443, named("c.webex.com").staple(Ocsp::good()))
//!     .photo_server(
//!         "203.0.113.4",
//!         443,
//!         named("d.webex.com")
//!             .under(Intermediate::default().sources(Crl::empty().fault(CrlFault::Stale))),
//!     )
//!     .old_tls_server("203.0.113.5", 443, OldProtocol::Tls10, named("e.webex.com"))
//!     .xmpp_server("203.0.113.6", 5222, "webex.com", named("f.webex.com").xmpp_address("webex.com"))
//!     .start()?;
//! # Ok::<(), lab::StartError>(())
//! ```
//!
//! Two labs with the same declarations differ in their ports and keys only; serial numbers are
//! given in the order of declaration and validity is counted in whole days from the start.
//!
//! Every server takes a file descriptor: above some two hundred addresses (macOS allows 256 open
//! files by default) let [`Builder::photo_server_any`] answer for all of them on one port.

mod asn1;
mod authority;
mod builder;
mod certificate;
mod counts;
pub mod crl;
pub mod demo;
mod dns;
pub mod exports;
mod fault;
mod http;
mod intermediate;
pub mod ocsp;
mod old_tls;
mod pem;
mod photos;
mod publications;
mod responder;
mod running;
mod server;
mod signer;
mod sources;
mod xmpp;
mod zone;

pub use builder::{Builder, StartError};
pub use certificate::{Certificate, Key, Link, Revocation};
pub use counts::Hello;
pub use fault::{DnsFault, TlsFault};
pub use http::PHOTO;
pub use intermediate::Intermediate;
pub use old_tls::OldProtocol;
pub use pem::certificate_pem;
pub use photos::Photo;
pub use running::Lab;
pub use signer::{Extension, SignError, SignatureFault, Signer};
pub use sources::{CaIssuers, Crl, CrlFault, Delivery, Ocsp, OcspFault, Sources};
pub use xmpp::XmppFault;
