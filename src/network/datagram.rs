//! One DNS question in one datagram, from a port of its own, and the answer that belongs to it.
//!
//! Whoever wants to be believed in place of the server has to guess the port and the message id, both
//! drawn anew for each question, and has to know the question (RFC 5452, 9). Datagrams that fail in any of
//! these are passed over, and the answer is waited for further.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket as Bound};

use hickory_resolver::net::NetError;
use hickory_resolver::proto::ProtoError;
use hickory_resolver::proto::op::{DnsRequest, Message, MessageType, ResponseCode};
use hickory_resolver::proto::serialize::binary::{BinEncodable, BinEncoder, NameEncoding};
use tokio::net::UdpSocket;
use tokio::task::coop::consume_budget;

/// The lowest port that a question comes from (RFC 6056, 3.2: the whole range that is nobody's by right).
const LOWEST_PORT: u16 = 1024;
/// Ports tried before the operating system chooses one.
const PORTS_TRIED: usize = 10;
/// Octets of a question with the longest name there is (RFC 1035, 2.3.4 and 4.1; RFC 6891, 6.1.2).
const LONGEST_QUESTION: usize = 12 + 255 + 4 + 11;
/// Octets of the longest answer taken. Questions allow less (RFC 6891, 6.2.3); a server that sends more all
/// the same is understood, and an answer to nobody is not cut off.
const LONGEST_ANSWER: usize = 4096;
/// What Windows says in place of a datagram: that one was longer, and that one of ours found nobody.
const WINDOWS_ASIDES: [i32; 2] = [10040, 10054];

/// Puts a question to a server, once, and waits for the answer; how long is the caller's business.
///
/// # Errors
/// [`NetError::Io`] when the question cannot be sent; [`NetError::Proto`] when the answer to it is no
/// DNS message.
pub(super) async fn exchange(
    server: SocketAddr,
    request: &DnsRequest,
) -> Result<Message, NetError> {
    let octets = encode(request)?;
    let socket = bind_for(server)?;
    socket.set_nonblocking(true)?;
    // A new socket has room for a datagram. Sent before anybody watches the socket, the question needs
    // no word of the operating system that there is room.
    let sent = match socket.send_to(&octets, server) {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => None,
        sent => Some(sent?),
    };
    let socket = UdpSocket::from_std(socket)?;
    if sent.is_none() {
        socket.send_to(&octets, server).await?;
    }
    loop {
        socket.readable().await?;
        let mut buffer = [0; LONGEST_ANSWER];
        match socket.try_recv_from(&mut buffer) {
            Ok((length, from)) => {
                if let Some(answer) = answer(request, server, from, &buffer[..length]) {
                    return Ok(answer?);
                }
                // Whoever sends without end must not keep the caller's end from coming.
                consume_budget().await;
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) if is_aside(&error) => consume_budget().await,
            Err(error) => return Err(error.into()),
        }
    }
}

/// Whether an error of receiving says nothing about the answer that is waited for.
fn is_aside(error: &io::Error) -> bool {
    cfg!(windows) && error.raw_os_error().is_some_and(|code| WINDOWS_ASIDES.contains(&code))
}

/// The octets of a question. It holds one name, so that there is nothing to shorten names by.
fn encode(request: &DnsRequest) -> Result<Vec<u8>, ProtoError> {
    let mut octets = Vec::with_capacity(LONGEST_QUESTION);
    let mut encoder = BinEncoder::new(&mut octets);
    encoder.set_name_encoding(NameEncoding::Uncompressed);
    request.emit(&mut encoder)?;
    Ok(octets)
}

/// What a datagram is as an answer to the request; none when it is none to it.
fn answer(
    request: &DnsRequest,
    server: SocketAddr,
    from: SocketAddr,
    octets: &[u8],
) -> Option<Result<Message, ProtoError>> {
    // Compared are address and port alone: the system notes an interface beside some IPv6 addresses.
    let is_from_server =
        (from.ip().to_canonical(), from.port()) == (server.ip().to_canonical(), server.port());
    // Before anything of it is read: an answer to nobody must not end the wait.
    if !is_from_server || octets.first_chunk() != Some(&request.id.to_be_bytes()) {
        return None;
    }
    match Message::from_vec(octets) {
        Ok(answer) if answer.message_type != MessageType::Response => {
            Some(Err(ProtoError::NotAResponse))
        }
        Ok(answer) => {
            // A server that cannot read the question may give none back (RFC 6891, 7); no record of such an
            // answer is believed.
            let is_unread = answer.queries.is_empty()
                && matches!(answer.response_code, ResponseCode::FormErr | ResponseCode::NotImp);
            (answer.queries == request.queries || is_unread).then_some(Ok(answer))
        }
        Err(error) => Some(Err(error.into())),
    }
}

