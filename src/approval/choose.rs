//! Which hosts of a plan are meant by what was typed, and the answers that follow.

use super::{Answer, HostAnswer};
use crate::evidence::Endpoint;
use crate::photo::{NoHost, Sought};
use crate::report::EndpointReport;

/// Hosts of the plan that an error names; it counts the others.
const NEAR_NAMED: usize = 4;
/// How many characters may differ between what was typed and a host that is named as near.
const NEAR: usize = 2;

/// What was typed means no hosts of the plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// It is no host at all.
    #[error(transparent)]
    NoHost(#[from] NoHost),
    /// The plan has no such host.
    #[error("the plan has no host `{typed}`{}", beside(near))]
    Unknown {
        /// What was typed.
        typed: String,
        /// Endpoints of the plan that may be meant, the nearest first.
        near: Vec<Endpoint>,
    },
    /// The plan has such hosts and rewrites none of them.
    #[error("the plan does not rewrite `{pattern}` ({decision}: {reason})")]
    NotRewritten {
        /// What was typed.
        pattern: String,
        /// The plan's decision.
        decision: String,
        /// The plan's reason.
        reason: String,
    },
}

fn beside(near: &[Endpoint]) -> String {
    if near.is_empty() {
        return String::new();
    }
    let mut named: Vec<String> =
        near.iter().take(NEAR_NAMED).map(|endpoint| format!("`{endpoint}`")).collect();
    if near.len() > NEAR_NAMED {
        named.push(format!("{} more", near.len() - NEAR_NAMED));
    }
    format!("; near it are {}", named.join(", "))
}

/// The plan's endpoints that were most likely meant: the same host elsewhere, else hosts that are
/// spelled almost like it.
fn near(sought: &Sought, endpoints: &[EndpointReport]) -> Vec<Endpoint> {
    let all = || endpoints.iter().map(|entry| &entry.endpoint);
    let same: Vec<Endpoint> = all().filter(|it| it.host == sought.host).cloned().collect();
    if !same.is_empty() {
        return same;
    }
    let typed = sought.host.to_string();
    let distance = |it: &Endpoint| strsim::levenshtein(&it.host.to_string(), &typed);
    let mut near: Vec<_> = all().map(|it| (distance(it), it)).collect();
    near.retain(|(distance, _)| *distance <= NEAR);
    near.sort();
    near.into_iter().map(|(_, endpoint)| endpoint.clone()).collect()
}

/// What is approved, before exceptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// Every host that the plan rewrites.
    All,
    /// These.
    Hosts(Vec<Sought>),
}

