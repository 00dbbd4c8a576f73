//! DNS questions: which servers, in which order, how often; and what their answers mean.
//!
//! The questions are put by this program itself, never through the operating system's resolver
//! call, which cannot tell "no such name" from "nobody answered". No search list, no hosts file,
//! no name that is special to the local machine: what the evidence holds is what a server said.

use std::net::IpAddr;
use std::sync::Arc;

use hickory_resolver::proto::op::{Message, Query, ResponseCode};
use hickory_resolver::proto::rr::{Name, RData, RecordType};
use hickory_resolver::system_conf::read_system_conf;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::ServerName;

use super::SettingsError;
use super::server::Server;
use super::settings::NetworkSettings;
use super::tls::crypto_provider;
use super::upstream::{Failure, Transport, Upstream, as_address};
use crate::evidence::{Absence, Answer, Family};
use crate::name::{Fqdn, reverse_name};

/// How many CNAMEs are followed from one name to its records; resolvers in use stop between 8 and
/// 16.
const MAX_CNAMES: usize = 12;

/// The servers of a run.
pub(super) struct Resolver {
    upstreams: Vec<Upstream>,
    rounds: u32,
}

impl Resolver {
    /// Finds the servers that the settings name. Only the hosts of `tls://` and `https://` servers
    /// are looked up, by the operating system.
    pub(super) async fn open(settings: &NetworkSettings) -> Result<Self, SettingsError> {
        let system = [Server::System];
        let servers = if settings.servers.is_empty() { &system } else { &settings.servers[..] };
        let mut upstreams = Vec::new();
        let mut add = |shown, transport| {
            upstreams.push(Upstream::new(shown, transport, settings.limits.timeout));
        };
        for server in servers {
            match server {
                Server::System => {
                    for (shown, transport) in system_servers()? {
                        add(shown, transport);
                    }
                }
                Server::Plain(address) => add(server.to_string(), Transport::Plain(*address)),
                Server::Tls { host, port } => {
                    let addresses = addresses_of_server(server, host, *port, settings).await?;
                    let name = ServerName::try_from(host.clone())
                        .map_err(|error| cannot_find(server, error))?;
                    let config = trusting(server, settings)?;
                    add(server.to_string(), Transport::Tls { addresses, name, config });
                }
                Server::Https { host, port, path } => {
                    let addresses = addresses_of_server(server, host, *port, settings).await?;
                    let (host, path) = (Arc::from(host.as_str()), Arc::from(path.as_str()));
                    let config = trusting(server, settings)?;
                    add(server.to_string(), Transport::Https { addresses, host, path, config });
                }
            }
        }
        Ok(Self { upstreams, rounds: settings.limits.retries.saturating_add(1) })
    }

    /// The servers, in the order in which they are asked.
    pub(super) fn servers(&self) -> Vec<String> {
        self.upstreams.iter().map(|upstream| upstream.shown().to_owned()).collect()
    }

    /// PTR: the names of an address.
    pub(super) async fn pointers(&self, address: IpAddr) -> Answer<Vec<String>> {
        self.lookup(&reverse_name(address), RecordType::PTR, |data| match data {
            RData::PTR(name) => Some(in_text(&name.0)),
            _ => None,
        })
        .await
    }

    /// A or AAAA: the addresses of a name. An IPv4-mapped IPv6 address is the IPv4 address in it.
    pub(super) async fn addresses(&self, name: &Fqdn, family: Family) -> Answer<Vec<IpAddr>> {
        let record_type = match family {
            Family::V4 => RecordType::A,
            Family::V6 => RecordType::AAAA,
        };
        self.lookup(&name.absolute(), record_type, |data| match data {
            RData::A(v4) => Some(IpAddr::V4(v4.0)),
            RData::AAAA(v6) => Some(IpAddr::V6(v6.0).to_canonical()),
            _ => None,
        })
        .await
    }

    /// The records of one type, CNAMEs followed, sorted and without repetitions. A CNAME whose
    /// target the same answer does not resolve (an authority's, or an RFC 2317 delegation) is
    /// followed by a question for the target.
    async fn lookup<T: Ord>(
        &self,
        name: &str,
        record_type: RecordType,
        value: impl Fn(&RData) -> Option<T>,
    ) -> Answer<Vec<T>> {
        let mut name = match Name::from_ascii(name) {
            Ok(name) => name,
            Err(_) => return Answer::CouldNotAsk(format!("`{name}` does not fit a DNS message")),
        };
        let mut cnames_left = MAX_CNAMES;
        loop {
            let message = match self.ask(&Query::query(name.clone(), record_type)).await {
                Ok(message) => message,
                Err(words) => return Answer::CouldNotAsk(words),
            };
            match read(&message, name, record_type, &mut cnames_left) {
                Reading::Records(owner) => {
                    let mut values: Vec<T> = message
                        .answers
                        .iter()
                        .filter(|record| record.name == owner)
                        .filter_map(|record| value(&record.data))
                        .collect();
                    values.sort_unstable();
                    values.dedup();
                    return Answer::Found(values);
                }
                Reading::Absent(absence) => return Answer::Absent(absence),
                Reading::Elsewhere(target) => name = target,
                Reading::Unusable(words) => return Answer::CouldNotAsk(words.to_owned()),
            }
        }
    }

