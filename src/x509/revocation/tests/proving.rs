//! What the answers prove.

use super::*;

fn word(status: &Status) -> (&'static str, String) {
    let source = status.source.as_ref().map(ToString::to_string).unwrap_or_default();
    (status.state.as_str(), source)
}

#[test]
fn the_first_that_can_be_believed_decides_and_revoked_wins() {
    let world = World::new();
    let ocsp = "OCSP responder http://ocsp.example";
    let crl = "CRL http://crl.example/sub";
    let none = || world.crl(|_| {});
    for (what, of_ocsp, of_crl, state, source) in [
        ("both good, OCSP first", (world.good(), 10), (none(), 20), "good", ocsp),
        ("both good, CRL first", (world.good(), 20), (none(), 10), "good", crl),
        ("OCSP revoked", (world.revoked(), 20), (none(), 10), "revoked", ocsp),
        ("CRL revoked", (world.good(), 10), (world.crl_with_server(), 20), "revoked", crl),
        ("unknown and good", (world.unknown(), 10), (none(), 20), "good", crl),
        ("unknown and refused", (world.unknown(), 10), (failed(), 5), "unknown", ocsp),
        ("stale and good", (world.stale(), 10), (none(), 20), "good", crl),
        ("refused and good", (failed(), 1), (none(), 4_999), "good", crl),
        ("late and good", (FetchOutcome::TooLate, 5_000), (none(), 20), "good", crl),
        ("stale and refused", (world.stale(), 10), (failed(), 1), "invalid", ocsp),
        ("stale and late", (world.stale(), 10), (FetchOutcome::TooLate, 5_000), "invalid", ocsp),
        ("refused and late", (failed(), 10), (FetchOutcome::TooLate, 5_000), "too-late", crl),
        ("both refused", (failed(), 20), (failed(), 10), "unreachable", crl),
        (
            "one refused, the other not asked",
            (failed(), 20),
            (FetchOutcome::NotAsked("out of time".to_owned()), 0),
            "unreachable",
            ocsp,
        ),
        (
            "garbage and late",
            (FetchOutcome::Body(b"<html>".to_vec()), 20),
            (FetchOutcome::TooLate, 5_000),
            "invalid",
            ocsp,
        ),
        (
            "an unsuccessful status",
            (FetchOutcome::Body(responder::unsuccessful(responder::TRY_LATER)), 20),
            (failed(), 10),
            "invalid",
            ocsp,
        ),
        ("a delta", (failed(), 1), (world.crl(delta), 9), "invalid", crl),
    ] {
        let rows = [(OCSP, of_ocsp.0, of_ocsp.1), (SERVER_CRL, of_crl.0, of_crl.1)];
        let status = world.status(&rows);
        assert_eq!(word(&status), (state, source.to_owned()), "{what}: {status:?}");
        let elapsed = if source == ocsp { of_ocsp.1 } else { of_crl.1 };
        assert_eq!(status.elapsed_ms, Some(elapsed), "{what}");
        let known = matches!(state, "good" | "revoked" | "unknown");
        assert_eq!(status.this_update, known.then_some(NOW - 3600), "{what}");
        assert_eq!(status.next_update.is_some(), known, "{what}");
    }
}

fn delta(list: &mut CertificateList) {
    list.extensions.push(lab::crl::delta(1));
}

#[test]
fn what_is_said_is_said_in_words() {
    let world = World::new();
    let rows = |of_ocsp: FetchOutcome, of_crl: FetchOutcome| {
        [(OCSP, of_ocsp, 10), (SERVER_CRL, of_crl, 20)]
    };
    let not_asked = FetchOutcome::NotAsked("the address is private".to_owned());
    for (rows, detail) in [
        (rows(world.good(), world.crl(|_| {})), None),
        (
            rows(world.revoked(), world.crl(|_| {})),
            Some(
                "on 2027-06-29 00:00:00 UTC (superseded); the CRL of `http://crl.example/sub` \
                 says good",
            ),
        ),
        (
            rows(world.good(), world.crl_with_server()),
            Some(
                "on 2027-06-30 00:00:00 UTC (keyCompromise); the OCSP response of \
                 `http://ocsp.example` says good",
            ),
        ),
        (
            rows(world.good(), failed()),
            Some("the CRL of `http://crl.example/sub`: connection refused"),
        ),
        (
            rows(world.stale(), failed()),
            Some(
                "the OCSP response of `http://ocsp.example` is out of date since 2027-06-30 \
                 23:00:00 UTC; the CRL of `http://crl.example/sub`: connection refused",
            ),
        ),
        (
            rows(failed(), FetchOutcome::TooLate),
            Some(
                "no answer within 0.020 s; the OCSP responder `http://ocsp.example`: connection \
                 refused",
            ),
        ),
        (
            rows(not_asked.clone(), not_asked),
            Some(
                "the OCSP responder `http://ocsp.example`: the address is private; the CRL of \
                 `http://crl.example/sub`: the address is private",
            ),
        ),
        (
            rows(world.unknown(), world.crl(delta)),
            Some(
                "the CRL of `http://crl.example/sub` is a delta CRL, which says nothing without \
                 its base",
            ),
        ),
    ] {
        assert_eq!(world.status(&rows).detail().as_deref(), detail);
    }
}

