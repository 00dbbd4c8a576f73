//! The summary of a run, for an administrator at a terminal.
//!
//! In the order of need: what must be read first, what was done, where the names come from, what
//! it looks like, that the sums add up, what is remarkable about certificates, and what is left to
//! do.

use std::collections::BTreeMap;
use std::io::{self, Write};

use super::layout::{fit, width};
use super::terminal::{Detail, Page, Sample, Style, Tone};
use super::words::{
    Validity, approval, authority, carried, competing, counted, evidence, grouped, leading, list,
    map_lines, outcome, photos, remarks,
};
use super::{CandidateReport, EndpointReport, Report, conflicts};
use crate::ledger::Class;

/// Hosts that a brief summary lists.
const HOSTS_SHOWN: usize = 20;
/// Endpoints that a brief summary shows for each reason.
const ENDPOINTS_SHOWN: usize = 5;
/// Names of equal rank that are shown of one host.
const NAMES_SHOWN: usize = 8;
/// Remarks on certificates that a brief summary shows, and servers that are named with each.
const REMARKS_SHOWN: usize = 5;
const SERVERS_SHOWN: usize = 3;

/// Writes the summary.
///
/// # Errors
/// When `out` cannot be written.
pub fn render_summary(
    report: &Report,
    sample: &Sample,
    detail: Detail,
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    let report = &sample.redaction().report(report);
    let mut page = Page::new(style, out);
    page.notes(&report.notes)?;
    page.paragraph(0, Tone::Heading, &outcome(report))?;
    if let Some(facts) = &report.approval {
        page.paragraph(0, Tone::Plain, &format!("{}.", approval(facts)))?;
    }
    if let Some(carry) = &report.carry {
        page.paragraph(0, Tone::Plain, &format!("{}.", carried(carry, &report.command)))?;
    }
    hosts(&mut page, report, detail)?;
    changes(&mut page, report, sample)?;
    ledger(&mut page, report)?;
    certificates(&mut page, report, detail)?;
    if let Some(carry) = &report.carry {
        conflicts::render(carry, detail, &mut page)?;
    }
    left(&mut page, report, sample, detail)
}

/// Writes what was written where: (what, path).
///
/// # Errors
/// When `out` cannot be written.
pub fn render_written(
    written: &[(&str, String)],
    style: &Style,
    out: &mut dyn Write,
) -> io::Result<()> {
    if written.is_empty() {
        return Ok(());
    }
    let mut page = Page::new(style, out);
    page.heading("Written", "")?;
    let widest = written.iter().map(|(what, _)| width(what)).max().unwrap_or(0);
    for (what, path) in written {
        let gap = " ".repeat(widest - width(what) + 2);
        page.line(2, &[(Tone::Quiet, what), (Tone::Plain, &gap), (Tone::Plain, path)])?;
    }
    Ok(())
}

/// A line of the table of hosts.
struct HostLine {
    authority: String,
    records: String,
    tone: Tone,
    decision: String,
    evidence: String,
}

