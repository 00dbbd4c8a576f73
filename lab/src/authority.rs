//! The private authority: a root, intermediates under it, and the CRLs they publish.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, CertificateParams, CertificateRevocationListParams, CertifiedIssuer,
    CrlDistributionPoint, DistinguishedName, DnType, ExtendedKeyUsagePurpose, GeneralSubtree, IsCa,
    KeyIdMethod, KeyPair, KeyUsagePurpose, NameConstraints, RevocationReason, RevokedCertParams,
    SerialNumber, date_time_ymd,
};
use rustls::crypto::aws_lc_rs::sign::any_ecdsa_type;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SigningKey};

use crate::builder::StartError;
use crate::certificate::{Certificate, Chain, Issuer, Revocation, Usage};

/// Where CRLs are published, where nothing listens, and where nothing answers.
pub(crate) const CRL_HOST: &str = "crl.lab.example";
pub(crate) const UNREACHABLE_HOST: &str = "unreachable.lab.example";
pub(crate) const STALLED_HOST: &str = "stalled.lab.example";

/// Where the root publishes its CRL, which covers the intermediates.
const ROOT_CRL: &str = "/root.crl";

/// Where every intermediate's expired CRL stands.
const STALE: &str = "/stale";

/// The longest Subject CN (`ub-common-name`, RFC 5280, A.1).
const LONGEST_COMMON_NAME: usize = 64;

/// Whether an authority's root is in the trust anchors that the lab hands out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Trust {
    Anchor,
    Stranger,
}

/// Issues what photo servers present. End-entity certificates share one key, which costs nothing
/// that a test could see and makes a lab of hundreds of servers start at once.
pub(crate) struct Authority {
    now: Duration,
    root: CertifiedIssuer<'static, KeyPair>,
    stranger: Option<CertifiedIssuer<'static, KeyPair>>,
    intermediates: Vec<(Issuer, Intermediate)>,
    issued: HashMap<Certificate, Arc<CertifiedKey>>,
    key: KeyPair,
    signing_key: Arc<dyn SigningKey>,
    last_serial: u64,
}

struct Intermediate {
    certified: CertifiedIssuer<'static, KeyPair>,
    root: CertificateDer<'static>,
    crl: String,
    revoked: Vec<u64>,
}

impl Authority {
    /// A new root with a new key.
    pub(crate) fn new() -> Result<Self, StartError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let key = KeyPair::generate()?;
        let private = PrivateKeyDer::try_from(key.serialize_der())
            .map_err(|why| StartError::Tls(rustls::Error::General(why.to_owned())))?;
        Ok(Self {
            now,
            root: root(now, "Lab Root CA", 1)?,
            stranger: None,
            intermediates: Vec::new(),
            issued: HashMap::new(),
            signing_key: any_ecdsa_type(&private)?,
            key,
            last_serial: 100,
        })
    }

    /// The root, as PEM.
    pub(crate) fn root_pem(&self) -> String {
        self.root.pem()
    }

    /// The described certificate with its chain and key, issued when first described.
    pub(crate) fn issue(&mut self, wanted: &Certificate) -> Result<Arc<CertifiedKey>, StartError> {
        if let Some(issued) = self.issued.get(wanted) {
            return Ok(issued.clone());
        }
        self.last_serial += 1;
        let serial = self.last_serial;
        let mut params = end_entity(wanted, self.now, serial)?;
        let chain = if wanted.issuer == Issuer::Itself {
            vec![params.self_signed(&self.key)?.der().clone()]
        } else {
            let at = self.intermediate(&wanted.issuer)?;
            let (_, intermediate) = &mut self.intermediates[at];
            if wanted.revocation == Revocation::Revoked {
                intermediate.revoked.push(serial);
            }
            if let Some(uri) = distribution_point(wanted, &intermediate.crl) {
                params.crl_distribution_points = vec![CrlDistributionPoint { uris: vec![uri] }];
            }
            let end_entity = params.signed_by(&self.key, &intermediate.certified)?.der().clone();
            let issuer = intermediate.certified.der().clone();
            match wanted.chain {
                Chain::InOrder => vec![end_entity, issuer],
                Chain::WithoutIntermediate => vec![end_entity],
                Chain::Unordered => vec![end_entity, intermediate.root.clone(), issuer],
            }
        };
        let issued = Arc::new(CertifiedKey::new(chain, self.signing_key.clone()));
        self.issued.insert(wanted.clone(), issued.clone());
        Ok(issued)
    }

    /// All CRLs by the path they are published under; call it after the last certificate.
    pub(crate) fn crls(&self) -> Result<HashMap<String, Vec<u8>>, StartError> {
        let mut crls = HashMap::from([(ROOT_CRL.to_owned(), self.crl(&self.root, &[], (-1, 30))?)]);
        for (_, intermediate) in &self.intermediates {
            let Intermediate { certified, crl, revoked, .. } = intermediate;
            crls.insert(crl.clone(), self.crl(certified, revoked, (-1, 30))?);
            crls.insert(format!("{STALE}{crl}"), self.crl(certified, revoked, (-60, -30))?);
        }
        Ok(crls)
    }

    fn crl(
        &self,
        issuer: &CertifiedIssuer<'static, KeyPair>,
        revoked: &[u64],
        days: (i64, i64),
    ) -> Result<Vec<u8>, StartError> {
        let revocation_time = date_time_ymd(1970, 1, 1) + since_epoch(self.now, days.0 - 1);
        let revoked_certs = revoked.iter().map(|serial| RevokedCertParams {
            serial_number: SerialNumber::from(*serial),
            revocation_time,
            reason_code: Some(RevocationReason::KeyCompromise),
            invalidity_date: None,
        });
        let crl = CertificateRevocationListParams {
            this_update: date_time_ymd(1970, 1, 1) + since_epoch(self.now, days.0),
            next_update: date_time_ymd(1970, 1, 1) + since_epoch(self.now, days.1),
            crl_number: SerialNumber::from(1),
            issuing_distribution_point: None,
            revoked_certs: revoked_certs.collect(),
            key_identifier_method: KeyIdMethod::Sha256,
        };
        Ok(crl.signed_by(issuer)?.der().to_vec())
    }

    /// Where in the list this intermediate stands, made when first needed.
    fn intermediate(&mut self, wanted: &Issuer) -> Result<usize, StartError> {
        if let Some(at) = self.intermediates.iter().position(|(issuer, _)| issuer == wanted) {
            return Ok(at);
        }
        let at = self.intermediates.len();
        let (trust, permitted) = match wanted {
            Issuer::Intermediate { permitted } => (Trust::Anchor, permitted.clone()),
            Issuer::Stranger | Issuer::Itself => (Trust::Stranger, Vec::new()),
        };
        let mut params = certificate_authority(&format!("Lab Issuing CA {}", at + 1));
        params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        params.not_before = date_time_ymd(1970, 1, 1) + since_epoch(self.now, -900);
        params.not_after = date_time_ymd(1970, 1, 1) + since_epoch(self.now, 1800);
        params.serial_number = Some(SerialNumber::from(at as u64 + 10));
        params.use_authority_key_identifier_extension = true;
        if !permitted.is_empty() {
            params.name_constraints = Some(NameConstraints {
                permitted_subtrees: permitted.into_iter().map(GeneralSubtree::DnsName).collect(),
                excluded_subtrees: Vec::new(),
            });
        }
        let issuer = match trust {
            Trust::Anchor => {
                let uris = vec![format!("http://{CRL_HOST}{ROOT_CRL}")];
                params.crl_distribution_points = vec![CrlDistributionPoint { uris }];
                &self.root
            }
            Trust::Stranger => match &mut self.stranger {
                Some(stranger) => stranger,
                none => none.insert(root(self.now, "Stranger Root CA", 2)?),
            },
        };
        let intermediate = Intermediate {
            certified: CertifiedIssuer::signed_by(params, KeyPair::generate()?, issuer)?,
            root: issuer.der().clone(),
            crl: format!("/issuing-{}.crl", at + 1),
            revoked: Vec::new(),
        };
        self.intermediates.push((wanted.clone(), intermediate));
        Ok(at)
    }
}

