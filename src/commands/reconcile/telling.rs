//! What was found, as reports say it.

use std::time::{Duration, SystemTime};

use super::super::export_file::ExportFile;
use super::super::plan_file::PlanFile;
use super::files::{Base, Files};
use super::import_file::{ImportFile, KnownFrom};
use crate::cli::Reconcile;
use crate::reconcile::{Class, Collateral, Sent, Where};
use crate::report::reconciliation::{self, Reconciliation};

/// How long Jabber may go on showing a photo that was replaced (Jabber for Mac 9.6 guide, and
/// every later one: its contact cache expires after a day).
const PHOTO_CACHE: Duration = Duration::from_secs(24 * 60 * 60);

/// How many changes that were not sent are described; all are counted.
const NOT_SENT_KEPT: usize = 10_000;

/// What was found, as reports say it.
pub(super) fn reconciliation(
    options: &Reconcile,
    plan: &PlanFile,
    files: &Files,
    import: &ImportFile,
    sent: &Sent,
    collateral: Collateral,
) -> Reconciliation {
    let mut changes = reconciliation::Changes::default();
    let mut records = Vec::new();
    for (change, outcome, status, found) in sent.outcomes() {
        changes.sent += 1;
        *match outcome.class {
            Class::Applied => &mut changes.applied,
            Class::Refused => &mut changes.refused,
            Class::Ignored => &mut changes.ignored,
            Class::Reverted => &mut changes.reverted,
            Class::Unclear => &mut changes.unclear,
        } += 1;
        records.push(reconciliation::Fate {
            record: change.record,
            line: change.line,
            key: change.key.clone(),
            class: outcome.class.as_str().into(),
            reason: outcome.reason.into(),
            explanation: outcome.explanation().into(),
            certainty: outcome.certainty.as_str().into(),
            status: status.map(ToOwned::to_owned),
            old: change.old.clone(),
            new: change.new.clone(),
            found: found.map(ToOwned::to_owned),
            retry: outcome.is_missing(),
        });
    }
    let mut not_sent = Vec::new();
    for left in sent.not_sent() {
        changes.not_sent += 1;
        if not_sent.len() < NOT_SENT_KEPT {
            not_sent.push(reconciliation::NotSent {
                record: left.change.record,
                line: left.change.line,
                key: left.change.key.clone(),
                reason: left.why.as_str().into(),
                explanation: left.why.explanation().into(),
                old: left.change.old.clone(),
                new: left.change.new.clone(),
                found: left.found.map(ToOwned::to_owned),
            });
        }
    }
    if files.base == Base::Lost {
        changes.unfollowed =
            import.changes_of_run().map_or(0, |made| made.saturating_sub(changes.sent));
    }
    let has_after = files.after.is_some();
    let settle =
        files.imported_at().and_then(|(file, at)| Some((file, at.checked_add(PHOTO_CACHE)?)));
    let mut notes = notes(files, import, sent, &changes);
    if let Some((file, until)) = settle
        && let (true, Some(time)) = (until > SystemTime::now(), rfc3339(until))
    {
        notes.push(format!(
            "Jabber may show the old photos until {time}: 24 hours after the import, by the time \
             of `{file}`"
        ));
    }
    let name = |file: &ExportFile| file.name.clone();
    let status_values = sent.status_values().into_iter().map(|value| {
        let reading = value.reading.as_str().into();
        let (value, changes, shows_new, shows_old) =
            (value.value, value.changes, value.shows_new, value.shows_old);
        reconciliation::StatusValue { value, reading, changes, shows_new, shows_old }
    });
    let differences = collateral.differences.into_iter().map(|found| {
        let (record, line, key) = (found.record, found.line, Some(found.key));
        let (column, imported, found) = (found.column, found.imported, found.found);
        reconciliation::Difference { record, line, key, column, imported, found }
    });
    let missing = collateral.missing.into_iter().map(|missing| reconciliation::Missing {
        record: missing.record,
        line: missing.line,
        key: Some(missing.key),
    });
    let duplicates = sent.duplicates.iter().map(|duplicate| reconciliation::Duplicate {
        file: match duplicate.file {
            Where::Import => "import".into(),
            Where::Status => "status".into(),
            Where::After => "after".into(),
        },
        record: duplicate.record,
        key: Some(duplicate.key.clone()),
    });
    Reconciliation {
        plan: options.plan.display().to_string(),
        export: files.planned_name(plan),
        made_from: name(&files.export),
        import: (import.from != KnownFrom::Plan).then(|| import.file.name().to_owned()),
        parts: import.file.parts(),
        status: files.status.as_ref().map(|(file, _)| name(file)),
        after: files.after.as_ref().map(|(file, _)| name(file)),
        key: files.key.name.clone(),
        status_column: files.status_column.as_ref().map(|(column, _)| column.clone()),
        notes,
        photos_settle_at: settle.and_then(|(_, until)| rfc3339(until)),
        changes,
        collateral_records: has_after.then_some(collateral.records),
        missing_records: has_after.then_some(collateral.missing_records),
        status_values: status_values.collect(),
        records,
        not_sent,
        collateral: differences.collect(),
        missing: missing.collect(),
        duplicates: duplicates.collect(),
        retry: None,
    }
}

