//! Seconds since the epoch as a person reads them.

use jiff::Timestamp;

/// A time in seconds since 1970-01-01 00:00:00 UTC, leap seconds not counted.
///
/// | seconds | text |
/// | --- | --- |
/// | `0` | `1970-01-01 00:00:00 UTC` |
/// | `1633010475` | `2021-09-30 14:01:15 UTC` |
pub fn utc(seconds: i64) -> String {
    match Timestamp::from_second(seconds) {
        Ok(time) => time.strftime("%Y-%m-%d %H:%M:%S UTC").to_string(),
        // Beyond the year 9999, which no certificate can state.
        Err(_) => format!("second {seconds} of the epoch"),
    }
}

/// The day alone.
///
/// | seconds | text |
/// | --- | --- |
/// | `1633010475` | `2021-09-30` |
pub fn date(seconds: i64) -> String {
    match Timestamp::from_second(seconds) {
        Ok(time) => time.strftime("%Y-%m-%d").to_string(),
        Err(_) => utc(seconds),
    }
}

/// The same as RFC 3339 has it (section 5.6), for reports that programs read.
///
/// | seconds | text |
/// | --- | --- |
/// | `1633010475` | `2021-09-30T14:01:15Z` |
pub fn rfc3339(seconds: i64) -> String {
    match Timestamp::from_second(seconds) {
        Ok(time) => time.to_string(),
        Err(_) => utc(seconds),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_in_utc() {
        for (seconds, text) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (1_633_010_475, "2021-09-30 14:01:15 UTC"),
            (-1, "1969-12-31 23:59:59 UTC"),
            (i64::MAX, "second 9223372036854775807 of the epoch"),
        ] {
            assert_eq!(utc(seconds), text);
        }
        assert_eq!(date(1_633_010_475), "2021-09-30");
        assert_eq!(rfc3339(1_633_010_475), "2021-09-30T14:01:15Z");
    }
}
