//! The groups of options, most of which the configuration file and the environment can give as well.
//!
//! A group's fields are all optional: what is absent is looked for in the next layer
//! (`settings::Layers`), so a default stands in `settings` alone.

use std::path::PathBuf;

use clap::{Args, ValueHint};
use serde::{Deserialize, Serialize};

use super::SAVED;

/// What becomes of files that exist, where no report is written.
#[derive(Clone, Debug, Default, Args, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[command(next_help_heading = SAVED)]
pub struct OverwriteOptions {
    /// Overwrite outputs that exist; an input is never overwritten
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub force: Option<bool>,
}

/// What `plan`, `fix` and `explain` share.
#[derive(Debug, Args)]
pub struct JobOptions {
    #[command(flatten)]
    #[allow(missing_docs)]
    pub reading: ReadOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub scope: ScopeOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub network: NetworkOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub certificates: CertificateOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub policy: PolicyOptions,
}

/// Keeping what was learned, and going by it again.
#[derive(Clone, Debug, Default, Args)]
#[command(next_help_heading = "Record and replay")]
pub struct RecordingOptions {
    /// Keep every answer, the trust anchors and the time in FILE, for --replay
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub record: Option<PathBuf>,
    /// Ask nobody: go by the answers, the trust anchors and the time that --record kept in FILE
    /// (`-` is standard input). The options of the network are then not used; the other ones are
    /// given as they were for the same result
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub replay: Option<PathBuf>,
}

/// How to read the export.
#[derive(Clone, Debug, Default, Args, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[command(next_help_heading = "Reading the export")]
pub struct ReadOptions {
    /// The photo column's name in the header [default: userProfilePhotoURL]
    #[arg(long, value_name = "NAME")]
    pub column: Option<String>,
    /// A directory-integration file without a header: field 18 of 24, or 17 of 17
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub headerless: Option<bool>,
    /// `comma`, `tab` or `semicolon` [default: found by looking at the header]
    #[arg(long, value_name = "DELIMITER")]
    pub delimiter: Option<String>,
    /// `utf-8`, `utf-16le`, `utf-16be` or `iso-8859-1` [default: found by looking at the bytes]
    #[arg(long, value_name = "ENCODING")]
    pub encoding: Option<String>,
}

/// Where a name may come from, and where it must lie.
#[derive(Clone, Debug, Default, Args, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[command(next_help_heading = "Names and evidence")]
pub struct ScopeOptions {
    /// A domain that new hosts may lie in; repeat [default: webex.com, webexconnect.com,
    /// webexcontent.com]
    #[arg(long, value_name = "NAME")]
    pub domain: Option<Vec<String>>,
    /// The administrator's map: `ADDRESS,HOST` or `CIDR,HOST` per line
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub map: Option<PathBuf>,
    /// Names to try, one per line; each counts only where DNS confirms it
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub candidates: Option<PathBuf>,
    /// The name to write where nothing better is found (Cisco's plain procedure)
    #[arg(long, value_name = "NAME")]
    pub default_host: Option<String>,
}

/// How to ask the network.
#[derive(Clone, Debug, Default, Args, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[command(next_help_heading = "Network")]
pub struct NetworkOptions {
    /// `system`, `ADDR[:PORT]`, `tls://HOST[:PORT]` or `https://HOST/PATH`; repeat, the next one is
    /// asked when one fails [default: system]
    #[arg(long, value_name = "SERVER")]
    pub dns: Option<Vec<String>>,
    /// Connect to ADDR:PORT instead of HOST:PORT, as curl does; an empty part matches any; repeat
    #[arg(long, value_name = "HOST:PORT:ADDR:PORT")]
    pub connect_to: Option<Vec<String>>,
    /// Time for one question or handshake attempt [default: 5s]
    #[arg(long, value_name = "TIME")]
    pub timeout: Option<String>,
    /// Time for all questions of the run, from when the export is read [default: 10m]
    #[arg(long, value_name = "TIME")]
    pub deadline: Option<String>,
    /// Endpoints surveyed at the same time [default: 32]
    #[arg(long, value_name = "N")]
    pub concurrency: Option<usize>,
    /// How often a DNS question without an answer is repeated [default: 1]
    #[arg(long, value_name = "N")]
    pub retries: Option<u32>,
    /// Let no packet leave: map and default host only, and certificates are not asked
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub offline: Option<bool>,
    /// Contact addresses that are not public (private, loopback, link-local, documentation)
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub allow_private: Option<bool>,
    /// An HTTP proxy for everything but DNS: `http://[USER:PASSWORD@]HOST:PORT`. Without it,
    /// OCSP and CRL questions follow `http_proxy` and `no_proxy`
    #[arg(long, value_name = "URL")]
    pub proxy: Option<String>,
}

