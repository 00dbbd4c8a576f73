//! The on-premises servers that Jabber talks to, and the ports at which it does.
//!
//! From Cisco's Jabber planning guide (which certificate each server presents) and the Expressway
//! guide to IP ports (which ports). Ports that no client uses, such as those between servers, are
//! left out.

use std::fmt;
use std::str::FromStr;

/// A kind of server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Unified Communications Manager.
    Cucm,
    /// Unified Communications Manager IM and Presence (earlier: Cisco Unified Presence).
    Imp,
    /// Unity Connection.
    Unity,
    /// WebEx Meetings Server.
    Meetings,
    /// VCS Expressway or Expressway-E.
    ExpresswayE,
}

/// How a server speaks at a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Speech {
    /// TLS from the first byte: HTTPS, SIP over TLS.
    Tls,
    /// XMPP with STARTTLS.
    Xmpp,
    /// Without TLS, so there is no certificate.
    Plain,
}

/// A port at which Jabber talks to a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Port {
    /// The TCP port.
    pub number: u16,
    /// What for.
    pub what: &'static str,
    /// How.
    pub speech: Speech,
    /// The port that Jabber uses instead where this one is closed.
    pub otherwise: Option<u16>,
    /// Where it is in use, if not everywhere: there nobody listens at other sites, and that is no
    /// fault.
    pub only: Option<&'static str>,
}

const fn port(number: u16, what: &'static str, speech: Speech) -> Port {
    Port { number, what, speech, otherwise: None, only: None }
}

const fn either(number: u16, what: &'static str, otherwise: u16) -> Port {
    Port { number, what, speech: Speech::Tls, otherwise: Some(otherwise), only: None }
}

const fn sometimes(number: u16, what: &'static str, only: &'static str) -> Port {
    Port { number, what, speech: Speech::Tls, otherwise: None, only: Some(only) }
}

static CUCM: [Port; 7] = [
    either(8443, "UDS and AXL (HTTPS)", 443),
    either(443, "UDS and AXL (HTTPS)", 8443),
    sometimes(5061, "SIP over TLS", "where phone security is on"),
    sometimes(5091, "SIP with OAuth", "where SIP OAuth mode is on"),
    either(6971, "configuration files (HTTPS)", 6972),
    either(6972, "configuration files (HTTPS)", 6971),
    port(6970, "configuration files (HTTP)", Speech::Plain),
];
static IMP: [Port; 3] = [
    port(8443, "SOAP (HTTPS)", Speech::Tls),
    port(5222, "XMPP", Speech::Xmpp),
    sometimes(7336, "file transfer (HTTPS)", "where managed file transfer is on"),
];
static UNITY: [Port; 4] = [
    either(443, "voicemail (HTTPS)", 8443),
    either(8443, "voicemail (HTTPS)", 443),
    port(7443, "message waiting (TLS)", Speech::Tls),
    port(7080, "message waiting (HTTP)", Speech::Plain),
];
static MEETINGS: [Port; 1] = [port(443, "meetings (HTTPS)", Speech::Tls)];
static EXPRESSWAY_E: [Port; 3] = [
    port(8443, "UDS (HTTPS)", Speech::Tls),
    port(5222, "XMPP", Speech::Xmpp),
    port(5061, "SIP over TLS", Speech::Tls),
];

/// Every role, by its public name.
const ROLES: [(&str, Role); 5] = [
    ("cucm", Role::Cucm),
    ("imp", Role::Imp),
    ("unity", Role::Unity),
    ("meetings", Role::Meetings),
    ("expressway-e", Role::ExpresswayE),
];

impl Role {
    /// The ports at which Jabber talks to such a server.
    pub fn ports(self) -> &'static [Port] {
        match self {
            Self::Cucm => &CUCM,
            Self::Imp => &IMP,
            Self::Unity => &UNITY,
            Self::Meetings => &MEETINGS,
            Self::ExpresswayE => &EXPRESSWAY_E,
        }
    }
}

/// A name that is no role.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the roles are `cucm`, `imp`, `unity`, `meetings` and `expressway-e`")]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(name: &str) -> Result<Self, UnknownRole> {
        ROLES.iter().find(|(known, _)| *known == name).map(|(_, role)| *role).ok_or(UnknownRole)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = ROLES.iter().find(|(_, role)| role == self).map_or("", |(name, _)| name);
        f.write_str(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_by_name() {
        for (name, role) in ROLES {
            assert_eq!(name.parse::<Role>(), Ok(role));
            assert_eq!(role.to_string(), name);
        }
        let error = "cups".parse::<Role>().unwrap_err().to_string();
        assert!(ROLES.iter().all(|(name, _)| error.contains(&format!("`{name}`"))), "{error}");
    }

    #[test]
    fn alternatives_name_each_other() {
        for (_, role) in ROLES {
            let ports = role.ports();
            for port in ports {
                let others = ports.iter().filter(|other| other.number == port.number);
                assert_eq!(others.count(), 1, "{role}: {}", port.number);
                if let Some(otherwise) = port.otherwise {
                    let other = ports.iter().find(|other| other.number == otherwise).unwrap();
                    assert_eq!(other.otherwise, Some(port.number), "{role}");
                    assert_eq!(other.what, port.what, "{role}");
                }
            }
        }
    }
}
