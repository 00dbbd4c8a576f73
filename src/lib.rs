//! photofix.

pub mod certify;
pub mod evidence;
pub mod export;
pub mod ledger;
pub mod name;
pub mod network;
pub mod photo;
pub mod profile;
pub mod reference;
pub mod report;
pub mod rules;
pub mod x509;
