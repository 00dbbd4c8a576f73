//! What was typed: the commands, each with its own options.

mod options;

use std::path::PathBuf;

use clap::builder::PossibleValuesParser;
use clap::{ArgGroup, Args, Parser, Subcommand, ValueHint};

pub use options::{
    AnswerOptions, CertificateOptions, ImportOptions, JobOptions, NetworkOptions, OverwriteOptions,
    PermissionOptions, PolicyOptions, ReadOptions, RecordingOptions, ReportOptions, ScopeOptions,
    TalkOptions,
};

const EXIT_STATUS: &str = "\
Exit status: 0 done, and no IP host is left (verify: proven); 3 done, but rows are held, \
unresolved or unreadable, or a change met a conflict (check: a name is not trusted; reconcile: \
something did not arrive, or moved); 1 failed, no output written (verify: something else moved); 2 \
usage; 4 stale or mismatched plan or approvals, a damaged recording, or a plan that may not be \
applied; 130 interrupted.

Every long option can stand in the file of --config (TOML, same names) and in the environment as \
PHOTOFIX_NAME, lists separated by commas; the command line wins over the environment, the \
environment over the file. But --config, --format, --output and --plan cannot, nor what `check` is \
told of servers and of files, nor what `explain` is asked, nor --record and --replay, nor what is \
said of one plan (--approvals, --again, --export, --rebase, --reverse, --shard, --joined, and the \
answers of `approve`).";

/// Headings of what `check` is told.
const SERVERS: &str = "Servers";
const GIVEN: &str = "Files to judge";
const SAVED: &str = "Files to write";

const CARRYING: &str = "\
With --rebase and --reverse, EXPORT is the export that was planned for, and OTHER the one that is \
read and written. Users are matched by `email`, else `userName`, else `employeeID`; letter case \
does not count in the first two. A change is made only where the cell is what the plan knew \
(--reverse: what the plan wrote); users who are gone, there twice, without a key or with another \
photo URL are listed as conflicts and left alone. A new user's host is decided as the plan decided \
it.

Without the export that was planned for, --rebase goes by the hosts alone, and says so. For \
--reverse EXPORT may also be the rollback of the run that is taken back, as the journal knows it.

  photofix apply users.csv --plan plan.json -o import.csv
  photofix apply --plan plan.json --export fresh.csv --rebase -o import.csv
  photofix apply --plan plan.json --export after.csv --reverse -o back.csv";

const EXPLAINING: &str = "\
Of an export, the network is asked as `plan` asks it, about this one endpoint only; --offline asks \
nobody. Of a plan or a report, everything is told as it was decided then, and no packet leaves; a \
plan keeps no records, so that --record also reads the export that it was made for, as long as \
that is still the same.

  photofix explain users.csv --record 14
  photofix explain plan.json --address 203.0.113.14

Exit status: 0 the record is rewritten, or there is nothing to do; 3 it is held, unresolved or \
unreadable; 1 failed; 2 usage, or no such record or address; 4 the export is not the plan's; 130 \
interrupted.";

const RECONCILE_FILES: &str = "\
Needed: the plan, and one of --status and --after at least. The plan says which export it was made \
for and what it changes; that export is read again, and must be the same to the byte. The import \
file tells what was sent: `apply` notes it in the journal beside the plan; where it moved since, \
or the plan has no journal, give it with --import. An import file of --rebase was made from \
another export, which tells new users from others: the journal names it, and --rebased-from where \
it moved. --status alone tells what WebEx says, in words that are not documented; --after tells \
what arrived, and what else moved, and is where the retry file takes its records from.

  photofix reconcile --plan plan.json --status import_status.csv --after after.csv --retry retry.csv
  photofix reconcile users.csv --plan plan.json --import import.csv --status import_status.csv

Exit status: 0 everything arrived and nothing else moved; 3 something did not, or did; 1 failed; 2 \
usage; 4 the export or the import file does not belong to the plan, or the plan was taken back.";

