//! What the options mean: flags over environment over configuration file, resolved once.
//!
//! Nothing is opened here: the layers come in as text and tables, and files that options name are
//! loaded by the commands.

mod layers;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use serde::Serialize;

use crate::census::Photos;
use crate::cli::{
    CertificateOptions, ImportOptions, NetworkOptions, PermissionOptions, PolicyOptions,
    ReadOptions, RecordingOptions, ReportOptions, ScopeOptions, TalkOptions,
};
use crate::decide::{OnAmbiguity, OnUntrusted, Policy, Reach};
use crate::export::{Choices, Contents, Layout};
use crate::name::Fqdn;
use crate::network::{ConnectTo, Limits, Proxy, ProxyError, Server, SpecialAddresses};
use crate::profile::{Profile, ProfileId};
use crate::reference::DEFAULT_DOMAINS;
use crate::role::Role;

pub use layers::{Layers, PREFIX};

/// Time for one question or handshake attempt, by default: Jabber's own patience with a
/// revocation answer (Jabber for Mac 9.6 guide).
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(5);
/// Time for all questions of a run, by default.
pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(600);
/// Endpoints surveyed at the same time, by default.
pub const DEFAULT_CONCURRENCY: usize = 32;
/// Repetitions of an unanswered DNS question, by default.
pub const DEFAULT_RETRIES: u32 = 1;
/// Time for revocation answers, by default: "less than 5 seconds" (Jabber 10.5 guide).
pub const DEFAULT_REVOCATION_TIMEOUT: Duration = Duration::from_secs(5);

/// Days before its expiry from which a certificate is remarked on, by default.
pub const DEFAULT_WARN_DAYS: u32 = 30;

/// Why options cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    /// The configuration file is not TOML, or has an option of the wrong kind.
    #[error("`{file}`: {why}")]
    File {
        /// The file.
        file: String,
        /// Why.
        why: String,
    },
    /// A name that is no option.
    #[error("{place}: `{name}` is no option{}", near(.nearest))]
    Unknown {
        /// `PHOTOFIX_…` or the file.
        place: String,
        /// The name.
        name: String,
        /// The nearest option.
        nearest: Option<String>,
    },
    /// An option that is about one run, in a layer that stands for all of them.
    #[error("{place}: --{name} is said on the command line only, of one run")]
    OfOneRun {
        /// `PHOTOFIX_…` or the file.
        place: String,
        /// The option's long name.
        name: String,
    },
    /// A value that means nothing for its option.
    #[error("--{option} `{value}`: {why}")]
    Value {
        /// The option's long name.
        option: &'static str,
        /// The value.
        value: String,
        /// Why.
        why: String,
    },
    /// Two options that exclude each other.
    #[error("--{first} and --{second} exclude each other: {why}")]
    Conflict {
        /// One.
        first: &'static str,
        /// The other.
        second: &'static str,
        /// Why.
        why: &'static str,
    },
}

fn near(nearest: &Option<String>) -> String {
    nearest.as_ref().map_or_else(String::new, |name| format!("; the nearest is `{name}`"))
}

fn value<T: FromStr>(option: &'static str, text: &str) -> Result<T, SettingsError>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error: T::Err| SettingsError::Value {
        option,
        value: text.to_owned(),
        why: error.to_string(),
    })
}

/// The proxy. What is wrong with it is said without its password.
fn proxy(text: &str) -> Result<Proxy, SettingsError> {
    text.parse().map_err(|error: ProxyError| {
        let value = match text.rsplit_once('@') {
            Some((_, host)) => format!("…@{host}"),
            None => text.to_owned(),
        };
        SettingsError::Value { option: "proxy", value, why: error.to_string() }
    })
}

fn values<T: FromStr>(
    option: &'static str,
    texts: Option<&Vec<String>>,
) -> Result<Vec<T>, SettingsError>
where
    T::Err: std::fmt::Display,
{
    texts.into_iter().flatten().map(|text| value(option, text)).collect()
}

