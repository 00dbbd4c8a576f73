//! photofix: replaces IP addresses in WebEx profile-photo URLs by the WebEx name, changing nothing
//! but the host's bytes.
//!
//! ```text
//! export bytes -> records -> photo cell -> host kind -> distinct endpoints      export, photo, row, census
//!   -> evidence: PTR, forward answers, handshakes                               network, evidence
//!   -> candidates -> reference identifiers                                      reference
//!   -> findings -> verdicts                                                     x509, rules, profile, certify
//!   -> one decision per endpoint, photos compared where that is wanted          comparison, decide, plan
//! export bytes -> records -> the host spliced -> import file, report, rollback  rewrite, report
//! export + import file -> only hosts moved                                      proof
//! ```
//!
//! Everything between bytes and network is pure: it takes bytes, evidence, settings, trust anchors
//! and the time, and gives values back. Sockets and async live in [`network`], files, clock and
//! terminal in [`commands`]. ARCHITECTURE.md says who may know whom.

pub mod approval;
pub mod carry;
pub mod census;
pub mod certify;
pub mod cli;
pub mod commands;
pub mod comparison;
pub mod decide;
pub mod evidence;
pub mod explain;
pub mod export;
pub mod health;
pub mod journal;
pub mod key;
pub mod ledger;
pub mod name;
pub mod network;
pub mod photo;
pub mod plan;
pub mod profile;
pub mod proof;
pub mod reconcile;
pub mod recording;
pub mod reference;
pub mod report;
pub mod request;
pub mod rewrite;
pub mod role;
pub mod row;
pub mod rules;
pub mod seal;
pub mod settings;
pub mod stream;
pub mod x509;
