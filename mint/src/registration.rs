//! Whole registrations, as a client would send them.

#[cfg(test)]
mod tests;

use assay_protocol::aaguid::Aaguid;
use assay_protocol::base64url;
use assay_protocol::digest::sha256;
use ciborium::Value;
use serde_json::json;

use crate::cbor::Map;
use crate::chain::Chain;
use crate::credential::Credential;
use crate::draft::{
    AppleDraft, AttestationObjectDraft, AttestedDraft, AuthenticatorDataDraft, ClientDataDraft, CompoundDraft,
    CredentialKeyDraft, EnvelopeDraft, KeyDescriptionDraft, SafetynetDraft, SigningDraft, X5cDraft,
};
use crate::edits::{Edit, apply};
use crate::error::Error;
use crate::json::Object;
use crate::keys::SigningKey;
use crate::lab::{ANDROID, Lab, MODEL, TPM_MODEL};
use crate::seed::Seed;
use crate::statement::tpm::TpmDraft;
use crate::statement::{Format, android_safetynet, apple, compound, fido_u2f, none, packed};

/// Everything that goes into a registration. Start from a good one, change fields, add edits.
#[derive(Debug, Clone)]
pub struct RegistrationForge {
    /// The RP ID.
    pub rp_id: String,
    /// The origin.
    pub origin: String,
    /// The challenge.
    pub challenge: Vec<u8>,
    /// `crossOrigin` of the client data.
    pub cross_origin: bool,
    /// `topOrigin` of the client data.
    pub top_origin: Option<String>,
    /// Flags but AT and ED, which follow from the rest.
    pub flags: u8,
    /// The signature counter.
    pub sign_count: u32,
    /// The model.
    pub aaguid: Aaguid,
    /// The credential id.
    pub credential_id: Vec<u8>,
    /// The credential's key.
    pub credential_key: SigningKey,
    /// Authenticator extension outputs.
    pub extensions: Option<Map>,
    /// The attestation.
    pub format: Format,
    /// `transports` of the response.
    pub transports: Vec<String>,
    /// `authenticatorAttachment`.
    pub authenticator_attachment: Option<String>,
    /// `clientExtensionResults`.
    pub client_extension_results: serde_json::Map<String, serde_json::Value>,
    /// What is to be wrong with it.
    pub edits: Vec<Edit>,
    /// Where other keys may be drawn from.
    pub seed: Seed,
}

/// A forged registration.
#[derive(Debug, Clone)]
pub struct Registration {
    /// RegistrationResponseJSON.
    pub text: String,
    /// Its members while it is an object, for callers that wrap or rename them.
    pub members: Object,
    /// `clientDataJSON`.
    pub client_data_json: Vec<u8>,
    /// The authenticator data.
    pub auth_data: Vec<u8>,
    /// `attestationObject`.
    pub attestation_object: Vec<u8>,
    /// The certificates in the statement.
    pub x5c: Vec<Vec<u8>>,
    /// The credential that was made.
    pub credential: Credential,
}

impl RegistrationForge {
    /// Without attestation. The credential follows from the lab's seed and the challenge.
    pub fn none(lab: &Lab, rp_id: &str, challenge: &[u8]) -> Self {
        let seed = lab.seed().derive("registration").derive(rp_id).derive_bytes(challenge);
        Self {
            rp_id: rp_id.to_owned(),
            origin: format!("https://{rp_id}"),
            challenge: challenge.to_vec(),
            cross_origin: false,
            top_origin: None,
            flags: 0x05,
            sign_count: 0,
            aaguid: MODEL,
            credential_id: seed.derive("credential id").stream(32),
            credential_key: SigningKey::es256(&seed.derive("credential key")),
            extensions: None,
            format: Format::None,
            transports: vec!["usb".to_owned()],
            authenticator_attachment: Some("cross-platform".to_owned()),
            client_extension_results: serde_json::Map::new(),
            edits: Vec::new(),
            seed,
        }
    }

    /// With packed self attestation.
    pub fn packed_self(lab: &Lab, rp_id: &str, challenge: &[u8]) -> Self {
        Self { format: Format::PackedSelf, ..Self::none(lab, rp_id, challenge) }
    }

    /// With packed attestation by the lab's [`MODEL`].
    pub fn packed(lab: &Lab, rp_id: &str, challenge: &[u8]) -> Self {
        Self::packed_model(lab, MODEL, rp_id, challenge)
    }

