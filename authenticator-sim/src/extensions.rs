//! Extensions: `credProtect` and `hmac-secret` (CTAP 2.3 12.1 and 12.7).

#[cfg(test)]
mod tests;

use assay_protocol::ctap2::{CommandError, Extensions, Status};
use assay_protocol::pin_uv::{Protocol, PublicKey};
use assay_protocol::tree::cbor;
use aws_lc_rs::hmac;
use ciborium::Value;

use crate::authenticator::{Authenticator, refuse};
use crate::config::KeyConfig;
use crate::credential::{CredProtect, Found, UserVerified};
use crate::defect::Defect;

const CRED_PROTECT: &str = "credProtect";
const HMAC_SECRET: &str = "hmac-secret";

/// What a registration's extensions came to.
pub(crate) struct Creation {
    pub(crate) cred_protect: CredProtect,
    outputs: Extensions,
}

/// `hmac-secret` as an assertion asks for it; nothing is decrypted yet.
#[derive(Debug, Clone)]
pub(crate) struct HmacSecret {
    protocol: Protocol,
    peer: PublicKey,
    salt_enc: Vec<u8>,
    salt_auth: Vec<u8>,
}

impl Creation {
    pub(crate) fn process(config: &KeyConfig, inputs: Option<&Extensions>) -> Result<Self, CommandError> {
        let mut creation = Self { cred_protect: CredProtect::Optional, outputs: Extensions::default() };
        let Some(inputs) = inputs else { return Ok(creation) };
        if let Some(input) = inputs.get(CRED_PROTECT).filter(|_| config.has_extension(CRED_PROTECT)) {
            let level = input.as_integer().and_then(|level| u8::try_from(level).ok());
            let Some(level) = level.and_then(CredProtect::from_number) else {
                return refuse(Status::INVALID_OPTION, "credProtect is not 1, 2 or 3");
            };
            creation.cred_protect = level;
            if !config.has(Defect::CredProtectOutput) {
                creation.outputs = creation.outputs.with(CRED_PROTECT, u64::from(level.number()));
            }
        }
        if let Some(input) = inputs.get(HMAC_SECRET).filter(|_| config.has_extension(HMAC_SECRET)) {
            match input.as_bool() {
                Some(true) if config.has(Defect::HmacSecretOutput) => {}
                Some(true) => creation.outputs = creation.outputs.with(HMAC_SECRET, true),
                Some(false) => {}
                None => return refuse(Status::CBOR_UNEXPECTED_TYPE, "hmac-secret is not a boolean"),
            }
        }
        if config.has(Defect::McUnknownExtension) {
            let unknown = inputs.0.iter().filter(|(id, _)| !config.has_extension(id));
            creation.outputs.0.extend(unknown.map(|(id, input)| (id.clone(), input.clone())));
        }
        Ok(creation)
    }

    /// The output map in CBOR; no bytes where there is nothing to say.
    pub(crate) fn outputs(&self) -> Vec<u8> {
        to_cbor(&self.outputs)
    }
}

impl HmacSecret {
    /// Reads the input, with all that can be said without the credential.
    pub(crate) fn read(
        authenticator: &Authenticator,
        inputs: Option<&Extensions>,
        up: Option<bool>,
    ) -> Result<Option<Self>, CommandError> {
        let input = inputs.and_then(|inputs| inputs.get(HMAC_SECRET));
        let Some(input) = input.filter(|_| authenticator.config().has_extension(HMAC_SECRET)) else {
            return Ok(None);
        };
        let document = cbor::read(&cbor::to_bytes(input));
        let Some(node) = document.root.filter(|node| node.as_map().is_some()) else {
            return refuse(Status::CBOR_UNEXPECTED_TYPE, "hmac-secret is not a map");
        };
        let Some(peer) = node.get(1) else {
            return refuse(Status::MISSING_PARAMETER, "hmac-secret: keyAgreement");
        };
        let peer = PublicKey::from_node(peer)?;
        let salt_enc = bytes(&node, 2, "hmac-secret: saltEnc")?;
        let salt_auth = bytes(&node, 3, "hmac-secret: saltAuth")?;
        // §12.7: protocol one is meant where none is named.
        let protocol = match node.get(4) {
            None if authenticator.protocol(1).is_err() => {
                return refuse(Status::PIN_AUTH_INVALID, "hmac-secret without protocol one");
            }
            None => Protocol::One,
            Some(number) => match number.as_unsigned() {
                Some(number) => authenticator.protocol(number)?,
                None => return refuse(Status::CBOR_UNEXPECTED_TYPE, "hmac-secret: pinUvAuthProtocol"),
            },
        };
        if up == Some(false) && !authenticator.has(Defect::HmacSecretUp) {
            return refuse(Status::UNSUPPORTED_OPTION, "hmac-secret without a touch");
        }
        Ok(Some(Self { protocol, peer, salt_enc, salt_auth }))
    }
}

