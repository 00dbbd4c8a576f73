//! The first messages of a server, in the clear (RFC 5246, 7.4.2 and 7.4.3; RFC 6066, 8).
//!
//! A stranger's octets in, what they show out. Each octet is looked at a bounded number of times,
//! and no octets make it panic.

use rustls::AlertDescription;

use super::hello::SUITES;

/// The most octets of a flight that are read. Chains of ten certificates and a staple fit into a
/// tenth of it.
pub(super) const MAX_FLIGHT: usize = 256 * 1024;

/// The version numbers (RFC 6101, A.1; RFC 2246, 6.2.1; RFC 4346; RFC 5246).
const SSL_3_0: u16 = 0x0300;
pub(super) const TLS_1_0: u16 = 0x0301;
const TLS_1_1: u16 = 0x0302;
pub(super) const TLS_1_2: u16 = 0x0303;

/// The content types of records (RFC 5246, 6.2.1).
const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
/// The octets before the content of a record, and its longest content.
const RECORD_HEAD: usize = 5;
const MAX_RECORD: usize = 1 << 14;

/// The types of handshake messages (RFC 5246, 7.4; RFC 6066, 8).
const SERVER_HELLO: u8 = 2;
const CERTIFICATE: u8 = 11;
const SERVER_KEY_EXCHANGE: u8 = 12;
const CERTIFICATE_REQUEST: u8 = 13;
const SERVER_HELLO_DONE: u8 = 14;
const CERTIFICATE_STATUS: u8 = 22;
/// The octets before the content of a handshake message.
const MESSAGE_HEAD: usize = 4;

/// What makes a cipher suite old.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Suite {
    /// The key exchange is of today, the cipher is not.
    Ecdhe,
    /// A key exchange in a group of the server's choice.
    Dhe,
    /// A key exchange with the key of the certificate: no forward secrecy.
    Ecdh,
    /// The client encrypts to the key of the certificate: no forward secrecy.
    Rsa,
}

/// What a server shows in the clear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Shown {
    /// What it speaks, in words: `TLS 1.0`, `TLS 1.2 with RSA key exchange`.
    pub(in super::super) protocol: &'static str,
    /// Its certificates in the order presented.
    pub(in super::super) chain: Vec<Vec<u8>>,
    /// The stapled OCSP response.
    pub(in super::super) staple: Option<Vec<u8>>,
}

/// The flight as far as it has arrived.
#[derive(Debug, Default)]
pub(super) struct Flight {
    arrived: usize,
    /// Octets of a record that is not complete.
    record: Vec<u8>,
    /// Octets of handshake messages that are not complete.
    messages: Vec<u8>,
    protocol: Option<&'static str>,
    chain: Option<Vec<Vec<u8>>>,
    staple: Option<Vec<u8>>,
}

impl Flight {
    /// Takes more octets. Gives what was shown as soon as nothing more about it can follow; then
    /// the flight is spent.
    pub(super) fn push(&mut self, octets: &[u8]) -> Result<Option<Shown>, String> {
        self.arrived += octets.len();
        if self.arrived > MAX_FLIGHT {
            return Err(format!("the handshake is longer than {} KiB", MAX_FLIGHT / 1024));
        }
        self.record.extend_from_slice(octets);
        let arrived = std::mem::take(&mut self.record);
        let mut rest = &arrived[..];
        while let Some((kind, content, after)) = record(rest)? {
            rest = after;
            match kind {
                HANDSHAKE => {
                    if let Some(shown) = self.take_messages(content)? {
                        return Ok(Some(shown));
                    }
                }
                ALERT => alert(content)?,
                _ => return Err(NO_HANDSHAKE.to_owned()),
            }
        }
        self.record = rest.to_vec();
        Ok(None)
    }

    fn take_messages(&mut self, content: &[u8]) -> Result<Option<Shown>, String> {
        self.messages.extend_from_slice(content);
        let arrived = std::mem::take(&mut self.messages);
        let mut rest = &arrived[..];
        while let Some((kind, content, after)) = message(rest)? {
            rest = after;
            if let Some(shown) = self.take_message(kind, content)? {
                return Ok(Some(shown));
            }
        }
        self.messages = rest.to_vec();
        Ok(None)
    }

