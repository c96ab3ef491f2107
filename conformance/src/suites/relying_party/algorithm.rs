//! The signature algorithms that a server may offer, and the good registrations that they are asked by.

use assay_mint::chain::Chain;
use assay_mint::keys::SigningKey;
use assay_mint::lab::Lab;
use assay_mint::registration::RegistrationForge;
use assay_mint::statement::Format;
use assay_protocol::cose::alg;
use assay_protocol::webauthn::CreationOptions;

use super::base::Base;
use crate::verdict::Stop;

/// An algorithm, and what the ids and words of its cases are made of.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct Algorithm {
    /// Its number in the COSE registry.
    pub(super) number: i64,
    /// The middle of its cases' ids.
    pub(super) section: &'static str,
    /// How its signatures are made and written.
    pub(super) form: Form,
    registrations: [(&'static str, &'static str); 3],
    authentication: (&'static str, &'static str),
}

/// How signatures are made and written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Form {
    /// ECDSA over a hash, in DER.
    Ecdsa,
    /// RSASSA-PKCS1-v1_5 over a hash.
    Pkcs1,
    /// RSASSA-PSS over a hash, with salt.
    Pss,
    /// A scheme that hashes in its own way and has one length of signature.
    Whole,
}

macro_rules! algorithm {
    ($number:ident, $slug:literal, $name:literal, $form:ident) => {
        Algorithm {
            number: alg::$number,
            section: concat!("algorithm-", $slug),
            form: Form::$form,
            registrations: [
                (
                    concat!("registration/algorithm-", $slug, "/none"),
                    concat!("a registration without attestation, the credential for ", $name),
                ),
                (
                    concat!("registration/algorithm-", $slug, "/packed-self"),
                    concat!("a registration with packed self attestation by ", $name),
                ),
                (
                    concat!("registration/algorithm-", $slug, "/packed"),
                    concat!("a registration with packed attestation by a model of the lab that signs by ", $name),
                ),
            ],
            authentication: (
                concat!("authentication/algorithm-", $slug, "/signed"),
                concat!("an authentication with a credential for ", $name),
            ),
        }
    };
}

/// Every algorithm that is asked about where it is offered, beside ES256, EdDSA and RS256, which all
/// other cases use.
pub(super) static ALGORITHMS: [Algorithm; 17] = [
    algorithm!(ES384, "es384", "ES384", Ecdsa),
    algorithm!(ES512, "es512", "ES512", Ecdsa),
    algorithm!(ES256K, "es256k", "ES256K", Ecdsa),
    algorithm!(RS384, "rs384", "RS384", Pkcs1),
    algorithm!(RS512, "rs512", "RS512", Pkcs1),
    algorithm!(PS256, "ps256", "PS256", Pss),
    algorithm!(PS384, "ps384", "PS384", Pss),
    algorithm!(PS512, "ps512", "PS512", Pss),
    algorithm!(ED448, "ed448", "Ed448", Whole),
    algorithm!(ML_DSA_44, "ml-dsa-44", "ML-DSA-44", Whole),
    algorithm!(ML_DSA_65, "ml-dsa-65", "ML-DSA-65", Whole),
    algorithm!(ML_DSA_87, "ml-dsa-87", "ML-DSA-87", Whole),
    algorithm!(ESP256, "esp256", "ESP256", Ecdsa),
    algorithm!(ED25519, "ed25519", "Ed25519 (-19)", Whole),
    algorithm!(ESP384, "esp384", "ESP384", Ecdsa),
    algorithm!(ESP512, "esp512", "ESP512", Ecdsa),
    algorithm!(RS1, "rs1", "RS1", Pkcs1),
];

impl Algorithm {
    /// Its name in the COSE registry.
    pub(super) fn name(&self) -> &'static str {
        alg::name(self.number).unwrap_or_default()
    }

    /// The id of the good authentication.
    pub(super) fn authentication(&self) -> &'static str {
        self.authentication.0
    }

    /// The good authentication in a few words.
    pub(super) fn authentication_words(&self) -> &'static str {
        self.authentication.1
    }
}

/// Ends a case about an algorithm that these options do not offer.
pub(super) fn offered(algorithm: i64, options: &CreationOptions) -> Result<(), Stop> {
    if options.pub_key_cred_params.iter().any(|offered| offered.alg == algorithm) {
        return Ok(());
    }
    Err(Stop::skip(format!("{} among the algorithms offered", alg::name(algorithm).unwrap_or_default())))
}

/// A good registration that cases start from: of a kind and, where the case is about one, by an algorithm.
#[derive(Debug, Clone, Copy)]
pub(super) struct Good {
    /// The kind.
    pub(super) base: Base,
    algorithm: Option<&'static Algorithm>,
}

impl From<Base> for Good {
    fn from(base: Base) -> Self {
        Self { base, algorithm: None }
    }
}

impl Good {
    /// Of a kind by an algorithm: its key is the credential's, or under certificates the model's.
    pub(super) fn by(base: Base, algorithm: &'static Algorithm) -> Self {
        Self { base, algorithm: Some(algorithm) }
    }

    fn told(self) -> Option<(&'static str, &'static str)> {
        let [none, own, certified] = self.algorithm?.registrations;
        Some(match self.base {
            Base::None => none,
            Base::PackedSelf => own,
            _ => certified,
        })
    }

    /// The id of the positive case that sends it as it is.
    pub(super) fn twin(self) -> &'static str {
        self.told().map_or_else(|| self.base.twin(), |(id, _)| id)
    }

    /// In a few words.
    pub(super) fn words(self) -> &'static str {
        self.told().map_or_else(|| self.base.words(), |(_, words)| words)
    }

    /// Ends the case where the options do not offer what it is about.
    pub(super) fn offered(self, options: &CreationOptions) -> Result<(), Stop> {
        self.algorithm.map_or(Ok(()), |algorithm| offered(algorithm.number, options))
    }

    /// The good registration.
    pub(super) fn forge(self, lab: &Lab, rp_id: &str, challenge: &[u8]) -> Result<RegistrationForge, Stop> {
        let mut forge = self.base.forge(lab, rp_id, challenge);
        let Some(Algorithm { number, .. }) = self.algorithm else {
            return Ok(forge);
        };
        let no_key = |error| Stop::broken(format!("the lab has no such key: {error}"));
        let seed = forge.seed.derive("leaf of algorithm");
        match &mut forge.format {
            Format::Packed(chain) => Chain::set_leaf_key(chain, SigningKey::of(*number, &seed).map_err(no_key)?),
            _ => forge = forge.of_algorithm(*number).map_err(no_key)?,
        }
        Ok(forge)
    }
}