/// How to judge certificates.
#[derive(Clone, Debug, Default, Args, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[command(next_help_heading = "Certificates")]
pub struct CertificateOptions {
    /// Trust anchors: `system`, `mozilla` or a PEM file; repeat to add [default: system]
    #[arg(long, value_name = "system|mozilla|FILE")]
    pub trust: Option<Vec<String>>,
    /// The client whose verdict counts: `jabber`, `jabber-12` or `strict` [default: jabber]
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Time for all revocation questions about a certificate, an answer at this time is too late
    /// [default: 5s]
    #[arg(long, value_name = "TIME")]
    pub revocation_timeout: Option<String>,
    /// Remark on certificates that expire within so many days [default: 30]
    #[arg(long, value_name = "DAYS")]
    pub warn_days: Option<u32>,
}

/// What to do about what was learned.
#[derive(Clone, Debug, Default, Args, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[command(next_help_heading = "Decisions")]
pub struct PolicyOptions {
    /// `require`: hold a name that the client would not trust; `warn`: write it and flag it
    /// [default: require]
    #[arg(long, value_name = "require|warn")]
    pub certificate: Option<String>,
    /// Two names of equal rank: `hold`, or `pick` the first by rows in the export, length, alphabet
    /// [default: hold]
    #[arg(long, value_name = "hold|pick")]
    pub ambiguous: Option<String>,
    /// Fetch photos under the old host and the new one, and hold a host that would lose any: `off`
    /// (no photo is loaded), `sample` (8 URLs of each host) or `all` [default: off]
    #[arg(long, value_name = "off|sample|all")]
    pub photos: Option<String>,
    /// Ask the certificates of photo hosts that are WebEx names already, too
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub check_all: Option<bool>,
}

/// When a plan may be applied.
#[derive(Clone, Debug, Default, Args, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[command(next_help_heading = "Permission")]
pub struct PermissionOptions {
    /// Apply nothing without --approvals, and let `fix` do nothing at all; taking back is always
    /// allowed
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub require_approval: Option<bool>,
    /// Refuse a plan whose evidence is older, such as `12h` or `7d` [default: any age]
    #[arg(long, value_name = "TIME")]
    pub max_age: Option<String>,
}

/// Who answers a plan, and where the answers go.
#[derive(Clone, Debug, Default, Args, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct AnswerOptions {
    /// Who answers [default: the name you are logged in with]
    #[arg(long, value_name = "NAME")]
    pub reviewer: Option<String>,
    /// Overwrite approvals that exist
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub force: Option<bool>,
}

/// What the import file holds.
#[derive(Clone, Debug, Default, Args, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[command(next_help_heading = "Import file")]
pub struct ImportOptions {
    /// Write the header and the changed records only
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub only_changed: Option<bool>,
    /// Split the import file into files of N records, each with the header (IMPORT-0001.csv, …), and
    /// list them in IMPORT.manifest.json
    #[arg(long, value_name = "N")]
    pub batch: Option<u32>,
    /// Write the changed records as they were, ready to import when the change must be taken back
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub rollback: Option<PathBuf>,
}

/// Reports, and outputs in general.
#[derive(Clone, Debug, Default, Args, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[command(next_help_heading = "Reports")]
pub struct ReportOptions {
    /// Write a report, its kind by its ending: .json .jsonl .csv .html .md .diff; repeat. The .html
    /// of `plan` is the review page, on which the plan is approved
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub report: Option<Vec<PathBuf>>,
    /// Leave e-mail addresses out of reports and the summary
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub redact: Option<bool>,
    /// Overwrite outputs that exist; the export itself is never overwritten
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub force: Option<bool>,
}

/// How to talk, on standard error.
#[derive(Clone, Debug, Default, Args, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[command(next_help_heading = "Talk")]
pub struct TalkOptions {
    /// Options from a TOML file, by their long names
    #[arg(long, global = true, value_name = "FILE", value_hint = ValueHint::FilePath)]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// No summary and no progress: errors only
    #[arg(short, long, global = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub quiet: Option<bool>,
    /// Say more: files, resolvers, every host
    #[arg(short, long, global = true, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub verbose: Option<bool>,
    /// `auto` (on a terminal, unless NO_COLOR is set), `always` or `never` [default: auto]
    #[arg(long, global = true, value_name = "WHEN")]
    pub color: Option<String>,
    /// `auto`, `always` or `never` [default: auto]
    #[arg(long, global = true, value_name = "WHEN")]
    pub progress: Option<String>,
}
