//! Which certificates, and which reasons, a CRL is about: its issuingDistributionPoint (RFC 5280,
//! 5.2.5) against the cRLDistributionPoints of the certificate (4.2.1.13), as 6.3.3 (b) has it.

use der::asn1::ObjectIdentifier;

use super::CrlError;
use super::entries::DIRECTORY_NAME;
use crate::x509::answer::reason_word;
use crate::x509::certificate::Certificate;
use crate::x509::parts::Parts;
use crate::x509::tlv::{self, Malformed, Walk, encode};

const CRL_DISTRIBUTION_POINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.31");

/// The tag of a GeneralName that is a URL (RFC 5280, 4.2.1.6).
const URI: u8 = tlv::primitive(6);

const IDP: &str = "issuingDistributionPoint";
const POINTS: &str = "cRLDistributionPoints";

/// A set of reasons for a revocation: ReasonFlags (RFC 5280, 4.2.1.13), the first in the lowest
/// bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reasons(u16);

/// The reason codes (RFC 5280, 5.3.1) in the order in which ReasonFlags have them, from bit 1 on.
const CODES: [u8; 8] = [1, 2, 3, 4, 5, 6, 9, 10];

impl Reasons {
    /// None at all.
    pub const NONE: Self = Self(0);
    /// Every reason that there is.
    pub const ALL: Self = Self(0b1_1111_1110);

    /// Those of either.
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Those of both.
    fn within(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// The words for those that are missing.
    pub fn missing(self) -> Vec<String> {
        (1..)
            .zip(CODES)
            .filter(|(bit, _)| self.0 & (1 << bit) == 0)
            .map(|(_, code)| reason_word(code))
            .collect()
    }

    /// From the value of a BIT STRING. Bits that the standard does not know are left out.
    fn read(value: &[u8]) -> Result<Self, Malformed> {
        let (unused, octets) = value.split_first().ok_or(Malformed("reasons"))?;
        if *unused > 7 || (octets.is_empty() && *unused != 0) {
            return Err(Malformed("reasons"));
        }
        let octet = |at: usize| u16::from(octets.get(at).copied().unwrap_or(0).reverse_bits());
        Ok(Self((octet(0) | octet(1) << 8) & Self::ALL.0))
    }
}

/// The issuingDistributionPoint.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Scope<'a> {
    point: Option<PointName<'a>>,
    only_user: bool,
    only_ca: bool,
    only_attribute: bool,
    only_reasons: Option<Reasons>,
    pub(super) indirect: bool,
}

/// DistributionPointName (RFC 5280, 4.2.1.13).
#[derive(Clone, Copy, Debug)]
enum PointName<'a> {
    /// GeneralNames, one after the other.
    Full(&'a [u8]),
    /// A RelativeDistinguishedName, without tag and length.
    Relative(&'a [u8]),
}

impl<'a> PointName<'a> {
    fn read(tagged: &'a [u8]) -> Result<Self, Malformed> {
        const FIELD: &str = "distributionPoint";
        let mut walk = Walk::over(tagged);
        let choice = walk.next(FIELD)?.ok_or(Malformed(FIELD))?;
        walk.finish(FIELD)?;
        match choice.tag {
            tag if tag == tlv::constructed(0) => Ok(Self::Full(choice.value)),
            tag if tag == tlv::constructed(1) => Ok(Self::Relative(choice.value)),
            _ => Err(Malformed(FIELD)),
        }
    }

    /// As GeneralNames with their tags. A relative name goes on from the name of the issuer of
    /// the CRL.
    fn names(&self, crl_issuer: &[u8]) -> Result<Vec<Vec<u8>>, Malformed> {
        match self {
            Self::Full(names) => general_names(names),
            Self::Relative(name) => {
                let base = Walk::over(crl_issuer).take(tlv::SEQUENCE, "issuer")?.value;
                let whole = encode(tlv::SEQUENCE, &[base, &encode(tlv::SET, &[name])]);
                Ok(vec![encode(DIRECTORY_NAME, &[&whole])])
            }
        }
    }
}

fn general_names(names: &[u8]) -> Result<Vec<Vec<u8>>, Malformed> {
    let mut walk = Walk::over(names);
    let mut found = Vec::new();
    while let Some(name) = walk.next("distributionPoint")? {
        found.push(name.whole.to_vec());
    }
    Ok(found)
}

impl<'a> Scope<'a> {
    pub(super) fn read(value: &'a [u8]) -> Result<Self, Malformed> {
        let mut fields = Walk::sequence(value, IDP)?;
        let point = fields.take_if(tlv::constructed(0), IDP)?;
        let flag = |number: u8, fields: &mut Walk<'a>| match fields
            .take_if(tlv::primitive(number), IDP)?
            .map(|flag| flag.value)
        {
            None | Some([0]) => Ok(false),
            Some([_]) => Ok(true),
            Some(_) => Err(Malformed(IDP)),
        };
        let only_user = flag(1, &mut fields)?;
        let only_ca = flag(2, &mut fields)?;
        let only_reasons = fields.take_if(tlv::primitive(3), IDP)?;
        let indirect = flag(4, &mut fields)?;
        let only_attribute = flag(5, &mut fields)?;
        fields.finish(IDP)?;
        Ok(Self {
            point: point.map(|point| PointName::read(point.value)).transpose()?,
            only_user,
            only_ca,
            only_attribute,
            only_reasons: only_reasons.map(|bits| Reasons::read(bits.value)).transpose()?,
            indirect,
        })
    }
}

/// A distribution point by its URLs, if it has any.
fn point_text(names: &[Vec<u8>]) -> String {
    let urls: Vec<String> = names
        .iter()
        .filter_map(|name| Walk::over(name).take(URI, IDP).ok())
        .map(|url| format!("`{}`", String::from_utf8_lossy(url.value)))
        .collect();
    if urls.is_empty() {
        "a distribution point without a URL".to_owned()
    } else {
        format!("the distribution point {}", urls.join(", "))
    }
}

/// A DistributionPoint of the certificate.
#[derive(Clone, Copy, Debug, Default)]
struct Point<'a> {
    name: Option<PointName<'a>>,
    reasons: Option<Reasons>,
    /// cRLIssuer: GeneralNames, one after the other.
    issuer: Option<&'a [u8]>,
}

