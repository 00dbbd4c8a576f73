//! Which hosts of a plan are meant by what was typed, and the answers that follow.

use std::str::FromStr;

use super::{Answer, HostAnswer};
use crate::evidence::{Endpoint, OldHost};
use crate::report::EndpointReport;

/// Hosts as somebody types them: `ADDRESS`, `ADDRESS:PORT`, or an endpoint as it is shown.
///
/// | typed | means |
/// | --- | --- |
/// | `203.0.113.7` | the address, on every port |
/// | `203.0.113.7:8443`, `[2001:db8::7]:443` | the address on that port |
/// | `2001:db8::7`, `[2001:db8::7]` | the address, on every port |
/// | `https://203.0.113.7:443` | that endpoint |
/// | `ldap-photos`, `ldap-photos:80` | the bare host |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPattern {
    typed: String,
    scheme: Option<String>,
    host: OldHost,
    port: Option<u16>,
}

/// What was typed means no hosts of the plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChoiceError {
    /// It is no host at all.
    #[error("`{0}` is no `ADDRESS[:PORT]`")]
    NoHost(String),
    /// The plan has no such host.
    #[error("the plan has no host `{0}`")]
    Unknown(String),
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

impl FromStr for HostPattern {
    type Err = ChoiceError;

    fn from_str(typed: &str) -> Result<Self, ChoiceError> {
        let bad = || ChoiceError::NoHost(typed.to_owned());
        let (scheme, rest) = match typed.split_once("://") {
            Some((scheme, rest)) => (Some(scheme.to_ascii_lowercase()), rest),
            None => (None, typed),
        };
        let (host, port) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, "")) => (host, None),
            Some((host, rest)) => (host, Some(rest.strip_prefix(':').ok_or_else(bad)?)),
            // An IPv6 address without brackets has colons of its own.
            None => match rest.split_once(':') {
                Some((host, port)) if !port.contains(':') => (host, Some(port)),
                _ => (rest, None),
            },
        };
        if host.is_empty() || host.contains(['/', '@', ' ']) {
            return Err(bad());
        }
        let port = port.map(|port| port.parse().map_err(|_| bad())).transpose()?;
        let host = OldHost::from(host.to_ascii_lowercase());
        Ok(Self { typed: typed.to_owned(), scheme, host, port })
    }
}

impl HostPattern {
    fn means(&self, endpoint: &Endpoint) -> bool {
        self.host == endpoint.host
            && self.port.is_none_or(|port| port == endpoint.port)
            && self.scheme.as_ref().is_none_or(|scheme| scheme == endpoint.scheme.as_str())
    }
}

/// What is approved, before exceptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Chosen {
    /// Every host that the plan rewrites.
    All,
    /// These.
    Hosts(Vec<HostPattern>),
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
    exceptions: &[HostPattern],
) -> Result<Vec<HostAnswer>, ChoiceError> {
    let patterns = match chosen {
        Chosen::All => &[],
        Chosen::Hosts(patterns) => patterns.as_slice(),
    };
    for pattern in patterns.iter().chain(exceptions) {
        let mut meant = endpoints.iter().filter(|entry| pattern.means(&entry.endpoint));
        let Some(first) = meant.next() else {
            return Err(ChoiceError::Unknown(pattern.typed.clone()));
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
            let among =
                |patterns: &[HostPattern]| patterns.iter().any(|it| it.means(&entry.endpoint));
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
    use crate::evidence::Scheme;

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

    fn patterns(typed: &[&str]) -> Vec<HostPattern> {
        typed.iter().map(|typed| typed.parse().unwrap()).collect()
    }

    #[test]
    fn what_is_typed_and_what_it_means() {
        for (typed, meant) in [
            ("203.0.113.7", "++..."),
            ("203.0.113.7:8443", ".+..."),
            ("https://203.0.113.7:443", "+...."),
            ("2001:DB8::7", "..+.."),
            ("[2001:db8::7]", "..+.."),
            ("https://[2001:db8:0::7]:443", "..+.."),
            ("LDAP-photos", "...+."),
            ("http://ldap-photos:80", "...+."),
            ("203.0.113.9", "....+"),
            ("http://203.0.113.7", "....."),
            ("203.0.113.70", "....."),
        ] {
            let pattern: HostPattern = typed.parse().unwrap();
            let found: String = plan()
                .iter()
                .map(|entry| if pattern.means(&entry.endpoint) { '+' } else { '.' })
                .collect();
            assert_eq!(found, meant, "{typed}");
        }
        for typed in ["", ":443", "203.0.113.7:https", "203.0.113.7:70000", "[::1]443", "a/b"] {
            assert!(typed.parse::<HostPattern>().is_err(), "{typed}");
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
            ("203.0.113.70", "the plan has no host `203.0.113.70`"),
            ("203.0.113.9", "the plan does not rewrite `203.0.113.9` (hold: some-reason)"),
        ] {
            let error = choose(&plan(), &hosts(&[typed]), &[]).unwrap_err();
            assert_eq!(error.to_string(), message);
            assert_eq!(choose(&plan(), &Chosen::All, &patterns(&[typed])), Err(error));
        }
    }
}
