//! The lab: DNS, TLS and photo servers on loopback, for tests and the demonstration.
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
mod fault;
mod http;
mod intermediate;
pub mod ocsp;
mod old_tls;
mod pem;
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
pub use running::Lab;
pub use signer::{Extension, SignError, SignatureFault, Signer};
pub use sources::{CaIssuers, Crl, CrlFault, Delivery, Ocsp, OcspFault, Sources};
pub use xmpp::XmppFault;
