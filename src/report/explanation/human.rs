//! An explanation for people: one screen for the usual case.

use std::io::{self, Write};
use std::net::IpAddr;

use super::{
    CertificateReport, Conclusion, EndpointFacts, ExplainedCandidate, ExplainedCertificate,
    Explanation, FindingReport, PhotosReport, RecordFacts, SourceAnswer,
};
use crate::ledger::Class;
use crate::report::certificates::{at_address, revocation};
use crate::report::layout::{fit, width};
use crate::report::terminal::{Detail, Page, Style, Tone};
use crate::report::words::{authority, counted, evidence, list, outcomes};
use crate::report::{PhotoExample, PhotoSide};

/// Columns of the labels.
const LABEL: usize = 12;
/// Names of one source that people are shown; the JSON has all.
const NAMES_SHOWN: usize = 4;
/// Candidates that people are shown; the JSON has all.
const CANDIDATES_SHOWN: usize = 6;
/// Different verdicts on the servers of the candidates that people are shown; the JSON has all.
const VERDICTS_SHOWN: usize = 4;
/// Photos of one name that people are shown, those that are the same apart; the JSON has more.
const PHOTOS_SHOWN: usize = 2;

impl Explanation {
    /// Writes it for people.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn render(&self, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page::new(style, out);
        page.notes(&self.notes)?;
        title(&mut page, self)?;
        if let Some(record) = &self.record {
            facts(&mut page, record)?;
        }
        if let Some(endpoint) = &self.endpoint {
            let text = format!("{}, {}", endpoint.endpoint, pointing(endpoint.records));
            labelled(&mut page, "endpoint", &text)?;
        }
        if !self.evidence.is_empty() {
            page.heading("Evidence", "")?;
            sources(&mut page, &self.evidence)?;
        }
        if !self.candidates.is_empty() {
            page.heading("Candidates", "")?;
            candidates(&mut page, self)?;
        }
        verdicts(&mut page, &self.certificates)?;
        if self.endpoint.is_some() {
            photos(&mut page, self)?;
        }
        page.heading("Decision", "")?;
        conclusion(&mut page, &self.decision, &self.kind)
    }
}

fn labelled(page: &mut Page<'_>, label: &str, text: &str) -> io::Result<()> {
    page.labelled((2, LABEL), (Tone::Quiet, label), Tone::Plain, text)
}

fn pointing(records: u64) -> String {
    match records {
        1 => "where 1 record points".to_owned(),
        _ => format!("where {} point", counted(records, "record")),
    }
}

fn title(page: &mut Page<'_>, it: &Explanation) -> io::Result<()> {
    let title = match (&it.record, &it.endpoint) {
        (Some(record), _) => place(record),
        (None, Some(EndpointFacts { endpoint, .. })) => authority(&endpoint.host, endpoint.port),
        (None, None) => it.file.clone(),
    };
    let made = it.made.as_ref().map_or_else(String::new, |made| format!(" of {made}"));
    let file = format!("{} {}{made}", it.kind, it.file);
    let columns = page.style.columns();
    let ellipsis = page.style.ellipsis();
    let title = fit(&title, columns, ellipsis);
    let left = columns.saturating_sub(width(&title) + 2);
    if width(&file) <= left {
        let pieces = [(Tone::Heading, title.as_str()), (Tone::Plain, "  "), (Tone::Quiet, &file)];
        return page.line(0, &pieces);
    }
    page.line(0, &[(Tone::Heading, &title)])?;
    page.cut(2, Tone::Quiet, &file)
}

fn place(record: &RecordFacts) -> String {
    let mut text = format!("record {}", record.record);
    if let Some(line) = record.line {
        text.push_str(&format!(", line {line}"));
    }
    if let Some(key) = &record.key {
        text.push_str(&format!(", {} {}", key.column, key.value));
    }
    text
}

/// What the record's cell holds.
fn facts(page: &mut Page<'_>, record: &RecordFacts) -> io::Result<()> {
    if let Some(cell) = &record.cell {
        match record.host_range {
            Some([from, to]) => page.cell(2, Tone::Bad, &label("cell"), cell, &(from..to))?,
            None => one_line(page, "cell", cell)?,
        }
    }
    if let Some(url) = &record.url {
        one_line(page, "parsed", url)?;
    }
    labelled(page, "host kind", &format!("{}: {}", record.host_kind, record.says))
}

