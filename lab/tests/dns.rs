//! The lab's DNS server, asked by a resolver that is not ours and by hand.

#![allow(clippy::unwrap_used, missing_docs, reason = "a failing test may panic")]

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use futures_util::{StreamExt, stream};
use hickory_proto::op::{Edns, Message, Query, ResponseCode};
use hickory_proto::rr::{DNSClass, Name, RData, RecordType};
use hickory_resolver::TokioResolver;
use hickory_resolver::config::{NameServerConfig, ResolverConfig};
use hickory_resolver::net::runtime::TokioRuntimeProvider;
use lab::{DnsFault, Lab};

/// Long enough for an answer on a busy machine.
const PATIENCE: Duration = Duration::from_secs(10);

/// Long enough to be sure that nothing comes.
const SILENCE: Duration = Duration::from_millis(150);

fn resolver(lab: &Lab, timeout: Duration) -> TokioResolver {
    let at = lab.dns_address();
    let mut server = NameServerConfig::udp_and_tcp(at.ip());
    for connection in &mut server.connections {
        connection.port = at.port();
    }
    let config = ResolverConfig::from_parts(None, Vec::new(), vec![server]);
    let mut builder = TokioResolver::builder_with_config(config, TokioRuntimeProvider::default());
    let options = builder.options_mut();
    options.timeout = timeout;
    options.attempts = 0;
    options.cache_size = 0;
    builder.build().unwrap()
}

fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// The names that a resolver finds for an address, or what its error says.
async fn pointers(lab: &Lab, address: &str, timeout: Duration) -> Result<Vec<String>, String> {
    let address: IpAddr = address.parse().unwrap();
    let found = resolver(lab, timeout).reverse_lookup(address).await;
    found.map_err(in_words).map(|lookup| {
        let names = lookup.answers().iter().filter_map(|it| match &it.data {
            RData::PTR(name) => Some(name.0.to_ascii()),
            _ => None,
        });
        names.collect()
    })
}

async fn addresses(lab: &Lab, name: &str, of: RecordType) -> Result<Vec<IpAddr>, String> {
    let found = resolver(lab, PATIENCE).lookup(name, of).await;
    found
        .map_err(in_words)
        .map(|lookup| lookup.answers().iter().filter_map(|it| it.data.ip_addr()).collect())
}

fn in_words(error: hickory_resolver::net::NetError) -> String {
    use hickory_resolver::net::{DnsError, NetError};
    match &error {
        _ if error.is_nx_domain() => "NXDOMAIN".to_owned(),
        NetError::Dns(DnsError::ResponseCode(code)) => format!("{code:?}"),
        NetError::Timeout => "timeout".to_owned(),
        _ if error.is_no_records_found() => "NODATA".to_owned(),
        other => format!("{other:?}"),
    }
}

#[test]
fn a_resolver_finds_what_was_declared() {
    let lab = Lab::builder()
        .ptr("203.0.113.7", &["c12.webex.com", "d12.webex.com"])
        .ptr("2001:db8::7", &["c12.webex.com"])
        .ptr_cname("203.0.113.8", "8.0-63.113.0.203.in-addr.arpa", &["c13.webex.com"])
        .host("c12.webex.com", &["203.0.113.7", "2001:db8::7"])
        .alias("www.webex.com", "c12.webex.com")
        .start()
        .unwrap();
    run(async {
        for (address, names) in [
            ("203.0.113.7", Ok(vec!["c12.webex.com.", "d12.webex.com."])),
            ("2001:db8::7", Ok(vec!["c12.webex.com."])),
            ("203.0.113.8", Ok(vec!["c13.webex.com."])),
            ("203.0.113.9", Err("NXDOMAIN".to_owned())),
        ] {
            let seen = pointers(&lab, address, PATIENCE).await;
            let names = names.map(|it| it.into_iter().map(String::from).collect());
            assert_eq!(seen, names, "{address}");
        }
        for (name, of, found) in [
            ("C12.WebEx.com.", RecordType::A, Ok(vec!["203.0.113.7"])),
            ("c12.webex.com.", RecordType::AAAA, Ok(vec!["2001:db8::7"])),
            ("www.webex.com.", RecordType::A, Ok(vec!["203.0.113.7"])),
            ("c12.webex.com.", RecordType::TXT, Err("NODATA".to_owned())),
            ("webex.com.", RecordType::A, Err("NODATA".to_owned())),
            ("ghost.webex.com.", RecordType::A, Err("NXDOMAIN".to_owned())),
        ] {
            let seen = addresses(&lab, name, of).await;
            let found = found.map(|it| it.into_iter().map(|it| it.parse().unwrap()).collect());
            assert_eq!(seen, found, "{name} {of}");
        }
    });
    assert_eq!(lab.dns_questions_about("C12.webex.com."), 3);
    assert_eq!(lab.dns_questions_about("203.0.113.9"), 1);
    let asked = lab.dns_questions();
    assert_eq!(asked[&("c12.webex.com".to_owned(), "AAAA".to_owned())], 1);
    assert_eq!(lab.dns_total(), asked.values().sum::<u64>());
    assert_eq!(lab.dns_total(), 10);
}

