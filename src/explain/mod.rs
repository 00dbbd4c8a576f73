//! Which record or endpoint somebody asks about, what its photo cell is, and what each source of
//! names said of it. What was decided is explained from the same reports that everybody gets.

mod answers;
mod cell;
mod row;
mod search;

pub use answers::{Asked, answers, candidates, compared};
pub use cell::Photo;
pub use row::{ExplainedRow, of_row, unlisted};
pub use search::{Found, NotFound, Question, Search, not_among, only};
