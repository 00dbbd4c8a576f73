//! A plan's changes carried over to another export than the planned one: onto a newer export
//! (rebase), or back out of one that was made after the import (reverse).
//!
//! An import overwrites a user's whole record, so a change worked out on last week's export must
//! be made on today's. Users are matched by a [`KeyColumn`](crate::key::KeyColumn), and each cell is compared three ways:
//!
//! | the planned export has | the fresh export has | the plan writes | rebase | reverse |
//! | --- | --- | --- | --- | --- |
//! | A | A | B | B is written | nothing: it is back already |
//! | A | B | B | nothing: it is there already | A is written |
//! | A | C | B | a conflict | a conflict |
//! | A | no user, or two of them | B | a conflict | a conflict |
//! | no user | A | B for that host | B is written | – |
//! | C | A | B for that host | a conflict | – |
//!
//! What is in conflict is listed and left as it is. The [`Index`] holds the users that the plan
//! changes and those of the fresh export whose host the plan decides: memory grows with them, and
//! not with the exports.

mod entry;
mod guards;
mod index;
mod reverser;
#[cfg(test)]
mod tests;

pub use entry::{Place, Reason};
pub use guards::{Rebasing, Tally};
pub use index::{Conflict, Index, Outcome};
pub use reverser::Reverser;
