//! What was judged of a server's certificate, as reports carry it.

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::Word;

/// A certificate verdict for one name at one address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CertificateReport {
    /// The server's name; over `http` also the reference identifier.
    pub host: String,
    /// TCP port.
    pub port: u16,
    /// `http` or `xmpp`.
    pub service: Word,
    /// The reference identifier of an `xmpp` server.
    pub xmpp_domain: Option<String>,
    /// The address asked; none when no address is known.
    pub address: Option<IpAddr>,
    /// The client profile.
    pub profile: Word,
    /// `trusted`, `prompts`, `refuses`, `unknown`, `not-asked`.
    pub verdict: Word,
    /// Why, the most telling first.
    pub reasons: Vec<String>,
    /// What an administrator should know besides.
    pub remarks: Vec<String>,
    /// The rule that decided.
    pub deciding_rule: Option<Word>,
    /// What every rule says, the most telling first; none where it is not kept, as by `photofix check`
    /// and in documents of versions that kept none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub findings: Option<Vec<FindingReport>>,
    /// How the identity was judged.
    pub identity: IdentityReport,
    /// The chain as presented.
    pub chain: Vec<ChainMember>,
    /// The trust anchor that the path leads to; none when it leads to none.
    pub trust_anchor: Option<TrustAnchorReport>,
    /// notAfter of the end-entity certificate, RFC 3339.
    pub not_after: Option<String>,
    /// Whole days from the run to notAfter; negative when it has passed.
    pub days_left: Option<i64>,
    /// Key of the end-entity certificate, such as `RSA 2048`.
    pub key: Option<String>,
    /// Signature algorithm of the end-entity certificate.
    pub signature: Option<String>,
    /// Revocation: of the members of the path, the one that weighs most.
    pub revocation: RevocationReport,
    /// Protocol agreed, such as `TLS 1.3`.
    pub tls: Option<String>,
}

/// What one rule says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FindingReport {
    /// The rule.
    pub rule: Word,
    /// `holds`, `broken`, `not-applicable`, `undetermined`.
    pub status: Word,
    /// Why, in words.
    pub detail: String,
    /// The presented identifier that decided.
    pub presented: Option<String>,
    /// What the client profiles do about it; those for which it does not count are left out.
    pub profiles: Vec<ProfileResponse>,
}

/// What one client does about a finding.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProfileResponse {
    /// The client profile.
    pub profile: Word,
    /// `trusted`, `prompts`, `refuses`, `unknown`.
    pub response: Word,
}

/// How a presented identifier was matched.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct IdentityReport {
    /// Whether one matched.
    pub matched: bool,
    /// `xmpp-addr`, `srv-id`, `dns-id`, `cn-id`.
    pub rule: Option<Word>,
    /// The identifiers presented.
    pub presented: Vec<String>,
}

/// One certificate of a chain.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ChainMember {
    /// Subject, RFC 4514.
    pub subject: String,
    /// Issuer, RFC 4514.
    pub issuer: String,
    /// notBefore, RFC 3339.
    pub not_before: String,
    /// notAfter, RFC 3339.
    pub not_after: String,
    /// SHA-256 of the certificate, hexadecimal.
    pub sha256: String,
    /// What is known of its revocation; none for a certificate that is not on the path.
    pub revocation: Option<RevocationReport>,
}

/// The end of a certification path.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TrustAnchorReport {
    /// Subject, RFC 4514.
    pub subject: String,
    /// Where it was loaded from: `system`, `mozilla`, a file; several are joined by commas.
    pub source: String,
    /// notAfter of its certificate, RFC 3339.
    pub not_after: Option<String>,
}

/// What is known of a certificate's revocation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RevocationReport {
    /// `not-asked`, or a state of the contract.
    pub state: Word,
    /// When and why it was revoked, or why there is no answer.
    pub detail: Option<String>,
    /// Who said so.
    pub source: Option<String>,
    /// How long the answer took, in milliseconds.
    pub elapsed_ms: Option<u64>,
    /// thisUpdate, RFC 3339.
    pub this_update: Option<String>,
    /// nextUpdate, RFC 3339.
    pub next_update: Option<String>,
}

impl RevocationReport {
    /// Nobody was asked.
    pub fn not_asked() -> Self {
        Self {
            state: "not-asked".into(),
            detail: None,
            source: None,
            elapsed_ms: None,
            this_update: None,
            next_update: None,
        }
    }
}
