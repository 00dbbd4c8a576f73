//! What is remarked on and does not decide.

use super::*;

/// How every chain below a private root ends.
const VANTAGE: &str = "the path leads to `CN=Root` (test), which is not among Mozilla's roots";

fn judged(chain: Vec<Vec<u8>>, anchors: &TrustAnchors) -> CertificateVerdict {
    let found = certified(NAME, completed(chain), anchors, ProfileId::Jabber.profile());
    found.certificates.into_iter().next().unwrap()
}

/// The remarks but the one that all chains of tests have.
fn remarks(chain: &[&[u8]], anchors: &TrustAnchors) -> Vec<String> {
    let chain = chain.iter().map(|der| der.to_vec()).collect();
    let mut remarks = judged(chain, anchors).remarks;
    remarks.retain(|remark| !remark.contains("is not among Mozilla's roots"));
    remarks
}

const DAY: i64 = 86_400;

#[test]
fn what_is_sent_beside_the_path() {
    let (root, other) = (Authority::root("Root"), Authority::root("Other"));
    let sub = root.intermediate("Sub");
    let low = sub.intermediate("Low");
    let server = low.server(|_| {});
    let stranger = other.intermediate("Stranger");
    let expired = other.intermediate_with("Gone", past);
    let old_root = Authority::root_with("Gone Root", past);
    let many: Vec<Authority> = (0..6).map(|n| other.intermediate(&format!("X{n}"))).collect();
    let anchors = root.anchors();
    let (s, l, u, r) = (&server[..], &low.der[..], &sub.der[..], &root.der[..]);
    let crowd: Vec<&[u8]> =
        [s, l, u].into_iter().chain(many.iter().map(|one| one.der.as_slice())).collect();
    for (what, chain, expected) in [
        ("as it should be", &[s, l, u][..], &[][..]),
        (
            "the root too",
            &[s, l, u, r],
            &["the root `CN=Root` is sent needlessly: whoever trusts it has it, and nobody else \
               will because of that"],
        ),
        (
            "out of order",
            &[s, u, l],
            &["the chain is out of order: `CN=Sub` should come after `CN=Low`, which it \
               certifies; some clients do not sort it themselves"],
        ),
        ("twice", &[s, l, u, l], &["`CN=Low` is sent twice"]),
        ("the server's own twice", &[s, s, l, u], &["`CN=c12.webex.com` is sent twice"]),
        (
            "a stranger",
            &[s, &stranger.der, l, u],
            &["`CN=Stranger` is sent and is not part of the path: take it out"],
        ),
        (
            "an expired stranger",
            &[s, l, u, &expired.der],
            &["`CN=Gone` is sent, is not needed and expired on 2027-06-30: older clients stumble \
               over it, so take it out"],
        ),
        (
            "an expired root",
            &[s, l, u, &old_root.der],
            &["`CN=Gone Root` is sent, is not needed and expired on 2027-06-30: older clients \
               stumble over it, so take it out"],
        ),
        (
            "rubbish",
            &[s, l, u, b"rubbish", b""],
            &["2 certificates of the chain are passed over: no DER as RFC 5280 has it"],
        ),
        (
            "a crowd",
            &crowd,
            &[
                "`CN=X0` is sent and is not part of the path: take it out",
                "`CN=X1` is sent and is not part of the path: take it out",
                "`CN=X2` is sent and is not part of the path: take it out",
                "`CN=X3` is sent and is not part of the path: take it out",
                "2 more certificates are sent that the path does not need",
            ],
        ),
        // Without a path nobody can tell what is needed.
        ("the lowest is missing", &[s, u, r, u], &["`CN=Sub` is sent twice"]),
    ] {
        assert_eq!(remarks(chain, &anchors), expected, "{what}");
    }
}

#[test]
fn a_cross_certificate_is_another_way() {
    let (root, old) = (Authority::root("Root"), Authority::root("Old"));
    let sub = root.intermediate("Sub");
    let cross = old.cross(&sub, "Sub");
    let server = sub.server(|_| {});
    let chain = [&server[..], &sub.der, &cross];
    assert_eq!(
        remarks(&chain, &root.anchors()),
        [
            "another certificate of `CN=Sub` is sent, issued by `CN=Old`: it helps clients that trust \
          only that issuer"
        ]
    );
}

