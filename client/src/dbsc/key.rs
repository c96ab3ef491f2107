//! The key of a bound session, in software.

use std::fmt;

use assay_dbsc::Algorithm;
use assay_dbsc::proof::Unsigned;
use assay_protocol::cose::{Curve, PublicKey};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};

use crate::random::{Random, RandomFailed};

/// An ES256 key. Real browsers keep theirs where it cannot be copied; this one is for a lab.
#[derive(Clone)]
pub struct SoftwareKey(SigningKey);

impl SoftwareKey {
    /// The one algorithm of these keys.
    pub const ALGORITHM: Algorithm = Algorithm::Es256;

    /// A new key.
    pub fn generate(random: &mut dyn Random) -> Result<Self, RandomFailed> {
        // One in 2^32 numbers is no key.
        for _ in 0..16 {
            let mut secret = [0; 32];
            random.fill(&mut secret)?;
            if let Ok(key) = SigningKey::from_slice(&secret) {
                return Ok(Self(key));
            }
        }
        Err(RandomFailed)
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        let point = self.0.verifying_key().to_sec1_point(false);
        let coordinate = |bytes: Option<&_>| bytes.map_or_else(Vec::new, |bytes: &p256::FieldBytes| bytes.to_vec());
        PublicKey::Ec2 { curve: Curve::P256, x: coordinate(point.x()), y: coordinate(point.y()) }
    }

    /// A signature as JWS has it: r and s of 32 bytes each.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = self.0.sign(message);
        signature.to_bytes().to_vec()
    }

    /// A proof, signed.
    pub fn sign_proof(&self, proof: &Unsigned) -> String {
        proof.sign(|message| self.sign(message))
    }
}

// By hand: a derive would print the secret.
impl fmt::Debug for SoftwareKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SoftwareKey").field("public", &self.public()).finish()
    }
}