#[test]
fn could_not_ask_is_never_good_and_never_revoked() {
    let world = World::new();
    let nothing = FetchOutcome::NotAsked("offline".to_owned());
    let outcomes = [failed(), FetchOutcome::TooLate, nothing, FetchOutcome::Body(Vec::new())];
    for one in &outcomes {
        for other in &outcomes {
            let rows = [(OCSP, one.clone(), 10), (SERVER_CRL, other.clone(), 20)];
            let state = world.status(&rows).state;
            assert!(!matches!(state, Revocation::Good | Revocation::Revoked { .. }), "{state:?}");
        }
    }
    assert_eq!(world.status(&[]), Status::bare(Revocation::NotAsked).with_source(OCSP));
}

impl Status {
    fn with_source(self, url: &str) -> Self {
        Self { source: Some(Source::Ocsp(url.to_owned())), ..self }
    }
}

/// NIST PKITS 4.5.5: of two CRLs under the same name, one lists the certificate.
#[test]
fn a_certificate_on_one_of_two_lists_is_revoked_whichever_comes_first() {
    let world = World::naming(&[], &[SERVER_CRL, SERVER_CRL_2]);
    let (with, without) = (world.crl_with_server(), world.crl(|_| {}));
    for (first, second) in [(&with, &without), (&without, &with)] {
        for times in [(10, 20), (20, 10), (10, 10)] {
            let rows =
                [(SERVER_CRL, first.clone(), times.0), (SERVER_CRL_2, second.clone(), times.1)];
            assert_eq!(world.status(&rows).state.as_str(), "revoked");
        }
    }
}

#[test]
fn lists_for_some_reasons_say_good_only_together() {
    let world = World::naming(&[], &[SERVER_CRL, SERVER_CRL_2]);
    let reasons = |flags: [u8; 3]| {
        // ReasonFlags of nine bits, which the lab's own scope has no room for.
        let value = [&[0x30, 5, 0x83, 3][..], &flags].concat();
        Extension { oid: vec![2, 5, 29, 28], critical: true, value }
    };
    let some = |flags: [u8; 3]| world.crl(|list| list.extensions.push(reasons(flags)));
    let (half, other_half) = ([7, 0b0111_0000, 0], [7, 0b0000_1111, 0x80]);
    for (first, second, state) in [
        (some(half), some(other_half), "good"),
        (some(other_half), some(half), "good"),
        (some(half), some(half), "invalid"),
        (some(half), failed(), "invalid"),
        (some(half), world.crl(|_| {}), "good"),
        (some(half), world.crl_with_server(), "revoked"),
    ] {
        let status = world.status(&[(SERVER_CRL, first, 10), (SERVER_CRL_2, second, 20)]);
        assert_eq!(status.state.as_str(), state, "{status:?}");
    }
    let with = world.crl(|list| {
        list.extensions.push(reasons(half));
        list.entries.push(world.entry());
    });
    let status = world.status(&[(SERVER_CRL, with, 10), (SERVER_CRL_2, failed(), 20)]);
    assert_eq!(status.state.as_str(), "revoked");
    let status = world.status(&[(SERVER_CRL, some(half), 10), (SERVER_CRL_2, failed(), 20)]);
    assert_eq!(
        status.state,
        Revocation::Invalid(
            "the CRL of `http://crl.example/sub` is about some reasons only: none that came \
             speaks for superseded, cessationOfOperation, certificateHold, privilegeWithdrawn, \
             aACompromise"
                .to_owned()
        )
    );
}

