//! What certificate a server shall present, as a plain description.

use crate::intermediate::Intermediate;
use crate::sources::{Crl, CrlFault, Delivery, Ocsp, Sources};

/// A description of an end-entity certificate and of the chain presented with it. It is issued,
/// once per lab, by an intermediate under the lab's root; the methods change one thing each.
///
/// ```
/// use lab::{Certificate, Revocation};
///
/// let good = Certificate::for_names(&["c12.webex.com", "*.webexconnect.com"]);
/// let revoked = good.clone().revocation(Revocation::Revoked);
/// let printer = Certificate::for_names(&["printer"]).self_signed();
/// # assert_ne!(good, revoked); assert_ne!(good, printer);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Certificate {
    pub(crate) names: Vec<String>,
    pub(crate) other_names: Vec<OtherName>,
    pub(crate) common_name: Option<String>,
    /// Days from the start of the lab to notBefore and notAfter.
    pub(crate) days: (i64, i64),
    pub(crate) usage: Usage,
    pub(crate) key: Key,
    pub(crate) issuer: Issuer,
    pub(crate) presented: Vec<Link>,
    pub(crate) sources: Sources,
    pub(crate) staple: Option<Ocsp>,
}

/// A name in the subjectAltName that is neither a dNSName nor an iPAddress.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum OtherName {
    /// id-on-xmppAddr, a UTF8String (RFC 6120, 13.7.1.4).
    XmppAddress(String),
    /// id-on-dnsSRV, an IA5String (RFC 4985, 2).
    Service(String),
}

/// The extended key usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Usage {
    Server,
    Client,
}

/// A kind of key. All certificates of one kind share one key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// ECDSA on P-256.
    P256,
    /// ECDSA on P-384.
    P384,
    /// ECDSA on P-521.
    P521,
    /// Ed25519.
    Ed25519,
    /// RSA with 2,048 bits; making one takes a while.
    Rsa2048,
    /// RSA with 3,072 bits, which WebEx has; making one takes longer.
    Rsa3072,
}

/// Who signs it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Issuer {
    Intermediate(Intermediate),
    /// Its own key.
    Itself,
}

/// One certificate of a chain as it is presented (RFC 8446, 4.4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Link {
    /// The certificate itself.
    EndEntity,
    /// Its issuer.
    Intermediate,
    /// Another certificate for the issuer's name and key, signed by a root that nobody trusts.
    CrossCertificate,
    /// The issuer's issuer.
    Root,
    /// A certificate of a CA that has nothing to do with it.
    Unrelated,
}

/// What a client learns that asks whether the certificate was revoked. The lab publishes CRLs
/// (RFC 5280, 5) over HTTP at `crl.lab.example`, a name that its DNS knows.
/// [`Certificate::sources`] says it in more detail.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Revocation {
    /// The CRL does not list it.
    #[default]
    Good,
    /// The CRL lists it with the reason keyCompromise.
    Revoked,
    /// It names no CRL distribution point.
    NotOffered,
    /// Its CRL distribution point refuses connections.
    Unreachable,
    /// Its CRL distribution point accepts connections and never answers.
    Stalled,
    /// The nextUpdate of the CRL has passed.
    Stale,
}

impl From<Revocation> for Sources {
    fn from(revocation: Revocation) -> Self {
        const KEY_COMPROMISE: u8 = 1;
        match revocation {
            Revocation::Good => Crl::empty().into(),
            Revocation::Revoked => Crl::listing(Some(KEY_COMPROMISE)).into(),
            Revocation::NotOffered => Self::none(),
            Revocation::Unreachable => Crl::empty().delivery(Delivery::Refused).into(),
            Revocation::Stalled => Crl::empty().delivery(Delivery::Tarpit).into(),
            Revocation::Stale => Crl::empty().fault(CrlFault::Stale).into(),
        }
    }
}

impl Certificate {
    /// A good certificate with these DNS-IDs, of which the first is also the Subject CN. A
    /// wildcard is written as it is; an address becomes an IP-ID.
    pub fn for_names<N: AsRef<str>>(names: &[N]) -> Self {
        let names: Vec<String> = names.iter().map(|name| name.as_ref().to_owned()).collect();
        Self {
            common_name: names.first().cloned(),
            names,
            other_names: Vec::new(),
            days: (-30, 335),
            usage: Usage::Server,
            key: Key::P256,
            issuer: Issuer::Intermediate(Intermediate::default()),
            presented: vec![Link::EndEntity, Link::Intermediate],
            sources: Revocation::Good.into(),
            staple: None,
        }
    }

