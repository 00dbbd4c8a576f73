//! Changes of a plan that were not carried over to another export.

use maud::{Markup, html};

use super::ROWS_LISTED;
use super::prose::Prose;
use crate::report::words::counted;
use crate::report::{Carry, Conflict};

/// The section; nothing where there is no conflict.
pub(super) fn section(carry: &Carry) -> Markup {
    let more = (carry.conflicts.len() as u64).saturating_sub(ROWS_LISTED);
    html! {
        @if !carry.conflicts.is_empty() {
            section aria-labelledby="conflicts-title" {
                h2 #conflicts-title { "Conflicts" }
                p.quiet { "These changes met something else than was planned with, and were left alone." }
                table {
                    thead {
                        tr {
                            th scope="col" { "Record" }
                            th scope="col" { "Key" }
                            th scope="col" { "Why" }
                            th scope="col" { "Cells" }
                        }
                    }
                    tbody {
                        @for conflict in carry.conflicts.iter().take(ROWS_LISTED as usize) {
                            (row(conflict))
                        }
                    }
                }
                @if more > 0 { p { "and " (counted(more, "conflict")) " more: see the JSON report" } }
            }
        }
    }
}

fn row(conflict: &Conflict) -> Markup {
    let cells =
        [("planned with", &conflict.old), ("now", &conflict.current), ("new", &conflict.new)];
    html! {
        tr {
            td.number {
                @match (&conflict.found, &conflict.planned) {
                    (Some(place), _) => (place.record),
                    (None, Some(place)) => { "was " (place.record) }
                    (None, None) => {}
                }
            }
            td { (conflict.key.as_deref().unwrap_or_default()) }
            td { span.badge.caution { (conflict.reason) } " " (Prose(&conflict.explanation)) }
            td {
                dl.facts {
                    @for (title, cell) in cells {
                        @if let Some(cell) = cell { dt { (title) } dd { code { (cell) } } }
                    }
                }
            }
        }
    }
}
