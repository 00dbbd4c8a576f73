//! Where a certificate says that its revocation is told, and what is told there.

use std::time::Duration;

/// The places that a certificate names (RFC 5280, 4.2.1.13 and 4.2.2.1). The lab runs them all at
/// names that its DNS knows, and each with the fault that was asked for.
///
/// ```
/// use std::time::Duration;
/// use lab::{Certificate, Crl, CrlFault, Delivery, Ocsp, OcspFault, Sources};
///
/// let named = || Certificate::for_names(&["c12.webex.com"]);
/// let good = named().sources(Ocsp::good());
/// let forged = named().sources(Ocsp::good().fault(OcspFault::BadSignature));
/// let late = named().sources(Ocsp::good().delivery(Delivery::After(Duration::from_millis(5100))));
/// let both = named().sources(Sources::from(Ocsp::unknown()).crl(Crl::listing(Some(1))));
/// let active_directory = named().sources(Sources::none().crl_at("ldap:///CN=CA?certificateRevocationList"));
/// # assert_ne!(good, forged); assert_ne!(late, both); assert_ne!(good, active_directory);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sources {
    pub(crate) ocsp: Vec<Ocsp>,
    pub(crate) crls: Vec<Crl>,
    /// URIs that are written as they are: of responders, then of CRLs.
    pub(crate) ocsp_uris: Vec<String>,
    pub(crate) crl_uris: Vec<String>,
    pub(crate) ca_issuers: Option<(CaIssuers, Delivery)>,
}

impl Sources {
    /// None at all.
    pub fn none() -> Self {
        Self::default()
    }

    /// With one more OCSP responder.
    pub fn ocsp(mut self, ocsp: Ocsp) -> Self {
        self.ocsp.push(ocsp);
        self
    }

    /// With one more CRL distribution point.
    pub fn crl(mut self, crl: Crl) -> Self {
        self.crls.push(crl);
        self
    }

    /// With a responder at this URI, which the lab does not run.
    pub fn ocsp_at(mut self, uri: &str) -> Self {
        self.ocsp_uris.push(uri.to_owned());
        self
    }

    /// With a CRL distribution point at this URI, which the lab does not run; it stands before
    /// those that it runs, as AD CS has LDAP first.
    pub fn crl_at(mut self, uri: &str) -> Self {
        self.crl_uris.push(uri.to_owned());
        self
    }

    /// With a place where the issuer's certificate can be had (RFC 5280, 4.2.2.1).
    pub fn ca_issuers(mut self, what: CaIssuers, delivery: Delivery) -> Self {
        self.ca_issuers = Some((what, delivery));
        self
    }
}

impl From<Ocsp> for Sources {
    fn from(ocsp: Ocsp) -> Self {
        Self::none().ocsp(ocsp)
    }
}

impl From<Crl> for Sources {
    fn from(crl: Crl) -> Self {
        Self::none().crl(crl)
    }
}

/// What stands at a caIssuers URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CaIssuers {
    /// The issuer's certificate.
    Issuer,
    /// The certificate of another authority.
    Other,
    /// No certificate.
    Garbage,
}

/// What an OCSP responder says of a certificate, or what is stapled about it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Ocsp {
    pub(crate) says: Says,
    pub(crate) signer: OcspSigner,
    pub(crate) fault: Option<OcspFault>,
    pub(crate) delivery: Delivery,
}

/// The word itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Says {
    Good,
    /// With a CRLReason (RFC 5280, 5.3.1), if it says one.
    Revoked(Option<u8>),
    Unknown,
    /// Nothing but an unsuccessful status.
    Unsuccessful(u8),
}

/// Who signs for the CA.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum OcspSigner {
    Itself,
    Delegate(DelegateKind),
}

/// The delegates of one CA (RFC 6960, 4.2.2.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum DelegateKind {
    Proper,
    /// Without id-pkix-ocsp-nocheck.
    ToBeChecked,
    /// Its certificate does not come with the response.
    Missing,
    WithoutUsage,
    OfAnotherCa,
    Expired,
}

/// How an OCSP response is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OcspFault {
    /// Its nextUpdate passed thirty days ago.
    Stale,
    /// Its thisUpdate comes tomorrow.
    Future,
    /// It has no nextUpdate.
    WithoutNextUpdate,
    /// It has no nextUpdate, and its thisUpdate was thirty days ago.
    OldWithoutNextUpdate,
    /// One bit of the signature is turned.
    BadSignature,
    /// It is signed by another key under the CA's name.
    OtherKey,
    /// It says that its signature is made with SHA-1.
    SaidToBeSha1,
    /// It is about another serial number.
    OtherSerial,
    /// It is about a certificate of another issuer.
    OtherIssuer,
    /// It carries a nonce that nobody sent.
    ForeignNonce,
    /// It is a version 2, which does not exist.
    OtherVersion,
    /// It is of another type than id-pkix-ocsp-basic.
    OtherType,
    /// It is successful and says nothing.
    NoBytes,
    /// Its end is missing.
    Truncated,
    /// It is a page in HTML.
    Garbage,
    /// It is signed by a delegate whose certificate does not come with it.
    DelegateMissing,
    /// It is signed by a delegate that may not sign OCSP responses.
    DelegateWithoutUsage,
    /// It is signed by the delegate of another CA.
    DelegateOfAnotherCa,
    /// It is signed by a delegate whose certificate has expired.
    DelegateExpired,
}

