//! What a run that keeps to public addresses would not have learned.

use std::net::IpAddr;

use super::http_url::{Host, HttpUrl};
use crate::evidence::{Evidence, FetchOutcome, Handshake, HandshakeOutcome, PhotoAnswer};
use crate::reference::is_public;

/// Why an address is not contacted; none for a public one (RFC 6890).
fn refusal(address: IpAddr) -> Option<String> {
    (!is_public(address))
        .then(|| format!("`{address}` is not a public address; --allow-private allows it"))
}

/// Makes evidence that somebody wrote down what a run without --allow-private would have made of it:
/// answers of addresses that are not public were then not asked for. An answer about revocation is
/// judged by the address in its URL: where a name led is not written down.
pub fn without_special(evidence: &mut Evidence) {
    for (target, handshake) in &mut evidence.handshakes {
        let was_put = !matches!(handshake.outcome, HandshakeOutcome::NotAsked(_));
        if let Some(why) = refusal(target.address).filter(|_| was_put) {
            *handshake = Handshake::without_chain(HandshakeOutcome::NotAsked(why));
        }
    }
    for (fetch, fetched) in &mut evidence.fetched {
        let was_put = !matches!(fetched.outcome, FetchOutcome::NotAsked(_));
        let address = match HttpUrl::parse(&fetch.url).as_ref().map(HttpUrl::host) {
            Ok(Host::Address(address)) => Some(*address),
            _ => None,
        };
        if let Some(why) = address.and_then(refusal).filter(|_| was_put) {
            fetched.outcome = FetchOutcome::NotAsked(why);
        }
    }
    for (question, answer) in &mut evidence.photos {
        let was_put = !matches!(answer, PhotoAnswer::NotAsked(_));
        if let Some(why) = refusal(question.address).filter(|_| was_put) {
            *answer = PhotoAnswer::NotAsked(why);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Fetch, Fetched, PhotoQuestion, Purpose, Scheme, Target};

    #[test]
    fn only_answers_of_public_addresses_are_left() {
        for (address, url, is_kept) in [
            ("203.0.113.7", "http://203.0.113.9/ca.crl", false),
            ("8.8.8.8", "http://8.8.8.8/ca.crl", true),
            ("8.8.8.8", "http://crl.example.com/ca.crl", true),
            ("10.0.0.7", "http://10.0.0.9/ca.crl", false),
            ("127.0.0.1", "http://0x7f.1/ca.crl", false),
            ("fe80::1", "http://[fe80::1]:8080/ca.crl", false),
            ("2001:4860::8", "http://[2001:4860::8]/ca.crl", true),
        ] {
            let address: IpAddr = address.parse().unwrap();
            let mut evidence = Evidence::default();
            let target = Target::nameless(address, 443);
            let completed = Handshake::without_chain(HandshakeOutcome::Completed);
            evidence.handshakes.insert(target.clone(), completed);
            let fetch = Fetch { purpose: Purpose::Crl, url: url.to_owned(), body: Vec::new() };
            let outcome = FetchOutcome::Body(b"crl".to_vec());
            evidence.fetched.insert(fetch.clone(), Fetched { outcome, elapsed_ms: 1 });
            let photo = PhotoQuestion {
                name: None,
                address,
                port: 443,
                scheme: Scheme::Https,
                target: "/a".to_owned(),
            };
            evidence.photos.insert(photo.clone(), PhotoAnswer::CouldNotAsk("late".to_owned()));
            without_special(&mut evidence);
            let kept = [
                evidence.handshakes[&target].outcome == HandshakeOutcome::Completed,
                matches!(evidence.fetched[&fetch].outcome, FetchOutcome::Body(_)),
                matches!(evidence.photos[&photo], PhotoAnswer::CouldNotAsk(_)),
            ];
            assert_eq!(kept, [is_kept; 3], "{address} {url}");
            let FetchOutcome::NotAsked(why) = &evidence.fetched[&fetch].outcome else { continue };
            assert!(why.ends_with("is not a public address; --allow-private allows it"), "{why}");
        }
    }
}
