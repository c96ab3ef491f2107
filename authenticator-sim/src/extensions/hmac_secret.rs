//! `hmac-secret` at sign-in and `hmac-secret-mc` at registration (CTAP 2.3 12.7, 12.8).

use assay_protocol::ctap2::{CommandError, Status};
use assay_protocol::pin_uv::{Protocol, PublicKey, SharedSecret};
use assay_protocol::tree::cbor;
use aws_lc_rs::hmac;
use ciborium::Value;

use crate::authenticator::{Authenticator, refuse};
use crate::credential::UserVerified;
use crate::defect::Defect;

/// The input; nothing is decrypted yet.
#[derive(Debug, Clone)]
pub(crate) struct HmacSecret {
    protocol: Protocol,
    peer: PublicKey,
    salt_enc: Vec<u8>,
    salt_auth: Vec<u8>,
}

/// One or two salts, and what the answer is encrypted by.
pub(crate) struct Salts {
    shared: SharedSecret,
    salts: Vec<u8>,
}

impl HmacSecret {
    /// Reads the input, with all that can be said without the credential.
    pub(crate) fn read(authenticator: &Authenticator, input: &Value, up: Option<bool>) -> Result<Self, CommandError> {
        let document = cbor::read(&cbor::to_bytes(input));
        let Some(node) = document.root.filter(|node| node.as_map().is_some()) else {
            return refuse(Status::CBOR_UNEXPECTED_TYPE, "hmac-secret is not a map");
        };
        let Some(peer) = node.get(1) else {
            let zeros = authenticator.has(Defect::HmacSecretNeedsKeyAgreement);
            let taken = if zeros { Status::INVALID_PARAMETER } else { Status::MISSING_PARAMETER };
            return refuse(taken, "hmac-secret: keyAgreement");
        };
        let peer = PublicKey::from_node(peer)?;
        let supposed = |defect: Defect| authenticator.has(defect).then(|| vec![0; 32]);
        let salt_enc = bytes(&node, 2, "hmac-secret: saltEnc", supposed(Defect::HmacSecretNeedsSalt))?;
        let salt_auth = bytes(&node, 3, "hmac-secret: saltAuth", supposed(Defect::HmacSecretNeedsAuth))?;
        // §12.7: protocol one is meant where none is named.
        let protocol = match node.get(4) {
            None if authenticator.has(Defect::HmacSecretProtocolAbsent) => Protocol::Two,
            None if authenticator.protocol(1).is_err() => {
                return refuse(Status::PIN_AUTH_INVALID, "hmac-secret without protocol one");
            }
            None => Protocol::One,
            Some(number) => match number.as_unsigned() {
                Some(number) => match authenticator.protocol(number) {
                    Err(_unsupported) if authenticator.has(Defect::HmacSecretProtocol) => Protocol::Two,
                    protocol => protocol?,
                },
                None => return refuse(Status::CBOR_UNEXPECTED_TYPE, "hmac-secret: pinUvAuthProtocol"),
            },
        };
        if up == Some(false) && !authenticator.has(Defect::HmacSecretUp) {
            return refuse(Status::UNSUPPORTED_OPTION, "hmac-secret without a touch");
        }
        Ok(Self { protocol, peer, salt_enc, salt_auth })
    }

    /// Decrypts the salts; their tag is looked at first.
    pub(crate) fn open(&self, authenticator: &Authenticator) -> Result<Salts, CommandError> {
        let Some(agreement) = authenticator.session.agreement(self.protocol) else {
            return refuse(Status::INVALID_PARAMETER, "hmac-secret: no key agreement");
        };
        let Ok(shared) = agreement.agree(self.protocol, &self.peer) else {
            return refuse(Status::INVALID_PARAMETER, "hmac-secret: keyAgreement");
        };
        if shared.verify(&self.salt_enc, &self.salt_auth).is_err() && !authenticator.has(Defect::HmacSecretAuth) {
            return refuse(Status::PIN_AUTH_INVALID, "hmac-secret: saltAuth does not verify");
        }
        let salts = shared.decrypt(&self.salt_enc).ok();
        let salts = salts.filter(|salts| matches!(salts.len(), 32 | 64) || authenticator.has(Defect::HmacSecretLength));
        match salts {
            Some(salts) => Ok(Salts { shared, salts }),
            None => refuse(Status::INVALID_PARAMETER, "hmac-secret: not one or two salts"),
        }
    }
}

impl Authenticator {
    /// The answer to salts by the credential with this id, encrypted.
    pub(crate) fn answer_salts(
        &mut self,
        salts: &Salts,
        id: &[u8],
        user_verified: UserVerified,
    ) -> Result<Value, CommandError> {
        let user_verified = if self.has(Defect::HmacSecretUv) { UserVerified::No } else { user_verified };
        let id = if self.has(Defect::HmacSecretCredential) { &[] } else { id };
        let mut random = self.vault.cred_random(id, user_verified);
        if self.has(Defect::HmacSecretStable) {
            self.env.rng.fill(&mut random);
        }
        let key = hmac::Key::new(hmac::HMAC_SHA256, &random);
        let each = salts.salts.chunks(32).take(if self.has(Defect::HmacSecretSecond) { 1 } else { usize::MAX });
        let each = each.map(|salt| if self.has(Defect::HmacSecretSalt) { &[] } else { salt });
        let output: Vec<u8> = each.flat_map(|salt| hmac::sign(&key, salt).as_ref().to_vec()).collect();
        let mut iv = [0; 16];
        self.env.rng.fill(&mut iv);
        match salts.shared.encrypt(iv, &output) {
            Ok(mut sealed) => {
                if salts.shared.protocol() == Protocol::One && self.has(Defect::HmacSecretProtocolOne) {
                    sealed.reverse();
                }
                Ok(Value::Bytes(sealed))
            }
            Err(_whole_blocks) => refuse(Status::OTHER, "hmac-secret: encryption"),
        }
    }
}

fn bytes(node: &cbor::Node, key: i64, name: &str, supposed: Option<Vec<u8>>) -> Result<Vec<u8>, CommandError> {
    match node.get(key).map(cbor::Node::as_bytes).or(supposed.as_deref().map(Some)) {
        Some(Some(bytes)) => Ok(bytes.to_vec()),
        Some(None) => refuse(Status::CBOR_UNEXPECTED_TYPE, name),
        None => refuse(Status::MISSING_PARAMETER, name),
    }
}