fn hosts(page: &mut Page<'_>, report: &Report, detail: Detail) -> io::Result<()> {
    if report.endpoints.is_empty() {
        return Ok(());
    }
    let shown = match detail {
        Detail::Brief => HOSTS_SHOWN,
        Detail::Full => report.endpoints.len(),
    };
    let validity = Validity::of(report);
    let lines: Vec<HostLine> = report
        .endpoints
        .iter()
        .take(shown)
        .map(|endpoint| host_line(endpoint, &validity, &page.style))
        .collect();
    let columns = page.style.columns() - 2;
    let widest = |part: fn(&HostLine) -> &str, least: usize| {
        lines.iter().map(|line| width(part(line))).fold(least, usize::max)
    };
    let authorities = widest(|line| &line.authority, "Address".len()).min(columns / 2);
    let counts = widest(|line| &line.records, "Records".len());
    let room = columns - (authorities + counts + 4).min(columns);
    let decisions = widest(|line| &line.decision, "Decision".len()).min(room);
    let evidences = widest(|line| &line.evidence, 0);
    let in_one_line = authorities + counts + decisions + evidences + 6 <= columns;

    page.heading("Hosts", "")?;
    let title = format!(
        "{}  {:>counts$}  {}{}",
        padded("Address", authorities),
        "Records",
        padded("Decision", if in_one_line { decisions } else { 0 }),
        if in_one_line { "  Evidence" } else { "" }
    );
    page.line(2, &[(Tone::Quiet, &title)])?;
    for line in &lines {
        let ellipsis = page.style.ellipsis();
        let authority = padded(&fit(&line.authority, authorities, ellipsis), authorities);
        let records = format!("  {:>counts$}  ", line.records);
        let decision = fit(&line.decision, decisions, ellipsis);
        let first = [
            (Tone::Plain, authority.as_str()),
            (Tone::Plain, records.as_str()),
            (line.tone, decision.as_str()),
        ];
        if in_one_line {
            let gap = " ".repeat(decisions - width(&decision) + 2);
            let more = [(Tone::Plain, gap.as_str()), (Tone::Quiet, line.evidence.as_str())];
            page.line(
                2,
                &[&first[..], if line.evidence.is_empty() { &[] } else { &more }].concat(),
            )?;
        } else {
            page.line(2, &first)?;
            if !line.evidence.is_empty() {
                page.paragraph(6, Tone::Quiet, &line.evidence)?;
            }
        }
    }
    more(page, 2, report.endpoints.len() - lines.len(), "host")
}

fn host_line(endpoint: &EndpointReport, validity: &Validity<'_>, style: &Style) -> HostLine {
    let (tone, decision) = match (endpoint.decision.as_ref(), &endpoint.host) {
        ("rewrite", Some(host)) if endpoint.reason == "flagged" => {
            (Tone::Caution, format!("{} {host} (flagged)", style.arrow()))
        }
        ("rewrite", Some(host)) => (Tone::Good, format!("{} {host}", style.arrow())),
        ("hold", _) => (Tone::Caution, format!("held: {}", endpoint.reason)),
        (decision, _) => (Tone::Caution, format!("{decision}: {}", endpoint.reason)),
    };
    // Of names that compete, the first one leads: a stronger one may have fallen out.
    let evidence = match competing(endpoint).next().or_else(|| leading(endpoint)) {
        None => String::new(),
        Some(candidate) => {
            let mut words =
                format!("{}; {}", evidence(candidate), validity.words(endpoint, candidate));
            if let Some(photos) = photos(endpoint, &candidate.host) {
                words = format!("{words}; {photos}");
            }
            match &endpoint.host {
                Some(_) => words,
                // Not written anywhere: whose evidence it is must be said.
                None => format!("{}: {words}{}", candidate.host, rivals(endpoint, candidate)),
            }
        }
    };
    HostLine {
        authority: authority(&endpoint.endpoint.host, endpoint.endpoint.port),
        records: grouped(endpoint.records),
        tone,
        decision,
        evidence,
    }
}

/// The names that compete with the first one; the others of many are counted.
fn rivals(endpoint: &EndpointReport, first: &CandidateReport) -> String {
    let mut names: Vec<String> = competing(endpoint)
        .filter(|candidate| candidate.host != first.host)
        .map(|candidate| candidate.host.clone())
        .collect();
    if names.is_empty() {
        return String::new();
    }
    let hidden = names.len().saturating_sub(NAMES_SHOWN);
    names.truncate(NAMES_SHOWN);
    if hidden > 0 {
        names.push(counted(hidden as u64, "other name"));
    }
    format!("; also possible: {}", list(&names))
}

fn changes(page: &mut Page<'_>, report: &Report, sample: &Sample) -> io::Result<()> {
    if sample.changes.is_empty() {
        return Ok(());
    }
    let all = report.ledger.of(Class::Rewritten);
    let aside = match sample.changes.len() as u64 {
        shown if shown < all => format!("the first {shown} of {}", grouped(all)),
        _ => String::new(),
    };
    page.heading("Changes", &aside)?;
    for change in &sample.changes {
        page.cut(2, Tone::Quiet, &change.place)?;
        page.cell(4, Tone::Bad, "-", &change.old, &change.old_host)?;
        page.cell(4, Tone::Good, "+", &change.new, &change.new_host)?;
    }
    Ok(())
}