    /// With packed attestation by a model.
    pub fn packed_model(lab: &Lab, aaguid: Aaguid, rp_id: &str, challenge: &[u8]) -> Self {
        let format = Format::Packed(Box::new(lab.model(aaguid)));
        Self { aaguid, format, ..Self::none(lab, rp_id, challenge) }
    }

    /// By the U2F model of this label.
    pub fn fido_u2f(lab: &Lab, label: &str, rp_id: &str, challenge: &[u8]) -> Self {
        Self {
            aaguid: Aaguid::ZERO,
            flags: 0x01,
            format: Format::FidoU2f(Box::new(lab.u2f(label))),
            ..Self::none(lab, rp_id, challenge)
        }
    }

    /// With an attestation by the lab's [`TPM_MODEL`].
    pub fn tpm(lab: &Lab, rp_id: &str, challenge: &[u8]) -> Self {
        Self {
            aaguid: TPM_MODEL,
            format: Format::Tpm(Box::new(lab.tpm(TPM_MODEL))),
            ..Self::none(lab, rp_id, challenge)
        }
    }

    /// The same with RSA keys all over, as older TPMs have them.
    pub fn tpm_rsa(lab: &Lab, rp_id: &str, challenge: &[u8]) -> Result<Self, Error> {
        let mut chain = lab.tpm(TPM_MODEL);
        chain.set_leaf_key(SigningKey::rs256()?);
        let format = Format::Tpm(Box::new(chain));
        Ok(Self { format, credential_key: SigningKey::rs256()?, ..Self::tpm(lab, rp_id, challenge) })
    }

    /// By the lab's Android keystore.
    pub fn android_key(lab: &Lab, rp_id: &str, challenge: &[u8]) -> Self {
        let format = Format::AndroidKey(Box::new(lab.android_key()));
        Self { aaguid: ANDROID, format, ..Self::none(lab, rp_id, challenge) }
    }

    /// By the lab's double of a service of Google's that is no more.
    pub fn android_safetynet(lab: &Lab, rp_id: &str, challenge: &[u8]) -> Self {
        let format = Format::AndroidSafetynet(Box::new(lab.safetynet()));
        Self { aaguid: ANDROID, format, ..Self::none(lab, rp_id, challenge) }
    }

    /// By the lab's anonymization authority.
    pub fn apple(lab: &Lab, rp_id: &str, challenge: &[u8]) -> Self {
        let format = Format::Apple(Box::new(lab.apple()));
        Self { aaguid: Aaguid::ZERO, format, ..Self::none(lab, rp_id, challenge) }
    }

    /// By the lab's [`MODEL`], twice: two batches of it vouch in two packed statements.
    pub fn compound(lab: &Lab, rp_id: &str, challenge: &[u8]) -> Self {
        let second = lab.batch(MODEL, "second voice");
        let parts = [lab.model(MODEL), second].map(|chain| Format::Packed(Box::new(chain)));
        Self { format: Format::Compound(parts.to_vec()), ..Self::packed(lab, rp_id, challenge) }
    }

    /// With a credential of another COSE algorithm, whose key is the one that edits of the credential
    /// public key make theirs of.
    pub fn of_algorithm(self, algorithm: i64) -> Result<Self, Error> {
        let credential_key = SigningKey::of(algorithm, &self.other_key())?;
        Ok(Self { credential_key, ..self })
    }

    /// Where edits draw other credential keys from.
    fn other_key(&self) -> Seed {
        self.seed.derive("other key")
    }

    /// The same with one edit more.
    #[must_use]
    pub fn edited(mut self, edit: impl Into<Edit>) -> Self {
        self.edits.push(edit.into());
        self
    }

