//! What stands below a host: what is done and why, what would settle it, and the evidence.

use maud::{Markup, html};

use super::certificate;
use super::hosts::Host;
use super::prose::Prose;
use crate::evidence::{OldHost, Source};
use crate::report::words::{date, list, map_lines, photos};
use crate::report::{CandidateReport, EndpointReport, OldCertificate};

/// Presented identifiers that are listed of one certificate; some have hundreds.
pub(super) const IDENTIFIERS_LISTED: usize = 40;

/// Everything about a host but its records, which the script adds.
pub(super) fn detail(host: &Host<'_>) -> Markup {
    let endpoint = host.endpoint;
    html! {
        p.because { (Prose(&endpoint.explanation)) }
        @if endpoint.decision != "rewrite" { (what_would_settle_it(endpoint)) }
        @if !endpoint.candidates.is_empty() {
            h3 { "Evidence" }
            ul.candidates {
                @for candidate in &endpoint.candidates {
                    li { (chain(endpoint, candidate)) }
                }
            }
        }
        @if let Some(old) = &endpoint.old_certificate { (at_the_address(old, &endpoint.endpoint.host)) }
        @if !host.certificates.is_empty() {
            h3 { "Certificates" }
            @for certificate in &host.certificates { (certificate::card(certificate)) }
        }
    }
}

fn what_would_settle_it(endpoint: &EndpointReport) -> Markup {
    html! {
        h3 { "What would settle it" }
        @if let Some(hint) = &endpoint.hint { p { (Prose(hint)) } }
        @for (at, line) in map_lines(endpoint).iter().enumerate() {
            p.copy {
                span { @if at == 0 { "Line for the map: " } @else { "or: " } }
                code { (line) }
                " " button.copy type="button" aria-label={ "Copy the map line " (line) } { "Copy" }
            }
        }
    }
}

/// The steps from an address to a candidate, and from there back.
fn chain(endpoint: &EndpointReport, candidate: &CandidateReport) -> Markup {
    let taken = endpoint.host.as_ref() == Some(&candidate.host);
    let detail = candidate.forward_detail.as_deref();
    html! {
        h4 {
            code { (candidate.host) } " "
            @if taken { span.badge.good { "written" } } @else { span.badge.plain { "not written" } }
        }
        ol.chain {
            li { "named by " (sources(&candidate.sources)) }
            @if let Some(support) = &candidate.support {
                li.holds { "supported by " code { (support) } " in the certificate at the address" }
            }
            li.(tone(&candidate.forward)) {
                @match candidate.forward.as_ref() {
                    "confirmed" => "forward DNS confirms it: the name leads back to this address",
                    "contradicted" => "forward DNS contradicts it: the name does not lead back to \
                                       this address",
                    "absent" => "forward DNS knows no address of the name",
                    "could-not-ask" => "forward DNS could not be asked",
                    "not-asked" => "forward DNS was not asked",
                    other => { "forward DNS: " (other) }
                }
                @if let Some(detail) = detail { " (" (detail) ")" }
            }
            li.(tone(&candidate.verdict)) {
                @match candidate.verdict.as_ref() {
                    "trusted" => "the client would trust its certificate",
                    "prompts" => "the client would ask its user about the certificate",
                    "refuses" => "the client would refuse the certificate",
                    "unknown" => "what the client would do about its certificate is not known",
                    "not-asked" => "its certificate was not asked for",
                    "not-applicable" => "plain http presents no certificate",
                    other => { "certificate: " (other) }
                }
            }
            @if let Some(words) = photos(endpoint, &candidate.host) {
                @if loses_photos(endpoint, &candidate.host) { li.broken { (words) } }
                @else { li { (words) } }
            }
            @if let Some(objection) = &candidate.objection {
                li.broken { "not written: " (Prose(objection)) }
            }
        }
    }
}

/// The class of a step.
fn tone(word: &str) -> &'static str {
    match word {
        "confirmed" | "trusted" => "holds",
        "contradicted" | "prompts" | "refuses" => "broken",
        _ => "unknown",
    }
}

/// Whether somebody who sees a photo today would see another under a name, or none.
fn loses_photos(endpoint: &EndpointReport, host: &str) -> bool {
    let mut compared = endpoint.photos.iter().filter(|photos| photos.host == host);
    compared.any(|photos| photos.examples.iter().any(|example| example.lost))
}

fn sources(sources: &[Source]) -> String {
    let words: Vec<String> = sources
        .iter()
        .map(|source| match source {
            Source::Map => "the administrator's map",
            Source::Certificate => "the certificate at the address",
            Source::Ptr => "reverse DNS",
            Source::Corpus => "other rows of the export",
            Source::List => "the list of candidates",
            Source::Default => "the default host",
        })
        .map(ToOwned::to_owned)
        .collect();
    if words.is_empty() { "nobody".to_owned() } else { list(&words) }
}

/// What the old address itself presents, which is what clients meet today.
fn at_the_address(old: &OldCertificate, host: &OldHost) -> Markup {
    html! {
        h3 { "At the address today" }
        dl.facts {
            dt { "Handshake" } dd { (old.handshake) }
            @if let Some(subject) = &old.subject { dt { "Subject" } dd { code { (subject) } } }
            @if old.handshake == "completed" {
                dt { "Wanted by clients" } dd { code { (host) } }
                dt { "Presented" } dd { (identifiers(&old.dns_names)) }
            }
            @if let Some(end) = &old.not_after { dt { "Valid until" } dd { (date(end)) } }
        }
    }
}

/// Presented identifiers.
pub(super) fn identifiers(names: &[String]) -> Markup {
    let more = names.len().saturating_sub(IDENTIFIERS_LISTED);
    html! {
        @if names.is_empty() { span.quiet { "none" } }
        @for (at, name) in names.iter().take(IDENTIFIERS_LISTED).enumerate() {
            @if at > 0 { ", " }
            code { (name) }
        }
        @if more > 0 { " and " (more) " more" }
    }
}
