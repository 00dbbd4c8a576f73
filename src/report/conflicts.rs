//! Changes of a plan that met something else than was planned with: what was planned with, what is
//! there, and what it would become.

use std::io::{self, Write};

use super::escape::{MarkdownCode, MarkdownText};
use super::markdown::{ROWS_SHOWN, table};
use super::summary::more;
use super::terminal::{Detail, Page, Tone};
use super::words::grouped;
use super::{Carry, Conflict, Place};

/// Conflicts that a brief summary shows.
const CONFLICTS_SHOWN: usize = 5;

/// Writes them for a terminal.
pub(super) fn render(carry: &Carry, detail: Detail, page: &mut Page<'_>) -> io::Result<()> {
    if carry.conflicts.is_empty() {
        return Ok(());
    }
    let shown = match detail {
        Detail::Brief => CONFLICTS_SHOWN.min(carry.conflicts.len()),
        Detail::Full => carry.conflicts.len(),
    };
    page.heading("Conflicts", "left as they are")?;
    for conflict in &carry.conflicts[..shown] {
        let key = conflict.key.as_deref().map(|key| format!(", {key}")).unwrap_or_default();
        page.cut(2, Tone::Caution, &format!("{}{key}: {}", place(conflict), conflict.reason))?;
        page.paragraph(4, Tone::Plain, &conflict.explanation)?;
        for (label, cell) in
            [("planned", &conflict.old), ("now", &conflict.current), ("new", &conflict.new)]
        {
            if let Some(cell) = cell {
                page.cut(4, Tone::Quiet, &format!("{label:<8} {cell}"))?;
            }
        }
    }
    more(page, 2, carry.conflicts.len() - shown, "conflict")
}

fn place(conflict: &Conflict) -> String {
    match (&conflict.found, &conflict.planned) {
        (Some(place), _) => format!("record {}, line {}", place.record, place.line),
        (None, Some(place)) => format!("record {} when it was planned", place.record),
        (None, None) => "a record".to_owned(),
    }
}

/// Writes them as Markdown.
pub(super) fn to_markdown(carry: &Carry, out: &mut dyn Write) -> io::Result<()> {
    if carry.conflicts.is_empty() {
        return Ok(());
    }
    out.write_all(b"\n## Conflicts, left as they are\n\n")?;
    let titles = ["Reason", "Key", "Record", "Record when planned", "Planned with", "Now", "New"];
    table(out, &titles, 2..4)?;
    let number = |place: &Option<Place>| place.map(|it| it.record.to_string()).unwrap_or_default();
    let code =
        |text: &Option<String>| MarkdownCode(text.as_deref().unwrap_or_default()).to_string();
    for conflict in carry.conflicts.iter().take(ROWS_SHOWN as usize) {
        writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} |",
            MarkdownText(&conflict.reason),
            code(&conflict.key),
            number(&conflict.found),
            number(&conflict.planned),
            code(&conflict.old),
            code(&conflict.current),
            code(&conflict.new)
        )?;
    }
    match (carry.conflicts.len() as u64).saturating_sub(ROWS_SHOWN) {
        0 => Ok(()),
        more => writeln!(out, "\nand {} more: see the JSON report", grouped(more)),
    }
}