    /// Makes it.
    pub fn forge(&self) -> Result<Registration, Error> {
        let client_data_json = self.client_data_json();
        let mut authenticator_data = self.authenticator_data();
        apply!(self.edits, ExtensionsEdit, &mut authenticator_data);
        apply!(self.edits, AuthenticatorDataEdit, &mut authenticator_data);
        let auth_data = authenticator_data.to_bytes();
        let credential_id = authenticator_data
            .attested
            .as_ref()
            .map_or_else(|| self.credential_id.clone(), |attested| attested.credential_id.clone());

        let (statement, x5c) = self.statement(&auth_data, &client_data_json, &credential_id)?;

        let mut object = AttestationObjectDraft::new(self.format.fmt(), statement, auth_data.clone());
        apply!(self.edits, AttestationObjectEdit, &mut object);
        let attestation_object = object.to_bytes();

        let mut envelope = EnvelopeDraft {
            members: self.members(&credential_id, &client_data_json, &auth_data, &attestation_object),
            raw: None,
            seed: self.seed,
        };
        apply!(self.edits, EnvelopeEdit, &mut envelope);

        Ok(Registration {
            text: envelope.to_text(),
            members: envelope.members,
            client_data_json,
            auth_data,
            attestation_object,
            x5c,
            credential: Credential {
                rp_id: self.rp_id.clone(),
                origin: self.origin.clone(),
                id: credential_id,
                key: self.credential_key.clone(),
                flags: self.flags,
                sign_count: self.sign_count,
                user_handle: None,
            },
        })
    }

    fn client_data_json(&self) -> Vec<u8> {
        let mut draft = ClientDataDraft::new("webauthn.create", &self.challenge, &self.origin);
        draft.frame(self.cross_origin, self.top_origin.as_deref());
        apply!(self.edits, ClientDataEdit, &mut draft);
        draft.to_bytes()
    }

    fn authenticator_data(&self) -> AuthenticatorDataDraft {
        let mut key = CredentialKeyDraft::new(&self.credential_key, self.other_key());
        apply!(self.edits, CredentialKeyEdit, &mut key);
        AuthenticatorDataDraft {
            rp_id_hash: sha256(self.rp_id.as_bytes()).to_vec(),
            flags: self.flags | 0x40 | if self.extensions.is_some() { 0x80 } else { 0 },
            sign_count: self.sign_count,
            attested: Some(AttestedDraft {
                aaguid: *self.aaguid.as_bytes(),
                declared_length: None,
                credential_id: self.credential_id.clone(),
                credential_public_key: key.to_bytes(),
            }),
            extensions: self.extensions.as_ref().map(Map::to_bytes),
            trailing: Vec::new(),
            length: None,
            rp_id: self.rp_id.clone(),
            origin: self.origin.clone(),
        }
    }

    fn statement(
        &self,
        auth_data: &[u8],
        client_data_json: &[u8],
        credential_id: &[u8],
    ) -> Result<(Value, Vec<Vec<u8>>), Error> {
        let single = |format: &Format, edits: &[Edit]| -> Result<(Value, Vec<Vec<u8>>), Error> {
            let (mut statement, x5c) = self.single(format, edits, auth_data, client_data_json, credential_id)?;
            apply!(edits, StatementEdit, &mut statement);
            Ok((statement.to_value(), x5c))
        };
        let Format::Compound(formats) = &self.format else {
            return single(&self.format, &self.edits);
        };
        let (mut parts, mut x5c) = (Vec::new(), Vec::new());
        for (at, format) in formats.iter().enumerate() {
            // What is wrong is wrong with the first.
            let edits = if at == 0 { self.edits.as_slice() } else { &[] };
            let (statement, certificates) = single(format, edits)?;
            parts.push(compound::part(format.fmt(), statement));
            x5c.extend(certificates);
        }
        let mut draft = CompoundDraft { parts, whole: None };
        apply!(self.edits, CompoundEdit, &mut draft);
        Ok((draft.to_value(), x5c))
    }