/// A choice among words; the first is the default.
fn word<T: Copy>(
    option: &'static str,
    text: Option<&String>,
    words: &[(&str, T)],
) -> Result<T, SettingsError> {
    let Some(text) = text else { return Ok(words[0].1) };
    let found = words.iter().find(|(word, _)| word == text).map(|(_, meaning)| *meaning);
    found.ok_or_else(|| {
        let words: Vec<String> = words.iter().map(|(word, _)| format!("`{word}`")).collect();
        SettingsError::Value {
            option,
            value: text.clone(),
            why: format!("expected {}", words.join(" or ")),
        }
    })
}

/// A time such as `5s`, `500ms`, `2m`, `1h 30m`; a bare number is seconds.
fn time(
    option: &'static str,
    text: Option<&String>,
    default: Duration,
) -> Result<Duration, SettingsError> {
    let Some(text) = text else { return Ok(default) };
    let seconds = text.parse::<u64>().ok().map(Duration::from_secs);
    let span = || Duration::try_from(text.parse::<jiff::SignedDuration>().ok()?).ok();
    seconds.or_else(span).filter(|time| !time.is_zero()).ok_or_else(|| SettingsError::Value {
        option,
        value: text.clone(),
        why: "expected a time above zero, such as `5s`, `500ms` or `2m`".to_owned(),
    })
}

/// How to read the export.
///
/// # Errors
/// [`SettingsError`] names the option and its value.
pub fn choices(options: &ReadOptions) -> Result<Choices, SettingsError> {
    let headerless = options.headerless.unwrap_or(false);
    if headerless && options.column.is_some() {
        return Err(SettingsError::Conflict {
            first: "headerless",
            second: "column",
            why: "a file without a header has no column names",
        });
    }
    Ok(Choices {
        encoding: options.encoding.as_ref().map(|text| value("encoding", text)).transpose()?,
        delimiter: options.delimiter.as_ref().map(|text| value("delimiter", text)).transpose()?,
        column: options.column.clone(),
        layout: if headerless { Layout::Headerless } else { Layout::Headered },
    })
}

/// The allowed domains.
///
/// # Errors
/// [`SettingsError`] names the domain.
pub fn domains(texts: Option<&Vec<String>>) -> Result<Vec<Fqdn>, SettingsError> {
    match texts {
        Some(_) => values("domain", texts),
        None => DEFAULT_DOMAINS.iter().map(|domain| value("domain", domain)).collect(),
    }
}

/// Where names may come from; the files are not opened yet.
#[derive(Clone, Debug)]
pub struct ScopeSettings {
    /// Allowed domains.
    pub domains: Vec<Fqdn>,
    /// The map.
    pub map: Option<PathBuf>,
    /// The list of names to try.
    pub candidates: Option<PathBuf>,
    /// The default host.
    pub default_host: Option<Fqdn>,
}

/// Resolves `--domain`, `--map`, `--candidates`, `--default-host`.
///
/// # Errors
/// [`SettingsError`] names the option and its value.
pub fn scope(options: &ScopeOptions) -> Result<ScopeSettings, SettingsError> {
    let default_host: Option<Fqdn> =
        options.default_host.as_ref().map(|text| value("default-host", text)).transpose()?;
    let domains = domains(options.domain.as_ref())?;
    if let Some(name) = &default_host
        && !domains.iter().any(|domain| name.is_inside(domain))
    {
        let shown: Vec<String> = domains.iter().map(ToString::to_string).collect();
        return Err(SettingsError::Value {
            option: "default-host",
            value: name.to_string(),
            why: format!(
                "it is outside the allowed domains ({}); --domain can allow its own",
                shown.join(", ")
            ),
        });
    }
    Ok(ScopeSettings {
        domains,
        map: options.map.clone(),
        candidates: options.candidates.clone(),
        default_host,
    })
}

/// How to ask the network.
#[derive(Clone, Debug)]
pub struct NetworkPlan {
    /// Whether to ask at all.
    pub reach: Reach,
    /// DNS servers, in the order of asking.
    pub servers: Vec<Server>,
    /// Connections led elsewhere.
    pub connect_to: Vec<ConnectTo>,
    /// Addresses that are not public.
    pub special: SpecialAddresses,
    /// Bounds.
    pub limits: Limits,
    /// A proxy for every connection but those to DNS servers.
    pub proxy: Option<Proxy>,
}

