//! What `photofix check` says: certificate verdicts alone.

use std::collections::BTreeMap;
use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use super::json::{write_document, write_line};
use super::layout::{fit, width};
use super::terminal::{Page, Style, Tone};
use super::words::{counted, date, disagree, list};
use super::{CertificateReport, ChainMember, RevocationReport, Tool, Word};

/// The schema of `photofix check --format json`; published under `schema/`.
pub const SCHEMA: &str = "photofix.check/1";

/// Columns of the labels.
const LABEL: usize = 12;

/// Certificate verdicts, one per (name, port, address), in order.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Verdicts {
    /// What must be read first.
    pub notes: Vec<String>,
    /// The verdicts; those of one name and port stand together.
    pub certificates: Vec<CertificateReport>,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: Word,
    tool: Tool,
    #[serde(flatten)]
    verdicts: &'a Verdicts,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "lowercase")]
enum Line<'a> {
    Check { schema: Word, tool: Tool, notes: &'a [String] },
    Certificate(&'a CertificateReport),
    End { certificates: usize },
}

impl Verdicts {
    /// Writes one JSON document ([`SCHEMA`]).
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn to_json(&self, out: &mut dyn Write) -> io::Result<()> {
        let document = Document { schema: SCHEMA.into(), tool: Tool::this(), verdicts: self };
        write_document(&document, out)
    }

    /// Writes a JSON object per line: what was asked, each verdict, and an end that shows that
    /// nothing is missing.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn to_jsonl(&self, out: &mut dyn Write) -> io::Result<()> {
        let (schema, tool) = (SCHEMA.into(), Tool::this());
        write_line(&Line::Check { schema, tool, notes: &self.notes }, out)?;
        for certificate in &self.certificates {
            write_line(&Line::Certificate(certificate), out)?;
        }
        write_line(&Line::End { certificates: self.certificates.len() }, out)
    }

    /// Writes it for people.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn render(&self, style: &Style, out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page::new(style, out);
        page.notes(&self.notes)?;
        let mut first = true;
        for group in self.certificates.chunk_by(|a, b| (&a.host, a.port) == (&b.host, b.port)) {
            if !std::mem::take(&mut first) {
                page.blank()?;
            }
            let group: Vec<&CertificateReport> = group.iter().collect();
            name(&mut page, &group)?;
        }
        Ok(())
    }
}

/// One name and port, over all its addresses.
fn name(page: &mut Page<'_>, group: &[&CertificateReport]) -> io::Result<()> {
    let Some(head) = group.first() else { return Ok(()) };
    let title = format!("{}:{}", head.host, head.port);
    let profile = format!("  ({})", head.profile);
    let ellipsis = page.style.ellipsis();
    let mut verdicts: Vec<&str> = group.iter().map(|it| it.verdict.as_ref()).collect();
    verdicts.dedup();
    let verdict = if disagree(group) { "its addresses disagree" } else { verdicts[0] };
    let room = page.style.columns().saturating_sub(width(verdict) + width(&profile) + 2);
    page.line(
        0,
        &[
            (Tone::Heading, &fit(&title, room, ellipsis)),
            (Tone::Plain, "  "),
            (Tone::of_verdict(verdict), verdict),
            (Tone::Quiet, &profile),
        ],
    )?;
    if let Some(domain) = &head.xmpp_domain {
        page.labelled((2, LABEL), (Tone::Quiet, "XMPP of"), Tone::Plain, domain)?;
    }
    if disagree(group) {
        let mut by_verdict: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for certificate in group {
            let address = address(certificate);
            by_verdict.entry(certificate.verdict.as_ref()).or_default().push(address);
        }
        for (verdict, addresses) in by_verdict {
            let tone = Tone::of_verdict(verdict);
            page.labelled((2, LABEL), (tone, verdict), Tone::Plain, &list(&addresses))?;
        }
    }
    group.iter().try_for_each(|certificate| at_address(page, certificate))
}

fn address(certificate: &CertificateReport) -> String {
    match certificate.address {
        Some(address) => address.to_string(),
        None if certificate.chain.is_empty() => "no address".to_owned(),
        None => "as given".to_owned(),
    }
}