    fn single(
        &self,
        format: &Format,
        edits: &[Edit],
        auth_data: &[u8],
        client_data_json: &[u8],
        credential_id: &[u8],
    ) -> Result<(Map, Vec<Vec<u8>>), Error> {
        let client_data_hash = sha256(client_data_json);
        let (key, certificates) = match format {
            Format::None | Format::Compound(_) => return Ok((none::statement(), Vec::new())),
            Format::PackedSelf => (self.credential_key.clone(), Vec::new()),
            Format::AndroidSafetynet(chain) => {
                let mut chain = chain.as_ref().clone();
                apply!(edits, CertificateEdit, &mut chain);
                apply!(edits, PathEdit, &mut chain);
                let mut draft = SafetynetDraft::new(chain, auth_data, &client_data_hash);
                apply!(edits, SafetynetEdit, &mut draft);
                return android_safetynet::statement(&draft);
            }
            Format::Packed(chain)
            | Format::FidoU2f(chain)
            | Format::Tpm(chain)
            | Format::AndroidKey(chain)
            | Format::Apple(chain) => {
                let mut chain = chain.as_ref().clone();
                self.certify_credential(format, edits, &mut chain, auth_data, &client_data_hash);
                apply!(edits, CertificateEdit, &mut chain);
                if matches!(format, Format::Tpm(_)) {
                    apply!(edits, TpmCertificateEdit, &mut chain);
                }
                apply!(edits, PathEdit, &mut chain);
                let issued = chain.issue()?;
                let key = chain.leaf.key.clone();
                let mut draft = X5cDraft { certificates: issued.x5c(), issued, chain };
                apply!(edits, X5cEdit, &mut draft);
                (key, draft.certificates)
            }
        };
        if matches!(format, Format::Apple(_)) {
            return Ok((apple::statement(&certificates), certificates));
        }
        let mut draft = SigningDraft {
            key,
            credential_key: self.credential_key.clone(),
            auth_data: auth_data.to_vec(),
            client_data_hash,
            message: None,
            seed: self.seed,
        };
        apply!(edits, SigningEdit, &mut draft);
        let message = draft.message.take().unwrap_or_else(|| match format {
            Format::FidoU2f(_) => fido_u2f::signed_bytes(
                draft.auth_data.get(..32).unwrap_or_default(),
                &draft.client_data_hash,
                credential_id,
                &self.credential_key.subject_public_key(),
            ),
            _ => packed::signed_bytes(&draft.auth_data, &draft.client_data_hash),
        });
        if let Format::Tpm(_) = format {
            let mut tpm = TpmDraft::new(&self.credential_key, draft.key.alg(), message);
            apply!(edits, TpmEdit, &mut tpm);
            let statement = tpm.statement(&draft.key, &certificates, |signature| {
                apply!(edits, SignatureEdit, signature);
            })?;
            return Ok((statement, certificates));
        }
        let mut signature = draft.key.sign(&message)?;
        apply!(edits, SignatureEdit, &mut signature);
        let statement = match format {
            Format::FidoU2f(_) => fido_u2f::statement(signature, &certificates),
            _ => packed::statement(draft.key.alg(), signature, &certificates),
        };
        Ok((statement, certificates))
    }

    /// Formats whose leaf is the credential's own certificate.
    fn certify_credential(
        &self,
        format: &Format,
        edits: &[Edit],
        chain: &mut Chain,
        auth_data: &[u8],
        client_data_hash: &[u8; 32],
    ) {
        let key = self.credential_key.clone();
        match format {
            Format::AndroidKey(_) => {
                let mut draft = KeyDescriptionDraft::new(key, self.seed, client_data_hash, chain.now);
                apply!(edits, AndroidKeyEdit, &mut draft);
                draft.certify(chain);
            }
            Format::Apple(_) => {
                let mut draft = AppleDraft::new(key, self.seed, auth_data, client_data_hash);
                apply!(edits, AppleEdit, &mut draft);
                draft.certify(chain);
            }
            _ => {}
        }
    }

    fn members(
        &self,
        credential_id: &[u8],
        client_data_json: &[u8],
        auth_data: &[u8],
        attestation_object: &[u8],
    ) -> Object {
        let mut response = Object::default();
        response.push("clientDataJSON", base64url::encode(client_data_json));
        response.push("attestationObject", base64url::encode(attestation_object));
        response.push("authenticatorData", base64url::encode(auth_data));
        response.push("transports", json!(self.transports));
        response.push("publicKey", base64url::encode(&self.credential_key.spki()));
        response.push("publicKeyAlgorithm", self.credential_key.alg());
        let mut members = Object::default();
        members.push("id", base64url::encode(credential_id));
        members.push("rawId", base64url::encode(credential_id));
        members.push("type", "public-key");
        if let Some(attachment) = &self.authenticator_attachment {
            members.push("authenticatorAttachment", attachment.as_str());
        }
        members.push("response", response);
        members.push("clientExtensionResults", serde_json::Value::Object(self.client_extension_results.clone()));
        members
    }
}

impl Registration {
    /// RegistrationResponseJSON as a value; of repeated members the last one. `None`: not JSON.
    pub fn to_value(&self) -> Option<serde_json::Value> {
        serde_json::from_str(&self.text).ok()
    }

    /// The attestation statement as CBOR has it, for reports.
    pub fn attestation_object_value(&self) -> Option<Value> {
        ciborium::from_reader(self.attestation_object.as_slice()).ok()
    }
}