fn ledger(page: &mut Page<'_>, report: &Report) -> io::Result<()> {
    page.heading("Records", "")?;
    let total = grouped(report.ledger.records());
    let widest = total.len();
    let line = |page: &mut Page<'_>, tone: Tone, name: &str, number: &str| {
        let text = format!("{name:<10}  {number:>widest$}");
        page.line(2, &[(tone, &text)])
    };
    for class in
        [Class::Rewritten, Class::Held, Class::Unresolved, Class::Unreadable, Class::Untouched]
    {
        let number = report.ledger.of(class);
        let tone = match class {
            _ if number == 0 => Tone::Quiet,
            Class::Rewritten => Tone::Good,
            Class::Untouched => Tone::Plain,
            _ => Tone::Caution,
        };
        line(page, tone, class.as_str(), &grouped(number))?;
    }
    line(page, Tone::Heading, "in all", &total)
}

/// What is remarkable about certificates, and does not decide.
fn certificates(page: &mut Page<'_>, report: &Report, detail: Detail) -> io::Result<()> {
    let remarks = remarks(&report.certificates);
    if remarks.is_empty() {
        return Ok(());
    }
    let shown = match detail {
        Detail::Brief => REMARKS_SHOWN.min(remarks.len()),
        Detail::Full => remarks.len(),
    };
    page.heading("Certificates", "")?;
    for (remark, servers) in &remarks[..shown] {
        page.paragraph(2, Tone::Plain, remark)?;
        let mut named = servers[..servers.len().min(SERVERS_SHOWN)].to_vec();
        if servers.len() > named.len() {
            named.push(counted((servers.len() - named.len()) as u64, "other server"));
        }
        page.paragraph(4, Tone::Quiet, &list(&named))?;
    }
    more(page, 2, remarks.len() - shown, "remark")
}

/// What is left to do, by reason; the reasons with the most records first.
fn left(page: &mut Page<'_>, report: &Report, sample: &Sample, detail: Detail) -> io::Result<()> {
    let mut groups: BTreeMap<(&str, &str), Vec<&EndpointReport>> = BTreeMap::new();
    for endpoint in report.endpoints.iter().filter(|it| it.decision != "rewrite") {
        let group = (endpoint.decision.as_ref(), endpoint.reason.as_ref());
        groups.entry(group).or_default().push(endpoint);
    }
    if groups.is_empty() && sample.unreadable.is_empty() {
        return Ok(());
    }
    let records =
        |group: &[&EndpointReport]| group.iter().map(|endpoint| endpoint.records).sum::<u64>();
    let mut groups: Vec<_> = groups.into_iter().collect();
    groups.sort_by_key(|(_, group)| std::cmp::Reverse(records(group)));

    page.heading("What is left to do", "")?;
    let mut first = true;
    for ((decision, reason), group) in groups {
        if !std::mem::take(&mut first) {
            page.blank()?;
        }
        let class = if decision == "hold" { Class::Held.as_str() } else { decision };
        let title = format!("{class}, {reason}: {}", counted(records(&group), "record"));
        page.cut(2, Tone::Caution, &title)?;
        let shown = match detail {
            Detail::Brief => ENDPOINTS_SHOWN,
            Detail::Full => group.len(),
        };
        let mut said = None;
        for endpoint in group.iter().take(shown) {
            unsettled(page, endpoint, &mut said)?;
        }
        more(page, 4, group.len().saturating_sub(shown), "host")?;
    }
    let unreadable = report.ledger.of(Class::Unreadable);
    if !sample.unreadable.is_empty() {
        if !first {
            page.blank()?;
        }
        let title = format!("{}: {}", Class::Unreadable.as_str(), counted(unreadable, "record"));
        page.cut(2, Tone::Caution, &title)?;
    }
    for record in &sample.unreadable {
        page.cut(4, Tone::Plain, &format!("{}: {}", record.place, record.reason))?;
        page.paragraph(6, Tone::Plain, &record.explanation)?;
        next(page, record.hint.as_deref())?;
    }
    let shown = sample.unreadable.len() as u64;
    let rest = unreadable.saturating_sub(shown) as usize;
    if shown > 0 { more(page, 4, rest, "record") } else { Ok(()) }
}

