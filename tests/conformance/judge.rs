//! A case through everything that judges certificates, for every client profile.

use std::collections::BTreeMap;

use photofix::evidence::{Dialogue, Handshake, HandshakeOutcome, Purpose, RevocationFile};
use photofix::name::Fqdn;
use photofix::profile::{Occasion, PROFILES, Profile, ProfileId, VerdictKind};
use photofix::reference::ReferenceIdentifier;
use photofix::rules::{self, Finding};
use photofix::x509::certificate::Certificate;
use photofix::x509::path::validate;
use photofix::x509::revocation::{self, Answers, Outcome};
use photofix::x509::trust::TrustAnchors;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, CertificateRevocationListDer};

use crate::case::{Case, PeerName};

/// What is judged, in DER.
#[derive(Debug)]
pub(crate) struct Presented {
    pub(crate) roots: Vec<Vec<u8>>,
    /// The end-entity certificate first.
    pub(crate) chain: Vec<Vec<u8>>,
    pub(crate) crls: Vec<Vec<u8>>,
    /// Seconds since the epoch.
    pub(crate) at: i64,
}

/// What is asked about it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Question<'a> {
    /// Everything, for a name that photofix can demand.
    Name(&'a Fqdn),
    /// Everything but the rules about identity, which this test answers itself: photofix demands
    /// no addresses and no single labels.
    Identified(bool),
    /// What RFC 5280 says of a certification path, and nothing that depends on its use by a server.
    Path,
}

/// The verdict of one profile, and its reasons.
pub(crate) type Verdict = (VerdictKind, Vec<String>);

/// The verdicts of all profiles.
pub(crate) type Verdicts = BTreeMap<ProfileId, Verdict>;

/// When a case without a time is judged: 2026-11-01 00:00:00 UTC, by when all were made.
const ANY_TIME: i64 = 1_793_491_200;

/// Judges a case of x509-limbo's form.
pub(crate) fn judge(case: &Case) -> Verdicts {
    let certificate = |pem: &String| CertificateDer::from_pem_slice(pem.as_bytes()).unwrap();
    let crl = |pem: &String| CertificateRevocationListDer::from_pem_slice(pem.as_bytes()).unwrap();
    let chain = std::iter::once(&case.peer_certificate).chain(&case.untrusted_intermediates);
    let presented = Presented {
        roots: case.trusted_certs.iter().map(|pem| certificate(pem).to_vec()).collect(),
        chain: chain.map(|pem| certificate(pem).to_vec()).collect(),
        crls: case.crls.iter().map(|pem| crl(pem).to_vec()).collect(),
        at: case
            .validation_time
            .as_ref()
            .map_or(ANY_TIME, |text| text.parse::<jiff::Timestamp>().unwrap().as_second()),
    };
    let end_entity = Certificate::parse(&presented.chain[0]).ok();
    let names = |test: &dyn Fn(&Certificate) -> bool| end_entity.as_ref().is_some_and(test);
    let name;
    let question = match &case.expected_peer_name {
        None => Question::Identified(true),
        Some(PeerName::Ip(address)) => {
            Question::Identified(names(&|it| it.ip_names.contains(address)))
        }
        Some(PeerName::Dns(text)) => match Fqdn::parse(text) {
            Ok(parsed) => {
                name = parsed;
                Question::Name(&name)
            }
            Err(_) => Question::Identified(names(&|it| it.dns_names.contains(text))),
        },
    };
    verdicts(&presented, question)
}

/// Judges what was presented.
pub(crate) fn verdicts(presented: &Presented, question: Question<'_>) -> Verdicts {
    let roots = presented.roots.iter().map(|der| (der.clone().into(), "test".to_owned())).collect();
    let anchors = TrustAnchors::new(roots).0;
    let mut ders = presented.chain.iter();
    let end_entity = Certificate::parse(ders.next().unwrap());
    let others = ders.flat_map(|der| Certificate::parse(der));
    let (chain, unreadable) = match end_entity {
        Ok(end_entity) => (std::iter::once(end_entity).chain(others).collect(), None),
        Err(error) => (Vec::new(), Some(error)),
    };
    let path = validate(&chain, &anchors, presented.at);
    let file = |bytes: &Vec<u8>| RevocationFile {
        name: "crl".to_owned(),
        purpose: Purpose::Crl,
        bytes: bytes.clone(),
    };
    let files: Vec<_> = presented.crls.iter().map(file).collect();
    let answers =
        Answers { staple: None, were_asked: false, fetched: &BTreeMap::new(), files: &files };
    // Without a CRL revocation is not what a case is about.
    let revocation = if files.is_empty() {
        Outcome::default()
    } else {
        revocation::evaluate(&chain, &path, &anchors, answers, presented.at)
    };
    let nobody = Fqdn::parse("nobody.invalid").unwrap();
    let name = match question {
        Question::Name(name) => name,
        Question::Identified(_) | Question::Path => &nobody,
    };
    let case = rules::Case {
        reference: &ReferenceIdentifier::asked_for(name.clone()),
        dialogue: &Dialogue::Tls,
        handshake: &Handshake::without_chain(HandshakeOutcome::Completed),
        chain: match &unreadable {
            Some(error) => Err(error),
            None => Ok(&chain),
        },
        path: &path,
        revocation: &revocation,
    };
    let verdict = |profile: &Profile| {
        let whole = profile.judge(&case, Occasion::Photo);
        let is_asked = |finding: &&Finding| match question {
            Question::Name(_) => true,
            Question::Identified(_) => !is_about_identity(finding),
            Question::Path => {
                !is_about_identity(finding) && finding.rule != rules::BASELINE_REQUIREMENTS.id
            }
        };
        match question {
            Question::Name(_) => (whole.kind, whole.reasons),
            Question::Identified(false) => {
                (VerdictKind::Refuses, vec!["the name is another".to_owned()])
            }
            Question::Identified(true) | Question::Path => {
                let weighed = whole.findings.iter().filter(is_asked).map(|finding| {
                    (profile.response(finding, &revocation), finding.detail.clone())
                });
                let weighed: Vec<_> =
                    weighed.filter(|(kind, _)| *kind != VerdictKind::Trusted).collect();
                let kind = weighed.iter().map(|(kind, _)| *kind).max();
                let reasons = weighed.into_iter().map(|(_, detail)| detail).collect();
                (kind.unwrap_or(VerdictKind::Trusted), reasons)
            }
        }
    };
    PROFILES.iter().map(|profile| (profile.id, verdict(profile))).collect()
}

fn is_about_identity(finding: &Finding) -> bool {
    let identity = [&rules::XMPP_ADDR, &rules::SRV_ID, &rules::DNS_ID, &rules::CN_ID];
    identity.iter().any(|rule| rule.id == finding.rule)
}