/// Resolves the network options.
///
/// # Errors
/// [`SettingsError`] names the option and its value.
pub fn network(options: &NetworkOptions) -> Result<NetworkPlan, SettingsError> {
    let mut servers: Vec<Server> = values("dns", options.dns.as_ref())?;
    if servers.is_empty() {
        servers.push(Server::System);
    }
    let concurrency = options.concurrency.unwrap_or(DEFAULT_CONCURRENCY);
    if concurrency == 0 {
        return Err(SettingsError::Value {
            option: "concurrency",
            value: "0".to_owned(),
            why: "at least 1 is needed".to_owned(),
        });
    }
    let special = match options.allow_private {
        Some(true) => SpecialAddresses::Allow,
        _ => SpecialAddresses::Refuse,
    };
    Ok(NetworkPlan {
        reach: if options.offline == Some(true) { Reach::Offline } else { Reach::Network },
        servers,
        connect_to: values("connect-to", options.connect_to.as_ref())?,
        special,
        limits: Limits {
            timeout: time("timeout", options.timeout.as_ref(), DEFAULT_TIMEOUT)?,
            retries: options.retries.unwrap_or(DEFAULT_RETRIES),
            deadline: time("deadline", options.deadline.as_ref(), DEFAULT_DEADLINE)?,
            revocation: DEFAULT_REVOCATION_TIMEOUT,
            concurrency,
        },
        proxy: options.proxy.as_deref().map(proxy).transpose()?,
    })
}

/// Where the evidence of a job comes from, and whether it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gathering {
    /// From the network, as far as it may be asked.
    Ask,
    /// From the network, and it is kept in this file.
    Record(PathBuf),
    /// From this file, in which an earlier run kept it.
    Replay(PathBuf),
}

/// Resolves `--record`, `--replay`.
///
/// # Errors
/// [`SettingsError::Conflict`] where there is nothing to keep, or nothing to ask.
pub fn gathering(options: &RecordingOptions, reach: Reach) -> Result<Gathering, SettingsError> {
    let conflict = |first, second, why| Err(SettingsError::Conflict { first, second, why });
    match (&options.record, &options.replay, reach) {
        (Some(_), Some(_), _) => {
            conflict("record", "replay", "what is replayed is in a recording already")
        }
        (Some(_), None, Reach::Offline) => {
            conflict("record", "offline", "where nobody is asked there is nothing to keep")
        }
        (None, Some(_), Reach::Offline) => conflict(
            "replay",
            "offline",
            "--replay lets no packet leave either, and has answers that --offline does without",
        ),
        (Some(path), None, Reach::Network) => Ok(Gathering::Record(path.clone())),
        (None, Some(path), Reach::Network) => Ok(Gathering::Replay(path.clone())),
        (None, None, _) => Ok(Gathering::Ask),
    }
}

/// The options that say how answers are obtained, by long name, and nothing of what they mean.
pub fn about_asking() -> BTreeSet<String> {
    let network = serde_json::to_value(NetworkOptions::default()).unwrap_or_default();
    let names = network.as_object().into_iter().flat_map(|options| options.keys().cloned());
    names.chain(["revocation-timeout".to_owned()]).collect()
}

/// A source of trust anchors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TrustSource {
    /// The operating system's store.
    System,
    /// Mozilla's store, compiled in.
    Mozilla,
    /// A PEM file.
    File(PathBuf),
}

/// How to judge certificates.
#[derive(Clone, Debug)]
pub struct CertificatePlan {
    /// Where trust anchors come from.
    pub trust: Vec<TrustSource>,
    /// The client profile.
    pub profile: &'static Profile,
    /// Time for revocation answers.
    pub revocation_timeout: Duration,
    /// How many days before it expires a certificate is remarked on.
    pub warn_days: u32,
}

/// The time of `--at`, in seconds since the epoch.
///
/// # Errors
/// [`SettingsError`] names the value.
pub fn instant(text: &str) -> Result<i64, SettingsError> {
    let time = text.parse::<jiff::Timestamp>().map_err(|_| SettingsError::Value {
        option: "at",
        value: text.to_owned(),
        why: "expected a time as RFC 3339 has it, such as `2027-01-31T12:00:00Z`".to_owned(),
    })?;
    Ok(time.as_second())
}

