//! A running lab: where it is, what a client needs to know of it, and what was asked of it.

use std::collections::BTreeMap;
use std::fmt;
use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::JoinHandle;

use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::builder::{Builder, StartError};
use crate::counts::{Counts, Hello};
use crate::dns::DnsSockets;
use crate::responder::Responder;
use crate::server::{Port, Server, shown};
use crate::zone;

/// A world on loopback that ends when this is dropped.
pub struct Lab {
    dns: SocketAddr,
    connect_to: Vec<String>,
    ca_pem: String,
    counts: Arc<Counts>,
    // Dropped last and in this order: the threads, then the ports that only refuse.
    _threads: [Background; 2],
    _refusing: Vec<Port>,
}

/// A bound server; without a logical address, the one for all others.
pub(crate) struct Listener {
    pub(crate) logical: Option<(IpAddr, u16)>,
    pub(crate) port: Port,
    pub(crate) server: Server,
}

impl Lab {
    /// An empty world: every question is answered with NXDOMAIN, every connection is refused.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Where the DNS server listens, with UDP and TCP.
    pub fn dns_address(&self) -> SocketAddr {
        self.dns
    }

    /// The values for `--connect-to`, such as `203.0.113.7:443:127.0.0.1:40001`: first those of
    /// the declared addresses in their order, last one that takes everything else.
    pub fn connect_to(&self) -> Vec<String> {
        self.connect_to.clone()
    }

    /// The root certificate, as PEM.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// Writes the root certificate, for `--trust FILE`.
    ///
    /// # Errors
    ///
    /// What the file system says.
    pub fn write_ca(&self, path: &Path) -> io::Result<()> {
        std::fs::write(path, &self.ca_pem)
    }

    /// The arguments that lead `photofix` into this world; `ca` is where
    /// [`write_ca`](Self::write_ca) has put the root certificate. With hundreds of servers a
    /// [`config_toml`](Self::config_toml) is shorter, and Windows needs it.
    pub fn arguments(&self, ca: &Path) -> Vec<String> {
        let dns = self.dns.to_string();
        let ca = ca.display().to_string();
        let mut arguments =
            ["--dns", &dns, "--trust", &ca, "--allow-private"].map(String::from).to_vec();
        for line in &self.connect_to {
            arguments.extend(["--connect-to".to_owned(), line.clone()]);
        }
        arguments
    }

    /// The same as [`arguments`](Self::arguments), as the text of a configuration file.
    pub fn config_toml(&self, ca: &Path) -> String {
        let list = |lines: &[String]| -> String {
            lines.iter().map(|it| format!("    {},\n", toml_string(it))).collect()
        };
        format!(
            "dns = [{}]\ntrust = [{}]\nallow-private = true\nconnect-to = [\n{}]\n",
            toml_string(&self.dns.to_string()),
            toml_string(&ca.display().to_string()),
            list(&self.connect_to),
        )
    }

    /// Writes `lab-ca.pem` and `lab.toml` into a directory and gives the path of the latter, for
    /// `--config FILE`.
    ///
    /// # Errors
    ///
    /// What the file system says.
    pub fn write_config(&self, directory: &Path) -> io::Result<PathBuf> {
        let ca = directory.join("lab-ca.pem");
        self.write_ca(&ca)?;
        let config = directory.join("lab.toml");
        std::fs::write(&config, self.config_toml(&ca))?;
        Ok(config)
    }

    /// How often each question was asked, by name (lower case, no trailing dot) and record type.
    /// Repetitions count, whether they came over UDP or TCP.
    pub fn dns_questions(&self) -> BTreeMap<(String, String), u64> {
        self.counts.questions.shown(|(name, of)| (zone::shown(name), of.to_string()))
    }

    /// How many questions were asked in all.
    pub fn dns_total(&self) -> u64 {
        self.counts.questions.shown(|_| ()).into_values().sum()
    }

