//! Goal 13: what reports cost, beside the same run without them.

use lab::exports::{Shape, Size};

use crate::files::{Export, Files};
use crate::measure::{paired, text};
use crate::table::{Figure, Row, Table, Wanted, shown};
use crate::{Outcome, Setting};

/// `apply` with a report of 500,000 changes, and its memory.
pub(crate) fn reports(setting: &Setting, _: &mut Files, table: &mut Table) -> Outcome {
    let changes = if setting.quick { 10_000 } else { 500_000 };
    let shape = Shape { size: Size::Rows(changes), addresses: 100, ..Shape::default() };
    let export = Export::make(setting, &setting.folder, "changes", shape)?;
    let without = export.applying(setting);
    for (kind, wanted) in [
        ("jsonl", Wanted::AtMost(2.0)),
        ("csv", Wanted::AtMost(2.0)),
        ("md", Wanted::Anything),
        ("diff", Wanted::Anything),
    ] {
        let report = setting.folder.join(format!("report.{kind}"));
        let with = export
            .applying(setting)
            .arguments(&["--report", text(&report)])
            .writes(&[&export.import, &report]);
        let pair = paired(&with, &without, setting.rounds)?;
        let (peak, plain) = (with.peak()?, without.peak()?);
        table.row(&Row {
            goal: "13",
            work: &format!(
                "`apply` with a .{kind} report of {changes} changes, by the same without"
            ),
            found: Figure::Ratio(1.0 / pair.ratio),
            wanted,
            detail: format!(
                "{} beside {}; {} beside {}",
                shown(pair.ours),
                shown(pair.theirs),
                Figure::Memory(peak),
                Figure::Memory(plain)
            ),
            commands: with.shown(&setting.folder),
        });
        std::fs::remove_file(&report)?;
    }
    export.remove();
    Ok(())
}
