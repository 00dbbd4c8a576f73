//! The demonstration's world keeps to its table.

#![allow(clippy::unwrap_used, missing_docs, reason = "a failing test may panic")]

mod visitor;

use std::io::ErrorKind;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};
use std::time::Duration;

use hickory_proto::op::{Message, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, RecordType};
use visitor::{PATIENCE, SILENCE, judged, visit};

fn ask(lab: &lab::Lab, name: Name, of: RecordType, patience: Duration) -> Option<Message> {
    let mut question = Message::query();
    question.add_query(Query::query(name, of));
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    socket.set_read_timeout(Some(patience)).unwrap();
    socket.send_to(&question.to_vec().unwrap(), lab.dns_address()).unwrap();
    let mut buffer = [0; 4096];
    let length = socket.recv(&mut buffer).ok()?;
    Some(Message::from_vec(&buffer[..length]).unwrap())
}

/// What a question for the names of an address brings, in one word or their list.
fn pointers(lab: &lab::Lab, address: &str) -> String {
    let address: IpAddr = address.parse().unwrap();
    let patience = if address == Ipv4Addr::new(203, 0, 113, 22) { SILENCE } else { PATIENCE };
    let Some(answer) = ask(lab, Name::from(address), RecordType::PTR, patience) else {
        return "silence".to_owned();
    };
    if answer.metadata.truncation {
        return "truncated".to_owned();
    }
    if answer.metadata.response_code != ResponseCode::NoError {
        return format!("{:?}", answer.metadata.response_code);
    }
    let names = answer.answers.iter().filter_map(|it| match &it.data {
        RData::PTR(name) => Some(name.0.to_ascii().trim_end_matches('.').to_owned()),
        _ => None,
    });
    names.collect::<Vec<_>>().join(" ")
}

/// The addresses of a name in both families.
fn addresses(lab: &lab::Lab, name: &str) -> String {
    let name = Name::from_ascii(format!("{name}.")).unwrap();
    let mut found = Vec::new();
    for of in [RecordType::A, RecordType::AAAA] {
        let answer = ask(lab, name.clone(), of, PATIENCE).unwrap();
        if answer.metadata.response_code == ResponseCode::NXDomain {
            return "NXDomain".to_owned();
        }
        let addresses = answer.answers.iter().filter_map(|it| it.data.ip_addr());
        found.extend(addresses.map(|it| it.to_string()));
    }
    found.join(" ")
}

#[test]
fn the_names_of_every_address_are_as_the_table_says() {
    let lab = lab::demo::webex().start().unwrap();
    for (address, names) in [
        ("203.0.113.10", "c10.webexconnect.com"),
        ("203.0.113.11", "NXDomain"),
        ("203.0.113.12", "c12.webex.com"),
        ("2001:db8::13", "c13.webexcontent.com"),
        ("203.0.113.14", "elsewhere.webex.com"),
        ("203.0.113.15", "webex.com.evil.example"),
        ("203.0.113.16", "notwebex.com"),
        ("203.0.113.17", "ghost.webex.com"),
        ("203.0.113.18", "c18.webex.com"),
        ("203.0.113.19", "c19.webex.com"),
        ("203.0.113.20", "a20.webex.com b20.webex.com"),
        ("203.0.113.21", "ServFail"),
        ("203.0.113.22", "silence"),
        ("203.0.113.23", "c23.webex.com"),
        ("203.0.113.24", "NXDomain"),
        ("203.0.113.25", "c25.webexconnect.com"),
        ("203.0.113.26", "truncated"),
        ("203.0.113.27", "NXDomain"),
        ("203.0.113.28", "c28.webex.com"),
        ("203.0.113.29", "c29.webex.com"),
        ("203.0.113.30", "NXDomain"),
    ] {
        assert_eq!(pointers(&lab, address), names, "{address}");
    }
}

#[test]
fn the_addresses_of_every_name_are_as_the_table_says() {
    let lab = lab::demo::webex().start().unwrap();
    for (name, found) in [
        ("c10.webexconnect.com", "203.0.113.10"),
        ("c11.webexconnect.com", "203.0.113.11"),
        ("c12.webex.com", "203.0.113.12 2001:db8::12"),
        ("c13.webexcontent.com", "2001:db8::13"),
        ("elsewhere.webex.com", "203.0.113.200"),
        ("webex.com.evil.example", "203.0.113.15"),
        ("notwebex.com", "203.0.113.16"),
        ("ghost.webex.com", "NXDomain"),
        ("c18.webex.com", "203.0.113.18"),
        ("c19.webex.com", "203.0.113.19"),
        ("other.webex.com", "203.0.113.201"),
        ("a20.webex.com", "203.0.113.20"),
        ("b20.webex.com", "203.0.113.20"),
        ("c23.webex.com", "203.0.113.23"),
        ("c24.webex.com", "203.0.113.124"),
        ("c25.webexconnect.com", "203.0.113.25"),
        ("c26.webexconnect.com", "203.0.113.26"),
        ("img27.webexconnect.com", "203.0.113.27"),
        ("c28.webex.com", "203.0.113.28"),
        ("c29.webex.com", "203.0.113.29"),
        ("img1.webexconnect.com", "203.0.113.30"),
        ("ldap-photos", "NXDomain"),
    ] {
        assert_eq!(addresses(&lab, name), found, "{name}");
    }
}

