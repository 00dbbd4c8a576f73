//! The table of hosts, the doubtful first; each has its evidence below.

use std::collections::HashMap;
use std::io;

use maud::{Markup, PreEscaped, html};

use super::doubt::{Doubt, days_left};
use super::evidence;
use super::prose::{Name, days};
use crate::evidence::Scheme;
use crate::report::words::{Validity, authority, counted, grouped, leading, spoken_for};
use crate::report::{CandidateReport, CertificateReport, EndpointReport, Report};

/// The columns: the word that the script sorts by, and the title.
const COLUMNS: [(&str, &str); 6] = [
    ("place", "Address"),
    ("name", "Name"),
    ("records", "Records"),
    ("evidence", "Evidence"),
    ("rank", "Verdict"),
    ("days", "Expires"),
];

/// A host with everything that is said about it.
pub(super) struct Host<'a> {
    /// Its place in the report.
    pub place: usize,
    /// The host.
    pub endpoint: &'a EndpointReport,
    /// The candidate that is written, or else would be the first to be.
    pub leading: Option<&'a CandidateReport>,
    /// The certificates of its candidates.
    pub certificates: Vec<&'a CertificateReport>,
    /// How long those of the leading candidate are valid.
    pub days_left: Option<i64>,
    /// Why a reviewer should look at it.
    pub doubt: Doubt,
}

/// Hands the table to `out`, host by host.
pub(super) fn table(
    report: &Report,
    out: &mut dyn FnMut(Markup) -> io::Result<()>,
) -> io::Result<()> {
    let hosts = in_order(report);
    let doubtful = hosts.iter().filter(|host| host.doubt != Doubt::None).count();
    out(html! {
        (PreEscaped("<section id=\"hosts\" aria-labelledby=\"hosts-title\">"))
        h2 #hosts-title { "Hosts" }
        @if hosts.is_empty() {
            p { "No photo URL of the export names its server by an address." }
        } @else {
            p.quiet {
                (counted(hosts.len() as u64, "host"))
                @match doubtful {
                    0 => { ", none of them doubtful." }
                    all if all == hosts.len() => { "; each deserves a look." }
                    _ => { "; the " (grouped(doubtful as u64)) " that deserve a look come first." }
                }
            }
            (PreEscaped("<table class=\"hosts\"><thead>"))
            tr {
                th.tick scope="col" {
                    input #tick-all type="checkbox" aria-label="Approve all hosts shown that are not refused";
                }
                @for (sort, title) in COLUMNS {
                    th scope="col" class=(sort) aria-sort=[(sort == "rank").then_some("ascending")] {
                        button.sort type="button" data-sort=(sort) { (title) }
                    }
                }
            }
            (PreEscaped("</thead>"))
        }
    })?;
    let validity = Validity::of(report);
    for host in &hosts {
        out(row(host, &validity))?;
    }
    out(html! {
        @if !hosts.is_empty() { (PreEscaped("</table>")) }
        p #no-hosts.quiet hidden { "No host matches." }
        (PreEscaped("</section>"))
    })
}

/// The hosts, the most doubtful first, then those of the most records.
fn in_order(report: &Report) -> Vec<Host<'_>> {
    let mut certificates: HashMap<(&str, u16), Vec<&CertificateReport>> = HashMap::new();
    for certificate in report.certificates.iter().filter(|it| it.service == "http") {
        let key = (certificate.host.as_str(), certificate.port);
        certificates.entry(key).or_default().push(certificate);
    }
    let of = |candidate: &CandidateReport, endpoint: &EndpointReport| {
        let tls = endpoint.endpoint.scheme == Scheme::Https;
        let key = (candidate.host.as_str(), endpoint.endpoint.port);
        certificates.get(&key).filter(|_| tls).cloned().unwrap_or_default()
    };
    let mut hosts: Vec<Host<'_>> = report
        .endpoints
        .iter()
        .enumerate()
        .map(|(place, endpoint)| {
            let leading = leading(endpoint);
            let days_left = leading.and_then(|candidate| days_left(&of(candidate, endpoint)));
            let certificates =
                endpoint.candidates.iter().flat_map(|candidate| of(candidate, endpoint)).collect();
            let doubt = Doubt::of(endpoint, days_left);
            Host { place, endpoint, leading, certificates, days_left, doubt }
        })
        .collect();
    hosts.sort_by_key(|host| (host.doubt, std::cmp::Reverse(host.endpoint.records), host.place));
    hosts
}

