//! Commands in turn, round by round.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::Outcome;

/// A command, and where its bytes come from and go to.
#[derive(Clone)]
pub(crate) struct Task {
    program: String,
    arguments: Vec<String>,
    input: Option<PathBuf>,
    output: Option<PathBuf>,
    /// Files that it makes itself.
    writes: Vec<PathBuf>,
    /// The exit statuses of a run that did what it should.
    good: &'static [i32],
}

impl Task {
    pub(crate) fn new(program: impl Into<String>, arguments: &[&str]) -> Self {
        Self {
            program: program.into(),
            arguments: arguments.iter().map(ToString::to_string).collect(),
            input: None,
            output: None,
            writes: Vec::new(),
            // 3: done, and records are left.
            good: &[0, 3],
        }
    }

    /// A program given by its path.
    pub(crate) fn of(program: &Path, arguments: &[&str]) -> Self {
        Self::new(text(program), arguments)
    }

    pub(crate) fn arguments(mut self, more: &[&str]) -> Self {
        self.arguments.extend(more.iter().map(ToString::to_string));
        self
    }

    pub(crate) fn fed_from(mut self, path: &Path) -> Self {
        self.input = Some(path.to_owned());
        self
    }

    pub(crate) fn into_file(mut self, path: &Path) -> Self {
        self.output = Some(path.to_owned());
        self
    }

    pub(crate) fn writes(mut self, paths: &[&Path]) -> Self {
        self.writes = paths.iter().map(|path| path.to_path_buf()).collect();
        self
    }

    /// The same, which must leave no record as it is.
    pub(crate) fn leaving_nothing(mut self) -> Self {
        self.good = &[0];
        self
    }

    /// The same on one core.
    pub(crate) fn on_one_core(self) -> Self {
        self.behind("taskset", &["-c", "0"])
    }

    /// The same, started by another program.
    pub(crate) fn behind(mut self, program: &str, arguments: &[&str]) -> Self {
        let inner = std::mem::replace(&mut self.program, program.to_owned());
        let before = arguments.iter().map(ToString::to_string).chain([inner]);
        self.arguments = before.chain(std::mem::take(&mut self.arguments)).collect();
        self
    }

    /// As one would type it, without folders.
    pub(crate) fn shown(&self, folder: &Path) -> String {
        let quoted = |word: &str| match word.contains([' ', '(', '$', '|', ';', '*']) {
            true => format!("'{word}'"),
            false => word.to_owned(),
        };
        let words = [&self.program].into_iter().chain(&self.arguments);
        let words = words.map(|word| match Path::new(word).parent() {
            // Our own programs stand beside this one.
            Some(parent) if parent.ends_with("release") || parent.ends_with("debug") => {
                Path::new(word).file_name().unwrap_or_default().to_string_lossy().into_owned()
            }
            _ => quoted(word),
        });
        let redirected = |sign: &str, path: &Option<PathBuf>| match path {
            Some(path) => format!(" {sign} {}", path.display()),
            None => String::new(),
        };
        let folder = format!("{}/", folder.display());
        let line = words.collect::<Vec<_>>().join(" ")
            + &redirected("<", &self.input)
            + &redirected(">", &self.output);
        format!("`{}`", line.replace(&folder, ""))
    }

    /// Takes away what the run before has written: some would not overwrite it, and freeing its memory
    /// is no part of what is measured.
    fn clear(&self) {
        for path in self.writes.iter().chain(&self.output) {
            let _ = std::fs::remove_file(path);
        }
    }

    fn start(&self) -> Outcome<Child> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stderr(Stdio::null());
        match &self.input {
            Some(path) => command.stdin(File::open(path)?),
            None => command.stdin(Stdio::null()),
        };
        match &self.output {
            Some(path) => command.stdout(File::create(path)?),
            None => command.stdout(Stdio::null()),
        };
        Ok(command.spawn().map_err(|error| format!("`{}`: {error}", self.program))?)
    }

    /// Sees that a run did what it should.
    fn check(&self, status: std::process::ExitStatus) -> Outcome {
        if status.code().is_some_and(|code| self.good.contains(&code)) {
            return Ok(());
        }
        Err(format!("{} failed: {status}", self.shown(Path::new(""))).into())
    }

    /// How long one run takes.
    pub(crate) fn run(&self) -> Outcome<Duration> {
        self.clear();
        let begin = Instant::now();
        let status = self.start()?.wait()?;
        let elapsed = begin.elapsed();
        self.check(status)?;
        Ok(elapsed)
    }

    /// The median of several runs, after one that does not count.
    pub(crate) fn median(&self, rounds: usize) -> Outcome<Duration> {
        self.run()?;
        let mut times = (0..rounds).map(|_| self.run()).collect::<Outcome<Vec<_>>>()?;
        times.sort();
        Ok(times[rounds / 2])
    }

    /// Its peak memory in KiB (`VmHWM`, proc(5)), where the system tells it: looked at every
    /// half-millisecond, so that a run of a few milliseconds may show less than it had.
    pub(crate) fn peak(&self) -> Outcome<Option<u64>> {
        self.clear();
        let mut child = self.start()?;
        let status_file = format!("/proc/{}/status", child.id());
        let mut peak = None;
        loop {
            let status = std::fs::read_to_string(&status_file).unwrap_or_default();
            let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let now = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
            peak = peak.max(now);
            if let Some(status) = child.try_wait()? {
                self.check(status)?;
                return Ok(peak);
            }
            sleep(Duration::from_micros(500));
        }
    }
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap_or_default()
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
pub(crate) fn paired(ours: &Task, theirs: &Task, rounds: usize) -> Outcome<Pair> {
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
