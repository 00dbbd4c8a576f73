//! From the bytes of a question to the bytes of its answer (RFC 1035, 4; RFC 6891).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use hickory_proto::op::{Edns, Message, MessageType, Metadata, OpCode, ResponseCode};
use hickory_proto::rr::rdata::NS;
use hickory_proto::rr::{DNSClass, Name, RData, Record, RecordType};

use crate::counts::Counts;
use crate::fault::{DnsFault, Strikes};
use crate::zone::{Zone, soa};

/// Bytes that an answer over UDP may have when the client says nothing (RFC 1035, 4.2.1).
const PLAIN_UDP_LIMIT: usize = 512;

/// Bytes that an answer over UDP has at most, whatever the client says: what passes every path
/// without fragments (DNS flag day 2020).
const EDNS_UDP_LIMIT: u16 = 1232;

/// Bytes of a DNS header; less is no message at all (RFC 1035, 4.1.1).
const HEADER_LENGTH: usize = 12;

/// How the question came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Transport {
    Udp,
    Tcp,
}

/// The bytes of an answer, and how long to hold them back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) bytes: Vec<u8>,
    pub(crate) after: Duration,
}

/// Which questions a fault is for; nothing stands for all.
pub(crate) type Scope = (Option<Name>, Option<RecordType>);

/// Everything that decides an answer.
#[derive(Debug)]
pub(crate) struct Responder {
    pub(crate) zone: Zone,
    pub(crate) faults: HashMap<Scope, Strikes<DnsFault>>,
    pub(crate) delay: Duration,
    pub(crate) counts: Arc<Counts>,
}

impl Responder {
    /// The answer, or none where a server stays silent.
    pub(crate) fn reply(&self, question: &[u8], transport: Transport) -> Option<Reply> {
        let Ok(question) = Message::from_vec(question) else {
            return self.encode(&malformed(question)?, transport, 0);
        };
        if question.metadata.message_type != MessageType::Query {
            return None;
        }
        if let Err(code) = acceptable(&question) {
            let mut answer = answer_to(&question);
            answer.metadata.response_code = code;
            return self.encode(&answer, transport, limit(&question));
        }
        let query = &question.queries[0];
        self.counts.questions.add((query.name.clone(), query.query_type));
        match self.fault(&query.name, query.query_type, transport) {
            None => self.encode(&self.found(&question), transport, limit(&question)),
            Some(fault) => self.faulty(fault, &question, transport),
        }
    }

    /// What the zone says.
    fn found(&self, question: &Message) -> Message {
        let query = &question.queries[0];
        let found = self.zone.look_up(&query.name, query.query_type);
        let mut answer = answer_to(question);
        answer.metadata.authoritative = true;
        answer.metadata.response_code = found.code;
        answer.answers = found.records;
        if found.negative {
            answer.add_authority(soa());
        }
        answer
    }

    fn faulty(&self, fault: DnsFault, question: &Message, transport: Transport) -> Option<Reply> {
        let mut answer = answer_to(question);
        answer.metadata.authoritative = true;
        let limit = limit(question);
        match fault {
            DnsFault::Silent => return None,
            DnsFault::TruncatedThenSilent if transport == Transport::Tcp => return None,
            DnsFault::NxDomain => {
                answer.metadata.response_code = ResponseCode::NXDomain;
                answer.add_authority(soa());
            }
            DnsFault::NoData => {
                answer.add_authority(soa());
            }
            DnsFault::ServFail | DnsFault::Refused => {
                answer.metadata.authoritative = false;
                answer.metadata.response_code = match fault {
                    DnsFault::ServFail => ResponseCode::ServFail,
                    _ => ResponseCode::Refused,
                };
            }
            DnsFault::Truncated | DnsFault::TruncatedThenSilent => {
                answer = self.found(question).truncate();
            }
            DnsFault::WrongId => {
                answer = self.found(question);
                answer.metadata.id = !answer.metadata.id;
            }
            DnsFault::WrongQuestion => {
                answer = self.found(question);
                for query in &mut answer.queries {
                    query.name = query.name.prepend_label("not").unwrap_or_else(|_| Name::root());
                }
            }
            DnsFault::Lame => {
                answer.metadata.authoritative = false;
                let server = RData::NS(NS(Name::root()));
                answer.add_authority(Record::from_rdata(Name::root(), 300, server));
            }
            DnsFault::Garbage => {
                let mut bytes = question.metadata.id.to_be_bytes().to_vec();
                bytes.extend([0xff; 24]);
                return Some(Reply { bytes, after: self.delay });
            }
            DnsFault::Slow(more) => {
                let reply = self.encode(&self.found(question), transport, limit)?;
                return Some(Reply { after: reply.after + more, ..reply });
            }
        }
        self.encode(&answer, transport, limit)
    }

