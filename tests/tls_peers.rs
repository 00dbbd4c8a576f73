//! Servers and responders that we did not write: `openssl s_server` with and without a stapled
//! response and with protocols that are too old, `openssl ocsp` with a delegated signer, nginx with
//! stapling, and CRLs made by `openssl ca`.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use common::{Folder, Running, free_port, peer};
use lab::Lab;
use serde_json::Value;

/// How often, at 50 ms, a server is looked for before the test gives up.
const PATIENCE: u32 = 200;

/// A root, an intermediate with revocation data of its own, and everything below it, made by the
/// `openssl` program.
struct Authority {
    folder: Folder,
    openssl: PathBuf,
}

/// What one end-entity certificate says of itself and what the authority's index says of it.
struct Issued {
    name: &'static str,
    serial: u32,
    extensions: &'static str,
    index: Index,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Index {
    Valid,
    Revoked,
    /// Not in the index: the responder does not know it.
    Missing,
}

const ISSUED: [Issued; 7] = [
    Issued { name: "good.webex.com", serial: 0x10, extensions: "ocsp", index: Index::Valid },
    Issued { name: "revoked.webex.com", serial: 0x11, extensions: "ocsp", index: Index::Revoked },
    Issued { name: "missing.webex.com", serial: 0x12, extensions: "ocsp", index: Index::Missing },
    Issued { name: "listed.webex.com", serial: 0x13, extensions: "crl", index: Index::Revoked },
    Issued { name: "unlisted.webex.com", serial: 0x14, extensions: "crl", index: Index::Valid },
    Issued { name: "neither.webex.com", serial: 0x15, extensions: "plain", index: Index::Valid },
    Issued {
        name: "imposter.webex.com",
        serial: 0x16,
        extensions: "imposter",
        index: Index::Valid,
    },
];

/// The names that certificates give for revocation data are known to [`Lab`]'s DNS, and
/// `--connect-to` leads their addresses to ports.
const CONFIG: &str = "
[req]
distinguished_name = dn
[dn]
[ca]
default_ca = intermediate
[root_ca]
database = root.txt
crlnumber = root.crlnumber
default_md = sha256
default_crl_days = 7
[intermediate]
database = index.txt
crlnumber = crlnumber
default_md = sha256
default_crl_days = 7
[v3_root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[v3_intermediate]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
crlDistributionPoints = URI:http://crl.peers.example/root.crl
[delegate]
basicConstraints = CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = OCSPSigning
noCheck = ignored
[not_a_delegate]
basicConstraints = CA:false
keyUsage = critical, digitalSignature
extendedKeyUsage = serverAuth
[ocsp]
authorityInfoAccess = OCSP;URI:http://ocsp.peers.example/
[imposter]
authorityInfoAccess = OCSP;URI:http://imposter.peers.example/
[crl]
crlDistributionPoints = URI:http://crl.peers.example/issuing.crl
[plain]
";

impl Authority {
    fn new(openssl: PathBuf) -> Self {
        let it = Self { folder: Folder::new(), openssl };
        let mut config = CONFIG.to_owned();
        for issued in &ISSUED {
            let section = |name: &str| format!("[{name}]");
            // Every end-entity certificate has the same extensions but for its revocation data.
            let body = CONFIG.split(&section(issued.extensions)).nth(1).unwrap();
            let data = body.split('[').next().unwrap();
            config.push_str(&format!(
                "[{0}]\nbasicConstraints = critical, CA:false\nkeyUsage = critical, \
                 digitalSignature, keyEncipherment\nextendedKeyUsage = serverAuth\nsubjectAltName \
                 = DNS:{0}\nauthorityKeyIdentifier = keyid\n{data}\n",
                issued.name
            ));
        }
        it.folder.write("openssl.cnf", config);
        it.key("root");
        it.openssl(
            "req -x509 -new -config openssl.cnf -key root.key -subj /CN=Peer-Root -days 3650 \
             -extensions v3_root -out root.pem",
        );
        it.issue("issuing", "Peer-Issuing-CA", "root", 2, "v3_intermediate");
        it.issue("delegate", "Peer-OCSP-Signer", "issuing", 3, "delegate");
        it.issue("imposter", "Peer-Web-Server", "issuing", 4, "not_a_delegate");
        let mut index = String::new();
        for one in &ISSUED {
            it.issue(one.name, one.name, "issuing", one.serial, one.name);
            let (flag, revoked) = match one.index {
                Index::Valid => ("V", ""),
                Index::Revoked => ("R", "260101120000Z,keyCompromise"),
                Index::Missing => continue,
            };
            index.push_str(&format!(
                "{flag}\t360101000000Z\t{revoked}\t{:02X}\tunknown\t/CN={}\n",
                one.serial, one.name
            ));
        }
        it.folder.write("index.txt", index);
        it.folder.write("root.txt", "");
        for number in ["crlnumber", "root.crlnumber"] {
            it.folder.write(number, "01\n");
        }
        for (ca, section, crl) in
            [("root", "root_ca", "root.crl"), ("issuing", "intermediate", "issuing.crl")]
        {
            it.openssl(&format!(
                "ca -gencrl -config openssl.cnf -name {section} -keyfile {ca}.key -cert {ca}.pem \
                 -out {crl}.pem"
            ));
            it.openssl(&format!("crl -in {crl}.pem -outform DER -out {crl}"));
        }
        it
    }

    fn key(&self, name: &str) {
        self.openssl(&format!(
            "genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out {name}.key"
        ));
    }

    fn issue(&self, file: &str, subject: &str, issuer: &str, serial: u32, extensions: &str) {
        self.key(file);
        self.openssl(&format!(
            "req -new -config openssl.cnf -key {file}.key -subj /CN={subject} -out {file}.csr"
        ));
        self.openssl(&format!(
            "x509 -req -in {file}.csr -CA {issuer}.pem -CAkey {issuer}.key -set_serial {serial} \
             -days 300 -sha256 -extfile openssl.cnf -extensions {extensions} -out {file}.pem"
        ));
        let chain = [self.folder.read(&format!("{file}.pem")), self.folder.read("issuing.pem")];
        self.folder.write(&format!("{file}.chain.pem"), chain.concat());
    }

    /// A response about `name` as the delegate gives it now, DER.
    fn respond(&self, name: &str, file: &str) {
        self.openssl(&format!(
            "ocsp -issuer issuing.pem -cert {name}.pem -no_nonce -reqout {file}.request"
        ));
        self.openssl(&format!(
            "ocsp -index index.txt -CA issuing.pem -rsigner delegate.pem -rkey delegate.key -ndays \
             3 -reqin {file}.request -respout {file}"
        ));
    }

    fn openssl(&self, arguments: &str) {
        let output = self.command(arguments).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "openssl {arguments}\n{said}");
    }

    fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(&self.openssl);
        command.current_dir(self.folder.path()).args(arguments.split_whitespace());
        command.stdin(Stdio::null()).env("OPENSSL_CONF", self.folder.join("openssl.cnf"));
        command
    }

