//! Names with one server, several and none. Certificates × client profiles: `table`.

use rcgen::CertificateParams;

use super::*;
use crate::evidence::Absence;
use crate::name::Fqdn;
use crate::profile::PROFILES;
use crate::profile::VerdictKind::{self, Prompts, Refuses, Trusted, Unknown};
use crate::x509::issue::{self, Authority, NAME, NOW};
use crate::x509::revocation::Revocation;

mod remarks;
mod revocation;
mod table;

const PORT: u16 = 443;

fn reference(name: &str) -> ReferenceIdentifier {
    ReferenceIdentifier::asked_for(Fqdn::parse(name).unwrap())
}

fn handshake(outcome: HandshakeOutcome, chain: Vec<Vec<u8>>) -> Handshake {
    Handshake { chain, protocol: Some("TLS 1.3".to_owned()), ..Handshake::without_chain(outcome) }
}

fn completed(chain: Vec<Vec<u8>>) -> Handshake {
    handshake(HandshakeOutcome::Completed, chain)
}

/// Evidence that a name lives at addresses, where these handshakes were made.
fn evidence(name: &str, handshakes: &[(&str, Handshake)]) -> Evidence {
    let mut evidence = Evidence::default();
    let addresses = handshakes.iter().map(|(address, _)| address.parse().unwrap()).collect();
    let name = Fqdn::parse(name).unwrap();
    evidence.learn_addresses(name.clone(), Family::V4, Answer::Found(addresses));
    for (address, handshake) in handshakes {
        let address = address.parse().unwrap();
        let target = Service::tls(name.clone(), PORT).at(address);
        evidence.handshakes.insert(target, handshake.clone());
    }
    evidence
}

fn certified(
    name: &str,
    handshake: Handshake,
    anchors: &TrustAnchors,
    profile: &Profile,
) -> NameVerdict {
    let evidence = evidence(name, &[("192.0.2.1", handshake)]);
    certify_name(name, &evidence, anchors, profile)
}

fn certify_name(
    name: &str,
    evidence: &Evidence,
    anchors: &TrustAnchors,
    profile: &Profile,
) -> NameVerdict {
    let standard = Standard { anchors, at: NOW, profile, warn_days: 30 };
    certify(&Demand::photo(reference(name), PORT), evidence, standard)
}

fn past(params: &mut CertificateParams) {
    issue::set_validity(params, 1_000, NOW - 1);
}

fn named(names: &'static [&'static str]) -> impl Fn(&mut CertificateParams) {
    move |params| params.subject_alt_names = issue::alt_names(names)
}

/// The same with the first name as Subject CN.
fn called(names: &'static [&'static str]) -> impl Fn(&mut CertificateParams) {
    move |params| {
        named(names)(params);
        issue::set_common_name(params, names[0]);
    }
}

fn cn_only(name: &'static str) -> impl Fn(&mut CertificateParams) {
    move |params| {
        params.subject_alt_names = Vec::new();
        issue::set_common_name(params, name);
    }
}

#[test]
fn several_trust_anchors() {
    let (one, two) = (Authority::root("One"), Authority::root("Two"));
    let both = issue::anchors(&[(&one.der, "mozilla"), (&two.der, "company.pem")]);
    for (authority, label) in [(&one, "mozilla"), (&two, "company.pem")] {
        for profile in &PROFILES {
            let found = certified(NAME, completed(vec![authority.server(|_| {})]), &both, profile);
            assert_eq!(found.verdict.kind, Trusted);
            let path = found.certificates[0].path.path.clone().unwrap();
            assert_eq!(path.anchor_label, label);
        }
    }
    let profile = ProfileId::Jabber.profile();
    let found = certified(NAME, completed(vec![two.server(|_| {})]), &one.anchors(), profile);
    assert_eq!(found.verdict.kind, Prompts);
}

#[test]
fn a_verdict_says_everything_in_an_administrators_words() {
    let root = Authority::root("Root");
    let chain = vec![root.server(|params| {
        past(params);
        cn_only("x")(params);
        named(&["other.webex.com"])(params);
    })];
    let found = certified(NAME, completed(chain), &root.anchors(), ProfileId::Jabber.profile());
    assert_eq!(
        found.verdict.reasons,
        [
            "Jabber asks at every look-up: the certificate names `other.webex.com`, not \
             `c12.webex.com`",
            "the certificate `CN=x` expired on 2027-06-30 23:59:59 UTC",
            "revocation was not asked",
        ]
    );
    let identity = &found.verdict.identity;
    assert!(!identity.matched);
    assert_eq!(
        (identity.rule, &identity.presented[..]),
        (Some("dns-id"), &["other.webex.com".to_owned()][..])
    );
    let one = &found.certificates[0];
    assert_eq!((one.not_after, one.protocol.as_deref()), (Some(NOW - 1), Some("TLS 1.3")));
    assert_eq!(one.revocation.state(), &Revocation::NotAsked);
    assert_eq!(one.chain.len(), 1);

    let good = certified(
        NAME,
        completed(vec![root.server(named(&["*.webex.com"]))]),
        &root.anchors(),
        ProfileId::Jabber.profile(),
    );
    assert_eq!(
        good.verdict.reasons,
        [
            "Jabber shows the photo without asking: the certificate names `*.webex.com`",
            "revocation was not asked",
        ]
    );
    assert_eq!(good.verdict.identity.presented, ["*.webex.com"]);
}

