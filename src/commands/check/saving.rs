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

/// The files to write.
pub(super) struct Saving {
    chain: Option<Output>,
    roots: Option<Output>,
}

/// One file that is whole or absent.
struct Output {
    outputs: Outputs,
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
        inputs: &[&Path],
    ) -> Result<Self, Failure> {
        if let (Some(chain), Some(roots)) = (chain, roots)
            && chain == roots
        {
            return Err(Failure::usage(
                format!(
                    "both the certificates and the trust anchors would be written to `{}`",
                    chain.display()
                ),
                "give each its own path",
            ));
        }
        let open = |path: Option<&Path>, what| {
            let Some(path) = path else { return Ok(None) };
            let mut outputs = Outputs::new(existing);
            inputs.iter().for_each(|input| outputs.protect(input, "an input"));
            let out = outputs.create(path, what)?;
            Ok::<_, Failure>(Some(Output { outputs, out, path: path.to_owned() }))
        };
        Ok(Self {
            chain: open(chain, "the file of certificates")?,
            roots: open(roots, "the file of trust anchors")?,
        })
    }

    /// Writes what the verdicts are about. A file for which there is nothing is left out, which the
    /// notes given back say.
    ///
    /// # Errors
    /// [`Failure`] when a file cannot be written.
    pub(super) fn write(self, judge: &Judge) -> Result<Vec<String>, Failure> {
        let mut notes = Vec::new();
        if let Some(chain) = self.chain {
            let pem = presented(judge.verdicts());
            notes.extend(chain.write(&pem, "no server presented a certificate")?);
        }
        if let Some(roots) = self.roots {
            notes.extend(roots.write(&anchors(judge), "no path leads to a trust anchor")?);
        }
        Ok(notes)
    }
}

impl Output {
    fn write(mut self, pem: &str, nothing: &str) -> Result<Option<String>, Failure> {
        if pem.is_empty() {
            return Ok(Some(format!("`{}` was not written: {nothing}", self.path.display())));
        }
        self.out
            .write_all(pem.as_bytes())
            .and_then(|()| self.out.flush())
            .map_err(|error| Failure::file("write", &self.path, &error))?;
        self.outputs.commit()?;
        Ok(None)
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