/// A label padded to its column, but for the space that follows a sign.
fn label(text: &str) -> String {
    format!("{text:<0$}", LABEL - 1)
}

/// A value that is compared: in one line, its middle cut out where it is too wide.
fn one_line(page: &mut Page<'_>, name: &str, value: &str) -> io::Result<()> {
    let room = page.style.columns() - 2 - LABEL;
    let value = fit(value, room, page.style.ellipsis());
    page.line(2, &[(Tone::Quiet, &label(name)), (Tone::Plain, " "), (Tone::Plain, &value)])
}

/// What each source said; those that nobody gave stand together at the end.
fn sources(page: &mut Page<'_>, answers: &[SourceAnswer]) -> io::Result<()> {
    let (given, not_given): (Vec<_>, Vec<_>) =
        answers.iter().partition(|answer| answer.answer != "not-given");
    for answer in given {
        labelled(page, answer.source.as_str(), &said(answer))?;
    }
    match not_given.iter().map(|answer| answer.source.as_str().to_owned()).collect::<Vec<_>>() {
        none if none.is_empty() => Ok(()),
        some => labelled(page, "not given", &list(&some)),
    }
}

fn said(answer: &SourceAnswer) -> String {
    let (names, detail) = (some_of(&answer.names), answer.detail.as_deref());
    let word = match answer.answer.as_ref() {
        "offers" => return joined(&names, "; ", detail),
        "nothing" => "no name",
        "could-not-ask" => "could not be asked",
        "not-asked" => "not asked",
        other => other,
    };
    joined(word, ": ", detail)
}

fn joined(text: &str, sign: &str, detail: Option<&str>) -> String {
    match detail {
        Some(detail) => format!("{text}{sign}{detail}"),
        None => text.to_owned(),
    }
}

fn some_of(names: &[String]) -> String {
    let mut shown: Vec<String> = names.iter().take(NAMES_SHOWN).cloned().collect();
    let more = names.len().saturating_sub(NAMES_SHOWN);
    if more > 0 {
        shown.push(format!("{more} more"));
    }
    list(&shown)
}

fn candidates(page: &mut Page<'_>, it: &Explanation) -> io::Result<()> {
    for explained in it.candidates.iter().take(CANDIDATES_SHOWN) {
        candidate(page, explained, &it.decision)?;
    }
    match it.candidates.len().saturating_sub(CANDIDATES_SHOWN) {
        0 => Ok(()),
        more => page.line(2, &[(Tone::Quiet, &format!("and {more} more; --format json has all"))]),
    }
}

/// A name, who speaks for it, whether it may be demanded, and what speaks against it.
fn candidate(
    page: &mut Page<'_>,
    explained: &ExplainedCandidate,
    decision: &Conclusion,
) -> io::Result<()> {
    let it = &explained.candidate;
    let is_chosen = decision.host.as_ref() == Some(&it.host);
    let name = fit(&it.host, page.style.columns() - 4, page.style.ellipsis());
    let (tone, sign) = match is_chosen {
        true => (Tone::Good, page.style.arrow()),
        false => (Tone::Heading, "-"),
    };
    page.line(2, &[(tone, sign), (Tone::Plain, " "), (tone, &name)])?;
    let mut text = match &explained.admitted_by {
        Some(domain) => format!("admitted by {domain}; from {}", evidence(it)),
        None => format!("not admitted; from {}", evidence(it)),
    };
    // An objection says it as well.
    let detail = it.forward_detail.as_ref().filter(|_| it.objection.is_none());
    if let Some(detail) = detail {
        text.push_str(&format!(" ({detail})"));
    }
    let certificate = match it.verdict.as_ref() {
        "not-applicable" => "plain http, no certificate".to_owned(),
        verdict => format!("certificate {verdict}"),
    };
    text.push_str(&format!("; {certificate}"));
    if let Some(wildcard) = &it.support {
        text.push_str(&format!("; {wildcard} at the address supports it"));
    }
    page.paragraph(4, Tone::Plain, &text)?;
    match &it.objection {
        // The decision says it as well.
        Some(objection) if decision.explanation == *objection => Ok(()),
        Some(objection) => page.paragraph(4, Tone::Caution, objection),
        None => Ok(()),
    }
}

