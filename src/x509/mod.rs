//! What certificates say, and whether a certification path leads to a trust anchor at a given time.
//!
//! Everything here takes bytes, trust anchors and a time as arguments and gives values back: no
//! sockets, no files, no clock. Certificates are read leniently, because a report about a broken
//! certificate is worth more than an error; what could not be read is kept as a defect.
//!
//! | module | says |
//! | --- | --- |
//! | [`certificate`] | what one certificate states |
//! | [`algorithm`] | its key and its signature, in words and in classes |
//! | [`identity`] | whether a presented identifier matches a reference identifier |
//! | [`trust`] | which certificates are trust anchors |
//! | [`path`] | whether a path leads to one of them, and every reason why not |
//! | [`form`] | what its issuer should have done otherwise |
//! | [`answer`] | what an OCSP response and a CRL have in common |
//! | [`csr`] | what a certification request asks for |
//! | [`pem`] | which sections a PEM text has |
//! | [`crl`] | what a CRL says, and whether to believe it |
//! | [`ocsp`] | what an OCSP response says, and whether to believe it |
//! | [`revocation`] | what was learned about revocation |

pub mod algorithm;
mod ancestry;
pub mod answer;
pub mod certificate;
pub mod crl;
pub mod csr;
mod distinguished_name;
mod extension;
pub mod form;
mod general_name;
pub mod identity;
mod issuer;
mod lint;
mod name_constraints;
pub mod ocsp;
mod parts;
pub mod path;
pub mod pem;
mod policies;
mod problem;
mod raw_extension;
pub mod revocation;
mod signed;
pub mod time;
mod tlv;
pub mod trust;

#[cfg(test)]
pub(crate) mod issue;