/// Replaces IP addresses in WebEx profile-photo URLs by the WebEx name, with evidence, changing
/// nothing but the host's bytes.
#[derive(Debug, Parser)]
#[command(name = "photofix", version, after_help = EXIT_STATUS, max_term_width = 100, args_override_self = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// How to talk.
    #[command(flatten)]
    pub talk: TalkOptions,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Look at an export: dialect, host kinds, distinct hosts, warnings. No network
    Inspect(Inspect),
    /// The main job: plan and apply in one go, with the diff report
    Fix(Fix),
    /// Ask the network and write the decisions down; no import file is written
    Plan(Plan),
    /// Apply a plan to the export it was made for. No network
    Apply(Apply),
    /// Answer a plan: which hosts may be rewritten, host by host or all at once. No network
    Approve(Approve),
    /// Show a plan, a report or approvals, stale ones too. No network
    Show(Show),
    /// Show the whole reasoning about one record or one address, of an export, a plan or a report
    Explain(Explain),
    /// Prove that only hosts moved between an export and an import file. No network
    Verify(Verify),
    /// After the import: see what became of every change. No network
    Reconcile(Reconcile),
    /// Give the certificate verdicts for hosts or URLs
    Check(Check),
    /// Print a completion script for a shell
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page (roff)
    Man,
}

/// `photofix inspect`.
#[derive(Debug, Args)]
pub struct Inspect {
    /// The export; `-` is standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub export: PathBuf,
    /// `human` or `json`, on standard output
    #[arg(long, default_value = "human", value_parser = PossibleValuesParser::new(["human", "json"]))]
    pub format: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub reading: ReadOptions,
    /// Domains that make a host `webex`
    #[arg(long, value_name = "NAME")]
    pub domain: Option<Vec<String>>,
}

/// `photofix fix`.
#[derive(Debug, Args)]
pub struct Fix {
    /// The export; `-` is standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub export: PathBuf,
    /// The import file to write; `-` is standard output
    #[arg(short, long, value_name = "IMPORT", value_hint = ValueHint::FilePath)]
    pub output: PathBuf,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub job: JobOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub recording: RecordingOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub import: ImportOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub reporting: ReportOptions,
}

/// `photofix plan`.
#[derive(Debug, Args)]
pub struct Plan {
    /// The export; `-` is standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub export: PathBuf,
    /// The plan to write; `-` is standard output
    #[arg(short, long, value_name = "PLAN", value_hint = ValueHint::FilePath)]
    pub output: PathBuf,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub job: JobOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub recording: RecordingOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub reporting: ReportOptions,
}

/// `photofix apply`.
#[derive(Debug, Args)]
#[command(after_help = CARRYING)]
pub struct Apply {
    /// The export that the plan was made for; `-` is standard input. With --rebase or --reverse it
    /// may be left out: then it is the file that the plan names, if that is still the same
    #[arg(required_unless_present_any = ["rebase", "reverse"], value_hint = ValueHint::FilePath)]
    pub export: Option<PathBuf>,
    /// The plan
    #[arg(long, value_name = "PLAN", value_hint = ValueHint::FilePath)]
    pub plan: PathBuf,
    /// The import file to write; `-` is standard output
    #[arg(
        short,
        long,
        value_name = "IMPORT",
        required_unless_present = "joined",
        value_hint = ValueHint::FilePath
    )]
    pub output: Option<PathBuf>,
    /// Do only what these approvals of the plan approve, as the review page or `photofix approve`
    /// wrote them; `-` is standard input
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub approvals: Option<PathBuf>,
    /// Apply a plan that was applied already, as the journal beside it (PLAN.applied) says
    #[arg(long)]
    pub again: bool,
    /// EXPORT is a piece of the planned export, cut between records: `with-header` writes the header
    /// that the piece begins with, `drop-header` leaves it out, `without-header` says that the piece
    /// has none. What the plan knows of the whole export cannot be checked: run with --joined at the
    /// end
    #[arg(
        long,
        value_name = "HEADER",
        value_parser = PossibleValuesParser::new(["with-header", "drop-header", "without-header"]),
        conflicts_with_all = ["direction", "rollback", "batch"],
        help_heading = "In pieces"
    )]
    pub shard: Option<String>,
    /// Write no import file: see that IMPORT, joined from pieces, is byte for byte what one run would
    /// write of EXPORT, and note in the journal that the plan was applied
    #[arg(
        long,
        value_name = "IMPORT",
        conflicts_with_all = ["output", "shard", "direction", "batch"],
        help_heading = "In pieces",
        value_hint = ValueHint::FilePath
    )]
    pub joined: Option<PathBuf>,
    /// Another export than the one that was planned for: what --rebase changes, or --reverse
    #[arg(
        long = "export",
        value_name = "OTHER",
        requires = "direction",
        help_heading = "Another export",
        value_hint = ValueHint::FilePath
    )]
    pub other: Option<PathBuf>,
    /// Carry the changes over to a newer export, OTHER, and write the import file from it
    #[arg(long, requires = "other", group = "direction", help_heading = "Another export")]
    pub rebase: bool,
    /// Take the changes back from an export made after the import, OTHER: cells that still hold
    /// what was written get their old value
    #[arg(long, requires = "other", group = "direction", help_heading = "Another export")]
    pub reverse: bool,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub permission: PermissionOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub import: ImportOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub reporting: ReportOptions,
}

