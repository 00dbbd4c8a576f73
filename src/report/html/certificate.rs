//! One certificate verdict of a host's candidates.

use maud::{Markup, html};

use super::evidence::identifiers;
use super::prose::{Prose, days};
use crate::report::words::date;
use crate::report::{CertificateReport, ChainMember, RevocationReport};

/// The verdict on a name at one address, with what it rests on.
pub(super) fn card(certificate: &CertificateReport) -> Markup {
    let identity = &certificate.identity;
    let rule = identity.rule.as_deref().map(|rule| format!(" by {rule}")).unwrap_or_default();
    html! {
        div.certificate {
            h4 {
                code { (certificate.host) ":" (certificate.port) }
                @if let Some(address) = certificate.address { " at " code { (address) } }
                " " span.badge.(tone(&certificate.verdict)) { (certificate.verdict) }
                " " small.quiet { "for the client " (certificate.profile) }
            }
            @if !certificate.reasons.is_empty() || !certificate.remarks.is_empty() {
                ul.reasons {
                    @for reason in certificate.reasons.iter().chain(&certificate.remarks) {
                        li { (Prose(reason)) }
                    }
                }
            }
            @if !certificate.chain.is_empty() {
                div.compare {
                    div {
                        h5 { "Wanted" }
                        p { code { (certificate.host) } }
                    }
                    div {
                        h5 { "Presented" }
                        p { (identifiers(&identity.presented)) }
                    }
                    div {
                        h5 { "Match" }
                        @if identity.matched { p.holds { "yes" (rule) } }
                        @else { p.broken { "no" } }
                    }
                }
                dl.facts {
                    @if let Some(end) = &certificate.not_after {
                        dt { "Valid until" }
                        dd {
                            (date(end))
                            @if let Some(left) = certificate.days_left { " (" (days(left)) ")" }
                        }
                    }
                    @if let Some(key) = &certificate.key { dt { "Key" } dd { (key) } }
                    @if let Some(signature) = &certificate.signature {
                        dt { "Signature" } dd { (signature) }
                    }
                    @if let Some(tls) = &certificate.tls { dt { "Protocol" } dd { (tls) } }
                    dt { "Revocation" } dd { (revocation(&certificate.revocation)) }
                }
                h5 { "Chain" }
                ol.members { @for one in &certificate.chain { li { (member(one)) } } }
            }
        }
    }
}

fn tone(verdict: &str) -> &'static str {
    match verdict {
        "trusted" => "good",
        "prompts" | "refuses" => "bad",
        "unknown" => "caution",
        _ => "plain",
    }
}

fn revocation(revocation: &RevocationReport) -> Markup {
    html! {
        (revocation.state)
        @if let Some(detail) = &revocation.detail { ": " (Prose(detail)) }
        @if let Some(source) = &revocation.source { "; says " code { (source) } }
        @if let Some(elapsed) = revocation.elapsed_ms { ", after " (elapsed) " ms" }
        @match (&revocation.this_update, &revocation.next_update) {
            (Some(from), Some(to)) => { "; of " (date(from)) ", next " (date(to)) }
            (Some(from), None) => { "; of " (date(from)) }
            _ => {}
        }
    }
}

fn member(member: &ChainMember) -> Markup {
    html! {
        code { (member.subject) }
        span.quiet {
            " issued by " code { (member.issuer) }
            ", valid " (date(&member.not_before)) " to " (date(&member.not_after))
            @if let Some(state) = &member.revocation { ", revocation: " (state.state) }
        }
        code.digest { "SHA-256 " (member.sha256) }
    }
}