/// What must be known to read the rest.
fn notes(
    files: &Files,
    import: &ImportFile,
    sent: &Sent,
    changes: &reconciliation::Changes,
) -> Vec<String> {
    let mut notes = Vec::new();
    if files.after.is_none() {
        notes.push(
            "without --after, classes rest on WebEx's words alone, which are not documented, and \
             what else moved cannot be seen"
                .to_owned(),
        );
    }
    if files.status.is_none() {
        notes.push(
            "without --status, a change that was refused, and one that was taken and reverted, \
             look ignored"
                .to_owned(),
        );
    }
    match import.from {
        KnownFrom::Given => {}
        KnownFrom::Journal => notes.push(format!(
            "the import file is taken to be `{}`, which the plan's journal names",
            import.file.name()
        )),
        KnownFrom::Plan => notes.push(
            "nothing says what was imported (--import, or the journal that `apply` keeps beside \
             the plan): it is taken to be every change of the plan, and every other record of the \
             export"
                .to_owned(),
        ),
    }
    notes.extend(of_the_run(files, import, changes));
    if changes.not_sent > 0 {
        let what = match files.base {
            Base::Planned | Base::Lost => "the plan's changes",
            Base::Newer | Base::Rollback => "the changes that the plan would make",
        };
        notes.push(format!(
            "{} of {what} are not in the import file and are not looked for",
            changes.not_sent
        ));
    }
    let alone = sent.alone();
    if !alone.is_empty() {
        notes.push(format!(
            "columns that only one of import file and after export has cannot be compared: `{}`",
            alone.join("`, `")
        ));
    }
    notes
}

/// What the journal says of the run that made the import file.
fn of_the_run(
    files: &Files,
    import: &ImportFile,
    changes: &reconciliation::Changes,
) -> Vec<String> {
    let mut notes = Vec::new();
    if let (Some(run), true) = (&import.run, import.from == KnownFrom::Journal)
        && import.standing > 1
    {
        notes.push(format!(
            "the plan was applied {} times and not taken back: this is about the last time, at {}; \
             name another import file with --import",
            import.standing, run.time
        ));
    }
    if let Some(back) = &import.taken_back {
        notes.push(format!(
            "after this import the plan was taken back, at {} (`{}`): in an export that was taken \
             after that import, old cells are what was wanted",
            back.time, back.output.file
        ));
    }
    match (files.base, &import.run) {
        (Base::Newer, _) => notes.push(format!(
            "the import file was made from `{}`: records are counted in it, and its new users' \
             changes are among them",
            files.export.name
        )),
        (Base::Rollback, _) => notes.push(format!(
            "the import file was made from another export than the planned one, which is not at \
             hand: the changes are those of the rollback `{}`, and records are counted in it",
            files.export.name
        )),
        (Base::Lost, Some(run)) => notes.push(format!(
            "the import file was made from `{}` (sha256 {}), which is not here as it was, nor is a \
             rollback: only the plan's own users are followed, at least {} of the {} changes that \
             the journal counts are not, and a cell that was there before counts as sent; give \
             that export with --rebased-from",
            run.export.file, run.export.sha256, changes.unfollowed, run.changes
        )),
        (Base::Planned, None) if import.has_rebase && import.from == KnownFrom::Given => {
            notes.push(
                "the journal does not know this import file: it is taken to be made from the \
                 export that was planned for; where it was made from another, give that with \
                 --rebased-from"
                    .to_owned(),
            );
        }
        _ => {}
    }
    if files.planned_export.is_none() && matches!(files.base, Base::Newer | Base::Rollback) {
        notes.push(
            "the export that was planned for is not at hand: which of its users the changes did \
             not reach is not said"
                .to_owned(),
        );
    }
    notes
}

fn rfc3339(time: SystemTime) -> Option<String> {
    let time = jiff::Timestamp::try_from(time).ok()?;
    let whole = jiff::Timestamp::from_second(time.as_second()).ok()?;
    Some(whole.to_string())
}