/// `photofix approve`.
#[derive(Debug, Args)]
pub struct Approve {
    /// The plan; `-` is standard input
    #[arg(value_hint = ValueHint::FilePath)]
    pub plan: PathBuf,
    /// The approvals to write; `-` is standard output
    #[arg(short, long, value_name = "APPROVALS", default_value = "approvals.json", value_hint = ValueHint::FilePath)]
    pub output: PathBuf,
    /// Approve every host that the plan rewrites
    #[arg(long, conflicts_with = "host")]
    pub all: bool,
    /// Approve a host in any spelling, on every port or on one; repeat. Without --all, --host or --except each host
    /// is asked for on the terminal; who quits there can keep the answers given so far
    #[arg(long, value_name = "ADDRESS[:PORT]")]
    pub host: Vec<String>,
    /// Refuse a host, on every port or on one; repeat
    #[arg(long, value_name = "ADDRESS[:PORT]")]
    pub except: Vec<String>,
    /// Why, to be kept with every answer
    #[arg(long, value_name = "TEXT")]
    pub note: Option<String>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub answering: AnswerOptions,
}

/// `photofix show`.
#[derive(Debug, Args)]
pub struct Show {
    /// A plan, a JSON report or approvals; `-` is standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// `human`, `json` or `md`, on standard output
    #[arg(long, default_value = "human", value_parser = PossibleValuesParser::new(["human", "json", "md"]))]
    pub format: String,
}

/// `photofix explain`.
#[derive(Debug, Args)]
#[command(
    after_help = EXPLAINING,
    group(ArgGroup::new("question").required(true).args(["record", "address"]))
)]
pub struct Explain {
    /// An export, a plan or a JSON report; `-` is standard input
    #[arg(value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub file: PathBuf,
    /// The data record to explain, counted from 1 as reports count
    #[arg(long, value_name = "N")]
    pub record: Option<u64>,
    /// The address to explain, in any spelling; also a bare host name, or a URL with either
    #[arg(long, value_name = "ADDRESS[:PORT]")]
    pub address: Option<String>,
    /// `human` or `json`, on standard output
    #[arg(long, default_value = "human", value_parser = PossibleValuesParser::new(["human", "json"]))]
    pub format: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub job: JobOptions,
}

/// `photofix verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// The export
    #[arg(value_hint = ValueHint::FilePath)]
    pub export: PathBuf,
    /// The import file made from it; or its parts, in their order
    #[arg(required = true, value_hint = ValueHint::FilePath)]
    pub import: Vec<PathBuf>,
    /// The import file holds only the changed records
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub only_changed: Option<bool>,
    /// `human` or `json`, on standard output
    #[arg(long, default_value = "human", value_parser = PossibleValuesParser::new(["human", "json"]))]
    pub format: String,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub reading: ReadOptions,
    /// Domains that a new host may lie in
    #[arg(long, value_name = "NAME")]
    pub domain: Option<Vec<String>>,
}

/// `photofix reconcile`.
#[derive(Debug, Args)]
#[command(after_help = RECONCILE_FILES)]
pub struct Reconcile {
    /// The export that the plan was made for [default: the file that the plan names]
    #[arg(value_name = "EXPORT", value_hint = ValueHint::FilePath)]
    pub original: Option<PathBuf>,
    /// The plan
    #[arg(long, value_name = "PLAN", value_hint = ValueHint::FilePath)]
    pub plan: PathBuf,
    /// The file that was imported; or its parts in their order, or their manifest [default: the one
    /// that the journal beside the plan names, else what `apply` makes of the whole export]
    #[arg(long, value_name = "IMPORT", num_args = 1.., value_hint = ValueHint::FilePath)]
    pub import: Vec<PathBuf>,
    /// The export that `apply --rebase` made the import file from, or the rollback that it wrote
    /// [default: the one that the journal beside the plan names]
    #[arg(long, value_name = "FRESH", value_hint = ValueHint::FilePath)]
    pub rebased_from: Option<PathBuf>,
    /// The status file that WebEx sent when the import ended
    #[arg(long, value_name = "STATUS", value_hint = ValueHint::FilePath)]
    pub status: Option<PathBuf>,
    /// The status file's column with WebEx's words [default: the one that the import file has not]
    #[arg(long, value_name = "NAME", requires = "status")]
    pub status_column: Option<String>,
    /// An export taken after the import
    #[arg(long, visible_alias = "export", value_name = "AFTER", value_hint = ValueHint::FilePath)]
    pub after: Option<PathBuf>,
    /// Write what did not arrive, ready to import; nothing is written when everything arrived
    #[arg(long, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub retry: Option<PathBuf>,
    /// `human` or `json`, on standard output
    #[arg(long, default_value = "human", value_parser = PossibleValuesParser::new(["human", "json"]))]
    pub format: String,
    /// Leave keys and e-mail addresses out of what is shown; the retry file has them all the same
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub redact: Option<bool>,
    /// Overwrite a retry file that exists
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true", value_name = "BOOL")]
    pub force: Option<bool>,
}

