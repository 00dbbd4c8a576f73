//! `photofix approve`: answers to a plan, in the terminal. No network.

use std::io::{self, BufRead, IsTerminal, Write};
use std::path::Path;

use super::facts::counted;
use super::failure::{Failure, Status};
use super::output::{Existing, Outputs};
use super::plan_file::{PlanFile, now};
use super::progress::Wait;
use super::voice::Voice;
use crate::approval::{Answer, Approvals, ChoiceError, Chosen, HostAnswer, PlanReference, choose};
use crate::cli;
use crate::photo::Sought;
use crate::report::EndpointReport;
use crate::report::answers::question;
use crate::report::terminal::{Style, TerminalText};
use crate::settings::Layers;

/// Runs it.
///
/// # Errors
/// [`Failure`] when the plan cannot be followed, nobody says what to approve, or an answer is for a
/// host that the plan does not rewrite; then no approvals are there.
pub(super) fn run(
    options: &cli::Approve,
    layers: &Layers,
    voice: Voice,
) -> Result<Status, Failure> {
    let answering = layers.fill(&options.answering)?;
    let plan = PlanFile::read(&options.plan)?;
    let mut outputs = Outputs::new(Existing::of(answering.force));
    outputs.protect(&options.plan, "the plan");
    if let Some(file) = layers.file_name() {
        outputs.protect(file, "the configuration");
    }
    let mut out = outputs.create(&options.output, "the approvals")?;
    let reviewer = answering.reviewer.or_else(user_name).ok_or_else(|| {
        Failure::usage(
            "nobody is named as the reviewer".to_owned(),
            "give your name with --reviewer",
        )
    })?;
    let endpoints = &plan.plan.report.endpoints;
    let mut hosts = if options.all || !options.host.is_empty() || !options.except.is_empty() {
        typed(options, endpoints).map_err(|error| Failure::choice(&options.plan, &error))?
    } else if io::stdin().is_terminal() {
        voice.say_report(&plan.plan.report);
        let _wait = Wait::begin();
        ask(endpoints, &voice.talk_style(), &mut io::stdin().lock(), &mut io::stderr().lock())?
    } else {
        return Err(Failure::usage(
            "nothing says what to approve, and standard input is no terminal to ask".to_owned(),
            "give --all, or --host ADDRESS[:PORT] for each host",
        ));
    };
    if let Some(note) = &options.note {
        hosts.iter_mut().for_each(|host| host.note = Some(note.clone()));
    }

    let reference = PlanReference {
        sha256: plan.sha256.clone(),
        export_sha256: plan.plan.report.export.sha256.clone(),
    };
    let mut approvals = Approvals::new(reference, reviewer, now());
    approvals.hosts = hosts;
    approvals
        .to_file()
        .map_err(io::Error::from)
        .and_then(|file| out.write_all(&file))
        .and_then(|()| out.flush())
        .map_err(|error| Failure::file("write", &options.output, &error))?;
    drop(out);
    let written = outputs.commit()?;
    let open = rewritten(endpoints).count() - approvals.hosts.len();
    let unanswered = match open {
        0 => String::new(),
        open => format!("; {} without an answer, so not approved", counted(open as u64, "host")),
    };
    voice.say_written(&format!("{}{unanswered}.", said(&approvals.hosts)), &written);
    Ok(Status::Done)
}

/// The answers that the command line gives.
fn typed(
    options: &cli::Approve,
    endpoints: &[EndpointReport],
) -> Result<Vec<HostAnswer>, ChoiceError> {
    let patterns = |typed: &[String]| {
        typed.iter().map(|typed| typed.parse()).collect::<Result<Vec<Sought>, _>>()
    };
    let chosen = if options.all { Chosen::All } else { Chosen::Hosts(patterns(&options.host)?) };
    choose(endpoints, &chosen, &patterns(&options.except)?)
}

/// The hosts that the plan rewrites.
fn rewritten(endpoints: &[EndpointReport]) -> impl Iterator<Item = &EndpointReport> {
    endpoints.iter().filter(|entry| entry.decision == "rewrite")
}

/// How many hosts were approved, and how many refused.
fn said(hosts: &[HostAnswer]) -> String {
    let of = |wanted| hosts.iter().filter(|host| host.decision == wanted).count();
    let approved = counted(of(Answer::Approve) as u64, "host");
    format!("{approved} approved, {} refused", of(Answer::Refuse))
}

