//! What to do about a command line that clap refuses, where its own words do not say it.

use std::ffi::OsString;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Command, CommandFactory};

use crate::cli::Cli;

/// Words that somebody gives to a switch as if it took a value.
const YES_OR_NO: [&str; 8] = ["true", "false", "yes", "no", "on", "off", "1", "0"];

/// What to do, for the refused command line (the program's name first).
pub(super) fn hint(error: &clap::Error, arguments: &[OsString]) -> Option<String> {
    let arguments: Vec<String> =
        arguments.iter().skip(1).map(|it| it.to_string_lossy().into_owned()).collect();
    let about = error.get(ContextKind::InvalidArg).map(words).unwrap_or_default();
    let is_about = |piece: &str| about.iter().any(|word| word.contains(piece));
    match error.kind() {
        ErrorKind::UnknownArgument => {
            let unknown = about.first()?;
            match unknown.strip_prefix("--") {
                Some(name) => option_of_others(name.split('=').next()?, &arguments),
                None => value_of_switch(unknown, &arguments),
            }
        }
        ErrorKind::MissingRequiredArgument if is_about("--rebase") && is_about("--reverse") => {
            Some(
                "say what is done with the other export: --rebase carries the plan's changes over \
                 to it, --reverse takes them back out of it"
                    .to_owned(),
            )
        }
        ErrorKind::MissingRequiredArgument if is_about("--export") => Some(
            "name with --export the export that is read and written: a newer one for --rebase, one \
             made after the import for --reverse"
                .to_owned(),
        ),
        _ => None,
    }
}

fn words(value: &ContextValue) -> Vec<String> {
    match value {
        ContextValue::String(one) => vec![one.clone()],
        ContextValue::Strings(several) => several.clone(),
        _ => Vec::new(),
    }
}

/// Which commands have an option that the command typed has not.
fn option_of_others(name: &str, arguments: &[String]) -> Option<String> {
    let cli = Cli::command();
    let has = |command: &&Command| command.get_arguments().any(|it| it.get_long() == Some(name));
    let of: Vec<String> =
        cli.get_subcommands().filter(has).map(|it| format!("`{}`", it.get_name())).collect();
    if of.is_empty() {
        return None;
    }
    let mut names = cli.get_subcommands().map(Command::get_name);
    let typed = names.find(|name| arguments.iter().any(|argument| argument == name));
    let of = format!("--{name} is an option of {}", of.join(", "));
    Some(match (typed, name) {
        (Some("fix"), "require-approval") => format!(
            "{of}; `fix` goes by PHOTOFIX_REQUIRE_APPROVAL and the file of --config alone: where \
             either says `true` it does nothing, and what it did is done by `plan`, `approve` and \
             `apply --approvals`"
        ),
        _ => of,
    })
}

/// A switch takes its value with a `=`.
fn value_of_switch(value: &str, arguments: &[String]) -> Option<String> {
    let is_word = YES_OR_NO.contains(&value.to_ascii_lowercase().as_str());
    let at = arguments.iter().position(|argument| argument == value).filter(|_| is_word)?;
    let switch = arguments.get(at.checked_sub(1)?).filter(|before| before.starts_with("--"))?;
    let meant = match value.to_ascii_lowercase().as_str() {
        "true" | "yes" | "on" | "1" => "true",
        _ => "false",
    };
    Some(format!("a switch takes its value with `=`: write {switch}={meant}"))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[test]
    fn what_is_refused_says_what_to_do() {
        for (typed, piece) in [
            ("fix u.csv -o o.csv --require-approval=false", Some("PHOTOFIX_REQUIRE_APPROVAL")),
            ("fix u.csv -o o.csv --require-approval", Some("is an option of `apply`; `fix`")),
            ("fix u.csv -o o.csv --rebase", Some("--rebase is an option of `apply`")),
            ("plan u.csv -o p --max-age 7d", Some("--max-age is an option of `apply`")),
            ("inspect u.csv --map m", Some("an option of `fix`, `plan`, `explain`")),
            (
                "apply u.csv --plan p -o o --require-approval false",
                Some("--require-approval=false"),
            ),
            ("apply u.csv --plan p -o o --force yes", Some("write --force=true")),
            ("apply u.csv v.csv --plan p -o o", None),
            ("apply u.csv --plan p --export x -o o", Some("--rebase carries")),
            ("apply --plan p --export x -o o", Some("--reverse takes")),
            ("apply u.csv --plan p -o o --rebase", Some("name with --export")),
            ("apply --plan p -o o", None),
            ("fix u.csv", None),
            ("fix u.csv -o o --frobnicate", None),
        ] {
            let arguments: Vec<OsString> =
                format!("photofix {typed}").split(' ').map(OsString::from).collect();
            let error = Cli::try_parse_from(&arguments).unwrap_err();
            let found = hint(&error, &arguments);
            assert_eq!(found.is_some(), piece.is_some(), "{typed}: {found:?}");
            let (found, piece) = (found.unwrap_or_default(), piece.unwrap_or_default());
            assert!(found.contains(piece), "{typed}: {found}");
        }
    }
}
