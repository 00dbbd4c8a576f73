//! What an OCSP response and a CRL have in common: something stated about a certificate, and the
//! time for which it is stated.

use der::Decode;
use der::asn1::GeneralizedTime;
use x509_cert::time::Time;

use super::time::utc;
use super::tlv::{self, Malformed, Tlv};

/// How far the clocks of responders and of those who ask may be apart, in seconds: what OpenSSL's
/// `ocsp` allows by default (`-validity_period`).
pub const CLOCK_SKEW: i64 = 5 * 60;

/// What is stated about a certificate (RFC 6960, 2.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    /// It is not revoked.
    Good,
    /// It is revoked.
    Revoked {
        /// When, in seconds since the epoch.
        since: i64,
        /// The reason in words (RFC 5280, 5.3.1), where one is given.
        reason: Option<String>,
    },
    /// The responder does not know it.
    Unknown,
}

/// The time for which something is stated, in seconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dates {
    /// thisUpdate: when it was known to be so.
    pub this_update: i64,
    /// nextUpdate: when newer word will be there, at the latest.
    pub next_update: Option<i64>,
}

/// Why an answer does not speak for the time it is wanted for; shown, what follows "it".
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotCurrent {
    /// It is from the future.
    #[error("is not valid before {}", utc(*.0))]
    NotYet(i64),
    /// Its nextUpdate has passed.
    #[error("is out of date since {}", utc(*.0))]
    Expired(i64),
    /// It does not say when there will be newer word, and is old.
    #[error("is from {} and names no nextUpdate", utc(*.0))]
    TooOld(i64),
    /// Its nextUpdate comes before its thisUpdate.
    #[error("has a nextUpdate before its thisUpdate")]
    Backwards,
}

impl Dates {
    /// Whether it speaks for a time. One without nextUpdate does for `longest` seconds.
    pub(crate) fn check(&self, at: i64, longest: i64) -> Result<(), NotCurrent> {
        let Self { this_update, next_update } = *self;
        if next_update.is_some_and(|next| next < this_update) {
            return Err(NotCurrent::Backwards);
        }
        if this_update > at.saturating_add(CLOCK_SKEW) {
            return Err(NotCurrent::NotYet(this_update));
        }
        match next_update {
            Some(next) if next.saturating_add(CLOCK_SKEW) < at => Err(NotCurrent::Expired(next)),
            None if this_update.saturating_add(longest) < at => {
                Err(NotCurrent::TooOld(this_update))
            }
            _ => Ok(()),
        }
    }
}

/// Reasons for a revocation by their code (RFC 5280, 5.3.1); 7 is not used.
const REASONS: [(u8, &str); 10] = [
    (0, "unspecified"),
    (1, "keyCompromise"),
    (2, "cACompromise"),
    (3, "affiliationChanged"),
    (4, "superseded"),
    (5, "cessationOfOperation"),
    (6, "certificateHold"),
    (8, "removeFromCRL"),
    (9, "privilegeWithdrawn"),
    (10, "aACompromise"),
];

/// The code of removeFromCRL, which takes a certificate off the list.
pub(crate) const REMOVE_FROM_CRL: u8 = 8;

/// The code of certificateHold, a revocation that may end.
pub(crate) const CERTIFICATE_HOLD: u8 = 6;

/// The word for a reason code.
pub(crate) fn reason_word(code: u8) -> String {
    match REASONS.iter().find(|(known, _)| *known == code) {
        Some((_, word)) => (*word).to_owned(),
        None => format!("reason {code}"),
    }
}

/// The code in an ENUMERATED CRLReason.
pub(crate) fn reason_code(reason: Tlv<'_>) -> Result<u8, Malformed> {
    match (reason.tag, reason.value) {
        (tlv::ENUMERATED, [code]) => Ok(*code),
        _ => Err(Malformed("reasonCode")),
    }
}

/// Seconds since the epoch of a GeneralizedTime (RFC 5280, 4.1.2.5.2).
pub(crate) fn generalized_time(time: Tlv<'_>, field: &'static str) -> Result<i64, Malformed> {
    let time = GeneralizedTime::from_der(time.whole).map_err(|_| Malformed(field))?;
    i64::try_from(time.to_unix_duration().as_secs()).map_err(|_| Malformed(field))
}

/// Seconds since the epoch of a Time, in either form (RFC 5280, 4.1.2.5).
pub(crate) fn time(time: Tlv<'_>, field: &'static str) -> Result<i64, Malformed> {
    let time = Time::from_der(time.whole).map_err(|_| Malformed(field))?;
    i64::try_from(time.to_unix_duration().as_secs()).map_err(|_| Malformed(field))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_speaks_from_this_update_to_next_update_and_five_minutes_around() {
        const LONGEST: i64 = 1000;
        for (this_update, next_update, at, expected) in [
            (1000, Some(2000), 1000, Ok(())),
            (1000, Some(2000), 2000, Ok(())),
            (1000, Some(2000), 700, Ok(())),
            (1000, Some(2000), 699, Err(NotCurrent::NotYet(1000))),
            (1000, Some(2000), 2300, Ok(())),
            (1000, Some(2000), 2301, Err(NotCurrent::Expired(2000))),
            (1000, Some(999), 1000, Err(NotCurrent::Backwards)),
            (1000, Some(1000), 1000, Ok(())),
            (1000, None, 2000, Ok(())),
            (1000, None, 2001, Err(NotCurrent::TooOld(1000))),
            (1000, None, 699, Err(NotCurrent::NotYet(1000))),
            (i64::MAX, Some(i64::MAX), i64::MAX, Ok(())),
            (i64::MIN, None, i64::MAX, Err(NotCurrent::TooOld(i64::MIN))),
        ] {
            let dates = Dates { this_update, next_update };
            assert_eq!(dates.check(at, LONGEST), expected, "{dates:?} at {at}");
        }
    }

    #[test]
    fn reasons_have_the_words_of_the_standard() {
        for (code, word) in [
            (0, "unspecified"),
            (1, "keyCompromise"),
            (CERTIFICATE_HOLD, "certificateHold"),
            (7, "reason 7"),
            (REMOVE_FROM_CRL, "removeFromCRL"),
            (10, "aACompromise"),
            (255, "reason 255"),
        ] {
            assert_eq!(reason_word(code), word);
        }
    }
}