/// The XMPP domain of `--xmpp-domain`.
///
/// # Errors
/// [`SettingsError`] names the value.
pub fn xmpp_domain(text: &str) -> Result<Fqdn, SettingsError> {
    value("xmpp-domain", text)
}

/// The role of `--role`.
///
/// # Errors
/// [`SettingsError`] names the value.
pub fn role(text: &str) -> Result<Role, SettingsError> {
    value("role", text)
}

/// Resolves `--trust`, `--profile`, `--revocation-timeout`, `--warn-days`.
///
/// # Errors
/// [`SettingsError`] names the option and its value.
pub fn certificates(options: &CertificateOptions) -> Result<CertificatePlan, SettingsError> {
    let trust = match &options.trust {
        None => vec![TrustSource::System],
        Some(texts) => texts
            .iter()
            .map(|text| match text.as_str() {
                "system" => TrustSource::System,
                "mozilla" => TrustSource::Mozilla,
                file => TrustSource::File(PathBuf::from(file)),
            })
            .collect(),
    };
    let name = options.profile.as_deref().unwrap_or("jabber");
    let profile = value::<ProfileId>("profile", name)?.profile();
    let revocation_timeout = time(
        "revocation-timeout",
        options.revocation_timeout.as_ref(),
        DEFAULT_REVOCATION_TIMEOUT,
    )?;
    let warn_days = options.warn_days.unwrap_or(DEFAULT_WARN_DAYS);
    Ok(CertificatePlan { trust, profile, revocation_timeout, warn_days })
}

/// Whether photo hosts that are WebEx names already are asked as well.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WebexHosts {
    /// They are left alone.
    Leave,
    /// Their certificates are checked.
    Check,
}

/// Resolves `--certificate`, `--ambiguous`, `--check-all`.
///
/// # Errors
/// [`SettingsError`] names the option and its value.
pub fn policy(
    options: &PolicyOptions,
    reach: Reach,
) -> Result<(Policy, WebexHosts), SettingsError> {
    let untrusted = word(
        "certificate",
        options.certificate.as_ref(),
        &[("require", OnUntrusted::Hold), ("warn", OnUntrusted::Flag)],
    )?;
    let ambiguity = word(
        "ambiguous",
        options.ambiguous.as_ref(),
        &[("hold", OnAmbiguity::Hold), ("pick", OnAmbiguity::Pick)],
    )?;
    let webex = match options.check_all {
        Some(true) => WebexHosts::Check,
        _ => WebexHosts::Leave,
    };
    Ok((Policy { untrusted, ambiguity, reach }, webex))
}

/// Resolves `--photos`.
///
/// # Errors
/// [`SettingsError`] names the option and its value.
pub fn photos(options: &PolicyOptions) -> Result<Photos, SettingsError> {
    let words = [("off", Photos::Off), ("sample", Photos::Sample), ("all", Photos::All)];
    word("photos", options.photos.as_ref(), &words)
}

/// Whether a plan may be applied that nobody approved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Approval {
    /// It may.
    Optional,
    /// Only what is approved is done.
    Required,
}

/// When a plan may be applied.
#[derive(Clone, Copy, Debug)]
pub struct Permission {
    /// Who must have agreed.
    pub approval: Approval,
    /// The greatest age of its evidence.
    pub max_age: Option<Duration>,
}

/// Resolves `--require-approval`, `--max-age`.
///
/// # Errors
/// [`SettingsError`] names the option and its value.
pub fn permission(options: &PermissionOptions) -> Result<Permission, SettingsError> {
    let approval = match options.require_approval {
        Some(true) => Approval::Required,
        _ => Approval::Optional,
    };
    let max_age = options.max_age.as_ref().map(|text| age(text)).transpose()?;
    Ok(Permission { approval, max_age })
}

