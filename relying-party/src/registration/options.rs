//! The options of a registration, and what must be remembered of them (WebAuthn L3 7.1 step 1).

use assay_attestation::AttestationType;
use assay_protocol::cose::alg;
use assay_protocol::webauthn::creation_options::RelyingParty as RpEntity;
use assay_protocol::webauthn::extensions::inputs::During;
use assay_protocol::webauthn::{
    AttestationConveyance, AuthenticatorAttachment, AuthenticatorSelection, CreationOptions, Descriptor, Hint,
    Parameter, ResidentKey, User, UserVerification,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::ceremony::BackupPolicy;
use crate::extensions::{Asked, ExtensionPolicy};
use crate::relying_party::{Misuse, RelyingParty, TIMEOUT, judge_challenge, judge_user_handle};
use crate::text;

/// What the relying party wants of a registration.
#[derive(Debug, Clone, PartialEq)]
pub struct Wishes {
    /// The COSE algorithms offered, most wanted first.
    pub algorithms: Vec<i64>,
    /// How long the client may take, in milliseconds.
    pub timeout: u64,
    /// The account's credentials.
    pub exclude_credentials: Vec<Descriptor>,
    /// How the authenticator is attached.
    pub authenticator_attachment: Option<AuthenticatorAttachment>,
    /// Whether the credential is to be discoverable.
    pub resident_key: ResidentKey,
    /// Whether the user is to be verified.
    pub user_verification: UserVerification,
    /// What the user is expected to hold.
    pub hints: Vec<Hint>,
    /// The attestation wanted.
    pub attestation: AttestationConveyance,
    /// The attestation formats wanted, most wanted first.
    pub attestation_formats: Vec<String>,
    /// The client extension inputs, in their JSON form.
    pub extensions: Map<String, Value>,
    /// How the ceremony is started.
    pub mediation: Mediation,
    /// What is wanted of the extensions' outputs.
    pub extension_policy: ExtensionPolicy,
    /// What is accepted in the end.
    pub expectations: Expectations,
}

/// How the ceremony is started: the member `mediation` beside the options.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mediation {
    /// By the user, who must be present.
    #[default]
    Optional,
    /// By the client, after a login with a password: nobody need be present.
    Conditional,
}

/// What the relying party's policy accepts, as far as the ceremony itself judges it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Expectations {
    /// The attestation types; `None` accepts any.
    #[serde(default)]
    pub attestation_types: Option<Vec<AttestationType>>,
    /// The backup flags.
    #[serde(default)]
    pub backup: BackupPolicy,
}

/// What must be remembered until the response comes; once, whatever the outcome.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// The challenge.
    #[serde(with = "text")]
    pub challenge: Vec<u8>,
    /// The handle of the user whose account gets the credential.
    #[serde(with = "text")]
    pub user_handle: Vec<u8>,
    /// The COSE algorithms offered.
    pub algorithms: Vec<i64>,
    /// Must the user be verified?
    pub user_verification_required: bool,
    /// How the ceremony was started.
    pub mediation: Mediation,
    /// The ids that were excluded.
    #[serde(with = "text::list")]
    pub exclude_credentials: Vec<Vec<u8>>,
    /// What is accepted in the end.
    pub expectations: Expectations,
    /// What was asked of extensions.
    #[serde(default)]
    pub asked: Asked,
}

impl Default for Wishes {
    /// What suits most: EdDSA, ES256 and RS256, no attestation, a discoverable credential and
    /// user verification if they can be had.
    fn default() -> Self {
        Self {
            algorithms: vec![alg::EDDSA, alg::ES256, alg::RS256],
            timeout: TIMEOUT,
            exclude_credentials: Vec::new(),
            authenticator_attachment: None,
            resident_key: ResidentKey::Preferred,
            user_verification: UserVerification::Preferred,
            hints: Vec::new(),
            attestation: AttestationConveyance::None,
            attestation_formats: Vec::new(),
            extensions: Map::new(),
            mediation: Mediation::Optional,
            extension_policy: ExtensionPolicy::default(),
            expectations: Expectations::default(),
        }
    }
}

/// The options for the client, and what must be remembered.
pub fn begin(
    rp: &RelyingParty,
    user: User,
    challenge: Vec<u8>,
    wishes: Wishes,
) -> Result<(CreationOptions, Pending), Misuse> {
    judge_challenge(&challenge)?;
    judge_user_handle(&user.id)?;
    if wishes.algorithms.is_empty() {
        return Err(Misuse::NoAlgorithm);
    }
    let asked = Asked::new(wishes.extensions, wishes.extension_policy);
    asked.validate(During::Registration)?;
    let extensions = asked.inputs.clone();
    let pending = Pending {
        challenge: challenge.clone(),
        user_handle: user.id.clone(),
        algorithms: wishes.algorithms.clone(),
        user_verification_required: wishes.user_verification == UserVerification::Required,
        mediation: wishes.mediation,
        exclude_credentials: wishes.exclude_credentials.iter().map(|known| known.id.clone()).collect(),
        expectations: wishes.expectations,
        asked,
    };
    let attachment = wishes.authenticator_attachment.or_else(|| wishes.hints.first().map(|hint| attachment(*hint)));
    let options = CreationOptions {
        rp: RpEntity { id: Some(rp.id.clone()), name: rp.name.clone() },
        user,
        challenge,
        pub_key_cred_params: wishes.algorithms.into_iter().map(Parameter::new).collect(),
        timeout: Some(wishes.timeout),
        exclude_credentials: wishes.exclude_credentials,
        authenticator_selection: Some(AuthenticatorSelection {
            authenticator_attachment: attachment.map(|attachment| attachment.to_string()),
            resident_key: Some(wishes.resident_key.to_string()),
            require_resident_key: wishes.resident_key == ResidentKey::Required,
            user_verification: Some(wishes.user_verification.to_string()),
        }),
        hints: wishes.hints.iter().map(ToString::to_string).collect(),
        attestation: wishes.attestation.to_string(),
        attestation_formats: wishes.attestation_formats,
        extensions,
    };
    Ok((options, pending))
}

/// What a hint means to clients that do not know hints (WebAuthn L3 5.8.8).
fn attachment(hint: Hint) -> AuthenticatorAttachment {
    match hint {
        Hint::SecurityKey | Hint::Hybrid => AuthenticatorAttachment::CrossPlatform,
        Hint::ClientDevice => AuthenticatorAttachment::Platform,
    }
}

#[cfg(test)]
mod tests;
