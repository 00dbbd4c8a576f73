//! After the import: what became of every change that was sent.
//!
//! ```text
//! export + plan ──▶ Change per rewritten record          (by the one Rewriter)
//!   (of a rebase: the newer export that the import file was made from, new users included)
//! import file ────▶ Sent: an index by key, and which changes went out
//! status file ────▶ the words that WebEx has for a change
//! after export ───▶ what the cell shows now, and which other cells differ
//!                      └──▶ Outcome per change, collateral, retry file
//! ```
//!
//! Every file streams. In memory stand the changes, and an entry of fixed size per record that was
//! sent ([`Sent`]): with an import file of changed records only, nothing grows with the export.
//! Records are known by the hash of their key; two different keys with one 64-bit hash would be
//! reported as a duplicate, never taken for each other's success.

mod classify;
mod collateral;
mod columns;
mod retry;
mod sent;
mod told;
mod words;

#[cfg(test)]
mod tests;

pub use classify::{Certainty, Class, Heard, Looked, Outcome, Problem, classify};
pub use collateral::{COLLATERAL_KEPT, Collateral, Difference, Missing, itemise};
pub use columns::{Shared, StatusColumnError, status_column};
pub use retry::{retry_from_after, retry_from_import};
pub use sent::{Change, DUPLICATES_KEPT, Sent};
pub use told::{
    Belongs, Duplicate, NotSent, OtherCell, Plans, SentError, StatusValue, Where, WhyNotSent,
};
pub use words::Reading;
