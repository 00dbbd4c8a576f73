//! Declaring a world and starting it.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hickory_proto::rr::{Name, RecordType};

use crate::authority::Authority;
use crate::certificate::Certificate;
use crate::counts::Counts;
use crate::dns::DnsSockets;
use crate::fault::{DnsFault, Strikes, TlsFault};
use crate::http::Site;
use crate::old_tls::{OldProtocol, OldTls};
use crate::photos::{Album, Photo};
use crate::publications::{PUBLISHERS, STALLED_HOST, UNREACHABLE_HOST};
use crate::responder::{Responder, Scope};
use crate::running::{Lab, Listener};
use crate::server::{Presented, Security, Server, shown, tls};
use crate::signer::SignError;
use crate::xmpp::{Xmpp, XmppFault};
use crate::zone::{Zone, parse_name, reverse};

/// Where the lab's own publishers stand (TEST-NET-2, RFC 5737): the one that answers, the one that
/// refuses and the one that stalls.
const PUBLISHER_ADDRESSES: [&str; 3] = ["198.51.100.1", "198.51.100.2", "198.51.100.3"];

/// Their names, and what is wrong with them.
const PUBLISHER_HOSTS: [(&[&str], Option<TlsFault>); 3] = [
    (&PUBLISHERS, None),
    (&[UNREACHABLE_HOST], Some(TlsFault::Refused)),
    (&[STALLED_HOST], Some(TlsFault::Tarpit)),
];

