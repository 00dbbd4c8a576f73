//! From rows to servers: one world for a table.

use lab::{Builder, Certificate, Lab, OldProtocol};

use super::row::{Row, Server};

/// The server of all rows that only present something, by server name.
const SHARED: &str = "203.0.113.1";

/// The host that the fixtures name.
const FIXTURE_HOST: &str = "c12.webex.com";

/// Where the fixtures' ports begin; they share a name.
const FIXTURE_PORTS: u16 = 8000;

impl Row {
    /// The host that is asked about.
    pub(crate) fn host(&self) -> String {
        match self.server {
            Server::Fixture(_) => FIXTURE_HOST.to_owned(),
            _ => format!("{}.webex.com", self.label),
        }
    }
}

/// A table with its world.
pub(crate) struct World {
    pub(crate) rows: Vec<Row>,
    /// Of everything but the fixtures.
    port: u16,
}

impl World {
    /// Rows whose servers listen at this port.
    pub(crate) fn new(port: u16, rows: Vec<Row>) -> Self {
        Self { rows, port }
    }

    /// Host and port of the row at this place.
    pub(crate) fn asked(&self, at: usize) -> (String, u16) {
        let row = &self.rows[at];
        let port = match row.server {
            Server::Fixture(_) => FIXTURE_PORTS + at as u16,
            _ => self.port,
        };
        (row.host(), port)
    }

    /// All servers, running. Rows that need a listener of their own have one.
    pub(crate) fn start(&self) -> Lab {
        let mut builder = Lab::builder();
        let mut presented: Vec<(String, Certificate)> = Vec::new();
        for (at, row) in self.rows.iter().enumerate() {
            let (host, port) = self.asked(at);
            if let Server::Presenting(change) = &row.server {
                builder = builder.host(&host, &[SHARED]);
                presented.push((host.clone(), change(Certificate::for_names(&[&host]))));
            } else {
                let own = format!("203.0.113.{}", 2 + at);
                builder = listening(builder, row, &host, &own, port);
            }
        }
        let by_name: Vec<(&str, Certificate)> =
            presented.iter().map(|(name, it)| (name.as_str(), it.clone())).collect();
        builder.photo_server_by_name(SHARED, self.port, None, &by_name).start().unwrap()
    }
}

/// With the row's own listener.
fn listening(builder: Builder, row: &Row, host: &str, own: &str, port: u16) -> Builder {
    let certificate = Certificate::for_names(&[host]);
    match &row.server {
        Server::Presenting(_) => builder,
        Server::Old(protocol, change) => {
            builder.host(host, &[own]).old_tls_server(own, port, *protocol, change(certificate))
        }
        Server::Fixture(der) => {
            let protocol = OldProtocol::Tls12Rsa;
            builder.host(host, &[SHARED]).old_tls_chain(SHARED, port, protocol, &[der])
        }
        Server::Xmpp { domain, fault: None, change } => {
            builder.host(host, &[own]).xmpp_server(own, port, domain, change(certificate))
        }
        Server::Xmpp { domain, fault: Some(fault), change } => builder
            .host(host, &[own])
            .faulty_xmpp_server(own, port, domain, change(certificate), *fault),
        Server::Faulty(fault) => builder.host(host, &[own]).tls_fault(own, port, *fault),
        Server::Lost(fault) => builder.dns_fault(host, *fault),
    }
}