    /// The most specific fault declared for a question, if it strikes. One that concerns UDP only
    /// is not used up by TCP.
    fn fault(&self, name: &Name, of: RecordType, transport: Transport) -> Option<DnsFault> {
        if self.faults.is_empty() {
            return None;
        }
        let scopes = [
            (Some(name.clone()), Some(of)),
            (Some(name.clone()), None),
            (None, Some(of)),
            (None, None),
        ];
        scopes
            .iter()
            .filter_map(|scope| self.faults.get(scope))
            .filter(|it| it.fault != DnsFault::Truncated || transport == Transport::Udp)
            .find_map(Strikes::strike)
    }

    /// The answer's bytes, cut to the header and the question with TC where they are too many.
    fn encode(&self, answer: &Message, transport: Transport, limit: usize) -> Option<Reply> {
        let mut bytes = answer.to_vec().ok()?;
        if transport == Transport::Udp && bytes.len() > limit.max(PLAIN_UDP_LIMIT) {
            bytes = answer.truncate().to_vec().ok()?;
        }
        Some(Reply { bytes, after: self.delay })
    }
}

/// Whether a question can be answered at all.
fn acceptable(question: &Message) -> Result<(), ResponseCode> {
    if question.metadata.op_code != OpCode::Query {
        return Err(ResponseCode::NotImp);
    }
    if question.edns.as_ref().is_some_and(|edns| edns.version() != 0) {
        return Err(ResponseCode::BADVERS);
    }
    let [query] = &question.queries[..] else { return Err(ResponseCode::FormErr) };
    if query.query_class != DNSClass::IN {
        return Err(ResponseCode::Refused);
    }
    match query.query_type {
        RecordType::AXFR | RecordType::IXFR => Err(ResponseCode::Refused),
        _ => Ok(()),
    }
}

/// An empty answer: the question echoed, an OPT record for an OPT record (RFC 6891, 6.1.1).
fn answer_to(question: &Message) -> Message {
    let mut answer = Message::new(0, MessageType::Response, OpCode::Query);
    answer.metadata = Metadata::response_from_request(&question.metadata);
    answer.queries.clone_from(&question.queries);
    if question.edns.is_some() {
        let mut edns = Edns::new();
        edns.set_max_payload(EDNS_UDP_LIMIT);
        answer.set_edns(edns);
    }
    answer
}

/// FORMERR for what has a header and cannot be read, nothing for less or for an answer.
fn malformed(question: &[u8]) -> Option<Message> {
    let is_answer = question.get(2)? & 0x80 != 0;
    if question.len() < HEADER_LENGTH || is_answer {
        return None;
    }
    let id = u16::from_be_bytes([question[0], question[1]]);
    Some(Message::error_msg(id, OpCode::Query, ResponseCode::FormErr))
}

/// Bytes that an answer over UDP may have.
fn limit(question: &Message) -> usize {
    match &question.edns {
        Some(edns) => usize::from(edns.max_payload().min(EDNS_UDP_LIMIT)),
        None => PLAIN_UDP_LIMIT,
    }
}
