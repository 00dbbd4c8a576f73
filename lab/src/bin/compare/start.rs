//! Goal 12: how long it takes to begin.

use std::time::Duration;

use lab::exports::{Shape, Size};

use crate::files::{Export, Files};
use crate::measure::Task;
use crate::table::{Figure, Row, Table, Wanted};
use crate::{Outcome, Setting};

/// Runs of a few milliseconds each.
const ROUNDS: usize = 31;

/// The shortest runs there are.
pub(crate) fn start(setting: &Setting, _: &mut Files, table: &mut Table) -> Outcome {
    let shape = Shape { size: Size::Rows(10), addresses: 30, ..Shape::default() };
    let export = Export::make(setting, &setting.folder, "ten-rows", shape)?;
    let version = Task::of(&setting.photofix, &["--version"]);
    for (work, task, most) in [
        ("start: `--version`", version, 10),
        ("start: `inspect` of ten rows", export.inspecting(setting), 10),
        ("start: `fix --offline` of ten rows", export.fixing(setting), 20),
    ] {
        table.row(&Row {
            goal: "12",
            work,
            found: Figure::Time(task.median(ROUNDS)?),
            wanted: Wanted::Within(Duration::from_millis(most)),
            detail: format!("median of {ROUNDS}"),
            commands: task.shown(&setting.folder),
        });
    }
    export.remove();
    Ok(())
}