#[test]
fn a_resolver_sees_each_fault_as_what_it_is() {
    let short = Duration::from_millis(300);
    for (fault, seen, timeout) in [
        (DnsFault::NxDomain, Err("NXDOMAIN"), PATIENCE),
        (DnsFault::NoData, Err("NODATA"), PATIENCE),
        (DnsFault::ServFail, Err("ServFail"), PATIENCE),
        (DnsFault::Refused, Err("Refused"), PATIENCE),
        (DnsFault::Silent, Err("timeout"), short),
        (DnsFault::Truncated, Ok("c12.webex.com."), PATIENCE),
        (DnsFault::TruncatedThenSilent, Err("timeout"), short),
        (DnsFault::WrongQuestion, Err("timeout"), short),
        (DnsFault::Slow(Duration::from_secs(60)), Err("timeout"), short),
    ] {
        let lab = Lab::builder()
            .ptr("203.0.113.7", &["c12.webex.com"])
            .ptr("203.0.113.8", &["c13.webex.com"])
            .dns_fault("203.0.113.7", fault)
            .start()
            .unwrap();
        let found = run(pointers(&lab, "203.0.113.7", timeout));
        let seen = seen.map(|name| vec![name.to_owned()]).map_err(str::to_owned);
        match (&found, &seen) {
            // How a client words that it got no answer it could take is its own affair.
            (Err(_), Err(why)) if why == "timeout" => {}
            _ => assert_eq!(found, seen, "{fault:?}"),
        }
        let other = run(pointers(&lab, "203.0.113.8", PATIENCE));
        assert_eq!(other, Ok(vec!["c13.webex.com.".to_owned()]), "beside {fault:?}");
    }
}

#[test]
fn a_fault_strikes_as_often_and_as_widely_as_declared() {
    let lab = Lab::builder()
        .host("c12.webex.com", &["203.0.113.7", "2001:db8::7"])
        .host("c13.webex.com", &["203.0.113.8"])
        .dns_fault_of_type("c12.webex.com", "AAAA", DnsFault::ServFail)
        .dns_fault_first(2, "c13.webex.com", DnsFault::Refused)
        .start()
        .unwrap();
    run(async {
        for (name, of, works) in [
            ("c12.webex.com.", RecordType::A, true),
            ("c12.webex.com.", RecordType::AAAA, false),
            ("c12.webex.com.", RecordType::AAAA, false),
            ("c13.webex.com.", RecordType::A, false),
            ("c13.webex.com.", RecordType::A, false),
            ("c13.webex.com.", RecordType::A, true),
        ] {
            assert_eq!(addresses(&lab, name, of).await.is_ok(), works, "{name} {of}");
        }
    });

    let lab = Lab::builder()
        .host("c12.webex.com", &["203.0.113.7"])
        .dns_fault("*", DnsFault::ServFail)
        .dns_fault("good.webex.com", DnsFault::NxDomain)
        .start()
        .unwrap();
    run(async {
        let seen = addresses(&lab, "c12.webex.com.", RecordType::A).await;
        assert_eq!(seen, Err("ServFail".to_owned()));
        let seen = addresses(&lab, "good.webex.com.", RecordType::A).await;
        assert_eq!(seen, Err("NXDOMAIN".to_owned()), "the more specific fault counts");
    });
}

