//! Our judgement of certificates against those of others: x509-limbo with BetterTLS, and NIST's
//! PKITS. Where it differs, `disagreements.toml` says why; a new difference fails, and so does
//! one that is gone.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]
#![allow(clippy::print_stdout, reason = "a test says how many cases it judged")]

#[path = "../common/mod.rs"]
mod common;

mod case;
mod command;
mod disagreements;
mod judge;
mod limbo;
mod own;
mod pkits;
