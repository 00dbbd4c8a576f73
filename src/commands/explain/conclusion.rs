//! What becomes of one record, as the second pass would do it.

use super::super::export_file::ExportFile;
use super::super::failure::Failure;
use super::super::progress::Progress;
use crate::decide::map_line;
use crate::evidence::OldHost;
use crate::explain::{Found, Photo};
use crate::export::{Choices, RecordKind};
use crate::ledger::Class;
use crate::photo::{HostKind, PhotoCell};
use crate::report::EndpointReport;
use crate::report::explanation::Conclusion;
use crate::rewrite::{Rewrite, Rewriter, Rewritten, Treatments};

/// Reads the export once more up to the record and gives it to the one function that rewrites.
///
/// # Errors
/// [`Failure`] when the export cannot be read, or changed meanwhile.
pub(super) fn of_record(
    export: &ExportFile,
    choices: &Choices,
    found: &Found,
    treatments: &Treatments,
    entry: Option<&EndpointReport>,
    progress: Progress,
) -> Result<Conclusion, Failure> {
    let mut reader = export.pass(choices, progress, "reading")?;
    let dialect = reader.dialect().clone();
    while let Some(record) = reader.next_record().map_err(|error| export.failure(&error))? {
        let is_data =
            matches!(record.kind(), RecordKind::Data | RecordKind::Overlong { first: true });
        if is_data && record.position() == found.position {
            let mut rewriter = Rewriter::new(treatments, &dialect);
            return Ok(conclusion(&rewriter.rewrite(&record), found, entry));
        }
    }
    Err(export.changed())
}

fn conclusion(
    rewritten: &Rewritten<'_>,
    found: &Found,
    entry: Option<&EndpointReport>,
) -> Conclusion {
    match (rewritten, entry) {
        (Rewritten::Changed(change), Some(entry)) => {
            Conclusion::of_endpoint(entry).with_new(&change.new_text(), &change.new_host)
        }
        (Rewritten::Left { .. }, Some(entry)) => Conclusion::of_endpoint(entry),
        (Rewritten::Unreadable(why), _) => Conclusion::left(
            Class::Unreadable,
            why.reason,
            why.explanation.clone(),
            Some(why.hint.to_owned()),
        ),
        // Nothing is changed or left to a person but by the decision on an endpoint.
        _ => untouched(&found.photo),
    }
}

/// A record that needs no decision.
fn untouched(photo: &Photo) -> Conclusion {
    let conclusion = Conclusion::untouched(
        photo.kind(),
        "nothing here is decided; the record stays as it is".to_owned(),
    );
    match photo {
        Photo::Cell(_, PhotoCell::Url(url)) => match &url.host {
            HostKind::Bare(label) => Conclusion {
                hint: Some(format!("say in the map which name `{label}` is, and give --map")),
                map_lines: vec![map_line(&OldHost::Bare(label.clone()), None)],
                ..conclusion
            },
            _ => conclusion,
        },
        _ => conclusion,
    }
}
