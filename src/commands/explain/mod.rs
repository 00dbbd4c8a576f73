//! `photofix explain`: the whole reasoning about one record or one address, on one screen.

mod conclusion;
mod document;
mod export;

use std::io::Read;
use std::path::Path;

use super::export_file::ExportFile;
use super::failure::{Failure, Status};
use super::job::Job;
use super::print;
use super::progress::interrupted;
use super::voice::Voice;
use crate::cli::{Explain, RecordingOptions};
use crate::explain::Question;
use crate::ledger::Class;
use crate::settings::{self, Layers};

/// How far into a file its kind shows: behind a byte order mark and white space.
const PEEKED: u64 = 64;

/// Runs it.
///
/// # Errors
/// [`Failure`] when the file cannot be read, or has no such record or address.
pub(super) fn run(options: &Explain, layers: &Layers, voice: Voice) -> Result<Status, Failure> {
    let question = match (&options.address, options.record) {
        (Some(typed), _) => {
            Question::Host(typed.parse().map_err(|error| Failure::no_host(&error))?)
        }
        // The command line has one of both.
        (None, record) => Question::Record(record.unwrap_or_default()),
    };
    let job = Job::resolve(&options.job, &RecordingOptions::default(), &options.file, layers)?;
    let file = ExportFile::open(&options.file)?;
    let explanation = if is_document(&file, voice)? {
        let mut told = document::explain(&file, &question, voice)?;
        told.notes.extend(not_counting(options));
        told
    } else {
        export::explain(&file, question, &job, voice.progress())?
    };
    let mut data = Vec::new();
    let rendered = match options.format.as_str() {
        "json" => explanation.to_json(&mut data),
        _ => explanation.render(&voice.data_style(), &mut data),
    };
    rendered.map_err(|error| Failure::file("write", Path::new("standard output"), &error))?;
    print(&data)?;
    Ok(match explanation.decision.class {
        Class::Untouched | Class::Rewritten => Status::Done,
        Class::Held | Class::Unresolved | Class::Unreadable => Status::Left,
    })
}

/// Whether a file is a JSON document: no export begins with a brace.
fn is_document(file: &ExportFile, voice: Voice) -> Result<bool, Failure> {
    let start = read(file, PEEKED, voice)?;
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&start);
    Ok(start.trim_ascii_start().starts_with(b"{"))
}

/// A file's bytes, as far as `limit`.
fn read(file: &ExportFile, limit: u64, voice: Voice) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let source = file.bytes_from_start(voice.progress(), "reading")?;
    match source.take(limit).read_to_end(&mut bytes) {
        Err(_) if interrupted() => Err(Failure::interrupted()),
        read => {
            read.map_err(|error| Failure::file("read", Path::new(&file.name), &error))?;
            Ok(bytes)
        }
    }
}

/// That options were typed which say nothing about a document.
fn not_counting(options: &Explain) -> Option<String> {
    let job = &options.job;
    let typed =
        settings::shown(&[&job.reading, &job.scope, &job.network, &job.certificates, &job.policy]);
    let typed: Vec<String> = typed.keys().map(|name| format!("--{name}")).collect();
    (!typed.is_empty()).then(|| {
        format!("everything is told as it was decided then; {} does not count", typed.join(", "))
    })
}