#[test]
fn the_staple_comes_first_and_is_about_the_server_alone() {
    let world = World::new();
    let staple = |change: fn(&mut SingleResponse)| world.ocsp(change);
    let stale = |single: &mut SingleResponse| single.next_update = Some(NOW - DAY / 24);
    let rows = [(OCSP, world.good(), 1), (SERVER_CRL, world.crl(|_| {}), 1)];
    let none = [(OCSP, failed(), 1), (SERVER_CRL, failed(), 1)];
    for (what, staple, rows, state, source) in [
        ("good", staple(|_| {}), &rows, "good", "stapled OCSP response"),
        ("good, nobody else there", staple(|_| {}), &none, "good", "stapled OCSP response"),
        ("revoked", staple(revoked), &rows, "revoked", "stapled OCSP response"),
        ("stale", staple(stale), &rows, "good", "OCSP responder http://ocsp.example"),
        ("stale, nobody else there", staple(stale), &none, "invalid", "stapled OCSP response"),
        ("garbage", b"?".to_vec(), &rows, "good", "OCSP responder http://ocsp.example"),
    ] {
        let outcome = world.evaluated(Some(&staple), rows, &[]);
        assert_eq!(word(outcome.of(0).unwrap()), (state, source.to_owned()), "{what}");
        assert_eq!(word(outcome.of(1).unwrap()), ("good", format!("CRL {CRL}")), "{what}");
    }
    // A server that names nobody to ask, and brings the answer itself.
    let bare = World::naming(&[], &[]);
    assert_eq!(word(&bare.status(&[])).0, "not-offered");
    let outcome = bare.evaluated(Some(&bare.ocsp(|_| {})), &[], &[]);
    assert_eq!(outcome.state(), &Revocation::Good);
}

#[test]
fn files_count_for_whom_they_are_about() {
    let world = World::naming(&[], &[]);
    let other = World::new();
    for (what, files, server, sub) in [
        ("none", vec![], "not-offered", "good"),
        ("a response", vec![file(Purpose::Ocsp, world.good())], "good", "good"),
        ("a list", vec![file(Purpose::Crl, world.crl(|_| {}))], "good", "good"),
        ("a list with it", vec![file(Purpose::Crl, world.crl_with_server())], "revoked", "good"),
        (
            "both, and one of them lists it",
            vec![file(Purpose::Ocsp, world.good()), file(Purpose::Crl, world.crl_with_server())],
            "revoked",
            "good",
        ),
        (
            "another's",
            vec![
                file(Purpose::Ocsp, other.good()),
                file(Purpose::Crl, FetchOutcome::Body(list(&Authority::root("Other"), |_| {}))),
            ],
            "not-offered",
            "good",
        ),
        (
            "a list of the root with the intermediate",
            vec![file(
                Purpose::Crl,
                FetchOutcome::Body(list(&world.root, |list| {
                    let entry = Entry::about(&world.sub.der, NOW - DAY, None).unwrap();
                    list.entries.push(entry);
                })),
            )],
            "not-offered",
            "revoked",
        ),
        ("a stale response", vec![file(Purpose::Ocsp, world.stale())], "invalid", "good"),
        ("garbage", vec![file(Purpose::Crl, FetchOutcome::Body(b"?".to_vec()))], "invalid", "good"),
    ] {
        let outcome = world.evaluated(None, &[], &files);
        let states = [0, 1].map(|member| outcome.of(member).unwrap().state.as_str());
        assert_eq!(states, [server, sub], "{what}");
    }
}

#[test]
fn a_delegate_that_its_issuer_revoked_is_not_believed() {
    let world = World::new();
    for (no_check, listed, state) in [
        (false, true, "invalid"),
        (false, false, "good"),
        // The issuer itself says that its delegate need not be looked up.
        (true, true, "good"),
    ] {
        let delegate = world.sub.delegate(|shape| shape.no_check = no_check);
        let mut response = world.response(|_| {});
        response.certificates.push(delegate.certificate.clone());
        let response = response.sign(&delegate.signer()).unwrap();
        // The list is too partial to answer about the server, and enough to accuse the delegate.
        let list = world.crl(|list| {
            let scope = Scope { only_reasons: Some(0x60), ..Scope::default() };
            list.extensions.push(scope.extension());
            if listed {
                let entry = Entry::about(&delegate.certificate, NOW - DAY, None).unwrap();
                list.entries.push(entry);
            }
        });
        let rows = [(OCSP, FetchOutcome::Body(response), 1), (SERVER_CRL, list, 2)];
        let status = world.status(&rows);
        assert_eq!(status.state.as_str(), state, "{no_check} {listed}");
        if state == "invalid" {
            assert!(status.detail().unwrap().starts_with(
                "the OCSP response of `http://ocsp.example` is signed by `CN=Lab OCSP Responder`, \
                 whose certificate was revoked on 2027-06-30 00:00:00 UTC; "
            ));
        }
    }
}

