//! How the program talks: standard error, as loud and as colourful as it may be.

use std::io::{self, IsTerminal, Write};
use std::path::PathBuf;

use clap::CommandFactory;
use clap_mangen::Man;
use clap_mangen::roff::{Roff, roman};

use super::failure::Failure;
use super::progress::Progress;
use super::rows::Rows;
use crate::cli::Cli;
use crate::report::Report;
use crate::report::escape::TerminalText;
use crate::report::terminal::{Detail, Sample, Style, render_summary, render_written};
use crate::settings::{Talk, Volume, When};

/// Columns where the terminal does not say.
const DEFAULT_WIDTH: usize = 100;

/// How to talk.
#[derive(Clone, Copy, Debug)]
pub(super) struct Voice {
    talk: Talk,
}

impl Voice {
    /// As the options say.
    pub(super) fn new(talk: Talk) -> Self {
        Self { talk }
    }

    /// Progress bars.
    pub(super) fn progress(self) -> Progress {
        Progress::new(self.talk)
    }

    /// The style of text on standard error.
    pub(super) fn talk_style(self) -> Style {
        self.style(io::stderr().is_terminal())
    }

    /// The style of text on standard output.
    pub(super) fn data_style(self) -> Style {
        self.style(io::stdout().is_terminal())
    }

    fn style(self, terminal: bool) -> Style {
        let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
            || std::env::var_os("TERM").is_some_and(|value| value == "dumb");
        let color = match self.talk.color {
            When::Always => true,
            When::Never => false,
            When::Auto => terminal && !plain,
        };
        let width = terminal_size::terminal_size_of(io::stderr())
            .map_or(DEFAULT_WIDTH, |(terminal_size::Width(columns), _)| usize::from(columns));
        Style { color, width, unicode: speaks_unicode() }
    }

    /// Says a report without rows, to be looked at before a question.
    pub(super) fn say_report(self, report: &Report) {
        let mut text = Vec::new();
        let (sample, style) = (Sample::default(), self.talk_style());
        // Writing to memory cannot fail, and nobody listens to a closed standard error.
        let _ = render_summary(report, &sample, Detail::Full, &style, &mut text);
        text.push(b'\n');
        let _ = write_talk(&text);
    }

    /// Says what was done in a sentence, and what was written where.
    pub(super) fn say_written(self, sentence: &str, written: &[(&'static str, PathBuf)]) {
        let text = format!("{}\n", TerminalText(sentence)).into_bytes();
        let summary = Summary { text, style: self.talk_style(), volume: self.talk.volume };
        summary.say(written);
    }

    /// The summary of a run, rendered now and said when its outputs are in their places.
    pub(super) fn summary(self, report: &Report, rows: &Rows) -> Summary {
        let mut text = Vec::new();
        let style = self.talk_style();
        if self.talk.volume > Volume::Quiet {
            // Writing to memory cannot fail.
            let detail = match self.talk.volume {
                Volume::Verbose => Detail::Full,
                _ => Detail::Brief,
            };
            let _ = render_summary(report, &rows.sample, detail, &style, &mut text);
        }
        Summary { text, style, volume: self.talk.volume }
    }
}

/// Whether arrows and ellipses can be shown: everywhere but where the locale says otherwise.
fn speaks_unicode() -> bool {
    if cfg!(any(windows, target_os = "macos")) {
        return true;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .filter_map(std::env::var_os)
        .find(|value| !value.is_empty())
        .unwrap_or_default();
    let locale = locale.to_string_lossy().to_ascii_uppercase();
    locale.contains("UTF-8") || locale.contains("UTF8")
}

/// A summary that waits for the outputs.
#[derive(Debug)]
pub(super) struct Summary {
    text: Vec<u8>,
    style: Style,
    volume: Volume,
}

impl Summary {
    /// With a sentence before it.
    pub(super) fn preceded_by(mut self, sentence: Option<String>) -> Self {
        if let Some(sentence) = sentence {
            let line = format!("{}\n", TerminalText(&sentence)).into_bytes();
            self.text.splice(0..0, line);
        }
        self
    }

    /// Says it, and what was written where.
    pub(super) fn say(mut self, written: &[(&'static str, PathBuf)]) {
        if self.volume == Volume::Quiet {
            return;
        }
        let written: Vec<(&str, String)> =
            written.iter().map(|(what, path)| (*what, path.display().to_string())).collect();
        let _ = render_written(&written, &self.style, &mut self.text);
        // Nobody listens to a closed standard error, and the work is done.
        let _ = write_talk(&self.text);
    }
}

fn write_talk(text: &[u8]) -> io::Result<()> {
    let mut err = io::stderr().lock();
    err.write_all(text)?;
    err.flush()
}

/// Says a failure on standard error. Its values may come from strangers.
pub(super) fn complain(failure: &Failure) {
    let text = failure.to_string();
    let mut err = io::stderr().lock();
    for line in text.lines() {
        let _ = writeln!(err, "{}", TerminalText(line));
    }
}

/// Says what to do about a command line that was refused.
pub(super) fn advise(hint: &str) {
    let _ = writeln!(io::stderr().lock(), "\nhint: {}", TerminalText(hint));
}

/// Writes the manual page: one page for all commands.
///
/// # Errors
/// When `out` cannot be written.
pub(super) fn manual(out: &mut dyn Write) -> io::Result<()> {
    let cli = Cli::command();
    let man = Man::new(cli.clone());
    man.render_title(out)?;
    man.render_name_section(out)?;
    man.render_synopsis_section(out)?;
    man.render_description_section(out)?;
    for command in cli.get_subcommands() {
        let name = format!("photofix {}", command.get_name());
        let mut heading = Roff::new();
        heading.control("SH", [name.to_uppercase().as_str()]);
        if let Some(about) = command.get_long_about().or(command.get_about()) {
            heading.text([roman(about.to_string())]);
        }
        heading.to_writer(out)?;
        let man = Man::new(command.clone().bin_name(&name));
        man.render_synopsis_section(out)?;
        if command.get_arguments().next().is_some() {
            man.render_options_section(out)?;
        }
    }
    man.render_options_section(out)?;
    man.render_extra_section(out)?;
    man.render_version_section(out)
}