/// Asks for each host that the plan rewrites. Who leaves before the end is asked whether to keep
/// what was answered; a host without an answer is not approved.
fn ask(
    endpoints: &[EndpointReport],
    style: &Style,
    answers: &mut dyn BufRead,
    talk: &mut dyn Write,
) -> Result<Vec<HostAnswer>, Failure> {
    let mut hosts = Vec::new();
    let total = rewritten(endpoints).count();
    for entry in rewritten(endpoints) {
        let asked = format!("{} [y/n/quit] ", TerminalText(&question(entry, style)));
        let decision = match put(&asked, answers, talk)? {
            Reply::Yes => Answer::Approve,
            Reply::No => Answer::Refuse,
            Reply::Quit if hosts.is_empty() => return Err(Failure::nothing_approved()),
            Reply::Quit => {
                let left = counted((total - hosts.len()) as u64, "host");
                let keep = format!(
                    "Keep what was answered ({})? {left} without an answer will not be approved \
                     [y/n] ",
                    said(&hosts)
                );
                return match put(&keep, answers, talk)? {
                    Reply::Yes => Ok(hosts),
                    Reply::No | Reply::Quit => Err(Failure::nothing_approved()),
                };
            }
        };
        hosts.push(HostAnswer { endpoint: entry.endpoint.clone(), decision, note: None });
    }
    Ok(hosts)
}

/// What was typed at a question.
enum Reply {
    Yes,
    No,
    /// Also the end of what is typed.
    Quit,
}

/// Puts a question until there is an answer to it.
fn put(question: &str, answers: &mut dyn BufRead, talk: &mut dyn Write) -> Result<Reply, Failure> {
    let terminal = |error| Failure::file("read", Path::new("the terminal"), &error);
    loop {
        talk.write_all(question.as_bytes()).and_then(|()| talk.flush()).map_err(terminal)?;
        let mut line = String::new();
        if answers.read_line(&mut line).map_err(terminal)? == 0 {
            // Whatever comes next begins on a line of its own.
            talk.write_all(b"\n").map_err(terminal)?;
            return Ok(Reply::Quit);
        }
        match line.trim().to_ascii_lowercase().as_str() {
            "y" | "yes" => return Ok(Reply::Yes),
            "n" | "no" => return Ok(Reply::No),
            "q" | "quit" => return Ok(Reply::Quit),
            _ => {}
        }
    }
}

/// Who is logged in, as far as the environment says.
fn user_name() -> Option<String> {
    ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|name| !name.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Endpoint, OldHost, Scheme};

    fn entry(last: u8, decision: &'static str) -> EndpointReport {
        let host = OldHost::from(format!("203.0.113.{last}"));
        EndpointReport {
            endpoint: Endpoint { host, port: 443, scheme: Scheme::Https },
            records: 35,
            decision: decision.into(),
            host: Some(format!("c{last}.webex.com\u{202e}")),
            reason: "some-reason".into(),
            explanation: String::new(),
            hint: None,
            candidates: Vec::new(),
            old_certificate: None,
            photos: Vec::new(),
        }
    }

    #[test]
    fn each_host_is_asked_for_until_there_is_an_answer() {
        let style = Style { color: false, width: 80, unicode: false };
        let plan = [entry(7, "rewrite"), entry(8, "hold"), entry(9, "rewrite")];
        let keep = "Keep what was answered (1 host approved, 0 refused)? 1 host without an answer \
                    will not be approved [y/n] ";
        for (typed, answers, questions, kept) in [
            ("y\nn\n", Some("approve refuse"), 2, 0),
            (" YES \n\nperhaps\nno", Some("approve refuse"), 4, 0),
            ("y\nquit\ny\n", Some("approve"), 2, 1),
            ("y\nq\nperhaps\nYes\n", Some("approve"), 2, 2),
            ("y\nq\nn\n", None, 2, 1),
            ("y\nq\nq\n", None, 2, 1),
            ("y\nq\n", None, 2, 1),
            ("q\n", None, 1, 0),
            ("y\n", None, 2, 1),
            ("", None, 1, 0),
        ] {
            let mut talk = Vec::new();
            let found = ask(&plan, &style, &mut typed.as_bytes(), &mut talk);
            let said = found.ok().map(|hosts| {
                hosts.iter().map(|host| host.decision.as_str()).collect::<Vec<_>>().join(" ")
            });
            assert_eq!(said.as_deref(), answers, "{typed:?}");
            let talk = String::from_utf8(talk).unwrap();
            assert_eq!(talk.matches("[y/n/quit]").count(), questions, "{talk}");
            assert_eq!(talk.matches(keep).count(), kept, "{talk}");
            assert!(talk.starts_with("203.0.113.7:443 -> c7.webex.com<U+202E>, 35 records? "));
            assert!(!talk.contains("203.0.113.8"), "{talk}");
        }
    }
}
