//! DNS: what is asked, how often, and what answers come to mean.

use std::net::Ipv4Addr;

use hickory_resolver::proto::op::ResponseCode;

use super::dns_peer::{Reply, one};
use super::tls_peer::TlsPeer;
use super::*;
use crate::evidence::{Absence, Answer, Forward};
use crate::name::reverse_name;
use crate::reference::HostMap;

const ADDRESS: &str = "66.163.36.181";
const REVERSE: &str = "181.36.163.66.in-addr.arpa";

fn records(records: &[&str]) -> Reply {
    Reply::Records(records.iter().map(ToString::to_string).collect())
}

#[test]
fn each_distinct_question_is_put_once() {
    let addresses: Vec<Ipv4Addr> = (0..500).map(|n| Ipv4Addr::from(0x42A3_2400 + n)).collect();
    let mut zone: BTreeMap<String, Reply> = addresses
        .iter()
        .map(|address| {
            let reverse = reverse_name((*address).into());
            one(reverse.trim_end_matches('.'), "PTR", "c12.webex.com")
        })
        .collect();
    let all = addresses.iter().map(|address| format!("c12.webex.com A {address}")).collect();
    zone.insert("c12.webex.com A".to_owned(), Reply::OnlyByTcp(all));
    let dns = DnsPeer::start(zone);
    let mut endpoints: Vec<Endpoint> = addresses.iter().map(|a| http(&a.to_string())).collect();
    // The same address at another port is another endpoint, and no other question.
    endpoints.extend(endpoints.clone().into_iter().map(|e| Endpoint { port: 8080, ..e }));
    let mut events = Vec::new();
    let agenda = Agenda { endpoints, hosts: Vec::new() };
    let mut settings = settings(&[&dns], None);
    settings.limits.concurrency = 64;
    let on_event = &mut |event| events.push(event);
    let evidence = run(&agenda, &webex(), &settings, &AtomicBool::new(false), on_event).unwrap();

    let asked = dns.asked();
    assert_eq!(asked.keys().filter(|question| question.contains(" PTR ")).count(), 500);
    assert!(asked.values().all(|times| *times == 1), "{asked:?}");
    assert_eq!(asked.len(), 502, "500 PTR, and one A by UDP and again by TCP");
    assert_eq!(evidence.pointers.len(), 500);
    for address in addresses {
        assert_eq!(evidence.forward(&name("c12.webex.com"), address.into()), Forward::Confirmed);
    }
    assert_eq!((evidence.resolver.asked, evidence.resolver.answered), (501, 501));
    assert_eq!(evidence.resolver.servers, [dns.address.to_string()]);
    assert!(evidence.handshakes.is_empty(), "http presents no certificate");
    assert_eq!(events[0], Event::Planned(1000));
    assert_eq!(events[1..], [Event::Done; 1000]);
}

#[test]
fn no_name_outside_the_allowed_domains_is_asked_for() {
    let dns = DnsPeer::start([(
        format!("{REVERSE} PTR"),
        records(&[
            &format!("{REVERSE} PTR c12.webex.com"),
            &format!("{REVERSE} PTR photos.evil.example"),
            &format!("{REVERSE} PTR webex.com.evil.example"),
            &format!("{REVERSE} PTR notwebex.com"),
        ]),
    )]);
    let scope = Scope {
        list: [name("listed.webex.com"), name("listed.evil.example")].into(),
        corpus: [(name("corpus.webex.com"), 1), (name("corpus.evil.example"), 9)].into(),
        default_host: Some(name("default.evil.example")),
        ..webex()
    };
    survey(&[http(ADDRESS)], &scope, &settings(&[&dns], None));
    let asked: Vec<String> = dns.asked().into_keys().collect();
    assert_eq!(
        asked,
        [
            "181.36.163.66.in-addr.arpa PTR udp",
            "c12.webex.com A udp",
            "corpus.webex.com A udp",
            "listed.webex.com A udp",
        ]
    );
}

