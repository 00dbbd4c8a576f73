//! `--redact`: no e-mail address in a report, whatever the field it hides in.
//!
//! Keys are left out, and whatever looks like an e-mail address is masked in every other text, the
//! `@` percent-encoded (`%40`) or full-width included. Userinfo in a URL (RFC 3986, 3.2.1) names a
//! person as well, and may hold a password: it is masked whole.

use std::io;

use super::{
    CandidateReport, Carry, CertificateReport, Change, Conflict, EndpointReport, Held,
    PlanIdentity, Renderer, Report, RevocationReport, Row,
};
use crate::ledger::Class;

/// What stands in place of an e-mail address.
const MASK: &str = "[e-mail]";
/// What stands in place of a URL's userinfo.
const USERINFO_MASK: &str = "[userinfo]";

/// Whether e-mail addresses may stand in reports.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Redaction {
    /// They stay.
    #[default]
    Keep,
    /// They are masked, and record keys left out.
    Redact,
}

impl Redaction {
    /// The text, as it may be shown.
    pub fn text(self, text: &str) -> String {
        match self {
            Self::Keep => text.to_owned(),
            Self::Redact => mask(text),
        }
    }

    /// The report, as it may be shown.
    pub fn report(self, report: &Report) -> Report {
        let mut shown = report.clone();
        if self == Self::Redact {
            mask_report(&mut shown);
        }
        shown
    }

    /// Hands `row` to `shown`, as it may be shown.
    ///
    /// # Errors
    /// Those of `shown`.
    pub fn row<T>(self, row: &Row<'_>, shown: impl FnOnce(&Row<'_>) -> T) -> T {
        match (self, row) {
            (Self::Keep, row) => shown(row),
            (Self::Redact, Row::Change(change)) => {
                let old = mask_around(change.old, change.old_host.clone());
                let new = mask_around(change.new, change.new_host.clone());
                shown(&Row::Change(Change {
                    key: None,
                    old: &old.0,
                    new: &new.0,
                    old_host: old.1,
                    new_host: new.1,
                    // A record's other columns are nobody's business here.
                    old_raw: &[],
                    new_raw: &[],
                    ..change.clone()
                }))
            }
            (Self::Redact, Row::Held(held)) => {
                let value = held.value.map(|value| match held.host.is_empty() {
                    true => (mask(value), 0..0),
                    false => mask_around(value, held.host.clone()),
                });
                let explanation = mask(held.explanation);
                let hint = held.hint.map(mask);
                shown(&Row::Held(Held {
                    key: None,
                    value: value.as_ref().map(|(value, _)| value.as_str()),
                    host: value.as_ref().map_or(0..0, |(_, host)| host.clone()),
                    explanation: &explanation,
                    hint: hint.as_deref(),
                    ..held.clone()
                }))
            }
        }
    }
}

/// A renderer that sees only what may be shown.
pub(super) struct Redacted(pub(super) Box<dyn Renderer>);

impl Renderer for Redacted {
    fn shows_records(&self) -> bool {
        self.0.shows_records()
    }

    fn wants(&self, class: Class) -> bool {
        self.0.wants(class)
    }

    fn begin(&mut self, report: &Report) -> io::Result<()> {
        self.0.begin(&Redaction::Redact.report(report))
    }

    fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        Redaction::Redact.row(row, |row| self.0.row(row))
    }

    fn finish(&mut self, plan: Option<&PlanIdentity>) -> io::Result<()> {
        self.0.finish(plan)
    }
}

fn mask_report(report: &mut Report) {
    mask_all(&mut report.notes);
    mask_in(&mut report.export.file);
    mask_in(&mut report.export.photo_column);
    report.export.header.iter_mut().for_each(|header| mask_all(header));
    report.approval.iter_mut().for_each(|approval| mask_in(&mut approval.reviewer));
    report.carry.iter_mut().for_each(mask_carry);
    report.options.values_mut().for_each(mask_json);
    report.endpoints.iter_mut().for_each(mask_endpoint);
    report.certificates.iter_mut().for_each(mask_certificate);
}

fn mask_carry(carry: &mut Carry) {
    carry.planned.iter_mut().for_each(|file| mask_in(&mut file.file));
    carry.key.iter_mut().for_each(mask_in);
    for conflict in &mut carry.conflicts {
        conflict.key = None;
        let Conflict { old, current, new, .. } = conflict;
        [old, current, new].into_iter().flatten().for_each(mask_in);
    }
}