/// What one address presented.
pub(super) fn at_address(page: &mut Page<'_>, it: &CertificateReport) -> io::Result<()> {
    let verdict = it.verdict.as_ref();
    page.line(
        2,
        &[(Tone::Plain, &address(it)), (Tone::Plain, "  "), (Tone::of_verdict(verdict), verdict)],
    )?;
    for reason in &it.reasons {
        page.paragraph(4, Tone::Plain, reason)?;
    }
    let mut fact = |label: &str, text: &str| {
        page.labelled((4, LABEL), (Tone::Quiet, label), Tone::Plain, text)
    };
    if let Some(rule) = &it.deciding_rule {
        fact("decided by", rule)?;
    }
    let presented = list(&it.identity.presented);
    match (&it.identity.rule, it.identity.matched) {
        (Some(rule), true) => fact("identity", &format!("{presented} ({rule} matches)"))?,
        _ if presented.is_empty() => {}
        _ => fact("identity", &format!("{presented} (nothing matches)"))?,
    }
    if let Some(not_after) = &it.not_after {
        let left = match it.days_left {
            Some(days @ ..=-1) => format!(", {} ago", counted(days.unsigned_abs(), "day")),
            Some(days) => format!(", {} left", counted(days.unsigned_abs(), "day")),
            None => String::new(),
        };
        fact("not after", &format!("{not_after}{left}"))?;
    }
    let sorts: Vec<String> =
        [&it.key, &it.signature, &it.tls].into_iter().flatten().cloned().collect();
    if !sorts.is_empty() {
        fact("presented", &sorts.join(", "))?;
    }
    for (at, member) in it.chain.iter().enumerate() {
        let label = if at == 0 { "chain" } else { "" };
        let subject = format!(
            "{} ({} to {})",
            if member.subject.is_empty() { "no subject" } else { &member.subject },
            date(&member.not_before),
            date(&member.not_after)
        );
        fact(label, &subject)?;
    }
    match (&it.trust_anchor, it.chain.last()) {
        (Some(anchor), _) => {
            let until = match &anchor.not_after {
                Some(not_after) => format!(", until {}", date(not_after)),
                None => String::new(),
            };
            fact("anchor", &format!("{} ({}{until})", anchor.subject, anchor.source))?;
        }
        (None, Some(last)) if last.subject != last.issuer => fact("issued by", &last.issuer)?,
        _ => {}
    }
    for (at, text) in revocation(it).iter().enumerate() {
        fact(if at == 0 { "revocation" } else { "" }, text)?;
    }
    for remark in &it.remarks {
        page.labelled((4, LABEL), (Tone::Caution, "remark"), Tone::Plain, remark)?;
    }
    Ok(())
}

/// What is known of the revocation of each certificate of the path; nothing where nobody was asked.
pub(super) fn revocation(it: &CertificateReport) -> Vec<String> {
    let members: Vec<(&ChainMember, &RevocationReport)> =
        it.chain.iter().filter_map(|member| Some((member, member.revocation.as_ref()?))).collect();
    if members.iter().all(|(_, revocation)| revocation.state == "not-asked") {
        return Vec::new();
    }
    let is_alone = members.len() == 1;
    let line = |(member, revocation): &(&ChainMember, &RevocationReport)| match is_alone {
        true => answer(revocation),
        false => format!("{}: {}", member.subject, answer(revocation)),
    };
    members.iter().map(line).collect()
}

/// `good (OCSP responder http://…, after 12 ms; 2026-11-24 to 2026-12-01)`, and what more there is
/// to say.
fn answer(it: &RevocationReport) -> String {
    let elapsed = it.elapsed_ms.map(|elapsed| format!("after {elapsed} ms"));
    let from: Vec<String> = [it.source.clone(), elapsed].into_iter().flatten().collect();
    let dates = match (&it.this_update, &it.next_update) {
        (Some(this), Some(next)) => Some(format!("{} to {}", date(this), date(next))),
        (Some(this), None) => Some(format!("of {}", date(this))),
        (None, _) => None,
    };
    let mut aside = from.join(", ");
    if let Some(dates) = dates {
        aside.push_str(if aside.is_empty() { "" } else { "; " });
        aside.push_str(&dates);
    }
    let mut text = it.state.to_string();
    if !aside.is_empty() {
        text.push_str(&format!(" ({aside})"));
    }
    if let Some(detail) = &it.detail {
        text.push_str(&format!(": {detail}"));
    }
    text
}