#[test]
fn what_answers_come_to_mean() {
    let found = |addresses: &[&str]| Answer::Found(addresses.iter().map(|text| ip(text)).collect());
    let could_not_ask = |words: &str| Answer::CouldNotAsk(words.to_owned());
    let a = "c12.webex.com A";
    for (zone, expected) in [
        (vec![one("c12.webex.com", "A", ADDRESS)], found(&[ADDRESS])),
        (
            // Sorted, and each once; records of other owners are nobody's business.
            vec![(
                a.to_owned(),
                records(&[
                    "c12.webex.com A 66.163.36.9",
                    "evil.example A 66.163.36.1",
                    "c12.webex.com A 66.163.36.2",
                    "c12.webex.com A 66.163.36.9",
                ]),
            )],
            found(&["66.163.36.2", "66.163.36.9"]),
        ),
        (
            vec![(
                a.to_owned(),
                records(&["C12.webex.com CNAME p.cdn.example", "P.cdn.example A 66.163.36.9"]),
            )],
            found(&["66.163.36.9"]),
        ),
        (
            // An authority gives the alias only.
            vec![
                (a.to_owned(), records(&["c12.webex.com CNAME p.cdn.example"])),
                one("p.cdn.example", "A", "66.163.36.9"),
            ],
            found(&["66.163.36.9"]),
        ),
        (
            vec![(a.to_owned(), records(&["c12.webex.com CNAME gone.example"]))],
            Answer::Absent(Absence::NxDomain),
        ),
        (
            vec![(a.to_owned(), records(&["c12.webex.com CNAME c12.webex.com"]))],
            could_not_ask("the chain of CNAMEs has no end"),
        ),
        (
            vec![
                (a.to_owned(), records(&["c12.webex.com CNAME b.example"])),
                ("b.example A".to_owned(), records(&["b.example CNAME c12.webex.com"])),
            ],
            could_not_ask("the chain of CNAMEs has no end"),
        ),
        (vec![], Answer::Absent(Absence::NxDomain)),
        (vec![one("c12.webex.com", "AAAA", "2402:2500::1")], Answer::Absent(Absence::NoData)),
        (
            vec![(a.to_owned(), Reply::Referral)],
            could_not_ask("the DNS server refers to others instead of answering"),
        ),
        (
            vec![(a.to_owned(), Reply::OnlyByTcp(vec!["c12.webex.com A 66.163.36.9".to_owned()]))],
            found(&["66.163.36.9"]),
        ),
        (
            vec![(a.to_owned(), Reply::Code(ResponseCode::ServFail))],
            could_not_ask("`DNS` answered SERVFAIL"),
        ),
        (
            vec![(a.to_owned(), Reply::Code(ResponseCode::Refused))],
            could_not_ask("`DNS` answered REFUSED"),
        ),
        (
            vec![(a.to_owned(), Reply::Code(ResponseCode::YXDomain))],
            could_not_ask("`DNS` answered with response code 6"),
        ),
        (
            vec![(
                a.to_owned(),
                Reply::OnlyWithoutEdns(vec!["c12.webex.com A 66.163.36.9".to_owned()]),
            )],
            found(&["66.163.36.9"]),
        ),
        (
            vec![(
                a.to_owned(),
                Reply::HeaderWithoutEdns(vec!["c12.webex.com A 66.163.36.9".to_owned()]),
            )],
            found(&["66.163.36.9"]),
        ),
        (vec![(a.to_owned(), Reply::HeaderAlone)], could_not_ask("`DNS` answered FORMERR")),
        (
            vec![(a.to_owned(), Reply::Code(ResponseCode::FormErr))],
            could_not_ask("`DNS` answered FORMERR"),
        ),
        (vec![(a.to_owned(), Reply::Garbage)], could_not_ask("`DNS` answered no DNS message")),
    ] {
        let questions: Vec<String> = zone.iter().map(|(question, _)| question.clone()).collect();
        let dns = DnsPeer::start(zone);
        let evidence = look("c12.webex.com", &settings(&[&dns], None));
        let answer = evidence.addresses(&name("c12.webex.com"), Family::V4).unwrap();
        let answer = match answer {
            Answer::CouldNotAsk(words) => {
                Answer::CouldNotAsk(words.replace(&dns.address.to_string(), "DNS"))
            }
            answer => answer.clone(),
        };
        assert_eq!(answer, expected, "{questions:?}");
    }
}

#[test]
fn pointer_names_come_as_text_however_odd() {
    let delegated = "181.0-255.36.163.66.in-addr.arpa";
    let dns = DnsPeer::start([(
        format!("{REVERSE} PTR"),
        records(&[
            &format!("{REVERSE} CNAME {delegated}"),
            &format!("{delegated} PTR xn--bcher-kva.webex.com"),
            &format!("{delegated} PTR a.b c\u{1b}é|webex|com"),
            &format!("{delegated} PTR C12.webex.com"),
        ]),
    )]);
    let evidence = survey(&[http(ADDRESS)], &webex(), &settings(&[&dns], None));
    let expected = ["C12.webex.com", r"a\.b\032c\027\195\169.webex.com", "xn--bcher-kva.webex.com"];
    let expected = Answer::Found(expected.map(str::to_owned).to_vec());
    assert_eq!(evidence.pointers[&ip(ADDRESS)], expected);
    assert!(dns.asked().contains_key("c12.webex.com A udp"));
    assert!(!dns.asked().keys().any(|question| question.contains("a\\.b")), "{:?}", dns.asked());
}

#[test]
fn silence_is_could_not_ask_and_the_run_ends() {
    let dns = DnsPeer::start([("*".to_owned(), Reply::Silence)]);
    let mut settings = settings(&[&dns], None);
    settings.limits.timeout = Duration::from_millis(200);
    settings.limits.retries = 2;
    let evidence = survey(&[http(ADDRESS)], &webex(), &settings);
    let words = format!("`{}` gave no answer within 0.2 s", dns.address);
    assert_eq!(evidence.pointers[&ip(ADDRESS)], Answer::CouldNotAsk(words));
    assert_eq!(dns.asked()[&format!("{REVERSE} PTR udp")], 3, "once and two retries");
    assert!(evidence.resolver.is_silent());
}