fn mask_endpoint(endpoint: &mut EndpointReport) {
    mask_in(&mut endpoint.explanation);
    endpoint.hint.iter_mut().for_each(mask_in);
    for candidate in &mut endpoint.candidates {
        let CandidateReport { forward_detail, objection, support, .. } = candidate;
        [forward_detail, objection, support].into_iter().flatten().for_each(mask_in);
    }
    if let Some(old) = &mut endpoint.old_certificate {
        mask_in(&mut old.handshake);
        mask_all(&mut old.dns_names);
        old.subject.iter_mut().for_each(mask_in);
    }
    for example in endpoint.photos.iter_mut().flat_map(|photos| &mut photos.examples) {
        mask_in(&mut example.target);
        for side in [&mut example.old, &mut example.new] {
            [&mut side.media_type, &mut side.why].into_iter().flatten().for_each(mask_in);
        }
    }
}

fn mask_certificate(certificate: &mut CertificateReport) {
    mask_all(&mut certificate.reasons);
    mask_all(&mut certificate.remarks);
    for finding in certificate.findings.iter_mut().flatten() {
        mask_in(&mut finding.detail);
        finding.presented.iter_mut().for_each(mask_in);
    }
    mask_all(&mut certificate.identity.presented);
    mask_revocation(&mut certificate.revocation);
    for member in &mut certificate.chain {
        mask_in(&mut member.subject);
        mask_in(&mut member.issuer);
        member.revocation.iter_mut().for_each(mask_revocation);
    }
    if let Some(anchor) = &mut certificate.trust_anchor {
        mask_in(&mut anchor.subject);
        mask_in(&mut anchor.source);
    }
}

fn mask_revocation(revocation: &mut RevocationReport) {
    [&mut revocation.detail, &mut revocation.source].into_iter().flatten().for_each(mask_in);
}

fn mask_all(texts: &mut [String]) {
    texts.iter_mut().for_each(mask_in);
}

fn mask_in(text: &mut String) {
    *text = mask(text);
}

fn mask_json(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::String(text) => mask_in(text),
        serde_json::Value::Array(values) => values.iter_mut().for_each(mask_json),
        serde_json::Value::Object(values) => values.values_mut().for_each(mask_json),
        _ => {}
    }
}

/// A cell masked around its host, which stays, and where the host stands then.
fn mask_around(cell: &str, host: std::ops::Range<usize>) -> (String, std::ops::Range<usize>) {
    let (before, after) = (cell.get(..host.start), cell.get(host.end..));
    let (Some(before), Some(host), Some(after)) = (before, cell.get(host), after) else {
        return (mask(cell), 0..0);
    };
    let mut shown = mask_userinfo(before);
    shown = mask_addresses(&shown);
    let start = shown.len();
    shown.push_str(host);
    let end = shown.len();
    shown.push_str(&mask_addresses(after));
    (shown, start..end)
}

fn mask(text: &str) -> String {
    mask_addresses(&mask_userinfo(text))
}

/// Masks the userinfo of every URL in a text.
fn mask_userinfo(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("//") {
        let (before, authority) = rest.split_at(at + 2);
        shown.push_str(before);
        let end = authority
            .find(|c: char| matches!(c, '/' | '?' | '#' | '\\' | '`') || c.is_whitespace())
            .unwrap_or(authority.len());
        rest = match authority[..end].rfind('@') {
            Some(at) => {
                shown.push_str(USERINFO_MASK);
                &authority[at..]
            }
            None => authority,
        };
    }
    shown + rest
}

/// Masks whatever looks like an e-mail address.
fn mask_addresses(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut rest = text;
    let mut from = 0;
    while let Some((at, length)) = next_at_sign(rest, from) {
        let start = local_part_start(&rest[..at]);
        let end = at + length + domain_length(&rest[at + length..]);
        if start < at && end > at + length {
            shown.push_str(&rest[..start]);
            shown.push_str(MASK);
            rest = &rest[end..];
            from = 0;
        } else {
            from = at + length;
        }
    }
    shown + rest
}

/// The next `@` at or after `from`, plain, full-width or percent-encoded (even more than once),
/// and its length in bytes.
fn next_at_sign(text: &str, from: usize) -> Option<(usize, usize)> {
    text[from..].char_indices().find_map(|(at, c)| {
        let at = from + at;
        match c {
            '@' | '＠' | '﹫' => Some((at, c.len_utf8())),
            '%' => {
                let mut code = &text[at + 1..];
                while let Some(inner) = code.strip_prefix("25") {
                    code = inner;
                }
                let length = text.len() - at - code.len() + 2;
                code.starts_with("40").then_some((at, length))
            }
            _ => None,
        }
    })
}

