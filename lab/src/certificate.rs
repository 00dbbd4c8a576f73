//! What certificate a photo server shall present, as a plain description.

/// A description of an end-entity certificate and of the chain presented with it. It is issued,
/// once per lab, by the lab's intermediate under the lab's root; the methods change one thing each.
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
    pub(crate) common_name: Option<String>,
    /// Days from the start of the lab to notBefore and notAfter.
    pub(crate) days: (i64, i64),
    pub(crate) usage: Usage,
    pub(crate) issuer: Issuer,
    pub(crate) chain: Chain,
    pub(crate) revocation: Revocation,
}

/// The extended key usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Usage {
    Server,
    Client,
}

/// Who signs it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Issuer {
    /// The intermediate; with names, one that may issue for these domains only.
    Intermediate { permitted: Vec<String> },
    /// An intermediate under another root, which nobody trusts.
    Stranger,
    /// Its own key.
    Itself,
}

/// What is presented with it (RFC 8446, 4.4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Chain {
    InOrder,
    WithoutIntermediate,
    Unordered,
}

/// What a client learns that asks whether the certificate was revoked. The lab publishes CRLs
/// (RFC 5280, 5) over HTTP at `crl.lab.example`, a name that its DNS knows.
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

impl Certificate {
    /// A good certificate with these DNS-IDs, of which the first is also the Subject CN. A
    /// wildcard is written as it is; an address becomes an IP-ID.
    pub fn for_names<N: AsRef<str>>(names: &[N]) -> Self {
        let names: Vec<String> = names.iter().map(|name| name.as_ref().to_owned()).collect();
        Self {
            common_name: names.first().cloned(),
            names,
            days: (-30, 335),
            usage: Usage::Server,
            issuer: Issuer::Intermediate { permitted: Vec::new() },
            chain: Chain::InOrder,
            revocation: Revocation::Good,
        }
    }

    /// One whose only name is the Subject CN: it has no subjectAltName at all.
    pub fn common_name_only(name: &str) -> Self {
        Self { common_name: Some(name.to_owned()), ..Self::for_names::<&str>(&[]) }
    }

    /// With another Subject CN than the first of its names.
    pub fn common_name(mut self, name: &str) -> Self {
        self.common_name = Some(name.to_owned());
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

    /// Signed by its own key; it names no CRL.
    pub fn self_signed(mut self) -> Self {
        self.issuer = Issuer::Itself;
        self
    }

    /// From an authority that [`Lab::ca_pem`](crate::Lab::ca_pem) does not contain. It names no CRL.
    pub fn from_untrusted_authority(mut self) -> Self {
        self.issuer = Issuer::Stranger;
        self
    }

    /// From an intermediate that may issue for names inside these domains only (RFC 5280,
    /// 4.2.1.10), whether the names of this certificate keep to it or not.
    pub fn under_name_constraints(mut self, permitted: &[&str]) -> Self {
        let permitted = permitted.iter().map(|domain| (*domain).to_owned()).collect();
        self.issuer = Issuer::Intermediate { permitted };
        self
    }

    /// Presented alone, as a misconfigured server does.
    pub fn without_intermediate(mut self) -> Self {
        self.chain = Chain::WithoutIntermediate;
        self
    }

    /// Presented with the root before the intermediate, so that not every certificate certifies
    /// the one before it.
    pub fn unordered(mut self) -> Self {
        self.chain = Chain::Unordered;
        self
    }

    /// With this answer to the question whether it was revoked.
    pub fn revocation(mut self, revocation: Revocation) -> Self {
        self.revocation = revocation;
        self
    }
}