    /// Starts a server of the `openssl` program and waits until it listens.
    fn serve(&self, port: u16, arguments: &str) -> Running {
        // It ends when its standard input does.
        let log = fs::File::create(self.folder.join(&format!("{port}.log"))).unwrap();
        let mut command = self.command(arguments);
        let child = command
            .stdin(Stdio::piped())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        // The responder takes one connection after the other and stumbles over one that says
        // nothing, so it is not tried.
        let says = arguments.starts_with("ocsp ").then_some("waiting for OCSP client");
        self.wait_for(port, Running(child), says)
    }

    /// Waits until a server says in its log that it is ready, or else until it listens.
    fn wait_for(&self, port: u16, running: Running, says: Option<&str>) -> Running {
        let log = || fs::read_to_string(self.folder.join(&format!("{port}.log")));
        for _ in 0..PATIENCE {
            let is_ready = match says {
                Some(says) => log().is_ok_and(|log| log.contains(says)),
                None => TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok(),
            };
            if is_ready {
                return running;
            }
            thread::sleep(Duration::from_millis(50));
        }
        panic!("nothing listens on {port}: {}", log().unwrap_or_default());
    }

    /// nginx with one TLS server per (port, certificate, stapled response), and the CRLs.
    fn nginx(&self, nginx: PathBuf, crls: u16, servers: &[(u16, &str, &str)]) -> Running {
        let root = self.folder.path().display().to_string();
        let tls: String = servers
            .iter()
            .map(|(port, name, staple)| {
                format!(
                    "server {{ listen 127.0.0.1:{port} ssl; ssl_certificate \
                     {root}/{name}.chain.pem; ssl_certificate_key {root}/{name}.key; ssl_stapling \
                     on; ssl_stapling_file {root}/{staple}; }}\n"
                )
            })
            .collect();
        self.folder.write(
            "nginx.conf",
            format!(
                "daemon off; master_process off; pid {root}/nginx.pid; error_log {root}/{crls}.log; events {{}}\nhttp {{ \
                 access_log off; client_body_temp_path {root}/t1; proxy_temp_path {root}/t2; \
                 fastcgi_temp_path {root}/t3; uwsgi_temp_path {root}/t4; scgi_temp_path \
                 {root}/t5;\nserver {{ listen 127.0.0.1:{crls}; root {root}; }}\n{tls} }}\n"
            ),
        );
        let child = Command::new(nginx)
            .args(["-p", &root, "-c", &self.folder.join("nginx.conf").display().to_string()])
            .stdin(Stdio::null())
            .stderr(fs::File::create(self.folder.join("nginx.log")).unwrap())
            .spawn()
            .unwrap();
        self.wait_for(crls, Running(child), None)
    }
}

