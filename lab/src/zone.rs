//! What the lab's DNS server knows, and what it says to a question (RFC 1034, 4.3.2).
//!
//! There is one zone, the root: the lab is the only authority of its world, so a name that was not
//! declared does not exist.

use std::collections::HashMap;
use std::net::IpAddr;

use hickory_proto::ProtoError;
use hickory_proto::op::ResponseCode;
use hickory_proto::rr::rdata::{A, AAAA, CNAME, PTR, SOA};
use hickory_proto::rr::{Name, RData, Record, RecordType};

/// Seconds that every record and every negative answer may be cached.
const TTL: u32 = 300;

/// How many aliases are followed for one question, which also ends a loop of them.
const MAX_ALIASES: usize = 16;

/// The records, by owner name. A name above an owner exists without records of its own
/// (RFC 8020).
#[derive(Debug)]
pub(crate) struct Zone(HashMap<Name, Vec<Record>>);

/// What the zone says: a response code and the records of the answer section. None of the asked
/// type with `NoError` is NODATA.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) code: ResponseCode,
    pub(crate) records: Vec<Record>,
    /// Whether the SOA belongs into the authority section (RFC 2308, 2).
    pub(crate) negative: bool,
}

impl Zone {
    pub(crate) fn new() -> Self {
        Self(HashMap::from([(Name::root(), vec![soa()])]))
    }

    pub(crate) fn add_address(&mut self, name: Name, address: IpAddr) {
        let record = match address {
            IpAddr::V4(v4) => RData::A(A(v4)),
            IpAddr::V6(v6) => RData::AAAA(AAAA(v6)),
        };
        self.add(name, record);
    }

    pub(crate) fn add_pointer(&mut self, owner: Name, name: Name) {
        self.add(owner, RData::PTR(PTR(name)));
    }

    pub(crate) fn add_alias(&mut self, alias: Name, name: Name) {
        self.add(alias, RData::CNAME(CNAME(name)));
    }

    /// The answer to a question, aliases followed as far as they lead (RFC 6604 for the code).
    pub(crate) fn look_up(&self, name: &Name, record_type: RecordType) -> Answer {
        let mut answer =
            Answer { code: ResponseCode::NoError, records: Vec::new(), negative: true };
        let mut owner = name;
        for _ in 0..=MAX_ALIASES {
            let Some(node) = self.0.get(owner) else {
                answer.code = ResponseCode::NXDomain;
                return answer;
            };
            let matching = node
                .iter()
                .filter(|it| record_type == RecordType::ANY || it.record_type() == record_type);
            let before = answer.records.len();
            answer.records.extend(matching.cloned());
            if answer.records.len() > before {
                answer.negative = false;
                return answer;
            }
            let alias = node.iter().find_map(|it| match &it.data {
                RData::CNAME(CNAME(target)) => Some((it, target)),
                _ => None,
            });
            let Some((record, target)) = alias else { return answer };
            if !answer.records.contains(record) {
                answer.records.push(record.clone());
            }
            owner = target;
        }
        answer
    }

    fn add(&mut self, owner: Name, data: RData) {
        let mut above = owner.base_name();
        while !self.0.contains_key(&above) {
            self.0.insert(above.clone(), Vec::new());
            above = above.base_name();
        }
        let record = Record::from_rdata(owner.clone(), TTL, data);
        let node = self.0.entry(owner).or_default();
        if !node.contains(&record) {
            node.push(record);
        }
    }
}

/// The SOA of the root, for negative answers.
pub(crate) fn soa() -> Record {
    let mail = Name::root();
    Record::from_rdata(
        Name::root(),
        TTL,
        RData::SOA(SOA::new(Name::root(), mail, 1, 3600, 900, 86_400, TTL)),
    )
}

/// The reverse name of an address (RFC 1035, 3.5; RFC 3596, 2.5).
pub(crate) fn reverse(address: IpAddr) -> Name {
    Name::from(address)
}

/// The domain name that a text with dots means. Labels are taken byte by byte, so that a test can
/// publish names that no registry would.
pub(crate) fn parse_name(text: &str) -> Result<Name, ProtoError> {
    let labels = text.strip_suffix('.').unwrap_or(text);
    Name::from_labels(labels.split('.').map(str::as_bytes))
}

/// A name as counters and reports show it: lower case, no trailing dot.
pub(crate) fn shown(name: &Name) -> String {
    let text = name.to_lowercase().to_ascii();
    text.strip_suffix('.').unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Name {
        parse_name(text).unwrap()
    }

    #[test]
    fn a_question_meets_a_record_an_alias_or_nothing() {
        let mut zone = Zone::new();
        let address = "203.0.113.7".parse().unwrap();
        zone.add_address(name("c12.webex.com"), address);
        zone.add_address(name("c12.webex.com"), address);
        zone.add_alias(name("www.webex.com"), name("C12.webex.com"));
        zone.add_alias(name("lost.webex.com"), name("nowhere.webex.com"));
        zone.add_alias(name("a.loop.example"), name("b.loop.example"));
        zone.add_alias(name("b.loop.example"), name("a.loop.example"));
        zone.add_pointer(reverse(address), name("c12.webex.com"));
        use RecordType::*;
        let (found, missing) = (ResponseCode::NoError, ResponseCode::NXDomain);
        for (asked, record_type, code, types, negative) in [
            ("c12.webex.com", A, found, &[A][..], false),
            ("C12.WebEx.com.", A, found, &[A], false),
            ("c12.webex.com", ANY, found, &[A], false),
            ("c12.webex.com", AAAA, found, &[], true),
            ("www.webex.com", A, found, &[CNAME, A], false),
            ("www.webex.com", AAAA, found, &[CNAME], true),
            ("www.webex.com", CNAME, found, &[CNAME], false),
            ("lost.webex.com", A, missing, &[CNAME], true),
            ("a.loop.example", A, found, &[CNAME, CNAME], true),
            ("ghost.webex.com", A, missing, &[], true),
            ("webex.com", A, found, &[], true),
            ("7.113.0.203.in-addr.arpa", PTR, found, &[PTR], false),
            ("8.113.0.203.in-addr.arpa", PTR, missing, &[], true),
            ("113.0.203.in-addr.arpa", PTR, found, &[], true),
        ] {
            let answer = zone.look_up(&name(asked), record_type);
            let seen: Vec<_> = answer.records.iter().map(Record::record_type).collect();
            assert_eq!(
                (answer.code, &seen[..], answer.negative),
                (code, types, negative),
                "{asked} {record_type}"
            );
        }
    }

    #[test]
    fn a_name_is_taken_byte_by_byte() {
        for (text, labels) in [
            ("c12.webex.com", vec!["c12", "webex", "com"]),
            ("c12.webex.com.", vec!["c12", "webex", "com"]),
            ("<b>\u{1b}[31m.webex.com", vec!["<b>\u{1b}[31m", "webex", "com"]),
        ] {
            let seen: Vec<_> = name(text).iter().map(<[u8]>::to_vec).collect();
            assert_eq!(seen, labels.iter().map(|it| it.as_bytes().to_vec()).collect::<Vec<_>>());
        }
        for text in ["", ".", "a..b", &"x".repeat(64)] {
            assert!(parse_name(text).is_err(), "{text}");
        }
    }
}