    fn take_message(&mut self, kind: u8, content: &[u8]) -> Result<Option<Shown>, String> {
        let malformed = || "a message of the handshake is malformed".to_owned();
        match (kind, self.protocol, &self.chain) {
            (SERVER_HELLO, None, _) => {
                let (version, suite) = server_hello(content).ok_or_else(malformed)?;
                self.protocol = Some(protocol(version, suite)?);
            }
            (CERTIFICATE, Some(_), None) => {
                let chain = certificates(content).ok_or_else(malformed)?;
                if chain.is_empty() {
                    return Err("the server presents no certificate".to_owned());
                }
                self.chain = Some(chain);
            }
            (CERTIFICATE_STATUS, Some(_), Some(_)) => {
                self.staple = staple(content).ok_or_else(malformed)?;
            }
            (
                SERVER_KEY_EXCHANGE | CERTIFICATE_REQUEST | SERVER_HELLO_DONE,
                Some(protocol),
                Some(_),
            ) => {
                let chain = self.chain.take().unwrap_or_default();
                return Ok(Some(Shown { protocol, chain, staple: self.staple.take() }));
            }
            _ => return Err(NO_HANDSHAKE.to_owned()),
        }
        Ok(None)
    }
}

const NO_HANDSHAKE: &str = "the answer is no TLS handshake with a certificate";

/// The type and content of a record or message, and what follows it.
type Piece<'a> = (u8, &'a [u8], &'a [u8]);

/// The first record and what follows it; none when it is not complete.
fn record(octets: &[u8]) -> Result<Option<Piece<'_>>, String> {
    // Said as early as possible: whoever does not speak TLS may not send five octets.
    if octets.first().is_some_and(|kind| !matches!(*kind, ALERT | HANDSHAKE)) {
        return Err("not TLS: the answer is no TLS message".to_owned());
    }
    let Some((&[kind, major, _, high, low], rest)) = octets.split_first_chunk::<RECORD_HEAD>()
    else {
        return Ok(None);
    };
    let length = usize::from(u16::from_be_bytes([high, low]));
    if major != 3 || length == 0 || length > MAX_RECORD {
        return Err("not TLS: the answer is no TLS message".to_owned());
    }
    Ok(rest.split_at_checked(length).map(|(content, rest)| (kind, content, rest)))
}

/// The first handshake message and what follows it; none when it is not complete.
fn message(octets: &[u8]) -> Result<Option<Piece<'_>>, String> {
    let Some((&[kind, high, middle, low], rest)) = octets.split_first_chunk::<MESSAGE_HEAD>()
    else {
        return Ok(None);
    };
    let length = number(&[high, middle, low]);
    if length > MAX_FLIGHT {
        return Err(format!("the handshake is longer than {} KiB", MAX_FLIGHT / 1024));
    }
    Ok(rest.split_at_checked(length).map(|(content, rest)| (kind, content, rest)))
}

/// A warning does no harm (`unrecognized_name` often comes as one); everything else ends it.
fn alert(content: &[u8]) -> Result<(), String> {
    const WARNING: u8 = 1;
    const CLOSE_NOTIFY: u8 = 0;
    match content {
        [WARNING, description] if *description != CLOSE_NOTIFY => Ok(()),
        [_, description] => Err(format!(
            "the server ended with the alert {:?}",
            AlertDescription::from(*description)
        )),
        _ => Err(NO_HANDSHAKE.to_owned()),
    }
}

/// The version and the cipher suite chosen (RFC 5246, 7.4.1.3).
fn server_hello(content: &[u8]) -> Option<(u16, u16)> {
    const RANDOM: usize = 32;
    let (version, rest) = content.split_first_chunk::<2>()?;
    let rest = rest.get(RANDOM..)?;
    let (_session, rest) = vector::<1>(rest)?;
    let (suite, _compression_and_extensions) = rest.split_first_chunk::<2>()?;
    Some((u16::from_be_bytes(*version), u16::from_be_bytes(*suite)))
}

fn protocol(version: u16, suite: u16) -> Result<&'static str, String> {
    let Some((_, suite)) = SUITES.iter().find(|(offered, _)| *offered == suite) else {
        return Err("the server chooses a cipher suite that was not offered".to_owned());
    };
    Ok(match (version, suite) {
        (SSL_3_0, _) => "SSL 3.0",
        (TLS_1_0, _) => "TLS 1.0",
        (TLS_1_1, _) => "TLS 1.1",
        (TLS_1_2, Suite::Ecdhe) => "TLS 1.2 without authenticated encryption",
        (TLS_1_2, Suite::Dhe) => "TLS 1.2 with DHE key exchange",
        (TLS_1_2, Suite::Ecdh) => "TLS 1.2 with static ECDH key exchange",
        (TLS_1_2, Suite::Rsa) => "TLS 1.2 with RSA key exchange",
        _ => return Err("the server chooses a version that was not offered".to_owned()),
    })
}

/// `ASN.1Cert certificate_list<0..2^24-1>` (RFC 5246, 7.4.2); an empty certificate is none.
fn certificates(content: &[u8]) -> Option<Vec<Vec<u8>>> {
    let (mut list, rest) = vector::<3>(content)?;
    let mut chain = Vec::new();
    while !list.is_empty() {
        let (certificate, after) = vector::<3>(list)?;
        if certificate.is_empty() {
            return None;
        }
        chain.push(certificate.to_vec());
        list = after;
    }
    rest.is_empty().then_some(chain)
}

