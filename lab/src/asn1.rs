//! As much of DER (X.690) as the lab writes and reads. It shares nothing with the code under test,
//! and it can write what a careful encoder would refuse.

use std::time::Duration;

pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;

/// The tag of a context-specific element that holds others.
pub(crate) const fn explicit(number: u8) -> u8 {
    0xa0 | number
}

/// The tag of a context-specific element that stands for a primitive one.
pub(crate) const fn implicit(number: u8) -> u8 {
    0x80 | number
}

/// One element.
pub(crate) fn tlv(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length = &length[length.iter().take_while(|it| **it == 0).count()..];
    let mut element = vec![tag];
    match (content.len(), u8::try_from(length.len())) {
        (..0x80, _) => element.push(length.first().copied().unwrap_or(0)),
        (_, Ok(bytes)) => {
            element.push(0x80 | bytes);
            element.extend(length);
        }
        (_, Err(_)) => unreachable!("a length has at most eight bytes"),
    }
    element.extend(content);
    element
}

/// A SEQUENCE of these elements.
pub(crate) fn sequence<B: AsRef<[u8]>>(parts: &[B]) -> Vec<u8> {
    let content: Vec<u8> = parts.iter().flat_map(|part| part.as_ref()).copied().collect();
    tlv(SEQUENCE, &content)
}

/// An OBJECT IDENTIFIER.
pub(crate) fn oid(arcs: &[u64]) -> Vec<u8> {
    let (first, rest) = match arcs {
        [first, second, rest @ ..] => (first * 40 + second, rest),
        _ => (0, arcs),
    };
    let mut content = Vec::new();
    for arc in [first].iter().chain(rest) {
        let groups = (0..10).rev().map(|n| (arc >> (7 * n)) & 0x7f);
        let mut groups: Vec<u64> = groups.skip_while(|it| *it == 0).collect();
        if groups.is_empty() {
            groups.push(0);
        }
        let last = groups.len() - 1;
        for (at, group) in groups.into_iter().enumerate() {
            content.push(group as u8 | if at < last { 0x80 } else { 0 });
        }
    }
    tlv(OBJECT_IDENTIFIER, &content)
}

/// A small INTEGER or ENUMERATED that is not negative.
pub(crate) fn number(tag: u8, value: u64) -> Vec<u8> {
    let bytes = value.to_be_bytes();
    let start = bytes.iter().take_while(|it| **it == 0).count().min(bytes.len() - 1);
    let digits = &bytes[start..];
    let sign: &[u8] = if digits[0] >= 0x80 { &[0] } else { &[] };
    tlv(tag, &[sign, digits].concat())
}

/// A BIT STRING of whole bytes.
pub(crate) fn bit_string(bytes: &[u8]) -> Vec<u8> {
    tlv(BIT_STRING, &[&[0], bytes].concat())
}

/// A GeneralizedTime, from seconds since the epoch.
pub(crate) fn generalized_time(at: i64) -> Vec<u8> {
    let (year, rest) = calendar(at);
    tlv(GENERALIZED_TIME, format!("{year:04}{rest}").as_bytes())
}

/// A Time of certificates and CRLs: UTCTime up to 2049 (RFC 5280, 4.1.2.5).
pub(crate) fn time(at: i64) -> Vec<u8> {
    let (year, rest) = calendar(at);
    if (1950..2050).contains(&year) {
        tlv(UTC_TIME, format!("{:02}{rest}", year % 100).as_bytes())
    } else {
        generalized_time(at)
    }
}

/// The year, and the text of everything after it.
fn calendar(at: i64) -> (i32, String) {
    let shift = Duration::from_secs(at.unsigned_abs());
    let epoch = rcgen::date_time_ymd(1970, 1, 1);
    let it = if at < 0 { epoch - shift } else { epoch + shift };
    let month = u8::from(it.month());
    let (day, hour, minute, second) = (it.day(), it.hour(), it.minute(), it.second());
    (it.year(), format!("{month:02}{day:02}{hour:02}{minute:02}{second:02}Z"))
}

/// An element that was read.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'a> {
    pub(crate) tag: u8,
    pub(crate) content: &'a [u8],
    /// With its tag and length.
    pub(crate) whole: &'a [u8],
}

impl<'a> Element<'a> {
    /// The element at the start of these bytes, and what follows it.
    pub(crate) fn read(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (&tag, rest) = bytes.split_first()?;
        let (&first, rest) = rest.split_first()?;
        let (length, rest) = if first < 0x80 {
            (usize::from(first), rest)
        } else {
            let (digits, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
            let length = digits.iter().try_fold(0_usize, |sum, digit| {
                sum.checked_mul(256).map(|sum| sum + usize::from(*digit))
            })?;
            (length, rest)
        };
        let (content, rest) = rest.split_at_checked(length)?;
        let whole = &bytes[..bytes.len() - rest.len()];
        Some((Self { tag, content, whole }, rest))
    }

    /// The elements that stand one after the other in these bytes.
    pub(crate) fn all(mut bytes: &'a [u8]) -> Option<Vec<Self>> {
        let mut elements = Vec::new();
        while !bytes.is_empty() {
            let (element, rest) = Self::read(bytes)?;
            elements.push(element);
            bytes = rest;
        }
        Some(elements)
    }

    /// The elements inside this one.
    pub(crate) fn inside(&self) -> Option<Vec<Self>> {
        Self::all(self.content)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_written_in_their_shortest_form() {
        for (written, bytes) in [
            (tlv(OCTET_STRING, b"a"), &[4, 1, b'a'][..]),
            (tlv(OCTET_STRING, b""), &[4, 0]),
            (number(INTEGER, 0), &[2, 1, 0]),
            (number(INTEGER, 127), &[2, 1, 127]),
            (number(INTEGER, 128), &[2, 2, 0, 128]),
            (number(ENUMERATED, 0x0100), &[10, 2, 1, 0]),
            (oid(&[2, 5, 29, 31]), &[6, 3, 0x55, 0x1d, 0x1f]),
            (oid(&[1, 2, 840, 10045]), &[6, 5, 0x2a, 0x86, 0x48, 0xce, 0x3d]),
            (bit_string(&[1]), &[3, 2, 0, 1]),
            (time(0), b"\x17\x0d700101000000Z"),
            (time(2_524_608_000), b"\x18\x0f20500101000000Z"),
            (generalized_time(1_814_400_000), b"\x18\x0f20270701000000Z"),
            (generalized_time(-1), b"\x18\x0f19691231235959Z"),
        ] {
            assert_eq!(written, bytes);
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for length in [0, 1, 127, 128, 255, 256, 70_000] {
            let content = vec![7; length];
            let bytes = sequence(&[tlv(OCTET_STRING, &content), number(INTEGER, 5)]);
            let (element, rest) = Element::read(&bytes).unwrap();
            assert!(rest.is_empty() && element.whole == bytes, "{length}");
            let inside = element.inside().unwrap();
            assert_eq!(inside[0].content, content);
            assert_eq!((inside[1].tag, inside[1].content), (INTEGER, &[5][..]));
            assert!(Element::read(&bytes[..bytes.len() - 1]).is_none());
        }
    }
}