#[test]
fn every_server_of_the_table_has_its_line() {
    let lab = lab::demo::webex().start().unwrap();
    let lines = lab.connect_to();
    let mut served: Vec<&str> =
        lines.iter().filter_map(|line| line.split_once(":127.0.0.1:")).map(|it| it.0).collect();
    for (first, last, port) in [(10, 11, 443), (12, 12, 8443), (14, 24, 443), (25, 25, 80)] {
        for host in first..=last {
            let logical = format!("203.0.113.{host}:{port}");
            let at = served.iter().position(|it| *it == logical);
            served.remove(at.unwrap_or_else(|| panic!("no server at {logical}")));
        }
    }
    let rest = [
        "203.0.113.26:443",
        "203.0.113.27:443",
        "203.0.113.28:443",
        "203.0.113.29:443",
        "203.0.113.30:443",
        "203.0.113.124:443",
        "[2001:db8::12]:8443",
        "[2001:db8::13]:443",
        "198.51.100.1:80",
        "198.51.100.2:80",
        "198.51.100.3:80",
        ":",
    ];
    assert_eq!(served, rest);
}

#[test]
fn the_certificates_of_every_server_are_as_the_table_says() {
    let lab = lab::demo::webex().start().unwrap();
    for (server, asked, name, verdict) in [
        ("203.0.113.10:443", None, "c10.webexconnect.com", "good"),
        ("203.0.113.11:443", None, "c11.webexconnect.com", "good"),
        ("203.0.113.12:8443", None, "c12.webex.com", "good"),
        ("[2001:db8::12]:8443", None, "c12.webex.com", "good"),
        ("[2001:db8::13]:443", None, "c13.webexcontent.com", "good"),
        ("203.0.113.14:443", None, "other.example.net", "good"),
        ("203.0.113.14:443", None, "elsewhere.webex.com", "CertNotValidForName"),
        ("203.0.113.15:443", None, "webex.com.evil.example", "good"),
        ("203.0.113.16:443", None, "notwebex.com", "UnknownIssuer"),
        ("203.0.113.17:443", None, "ghost.webex.com", "ConnectionRefused"),
        ("203.0.113.18:443", None, "c18.webex.com", "CertExpired"),
        ("203.0.113.19:443", None, "other.webex.com", "good"),
        ("203.0.113.19:443", None, "c19.webex.com", "CertNotValidForName"),
        ("203.0.113.20:443", None, "a20.webex.com", "good"),
        ("203.0.113.20:443", None, "b20.webex.com", "good"),
        ("203.0.113.21:443", None, "c21.webex.com", "silence"),
        ("203.0.113.22:443", None, "c22.webex.com", "ConnectionReset"),
        ("203.0.113.23:443", None, "c23.webex.com", "UnknownIssuer"),
        ("203.0.113.24:443", None, "printer", "UnknownIssuer"),
        ("203.0.113.124:443", None, "c24.webex.com", "good"),
        ("203.0.113.26:443", None, "c26.webexconnect.com", "good"),
        ("203.0.113.27:443", None, "box27.internal", "UnknownIssuer"),
        ("203.0.113.27:443", Some("img27.webexconnect.com"), "img27.webexconnect.com", "good"),
        ("203.0.113.28:443", None, "c28.webex.com", "good"),
        ("203.0.113.29:443", None, "c29.webex.com", "good"),
        ("203.0.113.30:443", None, "img1.webexconnect.com", "good"),
        ("203.0.113.200:443", None, "elsewhere.webex.com", "ConnectionRefused"),
        ("203.0.113.201:443", None, "other.webex.com", "ConnectionRefused"),
    ] {
        let patience = if verdict == "silence" { SILENCE } else { PATIENCE };
        let seen = match visit(&lab, server, asked, patience) {
            Ok((_, chain)) => judged(&lab, &chain, name).err().unwrap_or("good".to_owned()),
            Err(why) => match why.kind() {
                ErrorKind::WouldBlock | ErrorKind::TimedOut => "silence".to_owned(),
                kind => format!("{kind:?}"),
            },
        };
        assert!(seen.starts_with(verdict), "{server} as {name}: {seen}");
    }
}