#[test]
fn intermediates_are_looked_at_and_roots_are_not() {
    let world = World::new();
    let sub_revoked = FetchOutcome::Body(list(&world.root, |list| {
        list.entries.push(Entry::about(&world.sub.der, NOW - DAY, Some(2)).unwrap());
    }));
    let good = [(OCSP, world.good(), 1), (SERVER_CRL, world.crl(|_| {}), 2)];
    let outcome = world.outcome(&good);
    let members: Vec<_> = outcome.members.iter().map(|one| one.subject.as_str()).collect();
    assert_eq!(members, ["CN=c12.webex.com", "CN=Sub"]);
    assert_eq!(outcome.state(), &Revocation::Good);

    let rows = [good.to_vec(), vec![(CRL, sub_revoked, 3)]].concat();
    let outcome = world.outcome(&rows);
    let worst = outcome.worst().unwrap();
    assert_eq!((worst.member, worst.status.state.as_str()), (1, "revoked"));
    assert_eq!(worst.status.state.detail().unwrap(), "on 2027-06-30 00:00:00 UTC (cACompromise)");

    let rows = [good.to_vec(), vec![(CRL, failed(), 3)]].concat();
    assert_eq!(world.outcome(&rows).worst().unwrap().member, 1, "no answer weighs more than good");

    // The root presented too, trusted or not.
    let mut longer = World::new();
    longer.chain.push(parse(&longer.root.der));
    assert_eq!(longer.outcome(&[]).members.len(), 2);
    longer.anchors = TrustAnchors::default();
    let rows = [(OCSP, longer.good(), 1)];
    let outcome = longer.outcome(&rows);
    assert_eq!(outcome.members.len(), 2, "{outcome:?}");
    assert_eq!(outcome.state(), &Revocation::Good, "of a chain that nobody trusts");
}

#[test]
fn without_the_issuer_nothing_can_be_believed() {
    let mut world = World::new();
    world.chain.truncate(1);
    let outcome = world.evaluated(Some(&world.ocsp(|_| {})), &[], &[]);
    let status = outcome.of(0).unwrap();
    assert_eq!(status.state, Revocation::NotAsked);
    assert_eq!(status.detail().as_deref(), Some("its issuer `CN=Sub` is not known"));
    for crls in [&[][..], &["ldap:///CN=Sub"]] {
        let mut bare = World::naming(&[], crls);
        bare.chain.truncate(1);
        assert_eq!(bare.outcome(&[]).state(), &Revocation::NotOffered, "{crls:?}");
    }
}

#[test]
fn a_self_signed_certificate_is_nobodys_to_revoke() {
    let own = issue::self_signed(|_| {});
    let chain = [parse(&own)];
    let anchors = issue::anchors(&[(&own, "test")]);
    let path = validate(&chain, &anchors, NOW);
    let answers =
        Answers { staple: None, were_asked: false, fetched: &BTreeMap::new(), files: &[] };
    assert_eq!(evaluate(&chain, &path, &anchors, answers, NOW), Outcome::default());
    let nobody = TrustAnchors::default();
    let path = validate(&chain, &nobody, NOW);
    assert_eq!(evaluate(&chain, &path, &nobody, answers, NOW), Outcome::default());
}

#[test]
fn sources_that_are_not_asked_are_named() {
    for (responders, crls, note) in [
        (&[][..], &[][..], None),
        (&[], &["ldap:///CN=Sub"][..], Some("it names a source over LDAP only, `ldap:///CN=Sub`")),
        (
            &["LDAPS://ldap.example"],
            &["ldap:///CN=Sub"],
            Some("it names a source over LDAP only, `ldap:///CN=Sub`"),
        ),
        (
            &["ldap:///CN=Sub"],
            &["ftp://crl.example/crl"],
            Some("it names a source over a protocol other than HTTP only, `ftp://crl.example/crl`"),
        ),
    ] {
        let status = World::naming(responders, crls).status(&[]);
        assert_eq!((status.state.as_str(), status.note.as_deref()), ("not-offered", note));
    }
}

#[test]
fn an_expired_certificate_is_called_neither_good_nor_revoked() {
    let root = Authority::root("Root");
    let old = root.server(|params| {
        issue::set_validity(params, NOW - 90 * DAY, NOW - 30 * DAY);
    });
    let chain = [parse(&old)];
    let anchors = root.anchors();
    let path = validate(&chain, &anchors, NOW);
    let question = questions(&chain, &anchors).remove(0);
    for (what, crl, why) in [
        ("no longer listed", list(&root, |_| {}), "proves nothing"),
        (
            "still listed",
            list(&root, |list| {
                list.entries.push(Entry::about(&old, NOW - 40 * DAY, None).unwrap());
            }),
            "says that it was revoked on",
        ),
    ] {
        let answer = Fetched { outcome: FetchOutcome::Body(crl), elapsed_ms: 1 };
        let fetched = BTreeMap::from([(question.clone(), answer)]);
        let answers = Answers { staple: None, were_asked: false, fetched: &fetched, files: &[] };
        let outcome = evaluate(&chain, &path, &anchors, answers, NOW);
        assert_eq!(outcome.state().as_str(), "invalid", "{what}");
        let detail = outcome.state().detail().unwrap();
        assert!(detail.contains(why), "{what}: {detail}");
    }
}