/// The answers for a plan's endpoints: what is `chosen` is approved, but for the `exceptions`,
/// which are refused.
///
/// # Errors
/// [`ChoiceError`] for a pattern that means nothing here: a typing error must not pass for a
/// choice.
pub fn choose(
    endpoints: &[EndpointReport],
    chosen: &Chosen,
    exceptions: &[Sought],
) -> Result<Vec<HostAnswer>, ChoiceError> {
    let patterns = match chosen {
        Chosen::All => &[],
        Chosen::Hosts(patterns) => patterns.as_slice(),
    };
    for pattern in patterns.iter().chain(exceptions) {
        let mut meant = endpoints.iter().filter(|entry| pattern.means(&entry.endpoint));
        let Some(first) = meant.next() else {
            let near = near(pattern, endpoints);
            return Err(ChoiceError::Unknown { typed: pattern.typed.clone(), near });
        };
        if first.decision != "rewrite" && !meant.any(|entry| entry.decision == "rewrite") {
            return Err(ChoiceError::NotRewritten {
                pattern: pattern.typed.clone(),
                decision: first.decision.to_string(),
                reason: first.reason.to_string(),
            });
        }
    }
    let rewritten = endpoints.iter().filter(|entry| entry.decision == "rewrite");
    Ok(rewritten
        .filter_map(|entry| {
            let among = |patterns: &[Sought]| patterns.iter().any(|it| it.means(&entry.endpoint));
            let decision = match chosen {
                _ if among(exceptions) => Answer::Refuse,
                Chosen::All => Answer::Approve,
                Chosen::Hosts(hosts) if among(hosts) => Answer::Approve,
                Chosen::Hosts(_) => return None,
            };
            Some(HostAnswer { endpoint: entry.endpoint.clone(), decision, note: None })
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{OldHost, Scheme};

    fn entry(host: &str, port: u16, decision: &'static str) -> EndpointReport {
        EndpointReport {
            endpoint: Endpoint {
                host: OldHost::from(host.to_owned()),
                port,
                scheme: if port == 80 { Scheme::Http } else { Scheme::Https },
            },
            records: 1,
            decision: decision.into(),
            host: None,
            reason: "some-reason".into(),
            explanation: String::new(),
            hint: None,
            candidates: Vec::new(),
            old_certificate: None,
            photos: Vec::new(),
        }
    }

    fn plan() -> Vec<EndpointReport> {
        vec![
            entry("203.0.113.7", 443, "rewrite"),
            entry("203.0.113.7", 8443, "rewrite"),
            entry("2001:db8::7", 443, "rewrite"),
            entry("ldap-photos", 80, "rewrite"),
            entry("203.0.113.9", 443, "hold"),
        ]
    }

    fn patterns(typed: &[&str]) -> Vec<Sought> {
        typed.iter().map(|typed| typed.parse().unwrap()).collect()
    }

    #[test]
    fn a_host_is_meant_in_any_spelling() {
        for (typed, meant) in [
            ("203.0.113.7", "yy.."),
            ("203.0.113.7:8443", ".y.."),
            ("https://203.0.113.7:443", "y..."),
            ("https://203.0.113.7:443/a.jpg", "y..."),
            (" 203.0.113.7:443\n", "y..."),
            ("`https://203.0.113.7:443`", "y..."),
            ("::ffff:203.0.113.7", "yy.."),
            ("0xCB.0.113.7", "yy.."),
            ("203.0.113.7.", "yy.."),
            ("2001:DB8::7", "..y."),
            ("2001:0db8:0:0::7", "..y."),
            ("[2001:db8::7]", "..y."),
            ("[2001:DB8::7]:443", "..y."),
            ("HTTPS://[2001:db8:0::7]:443", "..y."),
            ("LDAP-photos", "...y"),
            ("LDAP-photos:80", "...y"),
            ("http://ldap-photos:80", "...y"),
        ] {
            let found = choose(&plan(), &Chosen::Hosts(patterns(&[typed])), &[]).unwrap();
            let said: String = plan()[..4]
                .iter()
                .map(|entry| {
                    let answered = found.iter().any(|answer| answer.endpoint == entry.endpoint);
                    if answered { 'y' } else { '.' }
                })
                .collect();
            assert_eq!(said, meant, "{typed}");
        }
    }

    #[test]
    fn choices_and_exceptions() {
        let hosts = |typed: &[&str]| Chosen::Hosts(patterns(typed));
        for (chosen, exceptions, answers) in [
            (Chosen::All, &[][..], "yyyy"),
            (Chosen::All, &["203.0.113.7:8443", "ldap-photos"], "ynyn"),
            (hosts(&["203.0.113.7"]), &[], "yy.."),
            (hosts(&["203.0.113.7"]), &["203.0.113.7:443"], "ny.."),
            (hosts(&[]), &["2001:db8::7"], "..n."),
        ] {
            let found = choose(&plan(), &chosen, &patterns(exceptions)).unwrap();
            let said: String = plan()[..4]
                .iter()
                .map(|entry| {
                    let answer = found.iter().find(|answer| answer.endpoint == entry.endpoint);
                    match answer.map(|answer| answer.decision) {
                        Some(Answer::Approve) => 'y',
                        Some(Answer::Refuse) => 'n',
                        None => '.',
                    }
                })
                .collect();
            assert_eq!(said, answers, "{chosen:?} {exceptions:?}");
        }
        for (typed, message) in [
            ("198.51.100.1", "the plan has no host `198.51.100.1`"),
            (
                "203.0.113.7:80",
                "the plan has no host `203.0.113.7:80`; near it are `https://203.0.113.7:443`, \
                 `https://203.0.113.7:8443`",
            ),
            (
                "203.0.113.19",
                "the plan has no host `203.0.113.19`; near it are `https://203.0.113.9:443`, \
                 `https://203.0.113.7:443`, `https://203.0.113.7:8443`",
            ),
            (
                "ldap-photo:80",
                "the plan has no host `ldap-photo:80`; near it are `http://ldap-photos:80`",
            ),
            ("203.0.113.9", "the plan does not rewrite `203.0.113.9` (hold: some-reason)"),
        ] {
            let error = choose(&plan(), &hosts(&[typed]), &[]).unwrap_err();
            assert_eq!(error.to_string(), message);
            assert_eq!(choose(&plan(), &Chosen::All, &patterns(&[typed])), Err(error));
        }
    }
}