    /// Asks the servers in their order until one answers; then, up to the number of retries, all
    /// of them again but those that answered that they will not.
    async fn ask(&self, query: &Query) -> Result<Message, String> {
        let mut failures: Vec<Option<Failure>> = vec![None; self.upstreams.len()];
        for _ in 0..self.rounds {
            let mut order: Vec<usize> = (0..self.upstreams.len()).collect();
            order.sort_by_key(|at| self.upstreams[*at].has_only_been_silent()); // Stable.
            for at in order {
                if !matches!(failures[at], Some(Failure::Final(_))) {
                    match self.upstreams[at].ask(query).await {
                        Ok(message) => return Ok(message),
                        Err(failure) => failures[at] = Some(failure),
                    }
                }
            }
        }
        let words: Vec<&str> = failures.iter().flatten().map(Failure::words).collect();
        Err(words.join("; "))
    }
}

/// What a message says about the question.
enum Reading {
    /// Records of the type asked for, at this owner name.
    Records(Name),
    /// There is none (RFC 2308, 2).
    Absent(Absence),
    /// The name is an alias, and its target is still to be asked.
    Elsewhere(Name),
    /// Neither an answer nor a denial.
    Unusable(&'static str),
}

fn read(
    message: &Message,
    asked: Name,
    record_type: RecordType,
    cnames_left: &mut usize,
) -> Reading {
    let mut owner = asked.clone();
    loop {
        let here = || message.answers.iter().filter(|record| record.name == owner);
        if here().any(|record| record.record_type() == record_type) {
            return Reading::Records(owner);
        }
        let target = here().find_map(|record| match &record.data {
            RData::CNAME(target) => Some(target.0.clone()),
            _ => None,
        });
        match target {
            Some(_) if *cnames_left == 0 => {
                return Reading::Unusable("the chain of CNAMEs has no end");
            }
            Some(target) => {
                *cnames_left -= 1;
                owner = target;
            }
            None => break,
        }
    }
    // Beside a CNAME both kinds of "no" speak of the last name (RFC 2308, 2.1 and 2.2).
    if message.response_code == ResponseCode::NXDomain {
        return Reading::Absent(Absence::NxDomain);
    }
    let in_authority =
        |wanted| message.authorities.iter().any(|record| record.record_type() == wanted);
    if in_authority(RecordType::SOA) {
        Reading::Absent(Absence::NoData)
    } else if owner != asked {
        Reading::Elsewhere(owner)
    } else if in_authority(RecordType::NS) {
        Reading::Unusable("the DNS server refers to others instead of answering")
    } else {
        Reading::Absent(Absence::NoData)
    }
}

/// A name in text without the trailing dot. Octets that do not belong in a host name are escaped as
/// in a zone file (RFC 1035, 5.1): what a stranger published cannot pass for another name.
fn in_text(name: &Name) -> String {
    let mut text = String::with_capacity(name.len());
    for (at, label) in name.iter().enumerate() {
        if at > 0 {
            text.push('.');
        }
        for octet in label {
            match octet {
                b'.' | b'\\' => text.extend(['\\', char::from(*octet)]),
                b'!'..=b'~' => text.push(char::from(*octet)),
                _ => text.push_str(&format!("\\{octet:03}")),
            }
        }
    }
    text
}

fn system_servers() -> Result<Vec<(String, Transport)>, SettingsError> {
    let (config, _) =
        read_system_conf().map_err(|error| SettingsError::SystemServers(error.to_string()))?;
    let mut servers: Vec<Server> = config
        .name_servers()
        .iter()
        .flat_map(|server| {
            let port = server.connections.first().map(|connection| connection.port);
            port.map(|port| Server::Plain((server.ip, port).into()))
        })
        .collect();
    servers.dedup();
    if servers.is_empty() {
        return Err(SettingsError::SystemServers("it names no server".to_owned()));
    }
    Ok(servers
        .into_iter()
        .filter_map(|server| match server {
            Server::Plain(address) => Some((server.to_string(), Transport::Plain(address))),
            _ => None,
        })
        .collect())
}

async fn addresses_of_server(
    server: &Server,
    host: &str,
    port: u16,
    settings: &NetworkSettings,
) -> Result<Vec<std::net::SocketAddr>, SettingsError> {
    if let Some(address) = as_address(host, port) {
        return Ok(vec![address]);
    }
    let lookup = tokio::net::lookup_host((host, port));
    match tokio::time::timeout(settings.limits.timeout, lookup).await {
        Ok(Ok(addresses)) => Ok(addresses.collect()),
        Ok(Err(error)) => Err(cannot_find(server, error)),
        Err(_) => Err(cannot_find(server, "the system's resolver does not answer")),
    }
}

fn cannot_find(server: &Server, why: impl ToString) -> SettingsError {
    SettingsError::ServerHost { server: server.to_string(), why: why.to_string() }
}

/// The configuration for a server over TLS: its certificate is judged, unlike those looked at.
fn trusting(
    server: &Server,
    settings: &NetworkSettings,
) -> Result<Arc<ClientConfig>, SettingsError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(settings.dns_trust.iter().cloned());
    if roots.is_empty() {
        return Err(SettingsError::NoTrustAnchor(server.to_string()));
    }
    let config = ClientConfig::builder_with_provider(crypto_provider())
        .with_safe_default_protocol_versions()
        .map_err(SettingsError::Tls)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}
