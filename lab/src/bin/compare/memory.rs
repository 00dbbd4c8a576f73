//! Goal 6: peak memory, whatever the length of the export.

use std::path::Path;

use lab::exports::{Shape, Size};

use crate::files::{Export, Files, Kind};
use crate::table::{Figure, Row, Table, Wanted};
use crate::{Outcome, Setting};

/// The goal in MiB.
const MOST: u64 = 32;

/// Exports of 1 MiB, of the large ones' length, and where that is wanted of 10 GiB, with one of 1 GiB in the
/// same place: how many blocks wait to be written hangs on where they go.
pub(crate) fn peaks(setting: &Setting, files: &mut Files, table: &mut Table) -> Outcome {
    let of = |bytes| Shape { size: Size::Bytes(bytes), ..Shape::default() };
    let small = Export::make(setting, &setting.folder, "small", of(1 << 20))?;
    row(setting, table, &small, &setting.folder)?;
    small.remove();
    let large = files.large(Kind::Few, setting)?;
    row(setting, table, &large, &setting.folder)?;
    match &setting.disk {
        Some(disk) => {
            let folder = tempfile::Builder::new().prefix("compare-").tempdir_in(disk)?;
            let tenth = Export::make(setting, folder.path(), "tenth", of(1 << 30))?;
            row(setting, table, &tenth, folder.path())?;
            tenth.remove();
            let huge = Export::make(setting, folder.path(), "huge", of(10 << 30))?;
            row(setting, table, &huge, folder.path())?;
        }
        None => table.left_out("6", "peak memory, 10 GiB", "`--ten-gib` was not given"),
    }
    Ok(())
}

fn row(setting: &Setting, table: &mut Table, export: &Export, folder: &Path) -> Outcome {
    let mut most = None;
    let (mut details, mut commands) = (Vec::new(), Vec::new());
    for (name, task) in [
        ("inspect", export.inspecting(setting)),
        ("plan", export.planning(setting)),
        ("apply", export.applying(setting)),
        ("fix", export.fixing(setting)),
    ] {
        let peak = task.peak()?;
        most = most.max(peak);
        details.push(format!("{name} {}", Figure::Memory(peak)));
        commands.push(task.shown(folder));
    }
    table.row(&Row {
        goal: "6",
        work: &format!("peak memory, {:.0} MiB", export.length()? as f64 / f64::from(1 << 20)),
        found: Figure::Memory(most),
        wanted: Wanted::MiB(MOST),
        detail: details.join(", "),
        commands: commands.join(", "),
    });
    Ok(())
}
