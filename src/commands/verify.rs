//! `photofix verify`: proves that only hosts moved. No network.

use std::path::{Path, PathBuf};

use super::export_file::ExportFile;
use super::failure::{Failure, Status};
use super::joined::Joined;
use super::plan_file::one_standard_input;
use super::print;
use super::voice::Voice;
use crate::cli::Verify;
use crate::export::{Choices, Contents};
use crate::proof::{Finding, prove};
use crate::report::verification::{MovedHost, Verification, Violation};
use crate::settings::{self, Layers};

/// Violations that are shown; all of them are counted.
const VIOLATIONS_SHOWN: usize = 100;
/// Changes that are shown; all of them are counted.
const CHANGES_SHOWN: usize = 10_000;

/// Runs it.
///
/// # Errors
/// [`Failure`] when one of the files cannot be read.
pub(super) fn run(options: &Verify, layers: &Layers, voice: Voice) -> Result<Status, Failure> {
    let reading = layers.fill(&options.reading)?;
    let scope = layers
        .fill(&crate::cli::ScopeOptions { domain: options.domain.clone(), ..Default::default() })?;
    let kept = layers.fill(&crate::cli::ImportOptions {
        only_changed: options.only_changed,
        ..Default::default()
    })?;
    let contents = settings::contents(&kept);
    let choices = settings::choices(&reading)?;
    let domains = settings::domains(scope.domain.as_ref())?;
    let Some((first, others)) = options.import.split_first() else {
        return Err(Failure::usage("no import file is given".to_owned(), "give its path"));
    };
    let mut inputs = vec![(Some(options.export.as_path()), "the export")];
    inputs.extend(options.import.iter().map(|path| (Some(path.as_path()), "the import file")));
    one_standard_input(&inputs)?;
    let export = ExportFile::open(&options.export)?;
    let import = ExportFile::open(first)?;

    let mut old = export.pass(&choices, voice.progress(), "export")?;
    // The import file is read as the export was: what differs is then said record by record.
    let as_export = Choices {
        encoding: Some(old.dialect().encoding),
        delimiter: Some(old.dialect().delimiter),
        ..choices.clone()
    };
    // Where it cannot be, it may be a file of another encoding or delimiter: that is a finding.
    let open = |choices: &Choices| {
        let joined = Joined::open(&import, others, choices, voice.progress())?;
        joined.records(&import, choices)
    };
    let mut new = match open(&as_export) {
        Err(failure) if failure.status == Status::Failed => open(&choices)?,
        opened => opened?,
    };
    let (mut violations, mut changes) = (Vec::new(), Vec::new());
    let counted = prove(&mut old, &mut new, contents, &domains, &mut |finding| match finding {
        Finding::Moved(moved) if changes.len() < CHANGES_SHOWN => changes.push(MovedHost {
            record: moved.old.position().record,
            line: moved.old.position().line,
            old: moved.old_cell.to_owned(),
            new: moved.new_cell.to_owned(),
            old_host: moved.old_host,
            new_host: moved.new_host,
        }),
        Finding::Violation(found) if violations.len() < VIOLATIONS_SHOWN => {
            violations.push(Violation {
                record: found.record,
                line: found.line,
                byte: found.byte,
                what: found.what,
                expected: found.expected,
                found: found.found,
            });
        }
        Finding::Moved(_) | Finding::Violation(_) => {}
    })
    .map_err(|error| export.failure(&error))?;
    drop((old, new));

    let verification = Verification {
        export: export.name.clone(),
        import: names(&import, others),
        records: counted.records,
        changed: counted.changed,
        violation_count: counted.violations,
        only_changed: contents == Contents::ChangedOnly,
        violations,
        changes,
    };
    let mut data = Vec::new();
    let rendered = match options.format.as_str() {
        "json" => verification.to_json(&mut data),
        _ => verification.render(&voice.data_style(), &mut data),
    };
    rendered.map_err(|error| Failure::file("write", Path::new("standard output"), &error))?;
    print(&data)?;
    Ok(if counted.violations == 0 { Status::Done } else { Status::Failed })
}

/// The import file's name, or those of its parts.
fn names(first: &ExportFile, others: &[PathBuf]) -> String {
    let others = others.iter().map(|path| path.display().to_string());
    std::iter::once(first.name.clone()).chain(others).collect::<Vec<_>>().join(", ")
}
