//! What CRLs say of the path's certificates.

use std::time::Duration;

use rcgen::{
    CertificateParams, CertificateRevocationListParams, KeyIdMethod, KeyUsagePurpose,
    RevocationReason, RevokedCertParams, SerialNumber,
};

use super::authority::{Authority, NOT_BEFORE, NOW, valid};
use super::{FINE, Kinds, Own};
use photofix::profile::VerdictKind::{Prompts, Refuses, Trusted};

/// The serial numbers of the server and of the intermediate.
const SERVER: u64 = 0x00c1_2000;
const INTERMEDIATE: u64 = 0x5b;
const DAY: i64 = 86_400;

/// Revoked: nobody connects.
const REVOKED: Kinds = [Refuses; 3];
/// Nothing that can be believed: the old client asks, the new one says nothing.
const NOT_LEARNED: Kinds = [Prompts, Trusted, Refuses];

/// What a list is like.
#[derive(Clone, Copy)]
struct List<'a> {
    revoked: &'a [(u64, Option<RevocationReason>)],
    days: (i64, i64),
}

/// Nobody is on it, and it is of today.
const EMPTY: List<'static> = List { revoked: &[], days: (-1, 6) };

fn list(ca: &Authority, list: List<'_>) -> Vec<u8> {
    let instant = |seconds: i64| {
        rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(u64::try_from(seconds).unwrap())
    };
    let revoked = list.revoked.iter().map(|(serial, reason)| RevokedCertParams {
        serial_number: SerialNumber::from(*serial),
        revocation_time: instant(NOW - 2 * DAY),
        reason_code: *reason,
        invalidity_date: None,
    });
    let params = CertificateRevocationListParams {
        this_update: instant(NOW + list.days.0 * DAY),
        next_update: instant(NOW + list.days.1 * DAY),
        crl_number: SerialNumber::from(7_u64),
        issuing_distribution_point: None,
        revoked_certs: revoked.collect(),
        key_identifier_method: KeyIdMethod::Sha256,
    };
    params.signed_by(&ca.issuer()).unwrap().der().to_vec()
}

/// Lists on which nobody is.
pub(super) fn empty_lists(authorities: &[&Authority]) -> Vec<Vec<u8>> {
    authorities.iter().map(|ca| list(ca, EMPTY)).collect()
}

pub(super) fn cases() -> Vec<Own> {
    let numbered = |serial: u64| {
        move |params: &mut CertificateParams| {
            params.serial_number = Some(SerialNumber::from(serial));
        }
    };
    let root = Authority::root("Root", &|_| {});
    let sub = root.below("Sub", &numbered(INTERMEDIATE));
    let namesake = root.below("Sub", &|_| {});
    let stranger = Authority::root("Stranger", &|_| {});
    let server = sub.server(&numbered(SERVER));
    let case = |id: &str, lists: &[(&Authority, List<'_>)], kinds: Kinds| {
        let id = format!("revocation::{id}");
        let lists = lists.iter().map(|(ca, one)| list(ca, *one)).collect();
        Own::new(&id, &[&root.der], &[&server, &sub.der], kinds).with_lists(lists)
    };
    let of = |revoked| List { revoked, ..EMPTY };
    let key = &[(SERVER, Some(RevocationReason::KeyCompromise))][..];
    let hold = &[(SERVER, Some(RevocationReason::CertificateHold))][..];
    let bare = &[(SERVER, None)][..];
    let others = &[(1, None), (SERVER + 1, None)][..];
    let ca = &[(INTERMEDIATE, Some(RevocationReason::CaCompromise))][..];
    let (good, dated) = ((&root, EMPTY), |days| List { days, ..EMPTY });
    let mut cases = vec![
        case("nobody", &[good, (&sub, EMPTY)], FINE),
        case("others", &[good, (&sub, of(others))], FINE),
        case("server", &[good, (&sub, of(key))], REVOKED),
        case("server-on-hold", &[good, (&sub, of(hold))], REVOKED),
        case("server-without-a-reason", &[good, (&sub, of(bare))], REVOKED),
        case("server-on-the-second-list", &[good, (&sub, EMPTY), (&sub, of(key))], REVOKED),
        case("server-on-the-first-list", &[good, (&sub, of(key)), (&sub, EMPTY)], REVOKED),
        case("intermediate", &[(&root, of(ca)), (&sub, EMPTY)], REVOKED),
        case("serial-of-another-issuer", &[(&root, of(key)), (&sub, EMPTY)], FINE),
        case("list-of-the-root-missing", &[(&sub, EMPTY)], NOT_LEARNED),
        case("list-of-the-intermediate-missing", &[good], NOT_LEARNED),
        case("list-of-a-stranger", &[good, (&stranger, of(key))], NOT_LEARNED),
        case("list-by-a-namesake", &[good, (&namesake, of(key))], NOT_LEARNED),
        case("list-expired", &[good, (&sub, dated((-9, -1)))], NOT_LEARNED),
        case("list-of-tomorrow", &[good, (&sub, dated((1, 9)))], NOT_LEARNED),
    ];
    let mute = sub.again(&root, &|p| p.key_usages = vec![KeyUsagePurpose::KeyCertSign]);
    cases.push(
        Own::new(
            "revocation::intermediate-may-not-sign-lists",
            &[&root.der],
            &[&server, &mute.der],
            NOT_LEARNED,
        )
        .with_lists(empty_lists(&[&root, &sub])),
    );
    let expired = sub.server(&|p| valid(p, NOT_BEFORE, NOW - 1));
    cases.push(
        Own::new(
            "revocation::expired-and-not-revoked",
            &[&root.der],
            &[&expired, &sub.der],
            super::ASKED,
        )
        .with_lists(empty_lists(&[&root, &sub])),
    );
    cases
}