/// One question by hand over UDP; none when nothing comes.
fn over_udp(server: SocketAddr, question: &[u8], patience: Duration) -> Option<Message> {
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    socket.set_read_timeout(Some(patience)).unwrap();
    socket.send_to(question, server).unwrap();
    let mut buffer = [0; 65_535];
    let length = socket.recv(&mut buffer).ok()?;
    Some(Message::from_vec(&buffer[..length]).unwrap())
}

fn question(name: &str, of: RecordType) -> Message {
    let mut message = Message::query();
    message.metadata.recursion_desired = true;
    message.add_query(Query::query(Name::from_ascii(name).unwrap(), of));
    message
}

#[test]
fn an_answer_has_the_form_that_the_standards_ask_for() {
    let lab = Lab::builder().host("c12.webex.com", &["203.0.113.7"]).start().unwrap();
    let asked = question("C12.webEx.com.", RecordType::A);
    let answer = over_udp(lab.dns_address(), &asked.to_vec().unwrap(), PATIENCE).unwrap();
    assert_eq!(answer.metadata.id, asked.metadata.id);
    assert!(answer.metadata.authoritative && answer.metadata.recursion_desired);
    assert!(!answer.metadata.recursion_available && !answer.metadata.truncation);
    assert!(answer.queries[0].name.eq_case(&asked.queries[0].name), "the case is echoed");
    assert!(answer.edns.is_none(), "no OPT where none was asked for");

    let mut asked = question("ghost.webex.com.", RecordType::A);
    asked.set_edns(Edns::new());
    let answer = over_udp(lab.dns_address(), &asked.to_vec().unwrap(), PATIENCE).unwrap();
    assert_eq!(answer.metadata.response_code, ResponseCode::NXDomain);
    assert_eq!(answer.authorities[0].record_type(), RecordType::SOA);
    assert_eq!(answer.edns.unwrap().max_payload(), 1232);
}

#[test]
fn an_odd_question_is_refused_or_ignored() {
    let lab = Lab::builder().host("c12.webex.com", &["203.0.113.7"]).start().unwrap();
    let good = question("c12.webex.com.", RecordType::A);
    let two = {
        let mut it = good.clone();
        it.add_query(good.queries[0].clone());
        it.to_vec().unwrap()
    };
    let chaos = {
        let mut it = good.clone();
        it.queries[0].query_class = DNSClass::CH;
        it.to_vec().unwrap()
    };
    let newer = {
        let mut it = good.clone();
        let mut edns = Edns::new();
        edns.set_version(1);
        it.set_edns(edns);
        it.to_vec().unwrap()
    };
    let mut notify = good.to_vec().unwrap();
    notify[2] |= 4 << 3;
    let mut broken = good.to_vec().unwrap();
    broken.truncate(20);
    let mut answer = good.to_vec().unwrap();
    answer[2] |= 0x80;
    let transfer = question("c12.webex.com.", RecordType::AXFR).to_vec().unwrap();
    for (what, bytes, code) in [
        ("two questions", two, Some(ResponseCode::FormErr)),
        ("class CH", chaos, Some(ResponseCode::Refused)),
        // BADVERS and BADSIG share their number (RFC 6895, 2.3).
        ("EDNS 1", newer, Some(ResponseCode::from(1, 0))),
        ("NOTIFY", notify, Some(ResponseCode::NotImp)),
        ("AXFR", transfer, Some(ResponseCode::Refused)),
        ("cut off", broken, Some(ResponseCode::FormErr)),
        ("an answer", answer, None),
        ("two bytes", vec![1, 2], None),
    ] {
        let patience = if code.is_some() { PATIENCE } else { SILENCE };
        let seen = over_udp(lab.dns_address(), &bytes, patience);
        let number = |code| u16::from(code);
        let seen = seen.map(|it| it.metadata.response_code);
        assert_eq!(seen.map(number), code.map(number), "{what}");
    }
}

