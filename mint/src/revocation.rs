//! Certificate revocation lists (RFC 5280 5), written by hand so that anything in them can be wrong.

use assay_protocol::tree::der::write;

use crate::certificate::SignatureAlgorithm;
use crate::certificate::extension::Extension;
use crate::certificate::name::Name;
use crate::chain::Certified;
use crate::error::Error;
use crate::keys::SigningKey;

/// Everything that goes into a list.
#[derive(Debug, Clone, PartialEq)]
pub struct ListSpec {
    /// Who issues it.
    pub issuer: Name,
    /// Unix seconds.
    pub this_update: i64,
    /// Unix seconds.
    pub next_update: Option<i64>,
    /// The serial numbers of the certificates that were taken back.
    pub revoked: Vec<Vec<u8>>,
    /// Extensions.
    pub extensions: Vec<Extension>,
}

impl ListSpec {
    /// A list of this authority's in which nothing stands, issued at `now` for a week.
    pub fn of(authority: &Certified, now: i64) -> Self {
        Self {
            issuer: authority.spec.subject.clone(),
            this_update: now,
            next_update: Some(now + 7 * 86_400),
            revoked: Vec::new(),
            extensions: Vec::new(),
        }
    }

    /// The list in DER, signed by `signer`.
    pub fn issue(&self, signer: &SigningKey) -> Result<Vec<u8>, Error> {
        let algorithm = SignatureAlgorithm::of(signer).to_der();
        let mut members = vec![
            write::small_integer(1),
            algorithm.clone(),
            self.issuer.to_der(),
            write::utc_or_generalized_time(self.this_update),
        ];
        members.extend(self.next_update.map(write::utc_or_generalized_time));
        if !self.revoked.is_empty() {
            let since = write::utc_or_generalized_time(self.this_update);
            let entries: Vec<_> =
                self.revoked.iter().map(|serial| write::sequence(&[write::integer(serial), since.clone()])).collect();
            members.push(write::sequence(&entries));
        }
        if !self.extensions.is_empty() {
            let extensions: Vec<_> = self.extensions.iter().map(Extension::to_der).collect();
            members.push(write::explicit(0, &write::sequence(&extensions)));
        }
        let to_be_signed = write::sequence(&members);
        let signature = write::bit_string(&signer.sign(&to_be_signed)?);
        Ok(write::sequence(&[to_be_signed, algorithm, signature]))
    }
}

/// RFC 5280 4.2.1.13: where the issuer's list is to be had.
pub fn distribution_points(addresses: &[&str]) -> Extension {
    let points: Vec<_> = addresses.iter().map(|address| write::sequence(&[point(address)])).collect();
    Extension { oid: vec![2, 5, 29, 31], critical: false, value: write::sequence(&points) }
}

/// RFC 5280 5.2.5: of which certificates a list speaks. `user` or `authority` alone, or all.
pub fn issuing_distribution_point(address: Option<&str>, user: bool, authority: bool) -> Extension {
    let mut members: Vec<_> = address.map(point).into_iter().collect();
    if user {
        members.push(write::implicit(1, &[0xff]));
    }
    if authority {
        members.push(write::implicit(2, &[0xff]));
    }
    Extension { oid: vec![2, 5, 29, 28], critical: true, value: write::sequence(&members) }
}

/// `[0] DistributionPointName`, a full name with one URI.
fn point(address: &str) -> Vec<u8> {
    write::explicit(0, &write::implicit_constructed(0, &write::implicit(6, address.as_bytes())))
}