#[test]
fn what_expires_soon() {
    let until = |days: i64| {
        move |params: &mut CertificateParams| {
            issue::set_validity(params, issue::NOT_BEFORE, NOW + days * DAY);
        }
    };
    for (of_root, of_sub, of_server, expected) in [
        (100, 100, 100, &[][..]),
        (100, 100, 30, &[]),
        (
            100,
            100,
            29,
            &["the certificate `CN=c12.webex.com` expires in 29 days, on 2027-07-30 00:00:00 UTC"],
        ),
        (
            20,
            1,
            0,
            &[
                "the certificate `CN=c12.webex.com` expires within a day, on 2027-07-01 00:00:00 \
                 UTC",
                "the intermediate `CN=Sub` expires in 1 day, on 2027-07-02 00:00:00 UTC",
                "the trust anchor `CN=Root` expires in 20 days, on 2027-07-21 00:00:00 UTC",
            ],
        ),
        // What has expired is a reason.
        (100, 100, -1, &[]),
    ] {
        let root = Authority::root_with("Root", until(of_root));
        let sub = root.intermediate_with("Sub", until(of_sub));
        let server = sub.server(until(of_server));
        let found = remarks(&[&server, &sub.der], &root.anchors());
        assert_eq!(found, expected, "{of_root} {of_sub} {of_server}");
    }
    let pinned = issue::self_signed(until(3));
    let anchors = issue::anchors(&[(&pinned, "test")]);
    assert_eq!(remarks(&[&pinned], &anchors).len(), 1, "one certificate is one remark");
}

#[test]
fn odd_keys_and_what_cannot_be_read() {
    let root = Authority::root("Root");
    let key = issue::key(&rcgen::PKCS_ED25519);
    let server = root.server_with_key(&key, |_| {});
    assert_eq!(
        remarks(&[&server], &root.anchors()),
        ["the key of `CN=c12.webex.com` is Ed25519, which public CAs do not certify and many \
          clients cannot verify"]
    );
    let server = root.server(|params| {
        params.crl_distribution_points.clear();
        params.custom_extensions =
            vec![rcgen::CustomExtension::from_oid_content(&[2, 5, 29, 31], vec![0x30, 5, 1])];
    });
    assert_eq!(
        remarks(&[&server], &root.anchors()),
        [
            "in `CN=c12.webex.com`, the extension cRLDistributionPoints cannot be read (RFC 5280, 4.2)"
        ]
    );
}

#[test]
fn roots_of_old_guides_are_explained() {
    let root = Authority::root("DST Root CA X3");
    let server = root.server(|_| {});
    let says = "the chain has to do with `DST Root CA X3`, which guides name (Jabber for Mac 9.6): \
                it expired on 2021-09-30";
    for anchors in [root.anchors(), Authority::root("Root").anchors()] {
        let found = remarks(&[&server], &anchors);
        assert!(found.len() == 1 && found[0].starts_with(says), "{found:?}");
    }
}

#[test]
fn a_private_root_makes_it_this_computers_verdict() {
    let root = Authority::root("Root");
    let good = root.server(|_| {});
    let found = judged(vec![good], &root.anchors()).remarks;
    assert!(found.len() == 1 && found[0].starts_with(VANTAGE), "{found:?}");
    // Where this computer does not trust it either, there is nothing to wonder about.
    let bad = root.server(past);
    assert_eq!(judged(vec![bad], &root.anchors()).remarks, Vec::<String>::new());
}

#[test]
fn addresses_with_different_certificates() {
    let root = Authority::root("Root");
    let old = completed(vec![root.server(|_| {})]);
    let new = completed(vec![root.server(|params| {
        issue::set_validity(params, issue::NOT_BEFORE, NOW + 300 * DAY);
    })]);
    let silent = handshake(HandshakeOutcome::TimedOut("5 s".to_owned()), Vec::new());
    let servers = [
        ("192.0.2.1", old.clone()),
        ("192.0.2.2", old.clone()),
        ("192.0.2.3", new),
        ("192.0.2.4", silent),
    ];
    let all = evidence(NAME, &servers);
    let found = certify_name(NAME, &all, &root.anchors(), ProfileId::Jabber.profile());
    let said: Vec<Vec<&String>> = found
        .certificates
        .iter()
        .map(|one| one.remarks.iter().filter(|it| it.contains("presented at")).collect())
        .collect();
    let at_new = "another certificate is presented at `192.0.2.3` (`CN=c12.webex.com`, until \
                  2028-04-26)";
    let at_old = "another certificate is presented at `192.0.2.1` (`CN=c12.webex.com`, until \
                  2029-01-01), `192.0.2.2` (`CN=c12.webex.com`, until 2029-01-01)";
    assert_eq!(said, [vec![at_new], vec![at_new], vec![at_old], vec![]]);
    let same = evidence(NAME, &servers[..2]);
    let found = certify_name(NAME, &same, &root.anchors(), ProfileId::Jabber.profile());
    assert!(found.certificates.iter().all(|one| one.remarks.len() == 1), "{found:?}");
}