/// The distribution points that the certificate names.
fn points<'a>(certificate: &Parts<'a>) -> Result<Vec<Point<'a>>, Malformed> {
    let mut found = Vec::new();
    let mut extensions = certificate.extensions;
    while let Some(extension) = extensions.next()? {
        if !extension.is(&CRL_DISTRIBUTION_POINTS) {
            continue;
        }
        let mut points = Walk::sequence(extension.value, POINTS)?;
        while let Some(point) = points.next(POINTS)? {
            let mut fields = Walk::over(point.value);
            let name = fields.take_if(tlv::constructed(0), POINTS)?;
            let reasons = fields.take_if(tlv::primitive(1), POINTS)?;
            let issuer = fields.take_if(tlv::constructed(2), POINTS)?;
            fields.finish(POINTS)?;
            found.push(Point {
                name: name.map(|name| PointName::read(name.value)).transpose()?,
                reasons: reasons.map(|reasons| Reasons::read(reasons.value)).transpose()?,
                issuer: issuer.map(|issuer| issuer.value),
            });
        }
    }
    Ok(found)
}

/// Whether a CRL of an issuer who is not the certificate's is meant to be about it all the same.
pub(super) fn is_indirect(
    scope: Option<&Scope<'_>>,
    certificate: &Parts<'_>,
    crl_issuer: &[u8],
) -> Result<bool, Malformed> {
    let name = encode(DIRECTORY_NAME, &[crl_issuer]);
    let mut named = false;
    for point in points(certificate)? {
        named |= general_names(point.issuer.unwrap_or_default())?.contains(&name);
    }
    Ok(named || scope.is_some_and(|scope| scope.indirect))
}

/// The reasons for which a CRL of the certificate's issuer is about the certificate.
pub(super) fn covered(
    scope: Option<&Scope<'_>>,
    certificate: &Certificate,
    parts: &Parts<'_>,
    crl_issuer: &[u8],
) -> Result<Reasons, CrlError> {
    let Some(scope) = scope else { return Ok(Reasons::ALL) };
    let others = match (scope.only_user, scope.only_ca, scope.only_attribute) {
        (false, false, false) => None,
        (true, false, false) => certificate.is_ca.then_some("end-entity certificates"),
        (false, true, false) => (!certificate.is_ca).then_some("CA certificates"),
        (false, false, true) => Some("attribute certificates"),
        _ => return Err(Malformed(IDP).into()),
    };
    if let Some(others) = others {
        return Err(CrlError::OtherCertificates(others));
    }
    let of_crl = scope.only_reasons.unwrap_or(Reasons::ALL);
    let names = match &scope.point {
        Some(point) => point.names(crl_issuer)?,
        None => return Ok(of_crl),
    };
    let mut covered = None;
    for point in points(parts)? {
        let issuers = general_names(point.issuer.unwrap_or_default())?;
        // Another issuer's CRL is meant, and cRLIssuer without an indirect CRL is nobody's.
        if point.issuer.is_some()
            && !(scope.indirect && issuers.contains(&encode(DIRECTORY_NAME, &[crl_issuer])))
        {
            continue;
        }
        let of_point = match &point.name {
            Some(name) => name.names(crl_issuer)?,
            None => issuers,
        };
        if of_point.iter().any(|name| names.contains(name)) {
            let reasons = of_crl.within(point.reasons.unwrap_or(Reasons::ALL));
            covered = Some(covered.unwrap_or(Reasons::NONE).and(reasons));
        }
    }
    // A CRL that is named after its issuer is found without a distribution point.
    if covered.is_none() && names.contains(&encode(DIRECTORY_NAME, &[crl_issuer])) {
        covered = Some(of_crl);
    }
    match covered {
        Some(Reasons::NONE) => Err(CrlError::NoReasons),
        Some(reasons) => Ok(reasons),
        None => Err(CrlError::OtherPoint(point_text(&names))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reason_flags() {
        for (bits, missing) in [
            (&[0x07, 0xff, 0x80][..], Some(0)),
            (&[0x07, 0xfe, 0x80], Some(1)),
            (&[0x07, 0x7f, 0x80], Some(0)),
            (&[0x00, 0xff, 0xff, 0xff], Some(0)),
            (&[0x06, 0x40], Some(7)),
            (&[0x00], Some(8)),
            (&[0x07, 0x80], Some(8)),
            (&[0x08, 0x40], None),
            (&[0x01], None),
            (&[], None),
        ] {
            let found = Reasons::read(bits).map(|reasons| reasons.missing().len());
            assert_eq!(found.ok(), missing, "{bits:?}");
        }
        let some = Reasons::read(&[0x05, 0x60]).unwrap();
        let others = Reasons::read(&[0x07, 0x1f, 0x80]).unwrap();
        assert_eq!(others.missing(), ["keyCompromise", "cACompromise"]);
        assert_eq!(some.and(others), Reasons::ALL);
        assert_eq!(some.within(others), Reasons::NONE);
        assert_eq!(Reasons::ALL.missing(), Vec::<String>::new());
    }
}