#[test]
fn an_answer_that_nobody_may_take_is_what_it_says() {
    for (fault, id_fits, name_fits) in
        [(DnsFault::WrongId, false, true), (DnsFault::WrongQuestion, true, false)]
    {
        let lab = Lab::builder()
            .host("c12.webex.com", &["203.0.113.7"])
            .dns_fault("c12.webex.com", fault)
            .start()
            .unwrap();
        let asked = question("c12.webex.com.", RecordType::A);
        let answer = over_udp(lab.dns_address(), &asked.to_vec().unwrap(), PATIENCE).unwrap();
        assert_eq!(answer.metadata.id == asked.metadata.id, id_fits, "{fault:?}");
        assert_eq!(answer.queries == asked.queries, name_fits, "{fault:?}");
        assert_eq!(answer.answers.len(), 1, "{fault:?}");
    }
    let lab = Lab::builder().dns_fault("*", DnsFault::Lame).start().unwrap();
    let asked = question("c12.webex.com.", RecordType::A).to_vec().unwrap();
    let answer = over_udp(lab.dns_address(), &asked, PATIENCE).unwrap();
    assert!(!answer.metadata.authoritative && answer.answers.is_empty());
    assert_eq!(answer.authorities[0].record_type(), RecordType::NS);

    let lab = Lab::builder().dns_fault("*", DnsFault::Garbage).start().unwrap();
    let socket = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    socket.send_to(&asked, lab.dns_address()).unwrap();
    let mut buffer = [0; 512];
    let length = socket.recv(&mut buffer).unwrap();
    assert!(Message::from_vec(&buffer[..length]).is_err());
    assert_eq!(buffer[..2], asked[..2]);
}

#[test]
fn many_questions_share_a_tcp_connection() {
    let names: Vec<String> = (0..40).map(|n| format!("a-rather-long-name-{n}.webex.com")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let lab = Lab::builder().ptr("203.0.113.7", &names).start().unwrap();
    let asked = question("7.113.0.203.in-addr.arpa.", RecordType::PTR);
    for (edns, truncated) in [(None, true), (Some(512), true), (Some(4096), true)] {
        let mut asked = asked.clone();
        if let Some(payload) = edns {
            let mut edns = Edns::new();
            edns.set_max_payload(payload);
            asked.set_edns(edns);
        }
        let answer = over_udp(lab.dns_address(), &asked.to_vec().unwrap(), PATIENCE).unwrap();
        assert_eq!(answer.metadata.truncation, truncated, "{edns:?}");
        assert!(answer.answers.is_empty());
    }
    let mut stream = TcpStream::connect(lab.dns_address()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    let bytes = asked.to_vec().unwrap();
    let framed = [&u16::try_from(bytes.len()).unwrap().to_be_bytes()[..], &bytes].concat();
    stream.write_all(&framed.repeat(3)).unwrap();
    for _ in 0..3 {
        let mut length = [0; 2];
        stream.read_exact(&mut length).unwrap();
        let mut answer = vec![0; u16::from_be_bytes(length).into()];
        stream.read_exact(&mut answer).unwrap();
        let answer = Message::from_vec(&answer).unwrap();
        assert_eq!(answer.answers.len(), names.len());
        assert!(!answer.metadata.truncation);
    }
}

#[test]
fn thousands_of_names_are_answered_each() {
    const NAMES: u32 = 2000;
    let mut builder = Lab::builder();
    for n in 0..NAMES {
        let address = Ipv4Addr::from(0x0a00_0000 + n).to_string();
        builder = builder.ptr(&address, &[&format!("c{n}.webex.com")]);
    }
    let lab = builder.start().unwrap();
    let resolver = resolver(&lab, PATIENCE);
    run(async {
        let asked = stream::iter(0..NAMES).map(|n| {
            let resolver = &resolver;
            async move {
                let found = resolver.reverse_lookup(Ipv4Addr::from(0x0a00_0000 + n)).await;
                let found = found.unwrap();
                assert!(matches!(&found.answers()[0].data, RData::PTR(name)
                    if name.0.to_ascii() == format!("c{n}.webex.com.")));
            }
        });
        asked.buffer_unordered(64).collect::<Vec<()>>().await;
    });
    assert!(lab.dns_total() >= u64::from(NAMES));
}
