//! Revocation lists (RFC 5280 5 and 6.3): has an issuer taken a certificate back?
//!
//! Pure: lists are bytes that the caller has fetched, or keeps. A list that is overdue, or that
//! has a critical extension with another meaning than ours, tells nothing, which is not the same
//! as telling that all is well.

use time::OffsetDateTime;
use x509_parser::asn1_rs::FromDer as _;
use x509_parser::extensions::{
    CRLDistributionPoints, DistributionPointName, GeneralName, IssuingDistributionPoint, KeyUsage, ParsedExtension,
};
use x509_parser::revocation_list::CertificateRevocationList;

use crate::certificate::{Certificate, SignatureAlgorithm};
use crate::oid;

/// What becomes of a certificate about which no list tells anything.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Demand {
    /// Revocation is not asked about.
    #[default]
    Off,
    /// It passes, and it is noted.
    Soft,
    /// It is refused.
    Hard,
}

impl Demand {
    /// Every demand.
    pub const ALL: &'static [Self] = &[Self::Off, Self::Soft, Self::Hard];

    /// `off`, `soft` or `hard`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Soft => "soft",
            Self::Hard => "hard",
        }
    }
}

/// How revocation is asked about, and the lists to ask.
#[derive(Debug, Clone, Default)]
pub struct Revocation {
    /// What becomes of those about which nothing is known.
    pub demand: Demand,
    /// The lists.
    pub lists: Vec<RevocationList>,
}

/// What the lists tell of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    /// Its issuer's list does not have it.
    Good,
    /// Its issuer has taken it back.
    Revoked,
    /// No list tells.
    Unknown,
}

/// A certificate revocation list, read once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevocationList {
    issuer: Vec<u8>,
    this_update: OffsetDateTime,
    next_update: Option<OffsetDateTime>,
    /// The serial numbers' content octets, sorted.
    revoked: Vec<Vec<u8>>,
    scope: Scope,
    tbs: Vec<u8>,
    signature_algorithm: Option<SignatureAlgorithm>,
    signature: Vec<u8>,
}

/// Of which certificates a list speaks.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Scope {
    /// Of some of the issuer's, in terms that are understood; with no names, it is found anywhere.
    Issuers { users: bool, authorities: bool, names: Vec<String> },
    /// That is said in terms which are not understood here.
    Strange,
}

/// The bytes are no revocation list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotAList;

impl std::fmt::Display for NotAList {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("not a certificate revocation list (RFC 5280 5.1)")
    }
}

impl std::error::Error for NotAList {}

impl RevocationList {
    /// Reads one list, DER, and nothing after it.
    pub fn parse(der: &[u8]) -> Result<Self, NotAList> {
        let (rest, list) = CertificateRevocationList::from_der(der).or(Err(NotAList))?;
        if !rest.is_empty() || list.signature_algorithm != list.tbs_cert_list.signature {
            return Err(NotAList);
        }
        let mut revoked: Vec<Vec<u8>> =
            list.iter_revoked_certificates().map(|entry| entry.raw_serial().to_vec()).collect();
        revoked.sort_unstable();
        // An entry that speaks of another issuer's certificate says so in a critical extension.
        let strange_entry =
            list.iter_revoked_certificates().flat_map(|entry| entry.extensions()).any(|extension| extension.critical);
        Ok(Self {
            issuer: list.issuer().as_raw().to_vec(),
            this_update: list.last_update().to_datetime(),
            next_update: list.next_update().map(|time| time.to_datetime()),
            revoked,
            scope: if strange_entry { Scope::Strange } else { scope(&list) },
            tbs: list.tbs_cert_list.as_ref().to_vec(),
            signature_algorithm: SignatureAlgorithm::read(&list.signature_algorithm),
            signature: list.signature_value.data.to_vec(),
        })
    }

    /// When the next list is due, where this one says it.
    pub fn next_update(&self) -> Option<OffsetDateTime> {
        self.next_update
    }

