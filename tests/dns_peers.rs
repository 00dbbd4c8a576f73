//! A resolver that we did not write, asked in every form of `--dns`: plain, over TLS (RFC 7858),
//! over HTTPS (RFC 8484).

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod common;

use std::fs;
use std::net::{Ipv4Addr, TcpStream};
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use common::{Folder, Running, free_port, peer};

/// How often, at 50 ms, the resolver is looked for before the test gives up.
const PATIENCE: u32 = 200;

#[test]
fn plain_tls_and_https_give_the_same_import_file() {
    let Some(unbound) = peer("unbound") else { return };
    let folder = Folder::new();
    let path = |name: &str| folder.join(name).display().to_string();
    let names = vec!["127.0.0.1".to_owned(), "localhost".to_owned()];
    let certificate = rcgen::generate_simple_self_signed(names).unwrap();
    folder.write("dns.pem", certificate.cert.pem());
    folder.write("dns.key", certificate.signing_key.serialize_pem());
    let [plain, tls, https] = [free_port(), free_port(), free_port()];
    let config = format!(
        r#"
server:
  interface: 127.0.0.1@{plain}
  interface: 127.0.0.1@{tls}
  interface: 127.0.0.1@{https}
  tls-port: {tls}
  https-port: {https}
  tls-service-key: "{key}"
  tls-service-pem: "{pem}"
  do-daemonize: no
  use-syslog: no
  logfile: ""
  chroot: ""
  username: ""
  directory: "{directory}"
  pidfile: "{directory}/unbound.pid"
  do-not-query-localhost: yes
  local-zone: "." static
  local-data-ptr: "203.0.113.7 c7.webex.com"
  local-data: "c7.webex.com. A 203.0.113.7"
  local-zone: "113.0.203.in-addr.arpa." transparent
remote-control:
  control-enable: no
"#,
        key = path("dns.key"),
        pem = path("dns.pem"),
        directory = folder.path().display(),
    );
    folder.write("unbound.conf", config);
    let child = Command::new(unbound)
        .args(["-d", "-p", "-c", &path("unbound.conf")])
        .stdin(Stdio::null())
        .stderr(fs::File::create(folder.join("unbound.log")).unwrap())
        .spawn()
        .unwrap();
    let _running = Running(child);
    let answers = |port| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok();
    for _ in 0..PATIENCE {
        if [plain, tls, https].into_iter().all(answers) {
            break;
        }
        thread::sleep(Duration::from_millis(50));
    }

    folder.write(
        "users.csv",
        "email,userProfilePhotoURL\r\na@corp.example.com,http://203.0.113.7/a.jpg\r\n",
    );
    let fix = |server: &str, trust: &str| {
        let arguments = ["fix", "users.csv", "-o", "import.csv", "--force", "--dns", server];
        folder.run(&[&arguments[..], &["--trust", trust, "--timeout", "3s"]].concat())
    };
    for server in [
        format!("127.0.0.1:{plain}"),
        format!("tls://127.0.0.1:{tls}"),
        format!("tls://localhost:{tls}"),
        format!("https://127.0.0.1:{https}/dns-query"),
        format!("https://localhost:{https}/dns-query"),
    ] {
        let run = fix(&server, "dns.pem");
        let log = String::from_utf8_lossy(&folder.read("unbound.log")).into_owned();
        assert_eq!(run.status, 0, "{server}: {}\n{log}", run.stderr);
        let import = String::from_utf8(folder.read("import.csv")).unwrap();
        assert!(import.contains("http://c7.webex.com/a.jpg"), "{server}: {import}");
    }
    // A server whose certificate nobody vouches for is not believed.
    for server in [format!("tls://127.0.0.1:{tls}"), format!("https://127.0.0.1:{https}/dns-query")]
    {
        let run = fix(&server, "mozilla");
        assert_eq!(run.status, 3, "{server}: {}", run.stderr);
        assert!(run.stderr.starts_with("note: no resolver answered"), "{}", run.stderr);
    }
}