#[test]
fn a_name_is_as_good_as_its_worst_server() {
    let root = Authority::root("Root");
    let good = completed(vec![root.server(|_| {})]);
    let wrong = completed(vec![root.server(|params| {
        cn_only("x")(params);
        named(&["other.webex.com"])(params);
    })]);
    let silent = handshake(HandshakeOutcome::TimedOut("5 s".to_owned()), Vec::new());
    let broken = handshake(HandshakeOutcome::TlsFailed("alert".to_owned()), Vec::new());
    let anchors = root.anchors();
    let jabber = ProfileId::Jabber.profile();
    let judged = |servers: &[(&str, Handshake)]| {
        let evidence = evidence(NAME, servers);
        certify_name(NAME, &evidence, &anchors, jabber)
    };
    for (servers, kind, first) in [
        (
            vec![("192.0.2.1", good.clone()), ("192.0.2.2", good.clone())],
            Trusted,
            "Jabber shows the photo without asking: the certificate names `c12.webex.com`",
        ),
        (
            vec![("192.0.2.1", good.clone()), ("192.0.2.2", silent.clone())],
            Unknown,
            "at `192.0.2.2`: what Jabber would do is not known: the server did not answer in time: \
             5 s",
        ),
        (
            vec![("192.0.2.1", silent.clone()), ("192.0.2.2", wrong.clone())],
            Prompts,
            "at `192.0.2.2`: Jabber asks at every look-up: the certificate names \
             `other.webex.com`, not `c12.webex.com`",
        ),
        (
            vec![
                ("192.0.2.1", wrong.clone()),
                ("192.0.2.2", good.clone()),
                ("192.0.2.3", wrong.clone()),
            ],
            Prompts,
            "at `192.0.2.1`, `192.0.2.3`: Jabber asks at every look-up: the certificate names \
             `other.webex.com`, not `c12.webex.com`",
        ),
        (
            vec![("192.0.2.1", broken), ("192.0.2.2", wrong)],
            Refuses,
            "at `192.0.2.1`: Jabber does not connect: the TLS handshake fails: alert",
        ),
    ] {
        let found = judged(&servers);
        assert_eq!(found.verdict.kind, kind, "{:?}", found.verdict.reasons);
        assert_eq!(found.verdict.reasons[0], first);
        assert_eq!(found.certificates.len(), servers.len());
    }
}

#[test]
fn only_the_servers_of_this_name_and_port_count() {
    let root = Authority::root("Root");
    let good = completed(vec![root.server(|_| {})]);
    let bad = completed(vec![issue::self_signed(|_| {})]);
    let mut evidence = evidence(NAME, &[("192.0.2.1", good.clone())]);
    let other = Fqdn::parse("other.webex.com").unwrap();
    for (name, address, port) in [
        (None, "192.0.2.1", PORT),
        (Some(other), "192.0.2.1", PORT),
        (Some(Fqdn::parse(NAME).unwrap()), "192.0.2.1", 8443),
    ] {
        let target = Target { name, ..Target::nameless(address.parse().unwrap(), port) };
        evidence.handshakes.insert(target, bad.clone());
    }
    // An address that the DNS does not give, such as one from `--connect-to`, counts too.
    let elsewhere = Target {
        name: Some(Fqdn::parse(NAME).unwrap()),
        ..Target::nameless("2001:db8::1".parse().unwrap(), PORT)
    };
    evidence.handshakes.insert(elsewhere, good);
    let found = certify_name(NAME, &evidence, &root.anchors(), ProfileId::Strict.profile());
    let addresses: Vec<_> =
        found.certificates.iter().filter_map(|one| one.address).map(|it| it.to_string()).collect();
    assert_eq!(addresses, ["192.0.2.1", "2001:db8::1"]);
    assert_eq!(found.verdict.kind, Trusted);
    assert_eq!((found.demand.service.port, found.profile), (PORT, ProfileId::Strict));
}

#[test]
fn without_servers_the_verdict_is_unknown_and_says_why() {
    let anchors = TrustAnchors::default();
    for (v4, v6, why) in [
        (None, None, "the DNS was not asked"),
        (
            Some(Answer::Absent(Absence::NxDomain)),
            Some(Answer::Absent(Absence::NxDomain)),
            "the DNS says NXDOMAIN",
        ),
        (
            Some(Answer::CouldNotAsk("timeout".to_owned())),
            Some(Answer::Absent(Absence::NoData)),
            "the DNS could not be asked: timeout; the DNS says NODATA",
        ),
        (Some(Answer::NotAsked("offline".to_owned())), None, "the DNS was not asked: offline"),
    ] {
        let mut evidence = Evidence::default();
        for (family, answer) in [(Family::V4, v4), (Family::V6, v6)] {
            if let Some(answer) = answer {
                evidence.learn_addresses(Fqdn::parse(NAME).unwrap(), family, answer);
            }
        }
        for profile in &PROFILES {
            let found = certify_name(NAME, &evidence, &anchors, profile);
            assert_eq!(found.verdict.kind, Unknown);
            let end = format!(": no address of `c12.webex.com` is known ({why})");
            assert!(found.verdict.reasons[0].ends_with(&end), "{:?}", found.verdict.reasons);
            assert!(found.certificates.is_empty());
        }
    }
    let mut evidence = Evidence::default();
    let found = Answer::Found(vec!["192.0.2.1".parse().unwrap()]);
    evidence.learn_addresses(Fqdn::parse(NAME).unwrap(), Family::V4, found);
    let profile = ProfileId::Jabber.profile();
    let found = certify_name(NAME, &evidence, &anchors, profile);
    assert_eq!(
        found.verdict.reasons[0],
        "what Jabber would do is not known: the server was not asked: no handshake was made with \
         this address"
    );
}