    /// One whose only name is the Subject CN: it has no subjectAltName at all.
    pub fn common_name_only(name: &str) -> Self {
        Self { common_name: Some(name.to_owned()), ..Self::for_names::<&str>(&[]) }
    }

    /// The same for other names, as [`for_names`](Self::for_names) takes them.
    pub fn names<N: AsRef<str>>(self, names: &[N]) -> Self {
        let Self { names, common_name, .. } = Self::for_names(names);
        Self { names, common_name, ..self }
    }

    /// With another Subject CN than the first of its names.
    pub fn common_name(mut self, name: &str) -> Self {
        self.common_name = Some(name.to_owned());
        self
    }

    /// With an xmppAddr for this XMPP domain (RFC 6120, 13.7.1.4).
    pub fn xmpp_address(mut self, domain: &str) -> Self {
        self.other_names.push(OtherName::XmppAddress(domain.to_owned()));
        self
    }

    /// With an SRVName such as `_xmpp-client.webex.com` (RFC 4985, 2).
    pub fn service_name(mut self, name: &str) -> Self {
        self.other_names.push(OtherName::Service(name.to_owned()));
        self
    }

    /// Valid between these days, counted from the start of the lab.
    pub fn valid_days(mut self, not_before: i64, not_after: i64) -> Self {
        self.days = (not_before, not_after);
        self
    }

    /// Past its notAfter by 35 days.
    pub fn expired(self) -> Self {
        self.valid_days(-400, -35)
    }

    /// 35 days before its notBefore.
    pub fn not_yet_valid(self) -> Self {
        self.valid_days(35, 400)
    }

    /// For client authentication only (RFC 5280, 4.2.1.12).
    pub fn client_only(mut self) -> Self {
        self.usage = Usage::Client;
        self
    }

    /// With a key of this kind.
    pub fn key(mut self, key: Key) -> Self {
        self.key = key;
        self
    }

    /// Signed by its own key; it names no place to ask about it, and is presented alone.
    pub fn self_signed(mut self) -> Self {
        self.issuer = Issuer::Itself;
        self.sources = Sources::none();
        self.presented = vec![Link::EndEntity];
        self
    }

    /// From this intermediate.
    pub fn under(mut self, intermediate: Intermediate) -> Self {
        self.issuer = Issuer::Intermediate(intermediate);
        self
    }

    /// From an authority that [`Lab::ca_pem`](crate::Lab::ca_pem) does not contain. It names no
    /// place to ask about it.
    pub fn from_untrusted_authority(mut self) -> Self {
        self.issuer = Issuer::Intermediate(Intermediate::of_a_stranger());
        self.sources = Sources::none();
        self
    }

    /// From an intermediate that may issue for names inside these domains only (RFC 5280,
    /// 4.2.1.10), whether the names of this certificate keep to it or not.
    pub fn under_name_constraints(self, permitted: &[&str]) -> Self {
        self.under(Intermediate::default().permitted(permitted))
    }

    /// Presented alone, as a misconfigured server does.
    pub fn without_intermediate(self) -> Self {
        self.presenting(&[Link::EndEntity])
    }

    /// Presented with the root before the intermediate, so that not every certificate certifies
    /// the one before it.
    pub fn unordered(self) -> Self {
        self.presenting(&[Link::EndEntity, Link::Root, Link::Intermediate])
    }

    /// Presented as these certificates in this order.
    pub fn presenting(mut self, links: &[Link]) -> Self {
        self.presented = links.to_vec();
        self
    }

    /// With this answer to the question whether it was revoked.
    pub fn revocation(self, revocation: Revocation) -> Self {
        self.sources(revocation)
    }

    /// With these places where its revocation is told.
    pub fn sources(mut self, sources: impl Into<Sources>) -> Self {
        self.sources = sources.into();
        self
    }

    /// With this response stapled to every handshake that asks for one (RFC 6066, 8), whatever the
    /// certificate's places say.
    pub fn staple(mut self, staple: Ocsp) -> Self {
        self.staple = Some(staple);
        self
    }
}
