//! A DNS server on loopback that knows a small zone, counts, and misbehaves on request.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, UdpSocket};
use std::sync::{Arc, Mutex};
use std::thread;

use hickory_resolver::proto::op::{Message, ResponseCode};
use hickory_resolver::proto::rr::rdata::{A, AAAA, CNAME, NS, PTR, SOA};
use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};

/// What the server does with a question.
#[derive(Clone)]
pub(super) enum Reply {
    /// Records as `owner TYPE value`, in the answer section.
    Records(Vec<String>),
    /// NOERROR without a record of the type.
    NoData,
    /// NOERROR, nothing, and the name servers of somebody else.
    Referral,
    /// A response code and nothing else.
    Code(ResponseCode),
    /// Truncated over UDP, these records over TCP.
    OnlyByTcp(Vec<String>),
    /// FORMERR to whoever uses EDNS, these records to others.
    OnlyWithoutEdns(Vec<String>),
    /// FORMERR without the question to whoever uses EDNS, these records to others.
    HeaderWithoutEdns(Vec<String>),
    /// FORMERR without the question, always.
    HeaderAlone,
    /// Bytes that are no DNS message, under the right id.
    Garbage,
    /// Nothing at all.
    Silence,
}

pub(super) struct DnsPeer {
    pub(super) address: SocketAddr,
    asked: Arc<Mutex<BTreeMap<String, u64>>>,
}

type Zone = Arc<BTreeMap<String, Reply>>;

impl DnsPeer {
    /// Serves `question -> reply`, where a question reads `c12.webex.com A`. What is not in the
    /// zone is NXDOMAIN, or NODATA when the name has another type; `*` stands for every question.
    pub(super) fn start(zone: impl IntoIterator<Item = (String, Reply)>) -> Self {
        let zone: Zone = Arc::new(zone.into_iter().collect());
        let (udp, tcp) = loop {
            let udp = UdpSocket::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            if let Ok(tcp) = TcpListener::bind(udp.local_addr().unwrap()) {
                break (udp, tcp);
            }
        };
        let peer = Self { address: udp.local_addr().unwrap(), asked: Arc::default() };
        let (asked, udp_zone) = (peer.asked.clone(), zone.clone());
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok((length, from)) = udp.recv_from(&mut buffer) {
                if let Some(answer) = respond(&buffer[..length], &udp_zone, &asked, "udp") {
                    let _ = udp.send_to(&answer, from);
                }
            }
        });
        let asked = peer.asked.clone();
        thread::spawn(move || {
            for mut stream in tcp.incoming().flatten() {
                let (zone, asked) = (zone.clone(), asked.clone());
                thread::spawn(move || serve_stream(&mut stream, &zone, &asked, "tcp"));
            }
        });
        peer
    }

    /// How often each question was put, as `c12.webex.com A udp`.
    pub(super) fn asked(&self) -> BTreeMap<String, u64> {
        self.asked.lock().unwrap().clone()
    }
}

/// Serves a zone over any stream (RFC 1035, 4.2.2; RFC 7858) until it ends.
pub(super) fn serve_stream(
    stream: &mut (impl Read + Write),
    zone: &BTreeMap<String, Reply>,
    asked: &Mutex<BTreeMap<String, u64>>,
    transport: &str,
) -> io::Result<()> {
    loop {
        let mut length = [0; 2];
        stream.read_exact(&mut length)?;
        let mut question = vec![0; usize::from(u16::from_be_bytes(length))];
        stream.read_exact(&mut question)?;
        if let Some(answer) = respond(&question, zone, asked, transport) {
            let length = u16::try_from(answer.len()).unwrap();
            stream.write_all(&[&length.to_be_bytes(), &answer[..]].concat())?;
            stream.flush()?;
        }
    }
}

fn respond(
    question: &[u8],
    zone: &BTreeMap<String, Reply>,
    asked: &Mutex<BTreeMap<String, u64>>,
    transport: &str,
) -> Option<Vec<u8>> {
    let request = Message::from_vec(question).unwrap();
    let query = request.queries[0].clone();
    let owner = query.name.to_ascii().trim_end_matches('.').to_owned();
    let asked_for = format!("{owner} {}", query.query_type);
    *asked.lock().unwrap().entry(format!("{asked_for} {transport}")).or_default() += 1;
    let of_this_name = format!("{owner} ")..format!("{owner}!");
    let is_known = zone.range(of_this_name).next().is_some();
    let otherwise = if is_known { Reply::NoData } else { Reply::Code(ResponseCode::NXDomain) };
    let reply = zone.get(&asked_for).or_else(|| zone.get("*")).unwrap_or(&otherwise);

    let mut answer = Message::response(request.metadata.id, request.metadata.op_code);
    answer.add_query(query);
    match reply {
        Reply::OnlyByTcp(_) if transport == "udp" => answer.metadata.truncation = true,
        Reply::OnlyWithoutEdns(_) if request.edns.is_some() => {
            answer.metadata.response_code = ResponseCode::FormErr;
        }
        Reply::HeaderWithoutEdns(_) if request.edns.is_some() => {
            answer.metadata.response_code = ResponseCode::FormErr;
            answer.queries.clear();
        }
        Reply::HeaderAlone => {
            answer.metadata.response_code = ResponseCode::FormErr;
            answer.queries.clear();
        }
        Reply::Records(records)
        | Reply::OnlyByTcp(records)
        | Reply::OnlyWithoutEdns(records)
        | Reply::HeaderWithoutEdns(records) => {
            answer.add_answers(records.iter().map(|text| record(text)));
        }
        Reply::NoData => {
            answer.add_authority(record("webex.com SOA -"));
        }
        Reply::Referral => {
            answer.add_authority(record("webex.com NS ns.elsewhere.example"));
        }
        Reply::Code(code) => answer.metadata.response_code = *code,
        Reply::Garbage => return Some([&question[..2], b"not a DNS message"].concat()),
        Reply::Silence => return None,
    }
    Some(answer.to_vec().unwrap())
}

/// `owner TYPE value`. In a name with `|`, these separate the labels and everything else is octets.
fn record(text: &str) -> Record {
    let name = |text: &str| match text.contains('|') {
        true => Name::from_labels(text.split('|').map(str::as_bytes)).unwrap(),
        false => Name::from_ascii(format!("{text}.")).unwrap(),
    };
    let [owner, record_type, value] = text.splitn(3, ' ').collect::<Vec<_>>()[..] else {
        panic!("{text}");
    };
    let data = match record_type.parse().unwrap() {
        RecordType::A => RData::A(A(value.parse().unwrap())),
        RecordType::AAAA => RData::AAAA(AAAA(value.parse().unwrap())),
        RecordType::CNAME => RData::CNAME(CNAME(name(value))),
        RecordType::PTR => RData::PTR(PTR(name(value))),
        RecordType::NS => RData::NS(NS(name(value))),
        RecordType::SOA => {
            RData::SOA(SOA::new(name("ns.webex.com"), name("admin.webex.com"), 1, 1, 1, 1, 1))
        }
        other => panic!("{other}"),
    };
    Record::from_rdata(name(owner), 60, data)
}

/// A zone entry with one record whose owner is the name asked for.
pub(super) fn one(owner: &str, record_type: &str, value: &str) -> (String, Reply) {
    let records = vec![format!("{owner} {record_type} {value}")];
    (format!("{owner} {record_type}"), Reply::Records(records))
}