fn row(host: &Host<'_>, validity: &Validity<'_>) -> Markup {
    let Host { place, endpoint, leading, days_left, doubt, .. } = host;
    let authority = authority(&endpoint.endpoint.host, endpoint.endpoint.port);
    let rewritten = endpoint.decision == "rewrite";
    let name = leading.map_or("", |candidate| &candidate.host);
    html! {
        tbody.host id={ "host-" (place) } data-place=(place) data-rank=(doubt.rank())
            data-records=(endpoint.records) data-decision=(endpoint.decision)
            data-days=[*days_left] data-doubtful[*doubt != Doubt::None] {
            tr.summary {
                td.tick {
                    @if rewritten {
                        input type="checkbox" autocomplete="off"
                            aria-label={ "Approve " (authority) " as " (name) };
                    } @else {
                        input type="checkbox" disabled
                            aria-label={ (authority) " stays as it is: nothing to approve" };
                    }
                }
                th scope="row" {
                    button.open type="button" aria-expanded="false"
                        aria-controls={ "detail-" (place) } {
                        (authority)
                        @if endpoint.endpoint.scheme == Scheme::Http { " " small { "http" } }
                    }
                }
                td.name data-title="Name" {
                    @if rewritten { code { (Name(name)) } }
                    @else if name.is_empty() { span.quiet { "none" } }
                    @else { code.quiet { (Name(name)) } " " small.quiet { "not written" } }
                }
                td.number data-title="Records" { (grouped(endpoint.records)) }
                td.evidence data-title="Evidence" {
                    @match leading {
                        Some(candidate) => (spoken_for(endpoint, candidate)),
                        None => span.quiet { "nothing names it" },
                    }
                }
                td.verdict data-title="Verdict" { (verdict(host, validity)) }
                td.days data-title="Expires" {
                    @match days_left {
                        Some(left) => (days(*left)),
                        None => span.quiet { "–" },
                    }
                }
            }
            tr.detail id={ "detail-" (place) } {
                td colspan="7" { (evidence::detail(host)) }
            }
        }
    }
}

fn verdict(host: &Host<'_>, validity: &Validity<'_>) -> Markup {
    let Host { endpoint, leading, doubt, .. } = host;
    let certificate = leading.map(|candidate| validity.words(endpoint, candidate));
    let words = match (endpoint.decision.as_ref(), doubt) {
        ("rewrite", Doubt::Plain) => "no certificate".to_owned(),
        ("rewrite", _) => certificate.unwrap_or_default(),
        _ => endpoint.reason.replace('-', " "),
    };
    let trusted = leading.is_some_and(|candidate| candidate.verdict == "trusted");
    html! {
        @match doubt.words() {
            Some(badge) => span.badge.(tone(*doubt)) { (badge) },
            None if trusted => span.badge.good { "trusted" },
            None => {}
        }
        " " span.words { (words) }
    }
}

/// The class of a badge.
fn tone(doubt: Doubt) -> &'static str {
    match doubt {
        Doubt::Flagged | Doubt::Contradicted => "bad",
        Doubt::Held | Doubt::Unresolved | Doubt::Unconfirmed | Doubt::Expiring => "caution",
        Doubt::NotAsked | Doubt::Plain => "plain",
        Doubt::None => "good",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::tests::samples::rich;

    #[test]
    fn the_doubtful_stand_first_and_each_with_the_certificates_of_its_own_candidates() {
        let mut report = rich();
        let mut elsewhere = report.certificates[0].clone();
        elsewhere.port = 8443;
        report.certificates.push(elsewhere);
        let hosts = in_order(&report);
        let found: Vec<_> = hosts
            .iter()
            .map(|host| (host.place, host.doubt, host.certificates.len(), host.days_left))
            .collect();
        assert_eq!(
            found,
            [
                (2, Doubt::Held, 0, None),
                (0, Doubt::Unresolved, 0, None),
                (3, Doubt::Flagged, 1, Some(-3)),
                (1, Doubt::None, 1, Some(97)),
            ]
        );
        report.endpoints[1].endpoint.scheme = Scheme::Http;
        assert_eq!(in_order(&report)[3].certificates.len(), 0, "plain http presents none");
    }
}
