//! The shell around the pure core: opens and loads, reads the clock once, joins, and ends with a
//! status. One file per command.

mod apply;
mod approve;
mod asking;
mod bounded;
mod carry;
mod certificates;
mod check;
mod comparing;
mod early;
mod entries;
mod explain;
mod export_file;
mod facts;
mod failure;
mod fingerprint;
mod first_pass;
mod fix;
mod imported;
mod inspect;
mod job;
mod joined;
mod kind;
mod mistyped;
mod named;
mod names_file;
mod output;
mod parts;
mod paths;
mod photos;
mod plan;
mod plan_file;
mod planned;
mod progress;
mod reconcile;
mod recording_file;
mod rows;
mod second_pass;
mod shard;
mod show;
mod trust;
mod verify;
mod voice;
mod web_proxy;

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::Path;

use clap::{CommandFactory, Parser};

pub use failure::{Failure, Status};

use crate::cli::{Cli, Command, TalkOptions};
use crate::settings::{self, Layers, PREFIX};
use voice::Voice;

/// Runs photofix with a command line (the program's name first) and gives its exit status.
///
/// Data goes to standard output, talk to standard error.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> u8 {
    let arguments: Vec<OsString> = arguments.into_iter().collect();
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version are data, and a closed pipe is a quiet end.
            let _ = error.print();
            if let Some(hint) = mistyped::hint(&error, &arguments) {
                voice::advise(&hint);
            }
            return if error.use_stderr() { Status::Usage as u8 } else { Status::Done as u8 };
        }
    };
    progress::watch_interrupts();
    match dispatch(cli) {
        Ok(status) => status as u8,
        Err(failure) => {
            voice::complain(&failure);
            failure.status as u8
        }
    }
}

fn dispatch(cli: Cli) -> Result<Status, Failure> {
    let layers = layers(&cli.talk)?;
    let talk = settings::talk(&layers.fill(&cli.talk)?)?;
    let voice = Voice::new(talk);
    match cli.command {
        Command::Inspect(options) => inspect::run(&options, &layers, voice),
        Command::Fix(options) => fix::run(&options, &layers, voice),
        Command::Plan(options) => plan::run(&options, &layers, voice),
        Command::Apply(options) => apply::run(&options, &layers, voice),
        Command::Approve(options) => approve::run(&options, &layers, voice),
        Command::Show(options) => show::run(&options, voice),
        Command::Explain(options) => explain::run(&options, &layers, voice),
        Command::Verify(options) => verify::run(&options, &layers, voice),
        Command::Reconcile(options) => reconcile::run(&options, &layers, voice),
        Command::Check(options) => check::run(&options, &layers, voice),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "photofix", &mut script);
            print(&script)
        }
        Command::Man => {
            let mut page = Vec::new();
            voice::manual(&mut page)
                .map_err(|error| Failure::file("write", Path::new("standard output"), &error))?;
            print(&page)
        }
    }
}

fn layers(talk: &TalkOptions) -> Result<Layers, Failure> {
    let mut environment = Vec::new();
    for (name, value) in std::env::vars_os() {
        let Some(name) = name.to_str().filter(|name| name.starts_with(PREFIX)) else { continue };
        // An option that is passed over in silence is not what its giver asked for.
        let value = value.into_string().map_err(|_| {
            Failure::usage(
                format!("{name}: its value is not Unicode text"),
                "give the option on the command line",
            )
        })?;
        environment.push((name.to_owned(), value));
    }
    let environment = environment.into_iter();
    let Some(path) = &talk.config else { return Ok(Layers::read(environment, None)?) };
    let bytes = bounded::read(path, bounded::CONFIGURATION).map_err(Failure::as_usage)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let error = io::Error::new(io::ErrorKind::InvalidData, error.utf8_error());
        Failure::file("read", path, &error).as_usage()
    })?;
    Ok(Layers::read(environment, Some((&path.display().to_string(), &text)))?)
}

/// Writes data to standard output; a reader who leaves early ends it quietly.
fn print(data: &[u8]) -> Result<Status, Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(data).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
            Err(Failure::file("write", Path::new("standard output"), &error))
        }
        _ => Ok(Status::Done),
    }
}
