//! What photofix costs beside the programs that copy, count and rewrite a file of the same length.
//!
//! `cargo run --release -p lab --bin compare [-- --bytes 1G --rounds 7 --folder /dev/shm]` makes
//! exports in a folder that should be memory, runs every pair of commands in turn, round by round, so
//! that what else the machine does meets both, and prints a table in Markdown: the median ratio of
//! their times (above 1: photofix is faster), photofix's median time, and its peak memory. Programs
//! that are not installed are left out and named.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints its result")]

mod export;
mod measure;
mod rows;

use std::error::Error;
use std::path::PathBuf;

/// How a comparison is made.
pub(crate) struct Setting {
    /// Length of the large exports.
    pub(crate) bytes: u64,
    /// How often each pair is run.
    pub(crate) rounds: usize,
    /// Where the files are.
    pub(crate) folder: PathBuf,
    /// The program.
    pub(crate) photofix: PathBuf,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut setting = Setting {
        bytes: 1 << 30,
        rounds: 7,
        folder: PathBuf::from("/dev/shm"),
        photofix: std::env::current_exe()?.with_file_name("photofix"),
    };
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("`{name}` wants a value"))?;
        match name.as_str() {
            "--bytes" => setting.bytes = size(&value).ok_or("a size is like `64M` or `1G`")?,
            "--rounds" => setting.rounds = value.parse()?,
            "--folder" => setting.folder = value.into(),
            "--photofix" => setting.photofix = value.into(),
            _ => return Err(format!("`{name}` is no option of this benchmark").into()),
        }
    }
    if !setting.photofix.is_file() {
        let missing = setting.photofix.display();
        return Err(format!("`{missing}` is not there: cargo build --release").into());
    }
    let folder = tempfile::Builder::new().prefix("compare-").tempdir_in(&setting.folder)?;
    setting.folder = folder.path().to_owned();
    rows::compare(&setting)
}

/// A number of bytes, with `K`, `M` or `G` for powers of 1024.
fn size(text: &str) -> Option<u64> {
    let (digits, shift) = match text.as_bytes().last()? {
        b'K' => (&text[..text.len() - 1], 10),
        b'M' => (&text[..text.len() - 1], 20),
        b'G' => (&text[..text.len() - 1], 30),
        _ => (text, 0),
    };
    digits.parse::<u64>().ok()?.checked_mul(1 << shift)
}
