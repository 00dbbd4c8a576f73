//! photofix's passes without what a command adds to them (fingerprint, health, reports, the care for
//! whole files), for measuring:
//!
//! ```text
//! engine count EXPORT                  the first pass: counts host kinds and endpoints
//! engine rewrite EXPORT PLAN OUTPUT    the second pass: reads, scans, splices, writes
//! ```
//!
//! It goes through the same public functions as the commands, with a thread that writes as they have.

#![allow(clippy::print_stdout, reason = "a benchmark prints its result")]

use std::error::Error;
use std::fs::File;
use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread::JoinHandle;

use photofix::census::{Census, Photos};
use photofix::export::{Choices, Contents, Reader};
use photofix::name::Fqdn;
use photofix::plan::Plan;
use photofix::reference::DEFAULT_DOMAINS;
use photofix::rewrite::{ImportSink, Outputs, Rewriter, Unguarded, rewrite_export};

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
    let mut reader = Reader::open(File::open(export)?, &Choices::default())?;
    let census = Census::take(&mut reader, &domains()?, Photos::Off)?;
    println!("{} records, {} endpoints", census.records, census.endpoints.len());
    Ok(())
}

fn rewrite(export: &str, plan: &str, output: &str) -> Result<(), Box<dyn Error>> {
    let treatments = Plan::parse(&std::fs::read(plan)?)?.treatments(domains()?)?;
    let mut reader = Reader::open(File::open(export)?, &Choices::default())?;
    let mut rewriter = Rewriter::new(&treatments, reader.dialect());
    let mut import = Behind::new(File::create(output)?);
    let mut outputs =
        Outputs { import: &mut import, contents: Contents::Everything, rollback: None };
    let done =
        rewrite_export(&mut reader, &mut rewriter, &mut Unguarded, &mut outputs, &mut |_| Ok(()))?;
    import.finish()?;
    println!("{} changes", done.decided);
    Ok(())
}

/// Bytes in a block.
const BLOCK: usize = 256 << 10;
/// Blocks that may wait to be written.
const WAITING: usize = 8;

/// Gathers blocks and leaves the writing of them to a thread.
struct Behind {
    block: Vec<u8>,
    full: SyncSender<Vec<u8>>,
    spent: Receiver<Vec<u8>>,
    thread: JoinHandle<io::Result<()>>,
}

impl Behind {
    fn new(mut to: File) -> Self {
        let (full, incoming) = sync_channel::<Vec<u8>>(WAITING);
        let (give_back, spent) = sync_channel(WAITING + 1);
        let thread = std::thread::spawn(move || {
            for mut block in incoming {
                to.write_all(&block)?;
                block.clear();
                // Whoever fills the blocks may be done.
                let _ = give_back.try_send(block);
            }
            Ok(())
        });
        Self { block: Vec::with_capacity(BLOCK), full, spent, thread }
    }

    fn finish(mut self) -> io::Result<()> {
        // A thread that ended early says below why.
        let _ = self.full.send(std::mem::take(&mut self.block));
        drop(self.full);
        self.thread.join().map_err(|_| io::Error::other("the writing thread died"))?
    }
}

impl Write for Behind {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.block.len() + bytes.len() > BLOCK {
            self.flush()?;
        }
        self.block.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        let empty = self.spent.try_recv().unwrap_or_else(|_| Vec::with_capacity(BLOCK));
        let full = std::mem::replace(&mut self.block, empty);
        self.full.send(full).map_err(|_| io::Error::other("the writing thread ended early"))
    }
}

impl ImportSink for Behind {
    fn takes_stretches(&self) -> bool {
        true
    }
}
