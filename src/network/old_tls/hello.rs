//! A ClientHello in which only what is old is offered (RFC 2246, 4346 and 5246, 7.4.1.2).

use super::flight::{Suite, TLS_1_0, TLS_1_2};

/// Every cipher suite that is offered: all with a certificate and without one that a client of
/// today would take. A server that chooses one of these with TLS 1.2 has nothing better.
pub(super) const SUITES: [(u16, Suite); 54] = [
    // ECDHE, but CBC, RC4 or 3DES (RFC 8422, RFC 5289).
    (0xC023, Suite::Ecdhe),
    (0xC024, Suite::Ecdhe),
    (0xC027, Suite::Ecdhe),
    (0xC028, Suite::Ecdhe),
    (0xC009, Suite::Ecdhe),
    (0xC00A, Suite::Ecdhe),
    (0xC013, Suite::Ecdhe),
    (0xC014, Suite::Ecdhe),
    (0xC008, Suite::Ecdhe),
    (0xC012, Suite::Ecdhe),
    (0xC007, Suite::Ecdhe),
    (0xC011, Suite::Ecdhe),
    // DHE with RSA and DSA (RFC 5246, A.5; RFC 5288; RFC 7905 for ChaCha20; RFC 5932 for Camellia).
    (0x009E, Suite::Dhe),
    (0x009F, Suite::Dhe),
    (0xCCAA, Suite::Dhe),
    (0x0067, Suite::Dhe),
    (0x006B, Suite::Dhe),
    (0x0033, Suite::Dhe),
    (0x0039, Suite::Dhe),
    (0x0045, Suite::Dhe),
    (0x0088, Suite::Dhe),
    (0x0016, Suite::Dhe),
    (0x0015, Suite::Dhe),
    (0x00A2, Suite::Dhe),
    (0x00A3, Suite::Dhe),
    (0x0040, Suite::Dhe),
    (0x006A, Suite::Dhe),
    (0x0032, Suite::Dhe),
    (0x0038, Suite::Dhe),
    (0x0013, Suite::Dhe),
    // ECDH with the key of the certificate (RFC 8422, RFC 5289).
    (0xC02D, Suite::Ecdh),
    (0xC02E, Suite::Ecdh),
    (0xC031, Suite::Ecdh),
    (0xC032, Suite::Ecdh),
    (0xC004, Suite::Ecdh),
    (0xC005, Suite::Ecdh),
    (0xC00E, Suite::Ecdh),
    (0xC00F, Suite::Ecdh),
    // RSA key exchange (RFC 5246, A.5; RFC 5288; RFC 6655 for CCM; RFC 5932; RFC 4162 for SEED).
    (0x009C, Suite::Rsa),
    (0x009D, Suite::Rsa),
    (0xC09C, Suite::Rsa),
    (0xC09D, Suite::Rsa),
    (0x003C, Suite::Rsa),
    (0x003D, Suite::Rsa),
    (0x002F, Suite::Rsa),
    (0x0035, Suite::Rsa),
    (0x0041, Suite::Rsa),
    (0x0084, Suite::Rsa),
    (0x0096, Suite::Rsa),
    (0x000A, Suite::Rsa),
    (0x0005, Suite::Rsa),
    (0x0004, Suite::Rsa),
    (0x0009, Suite::Rsa),
    (0x0003, Suite::Rsa),
];

/// `TLS_EMPTY_RENEGOTIATION_INFO_SCSV` (RFC 5746, 3.3): servers that insist on it exist.
const RENEGOTIATION_INFO: u16 = 0x00FF;
/// secp256r1, secp384r1, secp521r1, x25519 (RFC 8422, 5.1.1).
const GROUPS: [u16; 4] = [0x0017, 0x0018, 0x0019, 0x001D];
/// ECDSA, RSA-PSS, RSA and DSA with SHA-512, 384, 256, 224 and SHA-1, RSA with MD5 (RFC 5246,
/// 7.4.1.4.1; RFC 8446, 4.2.3). Nothing of it is verified, so all may be offered.
const SIGNATURES: [u16; 18] = [
    0x0603, 0x0503, 0x0403, 0x0806, 0x0805, 0x0804, 0x0601, 0x0501, 0x0401, 0x0402, 0x0303, 0x0301,
    0x0302, 0x0203, 0x0201, 0x0202, 0x0602, 0x0101,
];