/// What is expected of one server: its name, then verdict, state of revocation, the start of its
/// source, and a part of the first reason.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str);

#[test]
fn verdicts_on_servers_that_we_did_not_write() {
    let (Some(openssl), Some(nginx)) = (peer("openssl"), peer("nginx")) else { return };
    let authority = Authority::new(openssl);
    authority.respond("good.webex.com", "good.der");
    authority.respond("revoked.webex.com", "revoked.der");
    authority.respond("missing.webex.com", "missing.der");

    let [ocsp, imposter, crls] = [free_port(), free_port(), free_port()];
    let responder = |port: u16, signer: &str| {
        authority.serve(
            port,
            &format!(
                "ocsp -index index.txt -CA issuing.pem -rsigner {signer}.pem -rkey {signer}.key \
                 -ndays 3 -port {port}"
            ),
        )
    };
    let mut running = vec![responder(ocsp, "delegate"), responder(imposter, "imposter")];

    // Logical name of a server, the certificate it presents, and how.
    let mut ports: BTreeMap<&str, u16> = BTreeMap::new();
    for (server, certificate, options) in [
        ("stapled.webex.com", "good.webex.com", "-status_file good.der"),
        ("stapled-revoked.webex.com", "revoked.webex.com", "-status_file revoked.der"),
        ("stapled-other.webex.com", "revoked.webex.com", "-status_file good.der"),
        ("good.webex.com", "good.webex.com", ""),
        ("tls12.webex.com", "good.webex.com", "-tls1_2"),
        ("revoked.webex.com", "revoked.webex.com", ""),
        ("missing.webex.com", "missing.webex.com", ""),
        ("listed.webex.com", "listed.webex.com", ""),
        ("unlisted.webex.com", "unlisted.webex.com", ""),
        ("neither.webex.com", "neither.webex.com", ""),
        ("imposter.webex.com", "imposter.webex.com", ""),
        ("tls10.webex.com", "good.webex.com", "-tls1 -cipher ALL:@SECLEVEL=0"),
        ("tls11.webex.com", "good.webex.com", "-tls1_1 -cipher ALL:@SECLEVEL=0"),
        ("rsa.webex.com", "good.webex.com", "-tls1_2 -cipher AES128-SHA"),
    ] {
        let port = free_port();
        ports.insert(server, port);
        running.push(authority.serve(
            port,
            &format!(
                "s_server -accept 127.0.0.1:{port} -cert {certificate}.pem -key {certificate}.key \
                 -cert_chain issuing.pem -quiet {options}"
            ),
        ));
    }
    let [nginx_good, nginx_revoked] = [free_port(), free_port()];
    ports.insert("nginx-good.webex.com", nginx_good);
    ports.insert("nginx-revoked.webex.com", nginx_revoked);
    running.push(authority.nginx(
        nginx,
        crls,
        &[
            (nginx_good, "good.webex.com", "good.der"),
            (nginx_revoked, "revoked.webex.com", "revoked.der"),
        ],
    ));

    // The names that servers go by need not be those of their certificates: these are judged by
    // everything but identity below.
    let mut world = Lab::builder()
        .host("ocsp.peers.example", &["203.0.113.251"])
        .host("imposter.peers.example", &["203.0.113.252"])
        .host("crl.peers.example", &["203.0.113.253"]);
    let mut lines = vec![
        format!("203.0.113.251:80:127.0.0.1:{ocsp}"),
        format!("203.0.113.252:80:127.0.0.1:{imposter}"),
        format!("203.0.113.253:80:127.0.0.1:{crls}"),
    ];
    for (at, (name, port)) in ports.iter().enumerate() {
        let address = format!("203.0.113.{}", at + 1);
        world = world.host(name, &[&address]);
        lines.push(format!("{address}:443:127.0.0.1:{port}"));
    }
    let world = world.start().unwrap();
    let dns = world.dns_address().to_string();
    let mut arguments = vec!["check", "--format", "json", "--profile", "jabber"];
    arguments.extend(["--dns", &dns, "--trust", "root.pem", "--allow-private"]);
    // The responder of `openssl` serves one client after the other, and a busy machine may take its
    // time: what comes too late is tested elsewhere.
    arguments.extend(["--timeout", "30s", "--revocation-timeout", "30s"]);
    lines.iter().for_each(|line| arguments.extend(["--connect-to", line]));
    arguments.extend(ports.keys());
    let run = authority.folder.run(&arguments);
    assert_eq!(run.status, 3, "{}", run.stderr);
    let document: Value = serde_json::from_slice(&run.stdout).unwrap();
    let certificates = document["certificates"].as_array().unwrap();
    let of = |name: &str| certificates.iter().find(|it| it["host"] == name).unwrap();

    let rows: &[Row] = &[
        ("good.webex.com", "trusted", "good", "OCSP responder http://ocsp", "without asking"),
        ("revoked.webex.com", "refuses", "revoked", "OCSP responder http://ocsp", "2026-01-01"),
        ("missing.webex.com", "prompts", "unknown", "OCSP responder http://ocsp", "not know"),
        ("listed.webex.com", "refuses", "revoked", "CRL http://crl", "keyCompromise"),
        ("unlisted.webex.com", "trusted", "good", "CRL http://crl", "without asking"),
        ("neither.webex.com", "prompts", "not-offered", "", "no OCSP responder"),
        (
            "imposter.webex.com",
            "prompts",
            "invalid",
            "OCSP responder http://imposter",
            "OCSPSigning",
        ),
        // Identity does not match there, which weighs less than revocation and more than nothing.
        ("stapled.webex.com", "prompts", "good", "stapled", "names `good.webex.com`"),
        ("stapled-revoked.webex.com", "refuses", "revoked", "stapled", "revoked"),
        ("stapled-other.webex.com", "refuses", "revoked", "OCSP responder http://ocsp", "revoked"),
        ("tls12.webex.com", "prompts", "good", "OCSP responder http://ocsp", "good.webex.com"),
        ("nginx-good.webex.com", "prompts", "good", "stapled", "names `good.webex.com`"),
        ("nginx-revoked.webex.com", "refuses", "revoked", "stapled", "revoked"),
    ];
    for (name, verdict, state, source, reason) in rows {
        let it = of(name);
        let shown = format!("{name}: {it:#}");
        assert_eq!(it["verdict"], *verdict, "{shown}");
        assert_eq!(it["revocation"]["state"], *state, "{shown}");
        assert!(it["revocation"]["source"].as_str().unwrap_or("").starts_with(source), "{shown}");
        assert!(it["reasons"][0].as_str().unwrap().contains(reason), "{shown}");
        // The intermediate is asked as well, and its CRL says nothing of it.
        assert_eq!(it["chain"][1]["revocation"]["state"], "good", "{shown}");
    }
    for (name, protocol) in [
        ("tls10.webex.com", "TLS 1.0"),
        ("tls11.webex.com", "TLS 1.1"),
        ("rsa.webex.com", "TLS 1.2"),
    ] {
        let it = of(name);
        let shown = format!("{name}: {it:#}");
        let reasons: Vec<_> = it["reasons"].as_array().unwrap().iter().collect();
        assert!(reasons.iter().any(|it| it.as_str().unwrap().contains(protocol)), "{shown}");
        assert_eq!(it["chain"].as_array().unwrap().len(), 2, "the chain is kept: {shown}");
        assert_eq!(it["revocation"]["state"], "good", "{shown}");
    }
}