/// The verdicts; servers that were judged alike stand together. Where there are several, what
/// holds of each is said in one line.
fn verdicts(page: &mut Page<'_>, certificates: &[ExplainedCertificate]) -> io::Result<()> {
    let groups = judged_alike(certificates);
    let detail = if groups.len() > 1 { Detail::Brief } else { Detail::Full };
    for (addresses, one) in groups.iter().take(VERDICTS_SHOWN) {
        let it = &one.certificate;
        let server = format!("Certificate of {}:{}", it.host, it.port);
        let room = page.style.columns().saturating_sub(width(&it.profile) + 2);
        page.heading(&fit(&server, room, page.style.ellipsis()), &it.profile)?;
        match &one.findings {
            Some(findings) => judged(page, addresses, it, findings, detail)?,
            None => at_address(page, it)?,
        }
    }
    match groups.len().saturating_sub(VERDICTS_SHOWN) {
        0 => Ok(()),
        more => page.heading(&format!("{more} more verdicts"), "--format json has all"),
    }
}

/// What the comparison of photos found, name by name.
fn photos(page: &mut Page<'_>, it: &Explanation) -> io::Result<()> {
    page.heading("Photos", "")?;
    let Some(compared) = &it.photos else {
        // What a document does not hold, nobody can tell of it.
        let how = match it.kind.as_ref() {
            "export" => "none: --photos sample compares them",
            _ => "none: a run with --photos sample compares them",
        };
        return labelled(page, "compared", how);
    };
    if compared.is_empty() {
        return labelled(
            page,
            "compared",
            "none: no name may be written, or no photo URL is at hand",
        );
    }
    for photos in compared.iter().take(CANDIDATES_SHOWN) {
        let urls = counted(photos.urls, "photo URL");
        let text = format!("{}: of {urls} {}", photos.host, outcomes(photos));
        let tone = if is_lost(photos) { Tone::Caution } else { Tone::Plain };
        page.paragraph(2, tone, &text)?;
        let telling = photos.examples.iter().filter(|example| example.outcome != "same");
        for example in telling.take(PHOTOS_SHOWN) {
            photo(page, example)?;
        }
    }
    Ok(())
}

/// Whether a user would lose a photo, as far as the examples show.
fn is_lost(photos: &PhotosReport) -> bool {
    photos.examples.iter().any(|example| example.lost)
}

fn photo(page: &mut Page<'_>, it: &PhotoExample) -> io::Result<()> {
    page.cut(4, Tone::Plain, &it.target)?;
    let lost = if it.lost { ", which a user would lose" } else { "" };
    let (old, new) = (side(&it.old), side(&it.new));
    let text = format!("{}{lost}: the address {old}, the name {new}", it.outcome);
    page.paragraph(6, Tone::Quiet, &text)
}

fn side(it: &PhotoSide) -> String {
    let Some(status) = it.status else {
        let why = it.why.as_deref().unwrap_or("no answer");
        return format!("gave no answer ({why})");
    };
    let mut text = format!("answers {status}");
    if let Some(kind) = &it.media_type {
        text.push_str(&format!(" {kind}"));
    }
    if let Some(length) = it.length {
        text.push_str(&format!(", {}", counted(length, "byte")));
    }
    text
}

fn judged_alike(
    certificates: &[ExplainedCertificate],
) -> Vec<(Vec<IpAddr>, &ExplainedCertificate)> {
    let mut groups: Vec<(Vec<IpAddr>, &ExplainedCertificate)> = Vec::new();
    for one in certificates {
        let alike = groups.iter_mut().find(|(_, first)| {
            let mut it = one.clone();
            it.certificate.address = first.certificate.address;
            it == **first
        });
        match alike {
            Some((addresses, _)) => addresses.extend(one.certificate.address),
            None => groups.push((one.certificate.address.into_iter().collect(), one)),
        }
    }
    groups
}

