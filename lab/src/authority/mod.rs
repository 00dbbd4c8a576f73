//! The private authority: a root and the intermediates under it, which issue what servers present
//! and say whether it is revoked.

mod answers;
mod issuing;
mod keys;
mod params;

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use rcgen::{CertifiedIssuer, KeyPair};
use rustls::sign::CertifiedKey;

use crate::builder::StartError;
use crate::certificate::{Certificate, Issuer, Link};
use crate::intermediate::{Intermediate, Standing};
use crate::publications::Publications;
use keys::Keys;

pub(crate) use issuing::Issuing;

/// A root certificate and its key.
type Root = CertifiedIssuer<'static, KeyPair>;

/// Issues what servers present. End-entity certificates with one kind of key share that key, which
/// costs nothing that a test could see and makes a lab of hundreds of servers start at once.
pub(crate) struct Authority {
    /// When the lab started, in seconds since the epoch.
    now: i64,
    root: Issuing,
    /// The root that nobody trusts.
    stranger: Arc<Root>,
    intermediates: Vec<(Intermediate, Issuing)>,
    issued: HashMap<Certificate, Arc<CertifiedKey>>,
    keys: Keys,
    last_serial: u64,
}

impl Authority {
    /// New roots with new keys.
    pub(crate) fn new() -> Result<Self, StartError> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        let root = |name: &str, serial| -> Result<Root, StartError> {
            let params = params::root(name, serial, now);
            Ok(CertifiedIssuer::self_signed(params, KeyPair::generate()?)?)
        };
        let stranger = Arc::new(root("Stranger Root CA", 2)?);
        Ok(Self {
            now,
            root: Issuing::new("root", root("Lab Root CA", 1)?, None, stranger.clone(), now),
            stranger,
            intermediates: Vec::new(),
            issued: HashMap::new(),
            keys: Keys::default(),
            last_serial: 100,
        })
    }

    /// The root, as PEM.
    pub(crate) fn root_pem(&self) -> String {
        self.root.certified.pem()
    }

    /// The described certificate with its chain, staple and key, issued when first described.
    pub(crate) fn issue(&mut self, wanted: &Certificate) -> Result<Arc<CertifiedKey>, StartError> {
        if let Some(issued) = self.issued.get(wanted) {
            return Ok(issued.clone());
        }
        self.last_serial += 1;
        let mut params = params::end_entity(wanted, self.last_serial, self.now)?;
        let pair = self.keys.of(wanted.key)?;
        let (chain, staple) = match &wanted.issuer {
            Issuer::Itself => (vec![params.self_signed(&pair.key)?.der().clone()], None),
            Issuer::Intermediate(intermediate) => {
                let at = self.intermediate(intermediate)?;
                let (_, issuing) = &mut self.intermediates[at];
                let label = wanted.common_name.as_ref().or(wanted.names.first());
                let label = label.map_or("", String::as_str);
                issuing.register(label, self.last_serial, &wanted.sources, &mut params)?;
                let end_entity = params.signed_by(&pair.key, &issuing.certified)?.der().clone();
                let staple = wanted.staple.as_ref();
                let staple = staple.map(|it| issuing.staple(&end_entity, it)).transpose()?;
                let link = |link: &Link| match link {
                    Link::EndEntity => end_entity.clone(),
                    Link::Intermediate => issuing.certified.der().clone(),
                    Link::CrossCertificate => issuing.cross.clone(),
                    Link::Root if intermediate.standing == Standing::Stranger => {
                        self.stranger.der().clone()
                    }
                    Link::Root => self.root.certified.der().clone(),
                    Link::Unrelated => self.stranger.der().clone(),
                };
                (wanted.presented.iter().map(link).collect(), staple)
            }
        };
        let mut issued = CertifiedKey::new(chain, pair.signing_key.clone());
        issued.ocsp = staple;
        let issued = Arc::new(issued);
        self.issued.insert(wanted.clone(), issued.clone());
        Ok(issued)
    }

    /// Everything that the lab's publishers have; after the last certificate.
    pub(crate) fn publish(self) -> Result<Publications, StartError> {
        let mut published = Publications::default();
        for issuing in self.intermediates.into_iter().map(|(_, it)| it).chain([self.root]) {
            issuing.publish(&mut published)?;
        }
        Ok(published)
    }

    /// Where in the list this intermediate stands, made when first needed.
    fn intermediate(&mut self, wanted: &Intermediate) -> Result<usize, StartError> {
        if let Some(at) = self.intermediates.iter().position(|(it, _)| it == wanted) {
            return Ok(at);
        }
        let at = self.intermediates.len();
        let (name, serial) = (format!("Lab Issuing CA {}", at + 1), at as u64 + 10);
        let mut params = params::intermediate(&name, serial, wanted, self.now);
        let key = keys::new(wanted.key)?;
        let cross = params.signed_by(&key, &**self.stranger)?.der().clone();
        self.root.register(&name, serial, &wanted.sources, &mut params)?;
        let certified = match wanted.standing {
            Standing::Trusted => CertifiedIssuer::signed_by(params, key, &self.root.certified)?,
            Standing::Stranger => CertifiedIssuer::signed_by(params, key, &**self.stranger)?,
        };
        let slug = format!("issuing-{}", at + 1);
        let issuing = Issuing::new(&slug, certified, Some(cross), self.stranger.clone(), self.now);
        self.intermediates.push((wanted.clone(), issuing));
        Ok(at)
    }
}
