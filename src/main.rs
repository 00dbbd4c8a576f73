//! The command line of photofix: everything is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(photofix::commands::run(std::env::args_os()))
}
