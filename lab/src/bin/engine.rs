//! photofix's passes without what a command adds to them (fingerprint, health, reports, the care for
//! whole files), for measuring:
//!
//! ```text
//! engine count EXPORT                  the first pass: counts host kinds and endpoints
//! engine rewrite EXPORT PLAN OUTPUT    the second pass: reads, scans, splices, writes
//! engine scan EXPORT OUTPUT            the second pass of which nothing is looked up and nothing changed
//! engine copy EXPORT OUTPUT            reads and writes, and nothing between: what no pass can beat
//! engine copy-hashed EXPORT OUTPUT     the same with the fingerprints of both files
//! engine hash EXPORT                   reads and hashes, and nothing else
//! ```
//!
//! It goes through the same public functions as the commands, with the same threads that read ahead and
//! write behind.

#![allow(clippy::print_stdout, reason = "a benchmark prints its result")]

use std::error::Error;
use std::fs::File;
use std::io::Write;

use photofix::census::{Census, Photos};
use photofix::export::{Choices, Chunk, Contents, Reader, Record, Source};
use photofix::name::Fqdn;
use photofix::plan::Plan;
use photofix::reference::DEFAULT_DOMAINS;
use photofix::rewrite::{
    AtOnce, ImportSink, Outputs, Rewrite, Rewriter, Rewritten, Unguarded, rewrite_export,
};
use photofix::stream::{Hash, ReadAhead, WriteBehind, hashed, read_ahead};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["count", export] => count(export),
        ["rewrite", export, plan, output] => rewrite(export, plan, output),
        ["scan", export, output] => scan(export, output),
        ["copy", export, output] => copy(export, Some(output), Hash::Nothing),
        ["copy-hashed", export, output] => copy(export, Some(output), Hash::Sha256),
        ["hash", export] => copy(export, None, Hash::Sha256),
        _ => Err(
            "use: engine count EXPORT, engine rewrite EXPORT PLAN OUTPUT, engine scan, copy or \
                  copy-hashed EXPORT OUTPUT, or engine hash EXPORT"
                .into(),
        ),
    }
}

fn domains() -> Result<Vec<Fqdn>, Box<dyn Error>> {
    Ok(DEFAULT_DOMAINS.into_iter().map(Fqdn::parse).collect::<Result<_, _>>()?)
}

fn count(export: &str) -> Result<(), Box<dyn Error>> {
    let mut reader = Reader::open(read_ahead(File::open(export)?)?, &Choices::default())?;
    let census = Census::take(&mut reader, &domains()?, Photos::Off)?;
    println!("{} records, {} endpoints", census.records, census.endpoints.len());
    Ok(())
}

fn rewrite(export: &str, plan: &str, output: &str) -> Result<(), Box<dyn Error>> {
    let treatments = Plan::parse(&std::fs::read(plan)?)?.treatments(domains()?)?;
    let mut reader = Reader::open(read_ahead(File::open(export)?)?, &Choices::default())?;
    let mut rewriter = Rewriter::new(&treatments, reader.dialect());
    pass(&mut reader, &mut rewriter, output)
}

/// Finds every record and its photo cell, and looks at none.
fn scan(export: &str, output: &str) -> Result<(), Box<dyn Error>> {
    struct Nothing;
    impl Rewrite for Nothing {
        fn rewrite<'r>(&'r mut self, _: &Record<'r>) -> Rewritten<'r> {
            Rewritten::Untouched
        }

        fn at_once(&self, _: &[u8]) -> AtOnce<'_> {
            AtOnce::Untouched
        }
    }
    let mut reader = Reader::open(read_ahead(File::open(export)?)?, &Choices::default())?;
    pass(&mut reader, &mut Nothing, output)
}

fn pass(
    reader: &mut Reader<ReadAhead>,
    rewriter: &mut dyn Rewrite,
    output: &str,
) -> Result<(), Box<dyn Error>> {
    let mut import = WriteBehind::new(File::create(output)?, Hash::Nothing)?;
    let mut outputs =
        Outputs { import: &mut import, contents: Contents::Everything, rollback: None };
    let done = rewrite_export(reader, rewriter, &mut Unguarded, &mut outputs, &mut ())?;
    import.finish()?;
    println!("{} changes", done.decided);
    Ok(())
}

/// Reads to the end with the threads of a pass, and writes the same bytes where `output` says.
fn copy(export: &str, output: Option<&str>, hash: Hash) -> Result<(), Box<dyn Error>> {
    let file = File::open(export)?;
    let (mut source, fingerprint) = match hash {
        Hash::Nothing => (read_ahead(file)?, None),
        Hash::Sha256 => hashed(file).map(|(source, fingerprint)| (source, Some(fingerprint)))?,
    };
    let mut import = output.map(|path| WriteBehind::new(File::create(path)?, hash)).transpose()?;
    let mut length = 0;
    let mut chunk = Chunk::new(Vec::new());
    while let Some(place) = source.exchange(&mut chunk, 0..0)? {
        length += place.len();
        if let Some(import) = &mut import {
            import.lend(&chunk)?;
            import.write_all(&chunk[place])?;
        }
    }
    drop(source);
    let read = fingerprint.map(|fingerprint| fingerprint.finish()).transpose()?;
    let written = import.map(WriteBehind::finish).transpose()?.flatten();
    println!("{length} bytes {:?} {written:?}", read.map(|(_, sha256)| sha256));
    Ok(())
}