/// Why a lab cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A declared address is none.
    #[error("`{0}` is not an address")]
    Address(String),
    /// A declared name is none.
    #[error("`{text}` is not a domain name")]
    Name {
        /// The name as declared.
        text: String,
        /// What is wrong with it.
        source: hickory_proto::ProtoError,
    },
    /// A declared record type is none.
    #[error("`{0}` is not a record type")]
    RecordType(String),
    /// A port that refuses cannot start to listen later.
    #[error("`{0}` can refuse connections always or never, not the first times")]
    RefusedAtFirst(String),
    /// A declared certificate cannot be made.
    #[error("cannot make a certificate")]
    Certificate(#[from] rcgen::Error),
    /// What is said about a certificate cannot be made.
    #[error("cannot make a CRL or an OCSP response")]
    Signed(#[from] SignError),
    /// A server cannot be set up.
    #[error("cannot set up a TLS server")]
    Tls(#[from] rustls::Error),
    /// No socket, no thread or no runtime could be had.
    #[error("cannot listen on loopback")]
    Listen(#[from] io::Error),
}

/// A world in the making. Declarations add up; what is wrong with one is said by
/// [`start`](Self::start).
#[derive(Debug, Default)]
pub struct Builder {
    hosts: Vec<(Name, IpAddr)>,
    pointers: Vec<(Name, Name)>,
    aliases: Vec<(Name, Name)>,
    dns_faults: HashMap<Scope, Strikes<DnsFault>>,
    servers: BTreeMap<(IpAddr, u16), Declared>,
    any: Option<Declared>,
    delay: Duration,
    publishers: Option<[String; 3]>,
    wrong: Option<StartError>,
}

/// What was declared for one logical address and port.
#[derive(Debug, Default)]
struct Declared {
    content: Option<Content>,
    album: Album,
    fault: Option<Strikes<TlsFault>>,
}

#[derive(Debug)]
enum Content {
    Https { default: Option<Certificate>, by_name: Vec<(String, Certificate)> },
    Http,
    OldTls(OldProtocol, Certificate),
    OldTlsChain(OldProtocol, Vec<Vec<u8>>),
    Xmpp { domain: String, certificate: Certificate, fault: Option<XmppFault> },
}

impl Builder {
    /// The PTR records of an address.
    pub fn ptr(self, address: &str, names: &[&str]) -> Self {
        self.declare(|it| {
            let owner = reverse(parse_address(address)?);
            it.add_pointers(&owner, names)
        })
    }

    /// The PTR records of an address that stand under another name, to which a CNAME leads: the
    /// delegation of a part of a reverse zone (RFC 2317).
    pub fn ptr_cname(self, address: &str, delegated: &str, names: &[&str]) -> Self {
        self.declare(|it| {
            let delegated = name(delegated)?;
            it.aliases.push((reverse(parse_address(address)?), delegated.clone()));
            it.add_pointers(&delegated, names)
        })
    }

    /// The A and AAAA records of a name.
    pub fn host(self, host: &str, addresses: &[&str]) -> Self {
        self.declare(|it| {
            let host = name(host)?;
            for address in addresses {
                it.hosts.push((host.clone(), parse_address(address)?));
            }
            Ok(())
        })
    }

    /// A CNAME record.
    pub fn alias(self, alias: &str, host: &str) -> Self {
        self.declare(|it| {
            it.aliases.push((name(alias)?, name(host)?));
            Ok(())
        })
    }

    /// A fault of every question about a name or, for an address, its reverse name; `*` stands for
    /// all questions. The most specific fault counts.
    pub fn dns_fault(self, subject: &str, fault: DnsFault) -> Self {
        self.declare(|it| it.add_dns_fault(subject, None, fault, None))
    }

    /// A fault of the questions of one type, such as `AAAA`, about `subject`.
    pub fn dns_fault_of_type(self, subject: &str, record_type: &str, fault: DnsFault) -> Self {
        self.declare(|it| it.add_dns_fault(subject, Some(record_type), fault, None))
    }

    /// A fault of the first `times` questions about `subject`; the next are answered.
    pub fn dns_fault_first(self, times: u32, subject: &str, fault: DnsFault) -> Self {
        self.declare(|it| it.add_dns_fault(subject, None, fault, Some(times)))
    }

    /// An HTTPS photo server with one certificate, whatever server name is asked for.
    pub fn photo_server(self, address: &str, port: u16, certificate: Certificate) -> Self {
        self.photo_server_by_name(address, port, Some(certificate), &[])
    }

    /// An HTTPS photo server that chooses the certificate by the server name. Where no name fits
    /// and there is no default, it ends the handshake with an alert.
    pub fn photo_server_by_name(
        self,
        address: &str,
        port: u16,
        default: Option<Certificate>,
        by_name: &[(&str, Certificate)],
    ) -> Self {
        let by_name = by_name.iter().map(|(name, it)| (name.to_ascii_lowercase(), it.clone()));
        self.serve(address, port, Content::Https { default, by_name: by_name.collect() })
    }

    /// One HTTPS photo server for every address and port that is not declared otherwise.
    pub fn photo_server_any(mut self, certificate: Certificate) -> Self {
        let content = Content::Https { default: Some(certificate), by_name: Vec::new() };
        self.any.get_or_insert_default().content = Some(content);
        self
    }

    /// A photo server without TLS.
    pub fn http_server(self, address: &str, port: u16) -> Self {
        self.serve(address, port, Content::Http)
    }

    /// What a photo server serves to those who ask `host` for a path that begins with `prefix`; `*`
    /// stands for all hosts, an address is asked for by itself. What was declared first counts.
    pub fn photo(self, address: &str, port: u16, host: &str, prefix: &str, photo: Photo) -> Self {
        self.declare(|it| {
            let server = it.servers.entry((parse_address(address)?, port)).or_default();
            server.album.add(host, prefix, photo);
            Ok(())
        })
    }

    /// A server whose TLS is too old for any modern client.
    pub fn old_tls_server(
        self,
        address: &str,
        port: u16,
        protocol: OldProtocol,
        certificate: Certificate,
    ) -> Self {
        self.serve(address, port, Content::OldTls(protocol, certificate))
    }

    /// The same with certificates from elsewhere, DER: its key is not needed, since it proves
    /// nothing.
    pub fn old_tls_chain(
        self,
        address: &str,
        port: u16,
        protocol: OldProtocol,
        chain: &[&[u8]],
    ) -> Self {
        let chain = chain.iter().map(|der| der.to_vec()).collect();
        self.serve(address, port, Content::OldTlsChain(protocol, chain))
    }

    /// An XMPP server of this domain, with STARTTLS.
    pub fn xmpp_server(
        self,
        address: &str,
        port: u16,
        domain: &str,
        certificate: Certificate,
    ) -> Self {
        let domain = domain.to_ascii_lowercase();
        self.serve(address, port, Content::Xmpp { domain, certificate, fault: None })
    }

    /// An XMPP server of this domain that fails on the way to TLS.
    pub fn faulty_xmpp_server(
        self,
        address: &str,
        port: u16,
        domain: &str,
        certificate: Certificate,
        fault: XmppFault,
    ) -> Self {
        let domain = domain.to_ascii_lowercase();
        self.serve(address, port, Content::Xmpp { domain, certificate, fault: Some(fault) })
    }

    /// A fault of every connection to an address and port, whether a server is declared there or
    /// not.
    pub fn tls_fault(self, address: &str, port: u16, fault: TlsFault) -> Self {
        self.declare(|it| {
            let server = it.servers.entry((parse_address(address)?, port)).or_default();
            server.fault = Some(Strikes::new(fault, None));
            Ok(())
        })
    }

    /// A fault of the first `times` connections; the next are served.
    pub fn tls_fault_first(self, times: u32, address: &str, port: u16, fault: TlsFault) -> Self {
        self.declare(|it| {
            let address = parse_address(address)?;
            if fault == TlsFault::Refused {
                return Err(StartError::RefusedAtFirst(shown(address, port)));
            }
            let server = it.servers.entry((address, port)).or_default();
            server.fault = Some(Strikes::new(fault, Some(times)));
            Ok(())
        })
    }

    /// Where the lab's own publishers stand instead of at documentation addresses, which clients
    /// may shun: the one that answers, the one that refuses and the one that stalls.
    pub fn publishers_at(mut self, addresses: [&str; 3]) -> Self {
        self.publishers = Some(addresses.map(str::to_owned));
        self
    }

    /// How much later than on loopback every DNS answer comes, and every new connection is served.
    pub fn delay(mut self, delay: Duration) -> Self {
        self.delay = delay;
        self
    }

    /// Starts everything that was declared. It runs until the [`Lab`] is dropped.
    ///
    /// # Errors
    ///
    /// The first declaration that was wrong, or what the system refused.
    pub fn start(mut self) -> Result<Lab, StartError> {
        if let Some(wrong) = self.wrong.take() {
            return Err(wrong);
        }
        let counts = Arc::new(Counts::default());
        let mut authority = Authority::new()?;
        let mut listeners = Vec::new();
        for ((address, port), declared) in std::mem::take(&mut self.servers) {
            let listener =
                self.listener(Some((address, port)), declared, &mut authority, &counts)?;
            listeners.push(listener);
        }
        let any = self.any.take().unwrap_or_else(|| Declared::faulty(TlsFault::Refused));
        let any = self.listener(None, any, &mut authority, &counts)?;
        let ca_pem = authority.root_pem();
        // What is published is complete when the last certificate is issued.
        let published = Arc::new(Site::Published(authority.publish()?));
        let addresses = match self.publishers.take() {
            Some(addresses) => addresses,
            None => PUBLISHER_ADDRESSES.map(str::to_owned),
        };
        for (address, (hosts, fault)) in addresses.iter().zip(PUBLISHER_HOSTS) {
            let address = parse_address(address)?;
            for host in hosts {
                self.hosts.push((name(host)?, address));
            }
            let server = Server {
                shown: shown(address, 80),
                security: Security::Plain,
                site: published.clone(),
                fault: fault.map(|it| Strikes::new(it, None)),
                delay: self.delay,
                counts: counts.clone(),
            };
            listeners.push(Listener { logical: Some((address, 80)), port: server.port()?, server });
        }
        // The first line that matches decides, so the one for everything stands last.
        listeners.push(any);

        let responder = Responder {
            zone: self.zone(),
            faults: self.dns_faults,
            delay: self.delay,
            counts: counts.clone(),
        };
        Lab::run(DnsSockets::bind()?, responder, listeners, ca_pem, counts)
    }

    fn zone(&mut self) -> Zone {
        let mut zone = Zone::new();
        for (host, address) in self.hosts.drain(..) {
            zone.add_address(host, address);
        }
        for (owner, name) in self.pointers.drain(..) {
            zone.add_pointer(owner, name);
        }
        for (alias, host) in self.aliases.drain(..) {
            zone.add_alias(alias, host);
        }
        zone
    }

    /// Binds the port of one declared server and makes its certificates; without a logical
    /// address, the one for all others.
    fn listener(
        &self,
        logical: Option<(IpAddr, u16)>,
        declared: Declared,
        authority: &mut Authority,
        counts: &Arc<Counts>,
    ) -> Result<Listener, StartError> {
        let shown = logical.map_or("any".to_owned(), |(address, port)| shown(address, port));
        let content = declared.content.unwrap_or_else(|| {
            // Only a fault was declared; what is behind it is seen when it ends.
            let names: Vec<_> = logical.iter().map(|(address, _)| address.to_string()).collect();
            Content::Https { default: Some(Certificate::for_names(&names)), by_name: Vec::new() }
        });
        let security = match content {
            Content::Http => Security::Plain,
            Content::Https { default, by_name } => {
                let default = default.map(|it| authority.issue(&it)).transpose()?;
                let by_name = by_name
                    .into_iter()
                    .map(|(name, it)| Ok((name, authority.issue(&it)?)))
                    .collect::<Result<_, StartError>>()?;
                Security::Tls(tls(Presented { default, by_name }, &shown, counts)?)
            }
            Content::OldTls(protocol, certificate) => {
                let issued = authority.issue(&certificate)?;
                let chain = issued.cert.iter().map(|it| it.to_vec()).collect();
                Security::Old(OldTls { protocol, chain, staple: issued.ocsp.clone() })
            }
            Content::OldTlsChain(protocol, chain) => {
                Security::Old(OldTls { protocol, chain, staple: None })
            }
            Content::Xmpp { domain, certificate, fault } => {
                let default = Some(authority.issue(&certificate)?);
                let presented = Presented { default, by_name: HashMap::new() };
                let acceptor = tls(presented, &shown, counts)?;
                Security::StartTls(Xmpp { domain, fault }, acceptor)
            }
        };
        let server = Server {
            shown,
            security,
            site: Arc::new(Site::Photos(declared.album)),
            fault: declared.fault,
            delay: self.delay,
            counts: counts.clone(),
        };
        Ok(Listener { logical, port: server.port()?, server })
    }

    fn serve(self, address: &str, port: u16, content: Content) -> Self {
        self.declare(|it| {
            it.servers.entry((parse_address(address)?, port)).or_default().content = Some(content);
            Ok(())
        })
    }

    /// Makes one declaration, and keeps the first that is wrong for `start` to say.
    fn declare(mut self, make: impl FnOnce(&mut Self) -> Result<(), StartError>) -> Self {
        if let Err(wrong) = make(&mut self) {
            self.wrong.get_or_insert(wrong);
        }
        self
    }

    fn add_pointers(&mut self, owner: &Name, names: &[&str]) -> Result<(), StartError> {
        for pointed in names {
            self.pointers.push((owner.clone(), name(pointed)?));
        }
        Ok(())
    }

    fn add_dns_fault(
        &mut self,
        subject: &str,
        record_type: Option<&str>,
        fault: DnsFault,
        times: Option<u32>,
    ) -> Result<(), StartError> {
        let subject = match subject.parse() {
            Ok(address) => Some(reverse(address)),
            Err(_) if subject == "*" => None,
            Err(_) => Some(name(subject)?),
        };
        let record_type = record_type
            .map(|it| it.parse::<RecordType>().map_err(|_| StartError::RecordType(it.to_owned())))
            .transpose()?;
        self.dns_faults.insert((subject, record_type), Strikes::new(fault, times));
        Ok(())
    }
}

impl Declared {
    fn faulty(fault: TlsFault) -> Self {
        Self { fault: Some(Strikes::new(fault, None)), ..Self::default() }
    }
}

fn name(text: &str) -> Result<Name, StartError> {
    parse_name(text).map_err(|source| StartError::Name { text: text.to_owned(), source })
}

fn parse_address(text: &str) -> Result<IpAddr, StartError> {
    text.parse().map_err(|_| StartError::Address(text.to_owned()))
}