/// Where the local part that ends `text` begins: atoms (RFC 5322, 3.2.3) without those that
/// separate parts of a URL or a sentence, or a quoted string.
fn local_part_start(text: &str) -> usize {
    if let Some(inside) = text.strip_suffix('"') {
        return inside.rfind('"').unwrap_or(text.len());
    }
    let is_local = |c: char| {
        c.is_alphanumeric() || !c.is_ascii() && !c.is_whitespace() || "!$%'*+-.^_~".contains(c)
    };
    text.char_indices()
        .rev()
        .take_while(|(_, c)| is_local(*c))
        .last()
        .map_or(text.len(), |(at, _)| at)
}

/// How long the domain that begins `text` is, in bytes.
fn domain_length(text: &str) -> usize {
    let mut end = 0;
    while let Some(c) = text[end..].chars().next() {
        let rest = &text[end..];
        let encoded = ["%2E", "%2e", "%2D", "%2d"].iter().any(|code| rest.starts_with(code));
        end += match c {
            _ if encoded => 3,
            c if c.is_alphanumeric() || matches!(c, '-' | '.' | '_' | '。') => c.len_utf8(),
            _ => break,
        };
    }
    // The full stop of a sentence is not the domain's.
    text[..end].trim_end_matches(['.', '-', '_']).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_looks_like_an_e_mail_address_stays() {
        for (text, shown) in [
            ("https://203.0.113.7/a.jpg", "https://203.0.113.7/a.jpg"),
            ("jane.doe@corp.example", "[e-mail]"),
            ("ask jane@corp.example.", "ask [e-mail]."),
            ("<o'brien+x@corp.example>, b@c", "<[e-mail]>, [e-mail]"),
            ("https://h/p?mail=jane@corp.example&s=1", "https://h/p?mail=[e-mail]&s=1"),
            ("https://h/jane%40corp.example/a.jpg", "https://h/[e-mail]/a.jpg"),
            ("https://h/jane%2540corp.example", "https://h/[e-mail]"),
            ("https://h/jane%2Edoe%40corp%2Eexample?x", "https://h/[e-mail]?x"),
            ("jane＠corp.example", "[e-mail]"),
            ("jürgen@bücher.example", "[e-mail]"),
            ("\"jane doe\"@corp.example", "[e-mail]"),
            ("https://jane@203.0.113.7/a", "https://[userinfo]@203.0.113.7/a"),
            ("https://jane:pass@word@203.0.113.7/a", "https://[userinfo]@203.0.113.7/a"),
            ("//jane%40corp.example@h/", "//[userinfo]@h/"),
            ("emailAddress=jane@corp.example,CN=x", "emailAddress=[e-mail],CN=x"),
            ("100 %", "100 %"),
            ("%4", "%4"),
            ("%25", "%25"),
            ("a @ b", "a @ b"),
            ("@", "@"),
            ("@SUM(A1)", "@SUM(A1)"),
            ("", ""),
        ] {
            assert_eq!(Redaction::Redact.text(text), shown, "{text:?}");
            assert_eq!(Redaction::Keep.text(text), text);
        }
    }

    #[test]
    fn the_host_stays_where_it_is_marked() {
        let cell = "https://jane@203.0.113.7/jane%40corp.example.jpg";
        let (shown, host) = mask_around(cell, 13..24);
        assert_eq!(shown, "https://[userinfo]@203.0.113.7/[e-mail]");
        assert_eq!(&shown[host], "203.0.113.7");
        assert_eq!(mask_around("jane@corp.example", 5..90), ("[e-mail]".to_owned(), 0..0));
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_odd(text in "(?s)([a-z@%/ \"]|%40|%25|＠|é|.){0,60}") {
            let shown = Redaction::Redact.text(&text);
            if !["@", "＠", "﹫", "40"].iter().any(|sign| text.contains(sign)) {
                proptest::prop_assert_eq!(shown, text);
            }
        }

        #[test]
        fn an_address_is_masked_wherever_it_stands(
            before in "[ /=&?,;<(]{0,3}",
            local in "[a-zA-Z0-9][a-zA-Z0-9.+_-]{0,10}",
            at in "@|%40|＠",
            domain in "[a-z][a-z0-9]{0,8}\\.[a-z]{2,5}",
            after in "[ /&?,;>)]{0,3}",
        ) {
            let text = format!("{before}{local}{at}{domain}{after}");
            let shown = Redaction::Redact.text(&text);
            proptest::prop_assert!(!shown.contains(&domain) || shown.contains("[userinfo]"), "{}", shown);
        }
    }
}