fn root(
    now: Duration,
    name: &str,
    serial: u64,
) -> Result<CertifiedIssuer<'static, KeyPair>, StartError> {
    let mut params = certificate_authority(name);
    params.not_before = date_time_ymd(1970, 1, 1) + since_epoch(now, -1000);
    params.not_after = date_time_ymd(1970, 1, 1) + since_epoch(now, 3650);
    params.serial_number = Some(SerialNumber::from(serial));
    Ok(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?)
}

/// What all certificates of authorities have in common.
fn certificate_authority(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::OrganizationName, "Photofix Lab");
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn end_entity(
    wanted: &Certificate,
    now: Duration,
    serial: u64,
) -> Result<CertificateParams, StartError> {
    let mut params = CertificateParams::new(wanted.names.clone())?;
    params.distinguished_name = DistinguishedName::new();
    // A name longer than a CN may be stands in the subjectAltName alone, as public CAs do it.
    if let Some(name) = wanted.common_name.as_ref().filter(|it| it.len() <= LONGEST_COMMON_NAME) {
        params.distinguished_name.push(DnType::CommonName, name);
    }
    params.not_before = date_time_ymd(1970, 1, 1) + since_epoch(now, wanted.days.0);
    params.not_after = date_time_ymd(1970, 1, 1) + since_epoch(now, wanted.days.1);
    params.serial_number = Some(SerialNumber::from(serial));
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![match wanted.usage {
        Usage::Server => ExtendedKeyUsagePurpose::ServerAuth,
        Usage::Client => ExtendedKeyUsagePurpose::ClientAuth,
    }];
    params.use_authority_key_identifier_extension = true;
    Ok(params)
}

/// The CRL that a certificate names, if it names one.
fn distribution_point(wanted: &Certificate, crl: &str) -> Option<String> {
    if wanted.issuer == Issuer::Stranger {
        return None;
    }
    match wanted.revocation {
        Revocation::Good | Revocation::Revoked => Some(format!("http://{CRL_HOST}{crl}")),
        Revocation::Stale => Some(format!("http://{CRL_HOST}{STALE}{crl}")),
        Revocation::Unreachable => Some(format!("http://{UNREACHABLE_HOST}{crl}")),
        Revocation::Stalled => Some(format!("http://{STALLED_HOST}{crl}")),
        Revocation::NotOffered => None,
    }
}

/// The time so many days after the lab's start, counted from the epoch.
fn since_epoch(now: Duration, days: i64) -> Duration {
    let shift = Duration::from_secs(days.unsigned_abs() * 86_400);
    if days < 0 { now.saturating_sub(shift) } else { now + shift }
}