/// A socket at a port that nobody can foresee.
fn bind_for(server: SocketAddr) -> io::Result<Bound> {
    let any: IpAddr = match server {
        SocketAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        SocketAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    // On Windows a port of the program's own choice may raise a firewall prompt.
    let tried = if cfg!(windows) { 0 } else { PORTS_TRIED };
    for _ in 0..tried {
        match Bound::bind((any, rand::random_range(LOWEST_PORT..=u16::MAX))) {
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied
                ) => {}
            bound => return bound,
        }
    }
    Bound::bind((any, 0))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};
    use std::thread;
    use std::time::Duration;

    use hickory_resolver::proto::op::{DnsRequestOptions, Query};
    use hickory_resolver::proto::rr::{Name, RData, Record, RecordType};

    use super::*;

    fn request(name: &str) -> DnsRequest {
        let query = Query::query(Name::from_ascii(name).unwrap(), RecordType::A);
        DnsRequest::from_query(query, DnsRequestOptions::default())
    }

    /// Enough for an answer on a slow machine.
    const LONG: Duration = Duration::from_secs(20);
    /// Enough for a datagram that is there already, on most.
    const SHORT: Duration = Duration::from_millis(200);

    /// What comes of one question to a server that sends these datagrams, each from the port that was
    /// asked or from another one.
    fn ask(
        request: &DnsRequest,
        patience: Duration,
        datagrams: impl FnOnce(&[u8]) -> Vec<(bool, Vec<u8>)> + Send + 'static,
    ) -> (Option<Result<Message, NetError>>, SocketAddr) {
        let server = Bound::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = server.local_addr().unwrap();
        let serve = thread::spawn(move || {
            let other = Bound::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
            let mut question = [0; 512];
            let (length, from) = server.recv_from(&mut question).unwrap();
            for (is_own, datagram) in datagrams(&question[..length]) {
                let socket = if is_own { &server } else { &other };
                socket.send_to(&datagram, from).unwrap();
            }
            from
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let answer = runtime.block_on(async {
            tokio::time::timeout(patience, exchange(address, request)).await.ok()
        });
        (answer, serve.join().unwrap())
    }

    /// The right answer to a question, with a response code to know it by.
    fn right(question: &[u8], code: ResponseCode) -> Message {
        let question = Message::from_vec(question).unwrap();
        let mut answer = Message::response(question.id, question.op_code);
        answer.metadata.response_code = code;
        answer.add_queries(question.queries);
        answer
    }

    #[test]
    fn a_question_has_the_octets_that_everybody_gives_it() {
        let longest = format!("{0}.{0}.{0}.{1}.", "a".repeat(63), "b".repeat(61));
        for name in ["c12.webex.com.", "181.36.163.66.in-addr.arpa.", "a.a.a.", ".", &longest] {
            for use_edns in [true, false] {
                let query = Query::query(Name::from_ascii(name).unwrap(), RecordType::PTR);
                let mut options = DnsRequestOptions::default();
                options.use_edns = use_edns;
                let request = DnsRequest::from_query(query, options);
                let octets = encode(&request).unwrap();
                let length = 12 + 1 + name.trim_end_matches('.').len() + 4;
                // The root has no label, and every other name one length octet more than dots between.
                let length = length + usize::from(name != ".") + 11 * usize::from(use_edns);
                assert_eq!(octets.len(), length, "{name}");
                assert!(octets.len() <= LONGEST_QUESTION && octets.capacity() == LONGEST_QUESTION);
                let read = Message::from_vec(&octets).unwrap();
                assert_eq!(read.queries, request.queries, "{name}");
                assert_eq!(read.edns.is_some(), use_edns);
                assert_eq!((read.id, read.recursion_desired), (request.id, true));
            }
        }
    }

    type Forged = fn(&[u8]) -> (bool, Vec<u8>);

    #[test]
    fn what_is_no_answer_to_the_question_is_passed_over() {
        let forgeries: [(&str, Forged); 7] = [
            ("another port", |asked| {
                (false, right(asked, ResponseCode::NXDomain).to_vec().unwrap())
            }),
            ("another id", |asked| {
                let mut answer = right(asked, ResponseCode::NXDomain).to_vec().unwrap();
                answer[1] ^= 1;
                (true, answer)
            }),
            ("another id and no message", |asked| (true, vec![!asked[0], asked[1], 0xff])),
            ("nothing", |_| (true, Vec::new())),
            ("half an id", |asked| (true, vec![asked[0]])),
            ("another name", |asked| {
                let mut answer = right(asked, ResponseCode::NXDomain);
                answer.queries[0].name = Name::from_ascii("c13.webex.com.").unwrap();
                (true, answer.to_vec().unwrap())
            }),
            ("no question", |asked| {
                let mut answer = right(asked, ResponseCode::NXDomain);
                answer.queries.clear();
                (true, answer.to_vec().unwrap())
            }),
        ];
        for (what, forge) in forgeries {
            let (answer, _) = ask(&request("c12.webex.com."), LONG, move |asked| {
                vec![forge(asked), (true, right(asked, ResponseCode::Refused).to_vec().unwrap())]
            });
            let answer = answer.expect("the right answer came").unwrap();
            assert_eq!(answer.response_code, ResponseCode::Refused, "{what}");
            // Alone, it leaves the question open.
            let (answer, _) =
                ask(&request("c12.webex.com."), SHORT, move |asked| vec![forge(asked)]);
            assert!(answer.is_none(), "{what}: {answer:?}");
        }
    }

    #[test]
    fn datagrams_without_end_do_not_put_off_the_end() {
        let server = Bound::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = server.local_addr().unwrap();
        let over = Arc::new(AtomicBool::new(false));
        let is_over = over.clone();
        let flood = thread::spawn(move || {
            let (_, from) = server.recv_from(&mut [0; 512]).unwrap();
            while !is_over.load(Ordering::Relaxed) {
                // The client may be gone already, or its buffer full.
                let _ = server.send_to(b"", from);
            }
        });
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let request = request("c12.webex.com.");
        let answer = runtime
            .block_on(async { tokio::time::timeout(SHORT, exchange(address, &request)).await });
        over.store(true, Ordering::Relaxed);
        assert!(answer.is_err(), "{answer:?}");
        flood.join().unwrap();
    }

    #[test]
    fn a_longer_answer_than_the_question_allows_is_read() {
        let (answer, _) = ask(&request("c12.webex.com."), LONG, |asked| {
            let mut answer = right(asked, ResponseCode::NoError);
            let name = answer.queries[0].name.clone();
            let address = |n: u8| RData::A(Ipv4Addr::new(66, 163, 36, n).into());
            answer.add_answers((0..100).map(|n| Record::from_rdata(name.clone(), 60, address(n))));
            let octets = answer.to_vec().unwrap();
            assert!(octets.len() > 1232, "{}", octets.len());
            vec![(true, octets)]
        });
        assert_eq!(answer.unwrap().unwrap().answers.len(), 100);
    }

    #[test]
    fn letter_case_makes_no_other_question() {
        let (answer, _) = ask(&request("c12.webex.com."), LONG, |asked| {
            let mut answer = right(asked, ResponseCode::NoError);
            answer.queries[0].name = Name::from_ascii("C12.WebEx.com.").unwrap();
            vec![(true, answer.to_vec().unwrap())]
        });
        assert!(answer.unwrap().is_ok());
    }

    #[test]
    fn an_answer_that_cannot_be_read_ends_the_wait() {
        let cases: [(&str, Forged); 3] = [
            ("octets", |asked| (true, [&asked[..2], b"not a DNS message"].concat())),
            ("the question itself", |asked| (true, asked.to_vec())),
            ("cut off", |asked| {
                let answer = right(asked, ResponseCode::NoError).to_vec().unwrap();
                (true, answer[..answer.len() - 3].to_vec())
            }),
        ];
        for (what, answer_with) in cases {
            let (answer, _) =
                ask(&request("c12.webex.com."), LONG, move |asked| vec![answer_with(asked)]);
            assert!(matches!(answer, Some(Err(NetError::Proto(_)))), "{what}: {answer:?}");
        }
    }

    #[test]
    fn ports_and_ids_are_drawn_anew_for_each_question() {
        const QUESTIONS: usize = 24;
        let mut ports = BTreeSet::new();
        let mut ids = BTreeSet::new();
        for _ in 0..QUESTIONS {
            let request = request("c12.webex.com.");
            let (answer, from) = ask(&request, LONG, |asked| {
                vec![(true, right(asked, ResponseCode::NoError).to_vec().unwrap())]
            });
            assert_eq!(answer.unwrap().unwrap().id, request.id);
            assert!(from.port() >= LOWEST_PORT, "{from}");
            ports.insert(from.port());
            ids.insert(request.id);
        }
        // Two alike among so many are seldom, four pairs are not chance.
        assert!(ports.len() > QUESTIONS - 4, "{ports:?}");
        assert!(ids.len() > QUESTIONS - 4, "{ids:?}");
        let spread = ports.last().unwrap() - ports.first().unwrap();
        assert!(cfg!(windows) || spread > 16_384, "one corner of the range: {ports:?}");
    }

    #[test]
    fn a_server_that_cannot_be_reached_is_an_error_at_once() {
        // TEST-NET with a port that nobody can send to.
        let server: SocketAddr = "203.0.113.7:0".parse().unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let answer = runtime.block_on(exchange(server, &request("c12.webex.com.")));
        assert!(matches!(answer, Err(NetError::Io(_))), "{answer:?}");
    }
}