#[test]
fn the_next_server_is_asked_only_when_the_one_before_gave_no_answer() {
    let silent = DnsPeer::start([("*".to_owned(), Reply::Silence)]);
    let failing = DnsPeer::start([("*".to_owned(), Reply::Code(ResponseCode::ServFail))]);
    let denying = DnsPeer::start([]);
    let knowing = DnsPeer::start([one("c12.webex.com", "A", ADDRESS)]);
    let found = Answer::Found(vec![ip(ADDRESS)]);
    let absent = Answer::Absent(Absence::NxDomain);
    for (servers, expected) in [
        (&[&silent, &knowing][..], &found),
        (&[&failing, &knowing], &found),
        (&[&denying, &knowing], &absent),
        (&[&knowing, &denying], &found),
    ] {
        let mut settings = settings(servers, None);
        // Long enough for a slow machine, short enough for the silent one.
        settings.limits.timeout = Duration::from_secs(2);
        let evidence = look("c12.webex.com", &settings);
        let answer = evidence.addresses(&name("c12.webex.com"), Family::V4).unwrap();
        assert_eq!(answer, expected, "{:?}", settings.servers);
        assert_eq!(evidence.resolver.servers.len(), 2);
    }
    let mut settings = settings(&[&silent, &failing], None);
    settings.limits.timeout = Duration::from_secs(1);
    settings.limits.retries = 1;
    let before = failing.asked().get("c12.webex.com A udp").copied().unwrap_or_default();
    let evidence = look("c12.webex.com", &settings);
    let words = format!(
        "`{}` gave no answer within 1 s; `{}` answered SERVFAIL",
        silent.address, failing.address
    );
    let answer = evidence.addresses(&name("c12.webex.com"), Family::V4).unwrap();
    assert_eq!(*answer, Answer::CouldNotAsk(words));
    let after = failing.asked()["c12.webex.com A udp"];
    assert_eq!(after - before, 1, "a server that said no is not asked again");
}

#[test]
fn dns_over_tls_judges_the_servers_certificate() {
    let zone: BTreeMap<String, Reply> = [one("c12.webex.com", "A", ADDRESS)].into();
    let (address, certificate) = TlsPeer::start_dns(zone);
    let (_, stranger) = TlsPeer::start_dns(BTreeMap::new());
    let mut settings = settings(&[], None);
    settings.servers = vec![format!("tls://{address}").parse().unwrap()];
    settings.dns_trust = vec![certificate];
    let ask = |settings: &NetworkSettings| {
        let evidence = look("c12.webex.com", settings);
        evidence.addresses(&name("c12.webex.com"), Family::V4).unwrap().clone()
    };
    assert_eq!(ask(&settings), Answer::Found(vec![ip(ADDRESS)]));

    settings.dns_trust = vec![stranger];
    let Answer::CouldNotAsk(words) = ask(&settings) else { panic!("an untrusted server answered") };
    assert!(
        words.starts_with(&format!("`tls://{address}` has no certificate to trust")),
        "{words}"
    );

    settings.dns_trust.clear();
    let agenda = Agenda::default();
    let error = run(&agenda, &webex(), &settings, &AtomicBool::new(false), &mut |_| {});
    assert_eq!(
        error.unwrap_err().to_string(),
        format!("there is no trust anchor for the DNS server `tls://{address}`")
    );
}

#[test]
fn a_mapped_endpoint_is_left_in_peace_and_its_name_is_asked() {
    let dns = DnsPeer::start([one("c12.webex.com", "A", "66.163.36.9")]);
    let map = format!("{ADDRESS},c12.webex.com\nldap-photos,c12.webex.com\n");
    let scope = Scope { map: HostMap::parse(map.as_bytes()).unwrap(), ..webex() };
    let bare = |scheme, port| Endpoint { host: OldHost::Bare("ldap-photos".into()), port, scheme };
    let endpoints = [https(ADDRESS), bare(Scheme::Https, 8443), bare(Scheme::Http, 80)];
    let evidence = survey(&endpoints, &scope, &settings(&[&dns], None));
    let asked: Vec<String> = dns.asked().into_keys().collect();
    assert_eq!(asked, ["c12.webex.com A udp", "c12.webex.com AAAA udp"]);
    let ports: Vec<u16> = evidence.handshakes.keys().map(|target| target.port).collect();
    assert_eq!(ports, [443, 8443]);
    assert!(evidence.handshakes.keys().all(|target| target.name.is_some()));
    let contradicted = Forward::Contradicted(vec![ip("66.163.36.9")]);
    assert_eq!(evidence.forward(&name("c12.webex.com"), ip(ADDRESS)), contradicted);
}