impl Authenticator {
    /// The extension outputs of an assertion, in CBOR.
    pub(crate) fn assertion_outputs(
        &mut self,
        hmac_secret: Option<&HmacSecret>,
        credential: &Found,
        user_verified: UserVerified,
    ) -> Result<Vec<u8>, CommandError> {
        let Some(input) = hmac_secret else { return Ok(Vec::new()) };
        let Some(agreement) = self.session.agreement(input.protocol) else {
            return refuse(Status::INVALID_PARAMETER, "hmac-secret: no key agreement");
        };
        let Ok(shared) = agreement.agree(input.protocol, &input.peer) else {
            return refuse(Status::INVALID_PARAMETER, "hmac-secret: keyAgreement");
        };
        if shared.verify(&input.salt_enc, &input.salt_auth).is_err() && !self.has(Defect::HmacSecretAuth) {
            return refuse(Status::PIN_AUTH_INVALID, "hmac-secret: saltAuth does not verify");
        }
        let salts = shared.decrypt(&input.salt_enc).ok();
        let salts = salts.filter(|salts| matches!(salts.len(), 32 | 64) || self.has(Defect::HmacSecretLength));
        let Some(salts) = salts else {
            return refuse(Status::INVALID_PARAMETER, "hmac-secret: not one or two salts");
        };
        let user_verified = if self.has(Defect::HmacSecretUv) { UserVerified::No } else { user_verified };
        let id = if self.has(Defect::HmacSecretCredential) { &[] } else { credential.id.as_slice() };
        let mut random = self.vault.cred_random(id, user_verified);
        if self.has(Defect::HmacSecretStable) {
            self.env.rng.fill(&mut random);
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, &random);
        let salts = salts.chunks(32).take(if self.has(Defect::HmacSecretSecond) { 1 } else { usize::MAX });
        let salts = salts.map(|salt| if self.has(Defect::HmacSecretSalt) { &[] } else { salt });
        let output: Vec<u8> = salts.flat_map(|salt| hmac::sign(&key, salt).as_ref().to_vec()).collect();
        let mut iv = [0; 16];
        self.env.rng.fill(&mut iv);
        match shared.encrypt(iv, &output) {
            Ok(sealed) => Ok(to_cbor(&Extensions::default().with(HMAC_SECRET, Value::Bytes(sealed)))),
            Err(_whole_blocks) => refuse(Status::OTHER, "hmac-secret: encryption"),
        }
    }
}

fn bytes(node: &cbor::Node, key: i64, name: &str) -> Result<Vec<u8>, CommandError> {
    match node.get(key).map(cbor::Node::as_bytes) {
        Some(Some(bytes)) => Ok(bytes.to_vec()),
        Some(None) => refuse(Status::CBOR_UNEXPECTED_TYPE, name),
        None => refuse(Status::MISSING_PARAMETER, name),
    }
}

fn to_cbor(outputs: &Extensions) -> Vec<u8> {
    if outputs.is_empty() { Vec::new() } else { cbor::to_canonical(&outputs.to_value()) }
}
