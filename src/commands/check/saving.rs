//! Certificates for other programs: what was presented, and the trust anchors it leads to.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::certify::{CertificateVerdict, NameVerdict};
use crate::commands::certificates::Judge;
use crate::commands::failure::Failure;
use crate::commands::output::{Existing, Outputs};
use crate::report::escape::TerminalText;

/// Columns of PEM text (RFC 7468, 2).
const PEM_COLUMNS: usize = 64;

/// What the files are to the administrator.
const CHAIN: &str = "the file of certificates";
const ROOTS: &str = "the file of trust anchors";

/// The files to write; both are whole, or neither is there.
pub(super) struct Saving {
    outputs: Outputs,
    chain: Option<Output>,
    roots: Option<Output>,
}

/// One file.
struct Output {
    out: BufWriter<File>,
    path: PathBuf,
}

impl Saving {
    /// Opens the files before anything is asked, so that nobody waits in vain.
    ///
    /// # Errors
    /// [`Failure`] when one exists, or is one of `inputs`, or cannot be written.
    pub(super) fn open(
        chain: Option<&Path>,
        roots: Option<&Path>,
        existing: Existing,
        inputs: &[(&Path, &str)],
    ) -> Result<Self, Failure> {
        let mut outputs = Outputs::new(existing);
        inputs.iter().for_each(|(input, what)| outputs.protect(input, what));
        let mut open = |path: Option<&Path>, what| {
            let Some(path) = path else { return Ok(None) };
            if path == Path::new("-") {
                return Err(Failure::usage(
                    format!("{what} would go to standard output, where the verdicts go"),
                    "give it the path of a file",
                ));
            }
            Ok(Some(Output { out: outputs.create(path, what)?, path: path.to_owned() }))
        };
        let (chain, roots) = (open(chain, CHAIN)?, open(roots, ROOTS)?);
        Ok(Self { outputs, chain, roots })
    }

    /// Writes what the verdicts are about. A file for which there is nothing is left out, which the
    /// notes given back say.
    ///
    /// # Errors
    /// [`Failure`] when a file cannot be written.
    pub(super) fn write(mut self, judge: &Judge) -> Result<Vec<String>, Failure> {
        let mut notes = Vec::new();
        for (output, what, pem, nothing) in [
            (self.chain, CHAIN, presented(judge.verdicts()), "no server presented a certificate"),
            (self.roots, ROOTS, anchors(judge), "no path leads to a trust anchor"),
        ] {
            let Some(Output { mut out, path }) = output else { continue };
            if pem.is_empty() {
                notes.push(format!("`{}` was not written: {nothing}", path.display()));
                self.outputs.withdraw(what);
                continue;
            }
            out.write_all(pem.as_bytes())
                .and_then(|()| out.flush())
                .map_err(|error| Failure::file("write", &path, &error))?;
        }
        self.outputs.commit()?;
        Ok(notes)
    }
}

/// The certificates presented, each once, under the server that was the first to present it.
fn presented<'a>(verdicts: impl Iterator<Item = &'a NameVerdict>) -> String {
    let mut written = BTreeSet::new();
    let mut pem = String::new();
    for verdict in verdicts {
        let server = &verdict.demand.service;
        for CertificateVerdict { chain, address, .. } in &verdict.certificates {
            let new = chain.iter().filter(|one| written.insert(&one.sha256));
            for (at, certificate) in new.enumerate() {
                if at == 0 {
                    let address = address.map(|it| format!(" at {it}")).unwrap_or_default();
                    pem.push_str(&format!("# {}:{}{address}\n", server.name, server.port));
                }
                append(&mut pem, &certificate.label(), &certificate.der);
            }
        }
    }
    pem
}

/// The trust anchors that paths lead to, each once.
fn anchors(judge: &Judge) -> String {
    let certificates = judge.verdicts().flat_map(|verdict| &verdict.certificates);
    let mut written = BTreeSet::new();
    let mut pem = String::new();
    for path in certificates.filter_map(|certificate| certificate.path.path.as_ref()) {
        if written.insert(path.anchor) {
            append(&mut pem, &path.anchor_subject, judge.anchors().roots()[path.anchor].der());
        }
    }
    pem
}

/// A certificate under its subject, which is a stranger's text and stays on its line.
fn append(pem: &mut String, subject: &str, der: &[u8]) {
    let text = BASE64.encode(der);
    pem.push_str(&format!("# {}\n-----BEGIN CERTIFICATE-----\n", TerminalText(subject)));
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(PEM_COLUMNS));
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    pem.push_str("-----END CERTIFICATE-----\n");
}
