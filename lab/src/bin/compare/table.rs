//! The table, printed row by row as it is measured.

use std::time::Duration;

/// The table so far.
pub(crate) struct Table {
    met: usize,
    missed: usize,
}

/// One row.
pub(crate) struct Row<'a> {
    /// Which goal it belongs to.
    pub(crate) goal: &'a str,
    /// What was done.
    pub(crate) work: &'a str,
    /// What was measured.
    pub(crate) found: Figure,
    /// What it should be.
    pub(crate) wanted: Wanted,
    /// The times behind it, or what else is to be known.
    pub(crate) detail: String,
    /// What was run.
    pub(crate) commands: String,
}

/// A number and what it counts.
#[derive(Clone, Copy)]
pub(crate) enum Figure {
    /// A quotient of two times or lengths.
    Ratio(f64),
    /// A time.
    Time(Duration),
    /// Memory in KiB; none where it cannot be seen.
    Memory(Option<u64>),
}

/// What a figure should be.
#[derive(Clone, Copy)]
pub(crate) enum Wanted {
    /// At least this ratio.
    AtLeast(f64),
    /// At most this ratio.
    AtMost(f64),
    /// At most so long.
    Within(Duration),
    /// At most so many MiB.
    MiB(u64),
    /// There is no goal: the figure is for comparison.
    Anything,
}

impl Table {
    /// Prints its head.
    pub(crate) fn begin() -> Self {
        println!("| goal | work | found | wanted | | detail | measured |");
        println!("| --- | --- | --- | --- | --- | --- | --- |");
        Self { met: 0, missed: 0 }
    }

    /// Prints a row.
    pub(crate) fn row(&mut self, row: &Row<'_>) {
        let Row { goal, work, found, wanted, detail, commands } = row;
        let verdict = match wanted.is_met_by(*found) {
            None => "",
            Some(true) => "met",
            Some(false) => "**missed**",
        };
        self.met += usize::from(verdict == "met");
        self.missed += usize::from(verdict == "**missed**");
        let commands = commands.replace('|', "\\|");
        println!("| {goal} | {work} | {found} | {wanted} | {verdict} | {detail} | {commands} |");
    }

    /// Prints a row that could not be measured.
    pub(crate) fn left_out(&mut self, goal: &str, work: &str, why: &str) {
        println!("| {goal} | {work} | – | | left out | {why} | |");
    }

    /// Prints the sums.
    pub(crate) fn end(self) {
        println!("\n{} met, {} missed.", self.met, self.missed);
    }
}

impl Wanted {
    fn is_met_by(self, found: Figure) -> Option<bool> {
        match (self, found) {
            (Self::AtLeast(wanted), Figure::Ratio(found)) => Some(found >= wanted),
            (Self::AtMost(wanted), Figure::Ratio(found)) => Some(found <= wanted),
            (Self::Within(wanted), Figure::Time(found)) => Some(found <= wanted),
            (Self::MiB(wanted), Figure::Memory(Some(found))) => Some(found <= wanted << 10),
            _ => None,
        }
    }
}

impl std::fmt::Display for Figure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ratio(ratio) => write!(f, "{ratio:.2}"),
            Self::Time(time) => f.write_str(&shown(*time)),
            Self::Memory(Some(kib)) => write!(f, "{:.1} MiB", *kib as f64 / 1024.0),
            Self::Memory(None) => f.write_str("?"),
        }
    }
}

impl std::fmt::Display for Wanted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AtLeast(ratio) => write!(f, "≥ {ratio}"),
            Self::AtMost(ratio) => write!(f, "≤ {ratio}"),
            Self::Within(time) => write!(f, "≤ {time:?}"),
            Self::MiB(mib) => write!(f, "≤ {mib} MiB"),
            Self::Anything => Ok(()),
        }
    }
}

/// A time as the table writes it: milliseconds below a tenth of a second.
pub(crate) fn shown(time: Duration) -> String {
    if time < Duration::from_millis(100) {
        format!("{:.1} ms", time.as_secs_f64() * 1e3)
    } else {
        format!("{:.3} s", time.as_secs_f64())
    }
}
