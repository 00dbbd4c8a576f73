//! Commands in turn, round by round.

use std::error::Error;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A command, and what its standard output goes to.
#[derive(Clone)]
pub(crate) struct Task {
    pub(crate) program: String,
    pub(crate) arguments: Vec<String>,
    pub(crate) output: Option<PathBuf>,
    /// Files of its own that it would not overwrite.
    pub(crate) writes: Vec<PathBuf>,
}

impl Task {
    pub(crate) fn new(program: impl Into<String>, arguments: &[&str]) -> Self {
        Self {
            program: program.into(),
            arguments: arguments.iter().map(ToString::to_string).collect(),
            output: None,
            writes: Vec::new(),
        }
    }

    pub(crate) fn into_file(mut self, path: &Path) -> Self {
        self.output = Some(path.to_owned());
        self
    }

    pub(crate) fn writes(mut self, paths: &[&Path]) -> Self {
        self.writes = paths.iter().map(|path| path.to_path_buf()).collect();
        self
    }

    /// The same on one core.
    pub(crate) fn on_one_core(mut self) -> Self {
        let program = std::mem::replace(&mut self.program, "taskset".to_owned());
        self.arguments.splice(0..0, ["-c".to_owned(), "0".to_owned(), program]);
        self
    }

    /// As one would type it, without the folder.
    pub(crate) fn shown(&self, folder: &Path) -> String {
        let folder = format!("{}/", folder.display());
        let program = Path::new(&self.program).file_name().unwrap_or_default().to_string_lossy();
        let words = std::iter::once(program.into_owned()).chain(self.arguments.iter().cloned());
        words.collect::<Vec<_>>().join(" ").replace(&folder, "")
    }

    fn command(&self, program: &str, before: &[String]) -> Result<Command, Box<dyn Error>> {
        for path in &self.writes {
            let _ = std::fs::remove_file(path);
        }
        let mut command = Command::new(program);
        command.args(before).args(&self.arguments).stdin(Stdio::null()).stderr(Stdio::null());
        match &self.output {
            Some(path) => command.stdout(File::create(path)?),
            None => command.stdout(Stdio::null()),
        };
        Ok(command)
    }

    /// How long one run takes.
    pub(crate) fn run(&self) -> Result<Duration, Box<dyn Error>> {
        let mut command = self.command(&self.program, &[])?;
        let begin = Instant::now();
        let status = command.status().map_err(|error| format!("`{}`: {error}", self.program))?;
        let elapsed = begin.elapsed();
        // 3: done, and records are left.
        match status.code() {
            Some(0 | 3) => Ok(elapsed),
            _ => Err(format!("`{}` failed: {status}", self.shown(Path::new(""))).into()),
        }
    }

    /// Its peak memory in KiB, where GNU time is installed.
    pub(crate) fn peak(&self) -> Option<u64> {
        let report = tempfile::NamedTempFile::new().ok()?;
        let path = report.path().display().to_string();
        let before = ["-f", "%M", "-o", &path, &self.program].map(str::to_owned);
        self.command("/usr/bin/time", &before).ok()?.status().ok()?;
        std::fs::read_to_string(report.path()).ok()?.lines().last()?.trim().parse().ok()
    }
}

/// What the rounds of a pair came to.
pub(crate) struct Pair {
    /// The median of the other's time divided by ours, round by round.
    pub(crate) ratio: f64,
    /// Our median time.
    pub(crate) ours: Duration,
    /// The other's.
    pub(crate) theirs: Duration,
}

/// Runs both in turn; each round begins with the other one of the two.
pub(crate) fn paired(ours: &Task, theirs: &Task, rounds: usize) -> Result<Pair, Box<dyn Error>> {
    let (mut our_times, mut their_times) = (Vec::new(), Vec::new());
    // The first runs fill the caches and do not count.
    ours.run()?;
    theirs.run()?;
    for round in 0..rounds {
        if round % 2 == 0 {
            our_times.push(ours.run()?);
            their_times.push(theirs.run()?);
        } else {
            their_times.push(theirs.run()?);
            our_times.push(ours.run()?);
        }
    }
    let ratios = our_times.iter().zip(&their_times);
    let mut ratios: Vec<f64> = ratios.map(|(o, t)| t.as_secs_f64() / o.as_secs_f64()).collect();
    ratios.sort_by(f64::total_cmp);
    our_times.sort();
    their_times.sort();
    Ok(Pair {
        ratio: ratios[rounds / 2],
        ours: our_times[rounds / 2],
        theirs: their_times[rounds / 2],
    })
}

/// Whether a program is on the path.
pub(crate) fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
