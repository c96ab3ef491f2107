//! Certificates that vouch for one another: root, intermediate, leaf.

#[cfg(test)]
mod tests;

use crate::certificate::extension::{BasicConstraints, KeyUsage};
use crate::certificate::name::Name;
use crate::certificate::{CertificateSpec, SignatureAlgorithm};
use crate::error::Error;
use crate::keys::SigningKey;
use crate::seed::Seed;

/// A key and the certificate that is to be issued for it.
#[derive(Debug, Clone)]
pub struct Certified {
    /// The private key.
    pub key: SigningKey,
    /// The certificate.
    pub spec: CertificateSpec,
}

/// A path of certificates, still editable: nothing is signed before [`Chain::issue`].
#[derive(Debug, Clone)]
pub struct Chain {
    /// The trust anchor.
    pub root: Certified,
    /// The intermediate authority, where there is one.
    pub intermediate: Option<Certified>,
    /// A second intermediate authority below the first, where there is one.
    pub subordinate: Option<Certified>,
    /// The end entity.
    pub leaf: Certified,
    /// Who signs the leaf in the stead of the lowest authority.
    pub leaf_signer: Option<SigningKey>,
    /// Who signs the first intermediate in the stead of the root.
    pub intermediate_signer: Option<SigningKey>,
    /// The lab's clock, in Unix seconds.
    pub now: i64,
    seed: Seed,
}

/// The certificates of a chain, in DER.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issued {
    /// The trust anchor.
    pub root: Vec<u8>,
    /// The intermediate authorities, the lowest first.
    pub intermediates: Vec<Vec<u8>>,
    /// The end entity.
    pub leaf: Vec<u8>,
}

const YEAR: i64 = 365 * 86_400;

impl Chain {
    /// A chain with fresh keys of `seed`: root and intermediate named after `title`, and this leaf.
    pub fn new(seed: Seed, title: &str, leaf_name: Name, now: i64) -> Self {
        let root_name = Name::of("Certificate Authority", &format!("{title} Root"));
        let intermediate_name = Name::of("Certificate Authority", &format!("{title} Intermediate"));
        let root = Certified::authority(seed.derive("root"), root_name.clone(), root_name.clone(), now);
        let mut intermediate =
            Certified::authority(seed.derive("intermediate"), intermediate_name.clone(), root_name, now);
        intermediate.issued_by(&root.key);
        let mut leaf = Certified::end_entity(seed.derive("leaf"), leaf_name, intermediate_name, now);
        leaf.issued_by(&intermediate.key);
        Self {
            root,
            intermediate: Some(intermediate),
            subordinate: None,
            leaf,
            leaf_signer: None,
            intermediate_signer: None,
            now,
            seed,
        }
    }

    /// The same chain without an intermediate: the root issues the leaf.
    #[must_use]
    pub fn direct(mut self) -> Self {
        self.intermediate = None;
        self.leaf.spec.issuer = self.root.spec.subject.clone();
        self.leaf.issued_by(&self.root.key);
        self
    }

    /// The seed that this chain's keys come from.
    pub fn seed(&self) -> &Seed {
        &self.seed
    }

    /// Gives the leaf another key.
    pub fn set_leaf_key(&mut self, key: SigningKey) {
        self.leaf.spec.public_key = key.spki();
        if self.leaf.spec.subject_key_identifier.is_some() {
            self.leaf.spec.subject_key_identifier = Some(key.key_identifier().to_vec());
        }
        self.leaf.key = key;
    }

    /// Puts a second intermediate authority between the first and the leaf.
    pub fn add_subordinate(&mut self) {
        let Some(intermediate) = &self.intermediate else {
            return;
        };
        let name = Name::of("Certificate Authority", "Subordinate");
        let mut subordinate = Certified::authority(
            self.seed.derive("subordinate"),
            name.clone(),
            intermediate.spec.subject.clone(),
            self.now,
        );
        subordinate.issued_by(&intermediate.key);
        self.leaf.spec.issuer = name;
        self.leaf.issued_by(&subordinate.key);
        self.subordinate = Some(subordinate);
    }

    /// The same names, identifiers and dates, but every authority's key is somebody else's.
    pub fn usurp(&mut self) {
        self.root.impersonate(&self.seed.derive("rogue root"));
        if let Some(intermediate) = &mut self.intermediate {
            intermediate.impersonate(&self.seed.derive("rogue intermediate"));
        }
    }

    /// The intermediate's key is somebody else's, who signed the certificate with it.
    pub fn usurp_intermediate(&mut self) {
        if let Some(intermediate) = &mut self.intermediate {
            intermediate.impersonate(&self.seed.derive("rogue intermediate"));
            self.intermediate_signer = Some(intermediate.key.clone());
        }
    }

    /// Signs every certificate.
    pub fn issue(&self) -> Result<Issued, Error> {
        let mut signer = self.intermediate_signer.as_ref().unwrap_or(&self.root.key);
        let mut intermediates = Vec::new();
        for authority in [&self.intermediate, &self.subordinate].into_iter().flatten() {
            intermediates.insert(0, authority.spec.issue(signer)?);
            signer = &authority.key;
        }
        Ok(Issued {
            root: self.root.spec.issue(&self.root.key)?,
            intermediates,
            leaf: self.leaf.spec.issue(self.leaf_signer.as_ref().unwrap_or(signer))?,
        })
    }
}

impl Issued {
    /// Leaf first, the root left out, as attestation statements carry it.
    pub fn x5c(&self) -> Vec<Vec<u8>> {
        std::iter::once(&self.leaf).chain(&self.intermediates).cloned().collect()
    }
}

impl Certified {
    /// A certificate authority with a P-256 key of `seed`.
    pub fn authority(seed: Seed, subject: Name, issuer: Name, now: i64) -> Self {
        let mut certified = Self::end_entity(seed, subject, issuer, now);
        certified.spec.basic_constraints = Some(BasicConstraints { ca: true, path_length: None, critical: true });
        certified.spec.key_usage = Some(KeyUsage::CertificateSign);
        certified.spec.subject_key_identifier = Some(certified.key.key_identifier().to_vec());
        certified
    }

    /// An end entity with a P-256 key of `seed`, valid from two years before `now` or more to three
    /// years after it or more. The dates stay the same for a year, so that anchors that were handed
    /// out yesterday are today's, byte by byte.
    pub fn end_entity(seed: Seed, subject: Name, issuer: Name, now: i64) -> Self {
        let key = SigningKey::es256(&seed);
        let mut spec = CertificateSpec::new(subject, issuer, &key);
        // A positive number of full length, RFC 5280 4.1.2.2.
        spec.serial = seed.derive("serial").stream(16);
        if let Some(first) = spec.serial.first_mut() {
            *first = (*first & 0x7f) | 0x40;
        }
        let period = now - now.rem_euclid(YEAR);
        spec.not_before = period - 2 * YEAR;
        spec.not_after = period + 4 * YEAR;
        spec.basic_constraints = Some(BasicConstraints { ca: false, path_length: None, critical: false });
        Self { key, spec }
    }

    /// Notes whose key will sign this certificate.
    pub fn issued_by(&mut self, issuer: &SigningKey) {
        self.spec.authority_key_identifier = Some(issuer.key_identifier().to_vec());
    }

    /// The algorithm of its key, as certificates name it.
    pub fn signature_algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::of(&self.key)
    }

    /// Another key under the same certificate text, key identifier included.
    fn impersonate(&mut self, seed: &Seed) {
        self.key = SigningKey::es256(seed);
        self.spec.public_key = self.key.spki();
    }
}
