//! A lab's life: what it hands out, how it starts and how it ends.

#![allow(clippy::unwrap_used, missing_docs, reason = "a failing test may panic")]

use std::io::{ErrorKind, Read};
use std::net::{Ipv4Addr, TcpStream};
use std::path::Path;
use std::time::Duration;

use lab::{Certificate, Lab, TlsFault};

#[test]
fn arguments_and_configuration_say_the_same() {
    let lab = Lab::builder()
        .photo_server("203.0.113.7", 443, Certificate::for_names(&["c12.webex.com"]))
        .tls_fault("2001:db8::7", 8443, TlsFault::Refused)
        .start()
        .unwrap();
    let connect_to = lab.connect_to();
    let starts = [
        "203.0.113.7:443:127.0.0.1:",
        "[2001:db8::7]:8443:127.0.0.1:",
        "198.51.100.1:80:127.0.0.1:",
        "198.51.100.2:80:127.0.0.1:",
        "198.51.100.3:80:127.0.0.1:",
        "::127.0.0.1:",
    ];
    assert_eq!(connect_to.len(), starts.len());
    for (line, start) in connect_to.iter().zip(starts) {
        let port = line.strip_prefix(start).unwrap_or_else(|| panic!("{line} and {start}"));
        assert!(port.parse::<u16>().is_ok(), "{line}");
    }

    let ca = Path::new(r#"a "quoted" \ directory"#).join("ca.pem");
    let arguments = lab.arguments(&ca);
    assert_eq!(arguments[..2], ["--dns".to_owned(), lab.dns_address().to_string()]);
    assert_eq!(arguments[2..5], ["--trust", &ca.display().to_string(), "--allow-private"]);
    assert_eq!(arguments[5..].iter().filter(|it| *it != "--connect-to").count(), starts.len());

    let config: toml::Table = lab.config_toml(&ca).parse().unwrap();
    let list = |values: &[String]| toml::Value::from(values.to_vec());
    assert_eq!(config["dns"], list(&arguments[1..2]));
    assert_eq!(config["trust"], list(&arguments[3..4]));
    assert_eq!(config["allow-private"], toml::Value::from(true));
    assert_eq!(config["connect-to"], list(&connect_to));
    assert_eq!(config.len(), 4);
}

#[test]
fn the_files_for_a_client_are_written() {
    let lab = Lab::builder().start().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let config = lab.write_config(directory.path()).unwrap();
    let config: toml::Table = std::fs::read_to_string(config).unwrap().parse().unwrap();
    let ca = config["trust"][0].as_str().unwrap();
    assert_eq!(std::fs::read_to_string(ca).unwrap(), lab.ca_pem());
    assert!(lab.ca_pem().starts_with("-----BEGIN CERTIFICATE-----"));
}

#[test]
fn everything_ends_with_the_lab() {
    let lab = Lab::builder()
        .photo_server("203.0.113.7", 443, Certificate::for_names(&["c12.webex.com"]))
        .tls_fault("203.0.113.8", 443, TlsFault::Tarpit)
        .start()
        .unwrap();
    let ports = lab.connect_to().into_iter().take(2).map(|line| local_port(&line));
    // Clients that stay do not keep the lab, and are left by it.
    let held: Vec<TcpStream> = ports
        .chain([lab.dns_address().port()])
        .map(|port| TcpStream::connect((Ipv4Addr::LOCALHOST, port)).unwrap())
        .collect();
    drop(lab);
    for mut stream in held {
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        match stream.read(&mut [0]) {
            Ok(0) => {}
            Ok(_) => panic!("the server said something"),
            Err(why) => assert_eq!(why.kind(), ErrorKind::ConnectionReset),
        }
    }
}

/// The port of the listener that a `--connect-to` line leads to.
fn local_port(line: &str) -> u16 {
    line.rsplit_once(':').unwrap().1.parse().unwrap()
}

#[test]
fn hundreds_of_servers_start_together() {
    let mut builder = Lab::builder();
    for n in 0..150 {
        let name = format!("c{n}.webex.com");
        let address = format!("203.0.113.{n}");
        builder = builder.ptr(&address, &[&name]).host(&name, &[&address]).photo_server(
            &address,
            443,
            Certificate::for_names(&[&name]),
        );
    }
    let lab = builder.start().unwrap();
    for line in lab.connect_to().iter().take(150) {
        TcpStream::connect((Ipv4Addr::LOCALHOST, local_port(line))).unwrap();
    }
}
