//! What photofix costs, beside the programs that copy, count and rewrite a file of the same length:
//! one row for each performance goal, in one table.
//!
//! ```text
//! cargo run --release -p lab --bin compare                     all of it, some 20 minutes
//! cargo run --release -p lab --bin compare -- --quick          a smoke run, too small to judge by
//! ```
//!
//! | option | meaning | default |
//! | --- | --- | --- |
//! | `--bytes SIZE` | length of the large exports | 1G |
//! | `--rounds N` | how often each pair of commands is run | 7 |
//! | `--only 1,6,12` | these goals only | all |
//! | `--folder FOLDER` | where inputs and outputs are; memory, so that no disk is measured | `/dev/shm` |
//! | `--ten-gib` | goal 6 at 10 GiB too, on disk | |
//! | `--disk FOLDER` | where that is; it takes 20 GiB | the system's temporary folder |
//!
//! The commands of a pair are run in turn, round by round, so that what else the machine does meets
//! both; a ratio is the median over the rounds of the other's time divided by ours (above 1: photofix is
//! faster). Programs that are not installed are left out and named. Started by cargo, it builds the
//! programs that it measures first.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark prints its result")]

mod files;
mod machine;
mod measure;
mod memory;
mod network;
mod passes;
mod peers;
mod reports;
mod start;
mod table;

use std::error::Error;
use std::path::PathBuf;
use std::process::Command;

use files::Files;
use table::Table;

/// Whatever goes wrong in a benchmark ends it.
pub(crate) type Outcome<T = ()> = Result<T, Box<dyn Error>>;

/// How a comparison is made.
#[derive(Clone)]
pub(crate) struct Setting {
    /// Length of the large exports.
    pub(crate) bytes: u64,
    /// How often each pair is run.
    pub(crate) rounds: usize,
    /// Whether this is a smoke run: then everything else is small too.
    pub(crate) quick: bool,
    /// The goals that are wanted; all where there are none.
    only: Vec<String>,
    /// Where the files are.
    pub(crate) folder: PathBuf,
    /// Where the export of 10 GiB is, if one is wanted.
    pub(crate) disk: Option<PathBuf>,
    /// The program.
    pub(crate) photofix: PathBuf,
    /// Its passes alone.
    pub(crate) engine: PathBuf,
}

impl Setting {
    fn wants(&self, goals: &[&str]) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| goals.contains(&only.as_str()))
    }
}

/// Measures the rows of some goals.
type Group = fn(&Setting, &mut Files, &mut Table) -> Outcome;

/// The groups, in the order of their goals.
const GROUPS: [(&[&str], Group); 9] = [
    (&["1", "2", "3", "3a"], passes::rewriting),
    (&["4"], passes::counting),
    (&["5"], passes::on_one_core),
    (&["6"], memory::peaks),
    (&["7"], peers::peers),
    (&["8"], passes::bytes_read),
    (&["9", "10", "11"], network::network),
    (&["12"], start::start),
    (&["13"], reports::reports),
];

fn main() -> Outcome {
    let mut setting = setting()?;
    build()?;
    for program in [&setting.photofix, &setting.engine] {
        if !program.is_file() {
            let missing = program.display();
            return Err(
                format!("`{missing}` is not there: cargo build --release --workspace").into()
            );
        }
    }
    let folder = tempfile::Builder::new().prefix("compare-").tempdir_in(&setting.folder)?;
    setting.folder = folder.path().to_owned();
    println!("{}\n", machine::described());
    let size = if setting.quick { "; a smoke run, too small to judge by" } else { "" };
    println!("Exports of {} bytes, medians of {} rounds{size}.\n", setting.bytes, setting.rounds);
    let mut table = Table::begin();
    let mut files = Files::default();
    for (goals, group) in GROUPS {
        if setting.wants(goals) {
            group(&setting, &mut files, &mut table)?;
        }
    }
    table.end();
    Ok(())
}

fn setting() -> Outcome<Setting> {
    let program = std::env::current_exe()?;
    let beside =
        |name: &str| program.with_file_name(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let mut setting = Setting {
        bytes: 1 << 30,
        rounds: 7,
        quick: false,
        only: Vec::new(),
        folder: PathBuf::from("/dev/shm"),
        disk: None,
        photofix: beside("photofix"),
        engine: beside("engine"),
    };
    let mut disk = std::env::temp_dir();
    let mut ten_gib = false;
    let mut arguments = std::env::args().skip(1);
    while let Some(name) = arguments.next() {
        match name.as_str() {
            "--quick" => (setting.quick, setting.bytes, setting.rounds) = (true, 16 << 20, 3),
            "--ten-gib" => ten_gib = true,
            _ => {
                let value = arguments.next().ok_or_else(|| format!("`{name}` wants a value"))?;
                match name.as_str() {
                    "--bytes" => {
                        setting.bytes = size(&value).ok_or("a size is like `64M` or `1G`")?
                    }
                    "--rounds" => setting.rounds = value.parse::<usize>()?.max(1),
                    "--only" => setting.only = value.split(',').map(str::to_owned).collect(),
                    "--folder" => setting.folder = value.into(),
                    "--disk" => disk = value.into(),
                    _ => return Err(format!("`{name}` is no option of this benchmark").into()),
                }
            }
        }
    }
    let known: Vec<&str> = GROUPS.iter().flat_map(|(goals, _)| goals.iter().copied()).collect();
    if let Some(unknown) = setting.only.iter().find(|only| !known.contains(&only.as_str())) {
        return Err(format!("`{unknown}` is no goal; there are {}", known.join(", ")).into());
    }
    setting.disk = ten_gib.then_some(disk);
    Ok(setting)
}

/// Has cargo build what is measured, where cargo started this.
fn build() -> Outcome {
    let Some(cargo) = std::env::var_os("CARGO") else { return Ok(()) };
    let arguments = ["build", "--release", "--workspace", "--bins", "--quiet"];
    let status = Command::new(cargo).args(arguments).status()?;
    if status.success() { Ok(()) } else { Err("what is to be measured cannot be built".into()) }
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