    /// How many questions were asked about a name or, for an address, its reverse name.
    pub fn dns_questions_about(&self, subject: &str) -> u64 {
        let name = match subject.parse() {
            Ok(address) => zone::shown(&zone::reverse(address)),
            Err(_) => subject.strip_suffix('.').unwrap_or(subject).to_ascii_lowercase(),
        };
        self.dns_questions().iter().filter(|((asked, _), _)| *asked == name).map(|(_, n)| n).sum()
    }

    /// How often each server received a ClientHello, by the server name in it. A server whose
    /// fault comes before the handshake shows in [`connections`](Self::connections) only.
    pub fn handshakes(&self) -> BTreeMap<Hello, u64> {
        self.counts.hellos.shown(Hello::clone)
    }

    /// How many connections each server accepted, by its logical `ADDRESS:PORT` or `any`.
    pub fn connections(&self) -> BTreeMap<String, u64> {
        self.counts.connections.shown(String::clone)
    }

    /// How often each server received each HTTP request, such as `GET /photos/1.png`; CRLs are
    /// fetched from `198.51.100.1:80`.
    pub fn requests(&self) -> BTreeMap<(String, String), u64> {
        self.counts.requests.shown(|it| it.clone())
    }

    /// How often each URL was fetched from the lab's publishers, redirects included; a URL whose
    /// port refuses or stalls is not among them.
    pub fn fetches(&self) -> BTreeMap<String, u64> {
        self.counts.fetches.shown(String::clone)
    }

    /// How often the lab's OCSP responders were asked about each certificate, by its Subject CN.
    pub fn ocsp_questions(&self) -> BTreeMap<String, u64> {
        self.counts.ocsp.shown(String::clone)
    }

    pub(crate) fn run(
        dns: DnsSockets,
        responder: Responder,
        listeners: Vec<Listener>,
        ca_pem: String,
        counts: Arc<Counts>,
    ) -> Result<Self, StartError> {
        let address = dns.address()?;
        let mut connect_to = Vec::new();
        let mut refusing = Vec::new();
        let mut listening = Vec::new();
        for Listener { logical, port, server } in listeners {
            // An empty host and an empty port match any.
            let from = logical.map_or(":".to_owned(), |(address, port)| shown(address, port));
            connect_to.push(format!("{from}:{}", port.address()?));
            match port {
                Port::Listening(listener) => listening.push((listener, Arc::new(server))),
                Port::Refusing(_) => refusing.push(port),
            }
        }
        let serve_dns = dns.serve(Arc::new(responder));
        let serve_photos = async {
            for (listener, server) in listening {
                tokio::spawn(server.serve(TcpListener::from_std(listener)?));
            }
            std::future::pending().await
        };
        Ok(Self {
            dns: address,
            connect_to,
            ca_pem,
            counts,
            // Handshakes must not hold up answers of the DNS server, hence two threads.
            _threads: [
                Background::start("lab-dns", serve_dns)?,
                Background::start("lab-photos", serve_photos)?,
            ],
            _refusing: refusing,
        })
    }
}

impl fmt::Debug for Lab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lab").field("dns", &self.dns).finish_non_exhaustive()
    }
}

/// A thread with a runtime of its own, stopped and waited for when dropped.
struct Background {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Background {
    fn start(
        name: &str,
        serve: impl Future<Output = io::Result<()>> + Send + 'static,
    ) -> io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (stop, stopped) = oneshot::channel();
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            runtime.block_on(async {
                tokio::select! {
                    served = serve => served.expect("sockets bound by this lab can be served"),
                    _ = stopped => {}
                }
            });
        })?;
        Ok(Self { stop: Some(stop), thread: Some(thread) })
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        self.stop.take();
        if let Some(thread) = self.thread.take() {
            // A panic there has been printed; one more here would hide the test's own.
            let _ = thread.join();
        }
    }
}

/// A text as a TOML basic string.
fn toml_string(text: &str) -> String {
    let mut quoted = String::from('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            c if c.is_control() => quoted.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}
