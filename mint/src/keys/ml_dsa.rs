//! ML-DSA, its deterministic variant (FIPS 204 3.4).

use std::sync::Arc;

use assay_protocol::cose::ParameterSet;
use ml_dsa::{Keypair as _, MlDsa44, MlDsa65, MlDsa87, Signer as _, SigningKey};

use crate::error::Error;

/// A key of one of the three sets.
#[derive(Clone)]
pub(super) enum MlDsaKey {
    /// ML-DSA-44.
    MlDsa44(Arc<SigningKey<MlDsa44>>),
    /// ML-DSA-65.
    MlDsa65(Arc<SigningKey<MlDsa65>>),
    /// ML-DSA-87.
    MlDsa87(Arc<SigningKey<MlDsa87>>),
}

macro_rules! each {
    ($key:expr, $bound:ident => $body:expr) => {
        match $key {
            MlDsaKey::MlDsa44($bound) => $body,
            MlDsaKey::MlDsa65($bound) => $body,
            MlDsaKey::MlDsa87($bound) => $body,
        }
    };
}

impl MlDsaKey {
    pub(super) fn new(set: ParameterSet, seed: &[u8; 32]) -> Self {
        let seed = (*seed).into();
        match set {
            ParameterSet::MlDsa44 => Self::MlDsa44(Arc::new(SigningKey::from_seed(&seed))),
            ParameterSet::MlDsa65 => Self::MlDsa65(Arc::new(SigningKey::from_seed(&seed))),
            ParameterSet::MlDsa87 => Self::MlDsa87(Arc::new(SigningKey::from_seed(&seed))),
        }
    }

    pub(super) fn set(&self) -> ParameterSet {
        match self {
            Self::MlDsa44(_) => ParameterSet::MlDsa44,
            Self::MlDsa65(_) => ParameterSet::MlDsa65,
            Self::MlDsa87(_) => ParameterSet::MlDsa87,
        }
    }

    pub(super) fn public_key(&self) -> Vec<u8> {
        each!(self, key => key.verifying_key().encode().to_vec())
    }

    pub(super) fn secret(&self) -> Vec<u8> {
        each!(self, key => key.to_seed().to_vec())
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        each!(self, key => {
            let signature = key.try_sign(message).map_err(|_opaque| Error::Signing)?;
            Ok(signature.encode().to_vec())
        })
    }
}