/// The warning `close_notify` (RFC 5246, 7.2.1).
pub(super) const GOODBYE: [u8; 7] = [21, 3, 1, 0, 2, 1, 0];

/// The record with the ClientHello: TLS 1.2 at most, the versions before it as well.
pub(super) fn client_hello(server_name: Option<&str>, random: &[u8; 32]) -> Vec<u8> {
    let suites = SUITES.iter().map(|(suite, _)| *suite).chain([RENEGOTIATION_INFO]);
    let mut extensions = Vec::new();
    let mut extend = |kind: u16, content: Vec<u8>| {
        extensions.extend(kind.to_be_bytes());
        extensions.extend(prefixed::<2>(&content));
    };
    if let Some(name) = server_name {
        // server_name: one host_name (RFC 6066, 3).
        let host_name = [&[0][..], &prefixed::<2>(name.as_bytes())].concat();
        extend(0, prefixed::<2>(&host_name));
    }
    // status_request: OCSP, from any responder (RFC 6066, 8).
    extend(5, vec![1, 0, 0, 0, 0]);
    // supported_groups and ec_point_formats: uncompressed (RFC 8422, 5.1).
    extend(10, prefixed::<2>(&octets(GROUPS)));
    extend(11, prefixed::<1>(&[0]));
    // signature_algorithms.
    extend(13, prefixed::<2>(&octets(SIGNATURES)));

    let hello = [
        &TLS_1_2.to_be_bytes()[..],
        random,
        // No session to resume, no compression.
        &prefixed::<1>(&[]),
        &prefixed::<2>(&octets(suites)),
        &prefixed::<1>(&[0]),
        &prefixed::<2>(&extensions),
    ]
    .concat();
    let message = [&[1][..], &prefixed::<3>(&hello)].concat();
    // The version of the record is the oldest that is offered (RFC 5246, E.1).
    [&[22][..], &TLS_1_0.to_be_bytes(), &prefixed::<2>(&message)].concat()
}

fn octets(numbers: impl IntoIterator<Item = u16>) -> Vec<u8> {
    numbers.into_iter().flat_map(u16::to_be_bytes).collect()
}

/// A vector with its length before it, as TLS writes them. All of these are short.
fn prefixed<const N: usize>(content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    [&length[length.len() - N..], content].concat()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_server_of_today_reads_it_and_finds_nothing_to_choose() {
        let mut acceptor = rustls::server::Acceptor::default();
        let hello = client_hello(Some("c12.webex.com"), &[7; 32]);
        acceptor.read_tls(&mut &hello[..]).unwrap();
        let accepted = acceptor.accept().unwrap().unwrap();
        let read = accepted.client_hello();
        assert_eq!(read.server_name(), Some("c12.webex.com"));
        assert_eq!(read.cipher_suites().len(), SUITES.len() + 1);
        assert_eq!(read.signature_schemes().len(), SIGNATURES.len());
        let ours: BTreeSet<u16> = SUITES.iter().map(|(suite, _)| *suite).collect();
        assert_eq!(ours.len(), SUITES.len(), "each once");
        let today = rustls::crypto::aws_lc_rs::default_provider().cipher_suites;
        assert!(today.iter().all(|suite| !ours.contains(&u16::from(suite.suite()))));
    }

    #[test]
    fn without_a_server_name() {
        let with = client_hello(Some("c12.webex.com"), &[7; 32]);
        let without = client_hello(None, &[7; 32]);
        assert_eq!(with.len() - without.len(), "c12.webex.com".len() + 9);
    }
}
