//! The layers below the command line: the environment, and the configuration file.

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::CommandFactory;
use serde::Serialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

use super::SettingsError;
use crate::cli::Cli;

/// What the environment's variables begin with.
pub const PREFIX: &str = "PHOTOFIX_";
/// How many letters may differ between a mistyped option and the one that is suggested.
const NEAR: usize = 3;
/// Options that hold lists, by their long names.
const LISTS: [&str; 5] = ["connect-to", "dns", "domain", "report", "trust"];
/// Options that hold whole numbers.
const NUMBERS: [&str; 4] = ["batch", "concurrency", "retries", "warn-days"];
/// Options that hold yes or no.
const FLAGS: [&str; 10] = [
    "allow-private",
    "check-all",
    "force",
    "headerless",
    "offline",
    "only-changed",
    "quiet",
    "redact",
    "require-approval",
    "verbose",
];

/// Options that are about one run, so that no layer gives them.
const TYPED: [&str; 36] = [
    "address",
    "after",
    "again",
    "all",
    "approvals",
    "at",
    "chain",
    "config",
    "crl",
    "csr",
    "except",
    "export",
    "format",
    "help",
    "host",
    "import",
    "joined",
    "note",
    "ocsp",
    "output",
    "plan",
    "rebase",
    "rebased-from",
    "record",
    "replay",
    "retry",
    "reverse",
    "role",
    "save-chain",
    "save-roots",
    "service",
    "shard",
    "status",
    "status-column",
    "version",
    "xmpp-domain",
];

/// The layers below the command line.
#[derive(Debug, Default)]
pub struct Layers {
    environment: Table,
    file: Table,
    file_name: Option<PathBuf>,
}

impl Layers {
    /// The configuration file.
    pub fn file_name(&self) -> Option<&PathBuf> {
        self.file_name.as_ref()
    }

    /// Reads both layers.
    ///
    /// # Errors
    /// [`SettingsError`] names the variable or the file, and the option.
    pub fn read(
        environment: impl Iterator<Item = (String, String)>,
        file: Option<(&str, &str)>,
    ) -> Result<Self, SettingsError> {
        let known = long_options();
        let mut layers = Self::default();
        for (variable, text) in environment {
            let Some(rest) = variable.strip_prefix(PREFIX) else { continue };
            let name = rest.to_ascii_lowercase().replace('_', "-");
            check_known(&known, &name, &variable)?;
            layers.environment.insert(name.clone(), from_text(&name, &text, &variable)?);
        }
        if let Some((name, text)) = file {
            layers.file_name = Some(PathBuf::from(name));
            let bad = |why: String| SettingsError::File { file: name.to_owned(), why };
            let table: Table = text.parse().map_err(|e: toml::de::Error| bad(e.to_string()))?;
            for (key, value) in table {
                check_known(&known, &key, &format!("`{name}`"))?;
                let value = match value {
                    Value::String(one) if LISTS.contains(&key.as_str()) => {
                        Value::Array(vec![Value::String(one)])
                    }
                    other => other,
                };
                check_kind(&key, &value).map_err(&bad)?;
                layers.file.insert(key, value);
            }
        }
        Ok(layers)
    }

    /// A group of options with its gaps filled from the environment, then from the file.
    ///
    /// # Errors
    /// [`SettingsError::File`] when a layer's value is of the wrong kind.
    pub fn fill<T: Serialize + DeserializeOwned>(&self, group: &T) -> Result<T, SettingsError> {
        let bad = |why: String| SettingsError::File { file: "configuration".to_owned(), why };
        let typed = Table::try_from(group).map_err(|error| bad(error.to_string()))?;
        let mut merged = self.file.clone();
        merged.extend(self.environment.clone());
        merged.extend(typed);
        T::deserialize(Value::Table(merged)).map_err(|error| bad(error.message().to_owned()))
    }
}

