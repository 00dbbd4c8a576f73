//! Whole runs against real peers on loopback.

mod dns_peer;
mod fetching;
mod names;
mod old_servers;
mod peers;
mod photos;
mod tls_peer;
mod web_peer;
mod xmpp;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::*;
use crate::evidence::{Family, OldHost, Scheme, Target};
use crate::name::Fqdn;
use dns_peer::DnsPeer;

fn name(text: &str) -> Fqdn {
    Fqdn::parse(text).unwrap()
}

fn ip(text: &str) -> IpAddr {
    text.parse().unwrap()
}

fn http(address: &str) -> Endpoint {
    Endpoint { host: OldHost::Address(ip(address)), port: 80, scheme: Scheme::Http }
}

fn https(address: &str) -> Endpoint {
    Endpoint { host: OldHost::Address(ip(address)), port: 443, scheme: Scheme::Https }
}

fn target(name_sent: Option<&str>, address: &str) -> Target {
    let nameless = Target::nameless(ip(address), 443);
    Target { name: name_sent.map(name), ..nameless }
}

fn webex() -> Scope {
    Scope { domains: vec![name("webex.com")], ..Scope::default() }
}

/// Asks `dns`; whatever would be connected to goes to `tls` on loopback, or nowhere.
fn settings(dns: &[&DnsPeer], tls: Option<SocketAddr>) -> NetworkSettings {
    // Port 1 of loopback: refused at once.
    let tls = tls.unwrap_or_else(|| "127.0.0.1:1".parse().unwrap());
    NetworkSettings {
        servers: dns.iter().map(|peer| Server::Plain(peer.address)).collect(),
        connect_to: vec![format!("::{}:{}", tls.ip(), tls.port()).parse().unwrap()],
        special: SpecialAddresses::Refuse,
        limits: Limits {
            timeout: Duration::from_secs(20),
            retries: 0,
            deadline: Duration::from_secs(120),
            revocation: Duration::from_secs(20),
            concurrency: 16,
        },
        proxy: None,
        http_proxy: None,
        anchors: Arc::default(),
        dns_trust: Vec::new(),
    }
}

fn survey(endpoints: &[Endpoint], scope: &Scope, settings: &NetworkSettings) -> Evidence {
    let agenda = Agenda { endpoints: endpoints.to_vec(), hosts: Vec::new() };
    run(&agenda, scope, settings, &AtomicBool::new(false), &mut |_| {}).unwrap()
}

/// The certificate of one host at the addresses that the DNS gives.
fn look(host: &str, settings: &NetworkSettings) -> Evidence {
    let agenda = Agenda { endpoints: Vec::new(), hosts: vec![Service::tls(name(host), 443)] };
    run(&agenda, &Scope::default(), settings, &AtomicBool::new(false), &mut |_| {}).unwrap()
}
