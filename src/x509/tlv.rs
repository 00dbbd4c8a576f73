//! Walking DER without copying: tag, length, value (X.690, 8.1 and 10.1).
//!
//! OCSP responses and CRLs are signed over the bytes as they were received, and a CRL may list
//! 200,000 certificates. So their structure is walked in place: nothing is allocated, and every
//! element keeps the bytes it stands in.

/// Tags of the universal class (X.690, 8.1.2), with the bit that says "constructed" where it
/// belongs.
pub(crate) const BOOLEAN: u8 = 0x01;
pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OID: u8 = 0x06;
pub(crate) const ENUMERATED: u8 = 0x0a;
pub(crate) const UTF8_STRING: u8 = 0x0c;
pub(crate) const IA5_STRING: u8 = 0x16;
pub(crate) const UTC_TIME: u8 = 0x17;
pub(crate) const GENERALIZED_TIME: u8 = 0x18;
pub(crate) const SEQUENCE: u8 = 0x30;
pub(crate) const SET: u8 = 0x31;

/// The tag `[number]` of an element that holds others.
pub(crate) const fn constructed(number: u8) -> u8 {
    0xa0 | number
}

/// The tag `[number]` of an element that holds a value.
pub(crate) const fn primitive(number: u8) -> u8 {
    0x80 | number
}

/// An element.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Tlv<'a> {
    pub(crate) tag: u8,
    pub(crate) value: &'a [u8],
    /// Tag, length and value.
    pub(crate) whole: &'a [u8],
}

/// What does not stand where the standard has it: the name of the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is missing or malformed")]
pub(crate) struct Malformed(pub(crate) &'static str);

/// An element from its tag and the pieces of its value.
pub(crate) fn encode(tag: u8, pieces: &[&[u8]]) -> Vec<u8> {
    let length: usize = pieces.iter().map(|piece| piece.len()).sum();
    let octets = length.to_be_bytes();
    let significant = &octets[octets.iter().take_while(|octet| **octet == 0).count()..];
    let mut element = vec![tag];
    match u8::try_from(length) {
        Ok(short @ ..0x80) => element.push(short),
        // At most eight octets.
        _ => {
            element.push(0x80 | significant.len() as u8);
            element.extend(significant);
        }
    }
    element.extend(pieces.iter().copied().flatten());
    element
}

/// Elements one after the other.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Walk<'a> {
    rest: &'a [u8],
}