/// Whether an option's value in a file is of the kind that the option has.
fn check_kind(name: &str, value: &Value) -> Result<(), String> {
    let text = |value: &Value| value.is_str();
    let (right, kind) = if LISTS.contains(&name) {
        (value.as_array().is_some_and(|items| items.iter().all(text)), "a list of texts")
    } else if NUMBERS.contains(&name) {
        (value.as_integer().is_some_and(|number| u32::try_from(number).is_ok()), "a whole number")
    } else if FLAGS.contains(&name) {
        (value.is_bool(), "`true` or `false`")
    } else {
        (text(value), "a text in quotes")
    };
    if right { Ok(()) } else { Err(format!("`{name} = {value}`: expected {kind}")) }
}

fn from_text(name: &str, text: &str, variable: &str) -> Result<Value, SettingsError> {
    let bad = |why: &str| SettingsError::File {
        file: variable.to_owned(),
        why: format!("`{text}` {why}"),
    };
    if LISTS.contains(&name) {
        let items = text.split(',').map(str::trim).filter(|item| !item.is_empty());
        return Ok(Value::Array(items.map(|item| Value::String(item.to_owned())).collect()));
    }
    if NUMBERS.contains(&name) {
        let number = text.parse::<u32>().map(|number| Value::Integer(number.into()));
        return number.map_err(|_| bad("is not a whole number"));
    }
    if FLAGS.contains(&name) {
        return match text.to_ascii_lowercase().as_str() {
            "1" | "true" | "yes" | "on" => Ok(Value::Boolean(true)),
            "0" | "false" | "no" | "off" | "" => Ok(Value::Boolean(false)),
            _ => Err(bad("is neither `true` nor `false`")),
        };
    }
    Ok(Value::String(text.to_owned()))
}

fn check_known(known: &BTreeSet<String>, name: &str, place: &str) -> Result<(), SettingsError> {
    if known.contains(name) {
        return Ok(());
    }
    if TYPED.contains(&name) {
        return Err(SettingsError::OfOneRun { place: place.to_owned(), name: name.to_owned() });
    }
    let nearest = known
        .iter()
        .map(|option| (strsim::levenshtein(option, name), option))
        .min()
        .filter(|(distance, _)| *distance <= NEAR)
        .map(|(_, option)| option.clone());
    Err(SettingsError::Unknown { place: place.to_owned(), name: name.to_owned(), nearest })
}

/// The long options of all commands that a layer may give.
fn long_options() -> BTreeSet<String> {
    let cli = Cli::command();
    let commands = cli.get_subcommands().flat_map(clap::Command::get_arguments);
    cli.get_arguments()
        .chain(commands)
        .filter_map(clap::Arg::get_long)
        .filter(|name| !TYPED.contains(name))
        .map(ToOwned::to_owned)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::{
        AnswerOptions, CertificateOptions, ImportOptions, NetworkOptions, OverwriteOptions,
        PermissionOptions, PolicyOptions, ReadOptions, ReportOptions, ScopeOptions, TalkOptions,
    };

    fn names<T: Serialize + Default>() -> BTreeSet<String> {
        let group = serde_json::to_value(T::default()).unwrap();
        group.as_object().unwrap().keys().cloned().collect()
    }

    #[test]
    fn every_option_that_a_layer_may_give_is_of_a_group_that_is_filled_from_it() {
        let filled: BTreeSet<String> = [
            names::<AnswerOptions>(),
            names::<CertificateOptions>(),
            names::<ImportOptions>(),
            names::<NetworkOptions>(),
            names::<OverwriteOptions>(),
            names::<PermissionOptions>(),
            names::<PolicyOptions>(),
            names::<ReadOptions>(),
            names::<ReportOptions>(),
            names::<ScopeOptions>(),
            names::<TalkOptions>(),
        ]
        .into_iter()
        .flatten()
        .collect();
        assert_eq!(long_options(), filled);
        for name in LISTS.iter().chain(&NUMBERS).chain(&FLAGS) {
            assert!(filled.contains(*name), "{name}");
        }
        assert!(TYPED.is_sorted(), "{TYPED:?}");
    }
}