/// `CertificateStatus`: an OCSP response, or nothing (RFC 6066, 8).
fn staple(content: &[u8]) -> Option<Option<Vec<u8>>> {
    const OCSP: u8 = 1;
    let (kind, rest) = content.split_first()?;
    let (response, rest) = vector::<3>(rest)?;
    if *kind != OCSP || !rest.is_empty() {
        return None;
    }
    Some((!response.is_empty()).then(|| response.to_vec()))
}

/// A vector with a length of `N` octets before it, and what follows.
fn vector<const N: usize>(octets: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = octets.split_first_chunk::<N>()?;
    rest.split_at_checked(number(length))
}

/// At most three octets, so it always fits.
fn number(octets: &[u8]) -> usize {
    octets.iter().fold(0, |number, octet| number << 8 | usize::from(*octet))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A handshake message.
    fn message(kind: u8, content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&[kind], &length[1..], content].concat()
    }

    fn with_length(content: &[u8]) -> Vec<u8> {
        message(0, content)[1..].to_vec()
    }

    /// Records of at most `longest` octets.
    fn records(kind: u8, content: &[u8], longest: usize) -> Vec<u8> {
        let record = |piece: &[u8]| {
            let length = u16::try_from(piece.len()).unwrap().to_be_bytes();
            [&[kind, 3, 1], &length[..], piece].concat()
        };
        content.chunks(longest).flat_map(record).collect()
    }

    fn server_hello(version: u16, suite: u16) -> Vec<u8> {
        let random = [9; 32];
        let content =
            [&version.to_be_bytes()[..], &random, &[2, 1, 1], &suite.to_be_bytes(), &[0]].concat();
        message(SERVER_HELLO, &content)
    }

    fn certificate(chain: &[&[u8]]) -> Vec<u8> {
        let list: Vec<u8> = chain.iter().flat_map(|one| with_length(one)).collect();
        message(CERTIFICATE, &with_length(&list))
    }

    fn status(response: &[u8]) -> Vec<u8> {
        message(CERTIFICATE_STATUS, &[&[1][..], &with_length(response)].concat())
    }

    fn flight(version: u16, suite: u16) -> Vec<u8> {
        let (hello, chain) = (server_hello(version, suite), certificate(&[b"leaf", b"issuer"]));
        [hello, chain, status(b"staple"), message(SERVER_HELLO_DONE, b"")].concat()
    }

    fn read(octets: &[u8]) -> Result<Option<Shown>, String> {
        Flight::default().push(octets)
    }

    #[test]
    fn versions_and_key_exchanges_in_words() {
        for (version, suite, protocol) in [
            (0x0300, 0x0005, Ok("SSL 3.0")),
            (0x0301, 0x002F, Ok("TLS 1.0")),
            (0x0301, 0xC013, Ok("TLS 1.0")),
            (0x0302, 0x0035, Ok("TLS 1.1")),
            (0x0303, 0x009C, Ok("TLS 1.2 with RSA key exchange")),
            (0x0303, 0x0033, Ok("TLS 1.2 with DHE key exchange")),
            (0x0303, 0xC004, Ok("TLS 1.2 with static ECDH key exchange")),
            (0x0303, 0xC014, Ok("TLS 1.2 without authenticated encryption")),
            (0x0304, 0x009C, Err("the server chooses a version that was not offered")),
            (0x0002, 0x009C, Err("the server chooses a version that was not offered")),
            (0x0303, 0x1301, Err("the server chooses a cipher suite that was not offered")),
        ] {
            let shown = read(&records(HANDSHAKE, &flight(version, suite), 1 << 14));
            let found = shown.map(|shown| shown.unwrap().protocol);
            assert_eq!(found, protocol.map_err(str::to_owned), "{version:04x} {suite:04x}");
        }
    }

    #[test]
    fn the_pieces_in_which_it_arrives_do_not_matter() {
        let expected = Shown {
            protocol: "TLS 1.0",
            chain: vec![b"leaf".to_vec(), b"issuer".to_vec()],
            staple: Some(b"staple".to_vec()),
        };
        for longest in [1, 3, 50, 1 << 14] {
            // A warning in between does no harm.
            let warning = records(ALERT, &[1, 112], 2);
            let octets = [warning, records(HANDSHAKE, &flight(TLS_1_0, 0x2F), longest)].concat();
            for piece in [1, 7, octets.len()] {
                let mut flight = Flight::default();
                let mut pieces = octets.chunks(piece);
                let shown = pieces.find_map(|piece| flight.push(piece).unwrap());
                assert_eq!(shown.as_ref(), Some(&expected), "{longest} {piece}");
                assert_eq!(pieces.next(), None, "it ends with the last octet");
            }
        }
    }

    #[test]
    fn what_follows_the_certificate_ends_it() {
        for (last, content) in [
            (SERVER_KEY_EXCHANGE, &b"key"[..]),
            (CERTIFICATE_REQUEST, b"x"),
            (SERVER_HELLO_DONE, b""),
        ] {
            let start = [server_hello(TLS_1_1, 0x39), certificate(&[b"leaf"])].concat();
            let octets = [start, message(last, content)].concat();
            let shown = read(&records(HANDSHAKE, &octets, 1 << 14)).unwrap().unwrap();
            assert_eq!((shown.chain, shown.staple), (vec![b"leaf".to_vec()], None), "{last}");
        }
    }

    #[test]
    fn what_is_no_such_flight() {
        let no_tls = "not TLS: the answer is no TLS message";
        let handshake = |messages: &[Vec<u8>]| records(HANDSHAKE, &messages.concat(), 1 << 14);
        let hello = || server_hello(TLS_1_0, 0x2F);
        let malformed = "a message of the handshake is malformed";
        let long = [&[HANDSHAKE, 3, 1, 0, 4][..], &[CERTIFICATE, 0xFF, 0, 0]].concat();
        for (octets, words) in [
            (b"2".to_vec(), no_tls),
            (b"HTTP/1.1 400 Bad Request".to_vec(), no_tls),
            (vec![HANDSHAKE, 2, 0, 0, 1, 0], no_tls),
            (vec![HANDSHAKE, 3, 1, 0xFF, 0xFF], no_tls),
            (vec![HANDSHAKE, 3, 1, 0, 0], no_tls),
            (records(ALERT, &[2, 40], 2), "the server ended with the alert HandshakeFailure"),
            (records(ALERT, &[2, 70], 2), "the server ended with the alert ProtocolVersion"),
            (records(ALERT, &[1, 0], 2), "the server ended with the alert CloseNotify"),
            (records(ALERT, &[2, 40, 2], 3), NO_HANDSHAKE),
            (handshake(&[certificate(&[b"leaf"])]), NO_HANDSHAKE),
            (handshake(&[hello(), hello()]), NO_HANDSHAKE),
            (handshake(&[hello(), status(b"x")]), NO_HANDSHAKE),
            (handshake(&[hello(), message(SERVER_KEY_EXCHANGE, b"")]), NO_HANDSHAKE),
            (handshake(&[message(SERVER_HELLO, &[3, 1, 0])]), malformed),
            (handshake(&[hello(), certificate(&[])]), "the server presents no certificate"),
            (handshake(&[hello(), certificate(&[b"leaf", b""])]), malformed),
            (handshake(&[hello(), message(CERTIFICATE, &[0, 0, 9, 0, 0, 1])]), malformed),
            (handshake(&[hello(), message(CERTIFICATE, &[0, 0, 0, 1])]), malformed),
            (
                handshake(&[hello(), certificate(&[b"leaf"]), message(CERTIFICATE_STATUS, &[2])]),
                malformed,
            ),
            (long, "the handshake is longer than 256 KiB"),
            (vec![HANDSHAKE; MAX_FLIGHT + 1], "the handshake is longer than 256 KiB"),
        ] {
            let start = &octets[..octets.len().min(40)];
            assert_eq!(read(&octets), Err(words.to_owned()), "{start:?}");
        }
    }

    #[test]
    fn an_endless_handshake_ends() {
        let mut flight = Flight::default();
        let padding = records(ALERT, &[1, 100], 2).repeat(1000);
        let end = (0..100).find_map(|_| flight.push(&padding).err());
        assert_eq!(end.as_deref(), Some("the handshake is longer than 256 KiB"));
    }

    proptest! {
        #[test]
        fn no_octets_make_it_panic(
            octets in prop::collection::vec(any::<u8>(), 0..300),
            piece in 1..40_usize,
        ) {
            let mut flight = Flight::default();
            let _ = octets.chunks(piece).try_for_each(|piece| flight.push(piece).map(drop));
            // Behind plausible heads, so that the parts inside are reached.
            for kind in [SERVER_HELLO, CERTIFICATE, CERTIFICATE_STATUS] {
                let start = if kind == SERVER_HELLO { vec![] } else { server_hello(TLS_1_0, 0x2F) };
                let middle = if kind == CERTIFICATE_STATUS { certificate(&[b"x"]) } else { vec![] };
                let all = [start, middle, message(kind, &octets)].concat();
                let _ = read(&records(HANDSHAKE, &all, 64));
            }
        }

        #[test]
        fn a_flaw_never_makes_it_panic(at in 0..120_usize, octet: u8, cut in 0..200_usize) {
            let mut octets = records(HANDSHAKE, &flight(TLS_1_0, 0x2F), 60);
            let at = at % octets.len();
            octets[at] = octet;
            octets.truncate(cut);
            let _ = read(&octets);
        }
    }
}
