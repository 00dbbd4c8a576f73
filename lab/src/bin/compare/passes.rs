//! Goals 1 to 5 and 8: the passes over an export.

use crate::files::{Files, Kind};
use crate::measure::{Task, is_installed, paired, text};
use crate::table::{Figure, Row, Table, Wanted, shown};
use crate::{Outcome, Setting};

/// What no pass can beat, and what it is called.
const COPY: (&str, &str) = ("copy", "reading and writing, and nothing between");
/// What no look at photo cells can beat.
const SCAN: (&str, &str) = ("scan", "reading, scanning and writing, no cell looked at");

/// Goals 1 to 3a: the second pass beside `cat`.
pub(crate) fn rewriting(setting: &Setting, files: &mut Files, table: &mut Table) -> Outcome {
    for (goal, kind, wanted) in
        [("1", Kind::Few, 1.05), ("2", Kind::Half, 0.9), ("3", Kind::Wide, 1.0)]
    {
        let export = files.large(kind, setting)?;
        // What is measured is what the command does.
        export.rewriting(setting).run()?;
        export.applying(setting).run()?;
        Task::new("cmp", &[text(&export.copy), text(&export.import)]).run()?;
        let work = format!("engine, {}", kind.name());
        let wanted = Wanted::AtLeast(wanted);
        beside(setting, table, goal, &work, &export.rewriting(setting), &export.copying(), wanted)?;
    }
    for (goal, kind, only) in [
        ("1", Kind::Few, COPY),
        ("1", Kind::Few, SCAN),
        ("3", Kind::Wide, SCAN),
        ("3a", Kind::Few, ("copy-hashed", "reading, writing and both SHA-256, and nothing else")),
    ] {
        let export = files.large(kind, setting)?;
        let (task, work) = (export.only(only.0, setting), format!("{}, {}", only.1, kind.name()));
        beside(setting, table, goal, &work, &task, &export.copying(), Wanted::Anything)?;
    }
    for (kind, wanted) in [
        (Kind::Few, Wanted::AtLeast(0.65)),
        (Kind::Half, Wanted::Anything),
        (Kind::Wide, Wanted::Anything),
    ] {
        let export = files.large(kind, setting)?;
        let work = format!("`apply`, {}", kind.name());
        beside(setting, table, "3a", &work, &export.applying(setting), &export.copying(), wanted)?;
    }
    Ok(())
}

/// Goal 4: the first pass beside counting lines.
pub(crate) fn counting(setting: &Setting, files: &mut Files, table: &mut Table) -> Outcome {
    let export = files.large(Kind::Few, setting)?;
    let lines = Task::new("wc", &["-l", text(&export.path)]);
    let (on_two, on_one) = (Wanted::AtLeast(0.6), Wanted::AtLeast(0.4));
    for (work, task, on_two, on_one) in [
        ("first pass without fingerprint and health", export.counting(setting), on_two, on_one),
        ("`inspect`", export.inspecting(setting), on_two, on_one),
        (
            "reading and SHA-256, and nothing else",
            export.only("hash", setting),
            Wanted::Anything,
            Wanted::Anything,
        ),
    ] {
        beside(setting, table, "4", work, &task, &lines, on_two)?;
        if is_installed("taskset") {
            let (task, lines) = (task.on_one_core(), lines.clone().on_one_core());
            let work = format!("{work}, on one core");
            beside(setting, table, "4", &work, &task, &lines, on_one)?;
        }
    }
    Ok(())
}