/// A verdict and the findings behind it.
fn judged(
    page: &mut Page<'_>,
    addresses: &[IpAddr],
    it: &CertificateReport,
    findings: &[FindingReport],
    detail: Detail,
) -> io::Result<()> {
    let addresses: Vec<String> = addresses.iter().map(ToString::to_string).collect();
    let verdict = match (&it.deciding_rule, addresses.as_slice()) {
        (Some(rule), []) => format!("by the rule {rule}"),
        (Some(rule), some) => format!("at {}, by the rule {rule}", some_of(some)),
        // Nothing was seen to which a rule applies.
        (None, _) => it.reasons.first().cloned().unwrap_or_default(),
    };
    let tone = Tone::of_verdict(&it.verdict);
    page.labelled((2, LABEL), (tone, &it.verdict), Tone::Plain, &verdict)?;
    let mut holding = Vec::new();
    let mut uncounted = Vec::new();
    let mut silent = Vec::new();
    for finding in findings {
        let counts = finding.profiles.iter().any(|one| one.profile == it.profile);
        let (tone, label) = match (finding.status.as_ref(), counts) {
            ("not-applicable", false) => {
                silent.push(finding.rule.to_string());
                continue;
            }
            ("holds", false) => {
                uncounted.push(finding.rule.to_string());
                continue;
            }
            ("holds", true) if detail == Detail::Brief => {
                holding.push(finding.rule.to_string());
                continue;
            }
            ("holds", true) => (Tone::Good, "holds"),
            ("broken", _) => (Tone::Bad, "broken"),
            // Also a rule that does not apply and that a client minds: revocation not offered.
            _ => (Tone::Caution, "not known"),
        };
        let text = format!("{}: {}{}", finding.rule, finding.detail, weight(finding));
        page.labelled((2, LABEL), (tone, label), Tone::Plain, &text)?;
    }
    let holding_too = format!("{}; of no weight for {}", list(&uncounted), it.profile);
    for (names, label, text) in [
        (&holding, "holds", list(&holding)),
        (&uncounted, "holds too", holding_too),
        (&silent, "silent", format!("{}: not about such a certificate", list(&silent))),
    ] {
        if !names.is_empty() {
            labelled(page, label, &text)?;
        }
    }
    for (at, text) in revocation(it).iter().enumerate() {
        labelled(page, if at == 0 { "revocation" } else { "" }, text)?;
    }
    match it.remarks.len() as u64 {
        0 => Ok(()),
        remarks => {
            let text = format!("{} besides, which decides nothing", counted(remarks, "remark"));
            labelled(page, "see also", &format!("photofix check: {text}"))
        }
    }
}

/// What the clients do about a finding that does not hold.
fn weight(finding: &FindingReport) -> String {
    if finding.status == "holds" {
        return String::new();
    }
    let responses = finding.profiles.iter().map(|one| match one.response.as_ref() {
        "trusted" => format!("{} does not mind", one.profile),
        response => format!("{} {response}", one.profile),
    });
    match responses.collect::<Vec<_>>() {
        none if none.is_empty() => " (of no weight for any profile)".to_owned(),
        some => format!(" ({})", some.join(", ")),
    }
}

fn conclusion(page: &mut Page<'_>, it: &Conclusion, kind: &str) -> io::Result<()> {
    let tone = match it.class {
        Class::Rewritten => Tone::Good,
        Class::Untouched => Tone::Quiet,
        Class::Held | Class::Unresolved | Class::Unreadable => Tone::Caution,
    };
    let text = format!("{}: {}", it.reason, it.explanation);
    let word = match (it.class, kind) {
        // It is decided, and nothing is done yet.
        (Class::Rewritten, "export" | "plan") => "rewrite",
        (class, _) => class.as_str(),
    };
    page.labelled((2, LABEL), (tone, word), Tone::Plain, &text)?;
    match (&it.new, it.new_host_range, &it.host) {
        (Some(new), Some([from, to]), _) => {
            page.cell(2, Tone::Good, &label("becomes"), new, &(from..to))?;
        }
        (None, _, Some(host)) => one_line(page, "host", host)?,
        _ => {}
    }
    if let Some(hint) = &it.hint {
        labelled(page, "next", hint)?;
    }
    for (at, line) in it.map_lines.iter().enumerate() {
        // It is copied, so it is not broken.
        let name = if at == 0 { "map line" } else { "or" };
        page.line(2, &[(Tone::Quiet, &label(name)), (Tone::Plain, " "), (Tone::Heading, line)])?;
    }
    Ok(())
}