/// `photofix check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Hosts or URLs; `-` reads them from standard input, one per line
    #[arg(required_unless_present = "csr", value_name = "HOST[:PORT]|URL", value_hint = ValueHint::Hostname)]
    pub hosts: Vec<String>,
    /// `human`, `json` or `jsonl`, on standard output
    #[arg(long, default_value = "human", value_parser = PossibleValuesParser::new(["human", "json", "jsonl"]))]
    pub format: String,
    /// How the servers speak: `http` (TLS at once) or `xmpp` (STARTTLS, port 5222)
    #[arg(
        long,
        help_heading = SERVERS,
        default_value = "http",
        value_parser = PossibleValuesParser::new(["http", "xmpp"]),
        conflicts_with = "role"
    )]
    pub service: String,
    /// The domain that certificates of XMPP servers shall name [default: the host]
    #[arg(long, help_heading = SERVERS, value_name = "NAME")]
    pub xmpp_domain: Option<String>,
    /// Check every port at which Jabber talks to such a server (of `HOST:PORT` that port alone):
    /// `cucm`, `imp`, `unity`, `meetings` or `expressway-e`
    #[arg(long, help_heading = SERVERS, value_name = "ROLE")]
    pub role: Option<String>,
    /// Check the certificates of a PEM file as though the host presented them, its own first; repeat
    /// to add. No connection is made
    #[arg(long, help_heading = GIVEN, value_name = "FILE", value_hint = ValueHint::FilePath, conflicts_with = "role")]
    pub chain: Vec<PathBuf>,
    /// The time to judge at, as RFC 3339 has it, such as 2027-01-31T12:00:00Z [default: now]
    #[arg(long, help_heading = GIVEN, value_name = "TIME")]
    pub at: Option<String>,
    /// An OCSP response (DER) to go by; repeat
    #[arg(long, help_heading = GIVEN, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub ocsp: Vec<PathBuf>,
    /// A CRL (DER or PEM) to go by; repeat
    #[arg(long, help_heading = GIVEN, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub crl: Vec<PathBuf>,
    /// Say whether a public CA would take the certification requests (CSR) of a file; repeat. No
    /// connection is made
    #[arg(
        long,
        help_heading = GIVEN,
        value_name = "FILE",
        value_hint = ValueHint::FilePath,
        conflicts_with_all = [
            "hosts", "service", "xmpp_domain", "role", "chain", "at", "ocsp", "crl", "save_chain", "save_roots"
        ]
    )]
    pub csr: Vec<PathBuf>,
    /// Write the certificates that were presented, as PEM
    #[arg(long, help_heading = SAVED, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub save_chain: Option<PathBuf>,
    /// Write the trust anchors that the paths lead to, as PEM, ready for client computers
    #[arg(long, help_heading = SAVED, value_name = "FILE", value_hint = ValueHint::FilePath)]
    pub save_roots: Option<PathBuf>,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub overwriting: OverwriteOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub network: NetworkOptions,
    #[command(flatten)]
    #[allow(missing_docs)]
    pub certificates: CertificateOptions,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn texts_behind_the_options_are_wrapped_by_whoever_shows_them() {
        let cli = Cli::command();
        for command in std::iter::once(&cli).chain(cli.get_subcommands()) {
            let text = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            for paragraph in text.split("\n\n").filter(|it| !it.starts_with("  ")) {
                assert!(!paragraph.contains('\n'), "{}: {paragraph}", command.get_name());
            }
        }
    }
}