/// An endpoint that is not settled. What was `said` of the one before is not said again.
fn unsettled(
    page: &mut Page<'_>,
    endpoint: &EndpointReport,
    said: &mut Option<(String, Option<String>)>,
) -> io::Result<()> {
    let host = endpoint.endpoint.host.to_string();
    let title = format!(
        "{}, {}",
        authority(&endpoint.endpoint.host, endpoint.endpoint.port),
        counted(endpoint.records, "record")
    );
    page.cut(4, Tone::Plain, &title)?;
    // The map line below names the host, whatever the sentence before it says.
    let without_host = |text: &str| text.replace(&host, "");
    let saying = (without_host(&endpoint.explanation), endpoint.hint.as_deref().map(without_host));
    if said.as_ref() != Some(&saying) {
        page.paragraph(6, Tone::Plain, &endpoint.explanation)?;
        next(page, endpoint.hint.as_deref())?;
        *said = Some(saying);
    }
    let lines = map_lines(endpoint);
    for (at, line) in lines.iter().take(NAMES_SHOWN).enumerate() {
        let label = if at == 0 { "map:  " } else { "or:   " };
        page.line(6, &[(Tone::Quiet, label), (Tone::Plain, line)])?;
    }
    more(page, 6, lines.len().saturating_sub(NAMES_SHOWN), "name")
}

fn next(page: &mut Page<'_>, hint: Option<&str>) -> io::Result<()> {
    match hint {
        Some(hint) => page.labelled((6, 6), (Tone::Quiet, "next:"), Tone::Plain, hint),
        None => Ok(()),
    }
}

/// How many more there are, if any.
pub(super) fn more(
    page: &mut Page<'_>,
    indent: usize,
    number: usize,
    noun: &str,
) -> io::Result<()> {
    match number as u64 {
        0 => Ok(()),
        number => {
            let text = format!("and {} more: see a report", counted(number, noun));
            page.paragraph(indent, Tone::Quiet, &text)
        }
    }
}

/// `text` with blanks up to `columns`.
fn padded(text: &str, columns: usize) -> String {
    format!("{text}{}", " ".repeat(columns.saturating_sub(width(text))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Endpoint, OldHost, Scheme};

    #[test]
    fn all_names_that_compete_are_shown_and_of_many_the_first() {
        for (names, shown) in [
            (1, ""),
            (2, "; also possible: c2.webex.com"),
            (3, "; also possible: c2.webex.com and c3.webex.com"),
            (
                10,
                "; also possible: c2.webex.com, c3.webex.com, c4.webex.com, c5.webex.com, \
                 c6.webex.com, c7.webex.com, c8.webex.com, c9.webex.com and 1 other name",
            ),
        ] {
            let candidate = |at: usize| CandidateReport {
                host: format!("c{at}.webex.com"),
                sources: Vec::new(),
                forward: "confirmed".into(),
                forward_detail: None,
                verdict: "trusted".into(),
                objection: (at == 0).then(|| "it is not trusted".to_owned()),
                support: None,
            };
            let host = OldHost::from("203.0.113.7".to_owned());
            let endpoint = EndpointReport {
                endpoint: Endpoint { host, port: 443, scheme: Scheme::Https },
                records: 1,
                decision: "hold".into(),
                host: None,
                reason: "ambiguous".into(),
                explanation: String::new(),
                hint: None,
                candidates: (0..=names).map(candidate).collect(),
                old_certificate: None,
                photos: Vec::new(),
            };
            assert_eq!(rivals(&endpoint, &candidate(1)), shown);
            assert_eq!(map_lines(&endpoint).len(), names);
        }
    }
}