/// An age such as `12h`, `7d`, `2w`; a bare number is seconds, and a day has 24 hours.
fn age(text: &str) -> Result<Duration, SettingsError> {
    let seconds = text.parse::<u64>().ok().map(Duration::from_secs);
    let span = || {
        let span = text.parse::<jiff::Span>().ok()?;
        let age = span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()?;
        Duration::try_from(age).ok()
    };
    seconds.or_else(span).ok_or_else(|| SettingsError::Value {
        option: "max-age",
        value: text.to_owned(),
        why: "expected an age such as `12h`, `7d` or `2w`".to_owned(),
    })
}

/// Resolves `--only-changed`.
pub fn contents(options: &ImportOptions) -> Contents {
    match options.only_changed {
        Some(true) => Contents::ChangedOnly,
        _ => Contents::Everything,
    }
}

/// Resolves `--batch`: the records of a part, where the import file is written in parts.
///
/// # Errors
/// [`SettingsError`] for a part without records.
pub fn batch(options: &ImportOptions) -> Result<Option<u64>, SettingsError> {
    match options.batch {
        Some(0) => Err(SettingsError::Value {
            option: "batch",
            value: "0".to_owned(),
            why: "at least 1 record is needed in a part".to_owned(),
        }),
        size => Ok(size.map(u64::from)),
    }
}

/// What a piece of an export begins with, and what is written of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shard {
    /// The header, which is written.
    WithHeader,
    /// The header, which is left out.
    DropHeader,
    /// A data record.
    WithoutHeader,
}

/// Resolves `--shard`, whose words the command line has checked.
pub fn shard(word: &str) -> Shard {
    match word {
        "with-header" => Shard::WithHeader,
        "drop-header" => Shard::DropHeader,
        _ => Shard::WithoutHeader,
    }
}

/// When something is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// On a terminal.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// How to talk.
#[derive(Clone, Copy, Debug)]
pub struct Talk {
    /// How much.
    pub volume: Volume,
    /// Colour.
    pub color: When,
    /// Progress.
    pub progress: When,
}

/// How much is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Volume {
    /// Errors only.
    Quiet,
    /// The summary.
    Normal,
    /// Everything.
    Verbose,
}

/// Resolves `--quiet`, `--verbose`, `--color`, `--progress`.
///
/// # Errors
/// [`SettingsError`] names the option and its value.
pub fn talk(options: &TalkOptions) -> Result<Talk, SettingsError> {
    let when = [("auto", When::Auto), ("always", When::Always), ("never", When::Never)];
    let volume = match (options.quiet, options.verbose) {
        (Some(true), _) => Volume::Quiet,
        (_, Some(true)) => Volume::Verbose,
        _ => Volume::Normal,
    };
    Ok(Talk {
        volume,
        color: word("color", options.color.as_ref(), &when)?,
        progress: word("progress", options.progress.as_ref(), &when)?,
    })
}

/// The options that shaped the decisions, for reports and plans: by long name, as given.
pub fn shown(groups: &[&dyn ShownOptions]) -> serde_json::Map<String, serde_json::Value> {
    let mut shown = BTreeMap::new();
    for group in groups {
        shown.extend(group.shown());
    }
    shown.into_iter().collect()
}

/// A group of options that reports show.
pub trait ShownOptions {
    /// Its options that were given, by long name.
    fn shown(&self) -> BTreeMap<String, serde_json::Value>;
}

impl<T: Serialize> ShownOptions for T {
    fn shown(&self) -> BTreeMap<String, serde_json::Value> {
        match serde_json::to_value(self) {
            Ok(serde_json::Value::Object(options)) => {
                options.into_iter().filter(|(_, value)| !value.is_null()).collect()
            }
            // A group is a struct of plain options: nothing else can come out of it.
            _ => BTreeMap::new(),
        }
    }
}

/// The kinds and paths of the reports wanted.
///
/// # Errors
/// [`SettingsError`] names the path whose ending says nothing.
pub fn reports(
    options: &ReportOptions,
) -> Result<Vec<(crate::report::Kind, PathBuf)>, SettingsError> {
    let paths = options.report.iter().flatten();
    paths
        .map(|path| {
            let name = path.to_string_lossy();
            let kind =
                crate::report::Kind::of_file_name(&name).map_err(|error| SettingsError::Value {
                    option: "report",
                    value: name.to_string(),
                    why: error.to_string(),
                })?;
            Ok((kind, path.clone()))
        })
        .collect()
}
