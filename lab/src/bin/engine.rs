//! photofix's passes without what a command adds to them (fingerprint, health, reports, the care for
//! whole files), for measuring:
//!
//! ```text
//! engine count EXPORT                  the first pass: counts host kinds and endpoints
//! engine rewrite EXPORT PLAN OUTPUT    the second pass: reads, scans, splices, writes
//! ```
//!
//! It goes through the same public functions as the commands, with the same threads that read ahead and
//! write behind.

#![allow(clippy::print_stdout, reason = "a benchmark prints its result")]

use std::error::Error;
use std::fs::File;

use photofix::census::{Census, Photos};
use photofix::export::{Choices, Contents, Reader};
use photofix::name::Fqdn;
use photofix::plan::Plan;
use photofix::reference::DEFAULT_DOMAINS;
use photofix::rewrite::{Outputs, Rewriter, Unguarded, rewrite_export};
use photofix::stream::{Hash, WriteBehind, read_ahead};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["count", export] => count(export),
        ["rewrite", export, plan, output] => rewrite(export, plan, output),
        _ => Err("use: engine count EXPORT, or engine rewrite EXPORT PLAN OUTPUT".into()),
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
    let mut import = WriteBehind::new(File::create(output)?, Hash::Nothing)?;
    let mut outputs =
        Outputs { import: &mut import, contents: Contents::Everything, rollback: None };
    let done = rewrite_export(&mut reader, &mut rewriter, &mut Unguarded, &mut outputs, &mut ())?;
    import.finish()?;
    println!("{} changes", done.decided);
    Ok(())
}