/// Goal 5: one core only.
pub(crate) fn on_one_core(setting: &Setting, files: &mut Files, table: &mut Table) -> Outcome {
    if !is_installed("taskset") {
        table.left_out("5", "one core only", "`taskset` is not installed");
        return Ok(());
    }
    for kind in [Kind::Few, Kind::Half] {
        let export = files.large(kind, setting)?;
        let copying = export.copying().on_one_core();
        for (work, task, wanted) in [
            ("engine", export.rewriting(setting), Wanted::AtLeast(0.6)),
            ("`apply`", export.applying(setting), Wanted::Anything),
        ] {
            let work = format!("{work} on one core, {}", kind.name());
            beside(setting, table, "5", &work, &task.on_one_core(), &copying, wanted)?;
        }
    }
    let few = files.large(Kind::Few, setting)?;
    for (only, work) in [COPY, SCAN] {
        let task = few.only(only, setting).on_one_core();
        let copying = few.copying().on_one_core();
        beside(
            setting,
            table,
            "5",
            &format!("{work}, on one core"),
            &task,
            &copying,
            Wanted::Anything,
        )?;
    }
    Ok(())
}

/// Measures a pair, and adds its row.
pub(crate) fn beside(
    setting: &Setting,
    table: &mut Table,
    goal: &str,
    work: &str,
    ours: &Task,
    theirs: &Task,
    wanted: Wanted,
) -> Outcome {
    let pair = paired(ours, theirs, setting.rounds)?;
    table.row(&Row {
        goal,
        work,
        found: Figure::Ratio(pair.ratio),
        wanted,
        detail: format!("{} beside {}", shown(pair.ours), shown(pair.theirs)),
        commands: format!("{}, {}", ours.shown(&setting.folder), theirs.shown(&setting.folder)),
    });
    Ok(())
}

/// Goal 8: how often `fix` and `apply` read the export, by the bytes that their calls gave.
///
/// That they hash it once cannot be seen from outside; a second time would show in goal 3a.
pub(crate) fn bytes_read(setting: &Setting, files: &mut Files, table: &mut Table) -> Outcome {
    if !is_installed("strace") {
        table.left_out("8", "bytes read of the export", "`strace` is not installed");
        return Ok(());
    }
    let export = files.large(Kind::Few, setting)?;
    let trace = setting.folder.join("trace");
    for (work, task, times) in
        [("`fix`", export.fixing(setting), 2.0), ("`apply`", export.applying(setting), 1.0)]
    {
        let calls = "trace=read,readv,pread64,preadv,preadv2,mmap,sendfile,splice,copy_file_range";
        let arguments = ["-f", "-y", "-qq", "-o", text(&trace), "-e", calls];
        let traced = task.clone().behind("strace", &arguments);
        traced.run()?;
        let read = given(&std::fs::read_to_string(&trace)?, text(&export.path))?;
        std::fs::remove_file(&trace)?;
        table.row(&Row {
            goal: "8",
            work: &format!("bytes that {work} reads of the export, by its length"),
            found: Figure::Ratio(read as f64 / export.length()? as f64),
            // A block that is read once more, to find the dialect, is no pass.
            wanted: Wanted::AtMost(times + 0.01),
            detail: format!("{read} bytes of {}", export.length()?),
            commands: traced.shown(&setting.folder),
        });
    }
    Ok(())
}

/// The bytes that the calls of a trace gave of a file: `7 read(3</x/few.csv>, "…"..., 9) = 9`, or
/// in two lines where another thread's call came between.
fn given(trace: &str, file: &str) -> Outcome<u64> {
    let named = format!("<{file}>");
    let mut unfinished: Vec<&str> = Vec::new();
    let mut sum = 0;
    for line in trace.lines() {
        let thread = line.split(' ').next().unwrap_or_default();
        let resumed = line.contains(" resumed>");
        let is_ours = line.contains(&named) || (resumed && unfinished.contains(&thread));
        if !is_ours {
            continue;
        }
        if line.contains("mmap(") {
            return Err(
                format!("the export is mapped, and no call says what is read: {line}").into()
            );
        }
        if line.ends_with("<unfinished ...>") {
            unfinished.push(thread);
            continue;
        }
        if resumed {
            unfinished.retain(|waiting| *waiting != thread);
        }
        let result = line.rsplit(" = ").next().unwrap_or_default();
        // A call that failed gave nothing.
        sum += result.split(' ').next().and_then(|bytes| bytes.parse::<u64>().ok()).unwrap_or(0);
    }
    Ok(sum)
}