    /// What this list tells of a certificate that `issuer` has issued.
    fn status(&self, certificate: &Certificate, issuer: &Certificate, now: OffsetDateTime) -> Status {
        let current = self.this_update <= now && self.next_update.is_none_or(|next| now <= next);
        if self.issuer != certificate.issuer || !current || !self.covers(certificate) || !self.signed_by(issuer) {
            return Status::Unknown;
        }
        match self.revoked.binary_search(&certificate.serial) {
            Ok(_) => Status::Revoked,
            Err(_) => Status::Good,
        }
    }

    fn covers(&self, certificate: &Certificate) -> bool {
        let Scope::Issuers { users, authorities, names } = &self.scope else {
            return false;
        };
        let authority = certificate.basic_constraints.is_some_and(|constraints| constraints.ca);
        let named = names.is_empty() || distribution_points(certificate).iter().any(|point| names.contains(point));
        named && if authority { *authorities } else { *users }
    }

    fn signed_by(&self, issuer: &Certificate) -> bool {
        issuer.subject == self.issuer
            && may_sign_lists(issuer)
            && self
                .signature_algorithm
                .is_some_and(|algorithm| issuer.key.verify(algorithm, &self.tbs, &self.signature).is_ok())
    }
}

/// What the lists tell of a certificate, of which one of `issuers` is the issuer. One list that has
/// it outweighs all that do not.
pub fn status(
    lists: &[RevocationList],
    certificate: &Certificate,
    issuers: &[&Certificate],
    now: OffsetDateTime,
) -> Status {
    let mut told = Status::Unknown;
    for list in lists {
        for issuer in issuers {
            match list.status(certificate, issuer, now) {
                Status::Revoked => return Status::Revoked,
                Status::Good => told = Status::Good,
                Status::Unknown => {}
            }
        }
    }
    told
}

/// Where a certificate says that its issuer's list is to be had: the addresses over HTTP.
pub fn distribution_points(certificate: &Certificate) -> Vec<String> {
    let Some(extension) = certificate.extension(oid::CRL_DISTRIBUTION_POINTS) else {
        return Vec::new();
    };
    let Ok((_, points)) = CRLDistributionPoints::from_der(&extension.value) else {
        return Vec::new();
    };
    // A point for some reasons alone, or by another issuer, is not for us.
    let whole = points.points.iter().filter(|point| point.reasons.is_none() && point.crl_issuer.is_none());
    whole.filter_map(|point| point.distribution_point.as_ref()).flat_map(addresses).collect()
}

fn addresses(name: &DistributionPointName<'_>) -> Vec<String> {
    let DistributionPointName::FullName(names) = name else {
        return Vec::new();
    };
    let addresses = names.iter().filter_map(|name| match name {
        GeneralName::URI(uri) => Some((*uri).to_owned()),
        _ => None,
    });
    addresses.filter(|uri| uri.starts_with("http://") || uri.starts_with("https://")).collect()
}

/// RFC 5280 5.2.5. Every other critical extension makes the list one that must not be used.
fn scope(list: &CertificateRevocationList<'_>) -> Scope {
    let mut scope = Scope::Issuers { users: true, authorities: true, names: Vec::new() };
    for extension in list.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::IssuingDistributionPoint(IssuingDistributionPoint {
                distribution_point,
                only_contains_user_certs,
                only_contains_ca_certs,
                only_some_reasons: None,
                indirect_crl: false,
                only_contains_attribute_certs: false,
            }) => {
                let names = distribution_point.as_ref().map(addresses).unwrap_or_default();
                if distribution_point.is_some() && names.is_empty() {
                    return Scope::Strange;
                }
                scope =
                    Scope::Issuers { users: !only_contains_ca_certs, authorities: !only_contains_user_certs, names };
            }
            _ if extension.critical => return Scope::Strange,
            _ => {}
        }
    }
    scope
}

/// RFC 5280 6.3.3 (f).
fn may_sign_lists(issuer: &Certificate) -> bool {
    let Some(extension) = issuer.extension(oid::KEY_USAGE) else {
        return true;
    };
    KeyUsage::from_der(&extension.value).is_ok_and(|(_, usage)| usage.crl_sign())
}

#[cfg(test)]
mod tests;