impl Ocsp {
    /// Good, signed by the CA itself.
    pub fn good() -> Self {
        Self::that(Says::Good)
    }

    /// Revoked two days ago, with a CRLReason (RFC 5280, 5.3.1) if there is one.
    pub fn revoked(reason: Option<u8>) -> Self {
        Self::that(Says::Revoked(reason))
    }

    /// Unknown.
    pub fn unknown() -> Self {
        Self::that(Says::Unknown)
    }

    /// No word, but a status such as [`ocsp::TRY_LATER`](crate::ocsp::TRY_LATER).
    pub fn unsuccessful(status: u8) -> Self {
        Self::that(Says::Unsuccessful(status))
    }

    /// The same, signed by a delegate of the CA.
    pub fn delegated(mut self) -> Self {
        self.signer = OcspSigner::Delegate(DelegateKind::Proper);
        self
    }

    /// The same, signed by a delegate that does not say that it need not be checked.
    pub fn delegated_without_no_check(mut self) -> Self {
        self.signer = OcspSigner::Delegate(DelegateKind::ToBeChecked);
        self
    }

    /// The same with a fault.
    pub fn fault(mut self, fault: OcspFault) -> Self {
        let delegate = match fault {
            OcspFault::DelegateMissing => Some(DelegateKind::Missing),
            OcspFault::DelegateWithoutUsage => Some(DelegateKind::WithoutUsage),
            OcspFault::DelegateOfAnotherCa => Some(DelegateKind::OfAnotherCa),
            OcspFault::DelegateExpired => Some(DelegateKind::Expired),
            _ => None,
        };
        match delegate {
            Some(kind) => self.signer = OcspSigner::Delegate(kind),
            None => self.fault = Some(fault),
        }
        self
    }

    /// The same, delivered so.
    pub fn delivery(mut self, delivery: Delivery) -> Self {
        self.delivery = delivery;
        self
    }

    fn that(says: Says) -> Self {
        Self { says, signer: OcspSigner::Itself, fault: None, delivery: Delivery::Prompt }
    }
}

/// A CRL at one distribution point, and whether it lists the certificate.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Crl {
    pub(crate) listed: Option<Listed>,
    pub(crate) kind: CrlKind,
}

/// Under which reason a certificate is listed, if under any.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Listed(pub(crate) Option<u8>);

/// What tells one CRL of a CA from another.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct CrlKind {
    pub(crate) fault: Option<CrlFault>,
    pub(crate) delivery: Delivery,
}

/// How a CRL is wrong, or at least unusual.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CrlFault {
    /// Its nextUpdate passed thirty days ago.
    Stale,
    /// Its thisUpdate comes tomorrow.
    Future,
    /// It has no nextUpdate.
    WithoutNextUpdate,
    /// One bit of the signature is turned.
    BadSignature,
    /// It is signed by another key under the CA's name.
    OtherKey,
    /// It is the CRL of another CA.
    OtherIssuer,
    /// It is a delta CRL (RFC 5280, 5.2.4).
    Delta,
    /// It is an indirect CRL (RFC 5280, 5.2.5).
    Indirect,
    /// It covers keyCompromise and cACompromise only.
    SomeReasons,
    /// It covers end-entity certificates only.
    UserCertificatesOnly,
    /// It covers certificates of CAs only.
    CaCertificatesOnly,
    /// It has a critical extension that nobody knows.
    UnknownCritical,
    /// It is PEM.
    Pem,
    /// It lists 200,000 other certificates first.
    Huge,
    /// Its end is missing.
    Truncated,
    /// It is a page in HTML.
    Garbage,
}

impl Crl {
    /// One that does not list the certificate.
    pub fn empty() -> Self {
        Self { listed: None, kind: CrlKind::default() }
    }

    /// One that lists it since two days ago, under a CRLReason (RFC 5280, 5.3.1) if there is one.
    pub fn listing(reason: Option<u8>) -> Self {
        Self { listed: Some(Listed(reason)), kind: CrlKind::default() }
    }

    /// The same with a fault.
    pub fn fault(mut self, fault: CrlFault) -> Self {
        self.kind.fault = Some(fault);
        self
    }

    /// The same, delivered so.
    pub fn delivery(mut self, delivery: Delivery) -> Self {
        self.kind.delivery = delivery;
        self
    }
}

/// How an answer over HTTP comes, whatever it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Delivery {
    /// At once.
    #[default]
    Prompt,
    /// So much later than the lab's delay.
    After(Duration),
    /// Never: there is this status instead.
    Status(u16),
    /// The host has no address.
    NoAddress,
    /// The port refuses connections.
    Refused,
    /// The port accepts connections, and nobody answers.
    Tarpit,
    /// The connection ends in the middle of the body.
    CutOff,
    /// One byte a second.
    Dribble,
    /// The body never ends.
    Endless,
    /// So many bytes follow the answer.
    Padded(u64),
    /// From another place, to which a redirect leads (RFC 9110, 15.4.8).
    Moved,
    /// A redirect that leads back to itself.
    Circular,
    /// A redirect to this URI.
    MovedTo(String),
}