impl<'a> Walk<'a> {
    /// Over the elements that stand in `bytes`.
    pub(crate) fn over(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// Over the elements of the one SEQUENCE that `bytes` are.
    pub(crate) fn sequence(bytes: &'a [u8], field: &'static str) -> Result<Self, Malformed> {
        let mut walk = Self::over(bytes);
        let value = walk.take(SEQUENCE, field)?.value;
        walk.finish(field)?;
        Ok(Self::over(value))
    }

    /// The next element, whatever its tag; nothing at the end.
    #[inline]
    pub(crate) fn next(&mut self, field: &'static str) -> Result<Option<Tlv<'a>>, Malformed> {
        if self.rest.is_empty() {
            return Ok(None);
        }
        let (tlv, rest) = split(self.rest).ok_or(Malformed(field))?;
        self.rest = rest;
        Ok(Some(tlv))
    }

    /// The next element, which must have this tag.
    #[inline]
    pub(crate) fn take(&mut self, tag: u8, field: &'static str) -> Result<Tlv<'a>, Malformed> {
        self.next(field)?.filter(|tlv| tlv.tag == tag).ok_or(Malformed(field))
    }

    /// The next element if it has this tag.
    #[inline]
    pub(crate) fn take_if(
        &mut self,
        tag: u8,
        field: &'static str,
    ) -> Result<Option<Tlv<'a>>, Malformed> {
        if self.rest.first() == Some(&tag) { self.next(field) } else { Ok(None) }
    }

    /// Nothing may follow.
    pub(crate) fn finish(self, field: &'static str) -> Result<(), Malformed> {
        if self.rest.is_empty() { Ok(()) } else { Err(Malformed(field)) }
    }
}

/// The element that `bytes` begin with, and what follows. Tags of one octet and lengths in their
/// shortest form only: nothing read here has others.
#[inline]
fn split(bytes: &[u8]) -> Option<(Tlv<'_>, &[u8])> {
    const HIGH_TAG_NUMBER: u8 = 0x1f;
    let (&tag, rest) = bytes.split_first()?;
    if tag & HIGH_TAG_NUMBER == HIGH_TAG_NUMBER {
        return None;
    }
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        // No more than four octets: 4 GiB.
        let (octets, rest) = rest.split_at_checked(usize::from(first & 0x7f))?;
        if octets.len() > 4 || octets.first().is_none_or(|high| *high == 0) {
            return None;
        }
        let length = octets.iter().fold(0, |length, octet| length << 8 | u64::from(*octet));
        (usize::try_from(length).ok().filter(|length| *length >= 0x80)?, rest)
    };
    let (value, rest) = rest.split_at_checked(length)?;
    let whole = &bytes[..bytes.len() - rest.len()];
    Some((Tlv { tag, value, whole }, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_element_and_what_follows() {
        let long = [&[0x04, 0x81, 0x80][..], &[7; 0x80]].concat();
        let padded = [&[0x04, 0x82, 0x00, 0x80][..], &[7; 0x80]].concat();
        for (bytes, value, rest) in [
            (&[0x05, 0x00][..], Some(0), 0),
            (&[0x02, 0x01, 0x05, 0xff], Some(1), 1),
            (&long, Some(0x80), 0),
            // The end comes too early.
            (&[0x02], None, 0),
            (&[0x02, 0x02, 0x05], None, 0),
            (&[0x30, 0x84, 0xff, 0xff, 0xff, 0xff], None, 0),
            // Not the shortest form, no length, a length nobody has, a tag of several octets.
            (&padded, None, 0),
            (&[0x04, 0x81, 0x05, 1, 2, 3, 4, 5], None, 0),
            (&[0x30, 0x80, 0x00, 0x00], None, 0),
            (&[0x30, 0x85, 1, 0, 0, 0, 0], None, 0),
            (&[0x1f, 0x81, 0x01, 0x00], None, 0),
        ] {
            let found = split(bytes);
            assert_eq!(found.map(|(tlv, _)| tlv.value.len()), value, "{bytes:?}");
            if let Some((tlv, after)) = found {
                assert_eq!((tlv.whole.len(), after.len()), (bytes.len() - rest, rest));
            }
        }
    }

    #[test]
    fn what_is_encoded_is_read() {
        for length in [0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000] {
            let value = vec![7; length];
            let (start, end) = value.split_at(length / 2);
            let element = encode(OCTET_STRING, &[start, end]);
            let (tlv, rest) = split(&element).unwrap();
            assert_eq!((tlv.tag, tlv.value, rest), (OCTET_STRING, &value[..], &[][..]));
        }
    }

    #[test]
    fn fields_in_their_order() {
        let bytes = [0x30, 0x06, 0x02, 0x01, 0x05, 0x80, 0x01, 0xff];
        let mut walk = Walk::sequence(&bytes, "outer").unwrap();
        assert_eq!(walk.take_if(BOOLEAN, "flag").unwrap().map(|it| it.tag), None);
        assert_eq!(walk.take(INTEGER, "number").unwrap().value, [5]);
        assert_eq!(walk.finish("outer"), Err(Malformed("outer")), "something follows");
        let tagged = walk.take_if(primitive(0), "tagged").unwrap();
        assert_eq!(tagged.map(|it| it.value), Some(&[0xff][..]));
        assert_eq!(walk.take(NULL, "nothing").unwrap_err(), Malformed("nothing"));
        assert_eq!(walk.finish("outer"), Ok(()));
        assert!(Walk::sequence(&bytes[2..], "outer").is_err());
        assert_eq!(Malformed("thisUpdate").to_string(), "`thisUpdate` is missing or malformed");
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_walked_to_an_end(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..64)) {
            let mut walk = Walk::over(&bytes);
            let mut seen = 0;
            while let Ok(Some(tlv)) = walk.next("any") {
                seen += tlv.whole.len();
            }
            proptest::prop_assert!(seen <= bytes.len());
        }
    }
}
