//! Goal 7: the programs that somebody would take instead, at the nearest work that they do: find the
//! photo column, replace by a pattern, write everything. None of them keeps to the photo cell and to
//! the bytes of all others at once.

use crate::files::{Export, Files, Kind};
use crate::measure::{Task, is_installed, text};
use crate::passes::beside;
use crate::table::{Table, Wanted};
use crate::{Outcome, Setting};

const COLUMN: &str = "userProfilePhotoURL";
const PATTERN: &str = r"10\.0\.[0-9.]+";
const NAME: &str = "photo.webexconnect.com";

/// How many times as fast as a CSV tool.
const FASTER: Wanted = Wanted::AtLeast(5.0);

/// Rounds are many elsewhere because differences are small; here they are not.
const ROUNDS: usize = 3;

/// `apply` beside each of them.
pub(crate) fn peers(setting: &Setting, files: &mut Files, table: &mut Table) -> Outcome {
    let few = Setting { rounds: setting.rounds.min(ROUNDS), ..setting.clone() };
    for kind in [Kind::Few, Kind::Half] {
        let export = files.large(kind, setting)?;
        for (name, task, wanted) in tools(&export) {
            let work = format!("`apply` beside {name}, {}", kind.name());
            match task {
                // One that does not know its own options of last year must not end the table.
                Some(task) => match task.run() {
                    Ok(_) => {
                        beside(&few, table, "7", &work, &export.applying(setting), &task, wanted)?;
                    }
                    Err(error) => table.left_out("7", &work, &format!("it failed: {error}")),
                },
                None => table.left_out("7", &work, "not installed"),
            }
        }
    }
    Ok(())
}

/// The tools, and how each does it; nothing where it is not installed.
fn tools(export: &Export) -> Vec<(&'static str, Option<Task>, Wanted)> {
    let (path, copy) = (text(&export.path), text(&export.copy));
    let program = |name: &str, arguments: &[&str]| {
        is_installed(name).then(|| Task::new(name, arguments).into_file(&export.copy))
    };
    let module = |name: &str, script: &str| {
        let is_there = Task::new("python3", &["-c", &format!("import {name}")]).run().is_ok();
        is_there.then(|| Task::new("python3", &["-c", script, path, copy]))
    };
    let polars = format!(
        "import sys, polars as p\n\
         photo = p.col('{COLUMN}').str.replace(r'{PATTERN}', '{NAME}')\n\
         p.scan_csv(sys.argv[1], infer_schema=False).with_columns(photo).sink_csv(sys.argv[2])"
    );
    let duckdb = format!(
        "import sys, duckdb\n\
         duckdb.sql(f'''COPY (SELECT * REPLACE (regexp_replace({COLUMN}, '{PATTERN}', '{NAME}') \
         AS {COLUMN}) FROM read_csv('{{sys.argv[1]}}', all_varchar=true, header=true)) \
         TO '{{sys.argv[2]}}' (HEADER)''')"
    );
    let replace = ["replace", "-s", COLUMN, PATTERN, NAME, path];
    let xan = format!("replace(_, /{PATTERN}/, \"{NAME}\")");
    let miller = format!("${COLUMN} = sub(${COLUMN}, \"{PATTERN}\", \"{NAME}\")");
    let awk = format!("BEGIN {{ FS = OFS = \",\" }} {{ sub(/{PATTERN}/, \"{NAME}\", $19) }} 1");
    let everywhere = format!("s#{}#{NAME}#", PATTERN.replace('+', "*"));
    let any = Wanted::Anything;
    vec![
        ("xan", program("xan", &["transform", COLUMN, &xan, path]), FASTER),
        ("qsv", program("qsv", &replace), FASTER),
        (
            "xsv, which can only search",
            program("xsv", &["search", "-s", COLUMN, PATTERN, path]),
            FASTER,
        ),
        ("Miller", program("mlr", &["--csv", "put", &miller, path]), FASTER),
        ("Polars", module("polars", &polars), FASTER),
        ("DuckDB", module("duckdb", &duckdb), FASTER),
        ("perl", program("perl", &["-pe", &format!("s{{{PATTERN}}}{{{NAME}}}"), path]), any),
        ("sed", program("sed", &[&everywhere, path]), any),
        ("gawk", program("gawk", &[&awk, path]), any),
        ("mawk", program("mawk", &[&awk, path]), any),
    ]
}
