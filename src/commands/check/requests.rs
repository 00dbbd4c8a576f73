//! `photofix check --csr`: whether a public CA would take certification requests.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::cli::Check;
use crate::commands::failure::{Failure, Status};
use crate::commands::print;
use crate::commands::voice::Voice;
use crate::report::requests::{RequestFinding, RequestReport, Requests};
use crate::request::{Standing, Submission, SubmissionError, check_all, overall};
use crate::x509::csr::CertificationRequest;

/// The longest file that is read: requests are of a few kilobytes.
const MAX_FILE: u64 = 1024 * 1024;

/// Runs it. No network is needed.
///
/// # Errors
/// [`Failure`] names a file that cannot be read, or holds no certification request.
pub(super) fn run(options: &Check, voice: Voice) -> Result<Status, Failure> {
    let mut worst = Standing::Fine;
    let mut requests = Vec::new();
    for path in &options.csr {
        let submission = Submission::read(&content(path)?).map_err(|error| unfit(path, &error))?;
        for (at, request) in submission.requests.iter().enumerate() {
            let (standing, report) = report(path, at + 1, &submission, request);
            worst = worst.max(standing);
            requests.push(report);
        }
    }
    let requests = Requests { requests };
    let mut data = Vec::new();
    let rendered = match options.format.as_str() {
        "json" => requests.to_json(&mut data),
        "jsonl" => requests.to_jsonl(&mut data),
        _ => requests.render(&voice.data_style(), &mut data),
    };
    rendered.map_err(|error| Failure::file("write", Path::new("standard output"), &error))?;
    print(&data)?;
    Ok(if worst == Standing::Refused { Status::Left } else { Status::Done })
}

fn content(path: &Path) -> Result<Vec<u8>, Failure> {
    let unreadable = |error| Failure::file("read", path, &error).as_usage();
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(Failure::usage(
            format!("`{}` is longer than any certification request", path.display()),
            "give the file that the server made for the CA",
        ));
    }
    Ok(bytes)
}

fn unfit(path: &Path, error: &SubmissionError) -> Failure {
    let hint = match error {
        SubmissionError::Other(label) if label.ends_with("CERTIFICATE") => {
            "a certificate is checked with --chain and the host's name"
        }
        SubmissionError::Utf16 => "save it as plain text, or take the file that the server made",
        SubmissionError::Damaged => "take the file that the server made: a copy lost something",
        _ => "give a file of `-----BEGIN CERTIFICATE REQUEST-----`, as the server made it",
    };
    Failure::usage(format!("`{}`: {error}", path.display()), hint)
}

fn report(
    path: &Path,
    number: usize,
    submission: &Submission,
    request: &CertificationRequest,
) -> (Standing, RequestReport) {
    let findings = check_all(submission, request);
    let standing = overall(&findings);
    let addresses = request.ip_names.iter().map(ToString::to_string);
    let report = RequestReport {
        file: path.display().to_string(),
        number,
        standing: standing.as_str().into(),
        subject: request.subject.clone(),
        names: request.dns_names.iter().cloned().chain(addresses).collect(),
        key: request.key.to_string(),
        signature: request.signature.name.clone(),
        findings: findings
            .into_iter()
            .map(|finding| RequestFinding {
                rule: finding.rule.into(),
                standing: finding.standing.as_str().into(),
                detail: finding.detail,
                hint: finding.hint,
                source: finding.source.into(),
            })
            .collect(),
    };
    (standing, report)
}
