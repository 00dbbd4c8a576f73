//! What a reviewer sees first: what will happen, in one sentence and one bar.

use maud::{Markup, html};

use super::prose::Prose;
use crate::ledger::{Class, Ledger};
use crate::report::words::{approval, carried, counted, grouped, outcome};
use crate::report::{ExportFacts, Report};

/// The classes of the bar, from left to right.
const CLASSES: [Class; 5] =
    [Class::Rewritten, Class::Held, Class::Unresolved, Class::Unreadable, Class::Untouched];
/// The bar's own units: so many are its whole length.
const LENGTH: f64 = 1_000.0;
/// What a class that is there at all gets of it at least, so that it can be seen.
const LEAST: f64 = 6.0;

/// The page's header.
pub(super) fn header(report: &Report) -> Markup {
    let what = match report.command.as_ref() {
        "plan" => "Review of a plan",
        "fix" => "Report of a fix",
        "reverse" => "Report of a plan taken back",
        _ => "Report of an applied plan",
    };
    html! {
        a.skip href="#hosts" { "Skip to the hosts" }
        header {
            p.quiet { "photofix: " (what) " for " code { (report.export.file) } }
            h1 { (outcome(report)) }
            (bar(&report.ledger))
            @if let Some(facts) = &report.approval { p { (approval(facts)) "." } }
            @if let Some(carry) = &report.carry { p { (carried(carry, &report.command)) "." } }
            @if !report.notes.is_empty() {
                div.notes role="note" aria-label="Read this first" {
                    @for note in &report.notes { p { (Prose(note)) } }
                }
            }
            details.about {
                summary { "The export, the options and the program" }
                (about(report))
            }
            noscript {
                p.notes {
                    "This page runs no script here, so it cannot filter, search or take answers. "
                    "It shows every host with its evidence, and the first records. Saved to a "
                    "disk and opened in a browser it does the rest; it loads nothing from anywhere."
                }
            }
        }
    }
}

fn bar(ledger: &Ledger) -> Markup {
    let mut start = 0.0;
    let pieces: Vec<(Class, f64, f64)> = widths(ledger)
        .into_iter()
        .map(|(class, width)| {
            let from = start;
            start += width;
            (class, from, width)
        })
        .collect();
    html! {
        div.ledger {
            svg viewBox={ "0 0 " (LENGTH) " 20" } preserveAspectRatio="none" aria-hidden="true" {
                @for (class, from, width) in pieces {
                    rect.(class.as_str()) x=(round(from)) y="0" width=(round(width)) height="20" {}
                }
            }
            ul {
                @for class in CLASSES {
                    li.(class.as_str()) {
                        strong { (grouped(ledger.of(class))) } " " (class.as_str())
                    }
                }
                li { strong { (grouped(ledger.records())) } " in all" }
            }
        }
    }
}

/// How long the piece of each class is; together they are the bar.
fn widths(ledger: &Ledger) -> Vec<(Class, f64)> {
    let there: Vec<Class> = CLASSES.into_iter().filter(|class| ledger.of(*class) > 0).collect();
    let to_share = LENGTH - LEAST * there.len() as f64;
    let share = |class| ledger.of(class) as f64 / ledger.records().max(1) as f64;
    there.into_iter().map(|class| (class, LEAST + to_share * share(class))).collect()
}

fn round(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

fn about(report: &Report) -> Markup {
    let ExportFacts { sha256, bytes, records, encoding, bom, delimiter, line_ending, .. } =
        &report.export;
    html! {
        dl.facts {
            dt { "Export" }
            dd {
                code { (report.export.file) } ": " (counted(*records, "record")) ", "
                (counted(*bytes, "byte")) ", " (encoding)
                @if *bom { " with a byte order mark" }
                ", " (delimiter) "-separated, line ends " (line_ending) ", photo column "
                code { (report.export.photo_column) }
            }
            dt { "SHA-256 of the export" } dd { code { (sha256) } }
            dt { "Made by" } dd { (report.tool.name) " " (report.tool.version) " " (report.command) }
            @for (option, value) in &report.options {
                dt { "--" (option) }
                dd { code { @match value.as_str() { Some(text) => (text), None => (value) } } }
            }
        }
    }
}

/// What narrows down the hosts and the records; it works with the script only.
pub(super) fn filters(report: &Report) -> Markup {
    html! {
        form #filters role="search" aria-label="Hosts and records" {
            label {
                "Search "
                input #search type="search" autocomplete="off" spellcheck="false"
                    placeholder="name, address, e-mail, record…";
            }
            label {
                "Show "
                select #show autocomplete="off" {
                    option value="all" { "everything" }
                    option value="doubtful" { "what is in doubt" }
                    option value="rewritten" { "rewritten" }
                    option value="held" { "held" }
                    option value="unresolved" { "unresolved" }
                    @if report.ledger.of(Class::Unreadable) > 0 {
                        option value="unreadable" { "unreadable" }
                    }
                }
            }
            label.with-answers {
                "Answer "
                select #answer autocomplete="off" {
                    option value="any" { "any" }
                    option value="approve" { "approved" }
                    option value="refuse" { "refused" }
                    option value="none" { "not answered" }
                }
            }
            button type="reset" { "Clear" }
            p #shown role="status" {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_whole_and_shows_whatever_is_there() {
        for counts in [[0; 5], [5, 0, 0, 0, 0], [1, 2, 3, 4, 5], [1_000_000, 1, 1, 1, 200_000]] {
            let mut ledger = Ledger::default();
            for (class, records) in Class::ALL.into_iter().zip(counts) {
                ledger.add(class, records);
            }
            let widths = widths(&ledger);
            assert_eq!(widths.len(), counts.iter().filter(|count| **count > 0).count());
            assert!(widths.iter().all(|(_, width)| *width >= LEAST), "{widths:?}");
            let sum: f64 = widths.iter().map(|(_, width)| width).sum();
            assert!(widths.is_empty() || (sum - LENGTH).abs() < 0.01, "{sum}");
        }
    }
}
